"""How canonical rows become commodities, markets and prices.

A row's values are text, as in CSV, or JSON values. Columns of a commodity: `id`, `name`,
`name_en`, `unit`, `aliases` (a list, or parted by `;`), `parent`, `position`, `icon`. Of a market:
`id`, `name`, `level`, `lat`, `lng`, `area`, `address`. Of a price: see `read_price`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from connectors.memory.cells import Cells
from connectors.ports.common import Address, Media, MediaRole, Money, Origin, ScopedId, must_text
from connectors.ports.prices import Commodity, Market, Price, PriceLevel, exact

OriginOf = Callable[[str], Origin]


def read_commodity(row: Mapping[str, Any], origin: OriginOf) -> Commodity:
    """The commodity of a canonical row. Raises Unreadable naming field and reason."""
    cells = Cells(row, "commodity")
    local, icon = cells.local_id(), cells.plain("icon")
    if icon is not None and not icon.startswith(("https://", "http://", "/media/")):
        cells.refuse("icon", f"is not an address: {icon[:60]!r}")
    made = origin(local)
    shown = icon and Media(
        ScopedId(made.connector, f"commodity/{local}"), icon, role=MediaRole.LOGO
    )
    return Commodity(
        origin=made,
        name=cells.must_text("name"),
        unit=unit_of(cells.plain("unit")),
        aliases=cells.words("aliases", parted_by=";"),
        parent=cells.plain("parent"),
        icon=shown or None,
        position=cells.whole("position", most=999_999_999) or 0,
    )


def read_market(row: Mapping[str, Any], origin: OriginOf) -> Market:
    """The market of a canonical row. Raises Unreadable naming field and reason."""
    cells = Cells(row, "market")
    address = cells.text("address")
    return Market(
        origin=origin(cells.local_id()),
        name=cells.must("name"),
        level=cells.one_of("level", PriceLevel),
        point=cells.point(),
        area=cells.area(),
        address=Address(address) if address else None,
    )


def read_price(row: Mapping[str, Any], origin: OriginOf) -> Price:
    """The price of a canonical row. Raises Unreadable naming field and reason.

    `commodity` or `commodity_name`, `market` or `market_name` (a local id, or source:local for
    one of another source), `date` (2026-02-18 or 18/02/2026), `unit`, `area`, `level`, `price`,
    `previous`, `previous_date`, `low`, `high`, `ceiling`, `currency` (IDR), `estimated`, and `id`,
    which is made of day, market or area, and commodity when it is missing. An amount of 0, "-"
    or "" means that nobody reported one.
    """
    cells = Cells(row, "price")
    day, area = cells.must_day("date"), cells.area()
    commodity = (
        cells.plain("commodity")
        or _made_of(cells, "commodity_name")
        or cells.must("commodity_name")
    )
    market = cells.plain("market") or _made_of(cells, "market_name")
    where = market or area or "nasional"
    local = cells.plain("id") or f"{day.isoformat()}.{where}.{commodity}"
    made = origin(cells.id_of("id", local))
    currency = (cells.plain("currency") or "IDR").upper()
    if re.fullmatch(r"[A-Z]{3}", currency, re.ASCII) is None:
        cells.refuse("currency", f"is not an ISO 4217 code: {currency[:20]!r}")

    def money(column: str) -> Money | None:
        try:
            amount = amount_of(cells.raw(column))
        except ValueError as error:
            cells.refuse(column, str(error))
        return None if amount is None else Money(amount, currency)

    return Price(
        origin=made,
        commodity=ScopedId(made.connector, commodity),
        date=day,
        unit=unit_of(cells.plain("unit")),
        market=_scoped(market, made.connector) if market else None,
        area=area,
        level=cells.one_of("level", PriceLevel),
        price=money("price"),
        previous=money("previous"),
        previous_date=cells.day("previous_date"),
        low=money("low"),
        high=money("high"),
        ceiling=money("ceiling"),
        estimated=cells.flag("estimated") or False,
    )


def read_observation(
    row: Mapping[str, Any], origin: OriginOf
) -> tuple[Price | Commodity | Market, ...]:
    """The price of a canonical row, and the commodity and market it names. Raises Unreadable.

    For feeds that have prices alone: `commodity_name` and `market_name` become the names.
    """
    price, cells = read_price(row, origin), Cells(row, "price")
    commodity = Commodity(
        origin=origin(price.commodity.local),
        name=must_text(cells.plain("commodity_name") or price.commodity.local),
        unit=price.unit,
    )
    if price.market is None or price.market.source != price.origin.connector:
        return price, commodity
    name = cells.plain("market_name") or price.market.local
    market = Market(origin(price.market.local), name, price.level, area=price.area)
    return price, commodity, market


def _made_of(cells: Cells, column: str) -> str | None:
    """A key made of a printed name, None without one."""
    name = cells.plain(column)
    try:
        return None if name is None else slug(name)
    except ValueError as error:
        cells.refuse(column, str(error))


def slug(name: str) -> str:
    """A local id made of a name: "Cabai Rawit" becomes cabai-rawit. Raises ValueError."""
    made = re.sub(r"[\W_]+", "-", name.casefold()).strip("-")
    if not made:
        raise ValueError(f"holds no letter: {name[:40]!r}")
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


_PER = re.compile(r"^(?:rp|idr)?\.?\s*(?:/|per\s)\s*|^(?:rp|idr)\.?\s+", re.ASCII)


def unit_of(printed: str | None) -> str:
    """One spelling per unit: "liter", "lt" and "Rp./Liter" are L. Words we do not know stay."""
    if printed is None:
        return NOT_STATED
    return known_unit(printed) or printed


def known_unit(printed: str) -> str | None:
    """The unit, None for words that are none we know."""
    bare = " ".join(printed.casefold().split())
    for word in (bare, bare.rstrip("."), _PER.sub("", bare), _PER.sub("", bare).rstrip(".")):
        if word in _UNIT_OF:
            return _UNIT_OF[word]
    return None


_MOST = Decimal(10) ** 13
_LONGEST = 100
_GROUPED = re.compile(r"\d{1,3}(?:([.,\s])\d{3})(?:\1\d{3})*", re.ASCII)


def amount_of(value: Any) -> Decimal | None:
    """An exact amount; None for nothing, "-" and 0: nobody reported. Raises ValueError.

    Text may carry "Rp" and groups of three digits: "13,600" and "13.600" are 13600. At most
    four decimals, less than 10,000,000,000,000, never below 0.
    """
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal)):
        raise ValueError(f"is no amount of money: {type(value).__name__}")  # noqa: TRY004 - as all others
    if isinstance(value, int) and abs(value) >= _MOST:
        raise ValueError("is out of range")
    written = str(value)
    if len(written) > _LONGEST:
        raise ValueError(f"is no amount of money: {written[:40]!r}")
    try:
        found = Decimal(_plain(written) if isinstance(value, str) else written)
    except InvalidOperation:
        raise ValueError(f"is no amount of money: {written[:40]!r}") from None
    if not found.is_finite() or not 0 <= found < _MOST:
        raise ValueError(f"is out of range: {written[:40]!r}")
    if found != round(found, 4):
        raise ValueError(f"has more than four decimals: {written[:40]!r}")
    return exact(found) or None


def _plain(written: str) -> str:
    """An amount as people write it, as a number: `Rp 1.234.567,50` is 1234567.50."""
    bare = re.sub(r"(?i)^\s*(rp|idr)\.?\s*|\s+$", "", written)
    bare = re.sub(r"(?<=\d)[.,](-{1,2}|–)$", "", bare)  # noqa: RUF001 - Rp 13.600,- is 13600
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


def _scoped(key: str, source: str) -> ScopedId:
    try:
        return ScopedId.parse(key)
    except ValueError:
        return ScopedId(source, key)
