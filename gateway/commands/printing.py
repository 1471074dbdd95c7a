"""Findings as compilers print them: place, weight, code, sentence, the line itself, the remedy."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from connectors.declarative.findings import Finding, Severity
from connectors.ports.common import Text, must_text

LONGEST_LINE = 160
"""Characters of a line of a file that are shown."""

WEIGHTS: dict[Severity, Text] = {
    Severity.ERROR: must_text("galat", "error"),
    Severity.WARNING: must_text("peringatan", "warning"),
    Severity.INFO: must_text("catatan", "note"),
}
FIX = must_text("perbaikan", "fix")
TIMES = must_text("kali", "times")
_COUNTED = must_text(
    "{errors} galat, {warnings} peringatan", "{errors} errors, {warnings} warnings"
)

_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def plain(text: str) -> str:
    """The text without signs that steer a terminal."""
    return _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", text)


def told(
    finding: Finding,
    lang: str,
    *,
    folder: Path | None = None,
    texts: Mapping[str, str] | None = None,
) -> str:
    """A finding in a few lines."""
    weight = WEIGHTS[finding.severity].pick(lang)
    message = f"{weight} {finding.code}: {finding.message.pick(lang)}"
    if finding.count > 1:
        message += f" ({finding.count} {TIMES.pick(lang)})"
    lines = [f"{_place(finding, folder)}{message}"]
    if finding.path:
        lines.append(f"    @ {finding.path}")
    lines += _shown(finding, texts or {})
    if finding.fix is not None:
        lines.append(f"    {FIX.pick(lang)}: {finding.fix.pick(lang)}")
    return plain("\n".join(lines))


def _place(finding: Finding, folder: Path | None) -> str:
    if finding.file is None:
        return ""
    file = str(folder / finding.file) if folder is not None else finding.file
    parts = [file, *(str(part) for part in (finding.line, finding.column) if part is not None)]
    return ":".join(parts) + ": "


def _shown(finding: Finding, texts: Mapping[str, str]) -> list[str]:
    """The line a finding is about, with a mark under its column."""
    text = texts.get(finding.file or "")
    if text is None or finding.line is None:
        return []
    lines = text.split("\n")
    if not 1 <= finding.line <= len(lines):
        return []
    line = lines[finding.line - 1].rstrip("\r").replace("\t", " ")
    column = finding.column or 0
    start = max(0, column - LONGEST_LINE // 2) if len(line) > LONGEST_LINE else 0
    number = str(finding.line)
    shown = [f"    {number} | {line[start : start + LONGEST_LINE]}"]
    if 1 <= column <= len(line) + 1:
        shown.append(f"    {' ' * len(number)} | {' ' * (column - 1 - start)}^")
    return shown


def summary(findings: Sequence[Finding], lang: str) -> str:
    """How many errors and warnings there are, in one line."""
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    warnings = sum(finding.severity is Severity.WARNING for finding in findings)
    return _COUNTED.pick(lang).format(errors=errors, warnings=warnings)


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """Errors first, each in the order of its file."""
    weights = list(Severity)

    def key(finding: Finding) -> tuple[int, str, int, int]:
        place = (finding.line or 0, finding.column or 0)
        return (weights.index(finding.severity), finding.file or "", *place)

    return sorted(findings, key=key)


def as_json(finding: Finding) -> dict[str, Any]:
    """A finding as a tool reads it: both languages."""
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "file": finding.file,
        "line": finding.line,
        "column": finding.column,
        "path": finding.path,
        "message": dict(finding.message.by_lang),
        "fix": dict(finding.fix.by_lang) if finding.fix is not None else None,
        "count": finding.count,
    }


def print_json(value: object) -> None:
    """A value as JSON on the standard output, for tools."""
    written = orjson.dumps(value, option=orjson.OPT_INDENT_2, default=str)
    sys.stdout.write(written.decode() + "\n")


def say(text: str, *, aside: bool = False) -> None:
    """One line or several on the standard output, or `aside` of it for people only."""
    stream = sys.stderr if aside else sys.stdout
    stream.write(plain(text) + "\n")
