"""Whatever is sent, the answer is an answer: never a 5xx, never a body without data or errors."""

from __future__ import annotations

import json
from typing import Any

import httpx
from hypothesis import given
from hypothesis import strategies as st

from connectors.ports.common import ErrorCode
from gateway.transport.negotiation import GRAPHQL_RESPONSE, JSON
from tests.front.small_city import client

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
QUERIES = st.sampled_from(
    [
        "{ hello }",
        "query ($n: Int) { complaints(first: $n) { id } }",
        "query ($n: Int!, $m: Moment, $s: String) { shout(times: $n) at(moment: $m) hello(name: $s) }",
        "query ($i: [ID!]!) { nodes(ids: $i) { id } }",
        "{ refused late busy }",
    ]
)
CODES = {code.value for code in ErrorCode}


def _is_an_answer(response: httpx.Response) -> None:
    assert response.status_code < 500
    body = response.json()
    assert body.keys() <= {"data", "errors", "extensions"}
    assert body.keys() & {"data", "errors"}
    for error in body.get("errors", ()):
        assert error["message"]
        assert error["extensions"]["code"] in CODES - {"INTERNAL"}


async def _post(content: bytes, accept: str = JSON) -> httpx.Response:
    headers = {"Content-Type": JSON, "Accept": accept}
    async with client() as http:
        return await http.post("/graphql", content=content, headers=headers)


@given(st.binary(max_size=200))
async def test_any_bytes_get_an_answer(body: bytes) -> None:
    _is_an_answer(await _post(body))


@given(JSON_VALUES, st.sampled_from([JSON, GRAPHQL_RESPONSE]))
async def test_any_json_gets_an_answer(body: object, accept: str) -> None:
    _is_an_answer(await _post(json.dumps(body).encode(), accept))


@given(
    st.fixed_dictionaries(
        {"query": QUERIES | JSON_VALUES},
        optional={
            "variables": st.dictionaries(st.sampled_from("nmsix"), JSON_VALUES) | JSON_VALUES,
            "operationName": JSON_VALUES,
            "extensions": JSON_VALUES,
        },
    )
)
async def test_any_question_gets_an_answer(question: dict[str, Any]) -> None:
    _is_an_answer(await _post(json.dumps(question).encode()))


@given(st.text(alphabet='{}()[]:$!@."\\#, \nahello1-queryfragmenton', max_size=120))
async def test_any_document_gets_an_answer(document: str) -> None:
    _is_an_answer(await _post(json.dumps({"query": document}).encode()))


@given(st.dictionaries(st.sampled_from(["query", "variables", "operationName"]), st.text()))
async def test_any_url_gets_an_answer(parameters: dict[str, str]) -> None:
    clean = {name: text.encode(errors="replace").decode() for name, text in parameters.items()}
    async with client() as http:
        _is_an_answer(await http.get("/graphql", params=clean))
