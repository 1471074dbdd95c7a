"""Complaints keep their promises in memory and in the store, on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncEngine

from connectors.kinds.sql import Database
from connectors.memory.complaints import MemoryComplaints, Records
from connectors.ports.common import Page, SourceQuality
from connectors.ports.complaint_stats import (
    ComplaintDimension,
    StatInterval,
    StatsQuestion,
    StatsRow,
)
from connectors.ports.complaints import ComplaintCriteria, Rating, Viewer
from connectors.store.complaint_tables import CHILDREN, categories, complaints
from connectors.store.complaints import StoreComplaints
from connectors.testing.complaints import ComplaintSourcePromises
from tests import complaint_records as known
from tests.complaint_records import BY_HAND, NOW, SOURCE

TABLES = [categories, complaints, *CHILDREN]


@pytest.fixture(scope="module")
def tables() -> Sequence[Table]:
    return TABLES


class TestMemoryComplaints(ComplaintSourcePromises):
    @pytest.fixture
    def records(self) -> Records:
        return BY_HAND

    @pytest.fixture
    def source(self) -> MemoryComplaints:
        return MemoryComplaints(SOURCE, BY_HAND)


class TestStoreComplaints(ComplaintSourcePromises):
    @pytest.fixture
    def records(self) -> Records:
        return BY_HAND

    @pytest.fixture
    async def source(self, engine: AsyncEngine) -> StoreComplaints:
        database = Database(engine)
        await known.put(database, BY_HAND)
        return StoreComplaints(SOURCE, database)

    async def test_samples_are_invisible_where_they_are_not_shown(
        self, source: StoreComplaints
    ) -> None:
        sample = replace(
            BY_HAND.complaints[0],
            origin=replace(BY_HAND.complaints[0].origin, quality=SourceQuality.SAMPLE),
        )
        database = source._database
        await known.put(database, replace(BY_HAND, complaints=(sample, *BY_HAND.complaints[1:])))
        production = StoreComplaints(SOURCE, database, samples=False)
        everything = ComplaintCriteria(visible_to=Viewer(sees_private=True), now=NOW)
        assert await production.count_complaints(everything) == len(BY_HAND.complaints) - 1
        assert await production.complaints_by_id(["1"]) == [None]
        assert await production.events_by_id(["1-p1", "4-p1"]) == [None, BY_HAND.events[-1]]
        assert await production.media_by_id(["1-f1"]) == [None]
        assert await production.particulars_by_complaint_id(["1"]) == [None]
        (history,) = await production.history_by_complaint_id(["1"], Page(5))
        assert history.hits == ()


async def test_figures_of_the_known_complaints_are_as_worked_out_by_hand(
    engine: AsyncEngine,
) -> None:
    database = Database(engine)
    hour = timedelta(hours=1)
    # Four complaints of one group: sent at 00:30, 01:00, 02:00 of Monday 16 November and one on
    # Sunday 15 at 23:59:59.999999, on the clock of Tangerang; the one of Sunday is another week.
    monday = NOW.replace(day=15, hour=17)  # 16 November 00:00 +07:00
    told = [
        known.complaint(
            "a", created_at=monday + hour / 2, forwarded_at=monday + 2 * hour, department="dlh"
        ),
        known.complaint(
            "b", created_at=monday + hour, forwarded_at=monday + 2 * hour, department="dlh",
            resolved_at=monday + 11 * hour, due_at=monday + 11 * hour,
            rating=Rating(NOW, 5),
        ),
        known.complaint(
            "c", created_at=monday + 2 * hour, department="dlh", due_at=monday + 3 * hour,
            resolved_at=monday + 3 * hour + timedelta(seconds=1), rating=Rating(NOW, 2),
        ),
        known.complaint("d", created_at=monday - timedelta(microseconds=1)),
    ]  # fmt: skip
    await known.put(database, Records(complaints=told))
    source = StoreComplaints(SOURCE, database)
    question = StatsQuestion((ComplaintDimension.DEPARTMENT,), StatInterval.WEEK)
    stats = await source.complaint_stats(ComplaintCriteria(visible_to=Viewer(), now=NOW), question)
    sunday, week = stats.rows
    assert sunday.keys == ("",)
    assert str(sunday.period_start) == "2026-11-09"
    assert (sunday.count, sunday.median_to_forward, sunday.sla_met_ratio) == (1, None, None)
    assert week == StatsRow(
        keys=("dlh",),
        period_start=(monday + 7 * hour).date(),
        count=3,
        open=3,
        overdue=2,
        with_proof=0,
        median_to_forward=timedelta(minutes=75),  # between 90 and 60 minutes
        median_to_resolve=timedelta(seconds=(36_000 + 3_601) / 2),
        met=1,
        due_and_resolved=2,
        stars=7,
        rated=2,
    )
    assert week.sla_met_ratio == 0.5
    assert week.mean_stars == 3.5
    assert stats.total == 4


# ------------------------------------------------------------------------------- properties


@settings(max_examples=40)
@given(
    told=known.complaint_lists(),
    criteria=known.CRITERIA | known.WIDE,
    order=known.ORDERS,
    first=st.integers(0, 4),
    backward=st.booleans(),
)
def test_the_store_lists_what_brute_force_lists(
    database: Database,
    run: Any,
    *,
    told: list[Any],
    criteria: ComplaintCriteria,
    order: Any,
    first: int,
    backward: bool,
) -> None:
    records = Records(complaints=told)
    plain, store = MemoryComplaints(SOURCE, records), StoreComplaints(SOURCE, database)

    async def compare() -> None:
        await known.put(database, records)
        assert await store.count_complaints(criteria) == await plain.count_complaints(criteria)
        page = Page(first, descending=order.descending, backward=backward)
        while True:
            found = await store.find_complaints(criteria, order, page)
            assert found == await plain.find_complaints(criteria, order, page)
            if not (found.more and found.hits):
                return
            edge = found.hits[0 if backward else -1].position
            page = replace(page, after=edge)

    run(compare())


@settings(max_examples=40)
@given(
    told=known.complaint_lists(),
    criteria=known.WIDE | known.CRITERIA,
    dimensions=st.lists(st.sampled_from(ComplaintDimension), min_size=1, max_size=2, unique=True),
    interval=st.none() | st.sampled_from(StatInterval),
    hours=st.sampled_from([7, 8, 9, 0, -5]),
)
def test_the_store_counts_what_brute_force_counts(
    database: Database,
    run: Any,
    *,
    told: list[Any],
    criteria: ComplaintCriteria,
    dimensions: list[ComplaintDimension],
    interval: StatInterval | None,
    hours: int,
) -> None:
    records = Records(complaints=told)
    plain, store = MemoryComplaints(SOURCE, records), StoreComplaints(SOURCE, database)
    question = StatsQuestion(tuple(dimensions), interval, timedelta(hours=hours))

    async def compare() -> None:
        await known.put(database, records)
        stats = await store.complaint_stats(criteria, question)
        assert stats == await plain.complaint_stats(criteria, question)
        for dimension in dimensions:
            found = await store.complaint_buckets(criteria, dimension)
            assert found == await plain.complaint_buckets(criteria, dimension)

    run(compare())
