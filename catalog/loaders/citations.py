"""Citations of the pack: when what they name was published, and where it can be read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from catalog.pack import Pack

_DATE = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", re.ASCII)
_PARTED = " | "


class Citations:
    """The rows of `sources.csv`. A cell may name several, parted by ` | `."""

    def __init__(self, pack: Pack) -> None:
        zone = ZoneInfo(pack.city["zone"])
        self._published: Mapping[str, datetime | None] = {
            row.need("citation"): _read(row.get("published"), zone)
            for row in pack.rows("sources.csv")
        }

    def published(self, cell: str | None) -> datetime | None:
        """When the newest source of a cell was published, None when none says.

        A month or a year stands for its first day: a record never looks newer than it is.
        """
        found = (self._published.get(part) for part in (cell or "").split(_PARTED))
        return max((moment for moment in found if moment), default=None)

    @staticmethod
    def page(cell: str | None) -> str | None:
        """The first address in a cell that can be opened as it stands."""
        for part in (cell or "").split(_PARTED):
            if part.startswith(("http://", "https://")) and " " not in part:
                return part
        return None


def _read(published: str | None, zone: ZoneInfo) -> datetime | None:
    found = _DATE.fullmatch(published or "")
    if found is None:
        return None
    year, month, day = found.groups()
    return datetime(int(year), int(month or 1), int(day or 1), tzinfo=zone)
