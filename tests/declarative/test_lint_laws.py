"""Laws of the lint: it never raises, says the same twice, in order, and in linear time."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.declarative.lint.notes import MOST_FINDINGS
from tests.declarative.lint_cases import CASES, LOT, ONE, SETTINGS, SOURCE, query, told
from tests.declarative.test_lint_foreign import CONNECTORS

WHOLE = list(CONNECTORS.values())
PIECES = [
    *("type ", "extend ", "input ", "interface ", "union ", "enum ", "{", "}", "(", ")", "[", "]"),
    *(
        "!",
        ":",
        '"',
        '"""',
        "\\",
        "$args",
        "$this",
        "$batch",
        "->map(",
        "->match(",
        "...",
        "?",
        "@",
    ),
    *("@connect", "@source", "@key(fields: ", "Query", "Mutation", "Subscription", "Book", "null"),
    *("\n", "\u2028", "\x00", "¶", "id", "__x", "https://", "10.0.0.1", "$config", "true", "5"),
]


@settings(max_examples=120, deadline=None)
@given(
    st.sampled_from(WHOLE),
    st.lists(
        st.tuples(st.integers(0, 4_000), st.integers(0, 40), st.sampled_from(PIECES)), max_size=4
    ),
    st.sampled_from([SETTINGS, "", "connector: [", SETTINGS + "names: {extends: [Place]}\n"]),
)
def test_lint_never_raises(sdl: str, changes: list[tuple[int, int, str]], said: str):
    for index, gone, more in changes:
        sdl = sdl[:index] + more + sdl[index + gone :]
    found = told(sdl, said).findings
    assert all((f.line or 1) >= 1 and (f.column or 1) >= 1 for f in found)
    assert [str(f) for f in found] == [str(f) for f in told(sdl, said).findings]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(WHOLE), st.integers(0, 400), st.integers(0, 400))
def test_parts_of_a_description_may_change_places(sdl: str, first: int, second: int):
    words = sdl.split(" ")
    one, two = first % len(words), second % len(words)
    words[one], words[two] = words[two], words[one]
    told(" ".join(words))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.sentence)
def test_findings_come_in_the_order_of_the_files_each_once(case: Any):
    found = told(case.sdl, case.settings).findings
    places = [((f.file or "") != "connector.graphql", f.line or 0, f.column or 0) for f in found]
    assert places == sorted(places)
    seen = [(f.code, f.file, f.line, f.column, f.message.pick("en")) for f in found]
    assert len(seen) == len(set(seen))


def calls(sdl: str) -> int:
    """How many functions are called while a description is read and linted."""
    count = 0

    def counted(_: object, event: str, __: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        told(sdl)
    finally:
        sys.setprofile(before)
    return count


def mapped(text: str, count: int) -> str:
    """One field whose selection is a text, so many times."""
    return query(ONE.replace('"id nama"', f'"""{text * count}"""'))


def typed(text: str, count: int) -> str:
    """So many definitions; {n} counts them, {m} is the next."""
    more = "\n".join(text.replace("{n}", str(n)).replace("{m}", str(n + 1)) for n in range(count))
    return f"{query(ONE)}\n{more}"


HOSTILE = {
    "unknown fields": lambda n: mapped("x y\n", n),
    "unknown arguments": lambda n: mapped("id: $args.kota\n", n),
    "unknown methods": lambda n: mapped("id: a->besar\n", n),
    "unknown variables": lambda n: mapped("id: $x\n", n),
    "quoted keys": lambda n: mapped("'id' ", n),
    "objects that lack something": lambda n: mapped("$.a { id }\n", n),
    "a chain of types": lambda n: typed("type ParkirT{n} { a: ParkirT{m} }", n),
    "a circle of inputs": lambda n: typed("input ParkirT{n} { a: ParkirT{m}! }", n)
    + f"input ParkirT{n} {{ a: ParkirT0! }}",
    "types twice": lambda n: typed("type ParkirT { a{n}: Int }", n),
    "fields of unknown types": lambda n: SOURCE + LOT + "type ParkirT {"
    + " ".join(f"f{i}: X{i}" for i in range(n)) + "}",
    "sources": lambda n: typed(
        'extend schema @source(name: "s{n}", http: {baseURL: "https://a.example"})', n
    ),
    "directives": lambda n: query(ONE.replace("@c", "@rahasia " * n + "@c")),
    "keys": lambda n: query(ONE).replace("ParkirLot {", "ParkirLot " + '@key(fields: "id x") ' * n + "{"),
    "parameters": lambda n: query(ONE.replace('{$args.id}"', "{$args.id}?" + "&token=a" * n + '"')),
    "expressions": lambda n: query(ONE.replace('{$args.id}"', "{$args.id}" * n + '"')),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_twice_as_much_costs_about_twice_as_much(kind: str):
    calls(HOSTILE[kind](10))  # what is read once only
    small, large = calls(HOSTILE[kind](700)), calls(HOSTILE[kind](1_400))
    assert large < 2.4 * small


def test_a_list_of_findings_ends_and_says_so():
    found = told(mapped("x y\n", 4_000)).findings
    assert len(found) == MOST_FINDINGS + 1
    (rest,) = [finding for finding in found if finding.code == "FINDINGS_MANY"]
    assert int(rest.message.pick("en").split()[2]) > 7_000


def test_errors_are_not_pushed_out_of_a_long_list_by_warnings():
    found = told(query(ONE.replace("@c", "@cost(weight: 1) " * 900 + "@rahasia @c"))).findings
    assert "DIRECTIVE_UNKNOWN" in {finding.code for finding in found}
