"""What holds for every selection and all data."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.declarative.mapping import ABSENT, MappingSyntaxError, apply, parse
from connectors.declarative.mapping.flow import FLOWS
from connectors.declarative.mapping.methods import METHODS
from connectors.declarative.mapping.nodes import (
    Bare,
    Choice,
    Embedded,
    Field,
    Group,
    Item,
    Key,
    ListLiteral,
    Literal,
    Method,
    ObjectLiteral,
    Optional,
    Path,
    Variable,
)
from connectors.declarative.mapping.printer import printed
from connectors.declarative.mapping.reader import read

NAMES = st.sampled_from(["a", "b", "c", "id", "true", "null"])
KEYS = NAMES | st.text(st.characters(exclude_categories=["Cs"]), max_size=4)
WORDS = ["a", "b", " ", "\n", ".", "->", "?", "??", "?!", "$", "$(", "@", "(", ")", "{", "}", "[",
         "]", ",", ":", "...", "'", '"', "\\", "#", "1", "-", "map", "match", "as", "$x", "null"]  # fmt: skip

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)

literals = st.builds(
    Literal,
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(-1e20, 1e20, allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
)


def _paths(inner: st.SearchStrategy[Any], *, bare: bool) -> st.SearchStrategy[Path]:
    """Paths as the reader makes them; in an expression three words and strings are literals."""
    starts: st.SearchStrategy[Any] = st.builds(Variable, st.sampled_from(["$", "@", "$args", "$x"]))
    starts |= st.builds(Embedded, inner)
    names = st.sampled_from(["a", "b", "c"]) if bare else KEYS
    starts |= st.builds(Field, names)
    steps = st.lists(_steps(inner), max_size=3).map(_single_marks)
    return st.builds(Path, starts, steps, st.none() | _groups(inner))


def _steps(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    methods = st.builds(
        Method,
        st.sampled_from([*METHODS, *FLOWS, "nope"]),
        st.lists(inner, max_size=2).map(tuple),
    )
    pair = st.tuples(inner, inner).map(ListLiteral)
    matches = st.lists(pair, max_size=2).map(lambda pairs: Method("match", tuple(pairs)))
    return st.builds(Key, KEYS) | methods | matches | st.just(Optional())


def _single_marks(steps: list[Any]) -> tuple[Any, ...]:
    return tuple(
        step
        for index, step in enumerate(steps)
        if not (isinstance(step, Optional) and index and isinstance(steps[index - 1], Optional))
    )


def _groups(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Group]:
    short = st.builds(Path, st.builds(Field, KEYS))
    own = st.builds(lambda path: Item(path.start.key, path), short)
    named = st.builds(Item, KEYS, short | st.builds(Path, st.builds(Embedded, inner)))
    nested = st.builds(
        lambda key, items: Item(key, Group(tuple(items))), KEYS, st.lists(own, max_size=2)
    )
    spread = short.map(lambda path: Item(None, path, spread=True))
    return st.lists(own | named | nested | spread, max_size=3).map(
        lambda items: Group(tuple(items))
    )


def _bigger(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    lists = st.lists(inner, max_size=2).map(lambda values: ListLiteral(tuple(values)))
    objects = st.lists(st.tuples(KEYS, inner), max_size=2).map(lambda e: ObjectLiteral(tuple(e)))
    plain = inner.filter(lambda value: not isinstance(value, Choice))
    choices = st.builds(
        Choice, st.sampled_from(["??", "?!"]), st.lists(plain, min_size=2, max_size=3).map(tuple)
    )
    first = literals | lists | objects
    on_literals = st.builds(
        Path,
        st.builds(Bare, first),
        st.lists(_steps(inner), min_size=1, max_size=2).map(_single_marks),
    )
    return lists | objects | choices | on_literals | _paths(inner, bare=True)


EXPRESSIONS = st.recursive(literals, _bigger, max_leaves=5)
TREES: st.SearchStrategy[Any] = st.builds(
    lambda path: Group((Item("x", path),)), _paths(EXPRESSIONS, bare=False)
) | _groups(EXPRESSIONS)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=14).map("".join) | st.text(max_size=20))
def test_reading_raises_nothing_but_a_syntax_error(text: str):
    try:
        selection = parse(text)
    except MappingSyntaxError as error:
        place = (error.line, error.column)
    else:
        assert parse(str(selection)) == selection
        return
    assert 1 <= place[0] <= text.count("\n") + 1
    assert 1 <= place[1] <= len(text) + 1


@settings(max_examples=150, deadline=None)
@given(TREES)
def test_what_is_printed_reads_as_the_same(tree: Any):
    assert read(printed(tree)) == tree


@settings(max_examples=200, deadline=None)
@given(TREES, JSON, JSON)
def test_applying_never_raises_and_changes_nothing(tree: Any, data: Any, args: Any):
    before = copy.deepcopy((data, args))
    selection = parse(printed(tree))
    value, problems = apply(selection, data, {"$args": args})
    assert (data, args) == before
    assert value is ABSENT or json.dumps(value) is not None
    for problem in problems:
        assert problem.message
        assert (problem.line, problem.column) >= (1, 1)
    assert apply(selection, data, {"$args": args}) == (value, problems)


@settings(max_examples=100, deadline=None)
@given(TREES, st.lists(JSON, min_size=8, max_size=10))
def test_a_list_is_what_its_items_are(tree: Any, items: list[Any]):
    if not isinstance(tree, Group):
        return
    selection = parse(printed(tree))
    flat = [item for item in items if not isinstance(item, list)]
    value, problems = apply(selection, flat)
    if not flat or value is ABSENT:
        return
    single = [apply(selection, item) for item in flat]
    assert value == [made for made, _ in single]
    if len(problems) < 500:
        assert [p.path[1:] for p in problems if p.path[:1] != ("$args",)] == [
            p.path for _, told in single for p in told if p.path[:1] != ("$args",)
        ] or any(p.path[:1] == ("$x",) for p in problems)
