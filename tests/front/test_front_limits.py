"""Documents and pages that are too large are refused before any work, in linear time."""

from __future__ import annotations

import contextlib
import time
from typing import Any

import pytest
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_introspection_query,
    parse,
)
from hypothesis import given
from hypothesis import strategies as st

from gateway.execution.documents import Preparation
from gateway.execution.exchange import Answer, Outcome
from gateway.protection.limits import Limits
from gateway.protection.shape import CEILING, Shape, operation_shapes
from gateway.protection.text import check_text
from resolvers.problems import Refusal
from tests.front.small_city import ask, code, small_city

LIMITS = Limits()


def _chain(length: int, body: str, last: str) -> str:
    """Fragments F0, F1, … on Area; in each `body`, `NEXT` stands for the one after it."""
    fragments = (
        f"fragment F{number} on Area {{ {body.replace('NEXT', f'F{number + 1}')} }}"
        for number in range(length)
    )
    return " ".join((*fragments, f"fragment F{length} on Area {{ {last} }}"))


def _deep(levels: int) -> str:
    return "{ area " + "{ parent " * (levels - 2) + "{ name }" + " }" * (levels - 2) + " }"


async def _refused(query: str, expected: str = "TOO_COMPLEX", **options: Any) -> str:
    answer = await ask(query, **options)
    assert answer.outcome is Outcome.REFUSED
    assert code(answer.body()) == expected
    return str(answer.errors[0]["message"])


async def _answered(query: str, **options: Any) -> Answer:
    answer = await ask(query, **options)
    assert answer.outcome is Outcome.ANSWERED, answer.errors
    return answer


# ------------------------------------------------------------------------------- NUL signs


@pytest.mark.parametrize(
    "query",
    [
        '{ hello(name: "a\\u0000b") }',
        '{ hello(name: "\\\\\\u{000}") }',
        '{ hello(name: "a\0b") }',
        '{ hello(name: """\0""") }',
        "{ hello } #\0",
    ],
)
async def test_a_nul_sign_in_the_document_is_refused_with_its_place(query: str) -> None:
    message = await _refused(query, "BAD_INPUT")
    assert "U+0000" in message
    assert "line 1, column" in message


@pytest.mark.parametrize(
    "query",
    [
        '{ hello(name: "\\\\u0000") }',
        '{ hello(name: """\\u0000""") }',
        '{ hello(name: "\\u0001") }',
    ],
)
async def test_what_only_looks_like_a_nul_sign_is_read(query: str) -> None:
    await _answered(query)


@pytest.mark.parametrize("values", [{"n": "\0"}, {"x": [{"y": ["a\0"]}], "n": "a"}])
async def test_a_nul_sign_in_the_variables_is_refused(values: dict[str, Any]) -> None:
    message = await _refused(
        "query ($n: String) { hello(name: $n) }", "BAD_INPUT", variables=values
    )
    assert "U+0000" in message


# ------------------------------------------------------------------------------- depth


async def test_a_recursion_of_depth_60_is_refused_at_once() -> None:
    began = time.perf_counter()
    await _refused(_deep(60))
    await _refused("{ area { ...F0 } }" + _chain(60, "parent { ...NEXT }", "name"))
    assert time.perf_counter() - began < 1


async def test_the_deepest_allowed_question_is_answered_and_one_deeper_is_not() -> None:
    await _answered(_deep(LIMITS.depth))
    message = await _refused(_deep(LIMITS.depth + 1))
    assert message == (
        "The operation is 19 fields deep, fragments put in; the limit is 18."
        " Ask for less at once, or in several requests."
    )


@pytest.mark.parametrize("inner", ["... { ", "... on Area { ", "... @include(if: true) { "])
async def test_inline_fragments_are_no_level_of_their_own(inner: str) -> None:
    await _answered("{ area { " + inner * 20 + "name" + " }" * 20 + " } }")


@pytest.mark.parametrize(
    "document",
    ["{ a" * 30_000, "{ a(x: " + "[" * 30_000, "query ($v: " + "[" * 30_000, "{ a(x: {b: " * 9_000],
)
async def test_brackets_without_end_are_refused_before_parsing(document: str) -> None:
    await _refused(document[: LIMITS.characters])


async def test_the_introspection_of_common_tools_is_answered() -> None:
    everything = get_introspection_query(
        descriptions=True,
        specified_by_url=True,
        directive_is_repeatable=True,
        schema_description=True,
        input_value_deprecation=True,
        one_of=True,
    )
    answer = await _answered(everything)
    assert answer.errors == []


