"""`panelharga.prices`: today's prices of the National Food Agency (Bapanas), by region."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from connectors.base import Tools
from connectors.errors import Unreadable
from connectors.kinds.collection import Collected, Part, each, origins
from connectors.kinds.panelharga import PanelRow, read_panel
from connectors.memory.price_rows import amount_of
from connectors.memory.prices import MemoryPriceFeed
from connectors.ports.connectors import Binding
from connectors.ports.prices import PriceLevel
from connectors.systems.prices.observed import Naming, Observation, naming, part
from connectors.systems.prices.regions import Region, read_texts, regions, with_query
from connectors.upkeep.documents import Document, Request, Stamp

LEVELS = {1: PriceLevel.PRODUCER, 2: PriceLevel.WHOLESALE, 3: PriceLevel.CONSUMER}
OPTIONS = {"regions", "level", "commodities", "units"}
ZONE = ZoneInfo("Asia/Jakarta")


async def open_prices(binding: Binding, tools: Tools) -> Collected:
    """Prices of today and of the day before. Raises ValueError when an option is wrong."""
    said = binding.options
    url, headers = read_texts(said, OPTIONS)
    level, names, places = _level(said), naming(said), regions(said)
    upkeep = tools.upkeep
    asked = [
        (
            Request(with_query(url, _query(region, level)), headers=headers),
            reader(binding, region, LEVELS[level], names),
        )
        for region in places
    ]

    async def gather() -> Sequence[Part[Any]]:
        return await each([upkeep.get(request, read) for request, read in asked])

    return Collected(binding.key, gather, MemoryPriceFeed)


def reader(
    binding: Binding, region: Region, level: PriceLevel, names: Naming
) -> Callable[[Document, Stamp], Part[Any]]:
    """What makes prices of the list of a region."""

    def read(document: Document, stamp: Stamp) -> Part[Any]:
        rows, rejected = read_panel(document, stamp.fetched_at.astimezone(ZONE).date())
        found: list[Observation] = []
        for row in rows:
            try:
                found += _observed(row, region, level)
            except ValueError as error:
                rejected.append((row.row, f"price: {error}"))
        if rejected and not found:
            raise Unreadable(f"none of {len(rejected)} rows could be read: {rejected[0][1]}")
        return part(found, rejected, names, origins(binding, stamp))

    return read


def _observed(row: PanelRow, region: Region, level: PriceLevel) -> list[Observation]:
    """The price of the day, and that of the day before, where it is known which day that was."""
    today, before = amount_of(row.today), amount_of(row.yesterday)
    day = Observation(
        commodity=row.name,
        date=row.date,
        price=today,
        unit=row.unit,
        area=region.area,
        level=level,
        previous=before,
        previous_date=row.yesterday_date,
        estimated=region.area is None,
        row=row.row,
    )
    if row.yesterday_date is None:
        return [day]
    return [
        day,
        Observation(
            commodity=row.name,
            date=row.yesterday_date,
            price=before,
            unit=row.unit,
            area=region.area,
            level=level,
            estimated=region.area is None,
            row=row.row,
        ),
    ]


def _query(region: Region, level: int) -> dict[str, str]:
    return {"province_id": region.province, "city_id": region.city, "level_harga_id": str(level)}


def _level(said: Mapping[str, Any]) -> int:
    level = said.get("level", 3)
    if isinstance(level, bool) or level not in LEVELS:
        there = ", ".join(f"{n} ({one.value})" for n, one in LEVELS.items())
        raise ValueError(f"`level` must be one of {there}")
    return int(level)
