"""Boards worked out by hand, one small feed per rule; the store and the memory must both say so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from connectors.kinds.sql import Database
from connectors.ports.common import ScopedId
from connectors.ports.transit import (
    Board,
    BoardCriteria,
    Boarding,
    RealtimeState,
    TransitMode,
    clock_text,
    mark_of,
)
from tests.feeds import (
    at,
    board_of,
    feed,
    in_memory,
    loaded,
    times,
    told,
    window,
)

WEEK = "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
ALL = ("A", "B", "C")

Ask = Callable[[Mapping[str, str], tuple[str, ...], BoardCriteria], Awaitable[Board]]


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture
def ask(database: Database) -> Ask:
    async def asked(
        texts: Mapping[str, str], stops: tuple[str, ...], criteria: BoardCriteria
    ) -> Board:
        store, _ = await loaded(database, texts)
        found = await board_of(store, stops, criteria)
        assert found == await board_of(in_memory(texts), stops, criteria)
        return found

    return asked


async def test_the_last_call_of_a_trip_is_no_departure(ask):
    board = await ask(feed(), ALL, window(at("2026-11-23 05:00")))
    assert told(board) == ["Mon 06:00:00 R T A", "Mon 06:11:00 R T B"]


async def test_the_window_has_its_start_and_not_its_end(ask):
    board = await ask(feed(), ("A",), window(at("2026-11-23 06:00"), hours=1))
    assert told(board) == ["Mon 06:00:00 R T A"]
    board = await ask(feed(), ("A",), window(at("2026-11-23 05:00"), hours=1))
    assert told(board) == []


async def test_a_departure_says_all_the_timetable_knows_and_nothing_of_realtime(ask):
    (one,) = (await ask(feed(), ("B",), window(at("2026-11-23 06:00")))).departures
    assert one.stop == ScopedId("kota", "B")
    assert one.trip == ScopedId("kota", "T")
    assert one.line == ScopedId("kota", "R")
    assert one.headsign.pick("id") == "Cimone"
    assert one.service_date == date(2026, 11, 23)
    assert clock_text(one.service_time) == "06:11:00"
    assert one.scheduled_at == one.leaves_at == at("2026-11-23 06:11")
    assert (one.expected_at, one.delay, one.headway) == (None, None, None)
    assert one.realtime is RealtimeState.SCHEDULED_ONLY
    assert one.approximate is False
    assert one.boarding is Boarding.REGULAR
    assert one.stop_sequence == 2


async def test_times_after_24_00_belong_to_the_day_before(ask):
    late = feed({"stop_times": times("T,23:50:00,A,1", "T,24:10:00,B,2", "T,25:00:00,C,3")})
    board = await ask(late, ALL, window(at("2026-11-24 00:00"), hours=1))
    assert told(board) == ["Tue 00:10:00 R T B"]
    assert board.departures[0].service_date == date(2026, 11, 23)
    assert clock_text(board.departures[0].service_time) == "24:10:00"


async def test_the_night_bus_of_saturday_still_runs_on_sunday_morning_and_not_on_monday(ask):
    saturday = feed({
        "calendar": WEEK + "D,0,0,0,0,0,1,0,20260101,20261231\n",
        "stop_times": times("T,25:30:00,A,1", "T,26:00:00,B,2"),
    })  # fmt: skip
    board = await ask(saturday, ("A",), window(at("2026-11-21 00:00"), hours=72))
    assert told(board) == ["Sun 01:30:00 R T A"]


async def test_a_trip_may_run_on_for_two_more_days(ask):
    long = feed({
        "calendar": WEEK + "D,1,0,0,0,0,0,0,20260101,20261231\n",
        "stop_times": times("T,23:00:00,A,1", "T,49:15:00,B,2", "T,72:30:00,C,3"),
    })  # fmt: skip
    board = await ask(long, ("B",), window(at("2026-11-25 00:00"), hours=24))
    assert told(board) == ["Wed 01:15:00 R T B"]
    assert board.departures[0].service_date == date(2026, 11, 23)


async def test_headways_end_before_their_end_and_shift_the_template(ask):
    every = feed({
        "frequencies": "trip_id,start_time,end_time,headway_secs,exact_times\n"
        "T,07:00:00,08:00:00,1200,1\n",
    })  # fmt: skip
    board = await ask(every, ("A", "B"), window(at("2026-11-23 06:00"), hours=4))
    assert told(board) == [
        "Mon 07:00:00 R T@07:00:00 A",
        "Mon 07:11:00 R T@07:00:00 B",
        "Mon 07:20:00 R T@07:20:00 A",
        "Mon 07:31:00 R T@07:20:00 B",
        "Mon 07:40:00 R T@07:40:00 A",
        "Mon 07:51:00 R T@07:40:00 B",
    ]
    assert {one.headway for one in board.departures} == {timedelta(minutes=20)}
    assert not any(one.approximate for one in board.departures)


async def test_two_blocks_that_touch_do_not_give_the_moment_between_them_twice(ask):
    blocks = feed({
        "frequencies": "trip_id,start_time,end_time,headway_secs\n"
        "T,07:00:00,08:00:00,1800\nT,08:00:00,09:00:00,3600\n",
    })  # fmt: skip
    board = await ask(blocks, ("A",), window(at("2026-11-23 06:00"), hours=4))
    assert told(board) == [
        "Mon 07:00:00 R T@07:00:00 A",
        "Mon 07:30:00 R T@07:30:00 A",
        "Mon 08:00:00 R T@08:00:00 A",
    ]
    assert board.departures[2].headway == timedelta(hours=1)


async def test_a_template_that_begins_at_midnight_is_shifted_as_well(ask):
    zero = feed({
        "stop_times": times("T,00:00:00,A,1", "T,00:05:00,B,2", "T,00:09:00,C,3"),
        "frequencies": "trip_id,start_time,end_time,headway_secs\nT,23:50:00,24:30:00,1200\n",
    })  # fmt: skip
    board = await ask(zero, ("B",), window(at("2026-11-23 23:00"), hours=2))
    assert told(board) == ["Mon 23:55:00 R T@23:50:00 B", "Tue 00:15:00 R T@24:10:00 B"]
    assert {one.service_date for one in board.departures} == {date(2026, 11, 23)}


async def test_headways_without_exact_times_are_approximate(ask):
    for exact, approximate in (("", True), ("0", True), ("1", False)):
        every = feed({
            "frequencies": "trip_id,start_time,end_time,headway_secs,exact_times\n"
            f"T,07:00:00,07:01:00,60,{exact}\n",
        })  # fmt: skip
        board = await ask(every, ("A",), window(at("2026-11-23 06:00")))
        assert [one.approximate for one in board.departures] == [approximate]


async def test_times_that_are_no_timepoints_are_approximate(ask):
    rows = times("T,06:00:00,A,1,1", "T,06:05:00,B,2,0", "T,06:09:00,C,3,", columns="timepoint")
    board = await ask(feed({"stop_times": rows}), ALL, window(at("2026-11-23 06:00")))
    assert [one.approximate for one in board.departures] == [False, True]


async def test_times_left_out_are_worked_out_in_equal_steps(ask):
    rows = times("T,06:00:00,A,1", "T,,B,2", "T,,B,5", "T,06:10:00,C,9")
    board = await ask(feed({"stop_times": rows}), ALL, window(at("2026-11-23 06:00")))
    assert told(board) == ["Mon 06:00:00 R T A", "Mon 06:03:20 R T B", "Mon 06:06:40 R T B"]
    assert [one.approximate for one in board.departures] == [False, True, True]


async def test_times_left_out_follow_the_distance_where_the_feed_has_it(ask):
    rows = times("T,06:00:00,A,1,0", "T,,B,2,750", "T,06:20:00,C,3,1000",
                 columns="shape_dist_traveled")  # fmt: skip
    board = await ask(feed({"stop_times": rows}), ("B",), window(at("2026-11-23 06:00")))
    assert told(board) == ["Mon 06:15:00 R T B"]


async def test_times_left_out_begin_from_the_departure_before_and_end_at_the_arrival_after(ask):
    rows = (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        "T,05:50:00,06:00:00,A,1\nT,,,B,2\nT,06:10:00,06:30:00,C,3\nT,06:40:00,06:40:00,A,4\n"
    )
    board = await ask(feed({"stop_times": rows}), ("B",), window(at("2026-11-23 05:00")))
    assert told(board) == ["Mon 06:05:00 R T B"]


async def test_calendar_dates_may_stand_alone(ask):
    alone = feed({
        "calendar": None,
        "calendar_dates": "service_id,date,exception_type\nD,20261123,1\nD,20261125,1\n",
    })  # fmt: skip
    board = await ask(alone, ("A",), window(at("2026-11-22 00:00"), hours=120))
    assert told(board) == ["Mon 06:00:00 R T A", "Wed 06:00:00 R T A"]
    assert board.validity.valid_until == date(2026, 11, 25)


async def test_exceptions_add_and_take_away_days(ask):
    rows = "service_id,date,exception_type\nD,20261124,2\nD,20261128,1\n"
    weekdays = feed({
        "calendar": WEEK + "D,1,1,1,1,1,0,0,20260101,20261231\n", "calendar_dates": rows,
    })  # fmt: skip
    board = await ask(weekdays, ("A",), window(at("2026-11-23 00:00"), hours=167))
    assert [line.split()[0] for line in told(board)] == ["Mon", "Wed", "Thu", "Fri", "Sat"]


async def test_a_day_taken_away_takes_its_trips_after_midnight_along(ask):
    late = feed({
        "stop_times": times("T,24:30:00,A,1", "T,24:40:00,B,2"),
        "calendar_dates": "service_id,date,exception_type\nD,20261123,2\n",
    })  # fmt: skip
    board = await ask(late, ("A",), window(at("2026-11-24 00:00"), hours=26))
    assert told(board) == ["Wed 00:30:00 R T A"]


async def test_calls_without_boarding_are_hidden_and_those_on_request_say_so(ask):
    rows = times("T,06:00:00,A,1,2", "T,06:05:00,B,2,1", "T,06:07:00,C,3,3", "T,06:09:00,A,4,",
                 columns="pickup_type")  # fmt: skip
    board = await ask(feed({"stop_times": rows}), ALL, window(at("2026-11-23 06:00")))
    assert [(one.stop.local, one.boarding) for one in board.departures] == [
        ("A", Boarding.PHONE_AGENCY), ("C", Boarding.ASK_DRIVER),
    ]  # fmt: skip


STATION = (
    "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station,platform_code\n"
    "S,Stasiun,-6.17,106.63,1,,\nA,Peron 1,-6.17,106.63,0,S,1\nB,Peron 2,-6.17,106.63,0,S,2\n"
    "C,Cimone,-6.172,106.65,0,,\nE,Pintu,-6.17,106.63,2,S,\nN,Tangga,,,3,S,\n"
    "X,Ujung,,,4,A,\n"
)


@pytest.mark.parametrize("stop", ["S", "E", "N"])
async def test_a_station_and_what_is_in_it_stand_for_all_platforms(ask, stop):
    board = await ask(feed({"stops": STATION}), (stop,), window(at("2026-11-23 06:00")))
    assert told(board) == ["Mon 06:00:00 R T A", "Mon 06:11:00 R T B"]
    assert [one.platform for one in board.departures] == ["1", "2"]


async def test_a_platform_stands_for_itself_and_a_boarding_area_for_its_platform(ask):
    for stop in ("A", "X"):
        board = await ask(feed({"stops": STATION}), (stop,), window(at("2026-11-23 06:00")))
        assert told(board) == ["Mon 06:00:00 R T A"]


async def test_towards_keeps_trips_that_call_there_later(ask):
    rows = times("T,06:00:00,A,1", "T,06:10:00,B,2", "T,06:20:00,C,3",
                 "U,07:00:00,C,1", "U,07:10:00,B,2", "U,07:20:00,A,3")  # fmt: skip
    both = feed({
        "trips": "route_id,service_id,trip_id\nR,D,T\nR,D,U\n", "stop_times": rows,
        "stops": STATION,
    })  # fmt: skip
    criteria = window(at("2026-11-23 05:00"), hours=4)
    towards = replace(criteria, towards=ScopedId("kota", "C"))
    assert told(await ask(both, ("B",), towards)) == ["Mon 06:10:00 R T B"]
    towards = replace(criteria, towards=ScopedId("kota", "S"))
    assert told(await ask(both, ("C",), towards)) == ["Mon 07:00:00 R U C"]
    towards = replace(criteria, towards=ScopedId("lain", "C"))
    assert told(await ask(both, ("B",), towards)) == []


TWO_LINES = {
    "routes": "route_id,route_short_name,route_type\nR,1,3\nQ,T,2\n",
    "trips": "route_id,service_id,trip_id\nR,D,T1\nR,D,T2\nR,D,T3\nQ,D,K1\nQ,D,K2\n",
    "stop_times": times(
        "T1,06:00:00,A,1", "T1,06:30:00,B,2", "T2,06:10:00,A,1", "T2,06:40:00,B,2",
        "T3,06:20:00,A,1", "T3,06:50:00,B,2", "K1,06:10:00,A,1", "K1,06:15:00,C,2",
        "K2,06:05:00,A,1", "K2,06:15:00,C,2",
    ),
}  # fmt: skip


async def test_departures_at_one_moment_stand_by_line_then_trip(ask):
    board = await ask(feed(TWO_LINES), ("A",), window(at("2026-11-23 06:00")))
    assert told(board) == [
        "Mon 06:00:00 R T1 A", "Mon 06:05:00 Q K2 A", "Mon 06:10:00 Q K1 A",
        "Mon 06:10:00 R T2 A", "Mon 06:20:00 R T3 A",
    ]  # fmt: skip


async def test_lines_modes_and_a_number_per_line_narrow_the_board(ask):
    criteria = window(at("2026-11-23 06:00"))
    lines = replace(criteria, lines=(ScopedId("kota", "Q"),))
    expected = ["Mon 06:05:00 Q K2 A", "Mon 06:10:00 Q K1 A"]
    assert told(await ask(feed(TWO_LINES), ("A",), lines)) == expected
    modes = replace(criteria, modes=(TransitMode.RAIL,))
    assert told(await ask(feed(TWO_LINES), ("A",), modes)) == expected
    per_line = replace(criteria, per_line=1)
    assert told(await ask(feed(TWO_LINES), ("A",), per_line)) == [
        "Mon 06:00:00 R T1 A", "Mon 06:05:00 Q K2 A",
    ]  # fmt: skip


async def test_a_page_goes_on_exactly_where_the_one_before_ended(ask):
    criteria = replace(window(at("2026-11-23 06:00")), first=2)
    first = await ask(feed(TWO_LINES), ("A",), criteria)
    assert first.more
    second = await ask(
        feed(TWO_LINES), ("A",), replace(criteria, after=mark_of(first.departures[-1]))
    )
    assert told(second) == ["Mon 06:10:00 Q K1 A", "Mon 06:10:00 R T2 A"]
    third = await ask(
        feed(TWO_LINES), ("A",), replace(criteria, after=mark_of(second.departures[-1]))
    )
    assert told(third) == ["Mon 06:20:00 R T3 A"]
    assert not third.more


async def test_a_cursor_of_another_feed_falls_between_by_the_feeds_key(ask):
    mark = mark_of(
        (await ask(feed(TWO_LINES), ("A",), window(at("2026-11-23 06:10")))).departures[0]
    )
    criteria = window(at("2026-11-23 06:00"))
    before = replace(criteria, after=replace(mark, source="bus"))
    assert told(await ask(feed(TWO_LINES), ("A",), before))[0] == "Mon 06:10:00 Q K1 A"
    after = replace(criteria, after=replace(mark, source="z"))
    assert told(await ask(feed(TWO_LINES), ("A",), after)) == ["Mon 06:20:00 R T3 A"]


async def test_signs_are_those_of_the_call_then_of_the_trip_then_the_last_stop(ask):
    rows = times("T,06:00:00,A,1,via Benteng", "T,06:10:00,B,2,", "T,06:20:00,C,3,",
                 columns="stop_headsign")  # fmt: skip
    board = await ask(feed({"stop_times": rows}), ALL, window(at("2026-11-23 06:00")))
    assert [one.headsign.pick("id") for one in board.departures] == ["via Benteng", "Cimone"]
    without = feed({"trips": "route_id,service_id,trip_id\nR,D,T\n"})
    board = await ask(without, ("A",), window(at("2026-11-23 06:00")))
    assert board.departures[0].headsign.pick("id") == "Cimone"


async def test_the_same_stop_twice_on_a_trip_is_two_departures(ask):
    loop = feed({"stop_times": times("T,06:00:00,A,1", "T,06:10:00,B,2", "T,06:20:00,A,3",
                                     "T,06:30:00,B,4")})  # fmt: skip
    board = await ask(loop, ("A", "A", "B"), window(at("2026-11-23 06:00")))
    assert [(one.stop.local, one.stop_sequence) for one in board.departures] == [
        ("A", 1), ("B", 2), ("A", 3),
    ]  # fmt: skip


NEW_YORK = "agency_name,agency_url,agency_timezone\nMTA,https://mta.test,America/New_York\n"


async def test_when_clocks_go_forward_times_count_from_noon_minus_twelve_hours(ask):
    zone = ZoneInfo("America/New_York")
    early = feed({"agency": NEW_YORK,
                  "stop_times": times("T,00:30:00,A,1", "T,04:00:00,B,2", "T,05:00:00,C,3")})  # fmt: skip
    board = await ask(early, ALL, window(at("2026-03-07 22:00", zone), hours=10))
    # 8 March has 23 hours: noon minus 12 h is 23:00 of the evening before.
    assert told(board, zone) == ["Sat 23:30:00 R T A", "Sun 04:00:00 R T B"]
    assert {one.service_date for one in board.departures} == {date(2026, 3, 8)}


async def test_when_clocks_go_back_a_time_before_two_is_the_later_one(ask):
    zone = ZoneInfo("America/New_York")
    early = feed({"agency": NEW_YORK,
                  "stop_times": times("T,00:30:00,A,1", "T,06:00:00,B,2", "T,07:00:00,C,3")})  # fmt: skip
    board = await ask(early, ALL, window(at("2026-11-01 00:00", zone), hours=8))
    # 1 November has 25 hours: noon minus 12 h is 01:00 daylight time.
    assert [one.leaves_at.isoformat() for one in board.departures] == [
        "2026-11-01T05:30:00+00:00", "2026-11-01T11:00:00+00:00",
    ]  # fmt: skip


async def test_the_agencys_zone_counts_and_not_the_callers(ask):
    zone = ZoneInfo("America/New_York")
    board = await ask(feed({"agency": NEW_YORK}), ("A",), window(at("2026-07-01 17:00"), hours=1))
    assert told(board, zone) == ["Wed 06:00:00 R T A"]


async def test_nothing_runs_outside_the_calendar_and_its_days_count_whole(ask):
    short = feed({"calendar": WEEK + "D,1,1,1,1,1,1,1,20261123,20261124\n"})
    board = await ask(short, ("A",), window(at("2026-11-21 00:00"), hours=160))
    assert told(board) == ["Mon 06:00:00 R T A", "Tue 06:00:00 R T A"]
    assert board.validity.valid_from == date(2026, 11, 23)
    assert board.validity.valid_until == date(2026, 11, 24)


async def test_the_publishers_end_counts_before_that_of_the_calendar(ask):
    stated = feed({
        "feed_info": "feed_publisher_name,feed_publisher_url,feed_lang,feed_start_date,"
        "feed_end_date\nKota,https://kota.test,id,20260101,20260630\n",
    })  # fmt: skip
    board = await ask(stated, ("A",), window(at("2026-11-23 06:00")))
    assert board.validity.valid_until == date(2026, 6, 30)
    assert board.validity.last_service == date(2026, 12, 31)


async def test_unknown_stops_have_no_departures_and_no_stops_have_none(ask):
    assert told(await ask(feed(), ("tak ada",), window(at("2026-11-23 06:00")))) == []
    assert told(await ask(feed(), (), window(at("2026-11-23 06:00")))) == []


async def test_a_trip_of_one_call_or_of_none_never_leaves(ask):
    odd = feed({
        "trips": "route_id,service_id,trip_id\nR,D,T\nR,D,U\n", "stop_times": times("T,06:00:00,A,1"),
    })  # fmt: skip
    assert told(await ask(odd, ALL, window(at("2026-11-23 05:00")))) == []
