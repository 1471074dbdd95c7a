"""Places of OpenStreetMap: the elements of an answer, what their tags mean, and what goes wrong."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import errors
from connectors.kinds.osm import read_elements
from connectors.kinds.shapes import middle, on_surface
from connectors.ports.common import GeoPoint, Licence, Money, Wheelchair
from connectors.ports.places import Place, PlaceKind
from connectors.systems.places.kinds import kind_of
from connectors.systems.places.tags import charge, place_of
from connectors.upkeep.documents import Answer, Document
from tests import builders
from tests.kinds.told import HOME, told

SAMPLES = Path(__file__).parents[3] / "shared" / "fixtures" / "osm"


def answer(*elements: Any, **more: Any) -> str:
    return json.dumps({"version": 0.6, "elements": list(elements), **more})


def node(number: int = 1, lat: float = -6.17, lon: float = 106.64, **tags: str) -> dict[str, Any]:
    named = {name.replace("__", ":"): value for name, value in tags.items()}
    return {"type": "node", "id": number, "lat": lat, "lon": lon, "tags": named}


def place(**tags: str) -> Place:
    named = {name.replace("__", ":"): value for name, value in tags.items()}
    return place_of(named, builders.origin("osm", "node/1"), None)


async def places(text: str | bytes, **options: Any) -> list[Place]:
    return await (await told("overpass.places", text, **options)).records()


# ------------------------------------------------------------------------------- elements


async def test_a_node_becomes_a_place_with_its_address_on_the_map() -> None:
    text = answer(
        node(50, tourism="museum", name="Museum Benteng Heritage"),
        osm3s={"timestamp_osm_base": "2026-11-22T10:00:00Z"},
    )
    (one,) = await places(text)
    assert one.origin.local_id == "node/50"
    assert one.origin.url == "https://www.openstreetmap.org/node/50"
    assert one.origin.as_of.isoformat() == "2026-11-22T10:00:00+00:00"
    assert one.kind is PlaceKind.MUSEUM
    assert one.point == GeoPoint(-6.17, 106.64)


async def test_the_licence_of_the_map_is_told_unless_the_line_names_one() -> None:
    source = await told("overpass.places", answer(node(name="A")))
    (one,) = await source.records()
    assert one.origin.licence is not None
    assert one.origin.licence.spdx == "ODbL-1.0"
    assert "OpenStreetMap" in str(one.origin.licence.attribution)
    own = Licence(spdx="CC0-1.0")
    other = await told("overpass.places", answer(node(name="A")), line={"licence": own})
    assert (await other.records())[0].origin.licence == own


async def test_ways_and_relations_stand_where_their_centre_or_shape_is() -> None:
    tags = {"leisure": "park", "name": "Taman"}
    square = [{"lat": y, "lon": x} for y, x in ((0, 0), (0, 2), (2, 2), (2, 0), (0, 0))]
    text = answer(
        {"type": "way", "id": 1, "center": {"lat": -6.1, "lon": 106.6}, "tags": tags},
        {"type": "way", "id": 2, "geometry": square, "tags": tags},
        {"type": "way", "id": 3, "nodes": [11, 12, 13], "tags": tags},
        {"type": "node", "id": 11, "lat": 1.0, "lon": 1.0},
        {"type": "node", "id": 12, "lat": 1.5, "lon": 1.0},
        {"type": "node", "id": 13, "lat": 2.0, "lon": 1.0},
        {
            "type": "way",
            "id": 4,
            "bounds": {"minlat": 0, "minlon": 10, "maxlat": 2, "maxlon": 12},
            "tags": tags,
        },
        {
            "type": "relation",
            "id": 5,
            "tags": {**tags, "type": "multipolygon"},
            "members": [
                {"type": "way", "ref": 9, "role": "inner", "geometry": [{"lat": 9, "lon": 9}]},
                {"type": "way", "ref": 8, "role": "outer", "geometry": square},
            ],
        },
        {"type": "relation", "id": 6, "tags": tags, "members": [{"type": "way", "ref": 2}]},
        {"type": "way", "id": 7, "tags": tags},
        {"type": "way", "id": 8, "geometry": [None, {"lat": 3.0, "lon": 4.0}, None], "tags": tags},
    )
    points = {one.origin.local_id: one.point for one in await places(text)}
    assert points == {
        "way/1": GeoPoint(-6.1, 106.6),
        "way/2": GeoPoint(1, 1),
        "way/3": GeoPoint(1.5, 1),
        "way/4": GeoPoint(1, 11),
        "relation/5": GeoPoint(1, 1),
        "relation/6": GeoPoint(1, 1),
        "way/7": None,
        "way/8": GeoPoint(3, 4),
    }


XML = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6" generator="Overpass API"><note>ODbL</note>
<meta osm_base="2026-11-22T10:00:00Z"/>
  <node id="1" lat="-6.17" lon="106.64"><tag k="amenity" v="atm"/><tag k="operator" v="BCA"/></node>
  <way id="2" timestamp="2026-01-02T03:04:05Z"><center lat="-6.2" lon="106.7"/><nd ref="9"/>
    <tag k="shop" v="mall"/><tag k="name" v="Tangcity &amp; Mall"/></way>
  <way id="3"><bounds minlat="0" minlon="0" maxlat="4" maxlon="4"/>
    <nd ref="4" lat="0" lon="0"/><nd ref="5" lat="0" lon="3"/><nd ref="6" lat="3" lon="0"/>
    <nd ref="4" lat="0" lon="0"/><tag k="natural" v="water"/><tag k="name" v="Situ Cipondoh"/></way>
  <relation id="4"><member type="node" ref="1" role="label" lat="-6.3" lon="106.8"/>
    <tag k="name" v="R"/></relation>
  {}
</osm>"""


