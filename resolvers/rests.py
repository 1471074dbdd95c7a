"""What an answer rests on: noted while it is put together, asked by whoever may give it again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from math import inf

MOMENT = 10.0
"""Seconds for which an answer holds that was worked out by what time it was."""
MOST_RECORDS = 64
"""Records that are named one by one; more of them are "some records of the source"."""


class Rests:
    """How long an answer holds, and whose changes make it old at once.

    A tag is a source's key; `key:local` for a record that was looked up by its id; `key:*` where
    the source was asked for anything else, so that any of its records may be in the answer.
    """

    __slots__ = ("seconds", "tags")

    def __init__(self) -> None:
        self.seconds = inf
        """So long from the beginning of the request: the shortest of all it rests on."""
        self.tags: set[str] = set()

    def on_source(self, key: str, records: Iterable[str] | None = None) -> None:
        """Note that a source is asked: for these records by their local ids, or for anything."""
        self.tags.add(key)
        if records is None:
            self.tags.add(f"{key}:*")
            return
        named = [f"{key}:{local}" for local in records]
        if len(named) + len(self.tags) > MOST_RECORDS:
            named = [f"{key}:*"]
        self.tags.update(named)

    def for_seconds(self, seconds: float) -> None:
        """Note that something in the answer holds so long from now, and no longer."""
        self.seconds = min(self.seconds, max(0.0, seconds))

    def noted(self, now: Callable[[], datetime]) -> Callable[[], datetime]:
        """A clock that notes when it is looked at."""

        def looked() -> datetime:
            self.seconds = min(self.seconds, MOMENT)
            return now()

        return looked
