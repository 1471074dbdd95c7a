"""Transit in the embedded store: timetables that were loaded from GTFS feeds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Select, and_, exists, false, func, or_, select

from connectors.base import Tools
from connectors.kinds.sql import Database
from connectors.kinds.turns import in_turns
from connectors.ports.common import (
    Money,
    Near,
    Order,
    Page,
    ScopedId,
    Slice,
    TriState,
    Wheelchair,
)
from connectors.ports.connectors import Binding
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
    TransitMode,
    Trip,
    Validity,
    from_to,
    line_order,
    mark_of,
    read_started,
    service_start,
    stop_order,
)
from connectors.store.base import (
    chord2,
    in_order,
    located,
    origin_of,
    origin_values,
    owned,
    paged,
    point_of,
    point_values,
    rows_of,
    slice_of,
)
from connectors.store.timetable import (
    Feed,
    Timetable,
    active,
    calls_columns,
    headsign_of,
    joined,
)
from connectors.store.transit_tables import (
    feeds,
    frequencies,
    lines,
    operators,
    shape_points,
    stop_lines,
    stop_times,
    stops,
    trips,
)

R = TypeVar("R")


async def open_transit(binding: Binding, tools: Tools) -> StoreTransit:
    """A feed of the store as a system, see `connectors.registry`."""
    return StoreTransit(binding.key, tools.database, samples=tools.samples_shown)


class StoreTransit:
    """A TransitSource over the tables of `transit_tables`. Every question is a bounded read."""

    def __init__(self, name: str, database: Database, *, samples: bool = True) -> None:
        self.name = name
        self._database = database
        self._samples = samples

    # --------------------------------------------------------------------------- stops

    async def stops_by_id(self, ids: Sequence[str]) -> Sequence[Stop | None]:
        rows = await self._database.rows(self._stops().where(stops.c.local_id.in_(ids)))
        return in_order(await in_turns(rows, _stop), ids, lambda stop: stop.origin.local_id)

    async def find_stops(
        self, criteria: StopCriteria, order: Order[StopOrder], page: Page
    ) -> Slice[Stop]:
        statement = self._stops().where(located(stops, criteria.where), *self._fitting(criteria))
        sort: ColumnElement[Any] = stops.c.sort_name
        if order.field is StopOrder.DISTANCE and order.origin is not None:
            sort = chord2(stops, order.origin)
        ranges = paged(statement, stops, page, sort, source=self.name)
        rows = await rows_of(self._database, ranges, page)
        return await slice_of(rows, page, _stop, order.origin)

    def _fitting(self, criteria: StopCriteria) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = _worded(stops.c.search, criteria.text)
        if criteria.stations_only:
            found.append(stops.c.kind == StopKind.STATION.value)
        if criteria.code is not None:
            found.append(stops.c.code == criteria.code)
        here = exists().where(
            stop_lines.c.source == stops.c.source, stop_lines.c.stop == stops.c.local_id
        )
        if criteria.modes is not None:
            found.append(here.where(stop_lines.c.mode.in_([mode.value for mode in criteria.modes])))
        if criteria.served_by is not None:
            mine = [line.local for line in criteria.served_by if line.source == self.name]
            found.append(here.where(stop_lines.c.line.in_(mine)))
        return found

    async def children_by_stop(self, ids: Sequence[str]) -> Sequence[Sequence[Stop] | None]:
        rows = await self._database.rows(self._stops().where(stops.c.parent.in_(ids)))
        found: dict[str, list[Stop]] = {id_: [] for id_ in await self._known(stops, ids)}
        for stop in map(_stop, rows):
            found[stop.parent or ""].append(stop)
        for children in found.values():
            children.sort(key=lambda stop: stop.origin.local_id)
        return [found.get(id_) for id_ in ids]

    # --------------------------------------------------------------------------- lines

    async def lines_by_id(self, ids: Sequence[str]) -> Sequence[Line | None]:
        rows = await self._database.rows(self._lines().where(lines.c.local_id.in_(ids)))
        return in_order(await in_turns(rows, _line), ids, lambda line: line.origin.local_id)

    async def find_lines(self, criteria: LineCriteria, page: Page) -> Slice[Line]:
        statement = self._lines().where(*_worded(lines.c.search, criteria.text))
        if criteria.modes is not None:
            statement = statement.where(lines.c.mode.in_([mode.value for mode in criteria.modes]))
        if criteria.operator is not None:
            mine = criteria.operator.source == self.name
            local = criteria.operator.local if mine else ""
            statement = statement.where(lines.c.operator == local)
        if criteria.where is not None:
            calling = (
                select(stop_lines.c.line)
                .join(
                    stops,
                    and_(
                        stops.c.source == stop_lines.c.source,
                        stops.c.local_id == stop_lines.c.stop,
                    ),
                )
                .where(stop_lines.c.source == self.name, located(stops, criteria.where))
            )
            statement = statement.where(lines.c.local_id.in_(calling))
        ranges = paged(statement, lines, page, lines.c.sort_name, source=self.name)
        rows = await rows_of(self._database, ranges, page)
        return await slice_of(rows, page, _line)

    async def lines_by_stop(self, ids: Sequence[str]) -> Sequence[Sequence[Line] | None]:
        pairs = await self._database.rows(
            select(stop_lines.c.stop, stop_lines.c.line).where(
                stop_lines.c.source == self.name, stop_lines.c.stop.in_(ids)
            )
        )
        calling = sorted({pair.line for pair in pairs})
        known = dict(zip(calling, await self.lines_by_id(calling), strict=True))
        found: dict[str, list[Line]] = {id_: [] for id_ in await self._known(stops, ids)}
        for pair in pairs:
            line = known[pair.line]
            if line is not None and pair.stop in found:
                found[pair.stop].append(line)
        for some in found.values():
            some.sort(key=lambda line: (line_order(line), line.origin.local_id))
        return [found.get(id_) for id_ in ids]

    async def operators_by_id(self, ids: Sequence[str]) -> Sequence[Operator | None]:
        rows = await self._database.rows(
            select(operators).where(
                owned(operators, self.name, samples=self._samples), operators.c.local_id.in_(ids)
            )
        )
        found = [Operator(origin_of(r), r.name, r.timezone, r.phone, r.web) for r in rows]
        return in_order(found, ids, lambda operator: operator.origin.local_id)

    # --------------------------------------------------------------------------- trips

    async def trips_by_id(self, ids: Sequence[str]) -> Sequence[Trip | None]:
        known = await self._templates(ids)
        return [_trip(self.name, id_, known[id_][0]) if id_ in known else None for id_ in ids]

    async def _templates(
        self, ids: Iterable[str]
    ) -> dict[str, tuple[Row[Any], int | None, Row[Any] | None]]:
        """By id: the row of the trip, and for a repeated one its start and its frequency."""
        ids = set(ids)
        starts = {id_: read for id_ in ids if (read := read_started(id_)) is not None}
        wanted = ids | {template for template, _ in starts.values()}
        rows = await self._database.rows(
            select(trips).where(trips.c.source == self.name, trips.c.local_id.in_(wanted))
        )
        by_id = {row.local_id: row for row in rows}
        repeated: dict[str, list[Row[Any]]] = {}
        if any(row.frequent for row in rows):
            for row in await self._database.rows(
                select(frequencies)
                .where(frequencies.c.source == self.name, frequencies.c.trip.in_(wanted))
                .order_by(frequencies.c.trip, frequencies.c.start)
            ):
                repeated.setdefault(row.trip, []).append(row)
        found: dict[str, tuple[Row[Any], int | None, Row[Any] | None]] = {}
        for id_ in ids:
            if id_ in by_id and not by_id[id_].frequent:
                found[id_] = (by_id[id_], None, None)
            elif id_ in starts:
                template, start = starts[id_]
                for row in repeated.get(template, ()):
                    if start in range(row.start, row.end, row.headway):
                        found.setdefault(id_, (by_id[template], start, row))
        return found

    async def calls_by_run(
        self, runs: Sequence[tuple[str, date]]
    ) -> Sequence[Sequence[Departure] | None]:
        known = await self._templates(id_ for id_, _ in runs)
        feed = await self._feed()
        if feed is None:
            return [None for _ in runs]
        templates = {row.local_id for row, _, _ in known.values()}
        rows = await self._database.rows(
            joined(select(*calls_columns()))
            .where(stop_times.c.source == self.name, stop_times.c.trip.in_(templates))
            .order_by(stop_times.c.trip, stop_times.c.sequence)
        )
        calls: dict[str, list[Row[Any]]] = {}
        for row in rows:
            calls.setdefault(row.trip, []).append(row)
        running = {day: await self._running(day) for day in {day for _, day in runs}}
        found: list[list[Departure] | None] = []
        for id_, day in runs:
            if id_ not in known:
                found.append(None)
                continue
            trip, start, frequency = known[id_]
            if trip.service not in running[day]:
                found.append([])
                continue
            base = service_start(day, ZoneInfo(feed.timezone))
            shift = 0 if start is None else start - trip.first_departure
            found.append(
                [
                    self._call(
                        row,
                        (id_, day),
                        base,
                        shift=shift,
                        frequency=frequency,
                        last=trip.last_sequence,
                    )
                    for row in calls.get(trip.local_id, ())
                ]
            )
        return found

    async def _running(self, day: date) -> set[str]:
        return {row.service for row in await self._database.rows(active(self.name, day))}

    def _call(
        self,
        row: Row[Any],
        run: tuple[str, date],
        base: datetime,
        *,
        shift: int,
        frequency: Row[Any] | None,
        last: int,
    ) -> Departure:
        time = row.departure + shift
        leaves = base + timedelta(seconds=time)
        return Departure(
            stop=ScopedId(self.name, row.stop),
            trip=ScopedId(self.name, run[0]),
            line=ScopedId(self.name, row.line),
            headsign=headsign_of(row),
            service_date=run[1],
            leaves_at=leaves,
            stop_sequence=row.sequence,
            service_time=time,
            stays=row.departure - row.arrival,
            scheduled_at=leaves,
            approximate=not row.timepoint or (frequency is not None and not frequency.exact),
            headway=timedelta(seconds=frequency.headway) if frequency is not None else None,
            platform=row.platform,
            boarding=Boarding.NONE if row.sequence == last else Boarding(row.boarding),
        )

    async def directions_by_line(
        self, ids: Sequence[str]
    ) -> Sequence[Sequence[LineDirection] | None]:
        number = func.coalesce(trips.c.direction, 0)
        place = func.row_number().over(
            partition_by=(trips.c.line, number),
            order_by=(trips.c.stop_count.desc(), trips.c.local_id),
        )
        ranked = (
            select(trips, number.label("number"), place.label("place"))
            .where(trips.c.source == self.name, trips.c.line.in_(ids), trips.c.stop_count > 0)
            .subquery()
        )
        longest = await self._database.rows(
            select(ranked).where(ranked.c.place == 1).order_by(ranked.c.line, ranked.c.number)
        )
        rows = await self._database.rows(
            joined(select(*calls_columns()))
            .where(
                stop_times.c.source == self.name,
                stop_times.c.trip.in_([row.local_id for row in longest]),
            )
            .order_by(stop_times.c.trip, stop_times.c.sequence)
        )
        calls: dict[str, list[Row[Any]]] = {}
        for row in rows:
            calls.setdefault(row.trip, []).append(row)
        found: dict[str, list[LineDirection]] = {}
        for trip in longest:
            mine = calls[trip.local_id]
            found.setdefault(trip.line, []).append(
                LineDirection(
                    source=self.name,
                    direction_id=trip.number,
                    headsign=trip.headsign or mine[0].last_name,
                    stops=tuple(row.stop for row in mine),
                    shape=trip.shape,
                )
            )
        return [found.get(id_) for id_ in ids]

    async def paths_by_shape(
        self, ids: Sequence[str]
    ) -> Sequence[Sequence[tuple[float, float]] | None]:
        rows = await self._database.rows(
            select(shape_points)
            .where(shape_points.c.source == self.name, shape_points.c.shape.in_(ids))
            .order_by(shape_points.c.shape, shape_points.c.sequence)
        )
        found: dict[str, list[tuple[float, float]]] = {}
        for row in rows:
            found.setdefault(row.shape, []).append((row.lng, row.lat))
        return [path if len(path := found.get(id_, [])) > 1 else None for id_ in ids]

    # --------------------------------------------------------------------------- times

    async def headways_by_line(
        self, asks: Sequence[tuple[str, date, int]]
    ) -> Sequence[timedelta | None]:
        days = {day for _, day, _ in asks} | {day - timedelta(days=1) for _, day, _ in asks}
        starts = {day: await self._starts({line for line, _, _ in asks}, day) for day in days}
        return [
            from_to(
                [
                    gap
                    for on, at in ((day, second), (day - timedelta(days=1), second + DAY))
                    for some in starts[on].get(line, {}).values()
                    if (gap := _gap(some, at)) is not None
                ]
            )
            for line, day, second in asks
        ]

    async def spans_by_line(
        self, asks: Sequence[tuple[str, date]]
    ) -> Sequence[Sequence[ServiceSpan] | None]:
        feed = await self._feed()
        wanted = {line for line, _ in asks}
        rows = await self._database.rows(
            select(trips.c.line)
            .where(trips.c.source == self.name, trips.c.line.in_(wanted), trips.c.stop_count > 0)
            .distinct()
        )
        known = {row.line for row in rows}
        if feed is None or not known:
            return [None for _ in asks]
        zone = ZoneInfo(feed.timezone)
        starts = {day: await self._starts(known, day) for day in {day for _, day in asks}}
        return [
            _spans(starts[day].get(line, {}), service_start(day, zone)) if line in known else None
            for line, day in asks
        ]

    async def _starts(
        self, wanted: Iterable[str], day: date
    ) -> dict[str, dict[int | None, list[tuple[int, Row[Any] | None]]]]:
        """By line and direction: when plain trips start, and the frequencies, on a service date."""
        running = and_(
            trips.c.source == self.name,
            trips.c.line.in_(set(wanted)),
            trips.c.stop_count > 0,
            trips.c.service.in_(active(self.name, day)),
        )
        found: dict[str, dict[int | None, list[tuple[int, Row[Any] | None]]]] = {}
        plain = await self._database.rows(
            select(trips.c.line, trips.c.direction, trips.c.first_departure).where(
                running, trips.c.frequent.is_(False)
            )
        )
        for row in plain:
            mine = found.setdefault(row.line, {}).setdefault(row.direction, [])
            mine.append((row.first_departure, None))
        repeated = await self._database.rows(
            select(trips.c.line, trips.c.direction, frequencies)
            .join(
                frequencies,
                and_(
                    frequencies.c.source == trips.c.source, frequencies.c.trip == trips.c.local_id
                ),
            )
            .where(running, trips.c.frequent, frequencies.c.start < frequencies.c.end)
        )
        for row in repeated:
            mine = found.setdefault(row.line, {}).setdefault(row.direction, [])
            mine.append((row.start, row))
        return found

    # --------------------------------------------------------------------------- boards

    async def boards(
        self, groups: Sequence[Sequence[str]], criteria: BoardCriteria
    ) -> Sequence[Board]:
        feed = await self._feed()
        if feed is None:
            validity = Validity(as_of=criteria.start)
            return [Board((), more=False, validity=validity) for _ in groups]
        target = [criteria.towards.local] if criteria.towards is not None else []
        named = {one for group in groups for one in [*group, *target]}
        below, around = await self._platforms(named, criteria.near)
        targets = None
        if criteria.towards is not None:
            mine = criteria.towards.source == self.name
            targets = sorted(below.get(criteria.towards.local, ())) if mine else []
        timetable = Timetable(
            self._database,
            Feed(self.name, ZoneInfo(feed.timezone), feed.longest, feed.frequent),
        )
        validity = Validity(
            feed.as_of, feed.valid_from, feed.valid_until, feed.last_service, feed.timezone
        )
        nothing = Validity(feed.as_of, zone=feed.timezone)
        platforms = [
            sorted(around.union(*(below.get(stop, ()) for stop in group))) for group in groups
        ]
        if len(groups) == 1:
            some, more = await timetable.departures(platforms[0], criteria, targets=targets)
            found = [(tuple(some), more)]
        else:
            each = await timetable.by_platform(
                sorted({one for some in platforms for one in some}), criteria
            )
            found = [_first([each[one] for one in some], criteria.first) for some in platforms]
        shown = [one for some, _ in found for one in some]
        lines = await self._mentioned(self.lines_by_id, {one.line.local for one in shown})
        stops = await self._mentioned(self.stops_by_id, {one.stop.local for one in shown})
        return [
            Board(
                some,
                more,
                validity if here else nothing,
                tuple(lines[id_] for id_ in sorted({one.line.local for one in some})),
                tuple(stops[id_] for id_ in sorted({one.stop.local for one in some})),
            )
            for (some, more), here in zip(found, platforms, strict=True)
        ]

    async def _mentioned(
        self, by_id: Callable[[Sequence[str]], Awaitable[Sequence[R | None]]], ids: Iterable[str]
    ) -> dict[str, R]:
        wanted = sorted(ids)
        found = await by_id(wanted) if wanted else []
        return {id_: one for id_, one in zip(wanted, found, strict=True) if one is not None}

    async def _platforms(
        self, ids: Iterable[str], near: Near | None
    ) -> tuple[dict[str, set[str]], set[str]]:
        """What each stop stands for, a station or what is in it for all its platforms.

        And the same of all stops in a circle.
        """
        wanted = stops.c.local_id.in_(set(ids))
        close = false() if near is None else located(stops, near)
        rows = await self._database.rows(
            select(stops.c.local_id, stops.c.parent, stops.c.kind, close.label("close")).where(
                owned(stops, self.name, samples=self._samples), or_(wanted, close)
            )
        )
        roots = {
            row.local_id: row.parent
            if row.parent and row.kind != StopKind.STOP.value
            else row.local_id
            for row in rows
        }
        inside = await self._database.rows(
            select(stops.c.local_id, stops.c.parent).where(
                stops.c.source == self.name, stops.c.parent.in_(set(roots.values()))
            )
        )
        children: dict[str, set[str]] = {}
        for row in inside:
            children.setdefault(row.parent, set()).add(row.local_id)
        found = {id_: {root, *children.get(root, ())} for id_, root in roots.items()}
        around = {one for row in rows if row.close for one in found[row.local_id]}
        return found, around

    # --------------------------------------------------------------------------- common

    async def _feed(self) -> Row[Any] | None:
        rows = await self._database.rows(select(feeds).where(feeds.c.source == self.name))
        return rows[0] if rows else None

    async def _known(self, table: Any, ids: Sequence[str]) -> set[str]:
        rows = await self._database.rows(
            select(table.c.local_id).where(
                table.c.source == self.name, table.c.local_id.in_(set(ids))
            )
        )
        return {row.local_id for row in rows}

    def _stops(self) -> Select[Any]:
        return select(stops).where(owned(stops, self.name, samples=self._samples))

    def _lines(self) -> Select[Any]:
        return select(lines).where(owned(lines, self.name, samples=self._samples))


# ------------------------------------------------------------------------------- rows


def _worded(column: ColumnElement[Any], text: str | None) -> list[ColumnElement[bool]]:
    words = text.casefold().split() if text is not None else []
    return [column.contains(word, autoescape=True) for word in words]


def _stop(row: Row[Any]) -> Stop:
    return Stop(
        origin=origin_of(row),
        name=row.name,
        kind=StopKind(row.kind),
        code=row.code,
        point=point_of(row),
        platform=row.platform,
        parent=row.parent,
        wheelchair=Wheelchair(row.wheelchair),
        area=row.area,
    )


def stop_values(stop: Stop) -> dict[str, Any]:
    """A stop as a row."""
    words = [text for _, text in stop.name]
    return {
        **origin_values(stop.origin),
        **point_values(stop.point, stop.area),
        "name": stop.name,
        "kind": stop.kind.value,
        "code": stop.code,
        "platform": stop.platform,
        "parent": stop.parent,
        "wheelchair": stop.wheelchair.value,
        "sort_name": stop_order(stop),
        "search": " ".join([*words, stop.code or ""]).casefold(),
    }


def _line(row: Row[Any]) -> Line:
    fare = row.fare_amount and Money(Decimal(row.fare_amount), row.fare_currency)
    return Line(
        origin=origin_of(row),
        mode=TransitMode(row.mode),
        operator=row.operator,
        short_name=row.short_name,
        long_name=row.long_name,
        color=row.color,
        text_color=row.text_color,
        sort_order=row.sort_order,
        fare=fare or None,
    )


def line_values(line: Line) -> dict[str, Any]:
    """A line as a row."""
    words = [text for _, text in line.long_name or ()]
    return {
        **origin_values(line.origin),
        "mode": line.mode.value,
        "operator": line.operator,
        "short_name": line.short_name,
        "long_name": line.long_name,
        "color": line.color,
        "text_color": line.text_color,
        "sort_order": line.sort_order,
        "fare_amount": f"{line.fare.amount:f}" if line.fare else None,
        "fare_currency": line.fare.currency if line.fare else None,
        "sort_name": line_order(line),
        "search": " ".join([line.short_name or "", *words]).casefold(),
    }


def operator_values(operator: Operator) -> dict[str, Any]:
    """An operator as a row."""
    return {
        **origin_values(operator.origin),
        "name": operator.name,
        "timezone": operator.timezone,
        "phone": operator.phone,
        "web": operator.url,
    }


def _trip(source: str, id_: str, row: Row[Any]) -> Trip:
    return Trip(
        id=ScopedId(source, id_),
        line=row.line,
        headsign=row.headsign,
        short_name=row.short_name,
        direction=row.direction,
        wheelchair=Wheelchair(row.wheelchair),
        bikes=TriState(row.bikes),
        shape=row.shape,
    )


def _gap(starts: Sequence[tuple[int, Row[Any] | None]], at: int) -> int | None:
    stated = [row.headway for _, row in starts if row is not None and row.start <= at < row.end]
    if stated:
        return int(min(stated))
    plain = [start for start, row in starts if row is None]
    before = [start for start in plain if start <= at]
    after = [start for start in plain if start > at]
    return min(after) - max(before) if before and after else None


def _spans(
    by_direction: dict[int | None, list[tuple[int, Row[Any] | None]]], base: datetime
) -> list[ServiceSpan]:
    found = []
    for number in sorted(by_direction, key=lambda one: (one is None, one or 0)):
        starts = by_direction[number]
        first = min(start for start, _ in starts)
        last = max(
            start if row is None else range(row.start, row.end, row.headway)[-1]
            for start, row in starts
        )
        span = ServiceSpan(number, base + timedelta(seconds=first), base + timedelta(seconds=last))
        found.append(span)
    return found


def _first(parts: Sequence[Sequence[Departure]], most: int) -> tuple[tuple[Departure, ...], bool]:
    """The first departures of several lists together, and whether more follow."""
    found = sorted((one for part in parts for one in part), key=mark_of)
    return tuple(found[:most]), len(found) > most
