"""`jobposting.jobs`: jobs of JSON-LD files, of web pages, and of all pages that a list links to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from zoneinfo import ZoneInfo

from connectors.base import Tools
from connectors.errors import Unreadable
from connectors.kinds.collection import Collected, Part, each, origins, sound
from connectors.kinds.ical.zones import known
from connectors.kinds.indexes import Index, read_index, unpacked
from connectors.kinds.jsonld.loads import loads
from connectors.kinds.jsonld.nodes import Node, World
from connectors.kinds.jsonld.pages import blocks, decoded, looks_like_a_page
from connectors.kinds.kelurahan import Kelurahan, kelurahan_of
from connectors.kinds.whereabouts import Whereabouts, text_option, whereabouts, whole_option
from connectors.memory.cells import LONGEST_ID
from connectors.memory.jobs import MemoryJobs
from connectors.ports.connectors import Binding
from connectors.ports.jobs import JobPosting
from connectors.systems.jobposting.mapping import Setting, job_of
from connectors.upkeep.documents import Document, Request, Stamp
from connectors.upkeep.http import ABSENT
from connectors.upkeep.upkeep import Upkeep

MOST_JOBS = 50_000
MOST_LISTS = 20
"""Lists within a list."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a catalogue line says about published jobs."""

    where: Whereabouts
    zone: ZoneInfo
    """Of days, and of times without an offset."""
    language: str = "id"
    """Of texts that do not say theirs."""
    currency: str = "IDR"
    """Of salaries that do not say theirs."""
    pages: str = ""
    """What the address of a linked page must hold; empty: all are read."""
    most_pages: int = 100


def read_options(said: Mapping[str, Any], city: ZoneInfo) -> Options:
    """The options of a catalogue line. Raises ValueError saying which is wrong and what it takes."""
    where = whereabouts(said, others=("zone", "language", "currency", "pages", "most_pages"))
    name = text_option(said, "zone")
    zone = known(name) if name else city
    if zone is None:
        raise ValueError('`zone` must be a zone such as "Asia/Jakarta"')
    language = text_option(said, "language", "id")
    if not (language.isascii() and language.isalpha() and 2 <= len(language) <= 3):
        raise ValueError('`language` must be a tag such as "id"')
    currency = text_option(said, "currency", "IDR")
    if not (currency.isascii() and currency.isupper() and len(currency) == 3):
        raise ValueError('`currency` must be a code such as "IDR"')
    return Options(
        where,
        zone,
        language.lower(),
        currency,
        text_option(said, "pages"),
        whole_option(said, "most_pages", 100, most=1_000),
    )


async def open_jobs(binding: Binding, tools: Tools) -> Collected:
    """The jobs of one or more documents. Raises ValueError when an option is wrong.

    A document is JSON-LD, a web page with such blocks, or a list of pages: a sitemap, RSS, Atom,
    or lines of addresses. Options: `url` (one or several) or `path`, `headers`, `zone`,
    `language`, `currency`, `pages`, `most_pages`.
    """
    city = known(getattr(tools.services.zone, "key", "UTC")) or ZoneInfo("UTC")
    options = read_options(binding.options, city)
    read = reader(binding, options, kelurahan_of(tools.city_folder))
    ways = options.where.ways((tools.data_folder, tools.city_folder), tools.upkeep, pages=True)
    reads = {way.url: _whole(read(way.url)) for way in ways}
    linked = _Linked(options, tools.upkeep, read)

    async def gather() -> Sequence[Part[JobPosting]]:
        found = await each([way.read(reads[way.url]) for way in ways])
        indexes = [one for one in found if isinstance(one, Index)]
        parts = [one for one in found if isinstance(one, Part)]
        return [*parts, *await linked.parts(indexes)] if indexes else parts

    return Collected(binding.key, gather, MemoryJobs)


Found = Part[JobPosting] | Index
Read = Callable[[Document, Stamp], Found]


class _Linked:
    """The pages that lists link to."""

    def __init__(self, options: Options, upkeep: Upkeep, read: Callable[[str], Read]) -> None:
        self._options = options
        self._upkeep = upkeep
        self._read = read

    async def parts(self, indexes: Sequence[Index]) -> list[Part[JobPosting]]:
        """The jobs of all pages. Raises the first failure when none can be had."""
        lists = list(dict.fromkeys(url for index in indexes for url in index.lists))[:MOST_LISTS]
        further = await each([self._get(url) for url in lists])
        links = [url for one in (*indexes, *further) if isinstance(one, Index) for url in one.pages]
        wanted = [url for url in dict.fromkeys(links) if self._options.pages in url]
        pages = wanted[: self._options.most_pages]
        found = await each([self._get(url) for url in pages])
        return [one for one in found if isinstance(one, Part)]

    async def _get(self, url: str) -> Found:
        request = Request(url, headers=self._options.where.headers)
        return await self._upkeep.get(request, self._read(url), pages=True, absent=True)


