"""Which column of a table of prices holds what, however it is headed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from connectors.errors import Unreadable
from connectors.kinds.sheets import Line
from connectors.kinds.written_dates import read_date
from connectors.memory.price_rows import known_unit

HEADINGS: dict[str, tuple[str, ...]] = {
    "date": (
        "tanggal", "tgl", "date", "hari tanggal", "tanggal survei", "tanggal survey",
        "tanggal pantau", "tanggal pemantauan", "tanggal harga", "periode", "waktu",
    ),
    "commodity": (
        "komoditas", "komoditi", "commodity", "nama komoditas", "nama komoditi", "bahan pokok",
        "nama bahan pokok", "bahan pangan", "nama bahan pangan", "jenis komoditas",
        "jenis komoditi", "jenis bahan pokok", "jenis barang", "nama barang", "barang", "item",
        "nama", "name", "uraian", "commodity name", "komoditas pangan", "nama pangan", "jenis pangan",
        "jenis bahan pangan", "produk", "nama produk",
    ),
    "commodity_id": ("kode komoditas", "kode komoditi", "commodity id", "kode barang"),
    "price": (
        "harga", "price", "harga rp", "harga hari ini", "harga sekarang", "harga saat ini",
        "harga rupiah", "harga jual", "harga satuan", "harga eceran", "harga rata rata", "harga konsumen", "price idr", "hari ini", "today",
    ),
    "previous": (
        "harga kemarin", "harga sebelumnya", "harga lalu", "harga sebelum", "kemarin", "previous",
        "previous idr", "previous price", "yesterday",
    ),
    "low": ("harga terendah", "terendah", "harga minimum", "minimum", "min", "low", "low idr"),
    "high": ("harga tertinggi", "tertinggi", "harga maksimum", "maksimum", "max", "high", "high idr"),
    "ceiling": (
        "het", "hap", "harga eceran tertinggi", "harga acuan", "harga acuan penjualan", "ceiling",
    ),
    "unit": ("satuan", "unit", "sat", "uom"),
    "market": ("pasar", "nama pasar", "market", "market name", "lokasi"),
    "market_id": ("kode pasar", "market id", "id pasar"),
    "level": ("tingkat harga", "level harga", "level", "tingkat", "pricetype", "price type", "jenis pasar"),
    "area": ("kode wilayah", "kode kemendagri", "kode area", "area", "kode kecamatan", "kode kelurahan"),
    "currency": ("mata uang", "currency", "kurs"),
    "flag": ("priceflag", "price flag"),
    "lat": ("lat", "latitude", "lintang"),
    "lng": ("lng", "lon", "long", "longitude", "bujur"),
}  # fmt: skip
"""What each of ours is headed by, the surest first."""

LONGEST = 200
"""Characters of a heading."""
LOOKED_AT = 30
"""Lines among which the heading must be."""
_PER = re.compile(
    r"(?:\s*\brp\.?)?\s*(?:/|\bper\b)\s*([a-z]{1,9})\.?\s*$", re.IGNORECASE | re.ASCII
)
_BRACKETS = re.compile(r"\s*[(\[]([^()\[\]]{1,30})[)\]]\s*$")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where what stands, by position."""

    width: int
    line: int
    """Of the heading."""
    names: tuple[str, ...]
    at: Mapping[str, int]
    days: Mapping[int, date] = field(default_factory=dict)
    """Columns headed by a day, whose cells are prices of that day."""
    markets: Mapping[int, str] = field(default_factory=dict)
    """Columns headed by a market, whose cells are prices there."""
    unit: str | None = None
    """What the heading of the prices says about it: `Harga (Rp/kg)`."""
    date: date | None = None
    """The day that stands above the heading, where no column has one."""


def normal(heading: str) -> str:
    """A heading as it is compared: small letters, single blanks, signs left out."""
    return " ".join(re.sub(r"[\W_]+", " ", heading.casefold()).split())


def find_columns(lines: Sequence[Line], own: Mapping[str, str], order: str) -> Columns:
    """The heading of a table; `own` says which of ours is headed how. Raises Unreadable.

    The first line that names a commodity and a price (or days, or markets) is the heading.
    """
    for number, line in enumerate(lines[:LOOKED_AT]):
        at = _at(line, own)
        days = {} if "price" in at else _days(line, order, set(at.values()))
        markets = {} if "price" in at or days else _markets(line)
        if "commodity" in at and ("price" in at or days or markets):
            _refuse_doubled(line, at)
            above = None if "date" in at or days else _above(lines[:number], order)
            price = at.get("price")
            return Columns(
                width=len(line.cells),
                line=line.number,
                names=line.cells,
                at=at,
                days=days,
                markets=markets,
                unit=None if price is None else _unit(line.cells[price]),
                date=above,
            )
    first = ", ".join(repr(cell[:30]) for cell in lines[0].cells[:9]) if lines else "nothing"
    raise Unreadable(
        f"no heading names a commodity and a price; the first line has {first}: "
        "say with `columns` which is which"
    )


def _at(line: Line, own: Mapping[str, str]) -> dict[str, int]:
    there: dict[str, int] = {}
    for position, cell in enumerate(line.cells):
        if len(cell) > LONGEST:
            continue
        for spelling in (normal(cell), normal(_BRACKETS.sub("", cell)), normal(_PER.sub("", cell))):
            if spelling:
                there.setdefault(spelling, position)
    found: dict[str, int] = {}
    taken = {normal(heading) for heading in own.values()}
    for ours, headings in HEADINGS.items():
        if ours in own:
            if normal(own[ours]) in there:
                found[ours] = there[normal(own[ours])]
            continue
        for heading in headings:
            if heading in there and heading not in taken:
                found[ours] = there[heading]
                break
    return found


def _days(line: Line, order: str, taken: set[int]) -> dict[int, date]:
    found = {}
    for position, cell in enumerate(line.cells):
        if position not in taken and cell:
            try:
                found[position] = read_date(cell, order)
            except (ValueError, OverflowError):
                continue
    return found


def _markets(line: Line) -> dict[int, str]:
    """Columns headed `Pasar Anyar` and the like."""
    return {
        position: " ".join(cell.split())
        for position, cell in enumerate(line.cells)
        if len(cell) <= LONGEST and normal(cell).startswith("pasar ")
    }


def _refuse_doubled(line: Line, at: Mapping[str, int]) -> None:
    headings = [normal(cell) for cell in line.cells]
    for ours, position in at.items():
        if headings.count(headings[position]) > 1:
            raise Unreadable(f"two columns are headed {line.cells[position][:40]!r}", column=ours)


def _unit(heading: str) -> str | None:
    found = _BRACKETS.search(heading) or _PER.search(heading)
    return known_unit(found[1]) if found else None


def _above(lines: Sequence[Line], order: str) -> date | None:
    """A day in the lines above: `Tanggal: 30 September 2026`, or in a cell of its own."""
    for line in lines:
        for cell in (one for one in line.cells if one and len(one) <= LONGEST):
            for words in (
                cell,
                cell.rpartition(":")[2],
                re.sub(r"(?i)^.*?\b(per|tanggal|tgl)\b", "", cell),
            ):
                try:
                    return read_date(words, order)
                except (ValueError, OverflowError):
                    continue
    return None
