"""Distances and polygons on the earth, in plain arithmetic that a database can repeat exactly.

Nearness is compared by the *square of the chord* between two points of the unit sphere: it grows
with the great-circle distance and needs no trigonometry per row, so that SQL and Python come to
the same bits and a cursor of one can be continued by the other.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any, TypeGuard

from connectors.ports.common import BBox, GeoPoint, InArea, Near, Ring, Where, Within

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of the earth (IUGG), metres."""

MAX_VERTICES = 2_000
"""The most corners a polygon in a question may have."""


def unit_vector(point: GeoPoint) -> tuple[float, float, float]:
    """The point on the unit sphere, as x, y, z, to 15 decimals (6 nanometres).

    Rounded because PostgreSQL fails on the underflow of squaring what is all but zero.
    """
    lat, lng = math.radians(point.lat), math.radians(point.lng)
    x, y, z = math.cos(lat) * math.cos(lng), math.cos(lat) * math.sin(lng), math.sin(lat)
    return round(x, 15), round(y, 15), round(z, 15)


def chord2(a: GeoPoint, b: GeoPoint) -> float:
    """The squared chord between two points of the unit sphere: 0 (same) to 4 (antipodes)."""
    ax, ay, az = unit_vector(a)
    bx, by, bz = unit_vector(b)
    dx, dy, dz = ax - bx, ay - by, az - bz
    return dx * dx + dy * dy + dz * dz


def chord2_of_metres(metres: float) -> float:
    """The squared chord of a great-circle distance; 4 from half the earth's girth on."""
    angle = min(metres / EARTH_RADIUS_M, math.pi)
    return (2 * math.sin(angle / 2)) ** 2


def metres_of_chord2(squared: float) -> float:
    """The great-circle distance in metres of a squared chord."""
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(squared) / 2))


def distance_m(a: GeoPoint, b: GeoPoint) -> float:
    """The great-circle distance in metres."""
    return metres_of_chord2(chord2(a, b))


def box_around(near: Near) -> BBox | None:
    """A box that surely holds the circle; None where such a box would reach round a pole."""
    margin = math.degrees(near.radius_m / EARTH_RADIUS_M) * 1.000001 + 1e-9
    south, north = near.point.lat - margin, near.point.lat + margin
    if south <= -90 or north >= 90:
        return None
    # The widest meridian spread of a circle: asin(sin(r) / cos(lat)).
    ratio = math.sin(math.radians(margin)) / math.cos(math.radians(near.point.lat))
    if margin >= 90 or ratio >= 1:
        return None
    spread = math.degrees(math.asin(ratio)) + 1e-9
    west, east = near.point.lng - spread, near.point.lng + spread
    if west < -180:
        west += 360
    if east > 180:
        east -= 360
    return BBox(west, south, east, north)


def in_box(box: BBox, point: GeoPoint) -> bool:
    """Whether the box holds the point, edges included."""
    if not box.south <= point.lat <= box.north:
        return False
    if box.west <= box.east:
        return box.west <= point.lng <= box.east
    return point.lng >= box.west or point.lng <= box.east


def edges(area: Within) -> list[tuple[int, float, float, float, float]]:
    """Number of the polygon and its edges (x1, y1, x2, y2), but the level ones, which no ray crosses.

    Each goes from south to north, so that neighbours who draw a common border in opposite
    directions come to the same bits, and a point on it is in one of them.
    """
    return [
        (number, x1, y1, x2, y2) if y1 < y2 else (number, x2, y2, x1, y1)
        for number, rings in enumerate(area.polygons)
        for ring in rings
        for (x1, y1), (x2, y2) in pairwise(ring)
        if y1 != y2
    ]


def in_polygons(area: Within, point: GeoPoint) -> bool:
    """Whether a ray from the point crosses an odd number of edges of one of the polygons."""
    lat, lng = point.lat, point.lng
    inside: set[int] = set()
    for number, x1, y1, x2, y2 in edges(area):
        if y1 <= lat < y2 and lng < (x2 - x1) * (lat - y1) / (y2 - y1) + x1:
            inside ^= {number}
    return bool(inside)


