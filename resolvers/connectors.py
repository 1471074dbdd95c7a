"""The sources themselves: the catalogue's lines, their state, the gateway's health."""

from __future__ import annotations

from typing import Any

from connectors import errors
from connectors.ports.common import ScopedId
from connectors.ports.connectors import ConnectorKind, ConnectorState, SourceState, SourceStatus
from connectors.switchboard import Answered, Source
from resolvers.context import Context, Role, degraded, failed
from resolvers.permissions import need

Plugged = Source
"""What the graph shows as a Connector: one source on the board."""


def find(
    context: Context, *, kind: ConnectorKind | None, state: ConnectorState | None
) -> list[Source[Any]]:
    """All sources of a kind and in a state, in catalogue order."""
    return [
        source
        for source in context.switchboard
        if (kind is None or source.binding.kind is kind)
        and (state is None or source.state is state)
    ]


def one(context: Context, key: str) -> Source[Any] | None:
    """The source with this key, None when the city has none."""
    return context.switchboard.get(key)


async def by_id(context: Context, id: ScopedId) -> Source[Any] | None:  # noqa: A002 - the field's own word
    """The source a node id stands for."""
    return context.switchboard.get(id.local)


NODES = {"Connector": by_id}
"""Graph types of this domain and how one is fetched by id."""


def team_only(context: Context, field: str) -> None:
    """Raises FORBIDDEN unless the caller is an app team; nobody is, until identity exists."""
    need(context, Role.APP_TEAM, field)


def status(source: Source[Any]) -> SourceStatus:
    """How a source stands right now, without asking it."""
    if source.state is ConnectorState.DISABLED:
        return failed(errors.SwitchedOff(source=source.key))
    if source.state is ConnectorState.PENDING:
        return failed(errors.NotConfigured(source=source.key))
    trouble = source.trouble or errors.Broken(source=source.key)
    if source.state in (ConnectorState.DOWN, ConnectorState.QUARANTINED):
        return failed(trouble)
    seen = source.health().last_success_at
    known = Answered(None, source.trouble, fetched_at=seen)
    return degraded(source.key, known) or SourceStatus(source.key, SourceState.OK, as_of=seen)
