"""Places: lists with every filter and order, one by id, what lies around them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

from connectors.ports import geometry
from connectors.ports.common import (
    Bucket,
    ErrorCode,
    GeoPoint,
    Hit,
    Near,
    Order,
    Page,
    ScopedId,
    Slice,
)
from connectors.ports.places import (
    KIND_NAMES,
    PLACE_FACETS,
    Place,
    PlaceCriteria,
    PlaceOrderField,
    PlaceSource,
)
from resolvers import asked, common, hours, ids
from resolvers.context import Context
from resolvers.facets import Names, area_names, labelled
from resolvers.listings import Facet, Listing, PageArgs, listing, page_of
from resolvers.lookups import Lookup
from resolvers.problems import Refusal, bad_input

SCAN = 250
"""Places with known hours that are fetched at once to see which are open."""
MOST_SCANNED = 5_000

place_by_id: Lookup[PlaceSource, Place] = Lookup(
    PlaceSource, lambda source, ids_: source.places_by_id(ids_)
)

NODES: dict[str, Callable[[Context, ScopedId], Awaitable[Any]]] = {"Place": place_by_id}
"""How one record of each type is found by its id."""

# ------------------------------------------------------------------------------- lists


async def find(
    context: Context, where: Any, order_by: Any, args: PageArgs
) -> Listing[Place] | None:
    """A page of places, merged from all sources.

    Without an order: best match first where a text is given, else nearest first where a circle
    is, else by name.
    """
    criteria = await criteria_of(context, where)
    order = order_of(order_by, criteria)
    open_at: datetime | None = where.open_at if where else None
    mark = _mark(order, criteria)
    page = page_of(args, mark, descending=order.descending, default=20)
    if open_at is None:
        found = await listing(
            context,
            PlaceSource,
            lambda source, page: source.find_places(criteria, order, page),
            page,
            mark,
            count=lambda source: source.count_places(criteria),
            facets=lambda source, field: source.place_buckets(criteria, field),
            facet_fields=PLACE_FACETS,
        )
    else:
        scan = _Scan(context, criteria, order, open_at)
        found = scan.checked(
            await listing(
                context,
                PlaceSource,
                scan.find,
                page,
                mark,
                facets=scan.buckets,
                facet_fields=PLACE_FACETS,
            )
        )
    return None if found is None else labelled(found, partial(_names, context))


def _mark(order: Order[PlaceOrderField], criteria: PlaceCriteria) -> str:
    """What cursors of this order carry: also what the sort values were worked out from."""
    start = order.origin if order.field is PlaceOrderField.DISTANCE else None
    text = criteria.text if order.field is PlaceOrderField.RELEVANCE else None
    return ids.fingerprint("places", order.field.value, order.descending, start, text)


async def criteria_of(context: Context, where: Any) -> PlaceCriteria:
    """What the filter asks for, checked. `openAt` is not in it: sources cannot read hours."""
    if not where:
        return PlaceCriteria()
    return PlaceCriteria(
        kinds=tuple(where.kinds or ()),
        where=await common.where(context, where.geo, "where.geo"),
        text=asked.text(where.text, "where.text"),
        wheelchair=where.wheelchair,
        is_free=where.is_free,
        religion=asked.text(where.religion, "where.religion"),
        updated_since=where.updated_since,
        has_hours=where.open_at is not None,
    )


def order_of(order_by: Any, criteria: PlaceCriteria) -> Order[PlaceOrderField]:
    """How the list is sorted, checked."""
    around = criteria.where.point if isinstance(criteria.where, Near) else None
    if not order_by:
        if criteria.text is not None:
            return Order(PlaceOrderField.RELEVANCE, origin=around)
        return Order(PlaceOrderField.DISTANCE if around else PlaceOrderField.NAME, origin=around)
    origin = order_by.origin
    start = common.point(origin, "orderBy.from") if origin else around
    if order_by.field is PlaceOrderField.DISTANCE and start is None:
        raise bad_input("`orderBy.from` is needed for DISTANCE (or `where.geo.near`): from where?")
    return Order(order_by.field, descending=order_by.direction.value == "DESC", origin=start)


class _Scan:
    """A list cut down to what is open at a moment, which only we can tell.

    Places with known hours are fetched in list order until the page is full; the cursor law of
    the source holds, for every place kept stands where it stood.
    """

    def __init__(
        self, context: Context, criteria: PlaceCriteria, order: Order[PlaceOrderField], at: datetime
    ) -> None:
        self._context = context
        self._criteria = criteria
        self._order = order
        self._at = at
        self._gave_up = False

    async def find(self, source: PlaceSource, page: Page) -> Slice[Place]:
        """The next page of places that are open."""
        kept: list[Hit[Place]] = []
        after = page.after
        for _ in range(MOST_SCANNED // SCAN):
            wanted = replace(page, first=SCAN, after=after)
            answer = await source.find_places(self._criteria, self._order, wanted)
            hits = list(reversed(answer.hits)) if page.backward else list(answer.hits)
            for hit in hits:
                if not self._is_open(hit.record):
                    continue
                if len(kept) == page.first:
                    return Slice(tuple(reversed(kept) if page.backward else kept), more=True)
                kept.append(hit)
            if not answer.more:
                return Slice(tuple(reversed(kept) if page.backward else kept), more=False)
            after = hits[-1].position
        # Not raised here, under the source: it did nothing wrong.
        self._gave_up = True
        return Slice(tuple(reversed(kept) if page.backward else kept), more=True)

    def checked(self, found: Listing[Place] | None) -> Listing[Place] | None:
        """The listing, if the search for open places came to its end. TOO_COMPLEX otherwise."""
        self._must_have_ended()
        if found is None or found.faceting is None:
            return found
        counted = found.faceting

        async def faceting(fields: Sequence[str]) -> list[Facet]:
            facets = await counted(fields)
            self._must_have_ended()
            return facets

        return replace(found, faceting=faceting)

    def _must_have_ended(self) -> None:
        if self._gave_up:
            raise Refusal(
                ErrorCode.TOO_COMPLEX,
                f"`where.openAt` looked at {MOST_SCANNED} places and could not fill the page: "
                "narrow the list with `kinds` or `geo`.",
            )

    async def buckets(self, source: PlaceSource, field: str) -> Sequence[Bucket]:
        """Counts of those that are open: by their own buckets, place by place."""
        everything = await self.find(source, Page(MOST_SCANNED))
        counts = Counter(_facet_value(hit.record, field) for hit in everything.hits)
        return [Bucket(key, count) for key, count in counts.items() if key is not None]

    def _is_open(self, place: Place) -> bool:
        raw = place.opening_hours
        if raw is None:
            return False
        return hours.open_at(raw, self._at, self._context.zone, place.point) is True


def _facet_value(place: Place, field: str) -> str | None:
    if field == "area":
        return place.area[:8] if place.area else None
    value = getattr(place, field)
    found: str | None = getattr(value, "value", value)
    return found


async def _names(context: Context, field: str, keys: Sequence[str]) -> Names:
    if field == "kind":
        return {kind.value: words for kind, words in KIND_NAMES.items()}
    return await area_names(context, keys) if field == "area" else {}


def geojson(found: Listing[Place], lang: str) -> dict[str, Any]:
    """The places of a page as an RFC 7946 FeatureCollection; unknown positions are null."""
    return {
        "type": "FeatureCollection",
        "features": [_feature(edge.node, lang) for edge in found.edges],
    }


def _feature(place: Place, lang: str) -> dict[str, Any]:
    id_ = ScopedId(place.origin.connector, place.origin.local_id)
    at = place.point
    return {
        "type": "Feature",
        "id": ids.global_id("Place", id_),
        "geometry": at and {"type": "Point", "coordinates": [at.lng, at.lat]},
        "properties": {"name": place.name.pick(lang), "kind": place.kind.value},
    }


# ------------------------------------------------------------------------------- one place


async def by_id(context: Context, id: str) -> Place | None:  # noqa: A002 - the argument's own name
    """The place with this global id, None when there is none."""
    return await place_by_id(context, ids.scoped_id(id, "Place"))


def distance(place: Place, origin: Any) -> int | None:
    """Whole metres from a point, as the crow flies; None where the position is not known."""
    start = common.point(origin, "from")
    return None if place.point is None else round(geometry.distance_m(start, place.point))


def map_url(point: GeoPoint | None) -> str | None:
    """A link that shows the point on a map, in any browser or map app."""
    if point is None:
        return None
    return _google("search", query=_pair(point))


def route_url(start: GeoPoint, end: GeoPoint) -> str:
    """A link that shows the way from one point to another."""
    return _google("dir", origin=_pair(start), destination=_pair(end))


def _google(action: str, **parameters: str) -> str:
    # https://developers.google.com/maps/documentation/urls/get-started
    query = urlencode({"api": "1", **parameters}, safe=",")
    return f"https://www.google.com/maps/{action}/?{query}"


def _pair(point: GeoPoint) -> str:
    return f"{_degrees(point.lat)},{_degrees(point.lng)}"


def _degrees(value: float) -> str:
    # A centimetre is enough, and tiny numbers must not come out as 1e-05.
    return f"{value:.7f}".rstrip("0").rstrip(".")
