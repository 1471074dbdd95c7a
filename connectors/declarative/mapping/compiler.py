"""From a selection that was read to functions that run it: compiled once, applied many times.

The common case, a list of objects of which some keys are taken, costs little more than a list
comprehension. Everything that is not as expected goes a slower way that tells problems.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from connectors.declarative.mapping.faults import Node, below, expressions, fault_of, methods_of
from connectors.declarative.mapping.flow import FLOWS
from connectors.declarative.mapping.methods import METHODS, Call
from connectors.declarative.mapping.nodes import (
    Bare,
    Choice,
    Embedded,
    Expression,
    Field,
    Group,
    Item,
    Key,
    ListLiteral,
    Literal,
    Method,
    ObjectLiteral,
    Optional,
    Path,
    Place,
    Start,
    Step,
    Tree,
    Variable,
)
from connectors.declarative.mapping.quick import FEW, LONG, Quick, QuickEach
from connectors.declarative.mapping.running import Go, Run
from connectors.declarative.mapping.values import ABSENT, kind_of, too_large

_MANY_PATHS = 64
"""How many paths a selection may have without its answers being weighed."""


def compiled(tree: Tree) -> Go:
    """What runs a selection."""
    go = _group(tree) if isinstance(tree, Group) else _path(tree)
    if not may_grow(tree):
        return go

    def weighed(value: Any, here: Any, run: Run) -> Any:
        made = go(value, here, run)
        if made is ABSENT or not too_large(made):
            return made
        run.tell("the mapping makes a value that is too large", Place(1, 1))
        return ABSENT

    return weighed


def may_grow(tree: Tree) -> bool:
    """Whether it takes so much, or builds so much out of what it built, that it may be huge.

    Only lists and objects that expressions make can hold one thing twice, and then again; the
    pairs of ->match hold nothing.
    """
    paths = made = 0
    waiting: list[tuple[Node, bool]] = [(tree, False)]
    while waiting:
        node, inside = waiting.pop()
        paths += isinstance(node, Path)
        made += inside and isinstance(node, (ObjectLiteral, ListLiteral, Group))
        if not isinstance(node, Path):
            waiting.extend((part, inside) for part in below(node))
            continue
        made -= sum(len(m.arguments) for m in methods_of(node) if m.name == "match")
        behind = bool(expressions(node))  # braces behind an expression take of what it made
        waiting.extend((part, inside or behind) for part in below(node))
    return made > 1 or paths > _MANY_PATHS


# ------------------------------------------------------------------------------- groups


def _group(group: Group) -> Go:
    """What makes an object of each object; lists are mapped, at any depth."""
    rows = [_row(item) for item in group.items]
    one = _one(rows)
    quick = Quick(group, [None if key else go for _, key, go, _ in rows])

    def each(items: Sequence[Any], run: Run) -> list[Any]:
        run.charge(len(items))
        if len(items) >= LONG and (made := quick(items, run)) is not None:
            return made
        found: list[Any] = []
        count = len(run.notes)
        for index, item in enumerate(items):
            found.append(each(item, run) if isinstance(item, (list, tuple)) else one(item, run))
            if len(run.notes) > count:
                run.inside(count, index)
                count = len(run.notes)
        return found

    def go(value: Any, _: Any, run: Run) -> Any:
        return each(value, run) if isinstance(value, (list, tuple)) else one(value, run)

    return go


_Row: TypeAlias = tuple[str | None, str | None, Any, Place]
"""Name (None when merged), the key when it is nothing but that, else what runs, and where."""


def _one(rows: Sequence[_Row]) -> Callable[[Any, Run], Any]:
    """What makes the object for one value."""
    weight = len(rows) // FEW

    def one(item: Any, run: Run) -> Any:
        if weight:
            run.charge(weight)
        made: dict[str | None, Any] = {}
        for name, key, go, at in rows:
            if key is not None:
                try:
                    made[name] = item[key]
                except (KeyError, TypeError):
                    _missing(item, key, at, run)
                continue
            value = go(item, item, run)
            if value is ABSENT:
                continue
            if name is not None:
                made[name] = value
            elif isinstance(value, dict):
                made.update(value)
            elif value is not None:
                run.tell(f"only objects can be merged, and this is {kind_of(value)}", at)
        # A scalar has no fields: it stays what it is unless something else was put together.
        return made if made or isinstance(item, dict) else item

    return one


def _row(item: Item) -> _Row:
    value = item.value
    if isinstance(value, Group):
        return item.name, None, _group(value), item.at
    named = item.name is not None
    if named and isinstance(value.start, Field) and not value.steps and value.inner is None:
        return item.name, value.start.key, None, value.start.at
    return item.name, None, _path(value), item.at


def _missing(value: Any, key: str, at: Place, run: Run) -> None:
    run.tell(f"no {key!r} in {kind_of(value)}", at, key)


# ------------------------------------------------------------------------------- paths


def _path(path: Path) -> Go:
    go = _walk(path)
    keys = [step.name for step in path.steps if isinstance(step, Key)]
    if len(keys) != len(path.steps) or path.inner is not None:
        return go
    if isinstance(path.start, Field):
        return _keys((path.start.key, *keys), go, of_here=True)
    if isinstance(path.start, Variable) and path.start.name in ("$", "@") and keys:
        return _keys(tuple(keys), go, of_here=path.start.name == "$")
    return go


def _keys(keys: tuple[str, ...], slow: Go, *, of_here: bool) -> Go:
    """A faster way along a path that has nothing but keys, of the object around or of `@`."""

    def go(value: Any, here: Any, run: Run) -> Any:
        try:
            found = here if of_here else value
            for key in keys:
                found = found[key]
        except (KeyError, TypeError):
            return slow(value, here, run)  # tells what is missing, or maps a list
        return found

    return go


def _walk(path: Path) -> Go:
    """What goes along a path, step by step, until there is nothing."""
    quiet = [isinstance(step, Optional) for step in (*path.steps, None)]
    start = _start(path.start, quiet=quiet[0])
    trail, steps = [_named(path.start)], []
    for index, step in enumerate(path.steps):
        steps.append(_step(step, quiet=quiet[index + 1]))
        trail.append(_called(step))
    if path.inner is not None:
        steps.append(_group(path.inner))
    stages = tuple(enumerate(steps, 1))
    rooted = isinstance(path.start, Variable) and path.start.name not in ("$", "@")

    def go(value: Any, here: Any, run: Run) -> Any:
        before = count = len(run.notes)
        found = start(value, here, run)
        count = len(run.notes)
        for index, step in stages:
            if found is ABSENT:
                break
            found = step(found, here, run)
            if len(run.notes) > count:
                run.inside(count, *(part for part in trail[:index] if part))
                count = len(run.notes)
        if rooted and count > before:
            run.rooted(before)
        return found

    if not any(isinstance(step, Method) and step.name == "as" for step in path.steps):
        return go

    def scoped(value: Any, here: Any, run: Run) -> Any:
        outer = run.variables
        try:
            return go(value, here, run)
        finally:
            run.variables = outer

    return scoped


def _named(start: Start) -> str:
    """The part of a problem's path that a start stands for."""
    if isinstance(start, Field):
        return start.key
    if isinstance(start, Variable) and start.name not in ("$", "@"):
        return start.name
    return ""


