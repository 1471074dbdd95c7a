"""Last good answers in Redis: every machine finds them, and without Redis all is as without it."""

import asyncio
from contextlib import asynccontextmanager

import pytest
import redis as client

from connectors.upkeep.keep import MemoryKeep
from connectors.upkeep.keep_file import FileKeep
from connectors.upkeep.keep_redis import RedisKeep
from connectors.upkeep.packing import pack
from tests.upkeep.keeping import kept, noise


@pytest.fixture
async def begin(redis_server):
    """Keeps of workers on different machines: nothing under them is shared."""
    keeps = []

    def make(under=None, **options):
        keeps.append(RedisKeep(redis_server.url, under or MemoryKeep(), **{"pause": 0, **options}))
        return keeps[-1]

    yield make
    for keep in keeps:
        await keep.aclose()


@pytest.fixture
def inside(redis_server):
    """The Redis as somebody else sees it."""
    with client.Redis.from_url(redis_server.url) as redis:
        yield redis


@asynccontextmanager
async def silent_server():
    """Takes connections and never says a word; gives the address and the visitors."""
    visitors = []

    async def visit(reader, writer):
        visitors.append(writer)
        await reader.read()
        writer.close()

    server = await asyncio.start_server(visit, "127.0.0.1", 0)
    async with server:
        yield f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0", visitors
        for writer in visitors:
            writer.close()


def events(caplog):
    return [record.message for record in caplog.records if record.name.startswith("connectors")]


async def test_another_machine_finds_what_was_put(begin):
    one, two = begin(), begin()
    answer = kept(noise(200_000), etag='"1"', media_type="text/csv", charset="cp1252", status=404)
    await one.put("jobs", "all", answer)
    await one.flush()
    assert await two.get("jobs", "all") == answer
    assert await two.get("jobs", "other") is None
    assert await two.get("prices", "all") is None


async def test_the_newer_of_the_two_is_given(begin):
    one, two = begin(), begin()
    await one.put("jobs", "all", kept(b"middle", minutes=5))
    await one.flush()
    await two._under.put("jobs", "all", kept(b"newest", minutes=9))
    assert await two.get("jobs", "all") == kept(b"newest", minutes=9)
    await two._under.put("jobs", "all", kept(b"oldest", minutes=1))
    assert await two.get("jobs", "all") == kept(b"middle", minutes=5)


async def test_the_last_of_many_is_what_redis_has(begin):
    one, two = begin(), begin()
    for number in range(50):
        await one.put("jobs", "all", kept(b"%d" % number, minutes=number))
        await one.put("jobs", str(number), kept())
    await one.flush()
    assert await two.get("jobs", "all") == kept(b"49", minutes=49)


async def test_redis_forgets_by_itself_what_nobody_needs_any_more(begin, inside):
    keep = begin()
    await keep.put("prices", "all", kept(), keep_for=60)
    await keep.put("areas", "all", kept())
    await keep.put("nothing", "all", kept(), keep_for=0)
    await keep.flush()
    ends = {name: inside.pttl(name) for name in inside.keys("*")}
    assert len(ends) == 4
    for name, left in ends.items():
        assert (0 < left <= 60_000) if b"prices" in name else left == -1


async def test_an_answer_that_did_not_change_sends_its_description_only(begin, inside):
    one, two = begin(), begin()
    body = noise(300_000)
    await one.put("jobs", "all", kept(body), keep_for=60)
    await one.flush()
    before = inside.info("stats")["total_net_input_bytes"]
    await one.put("jobs", "all", kept(body, minutes=3), keep_for=6000)
    await one.flush()
    assert inside.info("stats")["total_net_input_bytes"] - before < 5_000
    assert await two.get("jobs", "all") == kept(body, minutes=3)
    assert all(inside.pttl(name) > 60_000 for name in inside.keys("*"))
    await one.put("jobs", "all", kept(body, minutes=4))
    await one.flush()
    assert all(inside.pttl(name) == -1 for name in inside.keys("*"))


async def test_no_address_and_no_word_of_a_citizen_is_in_a_name(begin, inside):
    keep = begin()
    await keep.put("jobs", "GET https://upstream.example/?phone=0811", kept())
    await keep.flush()
    names = inside.keys("*")
    assert len(names) == 2
    assert all(name.startswith(b"live:kept:{jobs:") for name in names)
    assert not any(b"upstream" in name or b"0811" in name for name in names)


