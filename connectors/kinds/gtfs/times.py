"""The calls of one trip: times that were left out are worked out, wrong ones are refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from connectors.kinds.gtfs.faults import FeedFault


class TimeFault(FeedFault):
    """A call whose time is missing or wrong; which one, so that its line can be found."""

    def __init__(self, trip: str, sequence: int, field: str, reason: str) -> None:
        super().__init__(f"trip {trip!r}, stop_sequence {sequence}: {reason}", field=field)
        self.trip = trip
        self.sequence = sequence


@dataclass(frozen=True, slots=True)
class Times:
    """When a trip calls: seconds of the service day, None where the feed leaves them out."""

    sequence: int
    arrival: int | None
    departure: int | None
    distance: float | None = None
    """`shape_dist_traveled`, in whatever unit the feed has."""
    timepoint: bool = True
    """False: the feed says the times are approximate, or we worked them out."""


def filled(trip: str, calls: Sequence[Times]) -> list[Times]:
    """The calls in order, with every time known.

    A missing arrival or departure is the other one. Where both are missing they are worked out
    between the known times around, by distance where the feed gives it for all calls between,
    else in equal steps; such times are no timepoints. Raises FeedFault when the first or last
    time is missing, or when a vehicle would arrive before it left.
    """
    known = [_both(call) for call in calls]
    for end in (known[0], known[-1]):
        if end.departure is None:
            reason = "the first and the last call of a trip need a time"
            raise TimeFault(trip, end.sequence, "departure_time", reason)
    anchors = [at for at, call in enumerate(known) if call.departure is not None]
    for left, right in pairwise(anchors):
        if right - left > 1:
            known[left + 1 : right] = _between(known[left : right + 1])
    _check(trip, known)
    return known


def _both(call: Times) -> Times:
    if call.arrival is None and call.departure is None:
        return call
    arrival = call.departure if call.arrival is None else call.arrival
    departure = call.arrival if call.departure is None else call.departure
    return replace(call, arrival=arrival, departure=departure)


def _between(calls: Sequence[Times]) -> list[Times]:
    first, last = calls[0], calls[-1]
    start, end = first.departure or 0, last.arrival or 0
    shares = _by_distance(calls) or [step / (len(calls) - 1) for step in range(1, len(calls) - 1)]
    found = []
    for call, share in zip(calls[1:-1], shares, strict=True):
        at = int(start + (end - start) * share + 0.5)
        found.append(replace(call, arrival=at, departure=at, timepoint=False))
    return found


def _by_distance(calls: Sequence[Times]) -> list[float] | None:
    """Shares of the way at the calls between, None where the feed does not let us know."""
    distances = [call.distance for call in calls if call.distance is not None]
    if len(distances) < len(calls) or distances != sorted(distances):
        return None
    whole = distances[-1] - distances[0]
    if whole <= 0:
        return None
    return [(one - distances[0]) / whole for one in distances[1:-1]]


def _check(trip: str, calls: Sequence[Times]) -> None:
    before = 0
    for call in calls:
        arrival, departure = call.arrival or 0, call.departure or 0
        if arrival < before or departure < arrival:
            field = "arrival_time" if arrival < before else "departure_time"
            raise TimeFault(trip, call.sequence, field, "the trip goes back in time")
        before = departure
