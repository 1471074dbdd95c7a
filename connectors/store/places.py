"""Places in the embedded store."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Index,
    Row,
    String,
    Table,
    and_,
    case,
    desc,
    func,
    literal,
    select,
    type_coerce,
)

from connectors import errors
from connectors.base import Tools
from connectors.kinds.sql import Database
from connectors.kinds.turns import in_turns
from connectors.ports.common import Bucket, GeoPoint, Money, Near, Order, Page, Slice, Wheelchair
from connectors.ports.connectors import Binding
from connectors.ports.places import (
    PLACE_FACETS,
    Place,
    PlaceCriteria,
    PlaceKind,
    PlaceOrderField,
    folded,
    names_heap,
    words_heap,
)
from connectors.store.base import (
    SORTED,
    Words,
    address_of,
    address_value,
    chord2,
    in_order,
    located,
    metadata,
    origin_columns,
    origin_of,
    origin_values,
    owned,
    paged,
    place_columns,
    place_index,
    point_of,
    point_values,
    rows_of,
    slice_of,
    within_time,
)
from connectors.store.media import media_of, media_values

places = Table(
    "places",
    metadata,
    *origin_columns(),
    *place_columns(),
    Column("kind", String(16), nullable=False),
    Column("name", Words, nullable=False),
    Column("description", Words),
    Column("tags", JSON, nullable=False),
    Column("address", JSON(none_as_null=True)),
    Column("opening_hours", String),
    Column("phone", String),
    Column("email", String),
    Column("website", String),
    Column("entry_fee", String(64)),
    Column("currency", String(3)),
    Column("is_free", Boolean),
    Column("religion", String),
    Column("wheelchair", String(8), nullable=False),
    Column("wheelchair_note", Words),
    Column("media", JSON, nullable=False),
    # For sorting and searching, made of the above when a row is written.
    Column("sort_name", SORTED, nullable=False),
    Column("names", String, nullable=False),
    Column("words", String, nullable=False),
    place_index("places"),
    Index("ix_places_name", "source", "sort_name", "local_id"),
    Index("ix_places_kind", "source", "kind", "sort_name", "local_id"),
    # All that were read at once are equal: each direction needs its own order of ids.
    Index("ix_places_updated", "source", "as_of", "local_id"),
    Index("ix_places_newest", "source", desc("as_of"), "local_id"),
    # Counts and facets are read from this index alone, never from the wide rows.
    Index(
        "ix_places_figures",
        "source",
        "kind",
        "area",
        "religion",
        "wheelchair",
        "is_free",
        "quality",
    ),
    Index("ix_places_area", "source", "area"),
)

_FOR_SEARCH = {"x", "y", "z", "sort_name", "names", "words"}
_SHOWN = [column for column in places.c if column.name not in _FOR_SEARCH]
_FACETS: dict[str, ColumnElement[Any]] = {
    "kind": places.c.kind,
    "religion": places.c.religion,
    "area": func.substr(places.c.area, 1, 8),  # 36.71.05: the kecamatan
    "wheelchair": places.c.wheelchair,
}


async def open_places(binding: Binding, tools: Tools) -> StorePlaces:
    """The store's places of one source as a system, see `connectors.registry`."""
    return StorePlaces(binding.key, tools.database, samples=tools.samples_shown)


class StorePlaces:
    """A PlaceSource over the table `places`; several sources share it."""

    def __init__(self, name: str, database: Database, *, samples: bool = True) -> None:
        self.name = name
        self._database = database
        self._mine = owned(places, name, samples=samples)

    async def places_by_id(self, ids: Sequence[str]) -> Sequence[Place | None]:
        rows = await self._database.rows(
            select(*_SHOWN).where(self._mine, places.c.local_id.in_(ids))
        )
        return in_order(await in_turns(rows, _read), ids, lambda place: place.origin.local_id)

    async def find_places(
        self, criteria: PlaceCriteria, order: Order[PlaceOrderField], page: Page
    ) -> Slice[Place]:
        origin = order.origin
        if origin is None and isinstance(criteria.where, Near):
            origin = criteria.where.point
        statement = select(*_SHOWN).where(self._fitting(criteria))
        sort = _sort(criteria, order.field, origin)
        ranges = paged(statement, places, page, sort, source=self.name)
        rows = await rows_of(self._database, ranges, page)
        return await slice_of(rows, page, _read, origin)

    async def count_places(self, criteria: PlaceCriteria) -> int:
        counted = select(func.count()).select_from(places).where(self._fitting(criteria))
        return int(await self._database.value(counted))

    async def place_buckets(self, criteria: PlaceCriteria, field: str) -> Sequence[Bucket]:
        if field not in _FACETS:
            known = ", ".join(PLACE_FACETS)
            raise errors.Rejected(f"places are counted by {known}, not by {field!r}")
        value = _FACETS[field].label("value")
        rows = await self._database.rows(
            select(value, func.count().label("number"))
            .where(self._fitting(criteria), value.is_not(None))
            .group_by(value)
        )
        return [Bucket(row.value, row.number) for row in rows]

    def _fitting(self, criteria: PlaceCriteria) -> ColumnElement[bool]:
        return and_(self._mine, located(places, criteria.where), *_wanted(criteria))


