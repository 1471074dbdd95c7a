"""Sources that misbehave at the level of bytes: each fault has its error, and none lasts."""

from __future__ import annotations

import asyncio
import gzip
import inspect
import socket
from dataclasses import replace

import h2.exceptions
import httptools
import pytest
import uvloop

from connectors import errors
from connectors.kinds.web import faults
from connectors.upkeep.documents import Limits
from tests.kinds.wire import (
    HERE,
    LIMITS,
    Script,
    Talk,
    always,
    get,
    hangs,
    here,
    ok,
    once,
    opened,
    wire,
)

QUICK = replace(LIMITS, read_timeout=0.1, total_timeout=0.4)
SMALL = replace(LIMITS, max_bytes=10_000)
HEAD = b"HTTP/1.1 200 OK\r\n"


def sends(raw: bytes, *, then: str = "hangs up") -> Script:
    """Say this, whatever is asked; then hang up, reset, or say nothing more."""

    async def script(talk: Talk) -> None:
        await talk.answers(raw)
        if then == "resets":
            talk.resets()
        elif then == "hangs":
            await talk.peer.gone.wait()

    return script


def drips(first: bytes, piece: bytes) -> Script:
    """Say so much at once, then a piece every now and then, for ever."""

    async def script(talk: Talk) -> None:
        await talk.answers(first)
        while not talk.peer.gone.is_set():
            await talk.says(piece)
            await asyncio.wait((asyncio.ensure_future(talk.peer.gone.wait()),), timeout=0.02)

    return script


async def resets_at_once(talk: Talk) -> None:
    talk.resets()


async def resets_when_asked(talk: Talk) -> None:
    await talk.heard()
    talk.resets()


async def hangs_after_accept(talk: Talk) -> None:
    await talk.peer.gone.wait()


