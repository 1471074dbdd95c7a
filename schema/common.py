"""What every domain's part of the graph shares: ids, texts, origins, pages, places, money."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import strawberry
from strawberry.types.enum import StrawberryEnumDefinition

from connectors.ports import common as ports
from connectors.ports import connectors as words
from resolvers import common as resolve
from resolvers import ids
from resolvers.context import Context
from schema.scalars import URL, GeoJSON, Locale

if TYPE_CHECKING:
    from schema.areas import Area
    from schema.connectors import Connector

E = TypeVar("E", bound=type[Enum])
Info = strawberry.Info[Context, None]


def show(value: Any) -> Any:
    """A record, where the graph's type is expected: the graph reads its attributes."""
    return value


def show_enum(enum: E, description: str, **values: str) -> E:
    """A port's enum as part of the graph; a description for each value, by name."""
    shown: Any = strawberry.enum(enum, description=description)
    definition: StrawberryEnumDefinition = shown.__strawberry_definition__
    for value in definition.values:
        value.description = values.get(value.name)
    return enum


def shows(*records: type) -> Any:
    """Which records a graph type stands for, in unions and interfaces.

    The records are remembered as `is_type_of.records`, for the test that compares both.
    """

    def is_type_of(_cls: type, obj: Any, _info: Any) -> bool:
        return isinstance(obj, records)

    is_type_of.records = records  # type: ignore[attr-defined]
    return classmethod(is_type_of)


def text_field(attribute: str, description: str) -> Any:
    """A text that is always there, in the language asked for."""

    def in_language(root: Any, info: Info, lang: Locale | None = None) -> str:
        found: str = getattr(root, attribute).pick(lang or info.context.lang_at(info.path))
        return found

    return strawberry.field(resolver=in_language, description=description)


def optional_text_field(attribute: str, description: str) -> Any:
    """A text that may be missing, in the language asked for."""

    def in_language(root: Any, info: Info, lang: Locale | None = None) -> str | None:
        words = getattr(root, attribute)
        return words.pick(lang or info.context.lang_at(info.path)) if words else None

    return strawberry.field(resolver=in_language, description=description)


def id_field(type_name: str, id_of: Callable[[Any], ports.ScopedId] | None = None) -> Any:
    """The Relay id of a record; by default made of its origin."""

    def id(root: Any) -> strawberry.ID:
        scoped = (
            id_of(root) if id_of else ports.ScopedId(root.origin.connector, root.origin.local_id)
        )
        return strawberry.ID(ids.global_id(type_name, scoped))

    return strawberry.field(
        resolver=id,
        description="Pengenal global yang buram. Opaque global id; pass it back unchanged.",
    )


def plain_field(description: str, *, name: str | None = None) -> Any:
    """A field read from the record's attribute of the same name."""
    return strawberry.field(description=description, name=name)


def read_field(read: Callable[[Any], Any], returns: Any, description: str) -> Any:
    """A field worked out from the record alone, typed `returns`."""

    def reading(root: Any) -> Any:
        return read(root)

    reading.__annotations__["return"] = returns
    return strawberry.field(resolver=reading, description=description)


# ------------------------------------------------------------------------------- enums

