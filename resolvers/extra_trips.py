"""Trips whose calls realtime tells itself: added, copied, replaced, or at other stops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from connectors.ports import geometry
from connectors.ports.common import ScopedId, Text
from connectors.ports.transit import (
    BoardCriteria,
    Boarding,
    Departure,
    Line,
    RealtimeState,
    Stop,
    StopKind,
    TransitSource,
    Trip,
    read_started,
    service_start,
)
from connectors.ports.trip_updates import (
    CallState,
    CallUpdate,
    Expected,
    TripState,
    TripUpdate,
    expected,
)

Run = tuple[str, date]

NEAR = timedelta(hours=3)
"""How far around a feed a run of a template is looked for."""
MOST = 5_000


@dataclass(frozen=True, slots=True)
class Extra:
    """What is known of such trips, with the stops and lines they name."""

    calls: Mapping[Run, Sequence[Departure]] = field(default_factory=dict)
    trips: Mapping[str, Trip] = field(default_factory=dict)
    """Those the timetable does not have."""
    stops: Mapping[str, Stop] = field(default_factory=dict)
    lines: Mapping[str, Line] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
    """What of it concerns a group of stops."""

    departures: tuple[Departure, ...] = ()
    stops: tuple[Stop, ...] = ()
    lines: tuple[Line, ...] = ()


async def extra_trips(
    timetable: TransitSource, source: str, updates: Sequence[TripUpdate], as_of: datetime
) -> Extra:
    """The trips of some updates. One that names no line or stop of the timetable is left out."""
    maker = _Maker(timetable, source, as_of)
    await maker.prepare(updates)
    for update in updates:
        maker.make(update)
    return Extra(maker.calls, maker.trips, maker.stops, maker.lines)


class _Maker:
    """Puts the trips together from the timetable and the updates."""

    def __init__(self, timetable: TransitSource, source: str, as_of: datetime) -> None:
        self._timetable = timetable
        self._source = source
        self._as_of = as_of
        self._zone = ZoneInfo("UTC")
        self._today = as_of.date()
        self._runs: dict[Run, Sequence[Departure]] = {}
        self._known: dict[str, Trip] = {}
        self._like: dict[str, Run] = {}
        """By template: a run of it."""
        self.calls: dict[Run, Sequence[Departure]] = {}
        self.trips: dict[str, Trip] = {}
        self.stops: dict[str, Stop] = {}
        self.lines: dict[str, Line] = {}

    async def prepare(self, updates: Sequence[TripUpdate]) -> None:
        """Ask for all that the updates name, at once."""
        stops = sorted({
            id_ for one in updates for call in one.calls for id_ in (call.stop, call.assigned_stop)
            if id_ is not None
        })  # fmt: skip
        ids = sorted({id_ for one in updates for id_ in one.local_ids})
        by_id = zip(ids, await self._timetable.trips_by_id(ids), strict=True)
        self._known = {id_: trip for id_, trip in by_id if trip is not None}
        named = {one.line for one in updates if one.line is not None}
        lines = sorted(named | {trip.line for trip in self._known.values()})
        for line in await self._timetable.lines_by_id(lines):
            if line is not None:
                self.lines[line.origin.local_id] = line
        await self._learn_zone()
        runs = sorted({
            (id_, day) for one in updates for id_ in one.local_ids if id_ in self._known
            for day in self._days(one)
        })  # fmt: skip
        runs += await self._templates(updates)
        answers = await self._timetable.calls_by_run(runs)
        self._runs = {run: calls for run, calls in zip(runs, answers, strict=True) if calls}
        stops = sorted({*stops, *(c.stop.local for some in self._runs.values() for c in some)})
        for stop in await self._timetable.stops_by_id(stops):
            if stop is not None:
                self.stops[stop.origin.local_id] = stop

    async def _templates(self, updates: Sequence[TripUpdate]) -> list[Run]:
        """A run of each template of which realtime tells a start that no timetable has.

        Trips by headway may leave at any time; a run of the timetable says where they call.
        """
        loose = {
            one.trip: one
            for one in updates
            if one.state is TripState.UNSCHEDULED
            and one.start is not None
            and not any(id_ in self._known for id_ in one.local_ids)
        }
        stops = sorted({call.stop for one in loose.values() for call in one.calls if call.stop})
        if not stops:
            return []
        around = BoardCriteria(self._as_of - NEAR, self._as_of + NEAR, MOST)
        (board,) = await self._timetable.boards([stops], around)
        found = []
        for departure in board.departures:
            read = read_started(departure.trip.local)
            if read is not None and read[0] in loose:
                del loose[read[0]]
                run = (departure.trip.local, departure.service_date)
                self._like[read[0]] = run
                found.append(run)
        like = sorted({local for local, _ in found})
        for trip in await self._timetable.trips_by_id(like):
            if trip is not None:
                self._known[trip.id.local] = trip
        self.lines |= {line.origin.local_id: line for line in board.lines}
        self._zone = ZoneInfo(board.validity.zone)
        return found

    async def _learn_zone(self) -> None:
        operators = sorted({line.operator for line in self.lines.values()})
        for operator in await self._timetable.operators_by_id(operators):
            if operator is not None:
                self._zone = ZoneInfo(operator.timezone)
        self._today = self._as_of.astimezone(self._zone).date()

    def _days(self, update: TripUpdate) -> Sequence[date]:
        """The service dates an update may mean."""
        if update.day is not None:
            return (update.day,)
        return tuple(self._today + timedelta(days=n) for n in (-1, 0, 1))

    def _run(self, update: TripUpdate) -> tuple[Run, Sequence[Departure]] | None:
        """The run of the timetable an update means: of several days the nearest."""
        found = []
        for id_ in update.local_ids:
            for day in self._days(update):
                calls = self._runs.get((id_, day))
                if calls:
                    first, last = calls[0].leaves_at, calls[-1].leaves_at
                    away = max(first - self._as_of, self._as_of - last, timedelta(0))
                    found.append((away, (id_, day), calls))
        if not found:
            return None
        _, run, calls = min(found, key=lambda one: one[:2])
        return run, calls

    # --------------------------------------------------------------------------- making

    def make(self, update: TripUpdate) -> None:
        """One trip, if it can be told."""
        run = self._run(update)
        if update.state is TripState.DUPLICATED:
            self._copy(update, run)
        elif run is not None and update.state in (TripState.SCHEDULED, TripState.UNSCHEDULED):
            if update.moved:
                self.calls.setdefault(run[0], self._reassigned(run[1], update))
        elif run is not None:
            # It is in the timetable, and runs otherwise: REPLACEMENT, or an ADDED of a known id.
            self._told(update, run[0], run[1])
        elif update.trip in self._like:
            self._loose(update, self._like[update.trip])
        elif update.trip is not None and update.state is not TripState.SCHEDULED:
            self._told(update, (update.local_ids[-1], self._day_of(update)), ())

    def _day_of(self, update: TripUpdate) -> date:
        if update.day is not None:
            return update.day
        first = next((at for one in update.calls if (at := _time(one)) is not None), self._as_of)
        return first.astimezone(self._zone).date()

    def _reassigned(self, calls: Sequence[Departure], update: TripUpdate) -> list[Departure]:
        """The calls as expected, at the stops that realtime assigns."""
        other = {
            one.sequence if one.sequence is not None else one.stop: one.assigned_stop
            for one in update.calls
            if one.assigned_stop in self.stops
        }
        found = []
        for call in expected(calls, update):
            stop = other.get(call.stop_sequence) or other.get(call.stop.local)
            found.append(call if stop is None else self._at(call, stop))
        return found

    def _at(self, call: Departure, stop: str) -> Departure:
        return replace(call, stop=ScopedId(self._source, stop), platform=self.stops[stop].platform)

    def _copy(self, update: TripUpdate, run: tuple[Run, Sequence[Departure]] | None) -> None:
        copied = update.copied
        if run is None or copied is None:
            return
        first = run[1][0]
        start = copied.start if copied.start is not None else first.service_time
        day = copied.day or update.day or first.service_date
        self._shifted(update, run, (copied.trip, day), start)

    def _loose(self, update: TripUpdate, like: Run) -> None:
        calls = self._runs.get(like)
        if calls:
            run = (update.local_ids[-1], update.day or calls[0].service_date)
            self._shifted(update, (like, calls), run, update.start)

    def _shifted(
        self,
        update: TripUpdate,
        like: tuple[Run, Sequence[Departure]],
        run: Run,
        start: int | None,
    ) -> None:
        """A run that calls where another one does, from another start on."""
        calls, (local, day) = like[1], run
        first = calls[0]
        if start is None or first.service_time is None:
            return
        base = service_start(day, self._zone)
        made = []
        for call in calls:
            time = (call.service_time or 0) - first.service_time + start
            leaves = base + timedelta(seconds=time)
            made.append(
                replace(
                    call,
                    trip=ScopedId(self._source, local),
                    service_date=day,
                    service_time=time,
                    leaves_at=leaves,
                    scheduled_at=leaves,
                    headway=None,
                )
            )
        told = replace(update, state=TripState.SCHEDULED)
        added = [_added(one) for one in expected(made, told)]
        self.calls.setdefault(run, added)
        template = self._known[like[0][0]]
        self.trips.setdefault(
            local,
            replace(
                template,
                id=ScopedId(self._source, local),
                headsign=_words(update.headsign) or template.headsign,
                short_name=update.short_name or template.short_name,
            ),
        )

    def _told(self, update: TripUpdate, run: Run, planned: Sequence[Departure]) -> None:
        """A trip of which only the calls count that realtime tells.

        Where it tells none that can be used, a trip of the timetable is not known to be otherwise.
        """
        line = update.line
        if line not in self.lines:
            line = planned[0].line.local if planned else None
        if line is None or line not in self.lines:
            return
        calls = [
            one
            for one in update.calls
            if one.stop in self.stops and _time(one) and one.state is not CallState.SKIPPED
        ]
        if not calls:
            if planned:
                unknown = [replace(call, realtime=RealtimeState.NO_DATA) for call in planned]
                self.calls.setdefault(run, unknown)
            return
        trip = ScopedId(self._source, run[0])
        last = self.stops[calls[-1].stop or ""]
        sign = _words(update.headsign) or (planned[0].headsign if planned else last.name)
        state = RealtimeState.UPDATED if planned else RealtimeState.ADDED
        made = []
        for at, one in enumerate(calls):
            stop = one.assigned_stop if one.assigned_stop in self.stops else one.stop
            time = _time(one)
            assert stop is not None and time is not None  # noqa: S101, PT018 - chosen so above
            scheduled = _scheduled(one)
            made.append(
                Departure(
                    stop=ScopedId(self._source, stop),
                    trip=trip,
                    line=ScopedId(self._source, line),
                    headsign=_words(one.headsign) or sign,
                    service_date=run[1],
                    leaves_at=time,
                    stop_sequence=at if one.sequence is None else one.sequence,
                    scheduled_at=scheduled,
                    expected_at=time,
                    delay=None if scheduled is None else time - scheduled,
                    realtime=state,
                    platform=self.stops[stop].platform,
                    boarding=Boarding.NONE
                    if at == len(calls) - 1
                    else one.boarding or Boarding.REGULAR,
                )
            )
        self.calls.setdefault(run, made)
        if run[0] not in self._known:
            self.trips.setdefault(
                run[0],
                Trip(trip, line, _words(update.headsign) or sign, update.short_name,
                     update.direction),
            )  # fmt: skip


def _time(call: CallUpdate) -> datetime | None:
    """When a vehicle of a trip without a timetable leaves."""
    for said in (call.departure, call.arrival):
        if said is not None:
            if said.time is not None:
                return said.time
            if said.scheduled is not None:
                return said.scheduled + (said.delay or timedelta(0))
    return None


def _scheduled(call: CallUpdate) -> datetime | None:
    said: Expected | None = call.departure or call.arrival
    return None if said is None else said.scheduled


def _words(text: str | None) -> Text | None:
    return None if text is None else Text({"und": text})


def _added(call: Departure) -> Departure:
    """A call of a copy: what the timetable has is the original's."""
    state = call.realtime
    if state in (RealtimeState.UPDATED, RealtimeState.NO_DATA):
        state = RealtimeState.ADDED
    return replace(call, realtime=state)


