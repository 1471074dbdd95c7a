"""What every source of prices, and every source of markets, must keep.

An app team subclasses these, gives `source` and the records it holds, and runs pytest::

    class TestOurPrices(PriceSourcePromises):
        @pytest.fixture
        def source(self): ...
        @pytest.fixture
        def commodities(self): ...
        @pytest.fixture
        def prices(self): ...
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from connectors.memory.prices import MemoryMarkets, MemoryPrices
from connectors.ports.common import BBox, GeoPoint, InArea, Near, Order, Page
from connectors.ports.prices import (
    Commodity,
    Market,
    MarketCriteria,
    MarketOrderField,
    MarketSource,
    Price,
    PriceCriteria,
    PriceSource,
)
from connectors.testing.base import UNKNOWN, assert_batch, assert_pages, assert_total_order


class PriceSourcePromises:
    """Tests of a PriceSource. `prices` are what it holds, as its answers show them."""

    async def test_commodities_come_in_the_order_of_their_ids_and_none_where_unknown(
        self, source: PriceSource, commodities: Sequence[Commodity]
    ) -> None:
        known = {commodity.origin.local_id: commodity for commodity in commodities}
        await assert_batch(source.commodities_by_id, known)

    async def test_all_commodities_come_by_position_then_id(
        self, source: PriceSource, commodities: Sequence[Commodity]
    ) -> None:
        expected = sorted(commodities, key=lambda c: (c.position, c.origin.local_id))
        assert await source.find_commodities([]) == expected

    async def test_a_part_of_any_name_finds_a_commodity(
        self, source: PriceSource, commodities: Sequence[Commodity]
    ) -> None:
        for commodity in commodities:
            names = [name for _, name in commodity.name] + list(commodity.aliases)
            for name in names:
                part = name.casefold().split()[0][1:]
                assert commodity in await source.find_commodities([part] if part else [])
        assert await source.find_commodities([UNKNOWN]) == []

    async def test_pages_begin_with_the_newest_day_and_lose_and_repeat_nothing(
        self, source: PriceSource, prices: Sequence[Price]
    ) -> None:
        everything = PriceCriteria(since=min(price.date for price in prices))
        expected = sorted(prices, key=lambda price: price.origin.local_id)
        expected.sort(key=lambda price: price.date, reverse=True)
        find = partial(source.find_prices, everything)
        for size in (1, 2, 500):
            assert await assert_total_order(find, descending=True, first=size) == expected

    async def test_criteria_choose_what_brute_force_chooses(
        self, source: PriceSource, prices: Sequence[Price], commodities: Sequence[Commodity]
    ) -> None:
        reference = MemoryPrices(source.name, commodities, prices)
        days = sorted({price.date for price in prices})
        one = prices[0]
        page = Page(500, descending=True)
        for criteria in (
            PriceCriteria(),
            *(PriceCriteria(on=day) for day in days),
            PriceCriteria(on=days[0] - timedelta(days=1)),
            PriceCriteria(since=days[0], until=days[len(days) // 2]),
            PriceCriteria(commodities=(one.commodity,)),
            *(PriceCriteria(markets=(p.market,)) for p in prices if p.market),
            *(PriceCriteria(area=p.area) for p in prices if p.area),
            *(PriceCriteria(level=p.level) for p in prices if p.level),
            PriceCriteria(above_ceiling=True),
            PriceCriteria(above_ceiling=False, since=days[0]),
        ):
            assert await source.find_prices(criteria, page) == await reference.find_prices(
                criteria, page
            ), criteria

    async def test_every_price_has_its_commodity_and_is_never_zero(
        self, source: PriceSource, prices: Sequence[Price]
    ) -> None:
        day = min(price.date for price in prices)
        answer = await source.find_prices(PriceCriteria(since=day), Page(500, descending=True))
        assert answer.hits
        for price in (hit.record for hit in answer.hits):
            assert price.commodity.source == source.name
            assert None not in await source.commodities_by_id([price.commodity.local])
            for money in (price.price, price.previous, price.low, price.high, price.ceiling):
                assert money is None or money.amount > 0

    async def test_prices_by_commodity_come_in_the_order_of_the_ids(
        self, source: PriceSource, prices: Sequence[Price], commodities: Sequence[Commodity]
    ) -> None:
        everything = PriceCriteria(since=min(price.date for price in prices))
        asked = [c.origin.local_id for c in commodities]
        found = await source.prices_by_commodity_id([UNKNOWN, *asked], everything, 1000)
        assert len(found) == len(asked) + 1
        assert not found[0]
        assert sum(map(len, found)) == len(prices)
        for local, own in zip(asked, found[1:], strict=True):
            assert {price.commodity.local for price in own} <= {local}
            assert [p.date for p in own] == sorted((p.date for p in own), reverse=True)
        few = await source.prices_by_commodity_id(asked, everything, 1)
        assert sum(map(len, few)) == 1


class MarketSourcePromises:
    """Tests of a MarketSource. `markets` are what it holds."""

    async def test_markets_come_in_the_order_of_their_ids_and_none_where_unknown(
        self, source: MarketSource, markets: Sequence[Market]
    ) -> None:
        known = {market.origin.local_id: market for market in markets}
        await assert_batch(source.markets_by_id, known)

    async def test_pages_by_name_and_by_distance_hold_every_market_once(
        self, source: MarketSource, markets: Sequence[Market]
    ) -> None:
        here = next((m.point for m in markets if m.point), GeoPoint(-6.17, 106.64))
        reference = MemoryMarkets(source.name, markets)
        for order in (
            Order(MarketOrderField.NAME),
            Order(MarketOrderField.DISTANCE, origin=here),
        ):
            whole = await reference.find_markets(MarketCriteria(), order, Page(500))
            await assert_pages(partial(source.find_markets, MarketCriteria(), order), whole.hits)

    async def test_markets_are_found_where_the_question_says(
        self, source: MarketSource, markets: Sequence[Market]
    ) -> None:
        reference = MemoryMarkets(source.name, markets)
        order = Order(MarketOrderField.NAME)
        points = [market.point for market in markets if market.point]
        areas = sorted({market.area for market in markets if market.area})
        for where in (
            None,
            *(Near(point, metres) for point in points for metres in (1, 2_000)),
            *(BBox(p.lng - 0.01, p.lat - 0.01, p.lng, p.lat) for p in points),
            *(InArea(code) for code in (*areas, "36.71", "99")),
        ):
            criteria = MarketCriteria(where)
            expected = await reference.find_markets(criteria, order, Page(500))
            assert await source.find_markets(criteria, order, Page(500)) == expected
            assert await source.count_markets(criteria) == len(expected.hits)
