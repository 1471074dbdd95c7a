"""Selections against types: what they name, what they leave out, what they go around in."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from connectors.declarative.lint.notes import Notes
from connectors.declarative.lint.world import (
    ABSTRACT,
    BUILT_IN,
    ENUM,
    INPUT,
    OBJECT,
    Field,
    Kind,
    World,
)
from connectors.declarative.lint.written import Asking, Written
from connectors.declarative.mapping.nodes import (
    Choice,
    Embedded,
    Expression,
    Group,
    Item,
    ListLiteral,
    Method,
    ObjectLiteral,
    Optional,
    Path,
    Place,
    Tree,
    Variable,
)
from connectors.declarative.mapping.nodes import Field as KeyStart


@dataclass(slots=True)
class Visit:
    """One place of a selection that makes an object of a type."""

    type: str
    at: Place
    asking: Asking
    names: set[str] = field(default_factory=set)
    open: bool = False
    """Whether it may have more names than can be known here."""


class Shapes:
    """What all selections of a description give."""

    def __init__(self, world: World, notes: Notes) -> None:
        self.world = world
        self.notes = notes
        self.given: defaultdict[str, set[str]] = defaultdict(set)
        """The fields of types that some selection names."""
        self.open: set[str] = set()
        """Types that come whole from somewhere, so that nothing is known of their fields."""
        self.visits: list[Visit] = []
        self._tops: defaultdict[int, list[Visit]] = defaultdict(list)
        self._by_type: defaultdict[str, list[Visit]] = defaultdict(list)

    def read(self, asking: Asking) -> None:
        """Look at the selection of a connector."""
        connect = asking.connect
        owner = self.world.find(connect.type)
        if owner is None:
            return
        base = owner.name
        if connect.field is not None:
            if connect.field not in owner.fields:
                return
            base = owner.fields[connect.field].base
        kind = self.world.find(base)
        if kind is not None:
            tree = connect.selection.tree
            name = connect.field or owner.name
            _Reading(self, asking).tree(tree, Spot(kind, name, Place(1, 1)))

    def unknown(self, name: str) -> None:
        """Take it that a type comes whole, with all that it leads to."""
        waiting = [name]
        while waiting:
            kind = self.world.find(waiting.pop())
            if kind is None or kind.kind != OBJECT or kind.name in self.open:
                continue
            self.open.add(kind.name)
            waiting.extend(found.base for found in kind.fields.values() if not found.connected)

    def tops(self, asking: Asking) -> list[Visit]:
        """The objects that a connector's selection makes at its top."""
        return self._tops.get(id(asking), [])

    def of_type(self, name: str) -> list[Visit]:
        """The objects of a type that selections make."""
        return self._by_type.get(name, [])

    def made(self, visit: Visit, *, top: bool) -> None:
        """One more object."""
        self.visits.append(visit)
        self._by_type[visit.type].append(visit)
        if top:
            self._tops[id(visit.asking)].append(visit)


class Spot(NamedTuple):
    """Where a value of a selection goes."""

    kind: Kind
    name: str
    """What the field is called."""
    at: Place
    """In the text of the selection."""
    trail: tuple[str, ...] = ()
    """The types of the objects around."""
    into: Visit | None = None
    """The object that its fields are merged into; None: it makes one of its own."""


