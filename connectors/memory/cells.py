"""Reading the cells of a row: texts as in CSV, values as in JSON, and a clear refusal of the rest."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any, NoReturn, TypeVar

from connectors.errors import Unreadable
from connectors.ports import geometry
from connectors.ports.common import GeoPoint, Text

E = TypeVar("E", bound=Enum)
T = TypeVar("T")

_FLAGS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,15}", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?", re.ASCII)
_SHOWN = 40


class Cells:
    """One row of an upstream. Every method raises Unreadable, naming the column, and nothing else.

    An empty text, a list without members and a missing column are all None; `must_…` refuses them.
    """

    def __init__(self, row: Mapping[str, Any], kind: str) -> None:
        self._row = row
        self._kind = kind

    def refuse(self, column: str, reason: str) -> NoReturn:
        """Raise Unreadable about a column."""
        raise Unreadable(f"{self._kind}: {column} {reason}")

    def raw(self, column: str) -> Any:
        """The value as it came, None where there is none."""
        value = self._row.get(column)
        return None if value is None or value in ("", [], {}) else value

    # --------------------------------------------------------------------------- texts

    def plain(self, column: str) -> str | None:
        """A text without outer space; whole numbers are taken as text."""
        value = self.raw(column)
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**15:
            return str(value)
        if not isinstance(value, str):
            self.refuse(column, f"must be text, not {type(value).__name__}")
        if "\x00" in value or not _encodable(value):
            self.refuse(column, "holds characters that no text has")
        return value.strip() or None

    def must(self, column: str) -> str:
        """A text that must be there."""
        return self._needed(column, self.plain(column))

    def text(self, column: str) -> Text | None:
        """A text in languages: columns `x_id`, `x_en`, else one column `x` of {lang: text}."""
        value = self.raw(column)
        found: dict[str, str] = {}
        if isinstance(value, Mapping):
            inner = Cells(value, f"{self._kind}: {column}")
            for lang in value:
                if not isinstance(lang, str):
                    self.refuse(column, "must have language tags as keys")
                found[lang] = inner.must(lang)
        elif value is not None:
            found["id"] = self.must(column)
        for lang in ("id", "en"):
            words = self.plain(f"{column}_{lang}")
            if words is not None:
                found[lang] = words
        return Text(found) if found else None

    def must_text(self, column: str) -> Text:
        """A text in at least one language."""
        return self._needed(column, self.text(column))

    def words(self, column: str) -> tuple[str, ...]:
        """Several texts: a list, or one text parted by `|`; each once, in their order."""
        value = self.raw(column)
        if value is None:
            return ()
        if isinstance(value, str):
            value = value.split("|")
        if not isinstance(value, (list, tuple)):
            self.refuse(column, "must be a list, or text parted by |")
        inner = Cells(dict(enumerate(value)), f"{self._kind}: {column}")  # type: ignore[arg-type]
        found = (inner.plain(number) for number in range(len(value)))  # type: ignore[arg-type]
        return tuple(dict.fromkeys(word for word in found if word))

    def url(self, column: str) -> str | None:
        """An address of the web."""
        value = self.plain(column)
        if value is not None and not value.startswith(("http://", "https://")):
            self.refuse(column, f"must begin with http:// or https://, not {value[:_SHOWN]!r}")
        return value

    # --------------------------------------------------------------------------- values

    def flag(self, column: str) -> bool | None:
        """Yes or no."""
        value = self.raw(column)
        if value is None or isinstance(value, bool):
            return value
        found = _FLAGS.get(value.strip().lower()) if isinstance(value, str) else None
        if found is None:
            self.refuse(column, "must be yes or no")
        return found

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

    def must_whole(self, column: str, *, least: int) -> int:
        """A whole number not below `least`."""
        value = self.raw(column)
        if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            self.refuse(column, "must be a whole number")
        if not least <= value < 2**31:
            self.refuse(column, f"must be from {least} to 2147483647")
        return value

    def number(self, column: str, *, unit: str = "") -> float | None:
        """A number, maybe with its unit behind: `10 km`."""
        value = self.raw(column)
        if value is None:
            return None
        if isinstance(value, str):
            bare = value.strip().removesuffix(unit).strip() if unit else value.strip()
            value = float(bare) if _NUMBER.fullmatch(bare) else None
        usable = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not usable or not abs(value) < 1e15 or not math.isfinite(value):
            self.refuse(column, f"must be a number{unit and f' of {unit}'}")
        return float(value)

    def must_number(self, column: str, *, unit: str = "") -> float:
        """A number that must be there."""
        return self._needed(column, self.number(column, unit=unit))

    def day(self, column: str) -> date | None:
        """A date, YYYY-MM-DD."""
        return self._read(column, "YYYY-MM-DD", _read_day)

    def moment(self, column: str) -> datetime | None:
        """A moment with its offset, ISO 8601."""
        return self._read(column, "a time with offset, 2026-11-23T08:00:00+07:00", _read_moment)

    def must_moment(self, column: str) -> datetime:
        """A moment that must be there."""
        return self._needed(column, self.moment(column))

    def must_point(self, column: str) -> GeoPoint:
        """A point written `lat,lng`, or `lat lng`."""
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
        return [Cells(row, f"{self._kind}: {column}[{n}]") for n, row in enumerate(value)]

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


def _encodable(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _read_day(text: str) -> date:
    if not _DAY.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)


def _read_moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or not 1 < moment.year < 9999:
        raise ValueError(text)
    return moment
