"""A large city's complaints: whoever looks through all of them holds nobody up."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.memory.aside import FEW, aside
from connectors.ports.common import Page
from connectors.ports.complaint_stats import ComplaintDimension
from connectors.upkeep.documents import Answer, Request
from tests.builders import NOON
from tests.georeport import ALL, NEWEST, GeoReport, many, opened


async def test_a_question_to_many_records_is_answered_beside_the_loop():
    async def where() -> int:
        return threading.get_ident()

    assert await aside(where, records=FEW) == threading.get_ident()
    assert await aside(where, records=FEW + 1) != threading.get_ident()


async def test_what_a_question_raises_is_raised_and_one_that_waits_is_a_fault():
    async def fails() -> None:
        raise LookupError("no")

    async def waits() -> None:
        await _Never()

    with pytest.raises(LookupError, match="no"):
        await aside(fails, records=FEW + 1)
    with pytest.raises(RuntimeError, match="waits"):
        await aside(waits, records=FEW + 1)


class _Never:
    def __await__(self):
        yield None


async def test_a_large_city_answers_as_a_small_one():
    server = GeoReport(many(FEW + 500, NOON - timedelta(hours=1), timedelta(minutes=10)))
    known: dict[str, Answer] = {}

    def quick(request: Request) -> Answer:
        if request.url not in known:
            known[request.url] = server(request)
        return known[request.url]

    source = await opened(quick, history_days=30)
    assert await source.count_complaints(ALL) == FEW + 500
    (page,) = [await source.find_complaints(ALL, NEWEST, Page(3, descending=True))]
    assert [hit.record.origin.local_id for hit in page.hits] == ["002500", "002499", "002498"]
    (bucket,) = await source.complaint_buckets(ALL, ComplaintDimension.CATEGORY)
    assert (bucket.key, bucket.count) == ("002", FEW + 500)
    assert await source.count_complaints(replace(ALL, text="lampu 000017")) == 1
