"""`bmkg.earthquakes` and `bmkg.forecast`: the open data of the Indonesian weather agency."""

from __future__ import annotations

import asyncio
import operator
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from connectors.base import Tools
from connectors.errors import ConnectorError, Rejected, Unreadable
from connectors.kinds.bmkg import forecast_row, quake_rows
from connectors.kinds.bmkg_province import province_rows
from connectors.kinds.collection import Collected, Part, each, origins, sound
from connectors.memory.warnings import MemoryEarthquakes, read_earthquake, read_forecast
from connectors.ports import geometry
from connectors.ports.common import Origin
from connectors.ports.connectors import Binding
from connectors.ports.warnings import Earthquake, Forecast
from connectors.upkeep.asking import note_trouble
from connectors.upkeep.documents import Document, Request, Stamp
from connectors.upkeep.upkeep import Upkeep

_KELURAHAN = re.compile(r"\d\d\.\d\d\.\d\d\.\d{4}", re.ASCII)
_AREA = re.compile(r"\d\d(\.\d\d){0,2}", re.ASCII)
_SAME_PLACE_M = 200_000.0
"""Two reports of one second, no farther apart than this, are of one earthquake."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a catalogue line says about BMKG's data."""

    urls: tuple[str, ...]
    """Written `url`: one address, or several lists of earthquakes."""
    headers: Mapping[str, str] = field(default_factory=dict)
    shakemaps: str = ""
    """Where the maps lie that are named by file alone; empty is beside the list."""
    areas: Mapping[str, str] = field(default_factory=dict)
    """The id or name that a province's XML has for the city of a Kemendagri code."""


def read_options(said: Mapping[str, Any], *, more: Sequence[str] = ()) -> Options:
    """The options of a catalogue line. Raises ValueError saying which is wrong and what it takes."""
    known = {"url", "headers", *more}
    unknown = sorted(set(said) - known)
    if unknown:
        raise ValueError(f"unknown option {unknown[0]!r}; there are: {', '.join(sorted(known))}")
    urls = said.get("url")
    urls = [urls] if isinstance(urls, str) else urls
    if not isinstance(urls, list) or not urls or not all(_is_address(url) for url in urls):
        raise ValueError("`url` must be an address http(s)://..., or a list of them")
    headers = said.get("headers", {})
    if not isinstance(headers, Mapping) or not all(isinstance(v, str) for v in headers.values()):
        raise ValueError("`headers` must be a table of texts")
    shakemaps = said.get("shakemaps", "")
    if shakemaps != "" and not _is_address(shakemaps):
        raise ValueError("`shakemaps` must be an address http(s)://.../")
    areas = said.get("areas", {})
    if not isinstance(areas, Mapping) or not all(
        _AREA.fullmatch(code) and isinstance(name, str) and name for code, name in areas.items()
    ):
        raise ValueError('`areas` must be a table such as {"36.71" = "Kota Tangerang"}')
    return Options(tuple(dict.fromkeys(urls)), dict(headers), shakemaps, dict(areas))


def _is_address(url: Any) -> bool:
    return isinstance(url, str) and url.startswith(("http://", "https://"))


# ------------------------------------------------------------------------------- earthquakes


async def open_earthquakes(binding: Binding, tools: Tools) -> Collected:
    """An EarthquakeSource over one or several lists. Raises ValueError when its options are wrong."""
    options = read_options(binding.options, more=("shakemaps",))
    return Collected(binding.key, _Lists(binding, options, tools.upkeep).gather, MemoryEarthquakes)


class _Lists:
    """Gathers the lists, and puts them together again only when one of them changed."""

    def __init__(self, binding: Binding, options: Options, upkeep: Upkeep) -> None:
        self._upkeep = upkeep
        self._asked = [
            (
                Request(url, headers=options.headers),
                _quake_reader(binding, options.shakemaps or url),
            )
            for url in options.urls
        ]
        self._seen: list[Part[Earthquake]] = []
        self._part: Part[Earthquake] | None = None

    async def gather(self) -> Sequence[Part[Earthquake]]:
        """One part with each earthquake once. Raises ConnectorError when no list can be had."""
        parts = await each(self._upkeep.get(request, read) for request, read in self._asked)
        known = len(parts) == len(self._seen) and all(map(operator.is_, parts, self._seen))
        if self._part is None or not known:
            quakes = [quake for part in parts for quake in part.records]
            rejected = [row for part in parts for row in part.rejected]
            self._part, self._seen = Part(_each_once(quakes), rejected), parts
        if self._part.rejected:
            count, reason = len(self._part.rejected), self._part.rejected[0][1]
            trouble = Unreadable(f"{count} rows could not be read: {reason}")
            note_trouble(trouble, partial=True)
        return [self._part]


