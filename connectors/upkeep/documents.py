"""What goes to an upstream and what comes back, before anybody reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Document:
    """What an upstream answered with, unpacked, and how to ask whether it changed."""

    body: bytes
    media_type: str = ""
    """As in Content-Type, small letters, without parameters; empty when nobody said."""
    charset: str = ""
    """As in Content-Type; empty when nobody said."""
    etag: str = ""
    last_modified: str = ""
    status: int = 200
    """404 or 410 when it says that there is no such thing."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """When a document was last known to be true, and whether it is a last good answer."""

    fetched_at: datetime
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper limits of one call, in seconds and bytes; where it may go."""

    connect_timeout: float = 2.0
    read_timeout: float = 3.0
    """Between two pieces of the answer."""
    total_timeout: float = 5.0
    max_bytes: int = 20_000_000
    """Of the answer, unpacked."""
    hosts: frozenset[str] = frozenset()
    """Names of hosts the source may be reached at, `name` or `name:port`."""
    private_hosts: frozenset[str] = frozenset()
    """Those of them that may have private, loopback or link-local addresses."""


@dataclass(frozen=True, slots=True)
class Request:
    """One question to an upstream over HTTP."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    """May hold secrets, so it is not printed."""
    body: bytes | None = None

    def __repr__(self) -> str:
        # A secret may stand anywhere in an address but in the name of its host.
        host = self.url.partition("://")[2].partition("/")[0].partition("?")[0].rpartition("@")[2]
        return f"Request({self.method} {host})"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: any status, the body unpacked, header names in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""


class Web(Protocol):
    """The way to the web: pooled connections, guarded. One for the whole gateway."""

    async def send(self, request: Request, limits: Limits) -> Answer:
        """The answer, whatever its status. Follows redirects of a GET on the same host only.

        Raises Unreachable, TimedOut, Broken (hung up in the middle), Unreadable (too large,
        packed in an unknown way), Rejected (an address that is not allowed). Never a foreign
        error, and no message with an address, a header or a body.
        """
        ...

    async def aclose(self) -> None:
        """Close all connections."""
        ...
