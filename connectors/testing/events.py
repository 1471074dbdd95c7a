"""The promises of an EventSource."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from connectors.memory.events import MemoryEvents
from connectors.ports.common import (
    BBox,
    GeoPoint,
    InArea,
    Near,
    Order,
    Page,
    ScopedId,
    Window,
)
from connectors.ports.events import Event, EventCriteria, EventOrderField, EventSource
from connectors.testing.base import assert_batch, assert_pages

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""The moment around which the known events should take place."""

ORDERS = [
    Order(field, descending=descending) for field in EventOrderField for descending in (False, True)
]
CRITERIA = [
    EventCriteria(),
    EventCriteria(window=Window(NOW, NOW + timedelta(days=7))),
    EventCriteria(window=Window(NOW, None)),
    EventCriteria(window=Window(None, NOW)),
    EventCriteria(window=Window(NOW + timedelta(days=400), NOW + timedelta(days=430))),
    EventCriteria(where=InArea("36.71.01")),
    EventCriteria(where=Near(GeoPoint(-6.18, 106.63), 2_000)),
    EventCriteria(where=BBox(106.6, -6.2, 106.65, -6.1)),
    EventCriteria(text="Pagi  SENAM"),
    EventCriteria(text="100%_"),
    EventCriteria(categories=("OLAHRAGA", "budaya")),
    EventCriteria(is_free=True),
    EventCriteria(is_free=False),
    EventCriteria(ongoing=True, now=NOW),
    EventCriteria(ongoing=False, now=NOW),
    EventCriteria(places=(ScopedId("tempat", "taman"), ScopedId("tempat", "lain"))),
    EventCriteria(window=Window(NOW, None), is_free=True, text="a"),
]


class EventSourcePromises:
    """Subclass it with the fixtures `source` and `events`: all records that the source knows."""

    @pytest.fixture
    def events(self) -> Sequence[Event]:
        """All records that the source knows."""
        raise NotImplementedError

    async def test_a_batch_has_the_order_and_length_of_its_ids(
        self, source: EventSource, events: Sequence[Event]
    ) -> None:
        known = {event.origin.local_id: event for event in events}
        await assert_batch(source.events_by_id, known)

    @pytest.mark.parametrize("order", ORDERS, ids=str)
    async def test_pages_follow_the_order_without_loss_or_repeat(
        self, source: EventSource, events: Sequence[Event], order: Order[EventOrderField]
    ) -> None:
        plain = MemoryEvents(source.name, events)
        everything = Page(500, descending=order.descending)
        whole = await plain.find_events(EventCriteria(), order, everything)
        find = partial(source.find_events, EventCriteria(), order)
        await assert_pages(find, whole.hits, descending=order.descending)

    @pytest.mark.parametrize("criteria", CRITERIA, ids=str)
    async def test_criteria_and_counts_are_those_of_a_plain_look(
        self, source: EventSource, events: Sequence[Event], criteria: EventCriteria
    ) -> None:
        plain, order = MemoryEvents(source.name, events), Order(EventOrderField.STARTS_AT)
        found = await source.find_events(criteria, order, Page(500))
        assert found == await plain.find_events(criteria, order, Page(500))
        assert await source.count_events(criteria) == len(found.hits)
