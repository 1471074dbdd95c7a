"""Warnings as CAP behind an Atom and an RSS list, earthquakes and the forecast as BMKG has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from xml.sax.saxutils import escape

from connectors.ports import geometry
from connectors.ports.common import BBox
from gateway.synthetic.exchange import Question, Reply, absent, json_reply, text_reply
from gateway.synthetic.town import SAMPLE, Town

SENDER = "contoh@peringatan.example"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True, slots=True)
class Message:
    """What one CAP file says."""

    id: str
    sent: datetime
    expires: datetime
    event: tuple[str, str]
    """In Indonesian and English."""
    kecamatan: str
    status: str = "Actual"
    kind: str = "Alert"
    references: str = ""


class Publisher:
    """Messages of the last hours: `/index.atom` or `/index.rss`, and `/cap/<id>.xml`."""

    def __init__(self, town: Town, name: str, event: tuple[str, str]) -> None:
        self._town = town
        self._name = name
        self._event = event
        features = town.pack.json("districts.geojson")["features"]
        self._boxes: dict[str, BBox] = {
            str(each["properties"]["code"]): geometry.bounds(
                geometry.read_polygons(each["geometry"])
            )
            for each in features
        }

    def __call__(self, question: Question) -> Reply:
        """A list or a message."""
        messages = {message.id: message for message in self._messages()}
        path = question.path
        if path.startswith("/cap/"):
            message = messages.get(path.removeprefix("/cap/").removesuffix(".xml"))
            return (
                absent()
                if message is None
                else text_reply(self._cap(message), "application/cap+xml")
            )
        listed = sorted(messages.values(), key=lambda message: message.sent, reverse=True)
        if path.endswith(".rss"):
            return text_reply(self._rss(listed, question.base), "application/rss+xml")
        if path.endswith(".atom"):
            return text_reply(self._atom(listed, question.base), "application/atom+xml")
        return absent()

    def _messages(self) -> Iterator[Message]:
        """Two that hold, one that another took the place of, one that is a test."""
        hour = self._town.local().replace(minute=0, second=0, microsecond=0)
        # They change every three hours, so that they are the same for a while.
        block = hour - timedelta(hours=hour.hour % 3)
        ends = block + timedelta(hours=6)
        centre, *others = sorted(
            self._boxes, key=lambda code: not geometry.in_box(self._boxes[code], self._town.centre)
        )
        # The first is where most people look; the others wander through the city.
        chosen = [centre, *self._town.rng(self._name, block).sample(others, 2)]
        stem = f"{self._name}-{block:%Y%m%d%H}"
        old = Message(f"{stem}-1", block - timedelta(hours=1), ends, self._event, chosen[0])
        yield old
        reference = f"{SENDER},{old.id},{_iso(old.sent)}"
        yield Message(
            f"{stem}-2", block, ends, self._event, chosen[0], kind="Update", references=reference
        )
        yield Message(f"{stem}-3", block, ends, self._event, chosen[1])
        yield Message(f"{stem}-4", block, ends, self._event, chosen[2], status="Test")

    def _cap(self, message: Message) -> str:
        references = f"<references>{message.references}</references>" if message.references else ""
        infos = "".join(
            self._info(message, lang, event)
            for lang, event in zip(("id", "en"), message.event, strict=True)
        )
        return (
            f'{HEAD}<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">'
            f"<identifier>{message.id}</identifier><sender>{SENDER}</sender>"
            f"<sent>{_iso(message.sent)}</sent><status>{message.status}</status>"
            f"<msgType>{message.kind}</msgType><scope>Public</scope>{references}{infos}</alert>"
        )

    def _info(self, message: Message, lang: str, event: str) -> str:
        box = self._boxes[message.kecamatan]
        west, south, east, north = box.west, box.south, box.east, box.north
        ring = " ".join(
            f"{lat},{lng}"
            for lat, lng in (
                (south, west), (south, east), (north, east), (north, west), (south, west),
            )
        )  # fmt: skip
        name = self._town.kecamatan[message.kecamatan]
        return (
            f"<info><language>{lang}</language><category>Met</category>"
            f"<event>{event} ({SAMPLE})</event><urgency>Immediate</urgency>"
            f"<severity>Moderate</severity><certainty>Observed</certainty>"
            f"<effective>{_iso(message.sent)}</effective><onset>{_iso(message.sent)}</onset>"
            f"<expires>{_iso(message.expires)}</expires><senderName>Kota sintetis</senderName>"
            f"<headline>{SAMPLE}: {event}, {name}</headline>"
            f"<description>{SAMPLE}: peringatan buatan · made up, not a warning</description>"
            f"<area><areaDesc>{name}</areaDesc><polygon>{ring}</polygon></area></info>"
        )

    def _rss(self, messages: list[Message], base: str) -> str:
        items = "".join(
            f"<item><title>{SAMPLE}: {escape(message.event[0])}</title>"
            f"<link>{base}/cap/{message.id}.xml</link><guid>{message.id}</guid>"
            f"<pubDate>{format_datetime(message.sent)}</pubDate></item>"
            for message in messages
        )
        return (
            f'{HEAD}<rss version="2.0"><channel><title>Peringatan {SAMPLE} · BMKG</title>'
            f"<link>{base}</link><description>{SAMPLE}</description>{items}</channel></rss>"
        )

    def _atom(self, messages: list[Message], base: str) -> str:
        entries = "".join(
            f"<entry><id>{message.id}</id><title>{SAMPLE}: {escape(message.event[0])}</title>"
            f"<updated>{_iso(message.sent)}</updated>"
            f'<link rel="alternate" type="application/cap+xml" href="{base}/cap/{message.id}.xml"/>'
            f"</entry>"
            for message in messages
        )
        newest = _iso(messages[0].sent)
        return (
            f'{HEAD}<feed xmlns="http://www.w3.org/2005/Atom"><id>{self._name}</id>'
            f"<title>Peringatan {SAMPLE} · kota</title><updated>{newest}</updated>{entries}</feed>"
        )


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


# ------------------------------------------------------------------------------- BMKG

WEATHER = {
    1: ("Cerah Berawan", "Partly Cloudy"),
    3: ("Berawan", "Mostly Cloudy"),
    60: ("Hujan Ringan", "Light Rain"),
    61: ("Hujan Sedang", "Rain"),
    95: ("Hujan Petir", "Thunderstorm"),
}
"""Some of BMKG's codes of the weather."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")
QUAKES = 15


