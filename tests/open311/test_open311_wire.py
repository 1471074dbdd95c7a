"""GeoReport documents become plain rows, as the specification prints them and as cities send them."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import ConnectorError, Refused, Rejected, Unreadable
from connectors.kinds.open311 import records, wire, words
from connectors.kinds.open311.questions import Server, endpoint_of
from connectors.ports.common import GeoPoint
from connectors.upkeep.documents import Document


def said(body: str | bytes, charset: str = "") -> Document:
    return Document(body if isinstance(body, bytes) else body.encode(), charset=charset)


XML = """<?xml version="1.0" encoding="utf-8"?>
<service_requests>
  <request>
    <service_request_id>007</service_request_id>
    <status>closed</status>
    <status_notes>Sudah &amp;amp; beres</status_notes>
    <service_code>006</service_code>
    <description></description>
    <requested_datetime>2026-04-14T06:37:38-08:00</requested_datetime>
    <updated_datetime/>
    <zipcode>01512</zipcode>
    <lat>-6.17</lat>
    <long>106.64</long>
    <media_url>https://foto.example/7.jpg </media_url>
  </request>
</service_requests>"""

PRINTED = """[
  {
    "service_request_id":007,
    "status":"closed",
    "status_notes":"Sudah &amp; beres",
    "service_code":006,
    "description":null,
    "requested_datetime":"2026-04-14T06:37:38-08:00",
    "updated_datetime":"",
    "zipcode":01512,
    "lat":-6.17,
    "long":106.64,
    "media_url":"https://foto.example/7.jpg ",
  },
]"""


@pytest.mark.parametrize("body", [XML, PRINTED, "\ufeff" + PRINTED, "\ufeff" + XML])
def test_xml_and_the_json_of_the_specification_say_the_same(body: str) -> None:
    (found,), rejected = records.requests(said(body), None)
    assert rejected == []
    assert (found.id, found.service_code, found.zipcode) == ("007", "006", "01512")
    assert found.requested == datetime(2026, 4, 14, 14, 37, 38, tzinfo=UTC)
    assert found.updated is None
    assert found.description is None
    assert found.status_notes == "Sudah & beres"
    assert found.point == GeoPoint(-6.17, 106.64)
    assert [one.url for one in found.pictures] == ["https://foto.example/7.jpg"]


def test_numbers_within_texts_stay_as_they_are() -> None:
    body = '[{"service_request_id":01,"requested_datetime":"2026-01-01T00:00:00Z",'
    body += '"description":"jam 007, \\"08:00\\", ,]"}]'
    (found,), _ = records.requests(said(body), None)
    assert found.description == 'jam 007, "08:00", ,]'


ONE = '{"service_request_id":"1","requested_datetime":"2026-01-01T00:00:00Z","status":"open"}'


@pytest.mark.parametrize(
    "body",
    [
        f"[{ONE}]",
        ONE,
        f'{{"service_requests":[{ONE}]}}',
        f'{{"service_requests":{{"request":[{ONE}]}}}}',
        f'{{"service_requests":{{"request":{ONE}}}}}',
        f'{{"requests":[{{"request":{ONE}}}],"total":1}}',
        f'[{{"service_request":{ONE}}}]',
        f'{{"response":[{ONE}],"count":1}}',
        f'{{"data":{{"requests":[{ONE}]}}}}',
    ],
)
def test_wrappers_around_the_rows_are_looked_through(body: str) -> None:
    found, rejected = records.requests(said(body), None)
    assert [one.id for one in found] == ["1"]
    assert rejected == []


@pytest.mark.parametrize(
    "body",
    [
        "[]",
        "<service_requests/>",
        "<service_requests></service_requests>",
        '<service_requests type="array"/>',
        '{"service_requests":[]}',
        '{"service_requests":null}',
    ],
)
def test_an_empty_list_is_empty(body: str) -> None:
    assert records.requests(said(body), None) == ([], [])


@pytest.mark.parametrize(
    "body",
    ["", "  ", "{}", "null", "7", '"x"', '{"foo":[{"bar":1}]}', "<a><b>1</b></a>", "<html", "%PDF",
     '[{"service_request_id":', "[" * 100_000, "<a>" * 5_000 + "</a>" * 5_000],
)  # fmt: skip
def test_anything_else_is_not_an_empty_list(body: str) -> None:
    with pytest.raises(Unreadable):
        records.requests(said(body), None)


def test_entities_of_a_document_are_not_expanded() -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "bbbb">]><service_requests>&b;</service_requests>'
    with pytest.raises(Unreadable):
        records.requests(said(bomb), None)


def test_a_wrong_encoding_is_not_read_as_another() -> None:
    latin = f"[{ONE}]".replace("open", "größer").encode("latin-1")
    with pytest.raises(Unreadable, match="utf-8"):
        records.requests(said(latin), None)
    (found,), _ = records.requests(said(latin, charset="iso-8859-1"), None)
    assert found.status == "größer"


def test_a_row_that_cannot_be_taken_is_given_back_with_the_reason() -> None:
    wrong: list[Any] = [
        json.loads(ONE),
        {"status": "open"},
        {"service_request_id": "2", "requested_datetime": "kemarin"},
        {"service_request_id": "3", "requested_datetime": "2026-01-01T00:00:00"},
        {"service_request_id": "4" * 300, "requested_datetime": "2026-01-01T00:00:00Z"},
        "5",
    ]
    found, rejected = records.requests(said(json.dumps(wrong)), None)
    assert [one.id for one in found] == ["1"]
    reasons = [reason for _, reason in rejected]
    assert "requested_datetime is empty" in reasons[0]
    assert "must be a time" in reasons[1]
    assert "option `zone`" in reasons[2]
    assert "longer than 255" in reasons[3]
    assert reasons[4] == "is not an object"


def test_times_without_an_offset_are_of_the_zone_that_is_said() -> None:
    body = '[{"service_request_id":"1","requested_datetime":"2026-01-01 07:00:00"}]'
    (found,), _ = records.requests(said(body), ZoneInfo("Asia/Jakarta"))
    assert found.requested == datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lat", "long", "point"),
    [
        ("-6.17", "106.64", GeoPoint(-6.17, 106.64)),
        ("106.64", "-6.17", GeoPoint(-6.17, 106.64)),  # swapped
        ("-6,17", "106,64", GeoPoint(-6.17, 106.64)),  # decimal comma
        ("0", "0.0", None),
        ("", "106.64", None),
        ("200", "300", None),
        ("NaN", "x", None),
    ],
)
def test_points_are_taken_only_where_they_can_be_trusted(
    lat: str, long: str, point: GeoPoint | None
) -> None:
    assert words.point({"lat": lat, "long": long}) == point


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Tom &amp; Jerry", "Tom & Jerry"),
        ("a < b & c", "a < b & c"),
        ("satu<br/>dua<script>x()</script>", "satu\ndua"),
        ("<p>Jalan <b>rusak</b></p>", "Jalan rusak"),
        ("&lt;img src=x onerror=alert(1)&gt;lubang", "lubang"),
        ("  \r\n ", None),
    ],
)
def test_texts_are_without_markup_and_keep_what_is_no_markup(
    written: str, read: str | None
) -> None:
    assert words.readable(written) == read


@pytest.mark.parametrize(
    "body",
    [
        '[{"code":404,"description":"jurisdiction_id not found"}]',
        '{"errors":[{"code":404,"description":"x"}]}',
        '[{"error":{"code":404,"description":"x"}}]',
        "<errors><error><code>404</code><description>x</description></error></errors>",
    ],
)
def test_an_errors_document_with_a_good_status_is_no_list(body: str) -> None:
    with pytest.raises(Rejected, match="404") as failure:
        records.requests(said(body), None)
    assert "jurisdiction" not in str(failure.value)
    with pytest.raises(Refused):
        records.services(said(body.replace("404", "403")))


def test_a_form_has_its_questions_in_order_with_their_choices() -> None:
    body = """<service_definition><service_code>DMV66</service_code><attributes>
      <attribute><variable>true</variable><code>B</code><datatype>singlevaluelist</datatype>
        <required>true</required><order>2</order><description>Apa?</description>
        <values><value><key>123</key><name>Ford</name></value></values></attribute>
      <attribute><variable>false</variable><code>A</code><datatype>text</datatype>
        <required>false</required><order>1</order><description>Info</description><values/>
      </attribute></attributes></service_definition>"""
    form = records.definition(said(body))
    assert form.service_code == "DMV66"
    assert [one.code for one in form.attributes] == ["A", "B"]
    assert [one.variable for one in form.attributes] == [False, True]
    assert form.attributes[1].values == (("123", "Ford"),)
    assert form.attributes[1].required


def test_receipts_hold_an_id_or_a_token_as_text() -> None:
    notice = "<service_requests><request><service_notice>ya</service_notice></request>"
    for body, id_, token in (
        ('[{"service_request_id":293944,"account_id":null}]', "293944", None),
        ('[{"token":012}]', None, "012"),
        (f"{notice}</service_requests>", None, None),
    ):
        found = records.receipt(said(body))
        assert (found.request_id, found.token) == (id_, token)
    with pytest.raises(Unreadable):
        records.receipt(said("[]"))


def test_extensions_are_read_where_they_fit() -> None:
    told = {
        **json.loads(ONE),
        "attributes": {"WHEREIST": "TRAFFIC"},
        "first_name": "Siti",
        "email": "siti@example.com",
        "extended_attributes": {
            "title": "Lubang",
            "channel": "phone",
            "photos": [
                {"media_url": "https://foto.example/a.jpg", "title": "After", "created": "?"}
            ],
        },
        "notes": [
            {"datetime": "2026-01-02T00:00:00Z", "summary": "Request opened", "type": "opened"},
            {"datetime": "never", "type": "activity"},
            "strange",
        ],
        "comments": [
            {"datetime": "2026-01-03T00:00:00Z", "comment": "Masih rusak", "name": "Siti"}
        ],
    }
    (found,), _ = records.requests(said(json.dumps([told])), None)
    assert found.title == "Lubang"
    assert found.answers == (("WHEREIST", "WHEREIST", ("TRAFFIC",)),)
    assert [note.text for note in found.notes] == ["Request opened"]
    assert [remark.text for remark in found.remarks] == ["Masih rusak"]
    assert [(one.url, one.title) for one in found.pictures] == [
        ("https://foto.example/a.jpg", "After")
    ]
    assert "Siti" not in repr(found)
    assert "siti@" not in repr(found)


def test_the_endpoint_in_production_is_found() -> None:
    body = """<discovery><changeset>2026-01-01T00:00:00Z</changeset><endpoints>
      <endpoint><specification>http://wiki.open311.org/GeoReport_v2</specification>
        <url>https://test.example/v2</url><type>test</type>
        <formats><format>text/xml</format></formats></endpoint>
      <endpoint><specification>http://wiki.open311.org/GeoReport_v2</specification>
        <url>https://api.example/v2/</url><type>production</type>
        <formats><format>text/xml</format><format>application/json</format></formats></endpoint>
      </endpoints></discovery>"""
    found = endpoint_of(records.endpoints(said(body)))
    assert found == ("https://api.example/v2", ("json", "xml"))
    with pytest.raises(Unreadable):
        endpoint_of(records.endpoints(said(body.replace("production", "old"))))


def test_empty_parameters_are_left_out_and_ids_are_escaped() -> None:
    server = Server("https://api.example/v2", format="xml")
    assert server.services().url == "https://api.example/v2/services.xml"
    assert server.request("a/b?{secret:k}").url.endswith("requests/a%2Fb%3F%7Bsecret%3Ak%7D.xml")
    named = Server("https://api.example/v2", jurisdiction="kota.go.id", extensions=True)
    assert named.requests_by_id(["1", "02"]).url == (
        "https://api.example/v2/requests.json"
        "?jurisdiction_id=kota.go.id&service_request_id=1,02&extensions=true"
    )
    assert "deflate" not in named.services().headers["Accept-Encoding"]


def test_times_can_be_asked_for_without_an_offset() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    server = Server("https://api.example/v2", local_times=ZoneInfo("Asia/Jakarta"))
    assert "start_date=2026-01-01T07:00:00&end_date" in server.requests(at, at).url
    plain = Server("https://api.example/v2").requests(at, at).url
    assert "start_date=2026-01-01T00:00:00Z&end_date=2026-01-01T00:00:00Z" in plain


def test_services_of_one_server_say_that_they_are_an_array() -> None:
    body = """<?xml version="1.0" encoding="utf-8"?><services is_array="true"><service>
      <service_code>015</service_code><service_name>Straßenschäden</service_name>
      <metadata>false</metadata><type>realtime</type><description></description><keywords/>
      </service></services>"""
    (found,), rejected = records.services(said(body))
    assert (found.code, found.name, found.metadata) == ("015", "Straßenschäden", False)
    assert (found.description, found.keywords, found.group, rejected) == (None, (), None, [])


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
    | st.sampled_from(["2026-01-01T00:00:00Z", "1", "true", "<b>", "&#0;", "\ud800"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["service_request_id", "service_code", "requested_datetime", "attributes", "notes",
             "values", "key", "code", "description", "lat", "long", "media_url", "token",
             "extended_attributes", "photos", "comments", "datetime", "errors", "request",
             "service_requests", "endpoints", "formats", "keywords", "group", "metadata"],
        ),
        inner, max_size=6,
    ),
    max_leaves=20,
)  # fmt: skip


@given(VALUES)
def test_no_document_raises_anything_but_our_errors(value: Any) -> None:
    document = said(json.dumps(value))
    reads: list[Any] = [
        lambda: records.requests(document, None),
        lambda: records.services(document),
        lambda: records.definition(document),
        lambda: records.receipt(document),
        lambda: records.endpoints(document),
        lambda: wire.problems(wire.tree(document)),
    ]
    for read in reads:
        with suppress(ConnectorError):
            read()


@given(
    st.binary(max_size=60) | st.text(alphabet='{}[]",0123:<>/abc\\ ', max_size=60).map(str.encode)
)
def test_no_bytes_raise_anything_but_our_errors(body: bytes) -> None:
    with suppress(ConnectorError):
        records.requests(said(body), None)
