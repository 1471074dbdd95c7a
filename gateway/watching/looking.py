"""A look at a connector's system: does it still answer as it was recorded, or as it was last seen?"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncEngine

from catalog.loaded import alone
from catalog.registrations import life, looks, marks, records
from catalog.registrations.keys import OPERATOR
from catalog.registrations.records import Registration, Version
from connectors.base import Tools
from connectors.declarative.app import read_app
from connectors.declarative.drift import Observation
from connectors.declarative.findings import Finding, Severity
from connectors.declarative.rehearsal import watched
from connectors.ports.connectors import ConnectorFetch, ConnectorState
from gateway.watching.letters import Letter
from gateway.watching.letters import marks as shown
from gateway.watching.outbox import Outbox

log = logging.getLogger(__name__)

SECONDS = 20.0
"""Longest time of one look."""


class Watcher:
    """Looks at systems, marks their connectors, and writes to their owners.

    `changed` tells all workers that a mark changed.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        tools: Tools,
        outbox: Outbox,
        zone: ZoneInfo,
        *,
        changed: Callable[[], Awaitable[object]],
    ) -> None:
        self._engine = engine
        self._tools = tools
        self._outbox = outbox
        self._zone = zone
        self._changed = changed
        self._clock = tools.services.clock

    async def round(self, every: timedelta) -> list[str]:
        """Look at each connector that is due and that no other worker looks at; their keys.

        One that cannot be looked at is told to the log and stops nobody.
        """
        await self._expire()
        seen = []
        for key in await looks.due(self._engine, now=self._clock.now(), every=every):
            if await looks.take_turn(self._engine, key, now=self._clock.now(), every=every):
                try:
                    await self.look(key)
                except Exception:
                    # One team's texts or rows must not end the watch over all the others.
                    log.exception("connector_not_watched", extra={"source": key})
                seen.append(key)
        return seen

    async def _expire(self) -> None:
        """Note whose date is over, so that all workers look and the history tells."""
        async with alone(self._engine) as connection:
            moment = self._clock.now()
            over = await life.expire(connection, today=self._today(), by=OPERATOR, now=moment)
        for key in over:
            log.warning("connector_expired", extra={"source": key})
        if over:
            await self._changed()

    async def look(self, key: str) -> tuple[Finding, ...]:
        """What is otherwise than recorded; nothing for a connector that does not serve."""
        async with self._engine.connect() as connection:
            found = await records.find(connection, key)
            number = found.active if found is not None else None
            version = await records.version_of(connection, key, number) if number else None
        if found is None or version is None or found.state(self._today()) is not _SERVES:
            return ()
        app = read_app(version.submission)
        if not app.usable:
            return ()
        before = _observations(found.rehearsal)
        findings, now = await watched(app, self._tools, before, seconds=SECONDS)
        changes = tuple(one for one in findings if one.severity is not Severity.INFO)
        if await self._marked(found, changes, now) and changes:
            await self._written(version, changes)
        return changes

    async def _marked(
        self, found: Registration, changes: tuple[Finding, ...], now: list[Observation]
    ) -> bool:
        """Whether the mark of the connector is another one than before."""
        moment = self._clock.now()
        async with alone(self._engine) as connection:
            again = await records.find(connection, found.key)
            if again is None or again.active != found.active:
                return False  # another version serves by now: it was looked at for nothing
            other = await marks.mark_drift(connection, found.key, shown(changes), now=moment)
            report = dict(found.rehearsal or {})
            if not report.get("observations"):
                # The first answers ever seen are what later ones are compared with.
                report["observations"] = [one.told() for one in now]
                await marks.mark_rehearsal(connection, found.key, report)
            calls = [
                ConnectorFetch(
                    moment,
                    one.status is not None and one.status < 400,
                    http_status=one.status,
                    ms=None if one.milliseconds is None else round(one.milliseconds),
                    error=None if one.status is not None else "Unreachable",
                )
                for one in now
            ]
            await marks.note_fetches(connection, found.key, calls)
        if other:
            log.warning("connector_drift", extra={"source": found.key, "changes": len(changes)})
            await self._changed()
        return other

    async def _written(self, version: Version, changes: tuple[Finding, ...]) -> None:
        settings = read_app(version.submission).settings
        contact = settings.contact if settings is not None else None
        key = version.submission.key
        letter = Letter(key, version.version, self._clock.now(), changes)
        await self._outbox.send(letter, contact.webhook if contact is not None else None)

    def _today(self) -> date:
        return self._clock.now().astimezone(self._zone).date()


_SERVES = ConnectorState.ENABLED


def _observations(report: Mapping[str, Any] | None) -> list[Observation]:
    """What was seen before; nothing where it was kept in another way."""
    try:
        return [Observation.read(one) for one in (report or {}).get("observations", ())]
    except (KeyError, TypeError):
        return []
