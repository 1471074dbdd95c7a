"""Where the gateway may go: hosts by list, addresses by network, redirects on one host only."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import errors
from connectors.kinds.web import open_web
from connectors.kinds.web.addresses import is_public, listed, read_url
from connectors.kinds.web.names import SystemResolver
from connectors.upkeep.documents import Limits, Request
from tests.kinds.wire import LIMITS, Script, Talk, always, get, hangs, here, ok, opened, wire

PRIVATE = [
    "0.0.0.1", "10.1.2.3", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.9.9.9",
    "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1",
    "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1",
    "240.0.0.1", "255.255.255.255",
    "::", "::1", "fc00::1", "fd12::1", "fe80::1", "fec0::1", "ff02::1", "100::1", "64:ff9b:1::1",
    "2001:db8::1", "3fff::1", "2001::1", "2001:0:102:304::1", "2001:10::1", "2002:7f00:1::",
    "2002:808:808::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "::127.0.0.1", "4000::1",
    "fe80::1%eth0", "no address",
]  # fmt: skip
PUBLIC = [
    "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1",
    "203.142.0.1", "2606:4700::1111", "2001:4860:4860::8888", "2400:3200::1",
    "::ffff:8.8.8.8", "64:ff9b::808:808",
]  # fmt: skip


CARRIERS = {0xFFFF, 0x0064_FF9B << 64}
"""What stands before an IPv4 address inside of an IPv6 address."""


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_of_some_inner_network_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_world_is_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses() | st.ip_addresses(network="::ffff:0:0/96"))
def test_nothing_is_public_that_python_calls_private(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    public = is_public(str(address))
    if isinstance(address, ipaddress.IPv6Address) and int(address) >> 32 in CARRIERS:
        address = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    if public:
        assert address.is_global
        assert not address.is_multicast
        assert not address.is_reserved


@pytest.mark.parametrize("address", PRIVATE[:-1])
async def test_a_name_that_stands_for_an_inner_address_is_rejected(address: str) -> None:
    async def resolver(host: str, port: int) -> Sequence[str]:
        del host, port
        return ["8.8.8.8", address]

    async with opened(resolver=resolver) as web:
        with pytest.raises(errors.Rejected, match="private, local or reserved"):
            await web.send(get("http://city.example/"), replace(LIMITS, private_hosts=frozenset()))


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254", "[fe80::1]"]
)
async def test_an_inner_address_is_rejected_unless_it_is_among_the_private_hosts(host: str) -> None:
    limits = replace(LIMITS, hosts=frozenset({host}), private_hosts=frozenset())
    async with opened() as web:
        for scheme in ("http", "https"):
            with pytest.raises(errors.Rejected, match="private"):
                await web.send(get(f"{scheme}://{host}:9/"), limits)


async def test_who_may_not_reach_it_does_not_get_the_connection_of_one_who_may() -> None:
    async with wire(always(ok())) as peer, opened() as web:
        assert (await web.send(get(peer.url()), LIMITS)).status == 200
        with pytest.raises(errors.Rejected, match="private"):
            await web.send(get(peer.url()), replace(LIMITS, private_hosts=frozenset()))
        assert peer.connections == 1


async def test_a_name_that_changes_its_mind_after_the_check_changes_nothing() -> None:
    """Rebinding: the address that was checked is connected to, the name is not asked again."""
    asked: list[str] = []

    async def rebinding(host: str, port: int) -> Sequence[str]:
        del port
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.66.66.66"]

    script = always(ok(b"ok", "Connection: close"))
    async with wire(script) as peer, opened(resolver=rebinding) as web:
        assert (await web.send(get(peer.url()), LIMITS)).body == b"ok"
        assert asked == ["city.example"]


@pytest.mark.parametrize(
    "url",
    [
        "ftp://city.example/", "file:///etc/passwd", "gopher://city.example/", "//city.example/",
        "city.example/", "", "http://", "http:///path", "http://user@city.example/",
        "http://user:word@city.example/", "http://city.example:0/", "http://city.example:99999/",
        "http://city.example:x/", "http://city.exa mple/", "http://city.example\\@evil/",
        "http://city.example/\r\nX: y", "http://city.example/\t", "http://[::1/", "http://[fe80::1%25a]/",
        "http://[v1.a]/", "http://city..example/", "http://" + "a" * 64 + ".example/",
        "http://%31%32%37.0.0.1/", "http://0177.0.0.1/", "http://2130706433/", "http://0x7f000001/",
        "http://0x7f.1/", "http://127.1/", "http://127.0.0.1.0/", "http://1.2.3.256/",
        "http://a_b!/", "http://city.example/" + "a" * 9000,
    ],
)  # fmt: skip
def test_an_odd_address_is_rejected_as_it_is_read(url: str) -> None:
    with pytest.raises(errors.Rejected) as caught:
        read_url(url)
    assert "example" not in str(caught.value)


def test_one_host_has_one_spelling() -> None:
    for url in ("http://CITY.example/", "http://city.example./", "HTTP://city.example:80/"):
        assert read_url(url).origin.authority == "city.example"
    assert read_url("http://kötä.example:8080/").origin.authority == "xn--kt-wia4e.example:8080"
    assert read_url("http://\N{FULLWIDTH DIGIT ONE}27.0.0.1/").origin.host == "127.0.0.1"
    assert read_url("https://[2606:4700:0::1111]:444/").origin.authority == "[2606:4700::1111]:444"


@pytest.mark.parametrize(
    ("host", "port", "names", "said"),
    [
        ("city.example", 80, {"city.example"}, True),
        ("city.example", 8080, {"City.Example"}, True),
        ("city.example", 8080, {"city.example:8080"}, True),
        ("city.example", 80, {"city.example:8080"}, False),
        ("api.city.example", 80, {"city.example"}, False),
        ("city.example.evil", 80, {"city.example"}, False),
        ("city.example", 80, set(), False),
        ("city.example", 80, {"", "*", ":80", "exa mple", "[", "city.example:x"}, False),
        ("::1", 80, {"::1"}, True),
        ("::1", 80, {"[::1]:80"}, True),
        ("::1", 81, {"[0::1]:80"}, False),
        ("xn--kt-wia4e.example", 80, {"kötä.example"}, True),
    ],
)
def test_a_list_of_hosts_means_names_with_any_port_or_with_one(
    host: str, port: int, names: set[str], *, said: bool
) -> None:
    assert listed(host, port, frozenset(names)) is said


async def test_a_host_nobody_listed_is_not_even_looked_up() -> None:
    async def never(host: str, port: int) -> Sequence[str]:
        raise AssertionError(f"looked up {host}:{port}")

    async with opened(resolver=never) as web:
        with pytest.raises(errors.Rejected, match="not among those"):
            await web.send(get("http://evil.example/"), LIMITS)
        with pytest.raises(errors.Rejected, match="not among those"):
            await web.send(get("http://city.example/"), Limits())


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({"X-A": "b\r\nX-C: d"}, "x-a holds a line break"),
        ({"X-A": "b\nc"}, "x-a holds"),
        ({"X-A": "b\0c"}, "x-a holds"),
        ({"X-A": "\N{SNOWMAN}"}, "x-a holds letters"),
        ({"X A": "b"}, "name of a header"),
        ({"": "b"}, "name of a header"),
        ({"X-A\r\n": "b"}, "name of a header"),
        ({"Host": "evil.example"}, "host is written by the gateway"),
        ({"Content-Length": "5"}, "content-length"),
        ({"Transfer-Encoding": "chunked"}, "transfer-encoding"),
        ({"Connection": "keep-alive, x"}, "connection"),
    ],
)
async def test_a_header_that_could_say_something_else_is_not_sent(
    headers: dict[str, str], message: str
) -> None:
    async with opened() as web:
        with pytest.raises(errors.Rejected, match=message):
            await web.send(Request("http://city.example/", headers=headers), LIMITS)


async def test_a_method_nobody_knows_is_not_sent() -> None:
    async with opened() as web:
        for method in ("get", "TRACE", "CONNECT", "GET / HTTP/1.1\r\n"):
            with pytest.raises(errors.Rejected, match="method"):
                await web.send(Request("http://city.example/", method), LIMITS)


# ---------------------------------------------------------------------------------- redirects


def moved(place: str, status: int = 302) -> bytes:
    return ok(b"", f"Location: {place}", status=f"{status} Moved")


def routes(**answers: bytes) -> Script:
    async def script(talk: Talk) -> None:
        while True:
            head = await talk.heard()
            await talk.says(answers[head.split(" ")[1].strip("/").partition("?")[0]])

    return script


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_redirect_on_the_same_host_is_followed(status: int, method: str) -> None:
    async with wire(routes(a=moved("/b?x=1", status), b=ok())) as peer, opened() as web:
        request = Request(peer.url("/a"), method, {"X-Key": "k"})
        assert (await web.send(request, LIMITS)).status == 200
        assert [head.split(" ")[1] for head in peer.heads] == ["/a", "/b?x=1"]
        assert "x-key: k" in peer.heads[1]


async def test_a_redirect_is_read_as_the_place_it_stands_at_says() -> None:
    async with wire() as peer, opened() as web:
        peer.scripts = [routes(a=moved("b"), b=moved(peer.url("/c")), c=ok(b"c"))]
        assert (await web.send(get(peer.url("/a")), LIMITS)).body == b"c"


@pytest.mark.parametrize(
    "place",
    [
        "http://evil.example/", "//evil.example/a", "http://169.254.169.254/latest/meta-data",
        "http://127.0.0.1:1/", "http://[::1]/", "http://city.example:1/", "https://city.example/",
        "file:///etc/passwd", "ftp://city.example/", "http://city.example@evil.example/",
        "http://2130706433/", "http://a b/", "http://[/", "javascript:1",
    ],
)  # fmt: skip
async def test_a_redirect_to_anywhere_else_is_not_followed(place: str) -> None:
    limits = replace(LIMITS, hosts=LIMITS.hosts | {"evil.example", "169.254.169.254", "::1"})
    async with wire(always(moved(place))) as peer, opened() as web:
        with pytest.raises(errors.Broken, match="redirects to an") as caught:
            await web.send(get(peer.url(), Authorization="secret"), limits)
        assert "evil" not in str(caught.value)
        assert len(peer.heads) == 1


async def test_a_redirect_in_a_circle_ends_after_three() -> None:
    async with wire(always(moved("/again"))) as peer, opened() as web:
        with pytest.raises(errors.Broken, match="more than 3 times"):
            await web.send(get(peer.url()), LIMITS)
        assert len(peer.heads) == 4


async def test_a_redirect_of_something_sent_is_an_answer_like_any_other() -> None:
    async with wire(always(moved("/elsewhere", 307))) as peer, opened() as web:
        said = await web.send(Request(peer.url(), "POST", body=b"x"), LIMITS)
        assert (said.status, said.headers["location"]) == (307, "/elsewhere")


async def test_a_redirect_without_a_place_is_an_answer() -> None:
    async with wire(always(ok(b"?", status="302 Found"))) as peer, opened() as web:
        assert (await web.send(get(peer.url()), LIMITS)).status == 302


async def test_all_hops_share_one_time_limit() -> None:
    async with wire(routes(a=moved("/b"), b=ok())) as peer, opened() as web:
        peer.scripts = [hangs]
        with pytest.raises(errors.TimedOut):
            await web.send(get(peer.url()), replace(LIMITS, read_timeout=9, total_timeout=0.05))


# ---------------------------------------------------------------------------------- the system


async def test_the_system_knows_its_own_name_and_who_leaves_stops_nobody() -> None:
    resolver = SystemResolver()
    first = asyncio.ensure_future(resolver("localhost", 80))
    second = asyncio.ensure_future(resolver("localhost", 80))
    await asyncio.wait((first,), timeout=0)
    first.cancel()
    assert set(await second) <= {"127.0.0.1", "::1"}
    with pytest.raises(socket.gaierror):
        await resolver("name.invalid", 80)
    resolver.close()


async def test_without_a_resolver_the_system_is_asked() -> None:
    assert await here("localhost", 1) == ["127.0.0.1"]
    hosts = frozenset({"localhost"})
    async with wire(always(ok())) as peer:
        web = open_web()
        limits = replace(LIMITS, hosts=hosts, private_hosts=hosts)
        assert (await web.send(get(peer.url(host="localhost")), limits)).body == b"ok"
        await web.aclose()
