"""One graph of the city's own and all teams' parts, made in one go.

Extending the graph copies all of it, so it is done once for all teams: names are checked
beforehand (`names`), the rest by graphql-core over the whole, whose complaints are traced to the
description they point into. Who is complained about is left out and the rest joined again.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graphql import (
    DefinitionNode,
    DocumentNode,
    GraphQLEnumType,
    GraphQLError,
    GraphQLSchema,
    extend_schema,
    parse,
    print_schema,
    validate_schema,
)
from graphql.validation.validate import validate_sdl

from connectors.declarative.app import DeclaredApp
from connectors.declarative.findings import Finding, blocking
from schema.composing.connecting import connect_all
from schema.composing.documents import definitions_of, document_of
from schema.composing.names import Names
from schema.composing.telling import JoiningCode, finding, invalid

log = logging.getLogger(__name__)

_UNKNOWN = JoiningCode.GRAPH_TYPE_UNKNOWN.value

_MUTATION_ROOT = parse("type Mutation extend schema { mutation: Mutation }").definitions


@dataclass(frozen=True, slots=True)
class Composition:
    """A graph, and who is in it."""

    schema: GraphQLSchema
    joined: tuple[str, ...]
    """Keys of the connectors that are part of it, in their order."""
    left_out: Mapping[str, tuple[Finding, ...]]
    """Keys of those that are not, and why."""


def compose(core: GraphQLSchema, apps: Sequence[DeclaredApp]) -> Composition:
    """The city's graph with the parts of these connectors.

    Where two want the same name the one that comes first has it. Whoever does not fit is left
    out, with findings; never raises for anything a team wrote. `core` is not changed.
    """
    left_out: dict[str, tuple[Finding, ...]] = {}
    parts: dict[str, list[DefinitionNode]] = {}
    wanted: list[DeclaredApp] = []
    for app in apps:
        found = _unfit(app)
        if not found and app.key in parts:
            found = [finding(JoiningCode.GRAPH_TYPE_TAKEN, name=app.key, owner=app.key)]
        if not found and app.description.document is not None:
            parts[app.key], found = definitions_of(app.description.document)
        if found:
            left_out.setdefault(app.key, tuple(found))
        else:
            wanted.append(app)
    while True:
        joining, clashes = _by_names(core, wanted, parts)
        joined, blamed = _joined(core, joining, clashes.definitions)
        if joined is not None:
            break
        wanted = [app for app in wanted if app.key not in blamed]
        left_out.update(blamed)
    left_out.update(clashes.findings)
    keys = tuple(app.key for app in joining)
    return Composition(joined, keys, left_out)


def _unfit(app: DeclaredApp) -> list[Finding]:
    """Why a description is not even tried."""
    if app.description.document is None or app.description.faults or blocking(app.findings):
        errors = [one for one in app.findings if blocking([one])]
        return errors or [finding(JoiningCode.GRAPH_UNREADABLE)]
    return []


@dataclass(frozen=True, slots=True)
class _Names:
    definitions: Mapping[str, list[DefinitionNode]]
    findings: Mapping[str, tuple[Finding, ...]]


def _by_names(
    core: GraphQLSchema, wanted: Sequence[DeclaredApp], parts: Mapping[str, list[DefinitionNode]]
) -> tuple[list[DeclaredApp], _Names]:
    """Who fits by names, in the order given. What needs another's type waits until that is in."""
    names = Names(core)
    definitions: dict[str, list[DefinitionNode]] = {}
    findings: dict[str, tuple[Finding, ...]] = {}
    waiting, before = list(wanted), -1
    while waiting and len(waiting) != before:
        before, again = len(waiting), []
        for app in waiting:
            coordinates = frozenset(connect.coordinate for connect in app.description.connects)
            taken, found = names.taken(app.key, parts[app.key], coordinates)
            if not found:
                definitions[app.key] = taken
                findings.pop(app.key, None)
                continue
            is_waiting = any(one.code == _UNKNOWN for one in found)
            if app.key not in findings or not is_waiting:
                findings[app.key] = tuple(found)
            if is_waiting:
                again.append(app)
        waiting = again
    joining = [app for app in wanted if app.key in definitions]
    return joining, _Names(definitions, findings)


