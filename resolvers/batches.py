"""Keys that are asked for in one tick, answered by one call: the smallest look-up there is.

`lookups` asks the city's sources, each by its own call; this asks one function.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Generic, TypeAlias, TypeVar

K = TypeVar("K")
V = TypeVar("V")

Found: TypeAlias = "asyncio.Future[V | None]"


class Batch(Generic[K, V]):
    """One request's keys. `load(keys)` answers with what is known of them, in a mapping.

    Each key is asked for once, and everybody who wants it waits for the same future. One of them
    that goes away takes nothing from the others only if it does not cancel the future: who may be
    cancelled awaits it through `asyncio.shield`.
    """

    def __init__(self, load: Callable[[list[K]], Awaitable[Mapping[K, V]]]) -> None:
        self._load = load
        self._known: dict[K, Found[V]] = {}
        self._next: list[K] = []
        self._under_way: set[asyncio.Task[None]] = set()

    def get(self, key: K) -> Found[V]:
        """The value of a key, None if there is none; it raises what `load` raised."""
        found = self._known.get(key)
        if found is None:
            loop = asyncio.get_running_loop()
            found = self._known[key] = loop.create_future()
            if not self._next:
                loop.call_soon(self._begin)
            self._next.append(key)
        return found

    def _begin(self) -> None:
        keys, self._next = self._next, []
        task = asyncio.get_running_loop().create_task(self._loaded(keys))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _loaded(self, keys: list[K]) -> None:
        try:
            values = await self._load(keys)
        except asyncio.CancelledError:
            for key in keys:
                self._known[key].cancel()
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, those who asked are told
            for key in keys:
                found = self._known[key]
                if not found.done():
                    found.set_exception(error)
                    found.exception()  # seen, also when everybody who asked has left
            return
        for key in keys:
            found = self._known[key]
            if not found.done():
                found.set_result(values.get(key))
