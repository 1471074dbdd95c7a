"""`ical.events`: the events of one or more calendars."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from connectors.base import Tools
from connectors.errors import Unreadable
from connectors.kinds.collection import Collected, OriginOf, Part, each, origins, sound
from connectors.kinds.ical.lines import Component, read_components
from connectors.kinds.ical.zones import Zones, known
from connectors.kinds.kelurahan import Kelurahan, kelurahan_of
from connectors.kinds.plain import plain
from connectors.kinds.whereabouts import Whereabouts, text_option, whereabouts
from connectors.memory.events import MemoryEvents
from connectors.ports.connectors import Binding
from connectors.ports.events import Event
from connectors.ports.recurrence import TooCostly
from connectors.systems.ical.events import Draft, Setting, draft_of, is_public
from connectors.systems.ical.series import affordable, assembled, newest
from connectors.upkeep.documents import Document, Stamp

MOST_EVENTS = 20_000


@dataclass(frozen=True, slots=True)
class Options:
    """What a catalogue line says about calendars."""

    where: Whereabouts
    zone: ZoneInfo
    """Of times without a zone, and of whole days."""
    language: str = "id"
    """Of texts that do not say theirs."""


def read_options(said: Mapping[str, Any], city: ZoneInfo) -> Options:
    """The options of a catalogue line. Raises ValueError saying which is wrong and what it takes."""
    where = whereabouts(said, others=("zone", "language"))
    name = text_option(said, "zone")
    zone = known(name) if name else city
    if zone is None:
        raise ValueError('`zone` must be a zone such as "Asia/Jakarta"')
    language = text_option(said, "language", "id")
    if not (language.isascii() and language.isalpha() and 2 <= len(language) <= 3):
        raise ValueError('`language` must be a tag such as "id"')
    return Options(where, zone, language.lower())


async def open_events(binding: Binding, tools: Tools) -> Collected:
    """The events of one or more calendars. Raises ValueError when an option is wrong.

    Options: `url` (one or several, also `webcal://`) or `path`, `headers`, `zone`, `language`.
    """
    city = known(getattr(tools.services.zone, "key", "UTC")) or ZoneInfo("UTC")
    options = read_options(binding.options, city)
    ways = options.where.ways((tools.data_folder, tools.city_folder), tools.upkeep)
    read = reader(binding, options, kelurahan_of(tools.city_folder))

    async def gather() -> Sequence[Part[Event]]:
        return await each([way.read(read) for way in ways])

    return Collected(binding.key, gather, MemoryEvents)


def reader(
    binding: Binding, options: Options, kelurahan: Kelurahan
) -> Callable[[Document, Stamp], Part[Event]]:
    """What makes events of a document."""

    def read(document: Document, stamp: Stamp) -> Part[Event]:
        reading = _Reading(options, kelurahan, origins(binding, stamp), stamp)
        for component in read_components(document.body, document.charset):
            if component.name == "VCALENDAR":
                reading.calendar(component)
            else:
                reading.calendar(Component("VCALENDAR", parts=[component]))
        return sound(reading.part())

    return read


class _Reading:
    """One document: its calendars, put together as one."""

    def __init__(
        self, options: Options, kelurahan: Kelurahan, origin: OriginOf, stamp: Stamp
    ) -> None:
        self._options = options
        self._kelurahan = kelurahan
        self._origin = origin
        self._stamp = stamp
        self._drafts: list[Draft] = []
        self._rejected: list[tuple[Any, str]] = []
        self._seen = 0

    def calendar(self, calendar: Component) -> None:
        """Take the events of a calendar."""
        setting = self._setting(calendar)
        for component in calendar.named("VEVENT"):
            self._seen += 1
            if self._seen > MOST_EVENTS:
                raise Unreadable(f"more than {MOST_EVENTS} events")
            if not is_public(component):
                continue
            try:
                self._drafts.append(draft_of(component, setting))
            except Unreadable as error:
                self._rejected.append(({"uid": component.text("UID")[:100]}, f"event: {error}"))

    def part(self) -> Part[Event]:
        """The events, and what could not be read."""
        found: list[Event] = []
        by_uid: dict[str, list[Draft]] = {}
        for draft in newest(self._drafts):
            by_uid.setdefault(draft.uid, []).append(draft)
        for uid, drafts in by_uid.items():
            try:
                found += assembled(drafts, self._stamp.fetched_at)
            except TooCostly as error:
                self._rejected.append(({"uid": uid[:100]}, f"event: {error}"))
        found, others = affordable(found)
        for event in others:
            local = event.origin.local_id[:100]
            self._rejected.append(({"uid": local}, "event: RRULE: all series repeat too often"))
        return Part(found, self._rejected)

    def _setting(self, calendar: Component) -> Setting:
        zone = known(calendar.text("X-WR-TIMEZONE")) or self._options.zone
        # Days are days of the city, whatever zone the calendar was made in.
        zones = Zones(self._options.zone, self._stamp.fetched_at, floating=zone)
        for component in calendar.named("VTIMEZONE"):
            zones.add(component)
        return Setting(
            zones=zones,
            origin=self._origin,
            kelurahan=self._kelurahan,
            fetched_at=self._stamp.fetched_at,
            language=self._options.language,
            name=plain(calendar.text("X-WR-CALNAME", "NAME"))[:100],
            cancelled=calendar.text("METHOD").upper() == "CANCEL",
        )
