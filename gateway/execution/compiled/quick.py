"""The usual case of a selection: a record whose leaves are all of the usual kinds.

All leaves are read first, checked in one expression and put into the result in one display. That
takes a third of the time of one after the other, and where anything is unusual nothing has been
done yet: the selection is run from its beginning the careful way. So this is only for sources
that can be read twice and say the same: dictionaries, and records without code behind attributes.
"""

from __future__ import annotations

from dataclasses import is_dataclass
from types import FunctionType, MemberDescriptorType
from typing import TYPE_CHECKING, Any

from graphql import is_leaf_type, is_list_type, is_non_null_type
from graphql.type.scalars import serialize_id, serialize_string

from gateway.execution.compiled.kinds import KINDS, MAPPING
from gateway.execution.compiled.plan import unwrapped

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphql import GraphQLOutputType

    from gateway.execution.compiled.plan import FieldPlan, ObjectPlan

MOST = 512
"""Types of sources remembered for a selection."""
FEWEST = 2
"""Leaves for which it is worth while."""

TEXTS = frozenset({str})
"""The types of a list of nothing but texts."""


class Pure(dict[type, bool]):
    """Type -> whether reading these attributes of its instances runs nobody's code."""

    def __init__(self, names: frozenset[str]) -> None:
        super().__init__()
        self._names = names

    def __missing__(self, kind: type) -> bool:
        if len(self) >= MOST:
            self.clear()
        said = self[kind] = (
            is_dataclass(kind)
            and _plain(kind)
            and self._are_slots(kind)
            and not KINDS[kind] & MAPPING
        )
        return said

    def _are_slots(self, kind: type) -> bool:
        return all(
            isinstance(getattr(kind, name, None), MemberDescriptorType) for name in self._names
        )


def _plain(kind: type) -> bool:
    return not hasattr(kind, "__getattr__") and not isinstance(kind.__getattribute__, FunctionType)


def lines(
    plan: ObjectPlan,
    fast: Callable[[Any, str], tuple[str, str] | None],
    constant: Callable[[str, Any], str],
) -> tuple[list[str], list[FieldPlan]] | None:
    """The lines that read a record and make `r`, and the fields that are left to be done.

    `fast` gives a test and a value for a leaf, `constant` names something. Where something is
    unusual the lines return what `whole_<number>` makes, or None if leaves are all there is.
    None where it is not worth while.
    """
    leaves: dict[int, tuple[FieldPlan, str, str]] = {}
    for number, each in enumerate(plan.fields):
        if each.attribute is not None and not each.is_typename:
            said = _leaf(each, f"a{number}", fast)
            if said is not None:
                leaves[number] = (each, *said)
    by_key = [one.resolve is None for one, _, _ in leaves.values()]
    if len(leaves) < FEWEST or len(set(by_key)) != 1:
        return None
    names = [each.attribute or "" for each, _, _ in leaves.values()]
    known = constant("P", Pure(frozenset(names)))
    rest = [
        each
        for number, each in enumerate(plan.fields)
        if number not in leaves and not each.is_typename
    ]
    instead = f"return whole_{plan.number}(x, s, p)" if rest else "return None"
    members = [
        f"{_key(each)}: {_value(number, each, leaves)}" for number, each in enumerate(plan.fields)
    ]

    def reading(fault: str, pattern: str) -> list[str]:
        return [
            "    try:",
            *(
                f"        a{number} = {pattern.format(n=name)}"
                for number, name in zip(leaves, names, strict=True)
            ),
            f"    except {fault}:",
            f"        {instead}",
        ]

    begun: list[str] = []
    if by_key[0]:
        begun = ["if type(s) is dict:", *reading("KeyError", "s[{n!r}]")]
    return [
        *begun,
        f"{'elif' if begun else 'if'} {known}[type(s)]:",
        *reading("AttributeError", "s.{n}"),
        "else:",
        f"    {instead}",
        f"if not ({' and '.join(f'({test})' for _, test, _ in leaves.values())}):",
        f"    {instead}",
        f"r = {{{', '.join(members)}}}",
    ], rest


def _key(each: FieldPlan) -> str:
    return repr(each.response_name) if each.slot is None else f"N[{each.slot}]"


def _value(number: int, each: FieldPlan, leaves: dict[int, tuple[FieldPlan, str, str]]) -> str:
    if number in leaves:
        return leaves[number][2]
    # The place of what comes later, so that the order is that of the question.
    return repr(each.parent.name) if each.is_typename else "None"


def _leaf(
    each: FieldPlan, name: str, fast: Callable[[Any, str], tuple[str, str] | None]
) -> tuple[str, str] | None:
    """(a test, the value) of a field that is a leaf, or a list of texts."""
    kind = unwrapped(each.type)
    said = None
    if is_leaf_type(kind):
        said = fast(kind, name)
        if said is not None and "[" in said[1] and not is_non_null_type(each.type):
            # What is looked up has no entry for nothing.
            said = said[0], f"({said[1]} if {name} is not None else None)"
    elif is_list_type(kind) and _is_text(unwrapped(kind.of_type)):
        test = f"type({name}) in LISTS and TEXTS.issuperset(map(type, {name}))"
        said = test, f"[*{name}] if type({name}) is tuple else {name}"
    if said is None or is_non_null_type(each.type):
        return said
    return f"{name} is None or {said[0]}", said[1]


def _is_text(kind: GraphQLOutputType) -> bool:
    return is_leaf_type(kind) and kind.coerce_output_value in {serialize_string, serialize_id}
