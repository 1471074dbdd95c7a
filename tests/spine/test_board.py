"""The board follows the catalogue: sources come, go and are switched while requests run."""

import sys
from importlib import import_module
from typing import Any

import pytest
from sqlalchemy import delete, insert, update

from catalog import bindings, tables
from catalog.board import Board
from catalog.everything import metadata
from catalog.loading import load_city
from catalog.pack import Pack
from catalog.registrations import tables as registrations
from connectors import registry
from connectors.base import NoWeb
from connectors.kinds.sql import Database, open_engine
from connectors.ports.areas import AreaSource
from connectors.ports.common import Text
from connectors.ports.connectors import ConnectorState, Fallback
from connectors.store.areas import areas
from connectors.upkeep.shared import BreakerNews
from connectors.upkeep.upkeep import Services
from tests.builders import NOON, binding, tools
from tests.upstream import MovedClock

NEEDED = [
    tables.sources,
    tables.loads,
    tables.rejected_rows,
    registrations.graph_generation,
    registrations.registrations,
    registrations.connector_versions,
    areas,
]

SYSTEMS = """
OPENED = []
TRIED = []

class Plain:
    def __init__(self, name):
        self.name = name
        self.closed = False

    async def aclose(self):
        self.closed = True

async def open_plain(binding, tools):
    if binding.options.get("fails"):
        raise TypeError("a fault of the team's own")
    TRIED.append(binding.key)
    if len(TRIED) < binding.options.get("until", 0):
        raise OSError("not yet")
    OPENED.append(binding.key)
    return Plain(binding.key)
"""


ALLOWED = frozenset({"plain-system"})


@pytest.fixture
def opened(tmp_path, monkeypatch):
    """A system `plain`, and the keys of the sources that were opened with it."""
    (tmp_path / "plain_system.py").write_text(SYSTEMS)
    info = tmp_path / "plain_system-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: plain-system\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        f"[{registry.ENTRY_POINTS}]\nplain = plain_system:open_plain\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    yield import_module("plain_system").OPENED
    del sys.modules["plain_system"]


@pytest.fixture
async def catalogue(database_url, opened):
    engine = open_engine(database_url)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all, tables=NEEDED)
    one = Catalogue(engine)
    yield one
    await one.board.aclose()
    await engine.dispose()


class Catalogue:
    """The lines in the database, and the board over them."""

    def __init__(self, engine):
        self.engine = engine
        self.board = Board(engine, tools(Database(engine), plugins=ALLOWED))

    async def put(self, key, *, system="plain", enabled=True, position=0, **changes):
        line = binding(key, system=system, serves=(), **changes)
        async with self.engine.begin() as connection:
            await connection.execute(delete(tables.sources).where(tables.sources.c.key == key))
            await connection.execute(
                insert(tables.sources).values(
                    key=key, position=position, binding=bindings.written(line), enabled=enabled
                )
            )

    async def switch(self, key, *, on):
        async with self.engine.begin() as connection:
            await bindings.switch(connection, key, on=on)

    async def remove(self, key):
        async with self.engine.begin() as connection:
            await connection.execute(delete(tables.sources).where(tables.sources.c.key == key))

    def states(self):
        return {source.key: source.state for source in self.board.switchboard}


async def test_a_fresh_board_is_empty_until_it_is_refreshed(catalogue, opened):
    await catalogue.put("a")
    assert catalogue.states() == {}
    assert await catalogue.board.refresh()
    assert catalogue.states() == {"a": ConnectorState.ENABLED}
    assert opened == ["a"]


async def test_nothing_changes_when_nothing_changed(catalogue, opened):
    await catalogue.put("a")
    await catalogue.board.refresh()
    board = catalogue.board.switchboard
    assert not await catalogue.board.refresh()
    assert catalogue.board.switchboard is board
    assert opened == ["a"]


async def test_a_switch_takes_effect_on_the_running_board_without_opening_anything(
    catalogue, opened
):
    await catalogue.put("a")
    await catalogue.board.refresh()
    source = catalogue.board.switchboard.get("a")
    for on, state in ((False, ConnectorState.DISABLED), (True, ConnectorState.ENABLED)):
        await catalogue.switch("a", on=on)
        assert not await catalogue.board.refresh()
        assert catalogue.board.switchboard.get("a") is source
        assert source.state is state
    assert opened == ["a"]


async def test_sources_come_and_go_and_the_others_stay_as_they_are(catalogue, opened):
    await catalogue.put("a")
    await catalogue.put("b", position=1)
    await catalogue.board.refresh()
    before = catalogue.board.switchboard
    await catalogue.remove("a")
    await catalogue.put("c", position=2)
    assert await catalogue.board.refresh()
    after = catalogue.board.switchboard
    assert [source.key for source in after] == ["b", "c"]
    assert after.get("b") is before.get("b")
    # A request that runs keeps the board it began with.
    assert before.get("a").connector.closed is False
    assert opened == ["a", "b", "c"]


async def test_a_changed_line_is_opened_anew(catalogue, opened):
    await catalogue.put("a")
    await catalogue.board.refresh()
    old = catalogue.board.switchboard.get("a")
    await catalogue.put("a", name=Text({"id": "Nama baru"}))
    assert await catalogue.board.refresh()
    new = catalogue.board.switchboard.get("a")
    assert new is not old
    assert new.binding.name.pick("id") == "Nama baru"
    assert opened == ["a", "a"]


