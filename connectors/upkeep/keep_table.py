"""The SQLite file of last good answers: its tables, its bounds, and what happens when it breaks."""

from __future__ import annotations

import logging
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from connectors.upkeep.keep import Kept
from connectors.upkeep.packing import FORMAT, head_of, name_of, pack

T = TypeVar("T")

log = logging.getLogger(__name__)

PAGE = 4096
"""Bytes of a page of the file; each entry is counted one larger than its body."""
BUSY_SECONDS = 5.0
"""How long another process may be writing before we give up for now."""

TABLES = """
CREATE TABLE IF NOT EXISTS bodies (id INTEGER PRIMARY KEY, packed BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS kept (
    source TEXT NOT NULL,
    key BLOB NOT NULL,
    turn INTEGER NOT NULL,
    size INTEGER NOT NULL,
    digest BLOB NOT NULL,
    head TEXT NOT NULL,
    body INTEGER NOT NULL,
    PRIMARY KEY (source, key)
);
CREATE INDEX IF NOT EXISTS kept_by_turn ON kept (turn, source, size);
CREATE INDEX IF NOT EXISTS kept_by_source ON kept (source, turn, size);
CREATE TRIGGER IF NOT EXISTS body_goes AFTER DELETE ON kept BEGIN
    DELETE FROM bodies WHERE id = OLD.body;
END;
"""
# `turn` grows with every writing: the lowest was fetched longest ago, whatever the clocks say.


@dataclass(frozen=True, slots=True)
class Bounds:
    """Upper limits in bytes, as compressed: of the whole, of one source, of one entry."""

    whole: int
    source: int
    entry: int


