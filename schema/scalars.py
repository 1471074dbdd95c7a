"""The scalars of the graph: how each is written, and what is refused."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any, NewType
from zoneinfo import ZoneInfo

import strawberry
from strawberry.types.scalar import ScalarDefinition

LocalTime = NewType("LocalTime", str)
ServiceTime = NewType("ServiceTime", str)
GeoJSON = NewType("GeoJSON", dict[str, Any])
Locale = NewType("Locale", str)
URL = NewType("URL", str)
Phone = NewType("Phone", str)
Color = NewType("Color", str)
JSON = NewType("JSON", object)

JAKARTA = ZoneInfo("Asia/Jakarta")

_DATE_TIME = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_SERVICE_TIME = re.compile(r"\d{1,3}:[0-5]\d:[0-5]\d", re.ASCII)
_LOCALE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}", re.ASCII)
_DURATION = re.compile(
    r"(?P<sign>-?)P(?!$)((?P<weeks>\d{1,6})W)?((?P<days>\d{1,6})D)?"
    r"(T(?!$)((?P<hours>\d{1,6})H)?((?P<minutes>\d{1,8})M)?((?P<seconds>\d{1,9}(\.\d{1,6})?)S)?)?",
    re.ASCII,
)


def _text(value: Any, name: str, example: str) -> str:
    if not isinstance(value, str):
        message = f"{name} must be a string such as {example!r}"
        raise ValueError(message)  # noqa: TRY004 - GraphQL reports ValueError as bad input
    return value


def _fitting(pattern: re.Pattern[str], name: str, example: str) -> Callable[[Any], Any]:
    def parse(value: Any) -> Any:
        text = _text(value, name, example)
        if pattern.fullmatch(text) is None:
            message = f"{name} must look like {example!r}, not {text[:40]!r}"
            raise ValueError(message)
        return text

    return parse


def parse_date_time(value: Any) -> datetime:
    """An RFC 3339 moment; the offset must be there."""
    text = _fitting(_DATE_TIME, "DateTime", "2026-11-23T08:00:00+07:00")(value)
    # fromisoformat takes at most microseconds.
    text = re.sub(r"(\.\d{6})\d+", r"\1", text.upper())
    moment = datetime.fromisoformat(text)
    if not 1 < moment.year < 9999:  # moving such a moment between zones would overflow
        message = f"DateTime is out of range: {text[:40]!r}"
        raise ValueError(message)
    return moment


def date_time_in(zone: tzinfo) -> Callable[[Any], str]:
    """A writer of moments in the city's zone, whole seconds."""

    def write(value: Any) -> str:
        if not isinstance(value, datetime) or value.tzinfo is None:
            message = f"not a moment with a zone: {type(value).__name__}"
            raise TypeError(message)
        moved = value.astimezone(zone)
        if moved.strftime("%z")[5:]:
            # Before 1924 Jakarta was 7:07:12 ahead; RFC 3339 knows no seconds there.
            moved = value.astimezone(UTC)
        return moved.isoformat(timespec="seconds")

    return write


def parse_date(value: Any) -> date:
    """An ISO 8601 calendar date."""
    return date.fromisoformat(_fitting(_DATE, "Date", "2026-11-23")(value))


def write_date(value: Any) -> str:
    """A date as YYYY-MM-DD."""
    if not isinstance(value, date) or isinstance(value, datetime):
        message = f"not a date: {type(value).__name__}"
        raise TypeError(message)
    return value.isoformat()


def parse_duration(value: Any) -> timedelta:
    """An ISO 8601 duration of weeks, days, hours, minutes, seconds."""
    text = _text(value, "Duration", "PT2H")
    found = _DURATION.fullmatch(text)
    if found is None:
        message = (
            f"Duration must look like 'PT2H' or 'P1DT30M' (no years or months), not {text[:40]!r}"
        )
        raise ValueError(message)
    parts = {
        name: float(found[name] or 0) for name in ("weeks", "days", "hours", "minutes", "seconds")
    }
    span = timedelta(**parts)
    return -span if found["sign"] else span


