"""Small GTFS feeds for tests: a plain valid one, in which a test replaces what it is about."""

from __future__ import annotations

import zipfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from connectors.kinds.gtfs.feed import Feed
from connectors.kinds.gtfs.files import MemoryFiles
from connectors.kinds.sql import Database, open_engine
from connectors.memory.transit import MemoryTransit
from connectors.ports.common import Origin, SourceQuality
from connectors.ports.transit import Board, BoardCriteria, TransitSource
from connectors.store.base import metadata
from connectors.store.transit import StoreTransit
from connectors.store.transit_load import Plan, Report, load_feed

LOADED = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
JAKARTA = ZoneInfo("Asia/Jakarta")

PLAIN: dict[str, str] = {
    "agency.txt": "agency_name,agency_url,agency_timezone\nKota,https://kota.test,Asia/Jakarta\n",
    "stops.txt": "stop_id,stop_name,stop_lat,stop_lon\n"
    "A,Alun,-6.170,106.630\nB,Benteng,-6.171,106.640\nC,Cimone,-6.172,106.650\n",
    "routes.txt": "route_id,route_short_name,route_type\nR,1,3\n",
    "trips.txt": "route_id,service_id,trip_id,trip_headsign\nR,D,T,Cimone\n",
    "stop_times.txt": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    "T,06:00:00,06:00:00,A,1\nT,06:10:00,06:11:00,B,2\nT,06:20:00,06:20:00,C,3\n",
    "calendar.txt": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,"
    "start_date,end_date\nD,1,1,1,1,1,1,1,20260101,20261231\n",
}
"""One line, one trip at 06:00 every day of 2026, in Jakarta."""


def feed(changes: Mapping[str, str | None] | None = None) -> dict[str, str]:
    """The plain feed with files (named without .txt) replaced, or taken away by None."""
    made = dict(PLAIN)
    for name, text in (changes or {}).items():
        if text is None:
            made.pop(f"{name}.txt", None)
        else:
            made[f"{name}.txt"] = text
    return made


def times(*lines: str, columns: str = "") -> str:
    """A stop_times.txt of rows `trip,time,stop,sequence[,more]`, arriving when they leave."""
    header = "trip_id,arrival_time,departure_time,stop_id,stop_sequence" + (
        f",{columns}" if columns else ""
    )
    body = []
    for line in lines:
        trip, time, *rest = line.split(",")
        body.append(",".join((trip, time, time, *rest)))
    return "\n".join((header, *body)) + "\n"


def zipped(path: Path, texts: Mapping[str, str | bytes], folder: str = "") -> Path:
    """The feed as a zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in texts.items():
            made.writestr(f"{folder}{name}", text)
    return path


def origin(local_id: str, key: str = "kota") -> Origin:
    """The origin of a record of a test's feed."""
    return Origin(key, local_id, LOADED, LOADED, SourceQuality.PUBLISHED)


def in_memory(texts: Mapping[str, str], key: str = "kota") -> MemoryTransit:
    """The feed as a source in memory."""
    return MemoryTransit(key, Feed(MemoryFiles(texts)), lambda local: origin(local, key))


async def loaded(
    database: Database, texts: Mapping[str, str], key: str = "kota"
) -> tuple[StoreTransit, Report]:
    """The feed loaded into the store, and the report of the load."""
    async with database.engine.begin() as connection:
        plan = Plan(key, lambda local: origin(local, key))
        report = await load_feed(connection, MemoryFiles(texts), plan)
    return StoreTransit(key, database), report


@asynccontextmanager
async def opened_store(url: str) -> AsyncIterator[Database]:
    """A database with all tables, empty."""
    engine = open_engine(url)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
        yield Database(engine)
    finally:
        await engine.dispose()


def at(text: str, zone: ZoneInfo = JAKARTA) -> datetime:
    """A moment in the feed's zone: `2026-11-23 06:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def window(start: datetime, hours: float = 2, first: int = 100) -> BoardCriteria:
    """A board from a moment on."""
    return BoardCriteria(start, start + timedelta(hours=hours), first)


async def board_of(source: TransitSource, stops: tuple[str, ...], criteria: BoardCriteria) -> Board:
    """The one board of some stops."""
    (found,) = await source.boards([stops], criteria)
    return found


def told(board: Board, zone: ZoneInfo = JAKARTA) -> list[str]:
    """A board as `time line trip stop`, to be read by people."""
    return [
        f"{one.leaves_at.astimezone(zone):%a %H:%M:%S} {one.line.local} {one.trip.local} "
        f"{one.stop.local}"
        for one in board.departures
    ]


MONDAY = date(2026, 11, 23)
