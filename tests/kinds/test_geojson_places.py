"""Places of GeoJSON: every form of document, the guard, and names of other people's columns."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import errors
from connectors.kinds.geojson import read_features
from connectors.kinds.kelurahan import kelurahan_of
from connectors.ports.common import GeoPoint, Money, Wheelchair
from connectors.ports.places import Place, PlaceKind
from connectors.upkeep.documents import Document
from tests.kinds.told import told

HERE = [106.64, -6.17]
CITIES = Path(__file__).parents[2] / "catalog" / "cities"


def feature(shape: Any = None, id: Any = 1, **properties: Any) -> dict[str, Any]:  # noqa: A002 - its name in GeoJSON
    shape = {"type": "Point", "coordinates": HERE} if shape is None else shape
    made = {"type": "Feature", "geometry": shape, "properties": {"name": "A", **properties}}
    return made if id is None else {**made, "id": id}


def collection(*features: Any, **more: Any) -> str:
    return json.dumps({"type": "FeatureCollection", "features": list(features), **more})


async def places(text: str | bytes, **options: Any) -> list[Place]:
    return await (await told("geojson.places", text, **options)).records()


async def point_of(kind: str, coordinates: Any) -> GeoPoint | None:
    (one,) = await places(collection(feature({"type": kind, "coordinates": coordinates})))
    return one.point


# ------------------------------------------------------------------------------- documents


@pytest.mark.parametrize(
    "text",
    [
        collection(feature()),
        json.dumps(feature()),
        json.dumps([feature()]),
        "\ufeff" + collection(feature(), crs=None),
        json.dumps(feature()) + "\n",
        "\x1e" + json.dumps(feature()) + "\n",
    ],
)
async def test_every_form_of_a_document_is_read(text: str) -> None:
    (one,) = await places(text)
    assert (one.origin.local_id, one.name.pick("id")) == ("1", "A")
    assert one.point == GeoPoint(-6.17, 106.64)


async def test_features_line_by_line_are_read_and_a_broken_line_is_rejected() -> None:
    lines = [json.dumps(feature(id=1)), "{", json.dumps(feature(id=2)), '{"type": "Point"}', ""]
    for text in ("\n".join(lines), "".join(f"\x1e{line}\n" for line in lines if line)):
        source = await told("geojson.places", text)
        assert [one.origin.local_id for one in await source.records()] == ["1", "2"]
        assert len(source.reasons) == 2


async def test_bare_geometries_are_places_when_the_line_says_of_which_kind() -> None:
    points = [
        {"type": "Point", "coordinates": [106.6, -6.1]},
        {"type": "Point", "coordinates": HERE},
    ]
    text = json.dumps({"type": "GeometryCollection", "geometries": points})
    first, second = await places(text, kind="TOILET")
    assert first.kind is PlaceKind.TOILET
    assert dict(first.name) == {"id": "Toilet umum", "en": "Public toilet"}
    assert second.point == GeoPoint(-6.17, 106.64)
    assert first.origin.local_id != second.origin.local_id
    with pytest.raises(errors.Unreadable):
        await places(text)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "3", '{"type": "Topology"}', "{", '{"type": "FeatureCollection"}', "a,b\n1,2"],
)
async def test_anything_else_is_unreadable(text: str) -> None:
    with pytest.raises(errors.Unreadable):
        await places(text)


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("urn:ogc:def:crs:OGC:1.3:CRS84", True),
        ("EPSG:4326", True),
        ("urn:ogc:def:crs:EPSG::4326", True),
        ("EPSG:3857", False),
        ("urn:ogc:def:crs:EPSG::32748", False),
        (None, False),
    ],
)
async def test_other_reference_systems_are_refused(name: str | None, taken: bool) -> None:  # noqa: FBT001 - a table
    crs = {"type": "name", "properties": {"name": name}}
    text = collection(feature(), crs=crs)
    if taken:
        assert len(await places(text)) == 1
    else:
        with pytest.raises(errors.Unreadable, match="WGS84"):
            await places(text)


# ------------------------------------------------------------------------------- the guard


async def test_swapped_coordinates_are_noticed_and_only_their_row_is_refused() -> None:
    swapped = feature({"type": "Point", "coordinates": [-6.17, 106.64]}, id=2)
    source = await told("geojson.places", collection(feature(), swapped))
    assert len(await source.records()) == 1
    assert source.reasons == ["feature 1: latitude stands before longitude"]


async def test_a_point_that_is_in_the_city_only_when_swapped_is_refused(tmp_path: Path) -> None:
    ring = [[60.0, 50.0], [61.0, 50.0], [61.0, 51.0], [60.0, 51.0], [60.0, 50.0]]
    shape = {"type": "MultiPolygon", "coordinates": [[ring]]}
    village = {"type": "Feature", "properties": {"code": "36.71.01.1001"}, "geometry": shape}
    (tmp_path / "villages.geojson").write_text(collection(village))
    source = await told(
        "geojson.places",
        collection(
            feature({"type": "Point", "coordinates": [60.5, 50.5]}, id="right"),
            feature({"type": "Point", "coordinates": [50.5, 60.5]}, id="swapped"),
            feature({"type": "Point", "coordinates": [0.0, 0.0]}, id="elsewhere"),
        ),
        folder=tmp_path,
    )
    found = {one.origin.local_id: one.area for one in await source.records()}
    assert found == {"right": "36.71.01.1001", "elsewhere": None}
    assert source.reasons == ["feature 1: latitude stands before longitude"]


def test_the_kelurahan_around_a_point_is_that_of_the_city() -> None:
    kelurahan = kelurahan_of(CITIES / "kota_tangerang")
    assert kelurahan.at(GeoPoint(-6.1702, 106.633)) is not None
    assert kelurahan.at(GeoPoint(0, 0)) is None
    assert kelurahan.near(GeoPoint(-6.3, 106.8))
    assert not kelurahan.near(GeoPoint(0, 0))


async def test_shapes_of_every_kind_have_a_point() -> None:
    square = [[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]
    assert await point_of("Point", [106.64, -6.17, 12.5]) == GeoPoint(-6.17, 106.64)
    assert await point_of("Point", ["106.64", "-6.17"]) == GeoPoint(-6.17, 106.64)
    assert await point_of("MultiPoint", [[1, 2], [3, 4], [5, 6]]) == GeoPoint(4, 3)
    assert await point_of("LineString", [[1, 2], [3, 4], [5, 6]]) == GeoPoint(4, 3)
    assert await point_of("MultiLineString", [[[0, 0]], [[1, 2], [3, 4]]]) == GeoPoint(4, 3)
    assert await point_of("Polygon", [square]) == GeoPoint(1, 1)
    assert await point_of("Polygon", [square[:-1]]) == GeoPoint(1, 1)
    assert await point_of("MultiPolygon", [[square]]) == GeoPoint(1, 1)
    assert await point_of("Point", []) is None
    both = {
        "type": "GeometryCollection",
        "geometries": [
            {"type": "Polygon", "coordinates": [square]},
            {"type": "Point", "coordinates": [9, 9]},
        ],
    }
    (one,) = await places(collection(feature(both)))
    assert one.point == GeoPoint(1, 1)


async def test_a_feature_without_a_geometry_is_a_place_without_a_point() -> None:
    (one,) = await places(json.dumps({**feature(), "geometry": None}))
    assert one.point is None


@pytest.mark.parametrize(
    "shape",
    [
        {"type": "Point", "coordinates": [181, 0]},
        {"type": "Point", "coordinates": [1]},
        {"type": "Point", "coordinates": ["x", "y"]},
        {"type": "Point", "coordinates": [True, False]},
        {"type": "Point", "coordinates": {"lat": 1}},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]},
        {"type": "Circle", "coordinates": [1, 1]},
        "POINT(1 1)",
    ],
)
async def test_a_geometry_that_makes_no_sense_costs_its_row_only(shape: Any) -> None:
    source = await told("geojson.places", collection(feature(), feature(shape, id=2)))
    assert len(await source.records()) == 1
    assert len(source.reasons) == 1


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(
            st.sampled_from(["type", "id", "geometry", "properties", "coordinates", "crs"])
            | st.text(), inner | st.sampled_from(["Feature", "Point", "Polygon"])),
        max_leaves=20,
    )
)  # fmt: skip
def test_no_document_fails_in_any_other_way(content: Any) -> None:
    for body in (content, feature(content), {"type": "FeatureCollection", "features": [content]}):
        try:
            read_features(Document(json.dumps(body).encode("utf-8", "replace")), lambda _: True)
        except errors.Unreadable:
            continue


# ------------------------------------------------------------------------------- properties


@pytest.mark.parametrize(
    ("made", "id"),
    [
        (feature(id=7), "7"),
        (feature(id=7.0), "7"),
        (feature(id="taman-7"), "taman-7"),
        (feature(id=None, kode="T7"), "T7"),
        (feature(id=None, id_=3, gid=12), "12"),
    ],
)
async def test_the_id_is_that_of_the_feature_or_of_its_properties(made: Any, id: str) -> None:  # noqa: A002 - its name in GeoJSON
    (one,) = await places(collection(made))
    assert one.origin.local_id == id


async def test_without_any_id_name_and_position_make_one_that_stays() -> None:
    first, second = feature(id=None), feature(id=None, name="B")
    before = [one.origin.local_id for one in await places(collection(first, second))]
    after = [one.origin.local_id for one in await places(collection(second, first))]
    assert before == after[::-1]
    assert len(set(before)) == 2


async def test_properties_with_indonesian_names_are_understood() -> None:
    text = collection(
        feature(
            name=None, NAMA="Taman Elektrik", Jenis="Taman", ALAMAT="Jalan Satria", harga_tiket="Rp5.000",
            jam_buka="Mo-Su 05:00-22:00", telp="021 55764955", situs="tangerangkota.go.id",
            kursi_roda="Ya", tahun=2015, updated_at="2026-11-01T08:00:00+07:00",
        )
    )  # fmt: skip
    (one,) = await places(text)
    assert (one.name.pick("id"), one.kind) == ("Taman Elektrik", PlaceKind.PARK)
    assert one.address is not None
    assert one.address.text.pick("id") == "Jalan Satria"
    assert one.entry_fee == Money(Decimal(5000))
    assert one.opening_hours == "Mo-Su 05:00-22:00"
    assert one.phone == "+622155764955"
    assert one.website == "https://tangerangkota.go.id"
    assert one.wheelchair is Wheelchair.YES
    assert one.tags == ("tahun=2015",)
    assert one.origin.as_of.isoformat() == "2026-11-01T08:00:00+07:00"


async def test_features_exported_from_the_map_keep_its_tags_and_ids() -> None:
    text = collection(
        feature(
            id="node/9", **{"@id": "node/9", "amenity": "place_of_worship", "religion": "muslim",
            "name:en": "Mosque", "wheelchair": "yes", "@timestamp": "2026-01-02T03:04:05Z"},
        ),
        feature(id="way/8", tags={"leisure": "park", "name": "Taman"}, type="way"),
    )  # fmt: skip
    mosque, park = await places(text)
    assert (mosque.kind, mosque.religion) == (PlaceKind.WORSHIP, "muslim")
    assert dict(mosque.name) == {"id": "A", "en": "Mosque"}
    assert mosque.origin.url == "https://www.openstreetmap.org/node/9"
    assert mosque.origin.as_of.isoformat() == "2026-01-02T03:04:05+00:00"
    assert (park.kind, park.name.pick("id")) == (PlaceKind.PARK, "Taman")


async def test_a_line_can_say_what_the_properties_mean() -> None:
    fields = {
        "id": "no",
        "name": "label",
        "kind": {"path": "j", "values": {"T": "PARK"}, "default": "OTHER"},
        "source_url": "link",
    }
    made = feature(id=None, no=4, label="Taman", j="T", link="https://kota.example/4")
    (one,) = await places(collection(made), fields=fields)
    assert (one.origin.local_id, one.kind, one.name.pick("id")) == ("4", PlaceKind.PARK, "Taman")
    assert one.origin.url == "https://kota.example/4"


async def test_an_unknown_word_for_a_kind_is_kept_as_a_tag() -> None:
    (one,) = await places(collection(feature(jenis="Galaksi")), kind="ATTRACTION")
    assert one.kind is PlaceKind.ATTRACTION
    assert "kind=Galaksi" in one.tags


async def test_a_file_of_the_city_is_read_too(tmp_path: Path) -> None:
    (tmp_path / "taman.geojson").write_text(collection(feature()))
    source = await told("geojson.places", {}, folder=tmp_path, path="taman.geojson")
    assert len(await source.records()) == 1
    with pytest.raises(ValueError, match="must lie in"):
        await told("geojson.places", {}, folder=tmp_path, path="../taman.geojson")


@pytest.mark.parametrize(
    ("options", "complaint"),
    [({"kind": "PUB"}, "`kind` must be one of"), ({"fields": 3}, "`fields` must be a table")],
)
async def test_a_wrong_option_is_said(options: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        await told("geojson.places", "", **options)
