"""A clock that tests move, an upstream that does what they say, and a web of such upstreams."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.errors import ConnectorError
from connectors.upkeep.documents import Answer, Document, Limits, Request, Stamp
from connectors.upkeep.policy import Policy
from connectors.upkeep.upkeep import Services, Upkeep

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


class MovedClock:
    """Stands still until a test moves it. Sleeping moves it, and takes no time."""

    def __init__(self, now: datetime = NOON) -> None:
        self.wall = now
        self.passed = 1000.0
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.passed

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.move(seconds)
        await asyncio.sleep(0)

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self.passed += seconds
        self.wall += timedelta(seconds=seconds)

    def set(self, now: datetime) -> None:
        """Set the machine's clock: no time passes."""
        self.wall = now


class Upstream:
    """Answers calls with what it is given: a text, None (unchanged), or an error to raise."""

    def __init__(self, *answers: Any) -> None:
        self.answers: list[Any] = list(answers)
        self.calls: list[Document | None] = []
        self.gate: asyncio.Event | None = None
        """Where there is one, calls wait for it."""
        self.called = asyncio.Event()

    async def __call__(self, last: Document | None) -> Document | None:
        self.calls.append(last)
        self.called.set()
        if self.gate is not None:
            await self.gate.wait()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, BaseException):
            raise answer
        return None if answer is None else Document(str(answer).encode(), etag="mark")


class SaidWeb:
    """A web where every request is answered by a function, without a network."""

    def __init__(self, answer: Callable[[Request], Answer | ConnectorError]) -> None:
        self.asked: list[Request] = []
        self.limits: list[Limits] = []
        self._answer = answer

    async def send(self, request: Request, limits: Limits) -> Answer:
        self.asked.append(request)
        self.limits.append(limits)
        answer = self._answer(request)
        if isinstance(answer, ConnectorError):
            raise answer
        return answer

    async def aclose(self) -> None:
        """Nothing is open."""


def nowhere(request: Request) -> Answer:
    """Nobody should ask."""
    raise AssertionError(request)


def upkeep(
    clock: MovedClock | None = None, *, policy: Policy | None = None, **shared: Any
) -> Upkeep:
    """The upkeep of a source called `luar`; `shared` are its services."""
    shared.setdefault("web", SaidWeb(nowhere))
    services = Services(clock=clock or MovedClock(), **shared)
    return Upkeep("luar", policy or Policy(), services, hosts=("luar.example",))


def words(document: Document, stamp: Stamp) -> tuple[str, bool]:
    """A reader: the text of a document and whether it is a last good one."""
    return document.body.decode(), stamp.stale
