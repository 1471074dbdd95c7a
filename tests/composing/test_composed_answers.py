"""Fields of app teams, from a client's question to a real system on the loopback and back."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.datastructures import Headers

from gateway.identity.headers import PassedOn
from gateway.synthetic.exchange import Question, Reply, json_reply
from gateway.synthetic.server import Server
from tests.composing import teams
from tests.composing.teams import House

PARKING = """
enum ParkirKeadaan { BUKA TUTUP }
type ParkirLokasi @connect(source: "s",
  http: {POST: "/banyak", body: "ids: $batch.id"}, batch: {maxSize: 100},
  selection: "$ { id alamat: jalan sampai: buka_sampai }"
) {
  id: ID!
  nama: String
  kosong: Int
  keadaan: ParkirKeadaan
  alamat: String
  sampai: DateTime
  petugas: ParkirPetugas
  tetangga(dekat: Int = 1): [ParkirLokasi] @connect(source: "s",
    http: {GET: "/tetangga/{$this.id}", queryParams: "n: $args.dekat kode: $this.rahasia"},
    selection: "id")
}
type ParkirPetugas { nama: String! }
input ParkirSaring { sejak: Date keadaan: ParkirKeadaan }
type Query {
  parkirLokasi(cari: String, saring: ParkirSaring): [ParkirLokasi] @connect(source: "s",
    http: {GET: "/lokasi", queryParams: "q: $args.cari sejak: $args.saring.sejak"},
    selection: "$.data { id nama kosong: sisa keadaan petugas rahasia }")
  parkirSatu(id: ID!): ParkirLokasi @connect(source: "s", entity: true,
    http: {GET: "/satu/{$args.id}"}, selection: "id nama kosong: sisa keadaan",
    errors: {message: "$.pesan", extensions: "kode: $.kode"})
  parkirBahasa: String @connect(source: "s",
    http: {GET: "/bahasa", headers: [{name: "X-Bahasa", from: "x-bahasa"}]}, selection: "$")
}
type Mutation {
  parkirPesan(lokasi: ID!): ParkirPetugas @connect(source: "s",
    http: {POST: "/pesan", body: "lokasi: $args.lokasi"}, selection: "nama")
}
extend schema @source(name: "s", http: {baseURL: "ADDRESS"})
"""


class System:
    """The system of the parking team."""

    def __init__(self) -> None:
        self.asked: list[Question] = []
        self.rows: list[Any] = [
            {"id": n, "nama": f"P{n}", "sisa": 10 * n, "keadaan": "BUKA", "rahasia": f"r{n}"}
            for n in range(1, 4)
        ]
        self.one: Any = {"id": 7, "nama": "Satu", "sisa": 4, "keadaan": "TUTUP"}

    def __call__(self, question: Question) -> Any:
        self.asked.append(question)
        first = question.path.split("/")[1]
        return getattr(self, first)(question)

    def lokasi(self, _question: Question) -> Any:
        return {"data": self.rows}

    def satu(self, _question: Question) -> Any:
        return self.one

    def banyak(self, question: Question) -> Any:
        keys = json_of(question)["ids"]
        return [
            {"id": key, "jalan": f"Jalan {key}", "buka_sampai": "2026-11-24T15:00:00Z"}
            for key in reversed(keys)
        ]

    def tetangga(self, question: Question) -> Any:
        return [{"id": int(question.path.split("/")[2]) + 1}]

    def bahasa(self, question: Question) -> Any:
        return Reply(question.headers.get("x-bahasa", "-").encode(), "text/plain")

    def pesan(self, question: Question) -> Any:
        return {"nama": f"Petugas {json_of(question)['lokasi']}"}

    def paths(self, path: str) -> int:
        """How many questions began like this."""
        return sum(question.path.startswith(path) for question in self.asked)


def json_of(question: Question) -> Any:
    return json.loads(question.body)


@pytest.fixture
async def parking(tmp_path) -> AsyncIterator[tuple[House, System, Server]]:
    said = System()
    async with teams.system(said) as server:
        allowed = frozenset((server.url.removeprefix("http://"),))
        async with teams.house(tmp_path, private_hosts=allowed) as house:
            sdl = PARKING.replace("ADDRESS", server.url)
            await house.register(teams.submission("parkir", "Parkir", sdl))
            assert house.city.graphs.composition.left_out == {}
            yield house, said, server


async def test_a_list_is_mapped_and_written_as_the_graph_promises(parking):
    house, said, _ = parking
    found = await house.data('{ parkirLokasi(cari: "a b") { id nama bebas: kosong keadaan } }')
    assert found["parkirLokasi"][0] == {"id": "1", "nama": "P1", "bebas": 10, "keadaan": "BUKA"}
    assert said.asked[0].query == {"q": "a b"}


async def test_arguments_of_the_citys_own_types_are_sent_as_json(parking):
    house, said, _ = parking
    await house.data('{ parkirLokasi(saring: {sejak: "2026-11-01", keadaan: BUKA}) { id } }')
    assert said.asked[0].query == {"sejak": "2026-11-01"}


async def test_what_a_list_lacks_is_asked_for_all_its_items_in_one_call(parking):
    house, said, _ = parking
    said.rows = [{"id": n, "nama": f"P{n}"} for n in range(60)]
    found = await house.data("{ parkirLokasi { nama alamat sampai } }")
    assert found["parkirLokasi"][59] == {
        "nama": "P59", "alamat": "Jalan 59", "sampai": "2026-11-24T22:00:00+07:00",
    }  # fmt: skip
    assert (said.paths("/lokasi"), said.paths("/banyak")) == (1, 1)
    assert json_of(said.asked[1])["ids"] == list(range(60))


async def test_a_thousand_items_are_asked_in_batches_of_the_size_the_team_says(parking):
    house, said, _ = parking
    said.rows = [{"id": n} for n in range(1000)]
    found = await house.data("{ parkirLokasi { alamat } }")
    assert found["parkirLokasi"][999] == {"alamat": "Jalan 999"}
    assert said.paths("/banyak") == 10


async def test_what_the_answer_around_it_holds_is_not_asked_for_again(parking):
    house, said, _ = parking
    await house.data("{ parkirLokasi { id nama kosong keadaan } }")
    assert len(said.asked) == 1


async def test_an_object_with_a_key_alone_is_filled_from_its_types_connectors(parking):
    house, said, _ = parking
    ask = "{ parkirLokasi { tetangga { id nama alamat } } }"
    found = await house.data(ask)
    assert found["parkirLokasi"][0]["tetangga"] == [
        {"id": "2", "nama": "Satu", "alamat": "Jalan 2"}
    ]
    # By the entity for each of the three; by the type's connector for those that came together.
    assert said.paths("/satu") == 3
    assert said.paths("/banyak") <= 3


async def test_this_is_the_whole_object_also_what_the_client_did_not_select(parking):
    house, said, _ = parking
    await house.data("{ parkirLokasi { tetangga(dekat: 2) { id } } }")
    asked = [question.query for question in said.asked if question.path == "/tetangga/1"]
    assert asked == [{"n": "2", "kode": "r1"}]


async def test_an_entity_is_found_by_its_key(parking):
    house, said, _ = parking
    found = await house.data('{ parkirSatu(id: "7") { id nama keadaan alamat } }')
    assert found["parkirSatu"] == {
        "id": "7", "nama": "Satu", "keadaan": "TUTUP", "alamat": "Jalan 7",
    }  # fmt: skip
    assert said.paths("/satu/7") == 1


async def test_a_write_is_sent_once_with_its_body(parking):
    house, said, _ = parking
    found = await house.data('mutation { parkirPesan(lokasi: "3") { nama } }')
    assert found == {"parkirPesan": {"nama": "Petugas 3"}}
    assert [question.method for question in said.asked] == ["POST"]


async def test_a_header_of_the_caller_is_passed_on_but_never_what_proves_who_it_is(parking):
    house, said, _ = parking
    await house.ask("{ parkirBahasa }", x_bahasa="su", cookie="sesi=1")
    assert said.asked[0].headers["x-bahasa"] == "su"
    assert "cookie" not in said.asked[0].headers
    passed = PassedOn(Headers({"Authorization": "Bearer a", "X-Forwarded-For": "1", "X-A": "b"}))
    assert dict(passed) == {"x-a": ["b"]}
    graph = PARKING.replace('from: "x-bahasa"', 'from: "cookie"')
    server = said.asked[0].base
    await house.register(teams.submission("parkir", "Parkir", graph.replace("ADDRESS", server)))
    await house.ask("{ parkirBahasa }", cookie="secret")
    assert all("secret" not in str(question.headers) for question in said.asked)


# ------------------------------------------------------------------------------- what does not fit


@pytest.mark.parametrize(
    ("row", "path", "rest"),
    [
        ({"id": 1, "sisa": "banyak"}, ["parkirLokasi", 0, "kosong"], {"id": "1", "kosong": None}),
        ({"id": 1, "sisa": [1]}, ["parkirLokasi", 0, "kosong"], {"id": "1", "kosong": None}),
        ({"id": 1, "keadaan": "RUSAK"}, ["parkirLokasi", 0, "keadaan"], {"id": "1", "keadaan": None}),
        ({"id": {"a": 1}}, ["parkirLokasi", 0, "id"], None),
        ("not an object", ["parkirLokasi", 0], None),
        ([{"id": 1}], ["parkirLokasi", 0], None),
        (
            {"id": 1, "petugas": {}},
            ["parkirLokasi", 0, "petugas", "nama"],
            {"id": "1", "petugas": None},
        ),
        ({"id": 1, "petugas": [{"nama": "a"}]}, ["parkirLokasi", 0, "petugas"],
         {"id": "1", "petugas": None}),
    ],
)  # fmt: skip
async def test_a_value_of_the_wrong_shape_is_null_in_its_own_place(parking, row, path, rest):
    house, said, _ = parking
    said.rows = [row, {"id": 2, "nama": "P2"}]
    field = path[2] if len(path) > 2 else "nama"
    inner = {"petugas": "petugas { nama }", "id": ""}.get(field, field)
    if field == "nama":
        inner = "nama"
    answer = await house.ask(f"{{ parkirLokasi {{ id {inner} }} }}")
    (error,) = answer["errors"]
    assert error["path"] == path
    assert error["extensions"]["code"] == "UPSTREAM_INVALID"
    assert error["extensions"]["source"] == "parkir"
    assert error["message"] == "The source's answer could not be read."
    found = answer["data"]["parkirLokasi"]
    assert found[1]["id"] == "2"
    assert found[0] == rest
    (status,) = answer["extensions"]["sources"]
    assert (status["connector"], status["state"]) == ("parkir", "PARTIAL")


async def test_one_object_where_a_list_is_promised_is_no_list(parking):
    house, said, _ = parking
    said.rows = {"id": 1}
    error = await house.error("{ parkirLokasi { id } }")
    assert (error["path"], error["extensions"]["code"]) == (["parkirLokasi"], "UPSTREAM_INVALID")


async def test_a_system_that_is_down_gives_null_with_a_code_and_is_named(parking):
    house, _, server = parking
    await server.aclose()
    answer = await house.ask('{ parkirSatu(id: "7") { nama } connectors { key } }')
    assert answer["data"]["parkirSatu"] is None
    assert answer["data"]["connectors"]
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "UPSTREAM_DOWN"
    assert "127.0.0.1" not in str(error)
    (status,) = answer["extensions"]["sources"]
    assert (status["connector"], status["state"]) == ("parkir", "DOWN")


async def test_a_failure_is_told_in_the_teams_words_without_what_is_nobodys_business(parking):
    house, said, _ = parking
    told = {"pesan": "Warga 3671010101900001 (siti@contoh.id, token=abc) belum terdaftar. " + "a " * 900,
            "kode": "TIDAK_ADA"}  # fmt: skip
    said.one = json_reply(told, status=422)
    error = await house.error('{ parkirSatu(id: "7") { nama } }')
    assert error["message"].startswith(
        "Warga 3671************ (***@contoh.id, *** belum terdaftar."
    )
    assert len(error["message"]) <= 300
    extensions = error["extensions"]
    assert (extensions["code"], extensions["source"]) == ("UPSTREAM_INVALID", "parkir")
    assert extensions["connectors"]["code"] == "CONNECTOR_FETCH"
    assert extensions["connectors"]["http"] == {"status": 422}
    assert extensions["connectors"]["kode"] == "TIDAK_ADA"


async def test_an_operation_may_not_cause_endless_calls(tmp_path):
    said = System()
    said.rows = [{"id": n} for n in range(30)]
    async with teams.system(said) as server:
        allowed = frozenset((server.url.removeprefix("http://"),))
        async with teams.house(tmp_path, private_hosts=allowed, max_upstream_calls=11) as house:
            sdl = PARKING.replace("ADDRESS", server.url)
            await house.register(teams.submission("parkir", "Parkir", sdl))
            answer = await house.ask("{ parkirLokasi { tetangga { id } } }")
    codes = {error["extensions"]["code"] for error in answer["errors"]}
    assert codes == {"TOO_COMPLEX"}
    found = answer["data"]["parkirLokasi"]
    assert sum(row["tetangga"] is not None for row in found) == 10
    assert said.paths("/tetangga") == 10
