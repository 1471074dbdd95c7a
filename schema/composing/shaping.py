"""From what a mapping made to what the graph promises: every value checked against its type, once.

What does not fit becomes an error in its own place, so that it takes nothing else with it; the
executor raises it there. JSON's words become the values of the city's scalars and enums, which
the graph then writes its own way.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeAlias

from graphql import (
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
)

from connectors.errors import Unreadable

_FREE = frozenset(("JSON", "GeoJSON"))
"""Scalars of the city whose values may be objects and lists."""
_PLAIN: dict[str, Callable[[Any], bool]] = {
    "Int": lambda value: type(value) is int and -(2**31) <= value < 2**31,
    "Float": lambda value: type(value) is float and math.isfinite(value),
    "String": lambda value: type(value) is str,
    "Boolean": lambda value: type(value) is bool,
    "ID": lambda value: type(value) is str,
}
"""Which JSON values the scalars of GraphQL's own write as they are."""
_QUICK: dict[str, type] = {"String": str, "Boolean": bool, "ID": str}
"""The scalars for which the class of a value says all."""
_Planned: TypeAlias = "tuple[str, type | None, Shape, bool]"
"""Name of a field, the class whose values need no look, the shape, whether it must be there."""


class Row(dict[str, Any]):
    """An object of a connector's answer, ready to be shown."""

    __slots__ = ("loaded", "raw")

    raw: dict[str, Any]
    """As it was mapped: what `$this` is."""
    loaded: dict[Any, Row | None] | None
    """What was found for it by its key."""


class Shaping:
    """One answer being shaped; counts what did not fit."""

    __slots__ = ("key", "wrong")

    def __init__(self, key: str) -> None:
        self.key = key
        self.wrong = 0

    def error(self) -> Unreadable:
        """What stands in the place of a value that does not fit."""
        self.wrong += 1
        return Unreadable("not of the promised type", source=self.key)


Shape: TypeAlias = Callable[[Any, Shaping], Any]


class Shapes:
    """The shapes of the types of one graph.

    `core` is the city's own part, whose scalars and enums have values of their own; `loadable`
    are the types whose missing fields are asked for by key.
    """

    def __init__(self, graph: GraphQLSchema, core: GraphQLSchema, loadable: frozenset[str]) -> None:
        self._graph = graph
        self._core = core.type_map
        self._loadable = loadable
        self._known: dict[str, Shape] = {}

    def of(self, kind: Any) -> Shape:
        """The shape of a type."""
        if isinstance(kind, GraphQLNonNull):
            return _never_null(self.of(kind.of_type))
        if isinstance(kind, GraphQLList):
            return _list(self.of(kind.of_type))
        name = kind.name
        if name not in self._known:
            self._known[name] = self._named(kind)
        return self._known[name]

    def _named(self, kind: Any) -> Shape:
        if isinstance(kind, GraphQLEnumType):
            return _enum(kind)
        if isinstance(kind, GraphQLScalarType):
            if kind.name in _PLAIN:
                return _scalar(kind)
            return _city_scalar(kind) if kind.name in self._core else lambda value, _: value
        if isinstance(kind, GraphQLObjectType):
            return self._object(kind)
        if isinstance(kind, (GraphQLInterfaceType, GraphQLUnionType)):
            return self._one_of(kind)
        raise TypeError(kind)

    def _object(self, kind: GraphQLObjectType) -> Shape:
        plan: list[_Planned] = []
        loadable = kind.name in self._loadable

        def shape(value: Any, shaping: Shaping) -> Any:
            if value is None:
                return None
            if not isinstance(value, dict):
                return shaping.error()
            if not plan:  # not before it is needed: types may hold each other
                plan.extend(self._plan(kind, loadable=loadable))
            row = Row()
            row.raw, row.loaded = value, None
            for name, quick, inner, needed in plan:
                if name in value:
                    item = value[name]
                    row[name] = item if item.__class__ is quick else inner(item, shaping)
                elif needed:
                    row[name] = shaping.error()
            if "__typename" in value:
                row["__typename"] = value["__typename"]
            return row

        return shape

    def _plan(self, kind: GraphQLObjectType, *, loadable: bool) -> list[_Planned]:
        """The fields of a type: how each is shaped, and whether it must have been mapped."""
        planned = []
        for name, field in kind.fields.items():
            never_null = isinstance(field.type, GraphQLNonNull)
            bare = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
            quick = _QUICK.get(getattr(bare, "name", ""))
            needed = never_null and not loadable and field.resolve is None
            planned.append((name, quick, self.of(field.type), needed))
        return planned

    def _one_of(self, kind: GraphQLInterfaceType | GraphQLUnionType) -> Shape:
        def shape(value: Any, shaping: Shaping) -> Any:
            if value is None:
                return None
            said = value.get("__typename") if isinstance(value, dict) else None
            for possible in self._graph.get_possible_types(kind):
                if possible.name == said:
                    return self.of(possible)(value, shaping)
            return shaping.error()

        return shape


def _never_null(inner: Shape) -> Shape:
    def shape(value: Any, shaping: Shaping) -> Any:
        shaped = inner(value, shaping)
        return shaping.error() if shaped is None else shaped

    return shape


def _list(inner: Shape) -> Shape:
    def shape(value: Any, shaping: Shaping) -> Any:
        if value is None:
            return None
        if not isinstance(value, list):
            return shaping.error()
        return [inner(item, shaping) for item in value]

    return shape


def _enum(kind: GraphQLEnumType) -> Shape:
    known = {name: kind.coerce_input_value(name) for name in kind.values}

    def shape(value: Any, shaping: Shaping) -> Any:
        if value is None:
            return None
        if not isinstance(value, str) or value not in known:
            return shaping.error()
        return known[value]

    return shape


def _scalar(kind: GraphQLScalarType) -> Shape:
    is_plain, write = _PLAIN[kind.name], kind.coerce_output_value

    def shape(value: Any, shaping: Shaping) -> Any:
        if value is None or is_plain(value):
            return value
        try:
            return write(value)
        except Exception:  # noqa: BLE001 - whatever a writer has against it, it does not fit
            return shaping.error()

    return shape


def _city_scalar(kind: GraphQLScalarType) -> Shape:
    """A scalar of the city reads JSON as it reads what clients send."""
    free = kind.name in _FREE

    def shape(value: Any, shaping: Shaping) -> Any:
        if value is None:
            return None
        if isinstance(value, (dict, list)) and not free:
            return shaping.error()
        if isinstance(value, float) and math.isfinite(value) and kind.name == "Decimal":
            value = f"{Decimal(repr(value)):f}"
        try:
            read = kind.coerce_input_value(value)
            kind.coerce_output_value(read)
        except Exception:  # noqa: BLE001 - as above
            return shaping.error()
        return read

    return shape
