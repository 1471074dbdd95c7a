"""Keys that are asked for in one tick, answered by one call: the smallest look-up there is.

`lookups` asks the city's sources, each by its own call; this asks one function.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from inspect import isawaitable
from typing import Any, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Batch(Generic[K, V]):
    """One request's keys. `load(keys)` answers with what is known of them, in a mapping.

    Each key is asked for once. Who is cancelled while waiting takes nothing from the others.
    """

    def __init__(self, load: Callable[[list[K]], Awaitable[Mapping[K, V]]]) -> None:
        self._load = load
        self._keys: dict[K, asyncio.Future[Mapping[K, V]]] = {}
        self._next: list[K] = []
        self._coming: asyncio.Future[Mapping[K, V]] | None = None
        self._under_way: set[asyncio.Task[None]] = set()

    async def get(self, key: K) -> V | None:
        """The value of a key, None if there is none. Raises what `load` raised."""
        return (await asyncio.shield(self._later(key))).get(key)

    async def many(self, keys: Iterable[K]) -> list[V | None]:
        """The values of keys, in their order. Raises what `load` raised."""
        wanted = list(keys)
        found = {later: await asyncio.shield(later) for later in {*map(self._later, wanted)}}
        return [found[self._keys[key]].get(key) for key in wanted]

    def _later(self, key: K) -> asyncio.Future[Mapping[K, V]]:
        later = self._keys.get(key)
        if later is None:
            if self._coming is None:
                loop = asyncio.get_running_loop()
                self._coming = loop.create_future()
                loop.call_soon(self._begin)
            later = self._keys[key] = self._coming
            self._next.append(key)
        return later

    def _begin(self) -> None:
        keys, coming = self._next, self._coming
        self._next, self._coming = [], None
        if coming is not None:
            task = asyncio.get_running_loop().create_task(self._loaded(keys, coming))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _loaded(self, keys: list[K], coming: asyncio.Future[Mapping[K, V]]) -> None:
        try:
            values = await self._load(keys)
        except asyncio.CancelledError:
            coming.cancel()
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, those who asked are told
            if not coming.done():
                coming.set_exception(error)
                coming.exception()  # seen, also when everybody who asked has left
        else:
            if not coming.done():
                coming.set_result(values)


Many = Callable[[list[Any], Any], Sequence[Any] | Awaitable[Sequence[Any]]]
"""(sources, info) -> a value for each source, in their order; an exception fails only its place."""


def batched(many: Many) -> Callable[[Any, Any], Any]:
    """A resolver, without arguments, that can answer for all items of a list at once.

    Compiled operations call `many` once for a list, and wait once, where other executors call the
    resolver for each item. `info` is that of the first one.
    """

    def one(source: Any, info: Any) -> Any:
        found = many([source], info)
        if isawaitable(found):
            return _only(_Held(found))
        return _value(found)

    one.together = many  # type: ignore[attr-defined]
    return one


class _Held:
    """Something to be awaited, which is closed when nobody came to do so."""

    __slots__ = ("_close", "found")

    def __init__(self, found: Awaitable[Sequence[Any]]) -> None:
        self.found = found
        self._close = found.close if isinstance(found, Coroutine) else None

    def __del__(self) -> None:
        if self._close is not None:
            self._close()


async def _only(held: _Held) -> Any:
    return _value(await held.found)


def _value(found: Sequence[Any]) -> Any:
    (value,) = found
    if isinstance(value, BaseException):
        raise value
    return value
