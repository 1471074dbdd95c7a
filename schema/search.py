"""Search across the whole city in the graph."""

from __future__ import annotations

from typing import Annotated, Any, Union

import strawberry

from connectors.ports import search as ports
from connectors.ports.connectors import SearchType
from resolvers import common
from resolvers import search as resolve
from resolvers.listings import PageArgs
from schema.apps import CityApp
from schema.common import (
    GeoFilter,
    Info,
    PageInfo,
    SourceStatus,
    facets_field,
    plain_field,
    show,
    shows,
    sources_field,
    total_count_field,
)
from schema.complaints import Complaint
from schema.departments import Department
from schema.emergency import EmergencyContact
from schema.events import Event
from schema.jobs import Job
from schema.places import Place
from schema.prices import Commodity
from schema.scalars import Locale
from schema.tours import Tour
from schema.transit import Line, Stop

SearchItem = Annotated[
    Union[  # noqa: UP007 - Strawberry reads the members from it
        Complaint, Place, Event, Tour, CityApp, Job, Stop, Line, Commodity, EmergencyContact,
        Department,
    ],
    strawberry.union("SearchItem", description="Hasil pencarian. Anything that can be found."),
]  # fmt: skip


@strawberry.type(description="Satu hasil pencarian. One result.")
class SearchEdge:
    cursor: str = plain_field("Kursor. Cursor.")
    node: SearchItem = plain_field("Yang ditemukan. What was found.")
    score: float | None = plain_field("Nilai kecocokan, makin besar makin cocok. Relevance.")
    highlights: list[str] = plain_field(
        "Potongan teks yang cocok, HTML aman dengan <em>. Matching pieces, escaped HTML with <em>."
    )
    distance_m: int | None = plain_field("Jarak dalam meter bila ada titik. Distance in metres.")


@strawberry.type(description="Hasil pencarian. Results of a search.")
class SearchConnection:
    edges: list[SearchEdge] = plain_field("Isi halaman. The page.")
    page_info: PageInfo = plain_field("Letak halaman. Where the page lies.")
    total_count: int | None = total_count_field()
    facets = facets_field("type, area")
    sources: list[SourceStatus] = sources_field()


@strawberry.type(description="Saran pelengkapan. A completion.")
class Suggestion:
    is_type_of = shows(ports.Suggested)
    label: str = plain_field("Teks saran. The completed text.")
    type: SearchType | None = plain_field("Jenis. What it is.")
    count: int | None = plain_field("Berapa kali ada. How often it occurs.")


@strawberry.type
class SearchQuery:
    @strawberry.field(
        description="Cari di seluruh kota: semua kata harus ada, yang paling cocok dahulu. Search "
        "everything: every word must be there, best first."
    )
    async def search(
        self,
        info: Info,
        q: str,
        types: list[SearchType] | None = None,
        geo: GeoFilter | None = None,
        open_now: bool | None = None,
        lang: Locale | None = None,
        first: int | None = 20,
        after: str | None = None,
    ) -> SearchConnection | None:
        context = info.context
        if lang:
            context.root_langs[info.path.key] = lang
        found = await resolve.search(
            context,
            q,
            types=types,
            where=await common.where(context, geo),
            open_now=bool(open_now),
            lang=lang or context.lang,
            args=PageArgs(first, after),
        )
        return show(found)  # type: ignore[no-any-return]

    @strawberry.field(description="Lengkapi yang sedang diketik. Complete what somebody is typing.")
    async def suggest(
        self,
        info: Info,
        prefix: str,
        types: list[SearchType] | None = None,
        lang: Locale | None = None,
        size: int | None = 5,
    ) -> list[Suggestion] | None:
        found: Any = await resolve.suggest(
            info.context,
            prefix,
            types=types,
            lang=lang or info.context.lang,
            size=5 if size is None else size,
        )
        return show(found)  # type: ignore[no-any-return]
