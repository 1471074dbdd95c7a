"""Catalogue lines: read from a city's `sources/*.toml`, kept in the database."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
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
    FieldCoverage,
    SearchType,
)
from connectors.registry import PORTS

KNOWN = {
    "key", "name", "kind", "serves", "system", "domain", "owner", "options", "quality", "licence",
    "capabilities", "coverage", "auth", "contract_version", "version", "app",
}  # fmt: skip


def read_folder(folder: Path) -> list[Binding]:
    """All lines of `folder/*.toml`, files by name. Raises ValueError saying file, line and fault."""
    found: dict[str, Binding] = {}
    for file in sorted(folder.glob("*.toml")):
        try:
            document = tomllib.loads(file.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            message = f"{file.name}: {error}"
            raise ValueError(message) from error
        for number, line in enumerate(document.get("source", []), start=1):
            try:
                binding = read(line)
            except (KeyError, TypeError, ValueError) as error:
                message = f"{file.name}, source {number} ({line.get('key', 'without key')}): {error}"
                raise ValueError(message) from error
            if binding.key in found:
                message = f"{file.name}: the key {binding.key!r} is used twice"
                raise ValueError(message)
            found[binding.key] = binding
    return list(found.values())


def read(line: Mapping[str, Any]) -> Binding:
    """One line. Raises ValueError or KeyError naming the field at fault."""
    unknown = set(line) - KNOWN
    if unknown:
        message = f"unknown field {sorted(unknown)[0]!r}; known are: {', '.join(sorted(KNOWN))}"
        raise ValueError(message)
    serves = tuple(line["serves"])
    for port in serves:
        if port not in PORTS:
            message = f"serves unknown port {port!r}; there are: {', '.join(sorted(PORTS))}"
            raise ValueError(message)
    if ":" in line["key"]:
        message = "a key must not hold a colon: ids are written key:local"
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
            FieldCoverage(c["field"], CoverageLevel(c["level"]), c.get("note"))
            for c in line.get("coverage", ())
        ),
        auth=AuthKind(line.get("auth", "NONE")),
        contract_version=str(line.get("contract_version", "1")),
        version=int(line.get("version", 1)),
        app=line.get("app"),
    )


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
        "licence": licence
        and {
            "spdx": licence.spdx,
            "attribution": licence.attribution,
            "redistribution": licence.redistribution.value,
        },
        "capabilities": [word.value for word in binding.capabilities],
        "coverage": [
            {"field": c.field, "level": c.level.value, "note": c.note} for c in binding.coverage
        ],
        "auth": binding.auth.value,
        "contract_version": binding.contract_version,
        "version": binding.version,
        "app": binding.app,
    }


async def stored(connection: AsyncConnection) -> list[tuple[Binding, bool]]:
    """Every line in the database with the operator's switch, in catalogue order."""
    rows = await connection.execute(select(sources).order_by(sources.c.position, sources.c.key))
    return [(read(row.binding), row.enabled) for row in rows]


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
