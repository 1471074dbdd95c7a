"""Which addresses may be asked: of an URL, of a list of hosts, of the network."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias
from urllib.parse import quote, urlsplit

from connectors.errors import Rejected

IPAddress: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

LONGEST_URL = 8_192
PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where connections go to: all that two addresses must share to share a connection."""

    scheme: str
    host: str
    """Small letters, as the network knows it (IDNA); an IPv6 address without brackets."""
    port: int

    @property
    def authority(self) -> str:
        """As in a Host header: the port only where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def address(self) -> IPAddress | None:
        """The host, where it is an address and no name."""
        try:
            return ipaddress.ip_address(self.host)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Target:
    """An URL, read: an origin, and what is asked of it (which may hold secrets)."""

    origin: Origin
    path: str

    def __repr__(self) -> str:
        return f"Target({self.origin.scheme}, {self.origin.host}, {self.origin.port})"


@lru_cache(maxsize=1024)
def read_url(url: str) -> Target:
    """The parts of an URL. Raises Rejected for all that is not plain http or https."""
    if len(url) > LONGEST_URL:
        raise Rejected(f"an address longer than {LONGEST_URL} characters")
    if _ODD.search(url):
        raise Rejected("an address with a blank, a backslash or a control character")
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise Rejected("an address that cannot be read") from error
    path = _written(parts.path or "/")
    if parts.query:
        path += "?" + _written(parts.query)
    return Target(_origin(parts.scheme, parts.netloc), path)


@lru_cache(maxsize=4096)
def listed(host: str, port: int, names: frozenset[str]) -> bool:
    """Whether a host stands in a list, as `name` (with any port) or as `name:port`."""
    return any(
        (host, port) == (name, wanted or port)
        for name, wanted in (_entry(entry) for entry in names)
    )


def is_public(address: str) -> bool:
    """Whether an address belongs to the public network.

    Not public is all that a machine, a house or a provider keeps for itself, that has no single
    owner, or that carries such an address inside of it.
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False  # also an address with a zone, which is of this link only
    if isinstance(found, ipaddress.IPv6Address):
        inside = _carried(found)
        if inside is None:
            return found in _UNICAST and not any(found in net for net in _NOT_PUBLIC_6)
        found = inside
    return not any(found in net for net in _NOT_PUBLIC_4)


# ------------------------------------------------------------------------------ reading hosts


@lru_cache(maxsize=1024)
def _origin(scheme: str, place: str) -> Origin:
    if scheme not in PORTS:
        raise Rejected("an address that begins neither with http:// nor with https://")
    if "@" in place:
        raise Rejected("an address with a user or a password in it; they belong into a header")
    try:
        parts = urlsplit(f"//{place}")
        port = parts.port
    except ValueError as error:
        raise Rejected("an address that cannot be read") from error
    if port == 0:
        raise Rejected("an address with port 0")
    host = _host(parts.hostname or "", bracketed="[" in place)
    return Origin(scheme, host, PORTS[scheme] if port is None else port)


def _written(text: str) -> str:
    """A path or a query as it may be sent; what is written so already stays as it is."""
    return text if _PLAIN.fullmatch(text) else quote(text, safe=_SAFE)


_ODD = re.compile(r"[\x00-\x20\x7f\\]")
_SAFE = "%/:?#[]@!$&'()*+,;=-._~|"
_PLAIN = re.compile(r"[A-Za-z0-9%/:?#\[\]@!$&'()*+,;=._~|-]*", re.ASCII)
_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?", re.ASCII)
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|\d+)", re.ASCII)


def _host(host: str, *, bracketed: bool) -> str:
    """A name as the network knows it, or an address in its one spelling."""
    if bracketed:
        try:
            if "%" in host:
                raise ValueError("of one link only")  # noqa: TRY301 - as all that is odd
            return str(ipaddress.IPv6Address(host))
        except ValueError as error:
            raise Rejected("an address with an odd IPv6 address") from error
    host = host.removesuffix(".")
    try:
        host = host.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise Rejected("an address with a host that is no name") from error
    if len(host) > 253 or not _NAME.fullmatch(host):
        raise Rejected("an address without host, or with one that is no name")
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        # The system would read 0177.0.0.1, 0x7f.1 and 2130706433 all as 127.0.0.1.
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError as error:
            raise Rejected("an address with an odd IPv4 address; write four numbers") from error
    return host


@lru_cache(maxsize=4096)
def _entry(entry: str) -> tuple[str, int | None]:
    """Host and port of an entry of a list. One that cannot be read stands for no host."""
    entry = entry.strip()
    if entry.count(":") > 1 and not entry.startswith("["):
        entry = f"[{entry}]"
    try:
        parts = urlsplit(f"//{entry}")
        return _host(parts.hostname or "", bracketed="[" in entry), parts.port
    except (ValueError, Rejected):
        return "", None


# --------------------------------------------------------------------------- the network's own

_NOT_PUBLIC_4 = tuple(
    ipaddress.IPv4Network(net)
    for net in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",  # private
        "100.64.0.0/10",  # behind a provider's translation
        "127.0.0.0/8",  # this machine
        "169.254.0.0/16",  # this link; clouds tell machines their secrets there
        "192.0.0.0/24", "198.18.0.0/15",  # protocols, benchmarks
        "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24",  # documentation
        "192.88.99.0/24",  # relays of 6to4
        "224.0.0.0/4",  # many at once
        "240.0.0.0/4",  # reserved, and all at once
    )
)  # fmt: skip
_UNICAST = ipaddress.IPv6Network("2000::/3")
"""All that is given out so far: not ::1, fc00::/7, fe80::/10, ff00::/8 and the like."""
_NOT_PUBLIC_6 = tuple(
    ipaddress.IPv6Network(net)
    for net in (
        "2001::/23",  # protocols, among them Teredo and ORCHID
        "2001:db8::/32", "3fff::/20",  # documentation
        "2002::/16",  # 6to4, whose relays are gone
    )
)  # fmt: skip
_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")


def _carried(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that one is in truth connected to."""
    if address in _MAPPED or address in _TRANSLATED:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return None
