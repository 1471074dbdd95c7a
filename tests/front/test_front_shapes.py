"""Texts of one shape share what was made for one of them, and are answered as if they did not."""

from __future__ import annotations

import asyncio
import json
from random import Random
from typing import Any
from zlib import crc32
from zoneinfo import ZoneInfo

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLScalarType,
    GraphQLUnionType,
    ValidationRule,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_required_argument,
    is_required_input_field,
    is_specified_scalar_type,
    print_ast,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.ports.common import ErrorCode
from gateway.execution.engine import INPUT_RULES, Engine
from gateway.execution.exchange import GraphQLRequest
from gateway.execution.executor import FairExecutor
from gateway.execution.shape import scan
from resolvers.problems import Refusal
from schema.city import build

# ------------------------------------------------------------------ a city that answers by chance


async def soon(value: Any) -> Any:
    """The value, after one round of the loop."""
    came = asyncio.Event()
    asyncio.get_running_loop().call_soon(came.set)
    await came.wait()
    return value


def echo(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
    """A value made of where it is asked and with what; now and then an error or nothing."""
    above = source["seed"] if isinstance(source, dict) else 7
    seed = crc32(f"{above} {info.parent_type} {info.field_name} {arguments!r}".encode())
    if seed % 19 == 0:
        raise Refusal(ErrorCode.FORBIDDEN, f"not {info.field_name}({arguments!r})")
    if seed % 13 == 0:
        return None
    value = valued(get_nullable_type(info.return_type), seed, info)
    return soon(value) if info.context == "later" and seed % 3 == 0 else value


def valued(kind: Any, seed: int, info: GraphQLResolveInfo[Any]) -> Any:
    if isinstance(kind, GraphQLList):
        inner = get_nullable_type(kind.of_type)
        return [valued(inner, crc32(f"{seed} {index}".encode()), info) for index in range(seed % 3)]
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values.values())).value
    if isinstance(kind, (GraphQLInterfaceType, GraphQLUnionType)):
        possible = sorted(one.name for one in info.schema.get_possible_types(kind))
        return {"seed": seed, "is": possible[seed % len(possible)]}
    if isinstance(kind, GraphQLObjectType):
        return {"seed": seed}
    if kind.name in {"Int", "Float"}:
        return seed % 1000
    if kind.name == "Boolean":
        return seed % 2 == 0
    # What the nodes say is what was written, not what somebody else wrote before.
    written = " ".join(print_ast(node) for node in info.field_nodes)
    return f"{written} {info.path.as_list()}" if seed % 2 else str(seed)


def talking_city() -> Any:
    """The real graph, with resolvers that echo."""
    graph = build(ZoneInfo("Asia/Makassar"))._schema
    for kind in graph.type_map.values():
        if kind.name.startswith("__"):
            continue
        if isinstance(kind, (GraphQLInterfaceType, GraphQLUnionType)):
            kind.resolve_type = lambda value, _info, _kind: value["is"]
        if isinstance(kind, GraphQLObjectType):
            kind.is_type_of = None
            for field in kind.fields.values():
                field.resolve = echo
        if isinstance(kind, GraphQLScalarType) and not is_specified_scalar_type(kind):
            kind.coerce_output_value = str
    return graph


GRAPH = talking_city()


# ------------------------------------------------------------------------- operations by chance

NAMES = ("a", "b", "c1", "id", "name", "node", "first", "__x", "query", "on", "true")
TEXTS = ("", "x", "pasar", "id", "a b", 'q\\"q', "\\u00e9", "é", "#", "{", "1", "%a0", "2026-11-23")
MOMENTS = ("2026-11-23T08:00:00+07:00", "2026-11-23", "08:30", "PT2H", "kemarin", "id", "12.50")
NUMBERS = ("0", "1", "1", "5", "20", "-1", "500", "501", "2147483647", "2147483648", "007")
FLOATS = ("0.5", "1.0", "1e3", "-6.2", "1e999", "106.63", "5")
BLANKS = (" ", "\n", ", ", "  ", ' # a, "b" {\n', "\t")


