"""The gateway's own protocol says byte by byte what uvicorn's says, only sooner."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.routing import Route
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from gateway.transport.front import Front
from gateway.transport.wire import Wire
from resolvers.problems import Refusal, bad_input
from tests.front.small_city import SmallContext, endpoint

PROTOCOLS = [HttpToolsProtocol, Wire]
LAST = b"GET /graphql?query=%7Bhello%7D HTTP/1.1\r\nhost: kota\r\nconnection: close\r\n\r\n"


def _post(query: str, *headers: bytes, version: bytes = b"1.1", path: bytes = b"/graphql") -> bytes:
    body = json.dumps({"query": query}).encode()
    lines = [
        b"POST %s HTTP/%s" % (path, version),
        b"Host: kota",
        b"Content-Type: application/json",
        b"Content-Length: %d" % len(body),
        *headers,
    ]
    return b"\r\n".join([*lines, b"", b""]) + body


HELLO = _post("{ hello }")
HEAD = b"POST /graphql HTTP/1.1\r\nhost: kota\r\ncontent-type: application/json\r\n"
REQUESTS = [
    HELLO,
    _post("{ hello }", b"X-Request-Id: 7", b"Accept: */*"),
    _post("{ hello }", b"Accept: application/graphql-response+json", b"Connection: keep-alive"),
    _post("{", b"Accept: application/graphql-response+json"),
    _post("{ hello }", b"X-Wait: 3"),
    _post("{ area { name } }", b"X-Wait: 1"),
    _post("{ hello }", b"X-Refuse: yes"),
    _post("{ hello }", b"Accept: image/png"),
    _post("{ hello }", b"Content-Encoding: gzip"),
    _post("{ hello }", b"X-Forwarded-For: 10.0.0.1"),
    _post("{ hello }", b"Expect: 100-continue"),
    _post("{ hello }", path=b"/graphql?x=1"),
    _post("{ hello }", path=b"/elsewhere"),
    _post("{ hello }" + " " * 70_000),
    HEAD + b"content-length: 2\r\n\r\n{]",
    HEAD + b"content-length: 0\r\n\r\n",
    HEAD + b'transfer-encoding: chunked\r\n\r\n13\r\n{"query":"{hello}"}\r\n0\r\n\r\n',
    b"GET /graphql?query=%7Bhello%7D HTTP/1.1\r\nhost: kota\r\n\r\n",
    b"HEAD /graphql?query=%7Bhello%7D HTTP/1.1\r\nhost: kota\r\n\r\n",
    b"OPTIONS /graphql HTTP/1.1\r\nhost: kota\r\n\r\n",
]
ENDS = [
    LAST,
    _post("{ hello }", b"Connection: close"),
    _post("{ hello }", version=b"1.0"),
    b"rubbish\r\n\r\n",
]


async def _context(request: Request) -> object:
    """The caller says how often the loop goes round before there is a context."""
    for _ in range(int(request.headers.get("x-wait", "0"))):
        await asyncio.sleep(0)
    if "x-refuse" in request.headers:
        raise bad_input("not you")
    return SmallContext()


class _Server:
    """A protocol that listens, without uvicorn's signals and ticks."""

    def __init__(self, kind: type[Any], **options: Any) -> None:
        way = endpoint(make_context=options.pop("make_context", _context))
        app = Front(routes=[Route("/graphql", way)])
        app.straight["/graphql"] = way
        config = uvicorn.Config(
            app, http=kind, log_config=None, access_log=False, lifespan="off", **options
        )
        config.load()
        self.state = ServerState()
        self.state.default_headers = [(b"date", b"today"), (b"server", b"ours")]
        self.made: list[Any] = []
        self.port = 0
        self._config = config
        self._kind = kind

    def connection(self) -> Any:
        """A new connection's protocol."""
        self.made.append(self._kind(self._config, self.state, {}))
        return self.made[-1]


@asynccontextmanager
async def _served(kind: type[Any], **options: Any) -> AsyncIterator[_Server]:
    made = _Server(kind, **options)
    listening = await asyncio.get_running_loop().create_server(made.connection, "127.0.0.1", 0)
    made.port = listening.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        listening.close()
        for each in made.made:
            each.transport.abort()
        await asyncio.gather(*made.state.tasks, return_exceptions=True)


async def _said(kind: type[Any], pieces: list[bytes]) -> bytes:
    """All that comes back for these pieces, sent one after the other."""
    async with _served(kind) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
        said = await reader.read()
        writer.close()
        return said


@pytest.mark.parametrize("request_", [*REQUESTS, *ENDS])
async def test_each_kind_of_request_is_answered_as_uvicorn_does(request_: bytes) -> None:
    pieces = [request_] if request_ in ENDS else [request_, LAST]
    theirs, ours = [await _said(kind, pieces) for kind in PROTOCOLS]
    assert ours == theirs
    assert ours.startswith(b"HTTP/1.1 ")


@settings(deadline=None, max_examples=60)
@given(data=st.data())
async def test_any_requests_in_any_pieces_are_answered_as_uvicorn_does(data: Any) -> None:
    requests = data.draw(st.lists(st.sampled_from(REQUESTS), max_size=5))
    whole = b"".join([*requests, data.draw(st.sampled_from(ENDS[:3]))])
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=6)))
    pieces = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    theirs, ours = [await _said(kind, pieces) for kind in PROTOCOLS]
    assert ours == theirs


