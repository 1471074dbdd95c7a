"""Areas in the graph."""

from __future__ import annotations

from typing import Any

import strawberry

from connectors.ports import areas as ports
from resolvers import areas as resolve
from resolvers import common
from schema.common import GeoPointInput, Info, Node, id_field, plain_field, show, show_enum, shows
from schema.scalars import GeoJSON

AreaLevel = show_enum(
    ports.AreaLevel,
    "Tingkat wilayah administrasi. Level of an administrative area.",
    COUNTRY="Negara. The country.",
    PROVINCE="Provinsi. A province.",
    CITY="Kota. The city.",
    KECAMATAN="Kecamatan, dipimpin camat. Third level.",
    KELURAHAN="Kelurahan, dipimpin lurah. Fourth level.",
    RW="Rukun warga. Neighbourhood.",
)


@strawberry.type(
    description="Wilayah administrasi menurut kode Kemendagri: 36.71 kota, 36.71.05 kecamatan, "
    "36.71.05.1001 kelurahan. An administrative area."
)
class Area(Node):
    is_type_of = shows(ports.Area)
    id: strawberry.ID = id_field("Area")
    kode: str = plain_field("Kode wilayah Kemendagri. Kemendagri code.")
    level: ports.AreaLevel = plain_field("Tingkat wilayah. Level.")
    name: str = plain_field("Nama resmi. Official name.")

    @strawberry.field(description="Wilayah induk. The area it lies in.")
    async def parent(self, info: Info) -> Area | None:
        area: Any = self
        return show(await common.area_of(info.context, area.parent))  # type: ignore[no-any-return]

    @strawberry.field(description="Batas wilayah RFC 7946. Its outline; ask only when needed.")
    async def boundary(self, info: Info) -> GeoJSON | None:
        area: Any = self
        return show(await resolve.boundary(info.context, area))  # type: ignore[no-any-return]


@strawberry.type
class AreaQuery:
    @strawberry.field(
        description="Wilayah kota; `containing` menjawab kelurahan mana sebuah titik. Areas by "
        "level, parent, or around a point."
    )
    async def areas(
        self,
        info: Info,
        level: ports.AreaLevel | None = None,
        parent: str | None = None,
        containing: GeoPointInput | None = None,
    ) -> list[Area] | None:
        point = common.point(containing, "containing") if containing else None
        found = await resolve.find(info.context, level=level, parent=parent, containing=point)
        return show(found)  # type: ignore[no-any-return]
