"""Shapes that cover more than a point: do they meet, and how are they written as GeoJSON.

Warnings are drawn as polygons and circles. Whether two shapes meet is worked out on a flat map
around the circle's centre, or in degrees between polygons: exact enough at the size of a city or a
province, where a warning's own outline is coarser than the error.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

from connectors.ports import geometry
from connectors.ports.common import BBox, GeoPoint, Near, Ring, Within

Xy: TypeAlias = tuple[float, float]

_CORNERS = 64
"""Corners of the polygon that stands for a circle in GeoJSON, which knows no circles."""

_METRES_PER_DEGREE = math.radians(1) * geometry.EARTH_RADIUS_M


@dataclass(frozen=True, slots=True)
class Circle:
    """Everything within `radius_km` of a point; 0 is the point alone."""

    centre: GeoPoint
    radius_km: float


Shape: TypeAlias = Within | Circle


def holds(shape: Shape, point: GeoPoint) -> bool:
    """Whether a shape covers a point."""
    if isinstance(shape, Circle):
        return geometry.distance_m(shape.centre, point) <= shape.radius_km * 1000
    return geometry.in_polygons(shape, point)


def meet(a: Shape, b: Shape) -> bool:
    """Whether two shapes have a point in common."""
    if isinstance(a, Circle):
        if isinstance(b, Circle):
            apart = geometry.distance_m(a.centre, b.centre)
            return apart <= (a.radius_km + b.radius_km) * 1000
        return _reaches(a, b)
    if isinstance(b, Circle):
        return _reaches(b, a)
    return _polygons_meet(a, b)


def shapes_of(where: Near | BBox | Within) -> tuple[Shape, ...]:
    """The shapes of a question's place; a box over the antimeridian is two."""
    if isinstance(where, Near):
        return (Circle(where.point, where.radius_m / 1000),)
    if isinstance(where, Within):
        return (where,)
    if where.west <= where.east:
        return (_box(where.west, where.east, where),)
    return (_box(where.west, 180.0, where), _box(-180.0, where.east, where))


def _box(west: float, east: float, box: BBox) -> Within:
    south, north = box.south, box.north
    ring = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return Within(((ring,),))


# ------------------------------------------------------------------------------- meeting


def _reaches(circle: Circle, area: Within) -> bool:
    """Whether a circle reaches a polygon: its centre lies inside, or an edge is near enough."""
    if geometry.in_polygons(area, circle.centre):
        return True
    here = circle.centre
    shrink = math.cos(math.radians(here.lat))

    def flat(corner: Xy) -> Xy:
        east = (corner[0] - here.lng + 180) % 360 - 180
        return east * shrink * _METRES_PER_DEGREE, (corner[1] - here.lat) * _METRES_PER_DEGREE

    radius = circle.radius_km * 1000
    return any(_from_origin(flat(start), flat(end)) <= radius for start, end in _edges(area))


