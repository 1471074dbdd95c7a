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
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from contextvars import Context
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from typing import Any, TypeVar, cast

from connectors import errors
from connectors.errors import ConnectorError
from connectors.upkeep import http
from connectors.upkeep.asking import note_fetch, note_trouble, remaining
from connectors.upkeep.breaker import Breaker
from connectors.upkeep.clock import Clock, SystemClock
from connectors.upkeep.counts import Calls, Counts
from connectors.upkeep.documents import Answer, Document, Limits, Request, Stamp, Web
from connectors.upkeep.keep import Keep, Kept, MemoryKeep
from connectors.upkeep.policy import FOREVER, Policy
from connectors.upkeep.politeness import Gate
from connectors.upkeep.retries import RetryBudget, wait_before
from connectors.upkeep.secrets import NoSecrets, Secrets, revealed
from connectors.upkeep.shared import BreakerNews, NoWire, Wire

T = TypeVar("T")
Call = Callable[[Document | None], Awaitable[Document | None]]
Read = Callable[[Document, Stamp], T]

log = logging.getLogger(__name__)

IN_A_THREAD = 64_000
"""Documents larger than this many bytes are read in a thread."""
_MOST_ENTRIES = 4_096
_SOON = 5.0
"""Seconds after which a question that failed may be asked again, unless the source says later."""
_NOTHING: Any = object()
"""In the place of a value that cannot be had; None is a value."""
_SKEW = 5.0
"""Seconds by which the clock that dated a kept answer may be ahead of ours."""


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


class _Entry:
    """What is known about one key: its last good answer, its last failure, the flight under way."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.kept: Kept | None = None
        self.at = 0.0
        """Of the clock's `monotonic`: when `kept` was known to be true."""
        self.values: dict[bool, Any] = {}
        """What was read of `kept`: for a fresh stamp (False) and for a stale one (True)."""
        self.failure: ConnectorError | None = None
        self.not_before = 0.0
        self.flight: asyncio.Task[None] | None = None
        self.overdue = False
        """Somebody has waited for the flight in vain."""
        self.recalled = False
        self.lock = asyncio.Lock()

    @property
    def size(self) -> int:
        return len(self.kept.document.body) if self.kept else 0

    def hold(self, kept: Kept, at: float) -> None:
        self.kept, self.at, self.values = kept, at, {}


