"""Which kind of place the words of a map mean."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.ports.common import Text, must_text
from connectors.ports.places import KIND_NAMES, PlaceKind, folded

K = PlaceKind

_ANY = "*"
# In this order: what a place is for comes before that it is worth seeing.
_MAIN: tuple[tuple[str, Mapping[str, PlaceKind]], ...] = (
    ("tourism", {
        "museum": K.MUSEUM, "gallery": K.MUSEUM, "information": K.INFORMATION,
        **dict.fromkeys(
            ("hotel", "hostel", "guest_house", "motel", "apartment", "chalet", "camp_site",
             "caravan_site", "wilderness_hut"), K.LODGING),
    }),
    ("amenity", {
        "place_of_worship": K.WORSHIP, "monastery": K.WORSHIP, "atm": K.ATM, "bank": K.BANK,
        "bureau_de_change": K.BANK, "police": K.POLICE, "fire_station": K.FIRE_STATION,
        "fuel": K.FUEL, "charging_station": K.FUEL, "toilets": K.TOILET,
        "marketplace": K.MARKET, "townhall": K.GOVERNMENT, "courthouse": K.GOVERNMENT,
        "public_building": K.GOVERNMENT, "community_centre": K.GOVERNMENT,
        "bus_station": K.STATION, "ferry_terminal": K.STATION,
        **dict.fromkeys(("hospital", "clinic", "doctors", "dentist", "pharmacy", "health_post"),
                        K.HEALTH),
        **dict.fromkeys(("parking", "parking_space", "motorcycle_parking", "bicycle_parking"),
                        K.PARKING),
        **dict.fromkeys(("school", "university", "college", "kindergarten", "language_school",
                         "library", "training"), K.SCHOOL),
        **dict.fromkeys(("restaurant", "food_court", "cafe", "fast_food", "bar", "pub",
                         "ice_cream"), K.CULINARY),
    }),
    ("healthcare", {_ANY: K.HEALTH}),
    ("aeroway", {"aerodrome": K.AIRPORT, "terminal": K.AIRPORT}),
    ("railway", {"station": K.STATION, "halt": K.STATION}),
    ("public_transport", {"station": K.STATION}),
    ("office", {"government": K.GOVERNMENT}),
    ("tourism", {
        **dict.fromkeys(("attraction", "theme_park", "zoo", "aquarium", "viewpoint", "artwork",
                         "picnic_site"), K.ATTRACTION),
    }),
    ("leisure", {
        "water_park": K.ATTRACTION,
        **dict.fromkeys(("park", "garden", "nature_reserve", "playground"), K.PARK),
        **dict.fromkeys(("sports_centre", "stadium", "pitch", "swimming_pool", "fitness_centre",
                         "sports_hall", "track", "golf_course", "ice_rink"), K.SPORT),
    }),
    ("shop", {_ANY: K.SHOPPING}),
    ("historic", {_ANY: K.HERITAGE}),
    ("natural", {"water": K.WATER, "spring": K.WATER}),
    ("water", {_ANY: K.WATER}),
    ("waterway", {"dam": K.WATER, "weir": K.WATER, "waterfall": K.WATER, "river": K.WATER}),
)  # fmt: skip


def kind_of(tags: Mapping[str, str]) -> PlaceKind | None:
    """The kind by OpenStreetMap's main tags; None when none of them is known."""
    for key, kinds in _MAIN:
        for value in tags.get(key, "").split(";"):
            word = value.strip().lower()
            if word in ("", "no"):
                continue
            found = kinds.get(word, kinds.get(_ANY))
            if found is not None:
                return found
    return None


MAIN_KEYS = frozenset(key for key, _ in _MAIN)