@pytest.mark.parametrize(
    "change",
    [
        {"head": b"no json"},
        {"head": b"[" * 60_000},
        {"head": b"[" * 100_000},
        {"head": b"\xff\xfe"},
        {"body": b""},
        {"body": b"\0" * 32 + pack(b"right")[:-1]},
        {"body": b"\0" * 32 + pack(b"wrong")},
        {"body": b"\0" * 32 + pack(b"0" * 10_000_000)},
    ],
)
async def test_what_others_wrote_there_is_believed_only_when_it_is_whole(begin, inside, change):
    one, two = begin(), begin()
    await one.put("jobs", "all", kept(b"right"))
    await one.flush()
    (head,), (body,) = inside.keys("*:head"), inside.keys("*:body")
    names = {"head": head, "body": body}
    inside.mset({names[part]: value for part, value in change.items()})
    assert await two.get("jobs", "all") is None
    assert await one.get("jobs", "all") == kept(b"right")
    inside.flushall()
    await one.put("jobs", "all", kept(b"right", minutes=1))
    await one.flush()
    assert await two.get("jobs", "all") == kept(b"right", minutes=1)


async def test_a_value_of_another_kind_is_as_if_redis_were_away(begin, inside):
    one, two = begin(), begin()
    await one.put("jobs", "all", kept())
    await one.flush()
    for name in inside.keys("*:body"):
        inside.delete(name)
        inside.rpush(name, "a list")
    assert await two.get("jobs", "all") is None
    await two.put("jobs", "all", kept(minutes=1))
    await two.flush()
    assert await two.get("jobs", "all") == kept(minutes=1)


async def test_what_is_too_large_stays_out_of_redis(begin, inside):
    keep = begin(max_entry_bytes=10_000)
    await keep.put("jobs", "all", kept(noise(10_000)))
    await keep.put("jobs", "small", kept())
    await keep.flush()
    assert len(inside.keys("*")) == 2
    assert await keep.get("jobs", "all") == kept(noise(10_000))


async def test_what_waits_for_redis_is_bounded(begin):
    keep = begin(max_waiting=25_000)
    for name in "abcd":
        await keep.put("jobs", name, kept(noise(10_000)))
    assert keep._waiting_bytes <= 25_000
    await keep.flush()
    assert keep._waiting_bytes == 0
    other = begin()
    assert [name for name in "abcd" if await other.get("jobs", name)] == ["c", "d"]


async def test_without_redis_all_is_as_without_it(begin, redis_server, caplog):
    redis_server.stop()
    keep = begin()
    for number in range(5):
        await keep.put("jobs", "all", kept(minutes=number))
        await keep.flush()
        assert await keep.get("jobs", "all") == kept(minutes=number)
    assert events(caplog) == ["redis_lost"]


async def test_a_redis_that_goes_and_returns_is_used_again(begin, redis_server, caplog):
    one, two = begin(), begin()
    await one.put("jobs", "all", kept(b"before"))
    await one.flush()
    assert await two.get("jobs", "all") == kept(b"before")
    redis_server.stop()
    assert await two.get("jobs", "all") is None
    await one.put("jobs", "all", kept(b"in between", minutes=1))
    await one.flush()
    redis_server.start()
    await one.put("jobs", "all", kept(b"after", minutes=2))
    await one.flush()
    assert await two.get("jobs", "all") == kept(b"after", minutes=2)
    assert sorted(events(caplog)) == ["redis_lost"] * 2 + ["redis_returned"] * 2


async def test_after_a_failure_redis_is_left_alone_for_a_while(caplog):
    async with silent_server() as (url, visitors):
        keep = RedisKeep(url, MemoryKeep(), pause=3600)
        await keep._under.put("jobs", "all", kept())
        async with asyncio.timeout(10):
            assert await keep.get("jobs", "all") == kept()
            assert await keep.get("jobs", "all") == kept()
            await keep.put("jobs", "all", kept(minutes=1))
            await keep.flush()
        assert len(visitors) == 1
        assert keep._waiting_bytes == 0
        await keep.aclose()
    assert events(caplog) == ["redis_lost"]


async def test_a_restart_finds_the_file_while_redis_is_away(begin, redis_server, tmp_path):
    first = begin(FileKeep(tmp_path / "keep.db"))
    await first.put("jobs", "all", kept())
    await first.aclose()
    redis_server.stop()
    second = begin(FileKeep(tmp_path / "keep.db"))
    assert await second.get("jobs", "all") == kept()


async def test_closing_sends_what_still_waits(begin):
    one, two = begin(), begin()
    await one.put("jobs", "all", kept(noise(100_000)))
    await one.aclose()
    await one.put("jobs", "late", kept())
    assert await two.get("jobs", "all") == kept(noise(100_000))
    assert await two.get("jobs", "late") is None


def test_an_address_that_is_none_is_refused_at_the_start():
    with pytest.raises(ValueError):
        RedisKeep("mongodb://127.0.0.1", MemoryKeep())
