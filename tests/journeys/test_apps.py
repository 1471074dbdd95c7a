"""An app team, a mayor and a citizen look through the catalogue of the city's 174 apps."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from connectors import registry
from connectors.ports.common import ScopedId, must_text
from connectors.ports.connectors import Binding, ConnectorKind
from connectors.switchboard import Source, Switchboard
from resolvers import ids
from tests.cities import City, opened_city

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def city(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    async with opened_city(f"sqlite:///{tmp_path_factory.mktemp('apps')}/city.db") as opened:
        yield opened


def source_of(city: City, key: str) -> Source[Any]:
    source = city.board.get(key)
    assert source is not None
    return source


async def nodes(city: City, where: str = "", fields: str = "slug") -> list[dict[str, Any]]:
    argument = f"where: {{ {where} }}, " if where else ""
    data = await city.data(
        f"{{ apps({argument}first: 500) {{ edges {{ node {{ {fields} }} }} }} }}"
    )
    return [edge["node"] for edge in data["apps"]["edges"]]


# ------------------------------------------------------------------------------- the 174


async def test_there_are_174_apps_of_which_111_are_public_and_30_in_the_portal(city: City) -> None:
    data = await city.data(
        """{
          all: apps(first: 1) {
            totalCount
            facets(fields: ["audience", "inPortal", "claimed"]) {
              field buckets { key label(lang: "id") count }
            }
          }
          portal: apps(where: { inPortal: true }, first: 500) {
            totalCount edges { node { claimed audience } }
          }
        }"""
    )
    assert data["all"]["totalCount"] == 174
    counted = {
        facet["field"]: {bucket["key"]: bucket["count"] for bucket in facet["buckets"]}
        for facet in data["all"]["facets"]
    }
    assert counted == {
        "audience": {"PUBLIC_SERVICE": 111, "GOVERNMENT_MANAGEMENT": 63},
        "inPortal": {"true": 30, "false": 5, "unknown": 139},
        "claimed": {"true": 81, "false": 93},
    }
    assert data["all"]["facets"][0]["buckets"][0]["label"] == "Layanan publik"
    portal = [edge["node"] for edge in data["portal"]["edges"]]
    assert data["portal"]["totalCount"] == len(portal) == 30
    assert Counter((node["claimed"], node["audience"]) for node in portal) == {
        (True, "PUBLIC_SERVICE"): 20,
        (True, "GOVERNMENT_MANAGEMENT"): 1,
        (False, "PUBLIC_SERVICE"): 9,
    }


async def test_an_unclaimed_entry_has_a_neutral_numbered_label_and_nothing_invented(
    city: City,
) -> None:
    every = await nodes(
        city,
        fields='slug claimed audience name(lang: "id") en: name(lang: "en") summary url version '
        "categories platforms department { code } status releasedOn source { quality }",
    )
    unclaimed = [node for node in every if not node["claimed"]]
    assert Counter(node["audience"] for node in unclaimed) == {
        "PUBLIC_SERVICE": 43,
        "GOVERNMENT_MANAGEMENT": 50,
    }
    for node in unclaimed:
        assert re.fullmatch(
            r"Aplikasi (layanan publik|pengelolaan pemerintahan) no\. \d{3} \(belum diklaim\)",
            node["name"],
        )
        assert re.fullmatch(
            r"(Public service|Government management) app no\. \d{3} \(unclaimed\)", node["en"]
        )
        known = (node["summary"], node["url"], node["version"], node["department"], node["status"])
        assert known == (None,) * 5
        assert node["categories"] == node["platforms"] == []
        assert node["source"]["quality"] == "ESTIMATED"
    assert len({node["slug"] for node in every}) == 174
    public = [node["slug"] for node in unclaimed if node["audience"] == "PUBLIC_SERVICE"]
    assert (public[0], public[-1]) == ("layanan-publik-069", "layanan-publik-111")


async def test_a_row_first_seen_after_the_register_says_so(city: City) -> None:
    later = await nodes(city, 'categories: ["assumed-slot"]', 'slug description(lang: "en")')
    assert len(later) == 28
    assert all("is an assumption" in node["description"] for node in later)
    others = await nodes(city, fields='slug description(lang: "en")')
    told = {node["slug"] for node in others if "is an assumption" in node["description"]}
    assert told == {node["slug"] for node in later}


async def test_an_owner_nobody_knows_is_left_out_and_reported(city: City) -> None:
    data = await city.data('{ app(slug: "simrs-rsud") { department { code } } }')
    assert data["app"] == {"department": None}
    assert city.load is not None
    reported = [row for row in city.load.rejected if row["source"] == "katalog"]
    assert [(row["row"], row["field"], row["kept"]) for row in reported] == [(69, "owner", True)]


# ------------------------------------------------------------------------------- one app


async def test_the_portal_itself_with_all_that_is_known_of_it(city: City) -> None:
    data = await city.data(
        """{ app(slug: "tangerang-live") {
          name audience inPortal claimed categories platforms url androidUrl iosUrl version
          releasedOn status replicableBy usedBy languages icon { id } repository licence
          department { code } health connectors { key }
          source { localId quality asOf connector { key } }
        } }"""
    )
    assert data["app"] == {
        "name": "Tangerang LIVE",
        "audience": "PUBLIC_SERVICE",
        "inPortal": True,
        "claimed": True,
        "categories": ["city-portal"],
        "platforms": ["android"],
        "url": "https://live.tangerangkota.go.id",
        "androidUrl": "https://play.google.com/store/apps/details"
        "?id=id.go.tangerangkota.tangeranglive",
        "iosUrl": None,
        "version": "7.3.4",
        "releasedOn": "2026-02-04",
        "status": "STABLE",
        "replicableBy": "FREE",
        "usedBy": [],
        "languages": [],
        "icon": None,
        "repository": None,
        "licence": None,
        "department": {"code": "diskominfo"},
        "health": None,
        "connectors": [],
        "source": {
            "localId": "tangerang-live",
            "quality": "PUBLISHED",
            "asOf": "2023-11-13T00:00:00+07:00",
            "connector": {"key": "katalog"},
        },
    }


async def test_an_app_nobody_knows_is_null(city: City) -> None:
    assert await city.data('{ app(slug: "no-such-app") { slug } }') == {"app": None}


async def test_the_health_of_an_app_is_that_of_its_worst_source(city: City) -> None:
    line = Binding("a", must_text("A"), ConnectorKind.SQL, (), system="x", app="e-audit")
    working: Source[Any] = Source(line, object())
    pending: Source[Any] = Source(replace(line, key="b", system=None), None)
    catalogue = source_of(city, "katalog")
    board = Switchboard([catalogue, working, pending], registry.PORTS)
    context = replace(city.context(), switchboard=board)
    query = '{ app(slug: "e-audit") { health connectors { key } } }'

    result = await city.ask(query, context=context)
    assert result.errors is None
    assert result.data == {"app": {"health": "PENDING", "connectors": [{"key": "a"}, {"key": "b"}]}}

    working.enabled = False
    result = await city.ask(query, context=replace(context, loaders={}))
    assert result.data is not None
    assert result.data["app"]["health"] == "DISABLED"


async def test_every_source_that_names_an_app_names_one_of_the_catalogue(city: City) -> None:
    slugs = {node["slug"] for node in await nodes(city)}
    named = {source.binding.app for source in city.board if source.binding.app}
    assert named <= slugs


# ------------------------------------------------------------------------------- lists


async def test_pages_walk_through_the_whole_catalogue_once(city: City) -> None:
    seen: list[str] = []
    after = None
    while True:
        data = await city.data(
            "query ($after: String) { apps(first: 50, after: $after, orderBy: { field: NAME }) {"
            " edges { node { slug } } pageInfo { hasNextPage endCursor } } }",
            after=after,
        )
        seen += [edge["node"]["slug"] for edge in data["apps"]["edges"]]
        if not data["apps"]["pageInfo"]["hasNextPage"]:
            break
        after = data["apps"]["pageInfo"]["endCursor"]
    assert len(seen) == len(set(seen)) == 174


async def test_filters_narrow_the_catalogue(city: City) -> None:
    slugs = {node["slug"] for node in await nodes(city, 'categories: ["prices"]')}
    assert slugs == {"sedhapp", "harga-komoditas-tpid", "harga-bahan-pokok"}
    slugs = {node["slug"] for node in await nodes(city, 'text: "kartu kuning"')}
    assert slugs == {"pencaker", "kartu-kuning-online"}
    slugs = {node["slug"] for node in await nodes(city, "status: [OBSOLETE, CONCEPT]")}
    assert slugs == {"tangerang-call-centre", "perpustakaan-digital"}
    inspectorate = ids.global_id("Department", ScopedId("opd", "inspektorat"))
    assert [n["slug"] for n in await nodes(city, f'department: "{inspectorate}"')] == ["e-audit"]
    stated = {node["slug"] for node in await nodes(city, "inPortal: false")}
    assert stated == {
        "portal-e-gov", "e-office", "csirt-kota-tangerang", "simrs-rsud", "tangerang-live-room",
    }  # fmt: skip
    assert await nodes(city, "replicable: NO") == []


async def test_departments_of_a_facet_carry_their_names(city: City) -> None:
    data = await city.data(
        """{ apps { facets(fields: ["department"]) {
          buckets { key id: label(lang: "id") en: label(lang: "en") count } } } }"""
    )
    buckets = {bucket["key"]: bucket for bucket in data["apps"]["facets"][0]["buckets"]}
    assert buckets["dinkes"] == {
        "key": "dinkes",
        "id": "Dinas Kesehatan",
        "en": "Health Department",
        "count": 7,
    }
    assert buckets["unknown"]["en"] == "Not known"
    assert sum(bucket["count"] for bucket in buckets.values()) == 174


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("{ apps(first: -1) { totalCount } }", "`first` must be from 0 to 500"),
        ("{ apps(first: 501) { totalCount } }", "`first` must be from 0 to 500"),
        ('{ apps(after: "x") { totalCount } }', "`after` is not a cursor"),
        ('{ apps(where: { department: "x" }) { totalCount } }', "is not an id of this gateway"),
        ('{ apps(where: { text: "a\\u0000" }) { totalCount } }', "`where.text` holds a character"),
        ('{ app(slug: "a\\u0000") { slug } }', "`slug` holds a character"),
        ('{ apps(where: { categories: ["a\\u0000"] }) { totalCount } }', "`where.categories[0]`"),
        ('{ cityFacts(topic: "a\\u0000") { value } }', "`topic` holds a character"),
        ('{ apps { facets(fields: ["colour"]) { field } } }', "unknown facet 'colour'"),
    ],
)
async def test_a_wrong_question_is_told_what_is_wrong(city: City, query: str, message: str) -> None:
    assert message in await city.refused(query)


async def test_the_id_of_something_else_and_the_cursor_of_another_order_are_refused(
    city: City,
) -> None:
    area = ids.global_id("Area", ScopedId("wilayah", "36.71"))
    query = f'{{ apps(where: {{ department: "{area}" }}) {{ totalCount }} }}'
    assert "the id of a Department is needed" in await city.refused(query)
    data = await city.data("{ apps(first: 1) { pageInfo { endCursor } } }")
    cursor = data["apps"]["pageInfo"]["endCursor"]
    query = f'{{ apps(after: "{cursor}", orderBy: {{ field: NAME }}) {{ totalCount }} }}'
    assert "another list or another order" in await city.refused(query)
    text = "x" * 201
    query = f'{{ apps(where: {{ text: "{text}" }}) {{ totalCount }} }}'
    assert "at most 200 characters" in await city.refused(query)


# ------------------------------------------------------------------------------- sources


async def test_a_page_of_all_apps_with_their_departments_asks_each_source_once(
    city: City, counted: Any
) -> None:
    apps, departments = counted("katalog"), counted("opd")
    query = "{ apps(first: 174) { edges { node { slug department { name } source { asOf } } } } }"
    result = await city.ask(query)
    assert result.errors is None
    assert (apps.calls, departments.calls) == (["find_apps"], ["departments_by_id"])


async def test_a_catalogue_that_is_switched_off_is_null_with_a_code(
    city: City, switched_off: Callable[[str], None]
) -> None:
    switched_off("katalog")
    context = city.context()
    result = await city.ask(
        '{ apps { totalCount } app(slug: "laksa") { slug } cityFacts { topic } }', context=context
    )
    assert result.data is not None
    assert (result.data["apps"], result.data["app"]) == (None, None)
    assert len(result.data["cityFacts"]) == 91
    assert len(result.errors or ()) == 2
    assert [one["connector"] for one in context.problem_sources] == ["katalog"]


async def test_departments_that_are_switched_off_take_nothing_else_with_them(
    city: City, switched_off: Callable[[str], None]
) -> None:
    switched_off("opd")
    result = await city.ask(
        """{ apps(first: 1) {
          edges { node { slug department { code } } }
          facets(fields: ["department"]) { buckets { key label count } }
        } }"""
    )
    assert result.data is not None
    apps = result.data["apps"]
    assert apps["edges"] == [{"node": {"slug": "tangerang-live", "department": None}}]
    labels = {b["key"]: b["label"] for b in apps["facets"][0]["buckets"]}
    assert labels["dinkes"] == "dinkes"


async def test_a_node_is_fetched_by_its_id(city: City) -> None:
    known, unknown = (
        ids.global_id("CityApp", ScopedId("katalog", slug)) for slug in ("laksa", "nothing")
    )
    data = await city.data(
        "query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on CityApp { slug } } }",
        ids=[known, unknown],
    )
    assert data["nodes"] == [{"id": known, "slug": "laksa"}, None]


async def test_laksa_names_the_source_of_its_complaints(city: City) -> None:
    data = await city.data('{ app(slug: "laksa") { health connectors { key state } } }')
    assert data["app"] == {
        "health": "ENABLED",
        "connectors": [{"key": "laksa", "state": "ENABLED"}],
    }


# ------------------------------------------------------------------------------- facts


async def test_published_totals_are_dated_facts_beside_the_174(city: City) -> None:
    data = await city.data(
        '{ cityFacts(topic: "app_totals") { name(lang: "en") value asOf citation } }'
    )
    totals = [
        (fact["asOf"], fact["value"])
        for fact in data["cityFacts"]
        if fact["name"].startswith("Published number")
    ]
    assert totals == [
        ("2016-10", "158"),
        ("2018-01", "174"),
        ("2018-05", "174"),
        ("2019-02", "174"),
        ("2022-11", "203"),
        ("2023-12", "222"),
        ("2025-08", "218"),
    ]
    assert all(fact["citation"] for fact in data["cityFacts"])


async def test_facts_of_every_topic_are_there_and_an_unknown_topic_has_none(city: City) -> None:
    data = await city.data('{ cityFacts { topic } none: cityFacts(topic: "?") { topic } }')
    assert Counter(fact["topic"] for fact in data["cityFacts"]) == {
        "app_totals": 14, "app_versions": 13, "replication": 6, "portal": 3,
        "complaint_totals": 20, "sla": 8, "jobs": 9, "transit": 7, "city": 6, "awards": 5,
    }  # fmt: skip
    assert data["none"] == []


async def test_published_figures_that_do_not_add_up_say_so(city: City) -> None:
    data = await city.data('{ cityFacts(topic: "complaint_totals") { value asOf citation } }')
    april = [f for f in data["cityFacts"] if f["asOf"] == "2025-01-01..2025-04-14"]
    assert april[0]["value"] == "3986"
    assert "parts add up to 4026, 40 more than the stated total" in april[0]["citation"]


# ------------------------------------------------------------------------------- search


async def test_claimed_apps_and_departments_can_be_searched_for(city: City) -> None:
    assert city.load is not None
    found = Counter(document.type.value for document in city.load.documents)
    assert (found["APP"], found["DEPARTMENT"]) == (81, 46)
