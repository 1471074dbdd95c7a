"""Each fault of the dial does on the socket what it says."""

from __future__ import annotations

import asyncio
import gzip
import json
import zipfile
from contextlib import asynccontextmanager
from io import BytesIO

import pytest

from gateway.synthetic.dial import Dial
from gateway.synthetic.exchange import Reply, json_reply, text_reply
from gateway.synthetic.faults import Fault, read_setting, reshaped
from gateway.synthetic.server import Server

BODY = {"nama": "Jl. Melati", "daftar": [1, 2, 3]}
SAID = json_reply(BODY).body
ASK = b"GET /a?b=1 HTTP/1.1\r\nhost: x\r\n\r\n"


@asynccontextmanager
async def server(fault=None, reply=None, **more):
    """A server that says `BODY`, with its dial at a fault."""
    one = Server("satu", lambda _question: reply or json_reply(BODY))
    await one.open()
    try:
        if fault is not None:
            await one.dial(read_setting({"fault": fault, **more}))
        yield one
    finally:
        await one.aclose()


async def connected(one):
    return await asyncio.open_connection("127.0.0.1", one.port)


async def said(one, ask=ASK):
    """Head and body of the answer, as long as it says it is."""
    reader, writer = await connected(one)
    try:
        writer.write(ask)
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(
            int(line.partition(":")[2])
            for line in head.splitlines()
            if line.startswith("content-length")
        )
        return head, await reader.readexactly(length)
    finally:
        writer.close()


async def test_without_a_fault_it_answers_and_keeps_the_connection():
    async with server() as one:
        reader, writer = await connected(one)
        for _ in range(2):
            writer.write(ASK)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 OK")
            assert await reader.readexactly(len(SAID)) == SAID
        writer.close()
        assert one.calls == 2
        assert one.paths == {"/a": 2}


async def test_who_knows_the_answer_by_its_tag_gets_304():
    reply = json_reply(BODY, tagged=True)
    async with server(reply=reply) as one:
        reader, writer = await connected(one)
        tag = reply.etag.encode()
        writer.write(b"GET / HTTP/1.1\r\nhost: x\r\nif-none-match: " + tag + b"\r\n\r\n")
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 304")
        writer.close()


async def test_slow_is_right_but_late():
    async with server("slow", seconds=0.2) as one:
        began = asyncio.get_running_loop().time()
        head, body = await said(one)
        assert asyncio.get_running_loop().time() - began >= 0.19
        assert "200 OK" in head
        assert body == SAID


async def test_hang_takes_the_question_and_says_nothing():
    async with server("hang") as one:
        reader, writer = await connected(one)
        writer.write(ASK)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(1), 0.2)
        assert one.calls == 1
        writer.close()


async def test_drip_gives_the_body_byte_by_byte():
    async with server("drip", seconds=0) as one:
        head, body = await said(one)
        assert "200 OK" in head
        assert body == SAID


@pytest.mark.parametrize(
    ("fault", "status", "mark"),
    [("500", "500", "sandi-rahasia"), ("429", "429", "10.20.30.40"), ("html", "200", "<form>")],
)
async def test_answers_of_another_kind(fault, status, mark):
    async with server(fault) as one:
        head, body = await said(one)
        assert head.startswith(f"HTTP/1.1 {status} ")
        assert mark in body.decode()


async def test_429_says_when_to_come_again():
    async with server("429", seconds=7) as one:
        head, _ = await said(one)
        assert "retry-after: 7\r\n" in head


async def test_redirect_sends_to_another_host():
    async with server("redirect") as one:
        head, _ = await said(one)
        assert head.startswith("HTTP/1.1 302 ")
        assert "location: http://169.254.169.254/" in head


async def test_reset_tears_the_connection_down():
    async with server("reset") as one:
        reader, writer = await connected(one)
        writer.write(ASK)
        with pytest.raises(ConnectionResetError):
            await reader.read()
        writer.close()