async def test_an_answer_in_xml_says_the_same_as_in_json() -> None:
    atm, mall, lake, last = await places(XML.format(""))
    assert (atm.name.pick("id"), atm.kind) == ("ATM BCA", PlaceKind.ATM)
    assert (mall.name.pick("id"), mall.point) == ("Tangcity & Mall", GeoPoint(-6.2, 106.7))
    assert mall.origin.as_of.isoformat() == "2026-01-02T03:04:05+00:00"
    assert atm.origin.as_of.isoformat() == "2026-11-22T10:00:00+00:00"
    assert (lake.kind, lake.point) == (PlaceKind.WATER, GeoPoint(1, 1))
    assert last.point == GeoPoint(-6.3, 106.8)


async def test_what_only_draws_the_map_is_no_place() -> None:
    text = answer(
        node(1, highway="turning_circle"),
        {"type": "node", "id": 2, "lat": 1, "lon": 1},
        {"type": "count", "id": 0, "tags": {"nodes": "3"}},
        {"type": "area", "id": 3600000001, "tags": {"name": "Kota Tangerang"}},
    )
    source = await told("overpass.places", text)
    assert await source.records() == []
    assert source.reasons == []


async def test_an_element_that_comes_twice_is_one_place() -> None:
    first = {"type": "way", "id": 1, "tags": {"shop": "mall", "name": "Mal"}}
    again = {"type": "way", "id": 1, "center": {"lat": 1.0, "lon": 2.0}}
    (one,) = await places(answer(first, again))
    assert one.point == GeoPoint(1, 2)


async def test_a_place_without_a_name_is_rejected_and_the_others_stay() -> None:
    source = await told(
        "overpass.places",
        answer(node(1, tourism="attraction"), node(2, name="A"), {"type": "node", "id": "x"}),
    )
    assert [one.name.pick("id") for one in await source.records()] == ["A"]
    assert sorted(source.reasons) == ["has no number as its id", "place: name is empty"]


