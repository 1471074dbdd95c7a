"""Feeds that were fetched, each loaded into a database file of its own; the newest is in use."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

KEPT = 3
"""Files that stay: the one in use, and those that others may still read from."""


class KeptFeeds:
    """A folder of database files, one for each state of a feed.

    A file has its name only when all of it is there, so whoever finds one may read it. Workers on
    one machine share the folder: one of them loads, the others find what it made.
    """

    def __init__(self, folder: Path, sleep: Callable[[float], Awaitable[None]]) -> None:
        self.folder = folder
        self._sleep = sleep

    def path(self, mark: str) -> Path:
        """The file of the feed with a mark; it need not be there."""
        return self.folder / f"{mark}.db"

    async def made(self, mark: str, make: Callable[[Path], Awaitable[None]]) -> Path:
        """The file of a feed, made by `make` unless it is there. Raises what `make` raises."""
        path = self.path(mark)
        if path.is_file():
            return path
        await asyncio.to_thread(self.folder.mkdir, parents=True, exist_ok=True)
        async with self._alone():
            # Another worker may have made it meanwhile.
            if not path.is_file():
                part = self.folder / f"{mark}.part"
                try:
                    await asyncio.to_thread(self._clear)
                    await make(part)
                    await asyncio.to_thread(os.replace, part, path)
                finally:
                    await asyncio.to_thread(_remove, part)
            await asyncio.to_thread(self._tidy, path)
        return path

    def _clear(self) -> None:
        """Remove what a worker left that was ended while it loaded; nobody else loads now."""
        for left in (*self.folder.glob("*.part*"), *self.folder.glob("*.zip")):
            left.unlink(missing_ok=True)

    def _tidy(self, newest: Path) -> None:
        os.utime(newest)
        files = sorted(self.folder.glob("*.db"), key=lambda one: one.stat().st_mtime_ns)
        for old in files[:-KEPT]:
            _remove(old)

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """A time in which no other worker of this machine loads this feed.

        The system lets go of the lock when a worker dies. Where there are no such locks, two may
        load at once, which costs time and nothing else: each would write the same.
        """
        if sys.platform == "win32":
            yield
            return
        import fcntl

        descriptor = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            while True:
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    await self._sleep(0.5)
            yield
        finally:
            os.close(descriptor)


def _remove(path: Path) -> None:
    """Remove a database file and what its database put beside it."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        with suppress(FileNotFoundError):
            path.with_name(path.name + suffix).unlink()
