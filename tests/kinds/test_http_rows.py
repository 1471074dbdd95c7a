"""Data over HTTP from a real server, with everything that servers do wrong."""

from __future__ import annotations

import asyncio
import gzip
import inspect
import socket
import zlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from connectors import errors
from connectors.kinds import http
from connectors.kinds.formats import Format
from connectors.kinds.http import HttpRows, retry_after
from tests.kinds.peer import Peer, open_peer

JSON = Format("json", list="data")
BODY = b'{"data": [{"id": 1}]}'


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    async with open_peer() as opened:
        yield opened


async def asked(source: HttpRows) -> list[dict[str, object]]:
    try:
        return list(await source.rows())
    finally:
        await source.aclose()


async def test_rows_come_over_http_as_they_are_and_packed(peer: Peer) -> None:
    url = peer.says("/plain", BODY)
    assert await asked(HttpRows(url, JSON, headers={"X-Key": "k"})) == [{"id": 1}]
    assert "x-key: k" in peer.asked[0].lower()
    url = peer.says("/gzip", gzip.compress(BODY), headers={"content-encoding": "gzip"})
    assert await asked(HttpRows(url, JSON)) == [{"id": 1}]
    large = b'{"data": [' + b'{"id": 1},' * 10_000 + b'{"id": 1}]}'
    assert len(await asked(HttpRows(peer.says("/large", large), JSON))) == 10_001
    csv = peer.says("/csv", b"id;b\n1;2\n", headers={"content-type": "text/csv"})
    assert await asked(HttpRows(csv, Format("csv"))) == [{"id": "1", "b": "2"}]


async def test_an_unchanged_answer_is_not_sent_again(peer: Peer) -> None:
    url = peer.says("/tagged", BODY, headers={"etag": '"v1"'})
    async with httpx.AsyncClient(trust_env=False) as client:
        source = HttpRows(url, JSON, client=client)
        first = await source.rows()
        peer.says("/tagged", b"", status=304)
        assert await source.rows() is first
        assert 'if-none-match: "v1"' in peer.asked[1].lower()
        await source.aclose()
        assert not client.is_closed, "a client that was given is closed by who gave it"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (204, errors.Broken), (301, errors.Broken), (304, errors.Broken), (400, errors.Rejected),
        (401, errors.Refused), (403, errors.Refused), (404, errors.Rejected),
        (408, errors.TimedOut), (429, errors.Overloaded), (500, errors.Broken),
        (502, errors.Broken), (503, errors.Overloaded), (504, errors.TimedOut),
    ],
)  # fmt: skip
async def test_every_status_means_something(
    peer: Peer, status: int, kind: type[errors.ConnectorError]
) -> None:
    url = peer.says("/", b"", status=status, headers={"location": "/elsewhere"})
    with pytest.raises(errors.ConnectorError) as caught:
        await asked(HttpRows(url, JSON))
    assert type(caught.value) is kind
    assert str(caught.value) == f"HTTP {status}"


async def test_a_busy_server_may_say_when_to_come_back(peer: Peer) -> None:
    url = peer.says("/", b"busy", status=429, headers={"retry-after": "120"})
    with pytest.raises(errors.Overloaded) as caught:
        await asked(HttpRows(url, JSON))
    assert caught.value.retry_after == 120


def test_retry_after_is_a_number_or_a_date_and_at_most_a_day() -> None:
    soon = retry_after(format_datetime(datetime.now(UTC) + timedelta(minutes=5), usegmt=True))
    assert soon is not None
    assert 200 < soon <= 300
    assert retry_after("Mon, 01 Jan 2024 00:00:00 GMT") == 0
    assert retry_after("Mon, 01 Jan 2024 00:00:00 -0000") == 0
    assert retry_after("-5") == 0
    assert retry_after("999999999") == 86_400
    assert retry_after("soon") is None
    assert retry_after("Mon, 99 Jan 2024 00:00:00 GMT") is None
    assert retry_after(None) is None


