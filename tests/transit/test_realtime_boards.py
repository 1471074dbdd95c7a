"""Boards with realtime, worked out by hand from the specification's rules."""

from __future__ import annotations

from datetime import timedelta

import pytest
from google.transit import gtfs_realtime_pb2 as pb

from connectors.ports.common import ScopedId
from connectors.ports.connectors import SourceState
from connectors.ports.transit import RealtimeState
from connectors.registry import PORTS
from connectors.switchboard import Source, Switchboard
from resolvers import boards, transit
from tests.builders import binding
from tests.feeds import MONDAY, at, feed, in_memory, loaded, opened_store, times
from tests.hand_feeds import TRIPS, written
from tests.transit.realtime import Realm, call, lines, message, update

Relation = pb.TripDescriptor.ScheduleRelationship

STATION = (
    "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station,platform_code\n"
    "A,Alpha,-6.17,106.63,,,\nB,Beta,-6.18,106.64,,,\nC,Gamma,-6.19,106.65,,,\n"
    "S,Stasiun,-6.20,106.66,1,,\nD1,Stasiun,-6.20,106.66,0,S,1\nD2,Stasiun,-6.20,106.66,0,S,2\n"
)
CITY = written(
    stops=STATION,
    trips=TRIPS + "R,D,t,Gamma\nR,D,u,Gamma\nQ,D,v,Alpha\nR,D,late,\n",
    stop_times="trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    "t,06:00:00,06:00:00,A,1\nt,06:10:00,06:12:00,B,5\nt,06:20:00,06:20:00,D1,7\n"
    "t,06:30:00,06:30:00,C,9\n"
    "u,06:30:00,06:30:00,A,1\nu,06:40:00,06:40:00,B,2\nu,06:50:00,06:50:00,C,3\n"
    "v,06:05:00,06:05:00,D2,1\nv,06:15:00,06:15:00,B,2\nv,06:25:00,06:25:00,A,3\n"
    "late,23:50:00,23:50:00,A,1\nlate,24:30:00,24:30:00,B,2\nlate,25:00:00,25:00:00,C,3\n",
)
"""Three trips in the morning, and one past midnight. At B: t 06:12, v 06:15, u 06:40."""
BY_HEADWAY = written(
    trips=TRIPS + "R,D,T,Gamma\n",
    stop_times=times("T,06:00:00,A,1", "T,06:10:00,B,2", "T,06:20:00,C,3"),
    frequencies="trip_id,start_time,end_time,headway_secs,exact_times\n"
    "T,06:00:00,07:00:00,1800,1\n",
)


@pytest.fixture(params=["memory", "store"])
async def city(request, tmp_path):
    """The same city in memory and in the store."""
    if request.param == "memory":
        yield in_memory(CITY)
        return
    async with opened_store(f"sqlite:///{tmp_path}/feeds.db") as database:
        yield (await loaded(database, CITY))[0]


# ------------------------------------------------------------------------------- delays


async def test_a_delay_holds_for_all_later_calls_until_the_next_one_that_is_told(city):
    told = message()
    update(told, "t", call(1, 60), call(7, 300))
    realm = Realm(city, told)
    calls = await transit.calls(await realm.context(), ScopedId("kota", "t"), MONDAY)
    assert lines(calls or ()) == [
        "06:01:00 t A UPDATED +60", "06:13:00 t B UPDATED +60", "06:25:00 t D1 UPDATED +300",
        "06:35:00 t C UPDATED +300",
    ]  # fmt: skip
    assert await realm.told("A", "B", "D1", hours=0.7) == [
        "06:01:00 t A UPDATED +60", "06:13:00 t B UPDATED +60", "06:15:00 v B NO_DATA",
        "06:25:00 t D1 UPDATED +300", "06:30:00 u A NO_DATA", "06:40:00 u B NO_DATA",
    ]  # fmt: skip


async def test_before_the_first_call_that_is_told_nothing_is_known(city):
    told = message()
    update(told, "t", call(5, 120))
    assert await Realm(city, told).told("A", "B", hours=0.25) == [
        "06:00:00 t A NO_DATA", "06:14:00 t B UPDATED +120",
    ]  # fmt: skip


