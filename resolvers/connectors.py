"""The sources themselves: the catalogue's lines, their state, the gateway's health."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from connectors import errors
from connectors.ports.common import ScopedId
from connectors.ports.connectors import (
    ConnectorFetch,
    ConnectorKind,
    ConnectorState,
    SourceState,
    SourceStatus,
)
from connectors.switchboard import Answered, Source
from resolvers import registrations
from resolvers.context import Context, degraded, failed
from resolvers.problems import bad_input

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


FETCHES_MOST = 200
"""Most calls of a source that are told at once."""


async def fetches(context: Context, source: Source[Any], first: int | None) -> list[ConnectorFetch]:
    """The last calls to a source, newest first: of this process, and those of the drift watch.

    Raises FORBIDDEN unless it is the caller's own.
    """
    found = await registrations.dossier(context, source, "Connector.fetches")
    wanted = 20 if first is None else first
    if not 0 <= wanted <= FETCHES_MOST:
        raise bad_input(f"`fetches(first)` must be from 0 to {FETCHES_MOST}.")
    calls = source.fetches(wanted)
    if found is not None and context.registrar is not None:
        calls += await context.registrar.fetches(source.key, wanted)
    return sorted(calls, key=lambda call: call.at, reverse=True)[:wanted]


async def config(context: Context, source: Source[Any]) -> dict[str, Any] | None:
    """How a source is set up, without secrets. Raises FORBIDDEN for who may not manage its app.

    For a registered connector what its team wrote in `connector.yaml`, else the options of its
    catalogue line. Secrets are only named there, and what stands where a secret would is hidden.
    """
    found = await registrations.dossier(context, source, "Connector.config")
    said = found.settings if found is not None else source.binding.options
    return {} if said is None else without_secrets(said)


_TELLING = re.compile(r"secret|passw|token|api[-_]?key|authori[sz]ation|credential", re.IGNORECASE)
_HIDDEN = "(hidden)"


def without_secrets(value: Any) -> Any:
    """The value with everything hidden that stands where a secret would, or in an address."""
    if isinstance(value, Mapping):
        return {
            str(key): _HIDDEN
            if _TELLING.search(str(key)) and isinstance(each, str) and "{secret:" not in each
            else without_secrets(each)
            for key, each in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [without_secrets(each) for each in value]
    if isinstance(value, str):
        # What stands between `//` and `@` of an address is a name with its password.
        return re.sub(r"(?<=://)[^/@\s]+@", f"{_HIDDEN}@", value)
    return value


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
