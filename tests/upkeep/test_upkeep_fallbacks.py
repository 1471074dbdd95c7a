"""Ways to fall back on: time left for the next, nothing shared between them, faults of one."""

import asyncio
import logging
from typing import Any

import pytest

from connectors import errors
from connectors.ports.connectors import BreakerState
from connectors.switchboard import Source
from connectors.upkeep.asking import asking, note_fetch, note_trouble, remaining, within
from connectors.upkeep.fallback import Chain
from connectors.upkeep.keep import MemoryKeep
from connectors.upkeep.policy import Policy
from connectors.upkeep.shared import NoWire
from connectors.upkeep.upkeep import Services, Upkeep
from tests.builders import binding, source
from tests.upstream import NOON, MovedClock, SaidWeb, Upstream, nowhere, words


class Step:
    def __init__(self, answer):
        self.answer = answer
        self.asked = 0

    async def list_things(self):
        self.asked += 1
        return await self.answer()


def gives(value):
    async def answer():
        return value

    return answer


def fails(error):
    async def answer():
        raise error

    return answer


async def hangs():
    await asyncio.Event().wait()


async def test_a_step_that_hangs_leaves_time_for_the_next_one():
    chain = Chain("luar", [Step(hangs), Step(gives("berkas"))])
    with asking() as noted, within(0.2):
        assert await chain.list_things() == "berkas"
        assert remaining() > 0
    assert isinstance(noted.trouble, errors.TimedOut)


class Panic(BaseException): ...


@pytest.mark.parametrize("fault", [KeyError("x"), Panic(), asyncio.CancelledError()])
async def test_a_fault_of_one_step_is_a_reason_to_ask_the_next_and_is_written_down_once(
    fault, caplog
):
    chain = Chain("luar", [Step(fails(fault)), Step(gives("berkas"))])
    for _ in range(3):
        with asking() as noted:
            assert await chain.list_things() == "berkas"
        assert isinstance(noted.trouble, errors.Broken)
    assert [record.message for record in caplog.records] == ["connector_fault"]


async def test_who_goes_away_asks_no_further_step():
    second = Step(gives("berkas"))
    asked = asyncio.create_task(Chain("luar", [Step(hangs), second]).list_things())
    await asyncio.sleep(0)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert second.asked == 0


async def test_what_a_step_said_before_it_failed_is_not_said_of_the_next_ones_answer():
    async def half():
        note_trouble(errors.TimedOut("a part"), partial=True)
        note_fetch(NOON.replace(year=2020))
        raise errors.Broken("the rest")

    async def whole():
        note_fetch(NOON)
        return "berkas"

    with asking() as noted:
        await Chain("luar", [Step(half), Step(whole)]).list_things()
    assert isinstance(noted.trouble, errors.Broken)
    assert (noted.partial, noted.fetched_at) == (False, NOON)


async def test_with_everything_down_the_first_failure_is_told():
    chain = Chain("luar", [Step(fails(errors.Unreachable())), Step(fails(errors.Unreadable()))])
    with asking() as noted, pytest.raises(errors.Unreachable):
        await chain.list_things()
    assert noted.trouble is None


class Told(NoWire):
    def __init__(self):
        self.news = []

    def tell(self, source, news):
        self.news.append((source, news))


async def test_the_steps_of_one_source_share_neither_breakers_nor_last_good_answers():
    clock, keep, wire = MovedClock(), MemoryKeep(), Told()
    services = Services(SaidWeb(nowhere), clock=clock, keep=keep, wire=wire)
    rules = Policy(breaker_failures=1, max_retries=0)
    first, second = (Upkeep("luar", rules, services, step=step) for step in (0, 1))
    await first.fetch("berkas a.csv", Upstream("satu"), words)
    assert await second.fetch("berkas a.csv", Upstream("dua"), words) == ("dua", False)
    with pytest.raises(errors.Broken):
        await second.fetch("other", Upstream(errors.Broken()), words)
    ((told, _),) = wire.news
    assert told not in {first.mark, first.source}
    assert second.breaker.state is BreakerState.OPEN
    assert first.breaker.state is BreakerState.CLOSED


async def test_closing_a_source_ends_the_calls_of_every_step(caplog):
    services = Services(SaidWeb(nowhere), clock=MovedClock())
    own, beside = (Upkeep("luar", Policy(), services, step=step) for step in (0, 1))
    upstream = Upstream("satu")
    upstream.gate = asyncio.Event()
    one: Source[Any] = Source(binding("luar"), Chain("luar", [Step(hangs)] * 2, [beside]), own)
    assert list(one.upkeeps) == [own, beside]
    asked = [asyncio.create_task(each.fetch("k", upstream, words)) for each in one.upkeeps]
    await upstream.called.wait()
    await one.aclose()
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(answer) for answer in answers] == [errors.TimedOut] * 2
    assert caplog.records == []


# ------------------------------------------------------------------------------- sources


@pytest.mark.parametrize("fault", [Panic(), asyncio.CancelledError()])
async def test_a_fault_of_any_kind_is_a_failure_of_its_source_alone(fault, caplog):
    one = source("luar", Step(fails(fault)))
    with caplog.at_level(logging.ERROR), pytest.raises(errors.Broken) as failure:
        await one.ask(lambda it: it.list_things())
    assert failure.value.source == "luar"


async def test_a_source_knows_how_much_time_its_caller_has():
    one = source("luar", Step(gives("x")))

    async def question(_):
        return remaining()

    assert 0 < await one.ask(question) <= 15
    with within(3):
        assert 0 < await one.ask(question) <= 3


async def test_a_caller_without_time_makes_no_source_look_down():
    one = source("luar", Step(hangs))
    with within(0.01), pytest.raises(errors.TimedOut):
        await one.ask(lambda it: it.list_things())
    assert one.health().up


async def test_a_connector_that_hangs_by_itself_is_left_alone_after_three_questions():
    step = Step(hangs)
    one = source("luar", step)

    async def ask():
        with within(1.1):
            return await one.ask(lambda it: it.list_things())

    answers = await asyncio.gather(*(ask() for _ in range(3)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [errors.TimedOut] * 3
    with pytest.raises(errors.TimedOut) as failure:
        await ask()
    assert step.asked == 3
    assert failure.value.source == "luar"
    assert 0 < (failure.value.retry_after or 0) <= 5
    assert one.health().breaker is BreakerState.OPEN


async def test_a_connector_that_hung_is_tried_by_one_and_then_asked_by_all():
    clock, step = MovedClock(), Step(hangs)
    idle = Upkeep("luar", Policy(), Services(SaidWeb(nowhere), clock=clock))
    one: Source[Any] = Source(binding("luar"), step, idle)

    async def ask():
        with within(1.1):
            return await one.ask(lambda it: it.list_things())

    await asyncio.gather(*(ask() for _ in range(3)), return_exceptions=True)
    clock.move(5)
    step.answer = gives("kembali")
    assert [await ask(), await ask()] == ["kembali"] * 2
    assert one.health().breaker is BreakerState.CLOSED
