"""The same call, however often and from wherever, makes one complaint and equal answers."""

import asyncio
import sys
from pathlib import Path

import pytest

from catalog.registrations.declined import Declined
from catalog.workflow import calls
from catalog.workflow.tables import calls as table
from catalog.workflow.writing import writing
from connectors.kinds.sql import open_engine
from connectors.ports.common import ErrorCode
from connectors.ports.complaints import ComplaintStatus
from tests.workflow.town import BUDI, OFFICER, OUTSIDE, SITI, Town, id_of, new, photo

ROOT = Path(__file__).parents[2]


async def test_a_hundred_equal_calls_at_once_are_one_complaint_and_equal_answers(town):
    what = new("Pohon tumbang", media=(photo(),))
    told = await asyncio.gather(*(town.create(what, mutation="u-1") for _ in range(100)))
    assert len({repr(one.complaint) for one in told}) == 1
    assert sum(not one.repeated for one in told) == 1
    assert len(await town.intakes()) == 1


async def test_a_hundred_different_calls_at_once_are_a_hundred_complaints(town):
    told = await asyncio.gather(*(town.create() for _ in range(100)))
    assert len({one.complaint.tracking_id for one in told}) == 100


async def test_another_worker_and_a_restart_know_the_call(town, database_url):
    first = await town.create(new("Pohon tumbang"), mutation="u-1")
    engine = open_engine(database_url)
    other = Town(engine)
    again = await other.create(new("Pohon tumbang"), mutation="u-1")
    await engine.dispose()
    assert again.repeated
    assert again.complaint == first.complaint


CALLS = """
import asyncio, sys
from connectors.kinds.sql import open_engine
from tests.workflow.town import Town, new

async def main(url):
    town = Town(open_engine(url))
    sys.stdin.readline()
    told = await asyncio.gather(*(town.create(new("Banjir"), mutation="u-9") for _ in range(25)))
    print(*{one.complaint.tracking_id for one in told}, flush=True)
    await town.engine.dispose()

asyncio.run(main(sys.argv[1]))
"""


async def test_four_processes_that_call_at_once_agree(town, database_url):
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", CALLS, database_url, cwd=ROOT,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )
        for _ in range(4)
    ]  # fmt: skip
    told = await asyncio.gather(*(process.communicate(b"go\n") for process in processes))
    assert [process.returncode for process in processes] == [0] * 4
    assert len({out for out, _ in told}) == 1
    (intake,) = await town.intakes()
    assert (await town.see(id_of((await town.create(new("Banjir"), mutation="u-9")).complaint))
            ).origin.local_id == intake.complaint  # fmt: skip


async def test_one_id_for_two_things_is_a_conflict(town):
    await town.create(new("Pohon tumbang"), mutation="u-1")
    with pytest.raises(Declined) as caught:
        await town.create(new("Jembatan putus"), mutation="u-1")
    assert (caught.value.code, caught.value.field) == (ErrorCode.CONFLICT, "clientMutationId")


async def test_the_same_id_of_another_person_is_another_call(town):
    first = await town.create(new("Pohon tumbang"), mutation="u-1")
    second = await town.create(new("Pohon tumbang"), BUDI, mutation="u-1")
    assert first.complaint.tracking_id != second.complaint.tracking_id


async def test_a_refused_call_can_be_put_right_under_its_id(town):
    with pytest.raises(Declined):
        await town.create(new("Pohon tumbang", point=OUTSIDE), mutation="u-1")
    assert not (await town.create(new("Pohon tumbang"), mutation="u-1")).repeated


@pytest.mark.parametrize("mutation", ["   ", "x" * 129, "a\x00"])
async def test_what_is_no_id_is_told(town, mutation):
    with pytest.raises(Declined) as caught:
        await town.create(mutation=mutation)
    assert (caught.value.code, caught.value.field) == (ErrorCode.BAD_INPUT, "clientMutationId")


async def test_every_act_can_be_repeated_under_its_id(town):
    made = (await town.create()).complaint
    seen = await asyncio.gather(
        *(town.verify(made, OFFICER, version=1, mutation="v-1") for _ in range(10))
    )
    assert {one.version for one in seen} == {2}
    await town.forward(made, mutation="f-1", version=2)
    assert (await town.forward(made, mutation="f-1", version=2)).version == 3
    await town.start(made)
    proof = [photo()]
    await town.resolve(made, proof=proof, mutation="r-1")
    assert (await town.resolve(made, proof=proof, mutation="r-1")).version == 5
    await town.reopen(made, mutation="o-1")
    again = await town.reopen(made, mutation="o-1")
    assert (again.status, again.version) == (ComplaintStatus.REOPENED, 6)
    first = await town.comment(made, SITI, mutation="c-1")
    assert await town.comment(made, SITI, mutation="c-1") == first


async def test_old_calls_are_forgotten_and_new_ones_kept(town):
    await town.create(mutation="old")
    town.clock.move(calls.KEPT.total_seconds())
    await town.create(mutation="new")
    town.clock.move(1)
    async with writing(town.engine) as connection:
        assert await calls.forget(connection, now=town.clock.now()) == 1
    assert [row.mutation for row in await town.rows(table)] == ["new"]
