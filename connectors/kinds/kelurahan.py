"""In which kelurahan a point lies, by the outlines of a city's folder."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson

from connectors.ports import geometry
from connectors.ports.common import GeoPoint

FILE = "villages.geojson"


class Kelurahan:
    """The outlines of the kelurahan; none where the city has no such file."""

    def __init__(self, features: list[Mapping[str, Any]]) -> None:
        self._areas = []
        for feature in features:
            area = geometry.read_polygons(feature["geometry"])
            # The edges are worked out once, for a map has thousands of points.
            edges = geometry.edges(area)
            self._areas.append((str(feature["properties"]["code"]), geometry.bounds(area), edges))

    def at(self, point: GeoPoint | None) -> str | None:
        """Code of the kelurahan around a point; None outside of all."""
        if point is None:
            return None
        for code, box, edges in self._areas:
            if geometry.in_box(box, point) and _inside(edges, point):
                return code
        return None

    def near(self, point: GeoPoint) -> bool:
        """Whether a point lies in the city or not far from it, by the box around all outlines."""
        margin = 0.5
        return any(
            box.south - margin <= point.lat <= box.north + margin
            and box.west - margin <= point.lng <= box.east + margin
            for _, box, _ in self._areas
        )

    def __bool__(self) -> bool:
        return bool(self._areas)


def _inside(edges: list[tuple[int, float, float, float, float]], point: GeoPoint) -> bool:
    """As `geometry.in_polygons`: an odd number of crossings in one of the polygons."""
    lat, lng = point.lat, point.lng
    inside: set[int] = set()
    for number, x1, y1, x2, y2 in edges:
        if y1 <= lat < y2 and lng < (x2 - x1) * (lat - y1) / (y2 - y1) + x1:
            inside ^= {number}
    return bool(inside)


@lru_cache(maxsize=8)
def _read(file: Path, _mark: int) -> Kelurahan:
    return Kelurahan(orjson.loads(file.read_bytes())["features"])


def kelurahan_of(city_folder: Path) -> Kelurahan:
    """The kelurahan of a city. Raises ValueError when the city's own file cannot be read."""
    file = city_folder / FILE
    try:
        return _read(file, file.stat().st_mtime_ns)
    except FileNotFoundError:
        return Kelurahan([])
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise ValueError(f"{FILE} of the city cannot be read: {type(error).__name__}") from error
