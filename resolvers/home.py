"""The first screen: nine sections at once, each source asked once, each section failing alone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from connectors import errors
from connectors.ports.apps import AppCriteria, AppSource
from connectors.ports.areas import Area, AreaSource
from connectors.ports.common import GeoPoint, InArea, Near, Order, Page, ScopedId, Slice, Window
from connectors.ports.complaints import ComplaintSource
from connectors.ports.connectors import SourceState, SourceStatus
from connectors.ports.emergency import EmergencyCriteria, EmergencySource
from connectors.ports.events import Event, EventCriteria, EventOrderField, EventSource
from connectors.ports.jobs import JobCriteria, JobOrderField, JobSource
from connectors.ports.places import PlaceCriteria, PlaceOrderField, PlaceSource
from connectors.ports.prices import Price, PriceCriteria, PriceSource
from connectors.ports.transit import TransitSource
from connectors.ports.warnings import AlertCriteria, AlertSource
from connectors.upkeep.asking import remaining, within
from resolvers import areas, boards, complaint_stats, events, prices
from resolvers.context import Context
from resolvers.listings import listing, plain
from resolvers.problems import Refusal

PLACES = 10
EVENTS = 5
SEEN_EVENTS = 50
"""Events looked at to find those that take place next."""
JOBS = 5
PRICES = 20
APPS = 30
DEPARTURES = 10
WALK_M = 1_000
"""How far a stop may be for its departures to be shown."""
AHEAD = timedelta(hours=2)
AREA_SECONDS = 1.5
"""Longest wait for the area before the sections are asked for."""
WEEKS = timedelta(days=60)
"""How far ahead events are shown."""


class HomeSection(Enum):
    ALERTS = "ALERTS"
    COMPLAINTS = "COMPLAINTS"
    DEPARTURES = "DEPARTURES"
    PRICES = "PRICES"
    JOBS = "JOBS"
    EVENTS = "EVENTS"
    PLACES = "PLACES"
    APPS = "APPS"
    EMERGENCY = "EMERGENCY"


@dataclass(frozen=True, slots=True)
class Here:
    """Where the screen is looked at from."""

    point: GeoPoint | None
    area: str | None
    """The code of the area that was asked for."""
    medians: bool = True
    """Whether the summary of complaints is to have its medians."""

    @property
    def within(self) -> InArea | None:
        """The area that was asked for, when no point was."""
        return InArea(self.area) if self.area and self.point is None else None


@dataclass(slots=True)
class Home:
    """The screen. A section that was not asked for, or could not be had, is None."""

    generated_at: datetime
    area: Area | None
    sources: list[SourceStatus] = field(default_factory=list)
    sections: dict[HomeSection, Any] = field(default_factory=dict)

    def section(self, name: HomeSection) -> Any:
        """What a section holds; an unplanned fault becomes that field's own error."""
        return self.sections.get(name)


Section = Callable[[Context, Here], Awaitable[Any]]


async def home(
    context: Context,
    *,
    at: GeoPoint | None,
    area: str | None,
    sections: Collection[HomeSection],
    medians: bool = True,
) -> Home:
    """The sections asked for, gathered at the same time."""
    where = await _area(context, at, area)
    here = Here(at, area, medians)
    wanted = [section for section in HomeSection if section in sections]
    found = await asyncio.gather(
        *(SECTIONS[section][0](context, here) for section in wanted), return_exceptions=True
    )
    screen = Home(context.now(), where)
    for section, value in zip(wanted, found, strict=True):
        # A source that failed is told in `sources`; anything else is an error of the field.
        failed = isinstance(value, errors.ConnectorError)
        screen.sections[section] = None if failed else value
    screen.sources = _statuses(context, wanted)
    return screen


async def _area(context: Context, at: GeoPoint | None, code: str | None) -> Area | None:
    """The area of the screen; None also when it cannot be had in time, for it is only shown."""
    # The sections wait for it, so it may take a part of their time only.
    try:
        with within(min(AREA_SECONDS, remaining() / 4)):
            if code is not None:
                return await areas.must_know(context, code, "area")
            if at is None:
                return None
            around = await plain(
                context,
                AreaSource,
                lambda source: source.find_areas(level=None, parent=None, containing=at),
            )
    except errors.ConnectorError:
        return None  # told in `sources`
    return around[-1] if around else None


def _statuses(context: Context, wanted: Sequence[HomeSection]) -> list[SourceStatus]:
    """One per source of these sections, in their order; the source of areas only when it failed."""
    statuses: dict[str, SourceStatus] = {}
    for section in wanted:
        port: type[Any] = SECTIONS[section][1]
        for source in context.switchboard.serving(port):
            status = context.statuses.get(source.key)
            statuses[source.key] = status or SourceStatus(source.key, SourceState.OK)
    for knowing in context.switchboard.serving(AreaSource):
        if knowing.key in context.statuses:
            statuses[knowing.key] = context.statuses[knowing.key]
    return list(statuses.values())


