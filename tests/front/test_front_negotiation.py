"""Which media type an Accept header gets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.transport.negotiation import GRAPHQL_RESPONSE, JSON, choose, prefers_html

CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("application/json", JSON),
        ("application/graphql-response+json", GRAPHQL_RESPONSE),
        ("application/graphql-response+json, application/json;q=0.9", GRAPHQL_RESPONSE),
        ("application/json, application/graphql-response+json", GRAPHQL_RESPONSE),
        ("application/json, application/graphql-response+json;q=0.5", JSON),
        ("application/graphql-response+json;q=0.5, */*", JSON),
        ("application/graphql-response+json, */*;q=0.1", GRAPHQL_RESPONSE),
        ("application/json, text/plain, */*", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("APPLICATION/JSON", JSON),
        ("application/json; charset=utf-8", JSON),
        ('application/graphql-response+json; charset="UTF-8"', GRAPHQL_RESPONSE),
        ("application/json; charset=latin1", None),
        ("application/json; profile=x", JSON),
        ("application/json;q=0", None),
        ("application/json;q=0, */*", GRAPHQL_RESPONSE),
        ("application/json;q=2", None),
        ("application/json;q=many", None),
        ("*/*;q=0", None),
        ("text/html", None),
        ("image/*", None),
        ("json", None),
        ("", None),
        (";;,,/", None),
        (CHROME, JSON),
    ],
)
def test_the_accept_header_decides(accept: str, expected: str | None) -> None:
    assert choose([accept]) == expected


def test_without_an_accept_header_it_is_json() -> None:
    assert choose([]) == JSON


def test_several_accept_headers_count_as_one() -> None:
    assert choose(["text/html", "application/graphql-response+json"]) == GRAPHQL_RESPONSE


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (CHROME, True),
        ("text/html", True),
        ("text/*", True),
        ("*/*", False),
        ("application/json, text/html;q=0.5", False),
        ("text/html;q=0.5, application/json", False),
        ("text/html;q=0", False),
    ],
)
def test_a_browser_is_known_by_naming_html(accept: str, *, expected: bool) -> None:
    assert prefers_html([accept]) is expected


@given(st.lists(st.text(max_size=60), max_size=3))
def test_any_header_is_read_without_an_error(values: list[str]) -> None:
    assert choose(values) in {JSON, GRAPHQL_RESPONSE, None}
    assert prefers_html(values) in {True, False}
