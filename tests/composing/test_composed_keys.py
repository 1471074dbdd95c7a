"""Objects found by key: together, once for each key, and each failing for itself alone."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.synthetic.exchange import Question, json_reply
from tests.composing import teams
from tests.composing.teams import House

SDL = """
extend schema @source(name: "s", http: {baseURL: "ADDRESS"})
interface AntreBenda { id: ID! }
type AntreDokter implements AntreBenda @connect(source: "s", selection: "id nama poli { kode }",
  http: {GET: "/dokter/{$this.id}"}) { id: ID! nama: String poli: AntrePoli }
type AntrePasien implements AntreBenda @connect(source: "s", selection: "id nomor: no",
  http: {POST: "/pasien", body: "$batch->map(@.id)"}, batch: {maxSize: 2}) { id: ID! nomor: Int! }
type AntrePoli { kode: ID nama: String
  jadwal: [String] @connect(source: "s", http: {GET: "/jadwal/{$this.kode}"}, selection: "$") }
union AntreApa = AntreDokter | AntrePasien
type Query {
  antreDokter: [AntreDokter] @connect(source: "s", http: {GET: "/semua"},
    selection: "$.dokter { id }")
  antrePasien: [AntrePasien] @connect(source: "s", http: {GET: "/semua"},
    selection: "$.pasien { id }")
  antreApa: [AntreApa] @connect(source: "s", http: {GET: "/semua"},
    selection: "$.apa { __typename: jenis id }")
  antreBenda: [AntreBenda] @connect(source: "s", http: {GET: "/semua"},
    selection: "$.apa { __typename: jenis id }")
  antreDua: AntreDokter
    @connect(source: "s", http: {GET: "/dokter/8"}, selection: "id")
    @connect(source: "s", http: {GET: "/dokter/9"}, selection: "id nama poli { kode }")
  antrePoli(kode: ID!, nama: String): AntrePoli @connect(source: "s", http: {GET: "/poli/{$args.kode}"},
    entity: true, selection: "kode nama")
}
extend type GatewayHealth {
  antreVersi: String @connect(source: "s", http: {GET: "/versi/{$this.version}"}, selection: "$")
}
extend type Connector {
  antreKunci: String @connect(source: "s", http: {GET: "/versi/{$this.key}"}, selection: "$")
}
"""


class System:
    """A clinic. Keys in `bad` make whatever asks for them fail."""

    def __init__(self) -> None:
        self.asked: list[Question] = []
        self.all: dict[str, list[Any]] = {"dokter": [], "pasien": [], "apa": []}
        self.bad: set[str] = set()

    def __call__(self, question: Question) -> Any:
        self.asked.append(question)
        first, _, key = question.path[1:].partition("/")
        if first == "semua":
            return self.all
        if first == "pasien":
            keys = json.loads(question.body)
            if self.bad & set(keys):
                return json_reply({}, status=500)
            return [{"id": key, "no": int(key) * 10} for key in reversed(keys) if key != "404"]
        if key in self.bad:
            return json_reply({"salah": "rahasia"}, status=500)
        if first == "dokter":
            return {"id": key, "nama": f"dr. {key}", "poli": {"kode": f"p{key}"}}
        if first == "poli":
            return {"kode": key, "nama": f"Poli {key}"}
        return [f"{first} {key}"] if first == "jadwal" else f"{first} {key}"

    @property
    def paths(self) -> list[str]:
        return sorted(question.path for question in self.asked)


@pytest.fixture
async def clinic(tmp_path) -> AsyncIterator[tuple[House, System]]:
    said = System()
    async with teams.system(said) as server:
        allowed = frozenset((server.url.removeprefix("http://"),))
        async with teams.house(tmp_path, private_hosts=allowed) as house:
            more = "upkeep: {max_retries: 0}\n"
            sdl = SDL.replace("ADDRESS", server.url)
            await house.register(teams.submission("antre", "Antre", sdl, more))
            assert house.city.graphs.composition.left_out == {}
            yield house, said


async def test_equal_keys_are_asked_for_once(clinic):
    house, said = clinic
    said.all["dokter"] = [{"id": key} for key in "1211"]
    found = await house.data("{ antreDokter { id nama nama2: nama poli { kode nama jadwal } } }")
    assert [row["nama"] for row in found["antreDokter"]] == ["dr. 1", "dr. 2", "dr. 1", "dr. 1"]
    assert found["antreDokter"][1]["poli"] == {
        "kode": "p2", "nama": "Poli p2", "jadwal": ["jadwal p2"],
    }  # fmt: skip
    assert said.paths == [
        "/dokter/1", "/dokter/2", "/jadwal/p1", "/jadwal/p2", "/poli/p1", "/poli/p2", "/semua",
    ]  # fmt: skip


async def test_a_key_that_fails_is_null_alone_and_named_once(clinic):
    house, said = clinic
    said.all["dokter"] = [{"id": key} for key in "123"]
    said.bad = {"2"}
    answer = await house.ask("{ antreDokter { id nama } }")
    assert [row["nama"] for row in answer["data"]["antreDokter"]] == ["dr. 1", None, "dr. 3"]
    (error,) = answer["errors"]
    assert error["path"] == ["antreDokter", 1, "nama"]
    assert error["extensions"]["code"] == "UPSTREAM_DOWN"
    assert "rahasia" not in str(answer)
    (status,) = answer["extensions"]["sources"]
    assert (status["connector"], status["state"]) == ("antre", "DOWN")


async def test_a_batch_that_fails_takes_only_its_own_keys(clinic):
    house, said = clinic
    said.all["pasien"] = [{"id": key} for key in "12345"]
    said.bad = {"3"}
    answer = await house.ask("{ antrePasien { id nomor } }")
    rows = answer["data"]["antrePasien"]
    assert [row and row["nomor"] for row in rows] == [10, 20, None, None, 50]
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"UPSTREAM_DOWN"}
    assert said.paths == ["/pasien", "/pasien", "/pasien", "/semua"]
    assert [status["connector"] for status in answer["extensions"]["sources"]] == ["antre"]


async def test_a_key_nobody_knows_is_null_and_an_error_only_where_null_may_not_be(clinic):
    house, said = clinic
    said.all["pasien"] = [{"id": "1"}, {"id": "404"}]
    answer = await house.ask("{ antrePasien { id nomor } }")
    assert answer["data"]["antrePasien"] == [{"id": "1", "nomor": 10}, None]
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "UPSTREAM_INVALID"


async def test_members_of_unions_and_interfaces_are_told_by_their_name(clinic):
    house, said = clinic
    said.all["apa"] = [
        {"jenis": "AntreDokter", "id": 1},
        {"jenis": "AntrePasien", "id": 2},
        {"jenis": "AntrePoli", "id": 3},
        {"id": 4},
    ]
    parts = "__typename ... on AntreDokter { nama } ... on AntrePasien { nomor }"
    answer = await house.ask(f"{{ antreApa {{ {parts} }} antreBenda {{ id {parts} }} }}")
    known = [{"__typename": "AntreDokter", "nama": "dr. 1"},
             {"__typename": "AntrePasien", "nomor": 20}]  # fmt: skip
    assert answer["data"]["antreApa"] == [*known, None, None]
    assert [row and row["id"] for row in answer["data"]["antreBenda"]] == ["1", "2", None, None]
    codes = [error["extensions"]["code"] for error in answer["errors"]]
    assert codes == ["UPSTREAM_INVALID"] * 4


async def test_a_record_of_the_city_gives_a_teams_field_what_the_graph_shows_of_it(clinic):
    house, said = clinic
    found = await house.data('{ health { antreVersi } connector(key: "antre") { antreKunci } }')
    version = (await house.data("{ health { version } }"))["health"]["version"]
    assert found == {
        "health": {"antreVersi": f"versi {version}"},
        "connector": {"antreKunci": "versi antre"},
    }
    assert len(said.asked) == 2


async def test_of_two_connectors_on_one_field_the_one_is_asked_that_gives_what_is_selected(clinic):
    house, said = clinic
    assert (await house.data("{ antreDua { id } }"))["antreDua"] == {"id": "8"}
    ask = "{ antreDua { ...mine } } fragment mine on AntreDokter { id ... { nama } }"
    assert (await house.data(ask))["antreDua"] == {"id": "9", "nama": "dr. 9"}
    assert said.paths == ["/dokter/8", "/dokter/9"]