# ------------------------------------------------------------------------------- sections


async def _alerts(context: Context, here: Here) -> Any:
    criteria = AlertCriteria(
        context.now(), active=True, where=Near(here.point, 1) if here.point else here.within
    )
    return await plain(context, AlertSource, lambda source: source.find_alerts(criteria))


async def _complaints(context: Context, here: Here) -> Any:
    return await complaint_stats.summary(context, here.within, medians=here.medians)


async def _departures(context: Context, here: Here) -> Any:
    point = here.point or context.centre
    if point is None:
        return None
    return await boards.board_near(
        context, Near(point, WALK_M), context.now(), AHEAD, first=DEPARTURES
    )


async def _prices(context: Context, _here: Here) -> Any:
    async def find(source: PriceSource, page: Page) -> Slice[Price]:
        found = await source.find_prices(PriceCriteria(on=prices.today(context)), page)
        # What they are prices of is fetched in the same question to the same source.
        wanted = list(dict.fromkeys(hit.record.commodity.local for hit in found.hits))
        for commodity in await source.commodities_by_id(wanted):
            if commodity is not None:
                id_ = ScopedId(commodity.origin.connector, commodity.origin.local_id)
                prices.commodity_by_id.prime(context, id_, commodity)
        return found

    return await _first(context, PriceSource, find, PRICES, descending=True)


async def _jobs(context: Context, here: Here) -> Any:
    criteria = JobCriteria(where=here.within, open_at=context.now())
    order = Order(JobOrderField.POSTED_AT, descending=True)
    return await _first(
        context, JobSource, lambda s, p: s.find_jobs(criteria, order, p), JOBS, descending=True
    )


async def _events(context: Context, here: Here) -> Any:
    now = context.now()
    criteria = EventCriteria(window=Window(now, now + WEEKS), where=here.within, now=now)
    order = Order(EventOrderField.STARTS_AT)
    found = await _first(
        context, EventSource, lambda s, p: s.find_events(criteria, order, p), SEEN_EVENTS
    )
    return None if found is None else _soonest(found, now)[:EVENTS]


def _soonest(found: Sequence[Event], now: datetime) -> list[Event]:
    """Events by when they take place next; a weekly market that began years ago is not the newest."""

    def following(event: Event) -> datetime:
        try:
            times = events.times(event, now, now + WEEKS)
        except Refusal:
            return now  # more often than can be counted is soon
        return min((one.starts_at for one in times), default=now)

    return sorted(found, key=following)


async def _places(context: Context, here: Here) -> Any:
    criteria = PlaceCriteria(where=here.within)
    order: Order[PlaceOrderField] = Order(PlaceOrderField.NAME)
    point = here.point or (None if here.area else context.centre)
    if point is not None:
        order = Order(PlaceOrderField.DISTANCE, origin=point)
    return await _first(
        context, PlaceSource, lambda s, p: s.find_places(criteria, order, p), PLACES
    )


async def _apps(context: Context, _here: Here) -> Any:
    criteria = AppCriteria(in_portal=True)
    found = await _first(context, AppSource, lambda s, p: s.find_apps(criteria, None, p), APPS)
    # Apps that have a name before entries that nobody has claimed yet, both by slot.
    return None if found is None else sorted(found, key=lambda app: not app.claimed)


async def _emergency(context: Context, _here: Here) -> Any:
    return await plain(
        context, EmergencySource, lambda source: source.list_contacts(EmergencyCriteria())
    )


async def _first(
    context: Context,
    port: type[Any],
    find: Callable[[Any, Page], Awaitable[Slice[Any]]],
    size: int,
    *,
    descending: bool = False,
) -> list[Any] | None:
    found = await listing(context, port, find, Page(size, descending=descending), "home")
    return None if found is None else [edge.node for edge in found.edges]


SECTIONS: dict[HomeSection, tuple[Section, type]] = {
    HomeSection.ALERTS: (_alerts, AlertSource),
    HomeSection.COMPLAINTS: (_complaints, ComplaintSource),
    HomeSection.DEPARTURES: (_departures, TransitSource),
    HomeSection.PRICES: (_prices, PriceSource),
    HomeSection.JOBS: (_jobs, JobSource),
    HomeSection.EVENTS: (_events, EventSource),
    HomeSection.PLACES: (_places, PlaceSource),
    HomeSection.APPS: (_apps, AppSource),
    HomeSection.EMERGENCY: (_emergency, EmergencySource),
}
"""How each section is made, and who is asked for it."""
