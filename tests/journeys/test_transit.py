"""A rider looks for a bus or a train: the real data pack, through the graph."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from connectors.kinds.gtfs.files import MemoryFiles
from connectors.memory.transit import MemoryVehicles
from connectors.memory.warnings import MemoryAlerts
from connectors.ports.common import GeoPoint, ScopedId, must_text
from connectors.ports.shapes import Circle
from connectors.ports.transit import Occupancy, Vehicle
from connectors.ports.warnings import Alert, AlertArea, AlertCategory, AlertMessage
from connectors.registry import PORTS
from connectors.store.transit import StoreTransit
from connectors.store.transit_load import Plan, load_feed
from connectors.switchboard import Source, Switchboard
from resolvers.ids import global_id
from tests.builders import binding
from tests.cities import NOW, City, Counting, opened_city
from tests.feeds import feed, origin, times

pytestmark = pytest.mark.asyncio(loop_scope="module")


def stop_id(source: str, local: str) -> str:
    return global_id("Stop", ScopedId(source, local))


PORIS = stop_id("tayo", "TAYO_TERMINAL_PORIS_PLAWAD")
BATU_CEPER = stop_id("krl", "KRL_BPR")
DURI = stop_id("krl", "KRL_DU")
K1 = global_id("Line", ScopedId("tayo", "K1"))
SB1 = global_id("Line", ScopedId("tayo", "SB1"))

BOARD = """query Board($board: BoardInput!) { departures(board: $board) {
  asOf realtimeAge scheduleValidUntil nextCursor sources { connector { key } state code message }
  departures { leavesAt scheduledAt expectedAt delay realtime approximate serviceDate serviceTime
    headway boarding platform line { shortName mode } headsign stop { name } } } }"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def city(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    folder = tmp_path_factory.mktemp("transit")
    async with opened_city(f"sqlite:///{folder}/city.db", samples=False) as opened:
        yield opened


@pytest.fixture
def feeds(counted: Any) -> list[Counting]:
    """What the two timetables are asked."""
    return [counted("tayo"), counted("krl")]


async def board(city: City, **asked: Any) -> Any:
    return (await city.data(BOARD, board=asked))["departures"]


async def refused(city: City, **asked: Any) -> str:
    result = await city.ask(BOARD, {"board": asked})
    assert result.errors is not None
    (error,) = result.errors
    assert getattr(error.original_error, "code", None) is not None, error
    return error.message


# ------------------------------------------------------------------------------- boards


async def test_bus_and_rail_stand_on_one_board_by_the_time_they_leave(city):
    found = await board(city, stopIds=[PORIS, BATU_CEPER], within="PT1H", first=6)
    assert [
        (one["leavesAt"][11:19], one["line"]["shortName"], one["headsign"])
        for one in found["departures"]
    ] == [
        ("08:00:00", "K1", "Jatake"), ("08:00:00", "K2", "Cibodas"), ("08:01:00", "T", "Duri"),
        ("08:09:00", "T", "Tangerang"), ("08:15:00", "K1", "Jatake"), ("08:15:00", "K2", "Cibodas"),
    ]  # fmt: skip
    assert [(one["connector"]["key"], one["state"]) for one in found["sources"]] == [
        ("tayo", "OK"), ("krl", "OK"),
    ]  # fmt: skip
    assert found["scheduleValidUntil"] == "2027-12-31"
    assert found["realtimeAge"] is None
    assert found["asOf"] == "2026-11-23T08:00:00+07:00"


async def test_a_departure_by_headway_says_that_it_is_approximate(city):
    (one,) = (await board(city, stopIds=[BATU_CEPER], within="PT2M"))["departures"]
    assert one == {
        "leavesAt": "2026-11-23T08:01:00+07:00", "scheduledAt": "2026-11-23T08:01:00+07:00",
        "expectedAt": None, "delay": None, "realtime": "SCHEDULED_ONLY", "approximate": True,
        "serviceDate": "2026-11-23", "serviceTime": "08:01:00", "headway": "PT30M",
        "boarding": "REGULAR", "platform": None, "line": {"shortName": "T", "mode": "RAIL"},
        "headsign": "Duri", "stop": {"name": "Stasiun Batu Ceper"},
    }  # fmt: skip


async def test_a_board_around_a_point_and_its_pages_are_the_whole_board(city):
    near = {"point": {"lat": -6.1724, "lng": 106.6639}, "radiusM": 300}
    whole = await board(city, near=near, within="PT2H", first=500)
    assert whole["nextCursor"] is None
    found, after = [], None
    while True:
        page = await board(city, near=near, within="PT2H", first=7, after=after)
        found += page["departures"]
        after = page["nextCursor"]
        if after is None:
            break
    assert found == whole["departures"]
    assert len(found) == 24


