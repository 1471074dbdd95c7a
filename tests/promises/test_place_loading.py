"""Rows of a city's places and numbers: every fault is reported, no row is lost to a type."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from catalog import bindings
from catalog.loaders import emergency, places
from catalog.loading import Load
from catalog.moments import first_moment
from catalog.pack import CITIES, Pack
from catalog.phones import dated, digits, e164
from connectors.ports.common import SourceQuality
from connectors.ports.emergency import EmergencyKind
from connectors.ports.places import PlaceKind

HEAD = "id,name,name_en,category,address,district_code,village_code,lat,lon,coord_quality,coord_source,opening_hours,entry_fee,charge,is_free,religion,facts,phone,note,stated_on,source"
NUMBERS = "number,name_id,name_en,category,kind,scope,hours,note,age,stated_on,place,source"


@pytest.fixture
def loading(tmp_path: Path) -> Callable[..., Load]:
    """A load of a small city: these rows, the outlines and sources of the real one."""

    def make(rows: list[str], numbers: tuple[str, ...] = ()) -> Load:
        real = CITIES / "kota_tangerang"
        for name in ("city.toml", "villages.geojson"):
            shutil.copy(real / name, tmp_path / name)
        (tmp_path / "places.csv").write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
        (tmp_path / "emergency.csv").write_text("\n".join([NUMBERS, *numbers]) + "\n", "utf-8")
        lines = {line.key: line for line in bindings.read_folder(real / "sources")}
        nothing: Any = None
        return Load(Pack(tmp_path), nothing, datetime.now(UTC), lines, True, True)  # noqa: FBT003

    return make


def row(id: str, **cells: str) -> str:  # noqa: A002 - the column's name
    cells = {"id": id, "name": "Tempat", "category": "park", **cells}
    return ",".join(cells.get(column, "") for column in HEAD.split(","))


def number(dial: str, **cells: str) -> str:
    cells = {"number": dial, "name_id": "Nomor", "category": "fire", "scope": "city", **cells}
    return ",".join(cells.get(column, "") for column in NUMBERS.split(","))


def test_an_unknown_category_is_kept_as_other_and_reported(loading: Callable[..., Load]) -> None:
    load = loading([row("a", category="castle")])
    (place,) = places.read(load)
    assert place.kind is PlaceKind.OTHER
    assert "category=castle" in place.tags
    (report,) = load.rejected
    assert (report["row"], report["field"], report["kept"]) == (2, "category", True)
    assert "unknown category 'castle'" in report["reason"]


def test_a_position_that_is_none_is_left_out_and_reported_once(
    loading: Callable[..., Load],
) -> None:
    load = loading(
        [
            row("a", lat="95", lon="106.6", village_code="36.71.01.1007"),
            row("b", lat="north", lon="106.6"),
            row("c", lat="-6.17", lon=""),
        ]
    )
    found = list(places.read(load))
    assert [place.point for place in found] == [None, None, None]
    assert found[0].area == "36.71.01.1007"
    assert [(r["row"], r["field"], r["kept"]) for r in load.rejected] == [
        (2, "lat", True), (3, "lat", True), (4, "lat", True),
    ]  # fmt: skip


def test_rows_that_cannot_be_read_are_refused_with_a_reason(loading: Callable[..., Load]) -> None:
    load = loading(
        [
            row("a"),
            row("a", name="Lagi"),
            row("b", name=""),
            row(""),
            row("x" * 256),
        ]
    )
    assert [place.origin.local_id for place in places.read(load)] == ["a"]
    assert [r["row"] for r in load.rejected] == [3, 4, 5, 6]
    assert not any(r["kept"] for r in load.rejected)
    reasons = [r["reason"] for r in load.rejected]
    assert reasons[0] == "the id 'a' is used twice"
    assert reasons[1:] == [
        "place: name is empty",
        "place: id is empty",
        "place: id is longer than 255 characters",
    ]


def test_a_wrong_value_is_left_out_and_reported_and_its_row_is_kept(
    loading: Callable[..., Load],
) -> None:
    load = loading(
        [
            row("c", stated_on="last summer"),
            row("d", entry_fee="free", is_free="maybe"),
            row("e", stated_on="2024-13"),
            row("f", village_code="36.71.1"),
        ]
    )
    found = list(places.read(load))
    assert [place.origin.local_id for place in found] == ["c", "d", "e", "f"]
    assert [(p.origin.as_of, p.entry_fee, p.is_free, p.area) for p in found] == [
        (load.now, None, None, None)
    ] * 4
    assert [(r["row"], r["field"], r["kept"]) for r in load.rejected] == [
        (2, "stated_on", True), (3, "entry_fee", True), (3, "is_free", True),
        (4, "stated_on", True), (5, "area", True),
    ]  # fmt: skip


def test_the_outline_a_place_is_in_decides_over_what_the_row_says(
    loading: Callable[..., Load],
) -> None:
    load = loading([row("a", lat="-6.1786869", lon="106.6296684", village_code="36.71.05.1001")])
    (place,) = places.read(load)
    assert place.area == "36.71.01.1007"


def test_what_is_only_inferred_is_an_estimate(loading: Callable[..., Load]) -> None:
    load = loading([row("a", note="existence inferred from the stop name"), row("b")])
    assert [place.origin.quality for place in places.read(load)] == [
        SourceQuality.ESTIMATED,
        SourceQuality.PUBLISHED,
    ]


def test_a_number_with_a_year_behind_it_keeps_the_year_as_a_tag(
    loading: Callable[..., Load],
) -> None:
    load = loading([row("a", phone="021-55764955 (2011)"), row("b", phone="2 belas")])
    first, second = places.read(load)
    assert first.phone == "+622155764955"
    assert "phone_year=2011" in first.tags
    assert second.phone == "2 belas"


def test_112_comes_first_wherever_it_is_listed(loading: Callable[..., Load]) -> None:
    load = loading([], (number("113"), number("112", category="general"), number("021-5582144")))
    found = list(emergency.read(load))
    assert [(c.dial, c.priority) for c in found] == [("112", 1), ("113", 2), ("0215582144", 3)]


def test_faults_of_numbers_are_reported(loading: Callable[..., Load]) -> None:
    load = loading(
        [row("kantor")],
        (
            number("112", category="magic", hours="mornings"),
            number("112"),
            number("113", place="nowhere"),
            number("no number"),
            number("115", stated_on="x"),
        ),
    )
    found = list(emergency.read(load))
    assert [(c.dial, c.kind, c.available) for c in found] == [
        ("112", EmergencyKind.OTHER, None),
        ("113", EmergencyKind.FIRE, None),
        ("115", EmergencyKind.FIRE, None),
    ]
    assert [(r["row"], r["field"], r["kept"]) for r in load.rejected] == [
        (2, "category", True), (2, "hours", True), (3, None, False), (4, "place", True),
        (5, None, False), (6, "stated_on", True),
    ]  # fmt: skip


def test_every_category_of_the_data_has_its_kind() -> None:
    pack = Pack.of("kota_tangerang")
    assert {r.need("category") for r in pack.rows("places.csv")} == set(places.KINDS)
    assert {r.need("category") for r in pack.rows("emergency.csv")} == set(emergency.KINDS)


def test_every_row_of_the_pack_keeps_its_citation() -> None:
    pack = Pack.of("kota_tangerang")
    for file in ("places.csv", "emergency.csv"):
        assert all(r.get("source") for r in pack.rows(file))


@pytest.mark.parametrize(
    ("printed", "dial", "abroad"),
    [
        ("021-5582144", "0215582144", "+62215582144"),
        ("0822-1111-0110", "082211110110", "+6282211110110"),
        ("112", "112", None),
        ("", "", None),
        ("call us", "", None),
        ("0" * 300, "0" * 300, None),
    ],
)
def test_numbers_are_made_dialable(printed: str, dial: str, abroad: str | None) -> None:
    assert (digits(printed), e164(printed)) == (dial, abroad)


def test_a_year_in_brackets_is_told_apart() -> None:
    assert dated("021-5523338 (2011)") == ("021-5523338", "2011")
    assert dated("(021) 5523338") == ("(021) 5523338", None)


@pytest.mark.parametrize(
    ("stated", "moment"),
    [
        (None, None),
        ("2011", "2011-01-01T00:00:00+07:00"),
        ("2024-06", "2024-06-01T00:00:00+07:00"),
        ("2026-07-20", "2026-07-20T00:00:00+07:00"),
    ],
)
def test_what_was_stated_in_a_year_is_as_of_its_first_moment(
    stated: str | None, moment: str | None
) -> None:
    found = first_moment(stated, "Asia/Jakarta")
    assert (found.isoformat() if found else None) == moment
