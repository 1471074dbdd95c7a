"""Every method: what it makes, and what it does with a wrong type."""

from __future__ import annotations

import math
from typing import Any

import pytest

from connectors.declarative.mapping import ABSENT, apply


@pytest.mark.parametrize(
    ("data", "call", "expected"),
    [
        (1, "->echo([@, 2])", [1, 2]),
        (None, "->echo('x')", "x"),
        # text and JSON
        ({"a": [1, "é", None, True]}, "->jsonStringify", '{"a":[1,"é",null,true]}'),
        (1.0, "->jsonStringify", "1.0"),
        ("a", "->jsonStringify", '"a"'),
        ('{"x": [1, 2.5]}', "->jsonParse", {"x": [1, 2.5]}),
        ("null", "->jsonParse", None),
        ('"\\ud83d\\ude8c"', "->jsonParse", "🚌"),
        ("s", "->toString", "s"),
        (7, "->toString", "7"),
        (1.5, "->toString", "1.5"),
        (True, "->toString", "true"),
        (None, "->toString", ""),
        ("42", "->parseInt", 42),
        ("-042", "->parseInt", -42),
        ("ff", "->parseInt(16)", 255),
        ("20", "->parseInt(16)", 32),
        (42, "->parseInt", 42),
        (123.6, "->parseInt", 123),
        # lists and strings
        ([1, 2], "->first", 1),
        ([1, 2], "->last", 2),
        ("ab", "->first", "a"),
        ("ab🚌", "->last", "🚌"),
        ([1, 2, 3, 4], "->slice(1, 3)", [2, 3]),
        ([1, 2, 3], "->slice(1)", [2, 3]),
        ([1, 2, 3], "->slice", [1, 2, 3]),
        ([1, 2, 3], "->slice(-5, 1)", [1]),
        ([1, 2, 3], "->slice(2, 1)", []),
        ("abcdef", "->slice(1, 3)", "bc"),
        ("é🚌x", "->slice(1, 2)", "🚌"),
        ([1, 2], "->size", 2),
        ("é🚌", "->size", 2),
        ({"a": 1}, "->size", 1),
        ("", "->size", 0),
        ([1, 2, 3], "->get(1)", 2),
        ([1, 2, 3], "->get(-1)", 3),
        ("abc", "->get(0)", "a"),
        ({"a": None}, "->get('a')", None),
        ([1, [2]], "->contains([2])", True),
        ([1], "->contains(1.0)", True),
        ([1], "->contains(true)", False),
        ([], "->contains(null)", False),
        (123, "->in([123, 456])", True),
        ("1", "->in([1])", False),
        (["a", None, "b"], "->joinNotNull(', ')", "a, b"),
        ([1, 2.5, True], "->joinNotNull('')", "12.5true"),
        ([None], "->joinNotNull(',')", ""),
        ([], "->joinNotNull(',')", ""),
        ({"a": 1, "b": [2]}, "->entries", [{"key": "a", "value": 1}, {"key": "b", "value": [2]}]),
        ({"a": 1, "b": 2}, "->entries.key", ["a", "b"]),
        ({}, "->entries", []),
        # map, filter, find: what is no list counts as a list of one
        ([1, 2], "->map(@->mul(2))", [2, 4]),
        ([{"n": 1}, {"n": 2}], "->map(@.n)", [1, 2]),
        ([{"n": 1}], "->map({ m: @.n, k: 'x' })", [{"m": 1, "k": "x"}]),
        (27, "->map(@->mul(2))", [54]),
        (None, "->map(@)", [None]),
        ([], "->map(@.a)", []),
        ([1, 2, 3, 4], "->filter(@->mod(2)->eq(0))", [2, 4]),
        (2, "->filter(@->gt(1))", [2]),
        (0, "->filter(@->gt(1))", []),
        ([1, 2, 4], "->find(@->mod(2)->eq(0))", 2),
        (2, "->find(@->gt(1))", 2),
        # match
        ("open", "->match(['open', 'OPEN'], ['closed', 'CLOSED'])", "OPEN"),
        ("other", "->match(['open', 'OPEN'], [@, 'UNKNOWN'])", "UNKNOWN"),
        ("other", "->match(['open', 'OPEN'], [@, @->size])", 5),
        (1, "->match([1.0, 'one'], [@, 'more'])", "one"),
        (True, "->match([1, 'one'], [true, 'yes'])", "yes"),
        ([1], "->match([[1], 'a list'])", "a list"),
        (None, "->match([null, null], [@, 1])", None),
        # comparing: numbers as floats
        (1, "->eq(1.0)", True),
        (9007199254740993, "->eq(9007199254740992)", True),
        (10**400, "->eq(1)", False),
        ("1", "->eq(1)", False),
        (0, "->eq(false)", False),
        ({"a": [1], "b": 2}, "->eq({b: 2.0, a: [1]})", True),
        ({"a": 1}, "->eq({b: 1})", False),
        ([1, 2], "->eq([1])", False),
        (None, "->ne(null)", False),
        (2, "->gt(1)", True),
        (2, "->gte(2.0)", True),
        ("a", "->lt('b')", True),
        (2, "->lte(1)", False),
        (10**400, "->gt(1)", True),
        (True, "->and(true, true)", True),
        (True, "->and(true, false)", False),
        (False, "->or(false, true)", True),
        (False, "->or(false)", False),
        (False, "->not", True),
        # arithmetic
        (1, "->add(2, 3)", 6),
        (1, "->add(0.5)", 1.5),
        (5, "->sub(2, 1)", 2),
        (2, "->mul(3, 4)", 24),
        (7, "->div(2)", 3.5),
        (6, "->div(2)", 3.0),
        (7, "->mod(3)", 1),
        (-7, "->mod(3)", -1),
        (7, "->mod(-3)", 1),
        (7.5, "->mod(2)", 1.5),
        (2**62, "->mul(4)", float(2**64)),
    ],
)
def test_a_method_makes(data: Any, call: str, expected: Any):
    value, problems = apply(f"${call}", data)
    assert value == expected
    assert type(value) is type(expected)
    assert problems == []


