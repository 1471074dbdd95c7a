"""Opening hours in the graph."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import strawberry

from connectors.ports import common as ports
from resolvers import hours as resolve
from resolvers.context import picked
from schema.common import Info, plain_field, show, shows
from schema.scalars import LocalTime


@strawberry.type(description="Rentang jam buka. One span of time in which it is open.")
class OpeningSpan:
    is_type_of = shows(ports.Span)

    @strawberry.field(name="from", description="Mulai, jam dinding. When it opens.")
    def start(self) -> LocalTime:
        return LocalTime(show(self).start)

    @strawberry.field(
        description="Selesai; 00:00 dengan `endsNextDay` berarti tengah malam. When it closes; "
        "00:00 with `endsNextDay` is midnight."
    )
    def to(self) -> LocalTime:
        return LocalTime(show(self).end)

    ends_next_day: bool = plain_field("Selesai esok harinya. It closes on the next day.")


@strawberry.type(description="Jam buka satu hari. Opening hours of one day.")
class OpeningDay:
    is_type_of = shows(resolve.Day)
    date: dt.date = plain_field("Tanggal. The day.")
    spans: list[OpeningSpan] = plain_field(
        "Rentang buka yang mulai hari itu; kosong berarti tutup. Spans that begin on the day; "
        "empty means closed."
    )

    @strawberry.field(
        description="Hari libur nasional, hanya yang tanggalnya tetap atau mengikuti Paskah. Public "
        "holiday; those set anew each year by decree are not known."
    )
    def holiday(self, info: Info) -> str | None:
        return picked(show(self).holiday, info.context.lang_at(info.path))


@strawberry.type(
    description="Jam buka menurut kalender OpenStreetMap. Opening hours; what cannot be read is "
    "unknown, never closed."
)
class OpeningHours:
    is_type_of = shows(resolve.Hours)
    raw: str | None = plain_field("Notasi OpenStreetMap. In OpenStreetMap's notation.")

    @strawberry.field(
        description="Apakah buka pada saat itu, bawaan sekarang; null bila tidak diketahui. Whether "
        "it is open then, by default now; null when not known."
    )
    def open_at(self, info: Info, at: dt.datetime | None = None) -> bool | None:
        return resolve.is_open(show(self), at or info.context.now())

    @strawberry.field(
        description="Kapan buka atau tutup berikutnya; null bila tidak pernah atau tidak diketahui. "
        "When it opens or closes next; null when never within ten years, or not known."
    )
    def next_change(self, info: Info, at: dt.datetime | None = None) -> dt.datetime | None:
        return resolve.next_change(show(self), at or info.context.now())

    @strawberry.field(
        description="Hari demi hari, bawaan mulai hari ini; 1 sampai 31 hari; null bila tidak "
        "terbaca. Day by day, by default from today; null when the hours cannot be read."
    )
    def days(
        self,
        info: Info,
        start: Annotated[dt.date | None, strawberry.argument(name="from")] = None,
        count: int | None = 7,
    ) -> list[OpeningDay] | None:
        first = start or info.context.now().astimezone(info.context.zone).date()
        return show(resolve.days(show(self), first, 7 if count is None else count))  # type: ignore[no-any-return]
