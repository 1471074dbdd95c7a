"""The life of a registration: handed in, approved or refused, rolled back, switched, expired.

Every function wants a connection of `catalog.loaded.alone`, which is one transaction that no other
change runs beside. It returns what now holds, or raises Declined and then nothing was changed.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog import tables
from catalog.bindings import KEY
from catalog.registrations import entries, facts, names, records
from catalog.registrations.declined import conflict, declined, unknown_key
from catalog.registrations.facts import Facts
from catalog.registrations.generation import grow
from catalog.registrations.keys import TEAM, KeyHolder
from catalog.registrations.policy import Approval, Ask, asks
from catalog.registrations.records import Registration, Verdict, Version
from catalog.registrations.tables import connector_versions, registrations
from connectors.declarative.findings import Finding, blocking
from connectors.declarative.submission import Submission
from connectors.ports.common import ErrorCode
from connectors.ports.connectors import ConnectorState

log = logging.getLogger(__name__)

LONGEST_SDL = 262_144
LONGEST_SETTINGS = 65_536
LONGEST_TESTS = 2_097_152
"""Most characters of the texts of a version; of tests all together."""
MOST_TESTS = 200
LONGEST_REASON = 1_000
VERSIONS_KEPT = 100
"""Most versions of a connector that are remembered; those in use always are."""

SWITCHES = (ConnectorState.ENABLED, ConnectorState.DISABLED, ConnectorState.QUARANTINED)
"""What an operator can make of a connector."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """What became of a version that was handed in."""

    registration: Registration
    version: int
    serves: bool
    """False: it waits for an operator, for the reasons in `asks`."""
    asks: tuple[Ask, ...] = ()
    repeated: bool = False
    """Whether exactly these texts had been handed in before, so that nothing was to be done."""


async def submit(
    connection: AsyncConnection,
    submission: Submission,
    found: Facts,
    *,
    by: KeyHolder,
    now: datetime,
    today: date,
    expected: int | None = None,
    team: str | None = None,
    findings: Sequence[Finding] = (),
    report: Mapping[str, Any] | None = None,
    approval: Approval = Approval.POLICY,
    elsewhere: bool = False,
) -> Submitted:
    """Hand in a version: a first one without `expected`, else in the place of version `expected`.

    The same texts again are the same version, so that a question whose answer was lost can be
    repeated. `team` names the team an operator acts for; `elsewhere` says that another source of
    the city has the entry. Raises Declined: BAD_INPUT for texts that cannot be taken, FORBIDDEN
    outside of the caller's apps and team, NOT_FOUND for an entry or a key there is not, DUPLICATE
    for an entry, a key or a name of others, CONFLICT with the version there is now.
    """
    key = submission.key
    _fit(submission, found, findings, today)
    if not by.may(submission.app):
        raise _forbidden(f"aplikasi {submission.app[:80]!r}", f"the app {submission.app[:80]!r}")
    before = await records.find(connection, key)
    mine = await _team(connection, submission, before, by, team)
    number = await records.last_number(connection, key)
    last = await records.version_of(connection, key, number)
    if before is not None:
        _same_owner(before, submission, mine, updating=expected is not None)
        if last is not None and last.version == before.current and _same(last, submission):
            serves = before.active == last.version
            return Submitted(
                before, last.version, serves, () if serves else last.asks, repeated=True
            )
    _as_expected(key, before, expected)
    await _no_source(connection, key)
    await entries.reserve(
        connection, submission.app, mine, by=by.label, now=now, elsewhere=elsewhere
    )
    await names.check(connection, key, mine, found)
    served = await _facts(connection, key, before.active if before else None)
    reasons = asks(served, found, approval)
    version = Version(
        submission, number + 1, mine, found, tuple(findings), report, reasons,
        now, by.label, Verdict.WAITING, None, None, None,
    )  # fmt: skip
    await _keep(connection, version)
    made = before or await _first(connection, version)
    if made.pending is not None:
        await _decide(connection, key, made.pending, Verdict.REPLACED, by=by, now=now, note=None)
    made = replace(made, pending=version.version, rehearsal=report)
    if reasons:
        after = await _write(connection, made, by=by, now=now)
    else:
        after = await _activate(connection, made, version, by=by, now=now, note=None)
    await _forget_old(connection, after)
    return Submitted(after, version.version, not reasons, reasons)


async def approve(
    connection: AsyncConnection,
    key: str,
    version: int,
    *,
    by: KeyHolder,
    now: datetime,
    note: str | None = None,
) -> Registration:
    """Let the version that waits serve. CONFLICT when it is not this one that waits."""
    before, waiting = await _waiting(connection, key, version, by)
    return await _activate(connection, before, waiting, by=by, now=now, note=_note(note))


async def refuse(
    connection: AsyncConnection,
    key: str,
    version: int,
    *,
    by: KeyHolder,
    now: datetime,
    reason: str,
) -> Registration:
    """Turn the version that waits down; what served before goes on. CONFLICT as in `approve`.

    When it was the first, its entry and its names are free again.
    """
    before, _ = await _waiting(connection, key, version, by)
    said = _reason(reason)
    await _decide(connection, key, version, Verdict.REFUSED, by=by, now=now, note=said)
    after = await _write(connection, replace(before, pending=None, reason=said), by=by, now=now)
    others = [one for one in await records.of_app(connection, before.app) if one.current]
    if not others:
        await entries.release(connection, before.app)
    return after


async def rollback(
    connection: AsyncConnection, key: str, version: int, *, by: KeyHolder, now: datetime
) -> Registration:
    """Let an earlier version serve again that was accepted once; nobody need approve it anew.

    The version that serves already is left as it is. DUPLICATE when a name of it belongs to
    somebody else by now, BAD_INPUT when it was never accepted.
    """
    before = await _mine(connection, key, by)
    chosen = await records.version_of(connection, key, version)
    if chosen is None:
        raise declined(
            ErrorCode.NOT_FOUND,
            f"Konektor {key!r} tidak punya versi {version}.",
            f"The connector {key!r} has no version {version}.",
            field="version",
            current=before.current,
        )
    if chosen.verdict is not Verdict.ACCEPTED:
        raise declined(
            ErrorCode.BAD_INPUT,
            f"Versi {version} belum pernah disetujui.",
            f"Version {version} was never accepted.",
            field="version",
            current=before.current,
        )
    if before.active == version:
        return before
    if before.active is None:
        raise _bad(
            "key",
            f"Konektor {key!r} sudah dicabut; kirim versi baru.",
            f"The connector {key!r} was withdrawn; hand in a new version.",
        )
    await names.check(connection, key, before.team, chosen.facts)
    after = await _activate(connection, before, chosen, by=by, now=now, note=chosen.note)
    earlier = await connection.scalar(
        select(connector_versions.c.version)
        .where(
            connector_versions.c.key == key,
            connector_versions.c.version < version,
            connector_versions.c.verdict == Verdict.ACCEPTED.value,
        )
        .order_by(connector_versions.c.version.desc())
        .limit(1)
    )
    return await _write(connection, replace(after, previous=earlier), by=by, now=now)


async def set_state(
    connection: AsyncConnection,
    key: str,
    state: ConnectorState,
    *,
    by: KeyHolder,
    now: datetime,
    today: date,
    reason: str,
) -> Registration:
    """The operator's switch; the reason is kept with it.

    ENABLED; DISABLED: its fields answer null; QUARANTINED: it leaves the graph.
    """
    _operator(by)
    before = await _known(connection, key)
    if state not in SWITCHES:
        raise declined(
            ErrorCode.BAD_INPUT,
            "Keadaan hanya dapat diubah menjadi ENABLED, DISABLED, atau QUARANTINED.",
            "The state can be set to ENABLED, DISABLED or QUARANTINED only.",
            field="state",
        )
    if before.active is None:
        raise declined(
            ErrorCode.BAD_INPUT,
            f"Konektor {key!r} belum punya versi yang disetujui.",
            f"No version of the connector {key!r} was accepted yet.",
            field="key",
        )
    if state is ConnectorState.ENABLED and before.has_expired(today):
        raise declined(
            ErrorCode.BAD_INPUT,
            f"Masa berlaku berakhir pada {before.expires_on}; kirim versi dengan tanggal baru.",
            f"It expired on {before.expires_on}; hand in a version with a later date.",
            field="state",
        )
    changed = replace(before, switch=state, reason=_reason(reason))
    return await _write(connection, changed, by=by, now=now)


async def expire(
    connection: AsyncConnection, *, today: date, by: KeyHolder, now: datetime
) -> list[str]:
    """Mark what is past its date; the keys of those that were not marked before.

    Their fields give the last good answers from now on. It holds from the day itself, whether or
    not anybody calls this: it makes workers look, and a history that tells.
    """
    expired = []
    for one in await records.listed(connection):
        if one.active and one.switch is ConnectorState.ENABLED and one.has_expired(today):
            reason = f"expired on {one.expires_on}"
            changed = replace(one, switch=ConnectorState.EXPIRED, reason=reason)
            await _write(connection, changed, by=by, now=now)
            expired.append(one.key)
    return expired


async def withdraw(
    connection: AsyncConnection, key: str, *, by: KeyHolder, now: datetime, reason: str
) -> Registration:
    """Take a connector out of the city: its fields go, its names and its entry are free again.

    For a team that left, or an entry that was given to the wrong one. The history stays; whatever
    comes next under this key has to be approved like a first version.
    """
    _operator(by)
    before, said = await _known(connection, key), _reason(reason)
    if before.pending is not None:
        await _decide(connection, key, before.pending, Verdict.REFUSED, by=by, now=now, note=said)
    gone = replace(
        before, active=None, pending=None, previous=None, switch=ConnectorState.DISABLED,
        reason=said, expires_on=None, drift=None,
    )  # fmt: skip
    after = await _write(connection, gone, by=by, now=now)
    if not [one for one in await records.of_app(connection, before.app) if one.current]:
        await entries.give_up(connection, before.app, now=now)
    return after


async def refresh(
    connection: AsyncConnection, key: str, *, by: KeyHolder, now: datetime
) -> Registration:
    """Let every worker open the connector anew."""
    before = await _mine(connection, key, by)
    return await _write(connection, replace(before, opened=before.opened + 1), by=by, now=now)


# ------------------------------------------------------------------------------- rules


def _fit(submission: Submission, found: Facts, findings: Sequence[Finding], today: date) -> None:
    if KEY.fullmatch(submission.key) is None:
        raise _bad(
            "key",
            "Kunci hanya huruf kecil, angka, dan tanda hubung, paling panjang 64.",
            "A key is of small letters, digits and dashes, at most 64 of them.",
        )
    if blocking(list(findings)):
        raise _bad(
            "sdl",
            "Masih ada kesalahan; perbaiki dahulu temuan tingkat ERROR.",
            "There are errors; correct the findings of severity ERROR first.",
        )
    lengths = {
        "sdl": (len(submission.sdl), LONGEST_SDL),
        "settings": (len(submission.settings), LONGEST_SETTINGS),
        "tests": (sum(len(one.text) + len(one.name) for one in submission.tests), LONGEST_TESTS),
    }
    for field, (length, most) in lengths.items():
        if length > most:
            raise _bad(
                field,
                f"Teksnya {length} karakter; paling banyak {most}.",
                f"Its text has {length} characters; at most {most} are taken.",
            )
    if len(submission.tests) > MOST_TESTS:
        raise _bad(
            "tests", f"Paling banyak {MOST_TESTS} berkas.", f"At most {MOST_TESTS} files are taken."
        )
    if not found.prefix:
        raise _bad("settings", "Awalan nama diperlukan.", "A prefix of names is needed.")
    if any("\0" in text for text in (submission.sdl, submission.settings, submission.app)):
        # No database keeps one in a text.
        raise _bad("sdl", "Teks memuat karakter nol.", "A text holds a null character.")
    if found.expires is not None and found.expires < today:
        raise _bad(
            "settings",
            f"Tanggal berakhir {found.expires} sudah lewat.",
            f"The expiry {found.expires} lies in the past.",
        )


def _same(version: Version, submission: Submission) -> bool:
    return version.submission.fingerprint == submission.fingerprint


async def _team(
    connection: AsyncConnection,
    submission: Submission,
    before: Registration | None,
    by: KeyHolder,
    named: str | None,
) -> str:
    """The team a version is of. A team nobody named is called by its app."""
    if not by.is_operator:
        if by.team is None or named not in (None, by.team):
            raise _forbidden("tim lain", "another team")
        return by.team
    claim = await entries.claim_of(connection, submission.app)
    known = before.team if before else claim.team if claim else None
    team = named or known or by.team or submission.app[:64]
    if named is not None and TEAM.fullmatch(named) is None:
        raise _bad(
            "team",
            "Nama tim hanya huruf, angka, titik, dan tanda hubung.",
            "A team's name is of letters, digits, dots and dashes.",
        )
    return team


def _same_owner(before: Registration, submission: Submission, team: str, *, updating: bool) -> None:
    if before.team != team:
        if updating:
            raise _forbidden(f"konektor {before.key!r}", f"the connector {before.key!r}")
        raise declined(
            ErrorCode.DUPLICATE,
            f"Kunci {before.key!r} sudah dipakai konektor tim lain.",
            f"The key {before.key!r} is taken by a connector of another team.",
            field="key",
        )
    if before.app != submission.app:
        raise _bad(
            "app",
            f"Konektor {before.key!r} milik entri {before.app!r}; pakai kunci lain.",
            f"The connector {before.key!r} belongs to the entry {before.app!r}; use another key.",
        )


def _as_expected(key: str, before: Registration | None, expected: int | None) -> None:
    if expected is not None and before is None:
        raise unknown_key(key)
    if before is not None and before.current != expected:
        raise conflict(key, before.current)


async def _no_source(connection: AsyncConnection, key: str) -> None:
    if await connection.scalar(select(tables.sources.c.key).where(tables.sources.c.key == key)):
        raise declined(
            ErrorCode.DUPLICATE,
            f"Kunci {key!r} adalah kunci sumber data kota; pakai kunci lain.",
            f"The key {key!r} is that of one of the city's own sources; use another one.",
            field="key",
        )


async def _known(connection: AsyncConnection, key: str) -> Registration:
    before = await records.find(connection, key)
    if before is None:
        raise unknown_key(key)
    return before


async def _mine(connection: AsyncConnection, key: str, by: KeyHolder) -> Registration:
    before = await _known(connection, key)
    if not by.is_operator and not (by.team == before.team and by.may(before.app)):
        raise _forbidden(f"konektor {key!r}", f"the connector {key!r}")
    return before


async def _waiting(
    connection: AsyncConnection, key: str, version: int, by: KeyHolder
) -> tuple[Registration, Version]:
    _operator(by)
    before = await _known(connection, key)
    waiting = await records.version_of(connection, key, version)
    if before.pending != version or waiting is None:
        raise conflict(key, before.pending)
    return before, waiting


def _operator(by: KeyHolder) -> None:
    if not by.is_operator:
        raise _forbidden("keputusan operator", "what operators decide")


def _forbidden(indonesian: str, english: str) -> Exception:
    return declined(
        ErrorCode.FORBIDDEN,
        f"Kunci ini tidak berlaku untuk {indonesian}.",
        f"This key does not reach {english}.",
    )


def _bad(field: str, indonesian: str, english: str) -> Exception:
    return declined(ErrorCode.BAD_INPUT, indonesian, english, field=field)


def _reason(text: str) -> str:
    said = text.strip().replace("\0", "")
    if not said or len(said) > LONGEST_REASON:
        raise _bad(
            "reason",
            f"Sebutkan alasannya, paling panjang {LONGEST_REASON} karakter.",
            f"Say why, in at most {LONGEST_REASON} characters.",
        )
    return said


def _note(text: str | None) -> str | None:
    return _reason(text) if text and text.strip() else None


# ------------------------------------------------------------------------------- rows


async def _facts(connection: AsyncConnection, key: str, version: int | None) -> Facts | None:
    found = None if version is None else await records.version_of(connection, key, version)
    return found.facts if found else None


async def _keep(connection: AsyncConnection, version: Version) -> None:
    text = version.submission
    await connection.execute(
        insert(connector_versions).values(
            key=text.key,
            version=version.version,
            app=text.app,
            team=version.team,
            sdl=text.sdl,
            settings=text.settings,
            tests=records.tests_of(text),
            fingerprint=text.fingerprint,
            facts=facts.written(version.facts),
            findings=records.findings_of(version.findings),
            report=version.report,
            asks=[ask.value for ask in version.asks],
            submitted_at=version.submitted_at,
            submitted_by=version.submitted_by,
            verdict=version.verdict.value,
        )
    )


async def _first(connection: AsyncConnection, version: Version) -> Registration:
    """The row of a connector that has none yet."""
    made = Registration(
        version.submission.key, version.submission.app, version.team, None, None, None,
        ConnectorState.ENABLED, None, version.submitted_by, version.submitted_at, 0, None, 0, None,
        None, None,
    )  # fmt: skip
    await connection.execute(insert(registrations).values(_row(made)))
    return made


def _row(one: Registration) -> dict[str, Any]:
    return {
        "key": one.key,
        "app": one.app,
        "team": one.team,
        "active": one.active,
        "pending": one.pending,
        "previous": one.previous,
        "switch": one.switch.value,
        "reason": one.reason,
        "changed_by": one.changed_by,
        "changed_at": one.changed_at,
        "revision": one.revision,
        "accepted": one.accepted,
        "opened": one.opened,
        "expires_on": one.expires_on,
        "drift": one.drift,
        "rehearsal": one.rehearsal,
    }


async def _write(
    connection: AsyncConnection, after: Registration, *, by: KeyHolder, now: datetime
) -> Registration:
    """Write a row, unless somebody wrote it since it was read, and tell the workers."""
    seen = after.revision
    made = replace(after, revision=seen + 1, changed_by=by.label, changed_at=now)
    changed = await connection.execute(
        update(registrations)
        .where(registrations.c.key == made.key, registrations.c.revision == seen)
        .values(_row(made))
    )
    if not changed.rowcount:
        raise conflict(made.key, made.current)
    versions = {number for number in (made.active, made.pending, made.previous) if number}
    held = [await _facts(connection, made.key, number) for number in sorted(versions)]
    await names.hold(connection, made.key, [one for one in held if one is not None])
    await grow(connection)
    return made


async def _activate(
    connection: AsyncConnection,
    before: Registration,
    version: Version,
    *,
    by: KeyHolder,
    now: datetime,
    note: str | None,
) -> Registration:
    """Let a version serve from the end of the transaction on."""
    await _decide(
        connection, before.key, version.version, Verdict.ACCEPTED, by=by, now=now, note=note
    )
    stays = before.switch in (ConnectorState.DISABLED, ConnectorState.QUARANTINED) and before.active
    made = replace(
        before,
        active=version.version,
        pending=None if before.pending == version.version else before.pending,
        previous=before.active or before.previous,
        switch=before.switch if stays else ConnectorState.ENABLED,
        reason=before.reason if stays else None,
        accepted=await grow(connection),
        expires_on=version.facts.expires,
        drift=None,
    )
    after = await _write(connection, made, by=by, now=now)
    await entries.show(
        connection, before.app, name=version.facts.name, owner=version.facts.owner, now=now
    )
    log.info("connector_activated", extra={"source": before.key, "version": version.version})
    return after


async def _decide(
    connection: AsyncConnection,
    key: str,
    version: int,
    verdict: Verdict,
    *,
    by: KeyHolder,
    now: datetime,
    note: str | None,
) -> None:
    await connection.execute(
        update(connector_versions)
        .where(connector_versions.c.key == key, connector_versions.c.version == version)
        .values(verdict=verdict.value, decided_at=now, decided_by=by.label, note=note)
    )


async def _forget_old(connection: AsyncConnection, after: Registration) -> None:
    """Texts of long ago go, so that a team that hands in every minute does not fill the disk."""
    newest = await connection.scalar(
        select(connector_versions.c.version)
        .where(connector_versions.c.key == after.key)
        .order_by(connector_versions.c.version.desc())
        .offset(VERSIONS_KEPT - 1)
        .limit(1)
    )
    if newest is None:
        return
    used = [number for number in (after.active, after.pending, after.previous) if number]
    await connection.execute(
        delete(connector_versions).where(
            connector_versions.c.key == after.key,
            connector_versions.c.version < newest,
            connector_versions.c.version.not_in(used),
        )
    )
