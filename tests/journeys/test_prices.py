"""A citizen compares prices: the real data pack, through the graph."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.cities import City, opened_city

pytestmark = pytest.mark.asyncio(loop_scope="module")

PRICE = """
  date unit trend estimated changePercent previousDate aboveCeiling
  commodity { name } market { name } area { kode } level
  price { amount currency formatted } previous { amount } change { amount }
  low { amount } high { amount } ceiling { amount }
  source { localId quality connector { key } asOf }
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def city(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    async with opened_city(f"sqlite:///{tmp_path_factory.mktemp('prices')}/city.db") as opened:
        yield opened


async def prices(city: City, where: str = "{}", rest: str = "") -> list[dict[str, Any]]:
    data = await city.data(
        f"{{ prices(where: {where} {rest}) {{ edges {{ node {{ {PRICE} }} }} }} }}"
    )
    return [edge["node"] for edge in data["prices"]["edges"]]


async def commodity(city: City, name: str) -> str:
    """The id of the one commodity that is called exactly so."""
    found = (await city.data("{ commodities { id name } }"))["commodities"]
    (id_,) = [one["id"] for one in found if one["name"] == name]
    return str(id_)


async def test_all_commodities_of_both_lists_and_two_that_stand_on_none(city: City) -> None:
    found = (await city.data('{ commodities { name(lang: "en") unit aliases } }'))["commodities"]
    assert len(found) == 34 + 21 + 2
    by_name = {one["name"]: one for one in found}
    assert by_name["Tempe"] == {"name": "Tempe", "unit": "not stated", "aliases": []}
    assert by_name["Jengkol"]["unit"] == "kg"
    assert {one["unit"] for one in found} == {
        "kg", "L", "piece", "tin", "pack", "kg/L", "not stated",
    }  # fmt: skip
    assert by_name["Broiler eggs"]["aliases"] == ["Telur ayam"]


async def test_a_commodity_is_found_by_the_name_the_press_uses(city: City) -> None:
    found = (await city.data('{ commodities(q: "SETAN rawit") { name } }'))["commodities"]
    assert found == [{"name": "Cabe Rawit Merah"}]
    assert (await city.data('{ commodities(q: "berlian") { name } }'))["commodities"] == []


async def test_the_latest_price_of_every_series_newest_first(city: City) -> None:
    found = await prices(city, rest="first: 500")
    assert len(found) == 21 + 16
    assert [one["date"] for one in found] == sorted((one["date"] for one in found), reverse=True)


async def test_a_national_average_does_not_claim_the_city(city: City) -> None:
    found = await prices(city, '{ from: "2026-02-18" }')
    assert len(found) == 21
    for one in found:
        assert (one["market"], one["area"]) == (None, None)
        assert one["source"]["connector"]["key"] == "pihps"
        assert one["source"]["quality"] == "PUBLISHED"
        assert one["source"]["asOf"] == "2026-02-18T00:00:00+07:00"
    assert await prices(city, '{ area: "36.71", from: "2026-02-18" }') == []


async def test_a_stated_price_before_is_shown_without_a_day(city: City) -> None:
    id_ = await commodity(city, "Cabe Rawit Merah")
    found = await prices(city, f'{{ commodities: ["{id_}"] }}')
    assert len(found) == 1
    assert found[0]["market"] == {"name": "Pasar Anyar"}
    assert found[0]["area"] == {"kode": "36.71.01"}
    assert found[0]["price"] == {"amount": "50000", "currency": "IDR", "formatted": "Rp50.000"}
    assert found[0]["previous"] == {"amount": "40000"}
    assert found[0]["previousDate"] is None
    assert found[0]["change"] == {"amount": "10000"}
    assert (found[0]["changePercent"], found[0]["trend"]) == (25.0, "UP")
    assert (found[0]["ceiling"], found[0]["aboveCeiling"], found[0]["estimated"]) == (
        None, None, False,
    )  # fmt: skip


async def test_a_range_without_a_price_is_a_range_and_nothing_is_zero(city: City) -> None:
    id_ = await commodity(city, "Daging Ayam Broiler")
    found = await prices(city, f'{{ commodities: ["{id_}"], from: "2014-01-01" }}')
    assert len(found) == 1
    assert (found[0]["price"], found[0]["trend"]) == (None, "UNKNOWN")
    assert found[0]["low"] == {"amount": "33000"}
    assert found[0]["high"] == {"amount": "35000"}
    assert found[0]["unit"] == "piece"


async def test_prices_as_of_a_day_in_the_past(city: City) -> None:
    found = await prices(city, '{ date: "2021-04-01" }')
    assert {(one["date"], one["commodity"]["name"]) for one in found} == {
        ("2021-01-05", "Cabe Rawit Merah"), ("2021-01-05", "Tempe"), ("2021-01-05", "Jengkol"),
        ("2014-06-06", "Telur Ayam Broiler"), ("2014-06-06", "Daging Ayam Broiler"),
    }  # fmt: skip


async def test_prices_of_one_market_over_time(city: City) -> None:
    data = await city.data("{ markets { edges { node { id name } } } }")
    anyar = {edge["node"]["name"]: edge["node"]["id"] for edge in data["markets"]["edges"]}
    where = f'{{ markets: ["{anyar["Pasar Anyar"]}"], from: "2014-01-01", to: "2021-12-31" }}'
    assert [one["date"] for one in await prices(city, where)] == ["2021-01-05"] * 3 + [
        "2014-06-06"
    ] * 2
    assert await prices(city, f'{{ markets: ["{anyar["Pasar Poris"]}"] }}') == []
    assert len(await prices(city, '{ area: "36.71.01" }')) == 5 + 2 + 1


async def test_a_page_can_be_continued(city: City) -> None:
    query = """query($after: String) { prices(where: {}, first: 10, after: $after) {
        edges { node { source { localId } } } pageInfo { hasNextPage endCursor } } }"""
    seen: list[str] = []
    after, more = None, True
    while more:
        page = (await city.data(query, after=after))["prices"]
        seen += [edge["node"]["source"]["localId"] for edge in page["edges"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert len(seen) == len(set(seen)) == 37


async def test_a_hundred_commodities_with_prices_and_markets_ask_each_source_a_few_times(
    city: City, counted: Any
) -> None:
    sources = {key: counted(key) for key in ("tpid", "pihps", "pasar")}
    data = await city.data(
        """{ commodities { id parent { id }
                 prices(from: "2014-01-01", to: "2026-12-31") {
                   price { amount } commodity { name } market { name address { text } } } } }"""
    )
    assert sum(len(one["prices"]) for one in data["commodities"]) == 39
    calls = {key: len(source.calls) for key, source in sources.items()}
    assert calls == {"tpid": 3, "pihps": 3, "pasar": 1}


async def test_markets_by_name_and_nearest_first(city: City) -> None:
    everything = (await city.data("{ markets { totalCount edges { distanceM node { name } } } }"))[
        "markets"
    ]
    assert everything["totalCount"] == 11
    names = [edge["node"]["name"] for edge in everything["edges"]]
    assert names == sorted(names, key=str.casefold)
    assert all(edge["distanceM"] is None for edge in everything["edges"])
    near = """{ markets(geo: { near: { point: { lat: -6.178306, lng: 106.629444 }, radiusM: 5000 } })
        { totalCount edges { distanceM node { name point { lat }
          source { licence { redistribution } } } } } }"""
    found = (await city.data(near))["markets"]
    assert [(e["node"]["name"], e["distanceM"]) for e in found["edges"]] == [
        ("Pasar Lama", 0), ("Pasar Cimone", 2037),
    ]  # fmt: skip
    assert {e["node"]["source"]["licence"]["redistribution"] for e in found["edges"]} == {"UNKNOWN"}
    inside = '{ markets(geo: { area: "36.71.01" }) { totalCount edges { node { name } } } }'
    assert {e["node"]["name"] for e in (await city.data(inside))["markets"]["edges"]} == {
        "Pasar Anyar", "Pasar Induk Tanah Tinggi", "Pasar Lama",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("where", "code", "message"),
    [
        ('{ date: "2021-01-01", from: "2021-01-01" }', "BAD_INPUT", "pass one or the other"),
        ('{ from: "2021-01-02", to: "2021-01-01" }', "BAD_INPUT", "must not be later than"),
        ('{ commodities: ["abc"] }', "BAD_INPUT", "is not an id of this gateway"),
        ("{ commodities: [] }", "BAD_INPUT", "`where.commodities` takes 1 to 200 ids, not 0"),
        ('{ area: "31.71" }', "OUT_OF_AREA", "31.71 is not an area of this city"),
        ('{ area: "Tangerang" }', "BAD_INPUT", "`where.area` must be a Kemendagri code"),
    ],
)
async def test_a_wrong_filter_says_what_is_wrong(
    city: City, where: str, code: str, message: str
) -> None:
    query = f"{{ prices(where: {where}) {{ edges {{ cursor }} }} }}"
    assert message in await city.refused(query, code)


async def test_other_wrong_questions_say_what_is_wrong(city: City) -> None:
    id_ = await commodity(city, "Cabe Rawit Merah")
    for query, message in (
        (f'{{ prices(where: {{ markets: ["{id_}"] }}) {{ edges {{ cursor }} }} }}',
         "is the id of a Commodity; the id of a Market is needed"),
        ("{ prices(where: {}, first: 501) { edges { cursor } } }", "`first`"),
        ('{ commodities(q: "\\u0000") { id } }', "not text"),
        (f'{{ commodities(q: "{"a" * 201}") {{ id }} }}', "at most 200 characters"),
        ('{ commodities(q: "tempe") { prices(from: "2022-01-02", to: "2022-01-01") { date } } }',
         "`from` (2022-01-02) must not be later than `to`"),
    ):  # fmt: skip
        assert message in await city.refused(query)


async def test_a_cursor_of_another_list_is_refused(city: City) -> None:
    data = await city.data("{ markets(first: 1) { pageInfo { endCursor } } }")
    said = await city.refused(
        "query($after: String) { prices(where: {}, after: $after) { edges { cursor } } }",
        after=data["markets"]["pageInfo"]["endCursor"],
    )
    assert "another list" in said


async def test_a_dead_list_of_markets_leaves_the_prices_standing(
    city: City, switched_off: Any
) -> None:
    switched_off("pasar")
    query = '{ prices(where: { date: "2021-01-05" }) { edges { node { date market { id } } } } }'
    result = await city.ask(query)
    assert result.data is not None
    assert len(result.data["prices"]["edges"]) == 5
    assert all(edge["node"]["market"] is None for edge in result.data["prices"]["edges"])
    assert (await city.ask("{ markets { totalCount } }")).data == {"markets": None}


async def test_one_dead_feed_of_prices_is_named_and_the_other_still_answers(
    city: City, switched_off: Any
) -> None:
    switched_off("pihps")
    data = await city.data(
        "{ prices(where: {}) { edges { cursor } sources { connector { key } state code } } }"
    )
    assert len(data["prices"]["edges"]) == 16
    states = {s["connector"]["key"]: (s["state"], s["code"]) for s in data["prices"]["sources"]}
    assert states == {"tpid": ("OK", None), "pihps": ("DISABLED", "UPSTREAM_DOWN")}


async def test_without_unlicensed_coordinates_no_market_has_a_point_and_all_still_works(
    tmp_path: Any,
) -> None:
    async with opened_city(f"sqlite:///{tmp_path}/city.db", unlicensed_coordinates=False) as bare:
        found = (await bare.data("{ markets { totalCount edges { node { point { lat } } } } }"))[
            "markets"
        ]
        assert found["totalCount"] == 11
        assert all(edge["node"]["point"] is None for edge in found["edges"])
        assert len(await prices(bare)) == 37


async def test_the_report_names_the_prices_whose_commodity_is_on_no_list(city: City) -> None:
    assert city.load is not None
    own = [row for row in city.load.rejected if row["source"] in {"tpid", "pihps", "pasar"}]
    assert [(row["file"], row["row"], row["field"], row["kept"]) for row in own] == [
        ("prices.csv", 16, "commodity_id", True), ("prices.csv", 17, "commodity_id", True),
    ]  # fmt: skip
