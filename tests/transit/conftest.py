"""What the tests of timetables share: one database of each kind per file, loaded over and over."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from connectors.kinds.sql import Database
from tests.feeds import opened_store


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "postgresql"])
async def database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Database]:
    """A database with all tables, once an SQLite file and once a PostgreSQL."""
    if request.param == "sqlite":
        folder: Path = tmp_path_factory.mktemp("feeds")
        url = f"sqlite:///{folder}/feeds.db"
    else:
        create: Callable[[], str] = request.getfixturevalue("postgres_database")
        url = create()
    async with opened_store(url) as opened:
        yield opened
