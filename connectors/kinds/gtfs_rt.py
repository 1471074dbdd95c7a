"""GTFS-Realtime: a FeedMessage becomes plain rows, and what cannot be used is set aside."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from google.protobuf.message import DecodeError
from google.protobuf.unknown_fields import UnknownFieldSet
from google.transit import gtfs_realtime_pb2 as pb

from connectors.errors import Unreadable
from connectors.kinds.gtfs.words import language_tag

MOST_ENTITIES = 100_000
MOST_CALLS = 2_000
"""Calls of one trip."""
MOST_SELECTORS = 5_000
"""Of one alert."""
MOST_TEXT = 10_000
"""Signs of one text; what is longer is cut."""
MOST_REJECTED = 1_000
"""Entities that are named; the others are only counted."""
LONGEST_DELAY = timedelta(days=2)

_TIME = re.compile(r"(\d{1,3}):([0-5]\d):([0-5]\d)", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_EMPTY = b"\x12\x00"
"""An entity without anything, or a call, for both are field 2 of what they are in."""
_RELATION_OF_TRIP = 4
"""Number of the field `schedule_relationship` in a TripDescriptor."""
_RELATION_OF_CALL = 5
"""And in a StopTimeUpdate."""
_RELATIONS_OF_CALLS = {
    number: name for name, number in pb.TripUpdate.StopTimeUpdate.ScheduleRelationship.items()
}


@dataclass(frozen=True, slots=True)
class Event:
    """A StopTimeEvent."""

    time: datetime | None = None
    delay: timedelta | None = None
    scheduled: datetime | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A StopTimeUpdate. `relation` is the name of its schedule_relationship."""

    sequence: int | None
    stop: str | None
    relation: str
    arrival: Event | None = None
    departure: Event | None = None
    assigned_stop: str | None = None
    headsign: str | None = None
    pickup: str | None = None
    """Name of the pickup_type, None when it is as in the timetable."""


@dataclass(frozen=True, slots=True)
class Trip:
    """A TripDescriptor. `start_time` is in seconds of the service day."""

    trip: str | None = None
    route: str | None = None
    direction: int | None = None
    start_time: int | None = None
    start_date: date | None = None
    relation: str = "SCHEDULED"


@dataclass(frozen=True, slots=True)
class TripRow:
    """A TripUpdate. The `new_` fields are its TripProperties."""

    id: str
    trip: Trip
    calls: tuple[Call, ...] = ()
    delay: timedelta | None = None
    new_trip: str | None = None
    new_date: date | None = None
    new_start: int | None = None
    headsign: str | None = None
    short_name: str | None = None


@dataclass(frozen=True, slots=True)
class VehicleRow:
    """A VehiclePosition."""

    id: str
    lat: float
    lng: float
    trip: Trip | None = None
    vehicle: str | None = None
    label: str | None = None
    bearing: float | None = None
    at: datetime | None = None
    occupancy: str | None = None


