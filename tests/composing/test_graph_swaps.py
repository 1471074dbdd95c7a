"""The graph changes while the gateway runs: nothing is dropped, nothing is kept of an old one."""

from __future__ import annotations

import asyncio
import gc
import sys
import weakref
from typing import Any

import pytest

from gateway.execution.engine import Engine
from gateway.execution.exchange import GraphQLRequest
from gateway.graphs import Graphs, candidates_of
from gateway.synthetic.exchange import Question, json_reply
from gateway.synthetic.server import Server
from resolvers.context import Context
from schema.city import build, fingerprint
from tests.composing import teams
from tests.composing.teams import submission

HEALTH = "{ health { schemaHash connectors { state } } }"
STATE = '{ connector(key: "%s") { state } }'


def number(n: int, url: str = "https://luar.example", type_: str = "Angka") -> str:
    """A team whose graph says its number in three places that belong together."""
    return (
        teams.source("s", url)
        + f"""
        type {type_} {{ id: ID nilai{n}: Int lain: Int }}
        type Query {{ angka(versi{n}: Int): {type_} @connect(source: "s",
          http: {{GET: "/angka/{n}"}}, selection: "id nilai{n}: nilai lain: $({n})") }}
        """
    )


def answered(question: Question) -> Any:
    said = int(question.path.rpartition("/")[2])
    return {"id": "x", "nilai": said}


async def test_a_gateway_without_any_team_serves_the_citys_own_graph(tmp_path):
    async with teams.house(tmp_path) as house:
        assert (await house.data(HEALTH))["health"]["schemaHash"] == fingerprint()
        await house.register(submission("angka", "Angka", number(1)))
        there = (await house.data(HEALTH))["health"]["schemaHash"]
        assert there == house.city.graphs.current.graph.fingerprint != fingerprint()
        shown = await house.data('{ __type(name: "Angka") { fields { name } } }')
        assert [field["name"] for field in shown["__type"]["fields"]] == ["id", "nilai1", "lain"]
        swaps = house.city.graphs.swaps
        await house.register(submission("angka", "Angka", number(1)))
        assert house.city.graphs.swaps == swaps
        await house.register()
        assert (await house.data(HEALTH))["health"]["schemaHash"] == fingerprint()


async def test_who_does_not_fit_is_in_quarantine_and_stops_nobody(tmp_path):
    async with teams.system(answered) as server:
        allowed = frozenset((server.url.removeprefix("http://"),))
        async with teams.house(tmp_path, private_hosts=allowed) as house:
            good = submission("angka", "Angka", number(1, server.url))
            clash = submission("lain", "Angka", number(2))
            broken = submission("rusak", "Rusak", "type {")
            await house.register(broken, good, clash)
            assert (await house.data("{ angka { nilai1 } }"))["angka"] == {"nilai1": 1}
            for key, state in (("rusak", "QUARANTINED"), ("angka", "ENABLED"), ("lain", "QUARANTINED")):  # fmt: skip
                assert (await house.data(STATE % key))["connector"] == {"state": state}
            (source,) = [one for one in house.city.board.switchboard if one.key == "lain"]
            assert {found.code for found in source.quarantined} == {
                "GRAPH_TYPE_TAKEN", "GRAPH_FIELD_TAKEN",
            }  # fmt: skip
            assert (await house.data("{ connectors { key } }"))["connectors"]
            await house.register(broken, clash)
            assert (await house.data(STATE % "lain"))["connector"] == {"state": "ENABLED"}
    # The same lines are there when the next gateway starts.
    async with teams.house(tmp_path) as house:
        assert house.city.graphs.composition.joined == ("lain",)


async def test_what_was_accepted_before_serves_where_the_newest_does_not_fit(tmp_path):
    async with teams.system(answered) as server:
        allowed = frozenset((server.url.removeprefix("http://"),))
        async with teams.house(tmp_path, private_hosts=allowed) as house:
            first = submission("satu", "Angka", number(1, server.url))
            await house.register(first)
            newest = submission("satu", "Angka", number(2, server.url) + "type Place { id: ID }")
            await house.register(newest, satu=first)
            assert (await house.data("{ angka { nilai1 } }"))["angka"] == {"nilai1": 1}
            assert (await house.data(STATE % "satu"))["connector"] == {"state": "ENABLED"}
            left_out = house.city.graphs.composition.left_out
            assert [found.code for found in left_out["satu"]] == ["GRAPH_TYPE_TAKEN"]


