"""What the specification of GTFS-Realtime says of rarer cases, as boards worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from google.transit import gtfs_realtime_pb2 as pb

from connectors.kinds.gtfs_rt import read_message
from connectors.ports.common import ScopedId
from connectors.ports.transit import RealtimeState
from resolvers import transit
from tests.feeds import MONDAY, in_memory, loaded, opened_store, times
from tests.hand_feeds import TRIPS, written
from tests.transit.realtime import Realm, call, lines, message, seconds, update

Relation = pb.TripDescriptor.ScheduleRelationship
LOOP = written(
    trips=TRIPS + "R,D,t,Gamma\n",
    stop_times=times(
        "t,06:00:00,A,1", "t,06:10:00,B,2", "t,06:20:00,A,3", "t,06:30:00,B,4", "t,06:40:00,C,5",
    ),
)  # fmt: skip
"""One trip, that calls at A and at B twice."""


async def calls_of(told: pb.FeedMessage | bytes, feed: Mapping[str, str] = LOOP) -> list[str]:
    """The calls of trip t, from its place on: `06:00:00 A UPDATED +60`."""
    realm = Realm(in_memory(feed), told)
    found = await transit.calls(await realm.context(), ScopedId("kota", "t"), MONDAY)
    return [line.replace(" t ", " ") for line in lines(found or ())]


# ------------------------------------------------------------------------------- delays


async def test_the_delay_of_a_whole_trip_holds_up_to_the_first_call_that_is_told():
    told = message()
    update(told, "t", call(3, 300)).delay = 120
    assert await calls_of(told) == [
        "06:02:00 A UPDATED +120", "06:12:00 B UPDATED +120", "06:25:00 A UPDATED +300",
        "06:35:00 B UPDATED +300", "06:45:00 C UPDATED +300",
    ]  # fmt: skip


async def test_the_delay_of_a_whole_trip_ends_at_a_call_without_data():
    told = message()
    update(told, "t", call(2, relation="SKIPPED"), call(4, relation="NO_DATA")).delay = 120
    assert await calls_of(told) == [
        "06:02:00 A UPDATED +120", "06:10:00 B SKIPPED", "06:22:00 A UPDATED +120",
        "06:30:00 B NO_DATA", "06:40:00 C NO_DATA",
    ]  # fmt: skip


async def test_a_gap_without_data_ends_with_the_next_call_that_is_told():
    told = message()
    update(told, "t", call(1, 60), call(2, relation="NO_DATA"), call(4, -30))
    assert await calls_of(told) == [
        "06:01:00 A UPDATED +60", "06:10:00 B NO_DATA", "06:20:00 A NO_DATA",
        "06:29:30 B UPDATED -30", "06:39:30 C UPDATED -30",
    ]  # fmt: skip


async def test_a_second_visit_is_told_by_its_place_or_by_the_order_of_the_stops():
    by_place, by_stop = message(), message()
    update(by_place, "t", call(3, 60, stop_id="A"))
    update(by_stop, "t", call("A", 0), call("B", 0), call("A", 60))
    assert (await calls_of(by_place))[:3] == [
        "06:00:00 A NO_DATA", "06:10:00 B NO_DATA", "06:21:00 A UPDATED +60",
    ]  # fmt: skip
    assert (await calls_of(by_stop))[:4] == [
        "06:00:00 A UPDATED +0", "06:10:00 B UPDATED +0", "06:21:00 A UPDATED +60",
        "06:31:00 B UPDATED +60",
    ]  # fmt: skip


async def test_how_sure_a_feed_is_changes_no_time():
    told = message()
    made = update(told, "t", call(1, 60))
    made.stop_time_update[0].departure.uncertainty = 600
    made.stop_time_update[0].arrival.uncertainty = 0
    assert (await calls_of(told))[0] == "06:01:00 A UPDATED +60"


async def test_of_two_entities_for_one_trip_the_first_counts():
    told = message()
    update(told, "t", call(1, 60))
    update(told, "t", call(1, 600))
    assert (await calls_of(told))[0] == "06:01:00 A UPDATED +60"


# ------------------------------------------------------------------------------- relations


async def test_a_call_of_a_relation_nobody_knows_is_not_on_time():
    told = message()
    made = update(told, "t", call(1, 60))
    # Field 5 of a StopTimeUpdate, with a value that does not exist yet, for the second call.
    made.stop_time_update.append(pb.TripUpdate.StopTimeUpdate.FromString(b"\x08\x02\x28\x63"))
    assert (await calls_of(told))[:3] == [
        "06:01:00 A UPDATED +60", "06:10:00 B NO_DATA", "06:20:00 A NO_DATA",
    ]  # fmt: skip


async def test_extensions_are_passed_over():
    told = message()
    made = update(told, "t", call(1, 60))
    extension = bytes.fromhex("ca3e0501020304ff")  # field 1001 in five bytes
    made.MergeFromString(extension)
    made.stop_time_update[0].MergeFromString(extension)
    made.trip.MergeFromString(extension)
    assert (await calls_of(told))[0] == "06:01:00 A UPDATED +60"


@pytest.mark.parametrize(
    ("relation", "shown"),
    [(Relation.CANCELED, ["06:00:00 A CANCELED"]), (Relation.DELETED, [])],
)
async def test_a_trip_that_does_not_run_does_not_run_from_another_platform(relation, shown):
    told = message()
    update(told, "t", {
        "stop_sequence": 1, "departure": {"time": seconds("06:05")},
        "stop_time_properties": {"assigned_stop_id": "C"},
    }, relation=relation, start_date="20261123", route_id="R")  # fmt: skip
    assert (await calls_of(told))[:1] == shown
    realm = Realm(in_memory(LOOP), told)
    assert await realm.told("C", hours=0.3) == []


@pytest.mark.parametrize("relation", [Relation.ADDED, Relation.REPLACEMENT])
async def test_a_trip_that_is_said_to_run_otherwise_and_not_how_stays_without_realtime(relation):
    told = message()
    update(told, "t", call("A", 60), call("tak dikenal", time="06:05"), relation=relation,
           start_date="20261123", route_id="tak dikenal")  # fmt: skip
    assert (await calls_of(told))[:2] == ["06:00:00 A NO_DATA", "06:10:00 B NO_DATA"]
    assert await Realm(in_memory(LOOP), told).told("A", hours=0.2) == ["06:00:00 t A NO_DATA"]


async def test_an_update_that_names_no_trip_is_counted_as_one_that_cannot_be_used():
    told = message()
    update(told, None, call(1, 60), route_id="R", direction_id=0, start_date="20261123")
    read = read_message(told.SerializeToString())
    assert read.trips == []
    assert "trip_id" in read.rejected[0][1]


async def test_a_vehicle_is_seen_whatever_its_trip_is_said_to_be():
    told = message()
    for number, (name, value) in enumerate(
        {"start_date": "kemarin", "start_time": "pagi", "trip_id": "t"}.items()
    ):
        vehicle = told.entity.add(id=f"v{number}").vehicle
        vehicle.trip.route_id = "R"
        setattr(vehicle.trip, name, value)
        vehicle.position.latitude, vehicle.position.longitude = -6.25, 106.5
    # And one whose trip has a relation of a later specification (field 4).
    told.entity[2].vehicle.trip.MergeFromString(b"\x20\x63")
    read = read_message(told.SerializeToString())
    assert [(row.id, row.trip and row.trip.route) for row in read.vehicles] == [
        ("v0", "R"), ("v1", "R"), ("v2", "R"),
    ]  # fmt: skip
    assert [row.trip and row.trip.trip for row in read.vehicles] == [None, None, "t"]
    assert read.rejected == []


async def test_an_alert_keeps_what_it_names_clearly_and_names_no_more_than_that():
    told = message()
    alert = told.entity.add(id="a").alert
    alert.header_text.translation.add(text="Halte ditutup")
    alert.informed_entity.add(stop_id="A")
    faulty = alert.informed_entity.add(route_id="R")
    faulty.trip.trip_id, faulty.trip.start_date = "t", "kemarin"
    (row,) = read_message(told.SerializeToString()).alerts
    assert [one.stop for one in row.selectors] == ["A"]


# ------------------------------------------------------------------------------- many


BUSY = written(
    stops="stop_id,stop_name,stop_lat,stop_lon\n"
    + "".join(f"{one},{one},-6.17,106.63\n" for one in "ABCDEFGHIJK"),
    trips=TRIPS + "".join(f"R,D,t{n:03},\n" for n in range(840)),
    stop_times=times(*(
        f"t{n:03},{4 + n // 60:02}:{n % 60:02}:{5 * at:02},{one},{at + 1}"
        for n in range(840) for at, one in enumerate("ABCDEFGHIJK")
    )),
)  # fmt: skip
"""A trip every minute from 04:00 to 18:00, at eleven stops within a minute."""


async def test_where_more_leaves_than_is_read_at_once_those_that_come_next_are_known(tmp_path):
    """Ten stops from 04:00 to 14:00 have six thousand departures that are told."""
    told = message("10:00")
    for n in range(840):
        update(told, f"t{n:03}", call(1, 120), start_date="20261123")
    async with opened_store(f"sqlite:///{tmp_path}/busy.db") as database:
        realm = Realm((await loaded(database, BUSY))[0], told, now="10:00")
        first = await realm.board(*"ABCDEFGHIJ", start="10:00", first=15)
        # What was to leave at 09:58 leaves at 10:00; ten stops, one every five seconds.
        assert lines(first.departures) == [
            f"{10:02}:{n // 10:02}:{n % 10 * 5:02} t{358 + n // 10} {'ABCDEFGHIJ'[n % 10]} "
            "UPDATED +120"
            for n in range(15)
        ]
        later = await realm.board(
            *"ABCDEFGHIJ", start="10:00", first=30, after=first.next_cursor, hours=2
        )
        assert {one.realtime for one in later.departures} == {RealtimeState.UPDATED}
        assert lines(later.departures)[0] == "10:01:25 t359 F UPDATED +120"
