"""Rows of price feeds become records, or are refused with the field and the reason."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import Unreadable
from connectors.memory.price_rows import (
    amount_of,
    read_commodity,
    read_market,
    read_price,
    unit_of,
)
from connectors.ports.common import GeoPoint, Money, Origin, ScopedId, SourceQuality
from connectors.ports.prices import PriceLevel

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def origin(local: str) -> Origin:
    return Origin("feed", local, NOW, NOW, SourceQuality.PUBLISHED)


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("13600", "13600"), ("13,600", "13600"), ("13.600", "13600"), ("Rp 1.234.567,50", "1234567.5"),
        ("Rp13.600,-", "13600"), ("1,234.5", "1234.5"), ("13600.00", "13600"), ("12.5", "12.5"),
        ("12,5", "12.5"), (13600, "13600"), (13600.125, "13600.125"), (13.125, "13.125"),
        (Decimal("0.50"), "0.5"), ("IDR 45 000", "45000"),
    ],
)  # fmt: skip
def test_amounts_are_read_as_people_write_them(written: Any, amount: str | None) -> None:
    if amount is None:
        with pytest.raises(ValueError, match="is no amount of money"):
            amount_of(written)
    else:
        found = amount_of(written)
        assert found is not None
        assert str(found) == amount


@pytest.mark.parametrize("written", [None, "", "-", " – ", "0", 0, 0.0, "Rp 0,00", "Rp -", "0.000"])  # noqa: RUF001 - a dash as feeds print it
def test_nobody_reported_is_none_never_zero(written: Any) -> None:
    assert amount_of(written) is None


@pytest.mark.parametrize(
    "written",
    [True, [], "-5", -5, float("nan"), float("inf"), "1e999", "9" * 5000, "0.00001", "x"],
    ids=lambda value: str(value)[:9],
)
def test_what_is_no_price_is_refused(written: Any) -> None:
    with pytest.raises(
        ValueError, match=r"^(is no amount of money|is out of range|has more than four)"
    ):
        amount_of(written)


@pytest.mark.parametrize(
    ("printed", "unit"),
    [("kilogram", "kg"), ("Kg.", "kg"), ("liter", "L"), ("ekor", "piece"), ("butir", "piece"),
     ("bks", "pack"), ("kaleng", "tin"), ("kg/l as printed", "kg/L"), ("karung 50 kg", "karung 50 kg"),
     ("not stated", "not stated"), (None, "not stated")],
)  # fmt: skip
def test_a_unit_has_one_spelling(printed: str | None, unit: str) -> None:
    assert unit_of(printed) == unit


def test_a_price_row_becomes_a_price() -> None:
    row = {
        "commodity_name": "Cabai Rawit (Merah)", "market": "pasar:anyar", "date": "18/02/2026",
        "unit": "Kilogram", "area": "36.71", "level": "RETAIL_TRADITIONAL", "price": "88,600",
        "previous": 90000, "previous_date": "2026-02-17", "ceiling": "57.000", "estimated": "ya",
    }  # fmt: skip
    found = read_price(row, origin)
    assert found.origin.local_id == "2026-02-18.pasar:anyar.cabai-rawit-merah"
    assert found.commodity == ScopedId("feed", "cabai-rawit-merah")
    assert found.market == ScopedId("pasar", "anyar")
    assert (found.date, found.unit, found.level) == (
        date(2026, 2, 18), "kg", PriceLevel.RETAIL_TRADITIONAL,
    )  # fmt: skip
    assert found.price == Money(Decimal(88_600))
    assert (found.change, found.above_ceiling) == (Money(Decimal(-1_400)), True)
    assert found.estimated


def test_commodities_and_markets_are_read() -> None:
    commodity = read_commodity(
        {"id": 7, "name": "Beras", "name_en": "Rice", "unit": "kg", "aliases": "IR I; IR 64",
         "position": "3", "icon": "https://example.org/beras.png"},
        origin,
    )  # fmt: skip
    assert (commodity.origin.local_id, commodity.aliases) == ("7", ("IR I", "IR 64"))
    assert commodity.icon is not None
    market = read_market(
        {"id": "a", "name": "Pasar", "lat": "-6.1", "lng": 106.5, "address": "Jl. A"}, origin
    )
    assert (market.point, market.level) == (GeoPoint(-6.1, 106.5), None)
    assert market.address is not None


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"commodity": "a"}, "price: date is empty"),
        ({"commodity": "a", "date": "2026-02-30"}, "date must be YYYY-MM-DD"),
        ({"commodity": "a", "date": "18-02-2026"}, "date must be YYYY-MM-DD"),
        ({"date": "2026-02-18"}, "commodity_name is empty"),
        ({"commodity_name": "??", "date": "2026-02-18"}, "commodity_name holds no letter"),
        ({"commodity": "a", "date": "2026-02-18", "currency": "rupiah"}, "currency is not an ISO"),
        (
            {"commodity": "a", "date": "2026-02-18", "level": "kios"},
            "level must be one of .*, not 'kios'",
        ),
        ({"commodity": "a" * 300, "date": "2026-02-18"}, "id is longer than 255"),
        ({"commodity": "a", "date": "2026-02-18", "area": "Tangerang"}, "area must be a code"),
        ({"commodity": "a", "date": "2026-02-18", "low": "murah"}, "low is no amount"),
    ],
)
def test_a_price_that_cannot_be_read_says_why(row: dict[str, Any], reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        read_price(row, origin)


def test_an_icon_and_a_position_must_be_what_they_say() -> None:
    row = {"id": "a", "name": "b", "unit": "kg"}
    with pytest.raises(Unreadable, match="icon is not an address"):
        read_commodity({**row, "icon": "beras.png"}, origin)
    with pytest.raises(Unreadable, match="position must be a whole number"):
        read_commodity({**row, "position": "first"}, origin)


def test_a_number_of_thousands_of_digits_is_no_price() -> None:
    with pytest.raises(ValueError, match="out of range"):
        amount_of(10**5000)


columns = st.sampled_from(
    ["id", "name", "name_en", "unit", "aliases", "parent", "position", "icon", "level", "lat",
     "lng", "area", "address", "commodity", "commodity_name", "market", "market_name", "date",
     "price", "previous", "previous_date", "low", "high", "ceiling", "currency", "estimated"]
)  # fmt: skip
garbage = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.dates(), st.datetimes(),
    st.decimals(), st.lists(st.text(), max_size=2), st.dictionaries(st.text(), st.none(), max_size=1),
    st.sampled_from(["2026-02-18", "18/02/2026", "1.000", "\ud800", "\0", "9" * 5000, 10**5000]),
)  # fmt: skip


@given(st.dictionaries(columns, garbage))
def test_whatever_a_row_holds_it_is_read_or_refused_as_unreadable(row: dict[str, Any]) -> None:
    whole = {"id": "a", "name": "b", "commodity": "c", "date": "2026-02-18", **row}
    for read in (read_commodity, read_market, read_price):
        for given_row in (row, whole):
            with suppress(Unreadable):
                read(given_row, origin)
