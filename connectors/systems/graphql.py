"""`graphql.<domain>`: another team's GraphQL endpoint, its fields mapped into ours.

A line names the list and which of its fields are ours; nothing else is asked for. Records that are
asked for by id and stand in no list are asked for together, in one operation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from connectors.base import Tools
from connectors.errors import ConnectorError, Unreadable
from connectors.kinds.collection import Collected, Part, each, origins
from connectors.kinds.graphql import (
    Listing,
    Query,
    all_at_once,
    checked,
    is_name,
    is_type,
    list_query,
    one_by_one,
    read_answer,
    read_list,
    selection,
)
from connectors.kinds.mapping import FieldMap, read_fields
from connectors.kinds.rows import FAULT
from connectors.kinds.whereabouts import text_option, whereabouts, whole_option
from connectors.memory.recipes import RECIPES, Recipe, records
from connectors.ports.connectors import Binding
from connectors.upkeep.asking import note_trouble
from connectors.upkeep.documents import Document, Stamp
from connectors.upkeep.upkeep import Upkeep

OTHERS = frozenset(
    {
        "list",
        "query",
        "arguments",
        "variables",
        "fields",
        "pages",
        "page_size",
        "most_pages",
        "by_id",
    }
)
PAGES = ("", "edges", "nodes")
AT_ONCE = 50
"""Records asked for by id in one operation."""


@dataclass(frozen=True, slots=True)
class ById:
    """How records are asked for by id."""

    field: str
    argument: str
    kind: str
    """GraphQL type of the argument; a list type takes all ids at once."""
    wanted: str

    @property
    def at_once(self) -> bool:
        """Whether the argument takes a list."""
        return self.kind.startswith("[")


@dataclass(frozen=True, slots=True)
class Options:
    """What a catalogue line says."""

    url: str
    headers: Mapping[str, str]
    place: str
    query: Query
    fields: FieldMap
    page_size: int
    most_pages: int
    by_id: ById | None


async def open_graphql(domain: str, binding: Binding, tools: Tools) -> Upstream:
    """A domain of an endpoint. Raises ValueError when an option is wrong."""
    return Upstream(binding, tools.upkeep, RECIPES[domain], read_options(binding.options))


class Upstream(Collected):
    """The records of a list, page by page, and those asked for by id beside it."""

    def __init__(self, binding: Binding, upkeep: Upkeep, recipe: Recipe, options: Options) -> None:
        super().__init__(binding.key, self._pages, recipe.memory)
        self._binding = binding
        self._upkeep = upkeep
        self._recipe = recipe
        self._options = options
        by_id = [name for name in dir(recipe.memory) if name.endswith("_by_id")]
        if options.by_id and len(by_id) != 1:
            raise ValueError("`by_id` serves domains with one kind of record only")
        self._by_id = by_id[0] if options.by_id else ""

    def __getattr__(self, name: str) -> Any:
        asked = super().__getattr__(name)
        return partial(self._found, asked) if name == self._by_id else asked

    # ------------------------------------------------------------------------------- the list

    async def _pages(self) -> Sequence[Part[Any]]:
        """All pages, one after the other; a page that fails ends them, and that is told."""
        parts: list[Part[Any]] = []
        seen: set[str | None] = set()
        after: str | None = None
        while True:
            try:
                part, listing = await self._page(after)
            except ConnectorError as error:
                if not parts:
                    raise
                note_trouble(error, partial=True)
                return parts
            parts.append(part)
            if listing.trouble is not None:
                note_trouble(_again(listing.trouble, self.name), partial=True)
            seen.add(after)
            after = listing.after
            if after is None:
                return parts
            if after in seen or len(parts) >= self._options.most_pages:
                reason = "pages go round in a circle" if after in seen else "there are more pages"
                note_trouble(Unreadable(reason, source=self.name), partial=True)
                return parts

    async def _page(self, after: str | None) -> tuple[Part[Any], Listing]:
        asked = self._options
        request = asked.query.request(asked.url, asked.headers, first=asked.page_size, after=after)
        return await self._upkeep.get(request, self._read_page)

    def _read_page(self, document: Document, stamp: Stamp) -> tuple[Part[Any], Listing]:
        listing = read_list(document, self._options.place)
        if listing.after is not None and "after" not in self._options.query.takes:
            # It would be asked for the same page again.
            missing = Unreadable("there are more pages, and the query takes no $after")
            listing = Listing(listing.rows, None, listing.trouble or missing)
        return self._records(listing.rows, stamp), listing

    def _records(self, rows: Sequence[Mapping[str, Any]], stamp: Stamp) -> Part[Any]:
        return records(self._recipe, rows, self._options.fields, origins(self._binding, stamp))

    # ------------------------------------------------------------------------------- by id

    async def _found(self, listed: Any, ids: Sequence[str]) -> Sequence[Any]:
        """Records in the order of the ids: of the list, the others asked for together."""
        found = list(await listed(ids))
        missing = list(dict.fromkeys(i for i, one in zip(ids, found, strict=True) if one is None))
        if not missing:
            return found
        parted = [missing[n : n + AT_ONCE] for n in range(0, len(missing), AT_ONCE)]
        known: dict[str, Any] = {}
        try:
            answers = await each([self._asked(tuple(part)) for part in parted])
        except ConnectorError as error:
            if len(missing) == len(set(ids)):
                raise
            note_trouble(error, partial=True)  # what the list knows is good
            return found
        for some, trouble in answers:
            known |= some
            if trouble is not None:
                note_trouble(_again(trouble, self.name), partial=True)
        return [known.get(i) if one is None else one for i, one in zip(ids, found, strict=True)]

    async def _asked(self, ids: tuple[str, ...]) -> tuple[Mapping[str, Any], ConnectorError | None]:
        how, options = self._options.by_id, self._options
        assert how is not None  # noqa: S101 - only then is it called
        if how.at_once:
            query = all_at_once(how.field, how.argument, how.kind, how.wanted)
            request = query.request(options.url, options.headers, ids=list(ids))
        else:
            query = one_by_one(how.field, how.argument, how.kind, how.wanted, len(ids))
            each_id = {f"id{number}": one for number, one in enumerate(ids)}
            request = query.request(options.url, options.headers, **each_id)
        return await self._upkeep.get(request, partial(self._read_some, how, ids))

    def _read_some(
        self, how: ById, ids: Sequence[str], document: Document, stamp: Stamp
    ) -> tuple[Mapping[str, Any], ConnectorError | None]:
        if how.at_once:
            listing = read_list(document, how.field)
            rows, trouble = [row for row in listing.rows if FAULT not in row], listing.trouble
        else:
            data, trouble = read_answer(document)
            rows = [
                data[f"r{n}"] for n in range(len(ids)) if isinstance(data.get(f"r{n}"), Mapping)
            ]
        made = self._records(rows, stamp).records if rows else ()
        return {one.origin.local_id: one for one in made}, trouble


def _again(error: ConnectorError, source: str) -> ConnectorError:
    """A new error for everybody who asks."""
    return type(error)(str(error), source=source, retry_after=error.retry_after)


# ------------------------------------------------------------------------------- options


def read_options(said: Mapping[str, Any]) -> Options:
    """The options of a catalogue line. Raises ValueError saying which is wrong and what it takes."""
    where = whereabouts(said, others=OTHERS)
    if len(where.urls) != 1:
        raise ValueError("`url` must be the address of one endpoint")
    tables = {name: said.get(name, {}) for name in ("fields", "variables", "by_id")}
    for name, table in tables.items():
        if not isinstance(table, Mapping):
            raise ValueError(f"`{name}` must be a table")  # noqa: TRY004 - as all others
    fields = read_fields(tables["fields"])
    paths = list(dict.fromkeys(path for pick in fields.values() for path in pick.paths))
    place, pages = text_option(said, "list"), text_option(said, "pages")
    written, arguments = text_option(said, "query"), text_option(said, "arguments")
    if not place:
        raise ValueError("`list` is needed: where in the data the list is, such as kota.taman")
    if pages not in PAGES:
        raise ValueError("`pages` must be edges or nodes")
    if written and (arguments or pages):
        raise ValueError("`arguments` and `pages` are for lines without a `query` of their own")
    if not written and (not paths or tables["variables"]):
        raise ValueError(
            "without a `query`, `fields` says what is asked for, and there are no `variables`"
        )
    query = (
        checked(written, tables["variables"])
        if written
        else list_query(place, selection(paths), arguments=arguments, pages=pages)
    )
    return Options(
        url=where.urls[0],
        headers=where.headers,
        place=place,
        query=query,
        fields=fields,
        page_size=whole_option(said, "page_size", 100, most=10_000),
        most_pages=whole_option(said, "most_pages", 50, most=1_000),
        by_id=_by_id(tables["by_id"], paths) if tables["by_id"] else None,
    )


def _by_id(said: Mapping[str, Any], paths: Sequence[str]) -> ById:
    message = '`by_id` takes { field = "taman", argument = "id", type = "ID!" }, and needs `fields`'
    if set(said) - {"field", "argument", "type"} or not isinstance(said.get("field"), str):
        raise ValueError(message)
    argument, kind = said.get("argument", "id"), said.get("type", "ID!")
    if not isinstance(argument, str) or not isinstance(kind, str) or not paths:
        raise ValueError(message)
    if not (is_name(said["field"]) and is_name(argument) and is_type(kind)):
        raise ValueError(message)
    return ById(said["field"], argument, kind, selection(paths))


open_alerts = partial(open_graphql, "alerts")
open_apps = partial(open_graphql, "apps")
open_departments = partial(open_graphql, "departments")
open_earthquakes = partial(open_graphql, "earthquakes")
open_emergency = partial(open_graphql, "emergency")
open_events = partial(open_graphql, "events")
open_forecast = partial(open_graphql, "forecast")
open_guides = partial(open_graphql, "guides")
open_jobs = partial(open_graphql, "jobs")
open_markets = partial(open_graphql, "markets")
open_places = partial(open_graphql, "places")
open_prices = partial(open_graphql, "prices")
open_tours = partial(open_graphql, "tours")
