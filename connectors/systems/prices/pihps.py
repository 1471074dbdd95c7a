"""`pihps.prices`: the price grid of Bank Indonesia, one question per region."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from connectors.base import Tools
from connectors.errors import Unreadable
from connectors.kinds.collection import Collected, Part, each, origins
from connectors.kinds.pihps import Grid, read_grid
from connectors.memory.price_rows import amount_of
from connectors.memory.prices import MemoryPriceFeed
from connectors.ports.connectors import Binding
from connectors.ports.prices import PriceLevel
from connectors.systems.prices.observed import Naming, Observation, naming, part
from connectors.systems.prices.regions import Region, read_texts, regions, with_query
from connectors.systems.prices.staples import staple_of
from connectors.upkeep.documents import Document, Request, Stamp

LEVELS = {
    1: PriceLevel.RETAIL_TRADITIONAL,
    2: PriceLevel.RETAIL_MODERN,
    3: PriceLevel.WHOLESALE,
}
BROKEN = {4: "producer", 5: "all"}
"""Price types that PIHPS offers and answers wrongly."""
OPTIONS = {"regions", "price_type", "days", "groups", "comcat", "commodities", "units"}
MOST_DAYS = 92
ZONE = ZoneInfo("Asia/Jakarta")
"""PIHPS's days."""


async def open_prices(binding: Binding, tools: Tools) -> Collected:
    """Prices of a grid. Raises ValueError when an option is wrong; see docs/connect.md."""
    said = binding.options
    url, headers = read_texts(said, OPTIONS)
    level, days, names, places = _type(said), _days(said), naming(said), regions(said)
    groups, comcat = said.get("groups", False), said.get("comcat", "")
    if not isinstance(groups, bool) or not isinstance(comcat, str):
        raise ValueError(  # noqa: TRY004 - as all others
            "`groups` must be true or false, `comcat` must be text"
        )
    upkeep = tools.upkeep
    asked = [
        (region, reader(binding, region, LEVELS[level], names, groups=groups)) for region in places
    ]

    def question(region: Region) -> Request:
        today = upkeep.clock.now().astimezone(ZONE).date()
        query = {
            "price_type_id": str(level),
            "comcat_id": comcat,
            "province_id": region.province,
            "regency_id": region.city,
            "market_id": "",
            "tipe_laporan": "1",
            "start_date": (today - timedelta(days=days - 1)).isoformat(),
            "end_date": today.isoformat(),
        }
        # Without this header it answers with a page.
        return Request(
            with_query(url, query), headers={"X-Requested-With": "XMLHttpRequest", **headers}
        )

    async def gather() -> Sequence[Part[Any]]:
        # The days asked for move on; a key without them lets yesterday's answer stand in.
        return await each(
            [
                upkeep.get(question(region), read, key=f"pihps {level} {comcat} {region.key}")
                for region, read in asked
            ]
        )

    return Collected(binding.key, gather, MemoryPriceFeed)


def reader(
    binding: Binding, region: Region, level: PriceLevel, names: Naming, *, groups: bool
) -> Callable[[Document, Stamp], Part[Any]]:
    """What makes prices of the grid of a region."""

    def read(document: Document, stamp: Stamp) -> Part[Any]:
        grid = read_grid(document)
        rejected = list(grid.refused)
        found = list(_observed(grid, region, level, names, rejected, groups=groups))
        if rejected and not found:
            raise Unreadable(f"none of {len(rejected)} rows could be read: {rejected[0][1]}")
        return part(found, rejected, names, origins(binding, stamp))

    return read


def _observed(
    grid: Grid,
    region: Region,
    level: PriceLevel,
    names: Naming,
    rejected: list[tuple[Any, str]],
    *,
    groups: bool,
) -> Iterator[Observation]:
    items = {
        staple_of(row.name, names.commodities).slug
        for row in grid.rows
        if not row.is_group and any(map(str.isalnum, row.name))
    }
    group: str | None = None
    for row in grid.rows:
        if row.is_group:
            group = row.name if any(map(str.isalnum, row.name)) else None
            alone = group is not None and staple_of(group, names.commodities).slug in items
            if not groups or group is None or alone:
                continue  # the average of what follows
        for day, written in row.cells.items():
            try:
                amount = amount_of(written.strip() if isinstance(written, str) else written)
            except ValueError as error:
                rejected.append(({"name": row.name, str(day): written}, f"price: {day} {error}"))
                continue
            yield Observation(
                commodity=row.name,
                date=day,
                price=amount,
                group=None if row.is_group else group,
                area=region.area,
                level=level,
                # Averages are said to be what they are.
                estimated=row.is_group or region.area is None,
                row={"name": row.name, str(day): written},
            )


def _type(said: Mapping[str, Any]) -> int:
    level = said.get("price_type", 1)
    there = ", ".join(f"{n} ({one.value})" for n, one in LEVELS.items())
    if isinstance(level, int) and level in BROKEN:
        raise ValueError(
            f"`price_type` {level} ({BROKEN[level]}) is answered wrongly by PIHPS; there are {there}"
        )
    if isinstance(level, bool) or level not in LEVELS:
        raise ValueError(f"`price_type` must be one of {there}")
    return int(level)


def _days(said: Mapping[str, Any]) -> int:
    days = said.get("days", 14)
    if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= MOST_DAYS:
        raise ValueError(f"`days` must be a whole number from 1 to {MOST_DAYS}")
    return days
