"""Who follows a complaint, what people say about it, and how they judge the work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.workflow import calls, media
from catalog.workflow.people import Actor, label_of, need_role, unknown
from catalog.workflow.tables import comment_authors, followers, ratings
from catalog.workflow.texts import must_say
from catalog.workflow.writing import Held, alter, hold, hold_for
from connectors.ports.common import Media, MediaRole, ScopedId
from connectors.ports.complaint_workflow import Act
from connectors.ports.complaints import Comment, Complaint
from connectors.store.complaint_tables import comment_values
from connectors.store.complaint_tables import comments as shown


async def follow(
    connection: AsyncConnection, id_: ScopedId, actor: Actor, *, on: bool, now: datetime
) -> Complaint:
    """Follow a complaint, or no longer. Doing so twice changes nothing."""
    subject = need_role(actor, Act.FOLLOW)
    held = await hold_for(connection, id_.source, id_.local, actor, Act.FOLLOW)
    if on:
        return (await add_follower(connection, held, subject, now=now)).complaint
    f = followers.c
    await connection.execute(
        delete(followers).where(
            f.home == id_.source, f.complaint == id_.local, f.subject == subject
        )
    )
    return (await _counted(connection, held)).complaint


async def add_follower(
    connection: AsyncConnection, held: Held, subject: str, *, now: datetime
) -> Held:
    """Let somebody follow a complaint that is held."""
    add = postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert
    await connection.execute(
        add(followers)
        .values(home=held.id.source, complaint=held.id.local, subject=subject, at=now)
        .on_conflict_do_nothing()
    )
    return await _counted(connection, held)


async def _counted(connection: AsyncConnection, held: Held) -> Held:
    f = followers.c
    number = await connection.scalar(
        select(func.count()).where(f.home == held.id.source, f.complaint == held.id.local)
    )
    if number == held.complaint.follower_count:
        return held
    return await alter(connection, held, follower_count=int(number or 0))


async def comment(
    connection: AsyncConnection,
    id_: ScopedId,
    actor: Actor,
    *,
    text: str,
    mutation: str,
    now: datetime,
    pictures: Sequence[Media] = (),
) -> tuple[Complaint, str]:
    """Say something about a complaint: the complaint, and the local id of the comment."""
    subject = need_role(actor, Act.COMMENT)
    words = must_say(text, "text")
    told = {"id": str(id_), "text": words, "media": [str(one.id) for one in pictures]}
    before = await calls.begin(connection, subject, mutation, Act.COMMENT, told, now=now)
    if before is not None:
        known = await hold(connection, before.home, before.complaint)
        if known is None or before.made is None:
            raise unknown(id_.local)
        return known.complaint, before.made
    held = await hold_for(connection, id_.source, id_.local, actor, Act.COMMENT)
    number = await connection.scalar(
        select(func.count()).where(shown.c.source == id_.source, shown.c.complaint == id_.local)
    )
    made = f"{id_.local}-k{int(number or 0) + 1:05}"
    at = max(now, held.complaint.updated_at)
    said = Comment(
        id=ScopedId(id_.source, made),
        complaint=id_.local,
        at=at,
        text=words,
        author=label_of(actor, held.complaint.department),
        official=actor.official,
    )
    quality = held.complaint.origin.quality
    await connection.execute(insert(shown).values(comment_values(said, quality)))
    await connection.execute(
        insert(comment_authors).values(home=id_.source, comment=made, subject=subject)
    )
    await media.attach(
        connection, held, pictures, MediaRole.REPORT, actor, field="mediaIds", now=now, comment=made
    )
    done = await alter(connection, held, updated_at=at)
    await calls.end(connection, subject, mutation, calls.Outcome(id_.source, id_.local, made))
    return done.complaint, made


# ------------------------------------------------------------------------------- ratings


async def keep_rating(
    connection: AsyncConnection,
    held: Held,
    actor: Actor,
    words: str | None,
) -> None:
    """Keep the rating that a complaint shows, with the reporter's words, beside the earlier ones."""
    rating = held.complaint.rating
    if rating is None:
        return
    await connection.execute(
        insert(ratings).values(
            home=held.id.source,
            complaint=held.id.local,
            version=held.complaint.version,
            subject=actor.subject,
            at=rating.at,
            stars=rating.stars,
            solved=rating.solved,
            text=words,
        )
    )


async def last_words(connection: AsyncConnection, held: Held) -> str | None:
    """The text of the last rating of a complaint."""
    r = ratings.c
    words: str | None = await connection.scalar(
        select(r.text)
        .where(r.home == held.id.source, r.complaint == held.id.local)
        .order_by(r.version.desc())
        .limit(1)
    )
    return words
