"""Emergency contacts keep their promises in memory and in the store, on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncEngine

from connectors.kinds.sql import Database
from connectors.memory.emergency import MemoryEmergency
from connectors.ports.common import GeoPoint, Origin, SourceQuality, must_text
from connectors.ports.emergency import EmergencyContact, EmergencyKind
from connectors.store.emergency import StoreEmergency, contact_values, emergency
from connectors.testing.emergency import EmergencySourcePromises
from tests.kept import keep

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def contact(
    dial: str, priority: int, kind: EmergencyKind = EmergencyKind.OTHER, area: str | None = None
) -> EmergencyContact:
    origin = Origin("darurat", dial, NOW, NOW, SourceQuality.PUBLISHED)
    return EmergencyContact(origin, kind, must_text(f"Nomor {dial}"), dial, priority, area=area)


KNOWN = [
    EmergencyContact(
        origin=Origin("darurat", "112", NOW, NOW, SourceQuality.PUBLISHED),
        kind=EmergencyKind.GENERAL,
        name=must_text("Tangerang Siaga 112", "City emergency call centre"),
        dial="112",
        priority=1,
        is_short_code=True,
        toll_free=True,
        available="24/7",
        point=GeoPoint(-6.17, 106.64),
        area="36.71",
    ),
    EmergencyContact(
        origin=Origin("darurat", "08111500293", NOW, NOW, SourceQuality.PUBLISHED),
        kind=EmergencyKind.INFORMATION,
        name=must_text("WhatsApp Kota"),
        dial="08111500293",
        priority=2,
        e164="+628111500293",
        whatsapp="+628111500293",
        toll_free=False,
    ),
    contact("b", 3, EmergencyKind.FIRE, "36.71.05"),
    contact("B", 3, EmergencyKind.FIRE, "36.71.05.1001"),
    contact("c", 3, EmergencyKind.POLICE, "36.72"),
    contact("d", 3, EmergencyKind.POLICE),
]


@pytest.fixture(scope="module")
def tables() -> Sequence[Table]:
    return [emergency]


class TestEmergencyInMemory(EmergencySourcePromises):
    @pytest.fixture
    def contacts(self) -> list[EmergencyContact]:
        return KNOWN

    @pytest.fixture
    def source(self) -> MemoryEmergency:
        return MemoryEmergency("darurat", KNOWN)


class TestEmergencyInTheStore(EmergencySourcePromises):
    @pytest.fixture
    def contacts(self) -> list[EmergencyContact]:
        return KNOWN

    @pytest.fixture
    async def source(self, engine: AsyncEngine) -> StoreEmergency:
        await keep(engine, {emergency: [contact_values(one) for one in KNOWN]})
        return StoreEmergency("darurat", Database(engine))
