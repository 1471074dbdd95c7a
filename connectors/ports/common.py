"""The words every domain shares: ids, texts, points, pages, origins, money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

R = TypeVar("R")
F = TypeVar("F", bound=Enum)


class ErrorCode(Enum):
    """The closed list for `extensions.code`."""

    BAD_INPUT = "BAD_INPUT"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    CONFLICT = "CONFLICT"
    DUPLICATE = "DUPLICATE"
    RATE_LIMITED = "RATE_LIMITED"
    TOO_COMPLEX = "TOO_COMPLEX"
    UPSTREAM_TIMEOUT = "UPSTREAM_TIMEOUT"
    UPSTREAM_DOWN = "UPSTREAM_DOWN"
    UPSTREAM_INVALID = "UPSTREAM_INVALID"
    OUT_OF_AREA = "OUT_OF_AREA"
    PROOF_REQUIRED = "PROOF_REQUIRED"
    CONSENT_REQUIRED = "CONSENT_REQUIRED"
    INTERNAL = "INTERNAL"


# ------------------------------------------------------------------------------- identity


@dataclass(frozen=True, slots=True, order=True)
class ScopedId:
    """An id that remembers its source, written `laksa:4711`.

    The local part is the upstream's key as text, leading zeros kept; it may hold any
    character, also colons. `ScopedId.parse(str(id)) == id`.
    """

    source: str
    local: str

    def __str__(self) -> str:
        return f"{self.source}:{self.local}"

    @classmethod
    def parse(cls, text: str) -> ScopedId:
        """The id written in `text`. Raises ValueError when there is no source or no local part."""
        source, colon, local = text.partition(":")
        if not (source and colon and local):
            message = f"not an id of the form source:local: {text!r}"
            raise ValueError(message)
        return cls(source, local)


# ------------------------------------------------------------------------------- language


@dataclass(frozen=True, slots=True)
class Text:
    """One text in one or more languages, by BCP 47 tag."""

    by_lang: Mapping[str, str]
    machine: frozenset[str] = frozenset()
    """The languages in which the text was translated by a machine."""

    def __bool__(self) -> bool:
        return bool(self.by_lang)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.by_lang.items())

    def pick(self, lang: str) -> str:
        """The text in `lang`, else its base language, else id, en, any. Raises ValueError if empty.

        >>> must_text("Jalan rusak", "Damaged road").pick("EN-gb")  # tags know no letter case
        'Damaged road'
        """
        for tag in (lang, lang.partition("-")[0].lower(), "id", "en"):
            found = self.by_lang.get(tag)
            if found is not None:
                return found
        for found in self.by_lang.values():
            return found
        message = "a Text without any language"
        raise ValueError(message)


def text(id: str | None = None, en: str | None = None, **others: str | None) -> Text | None:  # noqa: A002 - `id` is the language tag of Indonesian
    """A Text of the languages given, None when all of them are empty.

    >>> text("Jalan rusak", en="Damaged road").pick("en-GB")
    'Damaged road'
    """
    found = {tag: value for tag, value in {"id": id, "en": en, **others}.items() if value}
    return Text(found) if found else None


def must_text(id: str | None = None, en: str | None = None, **others: str | None) -> Text:  # noqa: A002 - as above
    """Like `text`, for records that cannot be without. Raises ValueError when all are empty."""
    made = text(id, en, **others)
    if made is None:
        message = "a text is needed in at least one language"
        raise ValueError(message)
    return made


# ------------------------------------------------------------------------------- origin


class SourceQuality(Enum):
    """What a record is worth."""

    OFFICIAL = "OFFICIAL"
    PUBLISHED = "PUBLISHED"
    COMMUNITY = "COMMUNITY"
    ESTIMATED = "ESTIMATED"
    SAMPLE = "SAMPLE"


class TriState(Enum):
    """Yes, no, or nobody said."""

    YES = "YES"
    NO = "NO"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Licence:
    """Under which terms a record may be passed on."""

    spdx: str | None = None
    attribution: str | None = None
    redistribution: TriState = TriState.UNKNOWN


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a record came from and how fresh it is."""

    connector: str
    """Key of the source, as in ScopedId.source."""
    local_id: str
    as_of: datetime
    """The time the upstream stated, else the time of the fetch. Always with a zone."""
    fetched_at: datetime
    quality: SourceQuality
    stale: bool = False
    licence: Licence | None = None
    url: str | None = None


# ------------------------------------------------------------------------------- values


