"""A connection that speaks HTTP/2: many questions at a time, over h2."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions
import h2.settings

from connectors.errors import Broken, ConnectorError, TimedOut
from connectors.kinds.web.faults import translated
from connectors.kinds.web.questions import (
    MOST_HEAD,
    Gone,
    Heard,
    Question,
    announced,
    joined,
    too_large,
)

WINDOW = 1_048_576
"""Bytes a stream may send before we said that we took them; of the connection sixteen times it."""
MOST_EVENTS = 20_000
"""Events of one stream: an answer in pieces of nothing ends here."""


@dataclass(slots=True, eq=False)
class _Exchange:
    question: Question
    waiting: asyncio.Future[None]
    unsent: memoryview
    last_piece: float
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)
    events: int = 0


class Streams(asyncio.Protocol):
    """One connection. A question that is given up gives up its own stream only."""

    shared = True

    def __init__(self, ended: Callable[[Streams], None]) -> None:
        self._ended = ended
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        config = h2.config.H2Configuration(client_side=True, header_encoding=None)
        self._h2 = h2.connection.H2Connection(config)
        self._open: dict[int, _Exchange] = {}
        self._queue: deque[asyncio.Future[None]] = deque()
        self._retired = False
        self._closed = False
        self._last_byte = self._loop.time()
        self.idle_since = self._loop.time()

    @property
    def usable(self) -> bool:
        return not (self._retired or self._closed)

    @property
    def idle(self) -> bool:
        """Whether nothing is being answered."""
        return not self._open and not self._queue

    async def ask(self, question: Question) -> Heard:
        await self._turn()
        began = self._loop.time()
        exchange = _Exchange(question, self._loop.create_future(), memoryview(question.body), began)
        try:
            stream = self._h2.get_next_available_stream_id()
            self._h2.send_headers(stream, _fields(question), end_stream=not question.body)
        except h2.exceptions.H2Error as error:
            self._retire()
            raise Gone("takes no further questions") from error
        self._open[stream] = exchange
        try:
            self._send_body(stream, exchange)
            self._flush()
            await self._answered(exchange)
            if exchange.unsent:
                self._reset(stream)  # answered before it heard all: it does not want the rest
        finally:
            del self._open[stream]
            self.idle_since = self._loop.time()
            if not exchange.waiting.done():
                self._give_up(stream, began)
            elif not exchange.waiting.cancelled():
                exchange.waiting.exception()  # seen, also by somebody who was cancelled just now
            self._wake()
            if self._retired and not self._open:
                self.close()
        return Heard(exchange.status, exchange.headers, exchange.body)

    def close(self) -> None:
        self._closed = True
        self._ended(self)
        if self._transport is not None:
            self._transport.abort()

    # --------------------------------------------------------------------------- the network

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # a stream, of whichever loop
        codes = h2.settings.SettingCodes
        self._h2.local_settings = h2.settings.Settings(
            client=True,
            initial_values={
                codes.ENABLE_PUSH: 0,
                codes.INITIAL_WINDOW_SIZE: WINDOW,
                codes.MAX_HEADER_LIST_SIZE: MOST_HEAD,
            },
        )
        # Some servers stumble over it, though they should ignore what they do not know.
        del self._h2.local_settings[codes.ENABLE_CONNECT_PROTOCOL]
        self._h2.initiate_connection()
        self._h2.increment_flow_control_window(15 * WINDOW)
        self._flush()

    def data_received(self, data: bytes) -> None:
        self._last_byte = self._loop.time()
        try:
            for event in self._h2.receive_data(data):
                self._happened(event)
            self._flush()
        except h2.exceptions.H2Error as error:
            self._fail_all(str(translated(error)))

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - as it was named
        self._closed = True
        self._ended(self)
        for exchange in list(self._open.values()):
            gone = exchange.status == 0
            _fail(exchange, Gone("hung up before it answered") if gone else _torn())
        self._wake()

    # ------------------------------------------------------------------------------ the events

    def _happened(self, event: h2.events.Event) -> None:
        if isinstance(event, h2.events.ConnectionTerminated):
            self._fail_all("takes no further questions")  # h2 reads nothing after a farewell
        elif isinstance(event, h2.events.RemoteSettingsChanged):
            self._wake()
        elif isinstance(event, h2.events.WindowUpdated):
            for stream, exchange in self._open.items():
                self._send_body(stream, exchange)
        else:
            self._happened_to_one(event)

    def _happened_to_one(self, event: h2.events.Event) -> None:
        stream = getattr(event, "stream_id", None)
        if isinstance(event, h2.events.DataReceived) and stream is not None:
            self._h2.acknowledge_received_data(event.flow_controlled_length or 0, stream)
        exchange = self._open.get(stream) if stream is not None else None
        if exchange is None or exchange.waiting.done():
            return
        exchange.last_piece = self._last_byte
        exchange.events += 1
        limits = exchange.question.limits
        if isinstance(event, h2.events.ResponseReceived):
            fields = [(bytes(name), bytes(value)) for name, value in event.headers or ()]
            status = dict(fields).get(b":status", b"")
            exchange.status = int(status) if status.isdigit() else 0
            exchange.headers = joined(each for each in fields if not each[0].startswith(b":"))
            length = announced(exchange.headers.get("content-length", ""))
            with_body = exchange.question.method != "HEAD" and exchange.status not in {204, 304}
            if with_body and length > limits.max_bytes:
                self._drop(stream, exchange, too_large(limits))
        elif isinstance(event, h2.events.DataReceived):
            exchange.body += event.data or b""
            if len(exchange.body) > limits.max_bytes:
                self._drop(stream, exchange, too_large(limits))
        elif isinstance(event, h2.events.StreamReset):
            refused = event.error_code == h2.errors.ErrorCodes.REFUSED_STREAM
            _fail(exchange, Gone("refuses the question") if refused else _torn())
        elif isinstance(event, h2.events.StreamEnded):
            exchange.waiting.set_result(None)
        if exchange.events > MOST_EVENTS + len(exchange.body) // 64:
            self._drop(stream, exchange, Broken("answers in pieces of nothing"))

    # ------------------------------------------------------------------------------- one stream

    async def _turn(self) -> None:
        """Wait until the other side takes a further question."""
        while self.usable and len(self._open) >= self._most():
            place: asyncio.Future[None] = self._loop.create_future()
            self._queue.append(place)
            await place
        if not self.usable:
            raise Gone("takes no further questions")

    def _most(self) -> int:
        return max(1, min(100, self._h2.remote_settings.max_concurrent_streams))

    def _wake(self) -> None:
        while self._queue:
            place = self._queue.popleft()
            if not place.done():
                place.set_result(None)

    async def _answered(self, exchange: _Exchange) -> None:
        limit = exchange.question.limits.read_timeout
        while not exchange.waiting.done():
            left = exchange.last_piece + limit - self._loop.time()
            if left <= 0:
                raise TimedOut("no answer in time")
            await asyncio.wait((exchange.waiting,), timeout=left)
        exchange.waiting.result()

    def _send_body(self, stream: int, exchange: _Exchange) -> None:
        """As much of the body as the other side takes now."""
        while exchange.unsent and not exchange.waiting.done():
            window = self._h2.local_flow_control_window(stream)
            most = min(window, self._h2.max_outbound_frame_size, len(exchange.unsent))
            if most <= 0:
                return
            piece, exchange.unsent = exchange.unsent[:most], exchange.unsent[most:]
            self._h2.send_data(stream, bytes(piece), end_stream=not exchange.unsent)

    def _drop(self, stream: int | None, exchange: _Exchange, error: ConnectorError) -> None:
        _fail(exchange, error)
        if stream is not None:
            self._reset(stream)

    def _give_up(self, stream: int, began: float) -> None:
        """Tell the other side that nobody waits; a connection that is silent is not asked again."""
        self._reset(stream)
        if self._last_byte < began:
            self._retire()

    def _reset(self, stream: int) -> None:
        if self._closed:
            return
        try:
            self._h2.reset_stream(stream, h2.errors.ErrorCodes.CANCEL)
        except h2.exceptions.H2Error:
            return  # it ended by itself
        self._flush()

    def _retire(self) -> None:
        self._retired = True
        self._wake()
        if not self._open:
            self.close()

    def _fail_all(self, message: str) -> None:
        for exchange in self._open.values():
            _fail(exchange, Gone(message))
        self.close()

    def _flush(self) -> None:
        data = self._h2.data_to_send()
        if data and self._transport is not None and not self._closed:
            self._transport.write(data)


def _fail(exchange: _Exchange, error: ConnectorError) -> None:
    if not exchange.waiting.done():
        exchange.waiting.set_exception(error)


def _torn() -> Broken:
    return Broken("hung up in the middle of the answer")


def _fields(question: Question) -> list[tuple[bytes, bytes]]:
    origin = question.target.origin
    fields = [
        (":method", question.method),
        (":authority", origin.authority),
        (":scheme", origin.scheme),
        (":path", question.target.path),
        *question.headers,
    ]
    return [(name.encode("ascii"), value.encode("latin-1")) for name, value in fields]
