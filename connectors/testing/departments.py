"""The promises of a DepartmentSource."""

from __future__ import annotations

from connectors.ports.common import Page
from connectors.ports.departments import DepartmentSource
from connectors.testing.base import assert_batch, assert_total_order


class DepartmentSourcePromises:
    """Subclass it with a fixture `source`, a DepartmentSource that knows at least two."""

    async def test_pages_of_any_size_walk_the_list_by_code(self, source: DepartmentSource) -> None:
        found = await assert_total_order(source.find_departments, first=1)
        assert await assert_total_order(source.find_departments, first=7) == found
        assert [one.code for one in found] == sorted({one.code for one in found})
        assert all(one.origin.connector == source.name for one in found)

    async def test_a_page_of_none_says_whether_there_are_any(
        self, source: DepartmentSource
    ) -> None:
        page = await source.find_departments(Page(0))
        assert not page.hits
        assert page.more

    async def test_a_batch_has_the_order_and_the_length_of_its_codes(
        self, source: DepartmentSource
    ) -> None:
        known = [hit.record for hit in (await source.find_departments(Page(2))).hits]
        await assert_batch(source.departments_by_id, {one.code: one for one in known})

    async def test_a_department_named_as_parent_is_known(self, source: DepartmentSource) -> None:
        found = (await source.find_departments(Page(500))).hits
        parents = [hit.record.parent for hit in found if hit.record.parent]
        assert None not in await source.departments_by_id(parents)
