"""Loads timetables: the pack's GTFS folders, with coordinates of unknown licence laid over them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select, update

from catalog.gtfs import SYSTEM
from catalog.pack import CsvRow
from connectors.kinds.gtfs.files import LaidOver, opened
from connectors.kinds.gtfs.tables import rows
from connectors.ports.common import Licence, Origin, TriState
from connectors.ports.transit import TransitMode
from connectors.store import search
from connectors.store.base import point_of
from connectors.store.transit_documents import documents
from connectors.store.transit_load import Plan, load_feed
from connectors.store.transit_tables import stops

if TYPE_CHECKING:
    from catalog.loading import Load
    from connectors.kinds.gtfs.files import Files
    from connectors.ports.connectors import Binding

UNLICENSED = Licence(
    None, "Community-made stop coordinates (public student project)", TriState.UNKNOWN
)
"""What stops stand under whose position comes from the file of unknown licence."""


async def load(load: Load) -> None:
    """Put every timetable of the pack into the store, and make its stops and lines findable.

    A source whose feed was replaced by `gtfs load` keeps what it has; where its stops lie is
    looked up anew, for the command may have come before the areas.
    """
    for line in load.bindings.values():
        feed = line.options.get("feed")
        if line.system == SYSTEM and line.key in load.added:
            await _relocate(load, line.key)
            continue
        if line.system != SYSTEM or feed is None:
            continue
        await _load(load, line, str(feed))
        for document in await documents(load.connection, line.key):
            load.index(document)


async def _relocate(load: Load, key: str) -> None:
    rows = await load.connection.execute(select(stops).where(stops.c.source == key))
    moved = [
        {"of_stop": row.local_id, "found": found}
        for row in rows
        if (found := load.pack.kelurahan.at(point_of(row))) != row.area
    ]
    if not moved:
        return
    await load.connection.execute(
        update(stops)
        .where(stops.c.source == key, stops.c.local_id == bindparam("of_stop"))
        .values(area=bindparam("found")),
        moved,
    )
    new = await documents(load.connection, key)
    await search.index(load.connection, new, now=load.now, sources=[key])


async def _load(load: Load, line: Binding, feed: str) -> None:
    points = line.options.get("coordinates")
    shown = points is not None and load.unlicensed_coordinates
    modes = line.options.get("modes", {})
    plan = Plan(
        line.key,
        _origin(load, line.key, None),
        stop_origin=_origin(load, line.key, UNLICENSED if shown else None),
        locate=load.pack.kelurahan.at,
        modes={route: TransitMode(mode) for route, mode in modes.items()},
        points_needed=points is None,
    )
    with opened(load.pack.folder / feed) as files:
        laid: Files = files
        if points is not None:
            laid = LaidOver(files, _above(load, files, str(points), shown=shown))
        report = await load_feed(load.connection, laid, plan)
    for name, count in report.counts.items():
        load.counts[f"{name}/{line.key}"] = count
    for remark in report.remarks:
        row = CsvRow(f"{feed}/{remark.file}", remark.line, {})
        load.reject(line.key, row, remark.reason, field=remark.field, kept=remark.kept)


def _origin(load: Load, key: str, licence: Licence | None) -> Callable[[str], Origin]:
    def origin(local_id: str) -> Origin:
        return load.origin(key, local_id, licence=licence)

    return origin


def _above(load: Load, files: Files, name: str, *, shown: bool) -> Mapping[str, str | None]:
    """The files of a feed with its coordinates put in, or without the ways drawn from them."""
    folder = "coordinates_unknown_licence"
    if not shown:
        return {
            "shapes.txt": None,
            "trips.txt": _text(files, "trips.txt", lambda row: {**row, "shape_id": ""}),
        }
    points = {
        row.need("stop_id"): {"stop_lat": row.need("stop_lat"), "stop_lon": row.need("stop_lon")}
        for row in load.pack.rows(f"{folder}/stops_{name}.csv")
    }
    nothing = {"stop_lat": "", "stop_lon": ""}
    shapes = load.pack.folder / folder / f"shapes_{name}.csv"
    return {
        "stops.txt": _text(
            files, "stops.txt", lambda row: {**row, **points.get(row["stop_id"], nothing)}
        ),
        "shapes.txt": shapes.read_text(encoding="utf-8"),
    }


def _text(files: Files, name: str, change: Callable[[Mapping[str, str]], Mapping[str, str]]) -> str:
    """A file of a feed with every row changed."""
    changed = [
        change({column: row.text(column) or "" for column in row.columns})
        for row in rows(files, name)
    ]
    made = io.StringIO()
    writer = csv.DictWriter(made, list(changed[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(changed)
    return made.getvalue()
