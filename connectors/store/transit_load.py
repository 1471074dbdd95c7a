"""A GTFS feed goes into the timetable tables, within the caller's transaction."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import (
    Table,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from connectors.kinds.gtfs.faults import FeedFault, Remark, Remarks
from connectors.kinds.gtfs.feed import Feed
from connectors.kinds.gtfs.files import Files, Limits
from connectors.kinds.gtfs.records import FeedInfo, StopTime
from connectors.kinds.gtfs.tables import rows as csv_rows
from connectors.kinds.gtfs.times import TimeFault, Times, filled
from connectors.ports.common import GeoPoint, Origin
from connectors.ports.transit import Line, Operator, Stop, TransitMode
from connectors.store import transit_tables as store
from connectors.store.transit import line_values, operator_values, stop_values

T = TypeVar("T")

BATCH = 250
"""Rows written at once: few, for each batch keeps the event loop from answering others."""
FILLED_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Report:
    """What was loaded: rows per table, values left out, and what the feed says of itself."""

    key: str
    counts: Mapping[str, int]
    info: FeedInfo
    valid_from: date | None
    valid_until: date | None
    remarks: tuple[Remark, ...] = ()
    remark_count: int = 0


@dataclass(slots=True)
class Plan:
    """How a feed becomes records: their origin, their area, and what the feed cannot say."""

    key: str
    origin: Callable[[str], Origin]
    """The origin of a record by its local id."""
    stop_origin: Callable[[str], Origin] | None = None
    """The origin of stops, where it is another."""
    locate: Callable[[GeoPoint | None], str | None] = lambda _point: None
    """The kelurahan a point is in."""
    modes: Mapping[str, TransitMode] = field(default_factory=dict)
    """Modes of single routes, by route_id."""
    points_needed: bool = True
    limits: Limits = field(default_factory=Limits)


async def load_feed(connection: AsyncConnection, files: Files, plan: Plan) -> Report:
    """Put a feed in the place of the source's old one, within the caller's transaction.

    Rows are read in a thread and written in batches, so neither memory nor the event loop
    feels how large the feed is. Raises FeedFault.
    """
    remarks = Remarks()
    feed = Feed(files, remarks, modes=plan.modes, points_needed=plan.points_needed)
    writer = _Writer(connection, plan, feed)
    for table in store.ALL:
        await connection.execute(delete(table).where(table.c.source == plan.key))
    info = await asyncio.to_thread(feed.info)
    stop_origin = plan.stop_origin or plan.origin
    await writer.put(
        store.operators,
        feed.agencies(),
        lambda row: operator_values(
            Operator(plan.origin(row.id), row.name, row.timezone, row.phone, row.url)
        ),
    )
    await writer.put(
        store.stops,
        feed.stops(),
        lambda row: stop_values(
            Stop(
                stop_origin(row.id), row.name, row.kind, row.code, row.point, row.platform,
                row.parent, row.wheelchair, plan.locate(row.point),
            )
        ),
    )  # fmt: skip
    await writer.put(
        store.lines,
        feed.routes(),
        lambda row: line_values(
            Line(
                plan.origin(row.id), row.mode, row.agency, row.short_name, row.long_name,
                row.color, row.text_color, row.sort_order, row.fare,
            )
        ),
    )  # fmt: skip
    await writer.times()
    await writer.sums()
    start, end, last = await writer.validity(info)
    await writer.head(info, start, end, last)
    return Report(plan.key, writer.counts, info, start, end, tuple(remarks.kept), remarks.count)


class _Writer:
    """Writes one feed, table by table."""

    def __init__(self, connection: AsyncConnection, plan: Plan, feed: Feed) -> None:
        self._connection = connection
        self._plan = plan
        self._feed = feed
        self.counts: dict[str, int] = {}

    async def put(
        self, table: Table, rows: Iterator[T], values: Callable[[T], Mapping[str, Any]]
    ) -> None:
        """Write rows in batches."""

        def next_batch() -> list[dict[str, Any]]:
            key = self._plan.key
            return [{"source": key, **values(row)} for row in islice(rows, BATCH)]

        count = 0
        async for batch in _batches(next_batch):
            try:
                await self._connection.execute(insert(table), batch)
            except IntegrityError as error:
                raise await asyncio.to_thread(self._duplicate, table) from error
            count += len(batch)
        self.counts[table.name] = count

    def _duplicate(self, table: Table) -> FeedFault:
        """Which line says the same as an earlier one; the database only says that one does."""
        file, columns = _KEYS[table.name]
        seen: dict[tuple[Any, ...], int] = {}
        for row in csv_rows(self._feed.files, file):
            key = tuple(
                row.time(column) if column.endswith("_time")
                else row.whole(column) if column.endswith("_sequence")
                else row.text(column)
                for column in columns
            )  # fmt: skip
            if key in seen:
                return row.fault(columns[-1], f"says the same as line {seen[key]}: {key!r}")
            seen[key] = row.line
        return FeedFault("two rows have the same key", file=file)

    async def times(self) -> None:
        """Services, trips and calls."""
        feed = self._feed
        await self.put(
            store.services,
            feed.services(),
            lambda row: {
                "service": row.id, "days": row.days, "start_date": row.start, "end_date": row.end,
            },
        )  # fmt: skip
        await self.put(
            store.service_dates,
            feed.service_dates(),
            lambda row: {"service": row.service, "date": row.day, "added": row.added},
        )
        await self.put(
            store.shape_points,
            feed.shapes(),
            lambda row: {
                "shape": row.shape, "sequence": row.sequence, "lat": row.point.lat,
                "lng": row.point.lng,
            },
        )  # fmt: skip
        await self.put(
            store.trips,
            feed.trips(),
            lambda row: {
                "local_id": row.id, "line": row.route, "service": row.service,
                "headsign": row.headsign, "short_name": row.short_name,
                "direction": row.direction, "wheelchair": row.wheelchair.value,
                "bikes": row.bikes.value, "shape": row.shape,
            },
        )  # fmt: skip
        await self.put(
            store.frequencies,
            feed.frequencies(),
            lambda row: {
                "trip": row.trip, "start": row.start, "end": row.end, "headway": row.headway,
                "exact": row.exact,
            },
        )  # fmt: skip
        await self.put(store.stop_times, feed.stop_times(), _call_values)
        await self._fill()
        await self._check()

    async def _fill(self) -> None:
        """Work out the times that were left out, some trips at a time."""
        calls = store.stop_times
        after = ""
        while True:
            trips = list(
                await self._connection.scalars(
                    select(calls.c.trip)
                    .where(
                        calls.c.source == self._plan.key,
                        or_(calls.c.arrival.is_(None), calls.c.departure.is_(None)),
                        calls.c.trip > after,
                    )
                    .distinct()
                    .order_by(calls.c.trip)
                    .limit(FILLED_AT_ONCE)
                )
            )
            if not trips:
                return
            after = trips[-1]
            await self._fill_some(trips)

    async def _fill_some(self, trips: Sequence[str]) -> None:
        calls = store.stop_times
        rows = await self._connection.execute(
            select(calls)
            .where(calls.c.source == self._plan.key, calls.c.trip.in_(trips))
            .order_by(calls.c.trip, calls.c.sequence)
        )
        by_trip: dict[str, list[Times]] = {}
        for row in rows:
            by_trip.setdefault(row.trip, []).append(
                Times(row.sequence, row.arrival, row.departure, row.distance, row.timepoint)
            )
        values = []
        for trip, times in by_trip.items():
            known = await self._located(trip, times)
            values += [
                {
                    "of_trip": trip, "at": one.sequence, "arrives": one.arrival,
                    "departs": one.departure, "exact": one.timepoint,
                }
                for before, one in zip(times, known, strict=True)
                if before != one
            ]  # fmt: skip
        if not values:
            return
        await self._connection.execute(
            update(calls)
            .where(
                calls.c.source == self._plan.key,
                calls.c.trip == bindparam("of_trip"),
                calls.c.sequence == bindparam("at"),
            )
            .values(
                arrival=bindparam("arrives"),
                departure=bindparam("departs"),
                timepoint=bindparam("exact"),
            ),
            values,
        )

    async def _located(self, trip: str, times: Sequence[Times]) -> list[Times]:
        try:
            return filled(trip, times)
        except TimeFault as fault:
            raise await asyncio.to_thread(self._on_its_line, fault) from fault

    def _on_its_line(self, fault: TimeFault) -> FeedFault:
        for row in csv_rows(self._feed.files, "stop_times.txt"):
            if (row.text("trip_id"), row.whole("stop_sequence")) == (fault.trip, fault.sequence):
                return row.fault(fault.field, fault.reason)
        return fault

    async def _check(self) -> None:
        """No trip may go back in time."""
        calls = store.stop_times
        before = (
            func.lag(calls.c.departure)
            .over(partition_by=calls.c.trip, order_by=calls.c.sequence)
            .label("before")
        )
        ordered = select(calls, before).where(calls.c.source == self._plan.key).subquery()
        wrong = (
            await self._connection.execute(
                select(ordered.c.trip)
                .where(
                    or_(
                        ordered.c.arrival < ordered.c.before,
                        ordered.c.departure < ordered.c.arrival,
                    )
                )
                .order_by(ordered.c.trip, ordered.c.sequence)
                .limit(1)
            )
        ).first()
        if wrong is not None:
            await self._fill_some([wrong.trip])

    async def sums(self) -> None:
        """What boards need to know of each trip, and which lines call where."""
        key, trips, calls = self._plan.key, store.trips, store.stop_times
        mine = (calls.c.source == trips.c.source) & (calls.c.trip == trips.c.local_id)

        def one(value: Any, *, last: bool) -> Any:
            order = calls.c.sequence.desc() if last else calls.c.sequence.asc()
            return (
                select(value).where(mine).order_by(order).limit(1).correlate(trips)
            ).scalar_subquery()

        await self._connection.execute(
            update(trips)
            .where(trips.c.source == key)
            .values(
                stop_count=select(func.count()).where(mine).correlate(trips).scalar_subquery(),
                first_departure=one(calls.c.departure, last=False),
                last_sequence=one(calls.c.sequence, last=True),
                last_stop=one(calls.c.stop, last=True),
                frequent=exists().where(
                    store.frequencies.c.source == trips.c.source,
                    store.frequencies.c.trip == trips.c.local_id,
                ),
            )
        )
        await self._connection.execute(
            insert(store.stop_lines).from_select(
                ["source", "stop", "line", "mode"],
                select(literal(key), calls.c.stop, trips.c.line, store.lines.c.mode)
                .join(trips, mine)
                .join(
                    store.lines,
                    (store.lines.c.source == trips.c.source)
                    & (store.lines.c.local_id == trips.c.line),
                )
                .where(calls.c.source == key)
                .distinct(),
            )
        )
        for _ in range(2):  # boarding areas count for their platform, platforms for the station
            await self._lift()

    async def _lift(self) -> None:
        key, stops, calling = self._plan.key, store.stops, store.stop_lines
        known = calling.alias("known")
        await self._connection.execute(
            insert(calling).from_select(
                ["source", "stop", "line", "mode"],
                select(literal(key), stops.c.parent, calling.c.line, calling.c.mode)
                .join(
                    stops,
                    (stops.c.source == calling.c.source) & (stops.c.local_id == calling.c.stop),
                )
                .where(
                    calling.c.source == key,
                    stops.c.parent.is_not(None),
                    ~exists().where(
                        known.c.source == key,
                        known.c.stop == stops.c.parent,
                        known.c.line == calling.c.line,
                    ),
                )
                .distinct(),
            )
        )

    async def validity(self, info: FeedInfo) -> tuple[date | None, date | None, date | None]:
        """First and last valid day, and the last day of any service that a trip has."""
        weekly, single = store.services, store.service_dates
        used = select(store.trips.c.service).where(store.trips.c.source == self._plan.key)
        a = (
            await self._connection.execute(
                select(func.min(weekly.c.start_date), func.max(weekly.c.end_date)).where(
                    weekly.c.source == self._plan.key,
                    weekly.c.days != 0,
                    weekly.c.service.in_(used),
                )
            )
        ).one()
        b = (
            await self._connection.execute(
                select(func.min(single.c.date), func.max(single.c.date)).where(
                    single.c.source == self._plan.key, single.c.added, single.c.service.in_(used)
                )
            )
        ).one()
        first = min((day for day in (a[0], b[0]) if day is not None), default=None)
        last = max((day for day in (a[1], b[1]) if day is not None), default=None)
        return info.start or first, info.end or last, last

    async def head(
        self, info: FeedInfo, start: date | None, end: date | None, last: date | None
    ) -> None:
        """The row of the feed itself."""
        key, calls, trips = self._plan.key, store.stop_times, store.trips
        latest = await self._connection.scalar(
            select(func.max(calls.c.departure)).where(calls.c.source == key)
        )
        repeated = await self._connection.scalar(
            select(func.max(store.frequencies.c.end)).where(store.frequencies.c.source == key)
        )
        span = await self._connection.scalar(
            select(func.max(calls.c.departure - trips.c.first_departure))
            .join(trips, (trips.c.source == calls.c.source) & (trips.c.local_id == calls.c.trip))
            .where(calls.c.source == key, trips.c.frequent)
        )
        await self._connection.execute(
            insert(store.feeds).values(
                source=key,
                as_of=self._plan.origin("feed").as_of,
                timezone=info.timezone,
                lang=info.lang,
                version=info.version,
                publisher=info.publisher,
                valid_from=start,
                valid_until=end,
                last_service=last,
                longest=max(latest or 0, (repeated or 0) + (span or 0)),
                frequent=repeated is not None,
            )
        )


_KEYS: dict[str, tuple[str, tuple[str, ...]]] = {
    "transit_operators": ("agency.txt", ("agency_id",)),
    "transit_stops": ("stops.txt", ("stop_id",)),
    "transit_lines": ("routes.txt", ("route_id",)),
    "transit_trips": ("trips.txt", ("trip_id",)),
    "transit_stop_times": ("stop_times.txt", ("trip_id", "stop_sequence")),
    "transit_services": ("calendar.txt", ("service_id",)),
    "transit_service_dates": ("calendar_dates.txt", ("service_id", "date")),
    "transit_frequencies": ("frequencies.txt", ("trip_id", "start_time")),
    "transit_shape_points": ("shapes.txt", ("shape_id", "shape_pt_sequence")),
}
"""What may be there only once."""


def _call_values(row: StopTime) -> dict[str, Any]:
    times = row.times
    whole = times.arrival is not None or times.departure is not None
    return {
        "trip": row.trip,
        "sequence": times.sequence,
        "stop": row.stop,
        "arrival": times.departure if times.arrival is None else times.arrival,
        "departure": times.arrival if times.departure is None else times.departure,
        "distance": times.distance,
        "timepoint": times.timepoint and whole,
        "boarding": row.boarding.value,
        "alighting": row.alighting.value,
        "headsign": row.headsign,
    }


async def _batches(next_batch: Callable[[], list[T]]) -> AsyncIterator[list[T]]:
    while batch := await asyncio.to_thread(next_batch):
        yield batch
