"""Searching the whole city, and fetching anything again by its id."""

import pytest
from graphql import GraphQLInterfaceType

from connectors.ports.connectors import SearchType
from resolvers.nodes import NODES
from schema.city import city_schema
from tests.cities import opened_city

FIND = """
query Find($q: String!, $types: [SearchType!], $geo: GeoFilter, $openNow: Boolean, $first: Int, $after: String) {
  search(q: $q, types: $types, geo: $geo, openNow: $openNow, lang: "id", first: $first, after: $after) {
    totalCount
    facets(fields: ["type", "area"]) { field buckets { key label count } }
    pageInfo { hasNextPage endCursor }
    edges {
      score distanceM highlights
      node {
        __typename
        ... on Node { id }
        ... on Place { name area { kode } }
        ... on Complaint { trackingId visibility }
        ... on CityApp { slug }
        ... on Stop { name }
      }
    }
    sources { connector { key } state }
  }
}
"""


@pytest.fixture(scope="module")
def database_of_search(tmp_path_factory):
    return f"sqlite:///{tmp_path_factory.mktemp('search')}/city.db"


@pytest.fixture
async def city(database_of_search):
    async with opened_city(database_of_search) as opened:
        yield opened


@pytest.mark.parametrize(
    ("kind", "q"),
    [
        ("COMPLAINT", "lampu"), ("PLACE", "museum"), ("EVENT", "contoh"), ("TOUR", "contoh"),
        ("APP", "laksa"), ("JOB", "contoh"), ("STOP", "stasiun"), ("LINE", "poris"),
        ("COMMODITY", "beras"), ("EMERGENCY", "112"), ("DEPARTMENT", "dinas"),
    ],
)  # fmt: skip
async def test_each_of_the_eleven_types_is_found(city, kind, q):
    found = (await city.data(FIND, q=q, types=[kind], first=3))["search"]
    names = {
        "APP": "CityApp", "EMERGENCY": "EmergencyContact",
    }  # fmt: skip
    assert {e["node"]["__typename"] for e in found["edges"]} == {names.get(kind, kind.capitalize())}


def test_every_type_that_can_be_searched_is_tried_above():
    assert len(SearchType) == 11


async def test_pages_of_a_search_follow_each_other_without_gap_or_repeat(city):
    whole = (await city.data(FIND, q="pasar", first=500))["search"]
    ids = [edge["node"]["id"] for edge in whole["edges"]]
    assert len(ids) == whole["totalCount"] == len(set(ids))
    seen, after = [], None
    while True:
        part = (await city.data(FIND, q="pasar", first=7, after=after))["search"]
        seen += [edge["node"]["id"] for edge in part["edges"]]
        if not part["pageInfo"]["hasNextPage"]:
            break
        after = part["pageInfo"]["endCursor"]
    assert seen == ids
    counted = {b["key"]: b["count"] for b in whole["facets"][0]["buckets"]}
    assert sum(counted.values()) == whole["totalCount"]


async def test_english_words_find_what_has_an_english_name(city):
    museums = (await city.data(FIND, q="heritage museum", types=["PLACE"]))["search"]
    assert "Museum Benteng Heritage" in {e["node"].get("name") for e in museums["edges"]}


async def test_a_search_near_a_point_tells_distances(city):
    near = {"near": {"point": {"lat": -6.1783, "lng": 106.6319}, "radiusM": 1000}}
    found = (await city.data(FIND, q="museum", geo=near))["search"]
    assert found["edges"]
    assert all(0 <= edge["distanceM"] <= 1000 for edge in found["edges"])


async def test_only_places_known_to_be_open_are_open_now(city):
    found = (await city.data(FIND, q="museum", openNow=True))["search"]
    assert found["totalCount"] is None
    names = {edge["node"].get("name") for edge in found["edges"]}
    # Monday 08:00: the museum is closed, and of the others nobody knows.
    assert "Museum Benteng Heritage" not in names


async def test_private_complaints_are_never_found(city):
    found = (await city.data(FIND, q="contoh", types=["COMPLAINT"], first=500))["search"]
    assert len(found["edges"]) == 500
    assert {edge["node"]["visibility"] for edge in found["edges"]} <= {"PUBLIC", "ANONYMOUS"}


async def test_what_a_dead_source_holds_is_missing_and_the_list_says_so(city):
    city.board.get("fasilitas-umum").enabled = False
    city.board.get("e-plesiran").enabled = False
    found = (await city.data(FIND, q="pasar"))["search"]
    assert "Place" not in {edge["node"]["__typename"] for edge in found["edges"]}
    states = {s["connector"]["key"]: s["state"] for s in found["sources"]}
    assert states["indeks"] == "OK"
    assert states["fasilitas-umum"] == "DISABLED"
    assert found["totalCount"] is None  # the index counts what the list cannot show


