"""A connector over documents: read in parts, put together in memory, and kept up to date."""

from __future__ import annotations

import asyncio
import logging
import operator
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextvars import Context
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from connectors.errors import ConnectorError, Unreachable, Unreadable
from connectors.kinds.rows import FAULT
from connectors.ports.common import Origin
from connectors.ports.connectors import Binding
from connectors.upkeep.asking import note_trouble
from connectors.upkeep.documents import Stamp

R = TypeVar("R")
T = TypeVar("T")
R_co = TypeVar("R_co", covariant=True)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Part(Generic[R_co]):
    """The records of one document, and what of it could not be read."""

    records: Sequence[R_co]
    rejected: Sequence[tuple[Any, str]] = ()
    """Each row as it came, and why it was refused."""
    rows: int | None = None
    """How many rows were good, where that is not the number of records."""


class OriginOf(Protocol):
    """Makes the origin of a record of one document."""

    def __call__(
        self, local_id: str, *, as_of: datetime | None = None, url: str | None = None
    ) -> Origin:
        """`as_of` is the time the upstream stated, None when it did not."""
        ...


def origins(binding: Binding, stamp: Stamp) -> OriginOf:
    """The maker of origins for the records of a document fetched at `stamp`."""

    def origin(local_id: str, *, as_of: datetime | None = None, url: str | None = None) -> Origin:
        return Origin(
            connector=binding.key,
            local_id=local_id,
            as_of=as_of or stamp.fetched_at,
            fetched_at=stamp.fetched_at,
            quality=binding.quality,
            stale=stamp.stale,
            licence=binding.licence,
            url=url if url and url.startswith(("http://", "https://")) else None,
        )

    return origin


