"""Whose turn it is to look at a connector's system: one worker each time, whoever asks first."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Column, String, Table, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from catalog.registrations.tables import registrations
from connectors.store.base import Instant, metadata

connector_looks = Table(
    "connector_looks",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("at", Instant, nullable=False),
)
"""When each connector was looked at last. A turn that was taken and not used, because its worker was
ended, is simply the next one's."""


async def due(engine: AsyncEngine, *, now: datetime, every: timedelta) -> list[str]:
    """Keys of connectors that serve and were not looked at for so long, by key."""
    seen = connector_looks
    statement = (
        select(registrations.c.key)
        .outerjoin(seen, seen.c.key == registrations.c.key)
        .where(
            registrations.c.active.is_not(None),
            registrations.c.switch == "ENABLED",
            seen.c.at.is_(None) | (seen.c.at <= now - every),
        )
        .order_by(registrations.c.key)
    )
    async with engine.connect() as connection:
        return list(await connection.scalars(statement))


async def take_turn(engine: AsyncEngine, key: str, *, now: datetime, every: timedelta) -> bool:
    """Whether it is this process that looks now; of several that ask, one is told so."""
    try:
        async with engine.begin() as connection:
            changed = await connection.execute(
                update(connector_looks)
                .where(connector_looks.c.key == key, connector_looks.c.at <= now - every)
                .values(at=now)
            )
            if changed.rowcount:
                return True
            known = await connection.scalar(
                select(connector_looks.c.key).where(connector_looks.c.key == key)
            )
            if known is not None:
                return False
            await connection.execute(insert(connector_looks).values(key=key, at=now))
    except IntegrityError:
        return False  # another process was faster with the first look
    return True
