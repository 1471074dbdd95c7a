"""The calls to one upstream: each waits for its turn, asks the breaker, and has its time."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from connectors import errors
from connectors.errors import ConnectorError
from connectors.upkeep.breaker import Breaker
from connectors.upkeep.clock import Clock
from connectors.upkeep.counts import Calls, Counts
from connectors.upkeep.deadlines import Deadlines
from connectors.upkeep.policy import Policy
from connectors.upkeep.politeness import Gate
from connectors.upkeep.reading import broken, foreign
from connectors.upkeep.retries import RetryBudget, wait_before
from connectors.upkeep.shared import BreakerNews, Wire

A = TypeVar("A")
T = TypeVar("T")

log = logging.getLogger(__name__)


class Caller:
    """Makes calls as the policy says, and remembers how they went.

    `mark` is what other workers know the upstream by.
    """

    def __init__(
        self, source: str, policy: Policy, clock: Clock, *, gate: Gate, wire: Wire, mark: str
    ) -> None:
        self.counts = Counts()
        self.calls = Calls(clock)
        self.breaker = Breaker(policy, clock, self._tell)
        self.gate = gate
        self.trouble: ConnectorError | None = None
        """Why the last call failed; None when it did not."""
        self._source = source
        self._policy = policy
        self._clock = clock
        self._wire = wire
        self._mark = mark
        self._deadlines = Deadlines()
        self._budget = RetryBudget(policy.retry_budget, clock)

    async def tried(
        self,
        call: Callable[[], Awaitable[A]],
        finish: Callable[[A], Awaitable[T]],
        *,
        again: bool,
    ) -> T:
        """What `finish` makes of one call's answer; called `again` where that makes sense.

        The time limit is that of the call: to read what came is our work, not the source's.
        Raises ConnectorError and nothing else.
        """
        self._budget.called()
        attempt, ends, failure = 0, float("inf"), None
        while True:
            attempt += 1
            left = ends - self._clock.monotonic()
            try:
                # Who is left alone need not queue, and uses up no turn.
                self.breaker.check()
                await self.gate.enter(left)
                try:
                    if failure is not None and self._clock.monotonic() >= ends:
                        raise failure
                    probe = self.breaker.enter() and await self._admitted()
                    if attempt == 1:
                        # The wait for the turn has its own limit and uses up nothing of this.
                        ends = self._clock.monotonic() + self._policy.total_timeout
                    failure, answer = await self._called(call, finish, ends, probe=probe)
                finally:
                    self.gate.leave()
            except ConnectorError as refused:
                raise failure or refused from None
            if failure is None:
                assert answer is not None  # noqa: S101 - one of the two is there
                return answer[0]
            wait = self._wait(attempt, failure, ends) if again else None
            if wait is None:
                raise failure
            self.counts.retries += 1
            await self._clock.sleep(wait)

    def _wait(self, attempt: int, failure: ConnectorError, ends: float) -> float | None:
        wait = wait_before(attempt, failure, self._policy, ends - self._clock.monotonic())
        if wait is None or self.breaker.wait > wait or not self._budget.spend():
            return None
        return wait

    async def _admitted(self) -> bool:
        """True for the probe, as which the breaker let it in; of all workers one makes it."""
        leased = False
        try:
            leased = await self._wire.lease(self._mark, self._policy.breaker_open_for)
        finally:
            if not leased:
                self.breaker.left(probe=True)
        if not leased:
            wait = self._policy.breaker_open_for
            raise self.breaker.last("another worker is trying the source", retry_after=wait)
        return True

    async def _called(
        self,
        call: Callable[[], Awaitable[A]],
        finish: Callable[[A], Awaitable[T]],
        ends: float,
        *,
        probe: bool,
    ) -> tuple[ConnectorError | None, tuple[T] | None]:
        """The failure, or the answer in a tuple."""
        self.counts.calls += 1
        began = self._clock.monotonic()
        took = None
        limit = self._deadlines.within(ends - began)
        try:
            with limit:
                came = await call()
            took = self._clock.monotonic() - began
            answer = await finish(came)
        except ConnectorError as error:
            failure = error
        except TimeoutError as error:
            failure = errors.TimedOut("no answer in time")
            if limit.expired:
                failure = errors.TimedOut(f"no answer within {self._policy.total_timeout:g} s")
            failure.__cause__ = error
        except BaseException as error:
            # Libraries in other languages raise their faults outside of Exception, and what a
            # connector waits for may be cancelled by somebody else.
            if not foreign(error):
                self.breaker.left(probe=probe)
                raise
            if self.calls.up:
                log.exception("connector_fault", extra={"source": self._source})
            failure = broken(error)
        else:
            self.breaker.succeeded()
            self._note(took or 0.0, None)
            return None, (answer,)
        failure.source = failure.source or self._source
        self.breaker.failed(failure, probe=probe)
        self._note(self._clock.monotonic() - began if took is None else took, failure)
        return failure, None

    def _note(self, seconds: float, failure: ConnectorError | None) -> None:
        self.trouble = failure
        if self.calls.note(seconds * 1000, failure):
            log.warning(
                "source_returned" if self.calls.up else "source_broke",
                extra={"source": self._source, "error": self.calls.last_error},
            )

    def _tell(self, news: BreakerNews) -> None:
        log.warning(
            "breaker_opened" if news.open_until > 0 else "breaker_closed",
            extra={"source": self._source, "error": news.error},
        )
        self._wire.tell(self._mark, news)
