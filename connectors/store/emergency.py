"""Emergency contacts in the embedded store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Boolean, Column, Integer, Row, String, Table, or_, select

from connectors.base import Tools
from connectors.kinds.sql import Database
from connectors.ports.areas import ancestry
from connectors.ports.connectors import Binding
from connectors.ports.emergency import EmergencyContact, EmergencyCriteria, EmergencyKind
from connectors.store.base import (
    Words,
    by_code_point,
    in_order,
    metadata,
    origin_columns,
    origin_of,
    origin_values,
    owned,
    place_columns,
    point_of,
    point_values,
)

emergency = Table(
    "emergency_contacts",
    metadata,
    *origin_columns(),
    *place_columns(),
    Column("kind", String(16), nullable=False),
    Column("name", Words, nullable=False),
    Column("dial", String(20), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("e164", String(20)),
    Column("whatsapp", String(20)),
    Column("is_short_code", Boolean, nullable=False),
    Column("toll_free", Boolean),
    Column("available", String),
)


async def open_emergency(binding: Binding, tools: Tools) -> StoreEmergency:
    """The store's emergency contacts as a system, see `connectors.registry`."""
    return StoreEmergency(binding.key, tools.database, samples=tools.samples_shown)


class StoreEmergency:
    """An EmergencySource over the table `emergency_contacts`."""

    def __init__(self, name: str, database: Database, *, samples: bool = True) -> None:
        self.name = name
        self._database = database
        self._mine = owned(emergency, name, samples=samples)

    async def contacts_by_id(self, ids: Sequence[str]) -> Sequence[EmergencyContact | None]:
        rows = await self._database.rows(
            select(emergency).where(self._mine, emergency.c.local_id.in_(ids))
        )
        return in_order(map(_read, rows), ids, lambda contact: contact.origin.local_id)

    async def list_contacts(self, criteria: EmergencyCriteria) -> Sequence[EmergencyContact]:
        statement = select(emergency).where(self._mine)
        if criteria.kinds:
            statement = statement.where(
                emergency.c.kind.in_([kind.value for kind in criteria.kinds])
            )
        if criteria.area is not None:
            area = emergency.c.area
            statement = statement.where(
                or_(
                    area.is_(None),
                    area.in_(ancestry(criteria.area)),
                    area.startswith(criteria.area + ".", autoescape=True),
                )
            )
        ordered = statement.order_by(emergency.c.priority, by_code_point(emergency.c.local_id))
        return [_read(row) for row in await self._database.rows(ordered)]


def contact_values(contact: EmergencyContact) -> dict[str, Any]:
    """A contact as a row of the table, for loading."""
    return {
        **origin_values(contact.origin),
        **point_values(contact.point, contact.area),
        "kind": contact.kind.value,
        "name": contact.name,
        "dial": contact.dial,
        "priority": contact.priority,
        "e164": contact.e164,
        "whatsapp": contact.whatsapp,
        "is_short_code": contact.is_short_code,
        "toll_free": contact.toll_free,
        "available": contact.available,
    }


def _read(row: Row[Any]) -> EmergencyContact:
    return EmergencyContact(
        origin=origin_of(row),
        kind=EmergencyKind(row.kind),
        name=row.name,
        dial=row.dial,
        priority=row.priority,
        e164=row.e164,
        whatsapp=row.whatsapp,
        is_short_code=row.is_short_code,
        toll_free=row.toll_free,
        available=row.available,
        point=point_of(row),
        area=row.area,
    )
