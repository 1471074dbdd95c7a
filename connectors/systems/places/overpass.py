"""`overpass.places`: places of OpenStreetMap, asked for with a query of Overpass."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from connectors.base import Tools
from connectors.errors import ConnectorError, Unreadable
from connectors.kinds.collection import Collected, Part, each, origins, sound
from connectors.kinds.kelurahan import Kelurahan, kelurahan_of
from connectors.kinds.osm import read_elements
from connectors.kinds.whereabouts import Whereabouts, text_option, whereabouts
from connectors.memory.places import MemoryPlaces
from connectors.ports.common import Licence, TriState
from connectors.ports.connectors import Binding
from connectors.ports.places import Place
from connectors.systems.places.tags import is_place, place_of
from connectors.upkeep.documents import Document, Request, Stamp
from connectors.upkeep.upkeep import Upkeep

ODBL = Licence(
    spdx="ODbL-1.0",
    attribution="© Kontributor OpenStreetMap; © OpenStreetMap contributors",
    redistribution=TriState.YES,
)
"""The licence of all OpenStreetMap data, where the catalogue line names none."""

LONGEST_QUERY = 20_000


async def open_overpass(binding: Binding, tools: Tools) -> Collected:
    """The places that a query gives. Raises ValueError when an option is wrong.

    Options: `url` (of the interpreter) with `query` (Overpass QL), or `url` alone, or `path`, for
    an answer that somebody keeps; `headers`.
    """
    where, query = read_options(binding.options)
    read = reader(binding, kelurahan_of(tools.city_folder))
    upkeep = tools.upkeep
    ways = [] if query else where.ways((tools.data_folder, tools.city_folder), upkeep)
    asked = [_question(url, where.headers, query) for url in where.urls] if query else []

    async def gather() -> Sequence[Part[Place]]:
        if asked:
            # Several interpreters hold the same data: the first that answers is enough.
            return [await _first(upkeep, asked, read)]
        return await each([way.read(read) for way in ways])

    return Collected(binding.key, gather, MemoryPlaces)


def read_options(said: Mapping[str, Any]) -> tuple[Whereabouts, str]:
    """Where to ask, and what. Raises ValueError."""
    where = whereabouts(said, others=("query",))
    query = text_option(said, "query").strip()
    if query and where.path:
        raise ValueError("`query` goes with `url`, not with `path`")
    if len(query) > LONGEST_QUERY:
        raise ValueError(f"`query` may have {LONGEST_QUERY} characters at most")
    return where, query


def reader(binding: Binding, kelurahan: Kelurahan) -> Callable[[Document, Stamp], Part[Place]]:
    """What makes places of an answer."""
    bound = binding if binding.licence else replace(binding, licence=ODBL)

    def read(document: Document, stamp: Stamp) -> Part[Place]:
        answer = read_elements(document)
        origin = origins(bound, stamp)
        places, rejected = [], list(answer.refused)
        for element in answer.elements:
            if not is_place(element.tags):
                continue  # part of the map's drawing
            came = origin(
                element.id,
                as_of=element.edited_at or answer.as_of,
                url=f"https://www.openstreetmap.org/{element.id}",
            )
            try:
                area = kelurahan.at(element.point)
                places.append(place_of(element.tags, came, element.point, area=area))
            except Unreadable as error:
                rejected.append((element.id, str(error)))
        return sound(Part(places, rejected))

    return read


def _question(url: str, headers: Mapping[str, str], query: str) -> Request:
    form = {"content-type": "application/x-www-form-urlencoded", **headers}
    return Request(url, "POST", form, urlencode({"data": query}).encode())


async def _first(
    upkeep: Upkeep, asked: Sequence[Request], read: Callable[[Document, Stamp], Part[Place]]
) -> Part[Place]:
    *others, last = asked
    for request in others:
        with suppress(ConnectorError):
            return await upkeep.get(request, read)
    return await upkeep.get(last, read)
