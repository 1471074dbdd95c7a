"""A visitor looks for places: the real data pack, through the graph."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from connectors.ports import geometry
from connectors.ports.common import GeoPoint
from resolvers.ids import read_global_id
from tests.cities import City, opened_city

pytestmark = pytest.mark.asyncio(loop_scope="module")

MUSEUM = "museum-benteng-heritage"
OPEN_RING = """{type: "Polygon", coordinates: [[[106, -6], [107, -6], [107, -7], [106, -7]]]}"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def city(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    async with opened_city(f"sqlite:///{tmp_path_factory.mktemp('places')}/city.db") as opened:
        yield opened


async def found(city: City, arguments: str, fields: str = "name") -> list[dict[str, Any]]:
    data = await city.data(f"{{ places({arguments}) {{ edges {{ node {{ {fields} }} }} }} }}")
    return [edge["node"] for edge in data["places"]["edges"]]


async def names(city: City, arguments: str) -> list[str]:
    return [place["name"] for place in await found(city, arguments)]


# ------------------------------------------------------------------------------- the museum


async def test_a_museum_is_shown_with_all_that_is_known_of_it(city: City) -> None:
    (museum,) = await found(
        city,
        'where: {text: "museum benteng"}',
        """kind tags name en: name(lang: "en") nameTranslations { lang text machine }
        description(lang: "id") point { lat lng geojson } distanceM(from: {lat: -6.17, lng: 106.64})
        address { text kelurahan { kode } kecamatan { name } }
        openingHours { raw openAt tomorrow: openAt(at: "2026-11-24T12:00:00+07:00") nextChange
          days(count: 2) { date holiday spans { from to endsNextDay } } }
        phone email website entryFee { amount currency formatted } isFree religion
        accessibility { wheelchair } media { url } rating area { kode name } mapUrl
        source { localId connector { key } quality url licence { redistribution } }""",
    )
    assert museum == {
        "kind": "MUSEUM",
        "tags": ["category=museum", "coord_quality=exact", "charge=30000 IDR; 20000 IDR"],
        "name": "Museum Benteng Heritage",
        "en": "Benteng Heritage Museum",
        "nameTranslations": [
            {"lang": "id", "text": "Museum Benteng Heritage", "machine": False},
            {"lang": "en", "text": "Benteng Heritage Museum", "machine": False},
        ],
        "description": "Chinese-Indonesian house of the 17th century; restored from 2009; opened "
        "11 November 2011; Tuesday to Sunday 10:00-17:00; IDR 30,000 / 20,000 as printed",
        "point": {
            "lat": -6.1786869,
            "lng": 106.6296684,
            "geojson": {"type": "Point", "coordinates": [106.6296684, -6.1786869]},
        },
        # 0.0086869 degrees south and 0.0103316 west: 966 m and 1,142 m.
        "distanceM": 1496,
        "address": {
            "text": "Jl. Cilame 18-20, Pasar Lama",
            "kelurahan": {"kode": "36.71.01.1007"},
            "kecamatan": {"name": "Tangerang"},
        },
        "openingHours": {
            "raw": "Tu-Su 10:00-17:00",
            "openAt": False,  # Monday, 08:00
            "tomorrow": True,
            "nextChange": "2026-11-24T10:00:00+07:00",
            "days": [
                {"date": "2026-11-23", "holiday": None, "spans": []},
                {
                    "date": "2026-11-24",
                    "holiday": None,
                    "spans": [{"from": "10:00", "to": "17:00", "endsNextDay": False}],
                },
            ],
        },
        "phone": None,
        "email": None,
        "website": None,
        "entryFee": {"amount": "30000", "currency": "IDR", "formatted": "Rp30.000"},
        "isFree": False,
        "religion": None,
        "accessibility": None,
        "media": [],
        "rating": None,
        "area": {"kode": "36.71.01.1007", "name": "Sukasari"},
        "mapUrl": "https://www.google.com/maps/search/?api=1&query=-6.1786869,106.6296684",
        "source": {
            "localId": MUSEUM,
            "connector": {"key": "e-plesiran"},
            "quality": "PUBLISHED",
            "url": "https://en.nearbywiki.org/detail/42733931",
            "licence": {"redistribution": "YES"},
        },
    }


async def test_a_place_is_found_again_by_its_id(city: City) -> None:
    (museum,) = await found(city, 'where: {text: "museum benteng"}', "id")
    type_name, scoped = read_global_id(museum["id"])
    assert (type_name, str(scoped)) == ("Place", f"e-plesiran:{MUSEUM}")
    again = await city.data("query ($id: ID!) { place(id: $id) { id name } }", id=museum["id"])
    assert again["place"] == {"id": museum["id"], "name": "Museum Benteng Heritage"}


