"""News of the catalogue: at once through Redis, and without it by looking every so often."""

import asyncio
import logging

import pytest

from gateway.bulletin import Bulletin, announce

NEVER = 3600.0
"""An interval that no test waits for."""


class Looks:
    """Counts how often the catalogue was read, and lets a test wait for the next time."""

    def __init__(self, *failures):
        self.count = 0
        self.failures = list(failures)
        self.happened = asyncio.Event()

    async def refresh(self):
        self.count += 1
        self.happened.set()
        if self.failures and (failure := self.failures.pop(0)):
            raise failure

    async def next(self):
        async with asyncio.timeout(30):
            await self.happened.wait()
        self.happened.clear()


@pytest.fixture
async def start():
    running = []

    def begin(looks, **options):
        bulletin = Bulletin(looks.refresh, **options)
        running.append(bulletin)
        bulletin.start()
        return bulletin

    yield begin
    for bulletin in running:
        await bulletin.stop()


async def listening(bulletin):
    async with asyncio.timeout(30):
        await bulletin.listening.wait()


async def test_without_redis_a_worker_looks_every_so_often(start):
    looks = Looks()
    bulletin = start(looks, every=0.05)
    for _ in range(3):
        await looks.next()
    assert bulletin.missed == 0
    assert not bulletin.listening.is_set()


async def test_with_redis_news_come_at_once(start, redis_url):
    looks = Looks()
    bulletin = start(looks, every=NEVER, redis_url=redis_url)
    await listening(bulletin)
    await looks.next()  # it looks once when it begins to listen
    assert await announce(redis_url)
    await looks.next()
    assert await announce(redis_url)
    await looks.next()
    assert bulletin.missed == 0


async def test_news_reach_every_worker(start, redis_url):
    all_looks = [Looks(), Looks()]
    for looks in all_looks:
        await listening(start(looks, every=NEVER, redis_url=redis_url))
        await looks.next()
    await announce(redis_url)
    for looks in all_looks:
        await looks.next()


async def test_while_redis_is_down_a_worker_looks_as_without_it(start, redis_server, caplog):
    looks = Looks()
    redis_server.stop()
    bulletin = start(looks, every=0.05, redis_url=redis_server.url)
    while not bulletin.missed:
        await looks.next()
    await looks.next()
    assert not await announce(redis_server.url)
    assert not bulletin.listening.is_set()
    while bulletin.missed < 3:
        await looks.next()
    lost = [record for record in caplog.records if record.message == "redis_lost"]
    assert len(lost) == 1


async def test_when_redis_returns_news_come_at_once_again(start, redis_server):
    looks = Looks()
    bulletin = start(looks, every=NEVER, redis_url=redis_server.url)
    await listening(bulletin)
    redis_server.stop()
    async with asyncio.timeout(30):
        await bulletin.deaf.wait()
    assert not bulletin.listening.is_set()
    looks.happened.clear()
    redis_server.start()
    await listening(bulletin)
    # What was announced meanwhile is not lost: it looks as soon as it hears again.
    await looks.next()
    await announce(redis_server.url)
    await looks.next()


async def test_a_catalogue_that_cannot_be_read_is_reported_once_and_tried_again(start, caplog):
    caplog.set_level(logging.INFO)
    looks = Looks(OSError("gone"), OSError("gone"), None, OSError("gone again"))
    start(looks, every=0.02)
    while looks.count < 6:
        await looks.next()
    assert [record.message for record in caplog.records] == [
        "catalogue_not_read",
        "catalogue_read_again",
        "catalogue_not_read",
        "catalogue_read_again",
    ]


async def test_announcing_without_redis_tells_nobody():
    assert not await announce("")


async def test_a_bulletin_that_never_began_can_be_stopped():
    await Bulletin(Looks().refresh, every=1).stop()
