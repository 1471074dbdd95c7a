"""Any database SQLAlchemy reaches: one engine, statements in, rows out, foreign errors translated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Executable, Row, event, exc
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from connectors import errors

TRANSLATIONS: tuple[tuple[type[Exception], type[errors.ConnectorError]], ...] = (
    (exc.TimeoutError, errors.Overloaded),  # no connection of the pool became free
    (exc.DisconnectionError, errors.Unreachable),
    (exc.OperationalError, errors.Unreachable),
    (exc.InterfaceError, errors.Unreachable),
    (exc.DataError, errors.Rejected),
    (exc.SQLAlchemyError, errors.Broken),
    (OSError, errors.Unreachable),
)
"""Foreign exception to ours, most specific first; a test asserts that it is complete."""

ASYNC_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+asyncpg",
    "postgres": "postgresql+asyncpg",
}


def async_url(address: str) -> URL:
    """The address with our driver where it names none. Raises ValueError if it is not an address."""
    try:
        url = make_url(address)
    except exc.ArgumentError as error:
        message = "not a database address of the form dialect://user:password@host/name"
        raise ValueError(message) from error
    return url.set(drivername=ASYNC_DRIVERS.get(url.drivername, url.drivername))


def open_engine(address: str, *, pool_size: int = 5) -> AsyncEngine:
    """An engine for a database address; SQLite files are opened for many readers, one writer."""
    url = async_url(address)
    engine = create_async_engine(url, pool_size=pool_size, pool_pre_ping=url.host is not None)
    if url.get_backend_name() == "sqlite":
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    # Readers do not wait for the writer, and a second process waits instead of failing.
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA busy_timeout=10000")
    # LIKE on area codes and ids must be exact, and then it can use an index.
    cursor.execute("PRAGMA case_sensitive_like=ON")
    cursor.close()


class Database:
    """The read side of one database. Every failure leaves as a ConnectorError."""

    def __init__(self, engine: AsyncEngine, *, source: str = "") -> None:
        self.engine = engine
        self.dialect = engine.dialect.name
        """`sqlite` or `postgresql`."""
        self._source = source

    async def rows(
        self, statement: Executable, parameters: Mapping[str, Any] | None = None
    ) -> Sequence[Row[Any]]:
        """All rows of a statement."""
        try:
            async with self.engine.connect() as connection:
                return (await connection.execute(statement, parameters or {})).all()
        except (exc.SQLAlchemyError, OSError) as error:
            raise translate(error, source=self._source) from error

    async def value(self, statement: Executable) -> Any:
        """The first column of the first row, None when there is no row."""
        found = await self.rows(statement)
        return found[0][0] if found else None


def translate(error: Exception, *, source: str = "") -> errors.ConnectorError:
    """Our error for a database's."""
    for foreign, ours in TRANSLATIONS:
        if isinstance(error, foreign):
            return ours(f"database: {type(error).__name__}", source=source)
    return errors.Broken(f"database: {type(error).__name__}", source=source)
