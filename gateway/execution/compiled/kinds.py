"""What the type of a value says of it, remembered: asking a type is quicker than asking each value."""

from __future__ import annotations

from abc import get_cache_token
from collections.abc import Mapping
from types import FunctionType, GeneratorType
from typing import Any

from graphql import Undefined

MAPPING = 1
"""Fields are keys, not attributes."""
ODD = 2
"""Nothing, an error, something to await, or something that makes up attributes: look closely."""
CALLABLE = 4
"""What graphql-core's default resolver calls."""

MOST = 2048


class Kinds(dict[type, int]):
    """Type -> what is said of it; filled as types come along, and emptied when it is full."""

    def __missing__(self, kind: type) -> int:
        if len(self) >= MOST:
            self.clear()
        said = self[kind] = _look(kind)
        return said


def _look(kind: type) -> int:
    said = MAPPING if issubclass(kind, Mapping) else 0
    if callable(getattr(kind, "__call__", None)) and "__call__" in _names(kind):  # noqa: B004
        said |= CALLABLE
    odd = (
        issubclass(kind, (BaseException, GeneratorType, type(None), type(Undefined)))
        or hasattr(kind, "__await__")
        or hasattr(kind, "__getattr__")
        or isinstance(kind.__getattribute__, FunctionType)
    )
    return said | ODD if odd else said


def _names(kind: type) -> set[str]:
    return {name for each in kind.__mro__ for name in vars(each)}


KINDS = Kinds()
_token: Any = get_cache_token()


def refresh() -> None:
    """Forget everything if a class has been registered as some abstract class since."""
    global _token  # noqa: PLW0603 - one memory for the process
    token = get_cache_token()
    if token != _token:
        _token = token
        KINDS.clear()
