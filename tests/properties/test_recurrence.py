"""Repeating events: the rules of RFC 5545, worked by hand, against another reader, and in bounds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr  # type: ignore[import-untyped]  # it comes without types
from hypothesis import given
from hypothesis import strategies as st

from connectors.ports.common import Origin, SourceQuality, Window, must_text
from connectors.ports.events import Event, EventStatus, Occurrence, occurrences
from connectors.ports.recurrence import MAX_STEPS, TooCostly, moments, read_rule

JAKARTA = ZoneInfo("Asia/Jakarta")
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def days(rule: str, first: str, *, start: str = "1990-01-01", end: str = "2090-01-01") -> list[str]:
    """The first twelve days of a rule that begins at 09:00 in Jakarta."""

    def at(day: str) -> datetime:
        return datetime.combine(date.fromisoformat(day), datetime.min.time(), JAKARTA)

    found = moments(
        read_rule(rule), at(first) + timedelta(hours=9), JAKARTA, start=at(start), end=at(end)
    )
    return [moment.astimezone(JAKARTA).date().isoformat() for moment in islice(found, 12)]


@pytest.mark.parametrize(
    ("rule", "first", "expected"),
    [
        ("FREQ=DAILY;COUNT=3", "2026-12-30", ["2026-12-30", "2026-12-31", "2027-01-01"]),
        ("FREQ=DAILY;INTERVAL=10;UNTIL=20261120T020000Z", "2026-11-01",
         ["2026-11-01", "2026-11-11"]),
        ("FREQ=WEEKLY;BYDAY=MO,FR;COUNT=4", "2026-11-23",
         ["2026-11-23", "2026-11-27", "2026-11-30", "2026-12-04"]),
        ("FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=TU,SU;COUNT=4", "1997-08-05",
         ["1997-08-05", "1997-08-17", "1997-08-19", "1997-08-31"]),
        ("FREQ=WEEKLY;INTERVAL=2;WKST=MO;BYDAY=TU,SU;COUNT=4", "1997-08-05",
         ["1997-08-05", "1997-08-10", "1997-08-19", "1997-08-24"]),
        ("FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3", "2026-10-31",
         ["2026-10-31", "2026-12-31", "2027-01-31"]),
        ("FREQ=MONTHLY;BYDAY=-1FR;COUNT=2", "2026-11-27", ["2026-11-27", "2026-12-25"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2", "2026-11-30",
         ["2026-11-30", "2026-12-31"]),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;COUNT=2", "2024-02-29", ["2024-02-29", "2028-02-29"]),
        ("FREQ=YEARLY;BYDAY=20MO;COUNT=2", "1997-05-19", ["1997-05-19", "1998-05-18"]),
        ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;COUNT=2", "1997-05-12", ["1997-05-12", "1998-05-11"]),
        ("FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8;COUNT=2",
         "1996-11-05", ["1996-11-05", "2000-11-07"]),
        ("FREQ=YEARLY;BYYEARDAY=-1;COUNT=2", "2026-12-31", ["2026-12-31", "2027-12-31"]),
    ],
)  # fmt: skip
def test_rules_worked_by_hand(rule: str, first: str, expected: list[str]) -> None:
    assert days(rule, first) == expected


def test_a_rule_that_began_long_ago_is_entered_near_the_window() -> None:
    found = days("FREQ=DAILY;INTERVAL=3", "1900-01-01", start="2026-11-23", end="2026-12-01")
    # 1900-01-01 is day 693,596 and 2026-11-23 day 739,943: 46,347 days later, a multiple of 3.
    assert found == ["2026-11-23", "2026-11-26", "2026-11-29"]


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "FREQ=FORTNIGHTLY",
        "FREQ=DAILY;FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;COUNT=2;UNTIL=20270101",
        "FREQ=DAILY;UNTIL=tomorrow",
        "FREQ=DAILY;UNTIL=20261399",
        "FREQ=DAILY;BYHOUR=24",
        "FREQ=MONTHLY;BYDAY=0MO",
        "FREQ=MONTHLY;BYDAY=XX",
        "FREQ=DAILY;BYMONTH=1,,2",
        "FREQ=DAILY;WKST=DAY",
        "FREQ=DAILY;BYEASTER=1",
        "FREQ=DAILY;" + "BYMONTH=1," * 100,
    ],
)
def test_a_rule_that_is_none_is_refused(rule: str) -> None:
    with pytest.raises(ValueError, match="recurrence rule"):
        read_rule(rule)


@given(st.text(max_size=40) | st.text(st.sampled_from("FREQ=DAILY;COUNTBYSEOP,-123"), max_size=60))
def test_no_text_raises_anything_but_value_error(text: str) -> None:
    for rule in (text, f"FREQ=MONTHLY;{text}"):
        try:
            read_rule(rule)
        except ValueError:
            continue


# ------------------------------------------------------------------------------- another reader


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Rules whose meaning nobody disputes (BYWEEKNO round New Year, weekly BYSETPOS are left out)."""
    freq = draw(st.sampled_from(["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY"]))
    parts = [f"FREQ={freq}"]

    def some(name: str, values: list[Any], most: int) -> None:
        chosen = draw(st.none() | st.lists(st.sampled_from(values), min_size=1, max_size=most))
        if chosen:
            parts.append(f"{name}={','.join(map(str, dict.fromkeys(chosen)))}")

    interval = draw(st.sampled_from([1, 1, 2, 5]))
    parts.append(f"INTERVAL={interval}")
    if draw(st.booleans()):
        parts.append(f"COUNT={draw(st.integers(1, 20))}")
    some("BYMONTH", [1, 2, 6, 11, 12], 3)
    if freq != "WEEKLY":
        some("BYMONTHDAY", [1, 15, 29, 31, -1, -30], 2)
    if freq in ("YEARLY", "MONTHLY") and draw(st.booleans()):
        some("BYDAY", ["1MO", "-1SU", "2TU", "5FR"], 2)
    else:
        some("BYDAY", ["MO", "WE", "SU"], 3)
    if freq != "HOURLY":
        some("BYHOUR", [0, 7, 23], 2)
    if freq in ("YEARLY", "MONTHLY") and len(parts) > 3:
        some("BYSETPOS", [1, -1, 2], 1)
    return ";".join(parts)


