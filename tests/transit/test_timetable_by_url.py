"""A timetable at an address: kept fresh, swapped at once, and kept when the new one is no good."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors import registry
from connectors.errors import ConnectorError, TimedOut, Unreadable
from connectors.kinds.gtfs.kept import KeptFeeds
from connectors.kinds.web.client import open_web
from connectors.ports.common import Page
from connectors.ports.connectors import Binding, ConnectorKind
from connectors.ports.search import SearchCriteria
from connectors.switchboard import Source, Switchboard
from connectors.systems.gtfs_url import AGAIN, read_options
from connectors.testing.transit import TransitSourcePromises
from connectors.upkeep.documents import Answer, Request
from connectors.upkeep.keep import Keep, MemoryKeep
from connectors.upkeep.upkeep import Services
from resolvers import boards
from resolvers.context import Context
from tests.builders import binding, tools
from tests.feeds import at, board_of, feed, times, told, window
from tests.kinds.peer import open_peer
from tests.transit.realtime import call, message, seconds, update
from tests.upstream import MovedClock, SaidWeb

URL = "https://bus.example/gtfs.zip"
ABOUT = window(at("2026-11-23 06:00"))


def written(path: Path) -> None:
    """A file, with something in it."""
    path.write_text("x")


def packed(texts: Mapping[str, str]) -> bytes:
    """A feed as the bytes of a zip."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in texts.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return made.getvalue()


def later(minute: int) -> bytes:
    """The plain feed, whose trip leaves so many minutes after six."""
    return packed(
        feed({"stop_times": times(f"T,06:{minute:02}:00,A,1", f"T,06:{minute + 9:02}:00,B,2")})
    )


