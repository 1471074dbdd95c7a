"""Jobs from records in memory, and the reading of a job from a row of plain values."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from connectors.memory.base import by_id, slice_of
from connectors.memory.cells import Cells
from connectors.ports import geometry
from connectors.ports.common import (
    Address,
    Bucket,
    GeoPoint,
    Money,
    Near,
    Order,
    Origin,
    Page,
    Slice,
    SortValue,
    Text,
)
from connectors.ports.jobs import (
    MOST_AMOUNT,
    EmploymentType,
    JobCriteria,
    JobOrderField,
    JobPosting,
    SalaryPeriod,
    monthly_salary,
    relevance,
    words_in,
    words_of,
)

_KEYS: Mapping[str, Callable[[JobPosting], Iterable[str | None]]] = {
    "employmentType": lambda job: dict.fromkeys(word.value for word in job.employment_type),
    "education": lambda job: (job.education,),
    "occupation": lambda job: (job.occupation,),
    # The code of the kecamatan: city and kecamatan are the first eight characters.
    "area": lambda job: (job.area[:8] if job.area and len(job.area) >= 8 else None,),
}


class MemoryJobs:
    """A JobSource over records."""

    def __init__(self, name: str, jobs: Sequence[JobPosting]) -> None:
        self.name = name
        self._jobs = tuple(jobs)

    async def jobs_by_id(self, ids: Sequence[str]) -> Sequence[JobPosting | None]:
        return by_id(self._jobs, ids)

    async def find_jobs(
        self, criteria: JobCriteria, order: Order[JobOrderField], page: Page
    ) -> Slice[JobPosting]:
        def sort(job: JobPosting) -> SortValue:
            return _sort_value(job, criteria, order)

        return slice_of(
            self._fitting(criteria),
            page,
            sort,
            origin=measured_from(criteria, order),
            point=lambda job: job.point,
        )

    async def count_jobs(self, criteria: JobCriteria) -> int:
        return len(self._fitting(criteria))

    async def job_buckets(self, criteria: JobCriteria, field: str) -> Sequence[Bucket]:
        keys = _KEYS[field]
        counts = Counter(key for job in self._fitting(criteria) for key in keys(job) if key)
        return [Bucket(key, count) for key, count in sorted(counts.items())]

    def _fitting(self, criteria: JobCriteria) -> list[JobPosting]:
        return [job for job in self._jobs if fits(job, criteria)]


def measured_from(criteria: JobCriteria, order: Order[JobOrderField]) -> GeoPoint | None:
    """The point from which distances are measured."""
    if order.origin is not None:
        return order.origin
    return criteria.where.point if isinstance(criteria.where, Near) else None


def _sort_value(job: JobPosting, criteria: JobCriteria, order: Order[JobOrderField]) -> SortValue:
    match order.field:
        case JobOrderField.RELEVANCE:
            return relevance(job, criteria.text)
        case JobOrderField.POSTED_AT:
            return job.posted_at
        case JobOrderField.CLOSES_AT:
            return job.closes_at
        case JobOrderField.SALARY:
            return monthly_salary(job)
        case JobOrderField.DISTANCE:
            origin = measured_from(criteria, order)
            if origin is None or job.point is None:
                return None
            return geometry.chord2(origin, job.point)


def fits(job: JobPosting, criteria: JobCriteria) -> bool:
    """Whether a job is one of those asked for."""
    types = criteria.employment_types
    paid = monthly_salary(job)
    return (
        all(word in words_of(job) for word in words_in(criteria.text))
        and (criteria.where is None or geometry.is_in(criteria.where, job.point, job.area))
        and (not types or not set(types).isdisjoint(job.employment_type))
        and (
            criteria.salary_at_least is None
            or (paid is not None and paid >= criteria.salary_at_least)
        )
        and (criteria.posted_since is None or job.posted_at >= criteria.posted_since)
        and _is_one(criteria.education, job.education)
        and _is_one(criteria.occupation, job.occupation)
        and _is_one(criteria.skills, *job.skills)
        and _as_experienced(job, criteria.no_experience)
        and (criteria.remote is None or job.remote is criteria.remote)
        and (criteria.open_at is None or is_open(job, criteria))
    )


def is_open(job: JobPosting, criteria: JobCriteria) -> bool:
    """Whether a job is open at `criteria.open_at`."""
    closes, at = job.closes_at, criteria.open_at
    return not job.removed and (closes is None or at is None or closes >= at)


def _is_one(asked: Sequence[str], *own: str | None) -> bool:
    wanted = {word.casefold() for word in asked}
    return not wanted or any(word is not None and word.casefold() in wanted for word in own)


def _as_experienced(job: JobPosting, none_needed: bool | None) -> bool:  # noqa: FBT001 - a criterion
    if none_needed is None:
        return True
    months = job.experience_months
    return months is not None and (months == 0) is none_needed


# ------------------------------------------------------------------------------- reading

_TAG = re.compile(r"<[^<>]{0,2000}>")
_BREAK = re.compile(r"<\s{0,9}(?:br|/p|/li|/div|/h\d)\b[^<>]{0,200}>", re.IGNORECASE)


def read_job(row: Mapping[str, Any], origin: Callable[[str], Origin]) -> JobPosting:
    """The job in a row. Raises Unreadable, naming the column, and nothing else.

    Columns: id, title (or title_id, title_en), employer, posted_at, description (markup is taken
    out), employer_verified, lat, lng, area, address, remote, employment_type, skills (lists, or
    texts parted by `|`), salary_min, salary_max, salary_currency (IDR), salary_period, education,
    experience_months, occupation, industry, vacancies, closes_at, removed, apply_url.
    """
    cells = Cells(row, "job")
    low, high = _money(cells, "salary_min"), _money(cells, "salary_max")
    if low and high and low.amount > high.amount:
        cells.refuse("salary_min", "is more than salary_max")
    address, area = cells.text("address"), cells.area()
    return JobPosting(
        origin=origin(cells.local_id()),
        title=cells.must_text("title"),
        employer=cells.must("employer"),
        posted_at=cells.must_moment("posted_at"),
        description=without_markup(cells.text("description")),
        employer_verified=bool(cells.flag("employer_verified")),
        point=cells.point(),
        area=area,
        address=_address(address, area) if address else None,
        remote=bool(cells.flag("remote")),
        employment_type=_types(cells),
        salary_min=low,
        salary_max=high,
        salary_period=cells.one_of("salary_period", SalaryPeriod),
        education=cells.plain("education"),
        experience_months=cells.whole("experience_months"),
        skills=cells.words("skills"),
        occupation=cells.plain("occupation"),
        industry=cells.plain("industry"),
        vacancies=cells.whole("vacancies"),
        closes_at=cells.moment("closes_at"),
        removed=bool(cells.flag("removed")),
        apply_url=cells.url("apply_url"),
    )


def without_markup(text: Text | None) -> Text | None:
    """The text without HTML: tags taken out, entities read, paragraphs kept as lines."""
    if text is None:
        return None
    plain = {lang: _plain(words) for lang, words in text}
    kept = {lang: words for lang, words in plain.items() if words}
    return Text(kept, text.machine) if kept else None


def _plain(words: str) -> str:
    bare = html.unescape(_TAG.sub(" ", _BREAK.sub("\n", words))).replace("\x00", "")
    # What an entity hid may be markup again; brackets left over are no tags any more.
    bare = _TAG.sub(" ", bare)
    lines = (" ".join(line.split()) for line in bare.splitlines())
    return "\n".join(line for line in lines if line)


def _types(cells: Cells) -> tuple[EmploymentType, ...]:
    def word(cell: Cells, column: str) -> EmploymentType:
        return cell.must_one_of(column, EmploymentType)

    return tuple(dict.fromkeys(cells.each("employment_type", word)))


def _address(text: Text, area: str | None) -> Address:
    kelurahan = area if area and len(area) > 8 else None
    return Address(
        text, kelurahan=kelurahan, kecamatan=area[:8] if area and len(area) > 5 else None
    )


def _money(cells: Cells, column: str) -> Money | None:
    amount = cells.amount(column)
    if amount is None:
        return None
    if amount > MOST_AMOUNT:
        cells.refuse(column, f"must not be more than {MOST_AMOUNT:f}")
    return Money(amount, (cells.plain("salary_currency") or "IDR").upper())
