"""Opens the catalogue: every line becomes a source on the switchboard, and stays up to date."""

from __future__ import annotations

import logging
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from catalog import bindings
from connectors import registry
from connectors.base import Tools
from connectors.errors import ConnectorError
from connectors.ports.connectors import Binding
from connectors.switchboard import Source, Switchboard

log = logging.getLogger(__name__)


class Board:
    """The switchboard of now. A line that cannot be opened is set aside and stops nobody."""

    def __init__(self, engine: AsyncEngine, tools: Tools) -> None:
        self._engine = engine
        self._tools = tools
        self.switchboard = Switchboard((), registry.PORTS)

    async def refresh(self) -> bool:
        """Take over what the catalogue says now; True when sources came, went or changed.

        Running requests keep the switchboard they began with.
        """
        async with self._engine.connect() as connection:
            lines = await bindings.stored(connection)
        present: dict[str, Source[Any]] = {source.key: source for source in self.switchboard}
        sources = []
        for line, enabled in lines:
            source = present.get(line.key)
            if source is None or source.binding != line:
                source = await self._opened(line)
            if source.enabled != enabled:
                log.info("source_switched", extra={"source": line.key, "on": enabled})
            source.enabled = enabled
            sources.append(source)
        if sources == list(present.values()):
            return False
        self.switchboard = Switchboard(sources, registry.PORTS)
        return True

    async def _opened(self, line: Binding) -> Source[Any]:
        connector = None
        try:
            connector = await registry.open_source(line, self._tools)
        except (ConnectorError, LookupError, ValueError, OSError, ImportError):
            log.exception("source_not_opened", extra={"source": line.key})
        return Source(line, connector)

    async def aclose(self) -> None:
        """Close every source."""
        await self.switchboard.aclose()
