"""Entries of the catalogue of apps, and whose they are: claims, and what the catalogue then shows.

The catalogue is the registry: a connector needs an entry, named or one of the numbered slots.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.registrations.declined import declined
from catalog.registrations.tables import app_claims as table
from connectors.ports.apps import CityApp
from connectors.ports.common import ErrorCode, ScopedId, Text, must_text
from connectors.ports.connectors import SearchType
from connectors.ports.search import Document
from connectors.store import search
from connectors.store.apps import app_categories, app_of, app_values, apps, category_values

CATALOGUE = "katalog"
"""Key of the source that the city's own catalogue of apps is."""
ASSUMED = "assumed-slot"
"""Category of an entry that was first seen after the register was published."""


@dataclass(frozen=True, slots=True)
class Claim:
    """An entry that belongs to a team."""

    app: str
    team: str
    slot: bool
    """Whether nobody had named the entry before."""
    accepted: bool
    """Whether the catalogue shows it."""
    name: Text | None
    owner: str | None
    claimed_at: datetime
    before: Mapping[str, Any] | None = None
    """What the slot said until the claim was accepted."""


async def claims(connection: AsyncConnection) -> dict[str, Claim]:
    """All claims by slug of the entry."""
    rows = await connection.execute(select(table).order_by(table.c.app))
    return {
        row.app: Claim(
            row.app,
            row.team,
            row.slot,
            row.accepted,
            row.name,
            row.owner,
            row.claimed_at,
            row.before,
        )
        for row in rows
    }


async def claim_of(connection: AsyncConnection, app: str) -> Claim | None:
    """The claim of one entry."""
    return (await claims(connection)).get(app)


async def entry(connection: AsyncConnection, app: str) -> CityApp | None:
    """The entry as the catalogue shows it now; None when there is none with this slug."""
    row = (
        await connection.execute(
            select(apps).where(apps.c.source == CATALOGUE, apps.c.local_id == app)
        )
    ).first()
    return None if row is None else app_of(row)


async def reserve(
    connection: AsyncConnection, app: str, team: str, *, by: str, now: datetime, elsewhere: bool
) -> None:
    """Keep an entry for a team, which the catalogue does not show yet.

    `elsewhere`: another source of the city is known to have the entry. Raises NOT_FOUND for a
    slug the catalogue has not, and DUPLICATE for an entry of another team.
    """
    held = await claim_of(connection, app)
    if held is not None:
        if held.team != team:
            raise declined(
                ErrorCode.DUPLICATE,
                f"Entri katalog {app!r} sudah diklaim tim lain.",
                f"The catalogue's entry {app!r} is claimed by another team.",
                field="app",
            )
        return
    found = await entry(connection, app)
    if found is None and not elsewhere:
        raise declined(
            ErrorCode.NOT_FOUND,
            f"Katalog tidak punya entri {app[:80]!r}. Pakai slug sebuah entri, slot yang belum "
            "diklaim, atau terbitkan dahulu dengan publishApp.",
            f"The catalogue has no entry {app[:80]!r}. Use the slug of an entry or of an unclaimed "
            "slot, or publish it first with publishApp.",
            field="app",
        )
    await connection.execute(
        insert(table).values(
            app=app,
            team=team,
            slot=found is not None and not found.claimed,
            accepted=False,
            name=None,
            owner=None,
            claimed_at=now,
            claimed_by=by,
        )
    )


async def release(connection: AsyncConnection, app: str) -> None:
    """Give up a claim that was never shown."""
    await connection.execute(delete(table).where(table.c.app == app, table.c.accepted.is_(False)))


async def show(
    connection: AsyncConnection, app: str, *, name: Text, owner: str | None, now: datetime
) -> None:
    """Let the catalogue show a claim, with the name its owner gives; searchable from now on."""
    held = await claim_of(connection, app)
    if held is None:
        return
    changed = replace(held, accepted=True, name=name, owner=owner)
    if changed == held:
        return
    found = await entry(connection, app)
    if not held.accepted:
        before = _said(found) if found is not None and held.slot else None
        changed = replace(changed, claimed_at=now, before=before)
    await connection.execute(
        update(table)
        .where(table.c.app == app)
        .values(
            accepted=True,
            name=name,
            owner=owner,
            claimed_at=changed.claimed_at,
            before=changed.before,
        )
    )
    if found is not None and held.slot:
        await put(connection, settled(found, changed), now=now)


async def put(connection: AsyncConnection, app: CityApp, *, now: datetime) -> None:
    """Write an entry into the catalogue, in the place of what it had under this slug."""
    for child in (app_categories, apps):
        await connection.execute(
            delete(child).where(child.c.source == CATALOGUE, child.c.local_id == app.slug)
        )
    await connection.execute(insert(apps).values(**app_values(app)))
    if rows := category_values(app):
        await connection.execute(insert(app_categories), rows)
    if app.claimed:
        await search.put(connection, document(app), now=now)
    else:
        await search.take(connection, SearchType.APP, ScopedId(CATALOGUE, app.slug))


async def give_up(connection: AsyncConnection, app: str, *, now: datetime) -> None:
    """End a claim, and let a slot wait for its owner again, as it did before."""
    held = await claim_of(connection, app)
    await connection.execute(delete(table).where(table.c.app == app))
    found = await entry(connection, app)
    if held is None or held.before is None or found is None:
        return
    said = held.before
    waiting = replace(
        found,
        origin=replace(found.origin, as_of=datetime.fromisoformat(said["as_of"])),
        name=Text(dict(said["name"])),
        description=Text(dict(said["description"])) if said["description"] else None,
        claimed=False,
        categories=tuple(said["categories"]),
        department=said["department"],
    )
    await put(connection, waiting, now=now)


def _said(app: CityApp) -> dict[str, Any]:
    """What a claim changes of an entry."""
    return {
        "as_of": app.origin.as_of.isoformat(),
        "name": dict(app.name.by_lang),
        "description": dict(app.description.by_lang) if app.description else None,
        "categories": list(app.categories),
        "department": app.department,
    }


def document(app: CityApp) -> Document:
    """What makes an entry findable."""
    return Document(
        type=SearchType.APP,
        id=ScopedId(CATALOGUE, app.slug),
        title=app.name,
        body=(app.summary, app.description, app.slug),
    )


def settled(app: CityApp, claim: Claim) -> CityApp:
    """An entry as the catalogue shows it once its claim is accepted.

    A named entry stays as the register has it. A slot gets its owner's name; that it is this one
    of those the register counted remains an assumption, and says so.
    """
    if not (claim.accepted and claim.slot and claim.name):
        return app
    day = claim.claimed_at.date()
    return replace(
        app,
        origin=replace(app.origin, as_of=claim.claimed_at),
        name=claim.name,
        claimed=True,
        categories=(ASSUMED,),
        department=claim.owner,
        description=must_text(
            f"Diklaim pemiliknya pada {day}; tempatnya ({app.slug}) di antara entri register "
            "adalah anggapan.",
            f"Claimed by its owner on {day}; its slot ({app.slug}) among the entries of the "
            "register is an assumption.",
        ),
    )
