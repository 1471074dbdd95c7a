"""What a kept answer costs beside one that is worked out.

From the bytes of a request to those of its answer, through the gateway's own protocol, without a
network.

    python -m benchmarks.answers

Milliseconds of processor time per request, for answers of several sizes: worked out; kept and found
by its plan, when the request is written otherwise each time; kept and found by its bytes; and not
sent again (304).
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import count
from typing import Any

import uvicorn
from graphql import GraphQLSchema, build_schema
from starlette.routing import Route
from uvicorn.server import ServerState

from gateway.execution.answers import AnswerCache
from gateway.execution.engine import Engine
from gateway.transport.front import Front
from gateway.transport.http import GraphQLEndpoint
from gateway.transport.keeping import Keeping, asker_of
from gateway.transport.wire import Wire
from gateway.transport.writing import bytes_of
from resolvers.rests import Rests
from schema.promises import PROMISE, Promise

SIZES = (1, 20, 200, 500)
LEAVES = [f"n{number}" for number in range(11)]
SDL = (
    "type Query { items(first: Int): [Item!]! } "
    f"type Item {{ {': String! '.join(LEAVES)}: String! }}"
)
ROUNDS = 5


class Asking:
    """One request."""

    problem_sources = ()

    def __init__(self) -> None:
        self.rests = Rests()


class Sink(asyncio.Transport):
    """A connection that counts what is written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.answers = 0
        self.bytes = 0
        self.waiting: asyncio.Event | None = None

    def write(self, data: Any) -> None:
        self.answers += 1
        self.bytes += len(data)
        if self.waiting is not None:
            self.waiting.set()

    def is_closing(self) -> bool:
        return False

    def close(self) -> None:
        """Nothing is open."""

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """There is one."""


def graph() -> GraphQLSchema:
    """Lists of records, whose answers hold for an hour."""
    made = build_schema(SDL)
    records = [{name: f"{name} {number}" for name in LEAVES} for number in range(max(SIZES))]
    kind = made.query_type
    assert kind is not None
    kind.fields["items"].resolve = lambda _root, _info, first=None: records[:first]
    kind.fields["items"].extensions[PROMISE] = Promise(seconds=3600.0)
    return made


def connection(*, keeps: bool) -> tuple[Wire, Sink]:
    """A connection to a gateway that keeps answers, or does not."""

    async def context(_request: object) -> Asking:
        return Asking()

    app = Front()
    engine = Engine(graph())
    keeping = Keeping(AnswerCache(engine, bytes_of), asker_of) if keeps else None
    endpoint = app.straight["/graphql"] = GraphQLEndpoint(engine, context, keeping=keeping)
    app.router.routes.append(Route("/graphql", endpoint))
    config = uvicorn.Config(app, access_log=False, log_level="error", lifespan="off")
    config.load()
    wire, sink = Wire(config, ServerState(), {}), Sink()
    wire.connection_made(sink)
    return wire, sink


def posted(text: str) -> bytes:
    """The bytes of a request."""
    body = json.dumps({"query": text}).encode()
    return (
        b"POST /graphql HTTP/1.1\r\nHost: kota.test\r\nAccept: */*\r\n"
        b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    )


async def taken(request: Callable[[], bytes], times: int, *, keeps: bool = True) -> float:
    """Milliseconds of one request, the best of the rounds."""
    wire, sink = connection(keeps=keeps)
    sink.waiting = asyncio.Event()

    async def ask() -> None:
        assert sink.waiting is not None
        sink.waiting.clear()
        wire.data_received(request())
        if not sink.waiting.is_set():
            await sink.waiting.wait()

    for _ in range(3):
        await ask()
    found = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for _ in range(times):
            await ask()
        found.append((time.process_time() - began) * 1000 / times)
    wire.connection_lost(None)
    return min(found)


async def rows() -> Iterable[Sequence[object]]:
    """Per size: bytes of the answer, and the milliseconds of each way."""
    found = []
    for size in SIZES:
        text = f"{{ items(first: {size}) {{ {' '.join(LEAVES)} }} }}"
        plain = posted(text)
        numbers = count()

        def otherwise(text: str = text, numbers: Any = numbers) -> bytes:
            return posted(f"{text} # {next(numbers)}")

        wire, sink = connection(keeps=True)
        sink.waiting = asyncio.Event()
        wire.data_received(plain)
        await sink.waiting.wait()
        wire.connection_lost(None)
        times = max(10, 4_000 // size)
        worked = await taken(partial(bytes, plain), times, keeps=False)
        by_plan = await taken(otherwise, 1_000)
        by_bytes = await taken(partial(bytes, plain), 4_000)
        found.append((size, sink.bytes, worked, by_plan, by_bytes, f"{worked / by_bytes:.0f} x"))
    return found


HEAD = (
    "records", "bytes of the answer", "worked out", "kept, written otherwise each time",
    "kept, the same bytes", "gain",
)  # fmt: skip


def main() -> None:
    """Print a table."""
    print("| " + " | ".join(HEAD) + " |")
    print("|--:" * len(HEAD) + "|")
    for row in asyncio.run(rows()):
        shown = [f"{one:.3g}" if isinstance(one, float) else str(one) for one in row]
        print("| " + " | ".join(shown) + " |")


if __name__ == "__main__":
    main()
