"""Complaints in the embedded store: a LAKSA in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from connectors.base import Tools
from connectors.errors import Rejected
from connectors.ports.common import Bucket, GeoPoint, Near, Order, Page, Slice, Window
from connectors.ports.complaint_categories import ComplaintCategory
from connectors.ports.complaint_stats import ComplaintDimension, Stats, StatsQuestion
from connectors.ports.complaint_steps import StepRow
from connectors.ports.complaints import (
    OPEN,
    UNLIKE,
    Complaint,
    ComplaintCriteria,
    ComplaintOrderField,
    Similar,
    Viewer,
    Visibility,
)
from connectors.ports.connectors import Binding
from connectors.store.base import (
    by_code_point,
    chord2,
    in_order,
    located,
    mostly,
    paged,
    rows_of,
    slice_of,
    within_time,
)
from connectors.store.complaint_children import ComplaintChildren
from connectors.store.complaint_stats import DIMENSIONS, read_rows, statement
from connectors.store.complaint_steps import read_steps
from connectors.store.complaint_steps import statement as step_statement
from connectors.store.complaint_tables import (
    SHOWN,
    categories,
    complaints,
    read_category,
    read_complaint,
)

_SORTS: dict[ComplaintOrderField, ColumnElement[Any]] = {
    ComplaintOrderField.CREATED_AT: complaints.c.created_at,
    ComplaintOrderField.UPDATED_AT: complaints.c.updated_at,
    ComplaintOrderField.DUE_AT: complaints.c.due_at,
    ComplaintOrderField.FOLLOWERS: complaints.c.follower_count,
}


async def open_complaints(binding: Binding, tools: Tools) -> StoreComplaints:
    """The store's complaints as a system, see `connectors.registry`."""
    return StoreComplaints(binding.key, tools.database, samples=tools.samples_shown)


