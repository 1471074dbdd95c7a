"""Warnings from records in memory, and the reading of CAP and BMKG rows."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from connectors.memory.base import by_id
from connectors.memory.cells import Cells, read_point
from connectors.ports import geometry, shapes
from connectors.ports.common import Media, MediaRole, Origin, ScopedId, Text, Within
from connectors.ports.warnings import (
    Alert,
    AlertArea,
    AlertCategory,
    AlertCertainty,
    AlertCriteria,
    AlertMessage,
    AlertScope,
    AlertSeverity,
    AlertStatus,
    AlertUrgency,
    Earthquake,
    EarthquakeCriteria,
    Forecast,
    ForecastHour,
    alert_order,
    quake_order,
    touches,
)

# ------------------------------------------------------------------------------- alerts


class MemoryAlerts:
    """An AlertSource over messages; which of them were superseded is worked out here."""

    def __init__(self, name: str, messages: Sequence[Alert]) -> None:
        self.name = name
        self._alerts = settled(messages)

    async def alerts_by_id(self, ids: Sequence[str]) -> Sequence[Alert | None]:
        return by_id(self._alerts, ids)

    async def find_alerts(self, criteria: AlertCriteria) -> Sequence[Alert]:
        found = [alert for alert in self._alerts if _fits(alert, criteria)]
        return sorted(found, key=alert_order)


def settled(messages: Iterable[Alert]) -> list[Alert]:
    """The actual public messages, each marked when a later one took its place.

    A test or a restricted message supersedes nothing: else an exercise could silence a warning.
    Nor does a message supersede itself, or one sent after it. One that has expired still does:
    what it took the place of does not come back.
    """
    shown = [alert for alert in messages if alert.shown]
    gone: dict[str, datetime] = {}
    for alert in shown:
        for replaced in set(alert.replaces) - {_key(alert)}:
            gone[replaced] = max(alert.sent_at, gone.get(replaced, alert.sent_at))
    return [replace(alert, superseded=True) if _is_gone(alert, gone) else alert for alert in shown]


def _is_gone(alert: Alert, gone: Mapping[str, datetime]) -> bool:
    by = gone.get(_key(alert))
    return by is not None and by >= alert.sent_at


def _key(alert: Alert) -> str:
    """How others refer to the message, of which the alert may be a part."""
    return f"{alert.identifier},{alert.sender},{alert.sent_at.astimezone(UTC).isoformat()}"


def _fits(alert: Alert, criteria: AlertCriteria) -> bool:
    least = criteria.least_severity
    return (
        (criteria.active is None or alert.active_at(criteria.now) is criteria.active)
        and (least is None or alert.severity.rank >= least.rank)
        and (not criteria.categories or not set(criteria.categories).isdisjoint(alert.category))
        and (criteria.where is None or touches(alert, criteria.where, criteria.outline))
    )


def cap_id(identifier: str, sender: str, sent: str) -> str:
    """The local id of a message: the three by which CAP refers to it, the time in UTC."""
    moment = Cells({"sent": sent}, "alert").must_moment("sent")
    return f"{identifier},{sender},{moment.astimezone(UTC).isoformat()}"


def read_alert(row: Mapping[str, Any], origin: Callable[[str], Origin]) -> Alert:
    """The alert of a CAP 1.2 message with one `info` per language put together.

    Raises Unreadable naming the column at fault. Columns, named as in CAP: `identifier`,
    `sender`, `sent`, `status`, `scope`, `msgType`, `references` (text), `responseType` (list),
    `category` (list), `event`, `headline`, `description`, `instruction` (text, or {lang: text}),
    `severity`, `urgency`, `certainty`, `effective`, `onset`, `expires`, `web`, `contact`, and
    `area`: a list of {`areaDesc`, `polygon` (texts of `lat,lng` pairs), `circle` (texts
    `lat,lng km`), `geocode` (Kemendagri codes)}. Words that CAP does not have become UNKNOWN,
    categories OTHER.
    """
    cells = Cells(row, "alert")
    identifier, sender = cells.must("identifier"), cells.must("sender")
    sent_at = cells.must_moment("sent")
    local = cap_id(identifier, sender, cells.must("sent"))
    made = origin(local)
    return Alert(
        origin=made,
        identifier=identifier,
        sender=sender,
        sent_at=sent_at,
        status=_word(cells, "status", AlertStatus, AlertStatus.UNKNOWN),
        scope=_word(cells, "scope", AlertScope, AlertScope.UNKNOWN),
        message=_message(cells),
        replaces=_references(cells),
        event=cells.must_text("event"),
        headline=cells.text("headline"),
        description=cells.text("description"),
        instruction=cells.text("instruction"),
        category=_categories(cells),
        severity=_word(cells, "severity", AlertSeverity, AlertSeverity.UNKNOWN),
        urgency=_word(cells, "urgency", AlertUrgency, AlertUrgency.UNKNOWN),
        certainty=_word(cells, "certainty", AlertCertainty, AlertCertainty.UNKNOWN),
        effective_at=cells.moment("effective"),
        onset_at=cells.moment("onset"),
        expires_at=cells.moment("expires"),
        areas=tuple(_area(area) for area in cells.rows("area")),
        media=_picture(cells, "web", MediaRole.INFOGRAPHIC, made),
        contact=cells.plain("contact"),
    )


def _word(cells: Cells, column: str, words: Any, otherwise: Any) -> Any:
    """The member of an enum with this name, `otherwise` for words it does not have."""
    value = (cells.plain(column) or "").upper()
    return next((word for word in words if word.value == value), otherwise)


def _message(cells: Cells) -> AlertMessage:
    kind = _word(cells, "msgType", AlertMessage, None)
    if kind is None or kind is AlertMessage.ALL_CLEAR:
        # Ack and Error are talk between systems; a message nobody can place must not be shown.
        cells.refuse("msgType", "must be Alert, Update or Cancel")
    clear = any(word.lower() == "allclear" for word in cells.words("responseType"))
    return AlertMessage.ALL_CLEAR if clear and kind is not AlertMessage.CANCEL else kind


def _references(cells: Cells) -> tuple[str, ...]:
    found = []
    for reference in (cells.plain("references") or "").split():
        parts = reference.rsplit(",", 2)
        if len(parts) != 3:
            cells.refuse("references", "must be sender,identifier,sent, parted by spaces")
        # CAP writes the sender first here; an identifier has no comma, nor has a time.
        sender, identifier, sent = parts
        found.append(cap_id(identifier, sender, sent))
    return tuple(dict.fromkeys(found))


def _categories(cells: Cells) -> tuple[AlertCategory, ...]:
    known = {word.value: word for word in AlertCategory}
    found = (known.get(word.upper(), AlertCategory.OTHER) for word in cells.words("category"))
    return tuple(dict.fromkeys(found))


def _area(cells: Cells) -> AlertArea:
    drawn = [_polygon(cells, text) for text in cells.words("polygon")]
    return AlertArea(
        description=cells.must("areaDesc"),
        shapes=(*drawn, *(_circle(cells, text) for text in cells.words("circle"))),
        codes=cells.words("geocode"),
    )


def _polygon(cells: Cells, text: str) -> Within:
    """`lat,lng lat,lng ...`, the first pair again at the end."""
    try:
        points = [read_point(pair) for pair in text.split()]
        ring = [[point.lng, point.lat] for point in points]
        return geometry.read_polygons({"type": "Polygon", "coordinates": [ring]})
    except ValueError as error:
        cells.refuse("polygon", str(error))


def _circle(cells: Cells, text: str) -> shapes.Circle:
    """`lat,lng km`."""
    point, _, radius = text.rpartition(" ")
    km = Cells({"circle": radius}, "alert").must_number("circle")
    if not 0 <= km <= math.pi * geometry.EARTH_RADIUS_M / 1000:
        cells.refuse("circle", "must have a radius from 0 km to half the earth's girth")
    try:
        return shapes.Circle(read_point(point), km)
    except ValueError as error:
        cells.refuse("circle", str(error))


def _picture(cells: Cells, column: str, role: MediaRole, origin: Origin) -> tuple[Media, ...]:
    url = cells.url(column)
    if url is None:
        return ()
    return (
        Media(id=ScopedId(origin.connector, f"{origin.local_id}/{column}"), url=url, role=role),
    )


# ------------------------------------------------------------------------------- earthquakes


class MemoryEarthquakes:
    """An EarthquakeSource over records."""

    def __init__(self, name: str, quakes: Sequence[Earthquake]) -> None:
        self.name = name
        self._quakes = sorted(quakes, key=quake_order)

    async def earthquakes_by_id(self, ids: Sequence[str]) -> Sequence[Earthquake | None]:
        return by_id(self._quakes, ids)

    async def find_earthquakes(
        self, criteria: EarthquakeCriteria, first: int
    ) -> Sequence[Earthquake]:
        return [quake for quake in self._quakes if _shook(quake, criteria)][:first]


def _shook(quake: Earthquake, criteria: EarthquakeCriteria) -> bool:
    near = criteria.near
    return (
        (not criteria.felt_only or quake.felt is not None)
        and (criteria.least_magnitude is None or quake.magnitude >= criteria.least_magnitude)
        and (near is None or geometry.is_in(near, quake.point, None))
    )


def read_earthquake(row: Mapping[str, Any], origin: Callable[[str], Origin]) -> Earthquake:
    """The earthquake of a BMKG row, also of one without a shake map or anybody who felt it.

    Raises Unreadable naming the column at fault. Columns, named as BMKG does: `DateTime`,
    `Magnitude` (`5.2`), `Kedalaman` (`10 km`), `Coordinates` (`-6.2,106.8`), `Wilayah`,
    `Potensi`, `Dirasakan` (`-` and empty mean not felt), `Shakemap` (address).
    """
    cells = Cells(row, "earthquake")
    at = cells.must_moment("DateTime")
    made = origin(f"{at.astimezone(UTC).isoformat()}/{cells.must('Coordinates')}")
    felt = cells.plain("Dirasakan")
    return Earthquake(
        origin=made,
        at=at,
        magnitude=cells.must_number("Magnitude"),
        depth_km=cells.must_number("Kedalaman", unit="km"),
        point=cells.must_point("Coordinates"),
        region=cells.must("Wilayah"),
        tsunami=cells.plain("Potensi"),
        felt=None if felt == "-" else felt,
        shakemap=next(iter(_picture(cells, "Shakemap", MediaRole.SHAKEMAP, made)), None),
    )


# ------------------------------------------------------------------------------- forecast


class MemoryForecasts:
    """A ForecastSource over records."""

    def __init__(self, name: str, forecasts: Sequence[Forecast]) -> None:
        self.name = name
        self._forecasts = tuple(forecasts)

    async def forecasts_by_id(self, ids: Sequence[str]) -> Sequence[Forecast | None]:
        return by_id(self._forecasts, ids)


def read_forecast(row: Mapping[str, Any], origin: Callable[[str], Origin]) -> Forecast:
    """The forecast of a BMKG answer for one kelurahan, its days put behind each other.

    Raises Unreadable naming the column at fault. Columns: `adm4` (Kemendagri code) and `cuaca`, a
    list of {`datetime` (with offset), `t` (Celsius), `hu` (per cent), `weather_desc`,
    `weather_desc_en`, `ws` (km/h), `wd` (where the wind comes from)}.
    """
    cells = Cells(row, "forecast")
    area = cells.must("adm4")
    hours = (_hour(hour) for hour in cells.rows("cuaca"))
    return Forecast(origin(area), area, tuple(sorted(hours, key=lambda hour: hour.at)))


def _hour(cells: Cells) -> ForecastHour:
    humidity = cells.number("hu")
    said = {"id": cells.plain("weather_desc"), "en": cells.plain("weather_desc_en")}
    weather = {lang: words for lang, words in said.items() if words}
    return ForecastHour(
        at=cells.must_moment("datetime"),
        temp_c=cells.number("t"),
        humidity=None if humidity is None else round(humidity),
        weather=Text(weather) if weather else None,
        wind_kmh=cells.number("ws"),
        wind_from=cells.plain("wd"),
    )
