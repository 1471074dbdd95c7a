"""One VEVENT as an event."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

from connectors.errors import Unreadable
from connectors.kinds.collection import OriginOf
from connectors.kinds.ical.lines import Component, Line
from connectors.kinds.ical.times import (
    MOST_TIMES,
    When,
    later,
    read_span,
    read_stamp,
    read_time,
    read_times,
)
from connectors.kinds.ical.zones import Zones
from connectors.kinds.kelurahan import Kelurahan
from connectors.kinds.plain import plain
from connectors.memory.cells import LONGEST_ID
from connectors.ports import geometry, recurrence
from connectors.ports.common import GeoPoint, Media, MediaKind, ScopedId, Text
from connectors.ports.events import Event, EventStatus

MOST_CATEGORIES = 30
LONGEST_NAME = 500
MOST_EXPANDED = 1_000
"""Occurrences of a second rule, which are told one by one."""
AHEAD = timedelta(days=732)
"""How far ahead of the fetch they are told."""

_LANG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2}", re.ASCII)
_OLD_LANG = {"in": "id", "ind": "id", "eng": "en"}
"""`in` was Indonesian before 1989, and still is for some office programmes."""
_PICTURE = re.compile(r"\.(?:jpe?g|png|webp|gif)(?:$|\?)", re.IGNORECASE)
_STATUS = {
    "TENTATIVE": EventStatus.TENTATIVE,
    "CANCELLED": EventStatus.CANCELLED,
    "CANCELED": EventStatus.CANCELLED,
    "POSTPONED": EventStatus.POSTPONED,
    "RESCHEDULED": EventStatus.RESCHEDULED,
}


@dataclass(frozen=True, slots=True)
class Setting:
    """What the events of one calendar share."""

    zones: Zones
    origin: OriginOf
    kelurahan: Kelurahan
    fetched_at: datetime
    language: str = "id"
    name: str = ""
    """Of the calendar."""
    cancelled: bool = False
    """The whole file says what was called off."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An event, and what it is within its series."""

    uid: str
    event: Event
    sequence: int
    stamp: datetime | None
    instead_of: When | None = None
    """RECURRENCE-ID: the occurrence of the series whose place it takes."""
    and_all_after: bool = False


def is_public(component: Component) -> bool:
    """Whether its owner lets everybody see it."""
    return component.text("CLASS").upper() not in ("PRIVATE", "CONFIDENTIAL")


def draft_of(component: Component, setting: Setting) -> Draft:
    """The event of a VEVENT. Raises Unreadable naming the property."""
    if component.fault:
        raise Unreadable(f"the event {component.fault}")
    zones = setting.zones
    start = read_time(_must(component, "DTSTART"), zones)
    name = _texts(component, "SUMMARY", setting.language, most=LONGEST_NAME)
    if name is None:
        raise Unreadable("SUMMARY is empty", column="SUMMARY")
    uid = _uid(component, start, name)
    instead_of = component.first("RECURRENCE-ID")
    replaced = read_time(instead_of, zones, beside=start) if instead_of else None
    local = uid if replaced is None else occurrence_id(uid, replaced.moment)
    stamp = read_stamp(component.first("LAST-MODIFIED")) or read_stamp(component.first("DTSTAMP"))
    soon = setting.fetched_at + timedelta(days=1)
    point = _point(component)
    rule, added, excluded = _repeats(component, start, setting)
    # What does not repeat is told in the city's time; a rule holds on the clock it was made for.
    zone = start.zone if rule else zones.city
    end = _end(component, start, zones)
    origin = setting.origin(
        _fitting(local), as_of=stamp if stamp and stamp <= soon else None, url=_url(component)
    )
    event = Event(
        origin=origin,
        name=name,
        description=_description(component, setting.language),
        status=_status(component, setting),
        starts_at=start.moment.astimezone(zone),
        ends_at=end and end.astimezone(zone),
        all_day=start.is_day,
        zone=zone.key,
        recurrence=rule,
        excluded=excluded,
        added=added,
        place_text=plain(component.text("LOCATION")) or None,
        point=point,
        area=setting.kelurahan.at(point),
        categories=_categories(component, setting),
        organizer=_organizer(component),
        media=tuple(_media(component, origin.connector, origin.local_id)),
        url=_url(component),
    )
    after = instead_of is not None and "THISANDFUTURE" in instead_of.params.get("RANGE", "").upper()
    return Draft(uid, event, _sequence(component), stamp, replaced, after)


def occurrence_id(uid: str, moment: datetime) -> str:
    """The id of one occurrence that has an entry of its own."""
    return f"{uid}#{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


# ------------------------------------------------------------------------------- times


def _must(component: Component, name: str) -> Line:
    line = component.first(name)
    if line is None or not line.value.strip():
        raise Unreadable(f"{name} is missing", column=name)
    return line


def _end(component: Component, start: When, zones: Zones) -> datetime | None:
    """The end, excluded; None for an event without one."""
    line, span = component.first("DTEND"), component.first("DURATION")
    if line is not None and line.value.strip():
        found = read_time(line, zones, beside=start)
        end = found.moment
        if start.is_day and not found.is_day:
            # The day on which it ends belongs to it.
            midnight = end.astimezone(start.zone).replace(hour=0, minute=0, second=0)
            end = midnight if midnight == end else midnight + timedelta(days=1)
        elif found.is_day and not start.is_day:
            end = found.wall.replace(tzinfo=start.zone)
    elif span is not None:
        end = later(start.moment, read_span(span))
    else:
        end = start.moment
    if end < start.moment:
        raise Unreadable("DTEND is before DTSTART", column="DTEND")
    if start.is_day:
        return max(end, start.moment + timedelta(days=1))
    return end if end > start.moment else None


