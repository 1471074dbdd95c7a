"""Cells of a row made into values: every fault is Unreadable and names the column."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar

from connectors.errors import Unreadable
from connectors.ports import geometry
from connectors.ports.common import GeoPoint

E = TypeVar("E", bound=Enum)

_NUMBER = re.compile(r"[+-]?\d{1,20}(\.\d{1,20})?", re.ASCII)
_AREA = re.compile(r"\d\d(\.\d\d(\.\d\d(\.\d{4})?)?)?", re.ASCII)
_E164 = re.compile(r"\+[1-9]\d{4,14}", re.ASCII)
_YES = {"yes": True, "true": True, "ya": True, "no": False, "false": False, "tidak": False}


def optional(row: Mapping[str, Any], column: str) -> str | None:
    """The text of a cell without outer space, None when it is empty or not there."""
    value = row.get(column)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal)):
        raise Unreadable(f"{column}: text is needed, not {type(value).__name__}")
    try:
        found = str(value).strip()
        found.encode()
    except ValueError as error:  # a number of thousands of digits, half a surrogate pair
        raise Unreadable(f"{column}: cannot be written as text") from error
    if "\x00" in found:
        raise Unreadable(f"{column}: holds a NUL character")
    return found or None


def required(row: Mapping[str, Any], column: str) -> str:
    """The text of a cell that must not be empty."""
    found = optional(row, column)
    if found is None:
        raise Unreadable(f"{column}: is empty")
    return found


def local_id(row: Mapping[str, Any], column: str = "id") -> str:
    """The source's own key, at most 255 characters."""
    found = required(row, column)
    if len(found) > 255:
        raise Unreadable(f"{column}: is longer than 255 characters")
    return found


def area_code(row: Mapping[str, Any], column: str = "area") -> str | None:
    """A Kemendagri code, None when the cell is empty."""
    found = optional(row, column)
    if found is not None and _AREA.fullmatch(found) is None:
        raise Unreadable(f"{column}: must be a code such as 36.71.05.1001, not {found[:40]!r}")
    return found


def e164(row: Mapping[str, Any], column: str) -> str | None:
    """A number in E.164, None when the cell is empty."""
    found = optional(row, column)
    if found is not None and _E164.fullmatch(found) is None:
        raise Unreadable(f"{column}: must look like +62215582144, not {found[:40]!r}")
    return found


def one_of(kinds: type[E], row: Mapping[str, Any], column: str, *, default: E | None = None) -> E:
    """The enum value a cell names; `default` when it is empty."""
    found = optional(row, column)
    if found is None and default is not None:
        return default
    try:
        return kinds(found)
    except ValueError as error:
        known = ", ".join(kind.value for kind in kinds)
        raise Unreadable(f"{column}: {str(found)[:40]!r} is none of {known}") from error


def flag(row: Mapping[str, Any], column: str) -> bool | None:
    """Yes or no, None when the cell is empty."""
    value = row.get(column)
    if isinstance(value, bool):
        return value
    found = optional(row, column)
    if found is None:
        return None
    if found.casefold() not in _YES:
        raise Unreadable(f"{column}: must be yes or no, not {found[:40]!r}")
    return _YES[found.casefold()]


def number(row: Mapping[str, Any], column: str) -> Decimal | None:
    """The plain decimal number in a cell, None when it is empty."""
    found = optional(row, column)
    if found is None:
        return None
    if _NUMBER.fullmatch(found) is None:
        raise Unreadable(f"{column}: must be a number such as 14000.50, not {found[:40]!r}")
    return Decimal(found)


def amount(row: Mapping[str, Any], column: str) -> Decimal | None:
    """An amount of money, None when the cell is empty; never below zero."""
    found = number(row, column)
    if found is not None and found < 0:
        raise Unreadable(f"{column}: must not be less than 0")
    return found


def coordinates(row: Mapping[str, Any]) -> GeoPoint | None:
    """The point in the columns lat and lng, None when both are empty."""
    lat, lng = number(row, "lat"), number(row, "lng")
    if lat is None and lng is None:
        return None
    if lat is None or lng is None:
        raise Unreadable("lat, lng: one is given without the other")
    try:
        return geometry.point_of(float(lat), float(lng))
    except ValueError as error:
        raise Unreadable(f"lat, lng: {error}") from error


def tuple_of(row: Mapping[str, Any], column: str) -> tuple[str, ...]:
    """The texts of a list, or of one text parted by `;`."""
    value = row.get(column)
    parts = value if isinstance(value, (list, tuple)) else (optional(row, column) or "").split(";")
    found = (optional({column: part}, column) for part in parts)
    return tuple(part for part in found if part)
