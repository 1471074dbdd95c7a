"""What of a team's document goes into the graph: its definitions, without what only we read.

@source and @connect are read elsewhere; @link, @key and other directives of composition mean
nothing to clients. A field marked @inaccessible is there for connectors, as `$this`, and not for
clients. `type Query {…}` is what teams write where they mean `extend type Query`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from graphql import (
    DefinitionNode,
    DirectiveDefinitionNode,
    DocumentNode,
    FieldDefinitionNode,
    ObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    SchemaDefinitionNode,
    SchemaExtensionNode,
    TypeDefinitionNode,
    TypeExtensionNode,
)

from connectors.declarative.findings import Finding
from schema.composing.telling import JoiningCode, finding

ROOTS = ("Query", "Mutation")
_KEPT = frozenset(("deprecated", "specifiedBy", "oneOf"))
_LISTS = ("fields", "arguments", "values")
_HIDES = frozenset(("inaccessible", "federation__inaccessible"))


def definitions_of(document: DocumentNode) -> tuple[list[DefinitionNode], list[Finding]]:
    """The definitions of a document as the graph takes them, and what cannot be taken."""
    taken: list[DefinitionNode] = []
    found: list[Finding] = []
    for node in document.definitions:
        if isinstance(node, (SchemaDefinitionNode, SchemaExtensionNode)):
            names = [root.type.name.value for root in node.operation_types or ()]
            found += [
                finding(JoiningCode.GRAPH_ROOT, node, name=name)
                for name in names
                if name not in ROOTS
            ]
        elif isinstance(node, (TypeDefinitionNode, TypeExtensionNode)):
            if node.name.value == "Subscription":
                found.append(finding(JoiningCode.GRAPH_ROOT, node, name="Subscription"))
            else:
                taken.append(_as_extension(_bare(node)))
        elif not isinstance(node, DirectiveDefinitionNode):
            found.append(finding(JoiningCode.GRAPH_INVALID, node, name=node.kind))
    return taken, found


def _bare(node: Any) -> Any:
    """A copy without foreign directives, at any depth. The document itself is not changed."""
    changed: dict[str, Any] = {}
    given = getattr(node, "directives", None)
    if given:
        changed["directives"] = tuple(each for each in given if each.name.value in _KEPT)
    for name in _LISTS:
        inner = getattr(node, name, None)
        if inner:
            changed[name] = tuple(_bare(each) for each in inner if not _is_hidden(each))
    return replace(node, **changed) if changed else node


def _is_hidden(node: Any) -> bool:
    """Whether it is a field that clients must not see; who marks anything else is refused."""
    marks = {each.name.value for each in node.directives or ()}
    return isinstance(node, FieldDefinitionNode) and bool(marks & _HIDES)


def _as_extension(node: Any) -> DefinitionNode:
    if isinstance(node, ObjectTypeDefinitionNode) and node.name.value in ROOTS:
        return ObjectTypeExtensionNode(
            name=node.name,
            directives=(),
            interfaces=node.interfaces,
            fields=node.fields,
            loc=node.loc,
        )
    return node  # type: ignore[no-any-return]


def document_of(parts: Iterable[Iterable[DefinitionNode]]) -> DocumentNode:
    """One document of all definitions."""
    return DocumentNode(definitions=tuple(node for part in parts for node in part))
