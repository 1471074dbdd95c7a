"""What says something about a person is masked by pattern and by declaration; the rest stays."""

from __future__ import annotations

import json
from typing import Any

import pytest
from graphql import parse
from hypothesis import given
from hypothesis import strategies as st

from connectors.declarative.declared import Kind, declared
from connectors.declarative.masking import looks_personal, masked, masked_as, masked_text, telling


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("NIK 3671042501900003 atas nama", "NIK 3671************ atas nama"),
        ("3671046501900003", "3671************"),  # a woman: 40 is added to the day
        ("hubungi 0812-3456-7890 ya", "hubungi 08******** ya"),
        ("+62 812 3456 7890", "+62 8********"),
        ("6281234567890", "628********"),
        ("siti.aminah@gmail.com", "***@gmail.com"),
        ("a siti@b.co.id, budi@c.com", "a ***@b.co.id, ***@c.com"),
    ],
)
def test_numbers_and_addresses_of_people_are_masked(text: str, expected: str):
    assert masked_text(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "3671049901900003",  # no such day
        "36710425019000031",  # 17 digits
        "(021) 5576 4955",
        "112",
        "2026-11-24T08:12:34",
        "36.71.05.1001",
        "dishub@tangerangkota.go.id",
        "tim@dishub.example",
        "-6.178306, 106.631889",
        "Rp 81.234.567",
        "",
    ],
)
def test_what_is_of_the_city_stays(text: str):
    assert masked_text(text) == text


def test_values_are_masked_at_every_level_and_the_original_stays():
    data = {"warga": [{"nik": 3671042501900003, "hp": 6281234567890, "umur": 30}], "jumlah": 12}
    before = json.dumps(data)
    assert masked(data) == {"warga": [{"nik": 0, "hp": 0, "umur": 30}], "jumlah": 12}
    assert json.dumps(data) == before
    assert masked({"3671042501900003": True}) == {"3671************": True}
    assert list(looks_personal(data)) == ["/warga/0/hp", "/warga/0/nik"]


def test_declared_fields_are_masked_whatever_they_hold():
    types = declared(
        parse(
            "type Query { cari: [ParkirMobil] }"
            " type ParkirMobil { pelat: String pemilik: ParkirOrang ke: Int ok: Boolean }"
            " type ParkirOrang { nama: String anak: [String] }"
        )
    )
    car: dict[str, Any] = {
        "pelat": "B 1234 CD",
        "pemilik": {"nama": "Siti", "anak": ["Budi", "Ani"]},
        "ke": 7,
        "ok": True,
    }
    personal = {"ParkirMobil.pelat", "ParkirMobil.ke", "ParkirMobil.ok", "ParkirOrang.anak"}
    made = masked_as([car], Kind("ParkirMobil", items=Kind("ParkirMobil")), types, personal)
    assert made == [
        {"pelat": "***", "pemilik": {"nama": "Siti", "anak": ["***"]}, "ke": 0, "ok": False}
    ]
    whole = masked_as(car, Kind("ParkirMobil"), types, {"ParkirMobil.pemilik"})
    assert whole["pemilik"] == {"nama": "***", "anak": ["***"]}


@pytest.mark.parametrize("name", ["nik", "noHp", "no_hp", "namaIbu", "tanggal_lahir", "EMAIL"])
def test_keys_that_tell_of_a_person_are_known_by_their_names(name: str):
    assert telling(name)


@pytest.mark.parametrize("name", ["nama", "teknik", "id", "hpp", "emailed", "platform"])
def test_other_keys_are_not(name: str):
    assert not telling(name)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


@given(VALUES)
def test_what_is_masked_has_nothing_left_to_mask(value: Any):
    assert list(looks_personal(masked(value))) == []
    assert masked(masked(value)) == masked(value)


@given(st.text(alphabet="0123456789 +-.@ab*", max_size=40))
def test_masking_a_text_twice_changes_nothing_more(text: str):
    assert masked_text(masked_text(text)) == masked_text(text)
