"""A guest of the city plans a day: tours from sight to sight, and somebody who shows them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.cities import City, opened_city

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def city(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    async with opened_city(f"sqlite:///{tmp_path_factory.mktemp('tours')}/city.db") as opened:
        yield opened


async def names(city: City, where: str) -> list[str]:
    data = await city.data(
        f'{{ tours(where: {{ {where} }}) {{ totalCount edges {{ node {{ name(lang: "id") }} }} }} }}'
    )
    found = [edge["node"]["name"].removeprefix("Contoh: ") for edge in data["tours"]["edges"]]
    assert data["tours"]["totalCount"] == len(found)
    return found


async def test_a_tour_leads_through_real_sights_in_their_order(city: City) -> None:
    data = await city.data(
        """{ tours(where: { mode: WALK }) { edges { node {
          name(lang: "en") mode lengthM duration path line { id } media { id }
          itinerary { name(lang: "id") point { lat lng } }
          source { quality }
        } } } }"""
    )
    (edge,) = data["tours"]["edges"]
    tour = edge["node"]
    assert tour["name"] == "Contoh: Old town on foot"
    assert [place["name"] for place in tour["itinerary"]] == [
        "Museum Benteng Heritage",
        "Klenteng Boen Tek Bio",
        "Masjid dan Makam Jami Kali Pasir",
        "Pasar Lama Tangerang",
    ]
    assert tour["path"]["type"] == "LineString"
    first = tour["itinerary"][0]["point"]
    assert tour["path"]["coordinates"][0] == [first["lng"], first["lat"]]
    assert 500 < tour["lengthM"] < 5_000
    assert tour["duration"].startswith("PT2H")
    assert (tour["line"], tour["source"]) == (None, {"quality": "SAMPLE"})


async def test_tours_are_found_by_mode_place_and_name(city: City) -> None:
    assert await names(city, "mode: TOURIST_BUS") == ["Bus wisata pusat kota"]
    assert await names(city, 'geo: { area: "36.71.05" }') == ["Keliling air dan danau"]
    assert await names(city, 'text: "taman"') == ["Bersepeda dari taman ke taman"]
    assert await names(city, "mode: BOAT") == []


async def test_a_tour_without_its_places_still_tells_the_rest(city: City) -> None:
    with city.without("e-plesiran", "fasilitas-umum"):
        result = await city.ask("{ tours { edges { node { name itinerary { name } } } } }")
    assert result.data is not None
    nodes = [edge["node"] for edge in result.data["tours"]["edges"]]
    assert len(nodes) == 4
    assert all(node["itinerary"] is None and node["name"] for node in nodes)
    assert result.errors is not None
    assert len(result.errors) == 4


async def test_guides_speak_languages_and_have_no_invented_numbers(city: City) -> None:
    data = await city.data(
        """{
          all: guides { edges { node { name languages phone licenceNo rate { formatted } } }
            sources { state } }
          zh: guides(lang: "zh-Hans") { edges { node { name } } }
          there: guides(area: "36.71", lang: "ja") { edges { node { name } } }
        }"""
    )
    guides = [edge["node"] for edge in data["all"]["edges"]]
    assert [guide["name"] for guide in guides] == [f"Contoh: Pemandu {n}" for n in range(1, 7)]
    assert all(guide["phone"] is None and guide["licenceNo"] is None for guide in guides)
    assert data["zh"]["edges"] == [{"node": {"name": "Contoh: Pemandu 3"}}]
    assert data["there"]["edges"] == [{"node": {"name": "Contoh: Pemandu 5"}}]


async def test_tours_and_guides_can_be_fetched_again_by_their_ids(city: City) -> None:
    data = await city.data(
        "{ tours(first: 1) { edges { node { id name } } } guides(first: 1) { edges { node { id name } } } }"
    )
    found = [data[name]["edges"][0]["node"] for name in ("tours", "guides")]
    again = await city.data(
        "query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Tour { name } ... on Guide { name } } }",
        ids=[node["id"] for node in found],
    )
    assert again["nodes"] == found


@pytest.mark.parametrize(
    ("query", "code", "message"),
    [
        ('{ guides(area: "Karawaci") { sources { state } } }', "BAD_INPUT", "Kemendagri code"),
        ('{ guides(area: "31.71") { sources { state } } }', "OUT_OF_AREA", "not an area of this"),
        ("{ tours(first: -1) { totalCount } }", "BAD_INPUT", "from 0 to 500"),
        (f'{{ tours(where: {{ text: "{"x" * 300}" }}) {{ totalCount }} }}', "BAD_INPUT", "at most"),
        ('{ tours(after: "zzz") { totalCount } }', "BAD_INPUT", "not a cursor"),
    ],
)
async def test_wrong_questions_are_refused_with_the_reason(
    city: City, query: str, code: str, message: str
) -> None:
    result = await city.ask(query)
    assert result.errors
    error: Any = result.errors[0].original_error
    assert error.code.value == code
    assert message in error.message
