"""A shelf of so many bytes: what was not taken for longest goes when something new comes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


def _nothing(_thing: object) -> None:
    """What happens to a thing that goes, when nobody has to be told."""


class Shelf(Generic[T]):
    """Things by key, whose sizes together never exceed `max_bytes`.

    A size is what its owner says, in bytes. `gone` is told of each thing that leaves to make
    room, or is put aside by `drop`.
    """

    def __init__(self, max_bytes: int, gone: Callable[[T], None] = _nothing) -> None:
        self._max_bytes = max_bytes
        self._gone = gone
        self._kept: OrderedDict[Hashable, tuple[T, int]] = OrderedDict()
        self._bytes = 0

    @property
    def bytes(self) -> int:
        """The sizes of all that is kept now, together."""
        return self._bytes

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Hashable) -> T | None:
        """The thing of this key, None if it is not kept."""
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def put(self, key: Hashable, thing: T, size: int) -> bool:
        """Keep a thing instead of what had its key; whether there is room for it at all."""
        self.drop(key)
        if size > self._max_bytes:
            return False
        self._kept[key] = (thing, size)
        self._bytes += size
        while self._bytes > self._max_bytes:
            self.drop(next(iter(self._kept)))
        return True

    def drop(self, key: Hashable) -> None:
        """Put the thing of this key aside, if it is kept."""
        found = self._kept.pop(key, None)
        if found is not None:
            self._bytes -= found[1]
            self._gone(found[0])
