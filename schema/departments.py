"""Departments in the graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from connectors.ports import departments as ports
from connectors.ports.roles import Role
from resolvers import complaint_stats
from resolvers import departments as resolve
from resolvers.listings import PageArgs
from schema.auth import needs
from schema.common import (
    Address,
    Info,
    Node,
    PageInfo,
    SourceStatus,
    id_field,
    plain_field,
    show,
    shows,
    sources_field,
    text_field,
)
from schema.complaint_stats import medians_asked
from schema.scalars import Phone

if TYPE_CHECKING:
    from schema.complaint_filters import ComplaintFilter
    from schema.complaint_stats import ComplaintStats


@strawberry.type(description="Organisasi perangkat daerah (OPD). A department of the city.")
class Department(Node):
    is_type_of = shows(ports.Department)
    id: strawberry.ID = id_field("Department")
    code: str = plain_field("Kode OPD. Code.")
    name: str = text_field("name", "Nama OPD. Name.")
    abbreviation: str | None = plain_field("Singkatan, mis. DISHUB. Abbreviation.")

    @strawberry.field(description="OPD induk. The department it belongs to.")
    async def parent(self, info: Info) -> Department | None:
        department: Any = self
        return show(await resolve.by_code(info.context, department.parent))  # type: ignore[no-any-return]

    phone: Phone | None = plain_field("Telepon. Telephone.")
    email: str | None = plain_field("Surel. E-mail.")
    address: Address | None = plain_field("Alamat kantor. Office address.")
    open311_jurisdiction_id: str | None = plain_field("Kode yurisdiksi Open311. Jurisdiction id.")

    @strawberry.field(
        description="Statistik pengaduannya menurut tahap. Figures of its complaints, by status.",
        directives=needs(Role.OPD_STAFF),
    )
    async def stats(
        self,
        info: Info,
        where: Annotated["ComplaintFilter", strawberry.lazy("schema.complaint_filters")]
        | None = None,
    ) -> Annotated["ComplaintStats", strawberry.lazy("schema.complaint_stats")] | None:
        found = await complaint_stats.of_department(
            info.context, show(self), where, medians=medians_asked(info)
        )
        return show(found)  # type: ignore[no-any-return]


@strawberry.type(description="OPD dalam daftar. One department of a list.")
class DepartmentEdge:
    cursor: str = plain_field("Kursor. Cursor.")
    node: Department = plain_field("OPD. The department.")


@strawberry.type(description="Daftar OPD. A list of departments.")
class DepartmentConnection:
    edges: list[DepartmentEdge] = plain_field("Isi halaman. The page.")
    page_info: PageInfo = plain_field("Letak halaman. Where the page lies.")
    sources: list[SourceStatus] = sources_field()


@strawberry.type
class DepartmentQuery:
    @strawberry.field(description="Semua OPD kota, menurut kode. All departments, by code.")
    async def departments(
        self, info: Info, first: int | None = 50, after: str | None = None
    ) -> DepartmentConnection | None:
        return show(await resolve.find(info.context, PageArgs(first, after)))  # type: ignore[no-any-return]