async def test_requests_go_on_while_the_graph_is_swapped_and_each_meets_one_whole_graph(tmp_path):
    async with teams.system(answered) as server:
        allowed = frozenset((server.url.removeprefix("http://"),))
        async with teams.house(tmp_path, private_hosts=allowed) as house:
            await house.register(submission("angka", "Angka", number(0, server.url)))
            done = asyncio.Event()
            seen: list[int] = []

            async def client() -> None:
                while not done.is_set():
                    shown = await house.data(
                        '{ angka { lain } __type(name: "Angka") { fields { name } }'
                        " health { schemaHash } }"
                    )
                    names = [field["name"] for field in shown["__type"]["fields"]]
                    assert names == ["id", f"nilai{shown['angka']['lain']}", "lain"]
                    seen.append(shown["angka"]["lain"])

            clients = [asyncio.create_task(client()) for _ in range(4)]
            for n in range(1, 51):
                before = len(seen)
                await house.register(submission("angka", "Angka", number(n, server.url)))
                while len(seen) < before + 4:
                    await asyncio.wait(clients, timeout=0.005)
                    assert not any(task.done() for task in clients)
            done.set()
            await asyncio.gather(*clients)
            assert house.city.graphs.swaps == 51
            assert (await house.data("{ angka { lain } }"))["angka"] == {"lain": 50}
            assert len(set(seen)) > 25


async def test_an_operation_ends_on_the_graph_it_began_with(tmp_path):
    here, go_on = asyncio.Event(), asyncio.Event()

    async def slow(question: Question) -> Any:
        here.set()
        await go_on.wait()
        return json_reply(answered(question))

    server = Server("lambat", slow)
    await server.open()
    try:
        allowed = frozenset((server.url.removeprefix("http://"),))
        async with teams.house(tmp_path, private_hosts=allowed) as house:
            await house.register(submission("angka", "Angka", number(1, server.url)))
            asked = asyncio.create_task(house.data("{ angka { nilai1 lain } }"))
            await here.wait()
            await house.register()
            go_on.set()
            assert (await asked)["angka"] == {"nilai1": 1, "lain": 1}
            refused = await house.ask("{ angka { lain } }")
            assert refused["errors"][0]["extensions"]["code"] == "BAD_INPUT"
    finally:
        await server.aclose()


@pytest.mark.parametrize("swaps", [200])
async def test_two_hundred_swaps_leave_nothing_behind(swaps):
    core = build()._schema
    graphs = Graphs(core, lambda graph: Engine(graph, seconds=5.0))
    nobody = teams.board()
    gone: list[weakref.ref[Any]] = []

    async def swap(n: int) -> None:
        # What was said before comes again: caches of texts are full, and only graphs are new.
        sdl = [number(n % 10, type_=f"Tim{m}").replace("angka(", f"tim{m}(") for m in range(3)]
        lines = [
            teams.binding(submission(f"tim{m}", f"Tim{m}", text)) for m, text in enumerate(sdl)
        ]
        assert len({candidates_of(line) for line in lines}) == 3
        await graphs.follow(teams.board(*lines))
        assert graphs.composition.joined == ("tim0", "tim1", "tim2")
        gone.append(weakref.ref(graphs.composition.schema))
        answer = await graphs.current.run(
            GraphQLRequest('{ __type(name: "Tim0") { fields { name } } tim0 { lain } }'),
            Context(nobody),
            read_only=True,
        )
        assert answer.data is not None

    for n in range(20):  # what is filled once: caches of modules, pools of memory
        await swap(n)
    gc.collect()
    began = sys.getallocatedblocks()
    held = graphs.composition
    await swap(20)
    gc.collect()
    one_graph = sys.getallocatedblocks() - began
    del held
    for n in range(21, 20 + swaps):
        await swap(n)
    gc.collect()
    ended = sys.getallocatedblocks()
    assert sum(ref() is not None for ref in gone) == 1
    assert one_graph > 5_000  # else there would be nothing to leave behind
    assert ended - began < one_graph
