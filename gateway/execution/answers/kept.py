"""One answer as it is kept: its bytes, how long they hold, and what would make them old at once."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

BYTES = 1_500
"""What an answer takes in memory beside its body, tags and marks; measured."""
BYTES_PER_TAG = 150
MOST_MARKS = 32
"""Ways of asking, byte by byte, under which one answer is found without being parsed."""


class Kept:
    """An answer that may be given again until `until`.

    Moments are seconds of the clock's `monotonic`.
    """

    __slots__ = ("body", "etag", "faces", "made", "marks", "tags", "until")

    def __init__(self, body: bytes, *, made: float, until: float, tags: Iterable[str]) -> None:
        self.body = body
        self.etag = etag(body)
        self.made = made
        self.until = until
        self.tags = frozenset(tags)
        self.marks: list[Hashable] = []
        """All it is found by; the first is that of its plan."""
        self.faces: dict[object, tuple[int, object]] = {}
        """How it was sent last, by how it was wanted, each with the age it was sent at; for the
        transport."""

    @property
    def seconds(self) -> float:
        """How long it holds from when it was made."""
        return self.until - self.made

    def age(self, now: float) -> float:
        """Seconds since it was made."""
        return max(0.0, now - self.made)

    @property
    def size(self) -> int:
        """About how many bytes it takes in memory, without its marks."""
        return BYTES + len(self.body) + BYTES_PER_TAG * len(self.tags)


def etag(body: bytes) -> str:
    """The strong validator of these bytes, without the quotes around it."""
    return blake2b(body, digest_size=12).hexdigest()
