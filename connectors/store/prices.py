"""Commodities and their prices in the embedded store.

A series is what is observed again and again; it has one row, so that the latest observation of
each is found by as many look-ups in an index as there are series, however long the history is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Date,
    Dialect,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    TypeDecorator,
    and_,
    desc,
    false,
    or_,
    select,
)
from sqlalchemy.sql.selectable import FromClause

from connectors.base import Tools
from connectors.kinds.sql import Database
from connectors.kinds.turns import in_turns
from connectors.ports.common import InArea, Media, MediaRole, Money, Page, ScopedId, Slice
from connectors.ports.connectors import Binding
from connectors.ports.prices import (
    Commodity,
    Price,
    PriceCriteria,
    PriceLevel,
    exact,
    series_of,
)
from connectors.store.base import (
    Words,
    by_code_point,
    in_order,
    located,
    metadata,
    origin_columns,
    origin_of,
    origin_values,
    owned,
    paged,
    rows_of,
    slice_of,
    within_time,
)


class Amount(TypeDecorator[Decimal]):
    """An exact amount of money to four decimals, kept as a whole number that SQL can compare."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy's signature
        if value is None:
            return None
        scaled = value.scaleb(4)
        if scaled != scaled.to_integral():
            raise ValueError(f"an amount with more than four decimals cannot be stored: {value}")
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002 - as above
        return None if value is None else exact(Decimal(value).scaleb(-4))


commodities = Table(
    "commodities",
    metadata,
    *origin_columns(),
    Column("name", Words, nullable=False),
    Column("unit", String(64), nullable=False),
    Column("aliases", JSON, nullable=False),
    Column("parent", String(255)),
    Column("icon", String),
    Column("position", Integer, nullable=False),
    Column("words", String, nullable=False),
)
"""`words` holds all names in one text, casefolded, for finding."""

price_series = Table(
    "price_series",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("series", String(32), primary_key=True),
    Column("commodity", String(255), nullable=False),
    Column("market_source", String(64)),
    Column("market", String(255)),
    Column("area", String(16)),
    Column("level", String(24)),
    Column("unit", String(64), nullable=False),
    Index("ix_price_series_commodity", "source", "commodity"),
)

