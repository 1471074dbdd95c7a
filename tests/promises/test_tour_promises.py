"""Every source of tours and of guides keeps the same promises; the store equals a plain look."""

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
from connectors.memory.tours import MemoryGuides, MemoryTours, read_guide, read_tour
from connectors.ports.common import (
    GeoPoint,
    InArea,
    Money,
    Near,
    Origin,
    Page,
    ScopedId,
    SourceQuality,
    must_text,
)
from connectors.ports.tours import Guide, GuideCriteria, Tour, TourCriteria, TourMode, TourStop
from connectors.store import tours as store
from connectors.testing.tours import GuideSourcePromises, TourSourcePromises
from tests.kept import keep

WHEN = datetime(2026, 11, 23, tzinfo=UTC)


def origin(local: str, quality: SourceQuality = SourceQuality.PUBLISHED) -> Origin:
    return Origin("tur", local, WHEN, WHEN, quality)


def tour(local: str, name: str, **rest: Any) -> Tour:
    return replace(Tour(origin(local), must_text(name), TourMode.WALK), **rest)


def stop(local: str, lat: float | None = None, area: str | None = None) -> TourStop:
    point = None if lat is None else GeoPoint(lat, 106.63)
    return TourStop(ScopedId("tempat", local), point, area)


TOURS = [
    tour("1", "Kota Tua", stops=(stop("museum", -6.18, "36.71.01.1007"), stop("pasar")),
         path=(GeoPoint(-6.18, 106.63), GeoPoint(-6.19, 106.64)), length_m=1500,
         duration=timedelta(minutes=95)),
    tour("2", "kota baru 100%_", mode=TourMode.BIKE, stops=(stop("danau", -6.1916, "36.71.05.1001"),),
         line=ScopedId("gtfs", "bus:1")),
    tour("3", "Air", mode=TourMode.BOAT),
    tour("4", "Kota Tua", mode=TourMode.TOURIST_BUS,
         stops=(stop("jauh", -6.3), stop("dekat", -6.181, "36.71.01"))),
]  # fmt: skip
GUIDES = [
    Guide(origin("1"), "Contoh: Pemandu 1", ("id", "en-GB"), areas=("36.71",)),
    Guide(origin("2"), "contoh: pemandu 10", ("EN",), "+62215582144", "PW-1", Money(Decimal("5.50")),
          areas=("36.71.01", "36.71.05.1001")),
    Guide(origin("3"), "Contoh: Pemandu 2", ("ja",)),
    Guide(origin("4"), "Contoh: Pemandu 3", ("id",), areas=("36.71.01.1007",)),
]  # fmt: skip
TABLES = (store.tours, store.tour_stops, store.guides, store.guide_words)


async def kept(engine: AsyncEngine, tours: Sequence[Tour], guides: Sequence[Guide]) -> None:
    """Put records in the place of all that are there."""
    rows: tuple[list[dict[str, Any]], ...] = (
        [store.tour_values(one) for one in tours],
        [row for one in tours for row in store.stop_values(one)],
        [store.guide_values(one) for one in guides],
        [row for one in guides for row in store.word_values(one)],
    )
    await keep(engine, dict(zip(TABLES, rows, strict=True)))


@pytest.fixture(scope="module")
def tables() -> Sequence[Table]:
    return TABLES


class WithKnownTours(TourSourcePromises):
    @pytest.fixture
    def tours(self) -> Sequence[Tour]:
        return TOURS


class TestToursInMemory(WithKnownTours):
    @pytest.fixture
    def source(self) -> MemoryTours:
        return MemoryTours("tur", TOURS)


class TestToursInTheStore(WithKnownTours):
    @pytest.fixture
    async def source(self, engine: AsyncEngine) -> store.StoreTours:
        await kept(engine, TOURS, [])
        return store.StoreTours("tur", Database(engine))


class WithKnownGuides(GuideSourcePromises):
    @pytest.fixture
    def guides(self) -> Sequence[Guide]:
        return GUIDES