@given(rules(), st.integers(0, 900), st.integers(-10, 500), st.integers(1, 400))
def test_moments_are_those_another_reader_finds(
    rule: str, begin: int, after: int, span: int
) -> None:
    first = datetime(2020, 1, 1, 7, 30, tzinfo=UTC) + begin * DAY
    start = first + after * DAY
    end = start + span * DAY

    def theirs() -> Iterator[datetime]:
        # Their reader never ends on a rule that never matches: it is stopped by UNTIL.
        bounded = rule if "COUNT" in rule else f"{rule};UNTIL={end:%Y%m%dT%H%M%SZ}"
        for moment in rrulestr(bounded, dtstart=first):
            if moment >= end:
                return
            if moment >= start:
                yield moment

    impossible = not any(_possible(rule, year) for year in range(2020, 2028))
    if impossible:
        return
    ours = moments(read_rule(rule), first, ZoneInfo("UTC"), start=start, end=end)
    assert list(islice(ours, 100)) == list(islice(theirs(), 100))


def _possible(rule: str, year: int) -> bool:
    """Whether some day of the year fits BYMONTH and BYMONTHDAY of a rule."""
    parts = dict(part.split("=") for part in rule.split(";"))
    if "BYMONTHDAY" not in parts:
        return True
    daily = f"FREQ=DAILY;BYMONTHDAY={parts['BYMONTHDAY']}"
    daily += f";BYMONTH={parts['BYMONTH']}" if "BYMONTH" in parts else ""
    start = datetime(year, 1, 1, tzinfo=UTC)
    return any(
        moments(read_rule(daily), start, ZoneInfo("UTC"), start=start, end=start + 366 * DAY)
    )


