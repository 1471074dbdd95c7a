"""Feeds written from the specification, loaded by the command's own way, asked through the graph.

Every expected board was worked out by hand, see `tests.hand_feeds`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from catalog import bindings
from catalog.gtfs import load_gtfs
from catalog.loading import load_city
from catalog.pack import Pack
from connectors import registry
from connectors.base import Tools
from connectors.kinds.sql import Database
from connectors.ports.common import ScopedId
from connectors.store.transit_tables import stops as stop_rows
from connectors.switchboard import Source, Switchboard
from resolvers.ids import global_id, scoped_id
from tests.cities import NOW, City
from tests.feeds import opened_store, zipped
from tests.hand_feeds import FEEDS, written

pytestmark = pytest.mark.asyncio(loop_scope="module")

BOARD = """query Board($board: BoardInput!) { departures(board: $board) {
  scheduleValidUntil nextCursor sources { connector { key } state message }
  departures { leavesAt serviceDate serviceTime approximate headway boarding platform stopSequence
    headsign trip { id } stop { id } } } }"""

TRIP = """query Trip($id: ID!, $day: Date!) { trip(id: $id, serviceDate: $day) {
  calls(serviceDate: $day) { leavesAt serviceTime boarding headway stop { name } } } }"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def city(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    """Every feed under its key; half of them as zips, with and without a folder."""
    folder = tmp_path_factory.mktemp("hand")
    async with opened_store(f"sqlite:///{folder}/feeds.db") as database:
        for number, (key, texts) in enumerate(FEEDS.items()):
            path = folder / f"{key}.zip"
            if number % 2:
                path = folder / key
                path.mkdir()
                for name, text in texts.items():
                    (path / name).write_bytes(text.encode())
            else:
                zipped(path, texts, "gtfs/" if number % 4 else "")
            await load_gtfs(database.engine, path, key, now=NOW)
        tools = Tools(
            database=database, city_folder=folder, data_folder=folder, now=lambda: NOW,
            samples_shown=True,
        )  # fmt: skip
        async with database.engine.connect() as connection:
            lines = await bindings.stored(connection)
        sources: list[Source[Any]] = [
            Source(line, await registry.open_source(line, tools)) for line, _ in lines
        ]
        yield City(database, Switchboard(sources, registry.PORTS))


def gid(type_name: str, key: str, local: str) -> str:
    return global_id(type_name, ScopedId(key, local))


async def asked(
    city: City, key: str, stops: str, at: str, within: str = "PT2H", **more: Any
) -> Any:
    """The board of some stops of a feed, as the graph gives it."""
    board = {
        "stopIds": [gid("Stop", key, stop) for stop in stops.split()],
        "at": at, "within": within, **more,
    }  # fmt: skip
    return (await city.data(BOARD, board=board))["departures"]


async def told(
    city: City, key: str, stops: str, at: str, within: str = "PT2H", *, zone: str = "Asia/Jakarta",
    **more: Any,
) -> list[str]:  # fmt: skip
    """The same as `day time trip stop`, the time as clocks in a zone show it."""
    return [
        f"{datetime.fromisoformat(one['leavesAt']).astimezone(ZoneInfo(zone)):%d %H:%M} "
        f"{scoped_id(one['trip']['id'], 'Trip').local} {scoped_id(one['stop']['id'], 'Stop').local}"
        for one in (await asked(city, key, stops, at, within, **more))["departures"]
    ]


# ------------------------------------------------------------------------------- times


@pytest.mark.parametrize(
    ("stops", "start", "within", "board"),
    [
        ("A", "2026-11-21T00:00:00+07:00", "PT2H", []),
        ("B", "2026-11-21T00:30:00+07:00", "PT2H", ["21 00:31 N B"]),
        ("B", "2026-11-20T17:31:00Z", "PT1M", ["21 00:31 N B"]),
        ("B", "2026-11-21T00:31:01+07:00", "P1D", []),
        ("B", "2026-11-21T00:30:00+07:00", "PT1M", []),
        ("C", "2026-11-22T00:30:00+07:00", "PT2H", ["22 01:15 N C"]),
        ("A B C D", "2026-11-20T00:00:00+07:00", "P7D",
         ["20 23:50 N A", "21 00:31 N B", "22 01:15 N C"]),
        ("C", "2026-11-29T01:00:00+07:00", "PT2H", ["29 01:15 N C"]),
    ],
)  # fmt: skip
async def test_a_friday_lasts_until_sunday_morning(city, stops, start, within, board):
    assert await told(city, "late", stops, start, within) == board


async def test_a_call_at_49_15_says_which_day_it_belongs_to(city):
    (one,) = (await asked(city, "late", "C", "2026-11-22T01:15:00+07:00"))["departures"]
    assert (one["serviceDate"], one["serviceTime"], one["headsign"]) == (
        "2026-11-20", "49:15:00", "Delta",
    )  # fmt: skip


STARTS = ["07:00", "07:20", "07:40", "08:00", "08:10", "08:20", "08:30"]


async def test_templates_are_shifted_to_their_starts_at_every_stop(city):
    morning = "2026-11-23T06:00:00+07:00"
    assert await told(city, "headways", "A", morning, "PT4H") == [
        f"23 {start} T@{start}:00 A" for start in STARTS
    ]
    later = ["07:12", "07:32", "07:52", "08:12", "08:22", "08:32", "08:42"]
    assert await told(city, "headways", "B", morning, "PT4H") == [
        f"23 {time} T@{start}:00 B" for time, start in zip(later, STARTS, strict=True)
    ]
    assert await told(city, "headways", "B", "2026-11-23T07:32:00+07:00", "PT40M") == [
        "23 07:32 T@07:20:00 B", "23 07:52 T@07:40:00 B",
    ]  # fmt: skip
    assert await told(city, "headways", "B", "2026-11-23T07:32:01+07:00", "PT39M59S") == [
        "23 07:52 T@07:40:00 B"
    ]


async def test_headways_run_past_midnight_and_yesterdays_go_on(city):
    assert await told(city, "headways", "A", "2026-11-23T23:00:00+07:00", "PT4H") == [
        "23 23:30 M@23:30:00 A", "24 00:00 M@24:00:00 A", "24 00:30 M@24:30:00 A",
    ]  # fmt: skip
    assert await told(city, "headways", "B", "2026-11-23T00:00:00+07:00") == [
        "23 00:15 M@23:30:00 B", "23 00:45 M@24:00:00 B", "23 01:15 M@24:30:00 B",
    ]  # fmt: skip


async def test_a_template_of_the_next_day_is_moved_back_and_its_missing_times_filled(city):
    """D 15:00, C halfway to B 15:30; nobody may board at A, and D is the end."""
    assert await told(city, "headways", "A B C D", "2026-11-23T15:00:00+07:00") == [
        "23 15:00 L@15:00:00 D", "23 15:15 L@15:00:00 C", "23 15:30 L@15:00:00 B",
    ]  # fmt: skip


async def test_each_block_has_its_own_headway_and_only_exact_times_are_exact(city):
    found = (await asked(city, "headways", "A", "2026-11-23T07:00:00+07:00"))["departures"]
    assert [(one["headway"], one["approximate"]) for one in found] == [
        *[("PT20M", True)] * 3, *[("PT10M", False)] * 4,
    ]  # fmt: skip


async def test_a_repeated_trip_is_told_by_its_start(city):
    trip = gid("Trip", "headways", "T@07:20:00")
    found = await city.data(TRIP, id=trip, day="2026-11-23")
    assert [(one["serviceTime"], one["boarding"]) for one in found["trip"]["calls"]] == [
        ("07:20:00", "REGULAR"), ("07:32:00", "REGULAR"), ("07:50:00", "NONE"),
    ]  # fmt: skip
    for other in ("T@07:21:00", "T@08:40:00", "T@06:10:00", "T", "T@7:20:00", "nobody"):
        found = await city.data(TRIP, id=gid("Trip", "headways", other), day="2026-11-23")
        assert found["trip"] is None, other


@pytest.mark.parametrize(
    ("key", "start", "within", "zone", "board"),
    [
        ("new-york", "2026-03-07T23:00:00-05:00", "PT8H", "America/New_York",
         ["07 23:10 a A", "07 23:55 c A", "08 01:30 b A", "08 01:30 d A"]),
        ("new-york", "2026-11-01T00:00:00-04:00", "PT6H", "America/New_York",
         ["01 01:10 a A", "01 01:30 d A", "01 02:30 b A"]),
        ("new-york", "2026-11-02T00:00:00-05:00", "PT6H", "America/New_York",
         ["02 00:10 a A", "02 01:30 d A", "02 02:30 b A"]),
        ("new-york", "2026-06-10T00:00:00-04:00", "P1D", "America/New_York",
         ["10 00:10 a A", "10 01:30 d A", "10 02:30 b A", "10 23:55 c A"]),
        ("lord-howe", "2026-10-03T13:30:00Z", "PT5H", "Australia/Lord_Howe", ["04 03:00 t A"]),
        ("lord-howe", "2026-04-04T13:00:00Z", "PT6H", "Australia/Lord_Howe", ["05 03:00 t A"]),
    ],
)  # fmt: skip
async def test_times_count_from_noon_minus_twelve_hours(city, key, start, within, zone, board):
    """On 8 March that is 23:00 of the 7th, and on 1 November the first of two one o'clocks."""
    assert await told(city, key, "A", start, within, zone=zone) == board


