"""The promises of a JobSource."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest

from connectors.memory.jobs import MemoryJobs
from connectors.ports.common import BBox, GeoPoint, InArea, Near, Order, Page
from connectors.ports.jobs import (
    JOB_FACETS,
    EmploymentType,
    JobCriteria,
    JobOrderField,
    JobPosting,
    JobSource,
)
from connectors.testing.base import assert_batch, assert_pages

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""The moment around which the known jobs should be open."""
HERE = GeoPoint(-6.18, 106.63)

ORDERS = [
    Order(field, descending=descending, origin=HERE)
    for field in JobOrderField
    for descending in (False, True)
]
CRITERIA = [
    JobCriteria(),
    JobCriteria(text="staf  GUDANG"),
    JobCriteria(text="100%_"),
    JobCriteria(where=InArea("36.71.01")),
    JobCriteria(where=Near(HERE, 3_000)),
    JobCriteria(where=BBox(106.6, -6.2, 106.65, -6.1)),
    JobCriteria(employment_types=(EmploymentType.FULL_TIME, EmploymentType.INTERN)),
    JobCriteria(salary_at_least=Decimal(0)),
    JobCriteria(salary_at_least=Decimal("5400000.5")),
    JobCriteria(salary_at_least=Decimal(10) ** 25),
    JobCriteria(posted_since=NOW - timedelta(days=1)),
    JobCriteria(education=("sma/smk", "S1")),
    JobCriteria(occupation=("tenaga GUDANG",)),
    JobCriteria(skills=("python", "Forklift")),
    JobCriteria(no_experience=True),
    JobCriteria(no_experience=False),
    JobCriteria(remote=True),
    JobCriteria(remote=False),
    JobCriteria(open_at=NOW),
    JobCriteria(open_at=NOW, text="staf", remote=False),
]


class JobSourcePromises:
    """Subclass it with the fixtures `source` and `jobs`: all records that the source knows."""

    @pytest.fixture
    def jobs(self) -> Sequence[JobPosting]:
        """All records that the source knows."""
        raise NotImplementedError

    async def test_a_batch_has_the_order_and_length_of_its_ids(
        self, source: JobSource, jobs: Sequence[JobPosting]
    ) -> None:
        await assert_batch(source.jobs_by_id, {job.origin.local_id: job for job in jobs})

    @pytest.mark.parametrize("order", ORDERS, ids=str)
    @pytest.mark.parametrize("text", [None, "staf a"])
    async def test_pages_follow_the_order_without_loss_or_repeat(
        self,
        source: JobSource,
        jobs: Sequence[JobPosting],
        order: Order[JobOrderField],
        text: str | None,
    ) -> None:
        criteria = JobCriteria(text=text)
        everything = Page(500, descending=order.descending)
        whole = await MemoryJobs(source.name, jobs).find_jobs(criteria, order, everything)
        find = partial(source.find_jobs, criteria, order)
        await assert_pages(find, whole.hits, descending=order.descending)

    @pytest.mark.parametrize("criteria", CRITERIA, ids=str)
    async def test_criteria_counts_and_buckets_are_those_of_a_plain_look(
        self, source: JobSource, jobs: Sequence[JobPosting], criteria: JobCriteria
    ) -> None:
        plain, order = MemoryJobs(source.name, jobs), Order(JobOrderField.POSTED_AT)
        found = await source.find_jobs(criteria, order, Page(500))
        assert found == await plain.find_jobs(criteria, order, Page(500))
        assert await source.count_jobs(criteria) == len(found.hits)
        for field in JOB_FACETS:
            buckets = await source.job_buckets(criteria, field)
            assert list(buckets) == list(await plain.job_buckets(criteria, field))
