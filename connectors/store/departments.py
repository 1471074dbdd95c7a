"""Departments in the embedded store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import JSON, Column, Row, String, Table, select

from connectors.base import Tools
from connectors.kinds.sql import Database
from connectors.ports.common import Page, Slice
from connectors.ports.connectors import Binding
from connectors.ports.departments import Department
from connectors.store.base import (
    Words,
    address_of,
    in_order,
    metadata,
    origin_columns,
    origin_of,
    paged,
    rows_of,
    slice_of,
)

departments = Table(
    "departments",
    metadata,
    *origin_columns(),
    Column("name", Words, nullable=False),
    Column("abbreviation", String(64)),
    Column("parent", String(64)),
    Column("phone", String(64)),
    Column("email", String(255)),
    Column("address", JSON(none_as_null=True)),
    Column("open311_jurisdiction_id", String(255)),
    Column("note", String),
)


async def open_departments(binding: Binding, tools: Tools) -> StoreDepartments:
    """The store's departments as a system, see `connectors.registry`."""
    return StoreDepartments(binding.key, tools.database)


class StoreDepartments:
    """A DepartmentSource over the table `departments`."""

    def __init__(self, name: str, database: Database) -> None:
        self.name = name
        self._database = database

    async def departments_by_id(self, ids: Sequence[str]) -> Sequence[Department | None]:
        rows = await self._database.rows(
            select(departments).where(
                departments.c.source == self.name, departments.c.local_id.in_(ids)
            )
        )
        return in_order(map(_read, rows), ids, lambda department: department.code)

    async def find_departments(self, page: Page) -> Slice[Department]:
        statement = select(departments).where(departments.c.source == self.name)
        ranges = paged(statement, departments, page, source=self.name)
        rows = await rows_of(self._database, ranges, page)
        return await slice_of(rows, page, _read)


def _read(row: Row[Any]) -> Department:
    return Department(
        origin=origin_of(row),
        code=row.local_id,
        name=row.name,
        abbreviation=row.abbreviation,
        parent=row.parent,
        phone=row.phone,
        email=row.email,
        address=address_of(row.address),
        open311_jurisdiction_id=row.open311_jurisdiction_id,
        note=row.note,
    )
