"""Areas from records in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.memory.base import by_id
from connectors.ports import geometry
from connectors.ports.areas import Area, AreaLevel, ancestry
from connectors.ports.common import GeoPoint


class MemoryAreas:
    """An AreaSource over records; `boundaries` are RFC 7946 geometries by code."""

    def __init__(
        self, name: str, areas: Sequence[Area], boundaries: Mapping[str, dict[str, Any]]
    ) -> None:
        self.name = name
        self._areas = sorted(areas, key=lambda area: area.kode)
        self._boundaries = boundaries

    async def areas_by_id(self, ids: Sequence[str]) -> Sequence[Area | None]:
        return by_id(self._areas, ids)

    async def boundaries_by_id(self, ids: Sequence[str]) -> Sequence[dict[str, Any] | None]:
        return [self._boundaries.get(code) for code in ids]

    async def find_areas(
        self, *, level: AreaLevel | None, parent: str | None, containing: GeoPoint | None
    ) -> Sequence[Area]:
        around = None if containing is None else self._around(containing)
        return [
            area
            for area in self._areas
            if (level is None or area.level is level)
            and (parent is None or area.parent == parent)
            and (around is None or area.kode in around)
        ]

    def _around(self, point: GeoPoint) -> set[str]:
        return {
            code
            for area in self._areas
            if area.level is AreaLevel.KELURAHAN and area.kode in self._boundaries
            if geometry.in_polygons(geometry.read_polygons(self._boundaries[area.kode]), point)
            for code in ancestry(area.kode)
        }
