"""What goes wrong in one place of a question stays there, and is said plainly."""

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from connectors.ports.common import ErrorCode
from connectors.ports.connectors import ConnectorState
from resolvers.ids import decode, encode
from resolvers.problems import Refusal
from tests.cities import City, opened_city

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "postgresql"])
async def city(request, tmp_path_factory) -> AsyncIterator[City]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('wrong')}/city.db"
    else:
        url = request.getfixturevalue("postgres_database")()
    async with opened_city(url) as opened:
        yield opened


LISTS = {
    "complaints": ("orderBy: {field: CREATED_AT}", "orderBy: {field: FOLLOWERS}"),
    "places": (
        "orderBy: {field: NAME}",
        "orderBy: {field: DISTANCE, from: {lat: -6.2, lng: 106.6}}",
    ),
    "events": ("orderBy: {field: STARTS_AT}", "orderBy: {field: NAME}"),
    "jobs": ("orderBy: {field: SALARY}", "orderBy: {field: CLOSES_AT}"),
    "prices": ("where: {}",),
    "search": ('q: "pasar"',),
    "stops": ("",),
    "lines": ("",),
}
STRANGE = [
    *("", "x", "\0", 0, 1.5, 2**40, 2**63, True, [], {"on": "2026-11-23"}),
    *({"at": "2026-11-23T08:00:00+07:00"}, {"at": "0001-01-01T00:00:00+14:00"}),
]


@pytest.mark.parametrize(
    ("name", "arguments"), [(name, one) for name, all_ in LISTS.items() for one in all_]
)
async def test_a_cursor_that_no_answer_held_is_refused_or_answered_and_harms_no_source(
    city: City, name: str, arguments: str
):
    asked = f"{name}({arguments} first: 1) {{ edges {{ cursor }} }}"
    data = await city.data(f"{{ {asked} }}")
    cursor = data[name]["edges"][0]["cursor"]
    mark, value, source, local = json.loads(decode(cursor) or b"")
    made: list[object] = [[mark, other, source, local] for other in STRANGE]
    made += [[mark, value, "\0", local], [mark, value, source, "\0"], [mark, value], [], None]
    refused = 0
    for parts in made:
        forged = encode(json.dumps(parts).encode())
        question = f"query ($after: String) {{ {name}({arguments} first: 1, after: $after) "
        result = await city.ask(f"{question} {{ edges {{ cursor }} }} }}", {"after": forged})
        for error in result.errors or ():
            assert isinstance(error.original_error, Refusal), (parts, error)
            assert error.original_error.code is ErrorCode.BAD_INPUT
            assert "`after` is not a cursor" in error.message
            refused += 1
    assert refused >= 8
    assert {one.state for one in city.board if one.connector} == {ConnectorState.ENABLED}


@pytest.mark.parametrize(
    "wrong",
    [
        'facets(fields: ["zz"]) { field }',
        "edges { node { history(first: -1) { edges { cursor } } } }",
    ],
)
async def test_a_wrong_field_takes_nothing_away_from_right_ones_elsewhere(city: City, wrong: str):
    node = "edges { node { id department { name } area { name } category { name } duplicates { id } } }"
    right = f"complaints(first: 20) {{ {node} }}"
    result = await city.ask(
        f"{{ before: {right} wrong: complaints(first: 20) {{ {wrong} {node} }} after: {right} }}"
    )
    assert result.data is not None
    assert result.data["wrong"] is None
    assert result.data["before"] == result.data["after"]
    assert len(result.data["before"]["edges"]) == 20
    assert {error.path[0] for error in result.errors or () if error.path} == {"wrong"}


@pytest.mark.parametrize("name", ["complaints", "places", "jobs", "apps", 'search(q: "pasar")'])
async def test_a_facet_that_is_asked_for_a_thousand_times_is_counted_once(city: City, name: str):
    field = {"apps": "audience", "complaints": "status", "jobs": "area", "places": "kind"}
    fields = [field.get(name, "type")] * 1000
    data = await city.data(
        f"query ($fields: [String!]) {{ found: {name} {{ facets(fields: $fields) {{ field }} }} }}",
        fields=fields,
    )
    assert data["found"]["facets"] == [{"field": fields[0]}]


async def test_no_text_is_too_long_to_be_refused_in_a_sentence(city: City):
    asked = "query ($q: String!) { complaintCategories(q: $q) { id } }"
    result = await city.ask(asked, {"q": "jalan " * 10_000})
    assert [error.message for error in result.errors or ()] == [
        "`q` may have at most 200 characters, not 60000."
    ]