class KeepTable:
    """One connection to the file, opened when needed, used by one thread.

    Methods raise sqlite3.Error and OSError when the file cannot be used now.
    """

    def __init__(self, path: Path, bounds: Bounds) -> None:
        self._path = path
        self._bounds = bounds
        self._connection: sqlite3.Connection | None = None
        self._inode = 0

    def read(self, source: str, key: str) -> tuple[str, bytes] | None:
        """Description and packed body of an entry, None when there is none."""

        def work(connection: sqlite3.Connection) -> tuple[str, bytes] | None:
            question = (
                "SELECT head, packed FROM kept JOIN bodies ON bodies.id = kept.body"
                " WHERE source = ? AND key = ?"
            )
            found: tuple[str, bytes] | None
            found = connection.execute(question, (source, name_of(key))).fetchone()
            return found

        return self._do(work)

    def write(self, source: str, key: str, kept: Kept) -> None:
        """Put an entry in the place of what was there; the longest unfetched make room for it.

        What is too large for the bounds is not written. Raises ValueError for what no file can
        hold, such as a moment outside of the calendar.
        """
        head, name = head_of(kept), name_of(key)

        def describe(connection: sqlite3.Connection) -> bool:
            """True when the same body is there already and only its description was renewed."""
            renewed = connection.execute(
                "UPDATE kept SET head = ?, turn = (SELECT max(turn) + 1 FROM kept)"
                " WHERE source = ? AND key = ? AND digest = ?",
                (head.line, source, name, head.digest),
            )
            return renewed.rowcount > 0

        if self._do(describe):
            return
        packed = pack(kept.document.body)
        size = len(packed) + PAGE
        if size > min(self._bounds.whole, self._bounds.source, self._bounds.entry):
            return

        def insert(connection: sqlite3.Connection) -> None:
            with _transaction(connection):
                connection.execute("DELETE FROM kept WHERE source = ? AND key = ?", (source, name))
                self._make_room(connection, source, size)
                body = connection.execute("INSERT INTO bodies (packed) VALUES (?)", (packed,))
                connection.execute(
                    "INSERT INTO kept (source, key, turn, size, digest, head, body)"
                    " SELECT ?, ?, coalesce(max(turn), 0) + 1, ?, ?, ?, ? FROM kept",
                    (source, name, size, head.digest, head.line, body.lastrowid),
                )

        try:
            self._do(insert)
        except sqlite3.OperationalError as error:
            if _code(error) != sqlite3.SQLITE_FULL:
                raise
            # Pages may be filled worse than reckoned, or the disk be smaller than the bound.
            self._do(self._halve)
            self._do(insert)

    def forget(self, source: str, key: str) -> None:
        """Take an entry away."""
        gone = (source, name_of(key))
        self._do(
            lambda connection: connection.execute(
                "DELETE FROM kept WHERE source = ? AND key = ?", gone
            )
        )

    def close(self) -> None:
        """Let go of the file. Never raises; the next use opens it again."""
        connection, self._connection = self._connection, None
        if connection is not None:
            # Closing tidies up, which a full or broken disk may refuse; what counts is written.
            with suppress(sqlite3.Error):
                connection.close()

    # ------------------------------------------------------------------------------- room

    def _make_room(self, connection: sqlite3.Connection, source: str, size: int) -> None:
        _evict(connection, self._bounds.source - size, "WHERE source = ?", (source,))
        _evict(connection, self._bounds.whole - size)

    def _halve(self, connection: sqlite3.Connection) -> None:
        with _transaction(connection):
            (held,) = connection.execute("SELECT coalesce(sum(size), 0) FROM kept").fetchone()
            _evict(connection, held // 2)

    # ------------------------------------------------------------------------------- opening

    def _do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        try:
            return work(self._opened())
        except sqlite3.DatabaseError as error:
            if not _damaged(error):
                raise
        seen = self._inode
        self.close()
        with _alone(self._path):
            self._put_aside(seen)
        return work(self._opened())

    def _opened(self) -> sqlite3.Connection:
        # Another worker may have put the file aside, or somebody deleted it.
        if self._connection is not None and _inode(self._path) == self._inode:
            return self._connection
        self.close()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with _alone(self._path):
            try:
                return self._open()
            except sqlite3.DatabaseError as error:
                if not _damaged(error):
                    raise
                self._put_aside(self._inode)
                return self._open()

    def _open(self) -> sqlite3.Connection:
        # Answers may hold what citizens wrote: for the gateway's own user only. SQLite gives its
        # other files the same rights. An existing file is not opened here: closing it again would
        # undo the locks that other connections of this process have on it.
        with suppress(FileExistsError):
            os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        self._inode = _inode(self._path)
        connection = sqlite3.connect(
            self._path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        execute = connection.execute
        execute(f"PRAGMA page_size = {PAGE}")
        execute("PRAGMA auto_vacuum = INCREMENTAL")
        execute("PRAGMA journal_mode = WAL")
        execute("PRAGMA synchronous = NORMAL")
        execute("PRAGMA journal_size_limit = 4194304")
        execute("PRAGMA trusted_schema = OFF")
        (version,) = execute("PRAGMA user_version").fetchone()
        if version not in {0, FORMAT}:
            raise _OtherFormat(f"format {version} instead of {FORMAT}")
        connection.executescript(TABLES)
        execute(f"PRAGMA user_version = {FORMAT}")
        # The bound may have been larger before.
        with _transaction(connection):
            _evict(connection, self._bounds.whole)
        (pages,) = execute("PRAGMA page_count").fetchone()
        most = self._bounds.whole // PAGE + 64
        if pages > most:
            # `execute` would take one step of it and leave.
            connection.executescript("PRAGMA incremental_vacuum")
        execute(f"PRAGMA max_page_count = {most}")

    def _put_aside(self, seen: int) -> None:
        """Rename the file for somebody to look at, unless it is no longer the one we saw."""
        if _inode(self._path) != seen:
            return
        aside = f"{self._path.name}.damaged"
        log.warning("keep_damaged", extra={"path": str(self._path), "aside": aside})
        for end in ("", "-wal", "-shm"):
            beside = self._path.with_name(self._path.name + end)
            with suppress(FileNotFoundError):
                beside.replace(self._path.with_name(aside + end))


class _OtherFormat(sqlite3.DatabaseError):
    """The file is of another version of the gateway."""


def _evict(
    connection: sqlite3.Connection, most: int, where: str = "", values: tuple[str, ...] = ()
) -> None:
    """Let the longest unfetched go until what is left is at most so many bytes."""
    question = f"SELECT coalesce(sum(size), 0) FROM kept {where}"  # noqa: S608 - our own text
    (held,) = connection.execute(question, values).fetchone()
    doomed = []
    question = f"SELECT rowid, size FROM kept {where} ORDER BY turn"  # noqa: S608 - our own text
    with closing(connection.execute(question, values)) as oldest:
        while held > most and (row := oldest.fetchone()) is not None:
            doomed.append((row[0],))
            held -= row[1]
    connection.executemany("DELETE FROM kept WHERE rowid = ?", doomed)


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _code(error: sqlite3.Error) -> int:
    """The primary result code of SQLite, 0 when it has none."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _damaged(error: sqlite3.DatabaseError) -> bool:
    return isinstance(error, _OtherFormat) or _code(error) in {
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
    }


def _inode(path: Path) -> int:
    """The number of the file that has this name now, 0 when there is none."""
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return 0


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One worker at a time opens the file or puts it aside, so that none renames a new one."""
    if sys.platform == "win32":
        # There a file that somebody has open cannot be renamed, which protects it as well.
        yield
        return
    import fcntl

    with path.with_name(f"{path.name}.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
