"""Which variables the parts of a connector use, and which keys of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from connectors.declarative.mapping import Selection
from connectors.declarative.mapping.faults import methods_of, walk
from connectors.declarative.mapping.nodes import Key, Path, Place, Variable
from connectors.declarative.model import Connect
from connectors.declarative.templates import Template


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
                own |= _names(method.arguments[0])
    for node in nodes:
        start = node.start
        if isinstance(start, Variable) and start.name not in own:
            first = next(iter(node.steps), None)
            yield Use(start.name, first.name if isinstance(first, Key) else None, start.at)


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
