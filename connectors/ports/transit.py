"""Transit: stops, lines, trips and what leaves when. Words of GTFS, told in this house's way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import Enum
from typing import Protocol

from connectors.ports.common import (
    BBox,
    GeoPoint,
    Money,
    Near,
    Order,
    Origin,
    Page,
    ScopedId,
    Slice,
    Source,
    Text,
    TriState,
    Wheelchair,
    Where,
)

DAY = 24 * 3600
"""Seconds of a service day; service times may go on beyond it."""

# ------------------------------------------------------------------------------- words


class TransitMode(Enum):
    BUS = "BUS"
    BRT = "BRT"
    MINIBUS = "MINIBUS"
    RAIL = "RAIL"
    AIRPORT_RAIL = "AIRPORT_RAIL"
    METRO = "METRO"
    LIGHT_RAIL = "LIGHT_RAIL"
    FERRY = "FERRY"
    TOURIST_BUS = "TOURIST_BUS"
    UNKNOWN = "UNKNOWN"


class StopKind(Enum):
    STOP = "STOP"
    STATION = "STATION"
    ENTRANCE = "ENTRANCE"
    NODE = "NODE"
    BOARDING_AREA = "BOARDING_AREA"


class RealtimeState(Enum):
    SCHEDULED_ONLY = "SCHEDULED_ONLY"
    UPDATED = "UPDATED"
    CANCELED = "CANCELED"
    SKIPPED = "SKIPPED"
    ADDED = "ADDED"
    NO_DATA = "NO_DATA"


class Boarding(Enum):
    REGULAR = "REGULAR"
    NONE = "NONE"
    PHONE_AGENCY = "PHONE_AGENCY"
    ASK_DRIVER = "ASK_DRIVER"


class Occupancy(Enum):
    EMPTY = "EMPTY"
    MANY_SEATS = "MANY_SEATS"
    FEW_SEATS = "FEW_SEATS"
    STANDING = "STANDING"
    CRUSHED = "CRUSHED"
    FULL = "FULL"
    NOT_ACCEPTING = "NOT_ACCEPTING"
    UNKNOWN = "UNKNOWN"


# ------------------------------------------------------------------------------- records


@dataclass(frozen=True, slots=True)
class Operator:
    """Who runs lines. `timezone` is the IANA name of the zone its timetable is written in."""

    origin: Origin
    name: str
    timezone: str
    phone: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line, corridor or route. It has a short name, a long name, or both."""

    origin: Origin
    mode: TransitMode
    operator: str
    """Local id of its operator, in the same source."""
    short_name: str | None = None
    long_name: Text | None = None
    color: str | None = None
    text_color: str | None = None
    sort_order: int | None = None
    fare: Money | None = None
    """The lowest single fare that is valid on the line."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop, station, entrance or place inside a station."""

    origin: Origin
    name: Text
    kind: StopKind = StopKind.STOP
    code: str | None = None
    """What is printed at the stop."""
    point: GeoPoint | None = None
    platform: str | None = None
    parent: str | None = None
    """Local id of the station (or platform) it belongs to."""
    wheelchair: Wheelchair = Wheelchair.UNKNOWN
    """Where the stop itself says nothing, what its station says."""
    area: str | None = None


@dataclass(frozen=True, slots=True)
class Trip:
    """One journey of a vehicle along a line, repeated on the days of its service.

    A trip that runs every so many minutes is one record per start; its local id is that of the
    template with `@` and the service time of the start, see `started`.
    """

    id: ScopedId
    line: str
    headsign: Text | None = None
    short_name: str | None = None
    direction: int | None = None
    wheelchair: Wheelchair = Wheelchair.UNKNOWN
    bikes: TriState = TriState.UNKNOWN
    shape: str | None = None


@dataclass(frozen=True, slots=True)
class Departure:
    """A trip calling at a stop on one service day."""

    stop: ScopedId
    trip: ScopedId
    line: ScopedId
    headsign: Text
    service_date: date
    leaves_at: datetime
    """The expected time, else the scheduled one."""
    stop_sequence: int
    service_time: int | None = None
    """Seconds since noon minus 12 hours of the service date; more than 86,400 after midnight."""
    stays: int | None = None
    """Seconds from its arrival to its departure by the timetable."""
    scheduled_at: datetime | None = None
    expected_at: datetime | None = None
    delay: timedelta | None = None
    realtime: RealtimeState = RealtimeState.SCHEDULED_ONLY
    approximate: bool = False
    headway: timedelta | None = None
    platform: str | None = None
    boarding: Boarding = Boarding.REGULAR


