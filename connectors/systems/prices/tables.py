"""`table.prices`: prices in a table that somebody exports from a spreadsheet."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from connectors.base import Tools
from connectors.errors import Unreadable
from connectors.kinds.collection import Collected, Part, each, origins
from connectors.kinds.sheets import Line, read_sheet
from connectors.kinds.whereabouts import OPTIONS as WHERE
from connectors.kinds.whereabouts import text_option, whereabouts
from connectors.kinds.written_dates import DAY_FIRST, ORDERS, read_date
from connectors.memory.price_rows import amount_of, known_unit
from connectors.memory.prices import MemoryPriceFeed
from connectors.ports import geometry
from connectors.ports.common import GeoPoint
from connectors.ports.connectors import Binding
from connectors.ports.prices import PriceLevel
from connectors.systems.prices.columns import HEADINGS, Columns, find_columns, normal
from connectors.systems.prices.observed import Naming, Observation, naming, part
from connectors.upkeep.documents import Document, Stamp

TEXTS = ("area", "level", "unit", "market", "encoding", "delimiter", "dates")
OTHERS = frozenset({*TEXTS, "columns", "only", "commodities", "units"})

LEVELS = {
    **{level.value.casefold().replace("_", " "): level for level in PriceLevel},
    **dict.fromkeys(("tradisional", "pasar tradisional"), PriceLevel.RETAIL_TRADITIONAL),
    **dict.fromkeys(("modern", "pasar modern", "ritel modern"), PriceLevel.RETAIL_MODERN),
    **dict.fromkeys(("grosir", "pedagang besar", "wholesale"), PriceLevel.WHOLESALE),
    **dict.fromkeys(("produsen", "petani", "farm gate"), PriceLevel.PRODUCER),
    **dict.fromkeys(("konsumen", "eceran", "retail", "ritel"), PriceLevel.CONSUMER),
}
NOBODY = {"n a", "na", "null", "nan", "none", "tidak ada", "kosong", "tad", "nihil"}
"""What lists write where nobody reported a price."""
LONGEST = 300
"""Characters of a cell that says something about a price."""
_ESTIMATED = {"aggregate", "forecast", "estimate", "estimasi"}
"""Flags of prices that nobody saw at a stall."""
_TOTAL = re.compile(r"(?:grand )?(?:sub ?)?(?:total|jumlah|rata rata|rerata|average|mean)\b")
_AREA = re.compile(r"\d\d(\.\d\d(\.\d\d(\.\d{4})?)?)?", re.ASCII)
_RANGE = re.compile(r"([^-–]*\d[^-–]*?)\s*(?:-|–|s/d|s\.d\.)\s*([^-–]*\d[^-–]*)")  # noqa: RUF001
_PER_UNIT = re.compile(r"(.*\d[.,\-]*)\s*(?:/|\bper\b)\s*([A-Za-z]{1,10})\.?")
_IN_BRACKETS = re.compile(r"(.*\S)\s*\(([^()]{1,20})\)")


@dataclass(frozen=True, slots=True)
class Options:
    """What a catalogue line says about the table beside where it is."""

    names: Naming
    columns: Mapping[str, str]
    only: Mapping[str, str]
    area: str | None
    level: PriceLevel | None
    unit: str | None
    market: str | None
    encoding: str
    delimiter: str
    order: str


async def open_prices(binding: Binding, tools: Tools) -> Collected:
    """Prices of tables. Raises ValueError when an option is wrong; see docs/connect.md."""
    where = whereabouts(binding.options, others=OTHERS)
    options = read_options(binding.options)
    ways = where.ways((tools.data_folder, tools.city_folder), tools.upkeep)
    read = reader(binding, options)

    async def gather() -> Sequence[Part[Any]]:
        return await each([way.read(read) for way in ways])

    return Collected(binding.key, gather, MemoryPriceFeed)


def read_options(said: Mapping[str, Any]) -> Options:
    """The options, those of `whereabouts` aside. Raises ValueError."""
    texts = {name: text_option(said, name) for name in TEXTS if name not in WHERE}
    columns, only = (_table(said, name) for name in ("columns", "only"))
    unknown = sorted(set(columns) - set(HEADINGS))
    if unknown:
        raise ValueError(f"columns: unknown {unknown[0]!r}; there are: {', '.join(HEADINGS)}")
    if texts["area"] and not _AREA.fullmatch(texts["area"]):
        raise ValueError("`area` must be a code such as 36.71")
    if texts["dates"] not in ("", *ORDERS):
        raise ValueError(f"`dates` must be one of {', '.join(ORDERS)}")
    if len(texts["delimiter"]) > 1:
        raise ValueError("`delimiter` must be one character")
    level = LEVELS.get(normal(texts["level"])) if texts["level"] else None
    if texts["level"] and level is None:
        there = ", ".join(one.value for one in PriceLevel)
        raise ValueError(f"`level` must be one of {there}")
    try:
        "".encode(texts["encoding"] or "utf-8")
    except LookupError:
        raise ValueError(f"`encoding` {texts['encoding']!r} is not known") from None
    return Options(
        names=naming(said),
        columns=columns,
        only={normal(key): value for key, value in only.items()},
        area=texts["area"] or None,
        level=level,
        unit=texts["unit"] or None,
        market=texts["market"] or None,
        encoding=texts["encoding"],
        delimiter=texts["delimiter"],
        order=texts["dates"] or DAY_FIRST,
    )


def _table(said: Mapping[str, Any], name: str) -> dict[str, str]:
    table = said.get(name, {})
    if not isinstance(table, Mapping) or not all(isinstance(v, str) for v in table.values()):
        raise ValueError(f"`{name}` must be a table of texts")
    return {str(key): value for key, value in table.items()}


def reader(binding: Binding, options: Options) -> Callable[[Document, Stamp], Part[Any]]:
    """What makes prices of a table."""

    def read(document: Document, stamp: Stamp) -> Part[Any]:
        lines = read_sheet(
            document.body,
            charset=document.charset,
            encoding=options.encoding,
            delimiter=options.delimiter,
        )
        columns = find_columns(lines, options.columns, options.order)
        missing = sorted(set(options.only) - {normal(name) for name in columns.names})
        if missing:
            raise Unreadable(f"no column is headed {missing[0][:40]!r}, which `only` speaks of")
        found: list[Observation] = []
        rejected: list[tuple[Any, str]] = []
        for line in lines:
            if line.number <= columns.line or _is_aside(line, columns):
                continue
            try:
                found += _Row(line, columns, options).observations()
            except ValueError as error:
                rejected.append((_as_it_came(line, columns), f"line {line.number}: {error}"))
        if rejected and not found:
            raise Unreadable(f"none of {len(rejected)} rows could be read: {rejected[0][1]}")
        return part(found, rejected, options.names, origins(binding, stamp))

    return read


def _is_aside(line: Line, columns: Columns) -> bool:
    """The heading once more, as on every printed page, or tags of the Humanitarian Exchange."""
    told = [cell for cell in line.cells if cell]
    return line.cells == columns.names or all(cell.startswith("#") for cell in told)


def _as_it_came(line: Line, columns: Columns) -> dict[str, str]:
    return dict(
        zip((name or f"({n})" for n, name in enumerate(columns.names)), line.cells, strict=False)
    )


class _Row:
    """One row of the table. Every method raises ValueError saying what is wrong."""

    def __init__(self, line: Line, columns: Columns, options: Options) -> None:
        self._line = line
        self._columns = columns
        self._options = options

    def observations(self) -> list[Observation]:
        cells, columns = self._line.cells, self._columns
        if any(cells[columns.width :]):
            # Also a price such as 13,600 without quotation marks where commas part the cells.
            raise ValueError(f"{len(cells)} cells under {columns.width} columns")
        if not self._wanted():
            return []
        name = self._cell("commodity")
        if _TOTAL.match(normal(name or next((c for c in cells if c), ""))):
            raise ValueError("is a total or an average, no observation")
        if not name:
            raise ValueError("the commodity is empty")
        if columns.days:
            return list(self._by_day(name))
        if columns.markets:
            return list(self._by_market(name))
        return [self._observation(name, self._day(), self._cell("price"))]

    def _wanted(self) -> bool:
        said = dict(zip(map(normal, self._columns.names), self._line.cells, strict=False))
        return all(
            normal(said.get(heading, "")) == normal(value)
            for heading, value in self._options.only.items()
        )

    def _by_day(self, name: str) -> Iterator[Observation]:
        written = {day: self._at(position) for position, day in self._columns.days.items()}
        if not any(written.values()):
            raise ValueError("nothing stands under any day")
        for day, cell in written.items():
            yield self._observation(name, day, cell)

    def _by_market(self, name: str) -> Iterator[Observation]:
        written = {market: self._at(n) for n, market in self._columns.markets.items()}
        if not any(written.values()):
            raise ValueError("nothing stands under any market")
        day = self._day()
        for market, cell in written.items():
            yield replace(self._observation(name, day, cell), market=market, market_id=None)

    def _day(self) -> date:
        written = self._cell("date")
        if written:
            try:
                return read_date(written, self._options.order)
            except (ValueError, OverflowError) as error:
                raise ValueError(f"the date {written[:40]!r} {error}") from None
        if self._columns.date is None:
            raise ValueError("the date is empty")
        return self._columns.date

    def _observation(self, name: str, day: date, written: str) -> Observation:
        unit = self._cell("unit")
        price = _PER_UNIT.fullmatch(written)
        if price and known_unit(price[2]):
            written, unit = price[1], unit or price[2]
        bracket = _IN_BRACKETS.fullmatch(name)
        if bracket and known_unit(bracket[2]):
            name, unit = bracket[1], unit or bracket[2]
        low, high = self._amount("low"), self._amount("high")
        amount: Decimal | None = None
        span = _RANGE.fullmatch(written)
        if span:
            low, high = _amount("price", span[1]), _amount("price", span[2])
        else:
            amount = _amount("price", written)
        if low is not None and high is not None and low > high:
            raise ValueError("the lowest price is above the highest")
        return Observation(
            commodity=name,
            date=day,
            price=amount,
            unit=unit or self._columns.unit or self._options.unit,
            commodity_id=self._cell("commodity_id") or None,
            market=self._cell("market") or self._options.market,
            market_id=self._cell("market_id") or None,
            point=self._point(),
            area=self._area(),
            level=self._level(),
            low=low,
            high=high,
            ceiling=self._amount("ceiling"),
            previous=self._amount("previous"),
            currency=self._currency(),
            estimated=bool(_ESTIMATED & set(normal(self._cell("flag")).split())),
            row=_as_it_came(self._line, self._columns),
        )

    def _cell(self, ours: str) -> str:
        position = self._columns.at.get(ours)
        return "" if position is None else self._at(position)

    def _at(self, position: int) -> str:
        cells = self._line.cells
        found = cells[position] if position < len(cells) else ""
        if len(found) > LONGEST:
            raise ValueError(f"a cell has more than {LONGEST} characters")
        return " ".join(found.split())

    def _amount(self, ours: str) -> Decimal | None:
        return _amount(ours, self._cell(ours))

    def _area(self) -> str | None:
        code = self._cell("area") or self._options.area
        if code and not _AREA.fullmatch(code):
            raise ValueError(f"the area {code[:20]!r} is no code such as 36.71.05")
        return code or None

    def _level(self) -> PriceLevel | None:
        word = self._cell("level")
        if not word:
            return self._options.level
        level = LEVELS.get(normal(word))
        if level is None:
            raise ValueError(f"the level {word[:40]!r} is not known")
        return level

    def _currency(self) -> str:
        code = self._cell("currency").upper() or "IDR"
        code = "IDR" if code in {"RP", "RP.", "RUPIAH"} else code
        if not re.fullmatch("[A-Z]{3}", code):
            raise ValueError("the currency is no ISO 4217 code")
        return code

    def _point(self) -> GeoPoint | None:
        lat, lng = self._cell("lat"), self._cell("lng")
        if not (lat and lng):
            return None
        return geometry.point_of(float(lat.replace(",", ".")), float(lng.replace(",", ".")))


def _amount(ours: str, written: str) -> Decimal | None:
    if normal(written) in NOBODY:
        return None
    try:
        return amount_of(written)
    except ValueError as error:
        raise ValueError(f"the {ours} {error}") from None
