"""Emergency contacts from records in memory, and from rows of text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from connectors.errors import Unreadable
from connectors.memory.base import by_id
from connectors.memory.fields import (
    area_code,
    coordinates,
    e164,
    flag,
    local_id,
    number,
    one_of,
    optional,
    required,
)
from connectors.ports.common import Origin, text
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
    name = text(optional(row, "name"), optional(row, "name_en"))
    if name is None:
        raise Unreadable("name: is empty")
    dial = required(row, "dial")
    if not (dial.isascii() and dial.isdigit() and len(dial) <= 20):
        raise Unreadable(f"dial: must be up to 20 digits, not {dial[:40]!r}")
    short = flag(row, "is_short_code")
    return EmergencyContact(
        origin=origin(local_id(row)),
        kind=one_of(EmergencyKind, row, "kind"),
        name=name,
        dial=dial,
        priority=_priority(row),
        e164=e164(row, "e164"),
        whatsapp=e164(row, "whatsapp"),
        is_short_code=len(dial) <= 5 if short is None else short,
        toll_free=flag(row, "toll_free"),
        available=optional(row, "available"),
        point=coordinates(row),
        area=area_code(row),
    )


def _priority(row: Mapping[str, Any]) -> int:
    found = number(row, "priority")
    if found is None or found != found.to_integral_value() or not 1 <= found <= 1_000_000:
        raise Unreadable("priority: must be a whole number from 1 to 1000000")
    return int(found)
