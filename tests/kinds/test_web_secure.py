"""TLS with names checked, HTTP/2 where it is offered, and the way through a proxy."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import replace

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.settings
import pytest
import trustme
import uvloop

from connectors import errors
from connectors.kinds.web import Bounds, open_web
from connectors.kinds.web.proxy import Proxy
from connectors.upkeep.documents import Request
from tests.kinds.wire import (
    LIMITS,
    Script,
    Talk,
    WirePeer,
    always,
    get,
    here,
    ok,
    once,
    opened,
    wire,
)

AUTHORITY = trustme.CA()
QUICK = replace(LIMITS, read_timeout=0.1, total_timeout=0.4)


def server_tls(*names: str, offers: str = "http/1.1") -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    AUTHORITY.issue_cert(*(names or ("city.example",))).configure_cert(context)
    context.set_alpn_protocols([offers])
    return context


def client_tls() -> ssl.SSLContext:
    context = ssl.create_default_context()
    AUTHORITY.configure_trust(context)
    return context


# ----------------------------------------------------------------------------------------- TLS


async def test_an_answer_comes_over_a_kept_secure_connection() -> None:
    async with wire(always(ok(b"safe")), tls=server_tls()) as peer, opened(tls=client_tls()) as web:
        for _ in range(3):
            assert (await web.send(get(peer.url()), LIMITS)).body == b"safe"
        assert peer.connections == 1


async def test_a_certificate_for_another_name_is_not_accepted() -> None:
    async with (
        wire(always(ok()), tls=server_tls("other.example")) as peer,
        opened(tls=client_tls()) as web,
    ):
        with pytest.raises(errors.Unreachable, match="certificate is not trusted") as caught:
            await web.send(get(peer.url()), LIMITS)
        assert "example" not in str(caught.value)


async def test_a_certificate_of_an_unknown_authority_is_not_accepted() -> None:
    async with wire(always(ok()), tls=server_tls()) as peer, opened() as web:
        with pytest.raises(errors.Unreachable, match="certificate is not trusted"):
            await web.send(get(peer.url()), LIMITS)


async def test_a_certificate_for_an_address_is_checked_as_one() -> None:
    async with (
        wire(always(ok()), tls=server_tls("127.0.0.1")) as peer,
        opened(tls=client_tls()) as web,
    ):
        assert (await web.send(get(peer.url(host="127.0.0.1")), LIMITS)).status == 200
        with pytest.raises(errors.Unreachable):
            await web.send(get(peer.url()), LIMITS)


async def test_plain_http_where_tls_is_expected_is_unreachable() -> None:
    async def blurts(talk: Talk) -> None:
        await talk.says(ok())

    async with wire(blurts) as peer, opened(tls=client_tls()) as web:
        with pytest.raises(errors.Unreachable):
            await web.send(get(peer.url().replace("http:", "https:")), LIMITS)


async def test_a_handshake_that_hangs_is_given_up() -> None:
    async def silent(talk: Talk) -> None:
        await talk.peer.gone.wait()

    async with wire(silent) as peer, opened(tls=client_tls()) as web:
        url = peer.url().replace("http:", "https:")
        with pytest.raises(errors.TimedOut, match="no connection in time"):
            await web.send(get(url), replace(LIMITS, connect_timeout=0.1))
        assert web.connections == 0


async def test_a_secure_connection_that_breaks_in_the_middle_is_told() -> None:
    async with (
        wire(once(ok(b"x" * 100)[:-1]), tls=server_tls()) as peer,
        opened(tls=client_tls()) as web,
    ):
        with pytest.raises(errors.Broken, match="in the middle"):
            await web.send(get(peer.url()), LIMITS)


# -------------------------------------------------------------------------------------- HTTP/2


class Two:
    """A peer that speaks HTTP/2 by itself, as far as the tests need it."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}
        self.silent: set[str] = set()
        self.asked: list[dict[str, str]] = []
        self.received = b""
        self.resets = 0
        self.happened = asyncio.Event()
        self.on: Callable[[h2.connection.H2Connection, int, str], bool] = lambda *_: False
        self.most_streams = 100
        self.uploads: dict[int, h2.events.RequestReceived] = {}

    async def __call__(self, talk: Talk) -> None:
        config = h2.config.H2Configuration(client_side=False, header_encoding="utf-8")
        http = h2.connection.H2Connection(config)
        codes = h2.settings.SettingCodes
        http.local_settings = h2.settings.Settings(
            client=False, initial_values={codes.MAX_CONCURRENT_STREAMS: self.most_streams}
        )
        http.initiate_connection()
        unsent: dict[int, bytes] = {}
        while True:
            await talk.says(http.data_to_send())
            data = await talk.reader.read(65_536)
            if not data:
                return
            for event in http.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    self._asked(http, event, unsent)
                elif isinstance(event, h2.events.DataReceived):
                    self.received += event.data or b""
                    http.acknowledge_received_data(
                        event.flow_controlled_length or 0, event.stream_id or 0
                    )
                elif isinstance(event, h2.events.StreamEnded):
                    upload = self.uploads.pop(event.stream_id or 0, None)
                    if upload is not None:
                        self._asked(http, upload, unsent, whole=True)
                elif isinstance(event, h2.events.StreamReset):
                    self.resets += 1
                    unsent.pop(event.stream_id or 0, None)
                    self.happened.set()
            for stream in list(unsent):
                self._send(http, stream, unsent)

    def _asked(
        self,
        http: h2.connection.H2Connection,
        event: h2.events.RequestReceived,
        unsent: dict[int, bytes],
        *,
        whole: bool = False,
    ) -> None:
        head = {str(name): str(value) for name, value in event.headers or ()}
        if not whole:
            self.asked.append(head)
        path, stream = head[":path"], event.stream_id or 0
        self.happened.set()
        if self.on(http, stream, path) or path in self.silent:
            return
        if head[":method"] == "POST" and path != "/early" and not whole:
            self.uploads[stream] = event
            return
        http.send_headers(stream, [(":status", "200"), ("etag", '"2"')])
        unsent[stream] = self.bodies.get(path, b"two")

    @staticmethod
    def _send(http: h2.connection.H2Connection, stream: int, unsent: dict[int, bytes]) -> None:
        while True:
            most = min(http.local_flow_control_window(stream), 16_384)
            body = unsent[stream]
            if body and most <= 0:
                return
            unsent[stream] = body[most:]
            last = not unsent[stream]
            http.send_data(stream, body[:most], end_stream=last)
            if last:
                del unsent[stream]
                return


