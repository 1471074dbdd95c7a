"""Last good answers: what is remembered of every source, and how it survives a restart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from connectors.upkeep.documents import Document
from connectors.upkeep.policy import FOREVER


@dataclass(frozen=True, slots=True)
class Kept:
    """A document and when it was last known to be true."""

    document: Document
    fetched_at: datetime
    """In UTC, as the one who kept it said; how old that is, the reader judges."""


class Keep(Protocol):
    """Remembers the newest good document for each key of each source.

    Remembering is a kindness and no promise: nothing here raises, nothing makes the caller wait
    for a disk or a network longer than a moment, and what does not fit is forgotten.
    """

    async def get(self, source: str, key: str) -> Kept | None:
        """What was kept last, None when nothing is or when it cannot be read now."""
        ...

    async def put(self, source: str, key: str, kept: Kept, *, keep_for: float = FOREVER) -> None:
        """Remember it in the place of what was there; after `keep_for` seconds nobody needs it."""
        ...

    async def aclose(self) -> None:
        """Finish what was begun, within a few seconds, and let go."""
        ...


class MemoryKeep:
    """Remembers as long as it lives, without bounds: for tests and short runs."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Kept] = {}

    async def get(self, source: str, key: str) -> Kept | None:
        return self._kept.get((source, key))

    async def put(self, source: str, key: str, kept: Kept, *, keep_for: float = FOREVER) -> None:
        del keep_for  # The reader judges the age.
        self._kept[source, key] = kept

    async def aclose(self) -> None:
        """Nothing to finish; the next run of a test may be given the same one."""