def _repeats(
    component: Component, start: When, setting: Setting
) -> tuple[str | None, tuple[datetime, ...], tuple[datetime, ...]]:
    """The rule, the moments beside it, and those called off."""
    rules = [line.value.strip().upper() for line in component.every("RRULE") if line.value.strip()]
    added = [when.moment for when in _listed(component, "RDATE", start, setting)]
    excluded = [when.moment for when in _listed(component, "EXDATE", start, setting)]
    ahead = max(setting.fetched_at, start.moment) + AHEAD
    for further in rules[1:]:
        added += _expanded(further, start, ahead)
    for line in component.every("EXRULE"):
        excluded += _expanded(line.value, start, ahead)
    rule = rules[0].removeprefix("RRULE:").rstrip(";") if rules else None
    # The first time counts, whether the rule names it or not.
    if rule is not None and not _expanded(rule, start, start.moment + timedelta(seconds=1)):
        added.insert(0, start.moment)
    if rule is None and not added:
        return None, (), tuple(dict.fromkeys(excluded))
    return rule, tuple(dict.fromkeys(added)), tuple(dict.fromkeys(excluded))


def _listed(component: Component, name: str, start: When, setting: Setting) -> Iterator[When]:
    found = 0
    for line in component.every(name):
        for when in read_times(line, setting.zones, start):
            found += 1
            if found > MOST_TIMES:
                raise Unreadable(f"{name} holds more than {MOST_TIMES} times", column=name)
            if when.is_day and not start.is_day:
                # Many name the day alone of an event that has a time: that time is meant.
                clock = start.wall.time()
                moment = when.wall.replace(
                    hour=clock.hour, minute=clock.minute, second=clock.second, tzinfo=start.zone
                )
                yield When(moment, is_day=False, zone=start.zone)
            else:
                yield when


def _expanded(rule: str, start: When, end: datetime) -> list[datetime]:
    """The moments of a rule from its first until `end`, one by one. Raises Unreadable."""
    found: list[datetime] = []
    try:
        read = recurrence.read_rule(rule)
        moments = recurrence.moments(read, start.moment, start.zone, start=start.moment, end=end)
        found += islice(moments, MOST_EXPANDED)
    except recurrence.TooCostly:
        return found
    except ValueError as error:
        raise Unreadable(str(error)[:200], column="RRULE") from error
    return found


# ------------------------------------------------------------------------------- words


def _texts(component: Component, name: str, language: str, *, most: int = 20_000) -> Text | None:
    found: dict[str, str] = {}
    for line in component.every(name):
        lang = line.params.get("LANGUAGE", "")
        lang = lang.lower() if _LANG.fullmatch(lang) else language
        words = plain(line.text)[:most]
        base = lang.partition("-")[0]
        if words:
            found.setdefault(_OLD_LANG.get(base, base), words)
    return Text(found) if found else None


def _description(component: Component, language: str) -> Text | None:
    found = _texts(component, "DESCRIPTION", language)
    if found is None:
        words = plain(component.text("X-ALT-DESC"))
        found = Text({language: words}) if words else None
    return found


def _status(component: Component, setting: Setting) -> EventStatus:
    if setting.cancelled:
        return EventStatus.CANCELLED
    return _STATUS.get(component.text("STATUS").upper(), EventStatus.SCHEDULED)


def _categories(component: Component, setting: Setting) -> tuple[str, ...]:
    words = [plain(text)[:100] for line in component.every("CATEGORIES") for text in line.texts]
    found = tuple(dict.fromkeys(word for word in words if word))[:MOST_CATEGORIES]
    return found or ((setting.name,) if setting.name else ())


def _organizer(component: Component) -> str | None:
    """Its name; never an address of mail, which belongs to a person."""
    line = component.first("ORGANIZER")
    name = plain(line.params.get("CN", "")).strip('"') if line else ""
    return name[:200] if name and "@" not in name else None


def _url(component: Component) -> str | None:
    return next((url for line in component.every("URL") if (url := _web(line.value))), None)


def _web(value: str) -> str | None:
    value = value.strip()
    good = value.lower().startswith(("http://", "https://")) and len(value) <= 2_000
    return value if good and not re.search(r"[\s<>\"]", value) else None


def _media(component: Component, source: str, local: str) -> Iterator[Media]:
    number = 0
    for line in component.every("ATTACH", "IMAGE"):
        url = _web(line.value)
        said = line.params.get("FMTTYPE", "").lower()
        picture = said.startswith("image/") or (not said and line.name == "IMAGE")
        if url and (picture or (not said and _PICTURE.search(url))) and number < 20:
            yield Media(ScopedId(source, f"{local}/{number}"), url, MediaKind.PHOTO)
            number += 1


def _point(component: Component) -> GeoPoint | None:
    for text in (component.text("GEO"), component.text("X-APPLE-STRUCTURED-LOCATION")):
        parts = text.removeprefix("geo:").replace(",", ";").split(";")
        try:
            point = geometry.point_of(float(parts[0]), float(parts[1]))
        except (ValueError, IndexError):
            continue
        if point != GeoPoint(0, 0):  # what programmes write that know no place
            return point
    return None


def _sequence(component: Component) -> int:
    text = component.text("SEQUENCE")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else 0


def _uid(component: Component, start: When, name: Text) -> str:
    uid = component.text("UID")
    if uid:
        return uid
    words = f"{name.pick('id')} {start.moment.isoformat()}"
    return hashlib.blake2b(words.encode("utf-8", "replace"), digest_size=10).hexdigest()


def _fitting(local: str) -> str:
    """An id that is not too long, still different from all others."""
    if len(local) <= LONGEST_ID:
        return local
    mark = hashlib.blake2b(local.encode("utf-8", "replace"), digest_size=10).hexdigest()
    return f"{local[:200]}~{mark}"
