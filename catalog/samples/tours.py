"""Sample tours over real sights, and sample guides without anybody's name or number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random

from catalog.samples.spots import Spot, licence_of
from connectors.ports import geometry
from connectors.ports.common import Licence, Money, Origin, must_text
from connectors.ports.tours import Guide, Tour, TourMode, TourStop

OriginOf = Callable[[str, Licence | None], Origin]

MARK = "Contoh: "
METRES_PER_HOUR = {
    TourMode.WALK: 4_000,
    TourMode.BIKE: 12_000,
    TourMode.CAR: 20_000,
    TourMode.TOURIST_BUS: 15_000,
    TourMode.BOAT: 10_000,
}
MINUTES_PER_STOP = 30


@dataclass(frozen=True, slots=True)
class Plan:
    """Which sights a sample tour links, and how."""

    name: tuple[str, str]
    mode: TourMode
    stops: tuple[str, ...]


PLANS: tuple[Plan, ...] = (
    Plan(("Jalan kaki kota lama", "Old town on foot"), TourMode.WALK,
         ("museum-benteng-heritage", "klenteng-boen-tek-bio", "masjid-dan-makam-jami-kali-pasir",
          "pasar-lama-tangerang")),
    Plan(("Bersepeda dari taman ke taman", "From park to park by bicycle"), TourMode.BIKE,
         ("taman-elektrik", "taman-laksa", "taman-potret", "kampung-bekelir")),
    Plan(("Keliling air dan danau", "Along the water"), TourMode.CAR,
         ("bendungan-pintu-air-sepuluh", "klenteng-boen-san-bio", "situ-cipondoh")),
    Plan(("Bus wisata pusat kota", "City centre by tourist bus"), TourMode.TOURIST_BUS,
         ("masjid-raya-al-a-zhom", "museum-benteng-heritage", "pasar-lama-tangerang",
          "tangcity-mall")),
)  # fmt: skip


def make_tours(spots: Mapping[str, Spot], origin: OriginOf) -> Iterator[Tour]:
    """One tour per plan; sights the city does not have are left out."""
    for number, plan in enumerate(PLANS, start=1):
        seen = [spots[local] for local in plan.stops if local in spots]
        path = tuple(spot.point for spot in seen if spot.point)
        length = sum(geometry.distance_m(a, b) for a, b in pairwise(path))
        riding = timedelta(hours=length / METRES_PER_HOUR[plan.mode])
        whole = riding + timedelta(minutes=MINUTES_PER_STOP * len(seen))
        yield Tour(
            origin=origin(f"contoh-{number}", licence_of(seen)),
            name=must_text(MARK + plan.name[0], MARK + plan.name[1]),
            mode=plan.mode,
            stops=tuple(TourStop(spot.id, spot.point, spot.area) for spot in seen),
            path=path if len(path) > 1 else (),
            length_m=round(length) if len(path) > 1 else None,
            duration=timedelta(minutes=round(whole.total_seconds() / 60)) if seen else None,
        )


SPOKEN = (("id",), ("id", "en"), ("id", "en", "zh"), ("id", "su"), ("id", "ja"), ("id", "en", "ar"))


def make_guides(origin: OriginOf, rng: Random, city: str, kecamatan: list[str]) -> Iterator[Guide]:
    """Six guides; every other one works in the whole city, the others in one kecamatan."""
    for number, languages in enumerate(SPOKEN, start=1):
        area = city if number % 2 or not kecamatan else rng.choice(kecamatan)
        yield Guide(
            origin=origin(f"contoh-{number}", None),
            name=f"{MARK}Pemandu {number}",
            languages=languages,
            rate=Money(Decimal(rng.randrange(200_000, 600_001, 50_000))),
            areas=(area,),
        )
