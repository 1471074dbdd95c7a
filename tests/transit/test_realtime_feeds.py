"""GTFS-Realtime messages: what is read of them, vehicles, alerts, and what is set aside."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import text_format
from google.transit import gtfs_realtime_pb2 as pb
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import Unreadable
from connectors.kinds.gtfs_rt import read_message
from connectors.memory.trip_updates import MemoryTripUpdates
from connectors.ports.common import BBox, ScopedId
from connectors.ports.transit import Occupancy, TransitMode
from connectors.ports.trip_updates import TripUpdate, TripUpdates
from connectors.ports.warnings import AlertCategory, AlertCriteria, AlertSeverity, TransitPart
from connectors.systems.gtfs_rt import read_options
from connectors.testing.trip_updates import TripUpdateSourcePromises
from resolvers import boards, transit, transit_alerts
from tests.feeds import at, feed, in_memory
from tests.hand_feeds import TRIPS, written
from tests.transit.realtime import Realm, call, message, seconds, update

EVERYWHERE = BBox(-180, -90, 180, 90)
SAMPLES = Path(__file__).parents[2].parent / "shared" / "fixtures" / "gtfs_rt"
"""Messages of others, where they are at hand."""


def seen(told: pb.FeedMessage, name: str, **said: object) -> Any:
    """Add a vehicle at 106.63, -6.17."""
    vehicle = told.entity.add(id=f"e-{name}-{len(told.entity)}").vehicle
    vehicle.vehicle.id = name
    vehicle.position.latitude, vehicle.position.longitude = -6.17, 106.63
    for field, value in said.items():
        setattr(vehicle, field, value)
    return vehicle


async def all_known(found):
    """What was found, of which nothing may be missing."""
    known = await found
    assert None not in known
    return known


def alerted(told: pb.FeedMessage, words: str = "Jalan ditutup", **said: object) -> Any:
    """Add an alert."""
    alert = told.entity.add(id=f"a{len(told.entity)}").alert
    alert.header_text.translation.add(text=words, language="id")
    for field, value in said.items():
        setattr(alert, field, value)
    return alert


# ------------------------------------------------------------------------------- reading


def test_what_a_feed_says_of_a_trip_is_read():
    told = message()
    update(told, "t", call(1, 60, arrives=30), call("B", time="06:13"), start_date="20261123",
           start_time="25:10:00", route_id="R", direction_id=1)  # fmt: skip
    read = read_message(told.SerializeToString())
    (row,) = read.trips
    assert read.at == at("2026-11-23 06:00")
    assert (row.trip.trip, row.trip.route, row.trip.direction) == ("t", "R", 1)
    assert (row.trip.start_time, str(row.trip.start_date)) == (25 * 3600 + 600, "2026-11-23")
    first, second = row.calls
    assert (first.sequence, first.stop, first.relation) == (1, None, "SCHEDULED")
    assert first.departure is not None
    assert first.arrival is not None
    assert (first.departure.delay, first.arrival.delay) == (
        timedelta(seconds=60), timedelta(seconds=30),
    )  # fmt: skip
    assert (second.sequence, second.stop) == (None, "B")
    assert second.departure is not None
    assert second.departure.time == at("2026-11-23 06:13")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"start_date": "20261332"}, "start_date"),
        ({"start_date": "23-11-2026"}, "start_date"),
        ({"start_time": "6 pagi"}, "start_time"),
    ],
)
def test_an_entity_with_a_fault_is_rejected_alone(change, reason):
    told = message()
    update(told, "t", call(1, 60), **change)
    update(told, "u", call(1, 60))
    read = read_message(told.SerializeToString())
    assert [row.trip.trip for row in read.trips] == ["u"]
    ((id_, why),) = read.rejected
    assert id_ == "0"
    assert reason in why


def test_a_relation_of_a_later_specification_is_not_taken_for_as_scheduled():
    # Field 4 of the descriptor with a value that does not exist yet.
    parsed = pb.TripDescriptor.FromString(b"\x0a\x01t\x20\x63")
    made = pb.FeedMessage()
    made.CopyFrom(message())
    made.entity.add(id="1").trip_update.trip.CopyFrom(parsed)
    read = read_message(made.SerializeToString())
    assert not read.trips
    assert "schedule_relationship" in read.rejected[0][1]


def test_an_entity_that_lacks_what_is_required_is_rejected_alone():
    told = message()
    told.entity.add(id="1").vehicle.position.latitude = 1.0
    seen(told, "b1")
    read = read_message(told.SerializePartialToString())
    assert [row.vehicle for row in read.vehicles] == ["b1"]
    assert read.rejected[0][0] == "1"


def test_deleted_entities_are_left_out_and_of_two_with_one_id_the_first_is_kept():
    told = message()
    update(told, "t", call(1, 60))
    told.entity.add(id="x", is_deleted=True)
    told.entity.add(id="0").trip_update.trip.trip_id = "u"
    read = read_message(told.SerializeToString())
    assert [row.trip.trip for row in read.trips] == ["t"]
    assert [id_ for id_, _ in read.rejected] == ["0"]


def test_a_message_of_nothing_but_empty_entities_is_refused_before_it_fills_the_memory():
    body = message().SerializeToString() + b"\x12\x00" * 100_001
    with pytest.raises(Unreadable, match="empty"):
        read_message(body)


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_but_unreadable(body):
    with suppress(Unreadable):
        read_message(body)


@given(st.data())
def test_a_message_cut_or_changed_anywhere_raises_nothing_but_unreadable(data):
    told = message()
    update(told, "t", call(1, 60), call("B", time="06:13"), start_date="20261123")
    seen(told, "b1", timestamp=seconds("06:00"))
    alerted(told).informed_entity.add(route_id="R")
    body = bytearray(told.SerializeToString())
    cut = data.draw(st.integers(0, len(body)))
    if cut < len(body):
        body[cut] = data.draw(st.integers(0, 255))
    end = data.draw(st.integers(cut, len(body)))
    with suppress(Unreadable):
        read_message(bytes(body[:end]))


async def test_messages_of_others_are_read():
    paths = sorted(SAMPLES.glob("*.asciipb")) if SAMPLES.is_dir() else []
    for path in paths:
        told = text_format.Parse(path.read_text(encoding="utf-8"), pb.FeedMessage())
        read = read_message(told.SerializeToString())
        assert not read.rejected
        assert len(read.trips) + len(read.alerts) == len(told.entity)
    for path in sorted(SAMPLES.glob("*.pb")) if SAMPLES.is_dir() else []:
        read = read_message(path.read_bytes())
        assert read.vehicles
        assert not read.rejected


async def test_the_example_of_the_specification():
    """5 s late from stop 3 on, 1 s from stop 8 on, on time from stop 10 on."""
    stops = "".join(f"S{n},S{n},-6.1,106.{n:02}\n" for n in range(1, 12))
    city = written(
        stops="stop_id,stop_name,stop_lat,stop_lon\n" + stops,
        trips=TRIPS + "R,D,trip-1,\n",
        stop_times="trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        + "".join(f"trip-1,06:{n:02}:00,06:{n:02}:00,S{n},{n}\n" for n in range(1, 12)),
    )
    told = message()
    update(told, "trip-1", call(3, arrives=5), call(8, arrives=1), call(10))
    found = await Realm(in_memory(city), told).told(*(f"S{n}" for n in range(1, 11)))
    assert [line.split()[-1] for line in found] == [
        "NO_DATA", "NO_DATA", "+5", "+5", "+5", "+5", "+5", "+1", "+1", "+0",
    ]  # fmt: skip


# ------------------------------------------------------------------------------- vehicles


async def vehicles(told: pb.FeedMessage, now: str = "06:00", **options: Any) -> Any:
    source = await Realm(in_memory(feed()), told, now).connector(**options)
    return await source.ask(lambda it: it.find_vehicles(EVERYWHERE, None, 100))


async def test_a_vehicle_is_shown_where_it_was_seen_with_its_line_and_trip():
    told = message()
    vehicle = seen(told, "b1", timestamp=seconds("05:59"))
    vehicle.vehicle.label = "TYO 12"
    vehicle.position.bearing = 370
    vehicle.occupancy_status = pb.VehiclePosition.NOT_BOARDABLE
    vehicle.trip.trip_id, vehicle.trip.route_id = "T", "R"
    (one,) = await vehicles(told)
    assert (one.origin.connector, one.origin.local_id, one.label) == ("waktu", "b1", "TYO 12")
    assert (one.point.lat, one.point.lng, one.bearing) == (-6.17, 106.63, 10.0)
    assert (one.at, one.occupancy) == (at("2026-11-23 05:59"), Occupancy.NOT_ACCEPTING)
    assert (one.line, one.trip) == (ScopedId("kota", "R"), ScopedId("kota", "T"))


async def test_a_vehicle_that_was_seen_too_long_ago_is_not_shown():
    told = message()
    seen(told, "lama", timestamp=seconds("05:57"))
    seen(told, "baru", timestamp=seconds("05:58"))
    seen(told, "tanpa waktu")
    shown = [one.origin.local_id for one in await vehicles(told)]
    assert shown == ["baru", "tanpa waktu"]
    assert [one.origin.local_id for one in await vehicles(told, "06:00", longest_age="10m")] == [
        "baru", "lama", "tanpa waktu",
    ]  # fmt: skip
    # A vehicle without a time was seen when the feed was made, not when it was fetched.
    assert await vehicles(told, "06:03") == []


async def test_a_vehicle_from_the_future_was_seen_when_it_was_fetched():
    told = message()
    seen(told, "b1", timestamp=seconds("2026-11-24 06:00"))
    (one,) = await vehicles(told)
    assert one.at == at("2026-11-23 06:00")


async def test_of_two_positions_of_one_vehicle_the_later_is_shown():
    told = message()
    seen(told, "b1", timestamp=seconds("06:00")).position.latitude = -6.2
    seen(told, "b1", timestamp=seconds("05:59"))
    (one,) = await vehicles(told)
    assert one.point.lat == -6.2


@pytest.mark.parametrize(("lat", "lng"), [(91.0, 0.5), (0.0, 0.0), (float("nan"), 106.0), (0, 181)])
async def test_a_position_that_is_no_place_is_rejected(lat, lng):
    told = message()
    vehicle = seen(told, "b1")
    vehicle.position.latitude, vehicle.position.longitude = lat, lng
    source = await Realm(in_memory(feed()), told).connector()
    assert await source.ask(lambda it: it.find_vehicles(EVERYWHERE, None, 9)) == []
    assert len(source.connector.rejected) == 1
    assert source.health().rejected_records == 1


async def test_the_vehicle_of_a_trip_is_found_whether_its_start_is_told_or_not():
    told = message()
    vehicle = seen(told, "b1")
    vehicle.trip.trip_id, vehicle.trip.start_time = "T", "06:00:00"
    realm = Realm(in_memory(feed()), told)
    request = await realm.context()
    trip = await transit.one_trip(request, ScopedId("kota", "T"))
    assert trip is not None
    found = await transit.vehicle(request, trip)
    assert found is not None
    assert found.origin.local_id == "b1"
    assert await transit.trip_of(request, found.trip) == trip


# ------------------------------------------------------------------------------- alerts


async def alerts(told: pb.FeedMessage, now: str = "06:00", **criteria: Any) -> Any:
    realm = Realm(in_memory(feed()), told, now)
    source = await realm.connector()
    asked = AlertCriteria(now=realm.clock.now(), **criteria)
    return await source.ask(lambda it: it.find_alerts(asked))


async def test_an_alert_speaks_the_languages_of_the_feed():
    told = message()
    alert = alerted(told, "Halte pindah", effect=pb.Alert.STOP_MOVED,
                    severity_level=pb.Alert.WARNING)  # fmt: skip
    alert.header_text.translation.add(text="Stop moved", language="en-GB")
    alert.description_text.translation.add(text="Pindah 50 meter\x07 ke utara")
    alert.url.translation.add(text="https://kota.example/berita/1")
    (one,) = await alerts(told)
    assert [one.headline.pick(lang) for lang in ("id", "en", "en-GB", "fr")] == [
        "Halte pindah", "Stop moved", "Stop moved", "Halte pindah",
    ]  # fmt: skip
    assert one.description.pick("id") == "Pindah 50 meter ke utara"
    assert (one.event.pick("en"), one.severity) == ("Stop moved", AlertSeverity.MODERATE)
    assert one.category == (AlertCategory.TRANSPORT,)
    assert one.origin.url == "https://kota.example/berita/1"


async def test_an_alert_holds_in_each_of_its_periods_and_between_them_not():
    told = message()
    alert = alerted(told)
    alert.active_period.add(start=seconds("06:00"), end=seconds("07:00"))
    alert.active_period.add(start=seconds("08:00"))
    held = [
        bool(await alerts(told, now, active=True))
        for now in ("05:59", "06:00", "06:59", "07:00", "07:59", "08:00", "23:00")
    ]
    assert held == [False, True, True, False, False, True, True]
    (one,) = await alerts(told)
    assert (one.effective_at, one.expires_at) == (at("2026-11-23 06:00"), None)


async def test_an_alert_without_periods_holds_as_long_as_it_is_told():
    told = message()
    alerted(told)
    assert await alerts(told, "23:00", active=True)


async def test_what_an_alert_names_is_kept_together():
    told = message()
    alert = alerted(told)
    alert.informed_entity.add(route_id="100", stop_id="16299")
    alert.informed_entity.add(agency_id="G", route_type=2)
    alert.informed_entity.add().trip.trip_id = "T"
    alert.informed_entity.add()
    (one,) = await alerts(told)
    assert one.transit == (
        TransitPart("kota", line="100", stop="16299"),
        TransitPart("kota", operator="G", mode=TransitMode.RAIL),
        TransitPart("kota", trips=("T",)),
    )


async def test_an_alert_stands_at_what_it_names():
    city = in_memory(
        written(
            trips=TRIPS + "R,D,t,\nQ,D,q,\n",
            stop_times="trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
            "t,06:00:00,06:00:00,A,1\nt,06:10:00,06:10:00,B,2\n"
            "q,06:00:00,06:00:00,B,1\nq,06:10:00,06:10:00,C,2\n",
        )
    )
    told = message()
    named: dict[str, dict[str, Any]] = {
        "line": {"route_id": "R"}, "stop": {"stop_id": "B"}, "there": {"route_id": "R", "stop_id": "C"},
        "mode": {"route_type": 2}, "all": {"agency_id": "G"}, "other": {"agency_id": "X"},
    }  # fmt: skip
    for words, selector in named.items():
        alerted(told, words).informed_entity.add(**selector)
    trip = alerted(told, "trip").informed_entity.add().trip
    trip.trip_id, trip.start_date = "q", "20261123"
    realm = Realm(city, told)
    request = await realm.context()

    def told_in(found):
        return sorted(one.headline.pick("id") for one in found)

    a, b = await all_known(city.stops_by_id(["A", "B"]))
    r, q = await all_known(city.lines_by_id(["R", "Q"]))
    assert told_in(await transit_alerts.of_stop(request, a, active=True)) == []
    assert told_in(await transit_alerts.of_stop(request, b, active=True)) == ["stop"]
    assert told_in(await transit_alerts.of_line(request, r, active=True)) == ["all", "line", "stop"]
    assert told_in(await transit_alerts.of_line(request, q, active=True)) == ["all", "mode", "stop"]
    at_b = await boards.from_stops(
        request, [b], at("2026-11-23 06:00"), timedelta(hours=1), first=9
    )
    assert at_b is not None
    assert told_in(await transit_alerts.of_board(request, at_b)) == ["all", "mode", "stop", "trip"]


async def test_words_that_are_not_utf_8_are_read_as_latin_1():
    told = message()
    alerted(told, "Caf\u00e9@")
    body = told.SerializeToString().replace("Caf\u00e9@".encode(), b"Caf\xe9@@")
    realm = Realm(in_memory(feed()), body)
    (one,) = await (await realm.connector()).ask(
        lambda it: it.find_alerts(AlertCriteria(now=realm.clock.now()))
    )
    assert one.headline.pick("id") == "Caf\u00e9@@"


async def test_an_alert_without_words_is_rejected():
    told = message()
    told.entity.add(id="1").alert.informed_entity.add(route_id="R")
    assert await alerts(told) == []


# ------------------------------------------------------------------------------- options


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({"timetable": "kota"}, "`url`"),
        ({"url": "https://x.example/a.pb"}, "`timetable`"),
        ({"url": "ftp://x", "timetable": "kota"}, "`url`"),
        ({"url": "https://x.example", "timetable": "kota", "umur": 3}, "unknown option 'umur'"),
        ({"url": "https://x.example", "timetable": "k", "longest_age": "forever"}, "longest_age"),
        ({"url": "https://x.example", "timetable": "k", "longest_age": "soon"}, "longest_age"),
        ({"url": "https://x.example", "timetable": "k", "headers": {"a": 1}}, "headers"),
        ({"url": "https://x.example", "timetable": "k", "language": "!"}, "language"),
    ],
)
def test_options_that_are_wrong_say_what_they_take(options, fault):
    with pytest.raises(ValueError, match=fault):
        read_options(options)


class TestTripUpdatesInMemory(TripUpdateSourcePromises):
    @pytest.fixture
    def source(self):
        made = datetime(2026, 11, 23, tzinfo=UTC)
        return MemoryTripUpdates("waktu", TripUpdates("kota", made, (TripUpdate("t"),)))


class TestTripUpdatesOfAFeed(TripUpdateSourcePromises):
    @pytest.fixture
    async def source(self):
        told = message()
        update(told, "t", call(1, 60), call("B", time="06:13"))
        return (await Realm(in_memory(feed()), told).connector()).connector
