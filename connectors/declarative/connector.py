"""A team's connector at work: one question of the graph, one request to the team's system.

The graph hands in the `Connect` and the values it is asked with; what is here adds the rest of
what a request needs: `$config`, secrets, hosts, upkeep. Values that come back may be shared by
many requests and must not be changed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from connectors.declarative.answers import Failure, Outcome, aligned, chunks
from connectors.declarative.app import DeclaredApp, read_app
from connectors.declarative.manner import Manner, manner_of
from connectors.declarative.mapping import ABSENT
from connectors.declarative.model import Connect, Source
from connectors.declarative.reach import Headers, Reach, failed
from connectors.declarative.submission import RecordedFile, Submission
from connectors.declarative.templates import Template
from connectors.declarative.used import keys_of
from connectors.errors import Broken, ConnectorError, Rejected, SwitchedOff
from connectors.ports.connectors import Binding
from connectors.upkeep.asking import note_trouble
from connectors.upkeep.fallback import Chain
from connectors.upkeep.upkeep import Services, Upkeep

MOST_KEYS = 1_000
"""Keys of one request with `$batch`, whatever its `maxSize`."""
_MOST_MANNERS = 2_000


class Tools(Protocol):
    """What is needed of the city's tools."""

    @property
    def services(self) -> Services:
        """What the upkeep of all sources shares."""
        ...

    @property
    def upkeep(self) -> Upkeep:
        """The upkeep of the source that is being opened."""
        ...


async def open_app(binding: Binding, tools: Tools) -> AppConnector:
    """The connector of a team, from its texts under `submission` of the options.

    Raises Broken, naming the first fault, when they cannot be used.
    """
    app = read_app(submission_of(binding.options))
    if not app.usable:
        raise Broken(f"the connector cannot be used: {_first_fault(app)}", source=binding.key)

    def another(app: DeclaredApp, step: int) -> Upkeep:
        policy = tools.upkeep.policy
        return Upkeep(binding.key, policy, tools.services, hosts=app.hosts, step=step)

    def before() -> Iterator[AppConnector]:
        for number, options in enumerate(binding.options.get("previous", ()), start=1):
            earlier = read_app(submission_of(options))
            if earlier.usable:
                own = another(earlier, 2 * number)
                yield AppConnector(earlier, own, fallback=_other(earlier, another, 2 * number + 1))

    return AppConnector(app, tools.upkeep, fallback=_other(app, another, 1), before=before)


def _other(
    app: DeclaredApp, another: Callable[[DeclaredApp, int], Upkeep], step: int
) -> Upkeep | None:
    """The upkeep of the address to fall back on, where there is one."""
    return another(app, step) if app.settings and app.settings.fallback else None


def submission_of(options: Mapping[str, Any]) -> Submission:
    """The texts that stand in the options of a catalogue line. Raises Broken when they do not."""
    said = options.get("submission")
    try:
        files = tuple(RecordedFile(str(f["name"]), str(f["text"])) for f in said.get("tests", ()))  # type: ignore[union-attr]
        texts = [said[name] for name in ("key", "app", "sdl", "settings")]  # type: ignore[index]
    except (AttributeError, KeyError, TypeError) as error:
        raise Broken("the options hold no texts of a connector") from error
    if not all(isinstance(text, str) for text in texts):
        raise Broken("the options hold no texts of a connector")
    key, app, sdl, settings = texts
    return Submission(key, app, sdl, settings, files)


def options_of(submission: Submission) -> dict[str, Any]:
    """The texts of a connector as the options of a catalogue line have them: plain JSON."""
    tests = [{"name": file.name, "text": file.text} for file in submission.tests]
    texts = {"key": submission.key, "app": submission.app, "sdl": submission.sdl}
    return {"submission": {**texts, "settings": submission.settings, "tests": tests}}


def own_words(options: Mapping[str, Any]) -> tuple[frozenset[str], Mapping[str, Any]]:
    """The hosts that a connector names, and what its team says of its upkeep.

    Nothing where the texts cannot be used: opening it tells why.
    """
    try:
        app = read_app(submission_of(options))
    except Broken:
        return frozenset(), {}
    return app.hosts, app.settings.upkeep if app.settings else {}


