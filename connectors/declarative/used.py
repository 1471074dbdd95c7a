"""Which variables the parts of a connector use, and which keys of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from connectors.declarative.mapping import Selection
from connectors.declarative.mapping.faults import methods_of, walk
from connectors.declarative.mapping.nodes import Field, Key, Path, Place, Variable
from connectors.declarative.model import Connect
from connectors.declarative.templates import Template

PUBLIC = frozenset(
    ("$args", "$this", "$batch", "$config", "$context", "$env", "$request", "$response", "$status")
)
"""Variables that are given; ->as cannot hide the use of one by taking its name."""


class Use(NamedTuple):
    """One place where a variable is used."""

    name: str
    """With its sign."""
    key: str | None
    """The first key taken of it; None when it is used whole."""
    at: Place
    """In the text of its mapping."""


def uses(part: Selection | Template) -> Iterator[Use]:
    """The variables of a mapping or a template, without `$`, `@` and the names it makes itself."""
    if isinstance(part, Template):
        for expression in part.expressions:
            yield from uses(expression)
        return
    nodes = [node for node in walk(part.tree) if isinstance(node, Path)]
    own = {"$", "@"}
    for node in nodes:
        for method in methods_of(node):
            if method.name == "as" and method.arguments:
                own |= _names(method.arguments[0]) - PUBLIC
    for node in nodes:
        start = node.start
        if isinstance(start, Variable) and start.name not in own:
            for key in _keys(node):
                yield Use(start.name, key, start.at)


def _keys(path: Path) -> Iterator[str | None]:
    """The keys that a path takes of what it begins with: one of a step, those of its braces."""
    first = next(iter(path.steps), None)
    if first is not None or path.inner is None:
        yield first.name if isinstance(first, Key) else None
        return
    for item in path.inner.items:
        value = item.value
        plain = isinstance(value, Path) and isinstance(value.start, Field)
        yield value.start.key if plain else None  # type: ignore[union-attr]


def _names(argument: object) -> set[str]:
    is_name = isinstance(argument, Path) and isinstance(argument.start, Variable)
    return {argument.start.name} if is_name else set()  # type: ignore[attr-defined]


def keys_of(connect: Connect, variable: str) -> list[str]:
    """The keys of a variable that the request of a connector is made of, each once.

    For `$batch`, `$this` or `$args` of an entity these are the fields it is resolved by.
    """
    return _once(
        use.key
        for part in connect.asking
        for use in uses(part)
        if use.name == variable and use.key is not None
    )


def _once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
