"""The promises of an EventSource."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from connectors.memory.events import MemoryEvents
from connectors.ports.common import (
    BBox,
    GeoPoint,
    Hit,
    InArea,
    Near,
    Order,
    Page,
    ScopedId,
    Window,
)
from connectors.ports.events import Event, EventCriteria, EventOrderField, EventSource

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
        asked = [*reversed(known), "no such event", next(iter(known)), ""]
        assert list(await source.events_by_id(asked)) == [known.get(one) for one in asked]
        assert list(await source.events_by_id([])) == []

    @pytest.mark.parametrize("order", ORDERS, ids=str)
    async def test_pages_follow_the_order_without_loss_or_repeat(
        self, source: EventSource, events: Sequence[Event], order: Order[EventOrderField]
    ) -> None:
        plain = MemoryEvents(source.name, events)
        everything = Page(500, descending=order.descending)
        whole = await plain.find_events(EventCriteria(), order, everything)
        seen: list[Hit[Event]] = []
        after = None
        while True:
            page = Page(2, after, order.descending)
            part = await source.find_events(EventCriteria(), order, page)
            seen += part.hits
            if not part.more:
                break
            after = part.hits[-1].position
        assert seen == list(whole.hits)
        back = Page(3, seen[-1].position, order.descending, backward=True)
        before = await source.find_events(EventCriteria(), order, back)
        assert list(before.hits) == seen[:-1][-3:]

    @pytest.mark.parametrize("criteria", CRITERIA, ids=str)
    async def test_criteria_and_counts_are_those_of_a_plain_look(
        self, source: EventSource, events: Sequence[Event], criteria: EventCriteria
    ) -> None:
        plain, order = MemoryEvents(source.name, events), Order(EventOrderField.STARTS_AT)
        found = await source.find_events(criteria, order, Page(500))
        assert found == await plain.find_events(criteria, order, Page(500))
        assert await source.count_events(criteria) == len(found.hits)
