"""What a whole connector of somebody else consists of, and the names it must claim here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from graphql import parse


@dataclass(frozen=True)
class Foreign:
    """One connector, what its `connector.yaml` says besides, and what it answers."""

    key: str
    sdl: str
    more: str
    asks: tuple[tuple[str, dict[str, Any] | None], ...]


ALL: dict[str, Foreign] = {}


def case(key: str, sdl: str, *asks: tuple[str, dict[str, Any] | None], more: str = "") -> None:
    """Add a connector."""
    ALL[key] = Foreign(key, sdl, more, asks)


LINK3 = """extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key", "@shareable", "@external", "@inaccessible", "@tag", "@override", "@requires", "@provides"])
  @link(url: "https://specs.apollo.dev/connect/v0.3", import: ["@source", "@connect"])
"""
LINK2 = LINK3.replace("v0.3", "v0.2")
LINK1 = LINK3.replace("v0.3", "v0.1").replace("v2.12", "v2.10")


def claims(sdl: str) -> str:
    """The part of `connector.yaml` that asks for all names of a description."""
    types: list[str] = []
    fields: list[str] = []
    for node in parse(sdl).definitions:
        name = getattr(node, "name", None)
        if name is None:
            continue
        if name.value in ("Query", "Mutation"):
            fields += [f"{name.value}.{each.name.value}" for each in getattr(node, "fields", ())]
        else:
            types.append(name.value)
    return (
        f"names:\n  types: [{', '.join(dict.fromkeys(types))}]\n  fields: [{', '.join(fields)}]\n"
    )
