"""Small answers that many domains share: connectors by key, areas by code, money, media, where."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from babel.numbers import format_currency

from connectors.ports import geometry
from connectors.ports.areas import Area
from connectors.ports.common import (
    BBox,
    Bucket,
    ErrorCode,
    GeoPoint,
    InArea,
    Media,
    Money,
    Near,
    Where,
)
from connectors.switchboard import Source
from resolvers import areas as area_resolvers
from resolvers.context import Context
from resolvers.problems import Refusal, bad_input

MOST_RADIUS_M = 100_000


def connector_of(context: Context, key: str) -> Source[Any]:
    """The source with this key. Every key a record or a status carries is on the board."""
    source = context.switchboard.get(key)
    if source is None:
        message = f"the source {key!r} is no longer part of the city"
        raise Refusal(ErrorCode.NOT_FOUND, message)
    return source


async def area_of(context: Context, code: str | None) -> Area | None:
    """The area with a code, None where the code is."""
    return None if code is None else await area_resolvers.by_code(context, code)


def label_of(bucket: Bucket, lang: str) -> str:
    """A facet value's name in a language; the value itself when it has none."""
    return bucket.label.pick(lang) if bucket.label else bucket.key


def formatted(money: Money, lang: str) -> str:
    """Money as people write it: Rp14.000 in Indonesian; rupiah without decimals (CLDR)."""
    locale = "en" if lang.partition("-")[0].lower() == "en" else "id"
    whole = money.currency == "IDR" and money.amount == money.amount.to_integral_value()
    return format_currency(
        money.amount,
        money.currency,
        format="¤#,##0" if whole else None,
        locale=locale,
        currency_digits=not whole,
    )


def media_url(
    context: Context, media: Media, width: int | None, expires_in: timedelta | None
) -> str:
    """The address of a media file; paths of the gateway's own get its address in front.

    `width` must be 16 to 2048 pixels. `expires_in` matters for private media only: public ones
    do not expire.
    """
    if width is not None and not 16 <= width <= 2048:
        raise bad_input(f"`width` must be from 16 to 2048 pixels, not {width}.")
    if expires_in is not None and expires_in <= timedelta(0):
        raise bad_input("`expiresIn` must be longer than PT0S.")
    if not media.url.startswith("/"):
        return media.url
    query = f"?width={width}" if width is not None else ""
    return f"{context.base_url}{media.url}{query}"


# ------------------------------------------------------------------------------- where


def point(value: Any, argument: str) -> GeoPoint:
    """A point from an input with lat and lng. Raises BAD_INPUT naming the argument."""
    try:
        return geometry.point_of(value.lat, value.lng)
    except ValueError as error:
        raise bad_input(f"`{argument}`: {error}.") from error


def near(value: Any, argument: str) -> Near:
    """A circle from an input with point and radiusM (1 to 100,000 metres)."""
    if not 0 < value.radius_m <= MOST_RADIUS_M:
        message = f"`{argument}.radiusM` must be from 1 to {MOST_RADIUS_M}, not {value.radius_m}."
        raise bad_input(message)
    return Near(point(value.point, f"{argument}.point"), value.radius_m)


def bbox(value: Any, argument: str) -> BBox:
    """A box from an input. West may be greater than east: it then crosses the antimeridian."""
    corners = (
        point(_Corner(value.south, value.west), f"{argument} (south, west)"),
        point(_Corner(value.north, value.east), f"{argument} (north, east)"),
    )
    if value.south > value.north:
        message = (
            f"`{argument}`: south ({value.south}) must not be greater than north ({value.north})."
        )
        raise bad_input(message)
    return BBox(corners[0].lng, corners[0].lat, corners[1].lng, corners[1].lat)


class _Corner:
    def __init__(self, lat: float, lng: float) -> None:
        self.lat, self.lng = lat, lng


async def where(context: Context, geo: Any, argument: str = "geo") -> Where | None:
    """The place a GeoFilter names, None without one. Raises BAD_INPUT or OUT_OF_AREA."""
    if not geo:
        return None
    if geo.near:
        return near(geo.near, f"{argument}.near")
    if geo.bbox:
        return bbox(geo.bbox, f"{argument}.bbox")
    if isinstance(geo.within, Mapping):
        try:
            return geometry.read_polygons(geo.within)
        except ValueError as error:
            raise bad_input(f"`{argument}.within`: {error}.") from error
    return InArea(await area_code(context, geo.area, f"{argument}.area"))


async def area_code(context: Context, code: str, argument: str) -> str:
    """The code, checked: BAD_INPUT when it is none, OUT_OF_AREA when it is not of this city."""
    return (await area_resolvers.must_know(context, code, argument)).kode
