"""Tours and guides from records in memory, and their reading from rows of plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from connectors.errors import Unreadable
from connectors.memory import fields
from connectors.memory.base import by_id, slice_of
from connectors.memory.cells import Cells
from connectors.ports import geometry
from connectors.ports.common import GeoPoint, Money, Origin, Page, ScopedId, Slice
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

MOST_CORNERS = 10_000


class MemoryTours:
    """A TourSource over records."""

    def __init__(self, name: str, tours: Sequence[Tour]) -> None:
        self.name = name
        self._tours = tuple(tours)

    async def tours_by_id(self, ids: Sequence[str]) -> Sequence[Tour | None]:
        return by_id(self._tours, ids)

    async def find_tours(self, criteria: TourCriteria, page: Page) -> Slice[Tour]:
        return slice_of(self._fitting(criteria), page, tour_sort)

    async def count_tours(self, criteria: TourCriteria) -> int:
        return len(self._fitting(criteria))

    def _fitting(self, criteria: TourCriteria) -> list[Tour]:
        return [tour for tour in self._tours if fits(tour, criteria)]


def fits(tour: Tour, criteria: TourCriteria) -> bool:
    """Whether a tour is one of those asked for."""
    where = criteria.where
    return (
        (criteria.mode is None or tour.mode is criteria.mode)
        and (where is None or any(geometry.is_in(where, s.point, s.area) for s in tour.stops))
        and all(word in words_of(tour) for word in (criteria.text or "").casefold().split())
    )


class MemoryGuides:
    """A GuideSource over records."""

    def __init__(self, name: str, guides: Sequence[Guide]) -> None:
        self.name = name
        self._guides = tuple(guides)

    async def guides_by_id(self, ids: Sequence[str]) -> Sequence[Guide | None]:
        return by_id(self._guides, ids)

    async def find_guides(self, criteria: GuideCriteria, page: Page) -> Slice[Guide]:
        found = [guide for guide in self._guides if guide_fits(guide, criteria)]
        return slice_of(found, page, guide_sort)


def guide_fits(guide: Guide, criteria: GuideCriteria) -> bool:
    """Whether a guide is one of those asked for."""
    area, lang = criteria.area, criteria.lang
    return (area is None or any(_touch(own, area) for own in guide.areas)) and (
        lang is None or base_language(lang) in map(base_language, guide.languages)
    )


def _touch(own: str, asked: str) -> bool:
    return own == asked or own.startswith(asked + ".") or asked.startswith(own + ".")


# ------------------------------------------------------------------------------- reading


def read_tour(row: Mapping[str, Any], origin: Callable[[str], Origin]) -> Tour:
    """The tour in a row. Raises Unreadable, naming the column, and nothing else.

    Columns: id, name (or name_id, name_en), mode, stops (a list of {place: `source:id`, lat,
    lng, area}), path (a list of [lng, lat] positions), length_m, minutes, line (`source:id`).
    """
    cells = Cells(row, "tour")
    return Tour(
        origin=origin(fields.local_id(row)),
        name=cells.must_text("name"),
        mode=cells.must_one_of("mode", TourMode),
        stops=tuple(_stop(stop) for stop in _objects(row, "stops")),
        path=_path(row.get("path")),
        length_m=_whole(cells, "length_m"),
        duration=_minutes(cells),
        line=_scoped(cells, "line"),
    )


def read_guide(row: Mapping[str, Any], origin: Callable[[str], Origin]) -> Guide:
    """The guide in a row. Raises Unreadable, naming the column, and nothing else.

    Columns: id, name, languages and areas (lists, or texts parted by `|`), phone, licence_no,
    rate (rupiah).
    """
    cells = Cells(row, "guide")
    rate = fields.amount(row, "rate")
    areas = cells.words("areas")
    for code in areas:
        fields.area_code({"areas": code}, "areas")
    return Guide(
        origin=origin(fields.local_id(row)),
        name=cells.must("name"),
        languages=cells.words("languages"),
        phone=cells.plain("phone"),
        licence_no=cells.plain("licence_no"),
        rate=None if rate is None else Money(rate),
        areas=areas,
    )


def _stop(row: Mapping[str, Any]) -> TourStop:
    place = _scoped(Cells(row, "tour: stops"), "place")
    if place is None:
        raise Unreadable("tour: stops: place is empty")
    return TourStop(place, fields.coordinates(row), fields.area_code(row))


def _scoped(cells: Cells, column: str) -> ScopedId | None:
    text = cells.plain(column)
    if text is None:
        return None
    try:
        return ScopedId.parse(text)
    except ValueError:
        cells.refuse(column, f"must be source:id, not {text[:40]!r}")


def _whole(cells: Cells, column: str) -> int | None:
    return None if cells.raw(column) is None else cells.must_whole(column, least=0)


def _minutes(cells: Cells) -> timedelta | None:
    minutes = _whole(cells, "minutes")
    return None if minutes is None else timedelta(minutes=minutes)


def _objects(row: Mapping[str, Any], column: str) -> list[Mapping[str, Any]]:
    found = row.get(column) or []
    if not isinstance(found, (list, tuple)) or not all(isinstance(one, Mapping) for one in found):
        raise Unreadable(f"tour: {column} must be a list of objects")
    return list(found)


def _path(value: Any) -> tuple[GeoPoint, ...]:
    if value is None or value == []:
        return ()
    if not isinstance(value, (list, tuple)) or not 2 <= len(value) <= MOST_CORNERS:
        raise Unreadable(f"tour: path must be a list of 2 to {MOST_CORNERS} positions")
    found = []
    for number, position in enumerate(value):
        if not isinstance(position, (list, tuple)) or len(position) < 2:
            raise Unreadable(f"tour: path[{number}] must be [lng, lat]")
        try:
            found.append(geometry.point_of(position[1], position[0]))
        except (ValueError, OverflowError) as error:
            raise Unreadable(f"tour: path[{number}]: out of range") from error
    return tuple(found)
