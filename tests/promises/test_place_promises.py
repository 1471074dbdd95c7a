"""Places keep their promises in memory and in the store, on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncEngine

from connectors.kinds.sql import Database
from connectors.memory.places import MemoryPlaces
from connectors.ports.common import (
    Address,
    BBox,
    GeoPoint,
    InArea,
    Licence,
    Media,
    Money,
    Near,
    Order,
    Origin,
    Page,
    ScopedId,
    SourceQuality,
    Text,
    TriState,
    Wheelchair,
    must_text,
)
from connectors.ports.places import PLACE_FACETS, Place, PlaceCriteria, PlaceKind, PlaceOrderField
from connectors.store.places import StorePlaces, place_values, places
from connectors.testing.places import PlaceSourcePromises
from tests.kept import keep

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
OLD = datetime(2011, 8, 10, tzinfo=UTC)


def origin(local: str, as_of: datetime = NOW, source: str = "tempat") -> Origin:
    return Origin(source, local, as_of, NOW, SourceQuality.PUBLISHED)


KNOWN = [
    Place(
        origin=Origin(
            "tempat", "museum", OLD, NOW, SourceQuality.PUBLISHED,
            licence=Licence("MIT", "somebody", TriState.YES), url="https://example.org/museum",
        ),
        kind=PlaceKind.MUSEUM,
        name=must_text("Museum Benteng", "Fortress Museum"),
        description=must_text("Rumah tua", "Old house"),
        tags=("category=museum", "coord_quality=exact"),
        point=GeoPoint(-6.1786869, 106.6296684),
        area="36.71.01.1007",
        address=Address(must_text("Jl. Cilame 18"), "Jl. Cilame", "36.71.01.1007", "36.71.01", "15118"),
        opening_hours="Tu-Su 10:00-17:00",
        phone="+62215582144",
        email="halo@example.org",
        website="https://example.org",
        entry_fee=Money(Decimal("30000.50")),
        is_free=False,
        wheelchair=Wheelchair.LIMITED,
        wheelchair_note=must_text("Tangga di pintu", "Steps at the door"),
        media=(
            Media(
                ScopedId("tempat", "foto:1"), "https://example.org/1.jpg", width=640, height=480,
                taken_at=OLD, alt=must_text("Pintu"), licence=Licence("CC0-1.0"),
            ),
        ),
    ),
    Place(origin("taman-a", OLD), PlaceKind.PARK, must_text("Taman Potret"), is_free=True,
          point=GeoPoint(-6.19, 106.63), area="36.71.01.1008", opening_hours="24/7"),
    Place(origin("taman-b"), PlaceKind.PARK, must_text("taman  potret 100%"), area="36.71.01"),
    Place(origin("Taman-C"), PlaceKind.PARK, must_text("Kebun_raya"), point=GeoPoint(-6.19, 106.63)),
    Place(origin("masjid"), PlaceKind.WORSHIP, must_text("Masjid Al-A'zhom", "Mosque"),
          religion="muslim", wheelchair=Wheelchair.YES, point=GeoPoint(-6.17, 106.64)),
    Place(origin("gereja"), PlaceKind.WORSHIP, must_text("ÉGLISE Straße"), religion="christian",
          wheelchair=Wheelchair.NO, area="36.71.05.1001"),
]  # fmt: skip


@pytest.fixture(scope="module")
def tables() -> Sequence[Table]:
    return [places]


class TestPlacesInMemory(PlaceSourcePromises):
    @pytest.fixture
    def places(self) -> list[Place]:
        return KNOWN

    @pytest.fixture
    def source(self) -> MemoryPlaces:
        return MemoryPlaces("tempat", KNOWN)


class TestPlacesInTheStore(PlaceSourcePromises):
    @pytest.fixture
    def places(self) -> list[Place]:
        return KNOWN

    @pytest.fixture
    async def source(self, engine: AsyncEngine) -> StorePlaces:
        of_another = Place(origin("museum", source="lain"), PlaceKind.ATM, must_text("Taman"))
        await keep(engine, {places: [place_values(one) for one in (*KNOWN, of_another)]})
        return StorePlaces("tempat", Database(engine))

    async def test_samples_are_not_shown_in_production(self, engine: AsyncEngine) -> None:
        sample = Place(
            Origin("tempat", "contoh", NOW, NOW, SourceQuality.SAMPLE),
            PlaceKind.PARK,
            must_text("Contoh: taman"),
        )
        await keep(engine, {places: [place_values(sample)]})
        shown = StorePlaces("tempat", Database(engine))
        hidden = StorePlaces("tempat", Database(engine), samples=False)
        assert await shown.count_places(PlaceCriteria()) == 1
        assert await hidden.count_places(PlaceCriteria()) == 0
        assert await hidden.places_by_id(["contoh"]) == [None]


# ------------------------------------------------------------- any records, any question

WORDS = st.text(st.sampled_from("aAbßÉ%_/\\ ' \n"), max_size=6)
POINTS = st.builds(
    GeoPoint,
    st.sampled_from([-6.2, -6.15, -6.1]) | st.floats(-6.3, -6.0),
    st.sampled_from([106.6, 106.65]) | st.floats(106.5, 106.8),
)
CODES = st.sampled_from(["36.71.01", "36.71.01.1007", "36.71.05.1001", "36.71.050"])
MOMENTS = st.sampled_from([OLD, NOW]) | st.integers(0, 2**31 * 10**6).map(
    lambda us: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)
)
PLACES = st.lists(
    st.builds(
        Place,
        origin=st.builds(
            origin, st.text(st.sampled_from("aAzZ-é"), min_size=1, max_size=4), MOMENTS
        ),
        kind=st.sampled_from([PlaceKind.PARK, PlaceKind.ATM]),
        name=st.builds(lambda id, en: Text({"id": id, "en": en}), WORDS, WORDS),  # noqa: A006
        tags=st.lists(WORDS.map("k={}".format), max_size=1).map(tuple),
        point=st.none() | POINTS,
        area=st.none() | CODES,
        opening_hours=st.none() | st.just("24/7"),
        is_free=st.none() | st.booleans(),
        religion=st.none() | st.sampled_from(["muslim", "hindu"]),
        wheelchair=st.sampled_from(Wheelchair),
    ),
    max_size=12,
    unique_by=lambda place: place.origin.local_id,
)
WHERES = st.none() | st.one_of(
    st.builds(Near, POINTS, st.integers(1, 30_000)),
    st.just(BBox(106.6, -6.2, 106.65, -6.1)),
    st.builds(InArea, CODES),
)
CRITERIA = st.builds(
    PlaceCriteria,
    kinds=st.sampled_from([(), (PlaceKind.PARK,)]),
    where=WHERES,
    text=st.none() | WORDS,
    wheelchair=st.none() | st.booleans(),
    is_free=st.none() | st.booleans(),
    religion=st.none() | st.just("muslim"),
    updated_since=st.none() | MOMENTS,
    has_hours=st.booleans(),
)
ORDERS = st.builds(
    Order, st.sampled_from(PlaceOrderField), descending=st.booleans(), origin=st.none() | POINTS
)


async def compare(
    database: Database,
    records: list[Place],
    criteria: PlaceCriteria,
    order: Order[PlaceOrderField],
    size: int,
    *,
    backward: bool,
) -> None:
    """Every page, count and facet of the store is that of the memory."""
    await keep(database.engine, {places: [place_values(place) for place in records]})
    memory, store = MemoryPlaces("tempat", records), StorePlaces("tempat", database)
    page, more = Page(size, None, order.descending, backward), True
    while more:
        expected = await memory.find_places(criteria, order, page)
        assert await store.find_places(criteria, order, page) == expected
        more = expected.more and size > 0
        if more:
            edge = expected.hits[0 if backward else -1]
            page = Page(size, edge.position, order.descending, backward)
    assert await store.count_places(criteria) == await memory.count_places(criteria)
    for field in PLACE_FACETS:
        found = await store.place_buckets(criteria, field)
        known = await memory.place_buckets(criteria, field)
        assert sorted((b.key, b.count) for b in found) == sorted((b.key, b.count) for b in known)


@settings(max_examples=40)
@given(PLACES, CRITERIA, st.tuples(ORDERS, st.integers(0, 4), st.booleans()))
def test_the_store_answers_what_brute_force_answers(
    database: Database,
    run: Any,
    records: list[Place],
    criteria: PlaceCriteria,
    listed: tuple[Order[PlaceOrderField], int, bool],
) -> None:
    order, size, backward = listed
    run(compare(database, records, criteria, order, size, backward=backward))
