"""OpenStreetMap's elements, as Overpass answers with them: JSON or XML, in every `out` mode."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import Element as Node

import orjson

from connectors.errors import Broken, Unreadable
from connectors.kinds.shapes import middle
from connectors.kinds.trees import name_of, named, tree
from connectors.ports import geometry
from connectors.ports.common import GeoPoint
from connectors.upkeep.documents import Document

MOST_ELEMENTS = 200_000
MOST_TAGS = 500
KINDS = ("node", "way", "relation")

_TROUBLE = ("error", "timed out", "timeout", "out of memory", "exceeded", "dispatcher")
Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Element:
    """One node, way or relation with tags."""

    kind: str
    number: int
    tags: Mapping[str, str]
    point: GeoPoint | None = None
    """Where it is; of ways and relations a point that stands for it."""
    edited_at: datetime | None = None

    @property
    def id(self) -> str:
        """As in its address: `way/123`."""
        return f"{self.kind}/{self.number}"


@dataclass(frozen=True, slots=True)
class Elements:
    """An answer of Overpass."""

    elements: Sequence[Element]
    as_of: datetime | None = None
    """How new the data base was that answered."""
    refused: Sequence[tuple[Any, str]] = field(default=())
    """Elements that make no sense, and why."""


def read_elements(document: Document) -> Elements:
    """The tagged elements of an answer, each once; those that only draw others are left out.

    Raises Broken when the server gave up in the middle (it says so in a remark, with status 200),
    Unreadable for anything but Overpass JSON and OSM XML.
    """
    body = document.body.removeprefix(b"\xef\xbb\xbf").lstrip()
    if body.startswith(b"<"):
        raw, as_of, remarks = _xml(body, document.charset)
    else:
        raw, as_of, remarks = _json(body)
    for remark in remarks:
        if any(word in remark.lower() for word in _TROUBLE):
            raise Broken("Overpass gave up in the middle of its answer")
    if len(raw) > MOST_ELEMENTS:
        raise Unreadable(f"more than {MOST_ELEMENTS} elements")
    return _Reading(raw).elements(as_of)


def moment(text: Any) -> datetime | None:
    """A time such as 2014-12-14T12:58:02Z; None when it is none."""
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    if found is None or not 1970 <= found.year <= 9000:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


# ------------------------------------------------------------------------------- JSON


def _json(body: bytes) -> tuple[list[Any], datetime | None, list[str]]:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Unreadable(f"no JSON: line {error.lineno}, column {error.colno}") from error
    if not isinstance(found, dict):
        raise Unreadable("no answer of Overpass: not an object")
    remarks = [found["remark"]] if isinstance(found.get("remark"), str) else []
    elements = found.get("elements")
    if not isinstance(elements, list):
        if remarks and any(word in remarks[0].lower() for word in _TROUBLE):
            return [], None, remarks
        raise Unreadable("no answer of Overpass: it has no list `elements`")
    head = found.get("osm3s")
    as_of = moment(head.get("timestamp_osm_base")) if isinstance(head, dict) else None
    return elements, as_of, remarks


# ------------------------------------------------------------------------------- XML


def _xml(body: bytes, charset: str) -> tuple[list[Any], datetime | None, list[str]]:
    root = tree(body, charset)
    if name_of(root) != "osm":
        raise Unreadable("no answer of Overpass: the XML is not `osm`")
    meta = next(named(root, "meta"), None)
    as_of = moment(meta.get("osm_base")) if meta is not None else None
    remarks = [(remark.text or "") for remark in named(root, "remark")]
    return [_element(node) for node in named(root, *KINDS)], as_of, remarks


def _element(node: Node) -> dict[str, Any]:
    """The element as Overpass writes it in JSON."""
    found: dict[str, Any] = {
        "type": name_of(node),
        "id": node.get("id"),
        "timestamp": node.get("timestamp"),
        "tags": {tag.get("k", ""): tag.get("v", "") for tag in named(node, "tag")},
        **_position(node),
    }
    for center in named(node, "center"):
        found["center"] = _position(center)
    for bounds in named(node, "bounds"):
        found["bounds"] = dict(bounds.attrib)
    refs = list(named(node, "nd"))
    if refs:
        found["nodes"] = [nd.get("ref") for nd in refs]
        found["geometry"] = [_position(nd) or None for nd in refs]
    found["members"] = [
        {
            "type": member.get("type"),
            "ref": member.get("ref"),
            "role": member.get("role"),
            "geometry": [_position(nd) or None for nd in named(member, "nd")],
            **_position(member),
        }
        for member in named(node, "member")
    ]
    return found


def _position(node: Node) -> dict[str, Any]:
    return {name: node.get(name) for name in ("lat", "lon") if node.get(name) is not None}


# ------------------------------------------------------------------------------- places


class _Reading:
    """Elements by id, so that ways find their nodes and relations their ways."""

    def __init__(self, raw: Iterable[Any]) -> None:
        self.refused: list[tuple[Any, str]] = []
        self.known: dict[tuple[str, int], dict[str, Any]] = {}
        for one in raw:
            self._take(one)

    def _take(self, raw: Any) -> None:
        if not isinstance(raw, dict):
            self.refused.append((raw, "is not an element"))
            return
        kind, number = raw.get("type"), _whole(raw.get("id"))
        if kind not in KINDS:
            return  # counts and the areas that Overpass makes itself are no elements of the map
        if number is None:
            self.refused.append((_short(raw), "has no number as its id"))
            return
        # One that is asked for twice comes twice, as tags here and as a shape there.
        there = self.known.setdefault((kind, number), {})
        for name, value in raw.items():
            if value not in (None, [], {}):
                there.setdefault(name, value)

    def elements(self, as_of: datetime | None) -> Elements:
        found = []
        for (kind, number), raw in self.known.items():
            tags = _tags(raw.get("tags"))
            if len(tags) > MOST_TAGS:
                self.refused.append((_short(raw), f"has more than {MOST_TAGS} tags"))
            elif tags:
                point = self._point(kind, raw)
                if point is None and kind == "node" and not {"lat", "lon"}.isdisjoint(raw):
                    self.refused.append((_short(raw), "has a position that cannot be"))
                    continue
                found.append(Element(kind, number, tags, point, moment(raw.get("timestamp"))))
        return Elements(found, as_of, tuple(self.refused))

    def _point(self, kind: str, raw: Raw) -> GeoPoint | None:
        if kind == "node":
            return _at(raw)
        if (center := _at(raw.get("center"))) is not None:
            return center
        line = self._line(raw) if kind == "way" else self._lines(raw)
        if (point := middle(line)) is not None:
            return point
        return _middle_of_box(raw.get("bounds"))

    def _line(self, raw: Raw) -> list[GeoPoint]:
        """The corners of a way, as far as they are told."""
        drawn = [_at(one) for one in _list(raw.get("geometry"))]
        if not any(drawn):
            nodes = (_whole(ref) for ref in _list(raw.get("nodes")))
            drawn = [_at(self.known.get(("node", n))) for n in nodes if n is not None]
        return [point for point in drawn if point is not None]

    def _lines(self, raw: Raw) -> list[GeoPoint]:
        """The corners of the members of a relation, its outer ones where roles are told."""
        members = [one for one in _list(raw.get("members")) if isinstance(one, dict)]
        outer = [one for one in members if one.get("role") == "outer"] or members
        found: list[GeoPoint] = []
        for member in outer:
            ref, kind = _whole(member.get("ref")), str(member.get("type"))
            there = self.known.get((kind, ref), {}) if ref is not None else {}
            if (at := _at(member) or (_at(there) if kind == "node" else None)) is not None:
                found.append(at)
            elif kind == "way":
                found += self._line(member) or self._line(there)
        return found


def _tags(raw: Any) -> dict[str, str]:
    if not isinstance(raw, dict):
        return {}
    return {
        key: value.strip()
        for key, value in raw.items()
        if isinstance(key, str) and isinstance(value, str) and key and value.strip()
    }


def _at(raw: Any) -> GeoPoint | None:
    if not isinstance(raw, Mapping):
        return None
    try:
        return geometry.point_of(float(raw["lat"]), float(raw["lon"]))
    except (KeyError, TypeError, ValueError):
        return None


def _middle_of_box(raw: Any) -> GeoPoint | None:
    if not isinstance(raw, Mapping):
        return None
    try:
        south, north, west, east = (
            float(raw[name]) for name in ("minlat", "maxlat", "minlon", "maxlon")
        )
        return geometry.point_of((south + north) / 2, (west + east) / 2)
    except (KeyError, TypeError, ValueError):
        return None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _whole(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    text = str(value)
    return int(text) if text.lstrip("-").isdecimal() and text.isascii() and len(text) < 20 else None


def _short(raw: Raw) -> dict[str, Any]:
    return {name: raw.get(name) for name in ("type", "id")}