async def test_a_time_goes_before_a_delay(city):
    told = message()
    update(told, "t", call(5, 600, time="06:13"))
    assert await Realm(city, told).told("D1", hours=1) == ["06:21:00 t D1 UPDATED +60"]


async def test_an_arrival_that_is_late_makes_the_departure_late_and_the_stay_counts(city):
    told = message()
    update(told, "t", call(5, arrives="06:13"))
    # It was to arrive at 06:10 and to leave at 06:12; it arrives three minutes late.
    assert await Realm(city, told).told("B", hours=0.3) == [
        "06:15:00 v B NO_DATA", "06:15:00 t B UPDATED +180",
    ]  # fmt: skip


async def test_a_call_that_is_told_without_a_time_is_on_time_and_so_are_later_ones(city):
    told = message()
    update(told, "t", call(1, 300), call(5))
    assert await Realm(city, told).told("B", "D1", hours=0.4) == [
        "06:12:00 t B UPDATED +0", "06:15:00 v B NO_DATA", "06:20:00 t D1 UPDATED +0",
    ]  # fmt: skip


async def test_a_call_whose_times_make_no_sense_is_not_on_time(city):
    told = message()
    made = update(told, "t", call(1, 60), call(5))
    made.stop_time_update[1].departure.time = 0
    assert await Realm(city, told).told("B", hours=0.25) == ["06:12:00 t B NO_DATA"]


async def test_no_data_is_not_on_time_and_holds_for_later_calls(city):
    told = message()
    update(told, "t", call(1, 300), call(5, relation="NO_DATA"))
    realm = Realm(city, told)
    assert await realm.told("A", "B", "D1", hours=0.4) == [
        "06:05:00 t A UPDATED +300", "06:12:00 t B NO_DATA", "06:15:00 v B NO_DATA",
        "06:20:00 t D1 NO_DATA",
    ]  # fmt: skip
    (one,) = [d for d in (await realm.board("B", hours=0.25)).departures if d.trip.local == "t"]
    assert (one.expected_at, one.delay) == (None, None)


async def test_a_skipped_call_is_flagged_and_hands_the_delay_on(city):
    told = message()
    update(told, "t", call(1, 300), call(5, relation="SKIPPED"))
    realm = Realm(city, told)
    shown = ["06:05:00 t A UPDATED +300", "06:12:00 t B SKIPPED", "06:25:00 t D1 UPDATED +300"]
    assert [one for one in await realm.told("A", "B", "D1", hours=0.5) if " t " in one] == shown
    found = await realm.told("A", "B", "D1", hours=0.5, include_canceled=False)
    assert [one for one in found if " t " in one] == [shown[0], shown[2]]


async def test_a_trip_is_as_late_as_is_said_of_the_whole_where_nothing_is_said_of_its_calls(city):
    told = message()
    update(told, "t").delay = 90
    assert await Realm(city, told).told("B", hours=0.25) == ["06:13:30 t B UPDATED +90"]


async def test_calls_may_be_told_by_their_stops(city):
    told = message()
    update(told, "t", call("A", 60), call("D1", 240))
    assert await Realm(city, told).told("B", "D1", hours=0.41) == [
        "06:13:00 t B UPDATED +60", "06:15:00 v B NO_DATA", "06:24:00 t D1 UPDATED +240",
    ]  # fmt: skip


# ------------------------------------------------------------------------------- windows


async def test_a_late_bus_that_should_have_left_is_still_on_the_board(city):
    told = message("06:20")
    update(told, "t", call(5, 900))
    realm = Realm(city, told, now="06:20")
    assert await realm.told("B", start="06:20", hours=0.5) == [
        "06:27:00 t B UPDATED +900", "06:40:00 u B NO_DATA",
    ]  # fmt: skip


async def test_a_bus_that_has_left_early_is_no_longer_on_the_board(city):
    told = message("06:11")
    update(told, "t", call(5, -120))
    realm = Realm(city, told, now="06:11")
    assert await realm.told("B", start="06:11", hours=0.1) == ["06:15:00 v B NO_DATA"]


