"""A city of two sources for tests of kept answers, on a clock that stands still."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from graphql import GraphQLObjectType, GraphQLSchema, build_schema
from starlette.requests import Request

from connectors.errors import ConnectorError, Unreachable
from connectors.ports.common import ScopedId
from connectors.switchboard import Source, Switchboard
from connectors.upkeep.documents import Document, Stamp
from connectors.upkeep.policy import Policy
from connectors.upkeep.upkeep import Services, Upkeep
from gateway.execution.answers import AnswerCache
from gateway.execution.engine import Engine
from gateway.identity.headers import PassedOn
from gateway.language import preferred
from gateway.transport.front import Front
from gateway.transport.http import GraphQLEndpoint
from gateway.transport.keeping import Keeping, asker_of
from gateway.transport.writing import bytes_of
from resolvers.context import Caller, Context, ask, failed
from resolvers.lookups import Lookup
from schema.promises import PROMISE, Promise
from tests.builders import binding
from tests.upstream import MovedClock, SaidWeb, nowhere

FRESH = {"air": 30.0, "listrik": 7.0}
"""Seconds for which each source's answers are fresh."""

SDL = """
type Query {
  air: String
  listrik: String
  both: [String]
  notes: String
  record(id: ID!): String
  greeting: String
  time: String
  forSale: String
  mine: String
  sent: String
  fault: String
  link: String
  wait: String
}
type Mutation { write(text: String!): String nothing: String }
"""


class Meter:
    """What a source says; it asks its upstream through its upkeep."""

    def __init__(self, name: str, upkeep: Upkeep) -> None:
        self.value = f"{name} 0"
        self.fails = False
        self.calls = 0
        self._upkeep = upkeep

    async def read(self) -> str:
        async def call(_last: Document | None) -> Document | None:
            self.calls += 1
            if self.fails:
                raise Unreachable("nobody there")
            return Document(self.value.encode())

        return await self._upkeep.fetch("value", call, _text)

    async def by_id(self, ids: list[str]) -> list[str | None]:
        return [f"{one}: {await self.read()}" for one in ids]


class Notes:
    """A source of our own, in which something can be written; nothing is fetched."""

    def __init__(self) -> None:
        self.value = "catatan 0"

    async def read(self) -> str:
        return self.value

    async def by_id(self, ids: list[str]) -> list[str | None]:
        return [f"{one}: {self.value}" for one in ids]

    async def write(self, text: str) -> str:
        self.value = text
        return text


def _text(document: Document, stamp: Stamp) -> str:
    return document.body.decode() + (" (lama)" if stamp.stale else "")


by_id: Lookup[Meter, str] = Lookup(Meter, Meter.by_id)  # type: ignore[arg-type]


class KeptCity:
    """The city, its two sources and what answers; `executions` are counted by field."""

    def __init__(self, *, max_bytes: int = 1_000_000, **options: Any) -> None:
        self.clock = MovedClock()
        self.meters: dict[str, Meter] = {}
        sources: list[Source[Any]] = []
        for name, seconds in FRESH.items():
            # A source that failed is asked again at once.
            policy = Policy(
                fresh_for=seconds, stale_for=0.0, keep_for=0.0, max_retries=0,
                breaker_failures=10**6, breaker_rate=1.0, calls_per_minute=1e9,
            )  # fmt: skip
            upkeep = Upkeep(name, policy, Services(web=SaidWeb(nowhere), clock=self.clock))
            meter = self.meters[name] = Meter(name, upkeep)
            sources.append(Source(binding(key=name), meter, upkeep))
        self.notes = Notes()
        sources.append(Source(binding(key="catatan"), self.notes))
        self.board = Switchboard(sources, {"things": Meter})
        self.executions: dict[str, int] = {}
        self.gates: dict[str, Any] = {}
        self.engine = Engine(_graph(self))
        self.cache = AnswerCache(
            self.engine, bytes_of, max_bytes=max_bytes, clock=self.clock, **options
        )
        self.endpoint = GraphQLEndpoint(
            self.engine, self.context, keeping=Keeping(self.cache, asker_of)
        )
        self.bare = GraphQLEndpoint(self.engine, self.context)
        """The same without kept answers."""
        self.app = Front()
        self.app.straight["/graphql"] = self.endpoint

    async def context(self, request: Request) -> Context:
        name = request.headers.get("authorization", "")
        return Context(
            switchboard=self.board,
            caller=Caller(name=name),
            lang=preferred(request.headers.get("accept-language")),
            base_url=str(request.base_url).rstrip("/"),
            now=self.clock.now,
            headers=PassedOn(request.headers),
        )

    def switch(self, name: str) -> None:
        """Switch a source off or on, as the board does."""
        source = self.board.get(name)
        assert source is not None
        source.enabled = not source.enabled
        self.cache.forget()

    @asynccontextmanager
    async def client(self, *, bare: bool = False) -> AsyncIterator[httpx.AsyncClient]:
        app = self.bare if bare else self.endpoint
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://kota.test") as http:
            yield http


