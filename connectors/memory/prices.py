"""Commodities, markets and prices from records in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from connectors.memory.base import by_id, mentions, slice_of
from connectors.ports import geometry
from connectors.ports.common import (
    InArea,
    Order,
    Page,
    Slice,
    SortValue,
)
from connectors.ports.prices import (
    Commodity,
    Market,
    MarketCriteria,
    MarketOrderField,
    Price,
    PriceCriteria,
    name_sort,
    series_of,
)


class MemoryPrices:
    """A PriceSource over records."""

    def __init__(
        self, name: str, commodities: Sequence[Commodity], prices: Sequence[Price]
    ) -> None:
        self.name = name
        self._commodities = sorted(commodities, key=lambda c: (c.position, c.origin.local_id))
        # By day, each with its series, which is dear to work out.
        self._prices = [(series_of(price), price) for price in with_previous(prices)]

    async def commodities_by_id(self, ids: Sequence[str]) -> Sequence[Commodity | None]:
        return by_id(self._commodities, ids)

    async def find_commodities(self, words: Sequence[str]) -> Sequence[Commodity]:
        return [c for c in self._commodities if mentions(" ".join(words), c.name, *c.aliases)]

    async def find_prices(self, criteria: PriceCriteria, page: Page) -> Slice[Price]:
        return slice_of(self._wanted(criteria), page, lambda price: price.date)

    async def prices_by_commodity_id(
        self, ids: Sequence[str], criteria: PriceCriteria, limit: int
    ) -> Sequence[Sequence[Price]]:
        asked = set(ids)
        found = [price for price in self._wanted(criteria) if price.commodity.local in asked]
        found.sort(key=lambda price: price.origin.local_id)
        found.sort(key=lambda price: price.date, reverse=True)
        by_commodity: dict[str, list[Price]] = {}
        for price in found[:limit]:
            by_commodity.setdefault(price.commodity.local, []).append(price)
        return [by_commodity.get(local, []) for local in ids]

    def _wanted(self, criteria: PriceCriteria) -> list[Price]:
        found = [pair for pair in self._prices if _in_series(pair[1], criteria)]
        if criteria.latest_only:
            until = criteria.on or date.max
            found = list({s: (s, price) for s, price in found if price.date <= until}.values())
        return [price for _, price in found if _as_wanted(price, criteria)]


class MemoryMarkets:
    """A MarketSource over records."""

    def __init__(self, name: str, markets: Sequence[Market]) -> None:
        self.name = name
        self._markets = tuple(markets)

    async def markets_by_id(self, ids: Sequence[str]) -> Sequence[Market | None]:
        return by_id(self._markets, ids)

    async def find_markets(
        self, criteria: MarketCriteria, order: Order[MarketOrderField], page: Page
    ) -> Slice[Market]:
        def sort(market: Market) -> SortValue:
            if order.field is MarketOrderField.NAME:
                return name_sort(market)
            if order.origin is None or market.point is None:
                return None
            return geometry.chord2(order.origin, market.point)

        return slice_of(
            self._found(criteria), page, sort, origin=order.origin, point=lambda m: m.point
        )

    async def count_markets(self, criteria: MarketCriteria) -> int:
        return len(self._found(criteria))

    def _found(self, criteria: MarketCriteria) -> list[Market]:
        where = criteria.where
        return [
            market
            for market in self._markets
            if where is None or geometry.is_in(where, market.point, market.area)
        ]


class MemoryPriceFeed(MemoryPrices, MemoryMarkets):
    """A PriceSource and a MarketSource over prices and the commodities and markets they name."""

    def __init__(self, name: str, records: Sequence[Commodity | Market | Price]) -> None:
        commodities = [record for record in records if isinstance(record, Commodity)]
        prices = [record for record in records if isinstance(record, Price)]
        MemoryPrices.__init__(self, name, commodities, prices)
        markets = [record for record in records if isinstance(record, Market)]
        MemoryMarkets.__init__(self, name, markets)


def with_previous(prices: Sequence[Price]) -> list[Price]:
    """The prices, each with the one before in its series where the source did not state it."""
    last: dict[str, Price] = {}
    day: dict[str, list[Price]] = {}
    found = []
    for price in sorted(prices, key=_observed):
        series = series_of(price)
        today = day.get(series, [])
        if today and today[0].date != price.date:
            reported = [one for one in today if one.price is not None]
            last.update({series: reported[-1]} if reported else {})
            today = []
        day[series] = [*today, price]
        before = last.get(series)
        if price.previous is None and before is not None:
            found.append(replace(price, previous=before.price, previous_date=before.date))
        else:
            day_before = price.previous_date if price.previous else None
            found.append(replace(price, previous_date=day_before))
    return found


def _observed(price: Price) -> tuple[date, str]:
    return price.date, price.origin.local_id


def _in_series(price: Price, criteria: PriceCriteria) -> bool:
    """Whether the criteria that hold for a whole series are met."""
    return (
        (not criteria.commodities or price.commodity in criteria.commodities)
        and (not criteria.markets or price.market in criteria.markets)
        and (criteria.area is None or geometry.is_in(InArea(criteria.area), None, price.area))
        and (criteria.level is None or price.level is criteria.level)
    )


def _as_wanted(price: Price, criteria: PriceCriteria) -> bool:
    """Whether the criteria that hold for one observation are met."""
    return (
        (criteria.since is None or price.date >= criteria.since)
        and (criteria.until is None or price.date <= criteria.until)
        and (criteria.above_ceiling is None or price.above_ceiling is criteria.above_ceiling)
    )
