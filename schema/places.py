"""Places in the graph."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from connectors.ports import common as words
from connectors.ports import places as ports
from resolvers import common, hours
from resolvers import places as resolve
from resolvers import surroundings as around
from resolvers.listings import PageArgs
from schema.areas import Area
from schema.common import (
    Address,
    Facet,
    GeoFilter,
    GeoPoint,
    GeoPointInput,
    Info,
    Media,
    Money,
    Node,
    PageInfo,
    SortDirection,
    Sourced,
    SourceRef,
    SourceStatus,
    Translation,
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
from schema.hours import OpeningHours
from schema.scalars import URL, GeoJSON, Phone

if TYPE_CHECKING:
    from schema.departures import Departure
    from schema.events import Event
    from schema.transit import Stop

PlaceKind = show_enum(
    ports.PlaceKind,
    "Jenis tempat. Kind of place.",
    ATTRACTION="Tempat wisata. Attraction.",
    MUSEUM="Museum. Museum.",
    PARK="Taman. Park.",
    CULINARY="Kuliner. Food and drink.",
    LODGING="Penginapan. Lodging.",
    SHOPPING="Pusat belanja. Shopping.",
    MARKET="Pasar. Market.",
    WORSHIP="Tempat ibadah. Place of worship.",
    ATM="ATM. Cash machine.",
    BANK="Bank. Bank.",
    POLICE="Polisi. Police.",
    HEALTH="Rumah sakit, klinik. Hospital or clinic.",
    FIRE_STATION="Pos pemadam kebakaran. Fire station.",
    FUEL="SPBU. Fuel station.",
    TOILET="Toilet umum. Public toilet.",
    PARKING="Parkir. Parking.",
    GOVERNMENT="Kantor pemerintah. Government office.",
    INFORMATION="Pusat informasi wisata. Tourist information.",
    STATION="Stasiun, terminal. Railway or bus station.",
    AIRPORT="Bandara. Airport.",
    SCHOOL="Sekolah, kampus. School or university.",
    SPORT="Olahraga. Sport.",
    WATER="Perairan, bendungan. Water, dam.",
    HERITAGE="Cagar budaya. Heritage.",
    OTHER="Lainnya; lihat `category` pada `tags`. Others; see `category` in `tags`.",
)
PlaceOrderField = show_enum(
    ports.PlaceOrderField,
    "Dasar urutan tempat. What places are sorted by.",
    RELEVANCE="Kecocokan teks, terbaik dahulu; tanpa teks menurut nama. How well the text matches, "
    "best first; by name without a text.",
    DISTANCE="Jarak dari `from`, atau dari `geo.near`. Distance; places without a position last.",
    NAME="Nama. Name.",
    UPDATED_AT="Waktu data. Time the source stated.",
)


@strawberry.type(description="Akses bagi penyandang disabilitas. Accessibility.")
class Accessibility:
    wheelchair: words.Wheelchair = plain_field("Akses kursi roda. Wheelchair access.")
    note: str | None = optional_text_field("wheelchair_note", "Keterangan. A note.")


@strawberry.type(description="Cara menuju sebuah tempat. The way to a place.")
class Directions:
    is_type_of = shows(around.Directions)
    url: URL = plain_field("Tautan rute Google Maps. Link to a route in Google Maps.")
    distance_m: int | None = plain_field(
        "Jarak lurus dalam meter. Metres as the crow flies.", name="distanceM"
    )

    @strawberry.field(
        description="Halte dan stasiun terdekat, paling jauh 1 km dari tujuan. The nearest stops, "
        "at most 1 km from the place."
    )
    async def stops(
        self, info: Info
    ) -> list[Annotated["Stop", strawberry.lazy("schema.transit")]] | None:
        return show(await show(self).stops(info.context))  # type: ignore[no-any-return]

    @strawberry.field(
        description="Keberangkatan berikut dari halte itu, dua jam ke depan. What leaves from these "
        "stops in the next two hours, soonest first."
    )
    async def departures(
        self, info: Info
    ) -> list[Annotated["Departure", strawberry.lazy("schema.departures")]] | None:
        return show(await show(self).departures(info.context))  # type: ignore[no-any-return]


@strawberry.type(description="Tempat wisata atau fasilitas umum. A sight or a public facility.")
class Place(Node, Sourced):
    is_type_of = shows(ports.Place)
    id: strawberry.ID = id_field("Place")
    kind: ports.PlaceKind = plain_field("Jenis. Kind.")
    tags: list[str] = plain_field(
        "Keterangan lain `kunci=nilai`; `coord_quality` menyatakan mutu letak. Further facts, "
        "`key=value`; `coord_quality` says how well the position is known."
    )
    name: str = text_field("name", "Nama. Name.")

    @strawberry.field(description="Nama dalam semua bahasa. The name in every language.")
    def name_translations(self) -> list[Translation]:
        name = show(self).name
        return [
            Translation(lang=lang, text=text, machine=lang in name.machine) for lang, text in name
        ]

    description: str | None = optional_text_field("description", "Keterangan. Description.")
    point: GeoPoint | None = plain_field(
        "Letak; null bila tidak ada sumber yang tahu. Null where no source knows the position."
    )

    @strawberry.field(
        name="distanceM", description="Jarak lurus dalam meter. Metres as the crow flies."
    )
    def distance_m(
        self, start: Annotated[GeoPointInput, strawberry.argument(name="from")]
    ) -> int | None:
        return resolve.distance(show(self), start)

    address: Address | None = plain_field("Alamat. Address.")

    @strawberry.field(
        description="Jam buka; null bila tidak dinyatakan. Null when nobody stated any."
    )
    def opening_hours(self, info: Info) -> OpeningHours | None:
        place = show(self)
        return show(hours.of(place.opening_hours, info.context.zone, place.point))  # type: ignore[no-any-return]

    phone: Phone | None = plain_field(
        "Telepon, E.164 bila sah. E.164 where valid, else as printed."
    )
    email: str | None = plain_field("Surel. E-mail.")
    website: URL | None = plain_field("Situs web. Web site.")
    entry_fee: Money | None = plain_field(
        "Harga masuk; bila sumber mencetak beberapa, yang tertinggi. Entry fee; the highest where "
        "a source prints several (all of them in the tag `charge`)."
    )
    is_free: bool | None = plain_field("Gratis; null bila tidak dinyatakan. Free of charge.")
    religion: str | None = plain_field(
        "Agama menurut OpenStreetMap: muslim, christian, buddhist. Religion, OpenStreetMap's word."
    )

    @strawberry.field(
        description="Aksesibilitas; null bila tidak dinyatakan. Null when not stated."
    )
    def accessibility(self) -> Accessibility | None:
        place = show(self)
        known = place.wheelchair is not words.Wheelchair.UNKNOWN or place.wheelchair_note
        return place if known else None

    media: list[Media] = plain_field("Gambar. Pictures.")

    @strawberry.field(
        description="Nilai rata-rata; belum ada sumbernya. No source rates places yet."
    )
    def rating(self) -> float | None:
        return None

    @strawberry.field(
        description="Kelurahan, atau kecamatan bila hanya itu yang diketahui. The kelurahan it is "
        "in, or the kecamatan where no more is known."
    )
    async def area(self, info: Info) -> Area | None:
        return show(await common.area_of(info.context, show(self).area))  # type: ignore[no-any-return]

    @strawberry.field(
        description="Halte dan stasiun terdekat; null bila letaknya tidak diketahui. The nearest "
        "stops; null where its position is not known."
    )
    async def nearby_stops(
        self, info: Info, radius_m: int | None = 500, first: int | None = 5
    ) -> list[Annotated["Stop", strawberry.lazy("schema.transit")]] | None:
        place, radius = show(self), 500 if radius_m is None else radius_m
        size = 5 if first is None else first
        return show(await around.stops(info.context, place.point, radius, size))  # type: ignore[no-any-return]

    @strawberry.field(
        description="Tempat lain terdekat; null bila letaknya tidak diketahui. The nearest other "
        "places; null where its position is not known."
    )
    async def nearby_places(
        self,
        info: Info,
        kinds: list[ports.PlaceKind] | None = None,
        radius_m: int | None = 500,
        first: int | None = 10,
    ) -> list[Place] | None:
        radius, size = 500 if radius_m is None else radius_m, 10 if first is None else first
        return show(await around.places(info.context, show(self), kinds or (), radius, size))  # type: ignore[no-any-return]

    @strawberry.field(
        description="Acara di tempat ini menurut waktu mulai; bawaan yang akan datang. Events there, "
        "by their start; by default those to come."
    )
    async def events(
        self, info: Info, upcoming: bool | None = True, first: int | None = 10
    ) -> list[Annotated["Event", strawberry.lazy("schema.events")]] | None:
        size = 10 if first is None else first
        found = await around.events(
            info.context, show(self), upcoming=upcoming is not False, first=size
        )
        return show(found)  # type: ignore[no-any-return]

    @strawberry.field(
        description="Cara ke sana: tautan peta, halte terdekat dan keberangkatan berikut; null bila "
        "letaknya tidak diketahui. Deep link plus the stops nearby and what leaves there next."
    )
    def directions(
        self, start: Annotated[GeoPointInput, strawberry.argument(name="from")]
    ) -> Directions | None:
        return show(around.directions(show(self), start))  # type: ignore[no-any-return]

    @strawberry.field(description="Tautan peta; null bila letaknya tidak diketahui. Link to a map.")
    def map_url(self) -> URL | None:
        return show(resolve.map_url(show(self).point))  # type: ignore[no-any-return]

    source: SourceRef = source_field()


# ------------------------------------------------------------------------------- lists


@strawberry.input(
    description="Saringan tempat. Which places; fields that are left out filter nothing."
)
class PlaceFilter:
    kinds: list[ports.PlaceKind] | None = strawberry.field(
        default=None, description="Jenis tempat. Any of these kinds."
    )
    geo: GeoFilter | None = strawberry.field(default=None, description="Wilayah. Where.")
    text: str | None = strawberry.field(
        default=None,
        description="Semua kata ini dalam nama, keterangan, tag atau alamat. Every word of it in "
        "name, description, tags or address.",
    )
    open_at: datetime | None = strawberry.field(
        default=None,
        description="Buka pada saat itu; yang jam bukanya tidak diketahui tidak ikut. Open then; "
        "places whose hours are not known are left out, and `totalCount` is null.",
    )
    wheelchair: bool | None = strawberry.field(
        default=None,
        description="true: dapat, setidaknya sebagian; false: tidak dapat. True: YES or LIMITED; "
        "false: NO; places that nobody looked at are in neither.",
    )
    is_free: bool | None = strawberry.field(default=None, description="Gratis. Free of charge.")
    religion: str | None = strawberry.field(
        default=None, description="Agama. Religion, OpenStreetMap's word."
    )
    updated_since: datetime | None = strawberry.field(
        default=None, description="Data sejak waktu itu. Stated then or later (`source.asOf`)."
    )


@strawberry.input(description="Urutan tempat. How places are sorted.")
class PlaceOrder:
    field: ports.PlaceOrderField = strawberry.field(description="Dasar urutan. What by.")
    origin: GeoPointInput | None = strawberry.field(
        name="from",
        default=None,
        description="Titik asal untuk DISTANCE; bawaan `geo.near`. Where DISTANCE is measured from.",
    )
    direction: SortDirection = strawberry.field(
        default=SortDirection.ASC, description="Arah. Direction."
    )


@strawberry.type(description="Tempat dalam daftar. One place of a list.")
class PlaceEdge:
    cursor: str = plain_field("Kursor. Cursor.")
    node: Place = plain_field("Tempat. The place.")
    distance_m: int | None = plain_field(
        "Jarak dari titik yang disebut, dalam meter. Metres from the point named in the question.",
        name="distanceM",
    )


@strawberry.type(description="Daftar tempat. A list of places.")
class PlaceConnection:
    edges: list[PlaceEdge] = plain_field("Isi halaman. The page.")
    page_info: PageInfo = plain_field("Letak halaman. Where the page lies.")
    total_count: int | None = total_count_field()
    facets: list[Facet] = facets_field(", ".join(ports.PLACE_FACETS))
    sources: list[SourceStatus] = sources_field()

    @strawberry.field(
        description="Halaman ini sebagai FeatureCollection RFC 7946. This page as a FeatureCollection."
    )
    def geojson(self, info: Info) -> GeoJSON:
        found: Any = self
        return GeoJSON(resolve.geojson(found, info.context.lang_at(info.path)))


@strawberry.type
class PlaceQuery:
    @strawberry.field(
        description="Tempat wisata dan fasilitas umum. Sights and public facilities. Without "
        "`orderBy`: best match first with a text, else nearest first with `geo.near`, else by name."
    )
    async def places(
        self,
        info: Info,
        where: PlaceFilter | None = None,
        order_by: PlaceOrder | None = None,
        first: int | None = 20,
        after: str | None = None,
    ) -> PlaceConnection | None:
        found = await resolve.find(info.context, where, order_by, PageArgs(first, after))
        return show(found)  # type: ignore[no-any-return]

    @strawberry.field(description="Satu tempat menurut pengenal. One place by its id.")
    async def place(self, info: Info, id: strawberry.ID) -> Place | None:
        return show(await resolve.by_id(info.context, id))  # type: ignore[no-any-return]
