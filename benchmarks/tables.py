"""Our own benchmarks in one go, into `benchmarks/RESULTS.md`: `make bench`.

    python -m benchmarks.tables [--peers FOLDER] [--print]

`--peers` is a folder with a `results.json` of gateways measured side by side; its medians become a
table too. `--print` leaves the file alone. Milliseconds of processor time, the best of some rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import httpx
import orjson
from graphql import GraphQLSchema, build_schema, execute, parse

from benchmarks import answers
from benchmarks import compose as teams
from connectors.declarative.app import read_app
from gateway.execution.engine import Engine
from gateway.execution.exchange import GraphQLRequest
from resolvers.batches import Batch, batched
from schema.city import build
from schema.composing import compose

RESULTS = Path(__file__).parent / "RESULTS.md"
BEGIN, END = "<!-- make bench: begin -->", "<!-- make bench: end -->"
ROUNDS = 5
LEAVES = [f"n{number}" for number in range(11)]
MOST_FIELDS = 200

SDL = f"""
type Query {{ hello: String! items: [Item!]! wide: [Wide!]! }}
type Item {{ {" ".join(f"{name}: String!" for name in LEAVES)} owner: Owner inner: Item }}
type Wide {{ {" ".join(f"w{number}: String" for number in range(MOST_FIELDS))} }}
type Owner {{ id: ID! name: String! }}
"""
OWNERS = [{"id": str(number), "name": f"owner {number}"} for number in range(50)]
Row = Sequence[object]


class Looked:
    """One request: how long its lists are, and its look-ups, answered in the next tick."""

    problem_sources = ()

    def __init__(self, count: int = 1) -> None:
        self.count = count
        self.owners: Batch[int, dict[str, str]] = Batch(self._load)

    async def _load(self, keys: list[int]) -> dict[int, dict[str, str]]:
        return {key: OWNERS[key] for key in keys}


def graph(most: int) -> GraphQLSchema:
    """Lists of so many records, with leaves, records below them, and owners to look up."""
    made = build_schema(SDL)
    kinds: dict[str, Any] = made.type_map
    items: list[dict[str, Any]] = []
    for number in range(most):
        item: dict[str, Any] = {name: f"{name} of {number}" for name in LEAVES}
        item.update(inner=item, at=number % len(OWNERS))
        items.append(item)
    wide = [{f"w{n}": str(n) for n in range(MOST_FIELDS)} for _ in range(min(most, 100))]
    fields = kinds["Query"].fields
    fields["hello"].resolve = lambda _root, _info: "Halo"
    fields["items"].resolve = lambda _root, info: items[: info.context.count]
    fields["wide"].resolve = lambda _root, info: wide[: info.context.count]
    kinds["Item"].fields["owner"].resolve = batched(
        lambda some, info: info.context.owners.many([one["at"] for one in some])
    )
    return made


async def best(work: Callable[[], Awaitable[object]], *, least: float = 0.02) -> float:
    """Milliseconds of one asking, the best of the rounds, each of at least so many seconds."""
    await work()
    times, taken = 1, 0.0
    while taken < least:
        taken = await _taken(work, times)
        if taken < least:
            times = max(times * 2, int(times * least / max(taken, 1e-6)))
    found = [taken] + [await _taken(work, times) for _ in range(ROUNDS - 1)]
    return min(found) / times * 1000


async def _taken(work: Callable[[], Awaitable[object]], times: int) -> float:
    began = time.process_time()
    for _ in range(times):
        await work()
    return time.process_time() - began


def asking(engine: Engine, text: str, count: int = 1) -> Callable[[], Awaitable[object]]:
    """The way from a text to the bytes of its answer."""

    async def ask() -> bytes:
        answer = await engine.run(GraphQLRequest(text), Looked(count), read_only=True)
        return orjson.dumps(answer.body())

    return ask


def interpreting(made: GraphQLSchema, text: str, count: int) -> Callable[[], Awaitable[object]]:
    """The same with graphql-core's executor; parsing left out, as in favour of it."""
    document = parse(text)

    async def ask() -> bytes:
        found: Any = execute(made, document, context_value=Looked(count))
        result = await found if isinstance(found, Awaitable) else found
        return orjson.dumps({"data": result.data})

    return ask


