"""The servers of the synthetic city, one for each source and app team, and the dial."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

from gateway.synthetic import complaints, graph, jobs, lists, prices, transit, warnings
from gateway.synthetic.calendar import Calendar
from gateway.synthetic.clinics import Clinics
from gateway.synthetic.dial import Dial
from gateway.synthetic.exchange import Handler
from gateway.synthetic.library import Library
from gateway.synthetic.parking import Parking
from gateway.synthetic.places import Overpass, Sights
from gateway.synthetic.server import Server
from gateway.synthetic.town import Town
from gateway.synthetic.waste import WasteBanks

PORT = 8100
"""Of the dial; the sources have the ports behind it, in the order of `SOURCES`."""
TEAM_PORTS = 50
"""So many behind the dial's begin the ports of `TEAMS`: they stay when a source is added."""


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

TEAMS: dict[str, Callable[[Town], Handler]] = {
    "parkir": Parking,
    "antrean-klinik": Clinics,
    "perpustakaan": Library,
    "bank-sampah": WasteBanks,
}
"""The systems of app teams: no catalogue line asks them, the teams' own connectors do."""


def ports(port: int = PORT) -> dict[str, int]:
    """The port of each server when the dial's is `port`; 0: all take free ones."""
    numbered = {
        **{name: port + number for number, name in enumerate(SOURCES, start=1)},
        **{name: port + number for number, name in enumerate(TEAMS, start=TEAM_PORTS + 1)},
    }
    return {name: port and number for name, number in numbered.items()}


MOST_PORT = 65535 - max(ports().values()) + PORT
"""The last port that leaves room for all."""


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
    made = {**SOURCES, **TEAMS}
    servers = {name: Server(name, made[name](town), own) for name, own in ports(port).items()}
    dial = Server("dial", Dial(servers), port)
    async with AsyncExitStack() as stack:
        for server in (dial, *servers.values()):
            await server.open()
            stack.push_async_callback(server.aclose)
        yield SyntheticCity(dial, servers)
