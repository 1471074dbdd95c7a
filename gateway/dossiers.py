"""What the registry says, in the words of the registrar: why something is hindered, what is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.registrations import declined as registry
from catalog.registrations.policy import told
from catalog.registrations.records import Verdict, Version
from connectors.declarative.app import DeclaredApp
from connectors.declarative.findings import Finding, Severity
from connectors.declarative.settings import AppSettings
from connectors.declarative.submission import SDL_FILE, SETTINGS_FILE, Submission
from connectors.ports.common import ErrorCode, Text, must_text
from connectors.ports.connectors import ConnectorState
from gateway.rehearsing import in_order
from resolvers.registrar import ConnectorPayload, ConnectorVersion, UserError

ERRORS_MOST = 50
"""Findings told as errors of one payload; all of them stand in a test report."""

NOT_LIVE = Finding(
    "REHEARSAL_WITHOUT_SECRETS",
    Severity.INFO,
    must_text(
        "Sistemnya belum dipanggil: rahasia hanya dikirim ke alamat yang sudah disetujui operator.",
        "The system was not called: secrets are only sent to hosts that an operator approved.",
    ),
    must_text(
        "Uji dengan rekaman sudah cukup untuk mendaftar; setelah disetujui, sistemnya dipanggil.",
        "The recorded tests are enough to register; once approved, the system is called.",
    ),
)
"""Told of a rehearsal that made no live calls, for the sake of the secrets they would carry."""


def names_secrets(submission: Submission) -> bool:
    """Whether a call of this connector would carry a secret."""
    return "{secret:" in submission.settings or "{secret:" in submission.sdl


_PLACES = {SDL_FILE: "sdl", SETTINGS_FILE: "settings"}


def hindered(
    findings: tuple[Finding, ...], *, code: ErrorCode = ErrorCode.BAD_INPUT
) -> ConnectorPayload:
    """What hinders, as errors of a payload: place and code before each sentence."""
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    return ConnectorPayload(
        errors=tuple(_hindrance(finding, code) for finding in errors[:ERRORS_MOST]),
        problems=in_order(findings),
    )


def _hindrance(finding: Finding, code: ErrorCode) -> UserError:
    place = ":".join(str(p) for p in (finding.file, finding.line, finding.column) if p)
    begin = f"{place} {finding.code}".strip()
    fix = finding.fix.by_lang if finding.fix else {}
    words = {
        lang: " ".join(filter(None, (f"{begin}:", said, fix.get(lang))))
        for lang, said in finding.message
    }
    file = _PLACES.get(finding.file or "", "tests" if finding.file else "")
    return UserError(code, Text(words), ("input", file) if file else ("input",))


def error_of(reason: registry.Declined) -> UserError:
    """What the registry declines, as an error of a payload."""
    return UserError(reason.code, reason.message, (reason.field,) if reason.field else ())


_STATES = {
    Verdict.WAITING: ConnectorState.PENDING,
    Verdict.ACCEPTED: ConnectorState.ENABLED,
    Verdict.REFUSED: ConnectorState.DISABLED,
    Verdict.REPLACED: ConnectorState.DISABLED,
}


def version_of(one: Version, active: int | None) -> ConnectorVersion:
    """A version of the history; `active` is the one that serves."""
    return ConnectorVersion(
        version=one.version,
        state=_STATES[one.verdict],
        at=one.submitted_at,
        by=one.submitted_by,
        active=one.version == active,
        note=one.note,
        approval=tuple(told(ask) for ask in one.asks),
    )


def settings_of(app: DeclaredApp) -> Mapping[str, Any] | None:
    """What a team said in `connector.yaml`, but for whom to write to; secrets are only named."""
    said: AppSettings | None = app.settings
    if said is None:
        return None
    return {
        "connector": said.key,
        "app": said.app,
        "prefix": said.prefix,
        "owner": said.owner,
        "hosts": sorted(app.hosts),
        "upkeep": dict(said.upkeep),
        "fallback": dict(said.fallback) if said.fallback else None,
        "languages": list(said.languages),
        "personalData": [
            {"field": one.field, "purpose": one.purpose} for one in said.personal_data
        ],
        "private": list(said.private),
        "config": dict(said.config),
        "expires": said.expires.isoformat() if said.expires else None,
    }
