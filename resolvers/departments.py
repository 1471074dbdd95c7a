"""Departments of the city government: by code, and all of them."""

from __future__ import annotations

from connectors.ports.common import ScopedId
from connectors.ports.departments import Department, DepartmentSource
from resolvers import ids
from resolvers.context import Context
from resolvers.listings import Listing, PageArgs, listing, page_of
from resolvers.lookups import Lookup

department_by_id: Lookup[DepartmentSource, Department] = Lookup(
    DepartmentSource, lambda source, codes: source.departments_by_id(codes)
)


async def by_code(context: Context, code: str | None) -> Department | None:
    """The department with a code, None where the code is or nobody knows it."""
    sources = context.switchboard.serving(DepartmentSource)
    if code is None or not sources:
        return None
    return await department_by_id(context, ScopedId(sources[0].key, code))


async def find(context: Context, args: PageArgs) -> Listing[Department] | None:
    """A page of all departments, by code."""
    mark = ids.fingerprint("departments")
    page = page_of(args, mark, descending=False, default=50)
    return await listing(
        context, DepartmentSource, lambda source, page: source.find_departments(page), page, mark
    )


NODES = {"Department": department_by_id}
"""Graph types of this domain and how one is fetched by id."""
