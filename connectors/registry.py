"""The one visible table: which ports there are, and which systems can be plugged in.

A system is a factory `async def open(binding, tools) -> connector`, named "module:function" and
imported only when a city uses it. Installed packages add systems by the entry-point group
`tangerang_live.systems`: those alone that an operator allows, for their code runs with all that
the gateway may do. A name of this table cannot be taken over.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from connectors.base import Tools
from connectors.errors import Broken
from connectors.ports.apps import AppSource
from connectors.ports.areas import AreaSource
from connectors.ports.complaint_desk import ComplaintDesk
from connectors.ports.complaints import ComplaintSource
from connectors.ports.connectors import Binding
from connectors.ports.departments import DepartmentSource
from connectors.ports.emergency import EmergencySource
from connectors.ports.events import EventSource
from connectors.ports.facts import FactSource
from connectors.ports.jobs import JobSource
from connectors.ports.places import PlaceSource
from connectors.ports.prices import MarketSource, PriceSource
from connectors.ports.search import SearchSource
from connectors.ports.tours import GuideSource, TourSource
from connectors.ports.transit import TransitSource, VehicleSource
from connectors.ports.trip_updates import TripUpdateSource
from connectors.ports.warnings import AlertSource, EarthquakeSource, ForecastSource
from connectors.upkeep import policy as policies
from connectors.upkeep.fallback import Chain
from connectors.upkeep.http import named_hosts
from connectors.upkeep.upkeep import Upkeep

PORTS: dict[str, type] = {
    "alerts": AlertSource,
    "earthquakes": EarthquakeSource,
    "forecast": ForecastSource,
    "apps": AppSource,
    "areas": AreaSource,
    "complaint_desk": ComplaintDesk,
    "complaints": ComplaintSource,
    "departments": DepartmentSource,
    "emergency": EmergencySource,
    "places": PlaceSource,
    "events": EventSource,
    "facts": FactSource,
    "guides": GuideSource,
    "jobs": JobSource,
    "markets": MarketSource,
    "prices": PriceSource,
    "search": SearchSource,
    "tours": TourSource,
    "transit": TransitSource,
    "trip_updates": TripUpdateSource,
    "vehicles": VehicleSource,
}
"""Every port, by the name used in `Binding.serves`."""

SYSTEMS: dict[str, str] = {
    "bmkg.earthquakes": "connectors.systems.bmkg:open_earthquakes",
    "bmkg.forecast": "connectors.systems.bmkg:open_forecast",
    "cap.alerts": "connectors.systems.cap:open_alerts",
    "declarative.app": "connectors.declarative.connector:open_app",
    "feed.alerts": "connectors.systems.feeds:open_alerts",
    "feed.apps": "connectors.systems.feeds:open_apps",
    "feed.departments": "connectors.systems.feeds:open_departments",
    "feed.earthquakes": "connectors.systems.feeds:open_earthquakes",
    "feed.emergency": "connectors.systems.feeds:open_emergency",
    "feed.events": "connectors.systems.feeds:open_events",
    "feed.forecast": "connectors.systems.feeds:open_forecast",
    "feed.guides": "connectors.systems.feeds:open_guides",
    "feed.jobs": "connectors.systems.feeds:open_jobs",
    "feed.markets": "connectors.systems.feeds:open_markets",
    "feed.places": "connectors.systems.feeds:open_places",
    "feed.prices": "connectors.systems.feeds:open_prices",
    "feed.tours": "connectors.systems.feeds:open_tours",
    "graphql.alerts": "connectors.systems.graphql:open_alerts",
    "graphql.apps": "connectors.systems.graphql:open_apps",
    "graphql.departments": "connectors.systems.graphql:open_departments",
    "graphql.earthquakes": "connectors.systems.graphql:open_earthquakes",
    "graphql.emergency": "connectors.systems.graphql:open_emergency",
    "graphql.events": "connectors.systems.graphql:open_events",
    "graphql.forecast": "connectors.systems.graphql:open_forecast",
    "graphql.guides": "connectors.systems.graphql:open_guides",
    "graphql.jobs": "connectors.systems.graphql:open_jobs",
    "graphql.markets": "connectors.systems.graphql:open_markets",
    "graphql.places": "connectors.systems.graphql:open_places",
    "graphql.prices": "connectors.systems.graphql:open_prices",
    "graphql.tours": "connectors.systems.graphql:open_tours",
    "gtfs_rt.alerts": "connectors.systems.gtfs_rt:open_realtime",
    "gtfs_rt.feed": "connectors.systems.gtfs_rt:open_realtime",
    "gtfs_rt.trips": "connectors.systems.gtfs_rt:open_realtime",
    "gtfs_rt.vehicles": "connectors.systems.gtfs_rt:open_realtime",
    "gtfs.url": "connectors.systems.gtfs_url:open_timetable",
    "geojson.places": "connectors.systems.places.geojson:open_geojson",
    "ical.events": "connectors.systems.ical.calendars:open_events",
    "jobposting.jobs": "connectors.systems.jobposting.jobs:open_jobs",
    "overpass.places": "connectors.systems.places.overpass:open_overpass",
    "open311.complaints": "connectors.systems.open311.desk:open_complaints",
    "panelharga.prices": "connectors.systems.prices.panelharga:open_prices",
    "pihps.prices": "connectors.systems.prices.pihps:open_prices",
    "store.apps": "connectors.store.apps:open_apps",
    "store.areas": "connectors.store.areas:open_areas",
    "store.complaints": "connectors.store.complaints:open_complaints",
    "store.departments": "connectors.store.departments:open_departments",
    "store.emergency": "connectors.store.emergency:open_emergency",
    "store.places": "connectors.store.places:open_places",
    "store.events": "connectors.store.events:open_events",
    "store.guides": "connectors.store.tours:open_guides",
    "store.jobs": "connectors.store.jobs:open_jobs",
    "store.facts": "connectors.store.facts:open_facts",
    "store.markets": "connectors.store.markets:open_markets",
    "store.prices": "connectors.store.prices:open_prices",
    "store.search": "connectors.store.search:open_search",
    "store.tours": "connectors.store.tours:open_tours",
    "store.transit": "connectors.store.transit:open_transit",
    "table.prices": "connectors.systems.prices.tables:open_prices",
}
"""Every system, by the name used in `Binding.system`."""

OWN_WORDS: dict[str, str] = {
    "declarative.app": "connectors.declarative.connector:own_words",
}
"""Systems whose options are texts of their own: what finds the hosts and the upkeep in them."""

UPKEEP: dict[str, dict[str, Any]] = {
    # There are many of them, and their data changes by the minute.
    "declarative.app": {
        "fresh_for": "30s", "stale_for": "2m", "keep_for": "1d",
        "max_bytes": 5_000_000, "memory_bytes": 8_000_000, "max_retries": 1,
    },
    # New once a day, slow, and it hangs up on those who ask much at once.
    "pihps.prices": {
        "fresh_for": "30m", "connect_timeout": "5s", "read_timeout": "15s", "total_timeout": "30s",
        "max_concurrent": 1, "calls_per_minute": 20, "backoff": "1s",
    },
    # A whole timetable at once, and the time to load it.
    "gtfs.url": {
        "fresh_for": "1h", "stale_for": "6h", "keep_for": "14d", "total_timeout": "10m",
        "read_timeout": "30s", "max_retries": 1, "max_bytes": 64_000_000,
    },
    # A message is held in memory many times as large as it is sent.
    "gtfs_rt.alerts": {"max_bytes": 10_000_000},
    "gtfs_rt.feed": {"max_bytes": 10_000_000},
    "gtfs_rt.trips": {"max_bytes": 10_000_000},
    "gtfs_rt.vehicles": {"max_bytes": 10_000_000},
}  # fmt: skip
"""What the upkeep of a system is unless its catalogue line says otherwise."""

ENTRY_POINTS = "tangerang_live.systems"


Factory = Callable[[Binding, Tools], Awaitable[Any]]


def find(system: str, plugins: Collection[str] = ()) -> Factory:
    """The factory of a system.

    `plugins` are the names of packages, or of single systems, that may be run beside those of the
    table. Nothing of another package is imported. Raises LookupError naming the systems there
    are, or what an operator would have to allow.
    """
    address = SYSTEMS.get(system)
    if address is not None:
        return _named(address)  # type: ignore[no-any-return]
    points = list(entry_points(group=ENTRY_POINTS, name=system))
    for point in points:
        if _allowed(point, plugins):
            return point.load()  # type: ignore[no-any-return]
    if points:
        package = _package(points[0]) or "?"
        raise LookupError(
            f"the system {system!r} of the installed package {package} is not allowed: "
            f"LIVE_PLUGINS has to name {package} or {system}"
        )
    message = f"unknown system {system!r}; there are: {', '.join(sorted(SYSTEMS))}"
    raise LookupError(message)


def _allowed(point: EntryPoint, plugins: Collection[str]) -> bool:
    """Whether the system by its name, or all of its package, was allowed."""
    return point.name in plugins or _package(point) in {_normal(name) for name in plugins}


def _package(point: EntryPoint) -> str:
    """The name of the package a system comes from; empty when nothing says it."""
    return _normal(point.dist.name) if point.dist is not None else ""


def _normal(name: str) -> str:
    """The name of a package as installers compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _named(address: str) -> Any:
    """What stands at "module:name"."""
    module, _, name = address.partition(":")
    return getattr(import_module(module), name)


