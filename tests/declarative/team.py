"""A team's connector opened as the gateway opens it, over a told web or a real server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connectors import registry
from connectors.declarative.app import DeclaredApp, read_app
from connectors.declarative.connector import AppConnector, options_of
from connectors.declarative.model import Connect
from connectors.declarative.submission import Submission
from connectors.errors import ConnectorError
from connectors.kinds.web import open_web
from connectors.ports.common import Text
from connectors.ports.connectors import Binding, ConnectorKind
from connectors.switchboard import Answered, Source
from connectors.upkeep.documents import Answer, Request
from connectors.upkeep.upkeep import Services, Upkeep
from tests import builders
from tests.upstream import MovedClock, SaidWeb

BASE = "https://parkir.example/api"
SETTINGS = "connector: parkir\napp: parkir-kota\nname: Parkir Kota\nprefix: Parkir\n"


def sdl(fields: str, *, source: str = "", base: str = BASE, more: str = "") -> str:
    """A description with these fields of Query, over the source `p`."""
    return (
        f'extend schema @source(name: "p", http: {{baseURL: "{base}"}} {source})\n'
        "type ParkirLot { id: ID! nama: String kosong: Int }\n"
        f"extend type Query {{\n{fields}\n}}\n{more}"
    )


ALL = (
    'parkirSemua: [ParkirLot] @connect(source: "p", http: {GET: "/lot"},'
    ' selection: "$.data { id nama kosong }")'
)
ONE = (
    'parkirLot(id: ID!): ParkirLot @connect(source: "p", http: {GET: "/lot/{$args.id}"},'
    ' selection: "id nama kosong")'
)


@dataclass
class Team:
    """An open connector, and what its system is asked."""

    app: DeclaredApp
    source: Source[Any]
    connector: AppConnector
    upkeep: Upkeep
    clock: MovedClock
    asked: list[Request] = field(default_factory=list)

    def connect(self, coordinate: str) -> Connect:
        """The connector at a coordinate."""
        return self.app.connects[coordinate][0]

    async def ask(self, coordinate: str, headers: Any = None, **variables: Any) -> Any:
        """The answer, with what is said about it."""
        given = {f"${name}": value for name, value in variables.items()}
        return await self.source.answer(
            lambda found: found.ask(self.connect(coordinate), given, headers=headers)
        )

    async def value(self, coordinate: str, headers: Any = None, **variables: Any) -> Any:
        """The value alone; fails where there is a failure."""
        outcome = (await self.ask(coordinate, headers, **variables)).value
        assert outcome.failure is None
        return outcome.value

    async def batch(self, coordinate: str, keys: list[dict[str, Any]]) -> list[Any]:
        """The values of many keys."""
        answered: Answered[list[Any]] = await self.source.answer(
            lambda found: found.ask_batch(self.connect(coordinate), keys, {})
        )
        return answered.value


async def opened(
    text: str, services: Services, *, settings: str = "", upkeep: Mapping[str, Any] | None = None
) -> Team:
    """A team's connector, opened through the registry."""
    submission = Submission("parkir", "parkir-kota", text, SETTINGS + settings)
    app = read_app(submission)
    assert app.usable, [*map(str, app.description.faults), *map(str, app.findings)]
    binding = Binding(
        "parkir",
        Text({"id": "Parkir"}),
        ConnectorKind.DECLARATIVE,
        (),
        "declarative.app",
        options=options_of(submission),
        upkeep=upkeep or {},
    )
    tools = builders.tools(folder=Path("/nowhere"), services=services)
    own = registry.upkeep_of(binding, tools)
    tools = builders.tools(folder=Path("/nowhere"), services=services, own=own)
    connector = await registry.open_source(binding, tools)
    source = Source[Any](binding, connector, own)
    clock = services.clock if isinstance(services.clock, MovedClock) else MovedClock()
    return Team(app, source, connector, own, clock)


Told = Any
"""JSON, an Answer, or an error to raise; or a function of the request that gives one of them."""


async def told(
    text: str,
    answers: Mapping[str, Told] | Callable[[Request], Told],
    *,
    settings: str = "",
    upkeep: Mapping[str, Any] | None = None,
    **services: Any,
) -> Team:
    """A connector over a web that says, address by address, what a test wants it to say."""

    def answer(request: Request) -> Answer | ConnectorError:
        said = answers(request) if callable(answers) else answers.get(request.url, Answer(404, {}))
        if isinstance(said, (Answer, ConnectorError)):
            return said
        return Answer(200, {"content-type": "application/json"}, json.dumps(said).encode())

    web = SaidWeb(answer)
    team = await opened(
        text,
        Services(web=web, clock=services.pop("clock", None) or MovedClock(), **services),
        settings=settings,
        upkeep={"max_retries": 0, **(upkeep or {})},
    )
    team.asked = web.asked
    return team


class System:
    """A real HTTP server on loopback: a function of method, path, headers and body answers."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        self.port = 0
        self.answers: dict[str, Any] = {}
        """By `METHOD /path?query`: JSON, or bytes of a whole answer, or a function of the body."""

    @property
    def base(self) -> str:
        """Its base address."""
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, path, _ = head[0].split(" ")
            headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            self.asked.append((method, path, headers, body))
            said = self.answers.get(f"{method} {path}", b"HTTP/1.1 404 No\r\ncontent-length: 0")
            said = said(body) if callable(said) else said
            if not isinstance(said, bytes):
                written = json.dumps(said).encode()
                said = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
                said += b"content-length: %d\r\n\r\n" % len(written) + written
            elif b"\r\n\r\n" not in said:
                said += b"\r\n\r\n"
            writer.write(said)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client hung up first, as some tests want it to
        finally:
            writer.close()


@asynccontextmanager
async def system() -> AsyncIterator[System]:
    """A server that listens until the end of the block."""
    found = System()
    server = await asyncio.start_server(found.serve, "127.0.0.1", 0)
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        server.close()


@asynccontextmanager
async def over_the_wire(
    text: Callable[[str], str], *, allowed: bool = True, settings: str = "", **upkeep: Any
) -> AsyncIterator[tuple[Team, System]]:
    """A connector and a real server; `text` makes the description of the server's address."""
    async with system() as server:
        web = open_web()
        private = frozenset({f"127.0.0.1:{server.port}"}) if allowed else frozenset[str]()
        services = Services(web=web, private_hosts=private)
        team = await opened(text(server.base), services, settings=settings, upkeep=upkeep)
        try:
            yield team, server
        finally:
            await team.source.aclose()
            await web.aclose()
