"""Lists over several sources: ask all at once, merge with one cursor, say who did not answer."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from connectors import errors
from connectors.ports.common import Bucket, Hit, Page, Slice, Text, order_key
from connectors.ports.connectors import SourceState, SourceStatus
from connectors.switchboard import Answered, Source
from resolvers import ids
from resolvers.context import Context, ask, degraded, failed
from resolvers.problems import bad_input

P = TypeVar("P")
R = TypeVar("R")
T = TypeVar("T")

MOST = 500
"""The largest page."""


@dataclass(frozen=True, slots=True)
class PageArgs:
    """The four arguments of a Relay list, as they came."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True)
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@dataclass(frozen=True, slots=True)
class Edge(Generic[R]):
    """One record of a list and its cursor; `distance_m` in whole metres where a point was named."""

    cursor: str
    node: R
    distance_m: int | None = None
    hit: Hit[R] | None = None


@dataclass(frozen=True, slots=True)
class Facet:
    field: str
    buckets: tuple[Bucket, ...]


@dataclass(frozen=True, slots=True)
class Listing(Generic[R]):
    """A page of a list. Counts and facets are worked out only when they are asked for."""

    edges: tuple[Edge[R], ...]
    page_info: PageInfo
    sources: tuple[SourceStatus, ...]
    counting: Callable[[], Awaitable[int | None]] | None = None
    faceting: Callable[[Sequence[str]], Awaitable[list[Facet]]] | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    async def total_count(self) -> int | None:
        """How many records the whole list has; None when a source did not say."""
        return await self.counting() if self.counting else None

    async def facets(self, fields: Sequence[str] | None) -> list[Facet]:
        """Counts per value for the fields asked for (None: all the list has)."""
        return await self.faceting(fields or ()) if self.faceting else []


def page_of(
    args: PageArgs, mark: str, *, descending: bool, default: int = 20, most: int = MOST
) -> Page:
    """The page the arguments ask for. Raises BAD_INPUT when they make no sense."""
    for name, value in (("first", args.first), ("last", args.last)):
        if value is not None and not 0 <= value <= most:
            raise bad_input(f"`{name}` must be from 0 to {most}, not {value}.")
    if args.last is not None or args.before is not None:
        if args.first is not None and args.last is not None:
            raise bad_input("Pass `first` or `last`, not both.")
        if args.after is not None:
            raise bad_input("Pass `after` with `first`, or `before` with `last`, not mixed.")
        position = None
        if args.before is not None:
            position = ids.read_cursor(args.before, mark, argument="before")
        size = args.last if args.last is not None else default
        if args.last is None and args.first is not None:
            size = args.first
        return Page(size, position, descending, backward=True)
    after = ids.read_cursor(args.after, mark) if args.after is not None else None
    size = args.first if args.first is not None else default
    return Page(size, after, descending)


async def ask_all(
    context: Context, port: type[P], question: Callable[[P], Awaitable[T]]
) -> tuple[list[tuple[Source[P], T]], list[errors.ConnectorError]]:
    """Every source of a port asked at once: the answers with who gave them, and the failures.

    Raises NotConfigured when the port has no source at all.
    """
    good, bad = await _answers(context, port, question)
    return [(source, answered.value) for source, answered in good], bad


async def _answers(
    context: Context, port: type[P], question: Callable[[P], Awaitable[T]]
) -> tuple[list[tuple[Source[P], Answered[T]]], list[errors.ConnectorError]]:
    sources = context.switchboard.serving(port)
    if not sources:
        raise errors.NotConfigured(f"nobody serves {port.__name__}")
    answers = await asyncio.gather(*(_ask(context, source, question) for source in sources))
    good: list[tuple[Source[P], Answered[T]]] = []
    bad: list[errors.ConnectorError] = []
    for source, answer in zip(sources, answers, strict=True):
        if isinstance(answer, errors.ConnectorError):
            bad.append(answer)
            context.note(failed(answer))
        else:
            good.append((source, answer))
    return good, bad


async def _ask(
    context: Context, source: Source[P], question: Callable[[P], Awaitable[T]]
) -> Answered[T] | errors.ConnectorError:
    try:
        return await ask(context, source, question)
    except errors.ConnectorError as error:
        return error


