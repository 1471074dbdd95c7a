"""The declared policy of a source: defaults per kind of data, changed by its catalogue line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, time
from typing import Any

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
FOREVER = float("inf")


@dataclass(frozen=True, slots=True)
class DailyHours:
    """Hours of every day in the city's zone; an end before the start lies in the next day."""

    start: time
    end: time

    def left(self, local: datetime) -> float:
        """Seconds until they end, 0 outside of them."""
        begins, ends = (self._seconds(edge) for edge in (self.start, self.end))
        now = self._seconds(local.time()) + local.microsecond / 1e6
        inside = begins <= now < ends if begins < ends else now >= begins or now < ends
        return (ends - now) % DAY if inside else 0.0

    @staticmethod
    def _seconds(moment: time) -> float:
        return moment.hour * 3600.0 + moment.minute * 60 + moment.second


@dataclass(frozen=True, slots=True)
class Maintenance:
    """A span of time in which the owner works on the source; the end excluded."""

    start: datetime
    end: datetime

    def left(self, now: datetime) -> float:
        """Seconds until it ends, 0 outside of it."""
        return (self.end - now).total_seconds() if self.start <= now < self.end else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How a source is treated. Seconds throughout; `FOREVER` is no limit.

    The names are those of a catalogue line's `upkeep` table; docs/operate.md explains each.
    """

    # How long is waited.
    connect_timeout: float = 2.0
    """Until a connection is made."""
    read_timeout: float = 3.0
    """Between two pieces of an answer."""
    total_timeout: float = 5.0
    """For one answer with all its retries."""
    patience: float = 0.3
    """For a newer answer, by a caller for whom a last good one is at hand."""
    # Retries, of reads only.
    max_retries: int = 2
    backoff: float = 0.1
    """Before the first retry, doubled for each further one; a random part of it is waited."""
    retry_budget: float = 0.2
    """Retries per call made, over all calls of the source, above ten a minute."""
    # The breaker.
    breaker_failures: int = 5
    """Failures in a row after which the source is left alone."""
    breaker_rate: float = 0.5
    """Or this share of failures among the last twenty calls."""
    breaker_open_for: float = 5.0
    """The first time; doubled at every probe that fails."""
    breaker_open_most: float = 60.0
    # Politeness.
    max_concurrent: int = 8
    calls_per_minute: float = 300.0
    queue_timeout: float = 2.0
    """Longest wait for a turn."""
    quiet_hours: tuple[DailyHours, ...] = ()
    maintenance: tuple[Maintenance, ...] = ()
    # Freshness.
    fresh_for: float = 5 * MINUTE
    """Answers this young are given from memory."""
    stale_for: float = 30 * MINUTE
    """After that they are still given for so long, while a newer one is fetched behind."""
    keep_for: float = DAY
    """Oldest age at which a last good answer is given when the source cannot be asked."""
    # Bounds.
    max_bytes: int = 20_000_000
    """Of one answer, unpacked."""
    memory_bytes: int = 32_000_000
    """Of all answers of the source kept in memory."""
    hosts: tuple[str, ...] = ()
    """Hosts the source may be reached at, beside those its own options name."""

    def silent_for(self, now: datetime, local: datetime) -> float:
        """Seconds for which the source must not be asked, 0 when it may be."""
        spans = [hours.left(local) for hours in self.quiet_hours]
        spans += [window.left(now) for window in self.maintenance]
        return max(spans, default=0.0)


FRESHNESS: dict[str, tuple[float, float, float]] = {
    # port: fresh_for, stale_for, keep_for
    "alerts": (MINUTE, 2 * MINUTE, HOUR),
    "apps": (HOUR, DAY, FOREVER),
    "areas": (HOUR, DAY, FOREVER),
    "complaint_desk": (30.0, 2 * MINUTE, DAY),
    "complaints": (30.0, 2 * MINUTE, DAY),
    "departments": (HOUR, DAY, FOREVER),
    "earthquakes": (MINUTE, 5 * MINUTE, DAY),
    "emergency": (HOUR, DAY, FOREVER),
    "events": (5 * MINUTE, HOUR, 7 * DAY),
    "facts": (HOUR, DAY, FOREVER),
    "forecast": (15 * MINUTE, HOUR, 12 * HOUR),
    "guides": (HOUR, DAY, 30 * DAY),
    "jobs": (10 * MINUTE, HOUR, 3 * DAY),
    "markets": (HOUR, DAY, FOREVER),
    "places": (HOUR, DAY, 30 * DAY),
    "prices": (15 * MINUTE, 6 * HOUR, 3 * DAY),
    "search": (MINUTE, 5 * MINUTE, HOUR),
    "tours": (HOUR, DAY, 30 * DAY),
    "transit": (HOUR, 6 * HOUR, 14 * DAY),
    "trip_updates": (15.0, 15.0, 5 * MINUTE),
    "vehicles": (10.0, 20.0, 2 * MINUTE),
}
"""Seconds per kind of data, by the port it is served through; the one table of freshness.

