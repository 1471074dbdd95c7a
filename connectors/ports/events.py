"""Events (acara): dated happenings, also repeating ones, as RFC 5545 knows them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Protocol
from zoneinfo import ZoneInfo

from connectors.ports import recurrence
from connectors.ports.common import (
    GeoPoint,
    Media,
    Money,
    Order,
    Origin,
    Page,
    ScopedId,
    Slice,
    Source,
    Text,
    Where,
    Window,
)

BEFORE = timedelta(days=366)
AFTER = timedelta(days=732)
"""How far around the time of the fetch a repeating event can be found by its dates."""

MOST_INDEXED = 30_000
"""The most occurrences of one event by which it can be found: every hour of that time."""


class EventStatus(Enum):
    SCHEDULED = "SCHEDULED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"
    POSTPONED = "POSTPONED"
    RESCHEDULED = "RESCHEDULED"


class EventOrderField(Enum):
    """STARTS_AT is the beginning of the event itself, of a repeating one its first."""

    STARTS_AT = "STARTS_AT"
    UPDATED_AT = "UPDATED_AT"
    NAME = "NAME"


@dataclass(frozen=True, slots=True)
class Offer:
    """A way to get in; `price` is None where nobody said it."""

    is_free: bool
    price: Money | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One event. Days without a time begin at midnight in `zone` and end, exclusive, at one."""

    origin: Origin
    name: Text
    starts_at: datetime
    description: Text | None = None
    status: EventStatus = EventStatus.SCHEDULED
    ends_at: datetime | None = None
    all_day: bool = False
    zone: str = "Asia/Jakarta"
    """IANA zone on whose wall clock the event repeats."""
    recurrence: str | None = None
    """RRULE without its name."""
    excluded: tuple[datetime, ...] = ()
    """EXDATE: occurrences that were called off."""
    added: tuple[datetime, ...] = ()
    """RDATE: occurrences beside the rule."""
    place: ScopedId | None = None
    place_text: str | None = None
    point: GeoPoint | None = None
    """Its own point, else that of its place."""
    area: str | None = None
    categories: tuple[str, ...] = ()
    organizer: str | None = None
    offers: tuple[Offer, ...] = ()
    capacity_left: int | None = None
    media: tuple[Media, ...] = ()
    url: str | None = None

    @property
    def is_free(self) -> bool | None:
        """Whether one can get in for nothing; None where nothing is known of offers."""
        return any(offer.is_free for offer in self.offers) if self.offers else None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time an event takes place, or would have if it were not `cancelled`."""

    starts_at: datetime
    ends_at: datetime | None
    cancelled: bool


@dataclass(frozen=True, slots=True)
class EventCriteria:
    """What is asked for; None and an empty tuple filter nothing, a tuple fits by any value."""

    window: Window | None = None
    """An occurrence overlaps it; those that were called off do not count."""
    where: Where | None = None
    text: str | None = None
    """Every word stands in name, description, place, organizer or categories."""
    categories: tuple[str, ...] = ()
    """Letter case aside."""
    is_free: bool | None = None
    """True: some offer is free. False: there are offers, none of them free."""
    ongoing: bool | None = None
    """Whether an occurrence is going on at `now`, its end excluded."""
    now: datetime | None = None
    """Must be given with `ongoing`."""
    places: tuple[ScopedId, ...] = ()


class EventSource(Source, Protocol):
    """A system that knows events. Raises ConnectorError when it cannot answer."""

    async def events_by_id(self, ids: Sequence[str]) -> Sequence[Event | None]:
        """Events in the order of their ids, None where unknown."""
        ...

    async def find_events(
        self, criteria: EventCriteria, order: Order[EventOrderField], page: Page
    ) -> Slice[Event]:
        """A page of the events that fit, maybe empty, in the total order of `Page`."""
        ...

    async def count_events(self, criteria: EventCriteria) -> int:
        """How many `find_events` gives in all."""
        ...


def words_of(event: Event) -> str:
    """What `EventCriteria.text` is looked for in."""
    texts = (event.name, event.description)
    words = [words for text in texts if text for _, words in text]
    others = (event.place_text, event.organizer, *event.categories)
    return "\n".join([*words, *(one for one in others if one)]).casefold()


def name_sort(event: Event) -> str:
    """What names are sorted by: Indonesian first, letter case and outer space aside."""
    return event.name.pick("id").strip().casefold()


# ------------------------------------------------------------------------------- occurrences


def occurrences(event: Event, window: Window, *, most: int) -> list[Occurrence]:
    """The occurrences that overlap the window, by their start; the called-off ones too.

    An end is excluded: what ends when the window begins is not in it. Raises
    `recurrence.TooCostly` when there are more than `most`, or they cannot be found in bounds.
    The window must be closed on both sides when the event repeats.
    """
    found: list[Occurrence] = []
    for one in _taking_place(event, window):
        if len(found) == most:
            raise recurrence.TooCostly(f"more than {most} occurrences in this span")
        off = one.cancelled or event.status is EventStatus.CANCELLED
        found.append(Occurrence(one.starts_at, one.ends_at, off))
    return sorted(found, key=lambda one: one.starts_at)


def overlaps(start: datetime, end: datetime | None, window: Window) -> bool:
    """Whether [start, end) meets [window.start, window.end); without an end, its start does."""
    if window.end is not None and start >= window.end:
        return False
    return window.start is None or start >= window.start or (end is not None and end > window.start)


def indexed(event: Event) -> list[Occurrence]:
    """The occurrences by which an event is found: without those called off.

    A cancelled event is found by its dates, for one wants to know. All of a single event count;
    of a repeating one those from a year before it was fetched to two years after; and what takes
    place more than 30,000 times in that span counts as going on from the first time to the end of
    it. The same for every source, so that all of them find the same.
    """
    fetched = event.origin.fetched_at
    window = Window(fetched - BEFORE, fetched + AFTER) if event.recurrence else Window()
    found: list[Occurrence] = []
    with suppress(recurrence.TooCostly):  # what was found until then is what it is known by
        for one in _taking_place(event, window):
            if len(found) == MOST_INDEXED:
                first = min(one.starts_at for one in found)
                return [Occurrence(first, window.end, cancelled=False)]
            if not one.cancelled:
                found.append(one)
    return found


def _taking_place(event: Event, window: Window) -> Iterator[Occurrence]:
    """Each occurrence in the window once; cancelled when it alone was called off."""
    zone = ZoneInfo(event.zone)
    gone = {moment.astimezone(UTC) for moment in event.excluded}
    seen: set[datetime] = set()
    for start in _starts(event, window, zone):
        moment, end = start.astimezone(UTC), _end(event, start, zone)
        if moment not in seen and overlaps(start, end, window):
            seen.add(moment)
            yield Occurrence(start, end, moment in gone)


def _starts(event: Event, window: Window, zone: ZoneInfo) -> Iterator[datetime]:
    yield from event.added
    if event.recurrence is None:
        yield event.starts_at
        return
    if window.start is None or window.end is None:
        raise recurrence.TooCostly("a repeating event needs a span with both ends")
    rule = recurrence.read_rule(event.recurrence)
    # What began before the window and still goes on belongs to it.
    lasts = event.ends_at - event.starts_at if event.ends_at else timedelta(0)
    if event.all_day:
        lasts += timedelta(days=1, hours=3)  # a day at least, which may have more than 24 hours
    since = _moved(window.start, -lasts) or event.starts_at
    yield from recurrence.moments(rule, event.starts_at, zone, start=since, end=window.end)


def _end(event: Event, start: datetime, zone: ZoneInfo) -> datetime | None:
    if event.all_day:
        # Whole days are counted on the wall clock, however long a day is.
        opening = event.starts_at.astimezone(zone).replace(tzinfo=None)
        days = timedelta(days=1)
        if event.ends_at is not None:
            days = max(days, event.ends_at.astimezone(zone).replace(tzinfo=None) - opening)
        end = _moved(start.astimezone(zone).replace(tzinfo=None), days)
        return end and end.replace(tzinfo=zone)
    if event.ends_at is None:
        return None
    end = _moved(start.astimezone(UTC), event.ends_at - event.starts_at)
    return end and end.astimezone(zone)


def _moved(moment: datetime, span: timedelta) -> datetime | None:
    """The moment so much later; None beyond the years that can be told."""
    try:
        return moment + span
    except OverflowError:
        return None
