"""The counter that tells workers whether anything changed."""

from __future__ import annotations

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.registrations.tables import graph_generation as table

_ROW = 1


async def generation(connection: AsyncConnection) -> int:
    """Grows with every change of the registry; 0 while there was none. Costs one small look-up."""
    return await connection.scalar(select(table.c.number).where(table.c.id == _ROW)) or 0


async def grow(connection: AsyncConnection) -> int:
    """The next generation, which holds from the end of this transaction on."""
    grown = await connection.execute(
        update(table).where(table.c.id == _ROW).values(number=table.c.number + 1)
    )
    if not grown.rowcount:
        await connection.execute(insert(table).values(id=_ROW, number=1))
    return await generation(connection)
