"""Every source of events keeps the same promises; the store equals a plain look."""

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
from connectors.memory.events import MemoryEvents, read_event
from connectors.ports.common import (
    GeoPoint,
    InArea,
    Money,
    Near,
    Order,
    Origin,
    Page,
    ScopedId,
    SourceQuality,
    Window,
    must_text,
    text,
)
from connectors.ports.events import (
    Event,
    EventCriteria,
    EventOrderField,
    EventStatus,
    Offer,
)
from connectors.store import events as store
from connectors.testing.events import NOW, ORDERS, EventSourcePromises
from tests.kept import keep

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def origin(local: str, quality: SourceQuality = SourceQuality.PUBLISHED) -> Origin:
    return Origin("acara", local, NOW - 3 * DAY, NOW, quality)


def event(local: str, name: str, starts_at: datetime, **rest: Any) -> Event:
    return Event(origin(local), must_text(name), starts_at, **rest)


FREE, PAID = Offer(is_free=True), Offer(is_free=False, price=Money(Decimal("15000.50")))
TAMAN = ScopedId("tempat", "taman")

EVENTS = [
    event("senam", "Senam pagi", NOW - 100 * DAY, ends_at=NOW - 100 * DAY + HOUR,
          recurrence="FREQ=WEEKLY", excluded=(NOW - 2 * DAY,), place=TAMAN, offers=(FREE,),
          point=GeoPoint(-6.18, 106.63), area="36.71.01.1007", categories=("olahraga", "Olahraga"),
          description=text("Bersama warga", "With neighbours"), url="https://example.org"),
    event("pameran", "pameran 100%_foto", NOW - 2 * DAY, ends_at=NOW + DAY, offers=(PAID, FREE),
          categories=("Budaya",), organizer="Panitia", place_text="Balai kota",
          area="36.71.01", added=(NOW + 90 * DAY,)),
    event("konser", "Konser", NOW, ends_at=NOW + 3 * HOUR, offers=(PAID,), capacity_left=0,
          status=EventStatus.CANCELLED, point=GeoPoint(-6.15, 106.7), area="36.71.05.1001"),
    event("usai", "Acara usai", NOW - 3 * HOUR, ends_at=NOW, place=ScopedId("tempat", "lain")),
    event("titik", "Titik waktu", NOW),
    event("libur", "Hari libur", NOW.replace(hour=17), ends_at=NOW.replace(hour=17) + 2 * DAY,
          all_day=True, recurrence="FREQ=YEARLY"),
    event("mustahil", "Tidak pernah", NOW, recurrence="FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"),
]  # fmt: skip


OFTEN = event("detik", "Setiap detik", NOW - 10 * DAY, recurrence="FREQ=SECONDLY")
TABLES = (store.events, store.event_occurrences, store.event_categories)


async def kept(engine: AsyncEngine, events: Sequence[Event]) -> None:
    """Put records in the place of all that are there."""
    rows: tuple[list[dict[str, Any]], ...] = (
        [store.event_values(one) for one in events],
        [row for one in events for row in store.occurrence_values(one)],
        [row for one in events for row in store.category_values(one)],
    )
    await keep(engine, dict(zip(TABLES, rows, strict=True)))


@pytest.fixture(scope="module")
def tables() -> Sequence[Table]:
    return TABLES


class WithKnownEvents(EventSourcePromises):
    @pytest.fixture
    def events(self) -> Sequence[Event]:
        return EVENTS


class TestEventsInMemory(WithKnownEvents):
    @pytest.fixture
    def source(self) -> MemoryEvents:
        return MemoryEvents("acara", EVENTS)


class TestEventsInTheStore(WithKnownEvents):
    @pytest.fixture
    async def source(self, engine: AsyncEngine) -> store.StoreEvents:
        await kept(engine, EVENTS)
        return store.StoreEvents("acara", Database(engine))


# ------------------------------------------------------------------------------- worked by hand


async def found(**criteria: Any) -> list[str]:
    source = MemoryEvents("acara", [*EVENTS, OFTEN])
    order = Order(EventOrderField.STARTS_AT)
    page = await source.find_events(EventCriteria(**criteria), order, Page(99))
    return [hit.record.origin.local_id for hit in page.hits]


