"""What every source of emergency contacts must keep; used like `connectors.testing.places`."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.memory.emergency import MemoryEmergency
from connectors.ports.emergency import (
    EmergencyContact,
    EmergencyCriteria,
    EmergencyKind,
    EmergencySource,
)
from connectors.testing.base import assert_batch


class EmergencySourcePromises:
    """Tests of an EmergencySource. `contacts` are what it holds, as its answers show them."""

    async def test_contacts_come_in_the_order_of_their_ids_and_none_where_unknown(
        self, source: EmergencySource, contacts: Sequence[EmergencyContact]
    ) -> None:
        known = {contact.origin.local_id: contact for contact in contacts}
        await assert_batch(source.contacts_by_id, known)

    async def test_all_contacts_come_by_priority_then_id(
        self, source: EmergencySource, contacts: Sequence[EmergencyContact]
    ) -> None:
        expected = sorted(contacts, key=lambda c: (c.priority, c.origin.local_id))
        assert await source.list_contacts(EmergencyCriteria()) == expected

    async def test_kinds_and_areas_choose_what_brute_force_chooses(
        self, source: EmergencySource, contacts: Sequence[EmergencyContact]
    ) -> None:
        reference = MemoryEmergency(source.name, contacts)
        areas = {c.area for c in contacts} | {"36", "36.71", "36.71.05", "36.71.05.1001", "36.7"}
        for area in sorted(areas, key=str):
            for kinds in ((), *((kind,) for kind in EmergencyKind), tuple(EmergencyKind)[:3]):
                criteria = EmergencyCriteria(kinds=kinds, area=area)
                assert await source.list_contacts(criteria) == await reference.list_contacts(
                    criteria
                ), criteria
