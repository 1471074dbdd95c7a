"""Secrets by name, from one namespace per source; looked up when used, never printed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol
from urllib.parse import quote, quote_plus

from connectors.errors import Refused

_NAMED = re.compile(r"\{secret:([a-z0-9][a-z0-9_-]{0,63})\}", re.ASCII)
_LONGEST = 16_384
SHORTEST = 8
"""Characters of a secret that is looked for in answers: shorter ones stand in them by chance."""


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
        found = _found(match[1], source, secrets)
        return quote_plus(found) if in_form else found

    return _NAMED.sub(reveal, text) if "{secret:" in text else text


def revealed_in_address(address: str, source: str, secrets: Secrets) -> str:
    """The same for an address: behind the question mark a secret is one value, whatever it holds.

    Before it a secret may be several segments, or the whole address.
    """
    begin, mark, query = address.partition("?")

    def reveal(match: re.Match[str]) -> str:
        return quote(_found(match[1], source, secrets), safe="")

    if "{secret:" in query:
        query = _NAMED.sub(reveal, query)
    return revealed(begin, source, secrets) + mark + query


def concealed(body: bytes, texts: Iterable[str], source: str, secrets: Secrets) -> bytes:
    """What came back, with the names of the secrets in `texts` where it repeats their values.

    Systems tell whoever asks what they were asked, most of all when something is wrong.
    """
    for name in {name for text in texts for name in _NAMED.findall(text)}:
        found = secrets.find(source, name)
        if found is None or len(found) < SHORTEST:
            continue
        plain = json.dumps(found, ensure_ascii=False)[1:-1]
        forms = {found, plain, plain.replace("/", "\\/"), json.dumps(found)[1:-1]}
        forms |= {quote(found, safe=""), quote(found), quote_plus(found)}
        for form in sorted(forms, key=len, reverse=True):
            body = body.replace(form.encode(), f"{{secret:{name}}}".encode())
    return body


def _found(name: str, source: str, secrets: Secrets) -> str:
    found = secrets.find(source, name)
    if found is None:
        raise Refused(f"there is no secret {name!r} for the source {source!r}")
    return found
