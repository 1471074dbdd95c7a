"""What BMKG publishes, made plain: earthquakes and the forecast, in the shapes they came in.

Every reader answers rows with the columns of `connectors.memory.warnings`, values put right where
BMKG writes them in several ways. What cannot be put right stays as it is, and is refused there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

import orjson

from connectors.errors import Unreadable
from connectors.kinds.plain import plain
from connectors.kinds.trees import name_of, tree, words_in

MOST_ROWS = 1_000
Row = dict[str, Any]

_WIB, _WITA, _WIT = (timezone(timedelta(hours=hours)) for hours in (7, 8, 9))
_ZONES: dict[str, tzinfo] = {"WIB": _WIB, "WITA": _WITA, "WIT": _WIT, "UTC": UTC, "GMT": UTC}
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan", "feb peb", "mar", "apr", "mei may", "jun", "jul", "agu aug ags", "sep", "okt oct",
         "nov nop", "des dec"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_DAY = re.compile(r"(\d{1,2})[ /-]([A-Za-z]{3})[A-Za-z]{0,8}[ /-](\d{4}|\d\d)", re.ASCII)
_TIME = re.compile(r"(\d{1,2})[:.](\d\d)(?:[:.](\d\d))?\s*([A-Za-z]{3,4})", re.ASCII)
_ONE_NUMBER = re.compile(r"(?<![\d.,eE])[+-]?\d{1,6}(?:[.,]\d{1,9})?(?![\d.,]*[\deE])", re.ASCII)
"""One that is no part of a longer one."""
_NUMBER = re.compile(r"[+-]?\d{1,6}(?:[.,]\d{1,9})?", re.ASCII)
_DEGREES = re.compile(r"(\d{1,3}(?:[.,]\d{1,9})?)\s*°?\s*(LS|LU|BT|BB|S|N|E|W)", re.ASCII)
_SIGNS = {"LS": -1, "S": -1, "LU": 1, "N": 1, "BT": 1, "E": 1, "BB": -1, "W": -1}
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)", re.ASCII)

_WIND = {
    "utara": "N", "timur laut": "NE", "timur": "E", "tenggara": "SE", "selatan": "S",
    "barat daya": "SW", "barat": "W", "barat laut": "NW",
}  # fmt: skip

WEATHER: dict[int, tuple[str, str]] = {
    0: ("Cerah", "Clear Skies"),
    1: ("Cerah Berawan", "Partly Cloudy"),
    2: ("Cerah Berawan", "Partly Cloudy"),
    3: ("Berawan", "Mostly Cloudy"),
    4: ("Berawan Tebal", "Overcast"),
    5: ("Udara Kabur", "Haze"),
    10: ("Asap", "Smoke"),
    45: ("Kabut", "Fog"),
    60: ("Hujan Ringan", "Light Rain"),
    61: ("Hujan Sedang", "Rain"),
    63: ("Hujan Lebat", "Heavy Rain"),
    80: ("Hujan Lokal", "Isolated Shower"),
    95: ("Hujan Petir", "Thunderstorm"),
    97: ("Hujan Petir", "Thunderstorm"),
}
"""BMKG's codes of the weather; at night the first ones are written plus 100."""


# ------------------------------------------------------------------------------- earthquakes


def quake_rows(body: bytes, charset: str, url: str) -> list[Row]:
    """The rows of a list of earthquakes, JSON or XML; one alone is not in a list.

    `url` is where the maps lie that a row names by file alone. Raises Unreadable.
    """
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        root = tree(body, charset)
        if name_of(root).lower() != "infogempa":
            raise Unreadable("XML without Infogempa")
        found: Any = [_flat(child) for child in root if name_of(child).lower() == "gempa"]
    else:
        answer = _by_name(_json(body))
        found = _by_name(answer.get("infogempa")).get("gempa")
    if isinstance(found, Mapping):
        found = [found]
    if not isinstance(found, list):
        raise Unreadable("no Infogempa.gempa: neither an object nor a list")
    if len(found) > MOST_ROWS:
        raise Unreadable(f"more than {MOST_ROWS} earthquakes")
    return [_quake(row, url) if isinstance(row, Mapping) else {} for row in found]


def _flat(element: Any) -> Row:
    """The leaves of an XML row, by name."""
    return {name_of(leaf): words_in(leaf) for leaf in element.iter() if not len(leaf)}


def _quake(said: Mapping[str, Any], url: str) -> Row:
    row = {name: value.strip() if isinstance(value, str) else value
           for name, value in _by_name(said).items()}  # fmt: skip
    file = row.get("shakemap")
    return {
        "DateTime": _when(row),
        "Magnitude": _number(row.get("magnitude")),
        "Kedalaman": _number(row.get("kedalaman")),
        "Coordinates": _where(row),
        "Wilayah": _words(row.get("wilayah")),
        "Potensi": _words(row.get("potensi")),
        "Dirasakan": _words(row.get("dirasakan")),
        "Shakemap": urljoin(url, file) if isinstance(file, str) and len(file) > 3 else None,
    }


def _when(row: Row) -> Any:
    """`DateTime` when it has an offset, else the day and the hour in words."""
    said = row.get("datetime")
    if isinstance(said, str):
        moment = _iso(said)
        if moment is not None and moment.tzinfo is not None:
            return moment
    day = _DAY.search(str(row.get("tanggal", "")))
    time = _TIME.search(str(row.get("jam", "")))
    month = _MONTHS.get(day[2].lower()) if day else None
    zone = _ZONES.get(time[4].upper()) if time else None
    if not (day and time and month and zone):
        return said
    year = int(day[3]) + (2000 if len(day[3]) == 2 else 0)
    clock = int(time[1]), int(time[2]), int(time[3] or 0)
    try:
        return datetime(year, month, int(day[1]), *clock, tzinfo=zone).astimezone(UTC)
    except ValueError:
        return said


