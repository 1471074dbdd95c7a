"""Every kind of source meets every fault: it alone suffers, nothing leaks, and it recovers by itself.

One round per fault and half of the sources, the other half being well. Sources of one section are
in different halves where there are two of them. Time is moved, not waited for, except while a
server makes us wait: as long as a caller's patience, or the time limit of a call.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from gateway.synthetic.city import SOURCES
from gateway.synthetic.faults import Fault
from tests.synthetic import Rehearsal, rehearsal

SECRET = "kunci-yang-tidak-boleh-terlihat"
UPKEEP = {
    "fresh_for": 5, "stale_for": 0, "keep_for": "1h", "patience": 3,
    "connect_timeout": 2, "read_timeout": 3, "total_timeout": 5, "queue_timeout": 1,
    "max_retries": 1, "backoff": 0.01, "breaker_open_for": 1, "calls_per_minute": 1_000_000,
    "max_concurrent": 32, "max_bytes": 3_000_000,
}  # fmt: skip
"""Of sources that are well: they have time, for the machine of the tests is busy."""
SHORT = {**UPKEEP, "patience": 0.2, "connect_timeout": 1, "read_timeout": 1, "total_timeout": 1.5}
"""Of those that meet a fault."""
TIMETABLES = {"bus": {"total_timeout": 3}, "kereta": {"total_timeout": 3}}
"""Within that time a feed is loaded, too."""
WARM = 3.5
"""Seconds for a whole answer when last good ones are at hand."""
COLD = 7.0
"""Seconds for a whole answer when nothing is. The gateway would wait for 10."""
LATER = 6.0
"""Seconds after which nothing is fresh any more."""
MUCH_LATER = 1_000.0
"""Seconds after which every source is tried again, also one that asked to be left alone."""

ASKED_UNTIL_WELL = 4

QUESTION = """
{ home(at: { lat: -6.17028, lng: 106.64028 }) {
    alerts { id headline source { ...from } }
    complaintSummary { total }
    departures { departures { leavesAt realtime delay headsign line { id } stop { id } } }
    prices { date price { amount } commodity { name } source { ...from } }
    jobs { id title employer source { ...from } }
    events { id name startsAt source { ...from } }
    places { id name source { ...from } }
    apps { id name source { ...from } }
    emergency { id name dial source { ...from } }
    sources { connector { key } state code message retryAfter }
  }
  earthquakes { id magnitude source { ...from } }
  forecast(area: "36.71.01.1002") { source { ...from } hours { at tempC weather } }
  tours { edges { node { id name source { ...from } } } }
  guides { edges { node { id name source { ...from } } } }
  departments { edges { node { id name } } }
  markets { edges { node { id name source { ...from } } } }
  vehicles(bbox: { south: -6.3, west: 106.5, north: -6.0, east: 106.8 }) { id label }
  complaints(first: 5) { edges { node { id description source { ...from } } } }
}
fragment from on SourceRef { stale connector { key } }
"""

SECTIONS: dict[str, tuple[str, ...]] = {
    "alerts": ("bus-kabar", "peringatan", "peringatan-cuaca"),
    "complaintSummary": ("pengaduan", "drainase"),
    "departures": ("bus", "kereta", "bus-trip", "kereta-waktu-nyata"),
    "prices": ("harga-pihps", "harga-panel", "harga-pasar"),
    "jobs": ("loker", "karier"),
    "events": ("agenda",),
    "places": ("wisata", "fasilitas"),
    "apps": ("aplikasi",),
    "emergency": ("siaga",),
    "earthquakes": ("gempa",),
    "forecast": ("cuaca",),
    "departments": ("dinas",),
    "tours": ("jelajah",),
    "guides": ("pemandu",),
    "markets": ("pasar-kota", "harga-pasar"),
    "vehicles": ("bus-posisi", "kereta-waktu-nyata"),
    "complaints": ("pengaduan", "drainase"),
}
"""Whose data is in which section of the answer."""

ASKED = sorted({key for keys in SECTIONS.values() for key in keys})
FIRST_HALF = frozenset(
    {
        "bus-kabar", "peringatan", "pengaduan", "kereta", "bus-trip", "harga-pihps", "loker",
        "agenda", "wisata", "jelajah", "gempa", "dinas", "bus-posisi", "harga-panel",
    }
)  # fmt: skip
HALVES = (FIRST_HALF, frozenset(ASKED) - FIRST_HALF)

REALTIME = frozenset({"bus-trip", "kereta-waktu-nyata"})

LEAKS = (
    "sandi", "pgsql", "10.20.30.40", "169.254", "127.0.0.1", "localhost", "Traceback", "<form",
    "v2_", "v2-", "pemeliharaan", "permintaan dari", SECRET, "Bearer",
)  # fmt: skip
"""What servers say that nobody may see, where they are, and what we tell them."""


class Frozen:
    """Stands still, and is moved; whoever sleeps is woken at once."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 24, 2, 10, 30, tzinfo=UTC)
        self.passed = 1_000.0

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        # Limits of calls are of real time; what is fresh and who is left alone is ours to say.
        return self.passed + time.monotonic()

    async def sleep(self, seconds: float) -> None:
        self.passed += seconds

    def move(self, seconds: float) -> None:
        self.passed += seconds


