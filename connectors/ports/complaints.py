"""Complaints (pengaduan) as citizens send them through LAKSA, and what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Protocol

from connectors.ports.common import (
    Address,
    Bucket,
    GeoPoint,
    Media,
    MediaRole,
    Order,
    Origin,
    Page,
    ScopedId,
    Slice,
    Source,
    Text,
    Where,
    Window,
)
from connectors.ports.complaint_categories import ComplaintCategory
from connectors.ports.complaint_stats import ComplaintDimension, Stats, StatsQuestion

# ------------------------------------------------------------------------------- status, light


class ComplaintStatus(Enum):
    RECEIVED = "RECEIVED"
    VERIFIED = "VERIFIED"
    FORWARDED = "FORWARDED"
    SCHEDULED = "SCHEDULED"
    IN_PROGRESS = "IN_PROGRESS"
    RESOLVED = "RESOLVED"
    REJECTED = "REJECTED"
    DUPLICATE = "DUPLICATE"
    UNKNOWN = "UNKNOWN"
    REOPENED = "REOPENED"


class Light(Enum):
    RED = "RED"
    YELLOW = "YELLOW"
    GREEN = "GREEN"


LIGHTS: dict[ComplaintStatus, Light | None] = {
    ComplaintStatus.RECEIVED: Light.RED,
    ComplaintStatus.VERIFIED: Light.RED,
    ComplaintStatus.FORWARDED: Light.RED,
    ComplaintStatus.REOPENED: Light.RED,
    ComplaintStatus.SCHEDULED: Light.YELLOW,
    ComplaintStatus.IN_PROGRESS: Light.YELLOW,
    ComplaintStatus.RESOLVED: Light.GREEN,
    ComplaintStatus.REJECTED: None,
    ComplaintStatus.DUPLICATE: None,
    ComplaintStatus.UNKNOWN: None,
}
"""What a citizen sees of each status. GREEN needs proof: see `UNPROVEN`."""

UNPROVEN = Light.YELLOW
"""What a citizen sees of a RESOLVED complaint without proof: work is not done until it is shown."""

OPEN = frozenset(status for status, light in LIGHTS.items() if light in (Light.RED, Light.YELLOW))
"""The statuses in which somebody still has to do something."""

WORDS: dict[str, ComplaintStatus] = {
    "menunggu": ComplaintStatus.RECEIVED,
    "proses": ComplaintStatus.IN_PROGRESS,
    "diproses": ComplaintStatus.IN_PROGRESS,
    "selesai": ComplaintStatus.RESOLVED,
}
"""LAKSA's own words. The name of a status stands for itself; any other word is UNKNOWN."""


def status_of(word: str) -> ComplaintStatus:
    """The status an upstream's word means."""
    known = WORDS.get(word.strip().casefold())
    name = word.strip().upper()
    return known or ComplaintStatus.__members__.get(name, ComplaintStatus.UNKNOWN)


def light_of(status: ComplaintStatus, *, has_proof: bool) -> Light | None:
    """What a citizen sees."""
    light = LIGHTS[status]
    return UNPROVEN if light is Light.GREEN and not has_proof else light


PROOF_ROLES = frozenset({MediaRole.PROOF, MediaRole.AFTER})
"""Media of these roles show the work; all others show the complaint."""


class RejectReason(Enum):
    NOT_OUR_AUTHORITY = "NOT_OUR_AUTHORITY"
    NOT_A_COMPLAINT = "NOT_A_COMPLAINT"
    INCOMPLETE = "INCOMPLETE"
    DUPLICATE = "DUPLICATE"
    ABUSE = "ABUSE"
    OUT_OF_AREA = "OUT_OF_AREA"
    CANNOT_FIX = "CANNOT_FIX"


class Channel(Enum):
    APP = "APP"
    WEB = "WEB"
    CALL_CENTRE = "CALL_CENTRE"
    CALL_112 = "CALL_112"
    WHATSAPP = "WHATSAPP"
    SMS = "SMS"
    SOCIAL_MEDIA = "SOCIAL_MEDIA"
    EMAIL = "EMAIL"
    WALK_IN = "WALK_IN"
    LAPOR = "LAPOR"
    OPEN311 = "OPEN311"


class Delivery(Enum):
    WAITING = "WAITING"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"


class Visibility(Enum):
    """PUBLIC, ANONYMOUS (shown without the reporter), PRIVATE (never shown to the public)."""

    PUBLIC = "PUBLIC"
    ANONYMOUS = "ANONYMOUS"
    PRIVATE = "PRIVATE"


class UnmaskPurpose(Enum):
    CONTACT_REPORTER = "CONTACT_REPORTER"
    VERIFY_IDENTITY = "VERIFY_IDENTITY"
    LEGAL_REQUEST = "LEGAL_REQUEST"


