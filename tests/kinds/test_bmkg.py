"""BMKG's open data, in the shapes it has and had: earthquakes and the forecast for a kelurahan."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from catalog import bindings
from connectors import errors, registry
from connectors.ports.common import GeoPoint
from connectors.ports.warnings import Earthquake, EarthquakeCriteria, Forecast
from connectors.testing.warnings import EarthquakeSourcePromises, ForecastSourcePromises
from connectors.upkeep.documents import Answer
from tests import builders
from tests.kinds.cap_publisher import Site, noted

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "sources"
FIXTURES = Path(__file__).resolve().parents[3] / "shared" / "fixtures" / "bmkg"


def quake(**more: Any) -> dict[str, Any]:
    """An earthquake as BMKG writes it. None leaves a name out."""
    row = {
        "Tanggal": "23 Nov 2026",
        "Jam": "08:15:30 WIB",
        "DateTime": "2026-11-23T01:15:30+00:00",
        "Coordinates": "-6.89,106.67",
        "Lintang": "6.89 LS",
        "Bujur": "106.67 BT",
        "Magnitude": "5.1",
        "Kedalaman": "10 km",
        "Wilayah": "Pusat gempa berada di laut 20 km Baratdaya Lebak",
        "Potensi": "Tidak berpotensi tsunami",
        "Dirasakan": "III Lebak, II Tangerang",
        **more,
    }
    return {name: value for name, value in row.items() if value is not None}


def quakes(*rows: Any) -> bytes:
    return orjson.dumps({"Infogempa": {"gempa": list(rows)}})


async def read(document: bytes, **options: Any) -> list[Earthquake]:
    source = await Site(list=document).open("bmkg.earthquakes", "earthquakes", **options)
    return list(await source.find_earthquakes(EarthquakeCriteria(), 100))


async def one(**more: Any) -> Earthquake:
    (found,) = await read(quakes(quake(**more)))
    return found


class TestTheQuakePromises(EarthquakeSourcePromises):
    @pytest.fixture
    async def source(self) -> Any:
        rows = (
            quake(DateTime="2026-11-22T01:00:00+00:00", Magnitude="3.2", Dirasakan="-"),
            quake(),
        )
        return await Site(list=quakes(*rows)).open("bmkg.earthquakes", "earthquakes")

    @pytest.fixture
    async def quakes(self, source: Any) -> Any:
        return list(await source.find_earthquakes(EarthquakeCriteria(), 100))


# ------------------------------------------------------------------------------- earthquakes


async def test_the_latest_one_is_an_object_and_the_lists_are_lists() -> None:
    latest = orjson.dumps({"Infogempa": {"gempa": quake(Shakemap="20261123081530.mmi.jpg")}})
    (found,) = await read(latest)
    assert found.at == datetime(2026, 11, 23, 1, 15, 30, tzinfo=UTC)
    assert found.magnitude == 5.1
    assert found.depth_km == 10
    assert found.point == GeoPoint(-6.89, 106.67)
    assert found.tsunami == "Tidak berpotensi tsunami"
    assert found.felt == "III Lebak, II Tangerang"
    assert found.shakemap is not None
    assert found.shakemap.url == "https://agency.example/20261123081530.mmi.jpg"
    assert [each.origin.local_id for each in await read(quakes(quake()))] == [found.origin.local_id]


async def test_maps_lie_beside_the_list_or_where_the_line_says() -> None:
    document = quakes(quake(Shakemap="1.mmi.jpg"))
    (found,) = await read(document, shakemaps="https://static.example/maps/")
    assert found.shakemap is not None
    assert found.shakemap.url == "https://static.example/maps/1.mmi.jpg"
    assert (await one(Shakemap="https://x.example/1.jpg")).shakemap is not None
    for nothing in ("", "-", None):
        assert (await one(Shakemap=nothing)).shakemap is None


@pytest.mark.parametrize(
    "more",
    [
        {"DateTime": None},
        {"DateTime": ""},
        {"DateTime": "2026-11-23 08:15:30"},
        {"DateTime": None, "Tanggal": "23-Nov-26", "Jam": "10:15:30 WIT"},
        {"DateTime": None, "Tanggal": "23 November 2026", "Jam": "09.15.30 WITA"},
        {"DateTime": "2026-11-23T01:15:30Z"},
        {"DateTime": "2026-11-23T08:15:30+07:00"},
    ],
)
async def test_the_moment_is_read_from_the_words_where_it_has_no_offset(
    more: dict[str, Any],
) -> None:
    assert (await one(**more)).at == datetime(2026, 11, 23, 1, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("month", "number"), [("Mei", 5), ("Agu", 8), ("Ags", 8), ("Okt", 10), ("Nop", 11), ("Des", 12)]
)
async def test_months_are_indonesian(month: str, number: int) -> None:
    found = await one(DateTime=None, Tanggal=f"01 {month} 2026", Jam="07:00:00 WIB")
    assert found.at == datetime(2026, number, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("more", "point"),
    [
        ({"Coordinates": None}, GeoPoint(-6.89, 106.67)),
        ({"Coordinates": "106.67,-6.89"}, GeoPoint(-6.89, 106.67)),
        ({"Coordinates": "-6.89 , 106.67"}, GeoPoint(-6.89, 106.67)),
        ({"Coordinates": None, "Lintang": "2,5 LU", "Bujur": "99.1 BT"}, GeoPoint(2.5, 99.1)),
        ({"Coordinates": "0,98.5"}, GeoPoint(0, 98.5)),
    ],
)
async def test_the_place_is_read_from_the_words_where_the_numbers_fail(
    more: dict[str, Any], point: GeoPoint
) -> None:
    assert (await one(**more)).point == point


async def test_numbers_come_with_commas_words_and_units() -> None:
    found = await one(Magnitude="M 5,1", Kedalaman="10 Km")
    assert (found.magnitude, found.depth_km) == (5.1, 10)
    found = await one(Magnitude=5.1, Kedalaman=10)
    assert (found.magnitude, found.depth_km) == (5.1, 10)


async def test_xml_is_read_like_json() -> None:
    leaves = "".join(f"<{n}>{v}</{n}>" for n, v in quake(Coordinates=None).items())
    body = (
        f"<Infogempa><gempa>{leaves}<point><coordinates>-6.89,106.67</coordinates></point></gempa>"
    )
    (found,) = await read(f"{body}</Infogempa>".encode())
    assert found.point == GeoPoint(-6.89, 106.67)
    assert found.at == datetime(2026, 11, 23, 1, 15, 30, tzinfo=UTC)


async def test_one_earthquake_of_several_lists_is_one_and_knows_what_each_says() -> None:
    site = Site(
        latest=quakes(quake(Dirasakan=None, Shakemap="1.mmi.jpg", Magnitude="5.2")),
        felt=quakes(quake(Potensi=None, Coordinates="-6.9,106.7")),
        strong=quakes(quake(), quake(Coordinates="2.0,128.0", Lintang="2 LU", Bujur="128 BT")),
    )
    source = await site.open("bmkg.earthquakes", "earthquakes", url=["/latest", "/felt", "/strong"])
    found, beside = await noted(source.find_earthquakes(EarthquakeCriteria(), 100))
    assert [each.point.lng for each in found] == [106.67, 128.0]
    merged = found[0]
    assert merged.magnitude == 5.2
    assert merged.felt == "III Lebak, II Tangerang"
    assert merged.shakemap is not None
    assert beside.trouble is None
    assert source.rejected == []


async def test_a_row_that_cannot_be_read_is_told_and_the_others_count() -> None:
    document = quakes(quake(), quake(Magnitude="kuat", Coordinates="5,5"), "rubbish", None)
    source = await Site(list=document).open("bmkg.earthquakes", "earthquakes")
    found, beside = await noted(source.find_earthquakes(EarthquakeCriteria(), 100))
    assert len(found) == 1
    assert beside.partial
    assert len(source.rejected) == 3


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b'{"Infogempa": null}',
        b'{"Infogempa": {"gempa": "none"}}',
        b'{"Infogempa": {}}',
        b"<rss/>",
        b'{"Infogempa": {"gempa": [{"a": 1}]}}',
        orjson.dumps({"Infogempa": {"gempa": [quake()] * 1001}}),
    ],
)
async def test_another_shape_is_no_silence(document: bytes) -> None:
    with pytest.raises(errors.Unreadable):
        await read(document)


async def test_a_list_that_says_there_were_none_is_believed() -> None:
    assert await read(quakes()) == []


# ------------------------------------------------------------------------------- forecast

CODE = "36.71.05.1001"


def step(hour: int, **more: Any) -> dict[str, Any]:
    """Three hours of the forecast, as BMKG writes them."""
    row = {
        "datetime": f"2026-11-23T{hour:02}:00:00Z",
        "utc_datetime": f"2026-11-23 {hour:02}:00:00",
        "local_datetime": f"2026-11-23 {hour + 7:02}:00:00",
        "t": 31,
        "hu": 70,
        "weather": 61,
        "weather_desc": "Hujan Sedang",
        "weather_desc_en": "Rain",
        "wd": "SW",
        "ws": 7.3,
        "analysis_date": "2026-11-23T00:00:00",
        **more,
    }
    return {name: value for name, value in row.items() if value is not None}


def forecast(*days: Any, code: str = CODE, zone: str = "Asia/Jakarta") -> bytes:
    place = {"adm4": code, "desa": "Sukasari", "timezone": zone}
    return orjson.dumps({"lokasi": place, "data": [{"lokasi": place, "cuaca": list(days)}]})


async def ask(document: bytes | Answer, code: str = CODE) -> Forecast | None:
    site = Site()
    site.pages[f"/cuaca?adm4={code}"] = document
    source = await site.open("bmkg.forecast", "forecast", url="/cuaca")
    (found,) = await source.forecasts_by_id([code])
    return found  # type: ignore[no-any-return]


class TestTheForecastPromises(ForecastSourcePromises):
    @pytest.fixture
    async def source(self) -> Any:
        site = Site()
        for code in (CODE, "36.71.01.1002"):
            site.pages[f"/cuaca?adm4={code}&v=1"] = forecast([step(6), step(3)], code=code)
        return await site.open("bmkg.forecast", "forecast", url="/cuaca?adm4={adm4}&v=1")

    @pytest.fixture
    async def forecasts(self, source: Any) -> Any:
        return await source.forecasts_by_id([CODE, "36.71.01.1002"])


async def test_the_days_are_put_behind_each_other_by_time() -> None:
    found = await ask(forecast([step(6), step(3)], [step(9, weather_desc=None, weather=95)], []))
    assert found is not None
    assert found.area == CODE
    assert found.origin.as_of == datetime(2026, 11, 23, tzinfo=UTC)
    assert [hour.at.hour for hour in found.hours] == [3, 6, 9]
    first, _, last = found.hours
    assert (first.temp_c, first.humidity, first.wind_kmh, first.wind_from) == (31, 70, 7.3, "SW")
    assert first.weather is not None
    assert dict(first.weather) == {"id": "Hujan Sedang", "en": "Rain"}
    assert last.weather is not None
    assert dict(last.weather) == {"id": "Hujan Petir", "en": "Rain"}


@pytest.mark.parametrize(
    ("more", "zone"),
    [
        ({"datetime": None}, ""),
        ({"datetime": None, "utc_datetime": None}, "+0700"),
        ({"datetime": None, "utc_datetime": None}, "Asia/Jakarta"),
        ({"datetime": "rubbish", "utc_datetime": "2026-11-23T03:00:00"}, "Mars"),
    ],
)
async def test_the_time_of_a_step_is_taken_from_what_is_there(
    more: dict[str, Any], zone: str
) -> None:
    found = await ask(forecast([step(3, **more)], zone=zone))
    assert found is not None
    assert [hour.at for hour in found.hours] == [datetime(2026, 11, 23, 3, tzinfo=UTC)]


async def test_words_are_made_of_codes_and_winds_of_words_where_that_is_needed() -> None:
    bare = {"weather_desc": None, "weather_desc_en": None, "hu": "88", "t": "-"}
    found = await ask(
        forecast([step(3, **bare, weather=103, wd="Barat Daya"), step(6, weather=None)])
    )
    assert found is not None
    hour = found.hours[0]
    assert hour.weather is not None
    assert dict(hour.weather) == {"id": "Berawan", "en": "Mostly Cloudy"}
    assert (hour.wind_from, hour.humidity, hour.temp_c) == ("SW", 88, None)
    found = await ask(forecast([step(3, **bare, weather=77)]))
    assert found is not None
    assert found.hours[0].weather is None, "a code nobody knows is not guessed at"


async def test_steps_without_days_are_read_and_a_step_that_comes_twice_is_one() -> None:
    found = await ask(forecast(step(3), step(6), step(3, t=1)))
    assert found is not None
    assert [(hour.at.hour, hour.temp_c) for hour in found.hours] == [(3, 31), (6, 31)]


async def test_a_place_without_a_forecast_is_none_and_larger_areas_are_not_asked_for() -> None:
    assert await ask(b'{"data": []}') is None
    assert await ask(Answer(404, {}, b'{"message": "Data tidak ditemukan"}')) is None
    site = Site()
    source = await site.open("bmkg.forecast", "forecast", url="/cuaca")
    assert list(await source.forecasts_by_id(["36.71", "36.71.05", "x&y=1"])) == [None] * 3
    assert site.asked == []


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"[]",
        b"{}",
        b'{"data": "none"}',
        b'{"data": [1]}',
        forecast(),
        forecast([]),
        forecast([1, 2]),
        forecast([{"t": 3}]),
        forecast([step(3)], code="36.71.05.1002"),
        forecast([step(3)] * 1001),
    ],
)
async def test_a_forecast_in_another_shape_or_of_another_place_is_an_error(document: bytes) -> None:
    with pytest.raises(errors.Unreadable):
        await ask(document)


async def test_of_several_kelurahan_only_the_failing_one_fails() -> None:
    site = Site()
    site.pages[f"/cuaca?adm4={CODE}"] = forecast([step(3)])
    site.pages["/cuaca?adm4=36.71.05.1002"] = Answer(500, {})
    source = await site.open("bmkg.forecast", "forecast", {"max_retries": 0}, url="/cuaca")
    good, bad = await source.forecasts_by_id([CODE, "36.71.05.1002"])
    assert good.area == CODE
    assert isinstance(bad, errors.Broken)
    assert bad.source == "agency"


async def test_each_kelurahan_is_asked_for_once_while_its_forecast_is_fresh() -> None:
    site = Site()
    site.pages[f"/cuaca?adm4={CODE}"] = forecast([step(3)])
    site.pages["/cuaca?adm4=36.71.05.1002"] = b'{"data": []}'
    source = await site.open("bmkg.forecast", "forecast", url="/cuaca")
    codes = [CODE, "36.71.05.1002"]
    first = await source.forecasts_by_id(codes)
    assert await source.forecasts_by_id(codes) == first
    assert len(site.asked) == 2


PROVINCE = b"""<?xml version="1.0"?><data source="meteofactory"><forecast domain="local">
  <issue><timestamp>20261123000000</timestamp></issue>
  <area id="501233" type="land" description="Kota Tangerang" domain="Banten">
    <name xml:lang="id_ID">Kota Tangerang</name>
    <parameter id="hu" type="hourly"><timerange h="6" datetime="202611230600">
      <value unit="%">80</value></timerange></parameter>
    <parameter id="humax" type="daily"><timerange datetime="202611231200">
      <value unit="%">99</value></timerange></parameter>
    <parameter id="t" type="hourly">
      <timerange h="6" datetime="202611230600"><value unit="C">30</value>
        <value unit="F">86</value></timerange>
      <timerange h="0" datetime="202611230000"><value unit="C">25</value></timerange></parameter>
    <parameter id="weather" type="hourly"><timerange h="0" datetime="202611230000">
      <value unit="icon">60</value></timerange></parameter>
    <parameter id="wd" type="hourly"><timerange h="0" datetime="202611230000">
      <value unit="deg">225</value><value unit="CARD">SW</value></timerange></parameter>
    <parameter id="ws" type="hourly"><timerange h="0" datetime="202611230000">
      <value unit="Kt">10</value></timerange></parameter>
  </area><area id="9" description="Selat Sunda"/></forecast></data>"""


@pytest.mark.parametrize("name", ["501233", "kota tangerang"])
async def test_the_older_xml_of_a_province_tells_the_weather_of_the_city(name: str) -> None:
    site = Site(banten=PROVINCE)
    source = await site.open("bmkg.forecast", "forecast", url="/banten", areas={"36.71": name})
    codes = [CODE, "36.03.01.1001", "36.71", "36.71.05.1002"]
    found, other, larger, second = await source.forecasts_by_id(codes)
    assert (other, larger) == (None, None)
    assert second.area == "36.71.05.1002"
    assert found.area == CODE
    assert found.origin.as_of == datetime(2026, 11, 23, tzinfo=UTC)
    night, noon = found.hours
    assert (night.at.hour, night.temp_c, night.wind_from, night.wind_kmh) == (0, 25, "SW", 18.5)
    assert dict(night.weather) == {"id": "Hujan Ringan", "en": "Light Rain"}
    assert (noon.at.hour, noon.temp_c, noon.humidity) == (6, 30, 80)
    assert site.asked == ["/banten"]


@pytest.mark.parametrize("body", [b"", b"<data/>", b"<data><forecast/></data>", b"{}", PROVINCE])
async def test_a_province_in_another_shape_or_without_the_city_is_an_error(body: bytes) -> None:
    site = Site(banten=body)
    source = await site.open("bmkg.forecast", "forecast", url="/banten", areas={"36.71": "Serang"})
    with pytest.raises(errors.Unreadable):
        await source.forecasts_by_id([CODE])


@pytest.mark.parametrize(
    ("system", "port", "options", "says"),
    [
        ("bmkg.forecast", "forecast", {"url": ["/a", "/b"]}, "one address"),
        ("bmkg.forecast", "forecast", {"shakemaps": "/a"}, "'shakemaps'"),
        ("bmkg.forecast", "forecast", {"areas": {"36.71": 3}}, "`areas`"),
        ("bmkg.forecast", "forecast", {"areas": {"Banten": "9"}}, "`areas`"),
        ("bmkg.earthquakes", "earthquakes", {"url": None}, "`url`"),
        ("bmkg.earthquakes", "earthquakes", {"shakemaps": "maps"}, "`shakemaps`"),
        ("bmkg.earthquakes", "earthquakes", {"headers": {"a": 1}}, "`headers`"),
    ],
)
async def test_a_wrong_option_says_what_it_takes(
    system: str, port: str, options: dict[str, Any], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        await Site().open(system, port, **options)


async def test_the_example_lines_can_be_switched_on_as_they_are() -> None:
    lines = [line for line in bindings.read_folder(EXAMPLES) if line.key.startswith("bmkg-")]
    assert [line.serves for line in lines] == [("alerts",), ("earthquakes",), ("forecast",)]
    for line in lines:
        source = await registry.open_source(line, builders.tools())
        assert source.name == line.key


async def test_recorded_documents_are_read_where_they_are_at_hand() -> None:
    if not FIXTURES.is_dir():
        return
    for name in ("autogempa", "gempadirasakan", "gempaterkini"):
        assert await read((FIXTURES / f"{name}.json").read_bytes())
    document = (FIXTURES / "forecast_response.json").read_bytes()
    code = orjson.loads(document)["data"][0]["lokasi"]["adm4"]
    found = await ask(document, code)
    assert found is not None
    assert all(hour.weather for hour in found.hours)
