"""Sights as GeoJSON, and public facilities as Overpass answers them."""

from __future__ import annotations

from typing import Any

from gateway.synthetic.exchange import Question, Reply, json_reply
from gateway.synthetic.town import SAMPLE, Town, street

SIGHTS = (
    ("PARK", "Taman"), ("MUSEUM", "Museum"), ("ATTRACTION", "Kampung Wisata"),
    ("MARKET", "Pasar Wisata"), ("MALL", "Mal"),
)  # fmt: skip
FACILITIES: tuple[tuple[str, dict[str, str]], ...] = (
    ("Masjid", {"amenity": "place_of_worship", "religion": "muslim"}),
    ("Gereja", {"amenity": "place_of_worship", "religion": "christian"}),
    ("ATM", {"amenity": "atm"}),
    ("Kantor Polisi", {"amenity": "police"}),
    ("Rumah Sakit", {"amenity": "hospital", "emergency": "yes"}),
    ("Puskesmas", {"amenity": "clinic"}),
    ("SPBU", {"amenity": "fuel", "opening_hours": "24/7"}),
    ("Toilet", {"amenity": "toilets", "fee": "no"}),
)
COUNT = 60


class Sights:
    """A FeatureCollection."""

    def __init__(self, town: Town) -> None:
        features = []
        for number, spot in enumerate(town.spots("sights", COUNT), start=1):
            chance = town.rng("sight", number)
            kind, word = SIGHTS[number % len(SIGHTS)]
            features.append(
                {
                    "type": "Feature",
                    "id": f"wisata-{number:03}",
                    "geometry": {"type": "Point", "coordinates": [spot.point.lng, spot.point.lat]},
                    "properties": {
                        "nama": f"{word} {spot.kelurahan_name} ({SAMPLE})",
                        "name_en": f"{kind.title()} of {spot.kelurahan_name} (sample)",
                        "jenis": kind,
                        "alamat": street(chance),
                        "keterangan": f"{SAMPLE}: tempat · dibuat oleh kota sintetis",
                        "jam_buka": chance.choice(
                            ("Mo-Su 08:00-17:00", "24/7", "Tu-Su 09:00-21:00")
                        ),
                        "kursi_roda": chance.choice(("ya", "tidak", "terbatas")),
                    },
                }
            )
        self._reply = json_reply({"type": "FeatureCollection", "features": features}, tagged=True)

    def __call__(self, _question: Question) -> Reply:
        """All of them."""
        return self._reply


class Overpass:
    """An interpreter that knows one answer, whatever the query is."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._elements: list[dict[str, Any]] = []
        for number, spot in enumerate(town.spots("facilities", COUNT), start=1):
            word, tags = FACILITIES[number % len(FACILITIES)]
            element: dict[str, Any] = {
                "type": "node" if number % 3 else "way",
                "id": 9_000_000_000 + number,
                "tags": {
                    "name": f"{word} {spot.kelurahan_name} ({SAMPLE})",
                    "addr:street": street(town.rng("facility", number)),
                    "wheelchair": "limited",
                    **tags,
                },
            }
            place = {"lat": spot.point.lat, "lon": spot.point.lng}
            self._elements.append({**element, **(place if number % 3 else {"center": place})})

    def __call__(self, _question: Question) -> Reply:
        """The answer, as of today."""
        as_of = self._town.at(self._town.today())
        return json_reply(
            {
                "version": 0.6,
                "generator": f"Kota sintetis ({SAMPLE})",
                "osm3s": {
                    "timestamp_osm_base": f"{as_of:%Y-%m-%dT}00:00:00Z",
                    "copyright": "Made-up data in the form of OpenStreetMap",
                },
                "elements": self._elements,
            }
        )
