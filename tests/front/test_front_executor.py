"""The executor: what it answers is what graphql-core answers, and nothing is left behind."""

from __future__ import annotations

import asyncio
import gc
import warnings
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from random import Random
from typing import Any

import pytest
from graphql import ExecutionResult, GraphQLResolveInfo, build_schema, execute, parse
from graphql.execution import Executor

from gateway.execution.executor import FairExecutor

GRAPH = build_schema(
    """
    type Query { city: Thing, sure: Thing!, many: [Thing!]!, some: [Thing], plan: Thing }
    type Thing {
      name: String!
      note: String
      child: Thing
      must: Thing!
      many: [Thing!]!
      some: [Thing]
    }
    type Mutation { first: Thing, second: Thing! }
    """
)
Node = dict[str, Any]


class Hasty(FairExecutor):
    """Every item is a turn of its own."""

    turn = -1.0


async def ticks(number: int) -> None:
    """Come back after the loop has gone round so often."""
    loop = asyncio.get_running_loop()
    for _ in range(number):
        come = asyncio.Event()
        loop.call_soon(come.set)
        await come.wait()


def answer(source: Any, info: GraphQLResolveInfo[Any]) -> Any:
    """What the plan of a field says: {"value": ..., "after": ticks or None, "fails": bool}."""
    plan = source[info.field_name]

    def now() -> Any:
        if plan.get("fails"):
            raise ValueError("broken")
        value = plan["value"]
        if plan.get("items") is not None:
            return [later(item, after) for item, after in zip(value, plan["items"], strict=True)]
        return value

    async def then() -> Any:
        await ticks(plan["after"])
        return now()

    return now() if plan.get("after") is None else then()


def later(item: Any, after: int | None) -> Any:
    async def then() -> Any:
        await ticks(after or 0)
        return item

    return item if after is None else then()


def ask(
    query: str, root: Node, executor: type[Executor[Any]] = FairExecutor
) -> ExecutionResult | Awaitable[ExecutionResult]:
    return execute(
        GRAPH, parse(query), root, field_resolver=answer, executor_class=executor
    )  # fmt: skip


async def answered(query: str, root: Node, executor: type[Executor[Any]]) -> ExecutionResult:
    result = ask(query, root, executor)
    return result if isinstance(result, ExecutionResult) else await result


@asynccontextmanager
async def nothing_left() -> AsyncIterator[None]:
    """No coroutine is freed that nobody awaited, no error of a task that nobody looked at."""
    unseen: list[Any] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: unseen.append(context))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
        assert asyncio.all_tasks() == {asyncio.current_task()}
        await ticks(3)
        gc.collect(1)
    assert [str(one.message) for one in caught] == []
    assert unseen == []


# ------------------------------------------------------------------- trees of every shape


class Grower:
    """Trees by chance: what is there, when it is known, and what fails."""

    def __init__(self, seed: int, whens: tuple[int | None, ...]) -> None:
        self.chance = Random(seed)  # noqa: S311 - trees, not secrets
        self.whens = whens

    def plan(self, value: Any, **more: Any) -> Node:
        after = self.when()
        fails = self.chance.random() < 0.01
        return {"value": value, "after": after, "fails": fails, **more}

    def when(self) -> int | None:
        return self.whens[int(self.chance.random() * len(self.whens))]

    def things(self, depth: int, *, maybe: bool) -> Node:
        found = [
            None if maybe and self.chance.random() < 0.2 else self.thing(depth)
            for _ in range(self.chance.randrange(4))
        ]
        return self.plan(found, items=[self.when() for _ in found])

    def thing(self, depth: int) -> Node:
        tree = {"name": self.plan("x"), "note": self.plan("y")}
        if depth:
            below = depth - 1
            tree |= {
                "child": self.plan(self.chance.choice((None, self.thing(below)))),
                "must": self.plan(self.thing(below)),
                "many": self.things(below, maybe=False),
                "some": self.things(below, maybe=True),
            }
        return tree


def selection(depth: int) -> str:
    if depth == 0:
        return "{ name note }"
    below = selection(depth - 1)
    return f"{{ note child {below} many {below} name must {below} some {below} }}"


def shape(value: Any) -> Any:
    """A value with the order of its keys."""
    if isinstance(value, dict):
        return [(key, shape(inner)) for key, inner in value.items()]
    return [shape(inner) for inner in value] if isinstance(value, list) else value


