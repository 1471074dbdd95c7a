"""XML of strangers as a tree: no entities, no outside references, and never more than is bearable."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from connectors.errors import Unreadable

MOST_ELEMENTS = 200_000
DEEPEST = 64

_DECLARED = re.compile(r"\s*<\?xml[^>]{0,200}\?>")


class _Bounded(TreeBuilder):
    """A builder that stops at too many elements, or at too many within each other."""

    def __init__(self) -> None:
        super().__init__()
        self._elements = 0
        self._depth = 0

    def start(self, tag: Any, attrs: Any, /) -> Element:
        self._elements += 1
        self._depth += 1
        if self._elements > MOST_ELEMENTS:
            raise Unreadable(f"XML of more than {MOST_ELEMENTS} elements")
        if self._depth > DEEPEST:
            raise Unreadable(f"XML of more than {DEEPEST} elements within each other")
        return super().start(tag, attrs)

    def end(self, tag: Any, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def tree(body: bytes, charset: str = "") -> Element:
    """The root of a document. Raises Unreadable.

    What the document says of its own encoding counts; `charset`, of the transport, only where
    it cannot be read so. Entities of its own and outside references are refused.
    """
    body = body.lstrip(b" \t\r\n")
    try:
        return _parsed(body)
    except Unreadable:
        text = _decoded(body, charset)
        if text is None:
            raise
        return _parsed(_DECLARED.sub("", text, count=1))


def _decoded(body: bytes, charset: str) -> str | None:
    try:
        return body.decode(charset) if charset else None
    except (LookupError, UnicodeError):
        return None


def _parsed(document: bytes | str) -> Element:
    parser = DefusedXMLParser(target=_Bounded())
    try:
        parser.feed(document)
        root = parser.close()
    except DefusedXmlException as error:
        raise Unreadable("XML with entities or references of its own") from error
    except (ParseError, LookupError, ValueError) as error:
        raise Unreadable("no well-formed XML") from error
    if not isinstance(root, Element):
        raise Unreadable("XML without a root")
    return root


def name_of(element: Element) -> str:
    """The name of an element, without its namespace."""
    return str(element.tag).rpartition("}")[2]


def space_of(element: Element) -> str:
    """The namespace of an element, empty when it has none."""
    space, brace, _ = str(element.tag).rpartition("}")
    return space[1:] if brace else ""


def words_in(element: Element | None) -> str:
    """The text of an element and all within it, without outer space; empty when there is none."""
    return "" if element is None else "".join(element.itertext()).strip()


def named(element: Element, *names: str) -> Iterator[Element]:
    """The children of these names, whatever their namespace, in the order of the document."""
    return (child for child in element if name_of(child) in names)


def first(element: Element, *names: str) -> Element | None:
    """The first child of these names, the names tried in their order."""
    for name in names:
        for child in named(element, name):
            return child
    return None
