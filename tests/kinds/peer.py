"""A real HTTP server on loopback that says, byte by byte, what a test wants it to say."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


class Peer:
    """Answers by path. `asked` holds the heads of all requests, in their order."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.gone = asyncio.Event()
        """Set when the test is over: whoever waits for it, waits as long as the test."""
        self.port = 0

    def url(self, path: str) -> str:
        """The address of a path."""
        return f"http://127.0.0.1:{self.port}{path}"

    def says(
        self,
        path: str,
        body: bytes,
        *,
        status: int = 200,
        headers: dict[str, str] | None = None,
        length: int | None = None,
    ) -> str:
        """Answer a path with this; `length` may lie. Returns the address."""
        head = {"content-type": "application/json", **(headers or {})}
        head["content-length"] = str(len(body) if length is None else length)
        lines = [f"HTTP/1.1 {status} Said", *(f"{name}: {value}" for name, value in head.items())]

        async def answer(writer: asyncio.StreamWriter) -> None:
            writer.write("\r\n".join([*lines, "connection: close", "", ""]).encode() + body)

        self.answers[path] = answer
        return self.url(path)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            self.asked.append(head)
            await self.answers[head.split(" ")[1]](writer)
            await writer.drain()
        except ConnectionError:
            pass  # the client hung up first, as some tests want it to
        finally:
            writer.close()


@asynccontextmanager
async def open_peer() -> AsyncIterator[Peer]:
    """A peer that listens until the end of the block."""
    peer = Peer()
    server = await asyncio.start_server(peer._serve, "127.0.0.1", 0)
    peer.port = server.sockets[0].getsockname()[1]
    try:
        yield peer
    finally:
        peer.gone.set()
        server.close()
