"""What leaves when: the calls of a few stops in a short window, worked out by the database.

For every service day whose times can reach into the window there is one range of service
times; calls at the stops are looked up in that range and joined to the trips that run then.
Templates of `frequencies` are repeated here, for the window alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import islice
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    Select,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)

from connectors.kinds.sql import Database
from connectors.kinds.turns import in_turns
from connectors.ports.common import ScopedId, Text
from connectors.ports.transit import (
    DAY,
    BoardCriteria,
    Boarding,
    BoardMark,
    Departure,
    mark_of,
    read_started,
    service_start,
    started,
)
from connectors.store.base import by_code_point
from connectors.store.transit_tables import (
    frequencies,
    lines,
    service_dates,
    services,
    stop_times,
    stops,
    trips,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_SLICE = timedelta(hours=4)


def active(source: str, day: date) -> Select[Any]:
    """The services that run on a day: by week, without those taken away, with those added."""
    here = and_(service_dates.c.source == source, service_dates.c.date == day)
    single = select(service_dates.c.service)
    weekly = select(services.c.service).where(
        services.c.source == source,
        services.c.start_date <= day,
        services.c.end_date >= day,
        services.c.days.bitwise_and(1 << day.weekday()) != 0,
        services.c.service.not_in(single.where(here, service_dates.c.added.is_(False))),
    )
    both = union_all(weekly, single.where(here, service_dates.c.added)).subquery()
    return select(both.c.service)


@dataclass(frozen=True, slots=True)
class Feed:
    """What the timetable needs to know of the feed itself."""

    source: str
    zone: tzinfo
    longest: int
    frequent: bool


@dataclass(frozen=True, slots=True)
class _Range:
    """A service day with the service times that fall into a window."""

    day: date
    base: int
    low: int
    high: int


def slices(
    start: datetime, end: datetime, *, whole: bool = False
) -> Iterator[tuple[datetime, datetime]]:
    """The window in growing parts, so that a board that is full early stops early; or whole."""
    size = end - start if whole else _FIRST_SLICE
    while start < end:
        until = min(start + size, end)
        yield start, until
        start, size = until, size * 2


class Timetable:
    """Boards of one feed."""

    def __init__(self, database: Database, feed: Feed) -> None:
        self._database = database
        self._feed = feed

    async def departures(
        self, platforms: Sequence[str], criteria: BoardCriteria, *, targets: Sequence[str] | None
    ) -> tuple[list[Departure], bool]:
        """The first departures from some platforms in order, and whether more follow."""
        found: list[Departure] = []
        counts: dict[str, int] = {}
        start = criteria.start
        if criteria.after is not None and criteria.per_line is None:
            start = max(start, _EPOCH + timedelta(seconds=criteria.after.leaves))
        # A few trips fill no board: what they do is read at once.
        few = criteria.trips is not None
        for low, high in slices(start, criteria.end, whole=few):
            part = await self._part(platforms, criteria, targets, low, high)
            for one in part:
                line = one.line.local
                counts[line] = counts.get(line, 0) + 1
                if criteria.per_line is not None and counts[line] > criteria.per_line:
                    continue
                if criteria.after is None or mark_of(one) > criteria.after:
                    found.append(one)
            if len(found) > criteria.first:
                break
        return found[: criteria.first], len(found) > criteria.first

    async def by_platform(
        self, platforms: Sequence[str], criteria: BoardCriteria
    ) -> dict[str, list[Departure]]:
        """The first departures of each platform by itself, one more than asked, in order."""
        found: dict[str, list[Departure]] = {platform: [] for platform in platforms}
        few = criteria.trips is not None
        for low, high in slices(criteria.start, criteria.end, whole=few):
            open_ = [one for one, had in found.items() if len(had) <= criteria.first]
            if not open_:
                break
            for one in await self._part(open_, criteria, None, low, high, each=True):
                found[one.stop.local].append(one)
        return found

    async def _part(
        self,
        platforms: Sequence[str],
        criteria: BoardCriteria,
        targets: Sequence[str] | None,
        low: datetime,
        high: datetime,
        *,
        each: bool = False,
    ) -> list[Departure]:
        ranges = list(self._ranges(low, high))
        if not ranges:
            return []
        wanted = _wanted(self._feed.source, platforms, criteria, targets)
        most = criteria.first + 1
        # No run of one template at one stop is needed more often than this; one of them may be
        # the departure `after` stands for.
        runs = most + 1
        if criteria.per_line is not None:
            runs = criteria.per_line
            # What `after` has already shown counts for its line, so it must be read again.
            statement = self._plain(ranges, wanted, _Cut(per="line", most=criteria.per_line))
        elif each:
            statement = self._plain(ranges, wanted, _Cut(per="stop", most=most))
        else:
            cut = _Cut(most=most, source=self._feed.source, after=criteria.after)
            statement = self._plain(ranges, wanted, cut)
        found = await in_turns(await self._database.rows(statement), self._departure)
        if self._feed.frequent:
            rows = await self._database.rows(self._templates(ranges, wanted))
            found += self._repeated(rows, ranges, runs, criteria.trips)
        return sorted(found, key=mark_of)

    def _ranges(self, low: datetime, high: datetime) -> Iterator[_Range]:
        zone = self._feed.zone
        day = low.astimezone(zone).date() - timedelta(days=self._feed.longest // DAY + 1)
        last = high.astimezone(zone).date() + timedelta(days=1)
        while day <= last:
            base = service_start(day, zone)
            start = max(math.ceil((low - base).total_seconds()), 0)
            end = min(math.ceil((high - base).total_seconds()), self._feed.longest + 1)
            if start < end:
                yield _Range(day, _seconds(base), start, end)
            day += timedelta(days=1)

    def _plain(
        self, ranges: Sequence[_Range], wanted: Sequence[ColumnElement[bool]], cut: _Cut
    ) -> Select[Any]:
        departure = stop_times.c.departure
        parts = [
            _calls(literal(one.base, BigInteger), literal(one.day))
            .where(
                *wanted,
                trips.c.frequent.is_(False),
                departure >= one.low,
                departure < one.high,
                trips.c.service.in_(active(self._feed.source, one.day)),
            )
            for one in ranges
        ]  # fmt: skip
        return cut.applied(parts)

    def _templates(
        self, ranges: Sequence[_Range], wanted: Sequence[ColumnElement[bool]]
    ) -> Select[Any]:
        shift = stop_times.c.departure - trips.c.first_departure
        parts = [
            _calls(literal(one.base, BigInteger), literal(one.day))
            .add_columns(
                frequencies.c.start, frequencies.c.end, frequencies.c.headway, frequencies.c.exact
            )
            .join(
                frequencies,
                and_(
                    frequencies.c.source == trips.c.source, frequencies.c.trip == trips.c.local_id
                ),
            )
            .where(
                *wanted,
                trips.c.frequent,
                frequencies.c.start + shift < one.high,
                frequencies.c.end + shift > one.low,
                trips.c.service.in_(active(self._feed.source, one.day)),
            )
            for one in ranges
        ]
        found = union_all(*parts).subquery()
        return select(found).order_by(found.c.start)

    def _repeated(
        self,
        rows: Iterable[Row[Any]],
        ranges: Sequence[_Range],
        most: int,
        only: frozenset[str] | None,
    ) -> list[Departure]:
        by_day = {one.day: one for one in ranges}
        found: dict[BoardMark, Departure] = {}
        for row in rows:
            window = by_day[row.day]
            shift = row.departure - row.first_departure
            skipped = max(math.ceil((window.low - shift - row.start) / row.headway), 0)
            first = row.start + skipped * row.headway
            starts: Iterable[int] = range(first, min(row.end, window.high - shift), row.headway)
            if only is not None:
                starts = (start for start in starts if started(row.trip, start) in only)
            for start in islice(starts, most):
                one = self._departure(row, start=start, shift=shift)
                found.setdefault(mark_of(one), one)
        return list(found.values())

    def _departure(self, row: Row[Any], *, start: int | None = None, shift: int = 0) -> Departure:
        source = self._feed.source
        time = row.departure if start is None else start + shift
        repeated = start is not None
        leaves = _EPOCH + timedelta(seconds=row.base + time)
        return Departure(
            stop=ScopedId(source, row.stop),
            trip=ScopedId(source, row.trip if start is None else started(row.trip, start)),
            line=ScopedId(source, row.line),
            headsign=headsign_of(row),
            service_date=row.day,
            leaves_at=leaves,
            stop_sequence=row.sequence,
            service_time=time,
            stays=row.departure - row.arrival,
            scheduled_at=leaves,
            approximate=not row.timepoint or (repeated and not row.exact),
            headway=timedelta(seconds=row.headway) if repeated else None,
            platform=row.platform,
            boarding=Boarding(row.boarding),
        )


def headsign_of(row: Row[Any]) -> Text:
    """Where a call is going: what its sign says, else the trip's, else the name of the last stop."""
    found: Text = row.call_headsign or row.trip_headsign or row.last_name
    return found


