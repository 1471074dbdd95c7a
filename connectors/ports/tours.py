"""Tours (tur): routes from sight to sight; and guides (pemandu wisata)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Protocol

from connectors.ports.common import (
    GeoPoint,
    Media,
    Money,
    Origin,
    Page,
    ScopedId,
    Slice,
    Source,
    Text,
    Where,
)


class TourMode(Enum):
    WALK = "WALK"
    BIKE = "BIKE"
    CAR = "CAR"
    TOURIST_BUS = "TOURIST_BUS"
    BOAT = "BOAT"


@dataclass(frozen=True, slots=True)
class TourStop:
    """A sight on a tour, and where it is as far as the tour's own source knows."""

    place: ScopedId
    point: GeoPoint | None = None
    area: str | None = None


@dataclass(frozen=True, slots=True)
class Tour:
    """One tour; its stops in the order they are visited."""

    origin: Origin
    name: Text
    mode: TourMode
    stops: tuple[TourStop, ...] = ()
    path: tuple[GeoPoint, ...] = ()
    """The way as a line; empty where nobody drew it."""
    length_m: int | None = None
    duration: timedelta | None = None
    line: ScopedId | None = None
    """The transit line of a tourist bus."""
    media: tuple[Media, ...] = ()


@dataclass(frozen=True, slots=True)
class TourCriteria:
    """Which tours are wanted; None filters nothing."""

    mode: TourMode | None = None
    where: Where | None = None
    """Some stop of the tour is there."""
    text: str | None = None
    """Every word of it stands in the tour's name, in any language, letter case aside."""


class TourSource(Source, Protocol):
    """A system that knows tours. Raises ConnectorError when it cannot answer."""

    async def tours_by_id(self, ids: Sequence[str]) -> Sequence[Tour | None]:
        """Tours in the order of their ids, None where unknown."""
        ...

    async def find_tours(self, criteria: TourCriteria, page: Page) -> Slice[Tour]:
        """A page of the tours that fit, by name, maybe empty."""
        ...

    async def count_tours(self, criteria: TourCriteria) -> int:
        """How many tours `find_tours` gives in all."""
        ...


@dataclass(frozen=True, slots=True)
class Guide:
    """Somebody who shows the city to guests."""

    origin: Origin
    name: str
    languages: tuple[str, ...] = ()
    """BCP 47 tags."""
    phone: str | None = None
    """E.164 where the number is valid."""
    licence_no: str | None = None
    rate: Money | None = None
    """Per tour."""
    areas: tuple[str, ...] = ()
    """Codes of the areas they work in; none when nobody said."""


@dataclass(frozen=True, slots=True)
class GuideCriteria:
    """Which guides are wanted; None filters nothing."""

    area: str | None = None
    """Works in this area, in a part of it, or in all of an area around it."""
    lang: str | None = None
    """Speaks this language, whatever its region: `en` fits `en-GB` and the other way round."""


class GuideSource(Source, Protocol):
    """A system that knows guides. Raises ConnectorError when it cannot answer."""

    async def guides_by_id(self, ids: Sequence[str]) -> Sequence[Guide | None]:
        """Guides in the order of their ids, None where unknown."""
        ...

    async def find_guides(self, criteria: GuideCriteria, page: Page) -> Slice[Guide]:
        """A page of the guides that fit, by name, maybe empty."""
        ...


# ------------------------------------------------------------------------------- matching


def words_of(tour: Tour) -> str:
    """What `TourCriteria.text` is looked for in."""
    return "\n".join(words for _, words in tour.name).casefold()


def tour_sort(tour: Tour) -> str:
    """What tours are sorted by: Indonesian name first, letter case and outer space aside."""
    return tour.name.pick("id").strip().casefold()


def guide_sort(guide: Guide) -> str:
    """What guides are sorted by."""
    return guide.name.strip().casefold()


def base_language(tag: str) -> str:
    """The language of a BCP 47 tag without script and region, in lower case."""
    return tag.partition("-")[0].lower()
