"""Forwardings to the call centres of departments: to a webhook, by default into a folder of letters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from connectors.errors import Unreachable
from connectors.upkeep.documents import Web
from gateway.watching.outbox import Outbox

POSTS = 8
"""So often a webhook is tried; then the letter is put into the folder, where somebody finds it."""
_UNWRITTEN = re.compile(r"[^A-Za-z0-9-]+")


@dataclass(frozen=True, slots=True)
class ForwardingLetter:
    """One forwarding to one department. `body` is as `catalog.workflow.letters` wrote it."""

    department: str
    body: Mapping[str, Any] = field(repr=False)

    @property
    def key(self) -> str:
        """Department, complaint and version, as a file is named."""
        named = f"{self.department}-{self.body['trackingId']}-{self.body['version']}"
        return _UNWRITTEN.sub("-", named)

    @property
    def at(self) -> datetime:
        """When it was forwarded."""
        return datetime.fromisoformat(self.body["forwardedAt"])

    def data(self) -> Mapping[str, Any]:
        """For programs."""
        return self.body

    def text(self) -> str:
        """For people, in Indonesian: it is read in a call centre."""
        told = self.body
        point = told["point"]
        lines = [
            f"Disposisi pengaduan {told['trackingId']}",
            f"Kepada: {told['departmentName']}",
            f"Kategori: {told['category']}",
            f"Kelurahan: {told['area'] or '-'}",
            f"Titik: {point['lat']}, {point['lng']}" if point else "Titik: -",
            f"Masuk: {told['createdAt']}",
            f"Tenggat: {told['dueAt'] or '-'}",
            f"Catatan petugas: {told['note'] or '-'}",
        ]
        return "\n".join(lines) + "\n"


class CallCentres:
    """Brings letters to departments: a `LetterCarrier` for the courier of the workflow.

    `webhooks` are addresses by code of the department; one without gets its letters in the folder,
    in which all stay until somebody takes them out.
    """

    def __init__(
        self,
        web: Web,
        folder: Path,
        webhooks: Mapping[str, str] | None = None,
        *,
        private_hosts: frozenset[str] = frozenset(),
    ) -> None:
        self._outbox = Outbox(web, folder, private_hosts=private_hosts, most=None)
        self._webhooks = dict(webhooks or {})

    async def deliver(self, department: str, letter: Mapping[str, Any], attempts: int) -> str:
        """Where it arrived. Raises Unreachable where a webhook did not take it, to be tried again."""
        made = ForwardingLetter(department, letter)
        webhook = self._webhooks.get(department)
        if webhook is not None:
            if await self._outbox.posted(made, webhook):
                return "webhook"
            if attempts < POSTS:
                raise Unreachable("the webhook of a call centre did not take a letter")
        file = await self._outbox.kept(made)
        return f"surat {file.name}"
