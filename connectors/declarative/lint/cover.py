"""Rules about what selections give: every field from somewhere, every type for something."""

from __future__ import annotations

from collections import deque

from graphql import FieldDefinitionNode

from connectors.declarative.lint.case import Case
from connectors.declarative.lint.keys import Keys, Way
from connectors.declarative.lint.shapes import Shapes
from connectors.declarative.lint.world import ABSTRACT, OBJECT, Field, Kind
from connectors.declarative.lint.written import directives_of
from connectors.declarative.strings import place_of


def note_cover(case: Case, shapes: Shapes, keys: Keys) -> None:
    """Look at the fields and types of the description."""
    reached = _reached(case)
    for kind in case.world.kinds:
        if kind.own and kind.kind != ABSTRACT and kind.name not in reached:
            case.notes.add("TYPE_UNUSED", kind.at, path=kind.name, what=kind.name)
            continue
        there = kind.own or kind.city or kind.root
        if kind.kind == OBJECT and there and kind.name != "Subscription":
            for field in kind.added:
                _field(case, shapes, keys, kind, field)
    _not_always(case, shapes, keys)


def _reached(case: Case) -> set[str]:
    """The types that can be come to from fields of the city and of the roots."""
    waiting = deque(kind for kind in case.world.kinds if kind.root or kind.city)
    seen = {kind.name for kind in waiting}
    while waiting:
        kind = waiting.popleft()
        for field in kind.added:
            for name in (field.base, *(found.base for found in field.arguments.values())):
                found = case.world.find(name)
                if name not in seen and found is not None:
                    seen.add(name)
                    waiting.append(found)
    return seen


def _field(case: Case, shapes: Shapes, keys: Keys, kind: Kind, field: Field) -> None:
    node, path = field.node, f"{kind.name}.{field.name}"
    if field.connected or not isinstance(node, FieldDefinitionNode):
        return
    at = place_of(node.name)
    if field.arguments:
        case.notes.add("FIELD_ARGUMENTS", at, path=path, what=path)
        return
    given = field.name in shapes.given[kind.name] or field.name in keys.fields(kind.name)
    outside = bool(directives_of(node.directives, "external", "federation__external"))
    if given or outside or kind.name in shapes.open:
        return
    case.notes.add("FIELD_UNCOVERED", at, path=path, what=path)


def _not_always(case: Case, shapes: Shapes, keys: Keys) -> None:
    """Objects that come with less than others of their type, and cannot be completed."""
    wanted: dict[tuple[str, tuple[int, ...]], list[str]] = {}
    for visit in shapes.visits:
        kind = case.world.find(visit.type)
        if kind is None or not kind.own or visit.open:
            continue
        connect = visit.asking.connect
        if connect.field is None and visit.type == connect.type:
            continue  # it completes others itself
        ways = [way for way in keys.ways(kind.name) if way.key <= visit.names]
        mark = (kind.name, tuple(id(way) for way in ways))
        if mark not in wanted:
            wanted[mark] = _wanted(kind, shapes, ways)
        known = keys.fields(kind.name) if connect.entity else frozenset()
        # Stops at the first that is missing, so that many small objects cost little.
        lacking = (n for n in wanted[mark] if n not in visit.names and n not in known)
        missing = next(lacking, None)
        if missing is not None:
            words = {"type": kind.name, "what": missing}
            case.notes.add("FIELD_NOT_ALWAYS", visit.at, path=kind.name, **words)


def _wanted(kind: Kind, shapes: Shapes, ways: list[Way]) -> list[str]:
    """The fields that an object must come with, if it is completed in these ways."""
    if any(way.open for way in ways):
        return []
    completed = {name for way in ways for name in way.gives}
    return [
        field.name
        for field in kind.added
        if not field.connected
        and field.name in shapes.given[kind.name]
        and field.name not in completed
    ]