def bounds(area: Within) -> BBox:
    """The smallest box around all rings."""
    xs = [x for rings in area.polygons for ring in rings for x, _ in ring]
    ys = [y for rings in area.polygons for ring in rings for _, y in ring]
    return BBox(min(xs), min(ys), max(xs), max(ys))


def is_in(where: Where, point: GeoPoint | None, area: str | None) -> bool:
    """Whether a record at this point, in the area with this code, is where the question says."""
    if isinstance(where, InArea):
        return area is not None and (area == where.code or area.startswith(where.code + "."))
    if point is None:
        return False
    if isinstance(where, Near):
        return chord2(where.point, point) <= chord2_of_metres(where.radius_m)
    if isinstance(where, BBox):
        return in_box(where, point)
    return in_polygons(where, point)


def point_of(lat: object, lng: object) -> GeoPoint:
    """A point from numbers, to nine decimals (0.1 mm).

    Raises ValueError, saying which, when one is out of range.
    """
    if not _is_number(lat) or not -90 <= lat <= 90:
        message = f"latitude must be a number from -90 to 90, not {lat!r}"
        raise ValueError(message)
    if not _is_number(lng) or not -180 <= lng <= 180:
        message = f"longitude must be a number from -180 to 180, not {lng!r}"
        raise ValueError(message)
    return GeoPoint(round(float(lat), 9), round(float(lng), 9))


def _is_number(value: object) -> TypeGuard[float]:
    """Whether a value is a number; JSON's true and false are none, though Python counts them."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def read_polygons(geometry: object) -> Within:
    """The polygons of a GeoJSON Polygon or MultiPolygon (RFC 7946, section 3.1.6).

    Either winding is taken. Raises ValueError saying what is wrong and where: another type,
    a ring that is not closed, fewer than four positions, a position out of range, too many.
    """
    if not isinstance(geometry, Mapping):
        message = "a GeoJSON geometry object is needed"
        raise ValueError(message)  # noqa: TRY004 - callers tell one kind of error, whatever is wrong
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind == "Polygon":
        coordinates = [coordinates]
    elif kind != "MultiPolygon":
        message = f"type must be Polygon or MultiPolygon, not {kind!r}"
        if kind == "Feature":
            message += "; pass its `geometry` alone"
        raise ValueError(message)
    polygons = tuple(
        tuple(_ring(ring, f"coordinates{[p, r]}") for r, ring in enumerate(_list(polygon)))
        for p, polygon in enumerate(_list(coordinates))
    )
    if not polygons or not all(polygons):
        message = "coordinates must hold at least one ring"
        raise ValueError(message)
    corners = sum(len(ring) for rings in polygons for ring in rings)
    if corners > MAX_VERTICES:
        message = f"{corners} positions; at most {MAX_VERTICES} are allowed: simplify the polygon"
        raise ValueError(message)
    return Within(polygons)


def _list(value: object) -> Iterable[Any]:
    if not isinstance(value, (list, tuple)):
        message = "coordinates must be nested lists of [longitude, latitude]"
        raise ValueError(message)  # noqa: TRY004 - callers handle one kind of error
    return value


def _ring(value: object, where: str) -> Ring:
    ring = []
    for position in _list(value):
        if not isinstance(position, (list, tuple)) or len(position) < 2:
            message = f"{where}: each position must be [longitude, latitude]"
            raise ValueError(message)
        try:
            point = point_of(position[1], position[0])
        except ValueError as error:
            message = f"{where}: {error}"
            raise ValueError(message) from error
        ring.append((point.lng, point.lat))
    if len(ring) < 4:
        message = f"{where}: a ring needs at least four positions, the last equal to the first"
        raise ValueError(message)
    if ring[0] != ring[-1]:
        message = f"{where}: the ring is not closed: its last position must equal its first"
        raise ValueError(message)
    return tuple(ring)
