"""Rows of text become places and contacts, or Unreadable: nothing else."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import Unreadable
from connectors.memory.emergency import read_contact
from connectors.memory.places import read_place
from connectors.ports.common import (
    Address,
    GeoPoint,
    Money,
    Origin,
    SourceQuality,
    Wheelchair,
    must_text,
)
from connectors.ports.emergency import EmergencyContact, EmergencyKind
from connectors.ports.places import Place, PlaceKind

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def origin(local: str) -> Origin:
    return Origin("tempat", local, NOW, NOW, SourceQuality.PUBLISHED)


def test_a_full_row_becomes_a_place() -> None:
    row = {
        "id": "museum", "kind": "MUSEUM", "name": " Museum ", "name_en": "Museum (en)",
        "description_en": "Old", "tags": "a=1; b=2;", "lat": "-6.17", "lng": "106.64",
        "area": "36.71.01.1007", "address": "Jl. Cilame 18", "kecamatan": "36.71.01",
        "opening_hours": "24/7", "entry_fee": "30000", "is_free": "no", "religion": "",
        "wheelchair": "LIMITED",
    }  # fmt: skip
    assert read_place(row, origin) == Place(
        origin=origin("museum"),
        kind=PlaceKind.MUSEUM,
        name=must_text("Museum", "Museum (en)"),
        description=must_text(en="Old"),
        tags=("a=1", "b=2"),
        point=GeoPoint(-6.17, 106.64),
        area="36.71.01.1007",
        address=Address(must_text("Jl. Cilame 18"), kecamatan="36.71.01"),
        opening_hours="24/7",
        entry_fee=Money(Decimal(30000)),
        is_free=False,
        wheelchair=Wheelchair.LIMITED,
    )


def test_a_row_of_json_values_becomes_a_place() -> None:
    row = {"id": 7, "kind": "ATM", "name": "ATM", "lat": -6, "lng": 106.5, "is_free": True,
           "tags": ["bank=x"]}  # fmt: skip
    found = read_place(row, origin)
    assert (found.origin.local_id, found.point) == ("7", GeoPoint(-6.0, 106.5))
    assert (found.is_free, found.tags) == (True, ("bank=x",))


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("id", "", "place: id is empty"),
        ("id", "x" * 256, "longer than 255"),
        ("kind", "CASTLE", "kind must be one of ATTRACTION, .*, not 'CASTLE'"),
        ("name", None, "name is empty"),
        ("name", ["a"], "name must be text, not list"),
        ("name", "a\x00b", "name holds characters that no text has"),
        ("name", "\ud800", "name cannot be written as text"),
        ("lat", "91", "latitude"),
        ("lat", "nan", "lat must be a number"),
        ("lat", "1e1", "lat must be a number"),
        ("lat", "", "one is given without the other"),
        ("lat", [10**5000], "lat must be a number"),
        ("entry_fee", "-1", "entry_fee must not be less"),
        ("is_free", "maybe", "is_free must be yes or no, not 'maybe'"),
        ("area", "36.71.5", "area must be a code"),
        ("wheelchair", "perhaps", "wheelchair must be one of YES, .*, not 'perhaps'"),
    ],
)
def test_a_fault_names_its_column(column: str, value: Any, reason: str) -> None:
    row = {"id": "1", "kind": "ATM", "name": "ATM", "lat": "-6", "lng": "106"} | {column: value}
    with pytest.raises(Unreadable, match=reason):
        read_place(row, origin)


def test_a_full_row_becomes_a_contact() -> None:
    row = {"id": "112", "kind": "GENERAL", "name_en": "Emergency", "dial": "112", "priority": 1,
           "toll_free": "yes", "available": "24/7", "area": "36.71"}  # fmt: skip
    assert read_contact(row, origin) == EmergencyContact(
        origin=origin("112"),
        kind=EmergencyKind.GENERAL,
        name=must_text(en="Emergency"),
        dial="112",
        priority=1,
        is_short_code=True,
        toll_free=True,
        available="24/7",
        area="36.71",
    )


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("dial", "021-558", "dial must be up to 20 digits"),
        ("dial", "٣", "dial must be up to 20 digits"),
        ("priority", "0", "priority must be from 1 to 1000000"),
        ("priority", "1.5", "priority must be a whole number"),
        ("priority", None, "priority is empty"),
        ("e164", "0215582144", "e164 must be written like"),
        ("name", "", "emergency contact: name is empty"),
    ],
)
def test_a_fault_of_a_contact_names_its_column(column: str, value: Any, reason: str) -> None:
    row = {"id": "1", "kind": "FIRE", "name": "x", "dial": "113", "priority": "2"} | {column: value}
    with pytest.raises(Unreadable, match=reason):
        read_contact(row, origin)


GARBAGE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=3,
)
COLUMNS = st.sampled_from(
    ["kind", "name", "lat", "lng", "tags", "area", "entry_fee", "is_free", "wheelchair", "address",
     "dial", "priority", "e164", "id", "phone", "kelurahan", "opening_hours"]
)  # fmt: skip


@given(st.dictionaries(COLUMNS, GARBAGE))
def test_no_garbage_does_anything_but_unreadable(changes: dict[str, Any]) -> None:
    row = {"id": "1", "name": "x", "dial": "1", "priority": "1", **changes}
    for read, kind in ((read_place, "ATM"), (read_contact, "FIRE")):
        with suppress(Unreadable):
            read({"kind": kind, **row}, origin)


def test_a_number_of_thousands_of_digits_is_refused() -> None:
    row = {"id": "1", "kind": "ATM", "name": "ATM", "lat": 10**5000, "lng": "106"}
    with pytest.raises(Unreadable, match="lat must be a number"):
        read_place(row, origin)
