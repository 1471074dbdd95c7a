"""What can be written in a selection, and where the reader says it goes wrong."""

from __future__ import annotations

import pytest

from connectors.declarative.mapping import ABSENT, MappingSyntaxError, apply, faults, parse


@pytest.mark.parametrize(
    ("written", "again"),
    [
        ("", ""),
        ("# only a comment", ""),
        ("a b\n\tc", "a b c"),
        ("a # the first\nb", "a b"),
        ("x: a", "x: a"),
        ("a: a", "a"),
        ("'odd key' x: \"b c\"", '"odd key" x: "b c"'),
        ("x : a . b ->  first ( )", "x: a.b->first"),
        ("$.data{a{b}}", "$.data { a { b } }"),
        ("loc: {lat lon}", "loc: { lat lon }"),
        ("a? b?{c}", "a? b? { c }"),
        ("x: a?.b?->first?", "x: a?.b?->first?"),
        ("$", "$"),
        ("@.a", "@.a"),
        ("$args.id", "$args.id"),
        ("...a{b} c", "...a { b } c"),
        ("a.b{c} d", "a.b { c } d"),
        ("$(1)", "$(1)"),
        ("$(-1.50)", "$(-1.5)"),
        ("$(.5)", "$(0.5)"),
        ("$(7.)", "$(7.0)"),
        ("$('it\\'s')", '$("it\'s")'),
        ('$("a\\n\\u00e9\\\\")', '$("a\\né\\\\")'),
        ('$("\\ud83d\\ude8c")', '$("🚌")'),
        ("$([1,'a',null,true,])", '$([1, "a", null, true])'),
        ("$({a:1,'b c':x,d,})", '$({a: 1, "b c": x, d})'),
        ("$(a??b ?? 'c')", '$(a ?? b ?? "c")'),
        ("$(a?!b)", "$(a ?! b)"),
        ("$(a? ?? b)", "$(a? ?? b)"),
        ("$('abc'->size)", '$("abc" ->size)'),
        ("x: a->match(['o','O'],[@,$ {id}])", 'x: a->match(["o", "O"], [@, $ { id }])'),
        ("true null: false", "true null: false"),
    ],
)
def test_a_selection_is_read_and_written_again(written: str, again: str):
    assert str(parse(written)) == again
    assert parse(again) == parse(written)


@pytest.mark.parametrize(
    ("written", "line", "column", "says"),
    [
        ("a b.c", 1, 3, "has no name"),
        ("x { a.b }", 1, 5, "has no name"),
        ("a\n  b->first", 2, 3, "has no name"),
        ("a, b", 1, 2, "not by commas"),
        ("x: 5", 1, 4, "$( … )"),
        ("x: [1]", 1, 4, "$( … )"),
        ("a ?? b", 1, 3, "$( … )"),
        ("{ a }", 1, 1, "$( … )"),
        ("x: $ (1)", 1, 6, "found '('"),
        ("a }", 1, 3, "closes nothing"),
        ("a { b", 1, 3, "never closed"),
        ("x: $(1", 1, 4, "never closed"),
        ("x: $(1 2)", 1, 8, "expected ')'"),
        ("x: a->first(1", 1, 12, "never closed"),
        ("x: a->", 1, 7, "name of a method"),
        ("x: a.", 1, 6, "key after the point"),
        ("x: a.1", 1, 6, "key after the point"),
        ("x: a??.b", 1, 5, "?? and ?!"),
        ("x: a? ?", 1, 7, "one ? is enough"),
        ("x: $(a ?? b ?! c)", 1, 13, "do not mix"),
        ("x: $('abc)", 1, 6, "does not end"),
        ("x: $('\\d')", 1, 7, "unknown escape"),
        ("x: $('\\u12')", 1, 7, "four hexadecimal"),
        ("x: $('\\ud800')", 1, 6, "half a character"),
        ("x: $(1e5)", 1, 7, "no exponent"),
        ("x: $()", 1, 6, "expected a value"),
        ("x: $([1,,2])", 1, 9, "expected a value"),
        ("x: $({1: 2})", 1, 7, "expected a key"),
        ("x:", 1, 3, "end of the selection"),
        ("...", 1, 4, "end of the selection"),
        ("a\nb\n  %", 3, 3, "found '%'"),
    ],
)
def test_an_error_says_line_and_column(written: str, line: int, column: int, says: str):
    with pytest.raises(MappingSyntaxError) as caught:
        parse(written)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert says in caught.value.message
    assert str(caught.value).endswith(f"(line {line}, column {column})")


def test_columns_count_code_points():
    with pytest.raises(MappingSyntaxError) as caught:
        parse("'🚌🚌' %")
    assert caught.value.column == 6


def test_brackets_in_brackets_end_at_fifty():
    assert apply("$(" * 50 + "1" + ")" * 50, None) == (1, [])
    with pytest.raises(MappingSyntaxError, match="more than 50 brackets"):
        parse("$(" * 51 + "1" + ")" * 51)
    with pytest.raises(MappingSyntaxError, match="more than 50 brackets"):
        parse("a{" * 10_000)


def test_a_selection_has_a_longest_length():
    parse("a" * 65_536)
    with pytest.raises(MappingSyntaxError, match="longer than 65536"):
        parse("a" * 65_537)
    with pytest.raises(MappingSyntaxError, match="a number that is too large"):
        parse("$(" + "9" * 399 + ".)")
    with pytest.raises(MappingSyntaxError, match="a number longer"):
        parse("$(" + "9" * 401 + ")")


def test_a_long_chain_costs_no_stack():
    deep: object = 1
    for _ in range(5_000):
        deep = {"a": deep}
    assert apply("$" + ".a" * 5_000, deep) == (1, [])


def test_the_same_text_is_parsed_once():
    assert parse("id name") is parse("id name")


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("x: a->nope", "there is no method ->nope"),
        ("x: a->typeof", "there is no method ->typeof"),
        ("x: a->split(',')", "there is no method ->split"),
        ("x: a->first(1)", "->first takes 0 arguments, not 1"),
        ("x: a->slice(1, 2, 3)", "->slice takes 0 to 2 arguments, not 3"),
        ("x: a->add", "->add takes at least 1 arguments, not 0"),
        ("x: a->match(1)", "->match takes pairs: [candidate, value]"),
        ("x: a->match([1])", "->match takes pairs: [candidate, value]"),
        ("x: a->as('b')", "->as takes a name of your own first: ->as($name)"),
        ("x: a->as($)", "->as takes a name of your own first: ->as($name)"),
        ("x: a->as($b.c)", "->as takes a name of your own first: ->as($name)"),
    ],
)
def test_a_fault_is_known_without_data_and_told_with_it(written: str, says: str):
    (fault,) = faults(written)
    assert (fault.message, fault.line, fault.column) == (says, 1, 5)
    value, problems = apply(written, {"a": [1]})
    assert value == {}
    assert [(p.message, p.line, p.column) for p in problems] == [(says, 1, 5)]


def test_faults_are_found_everywhere_in_the_order_of_the_text():
    text = "a { x: b->one } y: $([c->two, {k: d->three ?? 1}]) z: e->map(@->four { f: g->five })"
    assert [f.message.rpartition("->")[2] for f in faults(text)] == [
        "one", "two", "three", "four", "five",
    ]  # fmt: skip
    assert faults("a b { c }") == []


def test_absent_is_one_thing_and_false():
    value, _ = apply("$.a", {})
    assert value is ABSENT
    assert not ABSENT
    assert repr(ABSENT) == "ABSENT"
