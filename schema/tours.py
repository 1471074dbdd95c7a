"""Tours and guides in the graph."""

from __future__ import annotations

from datetime import timedelta

import strawberry

from connectors.ports import tours as ports
from resolvers import tours as resolve
from resolvers import transit
from resolvers.listings import PageArgs
from schema.common import (
    GeoFilter,
    Info,
    Media,
    Money,
    Node,
    PageInfo,
    Sourced,
    SourceRef,
    SourceStatus,
    id_field,
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
from schema.scalars import GeoJSON, Locale, Phone
from schema.transit import Line

TourMode = show_enum(
    ports.TourMode,
    "Cara berkeliling. How a tour is made.",
    WALK="Jalan kaki. On foot.",
    BIKE="Sepeda. By bicycle.",
    CAR="Mobil. By car.",
    TOURIST_BUS="Bus wisata. By tourist bus.",
    BOAT="Perahu. By boat.",
)


@strawberry.type(
    description="Rute wisata dengan perhentian berurutan. A route with sights in their order."
)
class Tour(Node, Sourced):
    is_type_of = shows(ports.Tour)
    id: strawberry.ID = id_field("Tour")
    name: str = text_field("name", "Nama tur. Name.")
    mode: ports.TourMode = plain_field("Cara berkeliling. How it is made.")

    @strawberry.field(
        description="Tempat yang dikunjungi, berurutan; null bila sumber tempat tidak menjawab. "
        "The sights in their order; null when the source of a place does not answer."
    )
    async def itinerary(self, info: Info) -> list[Place] | None:
        return show(await resolve.itinerary(info.context, show(self)))  # type: ignore[no-any-return]

    @strawberry.field(description="Jalur sebagai LineString. The way as a LineString, if drawn.")
    def path(self) -> GeoJSON | None:
        return show(resolve.path(show(self)))  # type: ignore[no-any-return]

    length_m: int | None = plain_field("Panjang dalam meter. Length in metres.", name="lengthM")
    duration: timedelta | None = plain_field("Lama. How long it takes, stops included.")

    @strawberry.field(description="Jalur bus wisata. The line of a tourist bus.")
    async def line(self, info: Info) -> Line | None:
        line = show(self).line
        return None if line is None else show(await transit.line_by_id(info.context, line))

    media: list[Media] = plain_field("Gambar. Pictures.")
    source: SourceRef = source_field()


@strawberry.type(description="Pemandu wisata. A guide.")
class Guide(Node, Sourced):
    is_type_of = shows(ports.Guide)
    id: strawberry.ID = id_field("Guide")
    name: str = plain_field("Nama. Name.")
    languages: list[Locale] = plain_field("Bahasa yang dikuasai. Languages spoken.")
    phone: Phone | None = plain_field("Telepon. Telephone.")
    licence_no: str | None = plain_field("Nomor lisensi pemandu. Number of the guide's licence.")
    rate: Money | None = plain_field("Tarif per tur. Price of one tour.")
    source: SourceRef = source_field()


# ------------------------------------------------------------------------------- lists


@strawberry.input(description="Saringan tur. Which tours; fields that are left out filter nothing.")
class TourFilter:
    mode: ports.TourMode | None = strawberry.field(
        default=None, description="Cara berkeliling. How it is made."
    )
    geo: GeoFilter | None = strawberry.field(
        default=None, description="Ada perhentian di sana. Some sight of the tour is there."
    )
    text: str | None = strawberry.field(
        default=None, description="Semua kata ini dalam nama. Every word of it is in the name."
    )


@strawberry.type(description="Tur dalam daftar. One tour of a list.")
class TourEdge:
    cursor: str = plain_field("Kursor. Cursor.")
    node: Tour = plain_field("Tur. The tour.")


@strawberry.type(description="Daftar tur. A list of tours.")
class TourConnection:
    edges: list[TourEdge] = plain_field("Isi halaman. The page.")
    page_info: PageInfo = plain_field("Letak halaman. Where the page lies.")
    total_count: int | None = total_count_field()
    sources: list[SourceStatus] = sources_field()


@strawberry.type(description="Pemandu dalam daftar. One guide of a list.")
class GuideEdge:
    cursor: str = plain_field("Kursor. Cursor.")
    node: Guide = plain_field("Pemandu. The guide.")


@strawberry.type(description="Daftar pemandu. A list of guides.")
class GuideConnection:
    edges: list[GuideEdge] = plain_field("Isi halaman. The page.")
    page_info: PageInfo = plain_field("Letak halaman. Where the page lies.")
    sources: list[SourceStatus] = sources_field()


@strawberry.type
class TourQuery:
    @strawberry.field(
        description="Tur wisata menurut nama; null bila belum ada sumbernya. Tours by name; null "
        "while no source is configured."
    )
    async def tours(
        self,
        info: Info,
        where: TourFilter | None = None,
        first: int | None = 20,
        after: str | None = None,
    ) -> TourConnection | None:
        return show(await resolve.find(info.context, where, PageArgs(first, after)))  # type: ignore[no-any-return]

    @strawberry.field(
        description="Pemandu wisata menurut nama: yang bekerja di wilayah itu dan menguasai bahasa "
        "itu. Guides by name: who work in the area and speak the language; null while no source "
        "is configured."
    )
    async def guides(
        self,
        info: Info,
        area: str | None = None,
        lang: Locale | None = None,
        first: int | None = 20,
        after: str | None = None,
    ) -> GuideConnection | None:
        return show(await resolve.guides(info.context, area, lang, PageArgs(first, after)))  # type: ignore[no-any-return]