def _seconds(moment: datetime) -> int:
    return round((moment - _EPOCH).total_seconds())


def calls_columns() -> list[ColumnElement[Any]]:
    """What is read of a call, its trip and its stop."""
    last = stops.alias("last")
    return [
        stop_times.c.trip, stop_times.c.stop, stop_times.c.sequence, stop_times.c.arrival,
        stop_times.c.departure,        stop_times.c.timepoint, stop_times.c.boarding,
        stop_times.c.headsign.label("call_headsign"), trips.c.headsign.label("trip_headsign"),
        trips.c.line, trips.c.first_departure, stops.c.platform,
        select(last.c.name)
        .where(last.c.source == trips.c.source, last.c.local_id == trips.c.last_stop)
        .correlate(trips)
        .scalar_subquery()
        .label("last_name"),
    ]  # fmt: skip


def joined(statement: Select[Any]) -> Select[Any]:
    """Calls joined with their trips and stops."""
    return (
        statement.select_from(stop_times)
        .join(
            trips,
            and_(trips.c.source == stop_times.c.source, trips.c.local_id == stop_times.c.trip),
        )
        .join(
            stops,
            and_(stops.c.source == stop_times.c.source, stops.c.local_id == stop_times.c.stop),
        )
    )


def _calls(base: ColumnElement[Any], day: ColumnElement[Any]) -> Select[Any]:
    return joined(
        select(
            *calls_columns(),
            base.label("base"),
            day.label("day"),
            (stop_times.c.departure + base).label("leaves"),
        )
    )


