"""Published figures of the city, by topic."""

from __future__ import annotations

from connectors.ports.facts import CityFact, FactSource
from resolvers import asked, listings
from resolvers.context import Context


async def find(context: Context, topic: str | None) -> list[CityFact] | None:
    """All facts, or those of one topic, in the order they were entered."""
    known = asked.text(topic, "topic")
    return await listings.plain(context, FactSource, lambda source: source.list_facts(known))
