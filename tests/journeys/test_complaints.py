"""Citizens, officers and the mayor ask about complaints: the real pack, through the graph."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

import pytest
import pytest_asyncio
from graphql import GraphQLObjectType

from connectors.memory.complaints import MemoryComplaints
from connectors.ports.common import InArea, ScopedId, Text
from connectors.ports.complaint_stats import MOST_ROWS, Stats
from connectors.ports.complaints import ComplaintSource
from connectors.ports.connectors import Binding, ConnectorKind
from connectors.registry import PORTS
from connectors.switchboard import Source, Switchboard
from resolvers import complaint_stats, ids, nodes
from resolvers.context import Context
from resolvers.problems import Refusal
from schema.city import city_schema
from tests.cities import City, opened_city
from tests.complaint_records import BY_HAND

pytestmark = pytest.mark.asyncio(loop_scope="module")

POINT = "{ lat: -6.17028, lng: 106.64028 }"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def city(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    async with opened_city(f"sqlite:///{tmp_path_factory.mktemp('laksa')}/city.db") as opened:
        yield opened


@pytest.fixture
def calls(city: City, counted: Any) -> Callable[[], Counter[str]]:
    """How often each method of each source was called so far."""
    told = {one.key: counted(one.key) for one in city.board if one.connector is not None}
    return lambda: Counter(f"{key}.{name}" for key, one in told.items() for name in one.calls)


def forged(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


# ------------------------------------------------------------------------------- one


async def test_a_complaint_is_found_by_its_id_and_by_its_number(city: City) -> None:
    data = await city.data("{ complaints(first: 1) { edges { node { id trackingId } } } }")
    node = data["complaints"]["edges"][0]["node"]
    for arguments in (f'id: "{node["id"]}"', f'trackingId: " {node["trackingId"]} "'):
        found = await city.data(f"{{ complaint({arguments}) {{ id trackingId }} }}")
        assert found["complaint"] == node


async def test_a_finished_complaint_shows_its_whole_life(city: City) -> None:
    data = await city.data(
        """{ complaints(where: { statuses: [RESOLVED], hasProof: true }, first: 30) { edges { node {
          trackingId title description light sourceStatus overdue createdAt forwardedAt resolvedAt
          updatedAt version delivery visibility answersCount: followerCount
          category { code name(lang: "en") department { code } sla fields { code } }
          department { code name } area { kode level parent { kode } }
          address { text kelurahan { kode } kecamatan { name } postalCode } point { lat lng }
          media { id url role } proof { id url(width: 320) role kind takenAt alt(lang: "en") }
          history { edges { node { at from to actor note media { id } } } }
          source { localId quality stale connector { key owner { code } } licence { spdx } }
        } } } }"""
    )
    for edge in data["complaints"]["edges"]:
        node = edge["node"]
        assert node["light"] == "GREEN"
        assert node["sourceStatus"] == "selesai"
        assert node["title"].startswith("[CONTOH]")
        assert node["source"]["quality"] == "SAMPLE"
        assert node["source"]["connector"] == {"key": "laksa", "owner": {"code": "diskominfo"}}
        assert node["area"]["level"] == "KELURAHAN"
        assert node["area"]["kode"].startswith(node["area"]["parent"]["kode"])
        assert node["address"]["kelurahan"]["kode"] == node["area"]["kode"]
        assert node["proof"]
        assert {one["role"] for one in node["proof"]} <= {"PROOF", "AFTER"}
        assert {one["role"] for one in node["media"]} <= {"REPORT"}
        assert all(
            one["url"].startswith("http://city.test/media/contoh/contoh-")
            and one["url"].endswith(".png?width=320")
            for one in node["proof"]
        )
        steps = [step["node"] for step in node["history"]["edges"]]
        assert steps[0]["from"] is None
        assert [step["to"] for step in steps[:-1]] == [step["from"] for step in steps[1:]]
        times = [datetime.fromisoformat(step["at"]) for step in steps]
        assert times == sorted(times)
        assert steps[0]["at"] == node["createdAt"]
        assert steps[-1]["at"] == node["resolvedAt"] == node["updatedAt"]
        assert steps[-1]["to"] == "RESOLVED"
        assert node["version"] == len(steps)
        shown = {one["id"] for one in node["proof"]}
        assert shown >= {one["id"] for one in steps[-1]["media"]} != set()


async def test_nobody_knows_an_unknown_complaint(city: City) -> None:
    unknown = forged("Complaint:laksa:nothing")
    data = await city.data(f'{{ a: complaint(id: "{unknown}") {{ id }} '
                           'b: complaint(trackingId: "LAKSA-1") { id } }')  # fmt: skip
    assert data == {"a": None, "b": None}


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ("", "exactly one of `id` and `trackingId`"),
        ('(id: "x", trackingId: "y")', "exactly one of `id` and `trackingId`"),
        ('(id: "x")', "is not an id of this gateway"),
        (f'(id: "{forged("Area:wilayah:36.71")}")', "the id of a Complaint is needed"),
        (f'(id: "{forged("Complaint:nowhere:1")}")', "no source called 'nowhere'"),
        ('(trackingId: "  ")', "`trackingId` must be a number"),
        ('(trackingId: "a\\u0000b")', "`trackingId` must be a number"),
    ],
)
async def test_a_complaint_asked_for_wrongly_is_refused(
    city: City, arguments: str, problem: str
) -> None:
    told = await city.refusal(f"{{ complaint{arguments} {{ id }} }}")
    assert told.startswith("BAD_INPUT: ")
    assert problem in told


async def test_every_node_of_the_domain_can_be_fetched_again(city: City) -> None:
    data = await city.data(
        """{ complaints(where: { hasProof: true }, first: 50) { edges { node { __typename id
          category { __typename id } history(first: 1) { edges { node { __typename id } } }
          comments(first: 1) { edges { node { __typename id text } } }
          proof { __typename id url } } } } }"""
    )
    shown = [edge["node"] for edge in data["complaints"]["edges"]]
    with_comment = next(node for node in shown if node["comments"]["edges"])
    wanted = [
        shown[0],
        shown[0]["category"],
        shown[0]["history"]["edges"][0]["node"],
        with_comment["comments"]["edges"][0]["node"],
        shown[0]["proof"][0],
    ]
    for one in wanted:
        found = await nodes.one(city.context(), one["id"])
        kind = city_schema._schema.type_map[one["__typename"]]
        assert isinstance(kind, GraphQLObjectType)
        assert kind.is_type_of is not None
        assert kind.is_type_of(found, cast("Any", None))
        id_ = getattr(found, "id", None) or ScopedId("laksa", found.origin.local_id)
        assert ids.global_id(one["__typename"], id_) == one["id"]
    with pytest.raises(Refusal, match="no source called 'nowhere' has media"):
        await nodes.one(city.context(), forged("Media:nowhere:1"))


# ------------------------------------------------------------------------------- many


async def test_near_me_comes_nearest_first_with_distances(city: City) -> None:
    data = await city.data(
        f"""{{ complaints(where: {{ geo: {{ near: {{ point: {POINT}, radiusM: 3000 }} }},
          lights: [RED, YELLOW, GREEN] }}, orderBy: {{ field: DISTANCE, direction: ASC }},
          first: 50) {{ totalCount edges {{ distanceM node {{ light point {{ lat lng }} }} }}
          sources {{ connector {{ key }} state asOf }} }} }}"""
    )
    far = [edge["distanceM"] for edge in data["complaints"]["edges"]]
    assert far == sorted(far)
    assert far[-1] <= 3_000
    assert len(far) > 10
    (status,) = data["complaints"]["sources"]
    assert (status["connector"]["key"], status["state"]) == ("laksa", "OK")


async def test_pages_forward_and_backward_are_the_same_list(city: City) -> None:
    query = """query ($first: Int, $after: String, $last: Int, $before: String) {
      complaints(where: { lights: [RED, YELLOW] }, orderBy: { field: DUE_AT, direction: ASC },
        first: $first, after: $after, last: $last, before: $before) {
        totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        edges { node { id dueAt } } } }"""
    seen: list[str] = []
    after = None
    while True:
        page = (await city.data(query, first=7, after=after))["complaints"]
        seen += [edge["node"]["id"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert len(seen) == len(set(seen)) == page["totalCount"]
    back: list[str] = []
    before = None
    while True:
        page = (await city.data(query, last=7, before=before))["complaints"]
        back = [edge["node"]["id"] for edge in page["edges"]] + back
        before = page["pageInfo"]["startCursor"]
        if not page["pageInfo"]["hasPreviousPage"]:
            break
    assert back == seen


async def test_every_filter_keeps_what_it_says(city: City) -> None:
    data = await city.data(
        """{ all: complaints { totalCount }
          late: complaints(where: { overdue: true }, first: 100) { totalCount edges { node { overdue
            status dueAt } } }
          calm: complaints(where: { overdue: false }) { totalCount }
          phone: complaints(where: { channels: [CALL_112] }, first: 3) { edges { node { channel } } }
          words: complaints(where: { text: "POHON tumbang" }, first: 100) { edges { node {
            category { code } } } }
          nobody: complaints(where: { ids: [] }) { totalCount }
          empty: complaints(where: { statuses: [], text: "  " }) { totalCount }
          percent: complaints(where: { text: "%" }) { totalCount }
          week: complaints(where: { createdFrom: "2026-11-16T00:00:00+07:00",
            createdTo: "2026-11-23T00:00:00+07:00" }, first: 500) { edges { node { createdAt } } }
          area: complaints(where: { geo: { area: "36.71.05" } }, first: 500) { edges { node {
            area { kode } } } } }"""
    )
    assert data["late"]["totalCount"] + data["calm"]["totalCount"] == data["all"]["totalCount"]
    assert data["late"]["totalCount"] > 0
    assert all(edge["node"]["overdue"] for edge in data["late"]["edges"])
    assert {edge["node"]["channel"] for edge in data["phone"]["edges"]} == {"CALL_112"}
    assert {e["node"]["category"]["code"] for e in data["words"]["edges"]} == {"pohon-tumbang"}
    assert data["nobody"]["totalCount"] == data["percent"]["totalCount"] == 0
    assert data["empty"]["totalCount"] == data["all"]["totalCount"]
    sent = [edge["node"]["createdAt"] for edge in data["week"]["edges"]]
    assert "2026-11-16T00" <= min(sent) <= max(sent) < "2026-11-23"
    assert all(e["node"]["area"]["kode"].startswith("36.71.05.") for e in data["area"]["edges"])


async def test_facets_count_with_names_for_people(city: City) -> None:
    data = await city.data(
        '{ complaints { totalCount facets { field buckets { key label(lang: "en") count } } } }'
    )
    facets = {one["field"]: one["buckets"] for one in data["complaints"]["facets"]}
    assert set(facets) == {
        "status", "light", "department", "category", "kecamatan", "kelurahan", "channel",
    }  # fmt: skip
    total = data["complaints"]["totalCount"]
    for name in ("status", "category", "kecamatan", "channel"):
        assert sum(bucket["count"] for bucket in facets[name]) == total
    labels = {bucket["key"]: bucket["label"] for buckets in facets.values() for bucket in buckets}
    assert labels["RESOLVED"] == "Resolved"
    assert labels["lampu-pju"] == "Street lighting out"
    assert labels["dishub"] == "Transport Department"
    assert labels["36.71.05"] == "Cipondoh"
    counts = [bucket["count"] for bucket in facets["category"]]
    assert counts == sorted(counts, reverse=True)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ("first: -1", "BAD_INPUT: `first` must be from 0 to 500"),
        ("first: 10000", "BAD_INPUT: `first` must be from 0 to 500"),
        ('after: "x"', "BAD_INPUT: `after` is not a cursor"),
        ("first: 5, last: 5", "BAD_INPUT: Pass `first` or `last`, not both."),
        ("orderBy: { field: DISTANCE }", "BAD_INPUT: `orderBy.from` is needed for DISTANCE"),
        ("orderBy: { field: DISTANCE, from: { lat: 91, lng: 0 } }", "BAD_INPUT: `orderBy.from`"),
        ("where: { mine: true }", "UNAUTHENTICATED: `where.mine` needs a citizen"),
        ('where: { ids: ["x"] }', "BAD_INPUT: 'x' is not an id of this gateway"),
        (f'where: {{ ids: ["{forged("Complaint:nowhere:1")}"] }}', "BAD_INPUT: `where.ids`"),
        (f'where: {{ departments: ["{forged("Area:wilayah:36")}"] }}', "a Department is needed"),
        ('where: { geo: { area: "32.73" } }', "OUT_OF_AREA: `where.geo.area`"),
        ('where: { geo: { area: "abc" } }', "BAD_INPUT: `where.geo.area`"),
        (
            'where: { text: "a\\u0000b" }',
            "BAD_INPUT: `where.text` holds a character that is not text",
        ),
        (f'where: {{ text: "{"x" * 201}" }}', "BAD_INPUT: `where.text` may have at most 200"),
        (
            'where: { createdFrom: "2026-11-02T00:00:00Z", createdTo: "2026-11-01T00:00:00Z" }',
            "BAD_INPUT: `where.createdTo` must be later",
        ),
        (
            'where: { geo: { within: { type: "Polygon", coordinates: [[[106, -6], [107, -6]]] } } }',
            "BAD_INPUT: `where.geo.within`",
        ),
    ],
)
async def test_a_list_asked_for_wrongly_is_refused(
    city: City, arguments: str, problem: str
) -> None:
    assert problem in await city.refusal(f"{{ complaints({arguments}) {{ edges {{ cursor }} }} }}")


async def test_a_cursor_of_another_order_or_another_complaint_is_refused(city: City) -> None:
    data = await city.data(
        "{ complaints(first: 2, where: { hasProof: true }) { pageInfo { endCursor } "
        "edges { node { id history(first: 1) { pageInfo { endCursor } } } } } }"
    )
    cursor = data["complaints"]["pageInfo"]["endCursor"]
    told = await city.refusal(
        f'{{ complaints(orderBy: {{ field: DUE_AT }}, after: "{cursor}") {{ totalCount }} }}'
    )
    assert told.startswith("BAD_INPUT: `after` is a cursor of another list")
    one, two = (edge["node"] for edge in data["complaints"]["edges"])
    cursor = one["history"]["pageInfo"]["endCursor"]
    query = 'query ($id: ID!) { complaint(id: $id) { history(after: "%s") { edges { cursor } } } }'
    assert "another list" in await city.refusal(query % cursor, id=two["id"])
    rest = await city.data(query % cursor, id=one["id"])
    assert rest["complaint"]["history"]["edges"]


async def test_more_ids_than_allowed_are_refused(city: City) -> None:
    ids = [forged(f"Complaint:laksa:{number}") for number in range(501)]
    query = "query ($ids: [ID!]) { complaints(where: { ids: $ids }) { totalCount } }"
    assert "at most 500 ids, not 501" in await city.refusal(query, ids=ids)


# ------------------------------------------------------------------------------- calls


async def test_a_page_of_a_hundred_asks_each_source_a_few_times(
    city: City, calls: Callable[[], Counter[str]]
) -> None:
    data = await city.data(
        """{ complaints(first: 100) { edges { node {
          category { name department { name } } department { name } area { name parent { name } }
          address { kelurahan { name } kecamatan { name } }
          source { connector { key } } media { url } proof { url }
          history(first: 3) { edges { node { to media { url } } } }
          comments(first: 2) { totalCount edges { node { text media { url } } } }
          duplicateOf { trackingId } duplicates { trackingId } } } } }"""
    )
    assert len(data["complaints"]["edges"]) == 100
    asked = calls()
    laksa = {name: count for name, count in asked.items() if name.startswith("laksa.")}
    assert laksa == {
        "laksa.find_complaints": 1,
        "laksa.categories_by_id": 1,
        "laksa.media_by_complaint_id": 1,
        "laksa.media_by_event_id": 1,
        "laksa.media_by_comment_id": 1,
        "laksa.history_by_complaint_id": 1,
        "laksa.comments_by_complaint_id": 1,
        "laksa.comment_counts_by_complaint_id": 1,
        "laksa.complaints_by_id": 1,
        "laksa.duplicates_by_complaint_id": 1,
    }
    # Departments of complaints, and those of their categories, which are known a moment later.
    assert asked["opd.departments_by_id"] <= 2
    # Kelurahan with kecamatan of the addresses, then the kecamatan as parents.
    assert asked["wilayah.areas_by_id"] <= 2


async def test_what_is_not_asked_for_is_not_worked_out(
    city: City, calls: Callable[[], Counter[str]]
) -> None:
    await city.data("{ complaints(first: 100) { edges { node { trackingId light } } } }")
    assert calls() == {"laksa.find_complaints": 1}


# ------------------------------------------------------------------------------- similar


async def test_similar_complaints_are_of_the_category_near_and_recent(city: City) -> None:
    data = await city.data(
        """{ complaints(where: { lights: [RED, YELLOW, GREEN] }, first: 1) { edges { node {
        trackingId category { id } point { lat lng } } } } }"""
    )
    node = data["complaints"]["edges"][0]["node"]
    query = """query ($category: ID!, $point: GeoPointInput!, $first: Int) {
      similarComplaints(category: $category, point: $point, radiusM: 5000, withinDays: 365,
        first: $first) { trackingId status category { id } point { lat lng } } }"""
    found = await city.data(query, category=node["category"]["id"], point=node["point"], first=50)
    similar = found["similarComplaints"]
    assert similar[0]["trackingId"] == node["trackingId"]
    assert {one["category"]["id"] for one in similar} == {node["category"]["id"]}
    assert not {"REJECTED", "DUPLICATE"} & {one["status"] for one in similar}
    fewer = await city.data(query, category=node["category"]["id"], point=node["point"], first=2)
    assert fewer["similarComplaints"] == similar[:2]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ("radiusM: 0", "BAD_INPUT: `radiusM` must be from 1 to 5000, not 0."),
        ("radiusM: 5001", "BAD_INPUT: `radiusM`"),
        ("withinDays: 366", "BAD_INPUT: `withinDays` must be from 1 to 365"),
        ("first: 51", "BAD_INPUT: `first` must be from 0 to 50"),
    ],
)
async def test_similar_complaints_have_limits(city: City, arguments: str, problem: str) -> None:
    category = forged("ComplaintCategory:laksa:sampah")
    query = f'{{ similarComplaints(category: "{category}", point: {POINT}, {arguments}) {{ id }} }}'
    assert problem in await city.refusal(query)


async def test_a_category_of_a_foreign_source_is_refused(city: City) -> None:
    category = forged("ComplaintCategory:nowhere:sampah")
    query = f'{{ similarComplaints(category: "{category}", point: {POINT}) {{ id }} }}'
    assert (await city.refusal(query)).startswith("BAD_INPUT: `category`: no source called")


async def test_a_category_nobody_knows_has_nothing_similar(city: City) -> None:
    category = forged("ComplaintCategory:laksa:gone")
    query = f'{{ similarComplaints(category: "{category}", point: {POINT}) {{ id }} }}'
    assert (await city.refusal(query)).startswith("NOT_FOUND: `category` is not known")


# ------------------------------------------------------------------------------- figures


async def test_figures_add_up_to_the_lists(city: City) -> None:
    data = await city.data(
        """{ complaints { totalCount }
          open: complaints(where: { lights: [RED, YELLOW] }) { totalCount }
          late: complaints(where: { overdue: true }) { totalCount }
          proven: complaints(where: { hasProof: true }) { totalCount }
          complaintStats(groupBy: [DEPARTMENT, LIGHT], interval: WEEK) { total asOf
            rows { keys periodStart count open overdue withProof medianTimeToForward
              medianTimeToResolve slaMetRatio meanStars } } }"""
    )
    stats = data["complaintStats"]
    rows = stats["rows"]
    total = data["complaints"]["totalCount"]
    assert stats["total"] == total == sum(row["count"] for row in rows)
    assert data["open"]["totalCount"] == sum(row["open"] for row in rows)
    assert data["late"]["totalCount"] == sum(row["overdue"] for row in rows)
    assert data["proven"]["totalCount"] == sum(row["withProof"] for row in rows)
    assert stats["asOf"] == "2026-11-23T08:00:00+07:00"
    order = [(row["periodStart"], row["keys"]) for row in rows]
    assert order == sorted(order)
    weekdays = {datetime.fromisoformat(row["periodStart"]).weekday() for row in rows}
    assert weekdays == {0}


async def test_figures_of_a_month_are_those_of_its_complaints(city: City) -> None:
    data = await city.data(
        """{ complaintStats(where: { createdFrom: "2026-10-01T00:00:00+07:00",
          createdTo: "2026-11-01T00:00:00+07:00", geo: { area: "36.71.05" } },
          groupBy: [KECAMATAN], interval: MONTH) { rows { keys periodStart count } }
        complaints(where: { createdFrom: "2026-10-01T00:00:00+07:00",
          createdTo: "2026-11-01T00:00:00+07:00", geo: { area: "36.71.05" } }) { totalCount } }"""
    )
    assert data["complaintStats"]["rows"] == [
        {
            "keys": ["36.71.05"],
            "periodStart": "2026-10-01",
            "count": data["complaints"]["totalCount"],
        }
    ]


@pytest.mark.parametrize(
    ("dimensions", "problem"),
    [
        ("[]", "`groupBy` takes one or two dimensions, not 0."),
        ("[STATUS, LIGHT, CHANNEL]", "`groupBy` takes one or two dimensions, not 3."),
        ("[LIGHT, LIGHT]", "`groupBy` names LIGHT twice."),
    ],
)
async def test_figures_take_one_or_two_dimensions(
    city: City, dimensions: str, problem: str
) -> None:
    query = f"{{ complaintStats(groupBy: {dimensions}) {{ total }} }}"
    assert await city.refusal(query) == f"BAD_INPUT: {problem}"


async def test_the_overview_of_an_area_counts_by_light(city: City) -> None:
    stats = await complaint_stats.summary(city.context(), InArea("36.71.05"))
    data = await city.data('{ complaints(where: { geo: { area: "36.71.05" } }) { totalCount } }')
    assert stats is not None
    assert stats.total == data["complaints"]["totalCount"]
    assert {row.keys for row in stats.rows} <= {("",), ("RED",), ("YELLOW",), ("GREEN",)}


async def test_more_groups_than_an_answer_may_have_are_too_complex(city: City) -> None:
    class Endless(MemoryComplaints):
        async def complaint_stats(self, criteria: Any, question: Any) -> Stats:
            one = (await super().complaint_stats(criteria, question)).rows[0]
            rows = tuple(replace(one, keys=(str(n),)) for n in range(MOST_ROWS + 1))
            return Stats(rows, criteria.now)

    board = Switchboard([Source(line_of("laksa"), Endless("laksa", BY_HAND))], PORTS)
    told = await City(city.database, board).refusal(
        "{ complaintStats(groupBy: [STATUS]) { total } }"
    )
    assert told.startswith("TOO_COMPLEX: more than 5000 groups: narrow `where`")


# ------------------------------------------------------------------------------- categories


async def test_categories_are_the_22_topics_with_their_departments(city: City) -> None:
    data = await city.data(
        """{ complaintCategories { code name(lang: "en") description group keywords intake sla
          department { code } fields { code } } }"""
    )
    found = data["complaintCategories"]
    assert len(found) == 22
    assert [one["code"] for one in found] == sorted(one["code"] for one in found)
    offices = {one["code"]: one["department"] for one in found}
    assert offices["lampu-pju"] == {"code": "dishub"}
    assert offices["darurat"] == {"code": "upt-prkk"}
    assert offices["kriminalitas"] is None
    assert all(one["sla"] is None and one["fields"] == [] for one in found)


async def test_categories_are_found_by_words_and_only_within_the_city(city: City) -> None:
    data = await city.data(
        f'{{ a: complaintCategories(q: "FIRE 112", at: {POINT}) {{ code }} '
        'b: complaintCategories(q: "zzz") { code } }'
    )
    assert data == {"a": [{"code": "kebakaran"}], "b": []}
    told = await city.refusal("{ complaintCategories(at: { lat: -6.9, lng: 107.6 }) { code } }")
    assert told.startswith("OUT_OF_AREA: `at` is outside the city")


# ------------------------------------------------------------------------------- sources


async def test_with_laksa_off_every_field_is_null_and_says_why(
    city: City, switched_off: Any
) -> None:
    switched_off("laksa")
    category = forged("ComplaintCategory:laksa:sampah")
    one = forged("Complaint:laksa:contoh-000001")
    result = await city.ask(
        f"""{{ complaints {{ totalCount }} complaintCategories {{ code }}
          complaint(id: "{one}") {{ id }} number: complaint(trackingId: "LAKSA-1") {{ id }}
          similarComplaints(category: "{category}", point: {POINT}) {{ id }}
          complaintStats(groupBy: [STATUS]) {{ total }}
          departments(first: 1) {{ edges {{ node {{ code }} }} }} }}"""
    )
    assert result.data is not None
    assert result.data.pop("departments")["edges"]
    assert set(result.data.values()) == {None}
    assert result.errors is not None
    assert {type(error.original_error).__name__ for error in result.errors} == {"SwitchedOff"}
    assert len(result.errors) == 6


async def test_departments_that_do_not_answer_leave_the_rest_of_a_complaint(
    city: City, switched_off: Any
) -> None:
    switched_off("opd")
    result = await city.ask(
        """{ complaints(where: { hasProof: true }, first: 2) { edges { node { trackingId
          department { name } area { name } } } facets(fields: ["department"]) {
          buckets { key label } } } }"""
    )
    assert result.data is not None
    for edge in result.data["complaints"]["edges"]:
        assert edge["node"]["department"] is None
        assert edge["node"]["area"]["name"]
    (facet,) = result.data["complaints"]["facets"]
    assert all(bucket["label"] == bucket["key"] for bucket in facet["buckets"])


def line_of(key: str, system: str | None = "memory.complaints") -> Binding:
    """A catalogue line of a system of complaints."""
    return Binding(key, Text({"id": key}), ConnectorKind.MEMORY, ("complaints",), system)


async def test_a_city_without_a_system_of_complaints_answers_null_without_error(
    city: City,
) -> None:
    board = Switchboard([Source(line_of("laksa", None), None)], PORTS)
    context = Context(switchboard=board, now=lambda: city.now)
    result = await city.ask(
        "{ complaints { totalCount } complaintCategories { code } "
        'complaint(trackingId: "1") { id } complaintStats(groupBy: [STATUS]) { total } }',
        context=context,
    )
    assert result.errors is None
    assert result.data is not None
    assert set(result.data.values()) == {None}
    (problem,) = context.problem_sources
    assert (problem["connector"], problem["state"]) == ("laksa", "DISABLED")


def second(key: str = "lapor") -> Source[ComplaintSource]:
    """Another system of complaints, in memory."""

    def own(record: Any) -> Any:
        return replace(record, origin=replace(record.origin, connector=key))

    records = replace(
        BY_HAND,
        categories=tuple(map(own, BY_HAND.categories)),
        complaints=tuple(map(own, BY_HAND.complaints)),
    )
    return Source(line_of(key), MemoryComplaints(key, records))


async def test_lists_of_two_systems_are_merged_and_name_the_one_that_is_off(city: City) -> None:
    other = second()
    both = Switchboard([*city.board, other], PORTS)
    merged = City(city.database, both, now=city.now)
    query = """{ complaints(first: 500) { totalCount sources { connector { key } state }
      edges { node { source { connector { key } } } } }
      complaintStats(groupBy: [STATUS]) { total rows { keys count medianTimeToForward } } }"""
    alone = await city.data(query)
    data = await merged.data(query)
    shown = len(BY_HAND.complaints) - 1
    assert data["complaints"]["totalCount"] == alone["complaints"]["totalCount"] + shown
    assert data["complaintStats"]["total"] == alone["complaintStats"]["total"] + shown
    medians = {row["keys"][0]: row["medianTimeToForward"] for row in data["complaintStats"]["rows"]}
    assert medians["RESOLVED"] is None  # both count there, and a median of two cannot be known
    assert medians["REOPENED"] is not None  # only LAKSA has those

    other.enabled = False
    result = await merged.ask(query)
    assert result.data is not None
    assert result.data["complaints"]["totalCount"] is None
    states = {s["connector"]["key"]: s["state"] for s in result.data["complaints"]["sources"]}
    assert states == {"laksa": "OK", "lapor": "DISABLED"}
    assert result.data["complaintStats"] is None  # a figure that lacks a source would be wrong


async def test_a_complaint_of_a_category_its_source_does_not_know_still_shows(city: City) -> None:
    board = Switchboard([s for s in city.board if s.key != "laksa"] + [second("laksa")], PORTS)
    data = await City(city.database, board, now=city.now).data(
        f"""{{ complaint(id: "{forged("Complaint:laksa:6")}") {{ status light sourceStatus
          category {{ code name department {{ code }} }} }}
        similarComplaints(category: "{forged("ComplaintCategory:laksa:jalan")}",
          point: {{ lat: -6.17, lng: 106.64 }}, radiusM: 200) {{ trackingId }} }}"""
    )
    assert data["complaint"] == {
        "status": "UNKNOWN",
        "light": None,
        "sourceStatus": "???",
        "category": {"code": "gone", "name": "gone", "department": None},
    }
    # Of the same group, nearest first, then newest; without the private one and the duplicate.
    assert [one["trackingId"] for one in data["similarComplaints"]] == [
        "LAKSA-2026-3", "LAKSA-2026-7", "LAKSA-2026-1",
    ]  # fmt: skip
