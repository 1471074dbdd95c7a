"""`@auth`: one declaration that is held, printed, described and planned, wherever a field is asked."""

import re
from pathlib import Path
from typing import Any

import pytest
import strawberry
from graphql import GraphQLError, GraphQLNonNull, build_schema, graphql_sync

from connectors.ports.roles import Role
from resolvers.context import Caller
from resolvers.permissions import READS_FOR, may_read, need_declared
from resolvers.problems import Refusal
from schema.auth import AUTH, held, marked_up, needs, role_of
from schema.city import city_schema, printed
from schema.promises import promise
from tests.builders import context

GRAPH: Any = city_schema._schema


def as_(*roles):
    return context(caller=Caller(frozenset({Role.PUBLIC, *roles})))


def declared():
    """Every field of the graph that needs a role: type, name, field, role."""
    for kind in GRAPH.type_map.values():
        for name, field in getattr(kind, "fields", {}).items():
            if AUTH in getattr(field, "extensions", {}):
                yield kind, name, field, role_of(field)


def test_the_fields_that_need_a_role_are_these():
    reads = {
        f"{kind.name}.{name}": role.value
        for kind, name, _, role in declared()
        if kind.name != "Mutation"
    }
    assert reads == {
        "Complaint.answers": "OFFICER",
        "Complaint.reporter": "OFFICER",
        "Connector.config": "APP_TEAM",
        "Connector.fetches": "APP_TEAM",
        "Connector.problems": "APP_TEAM",
        "Connector.versions": "APP_TEAM",
        "ConnectorHealth.lastError": "APP_TEAM",
        "Department.stats": "OPD_STAFF",
        "Reporter.nik": "OPD_HEAD",
    }


def test_every_mutation_needs_a_role():
    assert all(AUTH in field.extensions for field in GRAPH.mutation_type.fields.values())


def test_what_may_be_forbidden_may_be_null():
    for kind, name, field, _ in declared():
        if kind is not GRAPH.mutation_type:
            assert not isinstance(field.type, GraphQLNonNull), f"{kind.name}.{name}"


def test_one_declaration_is_held_printed_described_and_planned():
    text = printed(city_schema)
    for kind, name, field, role in declared():
        assert f"Needs the role {role.value}." in field.description
        said = promise(kind.name, name, field)
        assert (said.role, said.private, said.seconds) == (role, True, 0.0)
        block = text[text.index(f"\ntype {kind.name}") :]
        assert re.search(
            rf"^  {name}[(:].*?@auth\(role: {role.value}\)$", block, re.MULTILINE | re.DOTALL
        )
        with pytest.raises(Refusal, match=f"needs the role {role.value}"):
            field.resolve(None, type("Info", (), {"context": context()})())


def test_the_printed_graph_is_a_graph_and_says_who_may_what_as_often_as_it_is_declared():
    text = printed(city_schema)
    assert build_schema(text).get_directive("auth") is not None
    body = text.replace("directive @auth(role: Role!)", "")
    assert body.count(" @auth(role: ") == len(list(declared()))
    assert text == (Path(__file__).parents[2] / "schema.graphql").read_text(encoding="utf-8")


@strawberry.type(directives=needs(Role.OFFICER))
class Desk:
    note: str | None = "a note"
    open: bool | None = strawberry.field(default=True, directives=needs(Role.CITIZEN))


@strawberry.type
class Query:
    @strawberry.field
    def desk(self) -> Desk:
        return Desk()


def test_a_type_that_needs_a_role_needs_it_for_all_its_fields_that_say_nothing():
    small = strawberry.Schema(query=Query)._schema
    held(small)
    held(small)  # once is enough
    answer = graphql_sync(small, "{ desk { note open } }", context_value=as_(Role.CITIZEN))
    assert answer.data == {"desk": {"note": None, "open": True}}
    assert answer.errors is not None
    (error,) = answer.errors
    assert isinstance(error, GraphQLError)
    assert "`Desk.note` needs the role OFFICER" in error.message
    desk: Any = small.type_map["Desk"]
    assert desk.fields["note"].description == ("Peran OFFICER. Needs the role OFFICER.")
    marked = marked_up(small, "type Desk {\n  note: String\n  open(a: Int): Boolean\n}")
    assert marked == (
        "type Desk {\n  note: String @auth(role: OFFICER)\n"
        "  open(a: Int): Boolean @auth(role: CITIZEN)\n}"
    )


@pytest.mark.parametrize("role", list(Role))
def test_the_mayor_reads_the_figures_of_departments_and_writes_nothing(role):
    mayor = as_(Role.MAYOR)
    assert may_read(mayor, role) == (role in {Role.PUBLIC, Role.MAYOR, Role.OPD_STAFF})
    if role not in {Role.PUBLIC, Role.MAYOR}:
        with pytest.raises(Refusal):
            need_declared(mayor, role, "anything", writes=True)


@pytest.mark.parametrize("role", list(Role))
def test_an_operator_acts_for_app_teams_and_sees_nothing_of_people(role):
    operator = as_(Role.ADMIN)
    assert may_read(operator, role) == (role in {Role.PUBLIC, Role.ADMIN, Role.APP_TEAM})
    need_declared(operator, Role.APP_TEAM, "anything", writes=True)


def test_nobody_reads_for_others_beyond_what_is_said():
    assert {
        Role.MAYOR: frozenset({Role.OPD_STAFF}),
        Role.ADMIN: frozenset({Role.APP_TEAM}),
    } == READS_FOR
