"""Last good answers in a file: a restart finds them, and nothing that happens to the file hurts."""

import asyncio
import json
import logging
import os
import sqlite3
import stat
import tempfile
from datetime import UTC
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.upkeep.documents import Document
from connectors.upkeep.keep import Kept, MemoryKeep
from connectors.upkeep.keep_file import FileKeep
from connectors.upkeep.packing import head_of, pack, unpack
from tests.upkeep.keeping import START, child, kept, noise

PUT_UNTIL_KILLED = """
import asyncio, itertools, sys
from pathlib import Path
from connectors.upkeep.keep_file import FileKeep
from tests.upkeep.keeping import kept

async def run():
    keep = FileKeep(Path(sys.argv[1]))
    for number in itertools.count(1):
        await keep.put("prices", "all", kept(b"%d" % number * 2000, minutes=number))
        if number % 7 == 0:
            await keep.flush()
            print(number, flush=True)

asyncio.run(run())
"""

PUT_MANY = """
import asyncio, sys
from pathlib import Path
from connectors.upkeep.keep_file import FileKeep
from tests.upkeep.keeping import kept, noise

async def run(path, name):
    keep = FileKeep(Path(path))
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(40):
        await keep.put(name, str(number), kept(noise(5000, number), minutes=number))
        await keep.put("both", "same", kept(noise(9000, name), minutes=number))
        assert await keep.flush(60)
    await keep.aclose()

asyncio.run(run(*sys.argv[1:]))
"""

DISK_FULL = """
import asyncio, logging, resource, sys
from pathlib import Path
from connectors.upkeep.keep_file import FileKeep
from tests.upkeep.keeping import kept, noise

async def run():
    keep = FileKeep(Path(sys.argv[1]), retry_seconds=0.01)
    small, large = kept(b"small"), kept(noise(600_000), minutes=1)
    await keep.put("jobs", "small", small)
    assert await keep.flush()
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
    await keep.put("jobs", "large", large)
    assert not await keep.flush()
    # It is still known, from memory, and what was written can still be read.
    assert await keep.get("jobs", "large") == large
    assert await keep.get("jobs", "small") in (small, None)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    while not await keep.flush():
        pass
    await keep.aclose()

logging.basicConfig(format="%(message)s")
asyncio.run(run())
"""

