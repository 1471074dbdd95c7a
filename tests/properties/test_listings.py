"""Lists of several sources merge into one total order: nothing lost, nothing twice."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import errors
from connectors.memory.base import slice_of
from connectors.ports.common import (
    ErrorCode,
    Origin,
    Page,
    Slice,
    Source,
    SourceQuality,
    Text,
    order_key,
)
from connectors.ports.connectors import Binding, ConnectorKind, SourceState
from connectors.switchboard import Source as Plugged
from connectors.switchboard import Switchboard
from resolvers import ids
from resolvers.context import Context
from resolvers.listings import PageArgs, listing, page_of
from resolvers.problems import Refusal

WHEN = datetime(2026, 11, 23, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Thing:
    origin: Origin
    size: int | None


class ThingSource(Source, Protocol):
    async def find_things(self, page: Page) -> Slice[Thing]: ...


class Things:
    def __init__(self, name, sizes, *, failing=None):
        self.name = name
        self.failing = failing
        self.things = [
            Thing(Origin(name, f"{n:03}", WHEN, WHEN, SourceQuality.SAMPLE), size)
            for n, size in enumerate(sizes)
        ]

    async def find_things(self, page):
        if self.failing is not None:
            raise self.failing
        return slice_of(self.things, page, lambda thing: thing.size)


def board(*sources, pending=()):
    plugged: list[Plugged[Any]] = [
        Plugged(
            Binding(s.name, Text({"id": s.name}), ConnectorKind.MEMORY, ("things",), "memory"), s
        )
        for s in sources
    ]
    plugged += [
        Plugged(Binding(key, Text({"id": key}), ConnectorKind.MEMORY, ("things",)), None)
        for key in pending
    ]
    return Context(switchboard=Switchboard(plugged, {"things": ThingSource}))


async def ask(context, args, *, descending=False):
    mark = ids.fingerprint("things", descending)
    page = page_of(args, mark, descending=descending)
    return await listing(
        context, ThingSource, lambda source, part: source.find_things(part), page, mark
    )


sizes = st.lists(st.one_of(st.none(), st.integers(0, 4)), max_size=8)


@given(st.lists(sizes, min_size=1, max_size=4), st.integers(1, 5), st.booleans())
async def test_paging_forward_gives_the_whole_order_once(lists, first, descending):
    sources = [Things(f"s{n}", one) for n, one in enumerate(lists)]
    expected = _in_order(sources, descending=descending)
    context, seen, after = board(*sources), [], None
    while True:
        answer = await ask(context, PageArgs(first=first, after=after), descending=descending)
        seen += [edge.node for edge in answer.edges]
        assert answer.page_info.has_next_page == (len(seen) < len(expected))
        if not answer.page_info.has_next_page:
            break
        after = answer.page_info.end_cursor
    assert seen == expected


@given(st.lists(sizes, min_size=1, max_size=4), st.integers(1, 5), st.booleans())
async def test_paging_backward_gives_the_same_order(lists, last, descending):
    sources = [Things(f"s{n}", one) for n, one in enumerate(lists)]
    expected = _in_order(sources, descending=descending)
    context, before = board(*sources), None
    seen: list[Thing] = []
    while True:
        answer = await ask(context, PageArgs(last=last, before=before), descending=descending)
        seen = [edge.node for edge in answer.edges] + seen
        if not answer.page_info.has_previous_page:
            break
        before = answer.page_info.start_cursor
    assert seen == expected


def _in_order(sources, *, descending):
    from connectors.ports.common import Position

    return sorted(
        (thing for source in sources for thing in source.things),
        key=lambda t: order_key(
            Position(t.size, t.origin.connector, t.origin.local_id), descending=descending
        ),
    )


async def test_one_source_of_two_fails_and_the_list_says_who():
    down = errors.TimedOut(retry_after=30)
    answer = await ask(board(Things("a", [1, 2]), Things("b", [3], failing=down)), PageArgs())
    assert [edge.node.size for edge in answer.edges] == [1, 2]
    states = {status.connector: status for status in answer.sources}
    assert states["a"].state is SourceState.OK
    assert states["b"].state is SourceState.TIMEOUT
    assert states["b"].code is ErrorCode.UPSTREAM_TIMEOUT
    assert states["b"].retry_after == 30


async def test_when_every_source_fails_there_is_no_list_but_an_error():
    context = board(Things("a", [1], failing=errors.Unreachable()), pending=["later"])
    with pytest.raises(errors.Unreachable) as failure:
        await ask(context, PageArgs())
    assert failure.value.source == "a"
    assert {status["connector"] for status in context.problem_sources} == {"a", "later"}


async def test_a_list_without_a_configured_source_is_null_and_says_so():
    context = board(pending=["later"])
    assert await ask(context, PageArgs()) is None
    (status,) = context.problem_sources
    assert (status["connector"], status["state"], status["code"]) == ("later", "DISABLED", None)


async def test_a_switched_off_source_is_named_and_not_asked():
    context = board(Things("a", [1]), Things("b", [2]))
    context.switchboard.get("b").enabled = False
    answer = await ask(context, PageArgs())
    assert [edge.node.size for edge in answer.edges] == [1]
    assert {s.connector: s.state for s in answer.sources} == {
        "a": SourceState.OK,
        "b": SourceState.DISABLED,
    }


async def test_a_connector_that_breaks_in_a_way_nobody_planned_is_only_its_own_fault():
    answer = await ask(
        board(Things("a", [1]), Things("b", [2], failing=ZeroDivisionError("secret"))), PageArgs()
    )
    assert [edge.node.size for edge in answer.edges] == [1]
    (broken,) = [status for status in answer.sources if status.connector == "b"]
    assert broken.state is SourceState.DOWN
    assert "secret" not in broken.message.pick("en")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (PageArgs(first=-1), "`first` must be from 0 to 500, not -1"),
        (PageArgs(first=10_000), "`first` must be from 0 to 500"),
        (PageArgs(last=501), "`last` must be from 0 to 500"),
        (PageArgs(first=1, last=1), "not both"),
        (PageArgs(after="x", last=1), "not mixed"),
        (PageArgs(after="x"), "`after` is not a cursor"),
        (PageArgs(before=""), "`before` is not a cursor"),
    ],
)
async def test_page_arguments_that_make_no_sense_are_refused(args, message):
    with pytest.raises(Refusal, match=message):
        await ask(board(Things("a", [1])), args)


async def test_a_page_of_none_is_empty_and_knows_that_more_follow():
    answer = await ask(board(Things("a", [1])), PageArgs(first=0))
    assert answer.edges == ()
    assert answer.page_info.has_next_page