@pytest.mark.parametrize(
    "text",
    [
        answer(remark='runtime error: Query timed out in "query" at line 3 after 26 seconds.'),
        answer(node(name="A"), remark="runtime error: Query run out of memory using 2048 MB."),
        XML.format("<remark> runtime error: Query timed out </remark>"),
        '{"remark": "runtime error: open64: 0 Success"}',
    ],
)
async def test_an_answer_that_was_given_up_is_a_failure_and_no_empty_list(text: str) -> None:
    source = await told("overpass.places", text)
    with pytest.raises(errors.Broken):
        await source.records()


async def test_a_remark_about_something_else_is_no_failure() -> None:
    assert len(await places(answer(node(name="A"), remark="The query was fast."))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"elements": {}}',
        '{"elements": [',
        "<rss/>",
        "<osm",
        "@id\t@lat\t@lon\n1\t2\t3",
        '<!DOCTYPE osm [<!ENTITY a "b">]><osm>&a;</osm>',
    ],
)
async def test_what_is_no_answer_of_overpass_is_unreadable(text: str) -> None:
    with pytest.raises(errors.Unreadable):
        await places(text)


async def test_a_page_in_the_place_of_an_answer_is_a_failure() -> None:
    page = Answer(
        200, {"content-type": "text/html"}, b"<html><body>Dispatcher_Client</body></html>"
    )
    source = await told("overpass.places", {"": page})
    with pytest.raises(errors.Unreadable):
        await source.records()


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(
            st.sampled_from(["type", "id", "lat", "lon", "tags", "members", "geometry", "center"])
            | st.text(), inner),
        max_leaves=20,
    )
)  # fmt: skip
def test_no_document_fails_in_any_other_way(content: Any) -> None:
    for body in (content, {"elements": [content]}, {"elements": content}):
        try:
            read_elements(Document(json.dumps(body).encode("utf-8", "replace")))
        except errors.ConnectorError:
            continue


# ------------------------------------------------------------------------------- questions


async def test_a_query_is_sent_as_a_form_and_the_first_interpreter_that_answers_is_enough() -> None:
    other = "https://lain.example/api/interpreter"
    source = await told(
        "overpass.places",
        {"api": Answer(504, {}), other: answer(node(name="A"))},
        url=[f"{HOME}api", other],
        query='[out:json];nwr["tourism"];out center;',
        line={"upkeep": {"max_retries": 0}},
    )
    assert len(await source.records()) == 1
    first, second = source.web.asked
    assert [first.url, second.url] == [f"{HOME}api", other]
    assert second.method == "POST"
    assert parse_qs((second.body or b"").decode()) == {
        "data": ['[out:json];nwr["tourism"];out center;']
    }


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"url": "ftp://luar.example"}, "http"),
        ({"url": []}, "at least one"),
        ({"query": 3}, "`query` must be text"),
        ({"query": "x" * 20_001}, "20000"),
        ({"sql": "1"}, "unknown option 'sql'"),
        ({"headers": {"a": 1}}, "texts"),
        ({"url": None}, "either `url`"),
        ({"from": "file"}, "`from`"),
    ],
)
async def test_a_wrong_option_is_said(options: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        await told("overpass.places", "", **options)


# ------------------------------------------------------------------------------- tags


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ("tourism=attraction", PlaceKind.ATTRACTION),
        ("tourism=museum historic=building", PlaceKind.MUSEUM),
        ("leisure=park", PlaceKind.PARK),
        ("amenity=restaurant", PlaceKind.CULINARY),
        ("amenity=food_court", PlaceKind.CULINARY),
        ("tourism=hotel amenity=restaurant", PlaceKind.LODGING),
        ("shop=mall", PlaceKind.SHOPPING),
        ("amenity=marketplace", PlaceKind.MARKET),
        ("amenity=place_of_worship religion=muslim tourism=attraction", PlaceKind.WORSHIP),
        ("amenity=atm", PlaceKind.ATM),
        ("amenity=bank atm=yes", PlaceKind.BANK),
        ("amenity=police", PlaceKind.POLICE),
        ("amenity=hospital", PlaceKind.HEALTH),
        ("amenity=clinic", PlaceKind.HEALTH),
        ("amenity=fire_station", PlaceKind.FIRE_STATION),
        ("amenity=fuel shop=convenience", PlaceKind.FUEL),
        ("amenity=toilets", PlaceKind.TOILET),
        ("amenity=parking", PlaceKind.PARKING),
        ("office=government", PlaceKind.GOVERNMENT),
        ("amenity=townhall", PlaceKind.GOVERNMENT),
        ("tourism=information", PlaceKind.INFORMATION),
        ("public_transport=station", PlaceKind.STATION),
        ("railway=station", PlaceKind.STATION),
        ("aeroway=aerodrome", PlaceKind.AIRPORT),
        ("amenity=school", PlaceKind.SCHOOL),
        ("amenity=university", PlaceKind.SCHOOL),
        ("leisure=sports_centre", PlaceKind.SPORT),
        ("leisure=stadium", PlaceKind.SPORT),
        ("natural=water", PlaceKind.WATER),
        ("waterway=dam", PlaceKind.WATER),
        ("historic=yes", PlaceKind.HERITAGE),
        ("historic=no", None),
        ("amenity=unheard_of", None),
        ("amenity=cafe;bar", PlaceKind.CULINARY),
        ("disused:amenity=bank", None),
    ],
)
def test_the_main_tag_says_what_kind_of_place_it_is(tags: str, kind: PlaceKind | None) -> None:
    assert kind_of(dict(tag.split("=") for tag in tags.split())) is kind