def two_tls() -> ssl.SSLContext:
    return server_tls(offers="h2")


async def test_many_questions_share_one_connection_where_http_2_is_offered() -> None:
    two = Two()
    two.bodies["/large"] = bytes(range(256)) * 20_000
    limits = replace(LIMITS, max_bytes=10_000_000)
    async with wire(two, tls=two_tls()) as peer, opened(tls=client_tls()) as web:
        said = await web.send(get(peer.url("/first?x=1"), **{"X-Key": "k"}), limits)
        assert (said.status, said.body, said.headers["etag"]) == (200, b"two", '"2"')
        many = [get(peer.url("/large")), *(get(peer.url(f"/{n}")) for n in range(30))]
        answers = await asyncio.gather(*(web.send(each, limits) for each in many))
        assert answers[0].body == two.bodies["/large"]
        assert {each.body for each in answers[1:]} == {b"two"}
        assert (peer.connections, web.connections) == (1, 1)
        assert two.asked[0][":path"] == "/first?x=1"
        assert two.asked[0][":authority"] == f"city.example:{peer.port}"
        assert two.asked[0]["x-key"] == "k"


def test_the_fast_loop_speaks_it_too() -> None:
    uvloop.run(test_many_questions_share_one_connection_where_http_2_is_offered())
    uvloop.run(test_an_answer_comes_over_a_kept_secure_connection())
    uvloop.run(test_a_tunnel_is_dug_to_a_secure_source("h2"))


async def test_questions_that_begin_together_end_up_on_one_connection() -> None:
    two = Two()
    async with wire(two, tls=two_tls()) as peer, opened(tls=client_tls()) as web:
        await asyncio.gather(*(web.send(get(peer.url()), LIMITS) for _ in range(5)))
        await web.send(get(peer.url()), LIMITS)
        assert len(two.asked) == 6
        assert web.connections == 1


