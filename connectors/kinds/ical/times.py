"""Times of a calendar: days and moments, spans, and lists of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar.prop import vDuration

from connectors.errors import Unreadable
from connectors.kinds.ical.lines import Line
from connectors.kinds.ical.zones import Zones

FIRST_YEAR, LAST_YEAR = 1900, 2199
"""What lies outside is a mistake of whoever wrote it."""
MOST_TIMES = 5_000
"""Of the dates added to an event or taken from it."""

_BASIC = re.compile(r"(\d{8})T(\d{4})(\d\d)?(Z?)", re.ASCII)


@dataclass(frozen=True, slots=True)
class When:
    """A moment, or midnight of a day in the city's zone."""

    moment: datetime
    is_day: bool
    zone: ZoneInfo

    @property
    def wall(self) -> datetime:
        """As the clock on the wall shows it."""
        return self.moment.replace(tzinfo=None)


def read_time(
    line: Line, zones: Zones, text: str | None = None, *, beside: When | None = None
) -> When:
    """The time of a line. One that names no zone is in that of the time `beside` it.

    Raises Unreadable.
    """
    text = (line.value if text is None else text).strip()
    try:
        if len(text) == 8 and text.isdecimal():
            return _day(date.fromisoformat(text), zones)
        found = _moment(text)
    except ValueError:
        raise Unreadable(f"{line.name} is no time: {text[:40]!r}", column=line.name) from None
    if not isinstance(found, datetime):
        return _day(found, zones)
    if line.params.get("VALUE", "").upper() == "DATE":
        return _day(found.date(), zones)
    _check(found.year)
    if found.tzinfo is UTC:
        return When(found, is_day=False, zone=ZoneInfo("UTC"))
    if found.tzinfo is not None:
        return When(found.astimezone(zones.city), is_day=False, zone=zones.city)
    tzid = line.params.get("TZID", "")
    if tzid:
        zone = zones.named(tzid)
    else:  # many name the zone of the beginning only
        zone = beside.zone if beside and not beside.is_day else zones.floating
    return When(found.replace(tzinfo=zone), is_day=False, zone=zone)


def read_times(line: Line, zones: Zones, beside: When) -> Iterator[When]:
    """The times of a list; of a period its beginning. Raises Unreadable."""
    for number, text in enumerate(line.value.split(",")):
        if number == MOST_TIMES:
            raise Unreadable(f"{line.name} holds more than {MOST_TIMES} times", column=line.name)
        if text.strip():
            yield read_time(line, zones, text.partition("/")[0], beside=beside)


def read_span(line: Line) -> timedelta:
    """A DURATION. Raises Unreadable."""
    try:
        span = vDuration.from_ical(line.value.strip().upper())  # type: ignore[no-untyped-call]
    except (ValueError, OverflowError):
        raise Unreadable(f"{line.name} is no duration", column=line.name) from None
    if not isinstance(span, timedelta) or not timedelta(0) <= span <= timedelta(days=3660):
        raise Unreadable(f"{line.name} is not between 0 and ten years", column=line.name)
    return span


def later(start: datetime, span: timedelta) -> datetime:
    """So much later: days by the calendar, the rest by the clock, however long a day is."""
    days = start + timedelta(days=span.days)
    rest = span - timedelta(days=span.days)
    return (days.astimezone(UTC) + rest).astimezone(start.tzinfo)


def read_stamp(line: Line | None) -> datetime | None:
    """A moment of Greenwich such as LAST-MODIFIED; None when it is none."""
    if line is None:
        return None
    try:
        found = _moment(line.value.strip())
    except ValueError:
        return None
    if not isinstance(found, datetime) or not FIRST_YEAR <= found.year <= LAST_YEAR:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _day(day: date, zones: Zones) -> When:
    _check(day.year)
    return When(datetime.combine(day, time(), zones.city), is_day=True, zone=zones.city)


def _check(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Unreadable(f"the year {year} is not from {FIRST_YEAR} to {LAST_YEAR}")


def _moment(text: str) -> date | datetime:
    """Basic format, as the standard has it, or the extended one, as many write."""
    match = _BASIC.fullmatch(text)
    if match is None:
        if len(text) < 10 or text[4] != "-":
            raise ValueError(text)
        if len(text) == 10:
            return date.fromisoformat(text)
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.utcoffset() == timedelta(0) else found
    second = min(int(match[3] or 0), 59)  # a leap second is celebrated one second early
    found = datetime.fromisoformat(f"{match[1]}T{match[2]}{second:02d}")
    return found.replace(tzinfo=UTC) if match[4] else found
