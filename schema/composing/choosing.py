"""Which of several connectors on one field is asked: the first that gives all a client selects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLResolveInfo,
    InlineFragmentNode,
    SelectionSetNode,
)

from connectors.declarative.mapping import Selection
from connectors.declarative.mapping.nodes import Group, Path
from connectors.declarative.model import Connect


class Choice:
    """The connectors of one field, in the order they are written."""

    def __init__(self, connects: Sequence[Connect]) -> None:
        self.connects = tuple(connects)
        self._known = [(connect, outputs(connect.selection)) for connect in connects]

    def of(self, info: GraphQLResolveInfo[Any]) -> Connect:
        """The one to ask: where none gives all, the one that gives most."""
        if len(self._known) == 1:
            return self._known[0][0]
        wanted = _selected(info)
        best, most = self._known[0][0], -1
        for connect, gives in self._known:
            found = len(wanted) if gives is None else len(wanted & gives)
            if found > most:
                best, most = connect, found
        return best


def _selected(info: GraphQLResolveInfo[Any]) -> set[str]:
    """The names of the fields that are selected of a field's answer."""
    names: set[str] = set()
    waiting: list[SelectionSetNode] = [n.selection_set for n in info.field_nodes if n.selection_set]
    seen: set[str] = set()
    while waiting:
        for each in waiting.pop().selections:
            if isinstance(each, FieldNode):
                names.add(each.name.value)
            elif isinstance(each, InlineFragmentNode):
                waiting.append(each.selection_set)
            elif isinstance(each, FragmentSpreadNode) and each.name.value not in seen:
                seen.add(each.name.value)
                waiting.append(info.fragments[each.name.value].selection_set)
    return names - {"__typename"}


def outputs(selection: Selection) -> frozenset[str] | None:
    """The names a selection gives at its top; None when that depends on the data."""
    names: set[str] = set()
    waiting: list[Any] = [selection.tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Path):
            if node.inner is None:
                return None
            node = node.inner
        if not isinstance(node, Group):
            return None
        for item in node.items:
            if item.name is not None:
                names.add(item.name)
            elif isinstance(item.value, Path) and item.value.inner is None:
                if item.value.key is None:
                    return None
                names.add(item.value.key)
            elif isinstance(item.value, Path) and item.value.key is not None and not item.spread:
                names.add(item.value.key)
            else:
                waiting.append(item.value)
    return frozenset(names)
