"""Whom to call: all contacts, those of an area, those nearby."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from connectors.ports import geometry
from connectors.ports.common import ScopedId
from connectors.ports.emergency import (
    EmergencyContact,
    EmergencyCriteria,
    EmergencyKind,
    EmergencySource,
)
from resolvers import common
from resolvers.context import Context
from resolvers.listings import plain
from resolvers.lookups import Lookup

contact_by_id: Lookup[EmergencySource, EmergencyContact] = Lookup(
    EmergencySource, lambda source, ids_: source.contacts_by_id(ids_)
)

NODES: dict[str, Callable[[Context, ScopedId], Awaitable[Any]]] = {
    "EmergencyContact": contact_by_id
}
"""How one record of each type is found by its id."""


async def find(
    context: Context, *, area: str | None, near: Any, kinds: Sequence[EmergencyKind]
) -> list[EmergencyContact] | None:
    """Contacts by priority; with `near` those that serve everywhere first, then the nearest.

    None when the city has no source for them.
    """
    here = common.point(near, "near") if near else None
    code = None if area is None else await common.area_code(context, area, "area")
    criteria = EmergencyCriteria(kinds=tuple(kinds), area=code)
    found = await plain(context, EmergencySource, lambda source: source.list_contacts(criteria))
    if found is None:
        return None

    def key(contact: EmergencyContact) -> tuple[Any, ...]:
        # A number without a position, such as 112, is as near as any: it stays before them all.
        distance = 0.0
        if here is not None and contact.point is not None:
            distance = geometry.chord2(contact.point, here)
        origin = contact.origin
        return (distance, contact.priority, origin.connector, origin.local_id)

    return sorted(found, key=key)
