"""What a TripUpdateSource promises, as tests."""

from __future__ import annotations

from datetime import timedelta

from connectors.ports.trip_updates import TripUpdateSource


class TripUpdateSourcePromises:
    """Promises of a TripUpdateSource that knows at least one update."""

    async def test_the_updates_are_one_object_while_nothing_changes(
        self, source: TripUpdateSource
    ) -> None:
        assert await source.trip_updates() is await source.trip_updates()

    async def test_a_feed_says_of_when_and_of_which_timetable_it_is(
        self, source: TripUpdateSource
    ) -> None:
        found = await source.trip_updates()
        assert found.updates
        assert found.timetable
        assert found.as_of.utcoffset() is not None
        assert found.usable_at(found.as_of)
        assert not found.usable_at(found.as_of + found.longest_age + timedelta(seconds=1))

    async def test_what_is_told_of_a_call_says_which_one(self, source: TripUpdateSource) -> None:
        for update in (await source.trip_updates()).updates:
            for call in update.calls:
                assert call.sequence is not None or call.stop
                for said in (call.arrival, call.departure):
                    if said is not None and said.time is not None:
                        assert said.time.utcoffset() is not None
