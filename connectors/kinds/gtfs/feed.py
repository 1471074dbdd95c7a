"""A feed, read file by file: typed rows come out, every reference checked."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from zoneinfo import ZoneInfo

from connectors.kinds.gtfs import fares
from connectors.kinds.gtfs.faults import FeedFault, Remarks
from connectors.kinds.gtfs.files import Files
from connectors.kinds.gtfs.modes import mode_of
from connectors.kinds.gtfs.records import (
    Agency,
    FeedInfo,
    Frequency,
    Route,
    Service,
    ServiceDate,
    ShapePoint,
    StopRow,
    StopTime,
    TripRow,
)
from connectors.kinds.gtfs.tables import Row, rows
from connectors.kinds.gtfs.times import Times
from connectors.kinds.gtfs.words import Translations, language_tag
from connectors.ports.common import GeoPoint, Text, TriState, Wheelchair
from connectors.ports.transit import Boarding, StopKind, TransitMode

REQUIRED = ("agency.txt", "stops.txt", "routes.txt", "trips.txt", "stop_times.txt")

KINDS = (
    StopKind.STOP, StopKind.STATION, StopKind.ENTRANCE, StopKind.NODE, StopKind.BOARDING_AREA,
)  # fmt: skip
BOARDINGS = (Boarding.REGULAR, Boarding.NONE, Boarding.PHONE_AGENCY, Boarding.ASK_DRIVER)
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

ONLY_AGENCY = "agency"
"""Local id of the single agency of a feed that gives it none."""

_COLOR = re.compile(r"#?([0-9A-Fa-f]{6})", re.ASCII)


class Feed:
    """A feed. Its parts are read in the order of the methods, for later ones refer to earlier.

    `modes` names the mode of single routes whose route_type cannot say it (BRT, airport rail).
    With `points_needed` False stops may lack coordinates that GTFS asks for.
    """

    def __init__(
        self,
        files: Files,
        remarks: Remarks | None = None,
        *,
        modes: Mapping[str, TransitMode] | None = None,
        points_needed: bool = True,
    ) -> None:
        self.files = files
        self.remarks = remarks or Remarks()
        self._modes = modes or {}
        self._points_needed = points_needed
        self._agencies: set[str] = set()
        self._stops: dict[str, StopKind] = {}
        self._routes: set[str] = set()
        self._services: set[str] = set()
        self._shapes: set[str] = set()
        self._trips: set[str] = set()
        there = files.names()
        for name in REQUIRED:
            if name not in there:
                raise FeedFault("this file is missing from the feed", file=name)
        if not there & {"calendar.txt", "calendar_dates.txt"}:
            reason = "this file is missing, and so is calendar_dates.txt: one is needed"
            raise FeedFault(reason, file="calendar.txt")
        self._lang = "und"
        self._words = Translations(files)

    # --------------------------------------------------------------------------- heads

    def info(self) -> FeedInfo:
        """What the feed says about itself, and its one time zone."""
        zone, agency_lang = self._zone()
        stated: Row | None = next(rows(self.files, "feed_info.txt"), None)
        lang = stated.text("feed_lang") if stated else None
        if lang is None or lang.lower() == "mul":
            lang = agency_lang
        self._lang = language_tag(lang) or "und"
        start = stated.day("feed_start_date") if stated else None
        end = stated.day("feed_end_date") if stated else None
        if stated and start and end and start > end:
            raise stated.fault("feed_end_date", "lies before feed_start_date")
        return FeedInfo(
            timezone=zone,
            lang=self._lang,
            start=start,
            end=end,
            version=stated.text("feed_version") if stated else None,
            publisher=stated.text("feed_publisher_name") if stated else None,
            url=stated.text("feed_publisher_url") if stated else None,
            attributions=tuple(
                name
                for row in rows(self.files, "attributions.txt")
                if (name := row.text("organization_name"))
            ),
        )

    def _zone(self) -> tuple[str, str | None]:
        found: tuple[str, str | None] | None = None
        for row in rows(self.files, "agency.txt", required=("agency_name", "agency_timezone")):
            name = row.need("agency_timezone")
            if found is not None and name != found[0]:
                reason = f"all agencies of a feed must share one zone; another has {found[0]!r}"
                raise row.fault("agency_timezone", reason)
            if found is None:
                try:
                    ZoneInfo(name)
                except (LookupError, ValueError, OSError) as error:
                    reason = f"{name[:40]!r} is not a time zone like Asia/Jakarta"
                    raise row.fault("agency_timezone", reason) from error
                found = (name, row.text("agency_lang"))
        if found is None:
            raise FeedFault("has no agency", file="agency.txt")
        return found

    def agencies(self) -> Iterator[Agency]:
        """Agencies. A single one may be without id."""
        waiting = False
        for row in rows(self.files, "agency.txt"):
            id_ = row.id("agency_id")
            if waiting or (id_ is None and self._agencies):
                raise row.fault("agency_id", "must not be empty in a feed of several agencies")
            waiting = id_ is None
            id_ = id_ or ONLY_AGENCY
            self._new(row, "agency_id", id_, self._agencies)
            self._agencies.add(id_)
            yield Agency(
                id=id_,
                name=row.need("agency_name"),
                timezone=row.need("agency_timezone"),
                url=row.text("agency_url"),
                phone=row.text("agency_phone"),
            )

    # --------------------------------------------------------------------------- stops, routes

    def stops(self) -> Iterator[StopRow]:
        """Stops; where one says nothing about wheelchairs, what its station says."""
        heads: dict[str, tuple[str | None, Wheelchair, str | None]] = {}
        for row in rows(self.files, "stops.txt", required=("stop_id",)):
            id_ = row.need_id("stop_id")
            self._new(row, "stop_id", id_, heads)
            heads[id_] = (row.id("parent_station"), _wheelchair(row, "wheelchair_boarding"),
                          row.text("stop_name"))  # fmt: skip
            self._stops[id_] = row.choice("location_type", KINDS)
        for row in rows(self.files, "stops.txt"):
            yield self._stop(row, heads)

    def _stop(
        self, row: Row, heads: Mapping[str, tuple[str | None, Wheelchair, str | None]]
    ) -> StopRow:
        id_ = row.need_id("stop_id")
        kind = self._stops[id_]
        parent, wheelchair, name = heads[id_]
        if parent is not None and parent not in heads:
            raise row.fault("parent_station", f"there is no stop {parent!r}")
        if parent is not None and kind is StopKind.STATION:
            self.remarks.add(row.file, row.line, "parent_station", "a station has no parent")
            parent = None
        if parent is None and kind not in (StopKind.STOP, StopKind.STATION):
            raise row.fault("parent_station", f"must not be empty for location_type {kind.value}")
        above, steps = parent, 0
        while above is not None and steps < 3:
            known = heads[above]
            if wheelchair is Wheelchair.UNKNOWN:
                wheelchair = known[1]
            name = name or (known[2] if kind in (StopKind.NODE, StopKind.BOARDING_AREA) else None)
            above, steps = known[0], steps + 1
            if above not in heads:
                break
        if name is None:
            if kind in (StopKind.STOP, StopKind.STATION, StopKind.ENTRANCE):
                raise row.fault("stop_name", "must not be empty")
            name = id_
        return StopRow(
            id=id_,
            name=self._words.text(("stops", "stop_name"), self._lang, name, id_),
            kind=kind,
            code=row.text("stop_code"),
            point=self._point(row, kind),
            parent=parent,
            wheelchair=wheelchair,
            platform=row.text("platform_code"),
        )

    def _point(self, row: Row, kind: StopKind) -> GeoPoint | None:
        lat = row.within("stop_lat", -90, 90)
        lng = row.within("stop_lon", -180, 180)
        if lat is not None and lng is not None:
            return GeoPoint(lat, lng)
        if lat is not None or lng is not None:
            missing = "stop_lat" if lat is None else "stop_lon"
            raise row.fault(missing, "must not be empty where the other coordinate is there")
        if self._points_needed and kind in (StopKind.STOP, StopKind.STATION, StopKind.ENTRANCE):
            raise row.fault("stop_lat", "must not be empty for a stop, station or entrance")
        return None

    def routes(self) -> Iterator[Route]:
        """Routes, with the lowest fare that is valid on each."""
        prices = fares.Fares(self.files)
        for row in rows(self.files, "routes.txt", required=("route_id", "route_type")):
            id_ = row.need_id("route_id")
            self._new(row, "route_id", id_, self._routes)
            self._routes.add(id_)
            short, long = row.text("route_short_name"), row.text("route_long_name")
            if short is None and long is None:
                reason = "route_short_name and route_long_name must not both be empty"
                raise row.fault("route_short_name", reason)
            row.need("route_type")
            route_type = row.whole("route_type") or 0
            mode = self._modes.get(id_) or mode_of(route_type)
            if mode is TransitMode.UNKNOWN:
                self.remarks.add(
                    row.file, row.line, "route_type", f"{route_type} is no mode we know"
                )
            agency = self._agency(row)
            yield Route(
                id=id_,
                agency=agency,
                mode=mode,
                short_name=short,
                long_name=self._text(("routes", "route_long_name"), long, id_),
                color=self._color(row, "route_color"),
                text_color=self._color(row, "route_text_color"),
                sort_order=row.whole("route_sort_order"),
                fare=prices.lowest(id_, agency, row.text("network_id")),
            )
        prices.check(self._routes)

    def _agency(self, row: Row) -> str:
        id_ = row.id("agency_id")
        if id_ is None:
            if len(self._agencies) > 1:
                raise row.fault("agency_id", "must not be empty in a feed of several agencies")
            return next(iter(self._agencies))
        if id_ not in self._agencies:
            raise row.fault("agency_id", f"there is no agency {id_!r}")
        return id_

    def _color(self, row: Row, name: str) -> str | None:
        text = row.text(name)
        if text is None:
            return None
        found = _COLOR.fullmatch(text)
        if found is None:
            self.remarks.add(row.file, row.line, name, f"{text[:20]!r} is no colour like 623814")
            return None
        return found[1].upper()

    # --------------------------------------------------------------------------- services

    def services(self) -> Iterator[Service]:
        """Weekly patterns."""
        columns = ("service_id", *WEEK, "start_date", "end_date")
        for row in rows(self.files, "calendar.txt", required=columns):
            id_ = row.need_id("service_id")
            self._new(row, "service_id", id_, self._services)
            self._services.add(id_)
            start, end = row.need_day("start_date"), row.need_day("end_date")
            if start > end:
                raise row.fault("end_date", "lies before start_date")
            days = 0
            for bit, name in enumerate(WEEK):
                row.need(name)
                days |= row.choice(name, (0, 1)) << bit
            yield Service(id_, days, start, end)

    def service_dates(self) -> Iterator[ServiceDate]:
        """Single days added or taken away; they may stand alone."""
        columns = ("service_id", "date", "exception_type")
        for row in rows(self.files, "calendar_dates.txt", required=columns):
            id_ = row.need_id("service_id")
            day = row.need_day("date")
            kind = row.need("exception_type")
            if kind not in ("1", "2"):
                raise row.fault("exception_type", f"must be 1 or 2, not {kind[:20]!r}")
            self._services.add(id_)
            yield ServiceDate(id_, day, kind == "1")

    # --------------------------------------------------------------------------- trips

    def shapes(self) -> Iterator[ShapePoint]:
        """Points of the ways vehicles take."""
        columns = ("shape_id", "shape_pt_lat", "shape_pt_lon", "shape_pt_sequence")
        for row in rows(self.files, "shapes.txt", required=columns):
            for name in columns[1:]:
                row.need(name)
            id_ = row.need_id("shape_id")
            self._shapes.add(id_)
            lat = row.within("shape_pt_lat", -90, 90) or 0.0
            lng = row.within("shape_pt_lon", -180, 180) or 0.0
            yield ShapePoint(id_, row.whole("shape_pt_sequence") or 0, GeoPoint(lat, lng))

    def trips(self) -> Iterator[TripRow]:
        """Trips."""
        for row in rows(self.files, "trips.txt", required=("route_id", "service_id", "trip_id")):
            id_ = row.need_id("trip_id")
            self._new(row, "trip_id", id_, self._trips)
            self._trips.add(id_)
            route = self._known(row, "route_id", self._routes, "route")
            service = self._known(row, "service_id", self._services, "service")
            shape = row.id("shape_id")
            if shape is not None and shape not in self._shapes:
                raise row.fault("shape_id", f"there is no shape {shape!r}")
            yield TripRow(
                id=id_,
                route=route,
                service=service,
                headsign=self._text(("trips", "trip_headsign"), row.text("trip_headsign"), id_),
                short_name=row.text("trip_short_name"),
                direction=row.whole("direction_id", most=1),
                wheelchair=_wheelchair(row, "wheelchair_accessible"),
                bikes=_bikes(row),
                shape=shape,
            )

    def frequencies(self) -> Iterator[Frequency]:
        """Trips that run every so many minutes."""
        columns = ("trip_id", "start_time", "end_time", "headway_secs")
        for row in rows(self.files, "frequencies.txt", required=columns):
            trip = self._known(row, "trip_id", self._trips, "trip")
            for name in columns[1:]:
                row.need(name)
            start, end = row.time("start_time") or 0, row.time("end_time") or 0
            headway = row.whole("headway_secs") or 0
            if end < start:
                raise row.fault("end_time", "lies before start_time")
            if headway == 0:
                raise row.fault("headway_secs", "must be greater than 0")
            yield Frequency(trip, start, end, headway, row.choice("exact_times", (False, True)))

    def stop_times(self) -> Iterator[StopTime]:
        """Calls, in the order of the file; empty times are still empty.

        Calls in an area instead of at a stop, which riders book, are no calls of a board: they
        are left out with a remark.
        """
        for row in rows(self.files, "stop_times.txt", required=("trip_id", "stop_sequence")):
            trip = self._known(row, "trip_id", self._trips, "trip")
            row.need("stop_sequence")
            sequence = row.whole("stop_sequence") or 0
            stop = row.id("stop_id")
            if stop is None and (row.text("location_id") or row.text("location_group_id")):
                self.remarks.add(
                    row.file, row.line, None, "a call on request in an area", kept=False
                )
                continue
            if stop is None:
                raise row.fault("stop_id", "must not be empty")
            if stop not in self._stops:
                raise row.fault("stop_id", f"there is no stop {stop!r}")
            if row.text("start_pickup_drop_off_window") is not None:
                self.remarks.add(
                    row.file, row.line, None, "a call on request in a window", kept=False
                )
                continue
            distance = row.number("shape_dist_traveled")
            yield StopTime(
                trip=trip,
                stop=stop,
                times=Times(
                    sequence=sequence,
                    arrival=row.time("arrival_time"),
                    departure=row.time("departure_time"),
                    distance=distance,
                    timepoint=row.choice("timepoint", (False, True))
                    if row.text("timepoint")
                    else True,
                ),
                boarding=row.choice("pickup_type", BOARDINGS),
                alighting=row.choice("drop_off_type", BOARDINGS),
                headsign=self._text(
                    ("stop_times", "stop_headsign"), row.text("stop_headsign"), trip, str(sequence)
                ),
            )

    # --------------------------------------------------------------------------- checks

    def _text(self, place: tuple[str, str], value: str | None, *record: str) -> Text | None:
        return None if value is None else self._words.text(place, self._lang, value, *record)

    def _new(self, row: Row, name: str, id_: str, known: Container[str]) -> None:
        if id_ in known:
            raise row.fault(name, f"{id_!r} is there twice")

    def _known(self, row: Row, name: str, known: set[str], what: str) -> str:
        id_ = row.need_id(name)
        if id_ not in known:
            raise row.fault(name, f"there is no {what} {id_!r}")
        return id_


def _wheelchair(row: Row, name: str) -> Wheelchair:
    return {"1": Wheelchair.YES, "2": Wheelchair.NO}.get(row.text(name) or "", Wheelchair.UNKNOWN)


def _bikes(row: Row) -> TriState:
    return {"1": TriState.YES, "2": TriState.NO}.get(
        row.text("bikes_allowed") or "", TriState.UNKNOWN
    )