# ------------------------------------------------------------------------------- boards


async def grouped(
    timetable: TransitSource,
    groups: Sequence[Sequence[str]],
    criteria: BoardCriteria,
    extra: Sequence[Extra],
) -> Sequence[Group]:
    """Which of such departures belong to each group of stops, by the rules of a board."""
    named = sorted({id_ for group in groups for id_ in group})
    if criteria.towards is not None:
        named = sorted({*named, criteria.towards.local})
    roots = {
        id_: stop.parent if stop.parent and stop.kind is not StopKind.STOP else id_
        for id_, stop in zip(named, await timetable.stops_by_id(named), strict=True)
        if stop is not None
    }
    parents = await _parents(timetable, criteria, extra)
    found = []
    for group in groups:
        wanted = {roots[id_] for id_ in group if id_ in roots}
        departures = [
            call
            for some in extra
            for calls in some.calls.values()
            for at, call in enumerate(calls)
            if _is_here(some.stops[call.stop.local], wanted, criteria, parents)
            and _fits(call, some, criteria)
            and _goes_on(call, calls[at + 1 :], some, criteria, roots)
        ]
        found.append(
            Group(
                tuple(departures),
                tuple(stop for some in extra for stop in some.stops.values()),
                tuple(line for some in extra for line in some.lines.values()),
            )
        )
    return found


