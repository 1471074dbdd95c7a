"""Rules about $args, $this and $batch: what is taken of them must be there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from connectors.declarative.lint.case import Case
from connectors.declarative.lint.shapes import Shapes
from connectors.declarative.lint.world import BUILT_IN, ENUM, Field, Kind, World
from connectors.declarative.lint.written import Asking, Written
from connectors.declarative.mapping import Selection
from connectors.declarative.mapping.faults import methods_of, walk
from connectors.declarative.mapping.nodes import Field as KeyStart
from connectors.declarative.mapping.nodes import (
    Group,
    Key,
    Optional,
    Path,
    Place,
    Variable,
)


class Taken(NamedTuple):
    """Something that a mapping takes of a variable."""

    variable: str
    keys: tuple[str, ...]
    """The keys along the way; none when it is used whole, or by a method first."""
    at: Place
    """In the file."""


def taken(written: Written, *variables: str) -> Iterator[Taken]:
    """What a string takes of some variables."""
    for selection, begin in written.mappings:
        for variable, keys, at in _taken(selection, variables):
            yield Taken(variable, keys, written.place(begin, at))


def _taken(selection: Selection, variables: tuple[str, ...]) -> Iterator[Taken]:
    paths = [node for node in walk(selection.tree) if isinstance(node, Path)]
    own = {
        argument.start.name
        for path in paths
        for method in methods_of(path)
        if method.name == "as"
        for argument in method.arguments[:1]
        if isinstance(argument, Path) and isinstance(argument.start, Variable)
    }
    for path in paths:
        start = path.start
        if not isinstance(start, Variable) or start.name not in variables or start.name in own:
            continue
        keys: list[str] = []
        for step in path.steps:
            if isinstance(step, Key):
                keys.append(step.name)
            elif not isinstance(step, Optional):
                break
        plain = all(isinstance(step, (Key, Optional)) for step in path.steps)
        below = path.inner if plain else None
        yield from _below(start, tuple(keys), below)


def _below(start: Variable, keys: tuple[str, ...], inner: Group | None) -> Iterator[Taken]:
    """A path, or one for each key that is taken in braces behind it."""
    waiting = [(keys, inner, start.at)]
    while waiting:
        so_far, group, at = waiting.pop()
        if group is None:
            yield Taken(start.name, so_far, at)
            continue
        for item in group.items:
            if isinstance(item.value, Group):
                waiting.append((so_far, item.value, item.at))
            elif isinstance(item.value.start, KeyStart):
                more = [step.name for step in item.value.steps if isinstance(step, Key)]
                plain = all(isinstance(step, (Key, Optional)) for step in item.value.steps)
                names = (*so_far, item.value.start.key, *(more if plain else ()))
                waiting.append((names, item.value.inner if plain else None, item.value.start.at))


# ------------------------------------------------------------------------------- rules


def note_variables(case: Case, shapes: Shapes) -> None:
    """Look at all connectors."""
    for asking in case.directives.askings:
        owner = case.world.find(asking.connect.type)
        if owner is None:
            continue
        field = owner.fields.get(asking.connect.field) if asking.connect.field else None
        if field is not None:
            _arguments(case, asking, owner, field)
        _this(case, asking, owner)
        if asking.connect.field is None:
            _batch(case, asking, owner, shapes)
    _circles(case, shapes)


def _arguments(case: Case, asking: Asking, owner: Kind, field: Field) -> None:
    """Names of $args against the arguments of the field, and arguments that nobody takes."""
    path, unused = f"{owner.name}.{field.name}", dict(field.arguments)
    for written in asking.strings:
        for use in taken(written, "$args"):
            if not use.keys:
                unused.clear()
                continue
            unused.pop(use.keys[0], None)
            wrong = _wrong(case.world, field.arguments, use.keys)
            if wrong is not None:
                what, there = wrong
                words = {"what": f"$args.{what}", "where": path, "listed": _listed(there)}
                case.notes.add("ARGS_UNKNOWN", use.at, path=path, **words)
    for argument in unused.values():
        if argument.node is not None:
            at = _name_place(argument)
            words = {"what": argument.name, "name": argument.name}
            case.notes.add("ARGUMENT_UNUSED", at, path=path, **words)


def _this(case: Case, asking: Asking, owner: Kind) -> None:
    if owner.root or not (owner.own or owner.city):
        return  # told when it is read, or another team's type, of which little is known
    for written in asking.strings:
        for use in taken(written, "$this"):
            wrong = _wrong(case.world, owner.fields, use.keys)
            if wrong is not None:
                what, there = wrong
                words = {"what": f"$this.{what}", "where": owner.name, "listed": _listed(there)}
                case.notes.add("THIS_UNKNOWN", use.at, path=asking.connect.coordinate, **words)


def _batch(case: Case, asking: Asking, owner: Kind, shapes: Shapes) -> None:
    """A connector of a type: what it is asked by must be the type's, and come back."""
    connect, told = asking.connect, set[str]()
    keyed = batched = False
    tops = shapes.tops(asking)
    given = set().union(*(visit.names for visit in tops)) if tops else set()
    unsure = not tops or any(visit.open for visit in tops)
    for written in asking.requests:
        for use in taken(written, "$batch", "$this"):
            keyed, batched = True, batched or use.variable == "$batch"
            if use.variable != "$batch" or not use.keys:
                continue
            wrong = _wrong(case.world, owner.fields, use.keys)
            if wrong is not None:
                what, there = wrong
                words = {"what": f"$batch.{what}", "where": owner.name, "listed": _listed(there)}
                case.notes.add("BATCH_KEY_UNKNOWN", use.at, path=owner.name, **words)
            elif use.keys[0] not in given and not unsure and use.keys[0] not in told:
                told.add(use.keys[0])
                words = {"what": use.keys[0]}
                case.notes.add("BATCH_KEY_UNSELECTED", use.at, path=owner.name, **words)
    if not keyed and not owner.root:
        case.notes.add("ENTITY_WITHOUT_KEY", asking.at, path=owner.name, what=owner.name)
    if connect.batch_size is not None and not batched:
        case.notes.add("BATCH_UNUSED", asking.at, path=owner.name)


