"""Fields that are resolved for all items of a list at once: the same answers, by one call."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Any

import pytest
from graphql import GraphQLSchema, build_schema, execute, parse
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.execution.engine import Engine
from gateway.execution.exchange import Answer, GraphQLRequest
from resolvers.batches import Batch, batched

SDL = """
type Query { apps: [App] rows: [Row!] app: App strict: [App!]! }
type Row { apps: [App] name: String }
type App { id: ID owner: Owner must: Owner! label: String names: [Name] }
type Name { text: String owner: Owner }
type Owner { id: ID! name: String parent: Owner apps: [App] }
"""

OWNERS: dict[str, Any] = {
    "1": {"id": "1", "name": "Dishub", "parent": "2"},
    "2": {"id": "2", "name": "Kominfo", "parent": None},
    "3": {"id": None, "name": "nobody", "parent": "1"},
    "4": {"id": "4", "name": 7.5, "parent": "nowhere"},
    "5": {"id": "5", "name": object(), "parent": "boom"},
}


class Caller:
    """Counts the calls for many."""

    def __init__(self, *, later: bool) -> None:
        self.later = later
        self.calls: list[list[str | None]] = []

    def found(self, ids: list[str | None]) -> Sequence[Any] | Awaitable[Sequence[Any]]:
        """An owner for each id; `boom` is an error in its place, `all` one of the whole call."""
        self.calls.append(ids)

        def values() -> list[Any]:
            if "all" in ids:
                raise ValueError("all of them")
            errors = {"boom": KeyError("boom")}
            return [errors.get(id_ or "") or OWNERS.get(id_ or "") for id_ in ids][
                : self._many(ids)
            ]

        async def awaited() -> list[Any]:
            return values()

        return awaited() if self.later else values()

    @staticmethod
    def _many(ids: list[str | None]) -> int:
        return len(ids) - ("short" in ids)


def _graph() -> GraphQLSchema:
    made = build_schema(SDL)
    kinds: dict[str, Any] = made.type_map
    owner = batched(lambda apps, info: info.context.found([app.get("owner") for app in apps]))
    label = batched(lambda apps, _info: [f"#{app.get('id')}" for app in apps])
    parent = batched(lambda owners, info: info.context.found([o.get("parent") for o in owners]))
    kinds["App"].fields["owner"].resolve = owner
    kinds["App"].fields["must"].resolve = owner
    kinds["Name"].fields["owner"].resolve = owner
    kinds["App"].fields["label"].resolve = label
    kinds["Owner"].fields["parent"].resolve = parent
    return made


GRAPH = _graph()
IDS = st.sampled_from(["1", "2", "3", "4", "5", "unknown", "boom", "all", "short", None])
NAMES = st.lists(st.none() | st.fixed_dictionaries({"text": st.text(max_size=2), "owner": IDS}))
APPS = st.lists(
    st.none()
    | st.fixed_dictionaries({"id": st.text(max_size=2), "owner": IDS}, optional={"names": NAMES}),
    max_size=5,
)
DATA = st.fixed_dictionaries({
    "apps": APPS,
    "strict": APPS,
    "app": st.none() | st.fixed_dictionaries({"id": st.text(max_size=2), "owner": IDS}),
    "rows": st.lists(st.fixed_dictionaries({"apps": APPS, "name": st.text(max_size=2)}), max_size=3),
})  # fmt: skip
OWNER = "{ id name parent { name parent { id } } }"
QUERIES = st.sampled_from([
    f"{{ apps {{ id owner {OWNER} label }} }}",
    f"{{ apps {{ owner {OWNER} again: owner {{ id }} id }} rows {{ name apps {{ owner {OWNER} }} }} }}",
    f"{{ app {{ id owner {OWNER} label }} strict {{ id owner {{ name }} }} }}",
    f"{{ apps {{ ...F }} }} fragment F on App {{ must {OWNER} names {{ text owner {OWNER} }} }}",
    f"{{ strict {{ must {{ id }} owner {{ id }} }} rows {{ apps {{ names {{ owner {OWNER} }} }} }} }}",
])  # fmt: skip


async def _ours(query: str, root: Any, caller: Caller) -> Answer:
    engine = Engine(_rooted(root))
    request = GraphQLRequest(query)
    for _ in range(2):  # what comes for the second time is compiled
        caller.calls.clear()
        answer = await engine.run(request, caller, read_only=True)
    return answer


def _rooted(root: Any) -> GraphQLSchema:
    made = _graph()
    assert made.query_type is not None
    for name, field in made.query_type.fields.items():
        field.resolve = lambda _source, _info, name=name: root[name]
    return made


def _places(errors: Any) -> set[str]:
    return {str(list(error["path"] or ())) for error in errors}


@settings(deadline=None)
@given(root=DATA, query=QUERIES, later=st.booleans())
async def test_the_answer_is_that_of_one_call_for_each_item(
    root: Any,
    query: str,
    later: bool,  # noqa: FBT001 - drawn
) -> None:
    if not _alone(root):
        return
    answer = await _ours(query, root, Caller(later=later))
    made = execute(_rooted(root), parse(query), context_value=Caller(later=False))
    assert not isinstance(made, Awaitable)
    assert answer.data == made.data
    ours: set[Any] = {tuple(error["path"]) for error in answer.errors}  # type: ignore[arg-type]
    theirs = {tuple(error.path or ()) for error in made.errors or ()}
    # Whether something failed in a place that another failure took away is told by no answer.
    assert all(_taken_away(answer.data, path) for path in ours ^ theirs)


def _taken_away(data: Any, path: tuple[str | int, ...]) -> bool:
    for key in path[:-1]:
        if data is None:
            return True
        data = data[key]
    return data is None


def _alone(root: Any) -> bool:
    """Whether no owner makes a whole call fail, which then fails more than one by one."""
    said = str(root)
    return "'all'" not in said and "'short'" not in said


@pytest.mark.parametrize("later", [False, True])
async def test_a_list_asks_once_for_all_its_items_and_lists_below_it(later: bool) -> None:  # noqa: FBT001 - of the test
    app = {"id": "a", "owner": "1"}
    caller = Caller(later=later)
    answer = await _ours("{ apps { owner { name } } }", {"apps": [app, app]}, caller)
    assert answer.data == {"apps": [{"owner": {"name": "Dishub"}}] * 2}
    assert caller.calls == [["1", "1"]]

    answer = await _ours(
        "{ rows { apps { owner { name parent { name } } } } }",
        {"rows": [{"apps": [app]}, {"apps": [app, {"id": "b", "owner": "2"}]}]},
        caller,
    )
    assert not answer.errors
    assert caller.calls == [["1", "1", "2"], ["2", "2", None]]


@pytest.mark.parametrize("later", [False, True])
@pytest.mark.parametrize("bad", ["all", "short"])
async def test_a_call_that_fails_or_answers_too_little_fails_every_place(
    bad: str,
    later: bool,  # noqa: FBT001 - of the test
) -> None:
    apps = [{"id": "a", "owner": "1"}, {"id": "b", "owner": bad}]
    answer = await _ours("{ apps { id owner { name } } }", {"apps": apps}, Caller(later=later))
    assert answer.data == {"apps": [{"id": "a", "owner": None}, {"id": "b", "owner": None}]}
    assert _places(answer.errors) == {"['apps', 0, 'owner']", "['apps', 1, 'owner']"}


async def test_the_keys_of_a_tick_are_one_call_and_each_key_is_asked_for_once() -> None:
    calls: list[list[int]] = []

    async def load(keys: list[int]) -> dict[int, str]:
        calls.append(keys)
        return {key: str(key) for key in keys if key < 10}

    batch = Batch(load)
    first, second = batch.many([1, 2, 1]), batch.get(11)
    told: list[object] = list(await asyncio.gather(first, second, batch.many([2, 3])))
    assert told == [
        ["1", "2", "1"],
        None,
        ["2", "3"],
    ]
    assert await batch.many([3, 4]) == ["3", "4"]
    assert calls == [[1, 2, 11, 3], [4]]


async def test_what_loading_raises_everybody_gets() -> None:
    async def load(_keys: list[int]) -> dict[int, str]:
        raise OSError("down")

    batch = Batch(load)
    with pytest.raises(OSError, match="down"):
        await batch.many([1, 2])
    with pytest.raises(OSError, match="down"):
        await batch.get(1)
