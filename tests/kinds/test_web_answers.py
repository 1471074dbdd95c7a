"""Answers of HTTP/1.1 in all their lawful shapes, over connections that are kept."""

from __future__ import annotations

import asyncio
import gzip
import zlib

import pytest

from connectors import errors
from connectors.kinds.web import Bounds, open_web
from connectors.upkeep.documents import Answer, Request, Web
from tests.kinds.wire import LIMITS, Talk, always, get, hangs, here, ok, once, opened, wire

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


async def answer(raw: bytes, request: Request | None = None) -> Answer:
    async with wire(once(raw)) as peer, opened() as web:
        url = peer.url()
        asked = Request(url, request.method, request.headers, request.body) if request else get(url)
        return await web.send(asked, LIMITS)


@pytest.mark.parametrize(
    ("raw", "body"),
    [
        (ok(b"body"), b"body"),
        (ok(b""), b""),
        (CHUNKED + b"2\r\nbo\r\n2;more=1\r\ndy\r\n0\r\nX-Sum: 9\r\n\r\n", b"body"),
        (b"HTTP/1.1 200 OK\r\n\r\nuntil the end", b"until the end"),
        (b"HTTP/1.0 200 OK\r\n\r\nold", b"old"),
        (b"HTTP/1.1 200\nContent-Length: 4\n\nbody", b"body"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + ok(b"body"), b"body"),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 3 + ok(b"body"), b"body"),
        (ok(gzip.compress(b"body", mtime=0), "Content-Encoding: gzip"), b"body"),
        (ok(gzip.compress(b"bo", mtime=0) + gzip.compress(b"dy", mtime=0), "Content-Encoding: x-gzip"), b"body"),
        (ok(zlib.compress(b"body"), "Content-Encoding: deflate"), b"body"),
        (ok(zlib.compress(b"body", wbits=-15), "Content-Encoding: deflate"), b"body"),
        (ok(b"body", "Content-Encoding: identity"), b"body"),
        (ok(b"", "Content-Encoding: gzip"), b""),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
        (b'HTTP/1.1 304 Not Modified\r\nContent-Length: 900\r\nETag: "a"\r\n\r\n', b""),
    ],
)  # fmt: skip
async def test_every_lawful_shape_of_an_answer_is_read(raw: bytes, body: bytes) -> None:
    assert (await answer(raw)).body == body


async def test_status_and_headers_come_as_they_were_said_with_small_names() -> None:
    said = await answer(ok(b"x", 'ETag: "v1"', "Vary: a", "vary: b", "X-Empty:", status="418 Tea"))
    assert said.status == 418
    assert said.headers == {"content-length": "1", "etag": '"v1"', "vary": "a, b", "x-empty": ""}


async def test_an_answer_to_head_has_no_body_whatever_it_announces() -> None:
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"
    said = await answer(raw, Request("", "HEAD"))
    assert (said.status, said.body) == (200, b"")


async def test_a_question_says_host_agent_and_what_was_asked_for() -> None:
    async with wire(always(ok())) as peer, opened() as web:
        url = peer.url("/päth/a%20b?q=kota&n=1#part")
        await web.send(get(url, **{"If-None-Match": '"v1"', "X-Key": "k"}), LIMITS)
        lines = peer.heads[0].split("\r\n")
        assert lines[0] == "GET /p%C3%A4th/a%20b?q=kota&n=1 HTTP/1.1"
        assert f"host: city.example:{peer.port}" in lines
        assert "accept-encoding: gzip, deflate" in lines
        assert "user-agent: tangerang-live-gateway" in lines
        assert 'if-none-match: "v1"' in lines
        assert "x-key: k" in lines


async def test_a_body_is_sent_whole_with_its_length() -> None:
    received = bytearray()

    async def script(talk: Talk) -> None:
        head = await talk.heard()
        assert "content-length: 300000" in head
        received.extend(await talk.reader.readexactly(300_000))
        await talk.says(ok(b"thanks", status="201 Created"))

    async with wire(script) as peer, opened() as web:
        said = await web.send(Request(peer.url(), "POST", body=b"x" * 300_000), LIMITS)
    assert said.status == 201
    assert bytes(received) == b"x" * 300_000


async def test_a_connection_is_kept_and_used_again() -> None:
    async with wire(always(ok())) as peer, opened() as web:
        for _ in range(5):
            assert (await web.send(get(peer.url()), LIMITS)).body == b"ok"
        assert (peer.connections, web.connections) == (1, 1)


@pytest.mark.parametrize(
    "raw",
    [
        ok(b"ok", "Connection: close"),
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        ok() + b"surplus",
        ok() + b"\x00\xff",
        ok() + ok(b"an answer nobody asked for"),
        ok(b"ok", "Keep-Alive: timeout=1"),
    ],
)
async def test_a_connection_that_is_not_clean_is_not_used_again(raw: bytes) -> None:
    async with wire(always(raw)) as peer, opened() as web:
        for _ in range(2):
            assert (await web.send(get(peer.url()), LIMITS)).body == b"ok"
        assert peer.connections == 2


