"""Tables of the catalogue itself: sources, what was loaded, what was rejected."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Integer, String, Table

from connectors.store.base import Instant, metadata

sources = Table(
    "sources",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("binding", JSON, nullable=False),
    Column("enabled", Boolean, nullable=False, default=True),
)
"""The city's catalogue lines; `enabled` is the operator's switch and survives a new load."""

loads = Table(
    "loads",
    metadata,
    Column("city", String(64), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("loaded_at", Instant, nullable=False),
    Column("counts", JSON, nullable=False),
)

rejected_rows = Table(
    "rejected_rows",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("source", String(64), nullable=False, index=True),
    Column("file", String(255), nullable=False),
    Column("row", Integer),
    Column("field", String(64)),
    Column("reason", String, nullable=False),
    Column("kept", Boolean, nullable=False),
)
"""Rows of the data that were refused, or kept with a value left out (`kept`)."""
