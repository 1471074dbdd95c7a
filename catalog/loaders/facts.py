"""Loads published figures of the city."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from connectors.errors import Unreadable
from connectors.memory.facts import read_fact
from connectors.store.facts import city_facts, fact_values

if TYPE_CHECKING:
    from catalog.loading import Load

SOURCE = "fakta-kota"


async def load(load: Load) -> None:
    """Put all facts of the pack into the store, in the order of the file."""
    if SOURCE in load.bindings:
        await load.replace(city_facts, SOURCE, _rows(load))


def _rows(load: Load) -> Iterator[dict[str, Any]]:
    positions: Counter[str] = Counter()
    for row in load.pack.rows("city_facts.csv"):
        try:
            fact = read_fact(row.values)
        except Unreadable as error:
            load.reject(SOURCE, row, str(error))
            continue
        positions[fact.topic] += 1
        yield fact_values(fact, SOURCE, positions[fact.topic])
