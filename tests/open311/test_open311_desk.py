"""Complaints are handed in once, as a form, with the key; what comes back is told in our words."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import pytest

from connectors.errors import Broken, Refused, Rejected, TimedOut, Unreadable
from connectors.ports.common import ErrorCode, GeoPoint, must_text
from connectors.ports.complaint_desk import ComplaintDraft, Contact, DraftAnswer
from connectors.systems.open311.desk import Open311
from connectors.upkeep.documents import Answer, Request
from tests.georeport import KEY, SERVICES, GeoReport, opened

DRAFT = ComplaintDraft(
    category="001",
    description="  Lubang besar & dalam {secret:kunci}\nawas = licin  ",
    point=GeoPoint(-6.17, 106.64),
    address_text="Jl. Merdeka 1",
    media_urls=("https://foto.example/1.jpg",),
    answers=(DraftAnswer("DALAM", ("2",)), DraftAnswer("ALAT", ("a", "b"))),
    contact=Contact("Siti", "Aminah", "siti@example.com", "+628120000001"),
)


async def desk(server: Any, **options: Any) -> Open311:
    return await opened(server, api_key="{secret:kunci}", jurisdiction_id="kota.go.id", **options)


@pytest.mark.parametrize("form", ["json", "xml"])
async def test_a_complaint_is_a_form_of_the_specification(form: str) -> None:
    server = GeoReport()
    receipt = await (await desk(server, format=form)).submit_complaint(DRAFT)
    assert receipt.accepted
    assert receipt.upstream_id == "00001"
    assert receipt.token is None
    assert receipt.notice == must_text("Tim datang & memeriksa")
    assert server.taken == [
        [
            ("api_key", KEY),
            ("jurisdiction_id", "kota.go.id"),
            ("service_code", "001"),
            ("lat", "-6.17"),
            ("long", "106.64"),
            ("address_string", "Jl. Merdeka 1"),
            ("email", "siti@example.com"),
            ("first_name", "Siti"),
            ("last_name", "Aminah"),
            ("phone", "+628120000001"),
            # A citizen cannot have a secret written into the form.
            ("description", "Lubang besar & dalam {secret:kunci}\nawas = licin"),
            ("media_url", "https://foto.example/1.jpg"),
            ("attribute[DALAM]", "2"),
            ("attribute[ALAT][]", "a"),
            ("attribute[ALAT][]", "b"),
        ]
    ]
    sent = next(one for one in server.asked if one.method == "POST")
    assert sent.headers["Content-Type"] == "application/x-www-form-urlencoded; charset=utf-8"
    assert KEY not in sent.url


async def test_a_token_becomes_an_id_when_the_server_has_one() -> None:
    server = GeoReport()
    source = await desk(server)
    draft = replace(DRAFT, category="002", answers=())
    receipt = await source.submit_complaint(draft)
    assert (receipt.upstream_id, receipt.token) == (None, "t00001")
    assert await source.complaint_ids_by_token(["t00001", "nope"]) == [None, None]
    server.tokens["t00001"] = "00815"
    other = await desk(server)  # one that has not asked yet
    assert await other.complaint_ids_by_token(["nope", "t00001", "t00001"]) == [
        None,
        "00815",
        "00815",
    ]


async def test_a_category_that_tells_nobody_gives_neither_id_nor_token() -> None:
    receipt = await (await desk(GeoReport())).submit_complaint(
        replace(DRAFT, category="003", answers=())
    )
    assert receipt.accepted
    assert (receipt.upstream_id, receipt.token) == (None, None)
    assert receipt.notice == must_text("Terima kasih")


@pytest.mark.parametrize(
    ("answers", "place"),
    [
        ((), "answers.DALAM"),
        ((DraftAnswer("DALAM", ("3",)),), "answers.DALAM"),
        ((DraftAnswer("DALAM", ("1", "2")),), "answers.DALAM"),
        ((DraftAnswer("DALAM", ("1",)), DraftAnswer("DALAM", ("1",))), "answers.DALAM"),
        ((DraftAnswer("DALAM", ("1",)), DraftAnswer("ALAT", ("c",))), "answers.ALAT"),
        ((DraftAnswer("DALAM", ("1",)), DraftAnswer("INFO", ("x",))), "answers.INFO"),
    ],
)
async def test_answers_are_checked_with_the_form_before_anything_is_sent(
    answers: tuple[DraftAnswer, ...], place: str
) -> None:
    server = GeoReport()
    receipt = await (await desk(server)).submit_complaint(replace(DRAFT, answers=answers))
    assert [fault.field for fault in receipt.faults] == [place]
    assert server.taken == []


async def test_the_form_is_asked_for_also_where_lists_do_without() -> None:
    server = GeoReport()
    source = await desk(server, definitions=False)
    receipt = await source.submit_complaint(replace(DRAFT, answers=()))
    assert [fault.field for fault in receipt.faults] == ["answers.DALAM"]


async def test_without_the_form_nothing_is_sent() -> None:
    server = GeoReport()

    def half(request: Request) -> Answer:
        if "/services/" in request.url:
            return server.error(500, "x", "json")
        return server(request)

    with pytest.raises(Broken):
        await (await desk(half)).submit_complaint(DRAFT)
    assert server.taken == []


async def test_a_category_of_several_services_is_sent_to_the_first() -> None:
    server = GeoReport()
    source = await desk(server, categories={"002": "usul", "003": "usul"})
    receipt = await source.submit_complaint(replace(DRAFT, category="usul", answers=()))
    assert receipt.token
    assert ("service_code", "002") in server.taken[0]


async def test_more_than_one_picture_is_refused_for_only_one_can_be_sent() -> None:
    server = GeoReport()
    draft = replace(DRAFT, media_urls=("https://a.id/1", "https://a.id/2"))
    receipt = await (await desk(server)).submit_complaint(draft)
    assert [fault.field for fault in receipt.faults] == ["media"]


@pytest.mark.parametrize(
    ("description", "field", "code"),
    [
        ("service_code 001 was not found", "category", ErrorCode.NOT_FOUND),
        ("attribute[DALAM] is not valid", "answers.DALAM", ErrorCode.BAD_INPUT),
        ("description contains html", "description", ErrorCode.BAD_INPUT),
        ("location is outside of the city", "point", ErrorCode.BAD_INPUT),
        ("General service error", "", ErrorCode.BAD_INPUT),
    ],
)
async def test_errors_of_the_server_are_told_by_field_and_in_our_words(
    description: str, field: str, code: ErrorCode
) -> None:
    server = GeoReport()
    server.refuse = server.error(400, description, "json")
    receipt = await (await desk(server)).submit_complaint(DRAFT)
    (fault,) = receipt.faults
    assert (fault.field, fault.code) == (field, code)
    assert description not in str(receipt)
    assert server.taken == []


async def test_a_key_that_is_not_accepted_is_no_fault_of_the_citizen() -> None:
    with pytest.raises(Refused):
        await (await desk(GeoReport(key="another"))).submit_complaint(DRAFT)
    with pytest.raises(Refused, match="api_key"):
        await (await opened(GeoReport())).submit_complaint(DRAFT)
    server = GeoReport()
    server.refuse = server.error(400, "jurisdiction_id was not found", "json")
    with pytest.raises(Rejected, match="jurisdiction_id"):
        await (await desk(server)).submit_complaint(DRAFT)


async def test_nothing_is_sent_twice_whatever_becomes_of_it() -> None:
    for fault in (TimedOut("slow"), Broken("hung up")):
        server = GeoReport()
        sent: list[Request] = []

        def lossy(
            request: Request, fault: Any = fault, server: Any = server, sent: Any = sent
        ) -> Any:
            if request.method == "POST":
                sent.append(request)
                return fault
            return server(request)

        with pytest.raises(type(fault)):
            await (await desk(lossy)).submit_complaint(DRAFT)
        assert len(sent) == 1


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (200, b"<html><body>Masuk</body></html>", Unreadable),
        (200, b"[]", Unreadable),
        (200, b"", Unreadable),
        (400, b"<html>no</html>", Rejected),
        (422, b"{}", Rejected),
        (500, b"[]", Broken),
    ],
)
async def test_what_is_no_receipt_is_not_taken_for_one(
    status: int, body: bytes, error: type[Exception]
) -> None:
    server = GeoReport()
    server.refuse = Answer(status, {"content-type": "text/html"}, body)
    with pytest.raises(error):
        await (await desk(server)).submit_complaint(DRAFT)


async def test_an_errors_document_with_a_good_status_is_no_receipt() -> None:
    server = GeoReport()
    told = [{"code": 400, "description": "address_string is empty"}]
    server.refuse = Answer(200, {"content-type": "application/json"}, json.dumps(told).encode())
    receipt = await (await desk(server)).submit_complaint(DRAFT)
    assert [fault.field for fault in receipt.faults] == ["point"]


async def test_nothing_personal_and_no_key_is_written_into_a_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    server = GeoReport()
    await (await desk(server)).submit_complaint(DRAFT)
    server.refuse = server.error(500, "Siti", "json")
    with pytest.raises(Broken) as failure:
        await (await desk(server)).submit_complaint(DRAFT)
    said = caplog.text + repr([vars(record) for record in caplog.records]) + repr(failure.value)
    said += repr(server.asked)
    for private in ("Siti", "Aminah", "siti@", "+62812", "Lubang", KEY, "rahasia"):
        assert private not in said


async def test_four_thousand_characters_are_sent_whole_and_one_more_not_at_all() -> None:
    server = GeoReport()
    longest = replace(DRAFT, description="🕳" * 4000)
    assert (await (await desk(server)).submit_complaint(longest)).accepted
    assert dict(server.taken[0])["description"] == "🕳" * 4000
    refused = await (await desk(server)).submit_complaint(
        replace(DRAFT, description="🕳" * 4001, point=None, address_text=" ")
    )
    assert [fault.field for fault in refused.faults] == ["description", "point"]
    assert len(server.taken) == 1


async def test_empty_fields_are_left_out() -> None:
    server = GeoReport()
    bare = ComplaintDraft("002", "Gelap", address_id=" 545483 ", contact=Contact(email=" "))
    await (await desk(server)).submit_complaint(bare)
    sent = next(one for one in server.asked if one.method == "POST")
    names = [name for name, _ in parse_qsl((sent.body or b"").decode(), keep_blank_values=True)]
    assert names == ["api_key", "jurisdiction_id", "service_code", "address_id", "description"]
    assert len(SERVICES) == 3
