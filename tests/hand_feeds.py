"""GTFS feeds written from the specification, whose boards `test_gtfs_reviewed` works out by hand."""

from __future__ import annotations

from tests.feeds import times

CALENDAR = (
    "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
)
DAILY = CALENDAR + "D,1,1,1,1,1,1,1,20260101,20261231\n"
STOPS = (
    "stop_id,stop_name,stop_lat,stop_lon\n"
    "A,Alpha,-6.17,106.63\nB,Beta,-6.18,106.64\nC,Gamma,-6.19,106.65\nD,Delta,-6.20,106.66\n"
)
ROUTES = (
    "route_id,agency_id,route_short_name,route_long_name,route_type\nR,G,1,Satu,3\nQ,G,2,Dua,2\n"
)
TRIPS = "route_id,service_id,trip_id,trip_headsign\n"
SHORT = times("t,06:00:00,A,1", "t,06:10:00,B,2")
"""One trip `t` at 06:00 from A to B."""


def agency(zone: str) -> str:
    """An agency.txt of one agency in a zone."""
    return f"agency_id,agency_name,agency_url,agency_timezone\nG,Kota,https://kota.test,{zone}\n"


def written(**files: str | None) -> dict[str, str]:
    """A daily feed of four stops and two lines in Jakarta, with files put in or taken away."""
    made: dict[str, str | None] = {
        "agency": agency("Asia/Jakarta"), "stops": STOPS, "routes": ROUTES, "calendar": DAILY,
        "trips": TRIPS + "R,D,t,\n", "stop_times": SHORT, **files,
    }  # fmt: skip
    return {f"{name}.txt": text for name, text in made.items() if text is not None}


