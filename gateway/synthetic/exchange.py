"""A question to a synthetic server and its reply, before anything goes wrong on the way."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, unquote, urlsplit


@dataclass(frozen=True)
class Question:
    """One request, read whole."""

    method: str
    target: str
    """Path and query, as sent."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in small letters."""
    body: bytes = b""

    @cached_property
    def path(self) -> str:
        """Without the query, escapes read."""
        return unquote(urlsplit(self.target).path) or "/"

    @cached_property
    def query(self) -> dict[str, str]:
        """The parameters; of one that is said twice, the last."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @cached_property
    def form(self) -> list[tuple[str, str]]:
        """The fields of a form, in their order."""
        return parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True)

    @property
    def base(self) -> str:
        """The address of the server that was asked, for links."""
        return f"http://{self.headers.get('host', '127.0.0.1')}"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a healthy server answers."""

    body: bytes
    media_type: str = "application/json"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    tagged: bool = False
    """Whether it has an ETag, and 304 is the answer to who knows it already."""

    @property
    def etag(self) -> str:
        """Changes with the body."""
        return f'"{hashlib.blake2b(self.body, digest_size=12).hexdigest()}"'


Handler: TypeAlias = Callable[[Question], Reply]
"""A healthy source."""

Answering: TypeAlias = Callable[[Question], Reply | Awaitable[Reply]]
"""A healthy server."""


def json_reply(value: Any, *, status: int = 200, tagged: bool = False) -> Reply:
    """A value as JSON, with letters as they are: a wrong encoding is then seen."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Reply(body, "application/json; charset=utf-8", status, tagged=tagged)


def text_reply(text: str, media_type: str, *, status: int = 200, tagged: bool = False) -> Reply:
    """A text in UTF-8."""
    return Reply(text.encode(), f"{media_type}; charset=utf-8", status, tagged=tagged)


def absent() -> Reply:
    """There is no such thing."""
    return json_reply({"error": "tidak ada; not found"}, status=404)
