"""When a source said something: dates of any precision, as the first moment of their span."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

_STATED = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)


def first_moment(stated: str | None, zone: str) -> datetime | None:
    """The first moment of a year, month or day, in the city's zone; None for an empty cell.

    A number printed "in 2011" is thus as of 1 January 2011: never newer than it can be. Raises
    ValueError for any other text.
    """
    if stated is None:
        return None
    found = _STATED.fullmatch(stated)
    if found is None:
        raise ValueError(f"must be a date such as 2011, 2024-06 or 2026-07-20, not {stated!r}")
    year, month, day = found.groups()
    try:
        return datetime(int(year), int(month or 1), int(day or 1), tzinfo=ZoneInfo(zone))
    except ValueError as error:
        raise ValueError(f"is no day of the calendar: {stated!r}") from error
