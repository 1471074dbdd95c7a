"""Rules about keys: which fields a type is known by, and who finds it by them."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from graphql import ConstDirectiveNode, StringValueNode

from connectors.declarative.lint.case import Case
from connectors.declarative.lint.shapes import Shapes
from connectors.declarative.lint.variables import taken
from connectors.declarative.lint.world import OBJECT, Kind
from connectors.declarative.lint.written import Asking, ObjectNode, directives_of
from connectors.declarative.mapping.nodes import Place
from connectors.declarative.strings import Within, place_of

_TOKEN = re.compile(r"[\s,]*(?:#[^\n]*[\s,]*)*([A-Za-z_][A-Za-z0-9_]*|[{}])")
_LONGEST = 2_000
_REST = re.compile(r"[\s,]*")


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """A connector that completes objects of a type by some of their fields."""

    key: frozenset[str]
    gives: frozenset[str]
    open: bool
    """Whether it may give more than is known."""
    batch: bool
    asking: Asking


class Keys:
    """The keys of all types of a description."""

    def __init__(self, case: Case, shapes: Shapes) -> None:
        self._case = case
        self._fields: defaultdict[str, set[str]] = defaultdict(set)
        self._ways: defaultdict[str, list[Way]] = defaultdict(list)
        self._declared: list[tuple[Kind, frozenset[str], str, Place]] = []
        for asking in case.directives.askings:
            self._way(asking, shapes)
        for node in case.document.definitions:
            if isinstance(node, ObjectNode):
                kind = case.world.find(node.name.value)
                for directive in directives_of(node.directives, "key", "federation__key"):
                    if kind is not None:
                        self._key(kind, directive)
        for kind, names, written, at in self._declared:
            if not any(way.key <= names for way in self._ways[kind.name]):
                words = {"type": kind.name, "what": written}
                case.notes.add("KEY_UNRESOLVED", at, path=kind.name, **words)

    def fields(self, name: str) -> set[str]:
        """The fields that the keys of a type name."""
        return self._fields.get(name, set())

    def ways(self, name: str) -> list[Way]:
        """The connectors that find objects of a type by key."""
        return self._ways.get(name, [])

    # --------------------------------------------------------------------------- connectors

    def _way(self, asking: Asking, shapes: Shapes) -> None:
        connect, world = asking.connect, self._case.world
        owner = world.find(connect.type)
        if owner is None:
            return
        if connect.field is None:
            uses = [use for s in asking.requests for use in taken(s, "$batch", "$this")]
            key = frozenset(use.keys[0] for use in uses if use.keys)
            target, batch = owner.name, any(use.variable == "$batch" for use in uses)
        elif connect.entity and (field := owner.fields.get(connect.field)) is not None:
            kind = world.find(field.base)
            if kind is not None and kind.kind != OBJECT:
                what = connect.coordinate
                self._case.notes.add("ENTITY_NOT_OBJECT", asking.at, path=what, what=what)
            key, target, batch = frozenset(field.arguments), field.base, False
        else:
            return
        tops = shapes.tops(asking)
        gives = frozenset(name for visit in tops for name in visit.names)
        unsure = not tops or any(visit.open for visit in tops)
        self._ways[target].append(Way(key, gives, unsure, batch, asking))

    # --------------------------------------------------------------------------- @key

    def _key(self, kind: Kind, directive: ConstDirectiveNode) -> None:
        given = {a.name.value: a.value for a in directive.arguments or ()}
        node = given.get("fields")
        notes = self._case.notes
        if not isinstance(node, StringValueNode) or len(node.value) > _LONGEST:
            notes.add("KEY_SYNTAX", place_of(directive), path=kind.name)
            return
        within, names = Within(node), set[str]()
        trail: list[Kind | None] = [kind]
        last: Kind | None = None
        index, text, sound = 0, node.value, True
        while sound and (found := _TOKEN.match(text, index)):
            index, word = found.end(), found[1]
            if word == "{":
                sound = last is not None or len(trail) > 1
                trail.append(last)
            elif word == "}":
                sound = len(trail) > 1
                trail.pop()
            else:
                last = self._named(word, trail[-1], within, text, found.start(1))
                if len(trail) == 1:
                    names.add(word)
        rest = _REST.match(text, index)
        if not sound or len(trail) != 1 or not names or (rest and rest.end() < len(text)):
            notes.add("KEY_SYNTAX", place_of(node), path=kind.name)
            return
        self._fields[kind.name] |= names
        resolvable = getattr(given.get("resolvable"), "value", True)
        if resolvable is not False and names <= set(kind.fields):
            self._declared.append((kind, frozenset(names), text, place_of(node)))

    def _named(
        self, name: str, kind: Kind | None, within: Within, text: str, index: int
    ) -> Kind | None:
        """The type of a field that a key names."""
        if kind is None:
            return None
        field = kind.fields.get(name)
        if field is None:
            line = text.count("\n", 0, index) + 1
            at = within.place(line, index - text.rfind("\n", 0, index))
            words = {"what": name, "type": kind.name}
            self._case.notes.add("KEY_UNKNOWN_FIELD", at, path=kind.name, **words)
            return None
        return self._case.world.find(field.base)