async def test_introspection_in_circles_is_refused() -> None:
    circle = "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }"
    message = await _refused(circle, "BAD_INPUT")
    assert "introspection depth" in message


# ------------------------------------------------------------------------------- counts


@pytest.mark.parametrize(
    ("query", "names"),
    [
        (
            "{ " + " ".join(f"a{number}: hello" for number in range(31)) + " }",
            "31 fields at its root",
        ),
        ("{ area { " + " ".join(f"a{n}: name" for n in range(101)) + " } }", "101 aliases"),
        ("{ area { " + "name " * 2000 + " } }", "2001 fields"),
        ("{ hello " + "@skip(if: false) " * 101 + "}", "101 directives"),
        ("".join(f"query Q{number} {{ hello }} " for number in range(21)), "21 operations"),
        ("{ area { ...F0 } }" + _chain(100, "...NEXT", "name"), "101 fragments"),
        ("{ hello }" + "#\n" * 4000, "4003 words and signs"),
        ("{ hello }" + " " * 60_000, "60009 characters"),
        (
            "{ area { ...F0 } }" + _chain(16, "x: parent {...NEXT} y: parent {...NEXT}", "name"),
            "aliases",
        ),
        ("{ area { ...F0 } }" + _chain(60, "...NEXT ...NEXT", "name"), "1000000000 or more fields"),
    ],
)
async def test_counts_over_the_limit_are_refused_by_name(query: str, names: str) -> None:
    assert names in await _refused(query)


async def test_aliases_up_to_the_limit_are_answered() -> None:
    aliases = " ".join(f"a{number}: name" for number in range(LIMITS.aliases))
    answer = await _answered("{ area { " + aliases + " } }")
    assert answer.data is not None


async def test_a_circle_of_fragments_is_reported_by_validation() -> None:
    circle = "{ area { ...A } } fragment A on Area { ...B } fragment B on Area { name ...A }"
    assert "within itself" in await _refused(circle, "BAD_INPUT")


async def test_the_same_fields_over_and_over_are_refused_within_a_budget() -> None:
    repeated = "{ area { " + "".join(f"other(x: {number}) " for number in range(500)) + "} }"
    answer = await ask(repeated)
    assert code({"errors": [answer.errors[-1]]}) == "TOO_COMPLEX"
    assert "repeats the same fields" in str(answer.errors[-1]["message"])


async def test_only_the_first_mistakes_are_reported() -> None:
    answer = await ask("{ " + " ".join(f"nothing{number}" for number in range(30)) + " }")
    assert len(answer.errors) == LIMITS.errors + 1
    assert all(code({"errors": [error]}) == "BAD_INPUT" for error in answer.errors)


# ------------------------------------------------------------------------------- the text


@pytest.mark.parametrize(
    "document",
    [
        '{ hello(name: "{{{{ [[[[ @@@@ ((((") }',
        '{ hello(name: """ {{ \\""" {{ " {{ """) }',
        "{ hello } # {{{{{{{{",
        '{ hello(name: "\\"{{{{") }',
        '{ hello(name: "") }',
    ],
)
def test_brackets_in_texts_and_comments_do_not_count(document: str) -> None:
    check_text(document, Limits(nesting=2, directives=0))


def test_tokens_are_counted_as_the_language_reads_them() -> None:
    document = 'query Q($a: [Int!] = [1, -2.5e+10]) @x { b: c(d: $a, e: "f g") ... on T { h } }'
    # query Q ( $ a : [ Int ! ] = [ 1 -2.5e+10 ] ) @ x { b : c ( d : $ a e : "f g" ) ... on T { h } }
    tokens = 38
    check_text(document, Limits(tokens=tokens))
    with pytest.raises(Refusal, match="has 38 words and signs; the limit is 37"):
        check_text(document, Limits(tokens=tokens - 1))


async def test_a_number_of_5000_digits_is_refused_with_its_place() -> None:
    message = await _refused("{\n  price(rupiah: " + "9" * 5000 + ") }", "BAD_INPUT")
    assert message == (
        "A number of 5000 characters is written at line 2, column 17;"
        " at most 100 are read. Write a shorter number."
    )


@given(st.text(alphabet='{}[]()"\\#\n abc1-.@$:!', max_size=300))
def test_any_text_is_looked_at_without_an_error_of_ours(document: str) -> None:
    with contextlib.suppress(Refusal):
        check_text(document, LIMITS)


# ------------------------------------------------------------------------------- pages


