"""Warnings from outside the city: alerts (CAP 1.2), earthquakes and the weather forecast (BMKG)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Protocol

from connectors.ports import shapes
from connectors.ports.common import (
    GeoPoint,
    InArea,
    Media,
    Near,
    Origin,
    Source,
    Text,
    Where,
    Within,
)
from connectors.ports.shapes import Shape
from connectors.ports.transit import TransitMode

# ------------------------------------------------------------------------------- alerts


class AlertSeverity(Enum):
    """From least to most; UNKNOWN is below all."""

    UNKNOWN = "UNKNOWN"
    MINOR = "MINOR"
    MODERATE = "MODERATE"
    SEVERE = "SEVERE"
    EXTREME = "EXTREME"

    @property
    def rank(self) -> int:
        """0 (unknown) to 4 (extreme)."""
        return list(AlertSeverity).index(self)


class AlertUrgency(Enum):
    UNKNOWN = "UNKNOWN"
    PAST = "PAST"
    FUTURE = "FUTURE"
    EXPECTED = "EXPECTED"
    IMMEDIATE = "IMMEDIATE"


class AlertCertainty(Enum):
    UNKNOWN = "UNKNOWN"
    UNLIKELY = "UNLIKELY"
    POSSIBLE = "POSSIBLE"
    LIKELY = "LIKELY"
    OBSERVED = "OBSERVED"


class AlertCategory(Enum):
    GEO = "GEO"
    MET = "MET"
    SAFETY = "SAFETY"
    SECURITY = "SECURITY"
    RESCUE = "RESCUE"
    FIRE = "FIRE"
    HEALTH = "HEALTH"
    ENV = "ENV"
    TRANSPORT = "TRANSPORT"
    INFRA = "INFRA"
    CBRNE = "CBRNE"
    OTHER = "OTHER"


class AlertMessage(Enum):
    ALERT = "ALERT"
    UPDATE = "UPDATE"
    CANCEL = "CANCEL"
    ALL_CLEAR = "ALL_CLEAR"


class AlertStatus(Enum):
    """CAP `status`. Only ACTUAL is for citizens."""

    ACTUAL = "ACTUAL"
    EXERCISE = "EXERCISE"
    SYSTEM = "SYSTEM"
    TEST = "TEST"
    DRAFT = "DRAFT"
    UNKNOWN = "UNKNOWN"


class AlertScope(Enum):
    """CAP `scope`. Only PUBLIC is for everybody."""

    PUBLIC = "PUBLIC"
    RESTRICTED = "RESTRICTED"
    PRIVATE = "PRIVATE"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class AlertArea:
    """Where an alert holds: shapes, Kemendagri codes, or words alone."""

    description: str
    shapes: tuple[Shape, ...] = ()
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TransitPart:
    """A part of a timetable that an alert is about: all that is named here together."""

    timetable: str
    """Key of the source the ids belong to."""
    operator: str | None = None
    line: str | None = None
    mode: TransitMode | None = None
    direction: int | None = None
    stop: str | None = None
    trips: tuple[str, ...] = ()
    """Local ids a trip may have."""
    day: date | None = None
    """The service date of the trip."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One warning message. The local id is `identifier,sender,sent`, as CAP refers to messages."""

    origin: Origin
    identifier: str
    sender: str
    sent_at: datetime
    message: AlertMessage
    event: Text
    status: AlertStatus = AlertStatus.ACTUAL
    scope: AlertScope = AlertScope.PUBLIC
    replaces: tuple[str, ...] = ()
    """Local ids of the messages it takes the place of."""
    superseded: bool = False
    """A later message has taken its place, or called it off."""
    headline: Text | None = None
    description: Text | None = None
    instruction: Text | None = None
    category: tuple[AlertCategory, ...] = ()
    severity: AlertSeverity = AlertSeverity.UNKNOWN
    urgency: AlertUrgency = AlertUrgency.UNKNOWN
    certainty: AlertCertainty = AlertCertainty.UNKNOWN
    effective_at: datetime | None = None
    onset_at: datetime | None = None
    expires_at: datetime | None = None
    areas: tuple[AlertArea, ...] = ()
    media: tuple[Media, ...] = ()
    contact: str | None = None
    periods: tuple[tuple[datetime | None, datetime | None], ...] = ()
    """When it holds, the ends excluded, where that is more than one time; None is open."""
    transit: tuple[TransitPart, ...] = ()
    """The parts of timetables it is about."""

    @property
    def test(self) -> bool:
        """Whether it is not meant in earnest."""
        return self.status is not AlertStatus.ACTUAL

    @property
    def shown(self) -> bool:
        """Whether it is for everybody: actual and public."""
        return self.status is AlertStatus.ACTUAL and self.scope is AlertScope.PUBLIC

    def active_at(self, now: datetime) -> bool:
        """Whether it holds: not superseded, not called off, not expired (`expires` excluded)."""
        if self.superseded or self.message in (AlertMessage.CANCEL, AlertMessage.ALL_CLEAR):
            return False
        if self.periods:
            return any(
                (start is None or start <= now) and (end is None or now < end)
                for start, end in self.periods
            )
        return self.expires_at is None or now < self.expires_at


