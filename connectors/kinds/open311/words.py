"""What stands in the cells of GeoReport rows: texts, moments, points, flags."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

from connectors.errors import Unreadable
from connectors.kinds.plain import plain as without_markup
from connectors.ports import geometry
from connectors.ports.common import GeoPoint

MOST_CHARACTERS = 20_000
"""Of one text; the specification says 4,000, and servers that never heard of it are read."""
_SHOWN = 40
_NUMBER = re.compile(r"[+-]?\d{1,12}(?:[.,]\d{1,20})?(?:[eE]-?\d{1,2})?", re.ASCII)
_OFFSET = re.compile(r"([+-]\d\d)(\d\d)$", re.ASCII)
_YES = frozenset(("true", "yes", "1", "t", "y"))


def text(row: Mapping[str, Any], *names: str) -> str | None:
    """The first of these values that says anything, without markup and outer space.

    The specification allows no HTML; where there is some, its text is kept. Raises Unreadable
    where a value is no text.
    """
    found = plain(row, *names)
    return None if found is None else readable(found)


def plain(row: Mapping[str, Any], *names: str) -> str | None:
    """The first of these values that says anything, as it is written, without outer space."""
    for name in names:
        value = row.get(name)
        if value is None or value in ("", [], {}):
            continue
        if not isinstance(value, (str, bool)):
            raise Unreadable(f"{name} must be text, not {type(value).__name__}", column=name)
        found = str(value).strip() if isinstance(value, str) else str(value).lower()
        if "\x00" in found or _is_broken(found):
            raise Unreadable(f"{name} holds characters that no text has", column=name)
        if len(found) > MOST_CHARACTERS:
            raise Unreadable(f"{name} is longer than {MOST_CHARACTERS} characters", column=name)
        if found and found.lower() != "null":
            return found
    return None


def readable(said: str) -> str | None:
    """A text without entities and markup; None when nothing is left."""
    return without_markup(said) or None


def moment(row: Mapping[str, Any], *names: str, zone: tzinfo | None) -> datetime | None:
    """A moment in UTC; one without an offset is of `zone`. Raises Unreadable, also without one."""
    for name in names:
        said = plain(row, name)
        if said is not None:
            return _moment(said, name, zone)
    return None


def _moment(said: str, name: str, zone: tzinfo | None) -> datetime:
    try:
        found = datetime.fromisoformat(_OFFSET.sub(r"\1:\2", said.replace(" UTC", "Z")))
    except ValueError as error:
        message = f"{name} must be a time such as 2026-11-23T08:00:00+07:00, not {said[:_SHOWN]!r}"
        raise Unreadable(message, column=name) from error
    if found.tzinfo is None:
        if zone is None:
            message = f"{name} has no offset: the option `zone` says in which zone the times are"
            raise Unreadable(message, column=name)
        found = found.replace(tzinfo=zone)
    if not 1 < found.year < 9999:
        raise Unreadable(f"{name} must be a year from 2 to 9998", column=name)
    return found.astimezone(UTC)


def point(row: Mapping[str, Any]) -> GeoPoint | None:
    """The point of a row, None where there is none to be trusted.

    0, 0 is how servers write "unknown"; where only the other way round makes a point, latitude
    and longitude were swapped.
    """
    lat = number(plain(row, "lat", "latitude"))
    lng = number(plain(row, "long", "lng", "lon", "longitude"))
    if lat is None or lng is None or (lat == 0 and lng == 0):
        return None
    if abs(lat) > 90 >= abs(lng):
        lat, lng = lng, lat
    try:
        return geometry.point_of(lat, lng)
    except ValueError:
        return None


def number(said: str | None) -> float | None:
    """A number, also with a decimal comma; None where it is none."""
    if said is None or _NUMBER.fullmatch(said) is None:
        return None
    return float(said.replace(",", "."))


def flag(row: Mapping[str, Any], *names: str) -> bool:
    """Whether one of these is said to be so."""
    return any((plain(row, name) or "").lower() in _YES for name in names)


def _is_broken(said: str) -> bool:
    """Whether it holds half a surrogate pair."""
    return any("\ud800" <= character <= "\udfff" for character in said) if said else False
