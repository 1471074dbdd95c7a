"""Tables exported from spreadsheets: rows of texts, whatever the encoding and the delimiter."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from connectors.errors import Unreadable

DELIMITERS = (";", "\t", ",", "|")
MOST_ROWS = 200_000
MOST_COLUMNS = 2_000
_LOOKED_AT = 20
"""Lines from which the delimiter is told."""
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, with which it begins
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its number in the document, from 1, and its cells without outer space."""

    number: int
    cells: tuple[str, ...]


def read_sheet(
    body: bytes, *, charset: str = "", encoding: str = "", delimiter: str = ""
) -> list[Line]:
    """The rows that hold anything, in their order. Raises Unreadable.

    `encoding` and `delimiter` where somebody knows them; `charset` is what the transport said.
    """
    text = decoded(body, charset=charset, encoding=encoding)
    parted_by, skipped = delimiter, 0
    lines = text.split("\n", _LOOKED_AT)
    if lines and lines[0].lower().startswith("sep=") and len(lines[0].strip()) == 5:
        parted_by = parted_by or lines[0].strip()[4]  # a word of spreadsheets to themselves
        text, skipped = text.partition("\n")[2], 1
    if not parted_by:
        parted_by = _delimiter(text)
    # Not strict: a quotation mark in the middle of a name is common and harmless.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=parted_by)
    found: list[Line] = []
    try:
        for cells in reader:
            if len(cells) > MOST_COLUMNS:
                raise Unreadable(f"line {reader.line_num} has more than {MOST_COLUMNS} cells")
            if any(cell.strip() for cell in cells):
                found.append(
                    Line(
                        reader.line_num + skipped,
                        tuple(cell.strip(" \t\r\n\xa0") for cell in cells),
                    )
                )
            if len(found) > MOST_ROWS:
                raise Unreadable(f"more than {MOST_ROWS} rows")
    except csv.Error as error:
        raise Unreadable(f"line {reader.line_num} of the table: {error}") from error
    return found


def decoded(body: bytes, *, charset: str = "", encoding: str = "") -> str:
    """The text of a document. Raises Unreadable.

    What somebody knows counts, then the byte-order mark, then UTF-8 where it can be that, then
    what the transport said, then what Windows writes.
    """
    if body.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Unreadable("a workbook, no table of texts: have it exported as CSV")
    for mark, name in _BOMS:
        if body.startswith(mark):
            return _as(body[len(mark) :], name)
    if encoding:
        return _as(body, encoding)
    for name in filter(None, (_without_mark(body), "utf-8", charset, "cp1252")):
        try:
            text = body.decode(name)
        except (UnicodeError, LookupError):
            continue
        if "\0" not in text:
            return text
    raise Unreadable("not text: neither UTF-8 nor UTF-16 nor Windows-1252")


def _as(body: bytes, name: str) -> str:
    try:
        return body.decode(name)
    except (UnicodeError, LookupError) as error:
        raise Unreadable(f"not {name}") from error


def _without_mark(body: bytes) -> str:
    """UTF-16 that forgot its mark: every other byte of plain letters is nothing."""
    head = body[:400]
    if len(head) < 4 or len(body) % 2:
        return ""
    if head[1::2].count(0) > len(head) // 3:
        return "utf-16-le"
    if head[::2].count(0) > len(head) // 3:
        return "utf-16-be"
    return ""


def _delimiter(text: str) -> str:
    """The sign that parts most lines into the same number of cells, more than one."""
    lines = [line for line in text.split("\n", _LOOKED_AT)[:_LOOKED_AT] if line.strip()]

    def agreed(sign: str) -> tuple[int, int]:
        counts = _counts(lines, sign)
        usual = max(set(counts), key=lambda n: (counts.count(n), n), default=1)
        return (counts.count(usual), usual) if usual > 1 else (0, 0)

    return max(DELIMITERS, key=agreed) if any(agreed(s)[0] for s in DELIMITERS) else ","


def _counts(lines: Sequence[str], sign: str) -> list[int]:
    try:
        return [len(cells) for cells in csv.reader(lines, delimiter=sign)]
    except csv.Error:
        return []
