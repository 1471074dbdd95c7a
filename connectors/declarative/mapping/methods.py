"""The methods that get their arguments as values. Each says what it does with a wrong type.

A method answers ABSENT and tells a problem when it cannot do its work. The methods that look at
their arguments as expressions (`map`, `filter`, `find`, `match`, `as`) are in `flow`.
"""

from __future__ import annotations

import json
import math
import operator
import re
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from connectors.declarative.mapping.nodes import Place
from connectors.declarative.mapping.running import Run
from connectors.declarative.mapping.values import (
    ABSENT,
    LONGEST,
    equal,
    is_number,
    kind_of,
    text_of,
    too_large,
)

Work: TypeAlias = Callable[[Any, Sequence[Any], "Call"], Any]

_DIGITS = re.compile(r"[+-]?[0-9A-Za-z]+")
_HALF = re.compile(r"[\ud800-\udfff]")
_WIDE = 2**63


class Call:
    """Where a method is called, for its problems and its share of the work."""

    __slots__ = ("at", "name", "run")

    def __init__(self, name: str, at: Place, run: Run) -> None:
        self.name = name
        self.at = at
        self.run = run

    def refuse(self, message: str) -> Any:
        """Tell why the method has no answer, and answer ABSENT."""
        self.run.tell(f"->{self.name} {message}", self.at, f"->{self.name}")
        return ABSENT

    def wants(self, wanted: str, value: Any) -> Any:
        """Tell that the value is of the wrong type, and answer ABSENT."""
        return self.refuse(f"needs {wanted}, not {kind_of(value)}")


# ------------------------------------------------------------------------------- any value


def _echo(_: Any, arguments: Sequence[Any], __: Call) -> Any:
    return arguments[0]


def _json_stringify(value: Any, _: Sequence[Any], call: Call) -> Any:
    call.run.charge(1)
    if too_large(value):
        return call.refuse("cannot write a value this large")
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError):
        return call.refuse("needs JSON, and this is something else")
    return _made(text, call)


def _json_parse(value: Any, _: Sequence[Any], call: Call) -> Any:
    if not isinstance(value, str):
        return call.wants("a string", value)
    call.run.charge(len(value) >> 4)
    try:
        found = json.loads(value, parse_constant=_no_constant)
        if "\\u" in value and _HALF.search(json.dumps(found, ensure_ascii=False)):
            return call.refuse("found half a character in the text")
    except (ValueError, RecursionError):
        return call.refuse("needs a text that is JSON, and this is not")
    return found if not too_large(found) else call.refuse("read a value that is too large")


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _to_string(value: Any, _: Sequence[Any], call: Call) -> Any:
    text = text_of(value)
    return call.wants("a scalar", value) if text is None else text


def _parse_int(value: Any, arguments: Sequence[Any], call: Call) -> Any:
    base = arguments[0] if arguments else 10
    if not is_number(base) or base != int(base) or not 2 <= base <= 36:
        return call.refuse("needs a whole number from 2 to 36 as its base")
    if isinstance(value, str):
        text = value
    elif is_number(value) and math.isfinite(value) and abs(value) < _WIDE:
        text = str(int(value))
    else:
        return call.wants("a string or a number of ordinary size", value)
    if len(text) > 100 or not _DIGITS.fullmatch(text):
        return call.refuse("needs the digits of a whole number and nothing else")
    try:
        number = int(text, int(base))
    except ValueError:
        return call.refuse(f"needs digits of base {int(base)}")
    if not -_WIDE <= number < _WIDE:
        return call.refuse("found a number that does not fit into 64 bits")
    return number


# ------------------------------------------------------------------------------- lists, strings


def _first(value: Any, _: Sequence[Any], call: Call) -> Any:
    return _at_end(value, 0, call)


def _last(value: Any, _: Sequence[Any], call: Call) -> Any:
    return _at_end(value, -1, call)


def _at_end(value: Any, index: int, call: Call) -> Any:
    if isinstance(value, (list, tuple, str)):
        return value[index] if value else ABSENT
    call.wants("a list or a string", value)
    return value


