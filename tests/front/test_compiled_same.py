"""Compiled operations answer what graphql-core answers: data, errors, paths, places, order."""

from __future__ import annotations

import asyncio
import gc
from random import Random
from typing import Any

import pytest
from graphql import ExecutionResult, GraphQLError, GraphQLSchema, build_schema, execute, parse
from graphql import validate as valid
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.execution import compiled
from gateway.execution.compiled.explain import explained

LEAVES = ("String", "Int", "Float", "Boolean", "ID", "Hue", "Loose")
VALUES: dict[str, tuple[Any, ...]] = {
    "String": ("x", 3, True, [], {}),
    "Int": (7, True, "9", 1.0, 2**40, "many", 0.5),
    "Float": (0.5, 3, float("nan"), "1.5", "x"),
    "Boolean": (True, False, 1, "yes"),
    "ID": ("i", 5, 0.5),
    "Hue": ("RED", "GREEN", "NONE", 3, []),
    "Loose": ("z", 4, {"a": 1}, [2], 0),
}


class Making:
    """A schema, an operation and data for it by chance."""

    def __init__(self, seed: int, *, later: bool) -> None:
        self.chance = Random(seed)  # noqa: S311 - trees, not secrets
        self.later = later
        self.objects = ("A", "B", "C")
        self.kinds = {name: self.fields() for name in self.objects}
        shared = self.wrapped("String")
        for fields in self.kinds.values():
            fields["same"] = (shared, "String")
        parts = ["enum Hue { RED GREEN }", "scalar Loose", "union Any = A | B | C",
                 f"interface Has {{ same: {shared} }}"]  # fmt: skip
        for name in ("Query", *self.objects):
            fields = self.kinds["A"] if name == "Query" else self.kinds[name]
            lines = " ".join(f"{key}: {kind}" for key, (kind, _) in fields.items())
            parts.append(f"type {name} implements Has {{ {lines} }}")
        self.schema: GraphQLSchema = build_schema("\n".join(parts))

    def fields(self) -> dict[str, tuple[str, str]]:
        names = [self.chance.choice((*LEAVES, *self.objects, "Any", "Has")) for _ in range(6)]
        return {f"f{number}": (self.wrapped(name), name) for number, name in enumerate(names)}

    def wrapped(self, name: str) -> str:
        for _ in range(self.chance.choice((0, 0, 0, 1, 1, 2))):
            name = f"[{name}{self.chance.choice(('', '!'))}]"
        return name + self.chance.choice(("", "", "!"))

    def selection(self, kind: str, depth: int) -> str:
        if kind == "Any" or (kind == "Has" and self.chance.random() < 0.5):
            parts = [f"... on {one} {self.selection(one, depth)}" for one in self.objects
                     if self.chance.random() < 0.7]  # fmt: skip
            return f"{{ __typename {' '.join(parts)} }}"
        fields = {"same": ("String", "String")} if kind == "Has" else self.kinds[kind]
        parts = ["__typename"] if self.chance.random() < 0.4 else []
        for key, (_, named) in fields.items():
            if self.chance.random() < 0.3:
                continue
            below = ""
            if named not in LEAVES:
                if depth == 0:
                    continue
                below = self.selection(named, depth - 1)
            alias = self.chance.choice(("", "", f"z{self.chance.randrange(3)}{key}{kind}: "))
            only = self.chance.choice(("", "", "", " @skip(if: $no)", " @include(if: $yes)"))
            text = f"{alias}{key}{only} {below}"
            parts.append(self.chance.choice((text, text, f"... {{ {text} }}")))
        return f"{{ {' '.join(parts) or '__typename'} }}"

    def value(self, kind: str, depth: int) -> Any:
        """A value of this kind, wrong now and then, as something that makes it anew each time."""
        made = self.plain(kind, depth)
        return self.then(made) if self.later and self.chance.random() < 0.3 else made

    def then(self, made: Any) -> Any:
        rounds = self.chance.randrange(3)

        def call(_info: Any) -> Any:
            async def come() -> Any:
                for _ in range(rounds):
                    come_round = asyncio.Event()
                    asyncio.get_running_loop().call_soon(come_round.set)
                    await come_round.wait()
                if isinstance(made, Exception):
                    raise made
                return made

            return come()

        return call

    def plain(self, kind: str, depth: int) -> Any:
        luck = self.chance.random()
        if luck < 0.04:
            return None
        if luck < 0.06:
            return ValueError("given, not raised")
        if luck < 0.08:
            return self.raising
        inner = kind.rstrip("!")
        if inner.startswith("["):
            if luck < 0.1:
                return 5
            count = self.chance.randrange(4)
            items = [self.plain(inner[1:-1], depth) for _ in range(count)]
            return tuple(items) if luck < 0.3 else items
        if inner in LEAVES:
            values = VALUES[inner]
            return values[0] if luck < 0.8 else self.chance.choice(values)
        if depth == 0:
            return None
        named = self.chance.choice(self.objects) if inner in {"Any", "Has"} else inner
        fields = {key: self.value(of, depth - 1) for key, (of, _) in self.kinds[named].items()}
        if luck < 0.3:
            return type("Thing", (), {"_Thing__typename": named} | {
                key: staticmethod(one) if callable(one) else one for key, one in fields.items()
            })()  # fmt: skip
        return fields | {"__typename": named if luck < 0.95 else "Nobody"}

    @staticmethod
    def raising(_info: Any = None) -> Any:
        raise RuntimeError("broken")


