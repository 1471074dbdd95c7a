"""The page of all findings a team can meet, as docs/connector-findings.md shows it.

Those of reading and lint stand first, then what the graph, its clients and a rehearsal say: they
belong to rooms above the connectors, so the whole page is made here.
"""

from __future__ import annotations

from collections.abc import Iterator

from connectors.declarative.findings import Finding
from connectors.declarative.lint.table import plain, table
from connectors.ports.common import Text
from gateway.checking import breaks
from gateway.dossiers import NOT_LIVE
from schema.composing.changes import CHANGES
from schema.composing.telling import JoiningCode, finding


def page() -> str:
    """The whole page, Markdown."""
    parts = [
        table(),
        *_part("Bergabung dengan graf kota · Joining the city's graph", _joining()),
        *_part("Klien yang sudah ada · Clients there are", _changes()),
        *_part("Uji coba · Rehearsals", [_row(NOT_LIVE)]),
    ]
    return "\n".join(parts).rstrip() + "\n"


def codes() -> frozenset[str]:
    """The codes this page adds to those of lint."""
    return frozenset(
        (*(code.value for code in JoiningCode), *CHANGES, breaks("").code, NOT_LIVE.code)
    )


def _part(title: str, rows: Iterator[str] | list[str]) -> list[str]:
    head = "| Kode · code | Arti · meaning | Perbaikan · fix |\n|---|---|---|"
    return [f"## {title}", "", head, *rows, ""]


def _joining() -> Iterator[str]:
    for code in JoiningCode:
        yield _row(finding(code, name="…", owner="…"))
    yield _row(breaks("…"))


def _changes() -> Iterator[str]:
    for code, (severity, meaning, fix) in CHANGES.items():
        yield _row(Finding(code, severity, meaning, fix))


def _row(one: Finding) -> str:
    return f"| `{one.code}` {one.severity.value} | {_both(one.message)} | {_both(one.fix)} |"


def _both(text: Text | None) -> str:
    return f"{plain(text.pick('id'))}<br>*{plain(text.pick('en'))}*" if text else ""
