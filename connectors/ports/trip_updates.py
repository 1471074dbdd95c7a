"""What realtime says of single trips, and the rules by which that changes a timetable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Protocol

from connectors.ports.common import Source, Text
from connectors.ports.transit import Boarding, Departure, RealtimeState, started

# ------------------------------------------------------------------------------- words


class CallState(Enum):
    """What realtime says of one call of a trip."""

    SCHEDULED = "SCHEDULED"
    SKIPPED = "SKIPPED"
    NO_DATA = "NO_DATA"
    UNSCHEDULED = "UNSCHEDULED"


class TripState(Enum):
    """How a trip stands to the timetable."""

    SCHEDULED = "SCHEDULED"
    ADDED = "ADDED"
    """Not in the timetable (GTFS-Realtime NEW, and the older ADDED)."""
    UNSCHEDULED = "UNSCHEDULED"
    """A vehicle of a line that runs by headway, at whatever time."""
    CANCELED = "CANCELED"
    REPLACEMENT = "REPLACEMENT"
    """It runs, and its calls are those of the update alone."""
    DUPLICATED = "DUPLICATED"
    """A copy of a trip of the timetable at another time."""
    DELETED = "DELETED"
    """Cancelled, and not to be shown."""


EXTRA = frozenset(
    {TripState.ADDED, TripState.UNSCHEDULED, TripState.REPLACEMENT, TripState.DUPLICATED}
)
"""States whose calls come from the update, not from the timetable."""

# ------------------------------------------------------------------------------- records


@dataclass(frozen=True, slots=True)
class Expected:
    """When a vehicle is expected. `time` goes before `delay`."""

    time: datetime | None = None
    delay: timedelta | None = None
    scheduled: datetime | None = None
    """Of a trip that is in no timetable."""


@dataclass(frozen=True, slots=True)
class CallUpdate:
    """What realtime says of one call, told by its place in the trip or by its stop."""

    sequence: int | None
    stop: str | None
    """Local id of a stop of the timetable."""
    state: CallState = CallState.SCHEDULED
    arrival: Expected | None = None
    departure: Expected | None = None
    assigned_stop: str | None = None
    """The stop it calls at instead, such as another platform."""
    headsign: str | None = None
    boarding: Boarding | None = None


@dataclass(frozen=True, slots=True)
class Copied:
    """The trip a DUPLICATED one becomes: a new id, and when it starts."""

    trip: str
    day: date | None
    start: int | None
    """Seconds of the service day."""


@dataclass(frozen=True, slots=True)
class TripUpdate:
    """What realtime says of one run of a trip. Ids are those of the timetable."""

    trip: str | None
    state: TripState = TripState.SCHEDULED
    day: date | None = None
    """The service date, None when the feed leaves it to the reader."""
    start: int | None = None
    """Seconds of the service day; which run of a trip that runs by headway."""
    line: str | None = None
    direction: int | None = None
    calls: tuple[CallUpdate, ...] = ()
    delay: timedelta | None = None
    """Of the whole trip, up to the first call of which something is said."""
    headsign: str | None = None
    short_name: str | None = None
    copied: Copied | None = None

    @property
    def local_ids(self) -> tuple[str, ...]:
        """The local ids its trip may have: its own, or that of a start of a template."""
        if self.trip is None:
            return ()
        if self.start is None:
            return (self.trip,)
        return (self.trip, started(self.trip, self.start))

    @property
    def moved(self) -> bool:
        """Whether it runs, and calls at stops other than those of the timetable."""
        return self.state in (TripState.SCHEDULED, TripState.UNSCHEDULED) and any(
            call.assigned_stop is not None for call in self.calls
        )


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class TripUpdates:
    """All that realtime says of one timetable at one moment."""

    timetable: str
    """Key of the source of the timetable."""
    as_of: datetime
    """When the feed says it was made, else when it was fetched."""
    updates: tuple[TripUpdate, ...]
    longest_age: timedelta = timedelta(minutes=5)
    """From this age on it says nothing of now."""

    def usable_at(self, now: datetime) -> bool:
        """Whether it is young enough to be believed."""
        return now - self.as_of <= self.longest_age


class TripUpdateSource(Source, Protocol):
    """A system that knows how trips run now. Raises ConnectorError when it cannot answer.

    The option `timetable` of its catalogue line is the key of the source whose trips it tells of.
    """

    async def trip_updates(self) -> TripUpdates:
        """All updates: the same object as long as nothing changed, however old it has become."""
        ...


# ------------------------------------------------------------------------------- rules


def expected(calls: Sequence[Departure], update: TripUpdate) -> list[Departure]:
    """The calls of a run, first to last, with what an update says of them.

    A delay holds for all later calls until the next one that is told; a skipped call hands it
    on. From a call without data on nothing is known. Before the first call that is told the delay
    of the whole trip holds, where one is said; else nothing is known.
    """
    if update.state is TripState.CANCELED:
        return [replace(call, realtime=RealtimeState.CANCELED) for call in calls]
    told = _matched(calls, update.calls)
    late = update.delay
    found = []
    for at, call in enumerate(calls):
        said = told.get(at)
        if said is not None and said.state is CallState.SKIPPED:
            found.append(replace(call, realtime=RealtimeState.SKIPPED))
            continue
        if said is not None and said.state is CallState.NO_DATA:
            late = None
        elif said is not None:
            late = _late(call, said)
        one = replace(call, realtime=RealtimeState.NO_DATA) if late is None else _moved(call, late)
        found.append(one if said is None else _as_said(one, said, last=at == len(calls) - 1))
    return found


def _matched(calls: Sequence[Departure], updates: Sequence[CallUpdate]) -> Mapping[int, CallUpdate]:
    """Which update is of which call: by its place, else by the next call at its stop."""
    places = {call.stop_sequence: at for at, call in enumerate(calls)}
    if all(update.sequence is not None for update in updates):
        updates = sorted(updates, key=lambda update: update.sequence or 0)
    found: dict[int, CallUpdate] = {}
    after = 0
    for update in updates:
        at = None if update.sequence is None else places.get(update.sequence)
        if at is None and update.stop is not None:
            later = range(after, len(calls))
            at = next((n for n in later if calls[n].stop.local == update.stop), None)
        if at is None:
            continue
        found.setdefault(at, update)
        after = max(after, at + 1)
    return found


def _late(call: Departure, said: CallUpdate) -> timedelta | None:
    """How late a vehicle leaves; None when nobody can know.

    A call that is told without arrival and departure is on time, as the specification's example
    has it; one whose times make no sense is not.
    """
    scheduled = call.scheduled_at
    leaves, arrives = said.departure, said.arrival
    if leaves is not None and (leaves.time or leaves.delay is not None):
        if leaves.time is not None:
            return None if scheduled is None else leaves.time - scheduled
        return leaves.delay
    if arrives is not None and (arrives.time or arrives.delay is not None):
        if arrives.time is None:
            return arrives.delay
        if scheduled is None:
            return None
        stays = timedelta(seconds=call.stays or 0)
        return arrives.time - (scheduled - stays)
    return timedelta(0) if leaves is None and arrives is None else None


def _moved(call: Departure, late: timedelta) -> Departure:
    if call.scheduled_at is None:
        return replace(call, realtime=RealtimeState.NO_DATA)
    at = call.scheduled_at + late
    return replace(
        call,
        leaves_at=at,
        expected_at=at,
        delay=late,
        realtime=RealtimeState.UPDATED,
        approximate=False,
    )


def _as_said(call: Departure, said: CallUpdate, *, last: bool) -> Departure:
    """The call with what else realtime says of it. Nobody boards where a trip ends."""
    if said.boarding is not None and not last:
        call = replace(call, boarding=said.boarding)
    if said.headsign is not None:
        call = replace(call, headsign=Text({"und": said.headsign}))
    return call
