"""What a selection makes of data: paths, groups, lists, variables, choices, problems."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.declarative.mapping import ABSENT, Problem, apply, parse

ARTICLES = {
    "author": {
        "name": "Ben",
        "articles": [
            {"title": "T1", "byline": {"place": "P1"}, "tags": ["x", "y"]},
            {"title": "T2", "byline": {"place": "P2"}, "tags": ["z"]},
        ],
    },
    "some": {"nested": {"path": {"a": "A", "b": "B", "c": "C"}}},
}


@pytest.mark.parametrize(
    ("selection", "data", "expected"),
    [
        # one key keeps its name, longer paths give their value alone
        ("a", {"a": 1, "b": 2}, {"a": 1}),
        ("x: a y: b", {"a": 1, "b": None}, {"x": 1, "y": None}),
        ("a.b", {"a": {"b": 3}}, 3),
        ("$.a", {"a": 3}, 3),
        ("$", {"a": 3}, {"a": 3}),
        ("@", [1], [1]),
        ("x: $", 5, {"x": 5}),
        ("", {"a": 1}, {}),
        ('$."odd key"', {"odd key": 1}, 1),
        ("x: 'Book' y: true", {"Book": 1, "true": 2}, {"x": 1, "y": 2}),
        # groups
        ("author { name }", ARTICLES, {"author": {"name": "Ben"}}),
        ("$.author { name }", ARTICLES, {"name": "Ben"}),
        (
            "author { name } some.nested.path { a b c }",
            ARTICLES,
            {"author": {"name": "Ben"}, "a": "A", "b": "B", "c": "C"},
        ),
        ("abc: some.nested.path { a }", ARTICLES, {"abc": {"a": "A"}}),
        ("...some.nested.path { a } c: author.name", ARTICLES, {"a": "A", "c": "Ben"}),
        ("...some.nested.path", ARTICLES, {"a": "A", "b": "B", "c": "C"}),
        ("id who: { name: n }", {"id": 1, "n": "S"}, {"id": 1, "who": {"name": "S"}}),
        # lists
        ("author.articles.title", ARTICLES, ["T1", "T2"]),
        ("author.articles { title }", ARTICLES, [{"title": "T1"}, {"title": "T2"}]),
        ("author.articles.byline.place", ARTICLES, ["P1", "P2"]),
        (
            "author.articles { title place: byline.place }",
            ARTICLES,
            [{"title": "T1", "place": "P1"}, {"title": "T2", "place": "P2"}],
        ),
        ("author.articles { t: { title } }", ARTICLES, [{"t": {"title": "T1"}}, {"t": {"title": "T2"}}]),
        ("a", [{"a": 1}, {"a": 2}], [{"a": 1}, {"a": 2}]),
        ("a { b }", {"a": [[{"b": 1}], [{"b": 2}, {"b": 3}]]}, {"a": [[{"b": 1}], [{"b": 2}, {"b": 3}]]}),
        ("a.b", {"a": [[{"b": 1}], []]}, [[1], []]),
        ("friends: ids { id: $ }", {"ids": [2, 3]}, {"friends": [{"id": 2}, {"id": 3}]}),
        ("friends: ids { id: @ }", {"ids": [2]}, {"friends": [{"id": 2}]}),
        ("a { b }", {"a": []}, {"a": []}),
        # a key of a list is taken of each item, and the rest applies once, to the new list
        ("author.articles.tags->first", ARTICLES, ["x", "y"]),
        ("author.articles.tags->size", ARTICLES, 2),
        # literals
        ("k: $('Book') n: $(4) o: $({a: [1, 'x', null]})", {}, {"k": "Book", "n": 4, "o": {"a": [1, "x", None]}}),
        ("x: $({id, n: name.first})", {"id": 1, "name": {"first": "S"}}, {"x": {"id": 1, "n": "S"}}),
        ("$([a, b->first.c])", {"a": 1, "b": [{"c": 2}]}, [1, 2]),
        ("$({a: 1}.a)", None, 1),
        ("$([1, 2]->last)", None, 2),
        ("$([1, 2])->last", None, 2),
        # optional steps stop quietly
        ("x: a?.b", {"a": None}, {}),
        ("x: a?.b", {}, {}),
        ("x: a.b?", {"a": {}}, {}),
        ("x: a.b?.c", {"a": {"b": {"c": 1}}}, {"x": 1}),
        ("a? b?", {"a": None, "b": 1}, {"b": 1}),
        ("a? { b }", {"a": None}, {}),
        ("a? { b }", {"a": {"b": 1}}, {"a": {"b": 1}}),
        ("x: a?->jsonStringify", {"a": None}, {}),
        ("x: a->jsonStringify", {"a": None}, {"x": "null"}),
        ("x: a->get(5)?", {"a": [1]}, {}),
        ("x: $args?.a", {}, {}),
        # choices
        ("$(a ?? 'd')", {"a": None}, "d"),
        ("$(a ?? 'd')", {}, "d"),
        ("$(a ?? 'd')", {"a": 0}, 0),
        ("$(a ?! 'd')", {"a": None}, None),
        ("$(a ?! 'd')", {}, "d"),
        ("$(a ?? b ?? 'd')", {"a": None, "b": 2}, 2),
        ("$(a ?? null)", {}, None),
        ("$(a.b.c ?? 'd')->size", {"a": 1}, 1),
        ("$(a?->jsonStringify ?? null)", {"a": None}, None),
        # local names, `$` and `@`
        ("author->as($a).articles { n: $a.name }", ARTICLES, [{"n": "Ben"}, {"n": "Ben"}]),
        ("author->as($n, @.name)->echo($n)", ARTICLES, "Ben"),
        ("x: a->as($v) y: $($v ?? 'gone')", {"a": 1}, {"x": 1, "y": "gone"}),
        ("x: b->map($.a)", {"a": 1, "b": [0, 0]}, {"x": [1, 1]}),
        ("x: b->map(@.c)", {"b": [{"c": 1}, {"c": 2}]}, {"x": [1, 2]}),
        ("x: b->map(c)", {"b": [{"c": 1}, {"c": 2}], "c": 3}, {"x": [3, 3]}),
        ("x: first->and($.second)", {"first": True, "second": True}, {"x": True}),
        ("g { x: h->echo([$.i, @]) }", {"g": {"h": 1, "i": 2}}, {"g": {"x": [2, 1]}}),
        (
            "us->filter(@->as($u)->echo($u.on)->and($u.age->gt(30)))",
            {"us": [{"on": True, "age": 31}, {"on": False, "age": 40}]},
            [{"on": True, "age": 31}],
        ),
    ],
)  # fmt: skip
def test_a_selection_makes(selection: str, data: Any, expected: Any):
    value, problems = apply(selection, data)
    assert value == expected
    assert problems == []


def test_variables_carry_their_sign():
    variables = {
        "$args": {"id": 7, "tags": [{"n": 1}, {"n": 2}]},
        "$request": {"headers": {"accept-language": ["id", "en"]}},
        "$status": 404,
    }
    text = """
    id: $args.id
    ns: $args.tags.n
    lang: $request.headers."accept-language"->first
    missing: $status->eq(404)
    own: mine
    """
    value, problems = apply(text, {"mine": True}, variables)
    assert value == {"id": 7, "ns": [1, 2], "lang": "id", "missing": True, "own": True}
    assert problems == []


def test_a_sub_selection_in_an_argument_applies_to_the_root():
    text = "$($args.owner ?! 0)->match([null, null], [@, $ { id login }])"
    data = {"id": 1, "login": "siti", "more": 2}
    assert apply(text, data, {"$args": {"owner": 5}}) == ({"id": 1, "login": "siti"}, [])
    assert apply(text, data, {"$args": {"owner": None}}) == (None, [])


@pytest.mark.parametrize(
    ("selection", "data", "expected", "problem"),
    [
        ("a b", {"a": 1}, {"a": 1}, Problem("no 'b' in an object", ("b",), 1, 3)),
        ("x: a.b.c", {"a": {"b": None}}, {}, Problem("no 'c' in null", ("a", "b", "c"), 1, 8)),
        ("x: a.b", {"a": "s"}, {}, Problem("no 'b' in a string", ("a", "b"), 1, 6)),
        ("$.a", {}, ABSENT, Problem("no 'a' in an object", ("a",), 1, 3)),
        (
            "ds {\n  a\n}",
            {"ds": [{"a": 1}, {}]},
            {"ds": [{"a": 1}, {}]},
            Problem("no 'a' in an object", ("ds", 1, "a"), 2, 3),
        ),
        (
            "x: ds.a.b",
            {"ds": [{"a": {"b": 1}}, {"a": {}}]},
            {"x": [1, None]},
            Problem("no 'b' in an object", ("ds", "a", 1, "b"), 1, 9),
        ),
        (
            "x: ds->map(@.a)",
            {"ds": [{"a": 1}, 5]},
            {"x": [1, None]},
            Problem("no 'a' in a number", ("ds", "->map", 1, "a"), 1, 14),
        ),
        (
            "x: a->echo($args.b)",
            {"a": 1},
            {},
            Problem("no 'b' in an object", ("$args", "b"), 1, 18),
        ),
        ("x: $nobody.b", {}, {}, Problem("there is no $nobody here", ("$nobody",), 1, 4)),
        (
            "a b.c { d }",
            {"a": 1, "b": {"c": [{"d": 1}]}},
            {"a": 1},
            Problem("only objects can be merged, and this is a list", (), 1, 3),
        ),
        ("$(a ?? b)", {}, ABSENT, None),
    ],
)
def test_what_is_missing_is_left_out_and_told(
    selection: str, data: Any, expected: Any, problem: Problem | None
):
    value, problems = apply(selection, data, {"$args": {}})
    assert value == expected
    if problem is not None:
        assert problems == [problem]


def test_a_choice_that_finds_nothing_tells_all_it_missed():
    assert [p.path for p in apply("$(a ?? b)", {})[1]] == [("a",), ("b",)]
    assert apply("$(a ?? b ?? 1)", {})[1] == []


def test_null_in_the_place_of_an_object_stays_null():
    value, problems = apply("a { b c }", {"a": None})
    assert value == {"a": None}
    assert [p.message for p in problems] == ["no 'b' in null", "no 'c' in null"]


def test_merging_null_adds_nothing():
    assert apply("id a.b { c }", {"id": 1, "a": {"b": None}})[0] == {"id": 1}


def test_problems_are_told_up_to_a_number():
    _, problems = apply("x: a.b", {"a": [{}] * 700})
    assert len(problems) == 501
    assert problems[-1].message == "and 200 more problems"


def test_too_much_work_is_ended():
    nested = "a->map(" * 8 + "1" + ")" * 8
    text = "x: " + nested.replace("a->map", "$.a->map")
    value, problems = apply(text, {"a": [1] * 50})
    assert value is ABSENT
    assert "more than 1000000 steps" in problems[-1].message
    assert apply("a", [{"a": 1}] * 10, steps=9)[0] is ABSENT
    assert apply("a", [{"a": 1}] * 10, steps=30)[0] == [{"a": 1}] * 10


@pytest.mark.parametrize(
    "text",
    [
        "$(1)" + "->echo([@, @])" * 60,
        "$(1)" + "->echo({a: {b: @}, c: @})" * 60,
        "x: $(1)" + "->echo([@])" * 400,
        "x: a" + "->as($v)->echo([$v, $v])" * 60,
        "x: $('aaaaaaaaaa')" + "->echo([@, @]->joinNotNull('aaaaaaaaaa'))" * 60,
        "x: a" + "->echo([@, @])" * 60 + "->jsonStringify",
        "x: a" + "->echo([@, @])" * 40 + "->as($v)->echo($v->eq($.a" + "->echo([@, @])" * 40 + "))",
        "x: a->mul(" + ", ".join(["9999999999"] * 600) + ")",
    ],
)
def test_values_do_not_grow_without_end(text: str):
    value, problems = apply(parse(text), {"a": 2})
    assert value in (ABSENT, {})
    assert problems


def test_data_of_any_depth_is_no_danger():
    deep: Any = {"a": 1}
    for _ in range(100_000):
        deep = [deep]
    value, problems = apply("a", deep)
    assert value is ABSENT
    assert "more levels" in problems[-1].message
    assert apply("x: $->jsonStringify y: $->eq($)", {"a": deep})[0] == {"y": True}


def test_the_long_way_of_a_list_and_the_short_one_agree():
    text = """
    id name: nama.lengkap kind: k->match(['a', 'A'], [@, '?']) tag: tags->first
    up: n->add(1, 2.5) opt: o?.p loc { lat lng: lon } who: { deep: { id } } all: $args.x
    ...more { m } state: k->match(['a', 1], ['b', 2]) lit: $('x') last: tags->last.t
    subs { s } txt: n->toString
    """
    regular: dict[str, Any] = {
        "id": 1, "nama": {"lengkap": "S"}, "k": "a", "tags": [{"t": 1}, {"t": 2}], "n": 3,
        "o": {"p": 1}, "loc": {"lat": 1, "lon": 2}, "more": {"m": 1},
        "subs": [{"s": 1}, {"s": 2}],
    }  # fmt: skip
    odd: list[Any] = [
        regular | {"k": "z"}, regular | {"o": None}, regular | {"tags": []}, None, 5, "s", [regular],
        regular | {"nama": "x"}, regular | {"n": "x"}, regular | {"loc": None}, {},
        regular | {"loc": [{"lat": 1, "lon": 2}]}, regular | {"more": [1]}, regular | {"k": []},
        regular | {"subs": None}, regular | {"subs": {"s": 1}}, regular | {"k": True},
        regular | {"tags": "ab"},
    ]  # fmt: skip
    for stranger in (regular, *odd):
        items = [regular] * 9 + [stranger]
        variables = {"$args": {"x": 1}}
        value, problems = apply(text, items, variables)
        single = [apply(text, item, variables) for item in items]
        assert value == [made for made, _ in single]
        assert [(p.message, p.path[1:]) for p in problems] == [
            (p.message, p.path) for _, told in single for p in told
        ]
        assert all(p.path[0] == 9 for p in problems)


@pytest.mark.parametrize(
    ("text", "data", "value", "count"),
    [
        ("...a", {"a": {"b": 1}}, {"b": 1}, 0),
        ("...a c", {"a": {"b": 1}, "c": 2}, {"b": 1, "c": 2}, 0),
        ("...a c", {"a": [1], "c": 2}, {"c": 2}, 1),
        ("...a c", {"a": None, "c": 2}, {"c": 2}, 0),
        ("...a c", {"c": 2}, {"c": 2}, 1),
    ],
)
def test_three_points_merge_the_fields_of_an_object(text, data, value, count):
    found, problems = apply(text, data)
    assert (found, len(problems)) == (value, count)
    many, told = apply(text, [data] * 10)
    assert (many, len(told)) == ([value] * 10, count * 10)


def test_a_mapping_ends_by_the_clock_of_the_processor_too():
    text = "$->map(" + "->".join(["@", *["echo(@)"] * 200]) + ")"
    value, problems = apply(text, list(range(200)), seconds=0.0)
    assert value is ABSENT
    assert "0 seconds of work" in problems[0].message
    value, problems = apply(text, list(range(200)))
    assert (value, problems) == (list(range(200)), [])


def test_fields_that_are_not_there_are_work_too():
    text = " ".join(f"f{number}" for number in range(9_000))
    value, problems = apply(text, [{}] * 1_000)
    assert value is ABSENT
    assert "steps" in problems[-1].message