def _called(step: Step) -> str:
    if isinstance(step, Key):
        return step.name
    return f"->{step.name}" if isinstance(step, Method) else ""


def _start(start: Start, *, quiet: bool) -> Go:
    if isinstance(start, Field):
        # In arguments, too, a key alone is one of `$`; of the value at hand it is `@.key`.
        take = _key(start.key, start.at, quiet=quiet)
        return lambda _, here, run: take(here, here, run)
    if isinstance(start, (Embedded, Bare)):
        return _expression(start.value)
    if start.name == "$":
        return lambda _, here, __: here
    if start.name == "@":
        return lambda value, _, __: value
    name, at = start.name, start.at

    def variable(_: Any, __: Any, run: Run) -> Any:
        try:
            return run.variables[name]
        except KeyError:
            if not quiet:
                run.tell(f"there is no {name} here", at, name)
            return ABSENT

    return variable


def _step(step: Step, *, quiet: bool) -> Go:
    if isinstance(step, Key):
        return _key(step.name, step.at, quiet=quiet)
    if isinstance(step, Optional):
        return lambda value, _, __: ABSENT if value is None else value
    go = _method(step)
    if not quiet:
        return go

    def quietly(value: Any, here: Any, run: Run) -> Any:
        count = len(run.notes)
        found = go(value, here, run)
        if found is ABSENT:
            run.forget(count)
        return found

    return quietly