@pytest.mark.parametrize(
    ("query", "variables", "says"),
    [
        ("{ complaints(first: -1) { id } }", {}, "`first` of `complaints` is -1."),
        ("{ complaints(first: 501) { id } }", {}, "Ask for 0 to 500"),
        ("{ complaints(last: 10000) { id } }", {}, "`last` of `complaints` is 10000."),
        ("{ complaints { comments(first: 501) { id } } }", {}, "`first` of `comments`"),
        ("query ($n: Int) { complaints(first: $n) { id } }", {"n": 501}, "the variable $n"),
        ("query ($n: Int) { complaints(first: $n) { id } }", {"n": -1.0}, "is -1.0 from"),
        ("query ($n: Int = 501) { complaints(first: $n) { id } }", {}, "is 501."),
        (
            "query ($n: Int) { ...F } fragment F on Query { complaints(last: $n) { id } }",
            {"n": 999},
            "`last` of `complaints` is 999",
        ),
        ("{ nodes(ids: [" + '"a:1" ' * 101 + "]) { id } }", {}, "`ids` of `nodes` names 101 ids"),
        ("query ($i: [ID!]!) { nodes(ids: $i) { id } }", {"i": ["a:1"] * 101}, "names 101 ids"),
    ],
)
async def test_page_sizes_out_of_range_are_refused_wherever_they_stand(
    query: str, variables: dict[str, Any], says: str
) -> None:
    message = await _refused(query, "BAD_INPUT", variables=variables)
    assert says in message


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("{ complaints(first: 0) { id } }", {}),
        ("{ complaints(first: 500, last: null) { id } }", {}),
        ("query ($n: Int) { complaints(first: $n) { id } }", {}),
        ("query ($n: Int) { complaints(first: $n) { id } }", {"n": 500}),
        ("query ($n: Int) { complaints(first: $n) { id } }", {"n": None}),
        ("{ nodes(ids: [" + '"a:1" ' * 100 + "]) { id } }", {}),
        ("query ($i: [ID!]!) { nodes(ids: $i) { id } }", {"i": ["a:1"] * 100}),
        ('query ($i: ID!) { nodes(ids: [$i, "a:2"]) { id } }', {"i": "a:1"}),
    ],
)
async def test_page_sizes_within_the_limit_are_answered(
    query: str, variables: dict[str, Any]
) -> None:
    await _answered(query, variables=variables)


@pytest.mark.parametrize("value", [True, "10", [1], {}, 1.5])
async def test_a_page_size_of_another_type_is_left_to_validation(value: object) -> None:
    query = "query ($n: Int) { complaints(first: $n) { id } }"
    message = await _refused(query, "BAD_INPUT", variables={"n": value})
    assert "Variable '$n'" in message


# ------------------------------------------------------------------------------- variables


@pytest.mark.parametrize(
    ("values", "count"),
    [
        ({"l": [1] * 9}, 10),
        ({"l": [[1, 2], [3, 4], [5]]}, 9),
        ({"l": {"a": 1, "b": {"c": [1, 2, 3]}}, "m": "text"}, 8),
    ],
)
async def test_variables_are_counted_at_every_level(values: dict[str, Any], count: int) -> None:
    await _answered("{ hello }", variables=values, limits=Limits(values=count))
    message = await _refused("{ hello }", variables=values, limits=Limits(values=count - 1))
    assert "counted at every level" in message


async def test_a_megabyte_of_variables_is_refused_before_it_is_read() -> None:
    query = "query ($i: [ID!]!) { area { name } nodes(ids: $i) { id } }"
    message = await _refused(query, variables={"x": [{}] * 300_000})
    assert "more than 30000 values" in message


# ------------------------------------------------------------------------------- the law


def _brute(selections: SelectionSetNode, fragments: dict[str, SelectionSetNode]) -> Shape:
    """The shape by really putting every fragment in."""
    fields = aliases = root_fields = depth = 0
    for selection in selections.selections:
        if isinstance(selection, FieldNode):
            inner = (
                _brute(selection.selection_set, fragments) if selection.selection_set else Shape()
            )
            fields += 1 + inner.fields
            aliases += (selection.alias is not None) + inner.aliases
            root_fields += 1
            depth = max(depth, 1 + inner.depth)
            continue
        if isinstance(selection, InlineFragmentNode):
            inner = _brute(selection.selection_set, fragments)
        else:
            assert isinstance(selection, FragmentSpreadNode)
            inner = _brute(fragments[selection.name.value], fragments)
        fields += inner.fields
        aliases += inner.aliases
        root_fields += inner.root_fields
        depth = max(depth, inner.depth)
    return Shape(fields, aliases, root_fields, depth)