async def test_every_row_of_the_data_is_a_place_and_none_was_dropped(city: City) -> None:
    data = await city.data(
        "{ places { totalCount facets { field buckets { key label count } } sources { state } } }"
    )
    assert data["places"]["totalCount"] == 128
    facets = {f["field"]: f["buckets"] for f in data["places"]["facets"]}
    assert list(facets) == ["kind", "religion", "area", "wheelchair"]
    kinds = {b["key"]: b["count"] for b in facets["kind"]}
    assert kinds["HEALTH"] == 35
    assert kinds["WORSHIP"] == 7
    assert kinds["WATER"] == 1
    assert sum(kinds.values()) == 128
    assert facets["kind"][0] == {"key": "HEALTH", "label": "Rumah sakit dan klinik", "count": 35}
    assert {b["key"]: b["count"] for b in facets["religion"]} == {
        "muslim": 3, "christian": 1, "buddhist": 1,
    }  # fmt: skip
    assert {"key": "36.71.01", "label": "Tangerang", "count": 27} in facets["area"]
    assert facets["wheelchair"] == [{"key": "UNKNOWN", "label": "UNKNOWN", "count": 128}]
    assert [s["state"] for s in data["places"]["sources"]] == ["OK", "OK"]


async def test_facets_have_names_in_the_language_asked_for(city: City) -> None:
    data = await city.data(
        '{ places(where: {kinds: [MUSEUM]}) { facets(fields: ["kind"]) '
        '{ buckets { label(lang: "en") } } } }'
    )
    assert data["places"]["facets"] == [{"buckets": [{"label": "Museums"}]}]


# ------------------------------------------------------------------------------- filters


async def test_kinds_narrow_the_list(city: City) -> None:
    assert await names(city, "where: {kinds: [MUSEUM, CULINARY]}") == [
        "Museum Benteng Heritage",
        "Museum Juang Taruna",
        "Pasar Lama Tangerang",
    ]


async def test_a_text_finds_places_by_any_of_their_names_best_match_first(city: City) -> None:
    assert (await names(city, 'where: {text: "PASAR  anyar"}')) == ["Pasar Anyar"]
    assert (await names(city, 'where: {text: "Benteng Heritage Museum"}'))[0] == (
        "Museum Benteng Heritage"
    )
    # Also by facts about it, but after those that are called so.
    lama = await names(city, 'where: {text: "museum"}')
    assert lama[:2] == ["Museum Benteng Heritage", "Museum Juang Taruna"]
    assert await names(city, 'where: {text: "berkelir"}') == ["Kampung Bekelir"]
    assert await names(city, 'where: {text: "village_centroid"}') == []
    assert await names(city, 'where: {text: "%"}') == []


async def test_an_area_holds_what_lies_in_it_and_what_is_only_known_to_be_there(city: City) -> None:
    in_area = await found(
        city, 'where: {geo: {area: "36.71.06"}}, orderBy: {field: NAME}', "name point { lat }"
    )
    assert in_area == [
        {"name": "Pasar Saraswati Ciledug", "point": None},
        {"name": "Polsek Ciledug", "point": None},
        {"name": "UPT Damkar Ciledug", "point": None},
    ]


async def test_nearest_first_around_a_point_with_metres(city: City) -> None:
    data = await city.data(
        "{ places(where: {geo: {near: {point: {lat: -6.17, lng: 106.64}, radiusM: 700}}}) {"
        " totalCount edges { distanceM node { name point { lat lng } } } } }"
    )
    edges = data["places"]["edges"]
    assert data["places"]["totalCount"] == len(edges) == 5
    metres = [edge["distanceM"] for edge in edges]
    assert metres == sorted(metres)
    for edge in edges:
        point = GeoPoint(edge["node"]["point"]["lat"], edge["node"]["point"]["lng"])
        exact = geometry.distance_m(GeoPoint(-6.17, 106.64), point)
        assert abs(exact - edge["distanceM"]) <= 0.5
        assert exact <= 700


async def test_farthest_first_and_places_without_a_point_last_in_both_directions(
    city: City,
) -> None:
    for direction in ("ASC", "DESC"):
        data = await city.data(
            f"{{ places(first: 200, orderBy: {{field: DISTANCE, direction: {direction},"
            " from: {lat: -6.17, lng: 106.64}}) { edges { distanceM } } }"
        )
        metres = [edge["distanceM"] for edge in data["places"]["edges"]]
        known = [m for m in metres if m is not None]
        assert len(known) == 60
        assert known == sorted(known, reverse=direction == "DESC")
        assert metres[60:] == [None] * 68


