"""The graph of now: built anew beside the old one whenever the teams' connectors change.

Operations that run finish on the graph they began with; the next ones meet the new one. Nothing
of an old graph is kept: it goes when the last operation on it has ended.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from graphql import GraphQLSchema

from connectors.declarative.app import DeclaredApp, read_app
from connectors.declarative.connector import submission_of
from connectors.declarative.findings import Finding
from connectors.declarative.submission import Submission
from connectors.errors import Broken
from connectors.ports.connectors import Binding
from connectors.switchboard import Switchboard
from gateway.execution.engine import Engine, Planned
from gateway.execution.exchange import Answer, GraphQLRequest
from resolvers.context import Context
from schema.city import marked
from schema.composing import Composition, compose

log = logging.getLogger(__name__)

SYSTEM = "declarative.app"
"""The system of the registry that a team's connector is."""

MakeEngine = Callable[[GraphQLSchema], Engine]
Candidates = tuple[Submission, ...]
"""The versions of one connector that may serve, the newest first."""


@dataclass(frozen=True, slots=True)
class Graph:
    """A graph that is served: its engine, its mark, and who is part of it."""

    engine: Engine
    fingerprint: str
    composition: Composition
    switchboard: Switchboard | None = None
    """The sources it was made for, which answer with it; None: whatever the request brings."""


class CurrentEngine:
    """Answers by the graph of now; each operation by one graph from its beginning to its end."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    async def run(self, request: GraphQLRequest, context: object, *, read_only: bool) -> Answer:
        """As `Engine.run`."""
        engine = self._chosen(context)
        return await engine.run(request, context, read_only=read_only)

    def begin(
        self, request: GraphQLRequest, context: object, *, read_only: bool
    ) -> Answer | Awaitable[Answer]:
        """As `Engine.begin`."""
        return self._chosen(context).begin(request, context, read_only=read_only)

    def planned(self, request: GraphQLRequest) -> Planned | None:
        """As `Engine.planned`."""
        return self.graph.engine.planned(request)

    def _chosen(self, context: object) -> Engine:
        """The engine of now, with which an operation stays; its context is of the same graph."""
        graph = self.graph
        if isinstance(context, Context):
            context.schema_hash = graph.fingerprint
            if graph.switchboard is not None:
                # A request may have come before the swap; graph and sources belong together.
                context.switchboard = graph.switchboard
        return graph.engine


class Graphs:
    """Keeps `current` up to date with the teams' connectors on the switchboard.

    `core` is the city's own graph, which is served until `follow` is called for the first time.
    """

    def __init__(self, core: GraphQLSchema, make_engine: MakeEngine) -> None:
        self.core = core
        self._make_engine = make_engine
        self._wanted: tuple[Candidates, ...] = ()
        self._failed: tuple[Candidates, ...] = ()
        self._apps: list[DeclaredApp] = []
        self._turn = asyncio.Lock()
        self._left_out: Mapping[str, tuple[Finding, ...]] = {}
        self.current = CurrentEngine(self._served(Composition(core, (), {})))
        self.swapped: Callable[[], None] = lambda: None
        """Told at once when the graph, or the switchboard it answers with, is another."""
        self.swaps = 0
        """How often a new graph took the place of an old one."""

    @property
    def composition(self) -> Composition:
        """The graph of now and who is part of it."""
        return self.current.graph.composition

    @property
    def apps(self) -> Sequence[DeclaredApp]:
        """The connectors that are part of the graph of now, as they serve."""
        return tuple(self._apps)

    async def follow(self, switchboard: Switchboard) -> bool:
        """Take over the connectors that are on the switchboard; True when the graph is another.

        Does nothing while their texts are the same. Those that do not fit are marked as
        quarantined on their sources, with the reasons, and stop nobody.
        """
        async with self._turn:
            sources = [source for source in switchboard if source.binding.system == SYSTEM]
            wanted = tuple(candidates_of(source.binding) for source in sources)
            changed = wanted != self._wanted
            if changed:
                try:
                    # Work of the processor: others are answered meanwhile.
                    graph, apps, left_out = await asyncio.to_thread(self._made, wanted)
                except Exception:
                    # Whatever it was, the graph of before goes on; it is tried again.
                    if self._failed != wanted:
                        log.exception("graph_not_made")
                    self._failed = wanted
                    return False
                self._tell(left_out)
                self._wanted, self._apps, self._left_out = wanted, apps, left_out
                self.current.graph = replace(graph, switchboard=switchboard)
                self.swaps += 1
                self.swapped()
                keys = list(graph.composition.joined)
                log.info("graph_swapped", extra={"mark": graph.fingerprint, "sources": keys})
            elif self.current.graph.switchboard is not switchboard:
                self.current.graph = replace(self.current.graph, switchboard=switchboard)
                self.swapped()
            for source in sources:
                source.quarantined = self._left_out.get(source.key, ())
            return changed

    def _made(
        self, wanted: Iterable[Candidates]
    ) -> tuple[Graph, list[DeclaredApp], Mapping[str, tuple[Finding, ...]]]:
        """The graph of these connectors: of each the newest version that fits."""
        versions = [list(candidates) for candidates in wanted if candidates]
        refused: dict[str, tuple[Finding, ...]] = {}
        while True:
            # Only what may serve is read: of most connectors the newest version, once for all.
            apps = [read_app(left[0]) for left in versions if left]
            composition = compose(self.core, apps)
            older = False
            for left in versions:
                if left and left[0].key in composition.left_out:
                    # What is told is what is wrong with the newest one.
                    refused.setdefault(left[0].key, composition.left_out[left[0].key])
                    older = older or len(left) > 1
                    left.pop(0)
            if not older:
                break
        served = set(composition.joined)
        serving = [app for app in apps if app.key in served]
        graph = self._served(Composition(composition.schema, composition.joined, refused))
        left_out = {key: found for key, found in refused.items() if key not in served}
        return graph, serving, left_out

    def _served(self, composition: Composition) -> Graph:
        engine = self._make_engine(composition.schema)
        return Graph(engine, marked(composition.schema), composition)

    def _tell(self, left_out: Mapping[str, tuple[Finding, ...]]) -> None:
        """Into the log: who was set aside, and who is back."""
        for key, found in left_out.items():
            if self._left_out.get(key) != found:
                codes = sorted({one.code for one in found})
                log.warning("connector_quarantined", extra={"source": key, "codes": codes})
        for key in self._left_out.keys() - left_out.keys():
            log.warning("connector_out_of_quarantine", extra={"source": key})


# ------------------------------------------------------------------------------- catalogue lines


def candidates_of(binding: Binding) -> Candidates:
    """The versions in a line of the catalogue, the newest first; none in a line that has none."""
    told = [binding.options, *_earlier(binding.options.get("previous"))]
    return tuple(_read(told))


def _earlier(previous: Any) -> Iterator[Mapping[str, Any]]:
    for one in previous if isinstance(previous, (list, tuple)) else ():
        yield one if isinstance(one, Mapping) and "submission" in one else {"submission": one}


def _read(told: Iterable[Mapping[str, Any]]) -> Iterator[Submission]:
    for options in told:
        try:
            yield submission_of(options)
        except Broken:
            continue  # its source tells that it cannot be opened
