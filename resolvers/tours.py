"""Tours and guides: lists, one by id, the sights of a tour."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from connectors.ports.common import ErrorCode, ScopedId
from connectors.ports.places import Place
from connectors.ports.tours import (
    Guide,
    GuideCriteria,
    GuideSource,
    Tour,
    TourCriteria,
    TourSource,
)
from resolvers import asked, common, ids
from resolvers.context import Context
from resolvers.listings import Listing, PageArgs, listing, page_of
from resolvers.lookups import Lookup
from resolvers.places import place_by_id
from resolvers.problems import Refusal

tour_by_id: Lookup[TourSource, Tour] = Lookup(
    TourSource, lambda source, ids_: source.tours_by_id(ids_)
)
guide_by_id: Lookup[GuideSource, Guide] = Lookup(
    GuideSource, lambda source, ids_: source.guides_by_id(ids_)
)

NODES: dict[str, Callable[[Context, ScopedId], Awaitable[Any]]] = {
    "Tour": tour_by_id,
    "Guide": guide_by_id,
}
"""How one record of each type is found by its id."""


async def find(context: Context, where: Any, args: PageArgs) -> Listing[Tour] | None:
    """A page of tours by name, merged from all sources."""
    criteria = TourCriteria()
    if where:
        criteria = TourCriteria(
            mode=where.mode,
            where=await common.where(context, where.geo, "where.geo"),
            text=asked.text(where.text, "where.text"),
        )
    mark = ids.fingerprint("tours")
    page = page_of(args, mark, descending=False)
    return await listing(
        context,
        TourSource,
        lambda source, page: source.find_tours(criteria, page),
        page,
        mark,
        count=lambda source: source.count_tours(criteria),
    )


async def guides(
    context: Context, area: str | None, lang: str | None, args: PageArgs
) -> Listing[Guide] | None:
    """A page of guides by name, merged from all sources."""
    if area is not None:
        area = await common.area_code(context, area, "area")
    criteria = GuideCriteria(area, lang)
    mark = ids.fingerprint("guides")
    page = page_of(args, mark, descending=False)
    return await listing(
        context, GuideSource, lambda source, page: source.find_guides(criteria, page), page, mark
    )


async def itinerary(context: Context, tour: Tour) -> list[Place]:
    """The sights of a tour in order. NOT_FOUND, saying which, when one is no longer known."""
    found = await place_by_id.many(context, [stop.place for stop in tour.stops])
    places = []
    for stop, place in zip(tour.stops, found, strict=True):
        if place is None:
            message = f"the tour visits {stop.place}, which is not among the places any more."
            raise Refusal(ErrorCode.NOT_FOUND, message)
        places.append(place)
    return places


def path(tour: Tour) -> dict[str, Any] | None:
    """The way as an RFC 7946 LineString, None where nobody drew it."""
    if len(tour.path) < 2:
        return None
    return {"type": "LineString", "coordinates": [[p.lng, p.lat] for p in tour.path]}