async def test_free_and_religion_and_hours_are_what_sources_stated(city: City) -> None:
    assert await names(city, "where: {isFree: true}") == ["Taman Potret"]
    assert await names(city, "where: {isFree: false}") == ["Museum Benteng Heritage"]
    assert await names(city, 'where: {religion: "buddhist"}') == ["Vihara Nimmala"]
    # Nobody has looked at wheelchair access: that is neither yes nor no.
    assert await names(city, "where: {wheelchair: true}") == []
    assert await names(city, "where: {wheelchair: false}") == []


async def test_what_was_stated_since_a_day(city: City) -> None:
    old = await found(
        city,
        'where: {updatedSince: "2026-01-01T00:00:00+07:00"}, first: 200, '
        "orderBy: {field: UPDATED_AT}",
        "source { asOf }",
    )
    stated = [place["source"]["asOf"] for place in old]
    assert stated == sorted(stated)
    assert 0 < len(stated) < 128
    assert stated[0] >= "2026-01-01"
    every = await found(city, "first: 200, orderBy: {field: UPDATED_AT}", "source { asOf }")
    assert every[0]["source"]["asOf"] == "2011-08-10T00:00:00+07:00"


# ------------------------------------------------------------------------------- open now


async def test_only_what_is_surely_open_is_open(city: City) -> None:
    monday, tuesday = "2026-11-23T12:00:00+07:00", "2026-11-24T12:00:00+07:00"
    assert await names(city, f'where: {{openAt: "{monday}"}}') == ["Taman Potret"]
    assert await names(city, f'where: {{openAt: "{tuesday}"}}') == [
        "Museum Benteng Heritage",
        "Taman Potret",
    ]


async def test_open_places_come_page_by_page_with_facets_but_no_count(city: City) -> None:
    query = """query ($after: String) {
      places(where: {openAt: "2026-11-24T12:00:00+07:00"}, first: 1, after: $after) {
        totalCount facets(fields: ["kind"]) { buckets { key count } }
        edges { node { name } } pageInfo { hasNextPage endCursor } } }"""
    one = (await city.data(query))["places"]
    assert one["totalCount"] is None
    assert one["facets"] == [
        {"buckets": [{"key": "MUSEUM", "count": 1}, {"key": "PARK", "count": 1}]}
    ]
    assert [e["node"]["name"] for e in one["edges"]] == ["Museum Benteng Heritage"]
    assert one["pageInfo"]["hasNextPage"] is True
    two = (await city.data(query, after=one["pageInfo"]["endCursor"]))["places"]
    assert [e["node"]["name"] for e in two["edges"]] == ["Taman Potret"]
    assert two["pageInfo"]["hasNextPage"] is False


# ------------------------------------------------------------------------------- pages


@pytest.mark.parametrize(
    "order",
    [
        "field: NAME",
        "field: NAME, direction: DESC",
        "field: UPDATED_AT",
        "field: RELEVANCE",
        "field: DISTANCE, from: {lat: -6.2, lng: 106.6}",
        "field: DISTANCE, direction: DESC, from: {lat: -6.2, lng: 106.6}",
    ],
)
async def test_pages_of_both_sources_have_one_order_and_no_gaps(city: City, order: str) -> None:
    whole = await found(city, f"first: 500, orderBy: {{{order}}}", "id")
    pieces: list[dict[str, Any]] = []
    after, more = None, True
    while more:
        data = await city.data(
            f"query ($after: String) {{ places(first: 30, after: $after, orderBy: {{{order}}}) {{"
            " edges { node { id } } pageInfo { hasNextPage endCursor } } }",
            after=after,
        )
        pieces += [edge["node"] for edge in data["places"]["edges"]]
        after, more = (
            data["places"]["pageInfo"]["endCursor"],
            data["places"]["pageInfo"]["hasNextPage"],
        )
    assert pieces == whole
    assert len({place["id"] for place in whole}) == 128


async def test_a_page_is_a_feature_collection_too(city: City) -> None:
    data = await city.data('{ places(where: {text: "museum"}, first: 2) { geojson } }')
    collection = data["places"]["geojson"]
    assert collection["type"] == "FeatureCollection"
    first, second = collection["features"]
    assert first["type"] == "Feature"
    assert first["geometry"] == {"type": "Point", "coordinates": [106.6296684, -6.1786869]}
    assert first["properties"] == {"name": "Museum Benteng Heritage", "kind": "MUSEUM"}
    assert second["geometry"] is None


