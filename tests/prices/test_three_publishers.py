"""Three publishers of prices, one port: what they say alike comes out alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from connectors.memory.prices import MemoryPriceFeed
from connectors.ports.prices import Commodity, Price, PriceLevel
from connectors.testing.prices import PriceSourcePromises
from tests.prices import lists
from tests.prices.lists import Told, prices_of, told

PUBLISHERS: dict[str, tuple[str, dict[str, Any]]] = {
    "pihps.prices": (lists.PIHPS, {"regions": {"36.71": "16/252"}}),
    "panelharga.prices": (lists.PANEL, {"regions": {"36.71": "16/252"}}),
    "table.prices": (lists.TABLE, {"area": "36.71", "level": "CONSUMER"}),
}


@pytest.fixture(params=sorted(PUBLISHERS))
async def source(request: pytest.FixtureRequest) -> Any:
    body, options = PUBLISHERS[request.param]
    return await Told(body).open(request.param, **options)


async def test_the_same_observations_are_the_same_whoever_publishes_them(source: Any) -> None:
    assert sorted(map(told, await prices_of(source))) == lists.SAME
    assert source.rejected == []


async def test_commodities_have_the_same_ids_and_names_whoever_publishes_them(source: Any) -> None:
    ids = ["telur-ayam-ras", "cabai-merah-keriting", "beras"]
    eggs, chilli, rice = await source.commodities_by_id(ids)
    assert (eggs.name.pick("id"), chilli.name.pick("en")) == ("Telur Ayam Ras", "Curly red chilli")
    assert (eggs.unit, chilli.unit, rice) == ("kg", "kg", None)


async def test_the_day_observed_is_apart_from_the_moment_fetched(source: Any) -> None:
    prices = await prices_of(source)
    assert {price.date.isoformat() for price in prices} == {"2026-09-29", "2026-09-30"}
    assert {price.origin.fetched_at for price in prices} == {lists.NOW}


async def test_the_level_of_trade_is_told(source: Any) -> None:
    levels = {price.level for price in await prices_of(source)}
    assert levels in ({PriceLevel.RETAIL_TRADITIONAL}, {PriceLevel.CONSUMER})


class TestTheirPromises(PriceSourcePromises):
    @pytest.fixture
    async def source(self, source: Any) -> MemoryPriceFeed:
        current: MemoryPriceFeed = await source.current()
        return current

    @pytest.fixture
    async def commodities(self, source: MemoryPriceFeed) -> Sequence[Commodity]:
        return await source.find_commodities([])

    @pytest.fixture
    async def prices(self, source: MemoryPriceFeed) -> Sequence[Price]:
        return await prices_of(source)
