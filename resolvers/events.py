"""Events: lists, one by id, where and when they take place."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from connectors.ports import recurrence
from connectors.ports.common import Order, ScopedId, Window
from connectors.ports.events import (
    Event,
    EventCriteria,
    EventOrderField,
    EventSource,
    Occurrence,
    occurrences,
)
from connectors.ports.places import Place
from resolvers import asked, common, ids
from resolvers.context import Context
from resolvers.listings import Listing, PageArgs, listing, page_of
from resolvers.lookups import Lookup
from resolvers.places import place_by_id
from resolvers.problems import bad_input

MOST_DAYS = 366
"""The longest span whose occurrences are listed."""
MOST_OCCURRENCES = 1_000
MOST_PLACES = 100

event_by_id: Lookup[EventSource, Event] = Lookup(
    EventSource, lambda source, ids_: source.events_by_id(ids_)
)

NODES: dict[str, Callable[[Context, ScopedId], Awaitable[Any]]] = {"Event": event_by_id}
"""How one record of each type is found by its id."""


async def one(context: Context, id: ScopedId) -> Event | None:  # noqa: A002 - the field's own word
    """The event with this id, None when its source does not know it."""
    return await event_by_id(context, id)


async def find(
    context: Context, where: Any, order_by: Any, args: PageArgs
) -> Listing[Event] | None:
    """A page of events, merged from all sources; without an order by their beginning."""
    criteria = await criteria_of(context, where)
    order = order_of(order_by)
    mark = ids.fingerprint("events", order.field.value, order.descending)
    page = page_of(args, mark, descending=order.descending)
    return await listing(
        context,
        EventSource,
        lambda source, page: source.find_events(criteria, order, page),
        page,
        mark,
        count=lambda source: source.count_events(criteria),
    )


async def criteria_of(context: Context, where: Any) -> EventCriteria:
    """What the filter asks for, checked."""
    if not where:
        return EventCriteria()
    start, end = where.start, where.end
    if start is not None and end is not None and start >= end:
        raise bad_input("`where.from` must be before `where.to`: the end is not included.")
    return EventCriteria(
        window=Window(start, end) if start or end else None,
        where=await common.where(context, where.geo, "where.geo"),
        text=asked.text(where.text, "where.text"),
        categories=asked.texts(where.categories, "where.categories"),
        is_free=where.is_free,
        ongoing=where.ongoing,
        now=context.now(),
        places=asked.ids(where.place_ids, "Place", "where.placeIds", most=MOST_PLACES) or (),
    )


def order_of(order_by: Any) -> Order[EventOrderField]:
    """How the list is sorted."""
    if not order_by:
        return Order(EventOrderField.STARTS_AT)
    return Order(order_by.field, descending=order_by.direction.value == "DESC")


# ------------------------------------------------------------------------------- one event


def times(event: Event, start: datetime, end: datetime) -> list[Occurrence]:
    """When an event takes place within a span of at most 366 days; 1,000 times at most."""
    if start >= end:
        raise bad_input("`from` must be before `to`: the end is not included.")
    if end - start > timedelta(days=MOST_DAYS):
        raise bad_input(f"`from` and `to` may be at most {MOST_DAYS} days apart: ask in parts.")
    try:
        return occurrences(event, Window(start, end), most=MOST_OCCURRENCES)
    except recurrence.TooCostly as error:
        message = (
            f"the event takes place more than {MOST_OCCURRENCES} times in this span, or too seldom "
            "to find out: ask for a shorter one."
        )
        raise bad_input(message) from error


async def place(context: Context, event: Event) -> Place | None:
    """The place of an event, None when nobody said which."""
    return None if event.place is None else await place_by_id(context, event.place)


def calendar_url(context: Context, event: Event) -> str:
    """Where the event is as an iCalendar file."""
    scoped = ScopedId(event.origin.connector, event.origin.local_id)
    return f"{context.base_url}/events/{ids.global_id('Event', scoped)}.ics"
