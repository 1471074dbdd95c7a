"""Any valid question gets an answer: whatever stands in its arguments, never a fault of ours."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import httpx
import pytest
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLUnionType,
    get_named_type,
    is_composite_type,
    is_required_argument,
    is_required_input_field,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.requests import Request

from connectors.ports.common import ErrorCode
from gateway.execution.engine import Engine
from gateway.transport.http import GraphQLEndpoint
from resolvers.context import Context
from resolvers.ids import decode, encode, read_global_id
from schema.city import city_schema
from tests.cities import City, opened_city

GRAPH = city_schema._schema
ROOT = GRAPH.query_type
assert ROOT is not None
DEEPEST = 4

TEXTS = [
    *("", " ", "pasar", "beras", "laksa", "tayo", "opd", "diskominfo", "kind", "type", "36.71"),
    *(
        "36.71.05",
        "36.71.05.1001",
        "31.71",
        "36.",
        "%",
        "_",
        "\\",
        "'",
        '"',
        "*",
        "a OR b",
        "NEAR(",
    ),
    *("\0", "a\0b", "\u200f", "\ud7ff", "\U0001f68c", "é" * 300, "x" * 3000, "-", "1", "null"),
    *(
        "id",
        "en",
        "jv-Java",
        "zz",
        "name:beras",
        "a" * 64,
        "\u017f",
        "\u0130",
        "\r\n",
        "\x1f",
        "\x7f",
    ),
]
MOMENTS = [
    *("2026-11-23T08:00:00+07:00", "2026-11-23T01:00:00Z", "2026-11-23T01:00:00.999999Z"),
    *("0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"),
    *("1900-01-01T00:00:00+07:07", "2026-02-30T00:00:00Z", "2026-11-23T08:00:00", "kemarin", ""),
    *("9999-12-31T23:59:59Z", "2016-12-31T23:59:60Z", "2026-11-23T24:00:00Z"),
]
DAYS = ["2026-11-23", "2026-02-28", "0001-01-01", "9999-12-31", "2026-02-30", "2026-11-23T00", ""]
SPANS = [
    *("PT2H", "PT0S", "-PT1H", "P1D", "PT30M", "P999999999D", "P9999999999999D", "P1M", "PT", ""),
    *("PT0.001S", "P1W", "PT99999999999999999999S"),
]
NUMBERS = [0, 1, -1, 2, 5, 16, 100, 500, 501, 100_000, 2**31 - 1, -(2**31), 2**31, 2**63, 1.5]
FLOATS = [0, -6.1783, 106.6319, 90, -90, 180, 181, -180, 1e308, -1e308, 5e-324, 2**53 + 1, -6]
RING = [[106.6, -6.2], [106.7, -6.2], [106.7, -6.1], [106.6, -6.1], [106.6, -6.2]]
SHAPES: list[Any] = [
    {"type": "Polygon", "coordinates": [RING]},
    {"type": "Polygon", "coordinates": [RING[::-1]]},
    {"type": "Polygon", "coordinates": [RING[:-1]]},
    {"type": "Polygon", "coordinates": [RING, RING]},
    {"type": "Polygon", "coordinates": []},
    {"type": "Polygon", "coordinates": [[]]},
    {"type": "Polygon", "coordinates": [[[0, 0]] * 4]},
    {"type": "Polygon", "coordinates": [[[1e308, 0], [0, 1e308], [-1e308, 0], [1e308, 0]]]},
    {"type": "Polygon", "coordinates": [[[106, -6], [107, -5], [106, -5], [107, -6], [106, -6]]]},
    {"type": "Polygon", "coordinates": [[["a", None], {}, [1], []]]},
    {"type": "Polygon", "coordinates": "\0"},
    {"type": "Polygon", "coordinates": [[[179, 0], [-179, 0], [-179, 1], [179, 0]]]},
    {"type": "MultiPolygon", "coordinates": [[RING], [RING]]},
    {"type": "MultiPolygon", "coordinates": [RING]},
    {"type": "Point", "coordinates": [106.6, -6.2]},
    {"type": "GeometryCollection", "geometries": []},
    {"type": "Feature", "geometry": None},
    {"type": "", "coordinates": [[RING]]},
    {"coordinates": [RING]},
    {},
    [],
    "Polygon",
    1,
]


OUR_FAULT = {ErrorCode.INTERNAL, ErrorCode.UPSTREAM_DOWN, ErrorCode.UPSTREAM_INVALID}
"""Codes no argument may lead to while every source is well."""

KNOWN: dict[str, list[Any]] = {
    "Int": NUMBERS,
    "Float": [*FLOATS, *NUMBERS],
    "Boolean": [True, False],
    "DateTime": MOMENTS,
    "Date": DAYS,
    "Duration": SPANS,
    "LocalTime": ["08:30", "24:00", "00:00", "8:30", ""],
    "ServiceTime": ["25:10:00", "08:00:00", ""],
    "Decimal": ["0", "-1", "14000.50", "9" * 30, "9" * 31, "1e5", 3, "NaN", ""],
    "Locale": ["id", "en", "jv", "zz", "id-ID", "", "\0", "x" * 100],
    "GeoJSON": SHAPES,
    "String": TEXTS,
    "ID": TEXTS,
}
"""Values by type, most of them readable, many without sense."""

LIKELY: dict[str, list[Any]] = {
    **{key: [-6.25, -6.18, -6.1] for key in ("lat", "south", "north")},
    **{key: [106.55, 106.63, 106.75] for key in ("lng", "west", "east")},
    **{key: [0, 1, 2, 3, 5] for key in ("first", "last", "size", "count", "perLine")},
    "lang": ["id", "en"],
    "area": ["36.71", "36.71.05", "36.71.05.1001"],
    "slug": ["laksa", "tangerang-live"],
    "key": ["laksa", "tayo", "katalog"],
    "serviceDate": ["2026-11-23"],
}
"""Values an argument of this name gets half of the time, so that questions also come through."""


class Question:
    """A document that grows by chance, with its variables. `known` are values by type."""

    def __init__(self, chance: Random, known: dict[str, list[Any]]) -> None:
        self.chance = chance
        self.known = known
        self.variables: dict[str, Any] = {}
        self.declared: list[str] = []
        self.asked = ""

    def __str__(self) -> str:
        body = self.selection(GRAPH.query_type, 0)
        return f"query ({', '.join(self.declared)}) {body}" if self.declared else body

    def selection(self, kind: Any, depth: int) -> str:
        """What is asked of this type."""
        if isinstance(kind, GraphQLUnionType):
            members = self.chance.sample(kind.types, 2)
            inner = [f"... on {member.name} {self.selection(member, depth)}" for member in members]
            return f"{{ __typename {' '.join(inner)} }}"
        names = [
            name
            for name, field in kind.fields.items()
            if depth < DEEPEST or not is_composite_type(get_named_type(field.type))
        ]
        chosen = self.chance.sample(names, min(len(names), self.chance.randint(1, 3)))
        if "edges" in names and "edges" not in chosen:
            chosen.append("edges")
        inner = ["__typename", *(self.field(kind.fields[name], name, depth) for name in chosen)]
        if isinstance(kind, GraphQLInterfaceType):
            member = self.chance.choice(GRAPH.get_possible_types(kind))
            inner.append(f"... on {member.name} {self.selection(member, depth)}")
        return f"{{ {' '.join(inner)} }}"

    def field(self, field: GraphQLField, name: str, depth: int) -> str:
        self.asked = name
        alias = f"a{self.chance.getrandbits(40)}: " if field.args else ""
        arguments = [
            self.argument(key, argument)
            for key, argument in field.args.items()
            if is_required_argument(argument) or self.chance.random() < 0.4
        ]
        asked = f"{alias}{name}({', '.join(arguments)})" if arguments else f"{alias}{name}"
        kind = get_named_type(field.type)
        return f"{asked} {self.selection(kind, depth + 1)}" if is_composite_type(kind) else asked

    def argument(self, name: str, argument: GraphQLArgument) -> str:
        variable = f"v{len(self.variables)}"
        self.declared.append(f"${variable}: {argument.type}")
        self.variables[variable] = self.value(argument.type, name)
        return f"{name}: ${variable}"

    def value(self, kind: GraphQLInputType, name: str) -> Any:
        """Something for an argument or a field of an input."""
        if isinstance(kind, GraphQLNonNull):
            return self.value(kind.of_type, name) if self.chance.random() < 0.99 else None
        if self.chance.random() < 0.03:
            return None
        if isinstance(kind, GraphQLList):
            return [self.value(kind.of_type, name) for _ in range(self.chance.randint(0, 3))]
        if isinstance(kind, GraphQLEnumType):
            return self.chance.choice([*kind.values])
        if isinstance(kind, GraphQLInputObjectType):
            return self.object(kind)
        if name in LIKELY and self.chance.random() < 0.7:
            return self.chance.choice(LIKELY[name])
        fitting = self.known.get(f"{self.asked}.{name}") or self.known.get(name)
        if fitting and self.chance.random() < 0.8:
            return self.chance.choice(fitting)
        return self.chance.choice(self.known[kind.name])

    def object(self, kind: GraphQLInputObjectType) -> dict[str, Any]:
        if kind.is_one_of:
            key = self.chance.choice([*kind.fields])
            return {key: self.value(kind.fields[key].type, key)}
        return {
            key: self.value(field.type, key)
            for key, field in kind.fields.items()
            if is_required_input_field(field) or self.chance.random() < 0.3
        }


# ------------------------------------------------------------------------------- the city

MET = """{
  areas { id } connectors { id } complaintCategories { id } commodities { id }
  departments(first: 9) { edges { cursor node { id } } }
  complaints(first: 3) {
    edges { cursor node { id history { edges { cursor node { id } } } media { id } } }
  }
  places(first: 5) { edges { cursor node { id } } }
  nearest: places(first: 2, orderBy: {field: DISTANCE, from: {lat: -6.2, lng: 106.6}}) {
    edges { cursor }
  }
  events(first: 2) { edges { cursor node { id } } }
  tours(first: 2) { edges { cursor node { id } } }
  guides(first: 2) { edges { cursor node { id } } }
  jobs(first: 2) { edges { cursor node { id } } }
  apps(first: 2) { edges { cursor node { id } } }
  markets(first: 2) { edges { cursor node { id } } }
  prices(where: {}, first: 3) { edges { cursor } }
  emergencyContacts { id }
  stops(first: 5) { edges { cursor node { id departures { trip { id } } } } }
  lines(first: 9) { edges { cursor node { id operator { id } } } }
  search(q: "pasar", first: 2) { edges { cursor } }
  departures(board: {near: {point: {lat: -6.18, lng: 106.63}, radiusM: 5000}}) {
    nextCursor departures { trip { id } }
  }
}"""
"""Something of everything, for its ids and cursors."""

OF_TYPE = {
    **{f"{name.lower()}.id": name for name in ("Place", "Stop", "Trip", "Complaint")},
    **dict.fromkeys(("stopIds", "towards"), "Stop"),
    **dict.fromkeys(("lineIds", "servedBy"), "Line"),
    **dict.fromkeys(("category", "complaints.categories"), "ComplaintCategory"),
    **dict.fromkeys(("department", "departments"), "Department"),
    **dict.fromkeys(("market", "markets"), "Market"),
    "commodities": "Commodity",
    "operator": "Operator",
    "placeIds": "Place",
}
"""The type whose ids an argument takes, by its name or its field's and its own."""


