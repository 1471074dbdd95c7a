"""CAP messages as publishers write them become the warnings that citizens see."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors import errors
from connectors.ports.common import GeoPoint, InArea, MediaRole
from connectors.ports.shapes import Circle
from connectors.ports.warnings import (
    Alert,
    AlertCriteria,
    AlertMessage,
    AlertSeverity,
    affects,
    touches,
)
from connectors.testing.warnings import AlertSourcePromises
from connectors.upkeep.documents import Answer
from tests.kinds.cap_publisher import (
    SENDER,
    SENT,
    SQUARE,
    V11,
    Site,
    area,
    bare,
    info,
    message,
    noted,
    reference,
    rss,
)

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
CITY = GeoPoint(-6.2, 106.6)
FIXTURES = Path(__file__).resolve().parents[3] / "shared" / "fixtures"


async def alerts_of(*documents: bytes, **options: Any) -> list[Alert]:
    """The alerts in force and not of messages, each at an address of its own."""
    site = Site(**{f"m{number}": document for number, document in enumerate(documents)})
    paths = [f"/m{number}" for number in range(len(documents))]
    source = await site.open("cap.alerts", "alerts", url=paths, **options)
    return list(await source.find_alerts(AlertCriteria(NOW)))


async def only(document: bytes, **options: Any) -> Alert:
    (alert,) = await alerts_of(document, **options)
    return alert


async def active(source: Any) -> list[str]:
    found: Sequence[Alert] = await source.find_alerts(AlertCriteria(NOW, active=True))
    return [alert.identifier for alert in found]


class TestThePromises(AlertSourcePromises):
    @pytest.fixture
    async def source(self) -> Any:
        pages = {
            "list": rss("/a", "/b", "/c"),
            "a": message("a"),
            "b": message(
                "b", info(severity="Severe", category="Geo"), sent=f"{SENT[:11]}11:30:00Z"
            ),
            "c": message("c", status="Exercise"),
        }
        return await Site(**pages).open("cap.alerts", "alerts")

    @pytest.fixture
    async def shown(self, source: Any) -> Any:
        found = list(await source.find_alerts(AlertCriteria(NOW)))
        assert [alert.identifier for alert in found] == ["b", "a"]
        return found

    @pytest.fixture
    def hidden(self) -> list[str]:
        return [f"c,{SENDER},2026-11-23T04:00:00+00:00"]


# ------------------------------------------------------------------------------- one message


@pytest.mark.parametrize("space", [V11, "urn:oasis:names:tc:emergency:cap:1.2", ""])
async def test_every_version_reads_the_same(space: str) -> None:
    alert = await only(message("m", space=space))
    assert alert.origin.local_id == f"m,{SENDER},2026-11-23T04:00:00+00:00"
    assert alert.event.pick("id") == "Hujan Lebat"
    assert alert.severity is AlertSeverity.MODERATE
    assert alert.sent_at == alert.effective_at == alert.origin.as_of
    assert alert.expires_at == datetime(2026, 11, 23, 7, tzinfo=UTC)
    assert affects(alert, CITY)


async def test_prefixed_elements_and_signatures_do_not_confuse() -> None:
    text = message("m").decode()
    for name in ("alert", "identifier", "sender", "sent", "status", "msgType", "scope"):
        text = text.replace(f"<{name}", f"<c:{name}").replace(f"</{name}>", f"</c:{name}>")
    text = text.replace("xmlns=", "xmlns:c=").replace(
        "</c:alert>", "<s:identifier xmlns:s='urn:s'>other</s:identifier></c:alert>"
    )
    alert = await only(text.encode())
    assert alert.identifier == "m"


async def test_the_languages_of_a_message_are_one_alert() -> None:
    alert = await only(
        message(
            "m",
            info(language="in-ID"),
            info(language="en-US", event="Heavy Rain", headline="Heavy rain", area=None),
            info(language="fr", event="Forte pluie", headline=None),
        )
    )
    assert dict(alert.event) == {"id": "Hujan Lebat", "en": "Heavy Rain", "fr": "Forte pluie"}
    assert alert.headline is not None
    assert dict(alert.headline) == {"id": "Hujan lebat di Tangerang", "en": "Heavy rain"}
    assert [one.description for one in alert.areas] == ["Kota Tangerang"]


async def test_a_block_without_language_is_english_or_what_the_line_says() -> None:
    document = message("m", info(language=None))
    assert dict((await only(document)).event) == {"en": "Hujan Lebat"}
    assert dict((await only(document, language="id")).event) == {"id": "Hujan Lebat"}


async def test_blocks_that_say_different_things_are_alerts_of_their_own() -> None:
    north = area(areaDesc="Utara", polygon="-6.1,106.6 -6.1,106.7 -6.0,106.7 -6.1,106.6")
    document = message(
        "m",
        info(severity="Severe"),
        info(severity="Minor", area=[north]),
        info(severity="Severe", language="en", event="Heavy Rain"),
        info(severity="Minor", language="en", event="Light Rain", area=[north]),
    )
    severe, minor = await alerts_of(document)
    assert dict(severe.event) == {"id": "Hujan Lebat", "en": "Heavy Rain"}
    assert dict(minor.event) == {"id": "Hujan Lebat", "en": "Light Rain"}
    assert [one.description for one in minor.areas] == ["Utara"]
    assert minor.origin.local_id == f"{severe.origin.local_id}#2"
    assert not affects(minor, CITY)


async def test_two_blocks_of_one_language_for_two_places_both_count() -> None:
    far = area(areaDesc="Jauh", polygon="1,100 1,101 2,101 1,100")
    found = await alerts_of(message("m", info(), info(area=[far])))
    assert [one.areas[0].description for one in found] == ["Kota Tangerang", "Jauh"]


async def test_an_update_replaces_all_alerts_of_a_message() -> None:
    first = message("m", info(severity="Severe"), info(severity="Minor"))
    update = message("n", msgType="Update", references=reference("m"), sent=f"{SENT[:11]}11:30:00Z")
    found = await alerts_of(first, update)
    assert [(one.identifier, one.superseded) for one in found] == [
        ("m", True), ("n", False), ("m", True),
    ]  # fmt: skip


async def test_shapes_are_read_latitude_first_and_several_of_them() -> None:
    told = area(
        polygon=[SQUARE, "-5,105 -5,105.5 -5.5,105.5"],
        circle=["-6.9,107.6 10", "-6.9, 107.6  0.0"],
    )
    alert = await only(message("m", info(area=[told, area(areaDesc="Lain", polygon=None)])))
    drawn, words = alert.areas
    square, triangle, *circles = drawn.shapes
    assert not isinstance(square, Circle)
    assert not isinstance(triangle, Circle)
    assert square.polygons[0][0][0] == (106.5, -6.3)
    assert triangle.polygons[0][0][0] == triangle.polygons[0][0][-1], "closed where it was open"
    assert circles == [Circle(GeoPoint(-6.9, 107.6), 10), Circle(GeoPoint(-6.9, 107.6), 0)]
    assert words.shapes == ()
    assert affects(alert, GeoPoint(-6.95, 107.6))
    assert not affects(alert, GeoPoint(-6.5, 107.6))


async def test_an_outline_finer_than_needed_is_drawn_with_fewer_corners() -> None:
    side = [f"-6.3,{106.5 + step / 30_000:.6f}" for step in range(6000)]
    outline = " ".join([*side, "-6.10,106.70", "-6.10,106.50", side[0]])
    alert = await only(message("m", info(area=[area(polygon=outline)])))
    assert affects(alert, CITY)


async def test_only_codes_of_the_ministry_name_areas() -> None:
    codes = [
        [("valueName", "Kemendagri"), ("value", "36.71.05")],
        [("valueName", "kode_wilayah"), ("value", "3671051001")],
        [("valueName", "UGC"), ("value", "MTZ014")],
        [("valueName", "FIPS6"), ("value", "030049")],
    ]
    alert = await only(message("m", info(area=[area(polygon=None, geocode=codes)])))
    assert alert.areas[0].codes == ("36.71.05", "36.71.05.1001")
    assert touches(alert, InArea("36.71"))
    assert not touches(alert, InArea("03"))


async def test_markup_in_texts_is_taken_off_and_signs_stay() -> None:
    document = message(
        "m",
        info(
            headline="Angin < 20 & > 5 km/jam",
            description="<p>Hujan&nbsp;<b>lebat</b><br/>hari ini</p><script>x()</script>",
            instruction="&lt;img src=x onerror=y&gt;Di rumah saja",
        ),
    )
    alert = await only(document)
    assert alert.headline is not None
    assert alert.description is not None
    assert alert.instruction is not None
    assert alert.headline.pick("id") == "Angin < 20 & > 5 km/jam"
    assert alert.description.pick("id") == "Hujan lebat\nhari ini"
    assert alert.instruction.pick("id") == "Di rumah saja"


async def test_pictures_are_media_and_other_pages_the_address_of_the_alert() -> None:
    picture = [("resourceDesc", "Peta"), ("mimeType", "image/png"), ("uri", "https://x.example/1")]
    text = [
        ("resourceDesc", "PDF"),
        ("mimeType", "application/pdf"),
        ("uri", "https://x.example/2"),
    ]
    page = await only(message("m", info(web="https://x.example/page", resource=[picture, text])))
    assert page.origin.url == "https://x.example/page"
    assert [(one.url, one.role) for one in page.media] == [
        ("https://x.example/1", MediaRole.INFOGRAPHIC)
    ]
    shown = await only(message("m", info(web="https://x.example/info.JPG?v=1")))
    assert [one.url for one in shown.media] == ["https://x.example/info.JPG?v=1"]
    assert shown.origin.url == "https://agency.example/m0"
    assert (await only(message("m", info(web="javascript:alert(1)")))).media == ()


async def test_times_without_offset_are_refused_or_read_in_the_zone_of_the_line() -> None:
    document = message("m", info(expires="2026-11-23T14:00:00"), sent="2026-11-23T11:00:00")
    with pytest.raises(errors.Unreadable, match="sent must be a time with offset"):
        await only(document)
    alert = await only(document, zone="Asia/Jakarta")
    assert alert.sent_at == datetime(2026, 11, 23, 4, tzinfo=UTC)
    assert alert.expires_at == datetime(2026, 11, 23, 7, tzinfo=UTC)


async def test_without_expires_a_message_holds_as_long_as_it_is_published_or_the_line_says() -> (
    None
):
    document = message("m", info(expires=None))
    assert (await only(document)).active_at(datetime(2027, 1, 1, tzinfo=UTC))
    alert = await only(document, holds_for="2h")
    assert alert.expires_at == datetime(2026, 11, 23, 6, tzinfo=UTC)


async def test_a_message_without_blocks_is_shown_with_what_it_says() -> None:
    document = message("m").decode()
    start, end = document.index("<info>"), document.index("</info>") + len("</info>")
    alert = await only((document[:start] + document[end:]).encode())
    assert alert.event.pick("id") == "Peringatan"
    assert alert.severity is AlertSeverity.UNKNOWN


# ------------------------------------------------------------------------------- who sees what


@pytest.mark.parametrize(
    "more",
    [
        {"status": "Test"},
        {"status": "Exercise"},
        {"status": "System"},
        {"status": "Draft"},
        {"scope": "Restricted"},
        {"scope": "Private"},
        {"msgType": "Ack"},
        {"msgType": "Error"},
    ],
)
async def test_what_is_not_for_everybody_is_nowhere_and_silences_nothing(
    more: dict[str, str],
) -> None:
    talk = message(
        "talk",
        references=reference("m"),
        **{"msgType": "Cancel", **more},
        sent=f"{SENT[:11]}11:30:00Z",
    )
    (alert,) = await alerts_of(message("m"), talk)
    assert alert.identifier == "m"
    assert alert.active_at(NOW)


@pytest.mark.parametrize("name", ["status", "scope"])
async def test_a_status_or_scope_nobody_knows_is_refused_and_told(name: str) -> None:
    for word in ("Wichtig", None):
        more: dict[str, Any] = {name: word}
        with pytest.raises(errors.Unreadable, match=name):
            await alerts_of(message("m", **more))


async def test_a_cancellation_without_blocks_calls_off() -> None:
    text = message("stop", msgType="Cancel", references=reference("m")).decode()
    start, end = text.index("<info>"), text.index("</info>") + len("</info>")
    found = await alerts_of(message("m"), (text[:start] + text[end:]).encode())
    assert {one.identifier: one.active_at(NOW) for one in found} == {"m": False, "stop": False}
    assert {one.message for one in found} == {AlertMessage.ALERT, AlertMessage.CANCEL}


async def test_an_expired_update_still_takes_the_place_of_what_it_replaced() -> None:
    update = message(
        "n",
        info(expires="2026-11-23T11:30:00+07:00"),
        msgType="Update",
        references=f"  {reference('m', '2026-11-23T04:00:00-00:00')}\n",
        sent="2026-11-23T11:10:00+07:00",
    )
    found = await alerts_of(message("m"), update)
    assert not any(one.active_at(NOW) for one in found)


async def test_chains_and_loops_of_references_leave_the_newest() -> None:
    one = message("a", references=reference("c", f"{SENT[:11]}12:02:00+07:00"), msgType="Update")
    two = message(
        "b", references=reference("a"), msgType="Update", sent=f"{SENT[:11]}12:01:00+07:00"
    )
    three = message(
        "c",
        references=f"{reference('b', f'{SENT[:11]}12:01:00+07:00')} "
        f"{reference('c', f'{SENT[:11]}12:02:00+07:00')}",
        msgType="Update",
        sent=f"{SENT[:11]}12:02:00+07:00",
    )
    found = await alerts_of(one, two, three)
    assert [alert.identifier for alert in found if not alert.superseded] == ["c"]


async def test_a_reference_that_cannot_be_read_does_not_take_the_warning_away() -> None:
    site = Site(m=message("m", msgType="Update", references="rubbish"))
    source = await site.open("cap.alerts", "alerts", url="/m")
    found, beside = await noted(active(source))
    assert found == ["m"]
    assert beside.partial
    assert source.rejected


async def test_an_all_clear_is_no_warning() -> None:
    document = message(
        "m", info(responseType="AllClear"), msgType="Update", references=reference("l")
    )
    alert = await only(document)
    assert alert.message is AlertMessage.ALL_CLEAR
    assert not alert.active_at(NOW)


# ------------------------------------------------------------------------------- lists


async def test_each_link_of_a_list_is_asked_once_and_the_list_again() -> None:
    site = Site(list=rss("/a", "b", "https://agency.example/a"), a=message("a"), b=message("b"))
    source = await site.open("cap.alerts", "alerts")
    assert await active(source) == ["a", "b"]
    assert sorted(site.asked) == ["/a", "/b", "/list"]
    for _ in range(3):
        site.clock.move(200)  # older than what is given while a newer one is fetched
        assert await active(source) == ["a", "b"]
    assert site.asked == ["/list"] * 3


async def test_what_the_list_no_longer_names_is_gone_and_a_changed_entry_is_read_again() -> None:
    day = "Mon, 23 Nov 2026 04:00:00 GMT"
    site = Site(list=rss("/a", "/b", dates=[day, day]), a=message("a"), b=message("b"))
    source = await site.open("cap.alerts", "alerts")
    assert await active(source) == ["a", "b"]
    site.pages["/list"] = rss("/a", dates=[day.replace("04:00", "04:30")])
    site.pages["/a"] = message("a2")
    site.clock.move(200)
    assert await active(source) == ["a2"]


async def test_a_list_with_nothing_in_it_says_that_nothing_is_the_matter() -> None:
    source = await Site(list=rss()).open("cap.alerts", "alerts")
    found, beside = await noted(active(source))
    assert found == []
    assert beside.trouble is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not xml",
        b"<html><body>maintenance</body></html>",
        b"<rss version='2.0'/>",
        b"<something/>",
        b"{}",
        b"<!DOCTYPE rss [<!ENTITY a 'b'>]><rss><channel>&a;</channel></rss>",
        b"<a>" * 100_000,
        message("m").replace(b"<identifier>m</identifier>", b""),
        message("m")[:200],
    ],
)
async def test_a_list_that_cannot_be_read_is_no_silence(body: bytes) -> None:
    source = await Site(list=body).open("cap.alerts", "alerts")
    with pytest.raises(errors.Unreadable):
        await active(source)


async def test_when_the_list_fails_the_last_good_one_answers_marked_stale() -> None:
    site = Site(list=rss("/a"), a=message("a"))
    source = await site.open("cap.alerts", "alerts", upkeep={"max_retries": 0})
    assert await active(source) == ["a"]
    site.pages["/list"] = b"<html>maintenance</html>"
    site.clock.move(600)
    (alert,), beside = await noted(source.find_alerts(AlertCriteria(NOW)))
    assert alert.origin.stale
    assert isinstance(beside.trouble, errors.Unreadable)
    site.clock.move(3600)
    with pytest.raises(errors.Unreadable):
        await active(source)


@pytest.mark.parametrize(
    "broken",
    [b"rubbish", b"<html>gone</html>", message("x", sent="soon"), rss(), Answer(404, {})],
    ids=["rubbish", "page", "time", "list", "missing"],
)
async def test_one_broken_message_among_good_ones_is_left_out_and_told(broken: Any) -> None:
    site = Site(list=rss("/a", "/broken", "/b"), a=message("a"), b=message("b"), broken=broken)
    source = await site.open("cap.alerts", "alerts", upkeep={"max_retries": 0})
    for _ in range(8):
        found, beside = await noted(active(source))
        assert found == ["a", "b"]
        assert beside.partial
        site.clock.move(200)  # the source is not left alone because of it


async def test_when_every_message_is_broken_that_is_no_silence() -> None:
    site = Site(list=rss("/a", "/b"), a=b"rubbish", b=message("x", sent="soon"))
    source = await site.open("cap.alerts", "alerts")
    with pytest.raises(errors.Unreadable):
        await active(source)


async def test_links_to_other_hosts_are_not_followed_unless_the_line_names_them() -> None:
    far = "https://elsewhere.example/a"
    site = Site(list=rss(far, "/b"), b=message("b"))
    site.pages[far] = message("a")
    source = await site.open("cap.alerts", "alerts", headers={"X-Key": "k"})
    found, beside = await noted(active(source))
    assert found == ["b"]
    assert beside.partial
    assert far not in site.asked
    source = await site.open(
        "cap.alerts", "alerts", headers={"X-Key": "k"}, upkeep={"hosts": ["elsewhere.example"]}
    )
    assert await active(source) == ["a", "b"]
    sent = {one.url: dict(one.headers) for one in site.web.asked}
    assert sent[far] == {}, "keys stay with the hosts of the line"
    assert sent["https://agency.example/b"] == {"X-Key": "k"}


async def test_of_too_many_links_the_newest_are_read_and_the_rest_is_told() -> None:
    dates = [f"Mon, 23 Nov 2026 0{hour}:00:00 GMT" for hour in (1, 3, 2)]
    pages = {name: message(name) for name in "abc"}
    site = Site(list=rss("/a", "/b", "/c", dates=dates), **pages)
    source = await site.open("cap.alerts", "alerts", most_alerts=2)
    found, beside = await noted(active(source))
    assert found == ["b", "c"]
    assert beside.partial


async def test_atom_links_and_messages_within_entries_and_envelopes_are_read() -> None:
    inside = bare(message("inside"))
    atom = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title>
      <link rel="self" href="/list"/>
      <entry><id>urn:1</id><updated>2026-11-23T04:00:00Z</updated>
        <link rel="alternate" type="text/html" href="/page"/>
        <link rel="alternate" type="application/cap+xml" href="/a"/></entry>
      <entry><id>https://agency.example/b</id></entry>
      <entry><link href="/never"/><content type="text/xml">{inside}</content></entry>
    </feed>"""
    envelope = f"""<EDXLDistribution xmlns="urn:oasis:names:tc:emergency:EDXL:DE:1.0">
      <contentObject><xmlContent><embeddedXMLContent>{bare(message("wrapped"))}
      </embeddedXMLContent></xmlContent></contentObject></EDXLDistribution>"""
    site = Site(list=atom.encode(), edxl=envelope.encode(), a=message("a"), b=message("b"))
    source = await site.open("cap.alerts", "alerts", url=["/list", "/edxl"])
    assert await active(source) == ["a", "b", "inside", "wrapped"]
    assert "/never" not in site.asked


