"""What is private stays private: complaints as citizens, officers and the mayor see them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from resolvers import nodes
from resolvers.context import Caller, Context, Role
from tests.cities import City, opened_city

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def city(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    async with opened_city(f"sqlite:///{tmp_path_factory.mktemp('laksa')}/city.db") as opened:
        yield opened


def by(city: City, *roles: Role) -> Context:
    return city.context(caller=Caller(frozenset(roles)))


# ------------------------------------------------------------------------------- private ones


async def test_a_private_complaint_shows_to_officers_and_nowhere_to_the_public(city: City) -> None:
    query = """{ complaints(first: 500) { totalCount edges { node { id trackingId visibility
      history(first: 1) { edges { node { id } } } media { id } } } } }"""
    seen = await city.ask(query, context=by(city, Role.OFFICER))
    assert seen.errors is None
    assert seen.data is not None
    private = next(
        edge["node"]
        for edge in seen.data["complaints"]["edges"]
        if edge["node"]["visibility"] == "PRIVATE" and edge["node"]["media"]
    )
    public = await city.data(query)
    assert seen.data["complaints"]["totalCount"] == 2_000 > public["complaints"]["totalCount"]
    assert {e["node"]["visibility"] for e in public["complaints"]["edges"]} == {
        "PUBLIC", "ANONYMOUS",
    }  # fmt: skip

    hidden = await city.data(
        """query ($id: ID!, $number: String!) {
          one: complaint(id: $id) { id } two: complaint(trackingId: $number) { id }
          list: complaints(where: { ids: [$id] }) { totalCount edges { node { id } }
            facets(fields: ["status"]) { buckets { key } } }
          text: complaints(where: { text: $number }) { totalCount }
          complaintStats(where: { ids: [$id] }, groupBy: [STATUS]) { total rows { keys } }
        }""",
        id=private["id"],
        number=private["trackingId"],
    )
    assert hidden == {
        "one": None,
        "two": None,
        "list": {"totalCount": 0, "edges": [], "facets": [{"buckets": []}]},
        "text": {"totalCount": 0},
        "complaintStats": {"total": 0, "rows": []},
    }
    for id_ in (
        private["id"],
        private["history"]["edges"][0]["node"]["id"],
        private["media"][0]["id"],
    ):
        assert await nodes.one(city.context(), id_) is None
        assert await nodes.one(by(city, Role.MAYOR), id_) is not None


async def test_no_private_complaint_is_repeated_or_similar_in_public(city: City) -> None:
    query = "{ complaints(first: 500, after: %s) { pageInfo { endCursor hasNextPage } edges { node { duplicateOf { visibility } duplicates { visibility duplicateOf { id } } id } } } }"
    cursor, repeats = "null", 0
    while True:
        page = (await city.data(query % cursor))["complaints"]
        for node in [edge["node"] for edge in page["edges"]]:
            others = [*node["duplicates"], *([node["duplicateOf"]] if node["duplicateOf"] else [])]
            assert all(one["visibility"] != "PRIVATE" for one in others)
            assert all(one["duplicateOf"] == {"id": node["id"]} for one in node["duplicates"])
            repeats += len(node["duplicates"])
        if not page["pageInfo"]["hasNextPage"]:
            break
        cursor = f'"{page["pageInfo"]["endCursor"]}"'
    assert repeats > 20


async def test_the_index_of_the_search_holds_no_private_complaint(city: City) -> None:
    assert city.load is not None
    shown = {str(one.id) for one in city.load.documents if one.type.value == "COMPLAINT"}
    found = await city.ask(
        "{ complaints(first: 500) { edges { node { visibility source { localId } } } } }",
        context=by(city, Role.OFFICER),
    )
    assert found.data is not None
    for node in [edge["node"] for edge in found.data["complaints"]["edges"]]:
        is_shown = f"laksa:{node['source']['localId']}" in shown
        assert is_shown == (node["visibility"] != "PRIVATE")


# ------------------------------------------------------------------------------- personal data


async def test_the_public_reads_no_reporter_no_answers_and_no_figures_of_departments(
    city: City,
) -> None:
    result = await city.ask(
        """{ complaints(first: 1) { edges { node { reporter(purpose: CONTACT_REPORTER) { phone }
          answers { code } trackingId } } } departments(first: 1) { edges { node { stats { total }
          code } } } }"""
    )
    assert result.data is not None
    node = result.data["complaints"]["edges"][0]["node"]
    assert (node["reporter"], node["answers"]) == (None, None)
    assert node["trackingId"]
    assert result.data["departments"]["edges"][0]["node"]["stats"] is None
    assert result.errors is not None
    codes = [error.original_error.code.value for error in result.errors]  # type: ignore[union-attr]
    assert codes == ["FORBIDDEN"] * 3


async def test_an_officer_reads_masked_reporters_and_none_of_anonymous_ones(city: City) -> None:
    result = await city.ask(
        """{ complaints(first: 100) { edges { node { visibility answers { code }
          reporter(purpose: CONTACT_REPORTER) { displayName phone verified } } } } }""",
        context=by(city, Role.OFFICER),
    )
    assert result.errors is None
    assert result.data is not None
    for node in [edge["node"] for edge in result.data["complaints"]["edges"]]:
        assert node["answers"] == []
        if node["visibility"] == "ANONYMOUS":
            assert node["reporter"] is None
        else:
            assert node["reporter"]["displayName"].startswith("W*** C*** ")


async def test_identity_numbers_are_for_heads_of_departments(city: City) -> None:
    query = '{ complaints(first: 1, where: { text: "contoh" }) { edges { node { reporter { nik } } } } }'
    context = by(city, Role.OFFICER)
    assert (await city.refusal(query, context=context)).startswith("FORBIDDEN: `Reporter.nik`")
    result = await city.ask(query, context=by(city, Role.OFFICER, Role.OPD_HEAD))
    assert result.errors is None


async def test_staff_read_the_figures_of_a_department(city: City) -> None:
    staff = by(city, Role.OPD_STAFF)
    data = await city.data(
        "{ complaintStats(groupBy: [DEPARTMENT]) { rows { keys count } } "
        "departments(first: 50) { edges { node { id code } } } }"
    )
    known = {row["keys"][0]: row["count"] for row in data["complaintStats"]["rows"]}
    result = await city.ask(
        "{ departments(first: 50) { edges { node { code stats { total rows { keys } } } } } }",
        context=staff,
    )
    assert result.errors is None
    assert result.data is not None
    found = {
        e["node"]["code"]: e["node"]["stats"]["total"] for e in result.data["departments"]["edges"]
    }
    assert {name: count for name, count in found.items() if count} == {
        name: count for name, count in known.items() if name
    }
    other = next(
        e["node"]["id"] for e in data["departments"]["edges"] if e["node"]["code"] == "dlh"
    )
    narrowed = await city.ask(
        "query ($other: ID!) { departments(first: 50) { edges { node { code "
        "stats(where: { departments: [$other] }) { total } } } } }",
        {"other": other},
        context=by(city, Role.OPD_STAFF),
    )
    assert narrowed.data is not None
    assert {
        e["node"]["code"]
        for e in narrowed.data["departments"]["edges"]
        if e["node"]["stats"]["total"]
    } == {"dlh"}