class Publisher:
    """Publishes a feed at an address, as publishers do: with an ETag."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.etag = '"1"'
        self.failure: ConnectorError | None = None
        self.web = SaidWeb(self._answer)
        self.sent = 0
        """How often the whole feed was sent."""

    def publish(self, body: bytes) -> None:
        """Put a new feed in the place of the old one."""
        self.body = body
        self.etag = f'"{int(self.etag.strip(chr(34))) + 1}"'

    def _answer(self, request: Request) -> Answer | ConnectorError:
        if self.failure is not None:
            return self.failure
        if request.headers.get("If-None-Match") == self.etag:
            return Answer(304, {})
        self.sent += 1
        return Answer(
            200,
            {
                "content-type": "application/zip", "etag": self.etag,
                "last-modified": "Sun, 22 Nov 2026 10:00:00 GMT",
            },
            self.body,
        )  # fmt: skip


class Rider:
    """Somebody who looks at the board again and again, at a gateway that may be started anew."""

    def __init__(self, folder: Path, publisher: Publisher) -> None:
        self.folder = folder
        self.publisher = publisher
        self.clock = MovedClock()
        self.keep: Keep = MemoryKeep()
        self.source: Source[Any] | None = None
        self._opened: list[Source[Any]] = []

    def line(self, **changes: Any) -> Binding:
        made: dict[str, Any] = {
            "kind": ConnectorKind.GTFS, "serves": ("transit", "search"), "system": "gtfs.url",
            "options": {"url": URL}, **changes,
        }  # fmt: skip
        return binding("bus", **made)

    async def start(self, **changes: Any) -> Source[Any]:
        """Start the gateway, and wait until it has looked for the feed."""
        line = self.line(**changes)
        services = Services(self.publisher.web, clock=self.clock, keep=self.keep)
        made = tools(services=services, folder=self.folder, now=self.clock.now)
        upkeep = registry.upkeep_of(line, made)
        connector = await registry.open_source(line, replace(made, own=upkeep))
        await connector._warming
        self.source = Source(line, connector, upkeep)
        self._opened.append(self.source)
        return self.source

    async def stop(self) -> None:
        for source in self._opened:
            if source.upkeep is not None:
                await source.upkeep.aclose()
            if source.connector is not None:
                await source.connector.aclose()
        self._opened.clear()

    async def looks(self) -> list[str]:
        """The board of stop A."""
        assert self.source is not None
        return told(await self.source.ask(lambda it: board_of(it, ("A",), ABOUT)))

    async def settled(self) -> None:
        """Wait until what was begun behind is done."""
        assert self.source is not None
        assert self.source.upkeep is not None
        await asyncio.gather(*self.source.upkeep._flights)

    def files(self) -> list[str]:
        return sorted(path.suffix for path in (self.folder / "timetables" / "bus").iterdir())


@pytest.fixture
async def rider(tmp_path):
    made = Rider(tmp_path, Publisher(later(0)))
    yield made
    await made.stop()


# ------------------------------------------------------------------------------- fresh


async def test_a_feed_at_an_address_is_a_timetable_and_can_be_searched(rider):
    source = await rider.start()
    assert await rider.looks() == ["Mon 06:00:00 R T A"]
    (stop,) = await source.ask(lambda it: it.stops_by_id(["A"]))
    assert stop.origin.connector == "bus"
    # It was true when it was published, and known when it was fetched.
    assert stop.origin.as_of == datetime(2026, 11, 22, 10, tzinfo=UTC)
    assert stop.origin.fetched_at == rider.clock.now()
    found = await source.ask(lambda it: it.find(SearchCriteria("alun"), Page(5)))
    assert [str(hit.record.id) for hit in found.hits] == ["bus:A"]
    assert source.health().records_total == 3 + 1 + 1


async def test_while_it_is_fresh_nobody_asks_the_publisher(rider):
    await rider.start()
    for _ in range(3):
        rider.clock.move(1000)
        await rider.looks()
    assert len(rider.publisher.web.asked) == 1


async def test_a_feed_that_did_not_change_is_neither_sent_nor_loaded_again(rider):
    await rider.start()
    rider.clock.move(3700)
    await rider.looks()
    await rider.settled()
    assert len(rider.publisher.web.asked) == 2
    assert rider.publisher.sent == 1
    # It was found true now, so nobody asks for another hour.
    rider.clock.move(3500)
    await rider.looks()
    assert len(rider.publisher.web.asked) == 2


async def test_a_new_feed_is_put_in_the_place_of_the_old_while_boards_keep_answering(rider):
    await rider.start()
    rider.publisher.publish(later(5))
    rider.clock.move(3700)
    before = await rider.looks()
    # The one who comes first still sees the old one; the new one is loaded behind.
    assert before == ["Mon 06:00:00 R T A"]
    while not (found := await rider.looks())[0].startswith("Mon 06:05"):
        assert found == before
    assert await rider.looks() == ["Mon 06:05:00 R T A"]


async def test_feed_and_realtime_come_over_the_web(tmp_path):
    told = message()
    update(told, "T", call(1, 60))
    now = datetime.fromtimestamp(seconds("06:00"), UTC)
    async with open_peer() as peer:
        timetable = peer.says("/gtfs.zip", later(0), headers={"content-type": "application/zip"})
        trips = peer.says("/rt.pb", told.SerializeToString(), headers={"content-type": "text/html"})
        web = open_web()
        services = Services(web, clock=MovedClock(now), private_hosts=frozenset({"127.0.0.1"}))
        made = tools(services=services, folder=tmp_path, now=lambda: now)
        lines = [
            binding("bus", serves=("transit",), system="gtfs.url", options={"url": timetable}),
            binding("kini", serves=("trip_updates",), system="gtfs_rt.trips",
                    options={"url": trips, "timetable": "bus"}),
        ]  # fmt: skip
        opened = [await registry.open_source(line, made) for line in lines]
        sources = [Source[Any](line, one) for line, one in zip(lines, opened, strict=True)]
        await opened[0]._warming
        (stop,) = await sources[0].ask(lambda it: it.stops_by_id(["A"]))
        asked = Context(switchboard=Switchboard(sources, registry.PORTS), now=lambda: now)
        board = await boards.from_stops(asked, [stop], now, timedelta(hours=1), first=9)
        assert board is not None
        assert [(one.leaves_at, one.delay) for one in board.departures] == [
            (now + timedelta(minutes=1), timedelta(minutes=1))
        ]
        await opened[0].aclose()
        await web.aclose()


# ------------------------------------------------------------------------------- no good


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"PK\x03\x04 half a zip", "zip"),
        (packed({"agency.txt": "a\n"}), "refused"),
        (packed(feed({"stop_times": "trip_id\nT\n"})), "stop_times.txt"),
        (packed(feed({"trips": "route_id,service_id,trip_id\n"})), "refused"),
        (packed(feed({"stop_times": times("T,06:20:00,A,1", "T,06:10:00,B,2")})), "stop_times"),
        (b"<!doctype html><title>Masuk</title>", "web page"),
    ],
)
async def test_a_new_feed_that_is_broken_is_refused_and_the_old_one_stays(rider, body, reason):
    source = await rider.start()
    rider.publisher.publish(body)
    rider.clock.move(3700)
    await rider.looks()
    await rider.settled()
    rider.clock.move(3600 * 7)
    assert await rider.looks() == ["Mon 06:00:00 R T A"]
    answered = await source.answer(lambda it: board_of(it, ("A",), ABOUT))
    assert isinstance(answered.trouble, Unreadable)
    assert reason in str(answered.trouble)
    assert source.health().last_error == "Unreadable"
    assert set(rider.files()) <= {".db", ".db-shm", ".db-wal", ""}


async def test_a_feed_that_was_refused_is_not_loaded_again_and_again(rider):
    source = await rider.start()
    rider.publisher.publish(packed(feed({"stop_times": "trip_id\nT\n"})))
    rider.clock.move(3700)
    for _ in range(20):
        await rider.looks()
        await rider.settled()
        rider.clock.move(10)
    assert rider.publisher.sent == 2
    rider.clock.move(AGAIN)
    await rider.looks()
    await rider.settled()
    assert rider.publisher.sent == 3
    rider.publisher.publish(later(7))
    rider.clock.move(AGAIN)
    await rider.looks()
    await rider.settled()
    assert await rider.looks() == ["Mon 06:07:00 R T A"]
    assert (await source.answer(lambda it: board_of(it, ("A",), ABOUT))).trouble is None


def many(number: int) -> bytes:
    """A feed of so many trips."""
    trips = "".join(f"R,D,t{n:03},\n" for n in range(number))
    calls = (
        row for n in range(number) for row in (f"t{n:03},06:00:00,A,1", f"t{n:03},06:10:00,B,2")
    )
    return packed(
        feed({
            "trips": "route_id,service_id,trip_id,trip_headsign\n" + trips,
            "stop_times": times(*calls),
        })
    )  # fmt: skip


async def test_a_feed_that_lost_most_of_its_trips_is_refused_unless_the_line_allows_it(rider):
    rider.publisher.body = many(10)
    await rider.start()
    rider.publisher.publish(many(4))
    rider.clock.move(3700)
    await rider.looks()
    await rider.settled()
    assert len(await rider.looks()) == 10
    await rider.start(options={"url": URL, "least_share": 0.3})
    rider.clock.move(3700)
    await rider.looks()
    await rider.settled()
    assert len(await rider.looks()) == 4


async def test_a_feed_that_has_ended_does_not_replace_one_that_has_not(rider):
    ended = feed()["calendar.txt"].replace("20261231", "20261031")
    await rider.start()
    rider.publisher.publish(packed(feed({"calendar": ended})))
    rider.clock.move(3700)
    await rider.looks()
    await rider.settled()
    assert await rider.looks() == ["Mon 06:00:00 R T A"]


async def test_without_any_good_feed_the_source_says_why(rider):
    rider.publisher.body = packed({"agency.txt": "a\n"})
    source = await rider.start()
    with pytest.raises(Unreadable):
        await rider.looks()
    assert source.health().last_error == "Unreadable"


async def test_nobody_waits_long_for_the_very_first_feed(rider):
    source = await rider.start()
    assert source.upkeep is not None
    slow = Rider(rider.folder / "slow", rider.publisher)
    slow.publisher.failure = TimedOut("slow")
    other = await slow.start()
    with pytest.raises(TimedOut):
        await other.ask(lambda it: it.stops_by_id(["A"]))
    await slow.stop()


# ------------------------------------------------------------------------------- starts


async def test_after_a_start_the_kept_feed_answers_though_the_publisher_is_away(rider):
    await rider.start()
    await rider.stop()
    rider.publisher.failure = TimedOut("away")
    rider.clock.move(3600 * 30)
    source = await rider.start()
    answered = await source.answer(lambda it: board_of(it, ("A",), ABOUT))
    assert told(answered.value) == ["Mon 06:00:00 R T A"]
    assert isinstance(answered.trouble, TimedOut)


async def test_after_a_start_a_feed_whose_file_is_gone_is_fetched_again(rider):
    await rider.start()
    await rider.stop()
    for path in (rider.folder / "timetables" / "bus").glob("*.db*"):
        path.unlink()
    await rider.start()
    assert await rider.looks() == ["Mon 06:00:00 R T A"]
    assert rider.publisher.sent == 2


async def test_of_several_workers_one_loads_and_the_others_find_what_it_made(rider):
    await rider.start()
    made = next((rider.folder / "timetables" / "bus").glob("*.db"))
    born = made.stat().st_ino
    second = Rider(rider.folder, rider.publisher)
    await second.start()
    assert await second.looks() == await rider.looks()
    assert [path.stat().st_ino for path in made.parent.glob("*.db")] == [born]
    await second.stop()


async def test_only_one_makes_a_file_and_who_waited_finds_it(tmp_path):
    going, waited = asyncio.Event(), asyncio.Event()
    made: list[str] = []

    async def sleep(_seconds: float) -> None:
        waited.set()
        await asyncio.sleep(0)

    async def slowly(part: Path) -> None:
        made.append(part.name)
        await waited.wait()
        written(part)
        going.set()

    first, second = KeptFeeds(tmp_path, sleep), KeptFeeds(tmp_path, sleep)
    paths = await asyncio.gather(first.made("a", slowly), second.made("a", slowly))
    assert list(paths) == [tmp_path / "a.db"] * 2
    assert made == ["a.part"]


async def test_old_files_go_and_a_file_that_could_not_be_made_leaves_nothing(tmp_path):
    kept = KeptFeeds(tmp_path, MovedClock().sleep)

    async def write(part: Path) -> None:
        written(part)

    async def fail(part: Path) -> None:
        written(part)
        raise ValueError("no")

    for name in "abcde":
        await kept.made(name, write)
    assert sorted(path.name for path in tmp_path.glob("*.db")) == ["c.db", "d.db", "e.db"]
    with pytest.raises(ValueError, match="no"):
        await kept.made("f", fail)
    assert not list(tmp_path.glob("f*"))


async def test_what_a_load_left_that_was_ended_in_the_middle_goes_with_the_next_one(tmp_path):
    for name in ("old.part", "old.part-wal", "old.part-journal", "old.zip"):
        written(tmp_path / name)

    async def write(part: Path) -> None:
        written(part)

    await KeptFeeds(tmp_path, MovedClock().sleep).made("new", write)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lock", "new.db"]


# ------------------------------------------------------------------------------- the line


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({}, "`url`"),
        ({"url": "file:///x"}, "`url`"),
        ({"url": URL, "modus": {}}, "unknown option 'modus'"),
        ({"url": URL, "modes": {"R": "ROCKET"}}, "`modes`"),
        ({"url": URL, "headers": {"a": 1}}, "`headers`"),
        ({"url": URL, "least_share": 2}, "`least_share`"),
    ],
)
def test_options_of_a_feed_that_are_wrong_say_what_they_take(options, fault):
    with pytest.raises(ValueError, match=fault):
        read_options(options)


def test_a_feed_has_more_time_and_room_than_other_documents():
    line = binding("bus", system="gtfs.url", serves=("transit", "search"))
    policy = registry.upkeep_of(line, tools()).policy
    assert (policy.total_timeout, policy.max_bytes, policy.fresh_for) == (600, 64_000_000, 3600)
    assert policy.keep_for == timedelta(days=14).total_seconds()
    changed = binding("bus", system="gtfs.url", serves=("transit",), upkeep={"fresh_for": "1d"})
    assert registry.upkeep_of(changed, tools()).policy.fresh_for == 86_400


class TestTheTimetableOfAnAddress(TransitSourcePromises):
    @pytest.fixture
    async def source(self, tmp_path):
        rider = Rider(tmp_path, Publisher(later(0)))
        yield (await rider.start()).connector
        await rider.stop()

    @pytest.fixture
    def start(self):
        return at("2026-11-23 06:00")

    @pytest.fixture
    def day(self):
        return date(2026, 11, 23)
