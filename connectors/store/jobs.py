"""Jobs in the embedded store."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Index,
    Integer,
    Row,
    String,
    Table,
    case,
    desc,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
)

from connectors.base import Tools
from connectors.kinds.sql import Database
from connectors.ports.common import Bucket, GeoPoint, Money, Near, Order, Page, Slice
from connectors.ports.connectors import Binding
from connectors.ports.jobs import (
    EmploymentType,
    JobCriteria,
    JobOrderField,
    JobPosting,
    SalaryPeriod,
    monthly_salary,
    title_of,
    words_in,
    words_of,
)
from connectors.store.base import (
    Instant,
    Words,
    address_of,
    address_value,
    chord2,
    in_order,
    located,
    metadata,
    origin_columns,
    origin_of,
    origin_values,
    owned,
    paged,
    place_columns,
    place_index,
    point_of,
    point_values,
    rows_of,
    slice_of,
    within_time,
)
from connectors.store.children import belongs, has, key_columns, key_values

jobs = Table(
    "jobs",
    metadata,
    *origin_columns(),
    *place_columns(),
    Column("title", Words, nullable=False),
    Column("title_folded", String, nullable=False),
    Column("words", String, nullable=False),
    Column("description", Words),
    Column("employer", String, nullable=False),
    Column("employer_verified", Boolean, nullable=False),
    Column("address", JSON(none_as_null=True)),
    Column("remote", Boolean, nullable=False),
    Column("employment_type", JSON, nullable=False),
    Column("salary_min", JSON(none_as_null=True)),
    Column("salary_max", JSON(none_as_null=True)),
    Column("salary_period", String(8)),
    Column("monthly_salary", BigInteger),
    Column("education", String),
    Column("experience_months", Integer),
    Column("skills", JSON, nullable=False),
    Column("occupation", String),
    Column("industry", String),
    Column("vacancies", Integer),
    Column("posted_at", Instant, nullable=False),
    Column("closes_at", Instant),
    Column("removed", Boolean, nullable=False),
    Column("apply_url", String),
    place_index("jobs"),
    Index("ix_jobs_posted_at", "source", "posted_at", "local_id"),
    Index("ix_jobs_closes_at", "source", "closes_at", "local_id"),
    Index("ix_jobs_salary", "source", "monthly_salary", "local_id"),
    # Many pay the same: each direction needs its own order of ids.
    Index("ix_jobs_best_paid", "source", desc("monthly_salary"), "local_id"),
    # Counts and facets of open jobs are read from this index alone, never from the wide rows.
    Index(
        "ix_jobs_figures",
        "source",
        "removed",
        "closes_at",
        "local_id",
        "education",
        "occupation",
        "area",
        "quality",
    ),
)

job_words = Table(
    "job_words",
    metadata,
    *key_columns(),
    Column("kind", String(16), primary_key=True),
    Column("word", String, primary_key=True),
    Index("ix_job_words_word", "kind", "word"),
)
"""Each job's employment types, and its skills, education and occupation case folded, to find by."""

_AREA = jobs.c.area
_EIGHT: ColumnElement[int] = literal_column(
    "8"
)  # written out: PostgreSQL groups by the text of an expression
_KEYS: dict[str, ColumnElement[Any]] = {
    "education": jobs.c.education,
    "occupation": jobs.c.occupation,
    "area": case((func.length(_AREA) >= _EIGHT, func.substr(_AREA, literal_column("1"), _EIGHT))),
}
_TYPE, _SKILL, _EDUCATION, _OCCUPATION = "employmentType", "skill", "education", "occupation"


async def open_jobs(binding: Binding, tools: Tools) -> StoreJobs:
    """The store's jobs as a system, see `connectors.registry`."""
    return StoreJobs(binding.key, tools.database, samples=tools.samples_shown)


class StoreJobs:
    """A JobSource over the tables `jobs` and `job_words`."""

    def __init__(self, name: str, database: Database, *, samples: bool = True) -> None:
        self.name = name
        self._database = database
        self._mine = owned(jobs, name, samples=samples)

    async def jobs_by_id(self, ids: Sequence[str]) -> Sequence[JobPosting | None]:
        statement = select(jobs).where(self._mine, jobs.c.local_id.in_(ids))
        rows = await self._database.rows(statement)
        return in_order(map(_read, rows), ids, lambda job: job.origin.local_id)

    async def find_jobs(
        self, criteria: JobCriteria, order: Order[JobOrderField], page: Page
    ) -> Slice[JobPosting]:
        origin = order.origin
        if origin is None and isinstance(criteria.where, Near):
            origin = criteria.where.point
        statement = select(jobs).where(self._mine, *_wanted(criteria))
        sort = _sort(criteria, order.field, origin)
        ranges = paged(statement, jobs, page, sort, source=self.name)
        return await slice_of(await rows_of(self._database, ranges, page), page, _read, origin)

    async def count_jobs(self, criteria: JobCriteria) -> int:
        statement = select(func.count()).select_from(jobs).where(self._mine, *_wanted(criteria))
        return int(await self._database.value(statement))

    async def job_buckets(self, criteria: JobCriteria, field: str) -> Sequence[Bucket]:
        key: ColumnElement[Any]
        if field == _TYPE:
            key = job_words.c.word
            rows = select(key, func.count()).join_from(
                jobs, job_words, belongs(job_words, jobs) & (job_words.c.kind == _TYPE)
            )
        else:
            key = _KEYS[field]
            rows = select(key, func.count()).select_from(jobs).where(key.is_not(None))
        found = await self._database.rows(rows.where(self._mine, *_wanted(criteria)).group_by(key))
        return [Bucket(name, count) for name, count in sorted(map(tuple, found))]