def keep_secret(folder: Path) -> None:
    """Put the secret where the gateway looks for it."""
    secret = folder / "secrets" / "siaga" / "kunci"
    secret.parent.mkdir(parents=True)
    secret.write_text(SECRET)


@dataclass(frozen=True, slots=True)
class Watched:
    """The city, its clock in our hand, one source with a secret, and what all say when well."""

    first: Rehearsal
    clock: Frozen
    baseline: Mapping[str, Any]

    def __iter__(self) -> Iterator[Any]:
        return iter((self.first, self.clock, self.baseline))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def watched(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Watched]:
    """One set of servers for all faults."""
    folder = tmp_path_factory.mktemp("matrix")
    keep_secret(folder)
    clock = Frozen()
    options = {"siaga": {"headers": {"authorization": "Bearer {secret:kunci}"}}}
    async with rehearsal(folder, upkeep=UPKEEP, options=options, clock=clock) as city:
        yield Watched(city, clock, sections(await well(city, clock)))


def test_every_source_of_the_city_is_in_the_matrix():
    assert set(ASKED) == set(SOURCES)
    assert set(SOURCES) > FIRST_HALF


# ------------------------------------------------------------------------------- reading answers


def sections(said: Mapping[str, Any]) -> dict[str, Any]:
    """The sections of an answer, without what is said about sources."""
    data = deepcopy(said["data"])
    found = {**data.pop("home"), **data}
    found.pop("sources")
    for each in sources_in(found):
        each.pop("stale")
    return found


def sources_in(found: Any) -> Iterator[dict[str, Any]]:
    """Every `source` of a record."""
    if isinstance(found, dict):
        if isinstance(found.get("source"), dict):
            yield found["source"]
        for each in found.values():
            yield from sources_in(each)
    elif isinstance(found, list):
        for each in found:
            yield from sources_in(each)


