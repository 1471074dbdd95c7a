"""Registrations and versions as records, read from their tables.

A row that cannot be read, whoever spoiled it, is told to the log and counts as none: it belongs to
one team, and all others are read beside it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, TypeVar

from sqlalchemy import Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.registrations import facts
from catalog.registrations.facts import Facts
from catalog.registrations.policy import Ask
from catalog.registrations.tables import connector_versions, registrations
from connectors.declarative.findings import Finding, Severity
from connectors.declarative.submission import RecordedFile, Submission
from connectors.ports.common import Text
from connectors.ports.connectors import ConnectorState

log = logging.getLogger(__name__)

T = TypeVar("T")
SPOILED = (AttributeError, LookupError, TypeError, ValueError)
"""What reading a row that somebody spoiled may raise: JSON that is none, a word nobody knows."""


class Verdict(Enum):
    """What became of a version. REPLACED: a newer one came before anybody decided."""

    WAITING = "WAITING"
    ACCEPTED = "ACCEPTED"
    REFUSED = "REFUSED"
    REPLACED = "REPLACED"


@dataclass(frozen=True, slots=True)
class Registration:
    """A connector of a team, as the registry has it."""

    key: str
    app: str
    team: str
    active: int | None
    """The version that serves; None while none was accepted."""
    pending: int | None
    """The version that waits for an operator."""
    previous: int | None
    """The version accepted before, which serves when the active one cannot."""
    switch: ConnectorState
    """ENABLED, or what an operator or its expiry made of it."""
    reason: str | None
    changed_by: str
    changed_at: datetime
    revision: int
    accepted: int | None
    opened: int
    expires_on: date | None
    drift: Mapping[str, Any] | None
    """`{"at": …, "told": […]}`; None: as recorded, or never looked at."""
    rehearsal: Mapping[str, Any] | None
    """The report of the last rehearsal."""

    @property
    def current(self) -> int | None:
        """The version a change has to name: what waits, else what serves; None: neither."""
        return self.pending or self.active

    def state(self, today: date) -> ConnectorState:
        """As an operator wants to know it first, on a day of the city."""
        if self.active is None:
            return ConnectorState.PENDING if self.pending else ConnectorState.DISABLED
        if self.switch is ConnectorState.ENABLED and self.has_expired(today):
            return ConnectorState.EXPIRED
        return self.switch

    def has_expired(self, today: date) -> bool:
        """Whether the last day it was registered for is over."""
        return self.expires_on is not None and self.expires_on < today


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a connector, with its texts."""

    submission: Submission
    version: int
    team: str
    facts: Facts
    findings: tuple[Finding, ...]
    report: Mapping[str, Any] | None
    asks: tuple[Ask, ...]
    """Why it had to be approved; empty: it did not."""
    submitted_at: datetime
    submitted_by: str
    verdict: Verdict
    decided_at: datetime | None
    decided_by: str | None
    note: str | None


async def find(connection: AsyncConnection, key: str) -> Registration | None:
    """The registration with a key."""
    return await _one(
        connection, select(registrations).where(registrations.c.key == key), _registration
    )


async def listed(connection: AsyncConnection, *, team: str | None = None) -> list[Registration]:
    """All registrations, or those of a team, by key."""
    statement = select(registrations).order_by(registrations.c.key)
    if team is not None:
        statement = statement.where(registrations.c.team == team)
    return await _all(connection, statement, _registration)


async def of_app(connection: AsyncConnection, app: str) -> list[Registration]:
    """The registrations of an entry of the catalogue, by key."""
    statement = select(registrations).where(registrations.c.app == app)
    return await _all(connection, statement.order_by(registrations.c.key), _registration)


async def history(connection: AsyncConnection, key: str) -> list[Version]:
    """All versions of a connector, newest first; empty when it was never registered."""
    statement = select(connector_versions).where(connector_versions.c.key == key)
    order = connector_versions.c.version.desc()
    return await _all(connection, statement.order_by(order), _version)


async def version_of(connection: AsyncConnection, key: str, version: int) -> Version | None:
    """One version of a connector."""
    at = connector_versions.c
    statement = select(connector_versions).where(at.key == key, at.version == version)
    return await _one(connection, statement, _version)


