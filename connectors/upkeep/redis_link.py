"""One way to a Redis that may be away: short limits, a pause after a failure, one line in the log."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    # A gateway without Redis need not carry its client.
    from redis.asyncio import Redis

T = TypeVar("T")

log = logging.getLogger(__name__)

CONNECT_SECONDS = 0.5
CALL_SECONDS = 1.0


class Away(Exception):
    """Redis cannot be asked now."""


class RedisLink:
    """Asks a Redis, and leaves it alone for `pause` seconds after it did not answer.

    `purpose` says in the log what goes on without it. Raises ValueError when the address is not
    one of a Redis.
    """

    def __init__(self, url: str, *, purpose: str, pause: float = 3.0) -> None:
        from redis.asyncio import Redis
        from redis.asyncio.retry import Retry
        from redis.backoff import NoBackoff
        from redis.exceptions import RedisError

        self._errors = (RedisError, OSError, TimeoutError)
        self._purpose = purpose
        self.pause = pause
        self._away_until = 0.0
        self._answered_at = 0.0
        self._reported = False
        self.redis: Redis = Redis.from_url(
            url,
            socket_connect_timeout=CONNECT_SECONDS,
            socket_timeout=CALL_SECONDS,
            # Whoever asks has something else to do: no second attempt.
            retry=Retry(NoBackoff(), 0),
            # With 3 the client awaits notices of maintenance on idle connections, and no longer
            # notices that one of them was closed.
            protocol=2,
        )

    @property
    def away(self) -> bool:
        """Whether it is left alone now."""
        return time.monotonic() < self._away_until

    async def ask(
        self, question: Callable[[Redis], Awaitable[T]], *, seconds: float = CALL_SECONDS
    ) -> T:
        """The answer. Raises Away at once while Redis is left alone, and when it does not answer."""
        if self.away:
            raise Away
        began = time.monotonic()
        try:
            async with asyncio.timeout(seconds):
                answer = await question(self.redis)
        except self._errors as error:
            # Unless it has answered somebody else since: then this question met its old self.
            if began > self._answered_at:
                self.lost(error)
            raise Away from error
        self.returned()
        return answer

    async def stay(self, visit: Callable[[Redis, Callable[[], None]], Awaitable[None]]) -> None:
        """Do something that takes as long as Redis is there, such as listening.

        Comes back when it is lost. `visit` calls its second argument when it got through.
        """
        began, arrived = time.monotonic(), False

        def arrive() -> None:
            nonlocal arrived
            arrived = True
            self.returned()

        try:
            await visit(self.redis, arrive)
        except self._errors as error:
            if arrived or began > self._answered_at:
                self.lost(error)

    def lost(self, error: Exception) -> None:
        """Leave it alone for a while."""
        self._away_until = time.monotonic() + self.pause
        if not self._reported:
            extra = {"purpose": self._purpose, "error": type(error).__name__}
            log.warning("redis_lost", extra=extra)
        self._reported = True

    def returned(self) -> None:
        """It answers."""
        self._away_until = 0.0
        self._answered_at = time.monotonic()
        if self._reported:
            log.warning("redis_returned", extra={"purpose": self._purpose})
        self._reported = False

    async def aclose(self) -> None:
        """Close the connections."""
        try:
            await self.redis.aclose()
        except self._errors:
            # It is away already; there is nothing left to close.
            log.debug("redis_not_closed", extra={"purpose": self._purpose})
