"""Any database SQLAlchemy reaches: one engine, statements in, rows out, foreign errors translated."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import orjson
from sqlalchemy import Executable, Row, event, exc
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from connectors import errors
from connectors.kinds.turns import in_turns

TRANSLATIONS: tuple[tuple[type[Exception], type[errors.ConnectorError]], ...] = (
    (exc.TimeoutError, errors.Overloaded),  # no connection of the pool became free
    (TimeoutError, errors.TimedOut),
    (exc.DisconnectionError, errors.Unreachable),
    (exc.OperationalError, errors.Unreachable),
    (exc.InterfaceError, errors.Unreachable),
    (exc.DataError, errors.Rejected),
    (exc.SQLAlchemyError, errors.Broken),
    (OSError, errors.Unreachable),
)
"""Foreign exception to ours, most specific first; a test asserts that it is complete."""

SQL_STATES: tuple[tuple[str, type[errors.ConnectorError]], ...] = (
    ("08", errors.Unreachable),
    ("22", errors.Rejected),
    ("28", errors.Refused),
    ("3D", errors.Unreachable),  # no such database
    ("42501", errors.Refused),  # the user may not
    ("53", errors.Overloaded),
    ("57014", errors.TimedOut),
    ("57P", errors.Unreachable),  # it shuts down
)
"""What PostgreSQL says more exactly, by the beginning of its five-letter state."""

SQLITE_CODES: dict[int, type[errors.ConnectorError]] = {
    1: errors.Broken,  # the statement is wrong, or a table is missing
    5: errors.Overloaded,  # busy
    6: errors.Overloaded,  # locked
    9: errors.TimedOut,  # interrupted
    11: errors.Broken,  # the file is damaged
    26: errors.Broken,  # the file is no database
}
"""What SQLite says more exactly, by the low byte of its code."""

PART = 20
"""Rows made of what a database sent, before one looks at the clock."""

ASYNC_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+asyncpg",
    "postgres": "postgresql+asyncpg",
}


def async_url(address: str) -> URL:
    """The address with our driver where it names none. Raises ValueError if it is not an address."""
    try:
        url = make_url(address)
    except (exc.ArgumentError, ValueError):
        # Not `from` the cause: it may quote a part of the password.
        message = "not a database address of the form dialect://user:password@host:port/name"
        raise ValueError(message) from None
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        message = "an SQLite database needs a file: sqlite:///folder/name.db"
        raise ValueError(message)
    return url.set(drivername=ASYNC_DRIVERS.get(url.drivername, url.drivername))


def open_engine(address: str, *, pool_size: int = 5) -> AsyncEngine:
    """An engine for a database address; SQLite files are opened for many readers, one writer.

    Raises ValueError when the text is no address or no driver for it is installed.
    """
    url = async_url(address)
    is_sqlite = url.get_backend_name() == "sqlite"
    try:
        engine = create_async_engine(
            url,
            pool_size=pool_size,
            pool_timeout=5,
            pool_pre_ping=url.host is not None,
            # Every connection keeps its prepared statements, some tens of kilobytes each.
            connect_args={"cached_statements": 32} if is_sqlite else {},
            json_deserializer=orjson.loads,
        )
    except (exc.NoSuchModuleError, exc.InvalidRequestError, ImportError) as error:
        message = (
            f"no asynchronous driver for {url.drivername!r} is installed: "
            "sqlite and postgresql bring theirs"
        )
        raise ValueError(message) from error
    if is_sqlite:
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    # Readers do not wait for the writer, and a second process waits instead of failing.
    cursor.execute("PRAGMA busy_timeout=10000")
    # Two that open a new file at once: the one that comes second is told at once that the file is
    # locked, whatever the time-out. The first one's change stays in the file and holds for both.
    with contextlib.suppress(sqlite3.OperationalError):
        cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    # LIKE on area codes and ids must be exact, and then it can use an index.
    cursor.execute("PRAGMA case_sensitive_like=ON")
    # One MiB for each connection; the system keeps the file's pages once for all of them.
    cursor.execute("PRAGMA cache_size=-1024")
    cursor.close()


class Database:
    """The read side of one database. Every failure leaves as a ConnectorError."""

    def __init__(self, engine: AsyncEngine, *, source: str = "", seconds: float = 15.0) -> None:
        self.engine = engine
        self.seconds = seconds
        """Time limit of one statement, the wait for a connection included."""
        self.dialect = engine.dialect.name
        """`sqlite` or `postgresql`."""
        self._source = source

    async def rows(
        self, statement: Executable, parameters: Mapping[str, Any] | None = None
    ) -> Sequence[Row[Any]]:
        """All rows of a statement."""
        try:
            async with asyncio.timeout(self.seconds), self.engine.connect() as connection:
                result = await connection.execute(statement, parameters or {})
                # What the database sent becomes values here, on the event loop.
                parts = await in_turns(result.partitions(PART), list)
                return list(chain.from_iterable(parts))
        except (exc.SQLAlchemyError, OSError) as error:
            raise translate(error, source=self._source) from error

    async def value(self, statement: Executable) -> Any:
        """The first column of the first row, None when there is no row."""
        found = await self.rows(statement)
        return found[0][0] if found else None


def translate(error: Exception, *, source: str = "") -> errors.ConnectorError:
    """Our error for a database's."""
    ours = _stated(error) or next(
        (ours for foreign, ours in TRANSLATIONS if isinstance(error, foreign)), errors.Broken
    )
    return ours(f"database: {type(error).__name__}", source=source)


def _stated(error: Exception) -> type[errors.ConnectorError] | None:
    """What the database itself said went wrong, where it says so in a code."""
    said = getattr(error, "orig", None) or error
    code = getattr(said, "sqlite_errorcode", None)
    if code is not None:
        return SQLITE_CODES.get(code & 0xFF)
    state = getattr(said, "sqlstate", None) or ""
    return next((ours for begin, ours in SQL_STATES if state.startswith(begin)), None)