@dataclass(frozen=True, slots=True)
class _Cut:
    """How many rows are read: the first in all, or the first of each line or stop."""

    most: int
    per: str | None = None
    source: str = ""
    after: BoardMark | None = None

    def applied(self, parts: Sequence[Select[Any]]) -> Select[Any]:
        """The rows of all days together, cut."""
        found = union_all(*parts).subquery()
        order = _order(found.c)
        if self.per is None:
            statement = select(found)
            if self.after is not None:
                statement = statement.where(_beyond(order, self.after, self.source))
            return statement.order_by(*order).limit(self.most)
        place = func.row_number().over(partition_by=found.c[self.per], order_by=order)
        ranked = select(found, place.label("place")).subquery()
        return select(ranked).where(ranked.c.place <= self.most)


def _order(columns: Any) -> list[ColumnElement[Any]]:
    return [
        columns.leaves, by_code_point(columns.line), by_code_point(columns.trip),
        by_code_point(columns.stop), columns.sequence,
    ]  # fmt: skip


def _beyond(
    order: Sequence[ColumnElement[Any]], mark: BoardMark, source: str
) -> ColumnElement[bool]:
    """Rows of a source after a mark, which another source may have set."""
    if source != mark.source:
        leaves = literal(mark.leaves, BigInteger)
        return order[0] >= leaves if source > mark.source else order[0] > leaves
    values = (mark.leaves, mark.line, mark.trip, mark.stop, mark.sequence)
    types = [literal(values[0], BigInteger), *map(literal, values[1:])]
    return or_(
        *(
            and_(*(order[k] == types[k] for k in range(at)), order[at] > types[at])
            for at in range(len(order))
        )
    )


def _wanted(
    source: str,
    platforms: Sequence[str],
    criteria: BoardCriteria,
    targets: Sequence[str] | None,
) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        stop_times.c.source == source,
        stop_times.c.stop.in_(platforms),
        stop_times.c.boarding != Boarding.NONE.value,
        stop_times.c.sequence < trips.c.last_sequence,
    ]
    if criteria.lines is not None:
        mine = [line.local for line in criteria.lines if line.source == source]
        found.append(trips.c.line.in_(mine))
    if criteria.modes is not None:
        found.append(
            trips.c.line.in_(
                select(lines.c.local_id).where(
                    lines.c.source == source,
                    lines.c.mode.in_([mode.value for mode in criteria.modes]),
                )
            )
        )
    if criteria.trips is not None:
        templates = (read[0] for one in criteria.trips if (read := read_started(one)) is not None)
        found.append(trips.c.local_id.in_({*criteria.trips, *templates}))
    if targets is not None:
        later = stop_times.alias("later")
        found.append(
            exists().where(
                later.c.source == stop_times.c.source,
                later.c.trip == stop_times.c.trip,
                later.c.sequence > stop_times.c.sequence,
                later.c.stop.in_(targets),
            )
        )
    return found