class Text:
    """A text whose structure comes of one chance, and whose names and values of another."""

    def __init__(self, structure: int, values: int) -> None:
        self.structure = Random(structure)  # noqa: S311 - texts, not secrets
        self.values = Random(values)  # noqa: S311
        self.size = 0

    def __str__(self) -> str:
        query = GRAPH.query_type
        return f"{{{self.blank()}{self.selection(query, 0)}{self.blank()}}}"

    def blank(self) -> str:
        return self.values.choice(BLANKS) if self.values.random() < 0.1 else " "

    def selection(self, kind: Any, depth: int) -> str:
        self.size += 1
        parts = ["__typename"] if self.structure.random() < 0.3 else []
        fields = getattr(kind, "fields", {})
        names = [
            name
            for name, field in fields.items()
            if (depth < 4 and self.size < 12) or not is_composite_type(get_named_type(field.type))
        ]
        chosen = self.structure.sample(names, min(len(names), self.structure.randint(1, 4)))
        parts += [self.field(fields[name], name, depth) for name in chosen]
        if isinstance(kind, (GraphQLInterfaceType, GraphQLUnionType)):
            possible = sorted(GRAPH.get_possible_types(kind), key=lambda one: str(one.name))
            member = self.structure.choice(possible)
            parts.append(f"... on {member.name} {{ {self.selection(member, depth + 1)} }}")
        return self.blank().join(parts or ["__typename"])

    def field(self, field: GraphQLField, name: str, depth: int) -> str:
        alias = ""
        if self.structure.random() < 0.5:
            pool = NAMES if self.values.random() < 0.2 else ("z",)
            alias = f"{self.values.choice(pool)}{self.values.randrange(40)}"
            alias = self.values.choice(NAMES) if self.values.random() < 0.05 else alias
            alias += f"{self.blank()}:"
        arguments = [
            f"{key}:{self.blank()}{self.value(argument.type)}"
            for key, argument in field.args.items()
            if is_required_argument(argument) or self.structure.random() < 0.4
        ]
        asked = f"{alias}{name}({', '.join(arguments)})" if arguments else f"{alias}{name}"
        if self.structure.random() < 0.05:
            asked += self.structure.choice((" @include(if: true)", " @skip(if: false)"))
        kind = get_named_type(field.type)
        if not is_composite_type(kind):
            return asked
        return f"{asked} {{ {self.selection(kind, depth + 1)} }}"

    def value(self, kind: Any) -> str:
        if isinstance(kind, GraphQLNonNull):
            return self.value(kind.of_type)
        if self.structure.random() < 0.03:
            return "null"
        if isinstance(kind, GraphQLList):
            count = self.structure.randint(0, 3)
            return f"[{self.blank().join(self.value(kind.of_type) for _ in range(count))}]"
        if isinstance(kind, GraphQLEnumType):
            word: str = self.structure.choice([*kind.values])
            return word
        if isinstance(kind, GraphQLInputObjectType):
            names = [*kind.fields]
            if kind.is_one_of:
                names = [self.structure.choice(names)]
            else:
                names = [
                    name
                    for name in names
                    if is_required_input_field(kind.fields[name]) or self.structure.random() < 0.3
                ]
            inner = ", ".join(f"{name}: {self.value(kind.fields[name].type)}" for name in names)
            return f"{{{inner}}}"
        return self.literal(kind.name)

    def literal(self, name: str) -> str:
        chance = self.values
        if chance.random() < 0.02:
            name = "String"
        usual = chance.random() < 0.85
        if name == "Int":
            return str(chance.randrange(1, 60)) if usual else chance.choice(NUMBERS)
        if name == "Float":
            return f"{chance.uniform(-90, 90):.3f}" if usual else chance.choice(FLOATS)
        if name == "Boolean":
            return chance.choice(("true", "false"))
        if name == "GeoJSON":
            return f'{{type: "Point", coordinates: [{chance.random():.2f}, -6]}}'
        if name in {"String", "ID"}:
            return (
                f'"{chance.choice(TEXTS)}"' if usual or name == "String" else chance.choice(NUMBERS)
            )
        return f'"{chance.choice(MOMENTS)}"'


class Nothing(ValidationRule):
    """A rule the engine does not know, so that it shares nothing."""


