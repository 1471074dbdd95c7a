"""Repeating moments: RFC 5545 recurrence rules, expanded in bounded time.

A rule is walked period by period (year, month, week, day, hour, minute, second) on the wall clock
of its own zone. Without COUNT the walk begins near the window that is asked for, however long ago
the rule began; and a walk that examines too much is given up with `TooCostly`, so that no rule,
not even one that never matches, can keep the gateway busy.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum
from itertools import product
from zoneinfo import ZoneInfo

MAX_STEPS = 100_000
"""The most days and periods one walk examines to find the next moment."""

MAX_WORK = 2 * MAX_STEPS
"""The most days, periods and moments one walk examines in all."""

MAX_LENGTH = 500
"""The longest rule that is read, in characters."""

MARGIN = timedelta(hours=3)
"""More than any clock of our time is put forward or back."""


class TooCostly(ValueError):
    """A rule cannot be expanded within bounds."""


class Frequency(IntEnum):
    YEARLY = 0
    MONTHLY = 1
    WEEKLY = 2
    DAILY = 3
    HOURLY = 4
    MINUTELY = 5
    SECONDLY = 6


_UNIT = {Frequency.HOURLY: 3600, Frequency.MINUTELY: 60, Frequency.SECONDLY: 1}
_WEEKDAYS = {"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}
_BY_DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,9}", re.ASCII)
_UNTIL = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?", re.ASCII)
_NUMBERS = {
    "BYMONTH": (1, 12, False),
    "BYWEEKNO": (1, 53, True),
    "BYYEARDAY": (1, 366, True),
    "BYMONTHDAY": (1, 31, True),
    "BYHOUR": (0, 23, False),
    "BYMINUTE": (0, 59, False),
    "BYSECOND": (0, 60, False),
    "BYSETPOS": (1, 366, True),
}
_KNOWN = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", *_NUMBERS}


@dataclass(frozen=True, slots=True)
class Rule:
    """One RRULE. `until` is inclusive; without a zone it is on the rule's own wall clock."""

    freq: Frequency
    interval: int = 1
    count: int | None = None
    until: datetime | None = None
    week_start: int = 0
    by_month: tuple[int, ...] = ()
    by_week_no: tuple[int, ...] = ()
    by_year_day: tuple[int, ...] = ()
    by_month_day: tuple[int, ...] = ()
    by_day: tuple[tuple[int, int], ...] = ()
    """(ordinal, weekday); ordinal 0 is every such weekday."""
    by_hour: tuple[int, ...] = ()
    by_minute: tuple[int, ...] = ()
    by_second: tuple[int, ...] = ()
    by_set_pos: tuple[int, ...] = ()


# ------------------------------------------------------------------------------- reading


def read_rule(text: str) -> Rule:
    """The rule written in `text`, e.g. `FREQ=WEEKLY;BYDAY=SA`. Raises ValueError naming the part."""
    if len(text) > MAX_LENGTH:
        raise ValueError(f"a recurrence rule may have {MAX_LENGTH} characters at most")
    parts: dict[str, str] = {}
    for part in text.strip().upper().removeprefix("RRULE:").rstrip(";").split(";"):
        name, equals, value = part.partition("=")
        if not equals or name not in _KNOWN or name in parts:
            raise ValueError(f"recurrence rule: {part[:40]!r} is unknown, empty or said twice")
        parts[name] = value
    if parts.get("FREQ") not in Frequency.__members__:
        raise ValueError(f"recurrence rule: FREQ must be one of {', '.join(Frequency.__members__)}")
    if "COUNT" in parts and "UNTIL" in parts:
        raise ValueError("recurrence rule: COUNT and UNTIL exclude each other")
    if "WKST" in parts and parts["WKST"] not in _WEEKDAYS:
        raise ValueError(f"recurrence rule: WKST={parts['WKST'][:10]!r} is no weekday")
    numbers = {
        name.lower().replace("by", "by_", 1): _numbers(name, parts[name])
        for name in _NUMBERS
        if name in parts
    }
    for glued, name in _FIELDS.items():
        if glued in numbers:
            numbers[name] = numbers.pop(glued)
    if "by_second" in numbers:  # a leap second is celebrated one second early
        numbers["by_second"] = tuple(sorted({min(59, second) for second in numbers["by_second"]}))
    return Rule(
        freq=Frequency[parts["FREQ"]],
        interval=_positive("INTERVAL", parts.get("INTERVAL", "1")),
        count=_positive("COUNT", parts["COUNT"]) if "COUNT" in parts else None,
        until=_until(parts["UNTIL"]) if "UNTIL" in parts else None,
        week_start=_WEEKDAYS[parts.get("WKST", "MO")],
        by_day=_days(parts["BYDAY"]) if "BYDAY" in parts else (),
        **numbers,
    )


