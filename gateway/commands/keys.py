"""`python -m gateway keys create|list|revoke`: keys of app teams and operators."""

from __future__ import annotations

import argparse
import os
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from catalog.registrations import keys
from catalog.registrations.declined import Declined
from connectors.ports.common import must_text
from gateway.commands.printing import print_json, say

DAYS = 365
DAYS_MOST = 3650

_MADE = must_text(
    "Kunci {id} dibuat; berlaku sampai {until}. Kunci ini hanya ditampilkan sekali:",
    "Key {id} was made; it is good until {until}. It is shown this once:",
)
_WRITTEN = must_text(
    "Kunci {id} dibuat; berlaku sampai {until}. Tersimpan di {file}.",
    "Key {id} was made; it is good until {until}. It was written to {file}.",
)
_REVOKED = must_text(
    "Kunci {id} dicabut; berlaku dalam beberapa detik.",
    "Key {id} is revoked; running gateways follow within seconds.",
)
_NONE = must_text("Belum ada kunci.", "There are no keys yet.")
_STATES = {
    "good": must_text("berlaku", "good"),
    "expired": must_text("kedaluwarsa", "expired"),
    "revoked": must_text("dicabut", "revoked"),
}


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Put the commands into the parser."""
    actions = commands.add_parser("keys", help="keys of app teams and operators").add_subparsers(
        dest="action", required=True
    )
    create = actions.add_parser("create", help="make a key; it is shown once")
    create.add_argument("--label", required=True, help="what it is for, as histories show it")
    create.add_argument(
        "--role", choices=[role.value for role in keys.KeyRole], default=keys.KeyRole.APP_TEAM.value
    )
    create.add_argument("--team", help="name of the team, e.g. dishub-parkir")
    create.add_argument(
        "--app", action="append", default=[], help="slug of an app of the team; may be repeated"
    )
    create.add_argument("--days", type=int, default=DAYS, help=f"good for so many days ({DAYS})")
    create.add_argument("--out", type=Path, help="write the key to this new file, for you alone")
    actions.add_parser("list", help="all keys, never their texts")
    revoke = actions.add_parser("revoke", help="let nobody in with a key any more")
    revoke.add_argument("id", help="the number of the key, see `keys list`")
    for action in actions.choices.values():
        action.add_argument("--lang", choices=("id", "en"), default="id")
        action.add_argument("--json", action="store_true", help="for tools")


async def run(engine: AsyncEngine, asked: argparse.Namespace, *, now: datetime) -> int:
    """Run one of them. Raises ValueError with what the registry declines."""
    try:
        if asked.action == "create":
            await _create(engine, asked, now)
        elif asked.action == "list":
            await _list(engine, asked, now)
        else:
            async with engine.begin() as connection:
                await keys.revoke_key(connection, asked.id, now=now)
            _say(asked, _REVOKED.pick(asked.lang).format(id=asked.id), {"revoked": asked.id})
    except Declined as declined:
        raise ValueError(declined.message.pick(asked.lang)) from declined
    return 0


async def _create(engine: AsyncEngine, asked: argparse.Namespace, now: datetime) -> None:
    if not 1 <= asked.days <= DAYS_MOST:
        raise ValueError(f"--days must be from 1 to {DAYS_MOST}")
    until = now + timedelta(days=asked.days)
    # The file is made first: a key that cannot be handed over is not made.
    descriptor = None
    if asked.out is not None:
        descriptor = os.open(asked.out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        async with engine.begin() as connection:
            number, text = await keys.create_key(
                connection,
                role=keys.KeyRole(asked.role),
                label=asked.label,
                team=asked.team,
                apps=asked.app,
                now=now,
                expires_at=until,
            )
    except BaseException:
        if descriptor is not None:
            os.close(descriptor)
            asked.out.unlink()
        raise
    told = {"id": number, "expiresAt": until.isoformat(timespec="seconds")}
    words = {"id": number, "until": f"{until:%Y-%m-%d}", "file": asked.out}
    if descriptor is not None:
        with os.fdopen(descriptor, "w") as file:
            file.write(text + "\n")
        _say(asked, _WRITTEN.pick(asked.lang).format(**words), {**told, "file": str(asked.out)})
    elif asked.json:
        print_json({**told, "key": text})
    else:
        say(_MADE.pick(asked.lang).format(**words), aside=True)
        say(text)


async def _list(engine: AsyncEngine, asked: argparse.Namespace, now: datetime) -> None:
    async with engine.connect() as connection:
        lines = await keys.listed_keys(connection)
    if asked.json:
        print_json([_told(line, now) for line in lines])
        return
    if not lines:
        say(_NONE.pick(asked.lang))
    for line in lines:
        holder = line.holder
        state = _STATES[_state(line, now)].pick(asked.lang)
        until = f"{line.expires_at:%Y-%m-%d}" if line.expires_at else "-"
        apps = ",".join(holder.apps)
        row = f"{holder.id}  {holder.role.value:<8}  {state:<11}  {until:<10}  {holder.label}"
        say(f"{row}  {holder.team or ''} {apps}".rstrip())


def _state(line: keys.KeyLine, now: datetime) -> str:
    if line.revoked_at is not None:
        return "revoked"
    return "expired" if line.expires_at is not None and line.expires_at <= now else "good"


def _told(line: keys.KeyLine, now: datetime) -> dict[str, object]:
    holder = line.holder
    return {
        "id": holder.id,
        "label": holder.label,
        "role": holder.role.value,
        "team": holder.team,
        "apps": list(holder.apps),
        "state": _state(line, now),
        "createdAt": line.created_at,
        "expiresAt": line.expires_at,
        "revokedAt": line.revoked_at,
    }


def _say(asked: argparse.Namespace, sentence: str, told: dict[str, object]) -> None:
    if asked.json:
        print_json(told)
    else:
        say(sentence)
