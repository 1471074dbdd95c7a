"""The catalogue's words about the sources themselves: kinds, states, health."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from connectors.ports.common import ErrorCode, Licence, SourceQuality, Text


class ConnectorKind(Enum):
    OPEN311 = "OPEN311"
    GTFS = "GTFS"
    GTFS_RT = "GTFS_RT"
    GEOJSON = "GEOJSON"
    OSM = "OSM"
    ICALENDAR = "ICALENDAR"
    CAP = "CAP"
    BMKG = "BMKG"
    JOBPOSTING = "JOBPOSTING"
    PRICE_CSV = "PRICE_CSV"
    PRICE_API = "PRICE_API"
    CKAN = "CKAN"
    REST_JSON = "REST_JSON"
    OPENAPI = "OPENAPI"
    SQL = "SQL"
    XROAD = "XROAD"
    SPLP = "SPLP"
    FILE = "FILE"
    GRAPHQL = "GRAPHQL"
    DECLARATIVE = "DECLARATIVE"
    MEMORY = "MEMORY"


class ConnectorState(Enum):
    ENABLED = "ENABLED"
    DEGRADED = "DEGRADED"
    DOWN = "DOWN"
    DISABLED = "DISABLED"
    PENDING = "PENDING"
    QUARANTINED = "QUARANTINED"
    EXPIRED = "EXPIRED"


class Capability(Enum):
    LIST = "LIST"
    GET = "GET"
    SEARCH = "SEARCH"
    NEAR = "NEAR"
    CREATE = "CREATE"
    UPDATE = "UPDATE"
    SUBSCRIBE = "SUBSCRIBE"
    DELTA = "DELTA"
    BULK = "BULK"


class CoverageLevel(Enum):
    FULL = "FULL"
    DERIVED = "DERIVED"
    PARTIAL = "PARTIAL"
    NONE = "NONE"


class AuthKind(Enum):
    NONE = "NONE"
    API_KEY_HEADER = "API_KEY_HEADER"
    API_KEY_QUERY = "API_KEY_QUERY"
    BASIC = "BASIC"
    OAUTH2_CLIENT = "OAUTH2_CLIENT"
    MTLS = "MTLS"
    XROAD = "XROAD"


class BreakerState(Enum):
    CLOSED = "CLOSED"
    OPEN = "OPEN"
    HALF_OPEN = "HALF_OPEN"


class SourceState(Enum):
    OK = "OK"
    STALE = "STALE"
    PARTIAL = "PARTIAL"
    TIMEOUT = "TIMEOUT"
    DOWN = "DOWN"
    DISABLED = "DISABLED"


class SearchType(Enum):
    COMPLAINT = "COMPLAINT"
    PLACE = "PLACE"
    EVENT = "EVENT"
    TOUR = "TOUR"
    APP = "APP"
    JOB = "JOB"
    STOP = "STOP"
    LINE = "LINE"
    COMMODITY = "COMMODITY"
    EMERGENCY = "EMERGENCY"
    DEPARTMENT = "DEPARTMENT"


@dataclass(frozen=True, slots=True)
class FieldCoverage:
    """How well a source fills one field of the graph, written `Type.field`."""

    field: str
    level: CoverageLevel
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Fallback:
    """Another way to the data of a source: an open-data file, a bundled one."""

    system: str
    options: Mapping[str, Any] = field(default_factory=dict)
    upkeep: Mapping[str, Any] = field(default_factory=dict)
    quality: SourceQuality | None = None
    """None: that of the source."""
    licence: Licence | None = None
    """None: that of the source."""


@dataclass(frozen=True, slots=True)
class Binding:
    """One line of the catalogue: a source of the city, and how it is reached.

    `system` names a row of the registry, None while no system is configured; `serves` names
    ports of the registry; `options` are the system's own.
    """

    key: str
    name: Text
    kind: ConnectorKind
    serves: tuple[str, ...]
    system: str | None = None
    domain: tuple[SearchType, ...] = ()
    owner: str | None = None
    """Code of the department that owns the source."""
    options: Mapping[str, Any] = field(default_factory=dict)
    quality: SourceQuality = SourceQuality.PUBLISHED
    licence: Licence | None = None
    capabilities: tuple[Capability, ...] = ()
    coverage: tuple[FieldCoverage, ...] = ()
    auth: AuthKind = AuthKind.NONE
    contract_version: str = "1"
    enabled: bool = True
    version: int = 1
    app: str | None = None
    """Slug of the catalogue entry this source belongs to."""
    upkeep: Mapping[str, Any] = field(default_factory=dict)
    """What differs from the policy of its kind of data, see `connectors.upkeep.policy`."""
    fallback: tuple[Fallback, ...] = ()
    """Asked in this order when the source cannot answer and nothing good is kept."""
    standing: ConnectorState | None = None
    """What the registry says of a team's connector: PENDING, QUARANTINED or EXPIRED; else None."""

    @property
    def samples_only(self) -> bool:
        """Whether all records of the source are made up: in production it is then not there."""
        return self.options.get("samples_only") is True


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """What became of one source while an answer was put together."""

    connector: str
    """Key of the source."""
    state: SourceState
    code: ErrorCode | None = None
    message: Text | None = None
    as_of: datetime | None = None
    retry_after: float | None = None
    """Seconds."""


@dataclass(frozen=True, slots=True)
class ConnectorHealth:
    """What the gateway itself saw of a source since it started."""

    up: bool
    uptime24h: float
    p50_ms: int | None
    p95_ms: int | None
    error_rate: float
    breaker: BreakerState
    last_success_at: datetime | None
    last_error: str | None
    records_total: int | None
    rejected_records: int
    schema_drift: tuple[str, ...] = ()
    app: str | None = None
    """Slug of the app the source belongs to: its team may see more than others."""


@dataclass(frozen=True, slots=True)
class ConnectorFetch:
    """One call the gateway made to a source, as it remembers it."""

    at: datetime
    """When it was answered, or given up."""
    success: bool
    http_status: int | None = None
    bytes: int | None = None
    sha256: str | None = None
    ms: int | None = None
    error: str | None = None
    """Name of the error, never what the upstream wrote."""
