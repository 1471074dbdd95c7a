"""Complaints behind an Open311 server, read: windows of its list, single requests, services.

All requests of the last `history_days` are held in memory, as the windows of the server's list
have them; every filter, order and figure is worked out over these. An older request is found by
its id. Whoever asks for complaints from before that time is told that the list is not complete.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from connectors.errors import Rejected
from connectors.kinds.collection import origins
from connectors.memory.aside import aside
from connectors.memory.complaints import MemoryComplaints
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
from connectors.systems.open311 import mapping
from connectors.systems.open311.categories import Categories
from connectors.systems.open311.gathering import Gathering, records_of
from connectors.systems.open311.talk import Talk
from connectors.upkeep.asking import note_trouble
from connectors.upkeep.documents import Stamp

T = TypeVar("T")

_MARK = "#"
"""Between the id of a complaint and the rest of the id of what belongs to it."""


class Open311Complaints:
    """A ComplaintSource over an Open311 server."""

    def __init__(self, talk: Talk, now: Callable[[], datetime]) -> None:
        self.name = talk.binding.key
        self._talk = talk
        self._now = now
        self._gathering = Gathering(talk, now)
        self._kinds = Categories(talk)

    @property
    def rejected(self) -> list[tuple[Any, str]]:
        """The rows that could not be read, as they came, and why."""
        held = self._gathering.held
        return held.rejected if held else []

    @property
    def records_total(self) -> int:
        """How many requests are held."""
        held = self._gathering.held
        return len(held.told) if held else 0

    async def aclose(self) -> None:
        """Give up what is under way."""
        await self._gathering.aclose()

    # --------------------------------------------------------------------------- categories

    async def list_categories(self) -> Sequence[ComplaintCategory]:
        kinds = await self._kinds.all()
        return sorted(kinds.values(), key=lambda one: one.code)

    async def categories_by_id(self, ids: Sequence[str]) -> Sequence[ComplaintCategory | None]:
        if not ids:
            return []
        kinds = await self._kinds.all()
        if all(code in kinds for code in ids):
            return [kinds[code] for code in ids]
        held = await self._gathering.all()
        origin = origins(self._talk.binding, Stamp(self._now()))
        names = {one.complaint.category: one for one in held.told.values()}
        return [
            kinds.get(code)
            or (
                mapping.retired(code, names[code].category_name, origin, self._talk.options)
                if code in names
                else None
            )
            for code in ids
        ]

    # --------------------------------------------------------------------------- complaints

    async def complaints_by_id(self, ids: Sequence[str]) -> Sequence[Complaint | None]:
        told = await self._gathering.told(ids)
        return [told[local].complaint if local in told else None for local in ids]

    async def complaints_by_tracking_id(self, ids: Sequence[str]) -> Sequence[Complaint | None]:
        return await self.complaints_by_id(ids)

    async def find_complaints(
        self, criteria: ComplaintCriteria, order: Order[ComplaintOrderField], page: Page
    ) -> Slice[Complaint]:
        held = await self._for(criteria)
        return await self._aside(lambda: held.find_complaints(criteria, order, page))

    async def count_complaints(self, criteria: ComplaintCriteria) -> int:
        held = await self._for(criteria, whole=True)
        return await self._aside(lambda: held.count_complaints(criteria))

    async def complaint_buckets(
        self, criteria: ComplaintCriteria, field: ComplaintDimension
    ) -> Sequence[Bucket]:
        held = await self._for(criteria, whole=True)
        return await self._aside(lambda: held.complaint_buckets(criteria, field))

    async def complaint_stats(self, criteria: ComplaintCriteria, question: StatsQuestion) -> Stats:
        held = await self._for(criteria, whole=True)
        return await self._aside(lambda: held.complaint_stats(criteria, question))

    async def similar_complaints(self, question: Similar) -> Sequence[Complaint]:
        memory = (await self._gathering.all()).memory
        return await self._aside(lambda: memory.similar_complaints(question))

    async def duplicates_by_complaint_id(
        self, ids: Sequence[str], visible_to: Viewer
    ) -> Sequence[Sequence[Complaint]]:
        memory = (await self._gathering.all()).memory
        return await self._aside(lambda: memory.duplicates_by_complaint_id(ids, visible_to))

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

    # --------------------------------------------------------------------------- over what

    async def _aside(self, question: Callable[[], Coroutine[Any, Any, T]]) -> T:
        return await aside(question, records=self.records_total)

    async def _for(self, criteria: ComplaintCriteria, *, whole: bool = False) -> MemoryComplaints:
        """What a question is answered from; `whole` where a part of it would be a wrong answer."""
        if criteria.ids is not None:
            return await self._of(one.local for one in criteria.ids if one.source == self.name)
        held = await self._gathering.all(whole=whole)
        asked = criteria.created
        edges = (asked.start, asked.end) if asked else ()
        if any(edge is not None and edge < held.since for edge in edges):
            days = self._talk.options.history_days
            trouble = Rejected(f"requests are held for {days} days only")
            if whole:
                raise trouble
            note_trouble(trouble, partial=True)
        return held.memory

    async def _of(self, ids: Iterable[str]) -> MemoryComplaints:
        """A connector over these complaints alone."""
        told = await self._gathering.told(list(ids))
        return MemoryComplaints(self.name, records_of(told.values()))


def _owner(local: str) -> str:
    """The id of the complaint that something with this id belongs to."""
    return local.partition(_MARK)[0]
