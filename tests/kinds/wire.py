"""A raw peer on loopback: every connection follows the next script, byte by byte."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from connectors.kinds.web import GuardedWeb, Resolver, open_web
from connectors.upkeep.documents import Limits, Request

Script = Callable[["Talk"], Awaitable[None]]
HERE = frozenset({"127.0.0.1", "city.example"})
LIMITS = Limits(
    connect_timeout=2, read_timeout=2, total_timeout=5, hosts=HERE, private_hosts=HERE,
    max_bytes=1_000_000,
)  # fmt: skip


async def here(host: str, port: int) -> list[str]:
    """A resolver for which every host is this machine."""
    del host, port
    return ["127.0.0.1"]


@dataclass
class Talk:
    """One connection, seen from the server."""

    peer: WirePeer
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def heard(self) -> str:
        """The head of the next question."""
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        self.peer.heads.append(head)
        return head

    async def says(self, raw: bytes) -> None:
        """Send bytes."""
        self.writer.write(raw)
        await self.writer.drain()

    async def answers(self, raw: bytes) -> None:
        """Hear a question, send bytes."""
        await self.heard()
        await self.says(raw)

    def resets(self) -> None:
        """Hang up the rude way."""
        self.writer.transport.abort()


@dataclass
class WirePeer:
    """Connections are served by `scripts` in their order, the last one again and again."""

    scripts: list[Script] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    """Set whenever a connection has ended."""
    scheme: str = "http"
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def url(self, path: str = "/", host: str = "city.example") -> str:
        """The address of a path."""
        return f"{self.scheme}://{host}:{self.port}{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        script = self.scripts[min(self.connections, len(self.scripts) - 1)]
        self.connections += 1
        try:
            await script(Talk(self, reader, writer))
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client hung up first, as some tests want it to
        finally:
            writer.close()
            self.ended.set()
            self._tasks.discard(task)

    async def over(self) -> None:
        """Wait until nobody talks any more."""
        self.gone.set()
        if self._tasks:
            await asyncio.wait(set(self._tasks))


@asynccontextmanager
async def wire(*scripts: Script, tls: ssl.SSLContext | None = None) -> AsyncIterator[WirePeer]:
    """A peer that listens until the end of the block."""
    peer = WirePeer(list(scripts), scheme="https" if tls else "http")
    server = await asyncio.start_server(peer.serve, "127.0.0.1", 0, ssl=tls)
    peer.port = server.sockets[0].getsockname()[1]
    try:
        yield peer
    finally:
        server.close()
        await peer.over()


@asynccontextmanager
async def opened(
    *, resolver: Resolver = here, tls: ssl.SSLContext | None = None, proxy: str = ""
) -> AsyncIterator[GuardedWeb]:
    """The way to the web, closed at the end."""
    web = open_web(resolver=resolver, tls=tls, proxy=proxy)
    try:
        yield web
    finally:
        await web.aclose()


def get(url: str, **headers: str) -> Request:
    """A question."""
    return Request(url, headers=headers)


def ok(body: bytes = b"ok", *more: str, status: str = "200 OK") -> bytes:
    """An answer with the length of its body."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *more, "", ""]
    return "\r\n".join(lines).encode() + body


def always(raw: bytes) -> Script:
    """Answer every question of a connection with these bytes."""

    async def script(talk: Talk) -> None:
        while True:
            await talk.answers(raw)

    return script


def once(raw: bytes) -> Script:
    """Answer one question with these bytes, then hang up."""

    async def script(talk: Talk) -> None:
        await talk.answers(raw)

    return script


async def hangs(talk: Talk) -> None:
    """Hear a question and say nothing until the test is over."""
    await talk.heard()
    await talk.peer.gone.wait()
