"""City facts from records in memory, and the reading of a fact from a row of plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.memory.cells import Cells
from connectors.ports.facts import CityFact


class MemoryFacts:
    """A FactSource over records."""

    def __init__(self, name: str, facts: Sequence[CityFact]) -> None:
        self.name = name
        self._facts = sorted(facts, key=lambda fact: fact.topic)

    async def list_facts(self, topic: str | None) -> Sequence[CityFact]:
        return [fact for fact in self._facts if topic is None or fact.topic == topic]


def read_fact(row: Mapping[str, Any]) -> CityFact:
    """The fact of a row. Raises Unreadable naming the column at fault.

    Columns: `topic`, `name_id` or `name_en`, `value`, `as_of`, `source` (the citation), and
    maybe `note`, which goes into the citation.
    """
    cells = Cells(row, "fact")
    citation, note = cells.must("source"), cells.plain("note")
    return CityFact(
        topic=cells.must("topic"),
        name=cells.must_text("name"),
        value=cells.must("value"),
        as_of=cells.must("as_of"),
        citation=f"{citation} (note: {note})" if note else citation,
    )
