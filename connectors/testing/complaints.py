"""What every source of complaints must keep.

An app team subclasses this, gives `source` and the records it holds, and runs pytest::

    class TestOurComplaints(ComplaintSourcePromises):
        @pytest.fixture
        def source(self): ...
        @pytest.fixture
        def records(self): ...
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import permutations

import pytest

from connectors.errors import ConnectorError
from connectors.memory.complaints import MemoryComplaints, Records
from connectors.ports.common import (
    BBox,
    GeoPoint,
    InArea,
    Near,
    Order,
    Page,
    ScopedId,
    Slice,
    Window,
)
from connectors.ports.complaint_stats import ComplaintDimension, StatInterval, StatsQuestion
from connectors.ports.complaints import (
    Channel,
    Complaint,
    ComplaintCriteria,
    ComplaintEvent,
    ComplaintOrderField,
    ComplaintSource,
    ComplaintStatus,
    Light,
    Similar,
    Viewer,
)
from connectors.testing.base import UNKNOWN, assert_batch, assert_pages, in_list_order, walked

CENTRE = GeoPoint(-6.17, 106.64)
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
PUBLIC, OFFICER = Viewer(), Viewer(sees_private=True)


def orders() -> Iterator[Order[ComplaintOrderField]]:
    """Every order, both ways; and one that names no point, so that `Near` does."""
    yield Order(ComplaintOrderField.CREATED_AT)
    for field in ComplaintOrderField:
        for descending in (False, True):
            yield Order(field, descending=descending, origin=CENTRE)


def questions(name: str, complaints: Sequence[Complaint]) -> Iterator[ComplaintCriteria]:
    """Every filter at least once, with values that the records have, for both kinds of viewer."""
    for viewer in (PUBLIC, OFFICER):

        def asked(viewer: Viewer = viewer, **filters: object) -> ComplaintCriteria:
            return ComplaintCriteria(visible_to=viewer, now=NOW, **filters)  # type: ignore[arg-type]

        yield asked()
        yield asked(ids=())
        yield asked(ids=(ScopedId("another-source", UNKNOWN),))
        yield asked(where=Near(CENTRE, 2_000))
        yield asked(where=BBox(106.6, -6.2, 106.65, -6.15))
        for flag in (True, False):
            yield asked(has_proof=flag)
            yield asked(overdue=flag)
        for status in ComplaintStatus:
            yield asked(statuses=(status,))
        for light in Light:
            yield asked(lights=(light,), channels=(Channel.APP, Channel.WEB))
        for words in ("%", "_", "\\", UNKNOWN):
            yield asked(text=words)
        for one in complaints[:20]:
            moment = one.created_at
            yield asked(ids=(ScopedId(name, one.origin.local_id),))
            yield asked(categories=(ScopedId(name, one.category),))
            yield asked(text=one.description.upper())
            yield asked(text=one.description[1:5], created=Window(moment, None))
            yield asked(created=Window(None, moment), updated=Window(one.updated_at))
            if one.department:
                yield asked(departments=(one.department, UNKNOWN))
            if one.area:
                yield asked(where=InArea(one.area[:8]))


def groupings() -> Iterator[StatsQuestion]:
    """Every dimension alone and every pair, over some interval or none."""
    intervals = [None, *StatInterval]
    for number, dimension in enumerate(ComplaintDimension):
        yield StatsQuestion((dimension,), intervals[number % 4], medians=number % 2 == 0)
    for number, pair in enumerate(permutations(ComplaintDimension, 2)):
        yield StatsQuestion(pair, intervals[number % 4], timedelta(hours=number % 3 + 6))


class ComplaintSourcePromises:
    """Tests of a ComplaintSource. `records` are what it holds, as its answers show them."""

    @pytest.fixture
    def plain(self, source: ComplaintSource, records: Records) -> MemoryComplaints:
        """The same records, asked in the plain way."""
        return MemoryComplaints(source.name, records)

    async def test_records_come_in_the_order_of_their_ids_and_none_where_unknown(
        self, source: ComplaintSource, records: Records
    ) -> None:
        held, categories = records.complaints, records.categories
        await assert_batch(source.complaints_by_id, {one.origin.local_id: one for one in held})
        await assert_batch(source.complaints_by_tracking_id, {one.tracking_id: one for one in held})
        await assert_batch(source.categories_by_id, {one.code: one for one in categories})
        assert list(await source.list_categories()) == sorted(
            records.categories, key=lambda category: category.code
        )

    async def test_every_question_and_order_is_answered_as_by_brute_force(
        self, source: ComplaintSource, records: Records, plain: MemoryComplaints
    ) -> None:
        for criteria in questions(source.name, records.complaints):
            assert await source.count_complaints(criteria) == await plain.count_complaints(criteria)
            for order in orders():
                page = Page(3, descending=order.descending)
                found = await source.find_complaints(criteria, order, page)
                assert found == await plain.find_complaints(criteria, order, page)

    async def test_pages_in_either_direction_make_the_whole_list(
        self, source: ComplaintSource, records: Records
    ) -> None:
        criteria = ComplaintCriteria(visible_to=OFFICER, now=NOW)
        for order in orders():
            whole = await source.find_complaints(
                criteria, order, Page(len(records.complaints), descending=order.descending)
            )
            assert len(whole.hits) == len(records.complaints)
            assert not whole.more
            find = partial(source.find_complaints, criteria, order)
            await assert_pages(find, whole.hits, descending=order.descending)

    async def test_private_complaints_are_nowhere_in_lists_counts_and_figures_of_the_public(
        self, source: ComplaintSource, records: Records
    ) -> None:
        public = ComplaintCriteria(visible_to=PUBLIC, now=NOW)
        shown = [one for one in records.complaints if PUBLIC.sees(one.visibility)]
        assert await source.count_complaints(public) == len(shown)
        for dimension in ComplaintDimension:
            stats = await source.complaint_stats(public, StatsQuestion((dimension,)))
            assert stats.total == len(shown)

    async def test_buckets_and_figures_are_those_of_brute_force(
        self, source: ComplaintSource, plain: MemoryComplaints
    ) -> None:
        for viewer in (PUBLIC, OFFICER):
            criteria = ComplaintCriteria(visible_to=viewer, now=NOW)
            for dimension in ComplaintDimension:
                found = await source.complaint_buckets(criteria, dimension)
                assert list(found) == await plain.complaint_buckets(criteria, dimension)
            for question in groupings():
                stats = await source.complaint_stats(criteria, question)
                assert stats == await plain.complaint_stats(criteria, question)

    async def test_similar_complaints_are_the_nearest_then_the_newest(
        self, source: ComplaintSource, records: Records, plain: MemoryComplaints
    ) -> None:
        for one in records.complaints:
            for first in (0, 1, 10):
                question = Similar(
                    categories=(one.category,),
                    point=one.point or CENTRE,
                    radius_m=3_000,
                    since=NOW - timedelta(days=400),
                    first=first,
                    visible_to=PUBLIC,
                )
                found = await source.similar_complaints(question)
                assert list(found) == await plain.similar_complaints(question)

    async def test_children_come_in_batches_in_the_order_of_the_complaints(
        self, source: ComplaintSource, records: Records, plain: MemoryComplaints
    ) -> None:
        asked = [UNKNOWN, *reversed([one.origin.local_id for one in records.complaints])]
        for first in (0, 1, 2, 50):
            page = Page(first)
            found = await source.history_by_complaint_id(asked, page)
            assert list(found) == await plain.history_by_complaint_id(asked, page)
            said = await source.comments_by_complaint_id(asked, page)
            assert list(said) == await plain.comments_by_complaint_id(asked, page)
        counts = await source.comment_counts_by_complaint_id(asked)
        assert list(counts) == await plain.comment_counts_by_complaint_id(asked)
        media = await source.media_by_complaint_id(asked)
        assert [list(one) for one in media] == await plain.media_by_complaint_id(asked)
        told = await source.particulars_by_complaint_id(asked)
        assert list(told) == await plain.particulars_by_complaint_id(asked)
        for viewer in (PUBLIC, OFFICER):
            repeats = await source.duplicates_by_complaint_id(asked, viewer)
            known = await plain.duplicates_by_complaint_id(asked, viewer)
            assert [list(one) for one in repeats] == known

    async def test_a_history_is_read_to_its_end_page_by_page(
        self, source: ComplaintSource, records: Records
    ) -> None:
        for local in [one.origin.local_id for one in records.complaints]:

            async def find(page: Page, local: str = local) -> Slice[ComplaintEvent]:
                (found,) = await source.history_by_complaint_id([local], page)
                return found

            seen = [hit.record for hit in in_list_order(await walked(find, first=1))]
            own = [event for event in records.events if event.complaint == local]
            assert seen == sorted(own, key=lambda event: (event.at, event.id.local))

    async def test_children_are_found_by_their_own_ids(
        self, source: ComplaintSource, records: Records, plain: MemoryComplaints
    ) -> None:
        events = {event.id.local: event for event in records.events}
        await assert_batch(source.events_by_id, events)
        comments = {comment.id.local: comment for comment in records.comments}
        await assert_batch(source.comments_by_id, comments)
        media = {item.media.id.local: item for item in records.media}
        await assert_batch(source.media_by_id, media)
        shown = await source.media_by_event_id([UNKNOWN, *events])
        assert [list(one) for one in shown] == await plain.media_by_event_id([UNKNOWN, *events])
        shown = await source.media_by_comment_id([*comments, UNKNOWN])
        assert [list(one) for one in shown] == await plain.media_by_comment_id([*comments, UNKNOWN])

    async def test_distances_without_a_point_are_refused(self, source: ComplaintSource) -> None:
        criteria = ComplaintCriteria(visible_to=PUBLIC, now=NOW)
        with pytest.raises(ConnectorError):
            await source.find_complaints(criteria, Order(ComplaintOrderField.DISTANCE), Page(1))
