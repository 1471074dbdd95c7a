"""Where letters go: to the owner's webhook, else into a folder that an operator reads."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import orjson

from connectors.errors import ConnectorError
from connectors.upkeep.documents import Limits, Request, Web

log = logging.getLogger(__name__)

LETTERS_MOST = 1000
"""Letters kept in the folder; the oldest go first."""
SECONDS = 5.0
ANSWER_BYTES = 64 * 1024


class Sendable(Protocol):
    """What can be posted as JSON, or put into a folder as text."""

    @property
    def key(self) -> str:
        """What it is about, in letters that a file may have."""
        ...

    @property
    def at(self) -> datetime:
        """When it was written."""
        ...

    def text(self) -> str:
        """For people."""
        ...

    def data(self) -> Mapping[str, Any]:
        """For programs."""
        ...


class Outbox:
    """Sends letters. One that cannot be posted is put into the folder: none is lost in silence.

    `most` letters are kept in the folder, None: all, until somebody takes them out.
    """

    def __init__(
        self,
        web: Web,
        folder: Path,
        *,
        private_hosts: frozenset[str] = frozenset(),
        most: int | None = LETTERS_MOST,
    ) -> None:
        self._web = web
        self._folder = folder
        self._private_hosts = private_hosts
        self._most = most

    async def send(self, letter: Sendable, webhook: str | None) -> Path | None:
        """Post the letter, or put it into the folder and return its file."""
        if webhook is not None and await self.posted(letter, webhook):
            return None
        return await self.kept(letter)

    async def kept(self, letter: Sendable) -> Path:
        """Put the letter into the folder; the same letter again is the same file."""
        return await asyncio.to_thread(self._kept, letter)

    async def posted(self, letter: Sendable, webhook: str) -> bool:
        """Whether the letter was posted, and taken. Why it was not is told to the log."""
        try:
            address = urlsplit(webhook)
            host, port = address.hostname, address.port
        except ValueError:
            host, port, address = None, None, urlsplit("")
        if address.scheme != "https" or not host:
            log.warning("letter_not_posted", extra={"source": letter.key, "error": "no https"})
            return False
        name = f"[{host}]" if ":" in host else host
        limits = Limits(
            total_timeout=SECONDS,
            max_bytes=ANSWER_BYTES,
            hosts=frozenset({f"{name}:{port}" if port is not None else name}),
            private_hosts=self._private_hosts,
        )
        headers = {"content-type": "application/json", "accept": "application/json"}
        request = Request(webhook, "POST", headers, orjson.dumps(letter.data()))
        try:
            answer = await self._web.send(request, limits)
        except ConnectorError as error:
            log.warning(
                "letter_not_posted", extra={"source": letter.key, "error": type(error).__name__}
            )
            return False
        if not 200 <= answer.status < 300:
            log.warning("letter_not_posted", extra={"source": letter.key, "error": answer.status})
            return False
        return True

    def _kept(self, letter: Sendable) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True)
        text = letter.text()
        mark = hashlib.sha256(text.encode()).hexdigest()[:8]
        file = self._folder / f"{letter.at:%Y%m%dT%H%M%SZ}-{letter.key}-{mark}.txt"
        half = file.with_suffix(".half")
        # Nobody finds half a letter.
        half.write_text(text, encoding="utf-8")
        half.replace(file)
        self._thin_out()
        return file

    def _thin_out(self) -> None:
        if self._most is None:
            return
        for file in sorted(self._folder.glob("*.txt"))[: -self._most]:
            file.unlink(missing_ok=True)
