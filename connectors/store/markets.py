"""Markets in the embedded store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import JSON, Column, ColumnElement, Index, Row, String, Table, func, select

from connectors.base import Tools
from connectors.kinds.sql import Database
from connectors.ports.common import Order, Page, Slice
from connectors.ports.connectors import Binding
from connectors.ports.prices import (
    Market,
    MarketCriteria,
    MarketOrderField,
    PriceLevel,
    name_sort,
)
from connectors.store.base import (
    SORTED,
    address_of,
    address_value,
    chord2,
    in_order,
    located,
    metadata,
    origin_columns,
    origin_of,
    origin_values,
    owned,
    paged,
    place_columns,
    place_index,
    point_of,
    point_values,
    rows_of,
    slice_of,
)

markets = Table(
    "markets",
    metadata,
    *origin_columns(),
    *place_columns(),
    Column("name", String, nullable=False),
    Column("name_sort", SORTED, nullable=False),
    Column("level", String(24)),
    Column("address", JSON(none_as_null=True)),
    place_index("markets"),
    Index("ix_markets_name", "source", "name_sort", "local_id"),
)


async def open_markets(binding: Binding, tools: Tools) -> StoreMarkets:
    """The store's markets as a system, see `connectors.registry`."""
    return StoreMarkets(binding.key, tools.database, samples=tools.samples_shown)


class StoreMarkets:
    """A MarketSource over the table `markets`."""

    def __init__(self, name: str, database: Database, *, samples: bool = True) -> None:
        self.name = name
        self._database = database
        self._samples = samples

    async def markets_by_id(self, ids: Sequence[str]) -> Sequence[Market | None]:
        rows = await self._database.rows(
            select(markets).where(self._mine(), markets.c.local_id.in_(ids))
        )
        return in_order(map(_market, rows), ids, lambda market: market.origin.local_id)

    async def find_markets(
        self, criteria: MarketCriteria, order: Order[MarketOrderField], page: Page
    ) -> Slice[Market]:
        statement = select(markets).where(self._mine(), located(markets, criteria.where))
        ranges = paged(statement, markets, page, _sort(order), source=self.name)
        rows = await rows_of(self._database, ranges, page)
        return await slice_of(rows, page, _market, order.origin)

    async def count_markets(self, criteria: MarketCriteria) -> int:
        found = await self._database.value(
            select(func.count())
            .select_from(markets)
            .where(self._mine(), located(markets, criteria.where))
        )
        return int(found)

    def _mine(self) -> ColumnElement[bool]:
        return owned(markets, self.name, samples=self._samples)


def _sort(order: Order[MarketOrderField]) -> ColumnElement[Any] | None:
    if order.field is MarketOrderField.NAME:
        return markets.c.name_sort
    return chord2(markets, order.origin) if order.origin else None


def _market(row: Row[Any]) -> Market:
    return Market(
        origin=origin_of(row),
        name=row.name,
        level=row.level and PriceLevel(row.level),
        point=point_of(row),
        area=row.area,
        address=address_of(row.address),
    )


def market_values(market: Market) -> dict[str, Any]:
    """The row of a market."""
    return {
        **origin_values(market.origin),
        **point_values(market.point, market.area),
        "name": market.name,
        "name_sort": name_sort(market),
        "level": market.level.value if market.level else None,
        "address": address_value(market.address),
    }
