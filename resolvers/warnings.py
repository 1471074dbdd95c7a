"""Warnings: alerts in force, earthquakes, the weather of a kelurahan."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from connectors.ports import geometry, shapes, warnings
from connectors.ports.areas import Area, AreaLevel, AreaSource
from connectors.ports.common import GeoPoint, InArea, Near, ScopedId, Within
from connectors.ports.warnings import (
    Alert,
    AlertArea,
    AlertCategory,
    AlertCriteria,
    AlertSeverity,
    AlertSource,
    Earthquake,
    EarthquakeCriteria,
    EarthquakeSource,
    Forecast,
    ForecastSource,
)
from resolvers import areas, common, listings
from resolvers.context import Context
from resolvers.lookups import Lookup
from resolvers.problems import bad_input

alert_by_id: Lookup[AlertSource, Alert] = Lookup(
    AlertSource, lambda source, ids: source.alerts_by_id(ids)
)
earthquake_by_id: Lookup[EarthquakeSource, Earthquake] = Lookup(
    EarthquakeSource, lambda source, ids: source.earthquakes_by_id(ids)
)
forecast_by_code: Lookup[ForecastSource, Forecast] = Lookup(
    ForecastSource, lambda source, codes: source.forecasts_by_id(codes)
)


async def _read_outlines(source: AreaSource, codes: Sequence[str]) -> list[Within | None]:
    return [_read(outline) for outline in await source.boundaries_by_id(codes)]


def _read(outline: dict[str, Any] | None) -> Within | None:
    if outline is None:
        return None
    try:
        return geometry.read_polygons(outline)
    except ValueError:
        # An area source may know outlines we cannot use; the codes still tell what lies where.
        return None


outline_by_code: Lookup[AreaSource, Within] = Lookup(AreaSource, _read_outlines)
"""Outlines read once per request, however many alerts they are compared with."""


async def one_alert(context: Context, id: ScopedId) -> Alert | None:  # noqa: A002 - the field's own word
    """The alert with an id, None when nobody knows it or it is not public."""
    return await alert_by_id(context, id)


async def one_earthquake(context: Context, id: ScopedId) -> Earthquake | None:  # noqa: A002 - as above
    """The earthquake with an id."""
    return await earthquake_by_id(context, id)


NODES: Mapping[str, Callable[[Context, ScopedId], Awaitable[Any]]] = {
    "Alert": one_alert,
    "Earthquake": one_earthquake,
}
"""How a node of each type of this domain is fetched."""


# ------------------------------------------------------------------------------- alerts


async def alerts(
    context: Context,
    geo: Any,
    *,
    least_severity: AlertSeverity | None = None,
    categories: Sequence[AlertCategory] = (),
    active: bool | None = True,
) -> list[Alert] | None:
    """Alerts of all sources: most severe first, then newest. None when no source is configured."""
    where = await common.where(context, geo)
    criteria = AlertCriteria(
        now=context.now(),
        active=active,
        where=where,
        outline=await _outline(context, where.code) if isinstance(where, InArea) else None,
        least_severity=least_severity,
        categories=tuple(categories),
    )
    found = await listings.plain(context, AlertSource, lambda source: source.find_alerts(criteria))
    return None if found is None else sorted(found, key=warnings.alert_order)


def is_active(context: Context, alert: Alert) -> bool:
    """Whether an alert holds now."""
    return alert.active_at(context.now())


def affects(alert: Alert, point: Any) -> bool:
    """Whether an alert's outline holds a point. BAD_INPUT when it is no point on earth."""
    return warnings.affects(alert, common.point(point, "point"))


async def areas_of(context: Context, area: AlertArea) -> list[Area] | None:
    """The city's areas an alert speaks of: those it names, else the kecamatan it is drawn over.

    None when it tells its area in words alone; empty when it lies outside the city.
    """
    if area.codes:
        named = [await areas.by_code(context, code) for code in area.codes]
        return [found for found in named if found is not None]
    if not area.shapes:
        return None
    drawn = await _kelurahan(context)
    if drawn is None:
        return None
    touched = {
        kelurahan.parent
        for kelurahan, outline in drawn
        if any(shapes.meet(shape, outline) for shape in area.shapes)
    }
    found = [await areas.by_code(context, code) for code in sorted(filter(None, touched))]
    return [one for one in found if one is not None]


async def _outline(context: Context, code: str) -> Within | None:
    """The outline of an area, put together of its kelurahan, whose outlines are the exact ones."""
    drawn = await _kelurahan(context)
    inside = [
        outline
        for kelurahan, outline in drawn or ()
        if kelurahan.kode == code or kelurahan.kode.startswith(code + ".")
    ]
    return Within(tuple(rings for one in inside for rings in one.polygons)) if inside else None


async def _kelurahan(context: Context) -> list[tuple[Area, Within]] | None:
    """All kelurahan with their outlines, None when no source knows any."""
    everywhere = await listings.plain(
        context,
        AreaSource,
        lambda source: source.find_areas(level=AreaLevel.KELURAHAN, parent=None, containing=None),
    )
    if everywhere is None:
        return None
    outlines = await outline_by_code.many(
        context, [ScopedId(one.origin.connector, one.kode) for one in everywhere]
    )
    return [
        (one, outline)
        for one, outline in zip(everywhere, outlines, strict=True)
        if outline is not None
    ]


# ------------------------------------------------------------------------------- earthquakes


async def earthquakes(
    context: Context,
    *,
    felt_only: bool = False,
    least_magnitude: float | None = None,
    near: Any = None,
    first: int = 15,
) -> list[Earthquake] | None:
    """The newest earthquakes of all sources that fit. None when no source is configured."""
    if not 0 <= first <= listings.MOST:
        raise bad_input(f"`first` must be from 0 to {listings.MOST}, not {first}.")
    if least_magnitude is not None and not math.isfinite(least_magnitude):
        raise bad_input("`minMagnitude` must be a number.")
    around: Near | None = common.near(near, "near") if near else None
    criteria = EarthquakeCriteria(felt_only, least_magnitude, around)
    found = await listings.plain(
        context, EarthquakeSource, lambda source: source.find_earthquakes(criteria, first)
    )
    return None if found is None else sorted(found, key=warnings.quake_order)[:first]


def distance_km(quake: Earthquake, start: Any) -> float:
    """Kilometres from a point to the epicentre, to a hundred metres."""
    here: GeoPoint = common.point(start, "from")
    return round(geometry.distance_m(here, quake.point) / 1000, 1)


# ------------------------------------------------------------------------------- forecast


async def forecast(context: Context, code: str) -> Forecast | None:
    """The weather expected in a kelurahan, None when nobody forecasts it.

    BAD_INPUT for the code of a larger area, OUT_OF_AREA for one of another city.
    """
    area = await areas.must_know(context, code, "area")
    if area.level is not AreaLevel.KELURAHAN:
        message = (
            f"`area` must be the code of a kelurahan such as 36.71.01.1001, for the weather is "
            f"forecast for each; {code} is a {area.level.value}: `areas(parent)` lists those in it."
        )
        raise bad_input(message)
    return await forecast_by_code.anywhere(context, area.kode)
