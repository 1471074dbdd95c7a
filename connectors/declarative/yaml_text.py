"""YAML as teams write it, read without surprises: texts, lists and objects with their places.

Stricter and plainer than YAML 1.1: no aliases (they make bombs), no tags (they make objects), no
key twice. Only what JSON writes as a number is one, so `08123` and `22:30` stay texts; only
`true`, `false`, `null` and nothing mean something else than a text, so `no` is Norwegian.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from connectors.declarative.codes import SaidCode
from connectors.declarative.findings import Finding, Severity
from connectors.declarative.mapping.nodes import NOWHERE, Place
from connectors.ports.common import must_text

DEEPEST = 60
"""Levels of lists and objects of a file."""
MOST_NODES = 100_000
"""Values of a file."""
MOST_FINDINGS = 100
"""Of one file that leave the rest readable."""
_LONGEST_NUMBER = 300
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
_WORDS: dict[str, bool | None] = {"": None, "null": None, "~": None, "true": True, "false": False}
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text; without quotes it may mean a number, a boolean or null."""

    text: str
    plain: bool = False
    """Written without quotes."""
    at: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Node, ...]
    at: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Entries:
    """An object; its keys are texts, each there once."""

    entries: dict[str, Node]
    places: dict[str, Place] = field(default_factory=dict)
    """Where each key stands."""
    at: Place = NOWHERE


Node: TypeAlias = Scalar | Items | Entries


def plain(node: Node) -> Any:
    """The JSON value of a node."""
    if isinstance(node, Items):
        return [plain(item) for item in node.items]
    if isinstance(node, Entries):
        return {key: plain(value) for key, value in node.entries.items()}
    if not node.plain:
        return node.text
    if node.text in _WORDS:
        return _WORDS[node.text]
    found = _NUMBER.fullmatch(node.text)
    if not found:
        return node.text
    return float(node.text) if found[1] or found[2] else int(node.text)


def is_null(node: Node | None) -> bool:
    """Whether nothing was said: no such key, or null in its place."""
    return node is None or (isinstance(node, Scalar) and plain(node) is None)


def read_yaml(text: str, file: str, *, longest: int) -> tuple[Node | None, list[Finding]]:
    """The one document in a text of at most `longest` code points, and what is wrong with it.

    The document is None when it cannot be read; of a key that is there twice the first counts.
    Never raises.
    """
    if len(text) > longest:
        words = (
            f"Berkas ini lebih panjang dari {longest} karakter.",
            f"The file is longer than {longest} characters.",
        )
        fix = ("Bagi menjadi beberapa berkas.", "Split it into several files.")
        return None, [_finding(SaidCode.YAML_TOO_LARGE, file, Place(1, 1), words, fix)]
    text = text.removeprefix("\ufeff")
    builder = _Builder(file)
    try:
        for event in yaml.parse(text, Loader=_Loader):
            builder.take(event)
    except (yaml.YAMLError, UnicodeEncodeError) as error:
        return None, [*builder.found, _syntax(error, text, file)]
    except _Refused as refused:
        return None, [*builder.found, refused.finding]
    if builder.root is None:
        words = ("Berkas ini kosong.", "The file is empty.")
        fix = ("Isi menurut contoh di panduan.", "Fill it in after the example of the guide.")
        builder.found.append(_finding(SaidCode.YAML_EMPTY, file, Place(1, 1), words, fix))
    return builder.root, builder.found


class _Refused(Exception):
    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


class _Open:
    """A list or an object whose end has not come yet."""

    def __init__(self, at: Place, *, is_object: bool) -> None:
        self.at = at
        self.is_object = is_object
        self.items: list[Node] = []
        self.entries: dict[str, Node] = {}
        self.places: dict[str, Place] = {}
        self.key: str | None = None
        self.unfit = False
        """Whether what comes next belongs to a key that cannot be one."""

    def closed(self) -> Node:
        if self.is_object:
            return Entries(self.entries, self.places, self.at)
        return Items(tuple(self.items), self.at)


