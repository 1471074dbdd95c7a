"""Complaints for tests: a few by hand, and chance ones that collide as much as they can."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import delete, insert

from connectors.kinds.sql import Database
from connectors.memory.complaints import Records
from connectors.ports.common import (
    Address,
    BBox,
    GeoPoint,
    InArea,
    Licence,
    Media,
    MediaRole,
    Near,
    Order,
    Origin,
    ScopedId,
    SourceQuality,
    TriState,
    Window,
    must_text,
)
from connectors.ports.complaint_categories import (
    ComplaintCategory,
    FormField,
    FormFieldKind,
    FormOption,
)
from connectors.ports.complaints import (
    Channel,
    Comment,
    Complaint,
    ComplaintCriteria,
    ComplaintEvent,
    ComplaintMedia,
    ComplaintOrderField,
    ComplaintStatus,
    FormAnswer,
    Light,
    Particulars,
    Rating,
    RejectReason,
    Reporter,
    Viewer,
    Visibility,
)
from connectors.store import complaint_tables as tables

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SOURCE = "laksa"
CENTRE = GeoPoint(-6.17, 106.64)


def origin(local: str, as_of: datetime = NOW) -> Origin:
    return Origin(SOURCE, local, as_of, NOW, SourceQuality.OFFICIAL)


def complaint(local: str, **told: Any) -> Complaint:
    """A complaint that was received a day ago, unless told otherwise."""
    honest: dict[str, Any] = {
        "origin": origin(local),
        "tracking_id": f"LAKSA-2026-{local}",
        "description": "Lampu padam",
        "category": "lampu",
        "status": ComplaintStatus.RECEIVED,
        "source_status": "menunggu",
        "channel": Channel.APP,
        "created_at": NOW - timedelta(days=1),
        "updated_at": NOW - timedelta(days=1),
    }
    return Complaint(**{**honest, **told})


def media_of(owner: str, local: str, role: MediaRole, **told: Any) -> ComplaintMedia:
    shown = Media(
        ScopedId(SOURCE, local),
        f"/media/contoh/{local}.png",
        role=role,
        licence=Licence("CC0-1.0", "somebody", TriState.YES) if role is MediaRole.PROOF else None,
    )
    return ComplaintMedia(shown, owner, **told)


def event_of(owner: str, number: int, to: ComplaintStatus, **told: Any) -> ComplaintEvent:
    honest: dict[str, Any] = {"at": NOW - timedelta(hours=20 - number), "actor": "Petugas LAKSA"}
    id_ = ScopedId(SOURCE, f"{owner}-p{number}")
    return ComplaintEvent(id=id_, complaint=owner, to=to, **{**honest, **told})


CATEGORIES = (
    ComplaintCategory(
        origin("jalan"),
        "jalan",
        must_text("Jalan rusak", "Damaged road"),
        description=must_text("Lubang di jalan"),
        group=must_text("Prasarana"),
        keywords=("lubang", "aspal"),
        department="dpupr",
        sla=timedelta(days=7),
        fields=(
            FormField(
                "dalam", must_text("Seberapa dalam?"), FormFieldKind.SINGLE_VALUE_LIST, 1,
                help=must_text("Kira-kira"), required=True,
                options=(FormOption("a", must_text("Dangkal")), FormOption("b", must_text("Dalam"))),
            ),
        ),
    ),
    ComplaintCategory(
        origin("lampu"), "lampu", must_text("Lampu padam", "Light out"), group=must_text("Prasarana")
    ),
    ComplaintCategory(origin("sampah"), "sampah", must_text("Sampah", "Rubbish")),
)  # fmt: skip

BY_HAND = Records(
    categories=CATEGORIES,
    complaints=(
        complaint(
            "1",
            title="Lubang 100% di Jl_Merdeka",
            description="Jalan RUSAK berat \\ Straße",
            category="jalan",
            status=ComplaintStatus.RESOLVED,
            source_status="selesai",
            point=GeoPoint(-6.1705, 106.6401),
            area="36.71.01.1001",
            address=Address(
                must_text("Jl. Merdeka 1"), "Jl. Merdeka", "36.71.01.1001", "36.71.01", "15111"
            ),
            department="dpupr",
            created_at=NOW - timedelta(days=3),
            forwarded_at=NOW - timedelta(days=2, hours=20),
            due_at=NOW,
            resolved_at=NOW - timedelta(days=1),
            has_proof=True,
            rating=Rating(NOW, 4, solved=True),
            status_note=must_text("Sudah ditambal", "Patched"),
            notice=must_text("Terima kasih"),
            follower_count=7,
            version=5,
            upstream_id="0001",
        ),
        complaint("2", status=ComplaintStatus.RESOLVED, resolved_at=NOW),  # without proof
        complaint(
            "3", status=ComplaintStatus.FORWARDED, due_at=NOW - timedelta(hours=1),
            department="dishub", point=CENTRE, area="36.71.05",
        ),
        complaint("4", visibility=Visibility.PRIVATE, point=CENTRE, duplicate_of="3"),
        complaint(
            "5", visibility=Visibility.ANONYMOUS, point=CENTRE, duplicate_of="3",
            status=ComplaintStatus.DUPLICATE, reject_reason=RejectReason.DUPLICATE,
        ),
        complaint("6", category="gone", status=ComplaintStatus.UNKNOWN, source_status="???"),
        complaint("7", point=CENTRE, created_at=NOW - timedelta(days=2)),
    ),
    events=(
        event_of("1", 1, ComplaintStatus.RECEIVED, actor="Warga"),
        event_of(
            "1", 2, ComplaintStatus.FORWARDED, before=ComplaintStatus.RECEIVED,
            note=must_text("Diteruskan", "Forwarded"),
        ),
        event_of("1", 3, ComplaintStatus.RESOLVED, before=ComplaintStatus.FORWARDED),
        event_of("1", 4, ComplaintStatus.RESOLVED, at=NOW - timedelta(hours=17)),  # the same moment
        event_of("4", 1, ComplaintStatus.RECEIVED),
    ),
    comments=(
        Comment(ScopedId(SOURCE, "1-k1"), "1", NOW, "Terima kasih", "Warga"),
        Comment(ScopedId(SOURCE, "1-k2"), "1", NOW, "Sama-sama", "DPUPR", official=True),
        Comment(ScopedId(SOURCE, "4-k1"), "4", NOW, "Rahasia", "Warga"),
    ),
    media=(
        media_of("1", "1-f1", MediaRole.REPORT, event="1-p1"),
        media_of("1", "1-f2", MediaRole.PROOF, event="1-p3"),
        media_of("1", "1-f3", MediaRole.REPORT, comment="1-k1"),
        media_of("4", "4-f1", MediaRole.REPORT),
    ),
    particulars={
        "1": Particulars(
            Reporter("Warga Contoh 1", "+6281200000000", "warga@contoh.test", "3671000000000001"),
            (FormAnswer("dalam", "Seberapa dalam?", ("b",)),),
        ),
        "5": Particulars(Reporter("Warga Contoh 5")),
        "7": Particulars(),
    },
)  # fmt: skip
"""Every kind of complaint once, with known answers."""


async def put(database: Database, records: Records) -> None:
    """Put exactly these records into the tables."""
    quality = {one.origin.local_id: one.origin.quality for one in records.complaints}
    told = records.particulars or {}
    rows = {
        tables.categories: [tables.category_values(one) for one in records.categories],
        tables.complaints: [tables.complaint_values(one) for one in records.complaints],
        tables.events: [tables.event_values(e, quality[e.complaint]) for e in records.events],
        tables.comments: [tables.comment_values(c, quality[c.complaint]) for c in records.comments],
        tables.media: [tables.media_values(m, quality[m.complaint]) for m in records.media],
        tables.particulars: [
            tables.particulars_values(ScopedId(SOURCE, local), one, quality[local])
            for local, one in told.items()
        ],
    }
    async with database.engine.begin() as connection:
        for table, values in rows.items():
            await connection.execute(delete(table))
            if values:
                await connection.execute(insert(table), values)


# ------------------------------------------------------------------------------- chance

MOMENTS = st.sampled_from(
    [
        NOW + timedelta(days=days, hours=hours, microseconds=micro)
        for days in (-40, -8, -7, -1, 0)
        for hours in (0, 15, 16)  # 16:00 UTC + 7 h is 23:00; 17:00 would be the next day
        for micro in (0, 3_599_999_999)
    ]
)
AREAS = st.sampled_from([None, "36.71", "36.71.01", "36.71.01.1001", "36.71.01.1002", "36.71.05"])
POINTS = st.sampled_from(
    [None, CENTRE, GeoPoint(-6.1701, 106.64), GeoPoint(-6.17, 106.641), GeoPoint(-6.25, 106.7)]
)
WORDS = st.sampled_from(["lampu padam", "LAMPU 100%", "a_b", "a\\b", "ab", "Straße", "İstanbul"])
OFFICES = st.sampled_from(["dishub", "dpupr", "dlh"])
TOPICS = st.sampled_from(["jalan", "lampu", "sampah", "gone"])


@st.composite
def _complaints(draw: st.DrawFn) -> Complaint:
    created = draw(MOMENTS)
    stars = draw(st.none() | st.integers(1, 5))
    later = st.none() | st.integers(0, 400_000).map(lambda s: created + timedelta(seconds=s))
    return complaint(
        "x",
        title=draw(st.none() | WORDS),
        description=draw(WORDS),
        category=draw(TOPICS),
        status=draw(st.sampled_from(ComplaintStatus)),
        channel=draw(st.sampled_from([Channel.APP, Channel.WEB])),
        created_at=created,
        updated_at=draw(MOMENTS),
        department=draw(st.none() | OFFICES),
        point=draw(POINTS),
        area=draw(AREAS),
        has_proof=draw(st.booleans()),
        forwarded_at=draw(later),
        due_at=draw(st.none() | MOMENTS),
        resolved_at=draw(later),
        follower_count=draw(st.integers(0, 2)),
        visibility=draw(st.sampled_from(Visibility)),
        rating=draw(st.just(Rating(NOW, stars)) | st.none()),
    )


@st.composite
def complaint_lists(draw: st.DrawFn) -> list[Complaint]:
    """Up to a dozen complaints with ids that sort differently from their numbers."""
    found = draw(st.lists(_complaints(), max_size=12))
    return [
        replace(one, origin=origin(str(n * 3)), tracking_id=f"L-{n}") for n, one in enumerate(found)
    ]


def _several(values: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(values, max_size=3).map(tuple)


IDS = st.integers(0, 36).map(lambda n: ScopedId(SOURCE, str(n)))
WINDOWS = st.none() | st.builds(Window, st.none() | MOMENTS, st.none() | MOMENTS)
PLACES = st.one_of(
    st.none(),
    st.builds(Near, st.just(CENTRE), st.sampled_from([1, 50, 2_000])),
    st.just(BBox(106.6, -6.2, 106.64, -6.1)),
    st.sampled_from(["36.71", "36.71.01", "36.71.01.1001"]).map(InArea),
)
CRITERIA = st.builds(
    ComplaintCriteria,
    visible_to=st.builds(Viewer, st.booleans()),
    now=MOMENTS,
    ids=st.none() | _several(IDS),
    categories=_several(TOPICS.map(lambda topic: ScopedId(SOURCE, topic))),
    statuses=_several(st.sampled_from(ComplaintStatus)),
    lights=_several(st.sampled_from(Light)),
    departments=_several(OFFICES),
    created=WINDOWS,
    updated=WINDOWS,
    where=PLACES,
    text=st.none() | WORDS | st.sampled_from(["%", "_", "\\", "SS", "i"]),
    has_proof=st.none() | st.booleans(),
    overdue=st.none() | st.booleans(),
    channels=_several(st.sampled_from([Channel.APP, Channel.WEB])),
)
WIDE = st.builds(ComplaintCriteria, visible_to=st.builds(Viewer, st.booleans()), now=MOMENTS)
"""Criteria that leave most complaints in."""

ORDERS = st.builds(
    Order, st.sampled_from(ComplaintOrderField), descending=st.booleans(), origin=st.just(CENTRE)
)
