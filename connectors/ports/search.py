"""Searching everything the city has: documents in, ranked references out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from connectors.ports.common import (
    Bucket,
    GeoPoint,
    Origin,
    Page,
    ScopedId,
    Slice,
    Source,
    Text,
    Where,
)
from connectors.ports.connectors import SearchType


@dataclass(frozen=True, slots=True)
class Document:
    """What makes one record findable. Never made of private records."""

    type: SearchType
    id: ScopedId
    title: Text
    body: tuple[Text | str | None, ...] = ()
    """Further words: descriptions, categories, aliases, addresses."""
    point: GeoPoint | None = None
    area: str | None = None
    opening_hours: str | None = None
    """OSM opening_hours of a place, for `openNow`."""
    sample: bool = False


@dataclass(frozen=True, slots=True)
class SearchCriteria:
    """What is searched for: every word of `q`, in these types, there."""

    q: str
    types: tuple[SearchType, ...] = ()
    where: Where | None = None
    lang: str = "id"


@dataclass(frozen=True, slots=True)
class Found:
    """A reference to a record, with why it was found."""

    origin: Origin
    type: SearchType
    id: ScopedId
    score: float
    title: Text
    highlights: tuple[str, ...]
    opening_hours: str | None = None


@dataclass(frozen=True, slots=True)
class Suggested:
    """A completion of what somebody began to type."""

    label: str
    type: SearchType | None
    count: int


class SearchSource(Source, Protocol):
    """An index of the city. Raises ConnectorError when it cannot answer."""

    async def find(self, criteria: SearchCriteria, page: Page) -> Slice[Found]:
        """A page by falling score; the position's value is the score."""
        ...

    async def count(self, criteria: SearchCriteria) -> int:
        """How many documents `find` would give in all."""
        ...

    async def buckets(self, criteria: SearchCriteria, field: str) -> Sequence[Bucket]:
        """How many of them by `type` or by `area` (kecamatan code)."""
        ...

    async def suggest(
        self, prefix: str, types: Sequence[SearchType], lang: str, size: int
    ) -> Sequence[Suggested]:
        """Titles with words that begin so.

        Those that themselves begin so come first, then the most frequent, the shortest, by title.
        """
        ...
