"""The caller in the graph: who the gateway takes it for."""

from __future__ import annotations

from typing import Any

import strawberry

from connectors.ports.roles import Role
from resolvers import viewer as resolve
from schema.common import Info, id_field, plain_field, show, shows
from schema.departments import Department
from schema.scalars import Locale


@strawberry.type(
    description="Pemanggil menurut tokennya. The caller, as its token says; nobody else is shown it."
)
class Viewer:
    is_type_of = shows(resolve.Viewer)
    id: strawberry.ID = id_field("Viewer", lambda seen: seen.id)
    name: str | None = plain_field(
        "Nama sendiri, atau label kunci. One's own name, or a key's label."
    )
    roles: list[Role] = plain_field("Peran. The roles, that of everybody among them.")

    @strawberry.field(description="OPD yang diwakili. The departments one acts for.")
    async def departments(self, info: Info) -> list[Department] | None:
        seen: Any = self
        return show(await resolve.departments_of(info.context, seen))  # type: ignore[no-any-return]

    language: Locale | None = plain_field("Bahasa pilihan. The language one chose.")


@strawberry.type
class ViewerQuery:
    @strawberry.field(
        description="Pemanggil sendiri; null tanpa token. Oneself; null without a token."
    )
    def viewer(self, info: Info) -> Viewer | None:
        return show(resolve.viewer(info.context))  # type: ignore[no-any-return]
