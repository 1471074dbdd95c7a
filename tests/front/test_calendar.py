"""Events as calendar files: any calendar reads them, and nothing else answers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import icalendar
import pytest
from starlette.applications import Starlette
from starlette.requests import Request

from connectors.errors import SwitchedOff
from connectors.ports.common import GeoPoint, Origin, ScopedId, SourceQuality, must_text
from connectors.ports.events import Event, EventStatus
from gateway.calendar import routes, written
from resolvers import ids
from resolvers.problems import bad_input

JAKARTA = ZoneInfo("Asia/Jakarta")
NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
STARTS = datetime(2026, 11, 29, 6, tzinfo=JAKARTA)


def event(**changes: Any) -> Event:
    made: dict[str, Any] = {
        "origin": Origin("acara", "1", NOW, NOW, SourceQuality.SAMPLE),
        "name": must_text("Contoh: Senam", "Contoh: Exercise"),
        "starts_at": STARTS,
        "ends_at": STARTS + timedelta(hours=2),
    }
    return Event(**{**made, **changes})


def read(made: Event, **options: Any) -> Any:
    """The one VEVENT of a file, as another program reads it."""
    calendar = icalendar.Calendar.from_ical(written(made, **options))
    assert calendar["version"] == "2.0"
    (found,) = calendar.walk("VEVENT")
    return found


def test_a_calendar_reads_back_what_was_written() -> None:
    text = "Senam, lari; \\ dan\nistirahat — " + "panjang sekali " * 20
    found = read(
        event(
            description=must_text(text),
            place_text="Taman; Elektrik",
            point=GeoPoint(-6.17028, 106.64028),
            categories=("olahraga", "a,b"),
            organizer="Contoh: Panitia 1",
            url="https://example.org/1",
        )
    )
    assert str(found["summary"]) == "Contoh: Senam"
    assert str(found["description"]) == text.replace("\r\n", "\n")
    assert str(found["location"]) == "Taman; Elektrik"
    assert (found["geo"].latitude, found["geo"].longitude) == (-6.17028, 106.64028)
    assert list(found["categories"].cats) == ["olahraga", "a,b"]
    assert str(found["uid"]) == "acara:1"
    assert found["dtstart"].dt == STARTS
    assert found["dtend"].dt == STARTS + timedelta(hours=2)
    assert found["dtstamp"].dt == NOW
    assert str(found["url"]) == "https://example.org/1"


def test_no_line_is_longer_than_75_bytes_and_the_zone_comes_with_the_file() -> None:
    body = written(event(description=must_text("é" * 200)))
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    assert b"BEGIN:VTIMEZONE\r\nTZID:Asia/Jakarta" in body


def test_a_repeating_event_carries_its_rule_and_its_called_off_days() -> None:
    found = read(
        event(
            recurrence="FREQ=WEEKLY;BYDAY=SU;COUNT=9",
            excluded=(STARTS + timedelta(weeks=1), STARTS + timedelta(weeks=2)),
            added=(STARTS + timedelta(days=1),),
        )
    )
    assert found["rrule"].to_ical() == b"FREQ=WEEKLY;COUNT=9;BYDAY=SU"
    off = [one.dt for several in found["exdate"] for one in several.dts]
    assert off == [STARTS + timedelta(weeks=1), STARTS + timedelta(weeks=2)]
    assert [one.dt for one in found["rdate"].dts] == [STARTS + timedelta(days=1)]


def test_whole_days_are_dates_and_their_end_is_excluded() -> None:
    midnight = datetime(2026, 12, 5, tzinfo=JAKARTA)
    found = read(
        event(
            starts_at=midnight.astimezone(UTC), ends_at=midnight + timedelta(days=3), all_day=True
        )
    )
    assert found["dtstart"].dt == date(2026, 12, 5)
    assert found["dtend"].dt == date(2026, 12, 8)


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (EventStatus.SCHEDULED, "CONFIRMED"),
        (EventStatus.CANCELLED, "CANCELLED"),
        (EventStatus.POSTPONED, "TENTATIVE"),
    ],
)
def test_the_state_is_told_in_the_words_of_calendars(status: EventStatus, word: str) -> None:
    assert str(read(event(status=status))["status"]) == word


def test_the_language_can_be_chosen() -> None:
    assert str(read(event(), lang="en-GB")["summary"]) == "Contoh: Exercise"


# ------------------------------------------------------------------------------- over HTTP


async def get(path: str) -> httpx.Response:
    async def find(_request: Request, id_: ScopedId) -> Event | None:
        if id_.source == "mati":
            raise SwitchedOff(source="mati")
        if id_.source != "acara":
            raise bad_input("no such source")
        return event() if id_.local == "1" else None

    transport = httpx.ASGITransport(app=Starlette(routes=routes(find)))
    async with httpx.AsyncClient(transport=transport, base_url="http://city.test") as client:
        return await client.get(path)


def path_of(source: str, local: str, type_name: str = "Event") -> str:
    return f"/events/{ids.global_id(type_name, ScopedId(source, local))}.ics"


async def test_an_event_is_answered_as_a_calendar_file() -> None:
    answer = await get(path_of("acara", "1") + "?lang=en")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    assert "max-age=300" in answer.headers["cache-control"]
    assert "SUMMARY:Contoh: Exercise" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        path_of("acara", "2"),
        path_of("lain", "1"),
        path_of("acara", "1", "Job"),
        "/events/x.ics",
        f"/events/{'A' * 5000}.ics",
    ],
)
async def test_what_is_no_event_is_not_found(path: str) -> None:
    answer = await get(path)
    assert answer.status_code == 404
    assert answer.text == "There is no such event.\n"


async def test_a_source_that_is_off_is_not_a_missing_event() -> None:
    answer = await get(path_of("mati", "1"))
    assert answer.status_code == 503
    assert answer.headers["cache-control"] == "no-store"
