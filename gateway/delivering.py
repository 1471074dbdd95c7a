"""The rounds of the courier: from the start of a worker to its end, whenever something is due."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from catalog.workflow import calls, outbox
from catalog.workflow.courier import Courier
from catalog.workflow.writing import writing
from connectors.upkeep.clock import Clock

log = logging.getLogger(__name__)

LONGEST_REST = 5.0
"""Seconds between two looks: another worker may have put something into the outbox."""
SHORTEST_REST = 0.05
TIDYING = timedelta(hours=1)
"""Between two times that calls nobody will repeat are forgotten."""


class Deliveries:
    """All workers go round, and each delivery is one's alone."""

    def __init__(self, engine: AsyncEngine, courier: Courier, clock: Clock) -> None:
        self._engine = engine
        self._courier = courier
        self._clock = clock
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._tidied = clock.now()

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._go())

    def hurry(self) -> None:
        """Something was put into the outbox: do not wait for the next look."""
        self._news.set()

    async def stop(self) -> None:
        """End, in the middle of a delivery too: its lease runs out, and another goes on with it."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _go(self) -> None:
        failing = False
        while True:
            self._news.clear()
            rest = LONGEST_REST
            try:
                await self._courier.round()
                await self._tidy()
                rest = await self._until_due()
            except (SQLAlchemyError, OSError):
                if not failing:
                    log.exception("deliveries_failing")
                failing = True
            except Exception:
                # A delivery with a fault nobody planned must not end those of everybody else; its
                # lease runs out, and it is tried again after all others that are due.
                log.exception("delivery_fault")
            else:
                failing = False
            await self._rested(rest)

    async def _until_due(self) -> float:
        async with self._engine.connect() as connection:
            due = await outbox.next_due(connection)
        if due is None:
            return LONGEST_REST
        seconds = (due - self._clock.now()).total_seconds()
        return min(max(seconds, SHORTEST_REST), LONGEST_REST)

    async def _rested(self, seconds: float) -> None:
        """Come back after so many seconds, or when there is news."""
        rest = asyncio.create_task(self._clock.sleep(seconds))
        news = asyncio.create_task(self._news.wait())
        try:
            await asyncio.wait({rest, news}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            rest.cancel()
            news.cancel()

    async def _tidy(self) -> None:
        now = self._clock.now()
        if now - self._tidied >= TIDYING:
            self._tidied = now
            async with writing(self._engine) as connection:
                await calls.forget(connection, now=now)
