"""Servers as real cities run them: what each does in its own way, and that nothing is lost for it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest

from connectors.ports.common import Page
from connectors.ports.complaints import ComplaintStatus
from connectors.upkeep.documents import Answer, Request
from tests.builders import NOON
from tests.georeport import ALL, NEWEST, GeoReport, answer, listed, many, opened, row

HOUR = timedelta(hours=1)


def ids(server: GeoReport) -> list[str]:
    return [one["service_request_id"] for one in server.rows]


async def the_one(row_: dict[str, Any], **options: Any) -> Any:
    """The complaint a row becomes."""
    source = await opened(GeoReport([row_]), history_days=30, **options)
    (found,) = await source.complaints_by_id([row_["service_request_id"]])
    assert found is not None
    assert source.rejected == []
    return found


# ------------------------------------------------------------------------------- Chicago


async def test_a_server_that_wants_local_times_and_gives_small_pages_is_read_whole() -> None:
    """It reads times without an offset only, in its own zone, and 50 rows are a page."""
    zone = ZoneInfo("America/Chicago")
    rows = [
        row(f"{n % 100:02}-{n:08}", NOON - n * 5 * HOUR) for n in range(1, 171)
    ]  # over the end of daylight saving time
    for one in rows:
        one["requested_datetime"] = one["updated_datetime"]
    inner = GeoReport(rows, limit=50)

    def chicago(request: Request) -> Answer:
        said = parse_qs(urlsplit(request.url).query)
        for name in ("start_date", "end_date"):
            if name in said and (said[name][0].endswith("Z") or "+" in said[name][0][10:]):
                return inner.error(400, f"invalid {name}", "json")
        url = request.url
        for name in ("start_date", "end_date"):
            if name in said:
                at = datetime.fromisoformat(said[name][0])
                utc = at.replace(tzinfo=zone).astimezone(ZoneInfo("UTC"))
                url = url.replace(said[name][0], utc.strftime("%Y-%m-%dT%H:%M:%SZ"))
        return inner(Request(url, headers=request.headers))

    source = await opened(chicago, zone="America/Chicago", local_times=True, history_days=40)
    assert await listed(source) == ids(inner)
    assert source.rejected == []


# ------------------------------------------------------------------------------- FixMyStreet


def fixmystreet(inner: GeoReport) -> Callable[[Request], Answer]:
    """XML alone, a jurisdiction, no pages, and recipients within `agency_responsible`."""

    def serve(request: Request) -> Answer:
        parts = urlsplit(request.url)
        said = parse_qs(parts.query)
        if not parts.path.endswith(".xml"):
            return inner.error(404, "not found", "xml")
        if said.get("jurisdiction_id") != ["kota.example"]:
            return inner.error(400, "jurisdiction_id was not provided", "xml")
        found = inner(request)
        body = re.sub(rb"</?recipients>", b"", found.body)
        return Answer(found.status, found.headers, body)

    return serve


@pytest.mark.parametrize("recipients", [["Dinas PUPR"], ["Dinas PUPR", "Dinas Perhubungan"]])
async def test_recipients_within_an_element_are_the_agency(recipients: list[str]) -> None:
    rows = many(30, NOON - HOUR, 20 * HOUR)
    for one in rows:
        one["agency_responsible"] = {"recipients": recipients}
        one["interface_used"] = "Web interface"
    inner = GeoReport(rows, formats=("xml",), paged=False)
    source = await opened(
        fixmystreet(inner), format=None, jurisdiction_id="kota.example", history_days=40,
        departments={"Dinas PUPR": "dpupr"},
    )  # fmt: skip
    assert await listed(source) == ids(inner)
    (found,) = await source.complaints_by_id([ids(inner)[0]])
    assert found is not None
    assert found.department == ("dpupr" if len(recipients) == 1 else None)


@pytest.mark.parametrize(
    "said",
    [
        {"recipient": ["Dinas PUPR"]},
        {"recipient": "Dinas PUPR"},
        ["Dinas PUPR"],
        "Dinas PUPR",
    ],
)
async def test_an_agency_is_a_text_or_a_list_of_them(said: Any) -> None:
    found = await the_one(
        row("7", NOON - HOUR, agency_responsible=said), departments={"Dinas PUPR": "dpupr"}
    )
    assert found.department == "dpupr"


# ------------------------------------------------------------------------------- others


async def test_what_may_be_left_out_hides_no_request_when_it_has_another_shape() -> None:
    """Bonn and Helsinki among others put objects and lists where the specification has texts."""
    strange: dict[str, Any] = {
        "status_notes": ["Diterima.", "Diteruskan."],
        "title": ["Lampu"], "address": {"street": "Jl. Daan Mogot"}, "lat": [1], "long": {},
        "service_notice": ["a"], "zipcode": {}, "interface_used": ["x"], "duplicate_of": ["5"],
        "service_object_id": "10844", "service_object_type": "http://www.hel.fi/servicemap/v2",
        "media_urls": ["https://kota.example/a.jpg", "https://kota.example/b.jpg"],
        "extended_attributes": {
            "title": {"de": "Laterne"},
            "markaspot": {"status_hex": "#cc0000", "nid": 5},
            "photos": [{"title": ["x"], "media_url": "https://kota.example/c.jpg"}],
        },
        "comments": [{"datetime": NOON.isoformat(), "comment": "Terima kasih", "official": []}],
    }  # fmt: skip
    server = GeoReport([row("9-2026", NOON - HOUR, **strange)])
    source = await opened(server, history_days=10)
    (found,) = await source.complaints_by_id(["9-2026"])
    assert found is not None
    assert (found.point, found.address, found.title) == (None, None, None)
    assert found.status_note is not None
    assert found.status_note.pick("id") == "Diterima.\nDiteruskan."
    ((a, b, c),) = await source.media_by_complaint_id(["9-2026"])
    assert {one.media.url[-5:] for one in (a, b, c)} == {"a.jpg", "b.jpg", "c.jpg"}
    assert source.rejected == []


async def test_a_request_that_may_be_private_is_not_shown_by_mistake() -> None:
    server = GeoReport([row("1", NOON - HOUR, non_public=["?"]), row("2", NOON - 2 * HOUR)])
    source = await opened(server, history_days=10)
    assert await listed(source) == ["2"]
    assert [reason for _, reason in source.rejected] == ["non_public must be text, not list"]


async def test_the_state_is_in_the_notes_and_nobody_knows_when_it_changed() -> None:
    """Toronto."""
    found = await the_one(
        row("101000", NOON - HOUR, updated_datetime="", status="open", status_notes="In Progress"),
        state_in_notes=True,
    )
    assert found.status is ComplaintStatus.IN_PROGRESS
    assert found.updated_at == NOON - HOUR


async def test_rows_within_wrappers_come_once_over_windows_and_back() -> None:
    """Greenwich: `{"requests": {"request": […]}}`; pages are read forward and backward."""
    inner = GeoReport(many(95, NOON - HOUR, 12 * HOUR), limit=10)

    def wrapped(request: Request) -> Answer:
        found = inner(request)
        rows = json.loads(found.body)
        if "/requests" not in request.url or found.status != 200:
            return found
        return answer(json.dumps({"requests": {"request": rows}}), "application/json")

    source = await opened(wrapped, history_days=60)
    assert await listed(source) == ids(inner)
    page, seen = Page(20, descending=True), []
    while True:
        part = await source.find_complaints(ALL, NEWEST, page)
        seen += [hit.record.origin.local_id for hit in part.hits]
        if not part.more:
            break
        page = Page(20, descending=True, after=part.hits[-1].position)
    assert seen == ids(inner)
    back = Page(30, descending=True, after=part.hits[-1].position, backward=True)
    part = await source.find_complaints(ALL, NEWEST, back)
    assert [hit.record.origin.local_id for hit in part.hits] == ids(inner)[-31:-1]


async def test_half_a_character_in_an_id_hides_no_other_request() -> None:
    server = GeoReport([row("1", NOON - HOUR), row("\ud800", NOON - 2 * HOUR)])
    source = await opened(server, history_days=10)
    assert await listed(source) == ["1"]
    assert len(source.rejected) == 1
