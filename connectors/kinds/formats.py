"""CSV, JSON and GeoJSON as rows. Every fault leaves as Unreadable and says where it is."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from connectors.errors import Unreadable
from connectors.kinds.rows import FAULT

Row = dict[str, Any]
DELIMITERS = ",;\t|"
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Format:
    """How a document is written."""

    name: str = "json"
    """`csv`, `json` or `geojson`."""
    list: str = ""
    """Where the list of a JSON document is, such as `data.items`; empty: the document itself."""
    delimiter: str | None = None
    """Between the cells of a CSV file; None: the one that stands most often in its header."""
    encoding: str = "utf-8"
    """Of a CSV file. JSON is always UTF-8 (RFC 8259)."""


def parse(raw: bytes, how: Format) -> list[Row]:
    """The rows of a document. Raises Unreadable."""
    return READERS[how.name](raw, how)


def _csv(raw: bytes, how: Format) -> list[Row]:
    try:
        text = raw.removeprefix(_BOM).decode(how.encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(f"not {how.encoding}: byte {error.start} cannot be read") from error
    header, _, _ = text.partition("\n")
    delimiter = how.delimiter or max(DELIMITERS, key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        names = [name.strip() for name in next(reader, [])]
        doubled = [name for name in names if name and names.count(name) > 1]
        if not any(names) or doubled:
            problem = f"the column {doubled[0]!r} twice" if doubled else "no header"
            raise Unreadable(f"the CSV file has {problem}")
        return [_cells(names, cells) for cells in reader if cells]
    except csv.Error as error:
        raise Unreadable(f"line {reader.line_num} of the CSV file: {error}") from error


def _cells(names: list[str], cells: list[str]) -> Row:
    if len(cells) > len(names):
        return {FAULT: f"{len(cells)} cells under {len(names)} columns"}
    padded = cells + [""] * (len(names) - len(cells))
    return {name: cell or None for name, cell in zip(names, padded, strict=True) if name}


def _json(raw: bytes, how: Format) -> list[Row]:
    found = _loaded(raw)
    for step in how.list.split(".") if how.list else ():
        if not isinstance(found, Mapping) or step not in found:
            raise Unreadable(f"there is no {how.list!r} in the JSON document: no {step!r}")
        found = found[step]
    if not isinstance(found, list):
        place = f"{how.list!r}" if how.list else "the JSON document"
        hint = (
            f"; it has {', '.join(map(repr, list(found)[:9]))}" if isinstance(found, dict) else ""
        )
        raise Unreadable(f"{place} is not a list{hint}: say with `list` where the list is")
    return [row if isinstance(row, dict) else {FAULT: "is not an object"} for row in found]


def _geojson(raw: bytes, _how: Format) -> list[Row]:
    found = _loaded(raw)
    features = found.get("features") if isinstance(found, Mapping) else None
    if not isinstance(features, list):
        raise Unreadable("not a GeoJSON FeatureCollection: it has no list `features`")
    return [_feature(feature) for feature in features]


def _feature(feature: Any) -> Row:
    """Properties, the feature's id, its geometry, and the point's lat and lng."""
    if not isinstance(feature, dict):
        return {FAULT: "is not a GeoJSON feature"}
    properties, shape = feature.get("properties") or {}, feature.get("geometry") or {}
    if not isinstance(properties, dict) or not isinstance(shape, dict):
        return {FAULT: "has properties or a geometry that are no objects"}
    row = {"id": feature.get("id"), **properties, "geometry": shape or None}
    if shape.get("type") == "Point":
        position = shape.get("coordinates")
        if not isinstance(position, list) or len(position) < 2:
            return {FAULT: "has a point without [longitude, latitude]"}
        row |= {"lng": position[0], "lat": position[1]}
    return row


def _loaded(raw: bytes) -> Any:
    try:
        return orjson.loads(raw.removeprefix(_BOM))
    except orjson.JSONDecodeError as error:
        raise Unreadable(f"not JSON: line {error.lineno}, column {error.colno}") from error


READERS: dict[str, Callable[[bytes, Format], list[Row]]] = {
    "csv": _csv,
    "json": _json,
    "geojson": _geojson,
}
"""Every format there is."""
