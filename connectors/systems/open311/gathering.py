"""All requests of the last `history_days`, gathered once for all who ask, and kept up to date."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import Context
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.errors import ConnectorError, TimedOut, Unreachable, Unreadable
from connectors.kinds.open311.windows import Stitched
from connectors.memory.complaints import MemoryComplaints, Records
from connectors.systems.open311.mapping import Told
from connectors.systems.open311.talk import LONGEST_ID, RequestsPage, Talk, id_of
from connectors.upkeep.asking import asking, note_fetch, note_trouble, remaining


@dataclass(frozen=True, slots=True)
class Held:
    """Everything of the last `history_days`."""

    memory: MemoryComplaints
    told: Mapping[str, Told]
    rejected: list[tuple[Any, str]]
    since: datetime


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a gathering brought, and what everybody who is answered from it is told beside."""

    held: Held
    troubles: tuple[tuple[ConnectorError, bool], ...]
    """Each with whether something is missing for it."""
    fetched_at: datetime
    """Of its oldest page."""
    fresh_for: float | None = None
    """Seconds for which all of it was still fresh when it was gathered."""


class Gathering:
    """Everything a server tells of the last `history_days`, and older requests by their id."""

    def __init__(self, talk: Talk, now: Callable[[], datetime]) -> None:
        options = talk.options
        self._talk = talk
        self._now = now
        self._stitched = Stitched(
            talk.page, window_days=options.window_days, paged=options.paging, limit=options.limit
        )
        self._pages: tuple[RequestsPage, ...] = ()
        self._held: Held | None = None
        self._last: Gathered | None = None
        self._gathering: asyncio.Task[Gathered] | None = None
        self._stale: dict[int, tuple[RequestsPage, RequestsPage]] = {}

    @property
    def held(self) -> Held | None:
        """What was put together last, None before the first time."""
        return self._held

    async def told(self, ids: Sequence[str]) -> Mapping[str, Told]:
        """What is known of these requests, by id; the older ones are looked up one by one."""
        if not ids:
            return {}
        failure: ConnectorError | None = None
        try:
            held = (await self.all()).told
        except ConnectorError as error:
            held, failure = {}, error  # a single request may be had where the list may not
        told = {local: held[local] for local in ids if local in held}
        missing = sorted({local for local in ids if 0 < len(local) <= LONGEST_ID} - set(told))
        if not missing:
            return told
        try:
            return {**told, **await self._talk.requests(missing)}
        except ConnectorError as error:
            raise (failure or error) from error

    async def all(self, *, whole: bool = False) -> Held:
        """Everything of the last `history_days`. Raises ConnectorError.

        With `whole` also when something of it is missing: a figure that lacks a part is wrong.

        Gathered once for all who ask at the same time, in a task of its own: the first gathering
        of a large city may take longer than one caller has, and goes on for the next.
        """
        gathering = self._gathering
        if gathering is None or gathering.done():
            gathering = asyncio.get_running_loop().create_task(self._gathered(), context=Context())
            gathering.add_done_callback(_looked_at)
            self._gathering = gathering
        left = remaining()
        await asyncio.wait((gathering,), timeout=left if left < float("inf") else None)
        if not gathering.done():
            if self._last is None or not self._is_kept(self._last):
                raise TimedOut("not everything has been read yet")
            found = self._last
            note_trouble(TimedOut("not everything could be read again in time"))
        elif gathering.cancelled():
            raise Unreachable("the source was closed")
        else:
            failure = gathering.exception()
            if isinstance(failure, ConnectorError):
                raise _again(failure) from failure
            found = gathering.result()
        for trouble, partial in found.troubles:
            if partial and whole:
                raise _again(trouble) from trouble
            note_trouble(trouble, partial=partial)
        note_fetch(found.fetched_at, found.fresh_for)
        return found.held

    async def aclose(self) -> None:
        """Give up a gathering under way."""
        if self._gathering is not None:
            self._gathering.cancel()
            await asyncio.gather(self._gathering, return_exceptions=True)

    def _is_kept(self, gathered: Gathered) -> bool:
        age = self._now() - gathered.fetched_at
        return age.total_seconds() <= self._talk.upkeep.policy.keep_for

    async def _gathered(self) -> Gathered:
        options = self._talk.options
        with asking() as noted:
            found = await self._stitched.stretches(
                self._now(),
                options.history_days,
                rest=options.settled_for,
                clock=self._talk.upkeep.clock.monotonic(),
            )
        pages: list[RequestsPage] = []
        stale: dict[int, tuple[RequestsPage, RequestsPage]] = {}
        troubles = [(noted.trouble, noted.partial)] if noted.trouble is not None else []
        for stretch in found:
            if stretch.trouble is not None:
                troubles.append((stretch.trouble, not stretch.pages))
            elif stretch.cut_off:
                trouble = Unreadable("the server cuts its lists off and gives no further pages")
                troubles.append((trouble, True))
            for page in stretch.pages:
                if stretch.trouble is not None:
                    stale[id(page)] = self._stale.get(id(page)) or (page, page.staled())
                    pages.append(stale[id(page)][1])
                else:
                    pages.append(page)
        self._stale = stale
        if not pages:
            raise next(one.trouble for one in found if one.trouble is not None)
        held = await self._put_together(tuple(pages))
        oldest = min(page.fetched_at for page in pages)
        self._last = Gathered(held, tuple(troubles), oldest, noted.fresh_for)
        return self._last

    async def _put_together(self, pages: tuple[RequestsPage, ...]) -> Held:
        known = self._pages
        same = len(known) == len(pages) and all(a is b for a, b in zip(known, pages, strict=True))
        # From the beginning of a day, so that it is put together again once a day for that.
        today = self._now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        since = today - timedelta(days=self._talk.options.history_days)
        if self._held is None or not same or self._held.since != since:
            name = self._talk.binding.key
            # In a thread, so that a large city does not keep everybody else waiting.
            self._held = await asyncio.to_thread(_held, name, pages, since)
            self._pages = pages
        return self._held


def _again(failure: ConnectorError) -> ConnectorError:
    """A new one for everybody who asks: they add who asked and from where."""
    return type(failure)(str(failure), source=failure.source, retry_after=failure.retry_after)


def _looked_at(gathering: asyncio.Task[Gathered]) -> None:
    """Whoever asked may be gone: nobody need look at the failure again."""
    if not gathering.cancelled():
        gathering.exception()


def _held(name: str, pages: Sequence[RequestsPage], since: datetime) -> Held:
    """All pages as one: who stands on several is taken once, as the first of them has it.

    The oldest window reaches further back than what is asked for: that is left to look-ups by id.
    """
    told: dict[str, Told] = {}
    rejected: dict[str, tuple[Any, str]] = {}
    for page in pages:
        for one in page.told:
            if one.complaint.created_at >= since:
                told.setdefault(one.id, one)
        for row, reason in page.rejected:
            rejected.setdefault(id_of(row) or f"{len(rejected)}", (row, reason))
    memory = MemoryComplaints(name, records_of(told.values()))
    return Held(memory, told, list(rejected.values()), since)


def records_of(told: Iterable[Told]) -> Records:
    """All that these requests tell."""
    every = list(told)
    return Records(
        complaints=[one.complaint for one in every],
        events=[event for one in every for event in one.events],
        comments=[comment for one in every for comment in one.comments],
        media=[item for one in every for item in one.media],
        particulars={one.id: one.particulars for one in every if one.particulars is not None},
    )
