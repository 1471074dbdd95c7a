"""Another team's GraphQL endpoint: asked for little, in few operations, and read with its errors."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from graphql import GraphQLError, build_schema, graphql_sync
from hypothesis import given
from hypothesis import strategies as st

from connectors import errors, registry
from connectors.errors import ConnectorError
from connectors.kinds.graphql import CODES, checked, meaning, selection
from connectors.ports.common import GeoPoint, Order, Page, must_text
from connectors.ports.connectors import Binding, ConnectorKind
from connectors.ports.places import PlaceCriteria, PlaceOrderField
from connectors.upkeep.asking import asking
from connectors.upkeep.documents import Answer, Request
from connectors.upkeep.upkeep import Services
from tests import builders
from tests.upstream import MovedClock, SaidWeb

TEAM = build_schema("""
type Query {
  kota: Kota
  taman(id: ID!): Taman
  tamanDari(ids: [ID!]!): [Taman]!
}
type Kota { taman(jenis: Jenis, first: Int, after: String): TamanConnection!  semua: [Taman] }
enum Jenis { HIJAU BERMAIN }
type TamanConnection { edges: [Edge!]!  nodes: [Taman]  pageInfo: PageInfo! }
type Edge { node: Taman  cursor: String! }
type PageInfo { hasNextPage: Boolean!  endCursor: String }
type Taman { kode: ID!  nama: String  rahasia: String  letak: Letak  foto: [Foto!] }
type Letak { lintang: Float  bujur: Float }
type Foto { url: String }
""")
FIELDS = {
    "id": "kode", "name": "nama", "kind": {"value": "PARK"}, "lat": "letak.lintang",
    "lng": "letak.bujur",
}  # fmt: skip


def park(number: int) -> dict[str, Any]:
    return {
        "kode": f"t{number}",
        "nama": f"Taman {number}",
        "letak": {"lintang": -6.17, "bujur": 106.63},
        "rahasia": "jangan",
    }


class Team:
    """Their server: `parks` stand in the list, `hidden` are found by id alone."""

    def __init__(self, parks: int = 5, hidden: int = 0) -> None:
        self.parks = [park(n) for n in range(parks)]
        self.known = {
            one["kode"]: one for one in (*self.parks, *map(park, range(parks, parks + hidden)))
        }
        self.asked: list[dict[str, Any]] = []
        self.instead: Callable[[dict[str, Any]], Any] = lambda _asked: None
        self.web = SaidWeb(self._answer)
        self.clock = MovedClock()

    def _answer(self, request: Request) -> Answer | ConnectorError:
        asked = json.loads(request.body or b"")
        self.asked.append(asked)
        instead = self.instead(asked)
        if isinstance(instead, (Answer, ConnectorError)):
            return instead
        if instead is None:
            root = {"kota": {"taman": self._page, "semua": self.parks}, "taman": self._one,
                    "tamanDari": self._some}  # fmt: skip
            result = graphql_sync(TEAM, asked["query"], root, variable_values=asked["variables"])
            instead = result.formatted
        return Answer(200, {"content-type": "application/json"}, json.dumps(instead).encode())

    def _page(self, _info: Any, first: int = 2, after: str | None = None, **_more: Any) -> Any:
        begin = 0 if after is None else int(after) + 1
        some = self.parks[begin : begin + first]
        return {
            "edges": [{"node": one, "cursor": str(begin + n)} for n, one in enumerate(some)],
            "nodes": some,
            "pageInfo": {
                "hasNextPage": begin + first < len(self.parks),
                "endCursor": str(begin + len(some) - 1),
            },
        }

    def _one(self, _info: Any, id: str) -> Any:  # noqa: A002 - their argument
        if id == "rusak":
            raise GraphQLError("jangan bocor", extensions={"code": "INTERNAL_SERVER_ERROR"})
        return self.known.get(id)

    def _some(self, _info: Any, ids: list[str]) -> Any:
        return [self.known.get(one) for one in ids]

    async def open(self, domain: str = "places", **options: Any) -> Any:
        said = {"url": "http://tim.example/graphql", "fields": FIELDS, **options}
        binding = Binding(
            "tim", must_text("Tim"), ConnectorKind.GRAPHQL, (domain,), f"graphql.{domain}",
            options=said,
        )  # fmt: skip
        tools = builders.tools(services=Services(self.web, clock=self.clock))
        self.upkeep = registry.upkeep_of(binding, tools)
        return await registry.open_source(binding, replace(tools, own=self.upkeep))


async def ids(source: Any) -> list[str]:
    found = await source.find_places(PlaceCriteria(), Order(PlaceOrderField.NAME), Page(500))
    return [hit.record.origin.local_id for hit in found.hits]


# ------------------------------------------------------------------------------- lists


async def test_only_the_fields_that_the_map_names_are_asked_for() -> None:
    team = Team()
    source = await team.open(list="kota.semua")
    assert await ids(source) == ["t0", "t1", "t2", "t3", "t4"]
    (place,) = await source.places_by_id(["t3"])
    assert (place.name.pick("id"), place.point) == ("Taman 3", GeoPoint(-6.17, 106.63))
    (asked,) = team.asked
    assert asked == {
        "query": "query Rows { kota { semua { kode nama letak { lintang bujur } } } }",
        "variables": {},
    }


@pytest.mark.parametrize("pages", ["edges", "nodes"])
async def test_a_connection_is_read_to_its_end_each_page_once(pages: str) -> None:
    team = Team(5)
    source = await team.open(list="kota.taman", pages=pages, page_size=2, arguments="jenis: HIJAU")
    assert await ids(source) == ["t0", "t1", "t2", "t3", "t4"]
    assert [one["variables"] for one in team.asked] == [
        {"first": 2, "after": None}, {"first": 2, "after": "1"}, {"first": 2, "after": "3"},
    ]  # fmt: skip
    before = await source.current()
    assert await source.current() is before, "and nothing is put together again"
    assert len(team.asked) == 3


async def test_pages_are_bounded_and_what_is_left_out_is_told() -> None:
    source = await Team(9).open(list="kota.taman", pages="edges", page_size=2, most_pages=2)
    with asking() as noted:
        assert await ids(source) == ["t0", "t1", "t2", "t3"]
    assert (noted.partial, str(noted.trouble)) == (True, "there are more pages")


async def test_a_page_that_fails_leaves_the_pages_before_it() -> None:
    team = Team(5)
    team.instead = lambda asked: errors.Broken("x") if asked["variables"]["after"] == "3" else None
    source = await team.open(list="kota.taman", pages="edges", page_size=2)
    with asking() as noted:
        assert await ids(source) == ["t0", "t1", "t2", "t3"]
    assert noted.partial


async def test_cursors_that_go_round_end() -> None:
    team = Team()
    circle = {"pageInfo": {"hasNextPage": True, "endCursor": "x"}, "nodes": [park(1)]}
    team.instead = lambda _asked: {"data": {"kota": {"taman": circle}}}
    source = await team.open(list="kota.taman", pages="nodes")
    with asking() as noted:
        assert await ids(source) == ["t1"]
    assert (len(team.asked), str(noted.trouble)) == (2, "pages go round in a circle")


async def test_a_query_of_their_own_is_sent_as_it_is_written() -> None:
    query = (
        "query Q($jenis: Jenis, $after: String) { kota { taman(jenis: $jenis, first: 3, after: $after)"
        " { nodes { kode nama } pageInfo { hasNextPage endCursor } } } }"
    )
    team = Team(5)
    source = await team.open(list="kota.taman", query=query, variables={"jenis": "BERMAIN"})
    assert len(await ids(source)) == 5
    assert [one["variables"] for one in team.asked] == [
        {"jenis": "BERMAIN", "after": None}, {"jenis": "BERMAIN", "after": "2"},
    ]  # fmt: skip
    fixed = query.replace(", $after: String", "").replace(", after: $after", "")
    source = await Team(5).open(list="kota.taman", query=fixed)
    with asking() as noted:
        assert len(await ids(source)) == 3
    assert noted.partial


# ------------------------------------------------------------------------------- by id

ALIASES = {"field": "taman", "argument": "id"}
AT_ONCE = {"field": "tamanDari", "argument": "ids", "type": "[ID!]!"}


@pytest.mark.parametrize("by_id", [ALIASES, AT_ONCE])
async def test_records_beside_the_list_are_asked_for_in_one_operation(by_id: Any) -> None:
    team = Team(2, hidden=40)
    source = await team.open(list="kota.semua", by_id=by_id)
    wanted = [f"t{n}" for n in range(41, -1, -1)]
    found = await source.places_by_id([*wanted, "tidak-ada", "t41"])
    assert [one and one.origin.local_id for one in found] == [*wanted, None, "t41"]
    assert len(team.asked) == 2
    assert "rahasia" not in team.asked[1]["query"]
    assert await source.places_by_id(["t0", "t1"])
    assert len(team.asked) == 2, "those of the list need no question"


async def test_one_id_that_fails_leaves_the_others() -> None:
    source = await Team(0, hidden=3).open(list="kota.semua", by_id=ALIASES)
    with asking() as noted:
        found = await source.places_by_id(["t1", "rusak", "t2"])
    assert [one and one.origin.local_id for one in found] == ["t1", None, "t2"]
    assert noted.partial
    assert "bocor" not in str(noted.trouble)


async def test_when_ids_cannot_be_asked_for_the_list_still_answers() -> None:
    team = Team(2, hidden=1)
    source = await team.open(list="kota.semua", by_id=ALIASES)
    team.instead = lambda asked: errors.Broken("x") if "ById" in asked["query"] else None
    with asking() as noted:
        found = await source.places_by_id(["t1", "t2"])
    assert [one and one.origin.local_id for one in found] == ["t1", None]
    assert noted.partial
    with pytest.raises(errors.Broken):
        await source.places_by_id(["t2"])


async def test_an_id_is_a_variable_and_never_part_of_the_query() -> None:
    team = Team()
    source = await team.open(list="kota.semua", by_id=ALIASES)
    assert await source.places_by_id(['") { rahasia } #']) == [None]
    assert "rahasia" not in team.asked[1]["query"]


# ------------------------------------------------------------------------------- errors


async def test_data_beside_errors_counts_and_the_list_is_partial() -> None:
    team = Team()
    team.instead = lambda _: {
        "data": {"kota": {"semua": [park(1), None]}},
        "errors": [{"message": "rahasia", "path": ["kota", "semua", 1]}],
    }
    source = await team.open(list="kota.semua")
    for _ in range(2):  # also when it is answered from memory
        with asking() as noted:
            assert await ids(source) == ["t1"]
        assert noted.partial
        assert "rahasia" not in str(noted.trouble)
    assert [reason for _, reason in source.rejected] == ["is null"]


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({"errors": [{"message": "x", "extensions": {"code": "RATE_LIMITED"}}]}, errors.Overloaded),
        ({"errors": [{"message": "x", "type": "RATE_LIMITED"}], "data": None}, errors.Overloaded),
        ({"errors": [{"extensions": {"code": "invalid-jwt"}}]}, errors.Refused),
        ({"errors": [{"extensions": {"code": "GRAPHQL_VALIDATION_FAILED"}}]}, errors.Rejected),
        ({"errors": [{"extensions": {"code": "INTERNAL_SERVER_ERROR"}}]}, errors.Broken),
        ({"errors": [{"message": "x"}], "data": {"kota": None}}, errors.Broken),
        ({"errors": ["x", 5, None]}, errors.Broken),
        ({"data": None}, errors.Unreadable),
        ({"data": {"kota": None}}, errors.Unreadable),
        ({"data": {"kota": {"semua": 5}}}, errors.Unreadable),
        ({"data": {}, "errors": "x"}, errors.Unreadable),
        ({"message": "Not Found"}, errors.Unreadable),
        ([], errors.Unreadable),
        (Answer(429, {"retry-after": "7"}), errors.Overloaded),
        (Answer(200, {"content-type": "text/html"}, b"<html>"), errors.Unreadable),
        ({"data": {"kota": {"semua": [{"nama": "tanpa kode"}]}}}, errors.Unreadable),
    ],
)
async def test_what_an_answer_without_rows_means(said: Any, kind: type[ConnectorError]) -> None:
    team = Team()
    team.instead = lambda _: said
    source = await team.open(list="kota.semua")
    with pytest.raises(kind) as caught:
        await ids(source)
    assert type(caught.value) is kind


async def test_a_server_that_is_overloaded_is_left_alone_as_long_as_it_says() -> None:
    team = Team()
    said = {"errors": [{"extensions": {"code": "THROTTLED", "retryAfter": 40}}]}
    team.instead = lambda _: said
    source = await team.open(list="kota.semua")
    with pytest.raises(errors.Overloaded) as caught:
        await ids(source)
    assert caught.value.retry_after == pytest.approx(40, abs=1)
    asked = len(team.asked)
    with pytest.raises(errors.Overloaded):
        await ids(source)
    assert len(team.asked) == asked


async def test_when_it_fails_later_the_last_good_list_answers() -> None:
    team = Team(2)
    source = await team.open(list="kota.semua")
    await ids(source)
    team.instead = lambda _: {"errors": [{"message": "x"}]}
    team.clock.move(3 * 86_400)
    with asking() as noted:
        (place,) = await source.places_by_id(["t1"])
    assert place.origin.stale
    assert isinstance(noted.trouble, errors.Broken)


json_like = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["extensions", "code", "retryAfter", "type"]), inner)
    ),
    max_leaves=9,
)


@given(st.lists(json_like, max_size=4))
def test_whatever_errors_are_said_they_mean_something(said: list[Any]) -> None:
    assert isinstance(meaning(said), (*set(CODES.values()), errors.Broken))


# ------------------------------------------------------------------------------- options


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({}, "`list` is needed"),
        ({"list": "a b"}, "`list` must be a path of GraphQL names"),
        ({"list": "a", "fields": {}}, "without a `query`, `fields` says what is asked for"),
        ({"list": "a", "fields": {"id": "a b"}}, "is no path of GraphQL names"),
        ({"list": "a", "fields": {"id": "a", "name": "a.b"}}, "is a value and holds values, too"),
        ({"list": "a", "arguments": "x:"}, "`query` is no GraphQL"),
        (
            {"list": "a", "arguments": "a: 1) { b } } mutation M { hapus(a: 1"},
            "must hold one operation",
        ),
        ({"list": "a", "query": "mutation { hapus }"}, "must hold one operation, a query"),
        ({"list": "a", "query": "subscription { a }"}, "must hold one operation, a query"),
        ({"list": "a", "query": "{ a } { b }"}, "must hold one operation, a query"),
        ({"list": "a", "query": "{" * 9000}, "`query` is no GraphQL"),
        ({"list": "a", "query": "{ a }", "variables": {"x": 1}}, r"declares no \$x"),
        ({"list": "a", "query": "{ a }", "pages": "edges"}, "are for lines without a `query`"),
        ({"list": "a", "pages": "relay"}, "`pages` must be edges or nodes"),
        ({"list": "a", "page_size": 0}, "`page_size` must be a whole number"),
        ({"list": "a", "by_id": {"felt": "x"}}, "`by_id` takes"),
        ({"list": "a", "by_id": {"field": "x y"}}, "`by_id` takes"),
        ({"list": "a", "by_id": {"field": "x", "type": "ID!) { a } #"}}, "`by_id` takes"),
        ({"list": "a", "url": ["http://a", "http://b"]}, "address of one endpoint"),
        ({"list": "a", "variables": 5}, "`variables` must be a table"),
        ({"list": "a", "lits": "b"}, "unknown option 'lits'"),
    ],
)
async def test_wrong_options_say_what_they_take(options: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        await Team().open(**options)


async def test_prices_have_two_kinds_of_records_and_no_ids_to_ask_for() -> None:
    with pytest.raises(ValueError, match="one kind of record only"):
        await Team().open("prices", list="a", by_id={"field": "harga"})


@pytest.mark.parametrize("system", sorted(n for n in registry.SYSTEMS if n.startswith("graphql.")))
async def test_every_domain_keeps_the_methods_its_port_promises(system: str) -> None:
    domain = system.removeprefix("graphql.")
    source = await Team().open(domain, list="kota.semua")
    for method in registry.promises(registry.PORTS[domain]):
        assert callable(getattr(source, method))


paths = st.lists(st.lists(st.sampled_from("abc"), min_size=3, max_size=3), min_size=1, max_size=9)


@given(paths)
def test_a_selection_is_graphql_and_leads_to_every_path(steps: list[list[str]]) -> None:
    made = selection(".".join(path) for path in steps)
    checked(f"query {made}")
    assert made.count("{") == 1 + len({p[0] for p in steps}) + len({tuple(p[:2]) for p in steps})


def test_positions_in_lists_are_no_fields() -> None:
    assert selection(["foto.0.url", "foto.1.url", "id"]) == "{ foto { url } id }"