# ------------------------------------------------------------------------------- days


@pytest.mark.parametrize(
    ("key", "start", "board"),
    [
        ("dates", "2028-02-28T00:00:00+07:00", ["29 06:00 x A"]),
        ("dates", "2026-11-01T00:00:00+07:00", ["01 06:00 x A", "01 07:00 y A"]),
        ("week", "2026-10-31T00:00:00+07:00",
         ["02 06:00 w A", "03 06:00 w A", "04 08:00 s A", "05 06:00 w A", "06 06:00 w A"]),
        ("week", "2026-11-07T00:00:00+07:00",
         ["07 08:00 s A", "08 08:00 s A", *(f"{day:02} 06:00 w A" for day in range(9, 14))]),
        ("week", "2026-11-14T00:00:00+07:00", ["14 06:00 w A", "14 08:00 s A", "15 08:00 s A"]),
    ],
)  # fmt: skip
async def test_a_week_of_services_with_days_added_and_taken_away(city, key, start, board):
    assert await told(city, key, "A", start, "P7D") == board


@pytest.mark.parametrize(
    ("key", "start", "until", "state", "count"),
    [
        ("expired", "2026-11-23T05:00:00+07:00", "2025-11-30", "STALE", 0),
        ("expired", "2025-12-20T05:00:00+07:00", "2025-11-30", "STALE", 1),
        ("expired", "2025-11-30T05:00:00+07:00", "2025-11-30", "OK", 1),
        ("future", "2026-11-23T05:00:00+07:00", "2027-12-31", "PARTIAL", 0),
        ("future", "2027-01-01T05:00:00+07:00", "2027-12-31", "OK", 1),
        ("week", "2026-11-23T05:00:00+07:00", "2026-11-15", "STALE", 0),
    ],
)
async def test_a_board_says_how_far_the_timetable_reaches(city, key, start, until, state, count):
    """A service that no trip has makes a timetable reach no farther."""
    board = await asked(city, key, "A", start)
    (status,) = board["sources"]
    assert (board["scheduleValidUntil"], status["state"], len(board["departures"])) == (
        until, state, count,
    )  # fmt: skip


