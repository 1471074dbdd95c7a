"""The graph of the city that gateways are compared by: SDL, and resolvers that read the sources."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable
from dataclasses import dataclass, field
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import Any, TypeAlias, cast

from graphql import GraphQLObjectType, GraphQLResolveInfo, GraphQLSchema, build_schema

from benchmarks.peer.city import City, Record, Records, value
from resolvers.batches import Batch, batched
from resolvers.rests import Rests
from schema.promises import PROMISE, Promise

HELLO = "Halo, Tangerang!"
KEPT_SECONDS = 5.0
"""How long an answer may be given again, where answers are kept."""
SDL = Path(__file__).parent / "city.graphql"

Info: TypeAlias = "GraphQLResolveInfo[Asking]"
Agencies: TypeAlias = "list[Record | None]"
Some: TypeAlias = "Records | Awaitable[Records]"


@dataclass(slots=True)
class Asking:
    """One request."""

    city: City
    batch: Batch[str, Record] | None = None
    rests: Rests = field(default_factory=Rests)

    def agencies(self, ids: Iterable[str]) -> Agencies | Awaitable[Agencies]:
        """Agencies in the order of the ids, None for unknown ones; one call for all of a tick."""
        known = self.city.agencies_at_hand()
        if known is not None:
            return list(map(known.get, ids))
        if self.batch is None:
            self.batch = Batch(self.city.agencies)
        return self.batch.many(ids)


def graph() -> GraphQLSchema:
    """The graph with its resolvers; what has none is read from the record."""
    made = build_schema(SDL.read_text(encoding="utf-8"))
    roots: dict[str, Any] = {
        "hello": lambda _root, _info: HELLO,
        "agency": _one_agency,
        "apps": _listed("/apps"),
        "apps2000": _listed("/apps2000"),
        "complaints": _listed("/complaints"),
        "departures": _listed("/departures", stopId="stopId"),
        "emergencyNumbers": _listed("/emergency"),
        "jobs": _listed("/jobs"),
        "pois": _listed("/pois", category="category"),
        "prices": _listed("/prices"),
    }
    for name, resolve in roots.items():
        _type(made, "Query").fields[name].resolve = resolve
    for name in ("App", "Complaint"):
        _type(made, name).fields["agency"].resolve = batched(_agencies)
    for kind in made.type_map.values():
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__"):
            for each in kind.fields.values():
                each.extensions[PROMISE] = Promise(seconds=KEPT_SECONDS)
    return made


def _type(made: GraphQLSchema, name: str) -> GraphQLObjectType:
    return cast("GraphQLObjectType", made.type_map[name])


def _agencies(records: list[Record], info: Info) -> Agencies | Awaitable[Agencies]:
    read = itemgetter("agencyId") if type(records[0]) is dict else attrgetter("agencyId")
    return info.context.agencies(map(read, records))


async def _one_agency(_root: object, info: Info, id: str) -> Record | None:  # noqa: A002 - the field's word
    found = info.context.agencies([id])
    (agency,) = found if isinstance(found, list) else await found
    return agency


def _listed(path: str, **filters: str) -> Any:
    """A resolver of a list: its first records, or those of one value."""

    def resolve(_root: object, info: Info, first: int | None = None, **wanted: Any) -> Some:
        city = info.context.city
        for argument, name in filters.items():
            if wanted.get(argument) is not None:
                return _chosen(city.records(path), name, wanted[argument], first)
        if first is None:
            return city.records(path)
        return city.records(f"{path}?limit={first}")

    return resolve


async def _chosen(found: Some, name: str, wanted: object, first: int | None) -> Records:
    records = found if isinstance(found, list) else await found
    return [record for record in records if value(record, name) == wanted][:first]
