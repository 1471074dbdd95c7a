"""Any valid feed is read, however it is written; a broken one says file, line and field."""

from __future__ import annotations

import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.kinds.gtfs.faults import FeedFault
from connectors.kinds.gtfs.feed import Feed
from connectors.kinds.gtfs.files import Limits, MemoryFiles, opened
from connectors.kinds.gtfs.modes import mode_of
from connectors.kinds.gtfs.tables import rows
from connectors.ports.common import Money, TriState, Wheelchair
from connectors.ports.transit import StopKind, TransitMode
from tests.feeds import PLAIN, at, board_of, feed, in_memory, origin, times, told, window, zipped

SAMPLE = Path(__file__).parents[3] / "shared/fixtures/gtfs/google_sample_feed_1.zip"


def memory(texts: Any) -> Any:
    """The feed in memory; whoever asks for what is there need not doubt it."""
    return in_memory(texts)


async def simple_board(texts):
    return told(await board_of(memory(texts), ("A", "B", "C"), window(at("2026-11-23 06:00"))))


EXPECTED = ["Mon 06:00:00 R T A", "Mon 06:11:00 R T B"]

# ------------------------------------------------------------------------------- ways of writing


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: text.rstrip("\n"),
        lambda text: text + "\n\n  \n,,\n",
        lambda text: text.replace(",", " , "),
        lambda text: "\n".join(
            ",".join(f'"{cell}"' for cell in line.split(",")) for line in text.splitlines()
        ),
        lambda text: "\n".join(",".join(reversed(line.split(","))) for line in text.splitlines()),
        lambda text: "\n".join(
            f"{line},{'unheard_of' if at_ == 0 else 'x'}"
            for at_, line in enumerate(text.splitlines())
        ),
    ],
    ids=["bom", "crlf", "cr", "no-end", "blank-lines", "spaces", "quoted", "reversed", "extra"],
)
async def test_the_same_feed_written_another_way_is_the_same_feed(change):
    texts = {name: change(text) for name, text in PLAIN.items()}
    assert await simple_board(texts) == EXPECTED


async def test_line_breaks_and_quotes_in_a_cell_belong_to_it():
    text = PLAIN["stops.txt"].replace("Alun", '"Alun\r\n""Alun"", Kota"')
    (stop,) = await memory(feed({"stops": text})).stops_by_id(["A"])
    assert stop.name.pick("id") == 'Alun\r\n"Alun", Kota'
    lines = [row.line for row in rows(MemoryFiles({"stops.txt": text}), "stops.txt")]
    assert lines == [2, 4, 5]


@pytest.mark.parametrize("folder", ["", "feed/", "./"])
async def test_a_zip_may_hold_the_feed_at_the_top_or_in_one_folder(tmp_path, folder):
    texts = {**PLAIN, "readme.md": "x"}
    path = zipped(tmp_path / "feed.zip", texts, folder)
    with zipfile.ZipFile(path, "a") as made:
        made.writestr("__MACOSX/stops.txt", "x")
        made.writestr("../stops.txt", "x")
        made.writestr("/trips.txt", "x")
        made.writestr("a/b/routes.txt", "x")
    with opened(path) as files:
        assert files.names() == frozenset(PLAIN)
        assert [row.id for row in Feed(files).stops()] == ["A", "B", "C"]


@pytest.mark.parametrize("inner", ["", "feed"])
async def test_a_folder_may_hold_the_feed_or_a_folder_that_does(tmp_path, inner):
    (tmp_path / inner).mkdir(exist_ok=True)
    for name, text in PLAIN.items():
        (tmp_path / inner / name).write_text(text)
    with opened(tmp_path) as files:
        assert [row.id for row in Feed(files).stops()] == ["A", "B", "C"]


async def test_optional_files_may_be_there_and_blank():
    blank = dict.fromkeys(
        ["calendar_dates", "frequencies", "shapes", "feed_info", "fare_attributes", "fare_rules",
         "fare_products", "translations", "attributions"], "",
    )  # fmt: skip
    assert await simple_board(feed(blank)) == EXPECTED


async def test_hours_may_have_one_digit():
    assert await simple_board(feed({"stop_times": times("T,6:05:00,A,1", "T,7:00:00,B,2")})) == [
        "Mon 06:05:00 R T A"
    ]


# ------------------------------------------------------------------------------- what feeds say


