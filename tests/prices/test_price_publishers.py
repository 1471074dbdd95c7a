"""What PIHPS and Panel Harga are known for: gaps, odd figures, own regions, averages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from connectors import errors
from connectors.ports.prices import PriceCriteria
from connectors.upkeep.asking import asking
from connectors.upkeep.documents import Answer, Request
from tests.prices.lists import NOW, PANEL, PIHPS, Told, grid, prices_of, told
from tests.upstream import NOON

TANGERANG = {"36.71": "16/252"}


async def pihps(body: Any, **options: Any) -> Any:
    return await Told(body).open("pihps.prices", **{"regions": TANGERANG, **options})


async def panel(*rows: Any, **options: Any) -> Any:
    told = Told(json.dumps({"data": list(rows)}))
    return await told.open("panelharga.prices", **{"regions": TANGERANG, **options})


def row(name: str, **days: Any) -> dict[str, Any]:
    return {"no": 1, "name": name, "level": 2, **days}


# ------------------------------------------------------------------------------- PIHPS


async def test_pihps_is_asked_for_the_last_days_of_one_place() -> None:
    told = Told(PIHPS)
    source = await told.open("pihps.prices", regions=TANGERANG, days=7, price_type=2)
    await prices_of(source)
    (request,) = told.web.asked
    asked = {
        k: v[0] for k, v in parse_qs(urlsplit(request.url).query, keep_blank_values=True).items()
    }
    assert asked == {
        "price_type_id": "2", "comcat_id": "", "province_id": "16", "regency_id": "252",
        "market_id": "", "tipe_laporan": "1", "start_date": "2026-09-24", "end_date": "2026-09-30",
    }  # fmt: skip
    assert request.headers["X-Requested-With"] == "XMLHttpRequest"


async def test_at_night_in_utc_the_day_is_jakartas() -> None:
    told = Told(PIHPS)
    told.clock.set(NOW.replace(hour=17, minute=1))  # 00:01 on the first of October in Jakarta
    await prices_of(await told.open("pihps.prices", regions=TANGERANG))
    assert "end_date=2026-10-01" in told.web.asked[0].url


async def test_on_the_next_day_the_answer_of_yesterday_still_stands_in() -> None:
    told = Told(PIHPS)
    source = await told.open("pihps.prices", regions=TANGERANG)
    before = await prices_of(source)
    told.body = lambda _: errors.Unreachable("reset")
    told.clock.move(24 * 3600)
    with asking() as noted:
        after = await prices_of(source)
    assert [one.origin.local_id for one in after] == [one.origin.local_id for one in before]
    assert all(one.origin.stale for one in after)
    assert isinstance(noted.trouble, errors.Unreachable)


async def test_each_region_is_asked_on_its_own_and_never_averaged() -> None:
    def answer(request: Request) -> str:
        amount = "14,000" if "province_id=16&" in request.url else "15,000"
        return grid(row("Beras Medium I", **{"30/09/2026": amount}))

    told_ = Told(answer)
    source = await told_.open("pihps.prices", regions={"36": "16", "31": "13"})
    found = {p.area: p.price.amount for p in await prices_of(source) if p.price}
    assert found == {"36": 14_000, "31": 15_000}
    assert len(told_.web.asked) == 2


async def test_a_region_that_fails_leaves_the_others_and_the_list_is_partial() -> None:
    def answer(request: Request) -> Any:
        return PIHPS if "province_id=16&" in request.url else errors.Broken("reset")

    source = await Told(answer).open("pihps.prices", regions={"36": "16", "31": "13"})
    with asking() as noted:
        found = await prices_of(source)
    assert {price.area for price in found} == {"36"}
    assert noted.partial


async def test_the_average_of_the_country_is_said_to_be_one() -> None:
    source = await pihps(PIHPS, regions={"nasional": ""})
    found = await prices_of(source)
    assert {(price.area, price.estimated) for price in found} == {(None, True)}


async def test_groups_are_parents_and_their_averages_are_left_out() -> None:
    source = await pihps(PIHPS)
    keriting, red, onion = await source.commodities_by_id(
        ["cabai-merah-keriting", "cabai-merah", "bawang-merah"]
    )
    assert (keriting.parent, red.parent, onion.parent) == ("cabai-merah", None, None)
    assert "cabai-merah" not in {p.commodity.local for p in await prices_of(source)}


async def test_averages_of_groups_come_when_they_are_asked_for_and_are_marked() -> None:
    source = await pihps(PIHPS, groups=True)
    found = [p for p in await prices_of(source) if p.estimated]
    assert [told(p)[:2] for p in found] == [
        ("2026-09-29", "cabai-merah"), ("2026-09-30", "cabai-merah"),
    ]  # fmt: skip


async def test_an_empty_grid_says_that_nobody_reported() -> None:
    assert await prices_of(await pihps('{"data": []}')) == []


@pytest.mark.parametrize("body", ["{}", '{"data": null}', "[", '"x"', grid(row("Beras")), ""])
async def test_what_is_no_grid_is_an_error_and_no_empty_list(body: str) -> None:
    with pytest.raises(errors.Unreadable):
        await prices_of(await pihps(body))


async def test_a_page_with_status_200_is_an_error() -> None:
    page = Answer(200, {"content-type": "text/html"}, b"<html>Request Rejected</html>")
    with pytest.raises(errors.Unreadable, match="a web page"):
        await prices_of(await pihps(lambda _: page))


async def test_columns_with_the_month_first_are_known_by_an_impossible_one() -> None:
    source = await pihps(grid(row("Beras Super I", **{"09/30/2026": "1", "10/01/2026": "2"})))
    days = [price.date.isoformat() for price in await prices_of(source)]
    assert days == ["2026-09-30", "2026-10-01"]


async def test_a_cell_and_a_column_that_are_wrong_are_told_and_the_rest_counts() -> None:
    source = await pihps(
        grid(row("Beras Super I", **{"30/09/2026": "abc", "29/09/2026": "14,000", "31/31/2026": "1"}),
             row("", **{"30/09/2026": "1"}), "x")
    )  # fmt: skip
    assert [told(p)[:2] for p in await prices_of(source)] == [
        ("2026-09-29", "beras-kualitas-super-1")
    ]
    assert [reason for _, reason in source.rejected] == [
        "grid: a column named by a day that is none", "grid: a row without `name`",
        "grid: a row without `name`", "price: 2026-09-30 is no amount of money: 'abc'",
    ]  # fmt: skip


async def test_oil_has_no_unit_unless_the_city_knows_it() -> None:
    body = grid(row("Minyak Goreng Curah", **{"30/09/2026": "18,000"}))
    (price,) = await prices_of(await pihps(body))
    assert price.unit == "not stated"
    (price,) = await prices_of(await pihps(body, units={"minyak-goreng-curah": "L"}))
    assert price.unit == "L"


async def test_a_city_may_have_names_of_its_own() -> None:
    mapped = {"cabe merah KERITING": "tpid-cabe-merah-keriting"}
    source = await pihps(PIHPS, commodities=mapped)
    assert "tpid-cabe-merah-keriting" in {p.commodity.local for p in await prices_of(source)}


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"regions": {}}, "`regions` must be a table"),
        ({"regions": {"36": "16,13"}}, "one province each; of several"),
        ({"regions": {"Banten": "16"}}, "a Kemendagri code"),
        ({"regions": {"36": 16}}, "publisher's own number"),
        ({"price_type": 4}, "answered wrongly by PIHPS; there are 1"),
        ({"price_type": 9}, "`price_type` must be one of 1"),
        ({"days": 0}, "`days` must be a whole number from 1 to 92"),
        ({"groups": 1}, "`groups` must be true or false"),
        ({"url": "ftp://a"}, "`url` must be an address"),
        ({"headers": {"a": 1}}, "`headers` must be a table of texts"),
        ({"province": "16"}, "unknown option 'province'; there are: "),
        ({"units": 5}, "`units` must be a table of texts"),
    ],
)
async def test_wrong_options_say_what_they_take(options: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        await pihps(PIHPS, **options)


SAMPLES = [file.read_bytes() for file in Path("../shared/fixtures/prices").glob("pihps_grid*.json")]


async def test_samples_of_others_are_read_where_they_are_at_hand() -> None:
    for body in SAMPLES:
        source = await pihps(body)
        assert await prices_of(source)
        assert source.rejected == []


# ------------------------------------------------------------------------------- Panel Harga


async def test_panel_harga_is_asked_by_its_own_numbers_of_regions() -> None:
    told = Told(PANEL)
    await prices_of(await told.open("panelharga.prices", regions=TANGERANG, level=1))
    asked = parse_qs(urlsplit(told.web.asked[0].url).query)
    assert asked == {"province_id": ["16"], "city_id": ["252"], "level_harga_id": ["1"]}


async def test_an_answer_kept_for_days_does_not_grow_younger() -> None:
    told_ = Told(PANEL)
    told_.clock.set(NOON)  # in November
    days = {p.date.isoformat() for p in await prices_of(
        await told_.open("panelharga.prices", regions=TANGERANG))}  # fmt: skip
    assert days == {"2026-09-29", "2026-09-30"}


async def test_the_day_that_the_answer_names_counts_before_what_follows_from_it() -> None:
    row = {"name": "A", "today": 5, "yesterday": 4, "yesterday_date": "25/09/2026"}
    body = {"request_data": {"today": "28/09/2026"}, "data": [row]}
    source = await Told(json.dumps(body)).open("panelharga.prices", regions=TANGERANG)
    assert [told(p)[0] for p in await prices_of(source)] == ["2026-09-25", "2026-09-28"]


async def test_without_a_day_before_the_day_is_that_of_the_fetch_in_jakarta() -> None:
    source = await panel({"name": "Beras Premium", "satuan": "Rp./Kg", "today": 15480})
    assert [told(p) for p in await prices_of(source)] == [
        ("2026-09-30", "beras-premium", "36.71", "kg", 15480, None)
    ]


async def test_a_price_of_nobody_keeps_the_one_before() -> None:
    source = await panel(
        {"name": "Beras Premium", "satuan": "Rp./Kg", "today": 0, "yesterday": 15500}
    )
    (price,) = await prices_of(source, PriceCriteria())
    assert (price.price, price.previous.amount if price.previous else 0) == (None, 15500)


async def test_units_are_spelled_in_one_way() -> None:
    printed = ["Rp./Kg", "Rp/kg", "Rp/Kg", "Rp./Liter", "Rp/Liter", "Rp / L", "per kg", "Kg."]
    source = await panel(
        *({"name": f"Barang {n}", "satuan": u, "today": 1} for n, u in enumerate(printed))
    )
    found = {p.commodity.local: p.unit for p in await prices_of(source)}
    assert [found[f"barang-{n}"] for n in range(8)] == ["kg"] * 3 + ["L"] * 3 + ["kg"] * 2


async def test_rows_that_make_no_sense_are_told_and_the_others_count() -> None:
    source = await panel(
        {"name": "A", "today": 5, "yesterday_date": "99/99/2026"},
        {"name": " ", "today": 5}, {"name": "B"}, 7, {"name": "C", "today": -5},
        {"name": "D", "today": 5, "yesterday_date": "30/09/2026", "date": "2026-09-30"},
        {"name": "E", "today": 5}, {"name": "e", "today": 6},
    )  # fmt: skip
    assert [told(p)[1] for p in await prices_of(source)] == ["e"]
    reasons = [reason for _, reason in source.rejected]
    assert len(reasons) == 7
    assert reasons[-1].endswith("stands in an earlier row")


async def test_rows_by_number_as_php_writes_holes_are_a_list() -> None:
    told_ = Told(
        json.dumps({"data": {"0": {"name": "A", "today": 5}, "2": {"name": "B", "today": 6}}})
    )
    source = await told_.open("panelharga.prices", regions=TANGERANG)
    assert len(await prices_of(source)) == 2


@pytest.mark.parametrize("body", ['{"status": "error"}', '{"data": "x"}', "<", '{"data": [{}]}'])
async def test_what_is_no_list_is_an_error_and_no_empty_one(body: str) -> None:
    with pytest.raises(errors.Unreadable):
        await prices_of(await Told(body).open("panelharga.prices", regions=TANGERANG))


async def test_a_level_that_panel_harga_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="`level` must be one of 1"):
        await panel(level=9)
