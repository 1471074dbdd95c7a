"""Departments from records in memory."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.memory.base import by_id, slice_of
from connectors.ports.common import Page, Slice
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
