"""What is noted of a connector while it serves: rehearsals, drift, its last fetches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.registrations.declined import unknown_key
from catalog.registrations.generation import grow
from catalog.registrations.tables import connector_fetches, registrations
from connectors.ports.connectors import ConnectorFetch

FETCHES_KEPT = 50
"""Of each connector."""
DRIFTS_KEPT = 50
"""Most sentences of one drift."""


async def mark_drift(
    connection: AsyncConnection, key: str, told: Sequence[str], *, now: datetime
) -> bool:
    """Put a mark on a connector whose answers are otherwise than recorded, or take it away.

    `told` says what is otherwise; empty: nothing. Every worker shows it within seconds. True when
    the mark is another one than before, which is when somebody should be written to. Wants a
    connection of `alone`. Raises Declined for a key that is not registered.
    """
    found = (
        await connection.execute(select(registrations.c.drift).where(registrations.c.key == key))
    ).first()
    if found is None:
        raise unknown_key(key)
    said = list(told[:DRIFTS_KEPT])
    if list((found.drift or {}).get("told", ())) == said:
        return False
    drift = {"at": now.isoformat(), "told": said} if said else None
    await connection.execute(
        update(registrations).where(registrations.c.key == key).values(drift=drift)
    )
    await grow(connection)
    return True


async def mark_rehearsal(connection: AsyncConnection, key: str, report: Mapping[str, Any]) -> None:
    """Remember the report of the last rehearsal. Raises Declined for an unknown key."""
    changed = await connection.execute(
        update(registrations).where(registrations.c.key == key).values(rehearsal=dict(report))
    )
    if not changed.rowcount:
        raise unknown_key(key)


async def note_fetches(
    connection: AsyncConnection, key: str, fetches: Sequence[ConnectorFetch]
) -> None:
    """Remember calls to a connector, oldest first; of all only the last `FETCHES_KEPT` stay."""
    table = connector_fetches
    if not fetches:
        return
    await connection.execute(
        insert(table),
        [
            {
                "key": key,
                "at": one.at,
                "success": one.success,
                "http_status": one.http_status,
                "bytes": one.bytes,
                "sha256": one.sha256,
                "ms": one.ms,
                "error": one.error[:64] if one.error else None,
            }
            for one in fetches[-FETCHES_KEPT:]
        ],
    )
    last_forgotten = await connection.scalar(
        select(table.c.id)
        .where(table.c.key == key)
        .order_by(table.c.id.desc())
        .offset(FETCHES_KEPT)
        .limit(1)
    )
    if last_forgotten is not None:
        await connection.execute(
            delete(table).where(table.c.key == key, table.c.id <= last_forgotten)
        )


async def fetches(
    connection: AsyncConnection, key: str, *, first: int = 20
) -> list[ConnectorFetch]:
    """The last calls to a connector, newest first."""
    table = connector_fetches
    rows = await connection.execute(
        select(table).where(table.c.key == key).order_by(table.c.id.desc()).limit(max(first, 0))
    )
    return [
        ConnectorFetch(
            row.at, row.success, row.http_status, row.bytes, row.sha256, row.ms, row.error
        )
        for row in rows
    ]
