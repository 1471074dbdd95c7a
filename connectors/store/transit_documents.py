"""What makes the stops and lines of a timetable findable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from connectors.ports.common import ScopedId, Text, must_text
from connectors.ports.connectors import SearchType
from connectors.ports.search import Document
from connectors.ports.transit import TransitMode
from connectors.store import transit_tables as store
from connectors.store.base import point_of


async def documents(connection: AsyncConnection, key: str) -> list[Document]:
    """What makes the stops and lines of a feed findable."""
    lines = (
        await connection.execute(
            select(store.lines, store.operators.c.name.label("of"))
            .join(
                store.operators,
                (store.operators.c.source == store.lines.c.source)
                & (store.operators.c.local_id == store.lines.c.operator),
            )
            .where(store.lines.c.source == key)
            .order_by(store.lines.c.local_id)
        )
    ).all()
    calling = store.stop_lines.c
    modes: dict[str, list[Text]] = {}
    for row in await connection.execute(
        select(calling.stop, calling.mode)
        .where(calling.source == key)
        .distinct()
        .order_by(calling.stop, calling.mode)
    ):
        modes.setdefault(row.stop, []).extend(_mode_words(row.mode))
    stops = await connection.execute(
        select(store.stops).where(store.stops.c.source == key).order_by(store.stops.c.local_id)
    )
    found = [
        Document(
            SearchType.STOP, ScopedId(key, row.local_id), row.name,
            (row.code, *modes.get(row.local_id, ())), point_of(row), row.area,
        )
        for row in stops
    ]  # fmt: skip
    return found + [
        Document(
            SearchType.LINE, ScopedId(key, row.local_id), _line_title(row),
            (row.of, *_mode_words(row.mode)),
        )
        for row in lines
    ]  # fmt: skip


_MODE_WORDS: Mapping[TransitMode, Text] = {
    TransitMode.BUS: must_text("bus", "bus"),
    TransitMode.BRT: must_text("bus, busway", "bus, bus rapid transit"),
    TransitMode.MINIBUS: must_text("angkot, bus kecil", "minibus"),
    TransitMode.RAIL: must_text("kereta api, KRL", "train, rail"),
    TransitMode.AIRPORT_RAIL: must_text("kereta bandara", "airport train"),
    TransitMode.METRO: must_text("kereta, MRT", "metro, train"),
    TransitMode.LIGHT_RAIL: must_text("kereta, LRT, trem", "light rail, tram, train"),
    TransitMode.FERRY: must_text("kapal, feri", "ferry, boat"),
    TransitMode.TOURIST_BUS: must_text("bus wisata", "tourist bus"),
}
"""What people call what runs there; a timetable says it by a number."""


def _mode_words(mode: str) -> tuple[Text, ...]:
    words = _MODE_WORDS.get(TransitMode(mode))
    return (words,) if words else ()


def _line_title(row: Any) -> Text:
    """Short and long name together, in every language the long one has."""
    if row.long_name is None:
        return Text({"und": row.short_name})
    if row.short_name is None:
        return row.long_name  # type: ignore[no-any-return]
    return Text({lang: f"{row.short_name} {text}" for lang, text in row.long_name})
