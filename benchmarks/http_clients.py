"""What one GET costs: processor time of HTTP clients against a server on loopback.

    python benchmarks/http_clients.py [--calls N] [--only NAME] [--plain-loop]

Bodies of 3 KB and 64 KB, over kept connections, one and twenty questions at a time, over plain
HTTP/1.1, over TLS, and over HTTP/2. The server is a process of its own, so that only the client's
time is counted (of all its threads). Clients that are not installed are left out; beside our own
there are httpx[http2], aiohttp, niquests and pyreqwest.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

import h2.config  # noqa: E402 - after the path
import h2.connection  # noqa: E402
import h2.events  # noqa: E402
import h2.exceptions  # noqa: E402
import trustme  # noqa: E402
import uvloop  # noqa: E402

from connectors.kinds.web import open_web  # noqa: E402
from connectors.upkeep.documents import Limits, Request  # noqa: E402

SIZES = {"3": 3_000, "64": 64_000}
WAYS = ("http", "https", "h2")
Get = Callable[[str], Awaitable[int]]
Open = Callable[[Path, bool], AbstractAsyncContextManager[Get]]

# ruff: noqa: ARG001, ASYNC240, D103, FBT001 - all clients are opened in the same way

# -------------------------------------------------------------------------------------- clients


@asynccontextmanager
async def own(authorities: Path, http2: bool) -> AsyncIterator[Get]:
    """Ours: guards, limits and unpacking included."""
    web = open_web(tls=ssl.create_default_context(cafile=str(authorities)))
    here = frozenset({"localhost"})
    limits = Limits(hosts=here, private_hosts=here)

    async def get(url: str) -> int:
        return len((await web.send(Request(url), limits)).body)

    yield get
    await web.aclose()


@asynccontextmanager
async def httpx(authorities: Path, http2: bool) -> AsyncIterator[Get]:
    import httpx as library

    context = ssl.create_default_context(cafile=str(authorities))
    async with library.AsyncClient(verify=context, http2=http2, trust_env=False) as client:

        async def get(url: str) -> int:
            return len((await client.get(url)).content)

        yield get


@asynccontextmanager
async def httpcore(authorities: Path, http2: bool) -> AsyncIterator[Get]:
    import httpcore as library

    context = ssl.create_default_context(cafile=str(authorities))
    async with library.AsyncConnectionPool(ssl_context=context, http2=http2) as pool:

        async def get(url: str) -> int:
            return len((await pool.request("GET", url, headers={"accept": "*/*"})).content)

        yield get


@asynccontextmanager
async def aiohttp(authorities: Path, http2: bool) -> AsyncIterator[Get]:
    import aiohttp as library

    if http2:
        raise NotImplementedError
    context = ssl.create_default_context(cafile=str(authorities))
    async with library.ClientSession(connector=library.TCPConnector(ssl=context)) as session:

        async def get(url: str) -> int:
            async with session.get(url) as answer:
                return len(await answer.read())

        yield get


@asynccontextmanager
async def niquests(authorities: Path, http2: bool) -> AsyncIterator[Get]:
    import niquests as library

    async with library.AsyncSession() as session:
        session.verify, session.trust_env = str(authorities), False

        async def get(url: str) -> int:
            return len((await session.get(url)).content)

        yield get


@asynccontextmanager
async def pyreqwest(authorities: Path, http2: bool) -> AsyncIterator[Get]:
    from pyreqwest.client import ClientBuilder

    builder = ClientBuilder().add_root_certificate_pem(authorities.read_bytes())
    async with builder.http2(http2).no_proxy().build() as client:

        async def get(url: str) -> int:
            answer = await client.get(url).build().send()
            return len(await answer.bytes())

        yield get


CLIENTS: dict[str, Open] = {
    each.__name__: each for each in (own, httpx, httpcore, aiohttp, niquests, pyreqwest)
}

# --------------------------------------------------------------------------------------- server

HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\netag: "v1"\r\ncontent-length: '


class One(asyncio.Protocol):
    """HTTP/1.1: the path is the name of a size."""

    def connection_made(self, transport: Any) -> None:
        self.transport, self.rest = transport, b""

    def data_received(self, data: bytes) -> None:
        self.rest += data
        while b"\r\n\r\n" in self.rest:
            head, _, self.rest = self.rest.partition(b"\r\n\r\n")
            size = SIZES[head.split(b" ", 2)[1].decode()[1:]]
            self.transport.write(f"{HEAD}{size}\r\n\r\n".encode() + b"x" * size)


class Two(asyncio.Protocol):
    """The same over HTTP/2."""

    def connection_made(self, transport: Any) -> None:
        self.transport, self.unsent = transport, dict[int, int]()
        self.http = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        self.http.initiate_connection()
        self.transport.write(self.http.data_to_send())

    def data_received(self, data: bytes) -> None:
        try:
            events = self.http.receive_data(data)
        except h2.exceptions.ProtocolError:
            self.transport.close()
            return
        for event in events:
            if isinstance(event, h2.events.RequestReceived) and event.stream_id is not None:
                size = SIZES[dict(event.headers or ())[b":path"].decode()[1:]]
                head = [(":status", "200"), ("content-length", str(size)), ("etag", '"v1"')]
                self.http.send_headers(event.stream_id, head)
                self.unsent[event.stream_id] = size
        for stream in list(self.unsent):
            self.send(stream)
        self.transport.write(self.http.data_to_send())

    def send(self, stream: int) -> None:
        """As much as the client takes now."""
        while stream in self.unsent:
            most = min(self.http.local_flow_control_window(stream), 16_384, self.unsent[stream])
            if most <= 0:
                return
            self.unsent[stream] -= most
            last = not self.unsent[stream]
            self.http.send_data(stream, b"x" * most, end_stream=last)
            if last:
                del self.unsent[stream]


async def serve(certificate: Path) -> None:
    """Print the ports of the three ways, then serve until the end."""
    loop = asyncio.get_running_loop()

    def tls(protocol: str) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        context.set_alpn_protocols([protocol])
        return context

    servers = [
        await loop.create_server(One, "127.0.0.1", 0),
        await loop.create_server(One, "127.0.0.1", 0, ssl=tls("http/1.1")),
        await loop.create_server(Two, "127.0.0.1", 0, ssl=tls("h2")),
    ]
    print(*(server.sockets[0].getsockname()[1] for server in servers), flush=True)
    await loop.create_future()


# ------------------------------------------------------------------------------------ measuring


async def cost(opened: AbstractAsyncContextManager[Get], url: str, many: int, calls: int) -> float:
    """Milliseconds of processor time per call."""
    async with opened as get:

        async def asks(times: int) -> None:
            for _ in range(times):
                assert await get(url) in SIZES.values()

        await asyncio.gather(*(asks(5) for _ in range(many)))
        began = time.process_time()
        await asyncio.gather(*(asks(calls // many) for _ in range(many)))
        return (time.process_time() - began) / (calls // many * many) * 1000


def measure(name: str, authorities: Path, ports: dict[str, str], calls: int, run: Any) -> str:
    """One row of the table."""
    cells = []
    for way in WAYS:
        for size in SIZES:
            for many in (1, 20):
                scheme = "http" if way == "http" else "https"
                url = f"{scheme}://localhost:{ports[way]}/{size}"
                try:
                    spent = run(cost(CLIENTS[name](authorities, way == "h2"), url, many, calls))
                except NotImplementedError:
                    cells.append("none")
                except Exception as error:  # noqa: BLE001 - of any client; a cell, not the end
                    cells.append(type(error).__name__)
                else:
                    cells.append(f"{spent:.2f}")
    return f"| {name} | " + " | ".join(cells) + " |"


def main() -> None:
    """Start the server, print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--calls", type=int, default=1000)
    parser.add_argument("--only", choices=CLIENTS)
    parser.add_argument("--plain-loop", action="store_true", help="asyncio's own loop, not uvloop")
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        uvloop.run(serve(asked.serve))
    names = [name for name in CLIENTS if name == "own" or importlib.util.find_spec(name)]
    with tempfile.TemporaryDirectory() as folder:
        authorities, certificate = Path(folder, "authorities.pem"), Path(folder, "server.pem")
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(authorities))
        issued = authority.issue_cert("localhost")
        issued.private_key_and_cert_chain_pem.write_to_path(str(certificate))
        command = [sys.executable, __file__, "--serve", str(certificate)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            try:
                assert server.stdout is not None
                ports = dict(zip(WAYS, server.stdout.readline().split(), strict=True))
                cells = [f"{way} {size} KB x{n}" for way in WAYS for size in SIZES for n in (1, 20)]
                print("| client | " + " | ".join(cells) + " |")
                print("|--|" + "--:|" * len(cells))
                run = asyncio.run if asked.plain_loop else uvloop.run
                for name in [asked.only] if asked.only else names:
                    print(measure(name, authorities, ports, asked.calls, run), flush=True)
            finally:
                server.terminate()


if __name__ == "__main__":
    main()
