"""Alerts about transit: those of category TRANSPORT that hold at a place, or name a stop or line."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence

from connectors.ports import warnings
from connectors.ports.common import GeoPoint
from connectors.ports.transit import Departure, Line, Stop
from connectors.ports.warnings import Alert, AlertCategory, TransitPart
from resolvers import transit
from resolvers.boards import DepartureBoard
from resolvers.context import Context
from resolvers.warnings import alerts

About = Callable[[TransitPart], bool]
"""Whether a part of a timetable that an alert names is meant."""


async def of_stop(context: Context, stop: Stop, *, active: bool | None) -> list[Alert] | None:
    """Alerts that hold at a stop, or name it or its station.

    None when no source is configured, or nothing names it and its place is not known.
    """

    def about(part: TransitPart) -> bool:
        return part.timetable == stop.origin.connector and part.stop in _names([stop])

    return await _at(context, [stop], about, active=active)


async def of_line(context: Context, line: Line, *, active: bool | None) -> list[Alert] | None:
    """Alerts that hold at any stop of a line, or name it, its stops, its operator or its mode.

    None as above.
    """
    directions = await transit.directions(context, line) or ()
    stops = [
        stop
        for direction in directions
        for stop in await transit.direction_stops(context, direction)
    ]
    names = _names(stops)

    def about(part: TransitPart) -> bool:
        # One that names a trip alone does not say of which line it is.
        named = part.line is not None or not part.trips
        return named and _is_of(part, line) and (part.stop is None or part.stop in names)

    return await _at(context, stops, about, active=active)


async def of_board(context: Context, board: DepartureBoard) -> list[Alert] | None:
    """Alerts that hold now at a stop of a board, or name what leaves from it. None as above."""
    stops = {(stop.origin.connector, stop.origin.local_id): stop for stop in board.stops}
    lines = await transit.line_by_id.many(context, [one.line for one in board.departures])
    pairs = [
        (
            one,
            line,
            _names([stops[at]] if (at := (one.stop.source, one.stop.local)) in stops else ()),
        )
        for one, line in zip(board.departures, lines, strict=True)
        if line is not None
    ]

    named = {(one.origin.connector, name) for one in board.stops for name in _names([one])}
    lines_ = {(line.origin.connector, line.origin.local_id) for _, line, _ in pairs}
    trips = {one.trip.local for one, _, _ in pairs}

    def about(part: TransitPart) -> bool:
        # Alerts name thousands of things, nearly all of them elsewhere: these are seen at once.
        if part.stop is not None and (part.timetable, part.stop) not in named:
            return False
        if part.stop is not None and part.line is None and not part.trips:
            # A stop is named: also one from which nothing leaves just now.
            return True
        if part.line is not None and (part.timetable, part.line) not in lines_:
            return False
        if part.trips and trips.isdisjoint(part.trips):
            return False
        return any(
            _is_of(part, line)
            and _is_run(part, departure)
            and (part.stop is None or part.stop in names)
            for departure, line, names in pairs
        )

    return await _at(context, board.stops, about, active=True)


def _names(stops: Iterable[Stop]) -> set[str]:
    """The local ids by which stops may be meant: their own and those of their stations."""
    return {id_ for stop in stops for id_ in (stop.origin.local_id, stop.parent) if id_}


def _is_of(part: TransitPart, line: Line) -> bool:
    return (
        part.timetable == line.origin.connector
        and part.operator in (None, line.operator)
        and part.line in (None, line.origin.local_id)
        and part.mode in (None, line.mode)
    )


def _is_run(part: TransitPart, departure: Departure) -> bool:
    named = not part.trips or departure.trip.local in part.trips
    return named and part.day in (None, departure.service_date)


async def _at(
    context: Context, stops: Sequence[Stop], about: About, *, active: bool | None
) -> list[Alert] | None:
    found = await _all(context, active=active)
    if found is None:
        return None
    points: list[GeoPoint] = [stop.point for stop in stops if stop.point is not None]
    meant = [
        alert
        for alert in found
        if any(map(about, alert.transit)) or any(warnings.affects(alert, one) for one in points)
    ]
    return None if stops and not points and not meant else meant


async def _all(context: Context, *, active: bool | None) -> list[Alert] | None:
    """Every transport alert, asked for once in a request."""
    key = ("transit alerts", active)
    if key not in context.loaders:
        context.loaders[key] = asyncio.ensure_future(
            alerts(
                context,
                None,
                categories=(AlertCategory.TRANSPORT,),
                active=active,
            )
        )
    found: list[Alert] | None = await asyncio.shield(context.loaders[key])
    return found