# ------------------------------------------------------------------------------- stops


async def test_a_loop_leaves_its_first_stop_once_and_arrives_there_last(city):
    found = (await asked(city, "loop", "A B C D", "2026-11-23T00:00:00+07:00", "P1D"))["departures"]
    assert [
        (one["leavesAt"][11:19], one["headsign"], one["boarding"], one["approximate"],
         one["stopSequence"])
        for one in found
    ] == [
        ("06:00:00", "Alpha", "REGULAR", False, 1),
        ("06:10:00", "Menuju Gamma", "PHONE_AGENCY", True, 5),
        ("06:31:00", "Alpha", "ASK_DRIVER", False, 20),
        ("07:00:00", "Ke Beta", "REGULAR", False, 0),
    ]  # fmt: skip
    day = ("2026-11-23T00:00:00+07:00", "P1D")
    alpha, beta = gid("Stop", "loop", "A"), gid("Stop", "loop", "B")
    assert await told(city, "loop", "A", *day, towards=alpha) == ["23 06:00 L A"]
    assert await told(city, "loop", "A D", *day, towards=beta) == ["23 06:00 L A", "23 07:00 K A"]
    calls = (await city.data(TRIP, id=gid("Trip", "loop", "L"), day="2026-11-23"))["trip"]["calls"]
    assert [(one["serviceTime"], one["stop"]["name"], one["boarding"]) for one in calls] == [
        ("06:00:00", "Alpha", "REGULAR"), ("06:10:00", "Beta", "PHONE_AGENCY"),
        ("06:20:00", "Gamma", "NONE"), ("06:31:00", "Delta", "ASK_DRIVER"),
        ("06:50:00", "Alpha", "NONE"),
    ]  # fmt: skip
    empty = await city.data(TRIP, id=gid("Trip", "loop", "kosong"), day="2026-11-23")
    assert empty == {"trip": None}


