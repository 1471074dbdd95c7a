"""The mapping language: from the JSON a system answers with to the shape the graph asks for.

Compatible with a subset of Apollo Connectors v0.3. A selection is parsed once and applied many
times:

>>> apply(parse("id name: nama.lengkap"), {"id": 7, "nama": {"lengkap": "Siti"}})
({'id': 7, 'name': 'Siti'}, [])

What is not there is left out and told as a `Problem`; applying never raises.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from connectors.declarative.mapping.compiler import compiled, may_grow
from connectors.declarative.mapping.faults import faults_of
from connectors.declarative.mapping.nodes import MappingSyntaxError, Problem, Tree
from connectors.declarative.mapping.printer import printed
from connectors.declarative.mapping.reader import read
from connectors.declarative.mapping.running import (
    MOST_SECONDS,
    MOST_STEPS,
    Exhausted,
    bounded,
    run,
)
from connectors.declarative.mapping.values import ABSENT

__all__ = [
    "ABSENT",
    "MOST_SECONDS",
    "MOST_STEPS",
    "Exhausted",
    "MappingSyntaxError",
    "Problem",
    "Selection",
    "apply",
    "apply_within",
    "faults",
    "parse",
]


class Selection:
    """A parsed selection, ready to be applied. `str()` writes it again, in one fixed way."""

    __slots__ = ("_go", "grows", "tree")

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        """What was read; equal for two texts that say the same."""
        self.grows = may_grow(tree)
        """Whether it may make much out of little."""
        self._go = compiled(tree)

    def __str__(self) -> str:
        return printed(self.tree)

    def __repr__(self) -> str:
        return f"Selection({printed(self.tree)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Selection) and self.tree == other.tree

    def __hash__(self) -> int:
        return hash(printed(self.tree))


@lru_cache(maxsize=512)
def parse(selection: str) -> Selection:
    """The selection written in a text; the last ones are remembered.

    Raises MappingSyntaxError, which says the line and the column, and nothing else.
    """
    return Selection(read(selection))


def apply(
    selection: Selection | str,
    data: Any,
    variables: Mapping[str, Any] | None = None,
    *,
    steps: int = MOST_STEPS,
    seconds: float = MOST_SECONDS,
) -> tuple[Any, list[Problem]]:
    """What a selection makes of JSON data, and what was not as it should be.

    The value is ABSENT when there is none. Keys of `variables` carry the sign, as in `"$args"`.
    `steps`, and `seconds` of the processor, limit the work: a mapping that wants more gives ABSENT
    and a problem. Never raises for a parsed selection; for a text it raises MappingSyntaxError.
    """
    ready = parse(selection) if isinstance(selection, str) else selection
    return run(ready._go, data, variables or {}, steps, seconds)  # noqa: SLF001 - made for this


def apply_within(
    selection: Selection, data: Any, variables: Mapping[str, Any], steps: int, seconds: float
) -> tuple[Any, list[Problem]]:
    """As `apply`, but raises Exhausted for a mapping that wants more work than it may have."""
    return bounded(selection._go, data, variables, steps, seconds)  # noqa: SLF001 - made for this


def faults(selection: Selection | str) -> list[Problem]:
    """What can be known to be wrong without data: unknown methods, wrong numbers of arguments."""
    ready = parse(selection) if isinstance(selection, str) else selection
    return faults_of(ready.tree)