async def test_a_single_agency_needs_no_id_and_routes_need_none_either():
    (line,) = await memory(feed()).lines_by_id(["R"])
    (operator,) = await memory(feed()).operators_by_id([line.operator])
    assert operator.name == "Kota"
    named = feed({"agency": "agency_id,agency_name,agency_url,agency_timezone\n"
                            "x,Kota,https://k.test,Asia/Jakarta\n"})  # fmt: skip
    (line,) = await memory(named).lines_by_id(["R"])
    assert line.operator == "x"


async def test_places_inside_stations_may_lack_name_and_position_and_inherit_wheelchairs():
    stops = (
        "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station,wheelchair_boarding\n"
        "A,Peron,-6.17,106.63,0,S,\nB,Peron 2,-6.17,106.63,0,S,2\nC,C,-6.17,106.63,,,0\n"
        "N,,,,3,S,\nX,,,,4,A,0\nS,Stasiun,-6.17,106.63,1,,1\n"
    )
    source = memory(feed({"stops": stops}))
    a, b, c, n, x = await source.stops_by_id(["A", "B", "C", "N", "X"])
    assert (n.name.pick("id"), n.point, n.kind) == ("Stasiun", None, StopKind.NODE)
    assert (x.name.pick("id"), x.kind) == ("Peron", StopKind.BOARDING_AREA)
    assert [one.wheelchair for one in (a, b, c, n, x)] == [
        Wheelchair.YES, Wheelchair.NO, Wheelchair.UNKNOWN, Wheelchair.YES, Wheelchair.YES,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("route_type", "mode"),
    [
        (0, "LIGHT_RAIL"), (1, "METRO"), (2, "RAIL"), (3, "BUS"), (4, "FERRY"), (11, "BUS"),
        (12, "LIGHT_RAIL"), (100, "RAIL"), (109, "RAIL"), (200, "BUS"), (207, "TOURIST_BUS"),
        (400, "METRO"), (405, "LIGHT_RAIL"), (700, "BUS"), (704, "BUS"), (710, "TOURIST_BUS"),
        (800, "BUS"), (900, "LIGHT_RAIL"), (1000, "FERRY"), (1200, "FERRY"), (1500, "MINIBUS"),
        (1501, "MINIBUS"), (1100, "UNKNOWN"), (99, "UNKNOWN"),
    ],
)  # fmt: skip
async def test_route_types_basic_and_extended_have_a_mode(route_type, mode):
    assert mode_of(route_type) is TransitMode(mode)


async def test_names_come_in_the_languages_of_translations():
    texts = feed({
        "feed_info": "feed_publisher_name,feed_publisher_url,feed_lang\nKota,https://k.test,id\n",
        "routes": "route_id,route_long_name,route_type\nR,Lintas Kota,3\n",
        "translations": "table_name,field_name,language,translation,record_id,record_sub_id,"
        "field_value\nstops,stop_name,en,Square,A,,\nstops,stop_name,en,Fort,,,Benteng\n"
        "routes,route_long_name,en,City line,R,,\ntrips,trip_headsign,en,To Cimone,T,,\n",
    })  # fmt: skip
    source = memory(texts)
    a, b, c = await source.stops_by_id(["A", "B", "C"])
    assert [one.name.pick("en") for one in (a, b, c)] == ["Square", "Fort", "Cimone"]
    assert [one.name.pick("id") for one in (a, b, c)] == ["Alun", "Benteng", "Cimone"]
    (line,) = await source.lines_by_id(["R"])
    assert line.long_name.pick("en") == "City line"
    (trip,) = await source.trips_by_id(["T"])
    assert trip.headsign.pick("en") == "To Cimone"


@pytest.mark.parametrize(
    ("files", "fare"),
    [
        ({"fare_attributes": "fare_id,price,currency_type,payment_method,transfers\n"
          "a,3.50,usd,0,\n"}, Money(Decimal("3.50"), "USD")),
        ({"fare_attributes": "fare_id,price,currency_type,payment_method,transfers\n"
          "a,1000,IDR,0,\nb,2000,IDR,0,\n", "fare_rules": "fare_id,route_id\na,Q\nb,R\n"},
         Money(Decimal(2000), "IDR")),
        ({"fare_products": "fare_product_id,amount,currency\nx,3500,IDR\ny,2500,IDR\n",
          "fare_leg_rules": "leg_group_id,network_id,fare_product_id\n,,x\n,,y\n"},
         Money(Decimal(2500), "IDR")),
        ({"fare_products": "fare_product_id,amount,currency\nx,3500,IDR\ny,2500,IDR\n",
          "route_networks": "network_id,route_id\nn,R\n",
          "fare_leg_rules": "network_id,fare_product_id\nn,x\n,y\n"},
         Money(Decimal(3500), "IDR")),
        ({}, None),
    ],
)  # fmt: skip
async def test_the_fare_of_a_line_is_the_lowest_that_is_valid_on_it(files, fare):
    routes = "route_id,route_short_name,route_type\nR,1,3\nQ,2,3\n"
    (line,) = await memory(feed({**files, "routes": routes})).lines_by_id(["R"])
    assert line.fare == fare


