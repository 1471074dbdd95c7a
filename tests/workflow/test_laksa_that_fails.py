"""A real Open311 server over loopback, in every kind of trouble, and a courier that is killed."""

import asyncio
import sys
from pathlib import Path

import pytest

from catalog.workflow import outbox
from catalog.workflow.courier import Courier
from catalog.workflow.desks import SwitchboardDesks
from catalog.workflow.news import news_of, take_news
from catalog.workflow.outbox import LEASE
from catalog.workflow.tables import deliveries
from catalog.workflow.writing import writing
from connectors.ports.common import Order, Page
from connectors.ports.complaints import (
    ComplaintCriteria,
    ComplaintOrderField,
    ComplaintSource,
    ComplaintStatus,
    Delivery,
    Viewer,
)
from tests.workflow.laksa_there import Laksa, LateClock, listening, reached
from tests.workflow.town import DESK, Mailbox, new

ROOT = Path(__file__).parents[2]
FAULTS = (
    "hangs up", "sick", "busy", "wrong key",
    "takes and hangs up", "takes and is silent", "takes and talks nonsense",
)  # fmt: skip


@pytest.fixture
def later(town):
    """The town, on a clock that goes."""
    town.clock = LateClock()
    return town


async def until_empty(town, courier):
    """Go on from one due moment to the next."""
    for _ in range(60):
        await courier.round()
        async with town.engine.connect() as connection:
            due = await outbox.next_due(connection)
        if due is None:
            return
        town.clock.move(max(0.0, (due - town.clock.now()).total_seconds()) + 1)
    raise AssertionError("never empty")


@pytest.mark.parametrize("fault", FAULTS)
async def test_whatever_befalls_laksa_it_has_each_complaint_once(later, fault):
    laksa = Laksa(faults=[fault, fault])
    async with listening(laksa) as port, reached(port, later.clock) as board:
        desks = SwitchboardDesks(lambda: board)
        courier = Courier(later.engine, desks, Mailbox(), later.clock, name="one")
        made = [(await later.create(new(f"Lubang {n}"))).complaint for n in range(3)]
        await courier.round()
        waiting = [(await later.see(one)).delivery for one in made]
        assert waiting.count(Delivery.WAITING) == 2
        await until_empty(later, courier)
        shown = [await later.see(one) for one in made]
    assert len(laksa.taken) == 3
    assert {one.delivery for one in shown} == {Delivery.DELIVERED}
    for one in shown:
        place = int(one.upstream_id) - 1
        assert f"[{one.tracking_id}]" in laksa.taken[place]


async def test_a_laksa_that_is_not_there_gets_it_when_it_is(later):
    made = (await later.create()).complaint
    async with listening(Laksa()) as port:
        pass  # nobody listens at this port now
    async with reached(port, later.clock) as board:
        desks = SwitchboardDesks(lambda: board)
        courier = Courier(later.engine, desks, Mailbox(), later.clock, name="one")
        await courier.round()
        assert (await later.see(made)).delivery is Delivery.WAITING
        laksa = Laksa()
        server = await asyncio.start_server(laksa.serve, "127.0.0.1", port)
        await until_empty(later, courier)
        server.close()
    assert (await later.see(made)).delivery is Delivery.DELIVERED
    assert len(laksa.taken) == 1


COURIER = """
import asyncio, sys
from catalog.workflow.courier import Courier
from catalog.workflow.desks import SwitchboardDesks
from connectors.kinds.sql import open_engine
from tests.workflow.laksa_there import LateClock, reached
from tests.workflow.town import Mailbox

async def main(url, port):
    clock = LateClock()
    async with reached(int(port), clock) as board:
        desks = SwitchboardDesks(lambda: board)
        courier = Courier(open_engine(url), desks, Mailbox(), clock, name="to be killed")
        await courier.round()

asyncio.run(main(*sys.argv[1:]))
"""


async def killed_while_delivering(town, url, laksa, port):
    """A courier in a process of its own is killed after LAKSA took the complaint, or before."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", COURIER, url, str(port), cwd=ROOT
    )
    async with asyncio.timeout(60):
        await laksa.hears.wait()
    process.kill()
    await process.wait()
    assert process.returncode is not None
    assert process.returncode < 0


@pytest.mark.parametrize("taken", [True, False])
async def test_a_courier_killed_while_it_spoke_to_laksa_loses_and_doubles_nothing(
    later, database_url, taken
):
    laksa = Laksa(faults=["takes and is silent" if taken else "is silent"])
    made = (await later.create()).complaint
    async with listening(laksa) as port, reached(port, later.clock) as board:
        await killed_while_delivering(later, database_url, laksa, port)
        (row,) = await later.rows(deliveries)
        assert row.state == "SENDING"
        assert (await later.see(made)).delivery is Delivery.WAITING
        desks = SwitchboardDesks(lambda: board)
        other = Courier(later.engine, desks, Mailbox(), later.clock, name="two")
        assert await other.round() == 0
        later.clock.move(LEASE.total_seconds() + 1)
        assert await other.round() == 1
    assert len(laksa.taken) == 1
    now = await later.see(made)
    assert (now.delivery, now.upstream_id) == (Delivery.DELIVERED, "00001")


async def test_what_laksa_lists_later_is_news_of_the_same_complaint(later):
    laksa = Laksa()
    async with listening(laksa) as port, reached(port, later.clock) as board:
        desks = SwitchboardDesks(lambda: board)
        courier = Courier(later.engine, desks, Mailbox(), later.clock, name="one")
        await later.create()
        await courier.round()
        later.clock.move(600)
        laksa.city.rows[0] = {
            **laksa.city.rows[0],
            "status": "closed",
            "updated_datetime": later.clock.now().isoformat(),
        }
        source = board.named(ComplaintSource, DESK)
        assert source is not None
        criteria = ComplaintCriteria(visible_to=Viewer(), now=later.clock.now())
        order = Order(ComplaintOrderField.CREATED_AT, descending=True)
        page = Page(10, descending=True)
        found = await source.ask(lambda it: it.find_complaints(criteria, order, page))
    (hit,) = found.hits
    async with writing(later.engine) as connection:
        now = await take_news(connection, news_of(DESK, hit.record), now=later.clock.now())
    assert now is not None
    assert now.status is ComplaintStatus.RESOLVED
    assert now == await later.see(now)
