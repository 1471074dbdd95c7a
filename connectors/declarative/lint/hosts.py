"""Rules about addresses and headers: hosts that cannot be asked, secrets that stand in the open."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import TypeAlias

from graphql import Node, StringValueNode
from graphql.language import Visitor, visit

from connectors.declarative.lint.case import Case
from connectors.declarative.lint.variables import taken
from connectors.declarative.lint.written import Written
from connectors.declarative.mapping.faults import walk
from connectors.declarative.mapping.nodes import (
    Bare,
    Embedded,
    Group,
    Item,
    Literal,
    ObjectLiteral,
    Path,
    Place,
)
from connectors.declarative.strings import place_of

_Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

_ORIGIN = re.compile(r"(https?)://(\[[^\]/?#]*\]|[^:/?#{]*)(?::([^/?#{]*))?", re.IGNORECASE)
_NUMBERS = re.compile(r"(?:0x[0-9a-f]+|[0-9]+)(?:\.(?:0x[0-9a-f]+|[0-9]+))*\.?", re.IGNORECASE)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.IGNORECASE | re.ASCII)
_INNER = (".local", ".internal", ".localhost", ".lan", ".intranet", ".home.arpa", ".localdomain")
_METADATA = frozenset(("metadata.google.internal", "metadata.goog", "instance-data"))
_SECRET_HEADERS = re.compile(
    r"authorization|cookie|.*(?:api[-_]?key|token|secret|password|auth[-_]?key|subscription-key)",
    re.IGNORECASE,
)
_SECRET_NAMES = re.compile(
    r"(?:.*[-_])?(?:api[-_]?key|app[-_]?key|access[-_]?token|auth[-_]?token|token|secret|"
    r"client[-_]?secret|password|passwd|sandi|kata[-_]?sandi)",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"(?:Bearer|Basic|Token|ApiKey|Digest|Key)\s*", re.IGNORECASE)
_TOKENS = re.compile(
    r"\beyJ[A-Za-z0-9_-]{8,300}\.eyJ[A-Za-z0-9_-]{8}|\bsk_(?:live|test)_[A-Za-z0-9]{8,}"
    r"|\bgh[pousr]_[A-Za-z0-9]{20,}|\bAKIA[0-9A-Z]{16}\b|\bAIza[0-9A-Za-z_-]{30,}"
    r"|\bxox[abpr]-[A-Za-z0-9-]{10,}|-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----"
    r"|(?:Bearer|Basic) [A-Za-z0-9+/_=.-]{20,}"
)
_PAIR = re.compile(r"[?&]([^=&{}#]{1,100})=([^&{}#]+)")


def note_hosts(case: Case) -> None:
    """Look at addresses, headers and everything that is written out."""
    for origin in case.directives.origins:
        for written in origin.strings:
            _string(case, written, absolute=written.role == "baseURL")
    for asking in case.directives.askings:
        for written in asking.strings:
            _string(case, written, absolute=asking.connect.source is None)
    visit(case.document, _Tokens(case))


def _string(case: Case, written: Written, *, absolute: bool) -> None:
    at = place_of(written.node)
    if written.role in ("url", "baseURL"):
        if absolute:
            _origin(case, written, at)
        _pairs(case, written)
    elif written.role == "header":
        _header(case, written, at)
    elif written.role in ("queryParams", "body"):
        _written_out(case, written)


# ------------------------------------------------------------------------------- hosts


def _origin(case: Case, written: Written, at: Place) -> None:
    found = _ORIGIN.match(written.node.value.strip())
    if found is None or not found[2]:
        return  # told when it was read, or made of $config
    scheme, host, port = found[1].lower(), found[2].lower(), found[3]
    wrong = _forbidden(host, port)
    inner = not wrong and _inner(host)
    if wrong:
        case.notes.add("HOST_FORBIDDEN", at, kind_id=wrong[0], kind_en=wrong[1])
    elif inner:
        case.notes.add("HOST_PRIVATE", at, what=host)
    if scheme == "http" and not wrong and not inner:
        case.notes.add("HTTP_PLAIN", at)


def _address(host: str) -> _Address | None:
    try:
        return ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return None


def _forbidden(host: str, port: str | None) -> tuple[str, str] | None:
    """Why a host can be asked under no circumstances; None when it may be."""
    address = _address(host)
    if port is not None and not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65_536):
        return "porta harus dari 1 sampai 65535", "the port must be from 1 to 65535"
    if address is not None:
        plain = _plain(address)
        if plain.is_link_local or plain.is_multicast or plain.is_unspecified:
            return (
                "alamat ini tidak pernah milik sistem sebuah tim",
                "this address is never that of a team's system",
            )
        return None
    if _NUMBERS.fullmatch(host):
        return "alamat IP dalam ejaan yang tidak lazim", "an IP address in an unusual spelling"
    if host in _METADATA:
        return "host ini milik mesin gateway", "this host belongs to the gateway's machine"
    labels = host.removesuffix(".").split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        return "ini bukan nama host", "this is no name of a host"
    return None


def _plain(address: _Address) -> _Address:
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped if mapped is not None else address


def _inner(host: str) -> bool:
    """Whether it is on a network that only the city's own machines see."""
    address = _address(host)
    if address is not None:
        return not _plain(address).is_global
    name = host.removesuffix(".")
    return "." not in name or name.endswith(_INNER)


# ------------------------------------------------------------------------------- secrets


def _header(case: Case, written: Written, at: Place) -> None:
    header = written.header
    if header is None or header.value is None or not _SECRET_HEADERS.fullmatch(header.name):
        return
    if any(True for _ in _variables(written)):
        return
    text = "".join(part for part in header.value.parts if isinstance(part, str))
    if header.value.expressions or _SCHEME.sub("", text.strip(), count=1):
        case.notes.add("SECRET_PLAIN", at)


def _variables(written: Written) -> Iterator[object]:
    names = ("$config", "$args", "$this", "$context", "$request", "$batch")
    return taken(written, *names)


def _pairs(case: Case, written: Written) -> None:
    """Fixed parameters of an address."""
    for found in _PAIR.finditer(written.node.value):
        if _SECRET_NAMES.fullmatch(found[1]):
            at = written.place_of(found.start(1))
            case.notes.add("SECRET_IN_ADDRESS", at, what=found[1])


def _written_out(case: Case, written: Written) -> None:
    """Fixed values of parameters and bodies."""
    for selection, begin in written.mappings:
        for node in walk(selection.tree):
            for name, value, at in _entries(node):
                if _SECRET_NAMES.fullmatch(name[:100]) and _is_text(value):
                    case.notes.add("SECRET_IN_ADDRESS", written.place(begin, at), what=name)


def _entries(node: object) -> Iterator[tuple[str, object, Place]]:
    """Names and values of what makes a parameter or a field of a body."""
    if isinstance(node, Item) and node.name is not None:
        yield node.name, node.value, node.at
    elif isinstance(node, ObjectLiteral):
        yield from ((name, value, node.at) for name, value in node.entries)


def _is_text(value: object) -> bool:
    if isinstance(value, Path) and isinstance(value.start, (Embedded, Bare)) and not value.steps:
        value = value.start.value
    return not isinstance(value, Group) and isinstance(value, Literal) and bool(value.value)


class _Tokens(Visitor):
    """Looks for texts that have the form of a well-known kind of secret."""

    def __init__(self, case: Case) -> None:
        super().__init__()
        self.case = case

    def enter_string_value(self, node: StringValueNode, *_: Node | object) -> None:
        if _TOKENS.search(node.value):
            self.case.notes.add("SECRET_PLAIN", place_of(node))
