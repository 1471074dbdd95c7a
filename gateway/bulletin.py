"""News for all workers: at once through Redis where there is one, and by looking every so often."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)

CHANNEL = "live:catalogue"


class Bulletin:
    """Calls `refresh` when the catalogue may have changed, at the latest every `every` seconds.

    Redis only makes it sooner: while it is down, looking goes on as without it. `missed` counts
    the times Redis was lost.
    """

    def __init__(
        self, refresh: Callable[[], Awaitable[object]], *, every: float, redis_url: str = ""
    ) -> None:
        self._refresh = refresh
        self._every = every
        self._redis_url = redis_url
        self._news = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self.missed = 0
        self.listening = asyncio.Event()
        """Set while Redis would tell us."""
        self.deaf = asyncio.Event()
        """Set while it would not."""
        self.deaf.set()

    def start(self) -> None:
        """Begin to look, and to listen."""
        self._tasks = [asyncio.create_task(self._look())]
        if self._redis_url:
            self._tasks.append(asyncio.create_task(self._listen()))

    async def stop(self) -> None:
        """Stop both."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _look(self) -> None:
        failing = False
        while True:
            try:
                async with asyncio.timeout(self._every):
                    await self._news.wait()
            except TimeoutError:
                pass
            self._news.clear()
            try:
                await self._refresh()
            except Exception:
                # The catalogue may be away for a while; what was read last stays in force.
                if not failing:
                    log.exception("catalogue_not_read")
                failing = True
            else:
                if failing:
                    log.warning("catalogue_read_again")
                failing = False

    async def _listen(self) -> None:
        # A gateway without Redis need not carry its client.
        from redis.asyncio import Redis
        from redis.exceptions import RedisError

        reported = False
        while True:
            try:
                async with Redis.from_url(self._redis_url) as redis, redis.pubsub() as channel:
                    await channel.subscribe(CHANNEL)
                    if reported:
                        log.warning("redis_returned")
                    reported = False
                    self._heard(now=True)
                    # Something may have been announced while nobody listened.
                    self._news.set()
                    async for message in channel.listen():
                        if message["type"] == "message":
                            self._news.set()
            except (RedisError, OSError) as error:
                self.missed += 1
                if not reported:
                    log.warning("redis_lost", extra={"error": type(error).__name__})
                reported = True
            self._heard(now=False)
            await asyncio.sleep(min(self._every, 1.0))

    def _heard(self, *, now: bool) -> None:
        state, other = (self.listening, self.deaf) if now else (self.deaf, self.listening)
        other.clear()
        state.set()


async def announce(redis_url: str) -> bool:
    """Tell all workers that the catalogue changed; False when Redis could not be told."""
    if not redis_url:
        return False
    from redis.asyncio import Redis
    from redis.exceptions import RedisError

    try:
        async with Redis.from_url(redis_url, socket_connect_timeout=2) as redis:
            await redis.publish(CHANNEL, "changed")
    except (RedisError, OSError):
        return False
    return True
