"""The door: so many operations at a time, so that a crowd is answered one after the other.

Operations share one processor. Two hundred that begin together also end together, after the time
of all of them: everybody waits longest, and what each may wait for its sources is used up by the
others' work, which looks as if healthy sources had not answered. So only some begin, and the rest
wait outside, where they cost nothing and their time has not begun.

Who waits for a source is in nobody's way: while the event loop has nothing to do, more are let in.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

MANY = 8
"""Operations that work at the same time."""
SECONDS = 1.0
"""An operation that takes longer is waiting for something, and gives its place away."""
LOOK = 0.02
"""Seconds between two looks whether the event loop has nothing to do."""


class Door:
    """Lets operations in: the first ones at once, then whoever waits longest.

    Those who ask the same thing queue behind each other, and the queues take turns: a crowd that
    wants one screen does not keep everybody else waiting.
    """

    def __init__(self, many: int = MANY, *, seconds: float = SECONDS, look: float = LOOK) -> None:
        self._many = many
        self._seconds = seconds
        self._look = look
        self._inside = 0
        self._queues: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self._looking: asyncio.TimerHandle | None = None
        self._used = 0.0

    @property
    def inside(self) -> int:
        """How many hold a place."""
        return self._inside

    @property
    def waiting(self) -> int:
        """How many are outside."""
        return sum(map(len, self._queues.values()))

    @property
    def is_free(self) -> bool:
        """Whether somebody who comes now is let in at once."""
        return self._inside < self._many and not self._queues

    @asynccontextmanager
    async def passed(self, question: str) -> AsyncIterator[None]:
        """One operation, once it is let in; `question` is what makes two of them the same."""
        await self._entered(question)
        # Whichever comes first gives the place away, and the other one finds that it has none.
        place = [None]

        def leave() -> None:
            if place:
                place.pop()
                self._left()

        timer = asyncio.get_running_loop().call_later(self._seconds, leave)
        try:
            yield
        finally:
            timer.cancel()
            leave()

    async def _entered(self, question: str) -> None:
        if self._inside < self._many and not self._queues:
            self._inside += 1
            return
        let_in: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queues.setdefault(question, deque()).append(let_in)
        self._look_later()
        try:
            await let_in
        except asyncio.CancelledError:
            if let_in.cancelled():
                self._gone(question, let_in)
            else:
                self._left()  # let in at the very moment it went away
            raise

    def _gone(self, question: str, let_in: asyncio.Future[None]) -> None:
        queue = self._queues.get(question, deque())
        if let_in in queue:
            queue.remove(let_in)
            if not queue:
                del self._queues[question]

    def _left(self) -> None:
        self._inside -= 1
        while self._queues and self._inside < self._many:
            self._let_in()

    def _let_in(self) -> None:
        """The first of the queue whose turn it is; that queue is the last one then."""
        question, queue = self._queues.popitem(last=False)
        first = queue.popleft()
        if queue:
            self._queues[question] = queue
        if not first.done():
            self._inside += 1
            first.set_result(None)

    # --------------------------------------------------------------------------- idle hours

    def _look_later(self) -> None:
        if self._looking is None:
            loop = asyncio.get_running_loop()
            self._used = time.thread_time()
            self._looking = loop.call_later(self._look, self._looked, loop.time() + self._look)

    def _looked(self, due: float) -> None:
        """Let one more in, when this thread worked for less than half of the time."""
        self._looking = None
        late = asyncio.get_running_loop().time() - due
        used = time.thread_time() - self._used
        # Late without work of its own: other processes have the processor, and want it.
        if self._queues and late < self._look / 2 and used < self._look / 2:
            self._let_in()
        if self._queues:
            self._look_later()
