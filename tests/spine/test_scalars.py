"""Scalars: how each is written and read, and what is refused."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.scalars import (
    JAKARTA,
    date_time_in,
    parse_date,
    parse_date_time,
    parse_decimal,
    parse_duration,
    scalar_map,
    write_date,
    write_decimal,
    write_duration,
)


def parser(name):
    (parse,) = [one.parse_value for one in scalar_map(JAKARTA).values() if one.name == name]
    assert parse is not None
    return parse


# ------------------------------------------------------------------------------- moments


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-23T08:00:00+07:00", datetime(2026, 11, 23, 1, tzinfo=UTC)),
        ("2026-11-23T08:00:00Z", datetime(2026, 11, 23, 8, tzinfo=UTC)),
        ("2026-11-23t08:00:00z", datetime(2026, 11, 23, 8, tzinfo=UTC)),
        ("2026-11-23 08:00:00.5-02:30", datetime(2026, 11, 23, 10, 30, 0, 500_000, tzinfo=UTC)),
        ("2026-11-23T08:00:00.123456789Z", datetime(2026, 11, 23, 8, 0, 0, 123456, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_with_its_offset(text, moment):
    assert parse_date_time(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23T08:00:00",  # no offset: nobody knows when
        "2026-11-23",
        "2026-11-23T08:00Z",
        "2026-02-30T08:00:00Z",
        "2026-11-23T24:00:00Z",
        "2026-11-23T08:00:00+25:00",
        "0001-01-01T00:00:00+07:00",  # would overflow in another zone
        "9999-12-31T23:59:59-07:00",
        "\uff12\uff10\uff12\uff16-11-23T08:00:00Z",
        "now",
        "",
        1795400000,
        None,
        True,
    ],
)
def test_what_is_no_moment_is_refused(text):
    with pytest.raises(ValueError):
        parse_date_time(text)


def test_moments_are_written_in_the_citys_zone_in_whole_seconds():
    write = date_time_in(JAKARTA)
    assert write(datetime(2026, 11, 23, 1, 2, 3, 999, tzinfo=UTC)) == "2026-11-23T08:02:03+07:00"


@pytest.mark.parametrize("value", [datetime(2026, 1, 1), date(2026, 1, 1), "2026"])  # noqa: DTZ001 - a moment without a zone
def test_what_is_no_moment_is_not_written(value):
    with pytest.raises(TypeError):
        date_time_in(JAKARTA)(value)


zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(
    datetime(1900, 1, 1),  # noqa: DTZ001 - the zone comes from `zones`
    datetime(2200, 1, 1),  # noqa: DTZ001 - as above
    timezones=zones,
)


@given(moments)
def test_a_moment_written_and_read_is_the_same_second(moment):
    read = parse_date_time(date_time_in(JAKARTA)(moment))
    assert read == moment.replace(microsecond=0)


# ------------------------------------------------------------------------------- dates, times


@given(st.dates())
def test_a_date_written_and_read_is_the_same(day):
    assert parse_date(write_date(day)) == day


@pytest.mark.parametrize("text", ["2026-13-01", "2026-02-29", "23-11-2026", "20261123", 20261123])
def test_what_is_no_date_is_refused(text):
    with pytest.raises(ValueError):
        parse_date(text)


def test_a_moment_is_not_written_as_a_date():
    with pytest.raises(TypeError):
        write_date(datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("LocalTime", ["00:00", "23:59"], ["24:00", "8:30", "08:60", "08:30:00", 830]),
        ("ServiceTime", ["5:00:00", "25:10:00", "123:59:59"], ["5:00", "05:60:00", "-1:00:00"]),
        ("Locale", ["id", "en-GB", "zh-Hant-TW"], ["", "i", "en_GB", "en-", "x" * 9, 1]),
    ],
)
def test_patterns_take_what_fits_and_refuse_the_rest(name, good, bad):
    parse = parser(name)
    assert [parse(text) for text in good] == good
    for text in bad:
        with pytest.raises(ValueError, match=f"{name} must"):
            parse(text)


# ------------------------------------------------------------------------------- durations


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(0), "PT0S"),
        (timedelta(hours=2), "PT2H"),
        (timedelta(seconds=90), "PT1M30S"),
        (timedelta(days=1, minutes=30), "P1DT30M"),
        (timedelta(weeks=1), "P7D"),
        (-timedelta(hours=1, seconds=1), "-PT1H1S"),
        (timedelta(milliseconds=1500), "PT1.5S"),
        (timedelta(seconds=59, microseconds=999_600), "PT1M"),
        (3600.0, "PT1H"),
        (7, "PT7S"),
    ],
)
def test_durations_are_written_in_iso_8601(span, text):
    assert write_duration(span) == text


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("PT90M", timedelta(minutes=90)),
        ("P2W", timedelta(weeks=2)),
        ("-P1DT2H3M4.5S", -timedelta(days=1, hours=2, minutes=3, seconds=4.5)),
    ],
)
def test_durations_are_read_in_iso_8601(text, span):
    assert parse_duration(text) == span


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "P1Y", "P1M", "1H", "PT1.5H", "PT-1H", "P1H", "PT1S ", "P9999999D", 60]
)
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(ValueError, match="Duration must"):
        parse_duration(text)


@given(st.integers(-(10**12), 10**12).map(lambda ms: timedelta(milliseconds=ms)))
def test_a_duration_written_and_read_is_the_same_millisecond(span):
    assert parse_duration(write_duration(span)) == span


# ------------------------------------------------------------------------------- numbers


@given(st.decimals(min_value=-(10**20), max_value=10**20, allow_nan=False, places=4))
def test_a_decimal_written_and_read_is_the_same(amount):
    assert parse_decimal(write_decimal(amount)) == amount


def test_decimals_are_written_without_an_exponent():
    assert write_decimal(Decimal("1.4E+4")) == "14000"


@pytest.mark.parametrize(
    ("value", "read"), [("14000.50", "14000.50"), (14000, "14000"), ("-1", "-1")]
)
def test_decimals_are_read_exactly(value, read):
    assert parse_decimal(value) == Decimal(read)


@pytest.mark.parametrize(
    "value", [1.5, True, "1e5", "1,5", "NaN", "Infinity", "", "1" * 31, 10**30, "\u0663", None]
)
def test_what_is_no_exact_number_is_refused(value):
    with pytest.raises(ValueError, match="Decimal must"):
        parse_decimal(value)


@pytest.mark.parametrize("value", [1.5, "1", Decimal("NaN")])
def test_what_is_no_exact_number_is_not_written(value):
    with pytest.raises(TypeError):
        write_decimal(value)


# ------------------------------------------------------------------------------- objects


def test_geojson_must_be_an_object_with_a_type():
    parse = parser("GeoJSON")
    shape = {"type": "Point", "coordinates": [106.6, -6.2]}
    assert parse(shape) == shape
    for bad in ("Point", {}, {"type": 1}, [shape], None):
        with pytest.raises(ValueError, match="GeoJSON must"):
            parse(bad)


def test_raw_json_is_passed_on_but_never_infinity():
    parse = parser("JSON")
    assert parse({"a": [1, None]}) == {"a": [1, None]}
    with pytest.raises(ValueError, match="NaN"):
        parse(float("inf"))