# ------------------------------------------------------------------------------- complaints


@dataclass(frozen=True, slots=True)
class Rating:
    """What the reporter said of the work, 1 to 5 stars."""

    at: datetime
    stars: int | None = None
    solved: bool | None = None


@dataclass(frozen=True, slots=True)
class Complaint:
    """One complaint. Its children (media, history, comments) are asked for apart."""

    origin: Origin
    tracking_id: str
    description: str
    category: str
    """Local id of its category, of the same source."""
    status: ComplaintStatus
    source_status: str
    """The upstream's own word, verbatim."""
    channel: Channel
    created_at: datetime
    updated_at: datetime
    upstream_id: str | None = None
    title: str | None = None
    delivery: Delivery = Delivery.DELIVERED
    status_note: Text | None = None
    reject_reason: RejectReason | None = None
    department: str | None = None
    notice: Text | None = None
    point: GeoPoint | None = None
    address: Address | None = None
    area: str | None = None
    has_proof: bool = False
    """Whether any of its media shows the work (`PROOF_ROLES`)."""
    forwarded_at: datetime | None = None
    due_at: datetime | None = None
    resolved_at: datetime | None = None
    follower_count: int = 0
    duplicate_of: str | None = None
    """Local id of the complaint it repeats."""
    visibility: Visibility = Visibility.PUBLIC
    rating: Rating | None = None
    version: int = 1

    @property
    def light(self) -> Light | None:
        """What a citizen sees: red, yellow, green, or nothing."""
        return light_of(self.status, has_proof=self.has_proof)

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something."""
        return self.status in OPEN

    def is_overdue(self, now: datetime) -> bool:
        """Whether it is open past its due time."""
        return self.is_open and self.due_at is not None and self.due_at < now


def searched(complaint: Complaint) -> str:
    """The words `text` looks through, letter case aside."""
    address = complaint.address
    places = [words for _, words in address.text] if address else []
    told = (complaint.tracking_id, complaint.title, complaint.description, *places)
    return "\n".join(words for words in told if words).casefold()


def seconds_between(start: datetime, end: datetime | None) -> int | None:
    """Whole seconds from one moment to a later one; None when it has not come."""
    return None if end is None else int((end - start) // timedelta(seconds=1))


def kecamatan_of(area: str | None) -> str | None:
    """Code of the kecamatan of an area: 36.71.05.1001 gives 36.71.05."""
    parts = (area or "").split(".")
    return ".".join(parts[:3]) if len(parts) >= 3 else None


def kelurahan_of(area: str | None) -> str | None:
    """Code of the kelurahan of an area, None when only something larger is known."""
    parts = (area or "").split(".")
    return ".".join(parts[:4]) if len(parts) >= 4 else None


@dataclass(frozen=True, slots=True)
class ComplaintEvent:
    """One step in the life of a complaint. Never changed, never removed."""

    id: ScopedId
    complaint: str
    """Local id of its complaint."""
    at: datetime
    to: ComplaintStatus
    before: ComplaintStatus | None = None
    """The status it came from, None at the beginning."""
    note: Text | None = None
    actor: str = ""
    """A role or the name of a department, never a person."""


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody said about a complaint."""

    id: ScopedId
    complaint: str
    at: datetime
    text: str
    author: str
    """Masked: a role or a department, never a person's name."""
    official: bool = False


