"""The promises of an AreaSource."""

from __future__ import annotations

from connectors.ports import geometry
from connectors.ports.areas import AreaLevel, AreaSource, ancestry
from connectors.ports.common import GeoPoint
from connectors.testing.base import assert_batch


class AreaSourcePromises:
    """Subclass it with a fixture `source`, an AreaSource that knows at least one kelurahan.

    `inside` is a point within one of its kelurahan.
    """

    inside = GeoPoint(-6.1781, 106.6318)
    outside = GeoPoint(0.0, 0.0)

    async def test_all_areas_come_by_code_and_lie_in_each_other(self, source: AreaSource) -> None:
        found = await source.find_areas(level=None, parent=None, containing=None)
        codes = [area.kode for area in found]
        assert codes == sorted(set(codes))
        for area in found:
            assert area.origin.local_id == area.kode
            assert area.origin.connector == source.name
            assert area.parent is None or area.parent == ancestry(area.kode)[1]

    async def test_a_batch_has_the_order_and_the_length_of_its_codes(
        self, source: AreaSource
    ) -> None:
        known = await source.find_areas(level=None, parent=None, containing=None)
        await assert_batch(source.areas_by_id, {area.kode: area for area in known})

    async def test_boundaries_are_geometries_in_the_order_of_their_codes(
        self, source: AreaSource
    ) -> None:
        (one, *_) = await source.find_areas(
            level=AreaLevel.KELURAHAN, parent=None, containing=self.inside
        )
        nothing, outline = await source.boundaries_by_id(["no such code", one.kode])
        assert nothing is None
        assert outline is not None
        assert geometry.in_polygons(geometry.read_polygons(outline), self.inside)

    async def test_level_and_parent_choose_what_lies_directly_within(
        self, source: AreaSource
    ) -> None:
        everything = await source.find_areas(level=None, parent=None, containing=None)
        for level in AreaLevel:
            found = await source.find_areas(level=level, parent=None, containing=None)
            assert list(found) == [area for area in everything if area.level is level]
        for parent in {area.parent for area in everything if area.parent}:
            found = await source.find_areas(level=None, parent=parent, containing=None)
            assert list(found) == [area for area in everything if area.parent == parent]
        assert not await source.find_areas(level=None, parent="99", containing=None)

    async def test_the_areas_around_a_point_are_one_inside_the_other(
        self, source: AreaSource
    ) -> None:
        found = await source.find_areas(level=None, parent=None, containing=self.inside)
        assert found
        deepest = found[-1]
        assert deepest.level is AreaLevel.KELURAHAN
        assert {area.kode for area in found} <= set(ancestry(deepest.kode))
        same = await source.find_areas(
            level=deepest.level, parent=deepest.parent, containing=self.inside
        )
        assert list(same) == [deepest]

    async def test_around_a_point_outside_there_is_no_area(self, source: AreaSource) -> None:
        assert not await source.find_areas(level=None, parent=None, containing=self.outside)
