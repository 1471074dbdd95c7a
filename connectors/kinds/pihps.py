"""The grid of PIHPS (Bank Indonesia): one row per commodity, one column per day."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from connectors.errors import Unreadable
from connectors.kinds.written_dates import DAY_FIRST, MONTH_FIRST, read_date
from connectors.upkeep.documents import Document

_DAY = re.compile(r"\s*\d{1,2}\s*/\s*\d{1,2}\s*/\s*\d{4}\s*|\s*\d{4}-\d\d-\d\d\s*", re.ASCII)
_ROMAN = re.compile(r"[IVXLC]+")
MOST_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class GridRow:
    """One row. A group (Beras) has the average of its items, as PIHPS works it out."""

    name: str
    is_group: bool
    cells: Mapping[date, Any]
    """What stands under each day of the grid, as it came; None where the row has nothing."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The rows in their order, and what could not be read."""

    rows: Sequence[GridRow]
    refused: Sequence[tuple[Any, str]] = ()


def read_grid(document: Document) -> Grid:
    """The grid of an answer. Raises Unreadable when it is none.

    Without rows nobody reported anything for the place asked about.
    """
    said = _loaded(document.body)
    found = said.get("data") if isinstance(said, Mapping) else said
    if not isinstance(found, list):
        raise Unreadable("not a PIHPS grid: it has no list `data`")
    if len(found) > MOST_ROWS:
        raise Unreadable(f"a grid of more than {MOST_ROWS} rows")
    rows: list[GridRow] = []
    refused: list[tuple[Any, str]] = []
    objects = [row for row in found if isinstance(row, Mapping)]
    columns = _columns(objects, refused)
    if objects and not columns:
        raise Unreadable("not a PIHPS grid: no column is named by a day")
    for row in found:
        name = row.get("name") if isinstance(row, Mapping) else None
        if not isinstance(name, str) or not name.strip():
            refused.append((row, "grid: a row without `name`"))
            continue
        cells: dict[date, Any] = dict.fromkeys(columns.values())
        cells |= {columns[key]: value for key, value in row.items() if key in columns}
        rows.append(GridRow(" ".join(name.split()), _is_group(row), cells))
    return Grid(rows, refused)


def _loaded(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Unreadable(f"not JSON: line {error.lineno}, column {error.colno}") from error


def _columns(rows: Sequence[Mapping[str, Any]], refused: list[tuple[Any, str]]) -> dict[str, date]:
    """The days that columns are named by, oldest first.

    The day comes first; where that is impossible for one and the month first is possible for all,
    the month does.
    """
    names = list(dict.fromkeys(key for row in rows for key in row if _DAY.fullmatch(key)))
    for order in (DAY_FIRST, MONTH_FIRST):
        found = _read_all(names, order)
        if len(found) == len(names):
            break
    else:
        found = _read_all(names, DAY_FIRST)
    refused += [
        (name, "grid: a column named by a day that is none") for name in names if name not in found
    ]
    return dict(sorted(found.items(), key=lambda item: item[1]))


def _read_all(names: Sequence[str], order: str) -> dict[str, date]:
    found = {}
    for name in names:
        try:
            found[name] = read_date("".join(name.split()), order)
        except ValueError:
            continue
    return found


def _is_group(row: Mapping[str, Any]) -> bool:
    """By its level; a row that does not tell is a group when its number is a Roman one."""
    level = row.get("level")
    if level in (1, 2, "1", "2"):
        return str(level) == "1"
    return _ROMAN.fullmatch(str(row.get("no", "")).strip()) is not None
