"""The courier: takes deliveries from the outbox and brings them where they belong.

Any number of couriers may go at once, in any number of processes; each delivery is one's alone
while its lease lasts. What a courier was doing when it was killed is done by another one later.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from catalog.workflow import outbox
from catalog.workflow.outbox import Job, Kind
from catalog.workflow.writing import Held, Step, alter, hold, mark, take_step, writing
from connectors.errors import Broken, ConnectorError, NotConfigured, TimedOut, Unreadable
from connectors.ports.common import MediaRole, must_text
from connectors.ports.complaint_desk import (
    MOST_CHARACTERS,
    ComplaintDraft,
    Contact,
    DraftAnswer,
    Receipt,
)
from connectors.ports.complaint_workflow import Act
from connectors.ports.complaints import Complaint, Delivery
from connectors.store.complaint_tables import media, particulars, read_particulars
from connectors.upkeep.clock import Clock

log = logging.getLogger(__name__)

SETTLE = timedelta(minutes=1)
"""So long after a doubtful attempt it is looked for: lists of other systems lag behind."""
LONGEST_CALL = timedelta(seconds=20)
"""After this a call has been answered, or never will be."""
TOKEN_FIRST = timedelta(minutes=1)
TOKEN_LONGEST = timedelta(days=30)
"""After this a token is not asked about any more."""
UNCERTAIN = (TimedOut, Broken, Unreadable)
"""After these nobody knows whether a complaint was taken, see `ComplaintDesk`."""

_TAKEN = must_text("Diterima sistem LAKSA.", "It has arrived in LAKSA's own system.")
_REFUSED = must_text(
    "Sistem LAKSA menolak isian ini; petugas akan memeriksanya.",
    "LAKSA's own system did not accept this; an officer will look at it.",
)


class Desks(Protocol):
    """Reaches the systems complaints are handed on to, by the key of their source."""

    async def submit(self, desk: str, draft: ComplaintDraft) -> Receipt:
        """Hand in a complaint, once. Raises ConnectorError, see `ComplaintDesk`."""
        ...

    async def id_of_token(self, desk: str, token: str) -> str | None:
        """The id a token has become, None while it has not. Raises ConnectorError."""
        ...

    async def find(
        self, desk: str, complaint: Complaint, reference: str, *, after: datetime
    ) -> str | None:
        """The id of the complaint there whose description holds the reference; None: not there.

        Raises ConnectorError when nobody can tell, also when all that is known is older than
        `after`; NotConfigured where nobody ever can.
        """
        ...


class LetterCarrier(Protocol):
    """Brings letters to the call centres of departments."""

    async def deliver(self, department: str, letter: Mapping[str, Any], attempts: int) -> str:
        """Where it arrived, in a few words for the history. Raises ConnectorError: again later."""
        ...


def reference_of(complaint: Complaint) -> str:
    """What a complaint is found by in another system."""
    return f"[{complaint.tracking_id}]"


def too_long_for(description: str, reference: str) -> bool:
    """Whether a description leaves no room for the reference: then it is handed on without."""
    return len(description) + 2 + len(reference) > MOST_CHARACTERS


class Courier:
    """Delivers what is due. `name` tells couriers apart: one for each, in all processes."""

    def __init__(
        self,
        engine: AsyncEngine,
        desks: Desks,
        letters: LetterCarrier,
        clock: Clock,
        *,
        name: str,
        base_url: str = "",
    ) -> None:
        self._engine = engine
        self._desks = desks
        self._letters = letters
        self._clock = clock
        self._name = name
        self._base_url = base_url

    async def round(self, *, most: int = 100) -> int:
        """Deliver what is due, one after the other, at most so many; how many were tried."""
        for tried in range(most):
            if not await self.one():
                return tried
        return most

    async def one(self) -> bool:
        """Try the delivery that is due longest; False when nothing is due."""
        async with writing(self._engine) as connection:
            job = await outbox.take(connection, self._name, now=self._clock.now())
        if job is None:
            return False
        async with writing(self._engine) as connection:
            held = await hold(connection, job.complaint.source, job.complaint.local)
            if held is None:
                # It was deleted at its reporter's wish: nothing is to be told of it any more.
                await outbox.failed(connection, job, now=self._clock.now(), error="deleted")
                return True
        try:
            if job.kind is Kind.SUBMIT:
                await self._submit(job, held)
            elif job.kind is Kind.TOKEN:
                await self._token(job)
            else:
                await self._letter(job)
        except ConnectorError as error:
            await self._later(job, error)
        return True

    # --------------------------------------------------------------------------- desk

    async def _submit(self, job: Job, held: Held) -> None:
        reference = reference_of(held.complaint)
        if held.complaint.upstream_id is not None or held.token is not None:
            await self._arrived(job, Receipt(held.complaint.upstream_id, held.token), "known")
            return
        if job.doubtful:
            try:
                tried = (job.tried_at or job.created_at) + LONGEST_CALL
                found = await self._desks.find(job.receiver, held.complaint, reference, after=tried)
            except NotConfigured:
                # Nobody will ever be able to tell: twice is better than never.
                found = None
            except ConnectorError as error:
                # Nobody can tell now: it stays in doubt until somebody can.
                await self._later(job, error, doubtful=True)
                return
            if found is not None:
                await self._arrived(job, Receipt(found), "found")
                return
        draft = await self._draft(held, reference)
        try:
            receipt = await self._desks.submit(job.receiver, draft)
        except UNCERTAIN as error:
            await self._later(job, error, doubtful=True)
            return
        if not receipt.accepted:
            await self._not_taken(job, receipt)
            return
        await self._arrived(job, receipt, "sent")

    async def _arrived(self, job: Job, receipt: Receipt, how: str) -> None:
        now = self._clock.now()
        async with writing(self._engine) as connection:
            held = await self._mine(connection, job)
            if held is None:
                return
            proof = f"{how} {receipt.upstream_id or receipt.token or ''}".strip()
            if not await outbox.done(connection, job, now=now, proof=proof):
                return
            if receipt.token is not None:
                held = await mark(connection, held, token=receipt.token)
                await outbox.put(
                    connection, held, Kind.TOKEN, job.receiver, {"token": receipt.token},
                    now=now, due_at=now + TOKEN_FIRST,
                )  # fmt: skip
            told: dict[str, Any] = {"delivery": Delivery.DELIVERED}
            if receipt.upstream_id is not None:
                told["upstream_id"] = receipt.upstream_id
            if receipt.notice is not None:
                told["notice"] = receipt.notice
            await take_step(connection, held, Step(Act.DELIVERY, now, None, _TAKEN), **told)

    async def _not_taken(self, job: Job, receipt: Receipt) -> None:
        now = self._clock.now()
        fields = ",".join(sorted({fault.field for fault in receipt.faults}))
        async with writing(self._engine) as connection:
            held = await self._mine(connection, job)
            if held is None or not await outbox.failed(
                connection, job, now=now, error=f"faults {fields}"
            ):
                return
            step = Step(Act.DELIVERY, now, None, _REFUSED)
            await take_step(connection, held, step, delivery=Delivery.FAILED)
        log.warning("complaint_not_taken", extra={"source": job.receiver, "fields": fields})

    async def _token(self, job: Job) -> None:
        token = str(job.body["token"])
        found = await self._desks.id_of_token(job.receiver, token)
        now = self._clock.now()
        async with writing(self._engine) as connection:
            again = await self._mine(connection, job)
            if again is None:
                return
            if found is None:
                if now - job.created_at > TOKEN_LONGEST:
                    await outbox.failed(connection, job, now=now, error="no id")
                    return
                rest = max(TOKEN_FIRST, outbox.rest_after(job.attempts))
                await outbox.again(
                    connection, job, due_at=now + rest, error="no id yet", doubtful=False
                )
            elif await outbox.done(connection, job, now=now, proof=f"token became {found}"):
                await alter(connection, again, upstream_id=found, updated_at=self._later_of(again))

    def _later_of(self, held: Held) -> datetime:
        return max(self._clock.now(), held.complaint.updated_at)

    # --------------------------------------------------------------------------- letters

    async def _letter(self, job: Job) -> None:
        where = await self._letters.deliver(job.receiver, job.body, job.attempts)
        now = self._clock.now()
        note = must_text(
            f"Disposisi sampai di {job.receiver}: {where}.",
            f"The forwarding has arrived at {job.receiver}: {where}.",
        )
        async with writing(self._engine) as connection:
            again = await self._mine(connection, job)
            if again is not None and await outbox.done(connection, job, now=now, proof=where):
                step = Step(Act.DELIVERY, now, None, note, department=job.receiver)
                await take_step(connection, again, step)

    # --------------------------------------------------------------------------- both

    async def _mine(self, connection: AsyncConnection, job: Job) -> Held | None:
        return await hold(connection, job.complaint.source, job.complaint.local)

    async def _later(self, job: Job, error: ConnectorError, *, doubtful: bool = False) -> None:
        """Try again when it makes sense. A delivery in doubt stays in doubt."""
        now = self._clock.now()
        rest = outbox.rest_after(job.attempts, error.retry_after)
        doubtful = doubtful or (job.doubtful and job.kind is Kind.SUBMIT)
        if doubtful:
            rest = max(rest, SETTLE)
        async with writing(self._engine) as connection:
            await outbox.again(
                connection,
                job,
                due_at=now + rest,
                error=type(error).__name__,
                doubtful=doubtful,
            )
        log.warning(
            "complaint_not_delivered",
            extra={
                "source": job.receiver,
                "error": type(error).__name__,
                "kind": job.kind.value,
                "attempts": job.attempts,
            },
        )

    async def _draft(self, held: Held, reference: str) -> ComplaintDraft:
        """What is handed on: what is shown, who sent it, and what it can be found by."""
        now = held.complaint
        async with self._engine.connect() as connection:
            told = await _first(
                connection,
                select(particulars).where(
                    particulars.c.source == held.id.source,
                    particulars.c.local_id == held.id.local,
                ),
            )
            picture = await _first(
                connection,
                select(media.c.url)
                .where(
                    media.c.source == held.id.source,
                    media.c.complaint == held.id.local,
                    media.c.role == MediaRole.REPORT.value,
                    media.c.comment.is_(None),
                )
                .order_by(media.c.local_id)
                .limit(1),
            )
        known = read_particulars(told) if told is not None else None
        reporter = known.reporter if known else None
        alone = too_long_for(now.description, reference)
        return ComplaintDraft(
            category=now.category,
            description=now.description if alone else f"{now.description}\n\n{reference}",
            point=now.point,
            address_text=now.address.text.pick("id") if now.address else None,
            address_id=held.draft.get("address_id"),
            media_urls=(self._absolute(picture.url),) if picture is not None else (),
            answers=tuple(
                DraftAnswer(one.code, one.values) for one in (known.answers if known else ())
            ),
            contact=None
            if reporter is None
            else Contact(
                first_name=reporter.display_name or None,
                email=reporter.email,
                phone=reporter.phone,
            ),
        )

    def _absolute(self, url: str) -> str:
        return f"{self._base_url}{url}" if url.startswith("/") else url


async def _first(connection: AsyncConnection, asked: Select[Any]) -> Any:
    return (await connection.execute(asked)).first()
