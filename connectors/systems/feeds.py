"""Feeds: rows of a file, an address or a table, mapped by a catalogue line alone.

A line says `system = "feed.places"` and in its options where the rows are (`from`), how they are
written, and which upstream value is which of ours (`fields`, see `connectors.kinds.mapping`).
The names of ours are the columns of the domain's reader in `connectors.memory`; `as_of` (a moment
with offset) and `source_url` go to the record's origin in every domain.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from connectors.base import Tools
from connectors.kinds.collection import Collected, Part, origins
from connectors.kinds.declared import Options, read_options, way_to
from connectors.kinds.formats import parse
from connectors.memory.recipes import RECIPES, Recipe, records
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
    rows = parse(document.body, options.how)
    return records(recipe, rows, options.fields, origins(binding, stamp))


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
