"""A visitor finds the way: what lies around a place, stops, departures, events."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from connectors.ports import geometry
from connectors.ports.common import GeoPoint
from tests.cities import City, opened_city

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def city(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    async with opened_city(f"sqlite:///{tmp_path_factory.mktemp('places')}/city.db") as opened:
        yield opened


async def found(city: City, arguments: str, fields: str = "name") -> list[dict[str, Any]]:
    data = await city.data(f"{{ places({arguments}) {{ edges {{ node {{ {fields} }} }} }} }}")
    return [edge["node"] for edge in data["places"]["edges"]]


async def names(city: City, arguments: str) -> list[str]:
    return [place["name"] for place in await found(city, arguments)]


# ------------------------------------------------------------------------------- around


async def test_other_places_nearby_but_never_the_place_itself(city: City) -> None:
    (museum,) = await found(
        city,
        'where: {text: "museum benteng"}',
        "nearbyPlaces(first: 3, radiusM: 2000) { name kind } "
        "parks: nearbyPlaces(kinds: [PARK], radiusM: 2000) { kind }",
    )
    assert [p["name"] for p in museum["nearbyPlaces"]][:2] == [
        "Pasar Lama Tangerang",
        "Stasiun Tangerang",
    ]
    assert {p["kind"] for p in museum["parks"]} == {"PARK"}


async def test_a_place_whose_position_nobody_knows_has_no_surroundings(city: City) -> None:
    (place,) = await found(
        city,
        'where: {text: "museum juang taruna"}',
        "point { lat } distanceM(from: {lat: -6.17, lng: 106.64}) mapUrl nearbyPlaces { name }"
        " openingHours { raw } tags",
    )
    assert place == {
        "point": None, "distanceM": None, "mapUrl": None, "nearbyPlaces": None,
        "openingHours": None, "tags": ["category=museum", "coord_quality=none"],
    }  # fmt: skip


# ------------------------------------------------------------------------------- how to get there

WAY = """directions(from: {lat: -6.17, lng: 106.64}) {
  url distanceM stops { name point { lat lng } } departures { leavesAt stop { name } line { id } } }"""


async def test_the_way_to_the_museum_a_link_the_stops_nearby_and_what_leaves_there(
    city: City,
) -> None:
    (museum,) = await found(city, 'where: {text: "museum benteng"}', WAY)
    way = museum["directions"]
    assert way["url"] == (
        "https://www.google.com/maps/dir/?api=1&origin=-6.17,106.64"
        "&destination=-6.1786869,106.6296684"
    )
    assert way["distanceM"] == 1496
    assert way["stops"][0]["name"] == "Stasiun Tangerang"
    here = GeoPoint(-6.1786869, 106.6296684)
    metres = [
        geometry.distance_m(here, GeoPoint(s["point"]["lat"], s["point"]["lng"]))
        for s in way["stops"]
    ]
    assert len(metres) == 5
    assert metres == sorted(metres)
    assert metres[-1] <= 1_000
    leaves = [d["leavesAt"] for d in way["departures"]]
    assert 0 < len(leaves) <= 10
    assert leaves == sorted(leaves)
    assert all("2026-11-23T08:00:00+07:00" <= at < "2026-11-23T10:00:00+07:00" for at in leaves)
    assert {d["stop"]["name"] for d in way["departures"]} <= {s["name"] for s in way["stops"]}


async def test_stops_nearby_within_the_radius_nearest_first(city: City) -> None:
    (museum,) = await found(
        city,
        'where: {text: "museum benteng"}',
        "few: nearbyStops(first: 1) { name } none: nearbyStops(radiusM: 10) { name }"
        " nothing: nearbyStops(first: 0) { name }",
    )
    assert museum == {"few": [{"name": "Stasiun Tangerang"}], "none": [], "nothing": []}


async def test_without_timetables_the_link_remains_and_the_rest_says_why(
    city: City, switched_off: Any
) -> None:
    switched_off(*(source.key for source in city.board if "transit" in source.binding.serves))
    result = await city.ask(
        f'{{ places(where: {{text: "museum benteng"}}) {{ edges {{ node {{ name {WAY} '
        "nearbyStops { name } } } } }"
    )
    assert result.data is not None
    (edge,) = result.data["places"]["edges"]
    assert edge["node"]["name"] == "Museum Benteng Heritage"
    assert edge["node"]["nearbyStops"] is None
    way = edge["node"]["directions"]
    assert (way["stops"], way["departures"]) == (None, None)
    assert way["url"].startswith("https://www.google.com/maps/dir/")
    assert result.errors is not None
    assert {type(e.original_error).__name__ for e in result.errors} == {"SwitchedOff"}


async def test_a_place_without_a_position_has_no_way_and_no_stops(city: City) -> None:
    (place,) = await found(
        city, 'where: {text: "museum juang taruna"}', f"{WAY} nearbyStops {{ name }}"
    )
    assert place == {"directions": None, "nearbyStops": None}


async def test_stops_for_directions_are_asked_for_once(city: City, counted: Any) -> None:
    keys = [source.key for source in city.board if "transit" in source.binding.serves]
    feeds = [counted(key) for key in keys]
    await found(city, 'where: {text: "museum benteng"}', WAY)
    for feed in feeds:
        assert feed.calls.count("find_stops") == 1
        assert feed.calls.count("boards") <= 1


async def test_events_at_places_of_a_page_are_one_question(city: City, counted: Any) -> None:
    keys = [source.key for source in city.board if "events" in source.binding.serves]
    sources = [counted(key) for key in keys]
    nodes = await found(
        city, "first: 100", "id events(first: 3) { name startsAt place { id } status }"
    )
    assert [source.calls.count("find_events") for source in sources] == [1] * len(keys)
    with_events = [node for node in nodes if node["events"]]
    assert with_events
    for node in with_events:
        assert len(node["events"]) <= 3
        assert {event["place"]["id"] for event in node["events"]} == {node["id"]}
        starts = [event["startsAt"] for event in node["events"]]
        assert starts == sorted(starts)


async def test_without_the_calendar_events_are_unknown(city: City, switched_off: Any) -> None:
    switched_off(*(source.key for source in city.board if "events" in source.binding.serves))
    result = await city.ask("{ places(first: 2) { edges { node { name events { name } } } } }")
    assert result.data is not None
    assert [edge["node"]["events"] for edge in result.data["places"]["edges"]] == [None, None]
    assert result.errors is not None
    assert len(result.errors) == 2
