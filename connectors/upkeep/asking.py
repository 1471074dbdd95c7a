"""What one question carries down to the upkeep and brings back beside its answer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass
from datetime import datetime

from connectors.errors import ConnectorError


@dataclass(slots=True)
class Asking:
    """What happened while a source was asked."""

    trouble: ConnectorError | None = None
    """Why the answer is a last good one, of a fallback, or not complete."""
    partial: bool = False
    """Some of the answer is missing."""
    fetched_at: datetime | None = None
    """The oldest fetch the answer rests on."""
    fresh_for: float | None = None
    """Seconds for which all that was fetched is still fresh."""


_ASKING: ContextVar[Asking | None] = ContextVar("asking", default=None)
_DEADLINE: ContextVar[float | None] = ContextVar("deadline", default=None)


@contextmanager
def asking() -> Iterator[Asking]:
    """Note what happens in here; tasks begun in here note it in the same place."""
    noted = Asking()
    token = _ASKING.set(noted)
    try:
        yield noted
    finally:
        _ASKING.reset(token)


def note_trouble(error: ConnectorError, *, partial: bool = False) -> None:
    """Say why the answer that is being put together is not as it should be."""
    noted = _ASKING.get()
    if noted is not None:
        noted.trouble = noted.trouble or error
        noted.partial = noted.partial or partial


def note_fetch(fetched_at: datetime, fresh_for: float | None = None) -> None:
    """Say when something was fetched that the answer rests on, and how long it is still fresh."""
    noted = _ASKING.get()
    if noted is None:
        return
    if noted.fetched_at is None or fetched_at < noted.fetched_at:
        noted.fetched_at = fetched_at
    if fresh_for is not None and (noted.fresh_for is None or fresh_for < noted.fresh_for):
        noted.fresh_for = fresh_for


class within:  # noqa: N801 - read as a word: with within(seconds)
    """The caller's time: whatever is asked in here has so many seconds left, or fewer."""

    __slots__ = ("_seconds", "_token")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._token: Token[float | None] | None = None

    def __enter__(self) -> None:
        ends = time.monotonic() + self._seconds
        outer = _DEADLINE.get()
        self._token = _DEADLINE.set(ends if outer is None else min(ends, outer))

    def __exit__(self, *_: object) -> None:
        if self._token is not None:
            _DEADLINE.reset(self._token)


def remaining() -> float:
    """Seconds the caller has left, at least 0; infinite when nobody set a limit."""
    ends = _DEADLINE.get()
    return float("inf") if ends is None else max(0.0, ends - time.monotonic())