async def last_number(connection: AsyncConnection, key: str) -> int:
    """The number of the version that was handed in last; 0 when there was none."""
    at = connector_versions.c
    return await connection.scalar(select(func.max(at.version)).where(at.key == key)) or 0


async def waiting(connection: AsyncConnection) -> list[Version]:
    """The versions that wait for an operator, oldest first."""
    at = connector_versions.c
    statement = select(connector_versions).where(at.verdict == Verdict.WAITING.value)
    return await _all(connection, statement.order_by(at.submitted_at, at.key), _version)


async def in_use(connection: AsyncConnection) -> dict[tuple[str, int], Version]:
    """The versions that serve, wait or are fallen back on, by key and number."""
    at, by = connector_versions.c, registrations.c
    statement = (
        select(connector_versions)
        .join(registrations, by.key == at.key)
        .where(at.version.in_([by.active, by.pending, by.previous]))
    )
    found = await _all(connection, statement, _version)
    return {(one.submission.key, one.version): one for one in found}


async def _one(
    connection: AsyncConnection, statement: Select[Any], read: Callable[[Row[Any]], T]
) -> T | None:
    """The only row of a statement; None also where it cannot be read."""
    return next(iter(await _all(connection, statement, read)), None)


async def _all(
    connection: AsyncConnection, statement: Select[Any], read: Callable[[Row[Any]], T]
) -> list[T]:
    """Every row of a statement that can be read; the statement selects the columns of one table."""
    try:
        return [read(row) for row in await connection.execute(statement)]
    except SPOILED:
        pass
    # JSON that is none fails a whole page of rows when it is fetched: so each by itself.
    (table,) = {column.table for column in statement.selected_columns}
    names = table.primary_key.columns
    found = []
    for key in (await connection.execute(statement.with_only_columns(*names))).all():
        one = select(table).where(*(name == value for name, value in zip(names, key, strict=True)))
        try:
            found.append(read((await connection.execute(one)).one()))
        except SPOILED:
            log.exception("registration_not_read", extra={"table": table.name, "row": list(key)})
    return found


def _registration(row: Row[Any]) -> Registration:
    return Registration(
        key=row.key,
        app=row.app,
        team=row.team,
        active=row.active,
        pending=row.pending,
        previous=row.previous,
        switch=ConnectorState(row.switch),
        reason=row.reason,
        changed_by=row.changed_by,
        changed_at=row.changed_at,
        revision=row.revision,
        accepted=row.accepted,
        opened=row.opened,
        expires_on=row.expires_on,
        drift=row.drift,
        rehearsal=row.rehearsal,
    )


def _version(row: Row[Any]) -> Version:
    return Version(
        submission=Submission(
            row.key,
            row.app,
            row.sdl,
            row.settings,
            tuple(RecordedFile(one["name"], one["text"]) for one in row.tests),
        ),
        version=row.version,
        team=row.team,
        facts=facts.read(row.facts),
        findings=tuple(_finding(one) for one in row.findings),
        report=row.report,
        asks=tuple(Ask(one) for one in row.asks),
        submitted_at=row.submitted_at,
        submitted_by=row.submitted_by,
        verdict=Verdict(row.verdict),
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        note=row.note,
    )


def tests_of(submission: Submission) -> list[dict[str, str]]:
    """The recorded files as JSON."""
    return [{"name": file.name, "text": file.text} for file in submission.tests]


def findings_of(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Findings as JSON."""
    return [
        {
            "code": one.code,
            "severity": one.severity.value,
            "message": dict(one.message.by_lang),
            "fix": dict(one.fix.by_lang) if one.fix else None,
            "file": one.file,
            "line": one.line,
            "column": one.column,
            "path": one.path,
            "count": one.count,
        }
        for one in findings
    ]


def _finding(kept: Mapping[str, Any]) -> Finding:
    return Finding(
        code=kept["code"],
        severity=Severity(kept["severity"]),
        message=Text(dict(kept["message"])),
        fix=Text(dict(kept["fix"])) if kept["fix"] else None,
        file=kept["file"],
        line=kept["line"],
        column=kept["column"],
        path=kept["path"],
        count=kept["count"],
    )
