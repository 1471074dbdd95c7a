"""Taking a complaint: checked as a whole, written once, with a receipt, whatever else is down."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.workflow import calls, media, outbox
from catalog.workflow.people import Actor, need_role
from catalog.workflow.refusals import Faulty, bad, out_of_area, sent_already
from catalog.workflow.rules import Rules
from catalog.workflow.tables import intakes
from catalog.workflow.texts import must_say, said
from catalog.workflow.writing import Held, Step, hold, tell
from connectors.ports.common import (
    Address,
    Media,
    MediaRole,
    Origin,
    ScopedId,
    SourceQuality,
    Text,
    must_text,
)
from connectors.ports.complaint_categories import ComplaintCategory
from connectors.ports.complaint_desk import ComplaintDraft, DraftFault, faults_of
from connectors.ports.complaint_workflow import Act
from connectors.ports.complaints import (
    Complaint,
    ComplaintStatus,
    Delivery,
    FormAnswer,
    Particulars,
    Reporter,
    Visibility,
)
from connectors.store.complaint_tables import (
    complaint_values,
    complaints,
    particulars,
    particulars_values,
)

MEDIA_MOST = 10
ADDRESS_MOST = 500
CONTACT_MOST = 200
TITLE_MOST = 80

_RECEIVED = must_text("Pengaduan diterima.", "The complaint was received.")
_KEPT_HERE = must_text(
    "Pengaduan rahasia: ditangani di gateway, tidak diteruskan ke sistem yang menerbitkan isinya.",
    "Private: handled in the gateway, and not handed on to a system that publishes what it has.",
)


@dataclass(frozen=True, slots=True)
class NewComplaint:
    """What a citizen sends: `ComplaintInput`, with its category and its uploads looked up."""

    draft: ComplaintDraft
    """`category` is the local id of the category; `media_urls` stay empty."""
    consent_version: str
    visibility: Visibility = Visibility.PUBLIC
    media: tuple[Media, ...] = ()
    """Uploads of this caller, in order. That they are the caller's is for who looks them up."""
    verified: bool = False
    """Whether the identity provider has verified who the caller is."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The answer to a new complaint: as it is now, and whether it was there before."""

    complaint: Complaint
    token: str | None = None
    repeated: bool = False


async def create(
    connection: AsyncConnection,
    rules: Rules,
    new: NewComplaint,
    category: ComplaintCategory | None,
    actor: Actor,
    *,
    mutation: str,
    now: datetime,
) -> Taken:
    """Take a complaint, in the transaction of `connection` (see `writing`).

    `category` is None when nobody knows it. The same `mutation` again gives the same complaint, as
    it is by then. Raises Faulty with all that is wrong (BAD_INPUT, NOT_FOUND, OUT_OF_AREA,
    CONSENT_REQUIRED), DUPLICATE for the same sent twice in a few minutes, CONFLICT, FORBIDDEN.
    """
    subject = need_role(actor, Act.CREATE)
    consent = said(new.consent_version, "consentVersion", most=64) or ""
    new = replace(new, draft=_cleaned(new.draft), consent_version=consent)
    before = await calls.begin(connection, subject, mutation, Act.CREATE, _payload(new), now=now)
    if before is not None:
        held = await hold(connection, before.home, before.complaint)
        if held is None:
            raise bad(
                "clientMutationId",
                "Pengaduan ini sudah dihapus.",
                "This complaint has been deleted since.",
            )
        return Taken(held.complaint, held.token, repeated=True)
    faults = [*faults_of(new.draft, category), *_more_faults(rules, new)]
    if faults or category is None:
        raise Faulty(faults)
    await _not_twice(connection, rules, subject, _fingerprint(new), now)
    held = await _write(connection, rules, new, category, actor, now=now)
    await calls.end(connection, subject, mutation, calls.Outcome(held.id.source, held.id.local))
    return Taken(held.complaint)


async def _write(
    connection: AsyncConnection,
    rules: Rules,
    new: NewComplaint,
    category: ComplaintCategory,
    actor: Actor,
    *,
    now: datetime,
) -> Held:
    draft = new.draft
    tracking = rules.new_id()
    local = tracking.replace("-", "")
    handed_on = rules.desk is not None and (
        new.visibility is not Visibility.PRIVATE or rules.desk_keeps_secrets
    )
    sla = category.sla or rules.default_sla
    complaint = Complaint(
        origin=Origin(rules.home, local, now, now, SourceQuality.OFFICIAL),
        tracking_id=tracking,
        description=draft.description,
        category=draft.category,
        title=_title(draft.description),
        status=ComplaintStatus.RECEIVED,
        source_status=ComplaintStatus.RECEIVED.value,
        channel=actor.channel,
        created_at=now,
        updated_at=now,
        delivery=Delivery.WAITING if handed_on else Delivery.DELIVERED,
        notice=_KEPT_HERE if rules.desk is not None and not handed_on else None,
        department=None,
        point=draft.point,
        address=Address(Text({"id": draft.address_text})) if draft.address_text else None,
        area=rules.area_at(draft.point) if rules.area_at and draft.point else None,
        due_at=now + sla if sla else None,
        visibility=new.visibility,
    )
    await connection.execute(insert(complaints).values(complaint_values(complaint)))
    desk = rules.desk if handed_on else None
    kept_draft = {"address_id": draft.address_id}
    await connection.execute(
        insert(intakes).values(
            home=rules.home,
            complaint=local,
            subject=actor.subject,
            fingerprint=_fingerprint(new),
            taken_at=now,
            desk=desk,
            draft=kept_draft,
            sla=_seconds(sla),
            consent_version=new.consent_version,
            steps=1,
        )
    )
    held = Held(complaint, actor.subject, desk, kept_draft, _seconds(sla), None, 1, None, None)
    await _keep_particulars(connection, held.id, draft, category, verified=new.verified)
    await media.attach(
        connection, held, new.media, MediaRole.REPORT, actor, field="mediaIds", now=now
    )
    if desk is not None:
        await outbox.put(connection, held, outbox.Kind.SUBMIT, desk, {}, now=now)
    await tell(connection, held, Step(Act.CREATE, now, actor, _RECEIVED), before=None)
    return held


