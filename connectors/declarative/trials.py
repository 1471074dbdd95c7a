"""Live calls of a connector that is not in service yet: which can be made, and what came.

Nothing is written, kept or shared: the calls have an upkeep of their own. What a question needs is
taken from `samples` of the settings, from the recorded tests, or from what earlier answers held.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, Protocol

from connectors.declarative.answers import Failure, Outcome
from connectors.declarative.app import DeclaredApp
from connectors.declarative.connector import AppConnector
from connectors.declarative.declared import Declared, declared
from connectors.declarative.drift import Observation, observed
from connectors.declarative.fitting import Fit
from connectors.declarative.mapping import ABSENT
from connectors.declarative.model import Connect
from connectors.declarative.recorded_tests import RecordedTest
from connectors.declarative.used import keys_of, uses
from connectors.errors import ConnectorError, TimedOut
from connectors.ports.common import Text, must_text
from connectors.upkeep import policy as policies
from connectors.upkeep.documents import Answer, Limits, Request, Web
from connectors.upkeep.keep import MemoryKeep
from connectors.upkeep.shared import NoWire
from connectors.upkeep.upkeep import Services, Upkeep

MOST_CALLS = 60
"""Questions of one trial."""
MOST_KEYS = 3
"""Keys of one question with `$batch`."""
LONGEST_CALL = 10.0
"""Seconds of one question, whatever the team asks for."""
_ROUNDS = 3
"""An answer may hold what the next question needs."""


class Tools(Protocol):
    """What is needed of the city's tools."""

    @property
    def services(self) -> Services:
        """What the upkeep of all sources shares."""
        ...