async def test_colours_wheels_and_bicycles_are_read_and_a_wrong_colour_is_left_out():
    texts = feed({
        "routes": "route_id,route_short_name,route_type,route_color,route_text_color,"
        "route_sort_order\nR,1,3,#00ff7f,red,4\n",
        "trips": "route_id,service_id,trip_id,trip_short_name,direction_id,wheelchair_accessible,"
        "bikes_allowed\nR,D,T,1201,1,1,2\n",
    })  # fmt: skip
    reader = Feed(MemoryFiles(texts))
    reader.info()
    list(reader.agencies())
    (route,) = reader.routes()
    assert (route.color, route.text_color, route.sort_order) == ("00FF7F", None, 4)
    assert [(one.file, one.line, one.field) for one in reader.remarks.kept] == [
        ("routes.txt", 2, "route_text_color")
    ]
    (trip,) = await memory(texts).trips_by_id(["T"])
    assert (trip.short_name, trip.direction) == ("1201", 1)
    assert (trip.wheelchair, trip.bikes) == (Wheelchair.YES, TriState.NO)


async def test_calls_on_request_in_an_area_are_left_out_with_a_remark():
    texts = feed({
        "trips": "route_id,service_id,trip_id\nR,D,T\nR,D,F\n",
        "stop_times": "trip_id,arrival_time,departure_time,stop_id,location_id,stop_sequence,"
        "start_pickup_drop_off_window,end_pickup_drop_off_window\n"
        "T,06:00:00,06:00:00,A,,1,,\nT,06:10:00,06:11:00,B,,2,,\nT,06:20:00,06:20:00,C,,3,,\n"
        "F,,,,zone,1,06:00:00,09:00:00\nF,,,,zone,2,06:00:00,09:00:00\n",
    })  # fmt: skip
    assert await simple_board(texts) == EXPECTED


async def test_the_specifications_own_sample_is_read():
    if not SAMPLE.exists():
        return
    with opened(SAMPLE) as files:
        from connectors.memory.transit import MemoryTransit

        source: Any = MemoryTransit("demo", Feed(files), lambda local: origin(local, "demo"))
    (line,) = await source.lines_by_id(["AB"])
    assert (line.short_name, line.mode) == ("10", TransitMode.BUS)


# ------------------------------------------------------------------------------- broken feeds


def read_whole(texts):
    memory(texts)


def fault_of(texts):
    try:
        read_whole(texts)
    except FeedFault as fault:
        return fault
    return None


