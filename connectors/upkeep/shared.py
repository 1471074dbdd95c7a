"""What workers tell each other of the breakers of their sources."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class BreakerNews:
    """A breaker opened, or closed again."""

    open_until: float
    """Seconds from now for which the source is left alone; 0 when it is well again."""
    failures: int = 0
    """Failures in a row that led to it."""
    error: str = ""
    """Name of the error that led to it, such as "TimedOut"."""


Heard = Callable[[str, BreakerNews], None]


class Wire(Protocol):
    """Carries news of breakers between workers. Being without it costs a few calls, no more."""

    def tell(self, source: str, news: BreakerNews) -> None:
        """Pass it on to the other workers. Never waits and never raises."""
        ...

    def listen(self, callback: Heard) -> None:
        """Call this with the key of a source and what other workers tell of it."""
        ...

    async def start(self) -> None:
        """Begin to carry, and to tell what is known already. Does not wait for anybody."""
        ...

    async def aclose(self) -> None:
        """Stop."""
        ...

    async def lease(self, source: str, seconds: float) -> bool:
        """Whether this worker may try a source that was left alone; one in `seconds` may.

        True also when the others cannot be asked.
        """
        ...


class NoWire:
    """For a worker that is alone: nobody to tell."""

    def tell(self, source: str, news: BreakerNews) -> None:
        """Nobody hears it."""

    def listen(self, callback: Heard) -> None:
        """Nobody will call."""

    async def start(self) -> None:
        """Nothing to begin."""

    async def aclose(self) -> None:
        """Nothing to stop."""

    async def lease(self, source: str, seconds: float) -> bool:
        """Always: nobody else asks."""
        del source, seconds
        return True
