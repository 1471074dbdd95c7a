"""Pages, places and texts over records in memory: the plain way, which the store must equal."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
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

_ID, _VALUE = itemgetter(0, 1), itemgetter(2)


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

    def place(item: tuple[str, str, Any, R]) -> tuple[Any, ...]:
        return order_key(Position(item[2], item[0], item[1]), descending=page.descending)

    valued: list[tuple[str, str, Any, R]] = []
    others: list[tuple[str, str, Any, R]] = []
    for record in records:
        value, known = sort(record) if sort else None, record.origin
        item = (known.connector, known.local_id, value, record)
        (others if value is None else valued).append(item)
    # Sorted twice by what can be compared at once, which is much quicker than `place` for each.
    for items in (valued, others):
        items.sort(key=_ID)
    valued.sort(key=_VALUE, reverse=page.descending)
    valued += others
    wanted, bound = page.first + 1, None
    if page.after is not None:
        bound = order_key(page.after, descending=page.descending)
    if page.backward:
        end = len(valued) if bound is None else bisect_left(valued, bound, key=place)
        found = valued[max(0, end - wanted) : end]
        kept = found[len(found) - page.first :] if len(found) > page.first else found
    else:
        start = 0 if bound is None else bisect_right(valued, bound, key=place)
        found = valued[start : start + wanted]
        kept = found[: page.first]

    def distance(record: R) -> float | None:
        here = point(record) if point else None
        return None if here is None or origin is None else geometry.distance_m(origin, here)

    return Slice(
        hits=tuple(
            Hit(record, Position(value, connector, local), distance(record))
            for connector, local, value, record in kept
        ),
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
