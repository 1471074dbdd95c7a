"""Rules about forms that other versions of the language read differently."""

from __future__ import annotations

import json

from connectors.declarative.lint.case import Case
from connectors.declarative.lint.written import Written
from connectors.declarative.mapping.faults import walk
from connectors.declarative.mapping.nodes import Field, Path

_WORDS = ("true", "false", "null")


def note_versions(case: Case) -> None:
    """Look at all mappings."""
    for origin in case.directives.origins:
        for written in origin.strings:
            _string(case, written)
    for asking in case.directives.askings:
        for written in asking.strings:
            _string(case, written)


def _string(case: Case, written: Written) -> None:
    """A bare quoted key, or a key called true, false or null: values since v0.4."""
    for selection, begin in written.mappings:
        for node in walk(selection.tree):
            if not isinstance(node, Path) or not isinstance(node.start, Field):
                continue
            key, at = node.start.key, node.start.at
            quoted = written.char(begin, at) in ("'", '"')
            if quoted or key in _WORDS:
                word = json.dumps(key, ensure_ascii=False) if quoted else key
                words = {"what": word, "key": key, "literal": word}
                case.notes.add("AMBIGUOUS_LITERAL", written.place(begin, at), **words)