class Collected:
    """A connector with the methods of `memory`, over the records of all parts.

    `gather` is asked before every question and answers with what upkeep has kept: the same parts
    as long as nothing changed, and then nothing is put together again. Where two records have one
    id the first stays and the other is rejected.
    """

    def __init__(
        self,
        name: str,
        gather: Callable[[], Awaitable[Sequence[Part[Any]]]],
        memory: Callable[[str, Sequence[Any]], Any],
        *,
        close: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.name = name
        self.rejected: list[tuple[Any, str]] = []
        """The rows that could not be read, as they came, and why."""
        self.records_total = 0
        self._gather = gather
        self._make = memory
        self._close = close
        self._parts: tuple[Part[Any], ...] | None = None
        self._memory: Any = None
        self._making: tuple[tuple[Part[Any], ...], asyncio.Task[Any]] | None = None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or not callable(getattr(self._make, name, None)):
            raise AttributeError(f"{type(self).__name__} has no {name}")

        async def asked(*args: Any, **more: Any) -> Any:
            return await getattr(await self.current(), name)(*args, **more)

        return asked

    async def current(self) -> Any:
        """The connector over the records of now. Raises ConnectorError."""
        parts = tuple(await self._gather())
        if self._parts is not None and _same(self._parts, parts):
            return self._memory
        making = self._making
        if making is None or making[1].cancelled() or not _same(making[0], parts):
            # Once for all who ask, in a task of its own: who goes away stops nobody.
            task = asyncio.get_running_loop().create_task(self._made_of(parts), context=Context())
            task.add_done_callback(_seen)
            making = self._making = parts, task
        await asyncio.wait((making[1],))
        if making[1].cancelled():
            raise Unreachable("the source was closed")
        failure = making[1].exception()
        if isinstance(failure, ConnectorError):
            # A new one for everybody who asks: they add who asked and from where.
            raise type(failure)(str(failure)) from failure
        return making[1].result()

    async def aclose(self) -> None:
        """Let go of what the gathering holds open."""
        if self._making is not None:
            self._making[1].cancel()
        if self._close is not None:
            await self._close()

    async def _made_of(self, parts: tuple[Part[Any], ...]) -> Any:
        # In a thread, so that a large collection does not keep everybody else waiting.
        memory, rejected, total = await asyncio.to_thread(self._made, parts)
        making = self._making
        if making is not None and making[0] is parts:
            # Else newer parts have come, and are being put together.
            self._told(rejected)
            self._memory, self.rejected, self.records_total = memory, rejected, total
            self._parts, self._making = parts, None
        return memory

    def _told(self, rejected: Sequence[tuple[Any, str]]) -> None:
        if len(rejected) != len(self.rejected):
            first = rejected[0][1] if rejected else None
            log.warning(
                "rows_rejected",
                extra={"source": self.name, "count": len(rejected), "first": first},
            )

    def _made(self, parts: Sequence[Part[Any]]) -> tuple[Any, list[tuple[Any, str]], int]:
        records: dict[tuple[type, str], Any] = {}
        rejected: list[tuple[Any, str]] = []
        for part in parts:
            rejected += part.rejected
            for record in part.records:
                key = _key(record)
                if records.setdefault(key, record) is not record:
                    rejected.append((key[1], f"the id {key[1]!r} stands in an earlier row"))
        if rejected and not records:
            raise Unreadable(f"none of {len(rejected)} rows could be read: {rejected[0][1]}")
        counts = [len(part.records) if part.rows is None else part.rows for part in parts]
        return self._make(self.name, list(records.values())), rejected, sum(counts)


def _same(known: Sequence[object], parts: Sequence[object]) -> bool:
    return len(known) == len(parts) and all(map(operator.is_, known, parts))


def _seen(task: asyncio.Task[Any]) -> None:
    """Look at the failure of a task that nobody may be waiting for any more."""
    if not task.cancelled():
        task.exception()


def sound(part: Part[R]) -> Part[R]:
    """The part of one document. Raises Unreadable when none of its rows could be read.

    Every reader of lists ends with this: a document that changed its shape is then a failure of
    the source, and does not take the place of the last good one.
    """
    if part.rejected and not part.records:
        raise Unreadable(f"none of {len(part.rejected)} rows could be read: {part.rejected[0][1]}")
    return part


def part_of(
    rows: Sequence[Mapping[str, Any]], read: Callable[[Mapping[str, Any]], Sequence[R]]
) -> Part[R]:
    """The records that `read` makes of the rows; rows it finds Unreadable are rejected.

    What a row brings along beside its own record may come with several rows.
    """
    own: dict[tuple[type, str], R] = {}
    beside: dict[tuple[type, str], R] = {}
    rejected: list[tuple[Any, str]] = []
    for row in rows:
        if FAULT in row:
            rejected.append((row, str(row[FAULT])))
            continue
        try:
            record, *others = read(row)
        except Unreadable as error:
            rejected.append((row, str(error)))
            continue
        if (key := _key(record)) in own:
            rejected.append((row, f"id: {key[1]!r} stands in an earlier row"))
            continue
        own[key] = record
        for other in others:
            beside.setdefault(_key(other), other)
    records = [*own.values(), *(one for key, one in beside.items() if key not in own)]
    return Part(records, rejected, len(own))


def _key(record: Any) -> tuple[type, str]:
    return type(record), record.origin.local_id


async def each(questions: Iterable[Awaitable[T]]) -> list[T]:
    """The answers of several documents, asked at once, those left out that could not be had.

    Every failure is noted, so that the list says that it is not complete. Raises the first one
    when all failed; an empty list when there was nothing to ask.
    """
    answers = await asyncio.gather(*questions, return_exceptions=True)
    good = [answer for answer in answers if not isinstance(answer, BaseException)]
    for answer in answers:
        if isinstance(answer, BaseException) and not isinstance(answer, ConnectorError):
            raise answer
    failures = [answer for answer in answers if isinstance(answer, ConnectorError)]
    if failures and not good:
        raise failures[0]
    for failure in failures:
        note_trouble(failure, partial=True)
    return good
