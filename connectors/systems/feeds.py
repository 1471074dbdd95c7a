"""Feeds: rows of a file, an address or a table, mapped by a catalogue line alone.

A line says `system = "feed.places"` and in its options where the rows are (`from`), how they are
written, and which upstream value is which of ours (`fields`, see `connectors.kinds.mapping`).
The names of ours are the columns of the domain's reader in `connectors.memory`; `as_of` (a moment
with offset) and `source_url` go to the record's origin in every domain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from connectors.base import Tools
from connectors.errors import Unreadable
from connectors.kinds.collection import Collected, Part, origins, part_of
from connectors.kinds.declared import Options, read_options, way_to
from connectors.kinds.formats import parse
from connectors.kinds.mapping import canonical
from connectors.memory.cells import Cells
from connectors.memory.recipes import RECIPES, Recipe
from connectors.ports.common import Origin
from connectors.ports.connectors import Binding
from connectors.upkeep.documents import Document, Stamp


async def open_feed(domain: str, binding: Binding, tools: Tools) -> Collected:
    """A feed of a domain. Raises ValueError when its options are wrong; rows are read later."""
    options = read_options(binding.options)
    recipe = RECIPES[domain]
    way = way_to(options, (tools.data_folder, tools.city_folder), tools.upkeep)
    read = partial(read_document, binding, recipe, options)

    async def gather() -> Sequence[Part[Any]]:
        return [await way.read(read)]

    return Collected(binding.key, gather, recipe.memory, close=way.aclose)


def read_document(
    binding: Binding, recipe: Recipe, options: Options, document: Document, stamp: Stamp
) -> Part[Any]:
    """The records of a document's rows. Raises Unreadable when none could be read."""
    origin_of = origins(binding, stamp)

    def read(upstream: Mapping[str, Any]) -> Sequence[Any]:
        row = canonical(upstream, options.fields)
        as_of, url = Cells(row, "feed").moment("as_of"), row.get("source_url")

        def origin(local_id: str) -> Origin:
            return origin_of(local_id, as_of=as_of, url=url if isinstance(url, str) else None)

        return recipe.read(row, origin)

    part = part_of(parse(document.body, options.how), read)
    if part.rejected and not part.records:
        reason = part.rejected[0][1]
        raise Unreadable(f"none of {len(part.rejected)} rows could be read: {reason}")
    return part


open_alerts = partial(open_feed, "alerts")
open_apps = partial(open_feed, "apps")
open_departments = partial(open_feed, "departments")
open_earthquakes = partial(open_feed, "earthquakes")
open_emergency = partial(open_feed, "emergency")
open_events = partial(open_feed, "events")
open_forecast = partial(open_feed, "forecast")
open_guides = partial(open_feed, "guides")
open_jobs = partial(open_feed, "jobs")
open_markets = partial(open_feed, "markets")
open_places = partial(open_feed, "places")
open_prices = partial(open_feed, "prices")
open_tours = partial(open_feed, "tours")
