"""Realtime over the timetable: which runs are told of, and how that changes a board.

A departure that realtime tells of may leave at another time than the timetable says, so boards are
asked twice: once for the runs that are told, around the window, and once for all others in it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar, cast
from weakref import WeakKeyDictionary

from connectors import errors
from connectors.ports.common import ScopedId, must_text
from connectors.ports.connectors import SourceState, SourceStatus
from connectors.ports.transit import (
    Board,
    BoardCriteria,
    Boarding,
    Departure,
    RealtimeState,
    TransitSource,
    Trip,
    mark_of,
)
from connectors.ports.trip_updates import (
    EXTRA,
    TripState,
    TripUpdate,
    TripUpdates,
    TripUpdateSource,
    expected,
)
from connectors.switchboard import Source
from connectors.upkeep.asking import within
from resolvers.context import Context, ask, failed
from resolvers.extra_trips import Extra, Group, extra_trips, grouped

PATIENCE = 1.0
"""Seconds a board waits for realtime; without it the timetable is shown."""
LATE = timedelta(hours=6)
EARLY = timedelta(hours=2)
"""How far around a window runs are looked for that may have moved into it."""
MOST = 5_000
"""Departures of a board that are read at once."""
SLICE, SLICES = timedelta(minutes=30), 4
"""How the time before a window is read where it holds more than that."""
RUNS = 50
"""Runs that are worked out at once: the others who wait have their turn in between."""
TRIPS = 10_000
"""Trips that are named in one question: databases take only so many."""
_TURN = 1_000
"""Departures after which the others who wait have their turn."""

_OLD = must_text(
    "Kabar waktu nyata sudah terlalu lama; yang tampil adalah jadwal.",
    "Realtime data is too old; what is shown is the timetable.",
)

Run = tuple[str, date]
"""A trip by its local id, on a service date."""


@dataclass(frozen=True, slots=True)
class Told:
    """What realtime says of one timetable now."""

    feeds: tuple[_Feed, ...]
    """Those young enough to be believed, in catalogue order."""
    statuses: tuple[SourceStatus, ...] = ()
    as_of: datetime | None = None
    """When the oldest of these feeds was made."""


async def told(context: Context, timetable: str) -> Told | None:
    """What realtime says of a timetable; None when no source of realtime is configured for it."""
    sources = [
        source
        for source in context.switchboard.serving(TripUpdateSource)
        if source.binding.options.get("timetable") == timetable
        and source.enabled
        and source.configured
    ]
    if not sources:
        return None
    key = ("realtime", timetable)
    if key not in context.loaders:
        # Asked once in a request, and not given up when one who asked is.
        context.loaders[key] = asyncio.ensure_future(_told(context, sources))
    return cast("Told", await asyncio.shield(context.loaders[key]))


async def _told(context: Context, sources: Sequence[Source[TripUpdateSource]]) -> Told:
    answers = await asyncio.gather(*(_ask(context, source) for source in sources))
    feeds: list[TripUpdates] = []
    statuses = []
    for source, answer in zip(sources, answers, strict=True):
        if isinstance(answer, errors.ConnectorError):
            status = failed(answer)
        elif answer.usable_at(context.now()):
            feeds.append(answer)
            status = SourceStatus(source.key, SourceState.OK, as_of=answer.as_of)
        else:
            status = SourceStatus(source.key, SourceState.STALE, message=_OLD, as_of=answer.as_of)
        # What was noted while it was asked says more: a last good answer, and why.
        statuses.append(context.statuses.get(source.key, status))
        context.note(status)
    return Told(
        tuple(_Feed.of(feed) for feed in feeds),
        tuple(statuses),
        min((feed.as_of for feed in feeds), default=None),
    )


async def _ask(
    context: Context, source: Source[TripUpdateSource]
) -> TripUpdates | errors.ConnectorError:
    try:
        with within(PATIENCE):
            return (await ask(context, source, lambda it: it.trip_updates())).value
    except errors.ConnectorError as error:
        return error


# ------------------------------------------------------------------------------- one feed


class _Feed:
    """One feed with what was worked out of it; shared by all requests while it is the newest."""

    _KNOWN: ClassVar[WeakKeyDictionary[TripUpdates, _Feed]] = WeakKeyDictionary()

    def __init__(self, feed: TripUpdates) -> None:
        self.as_of = feed.as_of
        self.by_local: dict[str, list[TripUpdate]] = {}
        for update in feed.updates:
            for local in update.local_ids:
                self.by_local.setdefault(local, []).append(update)
        self.apart = tuple(one for one in feed.updates if one.state in EXTRA or one.moved)
        self._runs: dict[Run, Mapping[int, Departure] | None] = {}
        self._extra: Extra | None = None

    @classmethod
    def of(cls, feed: TripUpdates) -> _Feed:
        """The one of a feed."""
        found = cls._KNOWN.get(feed)
        if found is None:
            found = cls._KNOWN[feed] = cls(feed)
        return found

    def run(self, run: Run) -> Mapping[int, Departure] | None:
        """The calls of a run by their place, without those not to be shown; None: not told.

        `learn` must have been asked about it.
        """
        return self._runs.get(run)

    async def learn(self, timetable: TransitSource, runs: Iterable[Run]) -> None:
        """Work out what is said of some runs."""
        new = [run for run in runs if run[0] in self.by_local and run not in self._runs]
        for start in range(0, len(new), RUNS):
            if start:
                await asyncio.sleep(0)
            await self._learn(timetable, new[start : start + RUNS])

    async def _learn(self, timetable: TransitSource, new: Sequence[Run]) -> None:
        # A feed may leave it to the reader which day it means: the one the run is nearest to.
        around = {(local, day + timedelta(days=n)) for local, day in new for n in (-1, 0, 1)}
        asked = sorted(around if any(self._is_open(run) for run in new) else new)
        answers = await timetable.calls_by_run(asked)
        calls = {run: some or () for run, some in zip(asked, answers, strict=True)}
        for run in new:
            update = self._of(run, calls)
            self._runs[run] = None if update is None else _by_place(calls[run], update)

    def _is_open(self, run: Run) -> bool:
        return any(update.day is None for update in self.by_local[run[0]])

    def _of(self, run: Run, calls: Mapping[Run, Sequence[Departure]]) -> TripUpdate | None:
        local, day = run
        updates = [one for one in self.by_local[local] if one.state is not TripState.DUPLICATED]
        for update in updates:
            if update.day == day:
                return update
        for update in updates:
            if update.day is None and self._nearest(local, day, calls) == day:
                return update
        return None

    def _nearest(
        self, local: str, day: date, calls: Mapping[Run, Sequence[Departure]]
    ) -> date | None:
        found = None
        for n in (-1, 0, 1):
            some = calls.get((local, day + timedelta(days=n)))
            if some:
                first, last = some[0].leaves_at, some[-1].leaves_at
                away = max(first - self.as_of, self.as_of - last, timedelta(0))
                found = min(found or (away, some[0].service_date), (away, some[0].service_date))
        return found[1] if found else None

    async def own_trips(self, timetable: TransitSource, source: str) -> Extra:
        """The trips whose calls are not those of the timetable."""
        if self._extra is None:
            self._extra = await extra_trips(timetable, source, self.apart, self.as_of)
        return self._extra


_APART = (TripState.REPLACEMENT, TripState.ADDED, TripState.DELETED)


def _by_place(calls: Sequence[Departure], update: TripUpdate) -> Mapping[int, Departure]:
    """The calls as they are expected; none where they are not to be shown, or told elsewhere."""
    if update.moved or update.state in _APART:
        return {}
    return {call.stop_sequence: call for call in expected(calls, update)}


# ------------------------------------------------------------------------------- boards


async def boards(
    timetable: TransitSource,
    source: str,
    groups: Sequence[Sequence[str]],
    criteria: BoardCriteria,
    realtime: Told | None,
    *,
    canceled: bool = True,
) -> Sequence[Board]:
    """Boards of a timetable, see `TransitSource.boards`, with what realtime says.

    `canceled` False leaves cancelled trips and skipped calls out.
    """
    if realtime is None:
        return await timetable.boards(groups, criteria)
    feeds = realtime.feeds
    trips = frozenset(local for feed in feeds for local in feed.by_local)
    moved = await _around(timetable, groups, criteria, feeds, trips) if trips else None
    more = [await feed.own_trips(timetable, source) for feed in feeds if feed.apart]
    by_group = await grouped(timetable, groups, criteria, more) if more else None
    return await _merged(timetable, groups, criteria, moved, by_group, canceled=canceled)


@dataclass(frozen=True, slots=True)
class _Moved:
    """The runs at a group of stops that realtime tells of."""

    board: Board
    runs: frozenset[Run]
    departures: tuple[Departure, ...]
    scheduled: int
    """How many of them the timetable has in the window."""


async def _around(
    timetable: TransitSource,
    groups: Sequence[Sequence[str]],
    criteria: BoardCriteria,
    feeds: Sequence[_Feed],
    trips: frozenset[str],
) -> Sequence[_Moved]:
    wider = replace(
        criteria,
        start=criteria.start - LATE,
        end=criteria.end + EARLY,
        first=MOST,
        per_line=None,
        after=None,
        trips=trips,
    )
    found = await _wide(timetable, groups, wider, criteria)
    wanted = {_run_of(one) for board in found for one in board.departures}
    for feed in feeds:
        await feed.learn(timetable, sorted(wanted))
    moved = []
    for board in found:
        runs: set[Run] = set()
        shown = []
        inside = 0
        for number, one in enumerate(board.departures, 1):
            if number % _TURN == 0:
                await asyncio.sleep(0)
            run = _run_of(one)
            said = next((calls for feed in feeds if (calls := feed.run(run)) is not None), None)
            if said is None:
                continue
            runs.add(run)
            inside += criteria.start <= one.leaves_at < criteria.end
            now = said.get(one.stop_sequence)
            if now is not None:
                shown.append(now)
        moved.append(_Moved(board, frozenset(runs), tuple(shown), inside))
    return moved


async def _wide(
    timetable: TransitSource,
    groups: Sequence[Sequence[str]],
    wider: BoardCriteria,
    asked: BoardCriteria,
) -> Sequence[Board]:
    """The departures in a wide window, in no order. The `trips` of `wider` may be many."""
    named = sorted(wider.trips or ())
    found: list[Sequence[Board]] = []
    for start in range(0, len(named), TRIPS):
        some = replace(wider, trips=frozenset(named[start : start + TRIPS]))
        boards_ = await timetable.boards(groups, some)
        if any(one.more for one in boards_):
            boards_ = await _in_slices(timetable, groups, some, asked)
        found.append(boards_)
    return [_together(parts) for parts in zip(*found, strict=True)]


async def _in_slices(
    timetable: TransitSource,
    groups: Sequence[Sequence[str]],
    wider: BoardCriteria,
    asked: BoardCriteria,
) -> Sequence[Board]:
    """The same of a window that holds more than is read at once, around what is shown first.

    Those that left long ago would fill it otherwise, and nothing be known of those that come.
    """
    begin = asked.start
    if asked.after is not None:
        begin = max(begin, datetime.fromtimestamp(asked.after.leaves, UTC))
    next_ = replace(wider, start=begin, first=MOST // 5 if asked.per_line is None else MOST)
    found = [await timetable.boards(groups, next_)]
    for number in range(SLICES):
        end = begin - number * SLICE
        found.append(await timetable.boards(groups, replace(wider, start=end - SLICE, end=end)))
    return [_together(parts) for parts in zip(*found, strict=True)]


def _together(parts: Sequence[Board]) -> Board:
    """Parts of one board as one."""
    if len(parts) == 1:
        return parts[0]
    return replace(
        parts[0],
        departures=tuple(departure for part in parts for departure in part.departures),
        lines=tuple({one.origin.local_id: one for part in parts for one in part.lines}.values()),
        stops=tuple({one.origin.local_id: one for part in parts for one in part.stops}.values()),
    )


async def _merged(
    timetable: TransitSource,
    groups: Sequence[Sequence[str]],
    criteria: BoardCriteria,
    moved: Sequence[_Moved] | None,
    extra: Sequence[Group] | None,
    *,
    canceled: bool,
) -> Sequence[Board]:
    # Those that are told by realtime fall out again, so as many more are asked for.
    spare = max((one.scheduled for one in moved or ()), default=0)
    asked = replace(criteria, first=criteria.first + spare)
    if criteria.per_line is not None:
        # How many of a line there are is known only when both parts are together.
        asked = replace(criteria, first=MOST, per_line=criteria.per_line + spare, after=None)
    found = []
    for at, board in enumerate(await timetable.boards(groups, asked)):
        mine = moved[at] if moved else None
        more = extra[at] if extra else Group()
        departures = [
            replace(one, realtime=RealtimeState.NO_DATA)
            for one in board.departures
            if mine is None or _run_of(one) not in mine.runs
        ]
        told_of = [*(mine.departures if mine else ()), *more.departures]
        departures += [one for one in told_of if _is_shown(one, criteria, canceled=canceled)]
        if not canceled:
            departures = [one for one in departures if not _is_off(one)]
        departures.sort(key=mark_of)
        shown, cut = _cut(departures, criteria)
        parts = [board, mine.board] if mine else [board]
        found.append(
            replace(
                board,
                departures=tuple(shown),
                more=cut or board.more,
                lines=_known(shown, [*(one.lines for one in parts), more.lines], "line"),
                stops=_known(shown, [*(one.stops for one in parts), more.stops], "stop"),
            )
        )
    return found


def _run_of(one: Departure) -> Run:
    return one.trip.local, one.service_date


def _is_off(one: Departure) -> bool:
    return one.realtime in (RealtimeState.CANCELED, RealtimeState.SKIPPED)


def _is_shown(one: Departure, criteria: BoardCriteria, *, canceled: bool) -> bool:
    return (
        criteria.start <= one.leaves_at < criteria.end
        and one.boarding is not Boarding.NONE
        and (canceled or not _is_off(one))
    )


def _cut(
    departures: Sequence[Departure], criteria: BoardCriteria
) -> tuple[Sequence[Departure], bool]:
    """The page of some departures in order, and whether more follow."""
    if criteria.per_line is not None:
        counts: dict[ScopedId, int] = {}
        kept = []
        for one in departures:
            counts[one.line] = counts.get(one.line, 0) + 1
            if counts[one.line] <= criteria.per_line:
                kept.append(one)
        departures = kept
    after = criteria.after
    if after is not None:
        departures = [one for one in departures if mark_of(one) > after]
    return departures[: criteria.first], len(departures) > criteria.first


def _known(shown: Sequence[Departure], parts: Sequence[Sequence[Any]], name: str) -> Any:
    """The lines or stops the departures name, of those that came along."""
    by_id = {one.origin.local_id: one for part in parts for one in part}
    wanted = sorted({getattr(one, name).local for one in shown})
    return tuple(by_id[id_] for id_ in wanted if id_ in by_id)


# ------------------------------------------------------------------------------- trips


async def calls(
    timetable: TransitSource,
    source: str,
    runs: Sequence[Run],
    realtime: Told | None,
) -> Sequence[Sequence[Departure] | None]:
    """The calls of some runs, see `TransitSource.calls_by_run`, with what realtime says."""
    found = list(await timetable.calls_by_run(runs))
    if realtime is None:
        return found
    for feed in realtime.feeds:
        await feed.learn(timetable, dict.fromkeys(runs))
    for at, run in enumerate(runs):
        for feed in realtime.feeds:
            extra = (await feed.own_trips(timetable, source)).calls.get(run) if feed.apart else None
            if extra is not None:
                found[at] = extra
                break
            said = feed.run(run)
            if said is not None and found[at]:
                found[at] = [said[one.stop_sequence] for one in found[at] or () if said]
                break
        else:
            some = found[at]
            if some:
                found[at] = [replace(one, realtime=RealtimeState.NO_DATA) for one in some]
    return found


async def trips(
    timetable: TransitSource, source: str, ids: Sequence[str], realtime: Told | None
) -> Sequence[Trip | None]:
    """Trips by id, those too that only realtime knows."""
    found = list(await timetable.trips_by_id(ids))
    for feed in realtime.feeds if realtime and None in found else ():
        if feed.apart:
            known = (await feed.own_trips(timetable, source)).trips
            found = [one or known.get(id_) for one, id_ in zip(found, ids, strict=True)]
    return found


def age(now: datetime, told_of: Iterable[Told | None]) -> timedelta | None:
    """The age of the oldest realtime data, None when none was used."""
    moments = [one.as_of for one in told_of if one is not None and one.as_of is not None]
    if not moments:
        return None
    return max(now.astimezone(UTC) - min(moments), timedelta(0))
