"""A connector's folder: read once, within bounds, nothing followed out of it."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from connectors.declarative.submission import SDL_FILE, SETTINGS_FILE, RecordedFile
from resolvers.registrations import SDL_LONGEST, SETTINGS_LONGEST, TEST_LONGEST, TESTS_MOST

TESTS_FOLDER = "tests"
ENTRIES_MOST = 2_000
"""Entries of a folder that are looked at."""

_TEST = re.compile(r"[^/\x00-\x1f]{1,200}\.ya?ml")


class FolderError(ValueError):
    """A folder that cannot be read as a connector's; the message says which file and why."""


@dataclass(frozen=True, slots=True)
class Folder:
    """The texts of a folder as they are written."""

    path: Path
    sdl: str
    settings: str
    tests: tuple[RecordedFile, ...] = ()

    @property
    def texts(self) -> Mapping[str, str]:
        """All texts by the name findings use."""
        tests = {file.name: file.text for file in self.tests}
        return {SDL_FILE: self.sdl, SETTINGS_FILE: self.settings, **tests}


def read(path: Path) -> Folder:
    """The folder at `path`. Raises FolderError."""
    if not path.is_dir():
        raise FolderError(f"{path}: there is no such folder")
    return Folder(
        path,
        _text(path, SDL_FILE, SDL_LONGEST),
        _text(path, SETTINGS_FILE, SETTINGS_LONGEST),
        tuple(_tests(path)),
    )


def _tests(path: Path) -> list[RecordedFile]:
    folder = path / TESTS_FOLDER
    try:
        found = os.lstat(folder)
    except FileNotFoundError:
        return []
    if not stat.S_ISDIR(found.st_mode):
        raise FolderError(f"{folder}: must be a folder of its own, not a link or a file")
    names: list[str] = []
    with os.scandir(folder) as entries:
        for count, entry in enumerate(entries):
            if count >= ENTRIES_MOST:
                raise FolderError(f"{folder}: holds more than {ENTRIES_MOST} entries")
            if _TEST.fullmatch(entry.name):
                names.append(entry.name)
    if len(names) > TESTS_MOST:
        raise FolderError(
            f"{folder}: holds {len(names)} recorded tests; at most {TESTS_MOST} are read"
        )
    named = [f"{TESTS_FOLDER}/{name}" for name in sorted(names)]
    return [RecordedFile(name, _text(path, name, TEST_LONGEST)) for name in named]


def _text(path: Path, name: str, longest: int) -> str:
    file = path / name
    # A link could lead out of the folder, a pipe could keep us waiting.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        descriptor = os.open(file, flags)
    except FileNotFoundError:
        raise FolderError(f"{file}: is missing") from None
    except OSError as error:
        if file.is_symlink():
            raise FolderError(f"{file}: is a link; put the file itself there") from None
        raise FolderError(f"{file}: cannot be opened ({error.strerror})") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise FolderError(f"{file}: is no plain file")
    with os.fdopen(descriptor, "rb") as opened:
        # A code point takes up to four bytes.
        content = opened.read(4 * longest + 1)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise FolderError(f"{file}:{line}: is not written in UTF-8") from None
    if len(content) > 4 * longest or len(text) > longest:
        raise FolderError(f"{file}: has more than {longest} characters")
    return text
