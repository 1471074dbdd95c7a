"""Points, circles, boxes and polygons: by hand, by law, and the same in every database."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, insert, select

from connectors.kinds.sql import Database, open_engine
from connectors.ports import geometry
from connectors.ports.common import BBox, GeoPoint, InArea, Near, Where, Within
from connectors.store.base import chord2, located, place_columns, point_values

points = st.builds(geometry.point_of, st.floats(-90, 90), st.floats(-180, 180))


def test_a_degree_of_latitude_is_111_kilometres():
    metres = geometry.distance_m(GeoPoint(-6, 106), GeoPoint(-7, 106))
    assert metres == pytest.approx(math.pi * geometry.EARTH_RADIUS_M / 180)


def test_two_corners_of_a_room_are_metres_apart_not_zero():
    here, there = GeoPoint(-6.17, 106.64), GeoPoint(-6.17, 106.640009)
    assert geometry.distance_m(here, there) == pytest.approx(0.995, abs=0.001)


@given(points, points)
def test_the_chord_gives_the_distance_of_the_haversine(a, b):
    lat1, lat2 = math.radians(a.lat), math.radians(b.lat)
    half = (
        math.sin((lat2 - lat1) / 2) ** 2
        + math.cos(lat1) * math.cos(lat2) * math.sin(math.radians(b.lng - a.lng) / 2) ** 2
    )
    haversine = 2 * geometry.EARTH_RADIUS_M * math.asin(min(1, math.sqrt(half)))
    assert geometry.distance_m(a, b) == pytest.approx(haversine, abs=0.01, rel=1e-6)


@given(points, st.integers(1, 100_000), points)
def test_the_box_around_a_circle_holds_all_of_it(centre, radius, other):
    near = Near(centre, radius)
    box = geometry.box_around(near)
    if box is not None and geometry.is_in(near, other, None):
        assert geometry.in_box(box, other)


@given(points, st.integers(1_000, 100_000), st.floats(0, 360))
def test_the_box_holds_points_on_the_rim_of_its_circle(centre, radius, bearing):
    near = Near(centre, radius)
    box = geometry.box_around(near)
    if box is None:
        return
    angle, turn = radius * 0.999 / geometry.EARTH_RADIUS_M, math.radians(bearing)
    lat = math.radians(centre.lat)
    sin_lat = math.sin(lat) * math.cos(angle) + math.cos(lat) * math.sin(angle) * math.cos(turn)
    across = math.sin(turn) * math.sin(angle) * math.cos(lat)
    lng = centre.lng + math.degrees(math.atan2(across, math.cos(angle) - math.sin(lat) * sin_lat))
    rim = GeoPoint(math.degrees(math.asin(sin_lat)), (lng + 180) % 360 - 180)
    assert geometry.in_box(box, rim)


SQUARE = [[106.0, -6.0], [107.0, -6.0], [107.0, -7.0], [106.0, -7.0], [106.0, -6.0]]
HOLE = [[106.4, -6.4], [106.6, -6.4], [106.6, -6.6], [106.4, -6.6], [106.4, -6.4]]


def test_a_hole_is_outside_whatever_the_winding():
    for hole in (HOLE, HOLE[::-1]):
        area = geometry.read_polygons({"type": "Polygon", "coordinates": [SQUARE, hole]})
        assert geometry.in_polygons(area, GeoPoint(-6.2, 106.2))
        assert not geometry.in_polygons(area, GeoPoint(-6.5, 106.5))
        assert not geometry.in_polygons(area, GeoPoint(-5.0, 106.5))


def test_neighbours_share_no_point_of_their_common_edge():
    east = [[x + 1, y] for x, y in SQUARE]
    both = [
        geometry.read_polygons({"type": "Polygon", "coordinates": [ring]})
        for ring in (SQUARE, east)
    ]
    on_the_edge = GeoPoint(-6.3, 107.0)
    assert sum(geometry.in_polygons(area, on_the_edge) for area in both) == 1


@pytest.mark.parametrize(
    ("given_geometry", "message"),
    [
        ("POLYGON", "geometry object"),
        ({"type": "Point", "coordinates": [106, -6]}, "must be Polygon or MultiPolygon"),
        ({"type": "Polygon", "coordinates": [SQUARE[:-1]]}, "not closed"),
        ({"type": "Polygon", "coordinates": [SQUARE[:2]]}, "at least four positions"),
        ({"type": "Polygon", "coordinates": [[[106]] * 4]}, "must be .longitude, latitude."),
        ({"type": "Polygon", "coordinates": [[[-6, 106]] * 4]}, "latitude must be"),
        ({"type": "Polygon", "coordinates": [[["a", "b"]] * 4]}, "latitude must be"),
        ({"type": "Polygon", "coordinates": []}, "at least one ring"),
        ({"type": "Polygon"}, "nested lists"),
        ({"type": "MultiPolygon", "coordinates": [[]]}, "at least one ring"),
        ({"type": "Polygon", "coordinates": [[[106.0, -6.0]] * 2001]}, "simplify"),
    ],
)
def test_a_bad_polygon_is_refused_with_what_is_wrong(given_geometry, message):
    with pytest.raises(ValueError, match=message):
        geometry.read_polygons(given_geometry)


# ------------------------------------------------------------------------------- in the database

things = Table("things", MetaData(), Column("id", Integer, primary_key=True), *place_columns())

near_by = st.builds(geometry.point_of, st.floats(-6.3, -6.0), st.floats(106.5, 106.8))
anywhere = st.one_of(near_by, points)


@st.composite
def wheres(draw):
    kind = draw(st.sampled_from(["near", "bbox", "within", "area"]))
    if kind == "near":
        return Near(draw(anywhere), draw(st.integers(1, 100_000)))
    if kind == "bbox":
        south, north = sorted([draw(st.floats(-90, 90)), draw(st.floats(-90, 90))])
        return BBox(draw(st.floats(-180, 180)), south, draw(st.floats(-180, 180)), north)
    if kind == "area":
        return InArea(draw(st.sampled_from(["36.71", "36.71.0", "36.71.05", "36.71.05.1001"])))
    corners = draw(st.lists(anywhere, min_size=3, max_size=12))
    ring = tuple((p.lng, p.lat) for p in [*corners, corners[0]])
    return Within(((ring,),))


async def test_every_place_filter_of_the_store_equals_the_plain_arithmetic(database_url):
    engine = open_engine(database_url)
    database = Database(engine)
    placed = st.tuples(
        st.one_of(st.none(), anywhere),
        st.sampled_from([None, "36.71", "36.71.05", "36.71.05.1001", "36.71.051"]),
    )
    everything = [
        (None, None),
        (None, "36.71.05"),
        (GeoPoint(-6.17, 106.64), "36.71.05.1001"),
        (GeoPoint(90, 0), None),
        (GeoPoint(0, 180), "36.71.051"),
        (GeoPoint(0, -180), "36.71"),
    ]
    tried: list[tuple[Where, list[tuple[GeoPoint | None, str | None]]]] = []

    @given(st.lists(placed, max_size=3), wheres())
    def collect(more, where):
        tried.append((where, more))

    collect()
    for _, more in tried:
        everything.extend(more)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(things.metadata.create_all)
            await connection.execute(
                insert(things),
                [{"id": n, **point_values(p, a)} for n, (p, a) in enumerate(everything)],
            )
        for where, _ in tried:
            rows = await database.rows(select(things.c.id).where(located(things, where)))
            expected = {n for n, (p, a) in enumerate(everything) if geometry.is_in(where, p, a)}
            assert {row.id for row in rows} == expected, where
    finally:
        await engine.dispose()


async def test_distances_come_in_the_same_order_and_to_the_same_bit(database_url):
    engine = open_engine(database_url)
    here = GeoPoint(-6.1783, 106.6319)
    others = [GeoPoint(-6.1783 + n * 0.0007, 106.6319 - n * n * 0.00003) for n in range(60)]
    try:
        async with engine.begin() as connection:
            await connection.run_sync(things.metadata.create_all)
            await connection.execute(
                insert(things), [{"id": n, **point_values(p, None)} for n, p in enumerate(others)]
            )
        rows = await Database(engine).rows(select(things.c.id, chord2(things, here).label("far")))
        assert {row.id: row.far for row in rows} == {
            n: geometry.chord2(here, p) for n, p in enumerate(others)
        }
    finally:
        await engine.dispose()
