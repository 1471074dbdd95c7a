"""Where letters go: to the owner's webhook, else into a folder that an operator reads."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from pathlib import Path
from urllib.parse import urlsplit

import orjson

from connectors.errors import ConnectorError
from connectors.upkeep.documents import Limits, Request, Web
from gateway.watching.letters import Letter

log = logging.getLogger(__name__)

LETTERS_MOST = 1000
"""Letters kept in the folder; the oldest go first."""
SECONDS = 5.0
ANSWER_BYTES = 64 * 1024


class Outbox:
    """Sends letters. One that cannot be posted is put into the folder: none is lost in silence."""

    def __init__(
        self, web: Web, folder: Path, *, private_hosts: frozenset[str] = frozenset()
    ) -> None:
        self._web = web
        self._folder = folder
        self._private_hosts = private_hosts

    async def send(self, letter: Letter, webhook: str | None) -> Path | None:
        """Post the letter, or put it into the folder and return its file."""
        if webhook is not None and await self._posted(letter, webhook):
            return None
        return await asyncio.to_thread(self._kept, letter)

    async def _posted(self, letter: Letter, webhook: str) -> bool:
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

    def _kept(self, letter: Letter) -> Path:
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
        for file in sorted(self._folder.glob("*.txt"))[:-LETTERS_MOST]:
            file.unlink(missing_ok=True)
