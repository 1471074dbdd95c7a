"""Where something in the value of a GraphQL string stands in the file it came from."""

from __future__ import annotations

import re

from graphql import Node, StringValueNode

from connectors.declarative.mapping.nodes import NOWHERE, Place

_LINES = re.compile(r"\r\n|[\n\r]")
_ESCAPE = re.compile(r"\\u\{[0-9A-Fa-f]+\}|\\u[0-9A-Fa-f]{4}|\\.|.", re.DOTALL)


def place_of(node: Node) -> Place:
    """Where a part of the description begins."""
    token = node.loc.start_token if node.loc else None
    return Place(token.line, token.column) if token else NOWHERE


def place_in(node: StringValueNode, line: int, column: int) -> Place:
    """Where a place in the value of a string stands in the file."""
    if node.loc is None:
        return NOWHERE
    begin, body = place_of(node), node.loc.source.body
    if node.block:
        return _in_block(body[node.loc.start + 3 : node.loc.end - 3], begin, line, column)
    return _in_line(body[node.loc.start + 1 : node.loc.end - 1], node.value, begin, line, column)


def _in_block(raw: str, begin: Place, line: int, column: int) -> Place:
    """Blank lines at the beginning and the indent that all lines share are not in the value."""
    lines = _LINES.split(raw)
    filled = [index for index, text in enumerate(lines) if text.strip(" \t")]
    index = (filled[0] if filled else 0) + line - 1
    if index == 0:
        return Place(begin.line, begin.column + 3 + column - 1)
    indents = [len(lines[i]) - len(lines[i].lstrip(" \t")) for i in filled if i]
    return Place(begin.line + index, min(indents, default=0) + column)


def _in_line(raw: str, value: str, begin: Place, line: int, column: int) -> Place:
    """An escape is one character of the value and several of the file."""
    before = sum(len(text) + 1 for text in value.split("\n")[: line - 1]) + column - 1
    written = [found[0] for found in _ESCAPE.finditer(raw)]
    return Place(begin.line, begin.column + 1 + len("".join(written[:before])))
