"""Staple prices (harga bahan pokok): commodities, the markets they are sold in, what was observed."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Protocol

from connectors.ports.common import (
    Address,
    GeoPoint,
    Media,
    Money,
    Order,
    Origin,
    Page,
    ScopedId,
    Slice,
    Source,
    Text,
    Where,
)


class PriceLevel(Enum):
    """At which step of trade a price is paid."""

    PRODUCER = "PRODUCER"
    WHOLESALE = "WHOLESALE"
    RETAIL_TRADITIONAL = "RETAIL_TRADITIONAL"
    RETAIL_MODERN = "RETAIL_MODERN"
    CONSUMER = "CONSUMER"


class Trend(Enum):
    """Which way a price went since the one before."""

    UP = "UP"
    DOWN = "DOWN"
    FLAT = "FLAT"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Commodity:
    """One staple, as one source names and measures it."""

    origin: Origin
    name: Text
    unit: str
    """kg, L, piece ...: see `connectors.memory.price_rows.unit_of`; other words stay as printed."""
    aliases: tuple[str, ...] = ()
    """Other names the source's own prices are printed under."""
    parent: str | None = None
    """Local id, in the same source, of the group it belongs to."""
    icon: Media | None = None
    position: int = 0
    """Its place in the source's own list."""


@dataclass(frozen=True, slots=True)
class Market:
    """One market (pasar)."""

    origin: Origin
    name: str
    level: PriceLevel | None = None
    """None when nobody stated it."""
    point: GeoPoint | None = None
    area: str | None = None
    """Code of the kelurahan, or of the kecamatan where only that is known."""
    address: Address | None = None


@dataclass(frozen=True, slots=True)
class Price:
    """What one commodity cost in one market, or on average in one area, on one day.

    An amount is None when nobody reported it; it is never 0.
    """

    origin: Origin
    commodity: ScopedId
    """A commodity the same source knows."""
    date: dt.date
    unit: str
    market: ScopedId | None = None
    """None for an average over an area."""
    area: str | None = None
    """None where the price holds for no area of this city, such as a national average."""
    level: PriceLevel | None = None
    price: Money | None = None
    previous: Money | None = None
    previous_date: dt.date | None = None
    """None also when the source stated the price before without its date."""
    low: Money | None = None
    high: Money | None = None
    ceiling: Money | None = None
    """The highest price allowed (HET) or advised (HAP)."""
    estimated: bool = False

    @property
    def change(self) -> Money | None:
        """The price less the one before."""
        if self.price is None or self.previous is None:
            return None
        if self.price.currency != self.previous.currency:
            return None
        return Money(self.price.amount - self.previous.amount, self.price.currency)

    @property
    def change_percent(self) -> float | None:
        """The change in hundredths of the price before, to two decimals."""
        change = self.change
        if change is None or self.previous is None or not self.previous.amount:
            return None
        return round(float(change.amount * 100 / self.previous.amount), 2)

    @property
    def trend(self) -> Trend:
        """Which way it went; UNKNOWN unless both prices are there."""
        change = self.change
        if change is None:
            return Trend.UNKNOWN
        if change.amount == Decimal(0):
            return Trend.FLAT
        return Trend.UP if change.amount > 0 else Trend.DOWN

    @property
    def above_ceiling(self) -> bool | None:
        """Whether it is above the ceiling; None unless both are there."""
        if self.price is None or self.ceiling is None:
            return None
        return self.price.amount > self.ceiling.amount


def series_of(price: Price) -> str:
    """What is observed again and again: the same commodity, market, area, level and unit."""
    level = price.level.value if price.level else None
    told = (str(price.commodity), str(price.market), price.area, level, price.unit)
    return hashlib.blake2b(repr(told).encode(), digest_size=12).hexdigest()


def exact(amount: Decimal) -> Decimal:
    """The same amount in plain digits without needless zeros, as every source gives it."""
    return amount.quantize(Decimal(1)) if amount == amount.to_integral() else amount.normalize()


def name_sort(market: Market) -> str:
    """What markets are sorted by: the name, letter case and outer space aside."""
    return market.name.strip().casefold()


@dataclass(frozen=True, slots=True)
class PriceCriteria:
    """Which prices are wanted; an empty tuple or None does not narrow.

    With `since` or `until` (both included): every observation of those days. Without: of each
    series its latest observation, on or before the day `on`.
    """

    commodities: tuple[ScopedId, ...] = ()
    markets: tuple[ScopedId, ...] = ()
    area: str | None = None
    """The area with this code and all within."""
    level: PriceLevel | None = None
    on: dt.date | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    above_ceiling: bool | None = None
    """Only prices above (True) or not above (False) a known ceiling."""

    @property
    def latest_only(self) -> bool:
        """Whether one observation per series is wanted."""
        return self.since is None and self.until is None


@dataclass(frozen=True, slots=True)
class MarketCriteria:
    """Which markets are wanted."""

    where: Where | None = None


class MarketOrderField(Enum):
    NAME = "NAME"
    DISTANCE = "DISTANCE"
    """From the order's origin; markets without a point come last."""


class PriceSource(Source, Protocol):
    """A system that knows commodities and their prices. Raises ConnectorError when it cannot."""

    async def commodities_by_id(self, ids: Sequence[str]) -> Sequence[Commodity | None]:
        """Commodities in the order of the ids, None where unknown."""
        ...

    async def find_commodities(self, words: Sequence[str]) -> Sequence[Commodity]:
        """All commodities, or those with every word in a name or alias; by position, then id.

        Words come casefolded; a part of a name is enough.
        """
        ...

    async def find_prices(self, criteria: PriceCriteria, page: Page) -> Slice[Price]:
        """A page of prices by date; each has its commodity in `commodities_by_id`.

        `previous` is what the source itself stated; else the last price reported on an earlier
        day of the same series, however far back, also when that day is not asked for.
        """
        ...

    async def prices_by_commodity_id(
        self, ids: Sequence[str], criteria: PriceCriteria, limit: int
    ) -> Sequence[Sequence[Price]]:
        """Prices of each commodity, newest first, then by id; none for an unknown commodity.

        Not more than `limit` in all: who gets `limit` may lack some.
        """
        ...


class MarketSource(Source, Protocol):
    """A system that knows markets. Raises ConnectorError when it cannot answer."""

    async def markets_by_id(self, ids: Sequence[str]) -> Sequence[Market | None]:
        """Markets in the order of the ids, None where unknown."""
        ...

    async def find_markets(
        self, criteria: MarketCriteria, order: Order[MarketOrderField], page: Page
    ) -> Slice[Market]:
        """A page of markets by name (case aside) or by distance."""
        ...

    async def count_markets(self, criteria: MarketCriteria) -> int:
        """How many `find_markets` would give in all."""
        ...
