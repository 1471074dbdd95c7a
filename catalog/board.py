"""Opens the catalogue: every line becomes a source on the switchboard, and stays up to date."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from catalog import bindings, loaded
from catalog.registrations.lines import SYSTEM, Watched
from connectors import registry
from connectors.base import Tools
from connectors.ports.connectors import Binding
from connectors.switchboard import Source, Switchboard
from connectors.upkeep.reading import foreign
from connectors.upkeep.shared import BreakerNews

log = logging.getLogger(__name__)

OPEN_SECONDS = 30.0
"""A connector that takes longer to open is set aside."""
AGAIN_SECONDS = 60.0
"""After so many a line that could not be opened is tried again."""
RETIRED_SECONDS = 60.0
"""So long a source that is no longer on the board may still be asked by requests that run."""


class Board:
    """The switchboard of now. A line that cannot be opened is set aside and stops nobody.

    It is tried again from time to time. Sources that left the board are closed when no request
    can still be asking them: `retired_seconds` after.
    """

    def __init__(
        self, engine: AsyncEngine, tools: Tools, *, retired_seconds: float = RETIRED_SECONDS
    ) -> None:
        self._engine = engine
        self._tools = tools
        self._clock = tools.services.clock
        self._registered = Watched(tools.services.zone)
        self._retired_seconds = retired_seconds
        self._retired: list[tuple[float, Source[Any]]] = []
        self._tried: dict[str, float] = {}
        """When lines were tried that could not be opened."""
        self.switchboard = Switchboard((), registry.PORTS)
        self.changed: Callable[[], None] = lambda: None
        """Told at once when a source was switched, and when the catalogue's records are others."""
        self.troubled: Callable[[str], None] = lambda _key: None
        """Told the key of a source of which another worker brings news."""
        self.records: object = None
        """What the records of the catalogue were known by when it was looked at last."""

    async def refresh(self) -> bool:
        """Take over what the catalogue says now; True when sources came, went or changed.

        Running requests keep the switchboard they began with.
        """
        await self._let_go()
        async with self._engine.connect() as connection:
            lines = await bindings.stored(connection)
            held = await loaded.holdings(connection)
            registered = await self._registered.now(connection, self._clock.now())
            records = (await loaded.state(connection), self._registered.seen)
        if records != self.records:
            self.records = records
            self.changed()
        # A city that was loaded with a key of a team's connector keeps it for its own.
        own = {line.key for line, _ in lines}
        teams = {one.binding.key: one for one in registered if one.binding.key not in own}
        lines += [(one.binding, one.on) for one in teams.values()]
        present: dict[str, Source[Any]] = {source.key: source for source in self.switchboard}
        sources = [await self._taken_over(present.get(line.key), line, on=on) for line, on in lines]
        for source in sources:
            if source.key in teams:
                source.schema_drift = teams[source.key].drift
            if source.key in held:
                source.records_total, source.rejected_records = held[source.key]
        if sources == list(present.values()):
            return False
        # Requests that run now may still ask them.
        now = self._clock.monotonic()
        self._retired += [(now, source) for source in present.values() if source not in sources]
        self.switchboard = Switchboard(sources, registry.PORTS)
        return True

    async def _taken_over(
        self, source: Source[Any] | None, line: Binding, *, on: bool
    ) -> Source[Any]:
        if source is not None and source.enabled != on:
            log.warning("source_switched", extra={"source": line.key, "on": on})
        if source is None or not _same(source.binding, line) or _wants_another_try(source, on=on):
            source = await self._opened(line)
        elif on and self._is_due(source):
            source = await self._opened(line, before=source)
        if source.enabled != on:
            source.enabled = on
            self.changed()
        return source

    def _is_due(self, source: Source[Any]) -> bool:
        tried = self._tried.get(source.key)
        if source.connector is not None or tried is None:
            return False
        return self._clock.monotonic() - tried >= AGAIN_SECONDS

    async def _opened(self, line: Binding, *, before: Source[Any] | None = None) -> Source[Any]:
        """The source of a line; `before` is what it is now, and stays when it cannot be opened."""
        self._tried.pop(line.key, None)
        upkeep = None
        for way in _ways(line):
            try:
                upkeep = registry.upkeep_of(way, self._tools)
                async with asyncio.timeout(OPEN_SECONDS):
                    connector = await registry.open_source(way, replace(self._tools, own=upkeep))
            except BaseException as error:
                # Whatever one team's connector does while it is opened, the city opens.
                if not foreign(error):
                    raise
                if before is None:
                    log.exception(
                        "source_not_opened",
                        extra={"source": line.key, "version": way.options.get("version")},
                    )
            else:
                if before is not None:
                    log.warning("source_opened_at_last", extra={"source": line.key})
                return Source(line, connector, upkeep)
        self._tried[line.key] = self._clock.monotonic()
        return before or Source(line, None, upkeep)

    async def _let_go(self) -> None:
        """Close what left the board long ago: its memory, its calls under way, its connections."""
        since = self._clock.monotonic() - self._retired_seconds
        while self._retired and self._retired[0][0] <= since:
            await self._retired.pop(0)[1].aclose()

    def heard(self, key: str, news: BreakerNews) -> None:
        """Another worker's breaker of a source opened or closed."""
        source = self.switchboard.get(key.partition("~")[0])
        for upkeep in source.upkeeps if source is not None else ():
            if upkeep.mark == key:
                upkeep.heard(news)
        if source is not None:
            self.troubled(source.key)

    async def aclose(self) -> None:
        """Close every source."""
        await self.switchboard.aclose()
        for _, source in reversed(self._retired):
            await source.aclose()


def _ways(line: Binding) -> Iterator[Binding]:
    """The line itself, and what a team's connector was before, should it no longer open."""
    yield line
    if line.system == SYSTEM:
        for earlier in line.options.get("previous", ()):
            yield replace(line, options={**line.options, **earlier})


def _same(before: Binding, now: Binding) -> bool:
    # The lines of teams are long, and most often the very same object.
    return before is now or before == now


def _wants_another_try(source: Source[Any], *, on: bool) -> bool:
    """Whether an operator switched a source on again that could not be opened before."""
    return on and not source.enabled and source.connector is None
