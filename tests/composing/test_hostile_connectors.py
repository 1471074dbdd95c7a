"""Names, values and answers with which a team or a caller could do harm: each stays in its place."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.synthetic.exchange import Question, Reply, json_reply
from tests.composing import teams
from tests.composing.teams import House

SDL = """
extend schema @source(name: "s", http: {baseURL: "ADDRESS"})
type HostilBenda {
  raw: String
  loaded: String
  items: String
  keys(info: String, source: String): String
    @connect(source: "s", http: {GET: "/x/{$args.info}/{$args.source}"}, selection: "$.target")
}
type Query {
  hostilNama(info: String, source: String, self: String, _source: String, context: String): String
    @connect(source: "s", http: {GET: "/{$args.info}/{$args.source}/{$args.self}/{$args._source}/{$args.context}"},
      selection: "$.target")
  hostilBenda: HostilBenda @connect(source: "s", http: {GET: "/x"},
    selection: "raw: $('r') loaded: $('l') items: $('i')")
  hostilJalan(x: String): String
    @connect(source: "s", http: {GET: "/a/{$args.x}/z", headers: [{name: "X-A", value: "v{$args.x}"}]},
      selection: "$.target")
  hostilGema: String @connect(source: "s", selection: "$.target",
    http: {GET: "/gema?k={$config.kunci}", headers: [{name: "Authorization", value: "Bearer {$config.kunci}"}]})
  hostilAngka: HostilAngka @connect(source: "s", http: {GET: "/angka"}, selection: "a b c d")
  hostilGagal: String @connect(source: "s", http: {GET: "/gagal"}, selection: "$",
    errors: {message: "$.pesan", extensions: "http: $('milik tim') rinci: $.pesan"})
}
type HostilAngka { a: Float b: String c: Int d: ID }
"""


def system(question: Question) -> Any:
    if question.path == "/angka":
        return Reply(
            b'{"a":1e999,"b":"x\\ud800y","c":99999999999999999999,"d":12345678901234567890123}'
        )
    if question.path == "/gagal":
        told = "NIK 3671015504900001, siti@gmail.com, 0812-3456-7890, token=abc123"
        return json_reply({"pesan": told}, status=500)
    return {"target": question.target}


@pytest.fixture
async def hostile(tmp_path: Any) -> AsyncIterator[House]:
    async with teams.system(system) as server:
        allowed = frozenset((server.url.removeprefix("http://"),))
        async with teams.house(tmp_path, private_hosts=allowed) as house:
            sdl = SDL.replace("ADDRESS", server.url)
            more = "upkeep: {max_retries: 0}\nconfig: {kunci: '{secret:kunci}'}\n"
            folder = tmp_path / "secrets" / "hostil"
            folder.mkdir(parents=True)
            (folder / "kunci").write_text("sangat-r4hasia/+")
            await house.register(teams.submission("hostil", "Hostil", sdl, more))
            assert house.city.graphs.composition.left_out == {}
            yield house


async def test_arguments_and_fields_may_have_any_name(hostile: House):
    given = 'info: "i", source: "s", self: "f", _source: "u", context: "c"'
    assert await hostile.data(f"{{ hostilNama({given}) }}") == {"hostilNama": "/i/s/f/u/c"}
    told = await hostile.data('{ hostilBenda { raw loaded items keys(info: "a", source: "b") } }')
    assert told == {"hostilBenda": {"raw": "r", "loaded": "l", "items": "i", "keys": "/x/a/b"}}


@pytest.mark.parametrize(
    "value", ["..", ".", "a/../b", "..\\\\..", "\\r\\nX-Evil: 1", "{secret:kunci}"]
)
async def test_what_a_caller_says_cannot_leave_its_place_and_the_source_is_well(
    hostile: House, value: str
):
    said = await hostile.ask(f'{{ hostilJalan(x: "{value}") }}')
    (error,) = said["errors"]
    assert error["extensions"]["code"] == "UPSTREAM_INVALID"
    assert "extensions" not in said


async def test_escapes_of_a_caller_are_escaped_again(hostile: House):
    said = await hostile.data('{ hostilJalan(x: "%2e%2e@b?c#d") }')
    assert said == {"hostilJalan": "/a/%252e%252e%40b%3Fc%23d/z"}


async def test_numbers_and_letters_that_do_not_fit_are_null_alone(hostile: House):
    said = await hostile.ask("{ hostilAngka { a b c d } }")
    assert said["data"]["hostilAngka"] == {
        "a": None, "b": "x\ud800y", "c": None, "d": "12345678901234567890123"
    }  # fmt: skip
    assert [error["path"][-1] for error in said["errors"]] == ["a", "c"]


async def test_a_failure_says_nothing_of_a_person_and_the_source_is_ill_whatever_the_team_says(
    hostile: House,
):
    said = await hostile.ask("{ hostilGagal }")
    for secret in ("3671015504900001", "siti@", "3456-7890", "abc123"):
        assert secret not in str(said)
    assert said["errors"][0]["extensions"]["connectors"]["http"] == "milik tim"
    (status,) = said["extensions"]["sources"]
    assert (status["state"], status["code"]) == ("DOWN", "UPSTREAM_DOWN")


async def test_a_secret_that_a_system_repeats_is_its_name_again(hostile: House):
    said = await hostile.data("{ hostilGema }")
    assert said == {"hostilGema": "/gema?k={secret:kunci}"}
