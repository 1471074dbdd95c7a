"""Data over HTTP: one GET with a limit on time and size, foreign errors translated in one table."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from connectors import errors
from connectors.kinds.formats import Format, parse

TRANSLATIONS: tuple[tuple[type[Exception], type[errors.ConnectorError]], ...] = (
    (httpx.PoolTimeout, errors.Overloaded),  # our own connections are all in use
    (httpx.TimeoutException, errors.TimedOut),
    (httpx.RemoteProtocolError, errors.Broken),  # hung up in the middle, or spoke no HTTP
    (httpx.LocalProtocolError, errors.Rejected),  # a header that cannot be sent
    (httpx.UnsupportedProtocol, errors.Rejected),
    (httpx.ProxyError, errors.Unreachable),
    (httpx.TransportError, errors.Unreachable),
    (httpx.DecodingError, errors.Unreadable),
    (httpx.TooManyRedirects, errors.Broken),
    (httpx.InvalidURL, errors.Rejected),
    (httpx.HTTPError, errors.Broken),
    (httpx.StreamError, errors.Broken),
    (httpx.CookieConflict, errors.Broken),
    (zlib.error, errors.Unreadable),
    (TimeoutError, errors.TimedOut),  # the limit on the whole answer
    (OSError, errors.Unreachable),
)
"""Foreign exception to ours, most specific first; a test asserts that it is complete."""

FOREIGN = tuple(foreign for foreign, _ in TRANSLATIONS)

STATUSES: dict[int, type[errors.ConnectorError]] = {
    401: errors.Refused,
    403: errors.Refused,
    407: errors.Refused,
    408: errors.TimedOut,
    425: errors.Overloaded,
    429: errors.Overloaded,
    503: errors.Overloaded,
    504: errors.TimedOut,
}
"""What a status means; the others by their first digit: 4 Rejected, all else Broken."""

TIME_LIMIT = 10.0
"""Seconds for a whole answer."""
MOST_BYTES = 20_000_000
"""Of an answer, unpacked."""
IN_A_THREAD = 64_000
"""Answers larger than this many bytes are parsed in a thread."""
LONGEST_RETRY_AFTER = 86_400.0


class HttpRows:
    """The rows of one address.

    `client` may be given and is then closed by who gave it. Redirects are not followed: a
    catalogue line says where the data is. An unchanged answer (ETag) is not parsed again.
    """

    def __init__(
        self,
        url: str,
        how: Format,
        *,
        client: httpx.AsyncClient | None = None,
        headers: Mapping[str, str] | None = None,
        time_limit: float = TIME_LIMIT,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self.url = url
        self._how = how
        self._client = client
        self._owned: httpx.AsyncClient | None = None
        self._headers = {"Accept-Encoding": "gzip", **(headers or {})}
        self._time_limit = time_limit
        self._most_bytes = most_bytes
        self._last: tuple[str, list[dict[str, Any]]] | None = None

    async def rows(self) -> Sequence[dict[str, Any]]:
        """All rows; the same list when the server says that nothing changed."""
        try:
            async with asyncio.timeout(self._time_limit):
                fetched = await self._fetched(self._last)
        except FOREIGN as error:
            raise translate(error) from error
        if isinstance(fetched, list):
            return fetched
        tag, raw = fetched
        parsed = parse(raw, self._how) if len(raw) < IN_A_THREAD else await self._parsed(raw)
        self._last = (tag, parsed) if tag else None
        return parsed

    async def aclose(self) -> None:
        """Close the client, if it is our own."""
        if self._owned is not None:
            await self._owned.aclose()

    async def _parsed(self, raw: bytes) -> list[dict[str, Any]]:
        return await asyncio.to_thread(parse, raw, self._how)

    async def _fetched(
        self, last: tuple[str, list[dict[str, Any]]] | None
    ) -> tuple[str, bytes] | list[dict[str, Any]]:
        """The ETag and the body, or the rows of the last answer while they are still true."""
        headers = dict(self._headers)
        if last is not None:
            headers["If-None-Match"] = last[0]
        async with self._open().stream("GET", self.url, headers=headers) as answer:
            if answer.status_code == 304 and last is not None:
                return last[1]
            check(answer)
            return answer.headers.get("etag", ""), await self._body(answer)

    async def _body(self, answer: httpx.Response) -> bytes:
        """The body, unpacked bit by bit, so that a small answer cannot become a huge one."""
        packed = answer.headers.get("content-encoding", "identity").lower()
        if packed not in {"identity", "gzip"}:
            raise errors.Unreadable(f"packed as {packed[:40]}, which was not asked for")
        unpack = zlib.decompressobj(wbits=31) if packed == "gzip" else None
        body = bytearray()
        async for chunk in answer.aiter_raw():
            most = self._most_bytes + 1 - len(body)
            body += unpack.decompress(chunk, most) if unpack else chunk
            if len(body) > self._most_bytes:
                raise errors.Unreadable(f"larger than {self._most_bytes} bytes")
        if unpack is not None and not unpack.eof:
            raise errors.Broken("the packed answer ends in the middle")
        return bytes(body)

    def _open(self) -> httpx.AsyncClient:
        if self._client is not None:
            return self._client
        if self._owned is None:
            # Neither proxies nor passwords of the environment: the catalogue says how to reach it.
            self._owned = httpx.AsyncClient(timeout=self._time_limit, trust_env=False)
        return self._owned


def check(answer: httpx.Response) -> None:
    """Raises the error that a status or a web page in the place of data stands for."""
    status = answer.status_code
    if status != 200:
        kind = STATUSES.get(status, errors.Rejected if 400 <= status < 500 else errors.Broken)
        raise kind(f"HTTP {status}", retry_after=retry_after(answer.headers.get("retry-after")))
    kind_of_body = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind_of_body in {"text/html", "application/xhtml+xml"}:
        raise errors.Unreadable("a web page in the place of data")


def retry_after(value: str | None) -> float | None:
    """The seconds of a Retry-After header, a number or a date; at most a day; None if neither."""
    if value is None:
        return None
    try:
        seconds = float(int(value[:12]))
    except ValueError:
        try:
            moment = parsedate_to_datetime(value)
        except (ValueError, OverflowError):
            return None
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        seconds = (moment - datetime.now(UTC)).total_seconds()
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER)


def translate(error: Exception) -> errors.ConnectorError:
    """Our error for one of the client or the network."""
    for foreign, ours in TRANSLATIONS:
        if isinstance(error, foreign):
            return ours(f"http: {type(error).__name__}")
    return errors.Broken(f"http: {type(error).__name__}")
