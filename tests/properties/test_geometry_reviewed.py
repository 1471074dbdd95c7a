"""Polygons and distances against other ways of working them out: winding angles, Vincenty."""

from __future__ import annotations

import json
import math
import random
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, insert, select

from catalog.pack import CITIES, KelurahanIndex
from connectors.kinds.sql import open_engine
from connectors.ports import geometry
from connectors.ports.common import GeoPoint, Ring, Within
from connectors.store.base import located, place_columns, point_values

degrees = st.tuples(st.floats(106.5, 106.8), st.floats(-6.3, -6.0))


def square(west: float, south: float, side: float) -> Ring:
    east, north = west + side, south + side
    return ((west, south), (east, south), (east, north), (west, north), (west, south))


def turns(ring: Any, lng: float, lat: float) -> bool:
    """Whether a ring turns around a point, by adding up angles."""
    whole = 0.0
    for (x1, y1), (x2, y2) in pairwise(ring):
        turn = math.atan2(y2 - lat, x2 - lng) - math.atan2(y1 - lat, x1 - lng)
        whole += (turn + math.pi) % (2 * math.pi) - math.pi
    return abs(whole) > 1


def vincenty(a: GeoPoint, b: GeoPoint) -> float:
    """Metres on the sphere by Vincenty's formula, which is exact for near and far points alike."""
    lat1, lat2, dl = math.radians(a.lat), math.radians(b.lat), math.radians(b.lng - a.lng)
    across = math.hypot(
        math.cos(lat2) * math.sin(dl),
        math.cos(lat1) * math.sin(lat2) - math.sin(lat1) * math.cos(lat2) * math.cos(dl),
    )
    along = math.sin(lat1) * math.sin(lat2) + math.cos(lat1) * math.cos(lat2) * math.cos(dl)
    return 6_371_008.8 * math.atan2(across, along)


@given(
    st.tuples(st.floats(-90, 90), st.floats(-180, 180)),
    st.tuples(st.floats(-90, 90), st.floats(-180, 180)),
)
def test_distances_are_right_to_half_a_metre_all_over_the_earth(a, b):
    one, other = GeoPoint(*a), GeoPoint(*b)
    there = vincenty(one, other)
    assume(there < 20_000_000)  # beyond lie the last 15 km before the other end of the earth
    assert geometry.distance_m(one, other) == pytest.approx(there, rel=0, abs=0.5)


def polygons(feature: Any) -> Any:
    """The polygons of a GeoJSON feature, each a list of rings."""
    coordinates = feature["geometry"]["coordinates"]
    return [coordinates] if feature["geometry"]["type"] == "Polygon" else coordinates


def test_the_kelurahan_of_a_point_is_the_one_whose_outline_turns_around_it():
    text = (CITIES / "kota_tangerang" / "villages.geojson").read_text(encoding="utf-8")
    collection = json.loads(text)
    index = KelurahanIndex(collection)
    outlines = {one["properties"]["code"]: polygons(one) for one in collection["features"]}
    chance = random.Random(7)  # noqa: S311 - places to look at, not secrets
    inside = 0
    for _ in range(300):
        lng, lat = chance.uniform(106.55, 106.74), chance.uniform(-6.26, -6.09)
        around = {
            code
            for code, area in outlines.items()
            if any(sum(turns(ring, lng, lat) for ring in rings) % 2 for rings in area)
        }
        found = index.at(GeoPoint(lat, lng))
        assert found in around if around else found is None
        inside += found is not None
    assert inside > 100


@given(degrees, degrees, st.floats(0, 1))
def test_a_point_on_a_common_border_is_in_one_of_two_neighbours(a, b, share):
    """The neighbours draw the border in opposite directions."""
    (x1, y1), (x2, y2) = a, b
    assume(y1 != y2)
    point = GeoPoint(y1 + (y2 - y1) * share, x1 + (x2 - x1) * share)
    low, high = sorted((y1, y2))
    assume(low <= point.lat < high)
    west = Within((((a, b, (105.0, y2), (105.0, y1), a),),))
    east = Within((((b, a, (108.0, y1), (108.0, y2), b),),))
    assert geometry.in_polygons(west, point) != geometry.in_polygons(east, point)


def test_a_corner_that_four_squares_share_is_in_one_of_them():
    squares = [square(106.6 + dx, -6.2 + dy, 0.1) for dx in (-0.1, 0) for dy in (-0.1, 0)]
    corner = GeoPoint(-6.2, 106.6)
    assert [geometry.in_polygons(Within(((one,),)), corner) for one in squares].count(True) == 1


HERE = {"type": "Polygon", "coordinates": [square(106.6, -6.2, 0.1)]}


@pytest.mark.parametrize(
    ("given_geometry", "message"),
    [
        ({"type": "Feature", "geometry": HERE}, "not 'Feature'; pass its `geometry` alone"),
        ({"type": "FeatureCollection", "features": []}, "must be Polygon or MultiPolygon"),
        ({"type": "Polygon", "coordinates": [[[True, False]] * 4]}, "latitude must be a number"),
        ({"type": "Polygon", "coordinates": [[[106.6, True]] * 4]}, "latitude must be a number"),
    ],
)
def test_what_is_no_polygon_of_numbers_is_refused(given_geometry, message):
    with pytest.raises(ValueError, match=message):
        geometry.read_polygons(given_geometry)


def test_heights_and_a_stated_reference_system_change_nothing():
    tall = [[[x, y, 12.5] for x, y in ring] for ring in HERE["coordinates"]]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    stated = {"type": "Polygon", "coordinates": tall, "crs": crs}
    assert geometry.read_polygons(stated) == geometry.read_polygons(HERE)


# ------------------------------------------------------------------------------- several polygons

spots = Table("spots", MetaData(), Column("id", Integer, primary_key=True), *place_columns())

SPOTS = {
    1: GeoPoint(-6.17, 106.63),  # in both squares
    2: GeoPoint(-6.19, 106.61),  # in the first alone
    3: GeoPoint(-6.12, 106.69),  # in the second alone
    4: GeoPoint(-6.05, 106.63),  # in none
    5: GeoPoint(-6.155, 106.675),  # in the hole of the first, and in the second
    6: GeoPoint(-6.195, 106.655),  # in the hole of the first alone
}


async def test_where_polygons_overlap_a_point_is_inside_and_a_hole_is_its_own_polygons(
    database_url,
):
    hole = square(106.65, -6.199, 0.049)
    both = Within(
        ((square(106.6, -6.2, 0.1), hole), (square(106.62, -6.18, 0.1),)),
    )
    plain = {id_ for id_, point in SPOTS.items() if geometry.in_polygons(both, point)}
    assert plain == {1, 2, 3, 5}
    engine = open_engine(database_url)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(spots.metadata.create_all)
            rows = [{"id": id_, **point_values(one, None)} for id_, one in SPOTS.items()]
            await connection.execute(insert(spots), rows)
            found = await connection.scalars(select(spots.c.id).where(located(spots, both)))
            assert set(found) == plain
    finally:
        await engine.dispose()
