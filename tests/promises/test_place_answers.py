"""Answers about places are bounded and exact, whatever the sources hold; without any database."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors import registry
from connectors.memory.emergency import MemoryEmergency
from connectors.memory.events import MemoryEvents
from connectors.memory.places import MemoryPlaces
from connectors.ports.common import (
    GeoPoint,
    Near,
    Order,
    Origin,
    Page,
    ScopedId,
    Slice,
    SourceQuality,
    Wheelchair,
    must_text,
)
from connectors.ports.connectors import Binding, ConnectorKind, ConnectorState
from connectors.ports.events import Event
from connectors.ports.places import Place, PlaceCriteria, PlaceKind, PlaceOrderField
from connectors.switchboard import Source, Switchboard
from resolvers import emergency, places, surroundings
from resolvers.context import Context
from resolvers.listings import PageArgs
from resolvers.problems import Refusal

NOON = datetime(2026, 11, 23, 5, tzinfo=UTC)


def place(local: str, hours: str | None = None, *, name: str = "", **facts: Any) -> Place:
    origin = Origin("tempat", local, NOON, NOON, SourceQuality.PUBLISHED)
    return Place(origin, PlaceKind.PARK, must_text(name or local), opening_hours=hours, **facts)


def event(number: int, where: str) -> Event:
    origin = Origin("acara", f"e{number:04}", NOON, NOON, SourceQuality.SAMPLE)
    starts = NOON + timedelta(hours=number)
    return Event(origin, must_text(f"Acara {number}"), starts, place=ScopedId("tempat", where))


def city(**sources: Any) -> Context:
    """A request to a city that has these sources by port, and lines without a system for others."""
    lines: list[Source[Any]] = []
    for port in registry.PORTS:
        found = sources.get(port)
        key, system = (found.name, "memory") if found else (f"no-{port}", None)
        binding = Binding(key, must_text(key), ConnectorKind.MEMORY, (port,), system)
        lines.append(Source(binding, found))
    return Context(Switchboard(lines, registry.PORTS), now=lambda: NOON)


async def events_of(context: Context, *records: Place, first: int = 10) -> list[Any]:
    return [
        await surroundings.events(context, record, upcoming=True, first=first) for record in records
    ]


# ------------------------------------------------------------------------------- open then


class Filter:
    """A PlaceFilter as the graph hands it over."""

    kinds = geo = text = wheelchair = is_free = religion = updated_since = None
    open_at = NOON


@pytest.mark.parametrize("size", [1, 3, 7, 500])
@pytest.mark.parametrize("descending", [False, True])
async def test_open_places_are_found_among_many_closed_ones_page_by_page(
    size: int,
    descending: bool,  # noqa: FBT001
) -> None:
    records = [
        place(f"p{n:04}", "24/7" if n % 97 == 0 else "Tu 08:00-09:00" if n % 2 else "rusak")
        for n in range(700)
    ]
    expected = [f"p{n:04}" for n in range(0, 700, 97)]
    if descending:
        expected.reverse()
    scan = places._Scan(
        city(places=MemoryPlaces("tempat", records)),
        PlaceCriteria(has_hours=True),
        Order(PlaceOrderField.NAME, descending=descending),
        NOON,
    )
    source = MemoryPlaces("tempat", records)
    for backward in (False, True):
        found: list[str] = []
        page, more = Page(size, None, descending, backward), True
        while more:
            answer = await scan.find(source, page)
            assert len(answer.hits) <= size
            names = [hit.record.origin.local_id for hit in answer.hits]
            found = [*names, *found] if backward else [*found, *names]
            more = answer.more
            if more:
                edge = answer.hits[0 if backward else -1].position
                page = Page(size, edge, descending, backward)
        assert found == expected


class Endless(MemoryPlaces):
    """Any number of places that are never open."""

    async def find_places(
        self, criteria: PlaceCriteria, order: Order[PlaceOrderField], page: Page
    ) -> Slice[Place]:
        found = await super().find_places(criteria, order, Page(page.first))
        return Slice(found.hits, more=True)


async def test_the_search_for_open_places_gives_up_with_advice() -> None:
    closed = Endless("tempat", [place(f"p{n}", "off") for n in range(places.SCAN)])
    with pytest.raises(Refusal, match="narrow the list with `kinds` or `geo`") as refusal:
        await places.find(city(places=closed), Filter(), None, PageArgs(first=5))
    assert refusal.value.code.value == "TOO_COMPLEX"


async def test_giving_up_is_no_fault_of_the_source() -> None:
    closed = Endless("tempat", [place(f"p{n}", "off") for n in range(places.SCAN)])
    context = city(places=closed)
    with pytest.raises(Refusal):
        await places.find(context, Filter(), None, PageArgs(first=5))
    source = context.switchboard.get("tempat")
    assert source is not None
    assert source.state is ConnectorState.ENABLED
    assert context.statuses == {}


async def test_facets_of_open_places_count_only_those() -> None:
    records = [
        place("a", "24/7", area="36.71.05.1001", wheelchair=Wheelchair.YES, religion="muslim"),
        place("b", "24/7"),
        place("c", "off", area="36.71.06"),
        place("d"),
    ]
    listing = await places.find(
        city(places=MemoryPlaces("tempat", records)), Filter(), None, PageArgs()
    )
    assert listing is not None
    facets = await listing.facets(None)
    counts = {facet.field: {b.key: b.count for b in facet.buckets} for facet in facets}
    assert counts == {
        "kind": {"PARK": 2},
        "religion": {"muslim": 1},
        "area": {"36.71.05": 1},
        "wheelchair": {"UNKNOWN": 1, "YES": 1},
    }
    assert await listing.total_count() is None


# ------------------------------------------------------------------------------- around


async def test_a_circle_without_an_order_is_read_from_its_middle() -> None:
    middle = GeoPoint(-6.17, 106.64)
    order = places.order_of(None, PlaceCriteria(where=Near(middle, 500)))
    assert order == Order(PlaceOrderField.DISTANCE, origin=middle)
    order = places.order_of(None, PlaceCriteria(where=Near(middle, 500), text="x"))
    assert order == Order(PlaceOrderField.RELEVANCE, origin=middle)
    assert places.order_of(None, PlaceCriteria()) == Order(PlaceOrderField.NAME)


async def test_a_city_without_sources_answers_null_and_raises_nothing() -> None:
    empty = city()
    here = place("a", point=GeoPoint(-6.17, 106.64))
    assert await places.find(empty, None, None, PageArgs()) is None
    assert await surroundings.places(empty, here, (), 500, 5) is None
    assert await surroundings.stops(empty, here.point, 500, 5) is None
    assert await events_of(empty, here) == [None]
    way = surroundings.directions(here, GeoPoint(-6.0, 106.0))
    assert way is not None
    assert (await way.stops(empty), await way.departures(empty)) == (None, None)
    assert await emergency.find(empty, area=None, near=None, kinds=()) is None
    assert {status.state.value for status in empty.statuses.values()} == {"DISABLED"}


async def test_contacts_of_a_city_that_has_none_are_an_empty_list() -> None:
    context = city(emergency=MemoryEmergency("darurat", []))
    assert await emergency.find(context, area=None, near=None, kinds=()) == []


async def test_more_events_than_a_page_holds_are_asked_for_place_by_place() -> None:
    asked: list[Sequence[ScopedId]] = []

    class Listening(MemoryEvents):
        async def find_events(self, criteria: Any, order: Any, page: Page) -> Slice[Event]:
            asked.append(criteria.places)
            return await super().find_events(criteria, order, page)

    records = [event(n, "a" if n < 600 else "b") for n in range(605)]
    context = city(events=Listening("acara", records))
    a, b, c = await asyncio.gather(
        *(
            surroundings.events(context, place(name), upcoming=True, first=100)
            for name in ("a", "b", "c")
        )
    )
    assert a is not None
    assert [one.origin.local_id for one in a] == [f"e{n:04}" for n in range(100)]
    assert b is not None
    assert [one.origin.local_id for one in b] == [f"e{n:04}" for n in range(600, 605)]
    assert c == []
    assert [len(places_) for places_ in asked] == [3, 1, 1, 1]


def test_links_hold_plain_numbers() -> None:
    assert places.map_url(GeoPoint(-6.17, 106.0)) == (
        "https://www.google.com/maps/search/?api=1&query=-6.17,106"
    )
    assert places.map_url(GeoPoint(0.00001, 0.0)) == (
        "https://www.google.com/maps/search/?api=1&query=0.00001,0"
    )
    assert places.map_url(None) is None
