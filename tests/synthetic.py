"""The synthetic city for tests: its servers on free ports, and the gateway over them, in one process."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from catalog.pack import Pack
from catalog.tables import sources
from connectors.kinds.sql import open_engine
from connectors.ports.common import GeoPoint
from connectors.upkeep.clock import Clock, SystemClock
from gateway.execution.engine import Engine
from gateway.execution.exchange import GraphQLRequest
from gateway.lifespan import City, opened, prepare
from gateway.settings import Settings
from gateway.synthetic.city import PORT, SOURCES, SyntheticCity, opened_servers
from gateway.synthetic.faults import read_setting
from gateway.synthetic.server import Server
from gateway.synthetic.town import Town
from resolvers.context import Context
from schema.city import city_schema

BASES = {PORT + number: name for number, name in enumerate(SOURCES, start=1)}
"""The source of each port that the pack's lines name."""


@dataclass
class Rehearsal:
    """A gateway over the servers of the synthetic city."""

    city: City
    servers: SyntheticCity
    engine: Engine
    clock: Clock

    def server(self, name: str) -> Server:
        """The server of a source."""
        return self.servers.servers[name]

    async def fault(self, name: str, fault: str, **more: Any) -> None:
        """Turn the dial of a source."""
        await self.server(name).dial(read_setting({"fault": fault, **more}))

    async def well(self, name: str) -> None:
        """Turn the dial of a source back."""
        await self.server(name).dial(None)

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The whole answer to one operation, as a caller gets it."""
        context = Context(
            switchboard=self.city.board.switchboard,
            now=self.clock.now,
            base_url="http://city.test",
            zone=self.city.zone,
            centre=GeoPoint(**self.city.pack.city["centre"]),
        )
        request = GraphQLRequest(query, variables=variables)
        answer = await self.engine.run(request, context, read_only=False)
        return answer.body()

    async def data(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of one operation that must not have errors."""
        said = await self.ask(query, **variables)
        assert "errors" not in said, said["errors"]
        found: dict[str, Any] = said["data"]
        return found

    @asynccontextmanager
    async def opened_anew(
        self, folder: Path, *, upkeep: Mapping[str, Mapping[str, Any]]
    ) -> AsyncIterator[Rehearsal]:
        """The same city opened once more, with a folder of its own: it remembers nothing.

        `upkeep` goes into the lines of the sources named.
        """
        database = self.city.settings.database_address
        await _change_upkeep(database, upkeep)
        settings = replace(self.city.settings, data_dir=folder, database_url=database)
        async with opened(settings, self.clock) as city:
            yield replace(self, city=city)

    async def settled(self) -> None:
        """Wait until no source is being asked."""
        for source in self.city.board.switchboard:
            if source.upkeep is not None:
                await source.upkeep.settled()


@asynccontextmanager
async def rehearsal(
    folder: Path,
    *,
    upkeep: Mapping[str, Any] | None = None,
    options: Mapping[str, Mapping[str, Any]] | None = None,
    clock: Clock | None = None,
) -> AsyncIterator[Rehearsal]:
    """The city in a folder of its own, by one clock.

    `upkeep` goes into every line of a synthetic source, `options` into those of the lines named.
    """
    clock = clock or SystemClock()
    town = Town(Pack.of("synthetic"), now=clock.now)
    async with opened_servers(town, port=0) as servers:
        # Nobody watches for drift: the watch sleeps by the clock, which a test may wake at once.
        settings = Settings(city="synthetic", data_dir=folder, watch_seconds=3600, drift_seconds=0)
        await prepare(settings)
        await readdress(settings, servers, options)
        await _change_upkeep(settings.database_address, dict.fromkeys(SOURCES, upkeep or {}))
        async with opened(settings, clock) as city:
            yield Rehearsal(city, servers, Engine(city_schema._schema, seconds=10.0), clock)


async def readdress(
    settings: Settings,
    servers: SyntheticCity,
    options: Mapping[str, Mapping[str, Any]] | None = None,
) -> None:
    """Have the lines ask these servers, instead of those on the ports of the pack."""

    def other(found: re.Match[str]) -> str:
        return servers.servers[BASES[int(found[1])]].url

    def changed(key: str, line: Any) -> Any:
        text = re.sub(r"http://127\.0\.0\.1:(\d+)", other, json.dumps(line))
        found = json.loads(text)
        return {**found, "options": {**found["options"], **(options or {}).get(key, {})}}

    await _change_lines(settings.database_address, changed)


async def _change_upkeep(database: str, upkeep: Mapping[str, Mapping[str, Any]]) -> None:
    def changed(key: str, line: Any) -> Any:
        return {**line, "upkeep": {**line.get("upkeep", {}), **upkeep.get(key, {})}}

    await _change_lines(database, changed)


async def _change_lines(database: str, changed: Callable[[str, Any], Any]) -> None:
    engine = open_engine(database)
    try:
        async with engine.begin() as connection:
            rows = list(await connection.execute(select(sources.c.key, sources.c.binding)))
            for key, line in rows:
                statement = update(sources).where(sources.c.key == key)
                await connection.execute(statement.values(binding=changed(key, line)))
    finally:
        await engine.dispose()
