"""Questions to many records in memory, answered beside the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

FEW = 2_000
"""Records that are looked through at once, in a few milliseconds."""


async def aside(question: Callable[[], Coroutine[Any, Any, T]], *, records: int) -> T:
    """What a connector in memory answers; in a thread where it looks through many `records`.

    Everybody else has their turn meanwhile. Raises what the question raises, and RuntimeError
    for one that waits for something, which a question to memory has no reason to.
    """
    if records <= FEW:
        return await question()
    return await asyncio.to_thread(_answered, question)


def _answered(question: Callable[[], Coroutine[Any, Any, T]]) -> T:
    running = question()
    try:
        running.send(None)
    except StopIteration as end:
        answer: T = end.value
        return answer
    running.close()
    raise RuntimeError("a question to records in memory waits for nothing")