@dataclass(frozen=True, slots=True)
class LineDirection:
    """One direction of a line, told by its longest trip."""

    source: str
    direction_id: int
    headsign: Text
    stops: tuple[str, ...]
    shape: str | None = None


@dataclass(frozen=True, slots=True)
class ServiceSpan:
    """When the first and the last trip of a direction start on a day."""

    direction_id: int | None
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Vehicle:
    """Where a vehicle was seen. Line and trip name the source of the timetable they are in."""

    origin: Origin
    point: GeoPoint
    label: str | None = None
    bearing: float | None = None
    """Degrees, clockwise from north."""
    at: datetime | None = None
    occupancy: Occupancy | None = None
    line: ScopedId | None = None
    trip: ScopedId | None = None


# ------------------------------------------------------------------------------- questions


class StopOrder(Enum):
    NAME = "NAME"
    DISTANCE = "DISTANCE"


@dataclass(frozen=True, slots=True)
class StopCriteria:
    """Which stops; None asks for all."""

    where: Where | None = None
    text: str | None = None
    """Every word stands in the name or the code, letter case aside."""
    code: str | None = None
    modes: tuple[TransitMode, ...] | None = None
    served_by: tuple[ScopedId, ...] | None = None
    stations_only: bool = False


@dataclass(frozen=True, slots=True)
class LineCriteria:
    """Which lines; None asks for all. `where`: lines that call at a stop there."""

    where: Where | None = None
    text: str | None = None
    modes: tuple[TransitMode, ...] | None = None
    operator: ScopedId | None = None


@dataclass(frozen=True, slots=True, order=True)
class BoardMark:
    """A place in the total order of a board: by time, then line, trip, stop and sequence.

    `leaves` is in whole seconds since 1970 UTC; ids are compared by code point, and over
    several sources the source's key comes right after the time.
    """

    leaves: int
    source: str
    line: str
    trip: str
    stop: str
    sequence: int


@dataclass(frozen=True, slots=True)
class BoardCriteria:
    """What a board shows: departures from `start` (included) to `end` (excluded)."""

    start: datetime
    end: datetime
    first: int
    near: Near | None = None
    """Stops in this circle too, besides those that are named."""
    lines: tuple[ScopedId, ...] | None = None
    modes: tuple[TransitMode, ...] | None = None
    towards: ScopedId | None = None
    """Only trips that call there later; a station stands for its platforms."""
    per_line: int | None = None
    """At most so many departures of each line in the whole window."""
    after: BoardMark | None = None
    trips: frozenset[str] | None = None
    """Only these trips, by their local ids in the source that is asked."""


@dataclass(frozen=True, slots=True)
class Validity:
    """For which days a timetable was made; None where the feed does not say."""

    as_of: datetime
    valid_from: date | None = None
    valid_until: date | None = None
    """The end the publisher states, else the last day of any service."""
    last_service: date | None = None
    """The last day on which anything runs."""
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Board:
    """Departures in the order of `BoardMark`, whether more follow, and how long all this is valid.

    The lines and stops that the departures name come along, so that nobody need ask again.
    """

    departures: tuple[Departure, ...]
    more: bool
    validity: Validity
    lines: tuple[Line, ...] = ()
    stops: tuple[Stop, ...] = ()


