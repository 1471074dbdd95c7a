"""Drift: the shape, the status and the time of a live answer against what was recorded.

A shape says which kinds of values stand where, by JSON pointer, with `*` for the items of a list
and for the keys of an object that are data themselves. It holds no value of the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeAlias

from connectors.declarative.answers import decoded, document_of
from connectors.declarative.codes import SaidCode
from connectors.declarative.differences import token
from connectors.declarative.findings import Finding, Severity
from connectors.declarative.masking import masked_text
from connectors.errors import Unreadable
from connectors.ports.common import must_text
from connectors.upkeep.documents import Answer

Shape: TypeAlias = Mapping[str, frozenset[str]]
"""Kinds by pointer: `object`, `list`, `text`, `number`, `boolean`, `null`, and `absent` where some
objects have the key and others do not."""

MOST_POINTERS = 1_000
MOST_ITEMS = 500
"""Of a list that are looked at."""
DEEPEST = 20
MANY_KEYS = 40
"""An object with more keys than this holds data in its keys."""
SLOWER = 3.0
"""Times as slow as before is a change, when it is more than `SLOW_FROM`, too."""
SLOW_FROM = 1_000.0
"""Milliseconds below which nobody is called slow."""
_DATA_KEY = re.compile(r"\d+|\d{4}-\d\d(-\d\d)?|[0-9a-fA-F-]{32,36}", re.ASCII)
_EMPTY = frozenset(("null", "absent"))
_WORDS = {
    "object": ("objek", "an object"),
    "list": ("daftar", "a list"),
    "text": ("teks", "a text"),
    "number": ("angka", "a number"),
    "boolean": ("boolean", "a boolean"),
    "null": ("null", "null"),
    "absent": ("tidak ada", "absent"),
}


def shape_of(value: Any) -> Shape:
    """The shape of a JSON value."""
    root = _Node()
    _Look().at(root, value, 0)
    return dict(root.told(""))


def merged(shapes: Iterable[Shape]) -> Shape:
    """The shape of what may have any of several shapes."""
    all_of = list(shapes)
    found: dict[str, frozenset[str]] = {}
    for pointer in dict.fromkeys(pointer for shape in all_of for pointer in shape):
        kinds = frozenset[str]().union(*(shape.get(pointer, ()) for shape in all_of))
        parent = pointer.rpartition("/")[0]
        lacking = any(pointer not in shape and _holds(shape, parent, pointer) for shape in all_of)
        optional = lacking and not pointer.endswith("/*")
        found[pointer] = kinds | {"absent"} if optional else kinds
    return found


class _Node:
    """What was seen at one place."""

    __slots__ = ("below", "kinds", "objects", "seen")

    def __init__(self) -> None:
        self.kinds: set[str] = set()
        self.seen = 0
        self.objects = 0
        """How many of them were objects whose keys are names."""
        self.below: dict[str, _Node] = {}
        """By part of the pointer."""

    def told(self, pointer: str) -> Iterator[tuple[str, frozenset[str]]]:
        yield pointer, frozenset(self.kinds)
        for part, node in self.below.items():
            if part != "*" and node.seen < self.objects:
                node.kinds.add("absent")
            yield from node.told(f"{pointer}/{part}")


class _Look:
    """Looks at a value and notes what is where, within bounds."""

    def __init__(self) -> None:
        self.left = MOST_POINTERS

    def at(self, node: _Node, value: Any, depth: int) -> None:
        node.seen += 1
        node.kinds.add(_kind(value))
        if depth >= DEEPEST:
            return
        if isinstance(value, list):
            for item in value[:MOST_ITEMS]:
                self.below(node, "*", item, depth)
        elif isinstance(value, dict):
            data = _keys_are_data(value)
            node.objects += not data
            for name, item in value.items():
                self.below(node, "*" if data else token(name), item, depth)

    def below(self, node: _Node, part: str, value: Any, depth: int) -> None:
        inner = node.below.get(part)
        if inner is None:
            if self.left <= 0:
                return
            self.left -= 1
            inner = node.below[part] = _Node()
        self.at(inner, value, depth + 1)


def _keys_are_data(value: dict[str, Any]) -> bool:
    if len(value) > MANY_KEYS:
        return True
    return bool(value) and all(_DATA_KEY.fullmatch(name) for name in value)


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "text"
    if isinstance(value, dict):
        return "object"
    return "list" if isinstance(value, list) else "number"


# ------------------------------------------------------------------------------- observations


@dataclass(frozen=True, slots=True)
class Observation:
    """What is remembered of one answer for comparing: no value of it."""

    connector: str
    """Coordinate or id."""
    status: int | None = None
    """None when there was no answer."""
    milliseconds: float | None = None
    """None where nobody measured, as in a recording."""
    shape: Shape | None = None
    """None when there was no body that can be read."""
    problems: int = 0
    """Of its mapping."""

    def told(self) -> dict[str, Any]:
        """As plain JSON."""
        shape = self.shape
        return {
            "connector": self.connector,
            "status": self.status,
            "milliseconds": self.milliseconds,
            "shape": None if shape is None else {p: sorted(k) for p, k in shape.items()},
            "problems": self.problems,
        }

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Observation:
        """An observation from what `told` gave. Raises KeyError for anything else."""
        shape = told["shape"]
        return cls(
            told["connector"],
            told["status"],
            told["milliseconds"],
            None if shape is None else {p: frozenset(k) for p, k in shape.items()},
            told["problems"],
        )


def observed(
    connector: str,
    answer: Answer | None,
    *,
    milliseconds: float | None = None,
    problems: int = 0,
) -> Observation:
    """What is remembered of an answer."""
    if answer is None:
        return Observation(connector, None, milliseconds, None, problems)
    shape: Shape | None = None
    with suppress(Unreadable):  # a body that nobody can read has no shape
        shape = shape_of(decoded(document_of(answer)))
    return Observation(connector, answer.status, milliseconds, shape, problems)


def compared(before: Observation, now: Observation) -> list[Finding]:
    """What is otherwise now; nothing when all is as it was.

    Only warnings, and notes where something is new or missing now and then: whether the mapping
    still works is told by the call itself.
    """
    found: list[Finding] = []
    if before.status is not None and now.status is not None and before.status != now.status:
        found.append(
            _told(
                SaidCode.DRIFT_STATUS,
                now.connector,
                "",
                (
                    f"status {now.status}, dulu {before.status}",
                    f"status {now.status}, it was {before.status}",
                ),
            )
        )
    elif before.shape is not None and now.shape is not None:
        found += _shapes(now.connector, before.shape, now.shape)
    if before.milliseconds is not None and now.milliseconds is not None:
        ms, old = now.milliseconds, before.milliseconds
        if ms > SLOW_FROM and ms > SLOWER * old:
            words = (f"{ms:.0f} ms, dulu {old:.0f} ms", f"{ms:.0f} ms, it was {old:.0f} ms")
            found.append(_told(SaidCode.DRIFT_SLOW, now.connector, "", words))
    if now.problems > before.problems:
        words = (
            f"{now.problems} masalah pemetaan, dulu {before.problems}",
            f"{now.problems} mapping problems, there were {before.problems}",
        )
        found.append(_told(SaidCode.DRIFT_PROBLEM, now.connector, "", words))
    return found


def _shapes(connector: str, before: Shape, now: Shape) -> Iterator[Finding]:
    """The topmost places where two shapes differ."""
    gone: list[str] = []
    for pointer, kinds in before.items():
        parent = pointer.rpartition("/")[0]
        if pointer in now or pointer.endswith("/*") or _under(pointer, gone):
            continue
        if not _holds(now, parent, pointer):
            continue
        gone.append(pointer)
        if "absent" not in kinds:
            words = ("tidak ada lagi", "is no longer there")
            yield _told(SaidCode.DRIFT_MISSING, connector, pointer, words)
    new: list[str] = []
    for pointer, kinds in now.items():
        if pointer in before:
            yield from _kinds(connector, pointer, before[pointer], kinds)
            continue
        parent = pointer.rpartition("/")[0]
        if pointer.endswith("/*") or _under(pointer, new) or not _holds(before, parent, pointer):
            continue
        new.append(pointer)
        words = ("baru", "is new")
        yield _told(SaidCode.DRIFT_NEW, connector, pointer, words, Severity.INFO)


def _kinds(
    connector: str, pointer: str, before: frozenset[str], now: frozenset[str]
) -> Iterator[Finding]:
    added = sorted(now - before)
    if before <= _EMPTY or not added:
        return  # nobody knew what it would be
    now_is, was = (_listed(kinds) for kinds in (added, sorted(before)))
    words = (f"kini juga {now_is[0]}, dulu {was[0]}", f"is now also {now_is[1]}, it was {was[1]}")
    # A short recording seldom shows all that may be missing.
    severity = Severity.INFO if _EMPTY.issuperset(added) else Severity.WARNING
    yield _told(SaidCode.DRIFT_KIND, connector, pointer, words, severity)


def _listed(kinds: Sequence[str]) -> tuple[str, str]:
    return " / ".join(_WORDS[kind][0] for kind in kinds), " / ".join(
        _WORDS[kind][1] for kind in kinds
    )


def _holds(shape: Shape, parent: str, pointer: str) -> bool:
    """Whether a shape says anything about the keys of a place."""
    return bool(pointer) and "object" in shape.get(parent, ()) and f"{parent}/*" not in shape


def _under(pointer: str, tops: list[str]) -> bool:
    return any(pointer.startswith(f"{top}/") for top in tops)


_FIX = (
    "Periksa `selection`, rekam jawaban baru di tests/*.yaml, lalu daftarkan versi baru.",
    "Look at `selection`, record the new answer in tests/*.yaml, and register a new version.",
)


def _told(
    code: SaidCode,
    connector: str,
    pointer: str,
    words: tuple[str, str],
    severity: Severity = Severity.WARNING,
) -> Finding:
    # A key of an answer may itself be data of a person.
    place = masked_text(pointer)[:200]
    where = f" {place}" if place else ""
    return Finding(
        code.value,
        severity,
        must_text(f"`{connector}`{where}: {words[0]}.", f"`{connector}`{where}: {words[1]}."),
        must_text(*_FIX),
        path=place or None,
    )
