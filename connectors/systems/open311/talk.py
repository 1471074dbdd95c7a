"""The talk with one Open311 server: which questions are asked, and what is read of the answers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from connectors.errors import Rejected, Unreadable
from connectors.kinds.collection import OriginOf, origins
from connectors.kinds.kelurahan import Kelurahan
from connectors.kinds.open311 import records
from connectors.kinds.open311.questions import Server, endpoint_of
from connectors.kinds.open311.records import Definition, Service
from connectors.kinds.open311.windows import Window
from connectors.ports.connectors import Binding
from connectors.systems.open311 import mapping
from connectors.systems.open311.mapping import Told
from connectors.systems.open311.options import Options
from connectors.upkeep import http
from connectors.upkeep.documents import Document, Request, Stamp
from connectors.upkeep.upkeep import Upkeep

MOST_IDS = 50
"""In one question for several requests."""
LONGEST_ID = 255
_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class RequestsPage:
    """What was read of one answer."""

    ids: tuple[str, ...]
    told: tuple[Told, ...]
    rejected: tuple[tuple[Any, str], ...]
    fetched_at: datetime

    def staled(self) -> RequestsPage:
        """The same page, as a last good answer."""
        return replace(self, told=tuple(_staled(one) for one in self.told))


@dataclass(frozen=True, slots=True)
class ServicesPage:
    services: tuple[Service, ...]
    rejected: tuple[tuple[Any, str], ...]
    origin: OriginOf


class Talk:
    """Asks one server, through the upkeep of its source. Every method raises ConnectorError."""

    def __init__(
        self, binding: Binding, options: Options, upkeep: Upkeep, kelurahan: Kelurahan
    ) -> None:
        self.binding = binding
        self.options = options
        self.upkeep = upkeep
        self._kelurahan = kelurahan
        self._spoken: Server | None = None

    async def page(self, window: Window, page: int, behind: str) -> RequestsPage:
        """A page of the requests of a window, see `windows.Ask`."""
        server = await self.server()
        asked = server.requests(
            window.start, window.end, page=page, page_size=self.options.page_size
        )
        key = http.key_of(asked) + (f" behind {behind}" if behind else "")
        return await self.upkeep.get(asked, self._read, key=key, absent=page > 1)

    def _read(self, document: Document, stamp: Stamp) -> RequestsPage:
        if document.status in http.ABSENT:
            return RequestsPage((), (), (), stamp.fetched_at)
        found, rejected = records.requests(document, self.options.zone)
        if rejected and not found:
            raise Unreadable(f"none of {len(rejected)} requests could be read: {rejected[0][1]}")
        origin = origins(self.binding, stamp)
        return RequestsPage(
            ids=(*(one.id for one in found), *(id_of(row) for row, _ in rejected)),
            told=tuple(
                mapping.told(self.binding.key, one, origin, self.options, self._kelurahan)
                for one in found
            ),
            rejected=tuple(rejected),
            fetched_at=stamp.fetched_at,
        )

    async def server(self) -> Server:
        """How the server is asked, found out once. Raises ConnectorError."""
        if self._spoken is None:
            options = self.options
            url: str = options.url
            formats: tuple[str, ...] = ()
            if options.discovery:
                url, formats = await self.upkeep.get(
                    Request(options.discovery, headers=options.headers), _read_discovery
                )
            chosen = options.format or (formats[0] if formats else "")
            server = Server(
                url=url,
                format=chosen or "json",
                jurisdiction=options.jurisdiction_id,
                api_key=options.api_key,
                key_for_reading=options.key_for_reading,
                extensions=options.extensions,
                local_times=options.zone if options.local_times else None,
                headers=options.headers,
            )
            if not chosen and not await self._speaks(server):
                # JSON may be there or not; XML must be.
                server = replace(server, format="xml")
            self._spoken = server
        return self._spoken

    async def _speaks(self, server: Server) -> bool:
        try:
            await self.upkeep.get(server.services(), self._read_services)
        except (Rejected, Unreadable):
            return False
        return True

    # --------------------------------------------------------------------------- by id

    async def requests(self, ids: Sequence[str]) -> dict[str, Told]:
        """These requests, by id; those that the server does not know are left out."""
        alone = [local for local in ids if "," in local]
        several = [local for local in ids if "," not in local]
        found: dict[str, Told] = {}
        if len(several) == 1:
            alone += several
        else:
            for start in range(0, len(several), MOST_IDS):
                chunk = several[start : start + MOST_IDS]
                page = await self._page_of(chunk)
                if page is not None:
                    found |= {one.id: one for one in page.told if one.id in chunk}
                # Not every server knows lists of ids: one that gives none of them, the first
                # alone, or others, is asked again for each.
                if page is None or len(page.told) <= 1 or not set(page.ids) <= set(chunk):
                    alone += [local for local in chunk if local not in found]
        turns = asyncio.Semaphore(_AT_ONCE)

        async def one(local: str) -> Told | None:
            async with turns:
                return await self._one(local)

        for told in await asyncio.gather(*map(one, alone)):
            if told is not None:
                found[told.id] = told
        return found

    async def _page_of(self, ids: Sequence[str]) -> RequestsPage | None:
        server = await self.server()
        try:
            return await self.upkeep.get(server.requests_by_id(ids), self._read, absent=True)
        except Rejected:
            return None

    async def _one(self, local: str) -> Told | None:
        server = await self.server()
        try:
            page = await self.upkeep.get(server.request(local), self._read, absent=True)
        except Rejected:
            return None  # some servers answer 400 for an id they do not know
        return next((told for told in page.told if told.id == local), None)

    # --------------------------------------------------------------------------- services

    async def services(self) -> ServicesPage:
        """The list of services."""
        server = await self.server()
        return await self.upkeep.get(server.services(), self._read_services)

    async def service(self, code: str) -> Service | None:
        """The service that takes complaints of this category; of several the first."""
        page = await self.services()
        own = self.options.categories
        return next((one for one in page.services if own.get(one.code, one.code) == code), None)

    async def form(self, service_code: str) -> Definition:
        """The form of a service; one without questions where the server has none."""
        server = await self.server()
        asked = server.definition(service_code)
        return await self.upkeep.get(asked, _read_definition, absent=True)

    def _read_services(self, document: Document, stamp: Stamp) -> ServicesPage:
        found, rejected = records.services(document)
        if rejected and not found:
            raise Unreadable(f"none of {len(rejected)} services could be read: {rejected[0][1]}")
        return ServicesPage(tuple(found), tuple(rejected), origins(self.binding, stamp))


# ------------------------------------------------------------------------------- parts


def _read_definition(document: Document, stamp: Stamp) -> Definition:
    del stamp
    if document.status in http.ABSENT:
        return Definition("", ())
    return records.definition(document)


def _read_discovery(document: Document, stamp: Stamp) -> tuple[str, tuple[str, ...]]:
    del stamp
    return endpoint_of(records.endpoints(document))


def id_of(row: Any) -> str:
    """The id of a row that could not be read; empty where it has none."""
    said = row.get("service_request_id") if isinstance(row, Mapping) else None
    return said.strip() if isinstance(said, str) else ""


def _staled(told: Told) -> Told:
    origin = replace(told.complaint.origin, stale=True)
    return replace(told, complaint=replace(told.complaint, origin=origin))
