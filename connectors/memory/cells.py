"""The one reader of a row's cells: texts as in CSV, values as in JSON or a database, else Unreadable."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, NoReturn, TypeVar

from connectors.errors import Unreadable
from connectors.ports import geometry
from connectors.ports.common import GeoPoint, ScopedId, Text

E = TypeVar("E", bound=Enum)
T = TypeVar("T")

LONGEST_ID = 255
"""Characters of a local id."""

_FLAGS = {
    **dict.fromkeys(("yes", "true", "1", "ya"), True),
    **dict.fromkeys(("no", "false", "0", "tidak"), False),
}
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_LOCAL_DAY = re.compile(r"(\d\d)/(\d\d)/(\d{4})", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,20}(\.\d{1,20})?", re.ASCII)
_AREA = re.compile(r"\d\d(\.\d\d(\.\d\d(\.\d{4})?)?)?", re.ASCII)
_E164 = re.compile(r"\+[1-9]\d{4,14}", re.ASCII)
_MOST = 10**15
_SHOWN = 40


class Cells:
    """One row of an upstream. Every method raises Unreadable, naming the column, and nothing else.

    An empty text, a list without members and a missing column are all None; `must_…` refuses them.
    """

    def __init__(self, row: Mapping[str, Any], kind: str, *, within: str | None = None) -> None:
        """`within` is the column of the outer row when this row stands in a cell of it."""
        self._row = row
        self._kind = kind
        self._within = within

    def refuse(self, column: str, reason: str) -> NoReturn:
        """Raise Unreadable about a column."""
        message = f"{self._kind}: {column} {reason}"
        raise Unreadable(message, column=self._within or column)

    def raw(self, column: str) -> Any:
        """The value as it came, None where there is none."""
        value = self._row.get(column)
        return None if value is None or value in ("", [], {}) else value

    # --------------------------------------------------------------------------- texts

    def plain(self, column: str) -> str | None:
        """A text without outer space; numbers are taken as they are written."""
        value = self.raw(column)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal)):
            self.refuse(column, f"must be text, not {type(value).__name__}")
        try:
            found = str(value).strip()
            found.encode()
        except ValueError:  # a number of thousands of digits, half a surrogate pair
            self.refuse(column, "cannot be written as text")
        if "\x00" in found:
            self.refuse(column, "holds characters that no text has")
        return found or None

    def must(self, column: str) -> str:
        """A text that must be there."""
        return self._needed(column, self.plain(column))

    def local_id(self, column: str = "id") -> str:
        """The source's own key, at most 255 characters."""
        return self.id_of(column, self.must(column))

    def id_of(self, column: str, made: str) -> str:
        """A key made of the row, which must be as short as any other."""
        if len(made) > LONGEST_ID:
            self.refuse(column, f"is longer than {LONGEST_ID} characters")
        return made

    def scoped(self, column: str) -> ScopedId | None:
        """A record of another source, written `source:id`."""
        value = self.plain(column)
        try:
            return None if value is None else ScopedId.parse(value)
        except ValueError:
            self.refuse(column, f"must be source:id, not {str(value)[:_SHOWN]!r}")

    def must_scoped(self, column: str) -> ScopedId:
        """A record of another source that must be there."""
        return self._needed(column, self.scoped(column))

    def text(self, column: str) -> Text | None:
        """A text in languages: columns `x_id`, `x_en`, else one column `x` of {lang: text}."""
        value = self.raw(column)
        found: dict[str, str] = {}
        if isinstance(value, Mapping):
            inner = Cells(value, f"{self._kind}: {column}", within=self._within or column)
            for lang in value:
                if not isinstance(lang, str):
                    self.refuse(column, "must have language tags as keys")
                found[lang] = inner.must(lang)
        elif (words := self.plain(column)) is not None:
            found["id"] = words
        for lang in ("id", "en"):
            words = self.plain(f"{column}_{lang}")
            if words is not None:
                found[lang] = words
        return Text(found) if found else None

    def must_text(self, column: str) -> Text:
        """A text in at least one language."""
        return self._needed(column, self.text(column))

    def words(self, column: str, *, parted_by: str = "|") -> tuple[str, ...]:
        """Several texts: a list, or one text in parts; each once, in their order."""
        return tuple(dict.fromkeys(self.each(column, Cells.must, parted_by=parted_by)))

    def each(
        self, column: str, read: Callable[[Cells, str], T], *, parted_by: str = "|"
    ) -> tuple[T, ...]:
        """What `read` makes of each member of a list, or of each part of one text."""
        value = self.raw(column)
        if value is None:
            return ()
        if isinstance(value, str):
            value = value.split(parted_by)
        if not isinstance(value, (list, tuple)):
            self.refuse(column, f"must be a list, or text parted by {parted_by}")
        inner = (Cells({column: one}, self._kind, within=self._within) for one in value)
        return tuple(read(one, column) for one in inner if one.plain(column) is not None)

    def area(self, column: str = "area") -> str | None:
        """A Kemendagri code."""
        return self._like(_AREA, column, "a code such as 36.71.05.1001")

    def e164(self, column: str) -> str | None:
        """A telephone number in E.164."""
        return self._like(_E164, column, "written like +62215582144")

    def url(self, column: str) -> str | None:
        """An address of the web."""
        value = self.plain(column)
        if value is not None and not value.startswith(("http://", "https://")):
            self.refuse(column, f"must begin with http:// or https://, not {value[:_SHOWN]!r}")
        return value

    # --------------------------------------------------------------------------- words

    def flag(self, column: str) -> bool | None:
        """Yes or no."""
        value = self.raw(column)
        if isinstance(value, bool):
            return value
        word = self.plain(column)
        if word is None:
            return None
        if word.lower() not in _FLAGS:
            self.refuse(column, f"must be yes or no, not {word[:_SHOWN]!r}")
        return _FLAGS[word.lower()]

    def one_of(self, column: str, words: type[E]) -> E | None:
        """A member of an enum, by value; letter case aside, space and `-` taken for `_`."""
        value = self.plain(column)
        if value is None:
            return None
        try:
            return words(value.upper().replace("-", "_").replace(" ", "_"))
        except ValueError:
            there = ", ".join(str(word.value) for word in words)
            self.refuse(column, f"must be one of {there}, not {value[:_SHOWN]!r}")

    def must_one_of(self, column: str, words: type[E]) -> E:
        """A member of an enum that must be there."""
        return self._needed(column, self.one_of(column, words))

    # --------------------------------------------------------------------------- numbers

    def whole(self, column: str, *, least: int = 0, most: int = 2**31 - 1) -> int | None:
        """A whole number from `least` to `most`."""
        found = self._exact(column, "must be a whole number")
        if found is None:
            return None
        if found != found.to_integral_value():
            self.refuse(column, "must be a whole number")
        if not least <= found <= most:
            self.refuse(column, f"must be from {least} to {most}")
        return int(found)

    def must_whole(self, column: str, *, least: int = 0, most: int = 2**31 - 1) -> int:
        """A whole number that must be there."""
        return self._needed(column, self.whole(column, least=least, most=most))

    def number(self, column: str, *, unit: str = "") -> float | None:
        """A number, maybe with its unit behind: `10 km`."""
        reason = f"must be a number{unit and f' of {unit}'}"
        found = self._exact(column, reason, unit=unit)
        return None if found is None else float(found)

    def must_number(self, column: str, *, unit: str = "") -> float:
        """A number that must be there."""
        return self._needed(column, self.number(column, unit=unit))

    def amount(self, column: str) -> Decimal | None:
        """An exact amount of money, never below zero."""
        found = self._exact(column, "must be a number such as 14000.50")
        if found is not None and found < 0:
            self.refuse(column, "must not be less than 0")
        return found

    # --------------------------------------------------------------------------- times

    def day(self, column: str) -> date | None:
        """A date, written YYYY-MM-DD or DD/MM/YYYY."""
        value = self.raw(column)
        if isinstance(value, date):
            return value.date() if isinstance(value, datetime) else value
        return self._read(column, "YYYY-MM-DD", _read_day)

    def must_day(self, column: str) -> date:
        """A date that must be there."""
        return self._needed(column, self.day(column))

    def moment(self, column: str) -> datetime | None:
        """A moment with its offset, ISO 8601."""
        form = "a time with offset, 2026-11-23T08:00:00+07:00"
        value = self.raw(column)
        if not isinstance(value, datetime):
            return self._read(column, form, _read_moment)
        if not _is_moment(value):
            self.refuse(column, f"must be {form}, not {value}")
        return value

    def must_moment(self, column: str) -> datetime:
        """A moment that must be there."""
        return self._needed(column, self.moment(column))

    # --------------------------------------------------------------------------- points, rows

    def point(self) -> GeoPoint | None:
        """The point in the columns `lat` and `lng`, None when both are empty."""
        lat, lng = self.number("lat"), self.number("lng")
        if lat is None and lng is None:
            return None
        if lat is None or lng is None:
            self.refuse("lat, lng", "need each other: one is given without the other")
        try:
            return geometry.point_of(lat, lng)
        except ValueError as error:
            self.refuse("lat, lng", str(error))

    def must_point(self, column: str) -> GeoPoint:
        """A point written `lat,lng`, or `lat lng`, that must be there."""
        text = self.must(column)
        try:
            return read_point(text)
        except ValueError as error:
            self.refuse(column, str(error))

    def rows(self, column: str) -> list[Cells]:
        """The rows within a cell: a list of objects."""
        value = self.raw(column)
        if value is None:
            return []
        if not isinstance(value, (list, tuple)):
            self.refuse(column, "must be a list of objects")
        for number, row in enumerate(value):
            if not isinstance(row, Mapping):
                self.refuse(column, f"[{number}] must be an object")
        return [
            Cells(row, f"{self._kind}: {column}[{n}]", within=self._within or column)
            for n, row in enumerate(value)
        ]

    # --------------------------------------------------------------------------- how

    def _exact(self, column: str, reason: str, *, unit: str = "") -> Decimal | None:
        value = self.raw(column)
        if isinstance(value, str):
            value = value.strip().removesuffix(unit).strip() or None
            if value is not None and not _NUMBER.fullmatch(value):
                self.refuse(column, reason)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal)):
            self.refuse(column, reason)
        # A float as it is written: 0.1 is meant, not the binary number next to it.
        found = Decimal(value if isinstance(value, int) else str(value))
        if not found.is_finite() or not -_MOST < found < _MOST:
            self.refuse(column, reason)
        return found

    def _like(self, form: re.Pattern[str], column: str, example: str) -> str | None:
        value = self.plain(column)
        if value is not None and form.fullmatch(value) is None:
            self.refuse(column, f"must be {example}, not {value[:_SHOWN]!r}")
        return value

    def _read(self, column: str, form: str, read: Callable[[str], T]) -> T | None:
        value = self.plain(column)
        if value is None:
            return None
        try:
            return read(value)
        except (ValueError, OverflowError):
            self.refuse(column, f"must be {form}, not {value[:_SHOWN]!r}")

    def _needed(self, column: str, value: T | None) -> T:
        if value is None:
            self.refuse(column, "is empty")
        return value


def read_point(text: str) -> GeoPoint:
    """The point of `-6.2,106.8` (latitude first, as CAP and BMKG write it). Raises ValueError."""
    parts: Sequence[str] = text.replace(",", " ").split()
    if len(parts) != 2 or not all(_NUMBER.fullmatch(part) for part in parts):
        raise ValueError(f"must be lat,lng, not {text[:_SHOWN]!r}")
    return geometry.point_of(float(parts[0]), float(parts[1]))


def _read_day(text: str) -> date:
    local = _LOCAL_DAY.fullmatch(text)
    if local:
        text = "-".join(reversed(local.groups()))
    if not _DAY.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)


def _read_moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if not _is_moment(moment):
        raise ValueError(text)
    return moment


def _is_moment(moment: datetime) -> bool:
    return moment.tzinfo is not None and 1 < moment.year < 9999
