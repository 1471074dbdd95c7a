"""What a connector makes of an answer: data, success, failure, batches."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.declarative.answers import (
    aligned,
    chunks,
    decoded,
    document_of,
    outcome,
)
from connectors.declarative.mapping import ABSENT, parse
from connectors.declarative.model import Connect, ErrorShape, Source
from connectors.declarative.templates import read_template
from connectors.errors import Unreadable
from connectors.upkeep.documents import Answer, Document


def connect(selection: str = "a", **parts: Any) -> Connect:
    return Connect("Query", "lots", "GET", read_template("/l"), parse(selection), **parts)


def source(**parts: Any) -> Source:
    return Source("parkir", read_template("https://a.example"), **parts)


@pytest.mark.parametrize(
    ("body", "kind", "status", "expected"),
    [
        (b'{"a": 1}', "application/json", 200, {"a": 1}),
        (b'\xef\xbb\xbf{"a": 1}', "application/problem+json", 200, {"a": 1}),
        (b"[1]", "", 200, [1]),
        (b"12345678901234567890123", "", 200, 12345678901234567890123),
        (b"", "application/json", 200, None),
        (b" \n", "application/json", 200, None),
        (b'{"a": 1}', "application/json", 204, None),
        ("é".encode(), "text/plain", 200, "é"),
        (b"<a/>", "application/xml", 200, None),
        (b"\x89PNG", "image/png", 200, None),
    ],
)
def test_a_body_is_read_by_its_content_type(body: bytes, kind: str, status: int, expected: Any):
    assert decoded(Document(body, kind, status=status)) == expected


@pytest.mark.parametrize(
    ("body", "kind", "charset"),
    [
        (b"{", "application/json", ""),
        (b"NaN", "application/json", ""),
        (b'{"a": "\xe9"}', "application/json", ""),
        (b"[" * 100_000, "application/json", ""),
        (b"9" * 5_000, "application/json", ""),
        (b"hello", "", ""),
        (b"<!DOCTYPE html><p>Masuk", "application/json", ""),
        (b"<html>", "text/plain", ""),
        (b"x", "text/html", ""),
        (b"x", "text/plain", "no-such-charset"),
        (b"\xff", "text/plain", "utf-8"),
    ],
)
def test_an_answer_that_is_not_what_it_says_is_unreadable(body: bytes, kind: str, charset: str):
    with pytest.raises(Unreadable):
        decoded(Document(body, kind, charset))


def test_a_charset_is_followed():
    assert decoded(Document(b"caf\xe9", "text/plain", "windows-1252")) == "café"


def test_an_answer_becomes_a_document_of_its_status():
    answer = Answer(404, {"content-type": 'Application/JSON; Charset="UTF-8"'}, b"{}")
    assert document_of(answer) == Document(b"{}", "application/json", "utf-8", status=404)


def test_a_good_answer_is_mapped_with_status_and_headers():
    found = outcome(
        connect("a s: $status n: $args.n next: $response.headers.link->first"),
        source(),
        Document(b'{"a": 1}', "application/json"),
        {"$args": {"n": 2}},
        headers={"link": "/2"},
    )
    assert found.value == {"a": 1, "s": 200, "n": 2, "next": "/2"}
    assert (found.problems, found.failure) == ([], None)


def test_an_answer_that_misses_something_tells_it():
    found = outcome(connect("$.a"), None, Document(b"{}", "application/json"), {})
    assert found.value is ABSENT
    assert [p.path for p in found.problems] == [("a",)]


def test_a_failure_has_a_message_of_ours_and_no_text_of_theirs():
    found = outcome(connect(), source(), Document(b'{"secret": "x"}', "", status=500), {})
    assert found.value is ABSENT
    assert found.failure is not None
    assert found.failure.message == "Request failed"
    assert found.failure.code == "CONNECTOR_FETCH"
    assert found.failure.extensions == {
        "http": {"status": 500},
        "service": "parkir",
        "connector": {"coordinate": "Query.lots"},
    }


def test_the_connector_tells_failures_before_the_source_does():
    shared = ErrorShape(parse("$('from the source')"), parse("a: $status b: $('source')"))
    own = ErrorShape(parse("$.error.message"), parse("b: $('own') code: $('SOLD_OUT')"))
    answer = Document(b'{"error": {"message": "penuh"}}', "application/json", status=409)
    found = outcome(connect(errors=own), source(errors=shared), answer, {}).failure
    assert found is not None
    assert (found.message, found.code) == ("penuh", "SOLD_OUT")
    assert (found.extensions["a"], found.extensions["b"]) == (409, "own")
    found = outcome(connect(), source(errors=shared), answer, {}).failure
    assert found is not None
    assert (found.message, found.extensions["b"]) == ("from the source", "source")
    empty = Document(b"", status=409)
    found = outcome(connect(errors=own), source(), empty, {}).failure
    assert found is not None
    assert found.message == "Request failed"


@pytest.mark.parametrize(
    ("test", "status", "good"),
    [
        ("ok", 200, False),
        ("$.ok", 200, True),
        ("$.ok", 500, True),
        ("$.no", 200, False),
        ("$.count", 200, False),
        ("$.missing", 200, False),
        ("$status->eq(404)", 404, True),
    ],
)
def test_success_is_what_the_test_says_exactly_true(test: str, status: int, *, good: bool):
    answer = Document(b'{"ok": true, "no": false, "count": 1}', "", status=status)
    own = outcome(connect(is_success=parse(test)), source(is_success=parse("$.no")), answer, {})
    shared = outcome(connect(), source(is_success=parse(test)), answer, {})
    assert (own.failure is None, shared.failure is None) == (good, good)


def test_a_web_page_is_no_data_but_a_failing_one_is_a_failure():
    page = b"<!doctype html><p>maintenance"
    with pytest.raises(Unreadable):
        outcome(connect(), None, Document(page, "text/html"), {})
    found = outcome(connect(), None, Document(page, "text/html", status=503), {})
    assert found.failure is not None
    assert found.failure.extensions["service"] is None


def test_an_answer_of_too_many_levels_is_not_passed_on():
    with pytest.raises(Unreadable, match="too many"):
        outcome(connect("$"), None, Document(b"[" * 300 + b"]" * 300, ""), {})


# ------------------------------------------------------------------------------- batches


def test_rows_are_put_in_the_order_of_their_keys():
    keys = [{"id": "3"}, {"id": "1"}, {"id": "2"}]
    rows = [{"id": 1, "n": "a"}, None, {"n": "no id"}, {"id": "3", "n": "c"}, {"id": 3, "n": "d"}]
    assert aligned(keys, rows, ["id"]) == [{"id": "3", "n": "c"}, {"id": 1, "n": "a"}, None]


def test_rows_are_found_by_several_fields():
    keys = [{"kec": "01", "no": 2}, {"kec": "01", "no": 1}]
    rows = [{"kec": "01", "no": 1}, {"kec": "1", "no": 2}]
    assert aligned(keys, rows, ["kec", "no"]) == [None, {"kec": "01", "no": 1}]


def test_what_is_no_list_is_no_answer_to_a_batch():
    with pytest.raises(Unreadable, match="must be mapped to a list"):
        aligned([{"id": 1}], {"id": 1}, ["id"])
    with pytest.raises(Unreadable, match="is nothing"):
        aligned([{"id": 1}], ABSENT, ["id"])


@given(st.lists(st.integers(), max_size=20), st.none() | st.integers(1, 7))
def test_chunks_are_the_keys_in_their_order(keys: list[int], most: int | None):
    found = chunks(keys, most)
    assert [key for chunk in found for key in chunk] == keys
    assert all(1 <= len(chunk) <= (most or 20) for chunk in found)
    assert len(found) <= (len(keys) if most else 1)


@given(st.permutations(range(8)), st.sets(st.integers(0, 7)))
def test_a_batch_has_the_length_and_order_of_its_keys(order: list[int], gone: set[int]):
    keys = [{"id": str(number)} for number in range(8)]
    rows = [{"id": number, "n": number * 2} for number in order if number not in gone]
    found = aligned(keys, rows, ["id"])
    assert [row and row["n"] for row in found] == [
        None if number in gone else number * 2 for number in range(8)
    ]
