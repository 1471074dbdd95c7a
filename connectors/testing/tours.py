"""The promises of a TourSource and of a GuideSource."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pytest

from connectors.memory.tours import MemoryGuides, MemoryTours
from connectors.ports.common import BBox, GeoPoint, InArea, Near, Page
from connectors.ports.tours import (
    Guide,
    GuideCriteria,
    GuideSource,
    Tour,
    TourCriteria,
    TourMode,
    TourSource,
)
from connectors.testing.base import assert_batch, assert_pages

CRITERIA = [
    TourCriteria(),
    *(TourCriteria(mode=mode) for mode in TourMode),
    TourCriteria(where=InArea("36.71.01")),
    TourCriteria(where=InArea("36.71")),
    TourCriteria(where=Near(GeoPoint(-6.18, 106.63), 1_500)),
    TourCriteria(where=BBox(106.6, -6.2, 106.65, -6.1)),
    TourCriteria(text="KOTA tua"),
    TourCriteria(text="100%_"),
    TourCriteria(mode=TourMode.WALK, text="a"),
]
GUIDE_CRITERIA = [
    GuideCriteria(),
    GuideCriteria(area="36.71"),
    GuideCriteria(area="36.71.01"),
    GuideCriteria(area="36.71.01.1007"),
    GuideCriteria(lang="en"),
    GuideCriteria(lang="EN-gb"),
    GuideCriteria(lang="ja"),
    GuideCriteria(area="36.71.01", lang="id"),
]


class TourSourcePromises:
    """Subclass it with the fixtures `source` and `tours`: all records that the source knows."""

    @pytest.fixture
    def tours(self) -> Sequence[Tour]:
        """All records that the source knows."""
        raise NotImplementedError

    async def test_a_batch_has_the_order_and_length_of_its_ids(
        self, source: TourSource, tours: Sequence[Tour]
    ) -> None:
        await assert_batch(source.tours_by_id, {tour.origin.local_id: tour for tour in tours})

    @pytest.mark.parametrize("criteria", CRITERIA, ids=str)
    async def test_pages_and_counts_are_those_of_a_plain_look(
        self, source: TourSource, tours: Sequence[Tour], criteria: TourCriteria
    ) -> None:
        whole = await MemoryTours(source.name, tours).find_tours(criteria, Page(500))
        await assert_pages(partial(source.find_tours, criteria), whole.hits, first=1)
        assert await source.count_tours(criteria) == len(whole.hits)


class GuideSourcePromises:
    """Subclass it with the fixtures `source` and `guides`: all records that the source knows."""

    @pytest.fixture
    def guides(self) -> Sequence[Guide]:
        """All records that the source knows."""
        raise NotImplementedError

    async def test_a_batch_has_the_order_and_length_of_its_ids(
        self, source: GuideSource, guides: Sequence[Guide]
    ) -> None:
        known = {guide.origin.local_id: guide for guide in guides}
        await assert_batch(source.guides_by_id, known)

    @pytest.mark.parametrize("criteria", GUIDE_CRITERIA, ids=str)
    async def test_pages_are_those_of_a_plain_look(
        self, source: GuideSource, guides: Sequence[Guide], criteria: GuideCriteria
    ) -> None:
        whole = await MemoryGuides(source.name, guides).find_guides(criteria, Page(500))
        await assert_pages(partial(source.find_guides, criteria), whole.hits, first=1)
