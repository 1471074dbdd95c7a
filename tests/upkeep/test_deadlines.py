"""Many time limits with one timer: each behaves as if it had one of its own."""

from __future__ import annotations

import asyncio

import pytest

from connectors.upkeep.deadlines import Deadlines

LONG = 60.0


async def _hang() -> None:
    await asyncio.get_running_loop().create_future()


async def test_what_ends_in_time_is_left_alone() -> None:
    with Deadlines().within(LONG) as limit:
        assert await asyncio.sleep(0, "there") == "there"
    assert not limit.expired


async def test_what_hangs_is_told_that_its_time_is_up() -> None:
    limit = Deadlines().within(0.01)
    with pytest.raises(TimeoutError), limit:
        await _hang()
    assert limit.expired


async def test_no_time_at_all_is_up_at_the_first_wait() -> None:
    with pytest.raises(TimeoutError), Deadlines().within(0.0):
        await _hang()


async def test_a_shorter_limit_that_begins_later_ends_first() -> None:
    deadlines = Deadlines()
    ended: list[str] = []

    async def wait(name: str, seconds: float) -> None:
        try:
            with deadlines.within(seconds):
                await _hang()
        except TimeoutError:
            ended.append(name)

    await asyncio.gather(wait("long", 0.06), wait("short", 0.02), wait("middle", 0.04))
    assert ended == ["short", "middle", "long"]


async def test_a_limit_begins_anew_after_all_others_have_ended() -> None:
    deadlines = Deadlines()
    for _ in range(2):
        with pytest.raises(TimeoutError), deadlines.within(0.01):
            await _hang()
    with deadlines.within(LONG):
        pass
    with pytest.raises(TimeoutError), deadlines.within(0.01):
        await _hang()


async def test_who_is_cancelled_by_somebody_else_stays_cancelled() -> None:
    async def work() -> None:
        with Deadlines().within(LONG):
            await _hang()

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_error_of_the_work_itself_comes_as_it_is() -> None:
    with pytest.raises(KeyError), Deadlines().within(LONG):
        raise KeyError("mine")


async def test_a_task_goes_on_after_its_limit_without_being_cancelled_again() -> None:
    deadlines = Deadlines()
    with pytest.raises(TimeoutError), deadlines.within(0.01):
        await _hang()
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_an_outer_limit_is_not_taken_for_an_inner_one() -> None:
    deadlines = Deadlines()
    inner = deadlines.within(LONG)
    with pytest.raises(TimeoutError), deadlines.within(0.01), inner:
        await _hang()
    assert not inner.expired


def test_outside_of_a_task_there_is_no_limit() -> None:
    async def callback() -> None:
        failed = asyncio.get_running_loop().create_future()

        def enter() -> None:
            try:
                with Deadlines().within(1):
                    pass
            except RuntimeError as error:
                failed.set_result(str(error))

        asyncio.get_running_loop().call_soon(enter)
        assert await failed == "a time limit is for a task"

    asyncio.run(callback())
