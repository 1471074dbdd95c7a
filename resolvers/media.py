"""Pictures fetched again by id: each domain knows those of its own sources."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from connectors.ports.common import Media, ScopedId
from connectors.ports.complaints import ComplaintSource
from resolvers import complaints
from resolvers.context import Context
from resolvers.problems import bad_input

Fetch = Callable[[Context, ScopedId], Awaitable[Media | None]]

BY_PORT: tuple[tuple[type, Fetch], ...] = ((ComplaintSource, complaints.media),)
"""Which domain answers for the media of a source: the first whose port the source serves."""


async def by_id(context: Context, id: ScopedId) -> Media | None:  # noqa: A002 - the field's own word
    """The picture with an id, if the caller may see it. BAD_INPUT when no source here has any."""
    for port, fetch in BY_PORT:
        if context.switchboard.named(port, id.source) is not None:
            return await fetch(context, id)
    raise bad_input(f"no source called {id.source!r} has media here: was the id copied whole?")


NODES: Mapping[str, Callable[[Context, ScopedId], Awaitable[Any]]] = {"Media": by_id}
"""How a node of each type of this file is fetched."""
