"""One call, one effect: what was done for a `clientMutationId` is remembered, and told again.

The row is written in the transaction of what it stands for. Whoever comes with the same id waits
for that transaction to end, in this process or another, and then finds what came of it. A refusal
changes nothing and is not remembered: the same id can be sent again when the fault is put right.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.workflow.refusals import other_call
from catalog.workflow.tables import calls
from catalog.workflow.texts import must_say
from connectors.ports.complaint_workflow import Act

LONGEST = 128
KEPT = timedelta(days=30)
"""So long a repeated call is known as one."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an earlier call."""

    home: str
    complaint: str
    made: str | None = None


def digest_of(act: Act, payload: Mapping[str, Any]) -> str:
    """A mark of what was sent, the same for the same contents in any order."""
    written = orjson.dumps(
        [act.value, payload], option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS, default=str
    )
    return hashlib.sha256(written).hexdigest()


async def begin(
    connection: AsyncConnection,
    subject: str,
    mutation: str | None,
    act: Act,
    payload: Mapping[str, Any],
    *,
    now: datetime,
) -> Outcome | None:
    """What came of this very call before; None when it is the first, or has no id.

    Raises CONFLICT when the id was used for something else, BAD_INPUT when it is none.
    """
    if mutation is None:
        return None
    must_say(mutation, "clientMutationId", most=LONGEST)
    digest = digest_of(act, payload)
    insert = postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert
    # Waits for a transaction that has written the same key and not ended yet.
    written = await connection.execute(
        insert(calls)
        .values(subject=subject, mutation=mutation, act=act.value, digest=digest, at=now)
        .on_conflict_do_nothing(index_elements=["subject", "mutation"])
        .returning(calls.c.mutation)
    )
    if written.first() is not None:
        return None
    c = calls.c
    known = (
        await connection.execute(select(calls).where(c.subject == subject, c.mutation == mutation))
    ).one()
    if known.digest != digest:
        raise other_call()
    return Outcome(known.home, known.complaint, known.made)


async def end(
    connection: AsyncConnection, subject: str, mutation: str | None, outcome: Outcome
) -> None:
    """Remember what came of a call that `begin` saw for the first time."""
    if mutation is not None:
        await connection.execute(
            update(calls)
            .where(calls.c.subject == subject, calls.c.mutation == mutation)
            .values(home=outcome.home, complaint=outcome.complaint, made=outcome.made)
        )


async def forget(connection: AsyncConnection, *, now: datetime) -> int:
    """Remove calls nobody will repeat any more; how many there were."""
    gone = await connection.execute(delete(calls).where(calls.c.at < now - KEPT))
    return gone.rowcount
