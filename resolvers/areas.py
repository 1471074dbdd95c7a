"""Areas of the city: by code, by level, around a point."""

from __future__ import annotations

import re
from typing import Any

from connectors.ports.areas import Area, AreaLevel, AreaSource
from connectors.ports.common import ErrorCode, GeoPoint, ScopedId
from resolvers import listings
from resolvers.context import Context
from resolvers.lookups import Lookup
from resolvers.problems import Refusal, bad_input

area_by_id: Lookup[AreaSource, Area] = Lookup(
    AreaSource, lambda source, codes: source.areas_by_id(codes)
)
boundary_by_id: Lookup[AreaSource, dict[str, Any]] = Lookup(
    AreaSource, lambda source, codes: source.boundaries_by_id(codes)
)

_CODE = re.compile(r"\d\d(\.\d\d(\.\d\d(\.\d{4})?)?)?", re.ASCII)


async def by_code(context: Context, code: str) -> Area | None:
    """The area with this Kemendagri code, None when the city's source does not know it."""
    sources = context.switchboard.serving(AreaSource)
    if not sources:
        return None
    return await area_by_id(context, ScopedId(sources[0].key, code))


async def must_know(context: Context, code: str, argument: str) -> Area:
    """The area with this code. BAD_INPUT when it is no code, OUT_OF_AREA when not of this city."""
    if _CODE.fullmatch(code) is None:
        message = f"`{argument}` must be a Kemendagri code such as 36.71.05, not {code[:40]!r}."
        raise bad_input(message)
    area = await by_code(context, code)
    if area is None:
        message = f"`{argument}`: {code} is not an area of this city; `areas` lists those it has."
        raise Refusal(ErrorCode.OUT_OF_AREA, message)
    return area


async def boundary(context: Context, area: Area) -> dict[str, Any] | None:
    """The outline of an area as an RFC 7946 geometry."""
    return await boundary_by_id(context, ScopedId(area.origin.connector, area.kode))


async def find(
    context: Context, *, level: AreaLevel | None, parent: str | None, containing: GeoPoint | None
) -> list[Area] | None:
    """Areas of a level, within a parent, around a point."""
    if parent is not None:
        parent = (await must_know(context, parent, "parent")).kode
    return await listings.plain(
        context,
        AreaSource,
        lambda source: source.find_areas(level=level, parent=parent, containing=containing),
    )


NODES = {"Area": area_by_id}
"""Graph types of this domain and how one is fetched by id."""
