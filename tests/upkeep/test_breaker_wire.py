"""News of breakers between workers: heard at once, learnt by who comes later, not missed without."""

import asyncio
import json
from typing import Any

import pytest
import redis as client

from connectors.upkeep import shared
from connectors.upkeep.shared import BreakerNews, NoWire, RedisWire

OPEN = BreakerNews(open_until=30.0, failures=5, error="TimedOut")
WELL = BreakerNews(open_until=0.0)


class Heard:
    """What a worker heard of the others."""

    def __init__(self, wire):
        self.news: asyncio.Queue[tuple[str, BreakerNews]] = asyncio.Queue()
        wire.listen(lambda source, news: self.news.put_nowait((source, news)))

    async def next(self):
        async with asyncio.timeout(30):
            return await self.news.get()

    def nothing(self):
        return self.news.empty()


@pytest.fixture
async def begin(redis_server):
    """Starts workers that hear each other, and ends them."""
    wires = []

    async def make(*, wait=True):
        wire = RedisWire(redis_server.url, pause=0.02)
        heard = Heard(wire)
        wires.append(wire)
        await wire.start()
        if wait:
            await listening(wire)
        return wire, heard

    yield make
    for wire in wires:
        await wire.aclose()


@pytest.fixture
def inside(redis_server):
    """The Redis as somebody else sees it."""
    with client.Redis.from_url(redis_server.url) as redis:
        yield redis


async def listening(wire):
    async with asyncio.timeout(30):
        await wire.listening.wait()


async def deaf(wire):
    async with asyncio.timeout(30):
        await wire.deaf.wait()


def close_to(news, expected):
    """Equal, but for the moment that passed on the way."""
    assert expected.open_until - 5 < news.open_until <= expected.open_until
    return (news.failures, news.error) == (expected.failures, expected.error)


def events(caplog):
    return [record.message for record in caplog.records if record.name.startswith("connectors")]


async def test_an_opened_breaker_is_heard_by_all_others_and_not_by_its_own(begin):
    (one, own), (_, second), (_, third) = [await begin() for _ in range(3)]
    one.tell("jobs", OPEN)
    for heard in (second, third):
        source, news = await heard.next()
        assert source == "jobs"
        assert close_to(news, OPEN)
    one.tell("jobs", WELL)
    assert await second.next() == ("jobs", WELL)
    assert own.nothing()


async def test_who_starts_in_the_middle_of_an_outage_learns_of_it(begin, inside):
    one, _ = await begin()
    _, ear = await begin()
    for source in ("jobs", "prices"):
        one.tell(source, OPEN)
        await ear.next()
    one.tell("prices", WELL)
    await ear.next()
    _, late = await begin()
    source, news = await late.next()
    assert source == "jobs"
    assert close_to(news, OPEN)
    assert late.nothing()
    assert 0 < inside.pttl("live:breaker:jobs") <= 30_000


async def test_what_is_learnt_later_is_open_for_the_rest_of_the_time_only(begin, inside):
    one, _ = await begin()
    _, ear = await begin()
    one.tell("jobs", OPEN)
    await ear.next()
    inside.pexpire("live:breaker:jobs", 7_000)
    _, late = await begin()
    _, news = await late.next()
    assert 2 < news.open_until <= 7


async def test_only_the_last_of_many_news_of_a_source_counts(begin):
    one, _ = await begin()
    _, ear = await begin()
    one.tell("jobs", OPEN)
    one.tell("jobs", WELL)
    one.tell("prices", WELL)
    assert [await ear.next(), await ear.next()] == [("jobs", WELL), ("prices", WELL)]


async def test_what_was_told_before_the_start_is_passed_on(redis_url, begin):
    _, ear = await begin()
    one = RedisWire(redis_url)
    one.tell("jobs", OPEN)
    await one.start()
    source, _ = await ear.next()
    assert source == "jobs"
    await one.aclose()


async def test_one_worker_at_a_time_tries_a_source_again(begin, inside):
    (one, _), (two, _) = await begin(), await begin()
    assert await one.lease("jobs", 30)
    assert not await two.lease("jobs", 30)
    assert await two.lease("prices", 30)
    assert 0 < inside.pttl("live:probe:jobs") <= 30_000
    inside.delete("live:probe:jobs")
    assert await two.lease("jobs", 0)


