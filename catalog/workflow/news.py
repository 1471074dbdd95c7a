"""What the system a complaint was handed on to says of it: taken once, in its order, never backwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.workflow.tables import intakes
from catalog.workflow.writing import Held, Step, alter, hold, mark, take_step
from connectors.ports.common import ScopedId, Text
from connectors.ports.complaint_workflow import CLOSED, RANK, Act, after_news
from connectors.ports.complaints import Complaint, ComplaintStatus
from connectors.store.complaint_tables import complaints


@dataclass(frozen=True, slots=True)
class News:
    """What a source says of one complaint, in a list, by a webhook, or when it is asked."""

    desk: str
    """Key of the source it was handed on to."""
    upstream_id: str
    at: datetime
    """When it changed there, by the source's own clock."""
    status: ComplaintStatus
    word: str
    """The source's own word, verbatim."""
    note: Text | None = None
    department: str | None = None
    has_proof: bool = False

    @property
    def order(self) -> tuple[datetime, int]:
        """What is newer: by the source's time, and within the same second by how far it came."""
        return (self.at, RANK[self.status])


def news_of(desk: str, complaint: Complaint) -> News:
    """What a record of a source's list says."""
    return News(
        desk=desk,
        upstream_id=complaint.upstream_id or complaint.origin.local_id,
        at=complaint.updated_at,
        status=complaint.status,
        word=complaint.source_status,
        note=complaint.status_note,
        department=complaint.department,
        has_proof=complaint.has_proof,
    )


async def ours(
    connection: AsyncConnection, desk: str, upstream_ids: list[str]
) -> dict[str, ScopedId]:
    """Which complaints of a source's list were taken here: their ids by those of the source.

    In a list of all complaints the record of the source is left out for ours: ours knows more.
    """
    c, i = complaints.c, intakes.c
    rows = await connection.execute(
        select(c.upstream_id, c.source, c.local_id)
        .join(intakes, (i.home == c.source) & (i.complaint == c.local_id))
        .where(i.desk == desk, c.upstream_id.in_(upstream_ids))
    )
    return {row.upstream_id: ScopedId(row.source, row.local_id) for row in rows}


async def take_news(connection: AsyncConnection, news: News, *, now: datetime) -> Complaint | None:
    """Take what a source says: the complaint as it is by then; None when it is not one of ours.

    News that is not newer than what was taken before, late or twice, changes nothing.
    """
    found = (await ours(connection, news.desk, [news.upstream_id])).get(news.upstream_id)
    held = await hold(connection, found.source, found.local) if found else None
    if held is None:
        return None
    if held.last_news is not None and news.order <= held.last_news:
        return held.complaint
    changed = await _taken(connection, held, news, now)
    return changed.complaint


async def _taken(connection: AsyncConnection, held: Held, news: News, now: datetime) -> Held:
    before = held.complaint
    status = after_news(before.status, held.source_said, news.status)
    # A word that is not known says nothing of where it stands: what was said before still holds.
    said = held.source_said if news.status is ComplaintStatus.UNKNOWN else news.status
    held = await mark(connection, held, source_at=news.at, source_said=said or news.status)
    if status is before.status:
        if news.word == before.source_status:
            return held
        return await alter(connection, held, source_status=news.word)
    told: dict[str, Any] = {
        "status": status,
        "source_status": news.word,
        "status_note": news.note or before.status_note,
        "department": before.department or news.department,
        "has_proof": before.has_proof or news.has_proof,
    }
    moment = min(max(news.at, before.created_at), now)
    if status is ComplaintStatus.RESOLVED:
        told["resolved_at"] = moment
    elif before.status in CLOSED:
        told |= {"resolved_at": None, "rating": None, "reject_reason": None, "duplicate_of": None}
    if RANK[status] >= RANK[ComplaintStatus.FORWARDED] and status not in CLOSED:
        told["forwarded_at"] = before.forwarded_at or moment
    step = Step(Act.NEWS, now, None, news.note, shown_as="LAKSA", department=news.department)
    return await take_step(connection, held, step, **told)
