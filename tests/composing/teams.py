"""Teams for the tests: a folder in two strings, and a system whose answers a test says."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import delete, insert

from catalog.bindings import written
from catalog.tables import sources
from connectors.declarative.app import DeclaredApp, read_app
from connectors.declarative.connector import options_of
from connectors.declarative.submission import Submission
from connectors.ports.common import must_text
from connectors.ports.connectors import Binding, ConnectorKind
from connectors.switchboard import Source, Switchboard
from gateway.app import create_app
from gateway.lifespan import City
from gateway.settings import Settings
from gateway.synthetic.exchange import Question, Reply, json_reply
from gateway.synthetic.server import Server


def settings(key: str, prefix: str, more: str = "") -> str:
    """The least that `connector.yaml` must say."""
    return f"""\
connector: {key}
app: {key}
prefix: {prefix}
name:
  id: {prefix}
  en: {prefix}
{more}"""


def submission(key: str, prefix: str, sdl: str, more: str = "") -> Submission:
    """What a team hands in."""
    return Submission(key, key, sdl, settings(key, prefix, more))


def app(key: str, prefix: str, sdl: str, more: str = "") -> DeclaredApp:
    """A team's connector, read."""
    return read_app(submission(key, prefix, sdl, more))


def source(name: str, base: str = "https://luar.example") -> str:
    """The declaration of a system."""
    return f'extend schema @source(name: "{name}", http: {{baseURL: "{base}"}})\n'


PARKING = (
    source("parkir")
    + """
type ParkirLokasi { id: ID! nama: String kosong: Int }
type Query {
  parkirLokasi: [ParkirLokasi] @connect(source: "parkir", http: {GET: "/lokasi"},
    selection: "$.data { id nama kosong: sisa }")
}
"""
)


# ------------------------------------------------------------------------------- a gateway


@dataclass
class House:
    """A gateway with app teams, asked as a client asks it."""

    city: City
    client: httpx.AsyncClient

    async def register(self, *submissions: Submission, **earlier: Submission) -> None:
        """Have these serve, in this order, and nobody else."""
        lines = [written(binding(one, earlier.get(one.key))) for one in submissions]
        async with self.city.engine.begin() as connection:
            await connection.execute(delete(sources).where(sources.c.position >= FIRST))
            for number, line in enumerate(lines):
                values = {"key": line["key"], "position": FIRST + number, "binding": line}
                await connection.execute(insert(sources).values(**values))
        await self.city.board.refresh()
        await self.city.graphs.follow(self.city.board.switchboard)

    async def ask(self, query: str, **headers: str) -> dict[str, Any]:
        """The whole answer to an operation."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = await self.client.post("/graphql", json={"query": query}, headers=given)
        found: dict[str, Any] = answer.json()
        return found

    async def data(self, query: str) -> Any:
        """The data of an operation that must not have errors."""
        said = await self.ask(query)
        assert "errors" not in said, said["errors"]
        return said["data"]

    async def error(self, query: str) -> dict[str, Any]:
        """The only error of an operation."""
        (error,) = (await self.ask(query))["errors"]
        return dict(error)


FIRST = 900
"""Position of the first line that a test adds."""


def binding(one: Submission, earlier: Submission | None = None) -> Binding:
    """The line of a connector on the board."""
    options: dict[str, Any] = dict(options_of(one))
    if earlier is not None:
        options["previous"] = [options_of(earlier)]
    name = must_text(one.key)
    return Binding(one.key, name, ConnectorKind.DECLARATIVE, (), "declarative.app", options=options)


def board(*lines: Binding) -> Switchboard:
    """A board of sources that nobody opened."""
    return Switchboard([Source[Any](line, None) for line in lines], {})


@asynccontextmanager
async def house(folder: Path, **more: Any) -> AsyncIterator[House]:
    """A gateway in a folder of its own, without any team yet."""
    settings = Settings(
        data_dir=folder, city="synthetic", watch_seconds=3600, graphiql=False, **more
    )
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://kota") as client:
            yield House(app.state.city, client)


@asynccontextmanager
async def system(answer: Callable[[Question], Any]) -> AsyncIterator[Server]:
    """A team's system on the loopback; what `answer` gives is sent as JSON, a Reply as it is."""

    def reply(question: Question) -> Reply:
        said = answer(question)
        return said if isinstance(said, Reply) else json_reply(said)

    server = Server("tim", reply)
    await server.open()
    try:
        yield server
    finally:
        await server.aclose()