async def test_the_board_is_in_the_order_in_which_vehicles_leave_and_its_pages_are_the_whole(city):
    told = message()
    update(told, "t", call(5, 600))
    update(told, "u", call(1, -60))
    realm = Realm(city, told)
    whole = await realm.told("A", "B", "D1")
    assert whole == [
        "06:00:00 t A NO_DATA", "06:15:00 v B NO_DATA", "06:22:00 t B UPDATED +600",
        "06:29:00 u A UPDATED -60", "06:30:00 t D1 UPDATED +600", "06:39:00 u B UPDATED -60",
    ]  # fmt: skip
    for size in (1, 2, 4):
        paged, after = [], None
        while True:
            page = await realm.board("A", "B", "D1", first=size, after=after)
            assert len(page.departures) <= size
            paged += lines(page.departures)
            after = page.next_cursor
            if after is None:
                break
        assert paged == whole


async def test_at_most_so_many_of_each_line_counts_after_realtime(city):
    told = message()
    update(told, "t", call(1, 3600))
    assert await Realm(city, told).told("A", "B", per_line=1) == [
        "06:15:00 v B NO_DATA", "06:30:00 u A NO_DATA",
    ]  # fmt: skip


async def test_only_trips_to_where_one_wants_to_go(city):
    told = message()
    update(told, "t", call(1, 120))
    realm = Realm(city, told)
    assert await realm.told("B", towards=realm.stop_id("S")) == ["06:14:00 t B UPDATED +120"]


# ------------------------------------------------------------------------------- days


async def test_a_trip_past_midnight_is_told_by_the_day_it_began(city):
    told = message("2026-11-24 00:10")
    update(told, "late", call(1, 600), start_date="20261123")
    realm = Realm(city, told, now="2026-11-24 00:10")
    assert await realm.told("B", start="2026-11-24 00:10", hours=1) == [
        "00:40:00 late B UPDATED +600"
    ]
    # The next night's run of the same trip is another matter.
    assert await realm.told("B", start="2026-11-25 00:10", hours=1) == ["00:30:00 late B NO_DATA"]


async def test_where_no_day_is_told_the_run_is_meant_that_is_nearest_to_the_feed(city):
    told = message("2026-11-24 00:10")
    update(told, "late", call(1, 600))
    update(told, "t", call(1, 60))
    realm = Realm(city, told, now="2026-11-24 00:10")
    assert await realm.told("B", start="2026-11-24 00:10", hours=1) == [
        "00:40:00 late B UPDATED +600"
    ]
    assert await realm.told("B", start="2026-11-25 00:10", hours=1) == ["00:30:00 late B NO_DATA"]
    assert (await realm.told("A", start="2026-11-24 06:00", hours=0.1)) == [
        "06:01:00 t A UPDATED +60"
    ]


# ------------------------------------------------------------------------------- trips


async def test_a_cancelled_trip_is_shown_as_such_or_left_out_as_one_asks(city):
    told = message()
    update(told, "t", relation=Relation.CANCELED)
    realm = Realm(city, told)
    assert await realm.told("B", hours=0.5) == ["06:12:00 t B CANCELED", "06:15:00 v B NO_DATA"]
    assert await realm.told("B", hours=0.5, include_canceled=False) == ["06:15:00 v B NO_DATA"]


async def test_a_deleted_trip_is_not_shown(city):
    told = message()
    update(told, "t", relation=Relation.DELETED)
    realm = Realm(city, told)
    assert await realm.told("B", hours=0.5) == ["06:15:00 v B NO_DATA"]


@pytest.mark.parametrize("relation", ["NEW", "ADDED", "UNSCHEDULED"])
async def test_an_extra_trip_is_shown_with_the_times_it_is_told_with(city, relation):
    told = message()
    made = update(
        told, "extra", call("A", time="06:03"), call("D2", time="06:18"), call("C", time="06:25"),
        relation=Relation.Value(relation), route_id="R", start_date="20261123",
    )  # fmt: skip
    made.trip_properties.trip_headsign = "Tambahan"
    realm = Realm(city, told)
    assert await realm.told("A", "S", hours=0.4) == [
        "06:00:00 t A NO_DATA", "06:03:00 extra A ADDED", "06:05:00 v D2 NO_DATA",
        "06:18:00 extra D2 ADDED", "06:20:00 t D1 NO_DATA",
    ]  # fmt: skip
    # Nobody boards where it ends.
    assert await realm.told("C", hours=0.5) == []
    (one,) = [d for d in (await realm.board("A", hours=0.4)).departures if d.trip.local == "extra"]
    request = await realm.context()
    trip = await transit.one_trip(request, one.trip)
    assert trip is not None
    assert (trip.line, trip.headsign and trip.headsign.pick("id")) == ("R", "Tambahan")
    assert one.headsign.pick("id") == "Tambahan"
    calls = await transit.calls(request, one.trip, MONDAY)
    assert [call.stop.local for call in calls or ()] == ["A", "D2", "C"]
    assert await realm.told("A", towards=realm.stop_id("B"), hours=0.3) == ["06:00:00 t A NO_DATA"]


