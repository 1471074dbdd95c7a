"""API keys of app teams and operators: made, found by their text, revoked.

A key is `tlg_<id>_<secret>` with 256 random bits. What nobody can guess needs no slow hash: those
are for passwords, which people choose. So a plain BLAKE2b of the secret is kept, and asking for a
key costs microseconds; whoever reads the database still holds nothing that opens anything.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.registrations.declined import declined
from catalog.registrations.tables import api_keys as table
from connectors.ports.common import ErrorCode

_KEY = re.compile(r"tlg_([0-9a-f]{12})_([A-Za-z0-9_-]{43})", re.ASCII)
LONGEST = 80
"""Most characters of a text that is looked at as a key."""
MOST_APPS = 200
TEAM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
"""What the name of a team looks like."""
_NOBODY = "0" * 64


class KeyRole(Enum):
    """APP_TEAM: its own apps. ADMIN: an operator of the gateway."""

    APP_TEAM = "APP_TEAM"
    ADMIN = "ADMIN"


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """Who acts on the registry."""

    id: str
    """Of the key, which may be shown; empty for the command line."""
    label: str
    role: KeyRole
    team: str | None = None
    apps: tuple[str, ...] = ()
    """Slugs of the entries its team may claim; an operator may all."""

    @property
    def is_operator(self) -> bool:
        """Whether it may decide for the city."""
        return self.role is KeyRole.ADMIN

    def may(self, app: str) -> bool:
        """Whether an entry of the catalogue is in its reach."""
        return self.is_operator or app in self.apps


OPERATOR = KeyHolder("", "operator", KeyRole.ADMIN)
"""Whoever may run commands on the gateway's machine."""


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A key as a list shows it."""

    holder: KeyHolder
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


async def create_key(
    connection: AsyncConnection,
    *,
    role: KeyRole,
    label: str,
    team: str | None = None,
    apps: Iterable[str] = (),
    now: datetime,
    expires_at: datetime | None = None,
) -> tuple[str, str]:
    """The id of a new key, and the key itself, which is shown this once. Raises Declined."""
    slugs = tuple(dict.fromkeys(apps))
    _fit(role, label, team, slugs)
    if expires_at is not None and expires_at <= now:
        raise _bad("expires", "Tanggal berakhir sudah lewat.", "The expiry lies in the past.")
    number, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    await connection.execute(
        insert(table).values(
            id=number,
            label=label.strip(),
            role=role.value,
            team=team,
            apps=list(slugs),
            digest=_digest(secret),
            created_at=now,
            expires_at=expires_at,
            revoked_at=None,
        )
    )
    return number, f"tlg_{number}_{secret}"


def _fit(role: KeyRole, label: str, team: str | None, apps: tuple[str, ...]) -> None:
    if not label.strip() or len(label) > 255:
        raise _bad(
            "label", "Isi label, paling panjang 255.", "Give a label of 1 to 255 characters."
        )
    if team is not None and TEAM.fullmatch(team) is None:
        raise _bad(
            "team",
            "Nama tim hanya huruf, angka, titik, dan tanda hubung, paling panjang 64.",
            "A team's name is of letters, digits, dots and dashes, at most 64.",
        )
    if role is KeyRole.APP_TEAM and (team is None or not apps):
        raise _bad(
            "apps",
            "Kunci tim memerlukan nama tim dan sekurangnya satu aplikasi.",
            "The key of a team needs the name of the team and at least one app.",
        )
    if len(apps) > MOST_APPS or any(not app or len(app) > 255 for app in apps):
        raise _bad(
            "apps",
            f"Paling banyak {MOST_APPS} slug aplikasi, masing-masing 1 sampai 255 karakter.",
            f"At most {MOST_APPS} slugs of apps, of 1 to 255 characters each.",
        )


def _bad(field: str, indonesian: str, english: str) -> Exception:
    return declined(ErrorCode.BAD_INPUT, indonesian, english, field=field)


async def find_key(connection: AsyncConnection, text: str, *, now: datetime) -> KeyHolder | None:
    """Who holds a key; None when it is none of ours, was revoked, or has expired.

    The time it takes says nothing about how much of a secret was right.
    """
    read = _KEY.fullmatch(text) if len(text) <= LONGEST else None
    if read is None:
        return None
    row = (await connection.execute(select(table).where(table.c.id == read[1]))).first()
    known = row.digest if row is not None else _NOBODY
    if not hmac.compare_digest(known, _digest(read[2])) or row is None:
        return None
    if row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= now):
        return None
    return _holder(row)


async def revoke_key(connection: AsyncConnection, number: str, *, now: datetime) -> None:
    """From now on nobody is let in with a key. Raises Declined when there is none with this id."""
    changed = await connection.execute(
        update(table)
        .where(table.c.id == number, table.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    if not changed.rowcount:
        raise declined(
            ErrorCode.NOT_FOUND,
            f"Tidak ada kunci {number[:40]!r} yang masih berlaku.",
            f"There is no key {number[:40]!r} that is not revoked yet.",
            field="id",
        )


async def listed_keys(connection: AsyncConnection) -> list[KeyLine]:
    """All keys, oldest first, the revoked and expired ones too."""
    rows = await connection.execute(select(table).order_by(table.c.created_at, table.c.id))
    return [KeyLine(_holder(row), row.created_at, row.expires_at, row.revoked_at) for row in rows]


def _holder(row: Row[tuple[object, ...]]) -> KeyHolder:
    return KeyHolder(row.id, row.label, KeyRole(row.role), row.team, tuple(row.apps))


def _digest(secret: str) -> str:
    return hashlib.blake2b(secret.encode(), digest_size=32, person=b"tlg-api-key").hexdigest()
