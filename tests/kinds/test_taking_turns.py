"""Long work lets others in, and comes out as if it had not."""

import asyncio

from connectors.kinds.turns import in_turns


async def test_what_is_made_keeps_its_order_and_others_come_in_between() -> None:
    seen: list[str] = []

    def make(number: int) -> int:
        seen.append("ours")
        return number * 2

    async def other() -> None:
        seen.append("other")

    beside = asyncio.create_task(other())
    assert await in_turns(range(50), make, turn=0) == [number * 2 for number in range(50)]
    await beside
    assert seen.index("other") < 49


async def test_short_work_is_done_in_one_turn() -> None:
    seen: list[int] = []
    asyncio.get_running_loop().call_soon(seen.append, -1)
    await in_turns(range(3), seen.append, turn=60)
    assert seen == [0, 1, 2]