ErrorCode = show_enum(
    ports.ErrorCode,
    "Daftar tertutup kode galat di `extensions.code`. The closed list of error codes.",
    BAD_INPUT="Pertanyaan keliru. The question is wrong; the message says where and what to do.",
    UNAUTHENTICATED="Belum masuk. No valid token.",
    FORBIDDEN="Tidak berwenang. The role does not allow it.",
    NOT_FOUND="Tidak ada. There is no such thing.",
    CONFLICT="Sudah diubah orang lain. Somebody else changed it first.",
    DUPLICATE="Sudah pernah. It exists already.",
    RATE_LIMITED="Terlalu sering. Asked too often.",
    TOO_COMPLEX="Terlalu rumit. The operation is too deep, too wide or too long.",
    UPSTREAM_TIMEOUT="Sumber data terlambat. A source did not answer in time.",
    UPSTREAM_DOWN="Sumber data mati. A source cannot answer.",
    UPSTREAM_INVALID="Jawaban sumber data tidak terbaca. A source's answer could not be read.",
    OUT_OF_AREA="Di luar wilayah kota. Outside the city.",
    PROOF_REQUIRED="Perlu bukti foto atau video. Photo or video proof is needed.",
    CONSENT_REQUIRED="Perlu persetujuan. Consent is needed.",
    INTERNAL="Galat di gateway. A fault of the gateway itself.",
)
SourceQuality = show_enum(
    ports.SourceQuality,
    "Mutu data. What a record is worth.",
    OFFICIAL="Resmi. From the responsible office itself.",
    PUBLISHED="Terbit. Published by press or office, taken from there.",
    COMMUNITY="Warga. Made by the community.",
    ESTIMATED="Perkiraan. Worked out, not observed.",
    SAMPLE="Contoh. Made up for demonstration; never real.",
)
TriState = show_enum(
    ports.TriState,
    "Ya, tidak, atau tidak diketahui. Yes, no or unknown.",
    YES="Ya. Yes.",
    NO="Tidak. No.",
    UNKNOWN="Tidak diketahui. Nobody said.",
)
MediaKind = show_enum(
    ports.MediaKind,
    "Jenis media. Kind of media.",
    PHOTO="Foto. A picture.",
    VIDEO="Video. A video.",
    AUDIO="Suara. A sound.",
    DOCUMENT="Dokumen. A document.",
)
MediaRole = show_enum(
    ports.MediaRole,
    "Peran media. What the media is for.",
    REPORT="Foto laporan. Sent with the complaint.",
    PROOF="Bukti tindak lanjut. Proof of the work.",
    BEFORE="Sebelum. Before the work.",
    AFTER="Sesudah. After the work.",
    GALLERY="Galeri. For looking at.",
    LOGO="Logo. A logo or icon.",
    SHAKEMAP="Peta guncangan. A shake map.",
    INFOGRAPHIC="Infografik. An infographic.",
)
Wheelchair = show_enum(
    ports.Wheelchair,
    "Akses kursi roda. Wheelchair access.",
    YES="Ya. Yes.",
    LIMITED="Terbatas. With help or in part.",
    NO="Tidak. No.",
    UNKNOWN="Tidak diketahui. Nobody said.",
)
SourceState = show_enum(
    words.SourceState,
    "Keadaan sumber data pada jawaban ini. How a source did for this answer.",
    OK="Baik. Answered.",
    STALE="Lama. Answered with the last good answer.",
    PARTIAL="Sebagian. Answered in part.",
    TIMEOUT="Terlambat. Did not answer in time.",
    DOWN="Mati. Could not answer.",
    DISABLED="Dimatikan atau belum ada. Switched off, or not configured yet.",
)
SearchType = show_enum(
    words.SearchType,
    "Jenis hasil pencarian. What can be searched for.",
    COMPLAINT="Pengaduan. Complaints.",
    PLACE="Tempat. Places.",
    EVENT="Acara. Events.",
    TOUR="Tur. Tours.",
    APP="Aplikasi. Apps.",
    JOB="Lowongan. Jobs.",
    STOP="Halte, stasiun. Stops and stations.",
    LINE="Koridor, rute. Lines.",
    COMMODITY="Bahan pokok. Commodities.",
    EMERGENCY="Nomor darurat. Emergency contacts.",
    DEPARTMENT="Perangkat daerah. Departments.",
)


@strawberry.enum(description="Arah urutan. Direction of a sort.")
class SortDirection(Enum):
    ASC = strawberry.enum_value("ASC", description="Menaik. Ascending.")
    DESC = strawberry.enum_value("DESC", description="Menurun. Descending.")


# ------------------------------------------------------------------------------- interfaces


@strawberry.interface(description="Segala yang punya pengenal global. Anything with a global id.")
class Node:
    id: strawberry.ID = strawberry.field(
        description="Pengenal global yang buram. Opaque global id."
    )


@strawberry.type(description="Lisensi data. Under which terms a record may be passed on.")
class Licence:
    spdx: str | None = plain_field("Kode lisensi SPDX. SPDX id.")
    attribution: str | None = plain_field("Atribusi yang wajib dicantumkan. Credit to be shown.")
    redistribution: ports.TriState = plain_field("Boleh disebarkan? May it be passed on?")


@strawberry.type(
    description="Asal dan kesegaran data. Where a record came from and how fresh it is."
)
class SourceRef:
    is_type_of = shows(ports.Origin)

    @strawberry.field(description="Konektor sumber data. The source, as a connector.")
    def connector(self, info: Info) -> Annotated["Connector", strawberry.lazy("schema.connectors")]:
        return show(resolve.connector_of(info.context, show(self).connector))  # type: ignore[no-any-return]

    local_id: str = plain_field(
        "Kunci di sistem asal, sebagai teks. The source's own key, as text."
    )
    url: URL | None = plain_field("Halaman di sistem asal. Page at the source.")
    as_of: datetime = plain_field(
        "Per tanggal: waktu menurut sumber, atau waktu diambil. Time the source stated, else fetch time."
    )
    fetched_at: datetime = plain_field("Waktu diambil gateway. When the gateway fetched it.")
    stale: bool = plain_field("Jawaban terakhir yang baik, bukan yang terbaru. A last good answer.")
    quality: ports.SourceQuality = plain_field("Mutu data. What the record is worth.")
    licence: Licence | None = plain_field("Lisensi data. Terms of the data.")


