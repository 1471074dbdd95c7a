"""Taking turns: long work over many items, without holding up the event loop."""

from __future__ import annotations

from asyncio import sleep
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")

TURN = 0.005
"""Seconds one piece of work may hold the loop before it lets others in."""


async def in_turns(items: Iterable[A], make: Callable[[A], B], *, turn: float = TURN) -> list[B]:
    """What `make` makes of each item, in their order.

    Whenever `turn` seconds have passed, the event loop goes round once before the next item.
    """
    made: list[B] = []
    end = perf_counter() + turn
    for item in items:
        if perf_counter() > end:
            await sleep(0)
            end = perf_counter() + turn
        made.append(make(item))
    return made