# ------------------------------------------------------------------------------- licences


async def test_positions_without_a_licence_say_so_and_can_be_left_out(
    city: City, tmp_path: Any
) -> None:
    count = (
        "{ places(first: 200) { edges { node { name point { lat } area { kode } source { licence "
    )
    count += "{ spdx redistribution } } } } } }"
    nodes = [e["node"] for e in (await city.data(count))["places"]["edges"]]
    unknown = [n for n in nodes if n["source"]["licence"]["redistribution"] == "UNKNOWN"]
    assert len(unknown) == 39
    assert all(n["point"] for n in unknown)
    assert {n["name"] for n in nodes if n["source"]["licence"]["spdx"] == "ODbL-1.0"} == {
        "Stasiun Tangerang", "Stasiun Poris", "Stasiun Batu Ceper", "Stasiun Tanah Tinggi",
    }  # fmt: skip
    async with opened_city(
        f"sqlite:///{tmp_path}/without.db", unlicensed_coordinates=False
    ) as without:
        left = [e["node"] for e in (await without.data(count))["places"]["edges"]]
    assert len(left) == 128
    assert sum(1 for n in left if n["point"]) == 21
    assert all(n["source"]["licence"]["redistribution"] == "YES" for n in left)
    codes = {n["name"]: n["area"] for n in nodes}
    assert {n["name"]: n["area"] for n in left} == codes


# ------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ("orderBy: {field: DISTANCE}", "BAD_INPUT", "`orderBy.from` is needed for DISTANCE"),
        (
            "orderBy: {field: DISTANCE, from: {lat: 91, lng: 0}}",
            "BAD_INPUT",
            "`orderBy.from`: latitude",
        ),
        ("first: -1", "BAD_INPUT", "`first`"),
        ("first: 501", "BAD_INPUT", "`first`"),
        ('after: "x"', "BAD_INPUT", "`after` is not a cursor"),
        ('where: {geo: {area: "36.74.01"}}', "OUT_OF_AREA", "36.74.01 is not an area of this city"),
        ('where: {geo: {area: "Tangerang"}}', "BAD_INPUT", "`where.geo.area`"),
        ("where: {geo: {near: {point: {lat: 0, lng: 0}, radiusM: 0}}}", "BAD_INPUT", "radiusM"),
        (
            f"where: {{geo: {{within: {OPEN_RING}}}}}",
            "BAD_INPUT",
            "the ring is not closed",
        ),
        (f'where: {{text: "{"a" * 201}"}}', "BAD_INPUT", "at most 200 characters"),
        ('where: {text: "a\\u0000b"}', "BAD_INPUT", "not text"),
    ],
)
async def test_wrong_input_says_where_and_what_to_do(
    city: City, arguments: str, code: str, message: str
) -> None:
    query = f"{{ places({arguments}) {{ totalCount }} }}"
    assert message in await city.refused(query, code)


async def test_wrong_arguments_of_fields_of_a_place(city: City) -> None:
    for field, message in (
        ("nearbyPlaces(radiusM: 0) { name }", "`radiusM` must be from 1"),
        ("nearbyPlaces(first: 101) { name }", "`first` must be from 0 to 100"),
        ("distanceM(from: {lat: 0, lng: 181})", "`from`: longitude"),
        ("openingHours { days(count: 32) { date } }", "`count` must be from 1 to 31"),
        ('openingHours { days(from: "1900-01-01") { date } }', "`from` must be in 1970 to 2199"),
    ):
        query = (
            f'{{ places(where: {{text: "museum benteng"}}) {{ edges {{ node {{ {field} }} }} }} }}'
        )
        assert message in await city.refused(query, "BAD_INPUT")


async def test_an_unknown_facet_is_refused_with_those_there_are(city: City) -> None:
    message = await city.refused('{ places { facets(fields: ["colour"]) { field } } }', "BAD_INPUT")
    assert "kind, religion, area, wheelchair" in message


