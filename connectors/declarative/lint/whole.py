"""The last rule: the description and the city together are a schema that GraphQL accepts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import (
    DefinitionNode,
    DirectiveDefinitionNode,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    ObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    ScalarTypeDefinitionNode,
    SchemaDefinitionNode,
    SchemaExtensionNode,
    extend_schema,
    validate_schema,
)

from connectors.declarative.lint.case import Case
from connectors.declarative.lint.world import ROOTS
from connectors.declarative.mapping.nodes import Place

if TYPE_CHECKING:
    from collections.abc import Iterator


def note_whole(case: Case) -> None:
    """Join the two and ask graphql-core; only worth it when nothing else was found."""
    extends = case.settings.names.extends if case.settings is not None else ()
    if any(case.world.find(name) is None for name in extends):
        return  # types of another team are named, and only joining all of them can tell
    try:
        document = joinable(case.document, case.world.city)
        joined = extend_schema(case.world.city, document, assume_valid_sdl=True)
        errors = validate_schema(joined)
    except (GraphQLError, TypeError, ValueError, RecursionError) as fault:
        # What graphql-core says when a schema cannot even be put together.
        errors = [fault if isinstance(fault, GraphQLError) else GraphQLError(str(fault)[:200])]
    for error in errors:
        at = error.locations[0] if error.locations else None
        place = Place(at.line, at.column) if at else Place(1, 1)
        detail = error.message.partition("\n")[0]
        case.notes.add("SCHEMA_INVALID", place, detail_id=detail, detail_en=detail)


def joinable(document: DocumentNode, city: GraphQLSchema) -> DocumentNode:
    """A description as it extends a city: `type Query` adds to the city's, directives are off."""
    return DocumentNode(definitions=tuple(_joinable(document, city)))


def _joinable(document: DocumentNode, city: GraphQLSchema) -> Iterator[DefinitionNode]:
    for node in document.definitions:
        if isinstance(node, (SchemaDefinitionNode, SchemaExtensionNode, DirectiveDefinitionNode)):
            continue
        if isinstance(node, ScalarTypeDefinitionNode) and node.name.value in city.type_map:
            continue
        root = isinstance(node, ObjectTypeDefinitionNode) and node.name.value in ROOTS
        if isinstance(node, ObjectTypeDefinitionNode) and root and node.name.value in city.type_map:
            yield _extension(node)
        else:
            yield node


def _extension(node: ObjectTypeDefinitionNode) -> ObjectTypeExtensionNode:
    return ObjectTypeExtensionNode(
        name=node.name,
        interfaces=node.interfaces,
        directives=node.directives,
        fields=node.fields,
        loc=node.loc,
    )