class Upkeep:
    """See the module. One per source; `hosts` are those its options name."""

    def __init__(
        self, source: str, policy: Policy, services: Services, *, hosts: Iterable[str] = ()
    ) -> None:
        self.source = source
        self.policy = policy
        self.clock = services.clock
        self.counts = Counts()
        self.calls = Calls(services.clock)
        self.breaker = Breaker(policy, services.clock, self._tell)
        self.trouble: ConnectorError | None = None
        """Why the last call failed; None when it did not."""
        self._services = services
        self._gate = Gate(policy, services.clock, services.zone)
        self._budget = RetryBudget(policy.retry_budget, services.clock)
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._bytes = 0
        self._flights: set[asyncio.Task[None]] = set()
        allowed = frozenset((*hosts, *policy.hosts))
        self.limits = Limits(
            connect_timeout=policy.connect_timeout,
            read_timeout=policy.read_timeout,
            total_timeout=policy.total_timeout,
            max_bytes=policy.max_bytes,
            hosts=allowed,
            private_hosts=frozenset(h for h in allowed if _among(h, services.private_hosts)),
        )

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
            asked = self._ready(request, last)
            answer = await self._services.web.send(asked, self.limits)
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
        entry = self._entry(key)
        if not entry.recalled:
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

        async def once() -> Answer:
            answer = await self._services.web.send(self._ready(request, None), self.limits)
            if answer.status >= 500 or answer.status in http.STATUSES:
                http.check(answer, self.clock.now())
            return answer

        return await self._tried(once, again=idempotent)

    # --------------------------------------------------------------------------- state

    def heard(self, news: BreakerNews) -> None:
        """Another worker's breaker of this source changed."""
        self.breaker.heard(news)

    async def settled(self) -> None:
        """Wait until the calls under way have ended."""
        await asyncio.gather(*self._flights, return_exceptions=True)

    async def aclose(self) -> None:
        """Give up the calls under way."""
        for flight in list(self._flights):
            flight.cancel()
        await asyncio.gather(*self._flights, return_exceptions=True)

    def _tell(self, news: BreakerNews) -> None:
        log.warning(
            "breaker_opened" if news.open_until > 0 else "breaker_closed",
            extra={"source": self.source, "error": news.error},
        )
        self._services.wire.tell(self.source, news)

    # --------------------------------------------------------------------------- entries

    def _entry(self, key: str) -> _Entry:
        entry = self._entries.get(key)
        if entry is None:
            entry = self._entries[key] = _Entry(key)
            self._trim()
        else:
            self._entries.move_to_end(key)
        return entry

    def _trim(self) -> None:
        """Let go of what nobody asked for longest; what is being fetched stays."""
        too_many = len(self._entries) - _MOST_ENTRIES
        if too_many <= 0 and self._bytes <= self.policy.memory_bytes:
            return
        newest = next(reversed(self._entries))
        for key in list(self._entries):
            if len(self._entries) <= _MOST_ENTRIES and self._bytes <= self.policy.memory_bytes:
                return
            entry = self._entries[key]
            if key != newest and entry.flight is None and not entry.lock.locked():
                self._bytes -= entry.size
                del self._entries[key]

    async def _recall(self, entry: _Entry) -> None:
        """Take over the last good answer from before the start, if it was kept."""
        async with entry.lock:
            if entry.recalled:
                return
            kept = await self._services.keep.get(self.source, entry.key)
            entry.recalled = True
            if kept is None or entry.kept is not None:
                return
            age = (self.clock.now() - kept.fetched_at).total_seconds()
            if age < -_SKEW and self.policy.keep_for < FOREVER:
                return  # somebody set the clock back: how old it is cannot be known
            self._hold(entry, kept, age=max(age, 0.0))

    def _hold(self, entry: _Entry, kept: Kept, *, age: float = 0.0) -> None:
        self._bytes -= entry.size
        entry.hold(kept, self.clock.monotonic() - age)
        self._bytes += entry.size if entry.key in self._entries else 0
        self._trim()

    async def _value(self, entry: _Entry, read: Read[T], *, stale: bool) -> T:
        """What was read of the last good answer; `_NOTHING` when it can no longer be read."""
        if stale not in entry.values:
            async with entry.lock:
                kept = entry.kept
                if kept is not None and stale not in entry.values:
                    stamp = Stamp(kept.fetched_at, stale)
                    try:
                        value = await _read(read, kept.document, stamp)
                    except ConnectorError:
                        # Kept by an older version that could read it; a new one must be fetched.
                        if entry.kept is kept:
                            self._bytes -= entry.size
                            entry.kept = None
                        return cast("T", _NOTHING)
                    if entry.kept is kept:
                        entry.values[stale] = value
                    return value
        return cast("T", entry.values.get(stale, _NOTHING))

    def _given(self, entry: _Entry, value: T) -> T:
        if entry.kept is not None:
            note_fetch(entry.kept.fetched_at)
        return value

    # --------------------------------------------------------------------------- flights

    def _start(self, entry: _Entry, call: Call, read: Read[Any]) -> asyncio.Task[None]:
        flight = entry.flight
        if flight is None:
            # In a context of its own: it belongs to all who ask, not to the first one's time.
            flight = asyncio.get_running_loop().create_task(
                self._fly(entry, call, read), context=Context()
            )
            entry.flight = flight
            self._flights.add(flight)
            flight.add_done_callback(self._flights.discard)
        else:
            self.counts.joined += 1
        return flight

    async def _newer(self, entry: _Entry, call: Call, read: Read[Any]) -> None:
        """Begin to fetch, unless it is too soon, and wait as long as makes sense."""
        if entry.failure is not None and self.clock.monotonic() < entry.not_before:
            return
        hopeless = entry.failure is not None or entry.overdue
        flight = self._start(entry, call, read)
        if self._is_kept(entry):
            patience = 0.0 if hopeless else self.policy.patience
        else:
            patience = self.policy.total_timeout + self.policy.queue_timeout
        patience = min(patience, remaining())
        if patience > 0:
            # `wait` cancels nothing: not when the time is up, not when the caller goes away.
            await asyncio.wait((flight,), timeout=patience)
        if not flight.done():
            entry.overdue = True

    async def _best(self, entry: _Entry, read: Read[T], asked_at: float) -> T:
        """The best there is after the waiting. Raises the failure when there is nothing."""
        young = self.policy.fresh_for + self.policy.stale_for
        if entry.kept is not None and entry.failure is None:
            now = self.clock.monotonic()
            if entry.at >= asked_at or now - entry.at < young:
                value = await self._value(entry, read, stale=False)
                if value is not _NOTHING:
                    return self._given(entry, value)
        failure = entry.failure or errors.TimedOut("no answer in time")
        if self._is_kept(entry):
            value = await self._value(entry, read, stale=True)
            if value is not _NOTHING:
                self.counts.stale += 1
                note_trouble(self._again(entry, failure))
                return self._given(entry, value)
        raise self._again(entry, failure)

    def _again(self, entry: _Entry, failure: ConnectorError) -> ConnectorError:
        """A new error for everybody who asks: they add who asked and from where."""
        wait = max(entry.not_before - self.clock.monotonic(), self.breaker.wait)
        again = type(failure)(
            str(failure), source=self.source, retry_after=wait if wait > 0 else failure.retry_after
        )
        again.__cause__ = failure.__cause__
        return again

    def _is_kept(self, entry: _Entry) -> bool:
        if entry.kept is None:
            return False
        return self.clock.monotonic() - entry.at <= self.policy.keep_for

    async def _fly(self, entry: _Entry, call: Call, read: Read[Any]) -> None:
        async def once() -> tuple[Kept, Any]:
            last = entry.kept
            began = self.clock.now()
            document = await call(last.document if last else None)
            if document is None:
                if last is None:
                    raise errors.Broken("unchanged, said of nothing")
                document = last.document
            kept = Kept(document, began)
            return kept, await _read(read, document, Stamp(began))

        try:
            kept, value = await self._tried(once, again=True)
        except ConnectorError as failure:
            entry.failure = failure
            wait = failure.retry_after or min(max(self.policy.fresh_for, 0.5), _SOON)
            entry.not_before = self.clock.monotonic() + wait
        else:
            entry.failure = None
            self._hold(entry, kept)
            entry.values[False] = value
            await self._services.keep.put(
                self.source, entry.key, kept, keep_for=self.policy.keep_for
            )
        finally:
            entry.flight = None
            entry.overdue = False

    # --------------------------------------------------------------------------- calls

    async def _tried(self, once: Callable[[], Awaitable[T]], *, again: bool) -> T:
        """One call, and further ones where it failed and that makes sense."""
        ends = self.clock.monotonic() + self.policy.total_timeout
        self._budget.called()
        attempt = 0
        while True:
            attempt += 1
            # The wait for a turn has its own limit and does not use up the time of the call.
            async with self._gate.turn(self.policy.queue_timeout):
                await self._admitted()
                if attempt == 1:
                    ends = self.clock.monotonic() + self.policy.total_timeout
                try:
                    return await self._called(once, ends - self.clock.monotonic())
                except ConnectorError as error:
                    failure = error
            left = ends - self.clock.monotonic()
            wait = wait_before(attempt, failure, self.policy, left) if again else None
            if wait is None or not self._budget.spend():
                raise failure
            self.counts.retries += 1
            await self.clock.sleep(wait)

    async def _admitted(self) -> None:
        """Raises what the breaker raises; of all workers one makes the probe."""
        probe = self.breaker.enter()
        if not probe:
            return
        leased = False
        try:
            leased = await self._services.wire.lease(self.source, self.policy.breaker_open_for)
        finally:
            if not leased:
                self.breaker.left()
        if not leased:
            wait = self.policy.breaker_open_for
            raise self.breaker.last("another worker is trying the source", retry_after=wait)

    async def _called(self, once: Callable[[], Awaitable[T]], left: float) -> T:
        self.counts.calls += 1
        began = self.clock.monotonic()
        try:
            async with asyncio.timeout(left):
                answer = await once()
        except ConnectorError as error:
            failure = error
        except TimeoutError as error:
            failure = errors.TimedOut(f"no answer within {self.policy.total_timeout:g} s")
            failure.__cause__ = error
        except asyncio.CancelledError:
            self.breaker.left()
            raise
        except Exception as error:
            # A fault in one team's code must not become a fault of the city: it is named Broken.
            if self.calls.up:
                log.exception("connector_fault", extra={"source": self.source})
            failure = errors.Broken("the connector failed")
            failure.__cause__ = error
        else:
            self.breaker.succeeded()
            self._note(began, None)
            return answer
        failure.source = failure.source or self.source
        self.breaker.failed(failure)
        self._note(began, failure)
        raise failure

    def _note(self, began: float, failure: ConnectorError | None) -> None:
        self.trouble = failure
        if self.calls.note((self.clock.monotonic() - began) * 1000, failure):
            log.warning(
                "source_returned" if self.calls.up else "source_broke",
                extra={"source": self.source, "error": self.calls.last_error},
            )

    def _ready(self, request: Request, last: Document | None) -> Request:
        """The request with its secrets in place, and the question whether anything changed."""
        secrets = self._services.secrets
        headers = {
            name: revealed(value, self.source, secrets) for name, value in request.headers.items()
        }
        if last is not None and last.etag:
            headers["If-None-Match"] = last.etag
        elif last is not None and last.last_modified:
            headers["If-Modified-Since"] = last.last_modified
        url, body = revealed(request.url, self.source, secrets), request.body
        if body is not None and b"{secret:" in body and _is_form(request):
            # What people wrote is escaped in a form: nothing else in it can look like a secret.
            body = revealed(body.decode("ascii"), self.source, secrets, in_form=True).encode()
        return replace(request, url=url, headers=headers, body=body)


def _is_form(request: Request) -> bool:
    said = {name.lower(): value for name, value in request.headers.items()}
    return said.get("content-type", "").startswith("application/x-www-form-urlencoded")


async def _read(read: Read[T], document: Document, stamp: Stamp) -> T:
    try:
        if len(document.body) > IN_A_THREAD:
            return await asyncio.to_thread(read, document, stamp)
        return read(document, stamp)
    except ConnectorError:
        raise
    except (ValueError, LookupError, TypeError, ArithmeticError, RecursionError) as error:
        # Whatever shape an upstream invents, the fault is in its answer.
        raise errors.Unreadable(f"could not be read: {type(error).__name__}") from error


def _among(host: str, allowed: frozenset[str]) -> bool:
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    return host in allowed or name in allowed