# ------------------------------------------------------------------------------- reading


def _whole(read: Read) -> Read:
    """Reads a document the catalogue line names: more than the page of one job, which may be bad."""

    def whole(document: Document, stamp: Stamp) -> Found:
        found = read(document, stamp)
        return sound(found) if isinstance(found, Part) else found

    return whole


def reader(binding: Binding, options: Options, kelurahan: Kelurahan) -> Callable[[str], Read]:
    """For the address of a document, what makes jobs, or a list of pages, of it."""

    def at(url: str) -> Read:
        def read(document: Document, stamp: Stamp) -> Found:
            setting = Setting(
                origins(binding, stamp),
                options.zone,
                stamp.fetched_at,
                kelurahan,
                options.language,
                options.currency,
                url,
                _written(document),
            )
            return _read(document, setting)

        return read

    return at


def _written(document: Document) -> datetime | None:
    """Last-Modified, where it is a date."""
    try:
        found = parsedate_to_datetime(document.last_modified)
    except (ValueError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _read(document: Document, setting: Setting) -> Found:
    if document.status in ABSENT:
        return Part(())  # the page of a job that was taken down
    body = unpacked(document.body)
    if looks_like_a_page(body, document.media_type):
        return _page(decoded(body, document.charset), setting)
    index = read_index(body, document.charset, setting.url)
    if index is not None:
        return index
    return _jobs(World(loads(decoded(body, document.charset))), setting)


def _page(page: str, setting: Setting) -> Part[JobPosting]:
    """The jobs of all blocks that can be read; a broken one costs itself alone."""
    documents: list[Any] = []
    rejected: list[tuple[Any, str]] = []
    seen = 0
    for block in blocks(page):
        seen += 1
        try:
            documents += loads(block)
        except Unreadable as error:
            rejected.append(({"block": seen}, f"page: block {seen}: {error}"))
    if not seen:
        raise Unreadable("a web page without any JSON-LD")
    part = _jobs(World(documents), setting, some=True)
    return replace(part, rejected=(*part.rejected, *rejected))


def _jobs(world: World, setting: Setting, *, some: bool = False) -> Part[JobPosting]:
    """The jobs of a document. Raises Unreadable when it is data of another kind, unless `some`."""
    found: list[JobPosting] = []
    rejected: list[tuple[Any, str]] = []
    nodes = 0
    for node in world.of_type("JobPosting"):
        nodes += 1
        if nodes > MOST_JOBS:
            raise Unreadable(f"more than {MOST_JOBS} jobs")
        try:
            found.append(job_of(node, setting))
        except Unreadable as error:
            rejected.append((_short(node), str(error)))
    if not nodes and not some and not all(_is_linked_data(one) for one in world.read):
        raise Unreadable("JSON without any JobPosting that is no JSON-LD at all")
    return Part(_apart(found), rejected)


def _apart(jobs: Sequence[JobPosting]) -> list[JobPosting]:
    """Each job once; those of different employers under one number have ids of their own."""
    found: list[JobPosting] = []
    seen: dict[str, JobPosting] = {}
    for job in jobs:
        other = seen.setdefault(job.origin.local_id, job)
        if other is not job and other.employer != job.employer:
            local = f"{job.origin.local_id}@{job.employer}"[:LONGEST_ID]
            own = replace(job, origin=replace(job.origin, local_id=local))
            other = seen.setdefault(local, own)
            found += [own] if other is own else []
        elif other is job or not _same(other, job):
            found.append(job)  # one more under a number is for the collection to refuse
    return found


def _same(one: JobPosting, other: JobPosting) -> bool:
    return replace(one, origin=other.origin) == other


def _is_linked_data(document: Any) -> bool:
    """Whether a document without jobs is one that could have some: typed, or an empty list."""
    if isinstance(document, list):
        return all(_is_linked_data(one) for one in document)
    return isinstance(document, dict) and not {"@type", "@graph", "@id"}.isdisjoint(document)


def _short(node: Node) -> Mapping[str, Any]:
    return {"@id": node.id, "title": str(node.properties.get("title"))[:80]}
