"""Transit in the graph: lines, stops and trips."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from connectors.ports import common as common_ports
from connectors.ports import transit as ports
from resolvers import boards as board_resolvers
from resolvers import transit as resolve
from resolvers import transit_alerts
from resolvers.common import area_of
from resolvers.ids import scoped_id
from resolvers.listings import PageArgs
from schema.areas import Area
from schema.common import (
    BBoxInput,
    GeoFilter,
    GeoPoint,
    Info,
    Money,
    Node,
    PageInfo,
    Sourced,
    SourceRef,
    SourceStatus,
    id_field,
    optional_text_field,
    plain_field,
    show,
    shows,
    source_field,
    sources_field,
    text_field,
)
from schema.scalars import URL, Color, GeoJSON, LocalTime, Phone
from schema.transit_words import Boarding, Occupancy, RealtimeState, StopKind, TransitMode

if TYPE_CHECKING:
    from schema.departures import Departure
    from schema.warnings import Alert

__all__ = ["Boarding", "Occupancy", "RealtimeState", "StopKind", "TransitMode"]


@strawberry.type(description="Operator angkutan. Who runs lines.")
class Operator(Node):
    is_type_of = shows(ports.Operator)
    id: strawberry.ID = id_field("Operator")
    name: str = plain_field("Nama operator. Name.")
    phone: Phone | None = plain_field("Telepon. Telephone.")
    url: URL | None = plain_field("Laman. Web page.")
    timezone: str = plain_field("Zona waktu jadwal. Zone the timetable is written in.")


@strawberry.type(
    description="Halte, stasiun, atau tempat di dalam stasiun. A stop, a station, or a place in it."
)
class Stop(Node, Sourced):
    is_type_of = shows(ports.Stop)
    id: strawberry.ID = id_field("Stop")
    code: str | None = plain_field("Kode yang tertera di halte. What is printed at the stop.")
    name: str = text_field("name", "Nama halte. Name.")
    kind: ports.StopKind = plain_field("Jenis: halte, stasiun, pintu. What it is.")
    point: GeoPoint | None = plain_field(
        "Letak; null bila belum diketahui. Where it is; null where nobody knows, or where the "
        "licence of the coordinates is not known and the city leaves them out."
    )
    platform: str | None = plain_field("Peron. Platform.")

    @strawberry.field(description="Stasiun induk. The station it belongs to.")
    async def parent(self, info: Info) -> Stop | None:
        return show(await resolve.parent(info.context, show(self)))  # type: ignore[no-any-return]

    @strawberry.field(description="Peron dan pintu stasiun. Platforms and entrances of a station.")
    async def children(self, info: Info) -> list[Stop]:
        return show(await resolve.children(info.context, show(self)))  # type: ignore[no-any-return]

    @strawberry.field(description="Moda yang berhenti di sini. Modes that call here.")
    async def modes(self, info: Info) -> list[ports.TransitMode]:
        return await resolve.modes(info.context, show(self))

    wheelchair: common_ports.Wheelchair = plain_field(
        "Akses kursi roda; bila halte tidak menyebut, milik stasiunnya. Wheelchair access; where "
        "the stop says nothing, what its station says."
    )

    @strawberry.field(description="Koridor yang berhenti di sini. Lines that call here.")
    async def lines(self, info: Info) -> list[Line]:
        return show(await resolve.lines(info.context, show(self)))  # type: ignore[no-any-return]

    @strawberry.field(
        description="Keberangkatan berikut dari halte ini, `within` paling lama P7D, akhir tidak "
        "termasuk; null bila jadwal tidak sampai ke sana. What leaves from here next; `within` is "
        "at most P7D, its end excluded; null where the timetable does not reach."
    )
    async def departures(
        self,
        info: Info,
        at: dt.datetime | None = None,
        within: dt.timedelta | None = dt.timedelta(hours=2),
        line_ids: list[strawberry.ID] | None = None,
        modes: list[ports.TransitMode] | None = None,
        first: int | None = 20,
    ) -> list[Annotated["Departure", strawberry.lazy("schema.departures")]] | None:
        return show(  # type: ignore[no-any-return]
            await board_resolvers.of_stop(
                info.context,
                show(self),
                at=at,
                within=within,
                line_ids=line_ids,
                modes=modes,
                first=first,
            )
        )

    @strawberry.field(
        description="Peringatan angkutan di halte ini; null bila belum ada sumbernya. Transport "
        "alerts that hold here; null while no source is configured."
    )
    async def alerts(
        self, info: Info, active: bool | None = True
    ) -> list[Annotated["Alert", strawberry.lazy("schema.warnings")]] | None:
        return show(  # type: ignore[no-any-return]
            await transit_alerts.of_stop(info.context, show(self), active=active)
        )

    @strawberry.field(description="Kelurahan tempat halte. The kelurahan it is in.")
    async def area(self, info: Info) -> Area | None:
        return show(await area_of(info.context, show(self).area))  # type: ignore[no-any-return]

    source: SourceRef = source_field()


@strawberry.type(description="Arah sebuah koridor, menurut perjalanan terpanjang. One direction.")
class LineDirection:
    is_type_of = shows(ports.LineDirection)
    direction_id: int = plain_field("Nomor arah, 0 atau 1. Number of the direction.")
    headsign: str = text_field("headsign", "Tujuan yang tertulis. Where the sign says it goes.")

    @strawberry.field(description="Halte berurutan. The stops in order, of the longest trip.")
    async def stops(self, info: Info) -> list[Stop]:
        return show(await resolve.direction_stops(info.context, show(self)))  # type: ignore[no-any-return]

    @strawberry.field(description="Jalur, LineString RFC 7946. The way it takes.")
    async def path(self, info: Info) -> GeoJSON | None:
        direction: Any = self
        return show(await resolve.path(info.context, direction.source, direction.shape))  # type: ignore[no-any-return]


@strawberry.type(
    description="Perjalanan pertama dan terakhir suatu hari. First and last start of a day."
)
class ServiceSpan:
    is_type_of = shows(ports.ServiceSpan)
    direction_id: int | None = plain_field(
        "Nomor arah. Number of the direction, where there is one."
    )
    first: dt.datetime | None = plain_field("Berangkat pertama. First start.")
    last: dt.datetime | None = plain_field("Berangkat terakhir. Last start.")


@strawberry.type(description="Koridor, rute atau lintas kereta. A line of buses, trains or ships.")
class Line(Node, Sourced):
    is_type_of = shows(ports.Line)
    id: strawberry.ID = id_field("Line")
    short_name: str | None = plain_field("Nama pendek, mis. K1. Short name.")
    long_name: str | None = optional_text_field("long_name", "Nama panjang. Long name.")
    mode: ports.TransitMode = plain_field("Moda. Mode.")
    color: Color | None = plain_field("Warna koridor. Colour.")
    text_color: Color | None = plain_field("Warna tulisan. Colour of text on it.")
    sort_order: int | None = plain_field("Urutan tampil. Place among the lines of its feed.")

    @strawberry.field(description="Operator koridor. Who runs it.")
    async def operator(self, info: Info) -> Operator:
        return show(await resolve.operator(info.context, show(self)))  # type: ignore[no-any-return]

    @strawberry.field(
        description="Arah koridor; null bila sumber tidak punya satu perjalanan pun. Its "
        "directions; null where the source has no trips of it."
    )
    async def directions(self, info: Info) -> list[LineDirection] | None:
        return show(await resolve.directions(info.context, show(self)))  # type: ignore[no-any-return]

    @strawberry.field(
        description="Jarak waktu antar kendaraan pada tanggal dan jam itu (bawaan: sekarang), yang "
        "tersingkat dari semua arah. Time between vehicles then (default: now), the shortest of "
        "all directions."
    )
    async def headway(
        self,
        info: Info,
        date: dt.date | None = None,
        at: LocalTime | None = None,
    ) -> dt.timedelta | None:
        return await resolve.headway(info.context, show(self), date, at)

    @strawberry.field(
        description="Berangkat pertama dan terakhir per arah; kosong bila hari itu tidak berjalan, "
        "null bila jadwal tidak diketahui. First and last start per direction; empty when nothing "
        "runs that day, null where no timetable is known."
    )
    async def first_last(self, info: Info, date: dt.date) -> list[ServiceSpan] | None:
        return show(await resolve.first_last(info.context, show(self), date))  # type: ignore[no-any-return]

    fare: Money | None = plain_field("Tarif termurah sekali jalan. Lowest single fare.")

    @strawberry.field(
        description="Peringatan angkutan di jalur ini; null bila belum ada sumbernya. Transport "
        "alerts along it; null while no source is configured."
    )
    async def alerts(
        self, info: Info, active: bool | None = True
    ) -> list[Annotated["Alert", strawberry.lazy("schema.warnings")]] | None:
        return show(  # type: ignore[no-any-return]
            await transit_alerts.of_line(info.context, show(self), active=active)
        )

    source: SourceRef = source_field()


@strawberry.type(description="Satu perjalanan kendaraan. One journey of a vehicle.")
class Trip(Node):
    is_type_of = shows(ports.Trip)
    id: strawberry.ID = id_field("Trip", lambda trip: trip.id)
    short_name: str | None = plain_field("Nomor perjalanan atau kereta. Train number.")
    headsign: str | None = optional_text_field("headsign", "Tujuan yang tertulis. Where it goes.")

    @strawberry.field(description="Koridornya. Its line.")
    async def line(self, info: Info) -> Line:
        trip: Any = self
        line = common_ports.ScopedId(trip.id.source, trip.line)
        return show(await resolve.line_by_id(info.context, line))  # type: ignore[no-any-return]

    wheelchair: common_ports.Wheelchair = plain_field("Akses kursi roda. Wheelchair access.")
    bikes: common_ports.TriState = plain_field("Boleh membawa sepeda? May bicycles come along?")

    @strawberry.field(
        description="Semua perhentian berurutan pada hari layanan itu; kosong bila tidak berjalan. "
        "All calls in order on that service date; empty when it does not run."
    )
    async def calls(
        self, info: Info, service_date: dt.date
    ) -> list[Annotated["Departure", strawberry.lazy("schema.departures")]]:
        trip: Any = self
        return show(await resolve.calls(info.context, trip.id, service_date) or [])  # type: ignore[no-any-return]

    @strawberry.field(description="Jalur, LineString RFC 7946. The way it takes.")
    async def path(self, info: Info) -> GeoJSON | None:
        trip: Any = self
        return show(await resolve.path(info.context, trip.id.source, trip.shape))  # type: ignore[no-any-return]

    @strawberry.field(
        description="Kendaraannya sekarang; null bila belum ada sumbernya. The vehicle that runs "
        "it now; null while no source is configured."
    )
    async def vehicle(self, info: Info) -> Vehicle | None:
        return show(await resolve.vehicle(info.context, show(self)))  # type: ignore[no-any-return]


@strawberry.type(description="Letak sebuah kendaraan. Where a vehicle was seen.")
class Vehicle:
    is_type_of = shows(ports.Vehicle)
    id: strawberry.ID = id_field("Vehicle")
    label: str | None = plain_field("Nomor lambung. What is written on it.")
    point: GeoPoint = plain_field("Letak. Where it is.")
    bearing: float | None = plain_field("Arah, derajat dari utara. Degrees from north.")
    at: dt.datetime | None = plain_field("Waktu terlihat. When it was seen.")
    occupancy: ports.Occupancy | None = plain_field("Kepadatan. How full it is.")

    @strawberry.field(description="Koridornya. Its line.")
    async def line(self, info: Info) -> Line | None:
        return show(await resolve.line_of(info.context, show(self).line))  # type: ignore[no-any-return]

    @strawberry.field(description="Perjalanannya. Its trip.")
    async def trip(self, info: Info) -> Trip | None:
        return show(await resolve.trip_of(info.context, show(self).trip))  # type: ignore[no-any-return]


# ------------------------------------------------------------------------------- lists


@strawberry.input(description="Saringan halte. Which stops.")
class StopFilter:
    geo: GeoFilter | None = strawberry.field(default=None, description="Di mana. Where.")
    text: str | None = strawberry.field(
        default=None, description="Kata dalam nama atau kode. Words of the name or the code."
    )
    code: str | None = strawberry.field(default=None, description="Kode halte. Its code.")
    modes: list[ports.TransitMode] | None = strawberry.field(
        default=None, description="Moda yang berhenti. Modes that call there."
    )
    served_by: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Koridor yang berhenti. Lines that call there."
    )
    stations_only: bool | None = strawberry.field(
        default=None, description="Stasiun saja. Stations only."
    )


@strawberry.input(description="Saringan koridor. Which lines.")
class LineFilter:
    text: str | None = strawberry.field(
        default=None, description="Kata dalam nama. Words of the names."
    )
    modes: list[ports.TransitMode] | None = strawberry.field(
        default=None, description="Moda. Modes."
    )
    operator: strawberry.ID | None = strawberry.field(
        default=None, description="Operator. Who runs it."
    )
    geo: GeoFilter | None = strawberry.field(
        default=None, description="Berhenti di mana. Where it calls."
    )


@strawberry.type(description="Halte dalam daftar. One stop of a list.")
class StopEdge:
    cursor: str = plain_field("Kursor. Cursor.")
    node: Stop = plain_field("Halte. The stop.")
    distance_m: int | None = plain_field("Jarak, meter. Metres from the point asked about.")


@strawberry.type(description="Daftar halte. A list of stops.")
class StopConnection:
    edges: list[StopEdge] = plain_field("Isi halaman. The page.")
    page_info: PageInfo = plain_field("Letak halaman. Where the page lies.")
    sources: list[SourceStatus] = sources_field()


@strawberry.type(description="Koridor dalam daftar. One line of a list.")
class LineEdge:
    cursor: str = plain_field("Kursor. Cursor.")
    node: Line = plain_field("Koridor. The line.")


@strawberry.type(description="Daftar koridor. A list of lines.")
class LineConnection:
    edges: list[LineEdge] = plain_field("Isi halaman. The page.")
    page_info: PageInfo = plain_field("Letak halaman. Where the page lies.")
    sources: list[SourceStatus] = sources_field()


@strawberry.type
class TransitQuery:
    @strawberry.field(
        description="Halte dan stasiun: menurut jarak bila `near`, selain itu menurut nama. Stops "
        "by distance with `near`, else by name."
    )
    async def stops(
        self,
        info: Info,
        where: StopFilter | None = None,
        first: int | None = 20,
        after: str | None = None,
    ) -> StopConnection | None:
        found = await resolve.find_stops(info.context, where, PageArgs(first, after))
        return show(found)  # type: ignore[no-any-return]

    @strawberry.field(description="Satu halte. One stop by its id.")
    async def stop(self, info: Info, id: strawberry.ID) -> Stop | None:
        return show(await resolve.one_stop(info.context, scoped_id(id, "Stop")))  # type: ignore[no-any-return]

    @strawberry.field(description="Koridor dan lintas kereta. Lines of buses and trains.")
    async def lines(
        self,
        info: Info,
        where: LineFilter | None = None,
        first: int | None = 50,
        after: str | None = None,
    ) -> LineConnection | None:
        found = await resolve.find_lines(info.context, where, PageArgs(first, after))
        return show(found)  # type: ignore[no-any-return]

    @strawberry.field(
        description="Satu perjalanan pada suatu hari layanan; null bila hari itu tidak berjalan. "
        "One trip of a service date; null when it does not run then."
    )
    async def trip(self, info: Info, id: strawberry.ID, service_date: dt.date) -> Trip | None:
        return show(await resolve.trip_on(info.context, id, service_date))  # type: ignore[no-any-return]

    @strawberry.field(
        description="Letak kendaraan di dalam kotak; null bila belum ada sumbernya. Vehicles in a "
        "box; null while no source is configured."
    )
    async def vehicles(
        self,
        info: Info,
        bbox: BBoxInput,
        line_ids: list[strawberry.ID] | None = None,
        first: int | None = 200,
    ) -> list[Vehicle] | None:
        found = await resolve.vehicles(info.context, bbox, line_ids, first)
        return show(found)  # type: ignore[no-any-return]
