"""Loads jobs: samples, for no source of single vacancies is known yet."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from catalog.samples.jobs import make_jobs
from catalog.samples.spots import kelurahan
from connectors.ports.common import Origin, ScopedId, SourceQuality
from connectors.ports.connectors import SearchType
from connectors.ports.jobs import JobPosting
from connectors.ports.search import Document
from connectors.store.jobs import job_values, job_words, jobs, word_values

if TYPE_CHECKING:
    from catalog.loading import Load

SOURCE = "lowongan"


async def load(load: Load) -> None:
    """Put the sample jobs into the store; none without samples."""
    found: list[JobPosting] = []
    if load.samples and SOURCE in load.bindings:

        def origin(local: str, as_of: datetime) -> Origin:
            return load.origin(SOURCE, local, as_of=as_of, quality=SourceQuality.SAMPLE)

        found = list(make_jobs(kelurahan(load), origin, load.rng(SOURCE), load.now))
    await load.replace(jobs, SOURCE, map(job_values, found))
    await load.replace(job_words, SOURCE, (row for job in found for row in word_values(job)))
    for job in found:
        if not job.removed:
            load.index(document(job))


def document(job: JobPosting) -> Document:
    """What makes a job findable."""
    return Document(
        type=SearchType.JOB,
        id=ScopedId(job.origin.connector, job.origin.local_id),
        title=job.title,
        body=(job.description, job.employer, job.occupation, job.industry, *job.skills),
        point=job.point,
        area=job.area,
        sample=job.origin.quality is SourceQuality.SAMPLE,
    )
