"""CSV, JSON and GeoJSON as rows, and what is said about broken ones."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import Unreadable
from connectors.kinds.formats import READERS, Format, parse
from connectors.kinds.rows import FAULT

CSV, JSON, GEOJSON = Format("csv"), Format("json"), Format("geojson")


@pytest.mark.parametrize(
    "raw",
    [
        b"nama,harga\nBeras,14000\n",
        b"\xef\xbb\xbfnama,harga\r\nBeras,14000\r\n",
        b"nama;harga\nBeras;14000\n\n",
        b" nama \tharga\nBeras\t14000",
        b'"nama"|"harga"\n"Beras"|"14000"',
    ],
)
def test_a_csv_file_is_read_with_bom_line_ends_and_delimiters_of_all_sorts(raw: bytes) -> None:
    assert parse(raw, CSV) == [{"nama": "Beras", "harga": "14000"}]


def test_cells_may_hold_delimiters_quotes_and_lines_and_short_rows_are_filled() -> None:
    raw = 'a,b,,c\n"x, ""y""\nz",,hidden,é\nalone\n'.encode()
    assert parse(raw, CSV) == [
        {"a": 'x, "y"\nz', "b": None, "c": "é"},
        {"a": "alone", "b": None, "c": None},
    ]


def test_a_row_with_too_many_cells_is_marked_and_the_others_stay() -> None:
    assert parse(b"a,b\n1,2,3\n4,5\n", CSV) == [
        {FAULT: "3 cells under 2 columns"},
        {"a": "4", "b": "5"},
    ]


def test_another_encoding_and_delimiter_can_be_declared() -> None:
    how = Format("csv", delimiter=":", encoding="windows-1252")
    assert parse("a,b:c\nné:1".encode("windows-1252"), how) == [{"a,b": "né", "c": "1"}]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "no header"),
        (b"\n1,2\n", "no header"),
        (b"a,b,a\n1,2,3\n", "the column 'a' twice"),
        (b'a,b\n"1,2\n', "line 2"),
        ("né,b\n".encode("latin-1"), "not utf-8: byte 1"),
        (b"a\n" + b"x" * 200_000, "field larger"),
    ],
)
def test_a_broken_csv_file_says_where(raw: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        parse(raw, CSV)


def test_the_list_of_a_json_document_is_found_by_its_path() -> None:
    raw = b'\xef\xbb\xbf{"data": {"items": [{"a": 1}, 5, {"a": null}]}, "total": 3}'
    assert parse(raw, Format("json", list="data.items")) == [
        {"a": 1},
        {FAULT: "is not an object"},
        {"a": None},
    ]
    assert parse(b"[]", JSON) == []


@pytest.mark.parametrize(
    ("raw", "path", "reason"),
    [
        (b"<html>", "", "not JSON: line 1, column 1"),
        (b'{"a": NaN}', "", "not JSON"),
        (b'["\xe9"]', "", "not JSON"),
        (b"[" * 50_000, "", "not JSON"),
        (
            b'{"data": [], "total": 0}',
            "",
            "the JSON document is not a list; it has 'data', 'total'",
        ),
        (b'{"data": []}', "data.items", "no 'data.items' in the JSON document: no 'items'"),
        (b'{"data": 5}', "data", "'data' is not a list"),
    ],
)
def test_a_broken_json_document_says_what_is_missing(raw: bytes, path: str, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        parse(raw, Format("json", list=path))


def test_geojson_features_become_rows_with_lat_and_lng() -> None:
    raw = b"""{"type": "FeatureCollection", "features": [
        {"type": "Feature", "id": 7, "properties": {"nama": "Taman"},
         "geometry": {"type": "Point", "coordinates": [106.6, -6.2, 12]}},
        {"type": "Feature", "properties": {"id": "p", "lat": "text"}, "geometry": null},
        {"type": "Feature", "properties": null, "geometry": {"type": "Point", "coordinates": []}},
        {"type": "Feature", "properties": [1]}, 3]}"""
    found = parse(raw, GEOJSON)
    assert found[0] == {
        "id": 7, "nama": "Taman", "lat": -6.2, "lng": 106.6,
        "geometry": {"type": "Point", "coordinates": [106.6, -6.2, 12]},
    }  # fmt: skip
    assert found[1] == {"id": "p", "lat": "text", "geometry": None}
    assert [list(row) for row in found[2:]] == [[FAULT]] * 3
    with pytest.raises(Unreadable, match="no list `features`"):
        parse(b"[]", GEOJSON)


@given(raw=st.binary() | st.text().map(str.encode), name=st.sampled_from(sorted(READERS)))
def test_whatever_the_bytes_are_they_are_rows_or_unreadable(raw: bytes, name: str) -> None:
    with suppress(Unreadable):
        rows: list[dict[str, Any]] = parse(raw, Format(name))
        assert all(isinstance(row, dict) for row in rows)
