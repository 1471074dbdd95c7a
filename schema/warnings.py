"""Warnings in the graph: alerts, earthquakes, weather."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import strawberry

from connectors.ports import warnings as ports
from connectors.ports.shapes import geojson
from resolvers import common
from resolvers import warnings as resolve
from schema.areas import Area
from schema.common import (
    GeoFilter,
    GeoPoint,
    GeoPointInput,
    Info,
    Media,
    NearInput,
    Node,
    Sourced,
    SourceRef,
    id_field,
    optional_text_field,
    plain_field,
    show,
    show_enum,
    shows,
    source_field,
    text_field,
)
from schema.scalars import GeoJSON, Locale

AlertSeverity = show_enum(
    ports.AlertSeverity,
    "Tingkat bahaya menurut CAP. How severe the threat is.",
    UNKNOWN="Tidak diketahui. Not known; below all others.",
    MINOR="Ringan. Minimal threat.",
    MODERATE="Sedang. Possible threat.",
    SEVERE="Berat. Significant threat to life or property.",
    EXTREME="Luar biasa. Extraordinary threat.",
)
AlertUrgency = show_enum(
    ports.AlertUrgency,
    "Kemendesakan menurut CAP. How soon to act.",
    UNKNOWN="Tidak diketahui. Not known.",
    PAST="Sudah lewat. Past.",
    FUTURE="Nanti. In the near future.",
    EXPECTED="Segera, dalam satu jam. Soon, within the hour.",
    IMMEDIATE="Sekarang. At once.",
)
AlertCertainty = show_enum(
    ports.AlertCertainty,
    "Kepastian menurut CAP. How certain it is.",
    UNKNOWN="Tidak diketahui. Not known.",
    UNLIKELY="Kecil kemungkinannya. Not expected.",
    POSSIBLE="Mungkin. Up to one in two.",
    LIKELY="Sangat mungkin. More than one in two.",
    OBSERVED="Teramati. Seen to have happened or to be going on.",
)
AlertCategory = show_enum(
    ports.AlertCategory,
    "Bidang menurut CAP. Category of the hazard.",
    GEO="Geofisika: gempa, longsor. Geophysical.",
    MET="Cuaca dan banjir. Weather and flood.",
    SAFETY="Keselamatan umum. General safety.",
    SECURITY="Keamanan. Law and order.",
    RESCUE="Penyelamatan. Rescue.",
    FIRE="Kebakaran. Fire.",
    HEALTH="Kesehatan. Health.",
    ENV="Lingkungan. Pollution.",
    TRANSPORT="Transportasi. Transport.",
    INFRA="Prasarana dan utilitas. Utilities.",
    CBRNE="Kimia, biologi, radiologi, nuklir, ledakan. CBRN or explosive.",
    OTHER="Lainnya. Other.",
)
AlertMessage = show_enum(
    ports.AlertMessage,
    "Jenis pesan. What a message does.",
    ALERT="Peringatan baru. A first warning.",
    UPDATE="Pembaruan. Takes the place of earlier ones.",
    CANCEL="Pembatalan. Calls earlier ones off.",
    ALL_CLEAR="Aman. The threat is over.",
)


@strawberry.type(description="Wilayah sebuah peringatan. Where an alert holds.")
class AlertArea:
    is_type_of = shows(ports.AlertArea)
    description: str = plain_field("Nama wilayah menurut penerbit. The area in the sender's words.")

    @strawberry.field(
        description="Bentuk RFC 7946; lingkaran menjadi poligon 64 sudut. Its shape; a circle "
        "becomes a polygon of 64 corners. Null when told in words alone."
    )
    def geometry(self) -> GeoJSON | None:
        area: Any = self
        return show(geojson(area.shapes))  # type: ignore[no-any-return]

    @strawberry.field(
        description="Wilayah kota yang terkena: menurut kode, atau kecamatan yang tersentuh. The "
        "city's areas it names, else the kecamatan it is drawn over; null when told in words alone."
    )
    async def areas(self, info: Info) -> list[Area] | None:
        area: Any = self
        return show(await resolve.areas_of(info.context, area))  # type: ignore[no-any-return]


@strawberry.type(
    description="Peringatan dini (CAP 1.2). A warning. Only actual and public messages are shown."
)
class Alert(Node, Sourced):
    is_type_of = shows(ports.Alert)
    id: strawberry.ID = id_field("Alert")
    identifier: str = plain_field("Pengenal dari penerbit. The sender's identifier.")
    sender: str = plain_field("Penerbit. Who sent it.")
    sent_at: datetime = plain_field("Waktu terbit. When it was sent.")
    message: ports.AlertMessage = plain_field("Jenis pesan. What the message does.")
    test: bool = plain_field(
        "Latihan atau uji coba? Hanya yang nyata ditampilkan. Only status Actual and scope Public "
        "are ever shown to citizens, so this is false."
    )
    replaces: list[str] = plain_field(
        "Pesan yang digantikan, `identifier,sender,waktu`. The messages it takes the place of."
    )
    event: str = text_field("event", "Kejadian. What is happening.")
    headline: str | None = optional_text_field("headline", "Judul. Headline.")
    description: str | None = optional_text_field("description", "Uraian. Description.")
    instruction: str | None = optional_text_field("instruction", "Anjuran. What to do.")
    category: list[ports.AlertCategory] = plain_field("Bidang. Categories.")
    severity: ports.AlertSeverity = plain_field("Tingkat bahaya. Severity.")
    urgency: ports.AlertUrgency = plain_field("Kemendesakan. Urgency.")
    certainty: ports.AlertCertainty = plain_field("Kepastian. Certainty.")
    effective_at: datetime | None = plain_field("Berlaku sejak. When the message takes effect.")
    onset_at: datetime | None = plain_field("Kejadian mulai. When the event is to begin.")
    expires_at: datetime | None = plain_field("Berlaku sampai. When it ends.")

    @strawberry.field(
        description="Masih berlaku: tidak digantikan, dibatalkan, atau kedaluwarsa. In force: not "
        "superseded, called off or expired."
    )
    def active(self, info: Info) -> bool:
        return resolve.is_active(info.context, _alert(self))

    areas: list[AlertArea] = plain_field("Wilayah. Where it holds.")

    @strawberry.field(
        description="Apakah titik ini terkena. Whether its polygons or circles hold a point."
    )
    def affects(self, point: GeoPointInput) -> bool:
        return resolve.affects(_alert(self), point)

    media: list[Media] = plain_field("Gambar dan infografik. Pictures.")
    contact: str | None = plain_field("Kontak. Whom to ask.")
    source: SourceRef = source_field()


def _alert(alert: Any) -> ports.Alert:
    return alert  # type: ignore[no-any-return]


@strawberry.type(description="Gempa bumi. An earthquake.")
class Earthquake(Node, Sourced):
    is_type_of = shows(ports.Earthquake)
    id: strawberry.ID = id_field("Earthquake")
    at: datetime = plain_field("Waktu gempa. When it happened.")
    magnitude: float = plain_field("Magnitudo. Magnitude.")
    depth_km: float = plain_field("Kedalaman, km. Depth in kilometres.")
    point: GeoPoint = plain_field("Pusat gempa. Epicentre.")
    region: str = plain_field("Wilayah menurut BMKG. Region, as printed.")
    tsunami: str | None = plain_field("Potensi tsunami, seperti tercetak. Tsunami, as printed.")
    felt: str | None = plain_field(
        "Dirasakan di mana, skala MMI; null bila tidak. Where it was felt (MMI); null when not."
    )
    shakemap: Media | None = plain_field("Peta guncangan. Shake map.")

    @strawberry.field(description="Jarak dari titik, km. Distance from a point to the epicentre.")
    def distance_km(
        self, start: Annotated[GeoPointInput, strawberry.argument(name="from")]
    ) -> float:
        quake: Any = self
        return resolve.distance_km(quake, start)

    source: SourceRef = source_field()


@strawberry.type(description="Cuaca yang diperkirakan pada satu waktu. Weather expected at a time.")
class ForecastHour:
    is_type_of = shows(ports.ForecastHour)
    at: datetime = plain_field("Waktu. When.")
    temp_c: float | None = plain_field("Suhu, derajat Celsius. Temperature.")
    humidity: int | None = plain_field("Kelembapan, persen. Relative humidity.")
    weather: str | None = optional_text_field("weather", "Cuaca. The weather in words.")
    wind_kmh: float | None = plain_field("Kecepatan angin, km/jam. Wind speed.")
    wind_from: str | None = plain_field("Arah asal angin. Where the wind comes from.")


@strawberry.type(description="Prakiraan cuaca satu kelurahan. Weather forecast of a kelurahan.")
class Forecast(Sourced):
    is_type_of = shows(ports.Forecast)

    @strawberry.field(description="Kelurahan. The kelurahan.")
    async def area(self, info: Info) -> Area | None:
        forecast: Any = self
        return show(await common.area_of(info.context, forecast.area))  # type: ignore[no-any-return]

    hours: list[ForecastHour] = plain_field("Menurut waktu. By time.")
    source: SourceRef = source_field()


@strawberry.type
class WarningQuery:
    @strawberry.field(
        description="Peringatan dini, terberat lalu terbaru; null bila belum ada sumbernya. "
        "`active: false` menjawab yang sudah lewat. Warnings, most severe first, then newest; null "
        "while no source is configured. `active: false` gives those no longer in force."
    )
    async def alerts(
        self,
        info: Info,
        geo: GeoFilter | None = None,
        min_severity: ports.AlertSeverity | None = None,
        categories: list[ports.AlertCategory] | None = None,
        active: bool | None = True,
        lang: Locale | None = None,
    ) -> list[Alert] | None:
        if lang is not None:
            info.context.root_langs[info.path.key] = lang
        found = await resolve.alerts(
            info.context,
            geo,
            least_severity=min_severity,
            categories=categories or (),
            active=active,
        )
        return show(found)  # type: ignore[no-any-return]

    @strawberry.field(
        description="Gempa bumi, terbaru dahulu; null bila belum ada sumbernya. Earthquakes, newest "
        "first; null while no source is configured."
    )
    async def earthquakes(
        self,
        info: Info,
        felt_only: bool | None = None,
        min_magnitude: float | None = None,
        near: NearInput | None = None,
        first: int | None = 15,
    ) -> list[Earthquake] | None:
        found = await resolve.earthquakes(
            info.context,
            felt_only=bool(felt_only),
            least_magnitude=min_magnitude,
            near=near,
            first=15 if first is None else first,
        )
        return show(found)  # type: ignore[no-any-return]

    @strawberry.field(
        description="Prakiraan cuaca sebuah kelurahan menurut kode; null bila belum ada sumbernya. "
        "Weather forecast of a kelurahan, by its code; null while no source is configured."
    )
    async def forecast(self, info: Info, area: str) -> Forecast | None:
        return show(await resolve.forecast(info.context, area))  # type: ignore[no-any-return]