ROUNDS = 20
"""More than any request here lets the loop go round."""


class _Sink(asyncio.Transport):
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[bytes] = []

    def write(self, data: Any) -> None:
        self.said.append(bytes(data))

    def is_closing(self) -> bool:
        return False

    def close(self) -> None: ...
    def pause_reading(self) -> None: ...
    def resume_reading(self) -> None: ...


async def _said_each(kind: type[Any], pieces: list[bytes]) -> bytes:
    """All that comes back, when each piece comes after all is said to those before."""
    server = _Server(kind)
    wire, sink = server.connection(), _Sink()
    wire.connection_made(sink)
    for piece in pieces:
        wire.data_received(piece)
        for _ in range(ROUNDS):
            await asyncio.sleep(0)
    wire.connection_lost(None)
    await asyncio.gather(*server.state.tasks)
    return b"".join(sink.said)


_ALIKE = [
    HELLO,
    _post("{hello  }"),
    _post("{ hell0 }"),
    HELLO.replace(b"POST /g", b"POST /G"),
    HELLO.replace(b'{"query": ', b'["query", '),
    HELLO.replace(b"Host: kota", b"Host:kota2"),
    HELLO.replace(b"Host: kota", b"Expect: 10"),
    HELLO[:-5],
    HELLO[-5:],
    HELLO[:30],
    HELLO[30:],
    b"\r\n",
    HELLO + HELLO,
    HELLO + b"\r\n",
    _post("{ area { name } }", b"X-Wait: 2"),
    *REQUESTS[-4:],
]
"""What looks as the request before does, or nearly so."""


@settings(deadline=None, max_examples=150)
@given(st.lists(st.sampled_from(_ALIKE), min_size=2, max_size=8))
async def test_what_looks_like_the_request_before_is_answered_as_uvicorn_does(
    pieces: list[bytes],
) -> None:
    pieces = [HELLO, HELLO, *pieces, HELLO]
    theirs, ours = [await _said_each(kind, pieces) for kind in PROTOCOLS]
    assert ours == theirs


async def test_a_head_that_came_before_is_not_parsed_again() -> None:
    server = _Server(Wire)
    wire, sink = server.connection(), _Sink()
    wire.connection_made(sink)
    wire.data_received(HELLO)
    await asyncio.gather(*server.state.tasks)
    wire.parser = None  # which way it goes
    wire.data_received(HELLO)
    await asyncio.gather(*server.state.tasks)
    wire.connection_lost(None)
    first, second = sink.said
    assert first == second
    assert server.state.total_requests == 2


async def test_what_needs_no_waiting_goes_without_a_cycle() -> None:
    async with _served(Wire) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(HELLO)
        assert (await reader.readuntil(b'dunia!"}}')).startswith(b"HTTP/1.1 200 OK\r\ndate: today")
        assert server.made[0].cycle.response_complete
        assert server.made[0].cycle is server.made[0]._short  # which way it went
        assert server.state.total_requests == 1
        writer.close()


async def test_an_answer_under_way_is_the_last_one_of_a_server_that_stops() -> None:
    let_go = asyncio.Event()
    asked = asyncio.Event()

    async def wait(_request: Request) -> object:
        asked.set()
        await let_go.wait()
        return SmallContext()

    async with _served(Wire, make_context=wait) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(HELLO)
        await asked.wait()
        server.made[0].shutdown()
        let_go.set()
        said = await reader.read()
        assert b"connection: close\r\n" in said
        assert said.endswith(b'{"data":{"hello":"Halo, dunia!"}}')
        writer.close()


async def test_who_hangs_up_before_the_answer_gets_none_and_harms_nobody() -> None:
    let_go = asyncio.Event()
    asked = asyncio.Event()

    async def wait(_request: Request) -> object:
        asked.set()
        await let_go.wait()
        return SmallContext()

    async with _served(Wire, make_context=wait) as server:
        _reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(HELLO)
        await asked.wait()
        writer.close()
        await writer.wait_closed()
        while server.state.connections:  # noqa: ASYNC110 - uvicorn's own set
            await asyncio.sleep(0)
        let_go.set()
        await asyncio.gather(*server.state.tasks)
        assert server.state.total_requests == 0


async def test_a_connection_nobody_uses_is_hung_up_and_one_in_use_is_not() -> None:
    async with _served(Wire, timeout_keep_alive=0.05) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        for _ in range(3):
            writer.write(HELLO)
            await reader.readuntil(b'dunia!"}}')
        assert await reader.read() == b""
        writer.close()

    let_go = asyncio.Event()

    async def wait(_request: Request) -> object:
        await let_go.wait()
        return SmallContext()

    async with _served(Wire, timeout_keep_alive=0.01, make_context=wait) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(HELLO)
        asyncio.get_running_loop().call_later(0.05, let_go.set)
        assert (await reader.read()).endswith(b'dunia!"}}')
        writer.close()


async def test_a_fault_of_an_endpoint_itself_hangs_up(caplog: pytest.LogCaptureFixture) -> None:
    async with _served(Wire) as server:
        way = server.connection()._front.straight["/graphql"]
        server.made.clear()

        async def broken(*_: object) -> object:
            raise Refusal(bad_input("x").code, "nobody catches this")

        way.answer = broken
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(HELLO)
        assert await reader.read() == b""
        writer.close()
    assert "Exception while a question was answered" in caplog.text