async def test_ids_of_other_things_and_cursors_of_other_lists_are_refused(city: City) -> None:
    department = (await city.data("{ departments(first: 1) { edges { cursor node { id } } } }"))[
        "departments"
    ]["edges"][0]
    wrong = await city.refused(
        f'{{ place(id: "{department["node"]["id"]}") {{ id }} }}', "BAD_INPUT"
    )
    assert "is the id of a Department" in wrong
    assert "not an id" in await city.refused('{ place(id: "museum") { id } }', "BAD_INPUT")
    query = f'{{ places(after: "{department["cursor"]}") {{ totalCount }} }}'
    assert "cursor of another list" in await city.refused(query, "BAD_INPUT")
    by_name = await city.data(
        '{ places(where: {text: "taman"}, first: 1) { pageInfo { endCursor } } }'
    )
    cursor = by_name["places"]["pageInfo"]["endCursor"]
    query = f'{{ places(where: {{text: "pasar"}}, after: "{cursor}") {{ totalCount }} }}'
    assert "cursor of another list" in await city.refused(query, "BAD_INPUT")


# ------------------------------------------------------------------------------- failures


async def test_a_list_without_one_source_names_it_and_counts_nothing(
    city: City, switched_off: Any
) -> None:
    switched_off("fasilitas-umum")
    data = await city.data(
        "{ places(first: 500) { totalCount edges { node { source { connector { key } } } }"
        " sources { connector { key } state code } } }"
    )
    assert data["places"]["totalCount"] is None
    assert len(data["places"]["edges"]) == 30
    assert data["places"]["sources"] == [
        {"connector": {"key": "e-plesiran"}, "state": "OK", "code": None},
        {"connector": {"key": "fasilitas-umum"}, "state": "DISABLED", "code": "UPSTREAM_DOWN"},
    ]


async def test_a_list_without_any_source_is_null_with_a_code(city: City, switched_off: Any) -> None:
    (museum,) = await found(city, 'where: {text: "museum benteng"}', "id")
    switched_off("e-plesiran", "fasilitas-umum")
    for query in ("{ places { totalCount } }", f'{{ place(id: "{museum["id"]}") {{ name }} }}'):
        result = await city.ask(query)
        assert result.data is not None
        assert set(result.data.values()) == {None}
        assert result.errors is not None
        assert type(result.errors[0].original_error).__name__ == "SwitchedOff"


async def test_a_page_of_places_asks_each_source_a_bounded_number_of_times(
    city: City, counted: Any
) -> None:
    tourism, facilities, areas = (
        counted("e-plesiran"),
        counted("fasilitas-umum"),
        counted("wilayah"),
    )
    nodes = await found(
        city,
        "first: 100",
        "name area { name } address { kelurahan { name } kecamatan { name } }"
        " source { connector { key } } openingHours { openAt }",
    )
    assert len(nodes) == 100
    assert tourism.calls == ["find_places"]
    assert facilities.calls == ["find_places"]
    # Areas of places in one tick, those of their addresses in the next.
    assert set(areas.calls) == {"areas_by_id"}
    assert len(areas.calls) <= 2


async def test_many_places_by_id_are_one_question(city: City, counted: Any) -> None:
    every = await found(city, "first: 20, where: {kinds: [PARK]}", "id")
    tourism = counted("e-plesiran")
    fields = " ".join(f'p{n}: place(id: "{p["id"]}") {{ name }}' for n, p in enumerate(every))
    data = await city.data(f"{{ {fields} }}")
    assert len(data) == 11
    assert tourism.calls == ["places_by_id"]


async def test_nothing_counts_or_facets_unless_it_is_asked_for(city: City, counted: Any) -> None:
    tourism = counted("e-plesiran")
    await city.data("{ places { totalCount facets { field } } }")
    assert sorted(tourism.calls) == [
        "count_places", "find_places", *["place_buckets"] * 4,
    ]  # fmt: skip


async def test_places_and_contacts_are_nodes_and_can_be_searched(city: City) -> None:
    (museum,) = await found(city, 'where: {text: "museum benteng"}', "id")
    first = (await city.data("{ emergencyContacts { id } }"))["emergencyContacts"][0]
    data = await city.data(
        "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id"
        " ... on Place { name } ... on EmergencyContact { dial } } }",
        ids=[museum["id"], first["id"]],
    )
    assert data["nodes"] == [
        {"__typename": "Place", "id": museum["id"], "name": "Museum Benteng Heritage"},
        {"__typename": "EmergencyContact", "id": first["id"], "dial": "112"},
    ]
    data = await city.data(
        '{ search(q: "rumah sakit", types: [PLACE], first: 3) { totalCount edges { node {'
        " ... on Place { kind } } } } }"
    )
    assert data["search"]["totalCount"] >= 35
    assert {edge["node"]["kind"] for edge in data["search"]["edges"]} == {"HEALTH"}
