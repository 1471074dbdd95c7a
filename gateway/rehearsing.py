"""A rehearsal: the recorded tests, then live calls, put together with what was found before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from catalog.registrations.records import findings_of
from connectors.declarative.findings import Finding, Severity, blocking
from connectors.declarative.rehearsal import rehearse
from connectors.declarative.trials import Tools
from gateway.checking import Checked
from resolvers.registrar import ConnectorTestReport

SECONDS = 8.0
"""Longest time of all live calls; a caller waits for them."""


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What a rehearsal found, for who asked and for the registry."""

    report: ConnectorTestReport
    fit: bool
    """Whether it may be handed in: texts and recorded tests are good. What live calls met with may
    pass, and does not hinder."""
    kept: Mapping[str, Any] = field(default_factory=dict)
    """As plain JSON, to be remembered and compared with: nothing of an answer's values."""


async def rehearsed(found: Checked, tools: Tools, *, live: bool) -> Rehearsed:
    """Rehearse a connector that was checked and is not hindered."""
    tried = await rehearse(found.app, tools, seconds=SECONDS, live=live)
    problems = in_order((*found.findings, *tried.findings))
    report = ConnectorTestReport(
        ok=tried.ok and not blocking(problems),
        sample=tuple({"connector": one.connector, "value": one.value} for one in tried.samples),
        coverage=tried.coverage,
        problems=problems,
        latency_ms=tried.latency,
    )
    kept = {
        "ok": report.ok,
        "live": live,
        "findings": findings_of(tried.findings),
        "observations": [one.told() for one in tried.observations],
    }
    return Rehearsed(report, found.ok and tried.recorded.ok, kept)


def unhindered(problems: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Problems of a connector that is fit: what live calls met with is told as a warning."""
    return in_order(
        tuple(
            replace(one, severity=Severity.WARNING) if one.severity is Severity.ERROR else one
            for one in problems
        )
    )


def in_order(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Errors first, each once: lint and the recorded tests may find the same in the same place."""
    weights = list(Severity)
    known = {_told(finding): finding for finding in reversed(findings)}
    once = [finding for finding in findings if known[_told(finding)] is finding]
    return tuple(sorted(once, key=lambda finding: weights.index(finding.severity)))


def _told(finding: Finding) -> tuple[object, ...]:
    """What makes two findings the same for who reads them."""
    place = (finding.file, finding.line, finding.column, finding.path)
    return (finding.code, finding.severity, finding.message.pick("en"), *place)
