"""Databases for the promises: an empty one per test, and one per module for properties."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any

import pytest
from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncEngine

from connectors.kinds.sql import Database, open_engine
from connectors.store.base import metadata


@pytest.fixture(scope="module")
def tables() -> Sequence[Table]:
    """The tables that a module needs; a module that needs few says so, which saves time."""
    return metadata.sorted_tables


@pytest.fixture
async def engine(database_url: str, tables: Sequence[Table]) -> AsyncIterator[AsyncEngine]:
    """An empty database of this test's own, once SQLite and once PostgreSQL."""
    made = open_engine(database_url)
    await _create(made, tables)
    yield made
    await made.dispose()


@pytest.fixture(scope="module")
def run() -> Iterator[Callable[[Any], Any]]:
    """One event loop for all examples, so that connections stay open between them."""
    with asyncio.Runner() as runner:
        yield runner.run


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    run: Callable[[Any], Any],
    tables: Sequence[Table],
) -> Iterator[Database]:
    """One database for all examples of a module; each example puts its own records into it."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('promises')}/city.db"
    else:
        url = request.getfixturevalue("postgres_database")()
    engine = open_engine(url)
    run(_create(engine, tables))
    yield Database(engine)
    run(engine.dispose())


async def _create(engine: AsyncEngine, tables: Sequence[Table]) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all, tables)
