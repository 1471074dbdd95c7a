"""Batched look-ups: the keys of one tick become one call per source."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Generic, TypeVar

from aiodataloader import DataLoader

from connectors import errors
from connectors.ports.common import ScopedId
from resolvers.context import Context, ask, failed
from resolvers.problems import bad_input

P = TypeVar("P")
T = TypeVar("T")


class Lookup(Generic[P, T]):
    """Values by id, declared beside their use: `Lookup(PlaceSource, PlaceSource.places_by_id)`.

    `batch(source, local_ids)` answers in the order of the ids, None where unknown. A source
    that fails fails only its own keys. An id of a source nobody knows is BAD_INPUT.

    Whoever asks for a key shares one answer with all others who ask for it. When a field fails
    that must not be null, the executor cancels the fields beside it; so every answer is shielded,
    or one mistake would take the answer away from fields elsewhere that are well.
    """

    def __init__(
        self, port: type[P], batch: Callable[[P, Sequence[str]], Awaitable[Sequence[T | None]]]
    ) -> None:
        self.port = port
        self.batch = batch

    async def __call__(self, context: Context, id: ScopedId) -> T | None:  # noqa: A002 - the field's own word
        """The value of one id, together with all others asked for in this tick."""
        return await asyncio.shield(self._loader(context).load(id))

    async def many(self, context: Context, ids: Sequence[ScopedId]) -> list[T | None]:
        """The values of several ids, in their order. Raises what the first failing one raised."""
        return await asyncio.shield(self._loader(context).load_many(ids))

    async def all_or_errors(
        self, context: Context, ids: Sequence[ScopedId]
    ) -> list[T | BaseException | None]:
        """The values of several ids, in their order, with the error in the place of a failed one."""
        loader = self._loader(context)
        return await asyncio.shield(
            asyncio.gather(*(loader.load(id_) for id_ in ids), return_exceptions=True)
        )

    async def anywhere(self, context: Context, local: str) -> T | None:
        """The value of a local id, from the first source of the port that knows it.

        None when nobody does, or no source is configured yet. Raises the failure of a source
        that might have known it.
        """
        sources = context.switchboard.serving(self.port)
        answers = await self.all_or_errors(context, [ScopedId(s.key, local) for s in sources])
        failures = []
        for answer in answers:
            if isinstance(answer, BaseException):
                failures.append(answer)
            elif answer is not None:
                return answer
        for failure in failures:
            if not isinstance(failure, errors.NotConfigured):
                raise failure
        return None

    def prime(self, context: Context, id: ScopedId, value: T) -> None:  # noqa: A002 - as above
        """Keep a value that came along with another answer, so that nobody asks for it again."""
        self._loader(context).prime(id, value)

    def _loader(self, context: Context) -> DataLoader[ScopedId, T | None]:
        loader = context.loaders.get(self)
        if loader is None:
            loader = DataLoader(partial(self._load, context))
            context.loaders[self] = loader
        return loader

    async def _load(self, context: Context, ids: Sequence[ScopedId]) -> list[Any]:
        by_source: dict[str, list[str]] = {}
        for id_ in ids:
            by_source.setdefault(id_.source, []).append(id_.local)
        answers = await asyncio.gather(
            *(self._ask(context, key, locals_) for key, locals_ in by_source.items())
        )
        found = dict(zip(by_source, answers, strict=True))
        return [found[id_.source][id_.local] for id_ in ids]

    async def _ask(self, context: Context, key: str, locals_: list[str]) -> dict[str, Any]:
        source = context.switchboard.named(self.port, key)
        if source is None:
            unknown = bad_input(f"no source called {key!r} answers here: was the id copied whole?")
            return dict.fromkeys(locals_, unknown)
        try:
            answered = await ask(
                context, source, lambda it: self._answer(it, locals_), records=locals_
            )
        except errors.ConnectorError as error:
            context.note(failed(error))
            return dict.fromkeys(locals_, error)
        return dict(zip(locals_, answered.value, strict=True))

    async def _answer(self, connector: P, locals_: list[str]) -> Sequence[T | None]:
        # Checked while the source is asked, so that a wrong answer counts against it alone.
        values = await self.batch(connector, locals_)
        if len(values) != len(locals_):
            message = f"a batch of {len(values)} values for {len(locals_)} ids"
            raise errors.Unreadable(message)
        return values