async def test_one_message_in_two_lists_is_one_alert_in_both_languages() -> None:
    site = Site(
        id=rss("/id/a"),
        en=rss("/en/a"),
        **{"id/a": message("a"), "en/a": message("a", info(language="en", event="Heavy Rain"))},
    )
    source = await site.open("cap.alerts", "alerts", url=["/id", "/en"])
    (alert,) = await source.find_alerts(AlertCriteria(NOW))
    assert dict(alert.event) == {"id": "Hujan Lebat", "en": "Heavy Rain"}
    site.pages["/en"] = b"rubbish"
    site.clock.move(7200)
    (alert,), beside = await noted(source.find_alerts(AlertCriteria(NOW)))
    assert dict(alert.event) == {"id": "Hujan Lebat"}
    assert beside.partial


async def test_a_message_that_comes_twice_is_one_alert() -> None:
    site = Site(list=rss("/a", "/copy"), a=message("a"), copy=message("a"))
    source = await site.open("cap.alerts", "alerts")
    found, beside = await noted(active(source))
    assert found == ["a"]
    assert beside.trouble is None


@pytest.mark.parametrize(
    ("charset", "encoded"),
    [
        (
            "",
            message("m").replace(b"?>", b" encoding='ISO-8859-1'?>").replace(b"Lebat", b"L\xe9bat"),
        ),
        ("iso-8859-1", message("m").replace(b"Lebat", b"L\xe9bat")),
        ("", b"\xef\xbb\xbf" + message("m").replace(b"Lebat", "Lébat".encode())),
        ("", b"\n\n" + message("m").replace(b"Lebat", "Lébat".encode())),
        ("", message("m").decode().replace("Lebat", "Lébat").encode("utf-16")),
    ],
    ids=["declared", "of the transport", "byte-order mark", "empty lines", "utf-16"],
)
async def test_every_encoding_is_read_as_it_is_said(charset: str, encoded: bytes) -> None:
    site = Site(m=encoded)
    site.media_type = f"text/xml; charset={charset}" if charset else "text/xml"
    source = await site.open("cap.alerts", "alerts", url="/m")
    (alert,) = await source.find_alerts(AlertCriteria(NOW))
    assert alert.event.pick("id") == "Hujan Lébat"


# ------------------------------------------------------------------------------- the line


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"url": 3}, "`url`"),
        ({"url": []}, "`url`"),
        ({"url": "ftp://x"}, "`url`"),
        ({"addres": "x"}, "'addres'"),
        ({"headers": "x"}, "`headers`"),
        ({"most_alerts": 0}, "`most_alerts`"),
        ({"zone": "Mars/Olympus"}, "`zone`"),
        ({"zone": 7}, "`zone`"),
        ({"language": ""}, "`language`"),
        ({"holds_for": "long"}, "`holds_for`"),
    ],
)
async def test_a_wrong_option_says_what_it_takes(options: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        await Site().open("cap.alerts", "alerts", **options)


async def test_documents_of_other_countries_are_read_where_they_are_at_hand() -> None:
    for path in sorted((FIXTURES / "cap").glob("*.cap")) if FIXTURES.is_dir() else []:
        alert = await only(path.read_bytes())
        assert alert.sent_at.tzinfo is not None
        assert all(area.description for area in alert.areas)
