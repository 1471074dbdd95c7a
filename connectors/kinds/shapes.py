"""A point that stands for a shape: for a line its middle, for a surface a point upon it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from connectors.ports import geometry
from connectors.ports.common import GeoPoint, Within

MOST_CORNERS = 100_000
_SCANS = (0.5, 0.25, 0.75, 0.375, 0.625, 0.125, 0.875)


def middle(corners: Sequence[GeoPoint]) -> GeoPoint | None:
    """The point that stands for a way: its surface when it closes, else its middle corner."""
    if not corners:
        return None
    if len(corners) >= 4 and corners[0] == corners[-1]:
        ring = tuple((corner.lng, corner.lat) for corner in corners[:MOST_CORNERS])
        return on_surface([(ring,)])
    return corners[len(corners) // 2]


def on_surface(polygons: Sequence[Sequence[Sequence[tuple[float, float]]]]) -> GeoPoint | None:
    """A point on the largest polygon: its centre of gravity, or else one that is not in a hole."""
    rings = max(polygons, key=lambda rings: abs(_area(rings[0]))) if polygons else ()
    if not rings or not rings[0]:
        return None
    area = Within((tuple(tuple(ring) for ring in rings),))
    centre = _centre(rings[0])
    if centre is not None and geometry.in_polygons(area, centre):
        return centre
    box = geometry.bounds(area)
    for share in _SCANS:
        point = _widest(area, box.south + (box.north - box.south) * share)
        if point is not None:
            return point
    x, y = rings[0][0]  # a surface without width: a corner of it
    return geometry.point_of(y, x)


def _area(ring: Sequence[tuple[float, float]]) -> float:
    x0, y0 = ring[0] if ring else (0.0, 0.0)
    return (
        sum((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0) for (x1, y1), (x2, y2) in pairwise(ring))
        / 2
    )


def _centre(ring: Sequence[tuple[float, float]]) -> GeoPoint | None:
    area = _area(ring)
    if not area:
        return None
    x0, y0 = ring[0]  # sums around a corner keep the digits that count
    x = y = 0.0
    for (ax, ay), (bx, by) in pairwise(ring):
        cross = (ax - x0) * (by - y0) - (bx - x0) * (ay - y0)
        x += (ax + bx - 2 * x0) * cross
        y += (ay + by - 2 * y0) * cross
    try:
        return geometry.point_of(y0 + y / (6 * area), x0 + x / (6 * area))
    except ValueError:
        return None  # of a ring that crosses itself it may lie anywhere


def _widest(area: Within, lat: float) -> GeoPoint | None:
    """The middle of the widest stretch of the area along a latitude."""
    cuts = sorted(
        (x2 - x1) * (lat - y1) / (y2 - y1) + x1
        for _, x1, y1, x2, y2 in geometry.edges(area)
        if y1 <= lat < y2
    )
    stretches = list(zip(cuts[::2], cuts[1::2], strict=False))
    west, east = max(stretches, key=lambda one: one[1] - one[0], default=(0.0, 0.0))
    return geometry.point_of(lat, (west + east) / 2) if east > west else None
