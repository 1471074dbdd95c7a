"""Cells are read the same way for every domain, whether from CSV, JSON or a database."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import Unreadable
from connectors.memory.cells import Cells
from connectors.ports.common import GeoPoint, ScopedId, TriState, must_text

MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def cell(value: Any) -> Cells:
    return Cells({"c": value}, "row")


@pytest.mark.parametrize(
    ("read", "value", "found"),
    [
        (Cells.plain, "  a ", "a"), (Cells.plain, 7, "7"), (Cells.plain, Decimal("7.50"), "7.50"),
        (Cells.plain, " ", None), (Cells.plain, 10**18, "1" + "0" * 18),
        (Cells.text, {"id": "a", "en": "b"}, must_text("a", "b")), (Cells.text, " ", None),
        (Cells.words, "b|a | |b", ("b", "a")), (Cells.words, [1, "a", None], ("1", "a")),
        (Cells.area, "36.71.05", "36.71.05"), (Cells.e164, "+6221112", "+6221112"),
        (Cells.scoped, "pasar:anyar", ScopedId("pasar", "anyar")),
        (Cells.flag, "Ya", True), (Cells.flag, "0", False), (Cells.flag, True, True), (Cells.flag, 1, True),
        (Cells.flag, "", None), (Cells.whole, "12", 12), (Cells.whole, 12.0, 12),
        (Cells.whole, Decimal(12), 12), (Cells.number, "-6.10", -6.1), (Cells.number, 1e-05, 1e-05),
        (Cells.number, Decimal("0.1"), 0.1), (Cells.amount, 0.1, Decimal("0.1")),
        (Cells.amount, "14000.50", Decimal("14000.50")),
        (Cells.day, "2026-02-18", date(2026, 2, 18)), (Cells.day, "18/02/2026", date(2026, 2, 18)),
        (Cells.day, date(2026, 2, 18), date(2026, 2, 18)), (Cells.day, MORNING, date(2026, 11, 23)),
        (Cells.moment, "2026-11-23T08:00:00+07:00", MORNING), (Cells.moment, MORNING, MORNING),
    ],
)  # fmt: skip
def test_a_value_is_read_from_text_from_json_and_from_a_database(
    read: Callable[[Cells, str], Any], value: Any, found: Any
) -> None:
    assert read(cell(value), "c") == found


@pytest.mark.parametrize(
    ("read", "value", "reason"),
    [
        (Cells.plain, True, "must be text, not bool"), (Cells.plain, ["a"], "must be text, not list"),
        (Cells.plain, "\ud800", "cannot be written as text"),
        (Cells.plain, "a\0", "holds characters that no text has"), (Cells.must, " ", "is empty"),
        (Cells.words, 7, r"must be a list, or text parted by \|"),
        (Cells.area, "36.71.5", "must be a code such as"), (Cells.e164, "021558", "must be written like"),
        (Cells.scoped, "anyar", "must be source:id, not 'anyar'"), (Cells.flag, "maybe", "must be yes or no"),
        (Cells.whole, "1.5", "must be a whole number"), (Cells.whole, True, "must be a whole number"),
        (Cells.whole, "-1", "must be from 0 to 2147483647"), (Cells.number, "1e1", "must be a number"),
        (Cells.number, float("nan"), "must be a number"), (Cells.number, Decimal("sNaN"), "must be a number"),
        (Cells.amount, "-1", "must not be less than 0"), (Cells.day, "2026-02-30", "must be YYYY-MM-DD"),
        (Cells.moment, MORNING.replace(tzinfo=None), "must be a time with offset"),
        (Cells.moment, "2026-11-23T08:00:00", "must be a time with offset"),
        (Cells.must_point, "106.6,-6.1", "latitude"), (Cells.rows, "a", "must be a list of objects"),
        (Cells.rows, ["a"], r"\[0\] must be an object"),
    ],
    ids=lambda value: ascii(value)[:20],
)  # fmt: skip
def test_a_wrong_value_is_refused_with_row_column_and_reason(
    read: Callable[[Cells, str], Any], value: Any, reason: str
) -> None:
    with pytest.raises(Unreadable, match=f"^row: c {reason}") as caught:
        read(cell(value), "c")
    assert caught.value.column == "c"


def test_a_number_of_thousands_of_digits_is_refused() -> None:
    for read, reason in ((Cells.plain, "cannot be written as text"), (Cells.number, "must be a")):
        with pytest.raises(Unreadable, match=f"^row: c {reason}"):
            read(cell(10**5000), "c")


def test_a_fault_deep_in_a_cell_names_the_column_of_the_row() -> None:
    (offer,) = Cells({"offers": [{"price": "free"}]}, "event").rows("offers")
    with pytest.raises(Unreadable, match=r"^event: offers\[0\]: price must be a number") as caught:
        offer.amount("price")
    assert caught.value.column == "offers"


def test_a_point_needs_both_of_its_numbers() -> None:
    assert Cells({"lat": "-6.1", "lng": 106.5}, "row").point() == GeoPoint(-6.1, 106.5)
    assert Cells({"lat": " ", "lng": None}, "row").point() is None
    with pytest.raises(Unreadable, match="lat, lng need each other"):
        Cells({"lat": "-6.1"}, "row").point()


def test_what_was_read_is_refused_too_when_a_key_becomes_too_long() -> None:
    assert cell("a" * 255).local_id("c") == "a" * 255
    with pytest.raises(Unreadable, match="c is longer than 255 characters"):
        cell("a" * 256).local_id("c")


READERS: list[Callable[[Cells], Any]] = [
    *(
        lambda cells, read=read: read(cells, "c")
        for read in (
            Cells.plain, Cells.must, Cells.local_id, Cells.scoped, Cells.text, Cells.words, Cells.area,
            Cells.e164, Cells.url, Cells.flag, Cells.whole, Cells.number, Cells.amount, Cells.day,
            Cells.moment, Cells.must_point, Cells.rows,
        )
    ),
    lambda cells: cells.one_of("c", TriState),
    Cells.point,
]  # fmt: skip
GARBAGE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
    | st.decimals() | st.dates() | st.datetimes() | st.sampled_from(["1e5", "\ud800", "9" * 50]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(["c", "c_en", "lat", "lng"]), GARBAGE))
def test_no_value_raises_anything_but_unreadable(row: dict[str, Any]) -> None:
    for read in READERS:
        with suppress(Unreadable):
            read(Cells(row, "row"))