async def test_without_the_index_search_is_null_with_a_code(city):
    city.board.get("indeks").enabled = False
    answer = await city.ask(FIND, {"q": "pasar"})
    assert answer.data == {"search": None}
    assert answer.errors[0].path == ["search"]


@pytest.mark.parametrize("q", ["", "   ", "x" * 201])
async def test_a_question_without_words_or_too_long_is_refused(city, q):
    answer = await city.ask(FIND, {"q": q})
    assert answer.errors[0].original_error.code.value == "BAD_INPUT"


async def test_a_cursor_of_another_question_is_refused(city):
    first = (await city.data(FIND, q="pasar", first=1))["search"]
    answer = await city.ask(FIND, {"q": "museum", "after": first["pageInfo"]["endCursor"]})
    assert "cursor of another list" in answer.errors[0].message


async def test_an_unknown_facet_is_refused_with_those_there_are(city):
    answer = await city.ask('{ search(q: "pasar") { facets(fields: ["colour"]) { field } } }')
    assert "this list has: type, area" in answer.errors[0].message


async def test_suggestions_complete_the_last_word(city):
    found = (await city.data('{ suggest(prefix: "museum b") { label type count } }'))["suggest"]
    assert {"label": "Museum Benteng Heritage", "type": "PLACE", "count": 1} in found
    titles = (await city.data('{ suggest(prefix: "pas", size: 20) { label } }'))["suggest"]
    begin = [title["label"].startswith("Pas") for title in titles]
    assert begin == sorted(begin, reverse=True)  # what begins so, then what only has such a word
    assert len(set(begin)) == 2
    answer = await city.ask('{ suggest(prefix: "m", size: 21) { label } }')
    assert "`size` must be from 1 to 20" in answer.errors[0].message


# ------------------------------------------------------------------------------- node, nodes


def test_every_node_type_of_the_graph_can_be_fetched_again():
    graph = city_schema._schema
    node = graph.type_map["Node"]
    assert isinstance(node, GraphQLInterfaceType)
    assert {kind.name for kind in graph.get_implementations(node).objects} == set(NODES)


ONE_OF_EACH = """{
  areas(level: CITY) { id }
  departments(first: 1) { edges { node { id } } }
  complaintCategories { id }
  complaints(first: 1, where: { hasProof: true }) {
    edges { node { id proof { id } history(first: 1) { edges { node { id } } } } }
  }
  apps(first: 1) { edges { node { id } } }
  places(first: 1) { edges { node { id } } }
  events(first: 1) { edges { node { id } } }
  tours(first: 1) { edges { node { id } } }
  guides(first: 1) { edges { node { id } } }
  jobs(first: 1) { edges { node { id } } }
  commodities { id }
  markets(first: 1) { edges { node { id } } }
  emergencyContacts { id }
  stops(first: 1) { edges { node { id } } }
  lines(first: 1) { edges { node { id operator { id } } } }
  connectors { id }
}"""


async def test_one_record_of_each_type_comes_back_by_its_id(city):
    data = await city.data(ONE_OF_EACH)
    ids = _ids(data)
    answer = await city.data("query($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }", ids=ids)
    assert [node["id"] for node in answer["nodes"]] == ids
    assert len({node["__typename"] for node in answer["nodes"]}) >= 18


def _ids(data):
    found = []
    for value in data.values() if isinstance(data, dict) else data[:1]:
        if isinstance(value, str):
            found.append(value)
        elif value:
            found += _ids(value)
    return found


async def test_a_bad_id_among_good_ones_costs_only_its_own_place(city):
    good = (await city.data("{ areas(level: CITY) { id } }"))["areas"][0]["id"]
    answer = await city.ask(
        "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": [good, "bukan-id", good]}
    )
    assert answer.data == {"nodes": [{"id": good}, None, {"id": good}]}
    (error,) = answer.errors
    assert error.path == ["nodes", 1]


async def test_more_than_a_hundred_ids_are_refused(city):
    answer = await city.ask("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ["x"] * 101})
    assert "at most 100" in answer.errors[0].message


async def test_an_id_that_nobody_has_is_null_and_a_foreign_one_is_refused(city):
    from connectors.ports.common import ScopedId
    from resolvers.ids import global_id

    unknown = global_id("Place", ScopedId("e-plesiran", "tidak-ada"))
    assert (await city.data("query($id: ID!) { node(id: $id) { id } }", id=unknown)) == {
        "node": None
    }
    for foreign in (
        global_id("Place", ScopedId("kota-lain", "1")),
        global_id("Unicorn", ScopedId("a", "1")),
        "VXNlcjox",
    ):
        answer = await city.ask("query($id: ID!) { node(id: $id) { id } }", {"id": foreign})
        assert answer.errors[0].original_error.code.value == "BAD_INPUT", foreign
