"""Administrative areas by Kemendagri code: 36.71 the city, 36.71.05 a kecamatan, 36.71.05.1001 a kelurahan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from connectors.ports.common import GeoPoint, Origin, Source


class AreaLevel(Enum):
    COUNTRY = "COUNTRY"
    PROVINCE = "PROVINCE"
    CITY = "CITY"
    KECAMATAN = "KECAMATAN"
    KELURAHAN = "KELURAHAN"
    RW = "RW"


@dataclass(frozen=True, slots=True)
class Area:
    """One administrative area; its boundary is asked for apart, for it is large."""

    origin: Origin
    kode: str
    level: AreaLevel
    name: str
    parent: str | None = None
    """Code of the area it lies in, None at the top of what the source knows."""


class AreaSource(Source, Protocol):
    """A system that knows the areas of the city. Raises ConnectorError when it cannot answer."""

    async def areas_by_id(self, ids: Sequence[str]) -> Sequence[Area | None]:
        """Areas in the order of their codes, None where unknown."""
        ...

    async def boundaries_by_id(self, ids: Sequence[str]) -> Sequence[dict[str, Any] | None]:
        """RFC 7946 geometries in the order of the codes, None where unknown."""
        ...

    async def find_areas(
        self, *, level: AreaLevel | None, parent: str | None, containing: GeoPoint | None
    ) -> Sequence[Area]:
        """All areas of a level, directly within a parent, or around a point, by code.

        Only kelurahan outlines decide `containing`; their kecamatan and city are found by code.
        """
        ...


def ancestry(code: str) -> list[str]:
    """The code and those of all areas around it: 36.71.05.1001, 36.71.05, 36.71, 36."""
    parts = code.split(".")
    return [".".join(parts[:count]) for count in range(len(parts), 0, -1)]
