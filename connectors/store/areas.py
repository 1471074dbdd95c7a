"""Areas in the embedded store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import JSON, Column, Float, Row, String, Table, select

from connectors.base import Tools
from connectors.kinds.sql import Database
from connectors.ports import geometry
from connectors.ports.areas import Area, AreaLevel, ancestry
from connectors.ports.common import GeoPoint
from connectors.ports.connectors import Binding
from connectors.store.base import in_order, metadata, origin_columns, origin_of

areas = Table(
    "areas",
    metadata,
    *origin_columns(),
    Column("level", String(16), nullable=False),
    Column("name", String, nullable=False),
    Column("parent", String(16)),
    Column("west", Float),
    Column("south", Float),
    Column("east", Float),
    Column("north", Float),
    Column("boundary", JSON(none_as_null=True)),
)

_SHOWN = [column for column in areas.c if column.name != "boundary"]


async def open_areas(binding: Binding, tools: Tools) -> StoreAreas:
    """The store's areas as a system, see `connectors.registry`."""
    return StoreAreas(binding.key, tools.database)


class StoreAreas:
    """An AreaSource over the table `areas`."""

    def __init__(self, name: str, database: Database) -> None:
        self.name = name
        self._database = database

    async def areas_by_id(self, ids: Sequence[str]) -> Sequence[Area | None]:
        found = await self._rows(areas.c.local_id.in_(ids))
        return in_order(found, ids, lambda area: area.kode)

    async def boundaries_by_id(self, ids: Sequence[str]) -> Sequence[dict[str, Any] | None]:
        rows = await self._database.rows(
            select(areas.c.local_id, areas.c.boundary).where(
                areas.c.source == self.name, areas.c.local_id.in_(ids)
            )
        )
        known = {row.local_id: row.boundary for row in rows}
        return [known.get(code) for code in ids]

    async def find_areas(
        self, *, level: AreaLevel | None, parent: str | None, containing: GeoPoint | None
    ) -> Sequence[Area]:
        wanted = []
        if level is not None:
            wanted.append(areas.c.level == level.value)
        if parent is not None:
            wanted.append(areas.c.parent == parent)
        if containing is not None:
            wanted.append(areas.c.local_id.in_(await self._around(containing)))
        return await self._rows(*wanted)

    async def _around(self, point: GeoPoint) -> list[str]:
        """Codes of the kelurahan the point is in, and of all around them."""
        rows = await self._database.rows(
            select(areas.c.local_id, areas.c.boundary).where(
                areas.c.source == self.name,
                areas.c.level == AreaLevel.KELURAHAN.value,
                areas.c.west <= point.lng,
                areas.c.east >= point.lng,
                areas.c.south <= point.lat,
                areas.c.north >= point.lat,
            )
        )
        return [
            code
            for row in rows
            if geometry.in_polygons(geometry.read_polygons(row.boundary), point)
            for code in ancestry(row.local_id)
        ]

    async def _rows(self, *wanted: Any) -> list[Area]:
        rows = await self._database.rows(
            select(*_SHOWN).where(areas.c.source == self.name, *wanted).order_by(areas.c.local_id)
        )
        return [_read(row) for row in rows]


def _read(row: Row[Any]) -> Area:
    return Area(
        origin=origin_of(row),
        kode=row.local_id,
        level=AreaLevel(row.level),
        name=row.name,
        parent=row.parent,
    )
