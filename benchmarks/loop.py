"""How long the event loop is held up, in one stretch, while the largest ordinary pages are answered.

    python benchmarks/loop.py FOLDER [--rounds N] [--only WORDS]

FOLDER is the DATA_DIR of a gateway; the city is loaded into it unless it is there. The gateway runs
in this process and is called through ASGI, so that what is measured is the gateway alone: nobody
parses its answers on the same loop.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import re
import selectors
import statistics
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

import orjson  # noqa: E402 - after the path
from graphql import (  # noqa: E402
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
)
from starlette.applications import Starlette  # noqa: E402

from benchmarks.questions import QUESTIONS  # noqa: E402
from gateway.app import create_app  # noqa: E402
from gateway.lifespan import prepare  # noqa: E402
from gateway.settings import Settings  # noqa: E402

PAGES = {
    "complaints": "first: 500",
    "places": "first: 500",
    "apps": "first: 500",
    "events": "first: 500",
    "jobs": "first: 500",
    "stops": "first: 500",
    "lines": "first: 500",
    "departments": "first: 500",
    "prices": 'where: { from: "2020-01-01", to: "2026-12-31" }, first: 500',
}
"""The arguments of the largest page of each list."""


class Watched(selectors.DefaultSelector):
    """The eyes of the loop: how long, in milliseconds, they were closed at most, and in all.

    Measured in processor time of the thread, so that other work of the machine does not count.
    """

    def __init__(self) -> None:
        super().__init__()
        self.longest = 0.0
        self.clock = 0.0
        self._opened = (time.thread_time(), time.perf_counter())

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What has come."""
        worked, passed = self._opened
        self.longest = max(self.longest, (time.thread_time() - worked) * 1000)
        self.clock = max(self.clock, (time.perf_counter() - passed) * 1000)
        try:
            return super().select(timeout)
        finally:
            self._opened = (time.thread_time(), time.perf_counter())


def wide(graph: GraphQLSchema, type_: GraphQLObjectType, joins: int = 3) -> str:
    """Every leaf of a type that asks for no argument, and the leaves of its first `joins` objects."""
    leaves, joined = [], []
    for name, field in type_.fields.items():
        if any(is_required_argument(arg) for arg in field.args.values()):
            continue
        inner = get_named_type(field.type)
        if is_leaf_type(inner):
            leaves.append(name)
        elif isinstance(inner, GraphQLObjectType) and not _is_list(field.type) and joins:
            below = wide(graph, inner, 0)
            if below:
                joined.append(f"{name} {{ {below} }}")
    return " ".join(leaves + joined[: joins or None])


def _is_list(type_: Any) -> bool:
    return is_list_type(type_.of_type if is_non_null_type(type_) else type_)


def questions(graph: GraphQLSchema) -> dict[str, str]:
    """The largest pages: every leaf, then with the joins too; the rest of `questions.py`."""
    asked = {}
    query = graph.query_type
    assert query is not None
    for name, args in PAGES.items():
        connection: Any = get_named_type(query.fields[name].type)
        edges: Any = get_named_type(connection.fields["edges"].type)
        node: Any = get_named_type(edges.fields["node"].type)
        for label, joins in (("leaves", 0), ("leaves and joins", 4)):
            asked[f"{name}, 500, {label}"] = (
                f"{{ {name}({args}) {{ edges {{ cursor node {{ {wide(graph, node, joins)} }} }}"
                " pageInfo { hasNextPage endCursor } } }"
            )
    asked["areas, polygons"] = "{ areas { kode name level boundary } }"
    large = "500|100|week|home|lines|commodities|prices|histories|stops"
    return asked | {name: text for name, text in QUESTIONS.items() if re.search(large, name)}


async def ask(app: Starlette, query: str) -> bytes:
    """The body of one answer."""
    body = orjson.dumps({"query": query})
    sent: list[bytes] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message.get("body", b""))

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST",
        "scheme": "http", "path": "/graphql", "raw_path": b"/graphql", "query_string": b"",
        "headers": [(b"host", b"127.0.0.1"), (b"content-type", b"application/json"),
                    (b"content-length", str(len(body)).encode())],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "root_path": "",
    }  # fmt: skip
    await app(scope, receive, send)
    return b"".join(sent)


async def measure(eyes: Watched, folder: Path, rounds: int, only: str) -> None:
    """Ask every question, and print one row for each."""
    settings = Settings.of({"DATA_DIR": str(folder)})
    await prepare(settings)
    app = create_app(settings)
    graph = build_schema((ROOT / "schema.graphql").read_text(encoding="utf-8"))
    async with app.router.lifespan_context(app):
        gc.freeze()  # as `gateway.cli.served` does
        print(
            "| question | rows | ms | held up | longest | by the clock |\n|---|--:|--:|--:|--:|--:|"
        )
        for name, query in questions(graph).items():
            if not re.search(only, name):
                continue
            told = orjson.loads(await ask(app, query))  # the first reads the document
            if told.get("data") is None:
                raise SystemExit(f"{query}\n{told['errors'][:2]}")
            took, held, clock = [], [], []
            for _ in range(rounds):
                await asyncio.sleep(0)
                eyes.longest = eyes.clock = 0.0
                began = time.perf_counter()
                await ask(app, query)
                took.append((time.perf_counter() - began) * 1000)
                await asyncio.sleep(0)
                held.append(eyes.longest)
                clock.append(eyes.clock)
            print(
                f"| {name} | {_rows(told['data'])} | {statistics.median(took):.0f}"
                f" | {statistics.median(held):.0f} | {max(held):.0f} | {max(clock):.0f} |",
                flush=True,
            )


def _rows(data: dict[str, Any]) -> int:
    lists = (found.get("edges", ()) if isinstance(found, dict) else found or ()
             for found in data.values())  # fmt: skip
    return max(map(len, lists))


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    eyes = Watched()
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(eyes)) as runner:
        runner.run(measure(eyes, asked.folder, asked.rounds, asked.only))


if __name__ == "__main__":
    main()