FAULTS: dict[str, tuple[Script, type[errors.ConnectorError], str]] = {
    "reset at once": (resets_at_once, errors.Broken, "before it answered"),
    "reset when asked": (resets_when_asked, errors.Broken, "before it answered"),
    "hangs up without a word": (sends(b""), errors.Broken, "before it answered"),
    "hangs after accept": (hangs_after_accept, errors.TimedOut, "no answer"),
    "hangs before the headers": (hangs, errors.TimedOut, "no answer"),
    "hangs within the headers": (sends(HEAD + b"ETag", then="hangs"), errors.TimedOut, ""),
    "half of the headers": (sends(HEAD + b"ETag: a\r\n"), errors.Broken, "in the middle"),
    "half of the body": (sends(ok(b"x" * 100)[:-50]), errors.Broken, "in the middle"),
    "half of the body, reset": (
        sends(ok(b"x" * 100)[:-50], then="resets"), errors.Broken, "in the middle"),
    "half of the body, hangs": (
        sends(ok(b"x" * 100)[:-50], then="hangs"), errors.TimedOut, "further piece"),
    "a length that is too long": (
        sends(HEAD + b"Content-Length: 5\r\n\r\n1234"), errors.Broken, "in the middle"),
    "a chunk that is missing": (
        sends(HEAD + b"Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n"), errors.Broken, "middle"),
    "slow drip of the body": (
        drips(HEAD + b"Content-Length: 9999\r\n\r\n", b"x"), errors.TimedOut, "whole answer"),
    "slow drip of the headers": (drips(HEAD, b"X: y\r\n"), errors.TimedOut, "whole answer"),
    "slow drip without end": (drips(HEAD + b"\r\n", b"x"), errors.TimedOut, "whole answer"),
    "huge by its length": (
        sends(HEAD + b"Content-Length: 10001\r\n\r\n", then="hangs"), errors.Unreadable, "larger"),
    "huge in chunks": (
        drips(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"400\r\n" + b"x" * 1024 + b"\r\n"),
        errors.Unreadable, "larger"),
    "huge until the end": (drips(HEAD + b"\r\n", b"x" * 1024), errors.Unreadable, "larger"),
    "a zip bomb": (
        sends(ok(gzip.compress(bytes(5_000_000)), "Content-Encoding: gzip")),
        errors.Unreadable, "larger"),
    "packed, half of it": (
        sends(ok(gzip.compress(bytes(9000))[:-9], "Content-Encoding: gzip")),
        errors.Broken, "packed answer ends"),
    "not packed at all": (
        sends(ok(b"plain", "Content-Encoding: gzip")), errors.Unreadable, "unpacked"),
    "packed as nobody asked": (
        sends(ok(b"plain", "Content-Encoding: br")), errors.Unreadable, "'br'"),
    "packed twice": (
        sends(ok(b"plain", "Content-Encoding: gzip, gzip")), errors.Unreadable, "gzip"),
    "no HTTP": (sends(b"220 mail.example ESMTP\r\n"), errors.Broken, "no proper HTTP"),
    "TLS instead of HTTP": (sends(bytes([21, 3, 1, 0, 2, 2, 40])), errors.Broken, "no proper"),
    "bytes at random": (sends(bytes(range(256))), errors.Broken, "no proper HTTP"),
    "two lengths": (
        sends(HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"), errors.Broken, ""),
    "length and chunks": (
        sends(HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"),
        errors.Broken, ""),
    "a length below nothing": (sends(HEAD + b"Content-Length: -1\r\n\r\n"), errors.Broken, ""),
    "sent in an unknown way": (
        sends(HEAD + b"Transfer-Encoding: gzip\r\n\r\nx"), errors.Broken, "nobody asked for"),
    "a chunk too large to count": (
        sends(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"F" * 20 + b"\r\n"), errors.Broken, ""),
    "one endless header": (
        drips(HEAD + b"X: ", b"y" * 20_000), errors.Broken, "bytes of headers"),
    "headers without end": (
        sends(HEAD + b"X-Y: zzzzzzzz\r\n" * 20_000, then="hangs"), errors.Broken, "of headers"),
    "trailers without end": (
        drips(HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX: ", b"y" * 20_000),
        errors.Broken, "of headers"),
    "another protocol": (
        sends(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n\x00"),
        errors.Broken, "another protocol"),
    "for ever about to answer": (
        drips(b"", b"HTTP/1.1 102 Processing\r\n\r\n"), errors.Broken, "again and again"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault_has_its_error_and_the_source_recovers(fault: str) -> None:
    script, kind, message = FAULTS[fault]
    async with wire(script, always(ok(b"good again"))) as peer, opened() as web:
        url = peer.url("/secret-path?key=secret-key")
        limits = QUICK if kind is errors.TimedOut else SMALL
        with pytest.raises(errors.ConnectorError) as caught:
            await web.send(get(url, Authorization="secret-token"), limits)
        assert isinstance(caught.value, kind)
        assert message in str(caught.value)
        assert "secret" not in str(caught.value)
        assert str(peer.port) not in str(caught.value)
        assert (await web.send(get(url), LIMITS)).body == b"good again"
        assert peer.connections == 2


@pytest.mark.parametrize("fault", ["half of the body", "hangs before the headers", "no HTTP"])
def test_the_fast_loop_sees_the_same_faults(fault: str) -> None:
    async def check() -> None:
        script, kind, message = FAULTS[fault]
        async with wire(script, always(ok(b"good again"))) as peer, opened() as web:
            with pytest.raises(kind, match=message):
                await web.send(get(peer.url()), QUICK if kind is errors.TimedOut else SMALL)
            for _ in range(2):
                assert (await web.send(get(peer.url()), LIMITS)).body == b"good again"
            assert peer.connections == 2

    uvloop.run(check())


async def test_a_door_that_is_shut_is_unreachable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens
        async with opened() as web:
            with pytest.raises(errors.Unreachable, match="no connection"):
                await web.send(get(f"http://127.0.0.1:{taken.getsockname()[1]}/"), LIMITS)


async def test_a_name_nobody_knows_is_unreachable() -> None:
    async def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, f"{host}:{port}")

    async def nothing(host: str, port: int) -> list[str]:
        del host, port
        return []

    for resolver in (unknown, nothing):
        async with opened(resolver=resolver) as web:
            with pytest.raises(errors.Unreachable, match="name of the host"):
                await web.send(get("http://city.example/"), LIMITS)


async def test_a_name_that_hangs_is_given_up() -> None:
    never = asyncio.Event()

    async def slow(host: str, port: int) -> list[str]:
        await never.wait()
        return await here(host, port)

    async with opened(resolver=slow) as web:
        limits = replace(LIMITS, connect_timeout=0.05)
        with pytest.raises(errors.TimedOut, match="no connection in time"):
            await web.send(get("http://city.example/"), limits)


async def test_the_next_address_is_tried_where_one_is_dead() -> None:
    async def two(host: str, port: int) -> list[str]:
        del host, port
        return ["127.9.9.9", "127.0.0.1"]

    async with wire(once(ok())) as peer, opened(resolver=two) as web:
        assert (await web.send(get(peer.url()), LIMITS)).status == 200


async def test_one_that_hangs_holds_up_nobody_else() -> None:
    async with wire(hangs) as bad, wire(always(ok())) as good, opened() as web:
        waiting = [asyncio.create_task(web.send(get(bad.url()), LIMITS)) for _ in range(20)]
        while bad.connections < 20:
            assert (await web.send(get(good.url()), LIMITS)).body == b"ok"
        for task in waiting:
            task.cancel()
        done = await asyncio.gather(*waiting, return_exceptions=True)
        assert all(isinstance(each, asyncio.CancelledError) for each in done)


async def test_a_whole_answer_as_large_as_allowed_is_read() -> None:
    async with wire(always(ok(b"x" * 10_000))) as peer, opened() as web:
        assert len((await web.send(get(peer.url()), SMALL)).body) == 10_000


def foreign() -> list[type[Exception]]:
    """All errors the parsers know, and those of the network."""
    known = [
        each
        for module in (h2.exceptions, httptools)
        for _, each in inspect.getmembers(module, inspect.isclass)
        if issubclass(each, Exception)
    ]
    return [*known, OSError, ConnectionResetError, socket.gaierror, TimeoutError]


@pytest.mark.parametrize("error", foreign())
def test_every_foreign_error_is_translated(error: type[Exception]) -> None:
    assert issubclass(error, faults.FOREIGN)
    assert isinstance(faults.translated(error.__new__(error)), errors.ConnectorError)


def test_the_most_specific_translation_comes_first() -> None:
    for place, (error, _, _) in enumerate(faults.TRANSLATIONS):
        assert not issubclass(error, tuple(faults.FOREIGN[:place])), error


def test_limits_of_the_seam_allow_nothing_by_themselves() -> None:
    assert Limits().hosts == Limits().private_hosts == frozenset()
    assert HERE
