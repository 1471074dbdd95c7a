"""However many documents come, what is kept of them stays within its bounds."""

from __future__ import annotations

import asyncio
import gc
import tracemalloc
from typing import Any

import pytest
from graphql import GraphQLResolveInfo, build_schema

from gateway.execution import fallbacks
from gateway.execution.engine import Engine
from gateway.execution.exchange import GraphQLRequest, Outcome
from tests.front.small_city import engine, small_city
from tests.front.test_front_executor import nothing_left, ticks

FIELDS = ("name", "kode", "parent { name }", "children { kode }", "other")


def shapes(first: int, count: int) -> list[str]:
    """So many documents of which no two have one shape."""
    found = []
    for number in range(first, first + count):
        digits = [number // len(FIELDS) ** place % len(FIELDS) for place in range(6)]
        inner = " ".join(
            f"... on Area {{ x{place}: {FIELDS[digit]} }}" for place, digit in enumerate(digits)
        )
        found.append(f"query Q{number} {{ area {{ {inner} }} }}")
    return found


async def ask(one: Engine, texts: list[str]) -> None:
    for text in texts:
        for _ in range(2):  # the second time it is compiled
            answer = await one.run(GraphQLRequest(text), None, read_only=True)
            assert answer.outcome is Outcome.ANSWERED, answer


async def test_documents_of_many_shapes_do_not_grow_memory_beyond_the_bounds() -> None:
    bounds: dict[str, Any] = {
        "cache_bytes": 400_000,
        "program_bytes": 400_000,
        "text_bytes": 100_000,
    }
    one = Engine(small_city(), **bounds)
    await ask(one, shapes(0, 60))
    gc.collect()
    tracemalloc.start()
    try:
        await ask(one, shapes(1_000, 60))
        gc.collect()
        first = tracemalloc.get_traced_memory()[0]
        await ask(one, shapes(2_000, 240))
        gc.collect()
        last = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    # All that is kept was made while memory was traced; the estimates are right within a half.
    assert last < 1.5 * sum(bounds.values())
    assert last - first < 0.25 * sum(bounds.values())
    assert one._documents.bytes <= bounds["cache_bytes"]
    assert one._programs.bytes <= bounds["program_bytes"]
    assert one._texts.bytes <= bounds["text_bytes"]


async def test_texts_of_one_shape_keep_one_document_and_one_program() -> None:
    one = engine(text_bytes=50_000)
    await ask(one, [f'{{ a{number}: hello(name: "{number}") }}' for number in range(500)])
    assert len(one._documents) == 1
    assert len(one._programs) == 1
    assert one._texts.bytes <= 50_000


async def test_programs_go_with_their_documents() -> None:
    one = engine(cache_bytes=200_000)
    await ask(one, shapes(0, 40))
    assert 0 < len(one._programs) <= len(one._documents) < 20


async def test_an_engine_goes_when_nobody_holds_it() -> None:
    import weakref

    one = engine()
    await ask(one, shapes(0, 5))
    gone = weakref.ref(one)
    del one
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("rounds", range(8))
async def test_who_goes_away_in_the_middle_of_a_batch_leaves_everything_as_it_was(
    rounds: int,
) -> None:
    batches: list[int] = []

    async def look_up(item: Any, info: GraphQLResolveInfo[Any]) -> str:
        info.context.append(item)
        if len(info.context) == 1:
            asyncio.get_running_loop().call_soon(lambda: batches.append(len(info.context)))
        await ticks(3)
        return f"found {item}"

    graph = build_schema("type Query { all: [Item!]! } type Item { more: String! }")
    graph.type_map["Query"].fields["all"].resolve = lambda *_: list(range(20))  # type: ignore[attr-defined]
    graph.type_map["Item"].fields["more"].resolve = look_up  # type: ignore[attr-defined]
    one = Engine(graph)
    request = GraphQLRequest("{ all { more } }")
    expected = {"all": [{"more": f"found {number}"} for number in range(20)]}
    for _ in range(2):
        assert (await one.run(request, [], read_only=True)).data == expected
    async with nothing_left():
        asking = asyncio.create_task(one.run(request, [], read_only=True))
        beside = asyncio.create_task(one.run(request, [], read_only=True))
        await ticks(rounds)
        asking.cancel()
        ended = await asyncio.gather(asking, return_exceptions=True)
        assert isinstance(ended[0], asyncio.CancelledError) or rounds > 4
        assert (await beside).data == expected
    assert one._door.inside == 0
    assert set(batches) <= {20}
    assert (await one.run(request, [], read_only=True)).data == expected


async def test_what_was_begun_and_is_never_awaited_can_be_closed() -> None:
    one = engine()
    request = GraphQLRequest("{ hello late }")
    for _ in range(2):
        await one.run(request, None, read_only=True)
    async with nothing_left():
        begun: Any = one.begin(request, None, read_only=True)
        begun.close()
    assert one._door.inside == 0


@pytest.mark.parametrize("word", ["defer", "stream"])
async def test_defer_and_stream_are_refused_with_a_sentence(word: str) -> None:
    text = f"{{ complaints @{word} {{ id }} }}"
    if word == "defer":
        text = "{ ... @defer { hello } }"
    answer = await engine().run(GraphQLRequest(text), None, read_only=True)
    assert answer.outcome is Outcome.REFUSED
    assert f"@{word} is not answered here" in str(answer.errors[0]["message"])


async def test_nothing_usual_is_left_to_graphql_core_for_a_reason() -> None:
    before = fallbacks.total()
    await ask(engine(), ["{ hello }", "query ($n: Int) { area { other(x: $n) } }", *shapes(0, 3)])
    assert fallbacks.total() == before
