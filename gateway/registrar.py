"""The registrar of this gateway: check, rehearse and register, for the graph and for commands alike."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from graphql import GraphQLSchema
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from catalog.loaded import alone
from catalog.registrations import declined as registry
from catalog.registrations import entries, life, lines, marks, publishing, records
from catalog.registrations.facts import facts_of
from catalog.registrations.policy import Approval, told
from catalog.registrations.records import Registration
from connectors.base import Tools
from connectors.declarative.app import DeclaredApp, read_app
from connectors.declarative.findings import Finding
from connectors.declarative.submission import Submission
from connectors.ports.common import ErrorCode, must_text
from connectors.ports.connectors import ConnectorFetch, ConnectorState
from connectors.switchboard import Source
from gateway.checking import Checked, checked
from gateway.dossiers import NOT_LIVE, error_of, hindered, names_secrets, settings_of, version_of
from gateway.identity.keys import holder_of
from gateway.publiccode import fetched
from gateway.reach import hosts_of_others, reachable
from gateway.rehearsing import Rehearsed, in_order, rehearsed, unhindered
from resolvers.context import Caller, Role
from resolvers.problems import Refusal
from resolvers.registrar import (
    AppDraft,
    AppPayload,
    ConnectorPayload,
    ConnectorTestReport,
    ConnectorVersion,
    Declined,
    Dossier,
    UserError,
)

log = logging.getLogger(__name__)

TRIALS = 4
"""Trials that run at the same time; each may call a team's system and compose the whole graph."""
OWN_TRIALS = 2
"""Trials of one team's key that may run or wait at the same time: none keeps the others waiting."""
OWN_CHANGES = 60
CHANGES_SECONDS = 600.0
"""Changes of one team's key in so many seconds, in each worker: each makes a new graph everywhere."""
Look = Callable[[str], Awaitable[object]]
"""Compares a connector with its recording now, and marks it."""


HasEntry = Callable[[str], Awaitable[bool]]
"""Whether another source of the city than the catalogue kept here has an entry with a slug."""


@dataclass(frozen=True, slots=True)
class News:
    """How the rest of the gateway hears of a change, and what it then shows."""

    refresh: Callable[[], Awaitable[object]]
    """Takes the change over in this process."""
    announce: Callable[[], Awaitable[object]]
    """Tells all other processes."""
    source: Callable[[str], Source[Any] | None]
    """The connector as it now is on the board."""


async def _nothing() -> None:
    return None


SILENT = News(_nothing, _nothing, lambda _key: None)
"""For a process that shows nothing itself and has nobody to tell."""


