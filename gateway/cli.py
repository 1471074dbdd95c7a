"""Commands of `python -m gateway`: serve, city, gtfs, sources, schema, explain, synthetic-city.

Those of `connectors`, `keys` and `token` are in `gateway/commands/`.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import os
import socket
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.applications import Starlette

from catalog import bindings, database
from catalog.pack import Pack
from connectors.kinds.sql import open_engine
from gateway import VERSION, memory
from gateway.bulletin import announce
from gateway.commands import connectors, keys, tokens
from gateway.lifespan import choices
from gateway.settings import Mode, Settings, SettingsError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 when it worked, 1 when it could not, 2 when it was called wrongly."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    try:
        settings = Settings.of(os.environ)
        if asked.command == "serve":
            return _serve(settings)
        if asked.command == "schema":
            return _schema()
        if asked.command == "token":
            return tokens.run(settings, asked)
        if asked.command == "explain":
            return _explain(asked.query)
        if asked.command == "synthetic-city":
            from gateway.synthetic.command import run

            return run(asked.port, asked.seed, asked.fault, with_parent=asked.with_parent)
        if asked.command == "connectors":
            from gateway.commands.actions import run as run_connectors

            return asyncio.run(run_connectors(settings, asked))
        return asyncio.run(_with_database(settings, asked))
    except KeyboardInterrupt:
        return 130
    except (SettingsError, LookupError, ValueError) as error:
        print(f"gateway: {error}", file=sys.stderr)
    except (SQLAlchemyError, OSError) as error:
        # The message of a driver may hold an address with a password: its name must do.
        print(
            f"gateway: the database or a file cannot be reached ({type(error).__name__}): "
            "check DATABASE_URL and DATA_DIR",
            file=sys.stderr,
        )
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m gateway", description="Tangerang LIVE Gateway")
    parser.add_argument("--version", action="version", version=VERSION)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="answer on HOST and PORT")
    commands.add_parser("schema", help="print the graph as SDL")
    explain = commands.add_parser("explain", help="print what a question is compiled to")
    explain.add_argument(
        "query", help="the question, e.g. '{ departments { edges { node { name } } } }'"
    )
    city = commands.add_parser("city", help="the data pack").add_subparsers(
        dest="action", required=True
    )
    city.add_parser("load", help="load a city's data pack").add_argument("name")
    gtfs = commands.add_parser("gtfs", help="timetables").add_subparsers(
        dest="action", required=True
    )
    feed = gtfs.add_parser("load", help="load a GTFS folder or zip as a source")
    feed.add_argument("path", type=Path)
    feed.add_argument("--key", required=True, help="key of the source, e.g. trans-tangerang")
    sources = commands.add_parser("sources", help="the city's sources").add_subparsers(
        dest="action", required=True
    )
    sources.add_parser("list", help="all sources and their switches")
    for action in ("on", "off"):
        sources.add_parser(action, help=f"switch a source {action}").add_argument("key")
    connectors.add(commands)
    keys.add(commands)
    tokens.add(commands)
    synthetic = commands.add_parser(
        "synthetic-city", help="made-up servers of every standard on this machine, with faults"
    )
    synthetic.add_argument("--port", type=int, default=8100, help="of the dial; sources follow it")
    synthetic.add_argument("--seed", type=int, default=3671, help="another city of the same kind")
    synthetic.add_argument(
        "--fault", action="append", default=[], metavar="SOURCE=FAULT", help="e.g. wisata=hang"
    )
    synthetic.add_argument("--with-parent", action="store_true", help=argparse.SUPPRESS)
    return parser


# ------------------------------------------------------------------------------- serve


def _serve(settings: Settings) -> int:
    if not Pack.of(settings.city).city.get("synthetic"):
        return _answer(settings)
    from gateway.synthetic.command import beside

    with beside() as dial:
        print(f"Made-up sources; their faults are set at {dial} (docs/synthetic.md)")
        return _answer(settings)


def _answer(settings: Settings) -> int:
    memory.bounded()
    import uvicorn

    from gateway.lifespan import prepare

    asyncio.run(prepare(settings))
    listener = _listener(settings)
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    print(asyncio.run(_greeting(settings, f"http://{shown}:{port}/graphql")), flush=True)
    config = uvicorn.Config(
        "gateway.cli:served",
        factory=True,
        http="gateway.transport.wire:Wire",
        log_level="warning",
        access_log=False,
        lifespan="on",
        server_header=False,
        workers=settings.workers,
        timeout_graceful_shutdown=10,
    )
    if settings.workers > 1:
        from uvicorn.supervisors import Multiprocess

        Multiprocess(config, sockets=[listener]).run()
        return 0
    server = uvicorn.Server(config)
    server.run(sockets=[listener])
    return 0 if server.started else 1


def served() -> Starlette:
    """The application as a server process makes it, see `gateway.app.create_app`.

    The hundred thousand objects of a start are there to stay. They are not looked
    through for garbage: not while they are made, and not afterwards either.
    """
    memory.bounded()
    gc.disable()
    from gateway.app import create_app

    made = create_app()
    gc.freeze()
    gc.enable()
    return made


def _listener(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        message = (
            f"cannot listen on {settings.host}:{settings.port} ({error.strerror}): "
            "set HOST and PORT to a free address, e.g. PORT=8001"
        )
        raise ValueError(message) from error
    # From now on callers wait for the first answer instead of being turned away.
    listener.listen(512)
    listener.set_inheritable(True)
    return listener


async def _greeting(settings: Settings, address: str) -> str:
    from gateway.pages.examples import SHORT_QUERY

    engine = open_engine(settings.database_address)
    try:
        lines = await _sources_table(engine)
    finally:
        await engine.dispose()
    if settings.mode is Mode.DEVELOPMENT:
        lines = f"{lines}\n\n{tokens.greeting(settings, datetime.now(UTC))}"
    return (
        f"Tangerang LIVE Gateway {VERSION}, city {settings.city}, mode {settings.mode.value}\n"
        f"{lines}\n\n"
        f"GraphQL and GraphiQL: {address}\n"
        f"Try: curl {address} -H 'Content-Type: application/json' "
        f'-d \'{{"query": "{SHORT_QUERY}"}}\'\n'
    )


# ------------------------------------------------------------------------------- others


def _schema() -> int:
    from schema.city import city_schema, printed

    sys.stdout.write(printed(city_schema))
    return 0


def _explain(query: str) -> int:
    from graphql import GraphQLError

    from gateway.execution.compiled.explain import explained
    from schema.city import city_schema

    try:
        print(explained(city_schema._schema, query))  # noqa: SLF001 - the graphql-core schema inside
    except GraphQLError as error:
        raise ValueError(error.message) from error
    return 0


async def _with_database(settings: Settings, asked: argparse.Namespace) -> int:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    engine = open_engine(settings.database_address)
    try:
        await database.migrate(engine)
        if asked.command == "keys":
            return await keys.run(engine, asked, now=datetime.now(UTC))
        if asked.command == "city":
            print(await _load_city(engine, settings, asked.name))
        elif asked.command == "gtfs":
            from catalog.gtfs import load_gtfs, summary

            report = await load_gtfs(engine, asked.path, asked.key, now=datetime.now(UTC))
            print("\n".join(summary(report)))
            await announce(settings.redis_url)
        elif asked.action == "list":
            print(await _sources_table(engine))
        else:
            on = asked.action == "on"
            async with engine.begin() as connection:
                await bindings.switch(connection, asked.key, on=on)
            await announce(settings.redis_url)
            print(f"{asked.key} is {asked.action}; running gateways follow within seconds")
    finally:
        await engine.dispose()
    return 0


async def _load_city(engine: AsyncEngine, settings: Settings, name: str) -> str:
    from catalog.loading import load_city

    load = await load_city(engine, Pack.of(name), now=datetime.now(UTC), **choices(settings))
    await announce(settings.redis_url)
    rows = [f"{count:>7}  {table}" for table, count in sorted(load.counts.items())]
    kept = sum(1 for row in load.rejected if row["kept"])
    refused = len(load.rejected) - kept
    rows.append(f"{refused} rows refused, {kept} kept without one value (table rejected_rows)")
    rows += [
        f"  {row['file']}:{row['row']} {row['field'] or ''}: {row['reason']}"
        for row in load.rejected[:20]
    ]
    return "\n".join(rows)


async def _sources_table(engine: AsyncEngine) -> str:
    async with engine.connect() as connection:
        lines = await bindings.stored(connection)
    width = max((len(line.key) for line, _ in lines), default=3)
    return "\n".join(
        f"  {line.key:<{width}}  {_word(line.system, on=on):<8}  {line.name.pick('id')}"
        for line, on in lines
    )


def _word(system: str | None, *, on: bool) -> str:
    if not on:
        return "off"
    return "on" if system else "pending"
