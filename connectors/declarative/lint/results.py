"""Rules about what mappings come to: data that a request does not have, values of no use there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from connectors.declarative.lint.case import Case
from connectors.declarative.lint.written import Written
from connectors.declarative.mapping import Selection
from connectors.declarative.mapping.faults import Node, below, expressions, methods_of
from connectors.declarative.mapping.nodes import (
    Bare,
    Embedded,
    Field,
    Group,
    Key,
    ListLiteral,
    ObjectLiteral,
    Optional,
    Path,
    Place,
    Variable,
)

_REQUEST = frozenset(("url", "baseURL", "header", "body", "path", "queryParams"))
_TEXTS = frozenset(("url", "baseURL", "header"))
_OBJECTS = frozenset(("$args", "$this", "$batch", "$config", "$context", "$request", "$response"))


def note_results(case: Case) -> None:
    """Look at all mappings but selections."""
    for origin in case.directives.origins:
        _strings(case, origin.strings, origin.source.errors.message)
    for asking in case.directives.askings:
        _strings(case, asking.strings, asking.connect.errors.message)


def _strings(case: Case, strings: tuple[Written, ...], message: Selection | None) -> None:
    for written in strings:
        for selection, begin in written.mappings:
            without = next(_without_data(selection), None) if written.role in _REQUEST else None
            if without is not None:
                at = written.place(begin, without.at)
                case.notes.add("REQUEST_WITHOUT_DATA", at, what=without.key)
                continue
            is_text = written.role in _TEXTS or selection is message
            if (is_text or written.role == "isSuccess") and _is_compound(selection):
                wanted = ("true atau false", "true or false")
                if is_text:
                    wanted = ("sebuah teks atau angka", "one text or number")
                code, at = "RESULT_COMPOUND", written.place(begin, Place(1, 1))
                case.notes.add(code, at, kind_id=wanted[0], kind_en=wanted[1])


# ------------------------------------------------------------------------------- requests


class Without(NamedTuple):
    """A key that is taken of nothing."""

    key: str
    at: Place


def _without_data(selection: Selection) -> Iterator[Without]:
    """Keys of `$`, where there is no answer yet: that of a request is always empty."""
    waiting: list[tuple[Node, bool]] = [(selection.tree, False)]
    while waiting:
        node, has_input = waiting.pop()
        if not isinstance(node, Path):
            waiting.extend((part, has_input) for part in below(node))
            continue
        yield from _start(node, has_input=has_input)
        if isinstance(node.start, (Embedded, Bare)):
            waiting.append((node.start.value, has_input))
        arguments = [one for method in methods_of(node) for one in method.arguments]
        waiting.extend((one, True) for one in arguments)  # `@` is the input of the method there
        # Braces behind something that is there have its keys; behind `$` they have none.
        if node.inner is not None and node.start == Variable("$") and not node.steps:
            waiting.append((node.inner, has_input))


def _start(path: Path, *, has_input: bool) -> Iterator[Without]:
    start = path.start
    if isinstance(start, Field):
        yield Without(start.key, start.at)
    elif isinstance(start, Variable) and _is_empty(start.name, has_input=has_input):
        step = next((step for step in path.steps if not isinstance(step, Optional)), None)
        if isinstance(step, Key):
            yield Without(f"{start.name}.{step.name}", start.at)


def _is_empty(name: str, *, has_input: bool) -> bool:
    """Whether a sign stands for nothing in a request."""
    return name == "$" or (name == "@" and not has_input)


# ------------------------------------------------------------------------------- values


def _is_compound(selection: Selection) -> bool:
    """Whether a mapping can come to nothing but an object or a list."""
    tree = selection.tree
    if isinstance(tree, Group):
        return True
    if tree.inner is not None:
        return True
    if any(not isinstance(step, Optional) for step in tree.steps):
        return False
    if isinstance(tree.start, Variable):
        return tree.start.name in _OBJECTS
    made = expressions(tree)
    return len(made) == 1 and isinstance(made[0], (ObjectLiteral, ListLiteral))
