"""What statuses mean, which hosts a source names, what makes two questions the same."""

from datetime import UTC, datetime

import pytest

from connectors.upkeep.documents import Answer, Request
from connectors.upkeep.http import document, key_of, named_hosts, retry_after

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("120", 120.0),
        ("-5", 0.0),
        ("999999999999999999", 86_400.0),
        ("Mon, 23 Nov 2026 12:01:00 GMT", 60.0),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("Mon, 99 Nov 2026 12:01:00 GMT", None),
    ],
)
def test_retry_after_is_a_number_or_a_date(value, seconds):
    assert retry_after(value, NOON) == seconds


def test_the_hosts_of_all_addresses_in_the_options_are_allowed_and_no_others():
    options = {
        "url": "https://api.example/v1?x=http://inner.example/",
        "more": ["http://[::1]:8080/a", {"deep": "webcal://kalender.example/a.ics"}],
        "text": "ftp://nobody.example/", "broken": "http://[/", "port": "http://a.example:8001/",
        "count": 5,
    }  # fmt: skip
    assert list(named_hosts(options)) == [
        "api.example", "[::1]:8080", "kalender.example", "a.example:8001",
    ]  # fmt: skip


def test_a_document_knows_its_type_and_its_encoding():
    headers = {"content-type": 'Text/CSV; Charset="ISO-8859-1"; x=y', "last-modified": "then"}
    found = document(Answer(200, headers, b"a"), NOON)
    assert (found.media_type, found.charset) == ("text/csv", "iso-8859-1")
    assert (found.etag, found.last_modified, found.status) == ("", "then", 200)
    assert document(Answer(204, {}), NOON).media_type == ""


def test_questions_differ_by_method_address_and_body():
    one = Request("http://a/?k={secret:x}")
    assert key_of(one) == "GET http://a/?k={secret:x}"
    posts = {key_of(Request("http://a/", "POST", body=body)) for body in (b"1", b"2", None)}
    assert len(posts) == 3
    assert "secret text" not in key_of(Request("http://a/", "POST", body=b"secret text"))