def test_names_come_by_language() -> None:
    one = place(
        name="Masjid Raya Al-A'zhom", name__en="Great Mosque", name__id="Masjid Raya",
        name__zh_Hant="x", name__etymology="y", amenity="place_of_worship",
    )  # fmt: skip
    assert dict(one.name) == {"id": "Masjid Raya", "en": "Great Mosque"}
    assert dict(place(name__en="Only", shop="mall").name) == {"en": "Only"}


def test_a_facility_that_nobody_named_is_called_what_it_is() -> None:
    assert dict(place(amenity="toilets").name) == {"id": "Toilet umum", "en": "Public toilet"}
    assert place(amenity="atm", operator="Bank BJB").name.pick("id") == "ATM Bank BJB"
    assert place(amenity="fuel", brand="SPBU Vivo").name.pick("id") == "SPBU Vivo"


def test_the_facts_of_a_place_stand_where_they_belong() -> None:
    one = place(
        name="Taman", leisure="park", opening_hours="Mo-Su 05:00-22:00", wheelchair="limited",
        wheelchair__description="Jalan berbatu", phone="021-55764955; +62 812-3456-7890",
        website="tangerangkota.go.id/taman;https://x.example", contact__email="taman@kota.example",
        fee="no", description="Luas", description__en="Large", religion="Muslim",
        addr__street="Jalan Satria", addr__housenumber="7", addr__city="Tangerang",
        addr__postcode="15111", addr__subdistrict="Tangerang", surface="grass",
        image="https://x.example/a.jpg", source="survey",
    )  # fmt: skip
    assert one.opening_hours == "Mo-Su 05:00-22:00"
    assert one.wheelchair is Wheelchair.LIMITED
    assert one.wheelchair_note is not None
    assert one.wheelchair_note.pick("id") == "Jalan berbatu"
    assert one.phone == "+622155764955"
    assert "phone=+6281234567890" in one.tags
    assert one.website == "https://tangerangkota.go.id/taman"
    assert one.email == "taman@kota.example"
    assert one.is_free is True
    assert one.description is not None
    assert dict(one.description) == {"id": "Luas", "en": "Large"}
    assert one.religion == "muslim"
    assert one.address is not None
    assert one.address.text.pick("id") == "Jalan Satria 7, Tangerang, Tangerang 15111"
    assert (one.address.street, one.address.postal_code) == ("Jalan Satria 7", "15111")
    assert [media.url for media in one.media] == ["https://x.example/a.jpg"]
    assert set(one.tags) == {"leisure=park", "surface=grass", "phone=+6281234567890"}


