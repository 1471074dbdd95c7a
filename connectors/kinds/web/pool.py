"""Connections kept for the next question, bounded per host."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from connectors.errors import Unreachable
from connectors.kinds.web.addresses import Origin
from connectors.kinds.web.dialing import AnyLine, Dial
from connectors.kinds.web.questions import Gone, Heard, Question
from connectors.kinds.web.reader import Reader
from connectors.kinds.web.streams import Streams

JUST_NOW = 1.0
"""Seconds for which a kept connection is trusted with a question that must not be asked twice."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many connections there may be."""

    in_use: int = 32
    """Questions under way per host; further ones wait."""
    idle: int = 8
    """Connections kept per host."""
    idle_for: float = 15.0
    """Seconds for which one is kept."""


@dataclass(slots=True, eq=False)
class _Host:
    turns: asyncio.Semaphore
    idle: list[Reader] = field(default_factory=list)
    shared: Streams | None = None
    users: int = 0


class Pool:
    """One for the whole gateway. Who may reach private addresses shares none with who may not."""

    def __init__(self, dial: Dial, bounds: Bounds) -> None:
        self._dial = dial
        self._bounds = bounds
        self._hosts: dict[tuple[Origin, bool], _Host] = {}
        self._lines: set[AnyLine] = set()
        self._sweep: asyncio.TimerHandle | None = None
        self._closed = False

    async def ask(self, question: Question, *, private: bool) -> Heard:
        """The answer, over a kept connection or a new one.

        A kept connection may have ended in the meantime: then a question that does no harm is
        asked once more over a new one.
        """
        key = (question.target.origin, private)
        host = self._hosts.get(key)
        if host is None:
            host = self._hosts[key] = _Host(asyncio.Semaphore(self._bounds.in_use))
        host.users += 1
        try:
            await host.turns.acquire()
            try:
                line = self._kept(host, question)
                if line is not None:
                    try:
                        return await self._asked(host, line, question)
                    except Gone:
                        if not question.repeatable:
                            raise
                line = await self._new(host, question, private=private)
                return await self._asked(host, line, question)
            finally:
                host.turns.release()
        finally:
            host.users -= 1
            self._tidy(key, host)

    def close(self) -> None:
        """Hang up everywhere."""
        self._closed = True
        if self._sweep is not None:
            self._sweep.cancel()
        for line in list(self._lines):
            line.close()
        self._hosts.clear()

    @property
    def open(self) -> int:
        """Connections there are now, asked or kept."""
        return len(self._lines)

    # ----------------------------------------------------------------------------- one question

    def _kept(self, host: _Host, question: Question) -> AnyLine | None:
        now = asyncio.get_running_loop().time()
        most = self._bounds.idle_for if question.repeatable else JUST_NOW
        shared = host.shared
        if shared is not None:
            if shared.usable and (not shared.idle or self._young(shared, now, most)):
                return shared
            host.shared = None
            if shared.idle:
                shared.close()
        while host.idle:
            line = host.idle[-1]
            if line.usable and self._young(line, now, most):
                return host.idle.pop()
            if line.usable and not question.repeatable:
                return None  # good enough for others
            host.idle.pop().close()
        return None

    async def _new(self, host: _Host, question: Question, *, private: bool) -> AnyLine:
        self._stand()
        line = await self._dial(
            question.target.origin,
            self._lines.discard,
            private=private,
            timeout=question.limits.connect_timeout,
        )
        self._lines.add(line)
        self._stand()
        if isinstance(line, Streams):
            if host.shared is not None and host.shared.usable:
                line.close()  # another question was faster, and one is enough
                return host.shared
            host.shared = line
        return line

    def _stand(self) -> None:
        """Raises Unreachable once this is closed; a connection made meanwhile is closed too."""
        if self._closed:
            self.close()
            raise Unreachable("the way to the web is closed")

    async def _asked(self, host: _Host, line: AnyLine, question: Question) -> Heard:
        heard = await line.ask(question)
        if isinstance(line, Reader) and line.usable and not self._closed:
            if len(host.idle) < self._bounds.idle:
                host.idle.append(line)
                self._sweep_later()
            else:
                line.close()
        return heard

    # ------------------------------------------------------------------------------ what is kept

    @staticmethod
    def _young(line: AnyLine, now: float, most: float) -> bool:
        said = line.idle_for if isinstance(line, Reader) else most
        return now - line.idle_since < min(most, said)

    def _sweep_later(self) -> None:
        if self._sweep is None and not self._closed:
            loop = asyncio.get_running_loop()
            self._sweep = loop.call_later(self._bounds.idle_for, self._swept)

    def _swept(self) -> None:
        """Hang up where nobody asked for a while."""
        self._sweep = None
        now = asyncio.get_running_loop().time()
        most = self._bounds.idle_for
        for key, host in list(self._hosts.items()):
            for line in list(host.idle):
                if not (line.usable and self._young(line, now, most)):
                    host.idle.remove(line)
                    line.close()
            shared = host.shared
            if shared is not None and shared.idle and not self._young(shared, now, most):
                host.shared = None
                shared.close()
            self._tidy(key, host)
        if any(host.idle or host.shared for host in self._hosts.values()):
            self._sweep_later()

    def _tidy(self, key: tuple[Origin, bool], host: _Host) -> None:
        if host.shared is not None:
            self._sweep_later()
        elif not host.users and not host.idle and self._hosts.get(key) is host:
            del self._hosts[key]
