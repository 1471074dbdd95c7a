"""Documents as the programmes of publishers write them, and as people do who mean harm."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from connectors import errors
from connectors.kinds.plain import plain
from connectors.ports.common import Text, Window
from connectors.ports.events import Event, indexed, occurrences
from connectors.ports.recurrence import MAX_WORK, TooCostly
from connectors.ports.warnings import (
    AlertCertainty,
    AlertCriteria,
    AlertSeverity,
    EarthquakeCriteria,
)
from tests import builders
from tests.kinds.cap_publisher import Site, bare, info, message, noted
from tests.kinds.told import Source, told

JAKARTA = ZoneInfo("Asia/Jakarta")
BACKWARDS = "\u202e"
"""From here on words run from right to left."""


# ------------------------------------------------------------------------------- warnings


async def alerts(document: bytes) -> list[Any]:
    site = Site(list=document)
    source = await site.open("cap.alerts", "alerts")
    return list(await source.find_alerts(AlertCriteria(site.clock.now())))


async def test_a_word_of_cap_1_0_is_read_as_its_followers_say() -> None:
    (alert,) = await alerts(message("A", info(certainty="Very Likely", severity="Extreme")))
    assert alert.certainty is AlertCertainty.LIKELY
    assert alert.severity is AlertSeverity.EXTREME


async def test_messages_in_an_envelope_of_another_kind_are_read() -> None:
    inner = bare(message("A")) + bare(message("B"))
    envelope = (
        f'<S:Envelope xmlns:S="urn:soap"><S:Body><reply>{inner}</reply></S:Body></S:Envelope>'
    )
    assert [one.identifier for one in await alerts(envelope.encode())] == ["A", "B"]


async def test_an_envelope_without_messages_is_no_silence() -> None:
    with pytest.raises(errors.Unreadable, match="neither a CAP message nor a list"):
        await alerts(b'<S:Envelope xmlns:S="urn:soap"><S:Body><reply/></S:Body></S:Envelope>')


async def test_a_number_that_no_scale_has_costs_its_earthquake_and_the_list_says_so() -> None:
    quake = {
        "DateTime": "2026-11-23T03:15:30+00:00",
        "Coordinates": "-6.90,106.50",
        "Magnitude": "5.1",
        "Kedalaman": "10km",
        "Wilayah": f"<b>Pusat gempa</b> di laut{BACKWARDS}",
    }
    rows = [quake, {**quake, "DateTime": "2026-11-22T03:15:30+00:00", "Magnitude": "1e400"}]
    site = Site(list=json.dumps({"Infogempa": {"gempa": rows}}).encode())
    site.media_type = "application/json"
    source = await site.open("bmkg.earthquakes", "earthquakes")
    found, beside = await noted(source.find_earthquakes(EarthquakeCriteria(), 10))
    assert [(one.magnitude, one.depth_km, one.region) for one in found] == [
        (5.1, 10.0, "Pusat gempa di laut")
    ]
    assert beside.partial
    assert "Magnitude" in source.rejected[0][1]


# ------------------------------------------------------------------------------- calendars


def calendar(*events: str) -> str:
    """A calendar of events, each given by its further lines."""
    made = "".join(
        f"BEGIN:VEVENT\nUID:e{number}\nSUMMARY:Acara\nDTSTART:20001201T190000Z\n{lines}\nEND:VEVENT\n"
        for number, lines in enumerate(events)
    )
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{made}END:VCALENDAR\n".replace("\n", "\r\n")


async def calendars(text: str) -> Source:
    return await told("ical.events", text, city=JAKARTA)


def series(rule: str, first: datetime = datetime(2000, 1, 1, tzinfo=UTC)) -> Event:
    return Event(builders.origin(), Text({"id": "Acara"}), first, recurrence=rule)


ALL_SECONDS = "BYHOUR={};BYMINUTE={};BYSECOND={}".format(
    *(",".join(map(str, range(most))) for most in (24, 60, 40))
)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY;COUNT=999999999",
        "FREQ=MINUTELY;COUNT=999999999;BYSECOND=1,2,3",
        f"FREQ=YEARLY;{ALL_SECONDS};BYDAY=MO,TU,WE,TH,FR,SA,SU;COUNT=999999",
        f"FREQ=YEARLY;{ALL_SECONDS};BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=1",
    ],
)
def test_a_rule_of_a_great_many_moments_is_given_up(rule: str) -> None:
    event = series(rule)
    with pytest.raises(TooCostly):
        occurrences(event, Window(builders.NOON, builders.NOON + timedelta(days=1)), most=10)


def test_a_rule_that_counts_from_long_ago_is_still_followed() -> None:
    event = series("FREQ=DAILY;COUNT=10000")  # 9,823 of them before 23 November 2026
    window = Window(builders.NOON, builders.NOON + timedelta(days=2))
    days = [one.starts_at.date().isoformat() for one in occurrences(event, window, most=10)]
    assert days == ["2026-11-24", "2026-11-25"]
    assert len(indexed(event)) < 10_000 < MAX_WORK


async def test_series_beyond_what_can_be_looked_through_are_told_and_the_plain_ones_stay() -> None:
    bombs = ["RRULE:FREQ=SECONDLY"] * 5
    source = await calendars(calendar(*bombs, "RRULE:FREQ=WEEKLY", ""))
    found = {event.origin.local_id for event in await source.records()}
    assert {"e5", "e6"} < found
    assert source.reasons
    assert all("repeat too often" in reason for reason in source.reasons)
    assert len(found) + len(source.reasons) == 7


async def test_a_calendar_with_too_much_in_it_is_refused_before_it_is_read() -> None:
    for text, words in (
        (calendar("X-A:b\n" * 500_001), "lines"),
        ("BEGIN:VEVENT\nEND:VEVENT\n" * 50_001, "parts"),
    ):
        with pytest.raises(errors.Unreadable, match=words):
            await (await calendars(text)).records()


async def test_the_old_tag_of_indonesian_is_indonesian() -> None:
    text = calendar("").replace("SUMMARY:Acara", "SUMMARY;LANGUAGE=in-ID:Seminar")
    (event,) = await (await calendars(text)).records()
    assert dict(event.name) == {"id": "Seminar"}


async def test_control_characters_of_a_pasted_text_cost_nothing_but_themselves() -> None:
    text = calendar("LOCATION:Alun\x00-alun\x0bTangerang").replace("UID:e0", "UID:e\x010")
    (event,) = await (await calendars(text)).records()
    assert (event.origin.local_id, event.place_text) == ("e0", "Alun-alun Tangerang")


# ------------------------------------------------------------------------------- jobs


def posting(**more: Any) -> dict[str, Any]:
    return {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "title": "Kasir",
        "datePosted": "2026-11-20",
        "identifier": "J-1",
        **more,
    }


async def jobs(*said: dict[str, Any]) -> list[Any]:
    source = await told("jobposting.jobs", json.dumps(list(said)), city=JAKARTA)
    found: list[Any] = await source.records()
    assert source.reasons == []
    return found


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Mon Nov 16 00:00:00 UTC 2026", datetime(2026, 11, 16, tzinfo=UTC)),
        ("Mon, 16 Nov 2026 08:30:00 +0700", datetime(2026, 11, 16, 8, 30, tzinfo=JAKARTA)),
        ("16 November 2026", datetime(2026, 11, 16, tzinfo=JAKARTA)),
        ("16 Nopember 2026", datetime(2026, 11, 16, tzinfo=JAKARTA)),
        ("November 16, 2026", datetime(2026, 11, 16, tzinfo=JAKARTA)),
        ("16/11/2026", datetime(2026, 11, 16, tzinfo=JAKARTA)),
    ],
)
async def test_dates_as_programmes_and_people_write_them_are_dates(
    written: str, expected: datetime
) -> None:
    (job,) = await jobs(posting(datePosted=written))
    assert job.posted_at == expected


async def test_a_last_day_in_words_ends_with_that_day() -> None:
    (job,) = await jobs(posting(validThrough="31 Desember 2026"))
    assert job.closes_at == datetime(2026, 12, 31, 23, 59, 59, tzinfo=JAKARTA)


async def test_the_name_of_who_gives_numbers_is_no_number() -> None:
    empty = {"@type": "PropertyValue", "name": "PT Benteng"}
    first, second = await jobs(
        posting(identifier=empty, url="https://kerja.example/1"),
        posting(identifier=empty, url="https://kerja.example/2"),
    )
    assert first.origin.local_id == "https://kerja.example/1"
    assert second.origin.local_id == "https://kerja.example/2"


async def test_what_nobody_sees_is_no_part_of_an_id_or_a_title() -> None:
    (job,) = await jobs(posting(identifier="J\x00-\x077", title=f"Kasir{BACKWARDS}\x1b"))
    assert (job.origin.local_id, job.title.pick("id")) == ("J-7", "Kasir")


# ------------------------------------------------------------------------------- places

BAD = f"<script>alert(1)</script><b>Taman</b>\x07 Kota{BACKWARDS}"


def node(number: int, **more: Any) -> dict[str, Any]:
    tags = {"leisure": "park", "name": "Taman", **more.pop("tags", {})}
    return {"type": "node", "id": number, "lat": -6.18, "lon": 106.63, "tags": tags, **more}


async def overpass(*elements: dict[str, Any]) -> Source:
    return await told("overpass.places", json.dumps({"elements": elements}))


async def test_markup_in_the_tags_of_the_map_is_taken_off() -> None:
    tags = {"name": BAD, "description": "<p>Luas</p>", "operator": BAD, "addr:full": BAD}
    (place,) = await (await overpass(node(1, tags=tags))).records()
    assert dict(place.name) == {"id": "Taman Kota"}
    assert dict(place.description) == {"id": "Luas"}
    assert place.address is not None
    assert dict(place.address.text) == {"id": "Taman Kota"}
    assert "operator=Taman Kota" in place.tags


async def test_a_node_in_no_place_on_earth_is_told() -> None:
    far = {"lat": 106.63, "lon": -6.18}
    source = await overpass(node(1), node(2, **far), node(3, lat="x"), node(4, lat=1e308))
    assert [one.origin.local_id for one in await source.records()] == ["node/1"]
    assert len(source.reasons) == 3
    assert all("position" in reason for reason in source.reasons)


async def test_an_element_of_too_many_tags_is_told() -> None:
    many = {f"k{number}": "v" for number in range(501)}
    source = await overpass(node(1), node(2, tags=many))
    assert len(await source.records()) == 1
    assert source.reasons == ["has more than 500 tags"]


async def features(*properties: dict[str, Any]) -> list[Any]:
    shape = {"type": "Point", "coordinates": [106.63, -6.18]}
    made = [{"type": "Feature", "properties": one, "geometry": shape} for one in properties]
    text = json.dumps({"type": "FeatureCollection", "features": made})
    source = await told("geojson.places", text)
    found: list[Any] = await source.records()
    assert source.reasons == []
    return found


async def test_markup_in_properties_is_taken_off() -> None:
    said = {"kode": "1", "nama": BAD, "deskripsi": "<p>Luas</p>", "alamat": BAD, "lain": BAD}
    (place,) = await features({**said, "jenis": "taman"})
    assert dict(place.name) == {"id": "Taman Kota"}
    assert dict(place.description) == {"id": "Luas"}
    assert dict(place.address.text) == {"id": "Taman Kota"}
    assert place.tags == ("lain=Taman Kota",)


async def test_the_numbers_that_map_programmes_give_are_ids() -> None:
    found = await features(
        {"fid": 7, "nama": "Taman A", "jenis": "taman"},
        {"OBJECTID": 12, "NAMOBJ": "Taman B", "jenis": "taman"},
    )
    assert [one.origin.local_id for one in found] == ["7", "12"]
    assert found[1].name.pick("id") == "Taman B"


# ------------------------------------------------------------------------------- texts


@pytest.mark.parametrize(
    "text",
    [
        f"Ba{BACKWARDS}njir",
        "Ba\x00njir",
        "<b>Ba&#8238;njir</b>",
        "Banjir<scr&#8238;ipt>alert(1)</scr&#8238;ipt>",
        "\ufeffBanjir",
    ],
)
def test_what_nobody_sees_is_taken_off_and_hides_no_markup(text: str) -> None:
    assert plain(text).removesuffix("alert(1)") == "Banjir"


def test_the_marks_that_scripts_need_stay() -> None:
    assert plain("مرحبا\u200f Tangerang \u200e2026") == "مرحبا\u200f Tangerang \u200e2026"
