"""The board shows every connector of a team as it stands, and a broken one stops nobody."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from catalog.board import Board
from catalog.loaded import alone
from catalog.registrations import life, lines, marks
from catalog.registrations.tables import connector_versions
from connectors.base import NoWeb
from connectors.errors import NotConfigured, Paused, SwitchedOff
from connectors.kinds.sql import Database
from connectors.ports.common import ErrorCode
from connectors.ports.connectors import ConnectorFetch, ConnectorKind, ConnectorState
from connectors.upkeep.documents import Answer
from connectors.upkeep.upkeep import Services
from tests.builders import tools
from tests.registrations.office import BOSS, NOW, TODAY, facts, refused, submission
from tests.upstream import MovedClock, SaidWeb


class Desk:
    """A worker with a board over the registry."""

    def __init__(self, office, web=None):
        self.office = office
        self.clock = MovedClock(NOW)
        services = Services(web or NoWeb(), clock=self.clock)
        self.board = Board(office.engine, tools(Database(office.engine), services=services))

    async def state(self, key="parkir"):
        await self.board.refresh()
        source = self.board.switchboard.get(key)
        return None if source is None else source.state

    @property
    def source(self):
        return self.board.switchboard.get("parkir")


@pytest.fixture
async def desk(office):
    made = Desk(office)
    yield made
    await made.board.aclose()


async def test_a_connector_waits_serves_and_is_switched_on_the_board(office, desk):
    assert await desk.state() is None
    await office.submit()
    assert await desk.state() is ConnectorState.PENDING
    await refused_question(desk.source, NotConfigured)
    await office.approve(1)
    assert await desk.state() is ConnectorState.ENABLED
    binding = desk.source.binding
    assert (binding.kind, binding.system) == (ConnectorKind.DECLARATIVE, lines.SYSTEM)
    assert (binding.app, binding.version) == ("slot-001", 1)
    assert lines.read_submission(binding.options["submission"]) == submission()
    await office.switch(ConnectorState.DISABLED)
    assert await desk.state() is ConnectorState.DISABLED
    await refused_question(desk.source, SwitchedOff)
    await office.switch(ConnectorState.QUARANTINED)
    assert await desk.state() is ConnectorState.QUARANTINED
    await office.switch(ConnectorState.ENABLED)
    assert await desk.state() is ConnectorState.ENABLED


async def refused_question(source, kind):
    async def question(connector):
        return connector

    with pytest.raises(kind):
        await source.ask(question)


async def test_a_refused_connector_is_not_on_the_board(office, desk):
    await office.submit()
    await desk.state()
    await office.refuse(1)
    assert await desk.state() is None


async def test_nothing_is_opened_anew_when_nothing_changed(office, desk):
    await office.served()
    await desk.board.refresh()
    source = desk.source
    assert not await desk.board.refresh()
    # A version that only waits changes nothing of what serves.
    await office.submit(submission(note="2"), facts(writes=("Mutation.x",)), expected=1)
    assert not await desk.board.refresh()
    assert desk.source is source
    await office.approve(2)
    assert await desk.board.refresh()
    assert desk.source is not source
    (before,) = desk.source.binding.options["previous"]
    assert before["version"] == 1
    assert lines.read_submission(before["submission"]).sdl == submission().sdl


async def test_rows_are_read_only_when_the_registry_changed(office, desk):
    await office.served()
    await desk.board.refresh()
    # Behind the registry's back: nobody grew the generation, so nobody looks.
    async with office.engine.begin() as connection:
        await connection.execute(update(connector_versions).values(sdl="type {"))
    assert not await desk.board.refresh()


async def test_a_connector_is_opened_anew_on_demand_in_every_worker(office, desk):
    await office.served()
    await desk.board.refresh()
    source = desk.source
    async with alone(office.engine) as connection:
        await life.refresh(connection, "parkir", by=BOSS, now=NOW)
    assert await desk.board.refresh()
    assert desk.source is not source


async def test_an_expired_connector_rests_and_is_told_as_expired(office, desk):
    await office.served(None, facts(expires=TODAY))
    assert await desk.state() is ConnectorState.ENABLED
    desk.clock.move(timedelta(days=1).total_seconds())
    # Nobody changed anything: the day did.
    assert await desk.state() is ConnectorState.EXPIRED
    now = desk.clock.now()
    assert 0 < desk.source.upkeep.policy.silent_for(now, now) < 2**31


async def test_an_expired_connector_gives_what_it_answered_last(office):
    web = SaidWeb(lambda _: Answer(200, {"content-type": "application/json"}, b'[{"id": "1"}]'))
    desk = Desk(office, web)
    await office.served(None, facts(expires=TODAY))
    await desk.board.refresh()

    async def lots(connector):
        (connect,) = connector.app.description.connects
        return await connector.ask(connect, {"$args": {}}, headers=None)

    fresh = await desk.source.answer(lots)
    assert fresh.value.value == [{"id": "1"}]
    desk.clock.set(NOW + timedelta(hours=21))
    assert await desk.state() is ConnectorState.EXPIRED
    last = await desk.source.answer(lots)
    assert last.value.value == [{"id": "1"}]
    assert isinstance(last.trouble, Paused)
    assert len(web.asked) == 1
    await desk.board.aclose()


async def test_a_version_that_no_longer_opens_gives_way_to_the_one_before(office, desk):
    await office.served()
    await office.submit(submission(note="2"), expected=1)
    async with office.engine.begin() as connection:
        broken = update(connector_versions).where(connector_versions.c.version == 2)
        await connection.execute(broken.values(sdl="type {"))
    assert await desk.state() is ConnectorState.ENABLED
    assert desk.source.binding.version == 2
    assert desk.source.connector.app.submission.sdl == submission().sdl


async def test_a_broken_registration_stops_nobody(office, desk):
    await office.served()
    other = submission("klinik", "slot-002", prefix="Klinik")
    await office.served(other, facts("Klinik"), by=BOSS)
    async with office.engine.begin() as connection:
        broken = update(connector_versions).where(connector_versions.c.key == "parkir")
        await connection.execute(broken.values(sdl="type {"))
    assert await desk.state() is ConnectorState.QUARANTINED
    assert await desk.state("klinik") is ConnectorState.ENABLED


async def test_drift_is_shown_by_every_worker_until_it_is_gone(office, desk):
    await office.served()
    await desk.board.refresh()
    source = desk.source
    async with alone(office.engine) as connection:
        assert await marks.mark_drift(connection, "parkir", ["/0/name: gone"], now=NOW)
    async with alone(office.engine) as connection:
        assert not await marks.mark_drift(connection, "parkir", ["/0/name: gone"], now=NOW)
    await desk.board.refresh()
    # It is the same source still, with all it remembers.
    assert desk.source is source
    assert source.health().schema_drift == ("/0/name: gone",)
    async with alone(office.engine) as connection:
        assert await marks.mark_drift(connection, "parkir", [], now=NOW)
    await desk.board.refresh()
    assert source.health().schema_drift == ()


async def test_marks_need_a_registration(office):
    async with alone(office.engine) as connection:
        await refused(ErrorCode.NOT_FOUND, marks.mark_drift(connection, "x", ["y"], now=NOW))
        await refused(ErrorCode.NOT_FOUND, marks.mark_rehearsal(connection, "x", {}))


async def test_what_is_composed_comes_in_order_of_acceptance_and_without_quarantine(office):
    await office.served()
    await office.served(submission("a", "slot-002", prefix="A"), facts("A"), by=BOSS)
    await office.submit(submission("b", "slot-003", prefix="B"), facts("B"), by=BOSS)
    await office.submit(submission(note="2"), expected=1)

    async def order():
        async with office.looking() as connection:
            return [
                (one.key, one.version, one.previous_version, one.state.value)
                for one in await lines.active(connection, today=TODAY)
            ]

    # The newer version of the first came last.
    assert await order() == [("a", 1, None, "ENABLED"), ("parkir", 2, 1, "ENABLED")]
    await office.switch(ConnectorState.DISABLED, "a")
    await office.switch(ConnectorState.QUARANTINED)
    assert await order() == [("a", 1, None, "DISABLED")]


async def test_only_the_last_fetches_are_kept(office):
    def fetch(number):
        return ConnectorFetch(NOW + timedelta(seconds=number), number % 2 == 0, 200, 10, "ab", 5)

    async with office.engine.begin() as connection:
        await marks.note_fetches(connection, "other", [fetch(0)])
        await marks.note_fetches(connection, "parkir", [fetch(n) for n in range(40)])
        await marks.note_fetches(connection, "parkir", [fetch(n) for n in range(40, 70)])
        await marks.note_fetches(connection, "parkir", [])
    async with office.looking() as connection:
        kept = await marks.fetches(connection, "parkir", first=100)
        few = await marks.fetches(connection, "parkir", first=2)
        others = await marks.fetches(connection, "other")
    assert kept == [fetch(n) for n in range(69, 19, -1)]
    assert few == [fetch(69), fetch(68)]
    assert len(others) == 1
