"""Secrets by name, from one namespace per source; looked up when used, never printed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Protocol
from urllib.parse import quote_plus

from connectors.errors import Refused

_NAMED = re.compile(r"\{secret:([a-z0-9][a-z0-9_-]{0,63})\}", re.ASCII)
_LONGEST = 16_384


class Secrets(Protocol):
    """Where the secrets of sources are."""

    def find(self, source: str, name: str) -> str | None:
        """The secret of a source with this name, None when there is none."""
        ...


class NoSecrets:
    """Nobody gave any."""

    def find(self, source: str, name: str) -> str | None:  # noqa: ARG002 - as promised
        return None


class FolderSecrets:
    """One file per secret, `folder/<source>/<name>`; a new one is seen without a restart."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, source: str, name: str) -> str | None:
        try:
            with (self._folder / source / name).open(encoding="utf-8") as file:
                return file.read(_LONGEST).strip() or None
        except (OSError, UnicodeDecodeError):
            return None


def revealed(text: str, source: str, secrets: Secrets, *, in_form: bool = False) -> str:
    """The text with every `{secret:name}` replaced. Raises Refused naming one that is not there.

    `in_form` writes them as the values of a form are written.
    """

    def reveal(match: re.Match[str]) -> str:
        found = secrets.find(source, match[1])
        if found is None:
            raise Refused(f"there is no secret {match[1]!r} for the source {source!r}")
        return quote_plus(found) if in_form else found

    return _NAMED.sub(reveal, text) if "{secret:" in text else text
