"""What an Open311 server says becomes a complaint of the city, and nothing of the citizen with it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from connectors.ports.common import MediaKind, MediaRole, Page, Text, must_text
from connectors.ports.complaint_categories import FormFieldKind, IntakeMode
from connectors.ports.complaints import (
    Channel,
    Complaint,
    ComplaintStatus,
    FormAnswer,
    Light,
    RejectReason,
    Visibility,
)
from connectors.systems.open311.statuses import WORDS, folded, meaning
from tests.builders import NOON
from tests.georeport import SERVICES, GeoReport, listed, opened, row
from tests.upstream import MovedClock

DAY = timedelta(days=1)


async def only(server_row: dict[str, Any], **options: Any) -> Complaint:
    source = await opened(GeoReport([server_row]), **options)
    (found,) = await source.complaints_by_id([server_row["service_request_id"]])
    assert found is not None
    return found


async def test_every_field_of_the_specification_has_its_place() -> None:
    found = await only(
        row(
            "007", NOON - 3 * DAY,
            status="closed", status_notes="Sudah ditambal", service_code="001",
            description="Lubang\ndalam", agency_responsible="Dinas PUPR",
            service_notice="Tim akan datang", updated_datetime=(NOON - DAY).isoformat(),
            expected_datetime=(NOON + DAY).isoformat(), address="Jl. Merdeka 1", zipcode="01511",
            lat=-6.17, long=106.64, media_url="https://foto.example/7.jpg",
        ),
        departments={"dinas pupr": "dpupr"},
    )  # fmt: skip
    assert (found.origin.connector, found.origin.local_id) == ("kota", "007")
    assert (found.tracking_id, found.upstream_id, found.title) == ("007", "007", None)
    assert found.origin.as_of == NOON - DAY
    assert found.origin.fetched_at == NOON
    assert found.description == "Lubang\ndalam"
    assert found.category == "001"
    assert found.status is ComplaintStatus.RESOLVED
    assert found.source_status == "closed"
    assert found.light is Light.YELLOW  # no proof
    assert found.status_note == must_text("Sudah ditambal")
    assert found.department == "dpupr"
    assert found.notice == must_text("Tim akan datang")
    assert (found.created_at, found.updated_at) == (NOON - 3 * DAY, NOON - DAY)
    assert (found.due_at, found.resolved_at) == (NOON + DAY, NOON - DAY)
    assert found.point is not None
    assert found.address is not None
    assert found.address.text == must_text("Jl. Merdeka 1")
    assert found.address.postal_code == "01511"
    assert found.channel is Channel.OPEN311
    assert found.visibility is Visibility.PUBLIC


async def test_a_request_with_nothing_but_what_must_be_there_is_a_complaint() -> None:
    found = await only(row("1", NOON - DAY, description=None, updated_datetime=""))
    assert (found.description, found.status) == ("", ComplaintStatus.RECEIVED)
    assert found.updated_at == found.created_at == NOON - DAY
    assert (found.point, found.address, found.department, found.resolved_at) == (None,) * 4


async def test_words_of_servers_are_mapped_and_kept_and_the_line_goes_first() -> None:
    found = await only(row("1", NOON, status="Unable-to-fix"))
    assert found.status is ComplaintStatus.REJECTED
    assert found.reject_reason is RejectReason.CANNOT_FIX
    assert found.source_status == "Unable-to-fix"
    found = await only(row("1", NOON, status="open"), status_map={"Open": "in_progress"})
    assert found.status is ComplaintStatus.IN_PROGRESS
    found = await only(row("1", NOON, status="brennt"))
    assert found.status is ComplaintStatus.UNKNOWN
    assert found.light is None


def test_every_word_of_the_table_is_written_as_it_is_looked_up() -> None:
    assert all(folded(word) == word for word in WORDS)
    assert meaning("Menunggu", {}) is ComplaintStatus.RECEIVED
    assert meaning("IN_PROGRESS", {}) is ComplaintStatus.IN_PROGRESS
    assert meaning("Action Scheduled", {}) is ComplaintStatus.SCHEDULED


async def test_the_state_in_the_notes_is_taken_where_the_line_says_so() -> None:
    told = row("1", NOON, status="open", status_notes="In-progress")
    assert (await only(told)).status is ComplaintStatus.RECEIVED
    found = await only(told, state_in_notes=True)
    assert (found.status, found.source_status) == (ComplaintStatus.IN_PROGRESS, "In-progress")
    told = row("1", NOON, status="closed", status_notes="Petugas tidak menemukan apa-apa")
    found = await only(told, state_in_notes=True)
    assert (found.status, found.source_status) == (ComplaintStatus.RESOLVED, "closed")


async def test_times_without_offset_are_those_of_the_zone_of_the_line() -> None:
    told = row("1", NOON, requested_datetime="2026-11-23T12:00:00", updated_datetime=None)
    assert (await only(told, zone="Asia/Jakarta")).created_at == NOON


async def test_notes_are_the_history_oldest_first() -> None:
    at = NOON - 3 * DAY
    notes = [
        {"datetime": (at + 2 * DAY).isoformat(), "type": "closed", "summary": "Selesai"},
        {"datetime": (at + DAY).isoformat(), "type": "activity", "summary": "Diperiksa",
         "description": "Tim A"},
        {"datetime": at.isoformat(), "type": "opened", "summary": "Diterima"},
    ]  # fmt: skip
    told = row("9", at, status="closed", notes=notes, agency_responsible="Dishub")
    source = await opened(GeoReport([told]))
    (found,) = await source.history_by_complaint_id(["9"], Page(10))
    steps = [hit.record for hit in found.hits]
    assert [(one.before, one.to) for one in steps] == [
        (None, ComplaintStatus.RECEIVED),
        (ComplaintStatus.RECEIVED, ComplaintStatus.RECEIVED),
        (ComplaintStatus.RECEIVED, ComplaintStatus.RESOLVED),
    ]
    assert [one.actor for one in steps] == ["Warga", "Dishub", "Dishub"]
    assert steps[1].note == must_text("Diperiksa\nTim A")
    # The id of a step stays when another comes.
    more = [*notes, {"datetime": (at + DAY / 2).isoformat(), "type": "activity", "summary": "x"}]
    other = await opened(GeoReport([{**told, "notes": more}]))
    (longer,) = await other.history_by_complaint_id(["9"], Page(10))
    assert {one.id for one in steps} < {hit.record.id for hit in longer.hits}


async def test_without_notes_the_request_itself_tells_its_history() -> None:
    server = GeoReport(
        [
            row("1", NOON - DAY),
            row("2", NOON - DAY, status="closed", updated_datetime=NOON.isoformat()),
        ]
    )
    source = await opened(server)
    waiting, done = await source.history_by_complaint_id(["1", "2"], Page(10))
    assert [hit.record.to for hit in waiting.hits] == [ComplaintStatus.RECEIVED]
    assert [(hit.record.at, hit.record.to) for hit in done.hits] == [
        (NOON - DAY, ComplaintStatus.RECEIVED),
        (NOON, ComplaintStatus.RESOLVED),
    ]


async def test_media_have_their_kind_by_suffix_and_their_role_by_title() -> None:
    told = row(
        "1", NOON, status="closed", media_url="https://foto.example/a.MP4?x=1.jpg ",
        extended_attributes={
            "photos": [
                {"media_url": "https://foto.example/b.jpg", "title": "After work"},
                {"media_url": "javascript:alert(1)"},
            ],
            "media_urls": ["https://foto.example/c", "https://foto.example/c"],
        },
    )  # fmt: skip
    source = await opened(GeoReport([told]))
    (found,) = await source.media_by_complaint_id(["1"])
    by_url = {item.media.url.rpartition("/")[2]: item.media for item in found}
    assert set(by_url) == {"a.MP4?x=1.jpg", "b.jpg", "c"}
    assert by_url["a.MP4?x=1.jpg"].kind is MediaKind.VIDEO
    assert by_url["b.jpg"].role is MediaRole.AFTER
    assert by_url["c"].role is MediaRole.REPORT
    (complaint,) = await source.complaints_by_id(["1"])
    assert complaint is not None
    assert complaint.has_proof
    assert complaint.light is Light.GREEN


async def test_nothing_of_the_citizen_is_shown_to_the_public() -> None:
    told = row(
        "1", NOON, first_name="Siti", last_name="Aminah", email="siti@example.com",
        phone="+628111", account_id="4711", device_id="tt22",
        attributes=[{"code": "KTP", "label": "Nomor", "value": "rahasia"}],
        comments=[{"datetime": NOON.isoformat(), "comment": "Masih rusak", "name": "Budi"}],
    )  # fmt: skip
    source = await opened(GeoReport([told]))
    shown = repr(
        [
            await source.complaints_by_id(["1"]),
            await source.history_by_complaint_id(["1"], Page(9)),
            await source.comments_by_complaint_id(["1"], Page(9)),
            await source.media_by_complaint_id(["1"]),
        ]
    )
    for private in ("Siti", "Aminah", "siti@", "+628111", "4711", "tt22", "rahasia", "Budi"):
        assert private not in shown
    assert "Masih rusak" in shown
    (told_to_officers,) = await source.particulars_by_complaint_id(["1"])
    assert told_to_officers is not None
    assert told_to_officers.answers == (FormAnswer("KTP", "Nomor", ("rahasia",)),)
    assert told_to_officers.reporter is None


async def test_what_is_not_public_is_private() -> None:
    found = await only(row("1", NOON, non_public="1"))
    assert found.visibility is Visibility.PRIVATE
    source = await opened(GeoReport([row("1", NOON, non_public=True), row("2", NOON)]))
    assert await listed(source) == ["2"]


async def test_categories_have_their_questions_and_words() -> None:
    source = await opened(GeoReport())
    kinds = await source.list_categories()
    assert [one.code for one in kinds] == ["001", "002", "003"]
    road, lamp, idea = kinds
    assert road.name == must_text("Jalan rusak")
    assert road.keywords == ("lubang", "aspal")
    assert road.group == must_text("Prasarana")
    assert [one.intake for one in kinds] == [
        IntakeMode.REALTIME, IntakeMode.BATCH, IntakeMode.BLACKBOX,
    ]  # fmt: skip
    assert [one.code for one in road.fields] == ["INFO", "DALAM", "ALAT"]
    info, depth, tools_ = road.fields
    assert (info.input, info.required) == (False, False)
    assert (depth.kind, depth.required) == (FormFieldKind.SINGLE_VALUE_LIST, True)
    assert [option.key for option in depth.options] == ["1", "2"]
    assert tools_.help == must_text("Boleh lebih dari satu")
    assert (lamp.fields, lamp.keywords, idea.group) == ((), (), None)


async def test_the_category_of_a_retired_service_is_known_by_its_id_alone() -> None:
    rows = [
        row("1", NOON, service_code="099", service_name="Ayunan"),
        row("2", NOON, service_code=None, service_name="Tanpa kode"),
        row("3", NOON, service_code=None, service_name=None),
    ]
    source = await opened(GeoReport(rows))
    assert "099" not in [one.code for one in await source.list_categories()]
    found = await source.categories_by_id(["099", "Tanpa kode", "other", "nope", "001"])
    names = [one and one.name.pick("id") for one in found]
    assert names == ["Ayunan", "Tanpa kode", "Lainnya", None, "Jalan rusak"]


async def test_codes_are_mapped_to_those_of_the_line() -> None:
    server = GeoReport([row("1", NOON, service_code="002")])
    mapped = {"001": "jalan", "002": "jalan"}
    source = await opened(server, categories=mapped, language="en")
    assert [one.code for one in await source.list_categories()] == ["003", "jalan"]
    (found,) = await source.complaints_by_id(["1"])
    assert found is not None
    assert found.category == "jalan"
    (category,) = await source.categories_by_id(["jalan"])
    assert category is not None
    assert category.name == Text({"en": "Jalan rusak"})


async def test_a_form_that_cannot_be_had_leaves_the_others() -> None:
    clock = MovedClock(NOON)
    server = GeoReport(definitions={})
    source = await opened(server, clock)
    assert [len(one.fields) for one in await source.list_categories()] == [0, 0, 0]


async def test_wrong_rows_are_counted_and_the_others_come() -> None:
    rows = [row("1", NOON), {**row("2", NOON), "requested_datetime": "?"}]
    server = GeoReport()
    server.rows = rows[:1]

    def with_a_wrong_one(request: Any) -> Any:
        if "start_date" not in request.url:
            return server(request)
        said = json.dumps(rows).encode()
        return server.say([], "json").__class__(200, {"content-type": "application/json"}, said)

    source = await opened(with_a_wrong_one, history_days=1)
    assert await listed(source) == ["1"]
    assert [reason for _, reason in source.rejected]
    assert source.records_total == 1
    assert len(SERVICES) == 3