async def test_a_source_that_cannot_be_opened_is_set_aside_and_the_others_serve(catalogue, caplog):
    await catalogue.put("a", options={"fails": True})
    await catalogue.put("b", system="nobody-has-this", position=1)
    await catalogue.put("c", position=2)
    await catalogue.put("d", system=None, position=3)
    await catalogue.board.refresh()
    assert catalogue.states() == {
        "a": ConnectorState.QUARANTINED,
        "b": ConnectorState.QUARANTINED,
        "c": ConnectorState.ENABLED,
        "d": ConnectorState.PENDING,
    }
    assert [record.message for record in caplog.records] == ["source_not_opened"] * 2
    # It is not tried again at every look, only when an operator switches it off and on.
    await catalogue.board.refresh()
    assert len(caplog.records) == 2
    await catalogue.switch("b", on=False)
    await catalogue.board.refresh()
    await catalogue.switch("b", on=True)
    await catalogue.board.refresh()
    assert [r.source for r in caplog.records if r.message == "source_not_opened"] == ["a", "b", "b"]


async def test_an_installed_system_that_no_operator_allowed_is_set_aside_without_running(
    catalogue, opened
):
    board = Board(catalogue.engine, tools(Database(catalogue.engine)))
    await catalogue.put("a")
    await catalogue.put("b", system=None, position=1)
    await board.refresh()
    states = {source.key: source.state for source in board.switchboard}
    assert states == {"a": ConnectorState.QUARANTINED, "b": ConnectorState.PENDING}
    assert opened == []
    await board.aclose()


async def test_closing_the_board_closes_the_sources_of_now_and_of_before(catalogue):
    await catalogue.put("a")
    await catalogue.board.refresh()
    old = catalogue.board.switchboard.get("a").connector
    await catalogue.put("a", version=2)
    await catalogue.board.refresh()
    new = catalogue.board.switchboard.get("a").connector
    await catalogue.board.aclose()
    assert old.closed
    assert new.closed


async def test_the_board_serves_by_port(catalogue):
    line = binding("wilayah", system="store.areas", serves=("areas",))
    await catalogue.put("x")
    async with catalogue.engine.begin() as connection:
        await connection.execute(
            update(tables.sources).values(key=line.key, binding=bindings.written(line))
        )
    await catalogue.board.refresh()
    (source,) = catalogue.board.switchboard.serving(AreaSource)
    assert source.key == "wilayah"
    assert await source.ask(lambda areas: areas.areas_by_id(["36.71"])) == [None]


async def test_a_source_says_how_many_records_the_city_was_loaded_with(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path}/city.db")
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    await load_city(engine, Pack.of("kota_tangerang"), now=NOON)
    board = Board(engine, tools(Database(engine), plugins=ALLOWED))
    await board.refresh()
    totals: dict[str, Any] = {s.key: s.health().records_total for s in board.switchboard}
    assert totals["wilayah"] == 118
    assert totals["katalog"] == 174
    assert totals["laksa"] == 2000
    assert totals["e-plesiran"] + totals["fasilitas-umum"] == 128
    assert totals["bmkg-gempa"] is None
    await board.aclose()
    await engine.dispose()


async def test_what_left_the_board_is_closed_when_nobody_can_be_asking_it_any_more(
    database_url, opened
):
    clock = MovedClock()
    engine = open_engine(database_url)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all, tables=NEEDED)
    one = Catalogue(engine)
    one.board = Board(
        engine, tools(Database(engine), services=Services(NoWeb(), clock=clock), plugins=ALLOWED)
    )
    left: list[Any] = []
    for version in range(1, 31):
        await one.put("a", version=version)
        await one.board.refresh()
        source: Any = one.board.switchboard.get("a")
        left.append(source.connector)
        clock.move(10)
    assert [connector.closed for connector in left] == [True] * 23 + [False] * 7
    await one.board.aclose()
    assert all(connector.closed for connector in left)
    await engine.dispose()


async def test_a_line_that_could_not_be_opened_is_tried_again_after_a_while(
    database_url, opened, caplog
):
    clock = MovedClock()
    engine = open_engine(database_url)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all, tables=NEEDED)
    one = Catalogue(engine)
    one.board = Board(
        engine, tools(Database(engine), services=Services(NoWeb(), clock=clock), plugins=ALLOWED)
    )
    await one.put("a", options={"until": 3})
    await one.board.refresh()
    for _ in range(2):
        clock.move(60)
        assert one.states() == {"a": ConnectorState.QUARANTINED}
        await one.board.refresh()
        await one.board.refresh()
    assert one.states() == {"a": ConnectorState.ENABLED}
    said = [record.message for record in caplog.records]
    assert said == ["source_not_opened", "source_opened_at_last"]
    await one.board.aclose()
    await engine.dispose()


async def test_news_of_a_breaker_reaches_the_way_it_is_about(catalogue):
    await catalogue.put("a", fallback=(Fallback("plain"), Fallback("plain")))
    await catalogue.board.refresh()
    source = catalogue.board.switchboard.get("a")
    catalogue.board.heard("a~2", BreakerNews(5.0, 1, "TimedOut"))
    catalogue.board.heard("nobody", BreakerNews(5.0, 1, "TimedOut"))
    states = [upkeep.breaker.state.name for upkeep in source.upkeeps]
    assert states == ["CLOSED", "CLOSED", "OPEN"]
