"""Laws of boards over random small feeds: the database says what writing every run out says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.ports.common import GeoPoint, Near, Order, Page, ScopedId
from connectors.ports.transit import (
    BoardCriteria,
    LineCriteria,
    StopCriteria,
    StopOrder,
    TransitMode,
    clock_text,
    mark_of,
)
from tests.feeds import board_of, in_memory, loaded

STOPS = ("A", "B", "C", "P1", "P2", "S", "E")
CALLED = ("A", "B", "C", "P1", "P2")
ZONES = ("Asia/Jakarta", "America/New_York", "Europe/Lisbon")
SERVICES = ("W", "X", "Y")
FIRST_DAY = datetime(2026, 3, 6, tzinfo=UTC)
"""Around here the clocks change in New York (8 March) and in Lisbon (29 March)."""


@st.composite
def trips(draw: st.DrawFn) -> tuple[list[str], list[str], list[str]]:
    """Rows of trips, stop_times and frequencies."""
    trip_rows, call_rows, frequency_rows = [], [], []
    for number in range(draw(st.integers(2, 6))):
        trip = f"T{number}"
        route, service = draw(st.sampled_from("Qa")), draw(st.sampled_from(SERVICES))
        direction = draw(st.sampled_from(["", "0", "1"]))
        trip_rows.append(
            f"{route},{service},{trip},{draw(st.sampled_from(['', 'Kota']))},{direction}"
        )
        time = draw(st.integers(0, 30 * 6) | st.integers(0, 74 * 6)) * 600
        places = draw(st.lists(st.sampled_from(CALLED), min_size=2, max_size=5))
        for step, stop in enumerate(places):
            left_out = 0 < step < len(places) - 1 and draw(st.integers(0, 3)) == 0
            leaves = time + draw(st.sampled_from([0, 0, 60]))
            cells = ("", "") if left_out else (clock_text(time), clock_text(leaves))
            pickup = draw(st.sampled_from(["", "", "", "0", "1", "2", "3"]))
            timepoint = draw(st.sampled_from(["", "1", "0"]))
            sequence = step * 3 + 1
            call_rows.append(f"{trip},{cells[0]},{cells[1]},{stop},{sequence},{pickup},{timepoint}")
            time = leaves + draw(st.integers(0, 6)) * 300
        start = draw(st.integers(0, 28 * 6)) * 600
        for _ in range(draw(st.sampled_from([0, 0, 1, 2]))):
            end = start + draw(st.integers(0, 24)) * 600
            headway = draw(st.sampled_from([600, 700, 1800]))
            exact = draw(st.sampled_from(["", "0", "1"]))
            frequency_rows.append(f"{trip},{clock_text(start)},{clock_text(end)},{headway},{exact}")
            start = end + draw(st.integers(1, 3)) * 300
    return trip_rows, call_rows, frequency_rows


@st.composite
def feeds(draw: st.DrawFn) -> dict[str, str]:
    """A small valid feed: stations, exceptions, times over midnight, headways, gaps."""
    trip_rows, call_rows, frequency_rows = draw(trips())
    weekly, single = [], []
    for service in SERVICES:
        kind = draw(st.sampled_from(["weekly", "single", "both"]))
        if kind != "single":
            days = ",".join(draw(st.sampled_from(["1111111", "1111111", "1111100", "0000010"])))
            end = draw(st.sampled_from(["20260309", "20260331"]))
            weekly.append(f"{service},{days},20260306,{end}")
        dates = st.sampled_from([date(2026, 3, day) for day in (6, 7, 8, 9, 10, 28, 29)])
        days_apart = draw(st.lists(dates, min_size=kind == "single", max_size=4, unique=True))
        if kind != "weekly":
            single += [
                f"{service},{day:%Y%m%d},{draw(st.sampled_from('112'))}" for day in days_apart
            ]
        if kind == "single":
            single.append(f"{service},20260401,2")
    header = (
        "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date"
    )
    return {
        "agency.txt": "agency_name,agency_url,agency_timezone\nK,https://k.test,"
        + draw(st.sampled_from(ZONES)),
        "stops.txt": "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n"
        "A,Alun,-6.170,106.630,,\nB,Benteng,-6.171,106.640,0,\nC,Cimone,-6.172,106.650,,\n"
        "P1,Peron 1,-6.180,106.6501,0,S\nP2,Peron 2,-6.180,106.6502,0,S\n"
        "S,Stasiun,-6.180,106.650,1,\nE,Pintu,-6.181,106.650,2,S\n",
        "routes.txt": "route_id,route_short_name,route_type\nQ,10,2\na,9,3\n",
        "trips.txt": "\n".join(
            ["route_id,service_id,trip_id,trip_headsign,direction_id", *trip_rows]
        ),
        "stop_times.txt": "\n".join(
            [
                "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,timepoint",
                *draw(st.permutations(call_rows)),
            ]
        ),
        "calendar.txt": "\n".join([header, *weekly]),
        "calendar_dates.txt": "\n".join(["service_id,date,exception_type", *single]),
        "frequencies.txt": "\n".join(
            ["trip_id,start_time,end_time,headway_secs,exact_times", *frequency_rows]
        ),
    }


@st.composite
def criteria(draw: st.DrawFn) -> BoardCriteria:
    """What a caller may ask of a board."""
    start = FIRST_DAY + timedelta(
        days=draw(st.sampled_from([1, 2, 0, 3, 4, 22, 23])),
        minutes=10 * draw(st.integers(0, 144)),
        seconds=draw(st.sampled_from([0, 0, 1, 0.5])),
    )
    line = ScopedId("kota", draw(st.sampled_from("Qa")))
    return BoardCriteria(
        start=start,
        end=start + timedelta(minutes=draw(st.sampled_from([1500, 3000, 300, 10]))),
        first=draw(st.sampled_from([1, 3, 20])),
        lines=draw(st.sampled_from([None] * 5 + [(line,), (ScopedId("lain", "a"),)])),
        modes=draw(st.sampled_from([None, None, None, (TransitMode.RAIL,)])),
        towards=draw(
            st.sampled_from([None, None, None, None, ScopedId("kota", "C"), ScopedId("kota", "S"),
                             ScopedId("lain", "C")])
        ),
        per_line=draw(st.sampled_from([None, None, 1, 2])),
        near=draw(st.sampled_from([None, None, None, Near(GeoPoint(-6.181, 106.65), 50)])),
    )  # fmt: skip


groups = st.lists(
    st.just(list(STOPS)) | st.lists(st.sampled_from([*STOPS, "tak ada"]), min_size=1, max_size=5),
    min_size=1,
    max_size=3,
)


pytestmark = pytest.mark.asyncio(loop_scope="module")

modest = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@modest
@given(texts=feeds(), asked=criteria(), stops=groups)
async def test_the_store_answers_boards_as_the_feed_written_out_does(database, texts, asked, stops):
    memory = in_memory(texts)
    store, _ = await loaded(database, texts)
    if len(stops) > 1:  # several boards at once are asked for a page of stops, without these
        asked = replace(asked, towards=None, per_line=None, near=None)
    expected = await memory.boards(stops, asked)
    assert list(await store.boards(stops, asked)) == list(expected)


@modest
@given(texts=feeds(), asked=criteria())
async def test_pages_of_a_board_are_the_whole_board(database, texts, asked):
    store, _ = await loaded(database, texts)
    whole = await board_of(store, STOPS, replace(asked, first=500))
    if len(whole.departures) > 60:
        return
    found: list[object] = []
    page = await board_of(store, STOPS, asked)
    found += page.departures
    while page.more:
        after = mark_of(page.departures[-1])
        page = await board_of(store, STOPS, replace(asked, after=after))
        found += page.departures
    assert tuple(found) == whole.departures


@modest
@given(texts=feeds(), asked=criteria(), second=st.integers(0, 24 * 60 - 1))
async def test_lines_and_trips_are_the_same_in_the_store(database, texts, asked, second):
    memory = in_memory(texts)
    store, _ = await loaded(database, texts)
    day = asked.start.date()
    lines = ["Q", "a", "tak ada"]
    assert list(await store.lines_by_id(lines)) == list(await memory.lines_by_id(lines))
    assert list(await store.lines_by_stop(STOPS)) == list(await memory.lines_by_stop(STOPS))
    assert list(await store.children_by_stop(STOPS)) == list(await memory.children_by_stop(STOPS))
    assert list(await store.directions_by_line(lines)) == list(
        await memory.directions_by_line(lines)
    )
    spans = [(line, day) for line in lines]
    assert list(await store.spans_by_line(spans)) == list(await memory.spans_by_line(spans))
    asks = [(line, day, second * 60) for line in lines]
    assert list(await store.headways_by_line(asks)) == list(await memory.headways_by_line(asks))
    board = await board_of(memory, STOPS, asked)
    runs = sorted({(one.trip.local, one.service_date) for one in board.departures})
    runs += [("T0", day), ("T0@06:00:00", day), ("tak ada", day)]
    assert list(await store.calls_by_run(runs)) == list(await memory.calls_by_run(runs))
    ids = [trip for trip, _ in runs]
    assert list(await store.trips_by_id(ids)) == list(await memory.trips_by_id(ids))


stop_criteria = st.builds(
    StopCriteria,
    where=st.sampled_from([None, None, Near(GeoPoint(-6.180, 106.650), 1_000)]),
    text=st.sampled_from([None, None, "peron", "E 1", "%", "_"]),
    modes=st.sampled_from([None, None, (TransitMode.RAIL,), ()]),
    served_by=st.sampled_from([None, None, (ScopedId("kota", "a"),), (ScopedId("lain", "a"),)]),
    stations_only=st.booleans(),
)


@modest
@given(
    texts=feeds(),
    asked=stop_criteria,
    order=st.sampled_from(
        [Order(StopOrder.NAME), Order(StopOrder.DISTANCE, origin=GeoPoint(-6.171, 106.64))]
    ),
    first=st.integers(1, 4),
)
async def test_stops_are_found_in_the_same_order_page_by_page(database, texts, asked, order, first):
    memory = in_memory(texts)
    store, _ = await loaded(database, texts)
    page = Page(first)
    while True:
        expected = await memory.find_stops(asked, order, page)
        assert await store.find_stops(asked, order, page) == expected
        if not expected.more:
            break
        page = Page(first, expected.hits[-1].position)


line_criteria = st.builds(
    LineCriteria,
    where=st.sampled_from([None, Near(GeoPoint(-6.180, 106.650), 1_000)]),
    modes=st.sampled_from([None, (TransitMode.BUS,), ()]),
    text=st.sampled_from([None, "1", "9", "x"]),
    operator=st.sampled_from([None, ScopedId("kota", "agency"), ScopedId("lain", "agency")]),
)


@modest
@given(texts=feeds(), asked=line_criteria)
async def test_lines_are_found_in_the_same_order(database, texts, asked):
    memory = in_memory(texts)
    store, _ = await loaded(database, texts)
    for page in (Page(1), Page(5)):
        assert await store.find_lines(asked, page) == await memory.find_lines(asked, page)
