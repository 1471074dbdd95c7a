"""Rows of the registry that somebody spoiled by hand: their team waits, nobody else does."""

import logging
from typing import Any

import pytest
from sqlalchemy import JSON, ColumnElement, String, cast, literal, type_coerce, update

from catalog.board import Board
from catalog.registrations import lines, records
from catalog.registrations.tables import connector_versions, graph_generation
from connectors.base import NoWeb
from connectors.kinds.sql import Database
from connectors.ports.connectors import ConnectorState
from connectors.upkeep.upkeep import Services
from tests.builders import tools
from tests.registrations.office import CLINIC, NOW, TODAY, facts, submission
from tests.upstream import MovedClock

SPOILED = [
    ("tests", "null"),
    ("tests", '[{"name": 1}]'),
    ("tests", '"text"'),
    ("facts", "{}"),
    ("facts", "[]"),
    ("findings", '[{"code": "X"}]'),
    ("findings", "7"),
    ("asks", '["NOBODY_KNOWS"]'),
    ("verdict", "PERHAPS"),
]


async def spoil(office, column, value, *, version, key="parkir"):
    """Put a text into the database in the place of what the registry wrote."""
    async with office.engine.begin() as connection:
        written: ColumnElement[Any] = literal(value)
        if connection.dialect.name != "sqlite" and column != "verdict":
            written = cast(cast(literal(value), String), JSON)
        at = connector_versions.c
        rows = update(connector_versions).where(at.key == key, at.version == version)
        # By its name and not as the column, which would write good JSON.
        await connection.execute(rows.values({column: type_coerce(written, at[column].type)}))
        number = graph_generation.c.number
        await connection.execute(update(graph_generation).values({number: number + 1}))


@pytest.fixture
async def board(office):
    services = Services(NoWeb(), clock=MovedClock(NOW))
    made = Board(office.engine, tools(Database(office.engine), services=services))
    yield made
    await made.aclose()


async def two_teams(office):
    await office.served()
    await office.served(
        submission("klinik", "slot-002", prefix="Klinik"), facts("Klinik"), by=CLINIC
    )


@pytest.mark.parametrize(("column", "value"), SPOILED)
async def test_one_spoiled_version_stops_nobody_else(office, board, caplog, column, value):
    await two_teams(office)
    await spoil(office, column, value, version=1)
    with caplog.at_level(logging.CRITICAL):
        await board.refresh()
    assert board.switchboard.get("klinik").state is ConnectorState.ENABLED
    assert board.switchboard.get("parkir").state is ConnectorState.QUARANTINED
    async with office.looking() as connection:
        active = await lines.active(connection, today=TODAY)
        assert [one.key for one in active] == ["klinik"]
        assert await records.history(connection, "parkir") == []
        assert [one.key for one in await records.listed(connection)] == ["klinik", "parkir"]


@pytest.mark.parametrize(("column", "value"), SPOILED)
async def test_the_version_before_a_spoiled_one_serves(office, board, caplog, column, value):
    await office.served()
    await office.served(submission(note="two"), expected=1)
    await spoil(office, column, value, version=2)
    with caplog.at_level(logging.CRITICAL):
        await board.refresh()
        source = board.switchboard.get("parkir")
        assert source.state is ConnectorState.ENABLED
        assert source.binding.options["version"] == 1
        assert "previous" not in source.binding.options
        async with office.looking() as connection:
            (active,) = await lines.active(connection, today=TODAY)
    assert active.version == 1
    assert active.submission == submission()


async def test_json_that_is_none_costs_only_its_own_row(office, board, caplog):
    if office.engine.dialect.name != "sqlite":
        pytest.skip("only SQLite keeps such a text in a column of JSON")
    await two_teams(office)
    await spoil(office, "tests", "{not json", version=1)
    with caplog.at_level(logging.CRITICAL):
        await board.refresh()
    assert board.switchboard.get("klinik").state is ConnectorState.ENABLED
    assert board.switchboard.get("parkir").state is ConnectorState.QUARANTINED


async def test_a_spoiled_version_is_mended_by_the_next_one(office, board, caplog):
    await office.served()
    await spoil(office, "facts", "{}", version=1)
    with caplog.at_level(logging.CRITICAL):
        made = await office.submit(submission(note="two"), expected=1)
        # What the one before asked for cannot be told any more: it is as a first one.
        assert (made.version, made.serves) == (2, False)
        await office.approve(2)
        await board.refresh()
    assert board.switchboard.get("parkir").state is ConnectorState.ENABLED


async def test_a_spoiled_connector_can_be_switched_off_and_withdrawn(office, caplog):
    await office.served()
    await spoil(office, "facts", "{}", version=1)
    with caplog.at_level(logging.CRITICAL):
        off = await office.switch(ConnectorState.DISABLED)
        assert off.switch is ConnectorState.DISABLED
        gone = await office.withdraw()
    assert gone.active is None
