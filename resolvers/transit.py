"""Stops, lines and trips: by id, in pages, and what belongs to each; batched over a page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from connectors import errors
from connectors.ports.common import Order, Page, ScopedId
from connectors.ports.transit import (
    Departure,
    Line,
    LineCriteria,
    LineDirection,
    Operator,
    ServiceSpan,
    Stop,
    StopCriteria,
    StopOrder,
    TransitMode,
    TransitSource,
    Trip,
    Vehicle,
    VehicleSource,
    read_started,
)
from resolvers import common, ids, listings, realtime
from resolvers.asked import ids as asked_ids
from resolvers.asked import text as asked_text
from resolvers.context import Context, failed
from resolvers.listings import Listing, PageArgs, listing, page_of
from resolvers.lookups import Lookup
from resolvers.problems import bad_input

MOST_IDS = 100

stop_by_id: Lookup[TransitSource, Stop] = Lookup(
    TransitSource, lambda source, ids: source.stops_by_id(ids)
)
line_by_id: Lookup[TransitSource, Line] = Lookup(
    TransitSource, lambda source, ids: source.lines_by_id(ids)
)
operator_by_id: Lookup[TransitSource, Operator] = Lookup(
    TransitSource, lambda source, ids: source.operators_by_id(ids)
)
trip_by_id: Lookup[TransitSource, Trip] = Lookup(
    TransitSource, lambda source, ids: source.trips_by_id(ids)
)
children_by_stop: Lookup[TransitSource, Sequence[Stop]] = Lookup(
    TransitSource, lambda source, ids: source.children_by_stop(ids)
)
lines_by_stop: Lookup[TransitSource, Sequence[Line]] = Lookup(
    TransitSource, lambda source, ids: source.lines_by_stop(ids)
)
directions_by_line: Lookup[TransitSource, Sequence[LineDirection]] = Lookup(
    TransitSource, lambda source, ids: source.directions_by_line(ids)
)
path_by_shape: Lookup[TransitSource, Sequence[tuple[float, float]]] = Lookup(
    TransitSource, lambda source, ids: source.paths_by_shape(ids)
)

# Look-ups by more than an id carry the rest in front of it: "2026-11-23 K1_0".

calls_by_run: Lookup[TransitSource, Sequence[Departure]] = Lookup(
    TransitSource,
    lambda source, keys: source.calls_by_run([_run(key) for key in keys]),
)
spans_by_line: Lookup[TransitSource, Sequence[ServiceSpan]] = Lookup(
    TransitSource,
    lambda source, keys: source.spans_by_line([_run(key) for key in keys]),
)
headway_by_line: Lookup[TransitSource, timedelta] = Lookup(
    TransitSource,
    lambda source, keys: source.headways_by_line([_moment(key) for key in keys]),
)


def _run(key: str) -> tuple[str, date]:
    day, _, local = key.partition(" ")
    return local, date.fromisoformat(day)


def _moment(key: str) -> tuple[str, date, int]:
    day, second, local = key.split(" ", 2)
    return local, date.fromisoformat(day), int(second)


def scoped(record: Stop | Line | Operator) -> ScopedId:
    """The id of a record."""
    return ScopedId(record.origin.connector, record.origin.local_id)


async def one_stop(context: Context, id: ScopedId) -> Stop | None:  # noqa: A002 - the field's own word
    """The stop with an id."""
    return await stop_by_id(context, id)


async def one_line(context: Context, id: ScopedId) -> Line | None:  # noqa: A002 - as above
    """The line with an id."""
    return await line_by_id(context, id)


async def one_operator(context: Context, id: ScopedId) -> Operator | None:  # noqa: A002 - as above
    """The operator with an id."""
    return await operator_by_id(context, id)


async def one_trip(context: Context, id: ScopedId) -> Trip | None:  # noqa: A002 - as above
    """The trip with an id; also one that only realtime knows."""
    found = await trip_by_id(context, id)
    told = await realtime.told(context, id.source) if found is None else None
    if told is None:
        return found
    look_up = context.loaders.setdefault(
        ("told trips", id.source),
        Lookup(TransitSource, lambda source, ids: realtime.trips(source, id.source, ids, told)),
    )
    return cast("Trip | None", await look_up(context, id))


NODES: Mapping[str, Callable[[Context, ScopedId], Awaitable[Any]]] = {
    "Stop": one_stop,
    "Line": one_line,
    "Operator": one_operator,
    "Trip": one_trip,
}
"""How a node of each type of this domain is fetched."""


# ------------------------------------------------------------------------------- arguments


def asked_lines(texts: Sequence[str] | None, argument: str) -> tuple[ScopedId, ...] | None:
    """Ids of lines, None where there are none to ask for. At most 100."""
    return asked_ids(texts, "Line", argument, most=MOST_IDS) or None


# ------------------------------------------------------------------------------- lists


async def find_stops(context: Context, asked: Any, args: PageArgs) -> Listing[Stop] | None:
    """A page of stops: by distance where a point is named, else by name."""
    where = await common.where(context, asked.geo if asked else None, "where.geo")
    point = getattr(where, "point", None)
    order = Order(StopOrder.NAME if point is None else StopOrder.DISTANCE, origin=point)
    criteria = StopCriteria(
        where=where,
        text=asked_text(asked.text, "where.text") if asked else None,
        code=asked.code if asked else None,
        modes=_modes(asked),
        served_by=asked_lines(asked.served_by, "where.servedBy") if asked else None,
        stations_only=bool(asked and asked.stations_only),
    )
    mark = ids.fingerprint("stops", order.field, order.origin)
    page = page_of(args, mark, descending=False)

    async def find(source: TransitSource, page: Page) -> Any:
        return await source.find_stops(criteria, order, page)

    return await listing(context, TransitSource, find, page, mark)


async def find_lines(context: Context, asked: Any, args: PageArgs) -> Listing[Line] | None:
    """A page of lines, in the feeds' own order, then by name."""
    operator = asked.operator if asked else None
    criteria = LineCriteria(
        where=await common.where(context, asked.geo if asked else None, "where.geo"),
        text=asked_text(asked.text, "where.text") if asked else None,
        modes=_modes(asked),
        operator=None if operator is None else ids.scoped_id(operator, "Operator"),
    )
    mark = ids.fingerprint("lines")
    page = page_of(args, mark, descending=False, default=50)

    async def find(source: TransitSource, page: Page) -> Any:
        return await source.find_lines(criteria, page)

    return await listing(context, TransitSource, find, page, mark)


