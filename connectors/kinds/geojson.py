"""GeoJSON (RFC 7946) with its guard: one point per feature, and no swapped latitude.

Read are FeatureCollection, Feature, a bare geometry or GeometryCollection, lists of features, and
features line by line (RFC 8142, with or without its record separators).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from connectors.errors import Unreadable
from connectors.kinds.shapes import middle, on_surface
from connectors.ports import geometry
from connectors.ports.common import GeoPoint
from connectors.upkeep.documents import Document

MOST_FEATURES = 200_000
MOST_POSITIONS = 100_000
"""Of one feature."""
DEEPEST = 8
"""Geometry collections within each other."""

_GEOMETRIES = {
    "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon",
    "GeometryCollection",
}  # fmt: skip
_WHOLE = _GEOMETRIES | {"FeatureCollection"}
_WGS84 = ("4326", "CRS84", "CRS:84", "WGS84", "WGS 84")
Position = tuple[float, float]


class Refused(ValueError):
    """A feature makes no sense; the message says why."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature; `point` stands for its geometry, None where it has none."""

    id: str | None
    properties: Mapping[str, Any]
    point: GeoPoint | None


@dataclass(frozen=True, slots=True)
class Features:
    """A document, and what of it was refused."""

    features: Sequence[Feature]
    refused: Sequence[tuple[Any, str]]


def read_features(
    document: Document, is_near: Callable[[GeoPoint], bool] | None = None
) -> Features:
    """The features of a document. `is_near` tells whether a point is about where it should be.

    A feature is refused when a position is out of range, or near only with its numbers swapped.
    Raises Unreadable for anything but GeoJSON in WGS84.
    """
    found: list[Feature] = []
    refused: list[tuple[Any, str]] = []
    for number, raw in enumerate(_features(document.body)):
        if number == MOST_FEATURES:
            raise Unreadable(f"more than {MOST_FEATURES} features")
        try:
            found.append(_feature(raw, is_near))
        except Refused as error:
            shown = {"id": raw.get("id")} if isinstance(raw, dict) else number
            refused.append((shown, f"feature {number}: {error}"))
    return Features(found, refused)


# ------------------------------------------------------------------------------- documents


def _features(body: bytes) -> Iterator[Any]:
    body = body.removeprefix(b"\xef\xbb\xbf").strip(b" \t\r\n\x1e")
    try:
        yield from _members(orjson.loads(body))
    except orjson.JSONDecodeError as error:
        # One document a line is no JSON as a whole.
        lines = [line.strip(b" \t\r\n\x1e") for line in body.replace(b"\x1e", b"\n").split(b"\n")]
        lines = [line for line in lines if line]
        if len(lines) < 2 or not _is_json(lines[0]):
            raise Unreadable(f"no JSON: line {error.lineno}, column {error.colno}") from error
        for line in lines:
            try:
                member = orjson.loads(line)
            except orjson.JSONDecodeError:
                yield None  # refused, while the other lines stand
                continue
            if _type(member) in _WHOLE:
                yield from _members(member)
            else:
                yield member


def _is_json(line: bytes) -> bool:
    try:
        return isinstance(orjson.loads(line), dict)
    except orjson.JSONDecodeError:
        return False


def _members(found: Any) -> Iterator[Any]:
    if isinstance(found, list) and found and all(_is_feature(one) for one in found):
        yield from found
        return
    kind = _type(found)
    if isinstance(found, dict):
        _only_wgs84(found.get("crs"))
    if kind == "FeatureCollection":
        features = found.get("features")
        if not isinstance(features, list):
            raise Unreadable("a FeatureCollection without a list `features`")
        yield from features
    elif kind == "Feature":
        yield found
    elif kind == "GeometryCollection" and isinstance(found.get("geometries"), list):
        for shape in found["geometries"]:
            yield {"type": "Feature", "properties": None, "geometry": shape}
    elif kind in _GEOMETRIES:
        yield {"type": "Feature", "properties": None, "geometry": found}
    else:
        raise Unreadable(f"no GeoJSON: its type is {kind[:40]!r}")


