"""Opening hours (jam buka): OpenStreetMap's notation read and evaluated, in the city's zone.

What cannot be read is unknown, never "closed". Nothing is looked for beyond ten years.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

import opening_hours

from connectors.ports.common import GeoPoint, Span, Text, must_text
from resolvers.problems import bad_input

LONGEST = 255
"""Characters: what OpenStreetMap allows in a tag."""

MOST_DAYS = 31
FIRST_YEAR, LAST_YEAR = 1970, 2199

COUNTRY = "ID"
_HORIZON_DAYS = 3_660

HOLIDAYS: tuple[tuple[str, Text], ...] = (
    ("Jan 01", must_text("Tahun Baru Masehi", "New Year's Day")),
    ("May 01", must_text("Hari Buruh Internasional", "International Labour Day")),
    ("Jun 01", must_text("Hari Lahir Pancasila", "Pancasila Day")),
    ("Aug 17", must_text("Hari Kemerdekaan Republik Indonesia", "Independence Day")),
    ("Dec 25", must_text("Hari Raya Natal", "Christmas Day")),
    ("easter -2 days", must_text("Wafat Yesus Kristus", "Good Friday")),
    ("easter", must_text("Kebangkitan Yesus Kristus (Paskah)", "Easter Sunday")),
    ("easter +39 days", must_text("Kenaikan Yesus Kristus", "Ascension Day")),
)
"""National holidays whose day is known for every year. Those counted by the moon are set anew each
year by decree; no source of the city states them, so they are not named and `PH` misses them."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours as a source states them, and where and in which zone they hold."""

    raw: str
    zone: tzinfo
    point: GeoPoint | None = None
    """For hours that follow the sun."""


@dataclass(frozen=True, slots=True)
class Day:
    """One day: when it is open. A span belongs to the day on which it begins."""

    date: date
    spans: tuple[Span, ...]
    holiday: Text | None


def of(raw: str | None, zone: tzinfo, point: GeoPoint | None = None) -> Hours | None:
    """The opening hours, None where nobody stated any."""
    return None if raw is None else Hours(raw, zone, point)


def is_open(hours: Hours, at: datetime) -> bool | None:
    """Whether it is open at a moment; None when the hours do not say or cannot be read."""
    return open_at(hours.raw, at, hours.zone, hours.point)


def open_at(raw: str, at: datetime, zone: tzinfo, point: GeoPoint | None = None) -> bool | None:
    """The same for hours as written."""
    rules = _rules(raw, zone, point)
    if rules is None or not _in_range(at.date()):
        return None
    state = rules.state(at.astimezone(zone))[0]
    if state == opening_hours.State.UNKNOWN:
        return None
    return bool(state == opening_hours.State.OPEN)


def next_change(hours: Hours, at: datetime) -> datetime | None:
    """When it opens or closes next; None when never within ten years or not known."""
    rules = _rules(hours.raw, hours.zone, hours.point)
    if rules is None or not _in_range(at.date()):
        return None
    return rules.next_change(at.astimezone(hours.zone))


def days(hours: Hours, start: date, count: int) -> list[Day] | None:
    """Day by day from `start`; None when the hours cannot be read.

    Raises BAD_INPUT for a count beyond 1 to 31 and for years beyond 1970 to 2199.
    """
    if not 1 <= count <= MOST_DAYS:
        raise bad_input(f"`count` must be from 1 to {MOST_DAYS}, not {count}.")
    if not _in_range(start):
        raise bad_input(f"`from` must be in {FIRST_YEAR} to {LAST_YEAR}, not {start}.")
    rules = _rules(hours.raw, hours.zone, hours.point)
    if rules is None:
        return None
    dates = [start + timedelta(days=number) for number in range(count)]
    spans: dict[date, list[Span]] = {day: [] for day in dates}
    # One day earlier, so that what began last night is seen whole; one later, to see where
    # what begins in the last night ends.
    first, last = start - timedelta(days=1), start + timedelta(days=count + 1)
    for begin, end in _open(rules, first, last, hours.zone):
        for day, span in _pieces(begin, end):
            if day in spans:
                spans[day].append(span)
    return [Day(day, tuple(spans[day]), holiday(day, hours.zone)) for day in dates]


def holiday(day: date, zone: tzinfo) -> Text | None:
    """The name of the national holiday on a day, None when there is none that we know."""
    noon = datetime.combine(day, time(12), zone)
    for rule, name in HOLIDAYS:
        rules = _rules(rule, zone, None)
        if rules is not None and rules.is_open(noon):
            return name
    return None


def _in_range(day: date) -> bool:
    return FIRST_YEAR <= day.year <= LAST_YEAR


@lru_cache(maxsize=1_024)
def _rules(raw: str, zone: tzinfo, point: GeoPoint | None) -> opening_hours.OpeningHours | None:
    """The hours, read; None when they cannot be. Bounded: callers cannot fill the memory."""
    if not isinstance(zone, ZoneInfo):
        raise TypeError(f"the city's zone must be an IANA zone, not {zone!r}")
    if len(raw) > LONGEST:
        return None
    try:
        return opening_hours.OpeningHours(
            raw,
            timezone=zone,
            country=COUNTRY,
            coords=(point.lat, point.lng) if point else None,
            max_interval_days=_HORIZON_DAYS,
        )
    except (opening_hours.ParserError, ValueError):  # type: ignore[attr-defined] # not in its stub
        return None  # ValueError: text that is not Unicode


def _open(
    rules: opening_hours.OpeningHours, first: date, last: date, zone: tzinfo
) -> list[tuple[datetime, datetime]]:
    """Open intervals by the clock on the wall, those that touch made one."""
    midnight = time(0)
    found: list[tuple[datetime, datetime]] = []
    bounds = (datetime.combine(first, midnight, zone), datetime.combine(last, midnight, zone))
    for begin, end, state, _ in rules.intervals(*bounds):
        if state != opening_hours.State.OPEN:
            continue
        on, off = begin.replace(tzinfo=None), end.replace(tzinfo=None)
        if found and found[-1][1] == on:
            found[-1] = (found[-1][0], off)
        else:
            found.append((on, off))
    return found


def _pieces(begin: datetime, end: datetime) -> list[tuple[date, Span]]:
    """An interval as spans of single days: up to 24 hours stay whole, longer ones end at midnight."""
    found = []
    while begin < end:
        midnight = datetime.combine(begin.date() + timedelta(days=1), time(0))
        until = end if end - begin < timedelta(days=1) else min(midnight, end)
        span = Span(f"{begin:%H:%M}", f"{until:%H:%M}", ends_next_day=until.date() > begin.date())
        found.append((begin.date(), span))
        begin = until
    return found
