"""What kept answers say over HTTP, so that browsers and networks in between can keep them too."""

from __future__ import annotations

import asyncio
import json
import socket

import httpx
import pytest
import uvicorn

from gateway.transport.negotiation import GRAPHQL_RESPONSE
from tests.front.kept_city import KeptCity

AIR = {"query": "{ air }"}


@pytest.fixture
def city() -> KeptCity:
    return KeptCity()


async def test_age_grows_and_max_age_is_that_of_the_whole_life(city):
    async with city.client() as http:
        for age in (0, 1, 6):
            answer = await http.post("/graphql", json={"query": "{ listrik }"})
            assert answer.headers["age"] == str(age)
            assert answer.headers["cache-control"] == "public, max-age=7"
            assert answer.headers["vary"] == "Accept, Accept-Language, Authorization"
            city.clock.move(1.0 if age == 0 else 5.5)


async def test_equal_bytes_have_equal_marks_and_others_other_ones(city):
    async with city.client() as http:
        one = await http.get("/graphql", params=AIR)
        city.cache.forget()
        again = await http.get("/graphql", params=AIR)
        assert one.headers["etag"] == again.headers["etag"]
        other = await http.get("/graphql", params={"query": "{ listrik }"})
        assert other.headers["etag"] != one.headers["etag"]
        typed = await http.get("/graphql", params=AIR, headers={"Accept": GRAPHQL_RESPONSE})
        assert typed.headers["etag"] != one.headers["etag"]
        assert typed.content == one.content


@pytest.mark.parametrize("told", ["{0}", 'W/{0}, "x"', '"x" , {0}', "*"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_who_has_an_answer_already_is_not_sent_it_again(city, told, method):
    async with city.client() as http:
        answer = await http.get("/graphql", params=AIR)
        mark = answer.headers["etag"]
        headers = {"If-None-Match": told.format(mark)}
        known = await http.request(method, "/graphql", params=AIR, headers=headers)
        assert known.status_code == 304
        assert known.content == b""
        assert known.headers["etag"] == mark
        assert known.headers["cache-control"] == "public, max-age=20"
        assert known.headers["vary"] == "Accept, Accept-Language, Authorization"
        assert not {"content-type", "content-length"} & set(known.headers)


async def test_another_mark_and_a_post_are_answered_whole(city):
    async with city.client() as http:
        mark = (await http.get("/graphql", params=AIR)).headers["etag"]
        other = await http.get("/graphql", params=AIR, headers={"If-None-Match": '"x"'})
        assert other.status_code == 200
        posted = await http.post("/graphql", json=AIR, headers={"If-None-Match": mark})
        assert posted.status_code == 200
        assert posted.headers["etag"] == mark


async def test_head_is_as_get_without_its_body(city):
    async with city.client() as http:
        got = await http.get("/graphql", params=AIR)
        head = await http.head("/graphql", params=AIR)
        assert head.content == b""
        assert head.headers == got.headers


async def test_what_is_not_kept_says_so(city):
    async with city.client() as http:
        said = {}
        for query in ("{ mine }", "{ fault }", "{ nothing }", "mutation { nothing }"):
            answer = await http.get("/graphql", params={"query": query})
            said[query] = answer.headers["cache-control"]
        assert said == {
            "{ mine }": "private, no-store",
            "{ fault }": "no-store",
            "{ nothing }": "no-store",
            "mutation { nothing }": "no-store",
        }
        named = await http.get("/graphql", params=AIR, headers={"Authorization": "ani"})
        assert named.headers["cache-control"] == "private, no-store"


async def test_an_answer_that_cannot_be_kept_here_is_checked_each_time():
    city = KeptCity(max_bytes=0)
    async with city.client() as http:
        answer = await http.get("/graphql", params=AIR)
        assert answer.headers["cache-control"] == "public, no-cache"
        headers = {"If-None-Match": answer.headers["etag"]}
        assert (await http.get("/graphql", params=AIR, headers=headers)).status_code == 304


async def test_a_kept_answer_is_the_same_on_the_wire_as_through_an_asgi_cycle(city):
    """The gateway's own protocol sends a kept answer without a cycle; only the date may differ."""

    async def answers(protocol: str) -> list[bytes]:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            config = uvicorn.Config(
                city.app, http=protocol, log_config=None, access_log=False, lifespan="off"
            )
            server = uvicorn.Server(config)
            serving = asyncio.create_task(server.serve(sockets=[listening]))
            reader, writer = await asyncio.open_connection(*listening.getsockname())
            found = []
            for body in (json.dumps(AIR).encode(),) * 3:
                writer.write(
                    b"POST /graphql HTTP/1.1\r\nHost: kota\r\nContent-Type: application/json\r\n"
                    b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
                )
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
                lines = [one for one in head.split(b"\r\n") if not one.startswith(b"date")]
                found.append(b"\r\n".join(lines) + await reader.readexactly(length))
            writer.close()
            server.should_exit = True
            await serving
        return found

    own = await answers("gateway.transport.wire:Wire")
    assert own == await answers("httptools")
    assert len(set(own)) == 1
    assert city.cache.counts.hits == 5
    assert b'{"data":{"air":"air 0"}}' in own[0]


async def test_two_language_headers_are_for_nobody_else(city):
    async with city.client() as http:
        headers = httpx.Headers([("Accept-Language", "id"), ("Accept-Language", "en")])
        answer = await http.post("/graphql", json=AIR, headers=headers)
        assert answer.json()["data"] == {"air": "air 0"}
        assert len(city.cache) == 0