async def open_source(binding: Binding, tools: Tools) -> Any:
    """The connector of a catalogue line, checked against the ports it promises.

    None where no system is configured, or one of samples only in production.

    Raises Broken, naming the port and the method, when one is missing.
    """
    if binding.system is None or (binding.samples_only and not tools.samples_shown):
        return None
    if tools.own is None:
        tools = replace(tools, own=upkeep_of(binding, tools))
    connector = await _opened(binding, tools)
    if not binding.fallback:
        return connector
    chain = Chain(binding.key, [connector])
    try:
        for step, other in enumerate(_others(binding), start=1):
            upkeep = upkeep_of(other, tools, step=step)
            opened = await _opened(other, replace(tools, own=upkeep))
            chain = Chain(binding.key, [*chain.steps, opened], [*chain.upkeeps, upkeep])
    except BaseException:
        await chain.aclose()
        raise
    return chain


def upkeep_of(binding: Binding, tools: Tools, *, step: int = 0) -> Upkeep:
    """The upkeep of a source. Raises ValueError when its catalogue line asks for the impossible.

    `step` counts the ways to fall back on; 0 is the source itself.
    """
    options, system = binding.options, binding.system or ""
    hosts: Iterable[str] = named_hosts(options)
    own: Mapping[str, Any] = {}
    if system in OWN_WORDS:
        hosts, own = _named(OWN_WORDS[system])(options)
    said = {**UPKEEP.get(system, {}), **own, **binding.upkeep}
    policy = policies.of(binding.serves, said, at_hand=_at_hand(options))
    return Upkeep(binding.key, policy, tools.services, hosts=hosts, step=step)


def _at_hand(options: Mapping[str, Any]) -> bool:
    """Whether a source reads a file of our own."""
    return options.get("from") == "file" or ("path" in options and "url" not in options)


def _others(binding: Binding) -> Iterator[Binding]:
    """The ways to fall back on, each as a line of its own: same key, same ids."""
    for way in binding.fallback:
        yield replace(
            binding,
            system=way.system,
            options=way.options,
            upkeep=way.upkeep,
            quality=way.quality or binding.quality,
            licence=way.licence or binding.licence,
            fallback=(),
        )


async def _opened(binding: Binding, tools: Tools) -> Any:
    connector = await find(str(binding.system), tools.plugins)(binding, tools)
    for name in binding.serves:
        missing = [method for method in promises(PORTS[name]) if not hasattr(connector, method)]
        if missing:
            message = f"{binding.system} promises {name} but has no {', '.join(missing)}"
            raise Broken(message, source=binding.key)
    return connector


def promises(port: type) -> list[str]:
    """The names of the methods a port promises."""
    return sorted(
        name
        for kind in port.__mro__
        for name, value in vars(kind).items()
        if callable(value) and not name.startswith("_")
    )
