"""`/events/{id}.ics`: one event as an iCalendar file (RFC 5545), for anybody's calendar."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterator
from datetime import date, datetime
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from connectors.errors import ConnectorError
from connectors.ports.common import ScopedId
from connectors.ports.events import Event, EventStatus
from resolvers import ids
from resolvers.problems import Refusal

log = logging.getLogger(__name__)

Find: TypeAlias = Callable[[Request, ScopedId], Awaitable[Event | None]]
"""Gives an event by its id, None when there is none. May raise Refusal or ConnectorError."""

PRODUCT = "-//Tangerang LIVE//Gateway//ID"
MOST_AGE = 300
"""Seconds a calendar may keep the file."""

STATUS = {
    EventStatus.SCHEDULED: "CONFIRMED",
    EventStatus.RESCHEDULED: "CONFIRMED",
    EventStatus.TENTATIVE: "TENTATIVE",
    EventStatus.POSTPONED: "TENTATIVE",
    EventStatus.CANCELLED: "CANCELLED",
}
"""What RFC 5545 calls each state; a new date is only hoped for when an event is put off."""


def routes(find: Find) -> list[Route]:
    """The route of calendar files. 404 for an id that is no event's, 503 when its source is down."""

    async def calendar(request: Request) -> Response:
        try:
            id_ = ids.scoped_id(request.path_params["id"], "Event")
            event = await find(request, id_)
        except Refusal:
            return _plain("There is no such event.", 404)
        except ConnectorError as error:
            log.warning("calendar_source_failed", extra={"source": error.source})
            return _plain("The source of this event does not answer now; try again later.", 503)
        if event is None:
            return _plain("There is no such event.", 404)
        lang = request.query_params.get("lang", "id")
        return Response(
            written(event, lang=lang),
            headers={
                "Content-Type": "text/calendar; charset=utf-8",
                "Content-Disposition": 'attachment; filename="event.ics"',
                "Cache-Control": f"public, max-age={MOST_AGE}",
            },
        )

    return [Route("/events/{id}.ics", calendar)]


def _plain(text: str, status: int) -> Response:
    return PlainTextResponse(text + "\n", status, headers={"Cache-Control": "no-store"})


def written(event: Event, *, lang: str = "id") -> bytes:
    """The event as an iCalendar object, with the rules of its time zone."""
    # Imported at the first call: few callers want a file, and the library takes a while to load.
    import icalendar

    entry = icalendar.Event()
    for name, value in (*_times(event), *_words(event, lang)):
        if value is not None:
            entry.add(name, value)
    if event.recurrence:
        entry.add("rrule", icalendar.vRecur.from_ical(event.recurrence))
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add_component(entry)
    if not event.all_day:
        calendar.add_missing_timezones()
    body: bytes = calendar.to_ical()
    return body


def _times(event: Event) -> Iterator[tuple[str, Any]]:
    zone = ZoneInfo(event.zone)

    def moment(value: datetime) -> date:
        local = value.astimezone(zone)
        return local.date() if event.all_day else local

    yield "dtstamp", event.origin.fetched_at
    yield "last-modified", event.origin.as_of
    yield "dtstart", moment(event.starts_at)
    if event.ends_at is not None and event.ends_at > event.starts_at:
        yield "dtend", moment(event.ends_at)
    for one in event.excluded:
        yield "exdate", moment(one)
    for one in event.added:
        yield "rdate", moment(one)


def _words(event: Event, lang: str) -> Iterator[tuple[str, Any]]:
    yield "uid", f"{event.origin.connector}:{event.origin.local_id}"
    yield "summary", event.name.pick(lang)
    yield "status", STATUS[event.status]
    yield "description", event.description.pick(lang) if event.description else None
    yield "location", event.place_text
    yield "geo", (event.point.lat, event.point.lng) if event.point else None
    yield "categories", list(event.categories) or None
    # ORGANIZER must be an address; a name alone is a CONTACT.
    yield "contact", event.organizer
    yield "url", event.url
