"""The catalogue of apps in the graph."""

from __future__ import annotations

from datetime import date
from typing import Any

import strawberry

from connectors.ports import apps as ports
from connectors.ports import connectors as words
from connectors.ports.common import Order
from resolvers import apps as resolve
from resolvers import departments
from resolvers.listings import PageArgs
from schema.common import (
    Info,
    Media,
    Node,
    PageInfo,
    SortDirection,
    Sourced,
    SourceRef,
    SourceStatus,
    facets_field,
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
from schema.connectors import Connector
from schema.departments import Department
from schema.scalars import URL, Locale

AppAudience = show_enum(
    ports.AppAudience,
    "Golongan aplikasi. Who an application is for.",
    PUBLIC_SERVICE="Layanan publik. Serves residents.",
    GOVERNMENT_MANAGEMENT="Pengelolaan pemerintahan. Serves the government's own work.",
)
AppStatus = show_enum(
    ports.AppStatus,
    "Tahap pengembangan menurut publiccode.yml. Stage of development.",
    CONCEPT="Gagasan. Planned.",
    DEVELOPMENT="Dikembangkan. Being made.",
    BETA="Uji coba. In trial.",
    STABLE="Mantap. In use.",
    OBSOLETE="Usang. No longer in use.",
)
Replication = show_enum(
    ports.Replication,
    "Dapat direplikasi pemerintah lain? May another government take it over?",
    FREE="Gratis, dengan perjanjian kerja sama. Free of charge, under a cooperation agreement.",
    ON_REQUEST="Atas permintaan; belum ada pernyataan. Ask; nobody has stated terms for it.",
    NO="Tidak. No.",
)
AppOrderField = show_enum(
    ports.AppOrderField,
    "Urutan aplikasi. What apps are sorted by.",
    NAME="Nama menurut bahasa Indonesia. Name in Indonesian.",
    RELEASED_ON="Tanggal rilis; tanpa tanggal di belakang. Release date; without one last.",
    POPULARITY="Kepopuleran; belum ada sumbernya. Popularity; no source tells yet, so by slug.",
)


@strawberry.type(
    description="Aplikasi kota: satu dari 174 entri register 2019. An application of the city: one "
    "entry of the register of 2019."
)
class CityApp(Node, Sourced):
    is_type_of = shows(ports.CityApp)
    id: strawberry.ID = id_field("CityApp")
    slug: str = plain_field("Nama pendek untuk alamat, mis. laksa. Short name for addresses.")
    name: str = text_field(
        "name",
        "Nama; entri yang belum diklaim memakai label netral bernomor. Name; for an unclaimed entry "
        "a neutral label with its number, never an invented name.",
    )
    summary: str | None = optional_text_field(
        "summary", "Ringkasan satu kalimat. What it does, in one sentence."
    )
    description: str | None = optional_text_field(
        "description",
        "Keterangan, termasuk apa yang belum pasti. What is known, and how well.",
    )
    claimed: bool = plain_field(
        "Sudah diklaim pemiliknya? False while no owner has claimed the entry."
    )
    audience: ports.AppAudience = plain_field("Golongan. Who it is for.")
    in_portal: bool | None = plain_field(
        "Dalam portal Tangerang LIVE; null bila tidak diketahui. One of the 30 of the portal "
        "(register of 2019); null when nobody says."
    )
    categories: list[str] = plain_field(
        "Bidang; `assumed-slot` menandai entri yang pertama terlihat sesudah register. Fields of "
        "work; `assumed-slot` marks an entry first seen after the register."
    )
    platforms: list[str] = plain_field(
        "Tempat berjalan: web, android, app, tangerang-live-menu, sms, chat, telephone. Where it "
        "runs; empty when not stated."
    )
    url: URL | None = plain_field("Alamat web. Its page.")
    android_url: URL | None = plain_field("Alamat di Google Play. Where to install it on Android.")
    ios_url: URL | None = plain_field("Alamat di App Store. Where to install it on iOS.")
    icon: Media | None = plain_field("Ikon. Icon.")

    @strawberry.field(description="OPD pemilik; sementara. The department that owns it.")
    async def department(self, info: Info) -> Department | None:
        found = await departments.by_code(info.context, _record(self).department)
        return show(found)  # type: ignore[no-any-return]

    version: str | None = plain_field("Versi terakhir yang terlihat. Newest version seen.")
    released_on: date | None = plain_field(
        "Tanggal rilis versi itu, paling lambat. Release date of that version, at the latest."
    )
    status: ports.AppStatus | None = plain_field(
        "Tahap pengembangan; null bila tidak disebut. Stage; null when not stated."
    )
    repository: URL | None = plain_field("Repositori kode. Where its source code is.")
    licence: str | None = plain_field("Lisensi SPDX. SPDX licence of the code.")
    replicable_by: ports.Replication = plain_field(
        "Dapat direplikasi pemerintah lain? May another government take it over?"
    )
    used_by: list[str] = plain_field(
        "Pemerintah lain yang memakainya; kosong bila tidak disebut untuk aplikasi ini. Governments "
        "known to use it; empty when none is named for this one, see cityFacts(replication)."
    )
    languages: list[Locale] = plain_field(
        "Bahasa aplikasi; kosong bila tidak disebut. Its languages; empty when not stated."
    )

    @strawberry.field(description="Konektor aplikasi ini. The sources that belong to it.")
    def connectors(self, info: Info) -> list[Connector]:
        return show(resolve.connectors_of(info.context, _record(self)))  # type: ignore[no-any-return]

    @strawberry.field(
        description="Keadaan terburuk konektornya; null bila belum tersambung. Worst state of its "
        "connectors; null while none is plugged in."
    )
    def health(self, info: Info) -> words.ConnectorState | None:
        return resolve.health_of(info.context, _record(self))

    source: SourceRef = source_field()


def _record(app: Any) -> ports.CityApp:
    return app  # type: ignore[no-any-return]


# ------------------------------------------------------------------------------- lists


@strawberry.input(description="Saringan aplikasi. Which apps are wanted.")
class AppFilter:
    audience: ports.AppAudience | None = strawberry.field(
        default=None, description="Golongan. Who they are for."
    )
    in_portal: bool | None = strawberry.field(
        default=None,
        description="Dalam portal; false hanya yang dinyatakan di luar. In the portal; false: only "
        "those stated not to be.",
    )
    categories: list[str] | None = strawberry.field(
        default=None, description="Salah satu bidang ini. In any of these fields of work."
    )
    department: strawberry.ID | None = strawberry.field(
        default=None, description="OPD pemilik. Id of the department that owns them."
    )
    status: list[ports.AppStatus] | None = strawberry.field(
        default=None, description="Salah satu tahap ini. In any of these stages."
    )
    replicable: ports.Replication | None = strawberry.field(
        default=None, description="Syarat replikasi. Terms of replication."
    )
    text: str | None = strawberry.field(
        default=None,
        description="Setiap kata ada dalam nama, ringkasan, atau keterangan. Every word is in the "
        "name, summary or description.",
    )

    def criteria(self) -> ports.AppCriteria:
        """The port's words for this filter. BAD_INPUT for the id of something else."""
        return ports.AppCriteria(
            audience=self.audience,
            in_portal=self.in_portal,
            categories=tuple(self.categories or ()),
            department=resolve.department_code(self.department) if self.department else None,
            status=tuple(self.status or ()),
            replicable=self.replicable,
            text=self.text,
        )


@strawberry.input(description="Urutan aplikasi. How apps are sorted.")
class AppOrder:
    field: ports.AppOrderField = strawberry.field(description="Menurut apa. By what.")
    direction: SortDirection = strawberry.field(
        default=SortDirection.ASC, description="Arah. Direction."
    )


@strawberry.type(description="Aplikasi dalam daftar. One app of a list.")
class AppEdge:
    cursor: str = plain_field("Kursor. Cursor.")
    node: CityApp = plain_field("Aplikasi. The app.")


@strawberry.type(description="Daftar aplikasi. A list of apps.")
class AppConnection:
    edges: list[AppEdge] = plain_field("Isi halaman. The page.")
    page_info: PageInfo = plain_field("Letak halaman. Where the page lies.")
    total_count: int | None = total_count_field()
    facets = facets_field(", ".join(ports.FACETS))
    sources: list[SourceStatus] = sources_field()


@strawberry.type
class AppQuery:
    @strawberry.field(
        description="Katalog aplikasi kota menurut nomor register: layanan publik lalu pengelolaan "
        "pemerintahan, masing-masing yang bernama lebih dahulu. The city's apps, by number in the "
        "register: public service, then government; named ones first in each."
    )
    async def apps(
        self,
        info: Info,
        where: AppFilter | None = None,
        order_by: AppOrder | None = None,
        first: int | None = 30,
        after: str | None = None,
    ) -> AppConnection | None:
        order = None
        if order_by is not None:
            order = Order(order_by.field, descending=order_by.direction is SortDirection.DESC)
        criteria = where.criteria() if where else ports.AppCriteria()
        found = await resolve.find(info.context, criteria, order, PageArgs(first, after))
        return show(found)  # type: ignore[no-any-return]

    @strawberry.field(description="Satu aplikasi menurut slug. One app by its slug.")
    async def app(self, info: Info, slug: str) -> CityApp | None:
        return show(await resolve.by_slug(info.context, slug))  # type: ignore[no-any-return]
