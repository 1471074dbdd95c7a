"""Look-ups gather the ids of one tick, ask each source once, and keep failures apart."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

import pytest

from connectors import errors
from connectors.ports.common import ErrorCode, ScopedId, Source
from connectors.ports.connectors import SourceState
from resolvers.lookups import Lookup
from resolvers.problems import Refusal
from tests.builders import context, source


class ThingSource(Source, Protocol):
    async def things_by_id(self, ids: Sequence[str]) -> Sequence[str | None]: ...


class Things:
    """Knows every id but `0`; remembers what it was asked."""

    def __init__(self, name, answer=None):
        self.name = name
        self.calls = []
        self.answer = answer

    async def things_by_id(self, ids):
        self.calls.append(list(ids))
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer is not None:
            return self.answer(ids)
        return [None if local == "0" else f"{self.name}/{local}" for local in ids]


PORTS = {"things": ThingSource}
thing_by_id: Lookup[ThingSource, str] = Lookup(
    ThingSource, lambda source, ids: source.things_by_id(ids)
)


def over(*things):
    return context(*(source(one.name, one) for one in things), ports=PORTS)


async def test_the_ids_of_one_tick_become_one_call_per_source():
    a, b = Things("a"), Things("b")
    request = over(a, b)
    ids = [ScopedId("a", "1"), ScopedId("b", "1"), ScopedId("a", "2"), ScopedId("a", "1")]
    found = await asyncio.gather(*(thing_by_id(request, id_) for id_ in ids))
    assert found == ["a/1", "b/1", "a/2", "a/1"]
    assert (a.calls, b.calls) == ([["1", "2"]], [["1"]])


async def test_an_answer_is_remembered_for_the_request_and_no_longer():
    a = Things("a")
    request = over(a)
    assert await thing_by_id(request, ScopedId("a", "1")) == "a/1"
    assert await thing_by_id(request, ScopedId("a", "1")) == "a/1"
    assert a.calls == [["1"]]
    await thing_by_id(over(a), ScopedId("a", "1"))
    assert a.calls == [["1"], ["1"]]


async def test_values_come_in_the_order_of_the_ids_and_none_where_unknown():
    ids = [ScopedId("a", local) for local in ("3", "0", "1")]
    assert await thing_by_id.many(over(Things("a")), ids) == ["a/3", None, "a/1"]


async def test_two_lookups_of_one_port_do_not_share_answers():
    other: Lookup[ThingSource, str] = Lookup(
        ThingSource, lambda source, ids: source.things_by_id([f"x{id_}" for id_ in ids])
    )
    request = over(Things("a"))
    assert await thing_by_id(request, ScopedId("a", "1")) == "a/1"
    assert await other(request, ScopedId("a", "1")) == "a/x1"


async def test_a_source_that_fails_fails_its_own_ids_only():
    request = over(Things("a"), Things("b", errors.TimedOut("slow")))
    good, bad = await thing_by_id.all_or_errors(request, [ScopedId("a", "1"), ScopedId("b", "1")])
    assert good == "a/1"
    assert isinstance(bad, errors.TimedOut)
    assert bad.source == "b"
    assert request.statuses["b"].state is SourceState.TIMEOUT


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (lambda _: [], errors.Unreadable),
        (lambda ids: [*ids, "more"], errors.Unreadable),
        (lambda _: 7, errors.Broken),
        (lambda _: 1 / 0, errors.Broken),
    ],
)
async def test_a_batch_that_is_no_answer_is_the_fault_of_its_source_alone(answer, error):
    request = over(Things("a"), Things("b", answer))
    ids = [ScopedId("a", "1"), ScopedId("b", "1"), ScopedId("b", "2")]
    good, *bad = await thing_by_id.all_or_errors(request, ids)
    assert good == "a/1"
    assert {type(one) for one in bad} == {error}
    assert request.switchboard.get("b").health().error_rate == 1


async def test_an_exception_in_one_place_of_a_batch_fails_that_id_only():
    lost = errors.Unreadable("no name", source="a")
    request = over(Things("a", lambda ids: [lost if local == "2" else local for local in ids]))
    found = await thing_by_id.all_or_errors(request, [ScopedId("a", "1"), ScopedId("a", "2")])
    assert found == ["1", lost]


async def test_an_id_of_a_source_nobody_knows_is_bad_input():
    request = over(Things("a"))
    with pytest.raises(Refusal, match="'b'") as refusal:
        await thing_by_id(request, ScopedId("b", "1"))
    assert refusal.value.code is ErrorCode.BAD_INPUT


async def test_an_id_of_a_source_that_serves_something_else_is_bad_input():
    class Other:
        pass

    request = context(source("a", Other(), serves=("others",)), ports=PORTS)
    with pytest.raises(Refusal):
        await thing_by_id(request, ScopedId("a", "1"))


async def test_a_source_that_is_switched_off_is_not_asked():
    a = Things("a")
    request = over(a)
    request.switchboard.get("a").enabled = False
    with pytest.raises(errors.SwitchedOff):
        await thing_by_id(request, ScopedId("a", "1"))
    assert a.calls == []


async def test_many_raises_what_the_first_failing_id_raised():
    request = over(Things("a", errors.Unreachable()))
    with pytest.raises(errors.Unreachable):
        await thing_by_id.many(request, [ScopedId("a", "1")])


async def test_a_field_that_is_cancelled_takes_nothing_from_another_that_asks_the_same():
    a = Things("a")
    request, one = over(a), ScopedId("a", "1")
    for asked in (
        thing_by_id(request, one),
        thing_by_id.many(request, [one]),
        thing_by_id.all_or_errors(request, [one]),
    ):
        other = asyncio.ensure_future(thing_by_id(request, one))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await asked
        assert await other == "a/1"
        request.loaders.clear()
