"""A wire between us and a server, bent as a test wants it, byte by byte in the server's answers."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

HOST = "127.0.0.1"
FAULTS = ("refused", "reset", "hang", "stall", "cut", "garbage", "drip")
AFTER = 400
"""Bytes of the server that pass before it stalls, is cut, or turns to garbage."""


class BentWire:
    """Listens, and passes everything on, unless `fault` says otherwise."""

    def __init__(self, host: str, port: int) -> None:
        self.port = 0
        self.fault = ""
        self._there = (host, port)
        self._listening: asyncio.Server | None = None
        self._passing: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Listen, on the same port as before."""
        self._listening = await asyncio.start_server(self._accept, HOST, self.port)
        self.port = self._listening.sockets[0].getsockname()[1]

    async def bend(self, fault: str) -> None:
        """From now on; connections that are open feel it too."""
        self.fault = fault
        if fault == "refused":
            await self.aclose()
        elif self._listening is None:
            await self.open()

    async def aclose(self) -> None:
        """Listen no more, and cut all connections."""
        listening, self._listening = self._listening, None
        if listening is not None:
            listening.close()
        for task in self._passing:
            task.cancel()
        await asyncio.gather(*self._passing, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._passing.add(task)
        theirs: asyncio.StreamWriter | None = None
        try:
            if self.fault == "reset":
                reset(writer)
                return
            back, theirs = await asyncio.open_connection(*self._there)
            there = asyncio.create_task(self._there_(reader, theirs))
            try:
                await self._back(back, writer)
            finally:
                there.cancel()
                await asyncio.gather(there, return_exceptions=True)
        except (ConnectionError, asyncio.CancelledError):
            pass  # cut, by us or by them
        finally:
            self._passing.discard(task)
            for each in (writer, theirs):
                if each is not None:
                    each.close()

    async def _there_(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while said := await reader.read(65536):
                writer.write(said)
                await writer.drain()
        # Who hangs up has no more use for the answer.
        writer.close()

    async def _back(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        noise, left = random.Random(7), AFTER  # noqa: S311 - noise
        while said := await reader.read(1024):
            if self.fault == "reset":
                reset(writer)
                return
            if self.fault == "hang" or (self.fault == "stall" and left <= 0):
                await asyncio.Event().wait()
            if self.fault == "cut" and left <= 0:
                writer.write(said[: len(said) // 2])
                await writer.drain()
                return
            if self.fault == "garbage" and left <= 0:
                said = noise.randbytes(len(said))
            step = 1 if self.fault == "drip" else len(said)
            for place in range(0, len(said), step):
                writer.write(said[place : place + step])
                await writer.drain()
                if self.fault == "drip":
                    await asyncio.sleep(0.05)
            left -= len(said)


def reset(writer: asyncio.StreamWriter) -> None:
    """Tear a connection down: RST."""
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@asynccontextmanager
async def bent_wire(host: str, port: int) -> AsyncIterator[BentWire]:
    """A wire to a server, straight at first."""
    wire = BentWire(host, port)
    await wire.open()
    try:
        yield wire
    finally:
        await wire.aclose()