class AppConnector:
    """See the module. `fallback` is the upkeep of the address to fall back on.

    `before` opens the versions that were accepted before this one. Where the graph goes on with
    one of them, its questions are asked as it was described: its own hosts, values and secrets.
    """

    def __init__(
        self,
        app: DeclaredApp,
        upkeep: Upkeep,
        *,
        fallback: Upkeep | None = None,
        before: Callable[[], Iterable[AppConnector]] = tuple,
    ) -> None:
        self.app = app
        self._upkeep = upkeep
        self._first = Reach(app, upkeep)
        self._others = dict(_others(app)) if fallback is not None else {}
        self._fallback = () if fallback is None else (fallback,)
        self._own = frozenset(map(id, app.description.connects))
        self._open_before = before
        self._before: tuple[AppConnector, ...] | None = None
        self._chain = self._first if fallback is None else self._linked(fallback)
        self._manners: dict[int, tuple[Connect, Manner]] = {}

    async def ask(
        self,
        connect: Connect,
        variables: Mapping[str, Any],
        *,
        headers: Headers | None = None,
    ) -> Outcome:
        """What a connector makes of one answer; with a `failure` where the system told of one.

        `variables` are `$args`, `$this`, `$batch`, `$context`, as far as there are any; `headers`
        those of the caller's own request, names in small letters. A read is answered from memory
        while that is fresh, and with the last good answer while the system is down, which is noted
        (`connectors.upkeep.asking`); a write is sent once. Raises ConnectorError.
        """
        version = self._version_of(connect)
        if version is not self:
            return await version.ask(connect, variables, headers=headers)
        manner = self.manner(connect)
        given = headers or {}
        seen = self._seen(variables, given)
        over = self._over()
        try:
            if manner.writes or manner.private:
                if over is not None:
                    raise over
                return await self._first.send(connect, manner, seen, given)
            reach = self._chain if connect.source in self._others else self._first
            found = await reach.read(connect, manner, seen, given, over)
        except ConnectorError as error:
            told = failed(connect, self._first.source_of(connect), manner, seen, error)
            if told is None:
                raise
            if not isinstance(error, Rejected):
                note_trouble(error)  # a system that dislikes a question is well
            return told
        if over is not None:
            note_trouble(over)
        return found

    async def ask_batch(
        self,
        connect: Connect,
        keys: Sequence[Mapping[str, Any]],
        variables: Mapping[str, Any],
        *,
        headers: Headers | None = None,
    ) -> list[Any]:
        """The value of each key, in their order, asked for many at once with `$batch`.

        In the place of a value: None for a key the system does not know, a Failure or a
        ConnectorError where the request for it failed. Raises ConnectorError when all failed.
        """
        fields = keys_of(connect, "$batch") or (list(keys[0]) if keys else [])
        groups = chunks(
            [dict(key) for key in keys], min(connect.batch_size or MOST_KEYS, MOST_KEYS)
        )
        found = await asyncio.gather(
            *(self._chunk(connect, group, fields, variables, headers) for group in groups)
        )
        made = [value for values in found for value in values]
        if made and all(isinstance(value, ConnectorError) for value in made):
            raise made[0]
        return made

    def manner(self, connect: Connect) -> Manner:
        """How a connector is asked: whether it writes, and whether its answers may be shared."""
        known = self._manners.get(id(connect))
        if known is None or known[0] is not connect:
            if len(self._manners) >= _MOST_MANNERS:
                self._manners.clear()  # of versions of the graph that are gone
            known = self._manners[id(connect)] = connect, manner_of(self.app, connect)
        return known[1]

    @property
    def upkeeps(self) -> tuple[Upkeep, ...]:
        """Of the ways to fall back on, and of the versions before that are asked."""
        earlier = (
            upkeep
            for one in self._before or ()
            for upkeep in (one._upkeep, *one._fallback)  # noqa: SLF001 - of the same class
        )
        return (*self._fallback, *earlier)

    async def aclose(self) -> None:
        """Give up the calls of all upkeeps but the first; whoever opened that closes it."""
        for upkeep in self.upkeeps:
            await upkeep.aclose()

    # --------------------------------------------------------------------------- inside

    def _version_of(self, connect: Connect) -> AppConnector:
        """The version that a connector of the graph was described by; this one where none was."""
        if id(connect) in self._own:
            return self
        if self._before is None:
            # Opened when it is needed: most often nothing but the newest version serves.
            self._before = tuple(self._open_before())
        return next((one for one in self._before if id(connect) in one._own), self)  # noqa: SLF001 - of the same class

    async def _chunk(
        self,
        connect: Connect,
        keys: list[dict[str, Any]],
        fields: Sequence[str],
        variables: Mapping[str, Any],
        headers: Headers | None,
    ) -> Sequence[Any]:
        try:
            found = await self.ask(connect, {**variables, "$batch": keys}, headers=headers)
            if found.failure is not None:
                return [found.failure] * len(keys)
            return aligned(keys, None if found.value is ABSENT else found.value, fields)
        except ConnectorError as error:
            return [error] * len(keys)

    def _seen(self, variables: Mapping[str, Any], headers: Headers) -> dict[str, Any]:
        """All variables of a request: its own, and what every request has."""
        said = {name: list(values) for name, values in headers.items()}
        return {
            "$args": {},
            "$context": {},
            **variables,
            "$config": self.app.config,
            "$request": {"headers": said},
        }

    def _over(self) -> ConnectorError | None:
        """Why nobody is asked any more; None while the connector has not expired."""
        expires = self.app.settings.expires if self.app.settings else None
        if expires is None or self._upkeep.today() <= expires:
            return None
        return SwitchedOff("the connector has expired", source=self._upkeep.source)

    def _linked(self, fallback: Upkeep) -> Any:
        steps = [self._first, Reach(self.app, fallback, self._others)]
        return Chain(self._upkeep.source, steps)


def _others(app: DeclaredApp) -> Iterator[tuple[str, Source]]:
    """The sources for which there is another address, at that."""
    said = (app.settings.fallback if app.settings else None) or {}
    for source in app.description.sources:
        if said.get("source", source.name) == source.name:
            yield source.name, replace(source, base_url=Template((str(said["base_url"]),)))


def _first_fault(app: DeclaredApp) -> str:
    fault = next(iter(app.description.faults), None)
    return str(fault) if fault else next((f.told("en") for f in app.findings), "")


__all__ = ["AppConnector", "Failure", "Outcome", "open_app", "options_of", "submission_of"]
