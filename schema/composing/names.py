"""Who has which name: first come. A description is checked against what is there, in one pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from graphql import (
    DefinitionNode,
    EnumTypeDefinitionNode,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    InputObjectTypeDefinitionNode,
    ListTypeNode,
    NamedTypeNode,
    NonNullTypeNode,
    ObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    ScalarTypeDefinitionNode,
    TypeDefinitionNode,
    TypeExtensionNode,
    UnionTypeDefinitionNode,
)
from graphql.language import Node

from connectors.declarative.findings import Finding
from schema.composing.documents import ROOTS
from schema.composing.telling import JoiningCode, finding

_SHOWN = (GraphQLObjectType, GraphQLInterfaceType, GraphQLUnionType)
_FIELDED = (GraphQLObjectType, GraphQLInterfaceType, GraphQLInputObjectType)
BUILT_IN = frozenset(("Int", "Float", "String", "Boolean", "ID"))


class Names:
    """The types and fields that are taken, and by whom; "" is the city."""

    def __init__(self, core: GraphQLSchema) -> None:
        self.types: dict[str, str] = dict.fromkeys((*core.type_map, *BUILT_IN, *ROOTS), "")
        self.scalars = {
            name
            for name, kind in core.type_map.items()
            if not hasattr(kind, "fields") and hasattr(kind, "specified_by_url")
        } | BUILT_IN
        self.objects = {
            name for name, kind in core.type_map.items() if isinstance(kind, GraphQLObjectType)
        } | set(ROOTS)
        self.fields: dict[tuple[str, str], str] = {
            (name, field): ""
            for name, kind in core.type_map.items()
            if isinstance(kind, _FIELDED)
            for field in kind.fields
        }
        self.records = {name for name, kind in core.type_map.items() if isinstance(kind, _SHOWN)}
        """What the city's own resolvers make; no answer of a connector can become one."""

    def taken(
        self, key: str, definitions: Iterable[DefinitionNode], connected: frozenset[str]
    ) -> tuple[list[DefinitionNode], list[Finding]]:
        """The definitions that join, now under this key; with findings none does.

        `connected` are the coordinates that have a connector.
        """
        check = _Check(self, key, list(definitions), connected)
        found = list(check.findings())
        if not found:
            self.types.update(dict.fromkeys(check.own, key))
            self.scalars |= check.scalars
            self.objects |= check.objects
            self.fields.update(dict.fromkeys(check.fields, key))
        return check.joining, found


class _Check:
    def __init__(
        self, names: Names, key: str, definitions: list[DefinitionNode], connected: frozenset[str]
    ) -> None:
        self.names = names
        self.key = key
        self.connected = connected
        self.joining = [node for node in definitions if not self._is_there_already(node)]
        made = [node for node in self.joining if isinstance(node, TypeDefinitionNode)]
        self.own = {node.name.value for node in made}
        self.scalars = {n.name.value for n in made if isinstance(n, ScalarTypeDefinitionNode)}
        self.objects = {n.name.value for n in made if isinstance(n, ObjectTypeDefinitionNode)}
        self.fields: set[tuple[str, str]] = set()

    def _is_there_already(self, node: DefinitionNode) -> bool:
        """A scalar that everybody means the same by: teams name the city's to their own tools."""
        scalars = self.names.scalars
        return isinstance(node, ScalarTypeDefinitionNode) and node.name.value in scalars

    def findings(self) -> Iterator[Finding]:
        seen: set[str] = set()
        for node in self.joining:
            name = node.name.value  # type: ignore[attr-defined]
            if isinstance(node, TypeDefinitionNode):
                yield from self.definition(node, name, seen)
            elif isinstance(node, TypeExtensionNode):
                yield from self.extension(node, name)
            yield from self.inner(node, name)

    def definition(self, node: TypeDefinitionNode, name: str, seen: set[str]) -> Iterator[Finding]:
        if name.startswith("__"):
            yield finding(JoiningCode.GRAPH_NAME_RESERVED, node, name=name)
        elif name in seen or name in self.names.types:
            owner = self.names.types.get(name, self.key)
            yield finding(JoiningCode.GRAPH_TYPE_TAKEN, node, name=name, owner=owner)
        seen.add(name)

    def extension(self, node: TypeExtensionNode, name: str) -> Iterator[Finding]:
        if name in self.own:
            return
        if name.startswith("__"):
            yield finding(JoiningCode.GRAPH_NAME_RESERVED, node, name=name)
        elif name not in self.names.types:
            yield finding(JoiningCode.GRAPH_TYPE_UNKNOWN, node, name=name)
        elif not isinstance(node, ObjectTypeExtensionNode) or name not in self.names.objects:
            yield finding(JoiningCode.GRAPH_NOT_EXTENDABLE, node, name=name)
        elif node.interfaces or (name in self.connected and self.names.types[name] == ""):
            # A connector on a type of the city would have to know the city's records.
            yield finding(JoiningCode.GRAPH_NOT_EXTENDABLE, node, name=name)

    def inner(self, node: Any, name: str) -> Iterator[Finding]:
        """The fields of a type, and the types they are of."""
        if isinstance(node, EnumTypeDefinitionNode | ScalarTypeDefinitionNode):
            return
        for other in getattr(node, "interfaces", None) or ():
            yield from self.shown(other)
        if isinstance(node, UnionTypeDefinitionNode):
            for member in node.types or ():
                yield from self.shown(member)
        is_input = isinstance(node, InputObjectTypeDefinitionNode)
        for field in getattr(node, "fields", None) or ():
            coordinate = f"{name}.{field.name.value}"
            yield from self.field(name, field, coordinate)
            yield from self.named(field.type) if is_input else self.shown(field.type)
            for argument in getattr(field, "arguments", None) or ():
                yield from self.named(argument.type)

    def field(self, name: str, field: Any, coordinate: str) -> Iterator[Finding]:
        mark = (name, field.name.value)
        if mark in self.names.fields and name in self.own:
            return  # the type is told already
        if mark in self.fields or mark in self.names.fields:
            owner = self.names.fields.get(mark, self.key)
            yield finding(JoiningCode.GRAPH_FIELD_TAKEN, field, name=coordinate, owner=owner)
        elif mark[1].startswith("__"):
            yield finding(JoiningCode.GRAPH_NAME_RESERVED, field, name=coordinate)
        elif self.names.types.get(name) == "" and coordinate not in self.connected:
            # Without a connector the attribute of the record would be shown, whatever it holds.
            yield finding(JoiningCode.GRAPH_NOT_CONNECTED, field, name=coordinate)
        self.fields.add(mark)

    def shown(self, node: Node) -> Iterator[Finding]:
        """A type in the place of an answer."""
        named = _base(node)
        name = named.name.value
        yield from self.named(named)
        if name in self.names.records:
            yield finding(JoiningCode.GRAPH_CITY_RECORD, node, name=name)

    def named(self, node: Node) -> Iterator[Finding]:
        named = _base(node)
        if named.name.value not in self.own and named.name.value not in self.names.types:
            yield finding(JoiningCode.GRAPH_TYPE_UNKNOWN, node, name=named.name.value)


def _base(node: Any) -> NamedTypeNode:
    while isinstance(node, (ListTypeNode, NonNullTypeNode)):
        node = node.type
    return node  # type: ignore[no-any-return]