@dataclass(frozen=True, slots=True)
class GeoPoint:
    """A place on earth in WGS84 degrees."""

    lat: float
    lng: float


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount in an ISO 4217 currency."""

    amount: Decimal
    currency: str = "IDR"


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address; areas by their Kemendagri code."""

    text: Text
    street: str | None = None
    kelurahan: str | None = None
    kecamatan: str | None = None
    postal_code: str | None = None


class MediaKind(Enum):
    PHOTO = "PHOTO"
    VIDEO = "VIDEO"
    AUDIO = "AUDIO"
    DOCUMENT = "DOCUMENT"


class MediaRole(Enum):
    REPORT = "REPORT"
    PROOF = "PROOF"
    BEFORE = "BEFORE"
    AFTER = "AFTER"
    GALLERY = "GALLERY"
    LOGO = "LOGO"
    SHAKEMAP = "SHAKEMAP"
    INFOGRAPHIC = "INFOGRAPHIC"


@dataclass(frozen=True, slots=True)
class Media:
    """A picture, video, sound or document.

    `url` is absolute for pictures of others; for pictures the gateway serves itself it is a
    path beginning with `/media/`, and the gateway puts its own address in front.
    """

    id: ScopedId
    url: str
    kind: MediaKind = MediaKind.PHOTO
    role: MediaRole = MediaRole.GALLERY
    width: int | None = None
    height: int | None = None
    taken_at: datetime | None = None
    alt: Text | None = None
    licence: Licence | None = None


class Wheelchair(Enum):
    YES = "YES"
    LIMITED = "LIMITED"
    NO = "NO"
    UNKNOWN = "UNKNOWN"


# ------------------------------------------------------------------------------- where


@dataclass(frozen=True, slots=True)
class Near:
    """Within `radius_m` metres (great circle, inclusive) of a point."""

    point: GeoPoint
    radius_m: int


@dataclass(frozen=True, slots=True)
class BBox:
    """A box in degrees, edges included. West greater than east crosses the antimeridian."""

    west: float
    south: float
    east: float
    north: float


Ring: TypeAlias = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Within:
    """Inside one of the polygons of a GeoJSON geometry; rings are closed, (lng, lat) pairs.

    Inside a polygon means an odd number of ring crossings, so holes need no special case.
    """

    polygons: tuple[tuple[Ring, ...], ...]


@dataclass(frozen=True, slots=True)
class InArea:
    """In the administrative area with this Kemendagri code, e.g. 36.71.05."""

    code: str


Where: TypeAlias = Near | BBox | Within | InArea


# ------------------------------------------------------------------------------- pages


SortValue: TypeAlias = str | int | float | datetime | date | None


@dataclass(frozen=True, slots=True)
class Position:
    """A place in an ordered list: the sort value and the id of a record already seen."""

    value: SortValue
    source: str
    local: str


class _Falling:
    """A sort value turned round, for falling orders."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __lt__(self, other: _Falling) -> bool:
        return bool(other.value < self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Falling) and bool(self.value == other.value)

    def __hash__(self) -> int:
        return hash(self.value)


def order_key(position: Position, *, descending: bool) -> tuple[Any, ...]:
    """What puts positions into the total order that `Page` describes."""
    value = position.value
    if value is None:
        return (1, 0, position.source, position.local)
    return (0, _Falling(value) if descending else value, position.source, position.local)


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of an ordered list is wanted.

    The order is total: by sort value (None last in either direction), then by source, then by
    local id, both always ascending by code point. `backward` asks for the last `first` records
    *before* `after`, and they still come in list order.
    """

    first: int
    after: Position | None = None
    descending: bool = False
    backward: bool = False


@dataclass(frozen=True, slots=True)
class Hit(Generic[R]):
    """One record of a page, with the value it was sorted by."""

    record: R
    position: Position
    distance_m: float | None = None
    """Metres from the point the question named (`Near`, or the order's `origin`), else None."""


@dataclass(frozen=True, slots=True)
class Slice(Generic[R]):
    """A page that a source answered with: in list order, and whether more follow in that direction."""

    hits: Sequence[Hit[R]] = ()
    more: bool = False


@dataclass(frozen=True, slots=True)
class Order(Generic[F]):
    """How a list is sorted: by which field, which way, and from where when by distance."""

    field: F
    descending: bool = False
    origin: GeoPoint | None = None


@dataclass(frozen=True, slots=True)
class Bucket:
    """How many records have this value."""

    key: str
    count: int
    label: Text | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time, start included, end excluded; None is open."""

    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """An opening hour or service span within one local day."""

    start: str
    end: str
    ends_next_day: bool = False


class Source(Protocol):
    """Anything that can be asked. Every port extends this."""

    name: str
    """The key of the source: `laksa`, `gtfs-tayo`."""
