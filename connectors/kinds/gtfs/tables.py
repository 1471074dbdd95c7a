"""CSV as GTFS means it: any column order, spaces around, quoted line breaks, a byte order mark."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from connectors.kinds.gtfs.faults import FeedFault
from connectors.kinds.gtfs.files import Files

T = TypeVar("T")

_TIME = re.compile(r"(\d{1,3}):([0-5]\d):([0-5]\d)", re.ASCII)
_DATE = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)
_WHOLE = re.compile(r"\d{1,20}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d{1,12}(\.\d*)?|\.\d{1,30})([eE][+-]?\d{1,3})?", re.ASCII)
_DECIMAL = re.compile(r"\d{1,12}(\.\d{1,9})?", re.ASCII)

MOST = 2**31 - 1
"""The largest whole number a feed may hold, which is also GraphQL's."""
LONGEST_ID = 255
LONGEST_LINE = 1_000_000

NEVER_EMPTY = frozenset({"agency.txt", "stops.txt", "routes.txt", "trips.txt", "stop_times.txt"})
"""Files a feed cannot be without; others may be there and blank."""


class Row:
    """One row: cells by column name, trimmed, None where empty or absent."""

    __slots__ = ("_cells", "_columns", "file", "line")

    def __init__(self, file: str, line: int, columns: dict[str, int], cells: list[str]) -> None:
        self.file = file
        self.line = line
        """Number of the line on which the row begins, the header being 1."""
        self._columns = columns
        self._cells = cells

    @property
    def columns(self) -> list[str]:
        """The names of the columns."""
        return list(self._columns)

    def text(self, name: str) -> str | None:
        """A cell."""
        at = self._columns.get(name)
        if at is None or at >= len(self._cells):
            return None
        return self._cells[at].strip() or None

    def fault(self, name: str | None, reason: str) -> FeedFault:
        """Something wrong with a cell of this row, to be raised."""
        return FeedFault(reason, file=self.file, line=self.line, field=name)

    def need(self, name: str) -> str:
        """A cell that must not be empty."""
        found = self.text(name)
        if found is None:
            raise self.fault(name, "must not be empty")
        return found

    def id(self, name: str) -> str | None:
        """An id: at most 255 characters."""
        found = self.text(name)
        if found is not None and len(found) > LONGEST_ID:
            raise self.fault(name, f"an id may have at most {LONGEST_ID} characters")
        return found

    def need_id(self, name: str) -> str:
        """An id that must be there."""
        self.need(name)
        return self.id(name) or ""

    def time(self, name: str) -> int | None:
        """A service time, H:MM:SS or HH:MM:SS, in seconds; it may pass 24:00:00."""
        text = self.text(name)
        if text is None:
            return None
        found = _TIME.fullmatch(text)
        if found is None:
            raise self.fault(name, f"must be a time like 06:05:00 or 25:10:00, not {text[:20]!r}")
        return int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3])

    def day(self, name: str) -> date | None:
        """A date, YYYYMMDD."""
        text = self.text(name)
        if text is None:
            return None
        found = _DATE.fullmatch(text)
        try:
            if found is not None and int(found[1]) > 1:
                return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            pass
        raise self.fault(name, f"must be a date like 20261231, not {text[:20]!r}")

    def need_day(self, name: str) -> date:
        """A date that must be there."""
        self.need(name)
        found = self.day(name)
        assert found is not None  # noqa: S101 - `need` has just said so
        return found

    def whole(self, name: str, *, most: int = MOST) -> int | None:
        """A whole number from 0."""
        text = self.text(name)
        if text is None:
            return None
        if _WHOLE.fullmatch(text) is None or int(text) > most:
            raise self.fault(name, f"must be a whole number from 0 to {most}, not {text[:20]!r}")
        return int(text)

    def number(self, name: str) -> float | None:
        """A number."""
        text = self.text(name)
        if text is None:
            return None
        if _NUMBER.fullmatch(text) is None:
            raise self.fault(name, f"must be a number, not {text[:20]!r}")
        return float(text)

    def within(self, name: str, low: float, high: float) -> float | None:
        """A number in a range."""
        found = self.number(name)
        if found is not None and not low <= found <= high:
            raise self.fault(name, f"must be from {low:g} to {high:g}, not {found:g}")
        return found

    def decimal(self, name: str) -> Decimal:
        """An exact amount, 0 or more, that must be there."""
        text = self.need(name)
        if _DECIMAL.fullmatch(text) is None:
            raise self.fault(name, f"must be an amount like 2000 or 1.50, not {text[:20]!r}")
        return Decimal(text)

    def choice(self, name: str, choices: Sequence[T]) -> T:
        """One of a few things by number; empty means the first."""
        number = self.whole(name)
        if number is None:
            return choices[0]
        if number >= len(choices):
            raise self.fault(name, f"must be from 0 to {len(choices) - 1}, not {number}")
        return choices[number]


