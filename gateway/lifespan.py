"""Opens the city at the start and closes it in reverse at the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from graphql import GraphQLSchema
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from catalog import database
from catalog.board import RETIRED_SECONDS, Board
from catalog.pack import Pack
from connectors.base import Tools
from connectors.kinds.sql import Database, open_engine
from connectors.kinds.web import open_web
from connectors.upkeep.clock import Clock, SystemClock
from connectors.upkeep.keep import Keep
from connectors.upkeep.keep_file import FileKeep
from connectors.upkeep.secrets import FolderSecrets
from connectors.upkeep.shared import NoWire, Wire
from connectors.upkeep.upkeep import Services
from gateway import VERSION
from gateway.bulletin import Bulletin, announce
from gateway.entries import elsewhere
from gateway.execution.answers import AnswerCache
from gateway.execution.door import Door
from gateway.execution.engine import Engine
from gateway.graphs import Graphs
from gateway.identity.callers import Identity
from gateway.identity.opening import checked, identity_of
from gateway.registrar import CityRegistrar, News
from gateway.settings import Settings, UnlicensedCoordinates
from gateway.states import States
from gateway.watching.looking import Watcher
from gateway.watching.outbox import Outbox
from gateway.watching.rounds import Rounds
from schema.city import build


@dataclass(frozen=True, slots=True)
class City:
    """Everything that is opened once for all requests."""

    settings: Settings
    pack: Pack
    engine: AsyncEngine
    board: Board
    bulletin: Bulletin
    zone: ZoneInfo
    graphs: Graphs
    identity: Identity
    registrar: CityRegistrar

    async def checks(self) -> dict[str, bool]:
        """What the gateway needs to answer: its catalogue. Sources may fail; it still answers."""
        try:
            async with self.engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except (SQLAlchemyError, OSError):
            return {"catalogue": False}
        return {"catalogue": True}

    async def ready(self) -> bool:
        """Whether all checks pass."""
        return all((await self.checks()).values())


def choices(settings: Settings) -> dict[str, bool]:
    """What the settings say about loading a city."""
    keep = settings.unlicensed_coordinates is UnlicensedCoordinates.KEEP
    return {"samples": settings.samples, "unlicensed_coordinates": keep}


async def prepare(settings: Settings) -> None:
    """Make the tables and load the city, where that is not done yet.

    Raises ValueError in production for a city that is made up, and for a file of identity
    providers that cannot be read.
    """
    checked(settings)
    pack = Pack.of(settings.city)
    if pack.city.get("synthetic") and not settings.samples:
        message = f"the city {settings.city} is made of samples: it is for MODE=development"
        raise ValueError(message)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    engine = open_engine(settings.database_address)
    try:
        await database.migrate(engine)
        await database.fill(engine, pack, **choices(settings))
    finally:
        await engine.dispose()


@asynccontextmanager
async def opened(
    settings: Settings,
    clock: Clock | None = None,
    graphs: Graphs | None = None,
    answers: AnswerCache | None = None,
) -> AsyncIterator[City]:
    """The city, open. Its sources go by `clock`, that of the machine unless it is given.

    `graphs` follow the connectors of its app teams from now on; `answers` are forgotten when
    what they rest on changes.
    """
    clock = clock or SystemClock()
    await prepare(settings)
    pack = Pack.of(settings.city)
    engine = open_engine(settings.database_address)
    zone = ZoneInfo(pack.city["zone"])
    services = serving(settings, pack, zone, clock)
    tools = Tools(
        database=Database(engine),
        city_folder=pack.folder,
        data_folder=settings.data_dir,
        now=clock.now,
        samples_shown=settings.samples,
        plugins=settings.plugins,
        services=services,
    )
    # A request that runs may ask what has left the board as long as it may take.
    board = Board(engine, tools, retired_seconds=RETIRED_SECONDS + settings.request_seconds)
    graphs = graphs or graphs_of(settings, zone)
    if answers is not None:
        graphs.swapped = board.changed = answers.forget
        board.troubled = answers.purge
        if settings.redis_url:
            # A gateway without Redis need not carry its client.
            from gateway.execution.answers.shared import SharedAnswers

            states = States(settings, board, graphs)
            answers.shared = SharedAnswers(settings.redis_url, states)
            answers.forgetting = states.changed

    turn = asyncio.Lock()

    async def refresh() -> None:
        async with (
            turn
        ):  # who changed something looks at once, beside those that look every so often
            await board.refresh()
            await graphs.follow(board.switchboard)

    bulletin = Bulletin(refresh, every=settings.watch_seconds, redis_url=settings.redis_url)
    services.wire.listen(board.heard)
    # Closed in reverse, each whatever becomes of the others.
    async with AsyncExitStack() as closing:
        closing.push_async_callback(engine.dispose)
        closing.push_async_callback(services.keep.aclose)
        closing.push_async_callback(services.web.aclose)
        closing.push_async_callback(board.aclose)
        closing.push_async_callback(services.wire.aclose)
        closing.push_async_callback(bulletin.stop)
        if answers is not None and answers.shared is not None:
            closing.push_async_callback(answers.shared.aclose)
        await refresh()
        await services.wire.start()
        bulletin.start()
        identity = identity_of(settings, engine, services, closing)

        async def tell() -> bool:
            return await announce(settings.redis_url)

        outbox = Outbox(services.web, settings.letters_folder, private_hosts=services.private_hosts)
        watcher = Watcher(engine, tools, outbox, zone, changed=tell)
        rounds = Rounds(watcher, clock, every=settings.drift_seconds)
        closing.push_async_callback(rounds.stop)
        rounds.start()
        registrar = CityRegistrar(
            engine,
            tools,
            graphs.core,
            zone,
            news=News(refresh, tell, lambda key: board.switchboard.get(key)),  # noqa: PLW0108 - the switchboard of then
            look=watcher.look,
            elsewhere=lambda slug: elsewhere(board.switchboard, slug),
            approval=settings.approval,
        )
        yield City(settings, pack, engine, board, bulletin, zone, graphs, identity, registrar)


def graphs_of(settings: Settings, zone: ZoneInfo) -> Graphs:
    """The graphs of a gateway: the city's own, and those with its app teams'.

    All answer behind one door: so many operations work at a time, on whichever graph.
    """
    door = Door()

    def engine(graph: GraphQLSchema) -> Engine:
        return Engine(graph, seconds=settings.request_seconds, door=door)

    return Graphs(build(zone)._schema, engine)  # noqa: SLF001 - the graphql-core schema inside


def serving(settings: Settings, pack: Pack, zone: ZoneInfo, clock: Clock) -> Services:
    """What the upkeep of all sources shares: the web, last good answers, news between workers."""
    keep: Keep = FileKeep(
        settings.data_dir / f"{settings.city}-answers.db", max_bytes=settings.keep_bytes
    )
    wire: Wire = NoWire()
    if settings.redis_url:
        # A gateway without Redis need not carry its client.
        from connectors.upkeep.keep_redis import RedisKeep
        from connectors.upkeep.shared import RedisWire

        keep = RedisKeep(settings.redis_url, keep)
        wire = RedisWire(settings.redis_url)
    allowed = frozenset(pack.city.get("private_hosts", ()))
    return Services(
        web=open_web(agent=f"tangerang-live-gateway/{VERSION}"),
        zone=zone,
        keep=keep,
        wire=wire,
        clock=clock,
        secrets=FolderSecrets(settings.secrets_folder),
        private_hosts=settings.private_hosts | allowed,
    )