_FIELDS = {
    "by_weekno": "by_week_no",
    "by_yearday": "by_year_day",
    "by_monthday": "by_month_day",
    "by_setpos": "by_set_pos",
}


def _numbers(name: str, text: str) -> tuple[int, ...]:
    low, high, signed = _NUMBERS[name]
    found = set()
    for word in text.split(","):
        number = int(word) if _NUMBER.fullmatch(word) else None
        if number is None or not low <= (abs(number) if signed else number) <= high:
            raise ValueError(f"recurrence rule: {name} holds {word[:20]!r}, out of {low} to {high}")
        found.add(number)
    return tuple(sorted(found))


def _positive(name: str, text: str) -> int:
    number = int(text) if _NUMBER.fullmatch(text) else 0
    if number < 1:
        raise ValueError(f"recurrence rule: {name} must be a positive number, not {text[:20]!r}")
    return number


def _days(text: str) -> tuple[tuple[int, int], ...]:
    found = []
    for word in text.split(","):
        match = _BY_DAY.fullmatch(word)
        ordinal = int(match[1] or 0) if match else 99
        if match is None or abs(ordinal) > 53 or (match[1] and not ordinal):
            raise ValueError(f"recurrence rule: BYDAY holds {word[:20]!r}, which is no weekday")
        found.append((ordinal, _WEEKDAYS[match[2]]))
    return tuple(found)


def _until(text: str) -> datetime:
    match = _UNTIL.fullmatch(text)
    if match is None:
        raise ValueError(f"recurrence rule: UNTIL={text[:20]!r} is no date")
    try:
        day = date.fromisoformat(match[1])
        # A bare date includes its whole day.
        clock = time.fromisoformat(match[2] or "235959")
    except ValueError as error:
        raise ValueError(f"recurrence rule: UNTIL={text[:20]!r}: {error}") from error
    return datetime.combine(day, clock, UTC if match[3] else None)


# ------------------------------------------------------------------------------- expanding


def moments(
    rule: Rule, first: datetime, zone: ZoneInfo, *, start: datetime, end: datetime
) -> Iterator[datetime]:
    """The rising moments of a rule from `start` (included) to `end` (not), all with a zone.

    `first` is the moment the rule begins with. Raises TooCostly when finding the next one takes
    more than MAX_STEPS, or all of them more than MAX_WORK: a rule with a COUNT is walked from its
    beginning, however long ago. The number of moments is for the caller to bound.
    """
    opening = first.astimezone(zone).replace(tzinfo=None)
    until = rule.until
    if until is not None and until.tzinfo is not None:
        until = until.astimezone(zone).replace(tzinfo=None)
    # No clock is put back by more than the margin; the exact test of each moment follows.
    near = start.astimezone(zone).replace(tzinfo=None) - MARGIN
    last = end.astimezone(zone).replace(tzinfo=None) + MARGIN
    last = last if until is None else min(last, until)
    left = rule.count
    for wall in _Walk(rule, opening, near if left is None else opening, last):
        if left is not None:
            if not left:
                return
            left -= 1
        moment = wall.replace(tzinfo=zone)
        if moment >= end:
            return
        if moment >= start:
            yield moment


