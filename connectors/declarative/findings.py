"""What is said about a team's connector: one shape for reading, lint, tests and live calls."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from connectors.ports.common import Text


class Severity(Enum):
    """ERROR: it cannot work. WARNING: it will hurt. INFO: good to know."""

    ERROR = "ERROR"
    WARNING = "WARNING"
    INFO = "INFO"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing, told in Indonesian and English, with what to do about it."""

    code: str
    """Stable: teams and tools may rely on it."""
    severity: Severity
    message: Text
    fix: Text | None = None
    file: str | None = None
    """Name in the folder: `connector.graphql`, `connector.yaml`, `tests/all.yaml`."""
    line: int | None = None
    """Counted from one."""
    column: int | None = None
    """Counted from one, in code points."""
    path: str | None = None
    """Where in an answer, as a JSON pointer; or the coordinate `Type.field`."""
    count: int = 1
    """How often it was seen."""

    def __str__(self) -> str:
        return self.told("id")

    def told(self, lang: str) -> str:
        """In one line: `connector.graphql:3:5 ERROR SOURCE_UNKNOWN …`."""
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        return f"{place} {self.severity.value} {self.code} {self.message.pick(lang)}".strip()


def blocking(findings: tuple[Finding, ...] | list[Finding]) -> bool:
    """Whether any of them is an error."""
    return any(finding.severity is Severity.ERROR for finding in findings)
