"""Files on this machine: CSV, JSON, GeoJSON, read in a thread, and again when they change."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from contextvars import Context
from functools import partial
from pathlib import Path
from typing import TypeVar

from connectors import errors
from connectors.kinds.aside import aside
from connectors.upkeep.documents import Document
from connectors.upkeep.upkeep import Read, Upkeep

T = TypeVar("T")

TRANSLATIONS: tuple[tuple[type[OSError], type[errors.ConnectorError]], ...] = (
    (FileNotFoundError, errors.Unreachable),
    (NotADirectoryError, errors.Unreachable),
    (PermissionError, errors.Refused),
    (IsADirectoryError, errors.Rejected),
    (TimeoutError, errors.TimedOut),
    (OSError, errors.Broken),
)
"""Foreign exception to ours, most specific first; a test asserts that it is complete."""

SUFFIXES = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".json": "json", ".geojson": "geojson"}
"""The format a file is written in unless somebody says otherwise."""


def confined(path: str, folders: Sequence[Path]) -> Path:
    """The file of this name in the first folder that has it, else where it would be in the first.

    Raises ValueError when the path leads out of all of them, also by way of a link.
    """
    there = []
    for folder in folders:
        root = folder.resolve()
        file = (root / path).resolve()
        if file.is_relative_to(root) and file != root:
            there.append(file)
    if not there or "\0" in path:
        allowed = " or ".join(str(folder) for folder in folders)
        raise ValueError(f"the file {path!r} must lie in {allowed}")
    return next((file for file in there if file.exists()), there[0])


class FileWay:
    """One file. While it stays as it is, it is not read again.

    While a disk or a network folder hangs, one thread waits for it, however often it is asked.
    """

    def __init__(self, path: Path, upkeep: Upkeep) -> None:
        self.path = path
        self._upkeep = upkeep
        self._reading: asyncio.Task[Document | None] | None = None
        self._since: Document | None = None
        """What the reading under way compares the file with."""

    async def read(self, read: Read[T]) -> T:
        """What `read` makes of it. Raises ConnectorError."""
        return await self._upkeep.fetch(f"file {self.path.name}", self._call, read)

    async def aclose(self) -> None:
        """Nothing is held open."""

    async def _call(self, last: Document | None) -> Document | None:
        while True:
            reading, fits = self._reading, self._since is last
            if reading is None:
                work = aside(partial(self._current, last), name="file")
                reading = asyncio.get_running_loop().create_task(work, context=Context())
                reading.add_done_callback(self._read_out)
                self._reading, self._since, fits = reading, last, True
            await asyncio.wait((reading,))
            if fits:
                break
        try:
            return reading.result()
        except OSError as error:
            raise translate(error, self.path) from error

    def _read_out(self, reading: asyncio.Task[Document | None]) -> None:
        self._reading = None
        if not reading.cancelled():
            reading.exception()  # seen, also when everybody who asked has left

    def _current(self, last: Document | None) -> Document | None:
        most = self._upkeep.policy.max_bytes
        with self.path.open("rb") as file:
            # Asked of the open file, so that mark and content belong together.
            now = os.fstat(file.fileno())
            mark = f"{now.st_mtime_ns} {now.st_size} {now.st_ino}"
            if last is not None and last.etag == mark:
                return None
            raw = file.read(most + 1)
        if len(raw) > most:
            raise errors.Unreadable(f"{self.path.name} is larger than {most} bytes")
        return Document(raw, etag=mark)


def translate(error: OSError, path: Path) -> errors.ConnectorError:
    """Our error for one of the file system."""
    ours = next(ours for foreign, ours in TRANSLATIONS if isinstance(error, foreign))
    return ours(f"{path.name}: {type(error).__name__}")
