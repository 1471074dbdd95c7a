"""Departments from records in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from connectors.memory.base import by_id, slice_of
from connectors.memory.cells import Cells
from connectors.ports.common import Address, Origin, Page, Slice
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
    cells = Cells(row, "department")
    code, address = cells.local_id(), cells.text("address")
    return Department(
        origin=origin(code),
        code=code,
        name=cells.must_text("name"),
        abbreviation=cells.plain("abbreviation"),
        parent=cells.plain("parent"),
        phone=cells.plain("phone"),
        email=cells.plain("email"),
        address=Address(address) if address else None,
        open311_jurisdiction_id=cells.plain("open311_jurisdiction_id"),
        note=cells.plain("note"),
    )
