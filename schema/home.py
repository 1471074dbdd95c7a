"""The first screen in the graph."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import strawberry
from strawberry.types.nodes import SelectedField, Selection

from resolvers import common
from resolvers import home as resolve
from resolvers.home import HomeSection
from schema.apps import CityApp
from schema.areas import Area
from schema.common import (
    GeoPointInput,
    Info,
    SourceStatus,
    plain_field,
    show,
    show_enum,
    shows,
)
from schema.complaint_stats import ComplaintStats, medians_asked
from schema.complaints import Complaint
from schema.departures import DepartureBoard
from schema.emergency import EmergencyContact
from schema.events import Event
from schema.jobs import Job
from schema.places import Place
from schema.prices import Price
from schema.scalars import Locale
from schema.warnings import Alert

show_enum(
    HomeSection, "Bagian layar pertama. A section of the first screen.",
    ALERTS="Peringatan. Warnings.", COMPLAINTS="Pengaduan. Complaints.",
    DEPARTURES="Keberangkatan. Departures.", PRICES="Harga bahan pokok. Staple prices.",
    JOBS="Lowongan. Jobs.", EVENTS="Acara. Events.", PLACES="Tempat. Places.",
    APPS="Aplikasi portal. Apps of the portal.", EMERGENCY="Nomor darurat. Emergency contacts.",
)  # fmt: skip

FIELDS: dict[str, HomeSection] = {
    "alerts": HomeSection.ALERTS,
    "complaintSummary": HomeSection.COMPLAINTS,
    "departures": HomeSection.DEPARTURES,
    "prices": HomeSection.PRICES,
    "jobs": HomeSection.JOBS,
    "events": HomeSection.EVENTS,
    "places": HomeSection.PLACES,
    "apps": HomeSection.APPS,
    "emergency": HomeSection.EMERGENCY,
}
"""Which section fills which field; only those that are asked for are made."""


def _section_field(section: HomeSection, returns: Any, description: str) -> Any:
    def section_of(root: Any) -> Any:
        return root.section(section)

    section_of.__annotations__["return"] = returns
    return strawberry.field(resolver=section_of, description=description)


@strawberry.type(
    description="Layar pertama: setiap bagian gagal sendiri-sendiri. The first screen: each section "
    "fails on its own, null plus a status in `sources`."
)
class Home:
    is_type_of = shows(resolve.Home)
    generated_at: datetime = plain_field("Waktu dibuat. When it was put together.")
    area: Area | None = plain_field("Wilayah pengguna. The area it is for.")
    alerts = _section_field(HomeSection.ALERTS, list[Alert] | None, "Peringatan. Warnings here.")

    @strawberry.field(
        description="Pengaduan saya; perlu masuk. My complaints; null without a token."
    )
    def my_complaints(self) -> list[Complaint] | None:
        return None

    complaint_summary = _section_field(
        HomeSection.COMPLAINTS,
        ComplaintStats | None,
        "Ringkasan pengaduan menurut warna. By light.",
    )
    departures = _section_field(
        HomeSection.DEPARTURES, DepartureBoard | None, "Keberangkatan terdekat. What leaves nearby."
    )
    prices = _section_field(
        HomeSection.PRICES, list[Price] | None, "Harga bahan pokok terbaru. Newest staple prices."
    )
    jobs = _section_field(HomeSection.JOBS, list[Job] | None, "Lowongan terbaru. Newest open jobs.")
    events = _section_field(
        HomeSection.EVENTS, list[Event] | None, "Acara mendatang. Events of the next 60 days."
    )
    places = _section_field(
        HomeSection.PLACES, list[Place] | None, "Tempat terdekat. Places, the nearest first."
    )
    apps = _section_field(
        HomeSection.APPS, list[CityApp] | None, "Aplikasi dalam portal LIVE. Apps of the portal."
    )
    emergency = _section_field(
        HomeSection.EMERGENCY, list[EmergencyContact] | None, "Nomor darurat. Emergency contacts."
    )
    sources: list[SourceStatus] = plain_field(
        "Keadaan setiap sumber data layar ini. How each source of this screen did."
    )


@strawberry.type
class HomeQuery:
    @strawberry.field(
        description="Satu permintaan untuk layar pertama portal dan aplikasi. One round trip for the "
        "portal's and the app's first screen. Without `at`, what is near is near the city's centre."
    )
    async def home(
        self,
        info: Info,
        at: GeoPointInput | None = None,
        area: str | None = None,
        sections: list[HomeSection] | None = None,
        lang: Locale | None = None,
    ) -> Home | None:
        context = info.context
        if lang:
            context.root_langs[info.path.key] = lang
        asked = {FIELDS[name] for name in _selected(info.selected_fields) if name in FIELDS}
        found = await resolve.home(
            context,
            at=common.point(at, "at") if at else None,
            area=area,
            sections=asked if sections is None else asked.intersection(sections),
            medians=medians_asked(info),
        )
        return show(found)  # type: ignore[no-any-return]


def _selected(fields: Iterable[Selection]) -> set[str]:
    """Names of the fields selected below these, through fragments."""
    names: set[str] = set()
    for selected in fields:
        for below in selected.selections:
            if isinstance(below, SelectedField):
                if _wanted(below):
                    names.add(below.name)
            elif _wanted(below):
                names |= _selected([below])
    return names


def _wanted(selection: Any) -> bool:
    skip: Any = selection.directives.get("skip", {}).get("if", False)
    include: Any = selection.directives.get("include", {}).get("if", True)
    return bool(include) and not skip