def write_duration(value: Any) -> str:
    """A timedelta, or a number of seconds, as ISO 8601: PT1H30M."""
    seconds = value.total_seconds() if isinstance(value, timedelta) else float(value)
    sign, rest = ("-", -seconds) if seconds < 0 else ("", seconds)
    whole, fraction = divmod(round(rest, 3), 1)
    minutes, second = divmod(int(whole), 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    last = f"{second + fraction:.3f}".rstrip("0").rstrip(".") if fraction else str(second)
    clock = (f"{hour}H" if hour else "") + (f"{minute}M" if minute else "")
    clock += f"{last}S" if second or fraction else ""
    day = f"{days}D" if days else ""
    if not day and not clock:
        return "PT0S"
    return f"{sign}P{day}" + (f"T{clock}" if clock else "")


def parse_decimal(value: Any) -> Decimal:
    """An exact decimal, as text or a whole number; floats are refused, for they are not exact."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        message = "Decimal must be a string such as '14000.50'"
        raise ValueError(message)  # noqa: TRY004 - as above
    text = str(value) if isinstance(value, str) or abs(value) < 10**30 else ""
    if not re.fullmatch(r"-?\d{1,30}(\.\d{1,12})?", text, re.ASCII):
        message = f"Decimal must look like '14000.50', not {text[:40]!r}"
        raise ValueError(message)
    try:
        return Decimal(text)
    except InvalidOperation as error:
        message = "Decimal cannot be read"
        raise ValueError(message) from error


def write_decimal(value: Any) -> str:
    """A Decimal in plain digits, never with an exponent."""
    if not isinstance(value, Decimal) or not value.is_finite():
        message = f"not an exact number: {type(value).__name__}"
        raise TypeError(message)
    return f"{value:f}"


def _parse_object(value: Any) -> Any:
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        message = "GeoJSON must be an object with a `type`, such as {type: Polygon, ...}"
        raise ValueError(message)  # noqa: TRY004 - as above
    return value


def _parse_json(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        message = "JSON cannot hold NaN or infinity"
        raise ValueError(message)
    return value


def scalar_map(zone: tzinfo) -> dict[object, ScalarDefinition]:
    """The scalars, with moments written in this zone."""
    return {
        datetime: strawberry.scalar(
            name="DateTime",
            description="Waktu RFC 3339 dengan offset zona. A date-time with offset (RFC 3339).",
            specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
            serialize=date_time_in(zone),
            parse_value=parse_date_time,
        ),
        date: strawberry.scalar(
            name="Date",
            description="Tanggal ISO 8601. A calendar date, YYYY-MM-DD.",
            serialize=write_date,
            parse_value=parse_date,
        ),
        timedelta: strawberry.scalar(
            name="Duration",
            description="Lama waktu ISO 8601. A duration such as PT2H (ISO 8601).",
            serialize=write_duration,
            parse_value=parse_duration,
        ),
        Decimal: strawberry.scalar(
            name="Decimal",
            description="Bilangan desimal tepat, sebagai teks. An exact decimal, sent as a string.",
            serialize=write_decimal,
            parse_value=parse_decimal,
        ),
        LocalTime: strawberry.scalar(
            name="LocalTime",
            description="Jam dinding HH:MM. Wall-clock time, HH:MM.",
            serialize=str,
            parse_value=_fitting(_TIME, "LocalTime", "08:30"),
        ),
        ServiceTime: strawberry.scalar(
            name="ServiceTime",
            description=(
                "Jam layanan GTFS, boleh melewati 24:00:00. GTFS time HH:MM:SS counted from noon "
                "minus 12 h of the service day; may exceed 24:00:00."
            ),
            serialize=str,
            parse_value=_fitting(_SERVICE_TIME, "ServiceTime", "25:10:00"),
        ),
        GeoJSON: strawberry.scalar(
            name="GeoJSON",
            description="Objek geometri RFC 7946, [bujur, lintang]. A geometry object, [lng, lat].",
            specified_by_url="https://www.rfc-editor.org/rfc/rfc7946",
            serialize=lambda value: value,
            parse_value=_parse_object,
        ),
        Locale: strawberry.scalar(
            name="Locale",
            description="Kode bahasa BCP 47: id, en, jv, su. A language tag.",
            specified_by_url="https://www.rfc-editor.org/rfc/rfc5646",
            serialize=str,
            parse_value=_fitting(_LOCALE, "Locale", "id"),
        ),
        URL: strawberry.scalar(
            name="URL", description="Alamat web. An absolute URL.", serialize=str
        ),
        Phone: strawberry.scalar(
            name="Phone",
            description="Nomor telepon, E.164 bila dapat dihubungi dari luar negeri. A telephone "
            "number, E.164 when dialable from abroad.",
            serialize=str,
        ),
        Color: strawberry.scalar(
            name="Color",
            description="Warna, enam digit heksadesimal. Six hex digits.",
            serialize=str,
        ),
        JSON: strawberry.scalar(
            name="JSON",
            description="JSON bebas, hanya untuk data mentah. Arbitrary JSON, raw payloads only.",
            serialize=lambda value: value,
            parse_value=_parse_json,
        ),
    }
