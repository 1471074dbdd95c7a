"""Tours and guides in the embedded store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Index,
    Integer,
    Row,
    String,
    Table,
    func,
    literal,
    or_,
    select,
)

from connectors.base import Tools
from connectors.kinds.sql import Database
from connectors.ports.common import GeoPoint, Money, Page, ScopedId, Slice
from connectors.ports.connectors import Binding
from connectors.ports.tours import (
    Guide,
    GuideCriteria,
    Tour,
    TourCriteria,
    TourMode,
    TourStop,
    base_language,
    guide_sort,
    tour_sort,
    words_of,
)
from connectors.store.base import (
    SORTED,
    Words,
    in_order,
    located,
    metadata,
    origin_columns,
    origin_of,
    origin_values,
    owned,
    paged,
    place_columns,
    place_index,
    point_values,
    rows_of,
    slice_of,
)
from connectors.store.children import has, key_columns, key_values
from connectors.store.media import media_of, media_values

tours = Table(
    "tours",
    metadata,
    *origin_columns(),
    Column("name", Words, nullable=False),
    Column("name_sort", SORTED, nullable=False),
    Column("words", String, nullable=False),
    Column("mode", String(16), nullable=False),
    Column("stops", JSON, nullable=False),
    Column("path", JSON, nullable=False),
    Column("length_m", Integer),
    Column("duration_s", Integer),
    Column("line", String),
    Column("media", JSON, nullable=False),
    Index("ix_tours_name", "source", "name_sort", "local_id"),
)

tour_stops = Table(
    "tour_stops",
    metadata,
    *key_columns(),
    Column("position", Integer, primary_key=True),
    *place_columns(),
    place_index("tour_stops"),
)
"""Where the stops of each tour are, to find by."""

guides = Table(
    "guides",
    metadata,
    *origin_columns(),
    Column("name", String, nullable=False),
    Column("name_sort", SORTED, nullable=False),
    Column("languages", JSON, nullable=False),
    Column("phone", String(64)),
    Column("licence_no", String(64)),
    Column("rate", JSON(none_as_null=True)),
    Column("areas", JSON, nullable=False),
    Index("ix_guides_name", "source", "name_sort", "local_id"),
)

guide_words = Table(
    "guide_words",
    metadata,
    *key_columns(),
    Column("kind", String(8), primary_key=True),
    Column("word", String(64), primary_key=True),
    Index("ix_guide_words_word", "kind", "word"),
)
"""Each guide's languages (kind `lang`, without region) and areas (kind `area`), to find by."""


async def open_tours(binding: Binding, tools: Tools) -> StoreTours:
    """The store's tours as a system, see `connectors.registry`."""
    return StoreTours(binding.key, tools.database, samples=tools.samples_shown)


async def open_guides(binding: Binding, tools: Tools) -> StoreGuides:
    """The store's guides as a system, see `connectors.registry`."""
    return StoreGuides(binding.key, tools.database, samples=tools.samples_shown)


class StoreTours:
    """A TourSource over the tables `tours` and `tour_stops`."""

    def __init__(self, name: str, database: Database, *, samples: bool = True) -> None:
        self.name = name
        self._database = database
        self._mine = owned(tours, name, samples=samples)

    async def tours_by_id(self, ids: Sequence[str]) -> Sequence[Tour | None]:
        statement = select(tours).where(self._mine, tours.c.local_id.in_(ids))
        rows = await self._database.rows(statement)
        return in_order(map(_tour, rows), ids, lambda tour: tour.origin.local_id)

    async def find_tours(self, criteria: TourCriteria, page: Page) -> Slice[Tour]:
        statement = select(tours).where(self._mine, *_wanted(criteria))
        ranges = paged(statement, tours, page, tours.c.name_sort, source=self.name)
        return await slice_of(await rows_of(self._database, ranges, page), page, _tour)

    async def count_tours(self, criteria: TourCriteria) -> int:
        statement = select(func.count()).select_from(tours).where(self._mine, *_wanted(criteria))
        return int(await self._database.value(statement))


