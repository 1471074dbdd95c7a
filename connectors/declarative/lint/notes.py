"""Collects what the rules find, and writes it down once, in the order of the files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

from connectors.declarative.findings import Finding, Severity
from connectors.declarative.lint.texts import RULES
from connectors.declarative.mapping.nodes import NOWHERE, Place
from connectors.declarative.submission import SDL_FILE, SETTINGS_FILE
from connectors.ports.common import must_text

MOST_FINDINGS = 500
"""A file with more faults than that is not read to the end by anybody."""
_LONGEST_WORD = 80
_LONGEST_LIST = 300
_FILES = {SDL_FILE: 0, SETTINGS_FILE: 1}


_Mark: TypeAlias = tuple[int, str, Place, str, str, tuple[str, ...]]


class Note(NamedTuple):
    """A finding before it has its words."""

    code: str
    file: str
    at: Place
    path: str | None
    words: tuple[tuple[str, str], ...]


class Notes:
    """What was found so far."""

    def __init__(self) -> None:
        self._notes: dict[Note, None] = {}
        self._room = {True: MOST_FINDINGS, False: MOST_FINDINGS}
        """How many more errors are taken, and how many of the others."""
        self._left_out = 0

    def add(
        self,
        code: str,
        at: Place = NOWHERE,
        *,
        path: str | None = None,
        file: str = SDL_FILE,
        **words: str,
    ) -> None:
        """One more; `words` fill the gaps of the texts of its code."""
        is_error = RULES[code].severity is Severity.ERROR
        if self._room[is_error] <= 0:
            self._left_out += 1
            return
        shown = tuple((name, _shown(word, name)) for name, word in words.items())
        before = len(self._notes)
        self._notes[Note(code, file, at, path and _shown(path), shown)] = None
        self._room[is_error] -= len(self._notes) - before

    @property
    def blocking(self) -> bool:
        """Whether any of them is an error."""
        return any(RULES[note.code].severity is Severity.ERROR for note in self._notes)

    def listed(self, others: Iterable[Finding] = ()) -> list[Finding]:
        """All of them, each once, by file and place; errors first into a list that is too long.

        `others` were found elsewhere and take their places among them.
        """
        notes = list(self._notes)
        left_out = self._left_out + max(len(notes) - MOST_FINDINGS, 0)
        if left_out:
            notes.sort(
                key=lambda note: (RULES[note.code].severity is not Severity.ERROR, *_of(note))
            )
            notes = notes[:MOST_FINDINGS]
            notes.append(Note("FINDINGS_MANY", SDL_FILE, NOWHERE, None, (("what", str(left_out)),)))
        found = {_of(note): _finding(note) for note in notes}
        found |= {_of_finding(other): other for other in others}
        return [found[mark] for mark in sorted(found)]


def _of(note: Note) -> _Mark:
    words = tuple(f"{name}={word}" for name, word in note.words)
    return _FILES.get(note.file, 2), note.file, note.at, note.code, note.path or "", words


def _of_finding(finding: Finding) -> _Mark:
    file, at = finding.file or "", Place(finding.line or 0, finding.column or 0)
    words = tuple(finding.message.by_lang.values())
    return _FILES.get(file, 2), file, at, finding.code, finding.path or "", words


def _finding(note: Note) -> Finding:
    rule = RULES[note.code]
    id_, en = _words(note, "_id"), _words(note, "_en")
    known = note.at != NOWHERE
    return Finding(
        note.code,
        rule.severity,
        must_text(rule.id.format(**id_).strip(), rule.en.format(**en).strip()),
        must_text(rule.fix_id.format(**id_).strip(), rule.fix_en.format(**en).strip()),
        note.file,
        note.at.line if known else None,
        note.at.column if known else None,
        note.path,
    )


def _words(note: Note, lang: str) -> dict[str, str]:
    """The words in one language; a word such as `detail_id` is for one of them only."""
    return {name.removesuffix(lang): word for name, word in note.words}


def _shown(word: str, name: str = "") -> str:
    """A word of the team as it may be shown: short, in one line, nothing invisible."""
    most = _LONGEST_LIST if name.startswith(("listed", "detail")) else _LONGEST_WORD
    plain = "".join(char if char.isprintable() else "�" for char in word[: most + 1])
    return plain if len(plain) <= most else plain[:most] + "…"
