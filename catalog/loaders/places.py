"""Loads places: sights (E-Plesiran) and public facilities, with the licence of each position.

`places.csv` keeps facts as their source printed them. Worked out from those by hand: `opening_hours`
(OpenStreetMap's notation of hours in `facts`), `entry_fee` (rupiah; the highest printed), `charge`
(all of them), `is_free`, `religion` (of the category; a klenteng has none, for no source says which
teaching is kept there), and `stated_on` (the newest date of the citations in `source`). Positions of
other licences are in `coordinates_*/places.csv`, by id.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from catalog.leniency import read_what_can_be
from catalog.moments import first_moment
from catalog.phones import dated, e164
from connectors.errors import Unreadable
from connectors.memory.places import read_place
from connectors.ports.common import GeoPoint, Licence, ScopedId, SourceQuality, TriState
from connectors.ports.connectors import SearchType
from connectors.ports.places import KIND_NAMES, Place, PlaceKind
from connectors.ports.search import Document
from connectors.store.places import place_values, places

if TYPE_CHECKING:
    from catalog.loading import Load
    from catalog.pack import CsvRow

TOURISM = "e-plesiran"
FACILITIES = "fasilitas-umum"

KINDS: dict[str, PlaceKind] = {
    "airport": PlaceKind.AIRPORT,
    "bus station": PlaceKind.STATION,
    "bus terminal": PlaceKind.STATION,
    "church": PlaceKind.WORSHIP,
    "culinary street": PlaceKind.CULINARY,
    "fire station": PlaceKind.FIRE_STATION,
    "government": PlaceKind.GOVERNMENT,
    "heritage": PlaceKind.HERITAGE,
    "hospital": PlaceKind.HEALTH,
    "hotel": PlaceKind.LODGING,
    "lake": PlaceKind.WATER,
    "landmark": PlaceKind.ATTRACTION,
    "market": PlaceKind.MARKET,
    "mosque": PlaceKind.WORSHIP,
    "museum": PlaceKind.MUSEUM,
    "park": PlaceKind.PARK,
    "police": PlaceKind.POLICE,
    "post office": PlaceKind.OTHER,
    "railway station": PlaceKind.STATION,
    "school": PlaceKind.SCHOOL,
    "shopping": PlaceKind.SHOPPING,
    "sport": PlaceKind.SPORT,
    "temple": PlaceKind.WORSHIP,
    "thematic village": PlaceKind.ATTRACTION,
    "tourist information": PlaceKind.INFORMATION,
    "utility": PlaceKind.OTHER,
    "water-level station": PlaceKind.OTHER,
}
"""What each category of the data is; a category that is not here becomes OTHER and is reported."""

FOR_TOURISTS = frozenset(
    {
        PlaceKind.ATTRACTION,
        PlaceKind.CULINARY,
        PlaceKind.HERITAGE,
        PlaceKind.INFORMATION,
        PlaceKind.LODGING,
        PlaceKind.MUSEUM,
        PlaceKind.PARK,
        PlaceKind.SHOPPING,
        PlaceKind.WATER,
    }
)
"""The kinds that E-Plesiran shows; all others are public facilities."""

CC_BY_SA = Licence("CC-BY-SA-4.0", "Wikipedia", TriState.YES)
LICENCES: tuple[tuple[str, Licence], ...] = (
    ("cahyadsn/", Licence("MIT", "cahyadsn/wilayah_boundaries", TriState.YES)),
    ("ourairports-data", Licence(None, "OurAirports (public domain)", TriState.YES)),
    ("wikipedia.org", CC_BY_SA),
    ("nearbywiki.org", CC_BY_SA),
    ("OpenStreetMap", Licence("ODbL-1.0", "© OpenStreetMap contributors", TriState.YES)),
)
"""The licence of a position, by what its citation mentions."""

NO_LICENCE = Licence(redistribution=TriState.UNKNOWN)

_URL = re.compile(r"https?://[^\s|,]+")


@dataclass(frozen=True, slots=True)
class Coordinates:
    """Where a row is, how well that is known, and on what terms."""

    point: GeoPoint
    quality: str
    licence: Licence


async def load(load: Load) -> None:
    """Put all places of the pack into the store, each into the source it belongs to."""
    found: dict[str, list[dict[str, Any]]] = {TOURISM: [], FACILITIES: []}
    for place in read(load):
        found[place.origin.connector].append(place_values(place))
        load.index(document(place))
    for source, rows in found.items():
        await load.replace(places, source, rows)


def read(load: Load) -> Iterator[Place]:
    """The places of the pack; rows that cannot be read go to the report."""
    known = coordinates(
        load,
        lambda row, reason: load.reject(FACILITIES, row, reason, field="lat", kept=True),
    )
    seen: set[str | None] = set()
    for row in load.pack.rows("places.csv"):
        category = row.get("category") or ""
        kind = KINDS.get(category, PlaceKind.OTHER)
        source = TOURISM if kind in FOR_TOURISTS else FACILITIES
        if category not in KINDS:
            reason = f"unknown category {category!r}: shown as OTHER"
            load.reject(source, row, reason, field="category", kept=True)
        if row.get("id") in seen:
            load.reject(source, row, f"the id {row.get('id')!r} is used twice")
            continue
        seen.add(row.get("id"))
        try:
            yield _place(load, row, kind, source, known.get(row.get("id") or ""))
        except Unreadable as error:
            load.reject(source, row, str(error))


def coordinates(
    load: Load, refused: Callable[[CsvRow, str], None] | None = None
) -> dict[str, Coordinates]:
    """The positions of places by id; `refused` is told of those that are none.

    Those of OpenStreetMap have a file of their own for the sake of its licence; those without a
    known licence have one that a setting leaves out.
    """
    files = ["places.csv", "coordinates_openstreetmap/places.csv"]
    if load.unlicensed_coordinates:
        files.append("coordinates_unknown_licence/places.csv")
    found = {}
    for file in files:
        for row in load.pack.rows(file):
            if row.get("lat") is None:
                continue
            try:
                found[row.need("id")] = _coordinates(row)
            except ValueError as error:
                if refused is not None:
                    refused(row, str(error))
    return found


def _coordinates(row: CsvRow) -> Coordinates:
    cited = row.get("coord_source") or ""
    point = GeoPoint(float(row.need("lat")), float(row.need("lon")))
    if not (-90 <= point.lat <= 90 and -180 <= point.lng <= 180):
        raise ValueError(f"no point on earth: {point.lat}, {point.lng}")
    licence = NO_LICENCE
    if not row.file.startswith("coordinates_unknown_licence/"):
        licence = next((terms for word, terms in LICENCES if word in cited), NO_LICENCE)
    return Coordinates(point, row.get("coord_quality") or "unknown", licence)


def _place(
    load: Load, row: CsvRow, kind: PlaceKind, source: str, where: Coordinates | None
) -> Place:
    point = where.point if where else None
    phone, year = dated(row.get("phone") or "")
    as_of = stated_on(load, row, source)
    inferred = "inferred from the stop name" in (row.get("note") or "")
    url = _URL.search(row.get("source") or "")
    canonical = {
        "id": row.get("id"),
        "kind": kind.value,
        "name": row.get("name"),
        "name_en": row.get("name_en"),
        "description_en": row.get("facts"),
        "tags": _tags(row, where, year),
        "lat": point and repr(point.lat),
        "lng": point and repr(point.lng),
        "area": load.pack.kelurahan.at(point)
        or row.get("village_code")
        or row.get("district_code"),
        "address": row.get("address"),
        "kelurahan": row.get("village_code"),
        "kecamatan": row.get("district_code"),
        "opening_hours": row.get("opening_hours"),
        "phone": (e164(phone) or phone) if phone else None,
        "entry_fee": row.get("entry_fee"),
        "is_free": row.get("is_free"),
        "religion": row.get("religion"),
    }
    return read_what_can_be(
        read_place,
        canonical,
        lambda local: load.origin(
            source,
            local,
            as_of=as_of,
            quality=SourceQuality.ESTIMATED if inferred else None,
            licence=where.licence if where else None,
            url=url[0] if url else None,
        ),
        lambda column, reason: load.reject(source, row, reason, field=column, kept=True),
    )


def stated_on(load: Load, row: CsvRow, source: str) -> datetime | None:
    """When the row's source said it; None, and reported, when that is no date."""
    try:
        return first_moment(row.get("stated_on"), load.pack.city["zone"])
    except ValueError as error:
        load.reject(source, row, str(error), field="stated_on", kept=True)
        return None


def _tags(row: CsvRow, where: Coordinates | None, phone_year: str | None) -> list[str]:
    """What has no field of its own, as `key=value`."""
    facts = row.get("facts") or ""
    found = {
        "category": row.get("category"),
        "coord_quality": where.quality if where else "none",
        "heritage": "yes" if "listed heritage" in facts else None,
        "charge": row.get("charge"),
        "phone_year": phone_year,
        "note": row.get("note"),
    }
    return [f"{key}={value}" for key, value in found.items() if value]


def _words(place: Place) -> list[str]:
    """The category as the data has it: finer than the kind."""
    return [tag.partition("=")[2] for tag in place.tags if tag.startswith("category=")]


def document(place: Place) -> Document:
    """What makes a place findable."""
    address = place.address.text if place.address else None
    return Document(
        type=SearchType.PLACE,
        id=ScopedId(place.origin.connector, place.origin.local_id),
        title=place.name,
        body=(place.description, address, KIND_NAMES[place.kind], *_words(place)),
        point=place.point,
        area=place.area,
        opening_hours=place.opening_hours,
        sample=place.origin.quality is SourceQuality.SAMPLE,
    )
