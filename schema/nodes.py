"""Fetching any record again by its global id (Relay)."""

from __future__ import annotations

import asyncio
from typing import Any

import strawberry

from resolvers import nodes as resolve
from schema.common import Info, Node, show


@strawberry.type
class NodeQuery:
    @strawberry.field(
        description="Data mana pun menurut pengenal globalnya. Any record by its global id."
    )
    async def node(self, info: Info, id: strawberry.ID) -> Node | None:
        return show(await resolve.one(info.context, id))  # type: ignore[no-any-return]

    @strawberry.field(
        description="Beberapa data menurut pengenal, urutan tetap, paling banyak 100. Several "
        "records in the order of their ids, at most 100; null with an error where one fails."
    )
    async def nodes(self, info: Info, ids: list[strawberry.ID]) -> list[Node | None]:
        wanted = resolve.checked(ids)
        found: list[Any] = await asyncio.gather(
            *(resolve.one(info.context, id) for id in wanted), return_exceptions=True
        )
        # An exception in its place becomes that place's error and leaves the others alone.
        return show(found)  # type: ignore[no-any-return]
