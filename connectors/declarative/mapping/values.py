"""JSON values: what there is, how it is called, written, weighed and compared."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final


class _Absent:
    """The value of what is not there; null is something else."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> bool:
        return False

    def __copy__(self) -> _Absent:
        return self

    def __deepcopy__(self, memo: object) -> _Absent:
        return self

    def __reduce__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()
"""There is no value; there is only one of it, so compare with `is`."""

DEEPEST = 200
"""Levels of lists and objects that a made value may have."""
HEAVIEST = 1_000_000
"""Values that a made value may hold, all its levels together."""
LONGEST = 1_000_000
"""Code points that a made string may have."""
_SMALL = frozenset((int, float, bool, type(None)))
"""Types of values that hold nothing."""


def kind_of(value: Any) -> str:
    """What a value is, in words for a message."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, str):
        return "a string"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, (list, tuple)):
        return "a list"
    return "nothing" if value is ABSENT else "something that is not JSON"


def is_number(value: Any) -> bool:
    """Whether it is a number; true and false are none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def text_of(value: Any) -> str | None:
    """A scalar as text: null is empty, numbers as JSON writes them. None for all else."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if value.bit_length() <= 4096 else None
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else None
    return None


def same_number(one: Any, other: Any) -> bool:
    """Whether two numbers are equal as floats."""
    try:
        return float(one) == float(other)
    except OverflowError:
        return bool(one == other)


def equal(one: Any, other: Any, charge: Callable[[int], None]) -> bool:
    """Whether two JSON values are equal: numbers as floats, objects in any order of keys.

    `charge` is told of every pair, and may raise to end the work.
    """
    pairs = [(one, other)]
    while pairs:
        a, b = pairs.pop()
        charge(1)
        if a is b:
            continue
        if isinstance(a, (list, tuple)):
            if not isinstance(b, (list, tuple)) or len(a) != len(b):
                return False
            pairs.extend(zip(a, b, strict=True))
        elif isinstance(a, dict):
            if not isinstance(b, dict) or a.keys() != b.keys():
                return False
            pairs.extend((a[key], b[key]) for key in a)
        elif is_number(a) and is_number(b):
            if not same_number(a, b):
                return False
        elif type(a) is not type(b) or a != b:
            return False
    return True


def too_large(value: Any) -> bool:
    """Whether a value has more levels or holds more values than it may, at any sharing."""
    weight, waiting = 1, [(value, 1)]
    while waiting:
        item, depth = waiting.pop()
        inner = item.values() if isinstance(item, dict) else item
        if isinstance(item, str):
            weight += len(item) >> 6
        elif isinstance(inner, (list, tuple)) or inner is not item:
            weight += len(inner)
            if weight > HEAVIEST or depth > DEEPEST:
                return True
            waiting.extend([(part, depth + 1) for part in inner if part.__class__ not in _SMALL])
    return weight > HEAVIEST
