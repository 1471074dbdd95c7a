"""A connector over documents: read in parts, put together in memory, and kept up to date."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from connectors.errors import ConnectorError, Unreadable
from connectors.ports.common import Origin
from connectors.ports.connectors import Binding
from connectors.upkeep.asking import note_trouble
from connectors.upkeep.documents import Stamp

T = TypeVar("T")
R_co = TypeVar("R_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Part(Generic[R_co]):
    """The records of one document, and what of it could not be read."""

    records: Sequence[R_co]
    rejected: Sequence[tuple[Any, str]] = ()
    """Each row as it came, and why it was refused."""


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

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or not callable(getattr(self._make, name, None)):
            raise AttributeError(f"{type(self).__name__} has no {name}")

        async def asked(*args: Any, **more: Any) -> Any:
            return await getattr(await self.current(), name)(*args, **more)

        return asked

    async def current(self) -> Any:
        """The connector over the records of now. Raises ConnectorError."""
        parts = tuple(await self._gather())
        known = self._parts
        if known is None or len(known) != len(parts) or any(map(_differs, known, parts)):
            # In a thread, so that a large collection does not keep everybody else waiting.
            made = await asyncio.to_thread(self._made, parts)
            self._memory, self.rejected, self.records_total = made
            self._parts = parts
        return self._memory

    async def aclose(self) -> None:
        """Let go of what the gathering holds open."""
        if self._close is not None:
            await self._close()

    def _made(self, parts: Sequence[Part[Any]]) -> tuple[Any, list[tuple[Any, str]], int]:
        records: dict[tuple[type, str], Any] = {}
        rejected: list[tuple[Any, str]] = []
        for part in parts:
            rejected += part.rejected
            for record in part.records:
                key = (type(record), record.origin.local_id)
                if records.setdefault(key, record) is not record:
                    rejected.append((key[1], f"the id {key[1]!r} stands in an earlier row"))
        if rejected and not records:
            raise Unreadable(f"none of {len(rejected)} rows could be read: {rejected[0][1]}")
        return self._make(self.name, list(records.values())), rejected, len(records)


def _differs(known: object, part: object) -> bool:
    return known is not part


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
