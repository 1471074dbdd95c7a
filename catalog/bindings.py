"""Catalogue lines: read from a city's `sources/*.toml`, kept in the database."""

from __future__ import annotations

import logging
import re
import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.tables import sources
from connectors.ports.common import Licence, SourceQuality, Text, TriState
from connectors.ports.connectors import (
    AuthKind,
    Binding,
    Capability,
    ConnectorKind,
    CoverageLevel,
    Fallback,
    FieldCoverage,
    SearchType,
)
from connectors.registry import PORTS
from connectors.upkeep import policy

log = logging.getLogger(__name__)

KNOWN: dict[str, type | tuple[type, ...]] = {
    "key": str, "name": Mapping, "kind": str, "serves": list, "system": str, "domain": list,
    "owner": str, "options": Mapping, "quality": str, "licence": Mapping, "capabilities": list,
    "coverage": list, "auth": str, "contract_version": (str, int), "version": int, "app": str,
    "upkeep": Mapping, "fallback": list,
}  # fmt: skip
"""The fields of a line and the types they may have."""


KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}", re.ASCII)
"""What the key of a source looks like."""

ADDED = "added_by"
"""Option of a line that a command added; a new load of the city's pack leaves it as it is."""


def read_folder(folder: Path) -> list[Binding]:
    """All lines of `folder/*.toml`, files by name. Raises ValueError saying file, line and fault."""
    found: dict[str, Binding] = {}
    for file in sorted(folder.glob("*.toml")):
        try:
            document = tomllib.loads(file.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            message = f"{file.name}: {error}"
            raise ValueError(message) from error
        lines = document.get("source")
        if set(document) != {"source"} or not isinstance(lines, list):
            message = f"{file.name}: it must hold nothing but tables called [[source]]"
            raise ValueError(message)
        for number, line in enumerate(lines, start=1):
            try:
                binding = read(line)
            except ValueError as error:
                message = (
                    f"{file.name}, source {number} ({line.get('key', 'without key')}): {error}"
                )
                raise ValueError(message) from error
            if binding.key in found:
                message = f"{file.name}: the key {binding.key!r} is used twice"
                raise ValueError(message)
            found[binding.key] = binding
    return list(found.values())


def read(line: Mapping[str, Any]) -> Binding:
    """One line. Raises ValueError naming the field at fault."""
    unknown = set(line) - set(KNOWN)
    if unknown:
        message = f"unknown field {min(unknown)!r}; known are: {', '.join(sorted(KNOWN))}"
        raise ValueError(message)
    missing = [name for name in ("key", "name", "kind", "serves") if name not in line]
    if missing:
        message = f"the field {missing[0]!r} is missing"
        raise ValueError(message)
    for name, value in line.items():
        if value is not None and not isinstance(value, KNOWN[name]):
            message = f"the field {name!r} has the wrong type: {type(value).__name__}"
            raise ValueError(message)
    serves = tuple(line["serves"])
    for port in serves:
        if port not in PORTS:
            message = f"serves unknown port {port!r}; there are: {', '.join(sorted(PORTS))}"
            raise ValueError(message)
    if KEY.fullmatch(line["key"]) is None:
        message = (
            f"the key {line['key'][:80]!r} must be small letters, digits and dashes, at most 64 of "
            "them: ids are written key:local"
        )
        raise ValueError(message)
    if not line["name"]:
        message = "the field 'name' needs a text in at least one language: {id = ..., en = ...}"
        raise ValueError(message)
    licence = line.get("licence")
    return Binding(
        key=line["key"],
        name=Text(dict(line["name"])),
        kind=ConnectorKind(line["kind"]),
        serves=serves,
        system=line.get("system"),
        domain=tuple(SearchType(word) for word in line.get("domain", ())),
        owner=line.get("owner"),
        options=dict(line.get("options", {})),
        quality=SourceQuality(line.get("quality", "PUBLISHED")),
        licence=read_licence(licence) if licence else None,
        capabilities=tuple(Capability(word) for word in line.get("capabilities", ())),
        coverage=tuple(
            FieldCoverage(str(c.get("field")), CoverageLevel(c.get("level")), c.get("note"))
            for c in line.get("coverage", ())
        ),
        auth=AuthKind(line.get("auth", "NONE")),
        contract_version=str(line.get("contract_version", "1")),
        version=int(line.get("version", 1)),
        app=line.get("app"),
        upkeep=_read_upkeep(serves, line.get("upkeep")),
        fallback=tuple(_read_fallback(serves, way) for way in line.get("fallback") or ()),
    )


def _read_upkeep(serves: tuple[str, ...], said: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """The upkeep of a line as it is written, once it is known to make sense."""
    policy.of(serves, said)
    return _plain(dict(said)) if said else {}


_WAY = {"system", "options", "upkeep", "quality", "licence"}


def _read_fallback(serves: tuple[str, ...], way: Any) -> Fallback:
    if not isinstance(way, Mapping) or set(way) - _WAY or not isinstance(way.get("system"), str):
        message = f"a fallback needs `system` and takes {', '.join(sorted(_WAY))}"
        raise ValueError(message)
    quality, licence = way.get("quality"), way.get("licence")
    return Fallback(
        system=way["system"],
        options=dict(way.get("options") or {}),
        upkeep=_read_upkeep(serves, way.get("upkeep")),
        quality=SourceQuality(quality) if quality else None,
        licence=read_licence(licence) if licence else None,
    )


def _plain(value: Any) -> Any:
    """A value of TOML as JSON writes it: moments as texts."""
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, datetime) else value


def read_licence(licence: Mapping[str, Any]) -> Licence:
    """A licence from {spdx, attribution, redistribution}."""
    return Licence(
        licence.get("spdx"),
        licence.get("attribution"),
        TriState(licence.get("redistribution", "UNKNOWN")),
    )


def written(binding: Binding) -> dict[str, Any]:
    """A line as `read` reads it."""
    licence = binding.licence
    return {
        "key": binding.key,
        "name": dict(binding.name.by_lang),
        "kind": binding.kind.value,
        "serves": list(binding.serves),
        "system": binding.system,
        "domain": [word.value for word in binding.domain],
        "owner": binding.owner,
        "options": dict(binding.options),
        "quality": binding.quality.value,
        "licence": _written_licence(licence),
        "capabilities": [word.value for word in binding.capabilities],
        "coverage": [
            {"field": c.field, "level": c.level.value, "note": c.note} for c in binding.coverage
        ],
        "auth": binding.auth.value,
        "contract_version": binding.contract_version,
        "version": binding.version,
        "app": binding.app,
        "upkeep": dict(binding.upkeep),
        "fallback": [
            {
                "system": way.system,
                "options": dict(way.options),
                "upkeep": dict(way.upkeep),
                "quality": way.quality.value if way.quality else None,
                "licence": _written_licence(way.licence),
            }
            for way in binding.fallback
        ],
    }


def _written_licence(licence: Licence | None) -> dict[str, Any] | None:
    if licence is None:
        return None
    return {
        "spdx": licence.spdx,
        "attribution": licence.attribution,
        "redistribution": licence.redistribution.value,
    }


async def stored(connection: AsyncConnection) -> list[tuple[Binding, bool]]:
    """Every line in the database with the operator's switch, in catalogue order.

    A line that cannot be read, such as one of another version of the gateway, is told to the log
    and left out: it must not stop the others.
    """
    rows = await connection.execute(select(sources).order_by(sources.c.position, sources.c.key))
    lines = []
    for row in rows:
        try:
            lines.append((read(row.binding), row.enabled))
        except (KeyError, TypeError, ValueError):
            log.exception("catalogue_line_not_read", extra={"source": row.key})
    return lines


async def added(connection: AsyncConnection) -> dict[str, Binding]:
    """The lines that a command added, by key."""
    return {line.key: line for line, _ in await stored(connection) if ADDED in line.options}


async def switches(connection: AsyncConnection) -> dict[str, bool]:
    """The operator's switches by key."""
    rows = await connection.execute(select(sources.c.key, sources.c.enabled))
    return {row.key: row.enabled for row in rows}


async def switch(connection: AsyncConnection, key: str, *, on: bool) -> None:
    """Switch a source on or off. Raises LookupError naming the keys there are."""
    changed = await connection.execute(
        update(sources).where(sources.c.key == key).values(enabled=on)
    )
    if not changed.rowcount:
        known = await connection.scalars(select(sources.c.key).order_by(sources.c.key))
        message = f"no source {key!r}; there are: {', '.join(known)}"
        raise LookupError(message)
