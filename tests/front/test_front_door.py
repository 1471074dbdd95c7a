"""The door: a crowd is answered one after the other, and who waits for a source holds up nobody."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Self

import pytest

from connectors.upkeep.asking import remaining, within
from gateway.execution.door import Door

NEVER = 3600.0


class Crowd:
    """Operations that note when they were let in, and stay until they are told to go."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self.inside: list[str] = []
        self._told: dict[str, asyncio.Event] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def comes(self, name: str, question: str = "home") -> asyncio.Task[None]:
        self._told[name] = asyncio.Event()
        task = self._tasks[name] = asyncio.create_task(self._asks(name, question))
        await self.round()
        return task

    async def goes(self, name: str) -> None:
        self._told[name].set()
        await self._tasks[name]
        await self.round()

    async def _asks(self, name: str, question: str) -> None:
        async with self.door.passed(question):
            self.inside.append(name)
            await self._told[name].wait()

    @staticmethod
    async def round() -> None:
        for _ in range(3):
            await asyncio.sleep(0)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)


def strict(many: int) -> Door:
    """A door that lets nobody in beside the many."""
    return Door(many, seconds=NEVER, look=NEVER)


async def test_so_many_are_let_in_at_once_and_the_rest_in_the_order_they_came() -> None:
    async with Crowd(strict(2)) as crowd:
        for name in "abcd":
            await crowd.comes(name)
        assert crowd.inside == ["a", "b"]
        assert crowd.door.waiting == 2
        await crowd.goes("b")
        assert crowd.inside == ["a", "b", "c"]
        await crowd.goes("a")
        assert crowd.inside == ["a", "b", "c", "d"]
        assert crowd.door.waiting == 0


async def test_who_asks_something_else_does_not_wait_behind_the_whole_crowd() -> None:
    async with Crowd(strict(1)) as crowd:
        for name in "abcd":
            await crowd.comes(name, "home")
        await crowd.comes("x", "emergency")
        await crowd.goes("a")
        await crowd.goes("b")
        assert crowd.inside == ["a", "b", "x"]
        await crowd.goes("x")
        await crowd.goes("c")
        assert crowd.inside == ["a", "b", "x", "c", "d"]


async def test_who_goes_away_while_waiting_holds_no_place() -> None:
    async with Crowd(strict(1)) as crowd:
        for name in "abc":
            task = await crowd.comes(name)
            if name == "b":
                task.cancel()
                await crowd.round()
        assert crowd.door.waiting == 1
        await crowd.goes("a")
        assert crowd.inside == ["a", "c"]


async def test_who_goes_away_at_the_moment_of_being_let_in_gives_the_place_to_the_next() -> None:
    door = strict(1)
    async with Crowd(door) as crowd:
        async with AsyncExitStack() as first:
            await first.enter_async_context(door.passed("home"))
            second = await crowd.comes("b")
            await crowd.comes("c")
            await first.aclose()
            second.cancel()
        await crowd.round()
        assert crowd.inside == ["c"]


async def test_an_operation_that_fails_gives_its_place_away() -> None:
    door = strict(1)
    with pytest.raises(ValueError, match="of the operation"):
        async with door.passed("home"):
            raise ValueError("of the operation")
    async with Crowd(door) as crowd:
        await crowd.comes("a")
        assert crowd.inside == ["a"]


async def test_while_all_inside_wait_for_a_source_more_are_let_in() -> None:
    door = Door(1, seconds=NEVER, look=0.001)
    async with Crowd(door) as crowd:
        await crowd.comes("hangs")

        async def asked() -> str:
            async with door.passed("other"):
                return "answered"

        async with asyncio.timeout(30):
            assert await asked() == "answered"
        assert crowd.inside == ["hangs"]


async def test_who_takes_long_gives_the_place_away_once() -> None:
    door = Door(1, seconds=0.001, look=NEVER)
    async with Crowd(door) as crowd, asyncio.timeout(30):
        await crowd.comes("slow")
        async with door.passed("home"):
            pass
        await crowd.goes("slow")
        assert door.inside == 0


async def test_the_time_of_an_operation_begins_when_it_is_let_in() -> None:
    door = strict(1)
    left: list[float] = []

    async def asks() -> None:
        async with door.passed("home"):
            with within(10.0):
                left.append(remaining())

    async with Crowd(door) as crowd:
        await crowd.comes("a")
        task = asyncio.create_task(asks())
        await crowd.round()
        assert left == []
        await crowd.goes("a")
        await task
    assert 9.0 < left[0] <= 10.0
