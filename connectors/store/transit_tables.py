"""Tables of timetables: what a GTFS feed becomes in the embedded store."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
)

from connectors.store.base import (
    LOCAL,
    SORTED,
    Instant,
    Words,
    metadata,
    origin_columns,
    place_columns,
    place_index,
)

feeds = Table(
    "transit_feeds",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("as_of", Instant, nullable=False),
    Column("timezone", String(64), nullable=False),
    Column("lang", String(35), nullable=False),
    Column("version", String),
    Column("publisher", String),
    Column("valid_from", Date),
    Column("valid_until", Date),
    Column("last_service", Date),
    Column("longest", Integer, nullable=False),
    Column("frequent", Boolean, nullable=False),
)
"""One row per feed. `longest` is the latest service time of any call, in seconds."""

operators = Table(
    "transit_operators",
    metadata,
    *origin_columns(),
    Column("name", String, nullable=False),
    Column("timezone", String(64), nullable=False),
    Column("phone", String),
    Column("web", String),
)

stops = Table(
    "transit_stops",
    metadata,
    *origin_columns(),
    *place_columns(),
    Column("name", Words, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("code", String),
    Column("platform", String),
    Column("parent", LOCAL),
    Column("wheelchair", String(8), nullable=False),
    Column("sort_name", SORTED, nullable=False),
    Column("search", String, nullable=False),
    place_index("transit_stops"),
)
Index("ix_transit_stops_parent", stops.c.source, stops.c.parent)
Index("ix_transit_stops_name", stops.c.source, stops.c.sort_name, stops.c.local_id)

lines = Table(
    "transit_lines",
    metadata,
    *origin_columns(),
    Column("mode", String(16), nullable=False),
    Column("operator", LOCAL, nullable=False),
    Column("short_name", String),
    Column("long_name", Words),
    Column("color", String(6)),
    Column("text_color", String(6)),
    Column("sort_order", Integer),
    Column("fare_amount", String(32)),
    Column("fare_currency", String(3)),
    Column("sort_name", SORTED, nullable=False),
    Column("search", String, nullable=False),
)
Index("ix_transit_lines_name", lines.c.source, lines.c.sort_name, lines.c.local_id)

trips = Table(
    "transit_trips",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("local_id", LOCAL, primary_key=True),
    Column("line", LOCAL, nullable=False),
    Column("service", LOCAL, nullable=False),
    Column("headsign", Words),
    Column("short_name", String),
    Column("direction", SmallInteger),
    Column("wheelchair", String(8), nullable=False),
    Column("bikes", String(8), nullable=False),
    Column("shape", LOCAL),
    Column("frequent", Boolean, nullable=False, default=False),
    Column("stop_count", Integer, nullable=False, default=0),
    Column("first_departure", Integer),
    Column("last_sequence", Integer),
    Column("last_stop", LOCAL),
)
"""`frequent` trips are templates; the last four columns sum up the calls."""
Index("ix_transit_trips_line", trips.c.source, trips.c.line)

stop_times = Table(
    "transit_stop_times",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("trip", LOCAL, primary_key=True),
    Column("sequence", BigInteger, primary_key=True),
    Column("stop", LOCAL, nullable=False),
    Column("arrival", Integer),
    Column("departure", Integer),
    Column("distance", Float),
    Column("timepoint", Boolean, nullable=False),
    Column("boarding", String(16), nullable=False),
    Column("alighting", String(16), nullable=False),
    Column("headsign", Words),
)
Index("ix_transit_stop_times_stop", stop_times.c.source, stop_times.c.stop, stop_times.c.departure)

stop_lines = Table(
    "transit_stop_lines",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("stop", LOCAL, primary_key=True),
    Column("line", LOCAL, primary_key=True),
    Column("mode", String(16), nullable=False),
)
"""Which lines call at a stop, or at any stop of a station."""
Index("ix_transit_stop_lines_line", stop_lines.c.source, stop_lines.c.line)

services = Table(
    "transit_services",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("service", LOCAL, primary_key=True),
    Column("days", Integer, nullable=False),
    Column("start_date", Date, nullable=False),
    Column("end_date", Date, nullable=False),
)
"""Weekly patterns; bit 0 of `days` is Monday."""

service_dates = Table(
    "transit_service_dates",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("date", Date, primary_key=True),
    Column("service", LOCAL, primary_key=True),
    Column("added", Boolean, nullable=False),
)

frequencies = Table(
    "transit_frequencies",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("trip", LOCAL, primary_key=True),
    Column("start", Integer, primary_key=True),
    Column("end", Integer, nullable=False),
    Column("headway", Integer, nullable=False),
    Column("exact", Boolean, nullable=False),
)

shape_points = Table(
    "transit_shape_points",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("shape", LOCAL, primary_key=True),
    Column("sequence", BigInteger, primary_key=True),
    Column("lat", Float, nullable=False),
    Column("lng", Float, nullable=False),
)

ALL = (
    feeds, operators, stops, lines, trips, stop_times, stop_lines, services, service_dates,
    frequencies, shape_points,
)  # fmt: skip
"""Every table of a feed; each has a column `source`."""
