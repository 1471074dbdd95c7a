"""The circuit breaker of a source: closed, open for a while, half open for one probe."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from connectors import errors
from connectors.ports.connectors import BreakerState
from connectors.upkeep.clock import Clock
from connectors.upkeep.policy import Policy
from connectors.upkeep.shared import BreakerNews

COUNTED = (
    errors.TimedOut,
    errors.Unreachable,
    errors.Broken,
    errors.Unreadable,
    errors.Overloaded,
)
"""Failures that say something about the source; refused questions and passwords do not."""

_WINDOW = 20


class Breaker:
    """Counts failures, and leaves a source alone that has too many.

    `tell` is called with what other workers should know. All times are seconds of the clock's
    `monotonic`, so that nobody who sets the machine's clock opens or closes anything.
    """

    def __init__(
        self, policy: Policy, clock: Clock, tell: Callable[[BreakerNews], None] = lambda _: None
    ) -> None:
        self._policy = policy
        self._clock = clock
        self._tell = tell
        self._row = 0
        self._recent: deque[bool] = deque(maxlen=_WINDOW)
        self._opened = 0
        self._open_until: float | None = None
        self._probing = False
        self.last: type[errors.ConnectorError] = errors.Broken
        """The kind of failure that was counted last."""

    @property
    def state(self) -> BreakerState:
        """CLOSED, OPEN, or HALF_OPEN when the next question is the probe."""
        if self._open_until is None:
            return BreakerState.CLOSED
        return BreakerState.OPEN if self.wait > 0 else BreakerState.HALF_OPEN

    @property
    def wait(self) -> float:
        """Seconds until the source may be asked again; 0 when it may be now."""
        if self._open_until is None:
            return 0.0
        return max(0.0, self._open_until - self._clock.monotonic())

    def check(self) -> None:
        """Raises the kind of error that was counted last, with the seconds to wait, while open."""
        state = self.state
        if state is BreakerState.OPEN or (state is BreakerState.HALF_OPEN and self._probing):
            wait = self.wait or self._policy.breaker_open_for
            raise self.last("left alone after too many failures", retry_after=wait)

    def enter(self) -> bool:
        """Ask for leave to make a call; True when it is the probe. Raises as `check` does.

        Whoever was let in says in the end whether it was the probe: calls from before the breaker
        opened may end late, and are not to be taken for it.
        """
        self.check()
        if self._open_until is None:
            return False
        self._probing = True
        return True

    def left(self, *, probe: bool) -> None:
        """A call ended without saying anything about the source: it was cancelled or refused."""
        if probe:
            self._probing = False

    def succeeded(self) -> None:
        """A call was answered well."""
        was_open = self._open_until is not None
        self._row, self._opened, self._open_until, self._probing = 0, 0, None, False
        if was_open:
            self._recent.clear()
            self._tell(BreakerNews(open_until=0.0, failures=0, error=""))
        self._recent.append(True)

    def failed(self, error: errors.ConnectorError, *, probe: bool) -> None:
        """A call failed; opens the breaker when that was one too many."""
        self.left(probe=probe)
        # Somebody else's success may have closed it meanwhile.
        probe = probe and self._open_until is not None
        if not isinstance(error, COUNTED):
            # It answered, so it is there; whether it likes the question is another matter.
            if probe:
                self.succeeded()
            return
        self.last = type(error)
        self._row += 1
        self._recent.append(False)
        if probe or (self._open_until is None and self._too_many()):
            self._open(error.retry_after)

    def heard(self, news: BreakerNews) -> None:
        """Another worker opened or closed its breaker of the same source."""
        if news.open_until <= 0:
            self._row, self._opened, self._open_until, self._probing = 0, 0, None, False
            self._recent.clear()
            return
        self.last = getattr(errors, news.error, errors.Broken)
        self._opened = max(self._opened, news.failures)
        until = self._clock.monotonic() + min(news.open_until, self._policy.breaker_open_most)
        self._open_until = max(self._open_until or 0.0, until)

    def _too_many(self) -> bool:
        if self._row >= self._policy.breaker_failures:
            return True
        failures = self._recent.count(False)
        return len(self._recent) == _WINDOW and failures >= self._policy.breaker_rate * _WINDOW

    def _open(self, retry_after: float | None) -> None:
        policy = self._policy
        seconds = min(policy.breaker_open_for * 2**self._opened, policy.breaker_open_most)
        if retry_after is not None:
            seconds = max(seconds, min(retry_after, policy.breaker_open_most))
        self._opened = min(self._opened + 1, 30)
        self._open_until = self._clock.monotonic() + seconds
        self._tell(BreakerNews(seconds, self._opened, self.last.__name__))
