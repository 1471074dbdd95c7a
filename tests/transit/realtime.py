"""Realtime for tests: messages built in a line, and a board over a timetable and a message."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from google.transit import gtfs_realtime_pb2 as pb

from connectors import registry
from connectors.errors import ConnectorError
from connectors.ports.common import ScopedId
from connectors.ports.connectors import ConnectorKind
from connectors.registry import PORTS
from connectors.switchboard import Source, Switchboard
from connectors.upkeep.documents import Answer
from connectors.upkeep.upkeep import Services
from resolvers import boards
from resolvers.context import Context
from resolvers.ids import global_id
from tests.builders import binding, tools
from tests.feeds import JAKARTA, at
from tests.upstream import MovedClock, SaidWeb

URL = "https://waktu.example/trips.pb"


def seconds(text: str) -> int:
    """The POSIX time of `06:05` on Monday, 23 November 2026, in Jakarta; or of a whole moment."""
    return round(at(text if "-" in text else f"2026-11-23 {text}").timestamp())


def message(made: str = "06:00", **header: Any) -> pb.FeedMessage:
    """An empty message, made at a time."""
    found = pb.FeedMessage()
    found.header.gtfs_realtime_version = "2.0"
    found.header.timestamp = seconds(made)
    for name, value in header.items():
        setattr(found.header, name, value)
    return found


def update(feed: pb.FeedMessage, trip: str | None, *calls: Mapping[str, Any], **said: Any) -> Any:
    """Add a trip update. `said` are fields of the trip; each call is written as for `call`."""
    entity = feed.entity.add(id=str(len(feed.entity)))
    found = entity.trip_update
    found.trip.SetInParent()
    if trip is not None:
        found.trip.trip_id = trip
    for name, value in said.items():
        if name == "relation":
            found.trip.schedule_relationship = value
        else:
            setattr(found.trip, name, value)
    for one in calls:
        found.stop_time_update.add(**one)
    return found


def call(place: int | str, late: int | None = None, **said: Any) -> dict[str, Any]:
    """A call by its sequence or stop: `late` seconds at departure, `time`, `arrives`, `relation`."""
    made: dict[str, Any] = {"stop_id" if isinstance(place, str) else "stop_sequence": place}
    if late is not None:
        made["departure"] = {"delay": late}
    for name, value in said.items():
        if name == "time":
            made["departure"] = {**made.get("departure", {}), "time": seconds(value)}
        elif name == "arrives":
            made["arrival"] = (
                {"delay": value} if isinstance(value, int) else {"time": seconds(value)}
            )
        elif name == "relation":
            made["schedule_relationship"] = pb.TripUpdate.StopTimeUpdate.ScheduleRelationship.Value(
                value
            )
        else:
            made[name] = value
    return made


class Realm:
    """A timetable and a realtime feed of it, asked as the graph asks them."""

    def __init__(self, timetable: Any, feed: pb.FeedMessage | bytes, now: str = "06:00") -> None:
        self.timetable = timetable
        self.body = feed if isinstance(feed, bytes) else feed.SerializeToString()
        self.clock = MovedClock(datetime.fromtimestamp(seconds(now), UTC))
        self.web = SaidWeb(lambda _: Answer(200, {"content-type": "application/x-protobuf"},
                                            self.body))  # fmt: skip
        self._board: Switchboard | None = None

    async def connector(self, *serves: str, **options: Any) -> Any:
        """The realtime system."""
        line = binding(
            "waktu",
            kind=ConnectorKind.GTFS_RT,
            serves=serves or ("trip_updates", "vehicles", "alerts"),
            system="gtfs_rt.feed",
            options={"url": URL, "timetable": self.timetable.name, **options},
        )
        made = tools(services=Services(self.web, clock=self.clock), now=self.clock.now)
        return Source(line, await registry.open_source(line, made))

    async def context(self) -> Context:
        """One request."""
        if self._board is None:
            static: Source[Any] = Source(
                binding(self.timetable.name, serves=("transit",)), self.timetable
            )
            source = await self.connector()
            self._board = Switchboard([static, source], PORTS)
            # A board waits a second for realtime; on a busy machine the first reading takes longer.
            with contextlib.suppress(ConnectorError):
                await source.ask(lambda it: it.trip_updates())
        return Context(switchboard=self._board, now=self.clock.now, zone=JAKARTA)

    def stop_id(self, local: str) -> str:
        return global_id("Stop", ScopedId(self.timetable.name, local))

    async def board(self, *stops: str, start: str = "06:00", hours: float = 2, **asked: Any) -> Any:
        """A board from some stops; `asked` are fields of a BoardInput."""
        wanted = {
            "stop_ids": [self.stop_id(stop) for stop in stops], "near": None,
            "at": datetime.fromtimestamp(seconds(start), UTC), "within": timedelta(hours=hours),
            "line_ids": None, "modes": None, "towards": None, "include_canceled": True,
            "per_line": None, "first": 100, "after": None, **asked,
        }  # fmt: skip
        return await boards.board(await self.context(), SimpleNamespace(**wanted))

    async def told(self, *stops: str, **asked: Any) -> list[str]:
        """A board as `time trip stop state delay`, to be read by people."""
        found = await self.board(*stops, **asked)
        return lines(found.departures)


def lines(departures: Sequence[Any]) -> list[str]:
    """Departures to be read by people."""
    return [
        f"{one.leaves_at.astimezone(JAKARTA):%H:%M:%S} {one.trip.local} {one.stop.local} "
        f"{one.realtime.value}"
        + ("" if one.delay is None else f" {one.delay.total_seconds():+.0f}")
        for one in departures
    ]
