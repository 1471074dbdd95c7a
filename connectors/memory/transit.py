"""Transit from a feed in memory, the plain way: every run of every trip is written out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from connectors.kinds.gtfs.feed import Feed
from connectors.kinds.gtfs.records import Frequency, StopTime, TripRow
from connectors.kinds.gtfs.times import filled
from connectors.memory.base import by_id, mentions, slice_of
from connectors.ports import geometry
from connectors.ports.common import (
    BBox,
    Order,
    Origin,
    Page,
    ScopedId,
    Slice,
    Text,
)
from connectors.ports.transit import (
    DAY,
    Board,
    BoardCriteria,
    Boarding,
    Departure,
    Line,
    LineCriteria,
    LineDirection,
    Operator,
    ServiceSpan,
    Stop,
    StopCriteria,
    StopKind,
    StopOrder,
    Trip,
    Validity,
    Vehicle,
    from_to,
    line_order,
    mark_of,
    read_started,
    service_start,
    started,
    stop_order,
)


class MemoryTransit:
    """A TransitSource over a feed that is read whole. For small feeds and for tests."""

    def __init__(self, name: str, feed: Feed, origin: Callable[[str], Origin]) -> None:
        self.name = name
        info = feed.info()
        self._info = info
        self._zone = ZoneInfo(info.timezone)
        self._as_of = origin("feed").as_of
        self._operators = [
            Operator(origin(row.id), row.name, row.timezone, row.phone, row.url)
            for row in feed.agencies()
        ]
        self._stops = [
            Stop(
                origin(row.id), row.name, row.kind, row.code, row.point, row.platform, row.parent,
                row.wheelchair,
            )
            for row in feed.stops()
        ]  # fmt: skip
        self._lines = [
            Line(
                origin(row.id), row.mode, row.agency, row.short_name, row.long_name, row.color,
                row.text_color, row.sort_order, row.fare,
            )
            for row in feed.routes()
        ]  # fmt: skip
        self._services = list(feed.services())
        self._dates = {(one.service, one.day): one.added for one in feed.service_dates()}
        self._shapes: dict[str, list[tuple[int, tuple[float, float]]]] = {}
        for point in feed.shapes():
            at = (point.point.lng, point.point.lat)
            self._shapes.setdefault(point.shape, []).append((point.sequence, at))
        self._trips = {row.id: row for row in feed.trips()}
        self._frequencies: dict[str, list[Frequency]] = {}
        for frequency in feed.frequencies():
            self._frequencies.setdefault(frequency.trip, []).append(frequency)
        for blocks in self._frequencies.values():
            blocks.sort(key=lambda block: block.start)
        self._calls: dict[str, list[StopTime]] = {}
        for call in feed.stop_times():
            self._calls.setdefault(call.trip, []).append(call)
        for trip, calls in self._calls.items():
            calls.sort(key=lambda call: call.times.sequence)
            times = filled(trip, [call.times for call in calls])
            self._calls[trip] = [
                replace(call, times=one) for call, one in zip(calls, times, strict=True)
            ]
        self._stop = {stop.origin.local_id: stop for stop in self._stops}
        self._line = {line.origin.local_id: line for line in self._lines}

    # --------------------------------------------------------------------------- stops, lines

    async def stops_by_id(self, ids: Sequence[str]) -> Sequence[Stop | None]:
        return by_id(self._stops, ids)

    async def find_stops(
        self, criteria: StopCriteria, order: Order[StopOrder], page: Page
    ) -> Slice[Stop]:
        found = [stop for stop in self._stops if self._fits(stop, criteria)]
        origin = order.origin

        def distance(stop: Stop) -> float | None:
            if origin is None or stop.point is None:
                return None
            return geometry.chord2(origin, stop.point)

        sort = distance if order.field is StopOrder.DISTANCE else stop_order
        return slice_of(found, page, sort, origin=origin, point=lambda stop: stop.point)

    def _fits(self, stop: Stop, criteria: StopCriteria) -> bool:
        if criteria.stations_only and stop.kind is not StopKind.STATION:
            return False
        if criteria.code is not None and stop.code != criteria.code:
            return False
        if criteria.text is not None and not mentions(criteria.text, stop.name, stop.code):
            return False
        if criteria.where and not geometry.is_in(criteria.where, stop.point, stop.area):
            return False
        lines = self._at(stop.origin.local_id)
        if criteria.modes is not None and not any(line.mode in criteria.modes for line in lines):
            return False
        served = criteria.served_by
        return served is None or any(self._scoped(line.origin.local_id) in served for line in lines)

    async def children_by_stop(self, ids: Sequence[str]) -> Sequence[Sequence[Stop] | None]:
        return [self._children(id_) if id_ in self._stop else None for id_ in ids]

    def _children(self, id_: str) -> list[Stop]:
        found = [stop for stop in self._stops if stop.parent == id_]
        return sorted(found, key=lambda stop: stop.origin.local_id)

    async def lines_by_id(self, ids: Sequence[str]) -> Sequence[Line | None]:
        return by_id(self._lines, ids)

    async def find_lines(self, criteria: LineCriteria, page: Page) -> Slice[Line]:
        found = [line for line in self._lines if self._runs(line, criteria)]
        return slice_of(found, page, line_order)

    def _runs(self, line: Line, criteria: LineCriteria) -> bool:
        if criteria.modes is not None and line.mode not in criteria.modes:
            return False
        if criteria.operator not in (None, self._scoped(line.operator)):
            return False
        if criteria.text is not None and not mentions(
            criteria.text, line.short_name, line.long_name
        ):
            return False
        return criteria.where is None or any(
            geometry.is_in(criteria.where, stop.point, stop.area)
            for stop in self._stops
            if line in self._at(stop.origin.local_id)
        )

    async def lines_by_stop(self, ids: Sequence[str]) -> Sequence[Sequence[Line] | None]:
        return [self._at(id_) if id_ in self._stop else None for id_ in ids]

    def _at(self, id_: str) -> list[Line]:
        """Lines calling at a stop or below it."""
        below = self._below(id_)
        routes = {
            self._trips[trip].route
            for trip, calls in self._calls.items()
            if any(call.stop in below for call in calls)
        }
        found = [line for line in self._lines if line.origin.local_id in routes]
        return sorted(found, key=lambda line: (line_order(line), line.origin.local_id))

    def _below(self, id_: str) -> set[str]:
        found = {id_}
        for _ in range(2):
            found |= {stop.origin.local_id for stop in self._stops if stop.parent in found}
        return found

    async def operators_by_id(self, ids: Sequence[str]) -> Sequence[Operator | None]:
        return by_id(self._operators, ids)

    # --------------------------------------------------------------------------- trips

    async def trips_by_id(self, ids: Sequence[str]) -> Sequence[Trip | None]:
        return [self._trip(id_) for id_ in ids]

    def _trip(self, id_: str) -> Trip | None:
        found = self._template(id_)
        if found is None:
            return None
        row = found[0]
        return Trip(
            self._scoped(id_), row.route, row.headsign, row.short_name, row.direction,
            row.wheelchair, row.bikes, row.shape,
        )  # fmt: skip

    def _template(self, id_: str) -> tuple[TripRow, int | None, Frequency | None] | None:
        if id_ in self._trips and id_ not in self._frequencies:
            return self._trips[id_], None, None
        read = read_started(id_)
        if read is None:
            return None
        for frequency in self._frequencies.get(read[0], ()):
            if read[1] in range(frequency.start, frequency.end, frequency.headway):
                return self._trips[read[0]], read[1], frequency
        return None

    async def calls_by_run(
        self, runs: Sequence[tuple[str, date]]
    ) -> Sequence[Sequence[Departure] | None]:
        return [self._run(id_, day) for id_, day in runs]

    def _run(self, id_: str, day: date) -> list[Departure] | None:
        if self._template(id_) is None:
            return None
        return [one for one in self._on(day) if one.trip.local == id_]

    async def directions_by_line(
        self, ids: Sequence[str]
    ) -> Sequence[Sequence[LineDirection] | None]:
        return [self._directions(id_) for id_ in ids]

    def _directions(self, line: str) -> list[LineDirection] | None:
        longest: dict[int, TripRow] = {}
        for row in sorted(self._trips.values(), key=lambda row: row.id):
            calls = self._calls.get(row.id)
            if row.route != line or not calls:
                continue
            known = longest.get(row.direction or 0)
            if known is None or len(calls) > len(self._calls[known.id]):
                longest[row.direction or 0] = row
        if not longest:
            return None
        return [
            LineDirection(
                source=self.name,
                direction_id=number,
                headsign=self._headsign(row, None),
                stops=tuple(call.stop for call in self._calls[row.id]),
                shape=row.shape,
            )
            for number, row in sorted(longest.items())
        ]

    async def paths_by_shape(
        self, ids: Sequence[str]
    ) -> Sequence[Sequence[tuple[float, float]] | None]:
        found = [[at for _, at in sorted(self._shapes.get(id_, []))] for id_ in ids]
        return [path if len(path) > 1 else None for path in found]

    # --------------------------------------------------------------------------- times

    async def headways_by_line(
        self, asks: Sequence[tuple[str, date, int]]
    ) -> Sequence[timedelta | None]:
        return [self._headway(*ask) for ask in asks]

    def _headway(self, line: str, day: date, second: int) -> timedelta | None:
        found = []
        for on, at in ((day, second), (day - timedelta(days=1), second + DAY)):
            by_direction: dict[int | None, list[tuple[int, Frequency | None]]] = {}
            for row, start, frequency in self._starts(line, on):
                by_direction.setdefault(row.direction, []).append((start, frequency))
            for starts in by_direction.values():
                stated = [f.headway for _, f in starts if f is not None and f.start <= at < f.end]
                plain = sorted({start for start, f in starts if f is None})
                before = [start for start in plain if start <= at]
                after = [start for start in plain if start > at]
                found += [min(stated)] if stated else []
                found += [after[0] - before[-1]] if before and after and not stated else []
        return from_to(found)

    async def spans_by_line(
        self, asks: Sequence[tuple[str, date]]
    ) -> Sequence[Sequence[ServiceSpan] | None]:
        return [self._spans(line, day) for line, day in asks]

    def _spans(self, line: str, day: date) -> list[ServiceSpan] | None:
        if not any(row.route == line and self._calls.get(row.id) for row in self._trips.values()):
            return None
        by_direction: dict[int | None, list[int]] = {}
        for row, start, _ in self._starts(line, day):
            by_direction.setdefault(row.direction, []).append(start)
        base = service_start(day, self._zone)
        return [
            ServiceSpan(
                number,
                base + timedelta(seconds=min(starts)),
                base + timedelta(seconds=max(starts)),
            )
            for number, starts in sorted(
                by_direction.items(), key=lambda pair: (pair[0] is None, pair[0] or 0)
            )
        ]

    def _starts(self, line: str, day: date) -> Iterator[tuple[TripRow, int, Frequency | None]]:
        for row in self._trips.values():
            calls = self._calls.get(row.id)
            if row.route != line or not calls or not self._active(row.service, day):
                continue
            if row.id not in self._frequencies:
                yield row, calls[0].times.departure or 0, None
            for one in self._frequencies.get(row.id, ()):
                for start in range(one.start, one.end, one.headway):
                    yield row, start, one

    def _active(self, service: str, day: date) -> bool:
        single = self._dates.get((service, day))
        if single is not None:
            return single
        return any(
            one.id == service and one.start <= day <= one.end and one.days >> day.weekday() & 1
            for one in self._services
        )

    def _on(self, day: date) -> Iterator[Departure]:
        """Every call of every run of a service date."""
        base = service_start(day, self._zone)
        for row in self._trips.values():
            if not self._calls.get(row.id) or not self._active(row.service, day):
                continue
            if row.id not in self._frequencies:
                yield from self._calls_of(row, day, base, None, None)
            seen: set[int] = set()
            for one in self._frequencies.get(row.id, ()):
                for start in range(one.start, one.end, one.headway):
                    if start not in seen:
                        seen.add(start)
                        yield from self._calls_of(row, day, base, start, one)

    def _calls_of(
        self,
        row: TripRow,
        day: date,
        base: datetime,
        start: int | None,
        frequency: Frequency | None,
    ) -> Iterator[Departure]:
        calls = self._calls[row.id]
        shift = 0 if start is None else start - (calls[0].times.departure or 0)
        id_ = row.id if start is None else started(row.id, start)
        for call in calls:
            time = (call.times.departure or 0) + shift
            leaves = base + timedelta(seconds=time)
            last = call is calls[-1]
            yield Departure(
                stop=self._scoped(call.stop),
                trip=self._scoped(id_),
                line=self._scoped(row.route),
                headsign=self._headsign(row, call),
                service_date=day,
                leaves_at=leaves,
                stop_sequence=call.times.sequence,
                service_time=time,
                stays=(call.times.departure or 0) - (call.times.arrival or 0),
                scheduled_at=leaves,
                approximate=not call.times.timepoint
                or (frequency is not None and not frequency.exact),
                headway=timedelta(seconds=frequency.headway) if frequency else None,
                platform=self._stop[call.stop].platform,
                boarding=Boarding.NONE if last else call.boarding,
            )

    def _headsign(self, row: TripRow, call: StopTime | None) -> Text:
        own = call.headsign if call else None
        return own or row.headsign or self._stop[self._calls[row.id][-1].stop].name

    # --------------------------------------------------------------------------- boards

    async def boards(
        self, groups: Sequence[Sequence[str]], criteria: BoardCriteria
    ) -> Sequence[Board]:
        return [self._board(group, criteria) for group in groups]

    def _board(self, stops: Sequence[str], criteria: BoardCriteria) -> Board:
        circle = criteria.near
        around = [
            stop.origin.local_id
            for stop in self._stops
            if circle is not None and geometry.is_in(circle, stop.point, stop.area)
        ]
        named = [*stops, *around]
        wanted = {self._scoped(one) for stop in named for one in self._platforms(stop)}
        targets = None
        if criteria.towards is not None:
            target = criteria.towards
            mine = target.source == self.name
            targets = (
                {self._scoped(one) for one in self._platforms(target.local)} if mine else set()
            )
        found = [
            one
            for one in self._between(criteria.start, criteria.end)
            if one.stop in wanted
            and one.boarding is not Boarding.NONE
            and (criteria.trips is None or one.trip.local in criteria.trips)
            and (criteria.lines is None or one.line in criteria.lines)
            and (criteria.modes is None or self._line[one.line.local].mode in criteria.modes)
            and (targets is None or self._calls_later(one, targets))
        ]
        found.sort(key=mark_of)
        if criteria.per_line is not None:
            found = _at_most(criteria.per_line, found)
        if criteria.after is not None:
            found = [one for one in found if mark_of(one) > criteria.after]
        shown = found[: criteria.first]
        return Board(
            tuple(shown),
            len(found) > criteria.first,
            self.validity if wanted else Validity(self._as_of, zone=self._info.timezone),
            tuple(self._line[id_] for id_ in sorted({one.line.local for one in shown})),
            tuple(self._stop[id_] for id_ in sorted({one.stop.local for one in shown})),
        )

    def _between(self, start: datetime, end: datetime) -> Iterator[Departure]:
        longest = max((c[-1].times.departure or 0 for c in self._calls.values()), default=0)
        latest = max((f.end for many in self._frequencies.values() for f in many), default=0)
        back = (longest + latest) // DAY + 2
        day = start.astimezone(self._zone).date() - timedelta(days=back)
        # Where the clocks go forward, a day's times count from 23:00 of the day before.
        while day <= end.astimezone(self._zone).date() + timedelta(days=1):
            yield from (one for one in self._on(day) if start <= one.leaves_at < end)
            day += timedelta(days=1)

    def _calls_later(self, departure: Departure, targets: set[ScopedId]) -> bool:
        found = self._template(departure.trip.local)
        assert found is not None  # noqa: S101 - the departure was made from it
        return any(
            call.times.sequence > departure.stop_sequence and self._scoped(call.stop) in targets
            for call in self._calls[found[0].id]
        )

    def _platforms(self, id_: str) -> set[str]:
        stop = self._stop.get(id_)
        if stop is None:
            return set()
        if stop.parent is not None and stop.kind is not StopKind.STOP:
            id_ = stop.parent
        return {id_, *(child.origin.local_id for child in self._children(id_))}

    @property
    def validity(self) -> Validity:
        """For which days the timetable was made."""
        used = {trip.service for trip in self._trips.values()}
        weekly = [one for one in self._services if one.days and one.id in used]
        single = [day for (of, day), added in self._dates.items() if added and of in used]
        ends = [*(one.end for one in weekly), *single]
        begins = [*(one.start for one in weekly), *single]
        last = max(ends, default=None)
        return Validity(
            as_of=self._as_of,
            valid_from=self._info.start or min(begins, default=None),
            valid_until=self._info.end or last,
            last_service=last,
            zone=self._info.timezone,
        )

    def _scoped(self, local: str) -> ScopedId:
        return ScopedId(self.name, local)


def _at_most(number: int, departures: Sequence[Departure]) -> list[Departure]:
    """The first so many of each line."""
    counts: dict[ScopedId, int] = {}
    found = []
    for one in departures:
        counts[one.line] = counts.get(one.line, 0) + 1
        if counts[one.line] <= number:
            found.append(one)
    return found


class MemoryVehicles:
    """A VehicleSource over records."""

    def __init__(self, name: str, vehicles: Sequence[Vehicle]) -> None:
        self.name = name
        self._vehicles = sorted(vehicles, key=lambda vehicle: vehicle.origin.local_id)

    async def find_vehicles(
        self, box: BBox, lines: Sequence[ScopedId] | None, first: int
    ) -> Sequence[Vehicle]:
        found = [
            vehicle
            for vehicle in self._vehicles
            if geometry.in_box(box, vehicle.point) and (lines is None or vehicle.line in lines)
        ]
        return found[:first]

    async def vehicles_by_trip(self, trips: Sequence[ScopedId]) -> Sequence[Vehicle | None]:
        running = {vehicle.trip: vehicle for vehicle in self._vehicles if vehicle.trip}
        for vehicle in self._vehicles:
            # Many feeds tell the start of trips, too, that do not run by headway.
            if vehicle.trip and (read := read_started(vehicle.trip.local)) is not None:
                running.setdefault(ScopedId(vehicle.trip.source, read[0]), vehicle)
        return [running.get(trip) for trip in trips]
