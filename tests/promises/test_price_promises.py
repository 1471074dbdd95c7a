"""The promises about prices, kept in memory and by the store on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Table, insert
from sqlalchemy.ext.asyncio import AsyncEngine

from connectors.kinds.sql import Database, open_engine
from connectors.memory.prices import MemoryMarkets, MemoryPrices, with_previous
from connectors.ports.common import (
    Address,
    GeoPoint,
    Money,
    Order,
    Origin,
    Page,
    ScopedId,
    SourceQuality,
    must_text,
)
from connectors.ports.prices import (
    Commodity,
    Market,
    MarketCriteria,
    MarketOrderField,
    Price,
    PriceCriteria,
    PriceLevel,
)
from connectors.store import markets as market_store
from connectors.store import prices as store
from connectors.store.base import metadata
from connectors.testing.prices import MarketSourcePromises, PriceSourcePromises
from tests.kept import keep

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
DAY = date(2026, 11, 1)


def origin(local: str, quality: SourceQuality = SourceQuality.PUBLISHED) -> Origin:
    return Origin("p", local, NOW, NOW, quality)


def rupiah(amount: int | str | None) -> Money | None:
    return None if amount is None else Money(Decimal(amount))


def price(local: str, *, day: int = 0, amount: int | str | None = 10_000, **rest: object) -> Price:
    made = Price(
        origin(local), ScopedId("p", "beras"), DAY + timedelta(days=day), "kg",
        price=rupiah(amount),
    )  # fmt: skip
    return replace(made, **rest)  # type: ignore[arg-type]


COMMODITIES = [
    Commodity(origin("telur"), must_text("Telur ayam", "Eggs"), "kg", ("Telor",), position=2),
    Commodity(origin("beras"), must_text("Beras IR I", "Rice"), "kg", position=1),
    Commodity(origin("cabai"), must_text("Cabai 100%_rawit"), "kg", position=2),
]
ANYAR = ScopedId("markets", "anyar")
STATED = [
    price("a", day=0, amount=10_000, market=ANYAR, area="36.71.01"),
    price("b", day=3, amount=None, low=rupiah(9_000), high=rupiah(11_000), market=ANYAR,
          area="36.71.01"),
    price("c", day=5, amount=12_000, market=ANYAR, area="36.71.01"),
    price("d", day=5, amount=11_000, market=ANYAR, area="36.71.01"),
    price("e", day=9, amount="12500.5", market=ANYAR, area="36.71.01", ceiling=rupiah(12_000)),
    price("f", day=5, area="36.71", level=PriceLevel.CONSUMER, previous=rupiah(9_999)),
    price("g", day=9, area="36.71", level=PriceLevel.CONSUMER, estimated=True),
    price("h", day=9, commodity=ScopedId("p", "telur"), ceiling=rupiah(10_000)),
]  # fmt: skip
PRICES = with_previous(STATED)
MARKETS = [
    Market(origin("anyar"), "Pasar Anyar", None, GeoPoint(-6.17, 106.63), "36.71.01.1001"),
    Market(origin("lama"), "pasar lama", PriceLevel.WHOLESALE, GeoPoint(-6.178, 106.629)),
    Market(origin("poris"), "Pasar Poris", area="36.71.05",
           address=Address(must_text("Kecamatan Cipondoh"), kecamatan="36.71.05")),
    Market(origin("anyar-2"), "Pasar Anyar", PriceLevel.RETAIL_MODERN),
]  # fmt: skip


async def kept(
    engine: AsyncEngine, commodities: Sequence[Commodity], prices: Sequence[Price]
) -> None:
    """Put records in the place of all that are there."""
    rows: dict[Table, list[dict[str, Any]]] = {
        store.commodities: [store.commodity_values(one) for one in commodities],
        store.prices: [store.price_values(one) for one in prices],
        store.price_series: list(
            {values["series"]: values for values in map(store.series_values, prices)}.values()
        ),
    }
    await keep(engine, rows)


class WithKnownPrices(PriceSourcePromises):
    @pytest.fixture
    def commodities(self) -> list[Commodity]:
        return COMMODITIES

    @pytest.fixture
    def prices(self) -> list[Price]:
        return PRICES


class TestPricesInMemory(WithKnownPrices):
    @pytest.fixture
    def source(self) -> MemoryPrices:
        return MemoryPrices("p", COMMODITIES, STATED)


class TestPricesInTheStore(WithKnownPrices):
    @pytest.fixture
    async def source(self, engine: AsyncEngine) -> store.StorePrices:
        await kept(engine, COMMODITIES, STATED)
        return store.StorePrices("p", Database(engine))


class WithKnownMarkets(MarketSourcePromises):
    @pytest.fixture
    def markets(self) -> list[Market]:
        return MARKETS


class TestMarketsInMemory(WithKnownMarkets):
    @pytest.fixture
    def source(self) -> MemoryMarkets:
        return MemoryMarkets("p", MARKETS)


class TestMarketsInTheStore(WithKnownMarkets):
    @pytest.fixture
    async def source(self, engine: AsyncEngine) -> market_store.StoreMarkets:
        async with engine.begin() as connection:
            await connection.execute(
                insert(market_store.markets), [market_store.market_values(m) for m in MARKETS]
            )
        return market_store.StoreMarkets("p", Database(engine))


# ------------------------------------------------------------------------------- worked by hand


def test_the_price_before_is_the_last_one_reported_on_an_earlier_day_of_the_series() -> None:
    known = {one.origin.local_id: one for one in PRICES}

    def before(local: str) -> tuple[Money | None, date | None]:
        return known[local].previous, known[local].previous_date

    assert before("a") == (None, None)
    assert before("b") == (rupiah(10_000), DAY)
    # "b" is a range only, and "c" is of the same day as "d": both look back to "a".
    assert before("c") == before("d") == (rupiah(10_000), DAY)
    assert before("e") == (rupiah(11_000), DAY + timedelta(days=5))
    # What the source states itself is kept, without the day it did not state.
    assert before("f") == (rupiah(9_999), None)
    assert before("g") == (rupiah(10_000), DAY + timedelta(days=5))
    assert before("h") == (None, None)


async def test_the_latest_price_of_each_series_is_found_as_of_a_day() -> None:
    source = MemoryPrices("p", COMMODITIES, STATED)

    async def on(day: int) -> list[str]:
        criteria = PriceCriteria(on=DAY + timedelta(days=day))
        found = await source.find_prices(criteria, Page(9, descending=True))
        return [hit.record.origin.local_id for hit in found.hits]

    assert await on(-1) == []
    assert await on(4) == ["b"]
    assert await on(8) == ["d", "f"]
    assert await on(9) == ["e", "g", "h"]


def test_change_and_trend_are_worked_out_from_both_prices() -> None:
    risen = price("x", amount=12_500, previous=rupiah(10_000))
    assert (risen.change, risen.change_percent, risen.trend.value) == (rupiah(2_500), 25.0, "UP")
    fallen = price("x", amount=10_000, previous=rupiah(30_000))
    assert (fallen.change, fallen.change_percent) == (rupiah(-20_000), -66.67)
    assert fallen.trend.value == "DOWN"
    same = price("x", amount=5, previous=rupiah("5.0"))
    assert (same.change_percent, same.trend.value) == (0.0, "FLAT")
    for unknown in (
        price("x", amount=None, previous=rupiah(5)),
        price("x"),
        price("x", previous=Money(Decimal(1), "USD")),
    ):
        assert (unknown.change, unknown.change_percent) == (None, None)
        assert unknown.trend.value == "UNKNOWN"


async def test_production_hides_sample_prices_also_as_the_latest_and_the_one_before(
    engine: AsyncEngine,
) -> None:
    made_up = replace(price("b", day=1, amount=2), origin=origin("b", SourceQuality.SAMPLE))
    newest = replace(price("d", day=3, amount=4), origin=origin("d", SourceQuality.SAMPLE))
    await kept(
        engine, COMMODITIES, [price("a", amount=1), made_up, price("c", day=2, amount=3), newest]
    )
    source = store.StorePrices("p", Database(engine), samples=False)
    found = await source.find_prices(PriceCriteria(), Page(9, descending=True))
    assert [(hit.record.price, hit.record.previous) for hit in found.hits] == [
        (rupiah(3), rupiah(1))
    ]


def test_an_amount_that_cannot_be_kept_exactly_is_refused() -> None:
    with pytest.raises(ValueError, match="four decimals"):
        store.Amount().process_bind_param(Decimal("1.00001"), None)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="different currencies: IDR, USD"):
        store.price_values(price("x", previous=Money(Decimal(1), "USD")))


# ------------------------------------------------------------------------------- by chance

amounts = st.none() | st.decimals(Decimal("0.01"), Decimal(10**12), places=2, allow_nan=False).map(
    Money
)
observations = st.builds(
    Price,
    origin=st.just(origin("later")),
    commodity=st.sampled_from(["beras", "telur", "cabai"]).map(lambda key: ScopedId("p", key)),
    date=st.integers(0, 5).map(lambda days: DAY + timedelta(days=days)),
    unit=st.sampled_from(["kg", "L"]),
    market=st.sampled_from([None, ANYAR, ScopedId("p", "anyar")]),
    area=st.sampled_from([None, "36.71", "36.71.01"]),
    level=st.sampled_from([None, PriceLevel.CONSUMER]),
    price=amounts,
    previous=st.none() | amounts,
    low=amounts,
    ceiling=amounts,
)
several = st.lists(observations, max_size=25).map(
    lambda found: [
        replace(one, origin=origin(f"{number * 7 % 25:02}é")) for number, one in enumerate(found)
    ]
)
days = st.none() | st.integers(-1, 6).map(lambda number: DAY + timedelta(days=number))
criterias = st.builds(
    PriceCriteria,
    commodities=st.sampled_from(
        [(), (ScopedId("p", "beras"), ScopedId("p", "telur")), (ScopedId("q", "beras"),)]
    ),
    markets=st.sampled_from([(), (ANYAR,), (ANYAR, ScopedId("p", "anyar"))]),
    area=st.sampled_from([None, "36.71", "36.71.01", "36"]),
    level=st.sampled_from([None, PriceLevel.CONSUMER, PriceLevel.PRODUCER]),
    on=days,
    since=days,
    until=days,
    above_ceiling=st.sampled_from([None, True, False]),
)


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "postgresql"])
async def shared(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    postgres_database: Callable[[], str],
) -> AsyncIterator[AsyncEngine]:
    folder = tmp_path_factory.mktemp("prices")
    url = f"sqlite:///{folder}/p.db" if request.param == "sqlite" else postgres_database()
    made = open_engine(url)
    async with made.begin() as connection:
        await connection.run_sync(metadata.create_all)
    yield made
    await made.dispose()


@pytest.mark.asyncio(loop_scope="module")
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(prices=several, criteria=criterias, size=st.integers(0, 6), falling=st.booleans())
async def test_the_store_answers_as_memory_does_page_by_page(
    shared: AsyncEngine,
    prices: list[Price],
    criteria: PriceCriteria,
    size: int,
    falling: bool,  # noqa: FBT001 - hypothesis passes by name
) -> None:
    await kept(shared, COMMODITIES, prices)
    ours = store.StorePrices("p", Database(shared))
    reference = MemoryPrices("p", COMMODITIES, prices)
    for backward in (False, True):
        page = Page(size, descending=falling, backward=backward)
        for _ in range(3):
            found = await ours.find_prices(criteria, page)
            assert found == await reference.find_prices(criteria, page)
            if not found.hits:
                break
            edge = found.hits[0 if backward else -1].position
            page = replace(page, after=edge)
    asked = ["cabai", "none", "beras"]
    for limit in (3, 100):
        assert await ours.prices_by_commodity_id(
            asked, criteria, limit
        ) == await reference.prices_by_commodity_id(asked, criteria, limit)


@pytest.mark.asyncio(loop_scope="module")
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(st.text("aA%_\\é ß", min_size=1, max_size=6), max_size=6),
    words=st.lists(st.text("a%_\\éss", min_size=1, max_size=2), max_size=2),
)
async def test_the_store_finds_the_commodities_that_memory_finds(
    shared: AsyncEngine, names: list[str], words: list[str]
) -> None:
    made = [
        Commodity(
            origin(str(9 - number)), must_text(name), "kg", (name[::-1],), position=number // 2
        )
        for number, name in enumerate(names)
    ]
    await kept(shared, made, [])
    reference = await MemoryPrices("p", made, []).find_commodities(words)
    assert await store.StorePrices("p", Database(shared)).find_commodities(words) == reference


async def test_an_empty_market_list_counts_zero(engine: AsyncEngine) -> None:
    source = market_store.StoreMarkets("p", Database(engine))
    assert await source.count_markets(MarketCriteria()) == 0
    empty = await source.find_markets(MarketCriteria(), Order(MarketOrderField.NAME), Page(5))
    assert empty.hits == ()