def source_field() -> Any:
    """The `source` of an upstream-backed record."""

    def source(root: Any) -> SourceRef:
        return show(root.origin)  # type: ignore[no-any-return]

    return strawberry.field(
        resolver=source, description="Sumber data dan kesegarannya. Where it came from, how fresh."
    )


@strawberry.interface(description="Data dari sistem asal. Anything that comes from a source.")
class Sourced:
    source: SourceRef = strawberry.field(description="Sumber data dan kesegarannya. Its origin.")


# ------------------------------------------------------------------------------- lists


@strawberry.type(description="Letak halaman dalam daftar. Where a page lies in its list (Relay).")
class PageInfo:
    has_next_page: bool = plain_field("Masih ada halaman berikut. More follow.")
    has_previous_page: bool = plain_field("Ada halaman sebelumnya. More came before.")
    start_cursor: str | None = plain_field("Kursor pertama. Cursor of the first record.")
    end_cursor: str | None = plain_field("Kursor terakhir. Cursor of the last record.")


@strawberry.type(
    description="Keadaan satu sumber data pada daftar ini: apa yang kurang dan mengapa. "
    "How one source did for this answer: what is missing and why."
)
class SourceStatus:
    is_type_of = shows(words.SourceStatus)

    @strawberry.field(description="Konektor sumber data. The source.")
    def connector(self, info: Info) -> Annotated["Connector", strawberry.lazy("schema.connectors")]:
        return show(resolve.connector_of(info.context, show(self).connector))  # type: ignore[no-any-return]

    state: words.SourceState = plain_field("Keadaan sumber. How it did.")
    code: ports.ErrorCode | None = plain_field("Kode galat. Error code, when it failed.")
    message: str | None = optional_text_field(
        "message", "Kalimat untuk warga. A sentence for people."
    )
    as_of: datetime | None = plain_field("Per tanggal. Time of the newest record given.")

    @strawberry.field(description="Coba lagi setelah. When asking again makes sense.")
    def retry_after(self) -> timedelta | None:
        seconds: Any = self.retry_after
        return None if seconds is None else timedelta(seconds=seconds)


@strawberry.type(description="Jumlah per nilai. How many records have one value.")
class FacetBucket:
    is_type_of = shows(ports.Bucket)
    key: str = plain_field("Nilai. The value.")

    @strawberry.field(description="Nama nilai. The value's name for people.")
    def label(self, info: Info, lang: Locale | None = None) -> str:
        bucket: Any = self
        return resolve.label_of(bucket, lang or info.context.lang_at(info.path))

    count: int = plain_field("Jumlah. How many.")


@strawberry.type(description="Rincian jumlah menurut satu bidang. Counts by one field.")
class Facet:
    field: str = plain_field("Nama bidang. The field.")
    buckets: list[FacetBucket] = plain_field("Jumlah per nilai, terbanyak dahulu. Most first.")


def sources_field() -> Any:
    """The `sources` of a list, from a resolver's Listing."""
    return plain_field(
        "Keadaan setiap sumber data daftar ini. How each source of this list did.", name="sources"
    )


def total_count_field() -> Any:
    """The `totalCount` of a list: worked out only when asked for."""

    async def total_count(root: Any) -> int | None:
        found: int | None = await root.total_count()
        return found

    return strawberry.field(
        resolver=total_count,
        description="Jumlah seluruhnya; null bila ada sumber yang tidak menjawab. How many in all; "
        "null when a source did not answer.",
    )


def facets_field(fields: str) -> Any:
    """The `facets` of a list; `fields` names those it has, for the description."""

    async def facets(root: Any, fields: list[str] | None = None) -> list[Facet]:
        return show(await root.facets(fields))  # type: ignore[no-any-return]

    return strawberry.field(
        resolver=facets, description=f"Rincian jumlah. Counts by field; this list has: {fields}."
    )


# ------------------------------------------------------------------------------- values


@strawberry.type(description="Titik di peta, WGS84. A point on the map, degrees.")
class GeoPoint:
    is_type_of = shows(ports.GeoPoint)
    lat: float = plain_field("Lintang. Latitude.")
    lng: float = plain_field("Bujur. Longitude.")

    @strawberry.field(description="Titik RFC 7946. The same as GeoJSON.")
    def geojson(self) -> GeoJSON:
        return GeoJSON({"type": "Point", "coordinates": [self.lng, self.lat]})


