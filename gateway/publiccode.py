"""A publiccode.yml from its address: fetched once, guarded and bounded, read as plain YAML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from connectors.declarative.yaml_text import plain, read_yaml
from connectors.errors import ConnectorError
from connectors.ports.common import ErrorCode, must_text
from connectors.upkeep.documents import Limits, Request
from connectors.upkeep.upkeep import Services
from resolvers.registrar import Declined

LONGEST = 200_000
"""Code points of a publiccode.yml."""
SECONDS = 5.0
_PATH = ("input", "publiccodeUrl")


async def fetched(services: Services, url: str) -> Mapping[str, Any]:
    """The document at `url`. Raises Declined, with nothing in it of what was found there."""
    try:
        address = urlsplit(url)
        host, port = address.hostname, address.port
    except ValueError:
        host = None
    if host is None or address.scheme != "https":
        raise Declined(
            ErrorCode.BAD_INPUT,
            must_text(
                "Alamat publiccode.yml harus berupa https://…",
                "The address of a publiccode.yml must begin with https://",
            ),
            _PATH,
        )
    name = f"[{host}]" if ":" in host else host
    limits = Limits(
        total_timeout=SECONDS,
        max_bytes=4 * LONGEST,
        hosts=frozenset({f"{name}:{port}" if port is not None else name}),
        private_hosts=services.private_hosts,
    )
    try:
        answer = await services.web.send(Request(url), limits)
    except ConnectorError as error:
        raise _unreadable() from error
    if answer.status != 200:
        raise _unreadable()
    try:
        text = answer.body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _unreadable() from None
    node, findings = read_yaml(text, "publiccode.yml", longest=LONGEST)
    found = plain(node) if node is not None else None
    if not isinstance(found, Mapping):
        first = next(iter(findings), None)
        raise _unreadable(f"{first.line}:{first.column} {first.code}" if first else "")
    return found


def _unreadable(place: str = "") -> Declined:
    where = f" ({place})" if place else ""
    return Declined(
        ErrorCode.BAD_INPUT,
        must_text(
            f"Pada alamat itu tidak ada publiccode.yml yang dapat dibaca{where}.",
            f"No publiccode.yml that can be read is at that address{where}.",
        ),
        _PATH,
    )
