"""Putting records into tables, in the place of all that are there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table, delete, insert
from sqlalchemy.ext.asyncio import AsyncEngine


async def keep(engine: AsyncEngine, rows: Mapping[Table, Sequence[Mapping[str, Any]]]) -> None:
    """These rows and no others, in each of these tables."""
    async with engine.begin() as connection:
        for table, values in rows.items():
            await connection.execute(delete(table))
            if values:
                await connection.execute(insert(table), values)