@pytest.mark.parametrize(
    ("body", "headers", "reason"),
    [
        (b"<html>", {"content-type": "text/html; charset=utf-8"}, "a web page in the place of"),
        (b"<html>", {}, "not JSON: line 1, column 1"),
        (b'{"data": [', {}, "not JSON"),
        (b'{"data": ["\xe9"]}', {}, "not JSON"),
        (b'{"items": []}', {}, "there is no 'data'"),
        (BODY, {"content-encoding": "br"}, "packed as br"),
        (BODY, {"content-encoding": "gzip"}, "http: error"),
        (b" " * 2_000 + BODY, {}, "larger than 1000 bytes"),
        (gzip.compress(b" " * 10_000_000), {"content-encoding": "gzip"}, "larger than 1000 bytes"),
    ],
)  # fmt: skip
async def test_an_answer_that_is_no_data_is_unreadable(
    peer: Peer, body: bytes, headers: dict[str, str], reason: str
) -> None:
    url = peer.says("/", body, headers=headers)
    with pytest.raises(errors.Unreadable, match=reason):
        await asked(HttpRows(url, JSON, most_bytes=1_000))


async def test_half_an_answer_is_broken(peer: Peer) -> None:
    with pytest.raises(errors.Broken, match="RemoteProtocolError"):
        await asked(HttpRows(peer.says("/", BODY, length=len(BODY) + 10), JSON))
    packed = gzip.compress(BODY)[:-9]
    url = peer.says("/packed", packed, headers={"content-encoding": "gzip"})
    with pytest.raises(errors.Broken, match="ends in the middle"):
        await asked(HttpRows(url, JSON))


async def test_a_peer_that_speaks_no_http_is_broken(peer: Peer) -> None:
    async def nonsense(writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")

    peer.answers["/"] = nonsense
    with pytest.raises(errors.Broken, match="RemoteProtocolError"):
        await asked(HttpRows(peer.url("/"), JSON))


async def test_a_silent_peer_and_one_that_drips_run_out_of_time(peer: Peer) -> None:
    async def silent(_writer: asyncio.StreamWriter) -> None:
        await peer.gone.wait()

    async def dripping(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
        for _ in range(100_000):  # each byte comes long before any limit between two bytes
            writer.write(b" ")
            await writer.drain()
            if await late(peer.gone, 0.01):
                return

    peer.answers["/silent"], peer.answers["/drip"] = silent, dripping
    for path in ("/silent", "/drip"):
        with pytest.raises(errors.TimedOut):
            await asked(HttpRows(peer.url(path), JSON, time_limit=0.15))


async def late(event: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True


async def test_nobody_at_the_address_is_unreachable() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(errors.Unreachable, match="ConnectError"):
        await asked(HttpRows(f"http://127.0.0.1:{port}/", JSON))


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "127.0.0.1/data", "http://[::1"])
async def test_an_address_that_is_none_is_rejected(url: str) -> None:
    with pytest.raises(errors.Rejected):
        await asked(HttpRows(url, JSON))


# ------------------------------------------------------------------------------- the table


def foreign_errors() -> list[type[Exception]]:
    """Everything the client can raise, and what the network and the unpacking can."""
    found = [
        kind
        for _, kind in inspect.getmembers(httpx, inspect.isclass)
        if issubclass(kind, Exception) and kind.__module__.startswith("httpx")
    ]
    return [*found, zlib.error, TimeoutError, OSError, ConnectionResetError]


@pytest.mark.parametrize("foreign", foreign_errors())
def test_every_foreign_error_stands_in_the_table(foreign: type[Exception]) -> None:
    assert any(issubclass(foreign, listed) for listed, _ in http.TRANSLATIONS), foreign


def test_the_table_is_ordered_from_special_to_general() -> None:
    seen: list[type[Exception]] = []
    for foreign, _ in http.TRANSLATIONS:
        assert not any(issubclass(foreign, earlier) for earlier in seen), foreign
        seen.append(foreign)


@pytest.mark.parametrize(
    ("foreign", "ours"),
    [
        (httpx.ConnectTimeout("x"), errors.TimedOut), (httpx.ReadTimeout("x"), errors.TimedOut),
        (httpx.PoolTimeout("x"), errors.Overloaded), (httpx.ReadError("x"), errors.Unreachable),
        (httpx.ProxyError("x"), errors.Unreachable), (httpx.DecodingError("x"), errors.Unreadable),
        (httpx.TooManyRedirects("x"), errors.Broken), (httpx.StreamClosed(), errors.Broken),
        (httpx.LocalProtocolError("x"), errors.Rejected), (TimeoutError(), errors.TimedOut),
        (OSError("x"), errors.Unreachable), (KeyError("x"), errors.Broken),
    ],
)  # fmt: skip
def test_foreign_errors_get_our_names_without_their_text(
    foreign: Exception, ours: type[errors.ConnectorError]
) -> None:
    found = http.translate(foreign)
    assert type(found) is ours
    assert str(found) == f"http: {type(foreign).__name__}"