async def test_pages_go_on_in_the_window_of_the_first_page_although_time_goes_on(city):
    first = await board(city, stopIds=[PORIS], within="PT1H", first=3)
    city.now = NOW + timedelta(minutes=30)
    try:
        second = await board(
            city, stopIds=[PORIS], within="PT1H", first=50, after=first["nextCursor"]
        )
    finally:
        city.now = NOW
    found = [one["leavesAt"][11:16] for one in first["departures"] + second["departures"]]
    assert found == ["08:00", "08:00", "08:15", "08:15", "08:30", "08:30", "08:45", "08:45"]
    assert second["nextCursor"] is None


async def test_towards_lines_modes_and_a_number_per_line_narrow_the_board(city):
    found = await board(city, stopIds=[BATU_CEPER], towards=DURI, within="PT2H")
    assert {one["headsign"] for one in found["departures"]} == {"Duri"}
    found = await board(city, stopIds=[PORIS, BATU_CEPER], lineIds=[K1], within="PT1H")
    assert {one["line"]["shortName"] for one in found["departures"]} == {"K1"}
    found = await board(city, stopIds=[PORIS, BATU_CEPER], modes=["RAIL"], within="PT1H")
    assert {one["line"]["mode"] for one in found["departures"]} == {"RAIL"}
    found = await board(city, stopIds=[PORIS, BATU_CEPER], perLine=1)
    assert [one["line"]["shortName"] for one in found["departures"]] == ["K1", "K2", "T"]


async def test_an_expired_timetable_says_so_instead_of_no_buses(city):
    result = await city.ask(
        BOARD, {"board": {"stopIds": [PORIS], "at": "2028-03-01T08:00:00+07:00"}}
    )
    assert result.errors is None
    assert result.data is not None
    found = result.data["departures"]
    assert found["departures"] == []
    assert found["scheduleValidUntil"] == "2027-12-31"
    (status,) = found["sources"]
    assert (status["state"], status["code"]) == ("STALE", None)
    assert "berakhir pada 2027-12-31" in status["message"]


async def test_a_window_that_outlasts_the_timetable_is_partial(city):
    found = await board(
        city, stopIds=[PORIS], at="2027-12-31T18:30:00+07:00", within="P1D", first=500
    )
    assert len(found["departures"]) == 4
    assert found["sources"][0]["state"] == "PARTIAL"
    found = await board(city, stopIds=[PORIS], at="2025-12-31T18:30:00+07:00")
    assert found["sources"][0]["state"] == "PARTIAL"


async def test_wrong_boards_are_refused_with_a_reason(city):
    assert "`stopIds` or `near`" in await refused(city)
    unknown = stop_id("tayo", "TAYO_BULAN")
    assert "TAYO_BULAN" in await refused(city, stopIds=[PORIS, unknown])
    assert "no source called" in await refused(city, stopIds=[stop_id("mrt", "x")])
    assert "is the id of a Line" in await refused(city, stopIds=[K1])
    assert "is not an id" in await refused(city, stopIds=["halte"])
    assert "is the id of a Stop" in await refused(city, stopIds=[PORIS], lineIds=[PORIS])
    assert "TAYO_BULAN" in await refused(city, stopIds=[PORIS], towards=unknown)
    for within in ("PT0S", "P8D", "-PT1H"):
        assert "at most P7D" in await refused(city, stopIds=[PORIS], within=within)
    for first in (0, 501, -1):
        assert "from 1 to 500" in await refused(city, stopIds=[PORIS], first=first)
    assert "perLine" in await refused(city, stopIds=[PORIS], perLine=0)
    assert "5000" in await refused(
        city, near={"point": {"lat": -6.2, "lng": 106.6}, "radiusM": 5001}
    )
    assert "latitude" in await refused(city, near={"point": {"lat": 96.2, "lng": 106.6}})
    assert "at most 100" in await refused(city, stopIds=[PORIS] * 101)
    assert "1900 to 2200" in await refused(city, stopIds=[PORIS], at="0099-01-01T00:00:00Z")


async def test_a_board_of_no_stops_at_all_is_refused_rather_than_null_without_a_word(city):
    assert "at least one stop" in await refused(city, stopIds=[])