def _modes(asked: Any) -> tuple[TransitMode, ...] | None:
    return tuple(asked.modes) if asked and asked.modes else None


# ------------------------------------------------------------------------------- stops


async def parent(context: Context, stop: Stop) -> Stop | None:
    """The station a stop belongs to."""
    if stop.parent is None:
        return None
    return await stop_by_id(context, ScopedId(stop.origin.connector, stop.parent))


async def children(context: Context, stop: Stop) -> Sequence[Stop]:
    """What belongs to a station."""
    return await children_by_stop(context, scoped(stop)) or ()


async def lines(context: Context, stop: Stop) -> Sequence[Line]:
    """The lines that call at a stop or a station."""
    return await lines_by_stop(context, scoped(stop)) or ()


async def modes(context: Context, stop: Stop) -> list[TransitMode]:
    """The modes of these lines, in the order of the enum."""
    found = {line.mode for line in await lines(context, stop)}
    return [mode for mode in TransitMode if mode in found]


# ------------------------------------------------------------------------------- lines


async def operator(context: Context, line: Line) -> Operator | None:
    """Who runs a line."""
    return await operator_by_id(context, ScopedId(line.origin.connector, line.operator))


async def directions(context: Context, line: Line) -> Sequence[LineDirection] | None:
    """The directions of a line, None when the feed has no trips of it."""
    return await directions_by_line(context, scoped(line))


async def direction_stops(context: Context, direction: LineDirection) -> list[Stop]:
    """The stops of a direction, in order."""
    wanted = [ScopedId(direction.source, local) for local in direction.stops]
    return [stop for stop in await stop_by_id.many(context, wanted) if stop is not None]


async def path(context: Context, source: str, shape: str | None) -> dict[str, Any] | None:
    """A way as an RFC 7946 LineString, None where the feed draws none."""
    if shape is None:
        return None
    found = await path_by_shape(context, ScopedId(source, shape))
    if found is None:
        return None
    return {"type": "LineString", "coordinates": [list(pair) for pair in found]}


