"""Events of calendars: times and zones, series and their exceptions, words, and broken entries."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import errors
from connectors.kinds.kelurahan import Kelurahan
from connectors.kinds.whereabouts import Whereabouts
from connectors.ports.common import GeoPoint, Window
from connectors.ports.events import Event, EventStatus, occurrences
from connectors.systems.ical.calendars import Options, reader
from connectors.upkeep.documents import Document, Stamp
from gateway.calendar import written
from tests import builders
from tests.kinds.told import Source, told

JAKARTA = ZoneInfo("Asia/Jakarta")
SAMPLES = Path(__file__).parents[3] / "shared" / "fixtures" / "ical"


def calendar(*events: str, head: str = "", tail: str = "") -> str:
    """A calendar of events, each given by its lines; UID and SUMMARY unless they say theirs."""
    made = []
    for number, event in enumerate(events):
        lines = "\n".join(line.strip() for line in event.strip().splitlines())
        more = "" if "UID:" in lines else f"UID:e{number}\n"
        more += "" if "SUMMARY" in lines else "SUMMARY:Acara\n"
        made.append(f"BEGIN:VEVENT\n{more}{lines}\nEND:VEVENT\n")
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\n{head}{''.join(made)}{tail}END:VCALENDAR\n"
    return text.replace("\n", "\r\n")


async def opened(text: str | bytes, **options: Any) -> Source:
    return await told("ical.events", text, city=JAKARTA, **options)


async def events(text: str | bytes, **options: Any) -> list[Event]:
    source = await opened(text, **options)
    found: list[Event] = await source.records()
    assert source.reasons == []
    return found


async def one(*lines: str, **more: Any) -> Event:
    (event,) = await events(calendar("\n".join(lines), **more))
    return event


async def reasons(*entries: str) -> list[str]:
    """Why entries are rejected, beside a good one."""
    source = await opened(calendar("UID:good\nDTSTART:20261201T010000Z", *entries))
    assert [event.origin.local_id for event in await source.records()] == ["good"]
    return source.reasons


def local(event: Event) -> tuple[str, str | None]:
    """Begin and end on the clocks of Jakarta."""
    return (
        f"{event.starts_at.astimezone(JAKARTA):%Y-%m-%d %H:%M}",
        f"{event.ends_at.astimezone(JAKARTA):%Y-%m-%d %H:%M}" if event.ends_at else None,
    )


def times(*found: Event, days: int = 60) -> list[str]:
    """When the events take place in the 60 days from 23 November 2026, those called off apart."""
    begin = datetime(2026, 11, 23, tzinfo=JAKARTA)
    window = Window(begin, begin + timedelta(days=days))
    times = [time for event in found for time in occurrences(event, window, most=500)]
    return sorted(
        f"{time.starts_at.astimezone(JAKARTA):%m-%d %H:%M}" for time in times if not time.cancelled
    )


# ------------------------------------------------------------------------------- times


@pytest.mark.parametrize(
    ("lines", "begin", "end", "all_day"),
    [
        ("DTSTART;TZID=Asia/Jakarta:20261201T080000\nDTEND;TZID=Asia/Jakarta:20261201T100000",
         "2026-12-01 08:00", "2026-12-01 10:00", False),
        ("DTSTART:20261201T010000Z\nDURATION:PT1H30M", "2026-12-01 08:00", "2026-12-01 09:30", False),
        ("DTSTART:20261201T080000", "2026-12-01 08:00", None, False),
        ("DTSTART;TZID=Asia/Makassar:20261201T080000", "2026-12-01 07:00", None, False),
        ("DTSTART;TZID=WITA:20261201T080000", "2026-12-01 07:00", None, False),
        ("DTSTART;TZID=SE Asia Standard Time:20261201T080000", "2026-12-01 08:00", None, False),
        ("DTSTART;TZID=/example.org/2007_1/Asia/Tokyo:20261201T080000",
         "2026-12-01 06:00", None, False),
        ('DTSTART;TZID="(UTC+07:00) Bangkok, Hanoi, Jakarta":20261201T080000',
         "2026-12-01 08:00", None, False),
        ("DTSTART;TZID=GMT+0900:20261201T080000", "2026-12-01 06:00", None, False),
        ("DTSTART;VALUE=DATE:20261201\nDTEND;VALUE=DATE:20261203",
         "2026-12-01 00:00", "2026-12-03 00:00", True),
        ("DTSTART;VALUE=DATE:20261201", "2026-12-01 00:00", "2026-12-02 00:00", True),
        ("DTSTART:20261201\nDTEND:20261201", "2026-12-01 00:00", "2026-12-02 00:00", True),
        ("DTSTART;VALUE=DATE:20261201\nDURATION:P2D", "2026-12-01 00:00", "2026-12-03 00:00", True),
        ("DTSTART;VALUE=DATE:20261201\nDTEND:20261202T100000",
         "2026-12-01 00:00", "2026-12-03 00:00", True),
        ("DTSTART;VALUE=DATE:20261201T090000", "2026-12-01 00:00", "2026-12-02 00:00", True),
        ("DTSTART:2026-12-01T08:00:00+07:00", "2026-12-01 08:00", None, False),
        ("DTSTART:20261201T080000\nDTEND:20261201T080000", "2026-12-01 08:00", None, False),
        ("DTSTART:20261201T0800", "2026-12-01 08:00", None, False),
        ("DTSTART:20261231T235960", "2026-12-31 23:59", None, False),
    ],
)  # fmt: skip
async def test_an_event_begins_and_ends_when_it_says(
    lines: str, begin: str, end: str | None, *, all_day: bool
) -> None:
    event = await one(lines)
    assert local(event) == (begin, end)
    assert event.all_day is all_day


async def test_times_without_a_zone_are_those_of_the_calendar_else_of_the_city() -> None:
    event = await one("DTSTART:20261201T080000", head="X-WR-TIMEZONE:Asia/Jayapura\n")
    assert local(event)[0] == "2026-12-01 06:00"
    day = await one("DTSTART;VALUE=DATE:20261201", head="X-WR-TIMEZONE:Etc/GMT\n")
    assert local(day)[0] == "2026-12-01 00:00"
    (other,) = await events(calendar("DTSTART:20261201T080000"))
    assert other.zone == "Asia/Jakarta"
    (line,) = await events(calendar("DTSTART:20261201T080000"), zone="Asia/Makassar")
    assert local(line)[0] == "2026-12-01 07:00"


BERLIN = """BEGIN:VTIMEZONE
TZID:Customized Time Zone
BEGIN:DAYLIGHT
DTSTART:16010325T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:16011028T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
"""
SEVEN = """BEGIN:VTIMEZONE
TZID:Waktu Kantor
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0700
TZOFFSETTO:+0700
END:STANDARD
END:VTIMEZONE
"""


async def test_a_calendar_can_bring_its_own_zones_before_or_after_their_use() -> None:
    winter = "UID:w\nDTSTART;TZID=Customized Time Zone:20261201T080000"
    summer = "UID:s\nDTSTART;TZID=Customized Time Zone:20270701T080000"
    for more in ({"head": BERLIN}, {"tail": BERLIN}):
        found = await events(calendar(winter, summer, **more))
        assert [local(event)[0] for event in found] == ["2026-12-01 14:00", "2027-07-01 13:00"]
    rule = "DTSTART;TZID=Customized Time Zone:20261201T080000\nRRULE:FREQ=DAILY"
    event = await one(rule, head=BERLIN)
    assert ZoneInfo(event.zone).utcoffset(datetime(2027, 7, 1, tzinfo=UTC)) is not None
    assert event.starts_at.astimezone(UTC).hour == 7
    plain = await one("DTSTART;TZID=Waktu Kantor:20261201T080000\nRRULE:FREQ=DAILY", head=SEVEN)
    assert (plain.zone, local(plain)[0]) == ("Asia/Jakarta", "2026-12-01 08:00")


async def test_a_zone_that_nobody_knows_costs_its_event_only() -> None:
    odd = SEVEN.replace("+0700", "+0713")
    source = await opened(
        calendar(
            "UID:good\nDTSTART:20261201T010000Z",
            "DTSTART;TZID=Bulan:20261201T080000",
            "DTSTART;TZID=Waktu Kantor:20261201T080000",
            head=odd,
        )
    )
    assert len(await source.records()) == 1
    assert all("is not known" in reason for reason in source.reasons)
    assert len(source.reasons) == 2


# ------------------------------------------------------------------------------- series


async def test_a_rule_repeats_on_its_own_clock_without_the_dates_called_off() -> None:
    event = await one(
        "DTSTART;TZID=Asia/Jakarta:20261128T060000",
        "DTEND;TZID=Asia/Jakarta:20261128T080000",
        "RRULE:FREQ=WEEKLY;BYDAY=SA;COUNT=4",
        "EXDATE;TZID=Asia/Jakarta:20261205T060000",
        "RDATE;TZID=Asia/Jakarta:20261213T060000",
    )
    assert times(event) == ["11-28 06:00", "12-12 06:00", "12-13 06:00", "12-19 06:00"]
    assert event.recurrence == "FREQ=WEEKLY;BYDAY=SA;COUNT=4"


async def test_dates_of_a_list_may_be_days_periods_or_moments_of_greenwich() -> None:
    event = await one(
        "DTSTART;TZID=Asia/Jakarta:20261201T190000",
        "RRULE:FREQ=DAILY;UNTIL=20261204T120000Z",
        "EXDATE;VALUE=DATE:20261202",
        "EXDATE:20261203T120000Z",
        "RDATE;VALUE=PERIOD:20261210T120000Z/PT1H,20261211T120000Z/20261211T130000Z",
    )
    assert times(event) == ["12-01 19:00", "12-04 19:00", "12-10 19:00", "12-11 19:00"]


async def test_whole_days_repeat_as_days() -> None:
    event = await one("DTSTART;VALUE=DATE:20261201", "RRULE:FREQ=DAILY;COUNT=3", "EXDATE:20261202")
    assert times(event) == ["12-01 00:00", "12-03 00:00"]


async def test_the_first_time_counts_though_its_rule_does_not_name_it() -> None:
    event = await one("DTSTART:20261201T080000", "RRULE:FREQ=WEEKLY;BYDAY=SA;COUNT=2")
    assert times(event) == ["12-01 08:00", "12-05 08:00", "12-12 08:00"]


async def test_old_ways_to_repeat_are_understood() -> None:
    event = await one(
        "DTSTART:20261201T080000",
        "RRULE:FREQ=DAILY;COUNT=3",
        "RRULE:FREQ=WEEKLY;COUNT=2",
        "EXRULE:FREQ=DAILY;INTERVAL=2;COUNT=2",
    )
    assert times(event) == ["12-02 08:00", "12-08 08:00"]


async def test_a_rule_without_an_end_stays_within_bounds() -> None:
    event = await one("DTSTART:19700101T000000Z", "RRULE:FREQ=SECONDLY")
    assert event.recurrence == "FREQ=SECONDLY"


SERIES = """UID:s
DTSTART;TZID=Asia/Jakarta:20261201T080000
DTEND;TZID=Asia/Jakarta:20261201T090000
RRULE:FREQ=DAILY;COUNT=5"""


async def test_one_occurrence_can_be_called_off() -> None:
    off = (
        "UID:s\nRECURRENCE-ID;TZID=Asia/Jakarta:20261203T080000\nSTATUS:CANCELLED\n"
        "DTSTART;TZID=Asia/Jakarta:20261203T080000"
    )
    (event,) = await events(calendar(off, SERIES))
    assert times(event) == ["12-01 08:00", "12-02 08:00", "12-04 08:00", "12-05 08:00"]


async def test_one_occurrence_can_take_place_at_another_time() -> None:
    moved = """UID:s
        RECURRENCE-ID:20261203T010000Z
        DTSTART;TZID=Asia/Jakarta:20261203T150000
        DTEND;TZID=Asia/Jakarta:20261203T160000"""
    (event,) = await events(calendar(SERIES, moved))
    assert times(event) == [
        "12-01 08:00", "12-02 08:00", "12-03 15:00", "12-04 08:00", "12-05 08:00"
    ]  # fmt: skip


async def test_one_occurrence_that_is_different_is_an_event_of_its_own() -> None:
    other = """UID:s
        RECURRENCE-ID;TZID=Asia/Jakarta:20261203T080000
        SUMMARY:Edisi khusus
        DTSTART;TZID=Asia/Jakarta:20261203T080000
        DTEND;TZID=Asia/Jakarta:20261203T120000"""
    series, special = await events(calendar(SERIES, other))
    assert special.origin.local_id == "s#20261203T010000Z"
    assert special.name.pick("id") == "Edisi khusus"
    assert times(series) == ["12-01 08:00", "12-02 08:00", "12-04 08:00", "12-05 08:00"]
    assert times(special) == ["12-03 08:00"]


async def test_an_entry_that_changes_nothing_changes_nothing() -> None:
    same = """UID:s
        RECURRENCE-ID;TZID=Asia/Jakarta:20261203T080000
        DTSTART;TZID=Asia/Jakarta:20261203T080000
        DTEND;TZID=Asia/Jakarta:20261203T090000"""
    (event,) = await events(calendar(SERIES, same))
    assert len(times(event)) == 5
    assert event.excluded == ()


async def test_a_change_of_a_series_that_is_not_there_is_an_event() -> None:
    event = await one("UID:x\nRECURRENCE-ID:20261203T010000Z\nDTSTART:20261203T020000Z")
    assert event.origin.local_id == "x#20261203T010000Z"
    assert times(event) == ["12-03 09:00"]


async def test_one_occurrence_and_all_after_it_can_take_place_at_another_hour() -> None:
    later = """UID:s
        RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Asia/Jakarta:20261203T080000
        DTSTART;TZID=Asia/Jakarta:20261203T190000
        DTEND;TZID=Asia/Jakarta:20261203T200000"""
    before, after = await events(calendar(SERIES, later))
    assert times(before) == ["12-01 08:00", "12-02 08:00"]
    assert times(after) == ["12-03 19:00", "12-04 19:00", "12-05 19:00"]
    assert after.recurrence == "FREQ=DAILY;COUNT=3"


async def test_one_occurrence_and_all_after_it_can_take_place_on_another_day() -> None:
    weekly = """UID:s
        DTSTART;TZID=Asia/Jakarta:20261128T060000
        RRULE:FREQ=WEEKLY;BYDAY=SA;COUNT=5
        EXDATE;TZID=Asia/Jakarta:20261219T060000"""
    later = """UID:s
        RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Asia/Jakarta:20261212T060000
        DTSTART;TZID=Asia/Jakarta:20261213T070000"""
    found = await events(calendar(weekly, later))
    assert times(*found) == ["11-28 06:00", "12-05 06:00", "12-13 07:00", "12-27 07:00"]


async def test_all_after_one_can_be_called_off() -> None:
    off = """UID:s
        RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Asia/Jakarta:20261203T080000
        STATUS:CANCELLED
        DTSTART;TZID=Asia/Jakarta:20261203T080000"""
    (event,) = await events(calendar(SERIES, off))
    assert times(event) == ["12-01 08:00", "12-02 08:00"]


async def test_changes_of_what_was_changed_before_name_the_first_dates() -> None:
    later = """UID:s
        RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Asia/Jakarta:20261202T080000
        DTSTART;TZID=Asia/Jakarta:20261202T190000
        DTEND;TZID=Asia/Jakarta:20261202T200000"""
    again = """UID:s
        RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Asia/Jakarta:20261204T080000
        DTSTART;TZID=Asia/Jakarta:20261204T070000
        DTEND;TZID=Asia/Jakarta:20261204T080000"""
    off = """UID:s
        RECURRENCE-ID;TZID=Asia/Jakarta:20261203T080000
        STATUS:CANCELLED
        DTSTART;TZID=Asia/Jakarta:20261203T190000"""
    off_too = """UID:s
        RECURRENCE-ID;VALUE=DATE:20261205
        STATUS:CANCELLED
        DTSTART;TZID=Asia/Jakarta:20261205T070000"""
    found = await events(calendar(again, off, SERIES, off_too, later))
    assert times(*found) == ["12-01 08:00", "12-02 19:00", "12-04 07:00"]


async def test_a_series_in_time_of_greenwich_keeps_an_occurrence_that_was_moved() -> None:
    series = "UID:g\nDTSTART:20261201T010000Z\nRRULE:FREQ=DAILY;COUNT=2"
    moved = "UID:g\nRECURRENCE-ID:20261202T010000Z\nDTSTART:20261202T020000Z"
    (event,) = await events(calendar(series, moved))
    assert times(event) == ["12-01 08:00", "12-02 09:00"]


async def test_the_zone_of_the_beginning_holds_for_times_that_name_none() -> None:
    event = await one(
        "DTSTART;TZID=Asia/Makassar:20261201T080000",
        "DTEND:20261201T090000",
        "RRULE:FREQ=DAILY;COUNT=3",
        "EXDATE:20261202T080000",
    )
    assert local(event) == ("2026-12-01 07:00", "2026-12-01 08:00")
    assert times(event) == ["12-01 07:00", "12-03 07:00"]


# ------------------------------------------------------------------------------- versions


async def test_of_several_versions_the_newest_counts() -> None:
    old = "UID:v\nSEQUENCE:1\nSUMMARY:Lama\nDTSTART:20261201T010000Z\nDTSTAMP:20261120T000000Z"
    new = "UID:v\nSEQUENCE:2\nSUMMARY:Baru\nDTSTART:20261202T010000Z\nDTSTAMP:20261101T000000Z"
    late = "UID:v\nSEQUENCE:2\nSUMMARY:Kini\nDTSTART:20261203T010000Z\nDTSTAMP:20261110T000000Z"
    for entries in ((old, new, late), (late, new, old)):
        (event,) = await events(calendar(*entries))
        assert event.name.pick("id") == "Kini"
        assert event.origin.as_of == datetime(2026, 11, 10, tzinfo=UTC)


async def test_different_dates_under_one_uid_are_different_events() -> None:
    first, second = "UID:1\nDTSTART:20261201T010000Z", "UID:1\nDTSTART:20261202T010000Z"
    found = await events(calendar(first, second, first))
    assert [event.origin.local_id for event in found] == ["1", "1#20261202T010000Z"]


async def test_several_calendars_in_one_document_and_in_several_are_one_source() -> None:
    first, second = calendar("UID:a\nDTSTART:20261201T010000Z"), calendar("UID:b\nDTSTART:20261201")
    assert len(await events(first + second)) == 2
    source = await told(
        "ical.events", {"1": first, "2": second}, city=JAKARTA,
        url=["webcal://luar.example/1", "https://luar.example/2"],
    )  # fmt: skip
    assert len(await source.records()) == 2


async def test_an_event_outside_of_any_calendar_is_read() -> None:
    text = calendar("DTSTART:20261201T010000Z").split("VERSION:2.0\r\n")[1]
    assert len(await events(text.replace("END:VCALENDAR\r\n", ""))) == 1


# ------------------------------------------------------------------------------- words


async def test_the_facts_of_an_event_stand_where_they_belong() -> None:
    event = await one(
        "SUMMARY;LANGUAGE=id-ID:Festival Cisadane\\, 2026",
        "SUMMARY;LANGUAGE=en:Cisadane Festival",
        "DTSTART:20261201T010000Z",
        "DESCRIPTION:Baris satu\\nBaris <b>dua</b>\\; <script>x()</script>tiga",
        "LOCATION:Tepi Cisadane\\, Tangerang",
        "GEO:-6.17;106.63",
        "CATEGORIES:Budaya,Musik\\, Tari",
        "CATEGORIES:Budaya",
        'ORGANIZER;CN="Dinas: Kebudayaan":mailto:seseorang@kota.example',
        "URL:https://kota.example/acara?a=1;b=2",
        "ATTACH;FMTTYPE=image/jpeg:https://kota.example/a.jpg",
        "ATTACH:https://kota.example/b.png?x",
        "ATTACH:https://kota.example/c.pdf",
        "ATTACH;ENCODING=BASE64;VALUE=BINARY;FMTTYPE=image/png:aGFsbG8=",
        "IMAGE;VALUE=URI;DISPLAY=BADGE;FMTTYPE=image/png:https://kota.example/d",
        "STATUS:TENTATIVE",
        "LAST-MODIFIED:20261120T010203Z",
        "BEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:Ingat!\nTRIGGER:-PT15M\nEND:VALARM",
    )
    assert dict(event.name) == {"id": "Festival Cisadane, 2026", "en": "Cisadane Festival"}
    assert event.description is not None
    assert event.description.pick("id") == "Baris satu\nBaris dua; tiga"
    assert event.place_text == "Tepi Cisadane, Tangerang"
    assert event.point == GeoPoint(-6.17, 106.63)
    assert event.categories == ("Budaya", "Musik, Tari")
    assert event.organizer == "Dinas: Kebudayaan"
    assert event.url == "https://kota.example/acara?a=1;b=2"
    assert [media.url for media in event.media] == [
        "https://kota.example/a.jpg", "https://kota.example/b.png?x", "https://kota.example/d"
    ]  # fmt: skip
    assert event.status is EventStatus.TENTATIVE
    assert event.origin.as_of == datetime(2026, 11, 20, 1, 2, 3, tzinfo=UTC)


async def test_an_address_of_mail_is_no_name_of_an_organizer() -> None:
    for line in ("ORGANIZER:mailto:a@b.example", "ORGANIZER;CN=a@b.example:mailto:a@b.example"):
        assert (await one("DTSTART:20261201", line)).organizer is None


async def test_what_is_private_is_not_shown() -> None:
    text = calendar("DTSTART:20261201\nCLASS:PRIVATE", "DTSTART:20261201\nCLASS:PUBLIC")
    assert len(await events(text)) == 1


@pytest.mark.parametrize("geo", ["0;0", "x;y", "106.63;-6.17", "-6.17", ""])
async def test_a_position_that_cannot_be_is_none(geo: str) -> None:
    assert (await one("DTSTART:20261201", f"GEO:{geo}")).point is None


async def test_called_off_is_an_event_or_a_whole_file() -> None:
    event = await one("DTSTART:20261201\nSTATUS:CANCELLED")
    assert event.status is EventStatus.CANCELLED
    whole = await one("DTSTART:20261201\nSTATUS:CONFIRMED", head="METHOD:CANCEL\n")
    assert whole.status is EventStatus.CANCELLED


async def test_events_without_categories_have_the_name_of_their_calendar() -> None:
    event = await one("DTSTART:20261201", head="X-WR-CALNAME:Hari Libur\\, Nasional\n")
    assert event.categories == ("Hari Libur, Nasional",)


async def test_folds_within_a_letter_and_marks_of_byte_order_are_read() -> None:
    raw = calendar("SUMMARY:Kaf\u00e9 pagi\nDTSTART:20261201").encode()
    cut = raw.index("\u00e9".encode()) + 1
    folded = raw[:cut] + b"\r\n " + raw[cut:]
    for body in (folded, b"\xef\xbb\xbf" + folded, folded.replace(b"\r\n", b"\n"),
                 raw.decode().encode("utf-16"), raw.decode().encode("latin-1")):  # fmt: skip
        (event,) = await events(body)
        assert event.name.pick("id") == "Kafé pagi"


async def test_small_letters_and_odd_space_are_forgiven() -> None:
    text = calendar("dtstart;tzid=Asia/Jakarta:20261201T080000\nsummary : Acara")
    (event,) = await events(text.replace("BEGIN:VEVENT", "begin:vevent"))
    assert local(event)[0] == "2026-12-01 08:00"


async def test_an_id_of_any_length_fits() -> None:
    first, second = await events(
        calendar(f"UID:{'a' * 300}1\nDTSTART:20261201", f"UID:{'a' * 300}2\nDTSTART:20261201")
    )
    assert first.origin.local_id != second.origin.local_id
    assert len(first.origin.local_id) <= 255
    text = calendar("DTSTART:20261201").replace("UID:e0\r\n", "")
    assert (await events(text))[0].origin.local_id == (await events(text))[0].origin.local_id


# ------------------------------------------------------------------------------- faults


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        ("SUMMARY:Tanpa waktu", "DTSTART is missing"),
        ("DTSTART:kemarin", "DTSTART is no time"),
        ("DTSTART:--1201", "DTSTART is no time"),
        ("DTSTART:20261301", "DTSTART is no time"),
        ("DTSTART:20261201T250000", "DTSTART is no time"),
        ("DTSTART:00010101T000000Z", "the year 1 "),
        ("DTSTART:99991231", "the year 9999 "),
        ("DTSTART:20261202\nDTEND:20261201", "DTEND is before DTSTART"),
        ("DTSTART:20261201\nDURATION:-P1D", "DURATION is not between"),
        ("DTSTART:20261201\nDURATION:lama", "DURATION is no duration"),
        ("DTSTART:20261201\nRRULE:FREQ=SOMETIMES", "recurrence rule: FREQ"),
        ("DTSTART:20261201\nRRULE:FREQ=DAILY;COUNT=0", "recurrence rule: COUNT"),
        ("DTSTART:20261201\nEXDATE:never", "EXDATE is no time"),
        ("DTSTART:20261201\nSUMMARY:", "SUMMARY is empty"),
    ],
)
async def test_a_broken_event_is_rejected_and_the_others_stay(entry: str, complaint: str) -> None:
    (reason,) = await reasons(entry)
    assert complaint in reason


async def test_an_event_that_never_ends_is_rejected_and_the_next_one_stays() -> None:
    text = calendar("UID:a\nDTSTART:20261201", "UID:b\nDTSTART:20261201")
    source = await opened(text.replace("END:VEVENT\r\n", "", 1))
    assert [event.origin.local_id for event in await source.records()] == ["b"]
    assert source.reasons == ["event: the event has no END"]


async def test_lines_that_are_none_cost_nothing() -> None:
    text = calendar("DTSTART:20261201\nini bukan properti\n;:=\nX-\x00:1\nDTSTAMP;:2026")
    assert len(await events(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "", "halo", "[]", "<html></html>",
        calendar("DTSTART:20261201").rpartition("END:VEVENT")[0],
        calendar("DTSTART:20261201").rpartition("END:VCALENDAR")[0],
        "BEGIN:A\n" * 20,
    ],
)  # fmt: skip
async def test_what_is_no_calendar_or_half_of_one_is_unreadable(text: str) -> None:
    with pytest.raises(errors.Unreadable):
        await events(text)


async def test_a_calendar_without_events_is_empty() -> None:
    assert await events(calendar(tail=SEVEN)) == []


@given(st.lists(st.sampled_from([
    "BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VALARM", "END:VALARM",
    "DTSTART:20261201", "DTEND:20261203T000000Z", "RRULE:FREQ=DAILY", "UID:a", "SUMMARY:a\\",
    "RECURRENCE-ID;RANGE=THISANDFUTURE:20261203", "STATUS:CANCELLED", " folded", "EXDATE:20261202",
    "DTSTART;TZID=x:20261201T000000", "BEGIN:VTIMEZONE", "TZID:x", "DURATION:P1W",
]) | st.text(max_size=20), max_size=30))  # fmt: skip
def test_no_document_fails_in_any_other_way(lines: list[str]) -> None:
    read = reader(builders.binding(), Options(Whereabouts(), JAKARTA), Kelurahan([]))
    body = "\r\n".join(lines).encode("utf-8", "replace")
    with suppress(errors.Unreadable):
        read(Document(body), Stamp(builders.NOON))


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"zone": "Mars/Olympus"}, "`zone`"),
        ({"language": "bahasa"}, "`language`"),
        ({"calendar": "x"}, "unknown option 'calendar'"),
    ],
)
async def test_a_wrong_option_is_said(options: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        await told("ical.events", "", **options)


@pytest.mark.parametrize("body", [file.read_bytes() for file in sorted(SAMPLES.glob("*"))])
async def test_published_samples_are_read(body: bytes) -> None:
    assert await events(body)


async def test_a_calendar_file_of_the_gateway_says_what_its_event_is() -> None:
    text = calendar(SERIES + "\nEXDATE;TZID=Asia/Jakarta:20261202T080000\nGEO:-6.17;106.63")
    (event,) = await events(text)
    (again,) = await events(written(event, lang="id"))
    assert times(again) == times(event)
    assert (again.zone, again.recurrence, again.point) == (
        event.zone,
        event.recurrence,
        event.point,
    )
