"""Writing a selection again, in one fixed way: reading it gives the same selection."""

from __future__ import annotations

import re
from decimal import Decimal

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
    Path,
    Step,
    Tree,
)

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ESCAPED = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def printed(tree: Tree) -> str:
    """The text of a selection."""
    if isinstance(tree, Path):
        return _path(tree)
    return " ".join(map(_item, tree.items))


def _item(item: Item) -> str:
    value = _group(item.value) if isinstance(item.value, Group) else _path(item.value)
    if item.spread:
        return f"...{value}"
    own = isinstance(item.value, Path) and item.value.key == item.name
    return value if item.name is None or own else f"{_key(item.name)}: {value}"


def _group(group: Group) -> str:
    return "{ " + " ".join(map(_item, group.items)) + " }"


def _path(path: Path) -> str:
    start = path.start
    if isinstance(start, Field):
        text = _key(start.key)
    elif isinstance(start, Embedded):
        text = f"$({_expression(start.value)})"
    elif isinstance(start, Bare):
        text = f"{_expression(start.value)} "  # the blank: `1.a` would be a number with a point
    else:
        text = start.name
    text += "".join(map(_step, path.steps))
    return f"{text} {_group(path.inner)}" if path.inner else text


def _step(step: Step) -> str:
    if isinstance(step, Key):
        return f".{_key(step.name)}"
    if isinstance(step, Method):
        inside = ", ".join(map(_expression, step.arguments))
        return f"->{step.name}({inside})" if inside else f"->{step.name}"
    return "?"


def _expression(value: Expression) -> str:
    if isinstance(value, Literal):
        return _literal(value)
    if isinstance(value, ListLiteral):
        return "[" + ", ".join(map(_expression, value.values)) + "]"
    if isinstance(value, ObjectLiteral):
        return "{" + ", ".join(_entry(key, inner) for key, inner in value.entries) + "}"
    if isinstance(value, Choice):
        return f" {value.operator} ".join(map(_expression, value.operands))
    return _path(value)


def _entry(key: str, value: Expression) -> str:
    """An entry of an object; a key alone stands for the field of that name."""
    short = isinstance(value, Path) and value == Path(Field(key))
    return _key(key) if short else f"{_key(key)}: {_expression(value)}"


def _literal(literal: Literal) -> str:
    value = literal.value
    if isinstance(value, str):
        return _quoted(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        text = format(Decimal(repr(value)), "f")  # the language knows no exponents
        return text if "." in text else f"{text}.0"
    return str(value)


def _key(key: str) -> str:
    return key if _NAME.fullmatch(key) else _quoted(key)


def _quoted(text: str) -> str:
    return '"' + "".join(_ESCAPED.get(char, char) for char in text) + '"'
