"""Whom to call: emergency numbers (nomor darurat) and the lines beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from connectors.ports.common import GeoPoint, Origin, Source, Text


class EmergencyKind(Enum):
    GENERAL = "GENERAL"
    POLICE = "POLICE"
    FIRE = "FIRE"
    AMBULANCE = "AMBULANCE"
    RESCUE = "RESCUE"
    ELECTRICITY = "ELECTRICITY"
    WATER = "WATER"
    FLOOD = "FLOOD"
    WOMEN_CHILDREN = "WOMEN_CHILDREN"
    HOSPITAL = "HOSPITAL"
    TRAFFIC = "TRAFFIC"
    DISASTER = "DISASTER"
    INFORMATION = "INFORMATION"
    JUSTICE = "JUSTICE"
    TRANSPORT = "TRANSPORT"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class EmergencyContact:
    """One number to call."""

    origin: Origin
    kind: EmergencyKind
    name: Text
    dial: str
    """Digits as dialled in the city: 112, 0215582144."""
    priority: int
    """1 is to be shown first."""
    e164: str | None = None
    """None for short codes, which cannot be dialled from abroad."""
    whatsapp: str | None = None
    is_short_code: bool = False
    toll_free: bool | None = None
    """None where nobody said."""
    available: str | None = None
    """When somebody answers, in OpenStreetMap's opening-hours notation."""
    point: GeoPoint | None = None
    area: str | None = None
    """Code of the area it serves; None when it serves more than the city."""


@dataclass(frozen=True, slots=True)
class EmergencyCriteria:
    """Which contacts are wanted; an empty tuple and None filter nothing."""

    kinds: tuple[EmergencyKind, ...] = ()
    area: str | None = None
    """Contacts that serve this area, a part of it, or more than the city."""


class EmergencySource(Source, Protocol):
    """A system that knows whom to call. Raises ConnectorError when it cannot answer."""

    async def contacts_by_id(self, ids: Sequence[str]) -> Sequence[EmergencyContact | None]:
        """Contacts in the order of their ids, None where unknown."""
        ...

    async def list_contacts(self, criteria: EmergencyCriteria) -> Sequence[EmergencyContact]:
        """All contacts that fit, by priority, then by local id."""
        ...


def serves(area: str | None, asked: str | None) -> bool:
    """Whether a contact that serves `area` is one for the area asked about."""
    if area is None or asked is None or area == asked:
        return True
    return asked.startswith(area + ".") or area.startswith(asked + ".")
