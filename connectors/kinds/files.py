"""Files on this machine: CSV, JSON, GeoJSON, read in a thread, and again when they change."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from connectors import errors
from connectors.kinds.formats import Format, parse

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

MOST_BYTES = 50_000_000


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


class FileRows:
    """The rows of one file. While the file stays as it is, they are not read again."""

    def __init__(self, path: Path, how: Format, *, most_bytes: int = MOST_BYTES) -> None:
        self.path = path
        self._how = how
        self._most_bytes = most_bytes
        self._read: tuple[tuple[int, ...], list[dict[str, Any]]] | None = None

    async def rows(self) -> Sequence[dict[str, Any]]:
        """All rows; the same list while the file has not changed."""
        try:
            self._read = await asyncio.to_thread(self._current)
        except OSError as error:
            raise translate(error, self.path) from error
        return self._read[1]

    async def aclose(self) -> None:
        """Nothing is held open."""

    def _current(self) -> tuple[tuple[int, ...], list[dict[str, Any]]]:
        with self.path.open("rb") as file:
            # Asked of the open file, so that mark and content belong together.
            now = os.fstat(file.fileno())
            mark = (now.st_mtime_ns, now.st_size, now.st_ino)
            if self._read is not None and self._read[0] == mark:
                return self._read
            raw = file.read(self._most_bytes + 1)
        if len(raw) > self._most_bytes:
            raise errors.Unreadable(f"{self.path.name} is larger than {self._most_bytes} bytes")
        return mark, parse(raw, self._how)


def translate(error: OSError, path: Path) -> errors.ConnectorError:
    """Our error for one of the file system."""
    ours = next(ours for foreign, ours in TRANSLATIONS if isinstance(error, foreign))
    return ours(f"{path.name}: {type(error).__name__}")
