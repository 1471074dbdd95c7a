"""Loads tours and guides: samples, for no source of either is known yet. After places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.samples.spots import spots
from catalog.samples.tours import make_guides, make_tours
from connectors.ports.common import Licence, Origin, ScopedId, SourceQuality
from connectors.ports.connectors import SearchType
from connectors.ports.search import Document
from connectors.ports.tours import Guide, Tour
from connectors.store.tours import (
    guide_values,
    guide_words,
    guides,
    stop_values,
    tour_stops,
    tour_values,
    tours,
    word_values,
)

if TYPE_CHECKING:
    from catalog.loading import Load

TOURS = "tur"
GUIDES = "pemandu-wisata"


async def load(load: Load) -> None:
    """Put the sample tours and guides into the store; none without samples."""
    found: list[Tour] = []
    people: list[Guide] = []
    if load.samples and TOURS in load.bindings:

        def tour_origin(local: str, licence: Licence | None) -> Origin:
            return load.origin(TOURS, local, quality=SourceQuality.SAMPLE, licence=licence)

        found = list(make_tours(await spots(load), tour_origin))
    if load.samples and GUIDES in load.bindings:

        def guide_origin(local: str, _licence: Licence | None) -> Origin:
            return load.origin(GUIDES, local, quality=SourceQuality.SAMPLE)

        kecamatan = [row.need("code") for row in load.pack.rows("districts.csv")]
        city = load.pack.city["code"]
        people = list(make_guides(guide_origin, load.rng(GUIDES), city, kecamatan))
    await load.replace(tours, TOURS, map(tour_values, found))
    await load.replace(tour_stops, TOURS, (row for tour in found for row in stop_values(tour)))
    await load.replace(guides, GUIDES, map(guide_values, people))
    await load.replace(guide_words, GUIDES, (row for one in people for row in word_values(one)))
    for tour in found:
        load.index(document(tour))


def document(tour: Tour) -> Document:
    """What makes a tour findable; it is where it begins."""
    first = tour.stops[0] if tour.stops else None
    return Document(
        type=SearchType.TOUR,
        id=ScopedId(tour.origin.connector, tour.origin.local_id),
        title=tour.name,
        body=(tour.mode.value,),
        point=first.point if first else None,
        area=first.area if first else None,
        sample=tour.origin.quality is SourceQuality.SAMPLE,
    )