BROKEN = {
    "no-agency-file": ({"agency": None}, "agency.txt", None, None),
    "no-stop-times": ({"stop_times": None}, "stop_times.txt", None, None),
    "no-calendar": ({"calendar": None}, "calendar.txt", None, None),
    "blank-stops": ({"stops": "\n\n"}, "stops.txt", None, None),
    "no-agency-row": ({"agency": "agency_name,agency_url,agency_timezone\n"}, "agency.txt", None,
                      None),
    "zone": ({"agency": PLAIN["agency.txt"].replace("Asia/Jakarta", "Asia/Nowhere")},
             "agency.txt", 2, "agency_timezone"),
    "two-zones": ({"agency": "agency_id,agency_name,agency_url,agency_timezone\n"
                   "a,A,u,Asia/Jakarta\nb,B,u,Asia/Makassar\n"},
                  "agency.txt", 3, "agency_timezone"),
    "column": ({"trips": "route_id,trip_id\nR,T\n"}, "trips.txt", 1, "service_id"),
    "column-twice": ({"trips": "route_id,service_id,trip_id,trip_id\nR,D,T,T\n"}, "trips.txt", 1,
                     "trip_id"),
    "time": ({"stop_times": times("T,06:00:00,A,1", "T,6.10,B,2")}, "stop_times.txt", 3,
             "arrival_time"),
    "minutes": ({"stop_times": times("T,06:61:00,A,1", "T,07:10:00,B,2")}, "stop_times.txt", 2,
                "arrival_time"),
    "date": ({"calendar": PLAIN["calendar.txt"].replace("20261231", "20260231")}, "calendar.txt",
             2, "end_date"),
    "dates-swapped": ({"calendar": PLAIN["calendar.txt"].replace("20261231", "20251231")},
                      "calendar.txt", 2, "end_date"),
    "unknown-stop": ({"stop_times": times("T,06:00:00,A,1", "T,06:10:00,Z,2")}, "stop_times.txt",
                     3, "stop_id"),
    "unknown-trip": ({"stop_times": times("Z,06:00:00,A,1")}, "stop_times.txt", 2, "trip_id"),
    "unknown-route": ({"trips": "route_id,service_id,trip_id\nZ,D,T\n"}, "trips.txt", 2,
                      "route_id"),
    "unknown-service": ({"trips": "route_id,service_id,trip_id\nR,Z,T\n"}, "trips.txt", 2,
                        "service_id"),
    "unknown-shape": ({"trips": "route_id,service_id,trip_id,shape_id\nR,D,T,Z\n"}, "trips.txt",
                      2, "shape_id"),
    "unknown-parent": ({"stops": "stop_id,stop_name,stop_lat,stop_lon,parent_station\n"
                        "A,A,1,1,Z\n"}, "stops.txt", 2, "parent_station"),
    "unknown-agency": ({"routes": "route_id,agency_id,route_short_name,route_type\nR,Z,1,3\n"},
                       "routes.txt", 2, "agency_id"),
    "agency-needed": ({"agency": "agency_id,agency_name,agency_url,agency_timezone\n"
                       "a,A,u,Asia/Jakarta\nb,B,u,Asia/Jakarta\n"}, "routes.txt", 2, "agency_id"),
    "twice-stop": ({"stops": PLAIN["stops.txt"] + "A,Alun,1,1\n"}, "stops.txt", 5, "stop_id"),
    "twice-trip": ({"trips": PLAIN["trips.txt"] + "R,D,T,x\n"}, "trips.txt", 3, "trip_id"),
    "latitude": ({"stops": "stop_id,stop_name,stop_lat,stop_lon\nA,A,-96.1,106\n"}, "stops.txt",
                 2, "stop_lat"),
    "latitude-word": ({"stops": "stop_id,stop_name,stop_lat,stop_lon\nA,A,selatan,106\n"},
                      "stops.txt", 2, "stop_lat"),
    "no-position": ({"stops": "stop_id,stop_name,stop_lat,stop_lon\nA,A,,\n"}, "stops.txt", 2,
                    "stop_lat"),
    "half-position": ({"stops": "stop_id,stop_name,stop_lat,stop_lon\nA,A,-6,\n"}, "stops.txt", 2,
                      "stop_lon"),
    "nameless-stop": ({"stops": "stop_id,stop_name,stop_lat,stop_lon\nA,,-6,106\n"}, "stops.txt",
                      2, "stop_name"),
    "nameless-route": ({"routes": "route_id,route_short_name,route_type\nR,,3\n"}, "routes.txt",
                       2, "route_short_name"),
    "route-type": ({"routes": "route_id,route_short_name,route_type\nR,1,bus\n"}, "routes.txt", 2,
                   "route_type"),
    "pickup": ({"stop_times": times("T,06:00:00,A,1,7", "T,06:10:00,B,2,", columns="pickup_type")},
               "stop_times.txt", 2, "pickup_type"),
    "sequence": ({"stop_times": times("T,06:00:00,A,satu", "T,06:10:00,B,2")}, "stop_times.txt",
                 2, "stop_sequence"),
    "headway": ({"frequencies": "trip_id,start_time,end_time,headway_secs\n"
                 "T,06:00:00,07:00:00,0\n"}, "frequencies.txt", 2, "headway_secs"),
    "block": ({"frequencies": "trip_id,start_time,end_time,headway_secs\n"
               "T,08:00:00,07:00:00,600\n"}, "frequencies.txt", 2, "end_time"),
    "exception": ({"calendar_dates": "service_id,date,exception_type\nD,20261123,3\n"},
                  "calendar_dates.txt", 2, "exception_type"),
    "price": ({"fare_attributes": "fare_id,price,currency_type\na,murah,IDR\n"},
              "fare_attributes.txt", 2, "price"),
    "cells": ({"trips": "route_id,service_id,trip_id\nR,D,T,x\n"}, "trips.txt", 2, None),
    "quote": ({"trips": 'route_id,service_id,trip_id,trip_headsign\nR,D,T,"Cimone\n'},
              "trips.txt", 2, None),
    "null": ({"trips": "route_id,service_id,trip_id\nR,D,T\0\n"}, "trips.txt", 2, None),
    "long-id": ({"trips": f"route_id,service_id,trip_id\nR,D,{'T' * 256}\n"}, "trips.txt", 2,
                "trip_id"),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "file", "line", "field"), BROKEN.values(), ids=list(BROKEN))