class StoreComplaints(ComplaintChildren):
    """A ComplaintSource over the tables of complaints."""

    async def list_categories(self) -> Sequence[ComplaintCategory]:
        rows = await self._database.rows(
            select(categories)
            .where(self._mine(categories))
            .order_by(by_code_point(categories.c.local_id))
        )
        return [read_category(row) for row in rows]

    async def categories_by_id(self, ids: Sequence[str]) -> Sequence[ComplaintCategory | None]:
        rows = await self._by_id(categories, ids)
        return in_order(map(read_category, rows), ids, lambda category: category.code)

    async def complaints_by_id(self, ids: Sequence[str]) -> Sequence[Complaint | None]:
        found = await self._where(complaints.c.local_id.in_(ids))
        return in_order(found, ids, lambda complaint: complaint.origin.local_id)

    async def complaints_by_tracking_id(self, ids: Sequence[str]) -> Sequence[Complaint | None]:
        found = await self._where(complaints.c.tracking_id.in_(ids))
        return in_order(found, ids, lambda complaint: complaint.tracking_id)

    async def find_complaints(
        self, criteria: ComplaintCriteria, order: Order[ComplaintOrderField], page: Page
    ) -> Slice[Complaint]:
        asked = select(*SHOWN).where(self._wanted(criteria))
        ranges = paged(asked, complaints, page, _sort(order), source=self.name)
        rows = await rows_of(self._database, ranges, page)
        return await slice_of(rows, page, read_complaint, _measured_from(criteria, order))

    async def count_complaints(self, criteria: ComplaintCriteria) -> int:
        counted = select(func.count()).select_from(complaints).where(self._wanted(criteria))
        return int(await self._database.value(counted))

    async def complaint_buckets(
        self, criteria: ComplaintCriteria, field: ComplaintDimension
    ) -> Sequence[Bucket]:
        key = DIMENSIONS[field]
        rows = await self._database.rows(
            select(key.label("key"), func.count().label("number"))
            .where(self._wanted(criteria), key.is_not(None))
            .group_by(key)
        )
        found = [Bucket(row.key, row.number) for row in rows]
        return sorted(found, key=lambda bucket: (-bucket.count, bucket.key))

    async def similar_complaints(self, question: Similar) -> Sequence[Complaint]:
        c = complaints.c
        rows = await self._database.rows(
            select(*SHOWN)
            .where(
                self._mine(complaints),
                _visible(question.visible_to),
                c.category.in_(question.categories),
                c.status.not_in([status.value for status in UNLIKE]),
                c.created_at >= question.since,
                located(complaints, Near(question.point, question.radius_m)),
            )
            .order_by(
                chord2(complaints, question.point), c.created_at.desc(), by_code_point(c.local_id)
            )
            .limit(question.first)
        )
        return [read_complaint(row) for row in rows]

    async def complaint_stats(self, criteria: ComplaintCriteria, question: StatsQuestion) -> Stats:
        asked = statement(self._wanted(criteria), criteria, question, self._database.dialect)
        rows = await self._database.rows(asked)
        return Stats(read_rows(rows, question), as_of=criteria.now)

    async def complaint_steps(
        self, criteria: ComplaintCriteria, question: StatsQuestion
    ) -> Sequence[StepRow]:
        """The median time in each status, by group and status; `MOST_ROWS` + 1 at most."""
        asked = step_statement(self._wanted(criteria), question, self._database.dialect)
        return read_steps(await self._database.rows(asked), question)

    async def duplicates_by_complaint_id(
        self, ids: Sequence[str], visible_to: Viewer
    ) -> Sequence[Sequence[Complaint]]:
        repeats = await self._where(complaints.c.duplicate_of.in_(ids), _visible(visible_to))
        found: dict[str | None, list[Complaint]] = {local: [] for local in ids}
        for complaint in repeats:
            found[complaint.duplicate_of].append(complaint)
        return [found[local] for local in ids]

    async def _where(self, *wanted: ColumnElement[bool]) -> list[Complaint]:
        """The few complaints wanted, oldest first, then by id."""
        rows = await self._database.rows(select(*SHOWN).where(self._mine(complaints), *wanted))
        # Sorted here: for an ORDER BY of moments SQLite might walk through all there are.
        found = map(read_complaint, rows)
        return sorted(found, key=lambda one: (one.created_at, one.origin.local_id))

    def _wanted(self, criteria: ComplaintCriteria) -> ColumnElement[bool]:
        c = complaints.c
        wanted = [self._mine(complaints), _visible(criteria.visible_to)]
        if criteria.ids is not None:
            wanted.append(c.local_id.in_(self._own(criteria.ids)))
        if criteria.categories:
            wanted.append(c.category.in_(self._own(criteria.categories)))
        for column, chosen in (
            (c.status, criteria.statuses),
            (c.light, criteria.lights),
            (c.channel, criteria.channels),
        ):
            if chosen:
                wanted.append(column.in_([one.value for one in chosen]))
        if criteria.departments:
            wanted.append(c.department.in_(criteria.departments))
        wanted += _during(c.created_at, criteria.created)
        wanted += _during(c.updated_at, criteria.updated)
        wanted += [c.search.contains(word, autoescape=True) for word in criteria.words]
        if criteria.has_proof is not None:
            wanted.append(c.has_proof.is_(criteria.has_proof))
        if criteria.overdue is not None:
            wanted.append(_overdue(criteria))
        return and_(*wanted, located(complaints, criteria.where))

    def _own(self, ids: Sequence[Any]) -> list[str]:
        return [id_.local for id_ in ids if id_.source == self.name]


def _visible(viewer: Viewer) -> ColumnElement[bool]:
    shown = [word.value for word in Visibility if viewer.sees(word)]
    return complaints.c.visibility.in_(shown)


def _during(moment: ColumnElement[Any], window: Window | None) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if window is not None and window.start is not None:
        wanted.append(within_time(moment >= window.start))
    if window is not None and window.end is not None:
        wanted.append(within_time(moment < window.end))
    return wanted


def _overdue(criteria: ComplaintCriteria) -> ColumnElement[bool]:
    due, status = complaints.c.due_at, complaints.c.status
    still_open = [status.value for status in OPEN]
    if criteria.overdue:
        # Nearly all that were ever sent are past their due time, most of them done long since.
        return and_(mostly(due < criteria.now), status.in_(still_open))
    return or_(due.is_(None), due >= criteria.now, status.not_in(still_open))


def _sort(order: Order[ComplaintOrderField]) -> ColumnElement[Any]:
    if order.field is not ComplaintOrderField.DISTANCE:
        return _SORTS[order.field]
    if order.origin is None:
        raise Rejected("distances need a point to be measured from")
    return chord2(complaints, order.origin)


def _measured_from(
    criteria: ComplaintCriteria, order: Order[ComplaintOrderField]
) -> GeoPoint | None:
    if order.origin is not None:
        return order.origin
    return criteria.where.point if isinstance(criteria.where, Near) else None