`keep_for` counts from the last good fetch. Files that come with the city do not expire.
"""


def of(
    serves: Iterable[str], said: Mapping[str, Any] | None = None, *, at_hand: bool = False
) -> Policy:
    """The policy of a source that serves these ports, with what its catalogue line says.

    A source of several kinds of data has the shortest times of all. A file `at_hand` is looked
    at again soon, for that costs nothing, and does not expire. Raises ValueError naming the value
    at fault.
    """
    rows = [FRESHNESS[port] for port in serves if port in FRESHNESS]
    policy = Policy()
    if rows:
        fresh, stale, keep = (min(column) for column in zip(*rows, strict=True))
        policy = replace(policy, fresh_for=fresh, stale_for=stale, keep_for=keep)
    if at_hand:
        policy = replace(policy, fresh_for=2.0, stale_for=0.0, keep_for=FOREVER)
    return replace(policy, **read(said)) if said else policy


# ------------------------------------------------------------------------------- reading

_SPAN = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)\s*(ms|s|m|h|d)", re.ASCII)
_UNITS = {"ms": 0.001, "s": 1.0, "m": MINUTE, "h": HOUR, "d": DAY}
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)", re.ASCII)


def read(said: Mapping[str, Any]) -> dict[str, Any]:
    """The values of an `upkeep` table. Raises ValueError naming the one at fault and what it takes.

    Durations are numbers of seconds or texts such as "250ms", "10s", "15m", "3d", "forever".
    """
    unknown = sorted(set(said) - set(_READERS))
    if unknown:
        there = ", ".join(sorted(_READERS))
        raise ValueError(f"upkeep: unknown value {unknown[0]!r}; there are: {there}")
    values = {}
    for name, value in said.items():
        try:
            values[name] = _READERS[name](value)
        except ValueError as error:
            raise ValueError(f"upkeep: {name}: {error}") from error
    return values


def duration(value: Any) -> float:
    """Seconds of a number or a text such as "15m". Raises ValueError saying what it takes."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0:
        return float(value)
    if value == "forever":
        return FOREVER
    found = _SPAN.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        message = 'must be seconds, or a text such as "250ms", "10s", "15m", "2h", "3d", "forever"'
        raise ValueError(message)
    return float(found[1]) * _UNITS[found[2]]


def _finite(value: Any) -> float:
    seconds = duration(value)
    if not 0 < seconds < FOREVER:
        raise ValueError("must be more than nothing and less than for ever")
    return seconds


def _whole(least: int) -> Callable[[Any], int]:
    def read_whole(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise ValueError(f"must be a whole number from {least}")
        return value

    return read_whole


def _share(value: Any) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value <= 1:
        raise ValueError("must be a number from 0 to 1")
    return float(value)


def _rate(value: Any) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not value > 0:
        raise ValueError("must be a number above 0")
    return float(value)


def _daily(value: Any) -> tuple[DailyHours, ...]:
    message = 'must be a list of texts such as "23:00-04:30", in the city\'s zone'
    if not isinstance(value, list):
        raise ValueError(message)  # noqa: TRY004 - as all others
    found = [_HOURS.fullmatch(each) if isinstance(each, str) else None for each in value]
    hours = []
    for match in found:
        if match is None or match[1] + match[2] == match[3] + match[4]:
            raise ValueError(message)
        h1, m1, h2, m2 = (int(part) for part in match.groups())
        hours.append(DailyHours(time(h1, m1), time(h2, m2)))
    return tuple(hours)


def _windows(value: Any) -> tuple[Maintenance, ...]:
    message = (
        'must be a list of {start = ..., end = ...} with moments such as "2026-12-01T01:00+07:00",'
        " the start before the end"
    )
    try:
        windows = tuple(Maintenance(_moment(w["start"]), _moment(w["end"])) for w in value)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(message) from error
    if any(window.end <= window.start for window in windows):
        raise ValueError(message)
    return windows


def _moment(value: Any) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("a moment without offset")
    return moment


def _names(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(name, str) and name for name in value):
        raise ValueError("must be a list of names of hosts")
    return tuple(name.lower() for name in value)


_READERS: dict[str, Callable[[Any], Any]] = {
    "connect_timeout": _finite,
    "read_timeout": _finite,
    "total_timeout": _finite,
    "patience": duration,
    "max_retries": _whole(0),
    "backoff": duration,
    "retry_budget": _share,
    "breaker_failures": _whole(1),
    "breaker_rate": _share,
    "breaker_open_for": _finite,
    "breaker_open_most": _finite,
    "max_concurrent": _whole(1),
    "calls_per_minute": _rate,
    "queue_timeout": duration,
    "quiet_hours": _daily,
    "maintenance": _windows,
    "fresh_for": duration,
    "stale_for": duration,
    "keep_for": duration,
    "max_bytes": _whole(1),
    "memory_bytes": _whole(1),
    "hosts": _names,
}
assert set(_READERS) == {field.name for field in fields(Policy)}  # noqa: S101 - one table for both
