"""Every source of jobs keeps the same promises; the store equals a plain look."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncEngine

from connectors.errors import Unreadable
from connectors.kinds.sql import Database
from connectors.memory.jobs import MemoryJobs, read_job
from connectors.ports.common import (
    Address,
    GeoPoint,
    InArea,
    Money,
    Near,
    Order,
    Origin,
    Page,
    SourceQuality,
    must_text,
    text,
)
from connectors.ports.jobs import (
    JOB_FACETS,
    EmploymentType,
    JobCriteria,
    JobOrderField,
    JobPosting,
    SalaryPeriod,
    monthly_salary,
)
from connectors.store import jobs as store
from connectors.testing.jobs import HERE, NOW, ORDERS, JobSourcePromises
from tests.kept import keep

DAY = timedelta(days=1)
TABLES = (store.jobs, store.job_words)


def origin(local: str, quality: SourceQuality = SourceQuality.PUBLISHED) -> Origin:
    return Origin("lowongan", local, NOW - DAY, NOW, quality)


def rupiah(amount: int | str) -> Money:
    return Money(Decimal(amount))


def job(local: str, title: str, **rest: Any) -> JobPosting:
    made = JobPosting(origin(local), must_text(title), "PT Contoh", NOW - 2 * DAY)
    return replace(made, **rest)


JOBS = [
    job("gudang", "Staf Gudang", description=text("Menata barang", "Storing things"),
        salary_min=rupiah(5400000), salary_max=rupiah("6000000.75"),
        salary_period=SalaryPeriod.MONTH, employment_type=(EmploymentType.FULL_TIME,),
        education="SMA/SMK", occupation="Tenaga gudang", skills=("Forklift", "inventaris"),
        point=GeoPoint(-6.181, 106.631), area="36.71.01.1007", experience_months=0, vacancies=3,
        address=Address(must_text("Jl. Cilame"), kelurahan="36.71.01.1007", kecamatan="36.71.01"),
        closes_at=NOW, apply_url="https://example.org"),
    job("kasir", "Kasir, staf toko", salary_min=rupiah(40000), salary_period=SalaryPeriod.HOUR,
        employment_type=(EmploymentType.PART_TIME, EmploymentType.FULL_TIME), education="sma/smk",
        point=GeoPoint(-6.15, 106.7), area="36.71.05.1001", experience_months=6,
        posted_at=NOW - DAY),
    job("web", "Pengembang web", salary_max=Money(Decimal(1000), "USD"),
        salary_period=SalaryPeriod.MONTH, employment_type=(EmploymentType.INTERN,), education="S1",
        skills=("Python",), remote=True, closes_at=NOW + 9 * DAY, employer_verified=True,
        industry="staf ahli"),
    job("kemarin", "Gudang 100%_staf", closes_at=NOW - timedelta(seconds=1), area="36.71.01",
        salary_max=rupiah(66000000), salary_period=SalaryPeriod.YEAR),
    job("ditarik", "STAF gudang gudang", removed=True, posted_at=NOW - 9 * DAY,
        salary_max=rupiah(9)),
]  # fmt: skip


async def kept(engine: AsyncEngine, jobs: Sequence[JobPosting]) -> None:
    """Put records in the place of all that are there."""
    rows: tuple[list[dict[str, Any]], ...] = (
        [store.job_values(one) for one in jobs],
        [row for one in jobs for row in store.word_values(one)],
    )
    await keep(engine, dict(zip(TABLES, rows, strict=True)))


@pytest.fixture(scope="module")
def tables() -> Sequence[Table]:
    return TABLES


class WithKnownJobs(JobSourcePromises):
    @pytest.fixture
    def jobs(self) -> Sequence[JobPosting]:
        return JOBS


class TestJobsInMemory(WithKnownJobs):
    @pytest.fixture
    def source(self) -> MemoryJobs:
        return MemoryJobs("lowongan", JOBS)


class TestJobsInTheStore(WithKnownJobs):
    @pytest.fixture
    async def source(self, engine: AsyncEngine) -> store.StoreJobs:
        await kept(engine, JOBS)
        return store.StoreJobs("lowongan", Database(engine))


# ------------------------------------------------------------------------------- worked by hand


async def found(order: Order[JobOrderField] | None = None, **criteria: Any) -> list[str]:
    chosen = order or Order(JobOrderField.POSTED_AT, descending=True)
    page = Page(99, descending=chosen.descending)
    answer = await MemoryJobs("lowongan", JOBS).find_jobs(JobCriteria(**criteria), chosen, page)
    return [hit.record.origin.local_id for hit in answer.hits]


def test_pay_is_compared_by_the_month() -> None:
    pay = {one.origin.local_id: monthly_salary(one) for one in JOBS}
    # 40,000 an hour times 173; 66 million a year by 12; dollars and no period cannot be compared.
    assert pay == {
        "gudang": 6_000_000, "kasir": 6_920_000, "web": None, "kemarin": 5_500_000, "ditarik": None,
    }  # fmt: skip
    week = job("x", "x", salary_max=rupiah(1_000_001), salary_period=SalaryPeriod.WEEK)
    assert monthly_salary(week) == 4_333_337
    day = job("x", "x", salary_min=rupiah(100_000), salary_period=SalaryPeriod.DAY)
    assert monthly_salary(day) == 2_500_000


async def test_jobs_close_at_their_last_moment_and_not_before() -> None:
    assert await found(open_at=NOW) == ["kasir", "gudang", "web"]
    assert await found(open_at=NOW + timedelta(seconds=1)) == ["kasir", "web"]


async def test_jobs_that_say_nothing_fit_neither_way() -> None:
    assert await found(no_experience=True) == ["gudang"]
    assert await found(no_experience=False) == ["kasir"]
    assert await found(salary_at_least=Decimal(6_000_000)) == ["kasir", "gudang"]


async def test_words_in_the_title_count_for_relevance() -> None:
    best = Order(JobOrderField.RELEVANCE, descending=True)
    assert await found(best, text="gudang staf") == ["ditarik", "gudang", "kemarin"]
    assert await found(best, text="staf") == ["ditarik", "gudang", "kasir", "kemarin", "web"]


async def test_unknown_pay_and_unknown_places_come_last() -> None:
    pay = Order(JobOrderField.SALARY)
    assert await found(pay) == ["kemarin", "gudang", "kasir", "ditarik", "web"]
    nearest = Order(JobOrderField.DISTANCE, origin=HERE)
    assert await found(nearest) == ["gudang", "kasir", "ditarik", "kemarin", "web"]


async def test_a_job_counts_once_for_each_of_its_kinds() -> None:
    source = MemoryJobs("lowongan", JOBS)
    kinds = await source.job_buckets(JobCriteria(), "employmentType")
    assert {b.key: b.count for b in kinds} == {"FULL_TIME": 2, "INTERN": 1, "PART_TIME": 1}
    places = await source.job_buckets(JobCriteria(), "area")
    assert {b.key: b.count for b in places} == {"36.71.01": 2, "36.71.05": 1}


async def test_sample_jobs_are_not_shown_in_production(engine: AsyncEngine) -> None:
    await kept(engine, [replace(JOBS[0], origin=origin("gudang", SourceQuality.SAMPLE)), JOBS[1]])
    production = store.StoreJobs("lowongan", Database(engine), samples=False)
    assert await production.count_jobs(JobCriteria()) == 1
    assert list(await production.jobs_by_id(["gudang"])) == [None]
    kinds = await production.job_buckets(JobCriteria(), "employmentType")
    assert {b.key: b.count for b in kinds} == {"FULL_TIME": 1, "PART_TIME": 1}


# ------------------------------------------------------------------------------- properties

WORDS = ["gudang", "Staf", "100%", "a_b", "ß", "'", "İ"]
TEXTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
MOMENTS = st.integers(-100, 100).map(lambda hours: NOW + timedelta(hours=hours))
POINTS = st.builds(GeoPoint, st.floats(-6.25, -6.1), st.floats(106.55, 106.75))
AREAS = st.sampled_from(["36.71", "36.71.01", "36.71.01.1007", "36.71.05.1001"])
MONEY = st.builds(
    Money, st.decimals(0, 10**9, places=2), st.sampled_from(["IDR", "IDR", "IDR", "USD"])
)
RANDOM_JOBS = st.builds(
    lambda title, **rest: job("x", title, **rest),
    TEXTS,
    description=st.none() | st.builds(must_text, TEXTS),
    posted_at=MOMENTS,
    closes_at=st.none() | MOMENTS,
    removed=st.booleans(),
    remote=st.booleans(),
    point=st.none() | POINTS,
    area=st.none() | AREAS,
    employment_type=st.lists(st.sampled_from(EmploymentType), max_size=2, unique=True).map(tuple),
    salary_min=st.none() | MONEY,
    salary_max=st.none() | MONEY,
    salary_period=st.none() | st.sampled_from(SalaryPeriod),
    education=st.sampled_from([None, "S1", "s1", "SMA/SMK"]),
    experience_months=st.sampled_from([None, 0, 6]),
    skills=st.lists(st.sampled_from(["a", "B", "ß"]), unique=True).map(tuple),
    occupation=st.sampled_from([None, "A", "a", "İ"]),
)
QUESTIONS = st.tuples(
    st.builds(
        JobCriteria,
        text=st.none() | TEXTS,
        where=st.none() | st.builds(InArea, AREAS) | st.builds(Near, POINTS, st.integers(1, 9_000)),
        employment_types=st.sampled_from([(), (), tuple(EmploymentType)[:3]]),
        salary_at_least=st.none() | st.decimals(0, 10**10, places=1),
        posted_since=st.none() | MOMENTS,
        education=st.sampled_from([(), (), ("S1",)]),
        occupation=st.sampled_from([(), (), ("a", "İ")]),
        skills=st.sampled_from([(), (), ("SS", "b")]),
        no_experience=st.sampled_from([None, None, True, False]),
        remote=st.sampled_from([None, None, True, False]),
        open_at=st.none() | MOMENTS,
    ),
    st.sampled_from(ORDERS),
    st.integers(0, 4),
    st.booleans(),
)


async def test_the_store_answers_exactly_what_a_plain_look_answers(engine: AsyncEngine) -> None:
    drawn: list[JobPosting] = []
    asked: list[Any] = []

    @given(st.lists(RANDOM_JOBS, max_size=2), QUESTIONS)
    def collect(some: list[JobPosting], question: Any) -> None:
        drawn.extend(some)
        asked.append(question)

    collect()
    every = [replace(one, origin=origin(f"a{n}")) for n, one in enumerate(drawn[:80])]
    await kept(engine, every)
    by_store, by_look = store.StoreJobs("lowongan", Database(engine)), MemoryJobs("lowongan", every)
    for criteria, order, size, backward in asked[:50]:
        whole = await by_look.find_jobs(criteria, order, Page(500, descending=order.descending))
        middle = whole.hits[len(whole.hits) // 2].position if whole.hits else None
        page = Page(size, middle, order.descending, backward)
        ours = await by_store.find_jobs(criteria, order, page)
        assert ours == await by_look.find_jobs(criteria, order, page)
        assert await by_store.count_jobs(criteria) == len(whole.hits)
        for field in JOB_FACETS:
            assert list(await by_store.job_buckets(criteria, field)) == list(
                await by_look.job_buckets(criteria, field)
            )


# ------------------------------------------------------------------------------- rows

ROW = {
    "id": "1", "title_id": "Kasir", "employer": "PT Contoh", "posted_at": "2026-11-20T08:00:00+07:00",
    "description": "<p>Melayani <b>pembeli</b>&nbsp;&amp; kas</p><p>Shift &lt;pagi&gt;</p>",
    "employment_type": "part-time|full time", "salary_min": "40000", "salary_max": 45000,
    "salary_period": "hour", "skills": ["kas"], "experience_months": "0", "lat": -6.18,
    "lng": 106.63, "area": "36.71.01.1007", "address": "Jl. Cilame", "removed": "no",
}  # fmt: skip


def test_a_row_becomes_a_job_without_markup() -> None:
    made = read_job(ROW, origin)
    assert made.posted_at == datetime(2026, 11, 20, 1, tzinfo=UTC)
    assert made.employment_type == (EmploymentType.PART_TIME, EmploymentType.FULL_TIME)
    assert (made.salary_min, made.salary_period) == (rupiah(40000), SalaryPeriod.HOUR)
    assert made.experience_months == 0
    assert made.address == Address(
        must_text("Jl. Cilame"), kelurahan="36.71.01.1007", kecamatan="36.71.01"
    )
    assert made.description == must_text("Melayani pembeli & kas\nShift")


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("title_id", None, "title is empty"),
        ("posted_at", "2026-11-20", "posted_at must be a time with offset"),
        ("employment_type", "forever", "employment_type must be one of"),
        ("salary_min", "50000", "salary_min is more than salary_max"),
        ("salary_max", "9" * 15, "salary_max must not be more than"),
        ("salary_max", "many", "salary_max must be a number"),
        ("experience_months", "-1", "experience_months must be from 0"),
        ("apply_url", "ftp://x", "apply_url must begin with http"),
        ("lng", None, "one is given without the other"),
    ],
)
def test_a_wrong_cell_is_refused_by_name(column: str, value: object, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        read_job({**ROW, column: value}, origin)


GARBAGE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*ROW, "vacancies", "salary_currency"]), GARBAGE))
def test_no_row_of_a_job_raises_anything_but_unreadable(row: dict[str, Any]) -> None:
    with suppress(Unreadable):
        assert isinstance(read_job({**ROW, **row}, origin), JobPosting)


@given(st.text(st.sampled_from("<>/&;#bpltg3c \n"), max_size=60))
def test_no_tag_is_left_in_a_description(words: str) -> None:
    made = read_job({**ROW, "description": f"x {words}"}, origin)
    assert made.description is not None
    plain = made.description.pick("id")
    assert "<b>" not in plain
    assert "</p>" not in plain