def _met(data: Any, name: str) -> list[str]:
    """Every value of a field of this name in an answer."""
    if isinstance(data, list):
        return [found for each in data for found in _met(each, name)]
    if not isinstance(data, dict):
        return []
    here = [data[name]] if isinstance(data.get(name), str) else []
    return [*here, *(found for each in data.values() for found in _met(each, name))]


@pytest.fixture(scope="module")
def run() -> Iterator[Callable[[Any], Any]]:
    """One event loop for all examples, so that connections stay open between them."""
    with asyncio.Runner() as runner:
        yield runner.run


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def city(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    run: Callable[[Any], Any],
) -> Iterator[City]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('any')}/city.db"
    else:
        url = request.getfixturevalue("postgres_database")()
    opened = opened_city(url)
    yield run(opened.__aenter__())
    run(opened.__aexit__(None, None, None))


@pytest.fixture(scope="module")
def known(city: City, run: Callable[[Any], Any]) -> dict[str, list[Any]]:
    """The values by type and by argument, with ids and cursors that this city has answered."""
    return answered(run(city.data(MET)))


FORGED: list[Any] = [
    *(None, 0, -1, 2**63 - 1, 1e308, 1.5, True, "", "x", "\0", [], {}, {"at": "kemarin"}),
    *({"at": "0001-01-01T00:00:00+14:00"}, {"at": "2026-11-23T08:00:00+07:00"}),
    *({"on": "0001-01-01"}, {"on": "2026-11-23"}, {"on": 1}),
]
"""What a caller may put where a cursor keeps the value of the last record."""