class _Reading:
    """Goes through one selection."""

    def __init__(self, shapes: Shapes, asking: Asking) -> None:
        self.shapes = shapes
        self.world = shapes.world
        self.notes = shapes.notes
        self.asking = asking
        self.written: Written = asking.selection

    def place(self, at: Place) -> Place:
        return self.written.place(Place(1, 1), at)

    # --------------------------------------------------------------------------- values

    def tree(self, value: Tree, spot: Spot) -> None:
        """A group or a path whose value is to be of a type."""
        if spot.kind.kind in {ABSTRACT, INPUT}:
            return  # told where the field stands
        if spot.kind.kind != OBJECT:
            self.leaf(value, spot)
            return
        inner = value if isinstance(value, Group) else value.inner
        if inner is not None:
            self.group(inner, spot)
        elif isinstance(value, Path):
            self.path(value, spot)

    def leaf(self, value: Tree, spot: Spot) -> None:
        inner = value if isinstance(value, Group) else value.inner
        if inner is not None and (spot.kind.name in BUILT_IN or spot.kind.kind == ENUM):
            words = {"what": spot.name, "type": spot.kind.name}
            self.notes.add("SELECTION_ON_LEAF", self.place(spot.at), **words)

    def path(self, path: Path, spot: Spot) -> None:
        """A path without braces that is to be an object: only what it builds itself is known."""
        steps = [step for step in path.steps if not isinstance(step, Optional)]
        last = steps[-1] if steps else None
        plain = isinstance(path.start, KeyStart) or path.start == Variable("$")
        if plain and not any(isinstance(step, Method) for step in steps):
            words = {"what": spot.name, "type": spot.kind.name}
            self.notes.add("SELECTION_MISSING", self.place(spot.at), **words)
            self.shapes.unknown(spot.kind.name)
        elif isinstance(last, Method) and last.name in {"map", "echo"} and last.arguments:
            self.expression(last.arguments[0], spot)
        elif isinstance(last, Method) and last.name == "match":
            for pair in last.arguments:
                if isinstance(pair, ListLiteral) and len(pair.values) == 2:
                    self.expression(pair.values[1], spot)
        elif last is None and isinstance(path.start, Embedded):
            self.expression(path.start.value, spot)
        else:
            self.whole(spot)

    def whole(self, spot: Spot) -> None:
        """An object of which nothing more can be known."""
        if spot.into is not None:
            spot.into.open = True
        self.shapes.unknown(spot.kind.name)

    def expression(self, value: Expression, spot: Spot) -> None:
        """What a method or `$( … )` makes; several ways may each make some fields."""
        if isinstance(value, ObjectLiteral):
            self.object(value, spot)
        elif isinstance(value, ListLiteral):
            for inner in value.values:
                self.expression(inner, spot)
        elif isinstance(value, Choice):
            for inner in value.operands:
                self.expression(inner, spot)
        elif isinstance(value, Path) and value.inner is not None:
            self.group(value.inner, spot)
        elif isinstance(value, Path) and isinstance(value.start, Embedded):
            self.path(value, spot)
        elif isinstance(value, Path):  # what an argument takes is known only when it runs
            self.path(Path(Variable("@"), value.steps), spot)

    def object(self, literal: ObjectLiteral, spot: Spot) -> None:
        """An object that is written out."""
        visit = self.entered(spot._replace(at=literal.at))
        if visit is None:
            return
        for key, value in literal.entries:
            at = value.start.at if isinstance(value, Path) else value.at
            found = self.named(key, spot.kind, visit, at)
            target = self.world.find(found.base) if found is not None else None
            if target is not None and target.kind == OBJECT:
                self.expression(value, Spot(target, key, at, (*spot.trail, spot.kind.name)))

    # --------------------------------------------------------------------------- groups

    def entered(self, spot: Spot) -> Visit | None:
        """The object that is made here; None when it goes around in circles."""
        if spot.into is not None:
            return spot.into
        at = self.place(spot.at)
        if spot.kind.name in spot.trail:
            self.notes.add("TYPE_CIRCULAR", at, what=spot.name, type=spot.kind.name)
            self.shapes.unknown(spot.kind.name)
            return None
        visit = Visit(spot.kind.name, at, self.asking)
        self.shapes.made(visit, top=not spot.trail)
        return visit

    def group(self, group: Group, spot: Spot) -> None:
        visit = self.entered(spot)
        if visit is not None:
            for item in group.items:
                self.item(item, visit, spot)

    def item(self, item: Item, visit: Visit, spot: Spot) -> None:
        if item.name is None:
            self.merged(item, visit, spot)
            return
        found = self.named(item.name, spot.kind, visit, item.at)
        target = self.world.find(found.base) if found is not None else None
        if target is not None:
            trail = (*spot.trail, spot.kind.name)
            self.tree(item.value, Spot(target, item.name, item.at, trail))

    def merged(self, item: Item, visit: Visit, spot: Spot) -> None:
        """A path without a name: its fields belong to the object around."""
        inside = spot._replace(at=item.at, into=visit)
        if isinstance(item.value, Group) or item.value.inner is not None:
            self.tree(item.value, inside)
        else:
            self.whole(inside)

    def named(self, name: str, kind: Kind, visit: Visit, at: Place) -> Field | None:
        """The field of a name; told when there is none."""
        found = kind.fields.get(name)
        if found is None:
            if name != "__typename":
                words = {"type": kind.name, "what": name}
                self.notes.add("SELECTION_UNKNOWN_FIELD", self.place(at), **words)
            return None
        visit.names.add(name)
        self.shapes.given[kind.name].add(name)
        return found
