"""The promises of timetables and vehicle positions, kept in memory and in the store."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.kinds.gtfs.feed import Feed
from connectors.kinds.gtfs.files import opened
from connectors.memory.transit import MemoryTransit, MemoryVehicles
from connectors.ports.common import GeoPoint, ScopedId
from connectors.ports.transit import Occupancy, Vehicle
from connectors.store.transit import StoreTransit
from connectors.store.transit_load import Plan, load_feed
from connectors.testing.transit import TransitSourcePromises, VehicleSourcePromises
from tests.feeds import at, feed, in_memory, opened_store, origin, times

PACK = Path(__file__).parents[2] / "catalog/cities/kota_tangerang/transit/krl"


class TestTheFeedInMemory(TransitSourcePromises):
    @pytest.fixture
    def source(self):
        stops = (
            "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n"
            "S,Stasiun,-6.17,106.63,1,\nA,Peron 2,-6.17,106.63,,S\nB,Peron 10,-6.17,106.63,,S\n"
            "C,Cimone,-6.172,106.65,,\nD,Dadap,-6.09,106.71,,\n"
        )
        calls = times("T,06:00:00,A,1", "T,06:30:00,C,2", "U,07:00:00,C,1", "U,07:20:00,B,2",
                      "U,07:30:00,D,3")  # fmt: skip
        trips = "route_id,service_id,trip_id\nR,D,T\nR,D,U\n"
        every = "trip_id,start_time,end_time,headway_secs\nT,06:00:00,23:00:00,900\n"
        return in_memory(
            feed({"stops": stops, "stop_times": calls, "trips": trips, "frequencies": every})
        )

    @pytest.fixture
    def start(self):
        return at("2026-11-23 05:00")


class TestTheRailwayInMemory(TransitSourcePromises):
    @pytest.fixture
    def source(self):
        with opened(PACK) as files:
            return MemoryTransit("krl", Feed(files), lambda local: origin(local, "krl"))

    @pytest.fixture
    def start(self):
        return at("2026-11-23 16:00")


class TestTheRailwayInTheStore(TransitSourcePromises):
    @pytest.fixture
    async def source(self, database_url):
        async with opened_store(database_url) as database:
            with opened(PACK) as files:
                async with database.engine.begin() as connection:
                    plan = Plan("krl", lambda local: origin(local, "krl"))
                    await load_feed(connection, files, plan)
            yield StoreTransit("krl", database)

    @pytest.fixture
    def start(self):
        return at("2026-11-23 16:00")


class TestVehiclesInMemory(VehicleSourcePromises):
    @pytest.fixture
    def vehicles(self):
        line, trip = ScopedId("tayo", "K1"), ScopedId("tayo", "K1_0@08:00:00")
        return [
            Vehicle(origin("b2", "gps"), GeoPoint(-6.17, 106.64), "B 2", line=line, trip=trip),
            Vehicle(origin("b1", "gps"), GeoPoint(-6.18, 106.65), occupancy=Occupancy.FULL),
        ]

    @pytest.fixture
    def source(self, vehicles):
        return MemoryVehicles("gps", vehicles)
