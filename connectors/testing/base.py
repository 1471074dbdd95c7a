"""What the promises of several ports share: batches in order, lists page by page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from connectors.ports.common import Hit, Page, Position, Slice, order_key

R = TypeVar("R")

UNKNOWN = "no-such-id-0"
"""A local id that no source knows."""


async def assert_batch(
    fetch: Callable[[Sequence[str]], Awaitable[Sequence[R | None]]], known: dict[str, R]
) -> None:
    """Asserts that a batch has the length and the order of its ids, and None where unknown.

    `known` are at least one record by id, as the source answers them. An id may be asked twice.
    """
    asked = [UNKNOWN, *reversed(known), "", next(iter(known))]
    assert list(await fetch(asked)) == [known.get(one) for one in asked]
    assert list(await fetch([])) == []


async def walked(
    find: Callable[[Page], Awaitable[Slice[R]]],
    *,
    first: int,
    descending: bool = False,
    backward: bool = False,
) -> list[Slice[R]]:
    """The pages of a whole list, in the order they were asked for.

    Asserts that a page is never larger than asked, and that none but the last says it is the
    last.
    """
    pages: list[Slice[R]] = []
    after: Position | None = None
    while True:
        page = await find(Page(first, after, descending, backward))
        assert len(page.hits) <= first, "a page larger than asked"
        pages.append(page)
        if not page.more:
            return pages
        assert page.hits, "an empty page that says more follow"
        after = page.hits[0 if backward else -1].position


def in_list_order(pages: list[Slice[R]], *, backward: bool = False) -> list[Any]:
    """The hits of all pages as the list has them."""
    return [hit for page in (reversed(pages) if backward else pages) for hit in page.hits]


async def assert_pages(
    find: Callable[[Page], Awaitable[Slice[R]]],
    whole: Sequence[Hit[R]],
    *,
    first: int = 2,
    descending: bool = False,
) -> None:
    """Asserts that pages of this size, forward and backward, make exactly these hits."""
    for backward in (False, True):
        pages = await walked(find, first=first, descending=descending, backward=backward)
        seen = in_list_order(pages, backward=backward)
        assert seen == list(whole), "pages lose, repeat or change records"


async def assert_total_order(
    find: Callable[[Page], Awaitable[Slice[R]]], *, descending: bool = False, first: int = 2
) -> list[R]:
    """The records of a list, after asserting that pages of any size walk it without loss.

    Forward and backward give the same records once each, in the order that `Page` describes.
    """
    whole = await find(Page(500, None, descending))
    assert not whole.more, "more than 500 records: give the promises a smaller source"
    positions = [hit.position for hit in whole.hits]
    keys = [order_key(position, descending=descending) for position in positions]
    assert keys == sorted(keys), "not in the order of its positions"
    assert len(set(positions)) == len(positions), "a record twice"
    await assert_pages(find, whole.hits, first=first, descending=descending)
    return [hit.record for hit in whole.hits]