async def test_half_ends_in_the_middle_of_the_body():
    async with server("half") as one:
        with pytest.raises(asyncio.IncompleteReadError) as cut:
            await said(one)
        assert cut.value.partial == SAID[: len(SAID) // 2]
        assert cut.value.expected == len(SAID)


async def test_huge_goes_on_for_as_long_as_it_was_told():
    async with server("huge", bytes=1_000_000) as one:
        reader, writer = await connected(one)
        writer.write(ASK)
        got = await reader.read()
        assert b"transfer-encoding: chunked" in got[:200]
        assert len(got) > 1_000_000
        writer.close()


async def test_huge_ends_when_the_client_has_had_enough():
    async with server("huge", bytes=2**40) as one:
        reader, writer = await connected(one)
        writer.write(ASK)
        await reader.readexactly(100_000)
        writer.close()
        await writer.wait_closed()


async def test_garbage_has_the_name_of_data_and_means_nothing():
    async with server("garbage") as one:
        head, body = await said(one)
        assert "content-type: application/json" in head
        with pytest.raises(UnicodeDecodeError):
            json.loads(body)


async def test_babble_is_no_http():
    async with server("babble") as one:
        reader, writer = await connected(one)
        writer.write(ASK)
        assert not (await reader.read()).startswith(b"HTTP/")
        writer.close()


async def test_an_encoding_is_not_the_one_that_is_named():
    async with server("encoding") as one:
        head, body = await said(one)
        assert "charset=utf-8" in head
        assert body.decode("utf-16-le").encode() == SAID


async def test_bytes_that_are_no_text_are_said_to_be_packed():
    async with server("encoding", Reply(b"\xff\xfe\x80", "application/zip")) as one:
        head, body = await said(one)
        assert "content-encoding: gzip" in head
        with pytest.raises(gzip.BadGzipFile):
            gzip.decompress(body)


async def test_refused_hangs_up_on_all_and_listens_again_at_the_same_place():
    async with server() as one:
        reader, writer = await connected(one)
        writer.write(ASK)
        await reader.readuntil(b"\r\n\r\n")
        await one.dial(read_setting({"fault": "refused"}))
        with pytest.raises(ConnectionResetError):
            await reader.read()
        with pytest.raises(ConnectionRefusedError):
            await connected(one)
        await one.dial(None)
        assert (await said(one))[1] == SAID
        writer.close()


async def test_a_share_of_the_questions_can_be_spared():
    async with server("500", probability=0.5) as one:
        answers = [(await said(one))[0][9:12] for _ in range(40)]
        assert 5 < answers.count("200") < 35
        assert answers.count("200") + answers.count("500") == 40


# ------------------------------------------------------------------------------- shapes


def test_a_changed_shape_has_other_names_and_is_still_of_its_kind():
    assert json.loads(reshaped(json_reply(BODY))) == {
        "v2_nama": "Jl. Melati",
        "v2_daftar": [1, 2, 3],
    }
    xml = text_reply("<a x='1'><b>c</b></a>", "text/xml")
    assert reshaped(xml) == b"<v2-a x='1'><v2-b>c</v2-b></v2-a>"
    assert reshaped(text_reply("a;b\n1;2\n", "text/csv")) == b"v2_a;v2_b\n1;2\n"
    assert b"X-BEGIN:VCALENDAR" in reshaped(text_reply("BEGIN:VCALENDAR\n", "text/calendar"))
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        made.writestr("stops.txt", "stop_id\nA\n")
    other = reshaped(Reply(packed.getvalue(), "application/zip"))
    assert zipfile.ZipFile(BytesIO(other)).namelist() == ["v2_stops.txt"]


# ------------------------------------------------------------------------------- the dial


async def put(dial, path, body, method="PUT"):
    ask = f"{method} {path} HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n\r\n{body}"
    head, answer = await said(dial, ask.encode())
    return int(head[9:12]), json.loads(answer)


@asynccontextmanager
async def dialled():
    async with server() as one:
        dial = Server("dial", Dial({"satu": one}))
        await dial.open()
        try:
            yield dial, one
        finally:
            await dial.aclose()


async def test_the_dial_sets_a_fault_tells_it_and_takes_it_back():
    async with dialled() as (dial, one):
        status, told = await put(dial, "/dial/satu", '{"fault": "slow", "seconds": 0}')
        assert status == 200
        assert told["sources"]["satu"]["setting"]["fault"] == "slow"
        await said(one)
        _, told = await put(dial, "/dial", "", "GET")
        assert told["sources"]["satu"]["calls"] == 1
        assert told["sources"]["satu"]["paths"] == {"/a": 1}
        assert told["sources"]["satu"]["url"] == one.url
        _, told = await put(dial, "/dial/satu", "", "DELETE")
        assert told["sources"]["satu"]["setting"] is None
        await put(dial, "/dial", '{"fault": "500"}')
        assert one.setting is not None
        await put(dial, "/dial", "", "DELETE")
        assert one.setting is None


@pytest.mark.parametrize(
    ("path", "body", "status", "said_"),
    [
        ("/dial/satu", '{"fault": "api"}', 400, "must be one of slow, hang"),
        ("/dial/satu", "[]", 400, "must be a JSON object"),
        ("/dial/satu", '{"fault": "slow", "second": 1}', 400, "unknown value 'second'"),
        ("/dial/satu", '{"fault": "slow", "seconds": "1"}', 400, "must be a number"),
        ("/dial/satu", '{"fault": "slow", "probability": 2}', 400, "from 0 to 1"),
        ("/dial/satu", '{"fault": "redirect", "to": "ftp://x"}', 400, "must be an address"),
        ("/dial/dua", '{"fault": "slow"}', 404, "satu"),
    ],
)
async def test_the_dial_says_what_it_takes(path, body, status, said_):
    async with dialled() as (dial, one):
        got, told = await put(dial, path, body)
        assert got == status
        assert said_ in told["error"]
        assert one.setting is None


def test_every_fault_can_be_dialled():
    assert [read_setting({"fault": fault.value}).fault for fault in Fault] == list(Fault)
