"""An HTTP proxy between the gateway and the web, for machines that have no other way out."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass
from typing import cast
from urllib.parse import unquote, urlsplit

import httptools

from connectors.errors import Broken, ConnectorError, Rejected, Unreachable
from connectors.kinds.web.addresses import Origin, read_url
from connectors.kinds.web.faults import translated
from connectors.kinds.web.questions import MOST_HEAD


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy the operator trusts; it looks up names itself, so they cannot be checked here."""

    origin: Origin
    authorization: str = ""
    """Of Proxy-Authorization; empty when it wants none."""

    def __repr__(self) -> str:
        return f"Proxy({self.origin.host}, {self.origin.port})"

    @classmethod
    def of(cls, url: str) -> Proxy:
        """From `http://user:password@host:port`. Raises ValueError saying what it takes."""
        parts = urlsplit(url)
        user, _, place = parts.netloc.rpartition("@")
        message = "a proxy is an address such as http://proxy.example:3128"
        if parts.scheme != "http" or parts.path not in {"", "/"}:
            raise ValueError(message)
        try:
            origin = read_url(f"http://{place}/").origin
        except Rejected as error:
            raise ValueError(message) from error
        said = base64.b64encode(unquote(user).encode()).decode("ascii") if user else ""
        return cls(origin, f"Basic {said}" if said else "")


class Tunnel(asyncio.Protocol):
    """A connection to a proxy that is asked to pass bytes on to somewhere else."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._raw = 0

    async def dug(self, origin: Origin, authorization: str) -> asyncio.Transport:
        """The way to an origin.

        Raises Unreachable if the proxy does not let us through, Broken if it speaks no HTTP.
        """
        if self._transport is None:
            raise Unreachable("the proxy hung up")
        host = f"[{origin.host}]" if ":" in origin.host else origin.host
        place = f"{host}:{origin.port}"
        lines = [f"CONNECT {place} HTTP/1.1", f"host: {place}"]
        if authorization:
            lines.append(f"proxy-authorization: {authorization}")
        self._transport.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
        status = await self._answer
        if not 200 <= status < 300:
            raise Unreachable(f"the proxy answers with status {status}")
        return self._transport

    def close(self) -> None:
        """Hang up at once."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # a stream, of whichever loop

    def data_received(self, data: bytes) -> None:
        self._raw += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._fail(translated(error))
        if self._raw > MOST_HEAD:
            self._fail(Broken(f"the proxy sends more than {MOST_HEAD} bytes of headers"))

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - as it was named
        self._transport = None
        self._fail(Unreachable("the proxy hung up"))

    def on_headers_complete(self) -> None:
        if not self._answer.done():
            self._answer.set_result(self._parser.get_status_code())

    def _fail(self, error: ConnectorError) -> None:
        if not self._answer.done():
            self._answer.set_exception(error)
            self._answer.exception()  # seen, also when nobody asked yet
