"""Opens the catalogue: every line becomes a source on the switchboard, and stays up to date."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from catalog import bindings, loaded
from connectors import registry
from connectors.base import Tools
from connectors.ports.connectors import Binding
from connectors.switchboard import Source, Switchboard
from connectors.upkeep.shared import BreakerNews

log = logging.getLogger(__name__)


class Board:
    """The switchboard of now. A line that cannot be opened is set aside and stops nobody."""

    def __init__(self, engine: AsyncEngine, tools: Tools) -> None:
        self._engine = engine
        self._tools = tools
        self._retired: list[Source[Any]] = []
        self.switchboard = Switchboard((), registry.PORTS)

    async def refresh(self) -> bool:
        """Take over what the catalogue says now; True when sources came, went or changed.

        Running requests keep the switchboard they began with.
        """
        async with self._engine.connect() as connection:
            lines = await bindings.stored(connection)
            held = await loaded.holdings(connection)
        present: dict[str, Source[Any]] = {source.key: source for source in self.switchboard}
        sources = [await self._taken_over(present.get(line.key), line, on=on) for line, on in lines]
        for source in sources:
            if source.key in held:
                source.records_total, source.rejected_records = held[source.key]
        if sources == list(present.values()):
            return False
        # Requests that run now may still ask them: they are closed at the end.
        self._retired += [source for source in present.values() if source not in sources]
        self.switchboard = Switchboard(sources, registry.PORTS)
        return True

    async def _taken_over(
        self, source: Source[Any] | None, line: Binding, *, on: bool
    ) -> Source[Any]:
        if source is not None and source.enabled != on:
            log.warning("source_switched", extra={"source": line.key, "on": on})
        if source is None or source.binding != line or _wants_another_try(source, on=on):
            source = await self._opened(line)
        source.enabled = on
        return source

    async def _opened(self, line: Binding) -> Source[Any]:
        connector, upkeep = None, None
        try:
            upkeep = registry.upkeep_of(line, self._tools)
            connector = await registry.open_source(line, replace(self._tools, own=upkeep))
        except Exception:
            # Whatever one team's connector does while it is opened, the city opens.
            log.exception("source_not_opened", extra={"source": line.key})
        return Source(line, connector, upkeep)

    def heard(self, key: str, news: BreakerNews) -> None:
        """Another worker's breaker of a source opened or closed."""
        source = self.switchboard.get(key)
        if source is not None and source.upkeep is not None:
            source.upkeep.heard(news)

    async def aclose(self) -> None:
        """Close every source."""
        await self.switchboard.aclose()
        await Switchboard(self._retired, {}).aclose()


def _wants_another_try(source: Source[Any], *, on: bool) -> bool:
    """Whether an operator switched a source on again that could not be opened before."""
    return on and not source.enabled and source.connector is None