def _is_feature(value: Any) -> bool:
    return _type(value) == "Feature"


def _type(value: Any) -> str:
    found = value.get("type") if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""


def _only_wgs84(crs: Any) -> None:
    """Refuse a document of another reference system, as older GeoJSON could name one."""
    if crs is None:
        return
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(name, str) or not name.upper().endswith(_WGS84):
        raise Unreadable(f"the coordinates are not WGS84 but {str(name)[:60]!r}")


# ------------------------------------------------------------------------------- features


def _feature(raw: Any, is_near: Callable[[GeoPoint], bool] | None) -> Feature:
    if not _is_feature(raw):
        raise Refused("is no Feature")
    properties = raw.get("properties")
    if properties is not None and not isinstance(properties, dict):
        raise Refused("`properties` is not an object")
    _only_wgs84(raw.get("crs"))
    shape = raw.get("geometry")
    point = None if shape is None else _Shape(is_near).point(shape)
    return Feature(_id(raw.get("id")), properties or {}, point)


def _id(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip() or None


class _Shape:
    """Reads one geometry, counting its positions."""

    def __init__(self, is_near: Callable[[GeoPoint], bool] | None) -> None:
        self._is_near = is_near
        self._positions = 0

    def point(self, shape: Any, depth: int = 0) -> GeoPoint | None:
        """The point that stands for a geometry; None for an empty one, as RFC 7946 allows."""
        kind = _type(shape)
        if kind not in _GEOMETRIES or depth > DEEPEST:
            raise Refused("its geometry is none of GeoJSON")
        if kind == "GeometryCollection":
            members = _list(shape.get("geometries"))
            points = [(_rank(one), self.point(one, depth + 1)) for one in members]
            known = [(rank, point) for rank, point in points if point is not None]
            return max(known, key=lambda one: one[0])[1] if known else None
        inside = _list(shape.get("coordinates"))
        if not inside:
            return None
        if kind == "Point":
            return self._position(inside)
        if kind in ("MultiPoint", "LineString"):
            return self._middle(inside)
        if kind == "MultiLineString":
            return self._middle(max((_list(line) for line in inside), key=len))
        polygons = [inside] if kind == "Polygon" else [_list(one) for one in inside]
        return on_surface([[self._ring(ring) for ring in one] for one in polygons if one])

    def _middle(self, line: list[Any]) -> GeoPoint | None:
        return middle([self._position(position) for position in line])

    def _ring(self, ring: Any) -> list[Position]:
        points = [self._position(position) for position in _list(ring)]
        corners = [(point.lng, point.lat) for point in points]
        if corners and corners[0] != corners[-1]:
            corners.append(corners[0])
        if len(corners) < 4:
            raise Refused("a ring has fewer than three corners")
        return corners

    def _position(self, position: Any) -> GeoPoint:
        self._positions += 1
        if self._positions > MOST_POSITIONS:
            raise Refused(f"has more than {MOST_POSITIONS} positions")
        numbers = [_number(value) for value in _list(position)[:2]]
        if len(numbers) < 2 or numbers[0] is None or numbers[1] is None:
            raise Refused("a position is not [longitude, latitude]")
        lng, lat = numbers[0], numbers[1]
        try:
            point = geometry.point_of(lat, lng)
        except ValueError as error:
            swapped = abs(lng) <= 90 < abs(lat) <= 180
            reason = "latitude stands before longitude" if swapped else str(error)
            raise Refused(reason) from error
        if self._is_near and abs(lng) <= 90:
            turned = GeoPoint(lng, lat)
            if self._is_near(turned) and not self._is_near(point):
                raise Refused("latitude stands before longitude")
        return point


def _rank(shape: Any) -> int:
    """How much a geometry says: a surface more than a line, a line more than a point."""
    kind = _type(shape)
    return 2 if "Polygon" in kind else 1 if "Line" in kind else 0


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise Refused("its coordinates are not nested lists")
    return value


def _number(value: Any) -> float | None:
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:  # noqa: PLR0124 - no number equals itself but NaN
        return None
    return float(value)
