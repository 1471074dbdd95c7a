"""Applications beyond the city's register: published by their team, let in by an operator.

The register of 174 stays as it was counted; what comes later is marked as later.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog import tables
from catalog.bindings import KEY
from catalog.registrations import entries
from catalog.registrations.declined import declined
from catalog.registrations.generation import grow
from catalog.registrations.keys import TEAM, KeyHolder
from catalog.registrations.policy import Approval
from catalog.registrations.records import Verdict
from catalog.registrations.tables import app_claims
from catalog.registrations.tables import published_apps as table
from connectors.errors import Unreadable
from connectors.memory.apps import read_app
from connectors.ports.apps import AppAudience, CityApp
from connectors.ports.common import ErrorCode, Origin, SourceQuality
from connectors.store.apps import apps

log = logging.getLogger(__name__)

LATER = "after-register"
"""Category of an entry that was published after the register and is none of those it counted."""
MOST_WAITING = 20
"""Publications of one team that may wait at the same time."""
_FIELDS = (
    "name", "description", "url", "landingURL", "categories", "platforms", "softwareVersion",
    "releaseDate", "developmentStatus", "legal", "localisation", "usedBy",
)  # fmt: skip
"""What is read of a publiccode.yml."""


@dataclass(frozen=True, slots=True)
class Published:
    """A publication and what became of it."""

    app: CityApp
    team: str
    verdict: Verdict
    submitted_at: datetime
    submitted_by: str
    note: str | None = None

    @property
    def waits(self) -> bool:
        """Whether an operator still has to decide."""
        return self.verdict is Verdict.WAITING


async def publish(
    connection: AsyncConnection,
    *,
    slug: str,
    audience: AppAudience,
    in_portal: bool,
    publiccode: Mapping[str, Any],
    by: KeyHolder,
    now: datetime,
    team: str | None = None,
    approval: Approval = Approval.POLICY,
) -> Published:
    """Hand in an application the register does not have. It waits, unless `approval` is NEVER.

    The same team may hand it in again while it waits: the newer one counts. Raises Declined:
    DUPLICATE for a slug the catalogue has, BAD_INPUT naming what cannot be read, NOT_FOUND in a
    city that does not keep its catalogue here. Wants a connection of `alone`.
    """
    mine = by.team if not by.is_operator else team or by.team or slug[:64]
    if mine is None or TEAM.fullmatch(mine) is None:
        raise _bad("team", "Nama tim diperlukan.", "The name of a team is needed.")
    await _fits(connection, slug, mine)
    row = _canonical(slug, audience, publiccode, in_portal=in_portal)
    app = _read(row, number=await _next(connection), at=now)
    verdict = Verdict.ACCEPTED if approval is Approval.NEVER else Verdict.WAITING
    await connection.execute(delete(table).where(table.c.app == slug))
    await connection.execute(
        insert(table).values(
            app=slug, team=mine, number=None, entry=row, verdict=Verdict.WAITING.value,
            submitted_at=now, submitted_by=by.label,
        )
    )  # fmt: skip
    if verdict is Verdict.ACCEPTED:
        return await _accept(connection, slug, by=by, now=now, note=None)
    return Published(app, mine, Verdict.WAITING, now, by.label)


async def approve_app(
    connection: AsyncConnection,
    slug: str,
    *,
    by: KeyHolder,
    now: datetime,
    note: str | None = None,
) -> Published:
    """Let the catalogue show it, after all others; it belongs to its team from now on."""
    await _waiting(connection, slug, by)
    return await _accept(connection, slug, by=by, now=now, note=note)


async def refuse_app(
    connection: AsyncConnection, slug: str, *, by: KeyHolder, now: datetime, reason: str
) -> Published:
    """Turn it down. The slug is free again."""
    found = await _waiting(connection, slug, by)
    said = reason.strip()
    if not said:
        raise _bad("reason", "Sebutkan alasannya.", "Say why.")
    await _decide(connection, slug, Verdict.REFUSED, by=by, now=now, note=said)
    return replace(found, verdict=Verdict.REFUSED, note=said)


async def published(connection: AsyncConnection) -> list[Published]:
    """All publications, the waiting and refused ones too, oldest first."""
    rows = await connection.execute(select(table).order_by(table.c.submitted_at, table.c.app))
    return [_published(row) for row in rows]


async def later_entries(connection: AsyncConnection) -> list[CityApp]:
    """The entries that were let in, by number. One that cannot be read is told to the log."""
    rows = await connection.execute(
        select(table).where(table.c.verdict == Verdict.ACCEPTED.value).order_by(table.c.number)
    )
    found = []
    for row in rows:
        try:
            found.append(_published(row).app)
        except (Unreadable, KeyError, TypeError, ValueError):
            log.exception("published_app_not_read", extra={"app": row.app})
    return found


async def _fits(connection: AsyncConnection, slug: str, team: str) -> None:
    if KEY.fullmatch(slug) is None:
        raise _bad(
            "slug",
            "Slug hanya huruf kecil, angka, dan tanda hubung, paling panjang 64.",
            "A slug is of small letters, digits and dashes, at most 64 of them.",
        )
    if not await connection.scalar(
        select(tables.sources.c.key).where(tables.sources.c.key == entries.CATALOGUE)
    ):
        raise declined(
            ErrorCode.NOT_FOUND,
            "Kota ini tidak menyimpan katalog aplikasinya di gateway.",
            "This city does not keep its catalogue of apps in the gateway.",
            field="slug",
        )
    before = (await connection.execute(select(table).where(table.c.app == slug))).first()
    taken = before is not None and before.verdict != Verdict.REFUSED.value and before.team != team
    if taken or await entries.entry(connection, slug) is not None:
        raise declined(
            ErrorCode.DUPLICATE,
            f"Katalog sudah punya entri {slug!r}.",
            f"The catalogue has an entry {slug!r} already.",
            field="slug",
        )
    waiting = await connection.scalar(
        select(func.count())
        .select_from(table)
        .where(table.c.team == team, table.c.verdict == Verdict.WAITING.value, table.c.app != slug)
    )
    if (waiting or 0) >= MOST_WAITING:
        raise _bad(
            "slug",
            f"Paling banyak {MOST_WAITING} aplikasi sebuah tim boleh menunggu.",
            f"At most {MOST_WAITING} apps of a team may wait for approval.",
        )


async def _next(connection: AsyncConnection) -> int:
    """The number after the last of the catalogue."""
    c = apps.c
    last = await connection.scalar(select(func.max(c.slot)).where(c.source == entries.CATALOGUE))
    return (last or 0) + 1


async def _waiting(connection: AsyncConnection, slug: str, by: KeyHolder) -> Published:
    if not by.is_operator:
        raise declined(
            ErrorCode.FORBIDDEN,
            "Hanya operator yang memutuskan.",
            "Only operators decide that.",
        )
    row = (await connection.execute(select(table).where(table.c.app == slug))).first()
    if row is None:
        raise declined(
            ErrorCode.NOT_FOUND,
            f"Tidak ada aplikasi {slug[:80]!r} yang diterbitkan.",
            f"No app {slug[:80]!r} was published.",
            field="slug",
        )
    if row.verdict != Verdict.WAITING.value:
        raise declined(
            ErrorCode.CONFLICT,
            f"Aplikasi {slug!r} sudah diputuskan.",
            f"The app {slug!r} was decided on already.",
            field="slug",
        )
    return _published(row)


async def _accept(
    connection: AsyncConnection, slug: str, *, by: KeyHolder, now: datetime, note: str | None
) -> Published:
    number = await _next(connection)
    await connection.execute(update(table).where(table.c.app == slug).values(number=number))
    await _decide(connection, slug, Verdict.ACCEPTED, by=by, now=now, note=note)
    row = (await connection.execute(select(table).where(table.c.app == slug))).one()
    found = _published(row)
    await entries.put(connection, found.app, now=now)
    if await entries.claim_of(connection, slug) is None:
        await connection.execute(
            insert(app_claims).values(
                app=slug, team=found.team, slot=False, accepted=True, name=found.app.name,
                owner=None, claimed_at=now, claimed_by=by.label,
            )
        )  # fmt: skip
    return found


async def _decide(
    connection: AsyncConnection,
    slug: str,
    verdict: Verdict,
    *,
    by: KeyHolder,
    now: datetime,
    note: str | None,
) -> None:
    await connection.execute(
        update(table)
        .where(table.c.app == slug)
        .values(verdict=verdict.value, decided_at=now, decided_by=by.label, note=note)
    )
    await grow(connection)


def _published(row: Row[Any]) -> Published:
    at = row.decided_at or row.submitted_at
    app = _read(row.entry, number=row.number or 1, at=at)
    return Published(
        app, row.team, Verdict(row.verdict), row.submitted_at, row.submitted_by, row.note
    )


# ------------------------------------------------------------------------------- publiccode


def _canonical(
    slug: str, audience: AppAudience, said: Mapping[str, Any], *, in_portal: bool
) -> dict[str, Any]:
    """What a publiccode.yml says, as a row of the catalogue."""
    said = {name: said[name] for name in _FIELDS if said.get(name) is not None}
    told: dict[str, Mapping[str, Any]] = {
        tag.partition("-")[0].lower(): words
        for tag, words in _mapping(said, "description").items()
        if isinstance(tag, str) and isinstance(words, Mapping)
    }
    names = {tag: words["localisedName"] for tag, words in told.items() if "localisedName" in words}
    status = said.get("developmentStatus")
    name = said.get("name")
    return {
        "slug": slug,
        "name_id": names.get("id", name),
        "name_en": names.get("en", name),
        "audience": audience.value,
        "claimed": True,
        "in_portal": in_portal,
        **{f"summary_{tag}": _of(told, tag, "shortDescription") for tag in ("id", "en")},
        **{f"description_{tag}": _of(told, tag, "longDescription") for tag in ("id", "en")},
        "categories": [*_list(said, "categories"), LATER],
        "platforms": _list(said, "platforms"),
        "url": said.get("landingURL"),
        "repository": said.get("url"),
        "version": said.get("softwareVersion"),
        "released_on": None if "releaseDate" not in said else str(said["releaseDate"]),
        "status": status.upper() if isinstance(status, str) else status,
        "licence": _mapping(said, "legal").get("license"),
        "languages": _list(_mapping(said, "localisation"), "availableLanguages"),
        "used_by": _list(said, "usedBy"),
    }


def _of(told: Mapping[str, Mapping[str, Any]], tag: str, name: str) -> Any:
    return told.get(tag, {}).get(name)


def _mapping(said: Mapping[str, Any], name: str) -> Mapping[Any, Any]:
    found = said.get(name, {})
    if not isinstance(found, Mapping):
        raise _bad(
            f"publiccode.{name}", f"{name} harus berupa objek.", f"{name} must be an object."
        )
    return found


def _list(said: Mapping[Any, Any], name: str) -> list[str]:
    found = said.get(name, [])
    if not isinstance(found, (list, tuple)) or not all(
        isinstance(one, str) and one for one in found
    ):
        raise _bad(
            f"publiccode.{name}",
            f"{name} harus berupa daftar teks.",
            f"{name} must be a list of texts.",
        )
    if len(found) > 100 or any(len(one) > 64 for one in found):
        raise _bad(
            f"publiccode.{name}",
            f"{name}: paling banyak 100 isi, masing-masing paling panjang 64.",
            f"{name}: at most 100 items of at most 64 characters each.",
        )
    return list(found)


def _read(row: Mapping[str, Any], *, number: int, at: datetime) -> CityApp:
    """The entry of a row. Raises BAD_INPUT naming what cannot be read."""

    def origin(slug: str) -> Origin:
        return Origin(entries.CATALOGUE, slug, at, at, SourceQuality.PUBLISHED)

    try:
        return read_app({**row, "slot": number}, origin)
    except Unreadable as error:
        raise _bad(
            f"publiccode.{error.column}" if error.column else "publiccode",
            f"publiccode tidak dapat dibaca: {error}",
            f"The publiccode cannot be read: {error}",
        ) from error


def _bad(field: str, indonesian: str, english: str) -> Exception:
    return declined(ErrorCode.BAD_INPUT, indonesian, english, field=field)
