"""The promises of a TourSource and of a GuideSource."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from connectors.memory.tours import MemoryGuides, MemoryTours
from connectors.ports.common import BBox, GeoPoint, Hit, InArea, Near, Page
from connectors.ports.tours import (
    Guide,
    GuideCriteria,
    GuideSource,
    Tour,
    TourCriteria,
    TourMode,
    TourSource,
)

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
        known = {tour.origin.local_id: tour for tour in tours}
        asked = [*reversed(known), "no such tour", next(iter(known)), ""]
        assert list(await source.tours_by_id(asked)) == [known.get(one) for one in asked]
        assert list(await source.tours_by_id([])) == []

    @pytest.mark.parametrize("criteria", CRITERIA, ids=str)
    async def test_pages_and_counts_are_those_of_a_plain_look(
        self, source: TourSource, tours: Sequence[Tour], criteria: TourCriteria
    ) -> None:
        whole = await MemoryTours(source.name, tours).find_tours(criteria, Page(500))
        seen: list[Hit[Tour]] = []
        after = None
        while True:
            part = await source.find_tours(criteria, Page(1, after))
            seen += part.hits
            if not part.more:
                break
            after = part.hits[-1].position
        assert seen == list(whole.hits)
        assert await source.count_tours(criteria) == len(seen)
        if seen:
            back = Page(2, seen[-1].position, backward=True)
            before = await source.find_tours(criteria, back)
            assert list(before.hits) == seen[:-1][-2:]


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
        asked = [*reversed(known), "no such guide", next(iter(known))]
        assert list(await source.guides_by_id(asked)) == [known.get(one) for one in asked]

    @pytest.mark.parametrize("criteria", GUIDE_CRITERIA, ids=str)
    async def test_pages_are_those_of_a_plain_look(
        self, source: GuideSource, guides: Sequence[Guide], criteria: GuideCriteria
    ) -> None:
        whole = await MemoryGuides(source.name, guides).find_guides(criteria, Page(500))
        seen: list[Hit[Guide]] = []
        after = None
        while True:
            part = await source.find_guides(criteria, Page(1, after))
            seen += part.hits
            if not part.more:
                break
            after = part.hits[-1].position
        assert seen == list(whole.hits)