async def test_an_event_is_found_by_any_of_its_occurrences() -> None:
    week = await found(window=Window(NOW, NOW + 7 * DAY))
    # Every week from 100 days ago on: what was two days ago was called off, the next is in 5.
    assert week == ["senam", "detik", "pameran", "konser", "titik", "libur"]
    last_week = await found(window=Window(NOW - 3 * DAY, NOW - DAY))
    assert last_week == ["detik", "pameran"]
    assert await found(window=Window(NOW - 2 * DAY, NOW - 2 * DAY + HOUR)) == ["detik", "pameran"]
    far = await found(window=Window(NOW + 90 * DAY, NOW + 90 * DAY + HOUR))
    assert far == ["detik", "pameran"]


async def test_an_end_is_excluded_and_a_beginning_is_not() -> None:
    assert "usai" not in await found(window=Window(NOW, None))
    assert "usai" in await found(window=Window(NOW - HOUR, None))
    assert "titik" in await found(window=Window(NOW, NOW + HOUR))
    assert "titik" not in await found(window=Window(NOW - HOUR, NOW))


async def test_what_goes_on_has_begun_and_not_ended() -> None:
    assert await found(ongoing=True, now=NOW) == ["detik", "pameran", "konser"]
    assert "usai" in await found(ongoing=False, now=NOW)


async def test_free_is_told_only_of_events_with_offers() -> None:
    assert await found(is_free=True) == ["senam", "pameran"]
    assert await found(is_free=False) == ["konser"]


async def test_sample_events_are_not_shown_in_production(engine: AsyncEngine) -> None:
    sample = replace(EVENTS[0], origin=origin("senam", SourceQuality.SAMPLE))
    await kept(engine, [sample, EVENTS[1]])
    production = store.StoreEvents("acara", Database(engine), samples=False)
    assert await production.count_events(EventCriteria()) == 1
    assert list(await production.events_by_id(["senam"])) == [None]


# ------------------------------------------------------------------------------- properties

WORDS = ["pagi", "Senam", "100%", "a_b", "ß", "'", "İ"]
TEXTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
HOURS = st.integers(-60, 60).map(lambda hours: NOW + hours * HOUR)
POINTS = st.builds(GeoPoint, st.floats(-6.25, -6.1), st.floats(106.55, 106.75))
AREAS = st.sampled_from([None, "36.71.01", "36.71.01.1007", "36.71.05.1001"])
RULES = st.sampled_from(
    [None, None, "FREQ=DAILY", "FREQ=WEEKLY;COUNT=2", "FREQ=MONTHLY;BYDAY=-1MO", "FREQ=HOURLY"]
)
RANDOM_EVENTS = st.builds(
    lambda starts_at, hours, **rest: event(
        "x", "x", starts_at, ends_at=None if hours is None else starts_at + hours * HOUR, **rest
    ),
    starts_at=HOURS,
    hours=st.none() | st.integers(0, 50),
    all_day=st.booleans(),
    status=st.sampled_from(EventStatus),
    description=st.none() | st.builds(must_text, TEXTS),
    recurrence=RULES,
    excluded=st.lists(HOURS, max_size=1).map(tuple),
    added=st.lists(HOURS, max_size=1).map(tuple),
    place=st.sampled_from([None, TAMAN]),
    point=st.none() | POINTS,
    area=AREAS,
    categories=st.lists(st.sampled_from(["a", "B"]), unique=True).map(tuple),
    offers=st.lists(st.sampled_from([FREE, PAID]), max_size=2).map(tuple),
)
QUESTIONS = st.tuples(
    st.builds(
        EventCriteria,
        window=st.none() | st.builds(Window, st.none() | HOURS, st.none() | HOURS),
        where=st.none() | st.builds(InArea, AREAS.filter(bool))
        | st.builds(Near, POINTS, st.integers(100, 9_000)),
        text=st.none() | TEXTS,
        categories=st.sampled_from([(), (), ("A",), ("a", "b")]),
        is_free=st.sampled_from([None, None, True, False]),
        ongoing=st.sampled_from([None, None, True, False]),
        now=HOURS,
        places=st.sampled_from([(), (), (TAMAN,)]),
    ),
    st.sampled_from(ORDERS),
    st.integers(0, 4),
    st.booleans(),
)  # fmt: skip