class _Builder:
    """Puts nodes together from events, so that depth and number are bounded as they come."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Finding] = []
        self.root: Node | None = None
        self.open: list[_Open] = []
        self.count = 0
        self.documents = 0

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, CollectionEndEvent):
            self.put(self.open.pop().closed())
            return
        mark = event.start_mark
        at = Place(mark.line + 1, mark.column + 1) if mark else NOWHERE
        if isinstance(event, DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                words = (
                    "Satu berkas berisi satu dokumen; di sini mulai yang kedua.",
                    "A file holds one document; here a second one begins.",
                )
                fix = ("Hapus baris `---`.", "Take out the line `---`.")
                raise _Refused(_finding(SaidCode.YAML_SYNTAX, self.file, at, words, fix))
        if isinstance(event, NodeEvent):
            self.bounded(event, at)
        if isinstance(event, CollectionStartEvent):
            self.open.append(_Open(at, is_object=isinstance(event, MappingStartEvent)))
        elif isinstance(event, ScalarEvent):
            self.scalar(Scalar(event.value, event.implicit[0] and not event.style, at))

    def bounded(self, event: NodeEvent, at: Place) -> None:
        self.count += 1
        if self.count > MOST_NODES or len(self.open) >= DEEPEST:
            words = (
                f"Terlalu banyak nilai (paling banyak {MOST_NODES}) atau tingkat ({DEEPEST}).",
                f"Too many values (at most {MOST_NODES}) or levels of them ({DEEPEST}).",
            )
            fix = ("Persingkat isinya.", "Make it shorter.")
            raise _Refused(_finding(SaidCode.YAML_TOO_LARGE, self.file, at, words, fix))
        if isinstance(event, AliasEvent):
            words = ("Alias (`*nama`) tidak diterima.", "Aliases (`*name`) are not accepted.")
            fix = (
                "Tulis nilainya di sini; teks yang mulai dengan * diberi tanda kutip.",
                "Write the value here; put a text that begins with * in quotes.",
            )
            raise _Refused(_finding(SaidCode.YAML_ALIAS, self.file, at, words, fix))
        if getattr(event, "tag", None) not in (None, "!"):
            words = ("Tanda jenis (`!…`) tidak diterima.", "Tags (`!…`) are not accepted.")
            fix = (
                "Hapus tandanya; teks yang mulai dengan ! diberi tanda kutip.",
                "Take it out; put a text that begins with ! in quotes.",
            )
            raise _Refused(_finding(SaidCode.YAML_TAG, self.file, at, words, fix))

    def say(self, code: SaidCode, at: Place, words: _Words, fix: _Words) -> None:
        if len(self.found) < MOST_FINDINGS:
            self.found.append(_finding(code, self.file, at, words, fix))

    def scalar(self, node: Scalar) -> None:
        within = self.open[-1] if self.open else None
        if within is not None and within.is_object and within.key is None and not within.unfit:
            self.key(within, node.text, node.at)
            return
        if node.plain and not _fits(node.text):
            words = ("Angka ini terlalu besar.", "This number is too large.")
            fix = ("Beri tanda kutip bila teks.", "Put it in quotes if it is a text.")
            self.say(SaidCode.YAML_NUMBER, node.at, words, fix)
        self.put(node)

    def key(self, within: _Open, key: str, at: Place) -> None:
        if key in within.entries:
            line = within.places[key].line
            words = (
                f"`{key}` sudah ada di baris {line}.",
                f"`{key}` is there already, in line {line}.",
            )
            fix = ("Hapus salah satunya.", "Take one of them out.")
            self.say(SaidCode.YAML_KEY_TWICE, at, words, fix)
        within.key = key
        within.places.setdefault(key, at)

    def put(self, node: Node) -> None:
        if not self.open:
            self.root = node
            return
        within = self.open[-1]
        if not within.is_object:
            within.items.append(node)
        elif within.key is not None:
            within.entries.setdefault(within.key, node)
            within.key = None
        elif within.unfit:
            within.unfit = False
        else:
            within.unfit = True
            words = ("Nama kunci harus teks.", "A key must be a text.")
            fix = (
                "Beri tanda kutip pada nama atau nilai yang memuat { atau [.",
                "Put the name, or a value with { or [ in it, in quotes.",
            )
            self.say(SaidCode.YAML_KEY, node.at, words, fix)


def _fits(text: str) -> bool:
    found = _NUMBER.fullmatch(text)
    if not found:
        return True
    return len(text) <= _LONGEST_NUMBER and math.isfinite(float(text))


# ------------------------------------------------------------------------------- syntax


def _syntax(error: yaml.YAMLError | UnicodeEncodeError, text: str, file: str) -> Finding:
    """What the reader of YAML stumbled over, in words for people who do not read YAML daily."""
    mark = getattr(error, "problem_mark", None)
    line, column = (mark.line, mark.column) if mark else _place(text, error)
    rows = text.splitlines()
    row = rows[line] if line < len(rows) else ""
    problem = f"{getattr(error, 'context', '') or ''} {getattr(error, 'problem', '') or ''}"
    words, fix = _told(row, column, problem, readable=mark is not None)
    return _finding(SaidCode.YAML_SYNTAX, file, Place(line + 1, column + 1), words, fix)


_Words: TypeAlias = tuple[str, str]


def _told(row: str, column: int, problem: str, *, readable: bool) -> tuple[_Words, _Words]:
    if not readable:
        return (
            ("Karakter ini tidak boleh ada di berkas.", "This character cannot be in a file."),
            ("Hapus karakter itu.", "Take it out."),
        )
    if "\t" in row[: column + 1] and not row[:column].strip():
        return (
            ("Baris ini menjorok dengan tab.", "This line is indented by a tab."),
            ("Pakai spasi, bukan tab.", "Use blanks, not tabs."),
        )
    if "mapping values" in problem:
        return (
            ("Titik dua tidak diharapkan di sini.", "A colon is not expected here."),
            (
                "Beri tanda kutip pada teks yang memuat titik dua; periksa jorokan baris.",
                "Put a text with a colon in quotes; look at the indentation.",
            ),
        )
    if "escape" in problem:
        return (
            ("Urutan \\ ini tidak dikenal.", "This sequence with \\ is not known."),
            ("Tulis \\\\ atau pakai tanda kutip tunggal.", "Write \\\\ or use single quotes."),
        )
    if "quoted scalar" in problem:
        return (
            ("Tanda kutip tidak ditutup.", "A quote is not closed."),
            ("Tambahkan tanda kutip penutup.", "Add the closing quote."),
        )
    if "cannot start" in problem:
        return (
            (
                "Karakter ini tidak boleh di awal nilai tanpa tanda kutip.",
                "This character cannot begin a value without quotes.",
            ),
            ("Beri tanda kutip pada nilainya.", "Put the value in quotes."),
        )
    if "flow" in problem:
        return (
            ("Kurung { atau [ tidak ditutup dengan benar.", "A { or [ is not closed rightly."),
            ("Periksa koma dan kurung penutup.", "Look at the commas and the closing bracket."),
        )
    return (
        ("YAML tidak dapat dibaca di sini.", "The YAML cannot be read here."),
        (
            "Periksa jorokan baris ini dan sebelumnya, dan titik dua di belakang kunci.",
            "Look at the indentation of this line and the one before, and for a missing colon.",
        ),
    )


def _place(text: str, error: yaml.YAMLError | UnicodeEncodeError) -> tuple[int, int]:
    """Where a character stands that cannot be in a file at all."""
    found = error.start if isinstance(error, UnicodeEncodeError) else getattr(error, "position", 0)
    position = min(found, len(text))
    return text.count("\n", 0, position), position - text.rfind("\n", 0, position) - 1


def _finding(code: SaidCode, file: str, at: Place, words: _Words, fix: _Words) -> Finding:
    return Finding(
        code.value,
        Severity.ERROR,
        must_text(words[0], words[1]),
        must_text(fix[0], fix[1]),
        file,
        at.line,
        at.column,
    )
