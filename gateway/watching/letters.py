"""Letters to the owners of connectors: what changed, in both languages, nothing an upstream wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.declarative.findings import Finding
from connectors.ports.common import Text, must_text

CHANGES_MOST = 50
"""Changes one letter tells; the rest are counted."""
LONGEST_PATH = 200

_SUBJECT = must_text(
    "Konektor {key}: jawaban sistem Anda berubah",
    "Connector {key}: the answers of your system changed",
)
_BEGIN = must_text(
    "Gateway Tangerang LIVE membandingkan jawaban sistem Anda dengan rekaman pada berkas tests/ dan "
    "menemukan perbedaan. Selama pemetaan masih berhasil, data tetap tampil.",
    "The Tangerang LIVE gateway compared the answers of your system with the recordings in tests/ "
    "and found differences. As long as the mapping works, the data stays visible.",
)
_END = must_text(
    "Periksa dengan `python -m gateway connectors rehearse`, perbarui rekaman dan, bila perlu, "
    "pemetaannya, lalu daftarkan versi baru.",
    "Check with `python -m gateway connectors rehearse`, record the answers anew, change the mapping "
    "where it needs it, and register a new version.",
)
_MORE = must_text("dan {count} perbedaan lain", "and {count} other differences")


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter about one connector."""

    key: str
    """Of the connector."""
    version: int
    at: datetime
    changes: tuple[Finding, ...]

    @property
    def subject(self) -> Text:
        """What it is about."""
        return Text({lang: words.format(key=self.key) for lang, words in _SUBJECT})

    def text(self) -> str:
        """The letter for people, Indonesian first."""
        parts = []
        for lang in ("id", "en"):
            lines = [self.subject.pick(lang), "", _BEGIN.pick(lang), ""]
            lines += [f"- {_line(change, lang)}" for change in self.changes[:CHANGES_MOST]]
            if len(self.changes) > CHANGES_MOST:
                rest = len(self.changes) - CHANGES_MOST
                lines.append(f"- {_MORE.pick(lang).format(count=rest)}")
            parts.append("\n".join([*lines, "", _END.pick(lang)]))
        return f"{self.at.isoformat(timespec='seconds')}\n\n" + "\n\n---\n\n".join(parts) + "\n"

    def data(self) -> Mapping[str, Any]:
        """The letter for programs."""
        return {
            "type": "connector.drift",
            "connector": self.key,
            "version": self.version,
            "at": self.at.isoformat(timespec="seconds"),
            "subject": dict(self.subject.by_lang),
            "changes": [
                {
                    "code": change.code,
                    "path": _path(change),
                    "message": dict(change.message.by_lang),
                    "fix": dict(change.fix.by_lang) if change.fix else None,
                }
                for change in self.changes[:CHANGES_MOST]
            ],
            "changesInAll": len(self.changes),
        }


def marks(changes: Sequence[Finding]) -> tuple[str, ...]:
    """The changes in short, as `ConnectorHealth.schemaDrift` shows them: code and place."""
    found = dict.fromkeys(" ".join(filter(None, (c.code, _path(c)))) for c in changes)
    return tuple(found)[:CHANGES_MOST]


def _path(change: Finding) -> str | None:
    return change.path[:LONGEST_PATH] if change.path else None


def _line(change: Finding, lang: str) -> str:
    place = f" ({_path(change)})" if change.path else ""
    return f"{change.code}{place}: {change.message.pick(lang)}"
