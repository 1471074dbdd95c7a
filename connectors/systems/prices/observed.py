"""Observations of any list of prices become the same records, under the same ids."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from connectors.kinds.collection import Part
from connectors.memory.price_rows import NOT_STATED, slug, unit_of
from connectors.ports.common import GeoPoint, Money, Origin, ScopedId, Text
from connectors.ports.prices import Commodity, Market, Price, PriceLevel
from connectors.systems.prices.staples import Staple, plain, staple_of

NATIONAL = "nasional"
"""In the place of a code: the average of the whole country, which holds for no area."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One price as a list states it: names and units as printed."""

    commodity: str
    date: dt.date
    price: Decimal | None
    """None when nobody reported one."""
    unit: str | None = None
    commodity_id: str | None = None
    """The list's own, where the city wants it."""
    group: str | None = None
    """The name of the group it stands in."""
    market: str | None = None
    market_id: str | None = None
    point: GeoPoint | None = None
    """Of the market."""
    area: str | None = None
    level: PriceLevel | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    ceiling: Decimal | None = None
    previous: Decimal | None = None
    previous_date: dt.date | None = None
    currency: str = "IDR"
    estimated: bool = False
    row: Any = None
    """As it came, for the report."""


@dataclass(frozen=True, slots=True)
class Naming:
    """How a city wants commodities named and measured."""

    commodities: Mapping[str, str]
    """Plain printed names and the local ids they get."""
    units: Mapping[str, str]
    """Local ids of commodities and their unit, where a list states none."""


def naming(said: Mapping[str, Any]) -> Naming:
    """The options `commodities` and `units`. Raises ValueError."""
    found = {}
    for name in ("commodities", "units"):
        table = said.get(name, {})
        if not isinstance(table, Mapping) or not all(
            isinstance(value, str) and value.strip() for value in table.values()
        ):
            raise ValueError(f"`{name}` must be a table of texts")
        found[name] = {str(key): value.strip() for key, value in table.items()}
    return Naming(
        {plain(key): value for key, value in found["commodities"].items()}, found["units"]
    )


def part(
    observations: Iterable[Observation],
    refused: Iterable[tuple[Any, str]],
    names: Naming,
    origin: Callable[[str], Origin],
) -> Part[Any]:
    """The prices, and the commodities and markets they name.

    Nothing is averaged: of two prices for the same goods, place, level, unit and day the first
    counts and the other is refused.
    """
    rejected = list(refused)
    commodities: dict[str, _Commodity] = {}
    groups: dict[str, str] = {}
    markets: dict[str, Market] = {}
    prices: dict[str, Price] = {}
    for one in observations:
        try:
            staple = staple_of(one.commodity, names.commodities)
            local = one.commodity_id or staple.slug
            market = (one.market_id or slug(one.market)) if one.market else one.market_id
        except ValueError as error:
            rejected.append((one.row, f"price: name {error}"))
            continue
        unit = _unit(one, local, staple, names)
        place = market or one.area or NATIONAL
        level = one.level.value.lower() if one.level else "any"
        key = f"{one.date.isoformat()}.{place}.{level}.{local}.{unit.replace(' ', '-')}"
        if len(key) > 255:
            rejected.append((one.row, "price: its names are too long"))
            continue
        if key in prices:
            rejected.append((one.row, f"price: {key!r} stands in an earlier row"))
            continue
        made = origin(key)
        prices[key] = Price(
            origin=made,
            commodity=ScopedId(made.connector, local),
            date=one.date,
            unit=unit,
            market=ScopedId(made.connector, market) if market else None,
            area=one.area,
            level=one.level,
            price=_money(one.price, one.currency),
            previous=_money(one.previous, one.currency),
            previous_date=one.previous_date if one.previous else None,
            low=_money(one.low, one.currency),
            high=_money(one.high, one.currency),
            ceiling=_money(one.ceiling, one.currency),
            estimated=one.estimated,
        )
        known = commodities.setdefault(local, _Commodity(staple, unit, len(commodities)))
        known.printed[one.commodity] = None
        if one.group:
            known.group = known.group or staple_of(one.group, names.commodities).slug
            groups.setdefault(staple_of(one.group, names.commodities).slug, one.group)
        if market and market not in markets:
            markets[market] = Market(
                origin(market), one.market or market, one.level, point=one.point, area=one.area
            )
    records = [*prices.values(), *(k.record(i, origin, groups) for i, k in commodities.items())]
    for position, (local, name) in enumerate(groups.items()):
        if local not in commodities:
            records.append(
                Commodity(origin(local), _name(name, None), NOT_STATED, position=position)
            )
    return Part([*records, *markets.values()], rejected, len(prices))


class _Commodity:
    def __init__(self, staple: Staple, unit: str, position: int) -> None:
        self.staple = staple
        self.unit = unit
        self.position = position
        self.printed: dict[str, None] = {}
        self.group: str | None = None

    def record(
        self, local: str, origin: Callable[[str], Origin], groups: Mapping[str, str]
    ) -> Commodity:
        staple = self.staple
        names = dict.fromkeys((*staple.spellings, *self.printed))
        parent = self.group if self.group in groups and self.group != local else None
        return Commodity(
            origin=origin(local),
            name=_name(staple.name, staple.english),
            unit=self.unit,
            aliases=tuple(name for name in names if name != staple.name),
            parent=parent,
            position=self.position,
        )


def _unit(one: Observation, local: str, staple: Staple, names: Naming) -> str:
    stated = unit_of(one.unit)
    if stated != NOT_STATED:
        return stated
    return names.units.get(local) or staple.unit or NOT_STATED


def _money(amount: Decimal | None, currency: str) -> Money | None:
    return None if amount is None else Money(amount, currency)


def _name(indonesian: str, english: str | None) -> Text:
    return Text({"id": indonesian, "en": english} if english else {"id": indonesian})
