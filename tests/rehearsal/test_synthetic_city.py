"""The synthetic city, asked through the real graph: every source of it answers."""

from __future__ import annotations

import base64
import itertools
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest

from catalog import bindings
from catalog.pack import Pack
from connectors.upkeep.http import named_hosts
from gateway.lifespan import prepare
from gateway.settings import Mode, Settings
from gateway.synthetic.city import PORT, SOURCES, TEAMS
from gateway.synthetic.exchange import Question
from gateway.synthetic.town import SAMPLE, Town
from tests.commands import PATIENCE, ROOT, environment, run
from tests.synthetic import rehearsal

HOME = """
{ home(at: { lat: -6.17028, lng: 106.64028 }) {
    area { kode }
    alerts { headline source { quality } }
    complaintSummary { total }
    departures { departures { leavesAt realtime line { shortName } stop { name } } }
    prices { commodity { name } price { amount } source { quality } }
    jobs { title closesAt source { quality } }
    events { name source { quality } }
    places { name source { quality } }
    apps { name source { quality } }
    emergency { name dial source { quality } }
    sources { connector { key } state code }
} }
"""


@pytest.fixture
async def city(tmp_path):
    async with rehearsal(tmp_path) as opened:
        yield opened


async def test_the_first_screen_has_all_sections_and_all_sources_are_well(city):
    home = (await city.data(HOME))["home"]
    assert home["area"]["kode"].startswith("36.71.01")
    assert home["complaintSummary"]["total"] > 300
    lines = {d["line"]["shortName"] for d in home["departures"]["departures"]}
    assert lines == {"K1", "K2", "KA"}
    for section in ("alerts", "prices", "jobs", "events", "places", "apps", "emergency"):
        assert home[section], section
        assert {one["source"]["quality"] for one in home[section]} == {"SAMPLE"}, section
    assert {s["connector"]["key"]: s["state"] for s in home["sources"] if s["state"] != "OK"} == {}


QUESTIONS: dict[str, tuple[str, set[str]]] = {
    "complaints": (
        """{ complaints(first: 500) { totalCount edges { node {
             id description createdAt category { name } } } } }""",
        {"pengaduan", "drainase"},
    ),
    "alerts": ("{ alerts { id headline } }", {"bus-kabar", "peringatan", "peringatan-cuaca"}),
    "earthquakes": ("{ earthquakes { id magnitude } }", {"gempa"}),
    "places": ("{ places(first: 200) { edges { node { id name } } } }", {"wisata", "fasilitas"}),
    "events": ("{ events(first: 100) { edges { node { id name } } } }", {"agenda"}),
    "jobs": ("{ jobs(first: 100) { edges { node { id title } } } }", {"loker", "karier"}),
    "apps": ("{ apps(first: 100) { edges { node { id name } } } }", {"aplikasi"}),
    "emergency": ("{ emergencyContacts { id name dial } }", {"siaga"}),
    "departments": ("{ departments { edges { node { id name } } } }", {"dinas"}),
    "lines": ("{ lines { edges { node { id shortName } } } }", {"bus", "kereta"}),
    "stops": ("{ stops(first: 100) { edges { node { id name } } } }", {"bus", "kereta"}),
    "markets": ("{ markets { edges { node { id name } } } }", {"pasar-kota", "harga-pasar"}),
    "prices": (
        "{ prices(where: {}, first: 200) { edges { node { commodity { id } } } } }",
        {"harga-pihps", "harga-panel", "harga-pasar"},
    ),
    "tours": ("{ tours { edges { node { id name } } } }", {"jelajah"}),
    "guides": ("{ guides { edges { node { id name } } } }", {"pemandu"}),
    "vehicles": (
        "{ vehicles(bbox: { south: -6.3, west: 106.5, north: -6.0, east: 106.8 }) { id } }",
        {"bus-posisi", "kereta-waktu-nyata"},
    ),
}
"""A question of each domain, and the sources that must be in its answer."""


def ids(found):
    """All ids in an answer, wherever they stand."""
    if isinstance(found, dict):
        if isinstance(found.get("id"), str):
            yield found["id"]
        for each in found.values():
            yield from ids(each)
    elif isinstance(found, list):
        for each in found:
            yield from ids(each)


def source_of(id_):
    """The source that an id of the graph names."""
    return base64.urlsafe_b64decode(id_ + "=" * (-len(id_) % 4)).decode().split(":")[1]


async def test_every_domain_is_answered_by_its_sources(city):
    for domain, (query, keys) in QUESTIONS.items():
        found = await city.data(query)
        assert {source_of(id_) for id_ in ids(found)} == keys, domain


async def test_a_kelurahan_has_its_forecast(city):
    found = await city.data('{ forecast(area: "36.71.01.1002") { area { kode } hours { at } } }')
    assert found["forecast"]["area"]["kode"] == "36.71.01.1002"
    assert len(found["forecast"]["hours"]) > 8


async def test_stops_and_lines_are_found_by_their_names(city):
    found = await city.data('{ search(q: "Koridor") { edges { node { __typename } } } }')
    assert {"node": {"__typename": "Line"}} in found["search"]["edges"]


