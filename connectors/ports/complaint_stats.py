"""Counting complaints: by which dimensions, over which intervals, and what each group is worth."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

MOST_ROWS = 5_000
"""The most groups one answer may have; a source gives one more to say that there are more."""

NONE = ""
"""The key of complaints that have no value in a dimension."""


class ComplaintDimension(Enum):
    STATUS = "STATUS"
    LIGHT = "LIGHT"
    DEPARTMENT = "DEPARTMENT"
    CATEGORY = "CATEGORY"
    KECAMATAN = "KECAMATAN"
    KELURAHAN = "KELURAHAN"
    CHANNEL = "CHANNEL"


class StatInterval(Enum):
    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"


@dataclass(frozen=True, slots=True)
class StatsQuestion:
    """How complaints are to be grouped, by the time they were sent.

    `utc_offset` is that of the city, the same all year, as everywhere in Indonesia.
    """

    group_by: tuple[ComplaintDimension, ...]
    interval: StatInterval | None = None
    utc_offset: timedelta = timedelta(hours=7)
    medians: bool = True
    """Whether the two medians are wanted. They are all that needs every duration in order, so a
    source spares itself that when they are not, and leaves them None."""


@dataclass(frozen=True, slots=True)
class StatsRow:
    """One group. Sums and counts are kept apart, so that groups of several sources can be added.

    Medians are exact: the middle value, or the mean of the two in the middle; None when they
    were not asked for.
    """

    keys: tuple[str, ...]
    """One per dimension, in the order asked for: names of the enums, codes of departments,
    categories and areas, `NONE` where a complaint has none."""
    period_start: date | None
    """First day of the interval, on the city's calendar; weeks begin on Monday."""
    count: int
    open: int
    overdue: int
    with_proof: int
    median_to_forward: timedelta | None
    median_to_resolve: timedelta | None
    met: int
    """Resolved by the time they were due."""
    due_and_resolved: int
    """Resolved ones that had a due time."""
    stars: int
    """Sum of the stars given."""
    rated: int
    """How many were given stars."""

    @property
    def median_time_to_forward(self) -> timedelta | None:
        return self.median_to_forward

    @property
    def median_time_to_resolve(self) -> timedelta | None:
        return self.median_to_resolve

    @property
    def sla_met_ratio(self) -> float | None:
        """Share of resolved complaints with a due time that made it; None when there is none."""
        return self.met / self.due_and_resolved if self.due_and_resolved else None

    @property
    def mean_stars(self) -> float | None:
        """Mean of the stars given; None when nobody gave any."""
        return self.stars / self.rated if self.rated else None


@dataclass(frozen=True, slots=True)
class Stats:
    """Groups in the order of their periods, then their keys by code point."""

    rows: tuple[StatsRow, ...]
    as_of: datetime

    @property
    def total(self) -> int:
        """How many complaints were counted."""
        return sum(row.count for row in self.rows)


def row_order(row: StatsRow) -> tuple[Any, ...]:
    """What sorts rows: period, then keys."""
    return (row.period_start or date.min, row.keys)


def in_row_order(rows: Iterable[StatsRow]) -> tuple[StatsRow, ...]:
    """The rows by period, then keys."""
    return tuple(sorted(rows, key=row_order))


def period_start(moment: datetime, interval: StatInterval, utc_offset: timedelta) -> date:
    """The first day of the interval a moment falls into, on the calendar of that offset.

    >>> from datetime import UTC
    >>> sunday_evening = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)  # Monday 01:00 in Tangerang
    >>> period_start(sunday_evening, StatInterval.WEEK, timedelta(hours=7))
    datetime.date(2026, 11, 23)
    """
    offset = moment.utcoffset()
    if offset is None:
        message = "a moment without a zone has no day"
        raise ValueError(message)
    day = (moment.replace(tzinfo=None) - offset + utc_offset).date()
    if interval is StatInterval.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if interval is StatInterval.MONTH else day


def median(values: Sequence[int]) -> timedelta | None:
    """The median of whole seconds."""
    if not values:
        return None
    ordered = sorted(values)
    return between(ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2])


def between(lower: int | None, upper: int | None) -> timedelta | None:
    """Half way between the two middle values, in seconds; None without them."""
    return None if lower is None or upper is None else timedelta(seconds=lower + upper) / 2
