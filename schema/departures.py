"""Departure boards in the graph."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from connectors.ports import transit as ports
from resolvers import boards as resolve
from resolvers import transit, transit_alerts
from schema.common import (
    Info,
    NearInput,
    SourceStatus,
    plain_field,
    show,
    shows,
    sources_field,
    text_field,
)
from schema.scalars import ServiceTime
from schema.transit import Line, Stop, Trip

if TYPE_CHECKING:
    from schema.warnings import Alert


@strawberry.type(
    description="Keberangkatan: satu perjalanan di satu halte. A trip calling at a stop on a day."
)
class Departure:
    is_type_of = shows(ports.Departure)

    @strawberry.field(description="Halte atau peron. Stop or platform.")
    async def stop(self, info: Info) -> Stop:
        return show(await transit.stop_by_id(info.context, show(self).stop))  # type: ignore[no-any-return]

    @strawberry.field(description="Perjalanannya. The trip.")
    async def trip(self, info: Info) -> Trip:
        return show(await transit.one_trip(info.context, show(self).trip))  # type: ignore[no-any-return]

    @strawberry.field(description="Koridornya. The line.")
    async def line(self, info: Info) -> Line:
        return show(await transit.line_by_id(info.context, show(self).line))  # type: ignore[no-any-return]

    headsign: str = text_field(
        "headsign", "Tujuan yang tertulis di sini. Where the sign says it goes."
    )
    service_date: dt.date = plain_field(
        "Hari layanan; lewat tengah malam bisa hari kemarin. Service day; after midnight it may be "
        "yesterday."
    )

    @strawberry.field(description="Jam layanan, boleh melewati 24:00:00. Time of the service day.")
    def service_time(self) -> ServiceTime | None:
        seconds: int | None = show(self).service_time
        return None if seconds is None else ServiceTime(ports.clock_text(seconds))

    scheduled_at: dt.datetime | None = plain_field("Menurut jadwal. By the timetable.")
    expected_at: dt.datetime | None = plain_field(
        "Perkiraan waktu nyata; null tanpa sumber waktu nyata. Expected by realtime; null without."
    )
    leaves_at: dt.datetime = plain_field(
        "Berangkat: perkiraan, bila tidak ada jadwal; papan diurutkan menurut ini. Expected time, "
        "else the scheduled one; the board is sorted by it."
    )
    delay: dt.timedelta | None = plain_field(
        "Keterlambatan; null bukan berarti tepat waktu. Delay; null does not mean on time."
    )
    realtime: ports.RealtimeState = plain_field("Keadaan waktu nyata. What realtime says.")
    approximate: bool = plain_field(
        "Waktu kira-kira: antara dua titik waktu, atau menurut jarak antar kendaraan. The time is "
        "approximate: between timepoints, or by headway."
    )
    headway: dt.timedelta | None = plain_field(
        "Jarak waktu antar kendaraan, bila jadwalnya begitu. Time between vehicles, where the "
        "timetable is told so."
    )
    platform: str | None = plain_field("Peron. Platform.")
    boarding: ports.Boarding = plain_field("Cara naik di sini. How one boards here.")
    stop_sequence: int = plain_field("Urutan halte. Place among the calls of the trip.")


@strawberry.type(
    description="Papan keberangkatan bus dan kereta. A board of departures, bus and rail merged."
)
class DepartureBoard:
    is_type_of = shows(resolve.DepartureBoard)
    as_of: dt.datetime = plain_field("Disusun pada. When the board was made.")
    departures: list[Departure] = plain_field("Keberangkatan menurut waktu. Departures by time.")
    realtime_age: dt.timedelta | None = plain_field(
        "Umur data waktu nyata; null tanpa sumbernya. Age of realtime data; null without a source."
    )
    schedule_valid_until: dt.date | None = plain_field(
        "Jadwal berlaku sampai, yang paling awal. Last valid day of the timetables, the earliest."
    )

    @strawberry.field(
        description="Peringatan angkutan di halte-halte ini; null bila belum ada sumbernya. "
        "Transport alerts at these stops; null while no source is configured."
    )
    async def alerts(
        self, info: Info
    ) -> list[Annotated["Alert", strawberry.lazy("schema.warnings")]] | None:
        board: Any = self
        return show(await transit_alerts.of_board(info.context, board))  # type: ignore[no-any-return]

    sources: list[SourceStatus] = sources_field()
    next_cursor: str | None = plain_field(
        "Untuk `after`, papan berikut; null bila habis. For `after`; null when nothing follows."
    )


@strawberry.input(description="Papan yang diminta. Which board.")
class BoardInput:
    stop_ids: list[strawberry.ID] | None = strawberry.field(
        default=None,
        description="Halte; stasiun mencakup peronnya. Stops; a station brings its platforms.",
    )
    near: NearInput | None = strawberry.field(
        default=None, description="Halte di sekitar titik, sampai 5 km. Stops around, up to 5 km."
    )
    at: dt.datetime | None = strawberry.field(
        default=None, description="Mulai; bawaan sekarang. From when; default now."
    )
    within: dt.timedelta = strawberry.field(
        default=dt.timedelta(hours=2),
        description="Selama, paling lama P7D; akhirnya tidak termasuk. For how long, at most P7D; "
        "the end is excluded.",
    )
    line_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Koridor ini saja. These lines only."
    )
    modes: list[ports.TransitMode] | None = strawberry.field(
        default=None, description="Moda ini saja. These modes only."
    )
    towards: strawberry.ID | None = strawberry.field(
        default=None,
        description="Yang kemudian berhenti di sini. Only trips that later call at this stop.",
    )
    include_canceled: bool = strawberry.field(
        default=True, description="Termasuk yang dibatalkan. Cancelled ones too."
    )
    per_line: int | None = strawberry.field(
        default=None, description="Paling banyak per koridor. At most so many of each line."
    )
    first: int = strawberry.field(default=20, description="Banyaknya, 1 sampai 500. How many.")
    after: str | None = strawberry.field(
        default=None, description="`nextCursor` papan sebelumnya. The board before."
    )


@strawberry.type
class DepartureQuery:
    @strawberry.field(
        description="Papan keberangkatan dari satu atau beberapa halte, bus dan kereta menyatu. A "
        "board over one or more stops, sorted by the time the vehicle is expected to leave."
    )
    async def departures(self, info: Info, board: BoardInput) -> DepartureBoard | None:
        return show(await resolve.board(info.context, board))  # type: ignore[no-any-return]
