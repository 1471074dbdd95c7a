"""The JSON of frozen records, kept: the same bytes as without, whatever is asked in whatever order."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from graphql import GraphQLSchema, build_schema
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.execution.compiled.pieces import BYTES_PER_SHEET, Pieces
from gateway.execution.engine import Engine
from gateway.execution.exchange import Answer, GraphQLRequest, Outcome, Piece
from gateway.transport.writing import bytes_of, dump
from resolvers.batches import batched

SDL = """
enum Colour { RED GREEN }
type Query { apps: [App] rows: [Row!] must: [App!]! }
type Row { apps: [App!] name: String }
type App {
  id: ID! label: String size: Int weight: Float good: Boolean! colour: Colour tags: [String!]
  place: Place owner: Owner shout(times: Int = 1): String again: String
}
type Place { name: String! within: Place }
type Owner { id: ID! name: String place: Place }
"""


@dataclass(frozen=True, slots=True)
class Place:
    name: Any
    within: Any = None


@dataclass(frozen=True, slots=True)
class Owner:
    id: Any
    name: Any
    place: Any = None


@dataclass(frozen=True, slots=True)
class App:
    id: Any
    label: Any = None
    size: Any = None
    weight: Any = None
    good: Any = True
    colour: Any = None
    tags: Any = None
    place: Any = None
    owner: Any = None
    again: Any = None


@dataclass(slots=True)
class Changing:
    """A record that is not frozen."""

    id: str
    good: bool = True
    label: str | None = None
    owner: str | None = None


@dataclass
class Caller:
    owners: dict[str, Any]
    later: bool = False
    calls: list[list[Any]] = field(default_factory=list)


def _owners(apps: list[Any], info: Any) -> Sequence[Any] | Awaitable[Sequence[Any]]:
    caller: Caller = info.context
    caller.calls.append([app.owner for app in apps])
    found = [caller.owners.get(app.owner) for app in apps]

    async def awaited() -> Sequence[Any]:
        return found

    return awaited() if caller.later else found


def _graph(root: dict[str, Any]) -> GraphQLSchema:
    made = build_schema(SDL)
    types: Any = made.type_map
    for name, one in types["Query"].fields.items():
        one.resolve = lambda _source, _info, name=name: root[name]
    types["App"].fields["owner"].resolve = batched(_owners)
    types["App"].fields["shout"].resolve = lambda app, _info, times: str(app.id) * times
    return made


def _no_pieces(data: Any) -> bool:
    if isinstance(data, dict):
        return all(map(_no_pieces, data.values()))
    return all(map(_no_pieces, data)) if isinstance(data, list) else not isinstance(data, Piece)


def _places(answer: Answer) -> list[str]:
    """Where something went wrong; which comes first is a matter of the moment."""
    return sorted(str((error.get("path"), error.get("locations"))) for error in answer.errors)


PLACES = st.builds(Place, st.sampled_from(["Benda", "Periuk", None]))
DEEP = PLACES | st.builds(Place, st.just("Pinang"), PLACES)
OWNERS = st.builds(
    Owner,
    st.sampled_from(["1", "2", 3, None]),
    st.sampled_from(["Dishub", 7, None]),
    st.none() | DEEP,
)
APPS = st.builds(
    App,
    id=st.sampled_from(["a", "b", "ü\u2028", 5]),
    label=st.sampled_from([None, "x", "\ud800", 3, True]),
    size=st.sampled_from([None, 0, -7, 2**31, 2.0, True]),
    weight=st.sampled_from([None, 0.1, -0.0, 3, float("inf")]),
    good=st.sampled_from([True, False, True, 1]),
    colour=st.sampled_from([None, "RED", "BLUE"]),
    tags=st.sampled_from([None, (), ("t", "u"), ["t"], ("t", None)]),
    place=st.none() | DEEP,
    owner=st.sampled_from(["1", "2", "3", None]),
    again=st.sampled_from(["w", None]),
)
PLAIN = st.builds(
    App,
    id=st.sampled_from(["a", "b"]),
    label=st.sampled_from(["x", None]),
    size=st.integers(-9, 9),
    tags=st.just(("t",)),
    place=st.none() | st.builds(Place, st.just("Benda")),
    owner=st.sampled_from(["1", "2", None]),
)
QUERIES = st.sampled_from([
    "{ apps { id label size weight good } }",
    "{ apps { id good label: again again: label } }",
    "{ apps { id good label again } }",
    "query ($c: Boolean = true) { apps { id good tags @include(if: $c) place { name } } }",
    "query ($c: Boolean = true) { apps { id @skip(if: $c) good colour } must { ...F } } fragment F on App { good tags __typename }",
    "{ apps { id owner { id name } } }",
    "{ apps { x: owner { id } id good y: owner { name place { name within { name } } } } }",
    "{ a: apps { id good owner { id } } b: apps { good owner { id } id } }",
    "{ rows { name apps { id label owner { id } } } }",
    "{ rows { apps { id size place { name } } } must { id owner { name } } }",
    "{ apps { id shout(times: 2) } must { id place { name within { __typename name } } } }",
])  # fmt: skip
STEPS = st.lists(
    st.tuples(QUERIES, st.sampled_from([None, True, False]), st.integers(0, 3)),
    min_size=2,
    max_size=9,
)


@settings(deadline=None, max_examples=50)
@given(
    pool=st.lists(PLAIN, min_size=1, max_size=4) | st.lists(APPS, min_size=1, max_size=4),
    owners=st.fixed_dictionaries(
        {"1": OWNERS, "2": st.builds(Owner, st.just("2"), st.just("Kominfo"))}
    ),
    steps=STEPS,
    later=st.booleans(),
)
async def test_bytes_are_the_same_with_pieces_and_without(
    pool: list[Any],
    owners: dict[str, Any],
    steps: list[Any],
    later: bool,  # noqa: FBT001 - drawn
) -> None:
    apps = list(pool)
    root = {"apps": apps, "must": pool, "rows": [{"apps": apps, "name": "r"}, {"apps": pool}]}
    graph = _graph(root)
    kept, plain = Engine(graph), Engine(graph)
    for query, condition, change in steps:
        variables = {} if condition is None or "$c" not in query else {"c": condition}
        for _ in range(3):
            said = await kept.run(
                GraphQLRequest(query, variables=variables, to_bytes=True),
                Caller(owners, later),
                read_only=True,
            )
            wanted = await plain.run(
                GraphQLRequest(query, variables=variables), Caller(owners, later), read_only=True
            )
            assert _no_pieces(wanted.data)
            assert dump({"data": said.data}) == dump({"data": wanted.data})
            assert _places(said) == _places(wanted)
        # Lists change from one question to the next, records do not.
        if change == 1:
            apps.reverse()
        elif change == 2:
            apps.append(pool[0])
        elif change == 3 and apps:
            apps.pop()


async def _third(engine: Engine, query: str, caller: Any = None) -> Answer:
    """The answer when a list has been seen before by a compiled plan."""
    for _ in range(4):
        answer = await engine.run(GraphQLRequest(query, to_bytes=True), caller, read_only=True)
    return answer


async def test_a_list_that_comes_again_is_put_together_of_pieces() -> None:
    apps = [App("a", "x"), App("b", "y")]
    engine = Engine(_graph({"apps": apps}))
    answer = await _third(engine, "{ apps { id label } }")
    assert answer.data is not None
    assert isinstance(answer.data["apps"], Piece)
    assert bytes_of(answer) == b'{"data":{"apps":[{"id":"a","label":"x"},{"id":"b","label":"y"}]}}'
    apps[0] = App("c", None)
    answer = await _third(engine, "{ apps { id label } }")
    assert json.loads(bytes_of(answer))["data"]["apps"][0] == {"id": "c", "label": None}
    plain = await engine.run(GraphQLRequest("{ apps { id label } }"), None, read_only=True)
    assert plain.data == {"apps": [{"id": "c", "label": None}, {"id": "b", "label": "y"}]}


async def test_other_names_for_the_same_fields_have_other_pieces() -> None:
    engine = Engine(_graph({"apps": [App("a", "x")]}))
    for name in ("one", "two", "one"):
        answer = await _third(engine, f"{{ apps {{ {name}: label id }} }}")
        assert orjson.loads(bytes_of(answer)) == {"data": {"apps": [{name: "x", "id": "a"}]}}


async def test_records_that_may_change_have_no_pieces() -> None:
    app = Changing("a", label="x")
    within = App("b", place=Changing("b"))
    engine = Engine(_graph({"apps": [app], "must": [within]}))
    for label in ("x", "y"):
        app.label = label
        answer = await _third(engine, "{ apps { id label } }")
        assert answer.data == {"apps": [{"id": "a", "label": label}]}
    answer = await _third(engine, "{ must { id place { __typename } } }")
    assert answer.data == {"must": [{"id": "b", "place": {"__typename": "Place"}}]}


async def test_a_joined_record_that_is_another_one_makes_another_piece() -> None:
    engine = Engine(_graph({"apps": [App("a", owner="1")]}))
    query = "{ apps { id owner { name } } }"
    for name in ("Dishub", "Kominfo"):
        caller = Caller({"1": Owner("1", name)})
        answer = await _third(engine, query, caller)
        assert answer.data is not None
        assert isinstance(answer.data["apps"], Piece)
        assert orjson.loads(bytes_of(answer)) == {
            "data": {"apps": [{"id": "a", "owner": {"name": name}}]}
        }
    changing = Caller({"1": Changing("1")})
    answer = await _third(engine, "{ apps { id owner { id } } }", changing)
    assert answer.data == {"apps": [{"id": "a", "owner": {"id": "1"}}]}


async def test_who_joins_is_asked_once_whether_there_are_pieces_or_not() -> None:
    for owner in (Owner("1", "Dishub"), Owner("1", 7), Owner(None, "x"), Changing("1")):
        for later in (False, True):
            engine = Engine(_graph({"apps": [App("a", owner="1"), App("b", owner="1")]}))
            for time in range(4):
                caller = Caller({"1": owner}, later)
                await engine.run(
                    GraphQLRequest("{ apps { id owner { id } } }", to_bytes=True),
                    caller,
                    read_only=True,
                )
                # What comes for the first time is interpreted, item by item.
                assert caller.calls == ([["1", "1"]] if time else [["1"], ["1"]])


async def test_pieces_take_no_more_memory_than_they_may() -> None:
    room = Pieces(200_000)
    sheet = room.sheet()
    for number in range(5_000):
        sheet.put(number, number, b"x" * 100)
        assert room.bytes <= 200_000
    assert sheet.newer[4_999] == b"x" * 100
    assert sheet.older(0) is None
    sheets = [room.sheet() for _ in range(200_000 // BYTES_PER_SHEET)]
    assert room.bytes <= 200_000
    assert sheet.older(4_999) is None
    assert len(sheets) == 12


async def test_an_engine_keeps_the_pieces_of_many_lists_within_its_bound() -> None:
    root: dict[str, Any] = {}
    engine = Engine(_graph(root), piece_bytes=100_000)
    for number in range(60):
        root["apps"] = [App(f"{number}-{each}", "x" * 200) for each in range(20)]
        answer = await _third(engine, "{ apps { id label } }")
        assert orjson.loads(bytes_of(answer))["data"]["apps"][-1]["id"] == f"{number}-19"
        assert engine.piece_bytes <= 100_000


async def test_what_orjson_cannot_write_is_written_beside_pieces() -> None:
    answer = Answer(Outcome.ANSWERED, data={"apps": Piece(b'[{"id":1}]'), "big": 2**70})
    assert json.loads(bytes_of(answer)) == {"data": {"apps": [{"id": 1}], "big": 2**70}}