class StoreGuides:
    """A GuideSource over the tables `guides` and `guide_words`."""

    def __init__(self, name: str, database: Database, *, samples: bool = True) -> None:
        self.name = name
        self._database = database
        self._mine = owned(guides, name, samples=samples)

    async def guides_by_id(self, ids: Sequence[str]) -> Sequence[Guide | None]:
        statement = select(guides).where(self._mine, guides.c.local_id.in_(ids))
        rows = await self._database.rows(statement)
        return in_order(map(_guide, rows), ids, lambda guide: guide.origin.local_id)

    async def find_guides(self, criteria: GuideCriteria, page: Page) -> Slice[Guide]:
        statement = select(guides).where(self._mine)
        word = guide_words.c.word
        if criteria.lang is not None:
            statement = statement.where(_has("lang", word == base_language(criteria.lang)))
        if criteria.area is not None:
            code = criteria.area
            within = word.startswith(code + ".", autoescape=True)
            around = literal(code).startswith(word + ".")
            statement = statement.where(_has("area", or_(word == code, within, around)))
        ranges = paged(statement, guides, page, guides.c.name_sort, source=self.name)
        return await slice_of(await rows_of(self._database, ranges, page), page, _guide)


def _wanted(criteria: TourCriteria) -> list[ColumnElement[bool]]:
    c = tours.c
    words = dict.fromkeys((criteria.text or "").casefold().split())
    wanted: list[ColumnElement[bool]] = [c.words.contains(word, autoescape=True) for word in words]
    if criteria.mode is not None:
        wanted.append(c.mode == criteria.mode.value)
    if criteria.where is not None:
        wanted.append(has(tours, tour_stops, located(tour_stops, criteria.where)))
    return wanted


def _has(kind: str, wanted: ColumnElement[bool]) -> ColumnElement[bool]:
    return has(guides, guide_words, guide_words.c.kind == kind, wanted)


# ------------------------------------------------------------------------------- rows


def tour_values(tour: Tour) -> dict[str, Any]:
    """The row of a tour in `tours`."""
    return {
        **origin_values(tour.origin),
        "name": tour.name,
        "name_sort": tour_sort(tour),
        "words": words_of(tour),
        "mode": tour.mode.value,
        "stops": [_stop_value(stop) for stop in tour.stops],
        "path": [[point.lng, point.lat] for point in tour.path],
        "length_m": tour.length_m,
        "duration_s": None if tour.duration is None else int(tour.duration.total_seconds()),
        "line": str(tour.line) if tour.line else None,
        "media": media_values(tour.media),
    }


def stop_values(tour: Tour) -> list[dict[str, Any]]:
    """The rows of a tour in `tour_stops`."""
    key = key_values(tour.origin)
    return [
        {**key, "position": position, **point_values(stop.point, stop.area)}
        for position, stop in enumerate(tour.stops)
    ]


def guide_values(guide: Guide) -> dict[str, Any]:
    """The row of a guide in `guides`."""
    rate = guide.rate
    return {
        **origin_values(guide.origin),
        "name": guide.name,
        "name_sort": guide_sort(guide),
        "languages": list(guide.languages),
        "phone": guide.phone,
        "licence_no": guide.licence_no,
        "rate": [f"{rate.amount:f}", rate.currency] if rate else None,
        "areas": list(guide.areas),
    }


def word_values(guide: Guide) -> list[dict[str, Any]]:
    """The rows of a guide in `guide_words`."""
    words = [("lang", base_language(lang)) for lang in guide.languages]
    words += [("area", area) for area in guide.areas]
    key = key_values(guide.origin)
    return [{**key, "kind": kind, "word": word} for kind, word in dict.fromkeys(words)]


def _stop_value(stop: TourStop) -> list[Any]:
    point = stop.point
    return [str(stop.place), point and [point.lat, point.lng], stop.area]


def _stop(stored: list[Any]) -> TourStop:
    place, point, area = stored
    return TourStop(ScopedId.parse(place), GeoPoint(*point) if point else None, area)


def _tour(row: Row[Any]) -> Tour:
    return Tour(
        origin=origin_of(row),
        name=row.name,
        mode=TourMode(row.mode),
        stops=tuple(map(_stop, row.stops)),
        path=tuple(GeoPoint(lat, lng) for lng, lat in row.path),
        length_m=row.length_m,
        duration=None if row.duration_s is None else timedelta(seconds=row.duration_s),
        line=ScopedId.parse(row.line) if row.line else None,
        media=media_of(row.media),
    )


def _guide(row: Row[Any]) -> Guide:
    return Guide(
        origin=origin_of(row),
        name=row.name,
        languages=tuple(row.languages),
        phone=row.phone,
        licence_no=row.licence_no,
        rate=Money(Decimal(row.rate[0]), row.rate[1]) if row.rate else None,
        areas=tuple(row.areas),
    )