def _quake_reader(binding: Binding, maps: str) -> Callable[[Document, Stamp], Part[Earthquake]]:
    def read(document: Document, stamp: Stamp) -> Part[Earthquake]:
        origin = origins(binding, stamp)
        quakes: list[Earthquake] = []
        rejected: list[tuple[Any, str]] = []
        for row in quake_rows(document.body, document.charset, maps):
            try:
                quakes.append(read_earthquake(row, origin))
            except Unreadable as error:
                rejected.append((row, str(error)))
        return sound(Part(quakes, rejected))

    return read


def _each_once(quakes: Sequence[Earthquake]) -> list[Earthquake]:
    """The first report of each; what the further ones know is put in where it is missing."""
    found: dict[datetime, list[Earthquake]] = {}
    for quake in quakes:
        alike = found.setdefault(quake.at, [])
        for number, known in enumerate(alike):
            if geometry.distance_m(known.point, quake.point) <= _SAME_PLACE_M:
                alike[number] = replace(
                    known,
                    tsunami=known.tsunami or quake.tsunami,
                    felt=known.felt or quake.felt,
                    shakemap=known.shakemap or quake.shakemap,
                )
                break
        else:
            alike.append(quake)
    return [quake for alike in found.values() for quake in alike]


# ------------------------------------------------------------------------------- forecast


Ask = Callable[[str], Awaitable[Forecast | None]]


class BmkgForecasts:
    """A ForecastSource that asks for each kelurahan by itself, one document each."""

    def __init__(self, name: str, ask: Ask) -> None:
        self.name = name
        self._ask = ask

    async def forecasts_by_id(self, ids: Sequence[str]) -> Sequence[Forecast | None]:
        """As the port says. Where some can be had and others not, their errors stand in place."""
        answers: list[Any] = await asyncio.gather(*map(self._ask, ids), return_exceptions=True)
        failures = [answer for answer in answers if isinstance(answer, BaseException)]
        for failure in failures:
            if not isinstance(failure, ConnectorError):
                raise failure
            failure.source = failure.source or self.name
        if failures and len(failures) == len(answers):
            raise failures[0]
        return answers


async def open_forecast(binding: Binding, tools: Tools) -> BmkgForecasts:
    """A ForecastSource by kelurahan. Raises ValueError when its options are wrong."""
    options = read_options(binding.options, more=("areas",))
    if len(options.urls) != 1:
        raise ValueError("`url` must be one address; {adm4} in it stands for the kelurahan")
    make = _by_province if options.areas else _by_kelurahan
    return BmkgForecasts(binding.key, make(binding, options, tools.upkeep))


def _by_kelurahan(binding: Binding, options: Options, upkeep: Upkeep) -> Ask:
    url = options.urls[0]
    if "{adm4}" not in url:
        url += ("&" if urlsplit(url).query else "?") + "adm4={adm4}"

    async def ask(code: str) -> Forecast | None:
        if not _KELURAHAN.fullmatch(code):
            return None  # it is made for each kelurahan, and for nothing larger

        def read(document: Document, stamp: Stamp) -> _Found:
            row = forecast_row(document.body, code)
            return _Found(None if row is None else _forecast(binding, row, stamp))

        request = Request(url.replace("{adm4}", code), headers=options.headers)
        try:
            found: _Found = await upkeep.get(request, read)
        except Rejected as error:
            if str(error) == "HTTP 404":
                return None  # that is how it says that it knows no such kelurahan
            raise
        return found.forecast

    return ask


def _by_province(binding: Binding, options: Options, upkeep: Upkeep) -> Ask:
    """Every kelurahan has the forecast of its city, or of what else `areas` names around it."""
    request = Request(options.urls[0], headers=options.headers)
    nearest_first = sorted(options.areas, key=len, reverse=True)

    def read(document: Document, stamp: Stamp) -> tuple[Mapping[str, Any], Stamp]:
        return province_rows(document.body, document.charset), stamp

    async def ask(code: str) -> Forecast | None:
        around = next((area for area in nearest_first if code.startswith(f"{area}.")), None)
        if around is None or not _KELURAHAN.fullmatch(code):
            return None
        rows, stamp = await upkeep.get(request, read)
        row = rows.get(options.areas[around].strip().lower())
        if row is None:
            raise Unreadable(f"no forecast for what `areas` names for {around}")
        return _forecast(binding, {"adm4": code, **row}, stamp)

    return ask


@dataclass(frozen=True, slots=True)
class _Found:
    """An answer, which may be that there is no forecast."""

    forecast: Forecast | None


def _forecast(binding: Binding, row: Mapping[str, Any], stamp: Stamp) -> Forecast:
    make = origins(binding, stamp)

    def origin(local_id: str) -> Origin:
        return make(local_id, as_of=row["as_of"])

    return read_forecast(row, origin)
