"""How many records may be asked for at once: `first`, `last` and the ids of `nodes`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    VariableNode,
)

from gateway.protection.shape import walk
from resolvers.problems import bad_input

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graphql import Node, ValueNode

    from gateway.protection.limits import Limits

_PAGE_ARGUMENTS = frozenset({"first", "last"})


@dataclass(frozen=True, slots=True)
class PageVariable:
    """A variable that decides how many records are asked for."""

    variable: str
    field: str
    argument: str
    node: Node


def check_pages(document: DocumentNode, limits: Limits) -> tuple[PageVariable, ...]:
    """Refuse page sizes written in the document that are out of range.

    Gives back the variables whose values are still to be checked by `check_page_variables`.
    Values of another type than expected are left to validation. Raises GraphQLError around a
    Refusal with BAD_INPUT, at the value.
    """
    variables: list[PageVariable] = []
    for field, argument, value in _page_arguments(document):
        if isinstance(value, VariableNode):
            variables.append(PageVariable(value.name.value, field, argument, value))
        else:
            _check(_amount(value), field=field, argument=argument, limits=limits, node=value)
    defaults = _defaults(document)
    for page in variables:
        for default in defaults.get(page.variable, ()):
            amount = _amount(default)
            _check(amount, field=page.field, argument=page.argument, limits=limits, node=default)
    return tuple(variables)


def check_written(value: ValueNode, *, field: str, argument: str, limits: Limits) -> None:
    """Refuse one argument's value if it asks for too many. Raises as `check_pages` does."""
    if argument in _PAGE_ARGUMENTS or (field == "nodes" and argument == "ids"):
        _check(_amount(value), field=field, argument=argument, limits=limits, node=value)


def check_page_variables(
    pages: tuple[PageVariable, ...], values: Mapping[str, object], limits: Limits
) -> None:
    """Refuse page sizes that came in variables. Raises as `check_pages` does."""
    for page in pages:
        value = values.get(page.variable)
        amount: float | None = None
        if isinstance(value, list):
            amount = len(value) if page.argument == "ids" else None
        elif isinstance(value, (int, float)) and page.argument != "ids":
            amount = value
        _check(
            amount,
            field=page.field,
            argument=page.argument,
            limits=limits,
            node=page.node,
            written=f" from the variable ${page.variable}",
        )


def _page_arguments(document: DocumentNode) -> Iterator[tuple[str, str, ValueNode]]:
    """Field, argument and value of everything in the document that says how many."""
    for definition in document.definitions:
        if not isinstance(definition, (OperationDefinitionNode, FragmentDefinitionNode)):
            continue
        for selection, _level in walk(definition.selection_set):
            if not isinstance(selection, FieldNode):
                continue
            field = selection.name.value
            for argument in selection.arguments or ():
                name = argument.name.value
                if name in _PAGE_ARGUMENTS or (field == "nodes" and name == "ids"):
                    yield field, name, argument.value


def _defaults(document: DocumentNode) -> dict[str, list[ValueNode]]:
    found: dict[str, list[ValueNode]] = {}
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            for variable in definition.variable_definitions or ():
                if variable.default_value is not None:
                    name = variable.variable.name.value
                    found.setdefault(name, []).append(variable.default_value)
    return found


def _amount(value: ValueNode) -> int | None:
    """How many a written value asks for; None when it is neither a number nor a list."""
    if isinstance(value, IntValueNode):
        return int(value.value)
    if isinstance(value, ListValueNode):
        return len(value.values)
    return None


def _check(
    amount: float | None,
    *,
    field: str,
    argument: str,
    limits: Limits,
    node: Node,
    written: str = "",
) -> None:
    if amount is None:
        return
    ids = argument == "ids"
    most = limits.node_ids if ids else limits.page_size
    if 0 <= amount <= most:
        return
    if ids:
        found = f"names {amount} ids"
        advice = f"At most {most} are answered at once; ask in parts."
    else:
        found = f"is {amount}"
        advice = f"Ask for 0 to {most}, and for the next page with its cursor."
    message = f"`{argument}` of `{field}` {found}{written}. {advice}"
    raise GraphQLError(message, node, original_error=bad_input(message))