prices = Table(
    "prices",
    metadata,
    *origin_columns(),
    Column("series", String(32), nullable=False),
    Column("date", Date, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("price", Amount),
    Column("previous", Amount),
    Column("previous_date", Date),
    Column("low", Amount),
    Column("high", Amount),
    Column("ceiling", Amount),
    Column("estimated", Boolean, nullable=False),
    Index("ix_prices_series", "source", "series", "date", "local_id"),
    # Hundreds are of the same day: each direction needs its own order of ids.
    Index("ix_prices_date", "source", "date", "local_id"),
    Index("ix_prices_newest", "source", desc("date"), "local_id"),
)
"""Observations; `previous` only where the source stated it."""


async def open_prices(binding: Binding, tools: Tools) -> StorePrices:
    """The store's commodities and prices as a system, see `connectors.registry`."""
    return StorePrices(binding.key, tools.database, samples=tools.samples_shown)


class StorePrices:
    """A PriceSource over the tables `commodities`, `price_series` and `prices`."""

    def __init__(self, name: str, database: Database, *, samples: bool = True) -> None:
        self.name = name
        self._database = database
        self._samples = samples

    async def commodities_by_id(self, ids: Sequence[str]) -> Sequence[Commodity | None]:
        rows = await self._database.rows(
            select(commodities).where(self._mine(commodities), commodities.c.local_id.in_(ids))
        )
        return in_order(map(_commodity, rows), ids, lambda found: found.origin.local_id)

    async def find_commodities(self, words: Sequence[str]) -> Sequence[Commodity]:
        wanted = [commodities.c.words.contains(word, autoescape=True) for word in words]
        rows = await self._database.rows(
            select(commodities)
            .where(self._mine(commodities), *wanted)
            .order_by(commodities.c.position, by_code_point(commodities.c.local_id))
        )
        return [_commodity(row) for row in rows]

    async def find_prices(self, criteria: PriceCriteria, page: Page) -> Slice[Price]:
        matching = self._matching(criteria)
        ranges = paged(matching, prices, page, prices.c.date, source=self.name)
        falling = page.descending != page.backward

        def told(range_: Select[Any]) -> Select[Any]:
            chosen = range_.limit(page.first + 1).subquery("chosen")
            day, local = chosen.c.date, by_code_point(chosen.c.local_id)
            return self._with_price_before(chosen).order_by(
                day.desc() if falling else day.asc(),
                local.desc() if page.backward else local.asc(),
            )

        rows = await rows_of(self._database, map(told, ranges), page)
        return await slice_of(rows, page, _price)

    async def prices_by_commodity_id(
        self, ids: Sequence[str], criteria: PriceCriteria, limit: int
    ) -> Sequence[Sequence[Price]]:
        chosen = (
            self._matching(criteria, price_series.c.commodity.in_(ids))
            .order_by(prices.c.date.desc(), by_code_point(prices.c.local_id))
            .limit(limit)
            .subquery("chosen")
        )
        rows = await self._database.rows(
            self._with_price_before(chosen).order_by(
                chosen.c.date.desc(), by_code_point(chosen.c.local_id)
            )
        )
        by_commodity: dict[str, list[Price]] = {}
        for row, price in zip(rows, await in_turns(rows, _price), strict=True):
            by_commodity.setdefault(row.commodity, []).append(price)
        return [by_commodity.get(local, []) for local in ids]

    def _mine(self, table: Table) -> ColumnElement[bool]:
        return owned(table, self.name, samples=self._samples)

    def _matching(self, criteria: PriceCriteria, *also: ColumnElement[bool]) -> Select[Any]:
        """Observations with what their series says, in no order."""
        wanted = [*self._wanted_series(criteria), *also]
        series: FromClause = price_series
        if criteria.latest_only:
            # Worked out first: one look-up in the index per series, however many prices.
            newest = self._latest(criteria).label("newest")
            series = (
                select(price_series, newest)
                .where(*wanted)
                .cte("series")
                .prefix_with("MATERIALIZED")
            )
            met = and_(prices.c.source == series.c.source, prices.c.local_id == series.c.newest)
            wanted = []
        else:
            met = and_(prices.c.source == series.c.source, prices.c.series == series.c.series)
        names = ("commodity", "market_source", "market", "area", "level", "unit")
        return (
            select(prices, *(series.c[name] for name in names))
            .select_from(series.join(prices, met))
            .where(self._mine(prices), *wanted, *self._wanted(criteria))
        )

    def _with_price_before(self, chosen: FromClause) -> Select[Any]:
        """The chosen observations with the last price reported on an earlier day of the series."""
        before, earlier = prices.alias("before"), prices.alias("earlier")
        found = (
            select(earlier.c.local_id)
            .where(
                earlier.c.source == chosen.c.source,
                earlier.c.series == chosen.c.series,
                earlier.c.date < chosen.c.date,
                earlier.c.price.is_not(None),
                *self._without_samples(earlier),
            )
            .order_by(earlier.c.date.desc(), by_code_point(earlier.c.local_id).desc())
            .limit(1)
            .correlate(chosen)
            .scalar_subquery()
        )
        is_before = and_(
            before.c.source == chosen.c.source,
            before.c.local_id == found,
            chosen.c.previous.is_(None),
        )
        return select(
            chosen,
            before.c.price.label("before_price"),
            before.c.currency.label("before_currency"),
            before.c.date.label("before_date"),
        ).select_from(chosen.outerjoin(before, is_before))

    def _wanted_series(self, criteria: PriceCriteria) -> list[ColumnElement[bool]]:
        """What holds for a whole series."""
        series = price_series.c
        wanted = [series.source == self.name]
        if criteria.commodities:
            own = [id_.local for id_ in criteria.commodities if id_.source == self.name]
            wanted.append(series.commodity.in_(own) if own else false())
        if criteria.markets:
            pairs = [_in_market(id_) for id_ in criteria.markets]
            wanted.append(or_(*pairs))
        if criteria.area is not None:
            wanted.append(located(price_series, InArea(criteria.area)))
        if criteria.level is not None:
            wanted.append(series.level == criteria.level.value)
        return wanted

    def _wanted(self, criteria: PriceCriteria) -> list[ColumnElement[bool]]:
        """What holds for one observation."""
        wanted: list[ColumnElement[bool]] = []
        if criteria.since is not None:
            wanted.append(within_time(prices.c.date >= criteria.since))
        if criteria.until is not None:
            wanted.append(within_time(prices.c.date <= criteria.until))
        if criteria.above_ceiling is not None:
            # NULL where either is missing, so that neither question finds such a row.
            above, ceiling = prices.c.price, prices.c.ceiling
            wanted.append(above > ceiling if criteria.above_ceiling else above <= ceiling)
        return wanted

    def _latest(self, criteria: PriceCriteria) -> ColumnElement[Any]:
        """The local id of a series' latest observation."""
        newest = prices.alias("newest")
        found = (
            select(newest.c.local_id)
            .where(
                newest.c.source == price_series.c.source,
                newest.c.series == price_series.c.series,
                *self._without_samples(newest),
            )
            .order_by(newest.c.date.desc(), by_code_point(newest.c.local_id).desc())
            .limit(1)
        )
        if criteria.on is not None:
            found = found.where(newest.c.date <= criteria.on)
        return found.correlate(price_series).scalar_subquery()

    def _without_samples(self, table: FromClause) -> list[ColumnElement[bool]]:
        return [] if self._samples else [table.c.quality != "SAMPLE"]


def _in_market(market: ScopedId) -> ColumnElement[bool]:
    return and_(
        price_series.c.market_source == market.source, price_series.c.market == market.local
    )


def _commodity(row: Row[Any]) -> Commodity:
    icon = row.icon and Media(
        ScopedId(row.source, f"commodity/{row.local_id}"), row.icon, role=MediaRole.LOGO
    )
    return Commodity(
        origin=origin_of(row),
        name=row.name,
        unit=row.unit,
        aliases=tuple(row.aliases),
        parent=row.parent,
        icon=icon or None,
        position=row.position,
    )


def _price(row: Row[Any]) -> Price:
    def money(amount: Decimal | None, currency: str) -> Money | None:
        return None if amount is None else Money(amount, currency)

    stated = money(row.previous, row.currency)
    return Price(
        origin=origin_of(row),
        commodity=ScopedId(row.source, row.commodity),
        date=row.date,
        unit=row.unit,
        market=row.market and ScopedId(row.market_source, row.market),
        area=row.area,
        level=row.level and PriceLevel(row.level),
        price=money(row.price, row.currency),
        previous=stated or money(row.before_price, row.before_currency),
        previous_date=row.previous_date if stated else row.before_date,
        low=money(row.low, row.currency),
        high=money(row.high, row.currency),
        ceiling=money(row.ceiling, row.currency),
        estimated=row.estimated,
    )


# ------------------------------------------------------------------------------- loading


def commodity_values(commodity: Commodity) -> dict[str, Any]:
    """The row of a commodity."""
    names = [name for _, name in commodity.name] + list(commodity.aliases)
    return {
        **origin_values(commodity.origin),
        "name": commodity.name,
        "unit": commodity.unit,
        "aliases": list(commodity.aliases),
        "parent": commodity.parent,
        "icon": commodity.icon.url if commodity.icon else None,
        "position": commodity.position,
        "words": " ".join(names).casefold(),
    }


def price_values(price: Price) -> dict[str, Any]:
    """The row of an observation; `previous` must be what the source itself stated, or None.

    Raises ValueError when its amounts are in different currencies.
    """
    amounts: Mapping[str, Money | None] = {
        name: getattr(price, name) for name in ("price", "previous", "low", "high", "ceiling")
    }
    currencies = {money.currency for money in amounts.values() if money is not None}
    if len(currencies) > 1:
        raise ValueError(f"amounts in different currencies: {', '.join(sorted(currencies))}")
    return {
        **origin_values(price.origin),
        "series": series_of(price),
        "date": price.date,
        "currency": currencies.pop() if currencies else "IDR",
        **{name: money.amount if money else None for name, money in amounts.items()},
        "previous_date": price.previous_date,
        "estimated": price.estimated,
    }


def series_values(price: Price) -> dict[str, Any]:
    """The row of the series an observation belongs to; the same for all of the series."""
    return {
        "source": price.origin.connector,
        "series": series_of(price),
        "commodity": price.commodity.local,
        "market_source": price.market.source if price.market else None,
        "market": price.market.local if price.market else None,
        "area": price.area,
        "level": price.level.value if price.level else None,
        "unit": price.unit,
    }