BOTH = ["23 06:01 q1 P1", "23 06:05 r1 P2"]


@pytest.mark.parametrize(
    ("stops", "more", "board"),
    [
        ("S", {}, BOTH),
        ("E", {}, BOTH),
        ("N", {}, BOTH),
        ("S P1 E P2", {}, BOTH),
        ("P1", {}, BOTH[:1]),
        ("BA", {}, BOTH[:1]),
        ("S", {"modes": ["RAIL"]}, BOTH[:1]),
        ("S", {"lineIds": [gid("Line", "station", "R")]}, BOTH[1:]),
        ("S Z", {"towards": gid("Stop", "station", "Z")}, BOTH),
        ("S Z", {"towards": gid("Stop", "station", "E")}, ["23 06:00 r2 Z1"]),
        ("S Z", {"towards": gid("Stop", "station", "P1")}, []),
    ],
)
async def test_a_station_is_its_platforms_and_a_platform_is_itself(city, stops, more, board):
    assert await told(city, "station", stops, "2026-11-23T05:00:00+07:00", **more) == board


async def pages(city: City, first: int, **board: Any) -> list[str]:
    """The trips of a whole board, read page by page."""
    seen: list[str] = []
    after = None
    while True:
        asked_for = {**board, "first": first, "after": after}
        found = (await city.data(BOARD, board=asked_for))["departures"]
        seen += [str(scoped_id(one["trip"]["id"], "Trip")) for one in found["departures"]]
        after = found["nextCursor"]
        if after is None:
            return seen


@pytest.mark.parametrize("first", [1, 2, 3, 7, 50])
async def test_what_leaves_at_one_moment_is_shown_once_and_whole(city, first):
    stops = [gid("Stop", "ties", "A"), gid("Stop", "one-hour-east", "A")]
    at = "2026-11-22T23:00:00Z"
    everything = await pages(city, first, stopIds=stops, at=at)
    assert sorted(everything) == ["one-hour-east:t", *(f"ties:t{at}" for at in range(7))]
    some = await pages(city, first, stopIds=stops, at=at, perLine=2)
    assert some == ["one-hour-east:t", "ties:t1", "ties:t3", "ties:t0", "ties:t2"]


async def test_a_circle_takes_in_feeds_of_two_zones_and_no_word_of_feeds_elsewhere(city):
    near = {"point": {"lat": -6.1701, "lng": 106.63}, "radiusM": 1}
    board = {"near": near, "at": "2026-11-23T06:00:00+07:00"}
    found = (await city.data(BOARD, board=board))["departures"]
    assert [one["leavesAt"] for one in found["departures"]] == ["2026-11-23T06:00:00+07:00"]
    assert found["scheduleValidUntil"] == "2026-12-31"
    assert {one["state"] for one in found["sources"]} == {"OK"}


# ------------------------------------------------------------------------------- words


