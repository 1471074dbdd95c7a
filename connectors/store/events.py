"""Events in the embedded store: found in SQL by their expanded occurrences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Index,
    Integer,
    Row,
    String,
    Table,
    desc,
    false,
    func,
    or_,
    select,
)

from connectors.base import Tools
from connectors.kinds.sql import Database
from connectors.ports.common import Money, Order, Page, ScopedId, Slice, Window
from connectors.ports.connectors import Binding
from connectors.ports.events import (
    Event,
    EventCriteria,
    EventOrderField,
    EventStatus,
    Offer,
    indexed,
    name_sort,
    words_of,
)
from connectors.store.base import (
    SORTED,
    Instant,
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
    point_of,
    point_values,
    rows_of,
    slice_of,
)
from connectors.store.children import has, key_columns, key_values
from connectors.store.media import media_of, media_values

events = Table(
    "events",
    metadata,
    *origin_columns(),
    *place_columns(),
    Column("name", Words, nullable=False),
    Column("name_sort", SORTED, nullable=False),
    Column("words", String, nullable=False),
    Column("description", Words),
    Column("status", String(16), nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant),
    Column("all_day", Boolean, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("recurrence", String),
    Column("excluded", JSON, nullable=False),
    Column("added", JSON, nullable=False),
    Column("place", String),
    Column("place_text", String),
    Column("categories", JSON, nullable=False),
    Column("organizer", String),
    Column("offers", JSON, nullable=False),
    Column("is_free", Boolean),
    Column("capacity_left", Integer),
    Column("media", JSON, nullable=False),
    Column("homepage", String),
    place_index("events"),
    Index("ix_events_starts_at", "source", "starts_at", "local_id"),
    Index("ix_events_name", "source", "name_sort", "local_id"),
    # All that were read at once are equal: each direction needs its own order of ids.
    Index("ix_events_updated", "source", "as_of", "local_id"),
    Index("ix_events_newest", "source", desc("as_of"), "local_id"),
    Index("ix_events_at", "place"),
)

event_occurrences = Table(
    "event_occurrences",
    metadata,
    *key_columns(),
    Column("starts_at", Instant, primary_key=True),
    Column("ends_at", Instant),
    Index("ix_event_occurrences_starts_at", "source", "starts_at"),
)
"""When each event takes place, as `connectors.ports.events.indexed` tells."""

event_categories = Table(
    "event_categories",
    metadata,
    *key_columns(),
    Column("category", String, primary_key=True),
)
"""Each category of each event once more, case folded, to find by."""

_SORTS: Mapping[EventOrderField, ColumnElement[Any]] = {
    EventOrderField.STARTS_AT: events.c.starts_at,
    EventOrderField.UPDATED_AT: events.c.as_of,
    EventOrderField.NAME: events.c.name_sort,
}


async def open_events(binding: Binding, tools: Tools) -> StoreEvents:
    """The store's events as a system, see `connectors.registry`."""
    return StoreEvents(binding.key, tools.database, samples=tools.samples_shown)


class StoreEvents:
    """An EventSource over the tables `events`, `event_occurrences` and `event_categories`."""

    def __init__(self, name: str, database: Database, *, samples: bool = True) -> None:
        self.name = name
        self._database = database
        self._mine = owned(events, name, samples=samples)

    async def events_by_id(self, ids: Sequence[str]) -> Sequence[Event | None]:
        statement = select(events).where(self._mine, events.c.local_id.in_(ids))
        rows = await self._database.rows(statement)
        return in_order(map(_read, rows), ids, lambda event: event.origin.local_id)

    async def find_events(
        self, criteria: EventCriteria, order: Order[EventOrderField], page: Page
    ) -> Slice[Event]:
        statement = select(events).where(self._mine, *_wanted(criteria))
        ranges = paged(statement, events, page, _SORTS[order.field], source=self.name)
        return await slice_of(await rows_of(self._database, ranges, page), page, _read)

    async def count_events(self, criteria: EventCriteria) -> int:
        statement = select(func.count()).select_from(events).where(self._mine, *_wanted(criteria))
        return int(await self._database.value(statement))


