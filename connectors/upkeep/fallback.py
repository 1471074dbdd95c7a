"""Ways to fall back on: the first of several connectors that can answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from connectors.errors import ConnectorError, Rejected, TimedOut
from connectors.upkeep.asking import asking, note_fetch, note_trouble, remaining, within
from connectors.upkeep.reading import broken, foreign

if TYPE_CHECKING:
    from connectors.upkeep.upkeep import Upkeep

log = logging.getLogger(__name__)

SHARE = 0.5
"""Of the time there is, for a step after which others could be asked."""
LONGEST = 15.0
"""Seconds that are taken to be there when the caller set no limit."""


class Chain:
    """A connector with the methods of the first; who comes later is asked when all before failed.

    Each step keeps its own last good answers, age and licence; they are tried before the next
    step is. A step that hangs leaves time for the next one. A question the first step dislikes is
    not put to the others: it is the question that is wrong. What is sent (`submit_…`) goes to the
    first step alone: whether that took it may not be known, and nothing is sent twice. Raises the
    failure of the first step when none can answer.

    `upkeeps` are those of the later steps; they are closed with the chain.
    """

    def __init__(self, name: str, steps: Sequence[Any], upkeeps: Sequence[Upkeep] = ()) -> None:
        self.name = name
        self.upkeeps = tuple(upkeeps)
        self.steps = tuple(steps)
        self._faulty: set[int] = set()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or not hasattr(self.steps[0], name):
            raise AttributeError(f"{type(self).__name__} has no {name}")
        found = getattr(self.steps[0], name)
        if not callable(found):
            return found  # counts and reports are those of the source itself
        if name.startswith("submit_"):
            return found

        async def asked(*args: Any, **more: Any) -> Any:
            return await self._asked(name, args, more)

        return asked

    async def aclose(self) -> None:
        """Close every step that can be closed."""
        for upkeep in reversed(self.upkeeps):
            await upkeep.aclose()
        for step in reversed(self.steps):
            close = getattr(step, "aclose", None)
            if close is not None:
                await close()

    async def _asked(self, name: str, args: Sequence[Any], more: dict[str, Any]) -> Any:
        first: ConnectorError | None = None
        for number in range(len(self.steps)):
            try:
                # What a step says of its answer counts only when there is one.
                with asking() as noted:
                    answer = await self._step(number, name, args, more)
            except Rejected:
                raise
            except ConnectorError as error:
                first = first or error
                continue
            if first is not None:
                note_trouble(first)
            if noted.trouble is not None:
                note_trouble(noted.trouble, partial=noted.partial)
            if noted.fetched_at is not None:
                note_fetch(noted.fetched_at, noted.fresh_for)
            return answer
        assert first is not None  # noqa: S101 - there is at least one step
        raise first

    async def _step(self, number: int, name: str, args: Sequence[Any], more: dict[str, Any]) -> Any:
        ask = getattr(self.steps[number], name)
        if number == len(self.steps) - 1:
            return await ask(*args, **more)
        left = min(remaining(), LONGEST) * SHARE
        try:
            with within(left):
                async with asyncio.timeout(left):
                    answer = await ask(*args, **more)
        except ConnectorError:
            raise
        except TimeoutError as error:
            raise TimedOut("no answer in time", source=self.name) from error
        except BaseException as error:
            # A fault of one step is a reason to ask the next.
            if not foreign(error):
                raise
            if number not in self._faulty:
                log.exception("connector_fault", extra={"source": self.name})
            self._faulty.add(number)
            raise broken(error) from error
        self._faulty.discard(number)
        return answer
