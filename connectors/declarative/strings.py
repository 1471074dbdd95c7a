"""Where something in the value of a GraphQL string stands in the file it came from."""

from __future__ import annotations

import re
from itertools import accumulate

from graphql import Node, StringValueNode

from connectors.declarative.mapping.nodes import NOWHERE, Place

_LINES = re.compile(r"\r\n|[\n\r]")
_ESCAPE = re.compile(r"\\u\{[0-9A-Fa-f]+\}|\\u[0-9A-Fa-f]{4}|\\.|.", re.DOTALL)


def place_of(node: Node) -> Place:
    """Where a part of the description begins."""
    token = node.loc.start_token if node.loc else None
    return Place(token.line, token.column) if token else NOWHERE


class Within:
    """The places in the value of one string: read once, asked often."""

    __slots__ = ("_begin", "_indent", "_node", "_raw", "_skipped", "_starts", "_written")

    def __init__(self, node: StringValueNode) -> None:
        self._node = node
        self._begin = place_of(node)
        self._raw = ""
        self._skipped = self._indent = 0
        self._starts: list[int] = []
        self._written: list[int] = []
        if node.loc is None:
            return
        body, ends = node.loc.source.body, 3 if node.block else 1
        self._raw = body[node.loc.start + ends : node.loc.end - ends]
        if node.block:
            self._block()

    def place(self, line: int, column: int) -> Place:
        """Where a place in the value stands in the file."""
        if self._node.loc is None:
            return NOWHERE
        if not self._node.block:
            return self._in_line(line, column)
        index = self._skipped + line - 1
        if index == 0:
            return Place(self._begin.line, self._begin.column + 3 + column - 1)
        return Place(self._begin.line + index, self._indent + column)

    def _block(self) -> None:
        """Blank lines at the beginning and the indent that all lines share are not in the value."""
        lines = _LINES.split(self._raw)
        filled = [index for index, text in enumerate(lines) if text.strip(" \t")]
        indents = [len(lines[i]) - len(lines[i].lstrip(" \t")) for i in filled if i]
        self._skipped = filled[0] if filled else 0
        self._indent = min(indents, default=0)

    def _in_line(self, line: int, column: int) -> Place:
        """An escape is one character of the value and several of the file."""
        if not self._starts:
            lengths = (len(text) + 1 for text in self._node.value.split("\n"))
            self._starts = [0, *accumulate(lengths)]
            written = (len(found[0]) for found in _ESCAPE.finditer(self._raw))
            self._written = [0, *accumulate(written)]
        before = self._starts[min(line - 1, len(self._starts) - 1)] + column - 1
        length = self._written[min(before, len(self._written) - 1)]
        return Place(self._begin.line, self._begin.column + 1 + length)


def place_in(node: StringValueNode, line: int, column: int) -> Place:
    """Where a place in the value of a string stands in the file."""
    return Within(node).place(line, column)