def test_a_broken_feed_says_file_line_and_field(changes, file, line, field):
    with pytest.raises(FeedFault) as caught:
        read_whole(feed(changes))
    assert (caught.value.file, caught.value.line, caught.value.field) == (file, line, field)
    assert str(caught.value).startswith(file)


@pytest.mark.parametrize(
    "calls",
    [
        times("T,06:00:00,A,1", "T,06:30:00,B,2", "T,06:20:00,C,3"),
        times("T,,A,1", "T,06:30:00,B,2"),
        times("T,06:00:00,A,1", "T,,B,2"),
        (
            "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
            "T,06:05:00,06:00:00,A,1\nT,06:10:00,06:10:00,B,2\n"
        ),
    ],
    ids=["back", "no-first", "no-last", "leaves-before"],
)
def test_a_trip_without_end_times_or_that_goes_back_in_time_is_refused(calls):
    with pytest.raises(FeedFault, match="time"):
        read_whole(feed({"stop_times": calls}))


def test_text_that_is_not_utf_8_says_its_line(tmp_path):
    texts: Any = {
        **PLAIN,
        "stops.txt": PLAIN["stops.txt"].encode().replace(b"Benteng", b"Benteng\xff"),
    }
    with opened(zipped(tmp_path / "feed.zip", texts)) as files, pytest.raises(FeedFault) as caught:
        list(Feed(files).stops())
    assert (caught.value.file, caught.value.line) == ("stops.txt", 3)


def test_a_zip_that_is_closed_lets_its_file_go_while_somebody_still_reads(tmp_path):
    path = zipped(tmp_path / "feed.zip", PLAIN)
    with opened(path) as files:
        left = files.open("stops.txt")
        assert left.read(1)
        assert str(path) in _open_files()
    assert str(path) not in _open_files(), left


def _open_files() -> set[str]:
    return {each.path for each in psutil.Process().open_files()}


# ------------------------------------------------------------------------------- broken zips


def test_a_file_that_is_no_zip_and_a_path_that_is_nothing_are_refused(tmp_path):
    broken = tmp_path / "feed.zip"
    broken.write_bytes(b"PK\x03\x04 not a zip")
    for path in (broken, tmp_path / "nothing.zip"):
        with pytest.raises(FeedFault), opened(path):
            pass


def test_a_zip_cut_short_or_damaged_is_refused(tmp_path):
    whole = zipped(tmp_path / "feed.zip", PLAIN).read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FeedFault), opened(tmp_path / "cut.zip"):
        pass
    with zipfile.ZipFile(tmp_path / "feed.zip") as made:
        start = made.getinfo("stops.txt").header_offset + 30 + len("stops.txt")
    damaged = bytearray(whole)
    damaged[start : start + 8] = b"\xff" * 8
    (tmp_path / "damaged.zip").write_bytes(bytes(damaged))
    with opened(tmp_path / "damaged.zip") as files, pytest.raises(FeedFault) as caught:
        list(Feed(files).stops())
    assert caught.value.file == "stops.txt"


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("stops.txt", b"0" * (32 * 1024**2))
    with pytest.raises(FeedFault, match="bomb"), opened(path):
        pass


def test_files_larger_than_allowed_are_refused(tmp_path):
    path = zipped(tmp_path / "feed.zip", PLAIN)
    with pytest.raises(FeedFault, match="large"), opened(path, Limits(file_bytes=50)):
        pass
    with pytest.raises(FeedFault, match="entries"), opened(path, Limits(entries=3)):
        pass
    for name, text in PLAIN.items():
        (tmp_path / name).write_text(text)
    with opened(tmp_path, Limits(file_bytes=50)) as files, pytest.raises(FeedFault, match="larger"):
        list(Feed(files).stops())


@given(st.binary(max_size=400))
def test_no_garbage_does_anything_but_say_what_is_wrong(data):
    for name in ("stops.txt", "agency.txt", "calendar.txt"):
        fault = fault_of({**PLAIN, name: data})
        assert fault is None or fault.file


@given(
    st.sampled_from(["stops.txt", "stop_times.txt", "trips.txt", "calendar.txt", "routes.txt"]),
    st.integers(0, 200),
    st.sampled_from([",", '"', "\n", "x", "-1", "999999999999", "\u0000", "é"]),
)
def test_one_wrong_character_is_a_clear_fault_or_a_feed(name, place, text):
    whole = PLAIN[name]
    changed = whole[:place] + text + whole[place:]
    fault = fault_of({**PLAIN, name: changed})
    assert fault is None or fault.file
