"""What everybody in the synthetic city agrees on: its seed, its clock, its real kelurahan."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from catalog.pack import Pack
from connectors.ports import geometry
from connectors.ports.common import GeoPoint, Within

SAMPLE = "CONTOH"
"""Stands in every text that is made up."""
STREETS = (
    "Melati", "Kenanga", "Merpati", "Cendana", "Mawar", "Anggrek", "Rajawali", "Beringin",
    "Flamboyan", "Cempaka",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spot:
    """A point, and the areas it is in."""

    point: GeoPoint
    kelurahan: str
    """Kemendagri code."""
    kelurahan_name: str

    @property
    def kecamatan(self) -> str:
        """Kemendagri code."""
        return self.kelurahan[:8]


class Town:
    """The same seed and the same day make the same city, on every machine."""

    def __init__(
        self,
        pack: Pack,
        *,
        seed: int = 3671,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.pack = pack
        self.now = now
        self.seed = seed
        self.zone = ZoneInfo(pack.city["zone"])
        self.centre = GeoPoint(**pack.city["centre"])

    def rng(self, *names: object) -> random.Random:
        """Chance that falls the same way for the same names."""
        words = "/".join(map(str, (self.seed, *names)))
        return random.Random(words)  # noqa: S311 - samples, not secrets

    # --------------------------------------------------------------------------- time

    def local(self) -> datetime:
        """Now, by the clock of the city."""
        return self.now().astimezone(self.zone)

    def today(self) -> date:
        """The day in the city."""
        return self.local().date()

    def at(self, day: date, hour: float = 0.0) -> datetime:
        """An hour of a day in the city."""
        return datetime.combine(day, time(), self.zone) + timedelta(hours=hour)

    # --------------------------------------------------------------------------- places

    @cached_property
    def kelurahan(self) -> dict[str, str]:
        """Names of all kelurahan by code."""
        return {row.need("code"): row.need("name") for row in self.pack.rows("villages.csv")}

    @cached_property
    def kecamatan(self) -> dict[str, str]:
        """Names of all kecamatan by code."""
        return {row.need("code"): row.need("name") for row in self.pack.rows("districts.csv")}

    @cached_property
    def _outlines(self) -> list[tuple[str, Within]]:
        features = self.pack.json("villages.geojson")["features"]
        return [
            (str(each["properties"]["code"]), geometry.read_polygons(each["geometry"]))
            for each in features
        ]

    def spots(self, name: str, count: int) -> list[Spot]:
        """Points inside of kelurahan, spread over the whole city."""
        chance = self.rng("spots", name)
        outlines = chance.sample(self._outlines, len(self._outlines))
        return [self._inside(*outlines[n % len(outlines)], chance) for n in range(count)]

    def _inside(self, code: str, outline: Within, chance: random.Random) -> Spot:
        box = geometry.bounds(outline)
        while True:
            point = GeoPoint(
                round(chance.uniform(box.south, box.north), 6),
                round(chance.uniform(box.west, box.east), 6),
            )
            if geometry.in_polygons(outline, point):
                return Spot(point, code, self.kelurahan[code])


def street(chance: random.Random) -> str:
    """A made-up address."""
    return f"Jl. {chance.choice(STREETS)} No. {chance.randint(1, 90)} ({SAMPLE})"
