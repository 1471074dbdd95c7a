"""What upkeep saw of a source: its last calls, and how many questions needed none."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from connectors.errors import ConnectorError, Rejected
from connectors.upkeep.clock import Clock
from connectors.upkeep.policy import DAY

_REMEMBERED = 512


@dataclass(slots=True)
class Counts:
    """Since the start."""

    questions: int = 0
    calls: int = 0
    """Calls that went to the upstream, retries among them."""
    retries: int = 0
    from_memory: int = 0
    """Questions answered from memory, fresh enough."""
    joined: int = 0
    """Questions that waited for a call somebody else had begun."""
    stale: int = 0
    """Questions answered with a last good answer."""


class Calls:
    """The last calls of one source: when, how long, and whether they were answered."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._recent: deque[tuple[float, float, str | None]] = deque(maxlen=_REMEMBERED)
        self.last_success: datetime | None = None
        self.last_error: str | None = None
        self.up = True

    def __bool__(self) -> bool:
        return bool(self._recent)

    def note(self, ms: float, error: ConnectorError | None) -> bool:
        """Keep one call; True when the source just broke or just returned.

        A source that dislikes a question is well: what callers ask must not make it look down.
        """
        well = error is None or isinstance(error, Rejected)
        # The name of the error only: its message may carry upstream text.
        named = None if error is None or well else type(error).__name__
        self._recent.append((self._clock.monotonic(), ms, named))
        was_up, self.up = self.up, well
        if well:
            self.last_success = self._clock.now()
        else:
            self.last_error = named
        return was_up != self.up

    def day(self) -> list[tuple[float, bool]]:
        """(milliseconds, answered) of the remembered calls of the last 24 hours."""
        since = self._clock.monotonic() - DAY
        return [(ms, error is None) for at, ms, error in self._recent if at >= since]

    def last(self, most: int) -> list[tuple[datetime, float, str | None]]:
        """(when, milliseconds, name of the error or None) of the last calls, newest first."""
        now, monotonic = self._clock.now(), self._clock.monotonic()
        newest = islice(reversed(self._recent), max(most, 0))
        return [(now - timedelta(seconds=monotonic - at), ms, error) for at, ms, error in newest]
