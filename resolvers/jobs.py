"""Jobs: lists with every filter and order, one by id, whether one is open."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from connectors.ports.common import Near, Order, ScopedId, Text, must_text
from connectors.ports.jobs import (
    JOB_FACETS,
    EmploymentType,
    JobCriteria,
    JobOrderField,
    JobPosting,
    JobSource,
)
from resolvers import asked, common, ids
from resolvers.context import Context
from resolvers.facets import Names, area_names, labelled
from resolvers.listings import Listing, PageArgs, listing, page_of
from resolvers.lookups import Lookup
from resolvers.problems import bad_input

TYPE_NAMES: dict[EmploymentType, Text] = {
    EmploymentType.FULL_TIME: must_text("Penuh waktu", "Full time"),
    EmploymentType.PART_TIME: must_text("Paruh waktu", "Part time"),
    EmploymentType.CONTRACTOR: must_text("Kontraktor", "Contractor"),
    EmploymentType.TEMPORARY: must_text("Sementara", "Temporary"),
    EmploymentType.INTERN: must_text("Magang", "Internship"),
    EmploymentType.VOLUNTEER: must_text("Sukarela", "Volunteer"),
    EmploymentType.PER_DIEM: must_text("Harian lepas", "By the day"),
    EmploymentType.OTHER: must_text("Lainnya", "Other"),
}

job_by_id: Lookup[JobSource, JobPosting] = Lookup(
    JobSource, lambda source, ids_: source.jobs_by_id(ids_)
)

NODES: dict[str, Callable[[Context, ScopedId], Awaitable[Any]]] = {"Job": job_by_id}
"""How one record of each type is found by its id."""


async def find(
    context: Context, where: Any, order_by: Any, args: PageArgs
) -> Listing[JobPosting] | None:
    """A page of jobs, merged from all sources.

    Only open ones unless `openOnly` is false. Without an order: best match first where a text is
    given, else newest first.
    """
    criteria = await criteria_of(context, where)
    order = order_of(order_by, criteria)
    start = order.origin if order.field is JobOrderField.DISTANCE else None
    text = criteria.text if order.field is JobOrderField.RELEVANCE else None
    mark = ids.fingerprint("jobs", order.field.value, order.descending, start, text)
    page = page_of(args, mark, descending=order.descending)
    found = await listing(
        context,
        JobSource,
        lambda source, page: source.find_jobs(criteria, order, page),
        page,
        mark,
        count=lambda source: source.count_jobs(criteria),
        facets=lambda source, field: source.job_buckets(criteria, field),
        facet_fields=JOB_FACETS,
    )
    return None if found is None else labelled(found, partial(_names, context))


async def criteria_of(context: Context, where: Any) -> JobCriteria:
    """What the filter asks for, checked."""
    if not where:
        return JobCriteria(open_at=context.now())
    least = where.salary_at_least
    if least is not None and least < 0:
        raise bad_input(f"`where.salaryAtLeast` must not be below 0, not {least:f}.")
    return JobCriteria(
        text=asked.text(where.text, "where.text"),
        where=await common.where(context, where.geo, "where.geo"),
        employment_types=tuple(where.employment_types or ()),
        salary_at_least=least,
        posted_since=where.posted_since,
        education=asked.texts(where.education, "where.education"),
        occupation=asked.texts(where.occupation, "where.occupation"),
        skills=asked.texts(where.skills, "where.skills"),
        no_experience=where.no_experience,
        remote=where.remote,
        open_at=context.now() if where.open_only else None,
    )


def order_of(order_by: Any, criteria: JobCriteria) -> Order[JobOrderField]:
    """How the list is sorted, checked."""
    around = criteria.where.point if isinstance(criteria.where, Near) else None
    field = order_by.field if order_by else JobOrderField.RELEVANCE
    descending = order_by.direction.value == "DESC" if order_by else True
    if field is JobOrderField.DISTANCE and around is None:
        raise bad_input("`orderBy` DISTANCE needs `where.geo.near`: distance from where?")
    if field is JobOrderField.RELEVANCE and criteria.text is None:
        field = JobOrderField.POSTED_AT
    return Order(field, descending=descending, origin=around)


def is_open(context: Context, job: JobPosting) -> bool:
    """Whether one can still apply now."""
    return not job.removed and (job.closes_at is None or job.closes_at >= context.now())


async def _names(context: Context, field: str, keys: Sequence[str]) -> Names:
    if field == "employmentType":
        return {kind.value: words for kind, words in TYPE_NAMES.items()}
    return await area_names(context, keys) if field == "area" else {}
