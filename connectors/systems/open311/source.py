"""Complaints behind an Open311 server, read: windows of its list, single requests, services.

All requests of the last `history_days` are held in memory, as the windows of the server's list
have them; every filter, order and figure is worked out over these. An older request is found by
its id. Whoever asks for complaints from before that time is told that the list is not complete.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from connectors.errors import ConnectorError, Rejected, Unreadable
from connectors.kinds.collection import OriginOf, origins
from connectors.kinds.kelurahan import Kelurahan
from connectors.kinds.open311 import records
from connectors.kinds.open311.questions import Server, endpoint_of
from connectors.kinds.open311.records import Definition, Service
from connectors.kinds.open311.windows import Stitched, Window
from connectors.memory.complaints import MemoryComplaints, Records
from connectors.ports.common import Bucket, Order, Page, Slice
from connectors.ports.complaint_categories import ComplaintCategory
from connectors.ports.complaint_stats import ComplaintDimension, Stats, StatsQuestion
from connectors.ports.complaints import (
    Comment,
    Complaint,
    ComplaintCriteria,
    ComplaintEvent,
    ComplaintMedia,
    ComplaintOrderField,
    Particulars,
    Similar,
    Viewer,
)
from connectors.ports.connectors import Binding
from connectors.systems.open311 import mapping
from connectors.systems.open311.mapping import Told
from connectors.systems.open311.options import Options
from connectors.upkeep import http
from connectors.upkeep.asking import note_fetch, note_trouble
from connectors.upkeep.documents import Document, Request, Stamp
from connectors.upkeep.upkeep import Upkeep

MOST_IDS = 50
"""In one question for several requests."""
LONGEST_ID = 255
_AT_ONCE = 4
_MARK = "#"
"""Between the id of a complaint and the rest of the id of what belongs to it."""


@dataclass(frozen=True, slots=True)
class RequestsPage:
    """What was read of one answer."""

    ids: tuple[str, ...]
    told: tuple[Told, ...]
    rejected: tuple[tuple[Any, str], ...]
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class ServicesPage:
    services: tuple[Service, ...]
    rejected: tuple[tuple[Any, str], ...]
    origin: OriginOf


@dataclass(frozen=True, slots=True)
class Held:
    """Everything of the last `history_days`."""

    memory: MemoryComplaints
    told: Mapping[str, Told]
    rejected: list[tuple[Any, str]]
    since: datetime


class Open311Complaints:
    """A ComplaintSource over an Open311 server."""

    def __init__(
        self,
        binding: Binding,
        options: Options,
        upkeep: Upkeep,
        now: Callable[[], datetime],
        kelurahan: Kelurahan,
    ) -> None:
        self.name = binding.key
        self.rejected: list[tuple[Any, str]] = []
        """The rows that could not be read, as they came, and why."""
        self.records_total = 0
        self._binding = binding
        self._options = options
        self._upkeep = upkeep
        self._now = now
        self._kelurahan = kelurahan
        self._spoken: Server | None = None
        self._stitched = Stitched(
            self._page, window_days=options.window_days, paged=options.paging, limit=options.limit
        )
        self._pages: tuple[Any, ...] = ()
        self._held: Held | None = None
        self._stale: dict[int, tuple[Any, RequestsPage]] = {}
        self._forms: dict[str, tuple[float, Definition]] = {}
        self._kinds: tuple[tuple[Any, ...], dict[str, ComplaintCategory]] | None = None

    # --------------------------------------------------------------------------- categories

    async def list_categories(self) -> Sequence[ComplaintCategory]:
        kinds = await self._categories()
        return sorted(kinds.values(), key=lambda one: one.code)

    async def categories_by_id(self, ids: Sequence[str]) -> Sequence[ComplaintCategory | None]:
        if not ids:
            return []
        kinds = await self._categories()
        if all(code in kinds for code in ids):
            return [kinds[code] for code in ids]
        held = await self._all()
        origin = origins(self._binding, Stamp(self._now()))
        names = {one.complaint.category: one for one in held.told.values()}
        return [
            kinds.get(code)
            or (
                mapping.retired(code, names[code].category_name, origin, self._options)
                if code in names
                else None
            )
            for code in ids
        ]

    # --------------------------------------------------------------------------- complaints

    async def complaints_by_id(self, ids: Sequence[str]) -> Sequence[Complaint | None]:
        told = await self._told(ids)
        return [told[local].complaint if local in told else None for local in ids]

    async def complaints_by_tracking_id(self, ids: Sequence[str]) -> Sequence[Complaint | None]:
        return await self.complaints_by_id(ids)

    async def find_complaints(
        self, criteria: ComplaintCriteria, order: Order[ComplaintOrderField], page: Page
    ) -> Slice[Complaint]:
        return await (await self._for(criteria)).find_complaints(criteria, order, page)

    async def count_complaints(self, criteria: ComplaintCriteria) -> int:
        return await (await self._for(criteria)).count_complaints(criteria)

    async def complaint_buckets(
        self, criteria: ComplaintCriteria, field: ComplaintDimension
    ) -> Sequence[Bucket]:
        return await (await self._for(criteria)).complaint_buckets(criteria, field)

    async def complaint_stats(self, criteria: ComplaintCriteria, question: StatsQuestion) -> Stats:
        return await (await self._for(criteria)).complaint_stats(criteria, question)

    async def similar_complaints(self, question: Similar) -> Sequence[Complaint]:
        return await (await self._all()).memory.similar_complaints(question)

    async def duplicates_by_complaint_id(
        self, ids: Sequence[str], visible_to: Viewer
    ) -> Sequence[Sequence[Complaint]]:
        return await (await self._all()).memory.duplicates_by_complaint_id(ids, visible_to)

    # --------------------------------------------------------------------------- children

    async def media_by_complaint_id(self, ids: Sequence[str]) -> Sequence[Sequence[ComplaintMedia]]:
        return await (await self._of(ids)).media_by_complaint_id(ids)

    async def media_by_event_id(self, ids: Sequence[str]) -> Sequence[Sequence[ComplaintMedia]]:
        return [() for _ in ids]  # GeoReport has media of requests alone

    async def media_by_comment_id(self, ids: Sequence[str]) -> Sequence[Sequence[ComplaintMedia]]:
        return [() for _ in ids]

    async def history_by_complaint_id(
        self, ids: Sequence[str], page: Page
    ) -> Sequence[Slice[ComplaintEvent]]:
        return await (await self._of(ids)).history_by_complaint_id(ids, page)

    async def comments_by_complaint_id(
        self, ids: Sequence[str], page: Page
    ) -> Sequence[Slice[Comment]]:
        return await (await self._of(ids)).comments_by_complaint_id(ids, page)

    async def comment_counts_by_complaint_id(self, ids: Sequence[str]) -> Sequence[int]:
        return await (await self._of(ids)).comment_counts_by_complaint_id(ids)

    async def particulars_by_complaint_id(self, ids: Sequence[str]) -> Sequence[Particulars | None]:
        return await (await self._of(ids)).particulars_by_complaint_id(ids)

    async def events_by_id(self, ids: Sequence[str]) -> Sequence[ComplaintEvent | None]:
        return await (await self._of(map(_owner, ids))).events_by_id(ids)

    async def comments_by_id(self, ids: Sequence[str]) -> Sequence[Comment | None]:
        return await (await self._of(map(_owner, ids))).comments_by_id(ids)

    async def media_by_id(self, ids: Sequence[str]) -> Sequence[ComplaintMedia | None]:
        return await (await self._of(map(_owner, ids))).media_by_id(ids)

    # --------------------------------------------------------------------------- all of them

    async def _for(self, criteria: ComplaintCriteria) -> MemoryComplaints:
        """What a question is answered from."""
        if criteria.ids is not None:
            return await self._of(one.local for one in criteria.ids if one.source == self.name)
        held = await self._all()
        asked = criteria.created
        edges = (asked.start, asked.end) if asked else ()
        if any(edge is not None and edge < held.since for edge in edges):
            days = self._options.history_days
            note_trouble(Rejected(f"requests are held for {days} days only"), partial=True)
        return held.memory

    async def _of(self, ids: Iterable[str]) -> MemoryComplaints:
        """A connector over these complaints alone."""
        told = await self._told(list(ids))
        return MemoryComplaints(self.name, _records(told.values()))

    async def _all(self) -> Held:
        """Everything of the last `history_days`. Raises ConnectorError."""
        options = self._options
        found = await self._stitched.stretches(
            self._now(),
            options.history_days,
            rest=options.settled_for,
            clock=self._upkeep.clock.monotonic(),
        )
        pages: list[RequestsPage] = []
        stale: dict[int, tuple[Any, RequestsPage]] = {}
        for stretch in found:
            if stretch.trouble is not None:
                note_trouble(stretch.trouble, partial=not stretch.pages)
            elif stretch.cut_off:
                trouble = Unreadable("the server cuts its lists off and gives no further pages")
                note_trouble(trouble, partial=True)
            for page in stretch.pages:
                note_fetch(page.fetched_at)
                if stretch.trouble is not None:
                    stale[id(page)] = self._stale.get(id(page)) or (page, _staled(page))
                    pages.append(stale[id(page)][1])
                else:
                    pages.append(page)
        self._stale = stale
        if not pages:
            raise next(one.trouble for one in found if one.trouble is not None)
        return await self._put_together(tuple(pages))

    async def _put_together(self, pages: tuple[RequestsPage, ...]) -> Held:
        known = self._pages
        same = len(known) == len(pages) and all(a is b for a, b in zip(known, pages, strict=True))
        if self._held is None or not same:
            since = self._now() - timedelta(days=self._options.history_days)
            # In a thread, so that a large city does not keep everybody else waiting.
            self._held = await asyncio.to_thread(_held, self.name, pages, since)
            self._pages = pages
            self.rejected, self.records_total = self._held.rejected, len(self._held.told)
        return self._held

    # --------------------------------------------------------------------------- by id

    async def _told(self, ids: Sequence[str]) -> Mapping[str, Told]:
        """What is known of these requests, by id; the older ones are looked up one by one."""
        if not ids:
            return {}
        failure: ConnectorError | None = None
        try:
            held = (await self._all()).told
        except ConnectorError as error:
            held, failure = {}, error  # a single request may be had where the list may not
        told = {local: held[local] for local in ids if local in held}
        missing = sorted({local for local in ids if 0 < len(local) <= LONGEST_ID} - set(told))
        if not missing:
            return told
        try:
            return {**told, **await self._looked_up(missing)}
        except ConnectorError as error:
            raise (failure or error) from error

    async def _looked_up(self, ids: Sequence[str]) -> dict[str, Told]:
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
        server = await self._server()
        try:
            return await self._upkeep.get(server.requests_by_id(ids), self._read, absent=True)
        except Rejected:
            return None

    async def _one(self, local: str) -> Told | None:
        server = await self._server()
        try:
            page = await self._upkeep.get(server.request(local), self._read, absent=True)
        except Rejected:
            return None  # some servers answer 400 for an id they do not know
        return next((told for told in page.told if told.id == local), None)

    # --------------------------------------------------------------------------- asking

    async def _page(self, window: Window, page: int, behind: str) -> RequestsPage:
        server = await self._server()
        asked = server.requests(
            window.start, window.end, page=page, page_size=self._options.page_size
        )
        key = http.key_of(asked) + (f" behind {behind}" if behind else "")
        return await self._upkeep.get(asked, self._read, key=key, absent=page > 1)

    def _read(self, document: Document, stamp: Stamp) -> RequestsPage:
        if document.status in http.ABSENT:
            return RequestsPage((), (), (), stamp.fetched_at)
        found, rejected = records.requests(document, self._options.zone)
        if rejected and not found:
            raise Unreadable(f"none of {len(rejected)} requests could be read: {rejected[0][1]}")
        origin = origins(self._binding, stamp)
        return RequestsPage(
            ids=(*(one.id for one in found), *(_id_of(row) for row, _ in rejected)),
            told=tuple(
                mapping.told(self.name, one, origin, self._options, self._kelurahan)
                for one in found
            ),
            rejected=tuple(rejected),
            fetched_at=stamp.fetched_at,
        )

    async def _server(self) -> Server:
        """How the server is asked, found out once. Raises ConnectorError."""
        if self._spoken is None:
            options = self._options
            url: str = options.url
            formats: tuple[str, ...] = ()
            if options.discovery:
                url, formats = await self._upkeep.get(
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
            await self._upkeep.get(server.services(), self._read_services)
        except (Rejected, Unreadable):
            return False
        return True

    # --------------------------------------------------------------------------- services

    async def _categories(self) -> dict[str, ComplaintCategory]:
        server = await self._server()
        page = await self._upkeep.get(server.services(), self._read_services)
        forms = await self._definitions(page) if self._options.definitions else {}
        mark = (page, *forms.values())
        if self._kinds is None or not _same(self._kinds[0], mark):
            kinds: dict[str, ComplaintCategory] = {}
            for one in page.services:
                made = mapping.category(one, forms.get(one.code), page.origin, self._options)
                kinds.setdefault(made.code, made)
            self._kinds = (mark, kinds)
        return self._kinds[1]

    async def _service(self, code: str) -> Service | None:
        """The service that takes complaints of this category; of several the first."""
        server = await self._server()
        page = await self._upkeep.get(server.services(), self._read_services)
        own = self._options.categories
        return next((one for one in page.services if own.get(one.code, one.code) == code), None)

    async def _form(self, service_code: str) -> Definition:
        server = await self._server()
        asked = server.definition(service_code)
        return await self._upkeep.get(asked, _read_definition, absent=True)

    async def _definitions(self, page: ServicesPage) -> dict[str, Definition]:
        """The forms of all services that have one; they change seldom and are kept a while."""
        turns = asyncio.Semaphore(_AT_ONCE)
        clock = self._upkeep.clock.monotonic()

        async def one(code: str) -> None:
            known = self._forms.get(code)
            if known is not None and clock - known[0] < self._options.settled_for:
                return
            async with turns:
                try:
                    form = await self._form(code)
                except ConnectorError as error:
                    note_trouble(error, partial=known is None)
                else:
                    self._forms[code] = (clock, form)

        codes = [service.code for service in page.services if service.metadata]
        await asyncio.gather(*map(one, codes))
        return {code: self._forms[code][1] for code in codes if code in self._forms}

    def _read_services(self, document: Document, stamp: Stamp) -> ServicesPage:
        found, rejected = records.services(document)
        if rejected and not found:
            raise Unreadable(f"none of {len(rejected)} services could be read: {rejected[0][1]}")
        return ServicesPage(tuple(found), tuple(rejected), origins(self._binding, stamp))


# ------------------------------------------------------------------------------- parts


def _read_definition(document: Document, stamp: Stamp) -> Definition:
    del stamp
    if document.status in http.ABSENT:
        return Definition("", ())
    return records.definition(document)


def _read_discovery(document: Document, stamp: Stamp) -> tuple[str, tuple[str, ...]]:
    del stamp
    return endpoint_of(records.endpoints(document))


def _held(name: str, pages: Sequence[RequestsPage], since: datetime) -> Held:
    """All pages as one: who stands on several is taken once, as the first of them has it."""
    told: dict[str, Told] = {}
    rejected: dict[str, tuple[Any, str]] = {}
    for page in pages:
        for one in page.told:
            told.setdefault(one.id, one)
        for row, reason in page.rejected:
            rejected.setdefault(_id_of(row) or f"{len(rejected)}", (row, reason))
    memory = MemoryComplaints(name, _records(told.values()))
    return Held(memory, told, list(rejected.values()), since)


def _records(told: Iterable[Told]) -> Records:
    every = list(told)
    return Records(
        complaints=[one.complaint for one in every],
        events=[event for one in every for event in one.events],
        comments=[comment for one in every for comment in one.comments],
        media=[item for one in every for item in one.media],
        particulars={one.id: one.particulars for one in every if one.particulars is not None},
    )


def _staled(page: RequestsPage) -> RequestsPage:
    """The same page, as a last good answer."""
    return replace(
        page,
        told=tuple(
            replace(
                one,
                complaint=replace(one.complaint, origin=replace(one.complaint.origin, stale=True)),
            )
            for one in page.told
        ),
    )


def _owner(local: str) -> str:
    """The id of the complaint that something with this id belongs to."""
    return local.partition(_MARK)[0]


def _id_of(row: Any) -> str:
    said = row.get("service_request_id") if isinstance(row, Mapping) else None
    return said.strip() if isinstance(said, str) else ""


def _same(known: Sequence[Any], found: Sequence[Any]) -> bool:
    return len(known) == len(found) and all(a is b for a, b in zip(known, found, strict=True))
