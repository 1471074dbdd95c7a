"""How a complaint changes: under its lock, one step of the history at a time.

Everything that is done to a complaint goes through `take_step`. So the version grows by one with
each act that is not SILENT, each change has its row in the history and in the feed, and the columns
that are worked out (`light`, durations, words to search) are those of the complaint as it is.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from catalog.workflow.people import Actor, label_of, need_role, need_tie, unknown
from catalog.workflow.refusals import changed, impossible
from catalog.workflow.tables import changes, feed, intakes
from connectors.ports.common import ScopedId, Text
from connectors.ports.complaint_workflow import RANK, SILENT, Act, after
from connectors.ports.complaints import Complaint, ComplaintEvent, ComplaintStatus
from connectors.store.complaint_tables import (
    SHOWN,
    complaint_values,
    complaints,
    event_values,
    events,
    read_complaint,
)

GATEWAY = "Gateway"
"""Who is shown for what nobody does: deliveries."""


@asynccontextmanager
async def writing(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction for acts on complaints; what raises undoes all of it."""
    async with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            # Else two that have both read would both want to write, and one would fail.
            await connection.execute(text("BEGIN IMMEDIATE"))
        yield connection


@dataclass(frozen=True, slots=True)
class Held:
    """A complaint under its lock, with what only the workflow knows of it."""

    complaint: Complaint
    reporter: str | None
    desk: str | None
    draft: dict[str, Any]
    sla: int | None
    token: str | None
    steps: int
    source_at: datetime | None
    source_said: ComplaintStatus | None

    @property
    def last_news(self) -> tuple[datetime, int] | None:
        """The place of the newest news of its source, None while there was none."""
        if self.source_at is None or self.source_said is None:
            return None
        return (self.source_at, RANK[self.source_said])

    @property
    def id(self) -> ScopedId:
        """Of the complaint."""
        return ScopedId(self.complaint.origin.connector, self.complaint.origin.local_id)


async def hold(connection: AsyncConnection, home: str, complaint: str) -> Held | None:
    """The complaint, locked until the transaction ends; None where it was not taken here."""
    mine = (intakes.c.home == home, intakes.c.complaint == complaint)
    taken = (await connection.execute(select(intakes).where(*mine).with_for_update())).first()
    if taken is None:
        return None
    shown = (
        await connection.execute(
            select(*SHOWN).where(complaints.c.source == home, complaints.c.local_id == complaint)
        )
    ).first()
    return None if shown is None else _held(shown, taken)


async def hold_for(
    connection: AsyncConnection,
    home: str,
    complaint: str,
    actor: Actor,
    act: Act,
    *,
    version: int | None = None,
) -> Held:
    """The complaint, locked, for somebody who may do this to it, and to whom it can be done.

    Raises UNAUTHENTICATED, FORBIDDEN, NOT_FOUND (also where it is not shown to the actor), and
    CONFLICT: another version than the one looked at, or an act that its status does not know.
    """
    need_role(actor, act)
    held = await hold(connection, home, complaint)
    if held is None:
        raise unknown(complaint)
    need_tie(actor, act, held.complaint, held.reporter)
    if version is not None and version != held.complaint.version:
        raise changed(held.complaint)
    if after(held.complaint.status, act) is None:
        raise impossible(held.complaint.status, act, held.complaint.version)
    return held


def _held(shown: Row[Any], taken: Row[Any]) -> Held:
    return Held(
        complaint=read_complaint(shown),
        reporter=taken.subject,
        desk=taken.desk,
        draft=taken.draft,
        sla=taken.sla,
        token=taken.token,
        steps=taken.steps,
        source_at=taken.source_at,
        source_said=ComplaintStatus(taken.source_said) if taken.source_said else None,
    )


@dataclass(frozen=True, slots=True)
class Step:
    """What a change is to say in the history."""

    act: Act
    at: datetime
    actor: Actor | None = None
    note: Text | None = None
    shown_as: str | None = None
    """In the place of what the actor's role would be shown as."""
    department: str | None = None


async def take_step(connection: AsyncConnection, held: Held, step: Step, **told: Any) -> Held:
    """Do an act: the complaint with the attributes `told`, a row of the history, one of the feed.

    The status is what `MOVES` says, but for NEWS, whose status is among `told`.
    """
    before = held.complaint
    # Workers' clocks differ a little; a history does not go back.
    step = replace(step, at=max(step.at, before.updated_at))
    status = told.pop("status", None) or after(before.status, step.act) or before.status
    now = replace(
        before,
        **{
            "status": status,
            "updated_at": step.at,
            "version": before.version + (step.act not in SILENT),
            "origin": replace(before.origin, as_of=step.at, fetched_at=step.at),
            **told,
        },
    )
    await _kept(connection, now)
    number = held.steps + 1
    await _mark(connection, held, steps=number)
    made = replace(held, complaint=now, steps=number)
    await tell(connection, made, step, before=before.status)
    return made


async def tell(
    connection: AsyncConnection, held: Held, step: Step, *, before: ComplaintStatus | None
) -> None:
    """Write the newest step of a complaint into its history and into the feed."""
    now, actor = held.complaint, step.actor
    shown_as = step.shown_as or (
        GATEWAY if actor is None else label_of(actor, now.department, step.act)
    )
    event = ComplaintEvent(
        id=ScopedId(held.id.source, step_id(held)),
        complaint=held.id.local,
        at=step.at,
        to=now.status,
        before=before,
        note=step.note,
        actor=shown_as,
    )
    await connection.execute(insert(events).values(event_values(event, now.origin.quality)))
    await connection.execute(
        insert(changes).values(
            number=await _next_number(connection),
            home=held.id.source,
            complaint=held.id.local,
            step=event.id.local,
            version=now.version,
            act=step.act.value,
            role=actor.role.value if actor else None,
            subject=actor.subject if actor else None,
            department=step.department or now.department,
            at=step.at,
        )
    )


def step_id(held: Held) -> str:
    """Local id of the newest step of a complaint; in the order of time by code point."""
    return f"{held.id.local}-{held.steps:05}"


async def alter(connection: AsyncConnection, held: Held, **told: Any) -> Held:
    """Change what is shown without a step: counts, and where it lies."""
    now = replace(held.complaint, **told)
    await _kept(connection, now)
    return replace(held, complaint=now)


async def _kept(connection: AsyncConnection, now: Complaint) -> None:
    c = complaints.c
    values = complaint_values(now)
    source, local = values.pop("source"), values.pop("local_id")
    await connection.execute(
        update(complaints).where(c.source == source, c.local_id == local).values(values)
    )


async def _mark(connection: AsyncConnection, held: Held, **told: Any) -> None:
    mine = (intakes.c.home == held.id.source, intakes.c.complaint == held.id.local)
    await connection.execute(update(intakes).where(*mine).values(**told))


async def mark(connection: AsyncConnection, held: Held, **told: Any) -> Held:
    """Keep what only the workflow knows of a complaint: attributes of `Held` of the same name."""
    await _mark(
        connection,
        held,
        **{k: v.value if isinstance(v, ComplaintStatus) else v for k, v in told.items()},
    )
    return replace(held, **told)


async def _next_number(connection: AsyncConnection) -> int:
    """The next number of the feed. Others wait here until this transaction ends: no gaps.

    So whoever holds this may not wait for another complaint: those are locked before.
    """
    insert = postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert
    grown = (
        insert(feed)
        .values(id=1, number=1)
        .on_conflict_do_update(index_elements=["id"], set_={"number": feed.c.number + 1})
        .returning(feed.c.number)
    )
    return int((await connection.execute(grown)).scalar_one())
