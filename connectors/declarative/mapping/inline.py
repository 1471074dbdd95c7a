"""Methods for the fast way: for values as expected; all else raises TypeError.

Each does the same as its namesake in `methods`, or leaves it to that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from connectors.declarative.mapping.methods import METHODS, Call
from connectors.declarative.mapping.values import ABSENT, LONGEST, equal

_WIDE = 2**63
_SHORT = 18
"""Digits that fit into 64 bits whatever they are."""


def dug(value: Any, keys: tuple[str, ...]) -> Any:
    """What lies under keys of keys; ABSENT when one of them is not there."""
    for key in keys:
        if value.__class__ is dict:
            value = value.get(key, ABSENT)
        elif value.__class__ is list:
            raise TypeError(key)  # the key of each item
        else:
            return ABSENT
    return value


def missed() -> Any:
    """There is no answer, and the slow way must tell."""
    raise TypeError("no answer")


def truth(value: Any) -> bool:
    """A condition."""
    if value is True or value is False:
        return bool(value)
    raise TypeError("no boolean")


def same(one: Any, other: Any, q: Call) -> bool:
    """Whether two values are equal."""
    return equal(one, other, q.run.charge)


def _number(value: Any) -> Any:
    if value.__class__ is int or value.__class__ is float:
        return value
    raise TypeError("no number")


def _first(value: Any, _: Call) -> Any:
    if value and (value.__class__ is list or value.__class__ is str):
        return value[0]
    raise TypeError("no list")


def _last(value: Any, _: Call) -> Any:
    if value and (value.__class__ is list or value.__class__ is str):
        return value[-1]
    raise TypeError("no list")


def _size(value: Any, _: Call) -> int:
    if value.__class__ in (list, str, dict):
        return len(value)
    raise TypeError("nothing with a size")


def _not(value: Any, _: Call) -> bool:
    return not truth(value)


def _parse_int(value: Any, *given: Any) -> Any:
    *base, q = given
    plain = value.__class__ is str and not base and len(value) <= _SHORT
    if plain and value.isascii() and value.isdigit():
        return int(value)
    return METHODS["parseInt"][2](value, base, q)


def _to_string(value: Any, q: Call) -> Any:
    return value if value.__class__ is str else METHODS["toString"][2](value, (), q)


def _join_not_null(value: Any, between: Any, q: Call) -> Any:
    if value.__class__ is list and between.__class__ is str and len(value) <= 100:
        try:
            text: str = between.join([part for part in value if part is not None])
        except TypeError:
            pass  # numbers among them
        else:
            if len(text) <= LONGEST:
                q.run.charge(len(value) + (len(text) >> 4))
                return text
    return METHODS["joinNotNull"][2](value, (between,), q)


def _add(value: Any, other: Any, q: Call) -> Any:
    if value.__class__ is int and other.__class__ is int and -_WIDE < value + other < _WIDE:
        return value + other
    return METHODS["add"][2](value, (other,), q)


def _sub(value: Any, other: Any, q: Call) -> Any:
    if value.__class__ is int and other.__class__ is int and -_WIDE < value - other < _WIDE:
        return value - other
    return METHODS["sub"][2](value, (other,), q)


FAST: dict[str, Callable[..., Any]] = {
    "number": _number,
    "first": _first,
    "last": _last,
    "size": _size,
    "not": _not,
    "parseInt": _parse_int,
    "toString": _to_string,
    "joinNotNull": _join_not_null,
    "add": _add,
    "sub": _sub,
}
"""By the name of the method; `number` is for comparisons."""