def affects(alert: Alert, point: GeoPoint) -> bool:
    """Whether a point lies in one of the alert's polygons or circles."""
    return any(shapes.holds(shape, point) for area in alert.areas for shape in area.shapes)


def touches(alert: Alert, where: Where, outline: Within | None = None) -> bool:
    """Whether an alert holds anywhere in a place.

    An administrative area is met by its code (either lying in the other) or by its `outline`.
    An area told in words alone meets nothing.
    """
    if isinstance(where, InArea):
        if any(_nested(code, where.code) for area in alert.areas for code in area.codes):
            return True
        asked: tuple[Shape, ...] = (outline,) if outline else ()
    else:
        asked = shapes.shapes_of(where)
    drawn = [shape for area in alert.areas for shape in area.shapes]
    return any(shapes.meet(mine, theirs) for mine in asked for theirs in drawn)


def _nested(a: str, b: str) -> bool:
    return a == b or a.startswith(b + ".") or b.startswith(a + ".")


@dataclass(frozen=True, slots=True)
class AlertCriteria:
    """Which alerts are wanted, at the moment `now`; None or empty asks for all."""

    now: datetime
    active: bool | None = None
    where: Where | None = None
    outline: Within | None = None
    """The outline of the area `where` names, when it names one and the gateway knows it."""
    least_severity: AlertSeverity | None = None
    categories: tuple[AlertCategory, ...] = ()
    """In any of these."""


class AlertSource(Source, Protocol):
    """A system that warns. It shows actual public messages only, tests and drafts never.

    Raises ConnectorError when it cannot answer: silence must not look like safety.
    """

    async def alerts_by_id(self, ids: Sequence[str]) -> Sequence[Alert | None]:
        """Alerts in the order of their ids, None where unknown or not public."""
        ...

    async def find_alerts(self, criteria: AlertCriteria) -> Sequence[Alert]:
        """All alerts that fit: most severe first, then newest, then by id."""
        ...


def alert_order(alert: Alert) -> tuple[int, float, str, str]:
    """What alerts are sorted by: most severe, then newest, then source and id."""
    origin = alert.origin
    return -alert.severity.rank, -alert.sent_at.timestamp(), origin.connector, origin.local_id


# ------------------------------------------------------------------------------- earthquakes


@dataclass(frozen=True, slots=True)
class Earthquake:
    """One earthquake. `depth_km` in kilometres; the words are as the agency printed them."""

    origin: Origin
    at: datetime
    magnitude: float
    depth_km: float
    point: GeoPoint
    region: str
    tsunami: str | None = None
    felt: str | None = None
    """Where it was felt and how strongly (MMI), None when nobody reported it felt."""
    shakemap: Media | None = None


@dataclass(frozen=True, slots=True)
class EarthquakeCriteria:
    """Which earthquakes are wanted; None asks for all."""

    felt_only: bool = False
    least_magnitude: float | None = None
    near: Near | None = None


class EarthquakeSource(Source, Protocol):
    """A system that knows earthquakes. Raises ConnectorError when it cannot answer."""

    async def earthquakes_by_id(self, ids: Sequence[str]) -> Sequence[Earthquake | None]:
        """Earthquakes in the order of their ids, None where unknown."""
        ...

    async def find_earthquakes(
        self, criteria: EarthquakeCriteria, first: int
    ) -> Sequence[Earthquake]:
        """The newest that fit, at most `first`: newest first, then by id."""
        ...


def quake_order(quake: Earthquake) -> tuple[float, str, str]:
    """What earthquakes are sorted by: newest, then source and id."""
    return -quake.at.timestamp(), quake.origin.connector, quake.origin.local_id


# ------------------------------------------------------------------------------- forecast


@dataclass(frozen=True, slots=True)
class ForecastHour:
    """The weather expected at a moment: degrees Celsius, per cent, kilometres per hour."""

    at: datetime
    temp_c: float | None = None
    humidity: int | None = None
    weather: Text | None = None
    wind_kmh: float | None = None
    wind_from: str | None = None


@dataclass(frozen=True, slots=True)
class Forecast:
    """The weather expected in a kelurahan. Its local id is the Kemendagri code (BMKG adm4)."""

    origin: Origin
    area: str
    hours: tuple[ForecastHour, ...] = ()
    """By time."""


class ForecastSource(Source, Protocol):
    """A system that forecasts the weather. Raises ConnectorError when it cannot answer."""

    async def forecasts_by_id(self, ids: Sequence[str]) -> Sequence[Forecast | None]:
        """Forecasts in the order of the codes of their kelurahan, None where there is none."""
        ...
