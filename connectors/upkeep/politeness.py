"""How much a source is asked: calls at a time, calls per minute, hours of rest."""

from __future__ import annotations

import asyncio
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
        self._rests = bool(policy.quiet_hours or policy.maintenance)
        self._places = asyncio.Semaphore(policy.max_concurrent)
        # A minute's calls may come at once; after that they come evenly.
        self._every = 60.0 / policy.calls_per_minute
        self._next = clock.monotonic() - 60.0

    @property
    def rest(self) -> float:
        """Seconds for which nobody may ask, 0 when one may."""
        if not self._rests:
            return 0.0
        now = self._clock.now()
        return self._policy.silent_for(now, now.astimezone(self._zone))

    def check(self) -> None:
        """Raises Paused, with the seconds it lasts, in hours in which nobody may ask."""
        rest = self.rest
        if rest > 0:
            raise Paused("quiet hours or maintenance", retry_after=rest)

    async def enter(self, left: float) -> None:
        """Wait for a call's turn; who had it says so with `leave`.

        Raises Overloaded when none comes in time: the queue's, or `left`.
        """
        self.check()
        limit = min(self._policy.queue_timeout, left)
        if self._places.locked() or limit <= 0:
            began = self._clock.monotonic()
            try:
                async with asyncio.timeout(limit):
                    await self._places.acquire()
            except TimeoutError:
                raise Overloaded("all calls at a time are in use", retry_after=1.0) from None
            limit -= self._clock.monotonic() - began
        else:
            await self._places.acquire()  # there is one: nothing is waited for
        try:
            await self._wait(limit)
        except BaseException:  # whatever it was, also being cancelled: the turn is not taken
            self._places.release()
            raise

    def leave(self) -> None:
        """The call has ended."""
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
