"""BMKG's older forecast: one XML for a province, by cities, each value in lists of its own."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import Element

from connectors.errors import Unreadable
from connectors.kinds.bmkg import WEATHER
from connectors.kinds.trees import first, name_of, named, tree, words_in

Row = dict[str, Any]

_NUMBER = re.compile(r"[+-]?\d{1,6}(?:\.\d{1,9})?", re.ASCII)
_COLUMNS = {"t": ("t", "C"), "hu": ("hu", "%"), "ws": ("ws", "KPH")}
"""Column of `read_forecast`, by the id of a parameter; and the unit that is taken."""
_KNOTS = 1.852


def province_rows(body: bytes, charset: str) -> dict[str, Row]:
    """The forecasts of a province by the id and the names of the city, in small letters.

    Their columns are those of `read_forecast` without the code. Raises Unreadable.
    """
    root = tree(body, charset)
    forecast = root if name_of(root) == "forecast" else first(root, "forecast")
    if forecast is None:
        raise Unreadable("XML without a forecast")
    issued = first(forecast, "issue")
    stamp = None if issued is None else _moment(words_in(first(issued, "timestamp")))
    rows: dict[str, Row] = {}
    for area in named(forecast, "area"):
        steps = _steps(area)
        if not steps:
            continue  # waters and regions have none, or daily values alone
        row = {"cuaca": [steps[at] for at in sorted(steps)], "as_of": stamp}
        names = [area.get("description", ""), *(words_in(name) for name in named(area, "name"))]
        for key in (area.get("id", ""), *names):
            if key.strip():
                rows.setdefault(key.strip().lower(), row)
    if not rows:
        raise Unreadable("a forecast without areas")
    return rows


def _steps(area: Element) -> dict[datetime, Row]:
    found: dict[datetime, Row] = {}
    for parameter in named(area, "parameter"):
        kind = parameter.get("id", "")
        if kind not in {*_COLUMNS, "weather", "wd"} or parameter.get("type") == "daily":
            continue
        for span in named(parameter, "timerange"):
            at = _moment(span.get("datetime", ""))
            if at is None:
                continue
            values = {value.get("unit", ""): words_in(value) for value in named(span, "value")}
            found.setdefault(at, {"datetime": at}).update(_columns(kind, values))
    return found


def _columns(kind: str, values: dict[str, str]) -> Row:
    if kind == "weather":
        code = next(iter(values.values()), "")
        names = WEATHER.get(int(code) % 100) if code.isdecimal() and len(code) <= 3 else None
        return {"weather_desc": names[0], "weather_desc_en": names[1]} if names else {}
    if kind == "wd":
        return {"wd": values.get("CARD") or None}
    column, unit = _COLUMNS[kind]
    if kind == "ws" and unit not in values:
        knots = _number(values.get("Kt"))
        return {column: None if knots is None else round(knots * _KNOTS, 1)}
    return {column: _number(values.get(unit))}


def _number(text: str | None) -> float | None:
    return float(text) if text and _NUMBER.fullmatch(text) else None


def _moment(text: str) -> datetime | None:
    """`202611230600` or with seconds, in UTC."""
    form = {12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}.get(len(text))
    if form is None or not text.isdecimal():
        return None
    try:
        return datetime.strptime(text, form).replace(tzinfo=UTC)
    except ValueError:
        return None