async def test_what_is_said_of_a_source_beside_the_answer_has_the_citys_time(city):
    context = city.context()
    await city.ask(
        BOARD, {"board": {"stopIds": [PORIS], "at": "2035-01-01T08:00:00+07:00"}}, context=context
    )
    (told,) = context.problem_sources
    assert told["state"] == "STALE"
    assert told["asOf"].endswith("+07:00")


async def test_a_cursor_of_another_board_is_refused(city):
    cursor = (await board(city, stopIds=[PORIS], first=1))["nextCursor"]
    assert "another board" in await refused(city, stopIds=[BATU_CEPER], after=cursor)
    assert "another board" in await refused(city, stopIds=[PORIS], within="PT3H", after=cursor)
    for after in ("x", "", "W10", cursor[:-2]):
        assert "not a cursor" in await refused(city, stopIds=[PORIS], after=after)


async def test_a_source_that_is_off_is_named_and_the_other_still_answers(city, switched_off):
    switched_off("krl")
    found = await board(city, stopIds=[PORIS, BATU_CEPER], within="PT10M")
    assert [one["line"]["shortName"] for one in found["departures"]] == ["K1", "K2"]
    assert [(one["state"], one["code"]) for one in found["sources"]] == [
        ("OK", None), ("DISABLED", "UPSTREAM_DOWN"),
    ]  # fmt: skip


async def test_without_any_source_the_board_is_null_with_a_code(city, switched_off):
    switched_off("krl", "tayo")
    result = await city.ask(BOARD, {"board": {"stopIds": [PORIS]}})
    assert result.data == {"departures": None}
    assert result.errors is not None
    assert "switched off" in str(result.errors[0].original_error)


async def test_a_board_with_lines_and_stops_asks_each_source_twice_at_most(city, feeds):
    await board(city, stopIds=[PORIS, BATU_CEPER], within="PT2H", first=100)
    for counter in feeds:
        assert counter.calls == ["stops_by_id", "boards"]
    for counter in feeds:
        counter.calls.clear()
    await board(city, near={"point": {"lat": -6.1724, "lng": 106.6639}}, first=100)
    for counter in feeds:
        assert counter.calls == ["boards"]


# ------------------------------------------------------------------------------- stops


async def test_stops_near_a_point_come_by_distance_with_what_leaves_there(city, feeds):
    data = await city.data(
        """query($near: NearInput!) { stops(where: {geo: {near: $near}}) { edges { distanceM node {
      name kind modes point { lat lng } wheelchair area { name } lines { shortName }
      parent { name } children { name } departures(within: "PT10M") { leavesAt line { shortName }
      stop { name } } source { quality licence { spdx redistribution } } alerts { id } } } } }""",
        near={"point": {"lat": -6.1724, "lng": 106.6639}, "radiusM": 300},
    )
    first, second = (edge["node"] for edge in data["stops"]["edges"])
    assert first == {
        "name": "Stasiun Batu Ceper", "kind": "STOP", "modes": ["RAIL"],
        "point": {"lat": -6.172407, "lng": 106.663944}, "wheelchair": "UNKNOWN",
        "area": {"name": "Poris Plawad"}, "lines": [{"shortName": "T"}], "parent": None,
        "children": [],
        "departures": [
            {"leavesAt": "2026-11-23T08:01:00+07:00", "line": {"shortName": "T"},
             "stop": {"name": "Stasiun Batu Ceper"}},
            {"leavesAt": "2026-11-23T08:09:00+07:00", "line": {"shortName": "T"},
             "stop": {"name": "Stasiun Batu Ceper"}},
        ],
        "source": {"quality": "ESTIMATED", "licence": {"spdx": "ODbL-1.0", "redistribution": "YES"}},
        "alerts": None,
    }  # fmt: skip
    assert second["name"] == "Terminal Poris Plawad"
    assert second["source"]["licence"]["redistribution"] == "UNKNOWN"
    for counter in feeds:
        assert sorted(counter.calls) == sorted(set(counter.calls))
        assert len(counter.calls) <= 5


async def test_stops_are_found_by_words_modes_lines_and_area(city):
    query = "query($w: StopFilter) { stops(where: $w, first: 100) { edges { node { name } } } }"

    async def names(**where: Any) -> list[str]:
        found = (await city.data(query, w=where))["stops"]["edges"]
        return [edge["node"]["name"] for edge in found]

    assert await names(text="poris stasiun") == ["Stasiun Poris"]
    assert await names(code="TNG") == ["Stasiun Tangerang"]
    assert len(await names(modes=["RAIL"])) == 11
    assert len(await names(servedBy=[K1])) == 28
    assert await names(stationsOnly=True) == []
    assert await names(geo={"area": "36.71.03"}) == ["Stasiun Poris"]
    assert len(await names()) == 87


