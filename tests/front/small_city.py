"""A tiny city for the tests of the front door: plain graphql-core, no sources, no database."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import httpx
from graphql import GraphQLResolveInfo, GraphQLScalarType, build_schema
from starlette.requests import Request

from connectors.errors import Overloaded, TimedOut
from connectors.ports.common import ErrorCode
from gateway.execution.engine import Engine
from gateway.execution.exchange import Answer, GraphQLRequest
from gateway.protection.limits import Limits
from gateway.transport.http import GraphQLEndpoint
from resolvers.problems import Refusal

SDL = """
scalar Moment
scalar JSON
type Query {
  hello(name: String = "dunia"): String
  shout(times: Int!): String
  price(rupiah: Int, weight: Float, key: ID): String
  at(moment: Moment): Moment
  raw: JSON
  complaints(first: Int = 20, last: Int, after: String): [Complaint]
  nodes(ids: [ID!]!): [Complaint]
  area: Area
  broken: String
  fatal: String!
  refused: String
  late: String
  busy: String
  wrongNumber: Int
}
type Complaint { id: ID! text: String area: Area comments(first: Int): [Complaint] }
type Area { name: String kode: String parent: Area children(first: Int): [Area] other(x: Int): Int }
type Mutation { send(text: String!): String }
type Subscription { ticks: Int }
"""

SECRET = "nik 3671012345678901"  # a text that must never be seen in an answer or a log


def _area(_source: Any, _info: GraphQLResolveInfo[Any], **_arguments: Any) -> dict[str, str]:
    return {"name": "Karawaci", "kode": "36.71.05"}


def _broken(_source: Any, _info: GraphQLResolveInfo[Any]) -> str:
    raise KeyError(SECRET)


def _refused(_source: Any, _info: GraphQLResolveInfo[Any]) -> str:
    raise Refusal(ErrorCode.FORBIDDEN, "Only officers see this; sign in as one.")


async def _late(_source: Any, _info: GraphQLResolveInfo[Any]) -> str:
    raise TimedOut(f"upstream said {SECRET}", source="laksa")


async def _busy(_source: Any, _info: GraphQLResolveInfo[Any]) -> str:
    raise Overloaded(source="gtfs-tayo", retry_after=2.3)


def _list(_source: Any, _info: GraphQLResolveInfo[Any], **arguments: Any) -> list[dict[str, str]]:
    return [{"id": key} for key in arguments.get("ids", ("1",))]


def _parse_moment(value: Any) -> str:
    if not isinstance(value, str) or "T" not in value:
        message = "a moment looks like 2026-01-31T08:00:00+07:00"
        raise ValueError(message)
    return value


SENT: list[str] = []


def _send(_source: Any, _info: GraphQLResolveInfo[Any], text: str) -> str:
    SENT.append(text)
    return text


def small_city() -> Any:
    """The schema, freshly built."""
    built = build_schema(SDL)
    query = built.query_type
    assert query is not None
    resolvers: dict[str, Any] = {
        "hello": lambda _s, _i, name: f"Halo, {name}!",
        "shout": lambda _s, _i, times: "a" * times,
        "price": lambda _s, _i, **values: str(values),
        "at": lambda _s, _i, moment: moment,
        "raw": lambda _s, info: info.context.raw,
        "complaints": _list,
        "nodes": _list,
        "area": _area,
        "broken": _broken,
        "fatal": _broken,
        "refused": _refused,
        "late": _late,
        "busy": _busy,
        "wrongNumber": lambda _s, _i: SECRET,
    }
    for name, resolver in resolvers.items():
        query.fields[name].resolve = resolver
    for owner, name in (("Complaint", "area"), ("Area", "parent")):
        built.type_map[owner].fields[name].resolve = _area  # type: ignore[attr-defined]
    assert built.mutation_type is not None
    built.mutation_type.fields["send"].resolve = _send
    moment = built.type_map["Moment"]
    assert isinstance(moment, GraphQLScalarType)
    moment.parse_value = _parse_moment  # type: ignore[method-assign]
    moment.coerce_input_value = _parse_moment
    return built


@dataclass
class SmallContext:
    """What the resolvers of the small city get."""

    raw: Any = None
    problem_sources: list[dict[str, Any]] = field(default_factory=list)


def engine(limits: Limits | None = None, **options: Any) -> Engine:
    """An engine over the small city."""
    return Engine(small_city(), limits, **options)


async def ask(query: str, /, variables: dict[str, Any] | None = None, **options: Any) -> Answer:
    """The engine's answer to one question."""
    request = GraphQLRequest(
        query,
        operation_name=options.pop("operation_name", None),
        variables=variables or {},
    )
    context = options.pop("context", SmallContext())
    read_only = options.pop("read_only", False)
    return await engine(**options).run(request, context, read_only=read_only)


def endpoint(**options: Any) -> GraphQLEndpoint:
    """The endpoint over the small city; `context` or `make_context` may be given."""
    context = options.pop("context", SmallContext())

    async def make_context(_request: Request) -> object:
        return context

    make = options.pop("make_context", make_context)
    return GraphQLEndpoint(options.pop("engine", None) or engine(), make, **options)


def client(**options: Any) -> httpx.AsyncClient:
    """An HTTP client that talks to the endpoint without a socket."""
    transport = httpx.ASGITransport(app=endpoint(**options))
    return httpx.AsyncClient(transport=transport, base_url="http://kota.test", headers={})


def code(body: dict[str, Any]) -> str:
    """The code of the first error of an answer."""
    found = body["errors"][0]["extensions"]["code"]
    assert isinstance(found, str)
    return found
