"""Somebody else's PostgreSQL behind a bent wire: bounded, last good, and back by itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from connectors import errors
from connectors.kinds.sql import open_engine
from connectors.kinds.tables import TableWay
from connectors.upkeep.documents import Document, Stamp
from connectors.upkeep.policy import Policy
from connectors.upkeep.upkeep import Services, Upkeep
from tests.faults.bent_wire import FAULTS, BentWire, bent_wire
from tests.upstream import MovedClock, SaidWeb, nowhere

TOTAL = 1.5
POLICY = Policy(
    connect_timeout=1.0, total_timeout=TOTAL, patience=0.2, queue_timeout=1.0, max_retries=1,
    backoff=0.01, fresh_for=10.0, stale_for=0.0, keep_for=3600.0, breaker_open_for=1.0,
)  # fmt: skip
NAMES = [f"Taman {number:03}" for number in range(400)]
"""More than one piece of the wire."""


def names(document: Document, stamp: Stamp) -> tuple[list[str], bool]:
    return [row["nama"] for row in orjson.loads(document.body)], stamp.stale


@dataclass
class Theirs:
    wire: BentWire
    way: TableWay
    upkeep: Upkeep
    clock: MovedClock

    async def read(self, *, within: float) -> tuple[list[str], bool]:
        began = time.monotonic()
        try:
            return await self.way.read(names)
        finally:
            assert time.monotonic() - began < within


@pytest.fixture
async def theirs(postgres_url: str) -> AsyncIterator[Theirs]:
    engine = open_engine(postgres_url)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE taman (nama TEXT)"))
        await connection.execute(
            text("INSERT INTO taman SELECT 'Taman ' || lpad(n::text, 3, '0') "
                 "FROM generate_series(0, 399) AS n")
        )  # fmt: skip
    await engine.dispose()
    url = make_url(postgres_url)
    async with bent_wire(str(url.host), int(url.port or 5432)) as wire:
        clock = MovedClock()
        host = f"127.0.0.1:{wire.port}"
        services = Services(SaidWeb(nowhere), clock=clock, private_hosts=frozenset({host}))
        upkeep = Upkeep("taman", POLICY, services, hosts=(host,))
        address = url.set(host="127.0.0.1", port=wire.port).render_as_string(hide_password=False)
        way = TableWay(address, "taman", upkeep)
        yield Theirs(wire, way, upkeep, clock)
        await wire.bend("")
        await upkeep.aclose()
        await asyncio.wait_for(way.aclose(), 10)


async def recovered(theirs: Theirs) -> None:
    """The wire is straight again: asked a few times, and no more, the rows come."""
    await theirs.wire.bend("")
    await theirs.upkeep.settled()
    for _ in range(4):
        theirs.clock.move(100)
        try:
            found = await theirs.read(within=10)
        except errors.ConnectorError:
            found = ([], True)
        await theirs.upkeep.settled()
        if found == (NAMES, False):
            return
    raise AssertionError(found)


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_database_behind_a_fault_is_told_in_time_and_comes_back(
    theirs: Theirs, fault: str
) -> None:
    await theirs.wire.bend(fault)
    with pytest.raises(errors.ConnectorError) as told:
        await theirs.read(within=2 * TOTAL + 2)
    assert "127.0.0.1" not in str(told.value)
    await recovered(theirs)


@pytest.mark.parametrize("fault", FAULTS)
async def test_rows_that_were_good_are_given_while_a_fault_lasts(
    theirs: Theirs, fault: str
) -> None:
    assert await theirs.read(within=10) == (NAMES, False)
    theirs.clock.move(20)
    await theirs.wire.bend(fault)
    found = await theirs.read(within=TOTAL)
    await theirs.upkeep.settled()
    assert found == (NAMES, True)
    await recovered(theirs)
