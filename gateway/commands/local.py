"""The registry on this machine, for whoever may run commands here."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncEngine

from catalog.board import Board
from catalog.pack import Pack
from connectors.base import Tools
from connectors.kinds.sql import Database, open_engine
from connectors.kinds.web import open_web
from connectors.upkeep.clock import SystemClock
from connectors.upkeep.secrets import FolderSecrets
from connectors.upkeep.upkeep import Services
from gateway import VERSION
from gateway.bulletin import announce
from gateway.entries import elsewhere
from gateway.lifespan import prepare
from gateway.registrar import SILENT, CityRegistrar, News
from gateway.settings import Settings
from gateway.watching.looking import Watcher
from gateway.watching.outbox import Outbox
from resolvers.context import Caller, Role
from schema.city import build

OPERATOR = Caller(frozenset({Role.PUBLIC, Role.ADMIN}), name="operator")
"""Whoever may run commands here may read the database anyway."""


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[tuple[CityRegistrar, Watcher]]:
    """The registrar over the database of the settings, and the watch over what is registered."""
    await prepare(settings)
    pack = Pack.of(settings.city)
    zone = ZoneInfo(pack.city["zone"])
    async with AsyncExitStack() as closing:
        engine = open_engine(settings.database_address)
        closing.push_async_callback(engine.dispose)
        services = services_of(settings, pack, zone)
        closing.push_async_callback(services.web.aclose)
        tools = tools_of(settings, pack, services, engine)

        async def tell() -> bool:
            return await announce(settings.redis_url)

        async def has_entry(slug: str) -> bool:
            board = Board(engine, tools)
            try:
                await board.refresh()
                return await elsewhere(board.switchboard, slug)
            finally:
                await board.aclose()

        news = News(SILENT.refresh, tell, SILENT.source)
        outbox = Outbox(services.web, settings.letters_folder, private_hosts=services.private_hosts)
        watcher = Watcher(engine, tools, outbox, zone, changed=tell)
        yield (
            CityRegistrar(
                engine,
                tools,
                build(zone)._schema,  # noqa: SLF001 - the graphql-core schema inside
                zone,
                news=news,
                look=watcher.look,
                elsewhere=has_entry,
                approval=settings.approval,
            ),
            watcher,
        )


def services_of(settings: Settings, pack: Pack, zone: ZoneInfo) -> Services:
    """What a command needs to call a team's system: nothing is kept, nobody is told."""
    return Services(
        web=open_web(agent=f"tangerang-live-gateway/{VERSION}"),
        zone=zone,
        clock=SystemClock(),
        secrets=FolderSecrets(settings.secrets_folder),
        private_hosts=settings.private_hosts | frozenset(pack.city.get("private_hosts", ())),
    )


@dataclass(frozen=True, slots=True)
class Alone:
    """The tools of a rehearsal that needs no city around it."""

    services: Services


def tools_of(settings: Settings, pack: Pack, services: Services, engine: AsyncEngine) -> Tools:
    """What a command hands to the connectors it opens."""
    return Tools(
        database=Database(engine),
        city_folder=pack.folder,
        data_folder=settings.data_dir,
        now=services.clock.now,
        samples_shown=settings.samples,
        plugins=settings.plugins,
        services=services,
    )
