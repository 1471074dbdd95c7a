"""Complaints (pengaduan) in the graph."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry

from connectors.ports import complaint_stats as stats_ports
from connectors.ports import complaints as ports
from connectors.ports.common import ScopedId
from connectors.ports.roles import Role
from resolvers import common, departments
from resolvers import complaint_children as children
from resolvers import complaint_stats as resolve_stats
from resolvers import complaints as resolve
from resolvers.listings import PageArgs
from schema import complaint_words as words
from schema.areas import Area
from schema.auth import needs
from schema.common import (
    Address,
    GeoPoint,
    GeoPointInput,
    Info,
    Media,
    Node,
    PageInfo,
    Sourced,
    SourceRef,
    SourceStatus,
    facets_field,
    id_field,
    optional_text_field,
    plain_field,
    show,
    shows,
    source_field,
    sources_field,
    total_count_field,
)
from schema.complaint_categories import ComplaintCategory
from schema.complaint_filters import ComplaintFilter, ComplaintOrder
from schema.complaint_stats import ComplaintStats, medians_asked
from schema.departments import Department
from schema.scalars import Phone

__all__ = ["Complaint", "ComplaintFilter", "ComplaintQuery", "ComplaintStats", "words"]

PAGE = 20
"""How many come when nobody says."""


def _own_id(record: Any) -> ScopedId:
    return record.id  # type: ignore[no-any-return]


@strawberry.type(description="Jawaban isian formulir. An answer to a form field.")
class FormAnswer:
    is_type_of = shows(ports.FormAnswer)
    code: str = plain_field("Kode isian. Code of the field.")
    label: str = plain_field("Pertanyaan. The question.")
    values: list[str] = plain_field("Jawaban. The answers.")


@strawberry.type(
    description="Pelapor, disamarkan. Who complained; masked unless role and purpose allow more, "
    "and every unmasked read is audited."
)
class Reporter:
    is_type_of = shows(ports.Reporter)
    display_name: str = plain_field("Nama, disamarkan. Name, masked.")
    phone: Phone | None = plain_field("Telepon, disamarkan. Telephone, masked.")
    email: str | None = plain_field("Surel, disamarkan. E-mail, masked.")

    nik: str | None = strawberry.field(
        description="NIK, disamarkan. Identity number, masked.", directives=needs(Role.OPD_HEAD)
    )

    verified: bool = plain_field("Identitas terverifikasi? Whether the identity was verified.")


@strawberry.type(description="Penilaian pelapor. What the reporter said of the work.")
class Rating:
    is_type_of = shows(ports.Rating)
    stars: int | None = plain_field("Bintang 1 sampai 5. Stars.")
    solved: bool | None = plain_field("Sudah teratasi? Whether it is solved.")
    at: datetime = plain_field("Kapan. When.")


# ------------------------------------------------------------------------------- children


@strawberry.type(description="Satu langkah riwayat pengaduan. One step of the history.")
class ComplaintEvent(Node):
    is_type_of = shows(ports.ComplaintEvent)
    id: strawberry.ID = id_field("ComplaintEvent", _own_id)
    at: datetime = plain_field("Kapan. When.")

    @strawberry.field(name="from", description="Tahap sebelumnya. Status before; null at first.")
    def before(self) -> ports.ComplaintStatus | None:
        event: Any = self
        return event.before  # type: ignore[no-any-return]

    to: ports.ComplaintStatus = plain_field("Tahap sesudahnya. Status after.")
    note: str | None = optional_text_field("note", "Catatan. Note.")
    actor: str = plain_field("Peran atau OPD, bukan orang. A role or department, never a person.")

    @strawberry.field(description="Foto langkah ini. Media that came with this step.")
    async def media(self, info: Info) -> list[Media]:
        return show(await children.event_media(info.context, show(self)))  # type: ignore[no-any-return]


@strawberry.type(description="Langkah dalam riwayat. A step of a list.")
class ComplaintEventEdge:
    cursor: str = plain_field("Kursor. Cursor.")
    node: ComplaintEvent = plain_field("Langkah. The step.")


@strawberry.type(description="Riwayat, terlama dahulu. The history, oldest first.")
class ComplaintEventConnection:
    edges: list[ComplaintEventEdge] = plain_field("Isi halaman. The page.")
    page_info: PageInfo = plain_field("Letak halaman. Where the page lies.")


@strawberry.type(description="Komentar. What somebody said about a complaint.")
class Comment(Node):
    is_type_of = shows(ports.Comment)
    id: strawberry.ID = id_field("Comment", _own_id)
    at: datetime = plain_field("Kapan. When.")
    text: str = plain_field("Isi komentar. What was said.")
    author: str = plain_field("Penulis, disamarkan. A role or department, never a person's name.")
    official: bool = plain_field("Dari pemerintah kota? By the city government.")

    @strawberry.field(description="Foto komentar ini. Media that came with it.")
    async def media(self, info: Info) -> list[Media]:
        return show(await children.comment_media(info.context, show(self)))  # type: ignore[no-any-return]


@strawberry.type(description="Komentar dalam daftar. A comment of a list.")
class CommentEdge:
    cursor: str = plain_field("Kursor. Cursor.")
    node: Comment = plain_field("Komentar. The comment.")


@strawberry.type(description="Komentar, terlama dahulu. Comments, oldest first.")
class CommentConnection:
    edges: list[CommentEdge] = plain_field("Isi halaman. The page.")
    page_info: PageInfo = plain_field("Letak halaman. Where the page lies.")
    total_count: int | None = total_count_field()


# ------------------------------------------------------------------------------- complaint


@strawberry.type(
    description="Pengaduan warga lewat LAKSA. A complaint of a citizen. Private ones never show to "
    "the public; sample ones say so in `source.quality`."
)
class Complaint(Node, Sourced):
    is_type_of = shows(ports.Complaint)
    id: strawberry.ID = id_field("Complaint")
    tracking_id: str = plain_field("Nomor laporan. Number the citizen follows it by.")
    upstream_id: str | None = plain_field(
        "Nomor di sistem asal; null selama baru token. Id at its system; null while there is only "
        "a token."
    )
    title: str | None = plain_field("Judul. Title.")
    description: str = plain_field("Uraian. What it is about.")

    @strawberry.field(description="Topik. Category.")
    async def category(self, info: Info) -> ComplaintCategory:
        return show(await resolve.category_of(info.context, _record(self)))  # type: ignore[no-any-return]

    status: ports.ComplaintStatus = plain_field("Tahap. Status in the workflow.")
    light: ports.Light | None = plain_field(
        "Warna: merah menunggu, kuning diproses, hijau selesai dengan bukti. What the citizen sees."
    )
    delivery: ports.Delivery = plain_field("Pengiriman ke sistem asal. Delivery to its system.")
    source_status: str = plain_field(
        "Kata asli sistem asal, mis. menunggu, proses, selesai. The upstream's word, verbatim."
    )
    status_note: str | None = optional_text_field("status_note", "Catatan tahap. Latest note.")

    @strawberry.field(description="OPD yang menangani. Responsible department, once forwarded.")
    async def department(self, info: Info) -> Department | None:
        return show(await departments.by_code(info.context, _record(self).department))  # type: ignore[no-any-return]

    notice: str | None = optional_text_field("notice", "Pemberitahuan. Notice to the citizen.")
    point: GeoPoint | None = plain_field("Titik. Where it is.")
    address: Address | None = plain_field("Alamat. Address.")

    @strawberry.field(description="Kelurahan. The kelurahan it is in.")
    async def area(self, info: Info) -> Area | None:
        return show(await common.area_of(info.context, _record(self).area))  # type: ignore[no-any-return]

    @strawberry.field(description="Foto laporan. What the reporter sent.")
    async def media(self, info: Info) -> list[Media]:
        return show(await children.shown_media(info.context, _record(self)))  # type: ignore[no-any-return]

    @strawberry.field(description="Bukti tindak lanjut. Photos or videos of the work.")
    async def proof(self, info: Info) -> list[Media]:
        return show(await children.proof(info.context, _record(self)))  # type: ignore[no-any-return]

    @strawberry.field(description="Jawaban formulir. Form answers.", directives=needs(Role.OFFICER))
    async def answers(self, info: Info) -> list[FormAnswer] | None:
        return show(await children.answers(info.context, _record(self)))  # type: ignore[no-any-return]

    channel: ports.Channel = plain_field("Saluran. The way it came in.")
    created_at: datetime = plain_field("Waktu dikirim. When it was sent.")
    updated_at: datetime = plain_field("Waktu berubah. When it last changed.")
    forwarded_at: datetime | None = plain_field("Waktu diteruskan. When it was forwarded.")
    due_at: datetime | None = plain_field("Tenggat. When it should be resolved.")
    resolved_at: datetime | None = plain_field("Waktu selesai. When it was resolved.")

    @strawberry.field(description="Lewat tenggat? Open past its due time.")
    def overdue(self, info: Info) -> bool:
        return _record(self).is_overdue(info.context.now())

    @strawberry.field(description="Riwayat, terlama dahulu. What became of it, oldest first.")
    async def history(
        self, info: Info, first: int | None = PAGE, after: str | None = None
    ) -> ComplaintEventConnection:
        args = PageArgs(first, after)
        return show(await children.history(info.context, _record(self), args))  # type: ignore[no-any-return]

    @strawberry.field(description="Komentar, terlama dahulu. Comments, oldest first.")
    async def comments(
        self, info: Info, first: int | None = PAGE, after: str | None = None
    ) -> CommentConnection:
        args = PageArgs(first, after)
        return show(await children.comments(info.context, _record(self), args))  # type: ignore[no-any-return]

    follower_count: int = plain_field("Jumlah pendukung. How many people follow it.")

    @strawberry.field(description="Pengaduan yang diulang. The complaint it repeats.")
    async def duplicate_of(self, info: Info) -> Complaint | None:
        return show(await resolve.duplicate_of(info.context, _record(self)))  # type: ignore[no-any-return]

    @strawberry.field(description="Pengaduan yang mengulang ini. Complaints that repeat it.")
    async def duplicates(self, info: Info) -> list[Complaint]:
        return show(await resolve.duplicates(info.context, _record(self)))  # type: ignore[no-any-return]

    visibility: ports.Visibility = plain_field("Siapa boleh melihat. Who may see it.")

    @strawberry.field(
        description="Pelapor, disamarkan. Who complained. Masked unless a purpose is stated and the "
        "role allows it; each unmasking is audited.",
        directives=needs(Role.OFFICER),
    )
    async def reporter(
        self, info: Info, purpose: ports.UnmaskPurpose | None = None
    ) -> Reporter | None:
        return show(await children.reporter(info.context, _record(self), purpose))  # type: ignore[no-any-return]

    rating: Rating | None = plain_field("Penilaian pelapor. What the reporter said of the work.")
    version: int = plain_field("Versi, naik setiap perubahan. Grows with every change.")
    source: SourceRef = source_field()


def _record(complaint: Any) -> ports.Complaint:
    return complaint  # type: ignore[no-any-return]


# ------------------------------------------------------------------------------- lists


@strawberry.type(description="Pengaduan dalam daftar. A complaint of a list.")
class ComplaintEdge:
    cursor: str = plain_field("Kursor. Cursor.")
    node: Complaint = plain_field("Pengaduan. The complaint.")
    distance_m: int | None = plain_field(
        "Jarak dalam meter dari titik yang disebut. Metres from the point asked about, if any."
    )


@strawberry.type(description="Daftar pengaduan. A list of complaints.")
class ComplaintConnection:
    edges: list[ComplaintEdge] = plain_field("Isi halaman. The page.")
    page_info: PageInfo = plain_field("Letak halaman. Where the page lies.")
    total_count: int | None = total_count_field()
    facets = facets_field(", ".join(resolve.FACETS))
    sources: list[SourceStatus] = sources_field()


@strawberry.type
class ComplaintQuery:
    @strawberry.field(
        description="Topik pengaduan; `at` harus di dalam kota. What can be complained about, by "
        "code; `q` stands in name or keywords."
    )
    async def complaint_categories(
        self, info: Info, at: GeoPointInput | None = None, q: str | None = None
    ) -> list[ComplaintCategory] | None:
        point = common.point(at, "at") if at else None
        return show(await resolve.categories(info.context, point, q))  # type: ignore[no-any-return]

    @strawberry.field(
        description="Satu pengaduan menurut `id` atau `trackingId`. One complaint; exactly one of "
        "the arguments."
    )
    async def complaint(
        self, info: Info, id: strawberry.ID | None = None, tracking_id: str | None = None
    ) -> Complaint | None:
        return show(await resolve.one(info.context, id, tracking_id))  # type: ignore[no-any-return]

    @strawberry.field(
        description="Pengaduan, terbaru dahulu. Complaints, the newest first unless `orderBy` says "
        "otherwise; `last` and `before` page backward."
    )
    async def complaints(
        self,
        info: Info,
        where: ComplaintFilter | None = None,
        order_by: ComplaintOrder | None = None,
        first: int | None = PAGE,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> ComplaintConnection | None:
        if last is not None and first == PAGE:
            first = None  # the default of `first`; who says `last` means that alone
        args = PageArgs(first, after, last, before)
        return show(await resolve.find(info.context, where, order_by, args))  # type: ignore[no-any-return]

    @strawberry.field(
        description="Pengaduan serupa di sekitar, sebelum mengirim. Similar complaints nearby: same "
        "category or group, nearest first, then newest; without rejected ones and duplicates."
    )
    async def similar_complaints(
        self,
        info: Info,
        category: strawberry.ID,
        point: GeoPointInput,
        radius_m: int | None = 200,
        within_days: int | None = 30,
        first: int | None = 5,
    ) -> list[Complaint] | None:
        found = await resolve.similar(
            info.context,
            category=category,
            point=common.point(point, "point"),
            radius_m=200 if radius_m is None else radius_m,
            within_days=30 if within_days is None else within_days,
            first=5 if first is None else first,
        )
        return show(found)  # type: ignore[no-any-return]

    @strawberry.field(
        description="Statistik pengaduan menurut satu atau dua kelompok. Figures by one or two "
        "dimensions, over intervals if wanted; null when a source does not answer."
    )
    async def complaint_stats(
        self,
        info: Info,
        where: ComplaintFilter | None = None,
        *,
        group_by: list[stats_ports.ComplaintDimension],
        interval: stats_ports.StatInterval | None = None,
    ) -> ComplaintStats | None:
        found = await resolve_stats.stats(
            info.context, where, group_by, interval, medians=medians_asked(info)
        )
        return show(found)  # type: ignore[no-any-return]
