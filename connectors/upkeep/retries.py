"""When a read is asked again: after a random wait, and only while the source's budget lasts."""

from __future__ import annotations

import random
from collections.abc import Callable

from connectors import errors
from connectors.upkeep.clock import Clock
from connectors.upkeep.policy import Policy

AGAIN = (errors.TimedOut, errors.Unreachable, errors.Broken, errors.Overloaded)
"""Failures that may pass. An answer of the wrong shape will have it a moment later too."""

FLOOR = 10 / 60
"""Retries per second that are allowed whatever the budget says."""
_MOST_SAVED = 10.0


class RetryBudget:
    """Every call saves a part of a retry, every retry spends a whole one.

    When a source is down every call wants retries, and nobody saves enough for them: the load on
    the source grows by the budget's share at most (the Finagle RetryBudget rule).
    """

    def __init__(self, share: float, clock: Clock) -> None:
        self._share = share
        self._clock = clock
        self._saved = _MOST_SAVED
        self._at = clock.monotonic()

    def called(self) -> None:
        """A call was made that is no retry."""
        self._saved = min(_MOST_SAVED, self._saved + self._share)

    def spend(self) -> bool:
        """Whether one retry may be made now; it then counts as made."""
        now = self._clock.monotonic()
        self._saved = min(_MOST_SAVED, self._saved + (now - self._at) * FLOOR)
        self._at = now
        if self._saved < 1.0:
            return False
        self._saved -= 1.0
        return True


def wait_before(
    attempt: int,
    error: errors.ConnectorError,
    policy: Policy,
    left: float,
    chance: Callable[[], float] = random.random,
) -> float | None:
    """Seconds to wait before trying again after `attempt` tries (1, 2, ...); None: do not.

    The source's own Retry-After is kept to, or the retry left out when it does not fit in what is
    `left` of the time.
    """
    if attempt > policy.max_retries or not isinstance(error, AGAIN):
        return None
    # Full jitter: workers that failed together do not come back together.
    wait = policy.backoff * 2 ** (attempt - 1) * (0.5 + chance() / 2)
    if error.retry_after is not None:
        wait = max(error.retry_after, wait)
    return wait if wait < left else None
