"""City facts in the embedded store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Integer, String, Table, select

from connectors.base import Tools
from connectors.kinds.sql import Database
from connectors.ports.connectors import Binding
from connectors.ports.facts import CityFact
from connectors.store.base import Words, by_code_point, metadata

city_facts = Table(
    "city_facts",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("topic", String(64), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("name", Words, nullable=False),
    Column("value", String, nullable=False),
    Column("as_of", String, nullable=False),
    Column("citation", String, nullable=False),
)


async def open_facts(binding: Binding, tools: Tools) -> StoreFacts:
    """The store's facts as a system, see `connectors.registry`."""
    return StoreFacts(binding.key, tools.database)


class StoreFacts:
    """A FactSource over the table `city_facts`."""

    def __init__(self, name: str, database: Database) -> None:
        self.name = name
        self._database = database

    async def list_facts(self, topic: str | None) -> Sequence[CityFact]:
        c = city_facts.c
        statement = select(city_facts).where(c.source == self.name)
        if topic is not None:
            statement = statement.where(c.topic == topic)
        rows = await self._database.rows(statement.order_by(by_code_point(c.topic), c.position))
        return [CityFact(row.topic, row.name, row.value, row.as_of, row.citation) for row in rows]


def fact_values(fact: CityFact, source: str, position: int) -> dict[str, Any]:
    """The row of a fact, `position` being its place in the order they were entered."""
    return {
        "source": source,
        "topic": fact.topic,
        "position": position,
        "name": fact.name,
        "value": fact.value,
        "as_of": fact.as_of,
        "citation": fact.citation,
    }
