"""The list of Panel Harga (Bapanas): what each commodity costs today and cost the day before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from connectors.errors import Unreadable
from connectors.kinds.written_dates import read_date
from connectors.upkeep.documents import Document

MOST_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class PanelRow:
    """One row; amounts as they came. 0 means that nobody reported one."""

    name: str
    unit: str | None
    date: dt.date
    today: Any
    yesterday: Any
    yesterday_date: dt.date | None
    row: Mapping[str, Any]


def read_panel(
    document: Document, fetched_on: dt.date
) -> tuple[Sequence[PanelRow], list[tuple[Any, str]]]:
    """The rows, and what could not be read. Raises Unreadable when it is no such list.

    The day of a price is what the row or the answer says; else the day after its
    `yesterday_date`, for an answer that was kept does not grow younger; else the day of the fetch.
    """
    try:
        said = orjson.loads(document.body)
    except orjson.JSONDecodeError as error:
        raise Unreadable(f"not JSON: line {error.lineno}, column {error.colno}") from error
    found = said.get("data") if isinstance(said, Mapping) else said
    if isinstance(found, Mapping) and all(isinstance(one, Mapping) for one in found.values()):
        found = list(found.values())  # a list with holes in it, as PHP writes it
    if not isinstance(found, list):
        raise Unreadable("not a list of Panel Harga: it has no list `data`")
    if len(found) > MOST_ROWS:
        raise Unreadable(f"a list of more than {MOST_ROWS} rows")
    rows: list[PanelRow] = []
    refused: list[tuple[Any, str]] = []
    stated = _of_all(said)
    for row in found:
        try:
            rows.append(_row(row, stated, fetched_on))
        except ValueError as error:
            refused.append((row, f"price: {error}"))
    return rows, refused


def _of_all(said: Any) -> dt.date | None:
    """The day that the answer says it is of."""
    asked = said.get("request_data") if isinstance(said, Mapping) else None
    try:
        return _day(asked, "today") if isinstance(asked, Mapping) else None
    except ValueError:
        return None


def _row(row: Any, of_all: dt.date | None, fetched_on: dt.date) -> PanelRow:
    if not isinstance(row, Mapping):
        raise ValueError("is not an object")  # noqa: TRY004 - as all that is refused
    name, unit = row.get("name"), row.get("satuan")
    if not isinstance(name, str) or not name.strip():
        raise ValueError("name is empty")
    if "today" not in row:
        raise ValueError("today is missing")
    before = _day(row, "yesterday_date")
    stated = _day(row, "today_date") or _day(row, "date") or of_all
    day = stated or (before + dt.timedelta(days=1) if before else fetched_on)
    if before is not None and before >= day:
        raise ValueError("yesterday_date does not lie before the day of the price")
    return PanelRow(
        name=" ".join(name.split()),
        unit=unit.strip() or None if isinstance(unit, str) else None,
        date=day,
        today=row["today"],
        yesterday=row.get("yesterday"),
        yesterday_date=before,
        row=row,
    )


def _day(row: Mapping[str, Any], column: str) -> dt.date | None:
    value = row.get(column)
    if value in (None, "", "-"):
        return None
    try:
        return read_date(str(value))
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{column} {error}") from None
