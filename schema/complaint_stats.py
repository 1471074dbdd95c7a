"""Figures of complaints in the graph."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import strawberry
from strawberry.types.nodes import SelectedField, Selection

from connectors.ports import complaint_stats as ports
from schema.common import Info, plain_field, shows


@strawberry.type(description="Statistik satu kelompok pengaduan. Figures of one group.")
class ComplaintStatRow:
    is_type_of = shows(ports.StatsRow)
    keys: list[str] = plain_field(
        "Nilai `groupBy` sesuai urutannya: nama enum, kode OPD, topik, atau wilayah; teks kosong "
        "bila tidak ada. One per dimension: enum name or code; empty text where there is none."
    )
    period_start: date | None = plain_field(
        "Hari pertama selang waktu. First day of the interval; null without `interval`."
    )
    count: int = plain_field("Jumlah pengaduan. How many.")
    open: int = plain_field("Belum selesai. Still open.")
    overdue: int = plain_field("Belum selesai dan lewat tenggat. Open past their due time.")
    with_proof: int = plain_field("Dengan bukti pekerjaan. With proof of the work.")
    median_time_to_forward: timedelta | None = plain_field(
        "Median waktu sampai diteruskan. Median time until forwarded; null when none was, or when "
        "several sources count in the group."
    )
    median_time_to_resolve: timedelta | None = plain_field(
        "Median waktu sampai selesai. Median time until resolved; null as above."
    )
    sla_met_ratio: float | None = plain_field(
        "Bagian yang selesai sebelum tenggat, 0 sampai 1. Share resolved in time, of those resolved "
        "that had a due time."
    )
    mean_stars: float | None = plain_field("Rata-rata bintang. Mean of the stars given, 1 to 5.")


@strawberry.type(description="Statistik pengaduan. Figures of complaints.")
class ComplaintStats:
    is_type_of = shows(ports.Stats)
    total: int = plain_field("Jumlah semua kelompok. All groups together.")
    rows: list[ComplaintStatRow] = plain_field(
        "Kelompok menurut waktu lalu nilai. Groups by period, then keys."
    )
    as_of: datetime = plain_field("Per waktu. When they were worked out.")


_MEDIANS = {"medianTimeToForward", "medianTimeToResolve"}


def medians_asked(info: Info) -> bool:
    """Whether a median is selected below this field; only then it is worked out."""
    return any(map(_has_median, info.selected_fields))


def _has_median(selection: Selection) -> bool:
    if isinstance(selection, SelectedField) and selection.name in _MEDIANS:
        return True
    return any(map(_has_median, selection.selections))
