"""Emergency contacts from records in memory, and from rows of text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from connectors.memory.base import by_id
from connectors.memory.cells import Cells
from connectors.ports.common import Origin
from connectors.ports.emergency import (
    EmergencyContact,
    EmergencyCriteria,
    EmergencyKind,
    serves,
)


class MemoryEmergency:
    """An EmergencySource over records."""

    def __init__(self, name: str, contacts: Sequence[EmergencyContact]) -> None:
        self.name = name
        self._contacts = sorted(contacts, key=lambda c: (c.priority, c.origin.local_id))

    async def contacts_by_id(self, ids: Sequence[str]) -> Sequence[EmergencyContact | None]:
        return by_id(self._contacts, ids)

    async def list_contacts(self, criteria: EmergencyCriteria) -> Sequence[EmergencyContact]:
        return [
            contact
            for contact in self._contacts
            if (not criteria.kinds or contact.kind in criteria.kinds)
            and serves(contact.area, criteria.area)
        ]


def read_contact(row: Mapping[str, Any], origin: Callable[[str], Origin]) -> EmergencyContact:
    """A contact from a canonical row, values as text or as JSON has them.

    Columns: id, kind, name, name_en, dial (digits), priority (whole number from 1), e164, whatsapp,
    is_short_code (yes, no; else up to five digits are one), toll_free, available, lat, lng, area.
    Only id, kind, a name, dial and priority are needed. Raises Unreadable naming the column.
    """
    cells = Cells(row, "emergency contact")
    dial = cells.must("dial")
    if not (dial.isascii() and dial.isdigit() and len(dial) <= 20):
        cells.refuse("dial", f"must be up to 20 digits, not {dial[:40]!r}")
    short = cells.flag("is_short_code")
    return EmergencyContact(
        origin=origin(cells.local_id()),
        kind=cells.must_one_of("kind", EmergencyKind),
        name=cells.must_text("name"),
        dial=dial,
        priority=cells.must_whole("priority", least=1, most=1_000_000),
        e164=cells.e164("e164"),
        whatsapp=cells.e164("whatsapp"),
        is_short_code=len(dial) <= 5 if short is None else short,
        toll_free=cells.flag("toll_free"),
        available=cells.plain("available"),
        point=cells.point(),
        area=cells.area(),
    )
