"""Published figures in the graph."""

from __future__ import annotations

import strawberry

from connectors.ports import facts as ports
from resolvers import facts as resolve
from schema.common import Info, plain_field, show, shows, text_field


@strawberry.type(
    description="Angka yang dipublikasikan, dengan tanggal dan sumbernya; tidak dicampur dengan "
    "angka yang dihitung gateway. A published figure, dated and cited."
)
class CityFact:
    is_type_of = shows(ports.CityFact)
    topic: str = plain_field("Topik, mis. app_totals. Topic.")
    name: str = text_field("name", "Apa yang dihitung. What the figure is about.")
    value: str = plain_field("Nilai seperti tercetak. The value as printed; not always a number.")
    as_of: str = plain_field("Per tanggal, seperti tercetak. Day, month, year or span, as printed.")
    citation: str = plain_field("Sumber kutipan. Where it was published, with remarks.")


@strawberry.type
class FactQuery:
    @strawberry.field(
        description="Angka yang dipublikasikan menurut topik: app_totals, app_versions, "
        "replication, portal, complaint_totals, sla, jobs, transit, city, awards. Published "
        "figures, dated and sourced, never mixed into computed ones; figures may contradict "
        "each other."
    )
    async def city_facts(self, info: Info, topic: str | None = None) -> list[CityFact] | None:
        return show(await resolve.find(info.context, topic))  # type: ignore[no-any-return]
