"""What lies around a place: other places, stops, what leaves there next, what takes place in it.

A place whose position nobody knows has no surroundings to tell of: that is None, not nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from aiodataloader import DataLoader

from connectors.ports import geometry
from connectors.ports.common import GeoPoint, Near, Order, Page, ScopedId, Window
from connectors.ports.connectors import SourceState
from connectors.ports.events import Event, EventCriteria, EventOrderField, EventSource
from connectors.ports.places import (
    Place,
    PlaceCriteria,
    PlaceKind,
    PlaceOrderField,
    PlaceSource,
)
from connectors.ports.transit import Departure, Stop, StopCriteria, StopOrder, TransitSource
from resolvers import boards, common, transit
from resolvers.context import Context
from resolvers.listings import MOST, listing
from resolvers.places import route_url
from resolvers.problems import bad_input

WALK_M = 1_000
"""How far off the stops of `directions` may be."""
STOPS = 5
DEPARTURES = 10
AHEAD = timedelta(hours=2)
"""Which departures `directions` shows: from now on, so far ahead."""


async def places(
    context: Context, place: Place, kinds: Sequence[PlaceKind], radius_m: int, first: int
) -> list[Place] | None:
    """The nearest other places, over all sources."""
    radius, size = circle(radius_m), few(first)
    if place.point is None:
        return None
    criteria = PlaceCriteria(kinds=tuple(kinds), where=Near(place.point, radius))
    order = Order(PlaceOrderField.DISTANCE, origin=place.point)
    found = await listing(
        context,
        PlaceSource,
        lambda source, page: source.find_places(criteria, order, page),
        Page(size + 1),  # the place itself is among them
        "nearby",
    )
    if found is None:
        return None
    others = [edge.node for edge in found.edges if _id(edge.node) != _id(place)]
    return others[:size]


async def stops(
    context: Context, point: GeoPoint | None, radius_m: int, first: int
) -> list[Stop] | None:
    """The nearest stops, over all timetables."""
    radius, size = circle(radius_m), few(first)
    if point is None:
        return None
    criteria = StopCriteria(where=Near(point, radius))
    order = Order(StopOrder.DISTANCE, origin=point)
    found = await listing(
        context,
        TransitSource,
        lambda source, page: source.find_stops(criteria, order, page),
        Page(size),
        "nearby",
    )
    return None if found is None else [edge.node for edge in found.edges]


async def events(
    context: Context, place: Place, *, upcoming: bool, first: int
) -> list[Event] | None:
    """Events that take place there, by their start; one question for all places of a page."""
    size = few(first)
    key = ("events of places", upcoming)
    loader = context.loaders.get(key)
    if loader is None:
        loader = DataLoader(partial(_events, context, upcoming))
        context.loaders[key] = loader
    # Shielded, as in `Lookup`: places of one page share the answer.
    found: list[Event] | None = await asyncio.shield(loader.load(_id(place)))
    return None if found is None else found[:size]


async def _events(
    context: Context,
    upcoming: bool,  # noqa: FBT001 - bound by partial, before the keys
    ids: Sequence[ScopedId],
) -> list[list[Event] | None]:
    window = Window(start=context.now()) if upcoming else None
    criteria = EventCriteria(window=window, places=tuple(ids))
    order = Order(EventOrderField.STARTS_AT)
    found = await listing(
        context,
        EventSource,
        lambda source, page: source.find_events(criteria, order, page),
        Page(MOST),
        "events",
    )
    if found is None:
        return [None] * len(ids)
    if found.page_info.has_next_page and len(ids) > 1:
        # Too many for one page: then place by place, of which nobody sees more than a hundred.
        single = await asyncio.gather(*(_events(context, upcoming, [id_]) for id_ in ids))
        return [answer[0] for answer in single]
    by_place: dict[ScopedId | None, list[Event]] = {id_: [] for id_ in ids}
    for edge in found.edges:
        by_place.setdefault(edge.node.place, []).append(edge.node)
    return [by_place[id_] for id_ in ids]


# ------------------------------------------------------------------------------- directions


@dataclass(slots=True)
class Directions:
    """The way to a place: a link, and how to come there without a car."""

    url: str
    distance_m: int
    to: GeoPoint
    _stops: asyncio.Future[list[Stop] | None] | None = field(default=None, repr=False)

    async def stops(self, context: Context) -> list[Stop] | None:
        """The stops nearby; asked for once, though departures need them too."""
        if self._stops is None:
            self._stops = asyncio.ensure_future(stops(context, self.to, WALK_M, STOPS))
        # Shielded: a reader that gives up must not take the answer from the other.
        return await asyncio.shield(self._stops)

    async def departures(self, context: Context) -> list[Departure] | None:
        """What leaves from these stops in the next two hours, soonest first."""
        nearby = await self.stops(context)
        if not nearby:
            return None if nearby is None else []
        return await _departures(context, nearby)


def directions(place: Place, origin: Any) -> Directions | None:
    """The way from a point to a place."""
    start = common.point(origin, "from")
    if place.point is None:
        return None
    metres = round(geometry.distance_m(start, place.point))
    return Directions(route_url(start, place.point), metres, place.point)


async def _departures(context: Context, nearby: Sequence[Stop]) -> list[Departure] | None:
    now = transit.moment(context)
    board = await boards.from_stops(context, nearby, now, AHEAD, first=DEPARTURES)
    if board is None:
        return None
    for status in board.sources:
        context.note(status)
    certain = all(status.state is SourceState.OK for status in board.sources)
    # A timetable that has ended does not say that nothing leaves.
    return list(board.departures) if board.departures or certain else None


# ------------------------------------------------------------------------------- checks


def circle(radius_m: int) -> int:
    """A radius, checked."""
    if not 0 < radius_m <= common.MOST_RADIUS_M:
        raise bad_input(f"`radiusM` must be from 1 to {common.MOST_RADIUS_M}, not {radius_m}.")
    return radius_m


def few(first: int) -> int:
    """The size of a short list, checked."""
    if not 0 <= first <= 100:
        raise bad_input(f"`first` must be from 0 to 100, not {first}.")
    return first


def _id(place: Place) -> ScopedId:
    return ScopedId(place.origin.connector, place.origin.local_id)
