"""The rows of a feed once they are read: typed, and with their references checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from connectors.kinds.gtfs.times import Times
from connectors.ports.common import GeoPoint, Money, Text, TriState, Wheelchair
from connectors.ports.transit import Boarding, StopKind, TransitMode


@dataclass(frozen=True, slots=True)
class FeedInfo:
    """What a feed says about itself."""

    timezone: str
    lang: str
    """Language of its texts; `und` when it does not say."""
    start: date | None = None
    end: date | None = None
    version: str | None = None
    publisher: str | None = None
    url: str | None = None
    attributions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Agency:
    id: str
    name: str
    timezone: str
    url: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class StopRow:
    id: str
    name: Text
    kind: StopKind
    code: str | None = None
    point: GeoPoint | None = None
    parent: str | None = None
    wheelchair: Wheelchair = Wheelchair.UNKNOWN
    platform: str | None = None


@dataclass(frozen=True, slots=True)
class Route:
    id: str
    agency: str
    mode: TransitMode
    short_name: str | None = None
    long_name: Text | None = None
    color: str | None = None
    text_color: str | None = None
    sort_order: int | None = None
    fare: Money | None = None


@dataclass(frozen=True, slots=True)
class TripRow:
    id: str
    route: str
    service: str
    headsign: Text | None = None
    short_name: str | None = None
    direction: int | None = None
    wheelchair: Wheelchair = Wheelchair.UNKNOWN
    bikes: TriState = TriState.UNKNOWN
    shape: str | None = None


@dataclass(frozen=True, slots=True)
class StopTime:
    trip: str
    stop: str
    times: Times
    boarding: Boarding = Boarding.REGULAR
    alighting: Boarding = Boarding.REGULAR
    headsign: Text | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """A weekly pattern between two days, both included; `days` has bit 0 for Monday."""

    id: str
    days: int
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class ServiceDate:
    """One day added to a service, or taken away."""

    service: str
    day: date
    added: bool


@dataclass(frozen=True, slots=True)
class Frequency:
    """A trip repeated every `headway` seconds from `start` to before `end`."""

    trip: str
    start: int
    end: int
    headway: int
    exact: bool


@dataclass(frozen=True, slots=True)
class ShapePoint:
    shape: str
    sequence: int
    point: GeoPoint
