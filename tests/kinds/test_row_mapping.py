"""A declared map turns an upstream's names and words into ours."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.kinds.mapping import canonical, read_fields

ROW = {
    "nama": "Taman Prestasi", "alamat": {"jalan": "Jl. A"}, "foto": [{"url": "https://a"}],
    "jenis": " taman ", "kode.pos": "15111", "kosong": "", "name": "Park",
}  # fmt: skip


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("nama", "Taman Prestasi"), ("alamat.jalan", "Jl. A"), ("foto.0.url", "https://a"),
        ("kode.pos", "15111"), ("foto.1.url", None), ("foto.x", None), ("alamat.jalan.x", None),
        ("tidak", None), (["judul", "kosong", "name"], "Park"), ({"value": 5}, 5),
        ({"path": "jenis", "values": {"taman": "PARK"}}, "PARK"),
        ({"path": "nama", "values": {"taman": "PARK"}, "default": "OTHER"}, "OTHER"),
        ({"path": "nama", "values": {"taman": "PARK"}}, "Taman Prestasi"),
        ({"path": "tidak", "default": "OTHER"}, "OTHER"),
    ],
)  # fmt: skip
def test_a_field_is_picked(said: Any, value: Any) -> None:
    assert canonical(ROW, read_fields({"ours": said})) == {"ours": value}


def test_rows_without_a_map_are_in_our_names_already() -> None:
    assert canonical(ROW, {}) is ROW


@pytest.mark.parametrize(
    "said",
    [5, "", [], ["a", 5], {}, {"path": 5}, {"path": "a", "other": 1}, {"path": "a", "values": 5}],
)
def test_a_map_that_cannot_be_meant_is_refused(said: Any) -> None:
    with pytest.raises(ValueError, match=r"^fields\.ours: "):
        read_fields({"ours": said})
