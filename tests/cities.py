"""A whole city for tests: the real data pack in a database of their own, asked without sockets."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from graphql import ExecutionResult, execute, parse, validate
from sqlalchemy.ext.asyncio import AsyncEngine

from catalog import bindings
from catalog.loaded import is_loaded, mark
from catalog.loading import Load, load_city
from catalog.pack import Pack
from connectors import registry
from connectors.base import Tools
from connectors.kinds.sql import Database, open_engine
from connectors.ports.common import GeoPoint
from connectors.store.base import metadata
from connectors.switchboard import Source, Switchboard
from gateway.execution.compiled import FairCompiled, Programs
from resolvers.context import Context
from schema.city import city_schema

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""08:00 in Tangerang on a Monday."""


class Counting:
    """Stands before a connector and notes which of its methods are asked for, in their order."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.inner, name)
        if callable(found):
            self.calls.append(name)
        return found


@dataclass
class City:
    """An opened city. `ask` runs a query and returns graphql-core's result."""

    database: Database
    board: Switchboard
    load: Load | None = None
    now: datetime = NOW

    def context(self, **changes: Any) -> Context:
        """A fresh context, as the front door makes one per request."""
        return Context(
            switchboard=self.board,
            now=lambda: self.now,
            base_url="http://city.test",
            centre=GeoPoint(-6.17028, 106.64028),
            **changes,
        )

    async def ask(
        self, query: str, variables: dict[str, Any] | None = None, *, context: Context | None = None
    ) -> ExecutionResult:
        """The result of one operation, compiled as the engine does it."""
        graph = city_schema._schema
        document = parse(query)
        errors = validate(graph, document)
        if errors:
            return ExecutionResult(None, errors)
        result = execute(
            graph,
            document,
            context_value=context or self.context(),
            variable_values=variables,
            executor_class=FairCompiled,
            programs=Programs(document),
        )
        return result if isinstance(result, ExecutionResult) else await result

    async def data(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of one operation that must not have errors."""
        result = await self.ask(query, variables)
        assert result.errors is None, result.errors
        assert result.data is not None
        return result.data

    async def refused(
        self,
        query: str,
        code: str = "BAD_INPUT",
        *,
        context: Context | None = None,
        **variables: Any,
    ) -> str:
        """The message of the only error of an operation, which must have this code."""
        told, _, message = (await self.refusal(query, context=context, **variables)).partition(": ")
        assert told == code, f"{told}: {message}"
        return message

    async def refusal(self, query: str, *, context: Context | None = None, **variables: Any) -> str:
        """Code and message of the only error of an operation: `BAD_INPUT: ...`."""
        result = await self.ask(query, variables, context=context)
        assert result.errors is not None, result.data
        (error,) = result.errors
        original: Any = error.original_error
        assert original is not None, error
        return f"{original.code.value}: {original.message}"

    def source(self, key: str) -> Source[Any]:
        """The source with this key."""
        found = self.board.get(key)
        assert found is not None, f"the city has no source {key}"
        return found

    @contextmanager
    def without(self, *keys: str) -> Iterator[None]:
        """Meanwhile these sources are switched off."""
        sources = [self.source(key) for key in keys]
        for source in sources:
            source.enabled = False
        try:
            yield
        finally:
            for source in sources:
                source.enabled = True

    @contextmanager
    def counting(self, key: str) -> Iterator[Counting]:
        """Meanwhile it is noted what this source is asked."""
        source = self.source(key)
        counting = source.connector = Counting(source.connector)
        try:
            yield counting
        finally:
            source.connector = counting.inner


_LOADED: dict[tuple[str, bool, bool], tuple[Path, Load]] = {}
"""Databases that were loaded in this run, by city and choices; loading again takes seconds."""


def _is_new(file: Path) -> bool:
    return not file.exists()


async def _copied(file: Path, name: str, choices: dict[str, bool]) -> Load:
    """Put a loaded city in `file`: the first time by loading one, later by copying that."""
    key = (name, choices["samples"], choices["unlicensed_coordinates"])
    if key not in _LOADED:
        folder = Path(tempfile.mkdtemp(prefix="city-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        engine = open_engine(f"sqlite:///{folder}/city.db")
        try:
            load = await _loaded(engine, Pack.of(name), choices)
        finally:
            await engine.dispose()
        assert load is not None
        _LOADED[key] = (folder / "city.db", load)
    template, load = _LOADED[key]
    shutil.copyfile(template, file)
    return load


async def _loaded(engine: AsyncEngine, pack: Pack, choices: dict[str, bool]) -> Load | None:
    """Load a city unless it is there already, and then None."""
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    fingerprint = mark(
        pack, samples=choices["samples"], unlicensed=choices["unlicensed_coordinates"]
    )
    async with engine.connect() as connection:
        if await is_loaded(connection, pack, fingerprint):
            return None
    return await load_city(engine, pack, now=NOW, **choices)


@asynccontextmanager
async def opened_city(
    url: str,
    *,
    name: str = "kota_tangerang",
    folder: Path = Path(),
    samples: bool = True,
    unlicensed_coordinates: bool = True,
) -> AsyncIterator[City]:
    """The city of a data pack, loaded into the empty database at `url`."""
    choices = {"samples": samples, "unlicensed_coordinates": unlicensed_coordinates}
    file = Path(url.removeprefix("sqlite:///"))
    copied = None
    if url.startswith("sqlite:///") and _is_new(file):
        copied = await _copied(file, name, choices)
    engine = open_engine(url)
    try:
        pack = Pack.of(name)
        # A module's tests may share one loaded database; each opens its own sources over it.
        load = copied or await _loaded(engine, pack, choices)
        async with engine.connect() as connection:
            lines = await bindings.stored(connection)
        database = Database(engine)
        tools = Tools(
            database=database,
            city_folder=pack.folder,
            data_folder=folder,
            now=lambda: NOW,
            samples_shown=samples,
        )
        sources: list[Source[Any]] = [
            Source(line, await registry.open_source(line, tools)) for line, _ in lines
        ]
        board = Switchboard(sources, registry.PORTS)
        yield City(database, board, load)
        await board.aclose()
    finally:
        await engine.dispose()
