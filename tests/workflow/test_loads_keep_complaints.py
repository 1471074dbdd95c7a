"""A new load of the city, with or without the source of its complaints, takes no complaint away."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from catalog import loading
from catalog.everything import metadata
from catalog.pack import Pack
from catalog.workflow.tables import changes, deliveries, intakes
from connectors.kinds.sql import open_engine
from connectors.store.complaint_tables import complaints, events
from tests.workflow.town import Town, photo

TABLES = (complaints, events, changes, deliveries, intakes)


@pytest.mark.parametrize("home", ["laksa", "no-longer-in-the-catalogue"])
async def test_what_citizens_sent_stays_after_a_load(tmp_path, home):
    engine = open_engine(f"sqlite:///{tmp_path}/city.db")
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    town = Town(engine)
    town.rules = replace(town.rules, home=home)
    made = (await town.create()).complaint
    await town.forward(made)
    await town.start(made)
    await town.resolve(made, proof=[photo()])
    before = {table.name: await town.rows(table) for table in TABLES}
    await loading.load_city(
        engine, Pack.of("kota_tangerang"), now=datetime(2026, 11, 24, tzinfo=UTC), samples=False
    )
    assert {table.name: await town.rows(table) for table in TABLES} == before
    await engine.dispose()