def told(result: ExecutionResult) -> tuple[Any, bool]:
    """The data, and whether anything went wrong; no error, for it holds on to what it ended."""
    return shape(result.data), bool(result.errors)


def root(seed: int, whens: tuple[int | None, ...] = (None, None, 0, 1, 2, 5)) -> Node:
    grower = Grower(seed, whens)
    return {"city": grower.plan(grower.thing(2)), "plan": grower.plan(grower.thing(2))}


SEEDS = range(120)
QUERY = f"{{ city {selection(2)} plan {selection(2)} }}"


def at_once(seed: int) -> tuple[Any, bool]:
    """What graphql-core itself answers when everything is known at once: what is null is the same."""
    result = ask(QUERY, root(seed, whens=(None,)), Executor)
    assert isinstance(result, ExecutionResult)
    return told(result)


@pytest.mark.parametrize("executor", [FairExecutor, Hasty])
async def test_data_are_those_of_graphql_core_and_nothing_is_left(
    executor: type[Executor[Any]],
) -> None:
    expected = [at_once(seed) for seed in SEEDS]
    for seed, theirs in zip(SEEDS, expected, strict=True):
        async with nothing_left():
            ours = told(await answered(QUERY, root(seed), executor))
        assert ours == theirs, seed
    failed = sum(wrong for _, wrong in expected)
    assert failed > 50
    assert failed < len(SEEDS)


@pytest.mark.parametrize("executor", [FairExecutor, Hasty])
async def test_nothing_is_left_when_the_caller_goes_away(executor: type[Executor[Any]]) -> None:
    gone = 0
    for seed in SEEDS:
        async with nothing_left():
            asking = asyncio.create_task(answered(QUERY, root(seed), executor))
            await ticks(seed % 12)
            asking.cancel()
            gone += isinstance(
                (await asyncio.gather(asking, return_exceptions=True))[0], asyncio.CancelledError
            )
    assert gone > 50


async def test_errors_come_in_the_order_and_with_the_paths_of_graphql_core() -> None:
    class Unhurried(FairExecutor):
        turn = 60.0

    for seed in SEEDS:
        now = root(seed, whens=(None,))
        theirs, ours = (ask(QUERY, now, kind) for kind in (Executor, Unhurried))
        assert isinstance(theirs, ExecutionResult)
        assert isinstance(ours, ExecutionResult)
        assert [error.formatted for error in ours.errors or ()] == [
            error.formatted for error in theirs.errors or ()
        ]


async def test_a_long_list_lets_others_in_and_its_look_ups_stay_one_batch() -> None:
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
    result = execute(graph, parse("{ all { name more } }"), {"all": range(40)},
                     executor_class=Hasty)  # fmt: skip
    assert not isinstance(result, ExecutionResult)
    told = await result
    await beside
    assert told.data == {"all": [{"name": str(n), "more": "found"} for n in range(40)]}
    assert batches == [list(range(40))]
    assert seen.index("other") < seen.index("item 39")


async def test_answers_below_which_nothing_is_looked_up_take_turns_too() -> None:
    known = asyncio.get_running_loop().create_future()
    order: list[str] = []

    async def found(_item: Any, _info: GraphQLResolveInfo[Any]) -> Any:
        return await asyncio.shield(known)

    def name(_source: Any, _info: GraphQLResolveInfo[Any]) -> str:
        order.append("name")
        return "x"

    graph = build_schema("type Query { all: [Item!]! } type Item { to: Item! name: String! }")
    graph.type_map["Item"].fields["to"].resolve = found  # type: ignore[attr-defined]
    graph.type_map["Item"].fields["name"].resolve = name  # type: ignore[attr-defined]

    async def other() -> None:
        await known
        await ticks(2)
        order.append("other")

    beside = asyncio.create_task(other())
    result = execute(
        graph, parse("{ all { to { name } } }"), {"all": range(40)}, executor_class=Hasty
    )
    assert not isinstance(result, ExecutionResult)
    asking = asyncio.ensure_future(result)
    await ticks(200)
    known.set_result("it")
    told = await asking
    await beside
    assert told.data == {"all": [{"to": {"name": "x"}}] * 40}
    assert order.count("name") == 40
    assert order.index("other") < 39