class TestGuidesInMemory(WithKnownGuides):
    @pytest.fixture
    def source(self) -> MemoryGuides:
        return MemoryGuides("tur", GUIDES)


class TestGuidesInTheStore(WithKnownGuides):
    @pytest.fixture
    async def source(self, engine: AsyncEngine) -> store.StoreGuides:
        await kept(engine, [], GUIDES)
        return store.StoreGuides("tur", Database(engine))


# ------------------------------------------------------------------------------- worked by hand


async def tours(**criteria: Any) -> list[str]:
    found = await MemoryTours("tur", TOURS).find_tours(TourCriteria(**criteria), Page(99))
    return [hit.record.origin.local_id for hit in found.hits]


async def guides(**criteria: Any) -> list[str]:
    found = await MemoryGuides("tur", GUIDES).find_guides(GuideCriteria(**criteria), Page(99))
    return [hit.record.origin.local_id for hit in found.hits]


async def test_tours_come_by_name_and_are_where_any_of_their_stops_is() -> None:
    assert await tours() == ["3", "2", "1", "4"]
    assert await tours(where=InArea("36.71.01")) == ["1", "4"]
    assert await tours(where=Near(GeoPoint(-6.18, 106.63), 200)) == ["1", "4"]
    assert await tours(mode=TourMode.BIKE) == ["2"]
    assert await tours(text="TUA kota") == ["1", "4"]


async def test_guides_work_in_an_area_in_its_parts_and_around_it() -> None:
    assert await guides() == ["1", "2", "3", "4"]
    assert await guides(area="36.71.01") == ["1", "2", "4"]
    assert await guides(area="36.71.05.1001") == ["1", "2"]
    assert await guides(area="36.71.05.1002") == ["1"]
    assert await guides(lang="en-US") == ["1", "2"]
    assert await guides(lang="id", area="36.71.01") == ["1", "4"]


async def test_samples_are_not_shown_in_production(engine: AsyncEngine) -> None:
    made_up = origin("1", SourceQuality.SAMPLE)
    await kept(engine, [replace(TOURS[0], origin=made_up)], [replace(GUIDES[0], origin=made_up)])
    database = Database(engine)
    assert await store.StoreTours("tur", database, samples=False).tours_by_id(["1"]) == [None]
    hidden = store.StoreGuides("tur", database, samples=False)
    assert not (await hidden.find_guides(GuideCriteria(), Page(9))).hits
    assert (await store.StoreGuides("tur", database).find_guides(GuideCriteria(), Page(9))).hits


# ------------------------------------------------------------------------------- properties

NAMES = st.lists(st.sampled_from(["kota", "Tua", "100%", "a_b", "ß"]), min_size=1, max_size=2)
AREAS = st.sampled_from(["36.71.01", "36.71.01.1007", "36.71.05.1001", "36.71.050"])
STOPS = st.builds(stop, st.just("x"), st.none() | st.floats(-6.3, -6.1), st.none() | AREAS)
RANDOM_TOURS = st.builds(
    lambda name, **rest: tour("x", " ".join(name), **rest),
    NAMES,
    mode=st.sampled_from(TourMode),
    stops=st.lists(STOPS, max_size=3).map(tuple),
)
RANDOM_GUIDES = st.builds(
    Guide,
    st.just(origin("x")),
    NAMES.map(" ".join),
    st.lists(st.sampled_from(["id", "en", "en-GB", "ZH"]), unique=True).map(tuple),
    areas=st.lists(AREAS, unique=True).map(tuple),
)
QUESTIONS = st.tuples(
    st.builds(
        TourCriteria,
        mode=st.sampled_from([None, None, *TourMode]),
        where=st.none()
        | st.builds(InArea, AREAS)
        | st.builds(
            Near,
            st.builds(GeoPoint, st.floats(-6.3, -6.1), st.just(106.63)),
            st.integers(1, 9_000),
        ),
        text=st.none() | NAMES.map(" ".join),
    ),
    st.builds(
        GuideCriteria, area=st.none() | AREAS, lang=st.sampled_from([None, "id", "en-AU", "zh"])
    ),
    st.integers(0, 3),
    st.booleans(),
)


