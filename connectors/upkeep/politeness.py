"""How much a source is asked: calls at a time, calls per minute, hours of rest."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import tzinfo

from connectors.errors import Overloaded, Paused
from connectors.upkeep.clock import Clock
from connectors.upkeep.policy import Policy


class Gate:
    """Lets calls through as the policy says. Who comes too soon queues, first come first served."""

    def __init__(self, policy: Policy, clock: Clock, zone: tzinfo) -> None:
        self._policy = policy
        self._clock = clock
        self._zone = zone
        self._places = asyncio.Semaphore(policy.max_concurrent)
        # A minute's calls may come at once; after that they come evenly.
        self._every = 60.0 / policy.calls_per_minute
        self._next = clock.monotonic() - 60.0

    @property
    def rest(self) -> float:
        """Seconds for which nobody may ask, 0 when one may."""
        now = self._clock.now()
        return self._policy.silent_for(now, now.astimezone(self._zone))

    def check(self) -> None:
        """Raises Paused, with the seconds it lasts, in hours in which nobody may ask."""
        rest = self.rest
        if rest > 0:
            raise Paused("quiet hours or maintenance", retry_after=rest)

    @asynccontextmanager
    async def turn(self, left: float) -> AsyncIterator[None]:
        """One call's turn. Raises Overloaded when none comes in time: the queue's, or `left`."""
        self.check()
        limit = min(self._policy.queue_timeout, left)
        began = self._clock.monotonic()
        try:
            async with asyncio.timeout(limit):
                await self._places.acquire()
        except TimeoutError:
            raise Overloaded("all calls at a time are in use", retry_after=1.0) from None
        try:
            await self._wait(limit - (self._clock.monotonic() - began))
            yield
        finally:
            self._places.release()

    async def _wait(self, limit: float) -> None:
        now = self._clock.monotonic()
        at = max(self._next, now - 60.0 + self._every)
        wait = at - now
        if wait > limit:
            raise Overloaded("all calls of this minute are used up", retry_after=wait)
        self._next = at + self._every
        if wait > 0:
            await self._clock.sleep(wait)
