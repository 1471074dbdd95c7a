"""The switchboard finds sources, asks them, and remembers how they answered."""

import asyncio
import logging
from typing import Protocol

import pytest

from connectors import errors
from connectors.ports.common import Source
from connectors.ports.connectors import BreakerState, ConnectorState
from connectors.switchboard import Switchboard
from tests.builders import source


class ThingSource(Source, Protocol): ...


class OtherSource(Source, Protocol): ...


async def answer(connector):
    return connector.upper()


def failing(error):
    async def question(_connector):
        raise error

    return question


def test_sources_are_found_by_port_and_key_in_catalogue_order():
    b, a, c = source("b", "x"), source("a", "x"), source("c", "x", serves=("others",))
    board = Switchboard([b, a, c], {"things": ThingSource, "others": OtherSource})
    assert list(board) == [b, a, c]
    assert board.serving(ThingSource) == [b, a]
    assert board.named(ThingSource, "a") is a
    assert board.named(ThingSource, "c") is None
    assert board.named(ThingSource, "z") is None
    assert board.get("c") is c
    assert board.get("z") is None


def test_a_port_that_is_not_on_the_board_is_served_by_nobody():
    assert Switchboard([source("a", "x")], {}).serving(ThingSource) == []


def test_the_state_says_what_matters_first():
    assert source("a", "x").state is ConnectorState.ENABLED
    assert source("a").state is ConnectorState.PENDING
    assert source("a", system="memory").state is ConnectorState.QUARANTINED
    off = source("a", "x")
    off.enabled = False
    assert off.state is ConnectorState.DISABLED


async def test_a_source_is_down_from_its_first_failure_until_it_answers_again():
    one = source("a", "x")
    states = [one.state]
    with pytest.raises(errors.Unreachable):
        await one.ask(failing(errors.Unreachable()))
    states.append(one.state)
    assert await one.ask(answer) == "X"
    states.append(one.state)
    assert states == [ConnectorState.ENABLED, ConnectorState.DOWN, ConnectorState.ENABLED]


@pytest.mark.parametrize(
    ("one", "error"),
    [(source("a"), errors.NotConfigured), (source("a", system="memory"), errors.Broken)],
)
async def test_a_source_without_a_connector_says_why(one, error):
    with pytest.raises(error) as failure:
        await one.ask(answer)
    assert failure.value.source == "a"


async def test_a_source_that_is_off_is_not_asked():
    one = source("a", "x")
    one.enabled = False
    with pytest.raises(errors.SwitchedOff):
        await one.ask(failing(AssertionError("asked")))


async def test_a_failure_carries_the_key_of_its_source_unless_it_has_one():
    one = source("a", "x")
    for error, key in (
        (errors.Broken(), "a"),
        (errors.Broken(source="deeper"), "deeper"),
    ):
        with pytest.raises(errors.Broken) as failure:
            await one.ask(failing(error))
        assert failure.value.source == key


async def test_a_fault_nobody_planned_becomes_broken_and_keeps_its_cause():
    fault = ZeroDivisionError("a secret")
    with pytest.raises(errors.Broken) as failure:
        await source("a", "x").ask(failing(fault))
    assert failure.value.__cause__ is fault
    assert "secret" not in str(failure.value)


async def test_breaking_and_returning_are_reported_once_each(caplog):
    caplog.set_level(logging.INFO)
    one = source("a", "x")
    for _ in range(3):
        with pytest.raises(errors.ConnectorError):
            await one.ask(failing(KeyError("x")))
    for _ in range(3):
        await one.ask(answer)
    assert [record.message for record in caplog.records] == [
        "connector_fault",
        "source_broke",
        "source_returned",
    ]
    assert {vars(record)["source"] for record in caplog.records} == {"a"}


async def test_a_source_that_dislikes_a_question_is_well(caplog):
    one = source("a", "x")
    with pytest.raises(errors.Unreachable):
        await one.ask(failing(errors.Unreachable()))
    with pytest.raises(errors.Rejected):
        await one.ask(failing(errors.Rejected()))
    assert one.state is ConnectorState.ENABLED
    assert one.health().error_rate == 0.5
    assert one.health().last_error == "Unreachable"
    assert [record.message for record in caplog.records] == ["source_broke", "source_returned"]


async def test_health_before_the_first_question_is_good_and_knows_no_times():
    health = source("a", "x").health()
    assert (health.up, health.uptime24h, health.error_rate) == (True, 1.0, 0.0)
    assert (health.p50_ms, health.p95_ms, health.last_success_at) == (None, None, None)
    assert health.breaker is BreakerState.CLOSED


async def test_health_counts_what_was_answered():
    one = source("a", "x")
    for _ in range(3):
        await one.ask(answer)
    with pytest.raises(errors.TimedOut):
        await one.ask(failing(errors.TimedOut("the text of an upstream")))
    health = one.health()
    assert (health.up, health.uptime24h, health.error_rate) == (False, 0.75, 0.25)
    assert health.last_error == "TimedOut"
    assert health.last_success_at is not None
    assert health.p50_ms is not None
    assert health.p95_ms is not None
    assert health.p50_ms <= health.p95_ms


async def test_a_question_that_is_cancelled_says_nothing_about_the_source():
    one = source("a", "x")
    with pytest.raises(errors.Unreachable):
        await one.ask(failing(errors.Unreachable()))
    started = asyncio.Event()

    async def never(_connector):
        started.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(one.ask(never))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert one.state is ConnectorState.DOWN
    assert one.health().error_rate == 1


async def test_connectors_are_closed_in_reverse_and_one_that_cannot_stops_no_other(caplog):
    closed = []

    class Closable:
        def __init__(self, name):
            self.name = name

        async def aclose(self):
            closed.append(self.name)
            if self.name == "b":
                raise OSError

    sources = [
        source("a", Closable("a")),
        source("b", Closable("b")),
        source("c", "plain"),
        source("d"),
    ]
    await Switchboard(sources, {}).aclose()
    assert closed == ["b", "a"]
    assert [record.message for record in caplog.records] == ["source_not_closed"]
