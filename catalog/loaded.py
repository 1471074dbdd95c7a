"""What city the database holds, and the lock under which that changes; loading itself is apart.

A start only asks these questions, so it need not import how each file of a pack is read.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from catalog import tables
from catalog.pack import Pack
from connectors.store.base import metadata

_LOCK = 3671_0001
"""Number of the PostgreSQL advisory lock under which tables are made and cities loaded."""


@asynccontextmanager
async def alone(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction that waits until no other gateway makes tables or loads a city."""
    async with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        else:
            # Python's SQLite begins a transaction at the first change only, and for DDL never.
            await connection.execute(text("BEGIN IMMEDIATE"))
        yield connection


async def weigh(connection: AsyncConnection) -> None:
    """Let the database see how many rows its tables have, and how alike they are.

    Without that it takes "the rows of this source" for a few, and walks through all of them where
    an index would lead to one. PostgreSQL would find out by itself, later; SQLite never.
    """
    if connection.dialect.name == "sqlite":
        await connection.execute(text("PRAGMA analysis_limit=1000"))
    quote = connection.dialect.identifier_preparer.format_table
    for table in metadata.sorted_tables:
        await connection.execute(text(f"ANALYZE {quote(table)}"))


def mark(pack: Pack, *, samples: bool, unlicensed: bool) -> str:
    """What a load of this pack with these choices is known by."""
    return f"{pack.fingerprint}-{'s' if samples else ''}{'u' if unlicensed else ''}"


async def is_loaded(connection: AsyncConnection, pack: Pack, fingerprint: str) -> bool:
    """Whether exactly this pack is in the database."""
    found = await connection.scalar(
        select(tables.loads.c.fingerprint).where(tables.loads.c.city == pack.folder.name)
    )
    return found == fingerprint


async def state(connection: AsyncConnection) -> frozenset[tuple[str, str, object]]:
    """What the loaded records are known by: another one after every load."""
    found = tables.loads.c
    rows = await connection.execute(select(found.city, found.fingerprint, found.loaded_at))
    return frozenset((row.city, row.fingerprint, row.loaded_at) for row in rows)


RECORDS = (
    "areas", "departments", "complaints", "apps", "city_facts", "places", "emergency_contacts",
    "commodities", "prices", "markets", "events", "tours", "guides", "jobs", "transit_stops",
    "transit_lines", "transit_trips",
)  # fmt: skip
"""Tables whose rows are records a caller can see; the others hang on these."""


async def holdings(connection: AsyncConnection) -> dict[str, tuple[int, int]]:
    """Records loaded from the pack, and rows of it that were refused, by key of the source."""
    totals: dict[str, int] = {}
    for counts in await connection.scalars(select(tables.loads.c.counts)):
        for name, count in counts.items():
            table, _, key = name.partition("/")
            if table in RECORDS:
                totals[key] = totals.get(key, 0) + count
    refused = tables.rejected_rows.c
    rows = await connection.execute(
        select(refused.source, func.count().label("number"))
        .where(refused.kept.is_(False))
        .group_by(refused.source)
    )
    rejected = {row.source: row.number for row in rows}
    return {key: (total, rejected.get(key, 0)) for key, total in totals.items()}
