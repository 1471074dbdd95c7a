"""One address of a team's system: the requests go there, and what comes back is judged."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from connectors.declarative.answers import (
    SHORT,
    TOO_MUCH,
    WHOLE,
    Allowance,
    Outcome,
    Said,
    document_of,
)
from connectors.declarative.app import DeclaredApp
from connectors.declarative.manner import Manner
from connectors.declarative.mapping import ABSENT, Exhausted
from connectors.declarative.model import Connect, Source
from connectors.declarative.requests import build
from connectors.errors import ConnectorError, Rejected, Unreadable
from connectors.upkeep import http
from connectors.upkeep.documents import Answer, Document, Stamp
from connectors.upkeep.reading import IN_A_THREAD
from connectors.upkeep.upkeep import Upkeep

T = TypeVar("T")
Headers = Mapping[str, Sequence[str]]

LONGEST_FAILURE = 64_000
"""Bytes of an answer that is a failure, beyond which it says nothing."""
_MOST_MADE = 16
_UNHEARD = frozenset(("set-cookie", "set-cookie2"))
"""Headers of an answer that are nobody's business: they stand for one conversation."""


class Read:
    """A good answer that may be shared, and what connectors made of it so far."""

    __slots__ = ("_made", "said")

    def __init__(self, said: Said) -> None:
        self.said = said
        self._made: dict[int, tuple[Connect, Outcome]] = {}

    def known(self, connect: Connect) -> Outcome | None:
        """What a connector made of it."""
        known = self._made.get(id(connect))
        return known[1] if known is not None and known[0] is connect else None

    def keep(self, connect: Connect, made: Outcome) -> None:
        """Remember what a connector made of it, where that is the same for all who ask."""
        if len(self._made) >= _MOST_MADE:
            self._made.clear()  # other versions of the graph, long gone
        self._made[id(connect)] = connect, made


class Reach:
    """Asks one address through its upkeep; `sources` stand in the place of those of the same name."""

    def __init__(
        self, app: DeclaredApp, upkeep: Upkeep, sources: Mapping[str, Source] | None = None
    ) -> None:
        self._app = app
        self._upkeep = upkeep
        self._sources = sources or {}
        self._turn = asyncio.Semaphore(1)
        """Held by the mapping that takes long: one team has one thread."""

    def source_of(self, connect: Connect) -> Source | None:
        """The source of a connector, at this address."""
        return self._sources.get(connect.source or "") or self._app.source_of(connect)

    async def read(
        self,
        connect: Connect,
        manner: Manner,
        variables: Mapping[str, Any],
        headers: Headers,
        over: ConnectorError | None,
    ) -> Outcome:
        """A read that all callers share: from memory, from the system, or its last good answer.

        `over` is why the system is not asked any more, None while it is. Raises ConnectorError;
        one that `said` something can be told in the team's words.
        """
        source = self.source_of(connect)
        request = build(connect, source, variables, headers=headers).request
        key = manner.key(request, variables)

        def read(document: Document, _: Stamp) -> Read:
            return Read(_said(document, manner))

        async def call(last: Document | None) -> Document | None:
            answer = await self._upkeep.called(request, last)
            if answer.status == 304 and last is not None:
                return None
            document = document_of(answer)
            if manner.test is None:
                self._check(answer, good=answer.status < 300)
            else:
                # Decided before it is kept: what is no success is never the last good answer.
                heard = _heard(answer.headers)

                def test(allowed: Allowance) -> bool:
                    said = Said(document, heard)
                    return said.good(connect, source, variables, allowed)[0]

                good = await self._worked(len(answer.body), manner.test.grows, test)
                self._check(answer, good=good)
            return _with_headers(document, answer.headers) if manner.hears_headers else document

        if over is not None:
            found = await self._upkeep.last_good(key, read, over)
        else:
            found = await self._upkeep.fetch(key, call, read)
        if not manner.constant:
            return await self._worked(
                found.said.size,
                manner.grows,
                lambda allowed: found.said.mapped(connect, variables, allowed),
            )

        def once(allowed: Allowance) -> Outcome:
            return found.known(connect) or found.said.mapped(connect, variables, allowed)

        made = found.known(connect)
        if made is None:
            made = await self._worked(found.said.size, manner.grows, once)
        found.keep(connect, made)
        return made

    async def send(
        self,
        connect: Connect,
        manner: Manner,
        variables: Mapping[str, Any],
        headers: Headers,
    ) -> Outcome:
        """A write, or a read for one caller alone: nothing of it is kept. Raises as `read` does."""
        source = self.source_of(connect)
        request = build(connect, source, variables, headers=headers).request

        async def finish(answer: Answer) -> Outcome:
            document, size = document_of(answer), len(answer.body)
            heard = _heard(answer.headers)

            def work(allowed: Allowance) -> tuple[bool, Outcome]:
                said = Said(document, heard)
                good, problems = said.good(connect, source, variables, allowed)
                if not good:
                    return False, Outcome(ABSENT, problems)
                made = said.mapped(connect, variables, allowed)
                return True, Outcome(made.value, [*problems, *made.problems])

            good, made = await self._worked(size, manner.grows, work)
            self._check(answer, good=good)
            return made

        return await self._upkeep.sent(request, finish, idempotent=not manner.writes)

    async def _worked(self, size: int, grows: bool, work: Callable[[Allowance], T]) -> T:  # noqa: FBT001 - three of them, always all
        """What work on so many bytes comes to: at once where it is little, else in a thread.

        Raises what the work raises, and Unreadable for a mapping that wants too much.
        """
        if size <= IN_A_THREAD and not grows:
            try:
                return work(SHORT)
            except Exhausted:
                pass
        try:
            async with self._turn:
                return await asyncio.to_thread(work, WHOLE)
        except Exhausted as error:
            raise Unreadable(TOO_MUCH) from error

    def _check(self, answer: Answer, *, good: bool) -> None:
        """Raises what an answer that is no success stands for, with what it said."""
        if good:
            return
        try:
            http.check(answer, self._upkeep.clock.now())
        except ConnectorError as error:
            failure = error
        else:
            failure = Rejected("no success, by its description")
        body = answer.body if len(answer.body) <= LONGEST_FAILURE else b""
        failure.said = Answer(answer.status, answer.headers, body)
        raise failure


def failed(
    connect: Connect,
    source: Source | None,
    manner: Manner,
    variables: Mapping[str, Any],
    error: ConnectorError,
) -> Outcome | None:
    """An error as a failure in the team's words; None where it has none, and must be raised.

    A disliked question is always told, trouble of the system where somebody wrote down how.
    """
    answer = error.said
    if not isinstance(answer, Answer) or not (isinstance(error, Rejected) or manner.tells):
        return None
    document = document_of(answer)
    try:
        said = Said(document, _heard(answer.headers))
    except Unreadable:
        return None
    return Outcome(ABSENT, [], said.failure(connect, source, variables))


def _heard(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name not in _UNHEARD}


def _with_headers(document: Document, headers: Mapping[str, str]) -> Document:
    """A document that begins with a line of its headers, so that they are kept with it."""
    line = json.dumps(_heard(headers)).encode()
    return replace(document, body=line + b"\n" + document.body)


def _said(document: Document, manner: Manner) -> Said:
    """What a kept document says. Raises Unreadable."""
    if not manner.hears_headers:
        return Said(document)
    line, _, body = document.body.partition(b"\n")
    return Said(replace(document, body=body), json.loads(line))
