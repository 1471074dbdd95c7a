"""Somebody looks for work: openings by words, pay, place and kind."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from connectors.ports import geometry
from connectors.ports.common import GeoPoint
from tests.cities import City, opened_city

pytestmark = pytest.mark.asyncio(loop_scope="module")

CENTRE = "{ lat: -6.17028, lng: 106.64028 }"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def city(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    async with opened_city(f"sqlite:///{tmp_path_factory.mktemp('jobs')}/city.db") as opened:
        yield opened


FIELDS = """id title(lang: "id") employer open remote postedAt closesAt employmentType education
  experienceMonths skills occupation salaryPeriod salaryMin { amount } salaryMax { amount }
  point { lat } address { text kelurahan { kode name } kecamatan { kode } } source { quality }"""


async def jobs(city: City, where: str = "", order: str = "") -> list[dict[str, Any]]:
    arguments = [f"where: {{ {where} }}" if where else "", f"orderBy: {order}" if order else ""]
    data = await city.data(
        f"{{ jobs(first: 100, {' '.join(arguments)}) "
        f"{{ totalCount edges {{ node {{ {FIELDS} }} }} }} }}"
    )
    found = [edge["node"] for edge in data["jobs"]["edges"]]
    assert data["jobs"]["totalCount"] == len(found)
    return found


async def test_only_open_jobs_are_shown_newest_first_unless_asked(city: City) -> None:
    found = await jobs(city)
    assert 30 < len(found) < 40
    assert all(job["open"] for job in found)
    posted = [job["postedAt"] for job in found]
    assert posted == sorted(posted, reverse=True)
    everything = await jobs(city, "openOnly: false")
    assert len(everything) == 40
    assert [job["open"] for job in everything].count(False) == 40 - len(found)


async def test_samples_are_marked_and_lie_in_real_kelurahan(city: City) -> None:
    for job in await jobs(city, "openOnly: false"):
        assert job["title"].startswith("Contoh: ")
        assert job["employer"].startswith("Contoh: Perusahaan ")
        assert job["source"] == {"quality": "SAMPLE"}
        assert job["address"]["kelurahan"]["name"] in job["address"]["text"]
        assert job["address"]["kelurahan"]["kode"].startswith(job["address"]["kecamatan"]["kode"])


async def test_jobs_are_found_by_kind_skill_schooling_and_experience(city: City) -> None:
    interns = await jobs(city, "employmentTypes: [INTERN]")
    assert interns
    assert all("INTERN" in job["employmentType"] for job in interns)
    assert all("Python" in job["skills"] for job in await jobs(city, 'skills: ["python"]'))
    assert {job["education"] for job in await jobs(city, 'education: ["S1", "d3"]')} == {"S1", "D3"}
    drivers = await jobs(city, 'occupation: ["pengemudi"]')
    assert {job["occupation"] for job in drivers} == {"Pengemudi"}
    fresh = await jobs(city, "noExperience: true")
    assert fresh
    assert all(job["experienceMonths"] == 0 for job in fresh)
    assert all(job["remote"] for job in await jobs(city, "remote: true"))
    recent = await jobs(city, 'postedSince: "2026-11-20T00:00:00+07:00"')
    assert all(job["postedAt"] >= "2026-11-20" for job in recent)


async def test_pay_is_compared_by_the_month(city: City) -> None:
    well = await jobs(city, 'salaryAtLeast: "9000000"', "{ field: SALARY }")
    titles = {job["title"] for job in well}
    assert "Contoh: Pengembang web" in titles
    assert "Contoh: Guru les" in titles  # 100,000 an hour is more than 17 million a month
    assert "Contoh: Kurir" not in titles
    assert well[0]["salaryPeriod"] == "HOUR"
    monthly = [float(job["salaryMax"]["amount"]) for job in well if job["salaryPeriod"] == "MONTH"]
    assert monthly == sorted(monthly, reverse=True)
    assert min(monthly) >= 9_000_000


async def test_words_and_nearness_order_the_list(city: City) -> None:
    found = await jobs(city, 'text: "staf gudang"')
    assert found
    assert all(job["title"] == "Contoh: Staf gudang" for job in found)
    data = await city.data(
        f"""{{ jobs(where: {{ geo: {{ near: {{ point: {CENTRE}, radiusM: 6000 }} }} }},
          orderBy: {{ field: DISTANCE, direction: ASC }}, first: 3) {{
            edges {{ node {{ point {{ lat lng }} }} }} }} }}"""
    )
    points = [edge["node"]["point"] for edge in data["jobs"]["edges"]]
    far = [
        geometry.distance_m(GeoPoint(-6.17028, 106.64028), GeoPoint(**point)) for point in points
    ]
    assert len(far) == 3
    assert far == sorted(far)
    assert far[-1] <= 6_000


async def test_facets_have_names_for_people(city: City) -> None:
    data = await city.data(
        """{ jobs { totalCount facets { field buckets { key label(lang: "id") count } } } }"""
    )
    facets = {one["field"]: one["buckets"] for one in data["jobs"]["facets"]}
    assert list(facets) == ["employmentType", "education", "occupation", "area"]
    assert {"FULL_TIME", "PART_TIME"} <= {bucket["key"] for bucket in facets["employmentType"]}
    labels = {bucket["key"]: bucket["label"] for bucket in facets["employmentType"]}
    assert labels["FULL_TIME"] == "Penuh waktu"
    areas = facets["area"]
    assert sum(bucket["count"] for bucket in areas) == data["jobs"]["totalCount"]
    assert all(
        bucket["label"] != bucket["key"] and bucket["key"].startswith("36.71.") for bucket in areas
    )


async def test_a_job_can_be_fetched_again_by_its_id(city: City) -> None:
    (first, *_) = await jobs(city)
    again = await city.data(
        f"query ($id: ID!) {{ node(id: $id) {{ ... on Job {{ {FIELDS} }} }} }}", id=first["id"]
    )
    assert again["node"] == first


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("orderBy: { field: DISTANCE }", "needs `where.geo.near`"),
        ('where: { salaryAtLeast: "-1" }', "must not be below 0"),
        ("first: 501", "from 0 to 500"),
        ('where: { skills: ["' + "x" * 201 + '"] }', "`where.skills[0]`"),
        ('after: "!"', "not a cursor"),
    ],
)
async def test_wrong_questions_are_refused_with_the_reason(
    city: City, arguments: str, message: str
) -> None:
    result = await city.ask(f"{{ jobs({arguments}) {{ totalCount }} }}")
    assert result.errors
    error: Any = result.errors[0].original_error
    assert error.code.value == "BAD_INPUT"
    assert message in error.message


async def test_an_unknown_facet_is_refused_and_names_those_there_are(city: City) -> None:
    result = await city.ask('{ jobs { facets(fields: ["employer"]) { field } } }')
    assert result.errors
    error: Any = result.errors[0].original_error
    assert "employmentType, education, occupation, area" in error.message


async def test_counts_by_area_stand_when_areas_have_no_names(city: City) -> None:
    query = '{ jobs { facets(fields: ["area"]) { buckets { key label(lang: "id") count } } } }'
    whole = (await city.data(query))["jobs"]["facets"][0]["buckets"]
    with city.without("wilayah"):
        bare = (await city.data(query))["jobs"]["facets"][0]["buckets"]
    assert [(one["key"], one["count"]) for one in bare] == [
        (one["key"], one["count"]) for one in whole
    ]
    assert all(one["label"] == one["key"] for one in bare)
    assert all(one["label"] != one["key"] for one in whole)


async def test_a_source_that_is_off_is_an_error_and_never_an_empty_list(city: City) -> None:
    with city.without("lowongan"):
        result = await city.ask("{ jobs { totalCount } }")
    assert result.data == {"jobs": None}
    assert result.errors
