"""Shapes that meet have a point in common, and shapes with a point in common meet."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from connectors.ports import geometry
from connectors.ports.common import BBox, GeoPoint, Near, Within
from connectors.ports.shapes import Circle, Shape, geojson, holds, meet, shapes_of

LNG = st.floats(106.0, 107.0)
LAT = st.floats(-6.5, -5.5)
POINTS = st.builds(GeoPoint, LAT, LNG)


def box(west: float, south: float, east: float, north: float) -> Within:
    (shape,) = shapes_of(BBox(west, south, east, north))
    assert isinstance(shape, Within)
    return shape


@st.composite
def stars(draw: st.DrawFn) -> Within:
    """A polygon without crossings: corners around a centre, by angle."""
    centre = draw(POINTS)
    angles = sorted(draw(st.sets(st.integers(0, 359), min_size=3, max_size=8)))
    reach = [draw(st.floats(0.01, 0.3)) for _ in angles]
    ring = [
        (
            centre.lng + far * math.cos(math.radians(angle)),
            centre.lat + far * math.sin(math.radians(angle)),
        )
        for angle, far in zip(angles, reach, strict=True)
    ]
    return Within((((*ring, ring[0]),),))


CIRCLES = st.builds(Circle, POINTS, st.floats(0, 40))
SHAPES: st.SearchStrategy[Shape] = st.one_of(CIRCLES, stars())


@given(SHAPES, SHAPES)
def test_meeting_is_mutual(a: Shape, b: Shape) -> None:
    assert meet(a, b) is meet(b, a)


@given(SHAPES, SHAPES, st.lists(POINTS, min_size=20, max_size=20))
def test_shapes_that_hold_the_same_point_meet(a: Shape, b: Shape, points: list[GeoPoint]) -> None:
    if any(holds(a, point) and holds(b, point) for point in points):
        assert meet(a, b)


@given(stars(), POINTS)
def test_a_circle_of_no_size_meets_a_polygon_that_holds_its_centre(
    area: Within, point: GeoPoint
) -> None:
    if geometry.in_polygons(area, point):
        assert meet(Circle(point, 0), area)


@given(
    st.tuples(LNG, LAT, st.floats(0.001, 0.5), st.floats(0.001, 0.5)),
    st.tuples(LNG, LAT, st.floats(0.001, 0.5), st.floats(0.001, 0.5)),
)
def test_boxes_meet_where_their_sides_overlap(a: Any, b: Any) -> None:
    (west, south, width, height), (west2, south2, width2, height2) = a, b
    gaps = (
        west - (west2 + width2), west2 - (west + width),
        south - (south2 + height2), south2 - (south + height),
    )  # fmt: skip
    assume(all(abs(gap) > 1e-9 for gap in gaps))
    one = box(west, south, west + width, south + height)
    other = box(west2, south2, west2 + width2, south2 + height2)
    assert meet(one, other) is all(gap < 0 for gap in gaps)


def test_a_cross_meets_though_neither_holds_a_corner_of_the_other() -> None:
    assert meet(box(106.0, -6.25, 107.0, -6.20), box(106.4, -7.0, 106.5, -5.0))


def test_a_shape_in_the_hole_of_another_does_not_meet_it() -> None:
    outer, hole = box(106.0, -7.0, 107.0, -6.0), box(106.2, -6.8, 106.8, -6.2)
    ring = Within(((outer.polygons[0][0], hole.polygons[0][0]),))
    assert not meet(ring, box(106.4, -6.6, 106.6, -6.4))
    assert not meet(ring, Circle(GeoPoint(-6.5, 106.5), 1))
    assert meet(ring, Circle(GeoPoint(-6.5, 106.5), 40))
    assert meet(ring, box(106.4, -6.6, 106.9, -6.4))


def test_touching_counts_as_meeting() -> None:
    assert meet(box(106.0, -7.0, 106.5, -6.0), box(106.5, -7.0, 107.0, -6.0))
    a, b = GeoPoint(0.0, 0.0), GeoPoint(0.0, 1.0)
    half = geometry.distance_m(a, b) / 2000
    assert meet(Circle(a, half * 1.000001), Circle(b, half))
    assert not meet(Circle(a, half * 0.99999), Circle(b, half))


def test_a_box_over_the_antimeridian_is_two() -> None:
    west, east = shapes_of(BBox(179.0, -1.0, -179.0, 1.0))
    assert holds(west, GeoPoint(0.0, 179.5))
    assert holds(east, GeoPoint(0.0, -179.5))
    assert not holds(west, GeoPoint(0.0, -179.5))
    # A circle reaches over it too.
    assert meet(Circle(GeoPoint(0.0, 179.99), 50), east)


def test_a_circle_of_a_question_is_measured_in_metres() -> None:
    assert shapes_of(Near(GeoPoint(1.0, 2.0), 1500)) == (Circle(GeoPoint(1.0, 2.0), 1.5),)


# ------------------------------------------------------------------------------- GeoJSON


def area2(ring: list[list[float]]) -> float:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring))


@given(stars())
def test_outer_rings_are_written_counter_clockwise_and_holes_clockwise(area: Within) -> None:
    outer = area.polygons[0][0]
    for ring in (outer, outer[::-1]):
        written = geojson([Within(((ring, ring),))])
        assert written is not None
        assert area2(written["coordinates"][0]) >= -1e-9
        assert area2(written["coordinates"][1]) <= 1e-9


@given(st.builds(Circle, POINTS, st.floats(0.1, 100)))
def test_a_circle_is_written_as_corners_at_its_distance(circle: Circle) -> None:
    written = geojson([circle])
    assert written is not None
    (ring,) = written["coordinates"]
    assert len(ring) == 65
    assert ring[0] == ring[-1]
    assert area2(ring) > 0
    for lng, lat in ring:
        far = geometry.distance_m(circle.centre, GeoPoint(lat, lng))
        assert far == pytest.approx(circle.radius_km * 1000, rel=1e-6)


def test_several_shapes_are_one_geometry() -> None:
    square, point = box(0, 0, 1, 1), Circle(GeoPoint(2.0, 3.0), 0)
    assert geojson([]) is None
    assert geojson([point]) == {"type": "Point", "coordinates": [3.0, 2.0]}
    both = geojson([square, Circle(GeoPoint(2.0, 3.0), 1)])
    assert both is not None
    assert both["type"] == "MultiPolygon"
    mixed = geojson([square, point])
    assert mixed is not None
    assert [part["type"] for part in mixed["geometries"]] == ["Polygon", "Point"]
