"""What a saved answer tells of the types behind it: guessed from what is there, for people to mend.

Nothing is made of the look of a text: dates stay texts. What has no one kind becomes a text too,
as JSON where it has to.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from connectors.declarative.masking import telling

DEEPEST = 8
"""Levels of types; what lies deeper becomes a text of JSON."""
MOST_TYPES = 60
MOST_FIELDS = 120
"""Of one type; an object with more keys than that holds data in its keys."""
_INT = 2**31
_EXACT = 2**53
_DATA_KEY = re.compile(r"\d+|\d{4}-\d\d(-\d\d)?|[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}", re.ASCII)
_IDS = frozenset(("id", "_id"))
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_NOT_NAMES = frozenset(("true", "false", "null"))


class Seen:
    """What was seen at one place of an answer."""

    def __init__(self) -> None:
        self.kinds: set[str] = set()
        self.count = 0
        self.objects = 0
        """How many were objects with names for keys."""
        self.keys: dict[str, Seen] = {}
        self.items: Seen | None = None
        self.values: Seen | None = None
        """Of objects with data for keys."""

    def look(self, value: Any, depth: int = 0) -> None:
        """One more value at this place."""
        self.count += 1
        self.kinds.add(_kind(value))
        if depth > DEEPEST:
            return
        if isinstance(value, list):
            self.items = self.items or Seen()
            for item in value:
                self.items.look(item, depth + 1)
        elif isinstance(value, dict) and _keys_are_data(value):
            self.values = self.values or Seen()
            for item in value.values():
                self.values.look(item, depth + 1)
        elif isinstance(value, dict):
            self.objects += 1
            for name, item in value.items():
                self.keys.setdefault(name, Seen()).look(item, depth + 1)


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "text"
    if isinstance(value, (dict, list)):
        return "list" if isinstance(value, list) else "object"
    if isinstance(value, float):
        return "float"
    return "int" if -_INT <= value < _INT else "long" if abs(value) <= _EXACT else "huge"


def _keys_are_data(value: dict[str, Any]) -> bool:
    if len(value) > MOST_FIELDS:
        return True
    return bool(value) and all(_DATA_KEY.fullmatch(name) for name in value)


# ------------------------------------------------------------------------------- types


@dataclass
class Guessed:
    """A value: its type, and how it is selected."""

    type: str
    method: str = ""
    """What follows its path: `->jsonStringify`."""
    lines: list[str] | None = None
    """The selection in its braces; None: it has none."""
    nullable: bool = False


@dataclass
class GuessedType:
    """A type of the graph."""

    name: str
    word: str
    """What it is called in the answer."""
    fields: list[tuple[str, str]] = field(default_factory=list)
    """Names and types."""


@dataclass
class Guesses:
    """Types guessed from an answer, in the order in which they are met."""

    prefix: str
    types: list[GuessedType] = field(default_factory=list)
    personal: list[str] = field(default_factory=list)
    """Coordinates whose names tell of persons."""
    odd: list[str] = field(default_factory=list)
    """Keys in whose place a text of JSON stands."""
    _names: set[str] = field(default_factory=set)

    def of(self, seen: Seen, word: str, *, within: str = "", holes: bool = False) -> Guessed:
        """The type of a value called `word`; `holes`: a list around it has nulls for items."""
        kinds = seen.kinds - {"null"}
        nullable = "null" in seen.kinds
        if kinds == {"object"} and seen.values is None and seen.keys:
            if len(self.types) < MOST_TYPES and within.count("/") < DEEPEST:
                return self._object(seen, word, within, holes=holes, nullable=nullable)
        elif kinds == {"object"} and seen.values is not None and not seen.objects:
            if len(self.types) < MOST_TYPES and within.count("/") < DEEPEST:
                return self._map(seen.values, word, within, nullable=nullable)
        elif kinds == {"list"} and seen.items is not None:
            holed = holes or "null" in seen.items.kinds
            inner = self.of(seen.items, word, within=within, holes=holed)
            if not inner.method:
                return Guessed(f"[{inner.type}]", "", inner.lines, nullable)
        elif not kinds & {"object", "list"}:
            return Guessed(_scalar(kinds, word), nullable=nullable)
        self.odd.append(word)
        return Guessed("String", "->jsonStringify", None, nullable)

    def _object(
        self, seen: Seen, word: str, within: str, *, holes: bool, nullable: bool
    ) -> Guessed:
        made = self._type(word, within)
        used: set[str] = set()
        lines: list[str] = []
        for key, inner in seen.keys.items():
            name = unique(field_name(key), used)
            found = self.of(inner, key, within=f"{within}/{word}")
            missing = holes or inner.count < seen.objects
            quiet = missing or (found.nullable and (found.method or found.lines is not None))
            made.fields.append((name, found.type))
            if telling(key):
                self.personal.append(f"{made.name}.{name}")
            lines += item(name, key, found, quiet=bool(quiet))
        return Guessed(made.name, "", lines, nullable)

    def _map(self, values: Seen, word: str, within: str, *, nullable: bool) -> Guessed:
        made = self._type(word, within)
        found = self.of(values, f"{word} isi", within=f"{within}/{word}")
        made.fields += [("kunci", "String"), ("isi", found.type)]
        lines = ["kunci: key", *item("isi", "value", found, quiet=found.nullable)]
        return Guessed(f"[{made.name}]", "->entries", lines, nullable)

    def _type(self, word: str, within: str) -> GuessedType:
        name = self.prefix + _pascal(word)
        if name in self._names:
            name = self.prefix + _pascal(f"{within.rpartition('/')[2]} {word}")
        name = unique(name, self._names)
        made = GuessedType(name, word)
        self.types.append(made)
        return made


def _scalar(kinds: set[str], word: str) -> str:
    if word.lower() in _IDS and kinds and kinds <= {"text", "int", "long", "huge"}:
        return "ID"
    if kinds == {"boolean"}:
        return "Boolean"
    if kinds == {"int"}:
        return "Int"
    return "Float" if kinds and kinds <= {"int", "long", "float"} else "String"


# ------------------------------------------------------------------------------- selections


def item(name: str, key: str, found: Guessed, *, quiet: bool) -> list[str]:
    """The lines of a selection that make a field of a key; `quiet`: it may be missing."""
    path = key if _NAME.fullmatch(key) and key not in _NOT_NAMES else f"$.{quoted(key)}"
    path += ("?" if quiet else "") + found.method
    head = path if path.rstrip("?") == name and not found.method else f"{name}: {path}"
    if found.lines is None:
        return [head]
    return [f"{head} {{", *indented(found.lines), "}"]


def indented(lines: list[str]) -> Iterator[str]:
    """The lines, two blanks further in."""
    return (f"  {line}" for line in lines)


def quoted(key: str) -> str:
    """A key as a string of the mapping language, in plain ASCII where it is not printable."""
    made = []
    for char in key:
        if char in '"\\':
            made.append(f"\\{char}")
        elif char.isprintable():
            made.append(char)
        else:
            units = char.encode("utf-16-be")
            made += [f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2)]
    return '"' + "".join(made) + '"'


# ------------------------------------------------------------------------------- names


def field_name(key: str) -> str:
    """A name of the graph for a key: `nama_lot` is namaLot, `Jumlah (unit)` is jumlahUnit."""
    words = _words(key)
    name = "".join([_small(words[0]), *(_capital(word) for word in words[1:])]) if words else ""
    if not name or name in _NOT_NAMES or name[0].isdigit():
        return f"nilai{_capital(name)}"
    return name


def _pascal(word: str) -> str:
    return "".join(_capital(each) for each in _words(word)) or "Nilai"


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.findall(r"[A-Za-z0-9]+", plain)[:8]


def _small(word: str) -> str:
    return word.lower() if word.isupper() else word[:1].lower() + word[1:]


def _capital(word: str) -> str:
    shown = word.lower() if word.isupper() and len(word) > 1 else word
    return shown[:1].upper() + shown[1:]


def unique(name: str, used: set[str]) -> str:
    """The name, with a number behind it when it is taken; it is taken from now on."""
    name = name[:80]
    made, number = name, 2
    while made in used:
        made, number = f"{name}{number}", number + 1
    used.add(made)
    return made
