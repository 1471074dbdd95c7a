"""Alerts of CAP messages: what a message says in several languages, and of several places."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from typing import Any, Protocol
from urllib.parse import urlsplit

from connectors.errors import Unreadable
from connectors.kinds.cap import CapArea, CapInfo, CapMessage
from connectors.kinds.plain import plain
from connectors.memory.cells import Cells, read_point
from connectors.memory.warnings import cap_id, read_alert
from connectors.ports import geometry
from connectors.ports.common import Media, MediaRole, Origin, ScopedId, Text
from connectors.ports.shapes import Circle, Shape
from connectors.ports.warnings import Alert, AlertArea

_OTHER_STATUS = frozenset({"exercise", "system", "test", "draft"})
_OTHER_SCOPE = frozenset({"restricted", "private"})
_TALK = frozenset({"ack", "error"})
_PAIR = re.compile(r"([+-]?\d{1,3}(?:\.\d{1,20})?)\s*,\s*([+-]?\d{1,3}(?:\.\d{1,20})?)(?:[\s;]+|$)")
_CODE = re.compile(r"\d\d(\.\d\d){1,2}(\.\d{4})?", re.ASCII)
_BARE_CODE = re.compile(r"(\d\d)(\d\d)?(\d\d)?(\d{4})?", re.ASCII)
_CODE_NAME = re.compile(r"kemendagri|kode.?wilayah|adm[1-4]", re.IGNORECASE)
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|webp|svg)$", re.IGNORECASE)
_TEXTS = ("headline", "description", "instruction")
_TIMES = ("effective", "onset", "expires")
_WARNING = {"id": "Peringatan", "en": "Warning"}
_CALLED_OFF = {"id": "Peringatan dibatalkan", "en": "Warning called off"}
_NAMELESS = "(tanpa nama)"


class OriginOf(Protocol):
    """Makes the origin of a record."""

    def __call__(
        self, local_id: str, *, as_of: datetime | None = None, url: str | None = None
    ) -> Origin:
        """`as_of` is the time the upstream stated."""
        ...


@dataclass(frozen=True, slots=True)
class Habits:
    """What a publisher leaves unsaid."""

    zone: tzinfo | None = None
    """Of times without an offset; None refuses them, as CAP does."""
    language: str = "en"
    """Of an `info` that names none; CAP says English."""
    holds_for: float | None = None
    """Seconds that a message without `expires` holds; None as long as it is published."""


@dataclass(slots=True)
class _Said:
    """The `info` blocks that say one thing, by language."""

    sense: tuple[object, ...]
    by_lang: dict[str, CapInfo] = field(default_factory=dict)

    @property
    def main(self) -> CapInfo:
        for lang in ("id", "en"):
            if lang in self.by_lang:
                return self.by_lang[lang]
        return next(iter(self.by_lang.values()))

    @property
    def areas(self) -> Sequence[CapArea]:
        """Of the main language, unless another one draws what that only tells."""
        return next(
            (a for a in (self.main, *self.by_lang.values()) if _is_drawn(a)), self.main
        ).areas


def alerts_of(
    message: CapMessage, origin: OriginOf, url: str, habits: Habits
) -> tuple[list[Alert], list[str]]:
    """The alerts of a message, and what of it could not be read.

    One for each thing it says: blocks that differ in language only are one alert, blocks that
    differ in time, severity or place are alerts of their own, whose local ids end in `#2`, `#3`.
    None for what is not meant for everybody, and for talk between systems. Raises Unreadable when
    what is meant cannot be told.
    """
    if message.kind.lower() in _TALK or _is_private(message):
        return [], []
    faults: list[str] = []
    sent = _moment("sent", message.sent, habits)
    row = {
        "identifier": message.identifier,
        "sender": message.sender,
        "sent": sent.isoformat(),
        "status": message.status,
        "scope": message.scope,
        "msgType": message.kind,
        "references": _references(message, habits, faults),
    }
    alerts = []
    for number, said in enumerate(_things_said(message, habits) or [None], start=1):
        suffix = "" if number == 1 else f"#{number}"
        address = said.main.web if said and _is_page(said.main.web) else url

        def made(local: str, suffix: str = suffix, address: str = address) -> Origin:
            return origin(local + suffix, as_of=sent, url=address)

        if said is None:
            alerts.append(read_alert(row | {"event": _untold(message)}, made))
            continue
        alert = read_alert(row | _columns(said, sent, habits), made)
        areas = tuple(_area(area, faults) for area in said.areas)
        alerts.append(replace(alert, areas=areas, media=_media(said, alert.origin)))
    return alerts, faults


def _is_private(message: CapMessage) -> bool:
    """Whether it is not for everybody. Raises Unreadable when that cannot be told."""
    status, scope = message.status.lower(), message.scope.lower()
    if status in _OTHER_STATUS or scope in _OTHER_SCOPE:
        return True
    if status != "actual":
        raise Unreadable("alert: status is none of those CAP has", column="status")
    if scope != "public":
        raise Unreadable("alert: scope is none of those CAP has", column="scope")
    return False


def _untold(message: CapMessage) -> dict[str, str]:
    """What a message without `info` is about: a cancellation need not say more."""
    if message.kind.lower() == "cancel":
        return _CALLED_OFF
    return {"en": plain(message.note)} if message.note else _WARNING


# ------------------------------------------------------------------------------- times


def _moment(column: str, text: str, habits: Habits) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is not None and found.tzinfo is None and habits.zone is not None:
        found = found.replace(tzinfo=habits.zone)
    return Cells({column: text if found is None else found}, "alert").must_moment(column)


def _references(message: CapMessage, habits: Habits, faults: list[str]) -> str:
    """As CAP writes them, times with offset. What cannot be read is left off and told."""
    good = []
    for reference in re.sub(r"\s*,\s*", ",", message.references).split():
        sender, _, rest = reference.partition(",")
        identifier, _, sent = rest.rpartition(",")
        try:
            moment = _moment("references", sent, habits).isoformat()
            cap_id(identifier, sender, moment)
        except Unreadable:
            identifier = ""
        if sender and identifier:
            good.append(f"{sender},{identifier},{moment}")
        else:
            faults.append("alert: references must be sender,identifier,sent, parted by spaces")
    if not good and message.kind.lower() == "cancel":
        raise Unreadable("alert: references are missing, so nothing is called off")
    return " ".join(good)


# ------------------------------------------------------------------------------- languages


def _things_said(message: CapMessage, habits: Habits) -> list[_Said]:
    """The blocks of a message, those together that say the same in several languages."""
    found: list[_Said] = []
    for info in message.infos:
        sense = _sense(info, habits)
        tag = _tag(info.language or habits.language)
        base = tag.partition("-")[0]
        alike = [
            said
            for said in found
            if said.sense == sense and _may_be_one(said, info) and tag not in said.by_lang
        ]
        # What is drawn alike is surely the same; one that is told in words may be.
        alike.sort(key=lambda said: _drawing(said.main) != _drawing(info))
        said = next((one for one in alike if base not in one.by_lang), next(iter(alike), None))
        if said is None or (base in said.by_lang and base == tag):
            said = _Said(sense)
            found.append(said)
        said.by_lang[tag if base in said.by_lang else base] = info
    return found


def _tag(language: str) -> str:
    """A language tag as BCP 47 writes it; `in` was Indonesian before 1989."""
    parts = language.strip().replace("_", "-").split("-")
    parts[0] = {"in": "id", "ind": "id", "eng": "en"}.get(parts[0].lower(), parts[0].lower())
    return "-".join(parts)


def _sense(info: CapInfo, habits: Habits) -> tuple[object, ...]:
    times = (_moment(name, value, habits) if value else None for name, value in _times(info))
    words = (info.urgency, info.severity, info.certainty)
    return (
        frozenset(word.lower() for word in info.category),
        frozenset(word.lower() for word in info.response),
        *(word.lower() for word in words),
        *times,
    )


def _times(info: CapInfo) -> Iterator[tuple[str, str]]:
    return ((name, getattr(info, name)) for name in _TIMES)


def _may_be_one(said: _Said, info: CapInfo) -> bool:
    if not _is_drawn(info):
        return True
    return all(
        not _is_drawn(one) or _drawing(one) == _drawing(info) for one in said.by_lang.values()
    )


def _is_drawn(info: CapInfo) -> bool:
    return any(area.drawn for area in info.areas)


def _drawing(info: CapInfo) -> frozenset[object]:
    """All that is drawn, however it is shared out between areas."""
    return frozenset(
        shape for area in info.areas for shape in (*area.polygons, *area.circles, *area.geocodes)
    )


def _columns(said: _Said, sent: datetime, habits: Habits) -> dict[str, Any]:
    main = said.main
    row: dict[str, Any] = {
        "category": list(main.category),
        "responseType": list(main.response),
        "urgency": main.urgency,
        "severity": main.severity,
        # CAP 1.0 had one more word, which its followers say how to read.
        "certainty": "Likely" if main.certainty.lower() == "very likely" else main.certainty,
        "contact": plain(main.contact),
    }
    for name, value in _times(main):
        row[name] = _moment(name, value, habits) if value else None
    row["effective"] = row["effective"] or sent  # as CAP says
    if row["expires"] is None and habits.holds_for is not None:
        row["expires"] = (row["onset"] or row["effective"]) + timedelta(seconds=habits.holds_for)
    for name in ("event", *_TEXTS):
        texts = {lang: plain(getattr(info, name)) for lang, info in said.by_lang.items()}
        row[name] = {lang: words for lang, words in texts.items() if words}
    # Without a name of the event its headline tells what happens.
    row["event"] = row["event"] or row["headline"] or _WARNING
    return row


# ------------------------------------------------------------------------------- places


def _area(area: CapArea, faults: list[str]) -> AlertArea:
    drawn: list[Shape] = []
    for name, read, texts in (
        ("polygon", _polygon, area.polygons),
        ("circle", _circle, area.circles),
    ):
        for text in texts:
            try:
                drawn.append(read(text))
            except ValueError as error:
                faults.append(f"alert: {name} {error}")
    codes = (_code(name, value) for name, value in area.geocodes)
    return AlertArea(
        description=plain(area.description) or _NAMELESS,
        shapes=tuple(drawn),
        codes=tuple(dict.fromkeys(code for code in codes if code)),
    )


def _polygon(text: str) -> Shape:
    """`lat,lon lat,lon ...`; closed where the publisher forgot to. Raises ValueError."""
    pairs, end = [], 0
    text = text.strip()
    for pair in _PAIR.finditer(text):
        if pair.start() != end:
            break
        end = pair.end()
        point = geometry.point_of(float(pair[1]), float(pair[2]))
        pairs.append([point.lng, point.lat])
    if end != len(text):
        raise ValueError(f"must be lat,lon pairs parted by spaces, not {text[end : end + 40]!r}")
    if pairs and pairs[0] != pairs[-1]:
        pairs.append(pairs[0])
    # A finer outline than a city can make use of is drawn with every second, third ... corner.
    step = math.ceil(len(pairs) / (geometry.MAX_VERTICES - 1)) or 1
    ring = pairs if step == 1 else [*pairs[:-1:step], pairs[0]]
    return geometry.read_polygons({"type": "Polygon", "coordinates": [ring]})


def _circle(text: str) -> Shape:
    """`lat,lon km`. Raises ValueError."""
    parts = re.sub(r"\s*,\s*", ",", text.strip()).split()
    if len(parts) != 2:
        raise ValueError(f"must be lat,lon and kilometres, not {text[:40]!r}")
    try:
        km = float(parts[1])
    except ValueError:
        km = math.nan
    if not 0 <= km <= math.pi * geometry.EARTH_RADIUS_M / 1000:
        raise ValueError("must have a radius from 0 km to half the earth's girth")
    return Circle(read_point(parts[0]), km)


def _code(name: str, value: str) -> str | None:
    """A Kemendagri code; other codes of other countries are none of ours."""
    if _CODE.fullmatch(value):
        return value
    bare = _BARE_CODE.fullmatch(value) if _CODE_NAME.search(name) else None
    return ".".join(part for part in bare.groups() if part) if bare else None


# ------------------------------------------------------------------------------- pictures


def _media(said: _Said, origin: Origin) -> tuple[Media, ...]:
    info = said.main
    lang = next(lang for lang, one in said.by_lang.items() if one is info)
    pictures = [
        (one.uri, one.description)
        for one in info.resources
        if one.mime_type.lower().startswith("image/") or _is_picture(one.uri)
    ]
    if _is_picture(info.web):
        pictures.append((info.web, ""))
    found = {url: words for url, words in pictures if url.startswith(("http://", "https://"))}
    return tuple(
        Media(
            id=ScopedId(origin.connector, f"{origin.local_id}/{number}"),
            url=url,
            role=MediaRole.INFOGRAPHIC,
            alt=Text({lang: plain(words)}) if plain(words) else None,
        )
        for number, (url, words) in enumerate(found.items(), start=1)
    )


def _is_page(url: str) -> bool:
    return url.startswith(("http://", "https://")) and not _is_picture(url)


def _is_picture(url: str) -> bool:
    try:
        return bool(_PICTURE.search(urlsplit(url).path))
    except ValueError:
        return False
