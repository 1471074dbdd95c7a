"""Loads events: samples, for no source of events is known yet. After places."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from catalog.samples.events import make_events
from catalog.samples.spots import spots
from connectors.ports.common import Licence, Origin, ScopedId, SourceQuality
from connectors.ports.connectors import SearchType
from connectors.ports.events import Event
from connectors.ports.search import Document
from connectors.store.events import (
    category_values,
    event_categories,
    event_occurrences,
    event_values,
    events,
    occurrence_values,
)

if TYPE_CHECKING:
    from catalog.loading import Load

SOURCE = "acara"


async def load(load: Load) -> None:
    """Put the sample events into the store; none without samples."""
    found: list[Event] = []
    if load.samples and SOURCE in load.bindings:
        zone = ZoneInfo(load.pack.city["zone"])

        def origin(local: str, licence: Licence | None) -> Origin:
            return load.origin(SOURCE, local, quality=SourceQuality.SAMPLE, licence=licence)

        found = make_events(await spots(load), origin, load.rng(SOURCE), load.now, zone)
    await load.replace(events, SOURCE, map(event_values, found))
    whens = (row for event in found for row in occurrence_values(event))
    await load.replace(event_occurrences, SOURCE, whens)
    words = (row for event in found for row in category_values(event))
    await load.replace(event_categories, SOURCE, words)
    for event in found:
        load.index(document(event))


def document(event: Event) -> Document:
    """What makes an event findable."""
    return Document(
        type=SearchType.EVENT,
        id=ScopedId(event.origin.connector, event.origin.local_id),
        title=event.name,
        body=(event.description, event.place_text, event.organizer, *event.categories),
        point=event.point,
        area=event.area,
        sample=event.origin.quality is SourceQuality.SAMPLE,
    )
