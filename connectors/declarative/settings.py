"""`connector.yaml`: what the mapping language cannot say about a connector."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from connectors.ports.common import Licence, SourceQuality, Text


@dataclass(frozen=True, slots=True)
class Contact:
    """Who is written to when something is wrong."""

    name: str
    email: str | None = None
    webhook: str | None = None
    """https address that letters are posted to."""


@dataclass(frozen=True, slots=True)
class PersonalData:
    """A field that says something about a person, and what it is needed for (UU PDP 27/2022)."""

    field: str
    """`Type.field`."""
    purpose: str


@dataclass(frozen=True, slots=True)
class Names:
    """Names outside of the team's prefix that it asks for."""

    types: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    """Root fields, `Query.parkir`."""
    extends: tuple[str, ...] = ()
    """Types of the city or of another team that it adds fields to; only by approval."""


@dataclass(frozen=True, slots=True)
class AppSettings:
    """What a team says in `connector.yaml`."""

    key: str
    """`connector`: the key of the connector."""
    app: str
    """Slug of the entry of the catalogue."""
    name: Text
    prefix: str
    """Types begin with it (`Parkir`), root fields with its small form (`parkir`)."""
    owner: str | None = None
    """Code of the department."""
    contact: Contact | None = None
    names: Names = Names()
    upkeep: Mapping[str, Any] = field(default_factory=dict)
    """Names and values of `connectors.upkeep.policy`, freshness and maximum age included."""
    fallback: Mapping[str, Any] | None = None
    """Where to ask while the system is down: `{base_url: …, source: …}`."""
    languages: tuple[str, ...] = ("id",)
    licence: Licence | None = None
    quality: SourceQuality = SourceQuality.OFFICIAL
    personal_data: tuple[PersonalData, ...] = ()
    config: Mapping[str, Any] = field(default_factory=dict)
    """`$config`: plain values, and `{secret:name}` where the gateway puts in a secret."""
    expires: date | None = None
    """From the day after it the connector only gives its last good answers."""
    private: tuple[str, ...] = ()
    """Coordinates whose answers belong to one caller: never shared, never kept."""