async def test_stops_of_several_feeds_are_one_list_with_one_cursor(city):
    query = """query($after: String) { stops(first: 10, after: $after) {
      edges { node { id name } } pageInfo { hasNextPage endCursor } sources { state } } }"""
    found: list[Any] = []
    after = None
    while True:
        page = (await city.data(query, after=after))["stops"]
        found += [edge["node"]["id"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert len(found) == len(set(found)) == 87


async def test_a_stop_does_not_say_that_nothing_leaves_after_its_timetable_has_ended(city):
    query = "query($id: ID!, $at: DateTime) { stop(id: $id) { departures(at: $at) { leavesAt } } }"
    night = await city.data(query, id=PORIS, at="2026-11-23T21:00:00+07:00")
    assert night["stop"] == {"departures": []}
    ended = await city.data(query, id=PORIS, at="2028-03-01T08:00:00+07:00")
    assert ended["stop"] == {"departures": None}


async def test_a_stop_whose_position_nobody_knows_says_so(city):
    imigrasi = stop_id("tayo", "TAYO_IMIGRASI")
    data = await city.data(
        "query($id: ID!) { stop(id: $id) { name point { lat } area { name } lines { id } } }",
        id=imigrasi,
    )
    assert data["stop"] == {"name": "Imigrasi", "point": None, "area": None, "lines": []}
    data = await city.data("query($id: ID!) { stop(id: $id) { id } }", id=stop_id("tayo", "x"))
    assert data["stop"] is None


# ------------------------------------------------------------------------------- lines, trips


async def test_lines_tell_their_directions_headway_spans_and_fare(city):
    data = await city.data("""{ lines { edges { node { shortName longName mode color
      operator { name timezone } headway(at: "08:00") fare { amount currency formatted }
      firstLast(date: "2026-11-23") { directionId first last }
      directions { directionId headsign stops { name } path } alerts { id } } } } }""")
    lines = {edge["node"]["shortName"]: edge["node"] for edge in data["lines"]["edges"]}
    assert list(lines) == ["K1", "K2", "K3", "K4", *(f"SB{n}" for n in range(1, 10)), "T"]
    rail = lines["T"]
    assert (rail["mode"], rail["color"], rail["headway"]) == ("RAIL", "623814", "PT30M")
    assert rail["operator"] == {"name": "KAI Commuter", "timezone": "Asia/Jakarta"}
    assert rail["fare"] == {"amount": "3000", "currency": "IDR", "formatted": "Rp3.000"}
    # 05:45 every half hour and before 23:45; 04:55 every half hour and before 22:30.
    assert rail["firstLast"] == [
        {"directionId": 0, "first": "2026-11-23T05:45:00+07:00",
         "last": "2026-11-23T23:15:00+07:00"},
        {"directionId": 1, "first": "2026-11-23T04:55:00+07:00",
         "last": "2026-11-23T22:25:00+07:00"},
    ]  # fmt: skip
    assert [one["headsign"] for one in rail["directions"]] == ["Tangerang", "Duri"]
    assert rail["directions"][0]["stops"][-1] == {"name": "Stasiun Tangerang"}
    assert rail["directions"][0]["path"]["coordinates"][0] == [106.8012402, -6.1565236]
    feeder = lines["SB1"]
    assert feeder["mode"] == "MINIBUS"
    assert feeder["fare"]["formatted"] == "Rp2.000"
    assert (feeder["directions"], feeder["firstLast"], feeder["headway"]) == (None, None, None)


async def test_lines_are_found_by_mode_words_operator_and_place(city):
    query = "query($w: LineFilter) { lines(where: $w) { edges { node { shortName } } } }"

    async def names(**where: Any) -> list[str]:
        found = (await city.data(query, w=where))["lines"]["edges"]
        return [edge["node"]["shortName"] for edge in found]

    assert await names(modes=["RAIL", "METRO"]) == ["T"]
    assert await names(text="ciledug") == ["K3"]
    assert await names(operator=global_id("Operator", ScopedId("krl", "KCI"))) == ["T"]
    near = {"point": {"lat": -6.1724, "lng": 106.6639}, "radiusM": 300}
    assert await names(geo={"near": near}) == ["K1", "K2", "T"]
    assert await names(text="tak ada") == []


async def test_a_trip_of_the_board_tells_its_calls_and_none_on_another_day(city):
    trip = global_id("Trip", ScopedId("krl", "KRL_TNG_DU@07:55:00"))
    query = """query($id: ID!, $on: Date!) { trip(id: $id, serviceDate: $on) { id headsign
      shortName wheelchair bikes line { shortName } path vehicle { id }
      calls(serviceDate: $on) { serviceTime boarding stop { name } } } }"""
    found = (await city.data(query, id=trip, on="2026-11-23"))["trip"]
    assert (found["id"], found["headsign"], found["line"]["shortName"]) == (trip, "Duri", "T")
    assert [(one["serviceTime"], one["boarding"]) for one in found["calls"]][:3] == [
        ("07:55:00", "REGULAR"), ("07:58:00", "REGULAR"), ("08:01:00", "REGULAR"),
    ]  # fmt: skip
    assert (found["calls"][-1]["serviceTime"], found["calls"][-1]["boarding"]) == (
        "08:25:00", "NONE",
    )  # fmt: skip
    assert len(found["path"]["coordinates"]) == 11
    assert found["vehicle"] is None
    assert (await city.data(query, id=trip, on="2028-01-01"))["trip"] is None
    wrong = global_id("Trip", ScopedId("krl", "KRL_TNG_DU@07:56:00"))
    assert (await city.data(query, id=wrong, on="2026-11-23"))["trip"] is None


async def test_nodes_of_transit_are_fetched_again_by_id(city):
    trip = global_id("Trip", ScopedId("krl", "KRL_TNG_DU@07:55:00"))
    operator = global_id("Operator", ScopedId("tayo", "TNG"))
    data = await city.data(
        """query($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Stop { name }
        ... on Line { shortName } ... on Operator { name } ... on Trip { headsign } } }""",
        ids=[PORIS, K1, trip, operator],
    )
    assert [one["__typename"] for one in data["nodes"]] == ["Stop", "Line", "Trip", "Operator"]
    assert [one["id"] for one in data["nodes"]] == [PORIS, K1, trip, operator]


async def test_stops_and_lines_are_found_by_search(city):
    data = await city.data("""{ search(q: "poris", types: [STOP, LINE]) {
      edges { node { __typename ... on Stop { name modes } ... on Line { longName } } } } }""")
    found = [edge["node"] for edge in data["search"]["edges"]]
    assert {"__typename": "Stop", "name": "Stasiun Poris", "modes": ["RAIL"]} in found
    assert {one["__typename"] for one in found} == {"Stop", "Line"}


@pytest.mark.parametrize("word", ["kereta", "train"])
async def test_stations_and_rail_are_found_by_what_people_call_a_train(city, word):
    data = await city.data(
        """query($q: String!) { search(q: $q, types: [STOP, LINE], first: 50) {
        edges { node { __typename ... on Stop { modes } ... on Line { mode } } } } }""",
        q=word,
    )
    found = [edge["node"] for edge in data["search"]["edges"]]
    assert [one["modes"] for one in found if one["__typename"] == "Stop"] == [["RAIL"]] * 11
    assert [one["mode"] for one in found if one["__typename"] == "Line"] == ["RAIL"]


# ------------------------------------------------------------------------------- vehicles


async def test_vehicles_are_null_while_no_source_is_configured_and_it_is_said(city):
    context = city.context()
    result = await city.ask(
        "{ vehicles(bbox: {west: 106, south: -7, east: 107, north: -6}) { id } }", context=context
    )
    assert (result.data, result.errors) == ({"vehicles": None}, None)
    assert [(one["connector"], one["state"]) for one in context.problem_sources] == [
        ("posisi-bus", "DISABLED")
    ]


async def test_vehicles_are_shown_with_their_line_and_trip_once_a_source_is_there(city):
    trip = ScopedId("krl", "KRL_TNG_DU@07:55:00")
    seen = Vehicle(
        origin("ka-1", "gps"), GeoPoint(-6.17, 106.66), "KA 1", 90.0, NOW, Occupancy.FEW_SEATS,
        ScopedId("krl", "KRL-TNG"), trip,
    )  # fmt: skip
    positions: Source[Any] = Source(
        binding("gps", serves=("vehicles",)), MemoryVehicles("gps", [seen])
    )
    shown = City(city.database, Switchboard([*city.board, positions], PORTS))
    data = await shown.data("""{ vehicles(bbox: {west: 106, south: -7, east: 107, north: -6}) {
      label bearing at occupancy point { lat } line { shortName } trip { headsign
      vehicle { label } } } }""")
    assert data["vehicles"] == [{
        "label": "KA 1", "bearing": 90.0, "at": "2026-11-23T08:00:00+07:00",
        "occupancy": "FEW_SEATS", "point": {"lat": -6.17}, "line": {"shortName": "T"},
        "trip": {"headsign": "Duri", "vehicle": {"label": "KA 1"}},
    }]  # fmt: skip


async def test_transport_alerts_are_shown_where_they_hold_once_a_source_is_there(city):
    def alert(name: str, point: GeoPoint, category: AlertCategory) -> Alert:
        return Alert(
            origin(name, "cap"), name, "dishub", NOW, AlertMessage.ALERT, must_text(name),
            category=(category,), areas=(AlertArea("x", (Circle(point, 0.2),)),),
        )  # fmt: skip

    batu_ceper = GeoPoint(-6.172407, 106.663944)
    messages = [
        alert("rel", batu_ceper, AlertCategory.TRANSPORT),
        alert("banjir", batu_ceper, AlertCategory.MET),
        alert("jauh", GeoPoint(-6.3, 106.9), AlertCategory.TRANSPORT),
    ]
    source: Source[Any] = Source(binding("cap", serves=("alerts",)), MemoryAlerts("cap", messages))
    shown = City(city.database, Switchboard([*city.board, source], PORTS))
    data = await shown.data(
        """query($id: ID!, $far: ID!) { stop(id: $id) { alerts { identifier }
        lines { alerts { identifier } } } far: stop(id: $far) { alerts { identifier } }
        departures(board: {stopIds: [$id]}) { alerts { identifier } } }""",
        id=BATU_CEPER, far=DURI,
    )  # fmt: skip
    rail = [{"identifier": "rel"}]
    assert data["stop"] == {"alerts": rail, "lines": [{"alerts": rail}]}
    assert data["far"] == {"alerts": []}
    assert data["departures"] == {"alerts": rail}


# ------------------------------------------------------------------------------- other feeds


async def test_the_city_stands_without_coordinates_of_unknown_licence(tmp_path):
    url = f"sqlite:///{tmp_path}/city.db"
    async with opened_city(url, samples=False, unlicensed_coordinates=False) as bare:
        found = await board(bare, stopIds=[PORIS, BATU_CEPER], within="PT10M")
        assert [one["line"]["shortName"] for one in found["departures"]] == ["K1", "K2", "T", "T"]
        data = await bare.data(
            """query($id: ID!) { stop(id: $id) { name point { lat } source { licence {
            redistribution } } lines { directions { path } } } }""",
            id=PORIS,
        )
        assert data["stop"]["point"] is None
        assert data["stop"]["source"]["licence"]["redistribution"] == "YES"
        assert data["stop"]["lines"][0]["directions"] == [{"path": None}]


async def test_a_feed_without_language_and_with_a_station_serves_like_any_other(city):
    texts = feed({
        "stops": "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n"
        "S,Station,-6.17,106.63,1,\nA,Platform 1,-6.17,106.63,0,S\nB,Platform 2,-6.17,106.63,0,S\n"
        "C,Else,-6.1,106.6,0,\n",
        "stop_times": times("T,26:00:00,A,1", "T,26:10:00,C,2"),
    })  # fmt: skip
    async with city.database.engine.begin() as connection:
        await load_feed(
            connection, MemoryFiles(texts), Plan("uji", lambda local: origin(local, "uji"))
        )
    added: Source[Any] = Source(
        binding("uji", serves=("transit",)), StoreTransit("uji", city.database)
    )
    shown = City(city.database, Switchboard([*city.board, added], PORTS))
    found = await board(
        shown, stopIds=[stop_id("uji", "S")], at="2026-11-24T01:30:00+07:00", within="PT1H"
    )
    (one,) = found["departures"]
    assert (one["leavesAt"], one["serviceDate"], one["serviceTime"]) == (
        "2026-11-24T02:00:00+07:00", "2026-11-23", "26:00:00",
    )  # fmt: skip
    data = await shown.data(
        """query($id: ID!) { stop(id: $id) { name(lang: "id") kind modes children { name }
        lines { shortName } } }""",
        id=stop_id("uji", "S"),
    )
    assert data["stop"] == {
        "name": "Station", "kind": "STATION", "modes": ["BUS"],
        "children": [{"name": "Platform 1"}, {"name": "Platform 2"}], "lines": [{"shortName": "1"}],
    }  # fmt: skip
