"""One piece of work for all who want the same at the same time."""

from __future__ import annotations

import asyncio
import sys
from contextvars import Context
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from connectors.upkeep.asking import remaining

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Hashable

T = TypeVar("T")


class _Flight(Generic[T]):
    __slots__ = ("task", "waiters")

    def __init__(self, task: asyncio.Task[T]) -> None:
        self.task = task
        self.waiters = 0


class Flights(Generic[T]):
    """Work under way, by key.

    Who goes away takes nothing from the others; with the last one the work is given up.
    It runs in a context of its own, so that the first one's time is not that of the others.
    """

    def __init__(self) -> None:
        self._flights: dict[Hashable, _Flight[T]] = {}
        self.joined = 0
        """How many found the work under way when they came."""

    def __len__(self) -> int:
        return len(self._flights)

    async def join(self, key: Hashable, begin: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What comes of the work of this key, begun unless it is under way.

        Raises TimeoutError when the caller's time (`asking.within`) ends before.
        """
        flight = self._flights.get(key)
        if flight is None:
            task = _begun(begin())
            if task.done():
                return task.result()
            flight = self._flights[key] = _Flight(task)
            task.add_done_callback(partial(self._landed, key, flight))
        else:
            self.joined += 1
        flight.waiters += 1
        try:
            left = remaining()
            timeout = left if left < float("inf") else None
            await asyncio.wait((flight.task,), timeout=timeout)
            if not flight.task.done():
                raise TimeoutError
            return flight.task.result()
        finally:
            flight.waiters -= 1
            if not flight.waiters and not flight.task.done():
                # Whoever comes now begins anew.
                self._ended(key, flight)
                flight.task.cancel()

    def _landed(self, key: Hashable, flight: _Flight[T], task: asyncio.Task[T]) -> None:
        self._ended(key, flight)
        if not task.cancelled():
            task.exception()  # all who waited may be gone: then nobody need look at it

    def _ended(self, key: Hashable, flight: _Flight[T]) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]


if sys.version_info >= (3, 12):

    def _begun(work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        # It goes as far as it can at once; where nothing has to be waited for, to its end.
        loop = asyncio.get_running_loop()
        return asyncio.Task(work, loop=loop, eager_start=True, context=Context())

else:

    def _begun(work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        return asyncio.get_running_loop().create_task(work, context=Context())
