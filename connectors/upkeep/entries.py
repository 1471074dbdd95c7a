"""What the upkeep of one source remembers of each question, within bounds."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

from connectors.errors import ConnectorError
from connectors.upkeep.keep import Kept

MOST_ENTRIES = 4_096


class Entry:
    """What is known about one key: its last good answer, its last failure, the flight under way."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.kept: Kept | None = None
        self.at = 0.0
        """Of the clock's `monotonic`: when `kept` was known to be true."""
        self.values: dict[bool, Any] = {}
        """What was read of `kept`: for a fresh stamp (False) and for a stale one (True)."""
        self.readings: dict[bool, tuple[Kept, asyncio.Task[Any]]] = {}
        """Readings of `kept` under way, shared by all who wait for them."""
        self.failure: ConnectorError | None = None
        self.not_before = 0.0
        self.slow = False
        """The last failure was long in coming."""
        self.flight: asyncio.Task[None] | None = None
        self.overdue = False
        """Somebody has waited for the flight in vain."""
        self.looked_at: float | None = None
        """Of the clock's `monotonic`: when the keep was asked; None before the first time."""
        self.lock = asyncio.Lock()
        """Held while the keep is asked."""
        self.askers = 0
        """Questions that are being answered from this entry."""

    @property
    def size(self) -> int:
        """Bytes of the last good answer."""
        return len(self.kept.document.body) if self.kept else 0

    @property
    def busy(self) -> bool:
        """Whether somebody holds on to it: it must stay the only one of its key."""
        return self.askers > 0 or self.flight is not None or bool(self.readings)


class Entries:
    """The entries of a source. Over the bound, what nobody asked for longest is let go."""

    def __init__(self, most_bytes: int, most: int = MOST_ENTRIES) -> None:
        self._most_bytes = most_bytes
        self._most = most
        self._by_key: OrderedDict[str, Entry] = OrderedDict()
        self.bytes = 0
        """Of all last good answers held."""

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._by_key.values())

    def get(self, key: str) -> Entry:
        """The entry of a key, made where there is none."""
        entry = self._by_key.get(key)
        if entry is None:
            entry = self._by_key[key] = Entry(key)
        else:
            self._by_key.move_to_end(key)
        return entry

    def known(self, key: str) -> Entry | None:
        """The entry of a key, None where there is none; it counts as asked for."""
        entry = self._by_key.get(key)
        if entry is not None:
            self._by_key.move_to_end(key)
        return entry

    def hold(self, entry: Entry, kept: Kept | None, at: float = 0.0) -> None:
        """Put an answer in the place of the one there was; None forgets it."""
        self.bytes -= entry.size
        entry.kept, entry.at, entry.values = kept, at, {}
        self.bytes += entry.size

    def trim(self) -> None:
        """Let go of what nobody asked for longest; what is in use stays, and so does the newest."""
        if not self._over():
            return
        newest = next(reversed(self._by_key))
        for key, entry in list(self._by_key.items()):
            if not self._over():
                return
            if key != newest and not entry.busy:
                self.bytes -= entry.size
                del self._by_key[key]

    def clear(self) -> None:
        """Let go of everything."""
        self._by_key.clear()
        self.bytes = 0

    def _over(self) -> bool:
        return len(self._by_key) > self._most or self.bytes > self._most_bytes
