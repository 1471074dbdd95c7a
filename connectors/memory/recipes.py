"""How the rows of each domain become records and a connector: one line per domain."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.errors import Unreadable
from connectors.kinds.collection import OriginOf, Part, part_of
from connectors.kinds.mapping import FieldMap, canonical
from connectors.memory import (
    apps,
    departments,
    emergency,
    events,
    jobs,
    places,
    price_rows,
    prices,
    tours,
    warnings,
)
from connectors.memory.cells import Cells
from connectors.ports.common import Origin

MakeOrigin = Callable[[str], Origin]
Reader = Callable[[Mapping[str, Any], MakeOrigin], Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the rows of a domain become a connector.

    `read` gives the records of a row, its own one first, and raises Unreadable; `memory` is the
    connector made of all.
    """

    read: Reader
    memory: Callable[[str, Sequence[Any]], Any]


def _one(read: Callable[[Mapping[str, Any], MakeOrigin], Any]) -> Reader:
    """A reader of rows that hold one record each."""
    return lambda row, origin: (read(row, origin),)


RECIPES: dict[str, Recipe] = {
    "alerts": Recipe(_one(warnings.read_alert), warnings.MemoryAlerts),
    "apps": Recipe(_one(apps.read_app), apps.MemoryApps),
    "departments": Recipe(_one(departments.read_department), departments.MemoryDepartments),
    "earthquakes": Recipe(_one(warnings.read_earthquake), warnings.MemoryEarthquakes),
    "emergency": Recipe(_one(emergency.read_contact), emergency.MemoryEmergency),
    "events": Recipe(_one(events.read_event), events.MemoryEvents),
    "forecast": Recipe(_one(warnings.read_forecast), warnings.MemoryForecasts),
    "guides": Recipe(_one(tours.read_guide), tours.MemoryGuides),
    "jobs": Recipe(_one(jobs.read_job), jobs.MemoryJobs),
    "markets": Recipe(_one(price_rows.read_market), prices.MemoryMarkets),
    "places": Recipe(_one(places.read_place), places.MemoryPlaces),
    "prices": Recipe(price_rows.read_observation, prices.MemoryPriceFeed),
    "tours": Recipe(_one(tours.read_tour), tours.MemoryTours),
}
"""By the port the domain is served through."""


def records(
    recipe: Recipe, rows: Sequence[Mapping[str, Any]], fields: FieldMap, origin_of: OriginOf
) -> Part[Any]:
    """The records of upstream rows, their values found by a field map.

    `as_of` (a moment with offset) and `source_url` go to the origin in every domain. Raises
    Unreadable when there are rows and none could be read.
    """

    def read(upstream: Mapping[str, Any]) -> Sequence[Any]:
        row = canonical(upstream, fields)
        as_of, url = Cells(row, "feed").moment("as_of"), row.get("source_url")

        def origin(local_id: str) -> Origin:
            return origin_of(local_id, as_of=as_of, url=url if isinstance(url, str) else None)

        return recipe.read(row, origin)

    part = part_of(rows, read)
    if part.rejected and not part.records:
        reason = part.rejected[0][1]
        raise Unreadable(f"none of {len(part.rejected)} rows could be read: {reason}")
    return part