@st.composite
def _documents(draw: st.DrawFn) -> str:
    """Small documents whose fragments only spread those that come later."""
    count = draw(st.integers(0, 5))

    def selection(later: int, level: int) -> str:
        kinds = ["name", "alias: name"]
        if level < 3:
            kinds += ["parent { }", "up: parent { }", "... { }", "... on Area { }"]
        if later < count:
            kinds += [f"...F{number}" for number in range(later, count)]
        written = []
        for kind in draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=3)):
            inner = selection(later, level + 1) if kind.endswith("{ }") else ""
            written.append(kind.replace("{ }", "{ " + inner + " }") if inner else kind)
        return " ".join(written)

    operations = ["{ " + selection(0, 0) + " }"]
    fragments = [
        f"fragment F{number} on Area {{ {selection(number + 1, 1)} }}" for number in range(count)
    ]
    return " ".join(draw(st.permutations(operations + fragments)))


@given(_documents())
def test_counting_once_gives_the_same_as_putting_every_fragment_in(text: str) -> None:
    document = parse(text)
    fragments = {
        each.name.value: each.selection_set
        for each in document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }
    operation = next(
        each for each in document.definitions if isinstance(each, OperationDefinitionNode)
    )
    [(_operation, shape)] = operation_shapes(document)
    assert shape == _brute(operation.selection_set, fragments)


@st.composite
def _any_graph(draw: st.DrawFn) -> str:
    """Fragments that spread each other in any way, circles and unknown names included."""
    count = draw(st.integers(1, 8))
    names = st.lists(st.integers(0, count), min_size=1, max_size=4)
    written = [
        f"fragment F{n} on Area {{ " + " ".join(f"...F{m}" for m in draw(names)) + " name }"
        for n in range(count)
    ]
    return "{ area { ...F0 } } " + " ".join(written)


@given(_any_graph())
def test_circles_of_fragments_are_counted_to_an_end(text: str) -> None:
    [(_operation, shape)] = operation_shapes(parse(text))
    assert 1 <= shape.fields <= CEILING


# ------------------------------------------------------------------------------- time

AREA = "fragment {} on Area {{ {} }} "
HOSTILE = {
    "one argument again and again": "{ area { other(" + "x: 1 " * 1300 + ") } }",
    "unknown names side by side": "{ area { " + " ".join(f"nam{n}" for n in range(1900)) + " } }",
    "one fragment spread 1,900 times": "{ area { "
    + "...F " * 1900
    + "} }"
    + AREA.format("F", "name"),
    "a long list": "{ nodes(ids: [" + "1 " * 3900 + "]) { id } }",
    "unused variables": "query (" + " ".join(f"$v{n}: Int" for n in range(950)) + ") { hello }",
    "fragments that all spread all": "{ area { ...F0 } }"
    + "".join(AREA.format(f"F{n}", " ".join(f"...F{m}" for m in range(40))) for n in range(40)),
    "fragments beside each other": "{ area { "
    + " ".join(f"...F{n}" for n in range(99))
    + " } }"
    + "".join(AREA.format(f"F{n}", "other(x: 1) " * 5) for n in range(99)),
    "inline fragments with arguments": "{ area { " + "... on Area { other(x: 1) } " * 280 + "} }",
    "different arguments under one name": "{ area { "
    + "".join(f"other(x: {n}) " for n in range(600))
    + "} }",
    "unknown variables in shared fragments": "".join(
        f"query Q{n} {{ area {{ ...F0 }} }} " for n in range(20)
    )
    + _chain(90, "other(x: $v) ...NEXT", "name"),
    "an unclosed text": '"""' + '\\"""' * 14_000,
    "unclosed quotes": '"a\n' * 14_000,
    "doubling fragments": "{ area { ...F0 } }" + _chain(60, "...NEXT ...NEXT", "name"),
}


@pytest.mark.parametrize("kind", HOSTILE)
async def test_a_hostile_document_costs_a_fraction_of_a_second(kind: str) -> None:
    """Each costs 10 to 120 ms on a small machine; without guards some cost minutes."""
    began = time.process_time()
    await ask(HOSTILE[kind])
    assert time.process_time() - began < 5


def test_a_library_that_renames_the_budget_is_noticed() -> None:
    """The budget of the rule on mergeable fields is an inner part of graphql-core."""
    prepared = Preparation(small_city(), Limits(comparisons=0)).prepare("{ area { name name } }")
    assert isinstance(prepared, list)