SHARING = Engine(GRAPH)
ALONE = Engine(GRAPH, executor_class=FairExecutor)
UNSHARED = Engine(GRAPH, rules=[*INPUT_RULES, Nothing])


async def told(engine: Engine, text: str, context: str = "now") -> str:
    answer = await engine.run(GraphQLRequest(text), context, read_only=True)
    for error in answer.errors:
        error["extensions"].pop("errorId", None)  # type: ignore[attr-defined]
    # As JSON, so that the order counts.
    return json.dumps([answer.outcome.value, answer.body()])


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_texts_of_one_shape_are_answered_as_graphql_core_answers_each(
    structure: int, values: int
) -> None:
    async def all_of_them() -> None:
        for number in range(8):
            text = str(Text(structure, values + number))
            # A long list lets others in when its time is over, on a busy machine anywhere, and
            # then other errors come first; no wrong answer would be right the next time.
            for _ in range(3):
                ours, theirs = await told(SHARING, text), await told(ALONE, text)
                if ours == theirs:
                    break
            assert ours == theirs, text

    asyncio.run(all_of_them())


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_texts_of_one_shape_are_answered_as_if_each_were_alone_whenever_values_come(
    structure: int, values: int
) -> None:
    async def all_of_them() -> None:
        for number in range(4):
            text = str(Text(structure, values + number))
            # Twice, until both are compiled; again if a turn ended in the middle, as above.
            for asked in range(5):
                ours = await told(SHARING, text, "later")
                theirs = await told(UNSHARED, text, "later")
                if asked and ours == theirs:
                    break
            assert ours == theirs, text

    asyncio.run(all_of_them())


async def test_most_of_those_texts_are_valid_and_served_by_the_program_of_another() -> None:
    engine = Engine(GRAPH)
    answered = foreign = 0
    for structure in range(40):
        for values in range(6):
            text = str(Text(structure, values))
            answer = await engine.run(GraphQLRequest(text), None, read_only=True)
            answered += answer.outcome.value == "ANSWERED"
            asked = engine._asked(text) if answer.outcome.value == "ANSWERED" else None
            foreign += asked is not None and not asked.own  # type: ignore[union-attr]
    assert answered > 90
    assert foreign > 25


# ------------------------------------------------------------------------------------- the scan


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{a1:hello}", "{ b: hello }"),
        ("{hello}", "{\n hello, # yes\n}"),
        ("\ufeff{hello}", "{hello}"),
        ('{ x(a: 1, b: "t") }', '{ x(a: 27, b: "else") }'),
        ("{ a: x(n: 1) b: x(n: 1) }", "{ c: x(n: 2) d: x(n: 2) }"),
        ("{ x(at: {lat: 1.5, lng: -2.5e3}) }", "{ x(at: {lat: 0.1, lng: 7e-1}) }"),
    ],
)
def test_these_texts_have_one_shape(one: str, other: str) -> None:
    first, second = scan(one), scan(other)
    assert first is not None
    assert second is not None
    assert first.key == second.key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{ x(a: 1) }", "{ x(a: 1.0) }"),
        ("{ x(a: 1) }", '{ x(a: "1") }'),
        ("{ x(a: 1) }", "{ x(a: null) }"),
        ("{ x(a: RED) }", "{ x(a: BLUE) }"),
        ("{ x(a: true) }", "{ x(a: false) }"),
        ("{ x(a: [1]) }", "{ x(a: [1, 2]) }"),
        ("{ x(a: [1, 2]) }", "{ x(a: [1, 1]) }"),
        ("{ x(a: {b: 1}) }", "{ x(a: {c: 1}) }"),
        ("{ a: x b: x }", "{ a: x a: x }"),
        ("{ a: x y }", "{ y: x y }"),
        ("{ x @skip(if: true) }", "{ x @skip(if: false) }"),
        ("{ x @cost(of: 1) }", "{ x @cost(of: 2) }"),
        ("query ($n: Int = 1) { x(n: $n) }", "query ($n: Int = 2) { x(n: $n) }"),
        ("query A { x }", "query B { x }"),
        ("query ($a: Int) { x(n: $a) }", "query ($b: Int) { x(n: $b) }"),
        ('{ x(a: "t") }', '{ x(a: """t""") }'),
        ('{ x(a: "\\u0041") }', '{ x(a: "\\u0042") }'),
        ("{ x(a: [0 x]) }", "{ x(a: [0x]) }"),
        ('{ x(a: ["" "a"]) }', '{ x(a: ["""a"]) }'),
        ("{ a: x }", "{ __a: x }"),
    ],
)
def test_these_texts_have_different_shapes(one: str, other: str) -> None:
    first, second = scan(one), scan(other)
    assert first is None or second is None or first.key != second.key