async def test_the_store_answers_exactly_what_a_plain_look_answers(engine: AsyncEngine) -> None:
    drawn: list[Event] = []
    asked: list[Any] = []

    @given(st.lists(RANDOM_EVENTS, max_size=2), QUESTIONS)
    def collect(some: list[Event], question: Any) -> None:
        drawn.extend(some)
        asked.append(question)

    collect()
    every = [replace(one, origin=origin(f"a{n}")) for n, one in enumerate(drawn[:40])]
    await kept(engine, every)
    kept_, plain = store.StoreEvents("acara", Database(engine)), MemoryEvents("acara", every)
    for criteria, order, size, backward in asked[:40]:
        everything = Page(500, descending=order.descending)
        whole = await plain.find_events(criteria, order, everything)
        middle = whole.hits[len(whole.hits) // 2].position if whole.hits else None
        page = Page(size, middle, order.descending, backward)
        ours = await kept_.find_events(criteria, order, page)
        assert ours == await plain.find_events(criteria, order, page)
        assert await kept_.count_events(criteria) == len(whole.hits)


# ------------------------------------------------------------------------------- rows

ROW = {
    "id": "1", "name_id": "Senam", "name_en": "Exercise", "starts_at": "2026-11-29T06:00:00+07:00",
    "ends_at": "2026-11-29T08:00:00+07:00", "recurrence": "RRULE:FREQ=WEEKLY;BYDAY=SU",
    "excluded": "2026-12-06T06:00:00+07:00", "categories": "olahraga|pagi", "place": "tempat:taman",
    "offers": [{"price": "0"}, {"price": 20000, "url": "https://example.org"}], "lat": "-6.18",
    "lng": "106.63", "area": "36.71.01.1007", "capacity_left": 3,
}  # fmt: skip


def test_a_row_becomes_an_event() -> None:
    made = read_event(ROW, origin)
    assert made.starts_at == datetime(2026, 11, 28, 23, tzinfo=UTC)
    assert made.recurrence == "FREQ=WEEKLY;BYDAY=SU"
    assert made.excluded == (datetime(2026, 12, 5, 23, tzinfo=UTC),)
    assert (made.place, made.categories) == (TAMAN, ("olahraga", "pagi"))
    free, paid = made.offers
    assert (free.is_free, paid.is_free, paid.price) == (True, False, Money(Decimal(20000)))


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("starts_at", "2026-11-29", "starts_at must be a time with offset"),
        ("starts_at", "", "starts_at is empty"),
        ("ends_at", "2026-11-28T06:00:00+07:00", "ends_at is before starts_at"),
        ("recurrence", "FREQ=NEVER", "recurrence rule: FREQ"),
        ("recurrence", "FREQ=DAILY;COUNT=0", "COUNT must be a positive number"),
        ("excluded", "yesterday", "excluded must be a time"),
        ("zone", "Asia/Tangerang", "zone is no time zone"),
        ("zone", "../etc", "zone is no time zone"),
        ("place", "taman", "place must be source:id"),
        ("offers", "free", "offers must be a list of objects"),
        ("offers", [{"price": -1}], r"offers\[0\]: price must not be less than 0"),
        ("offers", [{"is_free": True, "price": 5}], "is_free says free"),
        ("status", "MAYBE", "status must be one of"),
        ("lat", "95", "latitude must be"),
        ("area", "Karawaci", "area must be a code"),
    ],
)
def test_a_wrong_cell_is_refused_by_name(column: str, value: object, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        read_event({**ROW, column: value}, origin)


GARBAGE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["yes"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*ROW, "zone", "all_day", "status", "added"]), GARBAGE))
def test_no_row_of_an_event_raises_anything_but_unreadable(row: dict[str, Any]) -> None:
    with suppress(Unreadable):
        assert isinstance(read_event({**ROW, **row}, origin), Event)
