"""Places of the city: sights and public facilities, where they are and when they are open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from connectors.ports.common import (
    Address,
    Bucket,
    GeoPoint,
    Media,
    Money,
    Order,
    Origin,
    Page,
    Slice,
    Source,
    Text,
    Wheelchair,
    Where,
    must_text,
)


class PlaceKind(Enum):
    ATTRACTION = "ATTRACTION"
    MUSEUM = "MUSEUM"
    PARK = "PARK"
    CULINARY = "CULINARY"
    LODGING = "LODGING"
    SHOPPING = "SHOPPING"
    MARKET = "MARKET"
    WORSHIP = "WORSHIP"
    ATM = "ATM"
    BANK = "BANK"
    POLICE = "POLICE"
    HEALTH = "HEALTH"
    FIRE_STATION = "FIRE_STATION"
    FUEL = "FUEL"
    TOILET = "TOILET"
    PARKING = "PARKING"
    GOVERNMENT = "GOVERNMENT"
    INFORMATION = "INFORMATION"
    STATION = "STATION"
    AIRPORT = "AIRPORT"
    SCHOOL = "SCHOOL"
    SPORT = "SPORT"
    WATER = "WATER"
    HERITAGE = "HERITAGE"
    OTHER = "OTHER"


KIND_NAMES: dict[PlaceKind, Text] = {
    PlaceKind.ATTRACTION: must_text("Tempat wisata", "Attractions"),
    PlaceKind.MUSEUM: must_text("Museum", "Museums"),
    PlaceKind.PARK: must_text("Taman", "Parks"),
    PlaceKind.CULINARY: must_text("Kuliner", "Food and drink"),
    PlaceKind.LODGING: must_text("Penginapan", "Lodging"),
    PlaceKind.SHOPPING: must_text("Pusat belanja", "Shopping"),
    PlaceKind.MARKET: must_text("Pasar", "Markets"),
    PlaceKind.WORSHIP: must_text("Tempat ibadah", "Places of worship"),
    PlaceKind.ATM: must_text("ATM", "Cash machines"),
    PlaceKind.BANK: must_text("Bank", "Banks"),
    PlaceKind.POLICE: must_text("Polisi", "Police"),
    PlaceKind.HEALTH: must_text("Rumah sakit dan klinik", "Hospitals and clinics"),
    PlaceKind.FIRE_STATION: must_text("Pemadam kebakaran", "Fire stations"),
    PlaceKind.FUEL: must_text("SPBU", "Fuel"),
    PlaceKind.TOILET: must_text("Toilet umum", "Toilets"),
    PlaceKind.PARKING: must_text("Parkir", "Parking"),
    PlaceKind.GOVERNMENT: must_text("Kantor pemerintah", "Government offices"),
    PlaceKind.INFORMATION: must_text("Pusat informasi", "Tourist information"),
    PlaceKind.STATION: must_text("Stasiun dan terminal", "Stations"),
    PlaceKind.AIRPORT: must_text("Bandara", "Airports"),
    PlaceKind.SCHOOL: must_text("Sekolah", "Schools"),
    PlaceKind.SPORT: must_text("Olahraga", "Sport"),
    PlaceKind.WATER: must_text("Perairan", "Water"),
    PlaceKind.HERITAGE: must_text("Cagar budaya", "Heritage"),
    PlaceKind.OTHER: must_text("Lainnya", "Others"),
}
"""What the kinds are called, for people who search and count."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place. What nobody stated is None, or UNKNOWN for wheelchair access."""

    origin: Origin
    kind: PlaceKind
    name: Text
    description: Text | None = None
    tags: tuple[str, ...] = ()
    """Further facts as `key=value`, after OpenStreetMap where it has the key."""
    point: GeoPoint | None = None
    area: str | None = None
    """Code of the kelurahan, or of the kecamatan where no more is known."""
    address: Address | None = None
    opening_hours: str | None = None
    """In OpenStreetMap's notation: `Tu-Su 10:00-17:00`."""
    phone: str | None = None
    """E.164 where the number is valid, else as printed."""
    email: str | None = None
    website: str | None = None
    entry_fee: Money | None = None
    is_free: bool | None = None
    religion: str | None = None
    """OpenStreetMap's word: muslim, christian, buddhist."""
    wheelchair: Wheelchair = Wheelchair.UNKNOWN
    wheelchair_note: Text | None = None
    media: tuple[Media, ...] = ()