async def test_without_redis_every_worker_is_for_itself(begin, redis_server, caplog):
    redis_server.stop()
    wire, heard = await begin(wait=False)
    await deaf(wire)
    wire.tell("jobs", OPEN)
    for _ in range(3):
        assert await wire.lease("jobs", 30)
    assert heard.nothing()
    assert events(caplog) == ["redis_lost"]


async def test_a_redis_that_goes_and_returns_carries_again(begin, redis_server, caplog):
    (one, first), (two, second) = await begin(), await begin()
    redis_server.stop()
    await deaf(one)
    await deaf(two)
    one.tell("jobs", OPEN)
    redis_server.start()
    # What was told meanwhile is passed on, for it is not old; who was away then learns of it.
    source, news = await second.next()
    assert source == "jobs"
    assert close_to(news, OPEN)
    await listening(one)
    await listening(two)
    one.tell("jobs", WELL)
    while await second.next() != ("jobs", WELL):
        pass
    two.tell("prices", WELL)
    assert await first.next() == ("prices", WELL)
    assert sorted(events(caplog)) == ["redis_lost"] * 2 + ["redis_returned"] * 2


async def test_an_opening_that_could_not_be_told_in_time_is_not_told(begin):
    one, _ = await begin()
    _, ear = await begin()
    one._unsent["jobs"] = shared._Note(OPEN, asyncio.get_running_loop().time() - 10)
    one.tell("prices", WELL)
    assert await ear.next() == ("prices", WELL)
    assert ear.nothing()


async def test_a_redis_that_vanished_without_a_word_is_noticed(redis_server):
    """A relay that swallows everything from some moment on, as a machine without power does."""
    swallow = asyncio.Event()
    visits: list[asyncio.Future[Any]] = []

    async def pump(reader, writer):
        while data := await reader.read(65_536):
            if not swallow.is_set():
                writer.write(data)

    async def relay(reader, writer):
        there, onward = await asyncio.open_connection("127.0.0.1", redis_server.port)
        both = asyncio.gather(pump(reader, onward), pump(there, writer))
        visits.append(both)
        try:
            await both
        finally:
            for way in (writer, onward):
                way.close()

    server = await asyncio.start_server(relay, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    wire = RedisWire(f"redis://:{redis_server.password}@127.0.0.1:{port}/0", heartbeat=0.1)
    await wire.start()
    await listening(wire)
    swallow.set()
    await deaf(wire)
    await wire.aclose()
    server.close()
    for visit in visits:
        visit.cancel()
    await asyncio.gather(*visits, return_exceptions=True)


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\xff",
        b"[" * 4000,
        b"7",
        b"x" * 100_000,
        json.dumps({"from": "a", "source": 7, "error": "", "ms": 1, "failures": 1}),
        json.dumps({"from": "a", "source": "jobs", "error": "", "ms": 1.5, "failures": 1}),
        json.dumps({"from": "a", "source": "jobs", "error": "", "ms": -1, "failures": 1}),
        json.dumps({"from": "a", "source": "jobs", "error": "", "ms": 10**12, "failures": 1}),
        json.dumps({"from": "a", "source": "jobs", "error": "", "ms": 1, "failures": True}),
    ],
)
async def test_what_is_no_news_of_ours_is_passed_over(begin, inside, message):
    one, _ = await begin()
    inside.set("live:breaker:strange", message)
    inside.pexpire("live:breaker:strange", 60_000)
    _, ear = await begin()
    inside.publish("live:breakers", message)
    one.tell("jobs", WELL)
    assert await ear.next() == ("jobs", WELL)


async def test_a_listener_with_a_fault_makes_nobody_deaf(redis_url, begin, caplog):
    def fail(source, news):
        raise KeyError(source)

    one, _ = await begin()
    wire = RedisWire(redis_url)
    wire.listen(fail)
    heard = Heard(wire)
    await wire.start()
    await listening(wire)
    one.tell("jobs", WELL)
    assert await heard.next() == ("jobs", WELL)
    assert "breaker_news_not_taken" in events(caplog)
    await wire.aclose()


async def test_a_worker_that_is_alone_needs_no_wire():
    wire = NoWire()
    wire.listen(print)
    await wire.start()
    wire.tell("jobs", OPEN)
    assert await wire.lease("jobs", 5)
    await wire.aclose()