async def test_the_store_answers_exactly_what_a_plain_look_answers(engine: AsyncEngine) -> None:
    drawn: list[tuple[Tour, Guide]] = []
    asked: list[Any] = []

    @given(st.tuples(RANDOM_TOURS, RANDOM_GUIDES), QUESTIONS)
    def collect(pair: tuple[Tour, Guide], question: Any) -> None:
        drawn.append(pair)
        asked.append(question)

    collect()
    ways = [replace(one, origin=origin(f"a{n}")) for n, (one, _) in enumerate(drawn[:40])]
    people = [replace(one, origin=origin(f"a{n}")) for n, (_, one) in enumerate(drawn[:40])]
    await kept(engine, ways, people)
    database = Database(engine)
    by_store, by_look = store.StoreTours("tur", database), MemoryTours("tur", ways)
    guides_by_store, guides_by_look = (
        store.StoreGuides("tur", database),
        MemoryGuides("tur", people),
    )
    for criteria, of_guides, size, backward in asked[:30]:
        whole = await by_look.find_tours(criteria, Page(500))
        middle = whole.hits[len(whole.hits) // 2].position if whole.hits else None
        page = Page(size, middle, backward=backward)
        assert await by_store.find_tours(criteria, page) == await by_look.find_tours(criteria, page)
        assert await by_store.count_tours(criteria) == len(whole.hits)
        theirs = await guides_by_look.find_guides(of_guides, page)
        assert await guides_by_store.find_guides(of_guides, page) == theirs


# ------------------------------------------------------------------------------- rows

ROW = {
    "id": "1", "name": {"id": "Kota Tua"}, "mode": "walk", "minutes": "95", "length_m": 1500,
    "stops": [{"place": "tempat:museum", "lat": "-6.18", "lng": "106.63", "area": "36.71.01.1007"}],
    "path": [[106.63, -6.18], [106.64, -6.19]], "line": "gtfs:1",
}  # fmt: skip
GUIDE = {
    "id": "1", "name": "Contoh", "languages": "id|en", "areas": ["36.71"], "rate": "250000",
    "phone": "021", "licence_no": "7",
}  # fmt: skip


def test_rows_become_a_tour_and_a_guide() -> None:
    made = read_tour(ROW, origin)
    assert (made.mode, made.duration) == (TourMode.WALK, timedelta(minutes=95))
    assert made.stops == (stop("museum", -6.18, "36.71.01.1007"),)
    assert made.path == (GeoPoint(-6.18, 106.63), GeoPoint(-6.19, 106.64))
    guide = read_guide(GUIDE, origin)
    assert (guide.languages, guide.rate) == (("id", "en"), Money(Decimal(250000)))


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("mode", "fly", "mode must be one of"),
        ("stops", "museum", "stops must be a list of objects"),
        ("stops", [{}], "place is empty"),
        ("path", [[106.6, -6.1]], "path must be a list of 2"),
        ("path", [[106.6, -96], [106.6, -6.1]], r"path \[0\] is out of range"),
        ("path", ["here", "there"], r"path \[0\] must be"),
        ("line", "koridor", "line must be source:id"),
        ("minutes", -5, "minutes must be from 0"),
    ],
)
def test_a_wrong_cell_of_a_tour_is_refused_by_name(column: str, value: object, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        read_tour({**ROW, column: value}, origin)


GARBAGE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["1"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["place", "lat", "lng", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*ROW]), GARBAGE))
def test_no_row_of_a_tour_raises_anything_but_unreadable(row: dict[str, Any]) -> None:
    with suppress(Unreadable):
        assert isinstance(read_tour({**ROW, **row}, origin), Tour)


@given(st.dictionaries(st.sampled_from([*GUIDE]), GARBAGE))
def test_no_row_of_a_guide_raises_anything_but_unreadable(row: dict[str, Any]) -> None:
    with suppress(Unreadable):
        assert isinstance(read_guide({**GUIDE, **row}, origin), Guide)
