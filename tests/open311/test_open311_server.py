"""A GeoReport server on loopback is read and written to over real connections, as a city opens it."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

from connectors import registry
from connectors.kinds.web.client import open_web
from connectors.upkeep.clock import SystemClock
from connectors.upkeep.documents import Request
from connectors.upkeep.upkeep import Services
from tests.builders import binding, tools
from tests.georeport import URL, GeoReport, Keys, listed, many
from tests.open311.test_open311_desk import DRAFT

HOUR = timedelta(hours=1)


@asynccontextmanager
async def listening(server: GeoReport) -> AsyncIterator[int]:
    """The port on which this server answers, packed as gzip."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.split("\r\n")
        headers = {n.lower(): v for n, _, v in (line.partition(": ") for line in lines if line)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        method, target, _ = first.split(" ")
        path, offered = urlsplit(URL), headers.get("accept-encoding", "")
        assert "deflate" not in offered
        asked = Request(f"{path.scheme}://{path.netloc}{target}", method, headers, body)
        answer = server(asked)
        packed = gzip.compress(answer.body)
        writer.write(
            f"HTTP/1.1 {answer.status} Said\r\ncontent-type: {answer.headers['content-type']}\r\n"
            f"content-encoding: gzip\r\ncontent-length: {len(packed)}\r\nconnection: close\r\n"
            "\r\n".encode()
            + packed
        )
        await writer.drain()
        writer.close()

    peer = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with peer:
        yield peer.sockets[0].getsockname()[1]


async def test_a_catalogue_line_is_all_it_takes() -> None:
    clock = SystemClock()
    now = clock.now().replace(microsecond=0)
    server = GeoReport(many(230, now - HOUR, 6 * HOUR), limit=100)
    web = open_web()
    async with listening(server) as port:
        shared = Services(
            web=web, clock=clock, secrets=Keys(), private_hosts=frozenset({f"127.0.0.1:{port}"})
        )
        line = binding(
            "kota",
            system="open311.complaints",
            serves=("complaints", "complaint_desk"),
            options={
                "url": f"http://127.0.0.1:{port}/open311/v2/",
                "api_key": "{secret:kunci}",
                "history_days": 90,
            },
        )
        source = await registry.open_source(line, replace(tools(services=shared), now=clock.now))
        try:
            assert await listed(source) == [one["service_request_id"] for one in server.rows]
            receipt = await source.submit_complaint(DRAFT)
            assert receipt.upstream_id == "00001"
            assert dict(server.taken[0])["description"] == DRAFT.description.strip()
        finally:
            await web.aclose()
