"""Registrations as lines of the catalogue, for the board, and as what the graph is composed of."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.registrations import records
from catalog.registrations.generation import generation
from catalog.registrations.records import Registration, Version
from connectors.declarative.submission import RecordedFile, Submission
from connectors.ports.common import must_text
from connectors.ports.connectors import Binding, Capability, ConnectorKind, ConnectorState

log = logging.getLogger(__name__)

SYSTEM = "declarative.app"
_TOLD = (ConnectorState.PENDING, ConnectorState.QUARANTINED, ConnectorState.EXPIRED)
_ASIDE = (ConnectorState.PENDING, ConnectorState.QUARANTINED)
_TEN_YEARS = timedelta(days=3650)
"""How long an expired connector rests; what waits for it is told seconds, which have a bound."""


@dataclass(frozen=True, slots=True)
class ActiveApp:
    """A connector that was let into the graph."""

    key: str
    app: str
    team: str
    version: int
    submission: Submission
    state: ConnectorState
    """ENABLED, DISABLED or EXPIRED: its fields stay in the graph, whatever they answer."""
    accepted: int
    """Later ones give way to earlier ones where they do not fit together."""
    previous: Submission | None
    """What serves when the active version cannot be composed."""
    previous_version: int | None


async def active(connection: AsyncConnection, *, today: date) -> list[ActiveApp]:
    """All connectors that belong into the graph, in the order their versions were accepted.

    Those an operator put in quarantine are left out.
    """
    versions = await records.in_use(connection)
    found = []
    for one in await records.listed(connection):
        before = versions.get((one.key, one.previous or 0)) if one.active else None
        version = versions.get((one.key, one.active or 0)) or before
        state = one.state(today)
        if version is None or state is ConnectorState.QUARANTINED:
            continue
        found.append(
            ActiveApp(
                key=one.key,
                app=one.app,
                team=one.team,
                version=version.version,
                submission=version.submission,
                state=state,
                accepted=one.accepted or 0,
                previous=before.submission if before else None,
                previous_version=before.version if before else None,
            )
        )
    return sorted(found, key=lambda app: (app.accepted, app.key))


@dataclass(frozen=True, slots=True)
class Line:
    """A registration as the board shows it."""

    binding: Binding
    on: bool
    drift: tuple[str, ...] = ()


async def lines(connection: AsyncConnection, *, today: date, zone: tzinfo) -> list[Line]:
    """A line for each connector that serves, waits or was switched off, in order of acceptance.

    One that was refused and never served has none. Where the version that serves cannot be read,
    the one before serves; where that cannot either, the connector is shown as set aside. It never
    stops the others.
    """
    versions = await records.in_use(connection)
    known = await records.listed(connection)
    found = []
    for one in sorted(known, key=lambda row: (row.accepted is None, row.accepted or 0, row.key)):
        number = one.active or one.pending
        if number is None:
            continue
        version = versions.get((one.key, number))
        if version is None and one.active:
            version = versions.get((one.key, one.previous or 0))
        if version is None:
            log.error("connector_unreadable", extra={"source": one.key, "version": number})
            found.append(_unreadable(one, number))
            continue
        try:
            found.append(_line(one, version, versions, today=today, zone=zone))
        except (KeyError, TypeError, ValueError):
            log.exception("registration_not_read", extra={"source": one.key})
    return found


def _line(
    one: Registration,
    version: Version,
    versions: Mapping[tuple[str, int], Version],
    *,
    today: date,
    zone: tzinfo,
) -> Line:
    state = one.state(today)
    facts = version.facts
    options: dict[str, Any] = {
        "submission": submission_of(version.submission),
        "version": version.version,
        "opened": one.opened,
    }
    before = versions.get((one.key, one.previous or 0)) if one.active else None
    if before is not None and before.version != version.version:
        earlier = submission_of(replace(before.submission, tests=()))
        options["previous"] = [{"submission": earlier, "version": before.version}]
    upkeep: dict[str, Any] = {}
    if state is ConnectorState.EXPIRED and one.expires_on is not None:
        start = datetime.combine(one.expires_on + timedelta(days=1), time(), zone)
        rest = {"start": start.isoformat(), "end": (start + _TEN_YEARS).isoformat()}
        # As in a maintenance that does not end: last good answers only.
        upkeep["maintenance"] = [rest]
    writes = (Capability.CREATE,) if facts.writes else ()
    return Line(
        Binding(
            key=one.key,
            name=facts.name,
            kind=ConnectorKind.DECLARATIVE,
            serves=(),
            # What waits, and what is in quarantine, is not opened and not in the graph.
            system=None if state in _ASIDE else SYSTEM,
            owner=facts.owner,
            options=options,
            quality=facts.quality,
            licence=facts.licence,
            capabilities=(Capability.LIST, Capability.GET, *writes),
            coverage=facts.coverage,
            version=version.version,
            app=one.app,
            upkeep=upkeep,
            standing=state if state in _TOLD else None,
        ),
        on=state is not ConnectorState.DISABLED,
        drift=tuple((one.drift or {}).get("told", ())),
    )


def _unreadable(one: Registration, version: int) -> Line:
    """A connector of which the registry holds nothing that can be read: its key stays taken."""
    return Line(
        Binding(
            key=one.key,
            name=must_text(one.key, one.key),
            kind=ConnectorKind.DECLARATIVE,
            serves=(),
            system=None,
            version=version,
            app=one.app,
            standing=ConnectorState.QUARANTINED,
        ),
        on=True,
    )


def submission_of(submission: Submission) -> dict[str, Any]:
    """A submission as the plain values that `Binding.options` carries."""
    return {
        "key": submission.key,
        "app": submission.app,
        "sdl": submission.sdl,
        "settings": submission.settings,
        "tests": records.tests_of(submission),
    }


def read_submission(kept: Mapping[str, Any]) -> Submission:
    """The submission of `submission_of`."""
    return Submission(
        kept["key"],
        kept["app"],
        kept["sdl"],
        kept["settings"],
        tuple(RecordedFile(one["name"], one["text"]) for one in kept["tests"]),
    )


@dataclass(slots=True)
class Watched:
    """The lines of now, read anew only when the registry changed or a new day began."""

    zone: tzinfo
    seen: tuple[int, date] | None = None
    """Generation of the registry and day of the lines of now."""
    _lines: Sequence[Line] = field(default=())

    async def now(self, connection: AsyncConnection, moment: datetime) -> Sequence[Line]:
        """The lines as `lines` gives them; most often for the price of one small look-up."""
        today = moment.astimezone(self.zone).date()
        # Read before the rows: a change in between makes the next look read them again.
        seen = (await generation(connection), today)
        if seen != self.seen:
            self._lines = await lines(connection, today=today, zone=self.zone)
            self.seen = seen
        return self._lines
