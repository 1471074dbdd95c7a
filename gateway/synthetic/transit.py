"""Buses and trains: a GTFS zip that changes every day, and GTFS-Realtime that fits it."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from google.transit import gtfs_realtime_pb2 as rt

from connectors.ports.common import GeoPoint
from gateway.synthetic.exchange import Question, Reply, absent
from gateway.synthetic.town import SAMPLE, Town

EVERY = 30
"""Minutes between two buses of a direction, all day."""
STEP = 4
"""Minutes from stop to stop."""
STOPS = 9
APART = 0.0045
"""Degrees from stop to stop, about 500 m."""
CANCELLED = 17
"""One in so many trips does not run today."""


@dataclass(frozen=True, slots=True)
class Route:
    """A line of stops through the centre, towards two ends."""

    id: str
    name: str
    type: int
    color: str
    ends: tuple[str, str]
    heading: tuple[float, float]
    """Of its way: north, east."""


BUSES = (
    Route("K1", "Koridor 1 Timur·Barat", 3, "00529B", ("Ujung Timur", "Ujung Barat"), (0.2, -1.0)),
    Route(
        "K2", "Koridor 2 Utara·Selatan", 3, "C8102E", ("Ujung Utara", "Ujung Selatan"), (-1, 0.1)
    ),
)
TRAINS = (Route("KA", "Lintas Contoh", 2, "5B2C83", ("Stasiun Timur", "Stasiun Barat"), (0.4, -2)),)


@dataclass(frozen=True, slots=True)
class Run:
    """One trip of every day."""

    route: Route
    direction: int
    minute: int
    """After midnight, when it leaves its first stop."""

    @property
    def id(self) -> str:
        """The same every day."""
        return f"{self.route.id}-{self.direction}-{self.minute:04}"


class Timetable:
    """The zip of an operator. Its stops are named after the operator's `prefix`."""

    def __init__(self, town: Town, prefix: str, operator: str, routes: Sequence[Route]) -> None:
        self.town = town
        self.prefix = prefix
        self.routes = routes
        self._operator = operator
        self._zip: tuple[date, bytes] | None = None

    def __call__(self, question: Question) -> Reply:
        """The zip, with an ETag that changes with the day."""
        if not question.path.endswith(".zip"):
            return absent()
        today = self.town.today()
        if self._zip is None or self._zip[0] != today:
            self._zip = today, self._packed(today)
        return Reply(self._zip[1], "application/zip", tagged=True)

    def stops(self, route: Route) -> list[tuple[str, str, GeoPoint]]:
        """Id, name and point of the stops from the first end to the other."""
        found = []
        for number in range(STOPS):
            far = number - STOPS // 2
            point = GeoPoint(
                round(self.town.centre.lat + far * APART * route.heading[0], 6),
                round(self.town.centre.lng + far * APART * route.heading[1], 6),
            )
            kind = "Stasiun" if route.type == 2 else "Halte"
            name = route.ends[0] if number == 0 else route.ends[1] if number == STOPS - 1 else None
            name = name or f"{kind} {route.id} {number + 1}"
            found.append((f"{self.prefix}-{route.id}-{number + 1}", f"{name} ({SAMPLE})", point))
        return found

    def runs(self) -> Iterator[Run]:
        """All trips of a day."""
        for route in self.routes:
            for direction in (0, 1):
                for minute in range(direction * EVERY // 2, 24 * 60, EVERY):
                    yield Run(route, direction, minute)

    def calls(self, run: Run) -> list[str]:
        """The stops of a trip in their order."""
        stops = [id_ for id_, _, _ in self.stops(run.route)]
        return stops if run.direction == 0 else stops[::-1]

    # --------------------------------------------------------------------------- files

    def _packed(self, today: date) -> bytes:
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, rows in self._files(today).items():
                # The same bytes every time it is made on a day: the ETag is of these.
                info = zipfile.ZipInfo(f"{name}.txt", (today.year, today.month, today.day, 0, 0, 0))
                info.compress_type = zipfile.ZIP_DEFLATED
                packed.writestr(info, _csv(rows))
        return written.getvalue()

    def _files(self, today: date) -> dict[str, list[Sequence[Any]]]:
        first, last = today - timedelta(days=7), today + timedelta(days=60)
        agency = (
            "OP",
            f"{self._operator} ({SAMPLE})",
            "https://contoh.example",
            "Asia/Jakarta",
            "id",
        )
        stops = {stop[0]: stop for route in self.routes for stop in self.stops(route)}
        runs = list(self.runs())
        return {
            "agency": [
                ("agency_id", "agency_name", "agency_url", "agency_timezone", "agency_lang"),
                agency,
            ],
            "stops": [
                ("stop_id", "stop_name", "stop_lat", "stop_lon", "wheelchair_boarding"),
                *((id_, name, at.lat, at.lng, 1) for id_, name, at in stops.values()),
            ],
            "routes": [
                ("route_id", "agency_id", "route_short_name", "route_long_name", "route_type",
                 "route_color"),
                *((r.id, "OP", r.id, f"{r.name} ({SAMPLE})", r.type, r.color) for r in self.routes),
            ],
            "calendar": [
                ("service_id", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
                 "sunday", "start_date", "end_date"),
                ("SETIAP", 1, 1, 1, 1, 1, 1, 1, f"{first:%Y%m%d}", f"{last:%Y%m%d}"),
            ],
            "trips": [
                ("route_id", "service_id", "trip_id", "trip_headsign", "direction_id"),
                *((run.route.id, "SETIAP", run.id, run.route.ends[1 - run.direction], run.direction)
                  for run in runs),
            ],
            "stop_times": [
                ("trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence"),
                *(row for run in runs for row in self._times(run)),
            ],
            "feed_info": [
                ("feed_publisher_name", "feed_publisher_url", "feed_lang", "feed_start_date",
                 "feed_end_date", "feed_version"),
                (agency[1], agency[2], "id", f"{first:%Y%m%d}", f"{last:%Y%m%d}", f"{today:%Y%m%d}"),
            ],
        }  # fmt: skip

    def _times(self, run: Run) -> Iterator[Sequence[Any]]:
        for number, stop in enumerate(self.calls(run)):
            minute = run.minute + number * STEP
            time = f"{minute // 60:02}:{minute % 60:02}:00"
            yield run.id, time, time, stop, number + 1


def _csv(rows: Iterable[Sequence[Any]]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(rows)
    return written.getvalue()


# ------------------------------------------------------------------------------- realtime


class Realtime:
    """GTFS-Realtime of a timetable: `/trips.pb`, `/vehicles.pb`, `/alerts.pb`, `/all.pb`."""

    def __init__(self, timetable: Timetable) -> None:
        self._timetable = timetable
        self._town = timetable.town

    def __call__(self, question: Question) -> Reply:
        """The message of now."""
        kind = question.path.rpartition("/")[2].removesuffix(".pb")
        if kind not in ("trips", "vehicles", "alerts", "all"):
            return absent()
        message = rt.FeedMessage()
        message.header.gtfs_realtime_version = "2.0"
        message.header.incrementality = rt.FeedHeader.FULL_DATASET
        message.header.timestamp = int(self._town.now().timestamp())
        if kind in ("trips", "all"):
            self._trips(message)
        if kind in ("vehicles", "all"):
            self._vehicles(message)
        if kind in ("alerts", "all"):
            self._alert(message)
        return Reply(message.SerializeToString(), "application/x-protobuf")

    def _running(self) -> Iterator[tuple[Run, date, float, int]]:
        """Trips under way or about to leave: run, its day, minutes since it left, delay."""
        now = self._town.local()
        for day in (now.date() - timedelta(days=1), now.date()):
            passed = (now - self._town.at(day)).total_seconds() / 60
            for run in self._timetable.runs():
                since = passed - run.minute
                if -60 <= since <= STOPS * STEP + 10:
                    delay = self._town.rng("delay", day, run.id).choice((0, 0, 1, 2, 3, 6))
                    yield run, day, since, delay * 60

    def _is_cancelled(self, run: Run, day: date) -> bool:
        return self._town.rng("cancelled", day, run.id).randrange(CANCELLED) == 0

    def _trips(self, message: Any) -> None:
        for run, day, _, delay in self._running():
            entity = message.entity.add(id=f"t-{run.id}-{day:%Y%m%d}")
            trip = entity.trip_update.trip
            trip.trip_id, trip.route_id, trip.start_date = run.id, run.route.id, f"{day:%Y%m%d}"
            if self._is_cancelled(run, day):
                trip.schedule_relationship = rt.TripDescriptor.CANCELED
                continue
            update = entity.trip_update.stop_time_update.add(stop_sequence=1)
            update.departure.delay = delay

    def _vehicles(self, message: Any) -> None:
        now = self._town.now()
        for run, day, since, delay in self._running():
            done = (since - delay / 60) / (STEP * (STOPS - 1))
            if not 0 <= done <= 1 or self._is_cancelled(run, day):
                continue
            entity = message.entity.add(id=f"v-{run.id}")
            vehicle = entity.vehicle
            vehicle.trip.trip_id, vehicle.trip.route_id = run.id, run.route.id
            vehicle.trip.start_date = f"{day:%Y%m%d}"
            vehicle.vehicle.id = f"{SAMPLE}-{run.id}"
            vehicle.vehicle.label = f"{SAMPLE} {run.minute % 90 + 1:02}"
            point = self._between(run, done)
            vehicle.position.latitude, vehicle.position.longitude = point.lat, point.lng
            vehicle.timestamp = int(now.timestamp()) - 5

    def _between(self, run: Run, done: float) -> GeoPoint:
        first, *_, last = [point for _, _, point in self._timetable.stops(run.route)]
        if run.direction:
            first, last = last, first
        return GeoPoint(
            first.lat + (last.lat - first.lat) * done, first.lng + (last.lng - first.lng) * done
        )

    def _alert(self, message: Any) -> None:
        route = self._timetable.routes[-1]
        begins = self._town.at(self._town.today())
        entity = message.entity.add(id=f"a-{route.id}-{begins:%Y%m%d}")
        alert = entity.alert
        alert.active_period.add(start=_seconds(begins), end=_seconds(begins + timedelta(days=1)))
        alert.informed_entity.add(route_id=route.id)
        alert.cause, alert.effect = rt.Alert.CONSTRUCTION, rt.Alert.DETOUR
        for lang, text in (("id", "Pengalihan rute"), ("en", "Detour")):
            alert.header_text.translation.add(language=lang, text=f"{SAMPLE}: {text} {route.id}")
            alert.description_text.translation.add(
                language=lang, text=f"{SAMPLE}: {text}, {route.name}"
            )


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
