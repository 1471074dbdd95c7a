"""The feed: every change in the order in which it became visible, to be read on from any number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.workflow.tables import changes, feed
from connectors.ports.common import ScopedId
from connectors.ports.complaint_workflow import Act

MOST = 1_000


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one complaint. Who did it is for the audit alone."""

    number: int
    """Its place in the feed: a cursor to read on from."""
    complaint: ScopedId
    step: ScopedId
    """Id of the event of the history that tells it."""
    version: int
    act: Act
    role: str | None
    department: str | None
    at: datetime


async def latest(connection: AsyncConnection) -> int:
    """The number of the last change; 0 while there was none."""
    return int(await connection.scalar(select(feed.c.number).where(feed.c.id == 1)) or 0)


async def after(
    connection: AsyncConnection,
    number: int,
    *,
    complaint: ScopedId | None = None,
    first: int = MOST,
) -> Sequence[Change]:
    """The changes that came after a number, oldest first, at most `first` and `MOST`."""
    c = changes.c
    wanted = [c.number > number]
    if complaint is not None:
        wanted += [c.home == complaint.source, c.complaint == complaint.local]
    rows = await connection.execute(
        select(changes).where(*wanted).order_by(c.number).limit(min(first, MOST))
    )
    return [_change(row) for row in rows]


def _change(row: Row[Any]) -> Change:
    return Change(
        number=row.number,
        complaint=ScopedId(row.home, row.complaint),
        step=ScopedId(row.home, row.step),
        version=row.version,
        act=Act(row.act),
        role=row.role,
        department=row.department,
        at=row.at,
    )
