"""A gateway that is killed in the middle of a registration leaves the registry as it was."""

import asyncio
import sys
from pathlib import Path

import pytest

from catalog.registrations import entries
from tests.registrations.office import facts, submission

ROOT = Path(__file__).parents[2]

CHANGE = """
import asyncio, sys
from catalog.loaded import alone
from catalog.registrations import life
from connectors.kinds.sql import open_engine
from tests.registrations.office import BOSS, NOW, PARKING, TODAY, facts, submission

async def main(url, step):
    async with alone(open_engine(url)) as connection:
        if step == "submit":
            text = submission(note="2")
            await life.submit(
                connection, text, facts(types=("ParkirNew",)), by=PARKING, now=NOW, today=TODAY,
                expected=1,
            )
        else:
            await life.approve(connection, "parkir", 1, by=BOSS, now=NOW)
        print("all but the end is written", flush=True)
        await asyncio.to_thread(sys.stdin.read)

asyncio.run(main(*sys.argv[1:]))
"""


async def killed(url, step):
    """A process that does all of a change but its end, and is killed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CHANGE, url, step, cwd=ROOT,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert await process.stdout.readline() == b"all but the end is written\n"
    process.kill()
    await process.wait()


@pytest.mark.parametrize("step", ["submit", "approve"])
async def test_a_change_that_was_not_finished_never_happened(office, database_url, step):
    if step == "submit":
        await office.served()
    else:
        await office.submit()
    before, verdicts = await office.find(), await office.verdicts()
    async with office.looking() as connection:
        shown = await entries.entry(connection, "slot-001")
    await killed(database_url, step)
    assert (await office.find(), await office.verdicts()) == (before, verdicts)
    async with office.looking() as connection:
        assert await entries.entry(connection, "slot-001") == shown
    # And nothing is held: the next one does it.
    if step == "submit":
        assert (await office.submit(submission(note="2"), facts(), expected=1)).version == 2
    else:
        assert (await office.approve(1)).active == 1
