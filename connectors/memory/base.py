"""Pages, places and texts over records in memory: the plain way, which the store must equal."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol, TypeVar

from connectors.ports import geometry
from connectors.ports.common import (
    GeoPoint,
    Hit,
    Origin,
    Page,
    Position,
    Slice,
    SortValue,
    Text,
    order_key,
)


class Record(Protocol):
    """Any record that knows where it came from."""

    @property
    def origin(self) -> Origin: ...


R = TypeVar("R", bound=Record)


def slice_of(
    records: Iterable[R],
    page: Page,
    sort: Callable[[R], SortValue] | None = None,
    *,
    origin: GeoPoint | None = None,
    point: Callable[[R], GeoPoint | None] | None = None,
) -> Slice[R]:
    """One page of records.

    `sort` gives the value to sort by (None: by id alone); `origin` and `point` give distances.
    """

    def position(record: R) -> Position:
        value = sort(record) if sort else None
        return Position(value, record.origin.connector, record.origin.local_id)

    def key(pair: tuple[Position, R]) -> tuple[Any, ...]:
        return order_key(pair[0], descending=page.descending)

    pairs = [(position(record), record) for record in records]
    if page.after is not None:
        bound = order_key(page.after, descending=page.descending)
        if page.backward:
            pairs = [pair for pair in pairs if key(pair) < bound]
        else:
            pairs = [pair for pair in pairs if bound < key(pair)]
    wanted = page.first + 1
    if page.backward:
        found = heapq.nlargest(wanted, pairs, key=key)
        kept = found[: page.first][::-1]
    else:
        found = heapq.nsmallest(wanted, pairs, key=key)
        kept = found[: page.first]

    def distance(record: R) -> float | None:
        here = point(record) if point else None
        return None if here is None or origin is None else geometry.distance_m(origin, here)

    return Slice(
        hits=tuple(Hit(record, at, distance(record)) for at, record in kept),
        more=len(found) > page.first,
    )


def by_id(records: Iterable[R], ids: Sequence[str]) -> list[R | None]:
    """The records in the order of their local ids, None where unknown."""
    known = {record.origin.local_id: record for record in records}
    return [known.get(local) for local in ids]


def mentions(needle: str, *texts: Text | str | None) -> bool:
    """Whether every word of `needle` stands in the texts, letter case aside."""
    heap = " ".join(
        one if isinstance(one, str) else " ".join(words for _, words in one) for one in texts if one
    ).casefold()
    return all(word in heap for word in needle.casefold().split())
