"""Ways to fall back on: the first of several connectors that can answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from connectors.errors import ConnectorError, Rejected
from connectors.upkeep.asking import note_trouble


class Chain:
    """A connector with the methods of the first; who comes later is asked when all before failed.

    Each step keeps its own last good answers, age and licence; they are tried before the next
    step is. A question the first step dislikes is not put to the others: it is the question that
    is wrong. What is sent (`submit_…`) goes to the first step alone: whether that took it may not
    be known, and nothing is sent twice. Raises the failure of the first step when none can answer.
    """

    def __init__(self, name: str, steps: Sequence[Any]) -> None:
        self.name = name
        self._steps = steps

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or not hasattr(self._steps[0], name):
            raise AttributeError(f"{type(self).__name__} has no {name}")
        found = getattr(self._steps[0], name)
        if not callable(found):
            return found  # counts and reports are those of the source itself
        if name.startswith("submit_"):
            return found

        async def asked(*args: Any, **more: Any) -> Any:
            first: ConnectorError | None = None
            for step in self._steps:
                try:
                    answer = await getattr(step, name)(*args, **more)
                except Rejected:
                    raise
                except ConnectorError as error:
                    first = first or error
                    continue
                if first is not None:
                    note_trouble(first)
                return answer
            assert first is not None  # noqa: S101 - there is at least one step
            raise first

        return asked

    async def aclose(self) -> None:
        """Close every step that can be closed."""
        for step in reversed(self._steps):
            close = getattr(step, "aclose", None)
            if close is not None:
                await close()
