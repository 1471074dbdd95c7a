"""An iCalendar file: events that recur, that last whole days, that were called off."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from gateway.synthetic.exchange import Question, Reply, text_reply
from gateway.synthetic.town import SAMPLE, Spot, Town, street

COUNT = 24
KINDS = (
    ("Bazar Kuliner", "kuliner"), ("Festival Musik", "musik"), ("Pameran Seni", "seni"),
    ("Senam Bersama", "olahraga"), ("Pelatihan UMKM", "pelatihan"),
)  # fmt: skip
ZONE = """BEGIN:VTIMEZONE
TZID:Asia/Jakarta
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0700
TZOFFSETTO:+0700
TZNAME:WIB
END:STANDARD
END:VTIMEZONE"""


class Calendar:
    """Events from this week to two months ahead."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._spots = town.spots("events", COUNT)

    def __call__(self, _question: Question) -> Reply:
        """The file of today."""
        lines = [
            "BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//{SAMPLE}//Kota sintetis//ID",
            f"X-WR-CALNAME:Agenda {SAMPLE}", *ZONE.splitlines(),
        ]  # fmt: skip
        monday = self._town.today() - timedelta(days=self._town.today().weekday())
        for number, spot in enumerate(self._spots, start=1):
            lines += self._event(number, spot, monday)
        lines.append("END:VCALENDAR")
        folded = "\r\n".join(part for line in lines for part in _folded(line))
        return text_reply(folded + "\r\n", "text/calendar", tagged=True)

    def _event(self, number: int, spot: Spot, monday: date) -> Iterator[str]:
        chance = self._town.rng("event", number)
        name, category = KINDS[number % len(KINDS)]
        # Anchored in the calendar, not in today: an event stays on its day.
        week = monday.toordinal() // 7
        begins = monday + timedelta(days=(number * 3 - week) % 60)
        yield "BEGIN:VEVENT"
        yield f"UID:acara-{number:03}@contoh.example"
        yield f"DTSTAMP:{monday:%Y%m%d}T000000Z"
        yield f"SUMMARY:{name} {spot.kelurahan_name} ({SAMPLE})"
        yield f"DESCRIPTION:{SAMPLE}: acara buatan\\, bukan undangan · dibuat oleh kota sintetis"
        yield f"LOCATION:{street(chance)}\\, {spot.kelurahan_name}"
        yield f"GEO:{spot.point.lat};{spot.point.lng}"
        yield f"CATEGORIES:{category}"
        match number % 4:
            case 0:
                yield f"DTSTART;VALUE=DATE:{begins:%Y%m%d}"
                yield f"DTEND;VALUE=DATE:{begins + timedelta(days=2):%Y%m%d}"
            case 1:
                first = monday - timedelta(weeks=4) + timedelta(days=number % 7)
                yield f"DTSTART;TZID=Asia/Jakarta:{_at(first, 7):%Y%m%dT%H%M%S}"
                yield "DURATION:PT2H"
                yield "RRULE:FREQ=WEEKLY;COUNT=20"
            case _:
                start = _at(begins, 9 + number % 9)
                yield f"DTSTART;TZID=Asia/Jakarta:{start:%Y%m%dT%H%M%S}"
                yield f"DTEND;TZID=Asia/Jakarta:{start + timedelta(hours=3):%Y%m%dT%H%M%S}"
        if number % 8 == 3:
            yield "STATUS:CANCELLED"
        yield "END:VEVENT"


def _at(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour)  # noqa: DTZ001 - written with its TZID


def _folded(line: str) -> Iterator[str]:
    """Lines of at most 75 octets; letters stay whole."""
    part, size = "", 0
    for letter in line:
        width = len(letter.encode())
        if size + width > 75:
            yield part
            part, size = " ", 1
        part += letter
        size += width
    yield part
