"""Feeds: rows of a file, an address or a table, mapped by a catalogue line alone.

A line says `system = "feed.places"` and in its options where the rows are (`from`), how they are
written, and which upstream value is which of ours (`fields`, see `connectors.kinds.mapping`).
The names of ours are the columns of the domain's reader in `connectors.memory`; `as_of` (a moment
with offset) and `source_url` go to the record's origin in every domain.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from connectors.base import Tools
from connectors.errors import ConnectorError, Unreadable
from connectors.kinds.declared import Options, read_options, row_source
from connectors.kinds.mapping import canonical
from connectors.kinds.rows import FAULT, RowSource
from connectors.memory import (
    apps,
    departments,
    emergency,
    events,
    jobs,
    places,
    price_rows,
    prices,
    tours,
    warnings,
)
from connectors.memory.cells import Cells
from connectors.ports.common import Origin
from connectors.ports.connectors import Binding

log = logging.getLogger(__name__)

OriginOf = Callable[[str], Origin]
Reader = Callable[[Mapping[str, Any], OriginOf], Sequence[Any]]
Rows = Sequence[Mapping[str, Any]]

RETRY_S = 5.0
"""Seconds before a failed reading is tried again, unless the upstream says later."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the rows of a domain become a connector.

    `read` gives the records of a row, its own one first; `memory` is the connector made of all.
    """

    read: Reader
    memory: Callable[[str, Sequence[Any]], Any]


# ------------------------------------------------------------------------------- the feed


class Feed:
    """A connector over rows. It has the methods of the recipe's memory connector.

    Rows are read by the first question, and again when they are older than `refresh_seconds`, once
    for all who ask. When that fails, the last good rows answer, marked stale, for `stale_seconds`.
    """

    def __init__(
        self,
        binding: Binding,
        recipe: Recipe,
        rows: RowSource,
        options: Options,
        now: Callable[[], datetime],
    ) -> None:
        self.name = binding.key
        self.rejected: list[tuple[Mapping[str, Any], str]] = []
        """The rows that could not be read, as they came, and why."""
        self.records_total = 0
        self._binding = binding
        self._recipe = recipe
        self._rows = rows
        self._options = options
        self._now = now
        self._lock = asyncio.Lock()
        self._memory: Any = None
        self._last: Rows = ()
        self._read_at: datetime | None = None
        self._due: datetime | None = None
        self._failure: ConnectorError | None = None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or not callable(getattr(self._recipe.memory, name, None)):
            raise AttributeError(f"{type(self).__name__} has no {name}")

        async def asked(*args: Any, **more: Any) -> Any:
            return await getattr(await self._current(), name)(*args, **more)

        return asked

    async def aclose(self) -> None:
        """Close the way to the rows."""
        await self._rows.aclose()

    async def _current(self) -> Any:
        """The connector over rows that are new enough. Raises ConnectorError."""
        # Who comes while somebody reads again takes what is there, and does not wait.
        if self._is_due() and not (self._lock.locked() and self._memory is not None):
            async with self._lock:
                if self._is_due():  # nobody else read while we waited
                    await self._read()
        if self._failure is not None and not self._is_kept():
            # A new one for everybody who asks: they add who asked and from where.
            again = type(self._failure)(
                str(self._failure), source=self.name, retry_after=self._failure.retry_after
            )
            raise again from self._failure
        return self._memory

    def _is_due(self) -> bool:
        return self._due is None or self._now() >= self._due

    def _is_kept(self) -> bool:
        if self._read_at is None:
            return False
        return self._now() - self._read_at <= timedelta(seconds=self._options.stale_seconds)

    async def _read(self) -> None:
        began, options = self._now(), self._options
        try:
            rows = await self._rows.rows()
            if rows is not self._last or self._failure is not None:
                await self._take(rows, began, stale=False)
        except ConnectorError as error:
            wait = max(error.retry_after or 0.0, min(options.refresh_seconds, RETRY_S))
            if self._failure is None and self._read_at is not None:
                await self._take(self._last, self._read_at, stale=True)
            self._failure = error
            self._due = began + timedelta(seconds=wait)
        else:
            self._failure, self._last, self._read_at = None, rows, began
            self._due = began + timedelta(seconds=options.refresh_seconds)

    async def _take(self, rows: Rows, fetched_at: datetime, *, stale: bool) -> None:
        # In a thread, so that a large feed does not keep everybody else waiting.
        made = await asyncio.to_thread(self._made, rows, fetched_at, stale=stale)
        known = len(self.rejected)
        self._memory, self.rejected, self.records_total = made
        if len(self.rejected) != known:
            reason = self.rejected[0][1] if self.rejected else None
            log.warning(
                "rows_rejected",
                extra={"source": self.name, "count": len(self.rejected), "first": reason},
            )

    def _made(
        self, rows: Rows, fetched_at: datetime, *, stale: bool
    ) -> tuple[Any, list[tuple[Mapping[str, Any], str]], int]:
        """The connector, what was rejected, how many were not. Raises Unreadable when all were."""
        records: dict[tuple[type, str], Any] = {}
        rejected: list[tuple[Mapping[str, Any], str]] = []
        for upstream in rows:
            row = canonical(upstream, self._options.fields)
            try:
                own, *beside = self._records(upstream, row, fetched_at, stale=stale)
            except Unreadable as error:
                rejected.append((upstream, str(error)))
                continue
            if _key(own) in records:
                rejected.append((upstream, f"id: {own.origin.local_id!r} stands in an earlier row"))
                continue
            for record in (own, *beside):
                records.setdefault(_key(record), record)
        if rejected and not records:
            raise Unreadable(f"none of {len(rejected)} rows could be read: {rejected[0][1]}")
        memory = self._recipe.memory(self.name, list(records.values()))
        return memory, rejected, len(rows) - len(rejected)

    def _records(
        self,
        upstream: Mapping[str, Any],
        row: Mapping[str, Any],
        fetched_at: datetime,
        *,
        stale: bool,
    ) -> Sequence[Any]:
        if FAULT in upstream:
            raise Unreadable(str(upstream[FAULT]))
        return self._recipe.read(row, self._origin(row, fetched_at, stale=stale))

    def _origin(self, row: Mapping[str, Any], fetched_at: datetime, *, stale: bool) -> OriginOf:
        binding, cells = self._binding, Cells(row, "feed")
        url = row.get("source_url")
        return partial(
            Origin,
            binding.key,
            as_of=cells.moment("as_of") or fetched_at,
            fetched_at=fetched_at,
            quality=binding.quality,
            stale=stale,
            licence=binding.licence,
            url=url if isinstance(url, str) and url.startswith(("http://", "https://")) else None,
        )


def _key(record: Any) -> tuple[type, str]:
    return type(record), record.origin.local_id


# ------------------------------------------------------------------------------- systems


async def open_feed(recipe: Recipe, binding: Binding, tools: Tools) -> Feed:
    """A feed of a domain. Raises ValueError when its options are wrong; rows are read later."""
    options = read_options(binding.options)
    rows = row_source(options, (tools.data_folder, tools.city_folder))
    return Feed(binding, recipe, rows, options, tools.now)


def one(read: Callable[[Mapping[str, Any], OriginOf], Any]) -> Reader:
    """A reader of rows that hold one record each."""
    return lambda row, origin: (read(row, origin),)


open_alerts = partial(open_feed, Recipe(one(warnings.read_alert), warnings.MemoryAlerts))
open_apps = partial(open_feed, Recipe(one(apps.read_app), apps.MemoryApps))
open_departments = partial(
    open_feed, Recipe(one(departments.read_department), departments.MemoryDepartments)
)
open_earthquakes = partial(
    open_feed, Recipe(one(warnings.read_earthquake), warnings.MemoryEarthquakes)
)
open_emergency = partial(open_feed, Recipe(one(emergency.read_contact), emergency.MemoryEmergency))
open_events = partial(open_feed, Recipe(one(events.read_event), events.MemoryEvents))
open_forecast = partial(open_feed, Recipe(one(warnings.read_forecast), warnings.MemoryForecasts))
open_guides = partial(open_feed, Recipe(one(tours.read_guide), tours.MemoryGuides))
open_jobs = partial(open_feed, Recipe(one(jobs.read_job), jobs.MemoryJobs))
open_markets = partial(open_feed, Recipe(one(price_rows.read_market), prices.MemoryMarkets))
open_places = partial(open_feed, Recipe(one(places.read_place), places.MemoryPlaces))
open_prices = partial(open_feed, Recipe(price_rows.read_observation, prices.MemoryPriceFeed))
open_tours = partial(open_feed, Recipe(one(tours.read_tour), tours.MemoryTours))