def _from_origin(start: Xy, end: Xy) -> float:
    """The distance of the origin from a stretch between two points."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length2 = dx * dx + dy * dy
    along = 0.0 if length2 == 0 else -(start[0] * dx + start[1] * dy) / length2
    along = min(1.0, max(0.0, along))
    return math.hypot(start[0] + along * dx, start[1] + along * dy)


def _polygons_meet(a: Within, b: Within) -> bool:
    one, other = geometry.bounds(a), geometry.bounds(b)
    if one.east < other.west or other.east < one.west:
        return False
    if one.north < other.south or other.north < one.south:
        return False
    if _has_corner_of(a, b) or _has_corner_of(b, a):
        return True
    theirs = [edge for edge in _edges(b) if _touches(edge, one)]
    mine = [edge for edge in _edges(a) if _touches(edge, other)]
    return any(_cross(*edge, *their) for edge in mine for their in theirs)


def _has_corner_of(area: Within, other: Within) -> bool:
    """Whether the area holds the first corner of any ring: enough, where no edges cross."""
    return any(
        geometry.in_polygons(area, GeoPoint(ring[0][1], ring[0][0]))
        for rings in other.polygons
        for ring in rings
    )


def _edges(area: Within) -> Iterable[tuple[Xy, Xy]]:
    for rings in area.polygons:
        for ring in rings:
            yield from pairwise(ring)


def _touches(edge: tuple[Xy, Xy], box: BBox) -> bool:
    (x1, y1), (x2, y2) = edge
    return not (
        max(x1, x2) < box.west
        or min(x1, x2) > box.east
        or max(y1, y2) < box.south
        or min(y1, y2) > box.north
    )


def _cross(p1: Xy, p2: Xy, q1: Xy, q2: Xy) -> bool:
    """Whether two stretches have a point in common."""
    d1, d2 = _side(q1, q2, p1), _side(q1, q2, p2)
    d3, d4 = _side(p1, p2, q1), _side(p1, p2, q2)
    if (d1 > 0) != (d2 > 0) and (d3 > 0) != (d4 > 0) and 0 not in (d1, d2, d3, d4):
        return True
    return any(
        side == 0 and _between(start, end, point)
        for side, start, end, point in (
            (d1, q1, q2, p1),
            (d2, q1, q2, p2),
            (d3, p1, p2, q1),
            (d4, p1, p2, q2),
        )
    )


def _side(start: Xy, end: Xy, point: Xy) -> float:
    return (end[0] - start[0]) * (point[1] - start[1]) - (end[1] - start[1]) * (point[0] - start[0])


def _between(start: Xy, end: Xy, point: Xy) -> bool:
    return min(start[0], end[0]) <= point[0] <= max(start[0], end[0]) and min(
        start[1], end[1]
    ) <= point[1] <= max(start[1], end[1])


# ------------------------------------------------------------------------------- GeoJSON


def geojson(shapes: Sequence[Shape]) -> dict[str, Any] | None:
    """The shapes as one RFC 7946 geometry, outer rings counter-clockwise; None without any."""
    polygons: list[list[list[list[float]]]] = []
    points: list[list[float]] = []
    for shape in shapes:
        if isinstance(shape, Within):
            polygons += [[_wound(r, hole=n > 0) for n, r in enumerate(p)] for p in shape.polygons]
        elif shape.radius_km > 0:
            polygons.append([_wound(_round(shape), hole=False)])
        else:
            points.append([shape.centre.lng, shape.centre.lat])
    found: list[dict[str, Any]] = []
    if len(polygons) == 1:
        found.append({"type": "Polygon", "coordinates": polygons[0]})
    elif polygons:
        found.append({"type": "MultiPolygon", "coordinates": polygons})
    found += [{"type": "Point", "coordinates": point} for point in points]
    if len(found) > 1:
        return {"type": "GeometryCollection", "geometries": found}
    return found[0] if found else None


def _wound(ring: Ring, *, hole: bool) -> list[list[float]]:
    area2 = sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring))
    corners = [[lng, lat] for lng, lat in ring]
    return corners if (area2 > 0) != hole else corners[::-1]


def _round(circle: Circle) -> Ring:
    """A polygon of equal corners on the circle, on the sphere."""
    angle = circle.radius_km * 1000 / geometry.EARTH_RADIUS_M
    lat, lng = math.radians(circle.centre.lat), math.radians(circle.centre.lng)
    ring = []
    for corner in range(_CORNERS):
        bearing = 2 * math.pi * corner / _CORNERS
        sine = math.sin(lat) * math.cos(angle) + math.cos(lat) * math.sin(angle) * math.cos(bearing)
        up = math.asin(max(-1.0, min(1.0, sine)))
        across = lng + math.atan2(
            math.sin(bearing) * math.sin(angle) * math.cos(lat),
            math.cos(angle) - math.sin(lat) * math.sin(up),
        )
        ring.append((math.degrees((across + math.pi) % (2 * math.pi) - math.pi), math.degrees(up)))
    return (*ring, ring[0])
