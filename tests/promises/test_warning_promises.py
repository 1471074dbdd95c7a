"""Sources of warnings keep their promises; CAP and BMKG rows are read as those wrote them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import Unreadable
from connectors.memory.warnings import (
    MemoryAlerts,
    MemoryEarthquakes,
    MemoryForecasts,
    read_alert,
    read_earthquake,
    read_forecast,
)
from connectors.ports.common import BBox, GeoPoint, InArea, Near, Origin, SourceQuality
from connectors.ports.shapes import Circle
from connectors.ports.warnings import (
    Alert,
    AlertCategory,
    AlertCriteria,
    AlertMessage,
    AlertSeverity,
    Earthquake,
    EarthquakeCriteria,
    Forecast,
    affects,
    touches,
)
from connectors.testing.warnings import (
    AlertSourcePromises,
    EarthquakeSourcePromises,
    ForecastSourcePromises,
)

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SQUARE = "-6.30,106.50 -6.30,106.70 -6.10,106.70 -6.10,106.50 -6.30,106.50"
"""Latitude first, as CAP writes: longitudes 106.5 to 106.7, latitudes -6.3 to -6.1."""


def origin(local: str) -> Origin:
    return Origin("bmkg", local, NOW, NOW, SourceQuality.OFFICIAL)


def cap(identifier: str, **rest: Any) -> dict[str, Any]:
    """A CAP message as it comes: heavy rain, public, in force for three hours."""
    return {
        "identifier": identifier,
        "sender": "bmkg@example",
        "sent": "2026-11-23T07:30:00+07:00",
        "status": "Actual",
        "scope": "Public",
        "msgType": "Alert",
        "category": ["Met"],
        "event": {"id": "Hujan lebat", "en": "Heavy rain"},
        "severity": "Moderate",
        "urgency": "Immediate",
        "certainty": "Observed",
        "expires": "2026-11-23T10:30:00+07:00",
        "area": [{"areaDesc": "Kota Tangerang", "polygon": [SQUARE]}],
        **rest,
    }


def reference(identifier: str, sent: str = "2026-11-23T07:30:00+07:00") -> str:
    return f"bmkg@example,{identifier},{sent}"


LATER = "2026-11-23T07:45:00+07:00"
MESSAGES = [
    cap("rain"),
    cap("severe", severity="Severe"),
    cap("old", expires="2026-11-23T08:00:00+07:00", severity="Minor"),
    cap("first"),
    # The same instant in another zone is the same message.
    cap("second", msgType="Update", sent=LATER,
        references=reference("first", "2026-11-23T00:30:00+00:00")),
    cap("called-off", severity="Extreme"),
    cap("cancel", msgType="Cancel", sent=LATER, references=reference("called-off")),
    cap("clear", responseType=["AllClear"], sent=LATER),
    # An exercise that "cancels" a real warning must not silence it.
    cap("exercise", status="Exercise", msgType="Cancel", references=reference("severe")),
    cap("restricted", scope="Restricted", msgType="Update", references=reference("severe")),
    cap("draft", status="Draft"),
    cap("odd", status="Whatever"),
    cap("quake", category=["Geo", "Nonsense"], severity="Purple",
        area=[{"areaDesc": "Sekitar", "circle": ["-6.2,106.8 10", "-7.0,107.0 0"]}]),
    cap("named", area=[{"areaDesc": "Cipondoh", "geocode": ["36.71.05"]}]),
    cap("words", area=[{"areaDesc": "Sebagian Banten"}]),
]  # fmt: skip
ALERTS = [read_alert(row, origin) for row in MESSAGES]
HIDDEN = {"exercise", "restricted", "draft", "odd"}


def names(alerts: Sequence[Alert]) -> set[str]:
    return {alert.identifier for alert in alerts}


class TestAlertsInMemory(AlertSourcePromises):
    @pytest.fixture
    def source(self) -> MemoryAlerts:
        return MemoryAlerts("bmkg", ALERTS)

    @pytest.fixture
    async def shown(self, source: MemoryAlerts) -> Sequence[Alert]:
        found = await source.alerts_by_id(
            [one.origin.local_id for one in ALERTS if one.identifier not in HIDDEN]
        )
        assert None not in found
        return [alert for alert in found if alert is not None]

    @pytest.fixture
    def hidden(self) -> Sequence[str]:
        return [one.origin.local_id for one in ALERTS if one.identifier in HIDDEN]


QUAKES: list[dict[str, Any]] = [
    {"DateTime": "2026-11-22T20:00:00+00:00", "Magnitude": "5.2", "Kedalaman": "10 km",
     "Coordinates": "-6.90,105.20", "Wilayah": "75 km BaratDaya Bayah", "Potensi": "Tidak",
     "Dirasakan": "III Bayah, II Tangerang", "Shakemap": "https://data.example/1.jpg"},
    {"DateTime": "2026-11-22T21:00:00+00:00", "Magnitude": 3.0, "Kedalaman": "5 km",
     "Coordinates": "-6.17,106.64", "Wilayah": "Tangerang", "Dirasakan": "-"},
    {"DateTime": "2026-11-22T21:00:00+00:00", "Magnitude": "6.0", "Kedalaman": "100 km",
     "Coordinates": "2.0,98.0", "Wilayah": "Nias"},
]  # fmt: skip


class TestEarthquakesInMemory(EarthquakeSourcePromises):
    @pytest.fixture
    def quakes(self) -> Sequence[Earthquake]:
        return [read_earthquake(row, origin) for row in QUAKES]

    @pytest.fixture
    def source(self, quakes: Sequence[Earthquake]) -> MemoryEarthquakes:
        return MemoryEarthquakes("bmkg", quakes)


WEATHER = {
    "adm4": "36.71.01.1001",
    "cuaca": [
        {"datetime": "2026-11-23T12:00:00+00:00", "t": "27", "hu": 81.4, "ws": 9.4, "wd": "NE",
         "weather_desc": "Hujan Ringan", "weather_desc_en": "Light Rain"},
        {"datetime": "2026-11-23T09:00:00+00:00", "t": 31},
    ],
}  # fmt: skip


class TestForecastsInMemory(ForecastSourcePromises):
    @pytest.fixture
    def forecasts(self) -> Sequence[Forecast]:
        return [read_forecast(WEATHER, origin)]

    @pytest.fixture
    def source(self, forecasts: Sequence[Forecast]) -> MemoryForecasts:
        return MemoryForecasts("bmkg", forecasts)


# ------------------------------------------------------------------------------- alerts by hand


async def active(now: datetime = NOW, **criteria: Any) -> set[str]:
    source = MemoryAlerts("bmkg", ALERTS)
    return names(await source.find_alerts(AlertCriteria(now, active=True, **criteria)))


async def test_in_force_is_what_was_not_replaced_called_off_or_expired() -> None:
    # "old" ends at 08:00, which is now: the end itself is not in force any more.
    assert await active() == {"rain", "severe", "second", "quake", "named", "words"}
    assert "old" in await active(NOW - timedelta(seconds=1))
    assert await active(NOW + timedelta(hours=3)) == set()


async def test_neither_an_exercise_nor_a_restricted_message_silences_a_warning() -> None:
    (severe,) = [
        alert
        for alert in await MemoryAlerts("b", ALERTS).find_alerts(AlertCriteria(NOW))
        if alert.identifier == "severe"
    ]
    assert not severe.superseded


async def test_severity_is_a_scale_and_unknown_is_below_all() -> None:
    severe_on = await active(least_severity=AlertSeverity.SEVERE)
    assert severe_on == {"severe"}
    assert "quake" not in await active(least_severity=AlertSeverity.MINOR)
    assert "quake" in await active(least_severity=AlertSeverity.UNKNOWN)
    assert await active(categories=(AlertCategory.GEO, AlertCategory.FIRE)) == {"quake"}
    assert await active(categories=(AlertCategory.OTHER,)) == {"quake"}


async def test_where_asks_for_anything_that_meets() -> None:
    drawn = {"rain", "severe", "second"}
    # A box inside the square, one that crosses its edge, one that holds all of it.
    for box in (
        BBox(106.55, -6.25, 106.60, -6.20),
        BBox(106.65, -6.15, 107.5, -5.0),
        BBox(106, -7, 106.75, -5),
    ):
        assert await active(where=box) - {"quake"} == drawn
    assert await active(where=BBox(106.71, -6.05, 106.72, -6.0)) == set()
    # One degree of latitude is 111.195 km: a point 0.1 degrees north of the square.
    north = GeoPoint(-6.0, 106.6)
    assert await active(where=Near(north, 11_100)) == set()
    assert await active(where=Near(north, 11_140)) == drawn
    assert await active(where=InArea("36.71.05.1001")) == {"named"}
    assert await active(where=InArea("36.71")) == {"named"}
    assert await active(where=InArea("36.71.0")) == set()


def test_a_point_is_affected_inside_a_polygon_or_a_circle() -> None:
    known = {alert.identifier: alert for alert in ALERTS}
    assert affects(known["rain"], GeoPoint(-6.2, 106.6))
    assert not affects(known["rain"], GeoPoint(-6.2, 106.71))
    # 10 km east of the centre at this latitude is 0.09046 degrees.
    assert affects(known["quake"], GeoPoint(-6.2, 106.8904))
    assert not affects(known["quake"], GeoPoint(-6.2, 106.8906))
    assert affects(known["quake"], GeoPoint(-7.0, 107.0))
    assert not affects(known["named"], GeoPoint(-6.2, 106.6))
    assert touches(known["quake"], Near(GeoPoint(-6.2, 106.8), 1))


def test_a_cap_message_is_read_with_the_words_of_cap() -> None:
    (quake,) = [alert for alert in ALERTS if alert.identifier == "quake"]
    assert quake.category == (AlertCategory.GEO, AlertCategory.OTHER)
    assert quake.severity is AlertSeverity.UNKNOWN
    assert quake.areas[0].shapes == (
        Circle(GeoPoint(-6.2, 106.8), 10),
        Circle(GeoPoint(-7.0, 107.0), 0),
    )
    (clear,) = [alert for alert in ALERTS if alert.identifier == "clear"]
    assert clear.message is AlertMessage.ALL_CLEAR
    assert clear.origin.local_id == "clear,bmkg@example,2026-11-23T00:45:00+00:00"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"sent": "2026-11-23T07:30:00"}, "sent must be a time with offset"),
        ({"msgType": "Ack"}, "msgType must be Alert, Update or Cancel"),
        ({"references": "bmkg@example,first"}, "references must be sender,identifier,sent"),
        ({"event": None}, "event is empty"),
        ({"area": [{"areaDesc": "x", "polygon": ["0,0 0,1 1,1"]}]}, "polygon"),
        ({"area": [{"areaDesc": "x", "polygon": ["0,0 0,1 1,1 1,0"]}]}, "not closed"),
        ({"area": [{"areaDesc": "x", "circle": ["-6.2,106.8 -1"]}]}, "circle must have a radius"),
        ({"area": [{"areaDesc": "x", "circle": ["106.8,-6.2 1"]}]}, "latitude must be"),
        ({"area": ["Kota"]}, r"area \[0\] must be an object"),
        ({"web": "ftp://example"}, "web must begin with http"),
    ],
)
def test_a_wrong_message_is_refused_by_column(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        read_alert(cap("x", **change), origin)


# ------------------------------------------------------------------------------- quakes by hand


async def test_quakes_are_read_from_the_texts_of_bmkg() -> None:
    felt, weak, far = (read_earthquake(row, origin) for row in QUAKES)
    assert (felt.magnitude, felt.depth_km, felt.point) == (5.2, 10.0, GeoPoint(-6.9, 105.2))
    assert felt.felt == "III Bayah, II Tangerang"
    assert felt.shakemap is not None
    assert felt.shakemap.url == "https://data.example/1.jpg"
    assert (weak.felt, weak.tsunami, weak.shakemap) == (None, None, None)
    source = MemoryEarthquakes("bmkg", [felt, weak, far])
    near = EarthquakeCriteria(near=Near(GeoPoint(-6.17, 106.64), 1000))
    assert list(await source.find_earthquakes(near, 9)) == [weak]
    strong = EarthquakeCriteria(least_magnitude=5.2)
    assert list(await source.find_earthquakes(strong, 9)) == [far, felt]


def test_a_forecast_is_put_in_order_and_keeps_what_is_missing_missing() -> None:
    forecast = read_forecast(WEATHER, origin)
    early, late = forecast.hours
    assert (early.temp_c, early.humidity, early.weather, early.wind_kmh) == (31.0, None, None, None)
    assert (late.temp_c, late.humidity, late.wind_kmh, late.wind_from) == (27.0, 81, 9.4, "NE")
    assert late.weather is not None
    assert late.weather.pick("en") == "Light Rain"


# ------------------------------------------------------------------------------- any garbage

GARBAGE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text()
    | st.sampled_from(["1,2", "0,0 0,1 1,1 0,0", "Alert", "2026-11-23T07:30:00+07:00", "9999"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["areaDesc", "polygon", "circle", "geocode", "datetime", "t", "hu", "id"]),
        inner,
        max_size=3,
    ),
    max_leaves=6,
)  # fmt: skip


@pytest.mark.parametrize(
    ("read", "row"),
    [
        (read_alert, cap("x", references=reference("y"), web="https://example", contact="112")),
        (read_earthquake, QUAKES[0]),
        (read_forecast, WEATHER),
    ],
)
def test_no_row_raises_anything_but_unreadable(read: Any, row: dict[str, Any]) -> None:
    @given(st.dictionaries(st.sampled_from(sorted(row)), GARBAGE, min_size=1, max_size=3))
    def reading(change: dict[str, Any]) -> None:
        with suppress(Unreadable):
            read({**row, **change}, origin)

    reading()