def shape(value: Any) -> Any:
    if isinstance(value, dict):
        return [(key, shape(inner)) for key, inner in value.items()]
    if isinstance(value, list):
        return [shape(inner) for inner in value]
    return (type(value), str(value))


def told(result: ExecutionResult) -> Any:
    def seen(error: GraphQLError) -> Any:
        return (error.message, error.path, error.locations, type(error.original_error))

    return shape(result.data), [seen(one) for one in result.errors or ()]


def question(seed: int, *, later: bool) -> tuple[Making, Any, Any, dict[str, Any]]:
    making = Making(seed, later=later)
    text = f"query ($yes: Boolean!, $no: Boolean!) {making.selection('A', 3)}"
    choice = {"yes": making.chance.random() < 0.5, "no": making.chance.random() < 0.5}
    root = {key: making.value(of, 3) for key, (of, _) in making.kinds["A"].items()}
    return making, parse(text), root, choice


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 10**9))
def test_whatever_is_known_at_once_is_answered_the_same(seed: int) -> None:
    making, document, root, choice = question(seed, later=False)
    ours = compiled.execute(making.schema, document, root, None, choice)
    theirs = execute(making.schema, document, root, None, choice)
    assert isinstance(theirs, ExecutionResult)
    assert told(ours) == told(theirs)


@pytest.mark.filterwarnings("ignore:coroutine:RuntimeWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**9))
def test_whatever_comes_later_is_answered_the_same(seed: int) -> None:
    async def both() -> None:
        making, document, root, choice = question(seed, later=True)
        answers = []
        for run in (compiled.execute, execute):
            result = run(making.schema, document, root, None, choice)
            answers.append(told(result if isinstance(result, ExecutionResult) else await result))
        assert answers[0] == answers[1]

    asyncio.run(both())
    # graphql-core leaves coroutines behind; they are freed here, where that is known.
    gc.collect()


def test_the_questions_are_mostly_valid_and_are_compiled() -> None:
    before = compiled.fallbacks.total()
    failed, good = 0, 0
    for seed in range(60):
        making, document, root, choice = question(seed, later=False)
        good += not valid(making.schema, document)
        failed += bool(compiled.execute(making.schema, document, root, None, choice).errors)
    assert good > 10
    assert failed > 10
    assert compiled.fallbacks.total() - before < 10


def test_a_resolver_given_later_is_seen_by_a_document_that_was_executed_before() -> None:
    graph = build_schema("type Query { word: String }")
    document = parse("{ word }")
    assert compiled.execute(graph, document, {"word": "old"}).data == {"word": "old"}
    graph.query_type.fields["word"].resolve = lambda *_: "new"  # type: ignore[union-attr]
    assert compiled.execute(graph, document, {"word": "old"}).data == {"word": "new"}


def test_an_operation_that_is_not_compiled_is_answered_and_counted() -> None:
    graph = build_schema("type Query { word: String }")
    before = compiled.fallbacks["middleware"]
    answer = compiled.execute(graph, parse("{ word }"), {"word": "x"}, middleware=[])
    assert answer.data == {"word": "x"}
    assert compiled.fallbacks["middleware"] == before + 1


def test_a_question_is_explained_by_its_plan_and_its_source() -> None:
    graph = build_schema("type Query { word: String thing: Query }")
    said = explained(graph, "query ($on: Boolean!) { thing { w: word @include(if: $on) } }")
    assert "# assumed: $on = true" in said
    assert "#     w: attribute word" in said
    assert "def object_1(x, s, p):  # Query" in said
    with pytest.raises(ValueError, match="Cannot query field 'wrod'"):
        explained(graph, "{ wrod }")
