"""A rehearsal: recorded tests first, then live calls that hurt nobody; what comes is masked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from connectors import errors
from connectors.declarative.app import DeclaredApp, read_app
from connectors.declarative.findings import Severity
from connectors.declarative.rehearsal import (
    Rehearsal,
    cut,
    first_of,
    recordings,
    rehearse,
    watched,
)
from connectors.declarative.submission import RecordedFile, Submission
from connectors.errors import ConnectorError
from connectors.ports.connectors import CoverageLevel
from connectors.upkeep.documents import Answer, Limits, Request
from connectors.upkeep.keep import MemoryKeep
from connectors.upkeep.upkeep import Services
from tests.upstream import MovedClock, SaidWeb

SDL = """
extend schema @source(name: "k", http: { baseURL: "https://klinik.example/api" })
type Query {
  klinikSemua: [KlinikPoli] @connect(source: "k", http: { GET: "/poli" }
    selection: "$.data { id nama antre kepala { nama nik } }")
  klinikPoli(id: ID!): KlinikPoli @connect(source: "k", http: { GET: "/poli/{$args.id}" }
    entity: true, selection: "id nama antre")
  klinikCari(kata: String!): [KlinikPoli] @connect(id: "cari", source: "k"
    http: { GET: "/cari?q={$args.kata}" }, selection: "$.data { id nama }")
  klinikSaya: KlinikAntrean @connect(source: "k"
    http: { GET: "/saya", headers: [{ name: "x-warga", from: "x-warga" }] }, selection: "nomor")
}
type Mutation {
  klinikDaftar(poli: ID!): KlinikAntrean @connect(source: "k"
    http: { POST: "/daftar", body: "poli: $args.poli" }, selection: "nomor")
}
type KlinikPoli
  @connect(source: "k", http: { GET: "/banyak?id={$batch.id->joinNotNull(',')}" }
    selection: "$.data { id dokter }", batch: { maxSize: 10 }) {
  id: ID! nama: String antre: Int dokter: String kepala: KlinikOrang
  jadwal: [KlinikJadwal] @connect(source: "k", http: { GET: "/jadwal/{$this.id}" }
    selection: "$.data { hari }")
}
type KlinikOrang { nama: String nik: String }
type KlinikJadwal { hari: String }
type KlinikAntrean { nomor: String }
"""
SETTINGS = """
connector: klinik
app: klinik
name: Klinik
prefix: Klinik
personal_data: {KlinikOrang.nama: kepala poli}
"""
POLI = {
    "data": [
        {
            "id": 1,
            "nama": "Gigi",
            "antre": 4,
            "kepala": {"nama": "Siti", "nik": "3671042501900003"},
        },
        {"id": 2, "nama": "Anak", "antre": None, "kepala": None},
    ]
}
ANSWERS: dict[str, Any] = {
    "/poli": POLI,
    "/poli/1": {"id": 1, "nama": "Gigi", "antre": 4},
    "/cari?q=gigi": {"data": [{"id": 1, "nama": "Gigi"}]},
    "/banyak?id=1%2C2": {"data": [{"id": 2, "dokter": "dr. B"}, {"id": 1, "dokter": "dr. A"}]},
    "/jadwal/1": {"data": [{"hari": "Senin"}]},
    "/saya": {"nomor": "A-12"},
}


@dataclass
class Tools:
    services: Services


def tools(
    answers: Mapping[str, Any] | Callable[[Request], Any] = ANSWERS, clock: MovedClock | None = None
) -> tuple[Tools, SaidWeb]:
    def answer(request: Request) -> Answer | ConnectorError:
        path = request.url.removeprefix("https://klinik.example/api")
        said = answers(request) if callable(answers) else answers.get(path, Answer(404, {}))
        if isinstance(said, (Answer, ConnectorError)):
            return said
        return Answer(200, {"content-type": "application/json"}, json.dumps(said).encode())

    web = SaidWeb(answer)
    return Tools(Services(web, clock=clock or MovedClock())), web


def app(*tests: Any, settings: str = "", sdl: str = SDL) -> DeclaredApp:
    files = tuple(
        RecordedFile(f"tests/{index}.yaml", json.dumps({"tests": [test]}))
        for index, test in enumerate(tests)
    )
    made = read_app(Submission("klinik", "klinik", sdl, SETTINGS + settings, files))
    assert made.usable, [*map(str, made.description.faults), *map(str, made.findings)]
    return made


def codes(found: Rehearsal, least: Severity = Severity.ERROR) -> list[str]:
    return [each.code for each in found.findings if each.severity is least]


def paths(web: SaidWeb) -> list[str]:
    return [each.url.removeprefix("https://klinik.example/api") for each in web.asked]


async def test_what_reads_is_tried_with_what_earlier_answers_held_and_nothing_is_written():
    own, web = tools()
    found = await rehearse(app(), own)
    assert paths(web) == ["/poli", "/poli/1", "/banyak?id=1%2C2", "/jadwal/1"]
    assert {each.method for each in web.asked} == {"GET"}
    assert [(each.name, each.why.pick("en")) for each in found.skipped] == [
        ("Mutation.klinikDaftar", "it writes; that is never tried"),
        ("cari", "there are no values to ask with"),
        ("Query.klinikSaya", "there are no values to ask with"),
    ]
    assert found.ok
    assert list(found.latency) == [
        "Query.klinikSemua",
        "Query.klinikPoli",
        "KlinikPoli",
        "KlinikPoli.jadwal",
    ]


async def test_samples_of_the_settings_and_recorded_tests_say_what_to_ask_with():
    settings = "samples: {cari: {kata: gigi}}\n"
    recorded = {
        "name": "antrean saya",
        "connector": "Query.klinikSaya",
        "headers": {"x-warga": "w7"},
        "answer": {"body": {"nomor": "A-1"}},
    }
    own, web = tools()
    found = await rehearse(app(recorded, settings=settings), own)
    assert "/cari?q=gigi" in paths(web)
    mine = next(each for each in web.asked if each.url.endswith("/saya"))
    assert mine.headers["x-warga"] == "w7"
    assert [each.name for each in found.skipped] == ["Mutation.klinikDaftar"]
    assert found.ok


async def test_a_recording_that_ends_in_a_failure_is_not_asked_with():
    recorded = {
        "name": "tidak ada",
        "connector": "cari",
        "variables": {"$args": {"kata": "x"}},
        "answer": {"status": 404},
        "expect": {"error": {"code": "CONNECTOR_FETCH"}},
    }
    own, web = tools()
    await rehearse(app(recorded), own)
    assert "/cari?q=x" not in paths(web)


async def test_samples_are_masked_and_short():
    own, _ = tools()
    found = await rehearse(app(), own)
    first = found.samples[0]
    assert first.connector == "Query.klinikSemua"
    assert first.value == [
        {
            "id": 1,
            "nama": "Gigi",
            "antre": 4,
            "kepala": {"nama": "***", "nik": "3671************"},
        },
        {"id": 2, "nama": "Anak", "antre": None, "kepala": None},
    ]
    assert first_of([1, 2, 3, 4, {"a": 1}]) == [1, 2, 3]
    assert cut({"a": "x" * 300}) == {"a": "x" * 200 + "…"}


async def test_a_number_of_a_person_is_masked_before_its_text_is_cut():
    data = {"data": [{"id": 1, "nama": "x" * 190 + " 3671042501900003", "antre": 1}]}
    own, _ = tools({**ANSWERS, "/poli": data})
    found = await rehearse(app(), own)
    assert "36710425" not in str(found.samples)


async def test_coverage_says_how_well_each_field_is_filled():
    own, _ = tools()
    found = await rehearse(app(), own)
    levels = {each.field: (each.level, each.note) for each in found.coverage}
    assert levels["Query.klinikSemua"] == (CoverageLevel.FULL, "1/1")
    assert levels["KlinikPoli.antre"][0] is CoverageLevel.PARTIAL
    assert levels["KlinikOrang.nik"] == (CoverageLevel.FULL, "1/1")
    assert levels["KlinikPoli.jadwal"] == (CoverageLevel.FULL, "1/1")
    assert levels["KlinikJadwal.hari"] == (CoverageLevel.FULL, "1/1")
    assert "Query.klinikSaya" not in levels


async def test_a_field_is_covered_where_it_comes_from_whoever_else_fills_its_type():
    own, _ = tools()
    found = await rehearse(app(), own)
    levels = {each.field: each.level for each in found.coverage}
    assert levels["KlinikPoli.nama"] is CoverageLevel.FULL, "the batch brings doctors alone"
    assert levels["KlinikPoli.dokter"] is CoverageLevel.FULL, "the list knows no doctors"


async def test_what_was_not_seen_live_is_covered_by_its_recording():
    recorded = {
        "name": "daftar",
        "connector": "Mutation.klinikDaftar",
        "variables": {"$args": {"poli": "1"}},
        "answer": {"body": {"nomor": "A-1"}},
    }
    own, web = tools()
    found = await rehearse(app(recorded), own)
    assert "/daftar" not in paths(web)
    levels = {each.field: each.level for each in found.coverage}
    assert levels["Mutation.klinikDaftar"] is CoverageLevel.FULL
    assert levels["KlinikAntrean.nomor"] is CoverageLevel.FULL


async def test_problems_of_the_mapping_are_told_once_with_their_number():
    data = {"data": [{"id": each} for each in range(3)]}
    own, _ = tools({**ANSWERS, "/poli": data})
    found = await rehearse(app(), own)
    problems = {(each.path, each.count) for each in found.findings if each.code == "LIVE_PROBLEM"}
    assert ("/data/*/nama", 3) in problems
    assert found.ok


async def test_a_value_that_does_not_fit_its_field_is_an_error():
    data = {"data": [{"id": 1, "nama": "a", "antre": "banyak"}, {"id": 2, "antre": "9"}]}
    own, _ = tools({**ANSWERS, "/poli": data})
    found = await rehearse(app(), own)
    (finding,) = [each for each in found.findings if each.code == "VALUE_UNFIT"]
    assert (finding.path, finding.count) == ("KlinikPoli.antre", 1)
    assert not found.ok


async def test_a_field_that_must_not_be_null_and_is_is_a_warning():
    own, _ = tools({**ANSWERS, "/poli": {"data": [{"nama": "a"}, {"id": 1}]}})
    found = await rehearse(app(), own)
    (finding,) = [each for each in found.findings if each.code == "VALUE_NULL"]
    assert (finding.path, finding.count) == ("KlinikPoli.id", 1)


@pytest.mark.parametrize(
    "error",
    [
        errors.Unreachable("10.0.0.7"),
        errors.TimedOut("x"),
        errors.Rejected("no such host allowed"),
        errors.Broken("x"),
        Answer(503, {}),
        Answer(200, {"content-type": "text/html"}, b"<!doctype html><p>rusak"),
        Answer(429, {}),
        Answer(401, {}),
    ],
)
async def test_a_system_that_does_not_answer_is_told_in_both_languages_without_its_words(error):
    own, _ = tools(lambda _: error)
    found = await rehearse(app(), own)
    assert not found.ok
    (finding,) = [
        each
        for each in found.findings
        if each.code in ("LIVE_UNREACHABLE", "LIVE_FAILED") and each.path == "Query.klinikSemua"
    ]
    assert finding.severity is Severity.ERROR
    assert finding.fix is not None
    for text in (finding.message, finding.fix):
        assert set(text.by_lang) == {"id", "en"}
        assert "10.0.0.7" not in str(text)
        assert "rusak</" not in str(text)
    assert found.samples == ()


async def test_something_that_is_gone_since_it_was_recorded_is_a_warning():
    own, _ = tools({**ANSWERS, "/cari?q=lama": Answer(404, {})})
    found = await rehearse(app(settings="samples: {cari: {kata: lama}}\n"), own)
    assert found.ok
    assert "LIVE_FAILED" in codes(found, Severity.WARNING)


async def test_nothing_to_show_and_slowness_are_warnings():
    clock = MovedClock()

    def slow(request: Request) -> Any:
        clock.move(2.5)
        return {"data": []}

    own, _ = tools(slow, clock)
    found = await rehearse(app(), own)
    assert found.ok
    assert {"LIVE_EMPTY", "LIVE_SLOW"} <= set(codes(found, Severity.WARNING))
    assert found.latency["Query.klinikSemua"] == 2500


async def test_recorded_tests_run_first_and_fail_the_rehearsal():
    recorded = {
        "name": "semua",
        "connector": "Query.klinikSemua",
        "answer": {"body": POLI},
        "expect": {"result": []},
    }
    own, _ = tools()
    found = await rehearse(app(recorded), own)
    assert "TEST_RESULT" in codes(found)
    assert not found.ok


async def test_without_live_calls_nobody_is_asked():
    own, web = tools()
    found = await rehearse(app(), own, live=False)
    assert web.asked == []
    assert found.ok


async def test_a_connector_that_cannot_be_used_is_not_rehearsed_live():
    own, web = tools()
    broken = read_app(Submission("klinik", "klinik", "type Query {", SETTINGS))
    found = await rehearse(broken, own)
    assert not found.ok
    assert web.asked == []


async def test_the_live_answer_is_compared_with_the_recording():
    recorded = {"name": "semua", "connector": "Query.klinikSemua", "answer": {"body": POLI}}
    made = app(recorded)
    own, _ = tools({**ANSWERS, "/poli": {"data": [{"kode": 1, "nama": "Gigi"}]}})
    found = await rehearse(made, own)
    told = {(each.code, each.path) for each in found.findings}
    assert ("DRIFT_MISSING", "/data/*/id") in told
    assert ("DRIFT_NEW", "/data/*/kode") in told
    assert list(recordings(made)) == ["Query.klinikSemua"]


async def test_the_watch_compares_shape_with_the_recording_and_time_with_the_last_look():
    recorded = {"name": "semua", "connector": "Query.klinikSemua", "answer": {"body": POLI}}
    made, clock = app(recorded), MovedClock()
    own, _ = tools(ANSWERS, clock)
    findings, seen = await watched(made, own)
    assert findings == []
    assert [each.status for each in seen] == [200, 200, 200, 200]

    def changed(request: Request) -> Any:
        clock.move(3)
        return {"data": [{"id": "P1", "nama": "Gigi", "antre": 4, "kepala": None}]}

    own, _ = tools(changed, clock)
    findings, _ = await watched(made, own, seen)
    told = {(each.code, each.path) for each in findings}
    assert ("DRIFT_KIND", "/data/*/id") in told
    assert ("DRIFT_SLOW", None) in told


async def test_the_watch_says_nothing_of_a_system_that_is_down():
    own, _ = tools(lambda _: errors.Unreachable("x"))
    findings, seen = await watched(app(), own)
    assert findings == []
    assert [each.status for each in seen] == [None]


class NeverWeb:
    """A system that never answers."""

    async def send(self, _: Request, __: Limits) -> Answer:
        await asyncio.Event().wait()
        raise AssertionError

    async def aclose(self) -> None:
        """Nothing is open."""


async def test_a_system_that_never_answers_takes_no_longer_than_the_rehearsal_may():
    found = await rehearse(app(), Tools(Services(NeverWeb())), seconds=0.05)
    assert "LIVE_UNREACHABLE" in codes(found)
    assert {each.why.pick("en") for each in found.skipped} == {
        "it writes; that is never tried",
        "the time of the rehearsal was over",
    }


async def test_a_rehearsal_leaves_no_last_good_answer_behind():
    keep = MemoryKeep()
    own, _ = tools()
    found = await rehearse(app(), Tools(Services(own.services.web, keep=keep, clock=MovedClock())))
    assert found.ok
    assert keep._kept == {}
