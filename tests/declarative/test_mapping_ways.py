"""The fast way of long lists and the slow one make the same, also of data that is nearly regular."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.declarative.mapping import ABSENT, apply, parse
from connectors.declarative.mapping.methods import METHODS

TEXT = st.sampled_from(["", "a", "BUKA", "7", "-3", "x y", "é", "0012"])
NUMBER = st.integers(-5, 5) | st.sampled_from([2**62, 2**63 - 1, 0.5, -1.0, 1e300])
ROW = st.fixed_dictionaries(
    {
        "s": TEXT,
        "n": NUMBER,
        "b": st.booleans(),
        "o": st.fixed_dictionaries({"p": TEXT, "q": st.lists(NUMBER, max_size=3)}),
        "l": st.lists(st.fixed_dictionaries({"p": TEXT, "n": NUMBER}), max_size=3),
    },
    optional={"m": st.none() | TEXT, "z": st.none() | st.fixed_dictionaries({"p": TEXT})},
)

PATHS = st.sampled_from(
    ["s", "n", "b", "o", "o.p", "o.q", "l", "l.p", "m", "z", "z.p", "z?.p", "m?", "gone?", "gone",
     "$", "@", "$.n", "@.s", "$args.a", "$args.gone", "o { p }", "l { p n: $.n }", "z? { p }",
     "o->as($k)->echo($k.p)"]
)  # fmt: skip
LITERALS = st.sampled_from(["'BUKA'", "'a'", "1", "0", "2.5", "true", "null", "[1, 'a']", "{p: 1}"])


def _called(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """A path or a literal in brackets with methods behind it, and perhaps a `?`."""
    bare = st.sampled_from(sorted(name for name in METHODS if METHODS[name][0] == 0))
    one = st.tuples(st.sampled_from(sorted(METHODS)), inner).map(lambda m: f"{m[0]}({m[1]})")
    two = st.tuples(st.sampled_from(["add", "sub", "and", "or", "slice"]), inner, inner).map(
        lambda m: f"{m[0]}({m[1]}, {m[2]})"
    )
    looking = st.tuples(st.sampled_from(["map", "filter", "find"]), inner).map(
        lambda m: f"{m[0]}({m[1]})"
    )
    pair = st.tuples(LITERALS | st.just("@") | inner, inner).map(lambda p: f"[{p[0]}, {p[1]}]")
    match = st.lists(pair, min_size=1, max_size=3).map(lambda p: f"match({', '.join(p)})")
    start = PATHS.filter(lambda path: "{" not in path) | inner.map(lambda e: f"$({e})")
    methods = st.lists(bare | one | two | looking | match, min_size=1, max_size=2)
    ends = st.sampled_from(["", "", "?", "?.p"])
    return st.builds(
        lambda begin, calls, end: begin + "".join(f"->{call}" for call in calls) + end,
        start,
        methods,
        ends,
    )


def _bigger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    whole = inner.map(lambda e: f"$({e})")
    choice = st.tuples(
        st.sampled_from(["??", "?!"]), st.lists(whole | PATHS, min_size=2, max_size=3)
    )
    return (
        _called(inner)
        | st.lists(inner, max_size=3).map(lambda parts: f"[{', '.join(parts)}]")
        | st.lists(inner, max_size=2).map(
            lambda parts: "{" + ", ".join(f"k{i}: {p}" for i, p in enumerate(parts)) + "}"
        )
        | choice.map(lambda c: f" {c[0]} ".join(c[1]))
    )


EXPRESSIONS = st.recursive(LITERALS | PATHS, _bigger, max_leaves=6)


@settings(max_examples=400, deadline=None)
@given(st.lists(EXPRESSIONS, min_size=1, max_size=3), st.lists(ROW, min_size=8, max_size=9))
def test_a_long_list_is_mapped_as_its_items_are(expressions: list[str], rows: list[Any]):
    text = " ".join(f"f{index}: $({part})" for index, part in enumerate(expressions))
    selection = parse(text + " s")
    seen = {"$args": {"a": 1}}
    value, problems = apply(selection, rows, seen)
    single = [apply(selection, row, seen) for row in rows]
    assert value == [made for made, _ in single]
    assert repr(value) == repr([made for made, _ in single])
    assert len(problems) == min(len([p for _, told in single for p in told]), len(problems))
    if len(problems) < 100:
        assert [p.message for p in problems] == [p.message for _, told in single for p in told]


@settings(max_examples=200, deadline=None)
@given(EXPRESSIONS, st.lists(ROW, min_size=8, max_size=9))
def test_methods_over_a_long_list_do_as_over_a_short_one(expression: str, rows: list[Any]):
    for method in ("map", "filter", "find"):
        selection = parse(f"$.rows->{method}({expression})")
        long, told = apply(selection, {"rows": rows}, {"$args": {"a": 1}})
        parts = [
            apply(selection, {"rows": [row]}, {"$args": {"a": 1}}) for row in rows
        ]  # each of them goes the slow way
        if "$" in expression.replace("$args", "").replace("$(", ""):
            continue  # `$` is the object around the list, which is another one here
        if method == "map":
            assert repr(long) == repr([value[0] for value, _ in parts])
            assert [p.message for p in told] == [p.message for _, more in parts for p in more]
        elif method == "filter" and all(value is not ABSENT for value, _ in parts):
            assert repr(long) == repr([row for value, _ in parts for row in value])
        elif method == "find" and all(not more for _, more in parts):
            found = [value for value, _ in parts if value is not ABSENT]
            assert repr(long) == repr(found[0] if found else ABSENT)


@pytest.mark.parametrize(
    "text",
    ['x: $("abc").k', "x: $([1]).k", "x: $({a: 1}).a", "x: $(5)->eq(null)", "x: $(null)?",
     "x: $(true)->eq(true)", "x: $([a ?? 1])", "x: a->match([@, 1])"],
)  # fmt: skip
def test_odd_selections_make_no_noise_when_they_are_written_out(text: str):
    rows = [{"a": 1}] * 9
    assert apply(text, rows)[0] == [apply(text, row)[0] for row in rows]


@pytest.mark.parametrize("text", ["a" + "?.a" * 60, "$(" * 40 + "a ?? 1" + ")" * 40])
def test_what_python_cannot_nest_goes_the_slow_way(text: str):
    rows = [{"a": 1}] * 9
    selection = parse(f"x: {text}")
    assert apply(selection, rows)[0] == [apply(selection, row)[0] for row in rows]


def test_maps_in_maps_are_written_out_once_each():
    text = "$" + "->map([@]" * 45 + ")" * 45
    value, problems = apply(text, list(range(9)))
    assert len(value) == 9
    assert not problems
