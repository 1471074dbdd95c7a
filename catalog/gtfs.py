"""`gtfs load`: a feed goes into the timetable tables, all of it or nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import islice
from pathlib import Path
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
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from catalog import bindings, tables
from catalog.loaded import alone, weigh
from catalog.pack import KelurahanIndex
from connectors.kinds.gtfs.faults import FeedFault, Remark, Remarks
from connectors.kinds.gtfs.feed import Feed
from connectors.kinds.gtfs.files import Files, Limits, opened
from connectors.kinds.gtfs.records import FeedInfo, StopTime
from connectors.kinds.gtfs.tables import rows as csv_rows
from connectors.kinds.gtfs.times import TimeFault, Times, filled
from connectors.ports.areas import AreaLevel
from connectors.ports.common import (
    GeoPoint,
    Licence,
    Origin,
    ScopedId,
    SourceQuality,
    Text,
    TriState,
    must_text,
)
from connectors.ports.connectors import Binding, Capability, ConnectorKind, SearchType
from connectors.ports.search import Document
from connectors.ports.transit import Line, Operator, Stop, TransitMode
from connectors.store import search
from connectors.store import transit_tables as store
from connectors.store.areas import areas
from connectors.store.base import point_of
from connectors.store.transit import line_values, operator_values, stop_values

T = TypeVar("T")

log = logging.getLogger(__name__)

BATCH = 2_000
FILLED_AT_ONCE = 200
SYSTEM = "store.transit"


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


# ------------------------------------------------------------------------------- the command


async def load_gtfs(
    engine: AsyncEngine,
    path: Path,
    key: str,
    *,
    now: datetime,
    quality: SourceQuality = SourceQuality.PUBLISHED,
    limits: Limits | None = None,
) -> Report:
    """Load the feed at `path`, a folder or a zip, as the source `key`, in one transaction.

    The catalogue line is made, or updated when there is one; the source answers after the next
    start or reload. Raises FeedFault, naming file, line and field, when the feed is broken, and
    ValueError when the key is no key or belongs to another kind of source; then nothing changed.
    """
    if bindings.KEY.fullmatch(key) is None:
        message = f"the key {key[:80]!r} must be small letters, digits and dashes: trans-city"
        raise ValueError(message)
    with opened(path, limits) as files:
        async with alone(engine) as connection:
            known = {binding.key: binding for binding, _ in await bindings.stored(connection)}
            old = known.get(key)
            if old is not None and old.system != SYSTEM:
                raise ValueError(f"the key {key!r} belongs to a source that is no timetable")
            reader = Feed(files)
            info = await asyncio.to_thread(reader.info)
            line = _line(old, key, path, info, quality)
            plan = Plan(key, _origins(line, now), locate=await _locator(connection))
            report = await load_feed(connection, files, plan)
            await _keep(connection, line, new=old is None, position=len(known))
            found = await documents(connection, key)
            await search.index(connection, found, now=now, sources=[key])
            await weigh(connection)
            await _remark(connection, report)
    log.info("feed_loaded", extra={"source": key, "remarks": report.remark_count})
    return report


def _line(
    old: Binding | None, key: str, path: Path, info: FeedInfo, quality: SourceQuality
) -> Binding:
    credit = "; ".join(info.attributions) or info.publisher
    licence = Licence(None, credit, TriState.UNKNOWN) if credit else None
    options = {**(old.options if old else {}), bindings.ADDED: "gtfs load", "feed": path.name}
    publisher = info.publisher or key
    name = Text({"id": f"Jadwal {publisher}", "en": f"Timetable of {publisher}"})
    if old is not None:
        # What the old line said about its own feed need not be true of this one.
        return replace(
            old, name=name, options=options, quality=quality, licence=licence, coverage=(),
            version=old.version + 1,
        )  # fmt: skip
    return Binding(
        key=key,
        name=name,
        kind=ConnectorKind.GTFS,
        serves=("transit",),
        system=SYSTEM,
        domain=(SearchType.STOP, SearchType.LINE),
        options=options,
        quality=quality,
        licence=licence,
        capabilities=(Capability.LIST, Capability.GET, Capability.NEAR, Capability.SEARCH),
    )


async def _keep(connection: AsyncConnection, line: Binding, *, new: bool, position: int) -> None:
    if new:
        await connection.execute(
            insert(tables.sources).values(
                key=line.key, position=position, binding=bindings.written(line), enabled=True
            )
        )
    else:
        await connection.execute(
            update(tables.sources)
            .where(tables.sources.c.key == line.key)
            .values(binding=bindings.written(line))
        )


async def _remark(connection: AsyncConnection, report: Report) -> None:
    """Put what was left out into the report of rejected rows."""
    rejected = tables.rejected_rows
    await connection.execute(delete(rejected).where(rejected.c.source == report.key))
    if report.remarks:
        await connection.execute(
            insert(rejected),
            [
                {
                    "source": report.key, "file": one.file, "row": one.line, "field": one.field,
                    "reason": one.reason, "kept": one.kept,
                }
                for one in report.remarks
            ],
        )  # fmt: skip


def _origins(line: Binding, now: datetime) -> Callable[[str], Origin]:
    def origin(local_id: str) -> Origin:
        return Origin(line.key, local_id, now, now, line.quality, licence=line.licence)

    return origin


async def _locator(connection: AsyncConnection) -> Callable[[GeoPoint | None], str | None]:
    """Which kelurahan a point is in, by the areas the city has loaded."""
    rows = await connection.execute(
        select(areas.c.local_id, areas.c.boundary).where(
            areas.c.level == AreaLevel.KELURAHAN.value, areas.c.boundary.is_not(None)
        )
    )
    features = [{"properties": {"code": row.local_id}, "geometry": row.boundary} for row in rows]
    return KelurahanIndex({"features": features}).at


async def documents(connection: AsyncConnection, key: str) -> list[Document]:
    """What makes the stops and lines of a feed findable."""
    lines = (
        await connection.execute(
            select(store.lines, store.operators.c.name.label("of"))
            .join(
                store.operators,
                (store.operators.c.source == store.lines.c.source)
                & (store.operators.c.local_id == store.lines.c.operator),
            )
            .where(store.lines.c.source == key)
            .order_by(store.lines.c.local_id)
        )
    ).all()
    calling = store.stop_lines.c
    modes: dict[str, list[Text]] = {}
    for row in await connection.execute(
        select(calling.stop, calling.mode)
        .where(calling.source == key)
        .distinct()
        .order_by(calling.stop, calling.mode)
    ):
        modes.setdefault(row.stop, []).extend(_mode_words(row.mode))
    stops = await connection.execute(
        select(store.stops).where(store.stops.c.source == key).order_by(store.stops.c.local_id)
    )
    found = [
        Document(
            SearchType.STOP, ScopedId(key, row.local_id), row.name,
            (row.code, *modes.get(row.local_id, ())), point_of(row), row.area,
        )
        for row in stops
    ]  # fmt: skip
    return found + [
        Document(
            SearchType.LINE, ScopedId(key, row.local_id), _line_title(row),
            (row.of, *_mode_words(row.mode)),
        )
        for row in lines
    ]  # fmt: skip


_MODE_WORDS: Mapping[TransitMode, Text] = {
    TransitMode.BUS: must_text("bus", "bus"),
    TransitMode.BRT: must_text("bus, busway", "bus, bus rapid transit"),
    TransitMode.MINIBUS: must_text("angkot, bus kecil", "minibus"),
    TransitMode.RAIL: must_text("kereta api, KRL", "train, rail"),
    TransitMode.AIRPORT_RAIL: must_text("kereta bandara", "airport train"),
    TransitMode.METRO: must_text("kereta, MRT", "metro, train"),
    TransitMode.LIGHT_RAIL: must_text("kereta, LRT, trem", "light rail, tram, train"),
    TransitMode.FERRY: must_text("kapal, feri", "ferry, boat"),
    TransitMode.TOURIST_BUS: must_text("bus wisata", "tourist bus"),
}
"""What people call what runs there; a timetable says it by a number."""


def _mode_words(mode: str) -> tuple[Text, ...]:
    words = _MODE_WORDS.get(TransitMode(mode))
    return (words,) if words else ()


def _line_title(row: Any) -> Text:
    """Short and long name together, in every language the long one has."""
    if row.long_name is None:
        return Text({"und": row.short_name})
    if row.short_name is None:
        return row.long_name  # type: ignore[no-any-return]
    return Text({lang: f"{row.short_name} {text}" for lang, text in row.long_name})


# ------------------------------------------------------------------------------- the load


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


def summary(report: Report) -> Iterable[str]:
    """A report as lines for the one who typed the command."""
    until = report.valid_until.isoformat() if report.valid_until else "no stated end"
    yield f"{report.key}: loaded, valid until {until}"
    for name, count in report.counts.items():
        yield f"  {name.removeprefix('transit_')}: {count}"
    for remark in report.remarks[:20]:
        place = f"{remark.file}, line {remark.line}" + (f", {remark.field}" if remark.field else "")
        what = "value left out" if remark.kept else "row left out"
        yield f"  {what}: {place}: {remark.reason}"
    if report.remark_count > 20:
        yield f"  ... {report.remark_count - 20} more remarks"
