"""Answers that workers share in Redis: purged for all, never older than a purge, and optional."""

from __future__ import annotations

import pytest

from gateway.execution.answers.kept import Kept
from gateway.execution.answers.shared import SharedAnswers
from tests.front.kept_city import KeptCity


def kept(body: bytes = b'{"data":1}', *tags: str) -> Kept:
    return Kept(body, made=0.0, until=60.0, tags=tags or ("air", "air:*"))


@pytest.fixture
async def workers(redis_url):
    made = [SharedAnswers(redis_url, lambda: "kota") for _ in range(2)]
    yield made
    for one in made:
        await one.aclose()


async def test_an_answer_of_one_worker_is_found_by_the_other_with_its_age(workers):
    one, other = workers
    nothing, begun = await one.find("a")
    assert nothing is None
    assert begun is not None
    await one.put("a", kept(), 30.0, begun)
    found, _ = await other.find("a")
    assert found is not None
    assert found.body == b'{"data":1}'
    assert found.tags >= {"air", "air:*"}
    assert 0 <= found.age < 20
    assert 0 < found.left <= 30
    assert (await other.find("b"))[0] is None


async def test_a_purge_holds_for_all_workers_at_once_and_for_answers_begun_before(workers):
    one, other = workers
    _, begun = await one.find("a")
    assert begun is not None
    await one.put("a", kept(), 30.0, begun)
    other.purge({"air"})
    await other.find("b")  # whoever purged asks nothing before Redis knows
    assert (await one.find("a"))[0] is None
    await one.put("a", kept(), 30.0, begun)  # it was worked out before the purge
    assert (await other.find("a"))[0] is None
    assert (await one.find("a"))[0] is None


async def test_a_purge_leaves_other_answers_alone(workers):
    one, other = workers
    _, begun = await one.find("a")
    assert begun is not None
    await one.put("a", kept(b"1", "listrik"), 30.0, begun)
    other.purge({"air"})
    await other.find("b")
    assert (await one.find("a"))[0] is not None
    other.purge({"*"})
    await other.find("b")
    assert (await one.find("a"))[0] is None


async def test_workers_of_another_city_and_those_that_cannot_tell_share_nothing(redis_url):
    def worker(state: str | None) -> SharedAnswers:
        return SharedAnswers(redis_url, lambda: state)

    workers = [worker("kota"), worker("kota lain"), worker(None)]
    _, begun = await workers[0].find("a")
    assert begun is not None
    await workers[0].put("a", kept(), 30.0, begun)
    assert [(await one.find("a"))[0] is not None for one in workers] == [True, False, False]
    for one in workers:
        await one.aclose()


async def test_what_hardly_holds_or_is_very_large_is_not_shared(workers):
    one, other = workers
    _, begun = await one.find("a")
    assert begun is not None
    await one.put("a", kept(), 1.0, begun)
    await one.put("b", kept(b"x" * 1_000_001), 30.0, begun)
    assert (await other.find("a"))[0] is None
    assert (await other.find("b"))[0] is None


async def test_without_redis_all_is_as_if_there_were_none(redis_server):
    shared = SharedAnswers(redis_server.url, lambda: "kota")
    city = KeptCity(shared=shared)
    redis_server.stop()
    try:
        async with city.client() as http:
            for _ in range(2):
                answer = await http.post("/graphql", json={"query": "{ air }"})
                assert answer.json()["data"] == {"air": "air 0"}
            city.cache.purge("air")
            assert (await shared.find("x")) == (None, None)
            await http.post("/graphql", json={"query": "{ air }"})
        assert (city.cache.counts.hits, city.cache.counts.misses) == (1, 2)
    finally:
        await shared.aclose()
        redis_server.start()


async def test_what_was_purged_while_redis_was_away_is_told_before_it_is_asked_again(redis_server):
    one = SharedAnswers(redis_server.url, lambda: "kota")
    other = SharedAnswers(redis_server.url, lambda: "kota")
    one._link.pause = other._link.pause = 0.0
    _, begun = await one.find("a")
    assert begun is not None
    await one.put("a", kept(), 30.0, begun)
    redis_server.stop()
    try:
        one.purge({"air"})
        assert await one.find("a") == (None, None)
    finally:
        redis_server.start()
    _, again = await other.find("a")
    if again is not None:
        await other.put("a", kept(), 30.0, begun)
    found, _ = await one.find("a")
    assert found is None
    await one.aclose()
    await other.aclose()