def _key(key: str, at: Place, *, quiet: bool) -> Go:
    """What takes a key of an object, or of each item of a list: null where an item has none."""

    def go(value: Any, _: Any, run: Run) -> Any:
        if isinstance(value, dict):
            if key in value:
                return value[key]
        elif isinstance(value, (list, tuple)):
            return _picked(value, key, None if quiet else at, run)
        if not quiet:
            _missing(value, key, at, run)
        return ABSENT

    return go


def _picked(items: Sequence[Any], key: str, at: Place | None, run: Run) -> list[Any]:
    """The key of each item; without a place nothing is told of those that have none."""
    run.charge(len(items))
    found: list[Any] = []
    count = len(run.notes)
    for index, item in enumerate(items):
        if isinstance(item, (list, tuple)):
            found.append(_picked(item, key, at, run))
        elif isinstance(item, dict) and key in item:
            found.append(item[key])
        else:
            found.append(None)
            if at is not None:
                _missing(item, key, at, run)
        if len(run.notes) > count:
            run.inside(count, index)
            count = len(run.notes)
    return found


# ------------------------------------------------------------------------------- methods


def _method(method: Method) -> Go:
    fault = fault_of(method)
    name, at = method.name, method.at
    if fault:

        def wrong(_: Any, __: Any, run: Run) -> Any:
            run.tell(fault, at, f"->{name}")
            return ABSENT

        return wrong
    if name in FLOWS:
        return _flow(method)
    work = METHODS[name][2]
    arguments = [_expression(argument) for argument in method.arguments]

    def go(value: Any, here: Any, run: Run) -> Any:
        run.charge(1)
        given: list[Any] = []
        count = len(run.notes)
        for argument in arguments:
            found = argument(value, here, run)
            given.append(found)
        if len(run.notes) > count:
            run.inside(count, f"->{name}")
        if any(found is ABSENT for found in given):
            return ABSENT
        return work(value, given, Call(name, at, run))

    return go


def _flow(method: Method) -> Go:
    """What looks at its arguments as expressions; long lists go the fast way first."""
    slow = FLOWS[method.name].compile(method, _expression)
    if method.name not in ("map", "filter", "find"):
        return slow
    quick = QuickEach(method)

    def go(value: Any, here: Any, run: Run) -> Any:
        if isinstance(value, list) and len(value) >= LONG:
            made = quick(value, here, run)
            if made is not None:
                return made
        return slow(value, here, run)

    return go


# ------------------------------------------------------------------------------- expressions


def _expression(value: Expression) -> Go:
    if isinstance(value, Literal):
        constant = value.value
        return lambda _, __, ___: constant
    if isinstance(value, ListLiteral):
        return _list(value)
    if isinstance(value, ObjectLiteral):
        return _object(value)
    if isinstance(value, Choice):
        return _choice(value)
    return _path(value)


def _list(literal: ListLiteral) -> Go:
    parts = [_expression(value) for value in literal.values]

    def go(value: Any, here: Any, run: Run) -> Any:
        run.charge(len(parts))
        found = [part(value, here, run) for part in parts]
        return [None if item is ABSENT else item for item in found]

    return go


def _object(literal: ObjectLiteral) -> Go:
    parts = [(key, _expression(value)) for key, value in literal.entries]

    def go(value: Any, here: Any, run: Run) -> Any:
        run.charge(len(parts))
        made = {key: part(value, here, run) for key, part in parts}
        return {key: item for key, item in made.items() if item is not ABSENT}

    return go


def _choice(choice: Choice) -> Go:
    operands = [_expression(operand) for operand in choice.operands]
    null_too = choice.operator == "??"

    def go(value: Any, here: Any, run: Run) -> Any:
        count = before = len(run.notes)
        found: Any = ABSENT
        for operand in operands:
            before = len(run.notes)
            found = operand(value, here, run)
            if found is not ABSENT and not (null_too and found is None):
                break
        if found is not ABSENT:
            del run.notes[count:before]  # of those in whose place this one came
        return found

    return go