async def test_a_large_body_waits_for_the_other_side_to_take_it() -> None:
    two = Two()
    async with wire(two, tls=two_tls()) as peer, opened(tls=client_tls()) as web:
        body = bytes(range(256)) * 2000
        assert (await web.send(Request(peer.url(), "POST", body=body), LIMITS)).status == 200
        assert two.received == body
        early = Request(peer.url("/early"), "POST", body=body)
        assert (await web.send(early, LIMITS)).body == b"two"
        assert (await web.send(get(peer.url()), LIMITS)).body == b"two"
        assert peer.connections == 1


async def test_no_more_questions_are_asked_at_once_than_the_other_side_takes() -> None:
    two = Two()
    two.most_streams = 2
    async with wire(two, tls=two_tls()) as peer, opened(tls=client_tls()) as web:
        await web.send(get(peer.url()), LIMITS)
        answers = await asyncio.gather(*(web.send(get(peer.url()), LIMITS) for _ in range(9)))
        assert {each.body for each in answers} == {b"two"}
        assert peer.connections == 1


async def test_who_gives_up_gives_up_one_question_only() -> None:
    two = Two()
    two.silent.add("/never")
    async with wire(two, tls=two_tls()) as peer, opened(tls=client_tls()) as web:
        await web.send(get(peer.url()), LIMITS)
        task = asyncio.create_task(web.send(get(peer.url("/never")), LIMITS))
        two.happened.clear()
        await asyncio.wait_for(two.happened.wait(), 5)
        await web.send(get(peer.url("/b")), LIMITS)
        two.happened.clear()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(two.happened.wait(), 5)
        assert two.resets == 1
        await web.send(get(peer.url("/c")), LIMITS)
        assert peer.connections == 1


async def test_given_up_answers_do_not_use_up_the_connection() -> None:
    two = Two()
    two.bodies["/huge"] = bytes(900_000)
    small = replace(LIMITS, max_bytes=1000)
    async with wire(two, tls=two_tls()) as peer, opened(tls=client_tls()) as web:
        for _ in range(40):
            with pytest.raises(errors.Unreadable, match="larger than 1000 bytes"):
                await web.send(get(peer.url("/huge")), small)
        assert len((await web.send(get(peer.url("/huge")), LIMITS)).body) == 900_000
        assert peer.connections == 1


async def test_a_connection_that_is_silent_is_not_asked_again() -> None:
    two = Two()
    two.silent.add("/never")
    async with wire(two, tls=two_tls()) as peer, opened(tls=client_tls()) as web:
        await web.send(get(peer.url()), LIMITS)
        with pytest.raises(errors.TimedOut):
            await web.send(get(peer.url("/never")), QUICK)
        assert (await web.send(get(peer.url()), LIMITS)).body == b"two"
        assert peer.connections == 2


async def test_a_farewell_costs_a_reader_nothing() -> None:
    two = Two()
    async with wire(two, tls=two_tls()) as peer, opened(tls=client_tls()) as web:
        await web.send(get(peer.url()), LIMITS)

        def farewell(http: h2.connection.H2Connection, stream: int, path: str) -> bool:
            del stream, path
            two.on = lambda *_: False
            http.close_connection()
            return True

        two.on = farewell
        assert (await web.send(get(peer.url()), LIMITS)).body == b"two"
        assert peer.connections == 2


async def test_a_refused_question_is_asked_once_more_and_a_torn_one_is_not() -> None:
    two = Two()
    async with wire(two, tls=two_tls()) as peer, opened(tls=client_tls()) as web:
        await web.send(get(peer.url()), LIMITS)

        def resets(code: h2.errors.ErrorCodes) -> None:
            def answer(http: h2.connection.H2Connection, stream: int, path: str) -> bool:
                del path
                two.on = lambda *_: False
                http.reset_stream(stream, code)
                return True

            two.on = answer

        resets(h2.errors.ErrorCodes.REFUSED_STREAM)
        assert (await web.send(get(peer.url()), LIMITS)).body == b"two"
        resets(h2.errors.ErrorCodes.INTERNAL_ERROR)
        with pytest.raises(errors.Broken, match="in the middle"):
            await web.send(get(peer.url()), LIMITS)