async def test_an_extra_trip_of_a_line_nobody_knows_is_left_out(city):
    told = message()
    update(told, "extra", call("A", time="06:03"), call("C", time="06:25"), relation=Relation.NEW,
           route_id="tidak ada")  # fmt: skip
    assert await Realm(city, told).told("A", hours=0.3) == ["06:00:00 t A NO_DATA"]


async def test_a_replaced_trip_has_the_calls_it_is_told_with_and_no_others(city):
    told = message()
    update(told, "t", call("A", time="06:02"), call("D2", time="06:22"), call("C", time="06:30"),
           relation=Relation.REPLACEMENT)  # fmt: skip
    assert await Realm(city, told).told("A", "B", "S", hours=0.45) == [
        "06:02:00 t A UPDATED", "06:05:00 v D2 NO_DATA", "06:15:00 v B NO_DATA",
        "06:22:00 t D2 UPDATED",
    ]  # fmt: skip


async def test_a_copy_of_a_trip_leaves_at_its_own_time_beside_the_original(city):
    told = message()
    made = update(told, "t", call(5, 60), relation=Relation.DUPLICATED, start_date="20261123",
                  start_time="06:00:00")  # fmt: skip
    made.trip_properties.trip_id = "t-lagi"
    made.trip_properties.start_date = "20261123"
    made.trip_properties.start_time = "06:15:00"
    realm = Realm(city, told)
    assert await realm.told("A", "B", hours=0.49) == [
        "06:00:00 t A NO_DATA", "06:12:00 t B NO_DATA", "06:15:00 v B NO_DATA",
        "06:15:00 t-lagi A ADDED", "06:28:00 t-lagi B ADDED +60",
    ]  # fmt: skip


async def test_another_platform_is_shown_where_the_trip_really_calls(city):
    told = message()
    update(told, "t", call(1, 0), {
        "stop_sequence": 7, "departure": {"delay": 60},
        "stop_time_properties": {"assigned_stop_id": "D2"},
    })  # fmt: skip
    realm = Realm(city, told)
    assert await realm.told("D1", hours=0.5) == []
    (one,) = (await realm.board("D2", start="06:10", hours=0.5)).departures
    assert (one.stop.local, one.platform, one.delay) == ("D2", "2", timedelta(seconds=60))
    assert await realm.told("S", start="06:10", hours=0.5) == ["06:21:00 t D2 UPDATED +60"]


# ------------------------------------------------------------------------------- by headway


async def test_a_run_by_headway_is_told_by_its_start():
    told = message()
    update(told, "T", call(1, 120), start_time="06:30:00", start_date="20261123")
    realm = Realm(in_memory(BY_HEADWAY), told)
    assert await realm.told("B", hours=1) == [
        "06:10:00 T@06:00:00 B NO_DATA", "06:42:00 T@06:30:00 B UPDATED +120",
    ]  # fmt: skip


async def test_without_its_start_nobody_knows_which_run_is_meant():
    told = message()
    update(told, "T", call(1, 120), start_date="20261123")
    realm = Realm(in_memory(BY_HEADWAY), told)
    assert await realm.told("B", hours=1) == [
        "06:10:00 T@06:00:00 B NO_DATA", "06:40:00 T@06:30:00 B NO_DATA",
    ]  # fmt: skip


