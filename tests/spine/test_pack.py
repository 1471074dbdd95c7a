"""A city's data pack: files read row by row, faults named by file and row."""

import pytest

from catalog.pack import CITIES, CsvRow, Pack
from connectors.ports.common import GeoPoint


@pytest.fixture
def pack(tmp_path):
    def write(text, name="rows.csv"):
        (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return Pack(tmp_path)

    return write


def rows(pack):
    return [dict(row.values) for row in pack.rows("rows.csv")]


def test_an_unknown_city_is_refused_with_the_names_there_are():
    with pytest.raises(LookupError, match="no city 'kota_bekas'; there are: kota_tangerang"):
        Pack.of("kota_bekas")


@pytest.mark.parametrize("name", ["", ".", "..", "../cities/kota_tangerang", "kota_tangerang/"])
def test_a_name_is_never_a_path(name):
    with pytest.raises(LookupError, match="no city"):
        Pack.of(name)


def test_every_city_says_what_it_is():
    for folder in CITIES.glob("*/city.toml"):
        city = Pack.of(folder.parent.name).city
        assert {"code", "name", "zone", "centre"} <= set(city)


def test_rows_are_read_with_their_place_and_empty_cells_are_none(pack):
    found = list(pack('﻿id,name\r\n1,"Pasar, ""Anyar""\nbaru"\r\n\r\n2,\r\n').rows("rows.csv"))
    assert found == [
        CsvRow("rows.csv", 2, {"id": "1", "name": 'Pasar, "Anyar"\nbaru'}),
        CsvRow("rows.csv", 4, {"id": "2", "name": None}),
    ]


def test_a_file_that_is_not_there_has_no_rows(pack):
    assert list(pack("").rows("other.csv")) == []


def test_an_empty_file_has_no_rows(pack):
    assert rows(pack("")) == []
    assert rows(pack("id,name\n")) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("id,name\n1,a\n2,b,c\n", r"rows\.csv, line 3: 3 cells under a header of 2"),
        ("id,name\n1\n", r"rows\.csv, line 2: 1 cells under a header of 2"),
        ('id,name\n1,"a\n', r"rows\.csv, line 2: "),
        ('id,name\n1,"a"b\n', r"rows\.csv, line 2: "),
        (b"id,name\n1,\xff\n", r"rows\.csv, line \d: .*utf-8"),
    ],
)
def test_a_file_whose_cells_nobody_can_tell_apart_is_refused(pack, text, fault):
    with pytest.raises(ValueError, match=fault):
        rows(pack(text))


def test_a_cell_is_asked_for_by_a_column_the_file_has(pack):
    (row,) = pack("id,name\n1,\n").rows("rows.csv")
    assert row.get("name") is None
    assert row.need("id") == "1"
    with pytest.raises(ValueError, match="name is empty"):
        row.need("name")
    for ask in (row.get, row.need):
        with pytest.raises(LookupError, match=r"rows\.csv has no column 'nama'; it has: id, name"):
            ask("nama")


def test_the_fingerprint_changes_with_any_file_and_with_any_name(pack, tmp_path):
    marks = {pack("a").fingerprint, pack("b").fingerprint, pack("b", "deep.csv").fingerprint}
    (tmp_path / "folder").mkdir()
    (tmp_path / "deep.csv").rename(tmp_path / "folder" / "deep.csv")
    marks.add(Pack(tmp_path).fingerprint)
    assert len(marks) == 4
    assert Pack(tmp_path).fingerprint in marks


def test_a_point_is_found_in_its_kelurahan():
    areas = Pack.of("kota_tangerang").kelurahan
    assert (areas.at(GeoPoint(-6.1781, 106.6318)) or "").startswith("36.71.")
    assert areas.at(GeoPoint(0.0, 0.0)) is None
    assert areas.at(None) is None
