"""The outbox: what is to be told to other systems, in order, until it has arrived.

A delivery is written in the transaction of what it tells, so that neither is without the other. A
courier takes one under a lease, and says so before it speaks to anybody: a delivery whose lease ran
out while it was SENDING may have arrived, and is looked for before it is sent again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from sqlalchemy import Row, and_, case, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.workflow.tables import deliveries
from catalog.workflow.writing import Held
from connectors.ports.common import ScopedId

LEASE = timedelta(minutes=2)
"""Longer than any one call takes; after it another courier may take the delivery."""
FIRST_REST = timedelta(seconds=15)
LONGEST_REST = timedelta(hours=1)


class Kind(Enum):
    """What is delivered."""

    SUBMIT = "SUBMIT"
    """A complaint, to the city's own system."""
    TOKEN = "TOKEN"  # noqa: S105 - a kind of question, no secret
    """The question which id a token has become."""
    LETTER = "LETTER"
    """A forwarding, to the call centre of a department."""


LANES: dict[Kind, str] = {Kind.SUBMIT: "desk", Kind.TOKEN: "desk", Kind.LETTER: "letters"}
"""What goes one after the other. A department need not wait until LAKSA is up again."""


class State(Enum):
    WAITING = "WAITING"
    SENDING = "SENDING"
    DOUBTFUL = "DOUBTFUL"
    """It may have arrived: nobody knows. It is looked for before it is sent again."""
    DONE = "DONE"
    FAILED = "FAILED"
    """It will not be taken as it is: somebody has to look."""


OPEN_STATES = tuple(state.value for state in (State.WAITING, State.SENDING, State.DOUBTFUL))


@dataclass(frozen=True, slots=True)
class Job:
    """A delivery that was taken by a courier."""

    id: int
    complaint: ScopedId
    kind: Kind
    receiver: str
    body: Mapping[str, Any]
    attempts: int
    """How often it was taken, this time included."""
    doubtful: bool
    """Whether an earlier attempt may have arrived."""
    created_at: datetime
    tried_at: datetime | None
    """When it was taken the time before."""
    leased_by: str


def rest_after(attempts: int, retry_after: float | None = None) -> timedelta:
    """How long to wait after so many attempts: doubled each time, up to an hour."""
    doubled = FIRST_REST * (1 << min(max(attempts, 1) - 1, 20))
    wanted = timedelta(seconds=min(retry_after or 0.0, LONGEST_REST.total_seconds()))
    return min(max(doubled, wanted), LONGEST_REST)


async def put(
    connection: AsyncConnection,
    held: Held,
    kind: Kind,
    receiver: str,
    body: Mapping[str, Any],
    *,
    now: datetime,
    due_at: datetime | None = None,
) -> None:
    """Add a delivery, behind those of its complaint and lane."""
    await connection.execute(
        insert(deliveries).values(
            home=held.id.source,
            complaint=held.id.local,
            lane=LANES[kind],
            kind=kind.value,
            receiver=receiver,
            body=dict(body),
            state=State.WAITING.value,
            attempts=0,
            created_at=now,
            due_at=due_at or now,
        )
    )


async def take(connection: AsyncConnection, courier: str, *, now: datetime) -> Job | None:
    """The delivery that is due longest, leased to this courier; None when nothing is.

    Within `writing`. It is SENDING from the end of the transaction on.
    """
    d, earlier = deliveries.c, deliveries.alias("earlier")
    free = or_(
        and_(d.state.in_((State.WAITING.value, State.DOUBTFUL.value)), d.due_at <= now),
        and_(d.state == State.SENDING.value, d.leased_until <= now),
    )
    behind = (
        select(earlier.c.id)
        .where(
            earlier.c.home == d.home,
            earlier.c.complaint == d.complaint,
            earlier.c.lane == d.lane,
            earlier.c.id < d.id,
            earlier.c.state.in_(OPEN_STATES),
        )
        .exists()
    )
    row = (
        await connection.execute(
            select(deliveries)
            .where(free, ~behind)
            .order_by(d.due_at, d.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
    ).first()
    if row is None:
        return None
    await connection.execute(
        update(deliveries)
        .where(d.id == row.id)
        .values(
            state=State.SENDING.value,
            attempts=row.attempts + 1,
            leased_by=courier,
            leased_until=now + LEASE,
        )
    )
    return _job(row, courier)


def _job(row: Row[Any], courier: str) -> Job:
    return Job(
        id=row.id,
        complaint=ScopedId(row.home, row.complaint),
        kind=Kind(row.kind),
        receiver=row.receiver,
        body=row.body,
        attempts=row.attempts + 1,
        doubtful=row.state != State.WAITING.value,
        created_at=row.created_at,
        tried_at=row.leased_until and row.leased_until - LEASE,
        leased_by=courier,
    )


async def done(connection: AsyncConnection, job: Job, *, now: datetime, proof: str) -> bool:
    """It has arrived. False when another courier took it meanwhile: then nothing is written."""
    return await _leave(connection, job, State.DONE, done_at=now, proof=proof[:255])


async def failed(connection: AsyncConnection, job: Job, *, now: datetime, error: str) -> bool:
    """It will not be taken as it is."""
    return await _leave(connection, job, State.FAILED, done_at=now, last_error=error[:64])


async def again(
    connection: AsyncConnection, job: Job, *, due_at: datetime, error: str, doubtful: bool
) -> bool:
    """It did not arrive, or nobody knows whether it did (`doubtful`)."""
    state = State.DOUBTFUL if doubtful else State.WAITING
    return await _leave(connection, job, state, due_at=due_at, last_error=error[:64])


async def _leave(connection: AsyncConnection, job: Job, state: State, **told: Any) -> bool:
    d = deliveries.c
    left = await connection.execute(
        update(deliveries)
        .where(d.id == job.id, d.state == State.SENDING.value, d.leased_by == job.leased_by,
               d.attempts == job.attempts)
        .values(state=state.value, leased_by=None, **told)
    )  # fmt: skip
    return left.rowcount == 1


async def next_due(connection: AsyncConnection) -> datetime | None:
    """When the next delivery is due, or a lease ends; None when there is nothing to deliver."""
    d = deliveries.c
    moment = await connection.scalar(
        select(
            func.min(
                case((d.state == State.SENDING.value, d.leased_until), else_=d.due_at),
                type_=d.due_at.type,
            )
        ).where(d.state.in_(OPEN_STATES))
    )
    return moment if isinstance(moment, datetime) else None


async def waiting(connection: AsyncConnection, *, since: datetime) -> int:
    """How many deliveries have been waiting from before a moment: for the operator's health page."""
    d = deliveries.c
    counted = await connection.scalar(
        select(func.count()).where(d.state.in_(OPEN_STATES), d.created_at <= since)
    )
    return int(counted or 0)