@pytest.mark.parametrize(
    "raw", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", bytes(100), b"\xff" * 1000]
)
async def test_one_that_promised_http_2_and_speaks_something_else_is_broken(raw: bytes) -> None:
    async def talks(talk: Talk) -> None:
        await talk.reader.read(10)
        await talk.says(raw)

    async with wire(talks, tls=two_tls()) as peer, opened(tls=client_tls()) as web:
        with pytest.raises(errors.Broken):
            await web.send(get(peer.url()), LIMITS)
        assert web.connections == 0


async def test_a_shared_connection_nobody_uses_is_hung_up() -> None:
    two = Two()
    web = open_web(resolver=here, tls=client_tls(), bounds=Bounds(idle_for=0.02))
    async with wire(two, tls=two_tls()) as peer:
        await web.send(get(peer.url()), LIMITS)
        await asyncio.wait_for(peer.ended.wait(), 5)
    await web.aclose()


# --------------------------------------------------------------------------------------- proxy


def passes(target: WirePeer, heads: list[str]) -> Script:
    """A proxy that digs tunnels to a peer, whatever name it is told."""

    async def script(talk: Talk) -> None:
        heads.append(await talk.heard())
        await talk.says(b"HTTP/1.1 200 Connection established\r\n\r\n")
        reader, writer = await asyncio.open_connection("127.0.0.1", target.port)

        async def carry(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
            while data := await source.read(65_536):
                sink.write(data)
            sink.close()

        await asyncio.gather(carry(talk.reader, writer), carry(reader, talk.writer))

    return script


@pytest.mark.parametrize("offers", ["http/1.1", "h2"])
async def test_a_tunnel_is_dug_to_a_secure_source(offers: str) -> None:
    heads: list[str] = []
    speaks = Two() if offers == "h2" else always(ok(b"two"))
    secure = server_tls(offers=offers)
    async with wire(speaks, tls=secure) as source, wire(passes(source, heads)) as proxy:
        place = f"http://user:p%40ss@127.0.0.1:{proxy.port}"
        async with opened(tls=client_tls(), proxy=place) as web:
            for _ in range(2):
                assert (await web.send(get(source.url()), LIMITS)).body == b"two"
            assert proxy.connections == 1
    assert heads[0].startswith(f"CONNECT city.example:{source.port} HTTP/1.1\r\n")
    assert "proxy-authorization: Basic dXNlcjpwQHNz\r\n" in heads[0]


async def test_a_proxy_is_told_the_whole_address_of_a_plain_source() -> None:
    async with wire(always(ok(b"through"))) as proxy:
        place = f"http://127.0.0.1:{proxy.port}"
        async with opened(proxy=place) as web:
            said = await web.send(get("http://city.example/a?b"), LIMITS)
        assert said.body == b"through"
        assert proxy.heads[0].startswith("GET http://city.example/a?b HTTP/1.1\r\nhost: city.e")
        assert "authorization" not in proxy.heads[0]


@pytest.mark.parametrize("raw", [b"HTTP/1.1 407 No\r\n\r\n", b"SSH-2.0\r\n", b"", b"X" * 70_000])
async def test_a_proxy_that_does_not_let_us_through_is_an_error(raw: bytes) -> None:
    async with wire(once(raw)) as proxy:
        place = f"http://127.0.0.1:{proxy.port}"
        async with opened(proxy=place, tls=client_tls()) as web:
            with pytest.raises((errors.Unreachable, errors.Broken)):
                await web.send(get("https://city.example/"), LIMITS)


async def test_hosts_and_bare_addresses_are_checked_before_a_proxy_is_asked() -> None:
    async with wire(always(ok())) as proxy:
        async with opened(proxy=f"http://127.0.0.1:{proxy.port}") as web:
            limits = replace(LIMITS, hosts=frozenset({"10.0.0.1"}), private_hosts=frozenset())
            for url in ("http://10.0.0.1/", "http://city.example/"):
                with pytest.raises(errors.Rejected):
                    await web.send(get(url), limits)
        assert proxy.connections == 0


@pytest.mark.parametrize("url", ["proxy:3128", "https://proxy:1", "socks5://proxy:1", "http://"])
def test_a_proxy_that_cannot_be_read_says_what_it_takes(url: str) -> None:
    with pytest.raises(ValueError, match="such as http://proxy"):
        open_web(proxy=url)


def test_a_proxy_does_not_show_its_password() -> None:
    assert "c2VjcmV0" not in repr(Proxy.of("http://a:secret@proxy.example:3128"))