def _slice(value: Any, arguments: Sequence[Any], call: Call) -> Any:
    if not isinstance(value, (list, tuple, str)):
        return call.wants("a list or a string", value)
    bounds = []
    for bound in arguments:
        index = _index(bound)
        if index is None:
            return call.refuse("needs whole numbers for where to begin and to end")
        bounds.append(max(index, 0))
    begin = bounds[0] if bounds else 0
    end = bounds[1] if len(bounds) > 1 else len(value)
    found = value[begin : max(begin, end)]
    call.run.charge(len(found) >> 4)
    return list(found) if isinstance(found, tuple) else found


def _size(value: Any, _: Sequence[Any], call: Call) -> Any:
    if isinstance(value, (list, tuple, str, dict)):
        return len(value)  # of a string in code points
    return call.wants("a list, a string or an object", value)


def _get(value: Any, arguments: Sequence[Any], call: Call) -> Any:
    wanted = arguments[0]
    if isinstance(value, dict):
        if not isinstance(wanted, str):
            return call.refuse(f"needs a string to find a key, not {kind_of(wanted)}")
        if wanted not in value:
            return call.refuse("finds no such key in the object")
        return value[wanted]
    if not isinstance(value, (list, tuple, str)):
        return call.wants("a list, a string or an object", value)
    index = _index(wanted)
    if index is None:
        return call.refuse(f"needs a whole number for the position, not {kind_of(wanted)}")
    if not -len(value) <= index < len(value):
        return call.refuse(f"finds nothing at position {index} of {len(value)}")
    return value[index]


def _index(value: Any) -> int | None:
    """A whole number, None if it is none. Beyond every list all numbers are alike."""
    if not is_number(value) or not math.isfinite(value) or value != int(value):
        return None
    return int(max(min(value, _WIDE), -_WIDE))


def _contains(value: Any, arguments: Sequence[Any], call: Call) -> Any:
    if not isinstance(value, (list, tuple)):
        return call.wants("a list", value)
    return any(equal(item, arguments[0], call.run.charge) for item in value)


def _in(value: Any, arguments: Sequence[Any], call: Call) -> Any:
    if not isinstance(arguments[0], (list, tuple)):
        return call.refuse(f"needs a list as its argument, not {kind_of(arguments[0])}")
    return any(equal(value, item, call.run.charge) for item in arguments[0])


def _join_not_null(value: Any, arguments: Sequence[Any], call: Call) -> Any:
    if not isinstance(value, (list, tuple)):
        return call.wants("a list of scalars", value)
    if not isinstance(arguments[0], str):
        return call.refuse(f"needs a string between the parts, not {kind_of(arguments[0])}")
    call.run.charge(len(value))
    parts: list[str] = []
    length = 0
    for item in value:
        if item is None:
            continue
        text = text_of(item)
        if text is None:
            return call.refuse(f"joins scalars, and this is {kind_of(item)}")
        parts.append(text)
        length += len(text) + len(arguments[0])
        if length > LONGEST + len(arguments[0]):
            return call.refuse(f"makes no string longer than {LONGEST} characters")
    return _made(arguments[0].join(parts), call)


def _made(text: str, call: Call) -> Any:
    """A new string, paid for by its length."""
    if len(text) > LONGEST:
        return call.refuse(f"makes no string longer than {LONGEST} characters")
    call.run.charge(len(text) >> 4)
    return text


def _entries(value: Any, _: Sequence[Any], call: Call) -> Any:
    if not isinstance(value, dict):
        return call.wants("an object", value)
    call.run.charge(len(value))
    return [{"key": key, "value": inner} for key, inner in value.items()]


# ------------------------------------------------------------------------------- comparing


def _eq(value: Any, arguments: Sequence[Any], call: Call) -> Any:
    return equal(value, arguments[0], call.run.charge)


def _ne(value: Any, arguments: Sequence[Any], call: Call) -> Any:
    return not equal(value, arguments[0], call.run.charge)


