"""The request a connector makes of its values: address, headers, body."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.declarative.mapping import MappingSyntaxError, parse
from connectors.declarative.model import Connect, Header, Source
from connectors.declarative.requests import Built, SecretName, build
from connectors.declarative.templates import read_template
from connectors.declarative.used import keys_of, uses
from connectors.errors import Rejected

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def made(
    url: str,
    *,
    base: str | None = "https://api.example",
    args: dict[str, Any] | None = None,
    source: dict[str, Any] | None = None,
    method: str = "GET",
    config: dict[str, Any] | None = None,
    given: dict[str, list[str]] | None = None,
    **parts: Any,
) -> Built:
    own = None if base is None else Source("s", read_template(base), **(source or {}))
    connect = Connect("Query", "f", method, read_template(url), parse("a"), source="s", **parts)
    variables = {"$args": args or {}, "$config": config or {}}
    return build(connect, own, variables, headers=given)


def address(url: str, **options: Any) -> str:
    return made(url, **options).request.url


@pytest.mark.parametrize(
    ("base", "url", "args", "expected"),
    [
        ("https://a.example", "/lots", {}, "https://a.example/lots"),
        ("https://a.example/v1/", "/lots", {}, "https://a.example/v1/lots"),
        ("https://a.example/v1", "lots", {}, "https://a.example/v1/lots"),
        ("https://a.example//v1//", "//lots//x", {}, "https://a.example/v1/lots/x"),
        ("https://a.example", "/", {}, "https://a.example/"),
        ("https://a.example", "", {}, "https://a.example/"),
        ("https://a.example/lots", "/", {}, "https://a.example/lots"),
        ("https://a.example", "/lots/", {}, "https://a.example/lots/"),
        ("https://a.example:8080", "/a", {}, "https://a.example:8080/a"),
        ("http://[::1]:80", "/a", {}, "http://[::1]:80/a"),
        (None, "https://b.example/x?y=1", {}, "https://b.example/x?y=1"),
        ("https://a.example", "/lots/{$args.id}", {"id": 7}, "https://a.example/lots/7"),
        ("https://a.example", "/l/{$args.id}/x", {"id": "a/b"}, "https://a.example/l/a%2Fb/x"),
        ("https://a.example", "/l/{$args.id}", {"id": "é ?&=#"}, "https://a.example/l/%C3%A9%20%3F%26%3D%23"),
        ("https://a.example", "/l/{$args.id}", {"id": "A-b.c_d~"}, "https://a.example/l/A-b.c_d~"),
        ("https://a.example", "/l/{$args.id}", {"id": None}, "https://a.example/l/"),
        ("https://a.example", "/l/v{$args.id}.json", {"id": True}, "https://a.example/l/vtrue.json"),
        ("https://a.example", "/l?q={$args.q}", {"q": "a b&c"}, "https://a.example/l?q=a%20b%26c"),
        ("https://a.example", "/l?q={$args.q}", {"q": None}, "https://a.example/l?q="),
        ("https://a.example", "/l?q={$args.q}", {}, "https://a.example/l?q="),
        ("https://a.example", "?q=1", {}, "https://a.example/?q=1"),
        ("https://a.example?k=0&", "/l?&q=1&&r=2", {}, "https://a.example/l?k=0&q=1&r=2"),
        ("https://a.example", "/l?{$args.n}={$args.v}", {"n": "x=", "v": 1}, "https://a.example/l?x%3D=1"),
        ("https://a.example", "/l#part", {}, "https://a.example/l"),
        ("https://a.example", "/a b/é", {}, "https://a.example/a%20b/%C3%A9"),
        ("https://a.example", "/a%20b", {}, "https://a.example/a%20b"),
        ("https://a.example", "/l\n\t  ?q=1\n  &r={$args.r\n}", {"r": 2}, "https://a.example/l?q=1&r=2"),
        ("https://a.example", '/l?ids={$args.ids->joinNotNull(",")}', {"ids": [1, 2]}, "https://a.example/l?ids=1%2C2"),
        ("https://a.example", "/l/{$({a: '}'}.a)}", {}, "https://a.example/l/%7D"),
    ],
)  # fmt: skip
def test_an_address_is_put_together(
    base: str | None, url: str, args: dict[str, Any], expected: str
):
    connect = Connect("Query", "f", "GET", read_template(url), parse("a"))
    source = None if base is None else Source("s", read_template(base))
    assert build(connect, source, {"$args": args}).request.url == expected


def test_parts_of_the_address_come_in_the_order_of_the_language():
    found = address(
        "/three?c=3",
        base="https://a.example/one?a=1",
        source={"path": parse("$(['two'])"), "query": parse("b: $(2)")},
        args={"path": ["four/4", 5, None], "ids": [1, 2], "none": None, "deep": True},
        path=parse("$args.path"),
        query=parse("id: $args.ids d: $args.none 'e f': $args.deep g: $args.missing"),
    )
    assert found == ("https://a.example/one/two/three/four%2F4/5?a=1&b=2&c=3&id=1&id=2&e%20f=true")


def test_the_host_may_come_from_the_configuration():
    config = {"host": "city.example", "v": "v2"}
    found = address("/x", base="https://{$config.host}/{$config.v}", config=config)
    assert found == "https://city.example/v2/x"


@pytest.mark.parametrize(
    ("url", "args", "says"),
    [
        ("/l/{$args.x}", {"x": [1]}, "a list: it must be a scalar"),
        ("/l/{$args.x}", {"x": {}}, "an object: it must be a scalar"),
        ("/l/{$args.x}", {"x": ".."}, "leave its place"),
        ("/l/{$args.x}", {"x": "."}, "leave its place"),
        ("/l/{$args.x}", {"x": "a/../../b"}, "leave its place"),
        ("/l/{$args.x}", {"x": "..\\b"}, "leave its place"),
        ("/l/.{$args.x}", {"x": "."}, "leave its place"),
        ("/l/{$args.x}", {"x": "a" * 8_000}, "longer than 8000"),
    ],
)
def test_a_value_that_makes_no_address_is_refused(url: str, args: dict[str, Any], says: str):
    with pytest.raises(Rejected, match=says):
        made(url, args=args)


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"path": parse("$args.x")}, "`path` gives a string"),
        ({"path": parse("$([[1]])")}, "must be a scalar"),
        ({"path": parse("$(['..'])")}, "leave its place"),
        ({"query": parse("$args.x")}, "`queryParams` gives a string"),
        ({"query": parse("a: $({b: 1})")}, "must be a scalar"),
        ({"query": parse("a: $([[1]])")}, "must be a scalar"),
    ],
)
def test_a_mapping_of_the_wrong_type_is_refused(parts: dict[str, Any], says: str):
    with pytest.raises(Rejected, match=says):
        made("/l", args={"x": "s"}, **parts)


@pytest.mark.parametrize("base", ["ftp://a.example", "a.example", "https://", "https://a@b/x"])
def test_a_base_address_needs_scheme_and_host(base: str):
    with pytest.raises(Rejected, match="scheme"):
        made("/l", base=base)


@settings(max_examples=80, deadline=None)
@given(TEXTS, TEXTS, TEXTS)
def test_a_value_stays_in_its_place(segment: str, name: str, value: str):
    try:
        found = address(
            "/lots/{$args.s}/end?fixed={$args.v}",
            args={"s": segment, "v": value, "q": {name: value}},
            query=parse("$args.q"),
        )
    except Rejected:
        assert "." in segment
        return
    parts = urlsplit(found)
    assert (parts.scheme, parts.netloc) == ("https", "api.example")
    assert [unquote(p) for p in parts.path.split("/")[1:]] == [
        "lots", *([segment] if segment else []), "end",
    ]  # fmt: skip
    pairs = parse_qsl(parts.query, keep_blank_values=True, separator="&")
    assert pairs == [("fixed", value), (name, value)]


# ------------------------------------------------------------------------------- headers


def header(name: str, value: str) -> Header:
    return Header(name, read_template(value))


def test_headers_of_the_connector_come_before_those_of_the_source():
    found = made(
        "/l",
        source={"headers": (header("X-One", "source"), header("X-Two", "source"))},
        headers=(header("x-one", "own {$args.a}"), Header("X-Lang", copied="accept-language")),
        args={"a": 1},
        given={"accept-language": ["id", "en"], "cookie": ["secret"]},
    ).request.headers
    assert found == {
        "x-one": "own 1",
        "X-Two": "source",
        "X-Lang": "id, en",
        "Accept": "application/json, text/plain;q=0.5",
    }


def test_a_header_without_a_value_is_not_sent():
    found = made(
        "/l",
        headers=(
            header("X-None", "{$args.none}"),
            header("X-Empty", ""),
            Header("X-Copy", copied="x-gone"),
        ),
        args={"none": None},
    ).request.headers
    assert "X-None" not in found
    assert "X-Copy" not in found
    assert found["X-Empty"] == ""


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nb", "a\0", "🚌", "a" * 8_001])
def test_a_header_takes_no_line_break(value: str):
    with pytest.raises(Rejected, match="'X-A' cannot be sent"):
        made("/l", headers=(header("X-A", "{$args.v}"),), args={"v": value})


def test_only_the_configuration_names_a_secret():
    config = {"token": SecretName("{secret:token}")}
    bearer = (header("Authorization", "Bearer {$config.token}"),)
    sent = made("/l?k={$config.token}", headers=bearer, config=config).request
    assert sent.headers["Authorization"] == "Bearer {secret:token}"
    assert sent.url == "https://api.example/l?k={secret:token}"
    for value in ("{secret:token}", SecretName("x") + "{secret:token}"):
        with pytest.raises(Rejected, match="looks like the name of a secret"):
            made("/l", headers=(header("X-A", "{$args.v}"),), args={"v": value}, config=config)
        assert "{" not in address("/l/{$args.v}", args={"v": value})
    halves = (header("X-A", "{$args.a}{$args.b}"),)
    with pytest.raises(Rejected, match="looks like"):
        made("/l", headers=halves, args={"a": "{sec", "b": "ret:token}"})
    with pytest.raises(Rejected, match="looks like"):
        made("/l", headers=(Header("X-A", copied="x-a"),), given={"x-a": ["{secret:token}"]})
    with pytest.raises(Rejected, match="in a JSON body"):
        made("/l", method="POST", body=parse("t: $config.token"), config=config)


# ------------------------------------------------------------------------------- bodies


def body(text: str, content_type: str | None = None, **args: Any) -> Any:
    headers = () if content_type is None else (header("content-type", content_type),)
    return made("/l", method="POST", body=parse(text), headers=headers, args=args).request


def test_a_body_is_json_unless_said_otherwise():
    sent = body("title: $args.t n: $args.n gone: $args.gone?", t="é", n=None, gone=None)
    assert sent.method == "POST"
    assert sent.headers["Content-Type"] == "application/json"
    assert sent.body == '{"title":"é","n":null}'.encode()
    assert body("$([1, {a: 'x'}])").body == b'[1,{"a":"x"}]'
    assert body("a: $(1)", "application/vnd.api+json").body == b'{"a":1}'
    assert body("$args.nothing").body is None
    assert body("gone: $args.gone").body == b"{}"
    assert body("$('text')", "text/plain").body == b"text"


def test_a_form_writes_nested_values_with_brackets():
    text = "a: $args.a b: $args.b c: $args.c 'd e': $args.d n: $args.n"
    sent = body(
        text,
        "application/x-www-form-urlencoded",
        a="x y&z",
        b={"c": 1, "d]": {"e": True}},
        c=[1, {"k": "v"}, None],
        d="é",
        n=None,
    )
    assert sent.body == (
        b"a=x+y%26z&b%5Bc%5D=1&b%5Bd%5D%5D%5Be%5D=true&c%5B0%5D=1&c%5B1%5D%5Bk%5D=v&d+e=%C3%A9"
    )
    with pytest.raises(Rejected, match="the body of a form is a list"):
        body("$([1])", "application/x-www-form-urlencoded; charset=utf-8")


def test_a_body_has_a_longest_length():
    with pytest.raises(Rejected, match="longer than 1000000 bytes"):
        body("t: $args.t", t="x" * 1_000_001)
    with pytest.raises(Rejected, match="not JSON"):
        body("t: $args.t", t=float("nan"))


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | TEXTS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
        max_leaves=8,
    )
)
def test_a_json_body_reads_as_what_was_given(value: Any):
    assert json.loads(body("v: $args.v", v=value).body) == {"v": value}


def test_problems_of_a_request_are_told():
    built = made("/l/{$args.a}", args={})
    assert [(p.message, p.path) for p in built.problems] == [
        ("no 'a' in an object", ("$args", "a"))
    ]


# ------------------------------------------------------------------------------- templates


@pytest.mark.parametrize(
    ("text", "line", "column", "says"),
    [
        ("/a/{$args.x", 1, 4, "never closed"),
        ("/a}", 1, 3, "without its {"),
        ("/a/{}", 1, 4, "without an expression"),
        ("/a/{$args.}", 1, 11, "key after the point"),
        ("/a\n/{$args.x}\n/{a b c %}", 3, 9, "found '%'"),
        ("/{a\n  %}", 2, 3, "found '%'"),
    ],
)
def test_an_error_in_a_template_says_where(text: str, line: int, column: int, says: str):
    with pytest.raises(MappingSyntaxError, match=says) as caught:
        read_template(text)
    assert (caught.value.line, caught.value.column) == (line, column)


def test_the_keys_a_request_is_made_of_are_known():
    connect = Connect(
        "Lot",
        None,
        "POST",
        read_template("/lots?c={$batch.code->joinNotNull(',')}"),
        parse("id"),
        body=parse("ids: $batch.id all: $batch codes: $batch->as($b)->map($b.code)"),
    )
    assert keys_of(connect, "$batch") == ["code", "id"]
    names = {(u.name, u.key) for u in uses(parse("a: $args.x b: $this c: $->as($y)->echo($y.z)"))}
    assert names == {("$args", "x"), ("$this", None)}
