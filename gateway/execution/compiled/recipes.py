"""Which selections depend on a record alone, and what they are made of.

A selection of leaves and of records within is the same whenever it is asked of the same record, if
that is frozen through and through and nobody's code has a say: then its JSON can be kept
(`pieces`). Fields that are resolved for many sources at once are given from outside. All else has
no recipe: resolvers, arguments, abstract types, scalars of one's own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from types import MemberDescriptorType
from typing import Any, TypeAlias

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLInt,
    GraphQLOutputType,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)
from graphql.type.scalars import serialize_id, serialize_string

from gateway.execution.compiled.joins import together
from gateway.execution.compiled.kinds import KINDS
from gateway.execution.compiled.plan import FieldPlan, ObjectPlan, unwrapped
from gateway.execution.compiled.words import members

Names: TypeAlias = tuple[str, ...]
Reader: TypeAlias = "Callable[[Any, Names], Any]"
"""(a value, the aliases of the text) -> what JSON says of it. Raises Unfit."""

MOST_KINDS = 512
"""Types of records remembered for a selection."""
INT_MAX = 2**31 - 1


class Unfit(Exception):
    """A value is not frozen, or not of the usual kind."""


class Frozen(dict[type, bool]):
    """Type -> whether reading these attributes of its instances always says the same."""

    def __init__(self, names: frozenset[str]) -> None:
        super().__init__()
        self._names = names

    def __missing__(self, kind: type) -> bool:
        if len(self) >= MOST_KINDS:
            self.clear()
        said = self[kind] = not KINDS[kind] and is_frozen(kind) and self._are_slots(kind)
        return said

    def _are_slots(self, kind: type) -> bool:
        return all(
            isinstance(getattr(kind, name, None), MemberDescriptorType) for name in self._names
        )


def is_frozen(kind: type) -> bool:
    """Whether attributes of a type's instances stay what they are: a frozen dataclass."""
    said: Any = getattr(kind, "__dataclass_params__", None)
    return is_dataclass(kind) and bool(said.frozen)


@dataclass(frozen=True, slots=True, eq=False)
class Recipe:
    """How the JSON of a record is made, without anything but the record."""

    frozen: Frozen
    fields: tuple[tuple[FieldPlan, Reader | None], ...]
    """Each field, and what becomes of its attribute; None for `__typename` and for joins."""
    joins: Mapping[FieldPlan, Recipe]
    """The fields that are given, and the recipes of their records."""
    slots: tuple[int, ...]
    """Which names of the text it uses."""

    def data(self, record: Any, names: Names, given: Sequence[Any] = ()) -> dict[str, Any]:
        """The record as plain data; `given` are the values of `joins`. Raises Unfit."""
        if not self.frozen[type(record)]:
            raise Unfit
        said: dict[str, Any] = {}
        rest = iter(given)
        for field, read in self.fields:
            name = field.response_name if field.slot is None else names[field.slot]
            if read is not None:
                try:
                    value = getattr(record, field.attribute or "")
                except AttributeError:
                    raise Unfit from None
                said[name] = read(value, names)
            elif field.is_typename:
                said[name] = field.parent.name
            else:
                value = next(rest)
                said[name] = None if value is None else self.joins[field].data(value, names)
        return said


def recipe(plan: ObjectPlan, *, joins: bool = True) -> Recipe | None:
    """The recipe of a selection, None if it depends on more than a record.

    `joins`: fields that are resolved for many sources at once may be given.
    """
    fields: list[tuple[FieldPlan, Reader | None]] = []
    given: dict[FieldPlan, Recipe] = {}
    for each in plan.fields:
        reads: Reader | None = None
        if each.is_typename:
            pass
        elif each.attribute is not None:
            reads = _reader(each, each.type)
            if reads is None:
                return None
        else:
            below = _below(each, each.type) if joins and together(each) is not None else None
            if below is None:
                return None
            given[each] = below
        fields.append((each, reads))
    names = frozenset(each.attribute for each, reads in fields if reads and each.attribute)
    return Recipe(Frozen(names), tuple(fields), given, tuple(sorted(set(_slots(plan)))))


def _slots(plan: ObjectPlan) -> Iterator[int]:
    for each in plan.fields:
        if each.slot is not None:
            yield each.slot
        for below in each.objects.values():
            yield from _slots(below)


def _below(field: FieldPlan, kind: GraphQLOutputType) -> Recipe | None:
    """The recipe of what is selected on a field's object type."""
    if not is_object_type(kind) or kind.is_type_of is not None or kind.name not in field.objects:
        return None
    return recipe(field.objects[kind.name], joins=False)


def _reader(field: FieldPlan, kind: GraphQLOutputType) -> Reader | None:
    if is_non_null_type(kind):
        return _some(field, unwrapped(kind))
    reads = _some(field, kind)
    if reads is None:
        return None
    return lambda value, names: None if value is None else reads(value, names)


def _some(field: FieldPlan, kind: Any) -> Reader | None:
    """What reads a value that is there."""
    if is_leaf_type(kind):
        return _leaf(kind)
    if is_list_type(kind):
        item = _reader(field, kind.of_type)
        return None if item is None else _each(item)
    below = _below(field, kind)
    return None if below is None else below.data


def _each(read: Reader) -> Reader:
    def items(value: Any, names: Names) -> list[Any]:
        if type(value) is not tuple:
            raise Unfit
        return [read(each, names) for each in value]

    return items


def _leaf(kind: Any) -> Reader | None:
    writes = kind.coerce_output_value
    if writes is serialize_string or writes is serialize_id:
        return _checked(lambda value: type(value) is str)
    if kind is GraphQLInt:
        return _checked(lambda value: type(value) is int and -INT_MAX - 1 <= value <= INT_MAX)
    if kind is GraphQLFloat:
        return _checked(lambda value: type(value) is float and math.isfinite(value))
    if kind is GraphQLBoolean:
        return _checked(lambda value: type(value) is bool)
    if type(kind) is GraphQLEnumType:
        table = kind._value_lookup  # noqa: SLF001 - its own table
        return lambda value, _names: _word(table, value) if type(value) is str else _unfit()
    found = members(kind)
    if found is None:
        return None
    of = kind.wrapped_cls
    return lambda value, _names: _word(found, id(value)) if type(value) is of else _unfit()


def _checked(test: Callable[[Any], bool]) -> Reader:
    return lambda value, _names: value if test(value) else _unfit()


def _word(table: Mapping[Any, str], key: Any) -> str:
    found = table.get(key)
    if found is None:
        raise Unfit
    return found


def _unfit() -> Any:
    raise Unfit
