"""The servers of the synthetic city, one for each source, and the dial."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

from gateway.synthetic import complaints, graph, jobs, lists, prices, transit, warnings
from gateway.synthetic.calendar import Calendar
from gateway.synthetic.dial import Dial
from gateway.synthetic.exchange import Handler
from gateway.synthetic.places import Overpass, Sights
from gateway.synthetic.server import Server
from gateway.synthetic.town import Town

PORT = 8100
"""Of the dial; the sources have the ports behind it, in the order of `SOURCES`."""


def _buses(town: Town) -> transit.Timetable:
    return transit.Timetable(town, "bus", "Bus Contoh", transit.BUSES)


def _trains(town: Town) -> transit.Timetable:
    return transit.Timetable(town, "ka", "Kereta Contoh", transit.TRAINS)


SOURCES: dict[str, Callable[[Town], Handler]] = {
    "pengaduan": lambda town: complaints.GeoReport(town, "pengaduan", prefix="P", per_day=3),
    "drainase": lambda town: complaints.GeoReport(town, "drainase", prefix="D", per_day=1),
    "bus": _buses,
    "kereta": _trains,
    "bus-trip": lambda town: transit.Realtime(_buses(town)),
    "bus-posisi": lambda town: transit.Realtime(_buses(town)),
    "bus-kabar": lambda town: transit.Realtime(_buses(town)),
    "kereta-waktu-nyata": lambda town: transit.Realtime(_trains(town)),
    "wisata": Sights,
    "fasilitas": Overpass,
    "agenda": Calendar,
    "peringatan": lambda town: warnings.Publisher(town, "kota", ("Banjir lokal", "Local flooding")),
    "peringatan-cuaca": lambda town: warnings.Publisher(
        town, "cuaca", ("Hujan lebat", "Heavy rain")
    ),
    "gempa": warnings.Earthquakes,
    "cuaca": warnings.Weather,
    "loker": jobs.Feed,
    "karier": jobs.Pages,
    **{name: partial(lists.office, name) for name in lists.LISTS},
    "harga-pihps": prices.Grid,
    "harga-panel": prices.Panel,
    "harga-pasar": prices.Sheet,
    "jelajah": graph.Tourism,
    "pemandu": graph.Tourism,
}
"""How each server is made, by the key of the source whose catalogue line asks it."""


@dataclass(frozen=True, slots=True)
class SyntheticCity:
    """The servers, open."""

    dial: Server
    servers: Mapping[str, Server]


@asynccontextmanager
async def opened_servers(town: Town, *, port: int = PORT) -> AsyncIterator[SyntheticCity]:
    """All servers, listening on loopback; `port` 0 gives every one a free port.

    Raises OSError when a port is taken.
    """
    servers = {
        name: Server(name, make(town), port and port + number)
        for number, (name, make) in enumerate(SOURCES.items(), start=1)
    }
    dial = Server("dial", Dial(servers), port)
    async with AsyncExitStack() as stack:
        for server in (dial, *servers.values()):
            await server.open()
            stack.push_async_callback(server.aclose)
        yield SyntheticCity(dial, servers)
