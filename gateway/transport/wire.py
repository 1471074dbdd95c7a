"""How bytes come in and go out: uvicorn's protocol, with a short way for plain questions.

    uvicorn.Config(..., http="gateway.transport.wire:Wire")

A plain question (`gateway.transport.plain`) that came whole is answered without an ASGI cycle: no
messages, no event, no second look at headers of our own making; and, where nothing has to be waited
for, without going round the event loop. Everything else is uvicorn's own and behaves as it does:
what is not plain, compressed, chunked, large, asks for `100-continue`, is pipelined behind
something that is still being answered, comes from a proxy that says who its client is, or comes
while answers wait to be sent.
"""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from gateway.transport.front import Front
from gateway.transport.writing import Written, head_of

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from starlette.types import Scope
    from uvicorn.config import Config
    from uvicorn.server import ServerState

    from gateway.execution.exchange import GraphQLRequest
    from gateway.transport.http import GraphQLEndpoint

_NOT_PLAIN = frozenset({
    b"connection", b"expect", b"forwarded", b"transfer-encoding", b"upgrade",
    b"x-forwarded-for", b"x-forwarded-proto",
})  # fmt: skip
"""Headers that somebody else understands better."""


_LONGEST_LENGTH = 5
"""Digits of a Content-Length that uvicorn would not read in parts either."""


_LONGEST_HEAD = 4096
"""Bytes of a head that is remembered."""


class _Head(NamedTuple):
    """The head of a plain request that came whole, in one piece with its body."""

    lines: bytes
    """All before the body."""
    whole: int
    """Bytes of head and body together."""
    path: str
    url: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    endpoint: GraphQLEndpoint
    media_type: str


class _Cycle:
    """What stands in the place of an ASGI cycle while a plain question is being answered."""

    __slots__ = ("disconnected", "keep_alive", "message_event", "response_complete")

    def __init__(self) -> None:
        self.response_complete = True
        self.disconnected = False
        self.keep_alive = True
        self.message_event = self

    def set(self) -> None:
        """Nobody waits for messages."""


