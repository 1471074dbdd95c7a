"""Series and the entries that change them: one occurrence, or one and all after it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from connectors.kinds.ical.times import When
from connectors.ports import recurrence
from connectors.ports.events import AFTER, BEFORE, Event, EventStatus
from connectors.systems.ical.events import Draft, occurrence_id

MOST_MOVED = 1_000
"""Occurrences of a series that go on another day than its rule says."""

MOST_EFFORT = 600_000
"""Days and moments that all series of one document are looked through for, about: some 500 that
take place every day without an end, or 1,600 weekly ones."""

_SECONDS = {
    recurrence.Frequency.HOURLY: 3600,
    recurrence.Frequency.MINUTELY: 60,
    recurrence.Frequency.SECONDLY: 1,
}


def affordable(events: Sequence[Event]) -> tuple[list[Event], list[Event]]:
    """The events whose dates can be found together within bounds, and those that are too much.

    The plainest come first, so that one that repeats every second costs no other its place.
    """
    efforts = [_effort(event) for event in events]
    left, good = MOST_EFFORT, set()
    for number in sorted(range(len(events)), key=efforts.__getitem__):
        left -= efforts[number]
        if left >= 0 or not efforts[number]:
            good.add(number)
    return (
        [event for number, event in enumerate(events) if number in good],
        [event for number, event in enumerate(events) if number not in good],
    )


def _effort(event: Event) -> int:
    """About how much there is to look through to find an event by its dates."""
    if event.recurrence is None:
        return 0
    rule = recurrence.read_rule(event.recurrence)
    since = event.origin.fetched_at - BEFORE
    # A rule that counts is walked from its beginning.
    first = event.starts_at if rule.count else max(event.starts_at, since)
    last = event.origin.fetched_at + AFTER
    if rule.until is not None:
        until = rule.until if rule.until.tzinfo else rule.until.replace(tzinfo=UTC)
        last = min(last, until)
    seconds = max(0.0, (last - first).total_seconds())
    clocks = max(1, len(rule.by_hour)) * max(1, len(rule.by_minute)) * max(1, len(rule.by_second))
    if rule.freq in _SECONDS:
        found = 3 * seconds / (_SECONDS[rule.freq] * rule.interval) * clocks
    elif rule.freq is recurrence.Frequency.DAILY:
        found = seconds / 86400 / rule.interval * clocks
    else:
        found = seconds / 86400 / 3 * clocks
    if rule.count is not None:
        found = min(found, 31.0 * rule.count)
    return min(int(found), recurrence.MAX_WORK)


def newest(drafts: Iterable[Draft]) -> list[Draft]:
    """Of several versions of one entry the newest, in the order in which they first came.

    Different dates under one UID, in one version, are different events of a programme that
    gives them all the same UID.
    """
    found: dict[tuple[str, datetime | None], list[Draft]] = {}
    for draft in drafts:
        instead = draft.instead_of.moment.astimezone(UTC) if draft.instead_of else None
        found.setdefault((draft.uid, instead), []).append(draft)
    return [draft for versions in found.values() for draft in _apart(versions)]


def assembled(drafts: Sequence[Draft], fetched_at: datetime) -> list[Event]:
    """The events of all entries: the series as they were changed, and what stands for itself."""
    changes: dict[str, list[Draft]] = {}
    for draft in drafts:
        if draft.instead_of is not None:
            changes.setdefault(draft.uid, []).append(draft)
    found: list[Event] = []
    for draft in drafts:
        if draft.instead_of is None:
            found += _Series(draft.event, fetched_at).changed(changes.pop(draft.uid, []))
    # Of a series that is not there, each entry is an event of its own.
    return found + [draft.event for drafts in changes.values() for draft in drafts]


def _apart(versions: list[Draft]) -> list[Draft]:
    def age(draft: Draft) -> tuple[int, float]:
        return draft.sequence, draft.stamp.timestamp() if draft.stamp else 0.0

    best = max(versions, key=age)
    equal = [draft for draft in versions if age(draft) == age(best)]
    by_start = {draft.event.starts_at: draft for draft in equal}
    if len(by_start) == 1 or best.instead_of is not None:
        return [equal[-1]]  # said twice: what was said last
    return [_renamed(draft, number) for number, draft in enumerate(by_start.values())]


def _renamed(draft: Draft, number: int) -> Draft:
    if number == 0:
        return draft
    local = occurrence_id(draft.uid, draft.event.starts_at)
    event = replace(draft.event, origin=replace(draft.event.origin, local_id=local))
    return replace(draft, event=event)


class _Series:
    """A series in parts: each change of one occurrence and all after it begins another one."""

    def __init__(self, event: Event, fetched_at: datetime) -> None:
        self._fetched_at = fetched_at
        self._parts = [event]
        self._since = [event.starts_at]
        """From which occurrence of the first series on a part holds."""
        self._moved = [timedelta(0)]
        """By how much later a part takes place than the first series would."""

    def changed(self, changes: Sequence[Draft]) -> list[Event]:
        """The parts, and the entries that cannot be told as part of them."""
        alone: list[Event] = []
        dated = [(self._meant(one.instead_of), one) for one in changes if one.instead_of]
        dated.sort(key=lambda one: one[0])
        for moment, change in dated:
            if change.and_all_after:
                self._split(moment, change.event)
        for moment, change in dated:
            if not change.and_all_after:
                alone += self._replace(moment, change.event)
        return [part for part in self._parts if part.recurrence or _is_held(part)] + alone

    def _meant(self, when: When) -> datetime:
        """The occurrence an entry speaks of; of a day alone, the one on that day."""
        first = self._parts[0]
        if first.all_day or not when.is_day:
            return when.moment
        zone = ZoneInfo(first.zone)
        clock = first.starts_at.astimezone(zone).time()
        return datetime.combine(when.wall.date(), clock, zone)

    # --------------------------------------------------------------------------- one

    def _replace(self, moment: datetime, other: Event) -> list[Event]:
        place = max((n for n, since in enumerate(self._since) if since <= moment), default=0)
        part = self._parts[place]
        moment = _shifted(moment, self._moved[place], ZoneInfo(part.zone))
        usual = replace(
            part, origin=other.origin, starts_at=other.starts_at, ends_at=other.ends_at,
            recurrence=None, excluded=(), added=(), status=other.status,
            zone=other.zone,
        )  # fmt: skip
        same = replace(other, recurrence=None, excluded=(), added=()) == usual
        lasts = _length(other) == _length(part)
        if same and lasts and other.status is not EventStatus.CANCELLED:
            if other.starts_at == moment:
                return []  # nothing is different
            # Another time, and all else as always: still the same series.
            self._parts[place] = replace(
                part,
                excluded=(*part.excluded, moment),
                added=(*part.added, other.starts_at),
            )
            return []
        self._parts[place] = replace(part, excluded=(*part.excluded, moment))
        return [] if other.status is EventStatus.CANCELLED else [other]

    # --------------------------------------------------------------------------- and all after

    def _split(self, first: datetime, other: Event) -> None:
        part = self._parts[-1]
        if part.recurrence is None:
            return
        zone = ZoneInfo(part.zone)
        moment = _shifted(first, self._moved[-1], zone)
        rest = [one for one in part.added if one >= moment]
        gone = [one for one in part.excluded if one >= moment]
        self._parts[-1] = replace(
            part,
            recurrence=_until(part.recurrence, moment - timedelta(seconds=1)),
            added=tuple(one for one in part.added if one < moment),
            excluded=tuple(one for one in part.excluded if one < moment),
        )
        begins = moment.astimezone(zone).replace(tzinfo=None)
        moved = other.starts_at.astimezone(zone).replace(tzinfo=None) - begins

        rule = recurrence.read_rule(part.recurrence)
        added = [_shifted(one, moved, zone) for one in rest]
        text: str | None = None
        if _fits(rule, begins, moved):
            text = _left(part, rule, zone, moment)
        else:
            end = max(self._fetched_at, moment) + AFTER
            days = recurrence.moments(rule, part.starts_at, zone, start=moment, end=end)
            added += [_shifted(one, moved, zone) for one in islice(days, MOST_MOVED)]
        if other.status is EventStatus.CANCELLED:
            return  # from here on there are no more
        self._parts.append(
            replace(
                other,
                zone=part.zone,
                recurrence=text,
                added=tuple(added),
                excluded=tuple(_shifted(one, moved, zone) for one in gone),
            )
        )
        self._since.append(first)
        self._moved.append(self._moved[-1] + moved)


def _shifted(moment: datetime, by: timedelta, zone: ZoneInfo) -> datetime:
    """So much later on the clock of a zone."""
    if not by:
        return moment
    return (moment.astimezone(zone).replace(tzinfo=None) + by).replace(tzinfo=zone)


def _is_held(part: Event) -> bool:
    return part.starts_at not in part.excluded or bool(part.added)


def _length(event: Event) -> timedelta | None:
    return event.ends_at - event.starts_at if event.ends_at else None


def _fits(rule: recurrence.Rule, begins: datetime, moved: timedelta) -> bool:
    """Whether the rule says the same of the moved occurrences: on the same days, at a new hour."""
    by_clock = rule.by_hour or rule.by_minute or rule.by_second
    slow = rule.freq <= recurrence.Frequency.DAILY
    return not moved or (slow and not by_clock and (begins + moved).date() == begins.date())


def _parts_of(rule: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in rule.rstrip(";").split(";"))


def _until(rule: str, last: datetime) -> str:
    """The rule, ending with the last moment before another part begins."""
    parts = _parts_of(rule)
    parts.pop("COUNT", None)
    parts["UNTIL"] = f"{last.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _left(part: Event, rule: recurrence.Rule, zone: ZoneInfo, moment: datetime) -> str | None:
    """The rule for what is left of it from a moment on; None when there is just that one."""
    parts = _parts_of(part.recurrence or "")
    if rule.count is not None:
        before = sum(
            1
            for _ in recurrence.moments(
                rule, part.starts_at, zone, start=part.starts_at, end=moment
            )
        )
        if rule.count - before < 1:
            return None
        parts["COUNT"] = str(rule.count - before)
    return ";".join(f"{name}={value}" for name, value in parts.items())