# ------------------------------------------------------------------------------- the pack


def lines():
    return bindings.read_folder(Pack.of("synthetic").folder / "sources")


def test_each_line_asks_the_server_that_has_its_name():
    ports = {name: PORT + number for number, name in enumerate(SOURCES, start=1)}
    asked = {line.key: list(named_hosts(line.options)) for line in lines()}
    named = {key: hosts for key, hosts in asked.items() if hosts}
    assert named == {name: [f"127.0.0.1:{port}"] for name, port in ports.items()}


def test_all_that_is_made_up_says_so():
    assert {line.quality.value for line in lines() if line.key != "wilayah"} == {"SAMPLE"}
    town = Town(Pack.of("synthetic"))
    for name, make in SOURCES.items():
        if name in PATHS:
            reply = make(town)(Question("GET", PATHS[name], {"host": "x"}))
            assert SAMPLE in reply.body.decode("utf-8", "replace"), name


PATHS = {
    "pengaduan": "/open311/v2/requests.json", "drainase": "/open311/v2/requests.xml",
    "wisata": "/", "fasilitas": "/", "agenda": "/", "peringatan": "/index.atom",
    "peringatan-cuaca": "/index.rss", "gempa": "/", "cuaca": "/?adm4=36.71.01.1002", "loker": "/",
    "harga-panel": "/api/front/harga-pangan-informasi", "harga-pasar": "/", "dinas": "/", "siaga": "/", "aplikasi": "/", "pasar-kota": "/", "bus-posisi": "/vehicles.pb",
}  # fmt: skip


def test_the_same_seed_and_day_make_the_same_city():
    def day(hour):
        moment = datetime.fromisoformat(f"2026-11-23T{hour:02}:30:00+07:00")
        return Town(Pack.of("synthetic"), now=lambda: moment)

    for name, path in PATHS.items():
        question = Question("GET", path, {"host": "x"})
        replies = [SOURCES[name](day(9))(question).body for _ in range(2)]
        assert replies[0] == replies[1], name
    other = Town(Pack.of("synthetic"), seed=1, now=day(9).now)
    question = Question("GET", "/", {})
    assert SOURCES["wisata"](other)(question) != SOURCES["wisata"](day(9))(question)


def test_the_timetable_keeps_its_tag_for_a_day_and_changes_at_midnight():
    now = datetime.fromisoformat("2026-11-23T09:30:00+07:00")
    town = Town(Pack.of("synthetic"), now=lambda: now)
    asked = Question("GET", "/gtfs.zip", {})
    first = SOURCES["bus"](town)(asked)
    now += timedelta(hours=14)
    assert SOURCES["bus"](town)(asked).etag == first.etag
    now += timedelta(hours=1)
    assert SOURCES["bus"](town)(asked).etag != first.etag


async def test_the_city_is_not_served_in_production(tmp_path):
    with pytest.raises(ValueError, match="made of samples"):
        await prepare(Settings(city="synthetic", data_dir=tmp_path, mode=Mode.PRODUCTION))


def test_the_areas_are_those_of_the_real_city():
    folder = Pack.of("synthetic").folder
    real = folder.parent / "kota_tangerang"
    for name in ("districts.csv", "villages.csv", "villages.geojson"):
        assert Path(folder / name).read_bytes() == (real / name).read_bytes()


def test_a_fault_that_there_is_not_is_told_before_anything_starts():
    said = run("synthetic-city", "--port", "0", "--fault", "wisata=api")
    assert said.returncode == 1
    assert "must be one of slow, hang" in said.stderr
    said = run("synthetic-city", "--port", "0", "--fault", "mars=hang")
    assert "the sources are: pengaduan" in said.stderr


# ------------------------------------------------------------------------------- the command


@contextmanager
def started(*arguments):
    """The command as a process of its own, once it is ready; the address of its dial."""
    process = subprocess.Popen(
        [sys.executable, "-m", "gateway", "synthetic-city", "--port", "0", *arguments],
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        said = iter(process.stdout.readline, "")
        lines = list(itertools.takewhile(lambda line: not line.startswith("Try"), said))
        found = re.search(r"^Dial: (http://\S+)", "".join(lines), re.MULTILINE)
        assert found is not None, lines
        yield process, found[1]
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)
        for pipe in (process.stdin, process.stdout):
            pipe.close()


def test_the_command_serves_all_sources_until_it_is_told_to_end():
    with started("--fault", "wisata=500") as (process, dial):
        told = httpx.get(dial).json()["sources"]
        assert set(told) == {*SOURCES, *TEAMS}
        assert httpx.get(f"{told['wisata']['url']}/").status_code == 500
        assert httpx.delete(f"{dial}/wisata").status_code == 200
        assert httpx.get(f"{told['wisata']['url']}/").json()["type"] == "FeatureCollection"
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=PATIENCE) == 0


def test_beside_a_gateway_it_ends_when_the_gateway_is_gone():
    with started("--with-parent") as (process, _):
        process.send_signal(signal.SIGINT)  # Ctrl-C reaches both; the parent ends us in order
        process.stdin.close()
        assert process.wait(timeout=PATIENCE) == 0
