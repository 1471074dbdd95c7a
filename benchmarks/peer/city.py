"""The sources of the city that gateways are compared by: JSON over HTTP, through one upkeep.

What is kept between requests is read into frozen records, as connectors do; what serves one request
alone stays as it was parsed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from dataclasses import make_dataclass
from functools import cache
from typing import Any, TypeAlias

import orjson

from connectors.upkeep.documents import Document, Request, Stamp
from connectors.upkeep.policy import FOREVER, Policy
from connectors.upkeep.upkeep import Services, Upkeep

FRESH = {"cold": 0.0, "warm": 0.0, "data": FOREVER}
"""Seconds for which a source's answer is given from memory, by `MODE`; warm keeps whole answers."""

Record: TypeAlias = "Any"
"""A dictionary, or a frozen record with the same names."""
Records: TypeAlias = "list[Record]"


def value(record: Record, name: str) -> Any:
    """What a record says under a name."""
    return record[name] if type(record) is dict else getattr(record, name)


class City:
    """Lists of records, and agencies by id.

    `shared` makes equal questions under way at the same time one call, also where nothing is kept.
    All that is awaited may raise ConnectorError.
    """

    def __init__(self, upstream: str, mode: str, services: Services, *, shared: bool) -> None:
        fresh = FRESH[mode]
        policy = Policy(fresh_for=fresh, stale_for=0.0, calls_per_minute=1e9, max_concurrent=1024)
        self._keeps = fresh > 0
        self._shared = shared
        self._upstream = upstream
        self._requests: dict[str, Request] = {}
        self.upkeep = Upkeep("city", policy, services, hosts=[upstream.partition("://")[2]])

    def records(self, path: str) -> Records | Awaitable[Records]:
        """All records of an address; at once where they are in memory and fresh."""
        request = self._requests.get(path)
        if request is None:
            request = self._requests[path] = Request(self._upstream + path)
        if self._keeps:
            found: Records | None = self.upkeep.at_hand(path)
            return found if found is not None else self.upkeep.get(request, _records, key=path)
        if self._shared:
            return self.upkeep.get(request, _records, key=path)
        return self._asked(request)

    def agencies_at_hand(self) -> Mapping[str, Record] | None:
        """All agencies by id where they are in memory and fresh, else None."""
        found: Mapping[str, Record] | None = self.upkeep.at_hand("/agencies")
        return found

    async def agencies(self, ids: list[str]) -> Mapping[str, Record]:
        """Agencies by id: those asked for, and perhaps more."""
        path = "/agencies" if self._keeps else "/agencies?ids=" + ",".join(ids)
        request = Request(self._upstream + path)
        if self._keeps or self._shared:
            return await self.upkeep.get(request, _by_id, key=path)
        return {record["id"]: record for record in await self._asked(request)}

    async def _asked(self, request: Request) -> Records:
        found: Records = orjson.loads((await self.upkeep.ask(request)).body)
        return found


def _records(document: Document, _stamp: Stamp) -> Records:
    found: Records = frozen(orjson.loads(document.body))
    return found


def _by_id(document: Document, stamp: Stamp) -> Mapping[str, Record]:
    return {record.id: record for record in _records(document, stamp)}


def frozen(parsed: Any) -> Any:
    """Parsed JSON as frozen records; a list within a record is a tuple."""
    if isinstance(parsed, list):
        return [_frozen(each) for each in parsed]
    return _frozen(parsed)


def _frozen(parsed: Any) -> Any:
    if isinstance(parsed, dict):
        return _class(tuple(parsed))(*map(_frozen, parsed.values()))
    return tuple(map(_frozen, parsed)) if isinstance(parsed, list) else parsed


@cache
def _class(names: tuple[str, ...]) -> type:
    return make_dataclass("Record", names, frozen=True, slots=True)
