"""Where in a document the names and values stand that texts of its shape write differently."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from graphql import (
    ArgumentNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FloatValueNode,
    GraphQLArgument,
    GraphQLError,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLSchema,
    GraphQLString,
    IntValueNode,
    ListValueNode,
    Node,
    ObjectValueNode,
    StringValueNode,
    TypeInfo,
    TypeInfoVisitor,
    ValueNode,
    VariableDefinitionNode,
    Visitor,
    get_nullable_type,
    visit,
)
from graphql.language import SKIP
from graphql.utilities import validate_input_literal

from gateway.protection.pages import check_written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.execution.shape import Shape
    from gateway.protection.limits import Limits

INT_MAX = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Written:
    """An argument of a field in which literals stand."""

    field: str
    argument: str
    value: ValueNode
    type: Any
    slot: int | None
    """The literal, if it is the whole value."""


@dataclass(frozen=True, slots=True)
class Slots:
    """The places of one document; equal for all texts of its shape."""

    names: dict[str, int]
    """Alias -> its number in the shape."""
    values: dict[int, int]
    """Identity of a literal's node -> its number in the shape."""
    arguments: tuple[Written, ...]

    def allow(self, shape: Shape, limits: Limits) -> bool:
        """Whether a text of this shape is as valid as the document itself is."""
        literals = shape.literals
        if any(len(one) > limits.digits and one[0] != '"' for one in literals):
            return False
        return all(self._allows(one, literals, limits) for one in self.arguments)

    def _allows(self, one: Written, literals: tuple[str, ...], limits: Limits) -> bool:
        if one.slot is not None:
            known = plain(one.type, literals[one.slot])
            if known is None:
                return False
        value = self.patched(one.value, literals)
        try:
            check_written(value, field=one.field, argument=one.argument, limits=limits)
        except GraphQLError:
            return False
        if one.slot is not None and known is not NotPlain:
            return True
        errors: list[GraphQLError] = []
        validate_input_literal(value, one.type, lambda error, _path: errors.append(error))
        return not errors

    def patched(self, value: ValueNode, literals: tuple[str, ...]) -> ValueNode:
        """A value with the literals of another text, at the places of this document."""
        number = self.values.get(id(value))
        if number is not None:
            written = literals[number]
            if isinstance(value, StringValueNode):
                return StringValueNode(value=written[1:-1], block=False, loc=value.loc)
            return type(value)(value=written, loc=value.loc)  # type: ignore[call-arg]
        if isinstance(value, ListValueNode):
            items = tuple(self.patched(each, literals) for each in value.values)
            return replace(value, values=items)
        if isinstance(value, ObjectValueNode):
            return replace(value, fields=tuple(self._field(f, literals) for f in value.fields))
        return value

    def _field(self, field: Any, literals: tuple[str, ...]) -> Any:
        return replace(field, value=self.patched(field.value, literals))

    def node(self, node: FieldNode, literals: tuple[str, ...]) -> FieldNode:
        """A field of the document with the literals of another text in its arguments."""
        arguments = tuple(self._field(each, literals) for each in node.arguments or ())
        return replace(node, arguments=arguments)

    def within(self, value: Node) -> bool:
        """Whether a literal of the shape stands in a value."""
        if id(value) in self.values:
            return True
        inner = [*getattr(value, "values", ()), *(f.value for f in getattr(value, "fields", ()))]
        return any(map(self.within, inner))


class NotPlain:
    """The type of an argument is none of the specified scalars."""


def plain(kind: Any, written: str) -> Any:
    """What a literal means to a specified scalar: None if it may not stand there.

    NotPlain for any other type.
    """
    kind = get_nullable_type(kind)
    text = written[0] == '"'
    if kind is GraphQLInt:
        if text or not written.lstrip("-").isdigit():
            return None
        number = int(written)
        return number if -INT_MAX - 1 <= number <= INT_MAX else None
    if kind is GraphQLFloat:
        if text:
            return None
        value = float(written)
        return value if math.isfinite(value) else None
    if kind is GraphQLString:
        return written[1:-1] if text else None
    if kind is GraphQLID:
        if text:
            return written[1:-1]
        return written if written.lstrip("-").isdigit() else None
    return NotPlain


def slots_of(graph: GraphQLSchema, document: DocumentNode, shape: Shape) -> Slots | None:
    """The places of a valid document; None if they are not those its shape names."""
    info = TypeInfo(graph)
    found = _Find(info)
    visit(document, TypeInfoVisitor(info, found))
    names = {name: number for number, name in enumerate(shape.names)}
    numbers = {text: number for number, text in enumerate(shape.literals)}
    aliases = [name for name in found.aliases if name in names]
    values: dict[int, int] = {}
    read: list[str] = []
    for node in found.literals:
        text = node.loc.source.body[node.loc.start : node.loc.end]
        number = numbers.get(text)
        if number is not None:
            values[id(node)] = number
            read.append(text)
    if tuple(dict.fromkeys(aliases)) != shape.names or tuple(dict.fromkeys(read)) != shape.literals:
        return None
    slots = Slots(names, values, ())
    arguments = tuple(
        Written(field, node.name.value, node.value, argument.type, values.get(id(node.value)))
        for field, node, argument in found.arguments
        if slots.within(node.value)
    )
    return Slots(names, values, arguments)


class _Find(Visitor):
    """Aliases and literals in the order of the text."""

    def __init__(self, info: TypeInfo) -> None:
        super().__init__()
        self._info = info
        self._field = ""
        self.aliases: list[str] = []
        self.literals: list[Any] = []
        self.arguments: list[tuple[str, ArgumentNode, GraphQLArgument]] = []

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        self._field = node.name.value
        if node.alias is not None:
            self.aliases.append(node.alias.value)

    def enter_argument(self, node: ArgumentNode, *_: Any) -> None:
        argument = self._info.get_argument()
        if argument is not None:
            self.arguments.append((self._field, node, argument))
        self._collect(node.value)

    def _collect(self, value: Any) -> None:
        if isinstance(value, (IntValueNode, FloatValueNode, StringValueNode)):
            self.literals.append(value)
        for inner in getattr(value, "values", ()):
            self._collect(inner)
        for field in getattr(value, "fields", ()):
            self._collect(field.value)

    @staticmethod
    def enter_directive(_node: DirectiveNode, *_: Any) -> Any:
        return SKIP

    @staticmethod
    def enter_variable_definition(_node: VariableDefinitionNode, *_: Any) -> Any:
        return SKIP


def pairs(first: Node, second: Node) -> Iterator[tuple[Node, Node]]:
    """The nodes of two documents of one shape that stand at the same places."""
    waiting: list[tuple[Any, Any]] = [(first, second)]
    while waiting:
        ours, theirs = waiting.pop()
        if isinstance(ours, Node):
            yield ours, theirs
            waiting.extend(
                (getattr(ours, key), getattr(theirs, key)) for key in ours.keys if key != "loc"
            )
        elif isinstance(ours, (tuple, list)):
            waiting.extend(zip(ours, theirs, strict=True))