@pytest.mark.parametrize(
    "text", ["{ x ? }", "{ x(a: 01) }", "{ x(a: 1.) }", '{ x(a: "t) }', "{ x(a: -) }", "{ .. }",
             "{ x(a: 1x) }", "{ é }", "{ x } # \ud800", '{ x(a: """t) }', '{ x(a: "t\\") }']
)  # fmt: skip
def test_what_is_not_graphql_has_no_shape(text: str) -> None:
    assert scan(text) is None


def test_names_and_literals_come_in_the_order_of_the_text() -> None:
    shape = scan('{ b: x(n: 2, t: "z") a: x(n: 1) c: y b: x(n: 2, t: "z") }')
    assert shape is not None
    assert shape.names == ("b", "a", "c")
    assert shape.literals == ("2", '"z"', "1")


async def test_an_error_says_where_it_is_in_the_text_that_was_sent() -> None:
    engine = Engine(GRAPH)
    for number in range(4):
        text = f'{{\n\n a{number}: place(id: "{number}") {{ n{number}: name }}\n}}'
        assert await told(engine, text) == await told(ALONE, text)


async def test_a_page_that_is_too_large_is_refused_in_a_text_of_a_known_shape() -> None:
    engine = Engine(GRAPH)
    codes = []
    for size in (1, 2, 500, 501, 3):
        answer = await engine.run(
            GraphQLRequest(f"{{ places(first: {size}) {{ __typename }} }}"), None, read_only=True
        )
        codes.append(answer.outcome.value)
    assert codes == ["ANSWERED", "ANSWERED", "ANSWERED", "REFUSED", "ANSWERED"]


async def test_comments_count_for_the_limits_of_a_text_of_a_known_shape() -> None:
    engine = Engine(GRAPH)
    for text, outcome in (
        ("{ __typename }", "ANSWERED"),
        ("{ __typename }" + "#\n" * 5000, "REFUSED"),
        ("{ __typename }" + " " * 70_000, "REFUSED"),
    ):
        answer = await engine.run(GraphQLRequest(text), None, read_only=True)
        assert answer.outcome.value == outcome


async def test_a_cost_counts_the_page_sizes_of_the_text_that_was_sent() -> None:
    engine = Engine(GRAPH)
    costs, keys = [], set()
    for size in (2, 5):
        text = f"{{ places(first: {size}) {{ edges {{ node {{ id }} }} }} }}"
        planned = engine.planned(GraphQLRequest(text))
        assert planned is not None
        costs.append(planned.plan.cost.of(planned.sizes))
        keys.add(planned.key)
    assert costs[1] - costs[0] == 3 * (costs[0] - 1) / 2
    assert len(keys) == 2
    assert engine.planned(GraphQLRequest("{ nobody }")) is None
    assert engine.planned(GraphQLRequest("{")) is None


@pytest.mark.parametrize(
    "variables", [{"n": 501}, {"n": "many"}, {"n": 2**40}, {"n": None}, {"n": 3}, {}]
)
async def test_what_is_wrong_with_a_variable_is_told_at_its_place_in_the_text_that_was_sent(
    variables: dict[str, Any],
) -> None:
    engine = Engine(GRAPH)
    for blank in ("", " ", "\n\n", "# so\n"):
        text = f"query ($n: Int!) {{ {blank} p{len(blank)}: places(first: $n) {{ __typename }} }}"
        request = GraphQLRequest(text, variables=variables)
        ours = await engine.run(request, "now", read_only=True)
        theirs = await ALONE.run(request, "now", read_only=True)
        assert ours.body() == theirs.body()
