"""Tables of other people's databases: looked up, read only, bounded in time, rows and bytes."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Sequence
from typing import Any, TypeVar
from urllib.parse import quote
from uuid import uuid4

import asyncpg
import orjson
from sqlalchemy import (
    Connection,
    Row,
    Select,
    column,
    event,
    exc,
    inspect,
    literal_column,
    select,
    text,
)
from sqlalchemy import table as named_table
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import await_only

from connectors import errors
from connectors.kinds.sql import async_url, translate
from connectors.kinds.web.addresses import Origin, listed
from connectors.kinds.web.names import Resolver, SystemResolver, addresses_of
from connectors.upkeep.documents import Document
from connectors.upkeep.upkeep import Read, Upkeep

T = TypeVar("T")

MOST_ROWS = 200_000
PART = 500
"""Rows fetched at a time."""
_JSON = {114, 3802}
"""PostgreSQL's types json and jsonb, which come as text."""
_STEPS = 20_000
"""Of SQLite's machine, between two looks at the clock."""
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_AT_ITS_NAME = {"verify-full"}
"""Where a certificate proves the name, it is connected to by name."""


class TableWay:
    """The rows of one table or view, as a JSON list; columns are looked up in the database.

    A connection is made to the address that was checked: private ones only where the operator
    allows the host by name. Of its columns those are fetched that `paths` lead to, all without any:
    what nobody maps, such as people's names, does not leave the database. Raises ValueError when the address or the name of the table is none.
    """

    def __init__(
        self,
        address: str,
        table: str,
        upkeep: Upkeep,
        *,
        most_rows: int = MOST_ROWS,
        paths: Collection[str] = (),
        resolver: Resolver | None = None,
    ) -> None:
        self._url = async_url(address)
        self._place, _, self._name = table.rpartition(".")
        if not self._name:
            raise ValueError("`table` must be the name of a table or view, or schema.name")
        self._upkeep = upkeep
        self._most_rows = most_rows
        self._wanted = frozenset(name for path in paths for name in (path, path.partition(".")[0]))
        self._names = SystemResolver()
        self._resolver = resolver or self._names
        self._ends = 0.0
        self.engine = self._opened()
        """Opens connections that cannot write."""

    async def read(self, read: Read[T]) -> T:
        """What `read` makes of the rows. Raises ConnectorError."""
        # Other columns are another question: rows kept for fewer of them would lack some.
        mapped = ",".join(sorted(self._wanted))
        place = f"{self._url.host or ''}/{self._url.database}"
        key = f"table {place} {self._place}.{self._name} {mapped}".rstrip()
        return await self._upkeep.fetch(key, self._call, read)

    async def aclose(self) -> None:
        """Close the connections."""
        await self.engine.dispose()
        self._names.close()

    # ------------------------------------------------------------------------------- opening

    def _opened(self) -> AsyncEngine:
        if self._url.get_backend_name() == "sqlite":
            return self._opened_file()
        if self._url.get_backend_name() != "postgresql":
            raise ValueError("only postgresql and sqlite databases can be read")
        if not self._url.host or "host" in self._url.query:
            raise ValueError("the database address must name one host: postgresql://host/name")
        said = dict(self._url.query)
        mode = said.pop("sslmode", None) or said.pop("ssl", None)
        if said or (mode is not None and mode not in SSL_MODES):
            there = ", ".join(SSL_MODES)
            raise ValueError(f"after `?` the database address takes sslmode, one of {there}")
        self._url = self._url.set(query={"ssl": mode} if mode else {})
        limits = self._upkeep.limits
        engine = create_async_engine(
            self._url,
            pool_size=1,
            max_overflow=1,
            pool_pre_ping=True,
            pool_timeout=limits.total_timeout,
            connect_args={
                "timeout": limits.connect_timeout,
                # Their columns may change between two calls; a plan kept for the old ones fails.
                "statement_cache_size": 0,
                "prepared_statement_cache_size": 0,
                # Of their own, for a pooler may give one connection to several of us.
                "prepared_statement_name_func": lambda: f"__live_{uuid4()}__",
            },
        ).execution_options(postgresql_readonly=True)
        event.listen(engine.sync_engine, "do_connect", self._aim)
        return engine

    def _aim(self, _dialect: object, _record: object, _args: object, more: dict[str, Any]) -> None:
        """Put in the checked address, and the secrets, just before a connection is made."""
        for name in ("user", "password", "database"):
            if isinstance(more.get(name), str):
                more[name] = self._upkeep.revealed(more[name])
        host, port = str(self._url.host).lower(), self._url.port or 5432
        private = listed(host, port, self._upkeep.limits.private_hosts)
        there = addresses_of(Origin("postgresql", host, port), self._resolver, private=private)
        address = await_only(there)[0]
        if str(self._url.query.get("ssl", "")) not in _AT_ITS_NAME:
            more["host"] = address

    def _opened_file(self) -> AsyncEngine:
        engine = create_async_engine(_read_only(self._url), connect_args={"cached_statements": 0})

        def limit(connection: Any, _record: object) -> None:
            def over() -> int:
                return int(time.monotonic() > self._ends)

            connection.run_async(lambda driver: driver.set_progress_handler(over, _STEPS))

        event.listen(engine.sync_engine, "connect", limit)
        return engine

    # ------------------------------------------------------------------------------- reading

    async def _call(self, _last: Document | None) -> Document:
        # A little earlier than we give up, so that the database itself tells and is free again.
        seconds = self._upkeep.limits.total_timeout * 0.95
        self._ends = time.monotonic() + seconds
        try:
            async with self.engine.connect() as connection:
                if self.engine.dialect.name == "postgresql":
                    # In the database itself: it stops although nobody listens any more.
                    limit = max(int(seconds * 1000), 1)
                    await connection.execute(text(f"SET LOCAL statement_timeout = {limit}"))
                body = await connection.run_sync(self._selected)
        except (exc.SQLAlchemyError, OSError) as error:
            if _is_gone(error):
                raise errors.Unreachable("the connection to the database is gone") from error
            raise translate(error) from error
        except (asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
            raise errors.Unreachable("the connection to the database is gone") from error
        except asyncpg.PostgresError as error:  # in the middle of the rows SQLAlchemy lets them by
            raise translate(error) from error
        return Document(body, media_type="application/json")

    def _selected(self, connection: Connection) -> bytes:
        # Looked up every time: the table is not ours, and its columns may change.
        if not inspect(connection).has_table(self._name, self._place or None):
            raise errors.Rejected(f"the database has no table {self._name[:60]!r}")
        # A cache would remember the columns of the last time.
        asked = connection.execution_options(stream_results=True, compiled_cache=None)
        there = asked.execute(self._statement([], 0)).keys()
        names = [name for name in there if not self._wanted or name in self._wanted]
        if not names:
            raise errors.Unreadable(f"{self._name} has none of the columns that `fields` names")
        result = asked.execute(self._statement(names, self._most_rows + 1))
        told = result.cursor.description
        packed = {at for at, one in enumerate(told or ()) if one[1] in _JSON}
        parts: list[bytes] = []
        rows = size = 0
        for part in result.partitions(PART):
            parts.append(orjson.dumps(list(_rows(part, names, packed)), default=_written)[1:-1])
            rows, size = rows + len(part), size + len(parts[-1])
            if rows > self._most_rows:
                raise errors.Unreadable(f"{self._name} has more than {self._most_rows} rows")
            if size > self._upkeep.limits.max_bytes:
                most = self._upkeep.limits.max_bytes
                raise errors.Unreadable(f"the rows of {self._name} take more than {most} bytes")
        return b"[" + b",".join(parts) + b"]"

    def _statement(self, names: Sequence[str], most: int) -> Select[Any]:
        columns: list[Any] = [column(name) for name in names] or [literal_column("*")]
        source = named_table(self._name, schema=self._place or None)
        return select(*columns).select_from(source).limit(most)


def _is_gone(error: BaseException | None) -> bool:
    """Whether the driver lost its place: a connection that went away between two statements."""
    while error is not None:
        if isinstance(error, asyncpg.InternalClientError):
            return True
        error = error.__cause__
    return False


def _read_only(url: URL) -> URL:
    """A file that is opened for reading and not made."""
    file = f"file:{quote(url.database or '')}"
    return url.set(database=file, query={"mode": "ro", "uri": "true"})


def _rows(part: Any, names: list[str], packed: set[int]) -> Iterator[dict[str, Any]]:
    row: Row[Any]
    for row in part:
        values = [
            orjson.loads(value) if at in packed and isinstance(value, (str, bytes)) else value
            for at, value in enumerate(row)
        ]
        yield dict(zip(names, values, strict=True))


def _written(value: Any) -> Any:
    """What JSON has no word for, as text: exact numbers, spans, ranges, bytes."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        raw = bytes(value)
        try:
            return raw.decode()
        except UnicodeDecodeError:
            return "\\x" + raw.hex()
    if isinstance(value, (set, frozenset)):
        return sorted(map(str, value))
    return str(value)
