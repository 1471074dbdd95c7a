"""Three teams from folder to live fields, and what becomes of them when things go wrong."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import update

from catalog.registrations import generation
from catalog.registrations.tables import connector_versions
from connectors.declarative.findings import Severity
from gateway.checking import checked
from gateway.commands.actions import submission_of
from gateway.commands.folder import read
from gateway.commands.local import Alone
from gateway.rehearsing import rehearsed
from gateway.synthetic.faults import Fault
from schema.city import city_schema
from tests.teams.street import EXAMPLES, OPERATOR, TEAMS, street

MEANT = {
    "parkir": {"HOST_PRIVATE"},
    "antrean-klinik": {"HOST_PRIVATE"},
    "perpustakaan": {"HOST_PRIVATE", "N_PLUS_ONE"},
}
"""Warnings that are right: the systems are on this machine; the library gives one book at a time."""

ERRORS = "errors { code message path }"
PAYLOAD = f"{{ connector {{ key state version }} {ERRORS} }}"
REGISTER = (
    f"mutation ($input: ConnectorInput!) {{ done: registerConnector(input: $input) {PAYLOAD} }}"
)
UPDATE = (
    "mutation ($key: String!, $version: Int!, $input: ConnectorInput!) "
    f"{{ done: updateConnector(key: $key, version: $version, input: $input) {PAYLOAD} }}"
)
APPROVE = (
    "mutation ($key: String!, $version: Int!) "
    f"{{ done: approveConnector(key: $key, version: $version) {PAYLOAD} }}"
)
ROLLBACK = (
    "mutation ($key: String!, $version: Int!) "
    f"{{ done: rollbackConnector(key: $key, version: $version) {PAYLOAD} }}"
)
LOTS = "{ parkirLokasi(batas: 3) { id nama sisaMobil status tarif { kendaraan perJam } } }"


@pytest.fixture
async def city(tmp_path):
    async with street(tmp_path) as opened:
        yield opened


async def live(city, team, **changed):
    """A team registers with its own key, and the operator approves."""
    given = city.input(team, **changed)
    await city.gate.make_key(team, apps=(given["app"],))
    first = (await city.gate.data(REGISTER, team, input=given))["done"]
    assert first["errors"] == []
    assert first["connector"]["state"] == "PENDING"
    second = (await city.gate.data(APPROVE, OPERATOR, key=team, version=1))["done"]
    assert second["errors"] == []
    assert second["connector"]["state"] == "ENABLED"


# ------------------------------------------------------------------------------- the folders


@pytest.mark.parametrize("team", TEAMS)
def test_an_example_has_no_fault_and_only_the_warnings_that_are_meant(team):
    found = checked(submission_of(read(EXAMPLES / team)), city_schema._schema)
    assert found.ok
    warnings = {one.code for one in found.findings if one.severity is Severity.WARNING}
    assert warnings == MEANT[team]


@pytest.mark.parametrize("team", TEAMS)
async def test_recordings_of_an_example_hold_and_its_system_answers_as_recorded(city, team):
    city.input(team)
    found = checked(submission_of(read(city.folder / team)), city_schema._schema)
    tried = await rehearsed(found, Alone(city.gate.city.board._tools.services), live=True)
    assert tried.report.ok, tried.report.problems
    codes = {one.code for one in tried.report.problems}
    assert codes - MEANT[team] <= {"LIVE_SKIPPED"}


def test_the_examples_show_between_them_what_the_guide_speaks_of():
    text = "".join((EXAMPLES / team / "connector.graphql").read_text() for team in TEAMS)
    for shown in (
        "entity: true", "$batch", "$this", "isSuccess", "errors:", "queryParams", "headers:",
        "x-www-form-urlencoded", "->match(", "->map(", "??", "$config", "extend type Mutation",
    ):  # fmt: skip
        assert shown in text, shown


# ------------------------------------------------------------------------------- live fields


async def test_parking_registers_by_its_key_and_free_spaces_come_in_one_call(city):
    await live(city, "parkir")
    lots = (await city.data(LOTS))["parkirLokasi"]
    assert [lot["id"] for lot in lots] == ["P01", "P02", "P03"]
    assert all(isinstance(lot["sisaMobil"], int) and "(CONTOH)" in lot["nama"] for lot in lots)
    assert lots[0]["tarif"][0] == {"kendaraan": "motor", "perJam": 2000}
    before = city.server("parkir").paths["/api/v1/sisa"]
    await city.data("{ parkirLokasi(batas: 20) { sisaMobil } }")
    assert city.server("parkir").paths["/api/v1/sisa"] == before + 1


async def test_what_the_system_says_of_a_failure_reaches_the_citizen(city):
    await live(city, "parkir")
    said = await city.ask('{ parkirSatu(id: "P99") { nama } }')
    assert said["data"] == {"parkirSatu": None}
    assert "Tidak ada lokasi parkir P99 (CONTOH)" in said["errors"][0]["message"]


async def test_a_clinic_is_asked_with_a_token_that_nobody_sees(city):
    await live(city, "antrean-klinik")
    found = await city.data('{ antreanHariIni(klinik: "1") { nama poli { kode sisaKuota } } }')
    assert "(CONTOH)" in found["antreanHariIni"]["nama"]
    assert [one["kode"] for one in found["antreanHariIni"]["poli"]] == ["umum", "gigi", "kia"]
    shown = await city.gate.ask('{ connector(key: "antrean-klinik") { config } }', OPERATOR)
    assert "contoh-token" not in str(shown)


async def test_a_number_is_taken_once_and_a_full_room_says_so_in_its_own_words(city):
    await live(city, "antrean-klinik")
    take = 'mutation {{ antreanAmbilNomor(klinik: "{}", poli: "{}") {{ nomor diDepan }} }}'
    first = (await city.data(take.format(1, "umum")))["antreanAmbilNomor"]["nomor"]
    second = (await city.data(take.format(1, "umum")))["antreanAmbilNomor"]["nomor"]
    assert int(second[2:]) > int(first[2:])
    assert city.server("antrean-klinik").paths["/layanan/klinik/1/nomor"] == 2
    said = await city.ask(take.format(2, "gigi"))
    assert "Kuota Poli Gigi hari ini habis (CONTOH)" in said["errors"][0]["message"]


async def test_books_are_found_page_by_page_and_a_book_by_its_number(city):
    await live(city, "perpustakaan")
    page = (
        await city.data(
            '{ perpustakaanCari(judul: "sejarah", halaman: 2, perHalaman: 3)'
            " { jumlah halaman buku { id bahasa tahun penerbit } } }"
        )
    )["perpustakaanCari"]
    assert (page["jumlah"], page["halaman"], len(page["buku"])) == (8, 2, 3)
    book = await city.data('{ perpustakaanBuku(id: "B005") { penerbit tahun bahasa } }')
    assert book == {
        "perpustakaanBuku": {"penerbit": "Tidak tercatat", "tahun": None, "bahasa": "Sunda"}
    }


async def test_loans_are_those_of_the_card_that_asks_and_of_nobody_else(city):
    await live(city, "perpustakaan")
    query = "{ perpustakaanPinjamanSaya { jatuhTempo buku { id judul } } }"

    async def of(card):
        found = await city.data(query, {"X-Perpustakaan-Anggota": card})
        return [loan["buku"]["id"] for loan in found["perpustakaanPinjamanSaya"]]

    first, second = await asyncio.gather(of("A-001"), of("A-002"))
    assert first != second
    assert await of("A-001") == first
    assert city.server("perpustakaan").paths["/opac/pinjaman"] >= 3, "never kept"
    said = await city.ask(query)
    assert said["data"] == {"perpustakaanPinjamanSaya": None}
    assert "Kartu anggota tidak dikenal (CONTOH)" in said["errors"][0]["message"]


# ------------------------------------------------------------------------------- bad days


async def test_while_the_system_is_off_the_last_good_answer_stands_and_says_it_is_old(city):
    hurried = city.input("parkir")["settings"]
    hurried = hurried.replace("fresh_for: 30s", "fresh_for: 0s")
    hurried = hurried.replace("stale_for: 10m", "stale_for: 0s")
    await live(city, "parkir", settings=hurried)
    good = await city.ask(LOTS)
    await city.fault("parkir", "refused")
    said = await city.ask(LOTS)
    assert said["data"] == good["data"]
    (status,) = said["extensions"]["sources"]
    assert (status["connector"], status["state"], status["code"]) == (
        "parkir", "STALE", "UPSTREAM_DOWN",
    )  # fmt: skip


@pytest.mark.parametrize("fault", [one for one in Fault if one is not Fault.SLOW])
async def test_no_fault_of_a_team_s_system_harms_the_rest_of_an_answer(city, fault):
    await live(city, "parkir")
    more: dict[str, float] = {"bytes": 20_000_000} if fault is Fault.HUGE else {}
    more |= {"seconds": 0.5} if fault is Fault.DRIP else {}
    await city.fault("parkir", fault.value, **more)
    said = await city.ask("{ parkirLokasi(batas: 4) { id } emergencyContacts { dial } }")
    assert said["data"]["parkirLokasi"] is None
    assert len(said["data"]["emergencyContacts"]) == 5
    assert "sandi-rahasia" not in str(said)
    assert "10.20.30.40" not in str(said)


async def test_a_broken_update_is_refused_and_the_version_before_serves(city):
    await live(city, "parkir")
    sdl = city.input("parkir")["sdl"].replace('source: "parkir"', 'source: "parker"')
    given = city.input("parkir", sdl=sdl)
    said = (await city.gate.data(UPDATE, "parkir", key="parkir", version=1, input=given))["done"]
    assert said["connector"] is None
    assert any("SOURCE_UNKNOWN" in error["message"] for error in said["errors"])
    assert (await city.data(LOTS))["parkirLokasi"][0]["id"] == "P01"


async def test_an_accepted_update_that_turns_out_broken_is_set_aside_and_rolled_back(city):
    await live(city, "parkir")
    sdl = city.input("parkir")["sdl"].replace('"Alamat."', '"Alamat lengkap."')
    given = city.input("parkir", sdl=sdl)
    done = (await city.gate.data(UPDATE, "parkir", key="parkir", version=1, input=given))["done"]
    assert done["connector"] == {"key": "parkir", "state": "ENABLED", "version": 2}
    # As after a release of the gateway with stricter rules: what was good is not any more.
    table = connector_versions
    async with city.gate.city.engine.begin() as connection:
        await connection.execute(
            update(table)
            .where(table.c.key == "parkir", table.c.version == 2)
            .values(sdl=sdl.replace("type ParkirTarif", "type Place"))
        )
        await generation.grow(connection)
    await city.look_again()
    assert (await city.data(LOTS))["parkirLokasi"][0]["id"] == "P01"
    left_out = city.gate.city.graphs.composition.left_out["parkir"]
    assert "GRAPH_TYPE_TAKEN" in {finding.code for finding in left_out}
    back = (await city.gate.data(ROLLBACK, "parkir", key="parkir", version=1))["done"]
    assert back["connector"] == {"key": "parkir", "state": "ENABLED", "version": 1}
    assert (await city.data(LOTS))["parkirLokasi"][0]["id"] == "P01"
