"""Jobs (lowongan kerja): openings, after schema.org JobPosting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Protocol

from connectors.ports.common import (
    Address,
    Bucket,
    GeoPoint,
    Money,
    Order,
    Origin,
    Page,
    Slice,
    Source,
    Text,
    Where,
)


class EmploymentType(Enum):
    FULL_TIME = "FULL_TIME"
    PART_TIME = "PART_TIME"
    CONTRACTOR = "CONTRACTOR"
    TEMPORARY = "TEMPORARY"
    INTERN = "INTERN"
    VOLUNTEER = "VOLUNTEER"
    PER_DIEM = "PER_DIEM"
    OTHER = "OTHER"


class SalaryPeriod(Enum):
    HOUR = "HOUR"
    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"
    YEAR = "YEAR"


class JobOrderField(Enum):
    RELEVANCE = "RELEVANCE"
    """How many words of the text stand in the title (`relevance`)."""
    POSTED_AT = "POSTED_AT"
    CLOSES_AT = "CLOSES_AT"
    SALARY = "SALARY"
    """The salary per month (`monthly_salary`); unknown ones last."""
    DISTANCE = "DISTANCE"
    """From `Order.origin`; jobs without a point last."""


JOB_FACETS = ("employmentType", "education", "occupation", "area")
"""What jobs can be counted by; `area` is the code of the kecamatan."""


@dataclass(frozen=True, slots=True)
class JobPosting:
    """One opening. What nobody stated is None."""

    origin: Origin
    title: Text
    employer: str
    posted_at: datetime
    description: Text | None = None
    """Plain text: no markup of any kind."""
    employer_verified: bool = False
    """Whether the labour office (Disnaker) checked the employer."""
    point: GeoPoint | None = None
    area: str | None = None
    address: Address | None = None
    remote: bool = False
    employment_type: tuple[EmploymentType, ...] = ()
    salary_min: Money | None = None
    salary_max: Money | None = None
    salary_period: SalaryPeriod | None = None
    education: str | None = None
    """The least schooling, as the source words it: `SMA/SMK`."""
    experience_months: int | None = None
    """0 is none needed; None is nobody said."""
    skills: tuple[str, ...] = ()
    occupation: str | None = None
    industry: str | None = None
    vacancies: int | None = None
    closes_at: datetime | None = None
    removed: bool = False
    apply_url: str | None = None


@dataclass(frozen=True, slots=True)
class JobCriteria:
    """Which jobs are wanted; None and an empty tuple filter nothing, a tuple fits by any value."""

    text: str | None = None
    """Every word stands in title, description, employer, skills, occupation or industry."""
    where: Where | None = None
    employment_types: tuple[EmploymentType, ...] = ()
    salary_at_least: Decimal | None = None
    """Rupiah per month, against `monthly_salary`; jobs without one do not fit."""
    posted_since: datetime | None = None
    """Included."""
    education: tuple[str, ...] = ()
    occupation: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    """These three letter case aside."""
    no_experience: bool | None = None
    """True: stated that none is needed. False: stated that some is."""
    remote: bool | None = None
    open_at: datetime | None = None
    """Not removed, and closes at this moment or later, or never."""


class JobSource(Source, Protocol):
    """A system that knows jobs. Raises ConnectorError when it cannot answer."""

    async def jobs_by_id(self, ids: Sequence[str]) -> Sequence[JobPosting | None]:
        """Jobs in the order of their ids, None where unknown."""
        ...

    async def find_jobs(
        self, criteria: JobCriteria, order: Order[JobOrderField], page: Page
    ) -> Slice[JobPosting]:
        """A page of the jobs that fit, maybe empty; `page.descending` repeats the order's.

        Distances are from `order.origin`, else from the point of a `Near`.
        """
        ...

    async def count_jobs(self, criteria: JobCriteria) -> int:
        """How many jobs `find_jobs` gives in all."""
        ...

    async def job_buckets(self, criteria: JobCriteria, field: str) -> Sequence[Bucket]:
        """How many of them by a field of `JOB_FACETS`, by key; jobs without a value are left out.

        A job counts once for each of its employment types.
        """
        ...


# ------------------------------------------------------------------------------- matching

PER_MONTH: dict[SalaryPeriod, tuple[int, int]] = {
    SalaryPeriod.HOUR: (173, 1),
    SalaryPeriod.DAY: (25, 1),
    SalaryPeriod.WEEK: (52, 12),
    SalaryPeriod.MONTH: (1, 1),
    SalaryPeriod.YEAR: (1, 12),
}
"""How many of a period make a month, as a fraction.

173 hours and 25 days are the numbers by which Indonesian rules part a month's wage of a week of
six working days. They serve to compare, not to promise what anybody is paid.
"""

MOST_AMOUNT = Decimal(10) ** 12
"""The largest salary that is read, in its own currency."""


def monthly_salary(job: JobPosting) -> int | None:
    """What a job pays at best, in whole rupiah per month, rounded down.

    The upper end of the salary, else its lower end. None without an amount or a period, or in
    another currency: such jobs cannot be compared.
    """
    paid = job.salary_max or job.salary_min
    if paid is None or paid.currency != "IDR" or job.salary_period is None:
        return None
    times, parts = PER_MONTH[job.salary_period]
    return int(paid.amount * times // parts)


def words_of(job: JobPosting) -> str:
    """What `JobCriteria.text` is looked for in."""
    texts = [words for text in (job.title, job.description) if text for _, words in text]
    others = (job.employer, job.occupation, job.industry, *job.skills)
    return "\n".join([*texts, *(one for one in others if one)]).casefold()


def title_of(job: JobPosting) -> str:
    """What `relevance` is measured by."""
    return "\n".join(words for _, words in job.title).casefold()


def words_in(text: str | None) -> list[str]:
    """The different words of a question's text, as they are looked for."""
    return list(dict.fromkeys((text or "").casefold().split()))


def relevance(job: JobPosting, text: str | None) -> int:
    """How many different words of the text stand in the title."""
    title = title_of(job)
    return sum(word in title for word in words_in(text))
