"""What workers tell each other of the breakers of their sources."""

from __future__ import annotations

import asyncio
import json
import logging
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from connectors.upkeep.redis_link import Away, RedisLink

if TYPE_CHECKING:
    from redis.asyncio import Redis

log = logging.getLogger(__name__)

CHANNEL = "live:breakers"
STATE = "live:breaker:"
LEASE = "live:probe:"
OLDEST = 5.0
"""An opening that could not be told for so many seconds is old news: the source may be well."""
LONGEST_MS = 86_400_000
"""News that hold for longer than a day are not believed."""
MOST_SOURCES = 10_000
CLOSE_SECONDS = 2.0
HEARTBEAT = 10.0
"""Seconds of silence after which Redis is asked whether it is still there."""


@dataclass(frozen=True, slots=True)
class BreakerNews:
    """A breaker opened, or closed again."""

    open_until: float
    """Seconds from now for which the source is left alone; 0 when it is well again."""
    failures: int = 0
    """Failures in a row that led to it."""
    error: str = ""
    """Name of the error that led to it, such as "TimedOut"."""


Heard = Callable[[str, BreakerNews], None]


class Wire(Protocol):
    """Carries news of breakers between workers. Being without it costs a few calls, no more."""

    def tell(self, source: str, news: BreakerNews) -> None:
        """Pass it on to the other workers. Never waits and never raises."""
        ...

    def listen(self, callback: Heard) -> None:
        """Call this with the key of a source and what other workers tell of it."""
        ...

    async def start(self) -> None:
        """Begin to carry, and to tell what is known already. Does not wait for anybody."""
        ...

    async def aclose(self) -> None:
        """Stop."""
        ...

    async def lease(self, source: str, seconds: float) -> bool:
        """Whether this worker may try a source that was left alone; one in `seconds` may.

        True also when the others cannot be asked.
        """
        ...


class NoWire:
    """For a worker that is alone: nobody to tell."""

    def tell(self, source: str, news: BreakerNews) -> None:
        """Nobody hears it."""

    def listen(self, callback: Heard) -> None:
        """Nobody will call."""

    async def start(self) -> None:
        """Nothing to begin."""

    async def aclose(self) -> None:
        """Nothing to stop."""

    async def lease(self, source: str, seconds: float) -> bool:
        """Always: nobody else asks."""
        del source, seconds
        return True


class _Note(NamedTuple):
    news: BreakerNews
    told_at: float


