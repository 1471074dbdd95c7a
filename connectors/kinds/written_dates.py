"""Days as people and spreadsheets write them: 30/09/2026, 30 September 2026, 46295."""

from __future__ import annotations

import re
from datetime import date, timedelta

DAY_FIRST, MONTH_FIRST = "dmy", "mdy"
ORDERS = (DAY_FIRST, MONTH_FIRST)
"""How figures are ordered where the year comes last; Indonesia writes the day first."""

_MONTHS = (
    ("januari", "january", "jan"),
    ("februari", "february", "pebruari", "feb", "peb"),
    ("maret", "march", "mar", "mrt"),
    ("april", "apr"),
    ("mei", "may"),
    ("juni", "june", "jun"),
    ("juli", "july", "jul"),
    ("agustus", "august", "agu", "ags", "agt", "agst", "aug"),
    ("september", "sept", "sep"),
    ("oktober", "october", "okt", "oct"),
    ("november", "nopember", "nov", "nop"),
    ("desember", "december", "des", "dec"),
)
_MONTH_OF = {word: number for number, words in enumerate(_MONTHS, 1) for word in words}

_TIME = r"(?:[T ]+\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\.\d{1,9})?\s*(?:Z|WIB|[+-]\d{2}:?\d{2})?)?"
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})" + _TIME, re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{4}|\d{2})" + _TIME, re.ASCII)
_DAY_IN_WORDS = re.compile(
    r"(\d{1,2})[ \-/.]+([a-z]{3,9})\.?,?[ \-/.]+(\d{4}|\d{2})" + _TIME, re.ASCII | re.IGNORECASE
)
_MONTH_IN_WORDS = re.compile(r"([a-z]{3,9})\.? +(\d{1,2}),? +(\d{4})", re.ASCII)
_WEEKDAY = re.compile(r"^[a-z']{3,9}\.?\s*,\s*", re.ASCII)
_SERIAL = re.compile(r"(\d{5})(?:[.,]\d{1,12})?", re.ASCII)
_FIRST_SERIAL, _LAST_SERIAL = 25_569, 73_050
"""1970 to 2099; other numbers of five digits are no days."""
_SERIAL_ZERO = date(1899, 12, 30)
_LONGEST = 60


def read_date(written: str, order: str = DAY_FIRST) -> date:
    """The day that is meant. Raises ValueError when it is none, or none that exists.

    A number of five digits is a day as spreadsheets count them. Years of two digits are of this
    century.
    """
    text = written.strip()
    if len(text) > _LONGEST:
        raise ValueError("is longer than a date")
    if _SERIAL.fullmatch(text) and _FIRST_SERIAL <= int(text[:5]) <= _LAST_SERIAL:
        return _SERIAL_ZERO + timedelta(days=int(text[:5]))
    if found := _YEAR_FIRST.fullmatch(text):
        return date(int(found[1]), int(found[3]), int(found[4]))
    if found := _YEAR_LAST.fullmatch(text):
        first, second = int(found[1]), int(found[3])
        day, month = (first, second) if order == DAY_FIRST else (second, first)
        return date(_year(found[4]), month, day)
    bare = _WEEKDAY.sub("", text.casefold())
    if found := _DAY_IN_WORDS.fullmatch(bare):
        return date(_year(found[3]), _month(found[2]), int(found[1]))
    if found := _MONTH_IN_WORDS.fullmatch(bare):
        return date(int(found[3]), _month(found[1]), int(found[2]))
    if bare != text.casefold():
        return read_date(bare, order)
    raise ValueError("is no date")


def _year(written: str) -> int:
    return int(written) + (2000 if len(written) == 2 else 0)


def _month(word: str) -> int:
    if word not in _MONTH_OF:
        raise ValueError("names no month")
    return _MONTH_OF[word]
