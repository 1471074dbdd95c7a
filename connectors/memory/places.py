"""Places from records in memory, and from rows of text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from connectors import errors
from connectors.memory.base import by_id, slice_of
from connectors.memory.cells import Cells
from connectors.ports import geometry
from connectors.ports.common import (
    Address,
    Bucket,
    GeoPoint,
    Money,
    Near,
    Order,
    Origin,
    Page,
    Slice,
    SortValue,
    Wheelchair,
)
from connectors.ports.places import (
    PLACE_FACETS,
    Place,
    PlaceCriteria,
    PlaceKind,
    PlaceOrderField,
    folded,
    match_rank,
    names_heap,
    words_heap,
)


class MemoryPlaces:
    """A PlaceSource over records."""

    def __init__(self, name: str, places: Sequence[Place]) -> None:
        self.name = name
        self._places = tuple(places)

    async def places_by_id(self, ids: Sequence[str]) -> Sequence[Place | None]:
        return by_id(self._places, ids)

    async def find_places(
        self, criteria: PlaceCriteria, order: Order[PlaceOrderField], page: Page
    ) -> Slice[Place]:
        origin = order.origin
        if origin is None and isinstance(criteria.where, Near):
            origin = criteria.where.point
        return slice_of(
            self._fitting(criteria),
            page,
            lambda place: sort_value(place, criteria, order.field, origin),
            origin=origin,
            point=lambda place: place.point,
        )

    async def count_places(self, criteria: PlaceCriteria) -> int:
        return len(self._fitting(criteria))

    async def place_buckets(self, criteria: PlaceCriteria, field: str) -> Sequence[Bucket]:
        counts = Counter(facet_value(place, field) for place in self._fitting(criteria))
        return [Bucket(key, count) for key, count in counts.items() if key is not None]

    def _fitting(self, criteria: PlaceCriteria) -> list[Place]:
        return [place for place in self._places if fits(place, criteria)]


def fits(place: Place, criteria: PlaceCriteria) -> bool:
    """Whether a place is one of those wanted."""
    c = criteria
    if c.kinds and place.kind not in c.kinds:
        return False
    if c.where is not None and not geometry.is_in(c.where, place.point, place.area):
        return False
    if c.text is not None:
        heap = words_heap(place)
        if not all(word in heap for word in folded(c.text).split()):
            return False
    if c.wheelchair is not None:
        wanted = (Wheelchair.YES, Wheelchair.LIMITED) if c.wheelchair else (Wheelchair.NO,)
        if place.wheelchair not in wanted:
            return False
    if c.is_free is not None and place.is_free is not c.is_free:
        return False
    if c.religion is not None and place.religion != c.religion:
        return False
    if c.has_hours and place.opening_hours is None:
        return False
    return c.updated_since is None or place.origin.as_of >= c.updated_since


def sort_value(
    place: Place, criteria: PlaceCriteria, field: PlaceOrderField, origin: GeoPoint | None
) -> SortValue:
    """What a place is sorted by."""
    if field is PlaceOrderField.DISTANCE:
        if origin is None or place.point is None:
            return None
        return geometry.chord2(place.point, origin)
    if field is PlaceOrderField.UPDATED_AT:
        return place.origin.as_of
    name = folded(place.name.pick("id"))
    if field is PlaceOrderField.NAME or criteria.text is None:
        return name
    return f"{match_rank(names_heap(place.name), criteria.text)}{name}"


def facet_value(place: Place, field: str) -> str | None:
    """What a place counts under for a facet."""
    if field == "kind":
        return place.kind.value
    if field == "religion":
        return place.religion
    if field == "wheelchair":
        return place.wheelchair.value
    if field == "area":
        return place.area[:8] if place.area else None
    raise errors.Rejected(f"places are counted by {', '.join(PLACE_FACETS)}, not by {field!r}")


def read_place(row: Mapping[str, Any], origin: Callable[[str], Origin]) -> Place:
    """A place from a canonical row, values as text or as JSON has them.

    Columns: id, kind, name, name_en, description, description_en, tags (a list, or text parted by
    `;`), lat, lng, area, address, street, kelurahan, kecamatan, postal_code, opening_hours, phone,
    email, website, entry_fee (rupiah), is_free (yes, no), religion, wheelchair. Only id, kind and
    a name are needed. Raises Unreadable naming the column.
    """
    cells = Cells(row, "place")
    fee = cells.amount("entry_fee")
    return Place(
        origin=origin(cells.local_id()),
        kind=cells.must_one_of("kind", PlaceKind),
        name=cells.must_text("name"),
        description=cells.text("description"),
        tags=cells.words("tags", parted_by=";"),
        point=cells.point(),
        area=cells.area(),
        address=_address(cells),
        opening_hours=cells.plain("opening_hours"),
        phone=cells.plain("phone"),
        email=cells.plain("email"),
        website=cells.plain("website"),
        entry_fee=None if fee is None else Money(fee),
        is_free=cells.flag("is_free"),
        religion=cells.plain("religion"),
        wheelchair=cells.one_of("wheelchair", Wheelchair) or Wheelchair.UNKNOWN,
    )


def _address(cells: Cells) -> Address | None:
    words = cells.text("address") or cells.text("street")
    if words is None:
        return None
    return Address(
        text=words,
        street=cells.plain("street"),
        kelurahan=cells.area("kelurahan"),
        kecamatan=cells.area("kecamatan"),
        postal_code=cells.plain("postal_code"),
    )
