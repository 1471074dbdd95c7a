"""The upkeep of one source: every call to its upstream passes here, whatever kind it is.

A question goes through these steps, and stops at the first that can answer:

1. fresh in memory: given at once;
2. no longer fresh, but the source is well: given at once, a newer one is fetched behind;
3. otherwise a newer one is fetched, once for all who ask for the same (single flight), and waited
   for: shortly where a last good answer is at hand, else until the time is up;
4. the last good answer, marked stale, while it is not too old;
5. the failure.

A fetch waits for its turn (`politeness`), asks the `breaker`, makes the call within its time,
has the answer read, and is tried again where that makes sense (`retries`). An answer that cannot
be read counts as a failure of the source: only what could be read becomes the last good one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from contextvars import Context
from dataclasses import dataclass, field, replace
from datetime import UTC, date, tzinfo
from typing import Any, TypeVar, cast

from connectors import errors
from connectors.errors import ConnectorError
from connectors.upkeep import http
from connectors.upkeep.asking import note_fetch, note_trouble, remaining
from connectors.upkeep.breaker import Breaker
from connectors.upkeep.calling import Caller
from connectors.upkeep.clock import Clock, SystemClock
from connectors.upkeep.counts import Calls, Counts
from connectors.upkeep.documents import Answer, Document, Limits, Request, Stamp, Web
from connectors.upkeep.entries import Entries, Entry
from connectors.upkeep.keep import Keep, Kept, MemoryKeep
from connectors.upkeep.policy import FOREVER, Policy
from connectors.upkeep.politeness import Gate
from connectors.upkeep.reading import IN_A_THREAD, Read, foreign, reading
from connectors.upkeep.secrets import (
    NoSecrets,
    Secrets,
    concealed,
    revealed,
    revealed_in_address,
)
from connectors.upkeep.shared import BreakerNews, NoWire, Wire

__all__ = ["Call", "Read", "Services", "Upkeep"]

T = TypeVar("T")
Call = Callable[[Document | None], Awaitable[Document | None]]

log = logging.getLogger(__name__)

_SOON = 5.0
"""Seconds after which a question that failed may be asked again, unless the source says later."""
_NOTHING: Any = object()
"""In the place of a value that cannot be had; None is a value."""
_SKEW = 5.0
"""Seconds by which the clock that dated a kept answer may be ahead of ours."""
CLOSE_SECONDS = 5.0
"""A call that does not end when it is given up is left behind after so many."""


@dataclass(frozen=True, slots=True)
class Services:
    """What the upkeep of all sources shares; opened once."""

    web: Web
    zone: tzinfo = UTC
    keep: Keep = field(default_factory=MemoryKeep)
    wire: Wire = field(default_factory=NoWire)
    clock: Clock = field(default_factory=SystemClock)
    secrets: Secrets = field(default_factory=NoSecrets)
    private_hosts: frozenset[str] = frozenset()
    """Hosts that the operator allows to have private addresses, `name` or `name:port`."""


class Upkeep:
    """See the module. One per source; `hosts` are those its options name.

    A source with ways to fall back on has one for each, told apart by their `step`: they share
    the source's secrets, and neither their breakers nor their last good answers.
    """

    def __init__(
        self,
        source: str,
        policy: Policy,
        services: Services,
        *,
        hosts: Iterable[str] = (),
        step: int = 0,
    ) -> None:
        self.source = source
        self.mark = f"{source}~{step}" if step else source
        """What the keep and other workers know it by."""
        self.policy = policy
        self.clock = services.clock
        self._services = services
        self._caller = Caller(
            source,
            policy,
            services.clock,
            gate=Gate(policy, services.clock, services.zone),
            wire=services.wire,
            mark=self.mark,
        )
        self._entries = Entries(policy.memory_bytes)
        self._flights: set[asyncio.Task[Any]] = set()
        self._closed = False
        allowed = frozenset((*hosts, *policy.hosts))
        self.limits = Limits(
            connect_timeout=policy.connect_timeout,
            read_timeout=policy.read_timeout,
            total_timeout=policy.total_timeout,
            max_bytes=policy.max_bytes,
            hosts=allowed,
            private_hosts=frozenset(h for h in allowed if _among(h, services.private_hosts)),
        )

        # A call has its time from the caller, which counts all tries together.
        self._web_limits = replace(self.limits, total_timeout=FOREVER)

    @property
    def counts(self) -> Counts:
        """How many questions there were, and what became of them."""
        return self._caller.counts

    @property
    def calls(self) -> Calls:
        """The last calls to the upstream."""
        return self._caller.calls

    @property
    def breaker(self) -> Breaker:
        """The circuit breaker of the upstream."""
        return self._caller.breaker

    @property
    def trouble(self) -> ConnectorError | None:
        """Why the last call failed; None when it did not."""
        return self._caller.trouble

    # --------------------------------------------------------------------------- reading

    async def get(
        self,
        request: Request,
        read: Read[T],
        *,
        key: str | None = None,
        pages: bool = False,
        absent: bool = False,
    ) -> T:
        """What `read` makes of the newest document there is for a question over HTTP.

        For reads only: a GET, or a POST that changes nothing. `key` is what makes two questions
        the same. With `absent`, "there is no such thing" (404, 410) is an answer too: `read` gets
        a document of that status. `{secret:name}` in the address and the headers is replaced at
        the last moment.
        Raises ConnectorError.
        """

        async def call(last: Document | None) -> Document | None:
            answer = await self.called(request, last)
            if answer.status == 304 and last is not None:
                return None
            if absent and answer.status in http.ABSENT:
                return Document(b"", status=answer.status)
            return http.document(answer, self.clock.now(), pages=pages)

        return await self.fetch(key or http.key_of(request), call, read)

    async def fetch(self, key: str, call: Call, read: Read[T]) -> T:
        """What `read` makes of the newest document there is: the same object while none is newer.

        `call(last)` brings a document, or None when `last` is still true. `read` must depend on
        its arguments alone. Raises ConnectorError.
        """
        self.counts.questions += 1
        entry = self._entries.get(key)
        entry.askers += 1
        try:
            return await self._fetched(entry, call, read)
        finally:
            entry.askers -= 1
            self._entries.trim()

    async def _fetched(self, entry: Entry, call: Call, read: Read[T]) -> T:
        if entry.looked_at is None:
            await self._recall(entry)
        asked_at = self.clock.monotonic()
        if entry.kept is not None and entry.failure is None:
            age = asked_at - entry.at
            if age < self.policy.fresh_for + self.policy.stale_for:
                if age >= self.policy.fresh_for:
                    self._start(entry, call, read)
                value = await self._value(entry, read, stale=False)
                if value is not _NOTHING:
                    self.counts.from_memory += 1
                    return self._given(entry, value)
        await self._newer(entry, call, read)
        return await self._best(entry, read, asked_at)

    def at_hand(self, key: str) -> Any:
        """What was read last for a key, while it is fresh; None when it must be asked for.

        It never waits, so a caller that finds something here goes on at once.
        """
        entry = self._entries.known(key)
        if entry is None or entry.kept is None or entry.failure is not None:
            return None
        if self.clock.monotonic() - entry.at >= self.policy.fresh_for:
            return None
        value = entry.values.get(False)
        if value is not None:
            self.counts.questions += 1
            self.counts.from_memory += 1
            note_fetch(entry.kept.fetched_at, self._fresh(entry))
        return value

    async def last_good(self, key: str, read: Read[T], why: ConnectorError) -> T:
        """What `read` makes of the last good answer; nobody is asked. Raises `why` without one."""
        self.counts.questions += 1
        entry = self._entries.get(key)
        entry.askers += 1
        try:
            if entry.looked_at is None:
                await self._recall(entry)
            return await self._last(entry, read, why)
        finally:
            entry.askers -= 1
            self._entries.trim()

    async def ask(self, request: Request) -> Answer:
        """A read whose answer must not be kept. Raises ConnectorError, also for its status."""
        answer = await self.send(request, idempotent=True)
        http.check(answer, self.clock.now())
        return answer

    # --------------------------------------------------------------------------- writing

    async def send(self, request: Request, *, idempotent: bool = False) -> Answer:
        """One write. The answer when it is 2xx or 4xx and says something about the question.

        It is sent again only when it is `idempotent`: then the upstream must know the second one
        for what it is. Raises ConnectorError; after TimedOut and Broken nobody knows whether it
        was taken.
        """

        async def finish(answer: Answer) -> Answer:
            if answer.status >= 500 or answer.status in http.STATUSES:
                http.check(answer, self.clock.now())
            return answer

        return await self.sent(request, finish, idempotent=idempotent)

    async def sent(
        self, request: Request, finish: Callable[[Answer], Awaitable[T]], *, idempotent: bool
    ) -> T:
        """What `finish` makes of the answer to one request that must not be kept.

        It says which answers are failures by raising a ConnectorError. Raises as `send` does.
        """

        async def call() -> Answer:
            return await self.called(request)

        return await self._caller.tried(call, finish, again=idempotent)

    async def called(self, request: Request, last: Document | None = None) -> Answer:
        """The answer to one bare request, for the `call` of a `fetch`: whatever its status.

        `last` makes it the question whether anything changed. Raises ConnectorError.
        """
        ready = self._ready(request, last)
        answer = await self._services.web.send(ready, self._web_limits)
        return answer if ready is request else self._covered(request, answer)

    def revealed(self, text: str) -> str:
        """The text with its `{secret:name}` in place, for ways that are not HTTP. Raises Refused.

        What comes back must go to the upstream alone: not into a key, a log or an error.
        """
        return revealed(text, self.source, self._services.secrets)

    # --------------------------------------------------------------------------- state

    def today(self) -> date:
        """The day it is in the city."""
        return self.clock.now().astimezone(self._services.zone).date()

    def heard(self, news: BreakerNews) -> None:
        """Another worker's breaker of this source changed."""
        self.breaker.heard(news)

    async def settled(self) -> None:
        """Wait until the calls under way have ended."""
        await asyncio.gather(*self._flights, return_exceptions=True)

    async def aclose(self) -> None:
        """Give up the calls under way, and let go of what is in memory."""
        self._closed = True
        flights = list(self._flights)
        for flight in flights:
            flight.cancel()
        if flights:
            await asyncio.wait(flights, timeout=CLOSE_SECONDS)
        self._entries.clear()

    # --------------------------------------------------------------------------- last good

    async def _recall(self, entry: Entry) -> None:
        """Take over a last good answer from before the start, or of another worker."""
        async with entry.lock:
            looked = entry.looked_at
            if looked is not None and self.clock.monotonic() - looked < _SOON:
                return
            kept = await self._services.keep.get(self.mark, entry.key)
            entry.looked_at = self.clock.monotonic()
            if kept is None or (entry.kept and kept.fetched_at <= entry.kept.fetched_at):
                return
            age = (self.clock.now() - kept.fetched_at).total_seconds()
            if age < -_SKEW and self.policy.keep_for < FOREVER:
                return  # somebody set the clock back: how old it is cannot be known
            self._entries.hold(entry, kept, self.clock.monotonic() - max(age, 0.0))
            if age < self.policy.fresh_for:
                entry.failure = None  # somebody else can reach the source

    async def _value(self, entry: Entry, read: Read[T], *, stale: bool) -> T:
        """What was read of the last good answer; `_NOTHING` when it can no longer be read."""
        kept = entry.kept
        if kept is None or stale in entry.values:
            return cast("T", entry.values.get(stale, _NOTHING))
        if len(kept.document.body) <= IN_A_THREAD:
            return await self._read(entry, kept, read, stale=stale)
        known = entry.readings.get(stale)
        if known is None or known[0] is not kept:
            # In a task of its own: who goes away takes what was read so far from nobody.
            known = kept, self._begun(self._read(entry, kept, read, stale=stale))
            entry.readings[stale] = known
        await asyncio.wait((known[1],))
        return cast("T", _NOTHING) if known[1].cancelled() else known[1].result()

    async def _read(self, entry: Entry, kept: Kept, read: Read[T], *, stale: bool) -> T:
        value = cast("T", _NOTHING)
        try:
            value = await reading(read, kept.document, Stamp(kept.fetched_at, stale))
        except BaseException as error:
            if not foreign(error):
                raise
            if not isinstance(error, ConnectorError):
                log.exception("connector_fault", extra={"source": self.source})
            # Kept by an older version that could read it; a new one must be fetched.
            if entry.kept is kept:
                self._entries.hold(entry, None)
        else:
            if entry.kept is kept:
                entry.values[stale] = value
        finally:
            known = entry.readings.get(stale)
            if known is not None and known[0] is kept:
                del entry.readings[stale]
        return value

    def _given(self, entry: Entry, value: T) -> T:
        if entry.kept is not None:
            note_fetch(entry.kept.fetched_at, self._fresh(entry))
        return value

    def _fresh(self, entry: Entry) -> float:
        """Seconds for which what is kept is still given without asking whether it is true."""
        return max(0.0, entry.at + self.policy.fresh_for - self.clock.monotonic())

    def _is_kept(self, entry: Entry) -> bool:
        if entry.kept is None:
            return False
        return self.clock.monotonic() - entry.at <= self.policy.keep_for

    # --------------------------------------------------------------------------- flights

    def _begun(self, work: Any) -> asyncio.Task[Any]:
        # In a context of its own: it belongs to all who ask, not to the first one's time.
        task = asyncio.get_running_loop().create_task(work, context=Context())
        self._flights.add(task)
        task.add_done_callback(self._flights.discard)
        return task

    def _start(self, entry: Entry, call: Call, read: Read[Any]) -> asyncio.Task[None] | None:
        """The flight for all who ask; None once this is closed."""
        if entry.flight is not None:
            self.counts.joined += 1
        elif not self._closed:
            entry.flight = self._begun(self._fly(entry, call, read))
        return entry.flight

    async def _newer(self, entry: Entry, call: Call, read: Read[Any]) -> None:
        """Begin to fetch, unless it is too soon, and wait as long as makes sense."""
        if self._too_soon(entry):
            return
        flight = self._start(entry, call, read)
        if flight is None:
            return
        patience = self._patience(entry)
        if patience > 0:
            # `wait` cancels nothing: not when the time is up, not when the caller goes away.
            await asyncio.wait((flight,), timeout=patience)
        if not flight.done():
            entry.overdue = True

    def _too_soon(self, entry: Entry) -> bool:
        if entry.failure is None or self.clock.monotonic() >= entry.not_before:
            return False
        # Quiet hours are hours of the clock on the wall, which somebody may have set.
        return not isinstance(entry.failure, errors.Paused) or self._caller.gate.rest > 0

    def _patience(self, entry: Entry) -> float:
        if self._is_kept(entry) and not _answered(entry.failure):
            waits = entry.failure is None and not entry.overdue
            patience = self.policy.patience if waits else 0.0
        elif entry.failure is not None and entry.slow:
            # It hung the last time: this time nobody waits for it as long again.
            patience = self.policy.patience
        else:
            patience = self.policy.total_timeout + self.policy.queue_timeout
        return min(patience, remaining())

    async def _best(self, entry: Entry, read: Read[T], asked_at: float) -> T:
        """The best there is after the waiting. Raises the failure when there is nothing."""
        young = self.policy.fresh_for + self.policy.stale_for
        if entry.kept is not None and entry.failure is None:
            now = self.clock.monotonic()
            if entry.at >= asked_at or now - entry.at < young:
                value = await self._value(entry, read, stale=False)
                if value is not _NOTHING:
                    return self._given(entry, value)
        failure = entry.failure or errors.TimedOut("no answer in time")
        if _answered(failure):
            raise self._again(entry, failure)
        return await self._last(entry, read, self._again(entry, failure))

    async def _last(self, entry: Entry, read: Read[T], failure: ConnectorError) -> T:
        """The last good answer, because of a failure. Raises that when there is none."""
        if self._is_kept(entry):
            value = await self._value(entry, read, stale=True)
            if value is not _NOTHING:
                self.counts.stale += 1
                note_trouble(failure)
                return self._given(entry, value)
        raise failure

    def _again(self, entry: Entry, failure: ConnectorError) -> ConnectorError:
        """A new error for everybody who asks: they add who asked and from where."""
        wait = max(entry.not_before - self.clock.monotonic(), self.breaker.wait)
        if isinstance(failure, errors.Paused):
            wait = self._caller.gate.rest
        again = type(failure)(
            str(failure), source=self.source, retry_after=wait if wait > 0 else failure.retry_after
        )
        again.__cause__, again.said = failure.__cause__, failure.said
        return again

    async def _fly(self, entry: Entry, call: Call, read: Read[Any]) -> None:
        last = entry.kept
        began, at = self.clock.now(), self.clock.monotonic()

        async def called() -> Document:
            nonlocal last, began
            last, began = entry.kept, self.clock.now()
            document = await call(last.document if last else None)
            if document is None:
                if last is None:
                    raise errors.Broken("unchanged, said of nothing")
                document = last.document
            return document

        async def finish(document: Document) -> tuple[Kept, Any]:
            return Kept(document, began), await reading(read, document, Stamp(began))

        try:
            kept, value = await self._caller.tried(called, finish, again=True)
        except ConnectorError as failure:
            now = self.clock.monotonic()
            entry.failure, entry.slow = failure, now - at > self.policy.patience
            wait = failure.retry_after or min(max(self.policy.fresh_for, 0.5), _SOON)
            entry.not_before = now + wait
            # What another worker got since is better than what we have, or nothing.
            await self._recall(entry)
        else:
            entry.failure = None
            self._entries.hold(entry, kept, self.clock.monotonic())
            entry.values[False] = value
            await self._services.keep.put(self.mark, entry.key, kept, keep_for=self.policy.keep_for)
        finally:
            entry.flight = None
            entry.overdue = False
            self._entries.trim()

    # --------------------------------------------------------------------------- calls

    def _ready(self, request: Request, last: Document | None) -> Request:
        """The request with its secrets in place, and the question whether anything changed."""
        bare = last is None and not request.headers and request.body is None
        if bare and "{secret:" not in request.url:
            return request
        secrets = self._services.secrets
        headers = {
            name: revealed(value, self.source, secrets) for name, value in request.headers.items()
        }
        if last is not None and last.etag:
            headers["If-None-Match"] = last.etag
        elif last is not None and last.last_modified:
            headers["If-Modified-Since"] = last.last_modified
        url, body = revealed_in_address(request.url, self.source, secrets), request.body
        if body is not None and b"{secret:" in body and _is_form(request):
            # What people wrote is escaped in a form: nothing else in it can look like a secret.
            body = revealed(body.decode("ascii"), self.source, secrets, in_form=True).encode()
        return replace(request, url=url, headers=headers, body=body)

    def _covered(self, request: Request, answer: Answer) -> Answer:
        """The answer without the secrets of the question, should it repeat them."""
        texts = [one for one in (request.url, *request.headers.values()) if "{secret:" in one]
        if request.body is not None and b"{secret:" in request.body and _is_form(request):
            texts.append(request.body.decode("ascii"))
        if not texts:
            return answer
        secrets = self._services.secrets
        headers = {
            name: concealed(value.encode(), texts, self.source, secrets).decode()
            for name, value in answer.headers.items()
        }
        body = concealed(answer.body, texts, self.source, secrets)
        return replace(answer, headers=headers, body=body)


def _answered(failure: ConnectorError | None) -> bool:
    """Whether a failure is an answer to the question, so that no older one stands in for it."""
    return isinstance(failure, errors.Rejected) and failure.said is not None


def _is_form(request: Request) -> bool:
    said = {name.lower(): value for name, value in request.headers.items()}
    return said.get("content-type", "").startswith("application/x-www-form-urlencoded")


def _among(host: str, allowed: frozenset[str]) -> bool:
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    return host in allowed or name in allowed
