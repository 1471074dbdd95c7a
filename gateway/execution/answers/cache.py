"""The answer cache: an operation that many ask for is answered once, as long as its answer holds.

Kept are whole answers of queries whose plan is public (`plans.CachePolicy`), for callers who did
not say who they are. An answer holds as long as the freshest promise of all it rests on
(`resolvers.rests`): what its sources fetched, its kinds of data, and whether it looked at the
clock. One that lacks something, since a source is ill, holds `BRIEF`; one with errors is not kept at
all. Equal questions under way at the same time are one piece of work.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias, cast

import orjson
from graphql import OperationType

from connectors.ports.connectors import SourceState
from connectors.upkeep.clock import SystemClock
from gateway.execution.answers.flights import Flights
from gateway.execution.answers.kept import Kept
from gateway.execution.answers.store import AnswerStore
from gateway.execution.exchange import Answer, Outcome
from resolvers.rests import Rests

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from connectors.upkeep.clock import Clock
    from gateway.execution.answers.shared import SharedAnswers
    from gateway.execution.engine import Planned
    from gateway.execution.exchange import GraphQLRequest

DEFAULT_BYTES = 32_000_000
BRIEF = 1.0
"""Seconds for which an answer is given again that names a source in trouble."""
MOST_SECONDS = 3600.0
"""No answer holds longer, whatever it rests on."""

_STABLE = frozenset({SourceState.OK.value, SourceState.DISABLED.value})
"""States of sources that last until somebody switches something, which empties the cache."""

Write: TypeAlias = "Callable[[Answer], bytes]"


class Asker(NamedTuple):
    """All of a request, beside its question, that an answer to a caller without a name rests on."""

    lang: str = ""
    base: Hashable = ""
    """The address the gateway was reached by, for links; anything that tells two apart."""


class Sharable(NamedTuple):
    """A question whose answer may be kept, and given to others."""

    question: GraphQLRequest
    asker: Asker
    planned: Planned
    mark: Hashable
    """Equal for questions that have the same answer."""
    size: int
    """Of the mark's texts."""


class Asked(Protocol):
    """What answers, and knows its plans: an engine, or that of whichever graph is of now."""

    async def run(self, request: GraphQLRequest, context: object, *, read_only: bool) -> Answer:
        """The answer to a question."""
        ...

    def planned(self, request: GraphQLRequest) -> Planned | None:
        """What is known of a question before it is answered."""
        ...


@dataclass(slots=True)
class AnswerCounts:
    """What became of questions that may have a kept answer, since the start."""

    hits: int = 0
    misses: int = 0
    """Those that were worked out."""
    from_others: int = 0
    """Those another worker had worked out."""
    purged: int = 0
    """Answers that went because something changed."""


