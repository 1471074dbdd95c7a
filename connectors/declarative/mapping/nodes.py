"""What a selection consists of once it is read. Places are not compared: only the meaning is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias


class Place(NamedTuple):
    """Where something stands in a text; both are counted from one, in code points."""

    line: int
    column: int


NOWHERE = Place(0, 0)


class MappingSyntaxError(ValueError):
    """A selection that cannot be read. `line` and `column` say where, counted from one."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(f"{message} (line {line}, column {column})")
        self.message = message
        self.line = line
        self.column = column


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that was not as the selection expects it: a diagnosis, not a failure."""

    message: str
    path: tuple[str | int, ...]
    """Where in the data: keys, positions in lists, `->method`, `$variable`."""
    line: int
    """Where in the selection, counted from one."""
    column: int


# ------------------------------------------------------------------------------- expressions


@dataclass(frozen=True, slots=True)
class Literal:
    """A string, a number, true, false or null."""

    value: str | int | float | bool | None
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class ObjectLiteral:
    """`{ key: value, … }`."""

    entries: tuple[tuple[str, Expression], ...]
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class ListLiteral:
    """`[ value, … ]`."""

    values: tuple[Expression, ...]
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Choice:
    """`a ?? b` (the first that is neither null nor missing) or `a ?! b` (that is not missing)."""

    operator: str
    operands: tuple[Expression, ...]
    at: Place = field(default=NOWHERE, compare=False)


# ------------------------------------------------------------------------------- paths


@dataclass(frozen=True, slots=True)
class Field:
    """A path that begins with a key."""

    key: str
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Variable:
    """A path that begins with `$`, `@` or `$name`; the name carries its sign."""

    name: str
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Embedded:
    """A path that begins with `$( … )`."""

    value: Expression
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Bare:
    """A path that begins with a literal, as in `"abc"->size`."""

    value: Expression
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Key:
    """`.key`."""

    name: str
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Method:
    """`->name( … )`."""

    name: str
    arguments: tuple[Expression, ...] = ()
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Optional:
    """`?`: stop quietly when there is nothing here."""

    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Path:
    """Where a value is found, what is done with it, and what is taken of it."""

    start: Start
    steps: tuple[Step, ...] = ()
    inner: Group | None = None

    @property
    def key(self) -> str | None:
        """The name the value has without an alias: only a path of one key has one."""
        plain = all(isinstance(step, Optional) for step in self.steps)
        return self.start.key if plain and isinstance(self.start, Field) else None


# ------------------------------------------------------------------------------- selections


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a group. Without a name its fields are merged into the group."""

    name: str | None
    value: Path | Group
    spread: bool = False
    at: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Group:
    """`{ item … }`, or the items at the top, which have no braces."""

    items: tuple[Item, ...]
    at: Place = field(default=NOWHERE, compare=False)


Start: TypeAlias = Field | Variable | Embedded | Bare
Step: TypeAlias = Key | Method | Optional
Expression: TypeAlias = Literal | ObjectLiteral | ListLiteral | Choice | Path
Tree: TypeAlias = Group | Path
"""A whole selection: a group of items, or one path whose value it is."""