async def listing(
    context: Context,
    port: type[P],
    find: Callable[[P, Page], Awaitable[Slice[R]]],
    page: Page,
    mark: str,
    *,
    count: Callable[[P], Awaitable[int]] | None = None,
    facets: Callable[[P, str], Awaitable[Sequence[Bucket]]] | None = None,
    facet_fields: Sequence[str] = (),
) -> Listing[R] | None:
    """One page merged from all sources of a port.

    None when no source is configured. Raises the failure when every source failed; when only
    some did, the listing names them in `sources`. BAD_INPUT when a source knows no such place as
    the cursor says. `mark` is `ids.fingerprint(list, order)`.
    """
    good, bad = await _answers(context, port, lambda source: find(source, page))
    if page.after is not None and any(isinstance(error, errors.Rejected) for error in bad):
        argument = "before" if page.backward else "after"
        raise bad_input(f"`{argument}` is not a cursor of this list: pass one it has answered.")
    if not good:
        report(bad)
        return None
    hits, more = merged([answer.value for _, answer in good], page)
    statuses = [_status(source, answer) for source, answer in good] + [failed(e) for e in bad]
    complete = not any(not isinstance(error, errors.NotConfigured) for error in bad)

    async def counting() -> int | None:
        if count is None or not complete:
            return None
        counts, failures = await ask_all(context, port, count)
        real = [e for e in failures if not isinstance(e, errors.NotConfigured)]
        return None if real else sum(number for _, number in counts)

    async def faceting(fields: Sequence[str]) -> list[Facet]:
        # Asked for twice is counted once: every count goes through the whole list.
        wanted = list(dict.fromkeys(fields)) or list(facet_fields)
        unknown = [name for name in wanted if name not in facet_fields]
        if unknown:
            message = f"unknown facet {unknown[0]!r}; this list has: {', '.join(facet_fields)}."
            raise bad_input(message)
        return [await _facet(context, port, facets, name) for name in wanted] if facets else []

    return Listing(
        edges=tuple(
            Edge(
                cursor=ids.cursor(mark, hit.position),
                node=hit.record,
                distance_m=None if hit.distance_m is None else round(hit.distance_m),
                hit=hit,
            )
            for hit in hits
        ),
        page_info=_page_info(hits, page, mark, more=more),
        sources=tuple(statuses),
        counting=counting if count else None,
        faceting=faceting if facets else None,
    )


def report(failures: Sequence[errors.ConnectorError]) -> None:
    """Raises the first real failure; nothing when sources are only not configured (noted already)."""
    real = [error for error in failures if not isinstance(error, errors.NotConfigured)]
    if real:
        raise real[0]


async def plain(
    context: Context, port: type[P], question: Callable[[P], Awaitable[Sequence[R]]]
) -> list[R] | None:
    """All records of all sources of a port, in catalogue order of the sources.

    None when no source is configured; raises when every source failed; sources that failed
    beside others are named in `extensions.sources`.
    """
    good, bad = await ask_all(context, port, question)
    if not good:
        report(bad)
        return None
    return [record for _, answer in good for record in answer]


def merged(slices: Sequence[Slice[R]], page: Page) -> tuple[list[Hit[R]], bool]:
    """The first (or last) records of several slices in one order, and whether more follow."""

    def key(hit: Hit[R]) -> tuple[Any, ...]:
        return order_key(hit.position, descending=page.descending)

    everything = list(heapq.merge(*(answer.hits for answer in slices), key=key))
    more = any(answer.more for answer in slices) or len(everything) > page.first
    if page.backward:
        return everything[max(0, len(everything) - page.first) :], more
    return everything[: page.first], more


def _page_info(hits: Sequence[Hit[Any]], page: Page, mark: str, *, more: bool) -> PageInfo:
    return PageInfo(
        has_next_page=page.after is not None if page.backward else more,
        has_previous_page=more if page.backward else page.after is not None,
        start_cursor=ids.cursor(mark, hits[0].position) if hits else None,
        end_cursor=ids.cursor(mark, hits[-1].position) if hits else None,
    )


def _status(source: Source[Any], answered: Answered[Slice[Any]]) -> SourceStatus:
    status = degraded(source.key, answered)
    if status is not None:
        return status
    hits = answered.value.hits
    origins = [hit.record.origin for hit in hits if hasattr(hit.record, "origin")]
    stale = any(origin.stale for origin in origins)
    return SourceStatus(
        connector=source.key,
        state=SourceState.STALE if stale else SourceState.OK,
        as_of=max((origin.as_of for origin in origins), default=None),
    )


async def _facet(
    context: Context,
    port: type[P],
    facets: Callable[[P, str], Awaitable[Sequence[Bucket]]],
    name: str,
) -> Facet:
    answers, _ = await ask_all(context, port, lambda source: facets(source, name))
    counts: dict[str, int] = {}
    labels: dict[str, Text | None] = {}
    for _, buckets in answers:
        for bucket in buckets:
            counts[bucket.key] = counts.get(bucket.key, 0) + bucket.count
            labels.setdefault(bucket.key, bucket.label)
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return Facet(name, tuple(Bucket(key, count, labels[key]) for key, count in ordered))
