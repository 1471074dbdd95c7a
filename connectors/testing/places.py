"""What every source of places must keep.

An app team subclasses this, gives `source` and the records it holds, and runs pytest::

    class TestOurPlaces(PlaceSourcePromises):
        @pytest.fixture
        def source(self): ...
        @pytest.fixture
        def places(self): ...
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import pytest

from connectors.errors import ConnectorError
from connectors.memory.places import MemoryPlaces
from connectors.ports.common import BBox, GeoPoint, InArea, Near, Order, Page, Within
from connectors.ports.places import (
    PLACE_FACETS,
    Place,
    PlaceCriteria,
    PlaceOrderField,
    PlaceSource,
)
from connectors.testing.base import UNKNOWN, assert_batch, assert_pages

CENTRE = GeoPoint(-6.17, 106.64)
SQUARE = Within((
    (((106.6, -6.2), (106.7, -6.2), (106.7, -6.1), (106.6, -6.1), (106.6, -6.2)),),
))  # fmt: skip


def orders() -> Iterator[Order[PlaceOrderField]]:
    """Every order, both ways."""
    for field in PlaceOrderField:
        for descending in (False, True):
            yield Order(field, descending=descending, origin=CENTRE)


def questions(places: Sequence[Place]) -> Iterator[PlaceCriteria]:
    """Every filter at least once, with values that the records have."""
    yield PlaceCriteria()
    yield PlaceCriteria(where=Near(CENTRE, 2_000))
    yield PlaceCriteria(where=BBox(106.6, -6.2, 106.65, -6.15))
    yield PlaceCriteria(where=SQUARE)
    for one in list(places)[:20]:
        name = one.name.pick("id")
        yield PlaceCriteria(text=name)
        yield PlaceCriteria(text=name.split()[0].upper())
        yield PlaceCriteria(kinds=(one.kind,), text=name[1:4])
        yield PlaceCriteria(updated_since=one.origin.as_of)
        if one.area:
            yield PlaceCriteria(where=InArea(one.area[:8]))
        if one.religion:
            yield PlaceCriteria(religion=one.religion)
    for flag in (True, False):
        yield PlaceCriteria(is_free=flag)
        yield PlaceCriteria(wheelchair=flag)
    yield PlaceCriteria(has_hours=True)
    yield PlaceCriteria(text="%")
    yield PlaceCriteria(text="_")
    yield PlaceCriteria(text=UNKNOWN)


class PlaceSourcePromises:
    """Tests of a PlaceSource. `places` are what it holds, as its answers show them."""

    async def test_places_come_in_the_order_of_their_ids_and_none_where_unknown(
        self, source: PlaceSource, places: Sequence[Place]
    ) -> None:
        await assert_batch(source.places_by_id, {one.origin.local_id: one for one in places})

    async def test_every_question_and_order_is_answered_as_by_brute_force(
        self, source: PlaceSource, places: Sequence[Place]
    ) -> None:
        reference = MemoryPlaces(source.name, places)
        for criteria in questions(places):
            for order in orders():
                page = Page(7, descending=order.descending)
                assert await source.find_places(
                    criteria, order, page
                ) == await reference.find_places(criteria, order, page), (criteria, order)

    async def test_pages_follow_every_order_forward_and_back_without_loss_or_repeat(
        self, source: PlaceSource, places: Sequence[Place]
    ) -> None:
        for order in orders():
            everything = Page(500, descending=order.descending)
            expected = (await source.find_places(PlaceCriteria(), order, everything)).hits
            assert len(expected) == len(places)
            find = partial(source.find_places, PlaceCriteria(), order)
            await assert_pages(find, expected, first=3, descending=order.descending)

    async def test_counts_and_facets_are_those_of_brute_force(
        self, source: PlaceSource, places: Sequence[Place]
    ) -> None:
        reference = MemoryPlaces(source.name, places)
        for criteria in questions(places):
            assert await source.count_places(criteria) == await reference.count_places(criteria)
            for field in PLACE_FACETS:
                found = {b.key: b.count for b in await source.place_buckets(criteria, field)}
                known = {b.key: b.count for b in await reference.place_buckets(criteria, field)}
                assert found == known, (criteria, field)

    async def test_a_facet_that_is_none_is_refused(self, source: PlaceSource) -> None:
        with pytest.raises(ConnectorError):
            await source.place_buckets(PlaceCriteria(), "colour")

    async def test_distances_are_told_when_a_point_is_named(self, source: PlaceSource) -> None:
        page = Page(500)
        by_name = Order(PlaceOrderField.NAME)
        plain = await source.find_places(PlaceCriteria(), by_name, page)
        assert all(hit.distance_m is None for hit in plain.hits)
        near = PlaceCriteria(where=Near(CENTRE, 50_000))
        for hit in (await source.find_places(near, by_name, page)).hits:
            assert hit.distance_m is not None
            assert 0 <= hit.distance_m <= 50_000
