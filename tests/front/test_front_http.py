"""GraphQL over HTTP: methods, media types, status codes and what is refused at the door."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import httpx
import pytest

from connectors.ports.common import ErrorCode
from gateway.transport.negotiation import GRAPHQL_RESPONSE, JSON
from resolvers.problems import Refusal
from tests.front.small_city import SECRET, SENT, SmallContext, client, code, endpoint

HELLO = {"query": "{ hello }"}


async def _post(
    content: bytes | str | AsyncIterator[bytes],
    *,
    content_type: str | None = JSON,
    **headers: str,
) -> httpx.Response:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if content_type is not None:
        sent["Content-Type"] = content_type
    async with client() as http:
        return await http.post("/graphql", content=content, headers=sent)


async def _status(query: str, media_type: str) -> int:
    response = await _post(json.dumps({"query": query}), accept=media_type)
    assert response.headers["content-type"] == f"{media_type}; charset=utf-8"
    assert response.headers["vary"] == "Accept, Accept-Language, Authorization"
    return response.status_code


async def test_a_question_by_post_is_answered() -> None:
    response = await _post(json.dumps(HELLO))
    assert response.status_code == 200
    assert response.json() == {"data": {"hello": "Halo, dunia!"}}


async def test_a_question_by_get_is_answered_with_variables_and_operation_name() -> None:
    parameters = {
        "query": "query A { area { name } } query B($n: String) { hello(name: $n) }",
        "operationName": "B",
        "variables": '{"n": "Tangerang"}',
    }
    async with client() as http:
        response = await http.get("/graphql", params=parameters)
    assert response.json() == {"data": {"hello": "Halo, Tangerang!"}}


@pytest.mark.parametrize(
    ("query", "older", "newer"),
    [
        ("{ hello }", 200, 200),
        ("{ hello broken }", 200, 200),
        ("{ fatal }", 200, 200),
        ("{", 200, 400),
        ("{ nothing }", 200, 400),
        ("query ($n: Int!) { shout(times: $n) }", 200, 400),
        ("query A { hello } query B { hello }", 200, 400),
        ("subscription { ticks }", 200, 400),
    ],
)
async def test_the_status_depends_on_the_media_type(query: str, older: int, newer: int) -> None:
    assert await _status(query, JSON) == older
    assert await _status(query, GRAPHQL_RESPONSE) == newer


async def test_an_answer_that_was_not_executed_has_no_data_entry() -> None:
    refused = await _post('{"query": "{ nothing }"}')
    executed = await _post('{"query": "{ fatal }"}')
    assert "data" not in refused.json()
    assert executed.json()["data"] is None


@pytest.mark.parametrize("media_type", [JSON, GRAPHQL_RESPONSE])
async def test_a_mutation_by_get_is_refused_and_changes_nothing(media_type: str) -> None:
    SENT.clear()
    async with client() as http:
        response = await http.get(
            "/graphql",
            params={"query": 'mutation { send(text: "x") }'},
            headers={"Accept": media_type},
        )
    assert response.status_code == 405
    assert response.headers["allow"] == "POST"
    assert code(response.json()) == "BAD_INPUT"
    assert SENT == []


async def test_a_mutation_by_post_is_run() -> None:
    SENT.clear()
    response = await _post(json.dumps({"query": 'mutation { send(text: "x") }'}))
    assert response.json() == {"data": {"send": "x"}}
    assert SENT == ["x"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
async def test_other_methods_are_told_what_is_allowed(method: str) -> None:
    async with client() as http:
        response = await http.request(method, "/graphql", json=HELLO)
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, HEAD, POST, OPTIONS"
    assert code(response.json()) == "BAD_INPUT"


async def test_options_says_what_is_allowed() -> None:
    async with client() as http:
        response = await http.options("/graphql")
    assert response.status_code == 204
    assert response.headers["allow"] == "GET, HEAD, POST, OPTIONS"


async def test_head_is_a_get_without_the_body() -> None:
    async with client() as http:
        got = await http.get("/graphql", params=HELLO)
        head = await http.head("/graphql", params=HELLO)
    assert head.content == b""
    assert head.status_code == 200
    assert head.headers == got.headers


async def test_an_accept_header_without_a_type_of_ours_is_not_acceptable() -> None:
    response = await _post(json.dumps(HELLO), accept="image/png, text/html")
    assert response.status_code == 406
    assert code(response.json()) == "BAD_INPUT"
    assert GRAPHQL_RESPONSE in response.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        GRAPHQL_RESPONSE,
        "application/json; charset=iso-8859-1",
        "application/json, text/plain",
        "application/json;;; broken",
        "",
    ],
)
async def test_only_json_in_utf8_is_read_so_no_form_of_another_site_can_ask(
    content_type: str | None,
) -> None:
    response = await _post(json.dumps(HELLO), content_type=content_type)
    assert response.status_code == 415
    assert code(response.json()) == "BAD_INPUT"


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json; charset=utf-8",
        "Application/JSON;charset=UTF-8",
        'application/json; charset="utf-8"',
        "application/json; profile=x; charset=utf8",
        "application/json;",
    ],
)
async def test_json_may_say_that_it_is_utf8(content_type: str) -> None:
    response = await _post(json.dumps(HELLO), content_type=content_type)
    assert response.status_code == 200


@pytest.mark.parametrize("coding", ["gzip", "br", "identity, deflate", "x-unknown"])
async def test_a_compressed_body_is_refused_with_a_hint(coding: str) -> None:
    response = await _post(json.dumps(HELLO), content_encoding=coding)
    assert response.status_code == 415
    assert response.headers["accept-encoding"] == "identity"
    assert "without Content-Encoding" in response.json()["errors"][0]["message"]


async def test_a_body_that_says_it_is_too_large_is_not_read() -> None:
    response = await _post(b'{"query": "{ hello }"}' + b" " * 1024 * 1024)
    assert response.status_code == 413
    assert response.headers["connection"] == "close"
    assert code(response.json()) == "BAD_INPUT"


async def test_a_body_that_grows_too_large_is_cut_off_while_it_arrives() -> None:
    sent = 0

    async def stream() -> AsyncIterator[bytes]:
        nonlocal sent
        yield b'{"query": "{ hello }"'
        for _ in range(1000):
            sent += 64 * 1024
            yield b" " * 64 * 1024

    response = await _post(stream())
    assert response.status_code == 413
    assert sent < 2 * 1024 * 1024


async def test_a_body_as_large_as_the_limit_is_read() -> None:
    body = b'{"query": "{ hello }"}'
    async with client(max_body_bytes=len(body)) as http:
        headers = {"Content-Type": JSON}
        assert (await http.post("/graphql", content=body, headers=headers)).status_code == 200
        over = await http.post("/graphql", content=body + b" ", headers=headers)
    assert over.status_code == 413


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "is empty"),
        (b"   ", "is empty"),
        (b"null", "is null"),
        (b"42", "is a number"),
        (b'"{ hello }"', "is a string"),
        (b"true", "is true or false"),
        (b"[]", "batching"),
        (b'[{"query": "{ hello }"}]', "batching"),
        (b'{"query": "{ hello }"', "is not JSON"),
        (b"{'query': 1}", "is not JSON"),
        (b'{"query": NaN}', "is not JSON"),
        (b'{"query": "\xff\xfe"}', "offset 11"),
        (b'{"query": "\\ud800"}', "is not JSON"),
        (b"[" * 50_000, "depth limit"),
        (b'{"query": "{ hello }", "variables": ' + b'{"a":' * 50_000, "depth limit"),
        (b'{"query": "{ hello }", "variables": {"n": ' + b"9" * 5000 + b"}}", "is not JSON"),
        (b"9" * 5000, "is not JSON"),
        (b"{}", "no `query`"),
        (b'{"query": null}', "no `query`"),
        (b'{"query": 0}', "`query` is a number"),
        (b'{"query": {}}', "`query` is an object"),
        (b'{"query": "{ hello }", "operationName": 1}', "`operationName` is a number"),
        (b'{"query": "{ hello }", "variables": []}', "`variables` is a list"),
        (b'{"query": "{ hello }", "variables": "{}"}', "`variables` is a string"),
        (b'{"query": "{ hello }", "extensions": false}', "`extensions` is true or false"),
    ],
)
@pytest.mark.parametrize("media_type", [JSON, GRAPHQL_RESPONSE])
async def test_what_is_not_a_question_is_told_so(body: bytes, says: str, media_type: str) -> None:
    response = await _post(body, accept=media_type)
    assert response.status_code == 400
    assert code(response.json()) == "BAD_INPUT"
    assert says in response.json()["errors"][0]["message"]
    assert "data" not in response.json()


@pytest.mark.parametrize(
    "body",
    [
        b'\xef\xbb\xbf{"query": "{ hello }"}',
        b'{"query": "{ nothing }", "query": "{ hello }"}',
        b'{"query": "{ hello }", "operationName": "", "variables": null, "extensions": null}',
        b'{"query": "{ hello }", "unknown": [1]}',
        b'{"query": "{ hello }", "variables": {"n": 18446744073709551616}}',
    ],
)
async def test_harmless_oddities_are_answered(body: bytes) -> None:
    response = await _post(body, accept=GRAPHQL_RESPONSE)
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("query_string", "says"),
    [
        ("", "no `query`"),
        ("variables={}", "no `query`"),
        ("query=%FF", "UTF-8"),
        ("query={hello}&variables=[", "is not JSON"),
        ("query={hello}&variables=[]", "`variables` is a list"),
        ("query={hello}&extensions=1", "`extensions` is a number"),
        ("query={hello}&query={area{name}}", "more than once"),
        ("&".join(f"a{number}=1" for number in range(60)), "more than 50 parameters"),
    ],
)
async def test_a_url_that_is_not_a_question_is_told_so(query_string: str, says: str) -> None:
    async with client() as http:
        response = await http.get(f"/graphql?{query_string}")
    assert response.status_code == 400
    assert code(response.json()) == "BAD_INPUT"
    assert says in response.json()["errors"][0]["message"]


async def test_empty_url_parameters_mean_the_same_as_none() -> None:
    async with client() as http:
        response = await http.get(
            "/graphql?query={hello}&operationName=&variables=&extensions=&lang=id"
        )
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("error_code", "status"),
    [
        (ErrorCode.UNAUTHENTICATED, 401),
        (ErrorCode.FORBIDDEN, 403),
        (ErrorCode.RATE_LIMITED, 429),
        (ErrorCode.BAD_INPUT, 400),
    ],
)
async def test_a_context_may_refuse_the_caller(error_code: ErrorCode, status: int) -> None:
    async def make_context(_request: object) -> object:
        raise Refusal(error_code, "Not like this.")

    async with client(make_context=make_context) as http:
        response = await http.post("/graphql", json=HELLO)
    assert response.status_code == status
    assert response.json()["errors"] == [
        {"message": "Not like this.", "extensions": {"code": error_code.value}}
    ]


async def test_a_context_that_fails_is_our_fault_and_shows_nothing() -> None:
    async def make_context(_request: object) -> object:
        raise RuntimeError(SECRET)

    async with client(make_context=make_context) as http:
        response = await http.post("/graphql", json=HELLO)
    assert response.status_code == 500
    assert code(response.json()) == "INTERNAL"
    assert SECRET not in response.text


@pytest.mark.parametrize("value", [2**70, "\ud800", {"a": [1, 2.5, None]}])
async def test_values_that_the_fast_writer_refuses_are_still_written(value: object) -> None:
    async with client(context=SmallContext(raw=value)) as http:
        response = await http.post("/graphql", json={"query": "{ raw }"})
    assert response.status_code == 200
    assert json.loads(response.content)["data"]["raw"] == value


@pytest.mark.parametrize("value", [{1, 2}, object()])
async def test_a_value_that_json_cannot_hold_is_our_fault(value: object) -> None:
    async with client(context=SmallContext(raw=value)) as http:
        response = await http.post("/graphql", json={"query": "{ raw }"})
    assert response.status_code == 500
    assert code(response.json()) == "INTERNAL"


async def test_sources_with_problems_are_named_beside_the_answer() -> None:
    problem = {"connector": "laksa", "state": "TIMEOUT"}
    async with client(context=SmallContext(problem_sources=[problem])) as http:
        response = await http.post("/graphql", json=HELLO)
    assert response.json()["extensions"] == {"sources": [problem]}


async def test_a_caller_who_leaves_in_the_middle_gets_nothing_and_nothing_breaks() -> None:
    sent: list[object] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.disconnect"}

    async def send(message: object) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json")],
    }
    await endpoint()(scope, receive, send)
    assert sent == []
