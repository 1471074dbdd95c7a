"""Values of schema.org properties: text, object or list, whichever somebody chose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from connectors.kinds.written_dates import read_date
from connectors.ports.common import Text, text

_LANG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2}", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{1,6})?", re.ASCII)
_NAMES = ("@value", "name", "legalName", "headline", "value", "codeValue", "termCode", "@id")
_PRINTED = re.compile(
    r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{1,2}) (\d\d:\d\d:\d\d) ([A-Z]{3,4}) (\d{4})", re.ASCII
)
"""A moment as programmes print it: `Mon Nov 16 00:00:00 UTC 2026`."""
_MAILED = re.compile(r"[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:", re.ASCII)
FIRST_YEAR, LAST_YEAR = 1970, 2199


def each(value: Any) -> Iterator[Any]:
    """The members of a list (or `@list`, `@set`), or the value alone; nothing for None."""
    if isinstance(value, dict):
        value = value.get("@list", value.get("@set", value))
    if isinstance(value, list):
        for one in value:
            yield from each(one)
    elif value is not None:
        yield value


def words(value: Any) -> str | None:
    """The text of a value; of an object its value or name; of a list the first that has one."""
    return next(iter(_texts(value)), None)


def texts(value: Any) -> list[str]:
    """All texts of a value, each once."""
    return list(dict.fromkeys(_texts(value)))


def by_language(value: Any, language: str) -> Text | None:
    """The text in each language it is told in; `language` where none is named."""
    found: dict[str, str] = {}
    for one in each(value):
        lang = language
        if isinstance(one, dict):
            if "@value" not in one and one and all(_LANG.fullmatch(str(key)) for key in one):
                for key, inner in one.items():  # a map of languages
                    if isinstance(inner, str) and inner.strip() and len(str(key)) in (2, 5):
                        found.setdefault(str(key).lower().partition("-")[0], inner)
                continue
            said = one.get("@language")
            if isinstance(said, str) and _LANG.fullmatch(said):
                lang = said.lower().partition("-")[0]
        there = words(one)
        if there is not None:
            found.setdefault(lang, there)
    return text(**found) if found else None


def address(value: Any, base: str = "") -> str | None:
    """An address of the web, absolute; None when it is none."""
    for one in each(value):
        said = (
            one.get("url") or one.get("@id") or one.get("@value") if isinstance(one, dict) else one
        )
        if not isinstance(said, str) or not said.strip() or len(said) > 2_000:
            continue
        try:
            url = urljoin(base, said.strip())
            parts = urlsplit(url)
        except ValueError:
            continue
        if parts.scheme in ("http", "https") and parts.netloc and not re.search(r"[\s<>\"]", url):
            return url
    return None


def number(value: Any) -> Decimal | None:
    """A number, also one written as text with a point or a comma for decimals; None otherwise."""
    for one in each(value):
        said = one.get("@value", one.get("value")) if isinstance(one, dict) else one
        if isinstance(said, str) and _NUMBER.fullmatch(said.strip()):
            said = said.strip().replace(",", ".")
        elif isinstance(said, bool) or not isinstance(said, (int, float)):
            continue
        try:
            found = Decimal(str(said))
        except (InvalidOperation, ValueError):
            continue
        if found.is_finite() and abs(found) < 10**15:
            return found
    return None


def whole(value: Any, *, most: int = 1_000_000) -> int | None:
    """A whole number from 0; None otherwise."""
    found = number(value)
    if found is None or found != found.to_integral_value() or not 0 <= found <= most:
        return None
    return int(found)


def moment(value: Any, zone: tzinfo, *, end_of_day: bool = False) -> datetime | None:
    """A time; a day alone begins (or ends) in `zone`, and so do times without an offset."""
    for one in each(value):
        said = one.get("@value") if isinstance(one, dict) else one
        try:
            found = _moment(said, zone, end_of_day=end_of_day)
        except (ValueError, OverflowError, OSError):
            continue
        if found is not None and FIRST_YEAR <= found.year <= LAST_YEAR:
            return found
    return None


def _moment(said: Any, zone: tzinfo, *, end_of_day: bool) -> datetime | None:
    if isinstance(said, (int, float)) and not isinstance(said, bool):
        # Seconds since 1970, or thousandths of them as scripts count; a year or a day is neither.
        if said < 100_000_000:
            return None
        return datetime.fromtimestamp(said / 1000 if said >= 10**11 else said, UTC)
    if not isinstance(said, str):
        return None
    written = said.strip()
    closing = time(23, 59, 59) if end_of_day else time()
    try:
        if len(written) <= 10:
            return datetime.combine(date.fromisoformat(written), closing, zone)
        space = written[10] == " "
        found = datetime.fromisoformat(written.replace(" ", "T", 1) if space else written)
    except ValueError:
        if printed := _PRINTED.fullmatch(written):
            month, day, clock, name, year = printed.groups()
            written = f"{month}, {day} {month} {year} {clock} {name}"
        if not _MAILED.match(written):  # a day as people write it
            return datetime.combine(read_date(written), closing, zone)
        found = parsedate_to_datetime(written)
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _texts(value: Any) -> Iterator[str]:
    for one in each(value):
        if isinstance(one, str):
            if one.strip():
                yield one.strip()
        elif isinstance(one, (int, float, Decimal)) and not isinstance(one, bool):
            yield str(one)
        elif isinstance(one, dict):
            inner = (words(one[name]) for name in _NAMES if name in one)
            found = next((there for there in inner if there is not None), None)
            if found is not None:
                yield found