class _Lines:
    """The lines of a file, remembering whether the end was reached."""

    def __init__(self, file: io.TextIOWrapper, name: str) -> None:
        self._file = file
        self._name = name
        self.ended = False

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._file.readline(LONGEST_LINE)
        if len(line) == LONGEST_LINE:
            raise FeedFault("has a line of more than a million characters", file=self._name)
        if not line:
            self.ended = True
            raise StopIteration
        return line


def rows(files: Files, name: str, *, required: Sequence[str] = ()) -> Iterator[Row]:
    """The rows of a file, none when the feed does not have it.

    `required` are columns the header must have. Raises FeedFault with file, line and field.
    """
    if name not in files.names():
        return
    columns: dict[str, int] | None = None
    for line, cells in _filled(files, name):
        if columns is None:
            columns = _header(name, line, cells, required)
            continue
        if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
            reason = f"has {len(cells)} cells, but the header has {len(columns)}"
            raise FeedFault(reason, file=name, line=line)
        yield Row(name, line, columns, cells)
    if columns is None and name in NEVER_EMPTY:
        raise FeedFault("is empty: not even a header is there", file=name)


def _filled(files: Files, name: str) -> Iterator[tuple[int, list[str]]]:
    """The number and the cells of every record that is not blank."""
    with (
        files.open(name) as raw,
        io.TextIOWrapper(_readable(raw), "utf-8-sig", newline="") as file,
    ):
        lines = _Lines(file, name)
        reader = csv.reader(lines, skipinitialspace=True)
        line = 1
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                break
            except UnicodeDecodeError as error:
                where = _first_unreadable(files, name)
                raise FeedFault("is not written in UTF-8", file=name, line=where) from error
            except csv.Error as error:
                raise FeedFault(f"is no CSV: {error}", file=name, line=line) from error
            if lines.ended:
                # The parser needed another line and there was none: it was still inside quotes.
                raise FeedFault("a quotation mark is never closed", file=name, line=line)
            if any("\0" in cell for cell in cells):
                raise FeedFault("holds a null character", file=name, line=line)
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1


def _readable(raw: io.BufferedIOBase) -> Any:
    # TextIOWrapper asks for less than BufferedIOBase promises, but is not typed so.
    return raw


def _first_unreadable(files: Files, name: str) -> int | None:
    """The first line that is not UTF-8; the text layer reads ahead and cannot say."""
    with files.open(name) as raw:
        for number, line in enumerate(raw, start=1):
            try:
                line.decode()
            except UnicodeDecodeError:
                return number
    return None


def _header(name: str, line: int, cells: list[str], required: Sequence[str]) -> dict[str, int]:
    while cells and not cells[-1].strip():
        cells.pop()
    columns: dict[str, int] = {}
    for at, cell in enumerate(cells):
        column = cell.strip()
        if column and column in columns:
            raise FeedFault("this column is there twice", file=name, line=line, field=column)
        columns[column or f" {at}"] = at
    for column in required:
        if column not in columns:
            raise FeedFault("this column is missing", file=name, line=line, field=column)
    return columns