def test_hours_that_cannot_be_read_are_no_hours_but_stay_to_be_seen() -> None:
    one = place(name="A", opening_hours="kapan saja ya")
    assert one.opening_hours is None
    assert "opening_hours=kapan saja ya" in one.tags


def test_a_phone_that_is_a_short_number_stays_as_it_is_printed() -> None:
    assert place(name="A", phone="112").phone == "112"


@pytest.mark.parametrize(
    ("text", "money"),
    [
        ("10000 IDR", Money(Decimal(10000))),
        ("Rp 10.000", Money(Decimal(10000))),
        ("Rp10.000,-", Money(Decimal(10000))),
        ("IDR 10,000.50", Money(Decimal("10000.50"))),
        ("5 USD", Money(Decimal(5), "USD")),
        ("0 IDR", Money(Decimal(0))),
        ("10000 IDR/person", Money(Decimal(10000))),
        ("5000 IDR/hour", None),
        ("10000", None),
        ("10000 IDR;5000 IDR", None),
        ("banyak", None),
    ],
)
def test_a_charge_is_an_amount_for_one_person_or_nothing(text: str, money: Money | None) -> None:
    assert charge(text) == money


@pytest.mark.parametrize(
    ("tags", "fee", "free"),
    [
        ({"fee": "no"}, None, True),
        ({"fee": "yes"}, None, False),
        ({"fee": "yes", "charge": "5000 IDR"}, Money(Decimal(5000)), False),
        ({"charge": "5000 IDR"}, Money(Decimal(5000)), False),
        ({"charge": "0 IDR"}, Money(Decimal(0)), True),
        ({"fee": "Sa-Su"}, None, None),
        ({}, None, None),
    ],
)
def test_free_is_what_somebody_said_to_be(tags: dict[str, str], fee: Money, free: bool) -> None:  # noqa: FBT001 - a table
    one = place(name="A", **tags)
    assert (one.entry_fee, one.is_free) == (fee, free)


# ------------------------------------------------------------------------------- shapes


def test_a_point_stands_on_its_surface_and_never_in_its_hole() -> None:
    outer = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0), (0.0, 0.0))
    hole = ((1.0, 1.0), (8.0, 1.0), (8.0, 8.0), (1.0, 8.0), (1.0, 1.0))
    assert on_surface([(outer,)]) == GeoPoint(4.5, 4.5)
    point = on_surface([(outer, hole)])
    assert point is not None
    assert not (1 <= point.lat <= 8 and 1 <= point.lng <= 8)
    small = ((20.0, 20.0), (21.0, 20.0), (21.0, 21.0), (20.0, 20.0))
    assert on_surface([(small,), (outer,)]) == GeoPoint(4.5, 4.5)


def test_an_angle_has_its_point_inside_and_a_line_its_middle() -> None:
    angle = [(0, 0), (0, 9), (1, 9), (1, 1), (9, 1), (9, 0), (0, 0)]
    point = middle([GeoPoint(y, x) for x, y in angle])
    assert point is not None
    assert point.lat < 1 or point.lng < 1
    assert middle([GeoPoint(0, 0), GeoPoint(1, 1), GeoPoint(2, 2)]) == GeoPoint(1, 1)
    assert middle([]) is None
    flat = [GeoPoint(1, 1), GeoPoint(1, 2), GeoPoint(1, 3), GeoPoint(1, 1)]
    assert middle(flat) == GeoPoint(1, 1)


# ------------------------------------------------------------------------------- samples


@pytest.mark.parametrize("body", [file.read_bytes() for file in sorted(SAMPLES.glob("*"))])
async def test_published_samples_are_read(body: bytes) -> None:
    assert await places(body) == []  # it holds no places
