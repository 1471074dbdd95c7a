"""Tables that hang on another one: what belongs to a record and is found by, one row each."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ColumnElement, String, Table, select

from connectors.ports.common import Origin
from connectors.store.base import LOCAL


def key_columns() -> list[Column[Any]]:
    """The key of the record a row belongs to; the table adds what tells its rows apart."""
    return [
        Column("source", String(64), primary_key=True),
        Column("local_id", LOCAL, primary_key=True),
    ]


def key_values(origin: Origin) -> dict[str, Any]:
    """The values of `key_columns`."""
    return {"source": origin.connector, "local_id": origin.local_id}


def belongs(child: Table, parent: Table) -> ColumnElement[bool]:
    """Whether a row belongs to a record."""
    return (parent.c.source == child.c.source) & (parent.c.local_id == child.c.local_id)


def has(parent: Table, child: Table, *which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether any row of the child that fits belongs to the record."""
    return select(child).where(belongs(child, parent), *which).correlate(parent).exists()
