"""Time limits of many calls with one timer between them."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self


class Deadlines:
    """Limits like those of `asyncio.timeout`, which has a timer for each.

    Nearly all calls end in time, so their timers are made to be thrown away; here the one that
    is there looks, when it goes off, whose time is up and when that will be so next.
    """

    def __init__(self) -> None:
        self._running: dict[TimeLimit, None] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0

    def within(self, seconds: float) -> TimeLimit:
        """A limit, to be entered with `with` where the task awaits; it raises TimeoutError."""
        return TimeLimit(self, seconds)

    def begin(self, limit: TimeLimit) -> None:
        """Look after a limit."""
        loop = asyncio.get_running_loop()
        limit.ends = loop.time() + limit.seconds
        self._running[limit] = None
        if self._timer is not None and self._loop is loop:
            if self._due <= limit.ends:
                return
            self._timer.cancel()
        self._arm(loop, limit.ends)

    def end(self, limit: TimeLimit) -> None:
        """The limit is over, whether it was reached or not."""
        self._running.pop(limit, None)

    def _arm(self, loop: asyncio.AbstractEventLoop, due: float) -> None:
        self._loop, self._due = loop, due
        self._timer = loop.call_at(due, self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        now = loop.time()
        for limit in [each for each in self._running if each.ends <= now]:
            del self._running[limit]
            limit.reached()
        if self._running:
            self._arm(loop, min(each.ends for each in self._running))


class TimeLimit:
    """See `Deadlines`."""

    __slots__ = ("_among", "_cancelling", "_task", "ends", "expired", "seconds")

    def __init__(self, among: Deadlines, seconds: float) -> None:
        self._among = among
        self._task: asyncio.Task[object] | None = None
        self._cancelling = 0
        self.seconds = seconds
        self.ends = 0.0
        """Of the loop's clock."""
        self.expired = False

    def __enter__(self) -> Self:
        self._task = task = asyncio.current_task()
        if task is None:
            message = "a time limit is for a task"
            raise RuntimeError(message)
        self._cancelling = task.cancelling()
        self._among.begin(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._among.end(self)
        if not self.expired or self._task is None:
            return
        # Cancelled by us alone, and not by somebody else at the same time as well.
        ours = self._task.uncancel() <= self._cancelling
        if ours and isinstance(error, asyncio.CancelledError):
            raise TimeoutError from error

    def reached(self) -> None:
        """The time is up."""
        self.expired = True
        if self._task is not None:
            self._task.cancel()