class RedisWire:
    """Carries news through a Redis.

    A message tells those who listen; a value that ends by itself tells those who come later or
    were away. What travels is how long the breaker stays open, so the clocks of the machines need
    not agree. While Redis is away every worker is for itself, and looks for it every `pause`
    seconds; after `heartbeat` seconds of silence it is asked whether it is there.
    """

    def __init__(self, redis_url: str, *, pause: float = 3.0, heartbeat: float = HEARTBEAT) -> None:
        self._link = RedisLink(redis_url, purpose="news of breakers", pause=pause)
        self._heartbeat = heartbeat
        self._own = uuid.uuid4().hex
        self._callbacks: list[Heard] = []
        self._unsent: dict[str, _Note] = {}
        self._news = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._closed = asyncio.Event()
        self.listening = asyncio.Event()
        """Set while other workers are heard."""
        self.deaf = asyncio.Event()
        """Set while they are not."""
        self.deaf.set()

    def tell(self, source: str, news: BreakerNews) -> None:
        self._unsent.pop(source, None)
        if len(self._unsent) < MOST_SOURCES:
            self._unsent[source] = _Note(news, time.monotonic())
        self._news.set()

    def listen(self, callback: Heard) -> None:
        self._callbacks.append(callback)

    async def start(self) -> None:
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._send())]

    async def aclose(self) -> None:
        # The client may answer a cancellation with an error of its own when a connection breaks
        # in the same moment, so the tasks look at this as well.
        self._closed.set()
        self._news.set()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=CLOSE_SECONDS)
        self._heard(now=False)
        await self._link.aclose()

    async def lease(self, source: str, seconds: float) -> bool:
        ends = max(1, int(min(seconds * 1000, LONGEST_MS)))
        try:
            return bool(
                await self._link.ask(
                    lambda redis: redis.set(LEASE + source, self._own, nx=True, px=ends)
                )
            )
        except Away:
            return True

    # ------------------------------------------------------------------------------- telling

    async def _send(self) -> None:
        while not self._closed.is_set():
            if not self._unsent:
                self._news.clear()
                await self._news.wait()
                continue
            source, note = next(iter(self._unsent.items()))
            try:
                await self._link.ask(partial(self._pass_on, source=source, note=note))
            except Away:
                await self._rest()
                continue
            if self._unsent.get(source) is note:
                del self._unsent[source]

    async def _rest(self) -> None:
        """Leave Redis alone for a while, or until it is time to close."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._link.pause):
                await self._closed.wait()

    async def _pass_on(self, redis: Redis, *, source: str, note: _Note) -> None:
        age = time.monotonic() - note.told_at
        left = int(min((note.news.open_until - age) * 1000, LONGEST_MS))
        closed = note.news.open_until <= 0
        if not closed and (left <= 0 or age > OLDEST):
            return
        said = {
            "from": self._own,
            "source": source,
            "ms": 0 if closed else left,
            "failures": note.news.failures,
            "error": note.news.error,
        }
        message = json.dumps(said)
        async with redis.pipeline(transaction=True) as both:
            if closed:
                both.delete(STATE + source)
            else:
                both.set(STATE + source, message, px=left)
            both.publish(CHANNEL, message)
            await both.execute()

    # ------------------------------------------------------------------------------- hearing

    async def _listen(self) -> None:
        while not self._closed.is_set():
            await self._link.stay(self._stay_tuned)
            self._heard(now=False)
            await self._rest()

    async def _stay_tuned(self, redis: Redis, arrive: Callable[[], None]) -> None:
        async with redis.pubsub() as channel:
            await channel.subscribe(CHANNEL)
            await self._learn(redis)
            arrive()
            self._heard(now=True)
            asked = False
            while not self._closed.is_set():
                message = await channel.get_message(timeout=self._heartbeat)
                if message is None:
                    # A machine that vanished says nothing, not even that it hung up.
                    if asked:
                        raise TimeoutError("no answer to a ping")
                    await channel.ping()
                asked = message is None
                if message is not None and message["type"] == "message":
                    self._hear(message["data"])

    async def _learn(self, redis: Redis) -> None:
        """What was told while nobody listened here and still holds."""
        count = 0
        async for name in redis.scan_iter(match=f"{STATE}*", count=1000):
            count += 1
            if count > MOST_SOURCES:
                return
            async with redis.pipeline(transaction=True) as both:
                both.get(name)
                both.pttl(name)
                message, left = await both.execute()
            if message is not None and left > 0:
                self._hear(message, left)

    def _hear(self, message: bytes, left: int | None = None) -> None:
        try:
            told = _read(message)
        except (ValueError, RecursionError):
            # Another version of the gateway, or somebody else: no news of ours.
            log.warning("breaker_news_unreadable", extra={"size": len(message)})
            return
        source, sender, news = told
        if sender == self._own:
            return
        if left is not None:
            news = BreakerNews(min(left, LONGEST_MS) / 1000, news.failures, news.error)
        for callback in self._callbacks:
            try:
                callback(source, news)
            except Exception:
                # A fault of one listener must not make this worker deaf.
                log.exception("breaker_news_not_taken", extra={"source": source})

    def _heard(self, *, now: bool) -> None:
        state, other = (self.listening, self.deaf) if now else (self.deaf, self.listening)
        other.clear()
        state.set()


def _read(message: bytes) -> tuple[str, str, BreakerNews]:
    """Source, sender and news of a message. Raises ValueError for anything else."""
    if len(message) > 4096:
        raise ValueError("too long")
    said: Any = json.loads(message)
    if not isinstance(said, dict):
        raise ValueError("not an object")  # noqa: TRY004 - of a text, not of our own call
    source, sender, error = said.get("source"), said.get("from"), said.get("error")
    ms, failures = said.get("ms"), said.get("failures")
    if not (isinstance(source, str) and isinstance(sender, str) and isinstance(error, str)):
        raise ValueError("not texts")  # noqa: TRY004
    if not (type(ms) is int and type(failures) is int):
        raise ValueError("not numbers")
    if not (0 <= ms <= LONGEST_MS and failures >= 0):
        raise ValueError("not believed")
    return source, sender, BreakerNews(ms / 1000, failures, error)
