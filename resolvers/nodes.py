"""Any record by its global id: the one list of types that can be fetched again (Relay)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from connectors.ports.common import ScopedId
from resolvers import (
    apps,
    areas,
    complaints,
    connectors,
    departments,
    emergency,
    events,
    jobs,
    media,
    places,
    prices,
    tours,
    transit,
    warnings,
)
from resolvers.asked import not_more
from resolvers.context import Context
from resolvers.ids import read_global_id
from resolvers.problems import bad_input

Fetch = Callable[[Context, ScopedId], Awaitable[Any]]

NODES: dict[str, Fetch] = {
    **areas.NODES,
    **departments.NODES,
    **apps.NODES,
    **complaints.NODES,
    **media.NODES,
    **connectors.NODES,
    **places.NODES,
    **emergency.NODES,
    **transit.NODES,
    **prices.NODES,
    **events.NODES,
    **tours.NODES,
    **jobs.NODES,
    **warnings.NODES,
}
"""Each graph type that implements Node, and how one is fetched."""

MOST = 100
"""The most ids `nodes` takes."""


async def one(context: Context, id: str) -> Any:  # noqa: A002 - the argument's own name
    """The record with a global id, None where there is none. BAD_INPUT when it is no id of ours."""
    type_name, scoped = read_global_id(id)
    fetch = NODES.get(type_name)
    if fetch is None:
        raise bad_input(f"{id!r} names the type {type_name!r}, which this gateway does not have.")
    return await fetch(context, scoped)


def checked(ids: Sequence[str]) -> Sequence[str]:
    """The ids of one `nodes` call, at most 100."""
    not_more(ids, "ids", most=MOST)
    return ids