def _graph(city: KeptCity) -> GraphQLSchema:  # noqa: C901 - one field after the other
    graph = build_schema(SDL)
    kind = graph.query_type
    assert isinstance(kind, GraphQLObjectType)

    async def reading(context: Context, name: str) -> str | None:
        source: Any = context.switchboard.get(name)
        try:
            return str((await ask(context, source, lambda meter: meter.read())).value)
        except ConnectorError as error:
            context.note(failed(error))
            return None

    async def air(_root: object, info: Any) -> str | None:
        return await reading(info.context, "air")

    async def listrik(_root: object, info: Any) -> str | None:
        return await reading(info.context, "listrik")

    async def both(_root: object, info: Any) -> list[str | None]:
        return [await reading(info.context, name) for name in FRESH]

    async def notes(_root: object, info: Any) -> str | None:
        return await reading(info.context, "catatan")

    async def record(_root: object, info: Any, id: str) -> str | None:  # noqa: A002 - the field's word
        return await by_id(info.context, ScopedId("catatan", id))

    async def greeting(_root: object, info: Any) -> str:
        found = await reading(info.context, "air")
        return f"{info.context.lang} {found}"

    def time(_root: object, info: Any) -> str:
        return str(info.context.now().isoformat())

    async def mine(_root: object, info: Any) -> str:
        return f"{info.context.caller.name} {await reading(info.context, 'air')}"

    def sent(_root: object, info: Any) -> str:
        return " ".join(info.context.headers.get("x-own", ()))

    def fault(_root: object, _info: Any) -> str:
        raise KeyError("a mistake of ours")

    def link(_root: object, info: Any) -> str:
        return f"{info.context.base_url}/x"

    async def wait(_root: object, info: Any) -> str:
        city.executions["wait"] = city.executions.get("wait", 0) + 1
        await city.gates["wait"].wait()
        return info.context.lang  # type: ignore[no-any-return]

    async def write(_root: object, info: Any, text: str) -> str:
        source: Any = info.context.switchboard.get("catatan")
        answered = await ask(info.context, source, lambda notes: notes.write(text))
        return answered.value  # type: ignore[no-any-return]

    public = Promise(("luar",), seconds=20.0)
    said: dict[str, tuple[Any, Promise]] = {
        "air": (air, public),
        "listrik": (listrik, public),
        "both": (both, public),
        "notes": (notes, public),
        "record": (record, public),
        "greeting": (greeting, public),
        "time": (time, Promise()),
        "mine": (mine, Promise(private=True)),
        "sent": (sent, Promise(seconds=20.0)),
        "fault": (fault, public),
        "link": (link, Promise()),
        "wait": (wait, Promise()),
    }
    for name, (resolve, promise) in said.items():
        kind.fields[name].resolve = resolve
        kind.fields[name].extensions[PROMISE] = promise
    changing = graph.mutation_type
    assert changing is not None
    changing.fields["write"].resolve = write
    changing.fields["nothing"].resolve = lambda _root, _info: "done"
    return graph
