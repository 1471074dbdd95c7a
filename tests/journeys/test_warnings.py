"""Rain and earthquakes: silence without a source, and the whole mapping with one plugged in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio

from connectors import errors, registry
from connectors.memory.warnings import (
    MemoryAlerts,
    MemoryEarthquakes,
    MemoryForecasts,
    read_alert,
    read_earthquake,
    read_forecast,
)
from connectors.ports.common import Origin, ScopedId, SourceQuality
from connectors.ports.connectors import ConnectorState
from connectors.switchboard import Source, Switchboard
from resolvers import ids
from resolvers import warnings as resolve
from tests.cities import NOW, City, opened_city

pytestmark = pytest.mark.asyncio(loop_scope="module")

SENT = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
# 300 m around -6.178, 106.630 in Kecamatan Tangerang; its western edge reaches over the Cisadane
# into Kecamatan Karawaci.
SMALL = "-6.1795,106.6285 -6.1795,106.6315 -6.1765,106.6315 -6.1765,106.6285 -6.1795,106.6285"


def origin_of(key: str) -> Any:
    def origin(local: str) -> Origin:
        return Origin(key, local, SENT, NOW, SourceQuality.OFFICIAL)

    return origin


def cap(identifier: str, **rest: Any) -> dict[str, Any]:
    return {
        "identifier": identifier,
        "sender": "bmkg@example",
        "sent": "2026-11-23T07:30:00+07:00",
        "status": "Actual",
        "scope": "Public",
        "msgType": "Alert",
        "category": ["Met"],
        "event": {"id": "Hujan lebat", "en": "Heavy rain"},
        "severity": "Severe",
        "expires": "2026-11-23T10:30:00+07:00",
        "area": [{"areaDesc": "Tangerang", "polygon": [SMALL]}],
        **rest,
    }


MESSAGES = [
    cap("rain", headline={"id": "Waspada hujan"}, instruction={"en": "Stay inside"},
        onset="2026-11-23T08:30:00+07:00", web="https://bmkg.example/rain.jpg"),
    cap("old"),
    cap("new", msgType="Update", severity="Extreme", sent="2026-11-23T07:40:00+07:00",
        references="bmkg@example,old,2026-11-23T07:30:00+07:00",
        area=[{"areaDesc": "Kecamatan Cipondoh", "geocode": ["36.71.05", "36.74.01"]}]),
    cap("test", status="Test"),
    cap("words", severity="Minor", category=["Health"], area=[{"areaDesc": "Sebagian Banten"}]),
]  # fmt: skip
QUAKES = [
    {"DateTime": "2026-11-22T20:00:00+00:00", "Magnitude": "5.2", "Kedalaman": "10 km",
     "Coordinates": "-6.90,105.20", "Wilayah": "75 km BaratDaya Bayah", "Potensi": "Tidak",
     "Dirasakan": "II Tangerang", "Shakemap": "https://bmkg.example/1.jpg"},
    {"DateTime": "2026-11-22T21:00:00+00:00", "Magnitude": "3.1", "Kedalaman": "5 km",
     "Coordinates": "-6.17,106.64", "Wilayah": "Tangerang"},
]  # fmt: skip
WEATHER = {
    "adm4": "36.71.01.1001",
    "cuaca": [
        {"datetime": "2026-11-23T03:00:00+00:00", "t": 30, "hu": 70, "ws": 9.4, "wd": "NE",
         "weather_desc": "Cerah", "weather_desc_en": "Sunny"},
    ],
}  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def city(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    async with opened_city(f"sqlite:///{tmp_path_factory.mktemp('warnings')}/city.db") as opened:
        yield opened


@pytest.fixture
def warned(city: City) -> City:
    """The city with sources of warnings plugged in."""
    made = {
        "bmkg-peringatan": MemoryAlerts(
            "bmkg-peringatan", [read_alert(row, origin_of("bmkg-peringatan")) for row in MESSAGES]
        ),
        "bmkg-gempa": MemoryEarthquakes(
            "bmkg-gempa", [read_earthquake(row, origin_of("bmkg-gempa")) for row in QUAKES]
        ),
        "bmkg-cuaca": MemoryForecasts(
            "bmkg-cuaca", [read_forecast(WEATHER, origin_of("bmkg-cuaca"))]
        ),
    }
    return with_sources(city, made)


def with_sources(city: City, made: dict[str, Any]) -> City:
    sources = [
        Source(replace(source.binding, system="memory"), made[source.key])
        if source.key in made
        else source
        for source in city.board
    ]
    return replace(city, board=Switchboard(sources, registry.PORTS))


ALL = '{ alerts { event } earthquakes { region } forecast(area: "36.71.01.1001") { hours { at } } }'


# ------------------------------------------------------------------------------- no source


async def test_without_a_source_everything_is_null_and_says_so(city: City) -> None:
    context = city.context(lang="en")
    result = await city.ask(ALL, context=context)
    assert result.errors is None
    assert result.data == {"alerts": None, "earthquakes": None, "forecast": None}
    told = {one["connector"]: one for one in context.problem_sources}
    assert set(told) == {"bmkg-peringatan", "bmkg-gempa", "bmkg-cuaca"}
    for one in told.values():
        assert one["state"] == "DISABLED"
        assert one["message"] == "No source is configured for this part yet."


async def test_the_sources_to_come_are_listed_as_pending(city: City) -> None:
    data = await city.data("{ connectors(state: PENDING) { key kind name } }")
    kinds = {one["key"]: one["kind"] for one in data["connectors"]}
    assert kinds.items() >= {
        ("bmkg-peringatan", "CAP"), ("bmkg-gempa", "BMKG"), ("bmkg-cuaca", "BMKG"),
    }  # fmt: skip


# ------------------------------------------------------------------------------- alerts


async def test_alerts_in_force_come_most_severe_first_with_all_their_words(warned: City) -> None:
    data = await warned.data(
        """{ alerts {
          identifier sender sentAt message test replaces event(lang: "en") headline description
          instruction(lang: "id") category severity urgency certainty effectiveAt onsetAt expiresAt
          active contact media { url role } source { localId quality connector { key state } }
        } }"""
    )
    assert [alert["identifier"] for alert in data["alerts"]] == ["new", "rain", "words"]
    new, rain, _ = data["alerts"]
    assert new["message"] == "UPDATE"
    assert new["replaces"] == ["old,bmkg@example,2026-11-23T00:30:00+00:00"]
    assert rain == {
        "identifier": "rain",
        "sender": "bmkg@example",
        "sentAt": "2026-11-23T07:30:00+07:00",
        "message": "ALERT",
        "test": False,
        "replaces": [],
        "event": "Heavy rain",
        "headline": "Waspada hujan",
        "description": None,
        "instruction": "Stay inside",
        "category": ["MET"],
        "severity": "SEVERE",
        "urgency": "UNKNOWN",
        "certainty": "UNKNOWN",
        "effectiveAt": None,
        "onsetAt": "2026-11-23T08:30:00+07:00",
        "expiresAt": "2026-11-23T10:30:00+07:00",
        "active": True,
        "contact": None,
        "media": [{"url": "https://bmkg.example/rain.jpg", "role": "INFOGRAPHIC"}],
        "source": {
            "localId": "rain,bmkg@example,2026-11-23T00:30:00+00:00",
            "quality": "OFFICIAL",
            "connector": {"key": "bmkg-peringatan", "state": "ENABLED"},
        },
    }


async def test_alerts_speak_the_language_of_the_question(warned: City) -> None:
    data = await warned.data(
        '{ en: alerts(lang: "en") { event } id: alerts(lang: "id") { event } }'
    )
    assert data["en"][0] == {"event": "Heavy rain"}
    assert data["id"][0] == {"event": "Hujan lebat"}


async def test_past_and_all_alerts_can_be_asked_for(warned: City) -> None:
    data = await warned.data(
        """{
          past: alerts(active: false) { identifier active }
          all: alerts(active: null) { identifier }
          severe: alerts(minSeverity: SEVERE) { identifier }
          health: alerts(categories: [HEALTH, FIRE]) { identifier }
        }"""
    )
    assert data["past"] == [{"identifier": "old", "active": False}]
    assert [one["identifier"] for one in data["all"]] == ["new", "old", "rain", "words"]
    assert [one["identifier"] for one in data["severe"]] == ["new", "rain"]
    assert [one["identifier"] for one in data["health"]] == ["words"]


async def test_an_alert_is_found_where_it_holds(warned: City) -> None:
    async def found(geo: str) -> set[str]:
        data = await warned.data(f"{{ alerts(geo: {{ {geo} }}) {{ identifier }} }}")
        return {one["identifier"] for one in data["alerts"]}

    assert await found("near: { point: { lat: -6.178, lng: 106.63 }, radiusM: 1 }") == {"rain"}
    assert await found("near: { point: { lat: -6.3, lng: 106.63 }, radiusM: 1000 }") == set()
    assert await found("bbox: { west: 106.6, south: -6.2, east: 106.7, north: -6.1 }") == {"rain"}
    # Kecamatan Tangerang by its outline, Kecamatan Cipondoh by the code the alert names.
    assert await found('area: "36.71.01"') == {"rain"}
    assert await found('area: "36.71.07"') == {"rain"}
    assert await found('area: "36.71.05.1001"') == {"new"}
    assert await found('area: "36.71"') == {"new", "rain"}
    assert await found('area: "36.71.13"') == set()


async def test_an_alert_tells_its_shape_its_areas_and_whether_it_affects_a_point(
    warned: City,
) -> None:
    data = await warned.data(
        """{ alerts {
          areas { description geometry areas { kode } }
          here: affects(point: { lat: -6.178, lng: 106.63 })
          there: affects(point: { lat: -6.2, lng: 106.63 })
        } }"""
    )
    new, rain, words = data["alerts"]
    # The code of another city is not one of this city's areas.
    assert new["areas"] == [
        {
            "description": "Kecamatan Cipondoh",
            "geometry": None,
            "areas": [{"kode": "36.71.05"}],
        }
    ]
    assert (rain["here"], rain["there"]) == (True, False)
    assert rain["areas"][0]["areas"] == [{"kode": "36.71.01"}, {"kode": "36.71.07"}]
    assert rain["areas"][0]["geometry"]["coordinates"][0] == [
        [106.6285, -6.1795],
        [106.6315, -6.1795],
        [106.6315, -6.1765],
        [106.6285, -6.1765],
        [106.6285, -6.1795],
    ]
    assert words["areas"][0]["areas"] is None


async def test_a_node_is_fetched_by_id_unless_it_is_not_public(warned: City) -> None:
    data = await warned.data("{ alerts { id identifier } earthquakes { id region } }")
    for name, answered, key in (("Alert", "alerts", "identifier"), ("Earthquake", "earthquakes", "region")):  # fmt: skip
        one = data[answered][0]
        found = await resolve.NODES[name](warned.context(), ids.scoped_id(one["id"], name))
        assert getattr(found, key) == one[key]
    test = ScopedId("bmkg-peringatan", "test,bmkg@example,2026-11-23T00:30:00+00:00")
    assert await resolve.NODES["Alert"](warned.context(), test) is None


# ------------------------------------------------------------------------------- quakes, weather


async def test_earthquakes_come_newest_first_with_their_distance(warned: City) -> None:
    data = await warned.data(
        """{
          earthquakes {
            at magnitude depthKm point { lat lng } region tsunami felt
            shakemap { url role kind } distanceKm(from: { lat: -6.17, lng: 106.64 })
          }
          felt: earthquakes(feltOnly: true) { region }
          strong: earthquakes(minMagnitude: 3.5) { region }
          near: earthquakes(near: { point: { lat: -6.17, lng: 106.64 } }) { region }
          one: earthquakes(first: 1) { region }
        }"""
    )
    weak, strong = data["earthquakes"]
    assert (weak["region"], weak["distanceKm"], weak["felt"]) == ("Tangerang", 0.0, None)
    # Worked by hand: 0.73 degrees south and 1.44 degrees west, 81.2 km and 159.1 km.
    assert strong.pop("distanceKm") == pytest.approx(178.6, abs=0.3)
    assert strong == {
        "at": "2026-11-23T03:00:00+07:00",
        "magnitude": 5.2,
        "depthKm": 10.0,
        "point": {"lat": -6.9, "lng": 105.2},
        "region": "75 km BaratDaya Bayah",
        "tsunami": "Tidak",
        "felt": "II Tangerang",
        "shakemap": {"url": "https://bmkg.example/1.jpg", "role": "SHAKEMAP", "kind": "PHOTO"},
    }
    bayah, here = {"region": "75 km BaratDaya Bayah"}, {"region": "Tangerang"}
    assert (data["felt"], data["strong"]) == ([bayah], [bayah])
    assert (data["near"], data["one"]) == ([here], [here])


async def test_the_weather_of_a_kelurahan_and_of_one_that_nobody_forecasts(warned: City) -> None:
    data = await warned.data(
        """{
          forecast(area: "36.71.01.1001") {
            area { kode level }
            hours { at tempC humidity weather(lang: "en") windKmh windFrom }
            source { localId }
          }
          other: forecast(area: "36.71.05.1001") { source { localId } }
        }"""
    )
    assert data["forecast"] == {
        "area": {"kode": "36.71.01.1001", "level": "KELURAHAN"},
        "hours": [
            {
                "at": "2026-11-23T10:00:00+07:00",
                "tempC": 30.0,
                "humidity": 70,
                "weather": "Sunny",
                "windKmh": 9.4,
                "windFrom": "NE",
            }
        ],
        "source": {"localId": "36.71.01.1001"},
    }
    assert data["other"] is None


# ------------------------------------------------------------------------------- wrong input


@pytest.mark.parametrize(
    ("query", "code", "message"),
    [
        (
            '{ forecast(area: "x") { source { localId } } }',
            "BAD_INPUT",
            "`area` must be a Kemendagri",
        ),
        ('{ forecast(area: "36.71") { source { localId } } }', "BAD_INPUT", "code of a kelurahan"),
        (
            '{ forecast(area: "31.71.01.1001") { hours { at } } }',
            "OUT_OF_AREA",
            "not an area of this",
        ),
        ('{ alerts(geo: { area: "31.71" }) { event } }', "OUT_OF_AREA", "not an area of this city"),
        ("{ earthquakes(first: -1) { at } }", "BAD_INPUT", "`first` must be from 0 to 500"),
        ("{ earthquakes(first: 501) { at } }", "BAD_INPUT", "`first` must be from 0 to 500"),
        (
            "{ earthquakes(near: { point: { lat: 91, lng: 0 } }) { at } }",
            "BAD_INPUT",
            "`near.point`: latitude must be",
        ),
        (
            "{ earthquakes { distanceKm(from: { lat: 0, lng: 181 }) } }",
            "BAD_INPUT",
            "`from`: longitude must be",
        ),
        (
            "{ alerts { affects(point: { lat: -91, lng: 0 }) } }",
            "BAD_INPUT",
            "`point`: latitude must be",
        ),
    ],
)
async def test_a_wrong_question_is_told_what_is_wrong(
    warned: City, query: str, code: str, message: str
) -> None:
    result = await warned.ask(query)
    assert result.errors
    error: Any = result.errors[0].original_error
    assert error.code.value == code
    assert message in error.message


# ------------------------------------------------------------------------------- failure


class Failing:
    """A source of warnings that cannot be reached."""

    async def find_alerts(self, _criteria: Any) -> Any:
        raise errors.Unreachable("no route to 10.0.0.1")


async def test_a_source_that_fails_is_not_silence(city: City) -> None:
    broken = with_sources(city, {"bmkg-peringatan": Failing()})
    context = broken.context()
    result = await broken.ask(ALL, context=context)
    assert result.data == {"alerts": None, "earthquakes": None, "forecast": None}
    assert result.errors is not None
    (error,) = result.errors
    assert isinstance(error.original_error, errors.Unreachable)
    told = {one["connector"]: one["state"] for one in context.problem_sources}
    assert told["bmkg-peringatan"] == "DOWN"
    source = broken.board.get("bmkg-peringatan")
    assert source is not None
    assert source.state is ConnectorState.DOWN


async def test_dead_areas_take_only_themselves(warned: City) -> None:
    with warned.without("wilayah"):
        result = await warned.ask("{ alerts { identifier areas { areas { kode } } } }")
    assert result.data is not None
    assert [one["identifier"] for one in result.data["alerts"]] == ["new", "rain", "words"]
    assert [one["areas"][0]["areas"] for one in result.data["alerts"]] == [None, None, None]
