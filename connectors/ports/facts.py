"""Published figures of the city: dated, cited, and never mixed into numbers the gateway computes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from connectors.ports.common import Source, Text


@dataclass(frozen=True, slots=True)
class CityFact:
    """One figure as somebody published it. Figures of one topic may contradict each other."""

    topic: str
    name: Text
    value: str
    """As printed, for it may be `about 40` or `15-20 a day`."""
    as_of: str
    """As printed: a day, a month, a year, a span."""
    citation: str


class FactSource(Source, Protocol):
    """A system that keeps published figures. Raises ConnectorError when it cannot answer."""

    async def list_facts(self, topic: str | None) -> Sequence[CityFact]:
        """All facts, or those of one topic, by topic and then in the order they were entered."""
        ...
