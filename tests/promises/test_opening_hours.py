"""Opening hours are read exactly, or said to be unknown."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.ports.common import GeoPoint, Span
from resolvers import hours
from resolvers.hours import Hours
from resolvers.problems import Refusal

ZONE = ZoneInfo("Asia/Jakarta")
MONDAY = date(2026, 11, 23)
MUSEUM = Hours("Tu-Su 10:00-17:00", ZONE)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def spans(raw: str, day: date = MONDAY) -> tuple[Span, ...]:
    found = hours.days(Hours(raw, ZONE), day, 1)
    assert found is not None
    return found[0].spans


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-23T12:00:00+07:00", False),  # Monday
        ("2026-11-24T09:59:59+07:00", False),
        ("2026-11-24T10:00:00+07:00", True),
        ("2026-11-24T16:59:59+07:00", True),
        ("2026-11-24T17:00:00+07:00", False),
        ("2026-11-24T03:00:00+00:00", True),  # 10:00 in Tangerang
        ("2026-11-23T22:00:00-05:00", True),
    ],
)
def test_a_museum_is_open_from_tuesday_to_sunday(moment: str, expected: bool) -> None:  # noqa: FBT001
    assert hours.is_open(MUSEUM, at(moment)) is expected


def test_the_next_change_is_the_next_opening_or_closing() -> None:
    opens, closes = at("2026-11-24T10:00:00+07:00"), at("2026-11-24T17:00:00+07:00")
    assert hours.next_change(MUSEUM, at("2026-11-22T17:00:00+07:00")) == opens
    assert hours.next_change(MUSEUM, opens) == closes


def test_what_never_closes_has_no_next_change() -> None:
    always = Hours("24/7", ZONE)
    assert hours.is_open(always, at("2026-11-23T03:00:00+07:00")) is True
    assert hours.next_change(always, at("2026-11-23T03:00:00+07:00")) is None


def test_a_week_is_told_day_by_day() -> None:
    found = hours.days(MUSEUM, MONDAY, 3)
    assert found is not None
    assert [day.date for day in found] == [MONDAY, date(2026, 11, 24), date(2026, 11, 25)]
    assert [day.spans for day in found] == [
        (),
        (Span("10:00", "17:00"),),
        (Span("10:00", "17:00"),),
    ]


def test_a_night_belongs_to_the_day_on_which_it_begins() -> None:
    assert spans("Mo 22:00-02:00") == (Span("22:00", "02:00", ends_next_day=True),)
    assert spans("Su 22:00-02:00") == ()
    assert spans("Su 22:00-24:00; Mo 00:00-02:00", date(2026, 11, 22)) == (
        Span("22:00", "02:00", ends_next_day=True),
    )


def test_a_day_that_never_closes_ends_at_midnight() -> None:
    whole = (Span("00:00", "00:00", ends_next_day=True),)
    assert spans("24/7") == whole
    assert spans("Mo") == whole
    assert spans("Su 20:00-24:00; Mo 00:00-24:00; Tu 00:00-04:00") == whole
    tuesday = date(2026, 11, 24)
    assert spans("Su 20:00-24:00; Mo 00:00-24:00; Tu 00:00-04:00", tuesday) == (
        Span("00:00", "04:00"),
    )


def test_lunch_breaks_make_two_spans() -> None:
    assert spans("Mo-Fr 08:00-12:00,13:00-16:00") == (
        Span("08:00", "12:00"),
        Span("13:00", "16:00"),
    )


def test_spans_that_touch_are_one_whatever_is_said_of_them() -> None:
    assert spans('Mo 08:00-12:00 "pagi", Mo 12:00-16:00 "siang"') == (Span("08:00", "16:00"),)


def test_a_zone_that_is_no_iana_zone_is_a_fault_of_the_city() -> None:
    with pytest.raises(TypeError, match="IANA zone"):
        hours.is_open(Hours("24/7", UTC), at("2026-11-23T12:00:00+07:00"))


def test_holidays_close_what_closes_on_holidays_and_have_names() -> None:
    office = Hours("Mo-Fr 08:00-16:00; PH off", ZONE)
    found = hours.days(office, date(2026, 12, 24), 2)
    assert found is not None
    assert found[0].spans == (Span("08:00", "16:00"),)
    assert found[0].holiday is None
    assert found[1].spans == ()
    assert found[1].holiday is not None
    assert found[1].holiday.pick("id") == "Hari Raya Natal"
    assert hours.is_open(office, at("2026-12-25T09:00:00+07:00")) is False


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 1, 1), "Tahun Baru Masehi"),
        (date(2026, 4, 3), "Wafat Yesus Kristus"),  # Easter 2026 is 5 April
        (date(2026, 4, 5), "Kebangkitan Yesus Kristus (Paskah)"),
        (date(2026, 5, 14), "Kenaikan Yesus Kristus"),
        (date(2026, 6, 1), "Hari Lahir Pancasila"),
        (date(2027, 8, 17), "Hari Kemerdekaan Republik Indonesia"),
    ],
)
def test_holidays_whose_day_is_known_are_named(day: date, name: str) -> None:
    found = hours.holiday(day, ZONE)
    assert found is not None
    assert found.pick("id") == name


def test_hours_that_follow_the_sun_need_a_position_to_be_exact() -> None:
    lake = Hours("sunrise-sunset", ZONE, GeoPoint(-6.19, 106.68))
    assert hours.is_open(lake, at("2026-11-23T12:00:00+07:00")) is True
    opens = hours.next_change(lake, at("2026-11-23T00:00:00+07:00"))
    assert opens is not None
    assert (opens.hour, opens.tzinfo) == (5, ZONE)  # the sun rises before six in November


@pytest.mark.parametrize(
    "raw",
    ["", "rusak", "buka tiap hari", "24/7" * 500, "Mo 99:99", "\ud800", "\x00", "Mo-Fr 08:00-"],
)
def test_what_cannot_be_read_is_unknown_and_not_closed(raw: str) -> None:
    broken = Hours(raw, ZONE)
    noon = at("2026-11-23T12:00:00+07:00")
    assert hours.is_open(broken, noon) is None
    assert hours.next_change(broken, noon) is None
    assert hours.days(broken, MONDAY, 7) is None


def test_hours_that_say_unknown_are_unknown() -> None:
    maybe = Hours("Mo 08:00-16:00 unknown", ZONE)
    assert hours.is_open(maybe, at("2026-11-23T12:00:00+07:00")) is None


@pytest.mark.parametrize("count", [0, -1, 32, 10**9])
def test_at_most_a_month_is_told(count: int) -> None:
    with pytest.raises(Refusal, match="`count` must be from 1 to 31"):
        hours.days(MUSEUM, MONDAY, count)


@pytest.mark.parametrize("day", [date(1, 1, 1), date(1969, 12, 31), date(2200, 1, 1), date.max])
def test_far_years_are_refused_or_unknown(day: date) -> None:
    with pytest.raises(Refusal, match="`from` must be in 1970 to 2199"):
        hours.days(MUSEUM, day, 31)
    if 1 < day.year < 9999:
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        assert hours.is_open(MUSEUM, noon) is None
        assert hours.next_change(MUSEUM, noon) is None


PIECES = st.lists(
    st.sampled_from(
        ["Mo", "Tu-Su", "Fr[-1]", "PH", "easter", " ", ";", ",", "||", "10:00-17:00", "22:00-26:00",
         "24/7", "off", "unknown", "week 53", "2026", "Feb 29", "+", "sunrise-sunset", "00:00-24:00",
         "10:00-10:00", '"x"']
    ),
    max_size=6,
)  # fmt: skip


@given(st.text(max_size=20) | PIECES.map(" ".join), st.datetimes(timezones=st.just(UTC)))
def test_no_text_breaks_anything_and_days_agree_with_moments(raw: str, moment: datetime) -> None:
    told = Hours(raw, ZONE)
    if 1 < moment.year < 9999:
        assert hours.is_open(told, moment) in {True, False, None}
        hours.next_change(told, moment)
    week = hours.days(told, MONDAY, 7)
    if week is None:
        return
    for day in week:
        for span in day.spans:
            hour, minute = map(int, span.start.split(":"))
            begin = datetime(day.date.year, day.date.month, day.date.day, hour, minute, tzinfo=ZONE)
            assert hours.is_open(told, begin) is True
