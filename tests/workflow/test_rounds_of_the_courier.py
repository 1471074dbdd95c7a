"""A worker delivers from its start to its end, at once when it is told, and goes on after trouble."""

import asyncio
from dataclasses import dataclass, field

import pytest

from catalog.workflow.courier import Courier
from connectors.errors import Unreachable
from connectors.ports.complaints import Delivery
from gateway.delivering import Deliveries
from tests.workflow.town import FailingDesks, Mailbox, Town


@dataclass
class StillClock:
    """Time passes when the test says so: whoever sleeps waits for `ring`."""

    town: Town
    rests: list[float] = field(default_factory=list)
    asleep: asyncio.Event = field(default_factory=asyncio.Event)
    bell: asyncio.Event = field(default_factory=asyncio.Event)

    def now(self):
        return self.town.clock.now()

    def monotonic(self):
        return self.town.clock.monotonic()

    async def sleep(self, seconds):
        self.rests.append(seconds)
        self.asleep.set()
        await self.bell.wait()

    async def rested(self):
        """Wait until the worker has done all it could."""
        async with asyncio.timeout(20):
            await self.asleep.wait()
        self.asleep.clear()


@pytest.fixture
async def worker(town):
    clock, desks = StillClock(town), FailingDesks()
    courier = Courier(town.engine, desks, Mailbox(), clock, name="one")
    made = Deliveries(town.engine, courier, clock)
    made.start()
    await clock.rested()
    yield made, clock, desks
    await made.stop()


async def test_what_is_put_into_the_outbox_goes_at_once_when_the_worker_is_told(town, worker):
    deliveries, clock, _ = worker
    made = (await town.create()).complaint
    deliveries.hurry()
    await clock.rested()
    assert (await town.see(made)).delivery is Delivery.DELIVERED


async def test_a_failed_one_is_tried_when_it_is_due(town, worker):
    deliveries, clock, desks = worker
    desks.fails = [Unreachable()]
    made = (await town.create()).complaint
    deliveries.hurry()
    await clock.rested()
    assert clock.rests[-1] == 5.0
    town.clock.move(13)
    deliveries.hurry()
    await clock.rested()
    assert clock.rests[-1] == 2.0
    assert (await town.see(made)).delivery is Delivery.WAITING
    town.clock.move(2)
    clock.bell.set()
    await clock.rested()
    assert (await town.see(made)).delivery is Delivery.DELIVERED


async def test_a_fault_nobody_planned_stops_nobody(town, worker, caplog):
    deliveries, clock, desks = worker
    desks.fails = [ZeroDivisionError()]
    first = (await town.create()).complaint
    deliveries.hurry()
    await clock.rested()
    assert "delivery_fault" in caplog.text
    second = (await town.create()).complaint
    deliveries.hurry()
    await clock.rested()
    assert (await town.see(second)).delivery is Delivery.DELIVERED
    town.clock.move(121)
    deliveries.hurry()
    await clock.rested()
    assert (await town.see(first)).delivery is Delivery.DELIVERED


async def test_a_worker_that_is_stopped_delivers_no_more(town, worker):
    deliveries, _, desks = worker
    await deliveries.stop()
    await town.create()
    deliveries.hurry()
    assert desks.taken == {}
