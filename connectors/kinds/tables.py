"""Tables of other people's databases: reflected, read only, any that SQLAlchemy reaches."""

from __future__ import annotations

import asyncio
from typing import Any, TypeVar
from urllib.parse import quote

import orjson
from sqlalchemy import Connection, MetaData, Table, exc, select
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from connectors import errors
from connectors.kinds.sql import async_url, translate
from connectors.upkeep.documents import Document
from connectors.upkeep.upkeep import Read, Upkeep

T = TypeVar("T")

MOST_ROWS = 200_000


def open_read_only(address: str) -> AsyncEngine:
    """An engine that cannot write. Raises ValueError when the address is none.

    SQLite opens the file read only and does not make it; PostgreSQL begins read only transactions.
    """
    url = async_url(address)
    if url.get_backend_name() == "sqlite":
        file = f"file:{quote(url.database or '')}"
        return create_async_engine(url.set(database=file, query={"mode": "ro", "uri": "true"}))
    engine = create_async_engine(url, pool_size=1, max_overflow=1, pool_pre_ping=True)
    # Other databases do not know the option and pass over it; a reading user is safest there.
    return engine.execution_options(postgresql_readonly=True)


class TableWay:
    """The rows of one table or view, as a JSON list; columns are looked up in the database."""

    def __init__(
        self, address: str, table: str, upkeep: Upkeep, *, most_rows: int = MOST_ROWS
    ) -> None:
        self._engine = open_read_only(address)
        self._place, _, self._name = table.rpartition(".")
        self._upkeep = upkeep
        self._most_rows = most_rows

    async def read(self, read: Read[T]) -> T:
        """What `read` makes of the rows. Raises ConnectorError."""
        return await self._upkeep.fetch(f"table {self._place}.{self._name}", self._call, read)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._engine.dispose()

    async def _call(self, _last: Document | None) -> Document:
        try:
            async with self._engine.connect() as connection:
                found = await connection.run_sync(self._selected)
        except exc.NoSuchTableError as error:
            raise errors.Rejected(f"the database has no table {self._name!r}") from error
        except (exc.SQLAlchemyError, OSError) as error:
            raise translate(error) from error
        if len(found) > self._most_rows:
            raise errors.Unreadable(f"{self._name} has more than {self._most_rows} rows")
        body = await asyncio.to_thread(orjson.dumps, found, default=str)
        return Document(body, media_type="application/json")

    def _selected(self, connection: Connection) -> list[dict[str, Any]]:
        # Reflected every time: the table is not ours, and its columns may change.
        table = Table(
            self._name, MetaData(), schema=self._place or None, autoload_with=connection,
            resolve_fks=False,
        )  # fmt: skip
        rows = connection.execute(select(table).limit(self._most_rows + 1))
        names = [str(name) for name in rows.keys()]  # noqa: SIM118 - a result is no dict
        return [dict(zip(names, row, strict=True)) for row in rows]
