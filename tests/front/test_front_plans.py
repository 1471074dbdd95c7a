"""What is known of an operation before it runs: sources, roles, cost, and how long it may be kept."""

from __future__ import annotations

from math import inf

import pytest
from graphql import (
    GraphQLObjectType,
    GraphQLUnionType,
    OperationType,
    build_schema,
    is_interface_type,
)

from gateway.execution.documents import Preparation, Prepared
from gateway.execution.plans import Plan
from gateway.protection.limits import Limits
from resolvers.context import Role
from schema.city import city_schema
from schema.promises import FIELDS, PROMISE, TYPES, UNKNOWN, Promise, promise

GRAPH = city_schema._schema
PREPARATION = Preparation(GRAPH, Limits())


def known(text: str) -> Plan:
    prepared = PREPARATION.prepare(text)
    assert isinstance(prepared, Prepared), prepared
    return prepared.plan(prepared.operations[0])


def test_a_plan_names_root_fields_and_sources_and_the_shortest_freshness() -> None:
    plan = known(
        "{ a: departments { edges { node { name } } } alerts { id } departments { __typename } }"
    )
    assert plan.kind is OperationType.QUERY
    assert plan.root_fields == ("departments", "alerts")
    assert plan.sources == {"departments", "alerts"}
    assert plan.cache.sources == plan.sources
    assert plan.cache.seconds == 60.0
    assert plan.cache.keeps
    assert not plan.streams


def test_fragments_and_conditions_count_whatever_they_will_be() -> None:
    plan = known(
        "query ($no: Boolean!) { ...More @skip(if: $no) } fragment More on Query { alerts { id } }"
    )
    assert plan.root_fields == ("alerts",)
    assert plan.sources == {"alerts"}


def test_what_needs_a_role_is_private_and_says_which() -> None:
    plan = known('{ complaint(id: "x") { reporter { nik } } }')
    assert plan.roles == {Role.OFFICER, Role.OPD_HEAD}
    assert not plan.cache.public
    assert not plan.cache.keeps


def test_complaints_are_shared_only_by_those_without_a_role() -> None:
    cache = known("{ complaints { edges { node { title } } } }").cache
    assert (cache.public, cache.by_role, cache.seconds) == (True, True, 30.0)


def test_what_nobody_knows_is_private_and_of_its_moment() -> None:
    assert not known("{ health { __typename } }").cache.keeps
    assert UNKNOWN.private


def test_what_no_source_says_never_grows_old() -> None:
    cache = known("{ __typename }").cache
    assert (cache.seconds, cache.keeps, cache.by_language) == (inf, True, False)


@pytest.mark.parametrize(
    ("text", "differs"),
    [
        ('{ place(id: "x") { name } }', True),
        ("{ __typename }", False),
        ("{ __schema { queryType { name } } }", True),
    ],
)
def test_a_plan_says_whether_the_language_matters(text: str, *, differs: bool) -> None:
    assert known(text).cache.by_language is differs


def test_the_cost_is_a_formula_of_page_sizes() -> None:
    cost = known(
        "query ($n: Int = 3) { places(first: $n) { edges { node { id source { asOf } } } } }"
    ).cost
    # places 1, then per place: edge 1, node 1, id 1 (worked out), source 1.
    assert cost.of({"n": 5}) == 1 + 5 * 4
    assert cost.of({}) == 1 + 3 * 4
    assert cost.of({"n": "many"}) == 1 + 3 * 4
    assert str(cost) == "1 + 4 * $n"


def test_a_list_without_a_size_counts_as_the_usual_number() -> None:
    assert known("{ alerts { severity } }").cost.of({}) == 1
    assert known("{ alerts { source { asOf } } }").cost.of({}) == 1 + 10


def test_a_field_says_itself_what_holds_of_it() -> None:
    graph = build_schema("type Query { mine: String }")
    field = graph.type_map["Query"].fields["mine"]  # type: ignore[attr-defined]
    field.extensions = {PROMISE: Promise(("app:mine",), private=True)}
    prepared = Preparation(graph, Limits()).prepare("{ mine }")
    assert isinstance(prepared, Prepared)
    plan = prepared.plan(prepared.operations[0])
    assert plan.sources == {"app:mine"}
    assert not plan.cache.public


def test_mutations_are_never_kept() -> None:
    graph = build_schema("type Query { a: Int } type Mutation { a: Int }")
    prepared = Preparation(graph, Limits()).prepare("mutation { a }")
    assert isinstance(prepared, Prepared)
    assert not prepared.plan(prepared.operations[0]).cache.keeps


def test_every_line_of_the_tables_is_about_the_graph() -> None:
    for name in FIELDS:
        parent, field = name.split(".")
        assert field in GRAPH.type_map[parent].fields  # type: ignore[attr-defined]
    for name in TYPES:
        kind = GRAPH.type_map[name]
        assert isinstance(kind, (GraphQLObjectType, GraphQLUnionType)) or is_interface_type(kind)


def test_every_field_of_a_query_root_has_a_promise_or_is_known_to_have_none() -> None:
    query = GRAPH.query_type
    assert query is not None
    unknown = {
        name for name, field in query.fields.items() if promise("Query", name, field) is UNKNOWN
    }
    assert unknown <= {"health"}


def test_a_document_may_be_planned_more_than_once() -> None:
    prepared = PREPARATION.prepare("{ __typename }")
    assert isinstance(prepared, Prepared)
    assert prepared.plan(prepared.operations[0]) is prepared.plan(prepared.operations[0])
