"""The registrar: what teams and operators ask of the registry, whoever carries it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from connectors.declarative.findings import Finding
from connectors.declarative.submission import Submission
from connectors.ports.apps import AppAudience, CityApp
from connectors.ports.common import ErrorCode, Text
from connectors.ports.connectors import ConnectorFetch, ConnectorState, FieldCoverage
from connectors.switchboard import Source
from resolvers.context import Caller


@dataclass(frozen=True, slots=True)
class UserError:
    """Why something was not done, for the person who asked: never a fault of the gateway."""

    code: ErrorCode
    message: Text
    path: tuple[str, ...] = ()
    """Which part of what was asked, from the name of the argument on."""


class Declined(Exception):
    """The registry does not do what was asked, for reasons of its own rules."""

    def __init__(self, code: ErrorCode, message: Text, path: tuple[str, ...] = ()) -> None:
        super().__init__(message.pick("en"))
        self.error = UserError(code, message, path)


@dataclass(frozen=True, slots=True)
class ConnectorTestReport:
    """What a trial of a connector found; nothing of it is kept."""

    ok: bool
    sample: tuple[Any, ...] = ()
    """Mapped values with what is personal masked."""
    coverage: tuple[FieldCoverage, ...] = ()
    problems: tuple[Finding, ...] = ()
    latency_ms: Mapping[str, float] | None = None
    """How long live calls took, by coordinate; None when none was made."""


@dataclass(frozen=True, slots=True)
class ConnectorVersion:
    """One version of a registration, as its history has it."""

    version: int
    state: ConnectorState
    at: datetime
    by: str
    """Label of the key, or `operator`."""
    active: bool = False
    """Whether it is the one that serves."""
    note: str | None = None
    """What an operator wrote beside a decision."""
    approval: tuple[Text, ...] = ()
    """Why an operator had to approve it; empty: nobody had to."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """What the registry knows of one connector."""

    key: str
    app: str
    """Slug of the entry of the catalogue."""
    state: ConnectorState
    version: int
    """The one that serves; while none does, the one that waits."""
    current: int | None
    """The one an update has to name: what waits, else what serves; None: neither does."""
    team: str | None = None
    """Who registered it; None where only its own team is told."""
    waiting: tuple[Text, ...] = ()
    """Why a version waits for an operator; empty while none does."""
    reason: str | None = None
    """What was written when it was switched off or turned down."""
    problems: tuple[Finding, ...] = ()
    drift: tuple[str, ...] = ()
    """What was last seen to be otherwise than recorded; empty: nothing."""
    settings: Mapping[str, Any] | None = None
    """What the team said in `connector.yaml`, without secrets."""


@dataclass(frozen=True, slots=True)
class ConnectorPayload:
    """What became of a change: the connector as it now is, or why nothing changed."""

    connector: Source[Any] | None = None
    errors: tuple[UserError, ...] = ()
    dossier: Dossier | None = None
    """For commands; None when nothing changed."""
    problems: tuple[Finding, ...] = ()
    """All findings, those that do not hinder it too."""


@dataclass(frozen=True, slots=True)
class AppDraft:
    """An application to be published: its publiccode.yml, or where that is found."""

    slug: str
    audience: AppAudience
    in_portal: bool = False
    publiccode: Mapping[str, Any] | None = None
    publiccode_url: str | None = None


@dataclass(frozen=True, slots=True)
class AppPayload:
    """What became of a publication."""

    app: CityApp | None = None
    errors: tuple[UserError, ...] = ()
    waiting: bool = False
    """Whether an operator still has to approve it."""


class Registrar(Protocol):
    """Puts checking, rehearsing and registering together. Every caller was let in before.

    What the registry declines comes back in `errors`; what raises is a fault, or a source or a
    database that is away.
    """

    async def dossier(self, key: str) -> Dossier | None:
        """What the registry knows of a connector, None when it has none with this key."""
        ...

    async def dossiers(self) -> tuple[Dossier, ...]:
        """All registered connectors, by key."""
        ...

    async def versions(self, key: str) -> tuple[ConnectorVersion, ...]:
        """The history of a connector, newest first; empty when it was never registered."""
        ...

    async def fetches(self, key: str, first: int) -> tuple[ConnectorFetch, ...]:
        """Calls to a connector that are remembered beyond a process, newest first."""
        ...

    async def check(self, submission: Submission) -> tuple[Finding, ...]:
        """All that can be said without asking anybody: the texts, the whole graph, its clients."""
        ...

    async def test(self, submission: Submission, caller: Caller) -> ConnectorTestReport:
        """`check`, then the recorded tests, then live calls of the team's system."""
        ...

    async def register(self, submission: Submission, caller: Caller) -> ConnectorPayload:
        """A new connector; it waits for approval where the policy asks for it."""
        ...

    async def update(
        self, key: str, version: int, submission: Submission, caller: Caller
    ) -> ConnectorPayload:
        """A new version. CONFLICT unless `version` is the one a change has to name."""
        ...

    async def set_state(
        self, key: str, state: ConnectorState, reason: str, caller: Caller
    ) -> ConnectorPayload:
        """Enable, disable or set aside; only ENABLED, DISABLED and QUARANTINED can be asked for."""
        ...

    async def approve(
        self, key: str, version: int, note: str | None, caller: Caller
    ) -> ConnectorPayload:
        """Let a waiting version serve."""
        ...

    async def refuse(self, key: str, version: int, reason: str, caller: Caller) -> ConnectorPayload:
        """Turn a waiting version down."""
        ...

    async def withdraw(self, key: str, reason: str, caller: Caller) -> ConnectorPayload:
        """Take a connector out of the city: its names and its entry are free again."""
        ...

    async def roll_back(self, key: str, version: int, caller: Caller) -> ConnectorPayload:
        """Let an earlier, accepted version serve again."""
        ...

    async def refresh(self, key: str, caller: Caller) -> ConnectorPayload:
        """Compare the connector with its recording now, and open it anew in every worker."""
        ...

    async def publish_app(self, draft: AppDraft, caller: Caller) -> AppPayload:
        """An entry for an application, beyond the register, once it is approved."""
        ...

    async def approve_app(self, slug: str, note: str | None, caller: Caller) -> AppPayload:
        """Let a published application be seen."""
        ...

    async def refuse_app(self, slug: str, reason: str, caller: Caller) -> AppPayload:
        """Turn a published application down: its slug is free again."""
        ...