FEEDS: dict[str, dict[str, str]] = {
    # Runs on Fridays only, for three calendar days: 49:15 is a quarter past one on Sunday.
    "late": written(
        calendar=CALENDAR + "FRI,0,0,0,0,1,0,0,20261101,20261130\n",
        trips=TRIPS + "R,FRI,N,Delta\n",
        stop_times=times("N,23:50:00,A,1", "N,24:31:00,B,2", "N,49:15:00,C,3", "N,50:00:00,D,4"),
    ),
    # Templates that begin at 06:10, at midnight and at 25:00, one of them with times left out.
    "headways": written(
        trips=TRIPS + "R,D,T,Gamma\nQ,D,M,Gamma\nR,D,L,\n",
        stop_times="trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type\n"
        "T,06:10:00,06:10:00,A,1,\nT,06:20:00,06:22:00,B,2,\nT,06:40:00,06:40:00,C,3,\n"
        "M,00:00:00,00:00:00,A,1,\nM,00:45:00,00:45:00,B,2,\nM,01:00:00,01:00:00,C,3,\n"
        "L,,25:00:00,D,2,\nL,,,C,4,\nL,25:30:00,,B,6,\nL,25:40:00,25:45:00,A,8,1\n"
        "L,26:00:00,26:00:00,D,9,\n",
        frequencies="trip_id,start_time,end_time,headway_secs,exact_times\n"
        "T,07:00:00,08:00:00,1200,0\nT,08:00:00,08:40:00,600,1\nM,23:30:00,25:00:00,1800,1\n"
        "L,15:00:00,15:05:00,7200,\nL,16:00:00,16:00:00,60,\n",
    ),
    # The zones of the stops are another thing than the times.
    "new-york": written(
        agency=agency("America/New_York"),
        stops="stop_id,stop_name,stop_lat,stop_lon,stop_timezone\n"
        "A,Alpha,40.7,-74.0,Asia/Tokyo\nB,Beta,40.8,-74.0,Europe/London\n",
        trips=TRIPS + "".join(f"R,D,{trip},\n" for trip in "abcd"),
        stop_times=times(
            "a,00:10:00,A,1", "a,00:20:00,B,2", "b,02:30:00,A,1", "b,02:50:00,B,2",
            "c,23:55:00,A,1", "c,24:10:00,B,2", "d,25:30:00,A,1", "d,25:40:00,B,2",
        ),
    ),
    # The clocks of Lord Howe move by half an hour.
    "lord-howe": written(
        agency=agency("Australia/Lord_Howe"), stop_times=times("t,03:00:00,A,1", "t,04:00:00,B,2")
    ),
    "dates": written(
        calendar=None,
        calendar_dates="service_id,date,exception_type\n"
        "X,20280229,1\nX,20261101,1\nY,20261101,1\nY,20261102,2\n",
        trips=TRIPS + "R,X,x,\nR,Y,y,\n",
        stop_times=times("x,06:00:00,A,1", "x,06:10:00,B,2", "y,07:00:00,A,1", "y,07:10:00,B,2"),
    ),
    # U runs every day until 2099, but no trip has it.
    "week": written(
        calendar=CALENDAR + "W,1,1,1,1,1,0,0,20261102,20261113\nS,0,0,0,0,0,1,1,20261102,20261115\n"
        "U,1,1,1,1,1,1,1,20200101,20991231\n",
        calendar_dates="service_id,date,exception_type\nW,20261104,2\nS,20261104,1\nW,20261114,1\n",
        trips=TRIPS + "R,W,w,\nR,S,s,\n",
        stop_times=times("w,06:00:00,A,1", "w,06:10:00,B,2", "s,08:00:00,A,1", "s,08:10:00,B,2"),
    ),
    # A loop that returns to A, with times left out, gaps in the sequence and every pickup_type.
    "loop": written(
        trips="route_id,service_id,trip_id,trip_headsign,direction_id\n"
        "R,D,L,,0\nR,D,K,Ke Beta,1\nR,D,kosong,,0\n",
        stop_times="trip_id,arrival_time,departure_time,stop_id,stop_sequence,stop_headsign,"
        "pickup_type,drop_off_type,timepoint\n"
        "L,06:00:00,06:00:00,A,1,,0,1,1\nL,,,B,5,Menuju Gamma,2,0,0\nL,,,C,9,,1,0,0\n"
        "L,06:30:00,06:31:00,D,20,,3,0,1\nL,06:45:00,06:50:00,A,30,,0,0,1\n"
        "K,07:00:00,07:00:00,A,0,,,,\nK,07:20:00,07:20:00,B,7,,,,\n",
    ),
    "station": written(
        stops="stop_id,stop_code,stop_name,stop_lat,stop_lon,location_type,parent_station,"
        "platform_code,wheelchair_boarding\n"
        "S,ST,Stasiun,-6.17,106.63,1,,,1\nP1,1,Stasiun,-6.17,106.63,0,S,1,\n"
        "P2,2,Stasiun,-6.1701,106.6301,0,S,2,2\nE,,Pintu,-6.1702,106.63,2,S,,\nBA,,,,,4,P1,,\n"
        "N,,,,,3,S,,\nZ,,Akhir,-6.2,106.7,1,,,0\nZ1,,Akhir,-6.2,106.7,,Z,9,0\n",
        trips=TRIPS + "Q,D,q1,Akhir\nR,D,r1,Akhir\nR,D,r2,Balik\n",
        stop_times=times("q1,06:01:00,P1,1", "q1,06:30:00,Z1,2", "r1,06:05:00,P2,1",
                         "r1,06:40:00,Z1,2", "r2,06:00:00,Z1,1", "r2,06:35:00,P2,2"),
    ),
    "ties": written(
        trips=TRIPS + "".join(f"{'RQ'[at % 2]},D,t{at},\n" for at in range(7)),
        stop_times=times(*(row for at in range(7)
                           for row in (f"t{at},06:00:00,A,1", f"t{at},06:10:00,B,2"))),
    ),
    "one-hour-east": written(
        agency=agency("Asia/Makassar"), stops=STOPS.replace("-6.17,", "-6.1701,"),
        stop_times=times("t,07:00:00,A,1", "t,07:10:00,B,2"),
    ),
    "expired": written(
        calendar=CALENDAR + "D,1,1,1,1,1,1,1,20250101,20251231\n",
        feed_info="feed_publisher_name,feed_publisher_url,feed_lang,feed_start_date,feed_end_date\n"
        "P,https://p.test,id,20250101,20251130\n",
    ),
    "future": written(
        calendar=CALENDAR + "D,1,1,1,1,1,1,1,20270101,20271231\n",
        feed_info="feed_publisher_name,feed_publisher_url,feed_lang\nP,https://p.test,id\n",
    ),
    # Everything the specification lets one write otherwise.
    "odd": written(
        agency="\ufeffagency_name,agency_url,agency_timezone,agency_lang\r\n"
        '"PT ""Angkut"", Tbk",https://x.test,Asia/Makassar,EN\r\n',
        stops='\ufeffstop_lon , stop_lat, stop_name ,stop_id,junk\r\n'
        ' 119.4,-5.1,"Pasar, ""Baru""\nLama", a b ,x\r\n119.5,-5.2,Ñandú 東京,東:京/1%_,y\r\n'
        "119.6,-5.2,Ñandú 東京,x@06:00:00,\r\n",
        routes="route_id,route_long_name,route_type,route_color,route_text_color,agency_id\r\n"
        "R,Panjang sekali,700,ff00aa,#FFFFFF,\r\nT,Taksi,1501,,\r\nM,Metro,401,,\r\n",
        trips="trip_id,route_id,service_id\r\nx@06:00:00,R,D\r\n",
        stop_times="stop_sequence,trip_id,stop_id,departure_time,arrival_time\r\n"
        "2147483647,x@06:00:00,x@06:00:00,,6:20:00\r\n0,x@06:00:00,a b,6:00:00,\r\n"
        "5,x@06:00:00,東:京/1%_, 6:05:00 ,6:05:00\r\n\r\n",
        translations="table_name,field_name,language,translation,record_id,record_sub_id,"
        "field_value\r\nstops,stop_name,ID,Toko Unta,,,Ñandú 東京\r\n"
        "stops,stop_name,id,Khusus,x@06:00:00,,\r\nstops,stop_name,fr-CA,Nandou,,,Ñandú 東京\r\n",
        frequencies="", calendar_dates="", feed_info="", shapes="", pathways='broken"',
    ),
    "lines": written(
        routes="route_id,agency_id,route_short_name,route_type\nR,G,1,3\nQ,H,2,3\n",
        agency=agency("Asia/Jakarta") + "H,Lain,https://h.test,Asia/Jakarta\n",
        fare_attributes="fare_id,price,currency_type,payment_method,transfers,agency_id\n"
        "f1,5000,IDR,0,,G\nf2,3500.50,idr,0,0,G\nf3,2000,IDR,0,,H\n",
        fare_rules="fare_id,route_id,origin_id\nf2,R,\n",
        trips="route_id,service_id,trip_id,direction_id,trip_headsign,shape_id\n"
        "R,D,o6,0,Pergi,s\nR,D,o7,0,Pergi,s\nR,D,o9,0,Pergi,s\nR,D,b1,1,Pulang,\n"
        "R,D,far,0,Jauh,s\n",
        stop_times=times(
            "o6,06:00:00,A,1", "o6,06:10:00,B,2", "o7,07:00:00,A,1", "o7,07:10:00,B,2",
            "o9,09:00:00,A,1", "o9,09:10:00,B,2", "b1,25:00:00,B,1", "b1,25:10:00,A,2",
            "far,21:00:00,A,1", "far,21:10:00,B,2", "far,21:20:00,C,3",
        ),
        shapes="shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\n"
        "s,-6.3,106.3,30\ns,-6.1,106.1,1\ns,-6.2,106.2,4\n",
    ),
    # Half a day every five minutes, the other half every ten.
    "new-york-all-day": written(
        agency=agency("America/New_York"),
        stop_times=times("t,00:00:00,A,1", "t,00:10:00,B,2"),
        frequencies="trip_id,start_time,end_time,headway_secs\n"
        "t,00:00:00,12:00:00,300\nt,12:00:00,24:00:00,600\n",
    ),
}  # fmt: skip
"""By the key under which each is loaded."""
