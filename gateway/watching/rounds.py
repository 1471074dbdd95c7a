"""The rounds of the drift watch: from the start of a worker to its end, one connector at a time."""

from __future__ import annotations

import asyncio
import logging
import random
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from connectors.upkeep.clock import Clock
from gateway.watching.looking import Watcher

log = logging.getLogger(__name__)

LONGEST_REST = 300.0
"""Seconds between two looks for what is due."""


class Rounds:
    """Goes round every so often; all workers do, and each connector is looked at by one of them."""

    def __init__(self, watcher: Watcher, clock: Clock, *, every: float) -> None:
        self._watcher = watcher
        self._clock = clock
        self._every = every
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, unless nobody is to look at all."""
        if self._every > 0:
            self._task = asyncio.create_task(self._go())

    async def stop(self) -> None:
        """End, in the middle of a look too."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _go(self) -> None:
        every, failing = timedelta(seconds=self._every), False
        rest = min(LONGEST_REST, self._every / 4)
        while True:
            # Workers that started together do not ask together.
            await self._clock.sleep(rest * random.uniform(0.5, 1.5))  # noqa: S311 - not a secret
            try:
                await self._watcher.round(every)
            except (SQLAlchemyError, OSError):
                if not failing:
                    log.exception("drift_watch_failing")
                failing = True
            else:
                failing = False