# ----------------------------------------------------------------------------- what is measured


async def executing(made: GraphQLSchema) -> Iterable[Row]:
    """Compiled operations against graphql-core, by shape and size."""
    leaves = " ".join(LEAVES)
    shapes = [("one field", 1, "{ hello }")]
    shapes += [
        (f"{count:,} records of 11 leaves", count, f"{{ items {{ {leaves} }} }}")
        for count in (1, 10, 100, 1000, 10_000)
    ]
    shapes += [
        (
            f"{count:,} records, each with an owner looked up",
            count,
            "{ items { n0 owner { id name } } }",
        )
        for count in (10, 1000)
    ]
    shapes.append(("1,000 records, three deep", 1000, "{ items { n0 inner { n1 inner { n2 } } } }"))
    rows = []
    for name, count, text in shapes:
        engine = Engine(made)
        ours, theirs = asking(engine, text, count), interpreting(made, text, count)
        assert await ours() == await ours() == await theirs(), name
        theirs_ms, ours_ms = await best(theirs), await best(ours)
        rows.append((name, theirs_ms, ours_ms, theirs_ms / ours_ms))
    return rows


async def planning(made: GraphQLSchema) -> Iterable[Row]:
    """What a text costs the first time, the second, and ever after; and one with other values."""
    text = "{ items { " + " ".join(LEAVES) + " owner { id name } } }"
    numbers = iter(range(10**9))

    async def new() -> object:
        return await asking(Engine(made), text)()

    first = await best(new)

    engine = Engine(made)
    for _ in range(2):
        await asking(engine, text)()
    again = await best(asking(engine, text))

    async def another() -> object:
        return await asking(engine, text.replace("n0", f"a{next(numbers)}: n0", 1))()

    other = await best(another)
    return [
        ("the first time, with a new engine: parsed, checked, planned", first),
        ("kept", again),
        ("another alias each time, of a shape that is kept", other),
    ]


async def documents(made: GraphQLSchema) -> Iterable[Row]:
    """Memory while texts come that nobody has sent before."""
    engine = Engine(made)
    rows: list[Row] = []
    for number in range(20_001):
        fields = " ".join(name for place, name in enumerate(LEAVES) if number >> place & 1)
        text = f"query Q{number} {{ items {{ n0 {fields} }} }}"
        await engine.run(GraphQLRequest(text), Looked(), read_only=True)
        if number in {0, 1000, 5000, 10_000, 20_000}:
            gc.collect()
            rows.append((f"{number:,}", _resident()))
    return rows


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


async def growing(made: GraphQLSchema) -> Iterable[Row]:
    """Milliseconds against the length of a list, the depth, the number of fields and of teams."""
    rows: list[Row] = []
    for count in (10, 100, 1000, 10_000, 100_000):
        ms = await best(asking(Engine(made), "{ items { n0 n1 n2 n3 } }", count))
        rows.append(("list of four leaves", f"{count:,} records", ms, ms * 1000 / count))
    for depth in (1, 2, 4, 8):
        text = "{ items " + "{ n0 inner " * depth + "{ n0 }" + " }" * depth + " }"
        ms = await best(asking(Engine(made), text, 1000))
        rows.append(("1,000 records, records below them", f"{depth} deep", ms, ms * 1000 / depth))
    for count in (1, 10, 50, 200):
        text = "{ wide { " + " ".join(f"w{n}" for n in range(count)) + " } }"
        ms = await best(asking(Engine(made), text, 100))
        rows.append(("100 records", f"{count} fields", ms, ms * 1000 / count))
    core = build()._schema  # noqa: SLF001 - the graphql-core schema inside
    for count in (1, 10, 50, 174):
        apps = [read_app(each) for each in teams.submissions(count)]
        ms = min(teams.timed(lambda: compose(core, apps))[0] for _ in range(3)) * 1000  # noqa: B023 - called at once
        rows.append(("one graph of all teams", f"{count} connectors", ms, ms * 1000 / count))
    return rows


