"""Strawberry's resolvers without the wrapper that finds out each time what the field wants.

Only where the wrapper does nothing else: no extensions or permissions, no exception handlers, no
`get_result` of a field's own. Everything else is called as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

import strawberry
from graphql import GraphQLField
from strawberry.types.arguments import convert_arguments
from strawberry.types.base import StrawberryOptional
from strawberry.types.field import StrawberryField

WRAPPERS = {
    "GraphQLCoreConverter.from_resolver.<locals>._resolver",
    "GraphQLCoreConverter.from_resolver.<locals>._async_resolver",
}
PASSED = (str, int, float, bool, strawberry.ID)
"""Types of arguments that Strawberry passes on as graphql-core has read them."""
IMMUTABLE = frozenset({str, int, float, bool, type(None)})


@dataclass(frozen=True, slots=True, eq=False)
class Direct:
    """The function behind a field, and what it is called with."""

    call: Callable[..., Any]
    field: StrawberryField
    positional: bool
    """The source comes first (`self`)."""
    sources: tuple[str, ...]
    """Names under which the source is passed (`root`, a parent)."""
    info: str | None
    """The name under which it is told who asks, None if it is not."""
    make_info: Callable[..., Any]
    config: Any
    scalars: Any
    names: tuple[tuple[str, str], ...] | None
    """(name in the graph, name in Python) of arguments that are passed as they are read."""

    @property
    def looks(self) -> bool:
        """Whether somebody looks at who asks, if only to convert an argument."""
        return self.info is not None or self.names is None

    def arguments(self, given: dict[str, Any], info: Any) -> dict[str, Any]:
        """What Strawberry makes of coerced arguments. Raises what it raises."""
        if self.names is not None:
            return {python: given[name] for name, python in self.names if name in given}
        return convert_arguments(
            given,
            self.field.arguments,
            scalar_registry=self.scalars,
            config=self.config,
            info=info,
        )


def direct(definition: GraphQLField) -> Direct | None:
    """The function behind a field of Strawberry's; None if its wrapper must be called."""
    resolve = definition.resolve
    if getattr(resolve, "__qualname__", "") not in WRAPPERS:
        return None
    cells = _cells(resolve)
    if cells.get("field_exception_handlers") != ():
        return None
    make = _cells(cells.get("_strawberry_info_from_graphql"))
    field, converter = make.get("field"), make.get("self")
    if (
        not isinstance(field, StrawberryField)
        or type(field).get_result is not StrawberryField.get_result
        or converter is None
        or field.extensions
        or field.base_resolver is None
    ):
        return None
    behind = field.base_resolver
    call: Any = behind.wrapped_func
    if not callable(call):
        return None
    sources = (behind.parent_parameter, behind.root_parameter)
    return Direct(
        call,
        field,
        behind.self_parameter is not None,
        tuple(one.name for one in sources if one is not None),
        behind.info_parameter.name if behind.info_parameter else None,
        converter.config.info_class,
        converter.config,
        converter.scalar_registry,
        _names(field, converter.config),
    )


def _names(field: StrawberryField, config: Any) -> tuple[tuple[str, str], ...] | None:
    """The arguments' names, None if values of one of them must be converted."""
    found = []
    for argument in field.arguments:
        kind: Any = argument.type
        if type(kind) is StrawberryOptional:
            kind = kind.of_type
        if kind not in PASSED:
            return None
        found.append((config.name_converter.from_argument(argument), argument.python_name))
    return tuple(found)


def unchanging(values: dict[str, Any]) -> bool:
    """Whether nobody can change these values, so that they may be passed more than once."""
    return all(type(value) in IMMUTABLE or isinstance(value, Enum) for value in values.values())


def _cells(function: Any) -> dict[str, Any]:
    """What a function remembers of where it was made."""
    names = getattr(getattr(function, "__code__", None), "co_freevars", ())
    found: dict[str, Any] = {}
    for name, cell in zip(names, getattr(function, "__closure__", None) or (), strict=True):
        try:
            found[name] = cell.cell_contents
        except ValueError:  # not filled yet
            continue
    return found
