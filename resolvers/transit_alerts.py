"""Alerts about transit where somebody stands: those of category TRANSPORT that hold there."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from connectors.ports import warnings
from connectors.ports.common import GeoPoint
from connectors.ports.transit import Line, Stop
from connectors.ports.warnings import Alert, AlertCategory
from resolvers import transit
from resolvers.boards import DepartureBoard
from resolvers.context import Context
from resolvers.warnings import alerts


async def of_stop(context: Context, stop: Stop, *, active: bool | None) -> list[Alert] | None:
    """Alerts that hold at a stop. None when no source is configured, or its place is not known."""
    return await _at(context, [stop], active=active)


async def of_line(context: Context, line: Line, *, active: bool | None) -> list[Alert] | None:
    """Alerts that hold at any stop of a line. None as above."""
    directions = await transit.directions(context, line) or ()
    stops = [
        stop
        for direction in directions
        for stop in await transit.direction_stops(context, direction)
    ]
    return await _at(context, stops, active=active)


async def of_board(context: Context, board: DepartureBoard) -> list[Alert] | None:
    """Alerts that hold now at a stop of a board. None as above."""
    return await _at(context, board.stops, active=True)


async def _at(
    context: Context, stops: Sequence[Stop], *, active: bool | None
) -> list[Alert] | None:
    found = await _all(context, active=active)
    points: list[GeoPoint] = [stop.point for stop in stops if stop.point is not None]
    if found is None or (stops and not points):
        return None
    return [alert for alert in found if any(warnings.affects(alert, one) for one in points)]


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
