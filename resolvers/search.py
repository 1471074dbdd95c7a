"""Searching everything, and completing what somebody types."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from connectors import errors
from connectors.ports.common import Bucket, Hit, Page, Text, Where, must_text
from connectors.ports.connectors import SearchType, SourceStatus
from connectors.ports.search import Found, SearchCriteria, SearchSource, Suggested
from resolvers import asked, hours, ids
from resolvers.context import Context, failed
from resolvers.listings import Facet, Listing, PageArgs, PageInfo, listing, page_of, plain
from resolvers.nodes import NODES
from resolvers.problems import bad_input

TYPES: dict[SearchType, tuple[str, Text]] = {
    SearchType.COMPLAINT: ("Complaint", must_text("Pengaduan", "Complaints")),
    SearchType.PLACE: ("Place", must_text("Tempat", "Places")),
    SearchType.EVENT: ("Event", must_text("Acara", "Events")),
    SearchType.TOUR: ("Tour", must_text("Tur", "Tours")),
    SearchType.APP: ("CityApp", must_text("Aplikasi", "Apps")),
    SearchType.JOB: ("Job", must_text("Lowongan", "Jobs")),
    SearchType.STOP: ("Stop", must_text("Halte dan stasiun", "Stops and stations")),
    SearchType.LINE: ("Line", must_text("Koridor dan rute", "Lines")),
    SearchType.COMMODITY: ("Commodity", must_text("Bahan pokok", "Commodities")),
    SearchType.EMERGENCY: ("EmergencyContact", must_text("Nomor darurat", "Emergency contacts")),
    SearchType.DEPARTMENT: ("Department", must_text("Perangkat daerah", "Departments")),
}
"""Each type that can be found: its graph type, and its name for people."""

FACETS = ("type", "area")
MOST_READ = 10
"""Slices read at most to fill one page of places that are open now."""


@dataclass(frozen=True, slots=True)
class SearchEdge:
    cursor: str
    node: Any
    score: float
    highlights: tuple[str, ...]
    distance_m: int | None


@dataclass(frozen=True, slots=True)
class SearchPage:
    """A page of results; counts and facets as the index has them."""

    edges: tuple[SearchEdge, ...]
    page_info: PageInfo
    sources: tuple[SourceStatus, ...]
    listed: Listing[Found]
    counted: bool

    async def total_count(self) -> int | None:
        """How many results there are.

        None with `openNow`, which is decided one by one, and when the source of a result is away.
        """
        return await self.listed.total_count() if self.counted else None

    async def facets(self, fields: Sequence[str] | None) -> list[Facet]:
        """Counts by type and by kecamatan."""
        return [_labelled(facet) for facet in await self.listed.facets(fields)]


def _labelled(facet: Facet) -> Facet:
    if facet.field != "type":
        return facet
    return Facet(
        facet.field,
        tuple(Bucket(b.key, b.count, TYPES[SearchType(b.key)][1]) for b in facet.buckets),
    )


async def search(
    context: Context,
    q: str,
    *,
    types: Sequence[SearchType] | None,
    where: Where | None,
    open_now: bool,
    lang: str,
    args: PageArgs,
) -> SearchPage | None:
    """Records that have every word of `q`, best first."""
    criteria = SearchCriteria(_question(q, "q"), tuple(types or ()), where, lang)
    mark = ids.fingerprint("search", criteria.q, criteria.types, where, open_now)
    page = page_of(args, mark, descending=True)
    found = await _page(context, criteria, page, mark, open_now=open_now)
    if found is None:
        return None
    listed, hits, more = found
    nodes = await asyncio.gather(
        *(_node(context, hit.record) for hit in hits), return_exceptions=True
    )
    statuses = {status.connector: status for status in listed.sources}
    edges = []
    for hit, node in zip(hits, nodes, strict=True):
        if isinstance(node, errors.ConnectorError):
            # The index knows it, its source does not answer: the list says who is missing.
            statuses[node.source] = failed(node)
        elif isinstance(node, BaseException):
            raise node
        elif node is not None:
            edges.append(_edge(mark, hit, node))
    info = PageInfo(
        has_next_page=more,
        has_previous_page=page.after is not None,
        start_cursor=ids.cursor(mark, hits[0].position) if hits else None,
        end_cursor=ids.cursor(mark, hits[-1].position) if hits else None,
    )
    # Records of a source that does not answer are in the index, but not in the list.
    whole = not any(isinstance(node, errors.ConnectorError) for node in nodes)
    return SearchPage(tuple(edges), info, tuple(statuses.values()), listed, whole and not open_now)


async def _page(
    context: Context, criteria: SearchCriteria, page: Page, mark: str, *, open_now: bool
) -> tuple[Listing[Found], list[Hit[Found]], bool] | None:
    """One page of references; with `open_now`, read on until it is full."""
    first: Listing[Found] | None = None
    kept: list[Hit[Found]] = []
    for _ in range(MOST_READ):
        listed = await listing(
            context,
            SearchSource,
            lambda source, part: source.find(criteria, part),
            page,
            mark,
            count=lambda source: source.count(criteria),
            facets=lambda source, field: source.buckets(criteria, field),
            facet_fields=FACETS,
        )
        if listed is None:
            return None
        first = first or listed
        hits = [edge.hit for edge in listed.edges if edge.hit is not None]
        kept += [hit for hit in hits if not open_now or _is_open(context, hit.record)]
        more = listed.page_info.has_next_page
        if not open_now or not more or len(kept) > page.first:
            break
        page = Page(page.first, hits[-1].position, page.descending)
    over = len(kept) > page.first
    return first, kept[: page.first], more or over  # type: ignore[return-value]  # one round ran


def _is_open(context: Context, found: Found) -> bool:
    if found.opening_hours is None:
        return False
    return hours.open_at(found.opening_hours, context.now(), context.zone) is True


async def _node(context: Context, found: Found) -> Any:
    return await NODES[TYPES[found.type][0]](context, found.id)


def _edge(mark: str, hit: Hit[Found], node: Any) -> SearchEdge:
    return SearchEdge(
        cursor=ids.cursor(mark, hit.position),
        node=node,
        score=hit.record.score,
        highlights=hit.record.highlights,
        distance_m=None if hit.distance_m is None else round(hit.distance_m),
    )


async def suggest(
    context: Context, prefix: str, *, types: Sequence[SearchType] | None, lang: str, size: int
) -> list[Suggested] | None:
    """Titles that have words beginning like those of `prefix`."""
    if not 1 <= size <= 20:
        raise bad_input(f"`size` must be from 1 to 20, not {size}.")
    question = _question(prefix, "prefix")
    found = await plain(
        context,
        SearchSource,
        lambda source: source.suggest(question, tuple(types or ()), lang, size),
    )
    return None if found is None else found[:size]


def _question(text: str, argument: str) -> str:
    stripped = " ".join(text.split())
    if not stripped:
        raise bad_input(f"`{argument}` is empty: say at least one word.")
    return asked.text(stripped, argument) or ""