def _wanted(criteria: PlaceCriteria) -> list[ColumnElement[bool]]:
    c, p = criteria, places.c
    found: list[ColumnElement[bool]] = []
    if c.kinds:
        found.append(p.kind.in_([kind.value for kind in c.kinds]))
    if c.text is not None:
        found += [p.words.contains(word, autoescape=True) for word in folded(c.text).split()]
    if c.wheelchair is not None:
        words = ("YES", "LIMITED") if c.wheelchair else ("NO",)
        found.append(p.wheelchair.in_(words))
    if c.is_free is not None:
        found.append(p.is_free.is_(c.is_free))
    if c.religion is not None:
        found.append(p.religion == c.religion)
    if c.updated_since is not None:
        found.append(within_time(p.as_of >= c.updated_since))
    if c.has_hours:
        found.append(p.opening_hours.is_not(None))
    return found


def _sort(
    criteria: PlaceCriteria, field: PlaceOrderField, origin: GeoPoint | None
) -> ColumnElement[Any] | None:
    if field is PlaceOrderField.DISTANCE:
        return None if origin is None else chord2(places, origin)
    if field is PlaceOrderField.UPDATED_AT:
        return places.c.as_of
    if field is PlaceOrderField.NAME or criteria.text is None:
        return places.c.sort_name
    ranked = literal("").concat(_rank(criteria.text)).concat(places.c.sort_name)
    return type_coerce(ranked, String)


def _rank(text: str) -> ColumnElement[str]:
    """The same as `match_rank`, as text."""
    names, wanted = places.c.names, folded(text)
    return case(
        (names.contains(f"\n{wanted}\n", autoescape=True), literal("0")),
        (names.contains(f"\n{wanted}", autoescape=True), literal("1")),
        (names.contains(wanted, autoescape=True), literal("2")),
        (
            and_(*(names.contains(word, autoescape=True) for word in wanted.split()))
            if wanted
            else literal(value=True),
            literal("3"),
        ),
        else_=literal("4"),
    )


def place_values(place: Place) -> dict[str, Any]:
    """A place as a row of the table, for loading."""
    return {
        **origin_values(place.origin),
        **point_values(place.point, place.area),
        "kind": place.kind.value,
        "name": place.name,
        "description": place.description,
        "tags": list(place.tags),
        "address": address_value(place.address),
        "opening_hours": place.opening_hours,
        "phone": place.phone,
        "email": place.email,
        "website": place.website,
        "entry_fee": f"{place.entry_fee.amount:f}" if place.entry_fee else None,
        "currency": place.entry_fee.currency if place.entry_fee else None,
        "is_free": place.is_free,
        "religion": place.religion,
        "wheelchair": place.wheelchair.value,
        "wheelchair_note": place.wheelchair_note,
        "media": media_values(place.media),
        "sort_name": folded(place.name.pick("id")),
        "names": names_heap(place.name),
        "words": words_heap(place),
    }


def _read(row: Row[Any]) -> Place:
    fee = None if row.entry_fee is None else Money(Decimal(row.entry_fee), row.currency)
    return Place(
        origin=origin_of(row),
        kind=PlaceKind(row.kind),
        name=row.name,
        description=row.description,
        tags=tuple(row.tags),
        point=point_of(row),
        area=row.area,
        address=address_of(row.address),
        opening_hours=row.opening_hours,
        phone=row.phone,
        email=row.email,
        website=row.website,
        entry_fee=fee,
        is_free=row.is_free,
        religion=row.religion,
        wheelchair=Wheelchair(row.wheelchair),
        wheelchair_note=row.wheelchair_note,
        media=media_of(row.media),
    )
