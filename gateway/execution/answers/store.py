"""The answers of one process, within a bound of bytes, found by marks and forgotten by tags."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from gateway.execution.answers.kept import MOST_MARKS

if TYPE_CHECKING:
    from collections.abc import Hashable

    from gateway.execution.answers.kept import Kept

BYTES_PER_MARK = 300
"""What a mark takes in memory beside its text; measured."""


class AnswerStore:
    """Over `max_bytes`, what nobody asked for longest goes."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._by_mark: dict[Hashable, Kept] = {}
        self._sizes: OrderedDict[Kept, int] = OrderedDict()
        self._tagged: dict[str, set[Kept]] = {}
        self.bytes = 0
        """Of all that is kept now, together."""

    def __len__(self) -> int:
        return len(self._sizes)

    def get(self, mark: Hashable, now: float) -> Kept | None:
        """The answer of a mark, None if there is none that still holds."""
        kept = self._by_mark.get(mark)
        if kept is None:
            return None
        if kept.until <= now:
            self.drop(kept)
            return None
        self._sizes.move_to_end(kept)
        return kept

    def put(self, kept: Kept, mark: Hashable, size: int) -> bool:
        """Keep an answer instead of what had its mark; whether there is room for it at all.

        `size` is that of the mark's texts.
        """
        before = self._by_mark.get(mark)
        if before is not None:
            self.drop(before)
        whole = kept.size + BYTES_PER_MARK + size
        if whole > self._max_bytes:
            return False
        self._sizes[kept] = whole
        self.bytes += whole
        self._by_mark[mark] = kept
        kept.marks.append(mark)
        for tag in kept.tags:
            self._tagged.setdefault(tag, set()).add(kept)
        self._make_room()
        return True

    def mark(self, kept: Kept, mark: Hashable, size: int) -> None:
        """Let a kept answer be found by one more mark, if it has not very many already."""
        known = self._sizes.get(kept)
        if known is None or mark in self._by_mark or len(kept.marks) >= MOST_MARKS:
            return
        self._by_mark[mark] = kept
        kept.marks.append(mark)
        self._sizes[kept] = known + BYTES_PER_MARK + size
        self.bytes += BYTES_PER_MARK + size
        self._make_room()

    def drop(self, kept: Kept) -> None:
        """Let go of an answer."""
        size = self._sizes.pop(kept, None)
        if size is None:
            return
        self.bytes -= size
        for mark in kept.marks:
            del self._by_mark[mark]
        for tag in kept.tags:
            tagged = self._tagged[tag]
            tagged.discard(kept)
            if not tagged:
                del self._tagged[tag]

    def purge(self, tag: str) -> int:
        """Let go of all answers with a tag; how many there were."""
        gone = list(self._tagged.get(tag, ()))
        for kept in gone:
            self.drop(kept)
        return len(gone)

    def clear(self) -> int:
        """Let go of all; how many there were."""
        number = len(self._sizes)
        self._by_mark.clear()
        self._sizes.clear()
        self._tagged.clear()
        self.bytes = 0
        return number

    def _make_room(self) -> None:
        while self.bytes > self._max_bytes:
            self.drop(next(iter(self._sizes)))
