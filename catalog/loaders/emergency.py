"""Loads emergency contacts: short codes, lines of the city, hospitals.

Worked out by hand in `emergency.csv`: `kind` (where the category is too wide), `place` (the place
with the same number, whose position is the contact's) and `stated_on` (`age`, else the newest date
of the citations in `source`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from catalog.leniency import read_what_can_be
from catalog.loaders import places
from catalog.phones import digits, e164
from connectors.errors import Unreadable
from connectors.memory.emergency import read_contact
from connectors.ports.common import ScopedId
from connectors.ports.connectors import SearchType
from connectors.ports.emergency import EmergencyContact, EmergencyKind
from connectors.ports.search import Document
from connectors.store.emergency import contact_values, emergency

if TYPE_CHECKING:
    from catalog.loading import Load
    from catalog.pack import CsvRow

SOURCE = "darurat"

KINDS: dict[str, EmergencyKind] = {
    "ambulance": EmergencyKind.AMBULANCE,
    "complaint": EmergencyKind.INFORMATION,
    "disaster": EmergencyKind.DISASTER,
    "fire": EmergencyKind.FIRE,
    "general": EmergencyKind.GENERAL,
    "health": EmergencyKind.OTHER,
    "hospital": EmergencyKind.HOSPITAL,
    "information": EmergencyKind.INFORMATION,
    "justice": EmergencyKind.JUSTICE,
    "police": EmergencyKind.POLICE,
    "protection": EmergencyKind.WOMEN_CHILDREN,
    "rescue": EmergencyKind.RESCUE,
    "traffic": EmergencyKind.TRAFFIC,
    "transport": EmergencyKind.TRANSPORT,
    "utility": EmergencyKind.OTHER,
}
"""What each category of the data is, unless the row's column `kind` says it more closely."""

HOURS: dict[str, str] = {"24 h": "24/7"}
"""Hours as printed, in OpenStreetMap's notation."""

FIRST = "112"
"""The city's emergency number is always shown first."""

_URL = re.compile(r"https?://[^\s|,]+")


async def load(load: Load) -> None:
    """Put all contacts of the pack into the store."""
    found = list(read(load))
    for contact in found:
        load.index(document(contact))
    await load.replace(emergency, SOURCE, map(contact_values, found))


def read(load: Load) -> Iterator[EmergencyContact]:
    """The contacts of the pack in their order, 112 first; unreadable rows go to the report."""
    at = places.coordinates(load)
    known_places = {row.get("id") for row in load.pack.rows("places.csv")}
    rows = sorted(load.pack.rows("emergency.csv"), key=lambda row: row.get("number") != FIRST)
    seen: set[str] = set()
    for priority, row in enumerate(rows, start=1):
        number = digits(row.get("number") or "")
        if number in seen:
            load.reject(SOURCE, row, f"the number {number} is listed twice")
            continue
        seen.add(number)
        place = row.get("place")
        if place is not None and place not in known_places:
            load.reject(SOURCE, row, f"no place {place!r}", field="place", kept=True)
        try:
            yield _contact(load, row, priority, at.get(place or ""))
        except (Unreadable, ValueError) as error:
            load.reject(SOURCE, row, str(error))


def _contact(
    load: Load, row: CsvRow, priority: int, where: places.Coordinates | None
) -> EmergencyContact:
    """The contact; where it stands is where its place stands, on the terms of that position."""
    point = where.point if where else None
    printed = row.need("number")
    name = row.need("name_id")
    dial = digits(printed)
    abroad = None if len(dial) <= 5 else e164(printed)
    url = _URL.search(row.get("source") or "")
    canonical = {
        "id": dial,
        "kind": _kind(load, row),
        "name": name,
        "name_en": row.get("name_en"),
        "dial": dial,
        "priority": str(priority),
        "e164": abroad,
        "whatsapp": abroad if "WhatsApp" in name else None,
        "toll_free": "yes" if "free of charge" in (row.get("note") or "") else None,
        "available": _hours(load, row),
        "lat": point and repr(point.lat),
        "lng": point and repr(point.lng),
        "area": load.pack.city["code"] if row.get("scope") == "city" else None,
    }
    as_of = places.stated_on(load, row, SOURCE)
    return read_what_can_be(
        read_contact,
        canonical,
        lambda local: load.origin(
            SOURCE,
            local,
            as_of=as_of,
            licence=where.licence if where else None,
            url=url[0] if url else None,
        ),
        lambda column, reason: load.reject(SOURCE, row, reason, field=column, kept=True),
    )


def _kind(load: Load, row: CsvRow) -> str:
    category = row.get("category") or ""
    if row.get("kind") is None and category not in KINDS:
        reason = f"unknown category {category!r}: shown as OTHER"
        load.reject(SOURCE, row, reason, field="category", kept=True)
    return row.get("kind") or KINDS.get(category, EmergencyKind.OTHER).value


def _hours(load: Load, row: CsvRow) -> str | None:
    printed = row.get("hours")
    if printed is not None and printed not in HOURS:
        load.reject(SOURCE, row, f"hours not understood: {printed!r}", field="hours", kept=True)
    return HOURS.get(printed or "")


def document(contact: EmergencyContact) -> Document:
    """What makes a contact findable."""
    return Document(
        type=SearchType.EMERGENCY,
        id=ScopedId(contact.origin.connector, contact.origin.local_id),
        title=contact.name,
        body=(contact.dial, contact.kind.value.lower().replace("_", " ")),
        point=contact.point,
        area=contact.area,
        opening_hours=contact.available,
    )
