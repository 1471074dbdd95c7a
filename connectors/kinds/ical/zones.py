"""Which zone a TZID means: a name of the world's list, another system's name, or rules of its own."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice
from zoneinfo import ZoneInfo, available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from connectors.errors import Unreadable
from connectors.kinds.ical.lines import Component
from connectors.ports import recurrence

MOST_ONSETS = 200
"""Changes of one rule of a zone that are looked at."""

_YEARS = timedelta(days=3 * 366)
_LOCAL = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}
_FIXED = re.compile(r"\(?(?:GMT|UTC)\s*([+-])0?(\d{1,2})(?::?00)?\)?(?:\s.*)?", re.IGNORECASE)
_OFFSET = re.compile(r"([+-])(\d\d)(\d\d)(?:\d\d)?")
_TIME = re.compile(r"(\d{8})T(\d{6})Z?")


class Zones:
    """The zones of one calendar, whose own rules may stand anywhere in it."""

    def __init__(
        self, city: ZoneInfo, around: datetime, *, floating: ZoneInfo | None = None
    ) -> None:
        """`city` is where days are, and times without a zone unless `floating` says where.

        The own rules of a calendar must be right `around` a moment.
        """
        self.city = city
        self.floating = floating or city
        self._around = around
        self._own: dict[str, Component] = {}
        self._found: dict[str, ZoneInfo] = {}

    def add(self, component: Component) -> None:
        """Take a VTIMEZONE."""
        self._own.setdefault(component.text("TZID"), component)

    def named(self, name: str) -> ZoneInfo:
        """The zone of a TZID. Raises Unreadable when nobody knows it."""
        if name not in self._found:
            zone = self._look(name.strip())
            if zone is None:
                raise Unreadable(f"the time zone {name[:40]!r} is not known", column="TZID")
            self._found[name] = zone
        return self._found[name]

    def _look(self, name: str) -> ZoneInfo | None:
        own = self._own.get(name)
        for candidate in _names(name, own):
            if candidate in _all():
                return ZoneInfo(candidate)
        if own is not None:
            return _alike(own, self.city, self._around)
        fixed = _FIXED.fullmatch(name)
        return _hours(fixed[1], int(fixed[2])) if fixed else None


def known(name: str) -> ZoneInfo | None:
    """The zone of this name in the world's list, else None."""
    return ZoneInfo(name) if name in _all() else None


@lru_cache(maxsize=1)
def _all() -> frozenset[str]:
    return frozenset(available_timezones() - {"Factory", "localtime"})


def _names(name: str, own: Component | None) -> Iterator[str]:
    """The names of the world's list that it may mean, the surest first."""
    name = name.strip('"')
    yield name
    yield _LOCAL.get(name.upper(), "")
    yield WINDOWS_TO_OLSON.get(name, "")
    if own is not None:
        yield own.text("X-LIC-LOCATION")
    # /example.org/20070129_1/Europe/Berlin
    parts = name.strip("/").split("/")
    for count in (3, 2):
        if len(parts) > count:
            yield "/".join(parts[-count:])


def _hours(sign: str, hours: int) -> ZoneInfo | None:
    # In these names the sign is that of the way back to Greenwich.
    return known(f"Etc/GMT{'-' if sign == '+' else '+'}{hours}") if hours else ZoneInfo("UTC")


# ------------------------------------------------------------------------------- own rules


def _alike(own: Component, city: ZoneInfo, around: datetime) -> ZoneInfo | None:
    """A zone of the world's list that runs as these rules do, from a year before to two after."""
    changes = sorted(_onsets(own, around))
    if not changes:
        return None
    onsets = [onset for onset, _, _ in changes]
    start = around.astimezone(UTC).replace(tzinfo=None)
    samples = []
    for step in range(-24, 49):
        moment = start + timedelta(days=step * 15.25)
        place = bisect_right(onsets, moment) - 1
        offset = changes[place][2] if place >= 0 else changes[0][1]
        samples.append((moment.replace(tzinfo=UTC), offset))
    for name in (city.key, *_likely(samples[0][1]), *sorted(_all())):
        zone = ZoneInfo(name)
        if all(moment.astimezone(zone).utcoffset() == offset for moment, offset in samples):
            return zone
    return None


def _likely(offset: timedelta) -> Iterator[str]:
    hours, rest = divmod(offset, timedelta(hours=1))
    if not rest and -12 <= hours <= 14:
        yield f"Etc/GMT{-hours:+d}" if hours else "UTC"


def _onsets(own: Component, around: datetime) -> Iterator[tuple[datetime, timedelta, timedelta]]:
    """When which offset is followed by which, in time of Greenwich."""
    for part in (*own.named("STANDARD"), *own.named("DAYLIGHT")):
        before = _offset(part.text("TZOFFSETFROM"))
        after = _offset(part.text("TZOFFSETTO"))
        first = _local(part.text("DTSTART"))
        if after is None or first is None:
            continue
        before = after if before is None else before
        for onset in islice(_times(part, first, around), MOST_ONSETS):
            with suppress(OverflowError):
                yield onset - before, before, after


def _times(part: Component, first: datetime, around: datetime) -> Iterator[datetime]:
    yield first
    for line in part.every("RDATE"):
        for text in line.value.split(","):
            moment = _local(text)
            if moment is not None:
                yield moment
    for line in part.every("RRULE"):
        # A rule that cannot be read, or takes too long, leaves the zone without an equal.
        with suppress(ValueError):
            rule = recurrence.read_rule(line.value)
            zone = ZoneInfo("UTC")
            moments = recurrence.moments(
                rule,
                first.replace(tzinfo=UTC),
                zone,
                start=around - _YEARS,
                end=around + _YEARS,
            )
            for moment in moments:
                yield moment.replace(tzinfo=None)


def _offset(text: str) -> timedelta | None:
    match = _OFFSET.fullmatch(text)
    if match is None:
        return None
    span = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return (-span if match[1] == "-" else span) if span < timedelta(hours=24) else None


def _local(text: str) -> datetime | None:
    match = _TIME.fullmatch(text.strip())
    try:
        return datetime.fromisoformat(f"{match[1]}T{match[2]}") if match else None
    except ValueError:
        return None
