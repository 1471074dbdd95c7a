"""The types of a description beside those of the city, as the rules look at them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    EnumTypeDefinitionNode,
    EnumTypeExtensionNode,
    FieldDefinitionNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    InputObjectTypeDefinitionNode,
    InputObjectTypeExtensionNode,
    InputValueDefinitionNode,
    InterfaceTypeDefinitionNode,
    InterfaceTypeExtensionNode,
    ListTypeNode,
    NamedTypeNode,
    NonNullTypeNode,
    ObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    ScalarTypeDefinitionNode,
    ScalarTypeExtensionNode,
    TypeDefinitionNode,
    TypeExtensionNode,
    TypeNode,
    UnionTypeDefinitionNode,
    UnionTypeExtensionNode,
    get_named_type,
    is_list_type,
    is_non_null_type,
)
from graphql.type import GraphQLType

from connectors.declarative.lint.written import directives_of
from connectors.declarative.mapping.nodes import NOWHERE, Place
from connectors.declarative.strings import place_of

BUILT_IN = frozenset(("Int", "Float", "String", "Boolean", "ID"))
ROOTS = ("Query", "Mutation", "Subscription")
OBJECT, INPUT, ENUM, SCALAR, ABSTRACT = "object", "input", "enum", "scalar", "abstract"

KINDS: dict[type, str] = {
    ObjectTypeDefinitionNode: OBJECT,
    ObjectTypeExtensionNode: OBJECT,
    InputObjectTypeDefinitionNode: INPUT,
    InputObjectTypeExtensionNode: INPUT,
    EnumTypeDefinitionNode: ENUM,
    EnumTypeExtensionNode: ENUM,
    ScalarTypeDefinitionNode: SCALAR,
    ScalarTypeExtensionNode: SCALAR,
    InterfaceTypeDefinitionNode: ABSTRACT,
    InterfaceTypeExtensionNode: ABSTRACT,
    UnionTypeDefinitionNode: ABSTRACT,
    UnionTypeExtensionNode: ABSTRACT,
}
"""What a definition or extension of a type is."""


@dataclass(slots=True)
class Field:
    """A field of an object or an input, or an argument."""

    name: str
    base: str
    """The name of its type, without lists and `!`."""
    many: bool
    required: bool
    """With `!` at its end."""
    node: FieldDefinitionNode | InputValueDefinitionNode | None = None
    """None: it is the city's."""
    arguments: dict[str, Field] = field(default_factory=dict)
    connected: bool = False
    """Whether it has a connector of its own."""


@dataclass(slots=True)
class Kind:
    """A type."""

    name: str
    kind: str
    own: bool
    """Whether the description defines it."""
    fields: dict[str, Field] = field(default_factory=dict)
    city: bool = False
    """Whether the city has it."""
    at: Place = NOWHERE
    """Where its name stands first in the description."""

    @property
    def root(self) -> bool:
        """Whether operations begin here."""
        return self.name in ROOTS

    @property
    def added(self) -> Iterator[Field]:
        """The fields that stand in the description."""
        return (found for found in self.fields.values() if found.node is not None)


class World:
    """All types that the description may name."""

    def __init__(self, document: DocumentNode, city: GraphQLSchema) -> None:
        self.city = city
        self._kinds: dict[str, Kind] = {}
        for node in document.definitions:
            kind = KINDS.get(type(node))
            if kind is not None and isinstance(node, (TypeDefinitionNode, TypeExtensionNode)):
                self._read(node.name.value, kind, node)
        self.kinds = list(self._kinds.values())
        """Those that the description defines or extends, in its order."""

    def _read(self, name: str, kind: str, node: TypeDefinitionNode | TypeExtensionNode) -> None:
        found = self._kinds.get(name)
        if found is None:
            found = self._kinds[name] = self._of_city(name) or Kind(name, kind, own=False)
            found.at = place_of(node.name)
        if isinstance(node, TypeDefinitionNode) and not found.root:
            if found.city and not found.kind == kind == SCALAR:
                # The name is taken; all else is looked at as the team means it.
                found = self._kinds[name] = Kind(name, kind, own=True, at=found.at)
            found.own = not found.city
        if found.kind != kind:
            return
        for each in getattr(node, "fields", None) or ():
            if isinstance(each, (FieldDefinitionNode, InputValueDefinitionNode)):
                known = found.fields.get(each.name.value)
                if known is None or known.node is None:
                    found.fields[each.name.value] = _field(each)

    def find(self, name: str) -> Kind | None:
        """A type by its name; None when there is none."""
        found = self._kinds.get(name)
        if found is None:
            found = self._of_city(name)
            if found is None and name in BUILT_IN:
                found = Kind(name, SCALAR, own=False)
            if found is not None:
                self._kinds[name] = found
        return found

    def _of_city(self, name: str) -> Kind | None:
        known = self.city.type_map.get(name)
        if known is None or name in BUILT_IN:
            return None
        return Kind(name, _kind_of(known), own=False, fields=_city_fields(known), city=True)


def _kind_of(known: GraphQLNamedType) -> str:
    if isinstance(known, GraphQLObjectType):
        return OBJECT
    if isinstance(known, GraphQLInputObjectType):
        return INPUT
    if isinstance(known, GraphQLEnumType):
        return ENUM
    return SCALAR if isinstance(known, GraphQLScalarType) else ABSTRACT


def _city_fields(known: GraphQLNamedType) -> dict[str, Field]:
    if isinstance(known, (GraphQLObjectType, GraphQLInterfaceType)):
        return {
            name: _city_field(
                name, each.type, {a: _city_field(a, v.type) for a, v in each.args.items()}
            )
            for name, each in known.fields.items()
        }
    if isinstance(known, GraphQLInputObjectType):
        return {name: _city_field(name, each.type) for name, each in known.fields.items()}
    return {}


def _city_field(name: str, kind: GraphQLType, arguments: dict[str, Field] | None = None) -> Field:
    required = is_non_null_type(kind)
    inner = kind.of_type if is_non_null_type(kind) else kind
    base = get_named_type(kind).name
    return Field(name, base, is_list_type(inner), required, None, arguments or {})


def _field(node: FieldDefinitionNode | InputValueDefinitionNode) -> Field:
    required = isinstance(node.type, NonNullTypeNode)
    inner: TypeNode = node.type.type if isinstance(node.type, NonNullTypeNode) else node.type
    arguments: dict[str, Field] = {}
    connected = False
    if isinstance(node, FieldDefinitionNode):
        for argument in node.arguments or ():
            arguments.setdefault(argument.name.value, _field(argument))
        connected = bool(directives_of(node.directives, "connect"))
    many = isinstance(inner, ListTypeNode)
    return Field(node.name.value, base_of(node.type), many, required, node, arguments, connected)


def base_of(kind: TypeNode) -> str:
    """The name of a type, without lists and `!`."""
    return named_of(kind).name.value


def named_of(kind: TypeNode) -> NamedTypeNode:
    """The name of a type as it stands in the file, without lists and `!`."""
    while isinstance(kind, (ListTypeNode, NonNullTypeNode)):
        kind = kind.type
    if not isinstance(kind, NamedTypeNode):  # pragma: no cover - there is no other kind
        raise TypeError(kind)
    return kind
