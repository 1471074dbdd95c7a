"""Emergency contacts in the graph."""

from __future__ import annotations

import strawberry

from connectors.ports import emergency as ports
from resolvers import common, hours
from resolvers import emergency as resolve
from schema.areas import Area
from schema.common import (
    GeoPoint,
    GeoPointInput,
    Info,
    Node,
    Sourced,
    SourceRef,
    id_field,
    plain_field,
    show,
    show_enum,
    shows,
    source_field,
    text_field,
)
from schema.hours import OpeningHours
from schema.scalars import Phone

EmergencyKind = show_enum(
    ports.EmergencyKind,
    "Jenis nomor darurat. Kind of emergency contact.",
    GENERAL="Segala keadaan darurat. Any emergency.",
    POLICE="Polisi. Police.",
    FIRE="Pemadam kebakaran. Fire brigade.",
    AMBULANCE="Ambulans. Ambulance.",
    RESCUE="SAR. Search and rescue.",
    ELECTRICITY="Listrik. Electricity.",
    WATER="Air bersih. Water supply.",
    FLOOD="Banjir. Floods.",
    WOMEN_CHILDREN="Perlindungan perempuan dan anak. Protection of women and children.",
    HOSPITAL="Rumah sakit. Hospitals.",
    TRAFFIC="Lalu lintas dan tol. Traffic and toll roads.",
    DISASTER="Bencana. Disasters.",
    INFORMATION="Informasi dan pengaduan. Information and complaints.",
    JUSTICE="Hukum. Courts and prosecutors.",
    TRANSPORT="Angkutan umum. Public transport.",
    OTHER="Lainnya. Others.",
)


@strawberry.type(description="Nomor darurat atau penting. Whom to call.")
class EmergencyContact(Node, Sourced):
    is_type_of = shows(ports.EmergencyContact)
    id: strawberry.ID = id_field("EmergencyContact")
    kind: ports.EmergencyKind = plain_field("Jenis. Kind.")
    name: str = text_field("name", "Nama layanan. Name.")
    dial: str = plain_field(
        "Angka yang ditekan di dalam kota. Digits as dialled in the city: 112 is not an E.164 number."
    )
    e164: Phone | None = plain_field(
        "Nomor internasional, bila ada. E.164; null for short codes.", name="e164"
    )
    whatsapp: Phone | None = plain_field("Nomor WhatsApp. WhatsApp number.")
    is_short_code: bool = plain_field("Nomor pendek. A short code, dialled as it stands.")
    toll_free: bool | None = plain_field("Bebas pulsa; null bila tidak dinyatakan. Free of charge.")

    @strawberry.field(description="Jam layanan. When somebody answers.")
    def available(self, info: Info) -> OpeningHours | None:
        contact = show(self)
        return show(hours.of(contact.available, info.context.zone, contact.point))  # type: ignore[no-any-return]

    point: GeoPoint | None = plain_field("Letak di peta. Where it is.")

    @strawberry.field(
        description="Wilayah layanan; null bila lebih luas dari kota. The area it serves; null "
        "when that is more than the city."
    )
    async def area(self, info: Info) -> Area | None:
        return show(await common.area_of(info.context, show(self).area))  # type: ignore[no-any-return]

    priority: int = plain_field("Urutan tampil, 1 paling dahulu. 1 is to be shown first.")
    source: SourceRef = source_field()


@strawberry.type
class EmergencyQuery:
    @strawberry.field(
        description="Nomor darurat menurut prioritas; dengan `near` yang berlaku di mana saja dahulu, "
        "lalu yang terdekat. Emergency contacts by priority; with `near` those that serve everywhere, "
        "such as 112, then the nearest. `area` "
        "keeps those that serve it, a part of it, or more than the city."
    )
    async def emergency_contacts(
        self,
        info: Info,
        area: str | None = None,
        near: GeoPointInput | None = None,
        kinds: list[ports.EmergencyKind] | None = None,
    ) -> list[EmergencyContact] | None:
        found = await resolve.find(info.context, area=area, near=near, kinds=kinds or ())
        return show(found)  # type: ignore[no-any-return]
