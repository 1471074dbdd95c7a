"""The mappings of a description beside the strings they were written in, for exact places."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from graphql import (
    ConstDirectiveNode,
    DocumentNode,
    FieldDefinitionNode,
    ListValueNode,
    Node,
    ObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    ObjectValueNode,
    SchemaDefinitionNode,
    SchemaExtensionNode,
    StringValueNode,
    ValueNode,
)

from connectors.declarative.mapping import Selection
from connectors.declarative.mapping.nodes import Place
from connectors.declarative.model import Connect, Header, Source
from connectors.declarative.sdl import Description
from connectors.declarative.strings import Within, place_of
from connectors.declarative.templates import Template, moved

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ObjectNode = ObjectTypeDefinitionNode | ObjectTypeExtensionNode


@dataclass(frozen=True)
class Written:
    """A string of a directive, and the mappings that were read in it."""

    role: str
    """`url`, `baseURL`, `header`, `body`, `path`, `queryParams`, `selection`, `isSuccess`, …"""
    node: StringValueNode
    mappings: tuple[tuple[Selection, Place], ...]
    """Each with the place in the value of the string where it begins."""
    header: Header | None = None

    @cached_property
    def within(self) -> Within:
        """The places of the string."""
        return Within(self.node)

    def place(self, begin: Place, at: Place) -> Place:
        """A place in a mapping of the string, as a place in the file."""
        return self.within.place(*moved(begin, *at))

    @cached_property
    def _breaks(self) -> list[int]:
        return [found.end() for found in re.finditer("\n", self.node.value)]

    def place_of(self, index: int) -> Place:
        """The place in the file of an index into the value."""
        line = bisect_right(self._breaks, index)
        begin = self._breaks[line - 1] if line else 0
        return self.within.place(line + 1, index - begin + 1)

    @cached_property
    def lines(self) -> list[str]:
        """The value of the string."""
        return self.node.value.split("\n")

    def char(self, begin: Place, at: Place) -> str:
        """What is written at a place in a mapping; empty behind its end."""
        line, column = moved(begin, *at)
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        return text[column - 1 : column]


@dataclass(frozen=True)
class Asking:
    """A connector, where it stands and how it is written."""

    connect: Connect
    node: ConstDirectiveNode
    strings: tuple[Written, ...]

    @property
    def at(self) -> Place:
        """Where its directive begins."""
        return self.connect.at

    @cached_property
    def selection(self) -> Written:
        """Its selection."""
        return next(written for written in self.strings if written.role == "selection")

    @property
    def requests(self) -> Iterator[Written]:
        """The strings that make its request."""
        return (s for s in self.strings if s.role not in ("selection", "isSuccess", "errors"))


@dataclass(frozen=True)
class Origin:
    """A source and how it is written."""

    source: Source
    node: ConstDirectiveNode
    strings: tuple[Written, ...]


class Directives:
    """The sources and connectors of a description with their syntax."""

    def __init__(self, description: Description) -> None:
        document = description.document
        nodes = list(_directives(document)) if document else []
        by_place = {place_of(node): node for _, _, node in nodes}
        self.askings = [
            Asking(connect, node, tuple(_of_connect(connect, node)))
            for connect in description.connects
            if (node := by_place.get(connect.at)) is not None
        ]
        self.origins = [
            Origin(source, node, tuple(_of_source(source, node)))
            for source in description.sources
            if (node := by_place.get(source.at)) is not None
        ]
        read = {id(asking.node) for asking in self.askings}
        self.unread = [
            (owner, field)
            for owner, field, node in nodes
            if node.name.value == "connect" and id(node) not in read
        ]
        """Types and fields whose connectors have faults that keep them from being used."""


def directives_of(
    nodes: Iterable[ConstDirectiveNode] | None, *names: str
) -> list[ConstDirectiveNode]:
    """Those of some names."""
    return [node for node in nodes or () if node.name.value in names]


def _directives(
    document: DocumentNode,
) -> Iterator[tuple[str, FieldDefinitionNode | None, ConstDirectiveNode]]:
    for node in document.definitions:
        if isinstance(node, (SchemaDefinitionNode, SchemaExtensionNode)):
            for directive in directives_of(node.directives, "source"):
                yield "", None, directive
        elif isinstance(node, ObjectNode):
            owner = node.name.value
            for directive in directives_of(node.directives, "connect"):
                yield owner, None, directive
            for field in node.fields or ():
                for directive in directives_of(field.directives, "connect"):
                    yield owner, field, directive


# ------------------------------------------------------------------------------- strings


def _of_connect(connect: Connect, node: ConstDirectiveNode) -> Iterator[Written]:
    given = _first((argument.name.value, argument.value) for argument in node.arguments or ())
    http = _object(given.get("http"))
    for method in METHODS:
        if method in http:
            yield from _template("url", http[method], connect.url)
            break
    parts = {"path": connect.path, "queryParams": connect.query, "body": connect.body}
    for role, selection in parts.items():
        yield from _mapping(role, http.get(role), selection)
    yield from _headers(http.get("headers"), connect.headers)
    yield from _mapping("selection", given.get("selection"), connect.selection)
    yield from _mapping("isSuccess", given.get("isSuccess"), connect.is_success)
    errors = _object(given.get("errors"))
    yield from _mapping("errors", errors.get("message"), connect.errors.message)
    yield from _mapping("errors", errors.get("extensions"), connect.errors.extensions)


def _of_source(source: Source, node: ConstDirectiveNode) -> Iterator[Written]:
    given = _first((argument.name.value, argument.value) for argument in node.arguments or ())
    http = _object(given.get("http"))
    yield from _template("baseURL", http.get("baseURL"), source.base_url)
    yield from _mapping("path", http.get("path"), source.path)
    yield from _mapping("queryParams", http.get("queryParams"), source.query)
    yield from _headers(http.get("headers"), source.headers)
    yield from _mapping("isSuccess", given.get("isSuccess"), source.is_success)
    errors = _object(given.get("errors"))
    yield from _mapping("errors", errors.get("message"), source.errors.message)
    yield from _mapping("errors", errors.get("extensions"), source.errors.extensions)


def _headers(node: Node | None, headers: tuple[Header, ...]) -> Iterator[Written]:
    items = node.values if isinstance(node, ListValueNode) else (node,) if node else ()
    by_place = {header.at: header for header in headers}
    for item in items:
        header = by_place.get(place_of(item))
        if header is not None and header.value is not None:
            value = _object(item).get("value")
            yield from _template("header", value, header.value, header)


def _mapping(role: str, node: Node | None, selection: Selection | None) -> Iterator[Written]:
    if selection is not None and isinstance(node, StringValueNode):
        yield Written(role, node, ((selection, Place(1, 1)),))


def _template(
    role: str, node: Node | None, template: Template, header: Header | None = None
) -> Iterator[Written]:
    if isinstance(node, StringValueNode):
        parts = tuple(zip(template.expressions, template.places, strict=True))
        yield Written(role, node, parts, header)


def _object(node: Node | None) -> Mapping[str, ValueNode]:
    if not isinstance(node, ObjectValueNode):
        return {}
    return _first((field.name.value, field.value) for field in node.fields)


def _first(pairs: Iterable[tuple[str, ValueNode]]) -> dict[str, ValueNode]:
    found: dict[str, ValueNode] = {}
    for name, value in pairs:
        found.setdefault(name, value)
    return found
