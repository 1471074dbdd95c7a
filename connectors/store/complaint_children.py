"""What belongs to complaints in the embedded store: history, comments, media, personal data.

Every method answers for a whole batch of complaints with one statement.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Column, Row, Table, and_, func, or_, select

from connectors.kinds.sql import Database
from connectors.ports.common import Hit, Page, Position, Slice
from connectors.ports.complaints import (
    Comment,
    ComplaintEvent,
    ComplaintMedia,
    Particulars,
)
from connectors.store.base import by_code_point, in_order, owned
from connectors.store.complaint_tables import (
    comments,
    events,
    media,
    particulars,
    read_comment,
    read_event,
    read_media,
    read_particulars,
)

R = TypeVar("R")


class ComplaintChildren:
    """The part of a ComplaintSource that answers for the children."""

    def __init__(self, name: str, database: Database, *, samples: bool = True) -> None:
        self.name = name
        self._database = database
        self._samples = samples

    async def media_by_complaint_id(self, ids: Sequence[str]) -> Sequence[Sequence[ComplaintMedia]]:
        return await self._media(media.c.complaint, ids, media.c.comment.is_(None))

    async def media_by_event_id(self, ids: Sequence[str]) -> Sequence[Sequence[ComplaintMedia]]:
        return await self._media(media.c.event, ids)

    async def media_by_comment_id(self, ids: Sequence[str]) -> Sequence[Sequence[ComplaintMedia]]:
        return await self._media(media.c.comment, ids)

    async def history_by_complaint_id(
        self, ids: Sequence[str], page: Page
    ) -> Sequence[Slice[ComplaintEvent]]:
        return await self._pages(events, ids, page, read_event)

    async def comments_by_complaint_id(
        self, ids: Sequence[str], page: Page
    ) -> Sequence[Slice[Comment]]:
        return await self._pages(comments, ids, page, read_comment)

    async def comment_counts_by_complaint_id(self, ids: Sequence[str]) -> Sequence[int]:
        rows = await self._database.rows(
            select(comments.c.complaint, func.count().label("number"))
            .where(self._mine(comments), comments.c.complaint.in_(ids))
            .group_by(comments.c.complaint)
        )
        known = {row.complaint: row.number for row in rows}
        return [known.get(local, 0) for local in ids]

    async def particulars_by_complaint_id(self, ids: Sequence[str]) -> Sequence[Particulars | None]:
        rows = await self._by_id(particulars, ids)
        known = {row.local_id: read_particulars(row) for row in rows}
        return [known.get(local) for local in ids]

    async def events_by_id(self, ids: Sequence[str]) -> Sequence[ComplaintEvent | None]:
        rows = await self._by_id(events, ids)
        return in_order(map(read_event, rows), ids, lambda event: event.id.local)

    async def comments_by_id(self, ids: Sequence[str]) -> Sequence[Comment | None]:
        rows = await self._by_id(comments, ids)
        return in_order(map(read_comment, rows), ids, lambda comment: comment.id.local)

    async def media_by_id(self, ids: Sequence[str]) -> Sequence[ComplaintMedia | None]:
        rows = await self._by_id(media, ids)
        return in_order(map(read_media, rows), ids, lambda item: item.media.id.local)

    def _mine(self, table: Table) -> Any:
        return owned(table, self.name, samples=self._samples)

    async def _by_id(self, table: Table, ids: Sequence[str]) -> Sequence[Row[Any]]:
        return await self._database.rows(
            select(table).where(self._mine(table), table.c.local_id.in_(ids))
        )

    async def _media(
        self, parent: Column[Any], ids: Sequence[str], *further: Any
    ) -> list[list[ComplaintMedia]]:
        rows = await self._database.rows(
            select(media).where(self._mine(media), parent.in_(ids), *further)
        )
        found: dict[str, list[ComplaintMedia]] = {local: [] for local in ids}
        # Sorted here: for an ORDER BY of their ids SQLite would walk through all there are.
        for row in sorted(rows, key=lambda row: row.local_id):
            found[getattr(row, parent.name)].append(read_media(row))
        return [found[local] for local in ids]

    async def _pages(
        self, table: Table, ids: Sequence[str], page: Page, read: Callable[[Row[Any]], R]
    ) -> list[Slice[R]]:
        at, local = table.c.at, by_code_point(table.c.local_id)
        wanted = [self._mine(table), table.c.complaint.in_(ids)]
        if page.after is not None:
            last = page.after
            wanted.append(or_(at > last.value, and_(at == last.value, local > last.local)))
        place = func.row_number().over(partition_by=table.c.complaint, order_by=(at, local))
        ranked = select(table, place.label("place")).where(*wanted).subquery()
        rows = await self._database.rows(
            select(ranked)
            .where(ranked.c.place <= page.first + 1)
            .order_by(ranked.c.complaint, ranked.c.place)
        )
        found: dict[str, list[Row[Any]]] = {local: [] for local in ids}
        for row in rows:
            found[row.complaint].append(row)
        return [_slice(found[local], page, read) for local in ids]


def _slice(rows: Sequence[Row[Any]], page: Page, read: Callable[[Row[Any]], R]) -> Slice[R]:
    return Slice(
        hits=tuple(
            Hit(read(row), Position(row.at, row.source, row.local_id)) for row in rows[: page.first]
        ),
        more=len(rows) > page.first,
    )