def _wanted(criteria: EventCriteria) -> list[ColumnElement[bool]]:
    c = events.c
    words = dict.fromkeys((criteria.text or "").casefold().split())
    wanted: list[ColumnElement[bool]] = [c.words.contains(word, autoescape=True) for word in words]
    if criteria.window is not None:
        wanted.append(_takes_place(*_in_window(criteria.window)))
    if criteria.where is not None:
        wanted.append(located(events, criteria.where))
    if criteria.categories:
        folded = [word.casefold() for word in criteria.categories]
        wanted.append(has(events, event_categories, event_categories.c.category.in_(folded)))
    if criteria.is_free is not None:
        wanted.append(c.is_free.is_(criteria.is_free))
    if criteria.ongoing is not None:
        going = _going_on(criteria.now)
        wanted.append(going if criteria.ongoing else ~going)
    if criteria.places:
        wanted.append(c.place.in_([str(place) for place in criteria.places]))
    return wanted


def _takes_place(*when: ColumnElement[bool]) -> ColumnElement[bool]:
    return has(events, event_occurrences, *when)


def _in_window(window: Window) -> list[ColumnElement[bool]]:
    """The test of `connectors.ports.events.overlaps`."""
    c = event_occurrences.c
    wanted: list[ColumnElement[bool]] = []
    if window.end is not None:
        wanted.append(c.starts_at < window.end)
    if window.start is not None:
        wanted.append(or_(c.starts_at >= window.start, c.ends_at > window.start))
    return wanted


def _going_on(now: datetime | None) -> ColumnElement[bool]:
    if now is None:
        return false()
    c = event_occurrences.c
    return _takes_place(c.starts_at <= now, c.ends_at > now)


# ------------------------------------------------------------------------------- rows


def event_values(event: Event) -> dict[str, Any]:
    """The row of an event in `events`."""
    return {
        **origin_values(event.origin),
        **point_values(event.point, event.area),
        "name": event.name,
        "name_sort": name_sort(event),
        "words": words_of(event),
        "description": event.description,
        "status": event.status.value,
        "starts_at": event.starts_at,
        "ends_at": event.ends_at,
        "all_day": event.all_day,
        "zone": event.zone,
        "recurrence": event.recurrence,
        "excluded": [moment.isoformat() for moment in event.excluded],
        "added": [moment.isoformat() for moment in event.added],
        "place": str(event.place) if event.place else None,
        "place_text": event.place_text,
        "categories": list(event.categories),
        "organizer": event.organizer,
        "offers": [_offer_value(offer) for offer in event.offers],
        "is_free": event.is_free,
        "capacity_left": event.capacity_left,
        "media": media_values(event.media),
        "homepage": event.url,
    }


def occurrence_values(event: Event) -> list[dict[str, Any]]:
    """The rows of an event in `event_occurrences`."""
    key = key_values(event.origin)
    return [{**key, "starts_at": one.starts_at, "ends_at": one.ends_at} for one in indexed(event)]


def category_values(event: Event) -> list[dict[str, Any]]:
    """The rows of an event in `event_categories`."""
    key = key_values(event.origin)
    folded = dict.fromkeys(category.casefold() for category in event.categories)
    return [{**key, "category": category} for category in folded]


def _offer_value(offer: Offer) -> dict[str, Any]:
    price = offer.price
    return {
        "is_free": offer.is_free,
        "price": [f"{price.amount:f}", price.currency] if price else None,
        "url": offer.url,
    }


def _offer(stored: dict[str, Any]) -> Offer:
    price = stored["price"]
    return Offer(
        is_free=stored["is_free"],
        price=Money(Decimal(price[0]), price[1]) if price else None,
        url=stored["url"],
    )


def _read(row: Row[Any]) -> Event:
    return Event(
        origin=origin_of(row),
        name=row.name,
        description=row.description,
        status=EventStatus(row.status),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        all_day=row.all_day,
        zone=row.zone,
        recurrence=row.recurrence,
        excluded=tuple(map(datetime.fromisoformat, row.excluded)),
        added=tuple(map(datetime.fromisoformat, row.added)),
        place=ScopedId.parse(row.place) if row.place else None,
        place_text=row.place_text,
        point=point_of(row),
        area=row.area,
        categories=tuple(row.categories),
        organizer=row.organizer,
        offers=tuple(map(_offer, row.offers)),
        capacity_left=row.capacity_left,
        media=media_of(row.media),
        url=row.homepage,
    )
