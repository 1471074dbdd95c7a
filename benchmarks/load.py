"""Callers: many at once, or so many per second. One connection each, cheap enough not to be measured."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

HOST = "127.0.0.1"
SECONDS = 60.0
"""An answer that takes longer is none."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One question and how it went. Times are milliseconds since it should have been asked."""

    name: str
    at: float
    """Seconds since the load began."""
    ms: float
    body: dict[str, Any]


@dataclass(slots=True)
class Load:
    """Answers of one stretch of load, and how long it took."""

    answers: list[Answered] = field(default_factory=list)
    seconds: float = 0.0

    def ms(self, name: str | None = None, *, since: float = 0.0) -> list[float]:
        """Durations of the answers to the questions of a name, in order."""
        found = (a for a in self.answers if name in (None, a.name) and a.at >= since)
        return sorted(answer.ms for answer in found)

    def add(self, other: Load) -> None:
        """The answers of another stretch, too."""
        self.answers += other.answers
        self.seconds += other.seconds


def percentile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of all is not above; 0 of nothing."""
    if not ordered:
        return 0.0
    return ordered[max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1)]


class Caller:
    """One connection to a gateway."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def open(self) -> None:
        """Connect. Raises OSError."""
        self._streams = await asyncio.open_connection(HOST, self._port, limit=1 << 24)

    async def ask(self, query: str) -> dict[str, Any]:
        """The whole answer. Raises RuntimeError for any status but 200, and TimeoutError."""
        if self._streams is not None:
            try:
                return await self._asked(query)
            except (asyncio.IncompleteReadError, ConnectionError):
                self.close()  # it was idle for long, and the gateway hung up
        await self.open()
        return await self._asked(query)

    async def _asked(self, query: str) -> dict[str, Any]:
        assert self._streams is not None
        reader, writer = self._streams
        body = orjson.dumps({"query": query})
        head = (
            f"POST /graphql HTTP/1.1\r\nhost: {HOST}\r\ncontent-type: application/json\r\n"
            f"accept: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        async with asyncio.timeout(SECONDS):
            lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
            length = next(line for line in lines if line.startswith("content-length:"))
            said = await reader.readexactly(int(length.partition(":")[2]))
        if " 200 " not in lines[0]:
            raise RuntimeError(f"the gateway said {lines[0]!r}")
        found: dict[str, Any] = orjson.loads(said)
        return found

    def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


Question = tuple[str, str]
"""A name, by which answers are told apart, and the text of the operation."""


async def crowd(port: int, questions: Iterable[Question], many: int, times: int) -> Load:
    """So many callers ask at the same time, and each again when it has its answer."""
    callers = [Caller(port) for _ in range(many)]
    await asyncio.gather(*(caller.open() for caller in callers))
    turns, load, began = itertools.cycle(questions), Load(), time.monotonic()

    async def call(caller: Caller) -> None:
        for _ in range(times):
            asked = time.monotonic()
            await _ask(caller, next(turns), load, asked, asked - began)

    try:
        await asyncio.gather(*map(call, callers))
    finally:
        for caller in callers:
            caller.close()
    load.seconds = time.monotonic() - began
    return load


async def steady(
    port: int,
    questions: Iterable[Question],
    rate: float,
    seconds: float,
    *,
    ended: Callable[[], bool] = lambda: False,
    keep: bool = True,
) -> Load:
    """So many questions per second, whether or not those before are answered.

    The time of an answer counts from when its question was due: a gateway that keeps callers
    waiting is not asked less for it. Unless `keep`, answers are forgotten.
    """
    turns, load, began = itertools.cycle(questions), Load(), time.monotonic()
    free: list[Caller] = []
    asking: set[asyncio.Task[None]] = set()

    async def call(question: Question, due: float) -> None:
        caller = free.pop() if free else Caller(port)
        await _ask(caller, question, load if keep else Load(), due, due - began)
        free.append(caller)

    for number in range(round(rate * seconds)):
        due = began + number / rate
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        if ended():
            break
        task = asyncio.create_task(call(next(turns), due))
        asking.add(task)
        task.add_done_callback(asking.discard)
    await asyncio.gather(*asking)
    for caller in free:
        caller.close()
    load.seconds = time.monotonic() - began
    return load


async def _ask(caller: Caller, question: Question, load: Load, due: float, at: float) -> None:
    body = await caller.ask(question[1])
    load.answers.append(Answered(question[0], at, (time.monotonic() - due) * 1000, body))
