"""Loads commodities, markets and prices: of the city's price team (tpid) and national (pihps)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, time
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import Table

from catalog.pack import CsvRow
from connectors.errors import Unreadable
from connectors.memory.price_rows import read_commodity, read_market, read_price, slug
from connectors.ports.common import (
    Address,
    GeoPoint,
    Licence,
    ScopedId,
    TriState,
    must_text,
)
from connectors.ports.connectors import SearchType
from connectors.ports.prices import Commodity, Market, Price
from connectors.ports.search import Document
from connectors.store.markets import market_values, markets
from connectors.store.prices import (
    commodities,
    commodity_values,
    price_series,
    price_values,
    prices,
    series_values,
)

if TYPE_CHECKING:
    from catalog.loading import Load

CITY, NATIONAL, MARKETS = "tpid", "pihps", "pasar"
UNLICENSED = "coordinates_unknown_licence/markets.csv"


async def load(load: Load) -> None:
    """Put all commodities, markets and prices of the pack into the store.

    A price whose commodity is on no list gets a commodity of its own, made of the printed name;
    the report says so. The names prices are printed under become aliases.
    """
    markets_ = list(_markets(load))
    await _replace(load, markets, MARKETS, map(market_values, markets_))
    known = {market.name: market for market in markets_}
    listed = {source: dict(_listed(load, source)) for source in (CITY, NATIONAL)}
    observed: dict[str, list[Price]] = {CITY: [], NATIONAL: []}
    for row in load.pack.rows("prices.csv"):
        source = NATIONAL if row.get("scope") == "national average" else CITY
        try:
            observed[source].append(_price(load, source, row, known, listed[source]))
        except (Unreadable, ValueError) as error:
            load.reject(source, row, str(error))
    for source, found in listed.items():
        await _replace(load, commodities, source, map(commodity_values, found.values()))
        await _replace(load, prices, source, map(price_values, observed[source]))
        series = {values["series"]: values for values in map(series_values, observed[source])}
        await _replace(load, price_series, source, series.values())
        for commodity in found.values():
            load.index(_document(commodity))


async def _replace(load: Load, table: Table, source: str, rows: Iterable[dict[str, Any]]) -> None:
    # A pack without this source has no rows of it, and no catalogue line to hang them on.
    if source in load.bindings:
        await load.replace(table, source, rows)


def _document(commodity: Commodity) -> Document:
    id_ = ScopedId(commodity.origin.connector, commodity.origin.local_id)
    return Document(SearchType.COMMODITY, id_, commodity.name, body=commodity.aliases)


# ------------------------------------------------------------------------------- commodities

FEEDS = {CITY: "TPID", NATIONAL: "PIHPS"}


def _listed(load: Load, source: str) -> Iterator[tuple[str, Commodity]]:
    """The commodities on a source's own list, by local id."""
    for row in load.pack.rows("commodities.csv"):
        if not row.need("feed").startswith(FEEDS[source]):
            continue
        values = {
            **row.values,
            "name": row.get("name_id"),
            "position": row.get("seq"),
        }
        commodity = read_commodity(values, partial(load.origin, source, url=_url(row)))
        yield commodity.origin.local_id, commodity


def _commodity_of(load: Load, source: str, row: CsvRow, listed: dict[str, Commodity]) -> Commodity:
    """The commodity of a price row, its printed name kept as an alias."""
    printed = row.need("commodity")
    local = row.get("commodity_id") or slug(printed)
    if row.get("commodity_id") is not None and local not in listed:
        load.reject(source, row, f"no commodity {local}", field="commodity_id", kept=True)
    if local not in listed:
        if row.get("commodity_id") is None:
            reason = "on no list of commodities: one was made of the printed name"
            load.reject(source, row, reason, field="commodity_id", kept=True)
        values = {
            "id": local,
            "name": printed,
            "unit": row.get("unit"),
            "position": len(listed) + 1,
        }
        listed[local] = read_commodity(values, partial(load.origin, source, url=_url(row)))
    commodity = listed[local]
    names = {name.casefold() for name in (*dict(commodity.name).values(), *commodity.aliases)}
    if printed.casefold() not in names:
        commodity = replace(commodity, aliases=(*commodity.aliases, printed))
        listed[local] = commodity
    return commodity


# ------------------------------------------------------------------------------- prices


def _price(
    load: Load, source: str, row: CsvRow, known: dict[str, Market], listed: dict[str, Commodity]
) -> Price:
    commodity = _commodity_of(load, source, row, listed)
    market, area = None, None
    if source == CITY:
        market = known.get(row.get("market") or "")
        area = market.area if market and market.area else load.pack.city["code"]
        if row.get("scope") == "market" and market is None:
            load.reject(source, row, "no such market", field="market", kept=True)
    unit = row.get("unit")
    values = {
        "commodity": commodity.origin.local_id,
        "market": market and f"{MARKETS}:{market.origin.local_id}",
        "area": area,
        "date": row.get("date"),
        # "as printed" means: the unit is the one on the commodity's own list.
        "unit": commodity.unit if unit == "as printed" else unit,
        "price": row.get("price_idr"),
        "previous": row.get("previous_idr"),
        "low": row.get("low_idr"),
        "high": row.get("high_idr"),
    }
    price = read_price(values, partial(load.origin, source, url=_url(row)))
    zone = ZoneInfo(load.pack.city["zone"])
    stated = datetime.combine(price.date, time(), zone)
    return replace(price, origin=replace(price.origin, as_of=stated))


def _url(row: CsvRow) -> str | None:
    """The first address in the row's citation, where it is known whole."""
    found = re.match(r"https://[^\s|]+", row.get("source") or "")
    return found[0] if found else None


# ------------------------------------------------------------------------------- markets


def _markets(load: Load) -> Iterator[Market]:
    districts = {row.need("name"): row.need("code") for row in load.pack.rows("districts.csv")}
    points = {}
    if load.unlicensed_coordinates:
        points = {row.need("id"): row for row in load.pack.rows(UNLICENSED)}
    for row in load.pack.rows("markets.csv"):
        try:
            yield _market(load, row, points.get(row.need("id")), districts)
        except (Unreadable, ValueError) as error:
            load.reject(MARKETS, row, str(error))


def _market(load: Load, row: CsvRow, at: CsvRow | None, districts: dict[str, str]) -> Market:
    district = row.get("district")
    kecamatan = districts.get(district or "")
    if district is not None and kecamatan is None:
        load.reject(MARKETS, row, f"no kecamatan {district}", field="district", kept=True)
    licence = None
    if at is not None:
        licence = Licence(
            attribution=f"Koordinat / coordinates: {at.get('coord_source')}",
            redistribution=TriState.UNKNOWN,
        )
    origin = partial(load.origin, MARKETS, licence=licence, url=_url(row))
    spot = {"lat": at.get("lat"), "lng": at.get("lon")} if at else {}
    market = read_market({**row.values, **spot, "area": kecamatan}, origin)
    point: GeoPoint | None = market.point
    address = Address(
        must_text(f"Kecamatan {district}, {load.pack.city['name']}"), kecamatan=kecamatan
    )
    return replace(
        market,
        area=load.pack.kelurahan.at(point) or kecamatan,
        address=address if kecamatan else None,
    )
