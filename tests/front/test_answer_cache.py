"""An answer is given again while it holds, to those it is for, and worked out once for all."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from connectors.upkeep.asking import within
from gateway.execution.answers import Asker
from gateway.execution.answers.cache import BRIEF
from gateway.execution.exchange import GraphQLRequest
from resolvers.context import Context
from resolvers.rests import MOMENT, MOST_RECORDS, Rests
from tests.front.kept_city import KeptCity


@pytest.fixture
def city() -> KeptCity:
    return KeptCity()


async def asked(http: httpx.AsyncClient, query: str, **headers: str) -> httpx.Response:
    return await http.post("/graphql", json={"query": query}, headers=headers)


async def data(http: httpx.AsyncClient, query: str, **headers: str) -> Any:
    return (await asked(http, query, **headers)).json()["data"]


async def test_an_answer_holds_as_long_as_what_its_source_fetched_is_fresh(city):
    async with city.client() as http:
        assert await data(http, "{ listrik }") == {"listrik": "listrik 0"}
        city.clock.move(3)  # fresh for seven seconds, of which four are left for the next answer
        assert await data(http, "{ listrik air }") == {"listrik": "listrik 0", "air": "air 0"}
        city.meters["listrik"].value = "listrik 1"
        city.clock.move(3.9)
        assert await data(http, "{ listrik air }") == {"listrik": "listrik 0", "air": "air 0"}
        assert (city.cache.counts.hits, city.cache.counts.misses) == (1, 2)
        city.clock.move(0.2)
        assert await data(http, "{ listrik air }") == {"listrik": "listrik 1", "air": "air 0"}
        assert city.cache.counts.hits == 1


async def test_an_answer_holds_no_longer_than_its_kind_of_data_allows(city):
    async with city.client() as http:
        answer = await asked(http, "{ air }")
        assert answer.headers["cache-control"] == "public, max-age=20"  # not the 30 of its source


async def test_an_answer_that_looked_at_the_clock_holds_for_a_moment(city):
    async with city.client() as http:
        first = await data(http, "{ time }")
        city.clock.move(MOMENT - 0.1)
        assert await data(http, "{ time }") == first
        city.clock.move(0.2)
        assert await data(http, "{ time }") != first


async def test_an_answer_with_a_source_in_trouble_holds_for_a_second(city):
    city.meters["air"].fails = True
    async with city.client() as http:
        answer = await asked(http, "{ both }")
        assert answer.json()["extensions"]["sources"][0]["connector"] == "air"
        assert answer.headers["cache-control"] == f"public, max-age={int(BRIEF)}"
        city.meters["air"].fails = False
        city.clock.move(BRIEF + 5)
        assert (await data(http, "{ both }"))["both"] == ["air 0", "listrik 0"]


async def test_what_is_said_of_sources_is_said_in_the_callers_language(city):
    city.meters["air"].fails = True
    async with city.client() as http:
        told = []
        for _ in range(2):
            for lang in ("id", "en"):
                answer = (await asked(http, "{ air }", **{"Accept-Language": lang})).json()
                told.append(answer["extensions"]["sources"][0]["message"])
        assert told[:2] == told[2:]
        assert told[0] != told[1]


async def test_errors_are_not_kept_since_they_say_where_in_the_text_they_are(city):
    async with city.client() as http:
        first, second = [(await asked(http, text)).json() for text in ("{ fault }", "{\nfault }")]
        assert first["errors"][0]["locations"] == [{"line": 1, "column": 3}]
        assert second["errors"][0]["locations"] == [{"line": 2, "column": 1}]
        assert len(city.cache) == 0


async def test_texts_that_mean_the_same_share_an_answer_and_others_do_not(city):
    async with city.client() as http:
        await data(http, "{ air }")
        assert await data(http, "{  air # kali ini\n }") == {"air": "air 0"}
        assert city.cache.counts.misses == 1
        assert await data(http, "{ a: air }") == {"a": "air 0"}
        assert await data(http, '{ record(id: "1") }') == {"record": "1: catatan 0"}
        assert await data(http, '{ record(id: "2") }') == {"record": "2: catatan 0"}
        query = "query ($i: ID!) { record(id: $i) }"
        for id_ in "343":
            body = {"query": query, "variables": {"i": id_}}
            answer = await http.post("/graphql", json=body)
            assert answer.json()["data"] == {"record": f"{id_}: catatan 0"}
        assert city.cache.counts.hits == 2


async def test_the_order_of_variables_does_not_matter(city):
    query = "query ($a: ID!, $b: ID!) { a: record(id: $a) b: record(id: $b) }"
    async with city.client() as http:
        for variables in ({"a": "1", "b": "2"}, {"b": "2", "a": "1"}, {"a": "2", "b": "1"}):
            body = {"query": query, "variables": variables}
            answer = (await http.post("/graphql", json=body)).json()["data"]
            assert answer == {name: f"{id_}: catatan 0" for name, id_ in variables.items()}
        assert (city.cache.counts.misses, city.cache.counts.hits) == (2, 1)


async def test_each_language_and_each_address_has_its_own_answer(city):
    async with city.client() as http:
        for _ in range(2):
            assert await data(http, "{ greeting }") == {"greeting": "id air 0"}
            english = await data(http, "{ greeting }", **{"Accept-Language": "en"})
            assert english == {"greeting": "en air 0"}
            assert await data(http, "{ link }") == {"link": "http://kota.test/x"}
            other = await data(http, "{ link }", Host="lain.test")
            assert other == {"link": "http://lain.test/x"}


async def test_what_belongs_to_one_caller_is_shown_to_no_other(city):
    async with city.client() as http:
        for name in ("", "ani", "budi", "ani", ""):
            headers = {"Authorization": name} if name else {}
            answer = await asked(http, "{ mine }", **headers)
            assert answer.json()["data"] == {"mine": f"{name} air 0"}
        for own in ("satu", "dua"):
            assert await data(http, "{ sent }", **{"X-Own": own}) == {"sent": own}
        assert len(city.cache) == 0


async def test_a_caller_with_a_name_gets_an_answer_of_its_own(city):
    async with city.client() as http:
        await data(http, "{ air }")
        city.meters["air"].value = "air 1"
        answer = await asked(http, "{ air }", Authorization="ani")
        assert answer.headers["cache-control"] == "private, no-store"
        assert "etag" not in answer.headers
        assert city.cache.counts.hits == 0


async def test_switching_a_source_takes_its_answers_away_at_once(city):
    async with city.client() as http:
        assert await data(http, "{ air }") == {"air": "air 0"}
        city.switch("air")
        assert await data(http, "{ air }") == {"air": None}
        city.switch("air")
        assert await data(http, "{ air }") == {"air": "air 0"}


async def test_an_answer_without_a_source_that_is_switched_off_is_kept_as_any_other(city):
    city.switch("air")
    async with city.client() as http:
        answer = await asked(http, "{ both }")
        assert answer.json()["extensions"]["sources"][0]["state"] == "DISABLED"
        assert answer.headers["cache-control"] == "public, max-age=7"


async def test_a_mutation_takes_away_what_rests_on_the_sources_it_asked(city):
    async with city.client() as http:
        assert await data(http, "{ notes }") == {"notes": "catatan 0"}
        assert await data(http, "{ air }") == {"air": "air 0"}
        assert await data(http, 'mutation { write(text: "baru") }') == {"write": "baru"}
        assert await data(http, "{ notes }") == {"notes": "baru"}
        assert city.cache.counts.misses == 3
        await data(http, "{ air }")
        assert city.cache.counts.misses == 3
        await data(http, "mutation { nothing }")
        assert len(city.cache) == 0


async def test_news_of_a_record_take_away_what_it_may_be_in(city):
    async with city.client() as http:
        for query in ('{ record(id: "1") }', '{ record(id: "2") }', "{ notes }", "{ air }"):
            await data(http, query)
        city.cache.purge("catatan:1")
        assert len(city.cache) == 2
        await data(http, '{ record(id: "2") }')
        await data(http, "{ air }")
        assert city.cache.counts.hits == 2


def test_many_records_are_some_records():
    rests = Rests()
    rests.on_source("air", [str(number) for number in range(MOST_RECORDS + 1)])
    assert rests.tags == {"air", "air:*"}


# ------------------------------------------------------------------------- at the same time


def question(text: str = "{ wait }") -> GraphQLRequest:
    return GraphQLRequest(text)


def waiting(city: KeptCity, number: int, lang: str = "id") -> list[asyncio.Task[Any]]:
    """So many who ask the same."""
    wanted = city.cache.sharable(question(), Asker(lang))
    assert wanted is not None
    return [
        asyncio.ensure_future(
            city.cache.answer(wanted, Context(switchboard=city.board, lang=lang), read_only=False)
        )
        for _ in range(number)
    ]


async def until(true: Any) -> None:
    for _ in range(1_000):
        if true():
            return
        await asyncio.sleep(0)
    raise AssertionError("never")


async def test_two_hundred_equal_questions_under_way_are_one(city):
    gate = city.gates["wait"] = asyncio.Event()
    tasks = waiting(city, 200)
    await until(lambda: city.cache.joined == 199)
    gate.set()
    answers = await asyncio.gather(*tasks)
    assert city.executions == {"wait": 1}
    assert {json.loads(answer.body)["data"]["wait"] for answer in answers} == {"id"}


async def test_who_goes_away_takes_nothing_from_the_others(city):
    gate = city.gates["wait"] = asyncio.Event()
    first, *others = waiting(city, 5)
    await until(lambda: city.cache.joined == 4)
    first.cancel()
    others[0].cancel()
    await until(lambda: first.done() and others[0].done())
    gate.set()
    answers = await asyncio.gather(*others[1:])
    assert [json.loads(answer.body)["data"] for answer in answers] == [{"wait": "id"}] * 3
    assert city.executions == {"wait": 1}


async def test_when_all_have_gone_the_work_is_given_up_and_the_next_one_begins_anew(city):
    gate = city.gates["wait"] = asyncio.Event()
    tasks = waiting(city, 3)
    await until(lambda: city.executions.get("wait") == 1)
    for task in tasks:
        task.cancel()
    await until(lambda: all(task.done() for task in tasks))
    (again,) = waiting(city, 1)
    await until(lambda: city.executions.get("wait") == 2)
    gate.set()
    assert json.loads((await again).body)["data"] == {"wait": "id"}


async def test_everybody_has_the_time_of_his_own(city):
    gate = city.gates["wait"] = asyncio.Event()
    with within(0.0):
        (hurried,) = waiting(city, 1)
    (patient,) = waiting(city, 1)
    await until(lambda: city.executions.get("wait") == 2)
    gate.set()
    for task in (hurried, patient):
        answer = await task
        body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body()).encode()
        assert json.loads(body)["data"] == {"wait": "id"}


async def test_callers_of_different_languages_do_not_share_work(city):
    gate = city.gates["wait"] = asyncio.Event()
    tasks = [*waiting(city, 1, "id"), *waiting(city, 1, "en")]
    await until(lambda: city.executions.get("wait") == 2)
    gate.set()
    answers = await asyncio.gather(*tasks)
    assert [json.loads(answer.body)["data"]["wait"] for answer in answers] == ["id", "en"]


async def test_what_began_before_a_change_is_not_kept_after_it(city):
    gate = city.gates["wait"] = asyncio.Event()
    (task,) = waiting(city, 1)
    await until(lambda: city.executions.get("wait") == 1)
    city.cache.purge("air")
    gate.set()
    await task
    assert len(city.cache) == 0


async def test_with_no_room_nothing_is_kept_and_equal_questions_are_still_one():
    city = KeptCity(max_bytes=0)
    gate = city.gates["wait"] = asyncio.Event()
    tasks = waiting(city, 10)
    await until(lambda: city.cache.joined == 9)
    gate.set()
    await asyncio.gather(*tasks)
    assert city.executions == {"wait": 1}
    assert city.cache.bytes == 0
    async with city.client() as http:
        await data(http, "{ air }")
        await data(http, "{ air }")
    assert city.cache.counts.hits == 0


async def test_memory_stays_within_its_bound():
    city = KeptCity(max_bytes=50_000)
    async with city.client() as http:
        for number in range(200):
            await data(http, f'{{ record(id: "{number}") }}')
            assert city.cache.bytes <= 50_000
        assert len(city.cache) > 10
