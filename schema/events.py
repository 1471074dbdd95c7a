"""Events in the graph."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from connectors.ports import events as ports
from resolvers import events as resolve
from resolvers.listings import PageArgs
from schema.common import (
    GeoFilter,
    Info,
    Media,
    Money,
    Node,
    PageInfo,
    SortDirection,
    Sourced,
    SourceRef,
    SourceStatus,
    id_field,
    optional_text_field,
    plain_field,
    show,
    show_enum,
    shows,
    source_field,
    sources_field,
    text_field,
    total_count_field,
)
from schema.places import Place
from schema.scalars import URL

EventStatus = show_enum(
    ports.EventStatus,
    "Keadaan acara. State of an event.",
    SCHEDULED="Terjadwal. Will take place as said.",
    TENTATIVE="Belum pasti. Not certain yet.",
    CANCELLED="Dibatalkan. Called off.",
    POSTPONED="Ditunda, tanggal baru belum ada. Put off, without a new date.",
    RESCHEDULED="Dijadwalkan ulang; waktunya sudah yang baru. Moved; the times are the new ones.",
)
EventOrderField = show_enum(
    ports.EventOrderField,
    "Dasar urutan acara. What events are sorted by.",
    STARTS_AT="Awal acara; untuk acara berulang, yang pertama. The beginning of the event; of a "
    "repeating one, of its first occurrence.",
    UPDATED_AT="Waktu data. Time the source stated.",
    NAME="Nama. Name.",
)


@strawberry.type(
    description="Satu kali pelaksanaan acara. One time an event takes place; its end is excluded."
)
class EventOccurrence:
    is_type_of = shows(ports.Occurrence)
    starts_at: datetime = plain_field("Mulai. Beginning.")
    ends_at: datetime | None = plain_field("Selesai, tidak termasuk. End, excluded.")
    cancelled: bool = plain_field("Ditiadakan. Called off, this once or as a whole.")


@strawberry.type(description="Harga masuk. A way to get in.")
class Offer:
    is_type_of = shows(ports.Offer)
    price: Money | None = plain_field("Harga; null bila tidak disebut. Price, where stated.")
    is_free: bool = plain_field("Gratis. Free of charge.")
    url: URL | None = plain_field("Halaman tiket. Where to get it.")


@strawberry.type(description="Acara kota, sekali atau berulang. An event, single or repeating.")
class Event(Node, Sourced):
    is_type_of = shows(ports.Event)
    id: strawberry.ID = id_field("Event")
    name: str = text_field("name", "Nama acara. Name.")
    description: str | None = optional_text_field("description", "Keterangan. Description.")
    status: ports.EventStatus = plain_field("Keadaan. State.")
    starts_at: datetime = plain_field(
        "Mulai; untuk acara berulang, yang pertama. Beginning; of a repeating event, of the first."
    )
    ends_at: datetime | None = plain_field(
        "Selesai, tidak termasuk. End, excluded: a whole day ends at the next midnight."
    )
    all_day: bool = plain_field("Sehari penuh, tanpa jam. Whole days, without a time.")
    recurrence: str | None = plain_field("Aturan berulang RRULE (RFC 5545). Recurrence rule.")

    @strawberry.field(
        description="Waktu pelaksanaan yang menyentuh rentang itu, paling panjang 366 hari dan "
        "1.000 kali. When it takes place between `from` and `to` (excluded): at most 366 days and "
        "1,000 times; null, with the reason, when it is more."
    )
    def occurrences(
        self,
        start: Annotated[datetime, strawberry.argument(name="from")],
        end: Annotated[datetime, strawberry.argument(name="to")],
    ) -> list[EventOccurrence] | None:
        return show(resolve.times(show(self), start, end))  # type: ignore[no-any-return]

    @strawberry.field(description="Tempat acara. The place, where its source named one we know.")
    async def place(self, info: Info) -> Place | None:
        return show(await resolve.place(info.context, show(self)))  # type: ignore[no-any-return]

    place_text: str | None = plain_field("Tempat seperti tertulis. The place as it was written.")
    categories: list[str] = plain_field("Kategori. Categories, as the source words them.")
    organizer: str | None = plain_field("Penyelenggara. Who holds it.")
    offers: list[Offer] = plain_field("Cara masuk; kosong bila tidak disebut. Ways to get in.")
    capacity_left: int | None = plain_field("Sisa tempat. Places left, where stated.")
    media: list[Media] = plain_field("Gambar. Pictures.")
    url: URL | None = plain_field("Halaman acara. The event's own page.")

    @strawberry.field(description="Berkas kalender iCalendar. The event as an iCalendar file.")
    def ics(self, info: Info) -> URL:
        return URL(resolve.calendar_url(info.context, show(self)))

    source: SourceRef = source_field()


# ------------------------------------------------------------------------------- lists


@strawberry.input(
    description="Saringan acara. Which events; fields that are left out filter nothing."
)
class EventFilter:
    start: datetime | None = strawberry.field(
        name="from",
        default=None,
        description="Masih berlangsung pada atau sesudah waktu ini. Some occurrence ends after it. "
        "Repeating events are found from a year ago to two years ahead.",
    )
    end: datetime | None = strawberry.field(
        name="to",
        default=None,
        description="Mulai sebelum waktu ini. The same occurrence begins before it.",
    )
    geo: GeoFilter | None = strawberry.field(
        default=None, description="Wilayah. Where; an event is where its place is."
    )
    text: str | None = strawberry.field(
        default=None,
        description="Semua kata ini dalam nama, keterangan, tempat, penyelenggara atau kategori. "
        "Every word of it stands in name, description, place, organizer or categories.",
    )
    categories: list[str] | None = strawberry.field(
        default=None, description="Salah satu kategori ini. Any of these categories."
    )
    is_free: bool | None = strawberry.field(
        default=None,
        description="true: ada yang gratis; false: semua berbayar. True: some offer is free; "
        "false: none is; events without offers are in neither.",
    )
    ongoing: bool | None = strawberry.field(
        default=None, description="Sedang berlangsung sekarang. Going on right now."
    )
    place_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Di salah satu tempat ini. At any of these places."
    )


@strawberry.input(description="Urutan acara. How events are sorted.")
class EventOrder:
    field: ports.EventOrderField = strawberry.field(description="Dasar urutan. What by.")
    direction: SortDirection = strawberry.field(
        default=SortDirection.ASC, description="Arah. Direction."
    )


@strawberry.type(description="Acara dalam daftar. One event of a list.")
class EventEdge:
    cursor: str = plain_field("Kursor. Cursor.")
    node: Event = plain_field("Acara. The event.")


@strawberry.type(description="Daftar acara. A list of events.")
class EventConnection:
    edges: list[EventEdge] = plain_field("Isi halaman. The page.")
    page_info: PageInfo = plain_field("Letak halaman. Where the page lies.")
    total_count: int | None = total_count_field()
    sources: list[SourceStatus] = sources_field()


@strawberry.type
class EventQuery:
    @strawberry.field(
        description="Acara di kota; null bila belum ada sumbernya. Events, by their beginning "
        "unless `orderBy` says otherwise; null while no source is configured."
    )
    async def events(
        self,
        info: Info,
        where: EventFilter | None = None,
        order_by: EventOrder | None = None,
        first: int | None = 20,
        after: str | None = None,
    ) -> EventConnection | None:
        found = await resolve.find(info.context, where, order_by, PageArgs(first, after))
        return show(found)  # type: ignore[no-any-return]
