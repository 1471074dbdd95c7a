"""A rider waits for the train with realtime: the real data pack, through the graph."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from connectors import registry
from connectors.ports.common import ScopedId
from connectors.registry import PORTS
from connectors.switchboard import Source, Switchboard
from connectors.upkeep.documents import Answer
from connectors.upkeep.upkeep import Services
from resolvers.ids import global_id
from tests.builders import binding, tools
from tests.cities import NOW, City, opened_city
from tests.transit.realtime import call, message, update
from tests.upstream import MovedClock, SaidWeb

pytestmark = pytest.mark.asyncio(loop_scope="module")

BATU_CEPER = global_id("Stop", ScopedId("krl", "KRL_BPR"))
BOARD = """query($id: ID!) {
  departures(board: {stopIds: [$id], within: "PT20M"}) {
    realtimeAge sources { connector { key } state }
    departures { leavesAt scheduledAt expectedAt delay realtime headsign stop { name }
      trip { shortName headsign calls(serviceDate: "2026-11-23") { realtime }
        vehicle { label point { lat } } } line { shortName alerts { headline } } }
    alerts { headline event severity } }
  stop(id: $id) { alerts { headline active } } }"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def city(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    folder = tmp_path_factory.mktemp("realtime")
    async with opened_city(f"sqlite:///{folder}/city.db", samples=False) as opened:
        yield opened


async def with_realtime(city: City, body: bytes) -> City:
    """The city with a realtime source of its trains."""
    line = binding(
        "kereta-kini",
        serves=("trip_updates", "vehicles", "alerts"),
        system="gtfs_rt.feed",
        options={"url": "https://kereta.example/rt.pb", "timetable": "krl"},
    )
    web = SaidWeb(lambda _: Answer(200, {}, body))
    made = tools(services=Services(web, clock=MovedClock(NOW)), now=lambda: NOW)
    made = replace(made, own=registry.upkeep_of(line, made))
    source: Source[Any] = Source(line, await registry.open_source(line, made), made.own)
    return City(city.database, Switchboard([*city.board, source], PORTS))


async def test_a_late_train_its_place_and_what_passengers_are_told_stand_on_one_board(city):
    told = message("08:00")
    # The train to Duri that is due at Batu Ceper at 08:01.
    update(told, "KRL_TNG_DU", call("KRL_BPR", 240), start_time="07:55:00", start_date="20261123")
    vehicle = told.entity.add(id="v").vehicle
    vehicle.vehicle.label = "KA 1901"
    vehicle.position.latitude, vehicle.position.longitude = -6.17, 106.65
    vehicle.trip.trip_id, vehicle.trip.start_time = "KRL_TNG_DU", "07:55:00"
    alert = told.entity.add(id="a").alert
    alert.header_text.translation.add(text="Peron licin", language="id")
    alert.informed_entity.add(stop_id="KRL_BPR")
    shown = await with_realtime(city, told.SerializeToString())
    data = await shown.data(BOARD, id=BATU_CEPER)
    board = data["departures"]
    late = board["departures"][0]
    assert (late["leavesAt"], late["scheduledAt"], late["expectedAt"]) == (
        "2026-11-23T08:05:00+07:00", "2026-11-23T08:01:00+07:00", "2026-11-23T08:05:00+07:00",
    )  # fmt: skip
    assert (late["delay"], late["realtime"]) == ("PT4M", "UPDATED")
    assert late["trip"]["vehicle"] == {"label": "KA 1901", "point": {"lat": -6.17}}
    assert {"realtime": "UPDATED"} in late["trip"]["calls"]
    assert board["realtimeAge"] == "PT0S"
    assert [(one["connector"]["key"], one["state"]) for one in board["sources"]] == [
        ("krl", "OK"), ("kereta-kini", "OK"),
    ]  # fmt: skip
    assert [one["headline"] for one in board["alerts"]] == ["Peron licin"]
    assert data["stop"]["alerts"] == [{"headline": "Peron licin", "active": True}]
    assert {one["realtime"] for one in board["departures"][1:]} <= {"NO_DATA"}


async def test_an_extra_train_can_be_followed_from_the_board(city):
    told = message("08:00")
    update(
        told, "TAMBAHAN", call("KRL_BPR", time="08:06"), call("KRL_DU", time="08:30"),
        relation=8, route_id="KRL-TNG", start_date="20261123",
    )  # fmt: skip
    shown = await with_realtime(city, told.SerializeToString())
    data = await shown.data(BOARD, id=BATU_CEPER)
    (extra,) = [one for one in data["departures"]["departures"] if one["realtime"] == "ADDED"]
    assert extra["leavesAt"] == "2026-11-23T08:06:00+07:00"
    assert (extra["line"]["shortName"], extra["scheduledAt"]) == ("T", None)
    assert len(extra["trip"]["calls"]) == 2
    id_ = global_id("Trip", ScopedId("krl", "TAMBAHAN"))
    found = await shown.data(
        "query($id: ID!) { node(id: $id) { ... on Trip { headsign } } }", id=id_
    )
    assert found["node"]["headsign"] == extra["headsign"]


async def test_when_realtime_is_garbage_the_timetable_stands_and_nobody_is_called_punctual(city):
    shown = await with_realtime(city, b"<html>Maaf, sedang dalam perbaikan</html>")
    result = await shown.ask(BOARD, {"id": BATU_CEPER})
    assert result.data is not None
    board = result.data["departures"]
    assert board["departures"]
    assert {one["realtime"] for one in board["departures"]} == {"NO_DATA"}
    assert {one["delay"] for one in board["departures"]} == {None}
    assert [one["state"] for one in board["sources"]] == ["OK", "DOWN"]
    assert board["realtimeAge"] is None
    # No answer is not "nothing is wrong": what only realtime knows is null with a code.
    assert board["alerts"] is None
    assert {error.path[-1] for error in result.errors or () if error.path} == {"alerts", "vehicle"}
