"""Staple prices in the graph."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

import strawberry

from connectors.ports import prices as ports
from resolvers import common
from resolvers import prices as resolve
from resolvers.listings import PageArgs
from schema.areas import Area
from schema.common import (
    Address,
    GeoFilter,
    GeoPoint,
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

PriceLevel = show_enum(
    ports.PriceLevel,
    "Tingkat perdagangan. At which step of trade a price is paid.",
    PRODUCER="Produsen. Paid to the producer.",
    WHOLESALE="Pedagang besar, grosir. Paid to wholesalers.",
    RETAIL_TRADITIONAL="Eceran pasar tradisional. Retail in a traditional market.",
    RETAIL_MODERN="Eceran pasar modern. Retail in a modern market or supermarket.",
    CONSUMER="Konsumen. Paid by consumers, the kind of market not told apart.",
)
Trend = show_enum(
    ports.Trend,
    "Arah harga sejak harga sebelumnya. Which way a price went since the one before.",
    UP="Naik. It rose.",
    DOWN="Turun. It fell.",
    FLAT="Tetap. It stayed.",
    UNKNOWN="Tidak diketahui. One of the two prices is not known.",
)


@strawberry.type(
    description="Komoditas bahan pokok, menurut nama dan satuan sumbernya. A staple, as its source "
    "names and measures it."
)
class Commodity(Node):
    is_type_of = shows(ports.Commodity)
    id: strawberry.ID = id_field("Commodity")
    name: str = text_field("name", "Nama komoditas. Name.")

    @strawberry.field(description="Kelompok komoditas. The group it belongs to.")
    async def parent(self, info: Info) -> Commodity | None:
        return show(await resolve.parent_of(info.context, show(self)))  # type: ignore[no-any-return]

    unit: str = plain_field(
        "Satuan: kg, L, piece, pack, tin; lainnya seperti tercetak. Unit; other words as printed."
    )
    aliases: list[str] = plain_field(
        "Nama lain dalam sumber yang sama. Other names its prices are printed under."
    )
    icon: Media | None = plain_field("Gambar. Picture.")

    @strawberry.field(
        description="Harga dari tanggal ke tanggal (keduanya termasuk), terbaru dahulu. All prices "
        "from one day to another, both included, newest first."
    )
    async def prices(
        self,
        info: Info,
        from_: Annotated[dt.date, strawberry.argument(name="from")],
        to: dt.date,
        level: ports.PriceLevel | None = None,
        market: strawberry.ID | None = None,
    ) -> list[Price] | None:
        found = await resolve.prices_of(
            info.context, show(self), level=level, market=market, since=from_, until=to
        )
        return show(found)  # type: ignore[no-any-return]


@strawberry.type(description="Pasar. A market.")
class Market(Node, Sourced):
    is_type_of = shows(ports.Market)
    id: strawberry.ID = id_field("Market")
    name: str = plain_field("Nama pasar. Name.")
    point: GeoPoint | None = plain_field("Letak. Where it is.")
    address: Address | None = plain_field("Alamat. Address.")
    level: ports.PriceLevel | None = plain_field(
        "Tingkat perdagangan; null bila sumber tidak menyebutnya. Step of trade; null when no "
        "source states it."
    )
    source: SourceRef = source_field()


@strawberry.type(description="Pasar dalam daftar. One market of a list.")
class MarketEdge:
    cursor: str = plain_field("Kursor. Cursor.")
    node: Market = plain_field("Pasar. The market.")
    distance_m: int | None = plain_field(
        "Jarak dalam meter dari titik `near`. Metres from the point of `near`."
    )


@strawberry.type(description="Daftar pasar. A list of markets.")
class MarketConnection:
    edges: list[MarketEdge] = plain_field("Isi halaman. The page.")
    page_info: PageInfo = plain_field("Letak halaman. Where the page lies.")
    total_count: int | None = total_count_field()
    sources: list[SourceStatus] = sources_field()


@strawberry.type(
    description="Harga satu komoditas di satu pasar, atau rata-rata satu wilayah, pada satu hari. "
    "What one commodity cost in one market, or on average, on one day."
)
class Price(Sourced):
    is_type_of = shows(ports.Price)

    @strawberry.field(description="Komoditas. What it is the price of.")
    async def commodity(self, info: Info) -> Commodity:
        return show(await resolve.commodity_of(info.context, show(self)))  # type: ignore[no-any-return]

    @strawberry.field(description="Pasar; null untuk rata-rata. The market; null for an average.")
    async def market(self, info: Info) -> Market | None:
        return show(await resolve.market_of(info.context, show(self)))  # type: ignore[no-any-return]

    @strawberry.field(
        description="Wilayah di kota ini; null untuk rata-rata nasional. The area of this city; "
        "null for a national average."
    )
    async def area(self, info: Info) -> Area | None:
        price: Any = self
        return show(await common.area_of(info.context, price.area))  # type: ignore[no-any-return]

    level: ports.PriceLevel | None = plain_field(
        "Tingkat perdagangan; null bila tidak disebut. Step of trade; null when not stated."
    )
    date: dt.date = plain_field("Tanggal harga. The day of the price.")
    price: Money | None = plain_field(
        "Harga; null bila tidak dilaporkan, tidak pernah 0. The price; null means that nobody "
        "reported it; it is never 0."
    )
    unit: str = plain_field("Satuan. The unit it is the price of.")
    previous: Money | None = plain_field(
        "Harga sebelumnya: yang disebut sumber, atau pengamatan sebelumnya. The price before: as "
        "the source stated it, else the last one reported on an earlier day."
    )
    previous_date: dt.date | None = plain_field(
        "Tanggal harga sebelumnya; null bila sumber tidak menyebutnya. Its day; null when the "
        "source stated the price without it."
    )
    change: Money | None = plain_field("Selisih harga. The price less the one before.")
    change_percent: float | None = plain_field("Selisih dalam persen. The change in per cent.")
    trend: ports.Trend = plain_field("Arah harga. Which way it went.")
    low: Money | None = plain_field("Harga terendah. Lowest price reported.")
    high: Money | None = plain_field("Harga tertinggi. Highest price reported.")
    ceiling: Money | None = plain_field(
        "Harga eceran tertinggi atau acuan (HET/HAP). Highest price allowed or advised."
    )
    above_ceiling: bool | None = plain_field(
        "Di atas HET/HAP? Above the ceiling? Null when either is not known."
    )
    estimated: bool = plain_field("Perkiraan, bukan pengamatan. Estimated, not observed.")
    source: SourceRef = source_field()


@strawberry.type(description="Harga dalam daftar. One price of a list.")
class PriceEdge:
    cursor: str = plain_field("Kursor. Cursor.")
    node: Price = plain_field("Harga. The price.")


@strawberry.type(description="Daftar harga, terbaru dahulu. A list of prices, newest first.")
class PriceConnection:
    edges: list[PriceEdge] = plain_field("Isi halaman. The page.")
    page_info: PageInfo = plain_field("Letak halaman. Where the page lies.")
    sources: list[SourceStatus] = sources_field()


@strawberry.input(
    description="Saringan harga. Dengan `from` atau `to`: semua pengamatan; tanpa itu: yang terbaru "
    "dari setiap komoditas, pasar dan tingkat. Which prices: with `from` or `to` every observation "
    "of those days; else the latest of each commodity, market and level."
)
class PriceFilter:
    commodities: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Komoditas. Of these commodities."
    )
    markets: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Pasar. In these markets."
    )
    area: str | None = strawberry.field(
        default=None,
        description="Kode wilayah Kemendagri, termasuk isinya. In the area with this code.",
    )
    level: ports.PriceLevel | None = strawberry.field(
        default=None, description="Tingkat perdagangan. At this step of trade."
    )
    date: dt.date | None = strawberry.field(
        default=None,
        description="Harga terbaru pada atau sebelum hari ini. The latest on or before this day; "
        "without it, today.",
    )
    from_: dt.date | None = strawberry.field(
        name="from", default=None, description="Dari tanggal, termasuk. From this day on."
    )
    to: dt.date | None = strawberry.field(
        default=None, description="Sampai tanggal, termasuk. Up to and with this day."
    )
    above_ceiling: bool | None = strawberry.field(
        default=None,
        description="Hanya di atas (true) atau tidak di atas (false) HET/HAP. Only above, or not "
        "above, a known ceiling.",
    )


@strawberry.type
class PriceQuery:
    @strawberry.field(
        description="Komoditas bahan pokok; `q` mencari dalam nama dan nama lain. Staples; `q` "
        "finds parts of names and aliases."
    )
    async def commodities(self, info: Info, q: str | None = None) -> list[Commodity] | None:
        return show(await resolve.find_commodities(info.context, q))  # type: ignore[no-any-return]

    @strawberry.field(
        description="Pasar; menurut jarak bila `geo` berisi `near`, selain itu menurut nama. "
        "Markets, the nearest first with `near`, else by name."
    )
    async def markets(
        self,
        info: Info,
        geo: GeoFilter | None = None,
        first: int | None = 50,
        after: str | None = None,
    ) -> MarketConnection | None:
        found = await resolve.find_markets(info.context, geo, PageArgs(first, after))
        return show(found)  # type: ignore[no-any-return]

    @strawberry.field(
        description="Harga bahan pokok, terbaru dahulu. Staple prices, newest day first."
    )
    async def prices(
        self,
        info: Info,
        where: PriceFilter,
        first: int | None = 100,
        after: str | None = None,
    ) -> PriceConnection | None:
        found = await resolve.find_prices(info.context, where, PageArgs(first, after))
        return show(found)  # type: ignore[no-any-return]
