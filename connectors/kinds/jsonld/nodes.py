"""The nodes of a JSON-LD document by type, with schema.org's names whatever prefix they have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

DEEPEST = 32
MOST_VALUES = 500_000

_SCHEMA = (
    "https://schema.org/", "http://schema.org/", "https://www.schema.org/",
    "http://www.schema.org/", "schema:",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Node:
    """One node. Its properties have schema.org's plain names."""

    properties: Mapping[str, Any]
    world: World = field(repr=False)

    def get(self, *names: str) -> Any:
        """The value of the first of these properties that holds something; None if none does.

        A mere reference to another node of the document is that node.
        """
        for name in names:
            value = self.properties.get(name)
            if value not in (None, "", [], {}):
                return self.world.resolved(value)
        return None

    @property
    def id(self) -> str | None:
        """`@id`, where it has one."""
        value = self.properties.get("@id")
        return value.strip() or None if isinstance(value, str) else None


class World:
    """All nodes of a document, found by their ids; names are brought to one form while reading."""

    def __init__(self, documents: list[Any]) -> None:
        self._counted = 0
        self._by_id: dict[str, dict[str, Any]] = {}
        self.read = [self._plain(one, {}, 0) for one in documents]
        """The documents, with plain names."""

    def of_type(self, name: str) -> Iterator[Node]:
        """The nodes of a type, wherever they stand, each `@id` once."""
        seen: set[str] = set()
        for document in self.read:
            for raw in _walk(document, name):
                local = Node(raw, self).id
                if local in seen:
                    continue
                if local is not None:
                    seen.add(local)
                yield Node(raw if local is None else self._by_id.get(local, raw), self)

    def resolved(self, value: Any) -> Any:
        """The value, references followed by one step."""
        if isinstance(value, list):
            return [self.resolved(one) if isinstance(one, dict) else one for one in value]
        if isinstance(value, dict) and set(value) <= {"@id", "@type"}:
            return self._by_id.get(str(value.get("@id")), value)
        return value

    def _plain(self, value: Any, names: Mapping[str, str], depth: int) -> Any:
        self._counted += 1
        if depth > DEEPEST or self._counted > MOST_VALUES:
            return None
        if isinstance(value, list):
            return [self._plain(one, names, depth + 1) for one in value]
        if not isinstance(value, dict):
            return value
        names = {**names, **_aliases(value.get("@context"))}
        made: dict[str, Any] = {}
        for key, inner in value.items():
            if key == "@context":
                continue
            name = _name(str(key), names)
            if name in ("@type", "type"):
                made[name] = _types(inner, names)
            else:
                made.setdefault(name, self._plain(inner, names, depth + 1))
        local = made.get("@id")
        if isinstance(local, str) and len(made) > 1:
            known = self._by_id.setdefault(local, {})
            for key, inner in made.items():  # one node may be told in several places
                known.setdefault(key, inner)
        return made


def is_type(value: Any, name: str) -> bool:
    """Whether a value is a node of this type."""
    if not isinstance(value, dict):
        return False
    said = value.get("@type", value.get("type"))
    return name in (said if isinstance(said, list) else [said])


def _walk(value: Any, name: str) -> Iterator[dict[str, Any]]:
    if is_type(value, name):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _walk(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _walk(inner, name)


def _aliases(context: Any) -> dict[str, str]:
    """What a context calls the names of schema.org: prefixes end with a colon."""
    found: dict[str, str] = {}
    for one in context if isinstance(context, list) else [context]:
        if not isinstance(one, dict) or len(one) > 500:
            continue
        for key, value in one.items():
            said = value.get("@id") if isinstance(value, dict) else value
            if not isinstance(said, str):
                continue
            if said.rstrip("#/") + "/" in _SCHEMA:
                found[f"{key}:"] = ""
            elif said.startswith("@") or said.startswith(_SCHEMA):
                found[key] = _name(said, {})
    return found


def _name(name: str, names: Mapping[str, str]) -> str:
    if name in names:
        return names[name]
    for prefix in _SCHEMA:
        if name.startswith(prefix):
            return name[len(prefix) :]
    prefix, colon, rest = name.partition(":")
    return rest if colon and f"{prefix}:" in names else name


def _types(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _name(value.strip(), names)
    if isinstance(value, list):
        return [_name(one.strip(), names) for one in value if isinstance(one, str)]
    return value