# ------------------------------------------------------------------------------- the whole


def _joined(
    core: GraphQLSchema,
    joining: Sequence[DeclaredApp],
    definitions: Mapping[str, list[DefinitionNode]],
) -> tuple[GraphQLSchema | None, dict[str, tuple[Finding, ...]]]:
    """The graph; or None and who must be left out first."""
    graph, errors = _tried(core, joining, definitions)
    if graph is not None:
        return graph, {}
    if not joining:
        # The city's own graph cannot be at fault: it was valid when the gateway started.
        raise errors[0]
    blamed = _blamed(joining, errors)
    return None, blamed or _first_at_fault(core, joining, definitions)


def _tried(
    core: GraphQLSchema,
    joining: Sequence[DeclaredApp],
    definitions: Mapping[str, list[DefinitionNode]],
) -> tuple[GraphQLSchema | None, Sequence[GraphQLError]]:
    if not joining:
        return core, ()
    parts = [definitions[app.key] for app in joining]
    document = document_of(parts)
    if core.mutation_type is None and _mutates(document):
        document = document_of([_MUTATION_ROOT, *parts])
    try:
        errors = validate_sdl(document, core)
        if errors:
            return None, errors
        graph = extend_schema(core, document, assume_valid_sdl=True)
        errors = validate_schema(graph)
        if errors:
            return None, errors
        _restore(graph, core)
        connect_all(graph, core, joining)
        print_schema(graph)  # what cannot be written cannot be shown to clients either
    except Exception as error:  # noqa: BLE001 - whatever a team's text makes of graphql-core, the others go on
        told = error if isinstance(error, GraphQLError) else GraphQLError(type(error).__name__)
        return None, [told]
    return graph, ()


def _mutates(document: DocumentNode) -> bool:
    return any(
        node.name.value == "Mutation"  # type: ignore[attr-defined]
        for node in document.definitions
    )


def _restore(graph: GraphQLSchema, core: GraphQLSchema) -> None:
    """What copying a graph loses of Strawberry's: its kind of enums, and the way back to it."""
    for name, value in vars(core).items():
        if name not in vars(graph):
            setattr(graph, name, value)
    for name, kind in core.type_map.items():
        copied = graph.type_map[name]
        if type(copied) is not type(kind) and isinstance(copied, GraphQLEnumType):
            copied.__class__ = type(kind)  # type: ignore[assignment]
            for attribute, value in vars(kind).items():
                if attribute not in vars(copied):
                    setattr(copied, attribute, value)


def _blamed(
    joining: Sequence[DeclaredApp], errors: Sequence[GraphQLError]
) -> dict[str, tuple[Finding, ...]]:
    """Whom the errors point at: the last that came, where one points at several."""
    texts = {
        id(app.description.document.loc.source): number
        for number, app in enumerate(joining)
        if app.description.document is not None and app.description.document.loc is not None
    }
    blamed: dict[str, list[Finding]] = {}
    for error in errors:
        places = [texts.get(id(node.loc.source)) for node in error.nodes or () if node.loc]
        numbers = [number for number in places if number is not None]
        if numbers:
            blamed.setdefault(joining[max(numbers)].key, []).append(invalid(error))
    return {key: tuple(found) for key, found in blamed.items()}


def _first_at_fault(
    core: GraphQLSchema,
    joining: Sequence[DeclaredApp],
    definitions: Mapping[str, list[DefinitionNode]],
) -> dict[str, tuple[Finding, ...]]:
    """Whoever is the first that the graph cannot be made with, found by halving."""

    def fits(count: int) -> bool:
        return _tried(core, joining[:count], definitions)[0] is not None

    good, bad = 0, len(joining)
    while bad - good > 1:
        middle = (good + bad) // 2
        good, bad = (middle, bad) if fits(middle) else (good, middle)
    culprit = joining[bad - 1]
    _, errors = _tried(core, joining[:bad], definitions)
    log.warning("connector_breaks_graph", extra={"source": culprit.key})
    return {culprit.key: tuple(invalid(error) for error in errors[:10])}
