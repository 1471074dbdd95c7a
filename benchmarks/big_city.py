"""A city far larger than ours, for measuring: its rows multiplied, and a made-up feed of timetables.

    python benchmarks/big_city.py FOLDER [--size N] [--calls N] [--database URL]

makes the city under FOLDER (N complaints, N places, N / 2 jobs, N / 5 events, 2 N prices, N calls)
unless it is there, and asks it every question of `questions.py`. FOLDER is not cleaned up.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from sqlalchemy import insert, select, text  # noqa: E402 - after the path
from sqlalchemy.ext.asyncio import AsyncConnection  # noqa: E402

from benchmarks import questions  # noqa: E402
from benchmarks.start import resident  # noqa: E402
from catalog.everything import metadata  # noqa: E402
from connectors.kinds.sql import open_engine  # noqa: E402
from connectors.ports import geometry  # noqa: E402
from connectors.ports.common import GeoPoint, Money, Origin, ScopedId, SourceQuality  # noqa: E402
from connectors.ports.prices import Price, PriceLevel  # noqa: E402
from connectors.store.prices import price_values, series_values  # noqa: E402
from gateway.lifespan import prepare  # noqa: E402
from gateway.settings import Settings  # noqa: E402

BATCH = 5_000
FEED = "kota-besar"
STOPS = 1_500
CALLS_PER_TRIP = 25

Row = dict[str, Any]


def settings_of(folder: Path, database: str = "") -> Settings:
    """The gateway over the big city."""
    return Settings.of({"DATA_DIR": str(folder), "DATABASE_URL": database})


async def build(settings: Settings, size: int) -> None:
    """Multiply what the data pack and its samples have."""
    engine = open_engine(settings.database_address)
    try:
        async with engine.begin() as connection:
            await _complaints(connection, size)
            await _places(connection, size)
            await _jobs(connection, size // 2)
            await _events(connection, size // 5)
            await _prices(connection, size * 2)
            if engine.dialect.name == "sqlite":
                await connection.execute(
                    text("INSERT INTO search_words(search_words) VALUES ('rebuild')")
                )
    finally:
        await engine.dispose()


async def _base(connection: AsyncConnection, table: str) -> list[Row]:
    rows = await connection.execute(select(metadata.tables[table]))
    return [row._asdict() for row in rows]


async def _put(connection: AsyncConnection, table: str, rows: Iterable[Row]) -> None:
    began, count, batch = time.monotonic(), 0, []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            await connection.execute(insert(metadata.tables[table]), batch)
            count, batch = count + len(batch), []
    if batch:
        await connection.execute(insert(metadata.tables[table]), batch)
    print(f"  {count + len(batch):>9,} {table} in {time.monotonic() - began:.0f} s")


def _copies(base: list[Row], size: int, change: Callable[[Row, int], Row]) -> Iterator[Row]:
    """Copies of all rows until there are so many; `change` says what a copy has of its own."""
    for number in range(1, max(size // max(len(base), 1), 1)):
        for row in base:
            copy = {**row, **change(row, number)}
            copy["local_id"] = f"{row['local_id']}-{number}"
            yield copy


def _moved(row: Row, chance: random.Random) -> Row:
    """Somewhere else within a few kilometres."""
    if row.get("lat") is None:
        return {}
    lat, lng = row["lat"] + chance.uniform(-0.05, 0.05), row["lng"] + chance.uniform(-0.05, 0.05)
    x, y, z = geometry.unit_vector(GeoPoint(lat, lng))
    return {"lat": lat, "lng": lng, "x": x, "y": y, "z": z}


def _earlier(row: Row, span: timedelta) -> Row:
    return {
        name: value - span
        for name, value in row.items()
        if isinstance(value, datetime) and name not in {"as_of", "fetched_at", "indexed_at"}
    }


async def _documents(connection: AsyncConnection, kind: str, size: int) -> None:
    chance = random.Random(kind)
    base = [row for row in await _base(connection, "search_documents") if row["type"] == kind]
    rows = _copies(base, size, lambda row, _: _moved(row, chance))
    await _put(
        connection,
        "search_documents",
        ({name: value for name, value in row.items() if name != "id"} for row in rows),
    )


async def _complaints(connection: AsyncConnection, size: int) -> None:
    base = await _base(connection, "complaints")
    chance = random.Random("complaints")
    copies = size // len(base)
    step = timedelta(days=1800 / max(copies, 1))

    def change(row: Row, number: int) -> Row:
        own: Row = {"tracking_id": f"{row['tracking_id']}-{number}", "duplicate_of": None}
        if number % 10 == 0:
            own["due_at"] = None  # nobody promised when
        return {**_moved(row, chance), **_earlier(row, step * number), **own}

    await _put(connection, "complaints", _copies(base, size, change))
    for table in ("complaint_events", "complaint_comments", "complaint_media"):

        def child(row: Row, number: int) -> Row:
            parents = {
                name: f"{row[name]}-{number}"
                for name in ("complaint", "event", "comment")
                if row.get(name) is not None
            }
            return {**_earlier(row, step * number), **parents}

        rows = await _base(connection, table)
        await _put(connection, table, _copies(rows, copies * len(rows), child))
    await _documents(connection, "COMPLAINT", size)


async def _places(connection: AsyncConnection, size: int) -> None:
    chance = random.Random("places")
    base = await _base(connection, "places")

    def change(row: Row, number: int) -> Row:
        return {**_moved(row, chance), "sort_name": f"{row['sort_name']} {number}"}

    await _put(connection, "places", _copies(base, size, change))
    await _documents(connection, "PLACE", size)


async def _jobs(connection: AsyncConnection, size: int) -> None:
    chance = random.Random("jobs")
    base = await _base(connection, "jobs")
    copies = size // len(base)
    step = timedelta(days=720 / max(copies, 1))
    await _put(
        connection,
        "jobs",
        _copies(base, size, lambda row, n: {**_moved(row, chance), **_earlier(row, step * n)}),
    )
    words = await _base(connection, "job_words")
    await _put(connection, "job_words", _copies(words, copies * len(words), lambda _r, _n: {}))


async def _events(connection: AsyncConnection, size: int) -> None:
    chance = random.Random("events")
    base = await _base(connection, "events")
    copies = size // len(base)
    step = timedelta(days=720 / max(copies, 1))

    def change(row: Row, number: int) -> Row:
        return {**_moved(row, chance), **_earlier(row, step * number - timedelta(days=60))}

    await _put(connection, "events", _copies(base, size, change))
    for table in ("event_occurrences", "event_categories"):
        rows = await _base(connection, table)
        await _put(connection, table, _copies(rows, copies * len(rows), change))


async def _prices(connection: AsyncConnection, size: int) -> None:
    commodities = await _base(connection, "commodities")
    source = commodities[0]["source"]
    mine = [row["local_id"] for row in commodities if row["source"] == source]
    markets = [ScopedId("pasar", f"pasar-{number}") for number in range(20)]
    days = max(size // (len(mine) * len(markets)), 1)
    chance, today = random.Random("prices"), date(2026, 11, 20)

    def price(commodity: str, market: ScopedId, day: date) -> Price:
        local = f"{commodity}-{market.local}-{day}"
        moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
        return Price(
            Origin(source, local, moment, moment, SourceQuality.PUBLISHED),
            ScopedId(source, commodity),
            day,
            "kg",
            market=market,
            level=PriceLevel.RETAIL_TRADITIONAL,
            price=Money(Decimal(chance.randrange(10_000, 90_000, 500)), "IDR"),
        )

    def everything() -> Iterator[Price]:
        for back in range(days):
            for commodity in mine:
                for market in markets:
                    yield price(commodity, market, today - timedelta(days=back))

    series = [price(commodity, market, today) for commodity in mine for market in markets]
    await _put(connection, "price_series", map(series_values, series))
    await _put(connection, "prices", map(price_values, everything()))


# ------------------------------------------------------------------------------- timetables


def write_feed(path: Path, calls: int) -> None:
    """A valid GTFS feed with about so many rows in stop_times.txt."""
    trips = max(calls // CALLS_PER_TRIP, 2)
    lines = 100
    chance = random.Random("feed")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(
            "agency.txt",
            "agency_name,agency_url,agency_timezone\nBesar,https://besar.test,Asia/Jakarta\n",
        )
        made.writestr(
            "stops.txt",
            "stop_id,stop_name,stop_lat,stop_lon\n"
            + "".join(
                f"S{n},Halte {n},{-6.25 + chance.random() * 0.15:.5f},"
                f"{106.56 + chance.random() * 0.2:.5f}\n"
                for n in range(STOPS)
            ),
        )
        made.writestr(
            "routes.txt",
            "route_id,route_short_name,route_type\n"
            + "".join(f"R{n},{n},3\n" for n in range(lines)),
        )
        made.writestr(
            "calendar.txt",
            "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
            "W,1,1,1,1,1,0,0,20260101,20271231\nE,0,0,0,0,0,1,1,20260101,20271231\n",
        )
        with made.open("trips.txt", "w") as file:
            file.write(b"route_id,service_id,trip_id,trip_headsign\n")
            for trip in range(trips):
                service = "W" if (trip // lines) % 2 else "E"
                file.write(f"R{trip % lines},{service},T{trip},Ujung {trip % 7}\n".encode())
        with made.open("stop_times.txt", "w") as file:
            file.write(b"trip_id,arrival_time,departure_time,stop_id,stop_sequence\n")
            for trip in range(trips):
                leaves = 4 * 3600 + (trip // lines) * (19 * 3600) // max(trips // lines, 1)
                for call in range(CALLS_PER_TRIP):
                    at = leaves + call * 150
                    clock = f"{at // 3600:02}:{at // 60 % 60:02}:{at % 60:02}"
                    stop = ((trip % lines) * 37 + call) % STOPS
                    file.write(f"T{trip},{clock},{clock},S{stop},{call + 1}\n".encode())


def load_feed(folder: Path, settings: Settings, calls: int) -> tuple[float, float]:
    """Load the feed by the command; seconds it took, and MiB of memory it needed at most."""
    path = folder / "feed.zip"
    write_feed(path, calls)
    command = [sys.executable, "-m", "gateway", "gtfs", "load", str(path.resolve()), "--key", FEED]
    environment: Mapping[str, str] = {
        **os.environ,
        "DATA_DIR": str(settings.data_dir.resolve()),
        "DATABASE_URL": settings.database_url,
    }
    began, peak = time.monotonic(), 0.0
    loading = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    while loading.poll() is None:
        peak = max(peak, resident(loading.pid, "VmHWM"))
        time.sleep(0.05)
    if loading.returncode:
        raise SystemExit("the feed was not loaded")
    return time.monotonic() - began, peak


# ------------------------------------------------------------------------------- the command


def main() -> None:
    """Build, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument("--database", default="")
    parser.add_argument("--plans", action="store_true", help="print suspicious query plans")
    parser.add_argument("--only", default="", help="questions whose name matches this")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    settings = settings_of(asked.folder, asked.database)
    asyncio.run(prepare(settings))
    made = asked.folder / "made"
    if not made.exists():
        seconds, peak = load_feed(asked.folder, settings, asked.calls)
        print(f"  {asked.calls:>9,} calls of a feed in {seconds:.0f} s, {peak:.0f} MiB at most")
        asyncio.run(build(settings, asked.size))
        made.touch()
    asyncio.run(questions.ask_all(settings, plans=asked.plans, only=asked.only))


if __name__ == "__main__":
    main()
