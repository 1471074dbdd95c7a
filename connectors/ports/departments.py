"""Departments of the city government (OPD): dinas, badan, companies, offices of the kecamatan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from connectors.ports.common import Address, Origin, Page, Slice, Source, Text


@dataclass(frozen=True, slots=True)
class Department:
    """One department. `code` is its local id: the abbreviation in lower case with dashes."""

    origin: Origin
    code: str
    name: Text
    abbreviation: str | None = None
    parent: str | None = None
    """Code of the department it belongs to."""
    phone: str | None = None
    email: str | None = None
    address: Address | None = None
    open311_jurisdiction_id: str | None = None
    note: str | None = None


class DepartmentSource(Source, Protocol):
    """A system that knows the departments. Raises ConnectorError when it cannot answer."""

    async def departments_by_id(self, ids: Sequence[str]) -> Sequence[Department | None]:
        """Departments in the order of their codes, None where unknown."""
        ...

    async def find_departments(self, page: Page) -> Slice[Department]:
        """A page of all departments, by code."""
        ...