class PlaceOrderField(Enum):
    RELEVANCE = "RELEVANCE"
    """Best match of the text first (`match_rank`), then by name; by name without a text."""
    DISTANCE = "DISTANCE"
    """Nearest to `Order.origin` first; places without a point last."""
    NAME = "NAME"
    UPDATED_AT = "UPDATED_AT"
    """By `origin.as_of`."""


PLACE_FACETS = ("kind", "religion", "area", "wheelchair")
"""What places can be counted by; `area` is the code of the kecamatan."""


@dataclass(frozen=True, slots=True)
class PlaceCriteria:
    """Which places are wanted; an empty tuple and None filter nothing."""

    kinds: tuple[PlaceKind, ...] = ()
    where: Where | None = None
    text: str | None = None
    """Every word of it, letter case aside, in names, description, values of tags or address."""
    wheelchair: bool | None = None
    """True: YES or LIMITED. False: NO. Places that nobody looked at are in neither."""
    is_free: bool | None = None
    religion: str | None = None
    updated_since: datetime | None = None
    has_hours: bool = False
    """Only places whose opening hours are known."""


class PlaceSource(Source, Protocol):
    """A system that knows places. Raises ConnectorError when it cannot answer."""

    async def places_by_id(self, ids: Sequence[str]) -> Sequence[Place | None]:
        """Places in the order of their ids, None where unknown."""
        ...

    async def find_places(
        self, criteria: PlaceCriteria, order: Order[PlaceOrderField], page: Page
    ) -> Slice[Place]:
        """A page in the order asked for; `page.descending` repeats `order.descending`.

        Distances are from `order.origin`, else from the point of a `Near`.
        """
        ...

    async def count_places(self, criteria: PlaceCriteria) -> int:
        """How many places `find_places` would give in all."""
        ...

    async def place_buckets(self, criteria: PlaceCriteria, field: str) -> Sequence[Bucket]:
        """How many of them by a field of `PLACE_FACETS`; places without a value are left out."""
        ...


# ------------------------------------------------------------------------------- matching

NOT_SEARCHED = "coord_quality="
"""This tag is about the data, not about the place: "village" must not find a village_centroid."""


def folded(text: str) -> str:
    """Text as it is compared: case folded, every run of white space one blank."""
    return " ".join(text.casefold().split())


def names_heap(name: Text) -> str:
    """All names of a place for `match_rank`, each between line ends."""
    return "\n" + "\n".join(folded(words) for _, words in name) + "\n"


def words_heap(place: Place) -> str:
    """Everything a text is looked for in: names, description, tags, address, line by line."""
    texts = (place.name, place.description, place.address.text if place.address else None)
    lines = [words for text in texts if text for _, words in text]
    tags = [tag.partition("=")[2] for tag in place.tags if not tag.startswith(NOT_SEARCHED)]
    return "\n".join(folded(line) for line in (*lines, *tags))


def match_rank(names: str, text: str) -> int:
    """How well a text matches the names of `names_heap`: 0 best, 4 not at all (found elsewhere).

    0 a whole name, 1 the beginning of a name, 2 somewhere in a name as it stands, 3 every word
    of it somewhere in the names.
    """
    wanted = folded(text)
    if f"\n{wanted}\n" in names:
        return 0
    if f"\n{wanted}" in names:
        return 1
    if wanted in names:
        return 2
    return 3 if all(word in names for word in wanted.split()) else 4