async def test_bytes_that_come_while_nobody_asks_end_the_connection() -> None:
    async def script(talk: Talk) -> None:
        await talk.answers(ok())
        await talk.says(ok(b"poison"))
        await talk.reader.read()

    async with wire(script) as peer, opened() as web:
        await web.send(get(peer.url()), LIMITS)
        await asyncio.wait_for(peer.ended.wait(), 5)
        assert (await web.send(get(peer.url()), LIMITS)).body == b"ok"
        assert peer.connections == 2


async def test_a_kept_connection_that_died_costs_a_reader_nothing() -> None:
    async def dies(talk: Talk) -> None:
        await talk.answers(ok(b"first"))
        await talk.heard()  # and hangs up without a word, as servers do that are just idle

    async with wire(dies, always(ok(b"second"))) as peer, opened() as web:
        assert (await web.send(get(peer.url()), LIMITS)).body == b"first"
        assert (await web.send(get(peer.url()), LIMITS)).body == b"second"
        assert peer.connections == 2


async def test_a_dead_connection_is_not_tried_a_third_time() -> None:
    async def dies(talk: Talk) -> None:
        await talk.heard()

    async with wire(once(ok()), dies) as peer, opened() as web:
        await web.send(get(peer.url()), LIMITS)
        with pytest.raises(errors.Broken, match="hung up before it answered"):
            await web.send(get(peer.url()), LIMITS)
        assert peer.connections == 2


async def test_what_must_not_be_done_twice_is_asked_once() -> None:
    async def dies(talk: Talk) -> None:
        await talk.answers(ok())
        await talk.heard()

    async with wire(dies, always(ok())) as peer, opened() as web:
        await web.send(get(peer.url()), LIMITS)
        with pytest.raises(errors.Broken):
            await web.send(Request(peer.url(), "POST", body=b"x"), LIMITS)
        assert [head.split(" ")[0] for head in peer.heads] == ["GET", "POST"]


async def test_a_half_answer_is_not_asked_for_again() -> None:
    async def breaks(talk: Talk) -> None:
        await talk.answers(ok())
        await talk.answers(ok(b"whole")[:-2])

    async with wire(breaks) as peer, opened() as web:
        await web.send(get(peer.url()), LIMITS)
        with pytest.raises(errors.Broken, match="in the middle"):
            await web.send(get(peer.url()), LIMITS)
        assert peer.connections == 1


async def test_so_many_connections_are_kept_and_used_at_once_as_the_bounds_say() -> None:
    busy, most = 0, 0
    release = asyncio.Event()

    async def script(talk: Talk) -> None:
        nonlocal busy, most
        while True:
            await talk.heard()
            busy += 1
            most = max(most, busy)
            if busy == 3:
                release.set()
            await release.wait()
            busy -= 1
            await talk.says(ok())

    web = open_web(resolver=here, bounds=Bounds(in_use=3, idle=2))
    async with wire(script) as peer:
        said = await asyncio.gather(*(web.send(get(peer.url()), LIMITS) for _ in range(12)))
        assert {each.body for each in said} == {b"ok"}
        assert most == 3
        assert web.connections <= 3
        await web.aclose()
        await asyncio.wait_for(peer.over(), 5)
    assert web.connections == 0


async def test_a_connection_nobody_uses_is_hung_up() -> None:
    web = open_web(resolver=here, bounds=Bounds(idle_for=0.02))
    async with wire(always(ok())) as peer:
        await web.send(get(peer.url()), LIMITS)
        await asyncio.wait_for(peer.ended.wait(), 5)
        await asyncio.wait_for(peer.over(), 5)
    assert web.connections == 0
    await web.aclose()


async def test_nothing_is_asked_once_it_is_closed() -> None:
    async with wire(always(ok())) as peer:
        async with opened() as web:
            await web.send(get(peer.url()), LIMITS)
        with pytest.raises(errors.Unreachable, match="closed"):
            await web.send(get(peer.url()), LIMITS)


async def test_who_still_waits_when_it_is_closed_is_told() -> None:
    async with wire(hangs) as peer, opened() as web:
        task = asyncio.create_task(web.send(get(peer.url()), LIMITS))
        while not peer.heads:
            await asyncio.wait((task,), timeout=0.001)
        await web.aclose()
        with pytest.raises(errors.ConnectorError, match="hung up"):
            await task
        assert web.connections == 0


async def test_who_is_cancelled_leaves_no_answer_for_the_next() -> None:
    asked = asyncio.Event()

    async def slow(talk: Talk) -> None:
        await talk.heard()
        asked.set()
        await talk.reader.read()  # the end of the connection

    async with wire(slow, always(ok(b"mine"))) as peer, opened() as web:
        task = asyncio.create_task(web.send(get(peer.url("/theirs")), LIMITS))
        await asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(peer.ended.wait(), 5)
        assert web.connections == 0
        assert (await web.send(get(peer.url("/mine")), LIMITS)).body == b"mine"


def test_the_way_to_the_web_fulfils_the_seam() -> None:
    async def check() -> None:
        web: Web = open_web()
        await web.aclose()

    asyncio.run(check())
