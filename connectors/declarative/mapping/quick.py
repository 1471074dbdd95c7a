"""The fast way for long lists: one Python function per group, for data that is as expected.

The function is written out as Python text when a long list first comes by, from keys and numbers
of ours only, and compiled. It raises KeyError or TypeError for an item that is not as expected;
then the whole list goes the slow way, which tells what is wrong and where. So the two ways need
to agree on regular data only, and a property test holds them to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from connectors.declarative.mapping.faults import fault_of
from connectors.declarative.mapping.flow import FLOWS
from connectors.declarative.mapping.methods import METHODS, Call
from connectors.declarative.mapping.nodes import (
    NOWHERE,
    Embedded,
    Field,
    Group,
    Item,
    Key,
    ListLiteral,
    Literal,
    Method,
    Path,
    Variable,
)
from connectors.declarative.mapping.running import Go, Run
from connectors.declarative.mapping.values import ABSENT

LONG = 8
"""Lists shorter than this are not worth it."""
_MOST_STEPS = 20
"""Longer paths go the slow way: Python, too, has its limits on brackets in brackets."""

Many: TypeAlias = Callable[[Sequence[Any], Run, Call], list[Any]]


class Quick:
    """The fast way of one group; `rows` run its items one by one, the slow way."""

    __slots__ = ("_group", "_many", "_ready", "_rows")

    def __init__(self, group: Group, rows: Sequence[Go | None]) -> None:
        self._group = group
        self._rows = rows
        self._ready = False
        self._many: Many | None = None

    def __call__(self, items: Sequence[Any], run: Run) -> list[Any] | None:
        """What the group makes of each item; None when the slow way must tell."""
        if not self._ready:
            self._many, self._ready = _written(self._group, self._rows), True
        if self._many is None:
            return None
        count, left = len(run.notes), run.left
        try:
            found = self._many(items, run, _Strict("", NOWHERE, run))
        except (KeyError, TypeError):
            found = None  # one of them is different
        if found is None or len(run.notes) > count:
            run.forget(count)
            run.left = left
            return None
        return found


class _Strict(Call):
    """A call that leaves the fast way where a method has no answer."""

    __slots__ = ()

    def refuse(self, message: str) -> Any:
        raise TypeError(message)


class _Unsuited(Exception):
    """Has no fast way."""


def _written(group: Group, rows: Sequence[Go | None]) -> Many | None:
    """The function for a group; None when it has no fast way."""
    writer = _Writer()
    try:
        name = writer.group(group, rows)
    except _Unsuited:
        return None
    many: Many = writer.names[f"{name}_many"]
    return many


class _Writer:
    """Collects the values the text refers to; all text is made of their names and of keys."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {"ABSENT": ABSENT, "first": _first, "last": _last}

    def named(self, value: Any) -> str:
        name = f"v{len(self.names)}"
        self.names[name] = value
        return name

    def group(self, group: Group, rows: Sequence[Go | None]) -> str:
        """The name of a function for one value; with `_many` behind it, for a list of them."""
        lines = self.lines(group, rows)
        if len(lines) == 1:
            each = f" return [{lines[0][4:]} for x in items]"
        else:
            body = "".join(f"  {line}\n" for line in lines)
            each = f" found = []\n for x in items:\n{body}  found.append(d)\n return found"
        one = "".join(f" {line}\n" for line in lines)
        name = f"g{len(self.names)}"
        text = (
            f"def {name}_many(items, run, q):\n run.charge(len(items))\n{each}\n"
            f"def {name}_one(x, run, q):\n{one} return d\n"
            f"def {name}(x, run, q):\n"
            f" if x.__class__ is list: return {name}_many(x, run, q)\n"
            f" return {name}_one(x, run, q)\n"
        )
        exec(compile(text, "<mapping>", "exec"), self.names)  # noqa: S102 - text of our own making
        return name

    def lines(self, group: Group, rows: Sequence[Go | None]) -> list[str]:
        """The statements that make `d` of `x`; the first makes it, the others add to it."""
        begun: list[str] = []
        lines: list[str] = []
        strict = False
        """Whether taking a key refuses all that is no object: a scalar has to stay what it is."""
        for item, go in zip(group.items, rows, strict=True):
            try:
                text: str | None = self.item(item)
            except _Unsuited:
                if go is None:
                    raise
                text = None
            strict = strict or (text is not None and _takes_a_key(item))
            if text is not None and item.name is not None and not lines:
                begun.append(f"{item.name!r}: {text}")
            elif text is not None and item.name is not None:
                lines.append(f"d[{item.name!r}] = {text}")
            elif text is not None:
                lines.append(f"d.update({{**{text}}})")
            else:
                lines.append(f"v = {self.named(go)}(x, x, run)")
                add = "d.update({**v})" if item.name is None else f"d[{item.name!r}] = v"
                lines.append(f"if v is not ABSENT: {add}")
        lines = [f"d = {{{', '.join(begun)}}}", *lines]
        return lines if strict else ["if x.__class__ is not dict: raise TypeError", *lines]

    def item(self, item: Item) -> str:
        value = item.value
        if isinstance(value, Group):
            return f"{self.group(value, [None] * len(value.items))}_one(x, run, q)"
        return self.path(value)

    def path(self, path: Path) -> str:
        text = self.start(path)
        if len(path.steps) > _MOST_STEPS:
            raise _Unsuited
        for step in path.steps:
            if isinstance(step, Key):
                text = f"{text}[{step.name!r}]"
            elif isinstance(step, Method) and not fault_of(step):
                text = self.method(step, text)
            else:
                raise _Unsuited
        if path.inner is None:
            return text
        return f"{self.group(path.inner, [None] * len(path.inner.items))}({text}, run, q)"

    def start(self, path: Path) -> str:
        start = path.start
        if isinstance(start, Field):
            return f"x[{start.key!r}]"
        if isinstance(start, Variable):
            return "x" if start.name in ("$", "@") else f"run.variables[{start.name!r}]"
        if isinstance(start, Embedded) and isinstance(start.value, Literal):
            return self.named(start.value.value)
        raise _Unsuited

    def method(self, method: Method, text: str) -> str:
        if method.name in ("first", "last"):
            return f"{method.name}({text})"
        if method.name == "match":
            return self.match(method, text)
        values = [a.value for a in method.arguments if isinstance(a, Literal)]
        if method.name in FLOWS or len(values) != len(method.arguments):
            raise _Unsuited
        work, given = self.named(METHODS[method.name][2]), self.named(tuple(values))
        return f"{work}({text}, {given}, q)"

    def match(self, method: Method, text: str) -> str:
        """A table, where all is written down in strings."""
        table: dict[Any, Any] = {}
        for pair in method.arguments:
            wanted, result = pair.values if isinstance(pair, ListLiteral) else (None, None)
            if not isinstance(result, Literal):
                break
            if wanted == Path(Variable("@")):
                return f"{self.named(table)}.get({text}, {self.named(result.value)})"
            if not isinstance(wanted, Literal) or not isinstance(wanted.value, str):
                break
            table.setdefault(wanted.value, result.value)
        else:
            return f"{self.named(table)}[{text}]"
        raise _Unsuited


def _takes_a_key(item: Item) -> bool:
    """Whether an item takes a key of the object itself."""
    value = item.value
    return isinstance(value, Path) and isinstance(value.start, Field)


def _first(value: Any) -> Any:
    if value.__class__ is list and value:
        return value[0]
    raise TypeError


def _last(value: Any) -> Any:
    if value.__class__ is list and value:
        return value[-1]
    raise TypeError
