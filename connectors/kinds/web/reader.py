"""A connection that speaks HTTP/1.1: one question at a time, over httptools."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from functools import lru_cache
from typing import cast

import httptools

from connectors.errors import Broken, ConnectorError, TimedOut
from connectors.kinds.web.addresses import Origin
from connectors.kinds.web.faults import translated
from connectors.kinds.web.proxy import Proxy
from connectors.kinds.web.questions import (
    MOST_HEAD,
    Gone,
    Heard,
    Question,
    announced,
    joined,
    too_large,
)

MOST_NEWS = 8
"""Answers of the kind "go on" (1xx) before the real one."""
DUST = 8
"""Bytes around a byte of a body: what the smallest chunks cost, and some."""
_SECONDS = re.compile(r"timeout=(\d{1,6})(?!\d)", re.ASCII | re.IGNORECASE)


class Reader(asyncio.Protocol):
    """One connection. An answer that ends properly leaves it ready for the next question."""

    shared = False

    def __init__(self, ended: Callable[[Reader], None], *, proxy: Proxy | None = None) -> None:
        self._ended = ended
        self._proxy = proxy
        """The proxy at the other side; it must be told the whole address."""
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        # Old servers end lines with a line feed alone; RFC 9112 (2.2) lets a reader take it.
        self._parser.set_dangerous_leniencies(lenient_optional_cr_before_lf=True)
        self._question: Question | None = None
        self._waiting: asyncio.Future[None] | None = None
        self._lasting = True
        self._closed = False
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0
        """When the timer goes off."""
        self.idle_since = self._loop.time()
        self.idle_for = float("inf")
        """Seconds after which the other side said it will hang up."""

    @property
    def usable(self) -> bool:
        return self._lasting and not self._closed and self._question is None

    async def ask(self, question: Question) -> Heard:
        if not self.usable or self._transport is None:
            raise Gone("hung up before it was asked")
        self._question = question
        self._waiting = waiting = self._loop.create_future()
        self._head: list[tuple[bytes, bytes]] = []
        self._headers: dict[str, str] = {}
        self._body = bytearray()
        self._status = self._raw = self._news = 0
        self._headed = self._complete = self._until_close = False
        self._complaint: ConnectorError | None = None
        self._last_piece = self._loop.time()
        self._transport.write(_written(question, self._proxy))
        self._watch_for(question.limits.read_timeout)
        try:
            await waiting
        finally:
            self._question = self._waiting = None
            self.idle_since = self._loop.time()
            if not (self._complete and self._lasting):
                self.close()  # nobody knows what would come next
        return Heard(self._status, self._headers, self._body)

    def close(self) -> None:
        self._closed = True
        self._ended(self)
        self._stop_watching()
        if self._transport is not None:
            self._transport.abort()

    # --------------------------------------------------------------------------- the network

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # a stream, of whichever loop

    def data_received(self, data: bytes) -> None:
        if self._question is None or self._complete:
            self.close()  # nobody asked: it could be taken for the next answer
            return
        self._last_piece = self._loop.time()
        self._raw += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._disliked(error)
        if self._raw - len(self._body) > MOST_HEAD + DUST * len(self._body):
            self._complain(Broken(f"more than {MOST_HEAD} bytes of headers"))
        self._settle()

    def connection_lost(self, exc: Exception | None) -> None:
        self._closed = True
        self._ended(self)
        self._stop_watching()
        if self._question is None or self._complete:
            return
        if self._headed and self._until_close and exc is None:
            self._complete, self._lasting = True, False
            self._finish()
        elif self._raw == 0:
            self._fail(Gone("hung up before it answered"))
        else:
            self._fail(Broken("hung up in the middle of the answer"))

    # ---------------------------------------------------------------------------- the parser

    def on_message_begin(self) -> None:
        if self._complete:
            self._lasting = False  # a second answer nobody asked for

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._complete or self._headed:
            return  # a second answer; or after the body: trailers say nothing we need
        self._head.append((name, value))

    def on_headers_complete(self) -> None:
        if self._complete or self._question is None:
            return
        status = self._parser.get_status_code()
        if status < 200:
            self._between(status)
            return
        self._status, self._headed = status, True
        # All that came is more than its headers, and nearly always little.
        if self._raw > MOST_HEAD and sum(map(_weight, self._head)) > MOST_HEAD:
            self._complain(Broken(f"more than {MOST_HEAD} bytes of headers"))
            return
        self._headers = joined(self._head)
        self._lasting = self._parser.should_keep_alive()
        said = self._headers.get("keep-alive")
        keep = _SECONDS.search(said) if said else None
        self.idle_for = float(keep[1]) - 1 if keep else float("inf")
        coding = self._headers.get("transfer-encoding")
        if coding is not None and coding.lower() != "chunked":
            self._complain(Broken("sends in a way nobody asked for"))
        self._until_close = coding is None and "content-length" not in self._headers
        if self._question.method == "HEAD":
            # The parser waits for a body that will not come, so it cannot go on from here.
            self._complete, self._lasting = True, False
        elif status not in {204, 304}:
            length = announced(self._headers.get("content-length", ""))
            if length > self._question.limits.max_bytes:
                self._complain(too_large(self._question.limits))

    def on_body(self, piece: bytes) -> None:
        if self._complete or self._complaint is not None or self._question is None:
            return
        self._body += piece
        if len(self._body) > self._question.limits.max_bytes:
            self._complain(too_large(self._question.limits))

    def on_message_complete(self) -> None:
        if self._headed:
            self._complete = True

    # ----------------------------------------------------------------------------- the answer

    def _between(self, status: int) -> None:
        self._news += 1
        self._head = []
        if status == 101:
            self._complain(Broken("turned to another protocol"))
        elif self._news > MOST_NEWS:
            self._complain(Broken("says again and again that it will answer"))

    def _disliked(self, error: Exception) -> None:
        """The parser takes no more: what comes after a whole answer costs the connection only."""
        if self._complete:
            self._lasting = False
        else:
            self._complain(translated(error))

    def _settle(self) -> None:
        """Wake who waits, if there is something to say."""
        if self._complaint is not None:
            self._fail(self._complaint)
        elif self._complete:
            self._finish()

    def _watch_for(self, seconds: float) -> None:
        """See to it that somebody looks so many seconds after the last piece, or earlier.

        The timer of the question before is left to go off: it costs less than a new one each time.
        """
        due = self._last_piece + seconds
        if self._timer is not None:
            if self._due <= due:
                return
            self._timer.cancel()
        self._due = due
        self._timer = self._loop.call_at(due, self._watch)

    def _stop_watching(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _watch(self) -> None:
        """Give up when no piece came for too long, else look again when that could be."""
        self._timer = None
        if self._question is None:
            return
        most = self._question.limits.read_timeout
        if self._last_piece + most > self._loop.time():
            self._watch_for(most)
        elif self._headed:
            self._fail(TimedOut("no further piece of the answer in time"))
        else:
            self._fail(TimedOut("no answer in time"))

    def _complain(self, error: ConnectorError) -> None:
        if self._complaint is None:
            self._complaint = error

    def _fail(self, error: ConnectorError) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(error)
        self.close()

    def _finish(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)


def _weight(header: tuple[bytes, bytes]) -> int:
    return len(header[0]) + len(header[1])


@lru_cache(maxsize=1024)
def _bare(origin: Origin, headers: tuple[tuple[str, str], ...]) -> bytes:
    """What follows the path in every question without headers of its own, so without secrets."""
    lines = [" HTTP/1.1", f"host: {origin.authority}", *map(": ".join, headers)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _written(question: Question, proxy: Proxy | None) -> bytes:
    """The question as bytes; for a proxy with the whole address."""
    if question.bare and proxy is None:
        begin = f"{question.method} {question.target.path}".encode("latin-1")
        return begin + _bare(question.target.origin, question.headers)
    origin, place = question.target.origin, question.target.path
    if proxy is not None:
        place = f"{origin.scheme}://{origin.authority}{place}"
    lines = [f"{question.method} {place} HTTP/1.1", f"host: {origin.authority}"]
    if proxy is not None and proxy.authorization:
        lines.append(f"proxy-authorization: {proxy.authorization}")
    lines += [f"{name}: {value}" for name, value in question.headers]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + question.body