class TransitSource(Source, Protocol):
    """A timetable. Raises ConnectorError when it cannot answer.

    Every `…_by_…` answers in the order of its keys, None where the key is unknown.
    """

    async def stops_by_id(self, ids: Sequence[str]) -> Sequence[Stop | None]: ...

    async def find_stops(
        self, criteria: StopCriteria, order: Order[StopOrder], page: Page
    ) -> Slice[Stop]:
        """By name (`stop_order`), or by distance from `order.origin`; then by id."""
        ...

    async def children_by_stop(self, ids: Sequence[str]) -> Sequence[Sequence[Stop] | None]:
        """What belongs to a station or platform directly, by id."""
        ...

    async def lines_by_id(self, ids: Sequence[str]) -> Sequence[Line | None]: ...

    async def find_lines(self, criteria: LineCriteria, page: Page) -> Slice[Line]:
        """In the order of `line_order`, then by id."""
        ...

    async def lines_by_stop(self, ids: Sequence[str]) -> Sequence[Sequence[Line] | None]:
        """Lines that call at a stop, or at any stop of a station, in the order of `find_lines`."""
        ...

    async def operators_by_id(self, ids: Sequence[str]) -> Sequence[Operator | None]: ...

    async def trips_by_id(self, ids: Sequence[str]) -> Sequence[Trip | None]: ...

    async def calls_by_run(
        self, runs: Sequence[tuple[str, date]]
    ) -> Sequence[Sequence[Departure] | None]:
        """All calls of a trip on a service date, first to last; empty when it does not run then."""
        ...

    async def directions_by_line(
        self, ids: Sequence[str]
    ) -> Sequence[Sequence[LineDirection] | None]:
        """The directions of a line by their number; None too when no trip of it is known."""
        ...

    async def paths_by_shape(
        self, ids: Sequence[str]
    ) -> Sequence[Sequence[tuple[float, float]] | None]:
        """The course of a shape as (lng, lat) pairs, at least two."""
        ...

    async def headways_by_line(
        self, asks: Sequence[tuple[str, date, int]]
    ) -> Sequence[timedelta | None]:
        """The time between two vehicles of a line on a date, around a wall-clock second of the day.

        The shortest over all directions: what `frequencies` states for that moment, else the
        gap between the trip started last and the one started next. None when there is none.
        """
        ...

    async def spans_by_line(
        self, asks: Sequence[tuple[str, date]]
    ) -> Sequence[Sequence[ServiceSpan] | None]:
        """First and last start on a service date per direction; None when no trip is known."""
        ...

    async def boards(
        self, groups: Sequence[Sequence[str]], criteria: BoardCriteria
    ) -> Sequence[Board]:
        """One board for each group of stops.

        A station, and an entrance or node of it, stands for all its platforms. Not shown: the
        last call of a trip, and calls where nobody may board. Unknown stops have no departures.
        A board without a single stop of this feed says nothing of its validity either.
        """
        ...


class VehicleSource(Source, Protocol):
    """A system that knows where vehicles are. Raises ConnectorError when it cannot answer."""

    async def find_vehicles(
        self, box: BBox, lines: Sequence[ScopedId] | None, first: int
    ) -> Sequence[Vehicle]:
        """At most `first` vehicles in a box, of these lines (None: of all), by id."""
        ...

    async def vehicles_by_trip(self, trips: Sequence[ScopedId]) -> Sequence[Vehicle | None]:
        """The vehicle that runs each trip now, in the order of the trips."""
        ...


# ------------------------------------------------------------------------------- rules


def service_start(day: date, zone: tzinfo) -> datetime:
    """The moment service times count from, noon minus 12 hours.

    That is midnight, except on days when the clocks change.
    """
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=zone)
    return noon.astimezone(UTC) - timedelta(hours=12)


def clock_text(seconds: int) -> str:
    """A service time as HH:MM:SS, beyond 24:00:00 if need be."""
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}:{second:02}"


_START = re.compile(r"(.+)@(\d{2,3}):([0-5]\d):([0-5]\d)", re.ASCII | re.DOTALL)


def started(template: str, seconds: int) -> str:
    """The local id of the trip that leaves at this service time after a template."""
    return f"{template}@{clock_text(seconds)}"


def read_started(local: str) -> tuple[str, int] | None:
    """Template and start of an id made by `started`, None when it cannot be one."""
    found = _START.fullmatch(local)
    if found is None:
        return None
    template, hour, minute, second = found.groups()
    return template, int(hour) * 3600 + int(minute) * 60 + int(second)


def natural(text: str) -> str:
    """Text to sort by, with numbers by their size: K2 before K10."""
    folded = text.strip().casefold()
    return re.sub(r"\d{1,12}", lambda found: found[0].zfill(12), folded, flags=re.ASCII)


def line_order(line: Line) -> str:
    """What lines are sorted by: the feed's own order, then the name."""
    name = line.short_name or (line.long_name.pick("id") if line.long_name else "")
    own = "1" if line.sort_order is None else f"0{line.sort_order:012}"
    return f"{own} {natural(name)}"


def stop_order(stop: Stop) -> str:
    """What stops are sorted by."""
    return natural(stop.name.pick("id"))


def mark_of(departure: Departure) -> BoardMark:
    """The place of a departure in the order of a board."""
    return BoardMark(
        leaves=round(departure.leaves_at.timestamp()),
        source=departure.line.source,
        line=departure.line.local,
        trip=departure.trip.local,
        stop=departure.stop.local,
        sequence=departure.stop_sequence,
    )


def from_to(headways: Sequence[int]) -> timedelta | None:
    """The shortest of some headways in seconds."""
    return timedelta(seconds=min(headways)) if headways else None