NAMELESS: Mapping[PlaceKind, Text] = {
    K.ATM: must_text("ATM", "ATM"),
    K.BANK: must_text("Bank", "Bank"),
    K.CULINARY: must_text("Tempat makan", "Place to eat"),
    K.FIRE_STATION: must_text("Pos pemadam kebakaran", "Fire station"),
    K.FUEL: must_text("SPBU", "Petrol station"),
    K.HEALTH: must_text("Fasilitas kesehatan", "Health facility"),
    K.INFORMATION: must_text("Informasi wisata", "Tourist information"),
    K.MARKET: must_text("Pasar", "Market"),
    K.PARK: must_text("Taman", "Park"),
    K.PARKING: must_text("Tempat parkir", "Car park"),
    K.POLICE: must_text("Pos polisi", "Police post"),
    K.SPORT: must_text("Tempat olahraga", "Sports ground"),
    K.STATION: must_text("Stasiun atau terminal", "Station"),
    K.TOILET: must_text("Toilet umum", "Public toilet"),
    K.WORSHIP: must_text("Tempat ibadah", "Place of worship"),
}
"""What people call a place of which nobody noted a name, where that is no lie."""

_WORDS: Mapping[str, PlaceKind] = {
    **{folded(words): kind for kind, text in KIND_NAMES.items() for _, words in text},
    **{folded(words): kind for kind, text in NAMELESS.items() for _, words in text},
    **{kind.value.casefold(): kind for kind in PlaceKind},
    **{kind.value.casefold().replace("_", " "): kind for kind in PlaceKind},
    "wisata": K.ATTRACTION, "objek wisata": K.ATTRACTION, "destinasi wisata": K.ATTRACTION,
    "tourist attraction": K.ATTRACTION, "touristattraction": K.ATTRACTION,
    "taman kota": K.PARK, "ruang terbuka hijau": K.PARK, "rth": K.PARK, "garden": K.PARK,
    "restoran": K.CULINARY, "rumah makan": K.CULINARY, "restaurant": K.CULINARY,
    "kafe": K.CULINARY, "cafe": K.CULINARY, "hotel": K.LODGING, "hostel": K.LODGING,
    "mal": K.SHOPPING, "mall": K.SHOPPING, "toko": K.SHOPPING, "shop": K.SHOPPING,
    "pasar tradisional": K.MARKET, "masjid": K.WORSHIP, "musala": K.WORSHIP, "mushola": K.WORSHIP,
    "gereja": K.WORSHIP, "pura": K.WORSHIP, "vihara": K.WORSHIP, "wihara": K.WORSHIP,
    "kelenteng": K.WORSHIP, "klenteng": K.WORSHIP, "mosque": K.WORSHIP, "church": K.WORSHIP,
    "kantor polisi": K.POLICE, "polsek": K.POLICE, "polres": K.POLICE,
    "rumah sakit": K.HEALTH, "puskesmas": K.HEALTH, "klinik": K.HEALTH, "apotek": K.HEALTH,
    "hospital": K.HEALTH, "clinic": K.HEALTH, "damkar": K.FIRE_STATION, "pom bensin": K.FUEL,
    "toilet": K.TOILET, "wc umum": K.TOILET, "kantor": K.GOVERNMENT,
    "kantor kelurahan": K.GOVERNMENT, "kantor kecamatan": K.GOVERNMENT,
    "stasiun": K.STATION, "terminal": K.STATION, "airport": K.AIRPORT,
    "sekolah": K.SCHOOL, "universitas": K.SCHOOL, "perguruan tinggi": K.SCHOOL,
    "stadion": K.SPORT, "stadium": K.SPORT, "gor": K.SPORT, "danau": K.WATER, "situ": K.WATER,
    "sungai": K.WATER, "cagar budaya": K.HERITAGE, "bangunan bersejarah": K.HERITAGE,
}  # fmt: skip


def kind_named(word: str) -> PlaceKind | None:
    """The kind that a word of Indonesian or English means; None when it is not known."""
    return _WORDS.get(folded(word).replace("_", " ")) or _WORDS.get(folded(word))
