"""What every timetable, and every source of vehicle positions, must keep.

An app team subclasses these, gives the fixtures, and runs pytest::

    class TestOurTimetable(TransitSourcePromises):
        @pytest.fixture
        def source(self): ...
        @pytest.fixture
        def start(self): ...   # a moment after which something leaves within a day
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

import pytest

from connectors.ports import geometry
from connectors.ports.common import BBox, Near, Order, Page, ScopedId
from connectors.ports.transit import (
    Board,
    BoardCriteria,
    Boarding,
    Line,
    LineCriteria,
    Stop,
    StopCriteria,
    StopKind,
    StopOrder,
    TransitSource,
    Vehicle,
    VehicleSource,
    line_order,
    mark_of,
    stop_order,
)
from connectors.testing.base import UNKNOWN, assert_batch, assert_pages

T = TypeVar("T")

EVERYTHING = Page(500)
BY_NAME = Order(StopOrder.NAME)
WORLD = BBox(-180, -90, 180, 90)


async def all_stops(source: TransitSource) -> list[Stop]:
    """The first 500 stops of a source."""
    found = await source.find_stops(StopCriteria(), BY_NAME, EVERYTHING)
    return [hit.record for hit in found.hits]


async def all_lines(source: TransitSource) -> list[Line]:
    """The first 500 lines of a source."""
    found = await source.find_lines(LineCriteria(), EVERYTHING)
    return [hit.record for hit in found.hits]


def ids_of(records: Sequence[Stop] | Sequence[Line]) -> list[str]:
    """The local ids of records, in their order."""
    return [record.origin.local_id for record in records]


class TransitSourcePromises:
    """Promises of a TransitSource."""

    @pytest.fixture
    def window(self, start: datetime) -> BoardCriteria:
        """A day from the moment on."""
        return BoardCriteria(start, start + timedelta(days=1), first=100)

    @pytest.fixture
    async def board(self, source: TransitSource, window: BoardCriteria) -> Board:
        """What leaves anywhere then; it must not be empty."""
        stops = ids_of(await all_stops(source))
        (found,) = await source.boards([stops], window)
        assert found.departures, "the fixture `start` must lie within a day of a departure"
        return found

    async def test_stops_come_in_the_order_of_their_ids_and_none_where_unknown(
        self, source: TransitSource
    ) -> None:
        stops = await all_stops(source)
        await assert_batch(source.stops_by_id, dict(zip(ids_of(stops), stops, strict=True)))

    async def test_lines_come_in_the_order_of_their_ids_and_none_where_unknown(
        self, source: TransitSource
    ) -> None:
        lines = await all_lines(source)
        await assert_batch(source.lines_by_id, dict(zip(ids_of(lines), lines, strict=True)))
        operators = await source.operators_by_id([UNKNOWN, *(line.operator for line in lines)])
        assert operators[0] is None
        assert all(operators[1:])

    async def test_what_is_asked_of_an_unknown_id_is_none(self, source: TransitSource) -> None:
        day = datetime(2026, 11, 23).date()  # noqa: DTZ001 - any day will do
        assert list(await source.trips_by_id([UNKNOWN])) == [None]
        assert list(await source.children_by_stop([UNKNOWN])) == [None]
        assert list(await source.lines_by_stop([UNKNOWN])) == [None]
        assert list(await source.directions_by_line([UNKNOWN])) == [None]
        assert list(await source.paths_by_shape([UNKNOWN])) == [None]
        assert list(await source.spans_by_line([(UNKNOWN, day)])) == [None]
        assert list(await source.headways_by_line([(UNKNOWN, day, 0)])) == [None]
        assert list(await source.calls_by_run([(UNKNOWN, day)])) == [None]

    async def test_pages_of_stops_are_the_whole_list(self, source: TransitSource) -> None:
        whole = (await source.find_stops(StopCriteria(), BY_NAME, EVERYTHING)).hits
        stops = [hit.record for hit in whole]
        assert stops == sorted(stops, key=lambda stop: (stop_order(stop), stop.origin.local_id))
        await assert_pages(partial(source.find_stops, StopCriteria(), BY_NAME), whole, first=3)

    async def test_stops_in_a_circle_come_by_distance(self, source: TransitSource) -> None:
        stops = await all_stops(source)
        points = [stop.point for stop in stops if stop.point is not None]
        centre = points[0]
        circle = Near(centre, 2_000)
        found = await source.find_stops(
            StopCriteria(where=circle), Order(StopOrder.DISTANCE, origin=centre), EVERYTHING
        )
        inside = {
            stop.origin.local_id for stop in stops if geometry.is_in(circle, stop.point, stop.area)
        }
        assert {hit.record.origin.local_id for hit in found.hits} == inside
        distances = [hit.distance_m or 0 for hit in found.hits]
        assert distances == sorted(distances)

    async def test_criteria_of_stops_mean_what_they_say(self, source: TransitSource) -> None:
        stops = await all_stops(source)
        lines = dict(zip(ids_of(stops), await source.lines_by_stop(ids_of(stops)), strict=True))
        for line in (await all_lines(source))[:5]:
            id_ = ScopedId(source.name, line.origin.local_id)
            for criteria in (StopCriteria(served_by=(id_,)), StopCriteria(modes=(line.mode,))):
                found = await source.find_stops(criteria, BY_NAME, EVERYTHING)
                for hit in found.hits:
                    calling = lines[hit.record.origin.local_id] or ()
                    assert any(one.mode is line.mode for one in calling)
        found = await source.find_stops(StopCriteria(stations_only=True), BY_NAME, EVERYTHING)
        assert [hit.record for hit in found.hits] == [
            stop for stop in stops if stop.kind is StopKind.STATION
        ]
        name = stops[0].name.pick("id")
        found = await source.find_stops(StopCriteria(text=name.upper()), BY_NAME, EVERYTHING)
        assert stops[0] in [hit.record for hit in found.hits]

    async def test_lines_come_in_their_order(self, source: TransitSource) -> None:
        lines = await all_lines(source)
        assert lines == sorted(lines, key=lambda line: (line_order(line), line.origin.local_id))

    async def test_a_board_stands_in_its_order_and_in_its_window(
        self, board: Board, window: BoardCriteria
    ) -> None:
        marks = [mark_of(one) for one in board.departures]
        assert marks == sorted(set(marks))
        for one in board.departures:
            assert window.start <= one.leaves_at < window.end
            assert one.boarding is not Boarding.NONE

    async def test_pages_of_a_board_are_the_whole_board(
        self, source: TransitSource, board: Board, window: BoardCriteria
    ) -> None:
        stops = ids_of(await all_stops(source))
        found: list[object] = []
        criteria = replace(window, first=7)
        while len(found) < len(board.departures):
            (page,) = await source.boards([stops], criteria)
            found += page.departures
            if not page.more:
                break
            criteria = replace(criteria, after=mark_of(page.departures[-1]))
        assert tuple(found[: len(board.departures)]) == board.departures

    async def test_boards_of_several_groups_are_those_of_each(
        self, source: TransitSource, board: Board, window: BoardCriteria
    ) -> None:
        stops = sorted({one.stop.local for one in board.departures})[:5]
        together = await source.boards([[stop] for stop in stops], window)
        for stop, one in zip(stops, together, strict=True):
            assert [one] == list(await source.boards([[stop]], window))

    async def test_a_departure_is_among_the_calls_of_its_trip(
        self, source: TransitSource, board: Board
    ) -> None:
        some = board.departures[:10]
        runs = [(one.trip.local, one.service_date) for one in some]
        trips = await source.trips_by_id([trip for trip, _ in runs])
        for one, trip, calls in zip(some, trips, await source.calls_by_run(runs), strict=True):
            assert trip is not None
            assert (trip.id, trip.line) == (one.trip, one.line.local)
            assert calls is not None
            assert one in calls
            assert calls[-1].boarding is Boarding.NONE
            sequences = [call.stop_sequence for call in calls]
            assert sequences == sorted(set(sequences))

    async def test_lines_and_stops_of_a_board_come_along(self, board: Board) -> None:
        assert set(ids_of(board.lines)) == {one.line.local for one in board.departures}
        assert set(ids_of(board.stops)) == {one.stop.local for one in board.departures}


class VehicleSourcePromises:
    """Promises of a VehicleSource; the fixture `vehicles` gives all it knows."""

    async def test_a_box_holds_its_vehicles_by_id(
        self, source: VehicleSource, vehicles: Sequence[Vehicle]
    ) -> None:
        known = sorted(vehicles, key=lambda vehicle: vehicle.origin.local_id)
        assert list(await source.find_vehicles(WORLD, None, 500)) == known
        assert list(await source.find_vehicles(WORLD, None, 1)) == known[:1]
        point = known[0].point
        box = BBox(point.lng, point.lat, point.lng, point.lat)
        found = await source.find_vehicles(box, None, 500)
        assert list(found) == [vehicle for vehicle in known if vehicle.point == point]

    async def test_lines_narrow_the_vehicles(
        self, source: VehicleSource, vehicles: Sequence[Vehicle]
    ) -> None:
        for line in {vehicle.line for vehicle in vehicles if vehicle.line}:
            found = await source.find_vehicles(WORLD, [line], 500)
            assert found
            assert all(vehicle.line == line for vehicle in found)
        assert list(await source.find_vehicles(WORLD, [], 500)) == []

    async def test_vehicles_come_in_the_order_of_their_trips(
        self, source: VehicleSource, vehicles: Sequence[Vehicle]
    ) -> None:
        running = [vehicle for vehicle in vehicles if vehicle.trip]
        unknown = ScopedId("nobody", UNKNOWN)
        found = await source.vehicles_by_trip([unknown, *(one.trip for one in running if one.trip)])
        assert list(found) == [None, *running]
