"""Commodities, markets and prices from records in memory; and how canonical rows become records.

A row's values are text, as in CSV, or JSON values. Columns of a commodity: `id`, `name`,
`name_en`, `unit`, `aliases` (parted by " | "), `parent`, `position`, `icon`. Of a market: `id`,
`name`, `level`, `lat`, `lng`, `area`, `address`. Of a price: see `read_price`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from connectors.errors import Unreadable
from connectors.memory.base import by_id, mentions, slice_of
from connectors.ports import geometry
from connectors.ports.common import (
    Address,
    GeoPoint,
    InArea,
    Media,
    MediaRole,
    Money,
    Order,
    Origin,
    Page,
    ScopedId,
    Slice,
    SortValue,
    must_text,
    text,
)
from connectors.ports.prices import (
    Commodity,
    Market,
    MarketCriteria,
    MarketOrderField,
    Price,
    PriceCriteria,
    PriceLevel,
    exact,
    name_sort,
    series_of,
)

OriginOf = Callable[[str], Origin]

# ------------------------------------------------------------------------------- sources


class MemoryPrices:
    """A PriceSource over records."""

    def __init__(
        self, name: str, commodities: Sequence[Commodity], prices: Sequence[Price]
    ) -> None:
        self.name = name
        self._commodities = sorted(commodities, key=lambda c: (c.position, c.origin.local_id))
        self._prices = with_previous(prices)

    async def commodities_by_id(self, ids: Sequence[str]) -> Sequence[Commodity | None]:
        return by_id(self._commodities, ids)

    async def find_commodities(self, words: Sequence[str]) -> Sequence[Commodity]:
        return [c for c in self._commodities if mentions(" ".join(words), c.name, *c.aliases)]

    async def find_prices(self, criteria: PriceCriteria, page: Page) -> Slice[Price]:
        return slice_of(self._matching(criteria), page, lambda price: price.date)

    async def prices_by_commodity_id(
        self, ids: Sequence[str], criteria: PriceCriteria, limit: int
    ) -> Sequence[Sequence[Price]]:
        found = [p for p in self._matching(criteria) if p.commodity.local in ids]
        found.sort(key=lambda price: price.origin.local_id)
        found.sort(key=lambda price: price.date, reverse=True)
        by_commodity: dict[str, list[Price]] = {}
        for price in found[:limit]:
            by_commodity.setdefault(price.commodity.local, []).append(price)
        return [by_commodity.get(local, []) for local in ids]

    def _matching(self, criteria: PriceCriteria) -> Iterable[Price]:
        found: Iterable[Price] = [p for p in self._prices if _in_series(p, criteria)]
        if criteria.latest_only:
            latest: dict[str, Price] = {}
            for price in sorted(found, key=_observed):
                if criteria.on is None or price.date <= criteria.on:
                    latest[series_of(price)] = price
            found = latest.values()
        return [price for price in found if _as_wanted(price, criteria)]


class MemoryMarkets:
    """A MarketSource over records."""

    def __init__(self, name: str, markets: Sequence[Market]) -> None:
        self.name = name
        self._markets = tuple(markets)

    async def markets_by_id(self, ids: Sequence[str]) -> Sequence[Market | None]:
        return by_id(self._markets, ids)

    async def find_markets(
        self, criteria: MarketCriteria, order: Order[MarketOrderField], page: Page
    ) -> Slice[Market]:
        def sort(market: Market) -> SortValue:
            if order.field is MarketOrderField.NAME:
                return name_sort(market)
            if order.origin is None or market.point is None:
                return None
            return geometry.chord2(order.origin, market.point)

        return slice_of(
            self._matching(criteria), page, sort, origin=order.origin, point=lambda m: m.point
        )

    async def count_markets(self, criteria: MarketCriteria) -> int:
        return len(self._matching(criteria))

    def _matching(self, criteria: MarketCriteria) -> list[Market]:
        where = criteria.where
        return [
            market
            for market in self._markets
            if where is None or geometry.is_in(where, market.point, market.area)
        ]


def with_previous(prices: Sequence[Price]) -> list[Price]:
    """The prices, each with the one before in its series where the source did not state it."""
    last: dict[str, Price] = {}
    day: dict[str, list[Price]] = {}
    found = []
    for price in sorted(prices, key=_observed):
        series = series_of(price)
        today = day.get(series, [])
        if today and today[0].date != price.date:
            reported = [one for one in today if one.price is not None]
            last.update({series: reported[-1]} if reported else {})
            today = []
        day[series] = [*today, price]
        before = last.get(series)
        if price.previous is None and before is not None:
            found.append(replace(price, previous=before.price, previous_date=before.date))
        else:
            day_before = price.previous_date if price.previous else None
            found.append(replace(price, previous_date=day_before))
    return found


def _observed(price: Price) -> tuple[date, str]:
    return price.date, price.origin.local_id


def _in_series(price: Price, criteria: PriceCriteria) -> bool:
    """Whether the criteria that hold for a whole series are met."""
    return (
        (not criteria.commodities or price.commodity in criteria.commodities)
        and (not criteria.markets or price.market in criteria.markets)
        and (criteria.area is None or geometry.is_in(InArea(criteria.area), None, price.area))
        and (criteria.level is None or price.level is criteria.level)
    )


def _as_wanted(price: Price, criteria: PriceCriteria) -> bool:
    """Whether the criteria that hold for one observation are met."""
    return (
        (criteria.since is None or price.date >= criteria.since)
        and (criteria.until is None or price.date <= criteria.until)
        and (criteria.above_ceiling is None or price.above_ceiling is criteria.above_ceiling)
    )


# ------------------------------------------------------------------------------- rows


def read_commodity(row: Mapping[str, Any], origin: OriginOf) -> Commodity:
    """The commodity of a canonical row. Raises Unreadable naming field and reason."""
    local = _need(row, "id")
    name = _need(row, "name")
    icon = _word(row, "icon")
    if icon is not None and not icon.startswith(("https://", "http://", "/media/")):
        raise Unreadable(f"icon: not an address: {icon[:60]!r}")
    made = origin(local)
    shown = icon and Media(
        ScopedId(made.connector, f"commodity/{local}"), icon, role=MediaRole.LOGO
    )
    return Commodity(
        origin=made,
        name=must_text(name, _word(row, "name_en")),
        unit=unit_of(_word(row, "unit")),
        aliases=_words(row, "aliases"),
        parent=_word(row, "parent"),
        icon=shown or None,
        position=_whole(row, "position"),
    )


def read_market(row: Mapping[str, Any], origin: OriginOf) -> Market:
    """The market of a canonical row. Raises Unreadable naming field and reason."""
    address = _word(row, "address")
    return Market(
        origin=origin(_need(row, "id")),
        name=_need(row, "name"),
        level=_level(row),
        point=_point(row),
        area=_area(row),
        address=Address(must_text(address)) if text(address) else None,
    )


def read_price(row: Mapping[str, Any], origin: OriginOf) -> Price:
    """The price of a canonical row. Raises Unreadable naming field and reason.

    `commodity` or `commodity_name`, `market` or `market_name` (a local id, or source:local for
    one of another source), `date` (2026-02-18 or 18/02/2026), `unit`, `area`, `level`, `price`,
    `previous`, `previous_date`, `low`, `high`, `ceiling`, `currency` (IDR), `estimated`, and `id`,
    which is made of day, market or area, and commodity when it is missing. An amount of 0, "-"
    or "" means that nobody reported one.
    """
    day = _day(row, "date")
    if day is None:
        raise Unreadable("date: is empty")
    commodity = commodity_key(row)
    market = market_key(row)
    area = _area(row)
    where = market or area or "nasional"
    local = _word(row, "id") or f"{day.isoformat()}.{where}.{commodity}"
    if len(local) > 255:
        raise Unreadable("id: longer than 255 characters")
    made = origin(local)
    currency = (_word(row, "currency") or "IDR").upper()
    if re.fullmatch(r"[A-Z]{3}", currency, re.ASCII) is None:
        raise Unreadable(f"currency: not an ISO 4217 code: {currency[:20]!r}")

    def money(field: str) -> Money | None:
        amount = amount_of(row.get(field), field)
        return None if amount is None else Money(amount, currency)

    return Price(
        origin=made,
        commodity=_scoped(commodity, made.connector),
        date=day,
        unit=unit_of(_word(row, "unit")),
        market=_scoped(market, made.connector) if market else None,
        area=area,
        level=_level(row),
        price=money("price"),
        previous=money("previous"),
        previous_date=_day(row, "previous_date"),
        low=money("low"),
        high=money("high"),
        ceiling=money("ceiling"),
        estimated=_flag(row, "estimated"),
    )


def commodity_key(row: Mapping[str, Any]) -> str:
    """What a price row calls its commodity: `commodity`, else made of `commodity_name`."""
    return _word(row, "commodity") or slug(_need(row, "commodity_name"), "commodity_name")


def market_key(row: Mapping[str, Any]) -> str | None:
    """What a price row calls its market: `market`, else made of `market_name`; None without."""
    named = _word(row, "market_name")
    return _word(row, "market") or (slug(named, "market_name") if named else None)


def slug(name: str, field: str) -> str:
    """A local id made of a name: "Cabai Rawit" becomes cabai-rawit. Raises Unreadable."""
    made = re.sub(r"[\W_]+", "-", name.casefold()).strip("-")
    if not made:
        raise Unreadable(f"{field}: holds no letter: {name[:40]!r}")
    return made


_UNITS = {
    "kg": ("kg", "kilo", "kilogram", "kilogramme", "/kg", "per kg", "rp/kg"),
    "g": ("g", "gr", "gram"),
    "L": ("l", "lt", "ltr", "liter", "litre", "/liter", "/l", "per liter", "rp/liter"),
    "mL": ("ml", "mililiter"),
    "piece": ("piece", "pcs", "pc", "buah", "biji", "butir", "ekor", "egg"),
    "pack": ("pack", "bks", "bungkus", "pak", "packet", "sachet"),
    "tin": ("tin", "kaleng", "klg"),
    "bunch": ("bunch", "ikat"),
    "sack": ("sack", "karung"),
    "kg/L": ("kg/l", "kg/l as printed", "kg/liter"),
}
_UNIT_OF = {spelling: unit for unit, spellings in _UNITS.items() for spelling in spellings}

NOT_STATED = "not stated"
"""The unit of a price whose source does not name one."""


def unit_of(printed: str | None) -> str:
    """One spelling per unit: liter, lt and litre are L. Words we do not know stay as printed."""
    if printed is None:
        return NOT_STATED
    return _UNIT_OF.get(printed.casefold().rstrip("."), printed)


_AREA = r"\d\d(\.\d\d(\.\d\d(\.\d{4})?)?)?"
_MOST = Decimal(10) ** 13
_GROUPED = re.compile(r"\d{1,3}(?:([.,\s])\d{3})(?:\1\d{3})*", re.ASCII)


def amount_of(value: Any, field: str) -> Decimal | None:
    """An exact amount; None for nothing, "-" and 0: nobody reported. Raises Unreadable.

    Text may carry "Rp" and groups of three digits: "13,600" and "13.600" are 13600. At most
    four decimals, less than 10,000,000,000,000, never below 0.
    """
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal)):
        raise Unreadable(f"{field}: not an amount of money: {type(value).__name__}")
    if isinstance(value, int) and abs(value) >= _MOST:
        raise Unreadable(f"{field}: out of range")
    written = str(value)
    try:
        found = Decimal(_plain(written) if isinstance(value, str) else written)
    except InvalidOperation:
        raise Unreadable(f"{field}: not an amount of money: {written[:40]!r}") from None
    if not found.is_finite() or not 0 <= found < _MOST:
        raise Unreadable(f"{field}: out of range: {written[:40]!r}")
    if found != round(found, 4):
        raise Unreadable(f"{field}: more than four decimals: {written[:40]!r}")
    return exact(found) or None


def _plain(written: str) -> str:
    """An amount as people write it, as a number: `Rp 1.234.567,50` is 1234567.50."""
    bare = re.sub(r"(?i)^\s*(rp|idr)\.?\s*|\s+$", "", written)
    if bare.strip() in {"", "-", "–", "—"}:  # noqa: RUF001 - the dashes are what is meant
        return "0"
    if _GROUPED.fullmatch(bare):
        return re.sub(r"[.,\s]", "", bare)
    mark = max(bare.rfind("."), bare.rfind(","))
    if mark < 0 or re.search("[eE]", bare):
        return bare
    head, tail = bare[:mark], bare[mark + 1 :]
    if _GROUPED.fullmatch(head):
        head = re.sub(r"[.,\s]", "", head)
    return f"{head}.{tail}"


def _word(row: Mapping[str, Any], field: str) -> str | None:
    value = row.get(field)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
        raise Unreadable(f"{field}: not a text: {type(value).__name__}")
    try:
        found = str(value).strip()
        found.encode()
    except ValueError:  # a number of thousands of digits, or half of a character
        raise Unreadable(f"{field}: not a text that can be kept") from None
    if "\0" in found:
        raise Unreadable(f"{field}: holds a NUL")
    return found or None


def _need(row: Mapping[str, Any], field: str) -> str:
    found = _word(row, field)
    if found is None:
        raise Unreadable(f"{field}: is empty")
    if len(found) > 200:
        raise Unreadable(f"{field}: longer than 200 characters")
    return found


def _area(row: Mapping[str, Any]) -> str | None:
    found = _word(row, "area")
    if found is not None and not re.fullmatch(_AREA, found, re.ASCII):
        raise Unreadable(f"area: not a Kemendagri code such as 36.71.05: {found[:40]!r}")
    return found


def _words(row: Mapping[str, Any], field: str) -> tuple[str, ...]:
    value = row.get(field)
    if isinstance(value, (list, tuple)):
        found = [_word({field: one}, field) for one in value]
    else:
        found = [part.strip() for part in (_word(row, field) or "").split("|")]
    return tuple(dict.fromkeys(one for one in found if one))


def _whole(row: Mapping[str, Any], field: str) -> int:
    found = _word(row, field) or "0"
    if re.fullmatch(r"\d{1,9}", found, re.ASCII) is None:
        raise Unreadable(f"{field}: not a whole number: {found[:20]!r}")
    return int(found)


def _flag(row: Mapping[str, Any], field: str) -> bool:
    value = row.get(field)
    if isinstance(value, bool):
        return value
    found = (_word(row, field) or "no").casefold()
    if found in {"yes", "ya", "true", "1"}:
        return True
    if found in {"no", "tidak", "false", "0"}:
        return False
    raise Unreadable(f"{field}: neither yes nor no: {found[:20]!r}")


def _level(row: Mapping[str, Any]) -> PriceLevel | None:
    found = _word(row, "level")
    if found is None:
        return None
    try:
        return PriceLevel[found.upper()]
    except KeyError:
        known = ", ".join(PriceLevel.__members__)
        raise Unreadable(f"level: {found[:40]!r} is none of {known}") from None


def _day(row: Mapping[str, Any], field: str) -> date | None:
    value = row.get(field)
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    found = _word(row, field)
    if found is None:
        return None
    iso = re.sub(r"^(\d\d)/(\d\d)/(\d{4})$", r"\3-\2-\1", found, flags=re.ASCII)
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", iso, re.ASCII):
            return date.fromisoformat(iso)
    except ValueError:
        pass  # the day does not exist
    raise Unreadable(f"{field}: not a day such as 2026-02-18: {found[:40]!r}")


def _point(row: Mapping[str, Any]) -> GeoPoint | None:
    lat, lng = (_degrees(row, field) for field in ("lat", "lng"))
    if lat is None and lng is None:
        return None
    try:
        return geometry.point_of(lat, lng)
    except ValueError as error:
        raise Unreadable(f"lat, lng: {error}") from error


def _degrees(row: Mapping[str, Any], field: str) -> float | None:
    value = row.get(field)
    if isinstance(value, float):
        return value
    found = _word(row, field)
    try:
        return None if found is None else float(found)
    except ValueError:
        raise Unreadable(f"{field}: not a number: {found or '':.40}") from None


def _scoped(key: str, source: str) -> ScopedId:
    try:
        return ScopedId.parse(key)
    except ValueError:
        return ScopedId(source, key)
