"""Real places and kelurahan of the city, for samples to happen at."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from connectors.ports import geometry
from connectors.ports.common import (
    GeoPoint,
    Licence,
    ScopedId,
    SourceQuality,
    Text,
    TriState,
    Within,
)
from connectors.store.places import places

if TYPE_CHECKING:
    from catalog.loading import Load

MOST_TRIES = 1_000


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of the city: a point where somebody knows one, and on what terms it may be told."""

    id: ScopedId
    name: Text
    point: GeoPoint | None
    area: str | None
    licence: Licence | None


@dataclass(frozen=True, slots=True)
class Kelurahan:
    """A kelurahan with its outline."""

    code: str
    name: str
    outline: Within


async def spots(load: Load) -> Mapping[str, Spot]:
    """The places that are in the store, by local id. Runs after the places were loaded."""
    c = places.c
    rows = await load.connection.execute(
        select(
            c.source, c.local_id, c.name, c.lat, c.lng, c.area,
            c.spdx, c.attribution, c.redistribution,
        ).where(c.quality != SourceQuality.SAMPLE.value)
    )  # fmt: skip
    return {
        row.local_id: Spot(
            id=ScopedId(row.source, row.local_id),
            name=row.name,
            point=None if row.lat is None else GeoPoint(row.lat, row.lng),
            area=row.area,
            licence=row.redistribution
            and Licence(row.spdx, row.attribution, TriState(row.redistribution)),
        )
        for row in rows
    }


def licence_of(used: Iterable[Spot]) -> Licence | None:
    """On what terms something made of these spots' points may be told: the strictest of them."""
    terms = {spot.licence for spot in used if spot.point and spot.licence}
    if not terms:
        return None
    words = sorted({licence.attribution for licence in terms if licence.attribution})
    names = {licence.spdx for licence in terms}
    free = all(licence.redistribution is TriState.YES for licence in terms)
    return Licence(
        spdx=names.pop() if len(names) == 1 else None,
        attribution="; ".join(words) or None,
        redistribution=TriState.YES if free else TriState.UNKNOWN,
    )


def kelurahan(load: Load) -> list[Kelurahan]:
    """All kelurahan with an outline, by code."""
    outlines = {
        feature["properties"]["code"]: geometry.read_polygons(feature["geometry"])
        for feature in load.pack.json("villages.geojson")["features"]
    }
    found = []
    for row in load.pack.rows("villages.csv"):
        code = row.need("code")
        if code in outlines:
            found.append(Kelurahan(code, row.need("name"), outlines[code]))
    return sorted(found, key=lambda one: one.code)


def point_in(where: Kelurahan, rng: random.Random) -> GeoPoint | None:
    """A point inside the outline by chance, to five decimals; None if none was met in many tries."""
    box = geometry.bounds(where.outline)
    for _ in range(MOST_TRIES):
        lat = round(rng.uniform(box.south, box.north), 5)
        lng = round(rng.uniform(box.west, box.east), 5)
        point = GeoPoint(lat, lng)
        if geometry.in_polygons(where.outline, point):
            return point
    return None