async def test_a_vehicle_of_a_line_by_headway_leaves_whenever_it_is_told_to():
    loose = {**BY_HEADWAY, "frequencies.txt": BY_HEADWAY["frequencies.txt"].replace(",1\n", ",0\n")}
    told = message()
    update(told, "T", call("B", time="06:20"), start_time="06:07:00", start_date="20261123",
           relation=Relation.UNSCHEDULED)  # fmt: skip
    realm = Realm(in_memory(loose), told)
    # It was to reach B ten minutes after its start, and reaches it three minutes late.
    assert await realm.told("A", "B", hours=0.6) == [
        "06:00:00 T@06:00:00 A NO_DATA", "06:07:00 T@06:07:00 A ADDED",
        "06:10:00 T@06:00:00 B NO_DATA", "06:20:00 T@06:07:00 B ADDED +180",
        "06:30:00 T@06:30:00 A NO_DATA",
    ]  # fmt: skip
    request = await realm.context()
    trip = await transit.one_trip(request, ScopedId("kota", "T@06:07:00"))
    assert trip is not None
    assert trip.line == "R"


async def test_a_start_may_be_told_of_a_trip_that_does_not_run_by_headway(city):
    told = message()
    update(told, "t", call(1, 60), start_time="06:00:00", start_date="20261123")
    assert await Realm(city, told).told("A", hours=0.1) == ["06:01:00 t A UPDATED +60"]


# ------------------------------------------------------------------------------- the feed


async def test_a_feed_tells_its_age(city):
    told = message("05:59")
    update(told, "t", call(1, 60))
    found = await Realm(city, told).board("A")
    assert found.realtime_age == timedelta(minutes=1)
    assert [(one.connector, one.state) for one in found.sources] == [
        ("kota", SourceState.OK), ("waktu", SourceState.OK),
    ]  # fmt: skip


async def test_a_feed_from_the_future_is_as_old_as_its_fetch(city):
    told = message("2026-11-25 06:00")
    update(told, "t", call(1, 60))
    found = await Realm(city, told).board("A", hours=0.1)
    assert (lines(found.departures), found.realtime_age) == (
        ["06:01:00 t A UPDATED +60"], timedelta(0),
    )  # fmt: skip


async def test_what_an_old_feed_says_is_not_believed_and_nobody_is_on_time(city):
    told = message("05:54")
    update(told, "t", call(1, 60))
    found = await Realm(city, told).board("A", hours=0.1)
    assert lines(found.departures) == ["06:00:00 t A NO_DATA"]
    assert found.realtime_age is None
    assert found.sources[1].state is SourceState.STALE


@pytest.mark.parametrize("body", [b"<!doctype html><p>Maaf", b"\x00\x01garbage", b""])
async def test_garbage_in_the_place_of_realtime_leaves_the_timetable(city, body):
    found = await Realm(city, body).board("A", hours=0.1)
    assert [one.realtime for one in found.departures] == [RealtimeState.NO_DATA]
    assert found.sources[1].state is SourceState.DOWN


async def test_a_feed_of_differences_is_not_read(city):
    told = message(incrementality=pb.FeedHeader.DIFFERENTIAL)
    update(told, "t", call(1, 60))
    found = await Realm(city, told).board("A", hours=0.1)
    assert lines(found.departures) == ["06:00:00 t A NO_DATA"]
    assert found.sources[1].state is SourceState.DOWN


async def test_trips_nobody_knows_change_nothing(city):
    told = message()
    update(told, "tidak ada", call(1, 60))
    update(told, None, call(1, 60), route_id="R")
    assert await Realm(city, told).told("A", hours=0.1) == ["06:00:00 t A NO_DATA"]


async def test_realtime_of_another_timetable_says_nothing_here(city):
    told = message()
    update(told, "T", call(1, 60))
    realm = Realm(in_memory(feed(), key="lain"), told)
    request = await realm.context()
    request.switchboard = Switchboard(
        [*request.switchboard, Source(binding("kota", serves=("transit",)), city)], PORTS
    )
    shown = [
        await boards.from_stops(
            request, [stop], at("2026-11-23 06:00"), timedelta(minutes=6), first=9
        )
        for timetable in (city, realm.timetable)
        for stop in await timetable.stops_by_id(["A"])
        if stop is not None
    ]
    assert [lines(one.departures) for one in shown if one is not None] == [
        ["06:00:00 t A SCHEDULED_ONLY"], ["06:01:00 T A UPDATED +60"],
    ]  # fmt: skip
