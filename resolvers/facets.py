"""What people call the values of facets. A count needs no name: it stands when a source is away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from connectors.errors import ConnectorError
from connectors.ports.common import Bucket, Text
from resolvers import areas, departments
from resolvers.context import Context
from resolvers.listings import Facet, Listing

T = TypeVar("T")
Names = Mapping[str, Text]


def labelled(
    found: Listing[T], names_of: Callable[[str, Sequence[str]], Awaitable[Names]]
) -> Listing[T]:
    """The listing, its facets with the names that `names_of` knows for a field's keys."""
    counted = found.faceting
    if counted is None:
        return found

    async def named(facet: Facet) -> Facet:
        names = await names_of(facet.field, [bucket.key for bucket in facet.buckets])
        buckets = (Bucket(b.key, b.count, b.label or names.get(b.key)) for b in facet.buckets)
        return Facet(facet.field, tuple(buckets))

    async def faceting(fields: Sequence[str]) -> list[Facet]:
        return [await named(facet) for facet in await counted(fields)]

    return replace(found, faceting=faceting)


async def area_names(context: Context, codes: Sequence[str]) -> Names:
    """The names of areas by code; those that nobody knows now are left out."""
    return await _names(context, areas.by_code, codes)


async def department_names(context: Context, codes: Sequence[str]) -> Names:
    """The names of departments by code; those that nobody knows now are left out."""
    return await _names(context, departments.by_code, codes)


async def _names(
    context: Context, by_code: Callable[[Context, str], Awaitable[Any]], codes: Sequence[str]
) -> Names:
    async def name(code: str) -> Text | None:
        try:
            record = await by_code(context, code)
        except ConnectorError:  # noted already, for `extensions.sources`
            return None
        if record is None:
            return None
        return Text({"id": record.name}) if isinstance(record.name, str) else record.name

    # All at once, so that they become one look-up.
    found = await asyncio.gather(*map(name, codes))
    return {code: words for code, words in zip(codes, found, strict=True) if words}