def problems(said: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What the answer says of sources that are not well, by key."""
    told = said.get("extensions", {}).get("sources", [])
    return {each["connector"]: each for each in told}


def leaked(text: str) -> list[str]:
    return [word for word in LEAKS if word in text]


def in_log(records: list[logging.LogRecord]) -> str:
    """All that was logged, with tracebacks and all that hangs on a record."""
    form = logging.Formatter()
    return "\n".join(form.format(record) + repr(vars(record)) for record in records)


async def asked(city: Rehearsal, within: float) -> dict[str, Any]:
    """The whole answer, which must come in time."""
    began = time.monotonic()
    said = await city.ask(QUESTION)
    took = time.monotonic() - began
    assert took < within, f"{took:.2f} s"
    return said


async def well(city: Rehearsal, clock: Frozen) -> dict[str, Any]:
    """All dials back; the answer once all sources have recovered, by being asked and no more.

    The first who asks is given the last good answer still, while a newer one is fetched behind;
    of a source that was left alone one question is tried before the others are.
    """
    for key in ASKED:
        await city.well(key)
    await city.settled()
    clock.move(MUCH_LATER)
    for _ in range(ASKED_UNTIL_WELL):
        await city.ask(QUESTION)
        await city.settled()
        said = await city.ask(QUESTION)
        if not problems(said):
            return said
        clock.move(LATER)
    raise AssertionError(problems(said))


# ------------------------------------------------------------------------------- the matrix

MORE: dict[Fault, dict[str, Any]] = {Fault.SLOW: {"seconds": 0.6}}
NEEDS_ALL = {"complaintSummary"}
"""A figure without the numbers of one source would be a wrong figure."""


async def afflict(city: Rehearsal, fault: Fault, keys: frozenset[str]) -> None:
    """Turn the dials of these sources."""
    more = dict(MORE.get(fault, {}))
    if fault is Fault.REDIRECT:
        more["to"] = f"{city.servers.dial.url}/rahasia"
    for key in keys:
        await city.fault(key, fault.value, **more)


def suffering_from(fault: Fault, keys: frozenset[str], said: Mapping[str, Any]) -> frozenset[str]:
    """Those who meet the fault and cannot bear it.

    A reader may see by itself how a text is encoded; then it must read it right, of course.
    """
    return keys & set(problems(said)) if fault is Fault.ENCODING else keys


def check_told(said: Mapping[str, Any], suffering: frozenset[str], states: set[str]) -> None:
    """Exactly these sources are named, each with what is wrong in words and in a code."""
    told = problems(said)
    assert set(told) == suffering, {key: told[key] for key in set(told) - suffering}
    for key, status in told.items():
        assert status["state"] in states, (key, status)
        assert status["code"] in {"UPSTREAM_DOWN", "UPSTREAM_TIMEOUT", "UPSTREAM_INVALID"}, key
        assert status["message"], key
    home = {each["connector"]["key"]: each for each in said["data"]["home"]["sources"]}
    for key, status in home.items():
        assert status["state"] == (told[key]["state"] if key in told else "OK"), key


def check_last_good(
    said: Mapping[str, Any], baseline: Mapping[str, Any], suffering: frozenset[str]
) -> None:
    """All that was there before is there, and what is old is marked."""
    assert "errors" not in said, said.get("errors")
    found = sections(said)
    assert {name for name in baseline if found[name] != baseline[name]} == set()
    for each in sources_in(said["data"]):
        key = each["connector"]["key"]
        assert each["stale"] == (key in suffering), key


def check_without(
    said: Mapping[str, Any], baseline: Mapping[str, Any], suffering: frozenset[str]
) -> None:
    """What the sources that are well say is there, what the others would say is not."""
    found = sections(said)
    for name, keys in SECTIONS.items():
        gone = set(keys) & suffering
        if not gone:
            assert found[name] == baseline[name], name
        elif gone == set(keys) or name in NEEDS_ALL:
            assert found[name] is None, name
        else:
            assert found[name], name
            shown = {each["connector"]["key"] for each in sources_in(found[name])}
            assert not shown & suffering, name
    for error in said.get("errors", ()):
        assert error["extensions"]["source"] in suffering
        assert error["extensions"]["code"].startswith("UPSTREAM_")


def check_nothing_leaks(said: Mapping[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    assert leaked(json.dumps(said, default=str)) == []
    assert leaked(in_log(caplog.records)) == []


async def asked_cold(city: Rehearsal, silent: frozenset[str]) -> dict[str, Any]:
    """The answer when nothing is remembered yet.

    A board shows the timetable when realtime does not come within a second, which happens on a
    busy machine to sources that are well, too; who asks again has it.
    """
    said = await asked(city, within=COLD)
    if (REALTIME - silent) & set(problems(said)):
        await city.settled()
        said = await asked(city, within=COLD)
    return said


@pytest_asyncio.fixture(loop_scope="module")
async def all_well(watched: Watched) -> AsyncIterator[None]:
    """Whatever a test did, the next one finds all dials back."""
    yield
    for key in SOURCES:
        await watched.first.well(key)


@pytest.mark.usefixtures("all_well")
@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("fault", list(Fault), ids=lambda fault: fault.value)
async def test_a_fault_hurts_its_source_alone_and_passes(
    fault: Fault, watched: Watched, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    first, clock, baseline = watched
    asked_before = first.servers.dial.calls
    for number, half in enumerate(HALVES):
        await afflict(first, fault, half)
        folder = tmp_path / str(number)
        keep_secret(folder)
        upkeep = {
            key: {**(SHORT if key in half else UPKEEP), **TIMETABLES.get(key, {})}
            for key in SOURCES
        }
        async with first.opened_anew(folder, upkeep=upkeep) as city:
            # Nothing is remembered: what cannot be had is null, and says why.
            said = await asked_cold(city, frozenset() if fault is Fault.SLOW else half)
            if fault is Fault.SLOW:
                check_last_good(said, baseline, frozenset())
            else:
                suffering = suffering_from(fault, half, said)
                check_told(said, suffering, {"DOWN", "TIMEOUT"})
                check_without(said, baseline, suffering)
            check_nothing_leaks(said, caplog)
            assert sections(await well(city, clock)) == baseline

            # All have answered once: what cannot be had anew is as it was, and says so.
            await afflict(city, fault, half)
            clock.move(LATER)
            said = await asked(city, within=WARM)
            suffering = suffering_from(fault, half, said)
            check_told(said, suffering, {"STALE"})
            check_last_good(said, baseline, suffering)
            check_nothing_leaks(said, caplog)
            assert sections(await well(city, clock)) == baseline
    assert first.servers.dial.calls == asked_before, "a redirect to another server was followed"
    check_nothing_leaks({}, caplog)


@pytest.mark.usefixtures("all_well")
@pytest.mark.asyncio(loop_scope="module")
async def test_a_restart_in_the_middle_of_an_outage_loses_nothing(
    watched: Watched, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    first, clock, baseline = watched
    keep_secret(tmp_path)
    upkeep = {key: {**UPKEEP, **TIMETABLES.get(key, {})} for key in SOURCES}
    async with first.opened_anew(tmp_path, upkeep=upkeep) as city:
        assert sections(await well(city, clock)) == baseline
    everybody = frozenset(SOURCES)
    await afflict(first, Fault.REFUSED, everybody)
    began, clock.moment = clock.moment, clock.moment + timedelta(seconds=LATER)
    try:
        async with first.opened_anew(tmp_path, upkeep=upkeep) as city:
            said = await asked(city, within=COLD)
            check_told(said, everybody, {"STALE"})
            check_last_good(said, baseline, everybody)
            check_nothing_leaks(said, caplog)
            assert sections(await well(city, clock)) == baseline
    finally:
        clock.moment = began