async def _parents(
    timetable: TransitSource, criteria: BoardCriteria, extra: Sequence[Extra]
) -> Mapping[str, Stop]:
    """The stations of the stops; needed only where a circle may touch them."""
    if criteria.near is None:
        return {}
    wanted = sorted({s.parent for some in extra for s in some.stops.values() if s.parent})
    found = await timetable.stops_by_id(wanted) if wanted else ()
    return {stop.origin.local_id: stop for stop in found if stop is not None}


def _is_here(
    stop: Stop, wanted: set[str], criteria: BoardCriteria, parents: Mapping[str, Stop]
) -> bool:
    if stop.origin.local_id in wanted or stop.parent in wanted:
        return True
    if criteria.near is None:
        return False
    station = parents.get(stop.parent or "")
    return any(
        geometry.is_in(criteria.near, one.point, one.area)
        for one in (stop, station)
        if one is not None
    )


def _fits(call: Departure, extra: Extra, criteria: BoardCriteria) -> bool:
    line = extra.lines.get(call.line.local)
    return (criteria.lines is None or call.line in criteria.lines) and (
        criteria.modes is None or (line is not None and line.mode in criteria.modes)
    )


def _goes_on(
    call: Departure,
    later: Sequence[Departure],
    extra: Extra,
    criteria: BoardCriteria,
    roots: Mapping[str, str],
) -> bool:
    """Whether it calls later where one wants to go; nobody boards at the last call."""
    if not later:
        return False
    if criteria.towards is None:
        return True
    if criteria.towards.source != call.stop.source:
        return False
    root = roots.get(criteria.towards.local)
    stops = (extra.stops[call.stop.local] for call in later)
    return root is not None and any(root in (s.origin.local_id, s.parent) for s in stops)
