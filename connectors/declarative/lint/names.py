"""Rules about names: whose they are, whether they are there, whether they are there twice."""

from __future__ import annotations

from graphql import (
    DefinitionNode,
    DirectiveDefinitionNode,
    EnumTypeDefinitionNode,
    EnumTypeExtensionNode,
    ExecutableDefinitionNode,
    FieldDefinitionNode,
    InputValueDefinitionNode,
    NameNode,
    SchemaDefinitionNode,
    SchemaExtensionNode,
    TypeDefinitionNode,
    TypeExtensionNode,
)

from connectors.declarative.lint.case import Case
from connectors.declarative.lint.world import ABSTRACT, KINDS, OBJECT, ROOTS, SCALAR
from connectors.declarative.lint.written import directives_of
from connectors.declarative.settings import AppSettings
from connectors.declarative.strings import place_of

_ROOT_OF = {"query": "Query", "mutation": "Mutation", "subscription": "Subscription"}


def note_names(case: Case) -> None:
    """Look at all definitions."""
    defined: set[str] = set()
    inside: dict[str, set[str]] = {}
    for node in case.document.definitions:
        if isinstance(node, ExecutableDefinitionNode):
            case.notes.add("EXECUTABLE", place_of(node))
        elif isinstance(node, DirectiveDefinitionNode):
            case.notes.add("DIRECTIVE_DEFINED", place_of(node.name), what=node.name.value)
        elif isinstance(node, (SchemaDefinitionNode, SchemaExtensionNode)):
            _roots(case, node)
        elif isinstance(node, (TypeDefinitionNode, TypeExtensionNode)):
            name = node.name.value
            if isinstance(node, TypeDefinitionNode):
                _definition(case, node, defined)
            else:
                _extension(case, node)
            _type(case, node)
            _members(case, node, inside.setdefault(name, set()))


def _roots(case: Case, node: SchemaDefinitionNode | SchemaExtensionNode) -> None:
    for operation in node.operation_types or ():
        if operation.type.name.value != _ROOT_OF[operation.operation.value]:
            case.notes.add("SCHEMA_ROOTS", place_of(operation))


# ------------------------------------------------------------------------------- types


def _definition(case: Case, node: TypeDefinitionNode, defined: set[str]) -> None:
    name, at = node.name.value, place_of(node.name)
    kind = case.world.find(name)
    if name in defined:
        case.notes.add("TYPE_TWICE", at, path=name, what=name)
    elif kind is not None and name in case.world.city.type_map and not kind.root:
        code = "SCALAR_SHARED" if kind.city else "TYPE_TAKEN"
        case.notes.add(code, at, path=name, what=name)
    elif kind is not None and kind.own:
        _own_name(case, node.name)
    defined.add(name)


def _own_name(case: Case, node: NameNode) -> None:
    name, settings = node.value, case.settings
    if name.startswith("__"):
        case.notes.add("NAME_RESERVED", place_of(node), path=name, what=name)
    elif settings and not name.startswith(settings.prefix) and name not in settings.names.types:
        words = {"what": name, "prefix": settings.prefix, "list": "types"}
        case.notes.add("NAME_UNCLAIMED", place_of(node), path=name, **words)


def _extension(case: Case, node: TypeExtensionNode) -> None:
    name, at, settings = node.name.value, place_of(node.name), case.settings
    kind = case.world.find(name)
    if kind is None or name in ROOTS:
        return
    claimed = settings is not None and name in settings.names.extends
    if not kind.city and not kind.own:  # another team's, or nobody's
        code = "EXTENDS_APPROVAL" if claimed else "EXTENDS_UNKNOWN"
        case.notes.add(code, at, path=name, what=name)
    elif kind.kind != KINDS[type(node)] or (kind.city and kind.kind != OBJECT):
        case.notes.add("EXTENDS_KIND", at, path=name, what=name)
    elif kind.city and settings is not None:
        code = "EXTENDS_APPROVAL" if claimed else "EXTENDS_UNCLAIMED"
        case.notes.add(code, at, path=name, what=name)


def _type(case: Case, node: DefinitionNode) -> None:
    if not isinstance(node, (TypeDefinitionNode, TypeExtensionNode)):
        return
    name, at = node.name.value, place_of(node.name)
    if name == "Subscription":
        case.notes.add("SUBSCRIPTION", at, path=name)
    if KINDS.get(type(node)) == ABSTRACT:
        case.notes.add("ABSTRACT_TYPE", at, path=name, what=name)
    for interface in getattr(node, "interfaces", None) or ():
        found = interface.name.value
        case.notes.add("ABSTRACT_TYPE", place_of(interface), path=name, what=found)
    kind = case.world.find(name)
    if kind is not None and kind.city and not kind.root:
        for directive in directives_of(node.directives, "connect"):
            case.notes.add("CONNECT_ON_CITY", place_of(directive), path=name, what=name)
    empty = not (getattr(node, "fields", None) or getattr(node, "values", None))
    hollow = isinstance(node, TypeDefinitionNode) and KINDS[type(node)] not in (SCALAR, ABSTRACT)
    if empty and hollow and name not in ROOTS and (kind is None or not kind.fields):
        case.notes.add("TYPE_EMPTY", at, path=name, what=name)


# ------------------------------------------------------------------------------- members


def _members(case: Case, node: TypeDefinitionNode | TypeExtensionNode, seen: set[str]) -> None:
    """Fields, arguments and values: each once, and no name that is the city's."""
    owner = node.name.value
    if isinstance(node, (EnumTypeDefinitionNode, EnumTypeExtensionNode)):
        for value in node.values or ():
            _once(case, value.name, seen, owner)
        return
    known = case.world.city.type_map.get(owner)
    taken = getattr(known, "fields", None) or {}
    for field in getattr(node, "fields", None) or ():
        if not isinstance(field, (FieldDefinitionNode, InputValueDefinitionNode)):
            continue
        name, at = field.name.value, place_of(field.name)
        path = f"{owner}.{name}"
        _once(case, field.name, seen, owner)
        if name in taken and (owner in ROOTS or isinstance(node, TypeExtensionNode)):
            case.notes.add("FIELD_TAKEN", at, path=path, what=path)
        elif owner in ("Query", "Mutation") and case.settings is not None:
            _root_name(case, field.name, path, case.settings)
        if isinstance(field, FieldDefinitionNode):
            arguments: set[str] = set()
            for argument in field.arguments or ():
                _once(case, argument.name, arguments, path)


def _root_name(case: Case, node: NameNode, path: str, settings: AppSettings) -> None:
    small = small_form(settings.prefix)
    if not node.value.startswith(small) and path not in settings.names.fields:
        words = {"what": path, "prefix": small, "list": "fields"}
        case.notes.add("NAME_UNCLAIMED", place_of(node), path=path, **words)


def _once(case: Case, node: NameNode, seen: set[str], owner: str) -> None:
    path, at = f"{owner}.{node.value}", place_of(node)
    if node.value in seen:
        case.notes.add("NAME_TWICE", at, path=path, what=path)
    elif node.value.startswith("__"):
        case.notes.add("NAME_RESERVED", at, path=path, what=node.value)
    seen.add(node.value)


def small_form(prefix: str) -> str:
    """What root fields of a team begin with: its prefix with a small letter.

    >>> small_form("Parkir")
    'parkir'
    """
    return prefix[:1].lower() + prefix[1:]