# ------------------------------------------------------------------------------- in bounds


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=3",
        "FREQ=SECONDLY;INTERVAL=999999999",
        "FREQ=YEARLY;INTERVAL=999999999",
    ],
)
def test_a_rule_that_never_matches_ends(rule: str) -> None:
    first = datetime(1990, 1, 1, tzinfo=UTC)
    assert list(moments(read_rule(rule), first, JAKARTA, start=NOW, end=NOW + 1000 * DAY)) == []


def test_a_search_without_end_is_given_up() -> None:
    rule = read_rule("FREQ=SECONDLY;INTERVAL=2;BYSECOND=1")
    first = datetime(2026, 1, 1, tzinfo=UTC)
    with pytest.raises(TooCostly, match=str(MAX_STEPS)):
        list(moments(rule, first, JAKARTA, start=NOW, end=NOW + 366 * DAY))


# ------------------------------------------------------------------------------- events


def event(starts_at: datetime, **rest: Any) -> Event:
    origin = Origin("acara", "1", NOW, NOW, SourceQuality.SAMPLE)
    return Event(origin, must_text("Contoh"), starts_at, **rest)


def test_a_called_off_day_is_shown_as_cancelled_and_a_cancelled_event_wholly() -> None:
    weekly = event(
        NOW,
        ends_at=NOW + timedelta(hours=2),
        recurrence="FREQ=WEEKLY",
        excluded=(NOW + 7 * DAY,),
        added=(NOW + DAY, NOW + 14 * DAY),
    )
    found = occurrences(weekly, Window(NOW, NOW + 15 * DAY), most=9)
    assert [(one.starts_at - NOW).days for one in found] == [0, 1, 7, 14]
    assert [one.cancelled for one in found] == [False, False, True, False]
    assert all(one.ends_at == one.starts_at + timedelta(hours=2) for one in found)
    off = event(NOW, status=EventStatus.CANCELLED)
    assert occurrences(off, Window(NOW, NOW + DAY), most=9) == [
        Occurrence(NOW, None, cancelled=True)
    ]


def test_whole_days_end_at_midnight_also_when_a_clock_changes() -> None:
    first = datetime(2026, 10, 24, tzinfo=BERLIN)
    daily = event(first, all_day=True, zone="Europe/Berlin", recurrence="FREQ=DAILY;COUNT=3")
    found = occurrences(daily, Window(first, first + 9 * DAY), most=9)
    spans = [one.ends_at.timestamp() - one.starts_at.timestamp() for one in found if one.ends_at]
    assert [span / 3600 for span in spans] == [24, 25, 24]
    assert {one.starts_at.astimezone(BERLIN).hour for one in found} == {0}


def test_what_repeats_keeps_its_wall_clock_time() -> None:
    first = datetime(2026, 10, 20, 9, tzinfo=BERLIN)
    weekly = event(first, zone="Europe/Berlin", recurrence="FREQ=WEEKLY;COUNT=2")
    found = occurrences(weekly, Window(first, first + 30 * DAY), most=9)
    assert [one.starts_at.astimezone(UTC).hour for one in found] == [7, 8]


def test_an_occurrence_that_began_before_the_window_and_goes_on_is_in_it() -> None:
    long = event(NOW, ends_at=NOW + 3 * DAY, recurrence="FREQ=MONTHLY")
    found = occurrences(long, Window(NOW + DAY, NOW + 2 * DAY), most=9)
    assert [one.starts_at for one in found] == [NOW]
    assert occurrences(long, Window(NOW + 3 * DAY, NOW + 4 * DAY), most=9) == []


def test_too_many_occurrences_are_refused() -> None:
    often = event(NOW - 3650 * DAY, recurrence="FREQ=SECONDLY")
    with pytest.raises(TooCostly, match="more than 1000"):
        occurrences(often, Window(NOW, NOW + 366 * DAY), most=1000)