def forged(cursors: list[str]) -> list[str]:
    """Cursors of the right list that no answer held: with other values, sources and ids."""
    made = []
    for one in cursors[:2]:
        mark, value, *rest = json.loads(decode(one) or b"[0, 0]")
        made += [encode(json.dumps([mark, other, *rest]).encode()) for other in FORGED]
        made += [encode(json.dumps([mark, value, *pair]).encode()) for pair in PLACES_IN_SOURCES]
    return made


PLACES_IN_SOURCES = [("", ""), ("zz", "x"), ("laksa", "\0"), ("krl", "\ud800"), ("tayo", "é" * 99)]

NOBODY: list[str] = [
    encode(f"{name}:{id_}".encode())
    for name in ("Place", "Complaint", "Trip", "Stop", "Line", "Area", "Media", "Connector", "Zz")
    for id_ in ("laksa:1", "zz:1", "krl:x:y:07:00:00", "wilayah:36", "tayo:\x7f", "laksa:", "", ":")
]
"""Ids that look like ours, of records that nobody has."""


def answered(data: dict[str, Any]) -> dict[str, list[Any]]:
    """KNOWN, and the ids and cursors of an answer to MET where they belong."""
    ids = _met(data, "id")
    cursors = [*_met(data, "cursor"), *_met(data, "nextCursor")]
    found = {**KNOWN, "ID": [*ids, *NOBODY, *TEXTS[:12]], "after": cursors, "before": cursors}
    for argument, name in OF_TYPE.items():
        right = [id_ for id_ in ids if read_global_id(id_)[0] == name]
        found[argument] = [*right, *right, *NOBODY]
    for field, part in data.items():
        here = _met(part, "cursor") or _met(part, "nextCursor")
        found[f"{field}.after"] = [*here, *here, *forged(here)]
    return found


async def ask(city: City, body: dict[str, Any]) -> httpx.Response:
    """The answer of the front door, without a socket."""

    async def context(_request: Request) -> Context:
        return city.context()

    endpoint = GraphQLEndpoint(Engine(GRAPH), context)
    transport = httpx.ASGITransport(app=endpoint)
    async with httpx.AsyncClient(transport=transport, base_url="http://city.test") as client:
        return await client.post(
            "/graphql", json=body, headers={"Accept": "application/graphql-response+json"}
        )


@settings(max_examples=150)
@given(st.randoms(use_true_random=True))
def test_no_question_is_met_by_a_fault_of_ours(
    city: City, known: dict[str, list[Any]], run: Callable[[Any], Any], chance: Random
) -> None:
    question = Question(chance, known)
    body = {"query": str(question), "variables": question.variables}
    response = run(ask(city, body))
    errors = response.json().get("errors", [])
    codes = {ErrorCode(error["extensions"]["code"]) for error in errors}
    assert response.status_code in {200, 400}, json.dumps(body)
    assert not codes & OUR_FAULT, (json.dumps(body), errors)
    assert all(error["message"] for error in errors)
