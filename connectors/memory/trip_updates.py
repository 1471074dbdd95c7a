"""Trip updates from records in memory."""

from __future__ import annotations

from connectors.ports.trip_updates import TripUpdates


class MemoryTripUpdates:
    """A TripUpdateSource over what it was given."""

    def __init__(self, name: str, updates: TripUpdates) -> None:
        self.name = name
        self._updates = updates

    async def trip_updates(self) -> TripUpdates:
        return self._updates