@dataclass(frozen=True, slots=True)
class ComplaintMedia:
    """A picture and what it belongs to."""

    media: Media
    complaint: str
    event: str | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who complained. Personal data: only for officers, and masked on the way out."""

    display_name: str
    phone: str | None = None
    email: str | None = None
    nik: str | None = None
    verified: bool = False


@dataclass(frozen=True, slots=True)
class FormAnswer:
    code: str
    label: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Particulars:
    """What only officers may read of a complaint."""

    reporter: Reporter | None = None
    answers: tuple[FormAnswer, ...] = ()


# ------------------------------------------------------------------------------- questions


@dataclass(frozen=True, slots=True)
class Viewer:
    """On whose behalf a source is asked."""

    sees_private: bool = False

    def sees(self, visibility: Visibility) -> bool:
        """Whether complaints of this visibility are shown."""
        return self.sees_private or visibility is not Visibility.PRIVATE


@dataclass(frozen=True, slots=True)
class ComplaintCriteria:
    """Which complaints: all that is said must hold; `()` and None say nothing.

    `ids` differs: None says nothing, and `()` is nobody. Ids and categories of other sources
    match nothing.
    """

    visible_to: Viewer
    now: datetime
    """The moment that decides what is overdue."""
    ids: tuple[ScopedId, ...] | None = None
    categories: tuple[ScopedId, ...] = ()
    statuses: tuple[ComplaintStatus, ...] = ()
    lights: tuple[Light, ...] = ()
    departments: tuple[str, ...] = ()
    created: Window | None = None
    updated: Window | None = None
    where: Where | None = None
    text: str | None = None
    """Every word must stand in `searched`, also inside of words, letter case aside."""
    has_proof: bool | None = None
    overdue: bool | None = None
    channels: tuple[Channel, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """The words of `text`, each once, as `searched` has them."""
        return tuple(dict.fromkeys((self.text or "").casefold().split()))


class ComplaintOrderField(Enum):
    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"
    DUE_AT = "DUE_AT"
    FOLLOWERS = "FOLLOWERS"
    DISTANCE = "DISTANCE"


@dataclass(frozen=True, slots=True)
class Similar:
    """A complaint somebody is about to send: what is there already?"""

    categories: tuple[str, ...]
    """Local ids: its category, with the others of its group."""
    point: GeoPoint
    radius_m: int
    since: datetime
    first: int
    visible_to: Viewer


UNLIKE = frozenset({ComplaintStatus.REJECTED, ComplaintStatus.DUPLICATE})
"""Statuses that `similar_complaints` leaves out: nothing can be joined there."""


class ComplaintSource(Source, Protocol):
    """A system that takes complaints. Every method raises ConnectorError when it cannot answer.

    Methods by id answer in the order of the ids, None where unknown; they do not look at
    visibility, the caller does. Lists and counts leave out what `visible_to` may not see.
    """

    async def list_categories(self) -> Sequence[ComplaintCategory]:
        """All categories, by code."""
        ...

    async def categories_by_id(self, ids: Sequence[str]) -> Sequence[ComplaintCategory | None]: ...

    async def complaints_by_id(self, ids: Sequence[str]) -> Sequence[Complaint | None]: ...

    async def complaints_by_tracking_id(self, ids: Sequence[str]) -> Sequence[Complaint | None]: ...

    async def find_complaints(
        self, criteria: ComplaintCriteria, order: Order[ComplaintOrderField], page: Page
    ) -> Slice[Complaint]:
        """A page; DISTANCE needs `order.origin`. Complaints without the value come last."""
        ...

    async def count_complaints(self, criteria: ComplaintCriteria) -> int:
        """How many `find_complaints` would give in all."""
        ...

    async def complaint_buckets(
        self, criteria: ComplaintCriteria, field: ComplaintDimension
    ) -> Sequence[Bucket]:
        """How many of them by one dimension, most first; those without a value are left out."""
        ...

    async def similar_complaints(self, question: Similar) -> Sequence[Complaint]:
        """Complaints like one about to be sent: nearest first, then newest, then by id."""
        ...

    async def complaint_stats(self, criteria: ComplaintCriteria, question: StatsQuestion) -> Stats:
        """Figures by group, `MOST_ROWS` + 1 groups at most, by period and keys."""
        ...

    async def duplicates_by_complaint_id(
        self, ids: Sequence[str], visible_to: Viewer
    ) -> Sequence[Sequence[Complaint]]:
        """The complaints that repeat each one, oldest first, then by id."""
        ...

    async def media_by_complaint_id(self, ids: Sequence[str]) -> Sequence[Sequence[ComplaintMedia]]:
        """All media of each complaint but those of comments, by id."""
        ...

    async def media_by_event_id(self, ids: Sequence[str]) -> Sequence[Sequence[ComplaintMedia]]:
        """The media of each step, by id."""
        ...

    async def media_by_comment_id(self, ids: Sequence[str]) -> Sequence[Sequence[ComplaintMedia]]:
        """The media of each comment, by id."""
        ...

    async def history_by_complaint_id(
        self, ids: Sequence[str], page: Page
    ) -> Sequence[Slice[ComplaintEvent]]:
        """The same page of the history of each, oldest first, then by id. Forward only."""
        ...

    async def comments_by_complaint_id(
        self, ids: Sequence[str], page: Page
    ) -> Sequence[Slice[Comment]]:
        """The same page of the comments of each, oldest first, then by id. Forward only."""
        ...

    async def comment_counts_by_complaint_id(self, ids: Sequence[str]) -> Sequence[int]: ...

    async def particulars_by_complaint_id(
        self, ids: Sequence[str]
    ) -> Sequence[Particulars | None]: ...

    async def events_by_id(self, ids: Sequence[str]) -> Sequence[ComplaintEvent | None]: ...

    async def comments_by_id(self, ids: Sequence[str]) -> Sequence[Comment | None]: ...

    async def media_by_id(self, ids: Sequence[str]) -> Sequence[ComplaintMedia | None]: ...
