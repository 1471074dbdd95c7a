"""Whatever realtime says, a board is what the timetable and the updates say of every single run."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.ports.transit import BoardCriteria, Boarding, Departure, RealtimeState, mark_of
from connectors.ports.trip_updates import (
    CallState,
    CallUpdate,
    Expected,
    TripState,
    TripUpdate,
    TripUpdates,
    expected,
)
from resolvers import realtime
from tests.feeds import MONDAY, at, in_memory, times
from tests.hand_feeds import TRIPS, written

DAY = timedelta(days=1)
TIMETABLE = in_memory(
    written(
        trips=TRIPS + "".join(f"{'RQ'[n % 2]},D,t{n},\n" for n in range(8)) + "R,D,T,\n",
        stop_times=times(
            *(
                f"t{n},06:{(n * 7 + k * 11) % 60:02}:00,{stop},{k + 1}"
                if (n * 7 + k * 11) < 60
                else f"t{n},07:{(n * 7 + k * 11) % 60:02}:00,{stop},{k + 1}"
                for n in range(8)
                for k, stop in enumerate("ABC")
            ),
            "T,06:00:00,A,1",
            "T,06:10:00,B,2",
            "T,06:20:00,C,3",
        ),
        frequencies="trip_id,start_time,end_time,headway_secs,exact_times\n"
        "T,06:00:00,07:00:00,900,1\n",
    )
)
RUNS = [*(f"t{n}" for n in range(8)), *(f"T@06:{m:02}:00" for m in (0, 15, 30, 45))]
START = at("2026-11-23 06:10")

delays = st.integers(-10, 90).map(lambda minutes: timedelta(minutes=minutes))
calls = st.builds(
    lambda sequence, state, delay, by_stop: CallUpdate(
        None if by_stop else sequence,
        "ABC"[sequence - 1] if by_stop else None,
        state,
        departure=None if state is not CallState.SCHEDULED else Expected(delay=delay),
    ),
    st.integers(1, 3),
    st.sampled_from([CallState.SCHEDULED, CallState.SKIPPED, CallState.NO_DATA]),
    delays,
    st.booleans(),
)


@st.composite
def update(draw: st.DrawFn) -> TripUpdate:
    run = draw(st.sampled_from(RUNS))
    template, _, start = run.partition("@")
    return TripUpdate(
        trip=template,
        start=int(start[:2]) * 3600 + int(start[3:5]) * 60 if start else None,
        day=draw(st.sampled_from([MONDAY, MONDAY + DAY])),
        state=draw(st.sampled_from([TripState.SCHEDULED, TripState.SCHEDULED, TripState.CANCELED,
                                    TripState.DELETED])),
        calls=tuple(draw(st.lists(calls, max_size=3))),
        delay=draw(st.none() | delays),
    )  # fmt: skip


async def by_hand(
    updates: TripUpdates, criteria: BoardCriteria, *, canceled: bool
) -> list[Departure]:
    """Every run of three days by itself."""
    found = []
    for day in (MONDAY - DAY, MONDAY, MONDAY + DAY):
        for run in RUNS:
            (some,) = await TIMETABLE.calls_by_run([(run, day)])
            said = next((u for u in updates.updates if run in u.local_ids and u.day == day), None)
            if said is None:
                found += [replace(one, realtime=RealtimeState.NO_DATA) for one in some or ()]
            elif said.state is not TripState.DELETED:
                found += expected(some or (), said)
    off = (RealtimeState.CANCELED, RealtimeState.SKIPPED)
    shown = [
        one
        for one in found
        if criteria.start <= one.leaves_at < criteria.end
        and one.stop.local in "AB"
        and one.boarding is not Boarding.NONE
        and (canceled or one.realtime not in off)
    ]
    return sorted(shown, key=mark_of)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(update(), max_size=8),
    st.integers(1, 30),
    st.none() | st.integers(1, 4),
    st.booleans(),
)
def test_a_board_is_what_every_run_says_of_itself_and_so_are_its_pages(
    updates, first, per_line, canceled
):
    async def run() -> None:
        feed = TripUpdates("kota", START, tuple(updates))
        told = realtime.Told((realtime._Feed.of(feed),), (), START)
        criteria = BoardCriteria(START, START + timedelta(hours=1), first, per_line=per_line)
        wanted = await by_hand(feed, criteria, canceled=canceled)
        if per_line is not None:
            counts: dict[object, int] = {}
            kept = []
            for one in wanted:
                counts[one.line] = counts.get(one.line, 0) + 1
                if counts[one.line] <= per_line:
                    kept.append(one)
            wanted = kept
        shown: list[Departure] = []
        asked = criteria
        while True:
            (board,) = await realtime.boards(
                TIMETABLE, "kota", [("A", "B")], asked, told, canceled=canceled
            )
            assert len(board.departures) <= first
            shown += board.departures
            if not board.more or not board.departures:
                break
            asked = replace(criteria, after=mark_of(board.departures[-1]))
        assert shown == wanted

    asyncio.run(run())


@settings(max_examples=60, deadline=None)
@given(st.lists(update(), max_size=6))
def test_boards_of_several_groups_are_those_of_each(updates):
    async def run() -> None:
        feed = TripUpdates("kota", START, tuple(updates))
        told = realtime.Told((realtime._Feed.of(feed),), (), START)
        criteria = BoardCriteria(START, START + timedelta(hours=1), 5)
        together = await realtime.boards(TIMETABLE, "kota", [("A",), ("B",)], criteria, told)
        for stop, board in zip("AB", together, strict=True):
            (alone,) = await realtime.boards(TIMETABLE, "kota", [(stop,)], criteria, told)
            assert board.departures == alone.departures

    asyncio.run(run())