@dataclass(frozen=True, slots=True)
class Selector:
    """An EntitySelector: what is named must all be so."""

    agency: str | None = None
    route: str | None = None
    route_type: int | None = None
    direction: int | None = None
    stop: str | None = None
    trip: Trip | None = None


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An Alert; its texts by language tag, `und` where the feed names none."""

    id: str
    header: dict[str, str]
    description: dict[str, str]
    url: dict[str, str]
    periods: tuple[tuple[datetime | None, datetime | None], ...] = ()
    selectors: tuple[Selector, ...] = ()
    cause: str = "UNKNOWN_CAUSE"
    effect: str = "UNKNOWN_EFFECT"
    severity: str = "UNKNOWN_SEVERITY"


@dataclass(slots=True)
class Message:
    """A feed that was read."""

    at: datetime | None
    """When it says it was made."""
    trips: list[TripRow] = field(default_factory=list)
    vehicles: list[VehicleRow] = field(default_factory=list)
    alerts: list[AlertRow] = field(default_factory=list)
    rejected: list[tuple[str, str]] = field(default_factory=list)
    """Ids of entities that could not be used, and why."""

    def reject(self, id_: str | bytes, reason: str) -> None:
        """Set an entity aside."""
        if len(self.rejected) < MOST_REJECTED:
            self.rejected.append((_words(id_)[:80], reason))


class _EntityFault(ValueError):
    """An entity that cannot be used; the message says why."""


def read_message(body: bytes) -> Message:
    """The rows of a binary FeedMessage. Raises Unreadable when it is none, or not a whole one.

    An entity that is not as the specification wants it is rejected alone.
    """
    if body.count(_EMPTY) > MOST_ENTITIES:
        # Two bytes each, and a hundred times as much once they are read.
        raise Unreadable(f"more than {MOST_ENTITIES} empty entities or calls")
    feed = pb.FeedMessage()
    try:
        feed.ParseFromString(body)
    except DecodeError as error:
        raise Unreadable("not a GTFS-Realtime message") from error
    if not (feed.HasField("header") and feed.header.HasField("gtfs_realtime_version")):
        raise Unreadable("a GTFS-Realtime message without its header")
    if feed.header.incrementality != pb.FeedHeader.FULL_DATASET:
        raise Unreadable("a GTFS-Realtime message of differences: only full ones are read")
    if len(feed.entity) > MOST_ENTITIES:
        raise Unreadable(f"more than {MOST_ENTITIES} entities")
    found = Message(_moment(feed.header, "timestamp"))
    seen: set[str | bytes] = set()
    for entity in feed.entity:
        if entity.is_deleted:
            continue
        if entity.id in seen:
            found.reject(entity.id, "an earlier entity has the same id")
            continue
        seen.add(entity.id)
        _take(found, entity)
    return found


def _take(found: Message, entity: pb.FeedEntity) -> None:
    readers: tuple[tuple[str, list[Any], Callable[[str, Any], Any]], ...] = (
        ("trip_update", found.trips, _trip_row),
        ("vehicle", found.vehicles, _vehicle_row),
        ("alert", found.alerts, _alert_row),
    )
    for name, rows, read in readers:
        if not entity.HasField(name):
            continue
        part = getattr(entity, name)
        try:
            _check(entity, part)
            rows.append(read(_words(entity.id), part))
        except _EntityFault as fault:
            found.reject(entity.id, f"{name}: {fault}")


def _check(entity: pb.FeedEntity, part: Any) -> None:
    if not entity.HasField("id"):
        raise _EntityFault("has no id")
    if not part.IsInitialized():
        raise _EntityFault("lacks a field that is required")


# ------------------------------------------------------------------------------- trips


def _trip_row(id_: str, update: pb.TripUpdate) -> TripRow:
    if len(update.stop_time_update) > MOST_CALLS:
        raise _EntityFault(f"more than {MOST_CALLS} calls")
    if not update.trip.trip_id:
        raise _EntityFault("names no trip_id")
    wary = _has_unknown(update)
    if wary and _is_unknown(update.trip, "schedule_relationship", _RELATION_OF_TRIP):
        # What a newer version of the specification says must not be taken for "as scheduled".
        raise _EntityFault("has a schedule_relationship nobody knows")
    new = update.trip_properties
    return TripRow(
        id=id_,
        trip=_trip(update.trip),
        calls=tuple(_call(call, wary=wary) for call in update.stop_time_update),
        delay=_delay(update),
        new_trip=_text(new, "trip_id"),
        new_date=_date(new),
        new_start=_start(new),
        headsign=_text(new, "trip_headsign"),
        short_name=_text(new, "trip_short_name"),
    )


def _trip(trip: pb.TripDescriptor) -> Trip:
    relation = pb.TripDescriptor.ScheduleRelationship.Name(trip.schedule_relationship)
    return Trip(
        trip=_text(trip, "trip_id"),
        route=_text(trip, "route_id"),
        direction=_number(trip, "direction_id"),
        start_time=_start(trip),
        start_date=_date(trip),
        relation=relation,
    )


def _is_unknown(message: Any, name: str, number: int) -> bool:
    """Whether a field says a word of a later specification: it is read as if it were not there."""
    return not message.HasField(name) and any(
        unknown.field_number == number for unknown in UnknownFieldSet(message)
    )


def _has_unknown(message: Any) -> bool:
    """Whether anything in a message is of a later specification, or an extension."""
    known = type(message)()
    known.CopyFrom(message)
    known.DiscardUnknownFields()
    return bool(known.ByteSize() != message.ByteSize())


def _trip_if_clear(message: Any) -> Trip | None:
    """The trip something names that is of use without it, too; None where none can be made out."""
    if not message.HasField("trip"):
        return None
    try:
        return _trip(message.trip)
    except _EntityFault:
        return Trip(route=_text(message.trip, "route_id"))


def _call(call: pb.TripUpdate.StopTimeUpdate, *, wary: bool) -> Call:
    relation = _RELATIONS_OF_CALLS[call.schedule_relationship]
    if wary and _is_unknown(call, "schedule_relationship", _RELATION_OF_CALL):
        # What it means for the call nobody knows: its times, if any, may mean another thing too.
        relation = "NO_DATA"
    found = Call(
        sequence=_number(call, "stop_sequence"),
        stop=_text(call, "stop_id"),
        relation=relation,
        arrival=_event(call.arrival) if call.HasField("arrival") else None,
        departure=_event(call.departure) if call.HasField("departure") else None,
    )
    if not call.HasField("stop_time_properties"):
        return found
    said = call.stop_time_properties
    pickup = None
    if said.HasField("pickup_type"):
        pickup = type(said).DropOffPickupType.Name(said.pickup_type)
    return replace(
        found,
        assigned_stop=_text(said, "assigned_stop_id"),
        headsign=_text(said, "stop_headsign"),
        pickup=pickup,
    )


def _event(event: pb.TripUpdate.StopTimeEvent) -> Event:
    return Event(
        time=_moment(event, "time"),
        delay=_delay(event),
        scheduled=_moment(event, "scheduled_time"),
    )


# ------------------------------------------------------------------------------- vehicles


def _vehicle_row(id_: str, vehicle: pb.VehiclePosition) -> VehicleRow:
    if not vehicle.HasField("position"):
        raise _EntityFault("has no position")
    position = vehicle.position
    # Positions are 32-bit numbers: five places are a metre, more are noise.
    lat, lng = round(position.latitude, 5), round(position.longitude, 5)
    if not (abs(lat) <= 90 and abs(lng) <= 180) or (lat == 0 and lng == 0):
        raise _EntityFault("has a position that is no place")
    bearing = position.bearing if position.HasField("bearing") else math.nan
    who = vehicle.vehicle
    occupancy = None
    if vehicle.HasField("occupancy_status"):
        occupancy = pb.VehiclePosition.OccupancyStatus.Name(vehicle.occupancy_status)
    return VehicleRow(
        id=id_,
        lat=lat,
        lng=lng,
        trip=_trip_if_clear(vehicle),
        vehicle=_text(who, "id"),
        label=_text(who, "label") or _text(who, "license_plate"),
        bearing=round(bearing, 1) % 360 if math.isfinite(bearing) else None,
        at=_moment(vehicle, "timestamp"),
        occupancy=occupancy,
    )


# ------------------------------------------------------------------------------- alerts


def _alert_row(id_: str, alert: pb.Alert) -> AlertRow:
    if len(alert.informed_entity) > MOST_SELECTORS:
        raise _EntityFault(f"more than {MOST_SELECTORS} informed entities")
    header = _texts(alert.header_text)
    description = _texts(alert.description_text)
    if not header and not description:
        raise _EntityFault("has no text")
    selectors = [_selector_if_clear(one) for one in alert.informed_entity]
    return AlertRow(
        id=id_,
        header=header,
        description=description,
        url=_texts(alert.url),
        periods=tuple(
            (_moment(period, "start"), _moment(period, "end")) for period in alert.active_period
        ),
        # One that names nothing says nothing, where it might be taken for "everything".
        selectors=tuple(one for one in selectors if one is not None and one != Selector()),
        cause=pb.Alert.Cause.Name(alert.cause),
        effect=pb.Alert.Effect.Name(alert.effect),
        severity=pb.Alert.SeverityLevel.Name(alert.severity_level),
    )


def _selector_if_clear(one: pb.EntitySelector) -> Selector | None:
    """What is named; None where a part of it cannot be read, for without it it names more."""
    try:
        return _selector(one)
    except _EntityFault:
        return None


def _selector(one: pb.EntitySelector) -> Selector:
    return Selector(
        agency=_text(one, "agency_id"),
        route=_text(one, "route_id"),
        route_type=_number(one, "route_type"),
        direction=_number(one, "direction_id"),
        stop=_text(one, "stop_id"),
        trip=_trip(one.trip) if one.HasField("trip") else None,
    )


def _texts(text: pb.TranslatedString) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in text.translation:
        words = _clean(one.text)
        tag = language_tag(_words(one.language)) if one.language else "und"
        if words and tag is not None:
            found.setdefault(tag, words)
    # Who asks for English is glad of British English before any other language.
    for tag, words in [*found.items()]:
        found.setdefault(tag.partition("-")[0], words)
    return found


# ------------------------------------------------------------------------------- cells


def _words(value: str | bytes) -> str:
    """A text. What is not UTF-8, as it should be, comes as bytes: most likely it is Latin-1."""
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _clean(text: str | bytes) -> str:
    return _CONTROL.sub("", _words(text)).strip()[:MOST_TEXT]


def _text(message: Any, name: str) -> str | None:
    """A text, None when it is absent or empty."""
    return _words(getattr(message, name))[:MOST_TEXT] or None


def _number(message: Any, name: str) -> int | None:
    return int(getattr(message, name)) if message.HasField(name) else None


def _moment(message: Any, name: str) -> datetime | None:
    """A POSIX time; None when it is absent, 0, or not of these centuries."""
    seconds: int = getattr(message, name)
    if not 0 < seconds < 7_258_118_400:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def _delay(message: Any) -> timedelta | None:
    if not message.HasField("delay"):
        return None
    delay = timedelta(seconds=message.delay)
    return delay if abs(delay) <= LONGEST_DELAY else None


def _date(message: Any) -> date | None:
    text = _words(message.start_date)
    if not text:
        return None
    if len(text) == 8 and text.isascii() and text.isdigit():
        try:
            return date(int(text[:4]), int(text[4:6]), int(text[6:]))
        except ValueError:
            pass
    raise _EntityFault("has a start_date that is no date")


def _start(message: Any) -> int | None:
    text = _words(message.start_time)
    if not text:
        return None
    found = _TIME.fullmatch(text)
    if found is None:
        raise _EntityFault("has a start_time that is no time")
    hour, minute, second = map(int, found.groups())
    return hour * 3600 + minute * 60 + second
