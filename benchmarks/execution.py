"""Compiled operations against graphql-core's executor: the same questions, in one run, by turns.

    python benchmarks/execution.py [--rounds N]

Milliseconds of processor time per operation, the best of the rounds, parsing left out.
"""

from __future__ import annotations

import argparse
import asyncio
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

import strawberry  # noqa: E402 - after the path
from aiodataloader import DataLoader  # noqa: E402
from graphql import DocumentNode, ExecutionResult, execute, parse  # noqa: E402

from gateway.execution.compiled import FairCompiled, Programs  # noqa: E402
from gateway.execution.engine import Engine  # noqa: E402
from gateway.execution.exchange import GraphQLRequest  # noqa: E402
from gateway.execution.executor import FairExecutor  # noqa: E402

NAMES = [f"n{number}" for number in range(10)]
COUNT = 1000


@dataclass
class Record:
    """A record with eleven leaves, one of them a number."""

    id: str
    size: int
    n0: str = "a"
    n1: str = "b"
    n2: str = "c"
    n3: str = "d"
    n4: str = "e"
    n5: str = "f"
    n6: str = "g"
    n7: str = "h"
    n8: str | None = None


@strawberry.type
class Item:
    """The record in the graph."""

    id: str
    size: int
    n0: str
    n1: str
    n2: str
    n3: str
    n4: str
    n5: str
    n6: str
    n7: str
    n8: str | None

    @strawberry.field
    async def near(self, info: strawberry.Info) -> Item:
        """Another one, looked up."""
        found: Item = await info.context.load(int(self.id) % 50)
        return found


ITEMS: list[Any] = [Record(str(number), number) for number in range(COUNT)]


@strawberry.type
class Query:
    """What is asked."""

    @strawberry.field
    def hello(self) -> str:
        """One field."""
        return "world"

    @strawberry.field
    def number(self, of: int) -> int:
        """One field with an argument."""
        return of

    @strawberry.field
    def items(self) -> list[Item]:
        """A thousand records."""
        return ITEMS


LEAVES = "id size n0 n1 n2 n3 n4 n5 n6 n7 n8"
QUESTIONS = {
    "one field": "{ hello }",
    f"{COUNT} objects of 11 leaves": f"{{ items {{ {LEAVES} }} }}",
    f"{COUNT} objects, each with a look-up": "{ items { id near { id n0 size } } }",
}


async def answer(graph: Any, document: DocumentNode, options: dict[str, Any]) -> ExecutionResult:
    """The answer of one executor."""

    async def batch(keys: list[int]) -> list[Any]:
        return [ITEMS[key] for key in keys]

    context: DataLoader[int, Any] = DataLoader(batch)
    result = execute(graph, document, context_value=context, **options)
    return result if isinstance(result, ExecutionResult) else await result


async def timed(ask: Callable[[], Any], times: int) -> float:
    """Milliseconds of one asking."""
    began = time.process_time()
    for _ in range(times):
        await ask()
    return (time.process_time() - began) * 1000 / times


async def asked(engine: Engine, texts: list[str]) -> None:
    """Ask an engine one after the other."""
    for text in texts:
        answer = await engine.run(GraphQLRequest(text), None, read_only=True)
        assert not answer.errors


async def whole(graph: Any, rounds: int) -> None:
    """Print the table of whole engines: text in, data out."""
    print(
        "\n| question, through the engine | graphql-core, ms | compiled, ms | times |\n|---|--:|--:|--:|"
    )
    kinds: dict[str, Callable[[int], str]] = {
        "one field": lambda _: "{ hello }",
        "one field, another alias each time": lambda number: f"{{ a{number}: hello }}",
        "one field, another number each time": lambda number: f"{{ number(of: {number}) }}",
        f"{COUNT} objects of 11 leaves": lambda _: f"{{ items {{ {LEAVES} }} }}",
    }
    for name, text in kinds.items():
        best = [float("inf"), float("inf")]
        times = 3 if "objects" in name else 100
        engines = [Engine(graph, executor_class=FairExecutor), Engine(graph)]
        for engine in engines:
            await asked(engine, [text(0), text(1)])
        for number in range(rounds):
            first = 2 + number * times
            for index, engine in enumerate(engines):
                texts = [text(first + one) for one in range(times)]
                taken = await timed(partial(asked, engine, texts), 1)
                best[index] = min(best[index], taken / times)
        print(f"| {name} | {best[0]:.4f} | {best[1]:.4f} | {best[0] / best[1]:.0f} |")


async def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    graph = strawberry.Schema(Query)._schema  # noqa: SLF001 - the graphql-core schema inside
    print(f"Python {platform.python_version()}, {platform.machine()}\n")
    print("| question | graphql-core, ms | compiled, ms | times |\n|---|--:|--:|--:|")
    for name, text in QUESTIONS.items():
        document = parse(text)
        programs = Programs(document)
        ways: list[dict[str, Any]] = [
            {"executor_class": FairExecutor},
            {"executor_class": FairCompiled, "programs": programs},
        ]
        first, second = [await answer(graph, document, way) for way in ways]
        assert first.errors is None
        assert first == second
        best = [float("inf"), float("inf")]
        times = 200 if name == "one field" else 3
        for _ in range(rounds):
            for index, way in enumerate(ways):
                taken = await timed(partial(answer, graph, document, way), times)
                best[index] = min(best[index], taken)
        print(f"| {name} | {best[0]:.3f} | {best[1]:.3f} | {best[0] / best[1]:.1f} |")
    await whole(graph, rounds)


if __name__ == "__main__":
    asyncio.run(main())