class Earthquakes:
    """`/gempaterkini.json`: the last fifteen days, one each, south of Java."""

    def __init__(self, town: Town) -> None:
        self._town = town

    def __call__(self, _question: Question) -> Reply:
        """The list of today."""
        today = self._town.today()
        rows = [self._row(self._town.at(today - timedelta(days=n))) for n in range(1, QUAKES + 1)]
        return json_reply({"Infogempa": {"gempa": rows}})

    def _row(self, day: datetime) -> dict[str, str]:
        chance = self._town.rng("quake", day.date())
        at = day + timedelta(seconds=chance.randrange(86_400))
        lat, lng = round(chance.uniform(-9.5, -7), 2), round(chance.uniform(104.5, 108), 2)
        return {
            "Tanggal": f"{at.day:02} {MONTHS[at.month - 1]} {at.year}",
            "Jam": f"{at:%H:%M:%S} WIB",
            "DateTime": at.astimezone(UTC).isoformat(),
            "Coordinates": f"{lat},{lng}",
            "Lintang": f"{-lat:.2f} LS",
            "Bujur": f"{lng:.2f} BT",
            "Magnitude": f"{chance.uniform(3.5, 5.9):.1f}",
            "Kedalaman": f"{chance.randint(5, 120)} km",
            "Wilayah": f"{SAMPLE} · {chance.randint(20, 150)} km BaratDaya kota sintetis",
            "Potensi": "Tidak berpotensi tsunami",
        }


class Weather:
    """`?adm4=`: three days in steps of three hours for one kelurahan."""

    def __init__(self, town: Town) -> None:
        self._town = town

    def __call__(self, question: Question) -> Reply:
        """The forecast of a kelurahan; 404 for any other place."""
        code = question.query.get("adm4", "")
        if code not in self._town.kelurahan:
            return absent()
        days = [self._day(code, day) for day in range(3)]
        place = {
            "adm1": code[:2], "adm2": code[:5], "adm3": code[:8], "adm4": code,
            "desa": self._town.kelurahan[code], "timezone": "Asia/Jakarta",
        }  # fmt: skip
        return json_reply({"lokasi": place, "data": [{"lokasi": place, "cuaca": days}]})

    def _day(self, code: str, ahead: int) -> list[dict[str, Any]]:
        day = self._town.today() + timedelta(days=ahead)
        steps = []
        for hour in range(0, 24, 3):
            chance = self._town.rng("weather", code, day, hour)
            at, weather = self._town.at(day, hour), chance.choice(list(WEATHER))
            words = WEATHER[weather]
            steps.append(
                {
                    "datetime": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                    "utc_datetime": at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S"),
                    "local_datetime": at.strftime("%Y-%m-%d %H:%M:%S"),
                    "t": chance.randint(24, 34), "hu": chance.randint(55, 95),
                    "weather": weather, "weather_desc": f"{words[0]} ({SAMPLE})",
                    "weather_desc_en": f"{words[1]} (sample)", "ws": chance.randint(2, 25),
                    "wd": chance.choice(("N", "NE", "E", "SE", "S", "SW", "W", "NW")),
                }
            )  # fmt: skip
        return steps
