"""The files of a feed: from a folder or a zip, at the top or in one sub-folder, within limits."""

from __future__ import annotations

import io
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from connectors.kinds.gtfs.faults import FeedFault

KNOWN = frozenset(
    {
        "agency.txt", "stops.txt", "routes.txt", "trips.txt", "stop_times.txt", "calendar.txt",
        "calendar_dates.txt", "frequencies.txt", "shapes.txt", "feed_info.txt",
        "fare_attributes.txt", "fare_rules.txt", "fare_products.txt", "fare_leg_rules.txt",
        "networks.txt", "route_networks.txt", "translations.txt", "attributions.txt",
    }
)  # fmt: skip
"""The files that are read; all others are left alone."""

_MARKS = ("agency.txt", "routes.txt", "stops.txt", "trips.txt")


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a feed may be; a zip is not believed about its sizes."""

    file_bytes: int = 4 * 1024**3
    """Bytes of one file, unpacked."""
    total_bytes: int = 8 * 1024**3
    """Bytes of all files together, unpacked."""
    entries: int = 10_000
    """Entries of a zip."""
    ratio: int = 200
    """Unpacked bytes per packed byte of a file, from 16 MiB on; timetables stay below 50."""


class Files(ABC):
    """Where the files of a feed are read from."""

    @abstractmethod
    def names(self) -> frozenset[str]:
        """Names of the known files there are."""

    @abstractmethod
    def open(self, name: str) -> io.BufferedIOBase:
        """A file from its beginning. Raises FeedFault when it cannot be opened."""

    def close(self) -> None:  # noqa: B027 - a folder has nothing to let go of
        """Let go of what was opened."""


class FolderFiles(Files):
    """A feed in a folder."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self._limits = limits
        self._paths = {path.name: path for path in folder.iterdir() if path.is_file()}
        if not _is_feed(self._paths):
            inner = [path for path in sorted(folder.iterdir()) if path.is_dir()]
            feeds = [path for path in inner if any((path / mark).is_file() for mark in _MARKS)]
            if len(feeds) > 1:
                raise FeedFault(f"{folder.name}: more than one sub-folder holds a feed")
            if feeds:
                self._paths = {path.name: path for path in feeds[0].iterdir() if path.is_file()}

    def names(self) -> frozenset[str]:
        return KNOWN.intersection(self._paths)

    def open(self, name: str) -> io.BufferedIOBase:
        try:
            inner = self._paths[name].open("rb")
            return io.BufferedReader(_Bounded(inner, name, self._limits.file_bytes))
        except OSError as error:
            raise FeedFault("cannot be opened", file=name) from error


