"""GTFS-Realtime: how trips run now, where vehicles are, and what passengers are told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Any

from connectors.base import Tools
from connectors.kinds import gtfs_rt as rt
from connectors.kinds.collection import OriginOf, origins
from connectors.kinds.gtfs.modes import mode_of
from connectors.memory.transit import MemoryVehicles
from connectors.memory.warnings import MemoryAlerts
from connectors.ports.common import BBox, GeoPoint, ScopedId, Text, must_text
from connectors.ports.connectors import Binding
from connectors.ports.transit import Boarding, Occupancy, Vehicle, started
from connectors.ports.trip_updates import (
    CallState,
    CallUpdate,
    Copied,
    Expected,
    TripState,
    TripUpdate,
    TripUpdates,
)
from connectors.ports.warnings import (
    Alert,
    AlertCategory,
    AlertCriteria,
    AlertMessage,
    AlertSeverity,
    TransitPart,
)
from connectors.upkeep.documents import Document, Request, Stamp
from connectors.upkeep.policy import FOREVER, duration

VEHICLE_AGE = timedelta(minutes=2)
TRIP_AGE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Options:
    """What a catalogue line says about a realtime feed."""

    url: str
    timetable: str
    """Key of the source whose trips, lines and stops it speaks of."""
    headers: Mapping[str, str] = field(default_factory=dict)
    language: str = "id"
    """The language of texts that name none."""
    longest_age: timedelta | None = None
    """From this age on positions and trips are not shown; None: 2 and 5 minutes."""


def read_options(said: Mapping[str, Any]) -> Options:
    """The options of a catalogue line. Raises ValueError saying which is wrong and what it takes."""
    known = {"url", "timetable", "headers", "language", "longest_age"}
    unknown = sorted(set(said) - known)
    if unknown:
        raise ValueError(f"unknown option {unknown[0]!r}; there are: {', '.join(sorted(known))}")
    url, timetable = said.get("url"), said.get("timetable")
    if not isinstance(url, str) or not url.startswith(("http://", "https://")):
        raise ValueError("`url` must be an address http(s)://...")
    if not isinstance(timetable, str) or not timetable:
        raise ValueError("`timetable` must be the key of the source that has the timetable")
    headers = said.get("headers", {})
    if not isinstance(headers, Mapping) or not all(isinstance(v, str) for v in headers.values()):
        raise ValueError("`headers` must be a table of texts")
    language = said.get("language", "id")
    if not isinstance(language, str) or not language.replace("-", "").isalnum():
        raise ValueError('`language` must be a tag such as "id"')
    return Options(url, timetable, dict(headers), language, _age(said.get("longest_age")))


def _age(said: Any) -> timedelta | None:
    if said is None:
        return None
    try:
        seconds = duration(said)
    except ValueError as error:
        raise ValueError(f"`longest_age` {error}") from error
    if not 0 < seconds < FOREVER:
        raise ValueError("`longest_age` must be more than nothing and less than for ever")
    return timedelta(seconds=seconds)


async def open_realtime(binding: Binding, tools: Tools) -> Realtime:
    """A realtime feed as a system: for vehicles, alerts and trip updates, or for all at once.

    Raises ValueError when its options are wrong; the feed is read later.
    """
    return Realtime(binding, tools, read_options(binding.options))


class Realtime:
    """A VehicleSource, an AlertSource and a TripUpdateSource over one address."""

    def __init__(self, binding: Binding, tools: Tools, options: Options) -> None:
        self.name = binding.key
        self.records_total = 0
        self.rejected: Sequence[tuple[str, str]] = ()
        """Entities that could not be used, and why."""
        self._upkeep = tools.upkeep
        self._now = tools.now
        self._age = options.longest_age or VEHICLE_AGE
        self._request = Request(options.url, headers=options.headers)
        self._read = partial(_Feed, binding, options)

    async def _feed(self) -> _Feed:
        # Protobuf is sent under any name, and no page of the web can be taken for it.
        feed = await self._upkeep.get(self._request, self._read, pages=True)
        self.records_total, self.rejected = feed.total, feed.rejected
        return feed

    # --------------------------------------------------------------------------- trips

    async def trip_updates(self) -> TripUpdates:
        return (await self._feed()).trip_updates

    # --------------------------------------------------------------------------- vehicles

    async def find_vehicles(
        self, box: BBox, lines: Sequence[ScopedId] | None, first: int
    ) -> Sequence[Vehicle]:
        return await (await self._vehicles()).find_vehicles(box, lines, first)

    async def vehicles_by_trip(self, trips: Sequence[ScopedId]) -> Sequence[Vehicle | None]:
        return await (await self._vehicles()).vehicles_by_trip(trips)

    async def _vehicles(self) -> MemoryVehicles:
        """Those that were seen a short while ago; where the others are nobody knows."""
        since = self._now() - self._age
        seen = (await self._feed()).vehicles
        return MemoryVehicles(self.name, [one for one in seen if one.at and one.at >= since])

    # --------------------------------------------------------------------------- alerts

    async def alerts_by_id(self, ids: Sequence[str]) -> Sequence[Alert | None]:
        return await (await self._feed()).alerts.alerts_by_id(ids)

    async def find_alerts(self, criteria: AlertCriteria) -> Sequence[Alert]:
        return await (await self._feed()).alerts.find_alerts(criteria)


class _Feed:
    """One feed message; what its source serves is made at once: large messages are read in a thread."""

    def __init__(
        self, binding: Binding, options: Options, document: Document, stamp: Stamp
    ) -> None:
        message = rt.read_message(document.body)
        self.rejected = message.rejected
        self.total = len(message.trips) + len(message.vehicles) + len(message.alerts)
        self._message = message
        # Nobody has seen the future: a clock is wrong, and the message is as old as its fetch.
        self._fetched_at = stamp.fetched_at
        self._as_of = min(message.at or stamp.fetched_at, stamp.fetched_at)
        self._binding = binding
        self._options = options
        self._origin = origins(binding, stamp)
        for name in _PARTS & set(binding.serves):
            getattr(self, name)

    @cached_property
    def trip_updates(self) -> TripUpdates:
        """How trips run."""
        # The rows are let go: hundreds of thousands of objects that nobody needs twice.
        rows, self._message.trips = self._message.trips, []
        return TripUpdates(
            timetable=self._options.timetable,
            as_of=self._as_of,
            updates=tuple(map(_update, rows)),
            longest_age=self._options.longest_age or TRIP_AGE,
        )

    @cached_property
    def vehicles(self) -> list[Vehicle]:
        """Where vehicles are; of two that have one id, the one that was seen later."""
        found: dict[str, Vehicle] = {}
        for row in self._message.vehicles:
            at = min(row.at or self._as_of, self._fetched_at)
            vehicle = _vehicle(row, self._options.timetable, at, self._origin)
            id_ = vehicle.origin.local_id
            known = found.get(id_)
            if known is None or (vehicle.at or self._as_of) > (known.at or self._as_of):
                found[id_] = vehicle
        return list(found.values())

    @cached_property
    def alerts(self) -> MemoryAlerts:
        """What passengers are told."""
        sender = self._binding.name.pick("id")
        made = [
            _alert(row, self._options, sender, self._as_of, self._origin)
            for row in self._message.alerts
        ]
        return MemoryAlerts(self._binding.key, made)


_PARTS = frozenset({"trip_updates", "vehicles", "alerts"})
"""Ports a source of realtime may serve, and what a feed has for each."""

# ------------------------------------------------------------------------------- trips

_TRIP_STATES: Mapping[str, TripState] = {
    "SCHEDULED": TripState.SCHEDULED,
    "ADDED": TripState.ADDED,
    "NEW": TripState.ADDED,
    "UNSCHEDULED": TripState.UNSCHEDULED,
    "CANCELED": TripState.CANCELED,
    "REPLACEMENT": TripState.REPLACEMENT,
    "DUPLICATED": TripState.DUPLICATED,
    "DELETED": TripState.DELETED,
}
_PICKUPS: Mapping[str, Boarding] = {
    "REGULAR": Boarding.REGULAR,
    "NONE": Boarding.NONE,
    "PHONE_AGENCY": Boarding.PHONE_AGENCY,
    "COORDINATE_WITH_DRIVER": Boarding.ASK_DRIVER,
}


def _update(row: rt.TripRow) -> TripUpdate:
    """What a row says of its trip."""
    trip = row.trip
    return TripUpdate(
        trip=trip.trip,
        state=_TRIP_STATES[trip.relation],
        day=trip.start_date,
        start=trip.start_time,
        line=trip.route,
        direction=trip.direction,
        calls=tuple(map(_call, row.calls)),
        delay=row.delay,
        headsign=row.headsign,
        short_name=row.short_name,
        copied=Copied(row.new_trip, row.new_date, row.new_start) if row.new_trip else None,
    )


def _call(call: rt.Call) -> CallUpdate:
    arrival = _expected(call.arrival)
    return CallUpdate(
        sequence=call.sequence,
        stop=call.stop,
        state=CallState(call.relation),
        arrival=arrival,
        departure=arrival if call.departure == call.arrival else _expected(call.departure),
        assigned_stop=call.assigned_stop,
        headsign=call.headsign,
        boarding=_PICKUPS[call.pickup] if call.pickup else None,
    )


def _expected(event: rt.Event | None) -> Expected | None:
    return None if event is None else Expected(event.time, event.delay, event.scheduled)


def _trip_of(trip: rt.Trip | None) -> str | None:
    """The local id of a trip: that of its start, where one is told."""
    if trip is None or trip.trip is None:
        return None
    return trip.trip if trip.start_time is None else started(trip.trip, trip.start_time)


# ------------------------------------------------------------------------------- vehicles

_OCCUPANCY: Mapping[str, Occupancy] = {
    "EMPTY": Occupancy.EMPTY,
    "MANY_SEATS_AVAILABLE": Occupancy.MANY_SEATS,
    "FEW_SEATS_AVAILABLE": Occupancy.FEW_SEATS,
    "STANDING_ROOM_ONLY": Occupancy.STANDING,
    "CRUSHED_STANDING_ROOM_ONLY": Occupancy.CRUSHED,
    "FULL": Occupancy.FULL,
    "NOT_ACCEPTING_PASSENGERS": Occupancy.NOT_ACCEPTING,
    "NOT_BOARDABLE": Occupancy.NOT_ACCEPTING,
    "NO_DATA_AVAILABLE": Occupancy.UNKNOWN,
}


def _vehicle(row: rt.VehicleRow, timetable: str, at: datetime, origin: OriginOf) -> Vehicle:
    trip = _trip_of(row.trip)
    line = row.trip.route if row.trip else None
    return Vehicle(
        origin=origin(row.vehicle or row.id, as_of=at),
        point=GeoPoint(row.lat, row.lng),
        label=row.label,
        bearing=row.bearing,
        at=at,
        occupancy=_OCCUPANCY[row.occupancy] if row.occupancy else None,
        line=ScopedId(timetable, line) if line else None,
        trip=ScopedId(timetable, trip) if trip else None,
    )


# ------------------------------------------------------------------------------- alerts

_EFFECTS: Mapping[str, Text] = {
    "NO_SERVICE": must_text("Tidak beroperasi", "No service"),
    "REDUCED_SERVICE": must_text("Layanan berkurang", "Reduced service"),
    "SIGNIFICANT_DELAYS": must_text("Keterlambatan besar", "Significant delays"),
    "DETOUR": must_text("Pengalihan rute", "Detour"),
    "ADDITIONAL_SERVICE": must_text("Layanan tambahan", "Additional service"),
    "MODIFIED_SERVICE": must_text("Perubahan layanan", "Modified service"),
    "STOP_MOVED": must_text("Halte dipindahkan", "Stop moved"),
    "NO_EFFECT": must_text("Informasi angkutan", "Transit information"),
    "ACCESSIBILITY_ISSUE": must_text("Gangguan aksesibilitas", "Accessibility issue"),
}
_OTHER = must_text("Pemberitahuan angkutan", "Transit notice")
_SEVERITIES: Mapping[str, AlertSeverity] = {
    "INFO": AlertSeverity.MINOR,
    "WARNING": AlertSeverity.MODERATE,
    "SEVERE": AlertSeverity.SEVERE,
}


def _alert(
    row: rt.AlertRow, options: Options, sender: str, as_of: datetime, origin: OriginOf
) -> Alert:
    starts = [start for start, _ in row.periods if start is not None]
    ends = [end for _, end in row.periods if end is not None]
    url = _words(row.url, options.language)
    return Alert(
        origin=origin(row.id, as_of=as_of, url=url.pick(options.language) if url else None),
        identifier=row.id,
        sender=sender,
        sent_at=min(starts, default=as_of),
        message=AlertMessage.ALERT,
        event=_EFFECTS.get(row.effect, _OTHER),
        headline=_words(row.header, options.language),
        description=_words(row.description, options.language),
        category=(AlertCategory.TRANSPORT,),
        severity=_SEVERITIES.get(row.severity, AlertSeverity.UNKNOWN),
        effective_at=min(starts) if len(starts) == len(row.periods) and starts else None,
        expires_at=max(ends) if len(ends) == len(row.periods) and ends else None,
        periods=row.periods,
        transit=tuple(_part(one, options.timetable) for one in row.selectors),
    )


def _words(texts: Mapping[str, str], language: str) -> Text | None:
    """The texts, those without a language as of the feed's own."""
    words = {tag: text for tag, text in texts.items() if tag != "und"}
    if "und" in texts:
        words.setdefault(language, texts["und"])
    return Text(words) if words else None


def _part(one: rt.Selector, timetable: str) -> TransitPart:
    trip = one.trip or rt.Trip()
    of_trip = _trip_of(trip)
    return TransitPart(
        timetable=timetable,
        operator=one.agency,
        line=one.route or trip.route,
        mode=None if one.route_type is None else mode_of(one.route_type),
        direction=trip.direction if one.direction is None else one.direction,
        stop=one.stop,
        trips=tuple(dict.fromkeys(id_ for id_ in (trip.trip, of_trip) if id_)),
        day=trip.start_date,
    )