@dataclass(frozen=True, slots=True)
class Question:
    """What a connector is asked with."""

    variables: Mapping[str, Any]
    headers: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Try:
    """One live call."""

    connect: Connect
    name: str
    """Id of the connector, or where it stands."""
    observation: Observation
    outcome: Outcome | None = None
    error: ConnectorError | None = None
    """Why there is no outcome."""

    @property
    def values(self) -> list[Any]:
        """What the mapping made: one value, or those of all keys of a `$batch`."""
        if self.outcome is None or self.outcome.failure is not None:
            return []
        value = self.outcome.value
        batch = self.connect.field is None and isinstance(value, list)
        return [each for each in value if each is not None] if batch else [value]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A connector that was not called."""

    connect: Connect
    name: str
    why: Text


def name_of(app: DeclaredApp, connect: Connect) -> str:
    """How a connector is called in reports and recordings: its id, or where it stands."""
    if connect.id is not None:
        return connect.id
    there = app.connects.get(connect.coordinate, ())
    index = next((i for i, each in enumerate(there) if each is connect), 0)
    return f"{connect.coordinate}[{index}]" if index else connect.coordinate


@dataclass(frozen=True, slots=True)
class Live:
    """What came of all live calls."""

    tries: tuple[Try, ...]
    skipped: tuple[Skipped, ...]
    fit: Fit
    """The answers held against the declared types."""


async def live_calls(
    app: DeclaredApp,
    tools: Tools,
    tests: Sequence[tuple[Connect, RecordedTest]] = (),
    *,
    seconds: float = 20.0,
) -> Live:
    """Call every connector that reads and can be asked, once, within so many seconds.

    `tests` are the recorded ones with their connectors. Never raises for what a system does.
    """
    trial = _Trial(app, tools.services, tests)
    try:
        return await trial.run(seconds)
    finally:
        await trial.upkeep.aclose()


class _Listening:
    """A way to the web that remembers the last answer."""

    def __init__(self, web: Web) -> None:
        self._web = web
        self.heard: Answer | None = None

    async def send(self, request: Request, limits: Limits) -> Answer:
        self.heard = None
        self.heard = await self._web.send(request, limits)
        return self.heard

    async def aclose(self) -> None:
        """The way belongs to somebody else."""


class Came(NamedTuple):
    """What came of one call, and how long it took."""

    outcome: Outcome | None
    error: ConnectorError | None
    milliseconds: float


class _Trial:
    def __init__(
        self, app: DeclaredApp, services: Services, tests: Sequence[tuple[Connect, RecordedTest]]
    ) -> None:
        self.app = app
        self.declared: Declared = declared(app.description.document)
        self.fit = Fit(self.declared)
        self.tests: dict[int, list[RecordedTest]] = {}
        for connect, test in tests:
            self.tests.setdefault(id(connect), []).append(test)
        self.web = _Listening(services.web)
        own = replace(services, web=self.web, keep=MemoryKeep(), wire=NoWire())
        said = app.settings.upkeep if app.settings else {}
        policy = policies.of((), said)
        policy = replace(
            policy, total_timeout=min(policy.total_timeout, LONGEST_CALL), max_retries=0
        )
        self.upkeep = Upkeep(app.key, policy, own, hosts=app.hosts)
        self.connector = AppConnector(app, self.upkeep)
        self.clock = services.clock
        self.tried: list[Try] = []

    async def run(self, seconds: float) -> Live:
        waiting, skipped = self.sorted(), list[Skipped]()
        for connect in [each for each in waiting if self.connector.manner(each).writes]:
            waiting.remove(connect)
            skipped.append(self.skipped(connect, _WRITES))
        ends = asyncio.get_running_loop().time() + seconds
        for _ in range(_ROUNDS):
            for connect in list(waiting):
                left = ends - asyncio.get_running_loop().time()
                if left <= 0 or len(self.tried) >= MOST_CALLS:
                    break
                question = self.question(connect)
                if question is not None:
                    waiting.remove(connect)
                    self.tried.append(await self.call(connect, question, left))
        over = asyncio.get_running_loop().time() >= ends
        why = _TIME if over or len(self.tried) >= MOST_CALLS else _NOTHING
        skipped += [self.skipped(connect, why) for connect in waiting]
        return Live(tuple(self.tried), tuple(skipped), self.fit)

    def sorted(self) -> list[Connect]:
        """Roots first: their answers hold what the others are asked with."""
        connects = self.app.description.connects
        return sorted(connects, key=lambda each: (each.type != "Query", each.entity))

    def skipped(self, connect: Connect, why: Text) -> Skipped:
        return Skipped(connect, name_of(self.app, connect), why)

    # --------------------------------------------------------------------------- asking

    async def call(self, connect: Connect, question: Question, seconds: float) -> Try:
        name, before = name_of(self.app, connect), self.clock.monotonic()
        self.web.heard = None
        outcome: Outcome | None = None
        failure: ConnectorError | None = None
        try:
            async with asyncio.timeout(min(seconds, LONGEST_CALL + 1)):
                outcome = await self.ask(connect, question)
        except TimeoutError:
            failure = TimedOut("no answer within the time of the rehearsal")
        except ConnectorError as error:
            failure = error
        passed = round((self.clock.monotonic() - before) * 1000, 1)
        # An answer may be large, and looking at it takes its time.
        return await asyncio.to_thread(
            self.judged, connect, name, self.web.heard, Came(outcome, failure, passed)
        )

    def judged(self, connect: Connect, name: str, heard: Answer | None, came: Came) -> Try:
        outcome = came.outcome
        problems = len(outcome.problems) if outcome else 0
        seen = observed(name, heard, milliseconds=came.milliseconds, problems=problems)
        made = Try(connect, name, seen, outcome, came.error)
        for value in made.values:
            self.fit.take(connect, value)
        return made

    async def ask(self, connect: Connect, question: Question) -> Outcome:
        keys = question.variables.get("$batch")
        if keys is None:
            return await self.connector.ask(connect, question.variables, headers=question.headers)
        found = await self.connector.ask_batch(connect, keys, {}, headers=question.headers)
        for each in found:
            if isinstance(each, ConnectorError):
                raise each
        failure = next((each for each in found if isinstance(each, Failure)), None)
        return Outcome(ABSENT if failure else found, [], failure)

    # --------------------------------------------------------------------------- questions

    def question(self, connect: Connect) -> Question | None:
        """What a connector can be asked with now; None while something is missing."""
        for question in self.questions(connect):
            if self.complete(connect, question):
                return question
        return None

    def questions(self, connect: Connect) -> Iterator[Question]:
        """What could be tried, the best first."""
        settings = self.app.settings
        samples = settings.samples if settings else {}
        sample = samples.get(name_of(self.app, connect), samples.get(connect.coordinate))
        tests = self.tests.get(id(connect), [])
        # A recording that ends in a failure was made to fail.
        tests = [test for test in tests if test.expected.error is None]
        headers = tests[0].headers if tests else {}
        if sample is not None:
            yield Question({**self.of_type(connect), "$args": sample}, headers)
        if connect.field is None or connect.type not in ("Query", "Mutation"):
            yield Question(self.of_type(connect), headers)
        elif connect.entity:
            yield Question({"$args": self.known_keys(connect)}, headers)
        for test in tests:
            yield Question(test.variables, test.headers)
        yield Question(self.of_type(connect), headers)

    def of_type(self, connect: Connect) -> dict[str, Any]:
        """Of a type: `$this` or `$batch`, from the objects that earlier answers held."""
        variables: dict[str, Any] = {"$args": {}} if connect.field is not None else {}
        if connect.type in ("Query", "Mutation"):
            return variables
        held = self.fit.instances.get(connect.type, [])
        for variable in ("$this", "$batch"):
            if not self.used(connect, variable):
                continue
            names = keys_of(connect, variable)
            fit = [one for one in held if all(one.get(name) is not None for name in names)]
            if fit and variable == "$this":
                variables[variable] = fit[0]
            elif fit:
                keys = [{name: one[name] for name in names} for one in fit]
                unique = {repr(key): key for key in keys}
                variables[variable] = list(unique.values())[:MOST_KEYS]
        return variables

    def known_keys(self, connect: Connect) -> dict[str, Any]:
        """The arguments of an entity field, from an object of its type."""
        found = self.declared.field_of(connect)
        if found is None:
            return {}
        for one in self.fit.instances.get(found.kind.name, []):
            if all(one.get(name) is not None for name in found.arguments):
                return {name: one[name] for name in found.arguments}
        return {}

    def complete(self, connect: Connect, question: Question) -> bool:
        """Whether a question has all that its request is made of."""
        field = self.declared.field_of(connect)
        given = question.variables.get("$args", {})
        for name, needed in (field.arguments if field else {}).items():
            if needed and given.get(name) is None:
                return False
        if any(
            self.used(connect, variable) and variable not in question.variables
            for variable in ("$this", "$batch")
        ):
            return False
        source = self.app.source_of(connect)
        copied = [each.copied for each in connect.headers if each.copied]
        copied += [each.copied for each in (source.headers if source else ()) if each.copied]
        return all(name in question.headers for name in copied)

    def used(self, connect: Connect, variable: str) -> bool:
        return any(use.name == variable for part in connect.asking for use in uses(part))


_WRITES = must_text("menulis; tidak pernah dicoba", "it writes; that is never tried")
_TIME = must_text("waktu latihan habis", "the time of the rehearsal was over")
_NOTHING = must_text("tidak ada nilai untuk ditanyakan", "there are no values to ask with")