@strawberry.type(description="Jumlah uang. An amount of money.")
class Money:
    is_type_of = shows(ports.Money)
    amount: Decimal = plain_field("Jumlah tepat sebagai teks. Exact amount, as text.")
    currency: str = plain_field("Mata uang ISO 4217. ISO 4217 code.")

    @strawberry.field(description="Tulisan untuk warga: Rp14.000. Written for people.")
    def formatted(self, info: Info, lang: Locale | None = None) -> str:
        money: Any = self
        return resolve.formatted(money, lang or info.context.lang_at(info.path))


@strawberry.type(description="Alamat. A postal address.")
class Address:
    is_type_of = shows(ports.Address)
    text: str = text_field("text", "Alamat lengkap. The whole address.")
    street: str | None = plain_field("Jalan dan nomor. Street and number.")

    @strawberry.field(description="Kelurahan. The kelurahan it is in.")
    async def kelurahan(
        self, info: Info
    ) -> Annotated["Area", strawberry.lazy("schema.areas")] | None:
        return show(await resolve.area_of(info.context, show(self).kelurahan))  # type: ignore[no-any-return]

    @strawberry.field(description="Kecamatan. The kecamatan it is in.")
    async def kecamatan(
        self, info: Info
    ) -> Annotated["Area", strawberry.lazy("schema.areas")] | None:
        return show(await resolve.area_of(info.context, show(self).kecamatan))  # type: ignore[no-any-return]

    postal_code: str | None = plain_field("Kode pos. Postal code.")


@strawberry.type(
    description="Foto, video, suara atau dokumen. A picture, video, sound or document."
)
class Media(Node):
    is_type_of = shows(ports.Media)
    id: strawberry.ID = id_field("Media", lambda media: media.id)

    @strawberry.field(
        description="Alamat berkas; `width` memilih lebar gambar. Where it is; `width` in pixels."
    )
    def url(self, info: Info, width: int | None = None, expires_in: timedelta | None = None) -> URL:
        media: Any = self
        return URL(resolve.media_url(info.context, media, width, expires_in))

    kind: ports.MediaKind = plain_field("Jenis media. Kind of media.")
    role: ports.MediaRole = plain_field("Peran media. What it is for.")
    width: int | None = plain_field("Lebar dalam piksel. Width in pixels.")
    height: int | None = plain_field("Tinggi dalam piksel. Height in pixels.")
    taken_at: datetime | None = plain_field("Waktu diambil. When it was taken.")
    alt: str | None = optional_text_field("alt", "Teks pengganti. Alternative text.")
    licence: Licence | None = plain_field("Lisensi. Terms of use.")


@strawberry.type(description="Terjemahan. One language of a text.")
class Translation:
    lang: Locale = plain_field("Bahasa. Language tag.")
    text: str = plain_field("Teks. The text.")
    machine: bool = plain_field("Diterjemahkan mesin. Translated by a machine.")


# ------------------------------------------------------------------------------- where


@strawberry.input(description="Titik di peta. A point, WGS84 degrees.")
class GeoPointInput:
    lat: float = strawberry.field(description="Lintang, -90 sampai 90. Latitude.")
    lng: float = strawberry.field(description="Bujur, -180 sampai 180. Longitude.")


@strawberry.input(description="Di sekitar titik. Around a point.")
class NearInput:
    point: GeoPointInput = strawberry.field(description="Titik pusat. The centre.")
    radius_m: int = strawberry.field(
        description="Jari-jari dalam meter. Radius in metres.", default=1000
    )


@strawberry.input(description="Kotak peta. A box on the map, edges included.")
class BBoxInput:
    west: float = strawberry.field(description="Bujur barat. Western longitude.")
    south: float = strawberry.field(description="Lintang selatan. Southern latitude.")
    east: float = strawberry.field(description="Bujur timur. Eastern longitude.")
    north: float = strawberry.field(description="Lintang utara. Northern latitude.")


@strawberry.input(
    one_of=True, description="Saringan wilayah; isi tepat satu. Where; exactly one of the fields."
)
class GeoFilter:
    near: NearInput | None = strawberry.field(
        default=strawberry.UNSET, description="Di sekitar titik. Around a point."
    )
    bbox: BBoxInput | None = strawberry.field(
        default=strawberry.UNSET, description="Di dalam kotak. In a box."
    )
    within: GeoJSON | None = strawberry.field(
        default=strawberry.UNSET,
        description="Di dalam poligon RFC 7946. In a Polygon or MultiPolygon.",
    )
    area: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="Kode wilayah Kemendagri, mis. 36.71.05. In an administrative area.",
    )
