"""Staple prices: commodities, markets, the latest prices, prices over time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import Any

from connectors.ports.common import Near, Order, ScopedId
from connectors.ports.prices import (
    Commodity,
    Market,
    MarketCriteria,
    MarketOrderField,
    MarketSource,
    Price,
    PriceCriteria,
    PriceLevel,
    PriceSource,
)
from resolvers import asked, common, ids
from resolvers.context import Context
from resolvers.listings import Listing, PageArgs, listing, page_of, plain
from resolvers.lookups import Lookup
from resolvers.problems import bad_input

MOST_PRICES = 10_000
"""Prices of all commodities of one answer, for `Commodity.prices`."""

commodity_by_id: Lookup[PriceSource, Commodity] = Lookup(
    PriceSource, lambda source, ids_: source.commodities_by_id(ids_)
)
market_by_id: Lookup[MarketSource, Market] = Lookup(
    MarketSource, lambda source, ids_: source.markets_by_id(ids_)
)

NODES: dict[str, Callable[[Context, ScopedId], Awaitable[Any]]] = {
    "Commodity": commodity_by_id,
    "Market": market_by_id,
}
"""How one record of each type is found by its id."""


async def find_commodities(context: Context, q: str | None) -> list[Commodity] | None:
    """All commodities, or those with every word of `q` in a name or alias."""
    words = (asked.text(q, "q") or "").casefold().split()
    return await plain(context, PriceSource, lambda source: source.find_commodities(words))


async def parent_of(context: Context, commodity: Commodity) -> Commodity | None:
    """The group a commodity belongs to, None without one."""
    if commodity.parent is None:
        return None
    return await commodity_by_id(context, ScopedId(commodity.origin.connector, commodity.parent))


async def commodity_of(context: Context, price: Price) -> Commodity | None:
    """What a price is the price of."""
    return await commodity_by_id(context, price.commodity)


async def market_of(context: Context, price: Price) -> Market | None:
    """Where a price was observed, None for an average."""
    return None if price.market is None else await market_by_id(context, price.market)


async def find_markets(context: Context, geo: Any, args: PageArgs) -> Listing[Market] | None:
    """A page of markets: the nearest first when `geo` is `near`, else by name."""
    where = await common.where(context, geo)
    origin = where.point if isinstance(where, Near) else None
    field = MarketOrderField.DISTANCE if origin else MarketOrderField.NAME
    order = Order(field, origin=origin)
    criteria = MarketCriteria(where)
    mark = ids.fingerprint("markets", field, "ASC", origin)
    return await listing(
        context,
        MarketSource,
        lambda source, page: source.find_markets(criteria, order, page),
        page_of(args, mark, descending=False, default=50),
        mark,
        count=lambda source: source.count_markets(criteria),
    )


async def find_prices(context: Context, where: Any, args: PageArgs) -> Listing[Price] | None:
    """A page of prices, newest day first: see `criteria_of` for which."""
    criteria = await criteria_of(context, where)
    mark = ids.fingerprint("prices", "DATE", "DESC")
    return await listing(
        context,
        PriceSource,
        lambda source, page: source.find_prices(criteria, page),
        page_of(args, mark, descending=True, default=100),
        mark,
    )


async def latest(context: Context, first: int) -> Listing[Price] | None:
    """The newest prices of all, one per commodity, market and level."""
    criteria = PriceCriteria(on=today(context))
    mark = ids.fingerprint("prices", "DATE", "DESC")
    return await listing(
        context,
        PriceSource,
        lambda source, page: source.find_prices(criteria, page),
        page_of(PageArgs(first), mark, descending=True, default=first),
        mark,
    )


def today(context: Context) -> date:
    """The day it is in the city."""
    return context.now().astimezone(context.zone).date()


async def criteria_of(context: Context, where: Any) -> PriceCriteria:
    """What a PriceFilter asks for. Raises BAD_INPUT or OUT_OF_AREA.

    With `from` or `to` every observation of those days; else the latest of each series on or
    before `date`, which is today when it is not given.
    """
    if where.date is not None and (where.from_ is not None or where.to is not None):
        raise bad_input(
            "`where`: `date` asks for the latest prices on a day, `from` and `to` for all of a "
            "time: pass one or the other."
        )
    _check_span(where.from_, where.to, "where.")
    ranged = where.from_ is not None or where.to is not None
    return PriceCriteria(
        commodities=_ids(where.commodities, "Commodity", "where.commodities"),
        markets=_ids(where.markets, "Market", "where.markets"),
        area=await common.area_code(context, where.area, "where.area")
        if where.area is not None
        else None,
        level=where.level,
        on=None if ranged else where.date or today(context),
        since=where.from_,
        until=where.to,
        above_ceiling=where.above_ceiling,
    )


async def prices_of(
    context: Context,
    commodity: Commodity,
    *,
    level: PriceLevel | None,
    market: str | None,
    since: date,
    until: date,
) -> Sequence[Price] | None:
    """All prices of a commodity from one day to another, newest first.

    Commodities asked for side by side in the same way are one question to their source.
    """
    _check_span(since, until, "")
    markets = _ids(None if market is None else [market], "Market", "market")
    criteria = PriceCriteria(markets=markets, level=level, since=since, until=until)
    look_up = context.loaders.get(("prices_of", criteria))
    if look_up is None:
        look_up = context.loaders[("prices_of", criteria)] = _prices_lookup(criteria)
    key = ScopedId(commodity.origin.connector, commodity.origin.local_id)
    found: Sequence[Price] | None = await look_up(context, key)
    return found


def _prices_lookup(criteria: PriceCriteria) -> Lookup[PriceSource, Any]:
    async def batch(source: PriceSource, ids_: Sequence[str]) -> Sequence[Any]:
        found = await source.prices_by_commodity_id(ids_, criteria, MOST_PRICES + 1)
        if sum(map(len, found)) <= MOST_PRICES:
            return found
        # In the place of each value, not raised: the source is not at fault.
        too_many = bad_input(
            f"`prices` of these commodities would be more than {MOST_PRICES} records: ask for a "
            "shorter time, one market or fewer commodities."
        )
        return [too_many for _ in ids_]

    return Lookup(PriceSource, batch)


def _check_span(since: date | None, until: date | None, path: str) -> None:
    if since is not None and until is not None and since > until:
        raise bad_input(f"`{path}from` ({since}) must not be later than `{path}to` ({until}).")


def _ids(texts: Sequence[str] | None, type_name: str, argument: str) -> tuple[ScopedId, ...]:
    found = asked.ids(texts, type_name, argument)
    if found == ():
        most = asked.MOST_IDS
        raise bad_input(f"`{argument}` takes 1 to {most} ids, not 0; leave it out for all.")
    return found or ()