def _where(row: Row) -> Any:
    """`lat,lon`. In doubt the words count, which say north and south themselves."""
    said = row.get("coordinates")
    numbers = [float(part.replace(",", ".")) for part in _parts(said)]
    if len(numbers) == 2 and abs(numbers[0]) <= 90:
        return f"{numbers[0]:.9g},{numbers[1]:.9g}"
    degrees = [_DEGREES.search(str(row.get(name, "")).upper()) for name in ("lintang", "bujur")]
    if not all(degrees):
        return said
    lat, lng = (float(d[1].replace(",", ".")) * _SIGNS[d[2]] for d in degrees if d)
    return f"{lat:.9g},{lng:.9g}"


def _parts(said: Any) -> list[str]:
    parts = [part.strip() for part in said.split(",")] if isinstance(said, str) else []
    return parts if all(_NUMBER.fullmatch(part) for part in parts) else []


def _words(said: Any) -> Any:
    return plain(said) if isinstance(said, str) else said


def _number(said: Any) -> Any:
    """The number of `5,4`, `M 5.4` or `10 Km`, as text."""
    found = _ONE_NUMBER.search(said) if isinstance(said, str) else None
    return found[0].replace(",", ".") if found else said


# ------------------------------------------------------------------------------- forecast


def forecast_row(body: bytes, code: str) -> Row | None:
    """The forecast for a kelurahan, None when there is none for it. Raises Unreadable.

    Its columns are those of `read_forecast`, and `as_of`: when it was worked out, if said.
    """
    answer = _by_name(_json(body))
    data = answer.get("data")
    if isinstance(data, Mapping):
        data = [data]
    if not isinstance(data, list):
        raise Unreadable("no list `data`")
    entries = [_by_name(entry) for entry in data[:MOST_ROWS]]
    found = next((one for one in entries if _place(one, answer).get("adm4", code) == code), None)
    if found is None:
        if entries:
            raise Unreadable("a forecast for another place than the one asked for")
        return None
    place = _place(found, answer)
    hours = [_hour(hour, place) for hour in _steps(found.get("cuaca"))]
    if not hours:
        raise Unreadable("no list `cuaca`, or nothing in it")
    once = {hour["datetime"]: hour for hour in reversed(hours) if hour["datetime"]}
    if not once:
        raise Unreadable("no step with a time")
    made = [hour["as_of"] for hour in hours if hour["as_of"]]
    return {
        "adm4": code,
        "cuaca": list(once.values()),
        "as_of": max(made, default=None),
        "lost": len([hour for hour in hours if not hour["datetime"]]),
    }


def _place(entry: Row, answer: Row) -> Row:
    return _by_name(entry.get("lokasi") or answer.get("lokasi") or {})


def _steps(cuaca: Any) -> Iterator[Row]:
    """The steps of all days, whether or not they are parted by day."""
    days = cuaca if isinstance(cuaca, list) else []
    steps = (step for day in days for step in (day if isinstance(day, list) else [day]))
    for number, step in enumerate(steps):
        if number >= MOST_ROWS:
            raise Unreadable(f"more than {MOST_ROWS} steps")
        yield _by_name(step)


def _hour(step: Row, place: Row) -> Row:
    code = _float(step.get("weather"))
    known = WEATHER.get(int(code) % 100 if code is not None and code >= 100 else int(code or 0))
    names = known if code is not None and known else (None, None)
    wind = step.get("wd")
    analysed = _iso(step.get("analysis_date"))
    return {
        "datetime": _step_time(step, place),
        "t": _float(step.get("t")),
        "hu": _float(step.get("hu")),
        "weather_desc": step.get("weather_desc") or names[0],
        "weather_desc_en": step.get("weather_desc_en") or names[1],
        "ws": _float(step.get("ws")),
        "wd": _WIND.get(wind.strip().lower(), wind) if isinstance(wind, str) else None,
        "as_of": _in(analysed, UTC),
    }


def _step_time(step: Row, place: Row) -> datetime | None:
    for name, zone in (
        ("datetime", None),
        ("utc_datetime", UTC),
        ("local_datetime", _zone(place.get("timezone"))),
    ):
        moment = _in(_iso(step.get(name)), zone)
        if moment is not None:
            return moment
    return None


def _zone(said: Any) -> tzinfo | None:
    """The zone of `+0700` or `Asia/Jakarta`."""
    if not isinstance(said, str):
        return None
    offset = _OFFSET.fullmatch(said.strip())
    if offset:
        minutes = int(offset[2]) * 60 + int(offset[3])
        span = timedelta(minutes=minutes if offset[1] == "+" else -minutes)
        return timezone(span) if abs(span) < timedelta(days=1) else None
    try:
        return ZoneInfo(said.strip())
    except (KeyError, ValueError, OSError):
        return None


# ------------------------------------------------------------------------------- values


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise Unreadable("no JSON") from error


def _by_name(said: Any) -> Row:
    """An object by its names in small letters. Raises Unreadable."""
    if not isinstance(said, Mapping):
        raise Unreadable("something else in the place of an object")
    return {str(name).lower(): value for name, value in said.items()}


def _iso(said: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(said.strip()) if isinstance(said, str) else None
    except ValueError:
        return None


def _in(moment: datetime | None, zone: tzinfo | None) -> datetime | None:
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=zone) if zone is not None else None


def _float(said: Any) -> float | None:
    if isinstance(said, str) and _NUMBER.fullmatch(said.strip()):
        said = float(said.strip().replace(",", "."))
    return float(said) if isinstance(said, (int, float)) and not isinstance(said, bool) else None
