"""How large an operation is once its fragments are put in, counted without putting them in.

Every definition is walked once; what a fragment contributes is remembered and added up
wherever it is spread. So the time is linear in the document, however often fragments
spread each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
)

from connectors.ports.common import ErrorCode
from resolvers.problems import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graphql import Node, SelectionSetNode

    from gateway.protection.limits import Limits

CEILING = 10**9
"""Counts stop here: a short document can stand for more fields than there are atoms."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The size of a selection with all fragments put in. Every count stops at CEILING."""

    fields: int = 0
    aliases: int = 0
    root_fields: int = 0
    """Fields at the selection's own level."""
    depth: int = 0
    """Fields below each other, the selection's own level included."""


@dataclass(frozen=True, slots=True)
class _Part:
    """What one definition says itself, and which fragments it spreads at which level."""

    shape: Shape
    spreads: tuple[tuple[str, int], ...]


def walk(selections: SelectionSetNode) -> Iterator[tuple[FieldNode | FragmentSpreadNode, int]]:
    """Every field and spread written in a selection, with the number of fields above it."""
    waiting = [(selections, 0)]
    while waiting:
        current, level = waiting.pop()
        for selection in current.selections:
            if isinstance(selection, InlineFragmentNode):
                waiting.append((selection.selection_set, level))
            elif isinstance(selection, FragmentSpreadNode):
                yield selection, level
            else:
                assert isinstance(selection, FieldNode)  # noqa: S101 - the third kind of three
                yield selection, level
                if selection.selection_set is not None:
                    waiting.append((selection.selection_set, level + 1))


def _part(selections: SelectionSetNode) -> _Part:
    fields = aliases = root_fields = depth = 0
    spreads: list[tuple[str, int]] = []
    for selection, level in walk(selections):
        if isinstance(selection, FragmentSpreadNode):
            spreads.append((selection.name.value, level))
            continue
        fields += 1
        aliases += selection.alias is not None
        root_fields += level == 0
        depth = max(depth, level + 1)
    return _Part(Shape(fields, aliases, root_fields, depth), tuple(spreads))


def _together(part: _Part, fragments: Mapping[str, Shape]) -> Shape:
    """A part with what its spreads contribute; an unknown fragment contributes nothing."""
    fields, aliases = part.shape.fields, part.shape.aliases
    root_fields, depth = part.shape.root_fields, part.shape.depth
    for name, level in part.spreads:
        inner = fragments.get(name)
        if inner is None:
            continue
        fields += inner.fields
        aliases += inner.aliases
        root_fields += inner.root_fields if level == 0 else 0
        depth = max(depth, level + inner.depth)
    return Shape(*(min(count, CEILING) for count in (fields, aliases, root_fields, depth)))


def _fragment_shapes(parts: Mapping[str, _Part]) -> dict[str, Shape]:
    """The shape of each fragment, inner ones first.

    A spread that closes a circle contributes nothing here; validation reports the circle.
    """
    shapes: dict[str, Shape] = {}
    begun: set[str] = set()
    for root in parts:
        waiting = [root]
        while waiting:
            name = waiting[-1]
            if name in shapes:
                waiting.pop()
            elif name in begun:
                shapes[name] = _together(parts[name], shapes)
                waiting.pop()
            else:
                begun.add(name)
                waiting.extend(
                    inner
                    for inner in {spread for spread, _ in parts[name].spreads}
                    if inner in parts and inner not in begun
                )
    return shapes


def operation_shapes(document: DocumentNode) -> list[tuple[OperationDefinitionNode, Shape]]:
    """Each operation of the document with its size."""
    fragments = _fragment_shapes(
        {
            definition.name.value: _part(definition.selection_set)
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
    )
    return [
        (definition, _together(_part(definition.selection_set), fragments))
        for definition in document.definitions
        if isinstance(definition, OperationDefinitionNode)
    ]


def check_shape(document: DocumentNode, limits: Limits) -> None:
    """Refuse a document with too many definitions or an operation that is too large.

    Raises GraphQLError around a Refusal with TOO_COMPLEX, at the operation.
    """
    fragments = sum(isinstance(each, FragmentDefinitionNode) for each in document.definitions)
    operations = len(document.definitions) - fragments
    _refuse_over("The document has {} fragments", fragments, limits.fragments)
    _refuse_over("The document has {} operations", operations, limits.operations)
    for operation, shape in operation_shapes(document):
        name = f"The operation '{operation.name.value}'" if operation.name else "The operation"
        over = _refuse_over
        over(f"{name} is {{}} fields deep", shape.depth, limits.depth, operation)
        over(
            f"{name} has {{}} fields at its root", shape.root_fields, limits.root_fields, operation
        )
        over(f"{name} has {{}} aliases", shape.aliases, limits.aliases, operation)
        over(f"{name} has {{}} fields", shape.fields, limits.fields, operation)


def _refuse_over(sentence: str, found: int, most: int, node: Node | None = None) -> None:
    if found <= most:
        return
    written = str(found) if found < CEILING else f"{CEILING} or more"
    message = (
        f"{sentence.format(written)}, fragments put in; the limit is {most}."
        " Ask for less at once, or in several requests."
    )
    refusal = Refusal(ErrorCode.TOO_COMPLEX, message)
    raise GraphQLError(message, node, original_error=refusal)
