"""The engine: which operation runs, what is kept, what a context may add."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import ASTValidationRule, FieldNode, GraphQLError, ValidationRule
from hypothesis import given
from hypothesis import strategies as st

from gateway.execution.engine import Engine
from gateway.execution.exchange import GraphQLRequest, Outcome
from gateway.execution.shelf import Shelf
from tests.front.small_city import SmallContext, ask, code, small_city


@pytest.mark.parametrize(
    ("query", "name", "says"),
    [
        ("query A { hello } query B { hello }", None, "several operations (A, B)"),
        ("query A { hello } query B { hello }", "C", "no such operation; it has: A, B."),
        ("{ hello }", "A", "no such operation; it has: unnamed."),
        ("type Query { hello: String }", None, "not executable"),
        ("fragment A on Area { name }", None, "never used"),
        ("subscription { ticks }", None, "Subscriptions are not answered"),
        ("", None, "Syntax Error"),
        ("# nothing", None, "Syntax Error"),
    ],
)
async def test_an_operation_that_cannot_be_chosen_is_bad_input(
    query: str, name: str | None, says: str
) -> None:
    answer = await ask(query, operation_name=name)
    assert answer.outcome is Outcome.REFUSED
    assert code(answer.body()) == "BAD_INPUT"
    assert says in str(answer.errors[0]["message"])


async def test_a_named_operation_is_run() -> None:
    answer = await ask("query A { hello } query B { area { name } }", operation_name="B")
    assert answer.body() == {"data": {"area": {"name": "Karawaci"}}}


async def test_a_mutation_is_refused_where_only_reading_is_allowed() -> None:
    answer = await ask('mutation { send(text: "x") }', read_only=True)
    assert answer.outcome is Outcome.WRITE_REFUSED
    assert "data" not in answer.body()


@pytest.mark.parametrize("given_sources", [[{"connector": "laksa"}], []])
@pytest.mark.parametrize("as_function", [True, False])
async def test_a_context_names_sources_as_a_list_or_a_function(
    given_sources: list[dict[str, Any]], *, as_function: bool
) -> None:
    class Context:
        problem_sources: Any = staticmethod(lambda: given_sources) if as_function else given_sources

    answer = await ask("{ hello }", context=Context())
    assert answer.extensions == ({"sources": given_sources} if given_sources else {})


async def test_a_context_of_any_kind_is_good_enough() -> None:
    assert (await ask("{ hello }", context=None)).extensions == {}


async def test_a_document_is_prepared_once() -> None:
    seen: list[str] = []

    class Watching(ValidationRule):
        def enter_field(self, node: FieldNode, *_args: Any) -> None:
            seen.append(node.name.value)

    rules: list[type[ASTValidationRule]] = [Watching]
    engine = Engine(small_city(), rules=rules)
    for _ in range(3):
        await engine.run(GraphQLRequest("{ hello }"), None, read_only=True)
    assert seen == ["hello"]


async def test_a_kept_document_still_has_its_page_variables_checked() -> None:
    engine = Engine(small_city())
    query = "query ($n: Int) { complaints(first: $n) { id } }"
    outcomes = [
        (await engine.run(GraphQLRequest(query, variables={"n": n}), None, read_only=True)).outcome
        for n in (1, 501, 2)
    ]
    assert outcomes == [Outcome.ANSWERED, Outcome.REFUSED, Outcome.ANSWERED]


async def test_a_broken_part_of_ours_is_told_with_a_number_only() -> None:
    class Broken(ValidationRule):
        def enter_field(self, _node: FieldNode, *_args: Any) -> None:
            raise LookupError("a path of this machine")

    answer = await ask("{ hello }", rules=[Broken])
    assert answer.outcome is Outcome.FAILED
    assert code(answer.body()) == "INTERNAL"
    assert "path" not in str(answer.errors[0]["message"])


async def test_another_executor_can_be_put_in() -> None:
    from graphql.execution import Executor

    built: list[object] = []

    class Mine(Executor[Any]):
        def __init__(self, *args: Any, **options: Any) -> None:
            built.append(options.pop("word"))
            super().__init__(*args, **options)

    answer = await ask("{ hello }", executor_class=Mine, executor_options={"word": "own"})
    assert answer.body() == {"data": {"hello": "Halo, dunia!"}}
    assert built == ["own"]


@given(st.lists(st.text(alphabet="ab é", min_size=1, max_size=6), max_size=30))
def test_a_shelf_never_holds_more_bytes_than_allowed(texts: list[str]) -> None:
    gone: list[str] = []
    shelf: Shelf[str] = Shelf(12, gone.append)
    for text in texts:
        shelf.put(text, text, len(text.encode()))
        assert shelf.bytes <= 12
        assert shelf.get(text) == text
    kept = [text for text in set(texts) if shelf.get(text)]
    assert shelf.bytes == sum(len(text.encode()) for text in kept)
    assert len(shelf) == len(kept)
    assert len(gone) == len(texts) - len(kept)


def test_what_was_not_asked_for_longest_goes_first() -> None:
    shelf: Shelf[int] = Shelf(3)
    for text in ("a", "b", "c"):
        shelf.put(text, 1, 1)
    shelf.get("a")
    shelf.put("d", 1, 1)
    assert [text for text in "abcd" if shelf.get(text)] == ["a", "c", "d"]


def test_a_thing_larger_than_the_shelf_is_not_kept() -> None:
    shelf: Shelf[int] = Shelf(3)
    assert not shelf.put("abcd", 1, 4)
    assert (len(shelf), shelf.bytes) == (0, 0)


async def test_an_error_raised_outside_a_field_is_refused_with_a_code() -> None:
    class Strict(ValidationRule):
        def enter_field(self, node: FieldNode, *_args: Any) -> None:
            self.report_error(GraphQLError("Not today.", node))

    answer = await ask("{ hello }", rules=[Strict])
    assert answer.body() == {
        "errors": [
            {
                "message": "Not today.",
                "locations": [{"line": 1, "column": 3}],
                "extensions": {"code": "BAD_INPUT"},
            }
        ]
    }


async def test_the_context_reaches_every_resolver() -> None:
    answer = await ask("{ raw }", context=SmallContext(raw={"a": 1}))
    assert answer.data == {"raw": {"a": 1}}
