"""The services of a server as categories, with the forms they ask to be filled in."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from connectors.errors import ConnectorError
from connectors.kinds.open311.records import Definition
from connectors.ports.complaint_categories import ComplaintCategory
from connectors.systems.open311 import mapping
from connectors.systems.open311.talk import ServicesPage, Talk
from connectors.upkeep.asking import note_trouble

_AT_ONCE = 4


class Categories:
    """The categories of a server, by code; put together again when something changed."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._forms: dict[str, tuple[float, Definition]] = {}
        self._kinds: tuple[tuple[Any, ...], dict[str, ComplaintCategory]] | None = None

    async def all(self) -> dict[str, ComplaintCategory]:
        """All categories that complaints can be handed in for. Raises ConnectorError."""
        page = await self._talk.services()
        forms = await self._definitions(page) if self._talk.options.definitions else {}
        mark = (page, *forms.values())
        if self._kinds is None or not _same(self._kinds[0], mark):
            kinds: dict[str, ComplaintCategory] = {}
            for one in page.services:
                made = mapping.category(one, forms.get(one.code), page.origin, self._talk.options)
                kinds.setdefault(made.code, made)
            self._kinds = (mark, kinds)
        return self._kinds[1]

    async def _definitions(self, page: ServicesPage) -> dict[str, Definition]:
        """The forms of all services that have one; they change seldom and are kept a while."""
        turns = asyncio.Semaphore(_AT_ONCE)
        clock = self._talk.upkeep.clock.monotonic()

        async def one(code: str) -> None:
            known = self._forms.get(code)
            if known is not None and clock - known[0] < self._talk.options.settled_for:
                return
            async with turns:
                try:
                    form = await self._talk.form(code)
                except ConnectorError as error:
                    note_trouble(error, partial=known is None)
                else:
                    self._forms[code] = (clock, form)

        codes = [service.code for service in page.services if service.metadata]
        await asyncio.gather(*map(one, codes))
        return {code: self._forms[code][1] for code in codes if code in self._forms}


def _same(known: Sequence[Any], found: Sequence[Any]) -> bool:
    return len(known) == len(found) and all(a is b for a, b in zip(known, found, strict=True))
