"""The types a team's description declares, as far as values can be held against them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    EnumTypeDefinitionNode,
    EnumTypeExtensionNode,
    FieldDefinitionNode,
    InputValueDefinitionNode,
    InterfaceTypeDefinitionNode,
    ListTypeNode,
    NamedTypeNode,
    NonNullTypeNode,
    ObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    TypeNode,
)

from connectors.declarative.model import Connect

_WITH_FIELDS = (ObjectTypeDefinitionNode, ObjectTypeExtensionNode, InterfaceTypeDefinitionNode)
_WITH_VALUES = (EnumTypeDefinitionNode, EnumTypeExtensionNode)


@dataclass(frozen=True, slots=True)
class Kind:
    """The type of a value: the name at its core, and what is wrapped around it."""

    name: str
    nullable: bool = True
    items: Kind | None = None
    """Of a list: the type of its items; `name` is then theirs."""


@dataclass(frozen=True, slots=True)
class FieldKind:
    """A field: its type, and its arguments with whether they must be given."""

    kind: Kind
    arguments: Mapping[str, bool] = field(default_factory=dict)
    connected: bool = False
    """It has a connector of its own."""


@dataclass(frozen=True, slots=True)
class Declared:
    """The types of a description by name; those of the city and of others are not among them."""

    types: Mapping[str, Mapping[str, FieldKind]] = field(default_factory=dict)
    enums: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def field_of(self, connect: Connect) -> FieldKind | None:
        """The field a connector stands on; None when it stands on a type."""
        return self.types.get(connect.type, {}).get(connect.field) if connect.field else None

    def kind_of(self, connect: Connect) -> Kind | None:
        """The type of what a connector makes."""
        if connect.field is None:
            return Kind(connect.type)
        found = self.field_of(connect)
        return found.kind if found else None


def declared(document: DocumentNode | None) -> Declared:
    """What a description declares; nothing when it could not be read."""
    types: dict[str, dict[str, FieldKind]] = {}
    enums: dict[str, frozenset[str]] = {}
    for node in document.definitions if document else ():
        if isinstance(node, _WITH_FIELDS):
            fields = types.setdefault(node.name.value, {})
            for each in node.fields or ():
                fields.setdefault(each.name.value, _field(each))
        elif isinstance(node, _WITH_VALUES):
            names = frozenset(value.name.value for value in node.values or ())
            enums[node.name.value] = enums.get(node.name.value, frozenset()) | names
    return Declared(types, enums)


def _field(node: FieldDefinitionNode) -> FieldKind:
    arguments = {each.name.value: _needed(each) for each in node.arguments or ()}
    connected = any(each.name.value == "connect" for each in node.directives or ())
    return FieldKind(_kind(node.type), arguments, connected)


def _needed(node: InputValueDefinitionNode) -> bool:
    return isinstance(node.type, NonNullTypeNode) and node.default_value is None


def _kind(node: TypeNode) -> Kind:
    if isinstance(node, NonNullTypeNode):
        inner = _kind(node.type)
        return Kind(inner.name, nullable=False, items=inner.items)
    if isinstance(node, ListTypeNode):
        items = _kind(node.type)
        return Kind(items.name, items=items)
    return Kind(node.name.value if isinstance(node, NamedTypeNode) else "")