async def _keep_particulars(
    connection: AsyncConnection,
    id_: ScopedId,
    draft: ComplaintDraft,
    category: ComplaintCategory,
    *,
    verified: bool,
) -> None:
    labels = {question.code: question.label.pick("id") for question in category.fields}
    who, reporter = draft.contact, None
    if who is not None and any((who.first_name, who.last_name, who.phone, who.email)):
        names = filter(None, (who.first_name, who.last_name))
        reporter = Reporter(" ".join(names), who.phone, who.email, None, verified)
    told = Particulars(
        reporter,
        tuple(
            FormAnswer(answer.code, labels.get(answer.code, answer.code), answer.values)
            for answer in draft.answers
        ),
    )
    await connection.execute(
        insert(particulars).values(particulars_values(id_, told, SourceQuality.OFFICIAL))
    )


async def _not_twice(
    connection: AsyncConnection, rules: Rules, subject: str, fingerprint: str, now: datetime
) -> None:
    """Raises DUPLICATE when the same person sent the same a moment ago, by another call."""
    i, c = intakes.c, complaints.c
    if connection.dialect.name == "postgresql":
        # Two calls with ids of their own, at the same moment: the second looks when the first is in.
        lock = int.from_bytes(bytes.fromhex(fingerprint)[:8], signed=True)
        await connection.execute(select(func.pg_advisory_xact_lock(lock)))
    known = await connection.scalar(
        select(c.tracking_id)
        .join(intakes, (i.home == c.source) & (i.complaint == c.local_id))
        .where(
            i.subject == subject,
            i.fingerprint == fingerprint,
            i.taken_at > now - rules.same_within,
            c.status != ComplaintStatus.REJECTED.value,
        )
        .limit(1)
    )
    if known is not None:
        raise sent_already(known)


# ------------------------------------------------------------------------------- checks


def _more_faults(rules: Rules, new: NewComplaint) -> Sequence[DraftFault]:
    """What only the city can tell to be wrong with a draft."""
    faults, draft = [], new.draft
    if not new.consent_version:
        from_whom = must_text(
            "Persetujuan pemrosesan data pribadi diperlukan.",
            "Consent to the processing of personal data is needed.",
        )
        faults.append(DraftFault("consentVersion", media.CONSENT, from_whom))
    if len(new.media) > MEDIA_MOST:
        faults.append(media.too_many(MEDIA_MOST))
    if rules.area_at is not None and draft.point is not None and rules.area_at(draft.point) is None:
        faults.append(out_of_area())
    return faults


def _cleaned(draft: ComplaintDraft) -> ComplaintDraft:
    """The words of a draft as they are kept. Raises BAD_INPUT."""
    who = draft.contact
    if who is not None:
        who = replace(
            who,
            **{
                name: said(getattr(who, name), f"contact.{name}", most=CONTACT_MOST)
                for name in ("first_name", "last_name", "email", "phone")
            },
        )
    return replace(
        draft,
        description=said(draft.description, "description", most=100_000) or "",
        address_text=said(draft.address_text, "addressText", most=ADDRESS_MOST),
        address_id=said(draft.address_id, "addressId", most=CONTACT_MOST),
        answers=tuple(
            replace(
                answer,
                code=must_say(answer.code, "answers", most=CONTACT_MOST),
                values=tuple(
                    said(value, f"answers.{answer.code[:80]}", most=4_000) or ""
                    for value in answer.values
                ),
            )
            for answer in draft.answers
        ),
        contact=who,
    )


def _title(description: str) -> str:
    """The first line, as much of it as a list shows."""
    line = description.partition("\n")[0].strip()
    return line if len(line) <= TITLE_MOST else line[: TITLE_MOST - 1].rstrip() + "…"


def _seconds(span: timedelta | None) -> int | None:
    return None if span is None else int(span.total_seconds())


def _payload(new: NewComplaint) -> dict[str, Any]:
    """All that was sent, to tell a repeated call from another one."""
    draft = asdict(new.draft)
    return {
        "draft": draft,
        "consent": new.consent_version,
        "visibility": new.visibility.value,
        "media": [str(one.id) for one in new.media],
    }


def _fingerprint(new: NewComplaint) -> str:
    draft = new.draft
    point = (draft.point.lat, draft.point.lng) if draft.point else None
    same = [
        draft.category, draft.description.casefold(), point, draft.address_text, draft.address_id,
        new.visibility.value,
    ]  # fmt: skip
    return hashlib.sha256(orjson.dumps(same)).hexdigest()
