"""How canonical rows become commodities, markets and prices.

A row's values are text, as in CSV, or JSON values. Columns of a commodity: `id`, `name`,
`name_en`, `unit`, `aliases` (a list, or parted by `;`), `parent`, `position`, `icon`. Of a market:
`id`, `name`, `level`, `lat`, `lng`, `area`, `address`. Of a price: see `read_price`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from connectors.errors import Unreadable
from connectors.memory.fields import (
    area_code,
    coordinates,
    flag,
    local_id,
    one_of,
    optional,
    required,
    tuple_of,
)
from connectors.ports.common import Address, Media, MediaRole, Money, Origin, ScopedId, must_text
from connectors.ports.prices import Commodity, Market, Price, PriceLevel, exact

OriginOf = Callable[[str], Origin]


def read_commodity(row: Mapping[str, Any], origin: OriginOf) -> Commodity:
    """The commodity of a canonical row. Raises Unreadable naming field and reason."""
    local = local_id(row)
    name = required(row, "name")
    icon = optional(row, "icon")
    if icon is not None and not icon.startswith(("https://", "http://", "/media/")):
        raise Unreadable(f"icon: not an address: {icon[:60]!r}")
    made = origin(local)
    shown = icon and Media(
        ScopedId(made.connector, f"commodity/{local}"), icon, role=MediaRole.LOGO
    )
    return Commodity(
        origin=made,
        name=must_text(name, optional(row, "name_en")),
        unit=unit_of(optional(row, "unit")),
        aliases=tuple_of(row, "aliases"),
        parent=optional(row, "parent"),
        icon=shown or None,
        position=_position(row),
    )


def read_market(row: Mapping[str, Any], origin: OriginOf) -> Market:
    """The market of a canonical row. Raises Unreadable naming field and reason."""
    address = optional(row, "address")
    return Market(
        origin=origin(local_id(row)),
        name=required(row, "name"),
        level=one_of(PriceLevel, row, "level") if optional(row, "level") else None,
        point=coordinates(row),
        area=area_code(row),
        address=Address(must_text(address)) if address else None,
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
    area = area_code(row)
    where = market or area or "nasional"
    local = optional(row, "id") or f"{day.isoformat()}.{where}.{commodity}"
    if len(local) > 255:
        raise Unreadable("id: longer than 255 characters")
    made = origin(local)
    currency = (optional(row, "currency") or "IDR").upper()
    if re.fullmatch(r"[A-Z]{3}", currency, re.ASCII) is None:
        raise Unreadable(f"currency: not an ISO 4217 code: {currency[:20]!r}")

    def money(field: str) -> Money | None:
        amount = amount_of(row.get(field), field)
        return None if amount is None else Money(amount, currency)

    return Price(
        origin=made,
        commodity=ScopedId(made.connector, commodity),
        date=day,
        unit=unit_of(optional(row, "unit")),
        market=_scoped(market, made.connector) if market else None,
        area=area,
        level=one_of(PriceLevel, row, "level") if optional(row, "level") else None,
        price=money("price"),
        previous=money("previous"),
        previous_date=_day(row, "previous_date"),
        low=money("low"),
        high=money("high"),
        ceiling=money("ceiling"),
        estimated=flag(row, "estimated") or False,
    )


def read_observation(
    row: Mapping[str, Any], origin: OriginOf
) -> tuple[Price | Commodity | Market, ...]:
    """The price of a canonical row, and the commodity and market it names. Raises Unreadable.

    For feeds that have prices alone: `commodity_name` and `market_name` become the names.
    """
    price = read_price(row, origin)
    commodity = Commodity(
        origin=origin(price.commodity.local),
        name=must_text(optional(row, "commodity_name") or price.commodity.local),
        unit=price.unit,
    )
    if price.market is None or price.market.source != price.origin.connector:
        return price, commodity
    name = optional(row, "market_name") or price.market.local
    market = Market(origin(price.market.local), name, price.level, area=price.area)
    return price, commodity, market


def commodity_key(row: Mapping[str, Any]) -> str:
    """What a price row calls its commodity: `commodity`, else made of `commodity_name`."""
    return optional(row, "commodity") or slug(required(row, "commodity_name"), "commodity_name")


def market_key(row: Mapping[str, Any]) -> str | None:
    """What a price row calls its market: `market`, else made of `market_name`; None without."""
    named = optional(row, "market_name")
    return optional(row, "market") or (slug(named, "market_name") if named else None)


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


def _day(row: Mapping[str, Any], field: str) -> date | None:
    value = row.get(field)
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    found = optional(row, field)
    if found is None:
        return None
    iso = re.sub(r"^(\d\d)/(\d\d)/(\d{4})$", r"\3-\2-\1", found, flags=re.ASCII)
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", iso, re.ASCII):
            return date.fromisoformat(iso)
    except ValueError:
        pass  # the day does not exist
    raise Unreadable(f"{field}: not a day such as 2026-02-18: {found[:40]!r}")


def _scoped(key: str, source: str) -> ScopedId:
    try:
        return ScopedId.parse(key)
    except ValueError:
        return ScopedId(source, key)


def _position(row: Mapping[str, Any]) -> int:
    found = optional(row, "position") or "0"
    if re.fullmatch(r"\d{1,9}", found, re.ASCII) is None:
        raise Unreadable(f"position: not a whole number: {found[:20]!r}")
    return int(found)