def starting() -> Iterable[Row]:
    """From the beginning of the process to the first answer to `{ __typename }`."""
    from benchmarks.start import processor, served

    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name in ("the first, which loads the city", "a second", "a third"):
            began = time.monotonic()
            with served(Path(folder)) as (pid, address, _):
                asked = {"query": "{ __typename }"}
                httpx.post(f"{address}/graphql", json=asked, timeout=60).raise_for_status()
                rows.append((name, time.monotonic() - began, processor(pid)))
    return rows


def peers(folder: Path) -> Iterable[Row]:
    """The medians of a run of gateways side by side."""
    medians = json.loads((folder / "results.json").read_text())["medians"]
    names = sorted({name for found in medians.values() for name in found})
    kinds = list(medians)
    yield ("gateway", *kinds)
    for name in names:
        found = (medians[kind].get(name, {}).get("cpu_norm_ms") for kind in kinds)
        yield (name, *("" if ms is None else ms for ms in found))


# ----------------------------------------------------------------------------------- the table


def table(head: Sequence[str], rows: Iterable[Row]) -> str:
    """A table of Markdown; numbers with three digits that say something."""
    lines = ["| " + " | ".join(head) + " |", "|---" + "|--:" * (len(head) - 1) + "|"]
    lines += ["| " + " | ".join(map(_shown, row)) + " |" for row in rows]
    return "\n".join(lines)


def _shown(value: object) -> str:
    if not isinstance(value, float):
        return str(value)
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


async def measured(peers_folder: Path | None) -> str:
    """The whole section."""
    made = graph(100_000)
    parts = [
        "## `make bench`",
        _versions(),
        "From a text to the bytes of its answer; graphql-core without parsing and validation:",
        table(
            ("question", "graphql-core, ms", "ours, ms", "times"),
            await executing(made),
        ),
        "What is known of a text:",
        table(("text", "ms"), await planning(made)),
        "Texts that nobody has sent before, and memory:",
        table(("texts", "MiB resident"), await documents(made)),
        "Answers that are kept, from the bytes of a request to those of its answer, ms:",
        table(answers.HEAD, await answers.rows()),
        "Growth:",
        table(("what", "of", "ms", "µs for each"), await growing(made)),
        "Seconds until the first answer:",
        table(("start", "seconds", "of processor time"), starting()),
    ]
    if peers_folder is not None:
        head, *rows = peers(peers_folder)
        meta = json.loads((peers_folder / "results.json").read_text())["meta"]
        parts += [
            (
                f"Gateways side by side ({meta['date']}, {meta['machine']}, {meta['rounds']} rounds"
                f" of {meta['seconds']} s, {meta['connections']} connections): milliseconds of"
                " processor time per request, one process, at the speed of an undisturbed core."
            ),
            table([str(each) for each in head], rows),
        ]
    return "\n\n".join(parts)


def _versions() -> str:
    names = ("graphql-core", "orjson", "strawberry-graphql", "uvicorn", "uvloop", "httptools")
    there = ", ".join(f"{name} {version(name)}" for name in names)
    return (
        f"{datetime.now(UTC):%d %B %Y}, {_machine()}; CPython {platform.python_version()}, {there}."
        f" Load of the machine at the beginning: {os.getloadavg()[0]:.1f}. Milliseconds of"
        f" processor time, the best of {ROUNDS} rounds."
    )


def _machine() -> str:
    model = "a processor without a name"
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    return f"{os.cpu_count()} cores of {model}"


def replaced(text: str, section: str) -> str:
    """The text with this section in the place of the one before, or at its end."""
    whole = f"{BEGIN}\n{section}\n{END}"
    if BEGIN not in text:
        return f"{text.rstrip()}\n\n{whole}\n"
    before, _, rest = text.partition(BEGIN)
    return f"{before}{whole}{rest.partition(END)[2]}"


def main() -> None:
    """Measure, and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--print", action="store_true", dest="shown")
    asked = parser.parse_args()
    section = asyncio.run(measured(asked.peers))
    if asked.shown:
        sys.stdout.write(section + "\n")
    else:
        RESULTS.write_text(replaced(RESULTS.read_text(encoding="utf-8"), section), encoding="utf-8")


if __name__ == "__main__":
    main()
