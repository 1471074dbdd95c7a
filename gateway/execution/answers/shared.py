"""Answers that the workers of a gateway share, in Redis; without it each worker has its own.

An answer is found by its mark and the state of the city it was worked out in, so a worker that
knows of a switch, a new graph or a new load never meets an answer from before. What is purged is
noted with Redis' own time; an answer is good only if it was begun after all purges of its tags,
whoever puts it there and however late. What was purged while Redis was away is told before it is
asked again.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, cast

from connectors.upkeep.redis_link import Away, RedisLink

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from gateway.execution.answers.kept import Kept

SECONDS = 0.25
"""Longest wait for Redis; working an answer out takes hardly longer."""
LEAST_SECONDS = 2.0
"""An answer that holds no longer is not worth the way."""
MOST_SECONDS = 60.0
"""Longest time an answer is shared: so long one may live that Redis was not told of."""
MOST_BYTES = 1_000_000
"""Of one answer."""
ALL = "*"
"""The tag of every shared answer."""
PREFIX = "live:answer:"
PURGED = "live:answers-purged"
"""Sorted set of tags by the moment they were purged, in milliseconds of Redis' clock."""

_FIND = """
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local found = redis.call('HMGET', KEYS[1], 'body', 'tags', 'begun')
if not found[1] then return {now} end
for tag in string.gmatch(found[2], '[^\\n]+') do
  local purged = redis.call('ZSCORE', KEYS[2], tag)
  if purged and tonumber(purged) >= tonumber(found[3]) then return {now} end
end
return {now, found[1], found[2], found[3], redis.call('PTTL', KEYS[1])}
"""
_PURGE = """
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
for i = 2, #ARGV do redis.call('ZADD', KEYS[1], now, ARGV[i]) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return now
"""


@dataclass(frozen=True, slots=True)
class Found:
    """An answer of another worker."""

    body: bytes
    tags: frozenset[str]
    age: float
    """Seconds since it was begun."""
    left: float
    """Seconds for which it still holds."""


class SharedAnswers:
    """Answers in the Redis at `url`. `state` says what city they are of; None: unknown, none is.

    Nothing here raises or waits longer than `SECONDS`.
    """

    def __init__(self, url: str, state: Callable[[], str | None]) -> None:
        self._link = RedisLink(url, purpose="shared answers")
        self._state = state
        self._untold: set[str] = set()
        """Tags that were purged, and of which Redis does not know."""
        self._telling: asyncio.Task[None] | None = None

    async def find(self, mark: Hashable) -> tuple[Found | None, int | None]:
        """The answer of a mark, and the moment by which another one may be put in its place.

        None and None where Redis cannot be asked.
        """
        key = self._key(mark)
        if key is None or not await self._told():
            return None, None
        try:
            said = await self._link.ask(
                lambda redis: cast("Any", redis.eval(_FIND, 2, key, PURGED)), seconds=SECONDS
            )
        except Away:
            return None, None
        now = int(said[0])
        if len(said) == 1 or int(said[4]) <= 0:
            return None, now
        tags = frozenset(said[2].decode().split("\n")) - {""}
        return Found(said[1], tags, max(0, now - int(said[3])) / 1000, int(said[4]) / 1000), now

    async def put(self, mark: Hashable, kept: Kept, left: float, begun: int) -> None:
        """Share an answer that was begun when `find` said `begun` and holds `left` seconds more."""
        key = self._key(mark)
        if key is None or left < LEAST_SECONDS or len(kept.body) > MOST_BYTES:
            return
        tags = "\n".join(sorted({*kept.tags, ALL}))
        fields: Any = {"body": kept.body, "tags": tags, "begun": begun}
        milliseconds = int(min(left, MOST_SECONDS) * 1000)

        async def put(redis: Any) -> None:
            pipe = redis.pipeline(transaction=True)
            pipe.delete(key)
            pipe.hset(key, mapping=fields)
            pipe.pexpire(key, milliseconds)
            await pipe.execute()

        try:
            await self._link.ask(put, seconds=SECONDS)
        except Away:
            return

    def purge(self, tags: Iterable[str]) -> None:
        """Let nobody find what has one of these tags. It is told beside; `find` waits for it."""
        self._untold.update(tags)
        if self._telling is None or self._telling.done():
            self._telling = asyncio.get_running_loop().create_task(self._tell())

    async def aclose(self) -> None:
        """Tell what is to be told, and close the connections."""
        await self._told()
        await self._link.aclose()

    async def _told(self) -> bool:
        """Whether Redis knows of all that was purged."""
        if self._untold and (self._telling is None or self._telling.done()):
            self._telling = asyncio.get_running_loop().create_task(self._tell())
        if self._telling is not None and not self._telling.done():
            await asyncio.wait((self._telling,), timeout=SECONDS)
        return not self._untold

    async def _tell(self) -> None:
        async def tell(redis: Any) -> None:
            tags = sorted(self._untold)
            await redis.eval(_PURGE, 1, PURGED, int(MOST_SECONDS * 2000), *tags)
            self._untold.difference_update(tags)

        while self._untold:
            try:
                await self._link.ask(tell, seconds=SECONDS)
            except Away:
                return

    def _key(self, mark: Hashable) -> str | None:
        state = self._state()
        if state is None:
            return None
        # Marks are made of texts, bytes and None, which are written alike by every worker.
        digest = blake2b(repr((state, mark)).encode("utf-8", "backslashreplace"), digest_size=20)
        return PREFIX + digest.hexdigest()