class CityRegistrar:
    """Fulfils `resolvers.registrar.Registrar` with the catalogue's registry."""

    def __init__(
        self,
        engine: AsyncEngine,
        tools: Tools,
        core: GraphQLSchema,
        zone: ZoneInfo,
        *,
        news: News = SILENT,
        look: Look | None = None,
        elsewhere: HasEntry | None = None,
        approval: Approval = Approval.POLICY,
    ) -> None:
        self._engine = engine
        self._tools = tools
        self._core = core
        self._zone = zone
        self._news = news
        self._look = look
        self._elsewhere = elsewhere
        self._approval = approval
        self._clock = tools.services.clock
        self._trials = asyncio.Semaphore(TRIALS)
        self._own_trials: Counter[str] = Counter()
        self._own_changes: dict[str, deque[float]] = {}

    # --------------------------------------------------------------------------- reading

    async def dossier(self, key: str) -> Dossier | None:
        async with self._engine.connect() as connection:
            found = await records.find(connection, key)
            return None if found is None else await self._dossier(connection, found)

    async def dossiers(self) -> tuple[Dossier, ...]:
        async with self._engine.connect() as connection:
            found = await records.listed(connection)
            return tuple([await self._dossier(connection, one) for one in found])

    async def versions(self, key: str) -> tuple[ConnectorVersion, ...]:
        async with self._engine.connect() as connection:
            found = await records.find(connection, key)
            known = await records.history(connection, key)
        active = found.active if found is not None else None
        return tuple(version_of(one, active) for one in known)

    async def fetches(self, key: str, first: int) -> tuple[ConnectorFetch, ...]:
        async with self._engine.connect() as connection:
            return tuple(await marks.fetches(connection, key, first=first))

    async def _dossier(self, connection: AsyncConnection, found: Registration) -> Dossier:
        number = found.active or found.pending
        shown = await records.version_of(connection, found.key, number) if number else None
        waiting = (
            await records.version_of(connection, found.key, found.pending)
            if found.pending
            else None
        )
        return Dossier(
            key=found.key,
            app=found.app,
            team=found.team,
            state=found.state(self._today()),
            version=number or 0,
            current=found.current,
            waiting=tuple(told(ask) for ask in waiting.asks) if waiting else (),
            reason=found.reason,
            problems=shown.findings if shown else (),
            drift=tuple((found.drift or {}).get("told", ())),
            settings=settings_of(read_app(shown.submission)) if shown else None,
        )

    # --------------------------------------------------------------------------- trying

    async def check(self, submission: Submission) -> tuple[Finding, ...]:
        return (await self._checked(submission)).findings

    async def test(self, submission: Submission, caller: Caller) -> ConnectorTestReport:
        async with self._trial(caller):
            found = await self._checked(submission)
            if not found.ok:
                return ConnectorTestReport(ok=False, problems=in_order(found.findings))
            return (await self._rehearsed(found, caller)).report

    @asynccontextmanager
    async def _trial(self, caller: Caller) -> AsyncIterator[None]:
        """A turn to try something. Raises RATE_LIMITED for a team that has others under way."""
        who = caller.key_id or ""
        if self._own_trials[who] >= OWN_TRIALS and Role.ADMIN not in caller.roles:
            message = (
                f"{OWN_TRIALS} trials of your key are under way; ask again when one of them ended."
            )
            raise Refusal(ErrorCode.RATE_LIMITED, message)
        self._own_trials[who] += 1
        try:
            async with self._trials:
                yield
        finally:
            self._own_trials[who] -= 1
            if not self._own_trials[who]:
                del self._own_trials[who]

    def _one_more_change(self, caller: Caller) -> None:
        """Raises RATE_LIMITED for a team's key that changed very much lately."""
        if Role.ADMIN in caller.roles:
            return
        now = self._clock.monotonic()
        for who, before in list(self._own_changes.items()):
            while before and now - before[0] >= CHANGES_SECONDS:
                before.popleft()
            if not before:
                del self._own_changes[who]
        mine = self._own_changes.setdefault(caller.key_id or "", deque())
        if len(mine) >= OWN_CHANGES:
            message = (
                f"Your key changed something {OWN_CHANGES} times in {CHANGES_SECONDS / 60:.0f} "
                "minutes; try with `testConnector`, and ask again later."
            )
            raise Refusal(ErrorCode.RATE_LIMITED, message)
        mine.append(now)

    async def _checked(self, submission: Submission) -> Checked:
        async with self._engine.connect() as connection:
            active = await lines.active(connection, today=self._today())
        # Reading and composing is work of the processor: others are answered meanwhile.
        return await asyncio.to_thread(self._checked_among, submission, active)

    def _checked_among(self, submission: Submission, active: list[lines.ActiveApp]) -> Checked:
        others = [read_app(one.submission) for one in active if one.key != submission.key]
        own = [read_app(one.submission) for one in active if one.key == submission.key]
        return checked(submission, self._core, others, before=own[0] if own else None)

    async def _rehearsed(self, found: Checked, caller: Caller) -> Rehearsed:
        """Tests and live calls.

        Secrets lie ready under the key of a connector. They are only sent where an operator let
        them be sent: to the hosts of the version that serves, asked by its own team. Others with
        secrets in them are rehearsed with the recordings alone. Private hosts that others use are
        not asked before an operator approved them for this connector too.
        """
        if Role.ADMIN in caller.roles:
            return await rehearsed(found, self._tools, live=True)
        tools = await self._trial_tools(found.app, caller)
        if not names_secrets(found.app.submission):
            return await rehearsed(found, tools, live=True)
        live = await self._approved_hosts(found.app, caller)
        tried = await rehearsed(found, tools, live=live)
        if live:
            return tried
        problems = (*tried.report.problems, NOT_LIVE)
        return replace(tried, report=replace(tried.report, problems=problems))

    async def _trial_tools(self, app: DeclaredApp, caller: Caller) -> Tools:
        services = self._tools.services
        if not services.private_hosts:
            return self._tools
        async with self._engine.connect() as connection:
            active = await lines.active(connection, today=self._today())
            others = await hosts_of_others(connection, app, caller.team, active)
        hosts = reachable(app, services.private_hosts, others)
        return replace(self._tools, services=replace(services, private_hosts=hosts))

    async def _approved_hosts(self, app: DeclaredApp, caller: Caller) -> bool:
        async with self._engine.connect() as connection:
            known = await records.find(connection, app.key)
            if known is None or known.active is None:
                return False
            if known.team != caller.team or known.app not in caller.apps:
                return False
            serving = await records.version_of(connection, app.key, known.active)
        return serving is not None and app.hosts <= read_app(serving.submission).hosts

    # --------------------------------------------------------------------------- changing

    async def register(self, submission: Submission, caller: Caller) -> ConnectorPayload:
        return await self._handed_in(submission, None, caller)

    async def update(
        self, key: str, version: int, submission: Submission, caller: Caller
    ) -> ConnectorPayload:
        if submission.key != key:
            message = must_text(
                f"`input.key` adalah {submission.key!r}, tetapi yang diubah {key!r}.",
                f"`input.key` is {submission.key!r}, but what is to be changed is {key!r}.",
            )
            error = UserError(ErrorCode.BAD_INPUT, message, ("input", "key"))
            return ConnectorPayload(errors=(error,))
        return await self._handed_in(submission, version, caller)

    async def _handed_in(
        self, submission: Submission, expected: int | None, caller: Caller
    ) -> ConnectorPayload:
        self._one_more_change(caller)
        async with self._trial(caller):
            found = await self._checked(submission)
            settings, document = found.app.settings, found.app.description
            if not found.ok or settings is None:
                return hindered(found.findings)
            tried = await self._rehearsed(found, caller)
        if not tried.fit:
            return hindered(tried.report.problems)
        problems, coverage = unhindered(tried.report.problems), tried.report.coverage
        outside = await self._is_elsewhere(submission.app)

        async def submit(connection: AsyncConnection) -> object:
            return await life.submit(
                connection,
                submission,
                facts_of(settings, document, coverage=coverage or None),
                by=holder_of(caller),
                now=self._clock.now(),
                today=self._today(),
                expected=expected,
                findings=problems,
                report=tried.kept,
                approval=self._approval,
                elsewhere=outside,
            )

        return replace(await self._changed(submission.key, submit), problems=problems)

    async def _is_elsewhere(self, app: str) -> bool:
        """Whether another source has the entry; nobody is asked where our own catalogue has it."""
        if self._elsewhere is None:
            return False
        async with self._engine.connect() as connection:
            if await entries.entry(connection, app) is not None:
                return False
        return await self._elsewhere(app)

    async def set_state(
        self, key: str, state: ConnectorState, reason: str, caller: Caller
    ) -> ConnectorPayload:
        async def switch(connection: AsyncConnection) -> object:
            return await life.set_state(
                connection,
                key,
                state,
                by=holder_of(caller),
                now=self._clock.now(),
                today=self._today(),
                reason=reason,
            )

        return await self._changed(key, switch)

    async def approve(
        self, key: str, version: int, note: str | None, caller: Caller
    ) -> ConnectorPayload:
        reasons = await self._fits_still(key, version, caller)
        if reasons is not None:
            return reasons

        async def let_in(connection: AsyncConnection) -> object:
            by, now = holder_of(caller), self._clock.now()
            return await life.approve(connection, key, version, by=by, now=now, note=note)

        return await self._changed(key, let_in)

    async def refuse(self, key: str, version: int, reason: str, caller: Caller) -> ConnectorPayload:
        async def turn_down(connection: AsyncConnection) -> object:
            by, now = holder_of(caller), self._clock.now()
            return await life.refuse(connection, key, version, by=by, now=now, reason=reason)

        return await self._changed(key, turn_down)

    async def withdraw(self, key: str, reason: str, caller: Caller) -> ConnectorPayload:
        async def leave(connection: AsyncConnection) -> object:
            by, now = holder_of(caller), self._clock.now()
            return await life.withdraw(connection, key, by=by, now=now, reason=reason)

        return await self._changed(key, leave)

    async def roll_back(self, key: str, version: int, caller: Caller) -> ConnectorPayload:
        self._one_more_change(caller)
        reasons = await self._fits_still(key, version, caller)
        if reasons is not None:
            return reasons

        async def back(connection: AsyncConnection) -> object:
            by, now = holder_of(caller), self._clock.now()
            return await life.rollback(connection, key, version, by=by, now=now)

        return await self._changed(key, back)

    async def refresh(self, key: str, caller: Caller) -> ConnectorPayload:
        self._one_more_change(caller)

        async def anew(connection: AsyncConnection) -> object:
            by, now = holder_of(caller), self._clock.now()
            return await life.refresh(connection, key, by=by, now=now)

        opened = await self._changed(key, anew)
        if opened.errors or self._look is None:
            return opened
        async with self._trial(caller):
            await self._look(key)
        return await self._shown(key)

    async def _fits_still(self, key: str, version: int, caller: Caller) -> ConnectorPayload | None:
        """Why a version that was fit when it was handed in is not any more; None: it is."""
        async with self._engine.connect() as connection:
            found = await records.version_of(connection, key, version)
        if found is None:
            return None  # the registry says it better
        async with self._trial(caller):
            again = await self._checked(found.submission)
        return None if again.ok else hindered(again.findings, code=ErrorCode.CONFLICT)

    async def _changed(
        self, key: str, change: Callable[[AsyncConnection], Awaitable[object]]
    ) -> ConnectorPayload:
        try:
            async with alone(self._engine) as connection:
                await change(connection)
        except registry.Declined as reason:
            return ConnectorPayload(errors=(error_of(reason),))
        return await self._shown(key)

    async def _shown(self, key: str) -> ConnectorPayload:
        """The connector as it now is, here and, within seconds, in every worker."""
        await self._news.announce()
        await self._news.refresh()
        dossier = await self.dossier(key)
        return ConnectorPayload(self._news.source(key), dossier=dossier)

    # --------------------------------------------------------------------------- apps

    async def publish_app(self, draft: AppDraft, caller: Caller) -> AppPayload:
        said = draft.publiccode
        if said is None:
            try:
                said = await fetched(self._tools.services, draft.publiccode_url or "")
            except Declined as reason:
                return AppPayload(errors=(reason.error,))
        try:
            async with alone(self._engine) as connection:
                found = await publishing.publish(
                    connection,
                    slug=draft.slug,
                    audience=draft.audience,
                    in_portal=draft.in_portal,
                    publiccode=said,
                    by=holder_of(caller),
                    now=self._clock.now(),
                    approval=self._approval,
                )
        except registry.Declined as reason:
            return AppPayload(errors=(error_of(reason),))
        return await self._published(found)

    async def approve_app(self, slug: str, note: str | None, caller: Caller) -> AppPayload:
        try:
            async with alone(self._engine) as connection:
                by, now = holder_of(caller), self._clock.now()
                found = await publishing.approve_app(connection, slug, by=by, now=now, note=note)
        except registry.Declined as reason:
            return AppPayload(errors=(error_of(reason),))
        return await self._published(found)

    async def refuse_app(self, slug: str, reason: str, caller: Caller) -> AppPayload:
        try:
            async with alone(self._engine) as connection:
                by, now = holder_of(caller), self._clock.now()
                await publishing.refuse_app(connection, slug, by=by, now=now, reason=reason)
        except registry.Declined as why:
            return AppPayload(errors=(error_of(why),))
        return AppPayload()

    async def _published(self, found: publishing.Published) -> AppPayload:
        if found.waits:
            return AppPayload(waiting=True)
        await self._news.announce()
        await self._news.refresh()
        return AppPayload(found.app)

    def _today(self) -> date:
        return self._clock.now().astimezone(self._zone).date()