class ZipFiles(Files):
    """A feed in a zip. Entries that point outside, and hidden ones, are never looked at."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._limits = limits
        # Our own file: a zip leaves its file open as long as one of its entries is being read,
        # also by a thread whose work nobody waits for any more.
        self._file: io.BufferedReader | None = None
        try:
            self._zip = self._read(path)
            self._entries = self._chosen(path.name)
        except BaseException:  # whatever it was goes on; only the file must not stay open
            self.close()
            raise

    def _read(self, path: Path) -> zipfile.ZipFile:
        try:
            self._file = path.open("rb")
            return zipfile.ZipFile(self._file)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise FeedFault(f"{path.name} is not a zip that can be read") from error

    def _chosen(self, name: str) -> Mapping[str, zipfile.ZipInfo]:
        entries = self._zip.infolist()
        if len(entries) > self._limits.entries:
            raise FeedFault(f"{name} has {len(entries)} entries; at most {self._limits.entries}")
        folders: dict[str, dict[str, zipfile.ZipInfo]] = {}
        for entry in entries:
            place = _place(entry)
            if place is None:
                continue
            folder, file = place
            if file in folders.setdefault(folder, {}):
                raise FeedFault("is in the zip twice", file=file)
            folders[folder][file] = entry
        chosen = folders.get("", {})
        if not _is_feed(chosen):
            feeds = [
                files for folder, files in sorted(folders.items()) if folder and _is_feed(files)
            ]
            if len(feeds) > 1:
                raise FeedFault(f"{name}: more than one sub-folder holds a feed")
            chosen = feeds[0] if feeds else chosen
        self._weigh(chosen)
        return chosen

    def _weigh(self, chosen: Mapping[str, zipfile.ZipInfo]) -> None:
        total = 0
        for file, entry in chosen.items():
            total += entry.file_size
            packed = max(entry.compress_size, 1)
            if entry.file_size > 16 * 1024**2 and entry.file_size // packed > self._limits.ratio:
                raise FeedFault("is packed too tightly: this looks like a zip bomb", file=file)
            if entry.file_size > self._limits.file_bytes or total > self._limits.total_bytes:
                raise FeedFault("is too large", file=file)

    def names(self) -> frozenset[str]:
        return frozenset(self._entries)

    def open(self, name: str) -> io.BufferedIOBase:
        entry = self._entries[name]
        try:
            # The size an entry states may be a lie, so what comes out is counted.
            most = min(entry.file_size, self._limits.file_bytes)
            return io.BufferedReader(_Bounded(self._zip.open(entry), name, most))
        except (
            zipfile.BadZipFile,
            OSError,
            RuntimeError,
            ValueError,
            NotImplementedError,
        ) as error:
            raise FeedFault("cannot be unpacked", file=name) from error

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


class MemoryFiles(Files):
    """A feed made of texts."""

    def __init__(self, texts: Mapping[str, str | bytes]) -> None:
        self._texts = texts

    def names(self) -> frozenset[str]:
        return KNOWN.intersection(self._texts)

    def open(self, name: str) -> io.BufferedIOBase:
        text = self._texts[name]
        return io.BytesIO(text.encode() if isinstance(text, str) else text)


class LaidOver(Files):
    """A feed with some files replaced, or taken away where the text is None."""

    def __init__(self, below: Files, above: Mapping[str, str | None]) -> None:
        self._below = below
        self._above = {name: text for name, text in above.items() if text is not None}
        self._hidden = {name for name, text in above.items() if text is None}

    def names(self) -> frozenset[str]:
        return (self._below.names() - self._hidden) | KNOWN.intersection(self._above)

    def open(self, name: str) -> io.BufferedIOBase:
        if name in self._above:
            return io.BytesIO(self._above[name].encode())
        return self._below.open(name)

    def close(self) -> None:
        self._below.close()


@contextmanager
def opened(path: Path, limits: Limits | None = None) -> Iterator[Files]:
    """The feed at a path, a folder or a zip. Raises FeedFault when it is neither."""
    limits = limits or Limits()
    if path.is_dir():
        files: Files = FolderFiles(path, limits)
    elif path.is_file():
        files = ZipFiles(path, limits)
    else:
        raise FeedFault(f"there is no file or folder {path.name!r}")
    try:
        yield files
    finally:
        files.close()


def _is_feed(files: Mapping[str, object]) -> bool:
    return any(mark in files for mark in _MARKS)


def _place(entry: zipfile.ZipInfo) -> tuple[str, str] | None:
    """Folder and name of a known file at most one folder deep, None for everything else."""
    raw = entry.filename.replace("\\", "/")
    path = PurePosixPath(raw)
    if entry.is_dir() or raw.startswith("/") or ":" in raw or ".." in path.parts:
        return None
    parts = [part for part in path.parts if part != "."]
    if not 1 <= len(parts) <= 2 or parts[-1] not in KNOWN:
        return None
    if any(part.startswith((".", "__MACOSX")) for part in parts):
        return None
    return ("" if len(parts) == 1 else parts[0]), parts[-1]


class _Bounded(io.RawIOBase):
    """A binary file that refuses to give more than was agreed, and names the file when it breaks."""

    def __init__(self, inner: IO[bytes], name: str, most: int) -> None:
        self._inner = inner
        self._file = name
        self._left = most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._inner.read(len(buffer))
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
            raise FeedFault("is damaged and cannot be unpacked", file=self._file) from error
        self._left -= len(data)
        if self._left < 0:
            raise FeedFault("is larger than it says, or than is allowed", file=self._file)
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._inner.close()
        super().close()
