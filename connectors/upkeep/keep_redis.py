"""Last good answers in Redis too, so that every machine of the city's gateway finds them."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from connectors.upkeep.keep import Keep, Kept
from connectors.upkeep.packing import head_of, name_of, pack, unpack
from connectors.upkeep.policy import FOREVER
from connectors.upkeep.redis_link import Away, RedisLink

if TYPE_CHECKING:
    from redis.asyncio import Redis

LARGE = 65_536
"""A body of more bytes is compressed beside the event loop."""
PUT_SECONDS = 5.0
"""For one entry; nobody waits for it."""
LONGEST_MS = 10 * 365 * 86_400_000


class _Note(NamedTuple):
    kept: Kept
    keep_for: float


class RedisKeep:
    """Remembers in Redis and in `under`; gives the newer of the two.

    While Redis is away everything is as without it, and what is put then does not reach it: the
    next fetch does. An entry is two values: `…:head`, JSON that describes it, and `…:body`, the
    digest of the body and the body compressed, so that an unchanged answer sends its description
    only. Closing closes `under` as well.
    """

    def __init__(
        self,
        redis_url: str,
        under: Keep,
        *,
        max_entry_bytes: int = 32_000_000,
        max_waiting: int = 128_000_000,
        pause: float = 3.0,
    ) -> None:
        self._link = RedisLink(redis_url, purpose="last good answers", pause=pause)
        self._under = under
        self._max_entry_bytes = max_entry_bytes
        self._max_waiting = max_waiting
        self._waiting: OrderedDict[tuple[str, str], _Note] = OrderedDict()
        self._waiting_bytes = 0
        self._worker: asyncio.Task[None] | None = None
        self._closed = False

    async def get(self, source: str, key: str) -> Kept | None:
        ours, theirs = await asyncio.gather(self._under.get(source, key), self._ask(source, key))
        if ours is None or theirs is None:
            return ours or theirs
        return theirs if theirs.fetched_at > ours.fetched_at else ours

    async def put(self, source: str, key: str, kept: Kept, *, keep_for: float = FOREVER) -> None:
        await self._under.put(source, key, kept, keep_for=keep_for)
        size = len(kept.document.body)
        if keep_for <= 0 or size > self._max_waiting or self._closed or self._link.away:
            return
        self._drop((source, key))
        while self._waiting_bytes + size > self._max_waiting:
            self._drop(next(iter(self._waiting)))
        self._waiting[source, key] = _Note(kept, keep_for)
        self._waiting_bytes += size
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())

    async def flush(self, seconds: float = PUT_SECONDS) -> None:
        """Wait until Redis has all that was put, or is lost, or time is out."""
        if self._worker is not None:
            await asyncio.wait([self._worker], timeout=seconds)

    async def aclose(self) -> None:
        self._closed = True
        await self.flush()
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)
        await self._link.aclose()
        await self._under.aclose()

    async def _ask(self, source: str, key: str) -> Kept | None:
        names = _names(source, key)
        try:
            head, body = await self._link.ask(lambda redis: redis.mget(names))
        except Away:
            return None
        if not isinstance(head, bytes) or not isinstance(body, bytes):
            return None
        if len(body) > self._max_entry_bytes:
            return None
        # What others wrote is not trusted to be whole: the digest decides.
        with suppress(ValueError):
            if len(body) > LARGE:
                return await asyncio.to_thread(unpack, head, body[32:])
            return unpack(head, body[32:])
        return None

    async def _work(self) -> None:
        while self._waiting:
            (source, key), note = next(iter(self._waiting.items()))
            self._drop((source, key))
            try:
                await self._send(source, key, note)
            except Away:
                while self._waiting:
                    self._drop(next(iter(self._waiting)))
            except ValueError:
                # No keep can hold it; the one under this says so in the log.
                continue

    async def _send(self, source: str, key: str, note: _Note) -> None:
        document = note.kept.document
        large = len(document.body) > LARGE
        head = await asyncio.to_thread(head_of, note.kept) if large else head_of(note.kept)
        names = _names(source, key)
        ends = min(int(note.keep_for * 1000), LONGEST_MS) if note.keep_for < FOREVER else None

        async def renew(redis: Redis) -> bool:
            if await redis.getrange(names[1], 0, 31) != head.digest:
                return False
            await redis.set(names[0], head.line, px=ends)
            # The body must live as long; it may have gone in this very moment.
            there = redis.persist(names[1]) if ends is None else redis.pexpire(names[1], ends)
            await there
            return bool(await redis.exists(names[1]))

        if await self._link.ask(renew):
            return
        packed = await asyncio.to_thread(pack, document.body) if large else pack(document.body)
        if len(packed) > self._max_entry_bytes:
            return

        async def write(redis: Redis) -> None:
            async with redis.pipeline(transaction=True) as both:
                both.set(names[0], head.line, px=ends)
                both.set(names[1], head.digest + packed, px=ends)
                await both.execute()

        await self._link.ask(write, seconds=PUT_SECONDS)

    def _drop(self, which: tuple[str, str]) -> None:
        dropped = self._waiting.pop(which, None)
        if dropped is not None:
            self._waiting_bytes -= len(dropped.kept.document.body)


def _names(source: str, key: str) -> list[str]:
    """Of the description and the body; the braces keep both on one node of a cluster."""
    entry = f"live:kept:{{{source}:{name_of(key).hex()}}}"
    return [f"{entry}:head", f"{entry}:body"]