async def test_ids_and_names_may_hold_anything(city):
    start = "2026-11-23T05:00:00+08:00"
    ids = ["a b", "東:京/1%_", "x@06:00:00"]
    board = {"stopIds": [gid("Stop", "odd", id_) for id_ in ids], "at": start}
    found = (await city.data(BOARD, board=board))["departures"]["departures"]
    assert [(one["leavesAt"], one["stopSequence"]) for one in found] == [
        ("2026-11-23T05:00:00+07:00", 0), ("2026-11-23T05:05:00+07:00", 5),
    ]  # fmt: skip


async def test_a_languages_tag_may_be_written_in_any_case_and_with_a_region(city):
    """The feed says EN, its translations ID and fr-CA."""
    names = 'id: name(lang: "id") en: name(lang: "en") fr: name(lang: "fr") ca: name(lang: "fr-CA")'
    query = f"query Names($id: ID!) {{ stop(id: $id) {{ {names} }} }}"
    plain = (await city.data(query, id=gid("Stop", "odd", "東:京/1%_")))["stop"]
    assert plain == {"id": "Toko Unta", "en": "Ñandú 東京", "fr": "Nandou", "ca": "Nandou"}
    single = (await city.data(query, id=gid("Stop", "odd", "x@06:00:00")))["stop"]
    assert single["id"] == "Khusus"


# ------------------------------------------------------------------------------- lines

LINE = """query Line($id: ID!) { node(id: $id) { ... on Line {
  fare { amount currency } operator { name }
  directions { directionId headsign stops { name } path }
  before: headway(date: "2026-11-23", at: "05:00") then: headway(date: "2026-11-23", at: "06:30")
  late: headway(date: "2026-11-23", at: "10:00")
  firstLast(date: "2026-11-23") { directionId first last }
  never: firstLast(date: "2027-06-01") { first } } } }"""


async def test_a_line_knows_its_fare_directions_gaps_and_first_and_last_start(city):
    line = (await city.data(LINE, id=gid("Line", "lines", "R")))["node"]
    path = {"type": "LineString", "coordinates": [[106.1, -6.1], [106.2, -6.2], [106.3, -6.3]]}
    assert line == {
        "fare": {"amount": "3500.50", "currency": "IDR"},
        "operator": {"name": "Kota"},
        "directions": [
            {"directionId": 0, "headsign": "Jauh", "path": path,
             "stops": [{"name": "Alpha"}, {"name": "Beta"}, {"name": "Gamma"}]},
            {"directionId": 1, "headsign": "Pulang", "path": None,
             "stops": [{"name": "Beta"}, {"name": "Alpha"}]},
        ],
        "before": None, "then": "PT1H", "late": "PT12H",
        "firstLast": [
            {"directionId": 0, "first": "2026-11-23T06:00:00+07:00",
             "last": "2026-11-23T21:00:00+07:00"},
            {"directionId": 1, "first": "2026-11-24T01:00:00+07:00",
             "last": "2026-11-24T01:00:00+07:00"},
        ],
        "never": [],
    }  # fmt: skip


async def test_now_is_what_clocks_show_where_the_line_runs(city):
    """08:00 in Tangerang is 20:00 of the day before in New York."""
    query = "query Now($id: ID!) { node(id: $id) { ... on Line { headway } } }"
    found = await city.data(query, id=gid("Line", "new-york-all-day", "R"))
    assert found["node"]["headway"] == "PT10M"


# ------------------------------------------------------------------------------- the command


async def test_a_feed_loaded_before_its_city_finds_its_areas_when_the_city_comes(tmp_path):
    path = zipped(tmp_path / "feed.zip", written())
    async with opened_store(f"sqlite:///{tmp_path}/city.db") as database:
        await load_gtfs(database.engine, path, "angkot", now=NOW)
        assert set((await areas_of_stops(database)).values()) == {None}
        await load_city(database.engine, Pack.of("kota_tangerang"), now=NOW, samples=False)
        assert await areas_of_stops(database) == {
            "A": "36.71.01.1001", "B": "36.71.01.1004", "C": "36.71.05.1010", "D": "36.71.11.1007",
        }  # fmt: skip


async def areas_of_stops(database: Database) -> dict[str, str | None]:
    """Where the stops of the feed lie."""
    mine = stop_rows.c.source == "angkot"
    return {row.local_id: row.area for row in await database.rows(stop_rows.select().where(mine))}
