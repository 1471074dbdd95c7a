"""`gtfs load`: a feed serves after it was loaded, and nothing changes when it cannot be."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from catalog import bindings
from catalog.gtfs import load_gtfs, summary
from catalog.loading import load_city
from catalog.pack import Pack
from catalog.tables import rejected_rows
from connectors.kinds.gtfs.faults import FeedFault
from connectors.kinds.sql import Database, open_engine
from connectors.ports.common import SourceQuality
from connectors.ports.connectors import ConnectorKind
from connectors.store import search
from connectors.store.base import metadata
from connectors.store.transit import StoreTransit
from connectors.store.transit_tables import ALL, stop_times
from tests.feeds import PLAIN, at, board_of, feed, times, told, window, zipped

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.fixture
async def engine(database_url):
    engine = open_engine(database_url)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    yield engine
    await engine.dispose()


async def line_of(engine, key):
    async with engine.connect() as connection:
        return {line.key: line for line, _ in await bindings.stored(connection)}.get(key)


async def departures(engine, key="kota"):
    source = StoreTransit(key, Database(engine))
    board = await board_of(source, ("A", "B", "C"), window(at("2026-11-23 06:00")))
    return told(board)


async def rows_of(engine):
    async with engine.connect() as connection:
        return [await connection.scalar(select(func.count()).select_from(table)) for table in ALL]


async def test_a_feed_from_a_zip_serves_under_its_key(engine, tmp_path):
    texts = feed({"attributions": "organization_name,is_producer\nDinas,1\n"})
    report = await load_gtfs(engine, zipped(tmp_path / "f.zip", texts), "kota", now=NOW)
    assert report.counts["transit_stop_times"] == 3
    assert report.valid_until == date(2026, 12, 31)
    assert next(iter(summary(report))) == "kota: loaded, valid until 2026-12-31"
    line = await line_of(engine, "kota")
    assert (line.kind, line.serves, line.system) == (
        ConnectorKind.GTFS, ("transit",), "store.transit",
    )  # fmt: skip
    assert line.quality is SourceQuality.PUBLISHED
    assert line.licence.attribution == "Dinas"
    assert await departures(engine) == ["Mon 06:00:00 R T A", "Mon 06:11:00 R T B"]
    async with engine.connect() as connection:
        titles = await connection.scalars(
            select(search.documents.c.local_id).order_by(search.documents.c.local_id)
        )
        assert list(titles) == ["A", "B", "C", "R"]


async def test_a_feed_from_a_folder_takes_the_place_of_the_old_one(engine, tmp_path):
    await load_gtfs(engine, zipped(tmp_path / "f.zip", PLAIN), "kota", now=NOW)
    folder = tmp_path / "feed"
    folder.mkdir()
    for name, text in feed({"stop_times": times("T,07:00:00,A,1", "T,07:30:00,B,2")}).items():
        (folder / name).write_text(text)
    await load_gtfs(engine, folder, "kota", now=NOW)
    assert await departures(engine) == ["Mon 07:00:00 R T A"]
    assert (await line_of(engine, "kota")).version == 2


BROKEN = {
    "reference": ({"stop_times": times("T,06:00:00,A,1", "T,06:10:00,Z,2")},
                  "stop_times.txt", 3, "stop_id"),
    "twice-call": ({"stop_times": times("T,06:00:00,A,1", "T,06:10:00,B,2", "T,06:20:00,C,2")},
                   "stop_times.txt", 4, "stop_sequence"),
    "twice-call-written-otherwise": (
        {"stop_times": times("T,06:00:00,A,1", "T,06:10:00,B,2", "T,06:20:00,C,02")},
        "stop_times.txt", 4, "stop_sequence"),
    "twice-date": ({"calendar_dates": "service_id,date,exception_type\n"
                    "D,20261123,1\nD,20261123,2\n"}, "calendar_dates.txt", 3, "date"),
    "twice-block": ({"frequencies": "trip_id,start_time,end_time,headway_secs\n"
                     "T,06:00:00,07:00:00,600\nT,6:00:00,08:00:00,600\n"},
                    "frequencies.txt", 3, "start_time"),
    "back-in-time": ({"stop_times": times("T,06:00:00,A,1", "T,06:30:00,B,2", "T,06:20:00,C,3")},
                     "stop_times.txt", 4, "arrival_time"),
    "back-in-time-between": (
        {"stop_times": times("T,06:30:00,A,1", "T,,B,2", "T,06:20:00,C,3")},
        "stop_times.txt", 3, "arrival_time"),
    "no-last-time": ({"stop_times": times("T,06:00:00,A,1", "T,06:05:00,B,2", "T,,C,3")},
                     "stop_times.txt", 4, "departure_time"),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "file", "line", "field"), BROKEN.values(), ids=list(BROKEN))
async def test_a_broken_feed_changes_nothing(engine, tmp_path, changes, file, line, field):
    await load_gtfs(engine, zipped(tmp_path / "good.zip", PLAIN), "kota", now=NOW)
    before = await rows_of(engine)
    with pytest.raises(FeedFault) as caught:
        await load_gtfs(engine, zipped(tmp_path / "bad.zip", feed(changes)), "kota", now=NOW)
    assert (caught.value.file, caught.value.line, caught.value.field) == (file, line, field)
    assert await rows_of(engine) == before
    assert await departures(engine) == ["Mon 06:00:00 R T A", "Mon 06:11:00 R T B"]
    assert (await line_of(engine, "kota")).version == 1


async def test_a_broken_feed_of_a_new_key_leaves_nothing_behind(engine, tmp_path):
    broken = feed({"stop_times": times("T,06:00:00,A,1", "T,06:10:00,Z,2")})
    with pytest.raises(FeedFault):
        await load_gtfs(engine, zipped(tmp_path / "bad.zip", broken), "kota", now=NOW)
    assert set(await rows_of(engine)) == {0}
    assert await line_of(engine, "kota") is None


async def test_what_was_left_out_stands_in_the_report_of_rejected_rows(engine, tmp_path):
    odd = feed({"routes": "route_id,route_short_name,route_type,route_color\nR,1,1100,biru\n"})
    report = await load_gtfs(engine, zipped(tmp_path / "f.zip", odd), "kota", now=NOW)
    assert report.remark_count == 2
    async with engine.connect() as connection:
        found = await connection.execute(
            select(rejected_rows.c.file, rejected_rows.c.row, rejected_rows.c.field)
            .where(rejected_rows.c.source == "kota", rejected_rows.c.kept)
            .order_by(rejected_rows.c.field)
        )
        assert [tuple(row) for row in found] == [
            ("routes.txt", 2, "route_color"), ("routes.txt", 2, "route_type"),
        ]  # fmt: skip
    await load_gtfs(engine, zipped(tmp_path / "g.zip", PLAIN), "kota", now=NOW)
    async with engine.connect() as connection:
        count = select(func.count()).select_from(rejected_rows)
        assert await connection.scalar(count) == 0


async def test_feeds_of_two_keys_do_not_touch_each_other(engine, tmp_path):
    await load_gtfs(engine, zipped(tmp_path / "a.zip", PLAIN), "kota", now=NOW)
    other = feed({"stop_times": times("T,08:00:00,A,1", "T,08:30:00,B,2")})
    await load_gtfs(engine, zipped(tmp_path / "b.zip", other), "lain", now=NOW)
    assert await departures(engine) == ["Mon 06:00:00 R T A", "Mon 06:11:00 R T B"]
    assert await departures(engine, "lain") == []


async def test_a_key_that_is_none_or_belongs_to_another_system_is_refused(engine, tmp_path):
    path = zipped(tmp_path / "f.zip", PLAIN)
    for key in ("", "Kota Baru", "a:b", "x" * 65):
        with pytest.raises(ValueError, match="small letters"):
            await load_gtfs(engine, path, key, now=NOW)
    await load_city(engine, Pack.of("kota_tangerang"), now=NOW, samples=False)
    with pytest.raises(ValueError, match="no timetable"):
        await load_gtfs(engine, path, "opd", now=NOW)


async def test_an_added_feed_stays_when_the_city_is_loaded_again(engine, tmp_path):
    pack = Pack.of("kota_tangerang")
    await load_city(engine, pack, now=NOW, samples=False)
    path = zipped(tmp_path / "f.zip", PLAIN)
    await load_gtfs(engine, path, "kota", now=NOW)
    await load_gtfs(engine, path, "krl", now=NOW)
    await load_city(engine, pack, now=NOW, samples=False)
    for key in ("kota", "krl"):
        assert bindings.ADDED in (await line_of(engine, key)).options
        assert await departures(engine, key) == ["Mon 06:00:00 R T A", "Mon 06:11:00 R T B"]
    assert (await line_of(engine, "tayo")).quality is SourceQuality.ESTIMATED
    async with engine.connect() as connection:
        found = await connection.scalars(
            select(search.documents.c.local_id)
            .where(search.documents.c.source == "kota")
            .order_by(search.documents.c.local_id)
        )
        assert list(found) == ["A", "B", "C", "R"]


async def test_a_feed_larger_than_a_batch_is_loaded_whole(engine, tmp_path):
    calls = [f"T{trip},{6 + stop:02}:00:00,{'ABC'[stop]},{stop}"
             for trip in range(1500) for stop in (0, 1, 2)]  # fmt: skip
    calls = [call.replace(",07:00:00,", ",,") for call in calls]
    big = feed({
        "trips": "route_id,service_id,trip_id\n"
        + "".join(f"R,D,T{trip}\n" for trip in range(1500)),
        "stop_times": times(*calls),
    })  # fmt: skip
    await load_gtfs(engine, zipped(tmp_path / "big.zip", big), "kota", now=NOW)
    async with engine.connect() as connection:
        middle = await connection.execute(
            select(func.count(), func.min(stop_times.c.departure), func.max(stop_times.c.departure))
            .where(stop_times.c.stop == "B")
        )  # fmt: skip
        assert tuple(middle.one()) == (1500, 7 * 3600, 7 * 3600)
