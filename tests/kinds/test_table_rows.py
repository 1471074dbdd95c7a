"""Tables of other people's databases, read and never written."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from connectors import errors
from connectors.kinds.sql import open_engine
from connectors.kinds.tables import TableRows, open_read_only


@pytest.fixture
async def read_only(database_url: str) -> AsyncIterator[AsyncEngine]:
    """A database of somebody else with one table and one view, opened for reading."""
    theirs = open_engine(database_url)
    async with theirs.begin() as connection:
        for statement in (
            "CREATE TABLE pasar (kode VARCHAR(9) PRIMARY KEY, nama TEXT, harga NUMERIC(12, 2))",
            "INSERT INTO pasar VALUES ('a', 'Pasar Anyar', 14000.5), ('b', NULL, NULL)",
            "CREATE VIEW nama_pasar AS SELECT nama FROM pasar WHERE nama IS NOT NULL",
        ):
            await connection.execute(text(statement))
    await theirs.dispose()
    engine = open_read_only(database_url)
    yield engine
    await engine.dispose()


async def test_the_columns_are_looked_up_and_the_rows_come(read_only: AsyncEngine) -> None:
    rows = await TableRows(read_only, "pasar").rows()
    assert sorted(rows, key=lambda row: row["kode"]) == [
        {"kode": "a", "nama": "Pasar Anyar", "harga": Decimal("14000.50")},
        {"kode": "b", "nama": None, "harga": None},
    ]
    assert await TableRows(read_only, "nama_pasar").rows() == [{"nama": "Pasar Anyar"}]


async def test_a_new_column_is_seen(read_only: AsyncEngine, database_url: str) -> None:
    source = TableRows(read_only, "nama_pasar")
    await source.rows()
    theirs = open_engine(database_url)
    async with theirs.begin() as connection:
        await connection.execute(text("DROP VIEW nama_pasar"))
        await connection.execute(text("CREATE VIEW nama_pasar AS SELECT 1 AS satu"))
    await theirs.dispose()
    assert await source.rows() == [{"satu": 1}]


async def test_nothing_can_be_written(read_only: AsyncEngine) -> None:
    with pytest.raises(DBAPIError, match=r"(?i)read.?only"):
        async with read_only.begin() as connection:
            await connection.execute(text("DELETE FROM pasar"))
    assert len(await TableRows(read_only, "pasar").rows()) == 2


async def test_a_missing_table_and_too_many_rows_are_told(read_only: AsyncEngine) -> None:
    with pytest.raises(errors.Rejected, match="no table 'tidak_ada'"):
        await TableRows(read_only, "tidak_ada").rows()
    with pytest.raises(errors.Unreadable, match="pasar has more than 1 rows"):
        await TableRows(read_only, "pasar", most_rows=1).rows()
    with pytest.raises(errors.TimedOut):
        await TableRows(read_only, "pasar", time_limit=0).rows()


async def test_a_database_that_is_not_there_is_unreachable_and_not_made(tmp_path: Path) -> None:
    source = TableRows(open_read_only(f"sqlite:///{tmp_path}/theirs.db"), "pasar")
    with pytest.raises(errors.Unreachable):
        await source.rows()
    await source.aclose()
    assert is_empty(tmp_path)
    nobody = TableRows(open_read_only("postgresql://a:b@127.0.0.1:1/c"), "pasar")
    with pytest.raises(errors.Unreachable):
        await nobody.rows()
    await nobody.aclose()


def is_empty(folder: Path) -> bool:
    return not list(folder.iterdir())


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="not a database address"):
        open_read_only("not an address")
    with pytest.raises(ValueError, match="needs a file"):
        open_read_only("sqlite://")
