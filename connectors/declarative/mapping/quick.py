"""The fast way for long lists: Python functions written out for data that is as expected.

The text of a function is made when a long list first comes by, from keys, literals and numbers of
ours only, and compiled. It raises KeyError, TypeError or AttributeError for an item that is not as
expected; then the whole list goes the slow way, which tells what is wrong and where. So the two
ways need to agree on regular data only, and property tests hold them to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

from connectors.declarative.mapping.faults import fault_of
from connectors.declarative.mapping.inline import FAST, dug, missed, same, truth
from connectors.declarative.mapping.methods import METHODS, Call
from connectors.declarative.mapping.nodes import (
    NOWHERE,
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
    Variable,
)
from connectors.declarative.mapping.running import Go, Run
from connectors.declarative.mapping.values import ABSENT

LONG = 8
"""Lists shorter than this are not worth it."""
FEW = 8
"""So many fields of one object are a step of work."""
_MOST_STEPS = 20
"""Longer paths go the slow way: Python, too, has its limits on brackets in brackets."""
_DIFFERENT = (KeyError, TypeError, AttributeError)
"""What data that is not as expected raises."""
_EXACT = 2**53
"""Numbers below it are the same as whole numbers and as floats."""
_COMPARED = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}

Many: TypeAlias = Callable[[Sequence[Any], Run, Call], list[Any]]
Each: TypeAlias = Callable[[Sequence[Any], Any, Run, Call], Any]


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
            self._many, self._ready = _written(lambda w: w.group(self._group, self._rows)), True
        many = self._many
        if many is None:
            return None
        found: list[Any] | None = _tried(run, lambda strict: many(items, run, strict))
        return found


class QuickEach:
    """The fast way of ->map, ->filter and ->find over a list."""

    __slots__ = ("_each", "_method", "_ready")

    def __init__(self, method: Method) -> None:
        self._method = method
        self._ready = False
        self._each: Each | None = None

    def __call__(self, items: Sequence[Any], here: Any, run: Run) -> Any:
        """What the method makes of a list; None when the slow way must tell, or makes it too."""
        if not self._ready:
            self._each, self._ready = _written(lambda w: w.each(self._method)), True
        each = self._each
        return None if each is None else _tried(run, lambda q: each(items, here, run, q))


def _tried(run: Run, work: Callable[[Call], Any]) -> Any:
    """What comes of the fast way; None where it met something that is not as expected."""
    count, left = len(run.notes), run.left
    try:
        found = work(_Strict("", NOWHERE, run))
    except _DIFFERENT:
        found = None  # one of them is different
    if found is None or len(run.notes) > count:
        run.forget(count)
        run.restore(left)
        return None
    return found


class _Strict(Call):
    """A call that leaves the fast way where a method has no answer."""

    __slots__ = ()

    def refuse(self, message: str) -> Any:
        raise TypeError(message)


class _Unsuited(Exception):
    """Has no fast way."""


def _written(write: Callable[[_Writer], str]) -> Any:
    """The function that a writer names; None when there is no fast way."""
    writer = _Writer()
    try:
        return writer.names[f"{write(writer)}_many"]
    except (_Unsuited, SyntaxError, RecursionError, MemoryError):
        return None  # the latter when there are more brackets in each other than Python reads


class _Text(NamedTuple):
    """Python text for a value; `maybe`: it may come to ABSENT."""

    text: str
    maybe: bool = False


class _At(NamedTuple):
    """The names of the value at hand (`@`) and of the object around it (`$`)."""

    value: str
    here: str


_ITEM = _At("x", "x")


class _Writer:
    """Collects the values the text refers to; all text is made of their names and of literals."""

    def __init__(self) -> None:
        self.weight = 0
        """Steps of work of what is being written."""
        self.names: dict[str, Any] = {
            **{f"fast_{name}": work for name, work in FAST.items()},
            "ABSENT": ABSENT, "dug": dug, "missed": missed, "same": same, "truth": truth,
        }  # fmt: skip

    def named(self, value: Any) -> str:
        name = f"v{len(self.names)}"
        self.names[name] = value
        return name

    def local(self) -> str:
        """A name for a value on its way."""
        return "t" + self.named(None)

    def run(self, text: str) -> None:
        exec(compile(text, "<mapping>", "exec"), self.names)  # noqa: S102 - text of our own making

    # --------------------------------------------------------------------------- groups

    def group(self, group: Group, rows: Sequence[Go | None]) -> str:
        """The name of a function for one value; with `_many` behind it, for a list of them."""
        outer, self.weight = self.weight, 1 + len(rows) // FEW
        lines = self.lines(group, rows)
        weight, self.weight = self.weight, outer + self.weight
        if len(lines) == 1:
            each = f" return [{lines[0][4:]} for x in items]"
        else:
            body = "".join(f"  {line}\n" for line in lines)
            each = f" found = []\n for x in items:\n{body}  found.append(d)\n return found"
        one = "".join(f" {line}\n" for line in lines)
        name = f"g{len(self.names)}"
        self.run(
            f"def {name}_many(items, run, q):\n run.charge(len(items) * {weight})\n{each}\n"
            f"def {name}_one(x, run, q):\n{one} return d\n"
            f"def {name}(x, run, q):\n"
            f" if x.__class__ is list: return {name}_many(x, run, q)\n"
            f" return {name}_one(x, run, q)\n"
        )
        return name

    def lines(self, group: Group, rows: Sequence[Go | None]) -> list[str]:
        """The statements that make `d` of `x`; the first makes it, the others add to it."""
        begun: list[str] = []
        lines: list[str] = []
        strict = False
        """Whether taking a key refuses all that is no object: a scalar has to stay what it is."""
        for item, go in zip(group.items, rows, strict=True):
            try:
                made: _Text | None = self.item(item)
            except _Unsuited:
                if go is None:
                    raise
                made = None
            strict = strict or (made is not None and _takes_a_key(item))
            if made is not None and not made.maybe and item.name is not None and not lines:
                begun.append(f"{item.name!r}: {made.text}")
            elif made is not None and not made.maybe and item.name is not None:
                lines.append(f"d[{item.name!r}] = {made.text}")
            elif made is not None and not made.maybe:
                lines.append(f"d.update({{**{made.text}}})")
            else:
                text = made.text if made else f"{self.named(go)}(x, x, run)"
                add = "d.update({**v})" if item.name is None else f"d[{item.name!r}] = v"
                lines += [f"v = {text}", f"if v is not ABSENT: {add}"]
        lines = [f"d = {{{', '.join(begun)}}}", *lines]
        return lines if strict else ["if x.__class__ is not dict: raise TypeError", *lines]

    def item(self, item: Item) -> _Text:
        value = item.value
        if isinstance(value, Group):
            return _Text(f"{self.group(value, [None] * len(value.items))}_one(x, run, q)")
        return self.path(value, _ITEM)

    # --------------------------------------------------------------------------- paths

    def path(self, path: Path, at: _At) -> _Text:
        if len(path.steps) > _MOST_STEPS:
            raise _Unsuited
        steps = [*path.steps, None]
        soft = isinstance(steps[0], Optional)
        text, maybe = self.start(path, at, soft=soft)
        opened: list[str] = []

        def stops(sign: str) -> None:
            """Behind here nothing is done with what is `sign`."""
            nonlocal text
            name = self.local()
            opened.append(f"(ABSENT if ({name} := {text}) is {sign} else ")
            text = name

        if maybe and len(steps) + (path.inner is not None) > 1:
            stops("ABSENT")
        for step, following in zip(path.steps, steps[1:], strict=True):
            if isinstance(step, Optional):
                stops("None")
            elif isinstance(step, Key):
                soft = isinstance(following, Optional)
                text += f".get({step.name!r})" if soft else f"[{step.name!r}]"
            elif fault_of(step):
                raise _Unsuited
            else:
                text, may = self.method(step, text, at)
                maybe = maybe or may
                if may and (following is not None or path.inner is not None):
                    stops("ABSENT")
        if path.inner is not None:
            text = f"{self.group(path.inner, [None] * len(path.inner.items))}({text}, run, q)"
        return _Text("".join(opened) + text + ")" * len(opened), maybe or bool(opened))

    def start(self, path: Path, at: _At, *, soft: bool) -> _Text:
        start = path.start
        if isinstance(start, Field):
            key = repr(start.key)
            return _Text(f"{at.here}.get({key})" if soft else f"{at.here}[{key}]")
        if isinstance(start, (Embedded, Bare)) and isinstance(start.value, Literal):
            return _Text(self.named(start.value.value))
        if isinstance(start, (Embedded, Bare)):
            made = self.expression(start.value, at)
            # Python warns of brackets behind brackets; behind a name it does not.
            return _Text(f"({self.local()} := {made.text})", made.maybe)
        if start.name in ("$", "@"):
            return _Text(at.here if start.name == "$" else at.value)
        name = repr(start.name)
        return _Text(f"run.variables.get({name})" if soft else f"run.variables[{name}]")

    # --------------------------------------------------------------------------- expressions

    def expression(self, value: Expression, at: _At) -> _Text:
        if isinstance(value, Literal):
            return _Text(f"({value.value!r})")
        if isinstance(value, ListLiteral):
            self.weight += len(value.values)
            made = [self.null_for_absent(self.expression(part, at)) for part in value.values]
            return _Text(f"[{', '.join(made)}]")
        if isinstance(value, ObjectLiteral):
            self.weight += len(value.entries)
            parts = [(key, self.sure(part, at)) for key, part in value.entries]
            return _Text("{" + ", ".join(f"{key!r}: {text}" for key, text in parts) + "}")
        if isinstance(value, Choice):
            return self.choice(value, at)
        return self.path(value, at)

    def sure(self, value: Expression, at: _At) -> str:
        """The text of a value that is there."""
        made = self.expression(value, at)
        if made.maybe:
            raise _Unsuited
        return made.text

    def null_for_absent(self, made: _Text) -> str:
        """The text of a value, null where there is none."""
        if not made.maybe:
            return made.text
        name = self.local()
        return f"(None if ({name} := {made.text}) is ABSENT else {name})"

    def choice(self, choice: Choice, at: _At) -> _Text:
        *first, last = choice.operands
        opened: list[str] = []
        for operand in first:
            name, (text, maybe) = self.local(), self.lenient(operand, at)
            tests = [f"({name} := {text}) is not ABSENT"] if maybe else []
            if choice.operator == "??":
                tests.append(f"{name if tests else f'({name} := {text})'} is not None")
            if not tests:
                return _Text("".join(opened) + text + ")" * len(opened), maybe=False)
            opened.append(f"({name} if {' and '.join(tests)} else ")
        text, maybe = self.expression(last, at)
        if maybe:
            # What all of them miss is told.
            name = self.local()
            text = f"({name} if ({name} := {text}) is not ABSENT else missed())"
        return _Text("".join(opened) + text + ")" * len(opened))

    def lenient(self, operand: Expression, at: _At) -> _Text:
        """The text of a value that may well be missing."""
        keys = _keys(operand)
        if not keys or not isinstance(operand, Path):
            return self.expression(operand, at)
        if not isinstance(operand.start, Variable) or operand.start.name == "$":
            base = at.here
        elif operand.start.name == "@":
            base = at.value
        else:
            base = f"run.variables[{operand.start.name!r}]"
        if len(keys) == 1:
            return _Text(f"{base}.get({keys[0]!r}, ABSENT)", maybe=True)
        return _Text(f"dug({base}, {self.named(tuple(keys))})", maybe=True)

    # --------------------------------------------------------------------------- methods

    def method(self, method: Method, text: str, at: _At) -> _Text:
        name = method.name
        self.weight += 1
        if name == "match":
            return self.match(method, text, at)
        if name in ("map", "filter", "find"):
            return _Text(f"{self.each(method)}({text}, {at.here}, run, q)")
        if name == "as":
            raise _Unsuited
        inline = _inline(method, text)
        if inline:
            return _Text(inline)
        fixed = all(isinstance(argument, Literal) for argument in method.arguments)
        bound = self.local()
        given = [self.sure(part, _At(bound, at.here)) for part in method.arguments]
        value = text if fixed else f"({bound} := {text})"
        if f"fast_{name}" in self.names and len(given) <= 1:
            return _Text(f"fast_{name}({', '.join((value, *given, 'q'))})")
        work = self.named(METHODS[name][2])
        if fixed:
            return _Text(f"{work}({value}, {self.constant(method)}, q)")
        return _Text(f"{work}({value}, ({''.join(f'{part}, ' for part in given)}), q)")

    def constant(self, method: Method) -> str:
        return self.named(tuple(a.value for a in method.arguments if isinstance(a, Literal)))

    def each(self, method: Method) -> str:
        """The name of a function for a list and the object around it; it ends with `_many`, too."""
        outer, self.weight = self.weight, 1
        made = self.expression(method.arguments[0], _At("y", "h"))
        weight, self.weight = self.weight, outer
        if method.name == "map":
            text = self.null_for_absent(made)
            body = f" return [{text} for y in items]\n"
        elif method.name == "filter":
            body = f" return [y for y in items if truth({made.text})]\n"
        else:
            body = f" for y in items:\n  if truth({made.text}): return y\n return missed()\n"
        name = f"e{len(self.names)}"
        self.run(
            f"def {name}_many(items, h, run, q):\n"
            " if items.__class__ is not list: raise TypeError\n"
            f" run.charge(len(items) * {weight})\n{body}{name} = {name}_many\n"
        )
        return name

    def match(self, method: Method, text: str, at: _At) -> _Text:
        table = _table(method)
        if table is not None:
            pairs, others = table
            if others is None:
                return _Text(f"{self.named(pairs)}[{text}]")
            return _Text(f"{self.named(pairs)}.get({text}, {others.value!r})")
        bound, maybe, closed = self.local(), False, "missed()"
        inside, whole, tested = _At(bound, at.here), "", f"({bound} := {text})"
        for pair in method.arguments:
            wanted, result = pair.values if isinstance(pair, ListLiteral) else (None, None)
            if wanted is None or result is None:
                raise _Unsuited
            made = self.expression(result, inside)
            maybe = maybe or made.maybe
            if wanted == Path(Variable("@")):
                if not whole:
                    raise _Unsuited
                closed = made.text
                break
            self.weight += 1
            test = _equal(wanted, tested) or f"same({tested}, {self.sure(wanted, inside)}, q)"
            whole, tested = f"{whole}{made.text} if {test} else ", bound
        return _Text(f"({whole}{closed})", maybe)


# ------------------------------------------------------------------------------- what is inlined


def _inline(method: Method, text: str) -> str:
    """A method as an operator; empty when it is none."""
    if len(method.arguments) != 1:
        return ""
    (argument,) = method.arguments
    if method.name == "eq":
        return _equal(argument, text)
    if method.name in _COMPARED and isinstance(argument, Literal) and _is_number(argument.value):
        return f"(fast_number({text}) {_COMPARED[method.name]} {argument.value!r})"
    return ""


def _equal(wanted: Expression, text: str) -> str:
    """Whether a value equals a literal, as the language means it; empty for all other wishes."""
    if not isinstance(wanted, Literal):
        return ""
    value = wanted.value
    if value is None or isinstance(value, bool):
        return f"({text} is {value!r})"
    return f"({text} == {value!r})" if isinstance(value, str) else ""


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < _EXACT


def _table(method: Method) -> tuple[dict[str, Any], Literal | None] | None:
    """The pairs of ->match where all is written down in strings, and what all else becomes."""
    table: dict[str, Any] = {}
    for pair in method.arguments:
        wanted, result = pair.values if isinstance(pair, ListLiteral) else (None, None)
        if not isinstance(result, Literal):
            return None
        if wanted == Path(Variable("@")):
            return table, result
        if not isinstance(wanted, Literal) or not isinstance(wanted.value, str):
            return None
        table.setdefault(wanted.value, result.value)
    return table, None


def _keys(operand: Expression) -> list[str]:
    """The keys of a path that is nothing but keys; none for all else."""
    if not isinstance(operand, Path) or operand.inner is not None:
        return []
    keys = [step.name for step in operand.steps if isinstance(step, Key)]
    if len(keys) != len(operand.steps):
        return []
    if isinstance(operand.start, Field):
        return [operand.start.key, *keys]
    return keys if isinstance(operand.start, Variable) else []


def _takes_a_key(item: Item) -> bool:
    """Whether an item takes a key of the object itself."""
    value = item.value
    return isinstance(value, Path) and isinstance(value.start, Field)
