"""Builders with honest defaults: a test mentions only what it is about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connectors.base import Tools
from connectors.kinds.sql import Database
from connectors.ports.common import Origin, SourceQuality, Text
from connectors.ports.connectors import Binding, ConnectorKind
from connectors.switchboard import Source, Switchboard
from resolvers.context import Context

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
"""12:00 in Tangerang on a Monday."""


def binding(key: str = "laksa", **changes: Any) -> Binding:
    """A catalogue line of a source in memory."""
    line: dict[str, Any] = {
        "name": Text({"id": key}),
        "kind": ConnectorKind.MEMORY,
        "serves": ("things",),
        "system": "memory",
    }
    return Binding(key=key, **{**line, **changes})


def source(key: str = "laksa", connector: Any = None, **changes: Any) -> Source[Any]:
    """A source on the board; without a connector it is one that nobody configured."""
    if connector is None:
        changes.setdefault("system", None)
    return Source(binding(key, **changes), connector)


def context(*sources: Source[Any], ports: Mapping[str, type] | None = None, **more: Any) -> Context:
    """One request over these sources."""
    return Context(switchboard=Switchboard(sources, ports or {}), now=lambda: NOON, **more)


def origin(source: str = "laksa", local: str = "1", **changes: Any) -> Origin:
    """Where a sample record came from."""
    made: dict[str, Any] = {"as_of": NOON, "fetched_at": NOON, "quality": SourceQuality.SAMPLE}
    return Origin(source, local, **{**made, **changes})


def tools(database: Database | None = None, folder: Path = Path(), **changes: Any) -> Tools:
    """What a system is opened with; without a database, for systems that need none."""
    made: dict[str, Any] = {
        "database": database,
        "city_folder": folder,
        "data_folder": folder,
        "now": lambda: NOON,
    }
    return Tools(**{**made, **changes})
