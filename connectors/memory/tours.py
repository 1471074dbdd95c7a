"""Tours and guides from records in memory, and their reading from rows of plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from connectors.memory.base import by_id, slice_of
from connectors.memory.cells import Cells
from connectors.ports import geometry
from connectors.ports.common import GeoPoint, Money, Origin, Page, Slice
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
        origin=origin(cells.local_id()),
        name=cells.must_text("name"),
        mode=cells.must_one_of("mode", TourMode),
        stops=tuple(_stop(stop) for stop in cells.rows("stops")),
        path=_path(cells),
        length_m=cells.whole("length_m"),
        duration=_minutes(cells),
        line=cells.scoped("line"),
    )


def read_guide(row: Mapping[str, Any], origin: Callable[[str], Origin]) -> Guide:
    """The guide in a row. Raises Unreadable, naming the column, and nothing else.

    Columns: id, name, languages and areas (lists, or texts parted by `|`), phone, licence_no,
    rate (rupiah).
    """
    cells = Cells(row, "guide")
    rate = cells.amount("rate")
    return Guide(
        origin=origin(cells.local_id()),
        name=cells.must("name"),
        languages=cells.words("languages"),
        phone=cells.plain("phone"),
        licence_no=cells.plain("licence_no"),
        rate=None if rate is None else Money(rate),
        areas=tuple(code for code in cells.each("areas", Cells.area) if code),
    )


def _stop(cells: Cells) -> TourStop:
    return TourStop(cells.must_scoped("place"), cells.point(), cells.area())


def _minutes(cells: Cells) -> timedelta | None:
    minutes = cells.whole("minutes")
    return None if minutes is None else timedelta(minutes=minutes)


def _path(cells: Cells) -> tuple[GeoPoint, ...]:
    value = cells.raw("path")
    if value is None:
        return ()
    if not isinstance(value, (list, tuple)) or not 2 <= len(value) <= MOST_CORNERS:
        cells.refuse("path", f"must be a list of 2 to {MOST_CORNERS} positions")
    found = []
    for number, position in enumerate(value):
        if not isinstance(position, (list, tuple)) or len(position) < 2:
            cells.refuse("path", f"[{number}] must be [lng, lat]")
        try:
            found.append(geometry.point_of(position[1], position[0]))
        except (ValueError, OverflowError):
            cells.refuse("path", f"[{number}] is out of range")
    return tuple(found)
