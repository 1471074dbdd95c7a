"""The switchboard: finds the sources of a port, asks them, and remembers how they answered."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from connectors import errors
from connectors.declarative.findings import Finding
from connectors.ports.connectors import (
    Binding,
    BreakerState,
    ConnectorFetch,
    ConnectorHealth,
    ConnectorState,
)
from connectors.upkeep.asking import asking, remaining, within
from connectors.upkeep.breaker import Breaker
from connectors.upkeep.clock import SystemClock
from connectors.upkeep.counts import Calls
from connectors.upkeep.policy import Policy
from connectors.upkeep.reading import foreign
from connectors.upkeep.upkeep import Upkeep

P = TypeVar("P")
T = TypeVar("T")
P_co = TypeVar("P_co", covariant=True)

log = logging.getLogger(__name__)

ANSWER_TIMEOUT = 15.0
"""Seconds for an answer of a connector, whatever kind it is. Its upkeep has shorter limits."""
FAIR = 1.0
"""A source that was given fewer seconds, because the caller had no more, is not to blame."""
HANGS = Policy(breaker_failures=3, breaker_rate=1.0, breaker_open_for=5.0, breaker_open_most=30.0)
"""How long a connector is left alone that hangs and asks nothing of its upkeep."""
CLOSE_SECONDS = 5.0
"""A connector that does not close in this time is left behind."""


@dataclass(frozen=True, slots=True)
class Answered(Generic[T]):
    """An answer, and what is to be said about it."""

    value: T
    trouble: errors.ConnectorError | None = None
    """Why it is a last good answer, of a fallback, or not complete; None when it is as it should."""
    partial: bool = False
    fetched_at: datetime | None = None
    """The oldest fetch it rests on, None when nothing was fetched for it."""
    fresh_for: float | None = None
    """Seconds for which all that was fetched for it is still fresh; None as above."""


class Source(Generic[P_co]):
    """One source on the board: its catalogue line, and the connector behind it, if any."""

    def __init__(
        self, binding: Binding, connector: Any | None, upkeep: Upkeep | None = None
    ) -> None:
        self.binding = binding
        self.connector = connector
        self.upkeep = upkeep
        self.enabled = binding.enabled
        self.records_total: int | None = None
        self.rejected_records = 0
        self.schema_drift: tuple[str, ...] = ()
        """What of its answers is otherwise than recorded."""
        self.quarantined: tuple[Finding, ...] = ()
        """Why what a team declares of it is not part of the graph; nothing when it is."""
        clock = upkeep.clock if upkeep else SystemClock()
        self._asked = Calls(clock)
        self._hangs = Breaker(HANGS, clock)

    @property
    def key(self) -> str:
        """The source's key, as in ids."""
        return self.binding.key

    @property
    def configured(self) -> bool:
        """Whether the city has a system here; one with nothing but samples is none in production."""
        if self.connector is None and self.binding.samples_only:
            return False
        return self.binding.system is not None

    @property
    def state(self) -> ConnectorState:
        """What an operator or a client would want to know first."""
        if not self.enabled:
            return ConnectorState.DISABLED
        if self.binding.standing is not None:
            return self.binding.standing
        if not self.configured:
            return ConnectorState.PENDING
        if self.connector is None or self.quarantined:
            return ConnectorState.QUARANTINED
        if self._calls.up:
            return ConnectorState.ENABLED
        # It answers still, with what it answered last.
        return ConnectorState.DEGRADED if self._asked.up else ConnectorState.DOWN

    @property
    def upkeeps(self) -> Sequence[Upkeep]:
        """The upkeep of the source, and those of the ways it may fall back on."""
        own = () if self.upkeep is None else (self.upkeep,)
        return (*own, *getattr(self.connector, "upkeeps", ()))

    @property
    def trouble(self) -> errors.ConnectorError | None:
        """Why the last call to the upstream failed; None when it did not, or nobody knows."""
        return self.upkeep.trouble if self.upkeep is not None else None

    @property
    def _calls(self) -> Calls:
        """The calls to the upstream where upkeep made any, else the questions to the connector."""
        return self.upkeep.calls if self.upkeep is not None and self.upkeep.calls else self._asked

    async def ask(self, question: Callable[[Any], Awaitable[T]]) -> T:
        """The connector's answer. Raises ConnectorError, with the source's key, and nothing else."""
        return (await self.answer(question)).value

    async def answer(self, question: Callable[[Any], Awaitable[T]]) -> Answered[T]:
        """The connector's answer with what is to be said about it. Raises as `ask` does."""
        if not self.enabled:
            raise errors.SwitchedOff("switched off by an operator", source=self.key)
        if self.connector is None:
            kind = errors.Broken if self.configured else errors.NotConfigured
            raise kind("no connector is open", source=self.key)
        probe = self._admitted()
        began = time.monotonic()
        limit = min(ANSWER_TIMEOUT, remaining())
        failure: errors.ConnectorError
        try:
            with asking() as noted, within(limit):
                async with asyncio.timeout(limit):
                    value = await question(self.connector)
        except errors.ConnectorError as error:
            error.source = error.source or self.key
            self._hangs.left(probe=probe)
            if limit >= FAIR or not isinstance(error, errors.TimedOut):
                self._note(began, error)
            raise
        except TimeoutError as error:
            failure = errors.TimedOut("no answer in time", source=self.key)
            self._hangs.left(probe=probe)
            if limit >= FAIR:
                self._hangs.failed(failure, probe=probe)
                self._note(began, failure)
            raise failure from error
        except BaseException as error:
            # A fault in one team's connector must not become a fault of the city: it is named
            # Broken. Its traceback goes to the log when the source breaks, not at every call.
            # A cancelled question says nothing about the source and is not noted; but what the
            # connector waited for may have been cancelled by somebody else.
            self._hangs.left(probe=probe)
            if not foreign(error):
                raise
            if self._asked.up:
                log.exception("connector_fault", extra={"source": self.key})
            failure = errors.Broken("the connector failed", source=self.key)
            self._note(began, failure)
            raise failure from error
        self._hangs.succeeded()
        self._note(began, None)
        return Answered(value, noted.trouble, noted.partial, noted.fetched_at, noted.fresh_for)

    def _admitted(self) -> bool:
        """True for the question that tries a connector again that hung. Raises while it is not due.

        Only for connectors that have no upkeep, or do not use it: all others have better.
        """
        if self.upkeep is not None and self.upkeep.counts.questions:
            return False
        try:
            return self._hangs.enter()
        except errors.ConnectorError as error:
            error.source = self.key
            raise

    def _note(self, began: float, failure: errors.ConnectorError | None) -> None:
        changed = self._asked.note((time.monotonic() - began) * 1000, failure)
        # Where upkeep makes the calls it also tells of them.
        if changed and self._calls is self._asked:
            log.warning(
                "source_returned" if self._asked.up else "source_broke",
                extra={"source": self.key, "error": self._asked.last_error},
            )

    @property
    def _breaker(self) -> BreakerState:
        if self.upkeep is not None and self.upkeep.counts.questions:
            return self.upkeep.breaker.state
        return self._hangs.state

    async def aclose(self) -> None:
        """Close the connector and give up its calls. Never raises; one that hangs is left behind."""
        close = getattr(self.connector, "aclose", None)
        try:
            if self.upkeep is not None:
                await self.upkeep.aclose()
            if close is not None:
                async with asyncio.timeout(CLOSE_SECONDS):
                    await close()
        except BaseException as error:
            # One that cannot close must not keep the others open.
            if not foreign(error):
                raise
            log.exception("source_not_closed", extra={"source": self.key})

    def health(self) -> ConnectorHealth:
        """What was seen of this source since the start, at most the last 512 calls."""
        seen = self._calls
        calls = seen.day()
        times = sorted(ms for ms, _ in calls)
        answered = sum(1 for _, good in calls if good)
        share = answered / len(calls) if calls else 1.0
        return ConnectorHealth(
            up=seen.up and self.enabled and self.connector is not None,
            uptime24h=share,
            p50_ms=round(times[len(times) // 2]) if times else None,
            p95_ms=round(times[min(len(times) - 1, len(times) * 95 // 100)]) if times else None,
            error_rate=1 - share,
            breaker=self._breaker,
            last_success_at=seen.last_success,
            last_error=seen.last_error,
            # A feed that is read while the city runs keeps its own count.
            records_total=getattr(self.connector, "records_total", self.records_total),
            rejected_records=self.rejected_records + len(getattr(self.connector, "rejected", ())),
            schema_drift=self.schema_drift,
            app=self.binding.app,
        )

    def fetches(self, most: int) -> list[ConnectorFetch]:
        """The last calls to the source since the start, newest first."""
        return [
            ConnectorFetch(at, error is None, ms=round(ms), error=error)
            for at, ms, error in self._calls.last(most)
        ]


class Switchboard:
    """All sources of the city, in catalogue order."""

    def __init__(self, sources: Iterable[Source[Any]], ports: Mapping[str, type]) -> None:
        self._by_key = {source.key: source for source in sources}
        self._serving: dict[type, list[Source[Any]]] = {}
        for name, port in ports.items():
            self._serving[port] = [s for s in self._by_key.values() if name in s.binding.serves]

    def __iter__(self) -> Iterator[Source[Any]]:
        return iter(self._by_key.values())

    def get(self, key: str) -> Source[Any] | None:
        """The source with this key, whatever it serves."""
        return self._by_key.get(key)

    def serving(self, port: type[P]) -> list[Source[P]]:
        """All sources of a port, the switched-off and the missing ones too, in catalogue order."""
        return self._serving.get(port, [])

    def named(self, port: type[P], key: str) -> Source[P] | None:
        """The source of a port with this key, None when there is none."""
        source = self._by_key.get(key)
        return source if source is not None and source in self._serving.get(port, ()) else None

    async def aclose(self) -> None:
        """Close every connector that can be closed, last opened first."""
        for source in reversed(self._by_key.values()):
            await source.aclose()