READ_ONLY = """
import asyncio, logging, os, sys
from pathlib import Path
from connectors.upkeep.keep_file import FileKeep
from tests.upkeep.keeping import kept

async def run():
    keep = FileKeep(Path(sys.argv[1]), retry_seconds=0.01)
    assert await keep.get("jobs", "all") is None
    await keep.put("jobs", "all", kept(b"newer"))
    assert not await keep.flush()
    assert await keep.get("jobs", "all") == kept(b"newer")
    await keep.aclose()

logging.basicConfig(format="%(message)s")
if os.geteuid() == 0:
    os.seteuid(65534)  # nobody, for whom read-only is read-only
asyncio.run(run())
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "keep.db"


@pytest.fixture
async def begin(path):
    """Opens keeps on the path, each as a worker of its own would; closes them at the end."""
    keeps = []

    def make(**options):
        keeps.append(FileKeep(path, **{"retry_seconds": 0.01, **options}))
        return keeps[-1]

    yield make
    for keep in keeps:
        await keep.aclose()


def events(caplog):
    return [record.message for record in caplog.records if record.name.startswith("connectors")]


def damaged(path):
    return path.with_name(f"{path.name}.damaged")


# --------------------------------------------------------------------------- there and back

texts = st.text(max_size=20)


documents = st.builds(
    Document, st.binary(max_size=3000), texts, texts, texts, texts, status=st.integers(200, 599)
)
moments = st.datetimes(
    min_value=START.replace(year=2, tzinfo=None),
    max_value=START.replace(year=9998, tzinfo=None),
    timezones=st.timezones(),
)


@given(documents, moments)
def test_what_is_unpacked_is_what_was_packed(document, moment):
    # The same moment in UTC: in an hour that a zone skips, Python holds the two for different.
    found = unpack(head_of(Kept(document, moment)).line, pack(document.body))
    assert found == Kept(document, moment.astimezone(UTC))


@given(st.binary(max_size=200), st.data())
def test_no_bit_of_a_packed_answer_can_change_unnoticed(body, data):
    value = kept(body)
    packed = bytearray(pack(body))
    place = data.draw(st.integers(0, len(packed) - 1))
    packed[place] ^= 1 << data.draw(st.integers(0, 7))
    try:
        found = unpack(head_of(value).line, bytes(packed))
    except ValueError:
        return
    assert found == value  # a bit that carries nothing, such as the level of compression


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"size": 10**12},
        {"size": -1},
        {"size": "2"},
        {"size": 1},
        {"sha256": "0" * 64},
        {"fetched_at": "yesterday"},
        {"fetched_at": "2025-03-01T08:00:00"},
        {"etag": None},
        {"status": "200"},
    ],
)
def test_a_description_that_does_not_fit_is_refused(change):
    value = kept(b"[]")
    said = {**json.loads(head_of(value).line), **change}
    with pytest.raises(ValueError):
        unpack(json.dumps(said), pack(b"[]"))


@pytest.mark.parametrize("line", ["", "[]", "7", "{}"])
def test_what_is_no_description_is_refused(line):
    with pytest.raises(ValueError):
        unpack(line, pack(b"[]"))


async def test_the_newest_of_each_key_is_found_at_once_and_after_writing(begin):
    keep = begin()
    await keep.put("jobs", "all", kept(b"old"))
    await keep.put("jobs", "all", kept(b"new", minutes=1, etag='"a"', charset="utf-8"))
    await keep.put("jobs", "other", kept(b"other"))
    await keep.put("prices", "all", kept(b"prices"))
    for _ in range(2):
        newest = kept(b"new", minutes=1, etag='"a"', charset="utf-8")
        assert await keep.get("jobs", "all") == newest
        assert await keep.get("jobs", "other") == kept(b"other")
        assert await keep.get("prices", "all") == kept(b"prices")
        assert await keep.get("prices", "other") is None
        assert await keep.flush()


async def test_an_answer_that_did_not_change_only_becomes_newer(begin, path):
    keep = begin()
    await keep.put("jobs", "all", kept(noise(50_000)))
    await keep.flush()
    await keep.put("jobs", "all", kept(noise(50_000), minutes=5, etag='"b"'))
    await keep.flush()
    assert await keep.get("jobs", "all") == kept(noise(50_000), minutes=5, etag='"b"')
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*), min(id) FROM bodies").fetchone() == (1, 1)
    connection.close()


async def test_a_memory_keep_gives_what_was_put():
    keep = MemoryKeep()
    assert await keep.get("jobs", "all") is None
    await keep.put("jobs", "all", kept())
    await keep.aclose()
    assert await keep.get("jobs", "all") == kept()


# --------------------------------------------------------------------------- restarts


async def test_the_next_run_finds_what_was_put_just_before_closing(begin, path):
    first = begin()
    for number in range(30):
        await first.put("jobs", str(number), kept(b"%d" % number, minutes=number))
    await first.aclose()
    second = begin()
    for number in range(30):
        assert await second.get("jobs", str(number)) == kept(b"%d" % number, minutes=number)


async def test_a_process_that_is_killed_loses_nothing_that_was_written(begin, path):
    with child(PUT_UNTIL_KILLED, path) as process:
        for line in process.stdout:
            written = int(line)
            if written > 50:
                break
        process.kill()
    found = await begin().get("prices", "all")
    number = int((found.fetched_at - START).total_seconds() / 60)
    assert number >= written
    assert found.document.body == b"%d" % number * 2000


async def test_two_processes_may_write_at_once(begin, path):
    with child(PUT_MANY, path, "one") as one, child(PUT_MANY, path, "two") as two:
        for process in (one, two):
            assert process.stdout.readline() == "ready\n"
        for process in (one, two):
            process.stdin.write("go\n")
            process.stdin.flush()
        for process in (one, two):
            _, words = process.communicate(timeout=120)
            assert (process.returncode, words) == (0, "")
    keep = begin()
    for name in ("one", "two"):
        for number in range(40):
            expected = kept(noise(5000, number), minutes=number)
            assert await keep.get(name, str(number)) == expected
    same = await keep.get("both", "same")
    assert same in {kept(noise(9000, "one"), minutes=39), kept(noise(9000, "two"), minutes=39)}


# --------------------------------------------------------------------------- bounds


async def test_the_longest_unfetched_of_a_source_make_room(begin):
    # Each counts a little over 10,000 bytes and a page: three fit into 45,000.
    keep = begin(max_source_bytes=45_000)
    for name in "abc":
        await keep.put("jobs", name, kept(noise(10_000, name)))
        await keep.flush()
    await keep.put("places", "a", kept(noise(10_000, "places")))
    await keep.put("jobs", "a", kept(noise(10_000, "a"), minutes=-600))
    await keep.flush()
    await keep.put("jobs", "d", kept(noise(10_000, "d")))
    await keep.flush()
    there = {name for name in "abcd" if await keep.get("jobs", name)}
    # `a` was fetched again, even though a clock that was set back says that it is the oldest.
    assert there == {"a", "c", "d"}
    assert await keep.get("places", "a")


async def test_all_sources_together_stay_within_the_bound_on_the_disk(begin, path):
    keep = begin(max_bytes=1_000_000)
    for number in range(100):
        await keep.put(f"source{number % 9}", "all", kept(noise(40_000, number)))
        await keep.put(f"source{number % 9}", str(number), kept(b"small"))
        assert await keep.flush()
        assert path.stat().st_size < 1_000_000 + 64 * 4096
    assert await keep.get(f"source{99 % 9}", "all") == kept(noise(40_000, 99))
    await keep.aclose()
    files = sum(file.stat().st_size for file in path.parent.iterdir())
    assert files < 1_000_000 + 64 * 4096


async def test_a_smaller_bound_than_before_is_kept_from_the_start(begin, path):
    large = begin()
    for number in range(20):
        await large.put("jobs", str(number), kept(noise(50_000, number)))
    await large.aclose()
    assert path.stat().st_size > 1_000_000
    small = begin(max_bytes=200_000)
    assert await small.get("jobs", "19") == kept(noise(50_000, 19))
    assert await small.get("jobs", "0") is None
    await small.aclose()
    assert path.stat().st_size < 200_000 + 64 * 4096


@pytest.mark.parametrize("bound", ["max_bytes", "max_source_bytes", "max_entry_bytes"])
async def test_what_is_larger_than_a_bound_is_not_kept_and_takes_nothing_away(begin, bound):
    keep = begin(**{bound: 100_000})
    await keep.put("jobs", "small", kept(b"small"))
    await keep.put("jobs", "large", kept(noise(100_000)))
    assert await keep.flush()
    assert await keep.get("jobs", "small") == kept(b"small")
    assert await keep.get("jobs", "large") is None


async def test_what_waits_to_be_written_is_bounded(begin, path):
    path.parent.write_text("not a folder")
    keep = begin(max_waiting=25_000)
    for name in "abc":
        await keep.put("jobs", name, kept(noise(10_000, name)))
    await keep.put("jobs", "huge", kept(noise(30_000)))
    assert [name for name in ("a", "b", "c", "huge") if await keep.get("jobs", name)] == ["b", "c"]


async def test_what_nobody_needs_later_is_not_kept(begin):
    keep = begin()
    await keep.put("jobs", "all", kept(), keep_for=0)
    assert await keep.get("jobs", "all") is None


async def test_a_moment_without_a_zone_is_refused_and_stops_nothing(begin, caplog):
    keep = begin()
    await keep.put("jobs", "all", Kept(Document(b""), START.replace(tzinfo=None)))
    await keep.put("jobs", "other", kept())
    assert await keep.flush()
    assert await keep.get("jobs", "other") == kept()
    assert events(caplog) == ["keep_refused"]


# --------------------------------------------------------------------------- a file that breaks


@pytest.mark.parametrize(
    "content", [b"no database at all" * 1000, b"SQLite format 3\0" + b"\7" * 9000]
)
async def test_a_damaged_file_is_put_aside_and_a_new_one_begun(begin, path, caplog, content):
    path.parent.mkdir()
    path.write_bytes(content)
    keep = begin()
    assert await keep.get("jobs", "all") is None
    await keep.put("jobs", "all", kept())
    assert await keep.flush()
    assert await begin().get("jobs", "all") == kept()
    assert damaged(path).read_bytes() == content
    assert events(caplog) == ["keep_damaged"]


async def test_a_file_of_another_version_is_put_aside(begin, path):
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    keep = begin()
    await keep.put("jobs", "all", kept())
    assert await keep.flush()
    assert damaged(path).exists()


async def test_a_file_that_is_damaged_while_it_is_used_is_put_aside_by_all_workers(begin, path):
    one, two = begin(), begin()
    for number in range(20):
        await one.put("jobs", str(number), kept(noise(20_000, number)))
    assert await one.flush()
    assert await two.get("jobs", "3") == kept(noise(20_000, 3))
    # Whoever does this is no SQLite: it asks for no lock and tells nobody.
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        file.write(b"\xff" * size)
    await one.put("jobs", "3", kept(b"after", minutes=1))
    await two.put("prices", "all", kept(b"prices"))
    assert await one.flush()
    assert await two.flush()
    for keep in (one, two, begin()):
        assert await keep.get("jobs", "3") == kept(b"after", minutes=1)
        assert await keep.get("prices", "all") == kept(b"prices")
    assert damaged(path).exists()


async def test_a_file_that_is_deleted_while_it_is_used_is_made_again(begin, path):
    one, two = begin(), begin()
    await one.put("jobs", "all", kept())
    assert await one.flush()
    assert await two.get("jobs", "all") == kept()
    for file in path.parent.iterdir():
        file.unlink()
    assert await two.get("jobs", "all") is None
    await two.put("jobs", "all", kept(minutes=1))
    assert await two.flush()
    assert await one.get("jobs", "all") == kept(minutes=1)


async def test_an_entry_that_was_changed_is_not_believed_and_heals(begin, path, caplog):
    keep = begin()
    await keep.put("jobs", "all", kept(b"right"))
    await keep.flush()
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("UPDATE bodies SET packed = ?", (pack(b"wrong"),))
    connection.close()
    assert await keep.get("jobs", "all") is None
    assert events(caplog) == ["keep_entry_damaged"]
    await keep.put("jobs", "all", kept(b"right", minutes=1))
    await keep.flush()
    assert await keep.get("jobs", "all") == kept(b"right", minutes=1)


async def test_a_place_that_cannot_be_written_is_reported_once_and_tried_again(begin, path, caplog):
    path.parent.write_text("not a folder")
    keep = begin()
    assert await keep.get("jobs", "all") is None
    await keep.put("jobs", "all", kept())
    for _ in range(3):
        assert not await keep.flush()
    assert await keep.get("jobs", "all") == kept()
    assert events(caplog) == ["keep_lost"]
    path.parent.unlink()
    async with asyncio.timeout(30):
        while not await keep.flush():
            pass
    assert events(caplog) == ["keep_lost", "keep_returned"]
    assert await begin().get("jobs", "all") == kept()


async def test_closing_does_not_wait_for_a_place_that_cannot_be_written(begin, path):
    path.parent.write_text("not a folder")
    keep = begin(retry_seconds=3600)
    await keep.put("jobs", "all", kept())
    assert not await keep.flush()
    async with asyncio.timeout(4):
        await keep.aclose()
    await keep.aclose()
    await keep.put("jobs", "late", kept())
    assert await keep.get("jobs", "late") is None


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights")
def test_in_a_folder_that_is_read_only_memory_serves():
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o555)
        with child(READ_ONLY, f"{folder}/keep.db") as process:
            _, words = process.communicate(timeout=120)
        Path(folder).chmod(0o755)
        assert not list(Path(folder).iterdir())
    assert (process.returncode, words) == (0, "keep_lost\n")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limits")
async def test_a_full_disk_is_survived(begin, path):
    with child(DISK_FULL, path) as process:
        _, words = process.communicate(timeout=120)
    assert (process.returncode, words) == (0, "keep_lost\nkeep_returned\n")
    assert await begin().get("jobs", "large") == kept(noise(600_000), minutes=1)


async def test_the_file_is_for_the_gateways_own_user(begin, path):
    keep = begin()
    await keep.put("jobs", "all", kept())
    await keep.flush()
    for file in path.parent.glob("keep.db*"):
        if not file.name.endswith(".lock"):
            assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0, file


async def test_no_address_can_be_read_from_the_file(begin, path, caplog):
    caplog.set_level(logging.DEBUG)
    keep = begin()
    await keep.put("jobs", "GET https://upstream.example/?phone=0811", kept())
    await keep.aclose()
    assert b"upstream.example" not in path.read_bytes()