class Wire(HttpToolsProtocol):
    """One connection."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        app: Any = config.loaded_app
        while isinstance(app, ProxyHeadersMiddleware):
            app = app.app
        bare = not self.access_log and config.limit_concurrency is None and not config.root_path
        self._front = app if isinstance(app, Front) and bare else None
        self._short = _Cycle()
        self._endpoint: GraphQLEndpoint | None = None
        """Of the request that is coming in, while it is plain."""
        self._media_type = ""
        self._body = b""
        self._known: _Head | None = None
        """The head of the last request, if the next one may be read by it."""
        self._path = ""
        self._between = True
        """Whether the parser has seen whole requests alone."""
        self._begun_here = 0
        """Requests that began in the bytes that are read now."""
        self._ended: tuple[_Head, bytes] | None = None
        """The plain request that ended in them, its bytes not yet known; and its body."""
        self._defaults: object = None
        self._default_lines = b""
        self._heard = False
        """Whether anything came since the last answer."""
        self._answered_at = 0.0

    # ------------------------------------------------------------------------ what comes in

    def data_received(self, data: bytes) -> None:
        """As uvicorn's; but what begins with the very head of the last request is not parsed."""
        known = self._known
        if (
            known is not None
            and len(data) == known.whole
            and self._between
            and data.startswith(known.lines)
            and self._idle()
            and not self.flow.write_paused
            and not self.transport.is_closing()
        ):
            front = self._front
            if front is not None and front.endpoint(known.path) is known.endpoint:
                self._heard = True
                self.url = known.url
                self.expect_100_continue = False
                self.headers = [*known.headers]
                self._media_type = known.media_type
                self.scope = self._short_scope(front, known.path)  # type: ignore[assignment]
                if self._complete(known.endpoint, data[len(known.lines) :]):
                    return
        if self._front is None:
            super().data_received(data)
            return
        fresh = self._between
        self._begun_here, self._known = 0, None
        super().data_received(data)
        ended, self._ended = self._ended, None
        if ended is not None and fresh and self._between and self._begun_here == 1:
            self._learn(data, *ended)

    def _learn(self, data: bytes, head: _Head, body: bytes) -> None:
        """Remember the head of the one request that came in these bytes."""
        end = len(data) - len(body)
        if end <= _LONGEST_HEAD and data.find(b"\r\n\r\n") == end - 4 and data.endswith(body):
            self._known = head._replace(lines=data[:end], whole=len(data))

    def on_message_begin(self) -> None:
        self._between = False
        self._begun_here += 1
        self._ended = None
        # The scope is made once it is known which one.
        self.url = b""
        self.expect_100_continue = False
        self.headers = []

    def on_headers_complete(self) -> None:
        self._endpoint = None
        if self._front is not None and self._idle():
            self._endpoint = self._plain(self._front)
        if self._endpoint is None:
            self._whole_scope()
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if self._endpoint is None:
            super().on_body(body)
        else:
            self._body += body

    def on_message_complete(self) -> None:
        self._between = True
        endpoint = self._endpoint
        if endpoint is None:
            super().on_message_complete()
            return
        self._endpoint = None
        body, self._body = self._body, b""
        headers = tuple(self.headers)
        head = _Head(b"", 0, self._path, self.url, headers, endpoint, self._media_type)
        if self._complete(endpoint, body):
            self._ended = head, body
            return
        self._whole_scope()
        super().on_headers_complete()
        super().on_body(body)
        super().on_message_complete()

    def _complete(self, endpoint: GraphQLEndpoint, body: bytes) -> bool:
        """Answer the request whose body is here; False, and nothing done, if it is not plain."""
        known = endpoint.at_hand(self.scope, body, self._media_type)  # type: ignore[arg-type]
        if known is not None:
            self.cycle = self._short  # type: ignore[assignment]
            self._send(known, head_of(known))
            return True
        question = endpoint.question(body)
        if question is None:
            return False
        self._short.response_complete = False
        self.cycle = self._short  # type: ignore[assignment]
        scope: Any = self.scope
        self._begin(self._answer(endpoint, scope, question, self._media_type, body))
        return True

    def _idle(self) -> bool:
        """Whether nothing is being answered on this connection."""
        cycle: Any = self.cycle
        return cycle is None or bool(cycle.response_complete)

    def _plain(self, front: Front) -> GraphQLEndpoint | None:
        """What answers the request whose headers have come, if it is plain so far."""
        parser = self.parser
        if parser.get_method() != b"POST" or self.flow.write_paused:
            return None
        path = self.url.decode("latin-1")
        endpoint = front.endpoint(path)
        if endpoint is None or not self._short_enough():
            return None
        if not parser.should_keep_alive() or parser.get_http_version() != "1.1":
            return None
        scope = self._short_scope(front, path)
        media_type = endpoint.plain(scope)
        if media_type is None:
            return None
        self.scope, self._media_type, self._path = scope, media_type, path  # type: ignore[assignment]
        return endpoint

    def _short_scope(self, front: Front, path: str) -> Scope:
        return {
            "type": "http",
            "asgi": {"version": self.asgi_version, "spec_version": "2.3"},
            "http_version": "1.1",
            "server": self.server,
            "client": self.client,
            "scheme": self.scheme,
            "root_path": "",
            "headers": self.headers,
            "state": self.app_state.copy(),
            "method": "POST",
            "path": path,
            "raw_path": self.url,
            "query_string": b"",
            "app": front,
        }

    def _short_enough(self) -> bool:
        """Whether the headers leave nothing to be decided but by the endpoint."""
        length = None
        for name, value in self.headers:
            if name in _NOT_PLAIN:
                return False
            if name == b"content-length":
                length = value
        return (
            length is not None
            and length.isdigit()
            and len(length) <= _LONGEST_LENGTH
            and int(length) <= HIGH_WATER_LIMIT
        )

    def _whole_scope(self) -> None:
        """The scope as uvicorn makes it."""
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.headers.extend(headers)

    # ------------------------------------------------------------------------ what goes out

    if sys.version_info >= (3, 12):

        def _begin(self, work: Coroutine[Any, Any, None]) -> None:
            # It goes as far as it can at once; most questions are answered then.
            task = asyncio.Task(work, loop=self.loop, eager_start=True)
            if not task.done():
                self.tasks.add(task)
                task.add_done_callback(self.tasks.discard)

    else:

        def _begin(self, work: Coroutine[Any, Any, None]) -> None:
            task = self.loop.create_task(work)
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def _answer(
        self,
        endpoint: GraphQLEndpoint,
        scope: Scope,
        question: GraphQLRequest,
        media_type: str,
        body: bytes,
    ) -> None:
        try:
            answer = await endpoint.answer(scope, question, media_type, body)
            head = head_of(answer)
        except BaseException as fault:
            # An endpoint says itself what went wrong with a question; this is a fault of its own.
            self._short.response_complete = True
            self.logger.exception("Exception while a question was answered")
            self.transport.close()
            if not isinstance(fault, Exception):
                raise
            return
        self._send(answer, head)

    def _send(self, answer: Written, head: bytes) -> None:
        cycle = self._short
        cycle.response_complete = True
        if cycle.disconnected:
            return
        defaults = self.server_state.default_headers
        if defaults is not self._defaults:
            # Made anew by the server every second, with the date.
            self._defaults = defaults
            self._default_lines = b"".join(b"%s: %s\r\n" % pair for pair in defaults)
        last = b"" if cycle.keep_alive else b"connection: close\r\n"
        self.transport.write(
            b"".join((STATUS_LINE[answer.status], self._default_lines, last, head, answer.body))
        )
        if cycle.keep_alive:
            self.on_response_complete()
        else:
            self.server_state.total_requests += 1
            self.transport.close()

    def on_response_complete(self) -> None:
        """As uvicorn's; but there is one timer for a connection, not a new one for each answer."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            cycle, app = self.pipeline.pop()
            self._start_asgi_task(cycle, app)
            return
        self._heard = False
        self._answered_at = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._watch(self.timeout_keep_alive)

    # ------------------------------------------------------------------- connections kept

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self.timeout_keep_alive_task is not None:
            self.timeout_keep_alive_task.cancel()
            self.timeout_keep_alive_task = None

    def timeout_keep_alive_handler(self) -> None:
        """Hang up when nothing came for too long since the last answer, else look again."""
        self.timeout_keep_alive_task = None
        if self._heard or self.transport.is_closing():
            return  # the next answer begins anew
        left = self._answered_at + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._watch(left)
        else:
            self.transport.close()

    def _unset_keepalive_if_required(self) -> None:
        self._heard = True

    def _watch(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(
            seconds, self.timeout_keep_alive_handler
        )
