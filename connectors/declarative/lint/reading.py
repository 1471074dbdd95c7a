"""The faults of reading as findings: their words taken out of the message, in both languages."""

from __future__ import annotations

import re

from connectors.declarative.faults import Code, Fault
from connectors.declarative.lint.details import translated
from connectors.declarative.lint.notes import Notes
from connectors.declarative.mapping.nodes import Place

_WORD = re.compile(r"`([^`]+)`|'((?:[^'\\]|\\.)*)'|([$@]\w+)|\b(Query|Mutation)\b")
_LISTED = re.compile(r"(?:it has|there are) (?P<listed>.*)$", re.DOTALL)
_DETAILED = frozenset(
    (Code.SDL_SYNTAX, Code.ARGUMENT_TYPE, Code.MAPPING_SYNTAX, Code.MAPPING_METHOD,
     Code.ENTITY_ARGUMENTS)
)  # fmt: skip
_LAST = frozenset((Code.ARGUMENT_UNKNOWN, Code.ARGUMENT_MISSING, Code.CONNECT_ON_ROOT))
"""Here the word is behind the place: "@connect needs `http`"."""


def note_faults(faults: tuple[Fault, ...], notes: Notes) -> None:
    """Tell all of them."""
    for fault in faults:
        note_fault(fault, notes)


def note_fault(fault: Fault, notes: Notes) -> None:
    """Tell one."""
    head = fault.message.partition(";")[0]
    words = [
        next(part for part in found.groups() if part)
        for found in _WORD.finditer(head)
        if found[0] not in ("``", "''")
    ]
    what = (words[-1] if fault.code in _LAST else words[0]) if words else "header"
    listed = _LISTED.search(fault.message.partition(";")[2] or "")
    detail = ("", "")
    if fault.code in _DETAILED:
        detail = translated(fault.message)
    notes.add(
        fault.code.value,
        Place(fault.line, fault.column),
        what=what,
        listed=listed["listed"] if listed else "-",
        detail_id=detail[0],
        detail_en=detail[1],
    )
