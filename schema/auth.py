"""`@auth(role:)`: the role a field needs, declared on the field, and held wherever it is asked for.

One declaration serves all: `held` puts a check before the resolver and a sentence into the
description, `schema/promises.py` and the plans of operations read it, `marked_up` prints it.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import cleandoc
from typing import Any

import strawberry
from graphql import (
    FieldDefinitionNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    InterfaceTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    default_field_resolver,
    parse,
)
from strawberry.schema_directive import Location
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from connectors.ports import roles
from resolvers.permissions import need_declared
from schema.common import show_enum

AUTH = "auth"
"""The extension of a field that holds the role it needs."""

Role = show_enum(
    roles.Role,
    "Peran pemanggil, urutan parsial: PUBLIC < CITIZEN < OFFICER dan CITIZEN < OPD_STAFF < OPD_HEAD. "
    "Who a caller is, a partial order.",
    PUBLIC="Siapa pun. Anybody, without a token.",
    CITIZEN="Warga. A citizen who signed in.",
    OFFICER="Petugas ruang kendali. An officer on duty.",
    OPD_STAFF="Staf OPD. Staff of a department.",
    OPD_HEAD="Kepala OPD. Head of a department.",
    MAYOR="Wali Kota: membaca semua pengaduan, tidak mengubah apa pun. Reads every complaint, "
    "changes nothing.",
    APP_TEAM="Tim aplikasi: konektornya sendiri. An app team, for its own connectors only.",
    ADMIN="Operator gateway, tanpa data pribadi. Operates the gateway and sees no personal data.",
)


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION, Location.OBJECT],
    name="auth",
    description=cleandoc("""
        Peran yang diperlukan; tanpanya bidang bernilai null dengan FORBIDDEN. The role needed to read
        the field or to run the operation; without it the field is null with FORBIDDEN, never a silent
        wrong value. On a type it holds for all fields that say nothing themselves.
    """),
)
class Auth:
    role: roles.Role


def needs(role: roles.Role) -> list[object]:
    """For the `directives` of a field or a type: it needs a role."""
    return [Auth(role=role)]


def held(graph: GraphQLSchema) -> None:
    """Let every field of the graph that declares a role be asked by those who have it alone."""
    for named in graph.type_map.values():
        if not isinstance(named, GraphQLObjectType):
            continue
        of_type = _declared(named)
        for name, field in named.fields.items():
            role = _declared(field) or of_type
            if role is not None and AUTH not in field.extensions:
                root = named in {graph.query_type, graph.mutation_type, graph.subscription_type}
                what = name if root else f"{named.name}.{name}"
                _hold(field, role, what, writes=named is graph.mutation_type)


def role_of(field: GraphQLField) -> roles.Role | None:
    """The role a field needs; None for one that anybody may read."""
    found = (field.extensions or {}).get(AUTH)
    return found if isinstance(found, roles.Role) else None


def _declared(of: GraphQLField | GraphQLObjectType) -> roles.Role | None:
    made = of.extensions.get("strawberry-definition")
    if isinstance(made, (StrawberryField, StrawberryObjectDefinition)):
        for directive in made.directives or ():
            if isinstance(directive, Auth):
                return directive.role
    return None


def _hold(field: GraphQLField, role: roles.Role, what: str, *, writes: bool) -> None:
    field.extensions = {**field.extensions, AUTH: role}
    told = f"Peran {role.value}. Needs the role {role.value}."
    field.description = f"{field.description} {told}" if field.description else told
    if field.resolve is not None:
        field.resolve = _asked_before(field.resolve, role, what, writes=writes)
    else:
        field.resolve = _asked_before(default_field_resolver, role, what, writes=writes)
    if field.subscribe is not None:
        field.subscribe = _asked_before(field.subscribe, role, what, writes=writes)


def _asked_before(
    resolve: Callable[..., Any], role: roles.Role, what: str, *, writes: bool
) -> Callable[..., Any]:
    """A resolver that is called for who has the role alone."""

    def of_role(root: Any, info: Any, **arguments: Any) -> Any:
        need_declared(info.context, role, what, writes=writes)
        return resolve(root, info, **arguments)

    return of_role


def marked_up(graph: GraphQLSchema, text: str) -> str:
    """The printed graph with `@auth` on the fields that declare it."""
    places: list[tuple[int, str]] = []
    for named in parse(text).definitions:
        if not isinstance(named, (ObjectTypeDefinitionNode, InterfaceTypeDefinitionNode)):
            continue
        kind = graph.type_map[named.name.value]
        for field in named.fields or ():
            role = _printed_role(kind, field)
            if role is not None and field.type.loc is not None:
                places.append((field.type.loc.end, f" @auth(role: {role.value})"))
    for end, mark in reversed(places):
        text = text[:end] + mark + text[end:]
    return text


def _printed_role(kind: Any, field: FieldDefinitionNode) -> roles.Role | None:
    found = getattr(kind, "fields", {}).get(field.name.value)
    return role_of(found) if found is not None else None
