"""Departments from records in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from connectors.memory.base import by_id, slice_of
from connectors.memory.fields import local_id, optional, required
from connectors.ports.common import Address, Origin, Page, Slice, must_text
from connectors.ports.departments import Department


class MemoryDepartments:
    """A DepartmentSource over records."""

    def __init__(self, name: str, departments: Sequence[Department]) -> None:
        self.name = name
        self._departments = tuple(departments)

    async def departments_by_id(self, ids: Sequence[str]) -> Sequence[Department | None]:
        return by_id(self._departments, ids)

    async def find_departments(self, page: Page) -> Slice[Department]:
        return slice_of(self._departments, page)


def read_department(row: Mapping[str, Any], origin: Callable[[str], Origin]) -> Department:
    """The department of a canonical row. Raises Unreadable naming the column.

    Columns: id (its code), name, name_en, abbreviation, parent (a code), phone, email, address,
    open311_jurisdiction_id, note. Only id and name are needed.
    """
    address = optional(row, "address")
    return Department(
        origin=origin(local_id(row)),
        code=local_id(row),
        name=must_text(required(row, "name"), optional(row, "name_en")),
        abbreviation=optional(row, "abbreviation"),
        parent=optional(row, "parent"),
        phone=optional(row, "phone"),
        email=optional(row, "email"),
        address=Address(must_text(address)) if address else None,
        open311_jurisdiction_id=optional(row, "open311_jurisdiction_id"),
        note=optional(row, "note"),
    )
