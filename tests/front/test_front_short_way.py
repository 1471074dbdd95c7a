"""A plain request goes a shorter way than others, and nobody can tell by the answer."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from connectors.ports.common import ErrorCode
from gateway.transport.http import GraphQLEndpoint
from gateway.transport.negotiation import GRAPHQL_RESPONSE, JSON
from gateway.transport.plain import media_type_of, question_of
from gateway.transport.refusals import HttpRefusal
from resolvers.problems import Refusal
from tests.front.small_city import SmallContext, endpoint

TYPES = [JSON, f"{JSON}; charset=utf-8", f"{JSON};charset=UTF-8"]
ACCEPTS = [
    None,
    "*/*",
    JSON,
    GRAPHQL_RESPONSE,
    f"{GRAPHQL_RESPONSE}, {JSON};q=0.9",
    f"{GRAPHQL_RESPONSE};q=0.2, {JSON}",
    "text/html",
]
QUERIES = [
    "{ hello }",
    "{ hello broken }",
    "{ fatal }",
    "{ refused late busy }",
    "{",
    "",
    "{ nothing }",
    "query ($n: Int!) { shout(times: $n) }",
    "query A { hello } query B { area { name } }",
    "subscription { ticks }",
    'mutation { send(text: "x") }',
    "{ raw }",
    '{ hello(name: "\\u0000 \u00e9 \U0001f68c") }',
]
SOMETHING = st.none() | st.booleans() | st.integers() | st.text(max_size=4)
BODIES = st.one_of(
    st.fixed_dictionaries(
        {"query": st.sampled_from(QUERIES)},
        optional={
            "variables": st.none() | st.dictionaries(st.sampled_from("na"), SOMETHING) | SOMETHING,
            "operationName": st.none() | st.sampled_from(["", "A", "B", "C"]) | SOMETHING,
            "extensions": st.none() | st.just({}) | SOMETHING,
            "more": SOMETHING,
        },
    ).map(lambda body: json.dumps(body).encode()),
    st.recursive(SOMETHING, lambda inner: st.lists(inner, max_size=2)).map(
        lambda body: json.dumps(body).encode()
    ),
    st.binary(max_size=12),
    st.just(b"\xef\xbb\xbf" + b'{"query": "{ hello }"}'),
    st.just(b'{"query": "{ hello }"}' + b" " * 200),
)
LIMIT = 180
"""Bytes of a body, so that some are too large."""


async def _told(way: GraphQLEndpoint, body: bytes, headers: dict[str, str]) -> Any:
    """Status, headers in their order and body of an answer, without the number of a fault."""
    transport = httpx.ASGITransport(app=way)
    async with httpx.AsyncClient(transport=transport, base_url="http://kota.test") as http:
        request = http.build_request("POST", "/graphql", content=body)
        request.headers = httpx.Headers({"content-length": str(len(body)), **headers})
        answer = await http.send(request)
    raw = re.sub(rb'"errorId":"[0-9a-f]{12}"', b'"errorId":""', answer.content)
    return answer.status_code, answer.headers.raw, raw


@given(body=BODIES, kind=st.sampled_from(TYPES), accept=st.sampled_from(ACCEPTS))
async def test_both_ways_give_the_same_bytes_and_headers(
    body: bytes, kind: str, accept: str | None
) -> None:
    sent = {"content-type": kind, **({} if accept is None else {"accept": accept})}
    # A coding that changes nothing is not plain, so this one goes the long way.
    at_length = {**sent, "content-encoding": "identity"}
    way = endpoint(context=SmallContext(raw={"a": [1, None]}), max_body_bytes=LIMIT)
    assert await _told(way, body, sent) == await _told(way, body, at_length)


@pytest.mark.parametrize(
    "refusal",
    [
        Refusal(ErrorCode.UNAUTHENTICATED, "Sign in."),
        Refusal(ErrorCode.BAD_INPUT, "Odd."),
        HttpRefusal(401, "No.", headers={"WWW-Authenticate": "Bearer"}),
        KeyError("a fault"),
    ],
)
async def test_a_caller_who_is_not_let_in_is_told_the_same_on_both_ways(
    refusal: Exception,
) -> None:
    async def nobody(_request: Request) -> object:
        raise refusal

    way = endpoint(make_context=nobody)
    body = b'{"query": "{ hello }"}'
    sent = {"content-type": JSON}
    at_length = {**sent, "content-encoding": "identity"}
    assert await _told(way, body, sent) == await _told(way, body, at_length)


async def test_a_value_that_json_cannot_hold_is_our_fault_on_both_ways() -> None:
    way = endpoint(context=SmallContext(raw={1, 2}))
    body = b'{"query": "{ raw }"}'
    told = await _told(way, body, {"content-type": JSON})
    at_length = {"content-type": JSON, "content-encoding": "identity"}
    assert told[0] == 500
    assert told == await _told(way, body, at_length)


@pytest.mark.parametrize(
    ("headers", "plain"),
    [
        ([(b"content-type", b"application/json")], True),
        ([(b"content-type", b"application/json"), (b"x-request-id", b"7")], True),
        ([(b"content-type", b"application/json"), (b"content-length", b"10")], True),
        ([], False),
        ([(b"content-type", b"text/plain")], False),
        ([(b"content-type", b"application/json; charset=latin-1")], False),
        ([(b"content-type", b"application/json")] * 2, False),
        ([(b"content-type", b"application/json"), (b"accept", b"*/*"), (b"accept", b"*/*")], False),
        ([(b"content-type", b"application/json"), (b"accept", b"image/png")], False),
        ([(b"content-type", b"application/json"), (b"content-encoding", b"gzip")], False),
        ([(b"content-type", b"application/json"), (b"content-length", b"101")], False),
        ([(b"content-type", b"application/json"), (b"content-length", b"9" * 16)], False),
        ([(b"content-type", b"application/json"), (b"content-length", b"+1")], False),
    ],
)
def test_only_what_is_plain_in_every_respect_goes_the_short_way(
    headers: list[tuple[bytes, bytes]],
    plain: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    assert (media_type_of(headers, 100) == JSON) is plain


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'"query"',
        b"{}",
        b'{"query": null}',
        b'{"query": 1}',
        b'{"query": "{a}", "variables": []}',
        b'{"query": "{a}", "operationName": 1}',
        b'{"query": "{a}", "extensions": "x"}',
        b'{"query": "{a}"',
    ],
)
def test_a_body_that_is_not_as_it_should_be_is_left_to_the_long_way(body: bytes) -> None:
    assert question_of(body) is None