class AnswerCache:
    """Answers of `engine`, at most `max_bytes` of them in this process; 0: none is kept.

    `write` makes bytes of an answer. What a context notes in its `rests` (`resolvers.rests.Rests`)
    says how long an answer holds; answers of contexts without them are not kept.
    """

    def __init__(
        self,
        engine: Asked,
        write: Write,
        *,
        max_bytes: int = DEFAULT_BYTES,
        clock: Clock | None = None,
        shared: SharedAnswers | None = None,
    ) -> None:
        self._engine = engine
        self._write = write
        self.max_bytes = max_bytes
        self.clock = clock or SystemClock()
        self._store = AnswerStore(max_bytes)
        self._flights: Flights[Kept | Answer] = Flights()
        self.shared = shared
        """What other workers worked out; None: there are none, or no way to them."""
        self._changes = 0
        """Counts what was purged: what began before may rest on what was."""
        self.counts = AnswerCounts()
        self.forgetting: Callable[[], None] = lambda: None
        """Told when everything is forgotten."""

    @property
    def bytes(self) -> int:
        """What all kept answers take in memory."""
        return self._store.bytes

    @property
    def joined(self) -> int:
        """Questions that waited for the same work as others before them."""
        return self._flights.joined

    def __len__(self) -> int:
        return len(self._store)

    # ------------------------------------------------------------------------------ looking

    def at_hand(self, mark: Hashable) -> Kept | None:
        """The answer that a request byte for byte like this one had, while it holds."""
        kept = self._store.get(mark, self.clock.monotonic())
        if kept is not None:
            self.counts.hits += 1
        return kept

    def remember(self, kept: Kept, mark: Hashable, size: int) -> None:
        """Let `at_hand` find an answer by a mark whose texts are of `size`."""
        self._store.mark(kept, mark, size)

    def sharable(self, question: GraphQLRequest, asker: Asker) -> Sharable | None:
        """The question, if its answer may be given to others; else None."""
        try:
            planned = self._engine.planned(question)
        except Exception:  # noqa: BLE001 - whoever answers it says, and logs, what is wrong with us
            return None
        if planned is None or not planned.plan.cache.keeps or planned.plan.streams:
            return None
        try:
            variables = (
                orjson.dumps(dict(question.variables), option=orjson.OPT_SORT_KEYS)
                if question.variables
                else b""
            )
        except orjson.JSONEncodeError:
            return None
        plan = (planned.key, variables, asker.base)
        lang = asker.lang if planned.plan.cache.by_language else None
        size = len(planned.key[0]) + sum(map(len, planned.key[1] + planned.key[2])) + len(variables)
        return Sharable(question, asker, planned, (*plan, lang), size)

    def find(self, wanted: Sharable) -> Kept | None:
        """The kept answer to a question, while it holds."""
        return self.at_hand(wanted.mark)

    # ----------------------------------------------------------------------------- answering

    async def answer(self, wanted: Sharable, context: object, *, read_only: bool) -> Kept | Answer:
        """The answer to a question that was not found: kept, if that could be.

        All who ask for it at the same time get the same one.
        """

        async def work() -> Kept | Answer:
            return await self._made(wanted, context, read_only=read_only)

        try:
            same = (wanted.mark, wanted.asker, wanted.question.query)
            return await self._flights.join(same, work)
        except TimeoutError:
            # The others may have more time; what can be said in no time is said.
            return await self._engine.run(wanted.question, context, read_only=read_only)

    async def _made(self, wanted: Sharable, context: object, *, read_only: bool) -> Kept | Answer:
        before = self._changes
        token = None
        if self.shared is not None:
            found, token = await self.shared.find(wanted.mark)
            if found is not None and before == self._changes:
                self.counts.from_others += 1
                now = self.clock.monotonic()
                kept = Kept(
                    found.body, made=now - found.age, until=now + found.left, tags=found.tags
                )
                self._store.put(kept, wanted.mark, wanted.size)
                return kept
        self.counts.misses += 1
        began = self.clock.monotonic()
        answer = await self._engine.run(wanted.question, context, read_only=read_only)
        rests = getattr(context, "rests", None)
        if not isinstance(rests, Rests) or _read_headers(context):
            return answer
        seconds = self._seconds(wanted, answer, rests)
        now = self.clock.monotonic()
        if began + seconds <= now or before != self._changes or not self.max_bytes:
            return answer
        try:
            body = self._write(answer)
        except (TypeError, ValueError, RecursionError):
            return answer  # whoever sends it says that it cannot be written
        kept = Kept(body, made=began, until=began + seconds, tags=rests.tags)
        self._store.put(kept, wanted.mark, wanted.size)
        if self.shared is not None and token is not None:
            await self.shared.put(wanted.mark, kept, began + seconds - now, token)
        return kept

    def _seconds(self, wanted: Sharable, answer: Answer, rests: Rests) -> float:
        """How long an answer holds from its beginning; 0: not at all."""
        if answer.outcome is not Outcome.ANSWERED or answer.errors:
            return 0.0  # errors say where in the text they are, and others may ask by another
        policy = wanted.planned.plan.cache
        if answer.extensions and not policy.by_language:
            return 0.0  # what is said of sources is said in a language
        if not _whole(answer):
            return min(policy.seconds, BRIEF)
        return min(policy.seconds, rests.seconds, MOST_SECONDS)

    # ---------------------------------------------------------------------------- forgetting

    def purge(self, *tags: str) -> None:
        """Let go of what rests on a source (`key`) or on a record (`key:local`).

        With a record goes whatever may have it in a list.
        """
        self._changes += 1
        gone = {*tags, *(f"{tag.partition(':')[0]}:*" for tag in tags if ":" in tag)}
        self.counts.purged += sum(map(self._store.purge, gone))
        if self.shared is not None:
            self.shared.purge(gone)

    def answered(self, question: GraphQLRequest, context: object) -> None:
        """Let go of what a question may have changed that was answered elsewhere: a mutation.

        Those are answers that rest on the sources it asked; all, if it asked none.
        """
        if "mutation" not in question.query:
            return
        planned = self._engine.planned(question)
        if planned is None or planned.plan.kind is not OperationType.MUTATION:
            return
        rests = getattr(context, "rests", None)
        if isinstance(rests, Rests) and rests.tags:
            self.purge(*(tag for tag in rests.tags if ":" not in tag))
        else:
            self.forget()
            if self.shared is not None:
                self.shared.purge({"*"})

    def forget(self) -> None:
        """Let go of everything: the graph, the catalogue or a switch is another."""
        self._changes += 1
        self.counts.purged += self._store.clear()
        self.forgetting()


def _whole(answer: Answer) -> bool:
    """Whether no source was in trouble; one that is switched off is in none."""
    named = cast("list[dict[str, object]]", answer.extensions.get("sources", ()))
    return all(one.get("state") in _STABLE for one in named)


def _read_headers(context: object) -> bool:
    """Whether headers of the caller's request went into the answer."""
    return bool(getattr(getattr(context, "headers", None), "was_read", False))