def _sort(
    criteria: JobCriteria, field: JobOrderField, origin: GeoPoint | None
) -> ColumnElement[Any] | None:
    if field is JobOrderField.POSTED_AT:
        return jobs.c.posted_at
    if field is JobOrderField.CLOSES_AT:
        return jobs.c.closes_at
    if field is JobOrderField.SALARY:
        return jobs.c.monthly_salary
    if field is JobOrderField.DISTANCE:
        return None if origin is None else chord2(jobs, origin)
    found: ColumnElement[int] = literal(0, Integer)
    for word in words_in(criteria.text):
        there = jobs.c.title_folded.contains(word, autoescape=True)
        found = found + case((there, 1), else_=0)
    return found


def _wanted(criteria: JobCriteria) -> list[ColumnElement[bool]]:
    c = jobs.c
    wanted: list[ColumnElement[bool]] = [
        c.words.contains(word, autoescape=True) for word in words_in(criteria.text)
    ]
    if criteria.where is not None:
        wanted.append(located(jobs, criteria.where))
    if criteria.employment_types:
        wanted.append(_has(_TYPE, [word.value for word in criteria.employment_types]))
    for kind, words in (
        (_EDUCATION, criteria.education),
        (_OCCUPATION, criteria.occupation),
        (_SKILL, criteria.skills),
    ):
        if words:
            wanted.append(_has(kind, [word.casefold() for word in words]))
    if criteria.salary_at_least is not None:
        wanted.append(_pays(criteria.salary_at_least))
    if criteria.posted_since is not None:
        wanted.append(within_time(c.posted_at >= criteria.posted_since))
    if criteria.no_experience is not None:
        months = c.experience_months
        wanted.append(months == 0 if criteria.no_experience else months > 0)
    if criteria.remote is not None:
        wanted.append(c.remote.is_(criteria.remote))
    if criteria.open_at is not None:
        wanted += [
            c.removed.is_(False),
            or_(c.closes_at.is_(None), c.closes_at >= criteria.open_at),
        ]
    return wanted


def _pays(least: Decimal) -> ColumnElement[bool]:
    """Whole rupiah are stored; an amount beyond what can be stored is paid by nobody."""
    whole = int(least.to_integral_value(ROUND_CEILING))
    if whole.bit_length() > 62:
        return jobs.c.monthly_salary.is_not(None) if whole < 0 else false()
    return jobs.c.monthly_salary >= whole


def _has(kind: str, words: Sequence[str]) -> ColumnElement[bool]:
    return has(jobs, job_words, job_words.c.kind == kind, job_words.c.word.in_(words))


# ------------------------------------------------------------------------------- rows


def job_values(job: JobPosting) -> dict[str, Any]:
    """The row of a job in `jobs`."""
    return {
        **origin_values(job.origin),
        **point_values(job.point, job.area),
        "title": job.title,
        "title_folded": title_of(job),
        "words": words_of(job),
        "description": job.description,
        "employer": job.employer,
        "employer_verified": job.employer_verified,
        "address": address_value(job.address),
        "remote": job.remote,
        "employment_type": [word.value for word in job.employment_type],
        "salary_min": _money_value(job.salary_min),
        "salary_max": _money_value(job.salary_max),
        "salary_period": job.salary_period.value if job.salary_period else None,
        "monthly_salary": monthly_salary(job),
        "education": job.education,
        "experience_months": job.experience_months,
        "skills": list(job.skills),
        "occupation": job.occupation,
        "industry": job.industry,
        "vacancies": job.vacancies,
        "posted_at": job.posted_at,
        "closes_at": job.closes_at,
        "removed": job.removed,
        "apply_url": job.apply_url,
    }


def word_values(job: JobPosting) -> list[dict[str, Any]]:
    """The rows of a job in `job_words`."""
    words = [(_TYPE, word.value) for word in job.employment_type]
    words += [(_SKILL, skill.casefold()) for skill in job.skills]
    words += [(_EDUCATION, job.education.casefold())] if job.education else []
    words += [(_OCCUPATION, job.occupation.casefold())] if job.occupation else []
    key = key_values(job.origin)
    return [{**key, "kind": kind, "word": word} for kind, word in dict.fromkeys(words)]


def _money_value(money: Money | None) -> list[str] | None:
    return [f"{money.amount:f}", money.currency] if money else None


def _money(stored: Any) -> Money | None:
    return Money(Decimal(stored[0]), stored[1]) if stored else None


def _read(row: Row[Any]) -> JobPosting:
    return JobPosting(
        origin=origin_of(row),
        title=row.title,
        employer=row.employer,
        posted_at=row.posted_at,
        description=row.description,
        employer_verified=row.employer_verified,
        point=point_of(row),
        area=row.area,
        address=address_of(row.address),
        remote=row.remote,
        employment_type=tuple(map(EmploymentType, row.employment_type)),
        salary_min=_money(row.salary_min),
        salary_max=_money(row.salary_max),
        salary_period=SalaryPeriod(row.salary_period) if row.salary_period else None,
        education=row.education,
        experience_months=row.experience_months,
        skills=tuple(row.skills),
        occupation=row.occupation,
        industry=row.industry,
        vacancies=row.vacancies,
        closes_at=row.closes_at,
        removed=row.removed,
        apply_url=row.apply_url,
    )
