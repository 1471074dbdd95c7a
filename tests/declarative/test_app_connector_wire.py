"""A team's connector against real servers on loopback: what leaves, and what a hostile one gets."""

from __future__ import annotations

import asyncio

import pytest

from connectors import errors
from tests.declarative.team import ALL, SETTINGS, over_the_wire, sdl, system

LOTS = {"data": [{"id": "a", "nama": "Lama", "kosong": 3}]}
FORM = """extend type Mutation {
  parkirPesan(lot: ID!, catatan: String): ParkirLot @connect(source: "p", selection: "id"
    http: {POST: "/pesan?sumber=live", headers: [
      {name: "Content-Type", value: "application/x-www-form-urlencoded"}
      {name: "X-Kunci", value: "{$config.kunci}"}
    ], body: "lot: { id: $args.lot } catatan: $args.catatan" })
}"""


def plain(base: str) -> str:
    return sdl(ALL, base=f"{base}/api")


async def test_a_read_goes_over_the_wire_and_comes_back_mapped():
    async with over_the_wire(plain) as (team, server):
        server.answers["GET /api/lot"] = LOTS
        assert await team.value("Query.parkirSemua") == LOTS["data"]
        ((method, path, headers, _),) = server.asked
        assert (method, path) == ("GET", "/api/lot")
        assert headers["host"] == f"127.0.0.1:{server.port}"
        assert headers["accept"] == "application/json, text/plain;q=0.5"


async def test_a_form_goes_over_the_wire_as_forms_are_written():
    def text(base: str) -> str:
        return sdl(ALL, base=base, more=FORM)

    config = "config: {kunci: terbuka}\n"
    async with over_the_wire(text, settings=config) as (team, server):
        server.answers["POST /pesan?sumber=live"] = {"id": "a"}
        args = {"lot": "a/1&b=2", "catatan": "dekat pintu\r\nX-Jahat: 1"}
        assert await team.value("Mutation.parkirPesan", args=args) == {"id": "a"}
        ((_, _, headers, body),) = server.asked
        assert body == b"lot%5Bid%5D=a%2F1%26b%3D2&catatan=dekat+pintu%0D%0AX-Jahat%3A+1"
        assert headers["x-kunci"] == "terbuka"
        assert "x-jahat" not in headers


async def test_an_address_of_an_inner_network_is_refused_unless_the_operator_allows_it():
    async with over_the_wire(plain, allowed=False, max_retries=0) as (team, server):
        with pytest.raises(errors.ConnectorError):
            await team.ask("Query.parkirSemua")
        assert not server.asked


async def test_a_redirect_to_another_host_is_not_followed():
    async with system() as other, over_the_wire(plain, max_retries=0) as (team, server):
        there = f"{other.base}/curi".encode()
        server.answers["GET /api/lot"] = (
            b"HTTP/1.1 302 Go\r\ncontent-length: 0\r\nlocation: " + there
        )
        with pytest.raises(errors.ConnectorError):
            await team.ask("Query.parkirSemua")
        assert server.asked
        assert not other.asked


async def test_a_redirect_within_the_host_is_followed():
    async with over_the_wire(plain) as (team, server):
        go = b"HTTP/1.1 302 Go\r\ncontent-length: 0\r\nlocation: /api/baru"
        server.answers["GET /api/lot"] = go
        server.answers["GET /api/baru"] = LOTS
        assert await team.value("Query.parkirSemua") == LOTS["data"]


async def test_an_answer_without_end_is_cut_off_at_its_limit():
    async with over_the_wire(plain, max_retries=0, max_bytes=10_000) as (team, server):
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n"
        server.answers["GET /api/lot"] = head + b'{"data": "' + b"x" * 5_000_000
        with pytest.raises(errors.Unreadable):
            await team.ask("Query.parkirSemua")


@pytest.mark.parametrize("levels", [150, 5_000, 100_000])
async def test_an_answer_of_many_levels_is_mapped_or_unreadable_and_never_a_fault(levels: int):
    def text(base: str) -> str:
        return sdl('parkirDalam: ID @connect(source: "p", http: {GET: "/x"}, selection: "$.data")',
                   base=base)  # fmt: skip

    async with over_the_wire(text, max_retries=0) as (team, server):
        body = b'{"data": ' + b"[" * levels + b"]" * levels + b"}"
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
        server.answers["GET /x"] = head % len(body) + body
        if levels < 200:
            assert await team.value("Query.parkirDalam")
        else:
            with pytest.raises(errors.Unreadable):
                await team.ask("Query.parkirDalam")


async def test_a_mapping_that_doubles_what_it_made_again_and_again_ends():
    steps = "".join("->as($a)->echo([$a, $a])" for _ in range(60))

    def text(base: str) -> str:
        field = (
            f'parkirGanda: ID @connect(source: "p", http: {{GET: "/x"}}, selection: "$.a{steps}")'
        )
        return sdl(field, base=base)

    async with over_the_wire(text, max_retries=0) as (team, server):
        server.answers["GET /x"] = {"a": 1}
        outcome = (await team.ask("Query.parkirGanda")).value
        assert outcome.problems


async def test_a_mapping_that_wants_too_much_work_ends_and_others_are_answered_meanwhile():
    def text(base: str) -> str:
        hard = 'parkirBerat: ID @connect(source: "p", http: {GET: "/x"}, selection: "{}")'
        selection = "$.rows->map($.rows->map($.rows->map(@->toString->size)))"
        return sdl(hard.replace("{}", selection) + ALL, base=base)

    async with over_the_wire(text, max_retries=0) as (team, server):
        server.answers["GET /x"] = {"rows": list(range(5_000))}
        server.answers["GET /lot"] = LOTS
        heavy = asyncio.create_task(team.ask("Query.parkirBerat"))
        assert await team.value("Query.parkirSemua") == LOTS["data"]
        with pytest.raises(errors.Unreadable, match="more work"):
            await heavy


async def test_a_request_that_wants_too_much_work_is_not_sent():
    numbers = ", ".join(map(str, range(500)))

    def text(base: str) -> str:
        field = (
            'parkirBerat: ID @connect(source: "p", http: {GET: "/x", queryParams: "q: '
            f'$([{numbers}])->map($([{numbers}])->map(@)->size)"}}, selection: "$")'
        )
        return sdl(field, base=base)

    async with over_the_wire(text) as (team, server):
        with pytest.raises(errors.Rejected, match="more work"):
            await team.ask("Query.parkirBerat")
        assert not server.asked


async def test_a_folder_of_which_the_host_is_an_expression_of_the_caller_does_not_open():
    from connectors.declarative.app import read_app
    from connectors.declarative.submission import Submission

    text = (
        "type Query { parkirSemua(host: String): ID @connect("
        'http: {GET: "https://{$args.host}/x"}, selection: "id") }'
    )
    app = read_app(Submission("parkir", "parkir-kota", text, SETTINGS))
    assert not app.usable
    assert not app.hosts


async def test_a_large_answer_is_read_and_mapped_beside_the_event_loop():
    rows = [{"id": str(n), "nama": "x" * 50, "kosong": n} for n in range(5_000)]
    async with over_the_wire(plain) as (team, server):
        server.answers["GET /api/lot"] = {"data": rows}
        assert len(await team.value("Query.parkirSemua")) == 5_000
