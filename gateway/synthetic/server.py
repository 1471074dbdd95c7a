"""A small HTTP/1.1 server of one source, in full control of its bytes, with a dial for its faults."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import socket
from collections import Counter
from collections.abc import Mapping

from gateway.synthetic.exchange import Answering, Question, Reply
from gateway.synthetic.faults import LINGER_NOT, Fault, Setting, changed

HOST = "127.0.0.1"
MOST_HEAD = 32 * 1024
MOST_BODY = 4 * 1024 * 1024
_BLOCK = b" " * 65536
_CHUNK = b"%x\r\n%b\r\n" % (len(_BLOCK), _BLOCK)

REASONS = {200: "OK", 201: "Created", 302: "Found", 304: "Not Modified", 404: "Not Found"}

log = logging.getLogger(__name__)


class Server:
    """Answers with `handler`, unless its dial says otherwise.

    `port` 0 takes a free one, and keeps it while nobody listens (`refused`).
    """

    def __init__(self, name: str, handler: Answering, port: int = 0) -> None:
        self.name = name
        self.port = port
        self.calls = 0
        """Questions since the start, those that met a fault too."""
        self.paths: Counter[str] = Counter()
        """The same, by path."""
        self._handler = handler
        self._setting: Setting | None = None
        self._chance = random.Random(name)  # noqa: S311 - faults that fall the same way each time
        self._listening: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """Without a slash at the end."""
        return f"http://{HOST}:{self.port}"

    @property
    def setting(self) -> Setting | None:
        """How the dial stands; None when all is well."""
        return self._setting

    async def open(self) -> None:
        """Listen. Raises OSError when the port is taken."""
        self._listening = await asyncio.start_server(
            self._accept, HOST, self.port, limit=MOST_HEAD, backlog=512
        )
        self.port = self._listening.sockets[0].getsockname()[1]

    async def dial(self, setting: Setting | None) -> None:
        """Set the fault, or end it with None. Connections that hang already go on hanging."""
        self._setting = setting
        refused = setting is not None and setting.fault is Fault.REFUSED
        if refused and self._listening is not None:
            await self.aclose()
        elif not refused and self._listening is None:
            await self.open()

    async def aclose(self) -> None:
        """Listen no more, and hang up on everybody."""
        listening, self._listening = self._listening, None
        if listening is not None:
            listening.close()
        for task in list(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    # --------------------------------------------------------------------------- connections

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - asyncio runs this in one
        self._connections.add(task)
        try:
            while await self._exchange(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # the client hung up, or says what no HTTP client says
        except asyncio.CancelledError:
            _reset(writer)
        finally:
            self._connections.discard(task)
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One question and its answer; whether the connection may be used again."""
        question = await _read(reader)
        if question is None:
            return False
        self.calls += 1
        self.paths[question.path] += 1
        reply = await self._reply(question)
        setting = self._setting
        if setting is None or self._chance.random() >= setting.probability:
            await _send(writer, question, reply)
            return question.headers.get("connection", "").lower() != "close"
        return await self._spoil(setting, question, reply, reader, writer)

    async def _reply(self, question: Question) -> Reply:
        try:
            reply = self._handler(question)
            return reply if isinstance(reply, Reply) else await reply
        except Exception:
            # A fault of one made-up server must not end the rehearsal of the others.
            log.exception("synthetic_server_fault", extra={"source": self.name})
            return Reply(b"", "text/plain", 500)

    async def _spoil(
        self,
        setting: Setting,
        question: Question,
        reply: Reply,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> bool:
        match setting.fault:
            case Fault.SLOW:
                await asyncio.sleep(setting.seconds)
                await _send(writer, question, reply)
                return True
            case Fault.HANG:
                await reader.read()  # until the client gives up
            case Fault.RESET:
                _reset(writer)
            case Fault.HALF:
                writer.write(_head(reply) + reply.body[: len(reply.body) // 2])
                await writer.drain()
            case Fault.DRIP:
                writer.write(_head(reply))
                for place in range(len(reply.body)):
                    writer.write(reply.body[place : place + 1])
                    await writer.drain()
                    await asyncio.sleep(setting.seconds)
                return True
            case Fault.HUGE:
                await _flood(writer, reply, setting.bytes)
            case Fault.BABBLE:
                writer.write(self._chance.randbytes(64).replace(b"\n", b"!") + b"\r\n\r\n")
                await writer.drain()
            case _:
                await _send(writer, question, changed(setting, reply, self._chance))
                return True
        return False


async def _read(reader: asyncio.StreamReader) -> Question | None:
    """The next question; None when there is none, or none that can be understood."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.split("\r\n")
    parts = first.split(" ")
    if len(parts) != 3:
        return None
    pairs = (line.partition(":") for line in lines if line)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    length = headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > MOST_BODY:
        return None
    body = await reader.readexactly(int(length))
    return Question(parts[0], parts[1], headers, body)


async def _send(writer: asyncio.StreamWriter, question: Question, reply: Reply) -> None:
    if reply.tagged and question.headers.get("if-none-match") == reply.etag:
        writer.write(f"HTTP/1.1 304 Not Modified\r\netag: {reply.etag}\r\n\r\n".encode())
    else:
        body = b"" if question.method == "HEAD" else reply.body
        writer.write(_head(reply) + body)
    await writer.drain()


def _head(reply: Reply, length: Mapping[str, str] | None = None) -> bytes:
    headers = {
        "content-type": reply.media_type,
        **(length or {"content-length": str(len(reply.body))}),
        **({"etag": reply.etag} if reply.tagged else {}),
        **reply.headers,
    }
    lines = [f"HTTP/1.1 {reply.status} {REASONS.get(reply.status, 'Said')}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


async def _flood(writer: asyncio.StreamWriter, reply: Reply, count: int) -> None:
    """As many bytes as were asked for, in pieces, until the client has had enough."""
    writer.write(_head(reply, {"transfer-encoding": "chunked"}))
    for _ in range(-(-count // len(_BLOCK))):
        writer.write(_CHUNK)
        await writer.drain()
    writer.write(b"0\r\n\r\n")
    await writer.drain()


def _reset(writer: asyncio.StreamWriter) -> None:
    connection = writer.get_extra_info("socket")
    if connection is not None:
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
    writer.transport.abort()
