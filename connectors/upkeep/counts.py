"""What upkeep saw of a source: its last calls, and how many questions needed none."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime

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
        self._recent: deque[tuple[float, float, bool]] = deque(maxlen=_REMEMBERED)
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
        self._recent.append((self._clock.monotonic(), ms, well))
        was_up, self.up = self.up, well
        if well:
            self.last_success = self._clock.now()
        else:
            # The name of the error only: its message may carry upstream text.
            self.last_error = type(error).__name__
        return was_up != self.up

    def day(self) -> list[tuple[float, bool]]:
        """(milliseconds, answered) of the remembered calls of the last 24 hours."""
        since = self._clock.monotonic() - DAY
        return [(ms, answered) for at, ms, answered in self._recent if at >= since]
