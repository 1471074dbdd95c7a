"""The synthetic city with its app teams: real servers, a gateway with keys, the example folders."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import delete

from catalog.pack import Pack
from catalog.tables import sources
from connectors.kinds.sql import open_engine
from gateway.commands.actions import submission_of
from gateway.commands.folder import read
from gateway.settings import Settings
from gateway.synthetic.city import SOURCES, SyntheticCity, opened_servers, ports
from gateway.synthetic.clinics import TOKEN
from gateway.synthetic.faults import read_setting
from gateway.synthetic.server import Server
from gateway.synthetic.town import Town
from tests.commands import ROOT
from tests.doors.gate import Gate, furnish, gate
from tests.synthetic import readdress

EXAMPLES = ROOT / "examples" / "connectors"
TEAMS = ("parkir", "antrean-klinik", "perpustakaan")
OPERATOR = "operator"


@dataclass
class Street:
    """A gateway, and the servers its teams' connectors ask."""

    gate: Gate
    servers: SyntheticCity
    folder: Path

    def server(self, name: str) -> Server:
        """The system of a team."""
        return self.servers.servers[name]

    async def fault(self, name: str, fault: str, **more: Any) -> None:
        """Turn the dial of a team's system."""
        await self.server(name).dial(read_setting({"fault": fault, **more}))

    def input(self, team: str, **changed: str) -> dict[str, Any]:
        """An example as `ConnectorInput`; `sdl` and the like replace its texts."""
        given = submission_of(read(copied(team, self.folder / team, self.servers)))
        return {
            "key": given.key,
            "app": given.app,
            "sdl": given.sdl,
            "settings": given.settings,
            "tests": [test.text for test in given.tests],
            **changed,
        }

    async def look_again(self) -> None:
        """Have the gateway see what was changed in the catalogue, as it does every so often."""
        city = self.gate.city
        await city.board.refresh()
        await city.graphs.follow(city.board.switchboard)

    async def ask(
        self, query: str, headers: Mapping[str, str] | None = None, **variables: Any
    ) -> dict[str, Any]:
        """The whole answer to an operation of the public."""
        answer = await self.gate.client.post(
            "/graphql", json={"query": query, "variables": variables}, headers=headers or {}
        )
        found: dict[str, Any] = answer.json()
        return found

    async def data(self, query: str, headers: Mapping[str, str] | None = None) -> Any:
        """The data of an operation that must not have errors."""
        said = await self.ask(query, headers)
        assert "errors" not in said, said["errors"]
        return said["data"]


def readdressed(text: str, servers: SyntheticCity) -> str:
    """A text whose addresses of the synthetic city are those of these servers."""
    names = {number: name for name, number in ports().items()}

    def other(found: re.Match[str]) -> str:
        name = names.get(int(found[2]))
        return f"{found[1]}:{servers.servers[name].port}" if name else found[0]

    return re.sub(r"(127\.0\.0\.1|localhost):(\d+)", other, text)


def copied(team: str, to: Path, servers: SyntheticCity) -> Path:
    """The folder of an example with the addresses of these servers."""
    if not to.exists():
        shutil.copytree(EXAMPLES / team, to)
        file = to / "connector.graphql"
        file.write_text(readdressed(file.read_text(), servers))
    return to


@asynccontextmanager
async def street(folder: Path) -> AsyncIterator[Street]:
    """All of it in a folder of its own; no connector is registered yet."""
    async with opened_servers(Town(Pack.of("synthetic")), port=0) as servers:
        data = folder / "data"
        secret = data / "secrets" / "antrean-klinik" / "token"
        secret.parent.mkdir(parents=True)
        secret.write_text(TOKEN + "\n")
        await furnish(data, "synthetic")
        told = Settings(city="synthetic", data_dir=data)
        await readdress(told, servers)
        await quiet(told)
        # The address is named, so that the furnished and readdressed database is the one used.
        async with gate(data, database_url=told.database_address) as door:
            await door.make_key(OPERATOR)
            yield Street(door, servers, folder)


NEEDED = ("aplikasi", "siaga", "dinas")
"""Sources of the city that these tests ask; the others would only be loaded and thrown away."""


async def quiet(settings: Settings) -> None:
    """Take the sources out that these tests do not ask."""
    engine = open_engine(settings.database_address)
    try:
        async with engine.begin() as connection:
            others = set(SOURCES) - set(NEEDED)
            await connection.execute(delete(sources).where(sources.c.key.in_(others)))
    finally:
        await engine.dispose()