@pytest.mark.parametrize(
    ("data", "call"),
    [
        (object(), "->jsonStringify"),
        (math.nan, "->jsonStringify"),
        (1, "->jsonParse"),
        ("{", "->jsonParse"),
        ("NaN", "->jsonParse"),
        ('"\\ud800"', "->jsonParse"),
        ("[" * 100_000, "->jsonParse"),
        ("[" * 500 + "]" * 500, "->jsonParse"),
        ("9" * 5_000, "->jsonParse"),
        ([1], "->toString"),
        ({}, "->toString"),
        pytest.param(10**5_000, "->toString", id="long"),
        pytest.param(10**5_000, "->jsonStringify", id="long-json"),
        ("invalid", "->parseInt"),
        ("1_0", "->parseInt"),
        (" 1", "->parseInt"),
        ("٣", "->parseInt"),
        ("1.5", "->parseInt"),
        ("z", "->parseInt(16)"),
        ("9" * 20, "->parseInt"),
        ("1", "->parseInt(1)"),
        ("1", "->parseInt('16')"),
        ("1", "->parseInt(2.5)"),
        (True, "->parseInt"),
        (math.inf, "->parseInt"),
        (5, "->slice(0, 1)"),
        ([1], "->slice('a')"),
        (5, "->size"),
        (None, "->size"),
        ([1], "->get(1)"),
        ([1], "->get(-2)"),
        ([1], "->get(0.5)"),
        ([1], "->get('a')"),
        ([1], "->get(true)"),
        ({"a": 1}, "->get('b')"),
        ({"a": 1}, "->get(0)"),
        (5, "->get(0)"),
        ("abc", "->contains('a')"),
        (1, "->in(1)"),
        ("abc", "->joinNotNull('')"),
        ([[1]], "->joinNotNull('')"),
        ([{}], "->joinNotNull('')"),
        ([1], "->joinNotNull(1)"),
        (["x" * 600_000] * 2, "->joinNotNull('')"),
        ([1], "->entries"),
        (None, "->entries"),
        ([1, 2], "->filter(@)"),
        ([1], "->find('yes')"),
        ("x", "->match(['y', 1])"),
        (1, "->gt('a')"),
        (True, "->lt(false)"),
        (None, "->gte(1)"),
        ([1], "->lte([1])"),
        (1, "->and(true)"),
        (True, "->and(1)"),
        (True, "->or('x')"),
        ("x", "->not"),
        ("1", "->add(1)"),
        (1, "->add('1')"),
        (True, "->add(1)"),
        (1, "->div(0)"),
        (1, "->mod(0)"),
        (1.5, "->mod(0.0)"),
        (1e308, "->mul(10)"),
        (10**400, "->div(3)"),
        (10**400, "->add(0.5)"),
    ],
)
def test_a_method_that_cannot_is_absent_and_tells_why(data: Any, call: str):
    value, problems = apply(f"${call}", data)
    assert value is ABSENT
    (problem,) = problems
    name = call.removeprefix("->").partition("(")[0]
    assert f"->{name}" in problem.message or "condition" in problem.message
    assert problem.path[0] == f"->{name}"
    assert (problem.line, problem.column) == (1, 2)


@pytest.mark.parametrize(("data", "call"), [([], "->first"), ("", "->last"), ([], "->find(true)")])
def test_an_empty_list_has_no_first_and_that_is_no_problem(data: Any, call: str):
    assert apply(f"${call}", data) == (ABSENT, [])


@pytest.mark.parametrize("data", [5, None, True, {"a": 1}])
def test_the_first_of_a_single_value_is_itself_and_a_problem(data: Any):
    value, problems = apply("$->first", data)
    assert value == data
    assert len(problems) == 1


@pytest.mark.parametrize("call", ["->echo(a)", "->eq(a)", "->add(1, a)", "->and(a)", "->slice(a)"])
def test_an_argument_that_is_absent_makes_the_call_absent(call: str):
    value, problems = apply(f"$({{b: 1}}){call}", None)
    assert value is ABSENT
    assert [p.path for p in problems] == [(call.partition("(")[0], "a")]


def test_a_condition_without_an_answer_makes_the_filter_absent():
    value, problems = apply("$->filter(@.on)", [{"on": True}, {}])
    assert value is ABSENT
    assert [p.path for p in problems] == [("->filter", 1, "on")]


def test_a_map_keeps_positions():
    value, _ = apply("$->map(@.a)", [{"a": 1}, {}, {"a": 3}])
    assert value == [1, None, 3]


def test_numbers_stay_as_received():
    data = {"big": 12345678901234567890123, "one": 1.0, "zero": 0}
    value, _ = apply("big one zero", data)
    assert value == data
    assert type(value["one"]) is float
