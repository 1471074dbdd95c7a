"""Uploads that go to a complaint: each one once, as a row of `complaint_media`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.workflow.people import Actor
from catalog.workflow.refusals import bad, no_proof
from catalog.workflow.tables import attachments
from catalog.workflow.writing import Held
from connectors.ports.common import ErrorCode, Media, MediaKind, MediaRole, must_text
from connectors.ports.complaint_desk import DraftFault
from connectors.ports.complaints import ComplaintMedia
from connectors.store.complaint_tables import media as shown
from connectors.store.complaint_tables import media_values

CONSENT = ErrorCode.CONSENT_REQUIRED
SHOWS_WORK = frozenset({MediaKind.PHOTO, MediaKind.VIDEO})
"""Kinds of media that prove work; a sound or a letter does not."""


def too_many(most: int) -> DraftFault:
    """More uploads than a complaint may have at once."""
    return DraftFault(
        "mediaIds",
        ErrorCode.BAD_INPUT,
        must_text(f"Paling banyak {most} berkas.", f"At most {most} files."),
    )


def need_proof(media: Sequence[Media]) -> None:
    """Raises PROOF_REQUIRED unless a photo or a video is among the media."""
    if not any(one.kind in SHOWS_WORK for one in media):
        raise no_proof()


async def attach(
    connection: AsyncConnection,
    held: Held,
    media: Sequence[Media],
    role: MediaRole,
    actor: Actor,
    *,
    field: str,
    now: datetime,
    event: str | None = None,
    comment: str | None = None,
) -> None:
    """Add uploads to a complaint, a step or a comment. BAD_INPUT for one that is used already.

    They are shown under the source of the complaint, in the order given.
    """
    locals_ = [one.id.local for one in media]
    if len(set(locals_)) != len(locals_):
        raise bad(field, "Ada berkas yang disebut dua kali.", "A file is named twice.")
    if not media:
        return
    home, local = held.id.source, held.id.local
    insert_ = postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert
    # In one order by everybody, so that two who want the same do not wait for each other.
    for upload in sorted(locals_):
        written = await connection.execute(
            insert_(attachments)
            .values(media=upload, home=home, complaint=local, subject=actor.subject, at=now)
            .on_conflict_do_nothing(index_elements=["media"])
            .returning(attachments.c.media)
        )
        if written.first() is None:
            raise bad(
                field,
                "Ada berkas yang sudah dipakai; unggah lagi.",
                "A file is used already; upload it again.",
            )
    for one in media:
        item = ComplaintMedia(
            replace(one, id=replace(one.id, source=home), role=role), local, event, comment
        )
        await connection.execute(
            insert(shown).values(media_values(item, held.complaint.origin.quality))
        )
