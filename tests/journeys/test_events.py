"""A family looks for something to do: events of the city, by time, place and price."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.cities import City, opened_city

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def city(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    async with opened_city(f"sqlite:///{tmp_path_factory.mktemp('events')}/city.db") as opened:
        yield opened


async def names(city: City, where: str = "", order: str = "") -> list[str]:
    """Indonesian names without their mark."""
    arguments = [f"where: {{ {where} }}" if where else "", f"orderBy: {order}" if order else ""]
    data = await city.data(
        f"{{ events(first: 100, {' '.join(arguments)}) "
        '{ totalCount edges { node { name(lang: "id") } } } }'
    )
    found = [edge["node"]["name"].removeprefix("Contoh: ") for edge in data["events"]["edges"]]
    assert data["events"]["totalCount"] == len(found)
    return found


async def test_every_event_says_that_it_is_a_sample(city: City) -> None:
    data = await city.data(
        """{ events(first: 100) {
          edges { node { name source { quality connector { key } licence { redistribution } } } }
          sources { state connector { key } }
        } }"""
    )
    nodes = [edge["node"] for edge in data["events"]["edges"]]
    assert len(nodes) == 24
    assert all(node["name"].startswith("Contoh: ") for node in nodes)
    assert {node["source"]["quality"] for node in nodes} == {"SAMPLE"}
    assert data["events"]["sources"] == [{"state": "OK", "connector": {"key": "acara"}}]


async def test_what_takes_place_this_week_includes_repeating_events(city: City) -> None:
    week = await names(city, 'from: "2026-11-23T00:00:00+07:00", to: "2026-11-30T00:00:00+07:00"')
    assert "Senam pagi" in week
    assert "Lari sore" in week
    assert "Pameran foto kota tua" in week
    assert "Festival tepi sungai" not in week
    # 2028-06-03 is the first Saturday of its month, and an even number of weeks from the first tour.
    late = await names(city, 'from: "2028-06-01T00:00:00+07:00", to: "2028-06-08T00:00:00+07:00"')
    assert late == ["Senam pagi", "Lari sore", "Tur museum terbuka", "Pasar kuliner malam"]


async def test_events_can_be_free_going_on_or_about_something(city: City) -> None:
    assert await names(city, "ongoing: true") == ["Pameran foto kota tua"]
    paid = await names(city, "isFree: false")
    assert "Kelas batik" in paid
    assert "Malam puisi" not in [*paid, *await names(city, "isFree: true")]
    assert await names(city, 'categories: ["FILM"]') == ["Pemutaran film"]
    assert await names(city, 'text: "museum tur"') == ["Tur museum terbuka"]


async def test_events_are_where_their_place_is(city: City) -> None:
    museum = await names(city, 'text: "museum", geo: { area: "36.71.01" }')
    assert museum == ["Tur museum terbuka", "Pameran foto kota tua"]
    assert await names(city, 'text: "museum", geo: { area: "36.71.05" }') == []
    lake = await names(
        city, "geo: { near: { point: { lat: -6.1916, lng: 106.6789 }, radiusM: 300 } }"
    )
    assert lake == ["Bersih danau bersama"]


async def test_events_of_a_place_by_its_id(city: City) -> None:
    places = await city.data(
        '{ places(where: { text: "museum benteng" }) { edges { node { id } } } }'
    )
    id_ = places["places"]["edges"][0]["node"]["id"]
    assert await names(city, f'placeIds: ["{id_}"]') == [
        "Tur museum terbuka", "Pameran foto kota tua",
    ]  # fmt: skip


async def test_events_can_be_sorted_both_ways_and_paged(city: City) -> None:
    rising = await names(city, "", "{ field: NAME }")
    assert rising == sorted(rising, key=str.casefold)
    assert await names(city, "", "{ field: NAME, direction: DESC }") == rising[::-1]
    query = """query ($after: String) { events(first: 7, after: $after) {
      edges { node { name(lang: "id") } } pageInfo { hasNextPage endCursor } } }"""
    seen: list[str] = []
    after = None
    while True:
        page = (await city.data(query, after=after))["events"]
        seen += [edge["node"]["name"].removeprefix("Contoh: ") for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert seen == await names(city)


async def test_an_event_tells_its_place_its_price_and_its_days(city: City) -> None:
    data = await city.data(
        """{ events(where: { text: "senam" }) { edges { node {
          name(lang: "en") description startsAt endsAt allDay recurrence status
          place { name kind } placeText categories organizer capacityLeft media { id } url ics
          offers { isFree price { formatted } url }
          occurrences(from: "2026-11-23T00:00:00+07:00", to: "2026-12-21T00:00:00+07:00") {
            startsAt endsAt cancelled
          }
        } } } }"""
    )
    (edge,) = data["events"]["edges"]
    node = edge["node"]
    assert node["name"] == "Contoh: Morning exercise"
    assert (node["recurrence"], node["status"], node["allDay"]) == (
        "FREQ=WEEKLY;BYDAY=SU", "SCHEDULED", False,
    )  # fmt: skip
    assert node["startsAt"] == "2026-09-27T06:00:00+07:00"
    assert node["place"] == {"name": "Taman Elektrik", "kind": "PARK"}
    assert node["offers"] == [{"isFree": True, "price": None, "url": None}]
    assert node["ics"].startswith("http://city.test/events/")
    assert node["ics"].endswith(".ics")
    days = [one["startsAt"] for one in node["occurrences"]]
    assert days == [f"2026-{day}T06:00:00+07:00" for day in ("11-29", "12-06", "12-13", "12-20")]
    assert [one["cancelled"] for one in node["occurrences"]].count(True) == 1


async def test_an_event_can_be_fetched_again_by_its_id(city: City) -> None:
    data = await city.data("{ events(first: 1) { edges { node { id name } } } }")
    node = data["events"]["edges"][0]["node"]
    again = await city.data(
        "query ($id: ID!) { node(id: $id) { id ... on Event { name } } }", id=node["id"]
    )
    assert again["node"] == node


async def test_questions_that_make_no_sense_are_refused_with_the_reason(city: City) -> None:
    span = 'occurrences(from: "2026-01-01T00:00:00Z", to: "2027-06-01T00:00:00Z") { startsAt }'
    event = "{ events(first: 1) { edges { node { SPAN } } } }"
    assert "366 days" in await city.refused(event.replace("SPAN", span))
    turned = 'occurrences(from: "2026-01-02T00:00:00Z", to: "2026-01-01T00:00:00Z") { startsAt }'
    assert "`from` must be before `to`" in await city.refused(event.replace("SPAN", turned))

    async def where(filter_: str) -> str:
        return await city.refused(f"{{ events(where: {{ {filter_} }}) {{ totalCount }} }}")

    backwards = 'from: "2026-01-02T00:00:00Z", to: "2026-01-02T00:00:00Z"'
    assert "`where.from` must be before" in await where(backwards)
    assert "is not an id" in await where('placeIds: ["museum"]')
    assert "at most 200 characters" in await where(f'text: "{"a" * 201}"')
    assert "at most 50 members" in await where(
        f"categories: {str(['a'] * 51).replace(chr(39), chr(34))}"
    )
    assert "not text" in await where('text: "a\\u0000b"')
    assert "from 0 to 500" in await city.refused("{ events(first: 501) { totalCount } }")
    cursor = (await city.data("{ events(first: 1) { pageInfo { endCursor } } }"))["events"]
    other = cursor["pageInfo"]["endCursor"]
    message = await city.refused(
        f'{{ events(after: "{other}", orderBy: {{ field: NAME }}) {{ totalCount }} }}'
    )
    assert "another order" in message


async def test_a_source_that_is_off_is_an_error_and_never_an_empty_list(
    city: City, switched_off: Any
) -> None:
    switched_off("acara")
    context = city.context()
    result = await city.ask("{ events { totalCount } }", context=context)
    assert result.data == {"events": None}
    assert result.errors
    assert context.problem_sources[0]["connector"] == "acara"


async def test_a_page_with_places_asks_each_source_a_bounded_number_of_times(
    city: City, counted: Any
) -> None:
    keys = ("acara", "e-plesiran", "fasilitas-umum")
    sources = {key: counted(key) for key in keys}
    await city.data(
        "{ events(first: 100) { totalCount edges { node { name place { name } offers { isFree } "
        "source { connector { key } } } } } }"
    )
    assert sources["acara"].calls == ["find_events", "count_events"]
    assert sources["e-plesiran"].calls == ["places_by_id"]
    assert sources["fasilitas-umum"].calls == ["places_by_id"]
