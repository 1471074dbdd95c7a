"""The tables of complaints: categories, complaints, history, comments, media, personal data."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    Row,
    String,
    Table,
    desc,
)

from connectors.ports.common import (
    Licence,
    Media,
    MediaKind,
    MediaRole,
    ScopedId,
    SourceQuality,
    Text,
    TriState,
)
from connectors.ports.complaint_categories import (
    ComplaintCategory,
    FormField,
    FormFieldKind,
    FormOption,
    IntakeMode,
)
from connectors.ports.complaints import (
    Channel,
    Comment,
    Complaint,
    ComplaintEvent,
    ComplaintMedia,
    ComplaintStatus,
    Delivery,
    FormAnswer,
    Particulars,
    Rating,
    RejectReason,
    Reporter,
    Visibility,
    kecamatan_of,
    kelurahan_of,
    searched,
    seconds_between,
)
from connectors.store.base import (
    LOCAL,
    Instant,
    Words,
    address_of,
    address_value,
    metadata,
    origin_columns,
    origin_of,
    origin_values,
    place_columns,
    place_index,
    point_of,
    point_values,
)

categories = Table(
    "complaint_categories",
    metadata,
    *origin_columns(),
    Column("name", Words, nullable=False),
    Column("description", Words),
    Column("group", Words),
    Column("keywords", JSON, nullable=False),
    Column("intake", String(16), nullable=False),
    Column("department", String(64)),
    Column("sla", BigInteger),
    Column("fields", JSON, nullable=False),
)

complaints = Table(
    "complaints",
    metadata,
    *origin_columns(),
    *place_columns(),
    Column("kecamatan", String(16)),
    Column("kelurahan", String(16)),
    Column("tracking_id", String(255), nullable=False),
    Column("upstream_id", String(255)),
    Column("title", String),
    Column("description", String, nullable=False),
    Column("category", String(255), nullable=False),
    Column("status", String(16), nullable=False),
    Column("light", String(8)),
    Column("source_status", String, nullable=False),
    Column("channel", String(16), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("delivery", String(16), nullable=False),
    Column("status_note", Words),
    Column("reject_reason", String(32)),
    Column("department", String(64)),
    Column("notice", Words),
    Column("address", JSON(none_as_null=True)),
    Column("has_proof", Boolean, nullable=False),
    Column("forwarded_at", Instant),
    Column("due_at", Instant),
    Column("resolved_at", Instant),
    Column("to_forward", BigInteger),
    Column("to_resolve", BigInteger),
    Column("follower_count", Integer, nullable=False),
    Column("duplicate_of", LOCAL),
    Column("visibility", String(16), nullable=False),
    Column("stars", Integer),
    Column("solved", Boolean),
    Column("rated_at", Instant),
    Column("version", Integer, nullable=False),
    Column("search", String, nullable=False),
    place_index("complaints"),
    Index("ix_complaints_tracking", "source", "tracking_id"),
    Index("ix_complaints_created", "source", "created_at", "local_id"),
    Index("ix_complaints_updated", "source", "updated_at", "local_id"),
    Index("ix_complaints_due", "source", "due_at", "local_id"),
    Index("ix_complaints_followers", "source", "follower_count", "local_id"),
    # Most have few followers: among so many equals, each direction needs its own order of ids.
    Index("ix_complaints_followed", "source", desc("follower_count"), "local_id"),
    # Counts, facets and figures are read from this index alone, never from the wide rows.
    Index(
        "ix_complaints_figures",
        "source",
        "visibility",
        "created_at",
        "quality",
        "status",
        "light",
        "department",
        "category",
        "kecamatan",
        "kelurahan",
        "channel",
        "due_at",
        "resolved_at",
        "has_proof",
        "stars",
        "to_forward",
        "to_resolve",
    ),
    Index("ix_complaints_category", "source", "category", "visibility", "quality"),
    Index("ix_complaints_department", "source", "department", "visibility", "quality"),
    Index("ix_complaints_duplicate", "source", "duplicate_of"),
)
"""`light`, `kecamatan`, `kelurahan`, `to_forward`, `to_resolve` (seconds) and `search` are worked
out from the others when a complaint is written, so that questions need no arithmetic per row."""

SHOWN = [
    column
    for column in complaints.c
    if column.name not in {"x", "y", "z", "search", "to_forward", "to_resolve"}
]
"""What is read to show a complaint."""


def _child_columns() -> list[Column[Any]]:
    return [
        Column("source", String(64), primary_key=True),
        Column("local_id", LOCAL, primary_key=True),
        Column("quality", String(16), nullable=False),
        Column("complaint", LOCAL, nullable=False),
    ]


events = Table(
    "complaint_events",
    metadata,
    *_child_columns(),
    Column("at", Instant, nullable=False),
    Column("before", String(16)),
    Column("to", String(16), nullable=False),
    Column("note", Words),
    Column("actor", String, nullable=False),
    Index("ix_complaint_events_complaint", "source", "complaint", "at"),
)
"""The history. Rows are added, never changed."""

comments = Table(
    "complaint_comments",
    metadata,
    *_child_columns(),
    Column("at", Instant, nullable=False),
    Column("text", String, nullable=False),
    Column("author", String, nullable=False),
    Column("official", Boolean, nullable=False),
    Index("ix_complaint_comments_complaint", "source", "complaint", "at"),
)

media = Table(
    "complaint_media",
    metadata,
    *_child_columns(),
    Column("event", LOCAL),
    Column("comment", LOCAL),
    Column("url", String, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("role", String(16), nullable=False),
    Column("width", Integer),
    Column("height", Integer),
    Column("taken_at", Instant),
    Column("alt", Words),
    Column("spdx", String(64)),
    Column("attribution", String),
    Column("redistribution", String(8)),
    Index("ix_complaint_media_complaint", "source", "complaint"),
    Index("ix_complaint_media_event", "source", "event"),
    Index("ix_complaint_media_comment", "source", "comment"),
)

particulars = Table(
    "complaint_particulars",
    metadata,
    *_child_columns(),
    Column("reporter", JSON(none_as_null=True)),
    Column("answers", JSON, nullable=False),
)
"""Personal data, kept apart so that it is read only when an officer asks."""

CHILDREN: tuple[Table, ...] = (events, comments, media, particulars)
"""Everything that belongs to a complaint."""


# ------------------------------------------------------------------------------- categories


def category_values(category: ComplaintCategory) -> dict[str, Any]:
    """A category as a row."""
    return {
        **origin_values(category.origin),
        "name": category.name,
        "description": category.description,
        "group": category.group,
        "keywords": list(category.keywords),
        "intake": category.intake.value,
        "department": category.department,
        "sla": None if category.sla is None else int(category.sla.total_seconds()),
        "fields": [_field_value(field) for field in category.fields],
    }


def read_category(row: Row[Any]) -> ComplaintCategory:
    """A row as a category."""
    return ComplaintCategory(
        origin=origin_of(row),
        code=row.local_id,
        name=row.name,
        description=row.description,
        group=row.group,
        keywords=tuple(row.keywords),
        intake=IntakeMode(row.intake),
        department=row.department,
        sla=None if row.sla is None else timedelta(seconds=row.sla),
        fields=tuple(_field(stored) for stored in row.fields),
    )


def _field_value(field: FormField) -> dict[str, Any]:
    return {
        "code": field.code,
        "label": dict(field.label),
        "kind": field.kind.value,
        "order": field.order,
        "help": dict(field.help) if field.help else None,
        "input": field.input,
        "required": field.required,
        "private": field.private,
        "options": [{"key": option.key, "name": dict(option.name)} for option in field.options],
    }


def _field(stored: dict[str, Any]) -> FormField:
    return FormField(
        code=stored["code"],
        label=Text(stored["label"]),
        kind=FormFieldKind(stored["kind"]),
        order=stored["order"],
        help=Text(stored["help"]) if stored["help"] else None,
        input=stored["input"],
        required=stored["required"],
        private=stored["private"],
        options=tuple(FormOption(o["key"], Text(o["name"])) for o in stored["options"]),
    )


# ------------------------------------------------------------------------------- complaints


def complaint_values(complaint: Complaint) -> dict[str, Any]:
    """A complaint as a row."""
    rating = complaint.rating
    reason = complaint.reject_reason
    return {
        **origin_values(complaint.origin),
        **point_values(complaint.point, complaint.area),
        "kecamatan": kecamatan_of(complaint.area),
        "kelurahan": kelurahan_of(complaint.area),
        "tracking_id": complaint.tracking_id,
        "upstream_id": complaint.upstream_id,
        "title": complaint.title,
        "description": complaint.description,
        "category": complaint.category,
        "status": complaint.status.value,
        "light": complaint.light.value if complaint.light else None,
        "source_status": complaint.source_status,
        "channel": complaint.channel.value,
        "created_at": complaint.created_at,
        "updated_at": complaint.updated_at,
        "delivery": complaint.delivery.value,
        "status_note": complaint.status_note,
        "reject_reason": reason.value if reason else None,
        "department": complaint.department,
        "notice": complaint.notice,
        "address": address_value(complaint.address),
        "has_proof": complaint.has_proof,
        "forwarded_at": complaint.forwarded_at,
        "due_at": complaint.due_at,
        "resolved_at": complaint.resolved_at,
        "to_forward": seconds_between(complaint.created_at, complaint.forwarded_at),
        "to_resolve": seconds_between(complaint.created_at, complaint.resolved_at),
        "follower_count": complaint.follower_count,
        "duplicate_of": complaint.duplicate_of,
        "visibility": complaint.visibility.value,
        "stars": rating.stars if rating else None,
        "solved": rating.solved if rating else None,
        "rated_at": rating.at if rating else None,
        "version": complaint.version,
        "search": searched(complaint),
    }


def read_complaint(row: Row[Any]) -> Complaint:
    """A row, selected with `SHOWN`, as a complaint."""
    rating = None if row.rated_at is None else Rating(row.rated_at, row.stars, row.solved)
    return Complaint(
        origin=origin_of(row),
        tracking_id=row.tracking_id,
        upstream_id=row.upstream_id,
        title=row.title,
        description=row.description,
        category=row.category,
        status=ComplaintStatus(row.status),
        source_status=row.source_status,
        channel=Channel(row.channel),
        created_at=row.created_at,
        updated_at=row.updated_at,
        delivery=Delivery(row.delivery),
        status_note=row.status_note,
        reject_reason=RejectReason(row.reject_reason) if row.reject_reason else None,
        department=row.department,
        notice=row.notice,
        point=point_of(row),
        address=address_of(row.address),
        area=row.area,
        has_proof=row.has_proof,
        forwarded_at=row.forwarded_at,
        due_at=row.due_at,
        resolved_at=row.resolved_at,
        follower_count=row.follower_count,
        duplicate_of=row.duplicate_of,
        visibility=Visibility(row.visibility),
        rating=rating,
        version=row.version,
    )


# ------------------------------------------------------------------------------- children


def _child_values(id_: ScopedId, complaint: str, quality: SourceQuality) -> dict[str, Any]:
    return {
        "source": id_.source,
        "local_id": id_.local,
        "quality": quality.value,
        "complaint": complaint,
    }


def event_values(event: ComplaintEvent, quality: SourceQuality) -> dict[str, Any]:
    """A step of the history as a row; `quality` is that of its complaint."""
    return {
        **_child_values(event.id, event.complaint, quality),
        "at": event.at,
        "before": event.before.value if event.before else None,
        "to": event.to.value,
        "note": event.note,
        "actor": event.actor,
    }


def read_event(row: Row[Any]) -> ComplaintEvent:
    """A row as a step of the history."""
    return ComplaintEvent(
        id=ScopedId(row.source, row.local_id),
        complaint=row.complaint,
        at=row.at,
        to=ComplaintStatus(row.to),
        before=ComplaintStatus(row.before) if row.before else None,
        note=row.note,
        actor=row.actor,
    )


def comment_values(comment: Comment, quality: SourceQuality) -> dict[str, Any]:
    """A comment as a row."""
    return {
        **_child_values(comment.id, comment.complaint, quality),
        "at": comment.at,
        "text": comment.text,
        "author": comment.author,
        "official": comment.official,
    }


def read_comment(row: Row[Any]) -> Comment:
    """A row as a comment."""
    return Comment(
        id=ScopedId(row.source, row.local_id),
        complaint=row.complaint,
        at=row.at,
        text=row.text,
        author=row.author,
        official=row.official,
    )


def media_values(item: ComplaintMedia, quality: SourceQuality) -> dict[str, Any]:
    """A picture as a row."""
    shown, licence = item.media, item.media.licence
    return {
        **_child_values(shown.id, item.complaint, quality),
        "event": item.event,
        "comment": item.comment,
        "url": shown.url,
        "kind": shown.kind.value,
        "role": shown.role.value,
        "width": shown.width,
        "height": shown.height,
        "taken_at": shown.taken_at,
        "alt": shown.alt,
        "spdx": licence.spdx if licence else None,
        "attribution": licence.attribution if licence else None,
        "redistribution": licence.redistribution.value if licence else None,
    }


def read_media(row: Row[Any]) -> ComplaintMedia:
    """A row as a picture."""
    licence = None
    if row.redistribution is not None:
        licence = Licence(row.spdx, row.attribution, TriState(row.redistribution))
    shown = Media(
        id=ScopedId(row.source, row.local_id),
        url=row.url,
        kind=MediaKind(row.kind),
        role=MediaRole(row.role),
        width=row.width,
        height=row.height,
        taken_at=row.taken_at,
        alt=row.alt,
        licence=licence,
    )
    return ComplaintMedia(shown, row.complaint, row.event, row.comment)


def particulars_values(
    complaint: ScopedId, told: Particulars, quality: SourceQuality
) -> dict[str, Any]:
    """What only officers read, as a row under the complaint's own id."""
    reporter = told.reporter
    return {
        **_child_values(complaint, complaint.local, quality),
        "reporter": reporter
        and {
            "display_name": reporter.display_name,
            "phone": reporter.phone,
            "email": reporter.email,
            "nik": reporter.nik,
            "verified": reporter.verified,
        },
        "answers": [
            {"code": answer.code, "label": answer.label, "values": list(answer.values)}
            for answer in told.answers
        ],
    }


def read_particulars(row: Row[Any]) -> Particulars:
    """A row as what only officers read."""
    return Particulars(
        reporter=Reporter(**row.reporter) if row.reporter else None,
        answers=tuple(
            FormAnswer(stored["code"], stored["label"], tuple(stored["values"]))
            for stored in row.answers
        ),
    )
