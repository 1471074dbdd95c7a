"""Events from records in memory, and the reading of an event from a row of plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from connectors.memory.base import by_id, slice_of
from connectors.memory.cells import Cells
from connectors.ports import geometry, recurrence
from connectors.ports.common import Money, Order, Origin, Page, Slice, SortValue, Window
from connectors.ports.events import (
    Event,
    EventCriteria,
    EventOrderField,
    EventStatus,
    Occurrence,
    Offer,
    indexed,
    name_sort,
    overlaps,
    words_of,
)

_SORTS: Mapping[EventOrderField, Callable[[Event], SortValue]] = {
    EventOrderField.STARTS_AT: lambda event: event.starts_at,
    EventOrderField.UPDATED_AT: lambda event: event.origin.as_of,
    EventOrderField.NAME: name_sort,
}


class MemoryEvents:
    """An EventSource over records."""

    def __init__(self, name: str, events: Sequence[Event]) -> None:
        self.name = name
        self._events = [(event, indexed(event)) for event in events]

    async def events_by_id(self, ids: Sequence[str]) -> Sequence[Event | None]:
        return by_id((event for event, _ in self._events), ids)

    async def find_events(
        self, criteria: EventCriteria, order: Order[EventOrderField], page: Page
    ) -> Slice[Event]:
        return slice_of(self._fitting(criteria), page, _SORTS[order.field])

    async def count_events(self, criteria: EventCriteria) -> int:
        return len(self._fitting(criteria))

    def _fitting(self, criteria: EventCriteria) -> list[Event]:
        return [event for event, when in self._events if fits(event, when, criteria)]


def fits(event: Event, when: Sequence[Occurrence], criteria: EventCriteria) -> bool:
    """Whether an event, with its `indexed` occurrences, is one of those asked for."""
    wanted = {word.casefold() for word in criteria.categories}
    return (
        (criteria.window is None or _any_in(when, criteria.window))
        and (criteria.where is None or geometry.is_in(criteria.where, event.point, event.area))
        and all(word in words_of(event) for word in (criteria.text or "").casefold().split())
        and (not wanted or any(word.casefold() in wanted for word in event.categories))
        and (criteria.is_free is None or event.is_free is criteria.is_free)
        and (criteria.ongoing is None or _going_on(when, criteria.now) is criteria.ongoing)
        and (not criteria.places or event.place in criteria.places)
    )


def _any_in(when: Sequence[Occurrence], window: Window) -> bool:
    return any(overlaps(one.starts_at, one.ends_at, window) for one in when)


def _going_on(when: Sequence[Occurrence], now: datetime | None) -> bool:
    if now is None:
        return False
    return any(one.starts_at <= now and one.ends_at and now < one.ends_at for one in when)


# ------------------------------------------------------------------------------- reading


def read_event(row: Mapping[str, Any], origin: Callable[[str], Origin]) -> Event:
    """The event in a row. Raises Unreadable, naming the column, and nothing else.

    Columns: id, name (or name_id, name_en), description, starts_at and ends_at (moments with an
    offset; whole days at midnight, their end exclusive), all_day, status, zone, recurrence
    (RRULE), excluded and added (lists of moments), place (`source:id`), place_text, lat, lng,
    area, categories, organizer, offers (a list of {is_free, price, currency, url}),
    capacity_left, url. Lists may be texts parted by `|`.
    """
    cells = Cells(row, "event")
    starts_at, ends_at = cells.must_moment("starts_at"), cells.moment("ends_at")
    if ends_at is not None and ends_at < starts_at:
        cells.refuse("ends_at", "is before starts_at")
    return Event(
        origin=origin(cells.local_id()),
        name=cells.must_text("name"),
        description=cells.text("description"),
        status=cells.one_of("status", EventStatus) or EventStatus.SCHEDULED,
        starts_at=starts_at,
        ends_at=ends_at,
        all_day=bool(cells.flag("all_day")),
        zone=_zone(cells),
        recurrence=_rule(cells),
        excluded=cells.each("excluded", Cells.must_moment),
        added=cells.each("added", Cells.must_moment),
        place=cells.scoped("place"),
        place_text=cells.plain("place_text"),
        point=cells.point(),
        area=cells.area(),
        categories=cells.words("categories"),
        organizer=cells.plain("organizer"),
        offers=tuple(_offer(offer) for offer in cells.rows("offers")),
        capacity_left=cells.whole("capacity_left"),
        url=cells.url("url"),
    )


def _zone(cells: Cells) -> str:
    name = cells.plain("zone") or "Asia/Jakarta"
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):  # no name, a folder, not there
        cells.refuse("zone", f"is no time zone: {name[:40]!r}")
    return name


def _rule(cells: Cells) -> str | None:
    text = cells.plain("recurrence")
    if text is None:
        return None
    try:
        recurrence.read_rule(text)
    except ValueError as error:
        cells.refuse("recurrence", str(error))
    return text.upper().removeprefix("RRULE:")


def _offer(cells: Cells) -> Offer:
    price, free = cells.amount("price"), cells.flag("is_free")
    if free is None:
        free = price is not None and not price
    if free and price:
        cells.refuse("is_free", "says free, but there is a price")
    currency = (cells.plain("currency") or "IDR").upper()
    return Offer(
        is_free=free,
        price=None if price is None else Money(price, currency),
        url=cells.url("url"),
    )
