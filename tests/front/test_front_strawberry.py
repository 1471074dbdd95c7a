"""The engine over a schema made with Strawberry, as the city's schema is."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import strawberry
from graphql import get_introspection_query

from gateway.execution.engine import Engine
from gateway.execution.exchange import Answer, GraphQLRequest, Outcome
from resolvers.problems import bad_input
from schema.city import with_one_of
from tests.front.small_city import code


@strawberry.input(one_of=True)
class Where:
    area: strawberry.Maybe[str]
    radius: strawberry.Maybe[int]


@strawberry.type
class Query:
    @strawberry.field
    async def places(
        self,
        info: strawberry.Info,
        where: Where | None = None,
        day: dt.date | None = None,
        first: int = 20,
    ) -> str:
        names = [getattr(field, "name", "") for field in info.selected_fields]
        return f"{names[0]} {info.context} {info.variable_values} {where is not None} {day} {first}"

    @strawberry.field
    def polygon(self) -> str | None:
        raise bad_input("The ring is not closed; repeat its first point.")


GRAPH = strawberry.Schema(Query)._schema
with_one_of(GRAPH)
ENGINE = Engine(GRAPH)


async def _ask(query: str, **variables: Any) -> Answer:
    return await ENGINE.run(GraphQLRequest(query, variables=variables), "context", read_only=True)


async def test_resolvers_get_context_variables_and_selection() -> None:
    answer = await _ask("query ($n: Int!) { places(first: $n) }", n=3)
    assert answer.data == {"places": "places context {'n': 3} False None 3"}


@pytest.mark.parametrize(
    "query",
    [
        '{ places(where: {area: "36.71", radius: 1}) }',
        "{ places(where: {}) }",
        "{ places(where: {area: null}) }",
        "query ($a: String) { places(where: {area: $a}) }",
        '{ places(day: "gestern") }',
        "{ places(first: null) }",
        "query ($n: Int = 1) { places(first: $n) }",
        "query ($w: Where) { places(where: $w) }",
    ],
)
async def test_inputs_of_every_wrong_kind_are_bad_input(query: str) -> None:
    both = {"area": "36.71", "radius": 1}
    answer = await _ask(query, n=None, w=both)
    assert code(answer.body()) == "BAD_INPUT"


@pytest.mark.parametrize("where", ["{}", '{area: "36.71", radius: 1}'])
async def test_one_of_two_fields_is_asked_for_in_one_sentence(where: str) -> None:
    answer = await _ask(f"{{ places(where: {where}) }}")
    assert len(answer.errors) == 1
    assert "exactly one" in str(answer.errors[0]["message"])


async def test_one_of_two_fields_is_accepted() -> None:
    assert (await _ask('{ places(where: {area: "36.71"}) }')).errors == []
    assert (await _ask("query ($w: Where) { places(where: $w) }", w={"radius": 1})).errors == []


async def test_a_refusal_of_a_resolver_is_shown() -> None:
    answer = await _ask("{ polygon }")
    assert answer.errors[0]["message"] == "The ring is not closed; repeat its first point."
    assert answer.data == {"polygon": None}


async def test_introspection_of_the_tools_works() -> None:
    answer = await _ask(get_introspection_query(input_value_deprecation=True, one_of=True))
    assert answer.outcome is Outcome.ANSWERED
    assert answer.errors == []
    told: Any = answer.data
    marks = {each["name"]: each["isOneOf"] for each in told["__schema"]["types"]}
    assert marks["Where"] is True
