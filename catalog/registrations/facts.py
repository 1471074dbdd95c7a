"""What the registry remembers of a version besides its texts: names, hosts, what it does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from graphql import (
    InterfaceTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    TypeDefinitionNode,
    TypeExtensionNode,
)

from connectors.declarative.sdl import Description
from connectors.declarative.settings import AppSettings
from connectors.declarative.templates import Template
from connectors.errors import ConnectorError
from connectors.ports.common import Licence, SourceQuality, Text, TriState
from connectors.ports.connectors import CoverageLevel, FieldCoverage

ROOTS = ("Query", "Mutation", "Subscription")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a version says of itself. Plain values only: it is kept as JSON."""

    name: Text
    prefix: str
    owner: str | None = None
    types: tuple[str, ...] = ()
    """Names of all types it defines."""
    fields: tuple[str, ...] = ()
    """All root fields it adds: `Query.parkirSemua`."""
    extends: tuple[str, ...] = ()
    """Types of the city or of another team that it adds fields to."""
    hosts: tuple[str, ...] = ()
    """Addresses of all systems it asks: `https://parkir.example:8443`."""
    writes: tuple[str, ...] = ()
    """Coordinates of what asks in another way than GET."""
    personal: tuple[str, ...] = ()
    """`Type.field` of personal data."""
    private: tuple[str, ...] = ()
    """Coordinates whose answers are never kept or shared."""
    licence: Licence | None = None
    quality: SourceQuality = SourceQuality.OFFICIAL
    coverage: tuple[FieldCoverage, ...] = ()
    expires: date | None = None

    @property
    def foreign(self) -> frozenset[str]:
        """The names outside of the team's prefix."""
        small = self.prefix.casefold()
        return frozenset(
            name
            for name in (*self.types, *self.fields)
            if not name.rpartition(".")[2].casefold().startswith(small)
        )


def facts_of(
    settings: AppSettings,
    description: Description,
    *,
    coverage: tuple[FieldCoverage, ...] | None = None,
) -> Facts:
    """The facts of a version that was read without fault.

    `coverage` is what a rehearsal saw; without one every field that a connector answers counts
    as full.
    """
    types, root_fields, extended = _names(description)
    return Facts(
        name=settings.name,
        prefix=settings.prefix,
        owner=settings.owner,
        types=types,
        fields=root_fields,
        extends=tuple(dict.fromkeys((*settings.names.extends, *extended))),
        hosts=tuple(dict.fromkeys(_hosts(settings, description))),
        writes=tuple(c.coordinate for c in description.connects if c.method != "GET"),
        personal=tuple(one.field for one in settings.personal_data),
        private=settings.private,
        licence=settings.licence,
        quality=settings.quality,
        coverage=_covered(description) if coverage is None else coverage,
        expires=settings.expires,
    )


def _names(description: Description) -> tuple[tuple[str, ...], tuple[str, ...], list[str]]:
    types: list[str] = []
    fields: list[str] = []
    extended: list[str] = []
    for node in description.document.definitions if description.document else ():
        if not isinstance(node, (TypeDefinitionNode, TypeExtensionNode)):
            continue
        name = node.name.value
        if name in ROOTS and isinstance(node, (ObjectTypeDefinitionNode, ObjectTypeExtensionNode)):
            fields += [f"{name}.{one.name.value}" for one in node.fields or ()]
        elif isinstance(node, TypeDefinitionNode):
            types.append(name)
        else:
            extended.append(name)
    own = set(types)
    return (
        tuple(dict.fromkeys(types)),
        tuple(dict.fromkeys(fields)),
        [name for name in extended if name not in own],
    )


def _hosts(settings: AppSettings, description: Description) -> Iterator[str]:
    addresses = [source.base_url for source in description.sources]
    addresses += [connect.url for connect in description.connects if connect.source is None]
    for template in addresses:
        yield from _host(_begun(template, settings.config))
    fallback = (settings.fallback or {}).get("base_url")
    if isinstance(fallback, str):
        yield from _host(fallback)


def _begun(template: Template, config: Mapping[str, Any]) -> str:
    """An address as far as it is known before a call; what is not stays empty."""
    try:
        return template.filled({"$config": config}, [], str)
    except ConnectorError:
        return "".join(part for part in template.parts[:1] if isinstance(part, str))


def _host(address: str) -> Iterator[str]:
    try:
        parts = urlsplit(address.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        return
    if host and parts.scheme in ("http", "https"):
        name = f"[{host}]" if ":" in host else host
        yield f"{parts.scheme}://{name}:{port}" if port else f"{parts.scheme}://{name}"


def _covered(description: Description) -> tuple[FieldCoverage, ...]:
    """Every field of the types the team defines, and every root field it answers."""
    covered: list[str] = []
    for node in description.document.definitions if description.document else ():
        if isinstance(
            node, (ObjectTypeDefinitionNode, ObjectTypeExtensionNode, InterfaceTypeDefinitionNode)
        ):
            covered += [f"{node.name.value}.{one.name.value}" for one in node.fields or ()]
    return tuple(FieldCoverage(name, CoverageLevel.FULL) for name in dict.fromkeys(covered))


# ------------------------------------------------------------------------------- kept

_LISTS = ("types", "fields", "extends", "hosts", "writes", "personal", "private")


def written(facts: Facts) -> dict[str, Any]:
    """Facts as JSON."""
    licence = facts.licence
    return {
        "name": dict(facts.name.by_lang),
        "prefix": facts.prefix,
        "owner": facts.owner,
        **{name: list(getattr(facts, name)) for name in _LISTS},
        "licence": licence
        and {
            "spdx": licence.spdx,
            "attribution": licence.attribution,
            "redistribution": licence.redistribution.value,
        },
        "quality": facts.quality.value,
        "coverage": [[c.field, c.level.value, c.note] for c in facts.coverage],
        "expires": facts.expires.isoformat() if facts.expires else None,
    }


def read(kept: Mapping[str, Any]) -> Facts:
    """The facts of `written`."""
    licence = kept["licence"]
    return Facts(
        name=Text(dict(kept["name"])),
        prefix=kept["prefix"],
        owner=kept["owner"],
        **{name: tuple(kept[name]) for name in _LISTS},
        licence=licence
        and Licence(licence["spdx"], licence["attribution"], TriState(licence["redistribution"])),
        quality=SourceQuality(kept["quality"]),
        coverage=tuple(
            FieldCoverage(name, CoverageLevel(level), note)
            for name, level, note in kept["coverage"]
        ),
        expires=date.fromisoformat(kept["expires"]) if kept["expires"] else None,
    )
