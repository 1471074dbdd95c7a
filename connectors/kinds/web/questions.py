"""One question as it goes over the wire, and what is heard."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, Protocol

from connectors.errors import Broken, Rejected, Unreadable
from connectors.kinds.web.addresses import Target
from connectors.upkeep.documents import Limits, Request

MOST_HEAD = 65_536
"""Bytes of all headers of an answer."""
REPEATABLE = frozenset({"GET", "HEAD"})

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_OURS = frozenset({
    "connection", "content-length", "expect", "host", "http2-settings", "keep-alive",
    "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
})  # fmt: skip
"""Headers that the way to the web writes itself."""


class Gone(Broken):
    """The other side hung up before it began to answer."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: checked, complete, and the same for every version of HTTP."""

    method: str
    target: Target
    headers: tuple[tuple[str, str], ...]
    """Names in small letters; Host is not among them."""
    body: bytes
    limits: Limits
    bare: bool = False
    """Whether it has neither a body nor headers other than those that everybody sends."""

    @property
    def repeatable(self) -> bool:
        """Whether asking twice does no harm."""
        return self.method in REPEATABLE

    def __repr__(self) -> str:
        return f"Question({self.method}, {self.target!r})"


class Heard(NamedTuple):
    """An answer as it came, its body still packed."""

    status: int
    headers: Mapping[str, str]
    body: bytes | bytearray


class Line(Protocol):
    """A connection one can ask over."""

    shared: bool
    """Whether it answers several questions at once."""
    idle_since: float
    """Seconds of the loop's clock."""

    @property
    def usable(self) -> bool:
        """Whether it takes a further question."""
        ...

    async def ask(self, question: Question) -> Heard:
        """The answer.

        Raises Gone, TimedOut (nothing for too long), Broken, Unreadable (too large). Whoever is
        cancelled leaves nothing behind that a later question could take for its answer.
        """
        ...

    def close(self) -> None:
        """Hang up at once."""
        ...


def question_of(request: Request, target: Target, limits: Limits, agent: str) -> Question:
    """A question, with the headers nobody said. Raises Rejected for one that cannot be sent."""
    if request.method not in _METHODS:
        raise Rejected("a method that is not known; write it in capital letters")
    if not request.headers and not request.body and request.method in REPEATABLE:
        return Question(request.method, target, _usual(agent), b"", limits, bare=True)
    headers = dict(_usual(agent))
    for name, value in request.headers.items():
        headers[_name(name)] = _value(name, value)
    body = request.body or b""
    if body or request.method in {"POST", "PUT", "PATCH"}:
        headers["content-length"] = str(len(body))
    return Question(request.method, target, tuple(headers.items()), body, limits)


@lru_cache(maxsize=64)
def _usual(agent: str) -> tuple[tuple[str, str], ...]:
    """The headers nobody needs to say."""
    return ("user-agent", agent), ("accept", "*/*"), ("accept-encoding", "gzip, deflate")


def _name(name: str) -> str:
    small = name.lower()
    if not _TOKEN.fullmatch(name):
        raise Rejected("a name of a header that cannot be sent")
    if small in _OURS:
        raise Rejected(f"the header {small} is written by the gateway itself")
    return small


def _value(name: str, value: str) -> str:
    if _CONTROL.search(value):
        raise Rejected(f"the header {name.lower()} holds a line break or a control character")
    try:
        value.encode("latin-1")
    except UnicodeEncodeError as error:
        raise Rejected(f"the header {name.lower()} holds letters that cannot be sent") from error
    return value.strip()


def joined(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers by name in small letters; those of one name joined by commas."""
    read: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = _small(raw_name), raw_value.decode("latin-1").strip()
        read[name] = f"{read[name]}, {value}" if name in read else value
    return read


@lru_cache(maxsize=1024)
def _small(name: bytes) -> str:
    """Servers have few names for headers, and say them with every answer."""
    return name.decode("latin-1").lower()


def too_large(limits: Limits) -> Unreadable:
    """The error for an answer that is larger than allowed."""
    return Unreadable(f"larger than {limits.max_bytes} bytes")


def announced(length: str) -> int:
    """The bytes a Content-Length announces, 0 when it says nothing."""
    return int(length) if length.isascii() and length.isdigit() else 0
