"""What officers, departments and reporters do to a complaint that is there.

Each function works in the transaction of `connection` (see `writing.writing`), raises Declined and
then changes nothing, and returns the complaint as it now is. `mutation` is the caller's
`clientMutationId`, where it sends one: the same again gives the same complaint, done once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.workflow import calls, letters, media, outbox, watching
from catalog.workflow.people import Actor, need_role, sees, unknown
from catalog.workflow.refusals import bad
from catalog.workflow.texts import must_say, said
from catalog.workflow.writing import Held, Step, hold, hold_for, step_id, take_step
from connectors.ports.common import Media, MediaRole, ScopedId, Text, must_text
from connectors.ports.complaint_workflow import Act
from connectors.ports.complaints import Complaint, Rating, RejectReason
from connectors.ports.departments import Department


@dataclass(frozen=True, slots=True)
class Doing:
    """One call of an act: on which complaint, by whom, when."""

    id: ScopedId
    actor: Actor
    now: datetime
    version: int | None = None
    """The version the caller looked at; needed for the acts of officers and departments."""
    mutation: str | None = None


Work = Callable[[Held], Awaitable[Held]]


async def _once(
    connection: AsyncConnection, doing: Doing, act: Act, payload: Mapping[str, Any], work: Work
) -> Complaint:
    """Do an act, or tell what it came to when this very call was made before."""
    subject = need_role(doing.actor, act)
    said_before = {"id": str(doing.id), "version": doing.version, **payload}
    before = await calls.begin(connection, subject, doing.mutation, act, said_before, now=doing.now)
    if before is not None:
        known = await hold(connection, before.home, before.complaint)
        if known is None:
            raise unknown(doing.id.local)
        return known.complaint
    held = await hold_for(
        connection, doing.id.source, doing.id.local, doing.actor, act, version=doing.version
    )
    done = await work(held)
    await calls.end(
        connection, subject, doing.mutation, calls.Outcome(held.id.source, held.id.local)
    )
    return done.complaint


def _text(words: str | None) -> Text | None:
    return Text({"id": words}) if words else None


# ------------------------------------------------------------------------------- officers


async def verify(
    connection: AsyncConnection, doing: Doing, *, accept: bool, reason: str | None
) -> Complaint:
    """The officer has looked at it. Not accepted it is REJECTED, which needs a reason."""
    words = said(reason, "reason")
    act = Act.VERIFY if accept else Act.DECLINE
    if not accept and words is None:
        raise bad("reason", "Sebutkan alasan tidak diterima.", "Say why it is not accepted.")

    async def work(held: Held) -> Held:
        return await take_step(connection, held, _step(act, doing, words), status_note=_text(words))

    return await _once(connection, doing, act, {"reason": words}, work)


async def forward(
    connection: AsyncConnection,
    doing: Doing,
    department: Department | None,
    *,
    note: str | None = None,
    due_at: datetime | None = None,
) -> Complaint:
    """Hand it on to a department (disposisi), whose call centre gets a letter.

    `due_at` takes the place of the due time there was. None as the department: there is no such.
    """
    words = said(note, "note")
    if department is None:
        raise bad("department", "OPD ini tidak dikenal.", "This department is not known.")
    if due_at is not None and (due_at.tzinfo is None or due_at <= doing.now):
        raise bad("dueAt", "Tenggat harus di masa depan.", "The due time must lie ahead.")

    async def work(held: Held) -> Held:
        now = await take_step(
            connection,
            held,
            _step(Act.FORWARD, doing, words, department=department.code),
            department=department.code,
            status_note=_text(words),
            forwarded_at=held.complaint.forwarded_at or doing.now,
            due_at=due_at or held.complaint.due_at,
        )
        letter = letters.forwarded(now, department, words)
        await outbox.put(
            connection, now, outbox.Kind.LETTER, department.code, letter, now=doing.now
        )
        return now

    told = {"department": department.code, "note": words, "due": due_at}
    return await _once(connection, doing, Act.FORWARD, told, work)


async def reject(
    connection: AsyncConnection,
    doing: Doing,
    reason: RejectReason,
    *,
    note: str,
    duplicate_of: ScopedId | None = None,
) -> Complaint:
    """Close it without work. DUPLICATE needs `duplicate_of`, and its reporter follows that one."""
    words = must_say(note, "note")
    if reason is not RejectReason.DUPLICATE:
        if duplicate_of is not None:
            raise bad(
                "duplicateOf",
                "`duplicateOf` hanya untuk alasan DUPLICATE.",
                "`duplicateOf` goes with the reason DUPLICATE only.",
            )

        async def work(held: Held) -> Held:
            return await take_step(
                connection,
                held,
                _step(Act.REJECT, doing, words),
                reject_reason=reason,
                status_note=_text(words),
            )

        told = {"reason": reason.value, "note": words}
        return await _once(connection, doing, Act.REJECT, told, work)
    if duplicate_of is None:
        raise bad(
            "duplicateOf",
            "Sebutkan pengaduan yang diulang.",
            "Name the complaint that this one repeats.",
        )
    return await _mark_duplicate(connection, doing, duplicate_of, words)


async def _mark_duplicate(
    connection: AsyncConnection, doing: Doing, original: ScopedId, words: str
) -> Complaint:
    if original == doing.id:
        raise bad("duplicateOf", "Itu pengaduan ini sendiri.", "That is this very complaint.")
    # Both are locked in the order of their ids: of two that are called repeats of each other at the
    # same moment, the second call sees the first.
    for one in sorted((original, doing.id)):
        await hold(connection, one.source, one.local)

    async def work(held: Held) -> Held:
        other = await hold(connection, original.source, original.local)
        if other is None or not sees(doing.actor, other.complaint, other.reporter):
            raise bad(
                "duplicateOf",
                "Pengaduan yang diulang tidak ada di sini.",
                "The complaint it repeats is not here.",
            )
        if other.complaint.duplicate_of is not None:
            raise bad(
                "duplicateOf",
                f"Itu sendiri pengulangan; sebutkan {other.complaint.duplicate_of}.",
                f"That one is a repeat itself; name {other.complaint.duplicate_of}.",
            )
        now = await take_step(
            connection,
            held,
            _step(Act.MARK_DUPLICATE, doing, words),
            reject_reason=RejectReason.DUPLICATE,
            duplicate_of=original.local,
            status_note=_text(words),
        )
        if held.reporter is not None and sees(
            Actor(held.reporter), other.complaint, other.reporter
        ):
            await watching.add_follower(connection, other, held.reporter, now=doing.now)
        return now

    told = {"reason": RejectReason.DUPLICATE.value, "note": words, "of": str(original)}
    return await _once(connection, doing, Act.MARK_DUPLICATE, told, work)


# ------------------------------------------------------------------------------- departments


async def start(connection: AsyncConnection, doing: Doing, *, note: str | None = None) -> Complaint:
    """The department begins."""
    words = said(note, "note")

    async def work(held: Held) -> Held:
        return await take_step(
            connection, held, _step(Act.START, doing, words), status_note=_text(words)
        )

    return await _once(connection, doing, Act.START, {"note": words}, work)


async def resolve(
    connection: AsyncConnection, doing: Doing, *, proof: Sequence[Media], note: str
) -> Complaint:
    """The work is done, and shown. PROOF_REQUIRED without a photo or video among `proof`."""
    words = must_say(note, "note")
    need_role(doing.actor, Act.RESOLVE)
    media.need_proof(proof)

    async def work(held: Held) -> Held:
        step = step_id(replace(held, steps=held.steps + 1))
        await media.attach(
            connection, held, proof, MediaRole.PROOF, doing.actor,
            field="proof", now=doing.now, event=step,
        )  # fmt: skip
        return await take_step(
            connection,
            held,
            _step(Act.RESOLVE, doing, words),
            status_note=_text(words),
            has_proof=True,
            resolved_at=doing.now,
        )

    told = {"proof": [str(one.id) for one in proof], "note": words}
    return await _once(connection, doing, Act.RESOLVE, told, work)


# ------------------------------------------------------------------------------- reporters


async def reopen(
    connection: AsyncConnection, doing: Doing, *, reason: str, pictures: Sequence[Media] = ()
) -> Complaint:
    """The reporter is not content: it is open again, and due after another full time."""
    words = must_say(reason, "reason")

    async def work(held: Held) -> Held:
        step = step_id(replace(held, steps=held.steps + 1))
        await media.attach(
            connection, held, pictures, MediaRole.REPORT, doing.actor,
            field="mediaIds", now=doing.now, event=step,
        )  # fmt: skip
        due = doing.now + timedelta(seconds=held.sla) if held.sla else None
        return await take_step(
            connection,
            held,
            _step(Act.REOPEN, doing, words),
            status_note=_text(words),
            reject_reason=None,
            resolved_at=None,
            rating=None,
            due_at=due or held.complaint.due_at,
        )

    told = {"reason": words, "media": [str(one.id) for one in pictures]}
    return await _once(connection, doing, Act.REOPEN, told, work)


async def rate(
    connection: AsyncConnection,
    doing: Doing,
    *,
    stars: int,
    solved: bool,
    text: str | None = None,
) -> Complaint:
    """What the reporter says of the work. The same again changes nothing; another one replaces it."""
    words = said(text, "text")
    if isinstance(stars, bool) or not 1 <= stars <= 5:
        raise bad("stars", "Bintang 1 sampai 5.", "Stars go from 1 to 5.")

    async def work(held: Held) -> Held:
        known = held.complaint.rating
        same = known is not None and (known.stars, known.solved) == (stars, solved)
        if same and await watching.last_words(connection, held) == words:
            return held
        note = must_text(
            f"Penilaian: {stars} dari 5, {'selesai' if solved else 'belum selesai'}.",
            f"Rating: {stars} of 5, {'solved' if solved else 'not solved'}.",
        )
        now = await take_step(
            connection,
            held,
            Step(Act.RATE, doing.now, doing.actor, note),
            rating=Rating(doing.now, stars, solved),
        )
        await watching.keep_rating(connection, now, doing.actor, words)
        return now

    return await _once(
        connection, doing, Act.RATE, {"stars": stars, "solved": solved, "text": words}, work
    )


def _step(act: Act, doing: Doing, words: str | None, *, department: str | None = None) -> Step:
    return Step(act, doing.now, doing.actor, _text(words), department=department)