def _wrong(
    world: World, fields: Mapping[str, Field], keys: tuple[str, ...]
) -> tuple[str, Mapping[str, Field]] | None:
    """The part of a way that leads nowhere, and what there is in its place."""
    there = fields
    for index, key in enumerate(keys):
        found = there.get(key)
        if found is None:
            return ".".join(keys[: index + 1]), there
        kind = world.find(found.base)
        if kind is None or (not kind.fields and kind.name not in BUILT_IN and kind.kind != ENUM):
            return None  # nothing is known of what is inside
        there = kind.fields
    return None


def _listed(fields: Mapping[str, Field]) -> str:
    return ", ".join(list(fields)[:20]) or "-"


def _name_place(field: Field) -> Place:
    from connectors.declarative.strings import place_of

    return place_of(field.node.name) if field.node is not None else Place(1, 1)


# ------------------------------------------------------------------------------- circles


def _circles(case: Case, shapes: Shapes) -> None:
    """Fields that need each other through $this, so that none can be asked first."""
    needs: dict[str, dict[str, Place]] = {}
    for asking in case.directives.askings:
        connect = asking.connect
        owner = case.world.find(connect.type)
        if connect.field is None or owner is None:
            continue
        for written in asking.requests:
            for use in taken(written, "$this"):
                name = use.keys[0] if use.keys else ""
                found = owner.fields.get(name)
                free = name in shapes.given[owner.name] or owner.name in shapes.open
                if found is not None and found.connected and not free:
                    path = f"{owner.name}.{name}"
                    needs.setdefault(connect.coordinate, {}).setdefault(path, use.at)
    for name, other, at in _around(needs):
        case.notes.add("THIS_CIRCULAR", at, path=name, what=name, other=other)


def _around(needs: Mapping[str, Mapping[str, Place]]) -> Iterator[tuple[str, str, Place]]:
    """The needs that lead back to where they come from: one of each circle."""
    done: set[str] = set()
    for begin in needs:
        if begin in done:
            continue
        trail = {begin: iter(needs[begin].items())}
        while trail:
            name = next(reversed(trail))
            following = next(trail[name], None)
            if following is None:
                done.add(name)
                del trail[name]
            elif following[0] in trail:
                yield name, following[0], following[1]
            elif following[0] in needs and following[0] not in done:
                trail[following[0]] = iter(needs[following[0]].items())
