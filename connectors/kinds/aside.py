"""Work that may never end, such as reading from a disk that hangs, in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TypeVar

T = TypeVar("T")


async def aside(work: Callable[[], T], *, name: str) -> T:
    """What `work` returns or raises.

    The threads that all share are few: one that hangs would be missed by everybody. This one is
    missed by nobody, and does not keep the gateway from ending. Whoever asks sees to it that it
    does not ask again while the last one still hangs.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def run() -> None:
        settle: Callable[[], None]
        try:
            settle = partial(done.set_result, work())
        except BaseException as error:  # noqa: BLE001 - whatever it is, who waits must hear of it
            settle = partial(done.set_exception, error)
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(_unless_done, done, settle)

    threading.Thread(target=run, name=name, daemon=True).start()
    return await done


def _unless_done(done: asyncio.Future[T], settle: Callable[[], None]) -> None:
    if not done.done():  # else nobody waits any more
        settle()
