"""What is put together of documents, and files that hang: once for all who ask."""

import asyncio
import os
import threading
from datetime import UTC, datetime

import pytest

from connectors import errors
from connectors.kinds.collection import Collected, Part, sound
from connectors.kinds.files import FileWay
from connectors.ports.common import Origin, SourceQuality
from connectors.upkeep.policy import Policy
from tests.upstream import MovedClock, upkeep

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


class Thing:
    def __init__(self, local):
        self.origin = Origin(
            "luar", local, as_of=NOON, fetched_at=NOON, quality=SourceQuality.SAMPLE
        )


class Things:
    made = 0

    def __init__(self, _name, records):
        type(self).made += 1
        self.ids = [record.origin.local_id for record in records]

    async def list_things(self):
        return self.ids


@pytest.fixture
def things():
    Things.made = 0
    return Things


def part(*locals_):
    return Part([Thing(local) for local in locals_])


async def test_records_are_put_together_once_however_many_ask_at_once(things):
    parts = [part("a"), part("b")]

    async def gather():
        await asyncio.sleep(0)
        return parts

    one = Collected("luar", gather, things)
    answers = await asyncio.gather(*(one.list_things() for _ in range(200)))
    assert answers == [["a", "b"]] * 200
    assert things.made == 1
    parts[:] = [part("c")]
    await asyncio.gather(*(one.list_things() for _ in range(200)))
    assert things.made == 2


async def test_who_goes_away_while_records_are_put_together_stops_nobody(things):
    begun, go = threading.Event(), threading.Event()

    class Slow(Things):
        def __init__(self, name, records):
            begun.set()
            assert go.wait(30)
            super().__init__(name, records)

    parts = [part("a")]

    async def gather():
        return parts

    one = Collected("luar", gather, Slow)
    first, second = (asyncio.create_task(one.list_things()) for _ in range(2))
    assert await asyncio.to_thread(begun.wait, 30)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    go.set()
    assert await second == ["a"]
    assert Slow.made == 1


async def test_what_is_put_together_of_older_documents_does_not_take_the_place_of_newer(things):
    go = threading.Event()

    class Slow(Things):
        def __init__(self, name, records):
            if records[0].origin.local_id == "old":
                assert go.wait(30)
            super().__init__(name, records)

    parts = [part("old")]

    async def gather():
        return parts

    one = Collected("luar", gather, Slow)
    first = asyncio.create_task(one.list_things())
    await asyncio.sleep(0)
    parts = [part("new")]
    assert await one.list_things() == ["new"]
    go.set()
    assert await first == ["old"]
    made = Slow.made
    assert await one.list_things() == ["new"]
    assert Slow.made == made


async def test_records_that_cannot_be_put_together_are_not_tried_at_every_question(things):
    parts: list[Part[Thing]] = [Part([], [({}, "price: missing")])]

    async def gather():
        return parts

    one = Collected("luar", gather, things)
    failures = await asyncio.gather(*(one.list_things() for _ in range(3)), return_exceptions=True)
    assert [type(failure) for failure in failures] == [errors.Unreadable] * 3
    assert len({id(failure) for failure in failures}) == 3


def test_a_document_none_of_whose_rows_could_be_read_is_a_failure():
    bad: Part[Thing] = Part([], [({}, "price: missing")])
    with pytest.raises(errors.Unreadable, match="none of 1 rows"):
        sound(bad)
    for good in (Part([]), Part([Thing("a")], [({}, "x")])):
        assert sound(good) is good


# ------------------------------------------------------------------------------- files


def text(document, _stamp):
    return document.body.decode()


async def test_a_file_that_hangs_keeps_one_thread_however_often_it_is_asked(tmp_path):
    path, clock = tmp_path / "data.csv", MovedClock()
    os.mkfifo(path)  # whose reading hangs until somebody writes
    before = threading.active_count()
    rules = Policy(total_timeout=0.05, max_retries=0, breaker_failures=100, fresh_for=2)
    way = FileWay(path, upkeep(clock, policy=rules))
    for _ in range(5):
        with pytest.raises(errors.TimedOut):
            await way.read(text)
        clock.move(10)
    assert threading.active_count() - before <= 1
    await asyncio.to_thread(path.write_text, "akhirnya")
    reading = way._reading
    if reading is not None:
        await asyncio.wait((reading,))
    path.unlink()
    path.write_text("berkas")
    assert await way.read(text) == "berkas"


async def test_a_file_is_read_by_questions_that_come_with_something_else_to_compare(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("satu")
    way = FileWay(path, upkeep())
    document = await way._call(None)
    answers = await asyncio.gather(way._call(None), way._call(document), way._call(document))
    assert [answer and answer.body for answer in answers] == [b"satu", None, None]
