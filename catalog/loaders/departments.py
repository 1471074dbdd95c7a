"""Loads departments (OPD)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from connectors.ports.common import ScopedId, SourceQuality, must_text
from connectors.ports.connectors import SearchType
from connectors.ports.search import Document
from connectors.store.base import origin_values
from connectors.store.departments import departments

if TYPE_CHECKING:
    from catalog.loading import Load

SOURCE = "opd"


async def load(load: Load) -> None:
    """Put all departments of the pack into the store; all of them can be searched for."""
    await load.replace(departments, SOURCE, _rows(load))


def code_of(abbreviation: str) -> str:
    """The code of a department: `UPT PRKK` becomes `upt-prkk`."""
    return re.sub(r"[^a-z0-9]+", "-", abbreviation.lower()).strip("-")


def _rows(load: Load) -> Iterator[dict[str, Any]]:
    for row in load.pack.rows("agencies.csv"):
        abbreviation = row.need("abbreviation")
        stated = (row.get("name_confidence") or "").startswith("named")
        quality = SourceQuality.PUBLISHED if stated else SourceQuality.ESTIMATED
        address = row.get("address")
        name = must_text(row.need("name_id"), row.get("name_en"))
        load.index(
            Document(
                type=SearchType.DEPARTMENT,
                id=ScopedId(SOURCE, code_of(abbreviation)),
                title=name,
                body=(abbreviation, address),
            )
        )
        yield {
            **origin_values(load.origin(SOURCE, code_of(abbreviation), quality=quality)),
            "name": name,
            "abbreviation": abbreviation,
            "phone": row.get("phone"),
            "address": {"text": {"id": address}} if address else None,
            "note": row.get("note"),
        }