class _Walk:
    """The wall-clock moments of a rule, from about `near` to `last`, included."""

    def __init__(self, rule: Rule, first: datetime, near: datetime, last: datetime) -> None:
        self.first = first
        self.last = last
        self.near = max(near, first)
        self.steps = 0
        self.work = 0
        self.freq = rule.freq
        self.rule = rule
        silent = not (rule.by_week_no or rule.by_year_day or rule.by_month_day or rule.by_day)
        yearly, monthly = rule.freq is Frequency.YEARLY, rule.freq is Frequency.MONTHLY
        # What a rule leaves open, its first moment says.
        self.months = rule.by_month or ((first.month,) if silent and yearly else ())
        self.month_days = rule.by_month_day or (
            (first.day,) if silent and (yearly or monthly) else ()
        )
        weekly = silent and rule.freq is Frequency.WEEKLY
        self.days = rule.by_day or (((0, first.weekday()),) if weekly else ())
        self.hours = rule.by_hour or (first.hour,)
        self.minutes = rule.by_minute or (first.minute,)
        self.seconds = rule.by_second or (first.second,)

    def __iter__(self) -> Iterator[datetime]:
        for chosen in self._sets():
            for moment in self._picked(chosen):
                if moment > self.last:
                    return
                self._worked()
                if moment >= self.first:
                    self.steps = 0
                    yield moment

    def _step(self) -> None:
        self._worked()
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise TooCostly(f"a recurrence rule has no occurrence within {MAX_STEPS} steps")

    def _worked(self) -> None:
        self.work += 1
        if self.work > MAX_WORK:
            raise TooCostly(f"a recurrence rule takes more than {MAX_WORK} steps")

    def _picked(self, chosen: list[datetime]) -> list[datetime]:
        places = self.rule.by_set_pos
        if not places:
            return chosen
        size = len(chosen)
        at = {place - 1 if place > 0 else size + place for place in places}
        return [chosen[index] for index in sorted(at) if 0 <= index < size]

    def _sets(self) -> Iterator[list[datetime]]:
        """Per period, in order, the moments the rule names in it."""
        if self.freq in _UNIT:
            yield from self._clock_sets()
            return
        clocks = [time(*clock) for clock in sorted(product(self.hours, self.minutes, self.seconds))]
        for days in self._periods():
            fitting = (day for day in days if self._fits(day))
            if not self.rule.by_set_pos:
                for day in fitting:  # one by one: a year of every second would fill the memory
                    yield [datetime.combine(day, clock) for clock in clocks]
                continue
            chosen = list(fitting)
            if len(chosen) * len(clocks) > MAX_STEPS:
                raise TooCostly(f"a recurrence rule has more than {MAX_STEPS} moments in a period")
            yield [datetime.combine(day, clock) for day in chosen for clock in clocks]

    def _periods(self) -> Iterator[list[date]]:
        """The days of each period whose turn it is, from the one around `near` on."""
        interval, first, near = self.rule.interval, self.first.date(), self.near.date()
        last = self.last.date()
        if self.freq is Frequency.YEARLY:
            skipped = max(0, near.year - first.year) // interval
            for year in range(first.year + skipped * interval, last.year + 1, interval):
                months = self.months or range(1, 13)
                yield [day for month in months for day in _month(year, month)]
        elif self.freq is Frequency.MONTHLY:
            origin = first.year * 12 + first.month - 1
            skipped = max(0, near.year * 12 + near.month - 1 - origin) // interval
            until = last.year * 12 + last.month
            for month in range(origin + skipped * interval, until, interval):
                self._step()
                yield _month(month // 12, month % 12 + 1)
        else:
            span = 7 if self.freq is Frequency.WEEKLY else 1
            back = (first.weekday() - self.rule.week_start) % 7 if span == 7 else 0
            origin = first.toordinal() - back
            width = interval * span
            skipped = max(0, near.toordinal() - origin) // width
            for day in range(origin + skipped * width, last.toordinal() + 1, width):
                yield [
                    date.fromordinal(one)
                    for one in range(day, day + span)
                    if 1 <= one <= date.max.toordinal()
                ]

    def _clock_sets(self) -> Iterator[list[datetime]]:
        unit, rule = _UNIT[self.freq], self.rule
        width = unit * rule.interval
        origin = self.first.replace(second=0 if unit > 1 else self.first.second)
        origin = origin.replace(minute=0) if unit > 60 else origin
        turn = max(0, _seconds(self.near - origin) // width)
        while (begin := _after(origin, turn * width)) is not None and begin <= self.last:
            self._step()
            # What does not fit is left by the largest stride that cannot skip anything.
            if not self._fits(begin.date()):
                stride = 86400 - begin.hour * 3600 - begin.minute * 60 - begin.second
            elif rule.by_hour and begin.hour not in rule.by_hour:
                stride = 3600 - begin.minute * 60 - begin.second
            elif unit < 3600 and rule.by_minute and begin.minute not in rule.by_minute:
                stride = 60 - begin.second
            elif unit < 60 and rule.by_second and begin.second not in rule.by_second:
                stride = 1
            else:
                stride = 1
                minutes = self.minutes if unit == 3600 else (begin.minute,)
                seconds = self.seconds if unit > 1 else (begin.second,)
                yield [
                    begin.replace(minute=minute, second=second)
                    for minute, second in product(minutes, seconds)
                ]
            turn += -(-stride // width)

    def _fits(self, day: date) -> bool:
        """Whether the rule's limits on days leave this one."""
        self._step()
        rule = self.rule
        if self.months and day.month not in self.months:
            return False
        if rule.by_week_no and not _in_weeks(day, rule.by_week_no, rule.week_start):
            return False
        if rule.by_year_day:
            number, length = day.timetuple().tm_yday, 366 if calendar.isleap(day.year) else 365
            if number not in rule.by_year_day and number - length - 1 not in rule.by_year_day:
                return False
        if self.month_days:
            length = calendar.monthrange(day.year, day.month)[1]
            if day.day not in self.month_days and day.day - length - 1 not in self.month_days:
                return False
        return not self.days or any(self._is(day, *one) for one in self.days)

    def _is(self, day: date, ordinal: int, weekday: int) -> bool:
        if day.weekday() != weekday:
            return False
        if not ordinal or self.freq > Frequency.MONTHLY:
            return True
        if self.freq is Frequency.YEARLY and not self.months:
            number, length = day.timetuple().tm_yday, 366 if calendar.isleap(day.year) else 365
        else:
            number, length = day.day, calendar.monthrange(day.year, day.month)[1]
        if ordinal > 0:
            return (number - 1) // 7 + 1 == ordinal
        return (length - number) // 7 + 1 == -ordinal


def _month(year: int, month: int) -> list[date]:
    return [date(year, month, day) for day in range(1, calendar.monthrange(year, month)[1] + 1)]


def _seconds(span: timedelta) -> int:
    return span.days * 86400 + span.seconds


def _after(origin: datetime, seconds: int) -> datetime | None:
    try:
        return origin + timedelta(seconds=seconds)
    except OverflowError:
        return None


def _in_weeks(day: date, weeks: tuple[int, ...], week_start: int) -> bool:
    """Whether the day's week, by weeks that begin on `week_start`, is one of these."""
    opening = day.toordinal() - (day.weekday() - week_start) % 7
    # A week belongs to the year that has at least four of its days.
    year = date.fromordinal(max(1, min(opening + 3, date.max.toordinal()))).year
    one = _first_week(year, week_start)
    number = (opening - one) // 7 + 1
    count = (_first_week(year + 1, week_start) - one) // 7
    return number in weeks or number - count - 1 in weeks


def _first_week(year: int, week_start: int) -> int:
    fourth = date(min(year, 9999), 1, 4)
    return fourth.toordinal() - (fourth.weekday() - week_start) % 7
