"""What the fields of teams promise: whose data, for whom, and for how long an answer holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from graphql import GraphQLObjectType, GraphQLSchema

from connectors.declarative.app import DeclaredApp
from connectors.declarative.manner import manner_of
from connectors.declarative.model import Connect
from connectors.upkeep.policy import duration
from schema.promises import PROMISE, Promise

USUAL_SECONDS = 30.0
"""How long an answer of a team holds that does not say it."""


def promise_all(
    graph: GraphQLSchema,
    apps: Sequence[DeclaredApp],
    by_key: Mapping[str, Sequence[tuple[DeclaredApp, Connect]]],
) -> None:
    """Put the promises on the fields of a new graph.

    `by_key` has, for each type that is found by key, who can be asked for it.
    """
    personal = {item.field for app in apps if app.settings for item in app.settings.personal_data}
    for app in apps:
        asked: dict[tuple[str, str], list[Promise]] = {}
        for connect in app.description.connects:
            if connect.field is not None:
                asked.setdefault((connect.type, connect.field), []).append(promise_of(app, connect))
        for (kind, field), promises in asked.items():
            # Any of several connectors at one place may answer: what holds of all is promised.
            _put(graph, kind, field, _of_all(promises), personal)
    for name, made in graph.type_map.items():
        if isinstance(made, GraphQLObjectType) and _is_of_teams(made):
            known = _of_all([promise_of(app, connect) for app, connect in by_key.get(name, ())])
            for field, one in made.fields.items():
                if PROMISE not in one.extensions:
                    _put(graph, name, field, known, personal)


def promise_of(app: DeclaredApp, connect: Connect) -> Promise:
    """What a connector's answers promise."""
    if manner_of(app, connect).private:
        return Promise((app.key,), private=True, seconds=0.0)
    return Promise((app.key,), seconds=_seconds(app))


def _seconds(app: DeclaredApp) -> float:
    said = app.settings.upkeep.get("fresh_for", USUAL_SECONDS) if app.settings else 0.0
    try:
        return duration(said)
    except ValueError:
        return 0.0  # settings that cannot be read are told elsewhere


def _of_all(promises: Sequence[Promise]) -> Promise:
    if not promises:
        return Promise()
    return Promise(
        tuple(dict.fromkeys(source for one in promises for source in one.sources)),
        private=any(one.private for one in promises),
        seconds=min(one.seconds or 0.0 for one in promises),
    )


def _is_of_teams(kind: GraphQLObjectType) -> bool:
    """Whether a description defines it: the city's own types have no syntax."""
    return kind.ast_node is not None


def _put(graph: GraphQLSchema, name: str, field: str, promise: Promise, personal: set[str]) -> None:
    kind = graph.type_map[name]
    if not isinstance(kind, GraphQLObjectType):
        return
    if f"{name}.{field}" in personal:
        promise = replace(promise, private=True, seconds=0.0)
    kind.fields[field].extensions[PROMISE] = promise
