"""`gtfs load`: a feed goes into the timetable tables, all of it or nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from catalog import bindings, tables
from catalog.loaded import alone, weigh
from catalog.pack import KelurahanIndex
from connectors.kinds.gtfs.feed import Feed
from connectors.kinds.gtfs.files import Limits, opened
from connectors.kinds.gtfs.records import FeedInfo
from connectors.ports.areas import AreaLevel
from connectors.ports.common import GeoPoint, Licence, Origin, SourceQuality, Text, TriState
from connectors.ports.connectors import Binding, Capability, ConnectorKind, SearchType
from connectors.store import search
from connectors.store.areas import areas
from connectors.store.transit_documents import documents
from connectors.store.transit_load import Plan, Report, load_feed

log = logging.getLogger(__name__)

SYSTEM = "store.transit"


# ------------------------------------------------------------------------------- the command


async def load_gtfs(
    engine: AsyncEngine,
    path: Path,
    key: str,
    *,
    now: datetime,
    quality: SourceQuality = SourceQuality.PUBLISHED,
    limits: Limits | None = None,
) -> Report:
    """Load the feed at `path`, a folder or a zip, as the source `key`, in one transaction.

    The catalogue line is made, or updated when there is one; the source answers after the next
    start or reload. Raises FeedFault, naming file, line and field, when the feed is broken, and
    ValueError when the key is no key or belongs to another kind of source; then nothing changed.
    """
    if bindings.KEY.fullmatch(key) is None:
        message = f"the key {key[:80]!r} must be small letters, digits and dashes: trans-city"
        raise ValueError(message)
    with opened(path, limits) as files:
        async with alone(engine) as connection:
            known = {binding.key: binding for binding, _ in await bindings.stored(connection)}
            old = known.get(key)
            if old is not None and old.system != SYSTEM:
                raise ValueError(f"the key {key!r} belongs to a source that is no timetable")
            reader = Feed(files)
            info = await asyncio.to_thread(reader.info)
            line = _line(old, key, path, info, quality)
            plan = Plan(key, _origins(line, now), locate=await _locator(connection))
            report = await load_feed(connection, files, plan)
            await _keep(connection, line, new=old is None, position=len(known))
            found = await documents(connection, key)
            await search.index(connection, found, now=now, sources=[key])
            await weigh(connection)
            await _remark(connection, report)
    log.info("feed_loaded", extra={"source": key, "remarks": report.remark_count})
    return report


def _line(
    old: Binding | None, key: str, path: Path, info: FeedInfo, quality: SourceQuality
) -> Binding:
    credit = "; ".join(info.attributions) or info.publisher
    licence = Licence(None, credit, TriState.UNKNOWN) if credit else None
    options = {**(old.options if old else {}), bindings.ADDED: "gtfs load", "feed": path.name}
    publisher = info.publisher or key
    name = Text({"id": f"Jadwal {publisher}", "en": f"Timetable of {publisher}"})
    if old is not None:
        # What the old line said about its own feed need not be true of this one.
        return replace(
            old, name=name, options=options, quality=quality, licence=licence, coverage=(),
            version=old.version + 1,
        )  # fmt: skip
    return Binding(
        key=key,
        name=name,
        kind=ConnectorKind.GTFS,
        serves=("transit",),
        system=SYSTEM,
        domain=(SearchType.STOP, SearchType.LINE),
        options=options,
        quality=quality,
        licence=licence,
        capabilities=(Capability.LIST, Capability.GET, Capability.NEAR, Capability.SEARCH),
    )


async def _keep(connection: AsyncConnection, line: Binding, *, new: bool, position: int) -> None:
    if new:
        await connection.execute(
            insert(tables.sources).values(
                key=line.key, position=position, binding=bindings.written(line), enabled=True
            )
        )
    else:
        await connection.execute(
            update(tables.sources)
            .where(tables.sources.c.key == line.key)
            .values(binding=bindings.written(line))
        )


async def _remark(connection: AsyncConnection, report: Report) -> None:
    """Put what was left out into the report of rejected rows."""
    rejected = tables.rejected_rows
    await connection.execute(delete(rejected).where(rejected.c.source == report.key))
    if report.remarks:
        await connection.execute(
            insert(rejected),
            [
                {
                    "source": report.key, "file": one.file, "row": one.line, "field": one.field,
                    "reason": one.reason, "kept": one.kept,
                }
                for one in report.remarks
            ],
        )  # fmt: skip


def _origins(line: Binding, now: datetime) -> Callable[[str], Origin]:
    def origin(local_id: str) -> Origin:
        return Origin(line.key, local_id, now, now, line.quality, licence=line.licence)

    return origin


async def _locator(connection: AsyncConnection) -> Callable[[GeoPoint | None], str | None]:
    """Which kelurahan a point is in, by the areas the city has loaded."""
    rows = await connection.execute(
        select(areas.c.local_id, areas.c.boundary).where(
            areas.c.level == AreaLevel.KELURAHAN.value, areas.c.boundary.is_not(None)
        )
    )
    features = [{"properties": {"code": row.local_id}, "geometry": row.boundary} for row in rows]
    return KelurahanIndex({"features": features}).at


def summary(report: Report) -> Iterable[str]:
    """A report as lines for the one who typed the command."""
    until = report.valid_until.isoformat() if report.valid_until else "no stated end"
    yield f"{report.key}: loaded, valid until {until}"
    for name, count in report.counts.items():
        yield f"  {name.removeprefix('transit_')}: {count}"
    for remark in report.remarks[:20]:
        place = f"{remark.file}, line {remark.line}" + (f", {remark.field}" if remark.field else "")
        what = "value left out" if remark.kept else "row left out"
        yield f"  {what}: {place}: {remark.reason}"
    if report.remark_count > 20:
        yield f"  ... {report.remark_count - 20} more remarks"