async def headway(
    context: Context, line: Line, day: date | None, at: str | None
) -> timedelta | None:
    """The time between two vehicles on a date (today) at a wall-clock time (now), of its feed."""
    now = context.now().astimezone(context.zone)
    if day is None or at is None:
        runs = await operator(context, line)
        now = now.astimezone(ZoneInfo(runs.timezone)) if runs is not None else now
    second = now.hour * 3600 + now.minute * 60 + now.second
    if at is not None:
        second = int(at[:2]) * 3600 + int(at[3:5]) * 60
    key = f"{_checked(day or now.date()).isoformat()} {second} {line.origin.local_id}"
    return await headway_by_line(context, ScopedId(line.origin.connector, key))


async def first_last(context: Context, line: Line, day: date) -> Sequence[ServiceSpan] | None:
    """When the first and the last trip of each direction start on a date."""
    key = f"{_checked(day).isoformat()} {line.origin.local_id}"
    return await spans_by_line(context, ScopedId(line.origin.connector, key))


def _checked(day: date) -> date:
    if not 1900 <= day.year <= 2200:
        raise bad_input(f"the date must be from 1900 to 2200, not {day.isoformat()}.")
    return day


# ------------------------------------------------------------------------------- trips


async def calls(context: Context, trip: ScopedId, day: date) -> Sequence[Departure] | None:
    """All calls of a trip on a service date; empty when it does not run then."""
    key = ScopedId(trip.source, f"{_checked(day).isoformat()} {trip.local}")
    told = await realtime.told(context, trip.source)
    if told is None:
        return await calls_by_run(context, key)
    look_up = context.loaders.setdefault(
        ("told calls", trip.source),
        Lookup(
            TransitSource,
            lambda source, keys: realtime.calls(
                source, trip.source, [_run(one) for one in keys], told
            ),
        ),
    )
    return cast("Sequence[Departure] | None", await look_up(context, key))


async def trip_on(context: Context, id: str, day: date) -> Trip | None:  # noqa: A002 - as above
    """A trip of a service date, None when it does not run then."""
    trip = ids.scoped_id(id, "Trip")
    if not await calls(context, trip, day):
        return None
    return await one_trip(context, trip)


# ------------------------------------------------------------------------------- vehicles


async def vehicles(
    context: Context, box: Any, line_ids: Sequence[str] | None, first: int | None
) -> list[Vehicle] | None:
    """Vehicles in a box. None when no source of positions is configured."""
    area = common.bbox(box, "bbox")
    wanted = asked_lines(line_ids, "lineIds")
    most = 200 if first is None else first
    if not 0 <= most <= listings.MOST:
        raise bad_input(f"`first` must be from 0 to {listings.MOST}, not {most}.")
    found = await listings.plain(
        context, VehicleSource, lambda source: source.find_vehicles(area, wanted, most)
    )
    return None if found is None else found[:most]


vehicle_by_trip: Lookup[VehicleSource, Vehicle] = Lookup(
    VehicleSource,
    lambda source, trips: source.vehicles_by_trip([ScopedId.parse(trip) for trip in trips]),
)


async def vehicle(context: Context, trip: Trip) -> Vehicle | None:
    """The vehicle that runs a trip now, None when no source tells."""
    for source in context.switchboard.serving(VehicleSource):
        try:
            found = await vehicle_by_trip(context, ScopedId(source.key, str(trip.id)))
        except errors.NotConfigured as error:
            context.note(failed(error))
            continue
        if found is not None:
            return found
    return None


async def line_of(context: Context, id: ScopedId | None) -> Line | None:  # noqa: A002 - as above
    """The line with an id, None where there is no id."""
    return None if id is None else await line_by_id(context, id)


async def trip_of(context: Context, id: ScopedId | None) -> Trip | None:  # noqa: A002 - as above
    """The trip with an id, None where there is no id.

    Realtime may tell the start of a trip that does not run by headway: then it is the trip itself.
    """
    if id is None:
        return None
    found = await one_trip(context, id)
    read = read_started(id.local) if found is None else None
    return found if read is None else await trip_by_id(context, ScopedId(id.source, read[0]))


# ------------------------------------------------------------------------------- memory


@dataclass(frozen=True, slots=True)
class _Now:
    """Key of the moment a request began to ask for departures."""


def moment(context: Context) -> Any:
    """The same "now" for all fields of a request, so that their look-ups are one."""
    return cast("Any", context.loaders.setdefault(_Now(), context.now()))