def _ordered(compare: Callable[[Any, Any], bool]) -> Work:
    def work(value: Any, arguments: Sequence[Any], call: Call) -> Any:
        other = arguments[0]
        if isinstance(value, str) and isinstance(other, str):
            return compare(value, other)
        if not (is_number(value) and is_number(other)):
            return call.refuse(
                f"compares two numbers or two strings, not {kind_of(value)} with {kind_of(other)}"
            )
        try:
            return compare(float(value), float(other))
        except OverflowError:
            return compare(value, other)

    return work


def _and(value: Any, arguments: Sequence[Any], call: Call) -> Any:
    return all((value, *arguments)) if _booleans(value, arguments, call) else ABSENT


def _or(value: Any, arguments: Sequence[Any], call: Call) -> Any:
    return any((value, *arguments)) if _booleans(value, arguments, call) else ABSENT


def _not(value: Any, _: Sequence[Any], call: Call) -> Any:
    return not value if _booleans(value, (), call) else ABSENT


def _booleans(value: Any, arguments: Sequence[Any], call: Call) -> bool:
    for item in (value, *arguments):
        if not isinstance(item, bool):
            call.refuse(f"works on booleans, and this is {kind_of(item)}")
            return False
    return True


# ------------------------------------------------------------------------------- arithmetic


def _reckoned(compute: Callable[[Any, Any], Any]) -> Work:
    def work(value: Any, arguments: Sequence[Any], call: Call) -> Any:
        total = value
        for item in (value, *arguments):
            if not is_number(item):
                return call.refuse(f"works on numbers, and this is {kind_of(item)}")
        try:
            for item in arguments:
                total = compute(total, item)
                if isinstance(total, int) and abs(total) >= _WIDE:
                    total = float(total)
        except ZeroDivisionError:
            return call.refuse("cannot divide by zero")
        except (OverflowError, ValueError):
            return call.refuse("leads to a number that is too large")
        if not math.isfinite(total):
            return call.refuse("leads to a number that is too large")
        return total

    return work


def _mod(value: Any, divisor: Any) -> Any:
    """What remains; it has the sign of the value, as in most languages other than Python."""
    if divisor == 0:
        raise ZeroDivisionError
    if isinstance(value, float) or isinstance(divisor, float):
        return math.fmod(value, divisor)
    rest = abs(value) % abs(divisor)
    return -rest if value < 0 else rest


MANY = 1_000
"""Stands for "as many as you like" in the table."""

METHODS: dict[str, tuple[int, int, Work]] = {
    "echo": (1, 1, _echo),
    "jsonStringify": (0, 0, _json_stringify),
    "jsonParse": (0, 0, _json_parse),
    "toString": (0, 0, _to_string),
    "parseInt": (0, 1, _parse_int),
    "first": (0, 0, _first),
    "last": (0, 0, _last),
    "slice": (0, 2, _slice),
    "size": (0, 0, _size),
    "get": (1, 1, _get),
    "contains": (1, 1, _contains),
    "in": (1, 1, _in),
    "joinNotNull": (1, 1, _join_not_null),
    "entries": (0, 0, _entries),
    "eq": (1, 1, _eq),
    "ne": (1, 1, _ne),
    "gt": (1, 1, _ordered(operator.gt)),
    "gte": (1, 1, _ordered(operator.ge)),
    "lt": (1, 1, _ordered(operator.lt)),
    "lte": (1, 1, _ordered(operator.le)),
    "and": (1, MANY, _and),
    "or": (1, MANY, _or),
    "not": (0, 0, _not),
    "add": (1, MANY, _reckoned(operator.add)),
    "sub": (1, MANY, _reckoned(operator.sub)),
    "mul": (1, MANY, _reckoned(operator.mul)),
    "div": (1, MANY, _reckoned(operator.truediv)),
    "mod": (1, MANY, _reckoned(_mod)),
}
"""Name, least and most arguments, and what it does."""
