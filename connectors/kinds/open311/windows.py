"""All requests of a long time, put together from windows and pages without gap or repeat.

Windows lie on a fixed grid, so that the same question is asked again and again and its answer can
be kept. Both ends of a window belong to it, so that none is lost at a border; who stands in two
windows, or on two pages, is taken once. Pages are asked for until one brings nothing new, whatever
size the server gives them. A server that knows no pages gives the same one again; where that may be
cut off at its limit, the window is split in halves. A window that brings fewer requests than a page is
known to hold is not asked for a second one.

The key of a further page names the ids of those before it: when a new request pushes others down
a page, the pages behind are asked for anew, and none is lost between an old and a new one.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from connectors.errors import ConnectorError, Rejected

MOST_DAYS = 90
"""Between the ends of a window (specification)."""
LEAST_SPAN = timedelta(hours=1)
"""A window this short is not split any more."""
MOST_PAGES = 400
"""Of one window."""
FEWEST = 50
"""The smallest page any server is known to cut off at."""
LIMIT = 1_000
"""Where a list ends that knows no pages (specification)."""
SECOND = timedelta(seconds=1)
_AT_ONCE = 4


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A span of time, in whole seconds of UTC."""

    start: datetime
    end: datetime

    def halves(self) -> tuple[Window, Window]:
        """The same time in two windows that share one second."""
        middle = self.start + timedelta(seconds=int((self.end - self.start).total_seconds()) // 2)
        return Window(self.start, middle), Window(middle, self.end)


class Page(Protocol):
    """What was read of one answer; the same object while nothing changed."""

    @property
    def ids(self) -> Sequence[str]:
        """The ids on it, also of the rows that could not be read, in the server's order."""
        ...


class Ask(Protocol):
    """Asks for a page of a window."""

    def __call__(self, window: Window, page: int, behind: str) -> Awaitable[Any]:
        """`page` 0 says nothing of pages; `behind` is a mark of the pages before this one."""
        ...


@dataclass(slots=True)
class Stretch:
    """What one window brought the last time."""

    pages: list[Any] = field(default_factory=list)
    cut_off: bool = False
    """The server gives no more, and there may be more."""
    trouble: ConnectorError | None = None
    """Why this is what was there before."""
    at: float = 0.0
    """When, by the caller's clock."""


class Stitched:
    """The windows of a time, asked together. `ask` must answer from what was kept where it can."""

    def __init__(
        self, ask: Ask, *, window_days: int, paged: bool = True, limit: int = LIMIT
    ) -> None:
        self._ask = ask
        self._days = window_days
        self._paged = paged
        self._limit = limit
        self._holds = 0
        """So many requests fit on a page, as was seen: behind them came an empty one."""
        self._known: dict[Window, Stretch] = {}
        self._split: set[Window] = set()

    async def stretches(
        self, now: datetime, days: int, *, rest: float, clock: float
    ) -> list[Stretch]:
        """Everything of the last `days`, newest first.

        The two newest windows are asked for each time, others when `rest` seconds of `clock`
        have passed. A window that cannot be had says why and holds what it held before. Raises
        ConnectorError when there is nothing to answer with.
        """
        windows = grid(now, days, self._days)
        self._forget(windows)
        turns = asyncio.Semaphore(_AT_ONCE)
        # The newest first and alone: a source that is down is not asked in all windows.
        found = [await self._stretch(windows[0], clock, turns)]
        if found[0].trouble is not None and not self._known:
            raise found[0].trouble
        rests = [0.0, *(rest for _ in windows[2:])]
        found += await asyncio.gather(
            *(
                self._stretch(window, clock, turns, rest=one)
                for window, one in zip(windows[1:], rests, strict=False)
            )
        )
        return found

    async def _stretch(
        self, window: Window, clock: float, turns: asyncio.Semaphore, *, rest: float = 0.0
    ) -> Stretch:
        known = self._known.get(window)
        if known is not None and clock - known.at < rest:
            return known
        async with turns:
            try:
                found = await self._whole(window)
            except ConnectorError as error:
                return replace(known or Stretch(), trouble=error)
        found.at = clock
        self._known[window] = found
        return found

    def _forget(self, keep: Sequence[Window]) -> None:
        for window in set(self._known) - set(keep):
            del self._known[window]
        oldest = keep[-1].start
        self._split = {one for one in self._split if one.start >= oldest}

    async def _whole(self, window: Window, known: tuple[list[Any], bool] | None = None) -> Stretch:
        """All of a window; `known` are its pages, where they have been asked for."""
        pages: list[Any] = []
        if window not in self._split:
            pages, more = known or await self._pages(window)
            if not more:
                return Stretch(pages)
            if window.end - window.start <= LEAST_SPAN:
                return Stretch(pages, cut_off=True)
        halves = window.halves()[::-1]
        found = [None if half in self._split else await self._pages(half) for half in halves]
        if pages and all(one is not None and _ids(one[0]) == _ids(pages) for one in found):
            # The server does not look at the time so closely; shorter windows are of no use.
            return Stretch(pages, cut_off=True)
        self._split.add(window)
        both = Stretch()
        for half, one in zip(halves, found, strict=True):
            part = await self._whole(half, one)
            both = Stretch([*both.pages, *part.pages], both.cut_off or part.cut_off)
        return both

    async def _pages(self, window: Window) -> tuple[list[Any], bool]:
        """The pages of a window, and whether there may be more than the server gives."""
        try:
            first = await self._ask(window, 1 if self._paged else 0, "")
        except Rejected:
            if not self._paged:
                raise
            # It may be the very word `page` that it refuses, or the size of one.
            first = await self._ask(window, 0, "")
            self._paged = False
        pages, count = [first], len(first.ids)
        if not self._paged:
            return pages, self._is_full(count)
        if count < max(self._holds, 1):
            return pages, False
        seen = set(first.ids)
        behind = hashlib.sha256()
        for number in range(2, MOST_PAGES + 1):
            behind.update("\n".join(pages[-1].ids).encode(errors="surrogatepass"))
            try:
                page = await self._ask(window, number, behind.hexdigest()[:16])
            except Rejected:
                # It does not like the second page, so there is none for it to give.
                return pages, number == 2 and self._is_full(count)
            if not page.ids:
                self._holds = max(self._holds, *(len(one.ids) for one in pages))
            if seen.issuperset(page.ids):
                same = number == 2 and bool(page.ids)
                return pages, same and self._is_full(count)
            seen.update(page.ids)
            pages.append(page)
        return pages, True

    def _is_full(self, count: int) -> bool:
        """Whether a list of this length may have been cut off."""
        return count >= min(self._limit, LIMIT) or (count > 0 and count % FEWEST == 0)


def grid(now: datetime, days: int, step: int) -> list[Window]:
    """The windows of `step` days that cover the last `days`, newest first.

    Each begins a second before its place, for servers that take the start out; not where that
    would make it longer than the specification allows.
    """
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    span = timedelta(days=step)
    lead = SECOND if step < MOST_DAYS else timedelta()
    place = epoch + span * ((now - epoch) // span)
    oldest = now - timedelta(days=days)
    found = []
    while place + span > oldest:
        found.append(Window(place - lead, place + span))
        place -= span
    return found


def _ids(pages: Sequence[Any]) -> set[str]:
    return {id_ for page in pages for id_ in page.ids}
