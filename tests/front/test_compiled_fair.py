"""Compiled operations share the event loop and leave nothing un-awaited behind."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

import pytest
from graphql import ExecutionResult, GraphQLResolveInfo, build_schema, execute, parse

from gateway.execution.compiled import FairCompiled, Programs
from tests.front.test_front_executor import (
    GRAPH,
    QUERY,
    Node,
    answer,
    at_once,
    nothing_left,
    root,
    ticks,
    told,
)

SEEDS = range(60)


class Hasty(FairCompiled):
    """Every item is a turn of its own."""

    turn = -1.0


def ask(node: Node, kind: type[FairCompiled]) -> ExecutionResult | Awaitable[ExecutionResult]:
    document = parse(QUERY)
    return execute(
        GRAPH, document, node, field_resolver=answer, executor_class=kind,
        programs=Programs(document),
    )  # fmt: skip


async def answered(node: Node, kind: type[FairCompiled]) -> ExecutionResult:
    result = ask(node, kind)
    return result if isinstance(result, ExecutionResult) else await result


@pytest.mark.parametrize("kind", [FairCompiled, Hasty])
async def test_data_are_those_of_graphql_core_and_no_coroutine_is_left(
    kind: type[FairCompiled],
) -> None:
    expected = [at_once(seed) for seed in SEEDS]
    for seed, theirs in zip(SEEDS, expected, strict=True):
        async with nothing_left():
            ours = told(await answered(root(seed), kind))
        assert ours == theirs, seed


@pytest.mark.parametrize("kind", [FairCompiled, Hasty])
async def test_no_coroutine_is_left_when_the_caller_goes_away(kind: type[FairCompiled]) -> None:
    gone = 0
    for seed in SEEDS:
        async with nothing_left():
            asking = asyncio.create_task(answered(root(seed), kind))
            await ticks(seed % 12)
            asking.cancel()
            ended = await asyncio.gather(asking, return_exceptions=True)
            gone += isinstance(ended[0], asyncio.CancelledError)
    assert gone > 25


async def test_a_long_list_of_compiled_items_lets_others_in_and_keeps_one_batch() -> None:
    seen: list[str] = []
    asked: list[int] = []
    batches: list[list[int]] = []

    def batch() -> None:
        batches.append([*asked])
        asked.clear()

    async def look_up(item: Any, _info: GraphQLResolveInfo[Any]) -> str:
        if not asked:
            asyncio.get_running_loop().call_soon(batch)
        asked.append(item)
        await ticks(1)
        return "found"

    def name(item: Any, _info: GraphQLResolveInfo[Any]) -> str:
        seen.append(f"item {item}")
        return str(item)

    graph = build_schema("type Query { all: [Item!]! } type Item { name: String! more: String! }")
    graph.type_map["Item"].fields["name"].resolve = name  # type: ignore[attr-defined]
    graph.type_map["Item"].fields["more"].resolve = look_up  # type: ignore[attr-defined]

    async def other() -> None:
        for _ in range(3):
            seen.append("other")
            await ticks(1)

    beside = asyncio.create_task(other())
    document = parse("{ all { name more } }")
    result = execute(graph, document, {"all": list(range(40))}, executor_class=Hasty,
                     programs=Programs(document))  # fmt: skip
    assert not isinstance(result, ExecutionResult)
    ours = await result
    await beside
    assert ours.data == {"all": [{"name": str(n), "more": "found"} for n in range(40)]}
    assert batches == [list(range(40))]
    assert seen.index("other") < seen.index("item 39")
