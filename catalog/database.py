"""The city's database: brought to the newest tables, and filled with the city, when it is not yet."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

from catalog import loaded
from catalog.pack import Pack

if TYPE_CHECKING:
    from catalog.loading import Load

MIGRATIONS = Path(__file__).parent / "migrations"
HEAD = "0004"
"""The newest migration; a test compares it with the folder, so that a start need not look."""


async def migrate(engine: AsyncEngine) -> bool:
    """Bring the tables to the newest form; True when there was something to do."""
    async with engine.connect() as connection:
        if await connection.run_sync(_version) == HEAD:
            return False
    async with loaded.alone(engine) as connection:
        await connection.run_sync(_upgrade)
    return True


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return version


def _upgrade(connection: Connection) -> None:
    # Heavy to import, and needed only when the tables change.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


async def fill(engine: AsyncEngine, pack: Pack, **choices: Any) -> Load | None:
    """Load a city unless exactly this pack, with these choices, is there; the load, if one ran."""
    fingerprint = loaded.mark(
        pack, samples=choices["samples"], unlicensed=choices["unlicensed_coordinates"]
    )
    async with engine.connect() as connection:
        if await loaded.is_loaded(connection, pack, fingerprint):
            return None
    async with loaded.alone(engine) as connection:
        # Another gateway that started at the same time may have done it meanwhile.
        if await loaded.is_loaded(connection, pack, fingerprint):
            return None
        # How packs are read is imported only where one is: most starts find the city loaded.
        from catalog.loading import load_pack

        return await load_pack(connection, pack, now=datetime.now(UTC), **choices)
